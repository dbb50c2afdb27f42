//! The status words of an organisation and what they mean here. Seven are
//! AchieveIt's own; an organisation may define others, which the account's
//! `status_map` explains.

use std::collections::BTreeMap;

use crate::model::exchange::{Fault, FaultKind};
use crate::model::goal::Goal;
use crate::model::status::Status;

/// AchieveIt's own words. Contract: spelled so, in any capitals; `Canceled` has
/// one l.
const OWN: [(&str, Status); 7] = [
    ("On Track", Status::OnTrack),
    ("At Risk", Status::AtRisk),
    ("Off Track", Status::OffTrack),
    ("Not Started", Status::NotStarted),
    ("Achieved", Status::Achieved),
    ("Not Achieved", Status::Missed),
    // Over without success; the word itself stands beside it.
    ("Canceled", Status::Missed),
];

/// The words of one organisation.
#[derive(Clone, Debug, Default)]
pub struct Words {
    custom: Vec<(String, Status)>,
}

/// What a word means here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// One of ours; not started where nobody explained the word.
    pub status: Status,
    /// The word itself, if ours says something else.
    pub word: Option<String>,
}

impl Words {
    /// AchieveIt's own words and those of `status_map`.
    pub fn new(status_map: &BTreeMap<String, Status>) -> Self {
        let custom = status_map.iter();
        Self {
            custom: custom
                .map(|(word, status)| (word.trim().to_owned(), *status))
                .collect(),
        }
    }

    /// What a word means, in any capitals; nothing at all is not started.
    pub fn meaning(&self, word: &str) -> Meaning {
        let word = word.trim();
        let known = self.known(word);
        let status = known.unwrap_or(Status::NotStarted);
        let is_ours = word.is_empty() || same(word, status.words().word);
        Meaning {
            status,
            word: (!is_ours).then(|| word.to_owned()),
        }
    }

    fn known(&self, word: &str) -> Option<Status> {
        let word = if same(word, "Cancelled") {
            "Canceled"
        } else {
            word
        };
        let all = self.custom.iter();
        let all = all.map(|(known, status)| (known.as_str(), *status));
        all.chain(OWN)
            .find(|(known, _)| same(known, word))
            .map(|(_, status)| status)
    }

    /// The organisation's word for a status of ours: of `status_map` if it has one
    /// for it, else AchieveIt's own.
    pub fn of(&self, status: Status) -> Option<&str> {
        let own = OWN.iter().find(|(_, own)| *own == status);
        let own = own.map(|(word, _)| *word);
        let mut custom = self.custom.iter().filter(|(_, custom)| *custom == status);
        let is_own = |word: &str| own.is_some_and(|own| same(own, word));
        let first = custom.next().map(|(word, _)| word.as_str());
        let usual = custom.find(|(word, _)| is_own(word));
        match (first, usual) {
            (Some(first), None) => Some(first),
            (_, Some(_)) => own,
            // Its own word, unless that means something else in this organisation.
            (None, None) => own.filter(|own| self.known(own) == Some(status)),
        }
    }

    /// The word to send for a goal: the one that stands there where the status stays
    /// as it is or none is given, so that an organisation's finer words survive.
    ///
    /// # Errors
    /// AchieveIt has no word for it.
    pub fn to_send(&self, wanted: Option<Status>, goal: Option<&Goal>) -> Result<String, Fault> {
        let there = goal.map(|goal| (goal.status, goal.status_word.as_deref()));
        if let Some((status, Some(word))) = there
            && wanted.is_none_or(|wanted| wanted == status)
        {
            return Ok(if same(word, "Cancelled") {
                "Canceled".to_owned()
            } else {
                word.to_owned()
            });
        }
        let Some(status) = wanted.or(there.map(|(status, _)| status)) else {
            return Err(Fault::new(
                FaultKind::Invalid,
                "AchieveIt wants a status with every update",
                "choose one (e)",
            ));
        };
        self.of(status).map(str::to_owned).ok_or_else(|| {
            Fault::new(
                FaultKind::Invalid,
                format!(
                    "AchieveIt has no status for \"{}\"",
                    status.words().word.to_lowercase()
                ),
                "choose another status (e), or give it a word in the account's status_map",
            )
        })
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(pairs: &[(&str, Status)]) -> Words {
        let map = pairs.iter();
        Words::new(
            &map.map(|(word, status)| ((*word).to_owned(), *status))
                .collect(),
        )
    }

    fn goal(words: &Words, word: &str) -> Goal {
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        let mut goal = Goal::new("a:g:1".into(), "a".into(), "Grow", at);
        let meaning = words.meaning(word);
        goal.status = meaning.status;
        goal.status_word = meaning.word;
        goal
    }

    #[test]
    fn the_seven_words_are_read_in_any_capitals() {
        let words = Words::default();
        for (word, status, shown) in [
            ("On Track", Status::OnTrack, None),
            ("AT RISK", Status::AtRisk, None),
            ("off track", Status::OffTrack, None),
            ("Achieved", Status::Achieved, None),
            ("Not Achieved", Status::Missed, Some("Not Achieved")),
            ("Canceled", Status::Missed, Some("Canceled")),
            ("cancelled", Status::Missed, Some("cancelled")),
            ("Not Started", Status::NotStarted, None),
            ("", Status::NotStarted, None),
            ("Deferred", Status::NotStarted, Some("Deferred")),
        ] {
            let meaning = words.meaning(word);
            assert_eq!(meaning.status, status, "{word}");
            assert_eq!(meaning.word.as_deref(), shown, "{word}");
        }
    }

    #[test]
    fn an_organisations_words_go_both_ways() {
        let words = custom(&[
            ("Green", Status::OnTrack),
            ("Amber", Status::AtRisk),
            ("On hold", Status::Paused),
        ]);
        assert_eq!(words.meaning("green").status, Status::OnTrack);
        assert_eq!(words.of(Status::OnTrack), Some("Green"));
        assert_eq!(words.of(Status::AtRisk), Some("Amber"));
        assert_eq!(words.of(Status::OffTrack), Some("Off Track"));
        assert_eq!(words.of(Status::Paused), Some("On hold"));
        assert_eq!(words.of(Status::Missed), Some("Not Achieved"));
        assert_eq!(Words::default().of(Status::Paused), None);
        // AchieveIt's own word, where the organisation kept it.
        let both = custom(&[("Ahead", Status::OnTrack), ("On Track", Status::OnTrack)]);
        assert_eq!(both.of(Status::OnTrack), Some("On Track"));
        // Its own word, where it means something else there.
        let moved = custom(&[("At Risk", Status::OffTrack)]);
        assert_eq!(moved.of(Status::AtRisk), None);
    }

    #[test]
    fn the_word_that_stands_there_stays_where_nothing_changes() {
        let words = custom(&[("Ahead", Status::OnTrack), ("On Track", Status::OnTrack)]);
        let send = |wanted, word: &str| words.to_send(wanted, Some(&goal(&words, word)));
        assert_eq!(send(None, "Ahead").unwrap(), "Ahead");
        assert_eq!(send(Some(Status::OnTrack), "Ahead").unwrap(), "Ahead");
        assert_eq!(send(Some(Status::AtRisk), "Ahead").unwrap(), "At Risk");
        assert_eq!(send(None, "Deferred").unwrap(), "Deferred");
        assert_eq!(send(None, "").unwrap(), "Not Started");
        assert_eq!(send(None, "cancelled").unwrap(), "Canceled");
        assert_eq!(
            send(Some(Status::Missed), "Achieved").unwrap(),
            "Not Achieved"
        );
        let refused = words.to_send(Some(Status::Paused), None).unwrap_err();
        assert_eq!(refused.why, "AchieveIt has no status for \"paused\"");
        assert!(words.to_send(None, None).is_err());
        let unknown = words.to_send(Some(Status::OffTrack), None);
        assert_eq!(unknown.unwrap(), "Off Track");
    }
}
