//! What came in since the start that waits for me: counted once, told at most once
//! a minute. A pure memory over the queue and the inbox.

use std::collections::HashSet;

use chrono::TimeDelta;

use crate::model::time::{Now, Time};

use super::queue::{self, Group};
use super::{AccountState, Store, inbox};

/// Told at most once in this time.
const CALM: TimeDelta = TimeDelta::minutes(1);

/// What was seen to wait so far. What comes back after an undo is no news, so
/// nothing is ever taken out.
#[derive(Debug, Default)]
pub struct News {
    /// Of which moves this is.
    moved: u64,
    seen: HashSet<String>,
    /// What is there when everything was read the first time is no news.
    is_begun: bool,
    /// Not told yet: by group, and lines of the inbox.
    untold: [usize; 5],
    told_at: Option<Time>,
}

impl News {
    /// One sentence if something is new and it is time to tell; without names, for it
    /// may show on a locked screen.
    pub fn of(&mut self, store: &Store, now: &Now) -> Option<String> {
        if self.moved != store.moved() {
            self.moved = store.moved();
            self.take_in(store, now);
        }
        let is_calm = self.told_at.is_none_or(|at| now.at - at >= CALM);
        if !is_calm || self.untold.iter().all(|count| *count == 0) {
            return None;
        }
        self.told_at = Some(now.at);
        let [due, acknowledge, asked, unsent, inbox] = std::mem::take(&mut self.untold);
        let parts = [
            (due, "due"),
            (acknowledge, "to acknowledge"),
            (asked, "asked of you"),
            (unsent, "not sent"),
            (inbox, "in the inbox"),
        ];
        let words: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| format!("{count} {words}"))
            .collect();
        Some(format!("goaldeck: new, {}", words.join(", ")))
    }

    fn take_in(&mut self, store: &Store, now: &Now) {
        let is_read = |state: &AccountState| !matches!(state, AccountState::Reading);
        let is_first = !self.is_begun;
        let mut count = |place: usize, key: String| {
            if self.seen.insert(key)
                && !is_first
                && let Some(untold) = self.untold.get_mut(place)
            {
                *untold += 1;
            }
        };
        let mut covered = HashSet::new();
        let mut old = Vec::new();
        for item in queue::queue(store, now) {
            let place = Group::ALL.iter().position(|group| *group == item.group());
            covered.extend(item.goal(store).map(|goal| goal.id.clone()));
            count(place.unwrap_or_default(), item.key);
        }
        for line in inbox::inbox(store, None, now) {
            // What is told of in the queue is not told twice.
            let is_told = line
                .goal
                .as_ref()
                .is_some_and(|goal| covered.contains(goal));
            if !line.read && !is_told {
                count(4, format!("inbox {}", line.key));
            } else {
                old.push(format!("inbox {}", line.key));
            }
        }
        self.seen.extend(old);
        if is_first {
            self.is_begun = store.accounts().all(|account| is_read(&account.state));
        }
    }
}
