//! Writes on their way: the one machine with money on it. It decides when an
//! entry may leave and what an answer means; it never sends anything itself.
//!
//! Order per goal is kept; an entry leaves only after the disk has said that it
//! is marked *sending*; what was being sent when we died is looked for before it
//! is sent again, unless sending again is harmless.

mod line;
#[cfg(test)]
mod tests;
mod turn;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::model::entry::{Entry, EntryState};
use crate::model::exchange::{Change, Fault};
use crate::model::ids::{AccountName, EntryId, GoalId};
use crate::model::time::Time;

pub use line::{Hindrance, Line, Lines, Settle};
pub use turn::{Older, Step};

/// What an entry says of how far it got when it was kept on this machine alone.
pub const KEPT_HERE: &str = "kept here";
/// Sent entries kept for the list and for undo.
const KEEP_SENT: usize = 200;
/// No request takes longer: what was being sent longer ago was given up by then.
const LONGEST: TimeDelta = TimeDelta::minutes(5);

/// Waiting time after the n-th failure in a row (0-based): 5 s, 15 s, 60 s, 5 min.
pub fn pause(failures: u32) -> TimeDelta {
    TimeDelta::seconds(match failures {
        0 => 5,
        1 => 15,
        2 => 60,
        _ => 300,
    })
}

/// Order of writing; two programs may write in the same microsecond.
type Place = (u64, EntryId);

/// An account that did not take a write: nothing of it leaves for a while.
#[derive(Clone, Debug)]
struct Pause {
    since: Time,
    until: Time,
    /// The provider named the time; no other sign of life ends it.
    is_asked: bool,
    failures: u32,
}

/// All entries by their order of writing.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    entries: BTreeMap<Place, Entry>,
    places: BTreeMap<EntryId, u64>,
    goals: BTreeMap<GoalId, BTreeSet<Place>>,
    /// Changed, and the disk was not told yet.
    untold: BTreeSet<EntryId>,
    /// Posted, and the disk has not said yet that it has them.
    fresh: BTreeSet<EntryId>,
    /// Marked as sending, and the disk has not said yet that it knows.
    unsent: BTreeSet<EntryId>,
    /// Being sent by this process.
    ours: BTreeSet<EntryId>,
    /// A look is under way.
    looking: BTreeSet<EntryId>,
    /// Taken out, and the disk has not said yet that it knows.
    taken: BTreeSet<EntryId>,
    /// Another program was faster: what the disk has counts.
    lost: BTreeSet<EntryId>,
    /// Not on disk when it was read; gone if it is not there the next time.
    missed: BTreeSet<EntryId>,
    /// The disk did not take them: written again then.
    again: BTreeMap<EntryId, Time>,
    /// Written in this session, in order, for undo.
    session: Vec<EntryId>,
    pauses: BTreeMap<AccountName, Pause>,
    /// Goals with an entry that holds up later ones, perhaps for long.
    stuck: BTreeMap<GoalId, (Place, Older)>,
    /// Goals that are not made yet: what goes under them waits.
    unmade: BTreeMap<GoalId, Older>,
    /// Up to here everything due was done.
    turned_at: Option<Time>,
}

/// What became of taking in the disk's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reload {
    /// Some of ours were not there, perhaps because it was read before they were
    /// written: read again.
    pub is_doubtful: bool,
}

impl Outbox {
    /// Takes the entries from disk at start; which of the sent ones are old enough
    /// to be dropped. Where sending again is harmless, what was being sent is
    /// queued again; the rest is left to whoever is the sender.
    pub fn load(&mut self, entries: Vec<Entry>, now: Time, lines: &Lines) -> Vec<Entry> {
        for entry in entries {
            self.insert(entry);
        }
        let broken_off: Vec<EntryId> = self
            .iter()
            .filter(|entry| is_sending(entry) && lines.is_idempotent(entry))
            .map(|entry| entry.id.clone())
            .collect();
        for id in broken_off {
            self.broken_off(&id, now, lines);
        }
        self.adopt(now, lines);
        self.prune()
    }

    /// As the one that sends: nobody else is sending what is marked so.
    pub fn adopt(&mut self, now: Time, lines: &Lines) {
        if !lines.is_sender {
            return;
        }
        let left: Vec<EntryId> = self
            .iter()
            .filter(|entry| is_sending(entry) && !lines.is_idempotent(entry))
            .filter(|entry| !self.ours.contains(&entry.id) && !self.unsent.contains(&entry.id))
            .map(|entry| entry.id.clone())
            .collect();
        for id in left {
            self.broken_off(&id, now, lines);
        }
    }

    /// Takes what another process wrote. Of two states of an entry the later
    /// counts; what the disk refused to take from us is as the disk has it.
    pub fn reload(&mut self, entries: Vec<Entry>) -> Reload {
        let mut there = BTreeSet::new();
        for entry in entries {
            let id = entry.id.clone();
            there.insert(id.clone());
            let is_newer = self.get(&id).is_none_or(|known| entry.rev > known.rev);
            if !self.taken.contains(&id) && (is_newer || self.lost.contains(&id)) {
                self.forget(&id);
                self.insert(entry);
            }
        }
        let absent: Vec<EntryId> = self
            .places
            .keys()
            .filter(|id| !there.contains(id) && !self.fresh.contains(id))
            .cloned()
            .collect();
        let (gone, missed): (Vec<EntryId>, Vec<EntryId>) = absent
            .into_iter()
            .partition(|id| self.lost.contains(id) || self.missed.contains(id));
        for id in gone {
            self.forget(&id);
            self.take_out(&id);
        }
        self.lost.clear();
        self.missed = missed.into_iter().collect();
        Reload {
            is_doubtful: !self.missed.is_empty(),
        }
    }

    fn insert(&mut self, entry: Entry) {
        self.take_out(&entry.id);
        let place = (entry.seq, entry.id.clone());
        self.places.insert(entry.id.clone(), entry.seq);
        for goal in entry.change.goals() {
            self.goals
                .entry(goal.clone())
                .or_default()
                .insert(place.clone());
        }
        self.entries.insert(place, entry);
    }

    /// Nothing of ours is under way with it any more.
    fn forget(&mut self, id: &EntryId) {
        for set in [
            &mut self.untold,
            &mut self.fresh,
            &mut self.unsent,
            &mut self.ours,
            &mut self.looking,
        ] {
            set.remove(id);
        }
        self.again.remove(id);
    }

    fn take_out(&mut self, id: &EntryId) -> Option<Entry> {
        let place = (self.places.remove(id)?, id.clone());
        let entry = self.entries.remove(&place)?;
        for goal in entry.change.goals() {
            if let Some(places) = self.goals.get_mut(goal) {
                places.remove(&place);
                if places.is_empty() {
                    self.goals.remove(goal);
                }
            }
        }
        Some(entry)
    }

    fn prune(&mut self) -> Vec<Entry> {
        let sent: Vec<EntryId> = self
            .iter()
            .filter(|entry| matches!(entry.state, EntryState::Sent { .. }))
            .map(|entry| entry.id.clone())
            .collect();
        let old = sent.len().saturating_sub(KEEP_SENT);
        sent.iter()
            .take(old)
            .filter_map(|id| self.remove(id))
            .collect()
    }

    /// All entries in order of writing.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.values()
    }

    /// The entries of one goal in order of writing.
    pub fn of_goal(&self, goal: &GoalId) -> impl Iterator<Item = &Entry> {
        let places = self.goals.get(goal).into_iter().flatten();
        places.filter_map(|place| self.entries.get(place))
    }

    /// One entry.
    pub fn get(&self, id: &EntryId) -> Option<&Entry> {
        let seq = *self.places.get(id)?;
        self.entries.get(&(seq, id.clone()))
    }

    fn get_mut(&mut self, id: &EntryId) -> Option<&mut Entry> {
        let seq = *self.places.get(id)?;
        self.entries.get_mut(&(seq, id.clone()))
    }

    /// Moves an entry to a state, for the disk to be told at the end of the turn.
    fn put(&mut self, id: &EntryId, state: EntryState) {
        if let Some(entry) = self.get_mut(id) {
            entry.state = state;
            self.untold.insert(id.clone());
        }
    }

    /// The next place in the order. Other processes count too, so the moment
    /// leads: microseconds since 1970, made unique among ours.
    pub fn next_seq(&self, now: Time) -> u64 {
        let last = self
            .entries
            .last_key_value()
            .map_or(0, |((seq, _), _)| *seq);
        u64::try_from(now.timestamp_micros())
            .unwrap_or(0)
            .max(last + 1)
    }

    /// Takes a new entry.
    pub fn post(&mut self, entry: Entry) {
        self.fresh.insert(entry.id.clone());
        self.untold.insert(entry.id.clone());
        self.session.push(entry.id.clone());
        self.insert(entry);
    }

    /// Puts an entry in the place of the one with its id; gives it back as it goes
    /// to the disk.
    pub fn replace(&mut self, entry: Entry) -> Option<Entry> {
        let id = entry.id.clone();
        self.take_out(&id)?;
        self.insert(entry);
        self.stamped(&id)
    }

    /// An entry as it goes to the disk now: each state has a number of its own.
    pub fn stamped(&mut self, id: &EntryId) -> Option<Entry> {
        let entry = self.get_mut(id)?;
        entry.rev += 1;
        Some(entry.clone())
    }

    /// The disk has this state of an entry; true if it may be sent now.
    pub fn written(&mut self, written: &Entry) -> bool {
        self.fresh.remove(&written.id);
        let is_current = self
            .get(&written.id)
            .is_some_and(|entry| entry.rev == written.rev);
        if is_sending(written) && is_current && self.unsent.remove(&written.id) {
            self.ours.insert(written.id.clone());
            return true;
        }
        false
    }

    /// The disk has dropped it.
    pub fn dropped(&mut self, id: &EntryId) {
        self.taken.remove(id);
    }

    /// The disk does not have it. A new entry is given back whole: it never was
    /// posted. Of an older one what is known stays known and is written later;
    /// what was to be sent waits, for it was not.
    pub fn not_written(&mut self, written: &Entry, now: Time, fault: &Fault) -> Option<Entry> {
        let id = &written.id;
        if self.fresh.contains(id) {
            self.forget(id);
            self.session.retain(|other| other != id);
            return self.take_out(id);
        }
        let was_to_leave = self.unsent.remove(id);
        // The others of its account would fare no better.
        let later = self.fail(&written.signature.account, now);
        if let Some(entry) = self.get_mut(id) {
            entry.rev = entry.rev.min(written.rev.saturating_sub(1));
            if was_to_leave {
                entry.state = queued(Some(later), &fault.why);
            }
            self.again.insert(id.clone(), later);
        }
        None
    }

    /// Another program changed or dropped it first; the disk is read next.
    pub fn overtaken(&mut self, id: &EntryId) {
        self.taken.remove(id);
        let was_fresh = self.fresh.contains(id);
        self.forget(id);
        if was_fresh {
            self.session.retain(|other| other != id);
            self.take_out(id);
        }
        self.lost.insert(id.clone());
    }

    /// Sends an entry again because a person said so: waiting and refused ones at
    /// once, unknown ones only when nothing else can decide. Whoever was faster
    /// than a refused one is written over: that is what the person wants.
    pub fn retry(&mut self, id: &EntryId) -> bool {
        let Some(entry) = self.get_mut(id) else {
            return false;
        };
        let account = entry.signature.account.clone();
        match &entry.state {
            EntryState::Queued { why, .. } => {
                // A provider that asked to wait is waited for, also by the impatient.
                let why = why.clone();
                if self
                    .pauses
                    .get(&account)
                    .is_none_or(|pause| !pause.is_asked)
                {
                    self.pauses.remove(&account);
                    if let Some(entry) = self.get_mut(id) {
                        entry.state = queued(None, &why);
                    }
                }
                return true;
            }
            EntryState::Held { .. } => {}
            EntryState::Refused { .. } => {
                if entry.state.is_conflict() {
                    entry.base = None;
                }
            }
            EntryState::Unknown {
                next_look: None, ..
            } => {}
            EntryState::Unknown { .. } | EntryState::Sending { .. } | EntryState::Sent { .. } => {
                return false;
            }
        }
        self.alive(&account);
        self.put(id, queued(None, ""));
        true
    }

    /// A person found it at the provider.
    pub fn settle(&mut self, id: &EntryId, now: Time) -> bool {
        let is_open = self
            .get(id)
            .is_some_and(|entry| entry.state.needs_person() && !is_refused(entry));
        if is_open {
            self.put(id, EntryState::Sent { at: now });
        }
        is_open
    }

    /// Takes an entry out that is neither being sent nor unsure nor done.
    pub fn remove(&mut self, id: &EntryId) -> Option<Entry> {
        let entry = self.take_out(id)?;
        self.forget(id);
        self.taken.insert(id.clone());
        Some(entry)
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

    /// Whether a person wrote it in this session and has not taken it back.
    pub fn is_of_session(&self, id: &EntryId) -> bool {
        self.session.contains(id)
    }

    /// Undo passes over this entry from now on.
    pub fn forget_in_session(&mut self, id: &EntryId) {
        self.session.retain(|other| other != id);
    }

    /// Ends the holds of this session: the program leaves, or the person is sure.
    pub fn release(&mut self) {
        for id in self.session.clone() {
            let is_held =
                |entry: &Entry| matches!(entry.state, EntryState::Held { chosen: false, .. });
            if self.get(&id).is_some_and(is_held) {
                self.put(&id, queued(None, ""));
            }
        }
    }

    /// Writes that this process still has to hear about.
    pub fn is_busy(&self) -> bool {
        !(self.fresh.is_empty() && self.unsent.is_empty() && self.ours.is_empty())
    }

    /// Whether this process is sending it.
    pub fn is_ours(&self, id: &EntryId) -> bool {
        self.ours.contains(id) || self.unsent.contains(id)
    }

    /// Whether the disk has not said yet that it has it at all.
    pub fn is_new(&self, id: &EntryId) -> bool {
        self.fresh.contains(id)
    }

    /// Whether it is being looked for right now.
    pub fn is_looking(&self, id: &EntryId) -> bool {
        self.looking.contains(id)
    }

    /// What an entry waits behind, where that may take long: an older one of its
    /// goal, or the one that makes the goal above.
    pub fn behind(&self, entry: &Entry) -> Option<Older> {
        if !waits_in_order(&entry.change) {
            return None;
        }
        let above = entry.change.goal_above();
        let unmade = above.and_then(|above| self.unmade.get(above));
        if let Some(kind) = unmade.filter(|kind| **kind > Older::Waits) {
            return Some(*kind);
        }
        let place = (entry.seq, entry.id.clone());
        let goals = entry.change.goals();
        let mut stuck = goals.into_iter().filter_map(|goal| self.stuck.get(goal));
        stuck
            .find(|(older, _)| *older < place)
            .map(|(_, kind)| *kind)
    }
}

fn is_sending(entry: &Entry) -> bool {
    matches!(entry.state, EntryState::Sending { .. })
}

fn is_refused(entry: &Entry) -> bool {
    matches!(entry.state, EntryState::Refused { .. })
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
