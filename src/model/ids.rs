//! Names of things: one newtype per kind of id, and the source of new ids.
//!
//! An id is opaque text from its provider, prefixed with the account's name
//! (`work:g-7f3`), so ids of different accounts never collide. Ids are cheap
//! to clone.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps an id as it is; nothing is checked.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            /// The id as text, foreign and uncleaned.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", &self.0)
            }
        }
    )+};
}

ids! {
    /// The name of an account in the configuration: one login at one provider.
    AccountName,
    /// A goal: `account:provider-id`.
    GoalId,
    /// A key result: `account:provider-id`.
    ResultId,
    /// A check-in: `account:provider-id`.
    CheckInId,
    /// A comment on a goal or a check-in.
    CommentId,
    /// One line of the inbox.
    NotificationId,
    /// A person as one account knows them.
    PersonId,
    /// An outbox entry, made by us; the idempotency key of its write.
    EntryId,
}

impl EntryId {
    /// The six letters shown to people and printed by the command line.
    pub fn short(&self) -> &str {
        let text = self.as_str();
        text.char_indices()
            .nth(6)
            .map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
    }
}

/// Number of a question to a provider; an answer to an older one is stale.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Ticket(pub u64);

/// Makes new ids from a seed that only `run` draws (store and screens have no
/// randomness of their own). 60 bits an id: two processes that write the same
/// store do not meet.
#[derive(Debug)]
pub struct IdSource(Cell<u64>);

impl IdSource {
    /// Starts from `seed`; equal seeds give equal ids, which tests rely on.
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    /// Twelve characters of lower-case base 32 without look-alikes.
    pub fn next(&self) -> String {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        // SplitMix64: a bijection of the counter, so ids of one source never repeat.
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (0..12)
            .map(|place| char::from(LETTERS[(mixed >> (place * 5)) as usize & 31]))
            .collect()
    }

    /// A new entry id.
    pub fn entry(&self) -> EntryId {
        EntryId::new(self.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_source_differ_and_repeat_with_the_seed() {
        let (one, two) = (IdSource::new(7), IdSource::new(7));
        let made: std::collections::HashSet<_> = (0..1000).map(|_| one.next()).collect();
        assert_eq!(made.len(), 1000);
        assert!(made.contains(&two.next()));
        assert_eq!(one.entry().short().len(), 6);
    }
}
