//! Unfinished forms: every letter in memory at once, on disk within a second of
//! the last key and never more than five seconds behind.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::model::entry::{Draft, DraftKey, Record};
use crate::model::time::Time;

/// Written this long after the last key.
const PAUSE: TimeDelta = TimeDelta::seconds(1);
/// Written at the latest this long after the first unwritten key.
const AT_MOST: TimeDelta = TimeDelta::seconds(5);

/// The drafts and which of them the disk does not have yet.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    drafts: HashMap<DraftKey, Draft>,
    unwritten: HashMap<DraftKey, Unwritten>,
}

#[derive(Clone, Copy, Debug)]
struct Unwritten {
    first: Time,
    last: Time,
}

impl Unwritten {
    fn due(self) -> Time {
        (self.last + PAUSE).min(self.first + AT_MOST)
    }
}

impl Drafts {
    /// Replaces all drafts by what the disk has, except those not written yet.
    pub fn load(&mut self, drafts: Vec<Draft>) {
        self.drafts
            .retain(|key, _| self.unwritten.contains_key(key));
        for draft in drafts {
            self.drafts.entry(draft.key.clone()).or_insert(draft);
        }
    }

    /// One draft.
    pub fn get(&self, key: &DraftKey) -> Option<&Draft> {
        self.drafts.get(key)
    }

    /// All drafts, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Draft> {
        self.drafts.values()
    }

    /// Remembers a draft as typed.
    pub fn keep(&mut self, draft: Draft, now: Time) {
        if self.drafts.get(&draft.key).is_some_and(|known| {
            known.focus == draft.focus
                && known.fields == draft.fields
                && known.cursor == draft.cursor
        }) {
            return;
        }
        let since = self
            .unwritten
            .entry(draft.key.clone())
            .or_insert(Unwritten {
                first: now,
                last: now,
            });
        since.last = now;
        self.drafts.insert(draft.key.clone(), draft);
    }

    /// Puts a draft back, for the disk to write now.
    pub fn restore(&mut self, draft: Draft) -> Record {
        self.unwritten.remove(&draft.key);
        self.drafts.insert(draft.key.clone(), draft.clone());
        Record::PutDraft(Box::new(draft))
    }

    /// Takes a draft out; the disk must drop it too.
    pub fn take(&mut self, key: &DraftKey) -> Option<Draft> {
        self.unwritten.remove(key);
        self.drafts.remove(key)
    }

    /// When the next draft is to be written.
    pub fn next_write(&self) -> Option<Time> {
        self.unwritten
            .values()
            .map(|unwritten| unwritten.due())
            .min()
    }

    /// Whether everything of this draft was handed to the disk.
    pub fn is_written(&self, key: &DraftKey) -> bool {
        !self.unwritten.contains_key(key)
    }

    /// Drafts whose time has come, as writes; all of them if `all`.
    pub fn due(&mut self, now: Time, all: bool) -> Vec<Record> {
        let due: Vec<DraftKey> = self
            .unwritten
            .iter()
            .filter(|(_, unwritten)| all || unwritten.due() <= now)
            .map(|(key, _)| key.clone())
            .collect();
        due.iter()
            .filter_map(|key| {
                self.unwritten.remove(key);
                self.drafts
                    .get(key)
                    .map(|draft| Record::PutDraft(Box::new(draft.clone())))
            })
            .collect()
    }

    /// A write failed: these drafts are unwritten again and tried later.
    pub fn not_written(&mut self, records: &[Record], now: Time) {
        for record in records {
            if let Record::PutDraft(draft) = record {
                self.unwritten
                    .entry(draft.key.clone())
                    .or_insert(Unwritten {
                        first: now,
                        last: now,
                    });
            }
        }
    }
}
