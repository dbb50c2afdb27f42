//! Outbox entries, drafts and marks: what this machine itself keeps, as records
//! that the disk stores and the store decides about.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::exchange::{Base, Change, Fault, FaultKind, Letter, Signature, Trail};
use super::ids::{CheckInId, EntryId, GoalId};
use super::time::Time;

/// One write on its way to a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Made by us; idempotency key.
    pub id: EntryId,
    /// Order of writing over all entries of this store.
    pub seq: u64,
    /// Who, through which account, when.
    pub signature: Signature,
    /// What; frozen once posted.
    pub change: Change,
    /// The draft it came from, to go back to on undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Box<Draft>>,
    /// Where it is on its way.
    pub state: EntryState,
    /// How often it was sent.
    #[serde(default)]
    pub attempts: u32,
    /// The write that takes it back, once it is sent and if the provider can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Box<Change>>,
    /// The goal as the writer saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Box<Base>>,
    /// How far it got, as the provider noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail: Option<Trail>,
    /// The site it was written for (`https://host:port`); it never goes to another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Grows with each state that is written: a program that knows an older one
    /// does not write over it.
    #[serde(default)]
    pub rev: u64,
}

impl Entry {
    /// The write as its provider gets it.
    pub fn letter(&self) -> Letter {
        Letter {
            key: self.id.clone(),
            change: self.change.clone(),
            signature: self.signature.clone(),
            base: self.base.as_deref().cloned(),
            trail: self.trail.clone(),
        }
    }
}

/// Stages of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum EntryState {
    /// Waits so that `u` can take it back.
    Held {
        /// When the hold ends.
        until: Time,
        /// Somebody chose that moment: it waits for it whatever ends meanwhile.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        chosen: bool,
    },
    /// Waits for its turn, a connection or a provider's time.
    Queued {
        /// Not before this moment.
        not_before: Option<Time>,
        /// Why it waits, for the list: `offline`, `asked to wait`.
        why: String,
    },
    /// On disk as being sent; the request may have left.
    Sending {
        /// Since when.
        since: Time,
    },
    /// The request left and nothing came back: looking for it.
    Unknown {
        /// Since when.
        since: Time,
        /// What was heard instead of an answer: `no answer after 20 s`.
        #[serde(default)]
        why: String,
        /// Complete look-ups without a find.
        looks: u8,
        /// When to look next; none when only a person can decide.
        next_look: Option<Time>,
    },
    /// Done.
    Sent {
        /// When the answer came.
        at: Time,
    },
    /// The provider said no; the text is kept.
    Refused {
        /// Why, and what to do.
        fault: Fault,
    },
}

impl EntryState {
    /// `held`, `queued`, … as in JSON and lists.
    pub fn word(&self) -> &'static str {
        match self {
            EntryState::Held { .. } => "held",
            EntryState::Queued { .. } => "queued",
            EntryState::Sending { .. } => "sending",
            EntryState::Unknown { .. } => "unknown",
            EntryState::Sent { .. } => "sent",
            EntryState::Refused { .. } => "refused",
        }
    }

    /// Whether its change should show as if done: it is on its way or unsure.
    pub fn is_pending(&self) -> bool {
        matches!(
            self,
            EntryState::Held { .. }
                | EntryState::Queued { .. }
                | EntryState::Sending { .. }
                | EntryState::Unknown { .. }
        )
    }

    /// Whether somebody changed what it is about since the person wrote.
    pub fn is_conflict(&self) -> bool {
        matches!(self, EntryState::Refused { fault } if fault.kind == FaultKind::Changed)
    }

    /// Whether a person has to decide.
    pub fn needs_person(&self) -> bool {
        matches!(
            self,
            EntryState::Refused { .. }
                | EntryState::Unknown {
                    next_look: None,
                    ..
                }
        )
    }
}

/// Which form a draft belongs to; one draft per goal and form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The check-in editor.
    CheckIn,
    /// The check-in editor over a check-in written before.
    EditCheckIn(CheckInId),
    /// A reply to one check-in.
    Reply(CheckInId),
    /// A remark on the goal.
    Comment,
    /// The goal form for an existing goal.
    EditGoal,
    /// The goal form for a new goal; the draft's goal is the parent, if any.
    NewGoal,
    /// The closing form.
    Close,
    /// The words with which a goal's plan is approved.
    Approve,
    /// The reason for which it is declined.
    Decline,
}

/// What a draft is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DraftKey {
    /// The goal; none for a new goal at the top.
    pub goal: Option<GoalId>,
    /// The form.
    pub form: Form,
}

/// An unfinished form: what was typed, field by field, and where the cursor was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What it is of.
    pub key: DraftKey,
    /// Field name → text as typed, valid or not.
    pub fields: BTreeMap<String, String>,
    /// The focused field.
    #[serde(default)]
    pub focus: String,
    /// Line and column of the cursor inside it.
    #[serde(default)]
    pub cursor: (usize, usize),
    /// First line shown.
    #[serde(default)]
    pub scroll: usize,
    /// When the last key was typed.
    pub saved_at: Time,
}

/// Something kept on this machine about a thing of a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mark", rename_all = "snake_case")]
pub enum Mark {
    /// The goal's values and status when its detail was last looked at.
    Looked {
        /// The goal.
        goal: GoalId,
        /// When.
        at: Time,
        /// What was seen.
        seen: Seen,
    },
    /// A queue item put off.
    Later {
        /// The item's key (see `store::queue`).
        item: String,
        /// Until when.
        until: Time,
    },
    /// Acknowledged here because the provider has no place for it.
    Acknowledged {
        /// Which check-in.
        check_in: CheckInId,
        /// When.
        at: Time,
    },
    /// A thread that shall be quiet.
    Muted {
        /// The goal.
        goal: GoalId,
    },
    /// A goal kept at the top.
    Pinned {
        /// The goal.
        goal: GoalId,
    },
    /// A goal whose children are folded away.
    Folded {
        /// The goal.
        goal: GoalId,
        /// Folded (true) or opened by hand (false).
        folded: bool,
    },
    /// An asked-of-you item dealt with.
    Answered {
        /// The item's key.
        item: String,
        /// When.
        at: Time,
    },
    /// The copy of a goal that its provider shows no more was thrown away.
    Forgotten {
        /// The goal.
        goal: GoalId,
        /// When: a later copy of it is another one.
        at: Time,
    },
    /// An inbox line removed here because the provider has no place for that.
    Done {
        /// The line's key (see `store::inbox`).
        line: String,
        /// When.
        at: Time,
    },
    /// A goal put under another one here, perhaps of another account.
    Grafted {
        /// The goal.
        goal: GoalId,
        /// The goal it shows under; none puts it at the top.
        under: Option<GoalId>,
    },
    /// What was typed or chosen last, to have it again: filters, commands.
    Recent {
        /// Which list.
        what: String,
        /// Newest first.
        texts: Vec<String>,
    },
    /// Something shown once per store: `welcome`.
    Once {
        /// Which.
        what: String,
    },
}

/// The figures a person saw, for "since you looked".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Status code.
    pub status: String,
    /// Goal progress shown, raw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<f64>,
    /// Due date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<chrono::NaiveDate>,
    /// Champion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub champion: Option<super::ids::PersonId>,
    /// Reviewer; none in a look of before reviewers were remembered.
    #[serde(
        default,
        deserialize_with = "known",
        skip_serializing_if = "Option::is_none"
    )]
    pub reviewer: Option<Option<super::ids::PersonId>>,
    /// Key result → value as a number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<super::ids::ResultId, f64>,
}

/// What stands there is known, also where it is `null`.
fn known<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

impl Mark {
    /// The key under which it is stored: one mark per key.
    pub fn key(&self) -> String {
        match self {
            Mark::Looked { goal, .. } => format!("looked {goal}"),
            Mark::Later { item, .. } => format!("later {item}"),
            Mark::Acknowledged { check_in, .. } => format!("ack {check_in}"),
            Mark::Muted { goal } => format!("muted {goal}"),
            Mark::Pinned { goal } => format!("pinned {goal}"),
            Mark::Folded { goal, .. } => format!("folded {goal}"),
            Mark::Answered { item, .. } => format!("answered {item}"),
            Mark::Forgotten { goal, .. } => format!("forgotten {goal}"),
            Mark::Done { line, .. } => format!("done {line}"),
            Mark::Grafted { goal, .. } => format!("graft {goal}"),
            Mark::Recent { what, .. } => format!("recent {what}"),
            Mark::Once { what } => format!("once {what}"),
        }
    }
}

/// One write to this machine's own memory.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// Store or replace an entry; if it came from a draft, the draft goes in the
    /// same transaction. Refused where the stored one is not the state before.
    PutEntry(Box<Entry>),
    /// Remove an entry; its text stays in the bin for 30 days. Refused where the
    /// entry has changed since.
    DropEntry {
        /// Which.
        id: EntryId,
        /// The state of it that is dropped.
        rev: u64,
    },
    /// Store or replace a draft.
    PutDraft(Box<Draft>),
    /// Remove a draft.
    DropDraft(DraftKey),
    /// Store or replace a mark.
    PutMark(Mark),
    /// Remove the mark with this key.
    DropMark(String),
}

/// All this machine keeps, as read from disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Records {
    /// Entries in order of writing.
    pub entries: Vec<Entry>,
    /// Drafts.
    pub drafts: Vec<Draft>,
    /// Marks.
    pub marks: Vec<Mark>,
}
