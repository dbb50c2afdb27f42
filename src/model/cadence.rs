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

impl std::fmt::Display for Cadence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let day = |day: &Weekday| day.to_string().to_lowercase();
        match self {
            Cadence::None => f.write_str("none"),
            Cadence::Weekly(on) => write!(f, "weekly:{}", day(on)),
            Cadence::Biweekly(on) => write!(f, "biweekly:{}", day(on)),
            Cadence::Monthly(on) => write!(f, "monthly:{on}"),
            Cadence::Quarterly(on) => write!(f, "quarterly:{on}"),
        }
    }
}

impl From<Cadence> for String {
    fn from(cadence: Cadence) -> Self {
        cadence.to_string()
    }
}

impl TryFrom<String> for Cadence {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::str::FromStr for Cadence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, on) = text.trim().split_once(':').unwrap_or((text.trim(), ""));
        let weekday = || match on {
            "" => Ok(Weekday::Fri),
            on => on
                .parse()
                .map_err(|_| format!("no day of the week: \"{on}\"")),
        };
        let day = || match on {
            "" => Ok(1),
            on => on
                .parse()
                .ok()
                .filter(|day| (1..=31).contains(day))
                .ok_or_else(|| format!("no day of a month: \"{on}\"")),
        };
        match word {
            "none" => Ok(Cadence::None),
            "weekly" => weekday().map(Cadence::Weekly),
            "biweekly" => weekday().map(Cadence::Biweekly),
            "monthly" => day().map(Cadence::Monthly),
            "quarterly" => day().map(Cadence::Quarterly),
            _ => Err(format!(
                "no cadence: \"{text}\"; write weekly:fri, biweekly:mon, monthly:1, quarterly:1 or none"
            )),
        }
    }
}
pub fn next_after(_g: &super::goal::Goal, _d: chrono::NaiveDate) -> Option<chrono::NaiveDate> {
    None
}
