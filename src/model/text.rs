//! Foreign text made safe, measured and cut.
//!
//! Only the functions of this module make a [`Shown`], and only a [`Shown`] may
//! go to the screen, to stdout and stderr, to the log or to the clipboard. The
//! raw text stays where it came from.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Characters a one-line text may have; what is longer ends in `…`.
pub const LINE_CAP: usize = 1_000;

/// Bytes a multi-line text may have, the words on what is missing included.
pub const FIELD_CAP: usize = 64 * 1024;

/// Bytes kept free for `… 1.2 MB not shown`.
const NOTICE_ROOM: usize = 48;

/// Combining marks one character may carry.
const MARKS: u8 = 4;

/// What stands for a character that may not be shown.
const REPLACEMENT: char = '\u{FFFD}';

/// Text that may go to a terminal: only the cleaner makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shown(Cow<'static, str>);

/// Cleans what `format!` makes of its arguments, as one line.
#[macro_export]
macro_rules! shown {
    ($($arg:tt)*) => { $crate::model::text::line(&format!($($arg)*)) };
}

/// `text` as one line: line breaks and tabs become a space. At most
/// [`LINE_CAP`] characters and `…`.
pub fn line(text: &str) -> Shown {
    let plain = |byte: u8| (0x20..0x7f).contains(&byte);
    if text.len() <= LINE_CAP && text.bytes().all(plain) {
        return Shown(Cow::Owned(text.to_owned()));
    }
    Cleaner::new(text, Mode::Line).run()
}

/// `text` with its line breaks as LF and its tabs as spaces. At most
/// [`FIELD_CAP`] bytes; what is longer says at its end how much is missing.
pub fn block(text: &str) -> Shown {
    let plain = |byte: u8| byte == b'\n' || (0x20..0x7f).contains(&byte);
    if text.len() <= FIELD_CAP && text.bytes().all(plain) {
        return Shown(Cow::Owned(text.to_owned()));
    }
    Cleaner::new(text, Mode::Block).run()
}

/// Bytes as text: each invalid part becomes U+FFFD.
pub fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Text on its way into an editor: line breaks are LF, tabs are spaces, and
/// every character that [`block`] would replace or drop is gone. Accents are
/// composed, so that one keystroke removes a letter. No length limit.
pub fn editable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match fate(c) {
            Fate::Keep => out.push(c),
            Fate::Break => {
                if c == '\r' {
                    characters.next_if_eq(&'\n');
                }
                out.push('\n');
            }
            Fate::Tab => out.push_str("    "),
            Fate::Replace(sign @ ('\u{309b}' | '\u{309c}')) => out.push(sign),
            Fate::Replace(_) | Fate::Drop => {}
        }
    }
    if out.is_ascii() {
        out
    } else {
        out.nfc().collect()
    }
}

/// Whether a terminal may be sent `text` as it is: no line break, no control,
/// no invisible or reordering character.
pub fn is_clean(text: &str) -> bool {
    text.chars().all(|c| fate(c) == Fate::Keep)
}

/// `text` for terminals that know ASCII only. Width may change (`→` becomes
/// `->`), so convert first and measure then.
pub fn ascii(text: &Shown) -> Shown {
    if text.0.is_ascii() {
        return text.clone();
    }
    let mut out = String::with_capacity(text.0.len());
    for c in text.0.chars() {
        push_ascii(c, &mut out);
    }
    Shown(Cow::Owned(out))
}

/// Columns of one grapheme.
pub fn columns_of(grapheme: &str) -> usize {
    match grapheme.len() {
        0 => 0,
        1 => 1,
        _ => grapheme.width(),
    }
}

/// Columns of clean text without line breaks.
pub fn columns(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.graphemes(true).map(columns_of).sum()
    }
}

/// Breaks one line of text into rows of at most `width` columns, at spaces
/// where there are any, else between graphemes. Gives byte ranges without the
/// spaces at a row's end; at least one range. A grapheme wider than `width`
/// stands alone in its row.
pub fn rows(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    let mut used = 0;
    // The last space at which this row may end: its start and end byte, and the
    // columns written since.
    let mut space: Option<(usize, usize)> = None;
    let mut since = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let columns = columns_of(grapheme);
        if grapheme == " " {
            if used + columns > width && at > start {
                rows.push(trimmed(text, start..at));
                start = at + 1;
                used = 0;
                space = None;
            } else {
                used += columns;
                space = Some((at, at + 1));
                since = 0;
            }
            continue;
        }
        while used + columns > width && at > start {
            let at_space = space
                .take()
                .filter(|(end, _)| !text.get(start..*end).unwrap_or("").trim().is_empty());
            if let Some((end, next)) = at_space {
                rows.push(trimmed(text, start..end));
                start = next;
                used = since;
            } else {
                rows.push(trimmed(text, start..at));
                start = at;
                used = 0;
            }
        }
        used += columns;
        since += columns;
    }
    if start < text.len() || rows.is_empty() {
        rows.push(trimmed(text, start..text.len()));
    }
    rows
}

fn trimmed(text: &str, row: Range<usize>) -> Range<usize> {
    let end = text.get(row.clone()).unwrap_or("").trim_end_matches(' ');
    row.start..row.start + end.len()
}

impl Shown {
    /// Text of our own, known to be clean.
    pub const fn fixed(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// `count` spaces.
    pub fn spaces(count: usize) -> Self {
        const SPACES: &str = "                                                                ";
        match SPACES.get(..count) {
            Some(spaces) => Self::fixed(spaces),
            None => Self(Cow::Owned(" ".repeat(count))),
        }
    }

    /// The clean text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Columns of the text; of the widest line if there are several.
    pub fn width(&self) -> usize {
        self.0.split('\n').map(columns).max().unwrap_or(0)
    }

    /// The lines one by one.
    pub fn lines(&self) -> impl Iterator<Item = Shown> + '_ {
        self.0
            .split('\n')
            .map(|line| Shown(Cow::Owned(line.to_owned())))
    }

    /// At most `width` columns: what is longer ends in `…`.
    #[must_use]
    pub fn truncate(&self, width: usize) -> Shown {
        self.cut(width, "…")
    }

    /// At most `width` columns: what is longer ends in `mark`, one column wide.
    #[must_use]
    pub fn cut(&self, width: usize, mark: &'static str) -> Shown {
        if self.width() <= width {
            return self.clone();
        }
        if width == 0 {
            return Shown::default();
        }
        let mut out = self.prefix(width - 1).to_owned();
        out.push_str(mark);
        Shown(Cow::Owned(out))
    }

    /// The longest beginning of at most `width` columns, cut between graphemes.
    pub fn prefix(&self, width: usize) -> &str {
        let mut used = 0;
        for (at, grapheme) in self.0.grapheme_indices(true) {
            used += columns_of(grapheme);
            if used > width || grapheme == "\n" {
                return self.0.get(..at).unwrap_or("");
            }
        }
        &self.0
    }

    /// With spaces at its end up to `width` columns.
    #[must_use]
    pub fn pad_right(&self, width: usize) -> Shown {
        let missing = width.saturating_sub(self.width());
        self.and(&Shown::spaces(missing))
    }

    /// With spaces at its start up to `width` columns.
    #[must_use]
    pub fn pad_left(&self, width: usize) -> Shown {
        let missing = width.saturating_sub(self.width());
        Shown::spaces(missing).and(self)
    }

    /// This text and then `next`.
    #[must_use]
    pub fn and(&self, next: &Shown) -> Shown {
        if next.is_empty() {
            self.clone()
        } else if self.is_empty() {
            next.clone()
        } else {
            Shown(Cow::Owned(format!("{}{}", self.0, next.0)))
        }
    }

    /// The part of the text at these bytes; empty if they cut a character.
    #[must_use]
    pub fn slice(&self, bytes: Range<usize>) -> Shown {
        match &self.0 {
            Cow::Borrowed(text) => Shown(Cow::Borrowed(text.get(bytes).unwrap_or(""))),
            Cow::Owned(text) => Shown(Cow::Owned(text.get(bytes).unwrap_or("").to_owned())),
        }
    }

    /// Soft-wrapped by words to rows of at most `width` columns, at least one.
    pub fn wrap(&self, width: usize) -> Vec<Shown> {
        self.lines()
            .flat_map(|line| {
                rows(line.as_str(), width)
                    .into_iter()
                    .map(|row| line.slice(row))
                    .collect::<Vec<_>>()
            })
            .collect()
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What becomes of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Keep,
    Break,
    Tab,
    Replace(char),
    Drop,
}

fn fate(c: char) -> Fate {
    match c {
        ' '..='~' => Fate::Keep,
        '\t' => Fate::Tab,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Fate::Break,
        // The pictures of control characters: ␛ for ESC.
        '\0'..='\u{1f}' => {
            Fate::Replace(char::from_u32(0x2400 + u32::from(c)).unwrap_or(REPLACEMENT))
        }
        '\u{7f}' => Fate::Replace('\u{2421}'),
        '\u{80}'..='\u{9f}' => Fate::Replace(REPLACEMENT),
        // Below U+00AD nothing else is wrong: Latin text leaves here.
        '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' => Fate::Keep,
        // Seen, not obeyed.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Fate::Replace(REPLACEMENT),
        '\u{61c}' | '\u{200e}' | '\u{200f}' => Fate::Drop,
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => Fate::Drop,
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}' => {
            Fate::Replace(REPLACEMENT)
        }
        // Single glyphs that terminals draw far over their cell.
        '\u{2e3a}' | '\u{2e3b}' | '\u{fdfa}' | '\u{fdfd}' | '\u{12031}' | '\u{12219}'
        | '\u{1242b}' => Fate::Replace(REPLACEMENT),
        // ratatui 0.30.2 counts the halfwidth sound marks twice with
        // unicode-width 0.2.3 and would leave stale cells behind them; the full
        // ones say the same.
        '\u{ff9e}' => Fate::Replace('\u{309b}'),
        '\u{ff9f}' => Fate::Replace('\u{309c}'),
        _ if u32::from(c) & 0xfffe == 0xfffe => Fate::Replace(REPLACEMENT),
        _ if c.width().unwrap_or(0) > 2 => Fate::Replace(REPLACEMENT),
        _ => Fate::Keep,
    }
}

/// Whether `c` is drawn onto the character before it.
fn is_mark(c: char) -> bool {
    c.width() == Some(0)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Line,
    Block,
}

/// One pass over a text. Limits count what comes out, not what goes in.
struct Cleaner<'a> {
    input: &'a str,
    mode: Mode,
    out: String,
    /// Characters written.
    count: usize,
    /// Columns since the last line break, for tabs.
    column: usize,
    /// Whether a mark has something to sit on.
    has_base: bool,
    /// Marks on the present base.
    marks: u8,
    /// The last place with room for the notice: bytes out, bytes in.
    last_room: (usize, usize),
    full: bool,
}

impl<'a> Cleaner<'a> {
    fn new(input: &'a str, mode: Mode) -> Self {
        Self {
            input,
            mode,
            out: String::with_capacity(input.len().min(FIELD_CAP)),
            count: 0,
            column: 0,
            has_base: false,
            marks: 0,
            last_room: (0, 0),
            full: false,
        }
    }

    fn run(mut self) -> Shown {
        let mut characters = self.input.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            if self.out.len() <= FIELD_CAP - NOTICE_ROOM {
                self.last_room = (self.out.len(), at);
            }
            match fate(c) {
                Fate::Keep => self.keep(c),
                Fate::Replace(picture) => self.base(picture),
                Fate::Drop => {}
                Fate::Break => {
                    if c == '\r' {
                        characters.next_if(|(_, next)| *next == '\n');
                    }
                    self.line_break();
                }
                Fate::Tab if self.mode == Mode::Line => self.base(' '),
                Fate::Tab => {
                    for _ in 0..4 - self.column % 4 {
                        self.base(' ');
                    }
                }
            }
            if self.full {
                self.end();
                break;
            }
        }
        Shown(Cow::Owned(self.out))
    }

    fn keep(&mut self, c: char) {
        if !is_mark(c) {
            self.base(c);
            return;
        }
        if !self.has_base {
            self.base('◌');
        }
        if self.marks < MARKS {
            self.marks += 1;
            self.push(c);
        }
    }

    fn base(&mut self, c: char) {
        self.push(c);
        self.column += c.width().unwrap_or(0);
        self.has_base = true;
        self.marks = 0;
    }

    fn line_break(&mut self) {
        if self.mode == Mode::Line {
            self.base(' ');
        } else {
            self.push('\n');
            self.column = 0;
            self.has_base = false;
            self.marks = 0;
        }
    }

    fn push(&mut self, c: char) {
        self.full = self.full
            || match self.mode {
                Mode::Line => self.count == LINE_CAP,
                Mode::Block => self.out.len() + c.len_utf8() > FIELD_CAP,
            };
        if !self.full {
            self.out.push(c);
            self.count += 1;
        }
    }

    fn end(&mut self) {
        if self.mode == Mode::Line {
            self.out.push('…');
            return;
        }
        let (kept, read) = self.last_room;
        self.out.truncate(kept);
        let missing = size(self.input.len() - read);
        self.out.push_str(&format!("… {missing} not shown"));
    }
}

/// A number of bytes for people: `12 bytes`, `640 KB`, `1.2 MB`.
pub fn size(bytes: usize) -> String {
    // Sizes of text in memory: far below 2^52, so nothing is lost.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let exact = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.0} KB", (exact / 1e3).floor()),
        _ => format!("{:.1} MB", exact / 1e6),
    }
}

fn push_ascii(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c);
        return;
    }
    if let Some(own) = own_ascii(c) {
        out.push_str(own);
        return;
    }
    // ␛ is ^[ as other programs without Unicode write it.
    if let Some(control) = u32::from(c).checked_sub(0x2400).filter(|code| *code < 0x20) {
        out.push('^');
        out.push(char::from_u32(control + 0x40).unwrap_or('?'));
        return;
    }
    if is_mark(c) {
        return;
    }
    let before = out.len();
    unicode_normalization::char::decompose_compatible(c, |part| match part {
        '\u{2044}' => out.push('/'),
        _ if part.is_ascii() && !part.is_ascii_control() => out.push(part),
        _ => {}
    });
    if out.len() == before {
        out.extend(std::iter::repeat_n('?', c.width().unwrap_or(0)));
    }
}

/// Characters that we draw ourselves, and letters that no decomposition helps.
fn own_ascii(c: char) -> Option<&'static str> {
    Some(match c {
        '→' => "->",
        '←' => "<-",
        '↑' | '⇪' => "^",
        '↓' | '▾' => "v",
        '▸' | '▶' | '›' | '»' => ">",
        '◀' | '‹' | '«' => "<",
        '…' | '↻' => "~",
        '–' | '—' | '‑' | '‐' | '−' | '─' | '✘' => "-",
        '‘' | '’' | '‚' => "'",
        '“' | '”' | '„' => "\"",
        '·' | '○' => ".",
        '•' | '✔' | '✓' => "*",
        '●' => "+",
        '▲' => "!",
        '■' | '✗' | '×' => "x",
        '‖' => "=",
        '◌' => "?",
        '│' | '┤' | '├' => "|",
        '┌' | '┐' | '└' | '┘' | '┼' | '┬' | '┴' => "+",
        '█' | '▉' | '▊' | '▋' | '▇' | '▆' | '▅' | '▄' => "#",
        '▌' | '▍' | '▎' | '▏' | '▃' | '▂' | '▁' => ".",
        '☐' => "[ ]",
        '☑' | '☒' => "[x]",
        '␡' => "^?",
        '÷' => "/",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '±' => "+-",
        '€' => "EUR",
        '£' => "GBP",
        '¥' => "JPY",
        '°' => "o",
        'ß' => "ss",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'ø' => "o",
        'Ø' => "O",
        'ł' => "l",
        'Ł' => "L",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'þ' => "th",
        'Þ' => "Th",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn l(text: &str) -> String {
        line(text).as_str().to_owned()
    }

    fn b(text: &str) -> String {
        block(text).as_str().to_owned()
    }

    #[test]
    fn plain_text_stays() {
        assert_eq!(l("Reduce churn to 2 %"), "Reduce churn to 2 %");
        assert_eq!(b("a\nb"), "a\nb");
        assert_eq!(l("Ünïcödé 漢字 😀"), "Ünïcödé 漢字 😀");
    }

    #[test]
    fn line_breaks_become_one_break_or_one_space() {
        for text in [
            "a\r\nb",
            "a\rb",
            "a\nb",
            "a\u{b}b",
            "a\u{c}b",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{2029}b",
        ] {
            assert_eq!(b(text), "a\nb", "{text:?}");
            assert_eq!(l(text), "a b", "{text:?}");
        }
        assert_eq!(b("a\n\rb"), "a\n\nb");
    }

    #[test]
    fn tabs_go_to_the_next_multiple_of_four() {
        assert_eq!(b("a\tb\n\tc\nabcd\te"), "a   b\n    c\nabcd    e");
        assert_eq!(b("漢\tb"), "漢  b");
        assert_eq!(l("a\t\tb"), "a  b");
    }

    #[test]
    fn control_characters_become_their_pictures() {
        assert_eq!(l("\u{1b}[31mred\u{7}"), "␛[31mred␇");
        assert_eq!(b("\0\u{8}\u{e}\u{1f}\u{7f}"), "␀␈␎␟␡");
    }

    #[test]
    fn c1_and_bidi_controls_are_seen_not_obeyed() {
        for c in [
            '\u{80}', '\u{84}', '\u{86}', '\u{9b}', '\u{9f}', '\u{202a}', '\u{202e}', '\u{2066}',
            '\u{2069}',
        ] {
            assert_eq!(l(&format!("a{c}b")), "a\u{fffd}b", "{c:?}");
            assert_eq!(b(&format!("a{c}b")), "a\u{fffd}b", "{c:?}");
        }
    }

    #[test]
    fn marks_of_direction_and_the_invisible_are_dropped() {
        for code in [
            0x61c, 0x200e, 0x200f, 0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180f,
            0x200b, 0x200d, 0x2060, 0x2065, 0x206a, 0x206f, 0x3164, 0xfe00, 0xfe0f, 0xfeff, 0xffa0,
            0xfff0, 0xfffb, 0x1bca0, 0x1bca3, 0x1d173, 0x1d17a, 0xe0000, 0xe0fff,
        ] {
            let c = char::from_u32(code).unwrap();
            assert_eq!(l(&format!("a{c}b")), "ab", "{code:x}");
            assert_eq!(b(&format!("a{c}b")), "ab", "{code:x}");
        }
        assert_eq!(l("👩\u{200d}💻"), "👩💻");
    }

    #[test]
    fn private_wide_and_no_characters_are_replaced() {
        for code in [
            0xe000, 0xf8ff, 0xf0000, 0x10fffd, 0x10ffff, 0xfdfd, 0x2e3b, 0xfdd0, 0xfdef, 0xfffe,
            0xffff, 0x1fffe, 0x1ffff,
        ] {
            let c = char::from_u32(code).unwrap();
            assert_eq!(l(&format!("a{c}b")), "a\u{fffd}b", "{code:x}");
        }
    }

    #[test]
    fn at_most_four_marks_sit_on_one_base() {
        assert_eq!(
            l("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}x"),
            "e\u{301}\u{301}\u{301}\u{301}x"
        );
        assert_eq!(l("\u{301}a"), "◌\u{301}a");
        assert_eq!(b("a\n\u{301}"), "a\n◌\u{301}");
    }

    #[test]
    fn invalid_bytes_are_replaced_part_by_part() {
        assert_eq!(
            l(&utf8(b"a\xf0\x9f\x98b\xffc\xc3")),
            "a\u{fffd}b\u{fffd}c\u{fffd}"
        );
    }

    #[test]
    fn a_line_is_cut_at_its_cap_counting_what_comes_out() {
        for (given, kept) in [(999, 999), (1_000, 1_000)] {
            assert_eq!(l(&"é".repeat(given)).chars().count(), kept);
            assert_eq!(l(&"a".repeat(given)).len(), kept);
        }
        let long = l(&"é".repeat(1_001));
        assert_eq!(long.chars().count(), 1_001);
        assert!(long.ends_with("é…"));
        // What is dropped does not count, what is added does.
        assert_eq!(l(&"\u{200b}é".repeat(1_000)), "é".repeat(1_000));
        assert!(l(&"x".repeat(1_001)).ends_with("x…"));
    }

    #[test]
    fn a_field_is_cut_at_its_cap_and_says_what_is_missing() {
        for given in [FIELD_CAP - 1, FIELD_CAP] {
            assert_eq!(block(&"a".repeat(given)).as_str().len(), given);
        }
        let long = block(&"a".repeat(FIELD_CAP + 1));
        assert!(long.as_str().len() <= FIELD_CAP);
        assert!(long.as_str().ends_with("aaa… 49 bytes not shown"), "{long}");
        let tabs = block(&"\t".repeat(FIELD_CAP));
        assert!(tabs.as_str().len() <= FIELD_CAP);
        assert!(tabs.as_str().ends_with("… 49 KB not shown"));
        assert!(
            b(&"é".repeat(1_000_000)).ends_with("é… 1.9 MB not shown"),
            "count what comes out"
        );
    }

    #[test]
    fn width_counts_columns() {
        assert_eq!(line("abc").width(), 3);
        assert_eq!(line("漢字").width(), 4);
        assert_eq!(line("e\u{301}").width(), 1);
        assert_eq!(line("●▲■·…→").width(), 6);
        assert_eq!(line("ｶﾞ").as_str(), "ｶ゛");
        assert_eq!(line("ｶﾞ").width(), 3);
        assert_eq!(block("ab\nabcd\n").width(), 4);
    }

    #[test]
    fn truncation_never_cuts_a_grapheme() {
        let text = line("漢字ab");
        assert_eq!(text.truncate(6).as_str(), "漢字ab");
        assert_eq!(text.truncate(5).as_str(), "漢字…");
        assert_eq!(text.truncate(4).as_str(), "漢…");
        assert_eq!(text.truncate(1).as_str(), "…");
        assert_eq!(text.truncate(0).as_str(), "");
        assert_eq!(line("e\u{301}e\u{301}e").truncate(2).as_str(), "e\u{301}…");
    }

    #[test]
    fn padding_reaches_the_width_and_no_further() {
        assert_eq!(line("漢").pad_right(4).as_str(), "漢  ");
        assert_eq!(line("47%").pad_left(5).as_str(), "  47%");
        assert_eq!(line("long").pad_left(2).as_str(), "long");
        assert_eq!(Shown::spaces(200).width(), 200);
    }

    #[test]
    fn wrapping_prefers_words() {
        let wrap = |text: &str, width| -> Vec<String> {
            block(text)
                .wrap(width)
                .iter()
                .map(|row| row.as_str().to_owned())
                .collect()
        };
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(wrap("  in", 9), ["  in"]);
        assert_eq!(wrap("漢字漢字", 3), ["漢", "字", "漢", "字"]);
        assert_eq!(wrap("", 3), [""]);
    }

    #[test]
    fn ascii_keeps_the_sense() {
        let a = |text: &str| ascii(&line(text)).as_str().to_owned();
        assert_eq!(a("4.10 → 2.00 %"), "4.10 -> 2.00 %");
        assert_eq!(a("“née Núñez” – ½ …"), "\"nee Nunez\" - 1/2 ~");
        assert_eq!(a("31\u{a0}%"), "31 %");
        assert_eq!(a("漢字 Москва"), "???? ??????");
        assert_eq!(a("\u{1b}[31m"), "^[[31m");
        assert_eq!(a("Straße"), "Strasse");
        assert_eq!(a("a\u{fffd}"), "a?");
    }

    #[test]
    fn editors_get_text_without_the_forbidden() {
        assert_eq!(editable("a\r\nb\u{1b}[0m\tc\u{202e}"), "a\nb[0m    c");
        assert_eq!(editable("e\u{301}"), "é");
    }

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(640_123), "640 KB");
        assert_eq!(size(1_234_567), "1.2 MB");
    }

    #[test]
    fn the_macro_cleans_what_it_formats() {
        assert_eq!(shown!("{}: {}", "a\u{1b}", 1).as_str(), "a␛: 1");
    }

    fn awkward() -> impl Strategy<Value = String> {
        let c = prop_oneof![
            any::<char>(),
            proptest::char::range('\0', '\u{300}'),
            proptest::char::range('\u{300}', '\u{310}'),
            proptest::char::range('\u{1100}', '\u{1200}'),
            proptest::char::range('\u{2000}', '\u{2070}'),
            proptest::char::range('\u{1f1e6}', '\u{1f200}'),
            proptest::char::range('\u{fe00}', '\u{ffff}'),
        ];
        proptest::collection::vec(c, 0..1_500).prop_map(|cs| cs.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn cleaning_leaves_only_what_may_be_shown(text in awkward()) {
            let one = line(&text);
            prop_assert!(is_clean(one.as_str()));
            prop_assert!(one.as_str().chars().count() <= LINE_CAP + 1);
            prop_assert!(!one.as_str().contains('\n'));
            let many = block(&text);
            prop_assert!(many.as_str().split('\n').all(is_clean));
            prop_assert!(many.as_str().len() <= FIELD_CAP);
        }

        #[test]
        fn cleaning_twice_is_cleaning_once(text in awkward()) {
            let one = line(&text);
            prop_assert_eq!(&line(one.as_str()), &one);
            let many = block(&text);
            prop_assert_eq!(&block(many.as_str()), &many);
        }

        #[test]
        fn ascii_is_ascii(text in awkward()) {
            prop_assert!(ascii(&line(&text)).as_str().bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        }

        #[test]
        fn what_editors_get_shows_as_it_is(text in awkward()) {
            let text = editable(&text);
            prop_assert!(text.split('\n').all(is_clean));
        }

        #[test]
        fn rows_fit_and_lose_nothing_but_spaces(text in awkward(), width in 2usize..40) {
            let text = line(&text);
            let rows = text.wrap(width);
            for row in &rows {
                let alone = row.as_str().graphemes(true).count() == 1;
                prop_assert!(row.width() <= width || alone, "{:?}", row);
            }
            let joined: String = rows.iter().map(Shown::as_str).collect();
            prop_assert_eq!(joined.replace(' ', ""), text.as_str().replace(' ', ""));
            prop_assert!(text.truncate(width).width() <= width);
        }
    }
}
