//! Days and moments as people type and read them, in English and in the zone of
//! the person who looks.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Weekday};

use super::time::{Now, Time};

/// Where a day without a year, or a day of the week, is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lean {
    /// Today or later, and the last day of a quarter or month: due dates.
    Ahead,
    /// Today or earlier, and the first day of a quarter or month: "since".
    Back,
    /// Whichever is nearest, and the first day of a quarter or month: where a
    /// period begins.
    Near,
}

/// Reads a day that lies ahead: `31 Dec`, `Dec 31`, `31 Dec 2027`, `2026-12-31`,
/// `31.12.2026`, `2026/q4`, `q4`, `2026-12`, `+10d`, `+6w`, `+2m`, `+1y`, `fri`,
/// `today`, `tomorrow`. A quarter or month is its last day.
///
/// # Errors
/// One sentence with the forms that can be read.
pub fn parse_day(text: &str, now: &Now) -> Result<NaiveDate, String> {
    parse_day_leaning(text, now, Lean::Ahead)
}

/// The same, looking for the day where `lean` says.
///
/// # Errors
/// One sentence with the forms that can be read.
pub fn parse_day_leaning(text: &str, now: &Now, lean: Lean) -> Result<NaiveDate, String> {
    let typed = text.trim();
    let forms = match lean {
        Lean::Back => "31 Oct, 2026-10-31, 2026/q3, -2w, fri or yesterday",
        Lean::Ahead | Lean::Near => "31 Dec, 2026-12-31, 2026/q4, +6w, fri or today",
    };
    let refused = || format!("not a date: \"{typed}\"; write {forms}");
    let missing = || format!("there is no such day: \"{typed}\"");
    let lower = typed.to_lowercase();
    let today = now.today();
    match lower.as_str() {
        "today" => return Ok(today),
        "tomorrow" => return today.succ_opt().ok_or_else(missing),
        "yesterday" => return today.pred_opt().ok_or_else(missing),
        _ => {}
    }
    if let Some(rest) = lower.strip_prefix('+') {
        return offset(today, rest, true).ok_or_else(refused);
    }
    if let Some(rest) = lower.strip_prefix(['-', '−']) {
        return offset(today, rest, false).ok_or_else(refused);
    }
    if let Ok(day) = lower.parse::<Weekday>() {
        return Ok(on_weekday(today, day, lean));
    }
    let words: Vec<&str> = lower
        .split(|letter: char| " ,./-".contains(letter))
        .filter(|word| !word.is_empty())
        .collect();
    if let Some((year, quarter)) = quarter(&words) {
        return period(today, year, quarter * 3 - 2, 3, lean).ok_or_else(missing);
    }
    match read_words(&words, &lower) {
        Some(Written::Month(year, month)) => {
            period(today, Some(year), month, 1, lean).ok_or_else(missing)
        }
        Some(Written::Day(Some(year), month, day)) => {
            NaiveDate::from_ymd_opt(year, month, day).ok_or_else(missing)
        }
        Some(Written::Day(None, month, day)) => {
            without_year(today, month, day, lean).ok_or_else(missing)
        }
        None => Err(refused()),
    }
}

/// Reads a day that was, or today: `31 Oct`, `2026-10-31`, `-2w`, `yesterday`.
///
/// # Errors
/// One sentence with the forms that can be read, or that the day lies ahead.
pub fn parse_past_day(text: &str, now: &Now) -> Result<NaiveDate, String> {
    let day = parse_day_leaning(text, now, Lean::Back)?;
    if day > now.today() {
        return Err(format!(
            "{} lies ahead; write a day that was, as 31 Oct, -2w or yesterday",
            day.format("%-d %b %Y")
        ));
    }
    Ok(day)
}

enum Written {
    Month(i32, u32),
    Day(Option<i32>, u32, u32),
}

fn read_words(words: &[&str], typed: &str) -> Option<Written> {
    let number = |word: &str| word.parse::<u32>().ok();
    Some(match words {
        // 2026-12-31 and 31.12.2026; 12/31/2026 could be read two ways.
        [year, month, day] if is_year(year) && number(month).is_some() => {
            Written::Day(year.parse().ok(), number(month)?, number(day)?)
        }
        [day, month, year] if is_year(year) && typed.contains('.') && number(month).is_some() => {
            Written::Day(year.parse().ok(), number(month)?, number(day)?)
        }
        [day, month] if typed.contains('.') && number(month).is_some() => {
            Written::Day(None, number(month)?, number(day)?)
        }
        [year, month] if is_year(year) && number(month).is_some() => {
            Written::Month(year.parse().ok()?, number(month)?)
        }
        [name, year] | [year, name] if is_year(year) => {
            Written::Month(year.parse().ok()?, month_named(name)?)
        }
        [one, other] => match month_named(one) {
            Some(month) => Written::Day(None, month, number(other)?),
            None => Written::Day(None, month_named(other)?, number(one)?),
        },
        [one, other, year] if is_year(year) => match month_named(one) {
            Some(month) => Written::Day(year.parse().ok(), month, number(other)?),
            None => Written::Day(year.parse().ok(), month_named(other)?, number(one)?),
        },
        _ => return None,
    })
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|digit| digit.is_ascii_digit())
}

fn month_named(word: &str) -> Option<u32> {
    word.parse::<chrono::Month>()
        .ok()
        .map(|month| month.number_from_month())
}

/// `2026 q4`, `q4 2026` or `q4`.
fn quarter(words: &[&str]) -> Option<(Option<i32>, u32)> {
    let of = |word: &str| {
        word.strip_prefix('q')
            .and_then(|quarter| quarter.parse::<u32>().ok())
            .filter(|quarter| (1..=4).contains(quarter))
    };
    match words {
        [quarter] => Some((None, of(quarter)?)),
        [one, other] => {
            let (year, quarter) = if is_year(one) {
                (one, other)
            } else {
                (other, one)
            };
            if !is_year(year) {
                return None;
            }
            Some((Some(year.parse().ok()?), of(quarter)?))
        }
        _ => None,
    }
}

/// First or last day of a stretch of months; without a year the one `lean` finds.
fn period(
    today: NaiveDate,
    year: Option<i32>,
    month: u32,
    months: u32,
    lean: Lean,
) -> Option<NaiveDate> {
    let first = |year| NaiveDate::from_ymd_opt(year, month, 1);
    let last = |year| {
        first(year)?
            .checked_add_months(Months::new(months))?
            .pred_opt()
    };
    match (year, lean) {
        (Some(year), Lean::Ahead) => last(year),
        (Some(year), Lean::Back | Lean::Near) => first(year),
        (None, Lean::Ahead) => {
            let this = last(today.year())?;
            if this >= today {
                Some(this)
            } else {
                last(today.year() + 1)
            }
        }
        (None, Lean::Back) => {
            let this = first(today.year())?;
            if this <= today {
                Some(this)
            } else {
                first(today.year() - 1)
            }
        }
        (None, Lean::Near) => nearest(today, first),
    }
}

fn nearest(today: NaiveDate, in_year: impl Fn(i32) -> Option<NaiveDate>) -> Option<NaiveDate> {
    (-8..=8)
        .filter_map(|years| in_year(today.year() + years))
        .min_by_key(|day| (*day - today).num_days().abs())
}

/// The 29th of February may be years away: eight reach over a skipped leap year.
fn without_year(today: NaiveDate, month: u32, day: u32, lean: Lean) -> Option<NaiveDate> {
    let in_year = |year| NaiveDate::from_ymd_opt(year, month, day);
    match lean {
        Lean::Near => nearest(today, in_year),
        Lean::Ahead => (0..=8)
            .filter_map(|years| in_year(today.year() + years))
            .find(|day| *day >= today),
        Lean::Back => (0..=8)
            .filter_map(|years| in_year(today.year() - years))
            .find(|day| *day <= today),
    }
}

fn on_weekday(today: NaiveDate, day: Weekday, lean: Lean) -> NaiveDate {
    let ahead = u64::from(day.days_since(today.weekday()));
    let found = match lean {
        Lean::Ahead | Lean::Near => today.checked_add_days(Days::new(ahead)),
        Lean::Back => today.checked_sub_days(Days::new((7 - ahead) % 7)),
    };
    found.unwrap_or(today)
}

fn offset(today: NaiveDate, text: &str, ahead: bool) -> Option<NaiveDate> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let amount: u32 = digits.parse().ok()?;
    let days = |each: u64| Days::new(u64::from(amount) * each);
    let months = |each: u32| Some(Months::new(amount.checked_mul(each)?));
    let by_days = |days| {
        if ahead {
            today.checked_add_days(days)
        } else {
            today.checked_sub_days(days)
        }
    };
    let by_months = |months| {
        if ahead {
            today.checked_add_months(months)
        } else {
            today.checked_sub_months(months)
        }
    };
    let found = match text.get(digits.len()..)?.trim() {
        "" | "d" | "day" | "days" => by_days(days(1)),
        "w" | "week" | "weeks" => by_days(days(7)),
        "m" | "month" | "months" => by_months(months(1)?),
        "y" | "year" | "years" => by_months(months(12)?),
        _ => None,
    };
    // Five-digit years are typing mistakes and break every column.
    found.filter(|day| (1000..=9999).contains(&day.year()))
}

/// Reads a moment: RFC 3339, `2026-11-20 10:42`, `Fri 17:00`, `tomorrow 9:00`,
/// `17:00`, `+2h`, `+30min`, `now`, or a day of [`parse_day`], which means 9:00 of
/// it. A time or a day of the week without a date is the next one.
///
/// # Errors
/// One sentence with the forms that can be read.
pub fn parse_moment(text: &str, now: &Now) -> Result<Time, String> {
    let typed = text.trim();
    let refused =
        || format!("not a moment: \"{typed}\"; write Fri 17:00, tomorrow 9:00 or 2026-11-20 17:00");
    if typed.is_empty() {
        return Err(refused());
    }
    if typed.eq_ignore_ascii_case("now") {
        return Ok(now.at);
    }
    if let Ok(moment) = chrono::DateTime::parse_from_rfc3339(typed) {
        return Ok(moment.to_utc());
    }
    if let Some(span) = typed.strip_prefix('+').and_then(short_span) {
        return now.at.checked_add_signed(span).ok_or_else(refused);
    }
    let (day, clock) = match typed.rsplit_once([' ', 'T']) {
        Some((day, clock)) if clock.contains(':') => (day.trim(), clock),
        _ if typed.contains(':') => ("", typed),
        _ => (typed, "9:00"),
    };
    let clock = parse_clock(clock).ok_or_else(refused)?;
    if day.is_empty() {
        let today = now.zone.moment(now.today().and_time(clock));
        let tomorrow = now.today().succ_opt().ok_or_else(refused)?;
        return Ok(if today > now.at {
            today
        } else {
            now.zone.moment(tomorrow.and_time(clock))
        });
    }
    let on = parse_day(day, now).map_err(|_| refused())?;
    let moment = now.zone.moment(on.and_time(clock));
    if day.parse::<Weekday>().is_ok() && moment <= now.at {
        let next = on.checked_add_days(Days::new(7)).ok_or_else(refused)?;
        return Ok(now.zone.moment(next.and_time(clock)));
    }
    Ok(moment)
}

fn parse_clock(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(':');
    let mut next = || -> Option<u32> {
        let part = parts.next()?;
        let is_short = (1..=2).contains(&part.len());
        (is_short && part.bytes().all(|digit| digit.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    };
    let (hour, minute) = (next()?, next()?);
    let second = if text.matches(':').count() == 2 {
        next()?
    } else {
        0
    };
    if text.matches(':').count() > 2 {
        return None;
    }
    NaiveTime::from_hms_opt(hour, minute, second)
}

fn short_span(text: &str) -> Option<TimeDelta> {
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let amount: i64 = digits.parse().ok()?;
    match text.get(digits.len()..)?.trim() {
        "h" | "hours" => TimeDelta::try_hours(amount),
        "min" | "minutes" => TimeDelta::try_minutes(amount),
        _ => None,
    }
}

/// A day in sentences: `31 Dec`, with the year if it is not this one.
pub fn day(day: NaiveDate, now: &Now) -> String {
    if day.year() == now.today().year() {
        day.format("%-d %b").to_string()
    } else {
        day.format("%-d %b %Y").to_string()
    }
}

/// A day with its day of the week: `Mon 23 Nov`.
pub fn weekday(day: NaiveDate, now: &Now) -> String {
    format!("{} {}", day.weekday(), self::day(day, now))
}

/// A day in list columns, at most six wide: `Dec 31`; where that could be of two
/// years (more than 9 months ago or 15 months ahead) the year alone, `2029`.
pub fn month_day(day: NaiveDate, now: &Now) -> String {
    if (-270..=455).contains(&(day - now.today()).num_days()) {
        day.format("%b %-d").to_string()
    } else {
        day.year().to_string()
    }
}

/// When a check-in is due, in words: `today`, `tomorrow`, `1 day late`, `7 days
/// late`; further ahead the day.
pub fn due(due: NaiveDate, now: &Now) -> String {
    match (now.today() - due).num_days() {
        0 => "today".to_owned(),
        -1 => "tomorrow".to_owned(),
        late if late > 0 => format!("{} late", days(late)),
        _ => weekday(due, now),
    }
}

/// `1 day`, `3 days`.
pub fn days(count: i64) -> String {
    match count {
        1 => "1 day".to_owned(),
        count => format!("{count} days"),
    }
}

/// A moment in sentences: `today 09:12`, `yesterday 16:40`, `Thu` within a week,
/// else `13 Nov`, with the year if it is not this one. Moments ahead alike:
/// `tomorrow 09:00`, `Mon 09:00`, `4 Dec`.
pub fn ago(time: Time, now: &Now) -> String {
    let wall = now.zone.local(time);
    let clock = wall.format("%H:%M");
    match now.days_since(time) {
        0 => format!("today {clock}"),
        1 => format!("yesterday {clock}"),
        -1 => format!("tomorrow {clock}"),
        2..=6 => wall.weekday().to_string(),
        -6..=-2 => format!("{} {clock}", wall.weekday()),
        _ => day(wall.date(), now),
    }
}

/// A past day inside a sentence, `on` where English wants it: `today`,
/// `yesterday`, `on Thu`, `on 13 Nov`.
pub fn on_day(time: Time, now: &Now) -> String {
    match now.days_since(time) {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        2..=6 => format!("on {}", now.zone.local(time).weekday()),
        _ => format!("on {}", day(now.day_of(time), now)),
    }
}

/// A moment in a narrow column, at most eleven wide: the clock today, `Thu` within
/// a week, else `13 Nov`.
pub fn stamp(time: Time, now: &Now) -> String {
    let wall = now.zone.local(time);
    match now.days_since(time) {
        0 => wall.format("%H:%M").to_string(),
        1..=6 => wall.weekday().to_string(),
        _ => day(wall.date(), now),
    }
}

/// Since when something waits, in days of the calendar: `today`, `1 day`, `2 days`.
pub fn waiting_days(since: Time, now: &Now) -> String {
    match now.days_since(since).max(0) {
        0 => "today".to_owned(),
        count => days(count),
    }
}

/// How long ago, short: `now`, `2 min`, `2 h`, then `yesterday`, `Thu`, `13 Nov`.
pub fn since(time: Time, now: &Now) -> String {
    let span = now.at - time;
    match now.days_since(time) {
        i64::MIN..=0 if span.num_minutes() < 1 => "now".to_owned(),
        i64::MIN..=0 if span.num_hours() < 1 => format!("{} min", span.num_minutes()),
        i64::MIN..=0 => format!("{} h", span.num_hours()),
        1 => "yesterday".to_owned(),
        2..=6 => now.zone.local(time).weekday().to_string(),
        _ => day(now.day_of(time), now),
    }
}

/// A span in at most two units: `7 s`, `2 min`, `1 h 30 min`, `3 days`; what is
/// negative is `0 s`.
pub fn span(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match (hours, minutes) {
        (48.., _) => days(hours / 24),
        (1.., _) if minutes % 60 > 0 => format!("{hours} h {} min", minutes % 60),
        (1.., _) => format!("{hours} h"),
        (_, 1..) => format!("{minutes} min"),
        _ => format!("{seconds} s"),
    }
}

/// The clock of a moment: `09:12`.
pub fn clock(time: Time, now: &Now) -> String {
    now.zone.local(time).format("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, TimeZone, Utc};
    use proptest::prelude::*;

    use super::*;
    use crate::model::time::Zone;

    /// Friday 20 November 2026, 10:42 in a zone one hour east.
    fn now() -> Now {
        let zone = Zone::new(|_| FixedOffset::east_opt(3600).unwrap());
        Now::new(Utc.with_ymd_and_hms(2026, 11, 20, 9, 42, 0).unwrap(), zone)
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Time {
        now().zone.moment(text.parse().unwrap())
    }

    #[test]
    fn days_are_read_in_many_forms() {
        for (text, expected) in [
            ("31 Dec", "2026-12-31"),
            ("Dec 31", "2026-12-31"),
            ("31 december", "2026-12-31"),
            ("31 Dec 2027", "2027-12-31"),
            ("Dec 31, 2027", "2027-12-31"),
            ("2026-12-31", "2026-12-31"),
            ("2026/12/31", "2026-12-31"),
            ("31.12.2026", "2026-12-31"),
            ("31.12.", "2026-12-31"),
            ("30 Jun", "2027-06-30"),
            ("1 Oct", "2027-10-01"),
            ("20 Nov", "2026-11-20"),
            ("29 Feb", "2028-02-29"),
            ("2026/q4", "2026-12-31"),
            ("2027-Q1", "2027-03-31"),
            ("Q2 2027", "2027-06-30"),
            ("q4", "2026-12-31"),
            ("q3", "2027-09-30"),
            ("2027-02", "2027-02-28"),
            ("Feb 2027", "2027-02-28"),
            ("+10d", "2026-11-30"),
            ("+6w", "2027-01-01"),
            ("+ 2 m", "2027-01-20"),
            ("+1y", "2027-11-20"),
            ("-3d", "2026-11-17"),
            ("fri", "2026-11-20"),
            ("Monday", "2026-11-23"),
            ("today", "2026-11-20"),
            ("Tomorrow", "2026-11-21"),
            ("yesterday", "2026-11-19"),
        ] {
            assert_eq!(parse_day(text, &now()), Ok(date(expected)), "{text}");
        }
    }

    #[test]
    fn a_start_is_looked_for_nearby_and_a_since_behind() {
        let lean = |text, lean| parse_day_leaning(text, &now(), lean).unwrap();
        assert_eq!(lean("1 Oct", Lean::Near), date("2026-10-01"));
        assert_eq!(lean("1 Jan", Lean::Near), date("2027-01-01"));
        assert_eq!(lean("2026/q4", Lean::Near), date("2026-10-01"));
        assert_eq!(lean("q1", Lean::Near), date("2027-01-01"));
        assert_eq!(lean("31 Dec", Lean::Back), date("2025-12-31"));
        assert_eq!(lean("q4", Lean::Back), date("2026-10-01"));
        assert_eq!(lean("mon", Lean::Back), date("2026-11-16"));
        assert_eq!(lean("fri", Lean::Back), date("2026-11-20"));
        assert_eq!(lean("2026-10", Lean::Back), date("2026-10-01"));
    }

    #[test]
    fn what_is_no_day_is_said_so() {
        for text in [
            "31 Foo",
            "",
            "12/31/2026",
            "soon",
            "+w",
            "q5",
            "99999999999",
        ] {
            assert_eq!(
                parse_day(text, &now()).unwrap_err(),
                format!(
                    "not a date: \"{text}\"; write 31 Dec, 2026-12-31, 2026/q4, +6w, fri or today"
                )
            );
        }
        for text in ["31 Feb", "2026-02-30", "2026-13-01", "2026-13"] {
            assert_eq!(
                parse_day(text, &now()).unwrap_err(),
                format!("there is no such day: \"{text}\"")
            );
        }
        assert!(parse_day("+4000000000y", &now()).is_err());
        assert!(parse_day("+9000y", &now()).is_err());
    }

    #[test]
    fn moments_are_read_in_many_forms() {
        for (text, expected) in [
            ("now", "2026-11-20T10:42:00"),
            ("Fri 17:00", "2026-11-20T17:00:00"),
            ("Fri 9:00", "2026-11-27T09:00:00"),
            ("mon 9:00", "2026-11-23T09:00:00"),
            ("tomorrow 9:00", "2026-11-21T09:00:00"),
            ("tomorrow", "2026-11-21T09:00:00"),
            ("17:00", "2026-11-20T17:00:00"),
            ("09:00", "2026-11-21T09:00:00"),
            ("today 09:00", "2026-11-20T09:00:00"),
            ("2026-11-20T10:42", "2026-11-20T10:42:00"),
            ("2026-11-20 10:42:05", "2026-11-20T10:42:05"),
            ("24 Dec 18:00", "2026-12-24T18:00:00"),
            ("2026-11-20T10:42:00+01:00", "2026-11-20T10:42:00"),
            ("2026-11-20T09:42:00Z", "2026-11-20T10:42:00"),
            ("+2h", "2026-11-20T12:42:00"),
            ("+30 min", "2026-11-20T11:12:00"),
        ] {
            assert_eq!(parse_moment(text, &now()), Ok(at(expected)), "{text}");
        }
        for text in ["25:00", "Fri 7:5x", "soon 9:00", "", "9:00:00:00", "+2x"] {
            assert_eq!(
                parse_moment(text, &now()).unwrap_err(),
                format!(
                    "not a moment: \"{text}\"; write Fri 17:00, tomorrow 9:00 or 2026-11-20 17:00"
                )
            );
        }
    }

    #[test]
    fn days_are_written_short() {
        let now = now();
        assert_eq!(day(date("2026-12-31"), &now), "31 Dec");
        assert_eq!(day(date("2027-01-05"), &now), "5 Jan 2027");
        assert_eq!(weekday(date("2026-11-23"), &now), "Mon 23 Nov");
        assert_eq!(month_day(date("2026-12-31"), &now), "Dec 31");
        assert_eq!(month_day(date("2027-06-30"), &now), "Jun 30");
        assert_eq!(month_day(date("2029-06-30"), &now), "2029");
        assert_eq!(due(date("2026-11-20"), &now), "today");
        assert_eq!(due(date("2026-11-21"), &now), "tomorrow");
        assert_eq!(due(date("2026-11-19"), &now), "1 day late");
        assert_eq!(due(date("2026-11-13"), &now), "7 days late");
        assert_eq!(due(date("2026-11-23"), &now), "Mon 23 Nov");
    }

    #[test]
    fn moments_are_written_by_their_distance() {
        let now = now();
        for (moment, sentence, narrow, short, inside) in [
            (
                "2026-11-20T10:41:30",
                "today 10:41",
                "10:41",
                "now",
                "today",
            ),
            (
                "2026-11-20T10:40:00",
                "today 10:40",
                "10:40",
                "2 min",
                "today",
            ),
            (
                "2026-11-20T08:42:00",
                "today 08:42",
                "08:42",
                "2 h",
                "today",
            ),
            (
                "2026-11-20T00:00:00",
                "today 00:00",
                "00:00",
                "10 h",
                "today",
            ),
            (
                "2026-11-19T23:59:00",
                "yesterday 23:59",
                "Thu",
                "yesterday",
                "yesterday",
            ),
            ("2026-11-14T09:00:00", "Sat", "Sat", "Sat", "on Sat"),
            (
                "2026-11-13T09:00:00",
                "13 Nov",
                "13 Nov",
                "13 Nov",
                "on 13 Nov",
            ),
            (
                "2025-11-13T09:00:00",
                "13 Nov 2025",
                "13 Nov 2025",
                "13 Nov 2025",
                "on 13 Nov 2025",
            ),
        ] {
            assert_eq!(ago(at(moment), &now), sentence);
            assert_eq!(stamp(at(moment), &now), narrow);
            assert_eq!(since(at(moment), &now), short);
            assert_eq!(on_day(at(moment), &now), inside);
        }
        assert_eq!(ago(at("2026-11-21T09:00:00"), &now), "tomorrow 09:00");
        assert_eq!(ago(at("2026-11-23T09:00:00"), &now), "Mon 09:00");
        assert_eq!(ago(at("2026-12-04T09:00:00"), &now), "4 Dec");
        assert_eq!(since(at("2026-11-21T09:00:00"), &now), "now");
        assert_eq!(waiting_days(at("2026-11-20T09:12:00"), &now), "today");
        assert_eq!(waiting_days(at("2026-11-18T09:12:00"), &now), "2 days");
        assert_eq!(clock(at("2026-11-18T09:12:00"), &now), "09:12");
    }

    #[test]
    fn spans_have_at_most_two_units() {
        for (seconds, text) in [
            (-5, "0 s"),
            (7, "7 s"),
            (120, "2 min"),
            (3600, "1 h"),
            (5400, "1 h 30 min"),
            (86_400, "24 h"),
            (3 * 86_400, "3 days"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_a_day_or_a_sentence(text in "\\PC{0,16}|[-+0-9a-z/. ]{0,12}") {
            let _ = parse_moment(&text, &now());
            for lean in [Lean::Ahead, Lean::Back, Lean::Near] {
                if let Err(sentence) = parse_day_leaning(&text, &now(), lean) {
                    prop_assert!(!sentence.is_empty());
                }
            }
        }

        #[test]
        fn a_written_day_is_read_back(days in -5000..5000_i64) {
            let date = now().today() + TimeDelta::days(days);
            for text in [date.to_string(), date.format("%-d %b %Y").to_string()] {
                prop_assert_eq!(parse_day(&text, &now()), Ok(date));
            }
        }
    }
}
