//! Reads the `[keys]` table of a TOML text: which action has which keys where,
//! and on which line. Decides nothing about conflicts.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::actions::{ACTIONS, Action, Scope};

use super::chord::Chord;
use super::keymap::{KeyError, KeyStyle};

/// One action and the keys it is given.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) action: Action,
    /// Only there, if so.
    pub(super) scope: Option<Scope>,
    /// The keys, each with its line counted from 1.
    pub(super) chords: Vec<(Chord, usize)>,
}

/// What a `[keys]` table says, and what in it makes no sense.
#[derive(Debug, Default)]
pub(super) struct FileKeys {
    pub(super) style: Option<KeyStyle>,
    pub(super) layout_fallback: Option<bool>,
    pub(super) entries: Vec<Entry>,
    pub(super) errors: Vec<KeyError>,
}

/// Reads a whole settings file; other tables in it are left alone.
pub(super) fn read(text: &str) -> FileKeys {
    let mut reader = Reader {
        text,
        found: FileKeys::default(),
    };
    match DeTable::parse(text) {
        Err(error) => {
            let line = reader.line(error.span().unwrap_or(0..0));
            reader.error(line, "", format!("this is not TOML: {}", error.message()));
        }
        Ok(file) => match file
            .get_ref()
            .get("keys")
            .map(|keys| (keys.get_ref(), keys.span()))
        {
            None => {}
            Some((DeValue::Table(keys), _)) => reader.table(keys, None),
            Some((_, span)) => {
                let line = reader.line(span);
                reader.error(
                    line,
                    "keys",
                    "this must be a table; write [keys]".to_owned(),
                );
            }
        },
    }
    reader.found
}

struct Reader<'a> {
    text: &'a str,
    found: FileKeys,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, scope: Option<Scope>) {
        for (name, value) in table {
            let line = self.line(name.span());
            let id = name.get_ref().as_ref();
            match (value.get_ref(), scope) {
                (DeValue::Table(inner), None) => match Scope::parse(id) {
                    Some(scope) => self.table(inner, Some(scope)),
                    None => {
                        let names = Scope::ALL.map(Scope::id);
                        self.unknown(line, id, "scope", &names);
                    }
                },
                (DeValue::String(style), None) if id == "style" => match KeyStyle::parse(style) {
                    Some(style) => self.found.style = Some(style),
                    None => self.error(
                        line,
                        id,
                        format!("there is no style {style:?}; write \"vim\" or \"plain\""),
                    ),
                },
                (DeValue::Boolean(on), None) if id == "layout_fallback" => {
                    self.found.layout_fallback = Some(*on);
                }
                (value, scope) => self.entry(id, value, scope, line),
            }
        }
    }

    fn entry(&mut self, id: &str, value: &DeValue<'_>, scope: Option<Scope>, line: usize) {
        let Some(action) = Action::parse(id) else {
            let names: Vec<&str> = ACTIONS.iter().map(|info| info.id).collect();
            return self.unknown(line, id, "action", &names);
        };
        if let Some(scope) = scope.filter(|scope| !action.info().scopes.contains(scope)) {
            let sentence = format!("this action means nothing in the scope {:?}", scope.id());
            return self.error(line, id, sentence);
        }
        let mut chords = Vec::new();
        match value {
            DeValue::String(key) => self.chord(id, key, line, &mut chords),
            DeValue::Array(keys) => {
                for key in keys {
                    let line = self.line(key.span());
                    match key.get_ref() {
                        DeValue::String(key) => self.chord(id, key, line, &mut chords),
                        _ => self.error(line, id, NOT_KEYS.to_owned()),
                    }
                }
            }
            _ => return self.error(line, id, NOT_KEYS.to_owned()),
        }
        self.found.entries.push(Entry {
            action,
            scope,
            chords,
        });
    }

    fn chord(&mut self, id: &str, key: &str, line: usize, chords: &mut Vec<(Chord, usize)>) {
        match key.parse::<Chord>() {
            Ok(chord) => chords.push((chord, line)),
            Err(error) => self.error(line, id, error.to_string()),
        }
    }

    fn unknown(&mut self, line: usize, id: &str, kind: &str, names: &[&str]) {
        let hint = match nearest(id, names) {
            Some(name) => format!("the nearest is {name:?}"),
            None => "goaldeck keys lists them all".to_owned(),
        };
        self.error(line, id, format!("there is no {kind} of this name; {hint}"));
    }

    fn error(&mut self, line: usize, id: &str, sentence: String) {
        let key = match id {
            "" | "keys" => id.to_owned(),
            id => format!("keys.{id}"),
        };
        self.found.errors.push(KeyError {
            line,
            key,
            sentence,
        });
    }

    /// The line of a place in the text, counted from 1.
    fn line(&self, span: Range<usize>) -> usize {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

const NOT_KEYS: &str = "keys are written as a list of texts, for example [\"a\", \"ctrl-a\"]";

/// The name that differs least, if any is near enough to be meant.
pub(super) fn nearest<'a>(wrong: &str, names: &[&'a str]) -> Option<&'a str> {
    let near = (wrong.chars().count() / 3).max(2);
    let (distance, name) = names
        .iter()
        .map(|name| (distance(wrong, name), *name))
        .min_by_key(|pair| pair.0)?;
    (distance <= near).then_some(name)
}

/// How many letters must be added, removed or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let Some(above) = row.get(j + 1).copied() else {
                continue;
            };
            let best = (diagonal + usize::from(ca != *cb))
                .min(above + 1)
                .min(left + 1);
            if let Some(place) = row.get_mut(j) {
                *place = left;
            }
            diagonal = above;
            left = best;
        }
        if let Some(last) = row.last_mut() {
            *last = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn distance_counts_letters() {
        for (a, b, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("", "ab", 2),
            ("kitten", "sitting", 3),
            ("post", "pots", 2),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_near_names_are_offered() {
        assert_eq!(
            nearest("acknoledge", &["acknowledge", "accounts"]),
            Some("acknowledge")
        );
        assert_eq!(nearest("frobnicate", &["acknowledge", "accounts"]), None);
    }

    proptest! {
        #[test]
        fn distance_is_symmetric_and_bounded(a in "[a-z_]{0,12}", b in "[a-z_]{0,12}") {
            let d = distance(&a, &b);
            prop_assert_eq!(d, distance(&b, &a));
            prop_assert!(d <= a.len().max(b.len()));
            prop_assert_eq!(d == 0, a == b);
        }
    }
}
