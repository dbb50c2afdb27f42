//! Everything that reaches stdout and stderr goes through here: columns and
//! colour on a terminal, tabs into a pipe, JSON if asked. Takes only cleaned
//! text; a closed pipe is an error that `run` turns into a quiet end.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::model::status::{ShownStatus, Status};
use crate::model::text::{self, Shown};

use crate::run::front::locale_is_utf8;

use super::args::{Global, When};
use super::failure::Failure;

/// Where output goes and how it looks.
pub struct Out {
    stdout: io::BufWriter<io::Stdout>,
    /// Stdout is a terminal: columns and words for people.
    pub is_terminal: bool,
    /// Colour codes may be written.
    pub has_colour: bool,
    /// Print JSON.
    pub is_json: bool,
    /// Print errors only.
    pub is_quiet: bool,
    /// Words only: no colour, no columns, no signs for the eye.
    pub is_plain: bool,
    /// The terminal knows ASCII only.
    pub is_ascii: bool,
    /// The past day that is shown, in every object of JSON.
    pub as_of: Option<NaiveDate>,
    width: usize,
}

/// How a piece of text stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    #[default]
    Plain,
    /// May be overlooked.
    Dim,
    /// A heading.
    Strong,
    /// All is well.
    Good,
    /// Take care.
    Warn,
    /// Not well.
    Bad,
    /// Overdue.
    Late,
}

impl Tone {
    /// How a status stands out; the glyph and the word say the same.
    pub fn of(status: ShownStatus) -> Self {
        match status {
            ShownStatus::Outdated(_) => Tone::Late,
            ShownStatus::Said(Status::OnTrack | Status::Achieved) => Tone::Good,
            ShownStatus::Said(Status::AtRisk) => Tone::Warn,
            ShownStatus::Said(Status::OffTrack | Status::Missed) => Tone::Bad,
            ShownStatus::Said(Status::NotStarted | Status::Paused) => Tone::Dim,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Dim => "\x1b[2m",
            Tone::Strong => "\x1b[1m",
            Tone::Good => "\x1b[32m",
            Tone::Warn => "\x1b[1;33m",
            Tone::Bad => "\x1b[1;31m",
            Tone::Late => "\x1b[35m",
        }
    }
}

/// One field of a table.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    text: Shown,
    tone: Tone,
    is_number: bool,
}

/// A field of foreign or own text.
pub fn cell(text: &str) -> Cell {
    Cell {
        text: text::line(text),
        ..Cell::default()
    }
}

impl Cell {
    /// With a tone.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// Set to the right.
    pub fn right(mut self) -> Self {
        self.is_number = true;
        self
    }
}

/// Rows of fields; all rows have equally many.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Vec<Cell>>,
    flexible: usize,
}

impl Table {
    /// A table whose column at this place, from 0, is cut on a narrow terminal.
    pub fn cutting(flexible: usize) -> Self {
        Self {
            rows: Vec::new(),
            flexible,
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Out {
    /// Looks at stdout, flags and environment.
    pub fn new(global: &Global) -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let has_colour = match global.color {
            _ if global.plain => false,
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && !no_colour && !is_dumb,
        };
        Self {
            is_ascii: is_terminal && (is_dumb || !locale_is_utf8(|name| std::env::var(name).ok())),
            width: width_of(&stdout).unwrap_or(80),
            stdout: io::BufWriter::new(stdout),
            is_terminal,
            has_colour,
            is_json: global.json,
            as_of: None,
            is_quiet: global.quiet,
            is_plain: global.plain,
        }
    }

    /// One line.
    pub fn say(&mut self, line: &Shown) -> io::Result<()> {
        self.toned(line, Tone::Plain)
    }

    /// A question: its answer is typed on the same line.
    pub fn prompt(&mut self, question: &Shown) -> io::Result<()> {
        self.piece(question, Tone::Plain)?;
        self.stdout.flush()
    }

    /// One line with a tone.
    pub fn toned(&mut self, line: &Shown, tone: Tone) -> io::Result<()> {
        self.piece(line, tone)?;
        writeln!(self.stdout)
    }

    /// A sentence about what was done; not with `--quiet`, never in JSON.
    pub fn note(&mut self, line: &Shown) -> io::Result<()> {
        if self.is_quiet || self.is_json {
            return Ok(());
        }
        self.say(line)
    }

    /// Text of several lines, each moved in by so many columns.
    pub fn block(&mut self, text: &Shown, indent: usize) -> io::Result<()> {
        for line in text.lines() {
            let line = Shown::spaces(if line.is_empty() { 0 } else { indent }).and(&line);
            self.say(&line)?;
        }
        Ok(())
    }

    fn piece(&mut self, text: &Shown, tone: Tone) -> io::Result<()> {
        let ascii;
        let text = if self.is_ascii {
            ascii = text::ascii(text);
            &ascii
        } else {
            text
        };
        if self.has_colour && tone != Tone::Plain {
            write!(self.stdout, "{}{text}\x1b[0m", tone.code())
        } else {
            write!(self.stdout, "{text}")
        }
    }

    /// A table: aligned on a terminal, tab-separated into a pipe.
    pub fn table(&mut self, table: &Table) -> io::Result<()> {
        if self.is_plain && self.is_terminal {
            return table.rows.iter().try_for_each(|row| {
                let words = row.iter().map(|cell| spoken(cell.text.as_str()));
                let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
                self.say(&text::line(&format!("{}.", words.join(". "))))
            });
        }
        if !self.is_terminal {
            for row in &table.rows {
                for (place, cell) in row.iter().enumerate() {
                    if place > 0 {
                        write!(self.stdout, "\t")?;
                    }
                    self.piece(&cell.text, cell.tone)?;
                }
                writeln!(self.stdout)?;
            }
            return Ok(());
        }
        let widths = widths(table, self.width);
        for row in &table.rows {
            let last = row.len().saturating_sub(1);
            for (place, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let cut = cell.text.truncate(*width);
                let padded = match (cell.is_number, place == last) {
                    (true, _) => cut.pad_left(*width),
                    (false, true) => cut,
                    (false, false) => cut.pad_right(*width),
                };
                self.piece(&padded, cell.tone)?;
                if place != last {
                    write!(self.stdout, "  ")?;
                }
            }
            writeln!(self.stdout)?;
        }
        Ok(())
    }

    /// One JSON object on one line; control and bidi characters as `\u` escapes.
    pub fn json(&mut self, value: &Value) -> io::Result<()> {
        let mut value = Cow::Borrowed(value);
        if let Some(day) = self.as_of
            && let Some(fields) = value.to_mut().as_object_mut()
        {
            fields.insert("as_of".to_owned(), json!(day.to_string()));
        }
        writeln!(self.stdout, "{}", json_line(&value))
    }

    /// Bytes as they are: an export, a completion script.
    pub fn raw(&mut self) -> &mut impl Write {
        &mut self.stdout
    }

    /// Writes out what is buffered.
    pub fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }

    /// A remark on stderr that is not an error: where a file was moved to.
    pub fn remark(&self, line: &Shown) {
        if !self.is_quiet {
            // A closed stderr is nobody listening.
            let _unheard = writeln!(io::stderr(), "{line}");
        }
    }

    /// The same for later, while something is waited for.
    pub fn remarker(&self) -> Box<dyn Fn(&str)> {
        let is_quiet = self.is_quiet;
        Box::new(move |words| {
            if !is_quiet {
                let line = text::line(words);
                // A closed stderr is nobody listening.
                let _unheard = writeln!(io::stderr(), "goaldeck: {line}");
            }
        })
    }

    /// A failure on stderr, as text or JSON.
    pub fn failure(&mut self, failure: &Failure) {
        let mut stderr = io::stderr().lock();
        if self.is_json {
            let mut error = json!({
                "code": failure.code,
                "what": failure.what,
                "why": failure.why,
                "do": failure.remedy,
                "provider_status": failure.status,
            });
            if let Some(fields) = error.as_object_mut() {
                if !failure.lines.is_empty() {
                    fields.insert("details".to_owned(), json!(failure.lines));
                }
                if let Some(text) = &failure.text {
                    fields.insert("text".to_owned(), json!(text));
                }
            }
            let line = json_line(&json!({ "schema": 1, "error": error }));
            let _unheard = writeln!(stderr, "{line}");
            return;
        }
        let _unheard = writeln!(stderr, "goaldeck: {}", failure.sentence());
        for line in &failure.lines {
            let _unheard = writeln!(stderr, "  {}", text::line(line));
        }
        if let Some(text) = &failure.text {
            let _unheard = writeln!(stderr, "Your text, so that it is not lost:");
            let _unheard = writeln!(stderr, "{}", text::block(text));
        }
    }
}

/// A field in words: a status in place of its sign, nothing in place of a bullet.
fn spoken(field: &str) -> &str {
    let field = field.trim();
    let shown = Status::ALL.into_iter().map(ShownStatus::Said);
    let mut shown = shown.chain([ShownStatus::Outdated(Status::OnTrack)]);
    match shown.find(|status| status.words().glyph == field) {
        Some(status) => status.words().word,
        None if matches!(field, "•" | "–") => "",
        None => field.trim_end_matches('.'),
    }
}

/// Column widths: as wide as needed, the flexible one cut to fit, at least 16.
fn widths(table: &Table, available: usize) -> Vec<usize> {
    let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = table.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.text.width()).max().unwrap_or(0)
        })
        .collect();
    let total = widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1);
    if let Some(width) = widths.get_mut(table.flexible) {
        let over = total.saturating_sub(available);
        *width = width.saturating_sub(over).max(16.min(*width));
    }
    widths
}

/// JSON on one line that no terminal takes for a command: DEL, C1 and bidi
/// controls are escaped (JSON itself escapes the rest).
fn json_line(value: &Value) -> String {
    let plain = value.to_string();
    let mut escaped = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

fn width_of(stdout: &io::Stdout) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stdout).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_escapes_what_a_terminal_or_a_reader_would_obey() {
        let line = json_line(&json!({ "name": "a\u{1b}[31m\u{9b}\u{202e}b\u{7f}" }));
        assert!(line.chars().all(|c| !c.is_control() && c != '\u{202e}'));
        let back: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(back["name"], "a\u{1b}[31m\u{9b}\u{202e}b\u{7f}");
    }

    #[test]
    fn the_name_gives_way_when_the_terminal_is_narrow() {
        let mut table = Table::cutting(1);
        table.row(vec![cell("on"), cell(&"x".repeat(80)), cell("31%").right()]);
        let widths = widths(&table, 40);
        assert_eq!(widths.iter().sum::<usize>() + 4, 40);
    }
}
