//! One goal with its key results and its history.

use chrono::DateTime;
use serde_json::Value;

use super::super::json::{flag_at, list_at, number_at, text_at, time_at};
use super::super::names::{self, FOLDER, GOAL, Ids, People};
use super::history;
use super::result::result;
use super::{Entry, Look};
use crate::model::goal::Goal;
use crate::model::ids::{GoalId, PersonId};
use crate::model::key_result::KeyResult;

/// Where a list has a goal; an answer about it alone may not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// The folder it stands in, by ClickUp's id.
    pub folder: Option<String>,
    /// Its place among the others.
    pub position: i64,
}

/// A goal as it was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The goal.
    pub goal: Goal,
    /// ClickUp's id, or one of ours where that is no one thing's.
    pub id: String,
    /// By what a change shows before it is read in full.
    pub stamp: Option<String>,
    /// Its key results came along (or it has none).
    pub has_results: bool,
    /// Its whole history came along.
    pub is_whole: bool,
}

/// A goal.
pub fn goal(
    item: &Value,
    place: &Place,
    look: &Look<'_>,
    ids: &mut Ids,
    people: &mut People,
) -> Found {
    let id = ids.of(GOAL, item);
    people.meet_all(list_at(item, "members"));
    let mut owners = list_at(item, "owners")
        .iter()
        .chain(item.get("owner"))
        .filter_map(|owner| people.meet(owner));
    let champion = owners.next();
    let _others_met = owners.count();
    let created_at = time_at(item, &["date_created"]).unwrap_or(DateTime::UNIX_EPOCH);
    let name = text_at(item, "name").unwrap_or_else(|| "(no name)".to_owned());
    let ours = GoalId::new(names::ours(look.account, GOAL, &id));
    let mut goal = Goal::new(ours, look.account.clone(), name, created_at);
    let folder = text_at(item, "folder_id").or_else(|| place.folder.clone());
    goal.parent = folder.map(|folder| GoalId::new(names::ours(look.account, FOLDER, &folder)));
    goal.position = place.position;
    goal.description = text_at(item, "description").unwrap_or_default();
    goal.champion = champion.map(|id| PersonId::new(names::ours(look.account, names::PERSON, &id)));
    let day = |key: &str| time_at(item, &[key]).map(|at| look.zone.day_of(at));
    goal.start = day("start_date");
    goal.due = day("due_date");
    goal.link = link(item, look.team);
    goal.provider_progress =
        number_at(item, &["percent_completed"]).map(|value| look.scale.share(value));

    let came = item.get("key_results").is_some_and(Value::is_array);
    let is_empty = number_at(item, &["key_result_count"]) == Some(0.0);
    let results: Vec<(String, KeyResult)> = list_at(item, "key_results")
        .iter()
        .map(|item| {
            let id = text_at(item, "id").unwrap_or_default();
            (id, result(item, look, ids, people))
        })
        .collect();
    let entries = history::entries(item);
    goal.check_ins = history::check_ins(&entries, &results, look, people);
    goal.results = results.into_iter().map(|(_, result)| result).collect();
    note_checked(&mut goal.results, &entries, look);
    goal.updated_at = time_at(item, &["last_update", "date_updated"])
        .into_iter()
        .chain(entries.last().map(|last| last.at))
        .max()
        .unwrap_or(created_at);
    let told = item.get("history").and_then(Value::as_array);
    Found {
        stamp: stamp(item),
        has_results: came || is_empty,
        // A history that does not even have the last action is not all of it.
        is_whole: is_empty && !came
            || told.is_some_and(|told| !told.is_empty() || entries.is_empty()),
        goal,
        id,
    }
}

/// When each key result was moved last.
fn note_checked(results: &mut [KeyResult], entries: &[Entry], look: &Look<'_>) {
    for entry in entries.iter().filter(|entry| !entry.is_making()) {
        let id = names::ours(look.account, names::RESULT, &entry.result);
        if let Some(result) = results.iter_mut().find(|one| one.id.as_str() == id) {
            let mut particulars = result.particulars().clone();
            particulars.checked_at = Some(entry.at);
            result.particulars = Some(Box::new(particulars));
        }
    }
}

/// What changes whenever something of a goal does: its time of change with its
/// figure, else all that the list says of it.
fn stamp(item: &Value) -> Option<String> {
    let part = |key: &str| text_at(item, key).unwrap_or_default();
    let at = text_at(item, "last_update").or_else(|| text_at(item, "date_updated"));
    if let Some(at) = at {
        let parts = [at, part("percent_completed"), part("key_result_count")];
        return Some(parts.join(" "));
    }
    let mut rest = item.as_object()?.clone();
    // A secret, and new each time.
    rest.remove("editor_token");
    let text = Value::Object(rest).to_string();
    // FNV-1a: it lies on disk, so it must not change with the program.
    let print = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |print: u64, byte| {
            (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    Some(format!("{print:016x}"))
}

/// The goal's page: as told, else made of its number; none if that is no web
/// address.
fn link(item: &Value, team: &str) -> String {
    let told = text_at(item, "pretty_url").filter(|url| url.starts_with("https://"));
    let made = || {
        let number = text_at(item, "pretty_id")?;
        let team = text_at(item, "team_id").unwrap_or_else(|| team.to_owned());
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        (is_number(&number) && is_number(&team) && !team.is_empty())
            .then(|| format!("https://app.clickup.com/{team}/goals/{number}"))
    };
    told.or_else(made).unwrap_or_default()
}

/// Whether it is put away.
pub fn is_archived(item: &Value) -> bool {
    flag_at(item, "archived")
}
