//! Edits of goals and projects: rounds of small calls until it is as it shall be.

use crate::model::exchange::{FaultKind, GoalEdit};
use crate::model::goal::Nature;
use crate::model::ids::GoalId;

use super::super::ages::Op;
use super::clash;
use super::goal_plan::{Call, Ground, calls, storable};
use super::now::GoalNow;
use super::trail::{Note, astray, noted};
use super::{Out, Step, Stop, invalid};
use crate::model::exchange::Base;

/// More rounds than an edit has: words and lines, values of new lines, order.
const ROUNDS: usize = 6;

impl Step<'_> {
    pub(super) async fn edit_goal(
        &self,
        goal: &GoalId,
        edit: &GoalEdit,
        note: Option<Note>,
    ) -> Out {
        let (now, known) = match note {
            None => {
                let now = self.goal_now(goal).await?;
                storable(edit, now.nature)?;
                if let Some(base) = &self.letter.base {
                    free(base, &now, edit)?;
                }
                let known = noted(now.targets.iter().map(|target| target.id));
                if adds(edit) {
                    let checks = noted(now.checks.iter().map(|check| check.id));
                    let targets = known;
                    return Ok(Note::Lines { targets, checks }.onward());
                }
                (now, known)
            }
            Some(Note::Lines { targets, .. }) => (self.goal_now(goal).await?, targets),
            Some(_) => return Err(astray()),
        };
        let base = self.letter.base.as_ref();
        self.rounds(now, edit, base, &known).await?;
        self.done(&[goal], None).await
    }

    /// Makes calls until none is left. A look finds out whether any is.
    pub(super) async fn rounds(
        &self,
        mut now: GoalNow,
        edit: &GoalEdit,
        base: Option<&Base>,
        known: &[String],
    ) -> Result<(), Stop> {
        let mentions = self
            .mentions(edit.description.as_deref().unwrap_or_default())
            .await?;
        let mut before: Vec<Call> = Vec::new();
        for _ in 0..ROUNDS {
            let ground = Ground {
                now: &now,
                base,
                known,
                mentions: &mentions,
            };
            let next = calls(edit, ground)?;
            if next.is_empty() {
                return Ok(());
            }
            if next == before {
                break;
            }
            for call in &next {
                self.call(call).await?;
            }
            now = self.thing_now(now.id, now.nature).await?;
            before = next;
        }
        Err(invalid(
            "the server said yes and changed nothing",
            "look at the goal on Operately's own page, or drop this entry (D)",
        ))
    }

    async fn call(&self, call: &Call) -> Result<(), Stop> {
        let told = match call.is_put {
            true => self.put(call.op, call.body.clone()).await,
            false => self.once(call.op, call.body.clone()).await,
        };
        match told {
            Ok(_) => Ok(()),
            // What shall be gone is gone.
            Err(Stop::Refused(fault))
                if fault.kind == FaultKind::Gone
                    && matches!(call.op, Op::DeleteTarget | Op::DeleteCheck) =>
            {
                Ok(())
            }
            // Before release 1.6 the name of the goal goes along; nothing was done.
            Err(Stop::Refused(fault))
                if call.op == Op::UpdateProjectParent && fault.why.contains("goal_name") =>
            {
                let mut body = call.body.clone();
                if let Some(body) = body.as_object_mut() {
                    body.insert("goal_name".to_owned(), serde_json::Value::Null);
                }
                self.put(call.op, body).await.map(|_| ())
            }
            Err(other) => Err(worded(call.op, other)),
        }
    }
}

/// Whether it adds or flips something, which must not be done twice.
fn adds(edit: &GoalEdit) -> bool {
    !edit.put_results.is_empty() || !edit.set_values.is_empty()
}

/// What of the goal changed since the writer saw it.
fn free(base: &Base, now: &GoalNow, edit: &GoalEdit) -> Result<(), Stop> {
    use crate::model::check_in::DueMoved;
    // Words and dates of a closed goal may be edited; its values may not.
    if now.nature == Nature::Goal && adds(edit) {
        clash::with_goal(base, now, true)?;
    }
    if let Some(champion) = &edit.champion {
        clash::person(
            base.champion.as_ref(),
            now.champion.as_ref(),
            champion.as_ref(),
        )?;
    }
    let due = edit.due.map(|to| DueMoved { from: base.due, to });
    clash::due(base, now, due)?;
    for (result, reading) in &edit.set_values {
        clash::value(base, now, result, reading)?;
    }
    Ok(())
}

/// Refusals that come without words of the server, in ours.
fn worded(op: Op, stop: Stop) -> Stop {
    let Stop::Refused(mut fault) = stop else {
        return stop;
    };
    match (op, fault.kind) {
        (Op::UpdateGoalParent, FaultKind::Invalid) => {
            fault.why = format!(
                "a goal cannot be under itself or a goal below it ({})",
                fault.why
            );
            "choose another parent (m), or drop this entry (D)".clone_into(&mut fault.remedy);
        }
        (Op::UpdateGoalChampion | Op::UpdateGoalReviewer, FaultKind::Forbidden) => {
            fault.why = format!(
                "changing people needs full access to the goal ({})",
                fault.why
            );
            "ask its champion, or drop this entry (D)".clone_into(&mut fault.remedy);
        }
        _ => {}
    }
    Stop::Refused(fault)
}
