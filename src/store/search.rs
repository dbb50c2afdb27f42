//! What providers' own searches find beyond goals and people. The newest words
//! count; answers to older ones are dropped.

use chrono::TimeDelta;

use crate::model::exchange::{Batch, Fault, Found, Query};
use crate::model::ids::{AccountName, Ticket};
use crate::model::time::{Now, Time};

use super::effect::Effect;
use super::{AccountState, Store};

/// While somebody types, so long without a letter before the next question.
const PAUSE: TimeDelta = TimeDelta::milliseconds(300);

/// The newest search and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Search {
    text: String,
    found: Vec<(AccountName, Found)>,
    faults: Vec<(AccountName, Fault)>,
    next: Option<Time>,
    typed_at: Option<Time>,
}

impl Search {
    /// When the words typed last are asked for.
    pub fn next(&self) -> Option<Time> {
        self.next
    }
}

impl Store {
    /// What the accounts found by [`Store::search_words`], in the order they came.
    pub fn found(&self) -> &[(AccountName, Found)] {
        &self.search.found
    }

    /// The words that are searched for; empty for none.
    pub fn search_words(&self) -> &str {
        &self.search.text
    }

    /// Accounts that could not search, and why.
    pub fn search_faults(&self) -> &[(AccountName, Fault)] {
        &self.search.faults
    }

    /// Whether more may be found yet.
    pub fn is_searching(&self) -> bool {
        self.search.next.is_some() || self.asked.is_asking(is_search)
    }

    pub(super) fn search(&mut self, text: &str, now: Now, effects: &mut Vec<Effect>) {
        let text = text.trim();
        if self.search.text == text {
            return;
        }
        let typed = self.search.typed_at;
        self.search = Search {
            text: text.to_owned(),
            typed_at: Some(now.at),
            ..Search::default()
        };
        let withdrawn = self.asked.withdraw(|asked| is_search(&asked.query));
        effects.extend(withdrawn.into_iter().map(Effect::Cancel));
        self.touch_looks();
        if text.is_empty() {
            return;
        }
        if typed.is_some_and(|typed| (typed..typed + PAUSE).contains(&now.at)) {
            self.search.next = Some(now.at + PAUSE);
        } else {
            self.ask_search(effects);
        }
    }

    pub(super) fn search_due(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if self.search.next.is_some_and(|next| next <= now.at) {
            self.search.next = None;
            self.ask_search(effects);
        }
    }

    fn ask_search(&mut self, effects: &mut Vec<Effect>) {
        let answers = |name: &&AccountName| {
            self.accounts.get(*name).is_some_and(|account| {
                !account.setup.abilities.immediate
                    && matches!(account.state, AccountState::Reading | AccountState::Synced)
            })
        };
        let accounts: Vec<AccountName> = self.order.iter().filter(answers).cloned().collect();
        for account in accounts {
            let query = Query::Search(self.search.text.clone());
            self.ask(&account, query, effects);
        }
    }

    /// A piece of an answer to the newest words: others were withdrawn.
    pub(super) fn search_found(&mut self, ticket: Ticket, account: &AccountName, batch: Batch) {
        let found = batch.found.into_iter();
        let found = found.map(|found| (account.clone(), found));
        self.search.found.extend(found);
        if !batch.more {
            self.asked.close(ticket);
        }
        self.touch_looks();
    }

    pub(super) fn search_failed(&mut self, account: AccountName, fault: Fault) {
        self.search.faults.push((account, fault));
        self.touch_looks();
    }
}

fn is_search(query: &Query) -> bool {
    matches!(query, Query::Search(_))
}
