//! Carries out writes at ClickUp. Every write of a check-in, and everything that is
//! made, goes row by row: what is about to leave is on disk first, and whatever is
//! unsure afterwards is looked for before it is written again.
//!
//! - **Once** (a key result's part of a check-in, a new goal, a new key result):
//!   looked for by what was not there before.
//! - **Put** (name, description, due date, owners, deletions): absolute, repeated
//!   freely, sent only where the state differs.

mod check_in;
mod goal;
mod results;
mod row;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::client::{Client, Problem};
use super::names;
use super::read::{self, Asker, Reader};
use super::who::Me;
use crate::model::exchange::{Ability, Answer, Batch, Change, Fault, FaultKind, GoalEdit, Letter};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, EntryId, GoalId};
use crate::providers::row_by_row::{self, Row, RowByRow, Written};

/// Longest note or description that is sent, in bytes.
const LONGEST_TEXT: usize = 32 * 1024;

/// What writes remember of each other in this run.
#[derive(Debug, Default)]
pub struct Papers {
    /// How far check-ins and new things are.
    rows: RowByRow,
    /// The ids of goals that were just made, to spare a search.
    made: Mutex<HashMap<EntryId, String>>,
}

impl Papers {
    fn made(&self, key: &EntryId) -> Option<String> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.get(key).cloned()
    }

    fn note_made(&self, key: &EntryId, id: String) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(key.clone(), id);
    }
}

/// Everything a write needs around it.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The way to the server.
    pub client: &'a Client,
    /// Whose writes these are.
    pub account: &'a AccountName,
    /// Who reads goals as ours.
    pub reader: &'a Reader,
    /// What writes remember.
    pub papers: &'a Papers,
}

/// Carries out a write or its next step.
pub async fn send(desk: &Desk<'_>, letter: &Letter) -> Answer {
    desk.send(letter).await.unwrap_or_else(|answer| answer)
}

/// Looks whether a write of unknown fate arrived.
///
/// # Errors
/// The look was not complete.
pub async fn look_for(desk: &Desk<'_>, letter: &Letter) -> Result<Option<Batch>, Fault> {
    match desk.writer(letter).await {
        Ok(_) => desk.papers.rows.look_for(desk, letter).await,
        Err(Answer::Refused(fault)) => Err(fault),
        Err(Answer::Offline(why)) => Err(Fault::new(FaultKind::Offline, why, "")),
        Err(_) => Err(Fault::new(FaultKind::Offline, "the limit is reached", "")),
    }
}

/// The part of an edit that ClickUp has a place for.
pub fn takes(edit: &GoalEdit) -> GoalEdit {
    GoalEdit {
        name: edit.name.clone(),
        description: edit.description.clone(),
        champion: edit.champion.clone(),
        due: edit.due,
        put_results: edit.put_results.clone(),
        drop_results: edit.drop_results.clone(),
        set_values: edit.set_values.clone(),
        ..GoalEdit::default()
    }
}

/// A check-in reaches ClickUp by its values, its words and the due date it moves: a
/// status alone is kept here.
pub fn has_part_in(change: &Change) -> bool {
    match change {
        Change::CheckIn { check_in, .. } => {
            !check_in.values.is_empty()
                || !check_in.note.trim().is_empty()
                || check_in.due_moved.is_some()
        }
        _ => true,
    }
}

/// A goal as it stands now.
struct Now {
    /// As it came.
    item: Value,
    /// As ours.
    goal: Goal,
}

impl Desk<'_> {
    async fn send(&self, letter: &Letter) -> Result<Answer, Answer> {
        let is_long = |text: &str| text.len() > LONGEST_TEXT;
        if letter.change.text().is_some_and(is_long) {
            return Err(refused(invalid(
                "the text is longer than 32 KiB",
                "shorten it (e)",
            )));
        }
        self.writer(letter).await?;
        match &letter.change {
            Change::CheckIn { .. } | Change::CreateGoal { .. } => {
                Ok(self.papers.rows.send(self, letter).await)
            }
            Change::EditGoal { goal, edit } => match goal::is_simple(edit) {
                true => self.edit(goal, edit, letter).await,
                false => Ok(self.papers.rows.send(self, letter).await),
            },
            Change::DeleteGoal { goal } => self.delete(goal).await,
            Change::RestoreGoal { .. } => Err(refused(unsupported(
                "ClickUp brings no deleted goal back",
                "make it anew (N), or drop this entry (D)",
            ))),
            other => Err(refused(match super::abilities().of(other) {
                Ability::No(why) => unsupported(why, "drop this entry (D)"),
                Ability::KeptHere | Ability::Native => unsupported(
                    &format!("ClickUp has no place for this ({})", other.word()),
                    "drop this entry (D)",
                ),
            })),
        }
    }

    /// The person the token belongs to, who must be the one who wrote.
    async fn writer(&self, letter: &Letter) -> Result<Me, Answer> {
        let me = self.reader.me(Asker::Write).await;
        let me = me.map_err(|problem| problem.harmless())?;
        if letter.signature.by != me.person.id {
            return Err(Answer::Refused(Fault::new(
                FaultKind::SignedOut,
                "this account is signed in as somebody else than the one who wrote it",
                "sign in as the writer, or drop this entry (D)",
            )));
        }
        Ok(me)
    }

    /// A goal as it stands now, by ClickUp's id.
    async fn now(&self, id: &str) -> Result<Now, Answer> {
        let harmless = |problem: Problem| problem.harmless();
        let me = self.reader.me(Asker::Write).await.map_err(harmless)?;
        let told = self.client.look(&read::goal_path(id)).await;
        let told = told.map_err(harmless)?;
        let batch = self.reader.told(id, &told, &me, "").map_err(harmless)?;
        let item = read::item_of(&told).map_err(harmless)?.clone();
        let goal = batch.goals.into_iter().next();
        let goal = goal.ok_or_else(|| Answer::Refused(invalid("the goal cannot be read", "")))?;
        Ok(Now { item, goal })
    }

    fn goal_id<'i>(&self, goal: &'i GoalId) -> Result<&'i str, Fault> {
        names::goal(self.account, goal)
    }

    /// The facts about a goal after a write. That they cannot be read for good does
    /// not undo it; what may pass is tried again.
    async fn facts_of(&self, id: &str) -> Result<Batch, Answer> {
        let me = self.reader.me(Asker::Write).await;
        let me = me.map_err(|problem| problem.harmless())?;
        let told = match self.client.look(&read::goal_path(id)).await {
            Ok(told) => self.reader.told(id, &told, &me, ""),
            Err(problem) => Err(problem),
        };
        let problem = match told {
            Ok(batch) => return Ok(batch),
            Err(problem) => problem,
        };
        match problem.harmless() {
            Answer::Refused(fault) => {
                tracing::warn!("facts after a write: {fault}");
                Ok(Batch::default())
            }
            may_pass => Err(may_pass),
        }
    }
}

/// Rows of check-ins, new goals and edits.
impl row_by_row::Desk for Desk<'_> {
    fn prepare<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<Vec<Row>, Answer>> {
        async move {
            match &letter.change {
                Change::CheckIn { goal, check_in, .. } => {
                    self.prepare_check_in(letter, goal, check_in).await
                }
                Change::CreateGoal { goal } => self.prepare_goal(goal).await,
                Change::EditGoal { goal, edit } => self.prepare_edit(letter, goal, edit).await,
                _ => Ok(Vec::new()),
            }
        }
        .boxed()
    }

    fn is_there<'a>(
        &'a self,
        letter: &'a Letter,
        row: &'a Row,
    ) -> BoxFuture<'a, Result<bool, Answer>> {
        self.row_is_there(letter, row).boxed()
    }

    fn write<'a>(&'a self, letter: &'a Letter, row: &'a Row) -> BoxFuture<'a, Written> {
        async move {
            match self.write_row(letter, row).await {
                Ok(()) => Written::Done,
                Err(Answer::Refused(fault)) if row::is_of_row_alone(row, &fault) => {
                    Written::Refused(fault)
                }
                Err(answer) => Written::Stop(answer),
            }
        }
        .boxed()
    }

    fn facts<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<Batch, Answer>> {
        async move {
            match &letter.change {
                Change::CheckIn { goal, check_in, .. } => {
                    let batch = self
                        .facts_of(self.goal_id(goal).map_err(Answer::Refused)?)
                        .await?;
                    Ok(check_in::with_sent_values(batch, check_in))
                }
                Change::EditGoal { goal, .. } => {
                    self.facts_of(self.goal_id(goal).map_err(Answer::Refused)?)
                        .await
                }
                Change::CreateGoal { goal } => self.facts_of_new(letter, goal).await,
                _ => Ok(Batch::default()),
            }
        }
        .boxed()
    }
}

fn accepted(batch: Batch, undo: Option<Change>) -> Answer {
    Answer::Accepted {
        batch,
        undo: undo.map(Box::new),
    }
}

fn invalid(why: impl Into<String>, remedy: &str) -> Fault {
    Fault::new(FaultKind::Invalid, why, remedy)
}

fn unsupported(why: &str, remedy: &str) -> Fault {
    Fault::new(FaultKind::Unsupported, why, remedy)
}

fn refused(fault: Fault) -> Answer {
    Answer::Refused(fault)
}
