//! What `--json` prints, schema 1: one object per command. Fields may be added,
//! never change their meaning; moments are RFC 3339, days ISO dates, names and
//! notes as they are (escaped by the printer).

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use crate::model::check_in::{CheckIn, Comment};
use crate::model::entry::{Entry, EntryState};
use crate::model::exchange::Change;
use crate::model::figures::Figures;
use crate::model::forecast;
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, PersonId};
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::progress;
use crate::model::status::ShownStatus;
use crate::model::time::{Now, Time};
use crate::store::Store;

/// An object of schema 1 with one more field.
pub fn object(name: &str, value: Value) -> Value {
    let mut object = Map::new();
    object.insert("schema".to_owned(), json!(1));
    object.insert(name.to_owned(), value);
    Value::Object(object)
}

/// A moment with the offset of the person's zone.
pub fn moment(time: Time, now: &Now) -> Value {
    json!(
        now.zone
            .fixed(time)
            .to_rfc3339_opts(SecondsFormat::Secs, false)
    )
}

/// A share to four decimals.
fn share(value: f64) -> Value {
    json!((value * 10_000.0).round() / 10_000.0)
}

/// A rate to four significant digits: it may be as small as the unit is large.
fn rate(value: f64) -> Value {
    if value == 0.0 || !value.is_finite() {
        return json!(value);
    }
    let digits = 10_f64.powi(3 - floor_log10(value.abs()));
    if !digits.is_finite() || digits == 0.0 {
        return json!(value);
    }
    json!((value * digits).round() / digits)
}

#[expect(clippy::cast_possible_truncation, reason = "between -308 and 308")]
fn floor_log10(value: f64) -> i32 {
    value.log10().floor() as i32
}

/// A person: `me`, or the full name.
pub fn person(store: &Store, account: &AccountName, id: Option<&PersonId>) -> Value {
    match id {
        None => Value::Null,
        Some(id) if store.me(account) == Some(id) => json!("me"),
        Some(id) => json!(store.name_of(id)),
    }
}

/// One goal with its figures and key results.
pub fn goal(store: &Store, goal: &Goal, now: &Now) -> Value {
    let figures = store.figures(&goal.id);
    let shown = figures.map_or(ShownStatus::Said(goal.status), |figures| figures.shown);
    let why: Vec<Value> = store
        .why(goal, now)
        .iter()
        .map(|why| {
            let mut entry = json!({ "code": why.code, "text": why.text });
            if let (Some(points), Some(fields)) = (why.points, entry.as_object_mut()) {
                fields.insert("points".to_owned(), json!(points));
            }
            entry
        })
        .collect();
    let who = |id: Option<&PersonId>| person(store, &goal.account, id);
    let graft = store.graft(goal);
    let approval = goal.approval.as_deref().map(|approval| {
        let reviewers = approval.reviewers.iter();
        json!({
            "stage": approval.stage.code(),
            "reviewers": reviewers.map(|one| who(Some(one))).collect::<Vec<_>>(),
            "since": approval.since.map(|since| moment(since, now)),
        })
    });
    let closed = goal
        .closed
        .as_ref()
        .map(|closing| json!({ "at": moment(closing.at, now), "score": closing.score }));
    json!({
        "id": goal.id.as_str(),
        "name": goal.name,
        "parent": goal.parent.as_ref().map(|id| id.as_str()),
        "account": goal.account.as_str(),
        "nature": goal.nature.word(),
        "grafted": graft.is_some(),
        "grafted_under": graft.flatten().map(|id| id.as_str()),
        "description": goal.description,
        "space": goal.space,
        "status": goal.status.words().code,
        "status_provider": goal.status_word.as_deref().unwrap_or(goal.status.words().code),
        "outdated": matches!(shown, ShownStatus::Outdated(_)),
        "progress": figures.and_then(|figures| figures.progress).map(|progress| share(progress.raw)),
        "progress_provider": goal.provider_progress.map(share),
        "grafted_counted": figures.map_or(0, |figures| figures.grafted),
        "expected": figures.and_then(|figures| figures.expected).map(share),
        "pace": figures.and_then(|figures| figures.pace).map(|pace| pace.code()),
        "suggested": figures.and_then(|figures| figures.suggested()).map(|status| status.words().code),
        "attention": figures.map_or(0, |figures| figures.attention),
        "champion": who(goal.champion.as_ref()),
        "reviewer": who(goal.reviewer.as_ref()),
        "start": goal.start,
        "due": goal.due,
        "cadence": goal.cadence.to_string(),
        "checkin_due": figures.and_then(|figures| figures.check_in_due),
        "late_days": late_days(figures),
        "weight": goal.weight,
        "aspirational": goal.aspirational,
        "tags": goal.tags,
        "link": goal.link,
        "closed": closed,
        "approval": approval,
        "pending": store.is_pending(&goal.id),
        "checkins": goal.check_ins.len(),
        "why": why,
        "results": goal.results.iter().map(|one| result(store, goal, one, now)).collect::<Vec<_>>(),
    })
}

fn late_days(figures: Option<&Figures>) -> i64 {
    figures.map_or(0, |figures| figures.late_days.max(0))
}

fn reading(reading: Option<&Reading>) -> Value {
    reading.map_or(Value::Null, |reading| json!(reading))
}

/// One key result with its figures.
fn result(store: &Store, goal: &Goal, result: &KeyResult, now: &Now) -> Value {
    let progress = progress::of_result(result);
    let mut object = json!({
        "id": result.id.as_str(),
        "name": result.name,
        "kind": result.kind.code(),
        "unit": result.unit,
        "start": result.kind.is_ranged().then_some(result.start),
        "target": result.target,
        "current": reading(result.current.as_ref()),
        "raw": progress.map(|progress| share(progress.raw)),
        "progress": progress.map(|progress| share(progress.p)),
        "weight": result.weight,
        "status": result.status.map(|status| status.words().code),
        "progress_provider": result.particulars().provider_progress.map(share),
        "automatic": result.particulars().automatic,
        "hidden": result.particulars().hidden,
        "aside": result.particulars().aside,
        "owner": person(store, &goal.account, result.particulars().owner.as_ref()),
        "forecast": Value::Null,
    });
    let Some(fields) = object.as_object_mut() else {
        return object;
    };
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    match &result.kind {
        Kind::Guardrail(rail) => {
            put("limit", json!(rail.limit));
            put("critical", json!(rail.critical));
            put("above", json!(rail.above));
            let held = result
                .current
                .as_ref()
                .and_then(|reading| progress::is_held(result, reading));
            put("held", json!(held));
        }
        Kind::Checklist { items, .. } => put("items", json!(items)),
        Kind::Milestones { steps } => put("steps", json!(steps)),
        Kind::Zones {
            commit,
            target,
            stretch,
        } => {
            put("commit", json!(commit));
            put("target", json!(target));
            put("stretch", json!(stretch));
        }
        Kind::Number | Kind::Percent | Kind::Currency | Kind::YesNo | Kind::Baseline => {}
    }
    if let Some(forecast) = forecast::forecast(goal, result, now) {
        put(
            "forecast",
            json!({
                "progress": share(forecast.progress),
                "low": forecast.low.map(share),
                "high": forecast.high.map(share),
                "per_week": rate(forecast.per_week),
                "needed_per_week": forecast.needed_per_week.map(rate),
                "rough": forecast.rough,
            }),
        );
    }
    object
}

/// One check-in.
pub fn check_in(store: &Store, goal: &Goal, check_in: &CheckIn, now: &Now) -> Value {
    let who = |id: &PersonId| person(store, &goal.account, Some(id));
    let values: Vec<Value> = check_in
        .values
        .iter()
        .map(|change| {
            json!({
                "result": change.result.as_str(),
                "before": reading(change.before.as_ref()),
                "now": change.now,
            })
        })
        .collect();
    let acknowledged = check_in.acknowledged.as_ref().map(
        |acknowledged| json!({ "by": who(&acknowledged.by), "at": moment(acknowledged.at, now) }),
    );
    let reactions: Vec<Value> = check_in
        .reactions
        .iter()
        .map(|reaction| json!({ "by": who(&reaction.by), "sign": reaction.sign }))
        .collect();
    json!({
        "id": check_in.id.as_str(),
        "occasion": check_in.occasion,
        "author": who(&check_in.author),
        "at": moment(check_in.at, now),
        "status": check_in.status.map(|status| status.words().code),
        "confidence": check_in.confidence,
        "score": check_in.score,
        "note": check_in.note,
        "values": values,
        "due_moved": check_in.due_moved.map(|moved| json!({ "from": moved.from, "to": moved.to })),
        "acknowledged": acknowledged,
        "comments": check_in.comments.iter().map(|one| comment(store, goal, one, now)).collect::<Vec<_>>(),
        "reactions": reactions,
    })
}

/// One comment.
pub fn comment(store: &Store, goal: &Goal, comment: &Comment, now: &Now) -> Value {
    json!({
        "id": comment.id.as_str(),
        "author": person(store, &goal.account, Some(&comment.author)),
        "at": moment(comment.at, now),
        "text": comment.text,
    })
}

/// The word of a write in JSON.
pub fn action(change: &Change) -> &'static str {
    match change.word() {
        "check-in" => "checkin",
        "un-ack" => "unack",
        "new goal" => "new_goal",
        word => word,
    }
}

/// One outbox entry.
pub fn entry(entry: &Entry, now: &Now) -> Value {
    let (sends_at, error) = match &entry.state {
        EntryState::Held { until, .. } => (Some(*until), None),
        EntryState::Queued { not_before, why } => (
            *not_before,
            (!why.is_empty()).then(|| json!({ "why": why })),
        ),
        EntryState::Refused { fault } => (
            None,
            Some(json!({ "code": fault.kind, "why": fault.why, "do": fault.remedy })),
        ),
        EntryState::Sending { .. } | EntryState::Unknown { .. } | EntryState::Sent { .. } => {
            (None, None)
        }
    };
    let goals = entry.change.goals();
    let mut object = json!({
        "id": entry.id.short(),
        "key": entry.id.as_str(),
        "action": action(&entry.change),
        "goal": goals.first().map(|id| id.as_str()),
        "account": entry.signature.account.as_str(),
        "written_at": moment(entry.signature.at, now),
        "state": entry.state.word(),
        "sends_at": sends_at.map(|at| moment(at, now)),
        "attempts": entry.attempts,
        "provider_id": Value::Null,
        "error": error,
    });
    if let Some(fields) = object.as_object_mut() {
        match &entry.change {
            Change::CheckIn { check_in, .. } => {
                fields.insert("checkin".to_owned(), json!(check_in.id.as_str()));
            }
            Change::Comment { id, .. } => {
                fields.insert("comment".to_owned(), json!(id.as_str()));
            }
            Change::PutPerson { person } => {
                fields.insert("person".to_owned(), json!(person.id.as_str()));
            }
            _ => {}
        }
    }
    object
}

/// What a command that writes prints.
pub fn entries(entries: &[Entry], now: &Now) -> Value {
    object(
        "outbox",
        entries.iter().map(|one| entry(one, now)).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_four_decimals_and_rates_four_digits() {
        assert_eq!(share(0.309_761_9), json!(0.3098));
        assert_eq!(rate(-0.276_712), json!(-0.2767));
        assert_eq!(rate(0.000_001_234_56), json!(0.000_001_235));
        assert_eq!(rate(0.0), json!(0.0));
    }
}
