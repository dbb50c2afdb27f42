//! What happened to a goal: its check-ins, and what was found changed here without
//! one, so that goals of providers that tell no history have one too.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};

use crate::model::check_in::{CheckIn, Occasion};
use crate::model::figures;
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, PersonId, ResultId};
use crate::model::key_result::{KeyResult, Reading};
use crate::model::past::{self, Past};
use crate::model::progress;
use crate::model::status::Status;
use crate::model::time::Time;
use crate::model::values;

/// Clocks of servers may be ahead of ours by this much.
const AHEAD: TimeDelta = TimeDelta::minutes(15);

/// Something that happened to a goal.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment<'a> {
    /// Somebody wrote a check-in, closed the goal or opened it again.
    CheckIn(&'a CheckIn),
    /// It was found changed here, and no check-in says so.
    Found {
        /// When this machine saw it; it happened some time before that.
        at: Time,
        /// What; at least one thing.
        changes: Vec<Change>,
    },
}

impl Moment<'_> {
    /// When.
    pub fn at(&self) -> Time {
        match self {
            Moment::CheckIn(check_in) => check_in.at,
            Moment::Found { at, .. } => *at,
        }
    }

    /// The check-in, if it is one.
    pub fn check_in(&self) -> Option<&CheckIn> {
        match self {
            Moment::CheckIn(check_in) => Some(check_in),
            Moment::Found { .. } => None,
        }
    }
}

/// One thing that was found changed, before and after.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A key result's value.
    Value {
        /// The key result as it is after it.
        result: Box<KeyResult>,
        /// Before; none for a first value.
        before: Option<Reading>,
        /// After.
        now: Reading,
    },
    /// A key result that was not there before.
    Added(Box<KeyResult>),
    /// A key result that is not there any more.
    Removed(Box<KeyResult>),
    /// The status.
    Status(Status, Status),
    /// The due day.
    Due(Option<NaiveDate>, Option<NaiveDate>),
    /// Who answers for it.
    Champion(Option<PersonId>, Option<PersonId>),
    /// Who acknowledges.
    Reviewer(Option<PersonId>, Option<PersonId>),
    /// The name.
    Name(String, String),
    /// The provider's own progress, of goals that have no key results to tell it.
    Progress(Option<f64>, Option<f64>),
}

impl Change {
    /// `Monthly churn 3.80 → 3.66 (+7 points)`, `status On track → At risk`, …
    /// Foreign text.
    pub fn words(&self, names: &dyn Fn(&PersonId) -> String) -> String {
        let role = |role: &str, before: &Option<PersonId>, now: &Option<PersonId>| {
            figures::role_words(role, before.as_ref(), now.as_ref(), names)
        };
        match self {
            Change::Value {
                result,
                before,
                now,
            } => figures::moved_words(result, before.as_ref(), now),
            Change::Added(result) => format!("new key result {}", result.name),
            Change::Removed(result) => format!("key result {} removed", result.name),
            Change::Status(before, now) => figures::status_words(Some(*before), *now),
            Change::Due(before, now) => figures::due_words(*before, *now),
            Change::Champion(before, now) => role("champion", before, now),
            Change::Reviewer(before, now) => role("reviewer", before, now),
            Change::Name(before, _) => format!("renamed from \u{201c}{before}\u{201d}"),
            Change::Progress(before, now) => figures::progress_words(*before, *now),
        }
    }

    /// `value`, `status`, … as in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Change::Value { .. } => "value",
            Change::Added(_) => "result_added",
            Change::Removed(_) => "result_removed",
            Change::Status(..) => "status",
            Change::Due(..) => "due",
            Change::Champion(..) => "champion",
            Change::Reviewer(..) => "reviewer",
            Change::Name(..) => "name",
            Change::Progress(..) => "progress",
        }
    }
}

/// All that happened to a goal up to a moment, newest first. `kept` are its states,
/// oldest first.
pub fn moments<'a>(goal: &'a Goal, kept: &[Past], until: Time) -> Vec<Moment<'a>> {
    let check_ins = goal.check_ins.iter().filter(|one| one.at <= until);
    let mut all: Vec<Moment<'a>> = check_ins.map(Moment::CheckIn).collect();
    if !kept.is_empty() {
        let bare = without_words(goal);
        let mut told = Told::of(&bare);
        for past in kept.iter().filter(|past| past.until <= until) {
            // Check-ins since then are not kept: what followed is reckoned from them.
            let after = past::at(Some(&bare), kept, past.until);
            if let (Some(before), Some(after)) = (past.was.as_deref(), after) {
                let changes = told.untold(before, &after, past.until);
                if !changes.is_empty() {
                    let at = past.until;
                    all.push(Moment::Found { at, changes });
                }
            }
        }
    }
    all.sort_by_key(|moment| std::cmp::Reverse(moment.at()));
    all
}

/// A goal as it is without what people wrote: made many times over.
fn without_words(goal: &Goal) -> Goal {
    let check_ins = goal.check_ins.iter().map(|one| CheckIn {
        occasion: one.occasion,
        status: one.status,
        values: one.values.clone(),
        score: one.score,
        due_moved: one.due_moved,
        ..CheckIn::new(one.id.clone(), one.author.clone(), one.at)
    });
    Goal {
        check_ins: check_ins.collect(),
        ..past::headline(goal)
    }
}

/// What check-ins say, to leave out of what was found changed what they tell anyway.
struct Told<'a> {
    goal: &'a Goal,
    /// Since when a value stands; none as long as it stands since before the first
    /// kept state.
    values: HashMap<ResultId, Time>,
    status: Option<Time>,
    due: Option<Time>,
}

impl<'a> Told<'a> {
    fn of(goal: &'a Goal) -> Self {
        Self {
            goal,
            values: HashMap::new(),
            status: None,
            due: None,
        }
    }

    /// The check-ins written up to a moment, newest first, that what was there since
    /// `since` cannot have come from.
    fn since(
        &self,
        since: Option<Time>,
        until: Time,
    ) -> impl Iterator<Item = &'a CheckIn> + use<'a> {
        let check_ins = self.goal.check_ins.iter().rev();
        check_ins
            .skip_while(move |one| one.at > until + AHEAD)
            .take_while(move |one| since.is_none_or(|since| one.at > since))
    }

    /// What changed from one state to the next and no check-in tells.
    fn untold(&mut self, before: &Goal, now: &Goal, until: Time) -> Vec<Change> {
        let mut changes = Vec::new();
        if before.status != now.status {
            let mut said = self.since(self.status, until);
            if said.find_map(|one| one.status) != Some(now.status) {
                changes.push(Change::Status(before.status, now.status));
            }
            self.status = Some(until);
        }
        for result in &now.results {
            let earlier = before.results.iter().find(|other| other.id == result.id);
            let Some(earlier) = earlier else {
                changes.push(Change::Added(Box::new(result.clone())));
                continue;
            };
            let was = earlier.current.as_ref();
            let Some(reading) = result.current.as_ref() else {
                continue;
            };
            if was == Some(reading) {
                continue;
            }
            let since = self.values.insert(result.id.clone(), until);
            let mut said = self.since(since, until);
            if said.find_map(|one| one.value_of(&result.id)) != Some(reading) {
                changes.push(Change::Value {
                    result: Box::new(result.clone()),
                    before: was.cloned(),
                    now: reading.clone(),
                });
            }
        }
        let is_there = |result: &&KeyResult| now.results.iter().any(|one| one.id == result.id);
        let gone = before.results.iter().filter(|result| !is_there(result));
        changes.extend(gone.map(|result| Change::Removed(Box::new(result.clone()))));
        if before.due != now.due {
            let mut said = self.since(self.due, until);
            let moved = said.find_map(|one| one.due_moved);
            if moved.is_none_or(|moved| moved.to != now.due) {
                changes.push(Change::Due(before.due, now.due));
            }
            self.due = Some(until);
        }
        if before.champion != now.champion {
            let (before, now) = (before.champion.clone(), now.champion.clone());
            changes.push(Change::Champion(before, now));
        }
        if before.reviewer != now.reviewer {
            let (before, now) = (before.reviewer.clone(), now.reviewer.clone());
            changes.push(Change::Reviewer(before, now));
        }
        if before.name != now.name {
            changes.push(Change::Name(before.name.clone(), now.name.clone()));
        }
        let whole = |goal: &Goal| goal.provider_progress.and_then(progress::whole_percent);
        if now.results.is_empty() && whole(before) != whole(now) && whole(now).is_some() {
            let (before, now) = (before.provider_progress, now.provider_progress);
            changes.push(Change::Progress(before, now));
        }
        changes
    }
}

/// The check-in of a goal before one of its own, of any occasion.
pub fn before<'a>(goal: &'a Goal, id: &CheckInId) -> Option<&'a CheckIn> {
    let place = goal.check_ins.iter().position(|one| one.id == *id)?;
    goal.check_ins.get(place.checked_sub(1)?)
}

/// What one check-in said of a key result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move<'a> {
    /// The key result; none where the goal has it no more.
    pub result: Option<&'a KeyResult>,
    /// What it read before, told by the check-in or by the one before it.
    pub before: Option<&'a Reading>,
    /// What it read then.
    pub now: &'a Reading,
}

impl Move<'_> {
    /// `3.80 → 3.66 %`, or the value alone where nothing is known from before.
    pub fn words(&self) -> String {
        match (self.result, self.before) {
            (None, _) => values::number(self.now.number()),
            (Some(result), None) => values::show(result, self.now),
            (Some(result), Some(before)) => {
                let change = values::change(result, before, self.now);
                match self.now {
                    Reading::Number(_) => values::with_unit(result, change),
                    Reading::Yes(_) | Reading::Ticks(_) => change,
                }
            }
        }
    }
}

/// What a check-in said of key results: in the goal's order, then those that are
/// gone.
pub fn moves<'a>(goal: &'a Goal, check_in: &'a CheckIn) -> Vec<Move<'a>> {
    let place_of = |id: &ResultId| goal.results.iter().position(|one| one.id == *id);
    let earlier = |id: &ResultId| {
        let mut earlier = goal.check_ins.iter().rev();
        earlier
            .by_ref()
            .find(|one| one.id == check_in.id)
            .and_then(|_| earlier.find_map(|one| one.value_of(id)))
    };
    let mut moves: Vec<(usize, Move<'a>)> = check_in
        .values
        .iter()
        .map(|change| {
            let place = place_of(&change.result);
            let one = Move {
                result: place.and_then(|place| goal.results.get(place)),
                before: change.before.as_ref().or_else(|| earlier(&change.result)),
                now: &change.now,
            };
            (place.unwrap_or(usize::MAX), one)
        })
        .collect();
    moves.sort_by_key(|(place, _)| *place);
    moves.into_iter().map(|(_, one)| one).collect()
}

/// `check-in`, `closed`, `reopened`: what sort of check-in it is.
pub fn occasion_word(check_in: &CheckIn) -> &'static str {
    match check_in.occasion {
        Occasion::Regular => "check-in",
        Occasion::Closing => "closed",
        Occasion::Reopening => "reopened",
    }
}

#[cfg(test)]
mod tests;
