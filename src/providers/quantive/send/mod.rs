//! Carries out every write of ours at Quantive, once. None of its calls takes a
//! key of ours, so whatever must not be done twice (check-ins, new goals and key
//! results, steps of an approval) notes first what stands there and looks for
//! itself before it is sent again; edits set absolute values and are repeated
//! freely.

mod abilities;
mod body;
mod check_in;
mod goal_delete;
mod goal_edit;
mod goal_new;
mod review;
mod trail;

use crate::model::exchange::{Answer, Batch, Change, Fault, FaultKind, Letter};
use crate::model::ids::GoalId;

use super::account::Quantive;
use super::ids;
use super::problem::Problem;

pub use abilities::{abilities, has_part_in, takes};

/// Either way an answer: the left side goes on, the right side ends the step.
type Out = Result<Answer, Stop>;

/// Why a step ended early: an answer that brings no facts. In a box, for answers
/// with facts are large.
#[derive(Debug, PartialEq)]
struct Stop(Box<Answer>);

impl Stop {
    fn answer(self) -> Answer {
        *self.0
    }
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Self(Box::new(answer))
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Answer::Refused(fault).into()
    }
}

/// More steps than any write has after it was found.
const STEPS: usize = 8;

impl Quantive {
    /// One step of a write. `looking`: everything but writing; a write that would
    /// be needed answers [`Answer::NoAnswer`].
    pub(super) async fn write(&self, letter: &Letter, looking: bool) -> Answer {
        let step = async {
            self.is_mine(letter).await?;
            match &letter.change {
                Change::CheckIn { goal, check_in, .. } => {
                    let desk = check_in::CheckInDesk {
                        quantive: self,
                        goal,
                        check_in,
                    };
                    Ok(self.rows.send(&desk, letter).await)
                }
                Change::CreateGoal { goal } => {
                    Box::pin(self.create_goal(goal, letter, looking)).await
                }
                Change::EditGoal { goal, edit } => {
                    Box::pin(self.edit_goal(goal, edit, letter, looking)).await
                }
                Change::DeleteGoal { goal } => Box::pin(self.delete_goal(goal, looking)).await,
                Change::Review { goal, step } => {
                    Box::pin(self.review(goal, step, letter, looking)).await
                }
                Change::RestoreGoal { .. } => Err(unsupported(
                    "Quantive brings no deleted goal back",
                    "make it anew (N), or drop this entry (D)",
                )),
                Change::EditCheckIn { .. } => {
                    Err(unsupported(abilities::NO_EDIT, "drop this entry (D)"))
                }
                Change::RetractCheckIn { .. } => {
                    Err(unsupported(abilities::NO_RETRACT, "drop this entry (D)"))
                }
                Change::PutPerson { .. } => {
                    Err(unsupported(abilities::NO_PEOPLE, "drop this entry (D)"))
                }
                // Kept on this machine by who asks us.
                Change::Acknowledge { .. }
                | Change::Unacknowledge { .. }
                | Change::Comment { .. }
                | Change::EditComment { .. }
                | Change::DeleteComment { .. }
                | Change::React { .. }
                | Change::CloseGoal { .. }
                | Change::ReopenGoal { .. }
                | Change::MarkRead { .. }
                | Change::MarkDone { .. } => Err(unsupported(
                    "Quantive has no call for this",
                    "drop this entry (D)",
                )),
            }
        };
        step.await.unwrap_or_else(Stop::answer)
    }

    /// Looks whether a write of unknown fate arrived: sending with the writing
    /// forbidden, for every write looks before it acts.
    pub(super) async fn find(&self, letter: &Letter) -> Result<Option<Batch>, Fault> {
        if let Change::CheckIn { goal, check_in, .. } = &letter.change {
            let desk = check_in::CheckInDesk {
                quantive: self,
                goal,
                check_in,
            };
            return self.rows.look_for(&desk, letter).await;
        }
        let mut letter = letter.clone();
        for _ in 0..STEPS {
            match self.write(&letter, true).await {
                Answer::Accepted { batch, .. } => return Ok(Some(batch)),
                Answer::Onward(trail) => letter.trail = Some(trail),
                Answer::NoAnswer(_) => return Ok(None),
                Answer::Refused(fault)
                    if matches!(
                        fault.kind,
                        FaultKind::Changed | FaultKind::Invalid | FaultKind::Unsupported
                    ) =>
                {
                    return Ok(None);
                }
                Answer::Refused(fault) => return Err(fault),
                Answer::Busy(seconds) => {
                    let why = format!("Quantive asks to wait {seconds} s");
                    return Err(Fault::new(FaultKind::Offline, why, ""));
                }
                Answer::Offline(why) => return Err(Fault::new(FaultKind::Offline, why, "")),
            }
        }
        Err(Fault::new(
            FaultKind::Unreadable,
            "looking for it came to no end",
            "look on Quantive's own page whether it arrived",
        ))
    }

    /// Whoever wrote it must be who the token is.
    async fn is_mine(&self, letter: &Letter) -> Result<(), Stop> {
        let around = Box::pin(self.around(false)).await.map_err(harmless)?;
        let by = &letter.signature.by;
        // Who that is may not have been known when it was written.
        let unknown = format!("{}:me", self.account);
        if *by == around.me || by.as_str() == unknown || around.my_id.is_none() {
            return Ok(());
        }
        Err(refused(
            FaultKind::SignedOut,
            "this account is signed in as somebody else than the one who wrote it",
            "sign in as the writer, or drop this entry (D)",
        ))
    }

    fn goal_id<'a>(&self, goal: &'a GoalId) -> Result<&'a str, Stop> {
        ids::writable(&self.account, 'g', goal.as_str()).map_err(Stop::from)
    }

    /// Done: the facts of these goals as they are now. What cannot be read for the
    /// moment is tried again, which finds the write done.
    async fn facts(&self, goals: &[&GoalId]) -> Result<Batch, Stop> {
        let mut all = Batch::default();
        for goal in goals {
            match Box::pin(self.goal_itself(goal)).await {
                Ok(None) => tracing::warn!(%goal, "facts after a write are of another goal"),
                Ok(Some(batch)) => {
                    all.goals.extend(batch.goals);
                    all.gone.extend(batch.gone);
                    all.people.extend(batch.people);
                    all.brief |= batch.brief;
                }
                Err(problem) => match problem.harmless() {
                    // It was done; that it cannot be read does not undo it.
                    Answer::Refused(fault) => tracing::warn!("facts after a write: {fault}"),
                    passing => return Err(passing.into()),
                },
            }
        }
        Ok(all)
    }
}

fn accepted(batch: Batch, undo: Option<Change>) -> Answer {
    Answer::Accepted {
        batch,
        undo: undo.map(Box::new),
    }
}

/// A problem of a read, or of a write that cannot have done anything.
fn harmless(problem: Problem) -> Stop {
    problem.harmless().into()
}

/// A problem of a write that left and must not be done twice.
fn after_sending(problem: Problem) -> Stop {
    problem.after_sending().into()
}

/// A problem of a write that may be done again: where its fate is open it is.
fn repeatable(problem: Problem) -> Stop {
    let answer = match problem.after_sending() {
        Answer::NoAnswer(why) => Answer::Offline(why),
        answer => answer,
    };
    answer.into()
}

/// In a look: it would have to be written.
fn not_there() -> Stop {
    Answer::NoAnswer("it is not there".to_owned()).into()
}

fn refused(kind: FaultKind, why: impl Into<String>, remedy: &str) -> Stop {
    Fault::new(kind, why, remedy).into()
}

fn invalid(why: impl Into<String>, remedy: &str) -> Stop {
    refused(FaultKind::Invalid, why, remedy)
}

fn unsupported(why: impl Into<String>, remedy: &str) -> Stop {
    refused(FaultKind::Unsupported, why, remedy)
}

fn changed(why: impl Into<String>, remedy: &str) -> Stop {
    refused(FaultKind::Changed, why, remedy)
}
