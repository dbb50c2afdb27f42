//! Where a goal or key result should be by now, and how the two compare. Pace is
//! only ever a suggestion: people decide the status.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use super::goal::Goal;
use super::key_result::{KeyResult, Kind, Reading};
use super::progress::{self, Guardrails, Rules};
use super::status::Status;
use super::time::{Now, Time};

/// How what is done compares with what is expected. An edge belongs to the better
/// class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Less of the time is gone than one can judge by (10 %).
    TooEarly,
    /// At least 10 points more than expected.
    Ahead,
    /// Within 10 points of what is expected.
    OnPace,
    /// At most 25 points less.
    Behind,
    /// Even less.
    FarBehind,
}

impl Pace {
    /// The words on screen.
    pub fn word(self) -> &'static str {
        match self {
            Pace::TooEarly => "too early to tell",
            Pace::Ahead => "ahead",
            Pace::OnPace => "on pace",
            Pace::Behind => "behind",
            Pace::FarBehind => "far behind",
        }
    }

    /// The word in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Pace::TooEarly => "too_early",
            Pace::Ahead => "ahead",
            Pace::OnPace => "on_pace",
            Pace::Behind => "behind",
            Pace::FarBehind => "far_behind",
        }
    }

    /// Whether it is behind or far behind.
    pub fn is_behind(self) -> bool {
        matches!(self, Pace::Behind | Pace::FarBehind)
    }
}

/// The class of a gap (done − expected, −1 to 1) when this share of the time is
/// gone. The gap is rounded to 1e-9 first, so that an edge is an edge.
pub fn classify(gap: f64, elapsed: f64, rules: &Rules) -> Pace {
    if elapsed < rules.early {
        Pace::TooEarly
    } else {
        class_of(gap, rules)
    }
}

fn class_of(gap: f64, rules: &Rules) -> Pace {
    let gap = (gap * 1e9).round() / 1e9;
    if gap >= rules.behind {
        Pace::Ahead
    } else if gap >= -rules.behind {
        Pace::OnPace
    } else if gap >= -rules.far_behind {
        Pace::Behind
    } else {
        Pace::FarBehind
    }
}

/// The status a pace suggests: none while it is too early; off track when the
/// time is over and not all is done (`p` below 1).
pub fn suggest(pace: Pace, elapsed: f64, p: f64) -> Option<Status> {
    if elapsed >= 1.0 && p < 1.0 {
        return Some(Status::OffTrack);
    }
    match pace {
        Pace::TooEarly => None,
        Pace::Ahead | Pace::OnPace => Some(Status::OnTrack),
        Pace::Behind => Some(Status::AtRisk),
        Pace::FarBehind => Some(Status::OffTrack),
    }
}

/// A gap in words: `ahead by 16 points`, `behind by 1 point`, `as expected`.
pub fn gap_words(gap: f64) -> String {
    let points = progress::points(gap);
    let unit = if points.abs() == 1 { "point" } else { "points" };
    match points {
        0 => "as expected".to_owned(),
        1.. => format!("ahead by {points} {unit}"),
        _ => format!("behind by {} {unit}", -points),
    }
}

/// The first and the due day of a goal's period. A goal without a first day begins
/// on the day it was made; without a due day it has no period, and no pace.
pub fn period(goal: &Goal, now: &Now) -> Option<(NaiveDate, NaiveDate)> {
    let due = goal.due?;
    let start = goal.start.unwrap_or_else(|| now.day_of(goal.created_at));
    Some((start, due))
}

/// Which share of a goal's time is gone, 0–1: (now−start)/(end−start), from 00:00
/// of its first day to 24:00 of its due day. Where the end is not after the start
/// it is 0 before the end and 1 from then on.
///
/// Reckoned on the wall clock of the reader, so that every day weighs the same,
/// also the one with 25 hours.
pub fn elapsed(goal: &Goal, now: &Now) -> Option<f64> {
    elapsed_at(goal, now.wall(), now)
}

/// The same when the wall clock shows something else.
pub fn elapsed_at(goal: &Goal, wall: NaiveDateTime, now: &Now) -> Option<f64> {
    let (start, due) = period(goal, now)?;
    let (start, end, wall) = (day_number(start), day_number(due) + 1.0, on_days(wall));
    Some(if end <= start {
        f64::from(u8::from(wall >= end))
    } else {
        ((wall - start) / (end - start)).clamp(0.0, 1.0)
    })
}

/// A wall clock as days and their parts since the calendar began: exact to well
/// under a second, and a third of the price of subtracting dates.
fn on_days(wall: NaiveDateTime) -> f64 {
    day_number(wall.date()) + f64::from(wall.time().num_seconds_from_midnight()) / 86_400.0
}

/// 00:00 of a day on the same scale.
fn day_number(day: NaiveDate) -> f64 {
    f64::from(day.num_days_from_ce())
}

/// Whether a key result has a pace of its own. Yes/no, zones and a start that
/// equals its target jump, and a baseline goes nowhere.
pub fn has_own_pace(result: &KeyResult) -> bool {
    match &result.kind {
        Kind::Number | Kind::Percent | Kind::Currency => {
            result.target.is_some() && !progress::has_zero_span(result)
        }
        Kind::Checklist { .. } | Kind::Milestones { .. } | Kind::Guardrail(_) => true,
        Kind::YesNo | Kind::Zones { .. } | Kind::Baseline => false,
    }
}

/// The value a key result should read at a moment: through its phased points, or
/// straight from start to target; of checklists and milestones how many should be
/// done. None for other kinds and without dates.
pub fn expected_value(goal: &Goal, result: &KeyResult, at: Time, now: &Now) -> Option<f64> {
    let wall = now.zone.local(at);
    let elapsed = elapsed_at(goal, wall, now)?;
    let value = match &result.kind {
        Kind::Number | Kind::Percent | Kind::Currency => {
            let target = result.target?;
            if result.phases.is_empty() {
                between(result.start, target, elapsed)
            } else {
                through_phases(goal, result, target, wall, now)?
            }
        }
        Kind::Checklist { items, .. } => elapsed * count(items.len()),
        Kind::Milestones { steps } => elapsed * count(steps.len()),
        Kind::YesNo | Kind::Zones { .. } | Kind::Baseline | Kind::Guardrail(_) => return None,
    };
    value.is_finite().then_some(value)
}

#[expect(clippy::cast_precision_loss, reason = "nobody ticks 2^52 items")]
fn count(of: usize) -> f64 {
    of as f64
}

/// From one value to another, without their difference, which may overflow.
fn between(from: f64, to: f64, share: f64) -> f64 {
    from * (1.0 - share) + to * share
}

/// Straight lines from the start through every phased point (24:00 of its day)
/// to the target at the end; a point on the due day or later replaces the target.
fn through_phases(
    goal: &Goal,
    result: &KeyResult,
    target: f64,
    at: NaiveDateTime,
    now: &Now,
) -> Option<f64> {
    let (start, due) = period(goal, now)?;
    let mut points: Vec<(NaiveDate, f64)> = result
        .phases
        .iter()
        .copied()
        .filter(|(day, value)| *day >= start && value.is_finite())
        .collect();
    points.sort_by_key(|(day, _)| *day);
    if points.last().is_none_or(|(last, _)| *last < due) {
        points.push((due, target));
    }
    let at = on_days(at);
    let mut before = (day_number(start), result.start);
    for (day, value) in points {
        let point = day_number(day) + 1.0;
        if at < point {
            let (way, gone) = (point - before.0, at - before.0);
            let share = if way > 0.0 {
                (gone / way).clamp(0.0, 1.0)
            } else {
                1.0
            };
            return Some(between(before.1, value, share));
        }
        before = (point, value);
    }
    Some(before.1)
}

/// The progress expected of a key result now, 0–1. A guardrail is always expected
/// to hold; kinds that jump are expected as time goes, for the goal's sake.
pub fn expected(goal: &Goal, result: &KeyResult, now: &Now) -> Option<f64> {
    match &result.kind {
        Kind::Guardrail(_) => Some(1.0),
        Kind::Baseline => None,
        _ => part_expected(goal, result, elapsed(goal, now)?, now),
    }
}

fn part_expected(goal: &Goal, result: &KeyResult, elapsed: f64, now: &Now) -> Option<f64> {
    match &result.kind {
        Kind::Guardrail(_) => Some(1.0),
        Kind::Number | Kind::Percent | Kind::Currency
            if !result.phases.is_empty() && !progress::has_zero_span(result) =>
        {
            let value = expected_value(goal, result, now.at, now)?;
            progress::of_value(result, value).map(|expected| expected.p)
        }
        _ => Some(elapsed),
    }
}

/// The progress expected of a goal now, 0–1: the mean of what is expected of its
/// counted parts, which is the share of time gone unless a part has phased points
/// or is a counted guardrail. `children` as for [`progress::roll_up`].
pub fn goal_expected(
    goal: &Goal,
    children: &[(f64, Option<f64>)],
    elapsed: f64,
    now: &Now,
    rules: &Rules,
) -> f64 {
    let differs = |result: &KeyResult| match result.kind {
        Kind::Guardrail(_) => rules.guardrails == Guardrails::Count,
        _ => !result.phases.is_empty(),
    };
    if !goal.results.iter().any(differs) {
        return elapsed;
    }
    let results = goal
        .results
        .iter()
        .filter(|_| progress::counts_results(goal, !children.is_empty(), rules))
        .filter(|result| progress::is_counted(result, rules))
        .filter(|result| progress::of_result(result).is_some())
        .map(|result| (result.weight, part_expected(goal, result, elapsed, now)));
    let children = children
        .iter()
        .filter(|_| progress::counts_children(goal, rules))
        .map(|(weight, p)| (*weight, p.map(|_| elapsed)));
    progress::mean(results.chain(children)).unwrap_or(elapsed)
}

/// How one key result keeps up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResultPace {
    /// Progress expected now, 0–1.
    pub expected: f64,
    /// Done − expected, −1 to 1.
    pub gap: f64,
    /// The class of the gap.
    pub pace: Pace,
    /// The status this suggests.
    pub suggested: Option<Status>,
}

/// The pace of a key result by its latest reading; none where it has no pace of
/// its own, no reading, or the goal no dates.
pub fn of_result(goal: &Goal, result: &KeyResult, now: &Now, rules: &Rules) -> Option<ResultPace> {
    of_reading(goal, result, result.current.as_ref()?, now, rules)
}

/// The pace of a key result if it read this now. A guardrail needs no dates and
/// is never too early to judge; a broken one is at least behind.
pub fn of_reading(
    goal: &Goal,
    result: &KeyResult,
    reading: &Reading,
    now: &Now,
    rules: &Rules,
) -> Option<ResultPace> {
    if !has_own_pace(result) {
        return None;
    }
    let p = progress::of_reading(result, reading)?.p;
    if let Some(held) = progress::is_held(result, reading) {
        let gap = p - 1.0;
        let pace = match class_of(gap, rules) {
            Pace::OnPace if !held => Pace::Behind,
            pace => pace,
        };
        return Some(ResultPace {
            expected: 1.0,
            gap,
            pace,
            suggested: suggest(pace, 0.0, p),
        });
    }
    let elapsed = elapsed(goal, now)?;
    let expected = part_expected(goal, result, elapsed, now)?;
    let gap = p - expected;
    let pace = classify(gap, elapsed, rules);
    Some(ResultPace {
        expected,
        gap,
        pace,
        suggested: suggest(pace, elapsed, p),
    })
}

/// The status that a provider's own figure of a key result suggests, where we have
/// none: achieved at 100 %, else by how much time is gone.
pub fn status_by_provider(
    goal: &Goal,
    result: &KeyResult,
    now: &Now,
    rules: &Rules,
) -> Option<Status> {
    if progress::of_result(result).is_some() {
        return None;
    }
    let theirs = progress::shown_of_result(result)?;
    if theirs >= 1.0 {
        return Some(Status::Achieved);
    }
    let (elapsed, done) = (elapsed(goal, now)?, theirs.max(0.0));
    suggest(classify(done - elapsed, elapsed, rules), elapsed, done)
}

/// The status a list shows for a key result: the provider's, else achieved at
/// 100 %, else what its pace suggests; off track when the time is over. None
/// (shown as not started) where nothing can be said.
pub fn result_status(goal: &Goal, result: &KeyResult, now: &Now, rules: &Rules) -> Option<Status> {
    if result.status.is_some() {
        return result.status;
    }
    let p = progress::of_result(result)?.p;
    let is_rail = matches!(result.kind, Kind::Guardrail(_));
    if p >= 1.0 && !is_rail {
        return Some(Status::Achieved);
    }
    match of_result(goal, result, now, rules) {
        Some(pace) => pace.suggested,
        None => elapsed(goal, now)
            .filter(|elapsed| *elapsed >= 1.0)
            .map(|_| Status::OffTrack),
    }
}

#[cfg(test)]
mod tests;
