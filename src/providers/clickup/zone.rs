//! The zone in which a ClickUp user's days begin.

use chrono::{NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::model::time::{self, Time};

/// Due dates are written for this hour: the day stays the same for readers in
/// most other zones.
const NOON: NaiveTime = match NaiveTime::from_hms_opt(12, 0, 0) {
    Some(noon) => noon,
    None => NaiveTime::MIN,
};

/// A zone.
#[derive(Clone, Copy, Debug)]
pub enum Zone {
    /// The one the user chose at ClickUp.
    Theirs(Tz),
    /// This machine's: ClickUp did not say.
    Here(time::Zone),
}

impl Zone {
    /// The zone by its IANA name, else this machine's.
    pub fn named(name: Option<&str>, here: time::Zone) -> Self {
        let known = name.and_then(|name| name.trim().parse::<Tz>().ok());
        known.map_or(Zone::Here(here), Zone::Theirs)
    }

    /// The day a moment lies in.
    pub fn day_of(self, at: Time) -> NaiveDate {
        match self {
            Zone::Theirs(zone) => at.with_timezone(&zone).date_naive(),
            Zone::Here(zone) => zone.local(at).date(),
        }
    }

    /// Noon of a day.
    pub fn noon(self, day: NaiveDate) -> Time {
        let wall = day.and_time(NOON);
        match self {
            // No zone changes its clocks at noon; if one did, UTC is near enough.
            Zone::Theirs(zone) => zone
                .from_local_datetime(&wall)
                .earliest()
                .map_or_else(|| wall.and_utc(), |noon| noon.to_utc()),
            Zone::Here(zone) => zone.moment(wall),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_users_zone() {
        let utc = time::Zone::utc();
        let at: Time = "2026-12-31T23:30:00Z".parse().unwrap();
        let day = |name| Zone::named(name, utc).day_of(at).to_string();
        assert_eq!(day(Some("Europe/Berlin")), "2027-01-01");
        assert_eq!(day(Some("America/New_York")), "2026-12-31");
        assert_eq!(day(Some("Middle-earth/Shire")), "2026-12-31");
        assert_eq!(day(None), "2026-12-31");
    }

    #[test]
    fn a_day_that_is_written_is_read_back_as_it_was() {
        for name in [
            "Pacific/Auckland",
            "America/Los_Angeles",
            "Asia/Kolkata",
            "-",
        ] {
            let zone = Zone::named(Some(name), time::Zone::utc());
            for day in ["2026-03-29", "2026-12-31", "2027-02-28"] {
                let day: NaiveDate = day.parse().unwrap();
                assert_eq!(zone.day_of(zone.noon(day)), day, "{name}");
            }
        }
    }
}
