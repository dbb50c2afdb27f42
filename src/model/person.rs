//! People as an account knows them.

use serde::{Deserialize, Serialize};

use super::ids::{AccountName, PersonId};

/// A person of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Unique over all accounts.
    pub id: PersonId,
    /// Where this person is known.
    pub account: AccountName,
    /// Full name, foreign text.
    pub name: String,
    /// What follows `@` in a mention, without the `@`; empty if the provider has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handle: String,
}

impl Person {
    /// First letters of the first and last word, upper case: `Ana Silva` → `AS`;
    /// a single word gives its first two letters.
    pub fn initials(&self) -> String {
        let words: Vec<&str> = self.name.split_whitespace().collect();
        let letters: String = match words.as_slice() {
            [] => String::new(),
            [only] => only.chars().take(2).collect(),
            [first, .., last] => first.chars().take(1).chain(last.chars().take(1)).collect(),
        };
        letters.to_uppercase()
    }

    /// The first word of the name, as narrow places show it.
    pub fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or(&self.name)
    }
}
