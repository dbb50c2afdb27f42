//! What this machine keeps for good about things of remote accounts, because
//! their provider has no place for it: acknowledgements, comments, statuses, …
//! Small notes, one a fact, so that two programs that write different ones never
//! undo each other's. Nouns and the port to the disk; [`lay()`] puts notes onto
//! goals, [`differences`] finds the notes that a change makes.

mod differ;
mod lay;

use serde::{Deserialize, Serialize};

use super::check_in::{Acknowledged, CheckIn, Comment, DueMoved, Reaction};
use super::exchange::{Abilities, Ability, Change, Fault, GoalEdit};
use super::ids::{AccountName, CheckInId, CommentId, EntryId, GoalId, NotificationId, PersonId};
use super::notification::Notification;
use super::status::Status;
use super::time::Time;
use super::workspace::Pending;

pub use differ::{differences, field_notes};
pub use lay::lay;

/// What a note is about; there is one note of each. Its JSON is the key on disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// A check-in that is kept wholly here.
    CheckIn(GoalId, CheckInId),
    /// What a check-in at the provider says besides what stands there.
    Said(GoalId, CheckInId),
    /// Who took note of a check-in.
    Acknowledged(GoalId, CheckInId),
    /// A reply, or a remark on the goal.
    Comment(GoalId, Option<CheckInId>, CommentId),
    /// A sign of somebody under a check-in.
    Reaction(GoalId, CheckInId, PersonId, String),
    /// A field of a goal, by its name in [`GoalEdit`].
    Field(GoalId, String),
    /// An inbox line made here.
    Line(NotificationId),
    /// A write that was carried out, so that it is done once.
    Deed(EntryId),
}

impl Slot {
    /// The goal it is about.
    pub fn goal(&self) -> Option<&GoalId> {
        match self {
            Slot::CheckIn(goal, _)
            | Slot::Said(goal, _)
            | Slot::Acknowledged(goal, _)
            | Slot::Comment(goal, ..)
            | Slot::Reaction(goal, ..)
            | Slot::Field(goal, _) => Some(goal),
            Slot::Line(_) | Slot::Deed(_) => None,
        }
    }
}

/// What a note says. Its kind is that of its [`Slot`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// A whole check-in.
    CheckIn {
        /// All of it; what others say to it are notes of their own.
        check_in: Box<CheckIn>,
        /// The provider took it at this moment and has not shown it since: once it
        /// does, that one counts and this only says what is missing there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        taken: Option<Time>,
    },
    /// What a check-in says besides.
    Said(Said),
    /// Who and when.
    Acknowledged(Acknowledged),
    /// The comment.
    Comment(Comment),
    /// The sign.
    Reaction(Reaction),
    /// The field's value.
    Field {
        /// Only this field is given.
        edit: Box<GoalEdit>,
        /// Since when a reviewer is the reviewer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Time>,
    },
    /// The line.
    Line(Notification),
    /// The write that takes the deed back, as far as it was done here.
    Deed {
        /// None if nothing can be taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo: Option<Box<Change>>,
    },
}

/// What a check-in at the provider says besides what stands there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// The status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// 0–10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// 0–1, of a closing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The due date it moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_moved: Option<DueMoved>,
    /// Its note as it was changed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One note.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// What it is about.
    pub slot: Slot,
    /// What it says; none: it was taken back.
    pub thing: Option<Thing>,
}

/// Which words of a goal itself are kept here: what it says of itself then
/// follows from its check-ins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Statuses.
    pub status: bool,
    /// That it is closed.
    pub close: bool,
}

impl Places {
    /// What is kept here of an account's goals.
    pub fn of(abilities: &Abilities) -> Self {
        Self {
            status: abilities.status == Ability::KeptHere,
            close: abilities.close == Ability::KeptHere,
        }
    }
}

/// Notes for goals that are known already: laid onto them, the rest stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patches {
    /// What of a goal follows from notes.
    pub places: Places,
    /// The notes.
    pub notes: Vec<Note>,
}

/// Whether an account keeps anything here that goes through its provider. Inbox
/// lines that are done are the store's own business.
pub fn keeps_anything(abilities: &Abilities) -> bool {
    let all = [
        abilities.check_in,
        abilities.edit_check_in,
        abilities.retract,
        abilities.status,
        abilities.confidence,
        abilities.tell,
        abilities.acknowledge,
        abilities.unacknowledge,
        abilities.comment,
        abilities.remark,
        abilities.react,
        abilities.edit_goals,
        abilities.pause,
        abilities.projects,
        abilities.close,
        abilities.review,
        abilities.inbox,
        abilities.unread,
        abilities.people,
    ];
    all.contains(&Ability::KeptHere)
}

/// How long deeds, and notes that were taken back, are remembered: nobody who
/// knew them before has slept longer.
pub const DEEDS_STAY: chrono::TimeDelta = chrono::TimeDelta::days(90);

/// Notes to be written together, all or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keeping {
    /// If there is a note in this place already, nothing is written at all.
    pub once: Option<Note>,
    /// Written, in place of what is there.
    pub put: Vec<Note>,
    /// Each written where nothing is and nothing was.
    pub add: Vec<Note>,
    /// The present moment.
    pub at: Time,
}

impl Keeping {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.once.is_none() && self.put.is_empty() && self.add.is_empty()
    }
}

/// Notes that changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changed {
    /// How far this goes; asked with the next time.
    pub revision: u64,
    /// The notes as they are now.
    pub notes: Vec<Note>,
}

/// What keeping things here needs of the disk. Faults are those of the disk.
pub trait Keeper: Send + Sync {
    /// The notes of an account that changed after a revision; 0 asks for all.
    fn changed(&self, account: &AccountName, after: u64) -> Pending<'_, Result<Changed, Fault>>;

    /// Writes notes of an account in one transaction; on the disk when it answers.
    /// False: it was done before, and nothing was written.
    fn keep(&self, account: &AccountName, keeping: Keeping) -> Pending<'_, Result<bool, Fault>>;
}
