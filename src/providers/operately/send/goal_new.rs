//! New goals: made once with their targets, then their checklist and values.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::model::exchange::{Answer, Change, FaultKind, GoalEdit};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{GoalId, PersonId};
use crate::model::key_result::Kind;

use super::super::ages::Op;
use super::super::company;
use super::super::ids::ShortId;
use super::super::rich_text::{Mentions, to_doc_string};
use super::goal_plan::{storable, unit};
use super::now::{Day, id_at, list, text_at, unreadable};
use super::trail::{Note, astray, noted};
use super::{Out, Step, Stop, accepted, gone, id_of_goal, invalid, unsupported};

/// Who sees a new goal: nobody outside, the company comments, the space edits.
const ANONYMOUS: u8 = 0;
const COMPANY: u8 = 40;
const SPACE: u8 = 70;

impl Step<'_> {
    pub(super) async fn create_goal(&self, goal: &Goal, note: Option<Note>) -> Out {
        match note {
            None => {
                sound(goal)?;
                let known = noted(self.named_like(goal).await?);
                Ok(Note::NewGoal { known }.onward())
            }
            Some(Note::NewGoal { known }) => self.make(goal, &known).await,
            Some(Note::Made { id }) => self.complete(goal, &id).await,
            Some(_) => Err(astray()),
        }
    }

    /// Goals of this name under this parent, oldest first as far as is said.
    async fn named_like(&self, goal: &Goal) -> Result<Vec<ShortId>, Stop> {
        let told = company::goals(self.client(), &[]).await;
        let told = told.map_err(|problem| Stop::harmless(&problem))?;
        let mut found = Vec::new();
        for answer in &told {
            let all = list(answer, "goals").map_err(Stop::Refused)?;
            found.extend(like(goal, all).map_err(Stop::Refused)?);
        }
        Ok(found)
    }

    async fn make(&self, goal: &Goal, known: &[String]) -> Out {
        let made = |id: ShortId| Note::Made { id: id.to_string() }.onward();
        let new = |ids: Vec<ShortId>| ids.into_iter().find(|id| !known.contains(&id.to_string()));
        if let Some(id) = new(self.named_like(goal).await?) {
            return Ok(made(id));
        }
        if self.looking {
            return Err(super::not_there());
        }
        let space = self.space_for(goal).await?;
        let mentions = self.mentions(&goal.description).await?;
        let today = self.letter.signature.at.date_naive();
        let body = body(goal, space, &mentions, today)?;
        match self.once(Op::CreateGoal, body).await {
            Ok(told) => match told.get("goal").and_then(|goal| id_at(goal, "id")) {
                Some(id) => Ok(made(id)),
                None => Err(Stop::NoAnswer(unreadable("the new goal").to_string())),
            },
            Err(Stop::Refused(fault)) if fault.kind == FaultKind::Invalid => {
                match new(self.named_like(goal).await?) {
                    Some(id) => Ok(made(id)),
                    None => Err(Stop::Refused(fault)),
                }
            }
            Err(other) => Err(other),
        }
    }

    /// The parent's space, else the one of the whole company.
    async fn space_for(&self, goal: &Goal) -> Result<ShortId, Stop> {
        if let Some(parent) = &goal.parent {
            let above = self.goal_now(parent).await?;
            if let Some(space) = above.space {
                return Ok(space);
            }
        }
        let told = self.read(Op::Spaces, &[]).await?;
        let spaces = list(&told, "spaces").map_err(Stop::Refused)?;
        spaces
            .iter()
            .find(|space| space.get("is_company_space").and_then(Value::as_bool) == Some(true))
            .and_then(|space| id_at(space, "id"))
            .ok_or_else(|| {
                invalid(
                    "you do not see the company's own space, and the goal has no parent to take one from",
                    "choose a parent (e)",
                )
            })
    }

    /// The goal is there: what its making does not take follows. Our own id is
    /// gone, the server's stands in its place.
    async fn complete(&self, goal: &Goal, id: &str) -> Out {
        let short = ShortId::parse(id).ok_or_else(astray)?;
        let now = self.thing_now(short, Nature::Goal).await?;
        let rest = GoalEdit {
            put_results: goal.results.clone(),
            ..GoalEdit::default()
        };
        self.rounds(now, &rest, None, &[]).await?;
        let theirs = GoalId::new(short.within(self.desk.account));
        let undo = Change::DeleteGoal {
            goal: theirs.clone(),
        };
        match self.done(&[&theirs], Some(undo)).await? {
            Answer::Accepted { mut batch, undo } => {
                if theirs != goal.id {
                    batch.gone.push(goal.id.clone());
                }
                Ok(accepted(batch, undo.map(|undo| *undo)))
            }
            other => Ok(other),
        }
    }
}

/// Goals of the same name and parent. The list has no order; ids say nothing
/// about age, so of several any is as good.
fn like(goal: &Goal, all: &[Value]) -> Result<Vec<ShortId>, crate::model::exchange::Fault> {
    let parent = goal
        .parent
        .as_ref()
        .map(|parent| ShortId::of_ours(parent.as_str()));
    let mut found = Vec::new();
    for other in all {
        let id = id_at(other, "id").ok_or_else(|| unreadable("an id in a list"))?;
        let above = id_at(other, "parent_goal_id").or_else(|| {
            other
                .get("parent_goal")
                .and_then(|above| id_at(above, "id"))
        });
        if text_at(other, "name").map(str::trim) == Some(goal.name.trim())
            && above == parent.flatten()
        {
            found.push(id);
        }
    }
    Ok(found)
}

/// Whether Operately has a place for all of it.
fn sound(goal: &Goal) -> Result<(), Stop> {
    if goal.nature == Nature::Project {
        return Err(unsupported(
            "projects are made on Operately's own page",
            "drop this entry (D)",
        ));
    }
    // A rhythm goes along with every new goal and is not the person's wish.
    let edit = GoalEdit {
        name: Some(goal.name.clone()),
        weight: (goal.weight != 1.0).then_some(goal.weight),
        aspirational: goal.aspirational.then_some(true),
        tags: (!goal.tags.is_empty()).then(|| goal.tags.clone()),
        put_results: goal.results.clone(),
        ..GoalEdit::default()
    };
    storable(&edit, Nature::Goal)?;
    if let (Some(start), Some(due)) = (goal.start, goal.due)
        && due < start
    {
        // The server would take it.
        return Err(invalid(
            format!("it would end on {due}, before it starts on {start}"),
            "change one of the two dates (e)",
        ));
    }
    Ok(())
}

fn body(goal: &Goal, space: ShortId, mentions: &Mentions, today: NaiveDate) -> Result<Value, Stop> {
    let mut body = json!({
        "space_id": space.to_string(),
        "name": goal.name.trim(),
        "anonymous_access_level": ANONYMOUS,
        "company_access_level": COMPANY,
        "space_access_level": SPACE,
    });
    let Some(fields) = body.as_object_mut() else {
        return Ok(body);
    };
    let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    let person = |id: &PersonId| {
        ShortId::of_ours(id.as_str())
            .map(|id| json!(id.to_string()))
            .ok_or_else(|| gone("the champion or reviewer"))
    };
    if let Some(champion) = &goal.champion {
        put("champion_id", person(champion)?);
    }
    if let Some(reviewer) = &goal.reviewer {
        put("reviewer_id", person(reviewer)?);
    }
    if let Some(parent) = &goal.parent {
        put("parent_goal_id", json!(id_of_goal(parent)?.to_string()));
    }
    if !goal.description.trim().is_empty() {
        put(
            "description",
            json!(to_doc_string(&goal.description, mentions)),
        );
    }
    if goal.start.is_some() || goal.due.is_some() {
        // A last day without a first one starts today, as without a timeframe.
        put(
            "timeframe",
            json!({
                "contextual_start_date": Day::on(goal.start.unwrap_or(today)).json(),
                "contextual_end_date": goal.due.map(|due| Day::on(due).json()),
            }),
        );
    }
    let targets: Vec<Value> = goal
        .results
        .iter()
        .filter(|result| !matches!(result.kind, Kind::Checklist { .. }))
        .enumerate()
        .map(|(index, result)| {
            json!({
                "name": result.name.trim(),
                "from": result.start,
                "to": result.target,
                "unit": unit(result),
                "index": index,
            })
        })
        .collect();
    if !targets.is_empty() {
        put("targets", json!(targets));
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, base, id};
    use super::*;
    use crate::model::ids::AccountName;

    fn goal() -> Goal {
        let mut goal = Goal::new(
            GoalId::new("work:0a1b2c3d4e5f"),
            AccountName::new("work"),
            "New pricing",
            at("2026-11-21T10:00:00Z"),
        );
        goal.champion = Some(PersonId::new("work:DfKZxzfwDcFxCELa6yDoN"));
        goal.parent = Some(GoalId::new("work:D9kWfdQEWZPneUGc0LX9Eq"));
        goal.due = "2026-12-31".parse().ok();
        goal.results = base().results;
        goal
    }

    #[test]
    fn a_new_goal_goes_out_with_its_targets_and_without_its_checklist() {
        let today = "2026-11-21".parse().unwrap();
        let body = body(
            &goal(),
            id("DSPB2tm12CAZgjRylRXMhJ"),
            &Mentions::default(),
            today,
        )
        .unwrap();
        assert_eq!(
            body,
            json!({
                "space_id": "DSPB2tm12CAZgjRylRXMhJ", "name": "New pricing",
                "anonymous_access_level": 0, "company_access_level": 40, "space_access_level": 70,
                "champion_id": "DfKZxzfwDcFxCELa6yDoN", "parent_goal_id": "D9kWfdQEWZPneUGc0LX9Eq",
                "timeframe": {
                    "contextual_start_date": {"date_type": "day", "value": "Nov 21, 2026", "date": "2026-11-21"},
                    "contextual_end_date": {"date_type": "day", "value": "Dec 31, 2026", "date": "2026-12-31"}},
                "targets": [
                    {"name": "Plans migrated", "from": 0.0, "to": 100.0, "unit": "%", "index": 0},
                    {"name": "Support tickets about billing", "from": 310.0, "to": 90.0, "unit": "tickets", "index": 1}]
            })
        );
    }

    #[test]
    fn a_goal_is_found_by_name_and_parent() {
        let other = |id: &str, name: &str, parent: Option<&str>| json!({"id": format!("x-{id}"), "name": name, "parent_goal_id": null, "parent_goal": parent.map(|id| json!({ "id": id }))});
        let above = Some("top-D9kWfdQEWZPneUGc0LX9Eq");
        let all = [
            other("AB", "New pricing", above),
            other("AC", "New pricing", None),
            other("AD", "Old pricing", above),
        ];
        assert_eq!(like(&goal(), &all), Ok(vec![id("AB")]));
        assert!(like(&goal(), &[json!({"name": "New pricing"})]).is_err());
    }

    #[test]
    fn what_the_server_would_take_but_nobody_means_is_refused() {
        let mut odd = goal();
        odd.start = "2027-01-01".parse().ok();
        assert!(sound(&odd).is_err());
        odd.start = None;
        assert_eq!(sound(&odd), Ok(()));
        odd.aspirational = true;
        assert!(sound(&odd).is_err());
    }
}
