//! What an account lets the outbox do, and what stands in an entry's way. Knows
//! accounts by what the store tells it; decides nothing about time.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::model::entry::Entry;
use crate::model::exchange::{Abilities, Change};
use crate::model::ids::{AccountName, PersonId};
use crate::model::time::Time;

/// How long it takes until looking for a write tells the truth: a request is not
/// applied later than `first` after nobody waits for it any more, and what was
/// applied is seen by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settle {
    /// From losing the answer to the first look.
    pub first: TimeDelta,
    /// From a complete look without a find to the next one.
    pub second: TimeDelta,
    /// From sending to leaving it to the person, when no look works.
    pub give_up: TimeDelta,
}

impl Default for Settle {
    /// Servers give requests up after 60 s and show writes within 30 s.
    fn default() -> Self {
        Self {
            first: TimeDelta::seconds(90),
            second: TimeDelta::seconds(30),
            give_up: TimeDelta::hours(24),
        }
    }
}

/// Why an entry cannot leave, whatever the time is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// Its account is not in the configuration.
    Unconfigured,
    /// The account's token does not count; what the provider said.
    SignedOut(String),
    /// The account has not said who is signed in.
    Unread,
    /// Somebody else is signed in now than when it was written.
    OtherPerson {
        /// Who wrote it.
        by: PersonId,
        /// Who is signed in.
        me: PersonId,
    },
    /// The account lives elsewhere now than when it was written.
    OtherSite {
        /// Where it was written for.
        written: String,
        /// Where the account is; none on this machine.
        now: Option<String>,
    },
    /// This login may only read.
    MayNotWrite,
    /// Somebody stopped the writes of its account.
    Stopped,
    /// Another program sends; its process id if it told.
    OtherSender(Option<u32>),
}

/// What an account lets the outbox do.
#[derive(Clone, Debug)]
pub struct Line {
    /// What keeps all its entries here.
    pub closed: Option<Hindrance>,
    /// The same key is done once however often it is sent.
    pub is_idempotent: bool,
    /// Who is signed in.
    pub me: Option<PersonId>,
    /// The site the account is on.
    pub origin: Option<String>,
    /// When looks tell the truth.
    pub settle: Settle,
    /// When it answered a question last.
    pub answered_at: Option<Time>,
    /// What the account can do, and where.
    pub abilities: Abilities,
}

impl Line {
    /// What keeps this entry here, if anything does.
    pub fn hinders(&self, entry: &Entry) -> Option<Hindrance> {
        if let Some(closed) = &self.closed {
            return Some(closed.clone());
        }
        if let Some(written) = &entry.origin
            && self.origin.as_ref() != Some(written)
        {
            return Some(Hindrance::OtherSite {
                written: written.clone(),
                now: self.origin.clone(),
            });
        }
        match &self.me {
            None => Some(Hindrance::Unread),
            Some(me) if *me != entry.signature.by => Some(Hindrance::OtherPerson {
                by: entry.signature.by.clone(),
                me: me.clone(),
            }),
            Some(_) => None,
        }
    }
}

/// All accounts' lines.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// By account.
    pub accounts: HashMap<AccountName, Line>,
    /// Whether this program is the one that sends.
    pub is_sender: bool,
}

impl Lines {
    /// The line an entry goes over.
    pub fn of(&self, entry: &Entry) -> Option<&Line> {
        self.accounts.get(&entry.signature.account)
    }

    /// Whether an entry is this machine's alone: it waits for no connection, no
    /// turn on the line and nobody's lock.
    pub fn is_kept_here(&self, entry: &Entry) -> bool {
        self.of(entry)
            .is_some_and(|line| line.abilities.keeps_here(&entry.change))
    }

    /// Whether an entry goes out as one with others of its account.
    pub fn goes_together(&self, entry: &Entry) -> bool {
        matches!(entry.change, Change::CheckIn { .. })
            && self.of(entry).is_some_and(|line| line.abilities.together)
            && !self.is_kept_here(entry)
    }

    /// What keeps an entry here.
    pub fn hinders(&self, entry: &Entry) -> Option<Hindrance> {
        match self.of(entry) {
            Some(_) if self.is_kept_here(entry) => None,
            Some(line) => line.hinders(entry),
            None => Some(Hindrance::Unconfigured),
        }
    }

    /// Whether an entry may leave as far as its account is concerned.
    pub fn is_open(&self, entry: &Entry) -> bool {
        let Some(line) = self.of(entry) else {
            return false;
        };
        if line.abilities.keeps_here(&entry.change) {
            return true;
        }
        line.closed.is_none()
            && line.me.as_ref() == Some(&entry.signature.by)
            && (entry.origin.is_none() || entry.origin == line.origin)
    }

    /// Whether sending an entry again is harmless.
    pub fn is_idempotent(&self, entry: &Entry) -> bool {
        self.of(entry)
            .is_some_and(|line| line.is_idempotent || line.abilities.keeps_here(&entry.change))
    }

    /// When looks for an entry tell the truth.
    pub fn settle(&self, entry: &Entry) -> Settle {
        self.of(entry)
            .map_or_else(Settle::default, |line| line.settle)
    }
}
