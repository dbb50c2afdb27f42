//! What is noted in an outbox entry between the steps of a write. Kept on disk,
//! so notes of older versions must stay readable.

use serde::{Deserialize, Serialize};

use crate::model::exchange::{Answer, Fault, FaultKind, Trail};
use crate::model::goal::Nature;

use super::super::ids::ShortId;
use super::Stop;
use super::now::Day;
use super::spot::Spot;

/// How far a write got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum Note {
    /// A check-in is written next.
    CheckIn {
        nature: Nature,
        /// Check-ins that stood there before; ours is none of them.
        known: Vec<String>,
        /// The status it goes out with.
        status: String,
        /// The goal's first day before it.
        start: Option<Day>,
    },
    /// The check-in stands there under this id; the goal's first day may have to be
    /// put back.
    Written {
        nature: Nature,
        id: String,
        start: Option<Day>,
    },
    /// A check-in is edited next, as often as it takes.
    Edit { start: Option<Day> },
    /// A comment is written next.
    Comment { spot: Spot, known: Vec<String> },
    /// A goal is closed or reopened, a check-in acknowledged or reacted to next:
    /// the state itself shows whether it was.
    Turn,
    /// A goal is made next; goals of this name that were there before.
    NewGoal { known: Vec<String> },
    /// The goal is made under this id; the rest of it follows.
    Made { id: String },
    /// A goal's lines are changed next; those that stood there before.
    Lines {
        targets: Vec<String>,
        checks: Vec<String>,
    },
}

impl Note {
    /// Reads the note of a trail; none without a trail.
    pub fn of(trail: Option<&Trail>) -> Result<Option<Self>, Fault> {
        let Some(trail) = trail else { return Ok(None) };
        serde_json::from_str(&trail.note).map(Some).map_err(|_| {
            Fault::new(
                FaultKind::Unreadable,
                "this write was begun by another version of goaldeck, which noted something this one cannot read",
                "look on Operately's own page whether it arrived, then drop it (D) or send it anew",
            )
        })
    }

    /// Whether the step that follows must be looked for before it is repeated.
    fn is_risky(&self) -> bool {
        match self {
            Note::CheckIn { .. }
            | Note::Comment { .. }
            | Note::Turn
            | Note::NewGoal { .. }
            | Note::Made { .. }
            | Note::Lines { .. } => true,
            Note::Written { .. } | Note::Edit { .. } => false,
        }
    }

    /// Keep this, then go on.
    pub fn onward(&self) -> Answer {
        Answer::Onward(Trail {
            words: String::new(),
            note: serde_json::to_string(self).unwrap_or_default(),
            risky: self.is_risky(),
        })
    }
}

/// A note that belongs to another sort of write: never acted on.
pub(super) fn astray() -> Stop {
    Stop::Refused(Fault::new(
        FaultKind::Unreadable,
        "what was noted about this write belongs to another one",
        "look on Operately's own page whether it arrived, then drop it (D)",
    ))
}

/// Whether it was begun before.
pub(super) fn turn(note: Option<Note>) -> Result<bool, Stop> {
    match note {
        None => Ok(false),
        Some(Note::Turn) => Ok(true),
        Some(_) => Err(astray()),
    }
}

/// Ids as they are noted.
pub(super) fn noted(ids: impl IntoIterator<Item = ShortId>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_the_disk_and_say_what_is_risky() {
        let written = Note::Written {
            nature: Nature::Goal,
            id: "BeKqUHbZMIv4IcimJ7Gfsm".to_owned(),
            start: None,
        };
        for (note, risky) in [(Note::Turn, true), (written, false)] {
            let Answer::Onward(trail) = note.onward() else {
                panic!("onward")
            };
            assert_eq!(trail.risky, risky);
            assert_eq!(Note::of(Some(&trail)), Ok(Some(note)));
        }
    }

    #[test]
    fn a_note_of_another_version_stops_the_write() {
        let trail = Trail {
            words: String::new(),
            note: "{\"step\":\"teleport\"}".to_owned(),
            risky: true,
        };
        assert_eq!(
            Note::of(Some(&trail)).unwrap_err().kind,
            FaultKind::Unreadable
        );
    }

    #[test]
    fn a_note_of_another_write_is_not_a_beginning() {
        assert_eq!(turn(None), Ok(false));
        assert_eq!(turn(Some(Note::Turn)), Ok(true));
        let other = Note::Edit { start: None };
        let Err(Stop::Refused(Fault { kind, .. })) = turn(Some(other)) else {
            panic!("refused")
        };
        assert_eq!(kind, FaultKind::Unreadable);
    }
}
