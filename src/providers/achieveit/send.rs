//! Carries out a check-in: handed in once with all others that are due, then its
//! job is waited for.
//!
//! # The protocol
//!
//! 1. Without a trail: reads the plan (whether somebody was faster, the present
//!    word and value), announces itself and notes that it is about to be handed in.
//!    That note is risky: whoever finds it later cannot know whether it was.
//! 2. With that note: joins the batch and is handed in, once. A refused batch was
//!    not imported at all, so rows without blame note the same again and go out
//!    without the others. One that was taken notes its job; that note is not
//!    risky, for asking about a job may be repeated.
//! 3. With a job: waits for its end. A job that takes 15 minutes, or that nobody
//!    knows, becomes a risky note again, so that a person is asked.
//!
//! A write that may have been handed in is never handed in again by itself: there
//! is no list of jobs and no key that would make it harmless.

use std::sync::Arc;

use chrono::TimeDelta;

use super::account::Inner;
use super::answers::{RowError, blame};
use super::diary::Updates;
use super::gather::{Fate, Prepared, sorted_out};
use super::jobs::{self, End};
use super::plans::{Known, take};
use super::record::{Maker, check_in_of, unsupported, update_of};
use super::trail::{Note, Seen};
use crate::model::check_in::CheckIn;
use crate::model::exchange::{Answer, Batch, Fault, FaultKind, Letter};
use crate::model::ids::CheckInId;
use crate::model::time::Time;
use crate::providers::clash;

/// A plan that was read so long ago is still fresh enough to write by: those who
/// come together read once.
const FRESH: TimeDelta = TimeDelta::seconds(5);
/// Where a plan can be read, it is looked at for so long before a person is asked.
const SHOWS_WITHIN: TimeDelta = TimeDelta::minutes(5);

impl Inner {
    /// Carries out a write or its next step.
    pub(super) async fn carry_out(self: &Arc<Self>, letter: &Letter) -> Answer {
        if check_in_of(&letter.change).is_none() {
            return Answer::Refused(unsupported(&letter.change));
        }
        match Note::of(letter.trail.as_ref()) {
            Err(fault) => Answer::Refused(fault),
            Ok(None) => self.begin(letter, false, "").await,
            Ok(Some(Note::Posting { seen, alone, .. })) => self.hand_in(letter, seen, alone).await,
            Ok(Some(Note::Job {
                id,
                position,
                rows,
                since,
                late,
            })) => {
                let job = Job {
                    id,
                    position,
                    rows,
                    since,
                };
                match late {
                    false => self.wait(letter, job).await,
                    true => self.wait_no_longer(letter, job).await,
                }
            }
        }
    }

    /// Prepares it and notes that it is about to be handed in: from now on batches
    /// wait for it, unless it goes by itself.
    async fn begin(&self, letter: &Letter, alone: bool, words: &str) -> Answer {
        match self.announced(letter, alone).await {
            Ok(prepared) => self.about_to(letter, &prepared, alone, words),
            Err(answer) => answer,
        }
    }

    /// Prepares it, which others wait for meanwhile.
    async fn announced(&self, letter: &Letter, alone: bool) -> Result<Prepared, Answer> {
        self.gathering.announce(&letter.key, None, !alone);
        let prepared = self.prepare(letter).await;
        match &prepared {
            Ok(prepared) => self
                .gathering
                .announce(&letter.key, Some(prepared.clone()), !alone),
            Err(_) => self.gathering.withdraw(&letter.key),
        }
        prepared
    }

    fn about_to(&self, letter: &Letter, prepared: &Prepared, alone: bool, words: &str) -> Answer {
        self.gathering
            .announce(&letter.key, Some(prepared.clone()), !alone);
        let note = Note::Posting {
            seen: prepared.seen.clone(),
            since: self.now().at,
            alone,
        };
        note.onward(words)
    }

    /// Reads the item and makes the record of it.
    async fn prepare(&self, letter: &Letter) -> Result<Prepared, Answer> {
        let known = self.known(self.now().at - FRESH).await.map_err(harmless)?;
        let (goal, check_in) = check_in_of(&letter.change)
            .ok_or_else(|| Answer::Refused(unsupported(&letter.change)))?;
        let updates = self.diary.all().await;
        let Some(goal) = known.goal(goal, &updates, &self.setup.words) else {
            return Err(Answer::Refused(Fault::new(
                FaultKind::Gone,
                "AchieveIt's plans have no such item (any more)",
                "drop this entry (D) or copy its text (y)",
            )));
        };
        if let Some(base) = &letter.base {
            clash::with_check_in(base, &goal, check_in).map_err(Answer::Refused)?;
        }
        let maker = Maker {
            account: &self.setup.account,
            words: &self.setup.words,
            zone: self.now().zone,
        };
        let record = maker.record(&letter.change, &goal);
        Ok(Prepared {
            record: record.map_err(Answer::Refused)?,
            seen: known.shows(&goal.id).then(|| Seen::of(&goal)),
        })
    }

    /// Hands it in with the others.
    async fn hand_in(self: &Arc<Self>, letter: &Letter, seen: Option<Seen>, alone: bool) -> Answer {
        let prepared = match self.gathering.prepared(&letter.key) {
            Some(prepared) => prepared,
            // A person said so, or nothing was done the last time. It may have
            // arrived all the same.
            None => match self.arrived(letter, seen.as_ref()).await {
                Ok(Some(batch)) => return accepted(batch),
                Ok(None) => match self.announced(letter, alone).await {
                    Ok(prepared) => prepared,
                    Err(answer) => return answer,
                },
                Err(fault) => return harmless(fault),
            },
        };
        let kept = prepared.clone();
        let fate = self.gathering.join(self, &letter.key, prepared, alone);
        match fate.await {
            Fate::Taken {
                job,
                position,
                rows,
                since,
            } => Note::Job {
                id: job,
                position,
                rows: rows.to_vec(),
                since,
                late: false,
            }
            .onward(""),
            Fate::Again { words, alone } => self.about_to(letter, &kept, alone, &words),
            Fate::Answered(answer) => {
                if let Answer::NoAnswer(why) = &answer {
                    self.unheard().insert(letter.key.clone(), why.clone());
                }
                answer
            }
        }
    }

    /// Waits for its job.
    async fn wait(self: &Arc<Self>, letter: &Letter, job: Job) -> Answer {
        let end = self.jobs.wait(self, &job.id, job.since).await;
        match Arc::unwrap_or_clone(end) {
            End::Completed(at) => accepted(self.done(letter, at).await),
            End::Failed(errors) => self.failed(letter, &job, &errors).await,
            End::Unsure(_) => {
                self.late().insert(letter.key.clone());
                job.note(true).onward("")
            }
            End::Offline(why) => Answer::Offline(why),
            End::Busy(seconds) => Answer::Busy(seconds),
            End::Unready(fault) => Answer::Refused(fault),
        }
    }

    /// A job that took too long. Right after that was noted a person is asked; when
    /// this comes again, they said that it shall be handed in once more.
    async fn wait_no_longer(self: &Arc<Self>, letter: &Letter, job: Job) -> Answer {
        let is_just_noted = self.late().remove(&letter.key);
        match jobs::ask(self, &job.id).await {
            End::Completed(at) => accepted(self.done(letter, at).await),
            End::Failed(errors) => self.failed(letter, &job, &errors).await,
            end if is_just_noted => Answer::NoAnswer(match end {
                End::Unsure(why) | End::Offline(why) => why,
                End::Unready(fault) => fault.to_string(),
                _ => "AchieveIt asks to wait".to_owned(),
            }),
            End::Unsure(_) => self.begin(letter, false, "").await,
            End::Offline(why) => Answer::Offline(why),
            End::Busy(seconds) => Answer::Busy(seconds),
            End::Unready(fault) => Answer::Refused(fault),
        }
    }

    /// The job failed, so nothing of its batch was imported.
    async fn failed(&self, letter: &Letter, job: &Job, errors: &[RowError]) -> Answer {
        let whole = || {
            Fault::new(
                FaultKind::Invalid,
                "the import failed and AchieveIt does not say why",
                "send it again (R), or drop this entry (D)",
            )
        };
        let fates = sorted_out(blame(errors, &job.rows), whole);
        match fates.into_iter().nth(job.position) {
            // Where it cannot be prepared now, asking about the job leads here again.
            Some(Fate::Again { words, alone }) => self.begin(letter, alone, &words).await,
            Some(Fate::Answered(answer)) => answer,
            Some(Fate::Taken { .. }) | None => Answer::Refused(whole()),
        }
    }

    /// The facts after an update that went through at this moment at the latest.
    async fn done(&self, letter: &Letter, at: Time) -> Batch {
        self.forget(letter);
        let Some((goal, update)) = update_of(&letter.change) else {
            return Batch::default();
        };
        let update = CheckIn {
            id: CheckInId::new(format!("{}:h:{}", self.setup.account, letter.key)),
            author: letter.signature.by.clone(),
            // Not part of an update: kept beside it, if at all.
            confidence: None,
            due_moved: None,
            ..update
        };
        self.diary.add(goal, update.clone()).await;
        let known = match self.known(at).await {
            Ok(known) => Some(known),
            // It was done; that it cannot be read does not undo it.
            Err(fault) => {
                tracing::warn!(account = %self.setup.account, %fault, "facts after an update");
                self.last_known().await
            }
        };
        let Some(known) = known else {
            return Batch::default();
        };
        let updates = self.diary.all().await;
        let Some(mut now) = known.goal(goal, &updates, &self.setup.words) else {
            return Batch::default();
        };
        if known.at < at {
            // Read before: what was sent is the best that is known.
            take(&mut now, &update, &self.setup.words);
        }
        Batch {
            goals: vec![now],
            ..Batch::default()
        }
    }

    fn forget(&self, letter: &Letter) {
        self.unheard().remove(&letter.key);
        self.late().remove(&letter.key);
    }

    /// Whether an update shows on its item: it changed since, and reads what was
    /// sent, which it did not before.
    async fn arrived(&self, letter: &Letter, seen: Option<&Seen>) -> Result<Option<Batch>, Fault> {
        let Some(seen) = seen else { return Ok(None) };
        let known = self.known(self.now().at - FRESH).await?;
        if !self.shows(letter, seen, &known) {
            return Ok(None);
        }
        Ok(Some(self.done(letter, known.at).await))
    }

    fn shows(&self, letter: &Letter, seen: &Seen, known: &Known) -> bool {
        let Some((goal, update)) = update_of(&letter.change) else {
            return false;
        };
        let words = &self.setup.words;
        let now = known.goal(goal, &Updates::new(), words);
        let Some(mut now) = now.filter(|now| known.shows(&now.id)) else {
            return false;
        };
        let is = Seen::of(&now);
        take(&mut now, &update, words);
        let meant = Seen::of(&now);
        let same = |one: &Seen, other: &Seen| {
            let values = match (one.value, other.value) {
                (Some(one), Some(other)) => clash::near(one, other),
                (one, other) => one.is_none() && other.is_none(),
            };
            one.status == other.status && values
        };
        is.updated > seen.updated && same(&is, &meant) && !same(&is, seen)
    }

    /// Looks whether a write of unknown fate arrived.
    pub(super) async fn look(self: &Arc<Self>, letter: &Letter) -> Result<Option<Batch>, Fault> {
        match Note::of(letter.trail.as_ref())? {
            None | Some(Note::Job { late: false, .. }) => Ok(None),
            Some(Note::Posting { seen, since, .. }) => {
                if let Some(batch) = self.arrived(letter, seen.as_ref()).await? {
                    return Ok(Some(batch));
                }
                let heard = self.unheard().get(&letter.key).cloned();
                let heard = heard.map(|why| format!("{why}; ")).unwrap_or_default();
                if seen.is_some() && self.now().at - since < SHOWS_WITHIN {
                    return Err(Fault::new(
                        FaultKind::Unreadable,
                        format!("{heard}it does not show on the item yet"),
                        "",
                    ));
                }
                Err(undecided(format!(
                    "{heard}it may have been taken, and AchieveIt has no list of what it took"
                )))
            }
            Some(Note::Job { id, late: true, .. }) => match jobs::ask(self, &id).await {
                End::Completed(at) => Ok(Some(self.done(letter, at).await)),
                // Nothing of it was imported; sending it tells why.
                End::Failed(_) => Ok(None),
                End::Unsure(why) => Err(undecided(why)),
                End::Offline(why) => Err(Fault::new(FaultKind::Offline, why, "")),
                End::Busy(seconds) => {
                    let why = format!("AchieveIt asks to wait {seconds} s");
                    Err(Fault::new(FaultKind::Offline, why, ""))
                }
                End::Unready(fault) => Err(fault),
            },
        }
    }
}

/// Where one row of an import stands.
struct Job {
    id: String,
    position: usize,
    rows: Vec<String>,
    since: Time,
}

impl Job {
    fn note(self, late: bool) -> Note {
        Note::Job {
            id: self.id,
            position: self.position,
            rows: self.rows,
            since: self.since,
            late,
        }
    }
}

fn undecided(why: String) -> Fault {
    Fault::new(
        FaultKind::Unsupported,
        why,
        "look on AchieveIt's own page; then say that it is there, or send it again (R)",
    )
}

fn accepted(batch: Batch) -> Answer {
    Answer::Accepted { batch, undo: None }
}

/// A fault of a read before anything was sent.
fn harmless(fault: Fault) -> Answer {
    match fault.kind {
        FaultKind::Offline | FaultKind::Unreadable => Answer::Offline(fault.to_string()),
        _ => Answer::Refused(fault),
    }
}
