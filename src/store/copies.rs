//! Goals that their provider shows no more: what is here of them is a copy, which
//! waits for nobody, counts nowhere, takes no write and leaves after a while.

use crate::model::cache::COPIES_STAY;
use crate::model::dates;
use crate::model::entry::{Mark, Record};
use crate::model::exchange::Change;
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::time::Now;

use super::Store;
use super::effect::{Effect, Post, Toast};

impl Store {
    /// `gone at the provider; kept copy of 18 Nov`, of a copy.
    pub fn copy_words(&self, goal: &Goal, now: &Now) -> Option<String> {
        let seen = goal.gone?;
        let day = dates::day(now.day_of(seen), now);
        Some(format!("gone at the provider; kept copy of {day}"))
    }

    /// Answers a write that is about a copy; whether it was one. Nothing of it
    /// leaves: deleting a copy forgets it, anything else is refused.
    pub(super) fn post_to_copy(
        &mut self,
        post: &Post,
        now: Now,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let goals = post.change.goals();
        let copy = goals.iter().find_map(|id| self.copy(id)).cloned();
        let Some(copy) = copy else { return false };
        if matches!(post.change, Change::DeleteGoal { .. }) {
            self.forget_copy(&copy.id, now, effects);
            let text = format!("the copy of \u{201c}{}\u{201d} is forgotten", copy.name);
            effects.push(Effect::Say(Toast::info(text)));
            return true;
        }
        let provider = self.provider_word(&copy.account);
        let text = format!(
            "nothing was sent: \u{201c}{}\u{201d} is gone at {provider}, what you see is a copy; \
             D forgets it",
            copy.name
        );
        effects.push(Effect::Say(Toast::error(text)));
        true
    }

    fn copy(&self, id: &GoalId) -> Option<&Goal> {
        self.facts.goal(id).filter(|goal| goal.gone.is_some())
    }

    fn forget_copy(&mut self, goal: &GoalId, now: Now, effects: &mut Vec<Effect>) {
        let mark = Mark::Forgotten {
            goal: goal.clone(),
            at: now.at,
        };
        self.marks.put(mark.clone());
        self.write(vec![Record::PutMark(mark)], effects);
        self.drop_copies(now);
    }

    /// Drops copies that were forgotten or have been here long enough.
    pub(super) fn drop_copies(&mut self, now: Now) {
        let marks = &self.marks;
        let dropped = self.facts.drop_copies(|id, seen| {
            let forgotten = marks.forgotten(id).is_some_and(|at| at >= seen);
            forgotten || now.at - seen > COPIES_STAY
        });
        if !dropped.is_empty() {
            self.reckon(&dropped, now);
            self.touch();
        }
    }
}
