//! Objectives as goals, users and teams as people, sessions as periods.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use serde_json::Value;

use super::ids::{self, Given};
use super::review;
use super::scale::Scale;
use super::wire;
use crate::model::goal::{Approval, Closing, Goal};
use crate::model::ids::{AccountName, GoalId, PersonId};
use crate::model::person::Person;
use crate::model::status::Status;
use crate::model::time::Time;

/// A planning session: the period of its goals.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Theirs.
    pub id: String,
    /// Foreign text.
    pub title: String,
    /// First day.
    pub start: Option<NaiveDate>,
    /// Last day.
    pub end: Option<NaiveDate>,
    /// Its status is `closed`.
    pub is_closed: bool,
}

impl Session {
    /// None without an id.
    pub fn read(value: &Value) -> Option<Self> {
        let title = wire::said(value, "title").or_else(|| wire::said(value, "name"));
        Some(Self {
            id: wire::id(value)?,
            title: title.unwrap_or_default(),
            start: wire::day(value, "start"),
            end: wire::day(value, "end"),
            is_closed: wire::bare(&wire::text(value, "status")) == "closed",
        })
    }

    /// Whether a day lies in it; an end that is not told is open.
    pub fn has(&self, day: NaiveDate) -> bool {
        self.start.is_none_or(|start| start <= day) && self.end.is_none_or(|end| day <= end)
    }

    /// How long it is, for showing the shortest first.
    pub fn days(&self) -> i64 {
        match (self.start, self.end) {
            (Some(start), Some(end)) => (end - start).num_days(),
            _ => i64::MAX,
        }
    }
}

/// A user or a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Someone {
    /// Theirs.
    pub id: String,
    /// Foreign text.
    pub name: String,
    /// Empty for teams.
    pub email: String,
}

impl Someone {
    /// None without an id.
    pub fn read(value: &Value) -> Option<Self> {
        let id = wire::id(value)?;
        let email = wire::text(value, "email");
        let both = format!(
            "{} {}",
            wire::text(value, "firstName").trim(),
            wire::text(value, "lastName").trim()
        );
        let name = wire::said(value, "name")
            .or_else(|| Some(both.trim().to_owned()).filter(|name| !name.is_empty()))
            .or_else(|| Some(email.clone()).filter(|email| !email.is_empty()))
            .unwrap_or_else(|| id.clone());
        Some(Self { id, name, email })
    }

    /// Ours.
    pub fn person(&self, account: &AccountName) -> Person {
        Person {
            id: PersonId::new(ids::ours(account, 'u', &self.id)),
            account: account.clone(),
            name: self.name.clone(),
            handle: String::new(),
        }
    }
}

/// What `groupBy` told beside the goals themselves.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Reviewers by goal.
    pub reviewers: HashMap<String, Vec<String>>,
    /// Owners by goal.
    pub owners: HashMap<String, Vec<String>>,
    /// Where approvals stand, where the groups say more than the list.
    pub stages: HashMap<String, review::Told>,
}

/// What is known around a goal while it is read.
pub struct Lens<'a> {
    /// Whose.
    pub account: &'a AccountName,
    /// The account's confidence.
    pub scale: &'a Scale,
    /// All sessions that are known.
    pub sessions: &'a [Session],
    /// What the groups told.
    pub groups: &'a Groups,
    /// Today, in UTC.
    pub today: NaiveDate,
    /// Days after a check-in at which the next one is due.
    pub due_after: u32,
    /// The server takes values alone: notes of check-ins stay on this machine.
    pub values_alone: bool,
}

/// Goals and the people in them, of one answer.
#[derive(Debug, Default)]
pub struct Read {
    /// In their order.
    pub goals: Vec<Goal>,
    /// Everybody who is named with more than an id.
    pub people: Vec<Someone>,
    goal_ids: Given,
    metric_ids: Given,
}

impl Lens<'_> {
    /// Who did what nobody is named for.
    pub fn somebody(&self) -> PersonId {
        PersonId::new(format!("{}:somebody", self.account))
    }

    /// Adds an objective; nothing without an id.
    pub fn add(&self, read: &mut Read, value: &Value) {
        let Some(id) = wire::id(value) else { return };
        let ours = read.goal_ids.give(&id);
        let position = i64::try_from(read.goals.len()).unwrap_or(i64::MAX);
        let made = wire::moment(value, "dateCreated");
        let session = wire::said(value, "sessionId");
        let session = session.and_then(|id| self.sessions.iter().find(|one| one.id == id));
        let began = session.and_then(|session| session.start);
        let made = made
            .or_else(|| wire::moment(value, "dateFrom"))
            .or_else(|| Some(began?.and_time(chrono::NaiveTime::MIN).and_utc()))
            .unwrap_or_default();
        let goal_id = GoalId::new(ids::ours(self.account, 'g', &ours));
        let mut goal = Goal::new(
            goal_id,
            self.account.clone(),
            wire::text(value, "name"),
            made,
        );
        let parent = wire::said(value, "parentId");
        goal.parent = parent.map(|id| GoalId::new(ids::ours(self.account, 'g', &id)));
        goal.description = wire::plain(&wire::text(value, "description"));
        goal.space = session
            .map(|session| session.title.clone())
            .unwrap_or_default();
        goal.start = wire::day(value, "dateFrom").or(began);
        goal.due = wire::day(value, "dateTo").or_else(|| session?.end);
        let grouped = self
            .groups
            .owners
            .get(&id)
            .and_then(|owners| owners.first());
        let owner = self.owner(value).or_else(|| grouped.cloned());
        goal.champion = owner.map(|owner| self.person(&owner));
        // Rolled up from its children where the account does so.
        goal.provider_progress = wire::number(value, "aggregatedAttainment")
            .or_else(|| wire::number(value, "attainment"));
        goal.link = wire::text(value, "url");
        goal.position = position;
        goal.tags = wire::list(value, "tags")
            .iter()
            .filter_map(|tag| wire::said(tag, "title").or_else(|| tag.as_str().map(str::to_owned)))
            .collect();
        goal.approval = self.approval(value, &id);
        let metrics: Vec<(&Value, String)> = wire::list(value, "metrics")
            .iter()
            .filter_map(|metric| {
                let id = wire::id(metric)?;
                Some((metric, read.metric_ids.give(&id)))
            })
            .collect();
        goal.results = metrics
            .iter()
            .map(|(metric, id)| self.result(metric, id))
            .collect();
        goal.check_ins = self.check_ins(&metrics);
        close(&mut goal, value);
        if goal.is_open() {
            goal.next_check_in = self.next_check_in(&goal);
        }
        goal.updated_at = wire::moment(value, "dateModified")
            .into_iter()
            .chain(goal.check_ins.last().map(|last| last.at))
            .chain([made])
            .max()
            .unwrap_or(made);
        read.goals.push(goal);
        let with_people = [value]
            .into_iter()
            .chain(metrics.iter().map(|(metric, _)| *metric));
        for thing in with_people {
            let assignees = thing.get("assignee").into_iter();
            let assignees = assignees.chain(wire::list(thing, "assignees"));
            read.people.extend(assignees.filter_map(Someone::read));
        }
    }

    /// Quantive calls a key result due when so many days have passed since its
    /// last check-in, and one that has none at once. Hidden ones cannot be checked
    /// in.
    fn next_check_in(&self, goal: &Goal) -> Option<NaiveDate> {
        goal.results
            .iter()
            .filter(|result| !result.particulars().hidden)
            .map(|result| match result.particulars().checked_at {
                Some(at) => at
                    .date_naive()
                    .checked_add_days(Days::new(u64::from(self.due_after)))
                    .unwrap_or(self.today),
                None => self.today,
            })
            .min()
    }

    /// Where a goal's approval stands. What no field tells and the reviewers' list
    /// names waits for its reviewers.
    fn approval(&self, value: &Value, id: &str) -> Option<Box<Approval>> {
        let reviewers = self.groups.reviewers.get(id);
        let told = match review::told(value) {
            review::Told::Nothing => self.groups.stages.get(id).copied().unwrap_or_default(),
            told => told,
        };
        let stage = match told {
            review::Told::Stage(stage) => stage,
            review::Told::Nothing if reviewers.is_some() => crate::model::goal::Stage::InReview,
            review::Told::Nothing | review::Told::Other => return None,
        };
        Some(Box::new(Approval {
            stage,
            reviewers: reviewers
                .into_iter()
                .flatten()
                .map(|id| self.person(id))
                .collect(),
            since: None,
        }))
    }
}

/// Whether and how it ended. When is told by nothing, so it is the last moment
/// known of it.
fn close(goal: &mut Goal, value: &Value) {
    let Some(status) = value.get("closedStatus") else {
        return;
    };
    let word = match status {
        Value::String(word) => word.clone(),
        status => wire::text(status, "status"),
    };
    let bare = wire::bare(&word);
    if matches!(bare.as_str(), "" | "active" | "open" | "string") {
        return;
    }
    let at = ["date", "closedAt", "dateClosed", "closedDate"]
        .into_iter()
        .find_map(|key| wire::moment(status, key));
    let last: Option<Time> = goal.check_ins.last().map(|last| last.at);
    goal.closed = Some(Closing {
        at: at.or(last).unwrap_or(goal.created_at),
        score: None,
    });
    let has = |pieces: &[&str]| pieces.iter().any(|piece| bare.contains(piece));
    if has(&["notachieved", "missed", "failed", "abandoned", "cancel"]) {
        goal.status = Status::Missed;
    } else if has(&["achieved", "complete", "success", "done"]) {
        goal.status = Status::Achieved;
    }
    goal.status_word = Some(word);
}
