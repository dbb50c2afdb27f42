//! Writes on their way: the one machine with money on it. It decides when an
//! entry may leave and what an answer means; it never sends anything itself.
//!
//! Order per goal is kept; an entry leaves only after the disk has said that it
//! is marked *sending*; what was being sent when we died is *unknown* unless the
//! provider does the same key only once.

use std::collections::{BTreeMap, HashSet};

use chrono::TimeDelta;

use crate::model::entry::{Entry, EntryState, Record};
use crate::model::exchange::{Answer, Change, Fault, FaultKind};
use crate::model::ids::{AccountName, EntryId, GoalId};
use crate::model::time::Time;

/// Writes of one account under way at once.
const AT_ONCE: usize = 2;
/// After this long a request is not applied any more and reads show it: first look.
const SETTLE: TimeDelta = TimeDelta::seconds(90);
/// Second look after the first found nothing.
const SECOND_LOOK: TimeDelta = TimeDelta::seconds(30);
/// After this long without a complete look only a person can decide.
const GIVE_UP: TimeDelta = TimeDelta::hours(24);
/// Sent entries kept for the list and for undo.
const KEEP_SENT: usize = 200;

/// Waiting time after the n-th failure in a row (0-based): 5 s, 15 s, 60 s, 5 min.
pub fn pause(failures: u32) -> TimeDelta {
    TimeDelta::seconds(match failures {
        0 => 5,
        1 => 15,
        2 => 60,
        _ => 300,
    })
}

/// What an account lets the outbox do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The account takes writes now: it is known, signed in, and this process may send.
    pub is_open: bool,
    /// The same key is done once however often it is sent.
    pub is_idempotent: bool,
}

/// What the outbox wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Write this entry's new state.
    Write(EntryId),
    /// Look whether it arrived.
    Look(EntryId),
}

/// All entries by their order of writing.
#[derive(Debug, Default)]
pub struct Outbox {
    entries: BTreeMap<u64, Entry>,
    /// Posted, and the disk has not said yet that it has them.
    fresh: HashSet<EntryId>,
    /// Posted, and the disk was not told yet.
    untold: HashSet<EntryId>,
    /// Marked as sending, and the disk has not said yet that it knows.
    unsent: HashSet<EntryId>,
    /// A look is under way.
    looking: HashSet<EntryId>,
    /// Being sent by this process.
    ours: HashSet<EntryId>,
    /// Written in this session, in order, for undo.
    session: Vec<EntryId>,
}

impl Outbox {
    /// Takes the entries from disk at start. Nothing of ours is being sent, so
    /// *sending* becomes *unknown*, or *queued* where sending again is harmless.
    pub fn load(
        &mut self,
        entries: Vec<Entry>,
        now: Time,
        line: impl Fn(&AccountName) -> Line,
    ) -> Vec<Record> {
        let mut records = Vec::new();
        for mut entry in entries {
            if let EntryState::Sending { since } = entry.state {
                entry.state = if line(&entry.signature.account).is_idempotent {
                    queued(None, "")
                } else {
                    EntryState::Unknown {
                        since,
                        looks: 0,
                        next_look: Some((since + SETTLE).max(now)),
                    }
                };
                records.push(Record::PutEntry(Box::new(entry.clone())));
            }
            self.entries.insert(entry.seq, entry);
        }
        records.extend(self.prune());
        records
    }

    /// Takes what another process wrote: its entries as they are, ours stay ours.
    pub fn reload(&mut self, entries: Vec<Entry>) {
        let mine = |entry: &Entry| {
            self.fresh.contains(&entry.id)
                || self.ours.contains(&entry.id)
                || self.unsent.contains(&entry.id)
        };
        let (kept, _): (Vec<Entry>, Vec<Entry>) = std::mem::take(&mut self.entries)
            .into_values()
            .partition(mine);
        self.entries = entries
            .into_iter()
            .map(|entry| (entry.seq, entry))
            .collect();
        for entry in kept {
            self.entries.retain(|_, other| other.id != entry.id);
            self.entries.insert(entry.seq, entry);
        }
    }

    fn prune(&mut self) -> Vec<Record> {
        let sent: Vec<u64> = self
            .entries
            .iter()
            .filter(|(_, entry)| matches!(entry.state, EntryState::Sent { .. }))
            .map(|(seq, _)| *seq)
            .collect();
        let old = sent.len().saturating_sub(KEEP_SENT);
        sent.iter()
            .take(old)
            .filter_map(|seq| self.entries.remove(seq))
            .map(|entry| Record::DropEntry(entry.id))
            .collect()
    }

    /// All entries in order of writing.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.values()
    }

    /// One entry.
    pub fn get(&self, id: &EntryId) -> Option<&Entry> {
        self.entries.values().rev().find(|entry| &entry.id == id)
    }

    fn get_mut(&mut self, id: &EntryId) -> Option<&mut Entry> {
        self.entries
            .values_mut()
            .rev()
            .find(|entry| &entry.id == id)
    }

    /// The next place in the order. Other processes count too, so the moment
    /// leads: microseconds since 1970, made unique among ours.
    pub fn next_seq(&self, now: Time) -> u64 {
        let last = self.entries.last_key_value().map_or(0, |(seq, _)| *seq);
        u64::try_from(now.timestamp_micros())
            .unwrap_or(0)
            .max(last + 1)
    }

    /// Takes a new entry.
    pub fn post(&mut self, entry: Entry) {
        self.fresh.insert(entry.id.clone());
        self.untold.insert(entry.id.clone());
        self.session.push(entry.id.clone());
        self.entries.insert(entry.seq, entry);
    }

    /// Moves every entry on whose time has come. A new one is written at once in
    /// the state it then has, whether it leaves or waits: nothing lives in memory
    /// alone.
    pub fn advance(&mut self, now: Time, line: impl Fn(&AccountName) -> Line) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut busy: Vec<AccountName> = Vec::new();
        let mut blocked: HashSet<GoalId> = HashSet::new();
        for entry in self.entries.values_mut() {
            let account = entry.signature.account.clone();
            if matches!(entry.state, EntryState::Held { until } if until <= now) {
                entry.state = queued(None, "");
                steps.push(Step::Write(entry.id.clone()));
            }
            let goals: Vec<GoalId> = entry.change.goals().into_iter().cloned().collect();
            let in_order = waits_in_order(&entry.change);
            match &entry.state {
                EntryState::Queued { not_before, .. } => {
                    let may = line(&account).is_open
                        && not_before.is_none_or(|time| time <= now)
                        && busy.iter().filter(|other| **other == account).count() < AT_ONCE
                        && !(in_order && goals.iter().any(|goal| blocked.contains(goal)));
                    if may {
                        entry.state = EntryState::Sending { since: now };
                        entry.attempts += 1;
                        self.unsent.insert(entry.id.clone());
                        steps.retain(|step| step != &Step::Write(entry.id.clone()));
                        steps.push(Step::Write(entry.id.clone()));
                        busy.push(account);
                    }
                }
                EntryState::Sending { .. } => busy.push(account),
                EntryState::Unknown {
                    next_look: Some(next),
                    ..
                } if *next <= now
                    && line(&account).is_open
                    && self.looking.insert(entry.id.clone()) =>
                {
                    steps.push(Step::Look(entry.id.clone()));
                }
                _ => {}
            }
            let write = Step::Write(entry.id.clone());
            if self.untold.remove(&entry.id) && !steps.contains(&write) {
                steps.push(write);
            }
            if in_order
                && !matches!(
                    entry.state,
                    EntryState::Sent { .. } | EntryState::Refused { .. }
                )
            {
                blocked.extend(goals);
            }
        }
        steps
    }

    /// The disk has this state of an entry; true if it may be sent now.
    pub fn written(&mut self, written: &Entry) -> bool {
        self.fresh.remove(&written.id);
        let sending = matches!(written.state, EntryState::Sending { .. });
        let is_current = self
            .get(&written.id)
            .is_some_and(|entry| entry.state == written.state);
        if sending && is_current && self.unsent.remove(&written.id) {
            self.ours.insert(written.id.clone());
            return true;
        }
        false
    }

    /// The disk does not have it. A new entry is given back whole: it never was
    /// posted; an older one waits and is tried again.
    pub fn not_written(&mut self, id: &EntryId, now: Time, fault: &Fault) -> Option<Entry> {
        self.unsent.remove(id);
        if self.fresh.remove(id) {
            self.session.retain(|other| other != id);
            return self.remove(id);
        }
        if let Some(entry) = self.get_mut(id)
            && entry.state.is_pending()
        {
            entry.state = queued(Some(now + pause(3)), &fault.why);
        }
        None
    }

    /// What a provider's answer means. Returns false for an answer nobody waits for.
    pub fn answered(
        &mut self,
        id: &EntryId,
        answer: &Answer,
        now: Time,
        is_idempotent: bool,
    ) -> bool {
        let ours = self.ours.remove(id);
        let Some(entry) = self.get_mut(id) else {
            return false;
        };
        let EntryState::Sending { since } = entry.state else {
            return false;
        };
        if !ours {
            return false;
        }
        let failures = entry.attempts.saturating_sub(1);
        entry.state = match answer {
            Answer::Accepted { undo, .. } => {
                entry.undo.clone_from(undo);
                EntryState::Sent { at: now }
            }
            Answer::Onward(trail) => {
                entry.trail = Some(trail.clone());
                // A later moment than before: the disk's answer is told by it.
                EntryState::Sending {
                    since: now.max(since + TimeDelta::milliseconds(1)),
                }
            }
            Answer::Refused(fault) if fault.kind == FaultKind::Disk => {
                queued(Some(now + pause(failures)), &fault.why)
            }
            Answer::Refused(fault) => EntryState::Refused {
                fault: fault.clone(),
            },
            Answer::Busy(seconds) => {
                let seconds = i64::try_from((*seconds).clamp(1, 900)).unwrap_or(900);
                queued(Some(now + TimeDelta::seconds(seconds)), "asked to wait")
            }
            Answer::Offline(why) => queued(Some(now + pause(failures)), why),
            Answer::NoAnswer(why) if is_idempotent => queued(Some(now + pause(failures)), why),
            Answer::NoAnswer(_) => EntryState::Unknown {
                since,
                looks: 0,
                next_look: Some(now + SETTLE),
            },
        };
        if matches!(answer, Answer::Onward(_)) {
            self.unsent.insert(id.clone());
        }
        true
    }

    /// What a look found. A complete look without a find counts; after the second
    /// the write did not arrive and is queued again.
    pub fn looked(&mut self, id: &EntryId, found: &Result<bool, Fault>, now: Time) {
        self.looking.remove(id);
        let Some(entry) = self.get_mut(id) else {
            return;
        };
        let EntryState::Unknown { since, looks, .. } = entry.state else {
            return;
        };
        entry.state = match found {
            Ok(true) => EntryState::Sent { at: now },
            Ok(false) if looks >= 1 => queued(None, "it did not arrive"),
            Ok(false) => EntryState::Unknown {
                since,
                looks: looks + 1,
                next_look: Some(now + SECOND_LOOK),
            },
            Err(fault) => {
                let hopeless = matches!(
                    fault.kind,
                    FaultKind::Forbidden | FaultKind::Gone | FaultKind::Unsupported
                ) || now - since > GIVE_UP;
                let next_look = (!hopeless).then_some(now + SECOND_LOOK);
                EntryState::Unknown {
                    since,
                    looks,
                    next_look,
                }
            }
        };
    }

    /// Sends an entry again because a person said so: waiting and refused ones at
    /// once, unknown ones only when nothing else can decide.
    pub fn retry(&mut self, id: &EntryId) -> bool {
        let Some(entry) = self.get_mut(id) else {
            return false;
        };
        let may = match &entry.state {
            EntryState::Held { .. } | EntryState::Queued { .. } | EntryState::Refused { .. } => {
                true
            }
            EntryState::Unknown { next_look, .. } => next_look.is_none(),
            EntryState::Sending { .. } | EntryState::Sent { .. } => false,
        };
        if may {
            entry.state = queued(None, "");
        }
        may
    }

    /// Takes an entry out that is neither being sent nor unsure nor done.
    pub fn remove(&mut self, id: &EntryId) -> Option<Entry> {
        self.untold.remove(id);
        let seq = self.entries.values().find(|entry| &entry.id == id)?.seq;
        self.entries.remove(&seq)
    }

    /// Whether a person may drop it: what is under way or unsure may still arrive.
    pub fn may_drop(&self, id: &EntryId) -> bool {
        self.get(id).is_some_and(|entry| match &entry.state {
            EntryState::Held { .. } | EntryState::Queued { .. } | EntryState::Refused { .. } => {
                true
            }
            EntryState::Unknown { next_look, .. } => next_look.is_none(),
            EntryState::Sending { .. } | EntryState::Sent { .. } => false,
        })
    }

    /// The newest entry of this session that was not taken back yet.
    pub fn last_of_session(&self) -> Option<&Entry> {
        self.session.iter().rev().find_map(|id| self.get(id))
    }

    /// Undo passes over this entry from now on.
    pub fn forget_in_session(&mut self, id: &EntryId) {
        self.session.retain(|other| other != id);
    }

    /// Ends every hold: the program leaves, or the person is sure.
    pub fn release(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for entry in self.entries.values_mut() {
            if matches!(entry.state, EntryState::Held { .. }) {
                entry.state = queued(None, "");
                steps.push(Step::Write(entry.id.clone()));
            }
        }
        steps
    }

    /// Writes that this process still has to hear about.
    pub fn is_busy(&self) -> bool {
        !(self.fresh.is_empty() && self.unsent.is_empty() && self.ours.is_empty())
    }

    /// The next moment something here is due. What could have gone on already
    /// waits for an event (a line that opens, an older entry), not for a time.
    pub fn next(&self, now: Time) -> Option<Time> {
        self.entries
            .values()
            .filter_map(|entry| match &entry.state {
                EntryState::Held { until } => Some(*until),
                EntryState::Queued { not_before, .. } => not_before.filter(|time| *time > now),
                EntryState::Unknown { next_look, .. } => next_look.filter(|time| *time > now),
                _ => None,
            })
            .min()
    }
}

fn queued(not_before: Option<Time>, why: &str) -> EntryState {
    EntryState::Queued {
        not_before,
        why: why.to_owned(),
    }
}

/// Acknowledgements, reactions and inbox marks do not wait for check-ins.
fn waits_in_order(change: &Change) -> bool {
    !matches!(
        change,
        Change::Acknowledge { .. }
            | Change::Unacknowledge { .. }
            | Change::React { .. }
            | Change::MarkRead { .. }
            | Change::MarkDone { .. }
    )
}
