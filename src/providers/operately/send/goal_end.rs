//! Closing, reopening and deleting goals. The server closes a closed goal once
//! more and writes over how it was closed, so its state is read first.

use serde_json::{Value, json};

use crate::model::check_in::CheckIn;
use crate::model::exchange::{Batch, FaultKind, GoalEdit, Tell};
use crate::model::goal::Nature;
use crate::model::ids::GoalId;
use crate::model::key_result::Reading;
use crate::model::status::Status;

use super::super::ages::Op;
use super::super::ids::ShortId;
use super::super::rich_text::{Mentions, plain, to_doc_string, to_document};
use super::now::GoalNow;
use super::people::told;
use super::trail::{Note, noted, turn};
use super::{Out, Step, Stop, accepted, changed, clash, invalid, unsupported};

impl Step<'_> {
    pub(super) async fn close_goal(
        &self,
        goal: &GoalId,
        closing: &CheckIn,
        note: Option<Note>,
    ) -> Out {
        let begun = turn(note)?;
        let (success, status) = success(closing.status)?;
        let now = self.goal_now(goal).await?;
        of_goals(&now, "closed")?;
        if now.is_closed {
            // Ours, if we began and it says what we say.
            return match begun && is_mine(&now, self.me, &closing.note) {
                true => self.done(&[goal], None).await,
                false => Err(changed(
                    format!("{} was closed meanwhile{}", now.shown(), by(&now)),
                    "drop this entry (D), or reopen it first (x)",
                )),
            };
        }
        if let Some(base) = &self.letter.base {
            clash::with_goal(base, &now, false)?;
        }
        if !begun {
            return Ok(Note::Turn.onward());
        }
        if self.looking {
            return Err(super::not_there());
        }
        let values = last_values(closing);
        if !values.set_values.is_empty() {
            let known = noted(now.targets.iter().map(|target| target.id));
            let base = self.letter.base.as_ref();
            self.rounds(now.clone(), &values, base, &known).await?;
        }
        let body = self
            .turned("goal_id", "retrospective", &now, &closing.note)
            .await?;
        let body = with(body, &[("success", success), ("success_status", status)]);
        self.once(Op::CloseGoal, body).await?;
        self.done(&[goal], None).await
    }

    pub(super) async fn reopen_goal(
        &self,
        goal: &GoalId,
        reopening: &CheckIn,
        note: Option<Note>,
    ) -> Out {
        let begun = turn(note)?;
        let now = self.goal_now(goal).await?;
        of_goals(&now, "reopened")?;
        match (now.is_closed, begun) {
            (false, true) => return self.done(&[goal], None).await,
            (false, false) => {
                return Err(changed(
                    format!("{} is open", now.shown()),
                    "drop this entry (D)",
                ));
            }
            (true, false) => return Ok(Note::Turn.onward()),
            (true, true) => {}
        }
        // Here the goal's id has another name.
        let body = self.turned("id", "message", &now, &reopening.note).await?;
        self.once(Op::ReopenGoal, body).await?;
        self.done(&[goal], None).await
    }

    pub(super) async fn delete_goal(&self, goal: &GoalId) -> Out {
        match self.goal_now(goal).await {
            Ok(now) => {
                of_goals(&now, "deleted")?;
                let body = json!({ "goal_id": now.id.to_string() });
                match self.put(Op::DeleteGoal, body).await {
                    Ok(_) => {}
                    Err(Stop::Refused(fault)) if fault.kind == FaultKind::Gone => {}
                    Err(Stop::Refused(mut fault)) if fault.kind == FaultKind::Forbidden => {
                        if fault.why.starts_with("no right") {
                            fault.why =
                                format!("deleting needs full access to the goal ({})", fault.why);
                        }
                        return Err(Stop::Refused(fault));
                    }
                    Err(other) => return Err(other),
                }
            }
            // Gone already.
            Err(Stop::Refused(fault)) if fault.kind == FaultKind::Gone => {}
            Err(other) => return Err(other),
        }
        let batch = Batch {
            gone: vec![goal.clone()],
            ..Batch::default()
        };
        Ok(accepted(batch, None))
    }

    /// The parameters that closing and reopening share.
    async fn turned(
        &self,
        id: &str,
        words: &str,
        now: &GoalNow,
        text: &str,
    ) -> Result<Value, Stop> {
        let (everyone, people) = told(&Tell::Responsible, now, self.me)?;
        let mentions = self.mentions(text).await?;
        Ok(json!({
            id: now.id.to_string(),
            words: to_doc_string(text, &mentions),
            "send_notifications_to_everyone": everyone,
            "subscriber_ids": people,
        }))
    }
}

fn with(mut body: Value, more: &[(&str, &str)]) -> Value {
    if let Some(fields) = body.as_object_mut() {
        for (key, value) in more {
            fields.insert((*key).to_owned(), json!(value));
        }
    }
    body
}

/// The pair of words that must agree.
fn success(status: Option<Status>) -> Result<(&'static str, &'static str), Stop> {
    match status {
        Some(Status::Achieved) => Ok(("yes", "achieved")),
        Some(Status::Missed) => Ok(("no", "missed")),
        _ => Err(invalid(
            "a closing says achieved or missed",
            "choose one of the two (e)",
        )),
    }
}

fn of_goals(now: &GoalNow, what: &str) -> Result<(), Stop> {
    match now.nature {
        Nature::Goal | Nature::Folder => Ok(()),
        Nature::Project => Err(unsupported(
            format!("projects are {what} on Operately's own page"),
            "drop this entry (D)",
        )),
    }
}

/// Values that a closing sets: the call itself takes none.
fn last_values(closing: &CheckIn) -> GoalEdit {
    let values = closing.values.iter();
    GoalEdit {
        set_values: values
            .filter(|change| !matches!(change.now, Reading::Ticks(_)))
            .map(|change| (change.result.clone(), change.now.clone()))
            .collect(),
        ..GoalEdit::default()
    }
}

fn is_mine(now: &GoalNow, me: ShortId, text: &str) -> bool {
    now.retrospective.as_ref().is_some_and(|closing| {
        let by_me = closing.author.as_ref().is_none_or(|author| author.id == me);
        by_me && plain(&closing.content) == plain(&to_document(text, &Mentions::default()))
    })
}

fn by(now: &GoalNow) -> String {
    let closing = now.retrospective.as_ref();
    closing
        .and_then(|closing| closing.author.as_ref())
        .map(|author| format!(" by {}", author.name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check_in, goal_now, id};
    use super::*;

    const ME: &str = "DfKZxzfwDcFxCELa6yDoN";

    #[test]
    fn the_two_words_of_a_closing_always_agree() {
        assert_eq!(success(Some(Status::Achieved)), Ok(("yes", "achieved")));
        assert_eq!(success(Some(Status::Missed)), Ok(("no", "missed")));
        assert!(success(Some(Status::OnTrack)).is_err());
        assert!(success(None).is_err());
    }

    #[test]
    fn a_closing_is_ours_by_author_and_text() {
        use super::super::now::{RetrospectiveNow, Someone};
        let mut now = goal_now();
        let closing = check_in("We did it.");
        assert!(!is_mine(&now, id(ME), &closing.note));
        now.retrospective = Some(RetrospectiveNow {
            id: id("AB"),
            author: Some(Someone {
                id: id(ME),
                name: "Ada Brandt".to_owned(),
            }),
            content: json!(to_doc_string("We did it.", &Mentions::default())),
            is_acknowledged: false,
        });
        assert!(is_mine(&now, id(ME), &closing.note));
        assert!(!is_mine(&now, id("FO"), &closing.note));
        assert!(!is_mine(&now, id(ME), "We failed."));
        assert_eq!(by(&now), " by Ada Brandt");
    }
}
