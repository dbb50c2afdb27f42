//! How writes stand, in words: why an entry waits, what is known of one that
//! nobody heard of, what a person can do. Reads only.

use crate::model::dates;
use crate::model::entry::{Entry, EntryState};
use crate::model::ids::EntryId;
use crate::model::time::{Now, Time};

use super::outbox::{Hindrance, Older};
use super::{AccountState, Store};

/// How far a write of several steps got, in its provider's words.
pub fn how_far(entry: &Entry) -> Option<&str> {
    let words = entry.trail.as_ref().map(|trail| trail.words.as_str());
    words.filter(|words| !words.is_empty())
}

impl Store {
    /// What keeps an entry here whatever the time is, and what to do about it;
    /// none if it leaves as soon as it is its turn.
    pub fn kept_back(&self, entry: &Entry) -> Option<String> {
        let account = &entry.signature.account;
        Some(match self.lines().hinders(entry)? {
            Hindrance::Unconfigured => {
                format!("account {account} is not configured; add it again, or drop this (D)")
            }
            Hindrance::SignedOut(why) => format!("{why}; give {account} a new token (@)"),
            Hindrance::Unread => match self.account(account).map(|known| &known.state) {
                Some(AccountState::Offline { why, .. }) => format!("no line to {account}: {why}"),
                Some(AccountState::Needs(fault)) => fault.to_string(),
                // Known well enough to show it; it is asked before anything is sent.
                Some(AccountState::Synced) => return None,
                _ => format!("{account} has not said yet who is signed in"),
            },
            Hindrance::OtherPerson { by, me } => format!(
                "written as {}; signed in as {}: sign in as before (@), or drop this (D)",
                self.name_of(&by),
                self.name_of(&me)
            ),
            Hindrance::OtherSite { written, now } => {
                let now = now.unwrap_or_else(|| "this machine".to_owned());
                format!(
                    "written for {written}; the account is now at {now}: put it back, or drop this (D)"
                )
            }
            Hindrance::MayNotWrite => {
                format!("{account}'s token may only read; give it one that may write (@)")
            }
            Hindrance::Stopped => "stopped with Esc; R sends it".to_owned(),
            Hindrance::OtherSender(Some(pid)) => format!("sent by pid {pid}"),
            // Nobody is known to send: it is only not its turn.
            Hindrance::OtherSender(None) => return None,
        })
    }

    /// Whether an entry waits for an older one of its goal that is stuck.
    pub fn is_behind(&self, entry: &Entry) -> bool {
        self.outbox.behind(entry).is_some()
    }

    /// What there is to know about an entry beside the word for its state, half a
    /// sentence; empty for what is sent.
    pub fn standing(&self, entry: &Entry, now: &Now) -> String {
        let rest = self.rest_of_standing(entry, now);
        match (how_far(entry), &entry.state) {
            (None, _) => rest,
            (Some(words), EntryState::Sending { .. }) => words.to_owned(),
            (Some(words), EntryState::Refused { .. }) => format!("{words}: {rest}"),
            (Some(_), EntryState::Sent { .. }) => rest,
            (Some(words), _) => format!("{words}; {rest}"),
        }
    }

    fn rest_of_standing(&self, entry: &Entry, now: &Now) -> String {
        let clock = |at: Time| now.zone.local(at).format("%H:%M:%S").to_string();
        match &entry.state {
            EntryState::Held { until, .. } if now.days_since(*until) != 0 => {
                format!("sends {}", dates::ago(*until, now))
            }
            EntryState::Held { until, .. } => format!("sends at {}", clock(*until)),
            EntryState::Queued { not_before, why } => {
                if let Some(kept) = self.kept_back(entry) {
                    return kept;
                }
                match (self.outbox.behind(entry), not_before, why.as_str()) {
                    (Some(Older::NeedsPerson), ..) => {
                        "behind an older one of its goal that needs you".to_owned()
                    }
                    (Some(Older::Unsure), ..) => {
                        "behind an older one of its goal that is looked for".to_owned()
                    }
                    (_, Some(time), why) => {
                        let why = if why.is_empty() { "waits" } else { why };
                        format!("{why}, next try {}", clock(*time))
                    }
                    (_, None, "") => "waits for its turn".to_owned(),
                    (_, None, why) => why.to_owned(),
                }
            }
            EntryState::Sending { since } => match self.lines().hinders(entry) {
                Some(Hindrance::OtherSender(Some(pid))) => format!("sending in pid {pid}"),
                _ => format!("since {}", clock(*since)),
            },
            EntryState::Unknown { why, next_look, .. } => {
                let why = if why.is_empty() { "no answer" } else { why };
                match next_look {
                    None => format!("may have been sent: {why}"),
                    Some(_) if self.outbox.is_looking(&entry.id) => {
                        format!("{why}; looking\u{2026}")
                    }
                    Some(_) if self.kept_back(entry).is_some() => {
                        let kept = self.kept_back(entry).unwrap_or_default();
                        format!("{why}; looked for later: {kept}")
                    }
                    Some(time) => format!("{why}; looks at {}", clock(*time)),
                }
            }
            EntryState::Refused { fault } if entry.state.is_conflict() => {
                format!("needs you: changed meanwhile: {fault}")
            }
            EntryState::Refused { fault } => fault.to_string(),
            EntryState::Sent { .. } => String::new(),
        }
    }

    /// The process that sends for remote accounts instead of this one, if another
    /// does and told who it is.
    pub fn other_sender(&self) -> Option<u32> {
        self.sender.filter(|_| !self.is_sender)
    }

    /// Whether writes wait for a program that may send them.
    pub fn wants_sender(&self) -> bool {
        !self.is_sender
            && self.outbox.iter().any(|entry| {
                entry.state.is_pending()
                    && !self.is_kept_here(entry)
                    && self
                        .accounts
                        .get(&entry.signature.account)
                        .is_some_and(|known| !known.setup.abilities.idempotent)
            })
    }

    /// Whether waiting until then may still bring an entry further: it is being
    /// sent, or its turn comes by then.
    pub fn is_under_way(&self, id: &EntryId, until: Time) -> bool {
        let lines = self.lines();
        let Some(entry) = self.outbox.get(id) else {
            return false;
        };
        if entry.state.is_pending() && self.asked.is_reading(&entry.signature.account) {
            // Who is signed in may be what it waits for.
            return true;
        }
        let may_come = match &entry.state {
            EntryState::Held { until: end, .. } => *end <= until,
            EntryState::Queued { .. } => lines.is_open(entry),
            EntryState::Sending { .. } => self.outbox.is_ours(id),
            EntryState::Unknown { next_look, .. } => {
                lines.is_open(entry) && next_look.is_some_and(|next| next <= until)
            }
            EntryState::Sent { .. } | EntryState::Refused { .. } => false,
        };
        may_come && (!self.writes.is_empty() || self.outbox.is_under_way(until, &lines))
    }
}
