//! What a [`Change`] does to goals, in one place: the local workspace and the
//! demo company carry changes out with it, and the store lays pending writes
//! over the facts with it, so all three agree. Pure; who asks brings a [`Shelf`].

use std::collections::HashSet;

use super::check_in::{Acknowledged, CheckIn, Comment, DueMoved, Occasion, Reaction};
use super::exchange::{Change, Fault, FaultKind, GoalEdit, ReviewStep, Signature, Tell};
use super::goal::{Closing, Goal, Stage};
use super::ids::{CheckInId, CommentId, EntryId, GoalId, NotificationId, PersonId};
use super::key_result::{KeyResult, Reading};
use super::notification::{Notification, Reason};
use super::person::Person;
use super::status::Status;

/// Goals under change.
pub trait Shelf {
    /// A copy of a goal.
    fn goal(&self, id: &GoalId) -> Option<Goal>;
    /// Stores a goal, new or changed.
    fn put(&mut self, goal: Goal);
    /// Takes a goal away.
    fn remove(&mut self, id: &GoalId);
    /// The direct children of a goal.
    fn children(&self, id: &GoalId) -> Vec<GoalId>;
    /// Everybody, for mentions.
    fn people(&self) -> Vec<Person>;
    /// Stores a person, new or renamed.
    fn put_person(&mut self, person: Person);
    /// Sets the read state of inbox lines.
    fn mark_read(&mut self, ids: &[NotificationId], read: bool);
    /// Sets whether inbox lines are removed.
    fn mark_done(&mut self, ids: &[NotificationId], done: bool);
}

/// What a change brought about besides itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// The change that takes it back; none if nothing happened.
    pub undo: Option<Change>,
    /// What others should hear of it.
    pub news: Vec<Notification>,
}

/// Carries out one change.
///
/// # Errors
/// A [`Fault`] that says why the change is not possible as it is; then nothing
/// on the shelf was touched.
pub fn apply(
    shelf: &mut dyn Shelf,
    change: &Change,
    signature: &Signature,
    entry: &EntryId,
) -> Result<Applied, Fault> {
    let mut teller = Teller {
        signature,
        entry,
        people: shelf.people(),
        news: Vec::new(),
    };
    let undo = match change {
        Change::CheckIn { goal, check_in, .. } => {
            write_check_in(shelf, goal, check_in, &mut teller)?
        }
        Change::EditCheckIn { goal, check_in } => edit_check_in(shelf, goal, check_in)?,
        Change::CloseGoal { goal, closing } => close(shelf, goal, closing, &mut teller)?,
        Change::ReopenGoal { goal, reopening } => reopen(shelf, goal, reopening, &mut teller)?,
        Change::RetractCheckIn { goal, check_in } => retract(shelf, goal, check_in)?,
        Change::Acknowledge { items } => acknowledge(shelf, items, &mut teller)?,
        Change::Unacknowledge { items } => unacknowledge(shelf, items)?,
        Change::Comment {
            goal,
            check_in,
            id,
            text,
        } => comment(shelf, goal, check_in.as_ref(), id, text, &mut teller)?,
        Change::EditComment {
            goal,
            check_in,
            id,
            text,
        } => edit_comment(shelf, goal, check_in.as_ref(), id, text)?,
        Change::DeleteComment { goal, check_in, id } => {
            delete_comment(shelf, goal, check_in.as_ref(), id)?
        }
        Change::React {
            goal,
            check_in,
            sign,
            on,
        } => react(shelf, goal, check_in, sign, *on, signature)?,
        Change::CreateGoal { goal } => create(shelf, goal, &mut teller)?,
        Change::EditGoal { goal, edit } => edit_goal(shelf, goal, edit, &mut teller)?,
        Change::DeleteGoal { goal } => delete(shelf, goal)?,
        Change::RestoreGoal { goal, children } => restore(shelf, goal, children),
        Change::Review { goal, step } => review(shelf, goal, step, signature)?,
        Change::MarkRead { ids, read } => {
            shelf.mark_read(ids, *read);
            Some(Change::MarkRead {
                ids: ids.clone(),
                read: !read,
            })
        }
        Change::MarkDone { ids, done } => {
            shelf.mark_done(ids, *done);
            Some(Change::MarkDone {
                ids: ids.clone(),
                done: !done,
            })
        }
        Change::PutPerson { person } => {
            let before = teller
                .people
                .iter()
                .find(|known| known.id == person.id)
                .cloned();
            shelf.put_person(person.clone());
            before.map(|person| Change::PutPerson { person })
        }
    };
    Ok(Applied {
        undo,
        news: teller.news,
    })
}

/// Collects the news a change makes for other people.
struct Teller<'a> {
    signature: &'a Signature,
    entry: &'a EntryId,
    people: Vec<Person>,
    news: Vec<Notification>,
}

impl Teller<'_> {
    /// Tells one person, unless it is the one who did it or who was told of this
    /// goal already.
    fn tell(
        &mut self,
        to: Option<&PersonId>,
        reason: Reason,
        goal: &Goal,
        text: String,
    ) -> Option<&mut Notification> {
        let to = to.filter(|to| **to != self.signature.by)?;
        if self
            .news
            .iter()
            .any(|told| &told.to == to && told.goal.as_ref() == Some(&goal.id))
        {
            return None;
        }
        self.news.push(Notification {
            // Made from the entry's id: a write that is repeated tells nobody twice.
            id: NotificationId::new(format!("{}-{}", self.entry, self.news.len())),
            account: goal.account.clone(),
            to: to.clone(),
            at: self.signature.at,
            reason,
            actor: Some(self.signature.by.clone()),
            goal: Some(goal.id.clone()),
            check_in: None,
            comment: None,
            text,
            read: false,
            done: false,
        });
        self.news.last_mut()
    }
}

/// People named in a text as `@ana`, `@Ana`, `@ana.silva` or `@Ana Silva`, once
/// each. A full name goes before a first name that several have.
pub fn mentions(text: &str, people: &[Person]) -> Vec<PersonId> {
    let mut found: Vec<PersonId> = Vec::new();
    let full = |rest: &str| {
        let rest = rest.to_lowercase();
        let mut named: Vec<&Person> = people
            .iter()
            .filter(|person| !person.name.is_empty())
            .filter(|person| {
                let tail = rest.strip_prefix(&person.name.to_lowercase());
                tail.is_some_and(|tail| !tail.starts_with(char::is_alphanumeric))
            })
            .collect();
        named.sort_by_key(|person| std::cmp::Reverse(person.name.len()));
        named.first().map(|person| person.id.clone())
    };
    for rest in text.split('@').skip(1) {
        let by_full_name = full(rest);
        if let Some(id) = by_full_name.or_else(|| by_one_word(rest, people))
            && !found.contains(&id)
        {
            found.push(id);
        }
    }
    found
}

/// Who is named by the word that a text begins with.
fn by_one_word(text: &str, people: &[Person]) -> Option<PersonId> {
    let word = text
        .split(|letter: char| !(letter.is_alphanumeric() || ".-_".contains(letter)))
        .next()
        .unwrap_or_default()
        .trim_end_matches(['.', '-', '_'])
        .to_lowercase();
    if word.is_empty() {
        return None;
    }
    let named = |person: &&Person| {
        let name = person.name.to_lowercase();
        (!person.handle.is_empty() && person.handle.to_lowercase() == word)
            || person.first_name().to_lowercase() == word
            || name.replace(' ', ".") == word
            || name.replace(' ', "") == word
    };
    people.iter().find(named).map(|person| person.id.clone())
}

fn known(shelf: &dyn Shelf, id: &GoalId) -> Result<Goal, Fault> {
    shelf.goal(id).ok_or_else(|| {
        Fault::new(
            FaultKind::Gone,
            "the goal is gone",
            "drop this entry (D) or copy its text (y)",
        )
    })
}

fn invalid(why: impl Into<String>, remedy: &str) -> Fault {
    Fault::new(FaultKind::Invalid, why, remedy)
}

fn finite(reading: &Reading) -> Result<(), Fault> {
    match reading {
        Reading::Number(value) if !value.is_finite() => Err(invalid(
            "a value is not a finite number",
            "write it as digits",
        )),
        _ => Ok(()),
    }
}

fn write_check_in(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    written: &CheckIn,
    teller: &mut Teller<'_>,
) -> Result<Option<Change>, Fault> {
    let mut goal = known(shelf, id)?;
    if goal.closed.is_some() {
        return Err(invalid(
            "the goal is closed",
            "reopen it (x) or drop this entry (D)",
        ));
    }
    if goal.check_in(&written.id).is_some() {
        // Sent twice: done once.
        return Ok(Some(Change::RetractCheckIn {
            goal: id.clone(),
            check_in: written.id.clone(),
        }));
    }
    let mut check_in = written.clone();
    for change in &mut check_in.values {
        finite(&change.now)?;
        let Some(result) = goal
            .results
            .iter_mut()
            .find(|result| result.id == change.result)
        else {
            return Err(invalid(
                "a key result of it is gone",
                "open it again (e) and post what is left",
            ));
        };
        change.before = result.current.replace(change.now.clone());
    }
    if let Some(moved) = &mut check_in.due_moved {
        moved.from = goal.due;
        goal.due = moved.to;
    }
    goal.next_check_in = None;
    goal.updated_at = teller.signature.at;
    let place = goal
        .check_ins
        .partition_point(|other| other.at <= check_in.at);
    let (note, check_in_id) = (check_in.note.clone(), check_in.id.clone());
    let reader = goal.acknowledger(&check_in).cloned();
    goal.check_ins.insert(place, check_in);
    restate(&mut goal);
    for person in mentions(&note, &teller.people.clone()) {
        let text = format!("in {}: \"{}\"", goal.name, first_line(&note));
        if let Some(told) = teller.tell(Some(&person), Reason::Mention, &goal, text) {
            told.check_in = Some(check_in_id.clone());
        }
    }
    let text = format!("checked in on {}: {}", goal.name, goal.status.words().word);
    if let Some(told) = teller.tell(reader.as_ref(), Reason::CheckIn, &goal, text) {
        told.check_in = Some(check_in_id.clone());
    }
    shelf.put(goal);
    Ok(Some(Change::RetractCheckIn {
        goal: id.clone(),
        check_in: check_in_id,
    }))
}

fn close(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    closing: &CheckIn,
    teller: &mut Teller<'_>,
) -> Result<Option<Change>, Fault> {
    let mut goal = known(shelf, id)?;
    let undo = Change::RetractCheckIn {
        goal: id.clone(),
        check_in: closing.id.clone(),
    };
    if goal.check_in(&closing.id).is_some() {
        return Ok(Some(undo));
    }
    if goal.closed.is_some() {
        return Err(invalid("the goal is closed already", "drop this entry (D)"));
    }
    let mut closing = closing.clone();
    closing.occasion = Occasion::Closing;
    if !closing.status.is_some_and(Status::is_closed) {
        return Err(invalid(
            "a closing says achieved or missed",
            "choose one of the two",
        ));
    }
    let reader = goal.acknowledger(&closing).cloned();
    let closing_id = closing.id.clone();
    goal.updated_at = teller.signature.at;
    goal.check_ins.push(closing);
    restate(&mut goal);
    let text = format!(
        "closed {} as {}",
        goal.name,
        goal.status.words().word.to_lowercase()
    );
    if let Some(told) = teller.tell(reader.as_ref(), Reason::CheckIn, &goal, text) {
        told.check_in = Some(closing_id);
    }
    shelf.put(goal);
    Ok(Some(undo))
}

fn reopen(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    reopening: &CheckIn,
    teller: &mut Teller<'_>,
) -> Result<Option<Change>, Fault> {
    let mut goal = known(shelf, id)?;
    let undo = Change::RetractCheckIn {
        goal: id.clone(),
        check_in: reopening.id.clone(),
    };
    if goal.check_in(&reopening.id).is_some() {
        return Ok(Some(undo));
    }
    if goal.closed.is_none() {
        return Err(invalid("the goal is open", "drop this entry (D)"));
    }
    let mut reopening = reopening.clone();
    reopening.occasion = Occasion::Reopening;
    reopening.status = None;
    goal.updated_at = teller.signature.at;
    goal.check_ins.push(reopening);
    restate(&mut goal);
    let text = format!("reopened {}", goal.name);
    for person in [goal.champion.clone(), goal.reviewer.clone()] {
        teller.tell(person.as_ref(), Reason::Changed, &goal, text.clone());
    }
    shelf.put(goal);
    Ok(Some(undo))
}

/// Status and closing as the check-ins have it.
fn restate(goal: &mut Goal) {
    let last_word = goal
        .check_ins
        .iter()
        .rev()
        .find(|check_in| check_in.occasion != Occasion::Regular);
    goal.closed = last_word
        .filter(|check_in| check_in.occasion == Occasion::Closing)
        .map(|closing| Closing {
            at: closing.at,
            score: closing.score,
        });
    let closing = goal.closed.is_some();
    goal.status = goal
        .check_ins
        .iter()
        .rev()
        .filter(|check_in| closing == (check_in.occasion == Occasion::Closing))
        .find_map(|check_in| check_in.status)
        .unwrap_or(Status::NotStarted);
    goal.status_word = None;
}

fn retract(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    check_in: &CheckInId,
) -> Result<Option<Change>, Fault> {
    let mut goal = known(shelf, id)?;
    let Some(place) = goal
        .check_ins
        .iter()
        .position(|other| &other.id == check_in)
    else {
        return Ok(None);
    };
    let taken = goal.check_ins.remove(place);
    for change in &taken.values {
        // A later check-in on the same result keeps its word; only its "before" moves back.
        let later = goal
            .check_ins
            .iter_mut()
            .skip(place)
            .flat_map(|other| other.values.iter_mut())
            .find(|other| other.result == change.result);
        if let Some(later) = later {
            later.before.clone_from(&change.before);
        } else if let Some(result) = goal
            .results
            .iter_mut()
            .find(|result| result.id == change.result)
        {
            result.current.clone_from(&change.before);
        }
    }
    if let Some(moved) = taken.due_moved
        && goal.due == moved.to
    {
        goal.due = moved.from;
    }
    restate(&mut goal);
    shelf.put(goal);
    Ok(match taken.occasion {
        Occasion::Regular => Some(Change::CheckIn {
            goal: id.clone(),
            check_in: taken,
            tell: Tell::default(),
        }),
        Occasion::Closing => Some(Change::CloseGoal {
            goal: id.clone(),
            closing: taken,
        }),
        Occasion::Reopening => Some(Change::ReopenGoal {
            goal: id.clone(),
            reopening: taken,
        }),
    })
}

/// A check-in gets a new text and status; its values move the goal's only while
/// it is the newest, as it would have when it was written.
fn edit_check_in(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    edited: &CheckIn,
) -> Result<Option<Change>, Fault> {
    let mut goal = known(shelf, id)?;
    let place = goal
        .check_ins
        .iter()
        .position(|other| other.id == edited.id)
        .ok_or_else(gone_check_in)?;
    let newest = place + 1 == goal.check_ins.len();
    let Some(before) = goal.check_ins.get_mut(place) else {
        return Err(gone_check_in());
    };
    for change in &edited.values {
        finite(&change.now)?;
    }
    let undo = before.clone();
    before.note.clone_from(&edited.note);
    before.status = edited.status.or(before.status);
    if newest {
        before.values.clone_from(&edited.values);
        for change in &edited.values {
            if let Some(result) = goal
                .results
                .iter_mut()
                .find(|result| result.id == change.result)
            {
                result.current = Some(change.now.clone());
            }
        }
    }
    restate(&mut goal);
    shelf.put(goal);
    Ok(Some(Change::EditCheckIn {
        goal: id.clone(),
        check_in: undo,
    }))
}

/// A step of an approval; only whoever asked can take it back, so it has no undo
/// but withdrawing.
fn review(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    step: &ReviewStep,
    signature: &Signature,
) -> Result<Option<Change>, Fault> {
    let mut goal = known(shelf, id)?;
    let approval = goal.approval.get_or_insert_default();
    approval.since = Some(signature.at);
    let mut undo = None;
    match step {
        ReviewStep::Ask { reviewers } => {
            approval.stage = Stage::InReview;
            approval.reviewers.clone_from(reviewers);
            undo = Some(Change::Review {
                goal: id.clone(),
                step: ReviewStep::Withdraw,
            });
        }
        ReviewStep::Approve { .. } => approval.stage = Stage::Approved,
        ReviewStep::Decline { .. } | ReviewStep::Withdraw => approval.stage = Stage::Draft,
    }
    shelf.put(goal);
    Ok(undo)
}

fn gone_check_in() -> Fault {
    Fault::new(
        FaultKind::Gone,
        "the check-in is gone",
        "drop this entry (D) or copy its text (y)",
    )
}

fn edit_comment(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    check_in: Option<&CheckInId>,
    comment: &CommentId,
    text: &str,
) -> Result<Option<Change>, Fault> {
    let mut goal = known(shelf, id)?;
    let thread = match check_in {
        None => Some(&mut goal.comments),
        Some(wanted) => goal
            .check_ins
            .iter_mut()
            .find(|other| &other.id == wanted)
            .map(|check_in| &mut check_in.comments),
    };
    let found = thread.and_then(|thread| thread.iter_mut().find(|other| &other.id == comment));
    let Some(found) = found else {
        return Err(Fault::new(
            FaultKind::Gone,
            "the comment is gone",
            "drop this entry (D) or copy its text (y)",
        ));
    };
    let before = std::mem::replace(&mut found.text, text.to_owned());
    shelf.put(goal);
    Ok(Some(Change::EditComment {
        goal: id.clone(),
        check_in: check_in.cloned(),
        id: comment.clone(),
        text: before,
    }))
}

type Items = [(GoalId, CheckInId)];

fn acknowledge(
    shelf: &mut dyn Shelf,
    items: &Items,
    teller: &mut Teller<'_>,
) -> Result<Option<Change>, Fault> {
    // All are looked at before one is written: what fails leaves nothing half done.
    for (id, check_in) in items {
        let goal = known(shelf, id)?;
        let is_mine =
            |found: &CheckIn| found.acknowledged.is_none() && found.author == teller.signature.by;
        if goal.check_in(check_in).is_some_and(is_mine) {
            return Err(invalid(
                "you wrote this check-in yourself",
                "its reviewer acknowledges it",
            ));
        }
    }
    let mut noted = Vec::new();
    for (id, check_in) in items {
        let mut goal = known(shelf, id)?;
        let Some(found) = goal
            .check_ins
            .iter_mut()
            .find(|other| &other.id == check_in)
        else {
            continue;
        };
        if found.acknowledged.is_some() {
            continue;
        }
        found.acknowledged = Some(Acknowledged {
            by: teller.signature.by.clone(),
            at: teller.signature.at,
        });
        let author = found.author.clone();
        let text = format!("acknowledged {}", goal.name);
        if let Some(told) = teller.tell(Some(&author), Reason::Ack, &goal, text) {
            told.check_in = Some(check_in.clone());
        }
        noted.push((id.clone(), check_in.clone()));
        shelf.put(goal);
    }
    Ok((!noted.is_empty()).then_some(Change::Unacknowledge { items: noted }))
}

fn unacknowledge(shelf: &mut dyn Shelf, items: &Items) -> Result<Option<Change>, Fault> {
    for (id, _) in items {
        known(shelf, id)?;
    }
    for (id, check_in) in items {
        let mut goal = known(shelf, id)?;
        if let Some(found) = goal
            .check_ins
            .iter_mut()
            .find(|other| &other.id == check_in)
        {
            found.acknowledged = None;
            shelf.put(goal);
        }
    }
    Ok(Some(Change::Acknowledge {
        items: items.to_vec(),
    }))
}

fn comment(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    check_in: Option<&CheckInId>,
    comment: &CommentId,
    text: &str,
    teller: &mut Teller<'_>,
) -> Result<Option<Change>, Fault> {
    let mut goal = known(shelf, id)?;
    if text.trim().is_empty() {
        return Err(invalid(
            "the comment is empty",
            "write something or close it (Esc x)",
        ));
    }
    let thread = thread_of(&mut goal, check_in)?;
    if thread.comments.iter().all(|other| &other.id != comment) {
        thread.comments.push(Comment {
            id: comment.clone(),
            author: teller.signature.by.clone(),
            at: teller.signature.at,
            text: text.to_owned(),
        });
    }
    let talked: HashSet<PersonId> = thread
        .comments
        .iter()
        .map(|other| other.author.clone())
        .chain(thread.author)
        .collect();
    let quote = format!("in {}: \"{}\"", goal.name, first_line(text));
    let named = mentions(text, &teller.people.clone());
    let concerned = goal.champion.clone().into_iter().chain({
        let mut talked: Vec<_> = talked.into_iter().collect();
        talked.sort();
        talked
    });
    let told = named
        .into_iter()
        .map(|person| (person, Reason::Mention))
        .chain(concerned.map(|person| (person, Reason::Comment)));
    for (person, reason) in told.collect::<Vec<_>>() {
        if let Some(told) = teller.tell(Some(&person), reason, &goal, quote.clone()) {
            told.check_in = check_in.cloned();
            told.comment = Some(comment.clone());
        }
    }
    goal.updated_at = teller.signature.at;
    shelf.put(goal);
    Ok(Some(Change::DeleteComment {
        goal: id.clone(),
        check_in: check_in.cloned(),
        id: comment.clone(),
    }))
}

/// A list of comments and who started it.
struct Thread<'a> {
    comments: &'a mut Vec<Comment>,
    author: Option<PersonId>,
}

fn thread_of<'a>(goal: &'a mut Goal, check_in: Option<&CheckInId>) -> Result<Thread<'a>, Fault> {
    let Some(check_in) = check_in else {
        return Ok(Thread {
            comments: &mut goal.comments,
            author: None,
        });
    };
    let found = goal
        .check_ins
        .iter_mut()
        .find(|other| &other.id == check_in);
    let found = found.ok_or_else(|| {
        Fault::new(
            FaultKind::Gone,
            "the check-in is gone",
            "copy the text (y) and drop this entry (D)",
        )
    })?;
    Ok(Thread {
        author: Some(found.author.clone()),
        comments: &mut found.comments,
    })
}

fn delete_comment(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    check_in: Option<&CheckInId>,
    comment: &CommentId,
) -> Result<Option<Change>, Fault> {
    let mut goal = known(shelf, id)?;
    let thread = thread_of(&mut goal, check_in)?;
    let Some(place) = thread
        .comments
        .iter()
        .position(|other| &other.id == comment)
    else {
        return Ok(None);
    };
    let taken = thread.comments.remove(place);
    shelf.put(goal);
    Ok(Some(Change::Comment {
        goal: id.clone(),
        check_in: check_in.cloned(),
        id: comment.clone(),
        text: taken.text,
    }))
}

fn react(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    check_in: &CheckInId,
    sign: &str,
    on: bool,
    signature: &Signature,
) -> Result<Option<Change>, Fault> {
    let mut goal = known(shelf, id)?;
    let Some(found) = goal
        .check_ins
        .iter_mut()
        .find(|other| &other.id == check_in)
    else {
        return Err(Fault::new(
            FaultKind::Gone,
            "the check-in is gone",
            "drop this entry (D)",
        ));
    };
    let mine = |reaction: &Reaction| reaction.by == signature.by && reaction.sign == sign;
    if found.reactions.iter().any(mine) == on {
        return Ok(None);
    }
    if on {
        found.reactions.push(Reaction {
            by: signature.by.clone(),
            sign: sign.to_owned(),
        });
    } else {
        found.reactions.retain(|reaction| !mine(reaction));
    }
    shelf.put(goal);
    Ok(Some(Change::React {
        goal: id.clone(),
        check_in: check_in.clone(),
        sign: sign.to_owned(),
        on: !on,
    }))
}

/// Names must say something and fit a line; results must be measurable.
fn sound(goal: &Goal) -> Result<(), Fault> {
    if goal.name.trim().is_empty() {
        return Err(invalid("a goal needs a name", "write one"));
    }
    if let (Some(start), Some(due)) = (goal.start, goal.due)
        && due < start
    {
        return Err(invalid(
            format!("it would end on {due}, before it starts on {start}"),
            "change one of the two dates",
        ));
    }
    for result in &goal.results {
        let numbers = [Some(result.start), result.target, Some(result.weight)];
        if result.name.trim().is_empty() {
            return Err(invalid("a key result needs a name", "write one"));
        }
        if numbers.iter().flatten().any(|number| !number.is_finite()) || result.weight < 0.0 {
            return Err(invalid(
                format!("key result {} has an impossible number", result.name),
                "use finite numbers, weight 0 or more",
            ));
        }
        if result.kind.is_ranged() && result.target.is_none() {
            return Err(invalid(
                format!("key result {} needs a target", result.name),
                "give one, or make it a baseline",
            ));
        }
        if let Some(current) = &result.current {
            finite(current)?;
        }
    }
    Ok(())
}

fn create(
    shelf: &mut dyn Shelf,
    new: &Goal,
    teller: &mut Teller<'_>,
) -> Result<Option<Change>, Fault> {
    sound(new)?;
    let mut goal = new.clone();
    if shelf.goal(&goal.id).is_none() {
        check_parent(shelf, &goal.id, goal.parent.as_ref())?;
        if goal.reviewer.is_some() && goal.reviewer_since.is_none() {
            goal.reviewer_since = Some(teller.signature.at);
        }
        teller.tell(
            goal.champion.as_ref(),
            Reason::Assigned,
            &goal,
            format!("made you champion of {}", goal.name),
        );
        teller.tell(
            goal.reviewer.as_ref(),
            Reason::Assigned,
            &goal,
            format!("made you reviewer of {}", goal.name),
        );
        shelf.put(goal);
    }
    Ok(Some(Change::DeleteGoal {
        goal: new.id.clone(),
    }))
}

/// A parent must exist and not lie below the goal itself.
fn check_parent(shelf: &dyn Shelf, id: &GoalId, parent: Option<&GoalId>) -> Result<(), Fault> {
    let Some(parent) = parent else { return Ok(()) };
    if shelf.goal(parent).is_none() {
        return Err(Fault::new(
            FaultKind::Gone,
            "the parent goal is gone",
            "choose another parent",
        ));
    }
    let (mut above, mut seen) = (Some(parent.clone()), HashSet::new());
    while let Some(next) = above {
        if &next == id {
            return Err(invalid(
                "a goal cannot be under itself",
                "choose another parent",
            ));
        }
        if !seen.insert(next.clone()) {
            break;
        }
        above = shelf.goal(&next).and_then(|goal| goal.parent);
    }
    Ok(())
}

fn edit_goal(
    shelf: &mut dyn Shelf,
    id: &GoalId,
    edit: &GoalEdit,
    teller: &mut Teller<'_>,
) -> Result<Option<Change>, Fault> {
    let before = known(shelf, id)?;
    if let Some(parent) = &edit.parent {
        check_parent(shelf, id, parent.as_ref())?;
    }
    let mut goal = before.clone();
    let undo = edit_into(&mut goal, edit)?;
    sound(&goal)?;
    if goal.reviewer != before.reviewer {
        goal.reviewer_since = goal.reviewer.is_some().then_some(teller.signature.at);
    }
    goal.updated_at = teller.signature.at;
    tell_edit(&before, &goal, teller);
    shelf.put(goal);
    Ok(Some(Change::EditGoal {
        goal: id.clone(),
        edit: Box::new(undo),
    }))
}

/// Puts `new` in the place of a field if it is given; returns the old value then.
fn swap<T: Clone>(field: &mut T, new: Option<&T>) -> Option<T> {
    new.map(|new| std::mem::replace(field, new.clone()))
}

/// Writes the edit into the goal and returns the edit that takes it back.
fn edit_into(goal: &mut Goal, edit: &GoalEdit) -> Result<GoalEdit, Fault> {
    let mut undo = GoalEdit {
        name: swap(&mut goal.name, edit.name.as_ref()),
        description: swap(&mut goal.description, edit.description.as_ref()),
        parent: swap(&mut goal.parent, edit.parent.as_ref()),
        champion: swap(&mut goal.champion, edit.champion.as_ref()),
        reviewer: swap(&mut goal.reviewer, edit.reviewer.as_ref()),
        start: swap(&mut goal.start, edit.start.as_ref()),
        due: swap(&mut goal.due, edit.due.as_ref()),
        cadence: swap(&mut goal.cadence, edit.cadence.as_ref()),
        weight: swap(&mut goal.weight, edit.weight.as_ref()),
        aspirational: swap(&mut goal.aspirational, edit.aspirational.as_ref()),
        tags: swap(&mut goal.tags, edit.tags.as_ref()),
        ..GoalEdit::default()
    };
    if goal.weight < 0.0 || !goal.weight.is_finite() {
        return Err(invalid(
            "the weight is not a number of 0 or more",
            "write 1 for the usual share",
        ));
    }
    if let Some(paused) = edit.paused {
        if goal.closed.is_some() {
            return Err(invalid("the goal is closed", "reopen it (x) first"));
        }
        undo.paused = Some(goal.status == Status::Paused);
        if paused {
            goal.status = Status::Paused;
        } else if goal.status == Status::Paused {
            restate(goal);
        }
    }
    edit_results(goal, edit, &mut undo)?;
    Ok(undo)
}

fn edit_results(goal: &mut Goal, edit: &GoalEdit, undo: &mut GoalEdit) -> Result<(), Fault> {
    let order = || {
        goal.results
            .iter()
            .map(|result| result.id.clone())
            .collect::<Vec<_>>()
    };
    if !edit.drop_results.is_empty() || edit.order.is_some() {
        undo.order = Some(order());
    }
    for new in &edit.put_results {
        if let Some(old) = goal.results.iter_mut().find(|result| result.id == new.id) {
            undo.put_results.push(std::mem::replace(old, new.clone()));
        } else {
            undo.drop_results.push(new.id.clone());
            goal.results.push(new.clone());
        }
    }
    for id in &edit.drop_results {
        if let Some(place) = goal.results.iter().position(|result| &result.id == id) {
            undo.put_results.push(goal.results.remove(place));
        }
    }
    for (id, reading) in &edit.set_values {
        finite(reading)?;
        let Some(result) = goal.results.iter_mut().find(|result| &result.id == id) else {
            return Err(invalid("the key result is gone", "open the goal again"));
        };
        undo.put_results.push(result.clone());
        result.current = Some(reading.clone());
    }
    if let Some(order) = &edit.order {
        let place = |result: &KeyResult| {
            order
                .iter()
                .position(|id| id == &result.id)
                .unwrap_or(usize::MAX)
        };
        goal.results.sort_by_key(place);
    }
    Ok(())
}

/// What an edit means for the people of the goal.
fn tell_edit(before: &Goal, goal: &Goal, teller: &mut Teller<'_>) {
    if before.champion != goal.champion {
        teller.tell(
            goal.champion.as_ref(),
            Reason::Assigned,
            goal,
            format!("made you champion of {}", goal.name),
        );
    }
    if before.reviewer != goal.reviewer {
        teller.tell(
            goal.reviewer.as_ref(),
            Reason::Assigned,
            goal,
            format!("made you reviewer of {}", goal.name),
        );
    }
    let what = if before.due != goal.due {
        match goal.due {
            Some(day) => format!(
                "moved due date of {} to {}",
                goal.name,
                day.format("%-d %b")
            ),
            None => format!("removed the due date of {}", goal.name),
        }
    } else if before.name != goal.name {
        format!("renamed {} to {}", before.name, goal.name)
    } else if before.status != goal.status {
        format!(
            "{} {}",
            if goal.status == Status::Paused {
                "paused"
            } else {
                "resumed"
            },
            goal.name
        )
    } else {
        format!("edited {}", goal.name)
    };
    for person in [goal.champion.clone(), goal.reviewer.clone()] {
        teller.tell(person.as_ref(), Reason::Changed, goal, what.clone());
    }
}

fn delete(shelf: &mut dyn Shelf, id: &GoalId) -> Result<Option<Change>, Fault> {
    let Some(goal) = shelf.goal(id) else {
        return Ok(None);
    };
    let children = shelf.children(id);
    reparent(shelf, &children, goal.parent.as_ref());
    shelf.remove(id);
    Ok(Some(Change::RestoreGoal {
        goal: Box::new(goal),
        children,
    }))
}

fn restore(shelf: &mut dyn Shelf, goal: &Goal, children: &[GoalId]) -> Option<Change> {
    let mut goal = goal.clone();
    goal.parent = goal.parent.filter(|parent| shelf.goal(parent).is_some());
    let id = goal.id.clone();
    shelf.put(goal);
    reparent(shelf, children, Some(&id));
    Some(Change::DeleteGoal { goal: id })
}

fn reparent(shelf: &mut dyn Shelf, children: &[GoalId], parent: Option<&GoalId>) {
    for child in children {
        if let Some(mut child) = shelf.goal(child) {
            child.parent = parent.cloned();
            shelf.put(child);
        }
    }
}

/// The first line that says something, for a quotation in a sentence.
fn first_line(text: &str) -> &str {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

/// The due date a check-in moves, if it differs from the goal's.
pub fn due_move(goal: &Goal, to: Option<chrono::NaiveDate>) -> Option<DueMoved> {
    (goal.due != to).then_some(DueMoved { from: goal.due, to })
}
