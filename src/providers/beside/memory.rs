//! What is known here of an account: all notes, and of every goal that passed so
//! much as it takes to tell what is new and to carry out a write on it.

use std::collections::{BTreeMap, HashMap};

use chrono::DateTime;

use super::news::Reading;
use crate::model::cadence::Cadence;
use crate::model::check_in::CheckIn;
use crate::model::exchange::{Batch, Change, Signature};
use crate::model::goal::{Closing, Goal};
use crate::model::ids::{CheckInId, EntryId, GoalId, NotificationId, PersonId};
use crate::model::kept_here::{Changed, Note, Places, Slot, Thing, lay};
use crate::model::notification::Notification;
use crate::model::person::Person;
use crate::model::time::Time;

/// Notes, what was seen, and what the store was not told yet.
#[derive(Debug, Default)]
pub struct Memory {
    /// How far the disk was read; none before the first time.
    revision: Option<u64>,
    /// The cadence of goals that bring none.
    pub cadence: Cadence,
    /// Notes by goal, those that were taken back too.
    goals: HashMap<GoalId, BTreeMap<Slot, Note>>,
    pub lines: BTreeMap<NotificationId, Notification>,
    /// Writes that were carried out, with what takes them back.
    deeds: HashMap<EntryId, Option<Box<Change>>>,
    /// Notes that changed since something was handed on.
    untold: Vec<Note>,
    pub seen: HashMap<GoalId, Seen>,
    pub people: HashMap<PersonId, Person>,
    pub me: Option<PersonId>,
    /// Whether the account's list was ever read, and when last.
    pub read_at: Option<Time>,
}

/// What is remembered of a goal as its provider told it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The goal without its long parts: texts, results, check-ins, comments.
    pub goal: Goal,
    /// Its check-ins: who wrote them and when.
    pub check_ins: Vec<(CheckInId, PersonId, Time)>,
    /// All of its check-ins were told at some time.
    pub is_whole: bool,
}

impl Seen {
    /// Remembers a goal; of a summary what it does not name stays.
    fn of(goal: &Goal, is_brief: bool, before: Option<&Seen>) -> Self {
        let named = |check_in: &CheckIn| {
            let (author, at) = (check_in.author.clone(), check_in.at);
            (check_in.id.clone(), author, at)
        };
        let mut check_ins: Vec<_> = goal.check_ins.iter().map(named).collect();
        if let Some(before) = before.filter(|_| is_brief) {
            let is_missing = |(id, ..): &&(CheckInId, _, _)| goal.check_in(id).is_none();
            check_ins.extend(before.check_ins.iter().filter(is_missing).cloned());
            check_ins.sort_by_key(|(_, _, at)| *at);
        }
        check_ins.shrink_to_fit();
        Self {
            goal: head(goal),
            check_ins,
            is_whole: !is_brief || before.is_some_and(|before| before.is_whole),
        }
    }

    /// Whether it has this check-in.
    pub fn knows(&self, check_in: &CheckInId) -> bool {
        self.check_ins.iter().any(|(id, ..)| id == check_in)
    }

    /// The goal with its check-ins, which say only who wrote them and when.
    pub fn outline(&self) -> Goal {
        let check_ins = self.check_ins.iter();
        Goal {
            check_ins: check_ins
                .map(|(id, author, at)| CheckIn::new(id.clone(), author.clone(), *at))
                .collect(),
            ..self.goal.clone()
        }
    }
}

impl Memory {
    /// How far the disk was read.
    pub fn revision(&self) -> u64 {
        self.revision.unwrap_or(0)
    }

    /// Takes in what the disk has.
    pub fn take(&mut self, changed: Changed) {
        let is_first = self.revision.is_none();
        // Two that read at once may come in the wrong order.
        if self.revision.is_some_and(|known| changed.revision < known) {
            return;
        }
        self.revision = Some(changed.revision);
        for note in changed.notes {
            match (&note.slot, &note.thing) {
                (Slot::Deed(entry), Some(Thing::Deed { undo })) => {
                    self.deeds.insert(entry.clone(), undo.clone());
                    continue;
                }
                (Slot::Deed(_), _) => continue,
                (Slot::Line(id), Some(Thing::Line(line))) => {
                    self.lines.insert(id.clone(), line.clone());
                }
                (Slot::Line(id), _) => {
                    self.lines.remove(id);
                }
                (slot, _) => {
                    let Some(goal) = slot.goal() else { continue };
                    let notes = self.goals.entry(goal.clone()).or_default();
                    notes.insert(slot.clone(), note.clone());
                }
            }
            // Of the first time everything is filled in as it passes.
            if !is_first {
                self.untold.push(note);
            }
        }
    }

    /// What is noted in a place.
    pub fn noted(&self, slot: &Slot) -> Option<&Thing> {
        self.goals.get(slot.goal()?)?.get(slot)?.thing.as_ref()
    }

    /// What takes a write back that was carried out.
    pub fn deed(&self, entry: &EntryId) -> Option<&Option<Box<Change>>> {
        self.deeds.get(entry)
    }

    /// Whether anything is kept of a goal.
    pub fn has_notes(&self, goal: &GoalId) -> bool {
        self.goals.contains_key(goal)
    }

    /// Lays what is kept onto a goal of the provider.
    pub fn fill(&self, goal: &mut Goal, places: Places) {
        if let Some(notes) = self.goals.get(&goal.id) {
            lay(goal, notes.values(), places);
        }
    }

    /// Hands on what the store was not told yet.
    pub fn tell(&mut self, batch: &mut Batch, places: Places) {
        for note in std::mem::take(&mut self.untold) {
            match note.thing {
                Some(Thing::Line(line)) => batch.notifications.push(line),
                thing if note.slot.goal().is_some() => {
                    let slot = note.slot;
                    let kept = batch.kept.get_or_insert_default();
                    kept.places = places;
                    kept.notes.push(Note { slot, thing });
                }
                _ => {}
            }
        }
    }

    /// A batch of an answer on its way: noted, filled, with what is new beside it.
    pub fn read(&mut self, mut batch: Batch, reading: &mut Reading) -> Batch {
        if batch.pause.is_some() {
            return batch;
        }
        self.bring_cadence(&mut batch);
        self.remember_people(&batch);
        reading.hear(&batch, self);
        self.remember(&batch);
        self.fill_all(&mut batch, reading.places());
        self.tell(&mut batch, reading.places());
        reading.add_lines(&mut batch, self);
        batch
    }

    /// Facts after a write: noted and filled; nothing of them is news.
    pub fn after_write(&mut self, batch: &mut Batch, places: Places) {
        self.bring_cadence(batch);
        self.remember_people(batch);
        self.remember(batch);
        self.fill_all(batch, places);
        self.tell(batch, places);
    }

    /// The end of an answer: what is new since it began stands in it.
    pub fn end(&mut self, last: &mut Batch, reading: &Reading) {
        self.tell(last, reading.places());
        reading.add_all_lines(last, self);
    }

    /// Goals whose provider asks for no check-ins are asked for at the account's own
    /// times. One of which nobody knows how old it is would be late for years, and of
    /// one without key results that nobody ever checked in nobody expects it.
    fn bring_cadence(&self, batch: &mut Batch) {
        for goal in &mut batch.goals {
            let brings_none = goal.cadence == Cadence::None && goal.next_check_in.is_none();
            let has_a_beginning = goal.created_at > DateTime::UNIX_EPOCH;
            let is_checked = !goal.results.is_empty() && has_a_beginning;
            let is_checked = is_checked || !goal.check_ins.is_empty();
            if brings_none && is_checked && goal.is_open() && goal.nature.is_goal() {
                goal.cadence = self.cadence;
            }
        }
    }

    fn fill_all(&self, batch: &mut Batch, places: Places) {
        if self.goals.is_empty() {
            return;
        }
        for goal in &mut batch.goals {
            self.fill(goal, places);
        }
    }

    fn remember_people(&mut self, batch: &Batch) {
        self.me = batch.me.clone().or(self.me.take());
        for person in &batch.people {
            self.people.insert(person.id.clone(), person.clone());
        }
    }

    /// Remembers what passes, before it is filled. What this machine kept earlier is
    /// nothing new where the provider has spoken.
    fn remember(&mut self, batch: &Batch) {
        for goal in &batch.goals {
            let before = self.seen.get(&goal.id);
            if batch.as_of.is_some() && before.is_some() {
                continue;
            }
            // What was kept may be of summaries alone, and is not marked so.
            let is_brief = batch.brief || batch.as_of.is_some() && goal.check_ins.is_empty();
            let seen = Seen::of(goal, is_brief, before);
            self.seen.insert(goal.id.clone(), seen);
        }
        for gone in &batch.gone {
            self.seen.remove(gone);
        }
    }

    /// A goal as far as it takes to carry a write out on it. Of one that nobody told
    /// of yet, as when the program just began, what the write names is taken to be
    /// there.
    pub fn stand_in(&self, id: &GoalId, change: &Change, by: &Signature, places: Places) -> Goal {
        let at = by.at;
        let mut goal = match self.seen.get(id) {
            Some(seen) => seen.outline(),
            None => Goal::new(id.clone(), by.account.clone(), id.as_str(), at),
        };
        self.fill(&mut goal, places);
        if !self.seen.contains_key(id) {
            for check_in in named(change, id) {
                if goal.check_in(check_in).is_none() {
                    let stub = CheckIn::new(check_in.clone(), "".into(), at);
                    goal.check_ins.push(stub);
                }
            }
            if matches!(change, Change::ReopenGoal { .. }) && goal.closed.is_none() {
                goal.closed = Some(Closing { at, score: None });
            }
        }
        goal
    }

    /// Whether a check-in is kept wholly here, so that its provider does not know it.
    pub fn is_ours(&self, goal: &GoalId, check_in: &CheckInId) -> bool {
        let slot = Slot::CheckIn(goal.clone(), check_in.clone());
        self.noted(&slot).is_some()
    }
}

/// A goal without its long parts. Written out, so that these are not copied first.
fn head(goal: &Goal) -> Goal {
    let (id, account) = (goal.id.clone(), goal.account.clone());
    Goal {
        nature: goal.nature,
        gone: goal.gone,
        parent: goal.parent.clone(),
        champion: goal.champion.clone(),
        reviewer: goal.reviewer.clone(),
        reviewer_since: goal.reviewer_since,
        start: goal.start,
        due: goal.due,
        cadence: goal.cadence,
        next_check_in: goal.next_check_in,
        status: goal.status,
        status_word: goal.status_word.clone(),
        closed: goal.closed.clone(),
        aspirational: goal.aspirational,
        weight: goal.weight,
        tags: goal.tags.clone(),
        ..Goal::new(id, account, goal.name.as_str(), goal.created_at)
    }
}

/// Check-ins of a goal that a write is about.
fn named<'c>(change: &'c Change, of: &GoalId) -> Vec<&'c CheckInId> {
    match change {
        Change::Acknowledge { items } | Change::Unacknowledge { items } => items
            .iter()
            .filter(|(goal, _)| goal == of)
            .map(|(_, check_in)| check_in)
            .collect(),
        Change::EditCheckIn { check_in, .. } => vec![&check_in.id],
        Change::RetractCheckIn { check_in, .. } | Change::React { check_in, .. } => vec![check_in],
        Change::Comment { check_in, .. }
        | Change::EditComment { check_in, .. }
        | Change::DeleteComment { check_in, .. } => check_in.iter().collect(),
        _ => Vec::new(),
    }
}
