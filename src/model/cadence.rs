//! When check-ins are asked for, and what is due, late or outdated.

use chrono::Weekday;
use serde::{Deserialize, Serialize};

/// How often a check-in is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Cadence {
    /// Never.
    #[default]
    None,
    /// Every week on this day.
    Weekly(Weekday),
    /// Every second week on this day.
    Biweekly(Weekday),
    /// On this day of every month (1–31; the month's last day if it has fewer).
    Monthly(u8),
    /// On this day of the first month of every quarter.
    Quarterly(u8),
}
