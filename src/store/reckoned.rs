//! The figures of every goal, kept up to date goal by goal: a change touches the
//! goal itself and those above it that count their children.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::model::figures::{self, Context, Figures};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{GoalId, PersonId};
use crate::model::progress::{self, Source};
use crate::model::status::ShownStatus;
use crate::model::time::{Now, Time};

use super::Store;

/// Deeper than this no figure is counted upwards; also what ends a circle.
const DEEPEST: usize = 64;

/// Figures by goal, and the day they are of.
#[derive(Clone, Debug, Default)]
pub struct Reckoned {
    figures: HashMap<GoalId, Figures>,
    /// Under which goal one was counted last: who lost it is to be reckoned too.
    under: HashMap<GoalId, GoalId>,
    /// Goals of which something may wait for me.
    mine: HashSet<GoalId>,
    stale: Vec<GoalId>,
    day: Option<NaiveDate>,
    next_day: Option<Time>,
}

impl Reckoned {
    /// One goal's figures.
    pub fn get(&self, id: &GoalId) -> Option<&Figures> {
        self.figures.get(id)
    }

    /// Goals of which something may wait for me: those I am champion of, those
    /// with check-ins that wait for me, those on which somebody else said
    /// something. What really waits is for lists to find out, from these few.
    pub fn mine(&self) -> impl Iterator<Item = &GoalId> {
        self.mine.iter()
    }

    /// These goals are to be reckoned again before anybody reads them.
    pub fn mark_stale(&mut self, goals: Vec<GoalId>) {
        self.stale.extend(goals);
    }

    /// Goals to be reckoned again.
    pub fn take_stale(&mut self) -> Vec<GoalId> {
        std::mem::take(&mut self.stale)
    }

    /// Whether the day has changed: what is due or late changes with it.
    pub fn is_stale(&self, now: Now) -> bool {
        self.day.is_some_and(|day| day != now.today())
    }

    /// When the day changes.
    pub fn next_day(&self) -> Option<Time> {
        self.next_day
    }

    /// Reckons these goals and those above them that count children.
    pub fn update(&mut self, store: &Store, goals: &[GoalId], now: Now) {
        if self.day != Some(now.today()) {
            self.day = Some(now.today());
            self.next_day = Some(now.zone.end_of(now.today()));
        }
        let mut todo: HashSet<GoalId> = HashSet::with_capacity(goals.len());
        for id in goals {
            todo.insert(id.clone());
            let above = store.goal(id).and_then(|goal| store.above(goal));
            add_above(store, above, &mut todo);
            let lost = self.under.get(id).filter(|before| above != Some(*before));
            if let Some(before) = lost.cloned() {
                self.under.remove(id);
                add_above(store, Some(&before), &mut todo);
            }
        }
        // A goal that comes, goes or moves may let grafts of others count or not.
        for goal in store.marks().grafted().filter_map(|id| store.goal(id)) {
            add_above(store, store.above(goal), &mut todo);
            add_above(store, goal.parent.as_ref(), &mut todo);
        }
        for id in goals {
            self.reckon(store, id, &mut todo, now, 0);
        }
        let rest: Vec<GoalId> = todo.iter().cloned().collect();
        for id in rest {
            self.reckon(store, &id, &mut todo, now, 0);
        }
    }

    fn reckon(
        &mut self,
        store: &Store,
        id: &GoalId,
        todo: &mut HashSet<GoalId>,
        now: Now,
        depth: usize,
    ) {
        if !todo.remove(id) {
            return;
        }
        let Some(goal) = store.goal(id) else {
            self.figures.remove(id);
            self.mine.remove(id);
            return;
        };
        let me = store.me(&goal.account);
        if me.is_some_and(|me| may_wait_for(me, goal)) {
            self.mine.insert(id.clone());
        } else {
            self.mine.remove(id);
        }
        let (mut parts, mut grafted) = (Vec::new(), 0);
        if counts_children(goal, store) && depth < DEEPEST {
            for child in store.children(id) {
                // The copy of a goal that is gone counts nowhere.
                let below = store.goal(&child).filter(|child| child.gone.is_none());
                let Some(below) = below else { continue };
                self.under.insert(child.clone(), id.clone());
                self.reckon(store, &child, todo, now, depth + 1);
                let figures = self.figures.get(&child);
                let progress = figures.and_then(Figures::as_part);
                if progress.is_some() && below.weight > 0.0 {
                    grafted += usize::from(store.graft(below).is_some());
                    grafted += figures.map_or(0, |figures| figures.grafted);
                }
                parts.push((below.weight, progress));
            }
        }
        let context = Context {
            now: &now,
            rules: store.rules(),
        };
        let summed = goal.results.iter().any(|result| !result.sum_of.is_empty());
        let mut figures = if summed {
            figures::figures(&with_sums(goal, store), &parts, &context)
        } else {
            figures::figures(goal, &parts, &context)
        };
        figures.grafted = grafted;
        if goal.gone.is_some() {
            figures.attention = 0;
            figures.check_in_due = None;
            figures.late_days = 0;
            figures.shown = ShownStatus::Said(goal.status);
        }
        self.figures.insert(id.clone(), figures);
    }
}

/// The goals from this one upwards that count what is under them.
fn add_above(store: &Store, from: Option<&GoalId>, todo: &mut HashSet<GoalId>) {
    let mut above = from;
    for _ in 0..DEEPEST {
        let Some(parent) = above.and_then(|id| store.goal(id)) else {
            break;
        };
        if !counts_children(parent, store) || !todo.insert(parent.id.clone()) {
            break;
        }
        above = store.above(parent);
    }
}

fn may_wait_for(me: &PersonId, goal: &Goal) -> bool {
    if goal.gone.is_some() || goal.nature == Nature::Folder {
        return false;
    }
    goal.champion.as_ref() == Some(me)
        || goal.owes_check_in(me)
        || goal.waits_for_approval_of(me)
        || goal.comments.iter().any(|comment| &comment.author != me)
        || goal.check_ins.iter().any(|check_in| {
            check_in.waits() && goal.acknowledger(check_in) == Some(me)
                || check_in
                    .comments
                    .iter()
                    .any(|comment| &comment.author != me)
        })
}

fn counts_children(goal: &Goal, store: &Store) -> bool {
    goal.results.is_empty() || store.rules().source != Source::Results
}

/// The goal with the values of its cascaded results added up from below.
pub(super) fn with_sums(goal: &Goal, store: &Store) -> Goal {
    let mut goal = goal.clone();
    let below: Vec<GoalId> = store.own_children(&goal.id);
    let find = |id: &crate::model::ids::ResultId| {
        let child = below
            .iter()
            .filter_map(|child| store.goal(child))
            .filter(|child| child.gone.is_none())
            .find_map(|child| child.result(id));
        child
            .and_then(|result| result.current.as_ref())
            .map(crate::model::key_result::Reading::number)
    };
    for result in &mut goal.results {
        if let Some(sum) = progress::sum(result, &find) {
            result.current = Some(crate::model::key_result::Reading::Number(sum));
        }
    }
    goal
}
