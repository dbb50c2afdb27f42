//! What each account last said, and when. Written from outcomes only; pending
//! writes never touch it.

use std::collections::{HashMap, HashSet};

use crate::model::exchange::Batch;
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, GoalId, NotificationId, PersonId};
use crate::model::notification::Notification;
use crate::model::person::Person;

/// All accounts' goals, people and inbox lines.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    // Boxed: a table keeps room for half as many again.
    goals: HashMap<GoalId, Box<Goal>>,
    children: HashMap<GoalId, Vec<GoalId>>,
    people: HashMap<PersonId, Person>,
    notifications: HashMap<NotificationId, Notification>,
}

impl Facts {
    /// One goal.
    pub fn goal(&self, id: &GoalId) -> Option<&Goal> {
        self.goals.get(id).map(Box::as_ref)
    }

    /// All goals, in no order.
    pub fn goals(&self) -> impl Iterator<Item = &Goal> {
        self.goals.values().map(Box::as_ref)
    }

    /// How many goals are known.
    pub fn len(&self) -> usize {
        self.goals.len()
    }

    /// Whether no goal is known.
    pub fn is_empty(&self) -> bool {
        self.goals.is_empty()
    }

    /// The goals that name this one as their parent, in the order they came.
    pub fn children(&self, id: &GoalId) -> &[GoalId] {
        self.children.get(id).map_or(&[], Vec::as_slice)
    }

    /// One person.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// Everybody, in no order.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// Inbox lines, in no order.
    pub fn notifications(&self) -> impl Iterator<Item = &Notification> {
        self.notifications.values()
    }

    /// Takes a batch in; goals in `newer` were confirmed by a write after the
    /// question was asked and keep what they have. Returns the goals touched.
    pub fn merge(&mut self, batch: Batch, newer: &HashSet<GoalId>) -> Vec<GoalId> {
        let mut touched = Vec::with_capacity(batch.goals.len());
        for goal in batch.goals {
            if newer.contains(&goal.id) {
                continue;
            }
            touched.push(goal.id.clone());
            self.put(goal);
        }
        for id in batch.gone.iter().filter(|id| !newer.contains(*id)) {
            self.remove(id);
            touched.push(id.clone());
        }
        self.people.extend(
            batch
                .people
                .into_iter()
                .map(|person| (person.id.clone(), person)),
        );
        let lines = batch.notifications.into_iter();
        self.notifications
            .extend(lines.map(|line| (line.id.clone(), line)));
        touched
    }

    /// Forgets what a complete answer of an account did not name.
    pub fn keep_only(
        &mut self,
        account: &AccountName,
        goals: &HashSet<GoalId>,
        lines: &HashSet<NotificationId>,
    ) -> Vec<GoalId> {
        let stale = |goal: &&Goal| &goal.account == account && !goals.contains(&goal.id);
        let gone: Vec<GoalId> = self
            .goals
            .values()
            .map(Box::as_ref)
            .filter(stale)
            .map(|goal| goal.id.clone())
            .collect();
        for id in &gone {
            self.remove(id);
        }
        self.notifications
            .retain(|id, line| &line.account != account || lines.contains(id));
        gone
    }

    fn put(&mut self, goal: Goal) {
        let (id, parent) = (goal.id.clone(), goal.parent.clone());
        match self
            .goals
            .insert(id.clone(), Box::new(goal))
            .map(|old| old.parent)
        {
            Some(before) if before == parent => return,
            Some(before) => self.unlink(before.as_ref(), &id),
            None => {}
        }
        if let Some(parent) = parent {
            self.children.entry(parent).or_default().push(id);
        }
    }

    fn remove(&mut self, id: &GoalId) {
        if let Some(goal) = self.goals.remove(id) {
            self.unlink(goal.parent.as_ref(), id);
        }
    }

    fn unlink(&mut self, parent: Option<&GoalId>, id: &GoalId) {
        if let Some(siblings) = parent.and_then(|parent| self.children.get_mut(parent)) {
            siblings.retain(|other| other != id);
        }
    }
}
