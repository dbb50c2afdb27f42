//! Small views: a cursor, some folds, a form. They read the store, answer
//! actions with commands, and draw with `&self`. They keep ids, never goals.

pub mod account_form;
pub mod accounts;
pub mod accounts_line;
pub mod as_of;
pub mod check_in;
pub mod confirm;
pub mod filter_line;
pub mod find;
pub mod first_run;
pub mod form;
pub mod frame;
pub mod goal_actions;
pub mod goal_detail;
pub mod goal_form;
pub mod goal_views;
pub mod goals;
pub mod help;
pub mod history;
pub mod inbox;
pub mod log;
pub mod measure;
mod mention;
pub mod menu;
pub mod moves;
pub mod outbox;
pub mod own_numbers;
pub mod pager;
pub mod palette;
pub mod palette_arguments;
pub mod queue;
pub mod reading;
pub mod remark;
pub mod report;
pub mod report_lines;
pub mod review;
pub mod stack;
pub mod themes;
pub mod trend;

use chrono::NaiveDate;
use ratatui::layout::Rect;

use crate::actions::{Action, Scope};
use crate::keys::keymap::Keymap;
use crate::model::direct::Introduction;
use crate::model::entry::DraftKey;
use crate::model::exchange::Fault;
use crate::model::ids::{AccountName, CheckInId, GoalId, IdSource};
use crate::model::sign_in::{NewAccount, Tending};
use crate::model::system::ProviderKind;
use crate::model::time::Now;
use crate::model::view::View;
use crate::store::Store;
use crate::store::effect::{Command, Effect, Toast};
use crate::theme::Themes;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;
use crate::widgets::painter;
pub use crate::widgets::painter::Target;

/// Draws; a click on what it drew is an action.
pub type Painter<'a> = painter::Painter<'a, Action>;

/// What a screen may look at while it acts or draws.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The store, to read.
    pub store: &'a Store,
    /// The present moment.
    pub now: Now,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Settings of the person.
    pub prefs: &'a Prefs,
    /// Which keys do what, for hints and help.
    pub keymap: &'a Keymap,
    /// New ids for what a screen makes.
    pub ids: &'a IdSource,
    /// What was said in this session, for the log page.
    pub said: &'a [Said],
    /// The themes that can be chosen.
    pub themes: &'a Themes,
    /// The name of the theme the last frame was drawn in.
    pub theme: &'a str,
}

/// Settings that screens need.
#[derive(Clone, Debug)]
pub struct Prefs {
    /// Opening an inbox line marks it read.
    pub read_on_open: bool,
    /// The name of the template for an empty note.
    pub default_template: String,
    /// Templates by name, in order.
    pub templates: Vec<(String, String)>,
    /// Views of one's own, in their order.
    pub views: Vec<View>,
    /// Where the configuration lies, for the accounts page.
    pub config_path: String,
    /// Where the data lies.
    pub data_path: String,
    /// New items are told outside the picture.
    pub notifies: bool,
    /// What the settings say of accounts at servers, for the accounts page.
    pub accounts: Vec<AccountPlace>,
}

/// What the settings say of an account at a server; never its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPlace {
    /// Which account.
    pub name: AccountName,
    /// Where its token lies, in words.
    pub token: String,
    /// What to do for another token where this program does not write it; none if it
    /// does.
    pub instead: Option<String>,
    /// The proxy its requests go through.
    pub proxy: Option<String>,
}

impl Prefs {
    /// Puts a view among one's own, in place of one of its name.
    pub fn keep_view(&mut self, view: &View) {
        let mut own = self.views.iter_mut();
        match own.find(|known| known.is_called(&view.name)) {
            Some(known) => *known = view.clone(),
            None => self.views.push(view.clone()),
        }
    }
}

/// A toast and when it was said.
#[derive(Clone, Debug)]
pub struct Said {
    /// When.
    pub at: crate::model::time::Time,
    /// What.
    pub toast: Toast,
}

/// What a screen answers to an action or a key.
#[derive(Default)]
pub struct Reply {
    /// False: the action belongs to somebody further out.
    pub handled: bool,
    /// Wishes to the store.
    pub commands: Vec<Command>,
    /// Wishes to the world: clipboard, editor, toast.
    pub effects: Vec<Effect>,
    /// Where to go.
    pub goto: Option<Goto>,
}

impl Reply {
    /// Not mine.
    pub fn pass() -> Self {
        Self::default()
    }

    /// Done, nothing more to do.
    pub fn done() -> Self {
        Self {
            handled: true,
            ..Self::default()
        }
    }

    /// A wish to the store.
    pub fn command(command: Command) -> Self {
        Self::done().and(command)
    }

    /// Going somewhere.
    pub fn goto(goto: Goto) -> Self {
        Self {
            goto: Some(goto),
            ..Self::done()
        }
    }

    /// A sentence for the status line.
    pub fn say(text: impl Into<String>) -> Self {
        Self::done().saying(Toast::info(text))
    }

    /// Adds a wish.
    #[must_use]
    pub fn and(mut self, command: Command) -> Self {
        self.commands.push(command);
        self
    }

    /// Adds an effect.
    #[must_use]
    pub fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// Adds a sentence.
    #[must_use]
    pub fn saying(self, toast: Toast) -> Self {
        self.with(Effect::Say(toast))
    }

    /// Adds where to go.
    #[must_use]
    pub fn going(mut self, goto: Goto) -> Self {
        self.goto = Some(goto);
        self
    }
}

/// Where to go.
#[derive(Clone, Debug, PartialEq)]
pub enum Goto {
    /// One of the tabs.
    Tab(Tab),
    /// A page or sheet on top of what is shown.
    Open(Place),
    /// Away with the top page or sheet.
    Close,
    /// Away with the sheet and with the page below it.
    CloseBoth,
    /// Away with it, telling the one below what was chosen.
    Answer(Chosen),
    /// Away with it, and on to the next item of the queue.
    Next,
    /// To the end of a past day, or back to the present.
    AsOf(Option<NaiveDate>),
}

/// The tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What waits for me.
    Queue,
    /// The tree.
    Goals,
    /// What happened.
    Inbox,
    /// What is on its way.
    Outbox,
    /// What happened in a week.
    Report,
}

impl Tab {
    /// All tabs in order.
    pub const ALL: [Tab; 5] = [Tab::Queue, Tab::Goals, Tab::Inbox, Tab::Outbox, Tab::Report];
}

/// Pages and sheets, as data.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// One goal.
    Goal(GoalId),
    /// How one goal went, at one of its check-ins or at the newest.
    History(GoalId, Option<CheckInId>),
    /// The check-in editor.
    CheckIn(GoalId),
    /// The check-in editor over a check-in written before.
    EditCheckIn(GoalId, CheckInId),
    /// A reply to a check-in, or a remark on the goal.
    Remark(GoalId, Option<CheckInId>),
    /// The words with which a goal's plan is approved or declined.
    Verdict(GoalId, Verdict),
    /// A new goal under a parent.
    NewGoal(Option<GoalId>),
    /// Changing a goal.
    EditGoal(GoalId),
    /// Closing or reopening a goal.
    CloseGoal(GoalId),
    /// All commands.
    Palette,
    /// The same, with the beginning of one typed already.
    Command(String),
    /// Searching everything.
    Find,
    /// Keys of this screen (false) or all (true).
    Help(bool),
    /// What can be done with the focused thing.
    Actions,
    /// A list to choose one from; the answer goes to the screen below.
    Choose(Choice),
    /// A question answered with `y`.
    Confirm(Question),
    /// Accounts.
    Accounts,
    /// What was said.
    Log,
    /// Choosing a theme.
    Themes,
    /// Which past day to look at.
    AsOf,
    /// A new account at a server of this system.
    AddAccount(ProviderKind),
    /// The welcome.
    FirstRun,
}

/// What a reviewer says of a goal's plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Approve,
    /// Back to its owner.
    Decline,
}

/// A list to choose one from.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The heading.
    pub title: String,
    /// What the answer is about, told back with it.
    pub about: String,
    /// Key and text of each row; foreign text allowed.
    pub rows: Vec<(String, String)>,
    /// Typing filters the rows; otherwise digits choose.
    pub filters: bool,
}

/// What was chosen in a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// What it was about.
    pub about: String,
    /// The key of the row.
    pub key: String,
}

/// A question answered with `y`; anything else means no.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The question, without `y/N`.
    pub text: String,
    /// What happens on yes.
    pub then: Vec<Command>,
    /// A sentence said on yes; may be empty.
    pub said: String,
    /// Whether the page below is closed on yes too.
    pub closes: bool,
    /// Where to go on yes.
    pub goto: Option<Box<Goto>>,
}

impl Question {
    /// A question with one consequence.
    pub fn new(text: impl Into<String>, then: Vec<Command>) -> Self {
        Self {
            text: text.into(),
            then,
            said: String::new(),
            closes: false,
            goto: None,
        }
    }
}

/// The rows above a body.
pub enum Heading {
    /// The tab row, and what the list shows: left and right part.
    Tabs(Line, Line),
    /// A title of its own in one row: left and right part.
    Title(Line, Line),
}

/// One key hint of the last row.
pub enum Hint {
    /// The key of an action and a word.
    One(Action, &'static str),
    /// The keys of two opposite actions and a word: `j/k move`.
    Pair(Action, Action, &'static str),
}

/// How a body is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// List left, detail right.
    Wide,
    /// List above, detail below.
    Stacked,
    /// One of the two.
    Single,
    /// Nothing but a sentence.
    TooSmall,
}

impl Shape {
    /// The shape for a terminal of this many columns and rows.
    pub fn of((columns, rows): (u16, u16)) -> Self {
        if columns < 60 || rows < 16 {
            Shape::TooSmall
        } else if columns >= 100 && rows >= 20 {
            Shape::Wide
        } else if columns >= 80 && rows >= 24 {
            Shape::Stacked
        } else {
            Shape::Single
        }
    }
}

/// Something that is read by opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reads {
    /// A goal with all there is of it.
    Goal(GoalId),
    /// One check-in of a goal.
    CheckIn(GoalId, CheckInId),
}

/// A view.
pub trait Screen {
    /// Scopes from the inside out; a text field is the innermost.
    fn scopes(&self) -> Vec<Scope>;

    /// The store moved: make the rows anew, keep the cursor on its id.
    fn follow(&mut self, scene: &Scene<'_>);

    /// A person means this.
    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply;

    /// Text for the focused field.
    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        let _ = (edit, scene);
        Reply::pass()
    }

    /// A row, line or field of mine was clicked, by the place it was drawn with.
    fn pointed(&mut self, place: usize, scene: &Scene<'_>) -> Reply {
        let _ = (place, scene);
        Reply::pass()
    }

    /// A sheet above was answered.
    fn answered(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        let _ = (chosen, scene);
        Reply::pass()
    }

    /// The person's own editor came back with this text.
    fn edited(&mut self, text: &str, scene: &Scene<'_>) -> Reply {
        let _ = (text, scene);
        Reply::pass()
    }

    /// The server of a new account answered.
    fn met(&mut self, new: &NewAccount, met: &Result<Introduction, Fault>) {
        let _ = (new, met);
    }

    /// What came of what was done with an account.
    fn tended(&mut self, tending: &Tending, result: &Result<Option<Introduction>, Fault>) {
        let _ = (tending, result);
    }

    /// Why an action of mine cannot be done now; none if it can.
    fn why_not(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        let _ = (action, scene);
        None
    }

    /// Whether what an action of mine writes stays on this machine, because the
    /// provider has no place for it.
    fn is_kept_here(&self, action: Action, scene: &Scene<'_>) -> bool {
        let _ = (action, scene);
        false
    }

    /// The command line of an action of mine where it is another one than the goal's:
    /// with the ids of what the action is about. None leaves the usual one, about the
    /// goal on screen.
    fn twin(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        let _ = (action, scene);
        None
    }

    /// The rows above the body.
    fn heading(&self, scene: &Scene<'_>) -> Heading;

    /// What replaces the account states in the status line.
    fn status(&self, scene: &Scene<'_>) -> Option<Line> {
        let _ = scene;
        None
    }

    /// Keys of the last row, most useful first.
    fn hints(&self, scene: &Scene<'_>) -> Vec<Hint>;

    /// The goal whose details are on screen.
    fn looking(&self, scene: &Scene<'_>) -> Option<GoalId> {
        let _ = scene;
        None
    }

    /// What a person opened and has before them in full: news of it is read.
    fn reads(&self, scene: &Scene<'_>) -> Option<Reads> {
        let _ = scene;
        None
    }

    /// The draft this screen is typing, for the toast when it is left.
    fn draft(&self) -> Option<&DraftKey> {
        None
    }

    /// Whether it covers only a part of what is below (a sheet).
    fn is_sheet(&self) -> bool {
        false
    }

    /// Draws the body.
    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>);
}
