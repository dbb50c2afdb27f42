//! The port between remote providers and the disk: what was read from an account
//! is kept on this machine, for the next start and for times without a network.
//! All of it may be thrown away; nothing a person typed is here.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::exchange::{Batch, Cursor, Fault, Query};
use super::goal::Goal;
use super::ids::{AccountName, GoalId, NotificationId, PersonId};
use super::notification::Notification;
use super::person::Person;
use super::time::Time;
use super::workspace::Pending;

/// How long a copy of a goal that its provider shows no more is kept.
pub const COPIES_STAY: TimeDelta = TimeDelta::days(30);

/// Whose facts are kept: those of one account while it lives on one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The account.
    pub account: AccountName,
    /// The site it lives on (`https://host:port`): another site, other facts.
    pub origin: String,
}

/// What is known of an account itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Who was signed in.
    pub me: Option<PersonId>,
    /// When the list was read last, whole or what was new.
    pub synced_at: Option<Time>,
    /// Where to go on with [`Query::Since`].
    pub cursor: Option<Cursor>,
    /// Whether its login may write, as far as it said.
    pub may_write: Option<bool>,
}

/// Facts to be kept, of one answer or a piece of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// The present moment.
    pub at: Time,
    /// Goals; each says whether it is a summary.
    pub goals: Vec<(Goal, Brief)>,
    /// Goals the provider shows no more: copies of them stay for a while.
    pub gone: Vec<GoalId>,
    /// Goals that were deleted on purpose: nothing of them stays.
    pub deleted: Vec<GoalId>,
    /// People.
    pub people: Vec<Person>,
    /// Inbox lines.
    pub notifications: Vec<Notification>,
    /// Who is signed in. Another person than before: what was kept is thrown away.
    pub me: Option<PersonId>,
    /// Whether this login may write.
    pub may_write: Option<bool>,
    /// The list is complete up to now.
    pub synced: Option<Synced>,
}

/// Whether a goal is a summary, to be joined with what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brief {
    /// What is not in it is unchanged.
    Yes,
    /// What is not in it is gone.
    No,
}

/// What the end of an answer about the whole list says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Where to go on.
    pub cursor: Option<Cursor>,
    /// All goals and inbox lines there are, if the answer named all.
    pub all: Option<(HashSet<GoalId>, HashSet<NotificationId>)>,
}

/// What a remote account needs of the disk. Faults are those of the disk.
pub trait Cache: Send + Sync {
    /// Makes room for an account. If it lived on another site before, its facts
    /// and notes are thrown away.
    fn enroll(&self, site: Site) -> Pending<'_, Result<(), Fault>>;

    /// What is known of the account; nothing if it was never read on this site.
    fn known(&self, site: Site) -> Pending<'_, Result<Option<Known>, Fault>>;

    /// Hands on what is kept as batches with `as_of`, all but the last with `more`
    /// set. Answers [`Query::Glance`] and [`Query::All`]; nothing to any other
    /// question, and nothing of an account that was never read.
    fn recall(
        &self,
        site: Site,
        query: Query,
        sink: Box<dyn FnMut(Batch) + Send>,
    ) -> Pending<'_, Result<(), Fault>>;

    /// Keeps facts in one transaction; only what differs is written. Queued at
    /// once and in the order of the calls, also if nobody waits for the end.
    fn keep(&self, site: Site, told: Told) -> Pending<'_, Result<(), Fault>>;
}

/// What a provider itself remembers of an account, such as how its server speaks.
/// It is thrown away when the account moves to another site.
pub trait Notes: Send + Sync {
    /// One note.
    fn get(&self, account: &AccountName, key: &str) -> Pending<'_, Result<Option<String>, Fault>>;

    /// Writes a note, in place of the one with the same key.
    fn put(&self, account: &AccountName, key: &str, value: &str) -> Pending<'_, Result<(), Fault>>;
}
