//! The characters that stand for states, bars and frames, in two sets.

use crate::model::status::ShownStatus;

/// The characters of the frame, the bars and the marks: two sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Glyphs {
    /// Box drawing, blocks, arrows; no private use.
    #[default]
    Unicode,
    /// ASCII only, for locales that are not UTF-8.
    Ascii,
}

/// The six characters of a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// `┌`
    pub top_left: &'static str,
    /// `┐`
    pub top_right: &'static str,
    /// `└`
    pub bottom_left: &'static str,
    /// `┘`
    pub bottom_right: &'static str,
    /// `─`
    pub across: &'static str,
    /// `│`
    pub down: &'static str,
}

impl Glyphs {
    fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self {
            Glyphs::Unicode => unicode,
            Glyphs::Ascii => ascii,
        }
    }

    /// The one-column sign of a status.
    pub fn status(self, status: ShownStatus) -> &'static str {
        let words = status.words();
        self.pick(words.glyph, words.ascii)
    }

    /// Before a row: children hidden, shown.
    pub fn fold(self, open: bool) -> &'static str {
        if open {
            self.pick("▾", "v")
        } else {
            self.pick("▸", ">")
        }
    }

    /// The sign of the focused row in column 1.
    pub fn focus(self) -> &'static str {
        ">"
    }

    /// Changed since the last look.
    pub fn changed(self) -> &'static str {
        "*"
    }

    /// Unread, and the points of a list.
    pub fn bullet(self) -> &'static str {
        self.pick("•", "*")
    }

    /// From before to now.
    pub fn arrow(self) -> &'static str {
        self.pick("→", "->")
    }

    /// At the end of what was cut.
    pub fn ellipsis(self) -> &'static str {
        self.pick("…", "~")
    }

    /// Between facts of one line.
    pub fn dot(self) -> &'static str {
        self.pick("·", ".")
    }

    /// An account in step, being read, offline, in trouble.
    pub fn synced(self) -> &'static str {
        self.pick("●", "+")
    }

    /// An account being read.
    pub fn reading(self) -> &'static str {
        self.pick("↻", "~")
    }

    /// How far something is: a bar of so many cells, done and to do.
    pub fn bar(self, done: usize, of: usize, cells: usize) -> String {
        let full = (done * cells).checked_div(of).unwrap_or(0).min(cells);
        self.pick("▓", "#").repeat(full) + &self.pick("░", ".").repeat(cells - full)
    }

    /// An account offline.
    pub fn offline(self) -> &'static str {
        self.pick("○", "o")
    }

    /// The outbox.
    pub fn outbox(self) -> &'static str {
        self.pick("⇪", "^")
    }

    /// Before and after an item.
    pub fn before(self) -> &'static str {
        self.pick("◀", "<")
    }

    /// After an item.
    pub fn after(self) -> &'static str {
        self.pick("▶", ">")
    }

    /// A check box.
    pub fn check_box(self, ticked: bool) -> &'static str {
        if ticked { "[x]" } else { "[ ]" }
    }

    /// A full cell of a gauge.
    pub fn full(self) -> &'static str {
        self.pick("█", "#")
    }

    /// An empty cell of a gauge.
    pub fn empty(self) -> &'static str {
        self.pick("·", ".")
    }

    /// A cell of a gauge filled to `eighths` of 8; ASCII knows full and empty.
    pub fn part(self, eighths: u8) -> &'static str {
        let part = match eighths {
            0 => return self.empty(),
            1 => "▏",
            2 => "▎",
            3 => "▍",
            4 => "▌",
            5 => "▋",
            6 => "▊",
            7 => "▉",
            8.. => return self.full(),
        };
        self.pick(part, self.empty())
    }

    /// Where the gauge should stand by now.
    pub fn expected(self) -> &'static str {
        self.pick("│", "|")
    }

    /// The gauge is past its end.
    pub fn beyond(self) -> &'static str {
        self.pick("▶", ">")
    }

    /// The gauge is before its start.
    pub fn below(self) -> &'static str {
        self.pick("◀", "<")
    }

    /// A guardrail that held, or broke, at one check-in.
    pub fn guardrail(self, held: bool) -> &'static str {
        if held {
            self.pick("●", "+")
        } else {
            self.pick("✘", "x")
        }
    }

    /// Left of a row of a chart, with a number beside it or without.
    pub fn chart_axis(self, has_number: bool) -> &'static str {
        match has_number {
            true => self.pick("┤", "+"),
            false => self.pick("│", "|"),
        }
    }

    /// Below a chart: the corner, the line, and today on it.
    pub fn chart_floor(self) -> (char, char, char) {
        match self {
            Glyphs::Unicode => ('└', '─', '┴'),
            Glyphs::Ascii => ('+', '-', '+'),
        }
    }

    /// Up through a chart: today.
    pub fn chart_today(self) -> char {
        match self {
            Glyphs::Unicode => '┊',
            Glyphs::Ascii => ':',
        }
    }

    /// Across a chart: a limit, a zone.
    pub fn chart_level(self) -> char {
        match self {
            Glyphs::Unicode => '─',
            Glyphs::Ascii => '_',
        }
    }

    /// In a chart: what is expected.
    pub fn chart_expected(self) -> char {
        match self {
            Glyphs::Unicode => '·',
            Glyphs::Ascii => '.',
        }
    }

    /// In a chart: what is foreseen.
    pub fn chart_ahead(self) -> char {
        match self {
            Glyphs::Unicode => '╌',
            Glyphs::Ascii => '-',
        }
    }

    /// In a chart: a row of the range of what is foreseen; whether it is the uppermost,
    /// the lowest, and the one foreseen.
    pub fn chart_range(self, top: bool, bottom: bool, middle: bool) -> char {
        let (unicode, ascii) = match (top, bottom, middle) {
            (true, true, _) => ('◇', '='),
            (_, _, true) => ('┤', '='),
            (true, false, false) => ('┐', '+'),
            (false, true, false) => ('┘', '+'),
            (false, false, false) => ('│', '|'),
        };
        match self {
            Glyphs::Unicode => unicode,
            Glyphs::Ascii => ascii,
        }
    }

    /// One column of a sparkline, `level` of 0–7.
    pub fn spark(self, level: u8) -> &'static str {
        match level {
            0 => self.pick("▁", "0"),
            1 => self.pick("▂", "1"),
            2 => self.pick("▃", "3"),
            3 => self.pick("▄", "4"),
            4 => self.pick("▅", "5"),
            5 => self.pick("▆", "6"),
            6 => self.pick("▇", "8"),
            7.. => self.pick("█", "9"),
        }
    }

    /// The characters of a border.
    pub fn frame(self) -> Frame {
        match self {
            Glyphs::Unicode => Frame {
                top_left: "┌",
                top_right: "┐",
                bottom_left: "└",
                bottom_right: "┘",
                across: "─",
                down: "│",
            },
            Glyphs::Ascii => Frame {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                across: "-",
                down: "|",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::status::Status;
    use crate::model::text;

    #[test]
    fn every_glyph_is_one_column_and_ascii_is_ascii() {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let mut all = vec![
                glyphs.fold(true),
                glyphs.fold(false),
                glyphs.focus(),
                glyphs.changed(),
                glyphs.bullet(),
                glyphs.ellipsis(),
                glyphs.dot(),
                glyphs.synced(),
                glyphs.reading(),
                glyphs.offline(),
                glyphs.outbox(),
                glyphs.before(),
                glyphs.after(),
                glyphs.full(),
                glyphs.empty(),
                glyphs.expected(),
                glyphs.beyond(),
                glyphs.below(),
                glyphs.guardrail(true),
                glyphs.guardrail(false),
                glyphs.frame().top_left,
                glyphs.frame().across,
                glyphs.frame().down,
            ];
            all.extend((0..=9).map(|eighths| glyphs.part(eighths)));
            all.extend((0..=9).map(|level| glyphs.spark(level)));
            all.extend(Status::ALL.map(|status| glyphs.status(ShownStatus::Said(status))));
            for glyph in all {
                assert_eq!(text::columns(glyph), 1, "{glyph}");
                assert!(glyphs == Glyphs::Unicode || glyph.is_ascii(), "{glyph}");
            }
        }
    }
}
