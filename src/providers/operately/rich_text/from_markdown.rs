//! From Markdown to the tree, with the parser that also shows Markdown. What it
//! does not know of ours (tables, footnotes, bare addresses) is plain text.

use std::rc::Rc;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::DEEPEST_WRITTEN;
use super::read::{LARGEST_NUMBER, code};
use super::tree::{Block, Inline, Marks, normal, one_line};

/// The blocks of a text. Never fails.
pub(super) fn blocks(markdown: &str) -> Vec<Block> {
    let mut page = Page::default();
    for (event, at) in parser(markdown).into_offset_iter() {
        let source = markdown.get(at).unwrap_or_default();
        page.take(event, source);
    }
    page.finish()
}

fn parser(markdown: &str) -> Parser<'_> {
    Parser::new_ext(
        markdown,
        Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH,
    )
}

/// Something open that holds blocks.
#[derive(Debug)]
enum Open {
    Quote(Vec<Block>),
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Item(Vec<Block>),
    /// Too deep: what is in it goes to what it is in.
    Flattened,
}

#[derive(Debug, Default)]
struct Page {
    done: Vec<Block>,
    open: Vec<Open>,
    /// Lines of the paragraph, heading or tight item at hand.
    line: Vec<Inline>,
    heading: Option<u8>,
    /// Language and text of the code at hand.
    code: Option<(String, String)>,
    bold: usize,
    italic: usize,
    /// For each open strike whether it is one: a single `~` is a sign.
    strikes: Vec<bool>,
    links: Vec<Rc<str>>,
    /// Address of each open picture, and where its words begin.
    pictures: Vec<usize>,
}

impl Page {
    fn take(&mut self, event: Event<'_>, source: &str) {
        match event {
            Event::Start(tag) => self.start(tag, source),
            Event::End(tag) => self.end(tag),
            Event::Text(words) => match &mut self.code {
                Some((_, text)) => text.push_str(&words),
                None => self.put(&words, false),
            },
            Event::Html(words) | Event::InlineHtml(words) => self.put(&words, false),
            Event::Code(words) => self.put(&words, true),
            Event::InlineMath(words) | Event::DisplayMath(words) => self.put(&words, false),
            Event::FootnoteReference(name) => self.put(&format!("[^{name}]"), false),
            Event::SoftBreak | Event::HardBreak => self.line.push(Inline::Break),
            Event::TaskListMarker(ticked) => {
                self.put(if ticked { "[x] " } else { "[ ] " }, false);
            }
            Event::Rule => {
                self.end_line();
                self.add(Block::Rule);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, source: &str) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_line();
                self.heading = Some(match level {
                    HeadingLevel::H1 => 1,
                    HeadingLevel::H2 => 2,
                    _ => 3,
                });
            }
            Tag::BlockQuote(_) => self.push(Open::Quote(Vec::new())),
            Tag::List(start) => self.push(Open::List {
                start: start.map(|number| number.min(LARGEST_NUMBER)),
                items: Vec::new(),
            }),
            Tag::Item => self.push(Open::Item(Vec::new())),
            Tag::CodeBlock(kind) => {
                self.end_line();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info
                        .split_whitespace()
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::Strong => self.bold += 1,
            Tag::Emphasis => self.italic += 1,
            Tag::Strikethrough => {
                let real = source.starts_with("~~");
                if !real {
                    self.put("~", false);
                }
                self.strikes.push(real);
            }
            Tag::Link { dest_url, .. } => self.links.push(Rc::from(&*dest_url)),
            Tag::Image { dest_url, .. } => {
                self.links.push(Rc::from(&*dest_url));
                self.pictures.push(self.line.len());
            }
            Tag::Paragraph | Tag::HtmlBlock => self.end_line(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock | TagEnd::Heading(_) => self.end_line(),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => self.pop(),
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    let text = text.strip_suffix('\n').unwrap_or(&text);
                    self.add(code(&language, text));
                }
            }
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::Strikethrough => {
                let real = self.strikes.pop().unwrap_or(true);
                self.put(if real { "" } else { "~" }, false);
            }
            TagEnd::Link => {
                self.links.pop();
            }
            TagEnd::Image => {
                // A picture without words is known by its address.
                if self.pictures.pop() == Some(self.line.len())
                    && let Some(address) = self.links.last().cloned()
                {
                    self.put(&address, false);
                }
                self.links.pop();
            }
            _ => {}
        }
    }

    fn put(&mut self, words: &str, code: bool) {
        if words.is_empty() {
            return;
        }
        let marks = Marks {
            bold: self.bold > 0,
            italic: self.italic > 0,
            strike: self.strikes.contains(&true),
            code,
            link: self.links.last().filter(|to| !to.is_empty()).cloned(),
        };
        self.line.push(Inline::Text(words.to_owned(), marks));
    }

    fn push(&mut self, open: Open) {
        self.end_line();
        let fits = self.open.len() < DEEPEST_WRITTEN;
        self.open.push(if fits { open } else { Open::Flattened });
    }

    fn pop(&mut self) {
        self.end_line();
        match self.open.pop() {
            Some(Open::Quote(inner)) => self.add(Block::Quote(inner)),
            Some(Open::List { start, items }) => self.add(Block::List { start, items }),
            Some(Open::Item(inner)) => match self.open.last_mut() {
                Some(Open::List { items, .. }) => items.push(inner),
                _ => inner.into_iter().for_each(|block| self.add(block)),
            },
            Some(Open::Flattened) | None => {}
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        match self.heading.take() {
            Some(level) => self.add(Block::Heading(level, one_line(&line))),
            None => {
                let line = normal(&line);
                if !line.is_empty() {
                    self.add(Block::Paragraph(line));
                }
            }
        }
    }

    fn add(&mut self, block: Block) {
        for open in self.open.iter_mut().rev() {
            match open {
                Open::Quote(inner) | Open::Item(inner) => return inner.push(block),
                Open::List { items, .. } => return items.push(vec![block]),
                Open::Flattened => {}
            }
        }
        self.done.push(block);
    }

    fn finish(mut self) -> Vec<Block> {
        self.end_line();
        while !self.open.is_empty() {
            self.pop();
        }
        self.done
    }
}
