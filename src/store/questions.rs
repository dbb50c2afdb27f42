//! Asking accounts and taking in what they say: tickets out, facts in.

use std::collections::HashSet;

use chrono::TimeDelta;

use crate::model::entry::EntryState;
use crate::model::exchange::{Batch, Cursor, Fault, FaultKind, Query};
use crate::model::ids::{AccountName, EntryId, GoalId, Ticket};
use crate::model::time::{Now, Time};

use super::effect::Effect;
use super::facts::Hearing;
use super::{AccountState, CALM, Store};

/// Goals that are asked for one by one; of more the list is read.
const FEW: usize = 5;

impl Store {
    pub(super) fn ask(&mut self, account: &AccountName, query: Query, effects: &mut Vec<Effect>) {
        if let Some(ticket) = self.asked.ask(account, query.clone()) {
            self.begin_to_count(ticket, account, &query);
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

    /// Writes to servers that are known to be done.
    pub(super) fn sent_elsewhere(&self) -> HashSet<EntryId> {
        let sent = self.outbox.iter().filter(|entry| {
            matches!(entry.state, EntryState::Sent { .. })
                && self.is_remote(&entry.signature.account)
        });
        sent.map(|entry| entry.id.clone()).collect()
    }

    /// Another program sent something: what came of it was told to that one alone.
    pub(super) fn ask_what_others_sent(
        &mut self,
        known: &HashSet<EntryId>,
        effects: &mut Vec<Effect>,
    ) {
        let mut questions: Vec<(AccountName, Query)> = Vec::new();
        for id in self.sent_elsewhere().difference(known) {
            let Some(entry) = self.outbox.get(id) else {
                continue;
            };
            let account = entry.signature.account.clone();
            let goals = entry.change.goals();
            // What was made has another name there, and inbox lines belong to no goal.
            let is_there = |goal: &&GoalId| self.facts.goal(goal).is_some();
            let list = goals.is_empty() || goals.len() > FEW || !goals.iter().all(is_there);
            let mut put = |query: Query| {
                let question = (account.clone(), query);
                if !questions.contains(&question) {
                    questions.push(question);
                }
            };
            match list {
                true => put(self.what_is_new(&account)),
                false => goals
                    .into_iter()
                    .for_each(|goal| put(Query::Goal(goal.clone()))),
            }
        }
        for (account, query) in questions {
            self.ask(&account, query, effects);
        }
    }

    pub(super) fn refresh(&mut self, effects: &mut Vec<Effect>) {
        for account in self.order.clone() {
            self.go_on(&account);
            if !self.is_remote(&account) {
                let query = self.what_is_new(&account);
                self.ask(&account, query, effects);
                continue;
            }
            // Who asks for it wants to see all of it; the question what is new
            // would stand in the way.
            let withdrawn = self.asked.withdraw(|asked| {
                asked.account == account && matches!(asked.query, Query::Since(_))
            });
            effects.extend(withdrawn.into_iter().map(Effect::Cancel));
            self.ask(&account, Query::All, effects);
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

    pub(super) fn is_remote(&self, account: &AccountName) -> bool {
        self.accounts
            .get(account)
            .is_some_and(|known| !known.setup.abilities.immediate)
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
        let account = asked.account.clone();
        if matches!(asked.query, Query::Search(_)) {
            return self.search_found(ticket, &account, batch);
        }
        let pause = batch.pause;
        if let Some(known) = self.accounts.get_mut(&account) {
            known.waits_until = pause.map(|seconds| now.at + pause_of(seconds));
        }
        if pause.is_some() {
            // It goes on in a while: until then what came so far is there.
            self.reckon_what_came(now);
            self.touch();
            self.moved_at = Some(now.at);
            return;
        }
        // What this machine kept was not named by the account.
        if batch.as_of.is_none() {
            asked
                .goals
                .extend(batch.goals.iter().map(|goal| goal.id.clone()));
            asked
                .lines
                .extend(batch.notifications.iter().map(|line| line.id.clone()));
        } else {
            asked.kept += batch.goals.len();
        }
        let is_news = batch.as_of.is_none() && asked.count_on(batch.so_far, now.at);
        if is_news && self.is_remote(&account) {
            self.touch_looks();
        }
        let Some(asked) = self.asked.get_mut(ticket) else {
            return;
        };
        let newer = asked.newer.clone();
        let (full, more, as_of) = (batch.full, batch.more, batch.as_of);
        let cursor = batch.cursor.clone();
        let met = self.meet(&account, &batch);
        if met == Met::Another
            && let Some(asked) = self.asked.get_mut(ticket)
        {
            let gone = self.facts.forget(&account, &asked.goals);
            self.came.extend(gone);
        }
        // Of a remote account's goals copies stay.
        let seen = self.last_seen(&account, now);
        let hearing = Hearing {
            newer: &newer,
            at: now.at,
            seen,
        };
        let touched = self.facts.merge(batch, hearing);
        self.laid_over(&touched, met, now);
        self.came.extend(touched);
        if let Some(as_of) = as_of {
            self.recalled(&account, as_of, cursor.clone(), now);
        }
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
        match &asked.query {
            Query::Glance => return self.ask(&account, Query::All, effects),
            Query::Goal(goal) => {
                self.troubles.remove(goal);
                if self.is_offline(&account) {
                    self.asked.hurry(&account, now.at);
                }
                return;
            }
            Query::All | Query::Since(_) | Query::Search(_) => {}
        }
        if full && as_of.is_none() {
            let mut kept = asked.goals;
            kept.extend(asked.newer);
            let gone = self.facts.keep_only(&account, &kept, &asked.lines, seen);
            self.reckon(&gone, now);
        }
        let told_at = as_of.unwrap_or(now.at);
        self.asked.succeeded(&account, cursor, told_at);
        let was_offline = self.is_offline(&account);
        if let Some(known) = self.accounts.get_mut(&account) {
            known.state = AccountState::Synced;
            known.synced_at = Some(told_at);
        }
        if was_offline {
            self.ask_for_goal_on_screen(now, effects);
        }
        self.touch();
    }

    /// When goals of an account that are gone now were seen last; none where
    /// nothing stays of them.
    fn last_seen(&self, account: &AccountName, now: Now) -> Option<Time> {
        let known = self.accounts.get(account)?;
        (!known.setup.abilities.immediate).then(|| known.synced_at.unwrap_or(now.at))
    }

    pub(super) fn is_offline(&self, account: &AccountName) -> bool {
        let known = self.accounts.get(account);
        known.is_some_and(|known| matches!(known.state, AccountState::Offline { .. }))
    }

    /// This machine handed on what it kept: until the account itself answers, that
    /// is how old it is.
    fn recalled(&mut self, account: &AccountName, as_of: Time, cursor: Option<Cursor>, now: Now) {
        self.asked.remember(account, cursor);
        if let Some(known) = self.accounts.get_mut(account) {
            known.synced_at = known.synced_at.max(Some(as_of));
        }
        self.drop_copies(now);
    }

    /// Takes in who is signed in, and what they may do.
    fn meet(&mut self, account: &AccountName, batch: &Batch) -> Met {
        let Some(known) = self.accounts.get_mut(account) else {
            return Met::Same;
        };
        let is_kept = batch.as_of.is_some();
        if let Some(may_write) = batch.may_write
            && !(is_kept && known.may_write.is_some())
            && known.set_may_write(may_write)
        {
            self.touch();
        }
        let Some(known) = self.accounts.get_mut(account) else {
            return Met::Same;
        };
        known.is_met |= batch.me.is_some() && !is_kept;
        if batch.me.is_none() || known.me == batch.me || is_kept && known.me.is_some() {
            return Met::Same;
        }
        let before = std::mem::replace(&mut known.me, batch.me.clone());
        before.map_or(Met::First, |_| Met::Another)
    }

    /// Facts that a write brought; the goals that are not as they were, which are
    /// still to be reckoned.
    pub(super) fn take_in(
        &mut self,
        account: &AccountName,
        batch: Batch,
        newer: &HashSet<GoalId>,
        now: Now,
    ) -> Vec<GoalId> {
        let met = self.meet(account, &batch);
        // Who deletes a goal wants no copy of it.
        let hearing = Hearing {
            newer,
            at: now.at,
            seen: None,
        };
        let touched = self.facts.merge(batch, hearing);
        self.laid_over(&touched, met, now);
        touched
    }

    /// What follows when facts have changed: pending writes lie over the new ones,
    /// and what is mine depends on who I am.
    fn laid_over(&mut self, touched: &[GoalId], met: Met, now: Now) {
        if self.outbox.iter().any(|entry| entry.state.is_pending()) {
            self.relay_around(touched.iter().cloned());
        }
        if met != Met::Same {
            self.reckon_all(now);
        }
    }

    pub(super) fn reckon_what_came(&mut self, now: Now) {
        let came = std::mem::take(&mut self.came);
        self.reckon(&came, now);
    }

    pub(super) fn not_fetched(&mut self, ticket: Ticket, fault: Fault, now: Now) {
        let Some(asked) = self.asked.close(ticket) else {
            return;
        };
        let is_line = fault.kind == FaultKind::Offline;
        match asked.query {
            Query::Search(_) => return self.search_failed(asked.account, fault),
            Query::Goal(goal) if !is_line && self.is_remote(&asked.account) => {
                return self.goal_not_fetched(goal, fault, now);
            }
            _ => {}
        }
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

    /// One goal cannot be seen: it is marked, the others work.
    fn goal_not_fetched(&mut self, goal: GoalId, fault: Fault, now: Now) {
        if fault.kind == FaultKind::Gone
            && let Some(account) = self.facts.goal(&goal).map(|goal| goal.account.clone())
        {
            let seen = self.last_seen(&account, now);
            let batch = Batch {
                gone: vec![goal],
                ..Batch::default()
            };
            let hearing = Hearing {
                newer: &HashSet::new(),
                at: now.at,
                seen,
            };
            let touched = self.facts.merge(batch, hearing);
            self.laid_over(&touched, Met::Same, now);
            self.reckon(&touched, now);
        } else {
            self.troubles.insert(goal, fault);
        }
        self.touch();
    }
}

/// A wait as long as a provider says; no limit is longer than a day.
fn pause_of(seconds: u64) -> TimeDelta {
    const LONGEST: i64 = 24 * 60 * 60;
    TimeDelta::seconds(i64::try_from(seconds).map_or(LONGEST, |seconds| seconds.min(LONGEST)))
}

/// Whether somebody is signed in whom we did not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    /// As before.
    Same,
    /// Somebody, for the first time.
    First,
    /// Somebody else: what the other one could see is not theirs.
    Another,
}
