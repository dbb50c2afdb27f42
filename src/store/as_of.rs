//! How everything was at a moment, as a store of its own that is only read: the
//! same screens and lists work on it as on the present.

use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::past;
use crate::model::time::Now;

use super::facts::Facts;
use super::{AccountState, Store};

/// Of what a store of the past is.
#[derive(Clone, Copy, Debug)]
pub struct Then {
    /// The moment it shows.
    pub at: Now,
    /// The moment it was made.
    pub made: Now,
}

impl Store {
    /// How all goals were at a moment, as far as it is known: what was kept of them
    /// and asked for by [`super::effect::Command::Recall`], else what their check-ins
    /// say. Nothing is pending in it, nothing can be written. Goals show under those
    /// they were put under here as they do now. `revision` tells this store from
    /// every other that the same screens look at.
    #[must_use]
    pub fn at_moment(&self, then: Now, now: Now, revision: u64) -> Self {
        let lines = self.facts.notifications();
        let lines = lines.filter(|line| line.at <= then.at).cloned();
        let people = self.facts.people().cloned();
        let mut store = Self {
            accounts: self.accounts.clone(),
            order: self.order.clone(),
            facts: Facts::of(self.goals_at(then), people, lines, then.at),
            marks: self.marks.at(then.at),
            pasts: self.pasts.before(then.at),
            read_only: Some(format!(
                "this is how it was on {}",
                then.wall().format("%-d %b %Y")
            )),
            then: Some(Then {
                at: then,
                made: now,
            }),
            ..Self::new(Vec::new(), self.rules)
        };
        for account in store.accounts.values_mut() {
            // How accounts answer now has nothing to do with it.
            account.state = AccountState::Synced;
            account.waits_until = None;
        }
        store.reckon_all(then);
        (store.revision, store.moved) = (revision, revision);
        store
    }

    /// All goals there were, also those that are not any more. Pending writes are of
    /// today and not laid over them.
    fn goals_at(&self, then: Now) -> impl Iterator<Item = Goal> {
        let known = self.facts.goals();
        let known =
            known.filter_map(move |goal| past::at(Some(goal), self.pasts.of(&goal.id), then.at));
        let gone = self.pasts.all().filter_map(move |(id, kept)| {
            if self.facts.goal(id).is_some() {
                return None;
            }
            let goal = past::at(None, kept, then.at)?;
            // Of accounts that are not open now nothing is shown.
            self.accounts.contains_key(&goal.account).then_some(goal)
        });
        known.chain(gone)
    }

    /// Takes over what was kept of a goal before the moment this is of.
    pub fn take_past_of(&mut self, goal: &GoalId, from: &Store) {
        if let Some(then) = &self.then {
            self.pasts.take_over(goal, &from.pasts, then.at.at);
            self.touch_looks();
        }
    }

    /// Of what moment this is, if it is of a past one.
    pub fn then(&self) -> Option<&Then> {
        self.then.as_ref()
    }
}
