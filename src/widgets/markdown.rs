//! Notes in Markdown as rows of text: headings, lists, check boxes, bold,
//! italic, code, links, quotes. What else there is stays plain text.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::line::Line;
use crate::model::text::{self, Shown};
use crate::theme::Role;

/// A note as rows of at most `width` columns. Line breaks stay where they were
/// typed; paragraphs are apart by one empty row. Empty text gives no rows.
pub fn render(note: &str, width: usize) -> Vec<Line> {
    let note = text::block(note);
    let mut page = Page {
        width: width.max(1),
        ..Page::default()
    };
    for event in Parser::new_ext(note.as_str(), Options::ENABLE_TASKLISTS) {
        page.take(event);
    }
    page.end_row();
    page.rows
}

/// The first words of a note on one line, without its marks.
pub fn plain(note: &str) -> Shown {
    let rows = render(note, usize::from(u16::MAX));
    let words: Vec<String> = rows
        .iter()
        .filter(|row| !row.is_empty())
        .map(|row| row.text().to_string())
        .collect();
    text::line(&words.join(" "))
}

/// Something that indents: a quote or an item of a list.
#[derive(Debug)]
struct Level {
    /// Before the first row of the item; gone once it is written.
    marker: Option<Line>,
    /// Before the other rows.
    rest: Line,
}

#[derive(Debug, Default)]
struct Page {
    width: usize,
    rows: Vec<Line>,
    row: Line,
    levels: Vec<Level>,
    /// Next number of each open list; none for points.
    lists: Vec<Option<u64>>,
    roles: Vec<Role>,
    /// Address of each open link, and where its words begin in the row.
    links: Vec<(Shown, usize)>,
    /// An empty row belongs before the next one.
    apart: bool,
    in_code: bool,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(words) if self.in_code => self.code(&words),
            Event::Text(words) | Event::Html(words) | Event::InlineHtml(words) => {
                self.put(self.role(), &words);
            }
            Event::Code(words) | Event::InlineMath(words) | Event::DisplayMath(words) => {
                self.put(Role::Code, &words);
            }
            Event::FootnoteReference(name) => self.put(Role::Text, &format!("[{name}]")),
            Event::SoftBreak | Event::HardBreak => self.end_row(),
            Event::TaskListMarker(ticked) => {
                let sign = if ticked { "[x] " } else { "[ ] " };
                match self.levels.last_mut() {
                    // The box takes the place of the point.
                    Some(level) if level.marker.is_some() => {
                        level.marker = Some(Line::new().fixed(Role::Key, sign));
                        level.rest = Line::new().space(sign.len());
                    }
                    _ => self.row.push(Role::Key, Shown::fixed(sign)),
                }
            }
            Event::Rule => {
                let across = "─".repeat(self.room().min(80));
                self.row.push(Role::Border, text::line(&across));
                self.end_block();
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } => {
                self.end_row();
                self.roles.push(Role::Title);
            }
            Tag::Strong => self.roles.push(Role::Strong),
            Tag::Emphasis => self.roles.push(Role::Emphasis),
            Tag::BlockQuote(_) => {
                self.end_row();
                self.roles.push(Role::Quote);
                let bar = Line::new().fixed(Role::Border, "│ ");
                self.push_level(Some(bar.clone()), bar);
            }
            Tag::List(number) => {
                // A list inside an item stays close to it.
                self.end_row();
                if !self.lists.is_empty() {
                    self.apart = false;
                }
                self.lists.push(number);
            }
            Tag::Item => {
                self.end_row();
                let marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let marker = text::line(&format!("{number}. "));
                        *number = number.saturating_add(1);
                        marker
                    }
                    _ => Shown::fixed("• "),
                };
                let rest = Line::new().space(marker.width());
                self.push_level(Some(Line::of(Role::Key, marker)), rest);
            }
            Tag::CodeBlock(_) => {
                self.end_row();
                self.in_code = true;
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let address = text::line(&without_user(&dest_url));
                self.links.push((address, self.row.text().as_str().len()));
            }
            Tag::HtmlBlock
            | Tag::Paragraph
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.end_block(),
            TagEnd::Heading(_) => {
                self.roles.pop();
                self.end_row();
            }
            TagEnd::Strong | TagEnd::Emphasis => {
                self.roles.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.end_row();
                self.roles.pop();
                self.levels.pop();
                self.apart = true;
            }
            TagEnd::CodeBlock => {
                self.in_code = false;
                self.end_block();
            }
            TagEnd::Item => {
                // An item without words still shows its point.
                let untouched = self
                    .levels
                    .last()
                    .is_some_and(|level| level.marker.is_some());
                if untouched && self.row.is_empty() {
                    self.flush();
                }
                self.end_row();
                self.levels.pop();
                self.apart = false;
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.apart = self.lists.is_empty();
            }
            TagEnd::Link | TagEnd::Image => {
                if let Some((address, start)) = self.links.pop() {
                    let words = self.row.text();
                    let words = words.as_str().get(start..).unwrap_or("").trim();
                    if words != address.as_str() && !address.is_empty() {
                        let bare = address.as_str().trim_start_matches("mailto:");
                        if words != bare {
                            self.row.push(Role::Link, shown_address(&address));
                        }
                    }
                }
            }
            TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Table
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::TableCell
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn role(&self) -> Role {
        if self.links.is_empty() {
            self.roles.last().copied().unwrap_or(Role::Text)
        } else {
            self.roles.last().copied().unwrap_or(Role::Link)
        }
    }

    /// Adds words. A reference like `&#27;` is decoded only now, so they are
    /// cleaned here and not before; line breaks inside HTML are kept.
    fn put(&mut self, role: Role, words: &str) {
        let words = text::block(words);
        for (place, line) in words.lines().enumerate() {
            if place > 0 {
                self.end_row();
            }
            self.row.push(role, line);
        }
    }

    fn code(&mut self, words: &str) {
        let words = text::block(words.strip_suffix('\n').unwrap_or(words));
        for line in words.lines() {
            self.row.push(Role::Code, line);
            self.flush();
        }
    }

    fn push_level(&mut self, marker: Option<Line>, rest: Line) {
        // Deep nesting must leave room for words.
        let fits = self.indent() + rest.width() <= self.width / 2;
        self.levels.push(if fits {
            Level { marker, rest }
        } else {
            Level {
                marker: None,
                rest: Line::new(),
            }
        });
    }

    fn indent(&self) -> usize {
        self.levels.iter().map(|level| level.rest.width()).sum()
    }

    fn room(&self) -> usize {
        self.width.saturating_sub(self.indent()).max(1)
    }

    fn end_block(&mut self) {
        self.end_row();
        self.apart = true;
    }

    fn end_row(&mut self) {
        if !self.row.is_empty() {
            self.flush();
        }
    }

    /// Writes the row, wrapped, even if it is empty.
    fn flush(&mut self) {
        if std::mem::take(&mut self.apart) && !self.rows.is_empty() {
            self.rows.push(Line::new());
        }
        let room = self.room();
        let row = std::mem::take(&mut self.row);
        for part in row.wrap(room, 0) {
            let mut line = Line::new();
            for level in &mut self.levels {
                let before = level.marker.take().unwrap_or_else(|| level.rest.clone());
                line = line.and(before);
            }
            self.rows.push(line.and(part));
        }
    }
}

fn shown_address(address: &Shown) -> Shown {
    Shown::fixed(" (").and(address).and(&Shown::fixed(")"))
}

/// An address without `user:password@`, which only serves to deceive.
fn without_user(address: &str) -> String {
    if let Some((scheme, rest)) = address.split_once("://") {
        let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(host_end);
        let host = host.rsplit('@').next().unwrap_or(host);
        format!("{scheme}://{host}{path}")
    } else {
        address.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(note: &str, width: usize) -> Vec<String> {
        render(note, width)
            .iter()
            .map(|row| row.text().to_string())
            .collect()
    }

    fn role_of(note: &str, words: &str) -> Role {
        render(note, 80)
            .iter()
            .flat_map(|row| row.pieces().to_vec())
            .find(|(text, _)| text.as_str() == words)
            .map(|(_, role)| role)
            .unwrap()
    }

    #[test]
    fn a_note_looks_as_typed() {
        let note = "## What moved\nSign-ups passed **160** after the new page.\n\n## Blockers\nnone\n\n## Next\n- [ ] guided import\n- [x] pricing page";
        assert_eq!(
            rows(note, 30),
            [
                "What moved",
                "Sign-ups passed 160 after the",
                "new page.",
                "",
                "Blockers",
                "none",
                "",
                "Next",
                "[ ] guided import",
                "[x] pricing page"
            ]
        );
    }

    #[test]
    fn line_breaks_stay_and_paragraphs_are_apart() {
        assert_eq!(rows("one\ntwo\n\nthree", 20), ["one", "two", "", "three"]);
        assert_eq!(rows("", 20), [""; 0]);
    }

    #[test]
    fn lists_hang_and_nest() {
        assert_eq!(
            rows(
                "- one two three\n  - inner words\n- \n3. third\n4. fourth",
                12
            ),
            [
                "• one two",
                "  three",
                "  • inner",
                "    words",
                "• ",
                "",
                "3. third",
                "4. fourth"
            ]
        );
    }

    #[test]
    fn roles_follow_the_marks() {
        assert_eq!(role_of("a **b** c", "b"), Role::Strong);
        assert_eq!(role_of("a *b* c", "b"), Role::Emphasis);
        assert_eq!(role_of("a `b` c", "b"), Role::Code);
        assert_eq!(role_of("# b", "b"), Role::Title);
        assert_eq!(role_of("> b", "b"), Role::Quote);
        assert_eq!(role_of("```\nb\n```", "b"), Role::Code);
    }

    #[test]
    fn links_show_where_they_lead() {
        assert_eq!(
            rows("see [the page](https://ana:pw@example.com/a)", 80),
            ["see the page (https://example.com/a)"]
        );
        assert_eq!(rows("<https://example.com>", 80), ["https://example.com"]);
        assert_eq!(rows("<ana@example.com>", 80), ["ana@example.com"]);
    }

    #[test]
    fn quotes_and_code_keep_their_shape() {
        assert_eq!(rows("> one two\n> three", 9), ["│ one two", "│ three"]);
        assert_eq!(
            rows("```\nfn a() {\n    b\n}\n```\nend", 20),
            ["fn a() {", "    b", "}", "", "end"]
        );
    }

    #[test]
    fn what_is_decoded_is_cleaned() {
        assert_eq!(rows("a &#27;[31m b\u{1b}", 80), ["a ␛[31m b␛"]);
        assert_eq!(rows("<b>bold</b>", 80), ["<b>bold</b>"]);
    }

    #[test]
    fn plain_text_is_one_line() {
        assert_eq!(
            plain("## Done\n- one\n- **two**\n\nend").as_str(),
            "Done • one • two end"
        );
    }

    #[test]
    fn deep_nesting_leaves_room_for_words() {
        let note = format!("{}deep words here", "> ".repeat(50));
        for row in render(&note, 20) {
            assert!(row.width() <= 20);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn nothing_breaks_it(note in "[-a-c#*_`>\\[\\]()!<&;0-9 \t\n|~@:.漢\u{1b}]{0,200}", width in 0usize..60) {
            for row in render(&note, width) {
                prop_assert!(text::is_clean(row.text().as_str()));
                prop_assert!(row.width() <= width.max(2));
            }
        }
    }
}
