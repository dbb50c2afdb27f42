//! The filter over goals: words that must all be found in a goal's name,
//! description, last note or people. Case does not matter, accents do.

use super::goal::Goal;
use super::ids::PersonId;

/// What was typed after `/`, ready to be compared with many goals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    words: Vec<Word>,
}

/// A word in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    is_ascii: bool,
}

impl Filter {
    /// Reads a filter: every word between spaces must be found. Any text is one.
    pub fn parse(text: &str) -> Self {
        let words = text.split_whitespace().map(|word| {
            // Letter by letter, as texts are read: a final sigma must stay one.
            Word {
                text: word.chars().flat_map(char::to_lowercase).collect(),
                is_ascii: word.is_ascii(),
            }
        });
        Self {
            words: words.collect(),
        }
    }

    /// Whether it lets every goal through.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether every word is found in the goal. `names` gives the name of a
    /// person, if known.
    pub fn matches<'a>(&self, goal: &Goal, names: &dyn Fn(&PersonId) -> Option<&'a str>) -> bool {
        self.words.iter().all(|word| {
            let note = || goal.last_check_in().map(|last| last.note.as_str());
            let named = |person: &Option<PersonId>| {
                let name = person.as_ref().and_then(names);
                name.is_some_and(|name| word.is_in(name))
            };
            word.is_in(&goal.name)
                || word.is_in(&goal.description)
                || named(&goal.champion)
                || named(&goal.reviewer)
                || note().is_some_and(|note| word.is_in(note))
        })
    }
}

impl Word {
    fn is_in(&self, text: &str) -> bool {
        if self.is_ascii {
            is_ascii_in(self.text.as_bytes(), text.as_bytes())
        } else {
            let starts = |rest: &str| {
                let mut letters = rest.chars().flat_map(char::to_lowercase);
                self.text
                    .chars()
                    .all(|letter| letters.next() == Some(letter))
            };
            text.char_indices()
                .any(|(place, _)| text.get(place..).is_some_and(starts))
        }
    }
}

/// Compares bytes, without allocation: an ASCII letter is never part of a longer UTF-8 sequence.
fn is_ascii_in(word: &[u8], text: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else {
        return true;
    };
    let Some(places) = (text.len() + 1).checked_sub(word.len()) else {
        return false;
    };
    text.iter().take(places).enumerate().any(|(place, letter)| {
        letter.to_ascii_lowercase() == *first
            && text
                .get(place + 1..place + word.len())
                .is_some_and(|tail| tail.eq_ignore_ascii_case(rest))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::check_in::CheckIn;
    use crate::model::time::Time;

    fn names(id: &PersonId) -> Option<&'static str> {
        match id.as_str() {
            "a:ana" => Some("Ana Silva"),
            "a:zoe" => Some("Zoë Łuk"),
            _ => None,
        }
    }

    fn goal() -> Goal {
        let mut goal = Goal::new(
            "a:g".into(),
            "a".into(),
            "Reduce churn to 2 %",
            Time::default(),
        );
        goal.description = "Contracts and ÄRGER".into();
        goal.champion = Some("a:ana".into());
        goal.reviewer = Some("a:zoe".into());
        for note in ["old words", "Two large accounts left"] {
            let mut check_in = CheckIn::new(note.into(), "a:ana".into(), Time::default());
            check_in.note = note.into();
            goal.check_ins.push(check_in);
        }
        goal
    }

    #[test]
    fn every_word_must_be_found_somewhere() {
        for (text, found) in [
            ("", true),
            ("churn", true),
            ("CHURN redu", true),
            ("urn", true),
            ("churn silva", true),
            ("churn zoë łuk", true),
            ("ŁUK", true),
            ("zoe", false),
            ("large", true),
            ("old", false),
            ("ärger", true),
            ("contracts 2 %", true),
            ("churn xyz", false),
            ("churnn", false),
        ] {
            assert_eq!(
                Filter::parse(text).matches(&goal(), &names),
                found,
                "{text}"
            );
        }
        assert!(Filter::parse("  ").is_empty());
    }

    proptest! {
        #[test]
        fn any_piece_of_a_name_finds_it(name in "\\PC{0,20}", from in 0..20_usize, len in 1..6_usize) {
            let piece: String = name.chars().skip(from).take(len).collect();
            let mut goal = goal();
            goal.name = name;
            prop_assert!(Filter::parse(&piece).matches(&goal, &names));
        }

        #[test]
        fn plain_words_are_found_as_the_standard_library_finds_them(
            word in "[a-cA-C]{1,3}",
            text in "[a-cA-Cä ]{0,12}",
        ) {
            let found = text.to_lowercase().contains(&word.to_lowercase());
            prop_assert_eq!(is_ascii_in(word.to_lowercase().as_bytes(), text.as_bytes()), found);
        }
    }
}
