//! Values over time as lines of text: what was read as a solid line of braille dots,
//! what is expected as points, what is foreseen as dashes with its range at the end.
//! Every layer has a mark of its own, so that nothing is lost without colour. In
//! ASCII a value is a digit that tells how high it stands within its row, 0 to 9.

use crate::model::text::{self, Shown};
use crate::theme::{Glyphs, Role};

use super::line::Line;

/// Fewer columns than this are no plot.
const LEAST_COLUMNS: usize = 8;
/// Words go before the numbers of the scale from this width on.
const WIDE: usize = 48;

/// A chart to be drawn at any size. Places and values are plain numbers; what is not
/// finite is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What was read, from left to right.
    pub values: Vec<(f64, f64)>,
    /// Values hold until the next one (yes/no), instead of a line from one to the next.
    pub in_steps: bool,
    /// What is expected, from left to right.
    pub expected: Vec<(f64, f64)>,
    /// What is foreseen after the last value.
    pub ahead: Option<Ahead>,
    /// Lines across: a limit to keep, zones to reach.
    pub levels: Vec<f64>,
    /// Where today is.
    pub today: Option<f64>,
    /// Leftmost and rightmost place.
    pub across: (f64, f64),
    /// Lowest and highest value.
    pub up: (f64, f64),
    /// What stands beside the scale, most important first.
    pub scale: Vec<Tick>,
    /// What stands below places, most important first.
    pub places: Vec<(f64, Shown)>,
    /// The role of the values.
    pub role: Role,
}

/// What is foreseen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ahead {
    /// Place and value at its end.
    pub to: (f64, f64),
    /// The range of that value, lower end first.
    pub range: Option<(f64, f64)>,
}

/// One label of the scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What it is, where there is room: `target`.
    pub word: &'static str,
    /// The value.
    pub number: Shown,
}

/// A label and the value it stands at.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The value.
    pub at: f64,
    /// What is written there.
    pub label: Label,
}

impl Tick {
    /// A label at a value.
    pub fn new(at: f64, word: &'static str, number: Shown) -> Self {
        let label = Label { word, number };
        Self { at, label }
    }
}

/// One cell of the plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    sign: char,
    role: Role,
}

const EMPTY: Cell = Cell {
    sign: ' ',
    role: Role::Text,
};

/// The cells of the plot, rows from the top.
struct Plot {
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
    /// Braille dots, by cell.
    dots: Vec<u8>,
}

impl Plot {
    fn new(columns: usize, rows: usize) -> Self {
        Self {
            columns,
            rows,
            cells: vec![EMPTY; columns * rows],
            dots: vec![0; columns * rows],
        }
    }

    fn put(&mut self, column: usize, row: usize, sign: char, role: Role) {
        if column < self.columns
            && row < self.rows
            && let Some(cell) = self.cells.get_mut(row * self.columns + column)
        {
            *cell = Cell { sign, role };
        }
    }

    fn sign(&self, column: usize, row: usize) -> char {
        let cell = self.cells.get(row * self.columns + column);
        cell.map_or(' ', |cell| cell.sign)
    }

    /// Sets one dot, counted in half columns from the left and quarter rows from the
    /// top.
    fn dot(&mut self, across: usize, down: usize) {
        // The bits of a braille cell, by row, left and right.
        const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let (column, row) = (across / 2, down / 4);
        if column < self.columns
            && row < self.rows
            && let Some(dots) = self.dots.get_mut(row * self.columns + column)
        {
            *dots |= BITS[down % 4][across % 2];
        }
    }

    /// A straight line of dots.
    fn stroke(&mut self, from: (usize, usize), to: (usize, usize)) {
        let apart = |one: usize, other: usize| one.abs_diff(other);
        let steps = apart(from.0, to.0).max(apart(from.1, to.1)).max(1);
        let between = |one: usize, other: usize, step: usize| {
            let way = apart(one, other) * step;
            let way = (way + steps / 2) / steps;
            if other < one { one - way } else { one + way }
        };
        for step in 0..=steps {
            self.dot(between(from.0, to.0, step), between(from.1, to.1, step));
        }
    }
}

/// Where numbers lie on a plot.
#[derive(Clone, Copy)]
struct Frame {
    across: (f64, f64),
    up: (f64, f64),
    columns: usize,
    rows: usize,
}

/// Which of `of` equal parts a number lies in, between low and high; what lies
/// outside is at the edge, and in the middle where there is no span.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped to the few columns and rows of a screen"
)]
fn part(value: f64, (low, high): (f64, f64), of: usize) -> usize {
    // Halved, so that the span of the widest range is finite too.
    let span = high / 2.0 - low / 2.0;
    if span.is_nan() || span <= 0.0 {
        return of / 2;
    }
    let share = (value / 2.0 - low / 2.0) / span;
    // A hair more, so that a value on an edge is not put below it by rounding.
    let place = (share * of as f64 + 1e-9).floor();
    place.clamp(0.0, of.saturating_sub(1) as f64) as usize
}

impl Frame {
    fn column(&self, x: f64) -> usize {
        part(x, self.across, self.columns)
    }

    fn row(&self, y: f64) -> usize {
        let below = part(y, self.up, self.rows);
        self.rows.saturating_sub(1).saturating_sub(below)
    }

    fn dot(&self, (x, y): (f64, f64)) -> (usize, usize) {
        let (across, down) = (self.columns * 2, self.rows * 4);
        (
            part(x, self.across, across),
            down.saturating_sub(1)
                .saturating_sub(part(y, self.up, down)),
        )
    }

    /// The row of a value and how high it stands in it, 0–9.
    fn tenths(&self, y: f64) -> (usize, u8) {
        let height = part(y, self.up, self.rows * 10);
        (self.row(y), u8::try_from(height % 10).unwrap_or(9))
    }

    /// The place in the middle of a column.
    #[expect(clippy::cast_precision_loss, reason = "a column of a screen")]
    fn place(&self, column: usize) -> f64 {
        let share = (column as f64 + 0.5) / self.columns as f64;
        self.across.0 * (1.0 - share) + self.across.1 * share
    }
}

/// The value of a row of points at a place, straight between two; none outside.
fn value_at(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let after = points.iter().position(|(at, _)| *at >= x)?;
    let (to, then) = *points.get(after)?;
    let Some((from, before)) = after.checked_sub(1).and_then(|at| points.get(at)).copied() else {
        return (to <= x).then_some(then);
    };
    let share = if to > from {
        (x - from) / (to - from)
    } else {
        1.0
    };
    Some(before * (1.0 - share) + then * share)
}

fn finite(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let is_finite = |(x, y): &&(f64, f64)| x.is_finite() && y.is_finite();
    points.iter().filter(is_finite).copied().collect()
}

impl Chart {
    /// The chart as `height` lines of at most `width` columns; fewer where nothing can
    /// be drawn: too little room, or a range that is no range.
    pub fn lines(&self, width: usize, height: usize, glyphs: Glyphs) -> Vec<Line> {
        let spans = [self.across.0, self.across.1, self.up.0, self.up.1];
        if height == 0 || spans.iter().any(|edge| !edge.is_finite()) {
            return Vec::new();
        }
        let has_axis = height >= 5;
        let has_places = height >= 3 && !self.places.is_empty();
        let rows = height - usize::from(has_axis) - usize::from(has_places);
        let with_words = width >= WIDE;
        let gutter = self.gutter(with_words);
        let gutter = if gutter + 1 + LEAST_COLUMNS <= width {
            gutter
        } else {
            0
        };
        let columns = width.saturating_sub(gutter + 1);
        if columns < LEAST_COLUMNS {
            return Vec::new();
        }
        let frame = Frame {
            across: self.across,
            up: self.up,
            columns,
            rows,
        };
        let plot = self.plot(&frame, glyphs);
        let labels = self.labels(&frame, with_words);
        let mut lines = Vec::with_capacity(height);
        for row in 0..rows {
            let label = labels.get(row).and_then(Option::as_ref);
            let axis = glyphs.chart_axis(label.is_some());
            let label = label.filter(|_| gutter > 0).cloned().unwrap_or_default();
            let mut line = Line::new()
                .put(Role::Dim, label.pad_left(gutter))
                .fixed(Role::Border, axis);
            draw_row(&plot, row, &mut line);
            lines.push(line);
        }
        if has_axis {
            lines.push(self.axis(&frame, gutter, glyphs));
        }
        if has_places {
            lines.push(self.below(&frame, gutter));
        }
        lines
    }

    /// Columns that the scale needs.
    fn gutter(&self, with_words: bool) -> usize {
        let widths = self.scale.iter().map(|tick| tick.label.words(with_words));
        let widest = widths.map(|words| words.width()).max();
        widest.map_or(0, |widest| widest + 1)
    }

    /// The labels of the scale by row: the first one that wants a row has it.
    fn labels(&self, frame: &Frame, with_words: bool) -> Vec<Option<Shown>> {
        let mut labels: Vec<Option<Shown>> = vec![None; frame.rows];
        for tick in self.scale.iter().filter(|tick| tick.at.is_finite()) {
            if let Some(place) = labels.get_mut(frame.row(tick.at))
                && place.is_none()
            {
                let words = tick.label.words(with_words);
                *place = Some(words.and(&Shown::spaces(1)));
            }
        }
        labels
    }

    fn plot(&self, frame: &Frame, glyphs: Glyphs) -> Plot {
        let mut plot = Plot::new(frame.columns, frame.rows);
        if let Some(today) = self.today.filter(|today| today.is_finite()) {
            for row in 0..frame.rows {
                plot.put(frame.column(today), row, glyphs.chart_today(), Role::Border);
            }
        }
        for level in self.levels.iter().filter(|level| level.is_finite()) {
            for column in 0..frame.columns {
                let (row, sign) = (frame.row(*level), glyphs.chart_level());
                plot.put(column, row, sign, Role::Border);
            }
        }
        let expected = finite(&self.expected);
        for column in 0..frame.columns {
            if let Some(value) = value_at(&expected, frame.place(column)) {
                let sign = glyphs.chart_expected();
                plot.put(column, frame.row(value), sign, Role::Text);
            }
        }
        let values = finite(&self.values);
        self.draw_ahead(&values, frame, glyphs, &mut plot);
        match glyphs {
            Glyphs::Unicode => self.draw_dots(&values, frame, &mut plot),
            Glyphs::Ascii => self.draw_digits(&values, frame, &mut plot),
        }
        plot
    }

    /// Dashes from the last value to where it ends, and the range there.
    fn draw_ahead(&self, values: &[(f64, f64)], frame: &Frame, glyphs: Glyphs, plot: &mut Plot) {
        let is_finite = |ahead: &Ahead| ahead.to.0.is_finite() && ahead.to.1.is_finite();
        let (Some(ahead), Some(last)) = (self.ahead.filter(is_finite), values.last()) else {
            return;
        };
        let line = [*last, ahead.to];
        let (from, to) = (frame.column(last.0), frame.column(ahead.to.0));
        for column in (from + 1..to).step_by(2) {
            if let Some(value) = value_at(&line, frame.place(column)) {
                let sign = glyphs.chart_ahead();
                plot.put(column, frame.row(value), sign, Role::Accent);
            }
        }
        let end = frame.row(ahead.to.1);
        let range = ahead
            .range
            .filter(|(low, high)| low.is_finite() && high.is_finite());
        let (low, high) = range.unwrap_or((ahead.to.1, ahead.to.1));
        let (bottom, top) = (frame.row(low), frame.row(high));
        for row in top..=bottom {
            let sign = glyphs.chart_range(row == top, row == bottom, row == end);
            plot.put(to, row, sign, Role::Accent);
        }
    }

    fn draw_dots(&self, values: &[(f64, f64)], frame: &Frame, plot: &mut Plot) {
        for pair in values.windows(2) {
            let (from, to) = (frame.dot(pair[0]), frame.dot(pair[1]));
            if self.in_steps {
                plot.stroke(from, (to.0, from.1));
                plot.stroke((to.0, from.1), to);
            } else {
                plot.stroke(from, to);
            }
        }
        for place in 0..plot.cells.len() {
            let bits = plot.dots.get(place).copied().unwrap_or(0);
            if bits > 0
                && let Some(sign) = char::from_u32(0x2800 + u32::from(bits))
            {
                let (column, row) = (place % plot.columns, place / plot.columns);
                plot.put(column, row, sign, self.role);
            }
        }
        if let Some((x, y)) = values.last() {
            plot.put(frame.column(*x), frame.row(*y), '●', self.role);
        }
    }

    fn draw_digits(&self, values: &[(f64, f64)], frame: &Frame, plot: &mut Plot) {
        let mut put = |column: usize, value: f64| {
            let (row, tenth) = frame.tenths(value);
            plot.put(column, row, char::from(b'0' + tenth.min(9)), self.role);
        };
        if let (Some(first), Some(last)) = (values.first(), values.last()) {
            for column in frame.column(first.0)..=frame.column(last.0) {
                let place = frame.place(column);
                let held = values.iter().rev().find(|(at, _)| *at <= place);
                let value = match self.in_steps {
                    true => held.map(|(_, value)| *value),
                    false => value_at(values, place),
                };
                if let Some(value) = value {
                    put(column, value);
                }
            }
        }
        // The readings themselves, over what lies between them.
        for (x, y) in values {
            put(frame.column(*x), *y);
        }
    }

    fn axis(&self, frame: &Frame, gutter: usize, glyphs: Glyphs) -> Line {
        let today = self.today.filter(|today| today.is_finite());
        let today = today.map(|today| frame.column(today));
        let (corner, along, tick) = glyphs.chart_floor();
        let mut signs = String::from(corner);
        for column in 0..frame.columns {
            signs.push(if Some(column) == today { tick } else { along });
        }
        Line::new()
            .space(gutter)
            .put(Role::Border, text::line(&signs))
    }

    /// The row of places: the first ones keep their room, what does not fit is left
    /// out.
    fn below(&self, frame: &Frame, gutter: usize) -> Line {
        let mut taken: Vec<(usize, usize, &Shown)> = Vec::new();
        for (place, label) in &self.places {
            let width = label.width();
            if !place.is_finite() || width > frame.columns {
                continue;
            }
            let centre = frame.column(*place);
            let start = centre.saturating_sub(width / 2).min(frame.columns - width);
            let is_free =
                |(from, to, _): &(usize, usize, &Shown)| start > *to || start + width < *from;
            if taken.iter().all(is_free) {
                taken.push((start, start + width, label));
            }
        }
        taken.sort_by_key(|(start, _, _)| *start);
        let mut line = Line::new().space(gutter + 1);
        for (start, _, label) in taken {
            line = line.pad_right(gutter + 1 + start);
            line = line.put(Role::Dim, label.clone());
        }
        line
    }
}

impl Label {
    fn words(&self, with_word: bool) -> Shown {
        if with_word && !self.word.is_empty() {
            crate::shown!("{} {}", self.word, self.number)
        } else {
            self.number.clone()
        }
    }
}

/// A row of cells as pieces of one role each, without blanks at its end.
fn draw_row(plot: &Plot, row: usize, line: &mut Line) {
    let used = (0..plot.columns)
        .rev()
        .find(|column| plot.sign(*column, row) != ' ');
    let cells = used.map_or(&[][..], |last| {
        let start = row * plot.columns;
        plot.cells.get(start..=start + last).unwrap_or_default()
    });
    for run in cells.chunk_by(|one, other| one.role == other.role) {
        let signs: String = run.iter().map(|cell| cell.sign).collect();
        let role = run.first().map_or(Role::Text, |cell| cell.role);
        line.push(role, text::line(&signs));
    }
}

#[cfg(test)]
mod tests;
