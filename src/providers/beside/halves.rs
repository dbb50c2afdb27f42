//! Writes of which the provider does its part and the rest is kept here. The
//! provider's part goes first; what is kept is on the disk before the answer is
//! given, and after a crash in between it follows when the write is sent or looked
//! for again.

use super::here::is_keepable;
use super::memory::Memory;
use super::{Beside, Provider, ill};
use crate::model::check_in::{CheckIn, Occasion};
use crate::model::exchange::{
    Abilities, Ability, Answer, Base, Batch, Change, Fault, FaultKind, GoalEdit, Letter,
    each_edit_field,
};
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, GoalId};
use crate::model::kept_here::{Note, Places, Said, Slot, Thing, field_notes};
use crate::model::time::Time;

/// Who does what of a write.
enum Part {
    /// All of it is kept here.
    Here,
    /// The provider does all there is to do with goals; what it has no place for
    /// is noted afterwards.
    There(Box<Letter>),
    /// The provider does its part, the rest of the edit is kept here.
    Both(Box<Letter>, Box<Change>),
}

impl<P: Provider> Beside<P> {
    fn part(&self, letter: Letter) -> Result<Part, Fault> {
        let abilities = self.inner.abilities();
        if self.memory().is_here(&letter.change, &abilities) {
            return Ok(Part::Here);
        }
        let places = Places::of(&abilities);
        let letter = self.memory().as_there(letter, places);
        let Change::EditGoal { goal, edit } = &letter.change else {
            return Ok(match self.inner.has_part_in(&letter.change) {
                true => Part::There(Box::new(letter)),
                false => Part::Here,
            });
        };
        let taken = self.inner.takes(edit);
        let rest = without(edit, &taken);
        if rest == GoalEdit::default() {
            return Ok(Part::There(Box::new(letter)));
        }
        is_keepable(&rest)?;
        if taken == GoalEdit::default() {
            return Ok(Part::Here);
        }
        let change = |edit: GoalEdit| Change::EditGoal {
            goal: goal.clone(),
            edit: Box::new(edit),
        };
        let (theirs, ours) = (change(taken), change(rest));
        // Before the provider does its half, this one must be possible.
        self.memory().carry_out(&letter, &ours, places)?;
        let letter = Letter {
            change: theirs,
            ..letter
        };
        Ok(Part::Both(Box::new(letter), Box::new(ours)))
    }

    /// What a new goal says of itself that its provider has no place for, noted under
    /// the name it has there.
    fn of_new_goal(&self, letter: &Letter, sent: &Goal, batch: &Batch) -> Vec<Note> {
        let mut goals = batch.goals.iter();
        let is_it = |goal: &&Goal| goal.id == sent.id || goal.name == sent.name;
        let Some(made) = goals.find(is_it) else {
            return Vec::new();
        };
        let says = said_by(sent);
        let rest = without(&says, &self.inner.takes(&says));
        let mut made = made.clone();
        made.reviewer_since = sent.reviewer_since.or(Some(letter.signature.at));
        field_notes(&made, &rest)
    }

    pub(super) async fn write(&self, letter: Letter) -> Answer {
        match self.part(letter.clone()) {
            Err(fault) => Answer::Refused(fault),
            Ok(Part::Here) => self.here(&letter).await,
            Ok(Part::There(there)) => {
                let answer = self.inner.send(*there).await;
                self.after(&letter, None, answer).await
            }
            Ok(Part::Both(there, rest)) => {
                let answer = self.inner.send(*there).await;
                self.after(&letter, Some(&rest), answer).await
            }
        }
    }

    pub(super) async fn look(&self, letter: Letter) -> Result<Option<Batch>, Fault> {
        let (there, rest) = match self.part(letter.clone())? {
            // Doing it and looking for it are the same question.
            Part::Here => {
                return match self.here(&letter).await {
                    Answer::Accepted { batch, .. } => Ok(Some(batch)),
                    Answer::Refused(fault) if fault.kind == FaultKind::Disk => Err(fault),
                    // Not done and not to be done: sending it again says why.
                    _ => Ok(None),
                };
            }
            Part::There(there) => (there, None),
            Part::Both(there, rest) => (there, Some(rest)),
        };
        match self.inner.look_for(*there).await? {
            None => Ok(None),
            Some(batch) => {
                let answer = Answer::Accepted { batch, undo: None };
                match self.after(&letter, rest.as_deref(), answer).await {
                    Answer::Accepted { batch, .. } => Ok(Some(batch)),
                    Answer::Refused(fault) => Err(fault),
                    _ => Ok(None),
                }
            }
        }
    }

    /// The provider took its part: the rest is noted, and what it says is filled.
    async fn after(&self, letter: &Letter, rest: Option<&Change>, answer: Answer) -> Answer {
        let Answer::Accepted { mut batch, undo } = answer else {
            return answer;
        };
        let abilities = self.inner.abilities();
        let places = Places::of(&abilities);
        let also = match (self.deed_of(&letter.key), rest) {
            (Some(also), _) => also,
            (None, Some(rest)) => {
                let deed = match self.memory().carry_out(letter, rest, places) {
                    Ok(deed) => deed,
                    Err(fault) => return Answer::Refused(fault),
                };
                let undo = deed.undo.map(Box::new);
                if let Err(fault) = self.keep_deed(&letter.key, deed.notes, undo.clone()).await {
                    return ill(fault);
                }
                undo
            }
            (None, None) if says_more(&letter.change) => {
                let at = (self.clock)().at;
                let notes = match &letter.change {
                    Change::CreateGoal { goal } => self.of_new_goal(letter, goal, &batch),
                    _ => self.memory().beside(letter, &batch, &abilities, at),
                };
                if let Err(fault) = self.keep_deed(&letter.key, notes, None).await {
                    return ill(fault);
                }
                None
            }
            (None, None) => None,
        };
        self.memory().after_write(&mut batch, places);
        let undo = both(undo, also);
        Answer::Accepted { batch, undo }
    }
}

/// Whether a write may say more than its provider has a place for.
fn says_more(change: &Change) -> bool {
    matches!(
        change,
        Change::CheckIn { .. }
            | Change::EditCheckIn { .. }
            | Change::CloseGoal { .. }
            | Change::ReopenGoal { .. }
            | Change::CreateGoal { .. }
    )
}

/// What a goal says of itself, as the edit that says it; what is as in any new goal
/// is left out.
fn said_by(goal: &Goal) -> GoalEdit {
    fn some<T: Clone + PartialEq>(value: &T, usual: &T) -> Option<T> {
        (value != usual).then(|| value.clone())
    }
    let usual = Goal::new(
        goal.id.clone(),
        goal.account.clone(),
        goal.name.clone(),
        goal.created_at,
    );
    GoalEdit {
        name: Some(goal.name.clone()),
        description: some(&goal.description, &usual.description),
        parent: some(&goal.parent, &usual.parent),
        champion: some(&goal.champion, &usual.champion),
        reviewer: some(&goal.reviewer, &usual.reviewer),
        start: some(&goal.start, &usual.start),
        due: some(&goal.due, &usual.due),
        cadence: some(&goal.cadence, &usual.cadence),
        weight: some(&goal.weight, &usual.weight),
        aspirational: some(&goal.aspirational, &usual.aspirational),
        tags: some(&goal.tags, &usual.tags),
        ..GoalEdit::default()
    }
}

/// What takes both halves of an edit back.
fn both(there: Option<Box<Change>>, here: Option<Box<Change>>) -> Option<Box<Change>> {
    let (there, here) = match (there, here) {
        (Some(there), Some(here)) => (*there, *here),
        (there, here) => return there.or(here),
    };
    match (there, here) {
        (Change::EditGoal { goal, mut edit }, Change::EditGoal { edit: ours, .. }) => {
            join(&mut edit, &ours);
            Some(Box::new(Change::EditGoal { goal, edit }))
        }
        (there, _) => Some(Box::new(there)),
    }
}

/// The part of an edit that is not in another.
fn without(edit: &GoalEdit, taken: &GoalEdit) -> GoalEdit {
    let mut rest = edit.clone();
    macro_rules! drop_field {
        ($($field:ident),+) => {$(
            if taken.$field.is_some() {
                rest.$field = None;
            }
        )+};
    }
    each_edit_field!(drop_field);
    rest.put_results
        .retain(|one| taken.put_results.iter().all(|other| other.id != one.id));
    rest.drop_results
        .retain(|id| !taken.drop_results.contains(id));
    rest.set_values
        .retain(|(id, _)| taken.set_values.iter().all(|(other, _)| other != id));
    rest
}

/// Puts the fields of one edit into another that has none of them.
fn join(edit: &mut GoalEdit, other: &GoalEdit) {
    macro_rules! put_field {
        ($($field:ident),+) => {$(
            if edit.$field.is_none() {
                edit.$field.clone_from(&other.$field);
            }
        )+};
    }
    each_edit_field!(put_field);
}

impl Memory {
    /// A write as its provider shall see it: what the writer saw of the goal without
    /// what is kept here, which is no change of somebody else's.
    pub(super) fn as_there(&self, letter: Letter, places: Places) -> Letter {
        let goals = letter.change.goals();
        let Some(seen) = goals.first().and_then(|goal| self.seen.get(*goal)) else {
            return letter;
        };
        let is_kept = |name: &str| {
            let slot = Slot::Field(seen.goal.id.clone(), name.to_owned());
            self.noted(&slot).is_some()
        };
        let base = letter.base.clone().map(|base| Base {
            champion: match is_kept("champion") {
                true => seen.goal.champion.clone(),
                false => base.champion,
            },
            due: if is_kept("due") {
                seen.goal.due
            } else {
                base.due
            },
            open: base.open || places.close && seen.goal.is_open(),
            results: base.results,
        });
        Letter { base, ..letter }
    }

    /// What is to be noted of a write that its provider took.
    fn beside(&self, letter: &Letter, batch: &Batch, abilities: &Abilities, at: Time) -> Vec<Note> {
        match &letter.change {
            Change::CheckIn { goal, check_in, .. } => {
                let now = batch.goals.iter().find(|now| &now.id == goal);
                match now.and_then(|now| self.made(letter, now, check_in)) {
                    Some(made) => besides(goal, made, check_in, abilities),
                    None => vec![unseen(goal, check_in, at)],
                }
            }
            Change::EditCheckIn { goal, check_in } if abilities.status == Ability::KeptHere => {
                let slot = Slot::Said(goal.clone(), check_in.id.clone());
                let mut said = match self.noted(&slot) {
                    Some(Thing::Said(said)) => said.clone(),
                    _ => Said::default(),
                };
                if said.status == check_in.status {
                    return Vec::new();
                }
                said.status = check_in.status.or(said.status);
                let thing = Some(Thing::Said(said));
                vec![Note { slot, thing }]
            }
            Change::CloseGoal { goal, closing } => {
                self.of_end(goal, closing, Occasion::Closing, batch)
            }
            Change::ReopenGoal { goal, reopening } => {
                self.of_end(goal, reopening, Occasion::Reopening, batch)
            }
            _ => Vec::new(),
        }
    }

    /// The check-in at the provider that was made of one of ours: mine, with its
    /// words, not known before. One that a refresh brought before the answer came is
    /// known already; then its words tell, unless it is said what it says.
    fn made<'g>(&self, letter: &Letter, now: &'g Goal, sent: &CheckIn) -> Option<&'g CheckIn> {
        let seen = self.seen.get(&now.id);
        let is_known = |id: &CheckInId| seen.is_some_and(|seen| seen.knows(id));
        let is_said = |id: &CheckInId| {
            let slot = Slot::Said(now.id.clone(), id.clone());
            self.noted(&slot).is_some()
        };
        let mine = || {
            let all = now.check_ins.iter().rev();
            all.filter(|other| other.author == letter.signature.by && !is_said(&other.id))
        };
        let is_same = |other: &&CheckIn| other.note.trim() == sent.note.trim();
        now.check_in(&sent.id)
            .or_else(|| mine().find(|other| !is_known(&other.id) && is_same(other)))
            .or_else(|| mine().find(|other| !is_known(&other.id) && seen.is_some()))
            .or_else(|| mine().find(|other| is_same(other) && other.at >= letter.signature.at))
    }

    /// A closing or reopening that does not show as a check-in of its own.
    fn of_end(&self, goal: &GoalId, end: &CheckIn, occasion: Occasion, batch: &Batch) -> Vec<Note> {
        let now = batch.goals.iter().find(|now| &now.id == goal);
        let seen = self.seen.get(goal);
        let shows = now.is_some_and(|now| {
            let is_new = |other: &CheckIn| seen.is_none_or(|seen| !seen.knows(&other.id));
            let mut check_ins = now.check_ins.iter();
            check_ins.any(|other| other.occasion == occasion && is_new(other))
        });
        if shows {
            return Vec::new();
        }
        let mut end = end.clone();
        end.occasion = occasion;
        if occasion == Occasion::Reopening {
            end.status = None;
        }
        let slot = Slot::CheckIn(goal.clone(), end.id.clone());
        let thing = Some(Thing::CheckIn {
            check_in: Box::new(end),
            taken: None,
        });
        vec![Note { slot, thing }]
    }
}

/// What a check-in says that does not show in the one that was made of it.
fn besides(goal: &GoalId, made: &CheckIn, sent: &CheckIn, abilities: &Abilities) -> Vec<Note> {
    let keeps = |ability: Ability| ability == Ability::KeptHere;
    let said = Said {
        status: sent.status.filter(|_| keeps(abilities.status)),
        confidence: sent.confidence.filter(|_| keeps(abilities.confidence)),
        score: sent.score.filter(|_| made.score.is_none()),
        due_moved: sent.due_moved.filter(|_| made.due_moved.is_none()),
        note: None,
    };
    if said == Said::default() {
        return Vec::new();
    }
    let slot = Slot::Said(goal.clone(), made.id.clone());
    let thing = Some(Thing::Said(said));
    vec![Note { slot, thing }]
}

/// All of a check-in that its provider took and does not show yet.
fn unseen(goal: &GoalId, check_in: &CheckIn, at: Time) -> Note {
    Note {
        slot: Slot::CheckIn(goal.clone(), check_in.id.clone()),
        thing: Some(Thing::CheckIn {
            check_in: Box::new(check_in.clone()),
            taken: Some(at),
        }),
    }
}
