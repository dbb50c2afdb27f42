//! Check-ins of goals.

use serde_json::Value;

use super::{
    Listed, author, check_in_id, end_of, is_true, moment, nobody, number, person_at, reactions,
    short, status, text,
};
use crate::model::check_in::{Acknowledged, CheckIn, DueMoved, ValueChange};
use crate::model::goal::Goal;
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::providers::operately::ids::ShortId;
use crate::providers::operately::rich_text;

/// Whether others see it: it is neither a draft nor planned for later. Servers
/// without drafts do not say.
pub fn is_published(check_in: &Value) -> bool {
    match check_in.get("state") {
        Some(Value::String(state)) => state == "published",
        _ => true,
    }
}

/// The last check-in inside of a goal or project, if there is one for all to see.
pub(super) fn last_check_in(of: &Value) -> Option<&Value> {
    of.get("last_check_in")
        .filter(|last| last.is_object() && is_published(last))
}

/// A check-in of a goal, whatever its state; `goal` has the targets and checks its
/// values belong to, and says who was to acknowledge it where the server only
/// says that somebody did.
pub fn check_in(value: &Value, goal: &Goal) -> Option<CheckIn> {
    let account = &goal.account;
    let id = check_in_id(short(value, "id")?, account);
    let at = moment(value, "published_at").or_else(|| moment(value, "inserted_at"))?;
    let mut found = CheckIn::new(id, author(value, account), at);
    found.status = status(&text(value, "status"));
    found.note = value
        .get("message")
        .map(rich_text::to_markdown)
        .unwrap_or_default();
    found.values = targets(value, goal);
    found.values.extend(ticks(value, goal));
    found.acknowledged = acknowledged(value, goal, &found);
    found.reactions = reactions(value, account);
    Some(found)
}

/// The list of a goal's check-ins, oldest first, without drafts and planned ones.
/// Where the timeframe's end differs from the one before, the due date was moved;
/// ticks come with those before.
pub fn check_ins(answer: &Value, goal: &Goal) -> Option<Listed<CheckIn>> {
    let list = answer.get("check_ins")?.as_array()?;
    history(list, |value| check_in(value, goal))
}

/// As [`check_ins`], for any list and any way to read an item of it.
pub fn history(list: &[Value], one: impl Fn(&Value) -> Option<CheckIn>) -> Option<Listed<CheckIn>> {
    let published: Vec<Value> = list
        .iter()
        .filter(|item| is_published(item))
        .cloned()
        .collect();
    let mut read = Listed::from(&published, "check_ins", |value| {
        let end = value
            .get("timeframe")
            .filter(|timeframe| !timeframe.is_null())
            .map(|timeframe| end_of(Some(timeframe), "contextual_end_date"));
        Some((one(value)?, end))
    })?;
    read.items
        .sort_by(|(one, _), (other, _)| (one.at, &one.id).cmp(&(other.at, &other.id)));
    let mut due = None;
    let mut done: Vec<CheckIn> = Vec::with_capacity(read.items.len());
    for (mut check_in, end) in read.items {
        if let Some(to) = end {
            check_in.due_moved = due
                .filter(|from| *from != to)
                .map(|from| DueMoved { from, to });
            due = Some(to);
        }
        for change in &mut check_in.values {
            if let (None, Reading::Ticks(_)) = (&change.before, &change.now) {
                change.before = done
                    .iter()
                    .rev()
                    .find_map(|earlier| earlier.value_of(&change.result))
                    .cloned();
            }
        }
        done.push(check_in);
    }
    Some(Listed {
        items: done,
        unreadable: read.unreadable,
    })
}

/// How many comments it has, where that is told truly: in lists of check-ins.
pub fn comments_count(check_in: &Value) -> usize {
    let count = check_in.get("comments_count").and_then(Value::as_u64);
    usize::try_from(count.unwrap_or_default()).unwrap_or(usize::MAX)
}

/// Whether I may acknowledge it, if the answer says so.
pub fn can_acknowledge(check_in: &Value) -> Option<bool> {
    check_in
        .get("permissions")?
        .get("can_acknowledge")?
        .as_bool()
}

/// Who took note of it and when. Lists say when, not who: then it is taken to be
/// whom `goal` names for it.
pub fn acknowledged(value: &Value, goal: &Goal, check_in: &CheckIn) -> Option<Acknowledged> {
    let at = moment(value, "acknowledged_at");
    if at.is_none() && !is_true(value, "acknowledged") {
        return None;
    }
    let account = &goal.account;
    let by = person_at(value, "acknowledging_person", account)
        .or_else(|| person_at(value, "acknowledged_by", account))
        .or_else(|| goal.acknowledger(check_in).cloned())
        .or_else(|| {
            goal.champion
                .clone()
                .filter(|champion| *champion != check_in.author)
        })
        .unwrap_or_else(|| nobody(account).id);
    Some(Acknowledged {
        by,
        at: at.unwrap_or(check_in.at),
    })
}

/// Readings of the targets there are now. A copy of a target has the id of the
/// target, as far as was seen; place and name help where it has not.
fn targets(value: &Value, goal: &Goal) -> Vec<ValueChange> {
    let list = value.get("goal_target_updates").and_then(Value::as_array);
    let numbers: Vec<&KeyResult> = goal
        .results
        .iter()
        .filter(|result| result.kind.is_ranged())
        .collect();
    let mut changes: Vec<ValueChange> = Vec::new();
    for copy in list.into_iter().flatten() {
        let (Some(result), Some(now)) = (target_of(copy, &numbers), number(copy, "value")) else {
            continue;
        };
        if changes.iter().any(|change| change.result == result.id) {
            continue;
        }
        changes.push(ValueChange {
            result: result.id.clone(),
            before: number(copy, "previous_value").map(Reading::Number),
            now: Reading::Number(now),
        });
    }
    let place = |change: &ValueChange| numbers.iter().position(|result| result.id == change.result);
    changes.sort_by_key(place);
    changes
}

fn target_of<'a>(copy: &Value, numbers: &[&'a KeyResult]) -> Option<&'a KeyResult> {
    let id = short(copy, "id");
    let by_id = id.and_then(|id| {
        numbers
            .iter()
            .find(|result| ShortId::of_ours(result.id.as_str()) == Some(id))
    });
    if let Some(result) = by_id {
        return Some(result);
    }
    let name = text(copy, "name");
    let mut named = numbers.iter().filter(|result| result.name == name);
    match (named.next(), named.next()) {
        (Some(only), None) => Some(only),
        (None, _) => None,
        // Several of one name: the one at the same place.
        (Some(_), Some(_)) => {
            let index = copy.get("index").and_then(Value::as_u64)?;
            let index = usize::try_from(index).ok()?;
            numbers
                .get(index)
                .copied()
                .filter(|result| result.name == name)
        }
    }
}

/// Ticks of the checks there are now; a check that was added since is open.
fn ticks(value: &Value, goal: &Goal) -> Option<ValueChange> {
    let copies = value.get("checklist").and_then(Value::as_array)?;
    if copies.is_empty() {
        return None;
    }
    let (result, ids, items) = goal.results.iter().find_map(|result| match &result.kind {
        Kind::Checklist { items, ids } => Some((result, ids, items)),
        _ => None,
    })?;
    let is_done = |(id, name): (&String, &String)| {
        let id = ShortId::parse(id);
        copies
            .iter()
            .find(|copy| short(copy, "id") == id)
            .or_else(|| copies.iter().find(|copy| text(copy, "name") == *name))
            .is_some_and(|copy| is_true(copy, "completed"))
    };
    Some(ValueChange {
        result: result.id.clone(),
        before: None,
        now: Reading::Ticks(ids.iter().zip(items).map(is_done).collect()),
    })
}
