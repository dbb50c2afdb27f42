//! Projects, which stand among goals without key results, and their check-ins.

use serde_json::Value;

use super::goals::{PROJECT_CADENCE, asked_on, closing};
use super::{
    Listed, Place, acknowledged, author, check_in_id, day, end_of, goal_id, history, last_check_in,
    moment, person_at, reactions, short, shown_status, status, text,
};
use crate::model::check_in::{CheckIn, WaitsFor};
use crate::model::goal::{Closing, Goal, Nature};
use crate::model::status::Status;
use crate::providers::operately::rich_text;

/// A project of `projects/get` or `projects/list`, asked for with the flags for
/// champion, reviewer, space, goal, last check-in and retrospective: what is null
/// then counts as none. Its progress is only in the work map.
pub fn project(value: &Value, place: &Place) -> Option<Goal> {
    let account = &place.account;
    let id = short(value, "id")?;
    let updated = moment(value, "updated_at").or_else(|| moment(value, "inserted_at"));
    let created = moment(value, "inserted_at").or(updated);
    let mut project = Goal::new(
        goal_id(id, account),
        account.clone(),
        text(value, "name"),
        created.unwrap_or_default(),
    );
    project.nature = Nature::Project;
    project.updated_at = updated.unwrap_or(project.created_at);
    project.parent = short(value, "goal_id")
        .or_else(|| short(value.get("goal")?, "id"))
        .map(|parent| goal_id(parent, account));
    project.description = value
        .get("description")
        .map(rich_text::to_markdown)
        .unwrap_or_default();
    project.space = value
        .get("space")
        .map(|space| text(space, "name"))
        .unwrap_or_default();
    project.champion = person_at(value, "champion", account);
    project.reviewer = person_at(value, "reviewer", account);
    let timeframe = value.get("timeframe");
    project.start = end_of(timeframe, "contextual_start_date");
    project.due = end_of(timeframe, "contextual_end_date");
    project.cadence = PROJECT_CADENCE;
    project.next_check_in = asked_on(day(value, "next_check_in_scheduled_at"), project.start);
    project.link = place.page("projects", &text(value, "id"));
    project.check_ins = last_check_in(value)
        .and_then(|last| project_check_in(last, &project))
        .into_iter()
        .collect();
    read_status(&mut project, value);
    if let Some(closing) = value
        .get("retrospective")
        .and_then(|retrospective| project_retrospective(retrospective, &project))
    {
        project.check_ins.push(closing);
        project.check_ins.sort_by_key(|check_in| check_in.at);
    }
    Some(project)
}

fn read_status(project: &mut Goal, value: &Value) {
    let own = text(value, "status");
    let last = last_check_in(value).map(|last| text(last, "status"));
    (project.status, project.status_word) = shown_status(&own, last.as_deref());
    let state = text(value, "state");
    if state == "paused" {
        (project.status, project.status_word) = (Status::Paused, None);
    }
    let at = moment(value, "closed_at");
    if state == "closed" || at.is_some() || project.status.is_closed() {
        project.closed = Some(Closing {
            at: at.unwrap_or(project.updated_at),
            score: None,
        });
        // Closed without a verdict says the text "nil": on older servers closing
        // meant that it was done.
        if !project.status.is_closed() {
            project.status = match text(value, "success_status").as_str() {
                "missed" => Status::Missed,
                _ => Status::Achieved,
            };
        }
    }
}

/// How a project was closed, as a check-in.
pub fn project_retrospective(value: &Value, project: &Goal) -> Option<CheckIn> {
    let mut closing = closing(value, project)?;
    if closing.acknowledged.is_none() && value.get("acknowledged_at").is_none() {
        closing.waits_for = Some(WaitsFor::Nobody);
    }
    Some(closing)
}

/// A check-in of a project, whatever its state.
pub fn project_check_in(value: &Value, project: &Goal) -> Option<CheckIn> {
    let account = &project.account;
    let id = check_in_id(short(value, "id")?, account);
    let at = moment(value, "published_at").or_else(|| moment(value, "inserted_at"))?;
    let mut found = CheckIn::new(id, author(value, account), at);
    found.status = status(&text(value, "status"));
    found.note = value
        .get("description")
        .map(rich_text::to_markdown)
        .unwrap_or_default();
    found.acknowledged = acknowledged(value, project, &found);
    found.reactions = reactions(value, account);
    Some(found)
}

/// The list of a project's check-ins, oldest first, without drafts and planned ones.
pub fn project_history(answer: &Value, project: &Goal) -> Option<Listed<CheckIn>> {
    let list = answer.get("project_check_ins")?.as_array()?;
    history(list, |value| project_check_in(value, project))
}
