//! A bordered rectangle in the middle, over everything else.

use ratatui::layout::Rect;

use super::line::Line;
use super::painter::Painter;
use crate::theme::Role;

/// A bordered rectangle of a wished size; smaller where the screen is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Set into the upper border; may be empty.
    pub title: Line,
    /// Columns wished for inside the border.
    pub width: u16,
    /// Rows wished for inside the border.
    pub height: u16,
}

impl Sheet {
    /// A sheet without a title.
    pub fn new(width: u16, height: u16) -> Self {
        Self {
            title: Line::new(),
            width,
            height,
        }
    }

    /// With a title in its border.
    #[must_use]
    pub fn titled(self, title: Line) -> Self {
        Self { title, ..self }
    }

    /// Where the sheet lies in `area`, border included.
    pub fn place(&self, area: Rect) -> Rect {
        let width = self.width.saturating_add(2).min(area.width);
        let height = self.height.saturating_add(2).min(area.height);
        Rect::new(
            area.x.saturating_add((area.width - width) / 2),
            area.y.saturating_add((area.height - height) / 2),
            width,
            height,
        )
    }

    /// Clears its place, draws the border and gives the inside. Takes the cursor
    /// and all clicks. Without room for a border the inside is all there is.
    pub fn draw<A: Copy>(&self, p: &mut Painter<'_, A>, area: Rect) -> Rect {
        let outer = self.place(area.intersection(p.area()));
        p.forget_cursor();
        p.forget_hits();
        p.clear(outer);
        if outer.width < 3 || outer.height < 3 {
            return outer;
        }
        let frame = p.glyphs().frame();
        let (right, bottom) = (outer.right() - 1, outer.bottom() - 1);
        let top_row = Rect::new(outer.x, outer.y, outer.width, 1);
        p.rule_titled(top_row, &self.title);
        p.rule_across(Rect::new(outer.x, bottom, outer.width, 1));
        p.rule_down(Rect::new(outer.x, outer.y, 1, outer.height));
        p.rule_down(Rect::new(right, outer.y, 1, outer.height));
        p.fixed(outer.x, outer.y, 1, frame.top_left, Role::Border);
        p.fixed(right, outer.y, 1, frame.top_right, Role::Border);
        p.fixed(outer.x, bottom, 1, frame.bottom_left, Role::Border);
        p.fixed(right, bottom, 1, frame.bottom_right, Role::Border);
        Rect::new(outer.x + 1, outer.y + 1, outer.width - 2, outer.height - 2)
    }
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{draw, drawn, every_size, rows};
    use super::*;
    use crate::model::text::line as clean;
    use crate::theme::Glyphs;

    #[test]
    fn a_sheet_lies_in_the_middle_over_a_cleared_place() {
        let sheet = Sheet::new(6, 1).titled(Line::new().fixed(Role::Title, "Ask"));
        let rows = drawn(12, 5, |p| {
            for y in 0..5 {
                p.text(0, y, 12, &clean("xxxxxxxxxxxx"), Role::Text);
            }
            let inside = sheet.draw(p, p.area());
            p.text(inside.x, inside.y, inside.width, &clean("y/N"), Role::Text);
        });
        assert_eq!(
            rows,
            [
                "xxxxxxxxxxxx",
                "xx┌ Ask ─┐xx",
                "xx│y/N   │xx",
                "xx└──────┘xx",
                "xxxxxxxxxxxx"
            ]
        );
    }

    #[test]
    fn ascii_borders_are_plus_minus_and_bar() {
        let buffer = draw(5, 3, Glyphs::Ascii, |p| {
            Sheet::new(99, 99).draw(p, p.area());
        });
        assert_eq!(rows(&buffer), ["+---+", "|   |", "+---+"]);
    }

    #[test]
    fn no_size_panics() {
        let sheet = Sheet::new(40, 10).titled(Line::new().fixed(Role::Title, "Title"));
        every_size(|p, area| {
            let inside = sheet.draw(p, area);
            assert!(inside.width <= area.width && inside.height <= area.height);
        });
    }
}
