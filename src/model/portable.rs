//! Goals in files: JSON Lines that lose nothing, both ways, and CSV to come in
//! from elsewhere. Text in, text out; nothing is stored here, and a file with one
//! bad row gives no rows at all.

mod table;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::{self, Write};

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use super::goal::Goal;
use super::notification::Notification;
use super::person::Person;
use super::time::Now;

pub use table::{COLUMNS, Known, read_csv};

/// The version of the JSON Lines form that is written, and the newest that is read.
pub const VERSION: u64 = 1;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Portable {
    /// People.
    pub people: Vec<Person>,
    /// Goals with key results, check-ins, acknowledgements, comments, reactions.
    pub goals: Vec<Goal>,
    /// Inbox lines of everybody.
    pub notifications: Vec<Notification>,
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The line in the file, from 1.
    pub line: usize,
    /// What is wrong with it, with the column's name if there are columns. It
    /// quotes the file: foreign text.
    pub why: String,
}

impl BadRow {
    fn new(line: usize, why: impl Into<String>) -> Self {
        Self {
            line,
            why: why.into(),
        }
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

/// The first line: what this is and how new.
#[derive(Serialize, Deserialize)]
struct Header {
    goaldeck: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exported_at: Option<DateTime<FixedOffset>>,
}

/// The fields of the first line that matter before its version is known.
#[derive(Deserialize)]
struct Version {
    goaldeck: Option<serde_json::Value>,
}

/// A line after the first: one thing under its name.
#[derive(Deserialize)]
struct Row {
    person: Option<Person>,
    goal: Option<Box<Goal>>,
    notification: Option<Notification>,
}

/// Writes everything, one thing a line after a header line.
///
/// # Errors
/// Those of the writer.
pub fn write(to: &mut (impl Write + ?Sized), all: &Portable, now: &Now) -> io::Result<()> {
    let header = Header {
        goaldeck: VERSION,
        exported_at: Some(now.zone.fixed(now.at)),
    };
    line(to, &header)?;
    for person in &all.people {
        line(to, &BTreeMap::from([("person", person)]))?;
    }
    for goal in &all.goals {
        line(to, &BTreeMap::from([("goal", goal)]))?;
    }
    for notification in &all.notifications {
        line(to, &BTreeMap::from([("notification", notification)]))?;
    }
    to.flush()
}

fn line(to: &mut (impl Write + ?Sized), what: &impl Serialize) -> io::Result<()> {
    // Through text first: a thing that cannot be written leaves no half line.
    let text = serde_json::to_string(what)?;
    to.write_all(text.as_bytes())?;
    to.write_all(b"\n")
}

/// Reads what [`write()`] wrote, now or in an older version. Unknown fields are
/// passed over, empty lines too.
///
/// # Errors
/// Every bad row; a newer version or a file of another kind is one of line 1.
pub fn read(text: &str) -> Result<Portable, Vec<BadRow>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text
        .lines()
        .zip(1..)
        .filter(|(row, _)| !row.trim().is_empty());
    match lines.next() {
        Some((first, number)) => header(first, number).map_err(|bad| vec![bad])?,
        None => return Err(vec![BadRow::new(1, "the file is empty")]),
    }
    let mut all = Portable::default();
    let mut bad = Vec::new();
    let mut first_lines = HashMap::new();
    for (text, number) in lines {
        // serde reads a list as the fields of a struct in their order; we do not.
        if !text.trim_start().starts_with('{') {
            bad.push(BadRow::new(number, "no JSON object"));
            continue;
        }
        let row = match serde_json::from_str::<Row>(text) {
            Ok(row) => row,
            Err(error) => {
                bad.push(BadRow::new(number, in_line(&error)));
                continue;
            }
        };
        let name = match (&row.person, &row.goal, &row.notification) {
            (Some(person), None, None) => format!("person {}", person.id),
            (None, Some(goal), None) => format!("goal {}", goal.id),
            (None, None, Some(line)) => format!("notification {}", line.id),
            _ => {
                let why = "should hold one person, goal or notification";
                bad.push(BadRow::new(number, why));
                continue;
            }
        };
        if let Some(first) = first_lines.get(&name) {
            let why = format!("{name} is there already, on line {first}");
            bad.push(BadRow::new(number, why));
            continue;
        }
        first_lines.insert(name, number);
        all.people.extend(row.person);
        all.goals.extend(row.goal.map(|goal| *goal));
        all.notifications.extend(row.notification);
    }
    if bad.is_empty() { Ok(all) } else { Err(bad) }
}

fn header(first: &str, number: usize) -> Result<(), BadRow> {
    let version = Some(first)
        .filter(|first| first.trim_start().starts_with('{'))
        .and_then(|first| serde_json::from_str::<Version>(first).ok())
        .and_then(|found| found.goaldeck)
        .and_then(|version| version.as_u64());
    match version {
        Some(1..=VERSION) => Ok(()),
        Some(newer) => Err(BadRow::new(
            number,
            format!(
                "the file is of version {newer}, this goaldeck reads up to {VERSION}; \
                 import it with a newer goaldeck"
            ),
        )),
        None => Err(BadRow::new(
            number,
            "no goaldeck export: it should begin with {\"goaldeck\":1}",
        )),
    }
}

/// The error without the line serde counts, which is always the first.
fn in_line(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let what = said
        .rsplit_once(" at line ")
        .map_or(said.as_str(), |(what, _)| what);
    match error.column() {
        0 => what.to_owned(),
        column => format!("{what} (column {column})"),
    }
}

#[cfg(test)]
mod tests;
