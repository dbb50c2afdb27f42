//! `queue`: what waits, in four groups; one line of it for a status bar.

use serde_json::{Value, json};

use crate::model::dates;
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::status::ShownStatus;
use crate::model::text::{self, Shown};
use crate::model::time::Now;
use crate::model::why;
use crate::run::{assemble, glance};
use crate::store::Store;
use crate::store::queue::{self, Group, Item, What};
use crate::store::views;

use super::args::{Global, Queue};
use super::failure::{Failure, WAITS};
use super::print::{Cell, Out, Table, Tone, cell};
use super::session::{self, Session};
use super::{Ended, Stop, as_of, filters, goals, json as schema};

/// `queue`
pub fn queue(out: &mut Out, global: &Global, args: &Queue) -> Ended {
    let waits = if args.line {
        line(out, global)?
    } else {
        let mut session = Session::open(global, out)?;
        as_of::go(out, &mut session, global)?;
        match args.later {
            true => put_off(out, &session)?,
            false => list(out, &session, &args.filter, args.check && global.quiet)?,
        }
    };
    if args.check && waits > 0 {
        return Err(Stop::Code(WAITS));
    }
    Ok(())
}

/// The numbers, from what the first screen needs and nothing else.
fn line(out: &mut Out, global: &Global) -> Result<usize, Stop> {
    // A status line asks every few seconds: never a server, only what is kept.
    let options = assemble::Options {
        offline: true,
        ..session::options(global)
    };
    let assembled = assemble::assemble(&options).map_err(|fault| session::of_assembly(&fault))?;
    let (store, now) =
        glance::glance(assembled.parts).map_err(|fault| Failure::of("queue", &fault))?;
    let items = queue::queue(&store, &now);
    let counts = queue::counts(&items);
    if out.is_json {
        out.json(&counts_object(counts))?;
    } else {
        out.say(&sentence(counts))?;
    }
    Ok(items.len())
}

/// `2 due · 7 to ack · 1 asked · 1 unsent`
fn sentence(counts: [usize; 4]) -> Shown {
    let [owe, acknowledge, asked, unsent] = counts;
    crate::shown!("{owe} due · {acknowledge} to ack · {asked} asked · {unsent} unsent")
}

fn counts_object(counts: [usize; 4]) -> Value {
    let [owe, acknowledge, asked, cannot_send] = counts;
    schema::object(
        "counts",
        json!({
            "owe": owe,
            "acknowledge": acknowledge,
            "asked": asked,
            "cannot_send": cannot_send,
        }),
    )
}

/// Everything that waits.
pub fn list(
    out: &mut Out,
    session: &Session,
    filter: &str,
    is_silent: bool,
) -> Result<usize, Stop> {
    let (store, now) = (session.store(), session.now());
    let words = filter;
    let filter = filters::filter(session, words)?;
    let mut items = queue::queue(store, &now);
    items.retain(|item| views::matches_item(store, &filter, item));
    if out.is_json {
        let mut object = counts_object(queue::counts(&items));
        let list: Vec<Value> = items
            .iter()
            .map(|item| as_json(store, item, &now))
            .collect();
        if let Some(fields) = object.as_object_mut() {
            fields.insert("queue".to_owned(), json!(list));
        }
        out.json(&object)?;
        return Ok(items.len());
    }
    if is_silent {
        return Ok(items.len());
    }
    if items.is_empty() {
        if out.is_terminal && filter.is_empty() {
            out.say(&nothing(store, &now))?;
        } else if out.is_terminal {
            out.say(&crate::shown!("No match for \"{words}\"."))?;
        }
        return Ok(0);
    }
    if !out.is_terminal {
        let mut table = Table::default();
        for item in &items {
            let mut row = vec![cell(item.group().code())];
            row.extend(cells(store, item, &now));
            table.row(row);
        }
        out.table(&table)?;
        return Ok(items.len());
    }
    for group in Group::ALL {
        let mut table = Table::cutting(1);
        let of_group = items.iter().filter(|item| item.group() == group);
        let mut count = 0;
        for item in of_group {
            count += 1;
            let status = item.goal(store).map(|goal| goals::shown(store, goal));
            let mut row = vec![mark(status)];
            let mut cells = cells(store, item, &now);
            cells.rotate_left(1);
            row.extend(cells);
            table.row(row);
        }
        if count > 0 {
            out.toned(&crate::shown!("{} ({count})", group.title()), Tone::Strong)?;
            out.table(&table)?;
        }
    }
    Ok(items.len())
}

/// What was put off, with when it comes back.
fn put_off(out: &mut Out, session: &Session) -> Result<usize, Stop> {
    let (store, now) = (session.store(), session.now());
    let items = queue::put_off(store, &now);
    if out.is_json {
        let list: Vec<Value> = items
            .iter()
            .map(|(item, until)| {
                let mut value = as_json(store, item, &now);
                if let Some(fields) = value.as_object_mut() {
                    fields.insert("back".to_owned(), json!(until.to_rfc3339()));
                }
                value
            })
            .collect();
        out.json(&schema::object("later", json!(list)))?;
        return Ok(items.len());
    }
    if items.is_empty() && out.is_terminal {
        out.say(&Shown::fixed("Nothing was put off."))?;
        return Ok(0);
    }
    let mut table = Table::cutting(1);
    for (item, until) in &items {
        let mut row = vec![cell(item.group().code())];
        row.extend(cells(store, item, &now));
        row.push(cell(&format!("back {}", dates::ago(*until, &now))));
        table.row(row);
    }
    out.table(&table)?;
    Ok(items.len())
}

fn mark(status: Option<ShownStatus>) -> Cell {
    status.map_or_else(
        || cell("!").tone(Tone::Bad),
        |status| cell(status.words().glyph).tone(Tone::of(status)),
    )
}

fn nothing(store: &Store, now: &Now) -> Shown {
    queue::next_due(store, now).map_or_else(
        || crate::shown!("Nothing is waiting for you."),
        |(goal, due)| {
            let day = due.format("%a %-d %b");
            crate::shown!("Nothing is waiting for you. Next: {}, {day}.", goal.name)
        },
    )
}

/// id, name, who or what, when.
fn cells(store: &Store, item: &Item, now: &Now) -> Vec<Cell> {
    let name = item.goal(store).map_or("", |goal| goal.name.as_str());
    match &item.what {
        What::Owe { goal, late_days } => vec![
            cell(goal.as_str()).tone(Tone::Dim),
            cell(name),
            cell(&whose(store, goal)),
            cell(&when_owed(*late_days)),
        ],
        What::Acknowledge { goal, check_in } => {
            let author = store
                .goal(goal)
                .and_then(|goal| goal.check_in(check_in))
                .map_or_else(String::new, |found| store.name_of(&found.author));
            vec![
                cell(check_in.as_str()).tone(Tone::Dim),
                cell(name),
                cell(&author),
                cell(&dates::since(item.since, now)),
            ]
        }
        What::Approve { goal } => {
            let found = store.goal(goal);
            let by = found.and_then(|goal| goal.champion.as_ref());
            vec![
                cell(goal.as_str()).tone(Tone::Dim),
                cell(&format!("approve {name}")),
                cell(&by.map_or_else(String::new, |by| store.name_of(by))),
                cell(&dates::since(item.since, now)),
            ]
        }
        What::Asked { goal, check_in, .. } => {
            let asked = store.goal(goal).and_then(|goal| question(store, goal));
            let (by, text) = asked.unwrap_or_default();
            let id = check_in
                .as_ref()
                .map_or_else(|| goal.as_str(), |check_in| check_in.as_str());
            vec![
                cell(id).tone(Tone::Dim),
                cell(name),
                cell(&format!("{by}: \"{text}\"")),
                cell(&dates::since(item.since, now)),
            ]
        }
        What::CannotSend { entry } => {
            let found = store.entry(entry);
            let what = found.map_or_else(String::new, |entry| store.describe(entry));
            let why = found.map_or_else(String::new, |entry| super::outbox::why(store, entry, now));
            vec![
                cell(entry.short()).tone(Tone::Dim),
                cell(&what),
                cell(&why),
                cell(&dates::since(item.since, now)),
            ]
        }
    }
}

/// `check-in`, and whose goal it is where only a key result of it is mine.
fn whose(store: &Store, id: &GoalId) -> String {
    let goal = store.goal(id);
    let other = goal.filter(|goal| goal.champion.as_ref() != store.me(&goal.account));
    match other.and_then(|goal| goal.champion.as_ref()) {
        Some(champion) => format!("check-in on a goal of {}", store.name_of(champion)),
        None => "check-in".to_owned(),
    }
}

/// Who asks me something on a goal, and the first line of it.
fn question(store: &Store, goal: &Goal) -> Option<(String, String)> {
    let me = store.me(&goal.account)?;
    let question = why::open_question(goal, me, &|id| store.name_of(id))?;
    let comment = goal
        .check_ins
        .iter()
        .flat_map(|check_in| &check_in.comments)
        .chain(&goal.comments)
        .find(|comment| comment.id == question.comment)?;
    let first = comment.text.lines().find(|line| !line.trim().is_empty());
    let text = text::line(first.unwrap_or_default()).truncate(60);
    Some((store.name_of(&comment.author), text.to_string()))
}

/// `today`, `tomorrow`, `7 days late`.
fn when_owed(late_days: i64) -> String {
    match late_days {
        ..=-1 => "tomorrow".to_owned(),
        0 => "today".to_owned(),
        1 => "1 day late".to_owned(),
        days => format!("{days} days late"),
    }
}

fn as_json(store: &Store, item: &Item, now: &Now) -> Value {
    let goal = item.goal(store);
    let (check_in, entry, late_days) = match &item.what {
        What::Owe { late_days, .. } => (None, None, Some(*late_days)),
        What::Acknowledge { check_in, .. } => (Some(check_in.as_str()), None, None),
        What::Asked { check_in, .. } => (check_in.as_ref().map(|id| id.as_str()), None, None),
        What::Approve { .. } => (None, None, None),
        What::CannotSend { entry } => (None, Some(entry.short()), None),
    };
    let asked = match &item.what {
        What::Asked { .. } => goal.and_then(|goal| question(store, goal)),
        _ => None,
    };
    json!({
        "group": item.group().code(),
        "key": item.key,
        "goal": goal.map(|goal| goal.id.as_str()),
        "name": goal.map(|goal| goal.name.as_str()),
        "status": goal.map(|goal| goal.status.words().code),
        "checkin": check_in,
        "entry": entry,
        "late_days": late_days,
        "approve": matches!(item.what, What::Approve { .. }),
        "since": schema::moment(item.since, now),
        "by": asked.as_ref().map(|(by, _)| by),
        "text": asked.as_ref().map(|(_, text)| text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_the_four_groups() {
        assert_eq!(
            sentence([2, 7, 1, 1]).as_str(),
            "2 due · 7 to ack · 1 asked · 1 unsent"
        );
    }
}
