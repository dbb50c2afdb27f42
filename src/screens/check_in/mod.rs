//! The check-in editor: values, status, confidence, due day and note of one goal
//! in one form, with what posting them would do beside them. Keeps what is
//! typed as a draft at every key; posts only when told to.

mod beside;
mod drawing;
mod earlier;
mod kept;
mod note;
mod outlook;
mod posting;
mod recipients;
mod rows;
mod screen;
mod status;
mod values;

use std::collections::BTreeMap;

use super::mention::Mention;
use super::{Reply, Scene, Screen, form};
use crate::model::dates;
use crate::model::entry::{DraftKey, Form};
use crate::model::exchange::Tell;
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{CheckInId, GoalId};
use crate::model::progress;
use crate::model::status::Status;
use crate::shown;
use crate::store::effect::Command;
use crate::theme::Role;
use crate::widgets::field::Field;
use crate::widgets::line::Line;

use note::Note;
use outlook::Outlook;
use values::{Entry, ValueField};

/// What a template sheet's answer is about.
const TEMPLATE: &str = "template";

/// A field of the form; numbers are places in its list of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    /// A number, or a yes or no.
    Value(usize),
    /// One item of a checklist, or one milestone.
    Tick(usize, usize),
    /// The status row.
    Status,
    /// Confidence, 0–10.
    Confidence,
    /// The due day.
    Due,
    /// The note.
    Note,
}

/// The check-in editor of one goal.
pub struct CheckInForm {
    goal: GoalId,
    /// The check-in that is changed; none for a new one.
    over: Option<CheckInId>,
    key: DraftKey,
    values: Vec<ValueField>,
    status: Option<Status>,
    /// The status was chosen here and is not just the last one.
    has_chosen: bool,
    confidence: Field,
    due: Field,
    note: Note,
    takes_status: bool,
    takes_confidence: bool,
    /// The provider has no place for the status, or for confidence.
    is_status_here: bool,
    is_confidence_here: bool,
    /// Who is told, where that can be chosen.
    tell: Tell,
    takes_tell: bool,
    /// Its check-ins have a status and a note, neither values nor a due day.
    is_of_project: bool,
    /// Why only the note can be changed, in an earlier check-in.
    only_note: Option<String>,
    focus: Focus,
    /// Esc was pressed: letters are commands.
    is_commanding: bool,
    /// Posting was tried: every error shows, also of the focused field.
    is_strict: bool,
    errors: Vec<(Focus, String)>,
    /// What was found of an earlier draft, until the first key.
    restored: Option<String>,
    /// When the draft was written that was looked at last; none while the form opens.
    seen_draft: Option<crate::model::time::Time>,
    /// The fields of the form before anything was typed.
    pristine: BTreeMap<String, String>,
    /// What is left to do from the last check-in.
    left: Vec<String>,
    outlook: Outlook,
    /// Why nothing can be posted here.
    refusal: Option<String>,
}

impl CheckInForm {
    /// A form with nothing in it.
    fn blank(goal: &GoalId) -> Self {
        Self {
            goal: goal.clone(),
            over: None,
            key: DraftKey {
                goal: Some(goal.clone()),
                form: Form::CheckIn,
            },
            values: Vec::new(),
            status: None,
            has_chosen: false,
            confidence: Field::new(),
            due: Field::new(),
            note: Note::default(),
            takes_status: true,
            takes_confidence: false,
            is_status_here: false,
            is_confidence_here: false,
            tell: Tell::default(),
            takes_tell: false,
            is_of_project: false,
            only_note: None,
            focus: Focus::Status,
            is_commanding: false,
            is_strict: false,
            errors: Vec::new(),
            restored: None,
            seen_draft: None,
            pristine: BTreeMap::new(),
            left: Vec::new(),
            outlook: Outlook::default(),
            refusal: None,
        }
    }

    /// The editor for a goal, with its draft if there is one.
    pub fn new(goal: &GoalId, scene: &Scene<'_>) -> Self {
        let mut form = Self::blank(goal);
        form.follow(scene);
        let Some(goal) = scene.store.goal(goal) else {
            return form;
        };
        let template = default_template(scene);
        form.left = goal
            .last_check_in()
            .map(|last| note::open_steps(&last.note))
            .unwrap_or_default();
        form.note = Note::from_template(template, &form.left);
        form.focus = form.order().first().copied().unwrap_or(Focus::Note);
        form.pristine = form.fields();
        if let Some(draft) = scene.store.draft(&form.key) {
            form.restore(draft, goal, template);
            form.restored = Some(form::restored_words(draft, &scene.now));
        }
        let draft = scene.store.draft(&form.key);
        form.seen_draft = Some(draft.map_or(scene.now.at, |draft| draft.saved_at));
        form.reckon(scene);
        form
    }

    /// The fields that can have the focus, in order.
    fn order(&self) -> Vec<Focus> {
        let mut order = Vec::new();
        for (place, field) in self.values.iter().enumerate() {
            match &field.entry {
                Entry::Number(_) | Entry::YesNo(_) => order.push(Focus::Value(place)),
                Entry::Ticks(_, of) => {
                    order.extend((0..*of).map(|item| Focus::Tick(place, item)));
                }
                Entry::Sum | Entry::Elsewhere => {}
            }
        }
        if self.takes_status {
            order.push(Focus::Status);
        }
        if self.takes_confidence {
            order.push(Focus::Confidence);
        }
        if self.over.is_none() && !self.is_of_project {
            order.push(Focus::Due);
        }
        order.push(Focus::Note);
        order
    }

    /// Steps to the next field, or the one before; round and round.
    fn step(&mut self, forward: bool) {
        let order = self.order();
        let here = order.iter().position(|focus| *focus == self.focus);
        let last = order.len().saturating_sub(1);
        let next = match (here, forward) {
            (None, _) => 0,
            (Some(here), true) if here >= last => 0,
            (Some(here), true) => here + 1,
            (Some(0), false) => last,
            (Some(here), false) => here - 1,
        };
        self.focus = order.get(next).copied().unwrap_or(Focus::Note);
    }

    /// The focused field of one line, if it is one.
    fn field(&self) -> Option<&Field> {
        match self.focus {
            Focus::Value(place) => match &self.values.get(place)?.entry {
                Entry::Number(field) => Some(field),
                _ => None,
            },
            Focus::Confidence => Some(&self.confidence),
            Focus::Due => Some(&self.due),
            Focus::Tick(..) | Focus::Status | Focus::Note => None,
        }
    }

    fn field_mut(&mut self) -> Option<&mut Field> {
        match self.focus {
            Focus::Value(place) => match &mut self.values.get_mut(place)?.entry {
                Entry::Number(field) => Some(field),
                _ => None,
            },
            Focus::Confidence => Some(&mut self.confidence),
            Focus::Due => Some(&mut self.due),
            Focus::Tick(..) | Focus::Status | Focus::Note => None,
        }
    }

    fn field_cursor(&self) -> usize {
        self.field().map_or(0, Field::cursor)
    }

    fn set_field_cursor(&mut self, byte: usize) {
        if let Some(field) = self.field_mut() {
            field.set_cursor(byte);
        }
    }

    /// Whether the focused value is yes or no.
    fn is_yes_no(&self, place: usize) -> bool {
        let field = self.values.get(place);
        field.is_some_and(|field| matches!(field.entry, Entry::YesNo(_)))
    }

    /// Whether anything is there that the form did not put there itself.
    fn was_typed(&self) -> bool {
        self.fields() != self.pristine
    }

    /// Works out anew what posting would do and what keeps from it.
    fn reckon(&mut self, scene: &Scene<'_>) {
        if let Some(goal) = scene.store.goal(&self.goal) {
            self.outlook = Outlook::of(goal, &self.values, scene);
            self.errors = self.find_errors(goal, &scene.now);
        }
    }

    /// Something was typed or chosen: the draft is kept.
    fn changed(&mut self, scene: &Scene<'_>) -> Reply {
        self.restored = None;
        self.reckon(scene);
        self.kept(scene)
    }

    /// Keeps the form as it is now as a draft, if there is anything to keep.
    fn kept(&self, scene: &Scene<'_>) -> Reply {
        if self.was_typed() || scene.store.draft(&self.key).is_some() {
            Reply::command(Command::Keep(self.as_draft(scene.now.at)))
        } else {
            Reply::done()
        }
    }

    fn choose(&mut self, status: Status, scene: &Scene<'_>) -> Reply {
        self.status = Some(status);
        self.has_chosen = true;
        self.is_commanding = false;
        // On to the words: confidence and due day are rarely touched and one
        // Shift-Tab away.
        self.focus = Focus::Note;
        self.changed(scene)
    }

    fn toggle(&mut self, scene: &Scene<'_>) -> Reply {
        match self.focus {
            Focus::Tick(place, item) => {
                if let Some(field) = self.values.get_mut(place) {
                    field.toggle_tick(item);
                }
            }
            Focus::Value(place) => {
                if let Some(field) = self.values.get_mut(place) {
                    field.say(!field.is_yes());
                }
            }
            _ => return Reply::pass(),
        }
        self.changed(scene)
    }

    fn say(&mut self, yes: bool, scene: &Scene<'_>) -> Reply {
        match self.focus {
            Focus::Tick(place, item) => {
                if let Some(field) = self.values.get_mut(place) {
                    field.set_tick(item, yes);
                }
            }
            Focus::Value(place) => {
                if let Some(field) = self.values.get_mut(place) {
                    field.say(yes);
                }
            }
            _ => return Reply::pass(),
        }
        self.changed(scene)
    }

    fn insert_last(&mut self, scene: &Scene<'_>) -> Reply {
        let last = scene.store.goal(&self.goal).and_then(last_note);
        let Some(last) = last.map(str::to_owned) else {
            return Reply::say("no note of an earlier check-in");
        };
        self.note.insert(&last, &self.left);
        self.go_to_note(scene)
    }

    fn go_to_note(&mut self, scene: &Scene<'_>) -> Reply {
        self.focus = Focus::Note;
        self.is_commanding = false;
        self.changed(scene)
    }

    /// The sentence under the form: what the goal will read.
    /// Who is being named in the note, while it is typed.
    fn mention(&self, scene: &Scene<'_>) -> Option<Mention> {
        if self.focus != Focus::Note || self.is_commanding || self.note.preview.is_some() {
            return None;
        }
        let goal = scene.store.goal(&self.goal)?;
        Mention::at(&self.note.area, &goal.account, scene)
    }

    fn verdict(&self) -> Line {
        let percent = |p: Option<f64>| p.map_or_else(|| "–".to_owned(), progress::percent_spaced);
        let (was, then) = (percent(self.outlook.was), percent(self.outlook.then));
        let words = if self.is_of_project {
            return Line::new().fixed(Role::Dim, " a project's progress counts its milestones");
        } else if was == then {
            format!(" the goal stays at {then}")
        } else {
            format!(" the goal will read {then} (was {was})")
        };
        let expected = self.outlook.expected.map_or_else(String::new, |expected| {
            format!(", expected {}", progress::percent_spaced(expected))
        });
        Line::of(Role::Text, shown!("{words}{expected}"))
    }
}

/// The newest note that says anything.
fn last_note(goal: &Goal) -> Option<&str> {
    let mut notes = goal.check_ins.iter().rev().map(|last| last.note.as_str());
    notes.find(|note| !note.trim().is_empty())
}

fn default_template<'a>(scene: &Scene<'a>) -> &'a str {
    let prefs = scene.prefs;
    let named = prefs
        .templates
        .iter()
        .find(|(name, _)| name == &prefs.default_template);
    named.map_or("", |(_, text)| text.as_str())
}

/// Why no check-in can be written on a goal now.
fn refusal(goal: Option<&Goal>, scene: &Scene<'_>) -> Option<String> {
    let Some(goal) = goal else {
        return Some(
            "This goal is gone at its provider. What you wrote is kept as a draft.".to_owned(),
        );
    };
    if let Some(closed) = &goal.closed {
        let day = dates::day(scene.now.day_of(closed.at), &scene.now);
        return Some(format!(
            "This goal was closed on {day}, so it takes no check-in. Go back and press x to reopen it."
        ));
    }
    if let Some(words) = scene.store.copy_words(goal, &scene.now) {
        return Some(words);
    }
    if goal.nature == Nature::Folder {
        return Some("A folder has no check-ins. Go back and choose a goal in it.".to_owned());
    }
    let account = scene.store.account(&goal.account)?;
    account.why_not(account.setup.abilities.check_in)
}

/// When a goal's check-in is due: `due today`, `2 days late`.
fn due_words(goal: &Goal, scene: &Scene<'_>) -> String {
    let figures = scene.store.figures(&goal.id);
    let Some(due) = figures.and_then(|figures| figures.check_in_due) else {
        return "no cadence".to_owned();
    };
    match (scene.now.today() - due).num_days() {
        0 => "due today".to_owned(),
        -1 => "due tomorrow".to_owned(),
        1 => "1 day late".to_owned(),
        late @ 2.. => format!("{late} days late"),
        ..=-2 => format!("due {}", dates::day(due, &scene.now)),
    }
}

#[cfg(test)]
pub(crate) mod tests;
