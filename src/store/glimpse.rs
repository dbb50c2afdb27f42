//! Reading a goal in whole while somebody looks at it: asked once, taken back
//! when they leave, and not asked at all for goals that are only passed by.

use chrono::TimeDelta;

use crate::model::exchange::Query;
use crate::model::ids::{GoalId, Ticket};
use crate::model::time::{Now, Time};

use super::effect::Effect;
use super::{AccountState, Store};

/// After one look the next one waits so long before it asks: who holds a key down
/// passes by ten goals a second.
const LINGER: TimeDelta = TimeDelta::milliseconds(250);

/// The question about the goal on screen.
#[derive(Clone, Debug, Default)]
pub struct Glimpse {
    asked: Option<Ticket>,
    /// When to ask, if the goal is still on screen then.
    next: Option<Time>,
    moved_at: Option<Time>,
}

impl Glimpse {
    /// When the goal on screen is asked for.
    pub fn next(&self) -> Option<Time> {
        self.next
    }
}

impl Store {
    /// Another goal is on screen, or none.
    pub(super) fn glimpse(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.glimpse.next = None;
        if let Some(ticket) = self.glimpse.asked.take()
            && self.asked.close(ticket).is_some()
        {
            effects.push(Effect::Cancel(ticket));
        }
        let moved = self.glimpse.moved_at.replace(now.at);
        let passes_by = moved.is_some_and(|moved| (moved..moved + LINGER).contains(&now.at));
        if passes_by {
            self.glimpse.next = Some(now.at + LINGER);
        } else {
            self.ask_for_goal_on_screen(now, effects);
        }
    }

    /// Asks for the goal on screen if its time has come.
    pub(super) fn glimpse_due(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if self.glimpse.next.is_some_and(|next| next <= now.at) {
            self.glimpse.next = None;
            self.ask_for_goal_on_screen(now, effects);
        }
    }

    pub(super) fn ask_for_goal_on_screen(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let Some((id, _)) = self.looking.clone() else {
            return;
        };
        let Some(account) = self.account_worth_asking(&id, now) else {
            return;
        };
        let query = Query::Goal(id);
        self.glimpse.asked = self.asked.ask(&account, query.clone());
        if let Some(ticket) = self.glimpse.asked {
            effects.push(Effect::Fetch {
                ticket,
                account,
                query,
            });
        }
    }

    /// The remote account of a goal, if it answers and may know more than we do.
    fn account_worth_asking(
        &self,
        id: &GoalId,
        now: Now,
    ) -> Option<crate::model::ids::AccountName> {
        let goal = self.facts.goal(id).filter(|goal| goal.gone.is_none())?;
        let account = self.accounts.get(&goal.account)?;
        let answers = matches!(account.state, AccountState::Reading | AccountState::Synced);
        let is_remote = !account.setup.abilities.immediate;
        (answers && is_remote && self.facts.is_stale(id, now.at)).then(|| goal.account.clone())
    }
}
