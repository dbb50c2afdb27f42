//! Writes that are carried out on this machine alone. A write is done once a key:
//! what it notes and that it was done are one transaction.

use std::collections::BTreeMap;

use super::memory::Memory;
use super::{Beside, Provider, ill};
use crate::model::apply::{self, Shelf};
use crate::model::exchange::{
    Abilities, Ability, Answer, Batch, Change, Fault, FaultKind, GoalEdit, Letter,
};
use crate::model::goal::Goal;
use crate::model::ids::{EntryId, GoalId, NotificationId};
use crate::model::kept_here::{Keeping, Note, Places, Slot, Thing, differences, field_notes};
use crate::model::person::Person;

/// What a write makes of what is kept here.
#[derive(Debug, Default)]
pub struct Deed {
    /// The notes.
    pub notes: Vec<Note>,
    /// What takes it back.
    pub undo: Option<Change>,
}

impl<P: Provider> Beside<P> {
    /// Carries a write out here.
    pub(super) async fn here(&self, letter: &Letter) -> Answer {
        let places = Places::of(&self.inner.abilities());
        let undo = match self.deed_of(&letter.key) {
            Some(undo) => undo,
            None => {
                let deed = match self.memory().carry_out(letter, &letter.change, places) {
                    Ok(deed) => deed,
                    Err(fault) => return Answer::Refused(fault),
                };
                let undo = deed.undo.map(Box::new);
                match self.keep_deed(&letter.key, deed.notes, undo.clone()).await {
                    // Another program was faster with the same write.
                    Ok(false) => self.deed_of(&letter.key).unwrap_or(undo),
                    Ok(true) => undo,
                    Err(fault) => return ill(fault),
                }
            }
        };
        let mut batch = Batch::default();
        self.memory().tell(&mut batch, places);
        Answer::Accepted { batch, undo }
    }

    /// What takes a write back that was carried out before.
    pub(super) fn deed_of(&self, key: &EntryId) -> Option<Option<Box<Change>>> {
        self.memory().deed(key).cloned()
    }

    /// Writes what a write notes and that it was done; false if it was before.
    pub(super) async fn keep_deed(
        &self,
        key: &EntryId,
        notes: Vec<Note>,
        undo: Option<Box<Change>>,
    ) -> Result<bool, Fault> {
        let once = Note {
            slot: Slot::Deed(key.clone()),
            thing: Some(Thing::Deed { undo }),
        };
        let keeping = Keeping {
            once: Some(once),
            put: notes,
            ..Keeping::default()
        };
        self.keep(keeping).await
    }
}

impl Memory {
    /// Whether a write is this machine's alone: its provider has no place for such
    /// things, or does not know what it is about.
    pub fn is_here(&self, change: &Change, abilities: &Abilities) -> bool {
        if abilities.of(change) == Ability::KeptHere {
            return true;
        }
        match change {
            // Taking back what was done here.
            Change::Unacknowledge { items } => {
                abilities.acknowledge == Ability::KeptHere
                    || items.iter().all(|(goal, id)| self.is_ours(goal, id))
            }
            Change::Acknowledge { items } => items.iter().all(|(goal, id)| self.is_ours(goal, id)),
            Change::MarkRead { .. } => abilities.inbox == Ability::KeptHere,
            Change::EditCheckIn { goal, check_in } => self.is_ours(goal, &check_in.id),
            Change::RetractCheckIn { goal, check_in } | Change::React { goal, check_in, .. } => {
                self.is_ours(goal, check_in)
            }
            Change::Comment { goal, check_in, .. } => check_in
                .as_ref()
                .is_some_and(|check_in| self.is_ours(goal, check_in)),
            Change::EditComment {
                goal, check_in, id, ..
            }
            | Change::DeleteComment { goal, check_in, id } => {
                let slot = Slot::Comment(goal.clone(), check_in.clone(), id.clone());
                self.noted(&slot).is_some()
            }
            _ => false,
        }
    }

    /// What a write makes of what is kept here.
    pub fn carry_out(
        &self,
        letter: &Letter,
        change: &Change,
        places: Places,
    ) -> Result<Deed, Fault> {
        match change {
            Change::MarkRead { ids, read } => return Ok(self.mark(ids, Some(*read), None)),
            Change::MarkDone { ids, done } => return Ok(self.mark(ids, None, Some(*done))),
            Change::CreateGoal { .. }
            | Change::DeleteGoal { .. }
            | Change::RestoreGoal { .. }
            | Change::Review { .. }
            | Change::PutPerson { .. } => {
                let why = "this cannot be kept on this machine alone";
                return Err(Fault::new(
                    FaultKind::Unsupported,
                    why,
                    "drop this entry (D)",
                ));
            }
            Change::EditGoal { edit, .. } => is_keepable(edit)?,
            _ => {}
        }
        let mut table = Table {
            memory: self,
            goals: BTreeMap::new(),
        };
        for id in change.goals() {
            let goal = self.stand_in(id, change, &letter.signature, places);
            table.goals.insert(id.clone(), goal);
        }
        let before = table.goals.clone();
        let applied = apply::apply(&mut table, change, &letter.signature, &letter.key)?;
        let mut notes = Vec::new();
        for (id, after) in &table.goals {
            if let Some(before) = before.get(id) {
                notes.extend(differences(before, after, &|slot| self.noted(slot)));
            }
        }
        // Nobody here knows the key results, so no difference shows.
        if let Change::EditGoal { goal, edit } = change
            && let Some(goal) = table.goals.get(goal)
        {
            let order = GoalEdit {
                order: edit.order.clone(),
                ..GoalEdit::default()
            };
            notes.extend(field_notes(goal, &order));
        }
        Ok(Deed {
            notes,
            undo: applied.undo.map(|undo| self.as_known(undo)),
        })
    }

    /// Without what cannot be put back because nobody here knows how it was: a text
    /// of the provider's.
    fn as_known(&self, undo: Change) -> Change {
        let Change::EditGoal { goal, mut edit } = undo else {
            return undo;
        };
        let is_kept = |name: &str| {
            let slot = Slot::Field(goal.clone(), name.to_owned());
            self.noted(&slot).is_some()
        };
        if !is_kept("description") {
            edit.description = None;
        }
        let order = Slot::Field(goal.clone(), "order".to_owned());
        edit.order = match self.noted(&order) {
            Some(Thing::Field { edit, .. }) => edit.order.clone(),
            _ => None,
        };
        Change::EditGoal { goal, edit }
    }

    fn mark(&self, ids: &[NotificationId], read: Option<bool>, done: Option<bool>) -> Deed {
        let mut deed = Deed::default();
        let mut changed = Vec::new();
        for id in ids {
            let Some(line) = self.lines.get(id) else {
                continue;
            };
            let mut now = line.clone();
            now.read = read.unwrap_or(line.read);
            now.done = done.unwrap_or(line.done);
            if now != *line {
                changed.push(id.clone());
                deed.notes.push(Note {
                    slot: Slot::Line(id.clone()),
                    thing: Some(Thing::Line(now)),
                });
            }
        }
        deed.undo = match (read, done) {
            _ if changed.is_empty() => None,
            (Some(read), _) => Some(Change::MarkRead {
                ids: changed,
                read: !read,
            }),
            (_, Some(done)) => Some(Change::MarkDone {
                ids: changed,
                done: !done,
            }),
            _ => None,
        };
        deed
    }
}

/// Whether all of an edit can be kept here: key results are their provider's.
pub fn is_keepable(edit: &GoalEdit) -> Result<(), Fault> {
    let of_results =
        edit.put_results.is_empty() && edit.drop_results.is_empty() && edit.set_values.is_empty();
    if of_results {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Unsupported,
        "its provider does not take this change of key results",
        "open the goal again (e) and leave them as they are",
    ))
}

/// The goals of one write; others are there to be looked at.
struct Table<'m> {
    memory: &'m Memory,
    goals: BTreeMap<GoalId, Goal>,
}

impl Shelf for Table<'_> {
    fn goal(&self, id: &GoalId) -> Option<Goal> {
        let other = || self.memory.seen.get(id).map(|seen| seen.goal.clone());
        self.goals.get(id).cloned().or_else(other)
    }

    fn put(&mut self, goal: Goal) {
        self.goals.insert(goal.id.clone(), goal);
    }

    fn remove(&mut self, id: &GoalId) {
        self.goals.remove(id);
    }

    fn children(&self, _id: &GoalId) -> Vec<GoalId> {
        Vec::new()
    }

    /// Nobody is told of what is kept here.
    fn people(&self) -> Vec<Person> {
        Vec::new()
    }

    fn put_person(&mut self, _person: Person) {}

    fn mark_read(&mut self, _ids: &[NotificationId], _read: bool) {}

    fn mark_done(&mut self, _ids: &[NotificationId], _done: bool) {}
}
