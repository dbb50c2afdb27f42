//! Carries a change out on the rows of the local workspace: goals are read when
//! they are asked for, changed in memory, and only what differs is written.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{get_id, get_json, json, maybe_json, time_text};
use super::fault::Trouble;
use super::load::Section;
use super::past::Today;
use super::{keep, load, past};
use crate::model::apply::{Shelf, apply};
use crate::model::exchange::{Batch, Change, Signature};
use crate::model::goal::Goal;
use crate::model::ids::{EntryId, GoalId, NotificationId};
use crate::model::past::How;
use crate::model::person::Person;

/// A goal as it was read and as it is now.
#[derive(Clone, Debug)]
struct Held {
    before: Option<(i64, Goal)>,
    now: Option<Goal>,
}

/// Goals under change inside one transaction.
struct Rows<'c> {
    rows: &'c Connection,
    held: RefCell<BTreeMap<GoalId, Held>>,
    people: Vec<Person>,
    read: Vec<(NotificationId, bool)>,
    done: Vec<(NotificationId, bool)>,
    /// The first thing that went wrong: a shelf cannot say so itself.
    trouble: RefCell<Option<rusqlite::Error>>,
}

impl<'c> Rows<'c> {
    fn new(rows: &'c Connection) -> Self {
        Self {
            rows,
            held: RefCell::default(),
            people: Vec::new(),
            read: Vec::new(),
            done: Vec::new(),
            trouble: RefCell::default(),
        }
    }

    fn note<T: Default>(&self, asked: rusqlite::Result<T>) -> T {
        asked.unwrap_or_else(|error| {
            self.trouble.borrow_mut().get_or_insert(error);
            T::default()
        })
    }

    fn hold(&self, id: &GoalId) {
        if self.held.borrow().contains_key(id) {
            return;
        }
        let before = self.note(load::goal_by_id(self.rows, Section::HERE, id));
        let now = before.as_ref().map(|(_, goal)| goal.clone());
        self.held
            .borrow_mut()
            .insert(id.clone(), Held { before, now });
    }

    fn children_on_disk(&self, id: &GoalId) -> rusqlite::Result<Vec<GoalId>> {
        let mut statement = self
            .rows
            .prepare_cached("SELECT id FROM goals WHERE parent = ?1 AND n <= ?2 ORDER BY n")?;
        let with = params![id.as_str(), Section::HERE.last()];
        let found = statement.query_map(with, |row| get_id(row, 0))?;
        found.collect()
    }

    /// Writes what changed and returns the goals it concerns.
    fn write(self, rev: i64, today: &Today) -> Result<Vec<GoalId>, Trouble> {
        if let Some(error) = self.trouble.into_inner() {
            return Err(error.into());
        }
        let mut touched = Vec::new();
        for (id, held) in self.held.into_inner() {
            let before = held.before.as_ref().map(|(n, goal)| (*n, goal));
            let was = before.map(|(_, before)| before);
            if was != held.now.as_ref() {
                past::keep(self.rows, today, was, held.now.as_ref(), How::Whole)?;
            }
            match (before, &held.now) {
                (None, None) => continue,
                (Some((n, _)), None) => keep::remove(self.rows, n, &id, rev)?,
                (Some((_, before)), Some(now)) if before == now => continue,
                (before, Some(now)) => {
                    keep::goal(self.rows, Section::HERE, now, before, rev)?;
                }
            }
            touched.push(id);
        }
        for person in &self.people {
            keep::person(self.rows, person, rev)?;
        }
        for (id, read) in self.read {
            self.rows
                .prepare_cached(
                    "UPDATE notifications SET read = ?2, rev = ?3 WHERE id = ?1 AND section = 0",
                )?
                .execute(params![id.as_str(), read, rev])?;
        }
        for (id, done) in self.done {
            self.rows
                .prepare_cached(
                    "UPDATE notifications SET done = ?2, rev = ?3 WHERE id = ?1 AND section = 0",
                )?
                .execute(params![id.as_str(), done, rev])?;
        }
        Ok(touched)
    }
}

impl Shelf for Rows<'_> {
    fn goal(&self, id: &GoalId) -> Option<Goal> {
        self.hold(id);
        self.held.borrow().get(id)?.now.clone()
    }

    fn put(&mut self, goal: Goal) {
        self.hold(&goal.id);
        if let Some(held) = self.held.get_mut().get_mut(&goal.id) {
            held.now = Some(goal);
        }
    }

    fn remove(&mut self, id: &GoalId) {
        self.hold(id);
        if let Some(held) = self.held.get_mut().get_mut(id) {
            held.now = None;
        }
    }

    fn children(&self, id: &GoalId) -> Vec<GoalId> {
        let mut children = self.note(self.children_on_disk(id));
        let held = self.held.borrow();
        children.retain(|child| !held.contains_key(child));
        let here = held.iter().filter(|(_, held)| {
            let parent = held.now.as_ref().and_then(|goal| goal.parent.as_ref());
            parent == Some(id)
        });
        children.extend(here.map(|(child, _)| child.clone()));
        children
    }

    fn people(&self) -> Vec<Person> {
        let mut people = self.note(load::people(self.rows, Section::HERE, -1));
        for new in &self.people {
            people.retain(|person| person.id != new.id);
            people.push(new.clone());
        }
        people
    }

    fn put_person(&mut self, person: Person) {
        self.people.push(person);
    }

    fn mark_read(&mut self, ids: &[NotificationId], read: bool) {
        self.read.extend(ids.iter().map(|id| (id.clone(), read)));
    }

    fn mark_done(&mut self, ids: &[NotificationId], done: bool) {
        self.done.extend(ids.iter().map(|id| (id.clone(), done)));
    }
}

/// Carries a change out once: a key seen before changes nothing and answers as
/// it did the first time, with the facts as they are now.
pub fn carry_out(
    rows: &Connection,
    change: &Change,
    signature: &Signature,
    key: &EntryId,
    today: &Today,
) -> Result<(Batch, Option<Change>), Trouble> {
    type Known = (Vec<GoalId>, Option<Change>);
    let known: Option<Known> = rows
        .prepare_cached("SELECT goals, undo FROM applied WHERE entry = ?1")?
        .query_row([key.as_str()], |row| {
            Ok((get_json(row, 0)?, maybe_json(row, 1)?))
        })
        .optional()?;
    let (touched, undo) = if let Some(known) = known {
        known
    } else {
        let mut shelf = Rows::new(rows);
        let applied = apply(&mut shelf, change, signature, key);
        if let Some(error) = shelf.trouble.get_mut().take() {
            return Err(error.into());
        }
        let applied = applied?;
        let rev = keep::next_revision(rows)?;
        let touched = shelf.write(rev, today)?;
        for line in &applied.news {
            keep::notification(rows, line, rev)?;
        }
        let undo = applied.undo.as_ref().map(json).transpose()?;
        rows.prepare_cached("INSERT INTO applied VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                key.as_str(),
                time_text(signature.at),
                json(&touched)?,
                undo
            ])?;
        (touched, applied.undo)
    };
    Ok((facts(rows, change, signature, touched)?, undo))
}

/// The facts a change is about, as they stand now.
fn facts(
    rows: &Connection,
    change: &Change,
    signature: &Signature,
    touched: Vec<GoalId>,
) -> Result<Batch, Trouble> {
    let mut batch = Batch::default();
    let mut ids = touched;
    for id in change.goals() {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    let mut numbers = Vec::new();
    for id in ids {
        match load::number_of(rows, Section::HERE, &id)? {
            Some(number) => numbers.push(number),
            None => batch.gone.push(id),
        }
    }
    load::goals(rows, load::Scope::Numbers(&numbers), |_, goal| {
        batch.goals.push(goal);
        true
    })?;
    match change {
        Change::MarkRead { ids, .. } | Change::MarkDone { ids, .. } => {
            batch.notifications = load::notifications(
                rows,
                "section = 0 AND person = ?1 AND id IN (SELECT value FROM json_each(?2))",
                [signature.by.as_str(), &json(ids)?],
            )?;
        }
        Change::PutPerson { person } => batch.people = vec![person.clone()],
        _ => {}
    }
    Ok(batch)
}
