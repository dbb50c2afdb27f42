//! A key result over time: what it read, what was expected of it and where it
//! will end if it goes on so, as rows of points for charts of every kind. Below it
//! what happened to a goal ([`moments`]) and how notes differ ([`notes`]).

pub mod markdown;
pub mod moments;
pub mod notes;

use chrono::{Days, NaiveDate, TimeDelta};

use super::forecast::{self, Forecast};
use super::goal::Goal;
use super::key_result::{KeyResult, Kind, Reading};
use super::pace;
use super::past::Past;
use super::progress;
use super::time::{Now, Time};

/// A value on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The day in the reader's zone.
    pub day: NaiveDate,
    /// What was read or is expected, in the result's own unit.
    pub value: f64,
}

/// Where a key result will be on the last day of its period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ahead {
    /// The last day.
    pub day: NaiveDate,
    /// The value foreseen.
    pub value: f64,
    /// The likely range of that value, lower end first; none in a rough forecast.
    pub range: Option<(f64, f64)>,
    /// All that is foreseen.
    pub forecast: Forecast,
}

/// A value that means something by itself: the target, a limit, a zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The value.
    pub value: f64,
    /// What it is, one word.
    pub word: &'static str,
}

/// One key result over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it read, oldest first, one a day: the latest.
    pub points: Vec<Point>,
    /// What is expected of it, from the first day of its period to the last: two
    /// points, or more where it has phases; empty where nothing is.
    pub expected: Vec<Point>,
    /// Where it goes; none where nothing is foreseen.
    pub ahead: Option<Ahead>,
    /// Values that mean something, most important first.
    pub levels: Vec<Level>,
    /// First and last day of all of it.
    pub days: (NaiveDate, NaiveDate),
    /// Smallest and largest value of all of it, levels included.
    pub values: (f64, f64),
}

/// A key result over time, from its check-ins and from what this machine kept of
/// its goal; none where there is neither a reading nor anything expected.
pub fn series(goal: &Goal, result: &KeyResult, kept: &[Past], now: &Now) -> Option<Series> {
    let points = points(goal, result, kept, now);
    let expected = expected(goal, result, now);
    let ahead = ahead(goal, result, now);
    let days = points.iter().chain(&expected).map(|point| point.day);
    let (first, last) = (days.clone().min()?, days.max()?);
    // All key results of a goal have one scale of days.
    let days = match pace::period(goal, now) {
        Some((start, due)) => (first.min(start), last.max(due)),
        None => (first, last),
    };
    let mut values: Vec<f64> = Vec::new();
    values.extend(points.iter().chain(&expected).map(|point| point.value));
    let levels = levels(result);
    values.extend(levels.iter().map(|level| level.value));
    if let Some(ahead) = &ahead {
        values.push(ahead.value);
        values.extend(ahead.range.iter().flat_map(|(low, high)| [*low, *high]));
    }
    values.retain(|value| value.is_finite());
    let low = values.iter().copied().reduce(f64::min)?;
    let high = values.iter().copied().reduce(f64::max)?;
    Some(Series {
        points,
        expected,
        ahead,
        levels,
        days,
        values: (low, high),
    })
}

/// What values of a key result mean something by themselves.
fn levels(result: &KeyResult) -> Vec<Level> {
    let level = |value: f64, word: &'static str| Level { value, word };
    let levels = match &result.kind {
        Kind::Number | Kind::Percent | Kind::Currency => {
            let target = result.target.map(|target| level(target, "target"));
            let start = level(result.start, "start");
            target.into_iter().chain([start]).collect()
        }
        Kind::YesNo => vec![level(1.0, "done"), level(0.0, "open")],
        Kind::Checklist { items, .. } => vec![level(count(items.len()), "all"), level(0.0, "none")],
        Kind::Milestones { steps } => vec![level(count(steps.len()), "all"), level(0.0, "none")],
        Kind::Zones {
            commit,
            target,
            stretch,
        } => vec![
            level(*target, "target"),
            level(*stretch, "stretch"),
            level(*commit, "commit"),
        ],
        Kind::Baseline => Vec::new(),
        Kind::Guardrail(rail) => {
            let critical = rail.critical.map(|critical| level(critical, "critical"));
            let limit = level(rail.limit, "limit");
            [limit].into_iter().chain(critical).collect()
        }
    };
    let is_finite = |level: &Level| level.value.is_finite();
    levels.into_iter().filter(is_finite).collect()
}

#[expect(clippy::cast_precision_loss, reason = "nobody ticks 2^52 items")]
fn count(of: usize) -> f64 {
    of as f64
}

/// Readings by day, the latest of each: those of check-ins; what was kept of the
/// goal, where its value moved without one; and what it reads today.
pub fn points(goal: &Goal, result: &KeyResult, kept: &[Past], now: &Now) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for (at, value) in readings(goal, result, kept, now) {
        let day = now.day_of(at);
        match points.last_mut() {
            Some(last) if last.day >= day => last.value = value,
            _ => points.push(Point { day, value }),
        }
    }
    points
}

/// Clocks of servers may be ahead of ours by this much.
const AHEAD: TimeDelta = TimeDelta::minutes(15);

/// Every reading up to now with its moment, oldest first.
fn readings(goal: &Goal, result: &KeyResult, kept: &[Past], now: &Now) -> Vec<(Time, f64)> {
    let told = goal.check_ins.iter().filter(|one| one.at <= now.at);
    let mut readings: Vec<(Time, f64)> = told
        .filter_map(|one| Some((one.at, one.value_of(&result.id)?.number())))
        .filter(|(_, value)| value.is_finite())
        .collect();
    readings.sort_by_key(|(at, _)| *at);
    let told_first = readings.first().map(|(at, _)| *at);
    let read = |goal: &Goal| {
        let result = goal.results.iter().find(|other| other.id == result.id)?;
        let value = result.current.as_ref().map(Reading::number);
        value.filter(|value| value.is_finite())
    };
    let mut add = |from: Time, value: f64, ahead: TimeDelta| {
        if from > now.at {
            return;
        }
        let place = readings.partition_point(|(at, _)| *at <= from + ahead);
        let stands = place.checked_sub(1).and_then(|last| readings.get(last));
        if stands.is_none_or(|(_, stands)| *stands != value) {
            let place = readings.partition_point(|(at, _)| *at <= from);
            readings.insert(place, (from, value));
        }
    };
    if let Some(first) = kept.first()
        && let Some(was) = &first.was
        && let Some(value) = read(was)
        && told_first.is_none_or(|told| told > first.until)
    {
        // The first state is at least as old as its last change at the provider.
        add(was.updated_at.min(first.until), value, TimeDelta::zero());
    }
    for (place, past) in kept.iter().enumerate() {
        let next = kept.get(place + 1);
        let until = next.map_or(now.at, |next| next.until);
        let state = match next {
            Some(next) => next.was.as_deref(),
            None => Some(goal),
        };
        let before = past.was.as_deref().and_then(read);
        let after = value_after(goal, result, past.until, until)
            .or_else(|| state.and_then(read))
            .filter(|after| before != Some(*after));
        if let Some(after) = after {
            add(past.until, after, AHEAD);
        }
    }
    let last = readings.last().map(|(_, value)| *value);
    if let Some(value) = read(goal).filter(|value| last != Some(*value)) {
        let checked = result.particulars().checked_at.filter(|_| last.is_none());
        readings.push((checked.map_or(now.at, |at| at.min(now.at)), value));
    }
    readings
}

/// What a key result read right after a moment, by the first check-in from then to a
/// later moment: what it says was there before it, or what the one before it said.
fn value_after(goal: &Goal, result: &KeyResult, from: Time, to: Time) -> Option<f64> {
    let place = goal.check_ins.iter().position(|one| {
        one.at > from + AHEAD && one.at <= to && one.value_of(&result.id).is_some()
    })?;
    let first = goal.check_ins.get(place)?;
    let change = first.values.iter().find(|one| one.result == result.id)?;
    let told = change.before.as_ref();
    let mut earlier = goal.check_ins.get(..place)?.iter().rev();
    let told = told.or_else(|| earlier.find_map(|one| one.value_of(&result.id)));
    let value = told.map(Reading::number);
    value.filter(|value| value.is_finite())
}

fn expected(goal: &Goal, result: &KeyResult, now: &Now) -> Vec<Point> {
    let Some((first, last)) = pace::period(goal, now) else {
        return Vec::new();
    };
    let turns = result.phases.iter().map(|(day, _)| *day);
    let turns = turns.filter(|day| (first..=last).contains(day));
    let mut days: Vec<(NaiveDate, bool)> = turns.map(|day| (day, true)).collect();
    days.push((first, false));
    days.push((last, true));
    days.sort_unstable();
    days.dedup_by_key(|(day, _)| *day);
    let point = |(day, at_its_end): (NaiveDate, bool)| {
        let day_after = day.checked_add_days(Days::new(1))?;
        let moment = now.zone.start_of(if at_its_end { day_after } else { day });
        let value = pace::expected_value(goal, result, moment, now)?;
        Some(Point { day, value })
    };
    days.into_iter().filter_map(point).collect()
}

fn ahead(goal: &Goal, result: &KeyResult, now: &Now) -> Option<Ahead> {
    let forecast = forecast::forecast(goal, result, now)?;
    let (start, target) = (result.start, result.target?);
    let value_at = |raw: f64| start + raw * (target - start);
    let range = forecast.low.zip(forecast.high).map(|(one, other)| {
        let (one, other) = (value_at(one), value_at(other));
        (one.min(other), one.max(other))
    });
    debug_assert!(
        !progress::has_zero_span(result),
        "nothing is foreseen of it"
    );
    Some(Ahead {
        day: goal.due?,
        value: forecast.value,
        range,
        forecast,
    })
}

#[cfg(test)]
mod tests;
