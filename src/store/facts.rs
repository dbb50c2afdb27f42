//! What each account last said, and when. Written from outcomes only; pending
//! writes never touch it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::TimeDelta;

use crate::model::exchange::Batch;
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, GoalId, NotificationId, PersonId};
use crate::model::kept_here::{Note, Patches, lay};
use crate::model::notification::Notification;
use crate::model::person::Person;
use crate::model::time::Time;

/// What is known of a goal in whole counts as up to date for so long.
const STALE: TimeDelta = TimeDelta::minutes(5);

/// A goal, and when and how it was told.
#[derive(Clone, Debug)]
struct Told {
    goal: Goal,
    at: Time,
    how: How,
}

/// How much of a goal was told, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// All of it, by the provider.
    Whole,
    /// A summary, by the provider.
    Brief,
    /// By this machine's disk: as it was at an earlier time.
    Kept,
}

/// What an answer is taken in with.
#[derive(Clone, Copy, Debug)]
pub struct Hearing<'a> {
    /// Goals confirmed by a write after the question was asked: the answer is
    /// older and they keep what they have.
    pub newer: &'a HashSet<GoalId>,
    /// The present moment.
    pub at: Time,
    /// When goals that are gone were seen last, if copies of them stay.
    pub seen: Option<Time>,
}

/// All accounts' goals, people and inbox lines.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    // Boxed: a table keeps room for half as many again.
    goals: HashMap<GoalId, Box<Told>>,
    children: HashMap<GoalId, Vec<GoalId>>,
    people: HashMap<PersonId, Person>,
    notifications: HashMap<NotificationId, Notification>,
}

impl Facts {
    /// Facts that are all told at one moment, in whole.
    pub fn of(
        goals: impl IntoIterator<Item = Goal>,
        people: impl IntoIterator<Item = Person>,
        lines: impl IntoIterator<Item = Notification>,
        at: Time,
    ) -> Self {
        let people = people.into_iter();
        let lines = lines.into_iter();
        let mut facts = Self {
            people: people.map(|one| (one.id.clone(), one)).collect(),
            notifications: lines.map(|one| (one.id.clone(), one)).collect(),
            ..Self::default()
        };
        for goal in goals {
            let how = How::Whole;
            facts.put(Told { goal, at, how });
        }
        facts
    }

    /// One goal.
    pub fn goal(&self, id: &GoalId) -> Option<&Goal> {
        self.goals.get(id).map(|told| &told.goal)
    }

    /// When and how a goal was told.
    pub fn told(&self, id: &GoalId) -> Option<(Time, How)> {
        self.goals.get(id).map(|told| (told.at, told.how))
    }

    /// Whether a goal is known, but not in whole or not since a while.
    pub fn is_stale(&self, id: &GoalId, now: Time) -> bool {
        self.told(id)
            .is_some_and(|(at, how)| how != How::Whole || now - at > STALE)
    }

    /// All goals, in no order.
    pub fn goals(&self) -> impl Iterator<Item = &Goal> {
        self.goals.values().map(|told| &told.goal)
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

    /// Takes a batch in; returns the goals that are not as they were. What this
    /// machine kept never takes the place of what a provider said.
    pub fn merge(&mut self, batch: Batch, hearing: Hearing<'_>) -> Vec<GoalId> {
        let mut touched = Vec::with_capacity(batch.goals.len());
        let how = match (batch.as_of, batch.brief) {
            (Some(_), _) => How::Kept,
            (None, true) => How::Brief,
            (None, false) => How::Whole,
        };
        let at = batch.as_of.unwrap_or(hearing.at);
        for goal in batch.goals {
            if hearing.newer.contains(&goal.id) {
                continue;
            }
            let id = goal.id.clone();
            if self.hear(Told { goal, at, how }) {
                touched.push(id);
            }
        }
        for id in batch.gone {
            if !hearing.newer.contains(&id) && self.lose(&id, hearing.seen) {
                touched.push(id);
            }
        }
        if let Some(kept) = &batch.kept {
            touched.extend(self.keep_here(kept));
        }
        for person in batch.people {
            put(&mut self.people, person.id.clone(), person, how);
        }
        for line in batch.notifications {
            put(&mut self.notifications, line.id.clone(), line, how);
        }
        touched
    }

    /// Lays what is kept on this machine onto goals that are known; the goals that
    /// are not as they were. When and by whom they were told stays.
    fn keep_here(&mut self, kept: &Patches) -> Vec<GoalId> {
        let mut by_goal: BTreeMap<&GoalId, Vec<&Note>> = BTreeMap::new();
        for note in &kept.notes {
            if let Some(goal) = note.slot.goal() {
                by_goal.entry(goal).or_default().push(note);
            }
        }
        let mut touched = Vec::new();
        for (id, notes) in by_goal {
            let Some(known) = self.goals.get(id) else {
                continue;
            };
            let mut goal = known.goal.clone();
            lay(&mut goal, notes, kept.places);
            if goal != known.goal {
                let (at, how) = (known.at, known.how);
                self.put(Told { goal, at, how });
                touched.push(id.clone());
            }
        }
        touched
    }

    /// Takes a goal in; whether that made a difference.
    fn hear(&mut self, mut told: Told) -> bool {
        let Some(known) = self.goals.get_mut(&told.goal.id) else {
            self.put(told);
            return true;
        };
        match told.how {
            How::Kept if known.how != How::Kept || known.at > told.at => return false,
            How::Brief => told.goal.absorb(&known.goal),
            How::Whole => told.goal.keep_progress(&known.goal),
            How::Kept => {}
        }
        if known.goal != told.goal {
            self.put(told);
            return true;
        }
        // A summary that says nothing new leaves the whole as whole as it was.
        if told.how != How::Brief || known.how != How::Whole {
            (known.at, known.how) = (told.at, told.how);
        }
        false
    }

    /// Forgets what a complete answer of an account did not name, or keeps it as
    /// copies seen last at `seen`. Returns the goals that are not as they were.
    pub fn keep_only(
        &mut self,
        account: &AccountName,
        goals: &HashSet<GoalId>,
        lines: &HashSet<NotificationId>,
        seen: Option<Time>,
    ) -> Vec<GoalId> {
        let mut gone = self.ids(|goal| &goal.account == account && !goals.contains(&goal.id));
        gone.retain(|id| self.lose(id, seen));
        self.notifications
            .retain(|id, line| &line.account != account || lines.contains(id));
        gone
    }

    /// Forgets all that is known of an account but these goals.
    pub fn forget(&mut self, account: &AccountName, but: &HashSet<GoalId>) -> Vec<GoalId> {
        let gone = self.ids(|goal| &goal.account == account && !but.contains(&goal.id));
        for id in &gone {
            self.remove(id);
        }
        self.people.retain(|_, person| &person.account != account);
        self.notifications
            .retain(|_, line| &line.account != account);
        gone
    }

    /// Forgets the copies that meet a condition.
    pub fn drop_copies(&mut self, which: impl Fn(&GoalId, Time) -> bool) -> Vec<GoalId> {
        let dropped = self.ids(|goal| goal.gone.is_some_and(|seen| which(&goal.id, seen)));
        for id in &dropped {
            self.remove(id);
        }
        dropped
    }

    fn ids(&self, which: impl Fn(&Goal) -> bool) -> Vec<GoalId> {
        let found = self.goals().filter(|goal| which(goal));
        found.map(|goal| goal.id.clone()).collect()
    }

    /// A goal is gone: it is removed, or stays as a copy. Whether that made a
    /// difference.
    fn lose(&mut self, id: &GoalId, seen: Option<Time>) -> bool {
        let Some(seen) = seen else {
            self.remove(id);
            return true;
        };
        let Some(known) = self.goals.get_mut(id) else {
            return false;
        };
        let was_here = known.goal.gone.is_none();
        known.goal.gone.get_or_insert(seen);
        was_here
    }

    fn put(&mut self, told: Told) {
        let (id, parent) = (told.goal.id.clone(), told.goal.parent.clone());
        match self
            .goals
            .insert(id.clone(), Box::new(told))
            .map(|old| old.goal.parent)
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
        if let Some(told) = self.goals.remove(id) {
            self.unlink(told.goal.parent.as_ref(), id);
        }
    }

    fn unlink(&mut self, parent: Option<&GoalId>, id: &GoalId) {
        if let Some(siblings) = parent.and_then(|parent| self.children.get_mut(parent)) {
            siblings.retain(|other| other != id);
        }
    }
}

/// Puts a thing in; what was only kept gives way to what is there.
fn put<K: std::hash::Hash + Eq, V>(into: &mut HashMap<K, V>, id: K, thing: V, how: How) {
    match into.entry(id) {
        Entry::Vacant(place) => {
            place.insert(thing);
        }
        Entry::Occupied(mut place) if how != How::Kept => {
            place.insert(thing);
        }
        Entry::Occupied(_) => {}
    }
}
