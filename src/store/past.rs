//! How goals were: what this machine kept of them, read when somebody asks and
//! kept in memory from then on.

use std::collections::{HashMap, HashSet};

use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::past::{self, Past, Recall};
use crate::model::time::Time;

use super::Store;
use super::effect::Effect;

/// What was read so far.
#[derive(Clone, Debug, Default)]
pub struct Pasts {
    /// States by goal, oldest first.
    kept: HashMap<GoalId, Vec<Past>>,
    asked: HashSet<Recall>,
    open: HashSet<Recall>,
}

impl Pasts {
    /// Whether an answer is waited for.
    pub fn is_asking(&self) -> bool {
        !self.open.is_empty()
    }

    /// Whether this was read already, by itself or within something wider.
    fn has(&self, recall: &Recall) -> bool {
        self.asked.contains(recall)
            || match recall {
                Recall::Goal(_) => false,
                Recall::Since(moment) => self
                    .asked
                    .iter()
                    .any(|asked| matches!(asked, Recall::Since(earlier) if earlier <= moment)),
            }
    }
}

impl Store {
    /// States kept of a goal, oldest first, as far as they were asked for by
    /// [`super::effect::Command::Recall`].
    pub fn past(&self, goal: &GoalId) -> &[Past] {
        self.pasts.kept.get(goal).map_or(&[], Vec::as_slice)
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

    pub(super) fn recall(&mut self, recall: Recall, effects: &mut Vec<Effect>) {
        if !self.pasts.has(&recall) {
            self.pasts.asked.insert(recall.clone());
            self.pasts.open.insert(recall.clone());
            effects.push(Effect::Recall(recall));
        }
    }

    pub(super) fn take_in_past(&mut self, recall: Recall, kept: Vec<Past>) {
        self.pasts.open.remove(&recall);
        let mut goals: HashMap<GoalId, Vec<Past>> = HashMap::new();
        for past in kept {
            goals.entry(past.goal.clone()).or_default().push(past);
        }
        for (goal, states) in goals {
            // The longer of two answers has what the shorter has.
            let known = self.pasts.kept.entry(goal).or_default();
            if known.len() < states.len() {
                *known = states;
            }
        }
        self.touch_looks();
    }
}
