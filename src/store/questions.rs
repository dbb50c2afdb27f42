//! Asking accounts and taking in what they say: tickets out, facts in.

use std::collections::HashSet;

use crate::model::entry::EntryState;
use crate::model::exchange::{Batch, Fault, FaultKind, Query};
use crate::model::ids::{AccountName, EntryId, GoalId, Ticket};
use crate::model::time::Now;

use super::effect::Effect;
use super::{AccountState, CALM, Store};

impl Store {
    pub(super) fn ask(&mut self, account: &AccountName, query: Query, effects: &mut Vec<Effect>) {
        if let Some(ticket) = self.asked.ask(account, query.clone()) {
            effects.push(Effect::Fetch {
                ticket,
                account: account.clone(),
                query,
            });
        }
    }

    pub(super) fn ask_all(&mut self, query: Query, effects: &mut Vec<Effect>) {
        for account in self.order.clone() {
            self.ask(&account, query.clone(), effects);
        }
    }

    /// What is new since the last answer, or everything before the first.
    pub(super) fn what_is_new(&self, account: &AccountName) -> Query {
        self.asked
            .cursor(account)
            .map_or(Query::All, |cursor| Query::Since(cursor.clone()))
    }

    pub(super) fn ask_changed(&mut self, effects: &mut Vec<Effect>) {
        for account in self.order.clone() {
            if self
                .accounts
                .get(&account)
                .is_some_and(|known| known.setup.abilities.immediate)
            {
                let query = self.what_is_new(&account);
                self.ask(&account, query, effects);
            }
        }
    }

    pub(super) fn refresh(&mut self, effects: &mut Vec<Effect>) {
        for account in self.order.clone() {
            let query = self.what_is_new(&account);
            self.ask(&account, query, effects);
        }
        let waiting: Vec<EntryId> = self
            .outbox
            .iter()
            .filter(|entry| {
                matches!(
                    entry.state,
                    EntryState::Queued {
                        not_before: Some(_),
                        ..
                    }
                )
            })
            .map(|entry| entry.id.clone())
            .collect();
        for id in waiting {
            self.outbox.retry(&id);
        }
        self.relay();
    }

    pub(super) fn reload(&mut self, goal: &GoalId, effects: &mut Vec<Effect>) {
        if let Some(account) = self.goal(goal).map(|goal| goal.account.clone()) {
            self.ask(&account, Query::Goal(goal.clone()), effects);
        }
    }

    pub(super) fn fetched(
        &mut self,
        ticket: Ticket,
        batch: Batch,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let Some(asked) = self.asked.get_mut(ticket) else {
            return;
        };
        asked
            .goals
            .extend(batch.goals.iter().map(|goal| goal.id.clone()));
        asked
            .lines
            .extend(batch.notifications.iter().map(|line| line.id.clone()));
        let account = asked.account.clone();
        let newer = asked.newer.clone();
        let (full, more, cursor) = (batch.full, batch.more, batch.cursor.clone());
        let touched = self.take_in(&account, batch, &newer, now);
        self.came.extend(touched);
        // While an answer comes in pieces, figures and lists follow now and then.
        let (at, before) = (now.at, self.moved_at);
        if more && before.is_some_and(|before| (before..before + CALM).contains(&at)) {
            self.touch_looks();
            return;
        }
        self.reckon_what_came(now);
        self.touch();
        if more {
            self.moved_at = Some(at);
            return;
        }
        let Some(asked) = self.asked.close(ticket) else {
            return;
        };
        if full {
            let mut kept = asked.goals;
            kept.extend(asked.newer);
            let gone = self.facts.keep_only(&account, &kept, &asked.lines);
            self.reckon(&gone, now);
        }
        if asked.query == Query::Glance {
            self.ask(&account, Query::All, effects);
            return;
        }
        self.asked.succeeded(&account, cursor, now.at);
        if let Some(known) = self.accounts.get_mut(&account) {
            known.state = AccountState::Synced;
            known.synced_at = Some(now.at);
        }
        self.touch();
    }

    /// Facts from an answer; the goals it touched, which are still to be reckoned.
    pub(super) fn take_in(
        &mut self,
        account: &AccountName,
        batch: Batch,
        newer: &HashSet<GoalId>,
        now: Now,
    ) -> Vec<GoalId> {
        let mut is_other_person = false;
        if let Some(known) = self.accounts.get_mut(account)
            && batch.me.is_some()
        {
            is_other_person = known.me != batch.me;
            known.me.clone_from(&batch.me);
        }
        if let Some(known) = self.accounts.get_mut(account)
            && let Some(may) = batch.may_write
        {
            known.may_write = may;
        }
        let touched = self.facts.merge(batch, newer);
        if self.outbox.iter().any(|entry| entry.state.is_pending()) {
            self.relay_around(touched.iter().cloned());
        }
        if is_other_person {
            self.reckon_all(now);
        }
        touched
    }

    pub(super) fn reckon_what_came(&mut self, now: Now) {
        let came = std::mem::take(&mut self.came);
        self.reckon(&came, now);
    }

    pub(super) fn not_fetched(&mut self, ticket: Ticket, fault: Fault, now: Now) {
        let Some(asked) = self.asked.close(ticket) else {
            return;
        };
        let next = match fault.kind {
            FaultKind::SignedOut | FaultKind::Forbidden => {
                self.asked.stop(&asked.account);
                None
            }
            _ => Some(self.asked.failed(&asked.account, now.at)),
        };
        let Some(known) = self.accounts.get_mut(&asked.account) else {
            return;
        };
        known.state = match (&known.state, fault.kind) {
            (AccountState::Offline { since, .. }, FaultKind::Offline) => AccountState::Offline {
                since: *since,
                why: fault.why,
                next,
            },
            (_, FaultKind::Offline) => AccountState::Offline {
                since: now.at,
                why: fault.why,
                next,
            },
            _ => AccountState::Needs(fault),
        };
        self.touch();
    }
}
