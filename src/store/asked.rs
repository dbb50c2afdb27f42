//! Questions under way: tickets, which answer is the newest, when to ask again.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;

use crate::model::exchange::{Cursor, Query, SoFar};
use crate::model::ids::{AccountName, GoalId, NotificationId, Ticket};
use crate::model::time::Time;

use super::effort::{Count, is_list};

/// What was asked under one ticket.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Of whom.
    pub account: AccountName,
    /// What.
    pub query: Query,
    /// Goals named so far, to know what a full answer left out.
    pub goals: HashSet<GoalId>,
    /// Inbox lines named so far.
    pub lines: HashSet<NotificationId>,
    /// Goals confirmed by a write after this was asked: the answer is older.
    pub newer: HashSet<GoalId>,
    /// Goals of the account that were known when it was asked.
    pub(super) known: usize,
    /// Goals that this machine kept and handed on first.
    pub(super) kept: usize,
    /// How far it is.
    pub(super) count: Count,
}

impl Asked {
    /// Counts what came, in goals or in what the provider itself counts; whether
    /// there is something new to say. A whole list is taken to be as long as it was.
    pub(super) fn count_on(&mut self, told: Option<SoFar>, at: Time) -> bool {
        let told = told.unwrap_or(self.count.now);
        let done = self.goals.len().max(told.done);
        let known = self.known.max(self.kept);
        let was = (self.query == Query::All && known > 0).then_some(known);
        let of = told.of.or(was).map(|of| of.max(done));
        self.count.set(SoFar { done, of }, at)
    }
}

/// All questions under way and the times of the next ones.
#[derive(Clone, Debug, Default)]
pub struct Asking {
    last: Ticket,
    open: HashMap<Ticket, Asked>,
    accounts: HashMap<AccountName, Rhythm>,
}

/// When one account is asked again.
#[derive(Clone, Debug, Default)]
struct Rhythm {
    every: Option<TimeDelta>,
    next: Option<Time>,
    failures: u32,
    cursor: Option<Cursor>,
}

impl Asking {
    /// Sets how often an account is asked by itself; none for never.
    pub fn set_rhythm(&mut self, account: &AccountName, every: Option<TimeDelta>) {
        self.accounts.entry(account.clone()).or_default().every = every;
    }

    /// A ticket for a question; none if the same one is under way.
    pub fn ask(&mut self, account: &AccountName, query: Query) -> Option<Ticket> {
        let same = |asked: &&Asked| &asked.account == account && same_scope(&asked.query, &query);
        if self.open.values().any(|asked| same(&asked)) {
            return None;
        }
        self.last = Ticket(self.last.0 + 1);
        self.open.insert(
            self.last,
            Asked {
                account: account.clone(),
                query,
                goals: HashSet::new(),
                lines: HashSet::new(),
                newer: HashSet::new(),
                known: 0,
                kept: 0,
                count: Count::default(),
            },
        );
        Some(self.last)
    }

    /// What was asked under a ticket, while it is under way.
    pub fn get_mut(&mut self, ticket: Ticket) -> Option<&mut Asked> {
        self.open.get_mut(&ticket)
    }

    /// How far the list of an account is, if it is being asked for.
    pub(super) fn count(&self, account: &AccountName) -> Option<&Count> {
        let mut open = self.open.values();
        open.find(|asked| &asked.account == account && is_list(&asked.query))
            .map(|asked| &asked.count)
    }

    /// An account is not asked any further now, but when it would be by itself.
    pub(super) fn put_off(&mut self, account: &AccountName, now: Time) {
        let rhythm = self.accounts.entry(account.clone()).or_default();
        rhythm.next = rhythm.every.map(|every| now + every);
    }

    /// Ends a question.
    pub fn close(&mut self, ticket: Ticket) -> Option<Asked> {
        self.open.remove(&ticket)
    }

    /// Whether an account is being asked for its list.
    pub fn is_reading(&self, account: &AccountName) -> bool {
        self.open
            .values()
            .any(|asked| &asked.account == account && is_list(&asked.query))
    }

    /// Whether an account is being asked anything.
    pub fn is_asking_account(&self, account: &AccountName) -> bool {
        self.open.values().any(|asked| &asked.account == account)
    }

    /// Whether anything is being asked of anybody.
    pub fn is_busy(&self) -> bool {
        !self.open.is_empty()
    }

    /// Whether anything that meets a condition is being asked.
    pub fn is_asking(&self, which: impl Fn(&Query) -> bool) -> bool {
        self.open.values().any(|asked| which(&asked.query))
    }

    /// Takes questions back that meet a condition: their answers are not wanted
    /// any more.
    pub fn withdraw(&mut self, which: impl Fn(&Asked) -> bool) -> Vec<Ticket> {
        let mut withdrawn: Vec<Ticket> = self
            .open
            .iter()
            .filter(|(_, asked)| which(asked))
            .map(|(ticket, _)| *ticket)
            .collect();
        withdrawn.sort();
        for ticket in &withdrawn {
            self.open.remove(ticket);
        }
        withdrawn
    }

    /// A write was confirmed: answers to earlier questions are older than it.
    pub fn confirmed(&mut self, account: &AccountName, goals: &[GoalId]) {
        for asked in self
            .open
            .values_mut()
            .filter(|asked| &asked.account == account)
        {
            asked.newer.extend(goals.iter().cloned());
        }
    }

    /// Where to go on reading an account.
    pub fn cursor(&self, account: &AccountName) -> Option<&Cursor> {
        self.accounts.get(account)?.cursor.as_ref()
    }

    /// Where an earlier program stopped reading, unless we read on since.
    pub fn remember(&mut self, account: &AccountName, cursor: Option<Cursor>) {
        let rhythm = self.accounts.entry(account.clone()).or_default();
        if rhythm.cursor.is_none() {
            rhythm.cursor = cursor;
        }
    }

    /// An account that was thought offline has answered: its list is asked now.
    pub fn hurry(&mut self, account: &AccountName, now: Time) {
        let rhythm = self.accounts.entry(account.clone()).or_default();
        rhythm.next = rhythm.next.map(|next| next.min(now));
    }

    /// An answer is complete.
    pub fn succeeded(&mut self, account: &AccountName, cursor: Option<Cursor>, now: Time) {
        let rhythm = self.accounts.entry(account.clone()).or_default();
        if cursor.is_some() {
            rhythm.cursor = cursor;
        }
        rhythm.failures = 0;
        rhythm.next = rhythm.every.map(|every| now + every);
    }

    /// A question failed; asks again after 5 s, 15 s, 60 s, then every 5 minutes.
    pub fn failed(&mut self, account: &AccountName, now: Time) -> Time {
        let rhythm = self.accounts.entry(account.clone()).or_default();
        let pause = super::outbox::pause(rhythm.failures);
        rhythm.failures += 1;
        let next = now + pause;
        rhythm.next = Some(next);
        next
    }

    /// Nothing more is asked of an account by itself (its token does not count).
    pub fn stop(&mut self, account: &AccountName) {
        self.accounts.entry(account.clone()).or_default().next = None;
    }

    /// Accounts to ask now.
    pub fn due(&mut self, now: Time) -> Vec<AccountName> {
        let mut due = Vec::new();
        for (account, rhythm) in &mut self.accounts {
            if rhythm.next.is_some_and(|next| next <= now) {
                rhythm.next = None;
                due.push(account.clone());
            }
        }
        due.sort();
        due
    }

    /// When one account is asked again by itself.
    pub fn next_of(&self, account: &AccountName) -> Option<Time> {
        self.accounts.get(account)?.next
    }

    /// The next moment an account is to be asked.
    pub fn next(&self) -> Option<Time> {
        self.accounts
            .values()
            .filter_map(|rhythm| rhythm.next)
            .min()
    }
}

fn same_scope(one: &Query, other: &Query) -> bool {
    match (one, other) {
        (Query::Goal(one), Query::Goal(other)) => one == other,
        (Query::All | Query::Since(_), Query::All | Query::Since(_)) => true,
        (Query::Glance, Query::Glance) => true,
        (Query::Search(one), Query::Search(other)) => one == other,
        _ => false,
    }
}
