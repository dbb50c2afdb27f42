//! All commands that make sense here, found by name. Answers with an action;
//! carries nothing out itself.

use std::collections::{HashMap, HashSet};

use ratatui::layout::Rect;

use super::filter_line;
use super::palette_arguments::{Command, Offer};
use super::{Chosen, Goto, Heading, Hint, Painter, Reply, Scene, Screen, Target};
use crate::actions::{ACTIONS, Action, ActionInfo, Group, Leak, Scope};
use crate::model::text;
use crate::shown;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;
use crate::widgets::list_window::ListWindow;
use crate::widgets::picker::{Choice, Picker};
use crate::widgets::sheet::Sheet;

/// Columns of what is to be known of a command.
const ASIDE: usize = 40;
/// Columns of its key.
const KEY: usize = 4;

/// Rows of the list that the sheet wishes for.
const ROWS: u16 = 14;

/// The command palette.
pub struct Palette {
    below: Vec<Scope>,
    picker: Picker<Key>,
    /// Why actions cannot be done where it was opened.
    why_not: HashMap<Action, String>,
    /// Actions whose writes stay on this machine.
    kept_here: HashSet<Action>,
    /// The cursor was moved since the last letter: what it is on counts, not what
    /// was typed.
    moved: bool,
}

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Action(Action),
    /// A command with something after its name.
    With(&'static str, String),
}

impl Palette {
    /// The commands that mean something while these scopes have the focus,
    /// inner first.
    pub fn new(scopes: &[Scope]) -> Self {
        Self {
            below: with_program(scopes),
            picker: Picker::new(Vec::new()),
            why_not: HashMap::new(),
            kept_here: HashSet::new(),
            moved: false,
        }
    }

    /// The commands for the screen it opens over, with what is to be known of them
    /// there.
    pub fn over(top: &dyn Screen, scopes: &[Scope], scene: &Scene<'_>) -> Self {
        let mut palette = Self::new(scopes);
        for info in commands(&palette.below, &[]) {
            if let Some(why) = super::menu::why_not(info, top, scene) {
                palette.why_not.insert(info.action, why);
            } else if top.is_kept_here(info.action, scene) {
                palette.kept_here.insert(info.action);
            }
        }
        palette
    }

    /// With the beginning of a command typed already.
    #[must_use]
    pub fn with_query(mut self, query: &str, scene: &Scene<'_>) -> Self {
        self.picker.set_query(query);
        self.follow(scene);
        self
    }

    /// The command with something after its name that is typed, and what follows.
    fn command(&self) -> Option<(Command, &str)> {
        let possible = commands(&self.below, &[]);
        Command::read(self.picker.query(), &possible)
    }

    /// What may follow the name of the command that is typed.
    fn offers(command: Command, typed: &str, scene: &Scene<'_>) -> Vec<Choice<Key>> {
        let choice = |offer: Offer| {
            let name = shown!("{} {}", command.word, offer.argument);
            let aside = text::line(&offer.aside).truncate(ASIDE);
            Choice::new(Key::With(command.word, offer.argument), name)
                .detail(Line::of(Role::Dim, aside).space(1))
        };
        let offers = command.offers(typed, scene);
        offers.into_iter().map(choice).collect()
    }

    fn choices(&self, scene: &Scene<'_>) -> Vec<Choice<Key>> {
        if let Some((command, typed)) = self.command() {
            return Self::offers(command, typed, scene);
        }
        let recent = scene.store.marks().recent(RECENT);
        let recent: Vec<Action> = recent.iter().filter_map(|id| Action::parse(id)).collect();
        commands(&self.below, &recent)
            .into_iter()
            .map(|info| {
                let key = scene.keymap.key_for(info.action, &self.below);
                let key = key.map_or_else(Line::new, |key| Line::of(Role::Key, shown!("{key} ")));
                let aside = match self.why_not.get(&info.action) {
                    Some(why) => Line::of(Role::Disabled, text::line(why).truncate(ASIDE)),
                    None if self.kept_here.contains(&info.action) => {
                        Line::new().fixed(Role::Dim, "kept here")
                    }
                    None => Line::new(),
                };
                let choice = Choice::new(Key::Action(info.action), text::line(info.title))
                    .also(text::line(&info.synonyms.join(" ")))
                    .detail(aside.space(2).and(key.pad_left(KEY)));
                match self.why_not.contains_key(&info.action) {
                    true => choice.disabled(),
                    false => choice,
                }
            })
            .collect()
    }
}

/// The scopes that keys reach from the innermost one, up to the first that lets
/// nothing through; the program lies outside all. The commands behind Esc belong
/// to an open form.
pub(super) fn reached(scopes: &[Scope]) -> Vec<Scope> {
    let mut reached = Vec::new();
    for scope in scopes.iter().chain(&[Scope::Program]) {
        if !reached.contains(scope) {
            reached.push(*scope);
        }
        if *scope == Scope::Form {
            reached.push(Scope::FormCommands);
        }
        if scope.leak() == Leak::AlwaysOnly {
            break;
        }
    }
    if !reached.contains(&Scope::Always) {
        reached.push(Scope::Always);
    }
    reached
}

/// The same for looking keys up, which know what lies behind Esc by themselves.
pub(super) fn with_program(scopes: &[Scope]) -> Vec<Scope> {
    let mut scopes = scopes.to_vec();
    for outer in [Scope::Program, Scope::Always] {
        if !scopes.contains(&outer) {
            scopes.push(outer);
        }
    }
    scopes
}

/// What can be meant in these scopes: what is done here first, of that what was
/// chosen last, then what belongs to the innermost scope. Left out is what only moves
/// a cursor, and what needs the key it is bound to.
fn commands(scopes: &[Scope], recent: &[Action]) -> Vec<&'static ActionInfo> {
    let reached = reached(scopes);
    let depth = |info: &ActionInfo| reached.iter().position(|scope| info.scopes.contains(scope));
    let mut found: Vec<(usize, &ActionInfo)> = ACTIONS
        .iter()
        .filter(|info| !is_of_the_hand(info.action))
        .filter_map(|info| Some((depth(info)?, info)))
        .collect();
    // The sort is stable: within a scope the order of the table stays.
    let used = |info: &ActionInfo| {
        let place = recent.iter().position(|action| *action == info.action);
        place.unwrap_or(recent.len())
    };
    found.sort_by_key(|(depth, info)| (worth(info.group), used(info), *depth));
    found.into_iter().map(|(_, info)| info).collect()
}

/// What is done comes before where one goes, and that before what moves a cursor.
fn worth(group: Group) -> u8 {
    match group {
        Group::Act | Group::Write | Group::See | Group::Take => 0,
        Group::Screens | Group::Program => 1,
        Group::Select => 2,
        Group::Move => 3,
    }
}

/// Actions that mean nothing when they are chosen from a list.
fn is_of_the_hand(action: Action) -> bool {
    matches!(
        action,
        Action::Palette
            | Action::NextRow
            | Action::PreviousRow
            | Action::Back
            | Action::Accept
            | Action::Complete
            | Action::NextKind
            | Action::FormCommands
            | Action::BackToField
            | Action::NextField
            | Action::PreviousField
            | Action::Yes
            | Action::No
            | Action::NextMatch
            | Action::PreviousMatch
    )
}

/// Commands that are remembered, in all sessions.
const REMEMBERED: usize = 20;

/// Under what they are kept.
const RECENT: &str = "commands";

impl Palette {
    fn accept(&mut self, scene: &Scene<'_>) -> Reply {
        let chosen = self.picker.choice().map(|choice| choice.key.clone());
        let (about, key) = match (chosen, self.command()) {
            (Some(Key::Action(action)), _) if self.why_not.contains_key(&action) => {
                return Reply::say(self.why_not.get(&action).cloned().unwrap_or_default());
            }
            (Some(Key::Action(action)), _) => {
                if let Some(command) = Command::that_needs_more(action) {
                    self.picker.set_query(&format!("{} ", command.word));
                    self.follow(scene);
                    return Reply::done();
                }
                ("action", action.id().to_owned())
            }
            // A name that is typed is what is meant, whatever is like it.
            (Some(Key::With(..)), Some((command, typed)))
                if command.is_free() && !self.moved && !typed.trim().is_empty() =>
            {
                (command.word, typed.trim().to_owned())
            }
            (Some(Key::With(word, _)), Some((command, _))) if command.is_free() && !self.moved => {
                return Reply::say(format!("write a name after \"{word}\""));
            }
            (Some(Key::With(word, argument)), _) => (word, argument),
            // Signs that mean something to the finder are letters of a text.
            (None, Some((command, typed))) if command.is_free() && !typed.trim().is_empty() => {
                (command.word, typed.trim().to_owned())
            }
            (None, Some((command, typed))) => {
                let said = match typed.trim() {
                    "" => format!("write a name after \"{}\"", command.word),
                    typed => format!("{} knows no \"{typed}\"", command.word),
                };
                return Reply::say(said);
            }
            (None, None) => {
                return Reply::say(format!("no command is called \"{}\"", self.picker.query()));
            }
        };
        let remembered = match about {
            "action" => filter_line::remember(RECENT, key.clone(), REMEMBERED, scene),
            _ => None,
        };
        let reply = Reply::goto(Goto::Answer(Chosen {
            about: about.to_owned(),
            key,
        }));
        match remembered {
            Some(command) => reply.and(command),
            None => reply,
        }
    }
}

impl Screen for Palette {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::TextField, Scope::Picker]
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        let choices = self.choices(scene);
        self.picker.set_choices(choices);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        match action {
            Action::Accept => self.accept(scene),
            Action::Complete => {
                let name = self.picker.choice().map(|choice| match &choice.key {
                    Key::Action(action) => match Command::that_needs_more(*action) {
                        Some(command) => format!("{} ", command.word),
                        None => choice.name.as_str().to_owned(),
                    },
                    Key::With(..) => choice.name.as_str().to_owned(),
                });
                if let Some(name) = name {
                    self.picker.set_query(&name);
                    self.follow(scene);
                }
                Reply::done()
            }
            other => {
                self.moved = true;
                move_in(&mut self.picker, other)
            }
        }
    }

    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        let was_command = self.command().is_some();
        self.picker.edit(edit.clone());
        self.moved = matches!(edit, Edit::Up | Edit::Down);
        if was_command || self.command().is_some() {
            self.follow(scene);
        }
        // The cursor is on what was typed and not on what is like it.
        let typed = self.command().map(|(_, typed)| typed.trim().to_owned());
        if let Some(typed) = typed.filter(|_| !self.moved) {
            self.picker.go_to(0);
            self.picker.point(|key| {
                matches!(key, Key::With(_, argument) if argument.eq_ignore_ascii_case(&typed))
            });
        }
        Reply::done()
    }

    fn pointed(&mut self, place: usize, _scene: &Scene<'_>) -> Reply {
        self.moved = true;
        self.picker.go_to(place);
        Reply::done()
    }

    fn heading(&self, _scene: &Scene<'_>) -> Heading {
        Heading::Title(Line::new(), Line::new())
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::One(Action::Accept, "run"),
            Hint::One(Action::Complete, "complete"),
            Hint::Pair(Action::NextRow, Action::PreviousRow, "move"),
            Hint::One(Action::Back, "close"),
        ]
    }

    fn is_sheet(&self) -> bool {
        true
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let inside = Sheet::new(78, ROWS + 3).draw(painter, area);
        let key = |action| {
            scene
                .keymap
                .key_for(action, &self.scopes())
                .unwrap_or_default()
        };
        let foot = shown!(
            " {} of {} commands · {} run · {} complete · {} close",
            self.picker.found_count(),
            self.picker.count(),
            key(Action::Accept),
            key(Action::Complete),
            key(Action::Back),
        );
        draw_picker(
            &self.picker,
            &Line::new().fixed(Role::Key, " : "),
            Line::of(Role::Dim, foot),
            inside,
            painter,
        );
    }
}

/// What every sheet with a picker does with an action that moves.
pub(super) fn move_in<K: Clone + PartialEq>(picker: &mut Picker<K>, action: Action) -> Reply {
    match action {
        Action::NextRow => picker.edit(Edit::Down),
        Action::PreviousRow => picker.edit(Edit::Up),
        Action::PageDown => picker.page(true),
        Action::PageUp => picker.page(false),
        Action::Back => return Reply::goto(Goto::Close),
        _ => return Reply::pass(),
    };
    Reply::done()
}

/// A picker with a line below it.
pub(super) fn draw_picker<K: Clone + PartialEq>(
    picker: &Picker<K>,
    prompt: &Line,
    foot: Line,
    inside: Rect,
    painter: &mut Painter<'_>,
) {
    let list = Rect {
        height: inside.height.saturating_sub(2),
        ..inside
    };
    picker.draw(painter, list, prompt);
    let below = Rect {
        y: inside.y + inside.height.saturating_sub(1),
        height: inside.height.min(1),
        ..inside
    };
    painter.line(below, &foot);
}

/// A sheet with a field, rows below it and a line at the foot. `columns` gives
/// the left and right part of a row of so many columns.
pub(super) fn draw_list_sheet<K: Clone + Ord>(
    (prompt, field): (Line, &Field),
    foot: Line,
    rows: u16,
    list: &ListWindow<K>,
    columns: impl Fn(&K, u16) -> (Line, Line),
    area: Rect,
    painter: &mut Painter<'_>,
) {
    let inside = Sheet::new(78, rows + 3).draw(painter, area);
    let written = painter.line(inside, &prompt);
    let body = Rect {
        y: inside.y + 1,
        height: inside.height.saturating_sub(3),
        ..inside
    };
    painter.target(body, Target::List);
    for (y, row) in (body.top()..body.bottom()).zip(list.visible(usize::from(body.height))) {
        let Some(key) = list.keys().get(row) else {
            continue;
        };
        let focused = row == list.cursor();
        let sign = if focused {
            painter.glyphs().focus()
        } else {
            " "
        };
        let (left, right) = columns(key, body.width.saturating_sub(2));
        let place = Rect {
            y,
            height: 1,
            ..body
        };
        painter.target(place, Target::Line(row));
        painter.line_split(
            place,
            &Line::new().fixed(Role::Text, sign).space(1).and(left),
            &right,
        );
        if focused {
            painter.highlight(place, Role::Focus);
            painter.rest(body.x, y);
        }
    }
    let below = Rect {
        y: inside.y + inside.height.saturating_sub(1),
        height: inside.height.min(1),
        ..inside
    };
    painter.line(below, &foot);
    let typed = Rect {
        x: inside.x + written,
        width: inside.width.saturating_sub(written),
        height: inside.height.min(1),
        ..inside
    };
    field.draw(painter, typed, Role::Text, true);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(scopes: &[Scope]) -> Vec<Action> {
        commands(scopes, &[])
            .iter()
            .map(|info| info.action)
            .collect()
    }

    #[test]
    fn what_belongs_to_the_place_comes_first() {
        let found = names(&[Scope::Goals, Scope::Program, Scope::Always]);
        let place = |action| found.iter().position(|other| *other == action);
        assert!(place(Action::CheckIn) < place(Action::GoQueue));
        assert!(place(Action::GoQueue) < place(Action::Redraw));
    }

    #[test]
    fn what_was_chosen_last_comes_first_among_its_like() {
        let scopes = [Scope::Goals, Scope::Program, Scope::Always];
        let found = commands(&scopes, &[Action::Redraw, Action::Pin, Action::Close]);
        let found: Vec<Action> = found.iter().map(|info| info.action).collect();
        assert_eq!(found[..2], [Action::Pin, Action::Close]);
        let place = |action| found.iter().position(|other| *other == action);
        assert!(place(Action::Redraw) < place(Action::GoQueue));
        assert!(place(Action::CheckIn) < place(Action::Redraw));
    }

    #[test]
    fn commands_of_other_places_are_left_out() {
        let found = names(&[Scope::Outbox, Scope::Program]);
        assert!(found.contains(&Action::Delete));
        assert!(!found.contains(&Action::SortNext));
        assert!(!found.contains(&Action::Palette));
    }

    #[test]
    fn a_form_offers_its_commands_and_nothing_of_the_list_below() {
        let found = names(&[Scope::TextField, Scope::Form, Scope::Program, Scope::Always]);
        assert!(found.contains(&Action::Discard));
        assert!(found.contains(&Action::Quit));
        assert!(!found.contains(&Action::GoQueue));
    }
}
