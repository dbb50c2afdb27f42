//! A report as CSV: a row for every key result of every goal of which there is
//! something to tell, and one for a goal that has none. Spreadsheets take a cell
//! that begins like a formula for one: such a cell gets an apostrophe before it.

use super::{GoalWeek, Report, ResultWeek, words};
use crate::model::key_result::Reading;
use crate::model::{progress, text};

/// The first row.
const COLUMNS: [&str; 29] = [
    "week",
    "account",
    "goal_id",
    "goal",
    "champion",
    "reviewer",
    "status_before",
    "status",
    "progress_before_percent",
    "progress_percent",
    "expected_percent",
    "start",
    "due_before",
    "due",
    "new",
    "closed_at",
    "score",
    "check_in_missing_since",
    "last_check_in_at",
    "last_check_in_by",
    "acknowledged_by",
    "why",
    "result_id",
    "result",
    "unit",
    "before",
    "now",
    "target",
    "result_progress_percent",
];

/// The whole report. Accounts that are missing have a row of their own.
pub fn write(report: &Report) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    // Memory takes everything: no write of these can fail.
    let mut put = |cells: Vec<String>| {
        let safe = cells.iter().map(|cell| guard(cell));
        let _never = out.write_record(safe);
    };
    put(COLUMNS.iter().map(|name| (*name).to_owned()).collect());
    for row in &report.rows {
        let goal = goal(report, row);
        let rest = COLUMNS.len() - goal.len();
        if row.results.is_empty() {
            let empty = std::iter::repeat_n(String::new(), rest);
            put(goal.iter().cloned().chain(empty).collect());
        }
        for one in &row.results {
            put(goal.iter().cloned().chain(result(one)).collect());
        }
    }
    for one in &report.missing {
        let mut cells = vec![String::new(); COLUMNS.len()];
        let known = [
            (0, report.week.code()),
            (1, one.account.to_string()),
            (3, format!("account missing: {}", one.why)),
        ];
        for (place, words) in known {
            if let Some(cell) = cells.get_mut(place) {
                *cell = words;
            }
        }
        put(cells);
    }
    let bytes = out.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Clean, on one line, and no formula. Numbers of ours may be negative.
fn guard(cell: &str) -> String {
    let clean = text::line(cell);
    let clean = clean.as_str();
    let is_number = clean.parse::<f64>().is_ok();
    let starts = clean
        .trim_start()
        .starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    match starts && !is_number {
        true => format!("'{clean}"),
        false => clean.to_owned(),
    }
}

fn percent(share: Option<f64>) -> String {
    let whole = share.and_then(progress::whole_percent);
    whole.map_or_else(String::new, |whole| whole.to_string())
}

fn some<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn goal(report: &Report, row: &GoalWeek) -> Vec<String> {
    let before = row.before.as_ref();
    let now = &report.now;
    let day = |at| now.day_of(at).to_string();
    let last = row.said.last();
    let why: Vec<&str> = row.why.iter().map(|why| why.text.as_str()).collect();
    let mut by: Vec<&str> = row.acknowledged.iter().map(|one| one.by.as_str()).collect();
    by.dedup();
    let closed = row.closed.as_ref();
    vec![
        report.week.code(),
        row.account.to_string(),
        row.id.to_string(),
        row.name.clone(),
        some(row.champion.as_ref()),
        some(row.reviewer.as_ref()),
        some(before.map(|before| before.status.words().code)),
        row.status.said().words().code.to_owned(),
        percent(before.and_then(|before| before.progress)),
        percent(row.progress),
        percent(row.expected),
        some(row.start),
        some(before.and_then(|before| before.due)),
        some(row.due),
        if row.is_new { "yes" } else { "" }.to_owned(),
        some(closed.map(|closed| day(closed.at))),
        some(closed.and_then(|closed| closed.score)),
        some(row.owed.as_ref().map(|owed| owed.due)),
        some(last.map(|said| day(said.at))),
        some(last.map(|said| said.by.as_str())),
        by.join("; "),
        why.join("; "),
    ]
}

fn result(row: &ResultWeek) -> Vec<String> {
    let result = &row.result;
    let reading = |reading: Option<&Reading>| match reading {
        None => String::new(),
        Some(Reading::Yes(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        Some(Reading::Number(value)) => value.to_string(),
        Some(Reading::Ticks(_)) => {
            let ticked = reading.map_or(0.0, Reading::number);
            ticked.to_string()
        }
    };
    let progress = match row.is_held() {
        Some(_) => words::how_far(row).unwrap_or_default(),
        None => percent(row.progress()),
    };
    vec![
        result.id.to_string(),
        result.name.clone(),
        result.unit.clone(),
        reading(row.before.as_ref()),
        reading(result.current.as_ref()),
        some(result.target),
        progress,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, safe) in [
            ("=cmd()", "'=cmd()"),
            (" =cmd()", "' =cmd()"),
            ("+1+1", "'+1+1"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("-0.5", "-0.5"),
            ("plain", "plain"),
            ("two\nlines\u{1b}", "two lines␛"),
        ] {
            assert_eq!(guard(cell), safe);
        }
    }
}
