//! The demo company's days. Its story is written for one Friday morning; seen at
//! another moment the whole of it moves there, so that what was due "today" is.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Weekday};

use crate::model::time::{Now, Time};

/// Where the story stands.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    now: Now,
}

/// The day the story is written for.
pub const STORY_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2026, 11, 20) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The time of that day.
pub const STORY_TIME: NaiveTime = match NaiveTime::from_hms_opt(10, 42, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

impl Calendar {
    /// The story as seen at `now`.
    pub fn new(now: Now) -> Self {
        Self { now }
    }

    /// A day of the story: month and day; January to August are those of 2027.
    pub fn day(&self, month: u32, day: u32) -> NaiveDate {
        let year = if month >= 9 { 2026 } else { 2027 };
        let told = NaiveDate::from_ymd_opt(year, month, day).unwrap_or(STORY_DAY);
        self.now.today() + (told - STORY_DAY)
    }

    /// The day of the week of a day of the story.
    pub fn weekday(&self, month: u32, day: u32) -> Weekday {
        self.day(month, day).weekday()
    }

    /// A moment of the story. What happened "today" stays before now and after
    /// midnight whatever the time is.
    pub fn at(&self, month: u32, day: u32, hour: u32, minute: u32) -> Time {
        let day = self.day(month, day);
        let mut time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(STORY_TIME);
        let clock = self.now.wall().time();
        if day == self.now.today() && clock < STORY_TIME {
            let seconds = |time: NaiveTime| (time - NaiveTime::MIN).num_seconds();
            let early = seconds(time) * seconds(clock) / seconds(STORY_TIME).max(1);
            time = NaiveTime::MIN + TimeDelta::seconds(early);
        }
        self.now.zone.moment(day.and_time(time))
    }

    /// Nine o'clock on the next Monday.
    pub fn next_monday(&self) -> Time {
        let today = self.now.today();
        let ahead = 7 - u64::from(today.weekday().num_days_from_monday());
        let monday = today.checked_add_days(Days::new(ahead)).unwrap_or(today);
        self.now.zone.start_of(monday) + TimeDelta::hours(9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Zone;

    fn calendar(wall: &str) -> (Calendar, Now) {
        let zone = Zone::new(|_| chrono::FixedOffset::east_opt(3600).unwrap());
        let wall = chrono::NaiveDateTime::parse_from_str(wall, "%Y-%m-%d %H:%M").unwrap();
        let now = Now::new(zone.moment(wall), zone);
        (Calendar::new(now), now)
    }

    #[test]
    fn at_its_own_moment_the_story_has_its_own_dates() {
        let (calendar, now) = calendar("2026-11-20 10:42");
        assert_eq!(calendar.day(12, 31).to_string(), "2026-12-31");
        assert_eq!(calendar.day(6, 30).to_string(), "2027-06-30");
        assert_eq!(now.at - calendar.at(11, 20, 9, 12), TimeDelta::minutes(90));
        assert_eq!(calendar.weekday(11, 20), Weekday::Fri);
        assert_eq!(
            now.zone.local(calendar.next_monday()).to_string(),
            "2026-11-23 09:00:00"
        );
    }

    #[test]
    fn seen_early_on_another_day_it_moves_there() {
        let (calendar, now) = calendar("2028-03-01 00:10");
        assert_eq!(calendar.day(11, 20), now.today());
        let written = calendar.at(11, 20, 10, 2);
        assert!(written < now.at && now.days_since(written) == 0);
        assert_eq!(now.days_since(calendar.at(11, 13, 23, 50)), 7);
    }
}
