//! Where a key result will end if it goes on as it did. Days here are calendar
//! days in the reader's zone, so a check-in at noon and one at midnight of the
//! same day foresee the same.

use chrono::{Datelike, Days, NaiveDate};

use super::goal::Goal;
use super::key_result::KeyResult;
use super::progress::{self, Progress};
use super::time::Now;

/// A trend needs as many days with a check-in,
const LEAST_DAYS: usize = 3;
/// over at least this stretch,
const LEAST_STRETCH: f64 = 14.0;
/// and looks at this many of the latest.
const MOST_DAYS: usize = 8;
/// Further away than this many days nothing is foreseen.
const HORIZON: f64 = 36_500.0;

/// What is foreseen of a key result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// The value at the end of the period.
    pub value: f64,
    /// Progress at the end, raw: below 0 and above 1 show.
    pub progress: f64,
    /// The lower end of the likely range; none in a rough forecast.
    pub low: Option<f64>,
    /// The upper end of the likely range; none in a rough forecast.
    pub high: Option<f64>,
    /// How much the value moves in a week.
    pub per_week: f64,
    /// How much it would have to move in a week to reach the target; none when
    /// no time is left.
    pub needed_per_week: Option<f64>,
    /// The day the target is reached; none if it is not this way.
    pub eta: Option<NaiveDate>,
    /// Drawn from the mean since the start, because there are too few check-ins.
    pub rough: bool,
}

impl Forecast {
    /// The forecast as it stands in sentences: `37 % (33–40 %)`, `about 37 %`;
    /// no-break spaces, and the range only where its ends differ.
    pub fn percent_words(&self) -> String {
        let end = progress::percent_spaced(self.progress);
        if self.rough {
            return format!("about {end}");
        }
        let (Some(low), Some(high)) = (self.low, self.high) else {
            return end;
        };
        let (low, high) = (progress::percent(low), progress::percent_spaced(high));
        let low = low.trim_end_matches('%');
        if high.split('\u{a0}').next() == Some(low) {
            end
        } else {
            format!("{end} ({low}–{high})")
        }
    }
}

/// The slope of a row of points (day, value) and its likely range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// Median of the slopes between any two points, per day.
    pub slope: f64,
    /// Their 25th percentile.
    pub low: f64,
    /// Their 75th percentile.
    pub high: f64,
}

/// The trend of points on different days (Theil and Sen: a single odd value does
/// not turn it). None for fewer than two points or when no slope is finite.
pub fn trend(points: &[(f64, f64)]) -> Option<Trend> {
    let mut slopes = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
    for (index, (day, value)) in points.iter().enumerate() {
        for (later, then) in points.iter().skip(index + 1) {
            let slope = (then - value) / (later - day);
            if slope.is_finite() {
                slopes.push(slope);
            }
        }
    }
    slopes.sort_by(f64::total_cmp);
    Some(Trend {
        slope: percentile(&slopes, 0.5)?,
        low: percentile(&slopes, 0.25)?,
        high: percentile(&slopes, 0.75)?,
    })
}

/// The value below which this share of the sorted values lies, by linear
/// interpolation between the two nearest.
fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place among at most a few thousand values, never negative"
    )]
    let (place, rest) = {
        let place = sorted.len().checked_sub(1)? as f64 * share;
        (place.floor() as usize, place.fract())
    };
    let below = *sorted.get(place)?;
    let above = sorted.get(place + 1).copied().unwrap_or(below);
    Some(below * (1.0 - rest) + above * rest)
}

/// The values of a key result by day, oldest first: the latest check-in of each
/// day up to today. Days are counted from the beginning of the calendar.
pub fn points(goal: &Goal, result: &KeyResult, now: &Now) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for check_in in goal
        .check_ins
        .iter()
        .filter(|check_in| check_in.at <= now.at)
    {
        let Some(reading) = check_in.value_of(&result.id) else {
            continue;
        };
        let value = reading.number();
        if !value.is_finite() {
            continue;
        }
        let day = day_number(now.day_of(check_in.at));
        match points.last_mut() {
            Some(last) if last.0 >= day => last.1 = value,
            _ => points.push((day, value)),
        }
    }
    points
}

fn day_number(day: NaiveDate) -> f64 {
    f64::from(day.num_days_from_ce())
}

/// What is foreseen of a key result that runs from start to target and whose goal
/// has a due day not yet past; none for all others, before the first reading, and
/// on the very first day.
///
/// From check-ins on at least three days over at least fourteen, by the trend of
/// the last eight of them; else, roughly, by the mean pace since the start. The
/// period ends at 24:00 of the due day.
pub fn forecast(goal: &Goal, result: &KeyResult, now: &Now) -> Option<Forecast> {
    let target = result.target.filter(|_| result.kind.is_ranged())?;
    if progress::has_zero_span(result) {
        return None;
    }
    let current = result.current.as_ref()?.number();
    let today = now.today();
    let due = goal.due.filter(|due| *due >= today)?;
    let end = day_number(due) + 1.0;
    let points = points(goal, result, now);
    let last = points.last().map_or(day_number(today), |(day, _)| *day);
    let stretch = points.first().map_or(0.0, |(first, _)| last - first);
    let latest = points
        .get(points.len().saturating_sub(MOST_DAYS)..)
        .unwrap_or_default();
    let trend = if points.len() >= LEAST_DAYS && stretch >= LEAST_STRETCH {
        trend(latest)
    } else {
        None
    };
    let slope = match trend {
        Some(trend) => trend.slope,
        None => {
            let began = goal.start.unwrap_or_else(|| now.day_of(goal.created_at));
            let gone = last - day_number(began);
            if gone < 1.0 {
                return None;
            }
            (current - result.start) / gone
        }
    };
    let ends_at = |slope: f64| -> Option<(f64, Progress)> {
        let value = current + slope * (end - last);
        Some((value, progress::of_value(result, value)?))
    };
    let (value, at_end) = ends_at(slope)?;
    let mut range = None;
    if let Some(trend) = trend {
        let (one, other) = (ends_at(trend.low)?.1.raw, ends_at(trend.high)?.1.raw);
        range = Some((one.min(other), one.max(other)));
    }
    let left = end - day_number(today);
    let needed = (target - current) / (left / 7.0);
    Some(Forecast {
        value,
        progress: at_end.raw,
        low: range.map(|(low, _)| low),
        high: range.map(|(_, high)| high),
        per_week: slope * 7.0,
        needed_per_week: (left > 0.0 && needed.is_finite()).then_some(needed),
        eta: eta(last, (target - current) / slope),
        rough: trend.is_none(),
    })
    .filter(|forecast| forecast.per_week.is_finite())
}

/// The day that comes `days` after day number `last`, rounded up; none for what
/// is past, never, or more than a century away.
fn eta(last: f64, days: f64) -> Option<NaiveDate> {
    if !(days > 0.0 && days <= HORIZON) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a day number of the calendar, and 1 to 36,500 days"
    )]
    let (last, days) = (last as i32, days.ceil() as u64);
    NaiveDate::from_num_days_from_ce_opt(last)?.checked_add_days(Days::new(days))
}

#[cfg(test)]
mod tests;
