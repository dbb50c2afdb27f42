//! From the tree to Markdown: how blocks stand in each other. Lines are written
//! by `pen`.

use super::from_markdown;
use super::pen::checked;
use super::read::LARGEST_NUMBER;
use super::tree::{Block, Inline, Marks, letters, pieces_of};

/// All blocks, apart by blank lines, without one at the end.
pub(super) fn blocks(all: &[Block]) -> String {
    let light = joined(all, "");
    let same = shapes(&from_markdown::blocks(&light), all);
    // An empty item is where Markdown's parsers disagree: give it a space.
    if same { light } else { joined(all, "&#32;") }
}

/// Whether blocks stand in each other in the same way; their words may differ.
fn shapes(some: &[Block], others: &[Block]) -> bool {
    some.len() == others.len()
        && some.iter().zip(others).all(|pair| match pair {
            (Block::Paragraph(_), Block::Paragraph(_))
            | (Block::Heading(..), Block::Heading(..))
            | (Block::Rule, Block::Rule)
            | (Block::Code { .. }, Block::Code { .. }) => true,
            (Block::Quote(some), Block::Quote(others)) => shapes(some, others),
            (Block::List { items: some, .. }, Block::List { items: others, .. }) => {
                some.len() == others.len()
                    && some
                        .iter()
                        .zip(others)
                        .all(|(some, others)| shapes(some, others))
            }
            _ => false,
        })
}

/// `empty` is what an item, or a box, without words is given.
fn joined(all: &[Block], empty: &str) -> String {
    let mut text = String::new();
    let mut before: Option<(&Block, bool)> = None;
    for block in all {
        // Two lists in a row are two only with different signs.
        let other_sign = match (before, block) {
            (Some((Block::List { start: a, .. }, other)), Block::List { start: b, .. }) => {
                a.is_some() == b.is_some() && !other
            }
            _ => false,
        };
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&one(block, other_sign, empty));
        before = Some((block, other_sign));
    }
    text
}

fn one(block: &Block, other_sign: bool, empty: &str) -> String {
    match block {
        Block::Paragraph(pieces) => paragraph(pieces),
        Block::Heading(level, pieces) => heading(*level, pieces),
        Block::Rule => "---".to_owned(),
        Block::Quote(inner) => {
            let inner = joined(inner, empty);
            if inner.is_empty() {
                return ">".to_owned();
            }
            inner
                .split('\n')
                .map(|line| match line {
                    "" => ">".to_owned(),
                    line => format!("> {line}"),
                })
                .collect::<Vec<_>>()
                .join("\n")
        }
        Block::Code { language, text } => {
            let longest = text
                .split(|letter| letter != '`')
                .map(str::len)
                .max()
                .unwrap_or(0);
            let fence = "`".repeat(longest.max(2) + 1);
            let text = match text.as_str() {
                "" => String::new(),
                text => format!("{text}\n"),
            };
            format!(
                "{fence}{}\n{text}{fence}",
                language.as_deref().unwrap_or("")
            )
        }
        Block::List { start, items } => list(*start, items, other_sign, empty),
    }
}

fn list(start: Option<u64>, items: &[Vec<Block>], other_sign: bool, empty: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (place, item) in (0_u64..).zip(items) {
        let marker = match (start, other_sign) {
            (None, false) => "-".to_owned(),
            (None, true) => "*".to_owned(),
            (Some(start), _) => {
                let number = start.saturating_add(place).min(LARGEST_NUMBER);
                format!("{number}{}", if other_sign { ')' } else { '.' })
            }
        };
        let text = item_text(item, empty);
        let hang = " ".repeat(marker.len() + 1);
        for (row, line) in text.split('\n').enumerate() {
            lines.push(match (row, line) {
                (0, "") => marker.clone(),
                (0, line) => format!("{marker} {line}"),
                (_, "") => String::new(),
                (_, line) => format!("{hang}{line}"),
            });
        }
    }
    lines.join("\n")
}

/// The blocks of an item; a list right below its words stays close to them
/// where that cannot be read as something else.
fn item_text(item: &[Block], empty: &str) -> String {
    match item {
        [] => empty.to_owned(),
        [Block::Paragraph(pieces)] => item_words(pieces, empty),
        [Block::Paragraph(pieces), rest @ ..] => {
            let words = item_words(pieces, empty);
            let rest_text = joined(rest, empty);
            let first = rest_text.split('\n').next().unwrap_or_default();
            let close = match rest.first() {
                Some(Block::List { start: None, .. }) => first.len() > 2,
                Some(Block::List { start: Some(1), .. }) => first.len() > 3,
                _ => false,
            };
            let apart = if close { "\n" } else { "\n\n" };
            match rest_text.as_str() {
                "" => words,
                _ => format!("{words}{apart}{rest_text}"),
            }
        }
        [Block::Rule, ..] => {
            // `- ---` is a rule itself.
            let text = joined(item, empty);
            text.replacen("---", "___", 1)
        }
        other => {
            let text = joined(other, empty);
            let first = text.split('\n').next().unwrap_or_default();
            let is_rule = !first.is_empty() && first.chars().all(|c| "-* ".contains(c));
            if is_rule { format!("\n{text}") } else { text }
        }
    }
}

/// The first words of an item; `[ ]` and `[x]` before them are the check box that
/// Markdown means by it, and that documents have no other way to say.
fn item_words(pieces: &[Inline], empty: &str) -> String {
    let all = letters(pieces);
    let start: String = all.iter().take(4).map(|(letter, _)| *letter).collect();
    let plain = all
        .iter()
        .take(4)
        .all(|(_, marks)| *marks == Marks::default());
    match start.as_str() {
        "[ ]" | "[x]" if plain => format!("{start} {empty}"),
        "[ ] " | "[x] "
            if plain
                && !all
                    .get(4)
                    .is_some_and(|(c, marks)| c.is_whitespace() && !marks.code) =>
        {
            let rest = pieces_of(all.get(4..).unwrap_or_default());
            format!("{start}{}", paragraph(&rest))
        }
        _ => paragraph(pieces),
    }
}

fn paragraph(pieces: &[Inline]) -> String {
    checked(pieces, "")
}

fn heading(level: u8, pieces: &[Inline]) -> String {
    let hashes = "#".repeat(usize::from(level));
    match pieces {
        [] => hashes,
        pieces => checked(pieces, &format!("{hashes} ")),
    }
}
