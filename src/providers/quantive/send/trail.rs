//! What is noted in an outbox entry between the steps of a write. Kept on disk,
//! so notes of older versions must stay readable.

use serde::{Deserialize, Serialize};

use crate::model::exchange::{Answer, FaultKind, Trail};
use crate::model::goal::Stage;

use super::{Stop, refused};

/// How far a write got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum Note {
    /// An approval's step is taken next.
    Review {
        /// Where it stood before; none where nothing says it.
        before: Option<Stage>,
        /// Actions that were listed before.
        actions: usize,
    },
    /// A goal is made next; goals of this name that were there before.
    NewGoal { known: Vec<String> },
    /// The goal is made under this id; its key results follow.
    Made { id: String },
    /// Key results of a goal are made next; those that were there before.
    Lines { known: Vec<String> },
}

impl Note {
    /// Reads the note of a trail; none without a trail.
    pub fn of(trail: Option<&Trail>) -> Result<Option<Self>, Stop> {
        let Some(trail) = trail else { return Ok(None) };
        serde_json::from_str(&trail.note).map(Some).map_err(|_| {
            refused(
                FaultKind::Unreadable,
                "this write was begun by another version of goaldeck, which noted something this one cannot read",
                "look on Quantive's own page whether it arrived, then drop it (D) or send it anew",
            )
        })
    }

    /// Keep this, then go on. What follows must be looked for before it is
    /// repeated.
    pub fn onward(&self) -> Answer {
        Answer::Onward(Trail {
            words: String::new(),
            note: serde_json::to_string(self).unwrap_or_default(),
            risky: true,
        })
    }
}

/// A note that belongs to another sort of write: never acted on.
pub(super) fn astray() -> Stop {
    refused(
        FaultKind::Unreadable,
        "what was noted about this write belongs to another one",
        "look on Quantive's own page whether it arrived, then drop it (D)",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_the_disk_and_ask_to_be_looked_for() {
        for note in [
            Note::Review {
                before: Some(Stage::InReview),
                actions: 2,
            },
            Note::NewGoal {
                known: vec!["a".to_owned()],
            },
            Note::Made { id: "b".to_owned() },
            Note::Lines { known: Vec::new() },
        ] {
            let Answer::Onward(trail) = note.onward() else {
                panic!("onward")
            };
            assert!(trail.risky);
            assert_eq!(Note::of(Some(&trail)), Ok(Some(note)));
        }
        let other = Trail {
            note: "{\"step\":\"teleport\"}".to_owned(),
            risky: true,
            words: String::new(),
        };
        assert!(Note::of(Some(&other)).is_err());
    }
}
