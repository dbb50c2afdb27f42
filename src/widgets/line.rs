//! One row of text in pieces, each with its role.

use std::ops::Range;

use crate::model::text::{self, Shown};
use crate::theme::{Glyphs, Role};

/// One row of text in pieces, each with its role. Draw it with
/// [`Painter::line`](super::painter::Painter::line).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pieces: Vec<(Shown, Role)>,
}

impl Line {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// A line of one piece.
    pub fn of(role: Role, text: Shown) -> Self {
        Self::new().put(role, text)
    }

    /// Adds a piece.
    #[must_use]
    pub fn put(mut self, role: Role, text: Shown) -> Self {
        self.push(role, text);
        self
    }

    /// Adds text of our own.
    #[must_use]
    pub fn fixed(self, role: Role, text: &'static str) -> Self {
        self.put(role, Shown::fixed(text))
    }

    /// Adds `count` spaces.
    #[must_use]
    pub fn space(self, count: usize) -> Self {
        self.put(Role::Text, Shown::spaces(count))
    }

    /// Adds another line's pieces.
    #[must_use]
    pub fn and(mut self, next: Line) -> Self {
        self.pieces.extend(next.pieces);
        self
    }

    /// Adds a piece in place.
    pub fn push(&mut self, role: Role, text: Shown) {
        if !text.is_empty() {
            self.pieces.push((text, role));
        }
    }

    /// The pieces in order.
    pub fn pieces(&self) -> &[(Shown, Role)] {
        &self.pieces
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Columns of the line.
    pub fn width(&self) -> usize {
        self.pieces.iter().map(|(text, _)| text.width()).sum()
    }

    /// The text without roles.
    pub fn text(&self) -> Shown {
        self.pieces
            .iter()
            .fold(Shown::default(), |text, (piece, _)| text.and(piece))
    }

    /// With spaces at its end up to `width` columns.
    #[must_use]
    pub fn pad_right(self, width: usize) -> Line {
        let missing = width.saturating_sub(self.width());
        self.space(missing)
    }

    /// With spaces at its start up to `width` columns.
    #[must_use]
    pub fn pad_left(self, width: usize) -> Line {
        let missing = width.saturating_sub(self.width());
        Line::new().space(missing).and(self)
    }

    /// At most `width` columns: what is longer ends in an ellipsis.
    #[must_use]
    pub fn truncate(self, width: usize, glyphs: Glyphs) -> Line {
        if self.width() <= width {
            return self;
        }
        let mut out = Line::new();
        let Some(mut room) = width.checked_sub(1) else {
            return out;
        };
        for (text, role) in self.pieces {
            let columns = text.width();
            if columns <= room {
                room -= columns;
                out.push(role, text);
            } else {
                let kept = text.prefix(room).len();
                out.push(role, text.slice(0..kept));
                out.push(role, Shown::fixed(glyphs.ellipsis()));
                break;
            }
        }
        out
    }

    /// The same line in the characters that `glyphs` allows.
    #[must_use]
    pub fn spoken(self, glyphs: Glyphs) -> Line {
        match glyphs {
            Glyphs::Unicode => self,
            Glyphs::Ascii => Line {
                pieces: self
                    .pieces
                    .into_iter()
                    .map(|(piece, role)| (text::ascii(&piece), role))
                    .collect(),
            },
        }
    }

    /// Every piece with another role.
    #[must_use]
    pub fn in_role(self, role: Role) -> Line {
        Line {
            pieces: self
                .pieces
                .into_iter()
                .map(|(text, _)| (text, role))
                .collect(),
        }
    }

    /// Soft-wrapped by words to rows of at most `width` columns; every row after
    /// the first begins with `hang` spaces. At least one row.
    pub fn wrap(&self, width: usize, hang: usize) -> Vec<Line> {
        let whole = self.text();
        let hang = hang.min(width.saturating_sub(1));
        let mut ranges = text::rows(whole.as_str(), width);
        if hang > 0 && ranges.len() > 1 {
            // The rows after the first are narrower: wrap them again.
            let first = ranges.first().cloned().unwrap_or(0..0);
            let next = ranges.get(1).map_or(first.end, |row| row.start);
            let rest = whole.as_str().get(next..).unwrap_or("");
            ranges = std::iter::once(first)
                .chain(
                    text::rows(rest, width - hang)
                        .into_iter()
                        .map(|row| row.start + next..row.end + next),
                )
                .collect();
        }
        ranges
            .into_iter()
            .enumerate()
            .map(|(place, range)| {
                let hang = if place == 0 { 0 } else { hang };
                Line::new().space(hang).and(self.slice(&range))
            })
            .collect()
    }

    /// The part at these bytes of [`Line::text`].
    fn slice(&self, range: &Range<usize>) -> Line {
        let mut out = Line::new();
        let mut at = 0;
        for (text, role) in &self.pieces {
            let length = text.as_str().len();
            let start = range.start.clamp(at, at + length);
            let end = range.end.clamp(at, at + length);
            out.push(*role, text.slice(start - at..end - at));
            at += length;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text::line as clean;

    fn mixed() -> Line {
        Line::new()
            .fixed(Role::OffTrack, "■ Off track")
            .space(2)
            .put(Role::Strong, clean("Reduce churn to 2 %"))
    }

    #[test]
    fn width_is_the_sum_of_the_pieces() {
        assert_eq!(mixed().width(), 11 + 2 + 19);
        assert!(Line::new().is_empty());
    }

    #[test]
    fn truncation_keeps_roles_and_ends_in_an_ellipsis() {
        let line = mixed().truncate(16, Glyphs::Unicode);
        assert_eq!(line.text().as_str(), "■ Off track  Re…");
        assert_eq!(line.pieces().last().unwrap().1, Role::Strong);
        assert_eq!(mixed().truncate(0, Glyphs::Unicode).width(), 0);
        assert_eq!(mixed().truncate(99, Glyphs::Unicode), mixed());
        let ascii = mixed().spoken(Glyphs::Ascii).truncate(5, Glyphs::Ascii);
        assert_eq!(ascii.text().as_str(), "x Of~");
    }

    #[test]
    fn truncation_at_a_piece_edge_still_shows_the_ellipsis() {
        let line = Line::new().fixed(Role::Text, "abc").fixed(Role::Dim, "def");
        assert_eq!(line.truncate(4, Glyphs::Unicode).text().as_str(), "abc…");
    }

    #[test]
    fn wrapping_keeps_roles_across_rows_and_hangs() {
        let line = Line::new()
            .fixed(Role::Key, "- ")
            .fixed(Role::Text, "one two ")
            .fixed(Role::Strong, "three four");
        let rows = line.wrap(10, 2);
        let texts: Vec<_> = rows.iter().map(|row| row.text().to_string()).collect();
        assert_eq!(texts, ["- one two", "  three", "  four"]);
        assert_eq!(rows[1].pieces().last().unwrap().1, Role::Strong);
        assert_eq!(Line::new().wrap(10, 2).len(), 1);
    }

    #[test]
    fn padding_goes_left_or_right() {
        let line = Line::new().fixed(Role::Text, "ab");
        assert_eq!(line.clone().pad_left(4).text().as_str(), "  ab");
        assert_eq!(line.pad_right(4).text().as_str(), "ab  ");
    }
}
