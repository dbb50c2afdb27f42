//! The sheet of themes: the whole screen wears the one under the cursor.

use ratatui::layout::Rect;

use super::{Goto, Heading, Hint, Painter, Reply, Scene, Screen, Target};
use crate::actions::{Action, Scope};
use crate::model::text;
use crate::shown;
use crate::store::effect::{Effect, Toast};
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;
use crate::widgets::list_window::ListWindow;
use crate::widgets::sheet::Sheet;

/// Columns for the names.
const NAMES: usize = 16;

/// The sheet.
pub struct ThemeSheet {
    list: ListWindow<usize>,
    /// Name and what it is for.
    rows: Vec<(String, String)>,
    /// Worn when the sheet was opened.
    before: String,
    /// Why no colour is seen whatever is chosen.
    colourless: bool,
}

impl ThemeSheet {
    /// All themes, with the cursor on the one that is worn.
    pub fn new(scene: &Scene<'_>) -> Self {
        let names = scene.themes.names();
        let rows: Vec<(String, String)> = names
            .iter()
            .map(|name| {
                let about = match scene.themes.is_own(name) {
                    true if scene.themes.about(name).is_empty() => "your own",
                    _ => scene.themes.about(name),
                };
                ((*name).to_owned(), about.to_owned())
            })
            .collect();
        let mut list = ListWindow::new();
        list.follow((0..rows.len()).collect());
        list.go_to(
            names
                .iter()
                .position(|name| *name == scene.theme)
                .unwrap_or(0),
        );
        Self {
            list,
            rows,
            before: scene.theme.to_owned(),
            colourless: scene.themes.depth().is_none(),
        }
    }

    fn name(&self) -> &str {
        self.rows
            .get(self.list.cursor())
            .map_or(self.before.as_str(), |(name, _)| name.as_str())
    }

    fn wear(&self) -> Reply {
        Reply::done().with(Effect::Theme(self.name().to_owned()))
    }

    fn choose(&self) -> Reply {
        let name = self.name();
        let words = if self.colourless {
            format!("theme {name}, without colour: NO_COLOR is set, or --color never")
        } else {
            format!("theme {name} until you quit; theme = \"{name}\" in the settings keeps it")
        };
        Reply::goto(Goto::Close)
            .with(Effect::Theme(name.to_owned()))
            .saying(Toast::info(words))
    }
}

impl Screen for ThemeSheet {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Choices]
    }

    fn follow(&mut self, _scene: &Scene<'_>) {}

    fn act(&mut self, action: Action, _scene: &Scene<'_>) -> Reply {
        match action {
            Action::NextRow => self.list.step(1),
            Action::PreviousRow => self.list.step(-1),
            Action::First => self.list.first(),
            Action::Last => self.list.last(),
            Action::Accept => return self.choose(),
            Action::Back | Action::Leave => {
                return Reply::goto(Goto::Close).with(Effect::Theme(self.before.clone()));
            }
            Action::Help => {
                return Reply::say(
                    "the screen wears the theme of the line; Enter takes it, Esc none",
                );
            }
            _ => return Reply::pass(),
        };
        self.wear()
    }

    fn typed(&mut self, edit: &Edit, _scene: &Scene<'_>) -> Reply {
        let Edit::Insert(digit) = edit else {
            return Reply::pass();
        };
        let place = digit
            .to_digit(10)
            .and_then(|digit| (digit as usize).checked_sub(1))
            .filter(|place| *place < self.rows.len());
        match place {
            Some(place) => {
                self.list.go_to(place);
                self.choose()
            }
            None => Reply::say(format!("there is no line {digit}")),
        }
    }

    fn pointed(&mut self, place: usize, _scene: &Scene<'_>) -> Reply {
        self.list.go_to(place);
        self.wear()
    }

    fn heading(&self, _scene: &Scene<'_>) -> Heading {
        Heading::Title(Line::new(), Line::new())
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::One(Action::Accept, "take it"),
            Hint::Pair(Action::NextRow, Action::PreviousRow, "try"),
            Hint::One(Action::Back, "as it was"),
        ]
    }

    fn is_sheet(&self) -> bool {
        true
    }

    fn draw(&self, _scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let rows = u16::try_from(self.rows.len().max(1)).unwrap_or(u16::MAX);
        let inside = Sheet::new(74, rows.saturating_add(1))
            .titled(Line::new().fixed(Role::Title, "Theme"))
            .draw(painter, area);
        let list = Rect {
            height: inside.height.saturating_sub(1).max(1),
            ..inside
        };
        painter.target(list, Target::List);
        let visible = self.list.visible(usize::from(list.height));
        for (y, place) in (list.top()..list.bottom()).zip(visible) {
            let Some((name, about)) = self.rows.get(place) else {
                continue;
            };
            let digit = match place {
                0..9 => shown!("  {}  ", place + 1),
                _ => text::Shown::spaces(5),
            };
            let name = text::line(name).truncate(NAMES).pad_right(NAMES + 1);
            let line = Line::of(Role::Key, digit)
                .put(Role::Text, name)
                .put(Role::Dim, text::line(about));
            let row = Rect {
                y,
                height: 1,
                ..list
            };
            // The first click tries it on, the second takes it.
            painter.target(row, Target::Row(place));
            super::menu::draw_row(
                line,
                place == self.list.cursor(),
                Rect {
                    y,
                    height: 1,
                    ..list
                },
                painter,
            );
        }
        let samples = Line::new()
            .space(2)
            .fixed(Role::OnTrack, "On track")
            .space(2)
            .fixed(Role::AtRisk, "At risk")
            .space(2)
            .fixed(Role::OffTrack, "Off track")
            .space(2)
            .fixed(Role::Outdated, "Outdated")
            .space(2)
            .fixed(Role::Accent, "mention")
            .space(2)
            .fixed(Role::Dim, "dim");
        if inside.height > 1 {
            let y = inside.bottom() - 1;
            painter.line(
                Rect {
                    y,
                    height: 1,
                    ..inside
                },
                &samples,
            );
        }
    }
}
