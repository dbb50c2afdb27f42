//! The only place that reads a clock, a time zone or random numbers.

use std::hash::{BuildHasher, RandomState};

use chrono::{Local, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};

use crate::model::ids::IdSource;
use crate::model::time::{Now, Time, Zone};

/// The wall clock, possibly moved: the demo starts at a moment of its own.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    moved_by: TimeDelta,
    zone: Zone,
}

impl Clock {
    /// The machine's clock and zone.
    pub fn real() -> Self {
        Self {
            moved_by: TimeDelta::zero(),
            zone: local_zone(),
        }
    }

    /// A clock that shows `wall` now and goes on from there.
    pub fn starting_at(wall: NaiveDateTime) -> Self {
        let zone = local_zone();
        Self {
            moved_by: zone.moment(wall) - Utc::now(),
            zone,
        }
    }

    /// The present moment.
    pub fn now(&self) -> Now {
        Now::new(Utc::now() + self.moved_by, self.zone)
    }

    /// How long from now until a moment; zero if it has passed.
    pub fn until(&self, moment: Time) -> std::time::Duration {
        (moment - self.now().at).to_std().unwrap_or_default()
    }
}

/// The zone of the machine, asked anew for every moment: it knows summer time.
pub fn local_zone() -> Zone {
    Zone::new(|utc| Local.offset_from_utc_datetime(&utc).fix())
}

/// A source of ids that no other process shares: the seed is the system's own
/// randomness (which every `RandomState` carries) and the moment.
pub fn fresh_ids() -> IdSource {
    let moment = Utc::now().timestamp_nanos_opt().unwrap_or_default();
    IdSource::new(RandomState::new().hash_one((moment, std::process::id())))
}
