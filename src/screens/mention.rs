//! Naming somebody in a text: while `@an` is typed, who that may be, and the key
//! that writes the rest. Pure but for the text area it writes into.

use super::Scene;
use crate::actions::Action;
use crate::model::ids::AccountName;
use crate::model::person::Person;
use crate::model::text::Shown;
use crate::shown;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;
use crate::widgets::text_area::TextArea;

/// So many are named in the status line.
const SHOWN: usize = 5;

/// A name half typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// How many characters stand behind the `@`.
    typed: usize,
    /// What would be written instead, and the person's full name; the likeliest
    /// first.
    people: Vec<(String, String)>,
}

impl Mention {
    /// The mention the cursor stands behind, if somebody of the account has such a
    /// name.
    pub fn at(area: &TextArea, account: &AccountName, scene: &Scene<'_>) -> Option<Self> {
        let (line, column) = area.cursor();
        let text = area.text();
        let before: String = text.split('\n').nth(line)?.chars().take(column).collect();
        let people = scene.store.people(account);
        Self::of(&before, &people)
    }

    fn of(before: &str, people: &[&Person]) -> Option<Self> {
        let (text, typed) = before.rsplit_once('@')?;
        // An address in a text is none, nor is an `@` long ago.
        let stands_alone = |letter: char| !letter.is_alphanumeric();
        let is_name = |letter: char| letter.is_alphanumeric() || " .-_'".contains(letter);
        if !text.chars().next_back().is_none_or(stands_alone)
            || typed.is_empty()
            || typed.starts_with(' ')
            || !typed.chars().all(is_name)
        {
            return None;
        }
        let wanted = typed.to_lowercase();
        let begins = |word: &str| word.to_lowercase().starts_with(&wanted);
        let is_meant = |person: &&&Person| {
            begins(&person.name) || begins(&person.handle) || person.name.split(' ').any(begins)
        };
        let mut found: Vec<&Person> = people.iter().filter(is_meant).copied().collect();
        found.sort_by_key(|person| !begins(&person.name));
        let people: Vec<(String, String)> = found
            .into_iter()
            .map(|person| (written(person), person.name.clone()))
            // Nothing is left to write.
            .filter(|(written, _)| written.to_lowercase() != wanted.trim_end())
            .collect();
        (!people.is_empty()).then(|| Self {
            typed: typed.chars().count(),
            people,
        })
    }

    /// Writes the likeliest person's name, and a blank.
    pub fn complete(&self, area: &mut TextArea) {
        let Some((written, _)) = self.people.first() else {
            return;
        };
        for _ in 0..self.typed {
            area.edit(Edit::Backspace);
        }
        area.edit(Edit::Paste(format!("{written} ")));
    }

    /// Who it may be, for the status line: ` Tab writes @ana.silva (Ana Silva), also …`.
    pub fn line(&self, scene: &Scene<'_>) -> Line {
        let key = scene
            .keymap
            .key_for(Action::NextField, &[crate::actions::Scope::Form])
            .unwrap_or_default();
        let mut people = self.people.iter();
        let first = people
            .next()
            .map_or_else(Shown::default, |(written, name)| {
                if written == name {
                    shown!(" {key} writes @{name}")
                } else {
                    shown!(" {key} writes @{written} ({name})")
                }
            });
        let others: Vec<&str> = people.take(SHOWN).map(|(_, name)| name.as_str()).collect();
        let line = Line::of(Role::Accent, first);
        if others.is_empty() {
            return line;
        }
        line.put(Role::Dim, shown!("   or {}", others.join(", ")))
    }
}

/// What stands behind the `@`: the handle, where there is one.
fn written(person: &Person) -> String {
    if person.handle.is_empty() {
        person.name.clone()
    } else {
        person.handle.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, handle: &str) -> Person {
        Person {
            id: name.into(),
            account: "a".into(),
            name: name.into(),
            handle: handle.into(),
        }
    }

    fn found(before: &str) -> Vec<String> {
        let all = [
            person("Mei Tanaka", ""),
            person("Ana Silva", "ana"),
            person("Bo Anders", ""),
        ];
        let all: Vec<&Person> = all.iter().collect();
        Mention::of(before, &all).map_or_else(Vec::new, |mention| {
            mention
                .people
                .into_iter()
                .map(|(written, _)| written)
                .collect()
        })
    }

    #[test]
    fn half_a_name_finds_who_it_may_be() {
        assert_eq!(found("thanks @an"), ["ana", "Bo Anders"]);
        assert_eq!(found("@AN"), ["ana", "Bo Anders"]);
        assert_eq!(found("(@tan"), ["Mei Tanaka"]);
        assert_eq!(found("@mei t"), ["Mei Tanaka"]);
    }

    #[test]
    fn what_is_no_name_finds_nobody() {
        for text in [
            "an",
            "@",
            "mail@an",
            "@ an",
            "@x",
            "@ana ",
            "@Mei Tanaka",
            "@an, b",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
