//! The welcome: where are your goals? Answers which start was chosen; the run
//! loop carries it out.

use ratatui::layout::Rect;

use super::{Chosen, Goto, Heading, Hint, Painter, Reply, Scene, Screen};
use crate::actions::{Action, Scope};
use crate::model::text::Shown;
use crate::shown;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;
use crate::widgets::sheet::Sheet;

/// What the answer is about.
pub const ABOUT: &str = "first-run";

/// Key of the answer, name and explanation of each way to start.
const WAYS: [(&str, &str, &str); 2] = [
    (
        "local",
        "Keep them here",
        "one file on this machine, no account",
    ),
    ("demo", "Try the demo", "a made-up company, nothing is sent"),
];

/// The sheet of the first start.
#[derive(Default)]
pub struct FirstRun {
    cursor: usize,
}

fn choose(way: usize) -> Reply {
    // Leaving the question open still gives a working workspace.
    let (key, _, _) = WAYS.get(way).unwrap_or(&WAYS[0]);
    Reply::goto(Goto::Answer(Chosen {
        about: ABOUT.to_owned(),
        key: (*key).to_owned(),
    }))
}

impl Screen for FirstRun {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::FirstRun]
    }

    fn follow(&mut self, _scene: &Scene<'_>) {}

    fn act(&mut self, action: Action, _scene: &Scene<'_>) -> Reply {
        match action {
            Action::NextRow => self.cursor = (self.cursor + 1).min(WAYS.len() - 1),
            Action::PreviousRow => self.cursor = self.cursor.saturating_sub(1),
            Action::First => self.cursor = 0,
            Action::Last => self.cursor = WAYS.len() - 1,
            Action::Accept => return choose(self.cursor),
            Action::Back | Action::Leave => return choose(0),
            Action::Help => {
                return Reply::say(
                    "Enter takes the line under the cursor; both can be left again at any time",
                );
            }
            _ => return Reply::pass(),
        }
        Reply::done()
    }

    fn typed(&mut self, edit: &Edit, _scene: &Scene<'_>) -> Reply {
        let Edit::Insert(digit) = edit else {
            return Reply::pass();
        };
        match digit
            .to_digit(10)
            .and_then(|digit| (digit as usize).checked_sub(1))
        {
            Some(way) if way < WAYS.len() => choose(way),
            _ => Reply::say(format!("there is no {digit}; choose 1 or {}", WAYS.len())),
        }
    }

    fn heading(&self, _scene: &Scene<'_>) -> Heading {
        Heading::Title(Line::new(), Line::new())
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::Pair(Action::NextRow, Action::PreviousRow, "move"),
            Hint::One(Action::Accept, "choose"),
            Hint::One(Action::Back, "keep them here"),
        ]
    }

    fn is_sheet(&self) -> bool {
        true
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let inside = Sheet::new(78, 10).draw(painter, area);
        let key = |action| {
            let scopes = [Scope::FirstRun];
            scene.keymap.key_for(action, &scopes).unwrap_or_default()
        };
        let mut lines = vec![
            Line::new().fixed(Role::Strong, " Welcome. Where are your goals?"),
            Line::new(),
        ];
        for (place, (_, name, words)) in WAYS.iter().enumerate() {
            let sign = if place == self.cursor { ">" } else { " " };
            lines.push(
                Line::new()
                    .put(Role::Text, shown!(" {sign} "))
                    .put(Role::Key, shown!("{}", place + 1))
                    .put(Role::Strong, shown!("  {name}").pad_right(28))
                    .put(Role::Text, Shown::fixed(words)),
            );
        }
        lines.push(Line::new());
        for row in [
            shown!(" Goals and notes: {}", scene.prefs.data_path),
            shown!(" Settings:        {}", scene.prefs.config_path),
            Shown::fixed(" Nothing leaves this machine. goaldeck demo shows the demo at any time."),
        ] {
            lines.push(Line::of(Role::Dim, row));
        }
        lines.push(Line::new());
        lines.push(Line::of(
            Role::Dim,
            shown!(
                " 1–{} or {}/{} {} choose   {} keeps them here",
                WAYS.len(),
                key(Action::NextRow),
                key(Action::PreviousRow),
                key(Action::Accept),
                key(Action::Back)
            ),
        ));
        painter.lines(inside, &lines);
        let row = inside
            .y
            .saturating_add(2)
            .saturating_add(u16::try_from(self.cursor).unwrap_or(0));
        if row < inside.bottom() {
            painter.highlight(
                Rect {
                    y: row,
                    height: 1,
                    ..inside
                },
                Role::Focus,
            );
            painter.rest(inside.x + 1, row);
        }
    }
}
