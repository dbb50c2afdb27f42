//! A buffer to draw on in tests, read back as plain rows.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::painter::Painter;
use crate::theme::{Glyphs, Theme, ThemeName};

/// Draws on an empty buffer and gives it back.
pub fn draw(
    width: u16,
    height: u16,
    glyphs: Glyphs,
    with: impl FnOnce(&mut Painter<'_, u8>),
) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let theme = Theme::new(ThemeName::Auto);
    let mut painter = Painter::new(&mut buffer, &theme, glyphs);
    with(&mut painter);
    painter.finish();
    buffer
}

/// The rows of a buffer without trailing blanks.
pub fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (area.top()..area.bottom())
        .map(|y| {
            let mut row = String::new();
            let mut hidden = 0;
            for x in area.left()..area.right() {
                let symbol = buffer[(x, y)].symbol();
                if hidden == 0 {
                    row.push_str(symbol);
                    hidden = crate::model::text::columns(symbol).saturating_sub(1);
                } else {
                    hidden -= 1;
                }
            }
            row.trim_end().to_owned()
        })
        .collect()
}

/// Draws in Unicode and gives the rows.
pub fn drawn(width: u16, height: u16, with: impl FnOnce(&mut Painter<'_, u8>)) -> Vec<String> {
    rows(&draw(width, height, Glyphs::Unicode, with))
}

/// Calls `with` for many sizes of screen, and rectangles in and out of them, in
/// both character sets: nothing may panic.
pub fn every_size(mut with: impl FnMut(&mut Painter<'_, u8>, Rect)) {
    for width in [0, 1, 2, 3, 5, 9, 17, 40, 80, 200] {
        for height in [0, 1, 2, 3, 7, 24, 200] {
            for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                for area in [
                    Rect::new(0, 0, width, height),
                    Rect::new(1, 1, width.saturating_sub(2), height.saturating_sub(2)),
                    Rect::new(width / 2, height / 2, width, height),
                    Rect::new(width, height, 5, 5),
                    Rect::new(u16::MAX, u16::MAX, 0, 0),
                    Rect::new(u16::MAX - 1, u16::MAX - 1, u16::MAX, u16::MAX),
                ] {
                    draw(width, height, glyphs, |painter| with(painter, area));
                }
            }
        }
    }
}
