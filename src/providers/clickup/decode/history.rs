//! History entries: one for each change of a key result, grouped into check-ins.

use std::collections::HashSet;

use chrono::TimeDelta;
use serde_json::Value;

use super::super::json::{list_at, number_at, text_at, time_at};
use super::super::names::{self, People};
use super::Look;
use crate::model::check_in::{CheckIn, ValueChange};
use crate::model::ids::{CheckInId, PersonId};
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::time::Time;

/// Entries of one author with one note this close together are one check-in.
const TOGETHER: TimeDelta = TimeDelta::minutes(2);
/// What ClickUp notes itself when a key result is made.
const CREATED: &str = "Created Key Result";

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its own id, else made of its key result and moment.
    pub id: String,
    /// Which key result.
    pub result: String,
    /// The author's number.
    pub user: Option<String>,
    /// When.
    pub at: Time,
    /// What was written.
    pub note: String,
    /// The value before.
    pub before: Option<f64>,
    /// The value since.
    pub now: Option<f64>,
}

/// All entries of a goal, oldest first: those of its history, and the last actions
/// of its key results that are not among them.
pub fn entries(goal: &Value) -> Vec<Entry> {
    let of_history = list_at(goal, "history").iter();
    let of_history = of_history.filter_map(|item| entry(item, None));
    let of_results = list_at(goal, "key_results").iter().filter_map(|result| {
        let id = text_at(result, "id");
        entry(result.get("last_action")?, id.as_deref())
    });
    let mut seen = HashSet::new();
    let mut all: Vec<Entry> = of_history
        .chain(of_results)
        .filter(|entry| seen.insert(entry.id.clone()))
        .collect();
    all.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    all
}

/// One entry; none without a moment or a key result, such as `{}`.
fn entry(item: &Value, of: Option<&str>) -> Option<Entry> {
    let at = time_at(item, &["date_modified"])?;
    let result = text_at(item, "key_result_id").or_else(|| of.map(str::to_owned))?;
    let number = |keys: &[&str]| number_at(item, keys);
    let before = number(&["steps_before", "steps_before_float"]);
    let taken = number(&["steps_taken", "steps_taken_float"]);
    let now = number(&["steps_current", "steps_current_float"]);
    let sum = |one: Option<f64>, other: Option<f64>, sign: f64| Some(one? + sign * other?);
    Some(Entry {
        id: text_at(item, "id").unwrap_or_else(|| format!("{result}@{}", at.timestamp_millis())),
        user: item.get("userid").and_then(names::number),
        note: text_at(item, "note").unwrap_or_default(),
        before: before.or_else(|| sum(now, taken, -1.0)),
        now: now.or_else(|| sum(before, taken, 1.0)),
        result,
        at,
    })
}

impl Entry {
    /// Whether it only says that the key result was made.
    pub fn is_making(&self) -> bool {
        self.note.trim() == CREATED
    }
}

/// The check-ins that entries stand for, oldest first.
pub fn check_ins(
    entries: &[Entry],
    results: &[(String, KeyResult)],
    look: &Look<'_>,
    people: &mut People,
) -> Vec<CheckIn> {
    let mut groups: Vec<Vec<&Entry>> = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.is_making()) {
        let fits = |group: &&mut Vec<&Entry>| {
            group.last().is_some_and(|last| {
                last.user == entry.user
                    && last.note.trim() == entry.note.trim()
                    && entry.at - last.at <= TOGETHER
            }) && group.iter().all(|other| other.result != entry.result)
        };
        match groups.iter_mut().rev().find(fits) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    let made = groups.iter().filter_map(|group| {
        let first = group.first()?;
        let author = first.user.as_deref();
        if let Some(author) = author {
            people.mention(author);
        }
        let author = names::ours(look.account, names::PERSON, author.unwrap_or("somebody"));
        let id = names::ours(look.account, names::ENTRY, &first.id);
        let mut check_in = CheckIn::new(CheckInId::new(id), PersonId::new(author), first.at);
        check_in.note.clone_from(&first.note);
        let values = group.iter().filter_map(|entry| change(entry, results));
        check_in.values = values.collect();
        // One that says nothing at all was a change of something we do not know.
        (!check_in.note.trim().is_empty() || !check_in.values.is_empty()).then_some(check_in)
    });
    made.collect()
}

/// What an entry says of its key result; nothing where that is reckoned at ClickUp
/// or not there any more.
fn change(entry: &Entry, results: &[(String, KeyResult)]) -> Option<ValueChange> {
    let (_, result) = results.iter().find(|(id, _)| *id == entry.result)?;
    if result.particulars().automatic {
        return None;
    }
    let reading = |value: f64| match result.kind {
        Kind::YesNo => Reading::Yes(value >= 1.0),
        _ => Reading::Number(value),
    };
    Some(ValueChange {
        result: result.id.clone(),
        before: entry.before.map(reading),
        now: reading(entry.now?),
    })
}
