//! Moments and days. Nothing here reads a clock: `run` hands in a [`Now`].

use chrono::{
    DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, Utc,
};

/// A moment, always stored in UTC.
pub type Time = DateTime<Utc>;

/// A time zone as a function from a UTC moment to its offset, so that `model`
/// needs no time zone data and tests choose their own zone.
#[derive(Clone, Copy)]
pub struct Zone(fn(NaiveDateTime) -> FixedOffset);

impl Zone {
    /// Wraps the offset function of a zone.
    pub fn new(offset_at: fn(NaiveDateTime) -> FixedOffset) -> Self {
        Self(offset_at)
    }

    /// UTC itself.
    pub fn utc() -> Self {
        Self(|_| Utc.fix())
    }

    /// The wall clock of this zone at `time`.
    pub fn local(self, time: Time) -> NaiveDateTime {
        let utc = time.naive_utc();
        utc + TimeDelta::seconds(i64::from((self.0)(utc).local_minus_utc()))
    }

    /// `time` with this zone's offset, for RFC 3339 output.
    pub fn fixed(self, time: Time) -> DateTime<FixedOffset> {
        time.with_timezone(&(self.0)(time.naive_utc()))
    }

    /// The moment at which this zone's wall clock shows `wall`. In the hour a
    /// clock change skips or repeats, one of the two neighbours.
    pub fn moment(self, wall: NaiveDateTime) -> Time {
        let guess = wall - TimeDelta::seconds(i64::from((self.0)(wall).local_minus_utc()));
        let exact = wall - TimeDelta::seconds(i64::from((self.0)(guess).local_minus_utc()));
        exact.and_utc()
    }

    /// 00:00 of `day` in this zone.
    pub fn start_of(self, day: NaiveDate) -> Time {
        self.moment(day.and_time(NaiveTime::MIN))
    }

    /// 24:00 of `day` in this zone.
    pub fn end_of(self, day: NaiveDate) -> Time {
        self.start_of(day.checked_add_days(Days::new(1)).unwrap_or(day))
    }
}

impl std::fmt::Debug for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Zone")
    }
}

/// The present moment and the zone of the person who looks.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// The moment.
    pub at: Time,
    /// The zone in which days begin and times are shown.
    pub zone: Zone,
    /// The wall clock at a moment. Figures ask for it once a goal, and a zone may
    /// ask the system each time.
    known: (Time, NaiveDateTime),
}

impl Now {
    /// The present moment in a zone.
    pub fn new(at: Time, zone: Zone) -> Self {
        let known = (at, zone.local(at));
        Self { at, zone, known }
    }

    /// Today's date.
    pub fn today(&self) -> NaiveDate {
        self.wall().date()
    }

    /// The wall clock.
    pub fn wall(&self) -> NaiveDateTime {
        let (at, wall) = self.known;
        if at == self.at {
            wall
        } else {
            self.zone.local(self.at)
        }
    }

    /// The calendar day of another moment.
    pub fn day_of(&self, time: Time) -> NaiveDate {
        self.zone.local(time).date()
    }

    /// Whole calendar days from `time` to today; negative when it lies ahead.
    pub fn days_since(&self, time: Time) -> i64 {
        (self.today() - self.day_of(time)).num_days()
    }
}
