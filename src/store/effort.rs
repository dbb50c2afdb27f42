//! Long work as it shows: answers of many goals, many writes one after the other.
//! Counted, told at most once a second, and stopped: an answer is not waited for
//! any more, writes stay queued after those under way. What came is there, and
//! what was sent is sent: whoever goes on, goes on from here.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::model::entry::EntryState;
use crate::model::exchange::{Query, SoFar};
use crate::model::ids::{AccountName, Ticket};
use crate::model::time::{Now, Time};

use super::Store;
use super::asked::Asked;
use super::effect::{Effect, Toast};
use super::outbox::Lines;

/// An answer of fewer goals is there before anybody wonders.
const LONG_ANSWER: usize = 200;
/// Fewer writes are.
const MANY_WRITES: usize = 10;
/// Words on screen stand still for so long.
const STILL: TimeDelta = TimeDelta::seconds(1);

/// A count and what was last said of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub(super) now: SoFar,
    said: SoFar,
    said_at: Option<Time>,
}

impl Count {
    /// Counts; true if there is something new to say.
    pub(super) fn set(&mut self, now: SoFar, at: Time) -> bool {
        self.now = now;
        let rests = |since: Time| (since..since + STILL).contains(&at);
        if self.said == now || self.said_at.is_some_and(rests) {
            return false;
        }
        (self.said, self.said_at) = (now, Some(at));
        true
    }
}

/// The writes of one account that leave one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Campaign {
    left: usize,
    all: usize,
    count: Count,
}

impl Store {
    /// How far a long answer of an account is that is under way.
    pub fn reads_long(&self, account: &AccountName) -> Option<SoFar> {
        let said = self.asked.count(account)?.said;
        let most = said.of.unwrap_or(0).max(said.done);
        // Before its first goal nobody knows whether it will be long.
        let is_long = said.done > 0 && most >= LONG_ANSWER;
        (is_long && self.is_remote(account)).then_some(said)
    }

    /// How far an account's answer was when it was stopped, until it is asked again.
    pub fn stopped_reading(&self, account: &AccountName) -> Option<SoFar> {
        self.accounts.get(account)?.stopped
    }

    /// How far many writes to one account are, and whether they were stopped; of the
    /// account with most of them.
    pub fn sends_many(&self) -> Option<(SoFar, bool)> {
        let many = self
            .campaigns
            .iter()
            .filter(|(_, of)| of.all >= MANY_WRITES);
        let (account, campaign) = many.max_by_key(|(_, of)| of.left)?;
        let is_stopped = self.accounts.get(account)?.holds_back;
        if is_stopped {
            // Nothing more follows that could say it later.
            return Some((campaign.count.now, true));
        }
        // What waits for a line has not begun, and says so itself.
        let said = campaign.count.said;
        (said.done > 0).then_some((said, false))
    }

    /// Whether there is long work that could be stopped.
    pub fn can_stop(&self) -> bool {
        self.order
            .iter()
            .any(|name| self.reads_long(name).is_some())
            || self.sends_many().is_some_and(|(_, is_stopped)| !is_stopped)
    }

    /// A list is asked for: what was stopped goes on with it.
    pub(super) fn begin_to_count(&mut self, ticket: Ticket, account: &AccountName, query: &Query) {
        if !is_list(query) || !self.is_remote(account) {
            return;
        }
        let known = self.facts.goals().filter(|goal| &goal.account == account);
        let known = known.count();
        if let Some(asked) = self.asked.get_mut(ticket) {
            asked.known = known;
        }
        if let Some(account) = self.accounts.get_mut(account) {
            account.stopped = None;
        }
    }

    /// Stops long work. Nothing under way is cut off but answers.
    pub(super) fn stop(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let mut said: Vec<String> = Vec::new();
        for name in self.order.clone() {
            let Some(count) = self.asked.count(&name).map(|count| count.now) else {
                continue;
            };
            if self.reads_long(&name).is_none() {
                continue;
            }
            let is_it = |asked: &Asked| asked.account == name && is_list(&asked.query);
            let withdrawn = self.asked.withdraw(is_it);
            effects.extend(withdrawn.into_iter().map(Effect::Cancel));
            self.asked.put_off(&name, now.at);
            if let Some(account) = self.accounts.get_mut(&name) {
                account.stopped = Some(count);
                account.waits_until = None;
            }
            said.push(format!("stopped reading {name}; what came is here"));
        }
        self.reckon_what_came(now);
        let many = self
            .campaigns
            .iter()
            .filter(|(_, of)| of.all >= MANY_WRITES);
        let sending: Vec<(AccountName, usize)> = many
            .map(|(name, campaign)| (name.clone(), campaign.left))
            .collect();
        for (name, left) in sending {
            if let Some(account) = self.accounts.get_mut(&name) {
                account.holds_back = true;
            }
            said.push(format!("stopped sending; {left} stay queued"));
        }
        if !said.is_empty() {
            let words = format!("{}. R goes on", said.join(", "));
            effects.push(Effect::Say(Toast::info(words)));
        }
        self.touch();
    }

    /// What was stopped goes on.
    pub(super) fn go_on(&mut self, account: &AccountName) {
        if let Some(known) = self.accounts.get_mut(account) {
            known.holds_back = false;
        }
    }

    /// Counts what is still to leave: the end of every turn.
    pub(super) fn count_sends(&mut self, lines: &Lines, now: Time) {
        let mut left: BTreeMap<&AccountName, usize> = BTreeMap::new();
        for entry in self.outbox.iter() {
            let leaves = matches!(
                entry.state,
                EntryState::Queued { .. } | EntryState::Sending { .. }
            );
            let account = &entry.signature.account;
            if leaves && self.is_remote(account) && !lines.is_kept_here(entry) {
                *left.entry(account).or_default() += 1;
            }
        }
        let mut campaigns = std::mem::take(&mut self.campaigns);
        campaigns.retain(|account, _| left.contains_key(account));
        let mut is_news = false;
        for (account, left) in left {
            let campaign = campaigns.entry(account.clone()).or_default();
            campaign.all += left.saturating_sub(campaign.left);
            campaign.left = left;
            let so_far = SoFar {
                done: campaign.all.saturating_sub(left),
                of: Some(campaign.all),
            };
            is_news |= campaign.count.set(so_far, now) && campaign.all >= MANY_WRITES;
        }
        self.campaigns = campaigns;
        if is_news {
            self.touch_looks();
        }
    }
}

/// Whether this asks for a list, and not for one goal or some words.
pub(super) fn is_list(query: &Query) -> bool {
    !matches!(query, Query::Goal(_) | Query::Search(_))
}
