//! A week of goals, ready to be told: what moved, what is in trouble and why, what
//! is missing, who read what. `store::report` makes it; a file each writes it as
//! [`markdown`], [`plain`] text, [`table`] (CSV), [`page`] (HTML)
//! and [`json`].
//!
//! Names, notes and links in it are foreign and as their providers gave them:
//! cleaning and escaping is what the formats are for.

pub mod json;
pub mod markdown;
pub mod page;
mod picture;
pub mod plain;
pub mod sections;
pub mod table;
pub mod words;

use chrono::NaiveDate;

use super::balance::{Median, Spans};
use super::check_in::Occasion;
use super::history::Series;
use super::ids::{AccountName, CheckInId, GoalId};
use super::key_result::{KeyResult, Reading};
use super::status::{ShownStatus, Status};
use super::time::{Now, Time};
use super::week::Week;
use super::why::Why;
use super::{progress, values};

/// So many goals of a section are told in texts for reading; tables and JSON have
/// all.
pub const MOST: usize = 200;

/// What a report is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// For chats, wikis and mails.
    #[default]
    Markdown,
    /// Sentences, one a line.
    Plain,
    /// One row for every goal and key result.
    Csv,
    /// One page with pictures, to print or to send.
    Html,
    /// For programs.
    Json,
}

impl Format {
    /// All formats in the order in which they are offered.
    pub const ALL: [Format; 5] = [
        Format::Markdown,
        Format::Plain,
        Format::Csv,
        Format::Html,
        Format::Json,
    ];

    /// Its name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Format::Markdown => "Markdown",
            Format::Plain => "plain text",
            Format::Csv => "CSV",
            Format::Html => "HTML",
            Format::Json => "JSON",
        }
    }

    /// Whether it shows how key results went over time.
    pub fn has_charts(self) -> bool {
        matches!(self, Format::Html | Format::Json)
    }

    /// The ending of its files, and its name on the command line.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Markdown => "md",
            Format::Plain => "txt",
            Format::Csv => "csv",
            Format::Html => "html",
            Format::Json => "json",
        }
    }
}

/// A report in a format, with a line break at its end.
pub fn write(report: &Report, format: Format) -> String {
    match format {
        Format::Markdown => markdown::write(report),
        Format::Plain => plain::write(report),
        Format::Csv => table::write(report),
        Format::Html => page::write(report),
        Format::Json => json::write(report),
    }
}

/// A week of goals.
#[derive(Clone, Debug)]
pub struct Report {
    /// Which week.
    pub week: Week,
    /// Which goals, in words: `All goals`.
    pub view: String,
    /// The moment it is of: the end of the week, or before that the present.
    pub now: Now,
    /// The week goes on.
    pub is_running: bool,
    /// How many goals were looked at; folders hold goals and are none.
    pub goals: usize,
    /// How many key results these have.
    pub results: usize,
    /// Accounts of which not all is in it.
    pub missing: Vec<Missing>,
    /// Every goal of which there is something to tell, what needs attention most
    /// first.
    pub rows: Vec<GoalWeek>,
    /// Writes of the week that have not arrived.
    pub unsent: Vec<Unsent>,
    /// Who waits for whom; none where nobody has said who is signed in.
    pub balance: Option<Sheet>,
}

/// An account of which not all is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Which.
    pub account: AccountName,
    /// Half a sentence: `token expired`.
    pub why: String,
}

/// One goal in the week.
#[derive(Clone, Debug)]
pub struct GoalWeek {
    /// Which.
    pub id: GoalId,
    /// Of which account.
    pub account: AccountName,
    /// Foreign text.
    pub name: String,
    /// Where its provider shows it; foreign text, may be empty.
    pub link: String,
    /// Who answers for it, by name.
    pub champion: Option<String>,
    /// Who acknowledges it, by name.
    pub reviewer: Option<String>,
    /// First day.
    pub start: Option<NaiveDate>,
    /// Last day.
    pub due: Option<NaiveDate>,
    /// Its status at the end of the week.
    pub status: ShownStatus,
    /// Its provider's own word for that; foreign text.
    pub status_word: Option<String>,
    /// Progress at the end of the week, raw.
    pub progress: Option<f64>,
    /// Progress expected then, 0–1.
    pub expected: Option<f64>,
    /// How much it needs attention.
    pub attention: u32,
    /// How it was when the week began; none if it was not there.
    pub before: Option<Before>,
    /// Its key results.
    pub results: Vec<ResultWeek>,
    /// What was said of it in the week, oldest first.
    pub said: Vec<Said>,
    /// Which of its check-ins were acknowledged in the week, oldest first.
    pub acknowledged: Vec<Acknowledged>,
    /// Why it needs attention, where it is at risk or off track.
    pub why: Vec<Why>,
    /// The check-in that was due and was not written.
    pub owed: Option<Owed>,
    /// It was made in the week.
    pub is_new: bool,
    /// How it ended in the week.
    pub closed: Option<Closed>,
}

/// A goal when the week began.
#[derive(Clone, Debug, PartialEq)]
pub struct Before {
    /// Its status.
    pub status: Status,
    /// Its progress, raw, counted as that of the end is.
    pub progress: Option<f64>,
    /// Its last day.
    pub due: Option<NaiveDate>,
    /// Who answered for it, by name.
    pub champion: Option<String>,
}

/// A key result in the week.
#[derive(Clone, Debug)]
pub struct ResultWeek {
    /// As it was at the end of the week.
    pub result: KeyResult,
    /// What it read when the week began.
    pub before: Option<Reading>,
    /// Progress expected at the end of the week, 0–1.
    pub expected: Option<f64>,
    /// How it went, where that was asked for.
    pub history: Option<Series>,
}

/// A check-in of the week.
#[derive(Clone, Debug)]
pub struct Said {
    /// Which.
    pub id: CheckInId,
    /// When.
    pub at: Time,
    /// Who, by name.
    pub by: String,
    /// A usual one, a closing or a reopening.
    pub occasion: Occasion,
    /// The status it gave.
    pub status: Option<Status>,
    /// Markdown, foreign text.
    pub note: String,
}

/// A check-in that was acknowledged in the week.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// Which.
    pub id: CheckInId,
    /// When it was written.
    pub written: Time,
    /// Who wrote it, by name.
    pub author: String,
    /// When it was acknowledged.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
}

/// A check-in that was due and is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The day it was due.
    pub due: NaiveDate,
    /// Whole days since; 0 on the day.
    pub late_days: i64,
    /// Who owes it, by name.
    pub by: Option<String>,
}

/// How a goal ended.
#[derive(Clone, Debug)]
pub struct Closed {
    /// When.
    pub at: Time,
    /// By whom, by name, where that is known.
    pub by: Option<String>,
    /// Its score, 0–1.
    pub score: Option<f64>,
    /// What the score means: `delivered`.
    pub means: Option<&'static str>,
}

/// A write that has not arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// The six letters people know it by.
    pub id: String,
    /// `held`, `queued`, `refused`, …
    pub state: &'static str,
    /// What it is: `check-in “Docs rewrite”`. Holds foreign text.
    pub what: String,
    /// Why it is still here, half a sentence; may be empty.
    pub why: String,
    /// About which goal.
    pub goal: Option<GoalId>,
}

/// Who waits for whom, and how long answers take.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Whose sheet it is, by name.
    pub me: String,
    /// Who waits for me, longest first.
    pub on_me: Vec<Waiter>,
    /// For whom I wait, longest first.
    pub on_others: Vec<Waiter>,
    /// How long I took to answer.
    pub mine: Spans,
    /// How long others took to answer me.
    pub theirs: Spans,
}

/// Somebody who waits, or who is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// Who, by name.
    pub name: String,
    /// So many check-ins wait for an acknowledgement.
    pub check_ins: usize,
    /// So many questions wait for an answer.
    pub questions: usize,
    /// Since when the oldest of these waits.
    pub since: Time,
}

impl Report {
    /// Whether nobody did anything with these goals in the week.
    pub fn is_empty(&self) -> bool {
        let happened = |row: &GoalWeek| {
            row.is_new
                || row.closed.is_some()
                || row.is_moved()
                || !row.said.is_empty()
                || !row.acknowledged.is_empty()
        };
        !self.rows.iter().any(happened)
    }

    /// Goals that moved; new and closed ones are told by themselves.
    pub fn moved(&self) -> Vec<&GoalWeek> {
        let is_other = |row: &GoalWeek| row.is_new || row.closed.is_some();
        self.those(|row| row.is_moved() && !is_other(row))
    }

    /// Goals that somebody wrote of and that did not move.
    pub fn unmoved(&self) -> Vec<&GoalWeek> {
        self.those(|row| {
            !row.said.is_empty() && !row.is_moved() && !row.is_new && row.closed.is_none()
        })
    }

    /// Goals at risk or off track.
    pub fn in_trouble(&self) -> Vec<&GoalWeek> {
        self.those(GoalWeek::is_in_trouble)
    }

    /// Goals of which a check-in is missing, the latest ones first.
    pub fn owed(&self) -> Vec<(&GoalWeek, &Owed)> {
        let owed = self.rows.iter();
        let owed = owed.filter_map(|row| Some((row, row.owed.as_ref()?)));
        let mut owed: Vec<(&GoalWeek, &Owed)> = owed.collect();
        owed.sort_by_key(|(_, owed)| owed.due);
        owed
    }

    /// What was acknowledged, oldest first.
    pub fn acknowledged(&self) -> Vec<(&GoalWeek, &Acknowledged)> {
        let rows = self.rows.iter();
        let all = rows.flat_map(|row| row.acknowledged.iter().map(move |one| (row, one)));
        let mut all: Vec<(&GoalWeek, &Acknowledged)> = all.collect();
        all.sort_by(|(_, one), (_, other)| (one.at, &one.id).cmp(&(other.at, &other.id)));
        all
    }

    /// Goals made in the week.
    pub fn new_ones(&self) -> Vec<&GoalWeek> {
        self.those(|row| row.is_new)
    }

    /// Goals closed in the week, oldest first.
    pub fn closed(&self) -> Vec<(&GoalWeek, &Closed)> {
        let rows = self.rows.iter();
        let closed = rows.filter_map(|row| Some((row, row.closed.as_ref()?)));
        let mut closed: Vec<(&GoalWeek, &Closed)> = closed.collect();
        closed.sort_by_key(|(_, closed)| closed.at);
        closed
    }

    /// A name for its file: `goaldeck-2026-W47.md`.
    pub fn file_name(&self, format: Format) -> String {
        format!("goaldeck-{}.{}", self.week.code(), format.ending())
    }

    fn those(&self, which: impl Fn(&GoalWeek) -> bool) -> Vec<&GoalWeek> {
        self.rows.iter().filter(|row| which(row)).collect()
    }
}

impl GoalWeek {
    /// Whether values, progress, status, last day or champion changed.
    pub fn is_moved(&self) -> bool {
        let Some(before) = &self.before else {
            return false;
        };
        before.status != self.status.said()
            || before.due != self.due
            || before.champion != self.champion
            || self.points().is_some_and(|points| points != 0)
            || self.results.iter().any(ResultWeek::is_moved)
    }

    /// Whether it is at risk or off track, and still worked on.
    pub fn is_in_trouble(&self) -> bool {
        matches!(self.status.said(), Status::AtRisk | Status::OffTrack)
    }

    /// By how many points its progress moved, where both ends are known.
    pub fn points(&self) -> Option<i64> {
        let before = self.before.as_ref()?.progress?;
        Some(progress::points(self.progress? - before))
    }
}

impl ResultWeek {
    /// Whether it reads otherwise than when the week began.
    pub fn is_moved(&self) -> bool {
        self.result.current.is_some() && self.result.current != self.before
    }

    /// Its progress, raw: ours, else its provider's.
    pub fn progress(&self) -> Option<f64> {
        progress::shown_of_result(&self.result)
    }

    /// Whether a guardrail holds; none for other kinds and before the first reading.
    pub fn is_held(&self) -> Option<bool> {
        progress::is_held(&self.result, self.result.current.as_ref()?)
    }

    /// What it reads, with its unit; none before the first reading.
    pub fn shown(&self) -> Option<String> {
        let reading = self.result.current.as_ref()?;
        Some(values::show(&self.result, reading))
    }
}

/// Whether a median says anything: how many answers are behind it.
fn is_known(median: &Median) -> bool {
    median.count > 0
}
