//! A key result over time: what it read, what was expected of it and where it
//! will end if it goes on so, as rows of points for charts of every kind.

use chrono::{Days, NaiveDate};

use super::forecast::{self, Forecast};
use super::goal::Goal;
use super::key_result::{KeyResult, Reading};
use super::pace;
use super::past::Past;
use super::progress;
use super::time::Now;

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
    /// First and last day of all of it.
    pub days: (NaiveDate, NaiveDate),
    /// Smallest and largest value of all of it, target and start included.
    pub values: (f64, f64),
}

/// A key result over time, from its check-ins and from what this machine kept of
/// its goal; none where there is neither a reading nor anything expected.
pub fn series(goal: &Goal, result: &KeyResult, kept: &[Past], now: &Now) -> Option<Series> {
    let points = points(goal, result, kept, now);
    let expected = expected(goal, result, now);
    let ahead = ahead(goal, result, now);
    let ends = ahead.iter().map(|ahead| ahead.day);
    let days = points.iter().chain(&expected).map(|point| point.day);
    let days = days.chain(ends);
    let days = (days.clone().min()?, days.max()?);
    let mut values: Vec<f64> = Vec::new();
    values.extend(points.iter().chain(&expected).map(|point| point.value));
    if result.kind.is_ranged() {
        values.push(result.start);
        values.extend(result.target);
    }
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
        days,
        values: (low, high),
    })
}

/// Readings by day: those of check-ins; on days without one what was kept of the
/// goal, where that reads otherwise than the day before; and what it reads today.
pub fn points(goal: &Goal, result: &KeyResult, kept: &[Past], now: &Now) -> Vec<Point> {
    use chrono::Datelike;
    let in_check_ins = forecast::points(goal, result, now);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a day number of the calendar"
    )]
    let day_of = |number: f64| NaiveDate::from_num_days_from_ce_opt(number as i32);
    let mut points: Vec<Point> = in_check_ins
        .iter()
        .filter_map(|(day, value)| {
            Some(Point {
                day: day_of(*day)?,
                value: *value,
            })
        })
        .collect();
    let read = |goal: &Goal| {
        let result = goal.results.iter().find(|other| other.id == result.id)?;
        result.current.as_ref().map(Reading::number)
    };
    // A value stood from the moment the one before it gave way: the day the state
    // before this one ended.
    let mut since = None;
    let states = kept
        .iter()
        .map(|past| (past.was.as_deref(), Some(past.until)));
    for (was, until) in states.chain([(Some(goal), None)]) {
        let began: Option<chrono::DateTime<chrono::Utc>> = since;
        since = until.or(since);
        let (Some(value), Some(began)) = (was.and_then(read), began) else {
            continue;
        };
        let day = now.day_of(began);
        if !value.is_finite() || day.num_days_from_ce() > now.today().num_days_from_ce() {
            continue;
        }
        let place = points.partition_point(|point| point.day <= day);
        let before = place.checked_sub(1).and_then(|place| points.get(place));
        if before.is_none_or(|before| before.day < day && before.value != value) {
            points.insert(place, Point { day, value });
        }
    }
    points
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
