//! Cells as bytes: places and styles in the fewest bytes that say the same, for
//! lines where each of them is felt. Chooses no colour: themes do.

use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::model::text::Shown;

/// What the terminal was told of the style that is on; default at the start and
/// at the end of every frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Style {
    front: Color,
    back: Color,
    modifiers: Modifier,
}

impl Style {
    fn of(cell: &Cell) -> Self {
        Self {
            front: cell.fg,
            back: cell.bg,
            modifiers: cell.modifier,
        }
    }
}

const PLAIN: Style = Style {
    front: Color::Reset,
    back: Color::Reset,
    modifiers: Modifier::empty(),
};

/// On and off codes; bold and dim share the latter.
const MODIFIERS: [(Modifier, &str, &str); 8] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::SLOW_BLINK, "5", "25"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::HIDDEN, "8", "28"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

/// Clearing the rest of a row costs as much as so many blanks.
const CLEAR: usize = 3;

/// Writes the cells of a frame in their order, and leaves the default style on.
/// `blank_from` says of each row where nothing but plain blanks is left in it, so
/// that the rest can be cleared at once.
///
/// # Errors
/// What `to` says.
pub(super) fn write(
    to: &mut impl Write,
    cells: &[(u16, u16, &Cell)],
    blank_from: &[u16],
) -> io::Result<()> {
    let mut on = PLAIN;
    // Where the terminal's cursor is: after a wide character nobody relies on it.
    let mut next = None;
    // The row in which every column so far is beyond doubt: not all terminals
    // agree on the width of signs.
    let mut sure = None;
    let mut cells = cells;
    while let Some(((x, y, cell), rest)) = cells.split_first() {
        let (x, y) = (*x, *y);
        cells = rest;
        if next != Some((x, y)) {
            match x {
                0 => write!(to, "\x1b[{}H", y + 1)?,
                x if sure == Some(y) => write!(to, "\x1b[{}G", x + 1)?,
                x => write!(to, "\x1b[{};{}H", y + 1, x + 1)?,
            }
            sure = Some(y);
        }
        let more = rest.iter().take_while(|(_, row, _)| *row == y).count();
        let is_rest_blank = blank_from
            .get(usize::from(y))
            .is_some_and(|from| x >= *from);
        if is_rest_blank && more >= CLEAR {
            if !is_blank_alike(on, PLAIN) {
                to.write_all(b"\x1b[m")?;
                on = PLAIN;
            }
            to.write_all(b"\x1b[K")?;
            cells = rest.get(more..).unwrap_or_default();
            next = Some((x, y));
            continue;
        }
        next = Some((x + 1, y));
        let style = Style::of(cell);
        if style != on && !(cell.symbol() == " " && is_blank_alike(on, style)) {
            write!(to, "\x1b[{}m", change(on, style))?;
            on = style;
        }
        if !cell.symbol().is_ascii() {
            sure = None;
        }
        to.write_all(cell.symbol().as_bytes())?;
    }
    if on == PLAIN {
        return Ok(());
    }
    to.write_all(b"\x1b[m")
}

/// Where the plain blanks at the end of each row of a picture begin.
pub(super) fn blank_from(buffer: &Buffer) -> Vec<u16> {
    let is_blank = |cell: &Cell| cell.symbol() == " " && is_blank_alike(Style::of(cell), PLAIN);
    let width = usize::from(buffer.area.width).max(1);
    buffer
        .content
        .chunks(width)
        .map(|row| {
            let drawn = row.iter().rposition(|cell| !is_blank(cell));
            u16::try_from(drawn.map_or(0, |last| last + 1)).unwrap_or(u16::MAX)
        })
        .collect()
}

/// A text in a style, for lists outside the screens: the style, the text and the
/// default style again.
pub fn styled(text: &Shown, style: ratatui::style::Style) -> String {
    let mut cell = Cell::new(" ");
    cell.set_style(style);
    let on = Style::of(&cell);
    if on == PLAIN {
        return text.as_str().to_owned();
    }
    format!("\x1b[{}m{text}\x1b[m", difference(PLAIN, on))
}

/// Whether a blank looks the same in both styles: its front is not seen unless
/// something turns or strikes it.
fn is_blank_alike(one: Style, other: Style) -> bool {
    const SEEN: Modifier = Modifier::REVERSED
        .union(Modifier::UNDERLINED)
        .union(Modifier::CROSSED_OUT);
    one.back == other.back && !(one.modifiers | other.modifiers).intersects(SEEN)
}

/// The numbers that turn one style into another: only what differs, or all of it
/// after a reset where that is shorter.
fn change(from: Style, to: Style) -> String {
    let differs = difference(from, to);
    let anew = difference(PLAIN, to);
    // The reset is written as nothing before a semicolon, and alone as nothing.
    if anew.is_empty() {
        anew
    } else if anew.len() + 1 < differs.len() {
        format!(";{anew}")
    } else {
        differs
    }
}

fn difference(from: Style, to: Style) -> String {
    let mut codes: Vec<String> = Vec::new();
    let mut had = from.modifiers;
    for (modifier, _, off) in MODIFIERS {
        if had.contains(modifier) && !to.modifiers.contains(modifier) {
            codes.push(off.to_owned());
            if off == "22" {
                had.remove(Modifier::BOLD | Modifier::DIM);
            }
        }
    }
    for (modifier, on, _) in MODIFIERS {
        if to.modifiers.contains(modifier) && !had.contains(modifier) {
            codes.push(on.to_owned());
        }
    }
    if from.front != to.front {
        codes.push(colour(to.front, 30));
    }
    if from.back != to.back {
        codes.push(colour(to.back, 40));
    }
    codes.join(";")
}

/// The number of a colour; `base` is 30 for the front, 40 for the back.
fn colour(colour: Color, base: u8) -> String {
    let number = match colour {
        Color::Reset => base + 9,
        Color::Black => base,
        Color::Red => base + 1,
        Color::Green => base + 2,
        Color::Yellow => base + 3,
        Color::Blue => base + 4,
        Color::Magenta => base + 5,
        Color::Cyan => base + 6,
        Color::Gray => base + 7,
        Color::DarkGray => base + 60,
        Color::LightRed => base + 61,
        Color::LightGreen => base + 62,
        Color::LightYellow => base + 63,
        Color::LightBlue => base + 64,
        Color::LightMagenta => base + 65,
        Color::LightCyan => base + 66,
        Color::White => base + 67,
        Color::Indexed(place) => return format!("{};5;{place}", base + 8),
        Color::Rgb(red, green, blue) => {
            return format!("{};2;{red};{green};{blue}", base + 8);
        }
    };
    number.to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::Style as Wanted;

    use super::*;

    fn written(cells: &[(u16, u16, Cell)]) -> String {
        written_over(cells, &[])
    }

    fn written_over(cells: &[(u16, u16, Cell)], blank_from: &[u16]) -> String {
        let cells: Vec<_> = cells.iter().map(|(x, y, cell)| (*x, *y, cell)).collect();
        let mut bytes = Vec::new();
        write(&mut bytes, &cells, blank_from).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_blank_rest_of_a_row_is_cleared_and_not_written() {
        let plain = Wanted::new();
        let cells: Vec<_> = (0..6).map(|x| (x, 0, cell(" ", plain))).collect();
        assert_eq!(written_over(&cells, &[0]), "\x1b[1H\x1b[K");
        assert_eq!(written_over(&cells, &[2]), "\x1b[1H  \x1b[K");
        // What clears takes the colours that are on.
        let back = (0, 0, cell("x", plain.bg(Color::Red)));
        let mut coloured = vec![back];
        coloured.extend((1..6).map(|x| (x, 0, cell(" ", plain))));
        coloured.push((0, 1, cell("y", plain)));
        let text = written_over(&coloured, &[1, 1]);
        assert_eq!(text, "\x1b[1H\x1b[41mx\x1b[m\x1b[K\x1b[2Hy");
    }

    #[test]
    fn a_row_ends_where_something_shows() {
        let mut buffer = Buffer::with_lines(["ab  ", "    ", "a b "]);
        assert_eq!(blank_from(&buffer), [2, 0, 3]);
        let turned = Wanted::new().add_modifier(Modifier::REVERSED);
        buffer.set_style(ratatui::layout::Rect::new(3, 1, 1, 1), turned);
        assert_eq!(blank_from(&buffer), [2, 4, 3]);
    }

    #[test]
    fn the_column_alone_is_told_only_where_widths_are_beyond_doubt() {
        let plain = Wanted::new();
        let behind = |first| written(&[(0, 0, cell(first, plain)), (9, 0, cell("b", plain))]);
        assert_eq!(behind("a"), "\x1b[1Ha\x1b[10Gb");
        assert_eq!(behind("●"), "\x1b[1H●\x1b[1;10Hb");
    }

    fn cell(symbol: &'static str, style: Wanted) -> Cell {
        let mut cell = Cell::new(symbol);
        cell.set_style(style);
        cell
    }

    #[test]
    fn neighbours_need_no_move_and_one_style_is_said_once() {
        let bold = Wanted::new().fg(Color::Red).add_modifier(Modifier::BOLD);
        let plain = Wanted::new();
        let cells = [
            (0, 2, cell("a", bold)),
            (1, 2, cell("b", bold)),
            (2, 2, cell("c", plain)),
            (9, 3, cell("d", plain)),
        ];
        assert_eq!(written(&cells), "\x1b[3H\x1b[1;31mab\x1b[mc\x1b[4;10Hd");
    }

    #[test]
    fn a_styled_text_ends_plain() {
        let text = crate::model::text::line("On track");
        let orange = Wanted::new()
            .fg(Color::Indexed(208))
            .add_modifier(Modifier::REVERSED);
        assert_eq!(styled(&text, orange), "\x1b[7;38;5;208mOn track\x1b[m");
        assert_eq!(styled(&text, Wanted::new()), "On track");
    }

    #[test]
    fn a_frame_ends_plain() {
        let reversed = Wanted::new().add_modifier(Modifier::REVERSED);
        assert_eq!(
            written(&[(0, 0, cell("a", reversed))]),
            "\x1b[1H\x1b[7ma\x1b[m"
        );
    }

    #[test]
    fn blanks_change_no_style_unless_it_shows() {
        let cyan = Wanted::new().fg(Color::Cyan);
        let plain = Wanted::new();
        let between = |style| {
            written(&[
                (0, 0, cell("a", cyan)),
                (1, 0, cell(" ", style)),
                (2, 0, cell("b", cyan)),
            ])
        };
        assert_eq!(between(plain), "\x1b[1H\x1b[36ma b\x1b[m");
        let turned = plain.add_modifier(Modifier::REVERSED);
        assert_eq!(between(turned), "\x1b[1H\x1b[36ma\x1b[;7m \x1b[;36mb\x1b[m");
    }

    #[test]
    fn dim_after_bold_takes_bold_back_first() {
        let style = |modifiers| Style { modifiers, ..PLAIN };
        let both = Modifier::BOLD | Modifier::DIM;
        let from = style(Modifier::BOLD | Modifier::REVERSED);
        assert_eq!(
            change(from, style(Modifier::DIM | Modifier::REVERSED)),
            "22;2"
        );
        assert_eq!(change(style(both), style(Modifier::BOLD)), ";1");
    }

    proptest! {
        /// Whatever styles follow each other, a terminal shows the cells.
        #[test]
        fn a_terminal_shows_what_the_cells_say(
            styles in proptest::collection::vec((0_u8..20, 0_u8..20, 0_u8..16), 1..30)
        ) {
            const HUES: [Color; 5] = [
                Color::Reset,
                Color::Red,
                Color::LightCyan,
                Color::Indexed(200),
                Color::Rgb(1, 2, 3),
            ];
            let hue = |place: u8| HUES[usize::from(place) % HUES.len()];
            let cells: Vec<(u16, u16, Cell)> = styles
                .iter()
                .zip(0_u16..)
                .map(|((front, back, bits), x)| {
                    let mut style = Wanted::new().fg(hue(*front)).bg(hue(*back));
                    for (bit, modifier) in [
                        (1, Modifier::BOLD),
                        (2, Modifier::DIM),
                        (4, Modifier::UNDERLINED),
                        (8, Modifier::REVERSED),
                    ] {
                        // The screen of this test knows one of bold and dim.
                        if bits & bit != 0 && !(bit == 2 && bits & 1 != 0) {
                            style = style.add_modifier(modifier);
                        }
                    }
                    (x, 0, cell("x", style))
                })
                .collect();
            let mut screen = vt100::Parser::default();
            screen.process(written(&cells).as_bytes());
            for (x, y, cell) in &cells {
                let shown = screen.screen().cell(*y, *x).unwrap();
                prop_assert_eq!(shown.bold(), cell.modifier.contains(Modifier::BOLD));
                prop_assert_eq!(shown.dim(), cell.modifier.contains(Modifier::DIM));
                prop_assert_eq!(shown.underline(), cell.modifier.contains(Modifier::UNDERLINED));
                prop_assert_eq!(shown.inverse(), cell.modifier.contains(Modifier::REVERSED));
                let front = match cell.fg {
                    Color::Red => vt100::Color::Idx(1),
                    Color::LightCyan => vt100::Color::Idx(14),
                    Color::Indexed(place) => vt100::Color::Idx(place),
                    Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
                    _ => vt100::Color::Default,
                };
                prop_assert_eq!(shown.fgcolor(), front);
            }
        }
    }
}
