//! A word that is looked for in texts: case does not matter, accents do. Nothing
//! is allocated while looking.

use memchr::{memchr_iter, memchr2_iter};

/// A word, or several in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it was written.
    typed: String,
    /// In lower case.
    text: String,
    /// Where its rarest letter stands, if all of it is ASCII.
    rarest: Option<usize>,
}

/// Letters of English from rare to frequent; what is not among them is rarer.
const FREQUENT: &[u8] = b"zqxjkvbpgyfwmucldrhsnioate ";

impl Word {
    /// A word as it was written, without quotes.
    pub(super) fn new(typed: &str) -> Self {
        // Letter by letter, as texts are read: a final sigma must stay one.
        let text: String = typed.chars().flat_map(char::to_lowercase).collect();
        let rank = |letter: &u8| FREQUENT.iter().position(|other| other == letter);
        let rarest = text.bytes().enumerate().min_by_key(|(_, one)| rank(one));
        Self {
            rarest: rarest.filter(|_| text.is_ascii()).map(|(place, _)| place),
            typed: typed.to_owned(),
            text,
        }
    }

    /// As it was written, without quotes.
    pub(super) fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether what has this word in it has the other one too.
    pub(super) fn has(&self, other: &Word) -> bool {
        self.text.contains(&other.text)
    }

    /// Whether a text is this word and nothing else.
    pub(super) fn is_all_of(&self, text: &str) -> bool {
        let mut letters = text.chars().flat_map(char::to_lowercase);
        self.text
            .chars()
            .all(|letter| letters.next() == Some(letter))
            && letters.next().is_none()
    }

    /// Whether it stands in a text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        if self.text.is_empty() {
            return true;
        }
        if let Some(rarest) = self.rarest {
            return self.is_ascii_in(rarest, text.as_bytes());
        }
        let starts = |rest: &str| {
            let mut letters = rest.chars().flat_map(char::to_lowercase);
            self.text
                .chars()
                .all(|letter| letters.next() == Some(letter))
        };
        text.char_indices()
            .any(|(place, _)| text.get(place..).is_some_and(starts))
    }

    /// Compares bytes: an ASCII letter is never part of a longer UTF-8 sequence.
    fn is_ascii_in(&self, rarest: usize, text: &[u8]) -> bool {
        let word = self.text.as_bytes();
        let Some(letter) = word.get(rarest).copied() else {
            return true;
        };
        // The rarest letter cannot stand earlier in a text, nor later.
        let last = (text.len() + rarest + 1).checked_sub(word.len());
        let Some(places) = last.and_then(|last| text.get(rarest..last)) else {
            return false;
        };
        let is_at = |place: usize| {
            let found = text.get(place..place + word.len());
            found.is_some_and(|found| found.eq_ignore_ascii_case(word))
        };
        if letter.is_ascii_lowercase() {
            memchr2_iter(letter, letter.to_ascii_uppercase(), places).any(is_at)
        } else {
            memchr_iter(letter, places).any(is_at)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_with_their_accents() {
        for (word, text, found) in [
            ("churn", "Reduce CHURN", true),
            ("urn", "churn", true),
            ("churnn", "churn", false),
            ("zoe", "Zoë", false),
            ("ŁUK", "zoë łuk", true),
            ("ärger", "ÄRGER", true),
            ("2 %", "to 2 % now", true),
            ("", "", true),
            ("a", "", false),
        ] {
            assert_eq!(Word::new(word).is_in(text), found, "{word} in {text}");
        }
        assert!(Word::new("AnA").is_all_of("ana"));
        assert!(!Word::new("ana").is_all_of("anab"));
        assert!(!Word::new("anab").is_all_of("ana"));
    }

    proptest! {
        #[test]
        fn any_piece_of_a_text_is_found(text in "\\PC{0,20}", from in 0..20_usize, len in 0..6_usize) {
            let piece: String = text.chars().skip(from).take(len).collect();
            prop_assert!(Word::new(&piece).is_in(&text));
        }

        #[test]
        fn plain_words_are_found_as_the_standard_library_finds_them(
            word in "[a-cA-C]{1,4}",
            text in "[a-cA-Cä ]{0,14}",
        ) {
            let found = text.to_lowercase().contains(&word.to_lowercase());
            prop_assert_eq!(Word::new(&word).is_in(&text), found);
        }
    }
}
