//! Check-ins: values, status and note at a moment, and what others said to them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ids::{CheckInId, CommentId, PersonId, ResultId};
use super::key_result::Reading;
use super::status::Status;
use super::time::Time;

/// What was said about a goal at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckIn {
    /// Unique over all accounts.
    pub id: CheckInId,
    /// A usual check-in, or the closing or reopening of the goal.
    #[serde(default, skip_serializing_if = "Occasion::is_regular")]
    pub occasion: Occasion,
    /// Who wrote it.
    pub author: PersonId,
    /// When.
    pub at: Time,
    /// The status given; a closing says achieved or missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Every reading of the moment that changed or was confirmed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<ValueChange>,
    /// Markdown, foreign text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// 0–10, where the provider has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// The score a closing gave, 0–1 with one decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// A due date moved with this check-in: before and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_moved: Option<DueMoved>,
    /// Who acknowledged it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
    /// On whom it waits where the provider says so itself; none leaves it to the
    /// goal's reviewer. Means nothing once it is acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<WaitsFor>,
    /// Replies, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
    /// Reactions, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// Why a check-in was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The usual one.
    #[default]
    Regular,
    /// The goal was closed with it.
    Closing,
    /// The goal was opened again with it.
    Reopening,
}

impl Occasion {
    /// Whether it is the usual one.
    pub fn is_regular(&self) -> bool {
        *self == Occasion::Regular
    }
}

/// One reading of a check-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueChange {
    /// Which key result.
    pub result: ResultId,
    /// What it read before; none if this is its first reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Reading>,
    /// What it reads now.
    pub now: Reading,
}

/// A due date before and after; none means open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueMoved {
    /// Before.
    pub from: Option<NaiveDate>,
    /// After.
    pub to: Option<NaiveDate>,
}

/// Who took note of a check-in, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Time,
}

/// On whom a check-in waits, by a provider's own reckoning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// Nobody we know of: not for the one whom the roles would name.
    Nobody,
    /// This person, whatever the roles say.
    Person(PersonId),
}

/// A reply to a check-in, or a remark on a goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Unique over all accounts.
    pub id: CommentId,
    /// Who.
    pub author: PersonId,
    /// When.
    pub at: Time,
    /// Markdown, foreign text.
    pub text: String,
}

/// A short sign under a check-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Who.
    pub by: PersonId,
    /// `+1`, `heart`, …: foreign text, at most a few characters.
    pub sign: String,
}

impl CheckIn {
    /// A regular check-in without values, status or note.
    pub fn new(id: CheckInId, author: PersonId, at: Time) -> Self {
        Self {
            id,
            occasion: Occasion::Regular,
            author,
            at,
            status: None,
            values: Vec::new(),
            note: String::new(),
            confidence: None,
            score: None,
            due_moved: None,
            acknowledged: None,
            waits_for: None,
            comments: Vec::new(),
            reactions: Vec::new(),
        }
    }

    /// The reading this check-in gave one key result.
    pub fn value_of(&self, result: &ResultId) -> Option<&Reading> {
        self.values
            .iter()
            .find(|change| &change.result == result)
            .map(|change| &change.now)
    }

    /// Whether somebody still has to acknowledge it.
    pub fn waits(&self) -> bool {
        self.acknowledged.is_none() && self.occasion != Occasion::Reopening
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::goal::Goal;

    #[test]
    fn whom_the_provider_names_goes_before_the_roles() {
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        let mut goal = Goal::new("a:g".into(), "a".into(), "Grow", at);
        goal.champion = Some("a:champion".into());
        goal.reviewer = Some("a:reviewer".into());
        let mut check_in = CheckIn::new("a:c".into(), "a:editor".into(), at);
        assert_eq!(goal.acknowledger(&check_in), goal.reviewer.as_ref());
        check_in.waits_for = Some(WaitsFor::Person("a:champion".into()));
        assert_eq!(goal.acknowledger(&check_in), goal.champion.as_ref());
        check_in.waits_for = Some(WaitsFor::Nobody);
        assert_eq!(goal.acknowledger(&check_in), None);
        let text = serde_json::to_string(&check_in).unwrap();
        assert_eq!(serde_json::from_str::<CheckIn>(&text).unwrap(), check_in);
        check_in.waits_for = None;
        assert!(!serde_json::to_string(&check_in).unwrap().contains("waits"));
    }
}
