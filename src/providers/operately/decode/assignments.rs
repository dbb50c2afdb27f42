//! What the server says I owe and must acknowledge, in both shapes of the list,
//! and how that settles on whom a check-in waits.

use std::collections::HashMap;

use serde_json::Value;

use super::{moment, person_id, short, text};
use crate::model::check_in::{CheckIn, Occasion, WaitsFor};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{AccountName, PersonId};
use crate::model::time::Time;
use crate::providers::operately::ids::ShortId;

/// What I am to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Duty {
    /// Write it: I am its owner.
    Write,
    /// Read and acknowledge it.
    Acknowledge,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A check-in of a goal.
    GoalCheckIn,
    /// A check-in of a project.
    ProjectCheckIn,
    /// How a goal was closed (since 1.8.0).
    GoalClosing,
    /// How a project was closed (since 1.8.0).
    ProjectClosing,
    /// A task or a milestone, or something newer.
    Other,
}

/// One thing that waits for me at the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// What it is about.
    pub subject: Subject,
    /// What I am to do.
    pub duty: Duty,
    /// What is written: the goal or project. What is acknowledged: the check-in or
    /// closing. Tasks and milestones: themselves.
    pub thing: ShortId,
    /// The goal or project it belongs to; none if the server does not say.
    pub origin: Option<ShortId>,
    /// Since when or until when; see `duty`.
    pub due: Option<Time>,
    /// Who wrote what I am to acknowledge.
    pub author: Option<PersonId>,
}

/// Everything in a review list, flat (`assignments`) or in groups (`due_soon`,
/// `needs_review`, `upcoming`); oldest first. None if the answer has neither.
pub fn assignments(answer: &Value, account: &AccountName) -> Option<Vec<Assignment>> {
    let lists = ["assignments", "due_soon", "needs_review", "upcoming"];
    let mut lists = lists
        .into_iter()
        .filter_map(|key| answer.get(key)?.as_array())
        .peekable();
    lists.peek()?;
    let items: Vec<&Value> = lists
        .flatten()
        .flat_map(
            |item| match item.get("assignments").and_then(Value::as_array) {
                Some(group) => group.iter().collect(),
                None => vec![item],
            },
        )
        .collect();
    let mut found: Vec<Assignment> = items
        .iter()
        .filter_map(|item| assignment(item, account))
        .collect();
    if found.len() < items.len() {
        let unreadable = items.len() - found.len();
        tracing::warn!(unreadable, "items of the review list that cannot be read");
    }
    found.sort_by_key(|one| (one.due, one.thing));
    Some(found)
}

fn assignment(item: &Value, account: &AccountName) -> Option<Assignment> {
    let thing = short(item, "resource_id")?;
    let duty = match text(item, "role").as_str() {
        "owner" => Duty::Write,
        "reviewer" => Duty::Acknowledge,
        _ => return None,
    };
    let subject = match text(item, "type").as_str() {
        "goal_update" => Subject::GoalCheckIn,
        "check_in" => Subject::ProjectCheckIn,
        "goal_retrospective" => Subject::GoalClosing,
        "project_retrospective" => Subject::ProjectClosing,
        _ => Subject::Other,
    };
    Some(Assignment {
        subject,
        duty,
        thing,
        origin: item.get("origin").and_then(|origin| short(origin, "id")),
        due: moment(item, "due"),
        author: item
            .get("author_id")
            .and_then(|id| person_id(&serde_json::json!({ "id": id }), account)),
    })
}

/// The check-ins and closings that wait for me, by the server's own list.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Who I am.
    me: Option<PersonId>,
    /// By the id of the check-in or closing.
    items: HashMap<ShortId, (Subject, Option<ShortId>)>,
    /// What the server said of my right to acknowledge one.
    allowed: HashMap<ShortId, bool>,
    /// Whether any editor may acknowledge (since 1.8.0), not only the reviewer.
    by_editors: bool,
}

impl Waiting {
    /// From the review list of the person who is signed in.
    pub fn new(me: PersonId, list: &[Assignment], by_editors: bool) -> Self {
        let mine = list
            .iter()
            .filter(|one| one.duty == Duty::Acknowledge && one.subject != Subject::Other);
        Self {
            me: Some(me),
            items: mine
                .map(|one| (one.thing, (one.subject, one.origin)))
                .collect(),
            allowed: HashMap::new(),
            by_editors,
        }
    }

    /// What waits: the check-in or closing, what it is, and its goal or project.
    pub fn iter(&self) -> impl Iterator<Item = (ShortId, Subject, Option<ShortId>)> + '_ {
        self.items
            .iter()
            .map(|(id, (subject, origin))| (*id, *subject, *origin))
    }

    /// Whether the server lists it.
    pub fn lists(&self, id: ShortId) -> bool {
        self.items.contains_key(&id)
    }

    /// Notes what the server said of my right to acknowledge a check-in.
    pub fn allow(&mut self, id: ShortId, allowed: bool) {
        self.allowed.insert(id, allowed);
    }

    /// Whether it is listed, but only the permission of this one check-in tells
    /// whether I may: older servers show champions what only the reviewer may
    /// acknowledge.
    pub fn is_doubtful(&self, id: ShortId, check_in: &CheckIn, goal: &Goal) -> bool {
        self.lists(id)
            && !self.by_editors
            && !self.allowed.contains_key(&id)
            && goal.nature == Nature::Goal
            && check_in.occasion == Occasion::Regular
            && !self.is_mine_by_role(check_in, goal)
    }

    fn is_mine_by_role(&self, check_in: &CheckIn, goal: &Goal) -> bool {
        let me = self.me.as_ref();
        let reviewer = goal.reviewer.as_ref();
        if reviewer == Some(&check_in.author) {
            goal.champion.as_ref() == me
        } else {
            reviewer == me
        }
    }

    fn waits(&self, id: ShortId, check_in: &CheckIn, goal: &Goal) -> bool {
        self.lists(id)
            && match self.allowed.get(&id) {
                Some(allowed) => *allowed,
                None => !self.is_doubtful(id, check_in, goal),
            }
    }
}

/// Says of every check-in of a goal whether it waits for me, as the server's list
/// has it; of those that wait for others nothing is known but the roles.
pub fn settle(goal: &mut Goal, waiting: &Waiting) {
    let Some(me) = &waiting.me else { return };
    let mut check_ins = std::mem::take(&mut goal.check_ins);
    for check_in in &mut check_ins {
        let Some(id) = ShortId::of_ours(check_in.id.as_str()) else {
            continue;
        };
        if check_in.acknowledged.is_some() {
            check_in.waits_for = None;
        } else if waiting.waits(id, check_in, goal) {
            check_in.waits_for = Some(WaitsFor::Person(me.clone()));
        } else if goal.acknowledger(check_in) == Some(me) {
            check_in.waits_for = Some(WaitsFor::Nobody);
        }
    }
    goal.check_ins = check_ins;
}
