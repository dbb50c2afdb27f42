//! A report as one JSON object of schema 1. Fields may be added and never change
//! their meaning; moments are RFC 3339, days ISO dates, shares 0–1, names and notes
//! as they are.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::{GoalWeek, Report, ResultWeek, Said, Sheet, Waiter};
use crate::model::balance::{Median, Spans};
use crate::model::history::Series;
use crate::model::time::{Now, Time};

/// The whole report, on one line.
pub fn write(report: &Report) -> String {
    // What a terminal would obey is escaped; it means the same.
    let plain = value(report).to_string();
    let mut out = String::with_capacity(plain.len() + 1);
    for letter in plain.chars() {
        match letter {
            '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => out.push(letter),
        }
    }
    out.push('\n');
    out
}

fn value(report: &Report) -> Value {
    let now = &report.now;
    let (first, last) = report.week.days();
    let missing: Vec<Value> = report
        .missing
        .iter()
        .map(|one| json!({ "account": one.account.as_str(), "why": one.why }))
        .collect();
    let unsent: Vec<Value> = report
        .unsent
        .iter()
        .map(|one| {
            json!({
                "id": one.id,
                "state": one.state,
                "what": one.what,
                "why": one.why,
                "goal": one.goal.as_ref().map(|id| id.as_str()),
            })
        })
        .collect();
    let goals: Vec<Value> = report.rows.iter().map(|row| goal(row, now)).collect();
    json!({
        "schema": 1,
        "report": {
            "week": report.week.code(),
            "first": first,
            "last": last,
            "as_of": moment(now.at, now),
            "is_running": report.is_running,
            "view": report.view,
            "goals_looked_at": report.goals,
            "results_looked_at": report.results,
            "is_empty": report.is_empty(),
            "missing": missing,
            "goals": goals,
            "unsent": unsent,
            "balance": report.balance.as_ref().map(|sheet| balance(sheet, now)),
        }
    })
}

fn moment(time: Time, now: &Now) -> Value {
    let time = now.zone.fixed(time);
    json!(time.to_rfc3339_opts(SecondsFormat::Secs, false))
}

/// A share to four decimals.
fn share(value: f64) -> Value {
    json!((value * 10_000.0).round() / 10_000.0)
}

fn goal(row: &GoalWeek, now: &Now) -> Value {
    let before = row.before.as_ref().map(|before| {
        json!({
            "status": before.status.words().code,
            "progress": before.progress.map(share),
            "due": before.due,
            "champion": before.champion,
        })
    });
    let why: Vec<Value> = row
        .why
        .iter()
        .map(|why| json!({ "code": why.code, "points": why.points, "text": why.text }))
        .collect();
    let acknowledged: Vec<Value> = row
        .acknowledged
        .iter()
        .map(|one| {
            json!({
                "checkin": one.id.as_str(),
                "written_at": moment(one.written, now),
                "author": one.author,
                "by": one.by,
                "at": moment(one.at, now),
                "after_seconds": (one.at - one.written).num_seconds(),
            })
        })
        .collect();
    let closed = row.closed.as_ref().map(|closed| {
        json!({
            "at": moment(closed.at, now),
            "by": closed.by,
            "score": closed.score,
            "means": closed.means,
        })
    });
    let owed = row
        .owed
        .as_ref()
        .map(|owed| json!({ "due": owed.due, "late_days": owed.late_days, "by": owed.by }));
    json!({
        "id": row.id.as_str(),
        "account": row.account.as_str(),
        "name": row.name,
        "link": row.link,
        "champion": row.champion,
        "reviewer": row.reviewer,
        "start": row.start,
        "due": row.due,
        "status": row.status.said().words().code,
        "outdated": row.status.words().code == "outdated",
        "status_provider": row.status_word,
        "progress": row.progress.map(share),
        "expected": row.expected.map(share),
        "points": row.points(),
        "moved": row.is_moved(),
        "new": row.is_new,
        "before": before,
        "closed": closed,
        "checkin_missing": owed,
        "why": why,
        "checkins": row.said.iter().map(|one| said(one, now)).collect::<Vec<_>>(),
        "acknowledged": acknowledged,
        "results": row.results.iter().map(result).collect::<Vec<_>>(),
    })
}

fn said(one: &Said, now: &Now) -> Value {
    json!({
        "id": one.id.as_str(),
        "at": moment(one.at, now),
        "by": one.by,
        "occasion": one.occasion,
        "status": one.status.map(|status| status.words().code),
        "note": one.note,
    })
}

fn result(row: &ResultWeek) -> Value {
    let result = &row.result;
    json!({
        "id": result.id.as_str(),
        "name": result.name,
        "kind": result.kind.code(),
        "unit": result.unit,
        "start": result.kind.is_ranged().then_some(result.start),
        "target": result.target,
        "before": row.before,
        "now": result.current,
        "progress": row.progress().map(share),
        "expected": row.expected.map(share),
        "held": row.is_held(),
        "moved": row.is_moved(),
        "history": row.history.as_ref().map(history),
    })
}

fn history(series: &Series) -> Value {
    let points = |points: &[crate::model::history::Point]| {
        let all = points.iter();
        all.map(|point| json!([point.day, point.value]))
            .collect::<Vec<_>>()
    };
    let ahead = series.ahead.as_ref().map(|ahead| {
        let (low, high) = ahead.range.unzip();
        json!({ "day": ahead.day, "value": ahead.value, "low": low, "high": high })
    });
    json!({
        "values": points(&series.points),
        "expected": points(&series.expected),
        "forecast": ahead,
    })
}

fn balance(sheet: &Sheet, now: &Now) -> Value {
    let waiters = |all: &[Waiter]| {
        let all = all.iter();
        all.map(|one| {
            json!({
                "name": one.name,
                "checkins": one.check_ins,
                "questions": one.questions,
                "since": moment(one.since, now),
                "seconds": (now.at - one.since).num_seconds(),
            })
        })
        .collect::<Vec<_>>()
    };
    json!({
        "me": sheet.me,
        "waiting_for_me": waiters(&sheet.on_me),
        "i_wait_for": waiters(&sheet.on_others),
        "my_answers": spans(&sheet.mine),
        "answers_to_me": spans(&sheet.theirs),
    })
}

fn spans(spans: &Spans) -> Value {
    let median = |one: &Median| {
        json!({
            "median_seconds": one.span.map(|span| span.num_seconds()),
            "answers": one.count,
        })
    };
    json!({ "week": median(&spans.week), "four_weeks": median(&spans.month) })
}
