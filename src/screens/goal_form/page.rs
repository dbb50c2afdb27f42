//! How the goal form is laid out and drawn: two fields side by side where they
//! are short, errors below them, scrolled so that the focus is seen.

use std::ops::Range;

use chrono::Datelike;
use ratatui::layout::Rect;

use crate::model::dates;
use crate::model::text::{self, Shown};
use crate::screens::{Painter, Scene, Target, form, measure};
use crate::shown;
use crate::theme::Role;
use crate::widgets::line::Line;
use crate::widgets::markdown;

use super::goal_text::{FieldName, day_text};
use super::result_text::{KINDS, Part};
use super::state::{Spot, State, Takes};

/// Columns of a label, with two before it.
const LABEL: u16 = 15;
/// Columns of a label in the right half.
const SHORT_LABEL: u16 = 11;
/// A form wider than this is hard to read.
const WIDEST: u16 = 112;

/// What is drawn besides the fields themselves.
pub struct Look<'a> {
    /// The texts.
    pub state: &'a State,
    /// Errors to show.
    pub errors: &'a [(Spot, String)],
    /// The description is shown as it will look.
    pub preview: bool,
    /// The field was left by Esc: no cursor in it.
    pub commanding: bool,
    /// The first column of the form.
    pub left: u16,
}

/// One drawn thing and its rows.
struct Place {
    what: What,
    rows: Range<usize>,
    x: u16,
    width: u16,
}

enum What {
    Spot(Spot),
    Words(Line),
    Rule(Line),
}

/// The places of a form from top to bottom.
struct Layout<'a> {
    look: &'a Look<'a>,
    width: u16,
    places: Vec<Place>,
    next: usize,
}

impl<'a> Layout<'a> {
    fn of(look: &'a Look<'a>, width: u16) -> Self {
        let mut layout = Self {
            look,
            width: width.min(WIDEST),
            places: Vec::new(),
            next: 0,
        };
        layout.fields();
        layout.results();
        layout
    }

    fn fields(&mut self) {
        if self.look.state.with_account {
            self.side_by_side(&[Spot::Field(FieldName::Account)], 1);
        }
        self.side_by_side(&[Spot::Field(FieldName::Name)], 1);
        self.side_by_side(&[Spot::Field(FieldName::Parent)], 1);
        for (one, other) in [
            (FieldName::Champion, FieldName::Reviewer),
            (FieldName::Start, FieldName::Due),
            (FieldName::Cadence, FieldName::Weight),
            (FieldName::Aspirational, FieldName::Tags),
        ] {
            self.side_by_side(&[Spot::Field(one), Spot::Field(other)], 1);
        }
        let description = Spot::Field(FieldName::Description);
        let height = self.area_height(description, 6, 4);
        self.side_by_side(&[description], height);
    }

    fn results(&mut self) {
        let state = self.look.state;
        self.rule(Line::new().fixed(Role::Title, "Key results"));
        for (place, row) in state.rows.iter().enumerate() {
            self.side_by_side(&[Spot::Row(place)], 1);
            if state.unfolded() != Some(place) {
                self.errors_of(|spot| matches!(spot, Spot::Part(of, _) if of == place));
                continue;
            }
            let mut parts = row.text.parts().into_iter().peekable();
            while let Some(part) = parts.next() {
                let spot = Spot::Part(place, part);
                match (is_short(part), parts.peek()) {
                    (true, Some(next)) if is_short(*next) => {
                        let next = Spot::Part(place, *next);
                        parts.next();
                        self.side_by_side(&[spot, next], 1);
                    }
                    _ if part == Part::Items => {
                        let height = self.area_height(spot, 6, 4);
                        self.side_by_side(&[spot], height);
                        if state.focus() == spot {
                            self.words(What::Words(items_hint(row.text.get(Part::Kind))));
                        }
                    }
                    _ => self.side_by_side(&[spot], 1),
                }
            }
            self.side_by_side(&[Spot::More(place)], 1);
        }
        self.side_by_side(&[Spot::Add], 1);
    }

    /// Rows of a text of several lines: more while one types in it.
    fn area_height(&self, spot: Spot, focused: usize, most: usize) -> usize {
        if self.look.state.focus() == spot {
            return focused;
        }
        self.look.state.get(spot).lines().count().clamp(1, most)
    }

    fn side_by_side(&mut self, spots: &[Spot], height: usize) {
        let count = u16::try_from(spots.len().max(1)).unwrap_or(1);
        let width = self.width / count;
        for (place, spot) in (0..count).zip(spots) {
            self.places.push(Place {
                what: What::Spot(*spot),
                rows: self.next..self.next + height,
                x: place * width,
                width,
            });
        }
        self.next += height;
        self.errors_of(|spot| spots.contains(&spot));
    }

    fn errors_of(&mut self, belongs: impl Fn(Spot) -> bool) {
        for (_, why) in self.look.errors.iter().filter(|(spot, _)| belongs(*spot)) {
            let line = Line::new()
                .space(usize::from(LABEL))
                .put(Role::Error, shown!("! {why}"));
            self.words(What::Words(line));
        }
    }

    fn rule(&mut self, title: Line) {
        self.words(What::Rule(title));
    }

    fn words(&mut self, what: What) {
        self.places.push(Place {
            what,
            rows: self.next..self.next + 1,
            x: 0,
            width: self.width,
        });
        self.next += 1;
    }

    /// The rows of the focused spot, with an error right below it.
    fn focused(&self) -> Range<usize> {
        let focus = self.look.state.focus();
        let is_it = |place: &&Place| matches!(place.what, What::Spot(spot) if spot == focus);
        let rows = self
            .places
            .iter()
            .find(is_it)
            .map_or(0..1, |place| place.rows.clone());
        let wrong = self.look.errors.iter().any(|(spot, _)| *spot == focus);
        rows.start..rows.end + usize::from(wrong)
    }
}

fn items_hint(kind: &str) -> Line {
    let words = match kind {
        "milestones" => "one step on each line; \"Beta *3\" counts three times",
        _ => "one item on each line",
    };
    Line::new()
        .space(usize::from(LABEL))
        .fixed(Role::Dim, words)
}

fn is_short(part: Part) -> bool {
    !matches!(part, Part::Name | Part::Kind | Part::Items)
}

/// Draws the form.
pub fn draw(look: &Look<'_>, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
    let layout = Layout::of(look, area.width.saturating_sub(1));
    let height = usize::from(area.height);
    let first = form::first_row(&layout.focused(), layout.next, height);
    for place in &layout.places {
        // A text of several rows that is only partly seen shows its last rows.
        let start = place.rows.start.max(first);
        let Some(above) = start.checked_sub(first).filter(|above| *above < height) else {
            continue;
        };
        if place.rows.end <= start {
            continue;
        }
        let rows = (place.rows.end - start).min(height - above);
        let spot_area = Rect {
            x: area.x.saturating_add(place.x),
            y: area
                .y
                .saturating_add(u16::try_from(above).unwrap_or(u16::MAX)),
            width: place.width,
            height: u16::try_from(rows).unwrap_or(u16::MAX),
        };
        match &place.what {
            What::Words(line) => {
                painter.line(spot_area, line);
            }
            What::Rule(title) => painter.rule_titled(spot_area, title),
            What::Spot(spot) => {
                let spots = look.state.spots();
                if let Some(place) = spots.iter().position(|one| one == spot) {
                    painter.target(spot_area, Target::Field(place));
                }
                draw_spot(*spot, look, scene, spot_area, painter);
            }
        }
    }
}

fn draw_spot(
    spot: Spot,
    look: &Look<'_>,
    scene: &Scene<'_>,
    area: Rect,
    painter: &mut Painter<'_>,
) {
    let focused = look.state.focus() == spot && !look.commanding;
    match spot {
        Spot::Row(place) => {
            let line = row_line(look, place);
            draw_entry(line, focused, area, painter);
        }
        Spot::More(_) => {
            let line = Line::new().space(4).fixed(Role::Text, "move or remove…");
            draw_entry(line, focused, area, painter);
        }
        Spot::Add => {
            let line = Line::new().space(2).fixed(Role::Text, "+ add a key result");
            draw_entry(line, focused, area, painter);
        }
        Spot::Field(_) | Spot::Part(..) => draw_field(spot, look, focused, scene, area, painter),
    }
}

fn draw_entry(line: Line, focused: bool, area: Rect, painter: &mut Painter<'_>) {
    painter.line(area, &line);
    if focused {
        painter.highlight(
            Rect {
                height: area.height.min(1),
                ..area
            },
            Role::Focus,
        );
        painter.fixed(area.x, area.y, 1, painter.glyphs().focus(), Role::Focus);
        painter.rest(area.x, area.y);
    }
}

/// A key result as one line: its name and how it is measured.
fn row_line(look: &Look<'_>, place: usize) -> Line {
    let Some(row) = look.state.rows.get(place) else {
        return Line::new();
    };
    let open = look.state.unfolded() == Some(place);
    let name = row.text.get(Part::Name);
    let name = if name.trim().is_empty() {
        "(no name yet)"
    } else {
        name
    };
    let line = Line::new()
        .space(2)
        .put(Role::Strong, text::line(name))
        .space(2)
        .put(Role::Dim, text::line(kind_word(row.text.get(Part::Kind))));
    if open {
        return line;
    }
    match row.text.read(row.id.clone(), None) {
        Ok(result) => line.space(2).put(Role::Text, measure::range_words(&result)),
        Err(_) => line.space(2).fixed(Role::Warn, "not complete"),
    }
}

fn kind_word(code: &str) -> &'static str {
    let known = KINDS.iter().find(|(kind, _, _)| *kind == code);
    known.map_or("number", |(_, word, _)| word)
}

fn draw_field(
    spot: Spot,
    look: &Look<'_>,
    focused: bool,
    scene: &Scene<'_>,
    area: Rect,
    painter: &mut Painter<'_>,
) {
    let (label, indent) = match spot {
        Spot::Field(name) => (name.label(), 2),
        Spot::Part(_, part) => (part.label(), 4),
        Spot::Row(_) | Spot::More(_) | Spot::Add => return,
    };
    // The right one of two begins closer to its label.
    let least = if area.x > look.left {
        SHORT_LABEL
    } else {
        LABEL
    };
    let needed = u16::try_from(label.len()).unwrap_or(0) + indent + 1;
    let label_width = least.max(needed);
    let role = if focused { Role::Strong } else { Role::Text };
    let label = Line::new().space(usize::from(indent)).fixed(role, label);
    painter.line(
        Rect {
            width: area.width.min(label_width),
            ..area
        },
        &label,
    );
    let room = Rect {
        x: area.x.saturating_add(label_width),
        width: area.width.saturating_sub(label_width + 1),
        ..area
    };
    match spot.takes() {
        Takes::Lines => draw_area(spot, look, focused, room, painter),
        Takes::Line => {
            let (field, note) = beside(spot, room);
            match look.state.line().filter(|_| focused) {
                Some(widget) => form::draw_field(widget, field, true, painter),
                None => form::draw_choice(&text::line(look.state.get(spot)), field, false, painter),
            }
            draw_note(&note_of(spot, look.state, scene), note, painter);
        }
        Takes::Toggle | Takes::Enter => {
            let words = value_words(spot, look.state, scene);
            let (field, note) = beside(spot, room);
            form::draw_choice(&words, field, focused, painter);
            draw_note(&note_of(spot, look.state, scene), note, painter);
        }
    }
}

/// Half a note says nothing: it is there whole or not at all.
fn draw_note(note: &Line, area: Rect, painter: &mut Painter<'_>) {
    if note.width() <= usize::from(area.width) {
        painter.line(area, note);
    }
}

/// The brackets of a field, and the place for a note behind it.
fn beside(spot: Spot, room: Rect) -> (Rect, Rect) {
    let wish = match spot {
        Spot::Field(FieldName::Start | FieldName::Due) => 14,
        Spot::Field(FieldName::Aspirational) | Spot::Part(_, Part::Above | Part::Falling) => 5,
        Spot::Field(FieldName::Weight) | Spot::Part(_, Part::Weight) => 9,
        Spot::Field(FieldName::Cadence) | Spot::Part(_, Part::Kind | Part::Unit) => 17,
        Spot::Part(_, Part::Name) | Spot::Field(_) => u16::MAX,
        Spot::Part(..) => 11,
        Spot::Row(_) | Spot::More(_) | Spot::Add => 0,
    };
    let width = wish.min(room.width);
    let note = Rect {
        x: room.x.saturating_add(width).saturating_add(1),
        width: room.width.saturating_sub(width.saturating_add(1)),
        height: room.height.min(1),
        ..room
    };
    (Rect { width, ..room }, note)
}

fn draw_area(spot: Spot, look: &Look<'_>, focused: bool, room: Rect, painter: &mut Painter<'_>) {
    let is_description = spot == Spot::Field(FieldName::Description);
    if look.preview && is_description {
        let lines = markdown::render(look.state.get(spot), usize::from(room.width));
        painter.lines(room, &lines);
        if focused {
            painter.rest(room.x, room.y);
        }
        return;
    }
    if let Some(area) = look.state.lines().filter(|_| look.state.focus() == spot) {
        area.draw(painter, room, focused);
        return;
    }
    let rows = text::block(look.state.get(spot)).wrap(usize::from(room.width).max(1));
    let lines: Vec<Line> = rows
        .into_iter()
        .map(|row| Line::of(Role::Text, row))
        .collect();
    painter.lines(room, &lines);
}

/// What a spot without a text field shows between its brackets.
fn value_words(spot: Spot, state: &State, scene: &Scene<'_>) -> Shown {
    let value = state.get(spot);
    match spot {
        Spot::Field(FieldName::Parent) => match value {
            "" => Shown::fixed("none, at the top"),
            id => {
                let goal = scene.store.goal(&id.into());
                goal.map_or_else(|| text::line(id), |goal| text::line(&goal.name))
            }
        },
        Spot::Field(FieldName::Champion | FieldName::Reviewer) => match value {
            "" => Shown::fixed("nobody"),
            id => text::line(&scene.store.name_of(&id.into())),
        },
        Spot::Part(_, Part::Kind) => Shown::fixed(kind_word(value)),
        _ if spot.takes() == Takes::Toggle => {
            Shown::fixed(if value == "yes" { "yes" } else { "no" })
        }
        _ => text::line(value),
    }
}

/// What a field's text means, right of it.
fn note_of(spot: Spot, state: &State, scene: &Scene<'_>) -> Line {
    let words = match spot {
        Spot::Field(name @ (FieldName::Start | FieldName::Due)) => {
            match state.text.day(name, &scene.now) {
                Ok(Some(day)) if state.get(spot) == day_text(day) => shown!("{}", day.weekday()),
                Ok(Some(day)) => text::line(&dates::weekday(day, &scene.now)),
                Ok(None) => Shown::fixed("open"),
                Err(_) => Shown::default(),
            }
        }
        Spot::Part(place, Part::Target) => {
            let row = state.rows.get(place);
            let direction = row.and_then(|row| row.text.direction());
            direction.map_or_else(Shown::default, Shown::fixed)
        }
        Spot::Part(place, Part::Kind) => {
            let kind = state
                .rows
                .get(place)
                .map_or("", |row| row.text.get(Part::Kind));
            let known = KINDS.iter().find(|(code, _, _)| *code == kind);
            known.map_or_else(Shown::default, |(_, _, words)| Shown::fixed(words))
        }
        Spot::Part(_, Part::Critical) => Shown::fixed("may be empty"),
        _ => Shown::default(),
    };
    Line::of(Role::Dim, words)
}
