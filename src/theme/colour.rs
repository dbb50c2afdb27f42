//! Colours by name and number, what they are as light, and what becomes of them
//! where a terminal has fewer.

use ratatui::style::Color;

/// How many colours a terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Its own 16.
    #[default]
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// Any.
    True,
}

impl Depth {
    /// What `COLORTERM` and `TERM` promise; `variable` gives the environment.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| variable(name).unwrap_or_default().to_ascii_lowercase();
        let (colour, term) = (value("COLORTERM"), value("TERM"));
        if colour.contains("truecolor") || colour.contains("24bit") || term.contains("direct") {
            return Depth::True;
        }
        // Terminals whose own name says enough.
        const MANY: [&str; 7] = [
            "256color",
            "kitty",
            "alacritty",
            "ghostty",
            "wezterm",
            "foot",
            "contour",
        ];
        if !colour.is_empty() || MANY.iter().any(|name| term.contains(name)) {
            Depth::Indexed
        } else {
            Depth::Sixteen
        }
    }

    /// `16`, `256`, `true` for lists.
    pub fn code(self) -> &'static str {
        match self {
            Depth::Sixteen => "16",
            Depth::Indexed => "256",
            Depth::True => "true",
        }
    }
}

/// The 16 colours by name, in the order of their numbers, as light in xterm.
const NAMED: [(&str, Color, [u8; 3]); 16] = [
    ("black", Color::Black, [0, 0, 0]),
    ("red", Color::Red, [205, 0, 0]),
    ("green", Color::Green, [0, 205, 0]),
    ("yellow", Color::Yellow, [205, 205, 0]),
    ("blue", Color::Blue, [0, 0, 238]),
    ("magenta", Color::Magenta, [205, 0, 205]),
    ("cyan", Color::Cyan, [0, 205, 205]),
    ("gray", Color::Gray, [229, 229, 229]),
    ("dark-gray", Color::DarkGray, [127, 127, 127]),
    ("light-red", Color::LightRed, [255, 0, 0]),
    ("light-green", Color::LightGreen, [0, 255, 0]),
    ("light-yellow", Color::LightYellow, [255, 255, 0]),
    ("light-blue", Color::LightBlue, [92, 92, 255]),
    ("light-magenta", Color::LightMagenta, [255, 0, 255]),
    ("light-cyan", Color::LightCyan, [0, 255, 255]),
    ("white", Color::White, [255, 255, 255]),
];

/// The names a colour may have, for suggestions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMED
        .iter()
        .map(|(name, ..)| *name)
        .chain(std::iter::once("default"))
}

/// A colour as themes write it: a name, 0 to 255, `#rrggbb` or `default`.
pub(super) fn parse(word: &str) -> Option<Color> {
    if word == "default" {
        return Some(Color::Reset);
    }
    if let Some((_, colour, _)) = NAMED.iter().find(|(name, ..)| *name == word) {
        return Some(*colour);
    }
    if let Some(digits) = word.strip_prefix('#') {
        let is_hex = digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        let [_, red, green, blue] = number.to_be_bytes();
        return Some(Color::Rgb(red, green, blue));
    }
    let is_number = word.chars().all(|digit| digit.is_ascii_digit());
    word.parse().ok().filter(|_| is_number).map(Color::Indexed)
}

/// A colour as [`parse`] reads it.
pub(super) fn word(colour: Color) -> String {
    match colour {
        Color::Reset => "default".to_owned(),
        Color::Indexed(place) => place.to_string(),
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        named => NAMED
            .iter()
            .find(|(_, colour, _)| *colour == named)
            .map_or_else(String::new, |(name, ..)| (*name).to_owned()),
    }
}

/// A colour as light, as xterm has it; the terminal's default is not known.
pub(super) fn light(colour: Color) -> Option<[u8; 3]> {
    match colour {
        Color::Reset => None,
        Color::Rgb(red, green, blue) => Some([red, green, blue]),
        Color::Indexed(place) => Some(of_palette(place)),
        named => NAMED
            .iter()
            .find(|(_, colour, _)| *colour == named)
            .map(|(.., light)| *light),
    }
}

fn of_palette(place: u8) -> [u8; 3] {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |part: u8| STEPS.get(usize::from(part % 6)).copied().unwrap_or(255);
    match place {
        0..16 => NAMED
            .get(usize::from(place))
            .map_or([0, 0, 0], |(.., light)| *light),
        16..232 => {
            let place = place - 16;
            [step(place / 36), step(place / 6), step(place)]
        }
        232.. => [8 + (place - 232) * 10; 3],
    }
}

/// A colour that a terminal of this depth shows, as near as can be.
pub(super) fn within(colour: Color, depth: Depth) -> Color {
    match (colour, depth) {
        (Color::Rgb(..), Depth::Indexed) => {
            nearest(colour, (16..=255).map(Color::Indexed)).unwrap_or(colour)
        }
        (Color::Rgb(..) | Color::Indexed(_), Depth::Sixteen) => {
            nearest(colour, NAMED.iter().map(|(_, colour, _)| *colour)).unwrap_or(colour)
        }
        _ => colour,
    }
}

fn nearest(wanted: Color, among: impl Iterator<Item = Color>) -> Option<Color> {
    let wanted = light(wanted)?;
    among
        .filter_map(|colour| {
            let apart: i32 = light(colour)?
                .iter()
                .zip(wanted)
                .map(|(one, other)| (i32::from(*one) - i32::from(other)).pow(2))
                .sum();
            Some((apart, colour))
        })
        .min_by_key(|(apart, _)| *apart)
        .map(|(_, colour)| colour)
}

/// One part of a colour as light of linear strength, 0 to 1 (WCAG 2.1).
pub(super) fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.040_45 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}

/// Relative luminance, 0 to 1 (WCAG 2.1).
fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// The contrast of two colours, 1 to 21 (WCAG 2.1).
pub(super) fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_what_the_environment_promises() {
        let of = |colour: &str, term: &str| {
            Depth::of(|name| match name {
                "COLORTERM" => Some(colour.to_owned()),
                "TERM" => Some(term.to_owned()),
                _ => None,
            })
        };
        assert_eq!(of("truecolor", "xterm"), Depth::True);
        assert_eq!(of("24bit", "screen"), Depth::True);
        assert_eq!(of("", "xterm-direct"), Depth::True);
        assert_eq!(of("", "tmux-256color"), Depth::Indexed);
        assert_eq!(of("yes", "xterm"), Depth::Indexed);
        assert_eq!(of("", "xterm-kitty"), Depth::Indexed);
        assert_eq!(of("", "linux"), Depth::Sixteen);
        assert_eq!(of("", ""), Depth::Sixteen);
    }

    #[test]
    fn colours_are_read_as_themes_write_them() {
        for (word, colour) in [
            ("red", Some(Color::Red)),
            ("light-cyan", Some(Color::LightCyan)),
            ("default", Some(Color::Reset)),
            ("208", Some(Color::Indexed(208))),
            ("#5fafff", Some(Color::Rgb(0x5f, 0xaf, 0xff))),
            ("256", None),
            ("+7", None),
            ("#5fa", None),
            ("#+fafff", None),
            ("grene", None),
            ("", None),
        ] {
            assert_eq!(parse(word), colour, "{word}");
            if let Some(colour) = colour {
                assert_eq!(super::word(colour), word);
            }
        }
    }

    #[test]
    fn the_palette_is_that_of_xterm() {
        for (place, light) in [
            (9, [255, 0, 0]),
            (16, [0, 0, 0]),
            (75, [95, 175, 255]),
            (208, [255, 135, 0]),
            (231, [255, 255, 255]),
            (232, [8, 8, 8]),
            (255, [238, 238, 238]),
        ] {
            assert_eq!(of_palette(place), light, "{place}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        // From the table of examples that goes with the formula.
        let grey = [119, 119, 119];
        for (one, other, ratio) in [
            ([0, 0, 0], [255, 255, 255], 21.0),
            ([255, 255, 255], [255, 255, 255], 1.0),
            (grey, [255, 255, 255], 4.48),
            ([255, 0, 0], [255, 255, 255], 4.0),
        ] {
            let found = contrast(one, other);
            assert!((found - ratio).abs() < 0.005, "{one:?} {other:?} {found}");
        }
    }

    #[test]
    fn fewer_colours_take_the_nearest() {
        let orange = Color::Rgb(255, 135, 0);
        assert_eq!(within(orange, Depth::True), orange);
        assert_eq!(within(orange, Depth::Indexed), Color::Indexed(208));
        assert_eq!(within(Color::Indexed(196), Depth::Sixteen), Color::LightRed);
        assert_eq!(within(Color::Indexed(231), Depth::Sixteen), Color::White);
        assert_eq!(within(Color::Cyan, Depth::Sixteen), Color::Cyan);
        assert_eq!(within(Color::Reset, Depth::Sixteen), Color::Reset);
    }
}
