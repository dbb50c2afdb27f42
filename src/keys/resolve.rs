//! What a press means for the thing that has the focus: an action, a character,
//! an edit, or the start of a longer chord. Keeps only the presses of a chord
//! that is not finished; knows no clock.

use crate::actions::{Action, Scope, Typing};

use super::chord::{Chord, Key, Press};
use super::edit::TextEdit;
use super::keymap::{Keymap, reach};
use super::layouts;

/// The meaning of a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A command.
    Action(Action),
    /// The start of a chord: what may follow, to be shown. If the presses so
    /// far mean something by themselves, ask for it with [`Resolver::expire`]
    /// after half a second without a key.
    Pending(Vec<(Chord, Action)>),
    /// A character for the field, or a digit for a numbered sheet.
    Text(char),
    /// A key that edits the field.
    Edit(TextEdit),
    /// Esc gave an unfinished chord up.
    Cancelled,
    /// No meaning here; the presses, to be named in a toast.
    Nothing(Chord),
}

/// Turns presses into meanings.
#[derive(Clone, Debug)]
pub struct Resolver {
    keymap: Keymap,
    pending: Vec<Press>,
    scopes: Vec<Scope>,
    shorter: Option<Action>,
    left_over: Option<Press>,
}

impl Resolver {
    /// A resolver with these keys.
    pub fn new(keymap: Keymap) -> Self {
        Self {
            keymap,
            pending: Vec::new(),
            scopes: Vec::new(),
            shorter: None,
            left_over: None,
        }
    }

    /// The keys, for hints and help.
    pub fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// The presses of an unfinished chord; empty if there is none.
    pub fn pending(&self) -> &[Press] {
        &self.pending
    }

    /// Whether an unfinished chord means something by itself, so that
    /// [`Self::expire`] is to be called when no key follows.
    pub fn waits(&self) -> bool {
        self.shorter.is_some()
    }

    /// Forgets an unfinished chord: after a paste, or when the screen changed.
    pub fn reset(&mut self) {
        self.pending.clear();
        self.shorter = None;
        self.left_over = None;
    }

    /// The time is over: what the unfinished chord means by itself.
    pub fn expire(&mut self) -> Option<Action> {
        let action = self.shorter.take()?;
        self.pending.clear();
        Some(action)
    }

    /// A press that broke a chord whose beginning had a meaning of its own:
    /// after carrying that out, resolve this press with the scopes as they are
    /// then. Nothing that was typed gets lost.
    pub fn left_over(&mut self) -> Option<Press> {
        self.left_over.take()
    }

    /// What a press means while these scopes have the focus, inner first.
    pub fn press(&mut self, press: Press, scopes: &[Scope]) -> Resolved {
        let press = press.folded();
        if self.scopes != scopes {
            self.reset();
            self.scopes = scopes.to_vec();
        }
        if self.pending.is_empty() {
            return self.first(press);
        }
        self.pending.push(press);
        let reached = reach(&self.scopes);
        let presses = self.pending.clone();
        if let Some(resolved) = variants(press, self.keymap.layout_fallback())
            .into_iter()
            .find_map(|variant| self.chord(&with_last(&presses, variant), &reached))
        {
            return resolved;
        }
        self.broken(press)
    }

    /// A press that continues no chord.
    fn broken(&mut self, press: Press) -> Resolved {
        let shorter = self.shorter.take();
        self.pending.clear();
        match shorter {
            Some(action) => {
                self.left_over = Some(press);
                Resolved::Action(action)
            }
            None if press == Press::new(Key::Esc) => Resolved::Cancelled,
            None => self.first(press),
        }
    }

    fn first(&mut self, press: Press) -> Resolved {
        let reached = reach(&self.scopes);
        for variant in variants(press, self.keymap.layout_fallback()) {
            if let Some(resolved) = self.single(variant, &reached) {
                return resolved;
            }
            // Esc and a letter in one packet reach us as Alt and the letter.
            if variant.alt && reached.contains(&Scope::Form) {
                let letter = Press {
                    alt: false,
                    ..variant
                };
                let action = self
                    .keymap
                    .trie(Scope::FormCommands)
                    .and_then(|t| t.find(&[letter]));
                if let Some(action) = action.and_then(|node| node.action) {
                    return Resolved::Action(action);
                }
            }
        }
        Resolved::Nothing(press.into())
    }

    /// One press through the scopes, text included.
    fn single(&mut self, press: Press, reached: &[Scope]) -> Option<Resolved> {
        for (depth, scope) in reached.iter().enumerate() {
            let rest = reached.get(depth..).unwrap_or_default();
            if self
                .keymap
                .trie(*scope)
                .is_some_and(|trie| trie.next.contains_key(&press))
            {
                return self.chord(&[press], rest);
            }
            match (scope.typing(), press.typed()) {
                (Typing::Nothing, _) => {}
                (Typing::Digits, Some(c)) if c.is_ascii_digit() => return Some(Resolved::Text(c)),
                (Typing::Digits, _) => {}
                (Typing::Line | Typing::Lines, Some(c)) => return Some(Resolved::Text(c)),
                (typing, None) => {
                    if let Some(edit) = TextEdit::of(press, typing) {
                        return Some(Resolved::Edit(edit));
                    }
                }
            }
        }
        None
    }

    /// Several presses through the scopes: the innermost that knows them wins.
    fn chord(&mut self, presses: &[Press], reached: &[Scope]) -> Option<Resolved> {
        let nodes: Vec<_> = reached
            .iter()
            .filter_map(|scope| self.keymap.trie(*scope)?.find(presses))
            .collect();
        let innermost = nodes.first()?;
        let meaning = nodes.iter().find_map(|node| node.action);
        if let (true, Some(action)) = (innermost.next.is_empty(), innermost.action) {
            self.pending.clear();
            self.shorter = None;
            return Some(Resolved::Action(action));
        }
        let mut found: Vec<(Chord, Action)> = Vec::new();
        for node in &nodes {
            let mut more = Vec::new();
            node.continuations(&mut Vec::new(), &mut more);
            more.retain(|(chord, _)| found.iter().all(|known| known.0 != *chord));
            found.extend(more);
        }
        self.pending = presses.to_vec();
        self.shorter = meaning;
        Some(Resolved::Pending(found))
    }
}

/// A press and what else it may stand for, in order: without a Shift that makes
/// no difference, as the Latin letter of its key.
fn variants(press: Press, layout_fallback: bool) -> Vec<Press> {
    let mut variants = vec![press];
    if press.shift && press.key != Key::Tab {
        variants.push(Press {
            shift: false,
            ..press
        });
    }
    if let Key::Char(c) = press.key
        && let Some(latin) = layouts::latin(c).filter(|_| layout_fallback)
    {
        variants.push(Press {
            key: Key::Char(latin),
            ..press
        });
    }
    variants
}

fn with_last(presses: &[Press], last: Press) -> Vec<Press> {
    let mut presses = presses.to_vec();
    if let Some(place) = presses.last_mut() {
        *place = last;
    }
    presses
}

#[cfg(test)]
mod tests;
