//! Store and screens as one machine without a world: input and outcomes go in,
//! effects come out, frames are drawn on demand. The loop drives it with a real
//! terminal, tests with keys as text.

use chrono::TimeDelta;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::actions::Action;
use crate::keys::chord::{Deed, Input, Mouse, Paste};
use crate::keys::edit::TextEdit;
use crate::keys::resolve::{Resolved, Resolver};
use crate::model::direct::Introduction;
use crate::model::exchange::Fault;
use crate::model::ids::IdSource;
use crate::model::sign_in::{NewAccount, Tending};
use crate::model::time::{Now, Time};
use crate::model::view::View;
use crate::screens::stack::Stack;
use crate::screens::{Goto, Painter, Place, Prefs, Reply, Said, Scene, Tab, Target};
use crate::store::Store;
use crate::store::effect::{Command, Effect, Outcome, Toast};
use crate::store::news::News;
use crate::theme::{Glyphs, Theme, Themes};
use crate::widgets::edit::Edit;
use crate::widgets::painter::{Drawn, Hits};

/// A sheet may answer with a step that brings another; no chain is longer.
const STEPS: usize = 8;

/// Two clicks on one row within this time open it.
const DOUBLE: TimeDelta = TimeDelta::milliseconds(400);

/// Rows for one notch of the wheel.
const NOTCH: usize = 3;

/// How much the log page keeps.
const LOG: usize = 500;

mod away;

use away::Away;

/// Everything behind a screen.
pub struct Program {
    stack: Stack,
    back: Backdrop,
    glyphs: Glyphs,
    dirty: bool,
    followed: u64,
    /// What lay where on the last frame.
    hits: Hits<Action>,
    /// The row of the screen clicked last, and when.
    clicked: Option<(u16, Time)>,
    news: News,
}

/// What screens look at while they act or draw.
struct Backdrop {
    store: Store,
    /// The past day that is shown instead, if one is.
    away: Option<Away>,
    /// The past day to be shown once it is read how goals were.
    bound_for: Option<Now>,
    /// How many stores of past days were made.
    visits: u64,
    resolver: Resolver,
    prefs: Prefs,
    ids: IdSource,
    size: (u16, u16),
    said: Vec<Said>,
    theme: Theme,
    themes: Themes,
}

impl Backdrop {
    /// What screens see: the present, or the past day that is shown.
    fn scene(&self, now: Now) -> Scene<'_> {
        match &self.away {
            Some(away) => self.scene_of(&away.store, away.then),
            None => self.scene_of(&self.store, now),
        }
    }

    /// What is shown.
    fn shown(&self) -> &Store {
        self.away.as_ref().map_or(&self.store, |away| &away.store)
    }

    fn scene_of<'a>(&'a self, store: &'a Store, now: Now) -> Scene<'a> {
        Scene {
            store,
            now,
            size: self.size,
            prefs: &self.prefs,
            keymap: self.resolver.keymap(),
            ids: &self.ids,
            said: &self.said,
            themes: &self.themes,
            theme: self.theme.name(),
        }
    }
}

/// How a program looks and starts.
pub struct Look {
    /// The tab in front.
    pub tab: Tab,
    /// Keys.
    pub resolver: Resolver,
    /// Settings.
    pub prefs: Prefs,
    /// New ids.
    pub ids: IdSource,
    /// Styles.
    pub theme: Theme,
    /// Characters.
    pub glyphs: Glyphs,
    /// Columns and rows.
    pub size: (u16, u16),
}

impl Program {
    /// A program over a store.
    pub fn new(store: Store, look: Look) -> Self {
        Self {
            stack: Stack::new(look.tab),
            back: Backdrop {
                store,
                away: None,
                bound_for: None,
                visits: 0,
                resolver: look.resolver,
                prefs: look.prefs,
                ids: look.ids,
                size: look.size,
                said: Vec::new(),
                theme: look.theme,
                themes: Themes::shipped(),
            },
            glyphs: look.glyphs,
            dirty: true,
            followed: 0,
            hits: Hits::default(),
            clicked: None,
            news: News::default(),
        }
    }

    /// The themes that can be chosen; those that come with the program if not said.
    #[must_use]
    pub fn with_themes(mut self, themes: Themes) -> Self {
        self.back.themes = themes;
        self
    }

    /// The store, to read.
    pub fn store(&self) -> &Store {
        &self.back.store
    }

    /// The store that screens see: that of the past day they show, if they do.
    pub fn shown(&self) -> &Store {
        self.back.shown()
    }

    /// Whether the next frame differs from the last.
    pub fn is_dirty(&self) -> bool {
        self.dirty || self.followed != self.back.shown().revision()
    }

    /// Carries out commands that no person asked for.
    pub fn command(&mut self, command: Command, now: Now) -> Vec<Effect> {
        let effects = self.back.store.command(command, now);
        self.say_effects(effects, now)
    }

    /// Opens a page from outside, as the first run does.
    pub fn open(&mut self, place: Place, now: Now) -> Vec<Effect> {
        self.answer(Reply::goto(Goto::Open(place)), now)
    }

    /// Shows the tree under a view, as the configuration asks for at start.
    pub fn show_view(&mut self, view: View, now: Now) -> Vec<Effect> {
        let mut reply = self.stack.show_view(view, &self.back.scene(now));
        // Only what is wrong with it is worth a word at start.
        reply
            .effects
            .retain(|effect| !matches!(effect, Effect::Say(toast) if !toast.is_error));
        self.answer(reply, now)
    }

    /// A file that was to be written is there already: asks whether to write over it.
    pub fn is_there(&mut self, path: &str, now: Now) -> Vec<Effect> {
        self.answer(crate::screens::report::is_there(path), now)
    }

    /// Says something in the status line.
    pub fn say(&mut self, toast: Toast, now: Now) {
        self.back.said.push(Said {
            at: now.at,
            toast: toast.clone(),
        });
        if self.back.said.len() > LOG {
            self.back.said.remove(0);
        }
        self.stack.say(toast, now.at);
        self.dirty = true;
    }

    /// Takes in what the world answered.
    pub fn outcome(&mut self, outcome: Outcome, now: Now) -> Vec<Effect> {
        let before = self.back.store.revision();
        let recalled = match &outcome {
            Outcome::Recalled { recall, .. } => Some(recall.clone()),
            _ => None,
        };
        let mut effects = self.back.store.outcome(outcome, now);
        self.dirty |= self.back.store.revision() != before;
        if let Some(recall) = recalled {
            self.recalled(&recall, now);
        }
        effects.extend(self.keep_up(now));
        if self.back.prefs.notifies && self.back.store.revision() != before {
            effects.extend(self.news.of(&self.back.store, &now).map(Effect::Notify));
        }
        self.say_effects(effects, now)
    }

    /// Takes in a key, a paste or a new size.
    pub fn input(&mut self, input: Input, now: Now) -> Vec<Effect> {
        match input {
            Input::Resize(columns, rows) => {
                self.back.size = (columns, rows);
                self.dirty = true;
                self.follow(now);
                Vec::new()
            }
            Input::Paste(paste) => self.paste(paste, now),
            Input::Mouse(mouse) => self.mouse(mouse, now),
            // The loop ends the program; there is nobody to show anything to.
            Input::Eof => Vec::new(),
            Input::Press(press) => {
                self.dirty = true;
                self.stack.key_pressed();
                self.follow(now);
                let scopes = self.stack.scopes();
                let resolved = self.back.resolver.press(press, &scopes);
                let mut effects = self.resolved(resolved, now);
                while let Some(press) = self.back.resolver.left_over() {
                    let scopes = self.stack.scopes();
                    let resolved = self.back.resolver.press(press, &scopes);
                    effects.extend(self.resolved(resolved, now));
                }
                effects
            }
        }
    }

    /// Something done with the mouse to the last frame: it becomes an action, or
    /// moves the focus and becomes one.
    fn mouse(&mut self, mouse: Mouse, now: Now) -> Vec<Effect> {
        let before = self.clicked.take();
        let Some((target, ..)) = self.hits.at(mouse.x, mouse.y) else {
            return Vec::new();
        };
        self.dirty = true;
        self.back.resolver.reset();
        self.stack.set_pending(None);
        match (mouse.deed, target) {
            (Deed::Press, target) => {
                self.stack.key_pressed();
                self.follow(now);
                let is_second = before.is_some_and(|(y, at)| y == mouse.y && now.at - at <= DOUBLE);
                self.press(target, mouse.y, is_second, now)
            }
            (Deed::WheelUp, Target::Detail) => self.turn(Action::ScrollUp, now),
            (Deed::WheelDown, Target::Detail) => self.turn(Action::ScrollDown, now),
            (_, Target::Act(_) | Target::Field(_)) => Vec::new(),
            (Deed::WheelUp, _) => self.turn(Action::PreviousRow, now),
            (Deed::WheelDown, _) => self.turn(Action::NextRow, now),
        }
    }

    fn press(&mut self, target: Target<Action>, y: u16, is_second: bool, now: Now) -> Vec<Effect> {
        match target {
            Target::Act(action) => self.act(action, now),
            // The first click may have scrolled the list: the second is for the
            // row that it focused, whatever lies there now.
            Target::Row(_) | Target::List if is_second => self.act(self.stack.opening(), now),
            Target::Row(place) => {
                self.clicked = Some((y, now.at));
                self.point(place, now)
            }
            Target::Line(place) => {
                let mut effects = self.point(place, now);
                effects.extend(self.act(Action::Accept, now));
                effects
            }
            Target::Field(place) => self.point(place, now),
            Target::List | Target::Detail => Vec::new(),
        }
    }

    fn point(&mut self, place: usize, now: Now) -> Vec<Effect> {
        let reply = self.stack.pointed(place, &self.back.scene(now));
        self.answer(reply, now)
    }

    fn turn(&mut self, action: Action, now: Now) -> Vec<Effect> {
        let turns = (0..NOTCH).map(|_| self.act(action, now));
        turns.flatten().collect()
    }

    /// A chord that also means something by itself was not continued.
    pub fn keys_expired(&mut self, now: Now) -> Vec<Effect> {
        self.dirty = true;
        let action = self.back.resolver.expire();
        self.stack.set_pending(None);
        let mut effects = action.map_or_else(Vec::new, |action| self.act(action, now));
        while let Some(press) = self.back.resolver.left_over() {
            let scopes = self.stack.scopes();
            let resolved = self.back.resolver.press(press, &scopes);
            effects.extend(self.resolved(resolved, now));
        }
        effects
    }

    /// Whether keys wait for their continuation with a time limit.
    pub fn keys_wait(&self) -> bool {
        self.back.resolver.waits()
    }

    fn resolved(&mut self, resolved: Resolved, now: Now) -> Vec<Effect> {
        let pending = match &resolved {
            Resolved::Pending(next) => {
                let arrows = self.arrows();
                let words: Vec<String> = next
                    .iter()
                    .map(|(chord, action)| {
                        format!("{} {}", chord.shown(arrows), action.info().title)
                    })
                    .collect();
                Some(words.join("  "))
            }
            _ => None,
        };
        self.stack.set_pending(pending);
        match resolved {
            Resolved::Action(action) => self.act(action, now),
            Resolved::Text(letter) => self.typed(Edit::Insert(letter), now),
            Resolved::Edit(edit) => self.typed(edit_of(edit), now),
            Resolved::Pending(_) | Resolved::Cancelled => Vec::new(),
            Resolved::Nothing(chord) => {
                let arrows = self.arrows();
                self.stack.unknown_key(&chord.shown(arrows), now.at);
                Vec::new()
            }
        }
    }

    fn arrows(&self) -> crate::keys::chord::Arrows {
        match self.glyphs {
            Glyphs::Unicode => crate::keys::chord::Arrows::Signs,
            Glyphs::Ascii => crate::keys::chord::Arrows::Words,
        }
    }

    fn paste(&mut self, paste: Paste, now: Now) -> Vec<Effect> {
        use crate::actions::Typing;
        let takes_text = self
            .stack
            .scopes()
            .first()
            .is_some_and(|scope| matches!(scope.typing(), Typing::Line | Typing::Lines));
        self.dirty = true;
        if !takes_text {
            // A paste must never act as keys.
            self.say(
                Toast::info("pasted text goes into a field; none has the focus"),
                now,
            );
            return Vec::new();
        }
        if paste.cut {
            self.say(
                Toast::error("the paste was cut: a field takes 64 KiB at once"),
                now,
            );
        }
        self.typed(Edit::Paste(paste.text), now)
    }

    /// Carries out an action, as a key would.
    pub fn act(&mut self, action: Action, now: Now) -> Vec<Effect> {
        let reply = self.stack.act(action, &self.back.scene(now));
        self.answer(reply, now)
    }

    fn typed(&mut self, edit: Edit, now: Now) -> Vec<Effect> {
        let reply = self.stack.typed(&edit, &self.back.scene(now));
        self.answer(reply, now)
    }

    /// The person's own editor came back with a text.
    pub fn edited(&mut self, text: &str, now: Now) -> Vec<Effect> {
        self.dirty = true;
        let reply = self.stack.edited(text, &self.back.scene(now));
        self.answer(reply, now)
    }

    /// The server of a new account answered.
    pub fn met(&mut self, new: &NewAccount, met: &Result<Introduction, Fault>) {
        self.dirty = true;
        self.stack.met(new, met);
    }

    /// What came of what was done with an account.
    pub fn tended(
        &mut self,
        tending: &Tending,
        result: &Result<Option<Introduction>, Fault>,
        now: Now,
    ) {
        self.dirty = true;
        self.stack.tended(tending, result);
        if let Err(fault) = result {
            let words = format!("{}: {fault}", tending.account);
            self.say(Toast::error(words), now);
        }
    }

    /// Commands first, then where to go, as long as going brings more.
    fn answer(&mut self, mut reply: Reply, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        for _ in 0..STEPS {
            for command in std::mem::take(&mut reply.commands) {
                effects.extend(self.carry_out(command, now));
            }
            effects.append(&mut reply.effects);
            let Some(goto) = reply.goto.take() else { break };
            if let Goto::AsOf(day) = goto {
                effects.extend(self.travel(day, now));
                break;
            }
            reply = self.stack.go(goto, &self.back.scene(now));
        }
        self.dirty = true;
        self.follow(now);
        for look in self.stack.new_look(&self.back.scene(now)) {
            effects.extend(self.carry_out(look, now));
        }
        self.say_effects(effects, now)
    }

    /// Sentences go to the status line; the rest to the world.
    fn say_effects(&mut self, effects: Vec<Effect>, now: Now) -> Vec<Effect> {
        let mut rest = Vec::with_capacity(effects.len());
        for effect in effects {
            match effect {
                Effect::Say(toast) => self.say(toast, now),
                Effect::Theme(name) => self.wear(&name, now),
                // There at once; the world writes it down.
                Effect::KeepView(view) => {
                    self.back.prefs.keep_view(&view);
                    rest.push(Effect::KeepView(view));
                }
                Effect::DropView(name) => {
                    self.back.prefs.views.retain(|view| !view.is_called(&name));
                    rest.push(Effect::DropView(name));
                }
                other => rest.push(other),
            }
        }
        rest
    }

    /// Draws in another theme from now on.
    fn wear(&mut self, name: &str, now: Now) {
        match self.back.themes.theme(name) {
            Some(theme) => self.back.theme = theme,
            None => {
                let names = self.back.themes.names().join(", ");
                let words = format!("there is no theme \"{name}\"; there are {names}");
                self.say(Toast::error(words), now);
            }
        }
        self.dirty = true;
    }

    fn follow(&mut self, now: Now) {
        self.followed = self.back.shown().revision();
        self.stack.follow(&self.back.scene(now));
    }

    /// The next moment something happens by itself.
    pub fn next_wake(&mut self, now: Now) -> Option<Time> {
        let store = self.back.store.next_wake(now);
        // What the status line counts down is of the present.
        let present = self.back.scene_of(&self.back.store, now);
        let stack = self.stack.next_wake(&present);
        [store, stack].into_iter().flatten().min()
    }

    /// A moment has come, of the store or of the screen.
    pub fn woke(&mut self, now: Now) -> Vec<Effect> {
        self.dirty = true;
        self.stack.woke(now.at);
        self.outcome(Outcome::Woke, now)
    }

    /// Draws a whole frame. Rows are made anew only if the store moved.
    pub fn draw(&mut self, buffer: &mut Buffer, now: Now) -> Drawn<Action> {
        self.draw_as(false, buffer, now)
    }

    /// Draws a frame while a key repeats: it leaves out what is dear to send, so
    /// that a whole one has to follow.
    pub fn draw_in_haste(&mut self, buffer: &mut Buffer, now: Now) -> Drawn<Action> {
        self.draw_as(true, buffer, now)
    }

    fn draw_as(&mut self, hasty: bool, buffer: &mut Buffer, now: Now) -> Drawn<Action> {
        if self.followed != self.back.shown().revision() {
            self.follow(now);
        }
        self.dirty = false;
        let area: Rect = buffer.area;
        let mut painter = Painter::new(buffer, &self.back.theme, self.glyphs).hasty(hasty);
        self.stack.draw(&self.back.scene(now), area, &mut painter);
        let drawn = painter.finish();
        self.hits = drawn.hits.clone();
        drawn
    }

    /// The size frames are drawn for.
    pub fn size(&self) -> (u16, u16) {
        self.back.size
    }
}

/// The same act in the words of the widgets.
fn edit_of(edit: TextEdit) -> Edit {
    match edit {
        TextEdit::Left => Edit::Left,
        TextEdit::Right => Edit::Right,
        TextEdit::Up => Edit::Up,
        TextEdit::Down => Edit::Down,
        TextEdit::WordLeft => Edit::WordBack,
        TextEdit::WordRight => Edit::WordForward,
        TextEdit::LineStart => Edit::Home,
        TextEdit::LineEnd => Edit::End,
        TextEdit::NewLine => Edit::Newline,
        TextEdit::DeleteLeft => Edit::Backspace,
        TextEdit::DeleteRight => Edit::Delete,
        TextEdit::DeleteWordLeft => Edit::KillWord,
        TextEdit::DeleteWordRight => Edit::KillNextWord,
        TextEdit::DeleteToLineStart => Edit::KillToStart,
        TextEdit::DeleteToLineEnd => Edit::KillToEnd,
        TextEdit::Undo => Edit::Undo,
        TextEdit::Redo => Edit::Redo,
        TextEdit::PageUp => Edit::PageUp,
        TextEdit::PageDown => Edit::PageDown,
        TextEdit::TextStart => Edit::Start,
        TextEdit::TextEnd => Edit::Finish,
    }
}
