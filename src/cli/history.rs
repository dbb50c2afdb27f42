//! `history GOAL`: check-ins, and what was found changed here without one, newest
//! first; in JSON every key result over time as well.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::model::check_in::Occasion;
use crate::model::dates::{self, Lean};
use crate::model::figures;
use crate::model::goal::{Goal, Nature};
use crate::model::history;
use crate::model::history::moments::{self, Change, Moment};
use crate::model::ids::PersonId;
use crate::model::key_result::KeyResult;
use crate::model::past::Recall;
use crate::model::status::ShownStatus;
use crate::model::time::Now;
use crate::store::Store;
use crate::store::effect::Command;

use super::args::History;
use super::failure::Failure;
use super::print::{Out, Table, Tone, cell};
use super::session::Session;
use super::{Ended, json as schema, pick};

/// `history GOAL [--since DATE]`
pub fn history(out: &mut Out, session: &mut Session, args: &History, offline: bool) -> Ended {
    let now = session.now();
    let since = args
        .since
        .as_deref()
        .map(|text| day(text, &now))
        .transpose()?;
    let id = {
        let goal = pick::goal(session.store(), &args.goal, pick::Prefer::Open)?;
        if goal.nature == Nature::Folder {
            return Err(Failure::usage(
                "history",
                format!(
                    "\u{201c}{}\u{201d} is a folder, which only holds goals",
                    goal.name
                ),
                "choose a goal in it",
            )
            .into());
        }
        goal.id.clone()
    };
    let mut commands = vec![Command::Recall(Recall::Goal(id.clone()))];
    if !offline && is_remote(session.store(), &id) {
        // Of goals elsewhere only the last check-in may be known yet.
        commands.push(Command::Reload(id.clone()));
    }
    session.carry_out(commands);
    let store = session.store();
    let Some(goal) = store.goal(&id) else {
        let why = "its provider does not show it any more";
        return Err(Failure::failed("history", why, "").into());
    };
    if let Some(fault) = store.trouble(&id) {
        out.remark(&crate::shown!("goaldeck: not read again: {fault}"));
    }
    let goal = &*store.summed(goal);
    let mut moments = moments::moments(goal, store.past(&id), now.at);
    moments.retain(|one| since.is_none_or(|since| now.day_of(one.at()) >= since));
    if out.is_json {
        let list = moments.iter().map(|one| as_json(store, goal, one, &now));
        let mut object = schema::object("history", list.collect());
        if let Some(fields) = object.as_object_mut() {
            let identity = json!({ "id": goal.id.as_str(), "name": goal.name });
            fields.insert("goal".to_owned(), identity);
            fields.insert("since".to_owned(), json!(since));
            let series = goal.results.iter();
            let series = series.map(|result| series_as_json(store, goal, result, since, &now));
            fields.insert("series".to_owned(), series.collect());
        }
        return Ok(out.json(&object)?);
    }
    if moments.is_empty() && out.is_terminal {
        let words = match since {
            Some(since) => crate::shown!("Nothing happened since {}.", dates::day(since, &now)),
            None => crate::shown!("No check-in yet."),
        };
        return Ok(out.say(&words)?);
    }
    table(out, store, goal, &moments, &now)
}

/// A day of the past, as people write it.
fn day(text: &str, now: &Now) -> Result<NaiveDate, Failure> {
    dates::parse_day_leaning(text, now, Lean::Back)
        .map_err(|why| Failure::misread("--since", &why, "write 2026-10-01, 1 Oct or -4w"))
}

fn is_remote(store: &Store, id: &crate::model::ids::GoalId) -> bool {
    let account = store.goal(id).and_then(|goal| store.account(&goal.account));
    account.is_some_and(|account| !account.setup.abilities.immediate)
}

/// What sort of line it is: `check-in`, `closed`, `reopened`, `seen here`.
fn word(moment: &Moment<'_>) -> &'static str {
    match moment {
        Moment::CheckIn(one) => moments::occasion_word(one),
        Moment::Found { .. } => "seen here",
    }
}

/// What changed, in pieces.
fn changes(store: &Store, goal: &Goal, moment: &Moment<'_>) -> Vec<String> {
    let names = |id: &PersonId| store.name_of(id);
    let one = match moment {
        Moment::CheckIn(one) => one,
        Moment::Found { changes, .. } => {
            return changes.iter().map(|change| change.words(&names)).collect();
        }
    };
    let mut pieces: Vec<String> = moments::moves(goal, one)
        .iter()
        .filter(|step| step.before != Some(step.now))
        .map(|step| {
            let name = step
                .result
                .map_or("(removed result)", |result| result.name.as_str());
            let points = match (step.result, step.before) {
                (Some(result), Some(before)) => figures::points_words(result, before, step.now),
                _ => None,
            };
            let points = points.map_or_else(String::new, |points| format!(" ({points})"));
            format!("{name} {}{points}", step.words())
        })
        .collect();
    let moved = one.due_moved;
    pieces.extend(moved.map(|moved| figures::due_words(moved.from, moved.to)));
    pieces
}

fn table(out: &mut Out, store: &Store, goal: &Goal, moments: &[Moment<'_>], now: &Now) -> Ended {
    let mut table = Table::cutting(if out.is_terminal { 4 } else { 5 });
    for moment in moments {
        let check_in = moment.check_in();
        let status = check_in.and_then(|one| one.status);
        let status_word = status.map_or("", |status| status.words().word);
        let tone = status.map_or(Tone::Plain, |status| Tone::of(ShownStatus::Said(status)));
        let by = check_in.map_or_else(String::new, |one| store.name_of(&one.author));
        let mut says = changes(store, goal, moment);
        let note = check_in.map_or("", |one| one.note.trim());
        let id = check_in.map_or("", |one| one.id.as_str());
        table.row(if out.is_terminal {
            let first = note.lines().map(str::trim);
            let mut first = first.filter(|line| !line.is_empty() && !line.starts_with('#'));
            says.extend(first.next().map(str::to_owned));
            vec![
                cell(&dates::ago(moment.at(), now)),
                cell(word(moment)).tone(Tone::Dim),
                cell(status_word).tone(tone),
                cell(&by),
                cell(&says.join("; ")),
                cell(id).tone(Tone::Dim),
            ]
        } else {
            vec![
                cell(
                    schema::moment(moment.at(), now)
                        .as_str()
                        .unwrap_or_default(),
                ),
                cell(word(moment)),
                cell(status.map_or("", |status| status.words().code)),
                cell(&by),
                cell(&says.join("; ")),
                cell(note),
                cell(id),
            ]
        });
    }
    Ok(out.table(&table)?)
}

fn as_json(store: &Store, goal: &Goal, moment: &Moment<'_>, now: &Now) -> Value {
    match moment {
        Moment::CheckIn(one) => {
            let mut value = schema::check_in(store, goal, one, now);
            if let Some(fields) = value.as_object_mut() {
                let what = match one.occasion {
                    Occasion::Regular => "checkin",
                    Occasion::Closing => "closing",
                    Occasion::Reopening => "reopening",
                };
                fields.insert("what".to_owned(), json!(what));
                let changes = changes(store, goal, moment);
                fields.insert("changes".to_owned(), json!(changes));
            }
            value
        }
        Moment::Found { at, changes } => {
            let names = |id: &PersonId| store.name_of(id);
            let details = changes.iter().map(|change| detail(store, goal, change));
            json!({
                "what": "seen",
                "at": schema::moment(*at, now),
                "changes": changes.iter().map(|change| change.words(&names)).collect::<Vec<_>>(),
                "details": details.collect::<Vec<_>>(),
            })
        }
    }
}

/// One found change: what, of which key result, before and after.
fn detail(store: &Store, goal: &Goal, change: &Change) -> Value {
    let who = |id: &Option<PersonId>| schema::person(store, &goal.account, id.as_ref());
    let (result, before, now) = match change {
        Change::Value {
            result,
            before,
            now,
        } => (Some(result), json!(before), json!(now)),
        Change::Added(result) | Change::Removed(result) => (Some(result), Value::Null, Value::Null),
        Change::Status(before, now) => {
            let (before, now) = (before.words().code, now.words().code);
            (None, json!(before), json!(now))
        }
        Change::Due(before, now) => (None, json!(before), json!(now)),
        Change::Champion(before, now) | Change::Reviewer(before, now) => {
            (None, who(before), who(now))
        }
        Change::Name(before, now) => (None, json!(before), json!(now)),
        Change::Progress(before, now) => (None, json!(before), json!(now)),
    };
    json!({
        "code": change.code(),
        "result": result.map(|result| result.id.as_str()),
        "before": before,
        "now": now,
    })
}

/// A key result over time; what is expected and foreseen is of now, whatever
/// `--since` says.
fn series_as_json(
    store: &Store,
    goal: &Goal,
    result: &KeyResult,
    since: Option<NaiveDate>,
    now: &Now,
) -> Value {
    let point = |point: &history::Point| json!({ "day": point.day, "value": point.value });
    let series = history::series(goal, result, store.past(&goal.id), now);
    let points = series.iter().flat_map(|series| &series.points);
    let points = points.filter(|point| since.is_none_or(|since| point.day >= since));
    let expected = series.iter().flat_map(|series| &series.expected);
    let ahead = series.as_ref().and_then(|series| series.ahead);
    json!({
        "result": result.id.as_str(),
        "name": result.name,
        "unit": result.unit,
        "points": points.map(point).collect::<Vec<_>>(),
        "expected": expected.map(point).collect::<Vec<_>>(),
        "ahead": ahead.map(|ahead| json!({
            "day": ahead.day,
            "value": ahead.value,
            "low": ahead.range.map(|(low, _)| low),
            "high": ahead.range.map(|(_, high)| high),
            "rough": ahead.forecast.rough,
        })),
    })
}
