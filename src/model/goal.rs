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
    /// Where it stands in its provider's approval, if it takes part in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Box<Approval>>,
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
    /// A folder that holds goals: no check-ins, no results, no progress of its own.
    Folder,
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
            Nature::Folder => "folder",
        }
    }
}

/// Where a goal stands in an approval: its plan is looked through by reviewers
/// before it counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Approval {
    /// How far it is.
    pub stage: Stage,
    /// Who is asked to approve it; empty where the provider does not say.
    pub reviewers: Vec<PersonId>,
    /// Since when, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
}

/// How far an approval is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Being written; a declined goal is a draft again.
    #[default]
    Draft,
    /// Nobody is named who could approve it.
    NeedsReviewers,
    /// It waits for its reviewers and is locked for its owner.
    InReview,
    /// It counts.
    Approved,
}

impl Stage {
    /// `in_review`, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::NeedsReviewers => "needs_reviewers",
            Stage::InReview => "in_review",
            Stage::Approved => "approved",
        }
    }

    /// `in review`, in sentences.
    pub fn words(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::NeedsReviewers => "needs reviewers",
            Stage::InReview => "in review",
            Stage::Approved => "approved",
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
            approval: None,
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

    /// Whether this person writes its check-ins: its champion, and who answers for a key
    /// result of it whose value is theirs to write.
    pub fn owes_check_in(&self, me: &PersonId) -> bool {
        let is_mine = |result: &KeyResult| {
            result.particulars().owner.as_ref() == Some(me) && !result.is_read_elsewhere()
        };
        self.champion.as_ref() == Some(me) || self.results.iter().any(is_mine)
    }

    /// Whether its plan waits for reviewers, which locks it for its owner.
    pub fn is_in_review(&self) -> bool {
        let approval = self.approval.as_deref();
        approval.is_some_and(|approval| approval.stage == Stage::InReview)
    }

    /// Whether its plan waits for this person's approval: one of its reviewers, or
    /// where those are not told anybody but its champion.
    pub fn waits_for_approval_of(&self, me: &PersonId) -> bool {
        let Some(approval) = self.approval.as_deref().filter(|_| self.is_in_review()) else {
            return false;
        };
        match approval.reviewers.is_empty() {
            true => self.champion.as_ref() != Some(me),
            false => approval.reviewers.contains(me),
        }
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

    /// Keeps the provider's progress where a full answer has none: some tell it in
    /// their lists alone.
    pub fn keep_progress(&mut self, older: &Goal) {
        self.provider_progress = self.provider_progress.or(older.provider_progress);
    }

    /// Fills a summary up from what was known before: what a summary leaves empty
    /// is unchanged, not gone. Check-ins and comments are joined by id; where both
    /// have one, this one's word counts. What ends, moves or hands a goal over
    /// (parent, people, dates, closing) is this one's alone.
    pub fn absorb(&mut self, older: &Goal) {
        keep_text(&mut self.description, &older.description);
        keep_text(&mut self.space, &older.space);
        keep_text(&mut self.link, &older.link);
        keep_list(&mut self.tags, &older.tags);
        keep_list(&mut self.results, &older.results);
        if self.reviewer == older.reviewer {
            self.reviewer_since = self.reviewer_since.or(older.reviewer_since);
        }
        self.keep_progress(older);
        self.created_at = older.created_at;
        for check_in in &mut self.check_ins {
            if let Some(known) = older.check_in(&check_in.id) {
                check_in.absorb(known);
            }
        }
        let missing = older.check_ins.iter();
        let missing = missing.filter(|known| self.check_in(&known.id).is_none());
        let missing: Vec<CheckIn> = missing.cloned().collect();
        if !missing.is_empty() {
            self.check_ins.extend(missing);
            self.check_ins.sort_by_key(|check_in| check_in.at);
        }
        join_comments(&mut self.comments, &older.comments);
    }
}

impl CheckIn {
    /// As [`Goal::absorb`], for one check-in.
    fn absorb(&mut self, older: &CheckIn) {
        keep_text(&mut self.note, &older.note);
        keep_list(&mut self.values, &older.values);
        keep_list(&mut self.reactions, &older.reactions);
        self.status = self.status.or(older.status);
        self.confidence = self.confidence.or(older.confidence);
        self.score = self.score.or(older.score);
        self.due_moved = self.due_moved.or(older.due_moved);
        if self.acknowledged.is_none() {
            self.acknowledged.clone_from(&older.acknowledged);
        }
        if self.waits_for.is_none() {
            self.waits_for.clone_from(&older.waits_for);
        }
        join_comments(&mut self.comments, &older.comments);
    }
}

fn keep_text(now: &mut String, before: &str) {
    if now.is_empty() {
        before.clone_into(now);
    }
}

fn keep_list<T: Clone>(now: &mut Vec<T>, before: &[T]) {
    if now.is_empty() {
        now.extend_from_slice(before);
    }
}

fn join_comments(now: &mut Vec<Comment>, before: &[Comment]) {
    let missing = before.iter();
    let missing = missing.filter(|known| now.iter().all(|comment| comment.id != known.id));
    let missing: Vec<Comment> = missing.cloned().collect();
    if !missing.is_empty() {
        now.extend(missing);
        now.sort_by_key(|comment| comment.at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::check_in::{Acknowledged, Reaction, ValueChange};
    use crate::model::key_result::{Kind, Reading};

    fn at(day: u32) -> Time {
        format!("2026-11-{day:02}T09:00:00Z").parse().unwrap()
    }

    fn goal() -> Goal {
        Goal::new("w:g".into(), "w".into(), "Grow", at(1))
    }

    fn check_in(id: &str, day: u32, note: &str) -> CheckIn {
        let mut check_in = CheckIn::new(id.into(), "w:ana".into(), at(day));
        check_in.note = note.into();
        check_in
    }

    fn comment(id: &str, day: u32, text: &str) -> Comment {
        Comment {
            id: id.into(),
            author: "w:bo".into(),
            at: at(day),
            text: text.into(),
        }
    }

    fn ids(goal: &Goal) -> Vec<&str> {
        let check_ins = goal.check_ins.iter();
        check_ins.map(|check_in| check_in.id.as_str()).collect()
    }

    #[test]
    fn a_summary_keeps_the_check_ins_and_comments_it_does_not_name() {
        let mut whole = goal();
        whole.check_ins = vec![check_in("w:1", 2, "one"), check_in("w:2", 9, "two")];
        whole.comments = vec![comment("w:k1", 3, "first"), comment("w:k2", 5, "second")];
        let mut summary = goal();
        summary.name = "Grow faster".into();
        summary.check_ins = vec![check_in("w:3", 16, "three")];
        summary.comments = vec![comment("w:k2", 5, "second, mended")];
        summary.absorb(&whole);
        assert_eq!(ids(&summary), ["w:1", "w:2", "w:3"]);
        assert_eq!(summary.name, "Grow faster");
        let texts: Vec<_> = summary.comments.iter().map(|one| &one.text).collect();
        assert_eq!(texts, ["first", "second, mended"]);
    }

    #[test]
    fn a_check_in_in_a_summary_counts_but_keeps_what_was_said_to_it() {
        let mut known = check_in("w:1", 2, "one");
        known.comments = vec![comment("w:k1", 3, "agreed")];
        known.reactions = vec![Reaction {
            by: "w:bo".into(),
            sign: "+1".into(),
        }];
        known.values = vec![ValueChange {
            result: "w:r".into(),
            before: None,
            now: Reading::Number(3.0),
        }];
        known.acknowledged = Some(Acknowledged {
            by: "w:bo".into(),
            at: at(3),
        });
        let mut whole = goal();
        whole.check_ins = vec![known.clone()];
        let mut newer = check_in("w:1", 2, "one, mended");
        newer.comments = vec![comment("w:k2", 4, "thanks")];
        let mut summary = goal();
        summary.check_ins = vec![newer];
        summary.absorb(&whole);
        let [joined] = summary.check_ins.as_slice() else {
            panic!("{summary:?}");
        };
        assert_eq!(joined.note, "one, mended");
        let ids: Vec<_> = joined.comments.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["w:k1", "w:k2"]);
        assert_eq!(joined.reactions, known.reactions);
        assert_eq!(joined.values, known.values);
        assert_eq!(joined.acknowledged, known.acknowledged);
    }

    #[test]
    fn what_ends_moves_or_hands_over_is_told_by_the_summary_alone() {
        let mut whole = goal();
        whole.parent = Some("w:above".into());
        whole.champion = Some("w:ana".into());
        whole.reviewer = Some("w:bo".into());
        whole.reviewer_since = Some(at(1));
        whole.due = Some("2026-12-31".parse().unwrap());
        whole.closed = Some(Closing {
            at: at(5),
            score: None,
        });
        whole.gone = Some(at(6));
        whole.description = "Why".into();
        whole.link = "https://example.com".into();
        whole.results = vec![KeyResult {
            particulars: None,
            id: "w:r".into(),
            name: "Sales".into(),
            kind: Kind::Number,
            unit: String::new(),
            start: 0.0,
            target: Some(1.0),
            current: None,
            weight: 1.0,
            falling: false,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
        }];
        let mut summary = goal();
        summary.created_at = at(20);
        summary.absorb(&whole);
        let mut expected = goal();
        expected.description = "Why".into();
        expected.link = whole.link.clone();
        expected.results = whole.results.clone();
        assert_eq!(summary, expected);
        // The same reviewer as before: since when is still true.
        let mut summary = goal();
        summary.reviewer = whole.reviewer.clone();
        summary.absorb(&whole);
        assert_eq!(summary.reviewer_since, Some(at(1)));
    }
}
