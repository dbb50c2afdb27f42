//! The status of a goal and the one place for its words, keys and glyphs.

use serde::{Deserialize, Serialize};

/// What people decide about a goal. *Outdated* is derived and
/// therefore not among these: see [`ShownStatus`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Going as planned.
    OnTrack,
    /// In danger, can still be met.
    AtRisk,
    /// Will not be met as things are.
    OffTrack,
    /// No check-in yet.
    NotStarted,
    /// Work rests on purpose.
    Paused,
    /// Closed and met.
    Achieved,
    /// Closed and not met.
    Missed,
}

/// A status as lists show it: the last one, or *outdated* in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ShownStatus {
    /// What was said last.
    Said(Status),
    /// Check-in more than three days past due; holds what was said before.
    Outdated(Status),
}

/// How one status is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusWords {
    /// `On track`
    pub word: &'static str,
    /// `on_track`, as in JSON, filters and flags.
    pub code: &'static str,
    /// At most four letters for narrow places.
    pub short: &'static str,
    /// One column, Unicode.
    pub glyph: &'static str,
    /// One column, ASCII.
    pub ascii: &'static str,
}

impl Status {
    /// Every status, worst-to-best order not implied.
    pub const ALL: [Status; 7] = [
        Status::OnTrack,
        Status::AtRisk,
        Status::OffTrack,
        Status::NotStarted,
        Status::Paused,
        Status::Achieved,
        Status::Missed,
    ];

    /// The three that a check-in chooses from, in the order of their keys 1–3.
    pub const CHOICES: [Status; 3] = [Status::OnTrack, Status::AtRisk, Status::OffTrack];

    /// Words and glyphs.
    pub fn words(self) -> StatusWords {
        let (word, code, short, glyph, ascii) = match self {
            Status::OnTrack => ("On track", "on_track", "ON", "●", "+"),
            Status::AtRisk => ("At risk", "at_risk", "AR", "▲", "!"),
            Status::OffTrack => ("Off track", "off_track", "OFF", "■", "x"),
            Status::NotStarted => ("Not started", "not_started", "NEW", "○", "."),
            Status::Paused => ("Paused", "paused", "PAU", "‖", "="),
            Status::Achieved => ("Achieved", "achieved", "DONE", "✔", "*"),
            Status::Missed => ("Missed", "missed", "MISS", "✘", "-"),
        };
        StatusWords {
            word,
            code,
            short,
            glyph,
            ascii,
        }
    }

    /// Reads a code, a word or a short form, in any case: `off`, `Off track`, `off_track`.
    pub fn parse(text: &str) -> Option<Status> {
        let plain = text.trim().to_lowercase().replace([' ', '-'], "_");
        Status::ALL
            .into_iter()
            .find(|status| {
                let words = status.words();
                plain == words.code || plain == words.short.to_lowercase()
            })
            .or(match plain.as_str() {
                "on" | "ontrack" => Some(Status::OnTrack),
                "risk" | "atrisk" | "caution" => Some(Status::AtRisk),
                "offtrack" => Some(Status::OffTrack),
                "pending" | "new" => Some(Status::NotStarted),
                "done" => Some(Status::Achieved),
                _ => None,
            })
    }

    /// How good it is for comparing a fall: 3 on track, 2 at risk, 1 off track;
    /// none where "better" has no meaning.
    pub fn rank(self) -> Option<u8> {
        match self {
            Status::OnTrack => Some(3),
            Status::AtRisk => Some(2),
            Status::OffTrack => Some(1),
            Status::NotStarted | Status::Paused | Status::Achieved | Status::Missed => None,
        }
    }

    /// Whether the goal is over.
    pub fn is_closed(self) -> bool {
        matches!(self, Status::Achieved | Status::Missed)
    }
}

impl ShownStatus {
    /// Words and glyphs.
    pub fn words(self) -> StatusWords {
        match self {
            ShownStatus::Said(status) => status.words(),
            ShownStatus::Outdated(_) => StatusWords {
                word: "Outdated",
                code: "outdated",
                short: "LATE",
                glyph: "◌",
                ascii: "?",
            },
        }
    }

    /// What was said last, outdated or not.
    pub fn said(self) -> Status {
        match self {
            ShownStatus::Said(status) | ShownStatus::Outdated(status) => status,
        }
    }
}
