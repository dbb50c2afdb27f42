//! Lays notes onto a goal: as it comes from its provider, or as it is known with
//! older notes on it.

use chrono::TimeDelta;

use super::{Note, Places, Said, Slot, Thing};
use crate::model::check_in::{CheckIn, Comment, Occasion};
use crate::model::exchange::GoalEdit;
use crate::model::goal::{Closing, Goal};
use crate::model::ids::{CheckInId, CommentId, ResultId};
use crate::model::status::Status;
use crate::model::time::Time;

/// A check-in that a provider took shows there within so long around it: some
/// tell the day alone, in a zone of their own.
const AROUND: TimeDelta = TimeDelta::hours(36);

/// Lays notes of one goal onto it. A note that was taken back takes away what it
/// said; one about a check-in that is not there does nothing.
pub fn lay<'n>(goal: &mut Goal, notes: impl IntoIterator<Item = &'n Note>, places: Places) {
    let mut rest = Vec::new();
    let mut state = State {
        is_touched: false,
        is_ended: false,
        is_paused: goal.status == Status::Paused,
    };
    // Whole check-ins first: the others may be about them.
    for note in notes {
        match &note.slot {
            Slot::CheckIn(_, id) => whole(goal, id, note.thing.as_ref(), &mut state),
            _ => rest.push(note),
        }
    }
    for note in rest {
        one(goal, note, &mut state);
    }
    if state.is_touched {
        restate(goal, places, &state);
    }
}

/// What the notes say about the goal's own state.
struct State {
    /// It is to be made anew from the check-ins.
    is_touched: bool,
    /// A closing was taken back.
    is_ended: bool,
    is_paused: bool,
}

fn whole(goal: &mut Goal, id: &CheckInId, thing: Option<&Thing>, state: &mut State) {
    state.is_touched = true;
    let place = goal.check_ins.iter().position(|other| &other.id == id);
    let before = place.map(|place| goal.check_ins.remove(place));
    let Some(Thing::CheckIn { check_in, taken }) = thing else {
        state.is_ended |= before.is_some_and(|before| before.occasion == Occasion::Closing);
        return;
    };
    if let Some(taken) = taken
        && let Some(shown) = shown_as(goal, check_in, *taken)
    {
        return said(shown, &of_whole(check_in));
    }
    let mut check_in = (**check_in).clone();
    if let Some(before) = before {
        check_in.acknowledged = before.acknowledged.or(check_in.acknowledged);
        check_in.comments = before.comments;
        check_in.reactions = before.reactions;
    }
    let place = goal
        .check_ins
        .partition_point(|other| other.at <= check_in.at);
    goal.check_ins.insert(place, check_in);
}

/// The check-in as which the provider shows one that it took.
fn shown_as<'g>(goal: &'g mut Goal, sent: &CheckIn, taken: Time) -> Option<&'g mut CheckIn> {
    goal.check_ins.iter_mut().rev().find(|other| {
        other.author == sent.author
            && other.note.trim() == sent.note.trim()
            && (sent.at - AROUND..=taken + AROUND).contains(&other.at)
            && sent.values.iter().all(|change| {
                let there = other.value_of(&change.result);
                there.is_none_or(|reading| *reading == change.now)
            })
    })
}

/// What of a whole check-in a provider may not show.
fn of_whole(check_in: &CheckIn) -> Said {
    Said {
        status: check_in.status,
        confidence: check_in.confidence,
        score: check_in.score,
        due_moved: check_in.due_moved,
        note: None,
    }
}

fn one(goal: &mut Goal, note: &Note, state: &mut State) {
    let thing = note.thing.as_ref();
    match &note.slot {
        Slot::Said(_, id) => {
            state.is_touched = true;
            if let (Some(check_in), Some(Thing::Said(says))) = (find(goal, id), thing) {
                said(check_in, says);
            }
        }
        Slot::Acknowledged(_, id) => {
            let noted = match thing {
                Some(Thing::Acknowledged(noted)) => Some(noted.clone()),
                _ => None,
            };
            if let Some(check_in) = find(goal, id) {
                check_in.acknowledged = noted;
            }
        }
        Slot::Comment(_, check_in, id) => {
            let thread = match check_in {
                None => Some(&mut goal.comments),
                Some(id) => find(goal, id).map(|check_in| &mut check_in.comments),
            };
            if let Some(thread) = thread {
                comment(thread, id, thing);
            }
        }
        Slot::Reaction(_, id, by, sign) => {
            if let Some(check_in) = find(goal, id) {
                let signs = &mut check_in.reactions;
                signs.retain(|other| (&other.by, &other.sign) != (by, sign));
                if let Some(Thing::Reaction(reaction)) = thing {
                    signs.push(reaction.clone());
                }
            }
        }
        Slot::Field(_, name) => match thing {
            Some(Thing::Field { edit, since }) => field(goal, edit, *since, state),
            _ if name == "paused" => {
                state.is_touched = true;
                state.is_paused = false;
            }
            // What the provider says counts again with its next answer.
            _ => {}
        },
        Slot::CheckIn(..) | Slot::Line(_) | Slot::Deed(_) => {}
    }
}

fn find<'g>(goal: &'g mut Goal, id: &CheckInId) -> Option<&'g mut CheckIn> {
    goal.check_ins.iter_mut().find(|other| &other.id == id)
}

fn said(check_in: &mut CheckIn, says: &Said) {
    check_in.status = says.status.or(check_in.status);
    check_in.confidence = says.confidence.or(check_in.confidence);
    check_in.score = says.score.or(check_in.score);
    check_in.due_moved = says.due_moved.or(check_in.due_moved);
    if let Some(note) = &says.note {
        check_in.note.clone_from(note);
    }
}

fn comment(thread: &mut Vec<Comment>, id: &CommentId, thing: Option<&Thing>) {
    thread.retain(|other| &other.id != id);
    if let Some(Thing::Comment(comment)) = thing {
        let place = thread.partition_point(|other| other.at <= comment.at);
        thread.insert(place, comment.clone());
    }
}

fn field(goal: &mut Goal, edit: &GoalEdit, since: Option<Time>, state: &mut State) {
    fn put<T: Clone>(field: &mut T, value: Option<&T>) {
        if let Some(value) = value {
            field.clone_from(value);
        }
    }
    put(&mut goal.name, edit.name.as_ref());
    put(&mut goal.description, edit.description.as_ref());
    put(&mut goal.parent, edit.parent.as_ref());
    put(&mut goal.champion, edit.champion.as_ref());
    if let Some(reviewer) = &edit.reviewer {
        goal.reviewer.clone_from(reviewer);
        goal.reviewer_since = since;
    }
    put(&mut goal.start, edit.start.as_ref());
    put(&mut goal.due, edit.due.as_ref());
    put(&mut goal.cadence, edit.cadence.as_ref());
    put(&mut goal.weight, edit.weight.as_ref());
    put(&mut goal.aspirational, edit.aspirational.as_ref());
    put(&mut goal.tags, edit.tags.as_ref());
    if let Some(order) = &edit.order {
        let place = |id: &ResultId| order.iter().position(|other| other == id);
        goal.results
            .sort_by_key(|result| place(&result.id).unwrap_or(usize::MAX));
    }
    if let Some(paused) = edit.paused {
        state.is_touched = true;
        state.is_paused = paused;
    }
}

/// Status and closing as the check-ins have them, as far as they are kept here.
fn restate(goal: &mut Goal, places: Places, state: &State) {
    let mut ends = goal.check_ins.iter().rev();
    let end = ends.find(|check_in| !check_in.occasion.is_regular());
    if places.close {
        match end.map(|end| (end.occasion, end)) {
            Some((Occasion::Closing, closing)) => {
                goal.closed = Some(Closing {
                    at: closing.at,
                    score: closing.score,
                });
            }
            Some(_) => goal.closed = None,
            None if state.is_ended => goal.closed = None,
            None => {}
        }
    }
    if let Some(closed) = &mut goal.closed {
        let closing = end.filter(|end| end.occasion == Occasion::Closing);
        if let Some(closing) = closing
            && let Some(status) = closing.status
        {
            closed.score = closed.score.or(closing.score);
            if places.status || places.close {
                goal.status = status;
                goal.status_word = None;
            }
        }
        return;
    }
    let is_over = places.close && goal.status.is_closed();
    let is_resumed = goal.status == Status::Paused && !state.is_paused;
    if places.status || is_over || is_resumed {
        let said = goal.check_ins.iter().rev();
        let mut said = said.filter(|check_in| check_in.occasion != Occasion::Closing);
        goal.status = said
            .find_map(|check_in| check_in.status)
            .unwrap_or(Status::NotStarted);
        goal.status_word = None;
    }
    if state.is_paused {
        goal.status = Status::Paused;
    }
}
