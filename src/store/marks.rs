//! What is kept on this machine about things of providers: looked at, put off,
//! folded, pinned, muted, acknowledged here, put under others here.

use std::collections::{HashMap, HashSet};

use crate::model::entry::{Mark, Seen};
use crate::model::ids::{CheckInId, GoalId};
use crate::model::time::Time;

/// All marks by key.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    all: HashMap<String, Mark>,
    // What is asked of every goal of a tree, or on every turn, without a key of text.
    folded: HashMap<GoalId, bool>,
    pinned: HashSet<GoalId>,
    looked: HashSet<GoalId>,
    later: HashMap<String, Time>,
    grafts: HashMap<GoalId, Option<GoalId>>,
    /// The same the other way round, in order of being put there.
    grafted: HashMap<GoalId, Vec<GoalId>>,
    folds: u64,
}

impl Marks {
    /// Replaces all marks.
    pub fn load(&mut self, marks: Vec<Mark>) {
        *self = Self {
            folds: self.folds + 1,
            ..Self::default()
        };
        for mark in marks {
            self.put(mark);
        }
    }

    /// Sets one mark.
    pub fn put(&mut self, mark: Mark) {
        match &mark {
            Mark::Folded { goal, folded } => {
                self.folds += 1;
                self.folded.insert(goal.clone(), *folded);
            }
            Mark::Pinned { goal } => {
                self.pinned.insert(goal.clone());
            }
            Mark::Looked { goal, .. } => {
                self.looked.insert(goal.clone());
            }
            Mark::Later { item, until } => {
                self.later.insert(item.clone(), *until);
            }
            Mark::Grafted { goal, under } => {
                self.unlink(goal);
                self.grafts.insert(goal.clone(), under.clone());
                if let Some(under) = under {
                    let grafted = self.grafted.entry(under.clone()).or_default();
                    grafted.push(goal.clone());
                }
            }
            _ => {}
        }
        self.all.insert(mark.key(), mark);
    }

    /// Removes the mark with this key; whether there was one.
    pub fn remove(&mut self, key: &str) -> bool {
        let Some(mark) = self.all.remove(key) else {
            return false;
        };
        match &mark {
            Mark::Folded { goal, .. } => {
                self.folds += 1;
                self.folded.remove(goal);
            }
            Mark::Pinned { goal } => {
                self.pinned.remove(goal);
            }
            Mark::Looked { goal, .. } => {
                self.looked.remove(goal);
            }
            Mark::Later { item, .. } => {
                self.later.remove(item);
            }
            Mark::Grafted { goal, .. } => self.unlink(goal),
            _ => {}
        }
        true
    }

    fn unlink(&mut self, goal: &GoalId) {
        let Some(Some(under)) = self.grafts.remove(goal) else {
            return;
        };
        if let Some(grafted) = self.grafted.get_mut(&under) {
            grafted.retain(|other| other != goal);
            if grafted.is_empty() {
                self.grafted.remove(&under);
            }
        }
    }

    /// Whether there is a mark with this key.
    pub fn has(&self, key: &str) -> bool {
        self.all.contains_key(key)
    }

    /// Where a goal was put here: under a goal, or (inner `None`) at the top. The
    /// goal it is under may be gone.
    pub fn graft(&self, goal: &GoalId) -> Option<Option<&GoalId>> {
        self.grafts.get(goal).map(Option::as_ref)
    }

    /// Goals that were put under this one here, in that order.
    pub fn grafted_under(&self, goal: &GoalId) -> &[GoalId] {
        self.grafted.get(goal).map_or(&[], Vec::as_slice)
    }

    /// Goals that were put elsewhere here, in no order.
    pub fn grafted(&self) -> impl Iterator<Item = &GoalId> {
        self.grafts.keys()
    }

    /// Whether any goal was put elsewhere here.
    pub fn has_grafts(&self) -> bool {
        !self.grafts.is_empty()
    }

    /// The marks of goals that were put elsewhere here, in no order.
    pub(super) fn graft_marks(&self) -> Vec<Mark> {
        let grafts = self.grafts.iter();
        let mark = |(goal, under): (&GoalId, &Option<GoalId>)| Mark::Grafted {
            goal: goal.clone(),
            under: under.clone(),
        };
        grafts.map(mark).collect()
    }

    /// Those that say how this machine shows goals, as they are now, and of what was
    /// done at a moment what was done by then. When goals were put under others is
    /// not kept; nor is what was looked at or put off before.
    pub(super) fn at(&self, moment: Time) -> Self {
        let was_there = |mark: &&Mark| match mark {
            Mark::Looked { .. } | Mark::Later { .. } => false,
            Mark::Acknowledged { at, .. }
            | Mark::Answered { at, .. }
            | Mark::Forgotten { at, .. }
            | Mark::Done { at, .. } => *at <= moment,
            Mark::Muted { .. }
            | Mark::Pinned { .. }
            | Mark::Folded { .. }
            | Mark::Once { .. }
            | Mark::Recent { .. }
            | Mark::Grafted { .. } => true,
        };
        let mut marks = Self::default();
        marks.load(self.all.values().filter(was_there).cloned().collect());
        marks
    }

    /// All goals that were put elsewhere here, to be compared.
    pub(super) fn grafts_known(&self) -> HashMap<GoalId, Option<GoalId>> {
        self.grafts.clone()
    }

    /// Whether anything is put off beyond a moment.
    pub fn has_later(&self, now: Time) -> bool {
        self.later.values().any(|until| *until > now)
    }

    /// Grows with every fold.
    pub fn folds(&self) -> u64 {
        self.folds
    }

    /// When the goal's detail was looked at last, and what it said.
    pub fn looked(&self, goal: &GoalId) -> Option<(Time, &Seen)> {
        if !self.looked.contains(goal) {
            return None;
        }
        match self.all.get(&format!("looked {goal}"))? {
            Mark::Looked { at, seen, .. } => Some((*at, seen)),
            _ => None,
        }
    }

    /// The newest look at anything.
    pub fn last_look(&self) -> Option<Time> {
        self.all
            .values()
            .filter_map(|mark| {
                if let Mark::Looked { at, .. } = mark {
                    Some(*at)
                } else {
                    None
                }
            })
            .max()
    }

    /// Until when a queue item is put off.
    pub fn later(&self, item: &str) -> Option<Time> {
        self.later.get(item).copied()
    }

    /// The next moment a put-off item comes back.
    pub fn next_return(&self, now: Time) -> Option<Time> {
        let moments = self.later.values().copied();
        moments.filter(|until| *until > now).min()
    }

    /// Whether a put-off item came back after `since` and until `now`.
    pub fn returns_between(&self, since: Option<Time>, now: Time) -> bool {
        let came_back = |until: &Time| *until <= now && since.is_none_or(|since| *until > since);
        self.later.values().any(came_back)
    }

    /// When a check-in was acknowledged here only.
    pub fn acknowledged(&self, check_in: &CheckInId) -> Option<Time> {
        match self.all.get(&format!("ack {check_in}"))? {
            Mark::Acknowledged { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// When an asked-of-you item was dealt with.
    pub fn answered(&self, item: &str) -> Option<Time> {
        match self.all.get(&format!("answered {item}"))? {
            Mark::Answered { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// Whether an inbox line was removed here.
    pub fn is_done(&self, line: &str) -> bool {
        self.all.contains_key(&format!("done {line}"))
    }

    /// When the copy of a goal was thrown away.
    pub fn forgotten(&self, goal: &GoalId) -> Option<Time> {
        match self.all.get(&format!("forgotten {goal}"))? {
            Mark::Forgotten { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// Whether a goal was folded (true) or opened (false) by hand.
    pub fn folded(&self, goal: &GoalId) -> Option<bool> {
        self.folded.get(goal).copied()
    }

    /// Whether a goal is kept at the top.
    pub fn is_pinned(&self, goal: &GoalId) -> bool {
        self.pinned.contains(goal)
    }

    /// Whether a goal's news is quiet.
    pub fn is_muted(&self, goal: &GoalId) -> bool {
        self.all.contains_key(&format!("muted {goal}"))
    }

    /// What was typed or chosen last of a kind, newest first.
    pub fn recent(&self, what: &str) -> &[String] {
        match self.all.get(&format!("recent {what}")) {
            Some(Mark::Recent { texts, .. }) => texts,
            _ => &[],
        }
    }

    /// Whether a once-only thing was shown.
    pub fn once(&self, what: &str) -> bool {
        self.all.contains_key(&format!("once {what}"))
    }
}
