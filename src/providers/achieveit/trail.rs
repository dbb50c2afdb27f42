//! What is noted in an outbox entry between the steps of a write. Kept on disk, so
//! notes of older versions must stay readable.

use serde::{Deserialize, Serialize};

use super::text::said;
use crate::model::exchange::{Answer, Fault, FaultKind, Trail};
use crate::model::goal::Goal;
use crate::model::key_result::Reading;
use crate::model::time::Time;

/// How far a write got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum Note {
    /// It is handed in next, which must not be done twice.
    Posting {
        /// The item as it stood before; none where plans cannot be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<Seen>,
        /// When it was about to be handed in.
        since: Time,
        /// By itself, for AchieveIt did not say which of many it does not take.
        #[serde(default)]
        alone: bool,
    },
    /// It was taken; the job says what becomes of it.
    Job {
        /// The job.
        id: String,
        /// Which row of the batch it is, from 0.
        position: usize,
        /// The ids of all rows of the batch.
        rows: Vec<String>,
        /// When it was handed in.
        since: Time,
        /// The job took too long, or is not known any more: a person decides.
        #[serde(default)]
        late: bool,
    },
}

/// What of an item shows whether an update arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// When it changed last.
    pub updated: Time,
    /// The word of its status.
    pub status: String,
    /// Its number as it is shown here.
    pub value: Option<f64>,
}

impl Seen {
    /// What shows of a goal.
    pub fn of(goal: &Goal) -> Self {
        let word = goal.status_word.as_deref();
        let current = goal.results.first().and_then(|one| one.current.as_ref());
        Self {
            updated: goal.updated_at,
            status: word.unwrap_or(goal.status.words().word).to_lowercase(),
            value: current.map(Reading::number),
        }
    }
}

impl Note {
    /// Reads the note of a trail; none without a trail.
    pub fn of(trail: Option<&Trail>) -> Result<Option<Self>, Fault> {
        let Some(trail) = trail else { return Ok(None) };
        serde_json::from_str(&trail.note).map(Some).map_err(|_| {
            Fault::new(
                FaultKind::Unreadable,
                "this write was begun by another version of goaldeck, which noted something this one cannot read",
                "look on AchieveIt's own page whether it arrived, then drop it (D) or send it anew",
            )
        })
    }

    /// Keep this, then go on.
    pub fn onward(&self, words: &str) -> Answer {
        let (risky, words) = match self {
            Note::Posting { .. } => (true, words.to_owned()),
            Note::Job { id, late, .. } => (*late, job_words(id)),
        };
        Answer::Onward(Trail {
            note: serde_json::to_string(self).unwrap_or_default(),
            risky,
            words,
        })
    }
}

/// Whether a write was handed in and its job may still carry it out.
pub fn was_taken(trail: Option<&Trail>) -> bool {
    matches!(Note::of(trail), Ok(Some(Note::Job { .. })))
}

/// A job in a list: `job 0b9f6a3e`.
pub(super) fn job_words(id: &str) -> String {
    let short: String = id.chars().take(8).collect();
    format!("job {}", said(&short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_the_disk_and_say_what_is_risky() {
        let since = "2026-11-20T10:00:00Z".parse().unwrap();
        let posting = Note::Posting {
            seen: Some(Seen {
                updated: since,
                status: "on track".to_owned(),
                value: Some(0.1),
            }),
            since,
            alone: true,
        };
        let job = |late| Note::Job {
            id: "0b9f6a3e-3f0c-4c55".to_owned(),
            position: 1,
            rows: vec!["a".to_owned(), "b".to_owned()],
            since,
            late,
        };
        for (note, risky, words) in [
            (posting, true, "again"),
            (job(false), false, "job 0b9f6a3e"),
            (job(true), true, "job 0b9f6a3e"),
        ] {
            let Answer::Onward(trail) = note.onward("again") else {
                panic!("onward")
            };
            assert_eq!((trail.risky, trail.words.as_str()), (risky, words));
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
        let fault = Note::of(Some(&trail)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unreadable);
        assert_eq!(Note::of(None), Ok(None));
    }
}
