//! How far we have read: a few figures that change when something that concerns
//! me happened.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::model::exchange::Cursor;
use crate::model::ids::PersonId;
use crate::model::time::Time;
use crate::providers::operately::decode::Assignment;

/// What a cursor of ours holds.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Who was signed in.
    pub me: PersonId,
    /// The server's clock before everything was read.
    pub at: Time,
    /// Unread lines then.
    pub unread: Option<u64>,
    /// A print of what waited for me then.
    pub waits: u64,
}

impl Mark {
    /// The mark in a cursor; none if it is not of this version.
    pub fn read(cursor: &Cursor) -> Option<Self> {
        serde_json::from_str(&cursor.0).ok()
    }

    /// As a cursor.
    pub fn cursor(&self) -> Option<Cursor> {
        serde_json::to_string(self).ok().map(Cursor)
    }

    /// Whether less than this long has passed by the server's clock.
    pub fn is_fresh(&self, now: Time, stale: TimeDelta) -> bool {
        (TimeDelta::zero()..stale).contains(&(now - self.at))
    }
}

/// A number that is the same for the same list in any order (FNV-1a of each item,
/// added up): it lies on disk, so it must not change with the program.
pub(super) fn print_of(list: &[Assignment]) -> u64 {
    list.iter()
        .map(|one| {
            let text = format!("{:?} {:?} {}", one.subject, one.duty, one.thing);
            text.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |print: u64, byte| {
                    (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
                })
        })
        .fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::operately::decode::{Duty, Subject};

    fn item(thing: &str, duty: Duty) -> Assignment {
        Assignment {
            subject: Subject::GoalCheckIn,
            duty,
            thing: thing.parse().unwrap(),
            origin: None,
            due: None,
            author: None,
        }
    }

    #[test]
    fn the_print_tells_lists_apart_but_not_their_order() {
        let (one, other) = (item("B1", Duty::Write), item("B2", Duty::Write));
        let both = print_of(&[one.clone(), other.clone()]);
        assert_eq!(both, print_of(&[other.clone(), one.clone()]));
        for list in [
            vec![],
            vec![one.clone()],
            vec![one.clone(), one],
            vec![item("B1", Duty::Acknowledge), other],
        ] {
            assert_ne!(print_of(&list), both);
        }
    }

    #[test]
    fn a_mark_comes_back_and_ages_by_the_servers_clock() {
        let at: Time = "2026-11-21T10:00:00Z".parse().unwrap();
        let mark = Mark {
            me: PersonId::new("work:B1"),
            at,
            unread: Some(18),
            waits: u64::MAX,
        };
        assert_eq!(Mark::read(&mark.cursor().unwrap()), Some(mark));
        assert_eq!(Mark::read(&Cursor("17".into())), None);
        let mark = Mark {
            me: PersonId::new("work:B1"),
            at,
            unread: None,
            waits: 0,
        };
        let stale = TimeDelta::minutes(15);
        assert!(mark.is_fresh(at, stale));
        assert!(mark.is_fresh(at + TimeDelta::seconds(899), stale));
        assert!(!mark.is_fresh(at + stale, stale));
        assert!(!mark.is_fresh(at - TimeDelta::seconds(1), stale));
    }
}
