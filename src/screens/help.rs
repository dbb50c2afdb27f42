//! The keys of this screen in groups, or all keys and the handbook. Keys are made
//! from the table of actions and the keymap, never written by hand.

use ratatui::layout::Rect;

use super::pager::Pager;
use super::palette::{reached, with_program};
use super::{Goto, Heading, Hint, Painter, Reply, Scene, Screen};
use crate::actions::Action;
use crate::actions::{ACTIONS, ActionInfo, Group, Scope, Typing};
use crate::keys::chord::Arrows;
use crate::model::handbook::HANDBOOK;
use crate::model::text::{self, Shown};
use crate::shown;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;
use crate::widgets::markdown;
use crate::widgets::sheet::Sheet;

/// What works in every text field; these keys cannot be changed.
const IN_TEXT: [(&str, &str); 7] = [
    ("Ctrl-A Ctrl-E Home End", "Start and end of the line"),
    ("Alt-B Alt-F", "A word back, a word on"),
    (
        "Ctrl-K Ctrl-U",
        "Remove to the end, to the start of the line",
    ),
    ("Ctrl-W Alt-D", "Remove the word before, after the cursor"),
    ("Ctrl-_ Alt-_", "Undo and redo what was typed"),
    ("← → ↑ ↓", "Move in the text"),
    ("Backspace Delete", "Remove a character"),
];

/// Columns of the sheet, where there are so many.
const WIDEST: u16 = 110;
/// Columns of what an action is called; the longest that has a key takes 22.
const TITLE: usize = 24;

/// The sheet with the keys.
pub struct Help {
    below: Vec<Scope>,
    all: bool,
    pager: Pager,
}

impl Help {
    /// The keys while these scopes have the focus, inner first; or all there are.
    pub fn new(scopes: &[Scope], all: bool) -> Self {
        Self {
            below: with_program(scopes),
            all,
            pager: Pager::default(),
        }
    }

    fn lines(&self, scene: &Scene<'_>) -> Vec<Line> {
        let rows = rows(&self.below, self.all, scene);
        let wide = rows
            .iter()
            .map(|(_, key)| key.width())
            .max()
            .unwrap_or(0)
            .clamp(8, 22);
        let room = usize::from(scene.size.0)
            .min(usize::from(WIDEST))
            .saturating_sub(3);
        let mut lines = Vec::new();
        for group in Group::ALL {
            let of_group: Vec<_> = rows
                .iter()
                .filter(|(info, _)| info.group == group)
                .collect();
            if of_group.is_empty() {
                continue;
            }
            title(&mut lines, group.title());
            for (info, key) in of_group {
                lines.extend(row(key, wide, info.title, info.help, room));
            }
        }
        let typing = |scope: &Scope| matches!(scope.typing(), Typing::Line | Typing::Lines);
        if self.all || self.below.iter().any(typing) {
            title(&mut lines, "In text");
            for (keys, words) in IN_TEXT {
                lines.extend(row(&Shown::fixed(keys), wide, words, "", room));
            }
        }
        if self.all {
            lines.push(Line::new());
            let text = markdown::render(HANDBOOK, room.saturating_sub(2));
            lines.extend(text.into_iter().map(|line| Line::new().space(1).and(line)));
        }
        lines
    }

    fn turn(&mut self, scene: &Scene<'_>) -> Reply {
        self.all = !self.all;
        self.pager.to_start();
        let lines = self.lines(scene);
        self.pager.set_lines(lines);
        self.pager.to_start();
        Reply::done()
    }
}

fn title(lines: &mut Vec<Line>, words: &'static str) {
    if !lines.is_empty() {
        lines.push(Line::new());
    }
    lines.push(Line::new().space(1).fixed(Role::Title, words));
}

/// A key with its action. Where the sentence does not fit beside it, it goes on
/// below.
fn row(
    key: &Shown,
    wide: usize,
    title: &'static str,
    help: &'static str,
    room: usize,
) -> Vec<Line> {
    let line = Line::new()
        .space(2)
        .put(Role::Key, key.pad_right(wide))
        .space(2)
        .put(Role::Text, Shown::fixed(title).pad_right(TITLE));
    if help.is_empty() {
        return vec![line];
    }
    let at = line.width() + 1;
    line.space(1).fixed(Role::Dim, help).wrap(room, at)
}

/// Actions with their keys, in the order of the table; only those with a key.
fn rows(scopes: &[Scope], all: bool, scene: &Scene<'_>) -> Vec<(&'static ActionInfo, Shown)> {
    let reached = reached(scopes);
    ACTIONS
        .iter()
        .filter(|info| all || info.scopes.iter().any(|scope| reached.contains(scope)))
        .filter_map(|info| {
            let keys: Vec<String> = if all {
                let chords = scene.keymap.keys_of(info.action);
                chords
                    .iter()
                    .map(|chord| chord.shown(Arrows::Signs))
                    .collect()
            } else {
                scene
                    .keymap
                    .key_for(info.action, scopes)
                    .into_iter()
                    .collect()
            };
            (!keys.is_empty()).then(|| (info, text::line(&keys.join("  "))))
        })
        .collect()
}

impl Screen for Help {
    fn scopes(&self) -> Vec<Scope> {
        self.pager.scopes(Scope::Help)
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        let lines = self.lines(scene);
        self.pager.set_lines(lines);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if action == Action::Help {
            return self.turn(scene);
        }
        if let Some(reply) = self.pager.act(action) {
            return reply;
        }
        match action {
            Action::Back | Action::Leave => Reply::goto(Goto::Close),
            _ => Reply::pass(),
        }
    }

    fn typed(&mut self, edit: &Edit, _scene: &Scene<'_>) -> Reply {
        self.pager.typed(edit)
    }

    fn heading(&self, _scene: &Scene<'_>) -> Heading {
        Heading::Title(Line::new(), Line::new())
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.pager.is_typing() {
            return vec![
                Hint::One(Action::Accept, "keep"),
                Hint::One(Action::Back, "clear"),
            ];
        }
        vec![
            Hint::Pair(Action::NextRow, Action::PreviousRow, "scroll"),
            Hint::One(Action::Filter, "search"),
            Hint::Pair(Action::NextMatch, Action::PreviousMatch, "matches"),
            Hint::One(
                Action::Help,
                if self.all {
                    "this screen"
                } else {
                    "all keys, handbook"
                },
            ),
            Hint::One(Action::Back, "close"),
        ]
    }

    fn is_sheet(&self) -> bool {
        true
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let key = scene
            .keymap
            .key_for(Action::Help, &[Scope::Help])
            .unwrap_or_default();
        let words = if self.all {
            shown!("All keys, then how goaldeck works ({key} this screen)")
        } else {
            shown!("Keys here ({key} all keys and the handbook)")
        };
        let inside = Sheet::new(WIDEST, area.height)
            .titled(Line::of(Role::Title, words))
            .draw(painter, area);
        self.pager.draw(inside, painter);
    }
}
