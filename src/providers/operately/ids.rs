//! Operately's ids: one number of 128 bits that comes as a uuid, as base 62, or
//! as base 62 behind a slug that changes when the thing is renamed. Things are
//! compared and stored by the number only.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::model::ids::AccountName;

/// Digits of a short-id in the order of their value.
const DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// 62^22 is the first power of 62 above 2^128.
const LONGEST: usize = 22;

/// The number behind an id. Made from a slug-id (`grow-arr-DL7vdvm6ImbsIeCcieYSqr`),
/// a bare short-id or a uuid; all three of one thing are equal. Shown as the bare
/// short-id, which every operation of every version takes (but those that mark
/// notifications, whose ids stay uuids).
///
/// Not for companies: see [`CompanyId`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShortId(u128);

/// The text is no id of Operately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Operately id")]
pub struct NotAnId;

impl ShortId {
    /// Reads an id in any of its three forms. None for what is none of them:
    /// empty, with letters outside the alphabet, or above 128 bits. As on the
    /// server only the part after the last `-` counts, so the slug is not looked
    /// at and a wrong one is not noticed.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(uuid) = hyphenated(text) {
            return Some(Self(uuid.as_u128()));
        }
        let short = text.rsplit('-').next().unwrap_or(text);
        if short.is_empty() || short.len() > LONGEST {
            return None;
        }
        let mut number: u128 = 0;
        for letter in short.bytes() {
            let digit = DIGITS.iter().position(|known| *known == letter)?;
            number = number
                .checked_mul(62)?
                .checked_add(u128::try_from(digit).ok()?)?;
        }
        Some(Self(number))
    }

    /// The id of ours, `account:short`, that names this thing of this account.
    pub fn within(self, account: &AccountName) -> String {
        format!("{account}:{self}")
    }

    /// The number in an id of ours, `account:short`; none if it is another
    /// provider's or made here (`account:g-…`, whose digits would pass for one).
    pub fn of_ours(id: &str) -> Option<Self> {
        let (_, theirs) = id.rsplit_once(':')?;
        Self::parse(theirs).filter(|_| !theirs.contains('-'))
    }

    /// The same number as a lower-case uuid with hyphens, as some answers write it.
    pub fn to_uuid(self) -> String {
        Uuid::from_u128(self.0).hyphenated().to_string()
    }
}

/// A uuid in the one form the server writes; the crate would take others, which
/// are short-ids by accident.
fn hyphenated(text: &str) -> Option<Uuid> {
    (text.len() == 36)
        .then(|| Uuid::try_parse(text).ok())
        .flatten()
}

impl FromStr for ShortId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        Self::parse(text).ok_or(NotAnId)
    }
}

impl fmt::Display for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.0;
        let mut letters = Vec::with_capacity(LONGEST);
        loop {
            let digit = usize::try_from(left % 62).unwrap_or_default();
            letters.push(char::from(*DIGITS.get(digit).unwrap_or(&b'A')));
            left /= 62;
            if left == 0 {
                break;
            }
        }
        f.write_str(&letters.iter().rev().collect::<String>())
    }
}

impl fmt::Debug for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The id of a company: a slug and a small number in base 32 (`fjord-0bf3`). It
/// is no [`ShortId`], it is used whole, also in addresses of the browser.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CompanyId(String);

impl CompanyId {
    /// Takes the id as it came. None if it is empty or could not stand in the
    /// path of an address.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        (!text.is_empty() && text.chars().all(fits)).then(|| Self(text.to_owned()))
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CompanyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(text: &str) -> ShortId {
        ShortId::parse(text).unwrap()
    }

    #[test]
    fn pairs_that_real_servers_wrote() {
        // Left from `parent_id`, `goal_id`, `target_id` ..; right from `id` of the same thing.
        for (uuid, short) in PAIRS {
            assert_eq!(id(uuid), id(short), "{short}");
            assert_eq!(id(short).to_uuid(), *uuid);
            assert_eq!(id(uuid).to_string(), *short);
        }
    }

    const PAIRS: &[(&str, &str)] = &[
        (
            "c5f0ca4d-a53b-4388-934a-f5d039a46a58",
            "GBfg0yH4sqwy1hq646BPEM",
        ),
        (
            "0949bef6-0e60-4568-b85a-f77edaea7878",
            "RgnO9ia7MS09ZSfYjFhVW",
        ),
        (
            "ac2b9eec-9805-4f4b-9cec-b89b400f5694",
            "FO2mIELV0dHhOVCyHRb3gg",
        ),
        (
            "62988e0f-5c4a-4fb9-b68f-fb96ca176afd",
            "DAC72qbYC1VhbpFQlx80El",
        ),
        (
            "30d8bdb8-871d-4e71-abb5-0a21a730f92a",
            "BeKqUHbZMIv4IcimJ7Gfsm",
        ),
        (
            "fe4016f1-6613-4b5b-812d-f8ea2a688d87",
            "HtvVFTuIzBds0qG7AgijNl",
        ),
        (
            "01db33c2-0ad9-4a47-9d67-49deee9d7859",
            "DfKZxzfwDcFxCELa6yDoN",
        ),
        (
            "41e58fdf-e2dc-4873-acf1-94a761f80ce4",
            "CAVZfWwddDX7hHu1Lc2qqg",
        ),
        (
            "30d576d8-0f77-404f-8348-b54f7b045eb6",
            "BeJLdmBIbvW82kAJ94T6Vw",
        ),
        (
            "6c3cf5e7-429b-48c2-a4d4-d990fd9a33ef",
            "DSPB2tm12CAZgjRylRXMhJ",
        ),
        (
            "fe05a76f-75c4-4e8a-989c-6769d03551f0",
            "HtUnWwwzEN84aT4dqA4zDq",
        ),
        (
            "6c7e457f-8916-412e-a464-0ec6ac34dd95",
            "DSs2ZQkKgl34T8ijIHEntD",
        ),
        (
            "6c47573d-9e5d-47df-81e7-f27bca8f8de1",
            "DSTv9yLQjaMbd60aBZ7W7n",
        ),
        (
            "fbde31ee-37c9-40e1-8f4f-46a5f9de3471",
            "HpQmRnci1n4McINh4VTOXv",
        ),
        (
            "792eb4d3-41f9-49df-bfd6-6d8807888e6a",
            "DqpZyuDTaGy4bvWEwD0SS2",
        ),
        (
            "98798196-5caf-4795-9b6c-f413ac46db48",
            "EnsWcQNlTuROOmfKcl5g4w",
        ),
        (
            "006ac416-147c-4aab-9078-c110ff454c14",
            "wxHI4H8j0xtkmNTjvdti",
        ),
        (
            "0022ea59-c9d7-4d75-acb6-3c4869fd1005",
            "P7SYPhMzYHkLclrOuAXj",
        ),
        (
            "00213539-af7a-444e-9a7e-c5f4610643fe",
            "PK4vhditvnfLUOBdjUfU",
        ),
    ];

    #[test]
    fn slug_short_and_uuid_are_one_thing() {
        let all = [
            id("write-the-manual-BeKqUHbZMIv4IcimJ7Gfsm"),
            id("renamed-since-BeKqUHbZMIv4IcimJ7Gfsm"),
            id("-BeKqUHbZMIv4IcimJ7Gfsm"),
            id("BeKqUHbZMIv4IcimJ7Gfsm"),
            id("30d8bdb8-871d-4e71-abb5-0a21a730f92a"),
            id("30D8BDB8-871D-4E71-ABB5-0A21A730F92A"),
        ];
        assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
    }

    #[test]
    fn garbage_is_refused() {
        for text in [
            "",
            "-",
            "goal-",
            "a b",
            "é",
            "BeKqUHbZMIv4IcimJ7Gfs_",
            "../../etc/passwd",
            // One more than 2^128 - 1, and one letter too many.
            "H042lc9oNpcSDbSqSA5hEQ9",
            "9999999999999999999999",
            "30d8bdb8-871d-4e71-abb5-0a21a730f92\u{1b}",
        ] {
            assert_eq!(ShortId::parse(text), None, "{text}");
        }
        assert_eq!("".parse::<ShortId>(), Err(NotAnId));
    }

    #[test]
    fn both_ends_of_the_range() {
        assert_eq!(id("00000000-0000-0000-0000-000000000000").to_string(), "A");
        let last = id("ffffffff-ffff-ffff-ffff-ffffffffffff");
        assert_eq!(last.to_string().len(), 22);
        assert_eq!(id(&last.to_string()), last);
    }

    #[test]
    fn ours_has_the_account_in_front() {
        let account = AccountName::new("work");
        let ours = id("write-the-manual-BeKqUHbZMIv4IcimJ7Gfsm").within(&account);
        assert_eq!(ours, "work:BeKqUHbZMIv4IcimJ7Gfsm");
        assert_eq!(
            ShortId::of_ours(&ours),
            ShortId::parse("BeKqUHbZMIv4IcimJ7Gfsm")
        );
        assert_eq!(ShortId::of_ours("BeKqUHbZMIv4IcimJ7Gfsm"), None);
        // Made here and not at the server yet: its digits are no number of theirs.
        for here in ["work:g-0a1b2c3d4e5f", "work:c-k3m9x2v7q4ab", "work:me-too"] {
            assert_eq!(ShortId::of_ours(here), None, "{here}");
        }
    }

    #[test]
    fn a_company_is_named_whole() {
        assert_eq!(
            CompanyId::parse("fjord-0bf3").unwrap().as_str(),
            "fjord-0bf3"
        );
        assert_ne!(CompanyId::parse("a-0bf3"), CompanyId::parse("b-0bf3"));
        for text in ["", "a/b", "a?b", "a b", "a%2f"] {
            assert_eq!(CompanyId::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_number_comes_back(number in any::<u128>(), slug in "[a-z0-9-]{0,25}") {
            let uuid = Uuid::from_u128(number).to_string();
            let made = id(&uuid);
            prop_assert_eq!(made.to_uuid(), uuid);
            prop_assert_eq!(id(&made.to_string()), made);
            prop_assert_eq!(id(&format!("{slug}-{made}")), made);
            prop_assert!(!made.to_string().starts_with('A') || number == 0);
        }

        #[test]
        fn nothing_breaks_it(text in "\\PC{0,40}") {
            if let Some(found) = ShortId::parse(&text) {
                prop_assert_eq!(ShortId::parse(&found.to_string()), Some(found));
            }
        }
    }
}
