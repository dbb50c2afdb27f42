//! Weeks from Monday to Sunday, counted as ISO 8601 does: week 1 has the year's
//! first Thursday, so a year has 52 or 53.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::time::{Now, Time, Zone};

/// One week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week {
    monday: NaiveDate,
}

impl Week {
    /// The week of a day.
    pub fn of(day: NaiveDate) -> Self {
        let past = u64::from(day.weekday().num_days_from_monday());
        let monday = day.checked_sub_days(Days::new(past)).unwrap_or(day);
        Self { monday }
    }

    /// Reads `2026-W47`, `W47` or `47` of this year, `this`, `last`, or a day in it.
    ///
    /// # Errors
    /// One sentence with the forms that can be read.
    pub fn parse(text: &str, now: &Now) -> Result<Self, String> {
        let plain = text.trim().to_uppercase();
        let this = Self::of(now.today());
        match plain.as_str() {
            "THIS" | "NOW" => return Ok(this),
            "LAST" => return Ok(this.previous()),
            _ => {}
        }
        if let Ok(day) = NaiveDate::parse_from_str(&plain, "%Y-%m-%d") {
            return Ok(Self::of(day));
        }
        let wrong = || format!("no week: \"{text}\"; write 2026-W47, W47, this or last");
        let (year, number) = match plain.split_once('W') {
            Some(("", number)) => (this.year(), number),
            Some((year, number)) => {
                let year = year.strip_suffix('-').unwrap_or(year);
                (year.parse().map_err(|_| wrong())?, number)
            }
            None => (this.year(), plain.as_str()),
        };
        if number.is_empty() || number.len() > 2 || !number.bytes().all(|c| c.is_ascii_digit()) {
            return Err(wrong());
        }
        let number: u32 = number.parse().map_err(|_| wrong())?;
        NaiveDate::from_isoywd_opt(year, number, Weekday::Mon)
            .map(|monday| Self { monday })
            .ok_or_else(|| {
                let last = Self::last_number(year);
                format!("no week: \"{text}\"; {year} has the weeks 1 to {last}")
            })
    }

    fn last_number(year: i32) -> u32 {
        // The 28th of December is always in the last one.
        NaiveDate::from_ymd_opt(year, 12, 28).map_or(52, |day| day.iso_week().week())
    }

    /// The number of the week in its year, 1–53.
    pub fn number(self) -> u32 {
        self.monday.iso_week().week()
    }

    /// The year the number belongs to: that of its Thursday.
    pub fn year(self) -> i32 {
        self.monday.iso_week().year()
    }

    /// `2026-W47`.
    pub fn code(self) -> String {
        format!("{}-W{:02}", self.year(), self.number())
    }

    /// The week before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self {
            monday: self
                .monday
                .checked_sub_days(Days::new(7))
                .unwrap_or(self.monday),
        }
    }

    /// The week after.
    #[must_use]
    pub fn next(self) -> Self {
        Self {
            monday: self
                .monday
                .checked_add_days(Days::new(7))
                .unwrap_or(self.monday),
        }
    }

    /// Monday and Sunday.
    pub fn days(self) -> (NaiveDate, NaiveDate) {
        let sunday = self.monday.checked_add_days(Days::new(6));
        (self.monday, sunday.unwrap_or(self.monday))
    }

    /// When it begins and when the next one does: 00:00 of the Mondays in a zone. It
    /// has an hour more or less where the clocks change in it.
    pub fn span(self, zone: Zone) -> (Time, Time) {
        (
            zone.start_of(self.monday),
            zone.start_of(self.next().monday),
        )
    }

    /// `week 47, 16–22 Nov 2026`; over two months `week 49, 30 Nov – 6 Dec 2026`.
    pub fn words(self) -> String {
        let (first, last) = self.days();
        let days = if first.year() != last.year() {
            let (first, last) = (first.format("%-d %b %Y"), last.format("%-d %b %Y"));
            format!("{first} – {last}")
        } else if first.month() != last.month() {
            format!("{} – {}", first.format("%-d %b"), last.format("%-d %b %Y"))
        } else {
            format!("{}–{}", first.day(), last.format("%-d %b %Y"))
        };
        format!("week {}, {days}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, TimeDelta};
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn now(text: &str) -> Now {
        Now::new(text.parse().unwrap(), Zone::utc())
    }

    #[test]
    fn weeks_have_iso_numbers_also_at_the_years_ends() {
        for (on, code, words) in [
            ("2026-11-20", "2026-W47", "week 47, 16–22 Nov 2026"),
            ("2026-12-03", "2026-W49", "week 49, 30 Nov – 6 Dec 2026"),
            (
                "2027-01-03",
                "2026-W53",
                "week 53, 28 Dec 2026 – 3 Jan 2027",
            ),
            ("2027-01-04", "2027-W01", "week 1, 4–10 Jan 2027"),
            ("2025-12-29", "2026-W01", "week 1, 29 Dec 2025 – 4 Jan 2026"),
        ] {
            let week = Week::of(day(on));
            assert_eq!((week.code().as_str(), week.words().as_str()), (code, words));
        }
    }

    #[test]
    fn a_week_is_read_in_every_form() {
        let now = now("2026-11-20T10:42:00Z");
        for (text, code) in [
            ("2026-W47", "2026-W47"),
            ("2026w7", "2026-W07"),
            ("w53", "2026-W53"),
            ("47", "2026-W47"),
            (" this ", "2026-W47"),
            ("last", "2026-W46"),
            ("2026-11-22", "2026-W47"),
            ("2026-11-23", "2026-W48"),
        ] {
            assert_eq!(Week::parse(text, &now).unwrap().code(), code, "{text}");
        }
        for text in ["", "W", "x-W1", "2026-W047", "2026-W-1", "next year"] {
            let why = Week::parse(text, &now).unwrap_err();
            assert!(why.contains("write 2026-W47"), "{text}: {why}");
        }
        let why = Week::parse("2025-W53", &now).unwrap_err();
        assert!(why.contains("2025 has the weeks 1 to 52"), "{why}");
        assert!(Week::parse("W0", &now).is_err());
    }

    #[test]
    fn a_week_has_167_hours_where_an_hour_is_skipped() {
        // Berlin: the clocks went back on Sunday, 25 October 2026, at 1:00 UTC.
        let berlin = Zone::new(|utc| {
            let summer = utc < "2026-10-25T01:00:00".parse().unwrap();
            FixedOffset::east_opt(if summer { 7200 } else { 3600 }).unwrap()
        });
        let (start, end) = Week::of(day("2026-10-25")).span(berlin);
        assert_eq!(end - start, TimeDelta::hours(169));
        assert_eq!(start.to_rfc3339(), "2026-10-18T22:00:00+00:00");
        let (next, _) = Week::of(day("2026-10-26")).span(berlin);
        assert_eq!(next, end);
        // Skipped in spring, in a zone the other way round.
        let zone = Zone::new(|utc| {
            let before = utc < "2026-03-29T01:00:00".parse().unwrap();
            FixedOffset::east_opt(if before { 3600 } else { 7200 }).unwrap()
        });
        let (start, end) = Week::of(day("2026-03-29")).span(zone);
        assert_eq!(end - start, TimeDelta::hours(167));
    }

    proptest! {
        #[test]
        fn every_day_is_in_its_week_and_the_code_leads_back(days in -200_000i64..200_000) {
            let day = day("2026-11-20") + TimeDelta::days(days);
            let week = Week::of(day);
            let (first, last) = week.days();
            prop_assert!(first <= day && day <= last);
            prop_assert_eq!(week.next().previous(), week);
            let now = now("2026-11-20T10:42:00Z");
            if (1000..=9999).contains(&week.year()) {
                prop_assert_eq!(Week::parse(&week.code(), &now).unwrap(), week);
            }
        }
    }
}
