//! The inbox: what happened that concerns you.

use serde::{Deserialize, Serialize};

use super::ids::{AccountName, CheckInId, CommentId, GoalId, NotificationId, PersonId};
use super::time::Time;

/// One line of somebody's inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Unique over all accounts.
    pub id: NotificationId,
    /// Where it comes from.
    pub account: AccountName,
    /// Whose inbox it is in.
    pub to: PersonId,
    /// When.
    pub at: Time,
    /// Why it concerns them.
    pub reason: Reason,
    /// Who did it; none for what time itself brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<PersonId>,
    /// The goal it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<GoalId>,
    /// The check-in it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_in: Option<CheckInId>,
    /// The comment it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentId>,
    /// The sentence after the actor's name, e.g. `in Reduce churn: "agreed"`: foreign text.
    pub text: String,
    /// Opened or marked read.
    #[serde(default)]
    pub read: bool,
    /// Removed from the inbox.
    #[serde(default)]
    pub done: bool,
}

/// Why something stands in the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Somebody named you.
    Mention,
    /// Somebody wrote on your goal or after you.
    Comment,
    /// A check-in you should see.
    CheckIn,
    /// A check-in of yours falls due.
    Due,
    /// Somebody acknowledged yours.
    Ack,
    /// A goal of yours changed.
    Changed,
    /// A goal was given to you.
    Assigned,
}

impl Reason {
    /// All reasons in the order of the quick filter.
    pub const ALL: [Reason; 7] = [
        Reason::Mention,
        Reason::Comment,
        Reason::CheckIn,
        Reason::Due,
        Reason::Ack,
        Reason::Changed,
        Reason::Assigned,
    ];

    /// The word in the list and in filters.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Mention => "mention",
            Reason::Comment => "comment",
            Reason::CheckIn => "check-in",
            Reason::Due => "due",
            Reason::Ack => "ack",
            Reason::Changed => "changed",
            Reason::Assigned => "assigned",
        }
    }
}
