//! The check-in editor: values, status, confidence, due day and note of one goal
//! in one form, with what posting them would do beside them. Keeps what is
//! typed as a draft at every key; posts only when told to.

mod beside;
mod drawing;
mod kept;
mod note;
mod outlook;
mod posting;
mod rows;
mod status;
mod values;

use std::collections::BTreeMap;

use ratatui::layout::Rect;

use super::{
    Choice, Chosen, Goto, Heading, Hint, Painter, Place, Reply, Scene, Screen, Shape, form,
};
use crate::actions::{Action, Scope};
use crate::model::dates;
use crate::model::entry::{DraftKey, Form};
use crate::model::exchange::Ability;
use crate::model::goal::Goal;
use crate::model::ids::{GoalId, ResultId};
use crate::model::progress;
use crate::model::status::Status;
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::{Command, Effect};
use crate::theme::Role;
use crate::widgets::edit::Edit;
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
    focus: Focus,
    /// Esc was pressed: letters are commands.
    is_commanding: bool,
    /// Posting was tried: every error shows, also of the focused field.
    is_strict: bool,
    errors: Vec<(Focus, String)>,
    /// What was found of an earlier draft, until the first key.
    restored: Option<String>,
    /// The fields of the form before anything was typed.
    pristine: BTreeMap<String, String>,
    /// What is left to do from the last check-in.
    left: Vec<String>,
    outlook: Outlook,
    /// Why nothing can be posted here.
    refusal: Option<String>,
}

impl CheckInForm {
    /// The editor for a goal, with its draft if there is one.
    pub fn new(goal: &GoalId, scene: &Scene<'_>) -> Self {
        let mut form = Self {
            goal: goal.clone(),
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
            focus: Focus::Status,
            is_commanding: false,
            is_strict: false,
            errors: Vec::new(),
            restored: None,
            pristine: BTreeMap::new(),
            left: Vec::new(),
            outlook: Outlook::default(),
            refusal: None,
        };
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
                Entry::Sum => {}
            }
        }
        if self.takes_status {
            order.push(Focus::Status);
        }
        if self.takes_confidence {
            order.push(Focus::Confidence);
        }
        order.extend([Focus::Due, Focus::Note]);
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
    fn verdict(&self) -> Line {
        let percent = |p: Option<f64>| p.map_or_else(|| "–".to_owned(), progress::percent_spaced);
        let (was, then) = (percent(self.outlook.was), percent(self.outlook.then));
        let words = if was == then {
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
    let account = scene.store.account(&goal.account)?;
    match account.setup.abilities.check_in {
        Ability::No(why) => Some(why.to_owned()),
        Ability::Native | Ability::KeptHere => None,
    }
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

impl Screen for CheckInForm {
    fn scopes(&self) -> Vec<Scope> {
        if self.refusal.is_some() {
            // Nothing to type into; only Esc means something.
            return vec![Scope::Choices];
        }
        if self.is_commanding {
            return vec![Scope::FormCommands];
        }
        let field = match self.focus {
            Focus::Value(place) if self.is_yes_no(place) => Scope::ToggleField,
            Focus::Value(_) | Focus::Confidence | Focus::Due => Scope::TextField,
            Focus::Tick(..) => Scope::ToggleField,
            Focus::Status => Scope::StatusField,
            Focus::Note => Scope::TextArea,
        };
        vec![field, Scope::Form]
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        let goal = scene.store.goal(&self.goal);
        self.refusal = refusal(goal, scene);
        let Some(goal) = goal else { return };
        if let Some(account) = scene.store.account(&goal.account) {
            let abilities = &account.setup.abilities;
            self.takes_status = abilities.status.is_possible();
            self.takes_confidence = abilities.confidence.is_possible();
        }
        if !self.has_chosen {
            self.status = status::last_said(goal);
        }
        let focused = match self.focus {
            Focus::Value(place) | Focus::Tick(place, _) => {
                self.values.get(place).map(|field| field.result.clone())
            }
            _ => None,
        };
        self.values = ValueField::of(goal, std::mem::take(&mut self.values));
        if let Some(id) = focused {
            let place = self.values.iter().position(|field| field.result == id);
            self.focus = match (place, self.focus) {
                (Some(place), Focus::Value(_)) => Focus::Value(place),
                (Some(place), Focus::Tick(_, item)) => Focus::Tick(place, item),
                (_, other) => other,
            };
        }
        let order = self.order();
        if !order.contains(&self.focus) {
            self.focus = order.first().copied().unwrap_or(Focus::Note);
        }
        self.reckon(scene);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if self.refusal.is_some() {
            return match action {
                Action::Back | Action::Leave => Reply::goto(Goto::Close),
                _ => Reply::pass(),
            };
        }
        match action {
            Action::Post => return self.post(scene),
            Action::KeepDraft => return form::keep(&self.key, self.was_typed(), scene),
            Action::Discard => return form::discard(&self.key, self.was_typed(), scene),
            Action::ChooseOnTrack => return self.choose(Status::OnTrack, scene),
            Action::ChooseAtRisk => return self.choose(Status::AtRisk, scene),
            Action::ChooseOffTrack => return self.choose(Status::OffTrack, scene),
            Action::Toggle => return self.toggle(scene),
            Action::Yes => return self.say(true, scene),
            Action::No => return self.say(false, scene),
            Action::InsertLast => return self.insert_last(scene),
            Action::EditExternally => {
                self.focus = Focus::Note;
                self.is_commanding = false;
                // On disk before another program takes the terminal.
                return self
                    .changed(scene)
                    .and(Command::Flush)
                    .with(Effect::Edit(self.note.area.text()));
            }
            Action::Preview => {
                self.note.swap_preview();
                self.focus = Focus::Note;
                self.is_commanding = false;
            }
            Action::Template => {
                self.is_commanding = false;
                return Reply::goto(Goto::Open(Place::Choose(templates(scene))));
            }
            Action::FormCommands => self.is_commanding = true,
            Action::BackToField => self.is_commanding = false,
            Action::NextField => self.step(true),
            Action::PreviousField => self.step(false),
            _ => return Reply::pass(),
        }
        self.restored = None;
        Reply::done()
    }

    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        if self.refusal.is_some() || self.is_commanding {
            return Reply::pass();
        }
        if self.focus == Focus::Note {
            self.note.edit(edit);
            return self.changed(scene);
        }
        match edit {
            Edit::Newline | Edit::Down => self.step(true),
            Edit::Up => self.step(false),
            edit => {
                let Some(field) = self.field_mut() else {
                    return Reply::pass();
                };
                field.edit(edit.clone());
                return self.changed(scene);
            }
        }
        Reply::done()
    }

    fn answered(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        if let Some(id) = chosen.about.strip_prefix(posting::CONFLICT) {
            return self.settle(&ResultId::new(id), &chosen.key, scene);
        }
        if chosen.about != TEMPLATE {
            return Reply::pass();
        }
        let mut templates = scene.prefs.templates.iter();
        if let Some((_, text)) = templates.find(|(name, _)| name == &chosen.key) {
            self.note.take_template(text, &self.left);
        }
        self.go_to_note(scene)
    }

    fn edited(&mut self, text: &str, scene: &Scene<'_>) -> Reply {
        self.note.preview = None;
        self.note.area.replace(text);
        self.go_to_note(scene)
    }

    fn why_not(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        match action {
            Action::InsertLast => {
                let last = scene.store.goal(&self.goal).and_then(last_note);
                last.is_none()
                    .then(|| "no note of an earlier check-in".to_owned())
            }
            Action::Template if scene.prefs.templates.is_empty() => {
                Some("no templates in the configuration".to_owned())
            }
            _ => None,
        }
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let goal = scene.store.goal(&self.goal);
        let name = goal.map_or_else(Shown::default, |goal| text::line(&goal.name));
        let mut left = Line::new()
            .fixed(Role::Title, " Check-in · ")
            .put(Role::Strong, name);
        if let Some(goal) = goal.filter(|_| Shape::of(scene.size) == Shape::Wide) {
            let short = scene
                .store
                .account(&goal.account)
                .map_or("", |account| account.setup.abilities.short);
            let reviewer = goal.reviewer.as_ref().map_or_else(String::new, |reviewer| {
                let who = super::goal_detail::who(Some(reviewer), scene);
                format!(" · reviewer {who}")
            });
            let words = shown!("      {short} · {}{reviewer}", due_words(goal, scene));
            left = left.put(Role::Dim, words);
        }
        Heading::Title(left, form::draft_words(&self.key, scene))
    }

    fn status(&self, _scene: &Scene<'_>) -> Option<Line> {
        if self.refusal.is_some() {
            return None;
        }
        Some(match &self.restored {
            Some(words) => Line::of(Role::Accent, shown!(" {words}")),
            None => self.verdict(),
        })
    }

    fn hints(&self, scene: &Scene<'_>) -> Vec<Hint> {
        if self.refusal.is_some() {
            return vec![Hint::One(Action::Back, "back")];
        }
        let account = scene
            .store
            .goal(&self.goal)
            .and_then(|goal| scene.store.account(&goal.account));
        let is_held = account.is_some_and(|account| {
            !account.setup.abilities.immediate && account.setup.hold > chrono::TimeDelta::zero()
        });
        let is_wide = Shape::of(scene.size) == Shape::Wide;
        let post = match account.map_or(0, |account| account.setup.hold.num_seconds()) {
            10 if is_held && is_wide => "post (10 s to undo)",
            _ => "post",
        };
        form::hints(self.is_commanding, post)
    }

    fn looking(&self, _scene: &Scene<'_>) -> Option<GoalId> {
        Some(self.goal.clone())
    }

    fn draft(&self) -> Option<&DraftKey> {
        Some(&self.key)
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        self.draw_body(scene, area, painter);
    }
}

/// The sheet of templates.
fn templates(scene: &Scene<'_>) -> Choice {
    let rows = scene
        .prefs
        .templates
        .iter()
        .map(|(name, text)| {
            let lines: Vec<&str> = text
                .lines()
                .map(|line| line.trim_start_matches('#').trim())
                .filter(|line| !line.is_empty())
                .collect();
            let words = if lines.is_empty() {
                name.clone()
            } else {
                format!("{name}: {}", lines.join(" / "))
            };
            (name.clone(), words)
        })
        .collect();
    Choice {
        title: "Template".to_owned(),
        about: TEMPLATE.to_owned(),
        rows,
        filters: false,
    }
}

#[cfg(test)]
pub(crate) mod tests;
