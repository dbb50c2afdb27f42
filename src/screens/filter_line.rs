//! The line where a filter is typed over a list: it counts at each key, recalls
//! older ones, and says which word is wrong. Goals, Queue and Inbox have one.

use super::{Hint, Painter, Scene};
use crate::actions::{Action, Scope};
use crate::model::entry::Mark;
use crate::model::filter::{Filter, Trouble};
use crate::model::text;
use crate::shown;
use crate::store::effect::Command;
use crate::store::views;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;

/// Filters that are recalled with Up, in all sessions.
const RECALLED: usize = 50;

/// Under what they are kept.
pub const RECENT: &str = "filters";

const PROMPT: &str = " filter: ";

/// What an action did to the line.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "one for each key; a box would burden every reader"
)]
pub enum Turn {
    /// Not the line's.
    Pass,
    /// Nothing that moves rows.
    Stays,
    /// Another filter.
    Changed,
    /// It stays as it is and keys act on rows again; to be remembered.
    Kept(Option<Command>),
}

/// The line.
#[derive(Default)]
pub struct FilterLine {
    field: Field,
    typing: bool,
    /// What counts: of a text with something wrong in it the last that was right.
    filter: Filter,
    trouble: Option<Trouble>,
    /// Whether the trouble is told though the word may yet become right.
    asked: bool,
    /// How far back in the filters of before, and what was typed before that.
    recall: Option<(usize, String)>,
}

impl FilterLine {
    /// What counts; none for everything.
    pub fn filter(&self) -> Option<&Filter> {
        Some(&self.filter).filter(|filter| !filter.is_empty())
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        self.field.text()
    }

    /// Whether all of it is right.
    pub fn is_right(&self) -> bool {
        self.trouble.is_none()
    }

    /// Whether keys are letters of it.
    pub fn is_typing(&self) -> bool {
        self.typing
    }

    /// Whether there is anything to clear.
    pub fn is_on(&self) -> bool {
        self.typing || !self.field.is_empty()
    }

    /// The scopes of the field, while it is typed in.
    pub fn scopes() -> Vec<Scope> {
        vec![Scope::TextField, Scope::FilterLine]
    }

    /// Goes on typing where it ended.
    pub fn begin(&mut self) {
        self.typing = true;
        self.recall = None;
        self.field.set_cursor(self.field.text().len());
    }

    /// No filter any more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Puts a text in, as if it had been typed and kept.
    pub fn set(&mut self, text: &str, scene: &Scene<'_>) {
        self.field.set(text);
        self.typing = false;
        self.recall = None;
        self.read(scene);
        // A word that is wrong has to be mended where it stands.
        self.asked = self.trouble.is_some();
        self.typing = self.asked;
    }

    /// Reads it again: on another day and among other goals words mean other things.
    pub fn follow(&mut self, scene: &Scene<'_>) {
        if !self.field.is_empty() {
            self.read(scene);
        }
    }

    /// Text for the field; whether rows may be others now.
    pub fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> bool {
        let before = self.field.text().to_owned();
        self.field.edit(edit.clone());
        if self.field.text() == before {
            return false;
        }
        self.asked = false;
        self.recall = None;
        self.read(scene);
        true
    }

    /// An action while it is typed in.
    pub fn act(&mut self, action: Action, scene: &Scene<'_>) -> Turn {
        match action {
            Action::Accept | Action::Open => self.keep(scene),
            Action::Back => {
                self.clear();
                Turn::Changed
            }
            Action::PreviousRow => self.go_back(true, scene),
            Action::NextRow => self.go_back(false, scene),
            _ => Turn::Pass,
        }
    }

    /// Nothing was found: if the word being typed may become a key, it says nothing
    /// until then. Whether it does so now.
    pub fn loosen(&mut self) -> bool {
        let less = self.filter.without_begun_key().filter(|_| self.typing);
        let is_less = less.is_some();
        self.filter = less.unwrap_or_else(|| std::mem::take(&mut self.filter));
        is_less
    }

    fn keep(&mut self, scene: &Scene<'_>) -> Turn {
        self.read(scene);
        if self.trouble.is_some() {
            self.asked = true;
            return Turn::Stays;
        }
        self.typing = false;
        self.recall = None;
        let text = self.field.text().trim().to_owned();
        if text.is_empty() {
            self.clear();
            return Turn::Kept(None);
        }
        Turn::Kept(remember(RECENT, text, RECALLED, scene))
    }

    fn go_back(&mut self, back: bool, scene: &Scene<'_>) -> Turn {
        let recent = scene.store.marks().recent(RECENT);
        let (place, typed) = match (self.recall.take(), back) {
            (None, true) => (Some(0), self.field.text().to_owned()),
            (None, false) => return Turn::Stays,
            (Some((place, typed)), true) => (Some(place + 1), typed),
            (Some((place, typed)), false) => (place.checked_sub(1), typed),
        };
        // The last one is there already where it was kept and is typed on.
        let place = place.map(|place| place.min(recent.len().saturating_sub(1)));
        match place.and_then(|place| Some((place, recent.get(place)?))) {
            Some((place, text)) => {
                self.field.set(text);
                self.recall = Some((place, typed));
            }
            None => self.field.set(&typed),
        }
        self.asked = false;
        self.read(scene);
        Turn::Changed
    }

    fn read(&mut self, scene: &Scene<'_>) {
        let reading = views::read(scene.store, self.field.text(), &scene.now);
        // A word that is half typed says nothing yet, nor does one with a key that is
        // none; a wrong value leaves what was said before it.
        let says_nothing = |one: &Trouble| one.is_unfinished || one.is_key;
        if reading.trouble.as_ref().is_none_or(says_nothing) {
            self.filter = reading.filter;
        }
        self.trouble = reading.trouble;
    }

    /// Whether a wrong word is told.
    fn told(&self) -> Option<&Trouble> {
        let told = self.trouble.as_ref();
        told.filter(|trouble| self.asked || !trouble.is_unfinished)
    }

    /// The info row while it is typed in: the text with the wrong word marked, and at
    /// the right what is wrong with it, what may come, or `count`.
    pub fn heading(&self, count: text::Shown, width: u16) -> (Line, Line) {
        let (role, said) = match (&self.trouble, self.told()) {
            (_, Some(trouble)) => (Role::Error, shown!("{trouble}")),
            (Some(trouble), None) => (Role::Dim, shown!("{}", trouble.remedy)),
            (None, None) => (Role::Dim, count),
        };
        let text = self.field.text();
        let first = self.first_seen(width);
        let wrong = self.told().map_or(0..0, |trouble| trouble.at.clone());
        let part = |range: std::ops::Range<usize>| {
            text.get(range.start.max(first)..range.end.max(first))
                .unwrap_or_default()
        };
        let left = Line::new()
            .fixed(Role::Key, PROMPT)
            .put(Role::Text, text::line(part(0..wrong.start)))
            .put(Role::Match, text::line(part(wrong.clone())))
            .put(Role::Text, text::line(part(wrong.end..text.len())))
            .fixed(Role::Text, "_");
        // What is typed goes before what is said about it.
        let room = usize::from(width).saturating_sub(left.width() + 2);
        (left, Line::of(role, said.truncate(room)).space(1))
    }

    /// The first byte of the text that is drawn: the cursor is always seen, with some
    /// room for what is said about it.
    fn first_seen(&self, width: u16) -> usize {
        let room = usize::from(width).saturating_sub(PROMPT.len() + 30).max(20);
        let cursor = self.field.cursor();
        let text = self.field.text();
        let mut first = 0;
        for letter in text.chars() {
            let before = text.get(first..cursor).unwrap_or_default();
            if text::columns(before) <= room {
                break;
            }
            first += letter.len_utf8();
        }
        first
    }

    /// Puts the hardware cursor where the next letter goes, in the row above a body.
    pub fn draw_cursor(&self, area: ratatui::layout::Rect, painter: &mut Painter<'_>) {
        if !self.typing {
            return;
        }
        let seen = self.first_seen(area.width)..self.field.cursor();
        let before = self.field.text().get(seen).unwrap_or_default();
        let column = PROMPT.len() + text::line(before).width();
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        let last = area.width.saturating_sub(1);
        painter.cursor(area.x + column.min(last), area.y.saturating_sub(1));
    }

    /// Keys of the last row while it is typed in.
    pub fn hints() -> Vec<Hint> {
        vec![
            Hint::One(Action::Accept, "keep"),
            Hint::One(Action::Back, "clear"),
            Hint::Pair(Action::PreviousRow, Action::NextRow, "recall"),
        ]
    }
}

/// What to put down so that a text is the newest of its kind; none if it is already.
pub fn remember(what: &str, text: String, most: usize, scene: &Scene<'_>) -> Option<Command> {
    let before = scene.store.marks().recent(what);
    if before.first() == Some(&text) {
        return None;
    }
    let others = before.iter().filter(|other| **other != text).cloned();
    let texts = std::iter::once(text.clone()).chain(others).take(most);
    Some(Command::Put(Mark::Recent {
        what: what.to_owned(),
        texts: texts.collect(),
    }))
}
