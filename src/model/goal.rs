//! A goal with everything one account said about it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::cadence::Cadence;
use super::check_in::{CheckIn, Comment, WaitsFor};
use super::ids::{AccountName, CheckInId, GoalId, PersonId, ResultId};
use super::key_result::KeyResult;
use super::status::Status;
use super::time::Time;

/// A goal (an objective); may have children, which point to it by `parent`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Unique over all accounts.
    pub id: GoalId,
    /// Which account it belongs to.
    pub account: AccountName,
    /// A goal, or a project that stands among goals.
    #[serde(default, skip_serializing_if = "Nature::is_goal")]
    pub nature: Nature,
    /// Since when the provider does not show it any more; what we have is a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Time>,
    /// The goal above it, if any; may be unknown to us or lead in a circle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<GoalId>,
    /// Foreign text.
    pub name: String,
    /// Markdown, foreign text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where the provider files it (team, space, folder); foreign text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub space: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub champion: Option<PersonId>,
    /// Who acknowledges its check-ins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<PersonId>,
    /// Since when the reviewer is the reviewer: older check-ins do not wait for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer_since: Option<Time>,
    /// First day of the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
    /// Last day of the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// When check-ins are asked for.
    #[serde(default)]
    pub cadence: Cadence,
    /// Next check-in by the provider's own reckoning; ours is used without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_check_in: Option<NaiveDate>,
    /// The status as it stands: of the last check-in, or of the closing.
    pub status: Status,
    /// The provider's own word for it, if it is not ours: foreign text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_word: Option<String>,
    /// How it ended, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closing>,
    /// Meant to be hard: 0.6–0.7 is "as hoped".
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub aspirational: bool,
    /// Share in the parent's progress when that counts its children.
    #[serde(default = "one")]
    pub weight: f64,
    /// The provider's own progress figure, 0–1, not clamped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_progress: Option<f64>,
    /// Where the provider's web page for it is: foreign text, may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// Key results in the provider's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<KeyResult>,
    /// Oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub check_ins: Vec<CheckIn>,
    /// Remarks on the goal itself, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
    /// Free words for the filter; foreign text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Place among its siblings in the provider's order.
    #[serde(default)]
    pub position: i64,
    /// When it was made.
    pub created_at: Time,
    /// When anything of it changed last, as far as the provider tells.
    pub updated_at: Time,
}

fn one() -> f64 {
    1.0
}

/// What sort of thing it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// A goal with key results.
    #[default]
    Goal,
    /// A project: check-ins with a status and a text, progress by its milestones,
    /// no key results.
    Project,
}

impl Nature {
    /// Whether it is a goal.
    pub fn is_goal(&self) -> bool {
        *self == Nature::Goal
    }

    /// `goal`, `project`.
    pub fn word(self) -> &'static str {
        match self {
            Nature::Goal => "goal",
            Nature::Project => "project",
        }
    }
}

/// How a goal ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// When.
    pub at: Time,
    /// Progress at that moment to one decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

impl Goal {
    /// A goal with a name and nothing else, made at `at`.
    pub fn new(id: GoalId, account: AccountName, name: impl Into<String>, at: Time) -> Self {
        Self {
            id,
            account,
            nature: Nature::Goal,
            gone: None,
            parent: None,
            name: name.into(),
            description: String::new(),
            space: String::new(),
            champion: None,
            reviewer: None,
            reviewer_since: None,
            start: None,
            due: None,
            cadence: Cadence::None,
            next_check_in: None,
            status: Status::NotStarted,
            status_word: None,
            closed: None,
            aspirational: false,
            weight: 1.0,
            provider_progress: None,
            link: String::new(),
            results: Vec::new(),
            check_ins: Vec::new(),
            comments: Vec::new(),
            tags: Vec::new(),
            position: 0,
            created_at: at,
            updated_at: at,
        }
    }

    /// Whether it is still worked on (paused counts as open).
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// The newest check-in.
    pub fn last_check_in(&self) -> Option<&CheckIn> {
        self.check_ins.last()
    }

    /// One key result by id.
    pub fn result(&self, id: &ResultId) -> Option<&KeyResult> {
        self.results.iter().find(|result| &result.id == id)
    }

    /// One check-in by id.
    pub fn check_in(&self, id: &CheckInId) -> Option<&CheckIn> {
        self.check_ins.iter().find(|check_in| &check_in.id == id)
    }

    /// Who should acknowledge `check_in`: whom the provider names, else the
    /// reviewer, or the champion when the reviewer wrote it; nobody if that is its
    /// author.
    pub fn acknowledger<'a>(&'a self, check_in: &'a CheckIn) -> Option<&'a PersonId> {
        match &check_in.waits_for {
            Some(WaitsFor::Nobody) => return None,
            Some(WaitsFor::Person(person)) => return Some(person),
            None => {}
        }
        let reviewer = self.reviewer.as_ref();
        if reviewer == Some(&check_in.author) {
            self.champion
                .as_ref()
                .filter(|champion| *champion != &check_in.author)
        } else {
            reviewer.filter(|_| self.reviewer_since.is_none_or(|since| check_in.at >= since))
        }
    }
}
