//! Carries out every write of ours at an Operately server of either age, once.
//! One file a family. Every write looks before it acts, so sending it again does
//! nothing a second time; it keeps nothing but the notes in its outbox entry.
//!
//! # Which protocol for what
//!
//! - **Once** (check-ins, comments, new goals, new lines, closing, reopening): the
//!   first send reads what stands there (known ids, whether somebody was faster)
//!   and answers [`Answer::Onward`] with a risky note; the next one looks whether
//!   it is there already and only then posts. Whatever is unsure afterwards is
//!   looked for by author, text and place, never by time.
//! - **Look, then act** (acknowledgements, reactions, deletions): the state itself
//!   says whether it was done. Where doing it twice is heard by somebody, a risky
//!   note goes first, so that a lost answer is given time to arrive.
//! - **Put** (names, dates, people, values, marks, edits of a check-in): absolute,
//!   repeated freely, sent only where the state differs.
//!
//! # Why check-ins are not staged as drafts
//!
//! Servers since 1.7.0 have drafts, and publishing one by its id could be repeated
//! safely. But publishing through `state` does not move the goal's next due date:
//! the goal would stay outdated although its champion has checked in, for a month,
//! until the next check-in. A draft also stays behind, visible to its author, when
//! we die between the two calls, and it freezes the values of the targets at that
//! moment. So a check-in is written with one post everywhere, found again by
//! reading back, and drafts are never taken for one of ours.

mod abilities;
mod acknowledge;
mod check_in;
mod clash;
mod comment;
mod edit_check_in;
mod failures;
mod goal_edit;
mod goal_end;
mod goal_new;
mod goal_plan;
mod inbox;
mod now;
mod people;
mod react;
mod spot;
mod trail;

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::model::exchange::{Answer, Batch, Change, Fault, FaultKind, Letter};
use crate::model::goal::Nature;
use crate::model::ids::{AccountName, EntryId, GoalId, PersonId};

use super::ages::{Build, Op};
use super::client::{Client, Problem};
use super::ids::ShortId;

pub use abilities::abilities;
pub use failures::Failures;

use now::{GoalNow, flags};
use trail::Note;

/// Longest text of a check-in or comment, in bytes.
pub const LONGEST_TEXT: usize = 32 * 1024;

/// What the account's reading side knows and reads for the writing side.
pub trait Facts: Send + Sync {
    /// The person the token belongs to, if that is known for the token in use.
    fn me(&self) -> BoxFuture<'_, Option<PersonId>>;

    /// Whether an id names a goal or a project, if that is known; saves a request.
    fn nature(&self, goal: &GoalId) -> Option<Nature>;

    /// A goal or project as it stands now, whole, with the people in it.
    fn goal<'a>(&'a self, goal: &'a GoalId) -> BoxFuture<'a, Result<Batch, Problem>>;

    /// The newest inbox lines.
    fn inbox(&self) -> BoxFuture<'_, Result<Batch, Problem>>;
}

/// Everything a write needs around it.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The way to the server.
    pub client: &'a Client,
    /// Whose writes these are.
    pub account: &'a AccountName,
    /// Facts after a write.
    pub facts: &'a dyn Facts,
    /// Servers' failures over writes, of this run.
    pub failures: &'a Failures,
}

impl Desk<'_> {
    /// Carries out a write or its next step.
    pub async fn send(&self, letter: &Letter) -> Answer {
        self.work(letter, false).await
    }

    /// One step. `looking`: everything but writing; a write that would be needed
    /// answers [`Answer::NoAnswer`].
    pub(super) async fn work(&self, letter: &Letter, looking: bool) -> Answer {
        let step = async {
            sound(&letter.change)?;
            let me = self.me(letter).await?;
            let mark = self.client.mark().await;
            let step = Step {
                desk: *self,
                me,
                mark: mark.as_deref(),
                looking,
                letter,
            };
            step.take().await
        };
        step.await.unwrap_or_else(Answer::from)
    }

    /// The person the token belongs to, who must be the one who wrote.
    async fn me(&self, letter: &Letter) -> Result<ShortId, Stop> {
        let known = self.facts.me().await;
        let known = known.and_then(|me| ShortId::of_ours(me.as_str()));
        let me = match known {
            Some(me) => me,
            None => {
                let told = self.client.get(Op::Me, &[]).await;
                let told = told.map_err(|problem| Stop::harmless(&problem))?;
                let me = told.get("me").and_then(|me| now::id_at(me, "id"));
                me.ok_or_else(|| Stop::Refused(now::unreadable("who is signed in")))?
            }
        };
        let writer = ShortId::of_ours(letter.signature.by.as_str());
        if writer.is_some_and(|writer| writer != me) {
            return Err(somebody_else());
        }
        Ok(me)
    }
}

/// Waits with everything else of the account, and is not looked for either: the
/// other one may not see it.
fn somebody_else() -> Stop {
    Stop::Refused(Fault::new(
        FaultKind::SignedOut,
        "this account is signed in as somebody else than the one who wrote it",
        "sign in as the writer, or drop this entry (D)",
    ))
}

/// What can be said without asking anybody.
fn sound(change: &Change) -> Result<(), Stop> {
    if change.text().is_some_and(|text| text.len() > LONGEST_TEXT) {
        return Err(invalid(
            "the text is longer than 32 KiB",
            "shorten it (e), or attach it on Operately's own page",
        ));
    }
    Ok(())
}

/// One step of one write.
#[derive(Clone, Copy)]
struct Step<'a> {
    desk: Desk<'a>,
    me: ShortId,
    /// The mark of the token that is theirs.
    mark: Option<&'a str>,
    looking: bool,
    letter: &'a Letter,
}

/// Either way an answer: the left side goes on, the right side ends the step.
type Out = Result<Answer, Stop>;

/// Why a step ended early: the answers to a write that bring no facts.
#[derive(Clone, Debug, PartialEq)]
enum Stop {
    /// [`Answer::Refused`]
    Refused(Fault),
    /// [`Answer::Busy`]
    Busy(u64),
    /// [`Answer::Offline`]
    Offline(String),
    /// [`Answer::NoAnswer`]
    NoAnswer(String),
}

impl Stop {
    /// A problem of a read, or of a write that cannot have done anything.
    fn harmless(problem: &Problem) -> Self {
        Self::of(problem.harmless())
    }

    /// A problem of a write that left.
    fn after_sending(problem: &Problem) -> Self {
        Self::of(problem.after_sending())
    }

    fn of(answer: Answer) -> Self {
        match answer {
            Answer::Refused(fault) => Stop::Refused(fault),
            Answer::Busy(seconds) => Stop::Busy(seconds),
            Answer::Offline(why) => Stop::Offline(why),
            Answer::NoAnswer(why) => Stop::NoAnswer(why),
            // No problem is one of these.
            Answer::Accepted { .. } | Answer::Onward(_) => Stop::NoAnswer(String::new()),
        }
    }
}

impl From<Stop> for Answer {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(fault) => Answer::Refused(fault),
            Stop::Busy(seconds) => Answer::Busy(seconds),
            Stop::Offline(why) => Answer::Offline(why),
            Stop::NoAnswer(why) => Answer::NoAnswer(why),
        }
    }
}

impl<'a> Step<'a> {
    async fn take(self) -> Out {
        let note = Note::of(self.letter.trail.as_ref()).map_err(Stop::Refused)?;
        match &self.letter.change {
            Change::CheckIn {
                goal,
                check_in,
                tell,
            } => self.check_in(goal, check_in, tell, note).await,
            Change::EditCheckIn { goal, check_in } => {
                self.edit_check_in(goal, check_in, note).await
            }
            Change::RetractCheckIn { goal, check_in } => self.retract(goal, check_in).await,
            Change::Acknowledge { items } => self.acknowledge(items, note).await,
            Change::Unacknowledge { .. } => Err(unsupported(
                "Operately takes no acknowledgement back",
                "drop this entry (D)",
            )),
            Change::Comment {
                goal,
                check_in,
                text,
                ..
            } => self.comment(goal, check_in.as_ref(), text, note).await,
            Change::EditComment {
                goal,
                check_in,
                id,
                text,
            } => self.edit_comment(goal, check_in.as_ref(), id, text).await,
            Change::DeleteComment { goal, check_in, id } => {
                self.delete_comment(goal, check_in.as_ref(), id).await
            }
            Change::React {
                goal,
                check_in,
                sign,
                on,
            } => self.react(goal, check_in, sign, *on, note).await,
            Change::CreateGoal { goal } => self.create_goal(goal, note).await,
            Change::EditGoal { goal, edit } => self.edit_goal(goal, edit, note).await,
            Change::CloseGoal { goal, closing } => self.close_goal(goal, closing, note).await,
            Change::ReopenGoal { goal, reopening } => self.reopen_goal(goal, reopening, note).await,
            Change::DeleteGoal { goal } => self.delete_goal(goal).await,
            Change::RestoreGoal { .. } => Err(unsupported(
                "Operately brings no deleted goal back",
                "make it anew (N), or drop this entry (D)",
            )),
            Change::MarkRead { ids, read } => self.mark_read(ids, *read).await,
            Change::MarkDone { .. } => Err(unsupported(
                "Operately has no done inbox lines",
                "mark them read, or drop this entry (D)",
            )),
            Change::Review { .. } => Err(unsupported(
                "Operately has no approvals of goals",
                "drop this entry (D)",
            )),
            Change::PutPerson { .. } => Err(unsupported(
                "people are invited on Operately's own page",
                "drop this entry (D)",
            )),
        }
    }

    fn client(&self) -> &'a Client {
        self.desk.client
    }

    fn build(&self) -> Build {
        self.desk.client.build()
    }

    fn key(&self) -> &'a EntryId {
        &self.letter.key
    }

    /// Asks.
    async fn read(&self, op: Op, query: &[(&str, String)]) -> Result<Value, Stop> {
        let told = self.client().get(op, query).await;
        told.map_err(|problem| Stop::harmless(&problem))
    }

    /// Writes what must not be done twice.
    async fn once(&self, op: Op, body: Value) -> Result<Value, Stop> {
        if self.looking {
            return Err(not_there());
        }
        match self.post(op, body).await? {
            Ok(value) => {
                self.desk.failures.forget(self.key());
                Ok(value)
            }
            // The operation itself failed, twice, with minutes and two looks in
            // between: it is the value, not an outage.
            Err(problem) if is_own(&problem) && self.desk.failures.again(self.key()) => {
                Err(Stop::Refused(problem.fault()))
            }
            Err(problem) => Err(Stop::after_sending(&problem)),
        }
    }

    /// Writes what may be done again.
    async fn put(&self, op: Op, body: Value) -> Result<Value, Stop> {
        if self.looking {
            return Err(not_there());
        }
        let told = self.post(op, body).await?;
        told.map_err(|problem| repeatable(&problem))
    }

    /// Writes, as the person whose step this is and as nobody else: a token that
    /// was refused on the way may have another one in its place.
    async fn post(&self, op: Op, body: Value) -> Result<Result<Value, Problem>, Stop> {
        if self.client().mark().await.as_deref() != self.mark {
            let why = "the token changed just now; who is signed in is asked first";
            return Err(Stop::Offline(why.to_owned()));
        }
        Ok(self.client().post(op, body).await)
    }

    /// The goal or project as it stands.
    async fn goal_now(&self, goal: &GoalId) -> Result<GoalNow, Stop> {
        let id = id_of_goal(goal)?;
        let nature = self.desk.facts.nature(goal);
        let first = nature.unwrap_or(Nature::Goal);
        match self.thing_now(id, first).await {
            Err(Stop::Refused(fault)) if fault.kind == FaultKind::Gone && nature.is_none() => {
                self.thing_now(id, Nature::Project).await
            }
            told => told,
        }
    }

    async fn thing_now(&self, id: ShortId, nature: Nature) -> Result<GoalNow, Stop> {
        let op = match nature {
            Nature::Goal | Nature::Folder => Op::Goal,
            Nature::Project => Op::Project,
        };
        let told = self.read(op, &flags(id)).await?;
        match nature {
            Nature::Goal | Nature::Folder => GoalNow::goal(&told),
            Nature::Project => GoalNow::project(&told),
        }
        .map_err(Stop::Refused)
    }

    /// Done: the facts of these goals as they are now. Where they cannot be read
    /// for the moment it is tried again, which finds the write done.
    async fn done(&self, goals: &[&GoalId], undo: Option<Change>) -> Out {
        let mut all = Batch::default();
        for goal in goals {
            match self.desk.facts.goal(goal).await {
                Ok(batch) => merge(&mut all, batch),
                Err(problem) if may_pass(&problem) => return Err(Stop::harmless(&problem)),
                // It was done; that it cannot be read does not undo it.
                Err(problem) => tracing::warn!("facts after a write: {}", problem.fault()),
            }
        }
        Ok(accepted(all, undo))
    }
}

fn accepted(batch: Batch, undo: Option<Change>) -> Answer {
    Answer::Accepted {
        batch,
        undo: undo.map(Box::new),
    }
}

fn merge(all: &mut Batch, more: Batch) {
    all.goals.extend(more.goals);
    all.gone.extend(more.gone);
    all.people.extend(more.people);
    all.notifications.extend(more.notifications);
    all.me = all.me.take().or(more.me);
}

/// In a look: it would have to be written.
fn not_there() -> Stop {
    Stop::NoAnswer("it is not there".to_owned())
}

/// Whether the operation itself failed, not something on the way to it.
fn is_own(problem: &Problem) -> bool {
    match problem {
        Problem::Failed(words) => words.contains(", HTTP 500") && !words.starts_with(", "),
        _ => false,
    }
}

fn may_pass(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::NotSent(_) | Problem::NoAnswer(_) | Problem::Wait(_)
    )
}

/// A problem of a write that is simply sent again.
fn repeatable(problem: &Problem) -> Stop {
    match problem {
        Problem::Failed(_) if is_own(problem) => Stop::Refused(problem.fault()),
        other => Stop::harmless(other),
    }
}

fn id_of_goal(goal: &GoalId) -> Result<ShortId, Stop> {
    ShortId::of_ours(goal.as_str()).ok_or_else(|| {
        Stop::Refused(Fault::new(
            FaultKind::Gone,
            "Operately does not know this goal (yet)",
            "drop this entry (D) or copy its text (y)",
        ))
    })
}

fn fault(kind: FaultKind, why: impl Into<String>, remedy: &str) -> Stop {
    Stop::Refused(Fault::new(kind, why, remedy))
}

fn invalid(why: impl Into<String>, remedy: &str) -> Stop {
    fault(FaultKind::Invalid, why, remedy)
}

fn unsupported(why: impl Into<String>, remedy: &str) -> Stop {
    fault(FaultKind::Unsupported, why, remedy)
}

fn changed(why: impl Into<String>, remedy: &str) -> Stop {
    fault(FaultKind::Changed, why, remedy)
}

fn gone(what: &str) -> Stop {
    fault(
        FaultKind::Gone,
        format!("{what} is gone or hidden from you"),
        "drop this entry (D) or copy its text (y)",
    )
}

#[cfg(test)]
mod tests;
