//! The editor as a screen: which scopes it has, what an action or a key does to
//! it, and the words around it.

use ratatui::layout::Rect;

use super::values::ValueField;
use super::{
    CheckInForm, Focus, TEMPLATE, due_words, earlier, last_note, posting, recipients, refusal,
    status,
};
use crate::actions::{Action, Scope};
use crate::model::entry::DraftKey;
use crate::model::exchange::Ability;
use crate::model::ids::{GoalId, ResultId};
use crate::model::status::Status;
use crate::model::text::{self, Shown};
use crate::screens::{
    Choice, Chosen, Goto, Heading, Hint, Painter, Place, Reply, Scene, Screen, Shape, form, measure,
};
use crate::shown;
use crate::store::effect::{Command, Effect};
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;

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
        self.refusal = match &self.over {
            None => refusal(goal, scene),
            Some(check_in) => earlier::refusal(goal, check_in, scene),
        };
        let Some(goal) = goal else { return };
        self.is_of_project = !goal.nature.is_goal();
        if let Some(account) = scene.store.account(&goal.account) {
            let abilities = &account.setup.abilities;
            self.takes_status = abilities.status.is_possible();
            self.takes_confidence = abilities.confidence.is_possible();
            self.is_status_here = abilities.status == Ability::KeptHere;
            self.is_confidence_here = abilities.confidence == Ability::KeptHere;
            self.takes_tell = abilities.tell.is_possible();
        }
        if self.over.is_some() {
            self.follow_earlier(scene);
            return;
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
        self.take_from_elsewhere(goal, scene);
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
            Action::KeepDraft => {
                // Where the cursor is now counts too.
                let mut leave = form::keep(&self.key, self.was_typed(), scene);
                leave.commands.splice(0..0, self.kept(scene).commands);
                return leave;
            }
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
            Action::Recipients => {
                self.is_commanding = false;
                return self.ask_recipients(scene);
            }
            Action::FormCommands => self.is_commanding = true,
            Action::BackToField => self.is_commanding = false,
            Action::NextField => match self.mention(scene) {
                Some(mention) => mention.complete(&mut self.note.area),
                None => self.step(true),
            },
            Action::PreviousField => self.step(false),
            _ => return Reply::pass(),
        }
        self.restored = None;
        self.kept(scene)
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
        self.kept(scene)
    }

    fn pointed(&mut self, place: usize, scene: &Scene<'_>) -> Reply {
        let Some(focus) = self.order().get(place).copied() else {
            return Reply::pass();
        };
        self.focus = focus;
        self.is_commanding = false;
        self.restored = None;
        self.kept(scene)
    }

    fn answered(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        if let Some(id) = chosen.about.strip_prefix(posting::CONFLICT) {
            return self.settle(&ResultId::new(id), &chosen.key, scene);
        }
        if chosen.about == recipients::RECIPIENTS {
            return self.choose_recipients(&chosen.key, scene);
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
            Action::Recipients if !self.takes_tell => {
                let goal = scene.store.goal(&self.goal)?;
                let account = scene.store.account(&goal.account)?;
                account.why_not(account.setup.abilities.tell)
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
            .fixed(
                Role::Title,
                match &self.over {
                    None => " Check-in · ",
                    Some(_) => " Edit my check-in · ",
                },
            )
            .put(Role::Strong, name);
        if let Some(goal) = goal.filter(|_| Shape::of(scene.size) == Shape::Wide) {
            let short = scene
                .store
                .account(&goal.account)
                .map_or("", |account| account.setup.abilities.short);
            let reviewer = goal.reviewer.as_ref().map_or_else(String::new, |reviewer| {
                let who = measure::first_name(reviewer, scene.store);
                format!(" · reviewer {who}")
            });
            let words = shown!("      {short} · {}{reviewer}", due_words(goal, scene));
            left = left.put(Role::Dim, words);
        }
        Heading::Title(left, form::draft_words(&self.key, scene))
    }

    fn status(&self, scene: &Scene<'_>) -> Option<Line> {
        if self.refusal.is_some() {
            return None;
        }
        if let Some(mention) = self.mention(scene) {
            return Some(mention.line(scene));
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
