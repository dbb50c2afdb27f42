//! The form for a new goal and for changing one, key results included. Every
//! letter is a draft in the store; what somebody else changes meanwhile stays.

pub mod closing;
mod goal_text;
mod page;
mod pick;
mod result_text;
mod state;

use ratatui::layout::Rect;

use super::{Chosen, Goto, Heading, Hint, Painter, Place, Question, Reply, Scene, Screen, form};
use crate::actions::{Action, Scope};
use crate::model::cadence::Cadence;
use crate::model::entry::{DraftKey, Form};
use crate::model::exchange::{Change, GoalEdit};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, GoalId, ResultId};
use crate::model::key_result::KeyResult;
use crate::model::text::Shown;
use crate::shown;
use crate::store::Account;
use crate::store::effect::{Command, Effect, Post, Toast};
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;

use goal_text::{FieldName, GoalText, Values, day_text, edit_rows, end_of_quarter};
use page::Look;
use result_text::Part;
use state::{Spot, State, Takes, Wrongs};

/// The goal form.
pub struct GoalForm {
    key: DraftKey,
    /// The goal that is changed; none for a new one.
    goal: Option<GoalId>,
    state: State,
    errors: Wrongs,
    /// Posting was tried: errors show at empty fields too.
    tried: bool,
    commanding: bool,
    preview: bool,
    /// What is said until the next key.
    told: Option<String>,
    /// Why there is nothing to fill in.
    no_form: Option<String>,
}

impl GoalForm {
    /// A form for a new goal under a parent, or at the top.
    pub fn new_goal(parent: Option<&GoalId>, scene: &Scene<'_>) -> Self {
        let key = DraftKey {
            goal: parent.cloned(),
            form: Form::NewGoal,
        };
        let possible: Vec<&Account> = scene
            .store
            .accounts()
            .filter(|account| may_edit(account))
            .collect();
        let of_parent = parent
            .and_then(|parent| scene.store.goal(parent))
            .and_then(|parent| scene.store.account(&parent.account));
        let no_form = match (of_parent, possible.is_empty()) {
            (Some(account), _) => refusal(account),
            (None, true) => Some("no account takes new goals".to_owned()),
            (None, false) => None,
        };
        let account = of_parent.or(possible.first().copied());
        let text = account.map_or_else(GoalText::default, |account| {
            defaults(account, parent, scene)
        });
        let with_account = of_parent.is_none() && possible.len() > 1;
        Self::open(
            key,
            None,
            State::new(text, &[], with_account),
            no_form,
            scene,
        )
    }

    /// A form over a goal as it is.
    pub fn edit_goal(goal: &GoalId, scene: &Scene<'_>) -> Self {
        let key = DraftKey {
            goal: Some(goal.clone()),
            form: Form::EditGoal,
        };
        let (state, no_form) = match scene.store.goal(goal) {
            Some(known) => {
                let account = scene.store.account(&known.account);
                let state = State::new(GoalText::of(known), &known.results, false);
                (state, account.and_then(refusal))
            }
            None => {
                let state = State::new(GoalText::default(), &[], false);
                (state, Some("this goal is gone".to_owned()))
            }
        };
        Self::open(key, Some(goal.clone()), state, no_form, scene)
    }

    fn open(
        key: DraftKey,
        goal: Option<GoalId>,
        mut state: State,
        no_form: Option<String>,
        scene: &Scene<'_>,
    ) -> Self {
        let draft = scene.store.draft(&key).filter(|_| no_form.is_none());
        if let Some(draft) = draft {
            state.restore(draft);
        }
        let told = draft.map(|draft| form::restored_words(draft, &scene.now));
        let mut opened = Self {
            key,
            goal,
            state,
            errors: Vec::new(),
            tried: false,
            commanding: false,
            preview: false,
            told,
            no_form,
        };
        opened.check(scene);
        opened
    }

    fn account(&self) -> AccountName {
        AccountName::new(self.state.text.get(FieldName::Account))
    }

    fn known<'a>(&self, scene: &Scene<'a>) -> Option<&'a Goal> {
        scene.store.goal(self.goal.as_ref()?)
    }

    fn check(&mut self, scene: &Scene<'_>) {
        let read = self.state.read(self.known(scene), &scene.now);
        self.errors = read.err().unwrap_or_default();
    }

    /// Errors a person wants to see now: not of a field that is being filled in.
    fn shown_errors(&self) -> Wrongs {
        let is_shown = |spot: &Spot| {
            self.tried || (*spot != self.state.focus() && !self.state.get(*spot).trim().is_empty())
        };
        let shown = self.errors.iter().filter(|(spot, _)| is_shown(spot));
        shown.cloned().collect()
    }

    /// Something was typed or chosen: the draft follows.
    fn changed(&mut self, scene: &Scene<'_>) -> Reply {
        self.told = None;
        self.check(scene);
        if self.state.is_typed() {
            let draft = self.state.draft(self.key.clone(), scene.now.at);
            Reply::command(Command::Keep(draft))
        } else if scene.store.draft(&self.key).is_some() {
            Reply::command(Command::Discard(self.key.clone()))
        } else {
            Reply::done()
        }
    }

    fn step(&mut self, on: bool, scene: &Scene<'_>) -> Reply {
        self.told = None;
        let left = self.state.focus();
        self.state.step(on);
        self.left(left, scene)
    }

    /// What follows from the focus having left a field.
    fn left(&mut self, left: Spot, scene: &Scene<'_>) -> Reply {
        // `+6w` becomes the day it means: tomorrow it would be another one.
        if let Spot::Field(name @ (FieldName::Start | FieldName::Due)) = left
            && let Ok(Some(day)) = self.state.text.day(name, &scene.now)
            && self.state.get(left) != day_text(day)
        {
            self.state.put(left, &day_text(day));
            return self.changed(scene);
        }
        Reply::done()
    }

    // ── spots that open something ─────────────────────────────────────────

    fn enter(&mut self, scene: &Scene<'_>) -> Reply {
        let choice = match self.state.focus() {
            Spot::Field(FieldName::Account) => pick::accounts(scene),
            Spot::Field(FieldName::Parent) => {
                pick::parents(&self.account(), self.goal.as_ref(), scene)
            }
            Spot::Field(name @ (FieldName::Champion | FieldName::Reviewer)) => {
                pick::people(name, &self.account(), scene)
            }
            Spot::Part(_, Part::Kind) => pick::kinds(),
            Spot::More(place) => {
                let name = self.state.get(Spot::Part(place, Part::Name));
                pick::row_actions(name, place, self.state.rows.len())
            }
            Spot::Row(place) => {
                self.state.turn_row(place);
                return Reply::done();
            }
            Spot::Add => {
                let id = format!("{}:r-{}", self.account(), scene.ids.next());
                self.state.add_row(ResultId::new(id));
                return self.changed(scene);
            }
            Spot::Field(_) | Spot::Part(..) => return self.step(true, scene),
        };
        Reply::goto(Goto::Open(Place::Choose(choice)))
    }

    fn chosen(&mut self, about: &str, key: &str, scene: &Scene<'_>) -> Reply {
        let focus = self.state.focus();
        match (about, focus) {
            (pick::ROW, Spot::More(place)) => return self.row_chosen(place, key, scene),
            (pick::REMOVE, _) => {
                let place = self
                    .state
                    .rows
                    .iter()
                    .position(|row| row.id.as_str() == key);
                if let Some(place) = place {
                    self.state.remove_row(place);
                }
                return self.changed(scene);
            }
            (pick::KIND, Spot::Part(place, Part::Kind)) => {
                self.state.put(Spot::Part(place, Part::Kind), key);
                self.state.step(true);
            }
            (pick::FIELD, Spot::Field(FieldName::Account)) => self.move_to_account(key, scene),
            (pick::FIELD, Spot::Field(name)) if name.is_picked() => {
                self.state.put(focus, key);
                self.state.step(true);
            }
            _ => return Reply::pass(),
        }
        self.changed(scene)
    }

    fn row_chosen(&mut self, place: usize, key: &str, scene: &Scene<'_>) -> Reply {
        match key {
            pick::UP => self.state.move_row(place, false),
            pick::DOWN => self.state.move_row(place, true),
            _ => return self.ask_to_remove(place),
        }
        self.changed(scene)
    }

    fn ask_to_remove(&self, place: usize) -> Reply {
        let Some(row) = self.state.rows.get(place) else {
            return Reply::done();
        };
        let name = row.text.get(Part::Name).trim();
        let name = if name.is_empty() {
            "this key result"
        } else {
            name
        };
        let then = match row.opened {
            Some(_) => " Its values go with it when you post.",
            None => "",
        };
        let mut question = Question::new(format!("Remove {name}?{then}"), Vec::new());
        question.goto = Some(Box::new(Goto::Answer(Chosen {
            about: pick::REMOVE.to_owned(),
            key: row.id.to_string(),
        })));
        Reply::goto(Goto::Open(Place::Confirm(question)))
    }

    /// Another account: its people and goals are others.
    fn move_to_account(&mut self, key: &str, scene: &Scene<'_>) {
        let Some(account) = scene.store.account(&AccountName::new(key)) else {
            return;
        };
        let fresh = defaults(account, None, scene);
        for name in [
            FieldName::Account,
            FieldName::Parent,
            FieldName::Champion,
            FieldName::Reviewer,
            FieldName::Cadence,
        ] {
            self.state.put(Spot::Field(name), fresh.get(name));
        }
        self.state.step(true);
    }

    // ── posting ───────────────────────────────────────────────────────────

    fn post(&mut self, scene: &Scene<'_>) -> Reply {
        self.told = None;
        let known = self.known(scene);
        if self.goal.is_some() && known.is_none() {
            return Reply::done().saying(Toast::error(
                "the goal is gone meanwhile; what you typed stays a draft",
            ));
        }
        match self.state.read(known, &scene.now) {
            Err(wrong) => self.point_at(wrong),
            Ok((values, results)) => match known {
                Some(goal) => self.post_edit(goal, values, results, scene),
                None => self.post_new(values, results, scene),
            },
        }
    }

    fn point_at(&mut self, wrong: Wrongs) -> Reply {
        self.tried = true;
        self.commanding = false;
        let count = wrong.len();
        match wrong.first() {
            Some((Spot::Part(place, part), _)) => self.state.show_part(*place, *part),
            Some((spot, _)) => self.state.go_to(*spot),
            None => {}
        }
        self.errors = wrong;
        Reply::done().saying(form::need_you(count))
    }

    fn post_new(&self, values: Values, results: Vec<KeyResult>, scene: &Scene<'_>) -> Reply {
        let account = self.account();
        let id = GoalId::new(format!("{account}:g-{}", scene.ids.next()));
        let mut goal = Goal::new(id, account.clone(), values.name, scene.now.at);
        goal.description = values.description;
        goal.parent = values.parent;
        goal.champion = values.champion;
        goal.reviewer = values.reviewer;
        goal.start = values.start;
        goal.due = values.due;
        goal.cadence = values.cadence;
        goal.weight = values.weight;
        goal.aspirational = values.aspirational;
        goal.tags = values.tags;
        goal.results = results;
        let name = goal.name.clone();
        let change = Change::CreateGoal {
            goal: Box::new(goal),
        };
        self.send(account, change, &name, scene)
    }

    fn post_edit(
        &self,
        goal: &Goal,
        values: Values,
        results: Vec<KeyResult>,
        scene: &Scene<'_>,
    ) -> Reply {
        let mut edit = self.state.text.edit(self.state.opened(), values);
        if self.state.are_rows_typed() {
            edit_rows(
                &mut edit,
                &self.state.rows,
                self.state.opened_rows(),
                results,
            );
        }
        if edit == GoalEdit::default() {
            return form::keep(&self.key, false, scene).saying(Toast::info("nothing was changed"));
        }
        let change = Change::EditGoal {
            goal: goal.id.clone(),
            edit: Box::new(edit),
        };
        self.send(goal.account.clone(), change, &goal.name, scene)
    }

    fn send(&self, account: AccountName, change: Change, name: &str, scene: &Scene<'_>) -> Reply {
        let said = format!("{name}: {}", form::posted(&account, &change, scene).text);
        // The draft goes with the write and comes back if it is undone.
        let keep = self.state.draft(self.key.clone(), scene.now.at);
        let post = Post {
            id: scene.ids.entry(),
            account,
            change,
            draft: Some(self.key.clone()),
        };
        Reply::goto(Goto::Close)
            .and(Command::Keep(keep))
            .and(Command::Post(post))
            .saying(Toast::info(said))
    }

    fn act_in_field(&mut self, action: Action, scene: &Scene<'_>) -> Option<Reply> {
        Some(match action {
            Action::NextField | Action::NextRow => self.step(true, scene),
            Action::PreviousField | Action::PreviousRow => self.step(false, scene),
            Action::First => {
                let first = self.state.spots().first().copied();
                self.state.go_to(first.unwrap_or(Spot::Add));
                Reply::done()
            }
            Action::Last => {
                self.state.go_to(Spot::Add);
                Reply::done()
            }
            Action::Accept => self.enter(scene),
            Action::Toggle | Action::Yes | Action::No => {
                let to = match action {
                    Action::Toggle => None,
                    other => Some(other == Action::Yes),
                };
                self.state.toggle(to);
                self.changed(scene)
            }
            Action::FormCommands | Action::Back | Action::Leave => {
                self.commanding = true;
                self.told = None;
                Reply::done()
            }
            Action::CopyTwin => {
                let twin = match &self.goal {
                    Some(goal) => format!("goaldeck goals edit {goal}"),
                    None => "goaldeck goals add NAME".to_owned(),
                };
                Reply::say(format!("copied {twin}")).with(Effect::Copy(twin))
            }
            _ => return None,
        })
    }
}

/// The texts of a new goal: mine, from today to the end of the quarter.
fn defaults(account: &Account, parent: Option<&GoalId>, scene: &Scene<'_>) -> GoalText {
    let name = &account.setup.name;
    let mut goal = Goal::new(GoalId::new(""), name.clone(), "", scene.now.at);
    goal.parent = parent.cloned();
    goal.champion = account.me.clone();
    goal.reviewer = account.me.clone();
    goal.cadence = match account.setup.cadence {
        // A workspace on this machine asks for a check-in on Fridays.
        Cadence::None if account.setup.abilities.immediate => Cadence::Weekly(chrono::Weekday::Fri),
        cadence => cadence,
    };
    let mut text = GoalText::of(&goal);
    let today = scene.now.today();
    text.put(FieldName::Start, day_text(today));
    text.put(FieldName::Due, day_text(end_of_quarter(today)));
    text
}

fn may_edit(account: &Account) -> bool {
    account.setup.abilities.edit_goals.is_possible()
}

/// Why an account takes no changes to goals.
fn refusal(account: &Account) -> Option<String> {
    account.why_not(account.setup.abilities.edit_goals)
}

impl Screen for GoalForm {
    fn scopes(&self) -> Vec<Scope> {
        if self.no_form.is_some() {
            return vec![Scope::Detail];
        }
        if self.commanding {
            return vec![Scope::FormCommands];
        }
        let inner = match self.state.focus().takes() {
            Takes::Line => Scope::TextField,
            Takes::Lines
                if self.preview && self.state.focus() == Spot::Field(FieldName::Description) =>
            {
                Scope::Menu
            }
            Takes::Lines => Scope::TextArea,
            Takes::Toggle => Scope::ToggleField,
            // Enter opens, and letters move as in every list.
            Takes::Enter => Scope::Menu,
        };
        vec![inner, Scope::Form]
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        self.check(scene);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if self.no_form.is_some() {
            return match action {
                Action::Back | Action::Leave | Action::Quit | Action::Suspend | Action::Redraw => {
                    Reply::pass()
                }
                _ => Reply::done(),
            };
        }
        match action {
            Action::Post => self.post(scene),
            Action::KeepDraft => form::keep(&self.key, self.state.is_typed(), scene),
            Action::Discard => form::discard(&self.key, self.state.is_typed(), scene),
            Action::EditExternally => {
                let text = self
                    .state
                    .get(Spot::Field(FieldName::Description))
                    .to_owned();
                Reply::command(Command::Flush).with(Effect::Edit(text))
            }
            Action::Preview => {
                self.preview = !self.preview;
                self.commanding = false;
                self.state.go_to(Spot::Field(FieldName::Description));
                Reply::done()
            }
            Action::BackToField => {
                self.commanding = false;
                Reply::done()
            }
            _ if self.commanding => Reply::pass(),
            other => self.act_in_field(other, scene).unwrap_or_else(Reply::pass),
        }
    }

    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        if self.commanding || self.no_form.is_some() {
            return Reply::pass();
        }
        let takes = self.state.focus().takes();
        if takes == Takes::Toggle || takes == Takes::Enter {
            return Reply::pass();
        }
        if self.state.edit(edit) {
            self.changed(scene)
        } else {
            Reply::done()
        }
    }

    fn answered(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        self.chosen(&chosen.about, &chosen.key, scene)
    }

    fn edited(&mut self, text: &str, scene: &Scene<'_>) -> Reply {
        self.commanding = false;
        let description = Spot::Field(FieldName::Description);
        self.state.go_to(description);
        self.state.put(description, text.trim_end_matches('\n'));
        self.changed(scene)
    }

    fn why_not(&self, action: Action, _scene: &Scene<'_>) -> Option<String> {
        match action {
            Action::InsertLast => Some("a goal has no earlier note to insert".to_owned()),
            Action::Template => Some("there are no templates for goals".to_owned()),
            _ => None,
        }
    }

    fn pointed(&mut self, place: usize, scene: &Scene<'_>) -> Reply {
        let Some(spot) = self.state.spots().get(place).copied() else {
            return Reply::pass();
        };
        self.told = None;
        self.commanding = false;
        let left = self.state.focus();
        if left == spot {
            return Reply::done();
        }
        self.state.go_to(spot);
        self.left(left, scene)
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let account = self.account();
        let title = match (&self.goal, self.known(scene)) {
            (Some(_), Some(goal)) => shown!(" Edit · {}", goal.name),
            (Some(_), None) => Shown::fixed(" Edit"),
            (None, _) => Shown::fixed(" New goal"),
        };
        let left = Line::of(Role::Title, title).put(Role::Dim, shown!("   {account}"));
        Heading::Title(left, form::draft_words(&self.key, scene))
    }

    fn status(&self, _scene: &Scene<'_>) -> Option<Line> {
        let told = self.told.as_ref()?;
        Some(Line::of(Role::Accent, shown!(" {told}")))
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.no_form.is_some() {
            return vec![Hint::One(Action::Back, "back")];
        }
        if self.commanding {
            return vec![
                Hint::One(Action::Post, "post"),
                Hint::One(Action::KeepDraft, "keep draft"),
                Hint::One(Action::Discard, "discard"),
                Hint::One(Action::EditExternally, "editor"),
                Hint::One(Action::Preview, "preview"),
                Hint::One(Action::BackToField, "back"),
            ];
        }
        let mut hints = vec![Hint::One(Action::Post, "post")];
        match self.state.focus() {
            Spot::Row(_) => hints.push(Hint::One(Action::Accept, "change")),
            Spot::Add => hints.push(Hint::One(Action::Accept, "add")),
            spot if spot.takes() == Takes::Enter => hints.push(Hint::One(Action::Accept, "choose")),
            spot if spot.takes() == Takes::Toggle => {
                hints.push(Hint::One(Action::Toggle, "yes/no"))
            }
            Spot::Field(FieldName::Description) => {
                hints.push(Hint::One(Action::EditExternally, "editor"));
                hints.push(Hint::One(Action::Preview, "preview"));
            }
            _ => {}
        }
        hints.push(Hint::One(Action::NextField, "next"));
        hints.push(Hint::One(Action::PreviousField, "back"));
        hints.push(Hint::One(Action::FormCommands, "commands"));
        hints
    }

    fn draft(&self) -> Option<&DraftKey> {
        self.state.is_typed().then_some(&self.key)
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        if let Some(why) = &self.no_form {
            let words = Line::of(Role::Warn, shown!(" {why}; Esc goes back"));
            painter.line(area, &words);
            return;
        }
        let look = Look {
            state: &self.state,
            errors: &self.shown_errors(),
            preview: self.preview,
            commanding: self.commanding,
            left: area.x,
        };
        page::draw(&look, scene, area, painter);
    }
}
