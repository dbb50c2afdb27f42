//! The editor over a check-in that was written before: what of it can still be
//! changed, and the check-in as it shall be.

use super::posting;
use super::rows::FormRow;
use super::values::ValueField;
use super::{CheckInForm, Focus, Note};
use crate::model::check_in::CheckIn;
use crate::model::dates;
use crate::model::entry::{DraftKey, Form};
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, GoalId};
use crate::screens::{Scene, Screen, form};
use crate::shown;
use crate::theme::Role;
use crate::widgets::line::Line;

impl CheckInForm {
    /// The editor over a check-in, with its draft if there is one.
    pub fn over(goal: &GoalId, check_in: &CheckInId, scene: &Scene<'_>) -> Self {
        let mut form = Self::blank(goal);
        form.over = Some(check_in.clone());
        form.key = DraftKey {
            goal: Some(goal.clone()),
            form: Form::EditCheckIn(check_in.clone()),
        };
        form.focus = Focus::Note;
        let found = scene.store.goal(goal);
        if let Some(before) = found.and_then(|goal| goal.check_in(check_in)) {
            form.note = Note::restored(&before.note, (usize::MAX, usize::MAX), 0, "");
            form.status = before.status;
            form.has_chosen = true;
        }
        form.follow(scene);
        form.pristine = form.fields();
        if let (Some(draft), Some(goal)) = (scene.store.draft(&form.key), found) {
            form.restore(draft, goal, "");
            form.restored = Some(form::restored_words(draft, &scene.now));
        }
        form.reckon(scene);
        form
    }

    /// What can be changed now: the provider may take only the note.
    pub(super) fn follow_earlier(&mut self, scene: &Scene<'_>) {
        let Some(goal) = scene.store.goal(&self.goal) else {
            return;
        };
        let Some(check_in) = self.over.as_ref().and_then(|id| goal.check_in(id)) else {
            return;
        };
        self.takes_confidence = false;
        self.takes_tell = false;
        self.only_note = only_note(goal, check_in, scene);
        self.takes_status &= self.only_note.is_none();
        if self.only_note.is_some() {
            self.values.clear();
        } else {
            self.values = ValueField::of(goal, std::mem::take(&mut self.values));
        }
        if !self.order().contains(&self.focus) {
            self.focus = Focus::Note;
        }
        self.reckon(scene);
    }

    /// The check-in with what was changed.
    pub(super) fn amended(&self, goal: &Goal, before: &CheckIn) -> CheckIn {
        let mut edited = before.clone();
        edited.note = self.note.for_posting();
        if self.takes_status {
            edited.status = self.status;
        }
        for change in posting::changes(&self.values, goal) {
            let mut known = edited.values.iter_mut();
            match known.find(|value| value.result == change.result) {
                Some(value) => value.now = change.now,
                None => edited.values.push(change),
            }
        }
        edited
    }

    /// Under the status: why only the note can be changed.
    pub(super) fn earlier_row(&self, width: usize, rows: &mut Vec<FormRow>) {
        let Some(why) = &self.only_note else { return };
        for piece in shown!("{why}").wrap(width.saturating_sub(4)) {
            rows.push(FormRow {
                line: Line::new().space(3).put(Role::Dim, piece),
                ..FormRow::default()
            });
        }
    }
}

/// Why a check-in cannot be changed at all.
pub fn refusal(goal: Option<&Goal>, check_in: &CheckInId, scene: &Scene<'_>) -> Option<String> {
    let gone = "This check-in is gone at its provider. What you wrote is kept as a draft.";
    let Some(goal) = goal else {
        return Some(gone.to_owned());
    };
    if let Some(words) = scene.store.copy_words(goal, &scene.now) {
        return Some(words);
    }
    if goal.check_in(check_in).is_none() {
        return Some(gone.to_owned());
    }
    let account = scene.store.account(&goal.account)?;
    account.why_not(account.setup.abilities.edit_check_in)
}

/// Why only the note of a check-in can be changed, if so.
fn only_note(goal: &Goal, check_in: &CheckIn, scene: &Scene<'_>) -> Option<String> {
    let abilities = &scene.store.account(&goal.account)?.setup.abilities;
    if goal.last_check_in().map(|last| &last.id) != Some(&check_in.id) {
        return Some("A newer check-in is there, so only the note can be changed.".to_owned());
    }
    let hours = abilities.edit_within?;
    let age = scene.now.at - check_in.at;
    (age > chrono::TimeDelta::hours(i64::from(hours))).then(|| {
        let provider = abilities.provider;
        let since = dates::ago(check_in.at, &scene.now);
        format!(
            "Written {since}: after {hours} hours {provider} changes only the note, so values and status stay."
        )
    })
}
