//! Sentences that several formats share. Foreign text in them is as it came.

use super::{
    Acknowledged, Closed, GoalWeek, MOST, Owed, Report, ResultWeek, Said, Unsent, Waiter, is_known,
};
use crate::model::balance::{Median, Spans};
use crate::model::check_in::Occasion;
use crate::model::key_result::{Kind, Reading};
use crate::model::time::{Now, Time};
use crate::model::{dates, figures, progress, text, values};

/// Characters of a note that are quoted.
const QUOTED: usize = 240;

/// `Week 47, 16–22 Nov 2026`
pub fn title(report: &Report) -> String {
    let words = report.week.words();
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// `All goals: 14 goals, 31 key results. As of Fri 20 Nov 2026 10:42; the week is
/// not over.`
pub fn scope(report: &Report) -> String {
    let goals = some(report.goals, "goal", "goals");
    let results = some(report.results, "key result", "key results");
    let wall = report.now.wall().format("%a %-d %b %Y %H:%M");
    let runs = match report.is_running {
        true => "; the week is not over",
        false => "",
    };
    format!("{}: {goals}, {results}. As of {wall}{runs}.", report.view)
}

/// `2 accounts missing: work (token expired), clickup (offline since 10:31)`; none
/// where all is there.
pub fn missing(report: &Report) -> Option<String> {
    if report.missing.is_empty() {
        return None;
    }
    let accounts = some(report.missing.len(), "account", "accounts");
    let all = report.missing.iter();
    let all: Vec<String> = all
        .map(|one| format!("{} ({})", one.account, one.why))
        .collect();
    Some(format!("{accounts} missing: {}", all.join(", ")))
}

/// `Nothing happened in week 47.`
pub fn nothing(report: &Report) -> String {
    format!("Nothing happened in week {}.", report.week.number())
}

/// What is left out of a long section; none if nothing is.
pub fn more(count: usize) -> Option<String> {
    let left = count.checked_sub(MOST).filter(|left| *left > 0)?;
    Some(format!("… and {left} more; CSV and JSON have all."))
}

/// `■ Off track`, with the provider's own word.
pub fn status(row: &GoalWeek) -> String {
    let words = row.status.words();
    match &row.status_word {
        Some(own) => format!("{} {} [{own}]", words.glyph, words.word),
        None => format!("{} {}", words.glyph, words.word),
    }
}

/// `24 % → 31 % (+7 points), expected 55 %`; none where nothing counts.
pub fn figures(row: &GoalWeek) -> Option<String> {
    let now = progress::percent_spaced(row.progress?);
    let before = row.before.as_ref().and_then(|before| before.progress);
    let done = match (before, row.points()) {
        (Some(before), Some(points)) if points != 0 => {
            let before = progress::percent_spaced(before);
            format!("{before} → {now} ({})", signed(points))
        }
        _ => now,
    };
    let expected = row.expected.map(progress::percent_spaced);
    Some(expected.map_or(done.clone(), |expected| {
        format!("{done}, expected {expected}")
    }))
}

/// `+7 points`, `−1 point`.
fn signed(points: i64) -> String {
    let sign = if points < 0 { "−" } else { "+" };
    let unit = if points.abs() == 1 { "point" } else { "points" };
    format!("{sign}{} {unit}", points.abs())
}

/// What moved, a piece each: status, values, last day, champion.
pub fn changes(row: &GoalWeek, now: &Now) -> Vec<String> {
    let mut changes = Vec::new();
    let Some(before) = &row.before else {
        return changes;
    };
    let status = row.status.said();
    if before.status != status {
        let (was, is) = (before.status.words().word, status.words().word);
        changes.push(format!("status {was} → {is}"));
    }
    changes.extend(row.results.iter().filter_map(result_change));
    if before.due != row.due {
        let day = |day: Option<chrono::NaiveDate>| {
            day.map_or_else(|| "open".to_owned(), |day| dates::day(day, now))
        };
        changes.push(format!("due {} → {}", day(before.due), day(row.due)));
    }
    if before.champion != row.champion {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "nobody".to_owned());
        let (was, is) = (name(&before.champion), name(&row.champion));
        changes.push(format!("champion {was} → {is}"));
    }
    if changes.is_empty() && row.results.is_empty() && row.is_moved() {
        changes.push("by what counts under it".to_owned());
    }
    changes
}

/// `Monthly churn 3.80 → 3.66 % (+7 points)`; none where it did not move.
pub fn result_change(row: &ResultWeek) -> Option<String> {
    let name = &row.result.name;
    let now = row.result.current.as_ref().filter(|_| row.is_moved())?;
    let Some(before) = &row.before else {
        return Some(format!("{name} now {}", values::show(&row.result, now)));
    };
    let change = values::change(&row.result, before, now);
    let change = match row.result.kind {
        Kind::YesNo | Kind::Checklist { .. } | Kind::Milestones { .. } => change,
        _ => values::with_unit(&row.result, change),
    };
    Some(match figures::points_words(&row.result, before, now) {
        Some(points) => format!("{name} {change} ({points})"),
        None => format!("{name} {change}"),
    })
}

/// How far a key result is: `21 %`, `held`, `done`; none before the first reading.
pub fn how_far(row: &ResultWeek) -> Option<String> {
    let reading = row.result.current.as_ref()?;
    match row.result.kind {
        Kind::Guardrail(_) => {
            let held = progress::is_held(&row.result, reading)?;
            Some(if held { "held" } else { "broken" }.to_owned())
        }
        Kind::YesNo => Some(values::show(&row.result, reading)),
        _ => progress::shown_of_result(&row.result).map(progress::percent_spaced),
    }
}

/// `4.10 → 2.00 %`, `stay below 25`: what a key result aims at; empty where it
/// aims at nothing that has to be said.
pub fn aim(row: &ResultWeek) -> String {
    let result = &row.result;
    match &result.kind {
        Kind::Guardrail(rail) => {
            let side = if rail.above { "above" } else { "below" };
            let limit = values::show(result, &Reading::Number(rail.limit));
            format!("stay {side} {limit}")
        }
        Kind::Zones { target, .. } => values::with_unit(result, values::number(*target)),
        _ => values::range(result).unwrap_or_default(),
    }
}

/// `Ana Silva, Fri 20 Nov: “Two large accounts left …”`; the quote only where there
/// is a note.
pub fn said(said: &Said, now: &Now) -> String {
    let who = format!("{}, {}", said.by, weekday(said.at, now));
    let quote = quote(&said.note);
    match said.occasion {
        Occasion::Regular if quote.is_empty() => who,
        Occasion::Regular => format!("{who}: “{quote}”"),
        Occasion::Closing => format!("{who}, closing: “{quote}”"),
        Occasion::Reopening => format!("{who}, opening it again: “{quote}”"),
    }
}

/// A note on one line without its headings and signs, cut at a word.
fn quote(note: &str) -> String {
    let lines = note.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let words: Vec<&str> = lines.map(without_marker).collect();
    let whole = text::line(&words.join(" "));
    let whole = whole.as_str().trim();
    match whole.char_indices().nth(QUOTED) {
        None => whole.to_owned(),
        Some((end, _)) => {
            let cut = whole.get(..end).unwrap_or(whole);
            let cut = cut.rsplit_once(' ').map_or(cut, |(words, _)| words);
            format!("{cut} …")
        }
    }
}

/// An item of a list or a box to tick without its sign.
fn without_marker(line: &str) -> &str {
    let signs = ["- [ ] ", "- [x] ", "- [X] ", "* ", "- ", "> "];
    let sign = signs.iter().find(|sign| line.starts_with(**sign));
    sign.map_or(line, |sign| line.trim_start_matches(sign).trim_start())
}

/// `7 days late, due 13 Nov, Ana Silva`
pub fn owed(owed: &Owed, now: &Now) -> String {
    let by = owed.by.as_deref().unwrap_or("no champion");
    match owed.late_days {
        0 => format!("due today, {by}"),
        late => {
            let (late, due) = (dates::days(late), dates::day(owed.due, now));
            format!("{late} late, due {due}, {by}")
        }
    }
}

/// `check-in of 13 Nov by Ana Silva, by Mei Tan on Sat 14 Nov, after 1 day`
pub fn acknowledged(one: &Acknowledged, now: &Now) -> String {
    format!(
        "{}'s check-in of {}, by {} on {}, after {}",
        one.author,
        dates::day(now.day_of(one.written), now),
        one.by,
        weekday(one.at, now),
        dates::span(one.at - one.written)
    )
}

/// `score 0.8, delivered, Wed 18 Nov, Ana Silva`
pub fn closed(closed: &Closed, now: &Now) -> String {
    let mut parts = Vec::new();
    if let Some(score) = closed.score {
        parts.push(format!("score {score:.1}"));
    }
    parts.extend(closed.means.map(str::to_owned));
    parts.push(weekday(closed.at, now));
    parts.extend(closed.by.clone());
    parts.join(", ")
}

/// `held: check-in “Docs rewrite”, sends at 10:42:17`
pub fn unsent(one: &Unsent) -> String {
    match one.why.as_str() {
        "" => format!("{}: {}", one.state, one.what),
        why => format!("{}: {}, {why}", one.state, one.what),
    }
}

/// `2 check-ins and 1 question, for 3 days (since 17 Nov)`
pub fn waiter(one: &Waiter, now: &Now) -> String {
    let mut what = Vec::new();
    if one.check_ins > 0 {
        what.push(some(one.check_ins, "check-in", "check-ins"));
    }
    if one.questions > 0 {
        what.push(some(one.questions, "question", "questions"));
    }
    let since = dates::day(now.day_of(one.since), now);
    let span = dates::span(now.at - one.since);
    format!("{}, for {span} (since {since})", what.join(" and "))
}

/// `5 h 10 min in the week (3 answers), 1 day in four weeks (12 answers)`
pub fn spans(spans: &Spans) -> String {
    let words = |median: &Median, when: &str| match median.span.filter(|_| is_known(median)) {
        Some(span) => format!(
            "{} {when} ({})",
            dates::span(span),
            some(median.count, "answer", "answers")
        ),
        None => format!("no answer {when}"),
    };
    format!(
        "{}, {}",
        words(&spans.week, "in the week"),
        words(&spans.month, "in four weeks")
    )
}

/// `Fri 20 Nov`, with the year where it is not the report's.
pub fn weekday(at: Time, now: &Now) -> String {
    dates::weekday(now.day_of(at), now)
}

/// `1 goal`, `2 goals`.
pub fn some(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
