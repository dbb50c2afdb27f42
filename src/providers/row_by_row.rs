//! Check-ins that a provider takes as one write per key result, each of which is
//! heard by others and cannot be taken back: one after the other, each looked for
//! before it is written again, and what was refused apart from what went through.
//! Knows no system; keeps nothing but what it answered a moment ago.
//!
//! # The note in the trail
//!
//! Every row has a state. The row that is being written is *trying*, and the
//! trail with it is on disk before the request leaves; whoever finds a trying row
//! later looks before writing. Where nothing went through yet, the goal is compared
//! anew with what the writer saw: an entry may wait for days without a line. A row
//! that the provider refused does not hold up the others. When no row waits any
//! more, refused ones make the whole entry refused, with the words
//! `2 of 3 sent, 1 refused`; sending it again then tries those alone.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::model::exchange::{Answer, Batch, Fault, FaultKind, Letter, Trail};
use crate::model::ids::{EntryId, ResultId};
use crate::model::key_result::Reading;

/// One write: a key result's part of a check-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Which key result.
    pub result: ResultId,
    /// Its name, for sentences: foreign text.
    pub name: String,
    /// The value to write, absolute.
    pub value: Reading,
    /// What stood there before, in the provider's own words, by which its write
    /// is told from older equal ones: the ids of known history entries, say.
    pub known: String,
}

/// What became of writing one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// It is there.
    Done,
    /// The provider does not take this row; the others may still go through.
    Refused(Fault),
    /// Nothing more is written now: no answer, no connection, a wait, a token
    /// that does not count. The answer says which and means this row alone.
    Stop(Answer),
}

/// What a provider brings for its check-ins.
pub trait Desk: Send + Sync {
    /// Reads the goal and says which rows are to be written, in the order of the
    /// screen: none for what stands there already as it shall be. Refuses where
    /// somebody else was faster ([`super::clash`]).
    fn prepare<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<Vec<Row>, Answer>>;

    /// Reads whether this row's write is there. An error is the answer to a write
    /// of which nothing was done: the look was not complete.
    fn is_there<'a>(
        &'a self,
        letter: &'a Letter,
        row: &'a Row,
    ) -> BoxFuture<'a, Result<bool, Answer>>;

    /// Writes one row, once.
    fn write<'a>(&'a self, letter: &'a Letter, row: &'a Row) -> BoxFuture<'a, Written>;

    /// All rows are there: the facts after them. Reading only, so it may be asked
    /// again.
    fn facts<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<Batch, Answer>>;
}

/// How far one row is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Waiting,
    Trying,
    Sent,
    Refused(Fault),
}

/// The note in the trail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    rows: Vec<(Row, State)>,
}

/// The trails this program answered with and has not been sent yet: with one of
/// them nothing can have left, so nothing is looked for.
#[derive(Debug, Default)]
pub struct RowByRow {
    fresh: Mutex<HashSet<(EntryId, String)>>,
}

impl RowByRow {
    /// Takes the next step of a check-in.
    pub async fn send(&self, desk: &dyn Desk, letter: &Letter) -> Answer {
        self.step(desk, letter)
            .await
            .unwrap_or_else(|answer| answer)
    }

    /// Looks whether a check-in arrived whole: facts after it if it did. One that
    /// arrived in part is not found; sending it goes on where it stopped.
    ///
    /// # Errors
    /// The look was not complete.
    pub async fn look_for(&self, desk: &dyn Desk, letter: &Letter) -> Result<Option<Batch>, Fault> {
        let Some(trail) = &letter.trail else {
            return Ok(None);
        };
        let note = Note::read(trail)?;
        for (row, state) in &note.rows {
            let is_there = match state {
                State::Sent => true,
                State::Trying => desk.is_there(letter, row).await.map_err(fault_of)?,
                State::Waiting | State::Refused(_) => false,
            };
            if !is_there {
                return Ok(None);
            }
        }
        desk.facts(letter).await.map(Some).map_err(fault_of)
    }

    async fn step(&self, desk: &dyn Desk, letter: &Letter) -> Result<Answer, Answer> {
        let Some(trail) = &letter.trail else {
            return self.begin(desk, letter).await;
        };
        let is_fresh = self.take_fresh(&letter.key, trail);
        let mut rows = Note::read(trail).map_err(Answer::Refused)?.rows;
        if let Some(at) = rows.iter().position(|(_, state)| *state == State::Trying) {
            let is_first = count(&rows, |state| *state == State::Waiting) + 1 == rows.len();
            let Some((row, state)) = rows.get_mut(at) else {
                return Err(unreadable());
            };
            *state = if !is_fresh && desk.is_there(letter, row).await? {
                State::Sent
            } else if !is_fresh && is_first {
                // Nothing of it is there, perhaps since days: others may have been
                // faster, and what stays as it is may stand elsewhere by now.
                return self.begin(desk, letter).await;
            } else {
                match desk.write(letter, row).await {
                    Written::Done => State::Sent,
                    Written::Refused(fault) => State::Refused(fault),
                    Written::Stop(answer) => return Err(answer),
                }
            };
        } else if is_sent(&rows) {
            return self.end(desk, letter).await;
        } else if is_fresh {
            // All was tried in this program: now it is said.
            return Err(Answer::Refused(summary(&rows)));
        } else {
            // A person wants the refused ones tried again.
            for (_, state) in &mut rows {
                if matches!(state, State::Refused(_)) {
                    *state = State::Waiting;
                }
            }
        }
        self.onward(desk, letter, rows).await
    }

    /// Reads what is to be written, before anything of it is.
    async fn begin(&self, desk: &dyn Desk, letter: &Letter) -> Result<Answer, Answer> {
        let rows = desk.prepare(letter).await?;
        let rows = rows.into_iter().map(|row| (row, State::Waiting));
        self.onward(desk, letter, rows.collect()).await
    }

    /// The next row is about to be written, or nothing is left.
    async fn onward(
        &self,
        desk: &dyn Desk,
        letter: &Letter,
        mut rows: Vec<(Row, State)>,
    ) -> Result<Answer, Answer> {
        let next = rows.iter_mut().find(|(_, state)| *state == State::Waiting);
        let is_risky = next.is_some();
        if let Some((_, state)) = next {
            *state = State::Trying;
        } else if let [(_, State::Refused(fault))] = rows.as_slice() {
            return Err(Answer::Refused(fault.clone()));
        } else if rows.is_empty() {
            return self.end(desk, letter).await;
        }
        let words = progress(&rows);
        let note = serde_json::to_string(&Note { rows }).map_err(|_| unreadable())?;
        let trail = Trail {
            note,
            risky: is_risky,
            words,
        };
        self.lock().insert((letter.key.clone(), trail.note.clone()));
        Ok(Answer::Onward(trail))
    }

    /// All is there, and that is on disk: facts that cannot be read for the moment
    /// leave nothing to be looked for.
    async fn end(&self, desk: &dyn Desk, letter: &Letter) -> Result<Answer, Answer> {
        let batch = desk.facts(letter).await?;
        Ok(Answer::Accepted { batch, undo: None })
    }

    fn take_fresh(&self, key: &EntryId, trail: &Trail) -> bool {
        self.lock().remove(&(key.clone(), trail.note.clone()))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<(EntryId, String)>> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Note {
    fn read(trail: &Trail) -> Result<Self, Fault> {
        serde_json::from_str(&trail.note).map_err(|_| {
            Fault::new(
                FaultKind::Unreadable,
                "how far this check-in got was written by another version of goaldeck",
                "look at the provider's own page what arrived, then drop it (D) or write it again (e)",
            )
        })
    }
}

fn unreadable() -> Answer {
    Answer::Refused(Fault::new(
        FaultKind::Unreadable,
        "how far this check-in got cannot be kept",
        "copy its text (y) and write it again (e)",
    ))
}

fn count(rows: &[(Row, State)], is: impl Fn(&State) -> bool) -> usize {
    rows.iter().filter(|(_, state)| is(state)).count()
}

fn is_sent(rows: &[(Row, State)]) -> bool {
    rows.iter().all(|(_, state)| *state == State::Sent)
}

/// `1 of 3 sent, 1 refused`; nothing to say of a single row.
fn progress(rows: &[(Row, State)]) -> String {
    let sent = count(rows, |state| *state == State::Sent);
    let refused = count(rows, |state| matches!(state, State::Refused(_)));
    match (rows.len(), refused) {
        (0 | 1, _) => String::new(),
        (all, 0) => format!("{sent} of {all} sent"),
        (all, refused) => format!("{sent} of {all} sent, {refused} refused"),
    }
}

/// What is said of a check-in of which some rows were refused.
fn summary(rows: &[(Row, State)]) -> Fault {
    let mut why = progress(rows);
    let mut first = None;
    for (row, state) in rows {
        if let State::Refused(fault) = state {
            let name = crate::model::text::line(&row.name);
            let between = if first.is_none() { ": " } else { "; " };
            why.push_str(&format!("{between}{name}: {}", fault.why));
            first.get_or_insert(fault.kind);
        }
    }
    Fault::new(
        first.unwrap_or(FaultKind::Invalid),
        why,
        "R sends only the rest again, e changes it, D drops the rest",
    )
}

/// An answer to a look that was not complete, as the fault it is.
fn fault_of(answer: Answer) -> Fault {
    match answer {
        Answer::Refused(fault) => fault,
        Answer::Busy(seconds) => Fault::new(
            FaultKind::Offline,
            format!("the server asks to wait {seconds} s"),
            "",
        ),
        Answer::Offline(why) | Answer::NoAnswer(why) => Fault::new(FaultKind::Offline, why, ""),
        Answer::Accepted { .. } | Answer::Onward(_) => Fault::new(
            FaultKind::Unreadable,
            "the look was not complete",
            "look on the provider's own page",
        ),
    }
}

#[cfg(test)]
mod tests;
