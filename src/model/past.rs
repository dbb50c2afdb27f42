//! How goals were. Before a goal changes, the way it was until then is kept
//! ([`Past`]), unless its check-ins tell it; where nothing was kept, they lead back.
//! One function tells how a goal was at a moment, for time travel, reports and
//! comparisons.

use std::borrow::Cow;

use chrono::{NaiveDate, TimeDelta};

use super::cadence::Cadence;
use super::check_in::{Acknowledged, CheckIn, Occasion, ValueChange};
use super::goal::{Closing, Goal};
use super::ids::GoalId;
use super::key_result::{KeyResult, Reading};
use super::status::Status;
use super::time::{Time, Zone};

/// How long kept states stay: last year's quarters can be looked at whole. Not for
/// ever, for a goal whose provider measures it by itself may change every day, and
/// each change takes about a kilobyte.
pub const STAYS: TimeDelta = TimeDelta::days(731);

/// How a goal was until a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Which goal.
    pub goal: GoalId,
    /// When it was found changed: until then it was so.
    pub until: Time,
    /// The goal without its words (see [`headline`]); none where it was not there.
    pub was: Option<Box<Goal>>,
}

/// Which of the kept states are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Recall {
    /// All of one goal.
    Goal(GoalId),
    /// Those of all goals that ended after this moment: enough to tell how every
    /// goal was at any moment from then on.
    Since(Time),
}

/// What this machine remembers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recollection {
    /// Oldest first.
    pub kept: Vec<Past>,
    /// Since when states are kept here; none where they are not.
    pub since: Option<Time>,
}

/// The last moment of a day.
pub fn end_of(day: NaiveDate, zone: Zone) -> Time {
    // States are kept to the millisecond: no change lies between this and midnight.
    zone.end_of(day) - TimeDelta::milliseconds(1)
}

/// What is kept of a goal that changes: everything but its words and link, and of
/// its check-ins a mark of the last alone, to know which ones it counts.
pub fn headline(goal: &Goal) -> Goal {
    let mark = goal.last_check_in().map(|last| {
        let mut mark = CheckIn::new(last.id.clone(), last.author.clone(), last.at);
        mark.occasion = last.occasion;
        mark.status = last.status;
        mark
    });
    // Every field by name, so that a new one is thought of here; not cloned whole,
    // for years of check-ins would only be dropped again.
    Goal {
        id: goal.id.clone(),
        account: goal.account.clone(),
        nature: goal.nature,
        gone: goal.gone,
        parent: goal.parent.clone(),
        name: goal.name.clone(),
        description: String::new(),
        space: goal.space.clone(),
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
        approval: goal.approval.clone(),
        aspirational: goal.aspirational,
        weight: goal.weight,
        provider_progress: goal.provider_progress,
        link: String::new(),
        results: goal.results.clone(),
        check_ins: mark.into_iter().collect(),
        comments: Vec::new(),
        tags: goal.tags.clone(),
        position: goal.position,
        created_at: goal.created_at,
        updated_at: goal.updated_at,
    }
}

/// How much of a goal is known when it is found changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// All of it, before and now.
    Whole,
    /// What a provider told of it, which may have been less before than it is now:
    /// a list that comes to something was not told before, it was not empty.
    Told,
}

/// A state to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// The state.
    pub was: Goal,
    /// Whether it is kept even if another one of this day is.
    pub is_always_kept: bool,
}

/// What is to be kept of how a goal was before it changed; none if nothing changed
/// that anybody would ask about, or the check-ins that came tell it. `now` is none
/// if it was deleted.
pub fn to_keep(before: &Goal, now: Option<&Goal>, how: How) -> Option<Keep> {
    let Some(now) = now else {
        // Nobody else has its check-ins any more.
        let mut was = headline(before);
        was.check_ins = before.check_ins.iter().map(bare).collect();
        return Some(Keep {
            was,
            is_always_kept: true,
        });
    };
    let gone = before.check_ins.iter().filter(|one| is_lost(one, now, how));
    let mut lost: Vec<CheckIn> = gone.map(bare).collect();
    let results = match how {
        How::Told if before.results.is_empty() => &now.results,
        _ => &before.results,
    };
    let is_told = match first_new(before, now) {
        Some(first) => leads_back(before, results, now, first),
        None => is_same(before, results, now),
    };
    if lost.is_empty() && is_told {
        return None;
    }
    let mut was = headline(before);
    was.results.clone_from(results);
    let is_always_kept = !lost.is_empty();
    // The mark stays last: it says which check-ins the state counts.
    was.check_ins
        .retain(|mark| lost.iter().all(|one| one.id != mark.id));
    lost.append(&mut was.check_ins);
    was.check_ins = lost;
    Some(Keep {
        was,
        is_always_kept,
    })
}

/// A check-in without its words.
fn bare(check_in: &CheckIn) -> CheckIn {
    let mut bare = CheckIn::new(check_in.id.clone(), check_in.author.clone(), check_in.at);
    bare.occasion = check_in.occasion;
    bare.status = check_in.status;
    bare.values.clone_from(&check_in.values);
    bare.confidence = check_in.confidence;
    bare.score = check_in.score;
    bare.due_moved = check_in.due_moved;
    bare
}

/// Whether a check-in is not there any more, or says something else than it did.
/// One of which more is told than before does not.
fn is_lost(check_in: &CheckIn, now: &Goal, how: How) -> bool {
    now.check_in(&check_in.id).is_none_or(|now| {
        let is_rewritten = how == How::Whole && check_in.values != now.values;
        is_rewritten || says_otherwise(check_in, now)
    })
}

fn says_otherwise(was: &CheckIn, now: &CheckIn) -> bool {
    // What it read before is rewritten when an earlier one is taken back.
    let is_there = |value: &ValueChange| {
        now.values.iter().any(|other| {
            let is_before = value.before.is_none() || value.before == other.before;
            other.result == value.result && other.now == value.now && is_before
        })
    };
    was.at != now.at
        || was.occasion != now.occasion
        || (was.status.is_some() && was.status != now.status)
        || (was.due_moved.is_some() && was.due_moved != now.due_moved)
        || !was.values.iter().all(is_there)
}

fn percent(progress: Option<f64>) -> Option<f64> {
    progress.map(|progress| (progress * 100.0).round())
}

/// Whether two states of a goal are the same to anybody who asks how it was;
/// `results` are those of the first. Progress counts by whole percents.
fn is_same(one: &Goal, results: &[KeyResult], other: &Goal) -> bool {
    plan(one) == plan(other)
        && percent(one.provider_progress) == percent(other.provider_progress)
        && one.status_word == other.status_word
        && one.next_check_in == other.next_check_in
        && are_same(results, &other.results)
}

/// What a person would say about a goal, but for figures.
fn plan(goal: &Goal) -> impl PartialEq + '_ {
    (
        (
            (&goal.name, &goal.parent, &goal.champion, &goal.reviewer),
            (goal.start, goal.due, goal.cadence, goal.status),
            (&goal.closed, &goal.approval, goal.gone.is_some()),
        ),
        (
            (goal.nature, goal.aspirational, goal.weight),
            (&goal.space, &goal.tags),
        ),
    )
}

fn are_same(some: &[KeyResult], others: &[KeyResult]) -> bool {
    some.len() == others.len() && some.iter().zip(others).all(|(one, other)| same(one, other))
}

fn same(one: &KeyResult, other: &KeyResult) -> bool {
    if one == other {
        return true;
    }
    let parts = |result: &KeyResult| {
        let particulars = result.particulars();
        (
            percent(particulars.provider_progress),
            particulars.automatic,
            particulars.hidden,
            particulars.owner.clone(),
        )
    };
    let bare = |result: &KeyResult| KeyResult {
        particulars: None,
        ..result.clone()
    };
    parts(one) == parts(other) && bare(one) == bare(other)
}

/// When the first check-in was written that came after those known before. Older
/// ones that came to be known change nothing of how it was.
fn first_new(before: &Goal, now: &Goal) -> Option<Time> {
    let last = before.last_check_in().map(|last| last.at);
    let new = now.check_ins.iter();
    let new = new.filter(|one| before.check_in(&one.id).is_none());
    let mut new = new.map(|one| one.at);
    new.find(|at| last.is_none_or(|last| *at > last))
}

/// Whether the check-ins that came tell how it was before them, so that nothing
/// has to be kept: what most changes of a goal are.
fn leads_back(before: &Goal, results: &[KeyResult], now: &Goal, first: Time) -> bool {
    let Some(led) = at(Some(now), &[], first - TimeDelta::nanoseconds(1)) else {
        return false;
    };
    // A check-in of a goal with results moves the provider's figure along with them;
    // ours is reckoned without it.
    let has_values = results.iter().any(|result| result.current.is_some());
    let progress = |goal: &Goal| percent(goal.provider_progress).filter(|_| !has_values);
    plan(before) == plan(&led)
        && progress(before) == progress(&led)
        && (before.cadence != Cadence::None || before.next_check_in == led.next_check_in)
        && are_led_back(results, &led.results)
}

/// As [`are_same`], but for the provider's own figures, which no check-in tells.
fn are_led_back(some: &[KeyResult], others: &[KeyResult]) -> bool {
    let bare = |result: &KeyResult| KeyResult {
        particulars: None,
        ..result.clone()
    };
    let is_same = |(one, other): (&KeyResult, &KeyResult)| bare(one) == bare(other);
    some.len() == others.len() && some.iter().zip(others).all(is_same)
}

/// How a goal was at a moment; none where it was not there yet or not any more.
/// `now` is the goal as it is, if it still is; `kept` are its states, oldest first.
///
/// The state kept first after the moment counts, with the check-ins written since
/// it was true added and those written after the moment taken back. Comments,
/// acknowledgements and check-ins later than the moment are left out.
pub fn at(now: Option<&Goal>, kept: &[Past], moment: Time) -> Option<Goal> {
    let place = kept.iter().position(|past| past.until > moment);
    let later = place.and_then(|place| kept.get(place..)).unwrap_or(&[]);
    if let (true, Some(now)) = (later.is_empty(), now)
        && is_before(now, moment)
    {
        return Some(now.clone());
    }
    let mut goal = match later.first() {
        Some(past) => past.was.as_deref()?.clone(),
        None => now?.clone(),
    };
    if goal.created_at > moment {
        return None;
    }
    let mark = goal.check_ins.pop();
    let all = check_ins(now, later);
    if let (false, Some(now)) = (later.is_empty(), now) {
        goal.description.clone_from(&now.description);
        goal.link.clone_from(&now.link);
        goal.comments.clone_from(&now.comments);
    }
    if let Some(mark) = mark.as_ref().filter(|mark| mark.status.is_none()) {
        // What this machine keeps beside a provider is not in what was kept of it.
        let said = all.iter().find(|one| one.id == mark.id);
        goal.status = said.and_then(|one| one.status).unwrap_or(goal.status);
    }
    let counted = mark.map(|mark| mark.at);
    let is_counted = |check_in: &&CheckIn| counted.is_some_and(|counted| check_in.at <= counted);
    let mut moved = false;
    for check_in in all.iter().filter(is_counted).rev() {
        if check_in.at > moment {
            take_back(&mut goal, check_in, &all);
            moved = true;
        }
    }
    for check_in in all.iter().filter(|check_in| !is_counted(check_in)) {
        if check_in.at <= moment {
            add(&mut goal, check_in);
            moved = true;
        }
    }
    if moved {
        // They were of another moment; ours are reckoned.
        goal.provider_progress = None;
        if goal.cadence != Cadence::None {
            goal.next_check_in = None;
        }
    }
    goal.check_ins = all.into_owned();
    cut(&mut goal, moment);
    Some(goal)
}

/// Whether all that is known of a goal was known at the moment.
fn is_before(goal: &Goal, moment: Time) -> bool {
    let is_known = |check_in: &CheckIn| {
        let acknowledged = check_in.acknowledged.as_ref();
        check_in.at <= moment
            && acknowledged.is_none_or(|one| one.at <= moment)
            && check_in.comments.iter().all(|one| one.at <= moment)
    };
    goal.created_at <= moment
        && goal.updated_at <= moment
        && goal.gone.is_none_or(|gone| gone <= moment)
        && goal
            .closed
            .as_ref()
            .is_none_or(|closed| closed.at <= moment)
        && goal.comments.iter().all(|one| one.at <= moment)
        && goal.check_ins.iter().all(is_known)
}

/// All check-ins there were when the first of these states gave way: those there
/// are, with those that were taken back or rewritten since as they were.
fn check_ins<'a>(now: Option<&'a Goal>, later: &[Past]) -> Cow<'a, [CheckIn]> {
    let mut all = Cow::Borrowed(now.map_or(&[][..], |now| &now.check_ins));
    let states = later.iter().rev().filter_map(|past| past.was.as_deref());
    for was in states.flat_map(|was| &was.check_ins) {
        match all.iter().position(|one| one.id == was.id) {
            None => {
                let place = all.partition_point(|one| one.at <= was.at);
                all.to_mut().insert(place, was.clone());
            }
            Some(place) => {
                let is_other = |one: &CheckIn| {
                    let is_mark = was.values.is_empty();
                    says_otherwise(was, one) || (!is_mark && was.values != one.values)
                };
                if all.get(place).is_some_and(is_other)
                    && let Some(one) = all.to_mut().get_mut(place)
                {
                    one.at = was.at;
                    one.occasion = was.occasion;
                    one.status = was.status;
                    one.values.clone_from(&was.values);
                    one.due_moved = was.due_moved;
                    one.score = was.score;
                }
            }
        }
    }
    all
}

/// Leaves out what is later than the moment.
fn cut(goal: &mut Goal, moment: Time) {
    goal.check_ins.retain(|check_in| check_in.at <= moment);
    goal.comments.retain(|comment| comment.at <= moment);
    for check_in in &mut goal.check_ins {
        check_in.comments.retain(|comment| comment.at <= moment);
        let was_known = |acknowledged: &Acknowledged| acknowledged.at <= moment;
        check_in.acknowledged = check_in.acknowledged.take().filter(was_known);
    }
    if goal
        .closed
        .as_ref()
        .is_some_and(|closed| closed.at > moment)
    {
        // Closed without a word that could have been taken back.
        goal.closed = None;
        let mut said = goal.check_ins.iter().rev();
        let status = said.find_map(|one| one.status.filter(|status| !status.is_closed()));
        goal.status = status.unwrap_or(Status::NotStarted);
        goal.status_word = None;
    }
    goal.gone = goal.gone.filter(|gone| *gone <= moment);
    goal.updated_at = goal.updated_at.min(moment);
}

fn take_back(goal: &mut Goal, check_in: &CheckIn, all: &[CheckIn]) {
    let earlier = || all.iter().rev().filter(|other| other.at < check_in.at);
    for change in &check_in.values {
        if let Some(result) = goal.results.iter_mut().find(|one| one.id == change.result) {
            let before = change.before.clone().or_else(|| {
                let mut earlier = earlier();
                earlier.find_map(|other| other.value_of(&change.result).cloned())
            });
            set(result, before);
        }
    }
    if check_in.status.is_some() {
        let before = earlier().find_map(|other| other.status);
        goal.status = before.unwrap_or(Status::NotStarted);
        goal.status_word = None;
    }
    if let Some(moved) = check_in.due_moved {
        goal.due = moved.from;
    }
    match check_in.occasion {
        Occasion::Regular => {}
        Occasion::Closing => goal.closed = None,
        Occasion::Reopening => {
            let closing = earlier().find(|other| other.occasion == Occasion::Closing);
            goal.closed = Some(Closing {
                at: closing.map_or(check_in.at, |closing| closing.at),
                score: closing.and_then(|closing| closing.score),
            });
        }
    }
}

fn add(goal: &mut Goal, check_in: &CheckIn) {
    for change in &check_in.values {
        if let Some(result) = goal.results.iter_mut().find(|one| one.id == change.result) {
            set(result, Some(change.now.clone()));
        }
    }
    if let Some(status) = check_in.status {
        goal.status = status;
        goal.status_word = None;
    }
    if let Some(moved) = check_in.due_moved {
        goal.due = moved.to;
    }
    match check_in.occasion {
        Occasion::Regular => {}
        Occasion::Closing => {
            goal.closed = Some(Closing {
                at: check_in.at,
                score: check_in.score,
            });
        }
        Occasion::Reopening => goal.closed = None,
    }
}

/// Sets what a result reads; what its provider made of another value goes.
fn set(result: &mut KeyResult, reading: Option<Reading>) {
    result.current = reading;
    if let Some(particulars) = &mut result.particulars {
        particulars.provider_progress = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::check_in::DueMoved;
    use super::*;

    fn time(text: &str) -> Time {
        format!("2026-{text}:00Z").parse().unwrap()
    }

    fn check_in(id: &str, at: &str, before: Option<f64>, now: f64, status: Status) -> CheckIn {
        let mut check_in = CheckIn::new(id.into(), "a:ana".into(), time(at));
        check_in.status = Some(status);
        check_in.values.push(ValueChange {
            result: "a:r".into(),
            before: before.map(Reading::Number),
            now: Reading::Number(now),
        });
        check_in
    }

    /// Made on 1 Oct; 4.1, then 3.8 (5 Nov), then 3.6 (12 Nov, due moved).
    fn goal() -> Goal {
        let mut goal = Goal::new("a:g".into(), "a".into(), "Churn", time("10-01T08:00"));
        let mut result: KeyResult = serde_json::from_value(serde_json::json!({
            "id": "a:r", "name": "Monthly churn", "kind": {"kind": "percent"}
        }))
        .unwrap();
        result.current = Some(Reading::Number(3.6));
        goal.results.push(result);
        goal.due = "2026-12-31".parse().ok();
        goal.status = Status::OffTrack;
        goal.check_ins = vec![
            check_in("1", "11-05T09:00", None, 3.8, Status::OnTrack),
            check_in("2", "11-12T09:00", Some(3.8), 3.6, Status::OffTrack),
        ];
        goal.check_ins[0].acknowledged = Some(Acknowledged {
            by: "a:bo".into(),
            at: time("11-13T09:00"),
        });
        goal.check_ins[1].due_moved = Some(DueMoved {
            from: "2026-11-30".parse().ok(),
            to: goal.due,
        });
        goal
    }

    fn value(goal: &Goal) -> Option<f64> {
        goal.results[0].current.as_ref().map(Reading::number)
    }

    #[test]
    fn check_ins_lead_back_where_nothing_was_kept() {
        let now = goal();
        let was = at(Some(&now), &[], time("11-08T00:00")).unwrap();
        assert_eq!((value(&was), was.status), (Some(3.8), Status::OnTrack));
        assert_eq!(was.due, "2026-11-30".parse().ok());
        assert_eq!(was.check_ins.len(), 1);
        assert_eq!(was.check_ins[0].acknowledged, None);
        let was = at(Some(&now), &[], time("11-01T00:00")).unwrap();
        assert_eq!((value(&was), was.status), (None, Status::NotStarted));
        assert_eq!(at(Some(&now), &[], time("09-01T00:00")), None);
        assert_eq!(at(Some(&now), &[], time("11-20T00:00")), Some(now));
    }

    #[test]
    fn the_state_kept_first_after_the_moment_counts() {
        let mut before = goal();
        before.name = "Old name".into();
        before.check_ins.pop();
        before.results[0].current = Some(Reading::Number(3.7));
        before.status = Status::OnTrack;
        let kept = [Past {
            goal: before.id.clone(),
            until: time("11-14T08:00"),
            was: Some(Box::new(headline(&before))),
        }];
        let now = goal();
        let was = at(Some(&now), &kept, time("11-08T00:00")).unwrap();
        assert_eq!((was.name.as_str(), value(&was)), ("Old name", Some(3.7)));
        // Written at 9:00 on the 12th, seen here on the 14th.
        let was = at(Some(&now), &kept, time("11-13T00:00")).unwrap();
        assert_eq!((value(&was), was.status), (Some(3.6), Status::OffTrack));
        assert_eq!(was.name, "Old name");
        let was = at(Some(&now), &kept, time("11-15T00:00")).unwrap();
        assert_eq!(was.name, "Churn");
    }

    #[test]
    fn what_was_deleted_was_there_before_and_what_was_not_there_was_not() {
        let kept = |was: Option<Goal>| {
            [Past {
                goal: "a:g".into(),
                until: time("11-14T08:00"),
                was: was.map(Box::new),
            }]
        };
        let deleted = kept(Some(headline(&goal())));
        let was = at(None, &deleted, time("11-13T00:00")).unwrap();
        assert_eq!(value(&was), Some(3.6));
        assert_eq!(at(None, &deleted, time("11-15T00:00")), None);
        assert_eq!(at(Some(&goal()), &kept(None), time("11-13T00:00")), None);
    }

    #[test]
    fn a_closing_is_taken_back() {
        let mut now = goal();
        let mut closing = check_in("3", "11-18T09:00", Some(3.6), 2.0, Status::Achieved);
        closing.occasion = Occasion::Closing;
        now.closed = Some(Closing {
            at: closing.at,
            score: None,
        });
        now.status = Status::Achieved;
        now.check_ins.push(closing);
        let was = at(Some(&now), &[], time("11-17T00:00")).unwrap();
        assert!(was.is_open());
        assert_eq!(was.status, Status::OffTrack);
    }
}
