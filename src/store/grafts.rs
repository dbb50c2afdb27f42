//! Goals put under others here, perhaps of another account: kept on this machine,
//! never sent. A graft that leads nowhere any more, or in a circle, does not count:
//! its goal shows where its provider has it.

use std::collections::HashSet;

use crate::model::entry::{Mark, Record};
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::time::Now;

use super::Store;
use super::effect::{Effect, Toast};
use super::kept::{Back, Kept};

impl Store {
    /// Where a goal was put here, if that counts: under a goal, or (inner `None`) at
    /// the top.
    pub fn graft(&self, goal: &Goal) -> Option<Option<&GoalId>> {
        let Some(under) = self.marks.graft(&goal.id)? else {
            return Some(None);
        };
        (self.is_there(under) && !self.leads_to(under, &goal.id)).then_some(Some(under))
    }

    fn is_there(&self, goal: &GoalId) -> bool {
        self.goal(goal).is_some_and(|goal| goal.gone.is_none())
    }

    /// The goal that one shows under: where it was put here, else where its
    /// provider has it. It may be unknown.
    pub fn above<'a>(&'a self, goal: &'a Goal) -> Option<&'a GoalId> {
        self.graft(goal).unwrap_or(goal.parent.as_ref())
    }

    /// Whether its provider has it under a goal that is not known here: of another
    /// period, or hidden from this login. It shows at the top then.
    pub fn is_cut_off(&self, goal: &Goal) -> bool {
        let is_unknown = |above: &GoalId| self.goal(above).is_none();
        self.above(goal).is_some_and(is_unknown) && !self.is_reading(&goal.account)
    }

    /// The goals that show directly under this one.
    pub fn children(&self, id: &GoalId) -> Vec<GoalId> {
        let mut children = self.own_children(id);
        if !self.marks.has_grafts() {
            return children;
        }
        let is_under = |child: &GoalId| {
            self.goal(child)
                .is_some_and(|child| self.above(child) == Some(id))
        };
        children.retain(is_under);
        for child in self.marks.grafted_under(id) {
            if is_under(child) && !children.contains(child) {
                children.push(child.clone());
            }
        }
        children
    }

    /// Whether going up from a goal, as it stands in the marks and at the
    /// providers, comes to another one.
    fn leads_to(&self, from: &GoalId, to: &GoalId) -> bool {
        let (mut next, mut seen) = (Some(from), HashSet::new());
        while let Some(id) = next {
            if id == to {
                return true;
            }
            if !seen.insert(id) {
                return false;
            }
            let parent = || self.goal(id).and_then(|goal| goal.parent.as_ref());
            next = match self.marks.graft(id) {
                Some(Some(under)) if self.is_there(under) => Some(under),
                Some(None) => None,
                // One that leads nowhere does not count: its provider's place does.
                Some(Some(_)) | None => parent(),
            };
        }
        false
    }

    /// Why a goal cannot be put there, if so.
    pub fn why_not_graft(&self, goal: &GoalId, under: Option<&GoalId>) -> Option<String> {
        let Some(known) = self.goal(goal) else {
            return Some("the goal is gone".to_owned());
        };
        let is_there = match (self.marks.graft(goal), under) {
            (Some(graft), under) => graft == under,
            (None, under) => known.parent.as_ref() == under,
        };
        let Some(under) = under else {
            return is_there.then(|| "it is at the top already".to_owned());
        };
        let Some(above) = self.goal(under).filter(|above| above.gone.is_none()) else {
            return Some("the goal to put it under is gone".to_owned());
        };
        if self.leads_to(under, goal) {
            let why = match under == goal {
                true => "a goal cannot be under itself".to_owned(),
                false => format!(
                    "\u{201c}{}\u{201d} is under \u{201c}{}\u{201d}: a goal cannot be under itself",
                    above.name, known.name
                ),
            };
            return Some(why);
        }
        is_there.then(|| "it is there already".to_owned())
    }

    /// Puts a goal under another one here, or at the top.
    pub(super) fn put_graft(
        &mut self,
        goal: &GoalId,
        under: Option<GoalId>,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let refusal = self.read_only.clone();
        if let Some(why) = refusal.or_else(|| self.why_not_graft(goal, under.as_ref())) {
            effects.push(Effect::Say(Toast::error(why)));
            return;
        }
        // Back where its provider has it is no graft.
        if self.goal(goal).map(|goal| &goal.parent) == Some(&under) {
            return self.take_graft_back(goal, now, effects);
        }
        let words = match under.as_ref().and_then(|under| self.goal(under)) {
            Some(above) => format!(
                "now under \u{201c}{}\u{201d}, kept here; u undoes",
                above.name
            ),
            None => "now at the top, kept here; u undoes".to_owned(),
        };
        let mark = Mark::Grafted {
            goal: goal.clone(),
            under,
        };
        self.graft_with(Back::Put(mark), goal, now, effects);
        effects.push(Effect::Say(Toast::info(words)));
    }

    /// Lets a goal show where its provider has it.
    pub(super) fn take_graft_back(&mut self, goal: &GoalId, now: Now, effects: &mut Vec<Effect>) {
        if let Some(why) = self.read_only.clone() {
            effects.push(Effect::Say(Toast::error(why)));
            return;
        }
        if self.marks.graft(goal).is_none() {
            let words = "it is where its provider has it";
            effects.push(Effect::Say(Toast::info(words)));
            return;
        }
        let key = graft_key(goal);
        self.graft_with(Back::Drop(key), goal, now, effects);
        let words = "back where its provider has it; u undoes";
        effects.push(Effect::Say(Toast::info(words)));
    }

    /// Changes a graft so that `u` takes it back.
    fn graft_with(&mut self, change: Back, goal: &GoalId, now: Now, effects: &mut Vec<Effect>) {
        let back = match self.marks.graft(goal) {
            Some(under) => Back::Put(Mark::Grafted {
                goal: goal.clone(),
                under: under.cloned(),
            }),
            None => Back::Drop(graft_key(goal)),
        };
        let record = self.keep_back(change);
        self.write(vec![record], effects);
        let seq = self.outbox.next_seq(now.at);
        self.kept.push(Kept {
            back: vec![back],
            words: "undone: the goal is where it was".to_owned(),
            seq,
        });
        self.touch();
    }

    /// Sets or removes a mark; goals that show elsewhere with it are reckoned anew
    /// before anybody reads them.
    pub(super) fn keep_back(&mut self, back: Back) -> Record {
        let goal = match &back {
            Back::Put(Mark::Grafted { goal, .. }) => Some(goal.clone()),
            Back::Put(_) => None,
            Back::Drop(key) => key.strip_prefix("graft ").map(GoalId::new),
        };
        let above = |store: &Self| {
            let goal = store.goal(goal.as_ref()?)?;
            store.above(goal).cloned()
        };
        let before = above(self);
        let record = match back {
            Back::Put(mark) => {
                self.marks.put(mark.clone());
                Record::PutMark(mark)
            }
            Back::Drop(key) => {
                self.marks.remove(&key);
                Record::DropMark(key)
            }
        };
        let after = above(self);
        let touched = goal.into_iter().chain(before).chain(after);
        self.reckoned.mark_stale(touched.collect());
        record
    }
}

fn graft_key(goal: &GoalId) -> String {
    let mark = Mark::Grafted {
        goal: goal.clone(),
        under: None,
    };
    mark.key()
}
