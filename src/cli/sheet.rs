//! A check-in that is being written, field by field as typed, as the form of the
//! screens keeps it: for plain mode, for the file of all due ones, for drafts.

use std::collections::BTreeMap;

use crate::model::apply;
use crate::model::check_in::{CheckIn, DueMoved, ValueChange};
use crate::model::dates;
use crate::model::entry::{Draft, DraftKey, Form};
use crate::model::exchange::{Abilities, Ability, Tell};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{CheckInId, GoalId, PersonId, ResultId};
use crate::model::key_result::{KeyResult, Reading};
use crate::model::note;
use crate::model::status::Status;
use crate::model::time::{Now, Time};
use crate::model::values;
use crate::store::Store;

const STATUS: &str = "status";
const CONFIDENCE: &str = "confidence";
const DUE: &str = "due";
const NOTE: &str = "note";
const TELL: &str = "tell";
const VALUE: &str = "value:";
const BEFORE: &str = "before:";

/// A check-in being written.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Its draft's name.
    pub key: DraftKey,
    /// The status chosen in it; none if it was not chosen yet.
    pub status: Option<Status>,
    /// As typed.
    pub confidence: String,
    /// As typed.
    pub due: String,
    /// As typed.
    pub note: String,
    values: BTreeMap<ResultId, Typed>,
    /// Fields of a draft that nobody here asks for.
    rest: BTreeMap<String, String>,
}

/// A value as typed, and what the key result read when it was typed.
#[derive(Clone, Debug, PartialEq)]
struct Typed {
    text: String,
    base: Option<Reading>,
}

/// The name of a goal's check-in draft.
pub fn key_of(goal: &GoalId) -> DraftKey {
    DraftKey {
        goal: Some(goal.clone()),
        form: Form::CheckIn,
    }
}

/// The status that was said of a goal last, of those a check-in chooses from.
pub fn last_said(goal: &Goal) -> Option<Status> {
    let said = goal.check_ins.iter().rev().filter_map(|last| last.status);
    said.into_iter()
        .find(|status| Status::CHOICES.contains(status))
}

/// Why no check-in can be written on a goal, if so.
pub fn refusal(store: &Store, goal: &Goal, now: &Now) -> Option<String> {
    if let Some(closed) = &goal.closed {
        let day = dates::day(now.day_of(closed.at), now);
        return Some(format!("the goal was closed on {day}"));
    }
    if let Some(words) = store.copy_words(goal, now) {
        return Some(words);
    }
    if goal.nature == Nature::Folder {
        return Some("a folder has no check-ins; choose a goal in it".to_owned());
    }
    let account = store.account(&goal.account)?;
    account.why_not(account.setup.abilities.check_in)
}

/// The key results whose values are typed, in the goal's order.
pub fn typed_results(goal: &Goal) -> impl Iterator<Item = &KeyResult> {
    let is_goal = goal.nature == Nature::Goal;
    let results = goal.results.iter();
    results.filter(move |result| is_goal && result.sum_of.is_empty() && !result.is_read_elsewhere())
}

/// The due day as typed: none if unchanged, else the new day or no day.
fn due_of(text: &str, now: &Now) -> Result<Option<Option<chrono::NaiveDate>>, String> {
    match text.trim() {
        "" => Ok(None),
        none if none.eq_ignore_ascii_case("none") => Ok(Some(None)),
        day => dates::parse_day(day, now).map(|day| Some(Some(day))),
    }
}

impl Sheet {
    /// An empty one.
    pub fn new(goal: &GoalId) -> Self {
        Self {
            key: key_of(goal),
            status: None,
            confidence: String::new(),
            due: String::new(),
            note: String::new(),
            values: BTreeMap::new(),
            rest: BTreeMap::new(),
        }
    }

    /// What a draft kept.
    pub fn of_draft(draft: &Draft) -> Self {
        let mut sheet = Self {
            key: draft.key.clone(),
            ..Self::new(&GoalId::new(""))
        };
        for (name, text) in &draft.fields {
            if let Some(id) = name.strip_prefix(VALUE) {
                let before = draft.fields.get(&format!("{BEFORE}{id}"));
                let base = before.and_then(|before| serde_json::from_str(before).ok());
                let text = text.clone();
                sheet.values.insert(ResultId::new(id), Typed { text, base });
                continue;
            }
            match name.as_str() {
                STATUS => sheet.status = Status::parse(text),
                CONFIDENCE => sheet.confidence.clone_from(text),
                DUE => sheet.due.clone_from(text),
                NOTE => sheet.note.clone_from(text),
                before if before.starts_with(BEFORE) => {}
                _ => {
                    sheet.rest.insert(name.clone(), text.clone());
                }
            }
        }
        sheet
    }

    /// As a draft: the form opens with it.
    pub fn draft(&self, at: Time) -> Draft {
        let mut fields = self.rest.clone();
        for (id, typed) in &self.values {
            fields.insert(format!("{VALUE}{id}"), typed.text.clone());
            if let Some(base) = &typed.base
                && let Ok(base) = serde_json::to_string(base)
            {
                fields.insert(format!("{BEFORE}{id}"), base);
            }
        }
        if let Some(status) = self.status {
            fields.insert(STATUS.to_owned(), status.words().code.to_owned());
        }
        for (name, text) in [
            (CONFIDENCE, &self.confidence),
            (DUE, &self.due),
            (NOTE, &self.note),
        ] {
            if !text.trim().is_empty() {
                fields.insert(name.to_owned(), text.clone());
            }
        }
        Draft {
            key: self.key.clone(),
            fields,
            focus: NOTE.to_owned(),
            cursor: (0, 0),
            scroll: 0,
            saved_at: at,
        }
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        let texts = [&self.confidence, &self.due, &self.note];
        self.values.is_empty()
            && self.status.is_none()
            && texts.iter().all(|text| text.trim().is_empty())
    }

    /// What was typed for a key result.
    pub fn typed(&self, result: &ResultId) -> Option<&str> {
        self.values.get(result).map(|typed| typed.text.as_str())
    }

    /// Takes what was typed for a key result; nothing leaves it unchanged.
    ///
    /// # Errors
    /// What is wrong with it, one sentence; the sheet stays as it was.
    pub fn set_value(&mut self, result: &KeyResult, text: &str) -> Result<(), String> {
        let Some(reading) = values::parse(result, result.current.as_ref(), text)? else {
            self.values.remove(&result.id);
            return Ok(());
        };
        // The form has no "one more" for ticks: it takes the outcome.
        let text = match reading {
            Reading::Ticks(ticks) => values::ticks_text(&ticks),
            Reading::Number(_) | Reading::Yes(_) => text.trim().to_owned(),
        };
        let base = result.current.clone();
        self.values.insert(result.id.clone(), Typed { text, base });
        Ok(())
    }

    /// A key result reads this whatever it read before; none leaves it unchanged.
    pub fn take(&mut self, result: &KeyResult, reading: Option<&Reading>) {
        let text = match reading {
            None => {
                self.values.remove(&result.id);
                return;
            }
            Some(Reading::Ticks(ticks)) => values::ticks_text(ticks),
            Some(Reading::Yes(yes)) => if *yes { "y" } else { "n" }.to_owned(),
            // A sign would make it a difference.
            Some(Reading::Number(number)) if *number < 0.0 => format!("={number}"),
            Some(Reading::Number(number)) => number.to_string(),
        };
        let base = result.current.clone();
        self.values.insert(result.id.clone(), Typed { text, base });
    }

    /// Who is told, as its draft says.
    pub fn tell(&self) -> Tell {
        let tell = self.rest.get(TELL).map_or("", String::as_str);
        serde_json::from_str(tell).unwrap_or_default()
    }

    /// What a key result would read; none if it stays.
    ///
    /// # Errors
    /// What is wrong with what was typed.
    pub fn reading(&self, result: &KeyResult) -> Result<Option<Reading>, String> {
        match self.typed(&result.id) {
            Some(text) => values::parse(result, result.current.as_ref(), text),
            None => Ok(None),
        }
    }

    /// The values that change, in the goal's order; those that cannot be read are
    /// left out.
    pub fn values(&self, goal: &Goal) -> Vec<ValueChange> {
        let changes = typed_results(goal).filter_map(|result| {
            Some(ValueChange {
                result: result.id.clone(),
                before: result.current.clone(),
                now: self.reading(result).ok().flatten()?,
            })
        });
        changes.collect()
    }

    /// The due day it moves to, if it does; a day that cannot be read moves nothing.
    pub fn due_moved(&self, goal: &Goal, now: &Now) -> Option<DueMoved> {
        let to = due_of(&self.due, now).ok().flatten()?;
        apply::due_move(goal, to)
    }

    /// What is wrong with the due day as typed.
    ///
    /// # Errors
    /// One sentence.
    pub fn check_due(text: &str, goal: &Goal, now: &Now) -> Result<(), String> {
        let day = due_of(text, now)?.flatten();
        match (goal.start, day) {
            (Some(start), Some(day)) if day < start => {
                Err("the goal would end before it starts".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Values that somebody else changed since they were typed: the key result, and
    /// what is typed here.
    pub fn conflicts<'g>(&self, goal: &'g Goal) -> Vec<(&'g KeyResult, Reading)> {
        let conflicts = typed_results(goal).filter_map(|result| {
            let typed = self.values.get(&result.id)?;
            let mine = self.reading(result).ok().flatten()?;
            let moved = result.current != typed.base && result.current.as_ref() != Some(&mine);
            moved.then_some((result, mine))
        });
        conflicts.collect()
    }

    /// What keeps it from being posted.
    pub fn faults(&self, goal: &Goal, abilities: &Abilities, now: &Now) -> Vec<String> {
        let mut faults = Vec::new();
        for result in typed_results(goal) {
            if let Err(why) = self.reading(result) {
                faults.push(format!("{}: {why}", result.name));
            }
        }
        if abilities.status.is_possible() && self.status.or(last_said(goal)).is_none() {
            faults.push("choose a status: on track, at risk or off track".to_owned());
        }
        if let Err(why) = values::parse_confidence(&self.confidence) {
            faults.push(format!("confidence: {why}"));
        }
        if let Err(why) = Self::check_due(&self.due, goal, now) {
            faults.push(format!("due day: {why}"));
        }
        faults
    }

    /// The check-in as it is posted. The template's headings that nothing was
    /// written under are left out.
    pub fn check_in(
        &self,
        id: CheckInId,
        me: PersonId,
        goal: &Goal,
        abilities: &Abilities,
        template: &str,
        now: &Now,
    ) -> CheckIn {
        let confidence = values::parse_confidence(&self.confidence).ok().flatten();
        CheckIn {
            status: self
                .status
                .or(last_said(goal))
                .filter(|_| abilities.status.is_possible()),
            values: self.values(goal),
            note: note::without_empty_headings(&self.note, template),
            confidence: confidence.filter(|_| !matches!(abilities.confidence, Ability::No(_))),
            due_moved: self.due_moved(goal, now),
            ..CheckIn::new(id, me, now.at)
        }
    }
}
