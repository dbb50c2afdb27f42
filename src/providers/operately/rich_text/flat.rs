//! The tree as lines of plain text, to compare and to quote.

use unicode_normalization::UnicodeNormalization;

use super::tree::{Block, Inline};

/// Lines of all blocks, with or without signs and addresses; NFC, trimmed.
pub(super) fn lines(blocks: &[Block], signs: bool) -> String {
    let mut into = Vec::new();
    many(blocks, "", signs, &mut into);
    let text: String = into.join("\n").nfc().collect();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let first = lines.iter().position(|line| !line.is_empty());
    let last = lines.iter().rposition(|line| !line.is_empty());
    match first.zip(last) {
        Some((first, last)) => lines.get(first..=last).unwrap_or_default().join("\n"),
        None => String::new(),
    }
}

fn many(blocks: &[Block], before: &str, signs: bool, into: &mut Vec<String>) {
    for block in blocks {
        one(block, before, signs, into);
    }
}

fn one(block: &Block, before: &str, signs: bool, into: &mut Vec<String>) {
    let sign = |text: &str| {
        if signs {
            text.to_owned()
        } else {
            String::new()
        }
    };
    match block {
        Block::Paragraph(pieces) => {
            let text = words(pieces, signs);
            into.extend(text.split('\n').map(|line| format!("{before}{line}")));
        }
        Block::Heading(level, pieces) => {
            let hashes = sign(&format!("{} ", "#".repeat(usize::from(*level))));
            into.push(format!("{before}{hashes}{}", words(pieces, signs)));
        }
        Block::Quote(inner) => many(inner, &format!("{before}{}", sign("> ")), signs, into),
        Block::Code { text, .. } => {
            let fence = format!("{before}```");
            into.extend(signs.then(|| fence.clone()));
            into.extend(text.split('\n').map(|line| format!("{before}{line}")));
            into.extend(signs.then_some(fence));
        }
        Block::Rule => into.extend(signs.then(|| format!("{before}---"))),
        Block::List { start, items } => {
            for (place, item) in (0_u64..).zip(items) {
                let marker = match start {
                    Some(start) => sign(&format!("{}. ", start.saturating_add(place))),
                    None => sign("- "),
                };
                // An item's first line has its sign, the others hang below it.
                let hang = format!("{before}{}", " ".repeat(marker.len()));
                let from = into.len();
                many(item, &hang, signs, into);
                match into.get_mut(from) {
                    Some(line) => {
                        let rest = line.get(hang.len()..).unwrap_or_default();
                        *line = format!("{before}{marker}{rest}");
                    }
                    None => into.extend(signs.then(|| format!("{before}{marker}"))),
                }
            }
        }
    }
}

fn words(pieces: &[Inline], signs: bool) -> String {
    let mut all = String::new();
    let mut pieces = pieces.iter().peekable();
    let mut linked = String::new();
    while let Some(piece) = pieces.next() {
        let (text, marks) = match piece {
            Inline::Break => {
                all.push('\n');
                continue;
            }
            Inline::Text(text, marks) => (text, marks),
        };
        all.push_str(text);
        let Some(address) = marks.link.as_deref().filter(|_| signs) else {
            continue;
        };
        linked.push_str(text);
        let goes_on = pieces.peek().is_some_and(
            |next| matches!(next, Inline::Text(_, marks) if marks.link.as_deref() == Some(address)),
        );
        if !goes_on {
            let linked = std::mem::take(&mut linked);
            if linked != address {
                all.push_str(&format!(" ({address})"));
            }
        }
    }
    all
}
