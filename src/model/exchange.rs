//! What is asked of a provider and what it may answer.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::cadence::Cadence;
use super::check_in::CheckIn;
use super::goal::Goal;
use super::ids::{
    AccountName, CheckInId, CommentId, EntryId, GoalId, NotificationId, PersonId, ResultId,
};
use super::kept_here::Patches;
use super::key_result::{KeyResult, Reading};
use super::notification::Notification;
use super::person::Person;
use super::status::Status;
use super::time::Time;

/// A question to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// What the first screen needs: what waits for me, and nothing else.
    Glance,
    /// Everything, in as many batches as it takes.
    All,
    /// What changed since the cursor of an earlier batch.
    Since(Cursor),
    /// One goal with all it has.
    Goal(GoalId),
    /// What the provider finds by these words beyond goals and people.
    Search(String),
}

/// A provider's own mark of how far we have read; opaque to us.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cursor(pub String);

/// A piece of what a provider says. Items replace ours by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Goals, whole.
    pub goals: Vec<Goal>,
    /// Goals that are no more.
    pub gone: Vec<GoalId>,
    /// People.
    pub people: Vec<Person>,
    /// Inbox lines of the person who is signed in.
    pub notifications: Vec<Notification>,
    /// Who is signed in; none if this batch does not say.
    pub me: Option<PersonId>,
    /// What is missing in it is gone (true) or unchanged (false). Counts only
    /// with the last batch of an answer; with one before, it says that the whole
    /// list was told and only more about its goals follows.
    pub full: bool,
    /// More batches of this answer follow.
    pub more: bool,
    /// Where to go on with [`Query::Since`].
    pub cursor: Option<Cursor>,
    /// Its goals are summaries: check-ins and comments that are not in them are
    /// unchanged, not gone.
    pub brief: bool,
    /// Not from the provider now but kept on this machine, from this moment; says
    /// nothing about what is gone.
    pub as_of: Option<Time>,
    /// Whether this login may write at all; none if this batch does not say.
    pub may_write: Option<bool>,
    /// What a search found.
    pub found: Vec<Found>,
    /// What is kept on this machine about goals that are known already.
    pub kept: Option<Box<Patches>>,
    /// The provider's limit of requests is reached: the answer goes on after so
    /// many seconds. A batch with this has no facts.
    pub pause: Option<u64>,
    /// How far the answer is, in what the provider reads one by one, where that is
    /// not the goals handed on so far.
    pub so_far: Option<SoFar>,
}

/// How far something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoFar {
    /// Done.
    pub done: usize,
    /// Of so many, if that is known.
    pub of: Option<usize>,
}

impl Batch {
    /// Whether it is what came of a write that was kept on this machine alone.
    pub fn is_kept_here(&self) -> bool {
        self.goals.is_empty() && self.kept.is_some()
    }
}

/// Something a provider's own search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The provider's word: `task`, `milestone`, `document`, …
    pub kind: String,
    /// Foreign text.
    pub title: String,
    /// The goal it belongs to, if we know it.
    pub goal: Option<GoalId>,
    /// Its web page; foreign text, may be empty.
    pub link: String,
}

/// A write, as data: frozen in the outbox, sent by a provider, laid over the
/// facts while it is under way. Values are absolute, never deltas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Change {
    /// Write a check-in; the goal's figures follow its values.
    CheckIn {
        /// The goal.
        goal: GoalId,
        /// All of it, with an id made by us.
        check_in: CheckIn,
        /// Who is told of it.
        #[serde(default, skip_serializing_if = "Tell::is_usual")]
        tell: Tell,
    },
    /// Change a check-in that was written before; the provider may take less of
    /// it than the first time.
    EditCheckIn {
        /// The goal.
        goal: GoalId,
        /// All of it as it shall be, under its old id.
        check_in: CheckIn,
    },
    /// Take a check-in back and restore what stood before it.
    RetractCheckIn {
        /// The goal.
        goal: GoalId,
        /// Which.
        check_in: CheckInId,
    },
    /// Note check-ins as seen.
    Acknowledge {
        /// Goal and check-in of each.
        items: Vec<(GoalId, CheckInId)>,
    },
    /// Take acknowledgements back.
    Unacknowledge {
        /// Goal and check-in of each.
        items: Vec<(GoalId, CheckInId)>,
    },
    /// Reply to a check-in, or remark on a goal.
    Comment {
        /// The goal.
        goal: GoalId,
        /// The check-in it replies to; none for the goal itself.
        check_in: Option<CheckInId>,
        /// Its id, made by us.
        id: CommentId,
        /// Markdown.
        text: String,
    },
    /// Change the text of a comment of mine.
    EditComment {
        /// The goal.
        goal: GoalId,
        /// The check-in it replied to.
        check_in: Option<CheckInId>,
        /// Which.
        id: CommentId,
        /// Markdown.
        text: String,
    },
    /// Take a comment back.
    DeleteComment {
        /// The goal.
        goal: GoalId,
        /// The check-in it replied to.
        check_in: Option<CheckInId>,
        /// Which.
        id: CommentId,
    },
    /// Put a sign under a check-in, or take it away.
    React {
        /// The goal.
        goal: GoalId,
        /// The check-in.
        check_in: CheckInId,
        /// `+1`, `heart`, …
        sign: String,
        /// True puts it there.
        on: bool,
    },
    /// Make a goal, with its key results.
    CreateGoal {
        /// All of it, with an id made by us; providers answer with their own.
        goal: Box<Goal>,
    },
    /// Change what a goal says of itself. Only what is `Some` changes.
    EditGoal {
        /// The goal.
        goal: GoalId,
        /// What changes.
        edit: Box<GoalEdit>,
    },
    /// Close a goal, with a retrospective note.
    CloseGoal {
        /// The goal.
        goal: GoalId,
        /// The closing as a check-in: status achieved or missed, score and note.
        closing: CheckIn,
    },
    /// Open a closed goal again.
    ReopenGoal {
        /// The goal.
        goal: GoalId,
        /// The reopening as a check-in; its note says why.
        reopening: CheckIn,
    },
    /// Delete a goal with its key results, check-ins and comments. Children move
    /// up to its parent.
    DeleteGoal {
        /// The goal.
        goal: GoalId,
    },
    /// Put a deleted goal back: the reverse of deleting.
    RestoreGoal {
        /// All of it.
        goal: Box<Goal>,
        /// Goals that were its children and moved up.
        children: Vec<GoalId>,
    },
    /// A step of a goal's approval at a provider that has one.
    Review {
        /// The goal.
        goal: GoalId,
        /// Which step.
        step: ReviewStep,
    },
    /// Mark inbox lines read or unread.
    MarkRead {
        /// Which.
        ids: Vec<NotificationId>,
        /// True: read.
        read: bool,
    },
    /// Remove lines from the inbox, or put them back.
    MarkDone {
        /// Which.
        ids: Vec<NotificationId>,
        /// True: removed.
        done: bool,
    },
    /// Add a person (local workspace), or rename one.
    PutPerson {
        /// The person.
        person: Person,
    },
}

/// A step of an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum ReviewStep {
    /// Ask these people to approve it; the goal is locked until they answer.
    Ask {
        /// Whom.
        reviewers: Vec<PersonId>,
    },
    /// Approve it, for everybody.
    Approve {
        /// Markdown, may be empty.
        comment: String,
    },
    /// Send it back to its owner.
    Decline {
        /// Markdown: why.
        comment: String,
    },
    /// Take it back to change it.
    Withdraw,
}

impl ReviewStep {
    /// `ask for approval`, `approve`, `decline`, `withdraw`.
    pub fn word(&self) -> &'static str {
        match self {
            ReviewStep::Ask { .. } => "ask for approval",
            ReviewStep::Approve { .. } => "approve",
            ReviewStep::Decline { .. } => "decline",
            ReviewStep::Withdraw => "withdraw",
        }
    }
}

/// Who is told of a check-in. People named in its text are told in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tell {
    /// The champion and the reviewer.
    #[default]
    Responsible,
    /// Everybody who can see the goal in its space.
    Everyone,
    /// These people.
    These(Vec<PersonId>),
    /// Nobody.
    Nobody,
}

impl Tell {
    /// Whether it is what counts when nobody chose.
    pub fn is_usual(&self) -> bool {
        *self == Tell::Responsible
    }
}

/// A write as a provider gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// Made by us; the same however often it is sent.
    pub key: EntryId,
    /// What.
    pub change: Change,
    /// Who, through which account, when.
    pub signature: Signature,
    /// The goal as the writer saw it; none where that does not matter, or when the
    /// person said that it shall be sent whatever happened since.
    pub base: Option<Base>,
    /// How far this write got before, as the provider noted it.
    pub trail: Option<Trail>,
}

impl Letter {
    /// A write that is sent for the first time.
    pub fn new(key: EntryId, change: Change, signature: Signature) -> Self {
        Self {
            key,
            change,
            signature,
            base: None,
            trail: None,
        }
    }
}

/// What of a goal the writer of a write saw, to tell whether somebody was faster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Base {
    /// Whether it was open.
    pub open: bool,
    /// Its champion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub champion: Option<PersonId>,
    /// Its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// Its key results with their readings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<KeyResult>,
}

impl Base {
    /// What matters of a goal.
    pub fn of(goal: &Goal) -> Self {
        Self {
            open: goal.is_open(),
            champion: goal.champion.clone(),
            due: goal.due,
            results: goal.results.clone(),
        }
    }
}

/// A provider's note about how far a write got, kept in its outbox entry before
/// the next step is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// The provider's own words, opaque to everybody else.
    pub note: String,
    /// Whether the step that follows may have been taken when nothing is heard of
    /// it: then it must be looked for before it is taken again.
    pub risky: bool,
    /// How far it got, for people: `job 81`, `2 of 3 sent`; empty says nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// New values for some fields of a goal. The outer `Option` says whether the
/// field changes, an inner one whether it has a value afterwards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GoalEdit {
    /// New name.
    pub name: Option<String>,
    /// New description.
    pub description: Option<String>,
    /// New parent.
    #[serde(with = "double")]
    pub parent: Option<Option<GoalId>>,
    /// New champion.
    #[serde(with = "double")]
    pub champion: Option<Option<PersonId>>,
    /// New reviewer.
    #[serde(with = "double")]
    pub reviewer: Option<Option<PersonId>>,
    /// New first day.
    #[serde(with = "double")]
    pub start: Option<Option<NaiveDate>>,
    /// New last day.
    #[serde(with = "double")]
    pub due: Option<Option<NaiveDate>>,
    /// New cadence.
    pub cadence: Option<Cadence>,
    /// New weight in the parent, 0 or more.
    pub weight: Option<f64>,
    /// Whether it is meant to be hard.
    pub aspirational: Option<bool>,
    /// Pause (true) or resume (false).
    pub paused: Option<bool>,
    /// New tags.
    pub tags: Option<Vec<String>>,
    /// Key results added, or replaced by id.
    pub put_results: Vec<KeyResult>,
    /// Key results removed.
    pub drop_results: Vec<ResultId>,
    /// New order of the key results; those not named follow in their old order.
    pub order: Option<Vec<ResultId>>,
    /// Readings set without a check-in.
    pub set_values: Vec<(ResultId, Reading)>,
}

/// Hands the fields of a [`GoalEdit`] that stand for themselves, all but those
/// about key results, to a macro: who takes edits apart forgets none.
macro_rules! each_edit_field {
    ($do:ident) => {
        $do!(
            name,
            description,
            parent,
            champion,
            reviewer,
            start,
            due,
            cadence,
            weight,
            aspirational,
            paused,
            tags,
            order
        )
    };
}
pub(crate) use each_edit_field;

/// `Option<Option<T>>` that keeps `Some(None)` apart from `None`: a list of one or none.
mod double {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Option<T>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(|inner| [inner]).serialize(to)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Ok(Option::<[Option<T>; 1]>::deserialize(from)?.map(|[inner]| inner))
    }
}

impl Change {
    /// Goals this write touches; entries for the same goal go out in order.
    pub fn goals(&self) -> Vec<&GoalId> {
        match self {
            Change::CheckIn { goal, .. }
            | Change::EditCheckIn { goal, .. }
            | Change::RetractCheckIn { goal, .. }
            | Change::Comment { goal, .. }
            | Change::EditComment { goal, .. }
            | Change::DeleteComment { goal, .. }
            | Change::React { goal, .. }
            | Change::EditGoal { goal, .. }
            | Change::CloseGoal { goal, .. }
            | Change::ReopenGoal { goal, .. }
            | Change::Review { goal, .. }
            | Change::DeleteGoal { goal } => vec![goal],
            Change::Acknowledge { items } | Change::Unacknowledge { items } => {
                items.iter().map(|(goal, _)| goal).collect()
            }
            Change::CreateGoal { goal } => vec![&goal.id],
            Change::RestoreGoal { goal, children } => {
                std::iter::once(&goal.id).chain(children).collect()
            }
            Change::MarkRead { .. } | Change::MarkDone { .. } | Change::PutPerson { .. } => {
                Vec::new()
            }
        }
    }

    /// The goal above one that this makes or moves: it must be there first.
    pub fn goal_above(&self) -> Option<&GoalId> {
        match self {
            Change::CreateGoal { goal } => goal.parent.as_ref(),
            Change::EditGoal { edit, .. } => edit.parent.as_ref()?.as_ref(),
            _ => None,
        }
    }

    /// The word in the outbox, the log and JSON: `check-in`, `ack`, …
    pub fn word(&self) -> &'static str {
        match self {
            Change::CheckIn { .. } => "check-in",
            Change::EditCheckIn { .. } => "check-in edit",
            Change::RetractCheckIn { .. } => "retract",
            Change::Acknowledge { .. } => "ack",
            Change::Unacknowledge { .. } => "un-ack",
            Change::Comment {
                check_in: Some(_), ..
            } => "reply",
            Change::Comment { .. } => "comment",
            Change::EditComment { .. } => "comment edit",
            Change::DeleteComment { .. } => "delete",
            Change::React { .. } => "react",
            Change::CreateGoal { .. } => "new goal",
            Change::EditGoal { .. } => "edit",
            Change::CloseGoal { .. } => "close",
            Change::ReopenGoal { .. } => "reopen",
            Change::DeleteGoal { .. } => "delete",
            Change::RestoreGoal { .. } => "restore",
            Change::Review { step, .. } => step.word(),
            Change::MarkRead { .. } => "read",
            Change::MarkDone { .. } => "done",
            Change::PutPerson { .. } => "person",
        }
    }

    /// Text a person typed into it, which must never be lost.
    pub fn text(&self) -> Option<&str> {
        match self {
            Change::CheckIn { check_in, .. }
            | Change::EditCheckIn { check_in, .. }
            | Change::CloseGoal {
                closing: check_in, ..
            }
            | Change::ReopenGoal {
                reopening: check_in,
                ..
            } => Some(&check_in.note),
            Change::Comment { text, .. } | Change::EditComment { text, .. } => Some(text),
            Change::Review {
                step: ReviewStep::Approve { comment } | ReviewStep::Decline { comment },
                ..
            } => Some(comment),
            _ => None,
        }
    }
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Done; the provider's view of what it touched.
    Accepted {
        /// Facts after the write.
        batch: Batch,
        /// The write that takes it back, if the provider can.
        undo: Option<Box<Change>>,
    },
    /// A step was taken or prepared: keep this note, then send again.
    Onward(Trail),
    /// Will not be done as it is.
    Refused(Fault),
    /// Nothing was done; try again not before this many seconds.
    Busy(u64),
    /// No connection was made, nothing left the machine.
    Offline(String),
    /// The request left and nothing usable came back: done or not, nobody knows.
    NoAnswer(String),
}

/// Why something did not work, for people: what failed is known from the place,
/// this says why and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which sort, for decisions.
    pub kind: FaultKind,
    /// Half a sentence: `the goal is closed`.
    pub why: String,
    /// What the person can do: `reopen it (x) or drop this entry (D)`.
    pub remedy: String,
}

/// Sorts of faults that make a difference to what happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The token does not count any more.
    SignedOut,
    /// No right to do or see this.
    Forbidden,
    /// The thing is gone.
    Gone,
    /// Somebody changed what it is about since the person wrote: the person
    /// decides.
    Changed,
    /// The provider does not take it as it is.
    Invalid,
    /// It cannot be done at this provider at all.
    Unsupported,
    /// No connection.
    Offline,
    /// The disk did not take or give it.
    Disk,
    /// The answer could not be understood.
    Unreadable,
}

impl Fault {
    /// A fault with its two halves.
    pub fn new(kind: FaultKind, why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            kind,
            why: why.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)?;
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

/// Whether and where an account can do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// At the provider.
    Native,
    /// The provider has no place for it; this machine keeps it.
    KeptHere,
    /// Not at all; the sentence says why.
    No(&'static str),
}

impl Ability {
    /// Whether the key may be pressed at all.
    pub fn is_possible(self) -> bool {
        !matches!(self, Ability::No(_))
    }
}

/// What an account can do, told before a key is pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Write check-ins.
    pub check_in: Ability,
    /// Change check-ins written before.
    pub edit_check_in: Ability,
    /// Hours after which only the note of a check-in can be changed; none if all
    /// of the newest can be changed at any time.
    pub edit_within: Option<u32>,
    /// Take check-ins back.
    pub retract: Ability,
    /// Give a status with a check-in.
    pub status: Ability,
    /// Give a confidence with a check-in.
    pub confidence: Ability,
    /// Choose who is told of a check-in.
    pub tell: Ability,
    /// Acknowledge check-ins.
    pub acknowledge: Ability,
    /// Take acknowledgements back.
    pub unacknowledge: Ability,
    /// Comment and reply.
    pub comment: Ability,
    /// Remark on a goal itself.
    pub remark: Ability,
    /// React.
    pub react: Ability,
    /// Make, change, move and delete goals and key results.
    pub edit_goals: Ability,
    /// Let goals rest and resume them.
    pub pause: Ability,
    /// Change, close and delete projects.
    pub projects: Ability,
    /// Close and reopen goals.
    pub close: Ability,
    /// Ask for, give, refuse and take back approvals of goals.
    pub review: Ability,
    /// Check-ins that are due at the same time go out as one.
    pub together: bool,
    /// Mark inbox lines read.
    pub inbox: Ability,
    /// Mark inbox lines unread again.
    pub unread: Ability,
    /// Remove inbox lines.
    pub done: Ability,
    /// Add people.
    pub people: Ability,
    /// Writes go through at once and can be taken back: no hold time is needed.
    pub immediate: bool,
    /// Writes carry our entry id and are done once however often they are sent.
    pub idempotent: bool,
    /// The name of the provider in sentences: `Operately`, `the local workspace`.
    pub provider: &'static str,
    /// Short provider word in lists: `operately`, `local`.
    pub short: &'static str,
}

/// What kind of write an ability is about, for looking it up by [`Change`].
impl Abilities {
    /// The ability a write needs.
    pub fn of(&self, change: &Change) -> Ability {
        match change {
            Change::CheckIn { .. } => self.check_in,
            Change::EditCheckIn { .. } => self.edit_check_in,
            Change::RetractCheckIn { .. } => self.retract,
            Change::Acknowledge { .. } => self.acknowledge,
            Change::Unacknowledge { .. } => self.unacknowledge,
            Change::Comment { check_in: None, .. } => self.remark,
            Change::Comment { .. } | Change::EditComment { .. } | Change::DeleteComment { .. } => {
                self.comment
            }
            Change::React { .. } => self.react,
            Change::CreateGoal { .. }
            | Change::EditGoal { .. }
            | Change::DeleteGoal { .. }
            | Change::RestoreGoal { .. } => self.edit_goals,
            Change::CloseGoal { .. } | Change::ReopenGoal { .. } => self.close,
            Change::Review { .. } => self.review,
            Change::MarkRead { read: true, .. } => self.inbox,
            Change::MarkRead { .. } => self.unread,
            Change::MarkDone { .. } => self.done,
            Change::PutPerson { .. } => self.people,
        }
    }

    /// Whether a write is known beforehand to be this machine's alone: nothing of it
    /// leaves, so it waits for nobody. Inbox lines that are done are no writes where
    /// they are kept here.
    pub fn keeps_here(&self, change: &Change) -> bool {
        match change {
            Change::MarkDone { .. } => false,
            Change::Unacknowledge { .. } if self.acknowledge == Ability::KeptHere => true,
            change => self.of(change) == Ability::KeptHere,
        }
    }
}

/// Who writes and when: goes with every [`Change`] when it is applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The author.
    pub by: PersonId,
    /// The account it is written through.
    pub account: AccountName,
    /// When the person did it, not when it was sent.
    pub at: Time,
}

/// The status a check-in must carry, by name, for messages.
pub fn status_choices() -> String {
    Status::CHOICES.map(|status| status.words().code).join(", ")
}
