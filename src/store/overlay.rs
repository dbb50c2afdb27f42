//! Facts with pending writes laid over them: what screens read. Rolling a write
//! back is dropping its entry and laying the rest over again.

use std::collections::{HashMap, HashSet};

use super::facts::Facts;
use crate::model::apply::{self, Shelf};
use crate::model::entry::Entry;
use crate::model::exchange::Change;
use crate::model::goal::Goal;
use crate::model::ids::{GoalId, NotificationId};
use crate::model::person::Person;

/// The differences that pending writes make.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    goals: HashMap<GoalId, Option<Goal>>,
    people: Vec<Person>,
    read: HashMap<NotificationId, bool>,
    done: HashMap<NotificationId, bool>,
    pending: HashSet<GoalId>,
}

impl Overlay {
    /// Lays pending entries over the facts, in order of writing.
    pub fn lay<'a>(facts: &Facts, entries: impl Iterator<Item = &'a Entry>) -> Self {
        let mut overlay = Overlay::default();
        for entry in entries.filter(|entry| entry.state.is_pending()) {
            overlay.lay_one(facts, entry);
        }
        overlay
    }

    /// Lays entries over these goals anew and leaves the others as they are: the
    /// entries are all pending ones that touch these goals, and touch no others.
    pub fn lay_again(&mut self, facts: &Facts, entries: &[&Entry], goals: &HashSet<GoalId>) {
        for goal in goals {
            self.goals.remove(goal);
            self.pending.remove(goal);
        }
        for entry in entries {
            self.lay_one(facts, entry);
        }
    }

    fn lay_one(&mut self, facts: &Facts, entry: &Entry) {
        let mut shelf = Laid { facts, over: self };
        // A change that does not fit the facts any more shows when its answer comes.
        if apply::apply(&mut shelf, &entry.change, &entry.signature, &entry.id).is_ok() {
            self.pending
                .extend(entry.change.goals().into_iter().cloned());
        }
    }

    /// Whether nothing is laid over.
    pub fn is_empty(&self) -> bool {
        self.goals.is_empty()
            && self.read.is_empty()
            && self.done.is_empty()
            && self.people.is_empty()
    }

    /// A goal as it will be; the outer `None` means: as the facts have it.
    pub fn goal(&self, id: &GoalId) -> Option<Option<&Goal>> {
        self.goals.get(id).map(Option::as_ref)
    }

    /// Goals that are laid over.
    pub fn goals(&self) -> impl Iterator<Item = (&GoalId, Option<&Goal>)> {
        self.goals.iter().map(|(id, goal)| (id, goal.as_ref()))
    }

    /// People added or renamed.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Whether a write for this goal is on its way.
    pub fn is_pending(&self, id: &GoalId) -> bool {
        self.pending.contains(id)
    }

    /// Read state of an inbox line, if a write changes it.
    pub fn read(&self, id: &NotificationId) -> Option<bool> {
        self.read.get(id).copied()
    }

    /// Whether a write removes an inbox line.
    pub fn done(&self, id: &NotificationId) -> Option<bool> {
        self.done.get(id).copied()
    }
}

struct Laid<'a> {
    facts: &'a Facts,
    over: &'a mut Overlay,
}

impl Shelf for Laid<'_> {
    fn goal(&self, id: &GoalId) -> Option<Goal> {
        match self.over.goals.get(id) {
            Some(goal) => goal.clone(),
            None => self.facts.goal(id).cloned(),
        }
    }

    fn put(&mut self, goal: Goal) {
        self.over.goals.insert(goal.id.clone(), Some(goal));
    }

    fn remove(&mut self, id: &GoalId) {
        self.over.goals.insert(id.clone(), None);
    }

    fn children(&self, id: &GoalId) -> Vec<GoalId> {
        children(self.facts, self.over, id)
    }

    fn people(&self) -> Vec<Person> {
        // Only news needs people, and pending writes tell nobody.
        Vec::new()
    }

    fn put_person(&mut self, person: Person) {
        self.over.people.push(person);
    }

    fn mark_read(&mut self, ids: &[NotificationId], read: bool) {
        self.over
            .read
            .extend(ids.iter().map(|id| (id.clone(), read)));
    }

    fn mark_done(&mut self, ids: &[NotificationId], done: bool) {
        self.over
            .done
            .extend(ids.iter().map(|id| (id.clone(), done)));
    }
}

/// Whether a write touches nothing but the goals it names.
pub fn is_local(change: &Change) -> bool {
    matches!(
        change,
        Change::CheckIn { .. }
            | Change::EditCheckIn { .. }
            | Change::RetractCheckIn { .. }
            | Change::Acknowledge { .. }
            | Change::Unacknowledge { .. }
            | Change::Comment { .. }
            | Change::EditComment { .. }
            | Change::DeleteComment { .. }
            | Change::React { .. }
    )
}

/// The children of a goal with pending moves counted.
pub fn children(facts: &Facts, over: &Overlay, id: &GoalId) -> Vec<GoalId> {
    let stays = |child: &&GoalId| match over.goals.get(*child) {
        None => true,
        Some(laid) => laid
            .as_ref()
            .is_some_and(|goal| goal.parent.as_ref() == Some(id)),
    };
    let mut children: Vec<GoalId> = facts.children(id).iter().filter(stays).cloned().collect();
    let moved = over
        .goals
        .values()
        .flatten()
        .filter(|goal| goal.parent.as_ref() == Some(id));
    let moved: Vec<GoalId> = moved
        .map(|goal| goal.id.clone())
        .filter(|child| !children.contains(child))
        .collect();
    children.extend(moved);
    children
}
