//! Steps of an approval: sent for review, approved, declined, withdrawn. All four
//! answer with nothing, so where it stands is read before and after.

use serde_json::{Value, json};

use crate::model::exchange::{Batch, Change, Letter, ReviewStep};
use crate::model::goal::{Approval, Stage};
use crate::model::ids::GoalId;
use crate::providers::http::Method;

use super::super::account::Quantive;
use super::super::{ids, review, wire};
use super::trail::{Note, astray};
use super::{Out, Stop, accepted, after_sending, changed, harmless, invalid, not_there};

/// Where a goal stands after a step.
fn after(step: &ReviewStep) -> Stage {
    match step {
        ReviewStep::Ask { .. } => Stage::InReview,
        ReviewStep::Approve { .. } => Stage::Approved,
        ReviewStep::Decline { .. } | ReviewStep::Withdraw => Stage::Draft,
    }
}

/// Why a step makes no sense where a goal stands; none if it does, or if that is
/// not known.
fn senseless(step: &ReviewStep, stage: Option<Stage>) -> Option<&'static str> {
    match (step, stage?) {
        (ReviewStep::Ask { .. }, Stage::InReview) => Some("it is in review already"),
        (ReviewStep::Ask { .. }, Stage::Approved) => Some("it is approved already"),
        (ReviewStep::Approve { .. } | ReviewStep::Decline { .. }, Stage::Approved) => {
            Some("it is approved already")
        }
        (ReviewStep::Approve { .. } | ReviewStep::Decline { .. }, Stage::Draft) => {
            Some("it is a draft again")
        }
        (ReviewStep::Withdraw, Stage::Draft) => Some("it is a draft already"),
        _ => None,
    }
}

impl Quantive {
    pub(super) async fn review(
        &self,
        goal: &GoalId,
        step: &ReviewStep,
        letter: &Letter,
        looking: bool,
    ) -> Out {
        let id = self.goal_id(goal)?;
        let (word, body) = self.request(step)?;
        let note = Note::of(letter.trail.as_ref())?;
        let stage = review::told(&self.raw_goal(id).await.map_err(harmless)?).stage();
        let actions = self.actions(goal).await.map_err(harmless)?.len();
        let (before, known) = match note {
            None => {
                if let Some(why) = senseless(step, stage) {
                    return Err(changed(why, "drop this entry (D)"));
                }
                let before = stage;
                return Ok(Note::Review { before, actions }.onward());
            }
            Some(Note::Review { before, actions }) => (before, actions),
            Some(_) => return Err(astray()),
        };
        // Where no field says it, the list of what was done does.
        let is_there = match stage {
            Some(stage) => stage == after(step) && before != Some(stage),
            None => actions > known,
        };
        if !is_there {
            if looking {
                return Err(not_there());
            }
            let path = format!("/v1/goals/{}/{word}", wire::escaped(id));
            self.api
                .write(Method::POST, &path, body)
                .await
                .map_err(after_sending)?;
        }
        self.note_step(id, step);
        let mut batch = self.facts(&[goal]).await?;
        let mut told = review::Told::Nothing;
        if let Ok(now) = self.raw_goal(id).await {
            told = review::told(&now);
        }
        if told.stage().is_none() {
            self.show_step(&mut batch, goal, step, letter);
        }
        let undo = matches!(step, ReviewStep::Ask { .. }).then(|| Change::Review {
            goal: goal.clone(),
            step: ReviewStep::Withdraw,
        });
        Ok(accepted(batch, undo))
    }

    fn request(&self, step: &ReviewStep) -> Result<(&'static str, Option<Value>), Stop> {
        let comment = |comment: &String| Some(json!({ "comment": comment }));
        Ok(match step {
            ReviewStep::Ask { reviewers } if reviewers.is_empty() => {
                return Err(invalid(
                    "nobody is named who could approve it",
                    "name a reviewer (e) or drop this entry (D)",
                ));
            }
            ReviewStep::Ask { reviewers } => {
                let reviewers: Result<Vec<&str>, _> = reviewers
                    .iter()
                    .map(|person| ids::writable(&self.account, 'u', person.as_str()))
                    .collect();
                let reviewers = reviewers.map_err(Stop::from)?;
                ("review", Some(json!({ "reviewers": reviewers })))
            }
            ReviewStep::Approve { comment: said } => ("approve", comment(said)),
            ReviewStep::Decline { comment: said } => ("decline", comment(said)),
            ReviewStep::Withdraw => ("withdraw", None),
        })
    }

    /// Who reviews it is known until the reviewers' list is read again.
    fn note_step(&self, id: &str, step: &ReviewStep) {
        let Some(around) = self.known_around() else {
            return;
        };
        let mut groups = around.groups.clone();
        match step {
            ReviewStep::Ask { reviewers } => {
                let reviewers = reviewers
                    .iter()
                    .filter_map(|person| ids::theirs(&self.account, 'u', person.as_str()));
                let reviewers = reviewers.map(str::to_owned).collect();
                groups.reviewers.insert(id.to_owned(), reviewers);
            }
            _ => {
                groups.reviewers.remove(id);
            }
        }
        let stage = review::Told::Stage(after(step));
        groups.stages.insert(id.to_owned(), stage);
        self.keep_around(&std::sync::Arc::new(around.with_groups(groups)));
    }

    /// The new stage, for a server whose answer does not tell it.
    fn show_step(&self, batch: &mut Batch, goal: &GoalId, step: &ReviewStep, letter: &Letter) {
        let Some(now) = batch.goals.iter_mut().find(|now| now.id == *goal) else {
            return;
        };
        let reviewers = match step {
            ReviewStep::Ask { reviewers } => reviewers.clone(),
            _ => Vec::new(),
        };
        let since = now.approval.as_ref().and_then(|approval| approval.since);
        now.approval = Some(Box::new(Approval {
            stage: after(step),
            reviewers,
            since: since.or(Some(letter.signature.at)),
        }));
    }
}
