//! How goals were: what this machine kept of them, read when somebody asks and
//! kept in memory from then on.

use std::collections::{HashMap, HashSet};

use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::past::{self, Past, Recall, Recollection};
use crate::model::time::Time;

use super::Store;
use super::effect::Effect;

/// What was read so far.
#[derive(Clone, Debug, Default)]
pub struct Pasts {
    /// States by goal, oldest first.
    kept: HashMap<GoalId, Vec<Past>>,
    /// Since when states are kept on this machine, as far as it said.
    since: Option<Time>,
    /// What was asked, and of which moves of the store: a goal that changes leaves a
    /// state behind that no answer before has.
    asked: HashMap<Recall, u64>,
    open: HashSet<Recall>,
}

impl Pasts {
    /// Whether an answer is waited for.
    pub fn is_asking(&self) -> bool {
        !self.open.is_empty()
    }

    /// Whether this was read already, by itself or within something wider, and
    /// nothing changed since.
    fn has(&self, recall: &Recall, moved: u64) -> bool {
        let covers = |asked: &Recall| match (asked, recall) {
            (Recall::Since(earlier), Recall::Since(moment)) => earlier <= moment,
            (asked, recall) => asked == recall,
        };
        let mut asked = self.asked.iter();
        asked.any(|(asked, of)| *of == moved && covers(asked))
    }

    /// Takes an answer in: it has all that is kept in its reach.
    fn take_in(&mut self, recall: &Recall, kept: Vec<Past>) {
        match recall {
            Recall::Goal(goal) => {
                self.kept.remove(goal);
            }
            Recall::Since(moment) => self.kept.retain(|_, known| {
                known.retain(|past| past.until <= *moment);
                !known.is_empty()
            }),
        }
        for past in kept {
            self.kept.entry(past.goal.clone()).or_default().push(past);
        }
    }
}

impl Pasts {
    /// What could have been read at a moment.
    pub(super) fn before(&self, moment: Time) -> Self {
        let states = |states: &Vec<Past>| -> Vec<Past> {
            let states = states.iter().filter(|past| past.until <= moment);
            states.cloned().collect()
        };
        let all = self.kept.iter();
        let all = all.map(|(goal, kept)| (goal.clone(), states(kept)));
        Self {
            kept: all.filter(|(_, kept)| !kept.is_empty()).collect(),
            since: self.since,
            ..Self::default()
        }
    }

    /// Takes over what others know of a goal until a moment.
    pub(super) fn take_over(&mut self, goal: &GoalId, from: &Self, moment: Time) {
        let states = from.of(goal).iter();
        let states = states.filter(|past| past.until <= moment).cloned();
        self.kept.insert(goal.clone(), states.collect());
    }

    /// All states of a goal, oldest first.
    pub(super) fn of(&self, goal: &GoalId) -> &[Past] {
        self.kept.get(goal).map_or(&[], Vec::as_slice)
    }

    /// States by goal.
    pub(super) fn all(&self) -> impl Iterator<Item = (&GoalId, &[Past])> {
        let all = self.kept.iter();
        all.map(|(goal, kept)| (goal, kept.as_slice()))
    }
}

impl Store {
    /// States kept of a goal, oldest first, as far as they were asked for by
    /// [`super::effect::Command::Recall`].
    pub fn past(&self, goal: &GoalId) -> &[Past] {
        self.pasts.of(goal)
    }

    /// Goals of which states were read, also those that are not any more, in no
    /// order.
    pub fn pasts(&self) -> impl Iterator<Item = &GoalId> {
        self.pasts.kept.keys()
    }

    /// Whether how goals were is being read.
    pub fn is_recalling(&self) -> bool {
        self.pasts.is_asking()
    }

    /// How a goal was at a moment, as far as that was asked for; none where it was
    /// not there.
    pub fn goal_at(&self, id: &GoalId, moment: Time) -> Option<Goal> {
        past::at(self.goal(id), self.past(id), moment)
    }

    /// Since when this machine keeps how goals were; before that only their check-ins
    /// lead back. None before the first answer, and where nothing is kept.
    pub fn past_since(&self) -> Option<Time> {
        self.pasts.since
    }

    pub(super) fn recall(&mut self, recall: Recall, effects: &mut Vec<Effect>) {
        if !self.pasts.has(&recall, self.moved) {
            self.pasts.asked.insert(recall.clone(), self.moved);
            self.pasts.open.insert(recall.clone());
            effects.push(Effect::Recall(recall));
        }
    }

    pub(super) fn take_in_past(&mut self, recall: &Recall, past: Recollection) {
        self.pasts.open.remove(recall);
        self.pasts.since = past.since.or(self.pasts.since);
        self.pasts.take_in(recall, past.kept);
        self.touch_looks();
    }
}
