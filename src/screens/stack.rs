//! Which screens are open: five tabs, pages above a tab, at most one sheet on
//! top. Routes actions from the inside out and knows what leaks outward.

use chrono::TimeDelta;
use ratatui::layout::Rect;

use super::account_form::{self, AccountForm};
use super::accounts::Accounts;
use super::accounts_line;
use super::as_of::{self, AsOf};
use super::check_in::CheckInForm;
use super::confirm::Confirm;
use super::find::Find;
use super::first_run::FirstRun;
use super::frame::{self, Counts};
use super::goal_actions;
use super::goal_detail::GoalPage;
use super::goal_form::GoalForm;
use super::goal_views;
use super::goals::Goals;
use super::help::Help;
use super::history::History;
use super::inbox::{self, Inbox};
use super::log::Log;
use super::menu::Menu;
use super::outbox::OutboxScreen;
use super::palette::Palette;
use super::palette_arguments;
use super::queue::Queue;
use super::remark::Remark;
use super::report::{self, ReportScreen};
use super::themes::ThemeSheet;
use super::{Chosen, Goto, Painter, Place, Reads, Reply, Scene, Screen, Shape, Tab};
use crate::actions::{Action, ActionEffect, Scope};
use crate::model::direct::Introduction;
use crate::model::entry::Mark;
use crate::model::exchange::Fault;
use crate::model::ids::GoalId;
use crate::model::sign_in::{NewAccount, Tending};
use crate::model::time::Time;
use crate::model::view::View;
use crate::store::effect::{Command, Effect, Toast};
use crate::widgets::edit::Edit;

/// Info toasts stay this long.
const TOAST: TimeDelta = TimeDelta::seconds(4);

/// All open screens.
pub struct Stack {
    tab: Tab,
    queue: Queue,
    goals: Goals,
    inbox: Inbox,
    outbox: OutboxScreen,
    report: ReportScreen,
    above: Vec<Box<dyn Screen>>,
    counts: Counts,
    /// Of which moves the counts are.
    moved: u64,
    toast: Option<(Toast, Time)>,
    pending: Option<String>,
    unknown_at: Option<Time>,
    looking: Option<GoalId>,
    reads: Option<Reads>,
}

impl Stack {
    /// The tabs, with one of them in front.
    pub fn new(tab: Tab) -> Self {
        Self {
            tab,
            queue: Queue::default(),
            goals: Goals::default(),
            inbox: Inbox::default(),
            outbox: OutboxScreen::default(),
            report: ReportScreen::default(),
            above: Vec::new(),
            counts: Counts::default(),
            moved: 0,
            toast: None,
            pending: None,
            unknown_at: None,
            looking: None,
            reads: None,
        }
    }

    fn tab_screen(&self) -> &dyn Screen {
        match self.tab {
            Tab::Queue => &self.queue,
            Tab::Goals => &self.goals,
            Tab::Inbox => &self.inbox,
            Tab::Outbox => &self.outbox,
            Tab::Report => &self.report,
        }
    }

    fn top(&self) -> &dyn Screen {
        self.above
            .last()
            .map_or_else(|| self.tab_screen(), |screen| screen.as_ref())
    }

    fn top_mut(&mut self) -> &mut dyn Screen {
        if let Some(screen) = self.above.last_mut() {
            return screen.as_mut();
        }
        match self.tab {
            Tab::Queue => &mut self.queue,
            Tab::Goals => &mut self.goals,
            Tab::Inbox => &mut self.inbox,
            Tab::Outbox => &mut self.outbox,
            Tab::Report => &mut self.report,
        }
    }

    /// The page under a sheet, or the top one.
    fn page(&self) -> &dyn Screen {
        let page = self.above.iter().rev().find(|screen| !screen.is_sheet());
        page.map_or_else(|| self.tab_screen(), |screen| screen.as_ref())
    }

    /// Scopes for resolving keys, inner first. A sheet lets only what every
    /// place has through, so that no key acts on what it covers.
    pub fn scopes(&self) -> Vec<Scope> {
        let mut scopes = self.top().scopes();
        if self.top().is_sheet() {
            scopes.push(Scope::Always);
        } else {
            scopes.push(Scope::Program);
            scopes.push(Scope::Always);
        }
        scopes
    }

    /// The store moved, or the screen has another size.
    pub fn follow(&mut self, scene: &Scene<'_>) {
        if self.moved != scene.store.moved() {
            self.moved = scene.store.moved();
            self.counts = Counts::of(scene);
        }
        self.top_mut().follow(scene);
        if self.top().is_sheet() {
            let below = self.above.len().saturating_sub(1);
            match self.above.get_mut(..below).and_then(<[_]>::last_mut) {
                Some(page) => page.follow(scene),
                None => match self.tab {
                    Tab::Queue => self.queue.follow(scene),
                    Tab::Goals => self.goals.follow(scene),
                    Tab::Inbox => self.inbox.follow(scene),
                    Tab::Outbox => self.outbox.follow(scene),
                    Tab::Report => self.report.follow(scene),
                },
            }
        }
    }

    /// Shows the tree under a view.
    pub fn show_view(&mut self, view: View, scene: &Scene<'_>) -> Reply {
        self.above.clear();
        self.tab = Tab::Goals;
        self.goals.show_view(view, scene)
    }

    /// Says a sentence in the status line.
    pub fn say(&mut self, toast: Toast, at: Time) {
        self.toast = Some((toast, at));
    }

    /// Keys typed so far of a longer binding, and what may follow.
    pub fn set_pending(&mut self, keys: Option<String>) {
        self.pending = keys;
    }

    /// A key was pressed: errors have been seen.
    pub fn key_pressed(&mut self) {
        if self.toast.as_ref().is_some_and(|(toast, _)| toast.is_error) {
            self.toast = None;
        }
    }

    /// A key nobody knows; said at most once in five seconds.
    pub fn unknown_key(&mut self, key: &str, at: Time) {
        if self
            .unknown_at
            .is_none_or(|before| at - before >= TimeDelta::seconds(5))
        {
            self.unknown_at = Some(at);
            self.toast = Some((Toast::info(format!("no action on \"{key}\" — ? help")), at));
        }
    }

    /// The next moment something on screen changes by itself.
    pub fn next_wake(&self, scene: &Scene<'_>) -> Option<Time> {
        let toast = self
            .toast
            .as_ref()
            .filter(|(toast, _)| !toast.is_error)
            .map(|(_, at)| *at + TOAST);
        let counting = scene
            .store
            .entries()
            .any(|entry| {
                matches!(
                    entry.state,
                    crate::model::entry::EntryState::Held { chosen: false, .. }
                )
            })
            .then(|| {
                scene.now.at
                    + TimeDelta::milliseconds(
                        1000 - i64::from(scene.now.at.timestamp_subsec_millis()),
                    )
            });
        // The clock is only shown where there is room for it.
        let clock = (scene.size.0 >= 90).then(|| {
            let seconds = scene.now.at.timestamp().rem_euclid(60);
            scene.now.at + TimeDelta::seconds(60 - seconds)
        });
        let trying = accounts_line::next_wake(scene);
        [toast, counting, clock, trying].into_iter().flatten().min()
    }

    /// A moment has come: old toasts go. True if something changed on screen.
    pub fn woke(&mut self, now: Time) -> bool {
        let old = self
            .toast
            .as_ref()
            .is_some_and(|(toast, at)| !toast.is_error && now - *at >= TOAST);
        if old {
            self.toast = None;
        }
        old
    }

    /// A person means this.
    pub fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if let Some(why) = self.refusal(action, scene) {
            return Reply::say(why);
        }
        let reply = self.top_mut().act(action, scene);
        if reply.handled || (self.top().is_sheet() && !is_everywhere(action)) {
            reply
        } else {
            self.act_as_program(action, scene)
        }
    }

    /// Text for the focused field.
    pub fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        self.top_mut().typed(edit, scene)
    }

    /// A row, line or field of the top screen was clicked.
    pub fn pointed(&mut self, place: usize, scene: &Scene<'_>) -> Reply {
        self.top_mut().pointed(place, scene)
    }

    /// What a second click on a row means.
    pub fn opening(&self) -> Action {
        match self.top().is_sheet() {
            true => Action::Accept,
            false => Action::Open,
        }
    }

    /// The person's editor came back.
    pub fn edited(&mut self, text: &str, scene: &Scene<'_>) -> Reply {
        self.top_mut().edited(text, scene)
    }

    fn refusal(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        if action.info().effect != ActionEffect::Reads
            && let Some(why) = scene.store.read_only()
        {
            return Some(format!("read-only: {why}"));
        }
        if let Some(why) = as_of::why_not(action, scene) {
            return Some(why.to_owned());
        }
        self.top().why_not(action, scene)
    }

    fn act_as_program(&self, action: Action, scene: &Scene<'_>) -> Reply {
        match action {
            Action::GoQueue => Reply::goto(Goto::Tab(Tab::Queue)),
            Action::GoGoals => Reply::goto(Goto::Tab(Tab::Goals)),
            Action::GoInbox => Reply::goto(Goto::Tab(Tab::Inbox)),
            Action::GoOutbox => Reply::goto(Goto::Tab(Tab::Outbox)),
            Action::GoReport => report::open(scene),
            Action::Palette => Reply::goto(Goto::Open(Place::Palette)),
            Action::Find => Reply::goto(Goto::Open(Place::Find)),
            Action::Help => Reply::goto(Goto::Open(Place::Help(false))),
            Action::ActionMenu => Reply::goto(Goto::Open(Place::Actions)),
            Action::Accounts => Reply::goto(Goto::Open(Place::Accounts)),
            Action::Views => self.goals.choose_view(scene),
            Action::AddAccount => account_form::choose_system(),
            Action::Log => Reply::goto(Goto::Open(Place::Log)),
            Action::Mouse => Reply::done().with(Effect::Mouse),
            Action::ChooseTheme => Reply::goto(Goto::Open(Place::Themes)),
            Action::AsOf => Reply::goto(Goto::Open(Place::AsOf)),
            Action::New => goal_actions::new_goal(None, scene),
            Action::Undo => Reply::command(Command::Undo),
            Action::Refresh => {
                Reply::command(Command::Refresh).saying(Toast::info("reading again"))
            }
            Action::Suspend => Reply::done().with(Effect::Suspend),
            Action::Redraw => Reply::done().with(Effect::Repaint),
            Action::Quit => Reply::done().with(Effect::Quit),
            Action::Leave | Action::Back if self.above.is_empty() && as_of::is_past(scene) => {
                Reply::goto(Goto::AsOf(None))
            }
            Action::Leave if self.above.is_empty() => Reply::done().with(Effect::Quit),
            Action::Leave | Action::Back if !self.above.is_empty() => Reply::goto(Goto::Close),
            // Nothing is left to go back from: what takes long is stopped.
            Action::Back if scene.store.can_stop() => Reply::command(Command::Stop),
            Action::Back => Reply::done(),
            other => {
                let words = format!(
                    "{} does nothing here — . shows what does",
                    other.info().title
                );
                Reply::say(words)
            }
        }
    }

    /// Goes somewhere, after the commands of the same reply were carried out: a
    /// form that opens finds the draft that was given back to it. What this
    /// brings about is answered again.
    pub fn go(&mut self, goto: Goto, scene: &Scene<'_>) -> Reply {
        let mut reply = Reply::done();
        match goto {
            Goto::Tab(tab) => {
                self.above.clear();
                self.tab = tab;
            }
            Goto::Open(place) => {
                // What opens from a sheet takes its place: Esc leads to the page.
                if self.above.last().is_some_and(|top| top.is_sheet()) {
                    self.above.pop();
                }
                self.push(&place, scene);
            }
            // The program took it there already: what is open shows the other moment.
            Goto::Close | Goto::AsOf(_) => {
                self.above.pop();
            }
            Goto::CloseBoth => {
                self.above.pop();
                self.above.pop();
            }
            Goto::Answer(chosen) => {
                self.above.pop();
                reply = self.answer(&chosen, scene);
            }
            Goto::Next => {
                self.above.pop();
                if self.above.is_empty() && self.tab == Tab::Queue {
                    self.queue.go_on();
                }
            }
        }
        self.top_mut().follow(scene);
        reply
    }

    fn answer(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        match (chosen.about.as_str(), chosen.key.as_str()) {
            // The palette and the action menu answer with an action for what is below.
            ("action", action) => {
                Action::parse(action).map_or_else(Reply::done, |action| self.act(action, scene))
            }
            (goal_views::VIEW | goal_views::SORT | goal_views::FILTER, _) => {
                let reply = self.goals.told(chosen, scene);
                self.above.clear();
                self.tab = Tab::Goals;
                reply
            }
            (goal_views::SAVE | goal_views::OVER, _) => self.goals.told(chosen, scene),
            _ if goal_views::is_about_deleting(chosen) => self.goals.told(chosen, scene),
            (palette_arguments::STATUS, word) => self.give_status(word, scene),
            ("first-run", "demo") => Reply::done().with(Effect::OpenDemo),
            ("first-run" | account_form::SYSTEM, system) if account_form::is_remote(system) => {
                account_form::open(system)
            }
            ("first-run", _) => Reply::command(Command::Put(Mark::Once {
                what: "welcome".into(),
            }))
            .saying(Toast::info(
                "Your goals are kept here. n makes the first one, ? helps",
            ))
            .going(Goto::Tab(Tab::Goals)),
            _ => self.top_mut().answered(chosen, scene),
        }
    }

    /// A status for the check-in that is open, or for one that opens with it.
    fn give_status(&mut self, word: &str, scene: &Scene<'_>) -> Reply {
        let Some(choice) = palette_arguments::choice(word) else {
            let said = format!("\"{word}\" is no status of a check-in; on, risk and off are");
            return Reply::done().saying(Toast::error(said));
        };
        if self.top().draft().is_none() {
            if let Some(why) = self.refusal(Action::CheckIn, scene) {
                return Reply::say(why);
            }
            let reply = self.top_mut().act(Action::CheckIn, scene);
            let Some(Goto::Open(place @ Place::CheckIn(_))) = &reply.goto else {
                return reply;
            };
            self.push(place, scene);
        }
        self.top_mut().act(choice, scene)
    }

    /// Whether something is being written: a form, or a new account.
    pub fn is_writing(&self) -> bool {
        let is_form = |scope: &Scope| matches!(scope, Scope::Form | Scope::FormCommands);
        self.above
            .iter()
            .any(|screen| screen.draft().is_some() || screen.scopes().iter().any(is_form))
    }

    /// The screens look at another moment from now on: sheets are about things of
    /// the one before, and nobody looks at a goal of today any more.
    pub fn change_moment(&mut self, scene: &Scene<'_>) {
        self.above.retain(|screen| !screen.is_sheet());
        if as_of::is_past(scene) && self.tab == Tab::Outbox {
            self.tab = Tab::Queue;
        }
        (self.looking, self.reads, self.toast) = (None, None, None);
        self.top_mut().follow(scene);
    }

    /// What the server of a new account said; help may lie over the form.
    pub fn met(&mut self, new: &NewAccount, met: &Result<Introduction, Fault>) {
        for screen in &mut self.above {
            screen.met(new, met);
        }
    }

    /// What came of what was done with an account.
    pub fn tended(&mut self, tending: &Tending, result: &Result<Option<Introduction>, Fault>) {
        for screen in &mut self.above {
            screen.tended(tending, result);
        }
    }

    /// What follows from what came on screen or left it since this was asked last:
    /// the goal whose details are there, and news that is read by being opened.
    pub fn new_look(&mut self, scene: &Scene<'_>) -> Vec<Command> {
        let mut commands = Vec::new();
        let looking = self.page().looking(scene);
        if looking != self.looking {
            self.looking.clone_from(&looking);
            commands.push(Command::Looking(looking));
        }
        let reads = self.page().reads(scene);
        if reads != self.reads {
            self.reads.clone_from(&reads);
            commands.extend(reads.map_or_else(Vec::new, |reads| inbox::opened(&reads, scene)));
        }
        commands
    }

    fn push(&mut self, place: &Place, scene: &Scene<'_>) {
        let mut screen: Box<dyn Screen> = match place {
            Place::Goal(goal) => Box::new(GoalPage::new(goal.clone())),
            Place::History(goal, at) => Box::new(History::new(goal.clone(), at.clone())),
            Place::CheckIn(goal) => Box::new(CheckInForm::new(goal, scene)),
            Place::EditCheckIn(goal, check_in) => {
                Box::new(CheckInForm::over(goal, check_in, scene))
            }
            Place::Remark(goal, check_in) => Box::new(Remark::new(goal, check_in.as_ref(), scene)),
            Place::Verdict(goal, verdict) => Box::new(Remark::verdict(goal, *verdict, scene)),
            Place::NewGoal(parent) => Box::new(GoalForm::new_goal(parent.as_ref(), scene)),
            Place::EditGoal(goal) => Box::new(GoalForm::edit_goal(goal, scene)),
            Place::CloseGoal(goal) => {
                Box::new(super::goal_form::closing::CloseForm::new(goal, scene))
            }
            Place::Palette => Box::new(Palette::over(self.top(), &self.scopes(), scene)),
            Place::Command(typed) => {
                let palette = Palette::over(self.top(), &self.scopes(), scene);
                Box::new(palette.with_query(&format!("{typed} "), scene))
            }
            Place::Find => Box::new(Find::default()),
            Place::Help(all) => Box::new(Help::new(&self.scopes(), *all)),
            Place::Actions => Box::new(Menu::actions(self.top(), scene)),
            Place::Choose(choice) => Box::new(Menu::choose(choice.clone())),
            Place::Confirm(question) => Box::new(Confirm::new(question.clone())),
            Place::Accounts => Box::new(Accounts::default()),
            Place::Log => Box::new(Log::default()),
            Place::Themes => Box::new(ThemeSheet::new(scene)),
            Place::AsOf => Box::new(AsOf::new(scene)),
            Place::AddAccount(kind) => Box::new(AccountForm::new(*kind, scene)),
            Place::FirstRun => Box::new(FirstRun::default()),
        };
        screen.follow(scene);
        // A form says in this row what it found and what posting will make of it.
        if screen.draft().is_some()
            && self
                .toast
                .as_ref()
                .is_some_and(|(toast, _)| !toast.is_error)
        {
            self.toast = None;
        }
        self.above.push(screen);
    }

    /// Draws everything that is visible.
    pub fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        if Shape::of(scene.size) == Shape::TooSmall {
            frame::draw_too_small(scene, area, painter);
            return;
        }
        let page = self.page();
        let body = frame::draw_heading(page, self.tab, self.counts, scene, area, painter);
        page.draw(scene, body, painter);
        let row = |from_below: u16| Rect {
            y: area.bottom().saturating_sub(from_below),
            height: 1,
            ..area
        };
        let top = self.top();
        let toast = self.toast.as_ref().map(|(toast, _)| toast);
        frame::draw_status(top, toast, self.pending.as_deref(), scene, row(2), painter);
        if top.is_sheet() {
            // Reach of a sheet: everything between the tab row and the status line.
            let room = Rect {
                y: area.y + 1,
                height: area.height.saturating_sub(3),
                ..area
            };
            top.draw(scene, room, painter);
        }
        // After the sheet, which takes all clicks: these are its own hints.
        frame::draw_hints(top, scene, row(1), painter);
    }
}

fn is_everywhere(action: Action) -> bool {
    matches!(
        action,
        Action::Quit | Action::Suspend | Action::Redraw | Action::Back | Action::Leave
    )
}
