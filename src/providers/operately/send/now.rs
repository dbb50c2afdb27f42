//! What a read told a moment ago about the thing a write is about, as far as the
//! write needs it. Stricter than reading for the screen: what is missing here
//! would be written back as "none", so it is an error.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::exchange::{Fault, FaultKind};
use crate::model::goal::Nature;
use crate::model::text;
use crate::model::time::Time;

use super::super::ids::ShortId;

/// A date as the server writes it: `quarter`, `Q4 2026`, `2026-12-31`. Kept whole,
/// for the label must go back exactly as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Day {
    date_type: String,
    value: String,
    date: String,
}

impl Day {
    /// A plain day; the label is free text there and written as the server does.
    pub fn on(date: NaiveDate) -> Self {
        Self {
            date_type: "day".to_owned(),
            value: date.format("%b %d, %Y").to_string(),
            date: date.to_string(),
        }
    }

    /// None for null; an error for what is no date.
    pub fn read(value: &Value) -> Result<Option<Self>, Fault> {
        if value.is_null() {
            return Ok(None);
        }
        let part = |key| Some(value.get(key)?.as_str()?.to_owned());
        let day = || {
            Some(Self {
                date_type: part("date_type")?,
                value: part("value")?,
                date: part("date")?,
            })
        };
        day().map(Some).ok_or_else(|| unreadable("a date"))
    }

    /// As it is sent: the three keys and nothing else.
    pub fn json(&self) -> Value {
        json!({"date_type": self.date_type, "value": self.value, "date": self.date})
    }

    /// The day itself.
    pub fn date(&self) -> Option<NaiveDate> {
        self.date.parse().ok()
    }
}

/// A person in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Someone {
    pub id: ShortId,
    /// Cleaned for sentences.
    pub name: String,
}

/// A key result as it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TargetNow {
    pub id: ShortId,
    pub name: String,
    pub index: f64,
    pub from: f64,
    pub to: f64,
    pub value: f64,
    pub unit: String,
}

/// A line of the checklist as it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CheckNow {
    pub id: ShortId,
    pub name: String,
    pub index: f64,
    pub completed: bool,
}

/// How a goal was closed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RetrospectiveNow {
    /// Of the closing activity.
    pub id: ShortId,
    pub author: Option<Someone>,
    pub content: Value,
    pub is_acknowledged: bool,
}

/// A goal or project as it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GoalNow {
    pub id: ShortId,
    pub nature: Nature,
    /// As it is; clean it for sentences.
    pub name: String,
    pub description: Value,
    pub is_closed: bool,
    pub champion: Option<Someone>,
    pub reviewer: Option<Someone>,
    pub start: Option<Day>,
    pub end: Option<Day>,
    /// The day it was made.
    pub made: Option<NaiveDate>,
    pub parent: Option<ShortId>,
    pub space: Option<ShortId>,
    /// In their order; empty for projects.
    pub targets: Vec<TargetNow>,
    /// In their order; empty for projects.
    pub checks: Vec<CheckNow>,
    pub last_check_in: Option<ShortId>,
    /// The status its newest check-in gave.
    pub last_status: Option<String>,
    pub retrospective: Option<RetrospectiveNow>,
}

impl GoalNow {
    /// Reads the answer of `goals/get` with the flags of [`flags`].
    pub fn goal(answer: &Value) -> Result<Self, Fault> {
        let goal = answer.get("goal").ok_or_else(|| unreadable("the goal"))?;
        let mut now = Self::either(goal, Nature::Goal)?;
        now.is_closed = goal
            .get("is_closed")
            .and_then(Value::as_bool)
            .ok_or_else(|| unreadable("whether the goal is closed"))?;
        now.parent =
            id_at(goal, "parent_goal_id").or_else(|| id_at(goal.get("parent_goal")?, "id"));
        now.targets = list(goal, "targets")?
            .iter()
            .map(TargetNow::read)
            .collect::<Result<_, _>>()?;
        now.targets.sort_by(|a, b| a.index.total_cmp(&b.index));
        now.checks = list(goal, "checklist")?
            .iter()
            .map(CheckNow::read)
            .collect::<Result<_, _>>()?;
        now.checks.sort_by(|a, b| a.index.total_cmp(&b.index));
        now.last_check_in = id_at(goal, "last_check_in_id");
        Ok(now)
    }

    /// Reads the answer of `projects/get` with the flags of [`flags`].
    pub fn project(answer: &Value) -> Result<Self, Fault> {
        let project = answer
            .get("project")
            .ok_or_else(|| unreadable("the project"))?;
        let mut now = Self::either(project, Nature::Project)?;
        now.is_closed = text_at(project, "state") == Some("closed")
            || project.get("closed_at").is_some_and(|at| !at.is_null());
        now.parent = id_at(project, "goal_id");
        now.last_check_in = project
            .get("last_check_in")
            .and_then(|last| id_at(last, "id"));
        Ok(now)
    }

    fn either(thing: &Value, nature: Nature) -> Result<Self, Fault> {
        let timeframe = thing
            .get("timeframe")
            .ok_or_else(|| unreadable("the timeframe"))?;
        let side = |key| match timeframe.get(key) {
            Some(side) => Day::read(side),
            None if timeframe.is_null() => Ok(None),
            None => Err(unreadable("the timeframe")),
        };
        let retrospective = thing.get("retrospective").and_then(|told| {
            Some(RetrospectiveNow {
                id: id_at(told, "id")?,
                author: told.get("author").and_then(Someone::read),
                content: told.get("content").cloned().unwrap_or_default(),
                is_acknowledged: told.get("acknowledged_at").is_some_and(|at| !at.is_null()),
            })
        });
        Ok(Self {
            id: id_at(thing, "id").ok_or_else(|| unreadable("an id"))?,
            nature,
            name: text_at(thing, "name").unwrap_or_default().to_owned(),
            description: thing.get("description").cloned().unwrap_or_default(),
            is_closed: false,
            champion: person(thing, "champion")?,
            reviewer: person(thing, "reviewer")?,
            start: side("contextual_start_date")?,
            end: side("contextual_end_date")?,
            made: time_at(thing, "inserted_at").map(|at| at.date_naive()),
            parent: None,
            space: thing.get("space").and_then(|space| id_at(space, "id")),
            targets: Vec::new(),
            checks: Vec::new(),
            last_check_in: None,
            last_status: thing
                .get("last_check_in")
                .and_then(|last| text_at(last, "status"))
                .map(str::to_owned),
            retrospective,
        })
    }

    /// Its name for a sentence.
    pub fn shown(&self) -> String {
        said(&self.name)
    }

    /// Whether the first day looks as the server leaves it when a check-in brings
    /// a date: the day the goal was made, or nothing.
    pub fn start_was_reset(&self) -> bool {
        match &self.start {
            None => true,
            Some(start) => start.date() == self.made,
        }
    }
}

/// The flags without which people and the last check-in are null.
pub(super) fn flags(id: ShortId) -> Vec<(&'static str, String)> {
    let mut query = vec![("id", id.to_string())];
    let flags = [
        "include_champion",
        "include_reviewer",
        "include_last_check_in",
        "include_space",
        "include_retrospective",
    ];
    query.extend(flags.map(|flag| (flag, "true".to_owned())));
    query
}

impl Someone {
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            id: id_at(value, "id")?,
            name: said(text_at(value, "full_name").unwrap_or("somebody")),
        })
    }
}

impl TargetNow {
    fn read(value: &Value) -> Result<Self, Fault> {
        let number = |key| value.get(key).and_then(Value::as_f64);
        let target = || {
            Some(Self {
                id: id_at(value, "id")?,
                name: text_at(value, "name")?.to_owned(),
                index: number("index").unwrap_or_default(),
                from: number("from")?,
                to: number("to")?,
                value: number("value")?,
                unit: text_at(value, "unit").unwrap_or_default().to_owned(),
            })
        };
        target().ok_or_else(|| unreadable("a key result"))
    }
}

impl CheckNow {
    fn read(value: &Value) -> Result<Self, Fault> {
        let check = || {
            Some(Self {
                id: id_at(value, "id")?,
                name: text_at(value, "name")?.to_owned(),
                index: value
                    .get("index")
                    .and_then(Value::as_f64)
                    .unwrap_or_default(),
                completed: value.get("completed")?.as_bool()?,
            })
        };
        check().ok_or_else(|| unreadable("a line of the checklist"))
    }
}

/// A check-in or comment in a list, to recognise one of ours.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Listed {
    pub id: ShortId,
    pub author: Option<Someone>,
    /// Empty for comments.
    pub status: String,
    pub words: Value,
    /// False for my own drafts, which nobody else sees.
    pub is_published: bool,
}

impl Listed {
    /// All of a list, or an error: a list that is read in part says nothing about
    /// what is not there.
    pub fn all(answer: &Value, key: &str, words: &str) -> Result<Vec<Self>, Fault> {
        list(answer, key)?
            .iter()
            .map(|item| {
                Ok(Self {
                    id: id_at(item, "id").ok_or_else(|| unreadable("an id in a list"))?,
                    author: item.get("author").and_then(Someone::read),
                    status: text_at(item, "status").unwrap_or_default().to_owned(),
                    words: item
                        .get(words)
                        .cloned()
                        .ok_or_else(|| unreadable("a text in a list"))?,
                    is_published: text_at(item, "state").is_none_or(|state| state == "published"),
                })
            })
            .collect()
    }
}

/// How old something is by the server's own clock; none if it does not say.
pub(super) fn age(thing: &Value, clock: Option<Time>) -> Option<TimeDelta> {
    let written = time_at(thing, "published_at").or_else(|| time_at(thing, "inserted_at"))?;
    Some(clock? - written)
}

fn person(thing: &Value, key: &str) -> Result<Option<Someone>, Fault> {
    match thing.get(key) {
        Some(Value::Null) => Ok(None),
        Some(value) => Someone::read(value)
            .map(Some)
            .ok_or_else(|| unreadable("a person")),
        None => Err(unreadable("the people")),
    }
}

/// A list that must be there.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value], Fault> {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .ok_or_else(|| unreadable(key))
}

/// An id of any form.
pub(super) fn id_at(value: &Value, key: &str) -> Option<ShortId> {
    ShortId::parse(value.get(key)?.as_str()?)
}

/// A text.
pub(super) fn text_at<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

fn time_at(value: &Value, key: &str) -> Option<Time> {
    text_at(value, key)?.parse().ok()
}

/// Foreign text for a sentence: cleaned, short.
pub(super) fn said(text: &str) -> String {
    text::line(text.trim()).truncate(60).as_str().to_owned()
}

/// The answer lacks something without which a write would do harm.
pub(super) fn unreadable(what: &str) -> Fault {
    Fault::new(
        FaultKind::Unreadable,
        format!("the server's answer could not be read ({what} is missing)"),
        "send it again (R); if it stays so, the server may be newer than this goaldeck",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_without_its_timeframe_or_targets_is_not_written_to() {
        let whole = super::super::tests::goal_answer();
        assert!(GoalNow::goal(&whole).is_ok());
        for key in ["timeframe", "targets", "checklist", "is_closed", "champion"] {
            let mut less = whole.clone();
            less["goal"].as_object_mut().unwrap().remove(key);
            assert!(GoalNow::goal(&less).is_err(), "{key}");
        }
        // Erased is not missing.
        let mut erased = whole.clone();
        erased["goal"]["timeframe"] = Value::Null;
        let now = GoalNow::goal(&erased).unwrap();
        assert_eq!((now.start, now.end), (None, None));
    }

    #[test]
    fn targets_and_lines_come_in_their_order_whatever_the_answer_has() {
        let now = GoalNow::goal(&super::super::tests::goal_answer()).unwrap();
        let names: Vec<&str> = now
            .targets
            .iter()
            .map(|target| target.name.as_str())
            .collect();
        assert_eq!(names, ["Plans migrated", "Support tickets about billing"]);
        assert_eq!(now.checks[0].name, "Legal review");
    }

    #[test]
    fn a_label_goes_back_as_it_came_and_a_day_has_the_servers_form() {
        let quarter = json!({"date_type": "quarter", "value": "Q4 2026", "date": "2026-12-31", "__typename": "contextual_date"});
        let day = Day::read(&quarter).unwrap().unwrap();
        assert_eq!(
            day.json(),
            json!({"date_type": "quarter", "value": "Q4 2026", "date": "2026-12-31"})
        );
        let day = Day::on(NaiveDate::from_ymd_opt(2027, 1, 5).unwrap());
        assert_eq!(
            day.json(),
            json!({"date_type": "day", "value": "Jan 05, 2027", "date": "2027-01-05"})
        );
        assert!(Day::read(&json!("2027-01-05")).is_err());
    }
}
