//! Looking at a past day: the sheet that asks which, and what the other screens
//! say while the whole program shows one.

use chrono::NaiveDate;
use ratatui::layout::Rect;

use super::{Goto, Heading, Hint, Painter, Reply, Scene, Screen};
use crate::actions::{Action, Scope};
use crate::model::dates;
use crate::model::text;
use crate::model::time::Now;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;
use crate::widgets::sheet::Sheet;

/// Columns and rows inside the sheet.
const ROOM: (u16, u16) = (66, 4);

/// Whether a past day is shown.
pub fn is_past(scene: &Scene<'_>) -> bool {
    scene.store.then().is_some()
}

/// The mark of every first row while a past day is shown.
pub fn mark(scene: &Scene<'_>) -> Option<Line> {
    let then = scene.store.then()?;
    let day = then.at.wall().format("%-d %b %Y");
    let words = text::line(&format!(" AS OF {day} "));
    Some(Line::new().put(Role::Warn, words))
}

/// What the status line says instead of how accounts are.
pub fn status(scene: &Scene<'_>) -> Option<Line> {
    let then = scene.store.then()?;
    let key = |action| {
        // Those of a tab: Esc means something there, not in the program as such.
        let scopes = [Scope::Queue, Scope::Program, Scope::Always];
        scene.keymap.key_for(action, &scopes).unwrap_or_default()
    };
    let words = format!(
        " how it was at the end of {}; {} another day, {} today",
        then.at.wall().format("%a %-d %b %Y"),
        key(Action::AsOf),
        key(Action::Back)
    );
    Some(Line::new().put(Role::Dim, text::line(&words)))
}

/// Why an action that only looks cannot be done on a past day: what it shows is
/// known of today alone.
pub fn why_not(action: Action, scene: &Scene<'_>) -> Option<&'static str> {
    scene.store.then()?;
    match action {
        Action::GoOutbox => Some("the outbox is of today; Esc leads back to it"),
        Action::Accounts => Some("how accounts are is of today; Esc leads back to it"),
        _ => None,
    }
}

/// The sheet that asks for a day.
pub struct AsOf {
    field: Field,
    /// Today, also where a past day is shown already.
    today: Now,
    error: Option<String>,
}

impl AsOf {
    /// An empty field.
    pub fn new(scene: &Scene<'_>) -> Self {
        Self {
            field: Field::new(),
            today: scene.store.then().map_or(scene.now, |then| then.made),
            error: None,
        }
    }

    fn day(&self) -> Result<NaiveDate, String> {
        dates::parse_past_day(self.field.text(), &self.today)
    }

    fn go(&mut self) -> Reply {
        if self.field.text().trim().is_empty() {
            self.error = Some("no date; write 31 Oct, 2026-10-31, -2w or yesterday".to_owned());
            return Reply::done();
        }
        match self.day() {
            Ok(day) if day == self.today.today() => Reply::goto(Goto::AsOf(None)),
            Ok(day) => Reply::goto(Goto::AsOf(Some(day))),
            Err(why) => {
                self.error = Some(why);
                Reply::done()
            }
        }
    }

    /// What stands under the field.
    fn below(&self) -> (Role, String) {
        if let Some(why) = &self.error {
            return (Role::Error, format!("! {why}"));
        }
        match self.day() {
            Ok(day) if day == self.today.today() => (Role::Dim, "today".to_owned()),
            Ok(day) => {
                let ago = (self.today.today() - day).num_days();
                let words = format!("{}, {} ago", day.format("%A %-d %B %Y"), dates::days(ago));
                (Role::Dim, words)
            }
            Err(_) => (
                Role::Dim,
                "31 Oct, 2026-10-31, -2w, fri or yesterday; today leads back".to_owned(),
            ),
        }
    }
}

impl Screen for AsOf {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::TextField, Scope::FilterLine]
    }

    fn follow(&mut self, _scene: &Scene<'_>) {}

    fn act(&mut self, action: Action, _scene: &Scene<'_>) -> Reply {
        match action {
            Action::Accept => self.go(),
            Action::Back => Reply::goto(Goto::Close),
            _ => Reply::pass(),
        }
    }

    fn typed(&mut self, edit: &Edit, _scene: &Scene<'_>) -> Reply {
        self.error = None;
        self.field.edit(edit.clone());
        Reply::done()
    }

    fn heading(&self, _scene: &Scene<'_>) -> Heading {
        Heading::Title(Line::new(), Line::new())
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::One(Action::Accept, "show"),
            Hint::One(Action::Back, "back"),
        ]
    }

    fn is_sheet(&self) -> bool {
        true
    }

    fn draw(&self, _scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let title = Line::new().fixed(Role::Title, " As of a date ");
        let (width, height) = ROOM;
        let inside = Sheet::new(width, height).titled(title).draw(painter, area);
        let row = |line: u16| Rect {
            x: inside.x + 1,
            y: inside.y + line,
            width: inside.width.saturating_sub(2),
            height: u16::from(line < inside.height),
        };
        let label = Line::new().fixed(Role::Dim, "The end of: ");
        let taken = painter.line(row(0), &label).min(row(0).width);
        let beside = Rect {
            x: row(0).x + taken,
            width: row(0).width - taken,
            ..row(0)
        };
        self.field.draw(painter, beside, Role::Text, true);
        let (role, words) = self.below();
        let rows = text::line(&words).wrap(usize::from(row(0).width).max(1));
        for (line, words) in (1..inside.height).zip(rows) {
            painter.line(row(line), &Line::new().put(role, words));
        }
    }
}
