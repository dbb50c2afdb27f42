//! Two notes side by side: which lines went, which came, and which words of a line
//! that was only mended. Markdown is compared as it was written.

use similar::{ChangeTag, TextDiff};

/// Longer notes are compared by whole lines; nobody looks for single words there.
const MOST_BYTES: usize = 64 * 1024;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands in both.
    Kept,
    /// It is new.
    Added,
    /// It is not there any more.
    Removed,
}

impl Fate {
    /// The sign before the line: `+`, `-` or a blank.
    pub fn sign(self) -> char {
        match self {
            Fate::Kept => ' ',
            Fate::Added => '+',
            Fate::Removed => '-',
        }
    }
}

/// One line of two notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteLine {
    /// What became of it.
    pub fate: Fate,
    /// Its text in pieces; true where just these words differ from the line it was
    /// mended from. Foreign text.
    pub pieces: Vec<(bool, String)>,
}

impl NoteLine {
    /// The whole line.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// What changed from one note to the next, line by line. Blank lines at the ends and
/// blanks at the end of lines do not count.
pub fn compare(before: &str, now: &str) -> Vec<NoteLine> {
    let tidy = |note: &str| -> String {
        let mut lines: String = note
            .trim()
            .lines()
            .flat_map(|line| [line.trim_end(), "\n"])
            .collect();
        lines.truncate(lines.trim_end().len());
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines
    };
    let (before, now) = (tidy(before), tidy(now));
    let diff = TextDiff::from_lines(before.as_str(), now.as_str());
    let by_words = before.len() + now.len() <= MOST_BYTES;
    let mut lines = Vec::new();
    for op in diff.ops() {
        if by_words {
            let changes = diff.iter_inline_changes_deadline(op, None);
            lines.extend(changes.map(|change| line(change.tag(), change.values())));
        } else {
            let changes = diff.iter_changes(op);
            lines.extend(changes.map(|change| line(change.tag(), &[(false, change.value())])));
        }
    }
    lines
}

fn line(tag: ChangeTag, values: &[(bool, &str)]) -> NoteLine {
    let pieces = values
        .iter()
        .map(|(is_other, text)| (*is_other, text.trim_end_matches('\n').to_owned()))
        .filter(|(_, text)| !text.is_empty());
    NoteLine {
        fate: match tag {
            ChangeTag::Equal => Fate::Kept,
            ChangeTag::Insert => Fate::Added,
            ChangeTag::Delete => Fate::Removed,
        },
        pieces: pieces.collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(before: &str, now: &str) -> Vec<String> {
        let line = |line: NoteLine| format!("{}{}", line.fate.sign(), line.text());
        compare(before, now).into_iter().map(line).collect()
    }

    #[test]
    fn lines_that_went_stand_before_those_that_came() {
        assert_eq!(
            drawn(
                "Pricing page out.\nBlockers: none\n",
                "Two accounts left.\nBlockers: none"
            ),
            [
                "-Pricing page out.",
                "+Two accounts left.",
                " Blockers: none"
            ]
        );
        assert_eq!(drawn("", "First.\n\nSecond."), ["+First.", "+", "+Second."]);
        assert_eq!(drawn("same \n", "\nsame"), [" same"]);
        assert_eq!(drawn("", " \n"), [""; 0]);
    }

    #[test]
    fn a_mended_line_shows_its_words() {
        let lines = compare(
            "Setup takes 18 minutes in the mean.",
            "Setup takes 17 minutes in the mean.",
        );
        let other = |line: &NoteLine| -> Vec<String> {
            let pieces = line.pieces.iter().filter(|(is_other, _)| *is_other);
            pieces.map(|(_, text)| text.clone()).collect()
        };
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].fate, Fate::Removed);
        assert_eq!(other(&lines[0]), ["18"]);
        assert_eq!(other(&lines[1]), ["17"]);
    }

    #[test]
    fn a_very_long_note_is_compared_as_well() {
        let long = "word and word\n".repeat(8_000);
        let lines = compare(&long, &format!("{long}and one more"));
        assert_eq!(lines.len(), 8_001);
        assert_eq!(lines[8_000].fate, Fate::Added);
    }

    proptest! {
        #[test]
        fn both_notes_can_be_read_off(before in "[ab \n]{0,40}", now in "[ab \n]{0,40}") {
            let lines = compare(&before, &now);
            let side = |other: Fate| -> Vec<String> {
                let of_it = lines.iter().filter(|line| line.fate != other);
                of_it.map(NoteLine::text).collect()
            };
            let tidy = |note: &str| -> Vec<String> {
                note.trim().lines().map(|line| line.trim_end().to_owned()).collect()
            };
            prop_assert_eq!(side(Fate::Added), tidy(&before));
            prop_assert_eq!(side(Fate::Removed), tidy(&now));
        }
    }
}
