//! Acknowledgements. Before release 1.8 a second one tells the author again, and
//! none is ever taken back: each is looked at right before it is sent, and one
//! that is there is never sent.

use serde_json::{Value, json};

use crate::model::exchange::{Fault, FaultKind};
use crate::model::ids::{CheckInId, GoalId};

use super::super::ages::Op;
use super::now::{Someone, said, unreadable};
use super::spot::Spot;
use super::trail::{Note, turn};
use super::{Out, Step, Stop, id_of_goal, unsupported};

impl Step<'_> {
    pub(super) async fn acknowledge(
        &self,
        items: &[(GoalId, CheckInId)],
        note: Option<Note>,
    ) -> Out {
        let begun = turn(note)?;
        let mut refused: Option<Fault> = None;
        let mut noted = 0;
        for (goal, check_in) in items {
            match self.acknowledge_one(goal, check_in, begun).await {
                Ok(true) => noted += 1,
                Ok(false) => return Ok(Note::Turn.onward()),
                // What fails for good does not keep the others back.
                Err(Stop::Refused(fault)) if is_about_this_one(&fault) => {
                    refused.get_or_insert(fault);
                }
                Err(other) => return Err(other),
            }
        }
        if let Some(mut fault) = refused {
            if self.looking && fault.kind != FaultKind::Gone {
                // Not done, and it will be said when it is tried.
                return Err(super::not_there());
            }
            if items.len() > 1 {
                fault.why = format!("{noted} of {} are acknowledged; {}", items.len(), fault.why);
            }
            return Err(Stop::Refused(fault));
        }
        let mut goals: Vec<&GoalId> = items.iter().map(|(goal, _)| goal).collect();
        goals.sort();
        goals.dedup();
        self.done(&goals, None).await
    }

    /// True: it is acknowledged. False: it would be now, but that must be noted
    /// first, for the server tells the author each time.
    async fn acknowledge_one(
        &self,
        goal: &GoalId,
        check_in: &CheckInId,
        begun: bool,
    ) -> Result<bool, Stop> {
        let Some((op, body)) = self.call_for(goal, check_in).await? else {
            return Ok(true);
        };
        // Those of projects change nothing the second time, at every age.
        let is_heard_twice =
            op != Op::AcknowledgeProjectCheckIn && !self.build().acknowledges_once();
        if is_heard_twice && !begun {
            return Ok(false);
        }
        self.once(op, body).await.map(|_| true).map_err(worded)
    }

    /// The call that acknowledges it; none if it is.
    async fn call_for(
        &self,
        goal: &GoalId,
        check_in: &CheckInId,
    ) -> Result<Option<(Op, Value)>, Stop> {
        let call = match self.spot(goal, check_in).await? {
            Spot::CheckIn { id } => {
                let query = [
                    ("id", id.clone()),
                    ("include_author", "true".to_owned()),
                    ("include_permissions", "true".to_owned()),
                    ("include_goal", "true".to_owned()),
                ];
                let told = self.read(Op::CheckIn, &query).await?;
                let update = told
                    .get("update")
                    .ok_or_else(|| Stop::Refused(unreadable("the check-in")))?;
                if !self.is_due(update)? {
                    return Ok(None);
                }
                (Op::AcknowledgeCheckIn, json!({ "id": id }))
            }
            Spot::ProjectCheckIn { id } => {
                let query = [("id", id.clone()), ("include_author", "true".to_owned())];
                let told = self.read(Op::ProjectCheckIn, &query).await?;
                let check_in = told
                    .get("project_check_in")
                    .ok_or_else(|| Stop::Refused(unreadable("the check-in")))?;
                if is_acknowledged(check_in)? {
                    return Ok(None);
                }
                self.not_mine(check_in)?;
                (Op::AcknowledgeProjectCheckIn, json!({ "id": id }))
            }
            Spot::Thread { activity, .. } => {
                let now = self.goal_now(goal).await?;
                let closing = now.retrospective.filter(|it| it.id.to_string() == activity);
                match closing {
                    Some(closing) if closing.is_acknowledged => return Ok(None),
                    Some(_) => {}
                    None => {
                        return Err(unsupported(
                            "only check-ins and the last closing of a goal are acknowledged",
                            "drop this entry (D)",
                        ));
                    }
                }
                let id = id_of_goal(goal)?.to_string();
                (Op::AcknowledgeRetrospective, json!({ "goal_id": id }))
            }
            Spot::ProjectClosing { .. } => {
                let now = self.goal_now(goal).await?;
                if now.retrospective.is_some_and(|it| it.is_acknowledged) {
                    return Ok(None);
                }
                let id = id_of_goal(goal)?.to_string();
                (
                    Op::AcknowledgeProjectRetrospective,
                    json!({ "project_id": id }),
                )
            }
        };
        Ok(Some(call))
    }

    /// False: it is acknowledged.
    fn is_due(&self, update: &Value) -> Result<bool, Stop> {
        if is_acknowledged(update)? {
            return Ok(false);
        }
        let may = update
            .pointer("/permissions/can_acknowledge")
            .and_then(Value::as_bool);
        if may != Some(false) {
            return Ok(true);
        }
        self.not_mine(update)?;
        let name = update.pointer("/goal/name").and_then(Value::as_str);
        Err(super::fault(
            FaultKind::Forbidden,
            format!(
                "this check-in{} is not yours to acknowledge",
                name.map(|name| format!(" on {}", said(name)))
                    .unwrap_or_default()
            ),
            "its reviewer does (before release 1.8 nobody else may); drop this entry (D)",
        ))
    }

    fn not_mine(&self, check_in: &Value) -> Result<(), Stop> {
        let author = check_in.get("author").and_then(Someone::read);
        if author.is_some_and(|author| author.id == self.me) {
            return Err(own());
        }
        Ok(())
    }
}

/// Both kinds have `acknowledged_at`; an answer without it says nothing.
fn is_acknowledged(check_in: &Value) -> Result<bool, Stop> {
    let flag = check_in.get("acknowledged").and_then(Value::as_bool);
    let at = check_in.get("acknowledged_at").map(|at| !at.is_null());
    match (flag, at) {
        (None, None) => Err(Stop::Refused(unreadable("whether it is acknowledged"))),
        (flag, at) => Ok(flag == Some(true) || at == Some(true)),
    }
}

fn own() -> Stop {
    super::fault(
        FaultKind::Forbidden,
        "you wrote this check-in yourself",
        "its reviewer acknowledges it; drop this entry (D)",
    )
}

fn is_about_this_one(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        FaultKind::Forbidden | FaultKind::Gone | FaultKind::Unsupported | FaultKind::Invalid
    ) && fault.why != "this token may only read"
}

/// The server's refusals in our words.
fn worded(stop: Stop) -> Stop {
    match stop {
        Stop::Refused(fault) if fault.why.contains("Authors cannot acknowledge") => own(),
        Stop::Refused(fault)
            if fault.kind == FaultKind::Forbidden && fault.why.starts_with("no right") =>
        {
            super::fault(
                FaultKind::Forbidden,
                fault
                    .why
                    .replacen("no right to do this", "it is not yours to acknowledge", 1),
                "its reviewer does (before release 1.8 nobody else may); drop this entry (D)",
            )
        }
        Stop::Refused(fault) if fault.kind == FaultKind::Unsupported => unsupported(
            "this server acknowledges no closings (since release 1.8)",
            "drop this entry (D)",
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledged_is_read_from_either_field_and_never_guessed() {
        let is = |value: Value| is_acknowledged(&value);
        assert_eq!(
            is(json!({"acknowledged": false, "acknowledged_at": null})),
            Ok(false)
        );
        assert_eq!(is(json!({"acknowledged": true})), Ok(true));
        assert_eq!(
            is(json!({"acknowledged_at": "2026-11-21T10:16:15Z"})),
            Ok(true)
        );
        assert_eq!(is(json!({"acknowledged_at": null})), Ok(false));
        assert!(is(json!({"status": "caution"})).is_err());
    }

    #[test]
    fn the_servers_refusals_are_said_in_our_words() {
        let refused = |kind, why: &str| Stop::Refused(Fault::new(kind, why, ""));
        let Stop::Refused(fault) = worded(refused(
            FaultKind::Invalid,
            "the server does not take it (Operately: Authors cannot acknowledge their own check-ins)",
        )) else {
            panic!("refused")
        };
        assert_eq!(fault.why, "you wrote this check-in yourself");
        let Stop::Refused(fault) = worded(refused(
            FaultKind::Forbidden,
            "no right to do this (Operately: You don't have permission to perform this action)",
        )) else {
            panic!("refused")
        };
        assert!(
            fault
                .why
                .starts_with("it is not yours to acknowledge (Operately: You"),
            "{fault}"
        );
        assert_eq!(worded(Stop::Busy(3)), Stop::Busy(3));
    }
}
