//! A screen as a picture: SVG with its text as text, so that it can be searched,
//! read aloud and compared line by line. Same screen, same bytes.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

/// Size of a cell; letters are 14 high.
const CELL: (f32, f32) = (8.4, 18.0);
/// Around the screen.
const EDGE: f32 = 10.0;
/// The colours of a quiet dark terminal: background, text, and the first sixteen.
const BACK: &str = "#1c1f26";
const FRONT: &str = "#d8dce4";
const SIXTEEN: [&str; 16] = [
    "#2a2e38", "#f07178", "#8ccf7e", "#e5c76b", "#67b0e8", "#c47fd5", "#6cbfbf", "#b3b9c5",
    "#6b7280", "#ff8f94", "#a6e39a", "#f0d98c", "#8cc8f5", "#d9a0e6", "#8fd6d6", "#ffffff",
];

/// How a run of cells looks.
#[derive(Clone, PartialEq)]
struct Look {
    front: String,
    back: Option<String>,
    bold: bool,
    dim: bool,
    underline: bool,
}

fn colour(colour: vt100::Color, usual: &str) -> String {
    match colour {
        vt100::Color::Default => usual.to_owned(),
        vt100::Color::Idx(place) => indexed(place),
        vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    }
}

/// A colour of the 256: sixteen named, a cube of six steps, and greys.
fn indexed(place: u8) -> String {
    match place {
        0..16 => SIXTEEN[usize::from(place)].to_owned(),
        16..232 => {
            let step = |part: u8| if part == 0 { 0 } else { 55 + part * 40 };
            let cube = place - 16;
            let (red, green, blue) = (step(cube / 36), step(cube / 6 % 6), step(cube % 6));
            format!("#{red:02x}{green:02x}{blue:02x}")
        }
        _ => {
            let grey = 8 + (place - 232) * 10;
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
    }
}

fn look(cell: &vt100::Cell) -> Look {
    let front = colour(cell.fgcolor(), FRONT);
    let back = match cell.bgcolor() {
        vt100::Color::Default => None,
        other => Some(colour(other, BACK)),
    };
    let (front, back) = if cell.inverse() {
        (back.unwrap_or_else(|| BACK.to_owned()), Some(front))
    } else {
        (front, back)
    };
    Look {
        front,
        back,
        bold: cell.bold(),
        dim: cell.dim(),
        underline: cell.underline(),
    }
}

/// Whether a cell shows nothing, whatever its style.
fn is_plain_blank(cell: &vt100::Cell) -> bool {
    let looks = look(cell);
    matches!(cell.contents(), "" | " ") && looks.back.is_none() && !looks.underline
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The screen under a title, which is read out where the picture is not seen.
pub fn svg(screen: &vt100::Screen, title: &str) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let width = f32::from(columns) * CELL.0 + 2.0 * EDGE;
    let height = f32::from(rows) * CELL.1 + 2.0 * EDGE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n<title>{}</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{BACK}\"/>\n\
         <g font-family=\"'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace\" \
         font-size=\"14\" fill=\"{FRONT}\" xml:space=\"preserve\">\n",
        escaped(title)
    );
    for row in 0..rows {
        let mut from = 0;
        while from < columns {
            let Some(first) = screen.cell(row, from) else {
                break;
            };
            // What style a blank has that shows none depends on what stood there before.
            if is_plain_blank(first) {
                from += 1;
                continue;
            }
            let as_first = look(first);
            let takes_blanks = as_first.back.is_none() && !as_first.underline;
            let mut text = String::new();
            let mut to = from;
            while let Some(cell) = screen
                .cell(row, to)
                .filter(|cell| look(cell) == as_first || takes_blanks && is_plain_blank(cell))
            {
                if !cell.is_wide_continuation() {
                    text.push_str(if cell.has_contents() {
                        cell.contents()
                    } else {
                        " "
                    });
                }
                to += 1;
            }
            run(&mut out, (row, from, to), &text, &as_first);
            from = to;
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn run(out: &mut String, (row, from, to): (u16, u16, u16), text: &str, look: &Look) {
    let place = |column: u16| f32::from(column) * CELL.0 + EDGE;
    let top = f32::from(row) * CELL.1 + EDGE;
    if let Some(back) = &look.back {
        writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{back}\"/>",
            place(from),
            f32::from(to - from) * CELL.0,
            CELL.1
        )
        .expect("a String takes every text");
    }
    let mut more = String::new();
    if look.front != FRONT {
        write!(more, " fill=\"{}\"", look.front).expect("text");
    }
    if look.bold {
        more.push_str(" font-weight=\"bold\"");
    }
    if look.dim {
        more.push_str(" opacity=\"0.65\"");
    }
    if look.underline {
        more.push_str(" text-decoration=\"underline\"");
    }
    for (blanks, words) in pieces(text) {
        let letters = u16::try_from(words.width()).expect("within a row");
        writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" textLength=\"{:.1}\" \
             lengthAdjust=\"spacingAndGlyphs\"{more}>{}</text>",
            place(from + blanks),
            top + 13.5,
            f32::from(letters) * CELL.0,
            escaped(words)
        )
        .expect("a String takes every text");
    }
}

/// The pieces of a row between two blanks and more, each with the column it begins
/// in: a font that is not quite as wide as ours must not shift what follows.
fn pieces(text: &str) -> Vec<(u16, &str)> {
    let mut pieces = Vec::new();
    let (mut column, mut rest) = (0, text);
    loop {
        let words = rest.trim_start_matches(' ');
        column += rest.len() - words.len();
        let end = words.find("  ").unwrap_or(words.len());
        let (piece, after) = words.split_at(end);
        if piece.is_empty() {
            return pieces;
        }
        let at = u16::try_from(column).expect("within a row");
        pieces.push((at, piece.trim_end_matches(' ')));
        column += piece.width();
        rest = after;
    }
}

#[test]
fn a_picture_has_the_text_its_colours_and_no_markup_of_its_own() {
    let mut screen = vt100::Parser::new(
        std::num::NonZero::new(2).expect("rows"),
        std::num::NonZero::new(20).expect("columns"),
        0,
    );
    screen.process(b"a <b> & \x1b[1;31mred\x1b[m\r\n\x1b[7m  turned \x1b[m");
    let picture = svg(screen.screen(), "A <title>");
    assert!(
        picture.contains("<title>A &lt;title&gt;</title>"),
        "{picture}"
    );
    assert!(picture.contains(">a &lt;b&gt; &amp;</text>"), "{picture}");
    assert!(
        picture.contains("fill=\"#f07178\" font-weight=\"bold\">red</text>"),
        "{picture}"
    );
    assert!(
        picture.contains(&format!("fill=\"{FRONT}\"/>")) && picture.contains(">turned</text>"),
        "{picture}"
    );
}

#[test]
fn colours_of_the_256_are_where_terminals_have_them() {
    assert_eq!(indexed(16), "#000000");
    assert_eq!(indexed(208), "#ff8700");
    assert_eq!(indexed(231), "#ffffff");
    assert_eq!(indexed(255), "#eeeeee");
}
