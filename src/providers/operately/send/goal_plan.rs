//! From an edit of a goal to the small calls that are still needed, by comparing
//! with what stands there. Pure. Made anew after every round of calls, so a call
//! that got lost is made again and one that arrived is not.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::model::exchange::{Base, GoalEdit};
use crate::model::goal::Nature;
use crate::model::ids::{GoalId, PersonId};
use crate::model::key_result::{KeyResult, Kind, Reading};

use super::super::ages::Op;
use super::super::ids::ShortId;
use super::super::rich_text::{Mentions, keep, to_markdown};
use super::clash::{any_id, near};
use super::now::{CheckNow, Day, GoalNow, TargetNow, said};
use super::{Stop, changed, invalid, unsupported};

/// Longest name at the server, in characters.
pub(super) const LONGEST_NAME: usize = 255;

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub op: Op,
    pub body: Value,
    /// It sets something and may be repeated; the others add or flip something.
    pub is_put: bool,
}

/// What an edit is laid over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    pub now: &'a GoalNow,
    pub base: Option<&'a Base>,
    /// Targets that were there before ours were made.
    pub known: &'a [String],
    pub mentions: &'a Mentions,
}

/// What cannot be stored at Operately, said before anything is sent.
pub(super) fn storable(edit: &GoalEdit, nature: Nature) -> Result<(), Stop> {
    let what = if edit.weight.is_some() {
        "weights"
    } else if edit.aspirational.is_some() {
        "aspirational goals"
    } else if edit.tags.is_some() {
        "tags"
    } else if edit.cadence.is_some() {
        "another rhythm of check-ins (goals monthly, projects weekly)"
    } else if edit.paused.is_some() && nature == Nature::Goal {
        "paused goals"
    } else if edit.paused.is_some() {
        "pausing of projects from here"
    } else if nature == Nature::Project && has_results(edit) {
        "key results of projects"
    } else {
        ""
    };
    if !what.is_empty() {
        return Err(unsupported(
            format!("Operately has no {what}"),
            "leave that as it was (e) or drop this entry (D)",
        ));
    }
    if let Some(name) = &edit.name {
        sound_name(name, "the goal")?;
    }
    let lists = edit.put_results.iter().filter(|result| is_list(result));
    if lists.count() > 1 {
        return Err(invalid(
            "a goal has one checklist at Operately",
            "make one of them (e)",
        ));
    }
    edit.put_results.iter().try_for_each(sound)
}

fn has_results(edit: &GoalEdit) -> bool {
    !(edit.put_results.is_empty() && edit.drop_results.is_empty() && edit.set_values.is_empty())
        || edit.order.is_some()
}

fn is_list(result: &KeyResult) -> bool {
    matches!(result.kind, Kind::Checklist { .. })
}

/// A name fits: 1 to 255 characters.
pub(super) fn sound_name(name: &str, what: &str) -> Result<(), Stop> {
    match name.trim().chars().count() {
        0 => Err(invalid(format!("{what} needs a name"), "write one (e)")),
        1..=LONGEST_NAME => Ok(()),
        _ => Err(invalid(
            format!("the name of {what} is longer than 255 characters"),
            "shorten it (e)",
        )),
    }
}

/// A key result fits.
fn sound(result: &KeyResult) -> Result<(), Stop> {
    let name = said(&result.name);
    if let Kind::Checklist { items, .. } = &result.kind {
        return items
            .iter()
            .try_for_each(|item| sound_name(item, "a line of the checklist"));
    }
    sound_name(&result.name, "a key result")?;
    if !result.kind.is_ranged() {
        return Err(unsupported(
            format!(
                "Operately has no {} key results ({name})",
                result.kind.code()
            ),
            "make it a number from start to target, or a line of the checklist (e)",
        ));
    }
    let Some(target) = result.target else {
        return Err(invalid(
            format!("the key result {name} needs a target"),
            "give one (e)",
        ));
    };
    let current = result.current.as_ref().map_or(0.0, Reading::number);
    if ![result.start, target, current]
        .iter()
        .all(|number| number.is_finite())
    {
        return Err(invalid(
            format!("the key result {name} has an impossible number"),
            "use finite numbers (e)",
        ));
    }
    if unit(result).is_empty() {
        return Err(invalid(
            format!("the key result {name} needs a unit at Operately"),
            "give one, such as % or customers (e)",
        ));
    }
    if !near(result.weight, 1.0) || !result.sum_of.is_empty() || !result.phases.is_empty() {
        return Err(unsupported(
            format!("Operately has no weights, sums or phases of key results ({name})"),
            "take them out (e)",
        ));
    }
    Ok(())
}

/// Its unit, never empty for percents.
pub(super) fn unit(result: &KeyResult) -> &str {
    match (result.unit.trim(), &result.kind) {
        ("", Kind::Percent) => "%",
        (unit, _) => unit,
    }
}

/// The calls of the next round; none: it is as it shall be.
///
/// # Errors
/// A key result of the edit is not there any more.
pub(super) fn calls(edit: &GoalEdit, ground: Ground<'_>) -> Result<Vec<Call>, Stop> {
    let mut all = Vec::new();
    words(edit, ground, &mut all);
    people_and_dates(edit, ground, &mut all);
    if ground.now.nature == Nature::Goal {
        let places = Places::find(edit, ground)?;
        targets(edit, ground, &places, &mut all);
        checks(edit, ground, &mut all);
        if all.is_empty() {
            order(edit, ground, &places, &mut all);
        }
    }
    Ok(all)
}

impl Ground<'_> {
    fn put(&self, of_goal: Op, of_project: Op, key: &str, value: Value) -> Call {
        let (op, whose) = match self.now.nature {
            Nature::Goal | Nature::Folder => (of_goal, "goal_id"),
            Nature::Project => (of_project, "project_id"),
        };
        Call {
            op,
            body: json!({whose: self.now.id.to_string(), key: value}),
            is_put: true,
        }
    }

    fn of_goal(&self, op: Op, more: Value, is_put: bool) -> Call {
        let mut body = more;
        if let Some(body) = body.as_object_mut() {
            body.insert("goal_id".to_owned(), json!(self.now.id.to_string()));
        }
        Call { op, body, is_put }
    }
}

fn words(edit: &GoalEdit, ground: Ground<'_>, all: &mut Vec<Call>) {
    let now = ground.now;
    if let Some(name) = edit.name.as_deref().map(str::trim)
        && name != now.name.trim()
    {
        all.push(ground.put(
            Op::UpdateGoalName,
            Op::UpdateProjectName,
            "name",
            json!(name),
        ));
    }
    if let Some(text) = &edit.description {
        let standing = match &now.description {
            Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
            other => other.clone(),
        };
        let after = keep(&standing, &to_markdown(&standing), text, ground.mentions);
        let blocks = |document: &Value| {
            let blocks = document.get("content").and_then(Value::as_array);
            blocks.cloned().unwrap_or_default()
        };
        if blocks(&after) != blocks(&standing) {
            all.push(ground.put(
                Op::UpdateGoalDescription,
                Op::UpdateProjectDescription,
                "description",
                json!(after.to_string()),
            ));
        }
    }
}

fn people_and_dates(edit: &GoalEdit, ground: Ground<'_>, all: &mut Vec<Call>) {
    let now = ground.now;
    let id = |person: &Option<PersonId>| {
        let person = person.as_ref()?;
        ShortId::of_ours(person.as_str())
    };
    let text = |id: Option<ShortId>| json!(id.map(|id| id.to_string()));
    if let Some(champion) = &edit.champion
        && id(champion) != now.champion.as_ref().map(|person| person.id)
    {
        all.push(ground.put(
            Op::UpdateGoalChampion,
            Op::UpdateProjectChampion,
            "champion_id",
            text(id(champion)),
        ));
    }
    if let Some(reviewer) = &edit.reviewer
        && id(reviewer) != now.reviewer.as_ref().map(|person| person.id)
    {
        all.push(ground.put(
            Op::UpdateGoalReviewer,
            Op::UpdateProjectReviewer,
            "reviewer_id",
            text(id(reviewer)),
        ));
    }
    if let Some(parent) = &edit.parent {
        let above = parent
            .as_ref()
            .and_then(|parent: &GoalId| ShortId::of_ours(parent.as_str()));
        if above != now.parent {
            let key = match now.nature {
                Nature::Goal | Nature::Folder => "parent_goal_id",
                Nature::Project => "goal_id",
            };
            all.push(ground.put(
                Op::UpdateGoalParent,
                Op::UpdateProjectParent,
                key,
                text(above),
            ));
        }
    }
    // A date that is there already keeps its label: Q4 2026 stays Q4 2026.
    let day = |day: Option<chrono::NaiveDate>| json!(day.map(|day| Day::on(day).json()));
    if let Some(start) = edit.start
        && start != now.start.as_ref().and_then(Day::date)
    {
        all.push(ground.put(
            Op::UpdateGoalStartDate,
            Op::UpdateProjectStartDate,
            "start_date",
            day(start),
        ));
    }
    if let Some(due) = edit.due
        && due != now.end.as_ref().and_then(Day::date)
    {
        all.push(ground.put(
            Op::UpdateGoalDueDate,
            Op::UpdateProjectDueDate,
            "due_date",
            day(due),
        ));
    }
}

/// Which target each key result of the edit is.
struct Places<'a>(Vec<(&'a KeyResult, Option<&'a TargetNow>)>);

impl<'a> Places<'a> {
    /// By id; those that are new by name among the targets that were not there
    /// before, each once.
    fn find(edit: &'a GoalEdit, ground: Ground<'a>) -> Result<Self, Stop> {
        let mut taken: HashSet<ShortId> = HashSet::new();
        let mut all = Vec::new();
        for result in edit.put_results.iter().filter(|result| !is_list(result)) {
            let id = ShortId::of_ours(result.id.as_str());
            let there = ground
                .now
                .targets
                .iter()
                .find(|target| Some(target.id) == id);
            let found = there.or_else(|| {
                ground.now.targets.iter().find(|target| {
                    !ground.known.contains(&target.id.to_string())
                        && !taken.contains(&target.id)
                        && target.name.trim() == result.name.trim()
                })
            });
            let was = ground
                .base
                .is_some_and(|base| base.results.iter().any(|other| other.id == result.id));
            if found.is_none() && was {
                return Err(changed(
                    format!("the key result {} is gone", said(&result.name)),
                    "send mine anyway to make it anew (R), or drop this entry (D)",
                ));
            }
            taken.extend(found.map(|target| target.id));
            all.push((result, found));
        }
        Ok(Self(all))
    }
}

fn targets(edit: &GoalEdit, ground: Ground<'_>, places: &Places<'_>, all: &mut Vec<Call>) {
    for (result, target) in &places.0 {
        let Some(target) = target else {
            all.push(ground.of_goal(
                Op::CreateTarget,
                json!({
                    "name": result.name.trim(),
                    "start_value": result.start,
                    "target_value": result.target,
                    "unit": unit(result),
                }),
                false,
            ));
            continue;
        };
        let same = target.name.trim() == result.name.trim()
            && near(target.from, result.start)
            && result.target.is_none_or(|to| near(target.to, to))
            && target.unit.trim() == unit(result);
        if !same {
            // Servers with flat names want all four.
            all.push(ground.of_goal(
                Op::UpdateTarget,
                json!({
                    "target_id": target.id.to_string(),
                    "name": result.name.trim(),
                    "start_value": result.start,
                    "target_value": result.target,
                    "unit": unit(result),
                }),
                true,
            ));
        }
        let before = ground
            .base
            .and_then(|base| base.results.iter().find(|other| other.id == result.id));
        let is_new = !ground.known.contains(&target.id.to_string());
        let mine = result.current.as_ref().map(Reading::number);
        // A value that goes along unchanged is not ours to set.
        let was = before.and_then(|before| before.current.as_ref().map(Reading::number));
        if let Some(mine) = mine
            && (is_new || (before.is_some() && was != Some(mine)))
        {
            set_value(ground, target, mine, all);
        }
    }
    for id in &edit.drop_results {
        let id = ShortId::of_ours(id.as_str());
        if let Some(target) = ground
            .now
            .targets
            .iter()
            .find(|target| Some(target.id) == id)
        {
            let body = json!({ "target_id": target.id.to_string() });
            all.push(ground.of_goal(Op::DeleteTarget, body, true));
        }
    }
    for (id, reading) in &edit.set_values {
        let id = ShortId::of_ours(id.as_str());
        let target = ground
            .now
            .targets
            .iter()
            .find(|target| Some(target.id) == id);
        if let Some(target) = target
            && !matches!(reading, Reading::Ticks(_))
        {
            set_value(ground, target, reading.number(), all);
        }
    }
}

fn set_value(ground: Ground<'_>, target: &TargetNow, value: f64, all: &mut Vec<Call>) {
    if !near(target.value, value) {
        let body = json!({"target_id": target.id.to_string(), "value": value});
        all.push(ground.of_goal(Op::UpdateTargetValue, body, true));
    }
}

fn checks(edit: &GoalEdit, ground: Ground<'_>, all: &mut Vec<Call>) {
    let now = &ground.now.checks;
    let list_before = ground
        .base
        .and_then(|base| base.results.iter().find(|result| is_list(result)));
    let was = |id: ShortId| -> Option<bool> {
        let before = list_before?;
        let Kind::Checklist { ids, .. } = &before.kind else {
            return None;
        };
        let place = ids.iter().position(|known| any_id(known) == Some(id))?;
        match &before.current {
            Some(Reading::Ticks(ticks)) => ticks.get(place).copied(),
            _ => None,
        }
    };
    let toggle = |check: &CheckNow, tick: bool, all: &mut Vec<Call>| {
        // The call flips, so it is made only where the state differs, and a line
        // whose tick we did not change is not ours.
        if check.completed != tick && was(check.id) != Some(tick) {
            let body = json!({ "check_id": check.id.to_string() });
            all.push(ground.of_goal(Op::ToggleCheck, body, false));
        }
    };
    if let Some(list) = edit.put_results.iter().find(|result| is_list(result))
        && let Kind::Checklist { items, ids } = &list.kind
    {
        let found = matched(items, ids, now);
        let ticks = match &list.current {
            Some(Reading::Ticks(ticks)) => ticks.clone(),
            _ => Vec::new(),
        };
        for (place, (item, check)) in items.iter().zip(&found).enumerate() {
            let Some(check) = check else {
                all.push(ground.of_goal(Op::CreateCheck, json!({ "name": item.trim() }), false));
                continue;
            };
            if check.name.trim() != item.trim() {
                let body = json!({"check_id": check.id.to_string(), "name": item.trim()});
                all.push(ground.of_goal(Op::UpdateCheck, body, true));
            }
            if let Some(tick) = ticks.get(place) {
                toggle(check, *tick, all);
            }
        }
        let kept: HashSet<ShortId> = found.iter().flatten().map(|check| check.id).collect();
        all.extend(
            now.iter()
                .filter(|check| !kept.contains(&check.id))
                .map(|check| {
                    let body = json!({ "check_id": check.id.to_string() });
                    ground.of_goal(Op::DeleteCheck, body, true)
                }),
        );
    }
    let dropped = |before: &KeyResult| edit.drop_results.contains(&before.id);
    if list_before.is_some_and(dropped) {
        all.extend(now.iter().map(|check| {
            let body = json!({ "check_id": check.id.to_string() });
            ground.of_goal(Op::DeleteCheck, body, true)
        }));
    }
    for (id, reading) in &edit.set_values {
        let Reading::Ticks(ticks) = reading else {
            continue;
        };
        let ids = list_before
            .filter(|before| &before.id == id)
            .map(|before| &before.kind);
        let place = |check: &CheckNow, at: usize| match ids {
            Some(Kind::Checklist { ids, .. }) if ids.len() == ticks.len() => {
                ids.iter().position(|known| any_id(known) == Some(check.id))
            }
            _ => (ticks.len() == now.len()).then_some(at),
        };
        for (at, check) in now.iter().enumerate() {
            if let Some(tick) = place(check, at).and_then(|place| ticks.get(place)) {
                toggle(check, *tick, all);
            }
        }
    }
}

/// Which line of the server each item is: by id, then by name, then the only one
/// left on both sides (it was renamed).
fn matched<'a>(items: &[String], ids: &[String], now: &'a [CheckNow]) -> Vec<Option<&'a CheckNow>> {
    let mut taken: HashSet<ShortId> = HashSet::new();
    let mut found: Vec<Option<&CheckNow>> = vec![None; items.len()];
    let has_ids = ids.len() == items.len();
    for (place, found) in found.iter_mut().enumerate() {
        let id = has_ids.then(|| ids.get(place)).flatten();
        let id = id.and_then(|id| any_id(id));
        *found = now.iter().find(|check| Some(check.id) == id);
        taken.extend(found.map(|check| check.id));
    }
    for (item, found) in items.iter().zip(&mut found) {
        if found.is_none() {
            *found = now
                .iter()
                .find(|check| !taken.contains(&check.id) && check.name.trim() == item.trim());
            taken.extend(found.map(|check| check.id));
        }
    }
    let left: Vec<&CheckNow> = now
        .iter()
        .filter(|check| !taken.contains(&check.id))
        .collect();
    let mut open = found.iter_mut().filter(|found| found.is_none());
    if let ([only], Some(place), None) = (left.as_slice(), open.next(), open.next()) {
        *place = Some(only);
    }
    found
}

/// The order of targets and lines, when everything else stands.
fn order(edit: &GoalEdit, ground: Ground<'_>, places: &Places<'_>, all: &mut Vec<Call>) {
    let now = ground.now;
    if let Some(wanted) = &edit.order {
        let id = |result: &crate::model::ids::ResultId| {
            let put = places.0.iter().find(|(put, _)| &put.id == result);
            match put {
                Some((_, target)) => target.map(|target| target.id),
                None => {
                    let id = ShortId::of_ours(result.as_str());
                    now.targets
                        .iter()
                        .map(|target| target.id)
                        .find(|known| Some(*known) == id)
                }
            }
        };
        let wanted: Vec<ShortId> = wanted.iter().filter_map(id).collect();
        let is: Vec<ShortId> = now.targets.iter().map(|target| target.id).collect();
        for (place, id) in moves(&wanted, &is) {
            let body = json!({"target_id": id.to_string(), "index": place});
            all.push(ground.of_goal(Op::UpdateTargetIndex, body, true));
        }
    }
    if let Some(list) = edit.put_results.iter().find(|result| is_list(result))
        && let Kind::Checklist { items, ids } = &list.kind
    {
        let wanted: Vec<ShortId> = matched(items, ids, &now.checks)
            .into_iter()
            .flatten()
            .map(|check| check.id)
            .collect();
        let is: Vec<ShortId> = now.checks.iter().map(|check| check.id).collect();
        for (place, id) in moves(&wanted, &is) {
            let body = json!({"check_id": id.to_string(), "index": place});
            all.push(ground.of_goal(Op::UpdateCheckIndex, body, true));
        }
    }
}

/// The things to put at a place one after the other so that `wanted` come first in
/// their order; none if they do.
fn moves(wanted: &[ShortId], is: &[ShortId]) -> Vec<(usize, ShortId)> {
    let mut row = is.to_vec();
    let mut all = Vec::new();
    for (place, id) in wanted.iter().enumerate() {
        if row.get(place) == Some(id) {
            continue;
        }
        let Some(at) = row.iter().position(|other| other == id) else {
            continue;
        };
        let one = row.remove(at);
        row.insert(place.min(row.len()), one);
        all.push((place, one));
    }
    all
}

#[cfg(test)]
#[path = "goal_plan_tests.rs"]
mod tests;
