//! The only way to draw: clean text on a buffer, the hit map for the mouse and
//! the place of the hardware cursor. Clips everything; never panics.

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::line::Line;
use crate::model::text::{self, Shown};
use crate::theme::{Glyphs, Role, Theme};

/// Where the hardware cursor shall be after this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Column on the screen.
    pub x: u16,
    /// Row on the screen.
    pub y: u16,
    /// In a text field, where it must be seen. On a focused row it only sits
    /// there for screen readers.
    pub typing: bool,
}

/// What lies at a place of the drawn frame, for the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<A> {
    /// Something with a meaning of its own: a tab, a hint, a button.
    Act(A),
    /// The row of a list, by its place among all rows: a click focuses it, a
    /// double click opens it.
    Row(usize),
    /// The line of a menu: a click takes it.
    Line(usize),
    /// The field of a form: a click goes into it.
    Field(usize),
    /// Nothing to point at in a list; the wheel moves its cursor.
    List,
    /// Details that the wheel scrolls.
    Detail,
}

/// What lies where on the drawn frame.
#[derive(Clone, Debug)]
pub struct Hits<A> {
    areas: Vec<(Rect, Target<A>)>,
}

impl<A> Default for Hits<A> {
    fn default() -> Self {
        Self { areas: Vec::new() }
    }
}

impl<A: Copy> Hits<A> {
    /// What was drawn last at a place, with column and row inside its area.
    pub fn at(&self, x: u16, y: u16) -> Option<(Target<A>, u16, u16)> {
        let place = Position { x, y };
        self.areas
            .iter()
            .rev()
            .find(|(area, _)| area.contains(place))
            .map(|(area, target)| (*target, x - area.x, y - area.y))
    }

    /// Every area in the order of drawing.
    pub fn areas(&self) -> &[(Rect, Target<A>)] {
        &self.areas
    }
}

/// What a frame leaves behind besides its cells.
#[derive(Clone, Debug)]
pub struct Drawn<A> {
    /// For the mouse.
    pub hits: Hits<A>,
    /// For the hardware cursor; nowhere if nothing has focus.
    pub cursor: Option<Cursor>,
    /// How many lines were handed over, also those that fell outside: the work
    /// of a frame, which must not grow with what is not shown.
    pub lines: usize,
    /// Stays as it is on the screen, whatever was drawn there.
    pub kept: Vec<Rect>,
}

/// Draws one frame. `A` is what a click on an area means.
pub struct Painter<'a, A> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    glyphs: Glyphs,
    hits: Hits<A>,
    cursor: Option<Cursor>,
    lines: usize,
    hasty: bool,
    kept: Vec<Rect>,
}

impl<'a, A: Copy> Painter<'a, A> {
    /// A painter for one frame.
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme, glyphs: Glyphs) -> Self {
        // The ground of the picture: themes may have a colour for it.
        buffer.set_style(buffer.area, theme.style(Role::Text));
        Self {
            buffer,
            theme,
            glyphs,
            hits: Hits::default(),
            cursor: None,
            lines: 0,
            hasty: false,
            kept: Vec::new(),
        }
    }

    /// For a frame while a key repeats: what changes all the time and nobody can
    /// read, like the details of every goal that is passed, may be left out.
    #[must_use]
    pub fn hasty(mut self, hasty: bool) -> Self {
        self.hasty = hasty;
        self
    }

    /// Whether the frame may leave things out; a whole one follows.
    pub fn is_hasty(&self) -> bool {
        self.hasty
    }

    /// In haste an area may stay as it is on the screen; then true, and there is
    /// nothing to draw there.
    pub fn keeps(&mut self, area: Rect) -> bool {
        if self.hasty {
            self.kept.push(area);
        }
        self.hasty
    }

    /// The whole screen.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// The characters in use.
    pub fn glyphs(&self) -> Glyphs {
        self.glyphs
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// Draws one line of text of at most `max` columns; what is longer ends in
    /// an ellipsis. Gives the columns written.
    pub fn text(&mut self, x: u16, y: u16, max: u16, text: &Shown, role: Role) -> u16 {
        let area = Rect::new(x, y, max, 1);
        self.line(area, &Line::of(role, text.clone()))
    }

    /// Draws text of our own like [`Painter::text`].
    pub fn fixed(&mut self, x: u16, y: u16, max: u16, text: &'static str, role: Role) -> u16 {
        self.text(x, y, max, &Shown::fixed(text), role)
    }

    /// Draws a line into the first row of `area`; what is longer ends in an
    /// ellipsis. Gives the columns written.
    pub fn line(&mut self, area: Rect, line: &Line) -> u16 {
        self.lines += 1;
        let Some(area) = self.first_row(area) else {
            return 0;
        };
        let line = line
            .clone()
            .spoken(self.glyphs)
            .truncate(usize::from(area.width), self.glyphs);
        self.mend(area.x, area.y);
        let mut x = area.x;
        for (text, role) in line.pieces() {
            let style = self.theme.style(*role);
            let room = usize::from(area.right().saturating_sub(x));
            x = self
                .buffer
                .set_stringn(x, area.y, text.as_str(), room, style)
                .0;
        }
        x - area.x
    }

    /// Draws `left` at the start and `right` at the end of a row. If both do not
    /// fit, the left one is cut.
    pub fn line_split(&mut self, area: Rect, left: &Line, right: &Line) {
        let Some(area) = self.first_row(area) else {
            return;
        };
        let right = right
            .clone()
            .spoken(self.glyphs)
            .truncate(usize::from(area.width), self.glyphs);
        let taken = u16::try_from(right.width()).unwrap_or(area.width);
        // A column between the two.
        let gap = u16::from(taken > 0 && !left.is_empty());
        let left_width = area.width.saturating_sub(taken.saturating_add(gap));
        self.line(Rect::new(area.x, area.y, left_width, 1), left);
        self.line(
            Rect::new(area.x + area.width - taken, area.y, taken, 1),
            &right,
        );
    }

    /// Draws lines from the top of `area`; what does not fit is left out. Gives
    /// the rows written.
    pub fn lines(&mut self, area: Rect, lines: &[Line]) -> u16 {
        let rows = (area.y..area.y.saturating_add(area.height)).zip(lines);
        let mut written = 0;
        for (y, line) in rows {
            self.line(Rect::new(area.x, y, area.width, 1), line);
            written += 1;
        }
        written
    }

    /// Empties an area and gives it the style of a role.
    pub fn fill(&mut self, area: Rect, role: Role) {
        self.clear(area);
        self.highlight(area, role);
    }

    /// Empties an area.
    pub fn clear(&mut self, area: Rect) {
        let area = self.buffer.area.intersection(area);
        let ground = self.theme.style(Role::Text);
        for y in area.top()..area.bottom() {
            self.mend(area.x, y);
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(ground);
                }
            }
        }
    }

    /// Lays the style of a role over what is already drawn.
    pub fn highlight(&mut self, area: Rect, role: Role) {
        let style = self.theme.style(role);
        self.buffer.set_style(area, style);
    }

    /// A horizontal rule through the first row of `area`.
    pub fn rule_across(&mut self, area: Rect) {
        let across = self.glyphs.frame().across;
        if let Some(area) = self.first_row(area) {
            self.mend(area.x, area.y);
            for x in area.left()..area.right() {
                self.symbol(x, area.y, across, Role::Border);
            }
        }
    }

    /// A horizontal rule with a line of text set into it, two columns in.
    pub fn rule_titled(&mut self, area: Rect, title: &Line) {
        self.rule_across(area);
        let width = area.width.saturating_sub(4);
        if !title.is_empty() && width > 0 {
            let title = Line::new().space(1).and(title.clone()).space(1);
            self.line(
                Rect::new(area.x.saturating_add(1), area.y, width + 2, 1),
                &title,
            );
        }
    }

    /// A vertical rule down the first column of `area`.
    pub fn rule_down(&mut self, area: Rect) {
        let down = self.glyphs.frame().down;
        let area = self.buffer.area.intersection(area);
        if area.width > 0 {
            for y in area.top()..area.bottom() {
                self.mend(area.x, y);
                self.symbol(area.x, y, down, Role::Border);
            }
        }
    }

    /// Puts the hardware cursor into a text field: seen.
    pub fn cursor(&mut self, x: u16, y: u16) {
        self.place(x, y, true);
    }

    /// Lets the hardware cursor sit on a focused row, for screen readers. A text
    /// field takes precedence.
    pub fn rest(&mut self, x: u16, y: u16) {
        if !self.cursor.is_some_and(|cursor| cursor.typing) {
            self.place(x, y, false);
        }
    }

    fn place(&mut self, x: u16, y: u16, typing: bool) {
        if self.buffer.area.contains(Position { x, y }) {
            self.cursor = Some(Cursor { x, y, typing });
        }
    }

    /// Takes the cursor away from what was drawn before: for a sheet over it.
    pub fn forget_cursor(&mut self) {
        self.cursor = None;
    }

    /// Says what a click on an area means; what is drawn later lies on top.
    pub fn hit(&mut self, area: Rect, action: A) {
        self.target(area, Target::Act(action));
    }

    /// Says what lies in an area; what is drawn later lies on top.
    pub fn target(&mut self, area: Rect, target: Target<A>) {
        let area = self.buffer.area.intersection(area);
        if !area.is_empty() {
            self.hits.areas.push((area, target));
        }
    }

    /// Forgets what clicks meant so far: for a sheet, which takes them all.
    pub fn forget_hits(&mut self) {
        self.hits.areas.clear();
    }

    /// The last act of a frame: replaces what no terminal may be sent.
    pub fn finish(self) -> Drawn<A> {
        let replaced = sweep(self.buffer);
        debug_assert_eq!(replaced, 0, "unclean text went past the painter");
        Drawn {
            hits: self.hits,
            cursor: self.cursor,
            lines: self.lines,
            kept: self.kept,
        }
    }

    /// The buffer, for widgets of other crates inside this module.
    pub(super) fn buffer(&mut self) -> &mut Buffer {
        self.buffer
    }

    /// Turns the cells of an area that another crate drew into ASCII, if only
    /// that may be sent. Columns stay.
    pub(super) fn speak_cells(&mut self, area: Rect) {
        if self.glyphs == Glyphs::Unicode {
            return;
        }
        let area = self.buffer.area.intersection(area);
        for position in area.positions() {
            let Some(cell) = self.buffer.cell_mut(position) else {
                continue;
            };
            if cell.symbol().is_ascii() {
                continue;
            }
            let columns = cell.cell_width();
            let spoken = text::ascii(&text::line(cell.symbol()));
            let first = spoken.as_str().get(..1).unwrap_or("?").to_owned();
            cell.set_symbol(&first);
            for step in 1..columns {
                if let Some(hidden) = self.buffer.cell_mut((position.x + step, position.y)) {
                    hidden.set_symbol("?");
                }
            }
        }
    }

    /// One sign of our own at one place.
    fn symbol(&mut self, x: u16, y: u16, symbol: &'static str, role: Role) {
        let style = self.theme.style(role);
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    }

    /// The visible part of the first row of `area`.
    fn first_row(&self, area: Rect) -> Option<Rect> {
        let row = Rect::new(area.x, area.y, area.width, area.height.min(1));
        let seen = self.buffer.area.intersection(row);
        // Text begins at the area's own left edge or is not drawn at all.
        (!seen.is_empty() && seen.x == area.x).then_some(seen)
    }

    /// A wide character that reaches into `x` from the left would hide what is
    /// drawn there: it becomes a blank.
    fn mend(&mut self, x: u16, y: u16) {
        if let Some(left) = x.checked_sub(1)
            && let Some(cell) = self.buffer.cell_mut((left, y))
            && cell.cell_width() > 1
        {
            cell.set_symbol(" ");
        }
    }
}

/// Replaces every cell whose text no terminal may be sent by U+FFFD and counts
/// them: the second line behind the cleaner.
pub fn sweep(buffer: &mut Buffer) -> usize {
    let mut replaced = 0;
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        let plain = matches!(symbol.as_bytes(), [b' '..=b'~']);
        if !plain && (symbol.is_empty() || !text::is_clean(symbol)) {
            cell.set_symbol("\u{fffd}");
            replaced += 1;
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{draw, drawn, every_size, rows};
    use super::*;
    use crate::model::text::line as clean;
    use crate::theme::ThemeName;
    use ratatui::style::Modifier;

    #[test]
    fn text_is_cut_at_its_room_and_says_how_much_it_wrote() {
        let mut used = Vec::new();
        let rows = drawn(12, 2, |p| {
            used.push(p.text(0, 0, 8, &clean("Reduce churn"), Role::Text));
            used.push(p.text(9, 0, 99, &clean("47%!"), Role::Text));
            used.push(p.text(0, 1, 12, &clean("漢字"), Role::Text));
            used.push(p.text(0, 9, 12, &clean("below"), Role::Text));
            used.push(p.text(99, 0, 12, &clean("right"), Role::Text));
        });
        assert_eq!(rows, ["Reduce … 47…", "漢字"]);
        assert_eq!(used, [8, 3, 4, 0, 0]);
    }

    #[test]
    fn foreign_text_in_ascii_mode_is_ascii_before_it_is_measured() {
        let buffer = draw(20, 2, Glyphs::Ascii, |p| {
            p.text(0, 0, 20, &clean("3.80 → 3.66 é"), Role::Text);
            p.text(0, 1, 6, &clean("Übersicht"), Role::Text);
        });
        assert_eq!(rows(&buffer), ["3.80 -> 3.66 e", "Ubers~"]);
    }

    #[test]
    fn the_right_half_of_a_split_line_stays_whole() {
        let left = Line::new().fixed(Role::Text, "● synced 2 min ago");
        let right = Line::new().fixed(Role::Text, "⇪ 0");
        assert_eq!(
            drawn(30, 1, |p| p.line_split(p.area(), &left, &right)),
            ["● synced 2 min ago         ⇪ 0"]
        );
        assert_eq!(
            drawn(12, 1, |p| p.line_split(p.area(), &left, &right)),
            ["● synce… ⇪ 0"]
        );
        assert_eq!(
            drawn(3, 1, |p| p.line_split(p.area(), &left, &right)),
            ["⇪ 0"]
        );
    }

    #[test]
    fn rules_and_titles() {
        let title = Line::new().fixed(Role::Title, "Note");
        assert_eq!(
            drawn(12, 3, |p| {
                p.rule_titled(Rect::new(0, 0, 12, 1), &title);
                p.rule_across(Rect::new(0, 2, 5, 1));
                p.rule_down(Rect::new(11, 1, 1, 2));
            }),
            ["─ Note ─────", "           │", "─────      │"]
        );
    }

    #[test]
    fn highlighting_keeps_the_text_and_its_colour() {
        let buffer = draw(4, 1, Glyphs::Unicode, |p| {
            p.fixed(0, 0, 4, "■ ab", Role::OffTrack);
            p.highlight(p.area(), Role::Focus);
        });
        assert_eq!(rows(&buffer), ["■ ab"]);
        let theme = Theme::new(ThemeName::Auto);
        assert_eq!(buffer[(0, 0)].fg, theme.style(Role::OffTrack).fg.unwrap());
        assert!(buffer[(3, 0)].modifier.contains(Modifier::REVERSED));
    }

    #[test]
    fn a_sheet_over_a_wide_character_is_not_hidden_by_it() {
        assert_eq!(
            drawn(6, 1, |p| {
                p.text(0, 0, 6, &clean("漢字漢"), Role::Text);
                p.clear(Rect::new(3, 0, 2, 1));
                p.fixed(3, 0, 1, "│", Role::Border);
            }),
            ["漢 │"]
        );
    }

    #[test]
    fn the_last_drawn_area_gets_the_click() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 5));
        let theme = Theme::default();
        let mut p: Painter<'_, u8> = Painter::new(&mut buffer, &theme, Glyphs::Unicode);
        p.hit(Rect::new(0, 0, 20, 5), 1);
        p.hit(Rect::new(5, 2, 5, 1), 2);
        p.hit(Rect::new(50, 2, 5, 1), 3);
        let drawn = p.finish();
        assert_eq!(drawn.hits.at(6, 2), Some((Target::Act(2), 1, 0)));
        assert_eq!(drawn.hits.at(6, 3), Some((Target::Act(1), 6, 3)));
        assert_eq!(drawn.hits.at(50, 2), None);
    }

    #[test]
    fn a_field_takes_the_cursor_from_a_row() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 5));
        let theme = Theme::default();
        let mut p: Painter<'_, u8> = Painter::new(&mut buffer, &theme, Glyphs::Unicode);
        p.cursor(3, 1);
        p.rest(0, 0);
        p.cursor(99, 99);
        let cursor = p.finish().cursor.unwrap();
        assert_eq!((cursor.x, cursor.y, cursor.typing), (3, 1, true));
    }

    #[test]
    fn the_sweep_replaces_what_went_past_the_painter() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 5, 1));
        buffer[(0, 0)].set_symbol("\u{1b}");
        buffer[(1, 0)].set_symbol("\u{202e}");
        buffer[(2, 0)].set_symbol("é");
        buffer[(3, 0)].set_symbol("");
        assert_eq!(sweep(&mut buffer), 3);
        assert_eq!(sweep(&mut buffer), 0);
        assert_eq!(rows(&buffer), ["\u{fffd}\u{fffd}é\u{fffd}"]);
    }

    #[test]
    fn no_rectangle_panics() {
        let text = clean("漢字 Reduce e\u{301} churn → 2 %");
        let line = Line::of(Role::Strong, text.clone()).and(Line::of(Role::Dim, text.clone()));
        every_size(|p, area| {
            p.fill(area, Role::Focus);
            p.text(area.x, area.y, area.width, &text, Role::Text);
            p.line(area, &line);
            p.lines(area, &[line.clone(), line.clone()]);
            p.line_split(area, &line, &line);
            p.rule_across(area);
            p.rule_down(area);
            p.rule_titled(area, &line);
            p.clear(area);
            p.highlight(area, Role::Focus);
            p.hit(area, 1);
            p.cursor(area.x, area.y);
            p.speak_cells(area);
        });
    }
}
