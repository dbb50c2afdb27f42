//! The welcome: where are your goals? Answers which start was chosen; the run
//! loop carries it out.

use ratatui::layout::Rect;

use super::{Chosen, Goto, Heading, Hint, Painter, Reply, Scene, Screen, Target};
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
const WAYS: [(&str, &str, &str); 6] = [
    (
        "local",
        "Keep them here",
        "one file on this machine, no account",
    ),
    ("demo", "Try the demo", "a made-up company, nothing is sent"),
    ("operately", "Operately", "address and API token"),
    ("quantive", "Quantive (Gtmhub)", "account and API token"),
    ("clickup", "ClickUp Goals", "API token"),
    ("achieveit", "AchieveIt", "address and API key"),
];

/// Rows of the sheet where there is room for all of it.
const FULL: u16 = 14;

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
            _ => Reply::say(format!("there is no {digit}; choose 1 to {}", WAYS.len())),
        }
    }

    fn pointed(&mut self, place: usize, _scene: &Scene<'_>) -> Reply {
        self.cursor = place.min(WAYS.len() - 1);
        Reply::done()
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
        let inside = Sheet::new(78, FULL).draw(painter, area);
        let is_full = inside.height >= FULL;
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
        if is_full {
            lines.push(Line::new());
            for row in [
                shown!(" Goals and notes: {}", scene.prefs.data_path),
                shown!(" Settings:        {}", scene.prefs.config_path),
                Shown::fixed(
                    " Nothing leaves this machine before you add an account; @ adds more later.",
                ),
            ] {
                lines.push(Line::of(Role::Dim, row));
            }
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
        for (y, place) in (inside.top()..inside.bottom()).skip(2).zip(0..WAYS.len()) {
            let row = Rect {
                y,
                height: 1,
                ..inside
            };
            painter.target(row, Target::Line(place));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::keymap::{KeyStyle, Keymap};
    use crate::model::ids::IdSource;
    use crate::model::progress::Rules;
    use crate::model::time::{Now, Zone};
    use crate::screens::Prefs;
    use crate::store::Store;
    use crate::theme::{Glyphs, Theme};
    use ratatui::buffer::Buffer;

    fn with_scene(then: impl FnOnce(&Scene<'_>)) {
        let prefs = Prefs {
            read_on_open: true,
            default_template: String::new(),
            templates: Vec::new(),
            views: Vec::new(),
            config_path: "/c".into(),
            data_path: "/d".into(),
            notifies: false,
            accounts: Vec::new(),
        };
        let at = "2026-11-20T10:42:00Z".parse().unwrap();
        then(&Scene {
            store: &Store::new(Vec::new(), Rules::default()),
            now: Now::new(at, Zone::utc()),
            size: (80, 24),
            prefs: &prefs,
            keymap: &Keymap::built_in(KeyStyle::Vim),
            ids: &IdSource::new(1),
            said: &[],
            themes: &crate::theme::Themes::shipped(),
            theme: "auto",
        });
    }

    fn answer(reply: &Reply) -> Option<&str> {
        match &reply.goto {
            Some(Goto::Answer(chosen)) if chosen.about == ABOUT => Some(&chosen.key),
            _ => None,
        }
    }

    #[test]
    fn a_digit_enter_or_escape_chooses() {
        with_scene(|scene| {
            let mut sheet = FirstRun::default();
            assert_eq!(
                answer(&sheet.typed(&Edit::Insert('2'), scene)),
                Some("demo")
            );
            assert_eq!(
                answer(&sheet.typed(&Edit::Insert('3'), scene)),
                Some("operately")
            );
            for (digit, system) in [('4', "quantive"), ('5', "clickup"), ('6', "achieveit")] {
                let chosen = sheet.typed(&Edit::Insert(digit), scene);
                assert_eq!(answer(&chosen), Some(system));
            }
            assert_eq!(answer(&sheet.typed(&Edit::Insert('7'), scene)), None);
            sheet.act(Action::NextRow, scene);
            assert_eq!(answer(&sheet.act(Action::Accept, scene)), Some("demo"));
            assert_eq!(answer(&sheet.act(Action::Back, scene)), Some("local"));
        });
    }

    #[test]
    fn it_offers_only_what_works_and_fits_the_smallest_screen() {
        with_scene(|scene| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 60, 16));
            let theme = Theme::default();
            let mut painter = Painter::new(&mut buffer, &theme, Glyphs::Unicode);
            FirstRun::default().draw(scene, Rect::new(0, 1, 60, 13), &mut painter);
            let cursor = painter.finish().cursor.unwrap();
            let row = |y: u16| -> String { (0..60).map(|x| buffer[(x, y)].symbol()).collect() };
            assert!(
                row(cursor.y).contains("1  Keep them here"),
                "{}",
                row(cursor.y)
            );
            assert!(row(cursor.y + 1).contains("2  Try the demo"));
            assert!(row(cursor.y + 2).contains("3  Operately"));
            assert!(row(cursor.y + 3).contains("4  Quantive (Gtmhub)"));
            assert!(row(cursor.y + 4).contains("5  ClickUp Goals"));
            assert!(row(cursor.y + 5).contains("6  AchieveIt"));
            assert!(!row(cursor.y + 6).contains('7'));
            let keys = "Esc keeps them here";
            assert!((0..16).any(|y| row(y).contains(keys)));
        });
    }
}
