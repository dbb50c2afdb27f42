//! A report as Markdown that also reads well as it stands. Whatever is foreign is
//! escaped, so that a name can neither break a list nor become a link or HTML.

use super::sections::{Item, Section, sections};
use super::{Report, words};
use crate::model::text;

/// The whole report.
pub fn write(report: &Report) -> String {
    let mut out = format!("# {}\n\n", escape(&words::title(report)));
    paragraph(&mut out, &words::scope(report));
    if let Some(missing) = words::missing(report) {
        paragraph(&mut out, &format!("{missing}."));
    }
    if report.is_empty() {
        paragraph(&mut out, &words::nothing(report));
    }
    for section in sections(report) {
        put(&mut out, &section);
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

fn paragraph(out: &mut String, words: &str) {
    out.push_str(&escape(words));
    out.push_str("\n\n");
}

fn put(out: &mut String, section: &Section<'_>) {
    out.push_str(&format!("## {}\n\n", escape(&section.title)));
    if let Some(intro) = &section.intro {
        paragraph(out, intro);
    }
    for item in &section.items {
        out.push_str(&format!("- {}\n", line(item)));
        for (place, words) in item.below.iter().enumerate() {
            let sign = match item.is_numbered {
                true => format!("{}.", place + 1),
                false => "-".to_owned(),
            };
            out.push_str(&format!("  {sign} {}\n", escape(words)));
        }
    }
    out.push('\n');
    if let Some(more) = &section.more {
        paragraph(out, more);
    }
}

/// `■ Off track · **[Reduce churn](https://…)** · 31 %`
fn line(item: &Item<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(goal) = item.goal {
        if item.has_status {
            parts.push(escape(&words::status(goal)));
        }
        let name = escape(&goal.name);
        let name = if name.is_empty() {
            "\\(no name\\)"
        } else {
            &name
        };
        parts.push(match link(&goal.link) {
            Some(link) => format!("**[{name}]({link})**"),
            None => format!("**{name}**"),
        });
    }
    parts.extend(item.words.iter().map(|words| escape(words)));
    parts.join(" · ")
}

/// An address that may stand in a link: of the web, without what only deceives.
pub(super) fn link(address: &str) -> Option<String> {
    let url = url::Url::parse(address.trim()).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    if !is_web || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let mut safe = String::new();
    for letter in url.as_str().chars() {
        match letter {
            '(' | ')' | '<' | '>' | '[' | ']' | '\\' | '"' | '\'' | '`' | '|' | '*' => {
                safe.push_str(&format!("%{:02X}", u32::from(letter)));
            }
            letter => safe.push(letter),
        }
    }
    Some(safe)
}

/// A sentence on one line of which Markdown sees nothing but text.
pub(super) fn escape(words: &str) -> String {
    let clean = text::line(words);
    let words = clean.as_str().trim();
    let mut out = String::with_capacity(words.len() + 8);
    // What begins a heading, a list or a rule only does so at the start.
    let digits = words.chars().take_while(char::is_ascii_digit).count();
    let after = words.get(digits..).and_then(|rest| rest.chars().next());
    let numbers = (1..=9).contains(&digits) && matches!(after, Some('.' | ')'));
    let mut before = ' ';
    let mut letters = words.chars().enumerate().peekable();
    while let Some((place, letter)) = letters.next() {
        let next = letters.peek().map_or(' ', |(_, next)| *next);
        let escapes = match letter {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' => true,
            // Inside a word it is none: snake_case stays readable.
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            '&' => next == '#' || next.is_ascii_alphabetic(),
            '#' | '+' | '-' | '=' => place == 0,
            '.' | ')' => numbers && place == digits,
            _ => false,
        };
        if escapes {
            out.push('\\');
        }
        out.push(letter);
        before = letter;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    /// What a reader of Markdown sees, if it is nothing but text in a paragraph.
    fn read(markdown: &str) -> Option<String> {
        let mut text = String::new();
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_GFM;
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Text(words) => text.push_str(&words),
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                _ => return None,
            }
        }
        Some(text)
    }

    #[test]
    fn signs_of_markdown_are_text() {
        for words in [
            "# not a heading",
            "- not a list",
            "1. not numbered",
            "12) neither",
            "a *b* _c_ `d` [e](f) <g> h|i ~~j~~ \\k &amp; &#27; ![l](m)",
            "snake_case_name stays",
            "</script><img onerror=alert(1)>",
            "+ plus",
            "=== rule",
            "--- rule",
            "***",
            "___",
            "> quote",
            "31 % done, 24 % → 31 % (+7 points)",
        ] {
            assert_eq!(read(&escape(words)).as_deref(), Some(words));
        }
        assert_eq!(escape("snake_case_name"), "snake_case_name");
        assert_eq!(escape("one\n\n# two\u{1b}[31m"), "one  # two␛\\[31m");
    }

    #[test]
    fn only_addresses_of_the_web_become_links() {
        assert_eq!(
            link("https://x.example/a(b)c \"d\"").as_deref(),
            Some("https://x.example/a%28b%29c%20%22d%22")
        );
        for address in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://ana:pw@x.example/",
            "x.example",
        ] {
            assert_eq!(link(address), None, "{address}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_text_comes_out(words in "[-a-c1#*_`>\\[\\]()!<&;|~=+.@:/\\\\ \t\n$^漢]{0,40}") {
            let clean = text::line(&words);
            let clean = clean.as_str().trim();
            // Several spaces in a row are one to a reader.
            let escaped = escape(&words);
            let read = read(&escaped);
            prop_assert_eq!(read.as_deref(), Some(clean), "{}", escaped);
        }
    }
}
