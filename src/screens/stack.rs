//! Which screens are open: four tabs, pages above a tab, at most one sheet on
//! top. Routes actions from the inside out and knows what leaks outward.

use chrono::TimeDelta;
use ratatui::layout::Rect;

use super::accounts::Accounts;
use super::check_in::CheckInForm;
use super::confirm::Confirm;
use super::find::Find;
use super::first_run::FirstRun;
use super::frame::{self, Counts};
use super::goal_detail::GoalPage;
use super::goal_form::GoalForm;
use super::goals::Goals;
use super::help::Help;
use super::inbox::Inbox;
use super::log::Log;
use super::menu::Menu;
use super::outbox::OutboxScreen;
use super::palette::Palette;
use super::queue::Queue;
use super::remark::Remark;
use super::{Chosen, Goto, Painter, Place, Reply, Said, Scene, Screen, Shape, Tab};
use crate::actions::{Action, Effect as Kind};
use crate::model::ids::GoalId;
use crate::model::time::Time;
use crate::store::effect::{Command, Effect, Toast};
use crate::widgets::edit::Edit;

/// Info toasts stay this long.
const TOAST: TimeDelta = TimeDelta::seconds(4);
/// How much the log page keeps.
const LOG: usize = 500;

/// All open screens.
pub struct Stack {
    tab: Tab,
    queue: Queue,
    goals: Goals,
    inbox: Inbox,
    outbox: OutboxScreen,
    above: Vec<Box<dyn Screen>>,
    counts: Counts,
    said: Vec<Said>,
    toast: Option<(Toast, Time)>,
    pending: Option<String>,
    unknown_at: Option<Time>,
    looking: Option<GoalId>,
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
            above: Vec::new(),
            counts: Counts::default(),
            said: Vec::new(),
            toast: None,
            pending: None,
            unknown_at: None,
            looking: None,
        }
    }

    /// What was said in this session.
    pub fn said(&self) -> &[Said] {
        &self.said
    }

    fn tab_screen(&self) -> &dyn Screen {
        match self.tab {
            Tab::Queue => &self.queue,
            Tab::Goals => &self.goals,
            Tab::Inbox => &self.inbox,
            Tab::Outbox => &self.outbox,
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
            scopes.push(Scope::Everywhere);
        } else {
            scopes.push(Scope::Program);
            scopes.push(Scope::Everywhere);
        }
        scopes
    }

    /// The store moved, or the screen has another size.
    pub fn follow(&mut self, scene: &Scene<'_>) {
        self.counts = Counts::of(scene);
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
                },
            }
        }
    }

    /// Says a sentence in the status line and keeps it in the log.
    pub fn say(&mut self, toast: Toast, at: Time) {
        self.said.push(Said {
            at,
            toast: toast.clone(),
        });
        if self.said.len() > LOG {
            self.said.remove(0);
        }
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
            .any(|entry| matches!(entry.state, crate::model::entry::EntryState::Held { .. }))
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
        [toast, counting, clock].into_iter().flatten().min()
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
        let reply = if reply.handled || (self.top().is_sheet() && !is_everywhere(action)) {
            reply
        } else {
            self.act_as_program(action, scene)
        };
        self.go(reply, scene)
    }

    /// Text for the focused field.
    pub fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        let reply = self.top_mut().typed(edit, scene);
        self.go(reply, scene)
    }

    /// The person's editor came back.
    pub fn edited(&mut self, text: &str, scene: &Scene<'_>) -> Reply {
        let reply = self.top_mut().edited(text, scene);
        self.go(reply, scene)
    }

    /// Opens a place from outside, as the first run does.
    pub fn open(&mut self, place: Place, scene: &Scene<'_>) -> Reply {
        self.go(Reply::goto(Goto::Open(place)), scene)
    }

    fn refusal(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        if action.info().effect != Kind::Reads
            && let Some(why) = scene.store.read_only()
        {
            return Some(format!("read-only: {why}"));
        }
        self.top().why_not(action, scene)
    }

    fn act_as_program(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        match action {
            Action::GoQueue => Reply::goto(Goto::Tab(Tab::Queue)),
            Action::GoGoals => Reply::goto(Goto::Tab(Tab::Goals)),
            Action::GoInbox => Reply::goto(Goto::Tab(Tab::Inbox)),
            Action::GoOutbox => Reply::goto(Goto::Tab(Tab::Outbox)),
            Action::Palette => Reply::goto(Goto::Open(Place::Palette)),
            Action::Find => Reply::goto(Goto::Open(Place::Find)),
            Action::Help => Reply::goto(Goto::Open(Place::Help(false))),
            Action::ActionMenu => Reply::goto(Goto::Open(Place::Actions)),
            Action::Accounts => Reply::goto(Goto::Open(Place::Accounts)),
            Action::Log => Reply::goto(Goto::Open(Place::Log)),
            Action::New => Reply::goto(Goto::Open(Place::NewGoal(None))),
            Action::Undo => Reply::command(Command::Undo),
            Action::Refresh => {
                Reply::command(Command::Refresh).saying(Toast::info("reading again"))
            }
            Action::Suspend => Reply::done().with(Effect::Suspend),
            Action::Redraw => Reply::done().with(Effect::Repaint),
            Action::Quit => Reply::done().with(Effect::Quit),
            Action::Leave if self.above.is_empty() => Reply::done().with(Effect::Quit),
            Action::Leave | Action::Back if !self.above.is_empty() => Reply::goto(Goto::Close),
            Action::Back => Reply::done(),
            other => {
                let words = format!(
                    "{} does nothing here — . shows what does",
                    other.info().title
                );
                let _ = scene;
                Reply::say(words)
            }
        }
    }

    /// Goes where a reply says; what is left of the reply is for store and world.
    fn go(&mut self, mut reply: Reply, scene: &Scene<'_>) -> Reply {
        match reply.goto.take() {
            None => {}
            Some(Goto::Tab(tab)) => {
                self.above.clear();
                self.tab = tab;
                self.top_mut().follow(scene);
            }
            Some(Goto::Open(place)) => {
                self.push(&place, scene);
            }
            Some(Goto::Close) => {
                self.above.pop();
                self.top_mut().follow(scene);
            }
            Some(Goto::Answer(chosen)) => {
                self.above.pop();
                self.top_mut().follow(scene);
                let more = self.answer(&chosen, scene);
                reply.commands.extend(more.commands);
                reply.effects.extend(more.effects);
            }
            Some(Goto::Next) => {
                self.above.pop();
                if self.above.is_empty() && self.tab == Tab::Queue {
                    self.queue.go_on();
                }
                self.top_mut().follow(scene);
            }
        }
        self.note_look(&mut reply, scene);
        reply
    }

    fn answer(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        // The palette and the action menu answer with an action for what is below.
        if chosen.about == "action" {
            let action = Action::parse(&chosen.key);
            return action.map_or_else(Reply::pass, |action| self.act(action, scene));
        }
        let reply = self.top_mut().answered(chosen, scene);
        self.go(reply, scene)
    }

    /// Tells the store which goal's details are on screen now.
    fn note_look(&mut self, reply: &mut Reply, scene: &Scene<'_>) {
        let looking = self.page().looking(scene);
        if looking != self.looking {
            self.looking.clone_from(&looking);
            reply.commands.push(Command::Looking(looking));
        }
    }

    fn push(&mut self, place: &Place, scene: &Scene<'_>) {
        let mut screen: Box<dyn Screen> = match place {
            Place::Goal(goal) => Box::new(GoalPage::new(goal.clone())),
            Place::CheckIn(goal) => Box::new(CheckInForm::new(goal, scene)),
            Place::Remark(goal, check_in) => Box::new(Remark::new(goal, check_in.as_ref(), scene)),
            Place::NewGoal(parent) => Box::new(GoalForm::new_goal(parent.as_ref(), scene)),
            Place::EditGoal(goal) => Box::new(GoalForm::edit_goal(goal, scene)),
            Place::CloseGoal(goal) => {
                Box::new(super::goal_form::closing::CloseForm::new(goal, scene))
            }
            Place::Palette => Box::new(Palette::new(&self.top().scopes())),
            Place::Find => Box::new(Find::default()),
            Place::Help(all) => Box::new(Help::new(&self.top().scopes(), *all)),
            Place::Actions => Box::new(Menu::actions(self.top(), scene)),
            Place::Choose(choice) => Box::new(Menu::choose(choice.clone())),
            Place::Confirm(question) => Box::new(Confirm::new(question.clone())),
            Place::Accounts => Box::new(Accounts::default()),
            Place::Log => Box::new(Log::default()),
            Place::FirstRun => Box::new(FirstRun::default()),
        };
        screen.follow(scene);
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
        frame::draw_hints(top, scene, row(1), painter);
        if top.is_sheet() {
            // Reach of a sheet: everything between the tab row and the status line.
            let room = Rect {
                y: area.y + 1,
                height: area.height.saturating_sub(3),
                ..area
            };
            top.draw(scene, room, painter);
        }
    }
}

fn is_everywhere(action: Action) -> bool {
    matches!(
        action,
        Action::Quit | Action::Suspend | Action::Redraw | Action::Back | Action::Leave
    )
}
