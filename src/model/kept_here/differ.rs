//! Which notes lead from a goal before a change to the goal after it.

use super::{Note, Said, Slot, Thing};
use crate::model::check_in::{CheckIn, Comment};
use crate::model::exchange::{GoalEdit, each_edit_field};
use crate::model::goal::Goal;
use crate::model::ids::CheckInId;
use crate::model::status::Status;
use crate::model::time::Time;

/// The notes that a change of a goal makes. `known` tells what is noted already.
/// Values of key results cannot be kept here and are left out.
pub fn differences<'n>(
    before: &Goal,
    after: &Goal,
    known: &dyn Fn(&Slot) -> Option<&'n Thing>,
) -> Vec<Note> {
    let mut notes = field_notes(after, &changed(before, after));
    if before.status == Status::Paused && after.status != Status::Paused {
        let slot = Slot::Field(after.id.clone(), "paused".to_owned());
        notes.extend(known(&slot).is_some().then_some(Note { slot, thing: None }));
    }
    notes.extend(comments(after, None, &before.comments, &after.comments));
    for check_in in &after.check_ins {
        match before.check_in(&check_in.id) {
            Some(was) => notes.extend(of_check_in(after, was, check_in, known)),
            None => notes.push(whole(after, check_in)),
        }
    }
    let is_gone = |was: &&CheckIn| after.check_in(&was.id).is_none();
    notes.extend(before.check_ins.iter().filter(is_gone).map(|was| Note {
        slot: Slot::CheckIn(after.id.clone(), was.id.clone()),
        thing: None,
    }));
    notes
}

fn whole(goal: &Goal, check_in: &CheckIn) -> Note {
    Note {
        slot: Slot::CheckIn(goal.id.clone(), check_in.id.clone()),
        thing: Some(Thing::CheckIn {
            check_in: Box::new(check_in.clone()),
            taken: None,
        }),
    }
}

fn of_check_in<'n>(
    goal: &Goal,
    before: &CheckIn,
    after: &CheckIn,
    known: &dyn Fn(&Slot) -> Option<&'n Thing>,
) -> Vec<Note> {
    let place = || (goal.id.clone(), after.id.clone());
    let mut notes = comments(goal, Some(&after.id), &before.comments, &after.comments);
    if before.acknowledged != after.acknowledged {
        let (goal, check_in) = place();
        notes.push(Note {
            slot: Slot::Acknowledged(goal, check_in),
            thing: after.acknowledged.clone().map(Thing::Acknowledged),
        });
    }
    let sides = [
        (&after.reactions, &before.reactions, true),
        (&before.reactions, &after.reactions, false),
    ];
    for (these, others, is_there) in sides {
        for one in these.iter().filter(|one| !others.contains(one)) {
            let (goal, check_in) = place();
            notes.push(Note {
                slot: Slot::Reaction(goal, check_in, one.by.clone(), one.sign.clone()),
                thing: is_there.then(|| Thing::Reaction(one.clone())),
            });
        }
    }
    let text = (before.note != after.note).then(|| after.note.clone());
    let is_same = before.status == after.status
        && before.confidence == after.confidence
        && before.score == after.score
        && before.due_moved == after.due_moved
        && text.is_none();
    if is_same {
        return notes;
    }
    let (id, check_in) = place();
    let slot = Slot::CheckIn(id.clone(), check_in.clone());
    if let Some(Thing::CheckIn { taken, .. }) = known(&slot) {
        let check_in = Box::new(after.clone());
        let taken = *taken;
        notes.push(Note {
            slot,
            thing: Some(Thing::CheckIn { check_in, taken }),
        });
        return notes;
    }
    let slot = Slot::Said(id, check_in);
    let older = match known(&slot) {
        Some(Thing::Said(said)) => said.note.clone(),
        _ => None,
    };
    notes.push(Note {
        slot,
        thing: Some(Thing::Said(Said {
            status: after.status,
            confidence: after.confidence,
            score: after.score,
            due_moved: after.due_moved,
            note: text.or(older),
        })),
    });
    notes
}

fn comments(
    goal: &Goal,
    check_in: Option<&CheckInId>,
    before: &[Comment],
    after: &[Comment],
) -> Vec<Note> {
    let note = |comment: &Comment, thing| Note {
        slot: Slot::Comment(goal.id.clone(), check_in.cloned(), comment.id.clone()),
        thing,
    };
    let written = after.iter().filter(|comment| !before.contains(comment));
    let is_gone = |was: &&Comment| after.iter().all(|comment| comment.id != was.id);
    written
        .map(|comment| note(comment, Some(Thing::Comment(comment.clone()))))
        .chain(before.iter().filter(is_gone).map(|was| note(was, None)))
        .collect()
}

/// What changed of a goal itself, as the edit that does it.
fn changed(before: &Goal, after: &Goal) -> GoalEdit {
    fn new<T: Clone + PartialEq>(before: &T, after: &T) -> Option<T> {
        (before != after).then(|| after.clone())
    }
    let is_paused = after.status == Status::Paused;
    GoalEdit {
        name: new(&before.name, &after.name),
        description: new(&before.description, &after.description),
        parent: new(&before.parent, &after.parent),
        champion: new(&before.champion, &after.champion),
        reviewer: new(&before.reviewer, &after.reviewer),
        start: new(&before.start, &after.start),
        due: new(&before.due, &after.due),
        cadence: new(&before.cadence, &after.cadence),
        weight: new(&before.weight, &after.weight),
        aspirational: new(&before.aspirational, &after.aspirational),
        tags: new(&before.tags, &after.tags),
        paused: (is_paused && before.status != Status::Paused).then_some(true),
        ..GoalEdit::default()
    }
}

/// A note for each field that an edit gives; of key results only their order can be
/// kept.
pub fn field_notes(goal: &Goal, edit: &GoalEdit) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut put = |name: &str, edit: GoalEdit, since: Option<Time>| {
        if edit != GoalEdit::default() {
            notes.push(Note {
                slot: Slot::Field(goal.id.clone(), name.to_owned()),
                thing: Some(Thing::Field {
                    edit: Box::new(edit),
                    since,
                }),
            });
        }
    };
    macro_rules! each {
        ($($field:ident),+) => {$(
            let one = GoalEdit { $field: edit.$field.clone(), ..GoalEdit::default() };
            let is_reviewer = stringify!($field) == "reviewer";
            put(stringify!($field), one, goal.reviewer_since.filter(|_| is_reviewer));
        )+};
    }
    each_edit_field!(each);
    notes
}
