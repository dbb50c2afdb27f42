//! Which keys mean what in which scope: the built-in keys of a style with a
//! person's own over them, as one trie per scope. Conflicts are errors with a
//! line; the keymap is whole and usable whatever the settings say.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use crate::actions::{ACTIONS, Action, Leak, Scope, Typing};

use super::chord::{Arrows, Chord, Key, Press};
use super::edit::TextEdit;
use super::keymap_file::{self, Entry};

/// The two sets of keys that are shipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyStyle {
    /// Letters move, arrows too.
    #[default]
    Vim,
    /// No letter moves.
    Plain,
}

impl KeyStyle {
    /// Its name in settings.
    pub const fn id(self) -> &'static str {
        match self {
            KeyStyle::Vim => "vim",
            KeyStyle::Plain => "plain",
        }
    }

    /// The style of this name.
    pub fn parse(id: &str) -> Option<KeyStyle> {
        [KeyStyle::Vim, KeyStyle::Plain]
            .into_iter()
            .find(|style| style.id() == id)
    }

    const fn text(self) -> &'static str {
        match self {
            KeyStyle::Vim => include_str!("../../assets/keymap-vim.toml"),
            KeyStyle::Plain => include_str!("../../assets/keymap-plain.toml"),
        }
    }
}

/// What is wrong with a line of a keymap. The rest of the keymap holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// The line in the settings file, from 1.
    pub line: usize,
    /// The setting: `keys.acknowledge`.
    pub key: String,
    /// What is wrong and what to write, without the full stop.
    pub sentence: String,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}.", self.sentence)
    }
}

impl std::error::Error for KeyError {}

/// Keys per scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    style: KeyStyle,
    layout_fallback: bool,
    tries: HashMap<Scope, Node>,
    chords: HashMap<(Scope, Action), Vec<Chord>>,
}

/// A place in a trie: what the presses so far mean, and what may follow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) action: Option<Action>,
    pub(super) next: BTreeMap<Press, Node>,
}

impl Node {
    pub(super) fn find(&self, presses: &[Press]) -> Option<&Node> {
        presses
            .iter()
            .try_fold(self, |node, press| node.next.get(press))
    }

    fn insert(&mut self, presses: &[Press], action: Action) {
        let mut node = self;
        for press in presses {
            node = node.next.entry(*press).or_default();
        }
        node.action = Some(action);
    }

    /// Every chord below this place.
    pub(super) fn continuations(&self, before: &mut Vec<Press>, found: &mut Vec<(Chord, Action)>) {
        for (press, node) in &self.next {
            before.push(*press);
            if let Some(action) = node.action {
                found.push((Chord::new(before.iter().copied()), action));
            }
            node.continuations(before, found);
            before.pop();
        }
    }
}

/// A chord on its way into the keymap.
struct Placement {
    scope: Scope,
    action: Action,
    chord: Chord,
    /// The line in the settings; `None` for built-in keys.
    line: Option<usize>,
}

impl Keymap {
    /// The keys as shipped.
    pub fn built_in(style: KeyStyle) -> Self {
        Self::assemble(style, true, &keymap_file::read(style.text()).entries, &[]).0
    }

    /// The keys as shipped with those of a settings file over them. `text` is
    /// the whole file; only its `[keys]` table is read: `action = [keys]`,
    /// tables named after scopes, `style` and `layout_fallback`. What is wrong
    /// is left out and told.
    pub fn from_config(text: &str) -> (Self, Vec<KeyError>) {
        let user = keymap_file::read(text);
        let style = user.style.unwrap_or_default();
        let fallback = user.layout_fallback.unwrap_or(true);
        let built_in = keymap_file::read(style.text()).entries;
        let (keymap, conflicts) = Self::assemble(style, fallback, &built_in, &user.entries);
        let mut errors = user.errors;
        errors.extend(conflicts);
        errors.sort_by_key(|error| error.line);
        (keymap, errors)
    }

    fn assemble(
        style: KeyStyle,
        layout_fallback: bool,
        built_in: &[Entry],
        user: &[Entry],
    ) -> (Self, Vec<KeyError>) {
        let mut placements = Vec::new();
        for info in ACTIONS {
            for scope in info.scopes {
                place(info.action, *scope, built_in, user, &mut placements);
            }
        }
        // Built-in keys first: a person's own key is the one that is refused,
        // so that nothing stops working by surprise.
        placements.sort_by_key(|placement| placement.line.is_some());
        let mut keymap = Self {
            style,
            layout_fallback,
            tries: HashMap::new(),
            chords: HashMap::new(),
        };
        let mut taken: HashMap<Chord, Vec<(Scope, Action)>> = HashMap::new();
        let mut errors = Vec::new();
        for Placement {
            scope,
            action,
            chord,
            line,
        } in placements
        {
            let others = taken.entry(chord.clone()).or_default();
            let clash = others
                .iter()
                .find(|other| other.1 != action && meet(scope, other.0));
            if let Some((place, other)) = clash {
                errors.push(conflict(
                    line.unwrap_or_default(),
                    action,
                    &chord,
                    *other,
                    *place,
                ));
                continue;
            }
            others.push((scope, action));
            keymap
                .tries
                .entry(scope)
                .or_default()
                .insert(chord.presses(), action);
            let chords = keymap.chords.entry((scope, action)).or_default();
            if !chords.contains(&chord) {
                chords.push(chord);
            }
        }
        errors.dedup_by(|a, b| (a.line, &a.key) == (b.line, &b.key));
        (keymap, errors)
    }

    /// The style it is built on.
    pub fn style(&self) -> KeyStyle {
        self.style
    }

    /// Whether letters of other layouts count as the Latin ones on their keys.
    pub fn layout_fallback(&self) -> bool {
        self.layout_fallback
    }

    pub(super) fn trie(&self, scope: Scope) -> Option<&Node> {
        self.tries.get(&scope)
    }

    /// The keys of an action in one scope, the first being the one to show.
    /// In [`Scope::FormCommands`] they come without the Esc before them.
    pub fn keys_in(&self, scope: Scope, action: Action) -> &[Chord] {
        self.chords.get(&(scope, action)).map_or(&[], Vec::as_slice)
    }

    /// Every key of an action, as a person would press it from a list or field;
    /// for key tables.
    pub fn keys_of(&self, action: Action) -> Vec<Chord> {
        let mut found: Vec<Chord> = Vec::new();
        for scope in action.info().scopes {
            for chord in self.keys_in(*scope, action) {
                let chord = match scope {
                    // What needs no Esc in the form itself needs none here.
                    Scope::FormCommands if found.contains(chord) => continue,
                    Scope::FormCommands if chord.presses().iter().all(|p| !p.ctrl) => {
                        after_esc(chord)
                    }
                    _ => chord.clone(),
                };
                if !found.contains(&chord) {
                    found.push(chord);
                }
            }
        }
        found
    }

    /// What one scope knows, in the order of the table.
    pub fn bindings(&self, scope: Scope) -> Vec<(Action, &[Chord])> {
        ACTIONS
            .iter()
            .map(|info| (info.action, self.keys_in(scope, info.action)))
            .filter(|(_, chords)| !chords.is_empty())
            .collect()
    }

    /// The keys to press for an action while these scopes have the focus, inner
    /// first; `None` if no key reaches it. A form's letters come with their Esc.
    pub fn chord_for(&self, action: Action, scopes: &[Scope]) -> Option<Chord> {
        let reached = reach(scopes);
        let direct = reached.iter().enumerate().find_map(|(depth, scope)| {
            let inner = reached.get(..depth).unwrap_or_default();
            let chords = self.keys_in(*scope, action);
            let mut open = chords.iter().filter(|chord| !self.hidden(chord, inner));
            // After Esc the letters are what a form's commands are about.
            let letter = (*scope == Scope::FormCommands)
                .then(|| open.clone().find(|chord| is_letter(chord)))
                .flatten();
            letter.or_else(|| open.next()).cloned()
        });
        direct.or_else(|| {
            let behind_esc = reached.contains(&Scope::Form);
            let chord = self.keys_in(Scope::FormCommands, action).first();
            chord.filter(|_| behind_esc).map(after_esc)
        })
    }

    /// As [`Self::chord_for`], printed for a hint.
    pub fn key_for(&self, action: Action, scopes: &[Scope]) -> Option<String> {
        self.chord_for(action, scopes)
            .map(|chord| chord.shown(Arrows::Signs))
    }

    /// Whether an inner scope takes a chord before it gets further out.
    fn hidden(&self, chord: &Chord, inner: &[Scope]) -> bool {
        let Some(first) = chord.presses().first() else {
            return true;
        };
        inner.iter().any(|scope| {
            let bound = self
                .trie(*scope)
                .is_some_and(|trie| trie.next.contains_key(first));
            let typing = scope.typing();
            bound
                || match typing {
                    Typing::Nothing => false,
                    Typing::Digits => first.typed().is_some_and(|c| c.is_ascii_digit()),
                    Typing::Line | Typing::Lines => {
                        first.typed().is_some() || TextEdit::of(*first, typing).is_some()
                    }
                }
        })
    }
}

/// The scopes a press can get to, inner first: those outside a modal one are
/// cut off, [`Scope::Always`] ends every chain.
pub(super) fn reach(scopes: &[Scope]) -> Vec<Scope> {
    let mut reached = Vec::with_capacity(scopes.len() + 1);
    for scope in scopes.iter().filter(|scope| **scope != Scope::Always) {
        reached.push(*scope);
        if scope.leak() == Leak::AlwaysOnly {
            break;
        }
    }
    reached.push(Scope::Always);
    reached
}

fn after_esc(chord: &Chord) -> Chord {
    Chord::new(
        [Press::new(Key::Esc)]
            .into_iter()
            .chain(chord.presses().iter().copied()),
    )
}

/// Puts the keys of an action into one of its scopes: a person's own for this
/// scope, else the built-in ones for this scope, else a person's own, else the
/// built-in ones.
fn place(
    action: Action,
    scope: Scope,
    built_in: &[Entry],
    user: &[Entry],
    out: &mut Vec<Placement>,
) {
    let find = |entries: &'_ [Entry], at: Option<Scope>| -> Option<Vec<(Chord, usize)>> {
        let found = entries
            .iter()
            .rfind(|entry| entry.action == action && entry.scope == at);
        found.map(|entry| entry.chords.clone())
    };
    let sources = [
        (user, Some(scope)),
        (built_in, Some(scope)),
        (user, None),
        (built_in, None),
    ];
    let Some((index, chords)) = sources
        .into_iter()
        .enumerate()
        .find_map(|(index, (entries, at))| Some((index, find(entries, at)?)))
    else {
        return;
    };
    let own = index % 2 == 0;
    for (chord, line) in chords {
        let line = own.then_some(line);
        match behind_esc(action, &chord) {
            // "esc p" is p in a form whose field was left by Esc.
            Some(rest) if scope == Scope::FormCommands => {
                out.push(Placement {
                    scope,
                    action,
                    chord: rest,
                    line,
                });
            }
            Some(_) => {}
            None => out.push(Placement {
                scope,
                action,
                chord,
                line,
            }),
        }
    }
}

/// What follows Esc, if this is a form command written with it.
fn behind_esc(action: Action, chord: &Chord) -> Option<Chord> {
    let (first, rest) = chord.presses().split_first()?;
    let form = action.info().scopes.contains(&Scope::FormCommands);
    (form && first.key == Key::Esc && !rest.is_empty()).then(|| Chord::new(rest.iter().copied()))
}

/// Whether one key would have two meanings at once: in one scope, or in a
/// screen and the program around it.
fn meet(a: Scope, b: Scope) -> bool {
    let screen = |scope| {
        matches!(
            scope,
            Scope::Queue
                | Scope::Reading
                | Scope::Goals
                | Scope::Detail
                | Scope::Inbox
                | Scope::Outbox
        )
    };
    let field = |scope| matches!(scope, Scope::StatusField | Scope::ToggleField);
    let outward = |inner: Scope, outer: Scope| {
        (screen(inner) && outer == Scope::Program)
            || (field(inner) && outer == Scope::Form)
            || outer == Scope::Always
    };
    a == b || outward(a, b) || outward(b, a)
}

fn conflict(line: usize, action: Action, chord: &Chord, other: Action, place: Scope) -> KeyError {
    KeyError {
        line,
        key: format!("keys.{action}"),
        sentence: format!(
            "{:?} is already the key of {other} in {}; choose another, or give {other} another key too",
            chord.to_string(),
            place.id()
        ),
    }
}

/// Whether one character, typed without Ctrl or Alt, is all of it.
fn is_letter(chord: &Chord) -> bool {
    matches!(chord.presses(), [press] if press.typed().is_some())
}

#[cfg(test)]
mod tests;
