//! The states an entry goes through: what leaves when, what an answer and a look
//! mean, when the next thing is due.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::{LONGEST, Lines, Outbox, Pause, is_sending, pause, queued, waits_in_order};
use crate::model::entry::{Entry, EntryState};
use crate::model::exchange::{Answer, Change, Fault, FaultKind, Trail};
use crate::model::ids::{AccountName, CheckInId, EntryId, GoalId};
use crate::model::kept_here::keeps_anything;
use crate::model::time::Time;

/// Writes of one account under way at once, and looks of it besides.
const AT_ONCE: usize = 2;
/// Check-ins that go out as one, where an account takes many together.
const TOGETHER: usize = 500;
/// Complete looks without a find after which a write did not arrive.
const LOOKS: u8 = 2;
/// Nobody asks to wait longer; a later moment comes of a clock that was set.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// A program that may not send ends holds so much later than the one that may.
const GRACE: TimeDelta = TimeDelta::seconds(3);
/// Where sending again is harmless, what another program began to send so long
/// ago is sent again.
const STALE: TimeDelta = TimeDelta::seconds(30);

/// What the outbox wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Write this entry's new state.
    Write(EntryId),
    /// Look whether it arrived.
    Look(EntryId),
}

/// An older entry of the same goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Older {
    /// It is on its way.
    Waits,
    /// It is being looked for.
    Unsure,
    /// A person has to decide about it.
    NeedsPerson,
}

/// An account during one turn.
struct Turn {
    account: AccountName,
    is_paused: bool,
    /// Writes of it may be this machine's alone, which need no place on its line.
    keeps: bool,
    /// Its check-ins go out as one.
    joins: bool,
    /// Writes under way, and looks.
    sends: usize,
    looks: usize,
    /// Check-ins that leave as one in this turn.
    together: usize,
}

impl Older {
    /// What this entry means for later ones of its goal; none if they may pass.
    fn of(state: &EntryState) -> Option<Self> {
        match state {
            EntryState::Sent { .. } => None,
            // What leaves on Friday keeps nothing here until then.
            EntryState::Held { chosen: true, .. } => None,
            EntryState::Refused { .. } if !state.is_conflict() => None,
            state if state.needs_person() => Some(Older::NeedsPerson),
            EntryState::Unknown { .. } => Some(Older::Unsure),
            _ => Some(Older::Waits),
        }
    }
}

impl Outbox {
    /// Moves every entry on whose time has come. A new one is written at once in
    /// the state it then has, whether it leaves or waits: nothing lives in memory
    /// alone.
    pub fn advance(&mut self, now: Time, lines: &Lines) -> Vec<Step> {
        self.turned_at = Some(now);
        self.end_pauses(now, lines);
        self.write_again(now);
        let mut steps = Vec::new();
        let mut turns = self.turns(now, lines);
        let mut taken: HashSet<GoalId> = HashSet::new();
        // Check-ins that are not there yet: what is said about them here waits.
        let mut unmade: HashSet<CheckInId> = HashSet::new();
        self.stuck.clear();
        self.unmade.clear();
        for (place, entry) in &mut self.entries {
            if matches!(entry.state, EntryState::Sent { .. }) {
                continue;
            }
            let is_ours = self.ours.contains(&entry.id) || self.unsent.contains(&entry.id);
            if is_over(entry, now, is_ours, lines) {
                entry.state = queued(None, "");
                self.untold.insert(entry.id.clone());
            }
            set_clock(entry, now, lines);
            let turn = turns
                .iter_mut()
                .find(|turn| turn.account == entry.signature.account);
            // Without a place on its line, nothing of an account moves: of ten
            // thousand only the first few are looked at closely.
            let Some(turn) = turn else { continue };
            let in_order = waits_in_order(&entry.change);
            let above = entry.change.goal_above();
            let has_above = above.is_none_or(|above| !self.unmade.contains_key(above));
            let is_free = |taken: &HashSet<GoalId>| {
                !in_order
                    || has_above
                        && !entry
                            .change
                            .goals()
                            .into_iter()
                            .any(|goal| taken.contains(goal))
            };
            let is_here = turn.keeps && lines.is_kept_here(entry);
            let goes_together = turn.joins && lines.goes_together(entry);
            let has_place = if is_here {
                spoken_of(&entry.change).all(|check_in| !unmade.contains(check_in))
            } else {
                let is_first = turn.sends < AT_ONCE && !goes_together;
                !turn.is_paused && (is_first || goes_together && turn.together < TOGETHER)
            };
            match &entry.state {
                EntryState::Queued { not_before, .. }
                    if has_place
                        && not_before.is_none_or(|time| time <= now)
                        && is_free(&taken)
                        && lines.is_open(entry) =>
                {
                    turn.sends += usize::from(!is_here && !goes_together);
                    turn.together += usize::from(goes_together);
                    entry.state = EntryState::Sending { since: now };
                    entry.attempts += 1;
                    self.unsent.insert(entry.id.clone());
                    self.untold.insert(entry.id.clone());
                }
                EntryState::Unknown {
                    next_look: Some(next),
                    ..
                } if *next <= now
                    && turn.looks < AT_ONCE
                    && !self.looking.contains(&entry.id)
                    && lines.is_open(entry) =>
                {
                    turn.looks += 1;
                    self.looking.insert(entry.id.clone());
                    steps.push(Step::Look(entry.id.clone()));
                }
                _ => {}
            }
            if let Change::CreateGoal { goal } = &entry.change {
                let kind = Older::of(&entry.state).unwrap_or(Older::NeedsPerson);
                self.unmade.insert(goal.id.clone(), kind);
            }
            let Some(kind) = Older::of(&entry.state).filter(|_| in_order) else {
                continue;
            };
            unmade.extend(made_by(&entry.change).filter(|_| turn.keeps).cloned());
            for goal in entry.change.goals() {
                if turn.sends < AT_ONCE || turn.keeps || goes_together {
                    taken.insert(goal.clone());
                }
                if kind > Older::Waits && !self.stuck.contains_key(goal) {
                    self.stuck.insert(goal.clone(), (place.clone(), kind));
                }
            }
        }
        let untold = std::mem::take(&mut self.untold);
        steps.extend(untold.into_iter().map(Step::Write));
        steps
    }

    /// How each account stands before anything leaves in this turn.
    fn turns(&self, now: Time, lines: &Lines) -> Vec<Turn> {
        let mut turns: Vec<Turn> = lines
            .accounts
            .iter()
            .map(|(account, line)| Turn {
                account: account.clone(),
                keeps: keeps_anything(&line.abilities),
                joins: line.abilities.together,
                together: 0,
                is_paused: self
                    .pauses
                    .get(account)
                    .is_some_and(|pause| pause.until > now),
                sends: 0,
                looks: 0,
            })
            .collect();
        let is_on_line = |entry: &&Entry| {
            is_sending(entry) && !lines.is_kept_here(entry) && !lines.goes_together(entry)
        };
        for entry in self.entries.values().filter(is_on_line) {
            let account = &entry.signature.account;
            if let Some(turn) = turns.iter_mut().find(|turn| &turn.account == account) {
                turn.sends += 1;
            }
        }
        for entry in self.looking.iter().filter_map(|id| self.get(id)) {
            let account = &entry.signature.account;
            if let Some(turn) = turns.iter_mut().find(|turn| &turn.account == account) {
                turn.looks += 1;
            }
        }
        turns
    }

    /// What the disk did not take is given to it again.
    fn write_again(&mut self, now: Time) {
        let due: Vec<EntryId> = self
            .again
            .iter()
            .filter(|(_, time)| **time <= now)
            .map(|(id, _)| id.clone())
            .collect();
        for id in due {
            self.again.remove(&id);
            self.untold.insert(id);
        }
    }

    /// An account that answered since its pause began is there again.
    fn end_pauses(&mut self, now: Time, lines: &Lines) {
        for pause in self.pauses.values_mut() {
            pause.until = pause.until.min(now + LONGEST_WAIT);
        }
        let is_over = |name: &AccountName, pause: &Pause| {
            let answered = lines.accounts.get(name).and_then(|line| line.answered_at);
            if pause.is_asked {
                pause.until <= now
            } else {
                answered.is_some_and(|at| at > pause.since)
            }
        };
        let over: Vec<AccountName> = self
            .pauses
            .iter()
            .filter(|(name, pause)| is_over(name, pause))
            .map(|(name, _)| name.clone())
            .collect();
        if over.is_empty() {
            return;
        }
        self.pauses.retain(|name, _| !over.contains(name));
        for entry in self.entries.values_mut() {
            if over.contains(&entry.signature.account)
                && let EntryState::Queued { not_before, .. } = &mut entry.state
            {
                *not_before = None;
            }
        }
    }

    /// The account did not take a write; when it is tried again.
    pub(super) fn fail(&mut self, account: &AccountName, now: Time) -> Time {
        let known = self.pauses.get(account);
        if let Some(pause) = known.filter(|pause| pause.until > now) {
            // The other write under way has told already.
            return pause.until;
        }
        let failures = known.map_or(0, |pause| pause.failures);
        let until = now + pause(failures);
        self.pauses.insert(
            account.clone(),
            Pause {
                since: now,
                until,
                is_asked: false,
                failures: failures + 1,
            },
        );
        until
    }

    /// The account answered: only a wait that it asked for goes on.
    pub(super) fn alive(&mut self, account: &AccountName) {
        self.pauses
            .retain(|name, pause| name != account || pause.is_asked);
    }

    fn asked_to_wait(&mut self, account: &AccountName, seconds: u64, now: Time) -> Time {
        let seconds = i64::try_from(seconds.clamp(1, 900)).unwrap_or(900);
        let until = now + TimeDelta::seconds(seconds);
        let known = self.pauses.get(account).map(|pause| pause.until);
        self.pauses.insert(
            account.clone(),
            Pause {
                since: now,
                until: known.map_or(until, |known| known.max(until)),
                is_asked: true,
                failures: 0,
            },
        );
        until
    }

    /// What a provider's answer means. Returns false for an answer nobody waits for.
    pub fn answered(&mut self, id: &EntryId, answer: &Answer, now: Time, lines: &Lines) -> bool {
        let is_ours = self.ours.remove(id);
        let Some(entry) = self.get(id).filter(|entry| is_ours && is_sending(entry)) else {
            return false;
        };
        let account = entry.signature.account.clone();
        let may_repeat = is_harmless(entry, lines);
        let settle = lines.settle(entry);
        let is_here = lines.is_kept_here(entry);
        // What is done on this machine says nothing about the line.
        let is_a_sign_of_life = !is_here
            && matches!(
                answer,
                Answer::Accepted { .. } | Answer::Onward(_) | Answer::Refused(_)
            );
        if is_a_sign_of_life {
            self.alive(&account);
        }
        let state = match answer {
            Answer::Accepted { .. } => EntryState::Sent { at: now },
            Answer::Onward(_) => EntryState::Sending { since: now },
            Answer::Refused(fault) => match fault.kind {
                // No line and no token was asked for: trying again may help, not at once.
                FaultKind::Disk | FaultKind::SignedOut if is_here => {
                    queued(Some(now + pause(0)), &fault.why)
                }
                FaultKind::SignedOut => queued(None, "token refused"),
                FaultKind::Disk => queued(Some(self.fail(&account, now)), &fault.why),
                _ => EntryState::Refused {
                    fault: fault.clone(),
                },
            },
            Answer::Offline(why) | Answer::NoAnswer(why) if is_here => {
                queued(Some(now + pause(0)), why)
            }
            Answer::Busy(seconds) => queued(
                Some(self.asked_to_wait(&account, *seconds, now)),
                "asked to wait",
            ),
            Answer::Offline(why) => queued(Some(self.fail(&account, now)), why),
            Answer::NoAnswer(why) if may_repeat => queued(Some(self.fail(&account, now)), why),
            Answer::NoAnswer(why) => {
                self.fail(&account, now);
                EntryState::Unknown {
                    since: now,
                    why: why.clone(),
                    looks: 0,
                    next_look: Some(now + settle.first),
                }
            }
        };
        if let Some(entry) = self.get_mut(id) {
            match answer {
                Answer::Accepted { undo, batch } => {
                    entry.undo.clone_from(undo);
                    if batch.is_kept_here() {
                        entry.trail = Some(Trail {
                            note: String::new(),
                            risky: false,
                            words: super::KEPT_HERE.to_owned(),
                        });
                    }
                }
                Answer::Onward(trail) => entry.trail = Some(trail.clone()),
                _ => {}
            }
        }
        if matches!(answer, Answer::Onward(_)) {
            self.unsent.insert(id.clone());
        }
        self.put(id, state);
        true
    }

    /// The program that was sending it is no more, and nobody heard its answer.
    pub(super) fn broken_off(&mut self, id: &EntryId, now: Time, lines: &Lines) {
        let Some(entry) = self.get(id) else { return };
        let EntryState::Sending { since } = entry.state else {
            return;
        };
        let state = if is_harmless(entry, lines) {
            queued(None, "")
        } else {
            let settle = lines.settle(entry);
            // It may have been sent to its very end, but no request is that long.
            // A moment yet to come is that of a clock that was set.
            let ended = if since > now {
                now
            } else {
                now.min(since + LONGEST)
            };
            EntryState::Unknown {
                since: ended,
                why: "the program ended before an answer came".to_owned(),
                looks: 0,
                next_look: Some((ended + settle.first).max(now)),
            }
        };
        self.put(id, state);
    }

    /// What a look found. A complete look without a find counts; after the second
    /// the write did not arrive and is queued again.
    pub fn looked(&mut self, id: &EntryId, found: &Result<bool, Fault>, now: Time, lines: &Lines) {
        let was_looking = self.looking.remove(id);
        let Some(entry) = self.get(id).filter(|_| was_looking) else {
            return;
        };
        let settle = lines.settle(entry);
        let EntryState::Unknown {
            since, why, looks, ..
        } = &entry.state
        else {
            return;
        };
        let (since, looks, why) = (*since, *looks, why.clone());
        let account = entry.signature.account.clone();
        if found.is_ok() {
            self.alive(&account);
        }
        let unknown = |why: &str, looks, next_look| EntryState::Unknown {
            since,
            why: why.to_owned(),
            looks,
            next_look,
        };
        let state = match found {
            Ok(true) => EntryState::Sent { at: now },
            Ok(false) if looks + 1 >= LOOKS => queued(None, "it did not arrive"),
            Ok(false) => unknown(&why, looks + 1, Some(now + settle.second)),
            Err(fault) => match fault.kind {
                FaultKind::Forbidden | FaultKind::Gone | FaultKind::Unsupported => {
                    unknown(&fault.why, looks, None)
                }
                // Without a line nobody has looked in vain.
                FaultKind::Offline | FaultKind::SignedOut => {
                    unknown(&why, looks, Some(now + settle.second))
                }
                _ if now - since > settle.give_up => unknown(&fault.why, looks, None),
                _ => unknown(&why, looks, Some(now + settle.second)),
            },
        };
        self.put(id, state);
    }

    /// The next moment something here is due. What could have gone on already
    /// waits for an event (a line that opens, an older entry), not for a time; what
    /// came due since the last turn is due now, as after the machine slept.
    pub fn next(&self, lines: &Lines) -> Option<Time> {
        let of_entries = self
            .entries
            .values()
            .filter_map(|entry| match &entry.state {
                EntryState::Held { until, .. } if lines.is_open(entry) => Some(*until),
                EntryState::Held { until, .. } => Some(*until + GRACE),
                EntryState::Queued { not_before, .. } => *not_before,
                EntryState::Unknown { next_look, .. } => *next_look,
                EntryState::Sending { since } if lines.is_idempotent(entry) => Some(*since + STALE),
                _ => None,
            });
        let of_pauses = self.pauses.values().map(|pause| pause.until);
        of_entries
            .chain(of_pauses)
            .chain(self.again.values().copied())
            .filter(|time| self.turned_at.is_none_or(|turned| *time > turned))
            .min()
    }

    /// Whether anything may still come of waiting until then: an answer, the end of
    /// a wait that the provider asked for, a look.
    pub fn is_under_way(&self, until: Time, lines: &Lines) -> bool {
        self.is_busy()
            || !self.looking.is_empty()
            || self.entries.values().any(|entry| match &entry.state {
                EntryState::Queued {
                    not_before: Some(time),
                    ..
                } => {
                    let pause = self.pauses.get(&entry.signature.account);
                    *time <= until
                        && lines.is_open(entry)
                        && pause.is_some_and(|pause| pause.is_asked)
                }
                EntryState::Unknown {
                    next_look: Some(next),
                    ..
                } => *next <= until && lines.is_open(entry),
                _ => false,
            })
    }
}

/// The check-in that a write makes, by the name it has here.
fn made_by(change: &Change) -> impl Iterator<Item = &CheckInId> {
    let made = match change {
        Change::CheckIn { check_in, .. } => Some(&check_in.id),
        Change::CloseGoal { closing, .. } => Some(&closing.id),
        Change::ReopenGoal { reopening, .. } => Some(&reopening.id),
        _ => None,
    };
    made.into_iter()
}

/// The check-ins that a write is about, where it need not wait for its goal.
fn spoken_of(change: &Change) -> impl Iterator<Item = &CheckInId> {
    let (items, one): (&[(GoalId, CheckInId)], _) = match change {
        Change::Acknowledge { items } | Change::Unacknowledge { items } => (items, None),
        Change::React { check_in, .. } => (&[], Some(check_in)),
        _ => (&[], None),
    };
    items.iter().map(|(_, check_in)| check_in).chain(one)
}

/// Whether sending it again does no harm: its provider does a key once, or the
/// step that nobody heard of could not do anything twice.
fn is_harmless(entry: &Entry, lines: &Lines) -> bool {
    lines.is_idempotent(entry) || !entry.trail.as_ref().is_some_and(|trail| trail.risky)
}

/// A hold that ended, or a harmless send that another program does not go on with.
fn is_over(entry: &Entry, now: Time, is_ours: bool, lines: &Lines) -> bool {
    match &entry.state {
        EntryState::Held { until, .. } => {
            *until <= now && (*until + GRACE <= now || lines.is_open(entry))
        }
        EntryState::Sending { since } => {
            !is_ours && *since + STALE <= now && lines.is_idempotent(entry) && lines.is_open(entry)
        }
        _ => false,
    }
}

/// Moments further away than anybody meant come of a clock that was set back.
fn set_clock(entry: &mut Entry, now: Time, lines: &Lines) {
    let settle = lines.settle(entry);
    let (time, longest) = match &mut entry.state {
        EntryState::Queued {
            not_before: Some(time),
            ..
        } => (time, LONGEST_WAIT),
        EntryState::Unknown {
            next_look: Some(time),
            ..
        } => (time, settle.first.max(settle.second)),
        _ => return,
    };
    *time = (*time).min(now + longest);
}
