//! The work map: what stands under what, and how far projects are.

use serde_json::Value;

use super::{end_of, goal_id, moment, number, person_at, short, shown_status, text};
use crate::model::goal::{Closing, Goal, Nature};
use crate::model::ids::AccountName;
use crate::model::status::Status;
use crate::providers::operately::ids::ShortId;

/// An item of the work map.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped {
    /// Which goal or project.
    pub id: ShortId,
    /// Its id as pages have it.
    pub slug: String,
    /// 0–1; none where the server does not say, as for what is closed.
    pub progress: Option<f64>,
    /// As much of it as the map says: no key results, no check-ins, no days on
    /// which check-ins are asked for.
    pub goal: Goal,
}

impl Mapped {
    /// The kind of its page.
    pub fn page(&self) -> &'static str {
        match self.goal.nature {
            Nature::Goal | Nature::Folder => "goals",
            Nature::Project => "projects",
        }
    }
}

/// All goals and projects of a work map, nested or flat, each before what is under
/// it. None if the answer is none.
pub fn work_map(answer: &Value, account: &AccountName) -> Option<Vec<Mapped>> {
    let mut found = Vec::new();
    let mut left: Vec<&Value> = answer.get("work_map")?.as_array()?.iter().rev().collect();
    while let Some(item) = left.pop() {
        found.extend(mapped(item, account));
        let children = item.get("children").and_then(Value::as_array);
        left.extend(children.into_iter().flatten().rev());
    }
    Some(found)
}

fn mapped(item: &Value, account: &AccountName) -> Option<Mapped> {
    let nature = match text(item, "type").as_str() {
        "goal" => Nature::Goal,
        "project" => Nature::Project,
        _ => return None,
    };
    let id = short(item, "id")?;
    let timeframe = item.get("timeframe");
    let start = end_of(timeframe, "contextual_start_date");
    // The map does not say when things were made.
    let made = timeframe
        .and_then(|timeframe| moment(timeframe.get("contextual_start_date")?, "date"))
        .or_else(|| moment(item, "completed_on"))
        .unwrap_or_default();
    let mut goal = Goal::new(
        goal_id(id, account),
        account.clone(),
        text(item, "name"),
        made,
    );
    goal.nature = nature;
    goal.parent = short(item, "parent_id").map(|parent| goal_id(parent, account));
    goal.space = item
        .get("space")
        .map(|space| text(space, "name"))
        .unwrap_or_default();
    goal.champion = person_at(item, "owner", account);
    goal.reviewer = person_at(item, "reviewer", account);
    goal.start = start;
    goal.due = end_of(timeframe, "contextual_end_date");
    goal.provider_progress = number(item, "progress").map(|percent| percent / 100.0);
    (goal.status, goal.status_word) = shown_status(&text(item, "status"), None);
    let state = text(item, "state");
    if state == "paused" {
        (goal.status, goal.status_word) = (Status::Paused, None);
    }
    let at = moment(item, "completed_on");
    if state == "closed" || goal.status.is_closed() {
        goal.closed = Some(Closing {
            at: at.unwrap_or(made),
            score: None,
        });
    }
    Some(Mapped {
        id,
        slug: text(item, "id"),
        progress: goal.provider_progress,
        goal,
    })
}
