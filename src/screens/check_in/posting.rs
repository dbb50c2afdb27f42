//! From what is typed to a check-in: what is missing or wrong, what somebody
//! else changed meanwhile, and the write itself.

use super::values::ValueField;
use super::{CheckInForm, Focus};
use crate::model::apply;
use crate::model::check_in::{CheckIn, ValueChange};
use crate::model::dates;
use crate::model::exchange::Change;
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, PersonId, ResultId};
use crate::model::key_result::{KeyResult, Reading};
use crate::model::time::Now;
use crate::model::values;
use crate::screens::{Choice, Goto, Place, Reply, Scene, form, measure};
use crate::store::Store;
use crate::store::effect::{Command, Post, Toast};

/// What a conflict sheet's answer is about begins with this.
pub const CONFLICT: &str = "conflict ";

/// The due day as typed: none if unchanged, else the new day or no day.
///
/// # Errors
/// One sentence to show under the field.
pub fn due(text: &str, now: &Now) -> Result<Option<Option<chrono::NaiveDate>>, String> {
    match text.trim() {
        "" => Ok(None),
        none if none.eq_ignore_ascii_case("none") => Ok(Some(None)),
        day => dates::parse_day(day, now).map(|day| Some(Some(day))),
    }
}

impl CheckInForm {
    /// What keeps it from being posted, in the order of the fields.
    pub(super) fn find_errors(&self, goal: &Goal, now: &Now) -> Vec<(Focus, String)> {
        let mut errors = Vec::new();
        for (place, field) in self.values.iter().enumerate() {
            let Some(result) = goal.result(&field.result) else {
                continue;
            };
            if let Err(why) = field.reading(result) {
                errors.push((Focus::Value(place), why));
            }
        }
        if self.takes_status && self.status.is_none() {
            errors.push((
                Focus::Status,
                "choose a status: 1 on track, 2 at risk, 3 off track".to_owned(),
            ));
        }
        if self.takes_confidence
            && let Err(why) = values::parse_confidence(self.confidence.text())
        {
            errors.push((Focus::Confidence, why));
        }
        if let Err(why) = due(self.due.text(), now) {
            errors.push((Focus::Due, why));
        }
        errors
    }

    /// Posts, or goes to the first thing that keeps it from being posted.
    pub(super) fn post(&mut self, scene: &Scene<'_>) -> Reply {
        self.is_commanding = false;
        let Some(goal) = scene.store.goal(&self.goal) else {
            return Reply::done().saying(Toast::error(
                "this goal is gone; your text is kept as a draft",
            ));
        };
        let Some(me) = scene.store.me(&goal.account).cloned() else {
            return Reply::done().saying(Toast::error(format!(
                "{} has not said yet who you are; your text is kept, try again in a moment",
                goal.account
            )));
        };
        self.is_strict = true;
        self.reckon(scene);
        if let Some((first, _)) = self.errors.first() {
            self.focus = *first;
            return Reply::done().saying(form::need_you(self.errors.len()));
        }
        if let Some(choice) = self.conflict(goal, scene) {
            return Reply::goto(Goto::Open(Place::Choose(choice)));
        }
        let change = match &self.over {
            None => Change::CheckIn {
                goal: goal.id.clone(),
                check_in: self.check_in(goal, me, scene),
                tell: self.tell.clone(),
            },
            Some(earlier) => {
                let Some(check_in) = goal.check_in(earlier) else {
                    return Reply::done().saying(Toast::error(
                        "this check-in is gone; your text is kept as a draft",
                    ));
                };
                Change::EditCheckIn {
                    goal: goal.id.clone(),
                    check_in: self.amended(goal, check_in),
                }
            }
        };
        let said = form::posted(&goal.account, &change, scene);
        let post = Post {
            id: scene.ids.entry(),
            account: goal.account.clone(),
            change,
            draft: Some(self.key.clone()),
        };
        // What is kept last is what undoing gives back.
        Reply::command(Command::Keep(self.as_draft(scene.now.at)))
            .and(Command::Post(post))
            .saying(said)
            .going(Goto::Next)
    }

    fn check_in(&self, goal: &Goal, me: PersonId, scene: &Scene<'_>) -> CheckIn {
        let id = CheckInId::new(format!("{}:c-{}", goal.account, scene.ids.next()));
        let mut check_in = CheckIn::new(id, me, scene.now.at);
        check_in.status = self.status.filter(|_| self.takes_status);
        check_in.values = changes(&self.values, goal);
        check_in.note = self.note.for_posting();
        check_in.confidence = values::parse_confidence(self.confidence.text())
            .ok()
            .flatten()
            .filter(|_| self.takes_confidence);
        check_in.due_moved = due(self.due.text(), &scene.now)
            .ok()
            .flatten()
            .and_then(|to| apply::due_move(goal, to));
        check_in
    }

    /// The first value that somebody else changed while another was typed here.
    fn conflict(&self, goal: &Goal, scene: &Scene<'_>) -> Option<Choice> {
        let (result, mine) = self
            .values
            .iter()
            .find_map(|field| conflicting(field, goal))?;
        let theirs = result
            .current
            .as_ref()
            .map_or_else(|| "–".to_owned(), |now| values::show(result, now));
        let mine = values::show(result, &mine);
        let by = last_reader(goal, &result.id, scene);
        Some(Choice {
            title: format!("{}   you: {mine}   {by}: {theirs}", result.name),
            about: format!("{CONFLICT}{}", result.id),
            rows: [
                ("mine", format!("mine: post {mine}")),
                ("theirs", format!("theirs: leave it at {theirs}")),
                ("edit", "edit: go back to the field".to_owned()),
            ]
            .map(|(key, words)| (key.to_owned(), words))
            .to_vec(),
            filters: false,
        })
    }

    /// Carries out what was chosen in a conflict sheet; posts unless it was *edit*.
    pub(super) fn settle(&mut self, id: &ResultId, choice: &str, scene: &Scene<'_>) -> Reply {
        let Some(goal) = scene.store.goal(&self.goal) else {
            return self.post(scene);
        };
        let place = self.values.iter().position(|field| &field.result == id);
        if let (Some(place), Some(result)) = (place, goal.result(id))
            && let Some(field) = self.values.get_mut(place)
        {
            let mine = field.reading(result);
            field.base.clone_from(&result.current);
            match (choice, mine) {
                // What was a difference stays the value it was meant to be.
                ("mine", Ok(Some(mine))) => field.set(&mine),
                ("theirs", _) => field.clear(),
                _ => {
                    self.focus = Focus::Value(place);
                    if super::values::is_ticked(result) {
                        self.focus = Focus::Tick(place, 0);
                    }
                    return self.changed(scene);
                }
            }
        }
        self.post(scene)
    }
}

/// A field whose key result was read differently since typing began; with what
/// is typed.
pub fn conflicting<'a>(field: &ValueField, goal: &'a Goal) -> Option<(&'a KeyResult, Reading)> {
    let result = goal.result(&field.result)?;
    let mine = field.reading(result).ok().flatten()?;
    let moved = field.is_touched() && result.current != field.base;
    (moved && result.current.as_ref() != Some(&mine)).then_some((result, mine))
}

/// Who read a key result last, and when: `Mei at 10:31`.
pub fn last_reader(goal: &Goal, result: &ResultId, scene: &Scene<'_>) -> String {
    let read = goal
        .check_ins
        .iter()
        .rev()
        .find(|check_in| check_in.value_of(result).is_some());
    read.map_or_else(
        || "now".to_owned(),
        |check_in| reader(check_in, scene.store, &scene.now),
    )
}

fn reader(check_in: &CheckIn, store: &Store, now: &Now) -> String {
    let who = if store.is_me(&check_in.author) {
        "you".to_owned()
    } else {
        measure::first_name(&check_in.author, store).to_string()
    };
    let wall = now.zone.local(check_in.at);
    if now.days_since(check_in.at) == 0 {
        format!("{who} at {}", wall.format("%H:%M"))
    } else {
        format!("{who} on {}", dates::day(wall.date(), now))
    }
}

/// The readings to post; fields with an error or without a word are left out.
pub fn changes(fields: &[ValueField], goal: &Goal) -> Vec<ValueChange> {
    let mut changes = Vec::new();
    // In the goal's order, not the form's.
    for result in &goal.results {
        let field = fields.iter().find(|field| field.result == result.id);
        if let Some(Ok(Some(now))) = field.map(|field| field.reading(result)) {
            changes.push(ValueChange {
                result: result.id.clone(),
                before: result.current.clone(),
                now,
            });
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::super::values::tests::{goal, result};
    use super::*;
    use crate::model::key_result::Kind;
    use crate::model::time::Zone;

    fn now() -> Now {
        Now::new("2026-11-20T10:42:00Z".parse().unwrap(), Zone::utc())
    }

    fn number(current: f64) -> KeyResult {
        result("kr", Kind::Number, Some(Reading::Number(current)))
    }

    fn typed(result: &KeyResult, text: &str) -> ValueField {
        let mut field = ValueField::new(result);
        field.take_text(result, text);
        field
    }

    #[test]
    fn an_empty_due_field_is_unchanged_and_none_is_no_day() {
        assert_eq!(due(" ", &now()), Ok(None));
        assert_eq!(due("None", &now()), Ok(Some(None)));
        let day = chrono::NaiveDate::from_ymd_opt(2026, 12, 31);
        assert_eq!(due("31 Dec", &now()), Ok(Some(day)));
        assert!(due("whenever", &now()).is_err());
    }

    #[test]
    fn values_are_posted_as_they_will_read_and_not_as_differences() {
        let goal = goal(vec![number(18.0)]);
        let fields = vec![typed(&goal.results[0], "-1")];
        let changes = changes(&fields, &goal);
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].before, Some(Reading::Number(18.0)));
        assert_eq!(changes[0].now, Reading::Number(17.0));
    }

    #[test]
    fn somebody_elses_newer_value_is_a_conflict_only_where_one_typed_another() {
        let before = goal(vec![number(150.0)]);
        let after = goal(vec![number(158.0)]);
        let typed = |text| typed(&before.results[0], text);
        assert!(conflicting(&typed("162"), &after).is_some());
        assert!(conflicting(&typed("162"), &before).is_none());
        assert!(conflicting(&typed("158"), &after).is_none());
        assert!(conflicting(&typed(""), &after).is_none());
        let (_, mine) = conflicting(&typed("+3"), &after).unwrap();
        assert_eq!(mine, Reading::Number(153.0));
    }
}
