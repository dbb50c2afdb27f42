//! What a report tells, in which order: headings with their goals and the lines
//! under each. Texts for reading write these down, each in its own way.

use super::{GoalWeek, MOST, Report, words};
use crate::model::status::ShownStatus;

/// A heading and what is under it.
pub struct Section<'a> {
    /// `Moved (3)`
    pub title: String,
    /// What it is about, where that needs a sentence.
    pub intro: Option<String>,
    /// What is told under it, at least one.
    pub items: Vec<Item<'a>>,
    /// How many more there are that are not told, in a sentence.
    pub more: Option<String>,
}

/// One thing under a heading.
pub struct Item<'a> {
    /// The goal it is about.
    pub goal: Option<&'a GoalWeek>,
    /// Its status goes before its name.
    pub has_status: bool,
    /// What is said of it on its own line, after the name of the goal.
    pub words: Vec<String>,
    /// Lines under it.
    pub below: Vec<String>,
    /// The lines have an order of weight.
    pub is_numbered: bool,
}

impl<'a> Item<'a> {
    fn of(goal: &'a GoalWeek, words: Vec<String>) -> Self {
        Self {
            goal: Some(goal),
            has_status: false,
            words,
            below: Vec::new(),
            is_numbered: false,
        }
    }

    fn with_status(mut self) -> Self {
        self.has_status = true;
        self
    }

    fn plain(words: String) -> Self {
        Self {
            goal: None,
            has_status: false,
            words: vec![words],
            below: Vec::new(),
            is_numbered: false,
        }
    }
}

/// A section, unless nothing is in it.
fn section<'a>(title: &str, items: impl ExactSizeIterator<Item = Item<'a>>) -> Option<Section<'a>> {
    let count = items.len();
    (count > 0).then(|| Section {
        title: format!("{title} ({count})"),
        intro: None,
        items: items.take(MOST).collect(),
        more: words::more(count),
    })
}

/// Everything that is to be told, in order.
pub fn sections(report: &Report) -> Vec<Section<'_>> {
    let now = &report.now;
    let moved = report.moved().into_iter().map(|row| Item {
        below: told(row, report),
        ..standing(row)
    });
    let unmoved = report.unmoved().into_iter().map(|row| Item {
        below: notes(row, report),
        ..standing(row)
    });
    let trouble = report.in_trouble().into_iter().map(|row| Item {
        below: row.why.iter().take(5).map(|why| why.text.clone()).collect(),
        is_numbered: true,
        ..standing(row)
    });
    let owed = report.owed().into_iter();
    let owed = owed.map(|(row, owed)| Item::of(row, vec![words::owed(owed, now)]));
    let acknowledged = report.acknowledged().into_iter();
    let acknowledged =
        acknowledged.map(|(row, one)| Item::of(row, vec![words::acknowledged(one, now)]));
    let new = report.new_ones().into_iter().map(|row| Item {
        below: notes(row, report),
        ..standing(row)
    });
    let closed = report.closed().into_iter().map(|(row, closed)| Item {
        below: told(row, report),
        ..Item::of(row, vec![words::closed(closed, now)]).with_status()
    });
    let unsent = report.unsent.iter();
    let unsent = unsent.map(|one| Item::plain(words::unsent(one)));
    let sections = [
        section("Moved", moved),
        section("Checked in, nothing moved", unmoved),
        section("Off track or at risk", trouble),
        section("Check-ins missing", owed),
        section("Acknowledged", acknowledged),
        section("New goals", new),
        section("Closed goals", closed),
        section("Not sent", unsent),
    ];
    let mut sections: Vec<Section<'_>> = sections.into_iter().flatten().collect();
    sections.extend(balance(report));
    sections
}

/// The goal with its figures and its champion.
fn standing(row: &GoalWeek) -> Item<'_> {
    let mut words = Vec::new();
    words.extend(words::figures(row));
    words.extend(row.champion.clone());
    if let ShownStatus::Outdated(was) = row.status {
        words.push(format!("was {}", was.words().word));
    }
    Item::of(row, words).with_status()
}

/// What moved of it, and the last words said.
fn told(row: &GoalWeek, report: &Report) -> Vec<String> {
    let mut told = words::changes(row, &report.now);
    told.extend(notes(row, report));
    told
}

/// The last words said of it in the week.
fn notes(row: &GoalWeek, report: &Report) -> Vec<String> {
    let last = row.said.iter().next_back();
    last.map(|said| words::said(said, &report.now))
        .into_iter()
        .collect()
}

fn people(all: &[super::Waiter]) -> String {
    words::some(all.len(), "person", "people")
}

/// Who waits for whom; none where nobody does and nobody answered.
fn balance(report: &Report) -> Option<Section<'_>> {
    let sheet = report.balance.as_ref()?;
    let now = &report.now;
    let is_quiet = sheet.on_me.is_empty()
        && sheet.on_others.is_empty()
        && sheet.mine.month.count == 0
        && sheet.theirs.month.count == 0;
    if is_quiet {
        return None;
    }
    let me = &sheet.me;
    let waiters = |title: String, none: String, all: &[super::Waiter]| {
        if all.is_empty() {
            return Item::plain(none);
        }
        let lines = all.iter().take(MOST);
        let mut below: Vec<String> = lines
            .map(|one| format!("{}: {}", one.name, words::waiter(one, now)))
            .collect();
        below.extend(words::more(all.len()));
        Item {
            below,
            ..Item::plain(title)
        }
    };
    let items = vec![
        waiters(
            format!("Waiting for {me}: {}", people(&sheet.on_me)),
            format!("Nobody waits for {me}"),
            &sheet.on_me,
        ),
        waiters(
            format!("{me} waits for {}", people(&sheet.on_others)),
            format!("{me} waits for nobody"),
            &sheet.on_others,
        ),
        Item {
            below: vec![
                format!("{me} answers in: {}", words::spans(&sheet.mine)),
                format!("others answer {me} in: {}", words::spans(&sheet.theirs)),
            ],
            ..Item::plain("Median time to answer".to_owned())
        },
    ];
    Some(Section {
        title: format!("Who waits for whom: {me}"),
        intro: None,
        items,
        more: None,
    })
}
