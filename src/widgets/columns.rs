//! How a list shares its width among columns, and which go first when it shrinks.

use super::line::Line;
use crate::theme::Glyphs;

/// One column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Columns it needs; all but the growing one get exactly these.
    pub width: usize,
    /// Blanks before it.
    pub gap: usize,
    /// When it goes: 1 first, then 2, …; 0 never.
    pub drop: u8,
    /// Takes what the others leave. One column of a list should.
    pub grows: bool,
    /// Its text stands at the right edge.
    pub right: bool,
}

impl Column {
    /// A column of a fixed width that never goes.
    pub const fn fixed(width: usize) -> Self {
        Self {
            width,
            gap: 0,
            drop: 0,
            grows: false,
            right: false,
        }
    }

    /// The column that takes what is left, at least `least`.
    pub const fn growing(least: usize) -> Self {
        Self {
            grows: true,
            ..Self::fixed(least)
        }
    }

    /// With blanks before it.
    #[must_use]
    pub const fn after(self, gap: usize) -> Self {
        Self { gap, ..self }
    }

    /// Goes as number `order` when the width shrinks.
    #[must_use]
    pub const fn dropped(self, order: u8) -> Self {
        Self {
            drop: order,
            ..self
        }
    }

    /// With its text at the right edge.
    #[must_use]
    pub const fn to_the_right(self) -> Self {
        Self {
            right: true,
            ..self
        }
    }
}

/// Columns of the least name that stays readable.
pub const LEAST_NAME: usize = 16;

/// The row of a goal list: focus sign, status and name, change mark, gauge,
/// percent, due day, owner. When the width shrinks the owner goes first, then
/// due day, change mark and gauge; the rest stays.
pub mod goal {
    use super::{Column, LEAST_NAME};

    /// The sign of the focused row.
    pub const FOCUS: usize = 0;
    /// Fold, status glyph and name, indented.
    pub const NAME: usize = 1;
    /// Changed since the last look.
    pub const CHANGED: usize = 2;
    /// The gauge.
    pub const GAUGE: usize = 3;
    /// `47%`, `held`.
    pub const PERCENT: usize = 4;
    /// `Jun 30`
    pub const DUE: usize = 5;
    /// Initials.
    pub const OWNER: usize = 6;

    /// The columns; `indent` is what the deepest row shown puts before its name.
    pub const fn columns(indent: usize, gauge: usize) -> [Column; 7] {
        [
            Column::fixed(1),
            Column::growing(LEAST_NAME + indent),
            Column::fixed(1).after(1).dropped(3),
            Column::fixed(gauge).after(1).dropped(4),
            Column::fixed(super::super::gauge::NUMBER_WIDTH)
                .after(1)
                .to_the_right(),
            Column::fixed(6).after(1).dropped(2).to_the_right(),
            Column::fixed(2).after(1).dropped(1).to_the_right(),
        ]
    }
}

/// Columns laid out for one width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Width of each column with what it is; none for dropped ones.
    places: Vec<Option<(Column, usize)>>,
}

impl Layout {
    /// Lays columns out in `width`. If even those that never go do not fit, the
    /// growing one shrinks to nothing.
    pub fn new(columns: &[Column], width: usize) -> Self {
        let mut kept: Vec<bool> = vec![true; columns.len()];
        let needed = |kept: &[bool]| -> usize {
            columns
                .iter()
                .zip(kept)
                .filter(|(_, kept)| **kept)
                .map(|(column, _)| column.gap + column.width)
                .sum()
        };
        let mut order: Vec<(u8, usize)> = columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.drop > 0)
            .map(|(place, column)| (column.drop, place))
            .collect();
        order.sort_unstable();
        for (_, place) in order {
            if needed(&kept) <= width {
                break;
            }
            if let Some(kept) = kept.get_mut(place) {
                *kept = false;
            }
        }
        let total = needed(&kept);
        let places = columns
            .iter()
            .zip(&kept)
            .map(|(column, kept)| {
                let grown = (column.width + width.saturating_sub(total))
                    .saturating_sub(total.saturating_sub(width));
                kept.then_some((*column, if column.grows { grown } else { column.width }))
            })
            .collect();
        Self { places }
    }

    /// Columns given to column number `place`; none if it was dropped.
    pub fn width(&self, place: usize) -> Option<usize> {
        self.places
            .get(place)
            .copied()
            .flatten()
            .map(|(_, width)| width)
    }

    /// Puts one row together; a missing cell is blank, one too long is cut.
    pub fn row(&self, cells: impl IntoIterator<Item = Line>, glyphs: Glyphs) -> Line {
        let mut cells = cells.into_iter();
        let mut row = Line::new();
        for place in &self.places {
            let cell = cells.next().unwrap_or_default();
            if let Some((column, width)) = place {
                let cell = cell.spoken(glyphs).truncate(*width, glyphs);
                let cell = if column.right {
                    cell.pad_left(*width)
                } else {
                    cell.pad_right(*width)
                };
                row = row.space(column.gap).and(cell);
            }
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text::Shown;
    use crate::theme::Role;
    use crate::widgets::gauge::Gauge;

    fn row(width: usize) -> String {
        let gauge = Gauge {
            progress: Some(0.3098),
            expected: Some(0.548),
        };
        let cell = |text| Line::of(Role::Text, Shown::fixed(text));
        Layout::new(&goal::columns(4, 10), width)
            .row(
                [
                    cell(" "),
                    cell("  ▾ ■ Reduce churn to 2 %"),
                    cell("*"),
                    gauge.bar(10, Glyphs::Unicode, Role::OffTrack),
                    cell("31%"),
                    cell("Dec 31"),
                    cell("AS"),
                ],
                Glyphs::Unicode,
            )
            .text()
            .to_string()
    }

    #[test]
    fn a_goal_row_looks_as_drawn_in_both_layouts() {
        assert_eq!(
            row(60),
            "   ▾ ■ Reduce churn to 2 %       * ███··│····  31% Dec 31 AS"
        );
        assert_eq!(
            row(80),
            "   ▾ ■ Reduce churn to 2 %                           * ███··│····  31% Dec 31 AS"
        );
    }

    #[test]
    fn columns_go_in_the_order_owner_due_change_gauge() {
        let kept = |width| -> Vec<usize> {
            let layout = Layout::new(&goal::columns(4, 10), width);
            (0..7)
                .filter(|place| layout.width(*place).is_some())
                .collect()
        };
        assert_eq!(kept(49), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(kept(48), [0, 1, 2, 3, 4, 5]);
        assert_eq!(kept(45), [0, 1, 2, 3, 4]);
        assert_eq!(kept(38), [0, 1, 3, 4]);
        assert_eq!(kept(36), [0, 1, 4]);
        assert_eq!(kept(1), [0, 1, 4]);
    }

    #[test]
    fn the_name_keeps_sixteen_columns_as_long_as_anything_can_go() {
        for width in 26..300 {
            let layout = Layout::new(&goal::columns(4, 10), width);
            assert!(layout.width(goal::NAME).unwrap() >= 20);
            let used = row(width);
            assert_eq!(crate::model::text::columns(&used), width);
        }
        for width in 0..26 {
            assert!(
                Layout::new(&goal::columns(4, 10), width)
                    .width(goal::NAME)
                    .is_some()
            );
            row(width);
        }
    }
}
