//! `inbox list`, `read`, `done`.

use serde_json::{Value, json};

use crate::model::dates;
use crate::model::entry::Mark;
use crate::model::exchange::{Ability, Change};
use crate::model::ids::{AccountName, NotificationId};
use crate::model::notification::Reason;
use crate::store::effect::Command;
use crate::store::inbox::{self, Line};
use crate::store::views;

use super::args::{InboxList, Lines};
use super::failure::Failure;
use super::print::{Out, Table, Tone, cell};
use super::session::Session;
use super::{Ended, filters, json as schema, receipt};

fn reason(text: &str) -> Result<Reason, Failure> {
    let wanted = text.trim().to_lowercase().replace('_', "-");
    Reason::ALL
        .into_iter()
        .find(|reason| reason.word() == wanted || reason.word().replace('-', "") == wanted)
        .ok_or_else(|| {
            Failure::usage(
                "--reason",
                format!("\"{text}\" is none"),
                format!("choose one of {}", Reason::ALL.map(Reason::word).join(", ")),
            )
        })
}

/// `inbox list`
pub fn list(out: &mut Out, session: &Session, args: &InboxList) -> Ended {
    let (store, now) = (session.store(), session.now());
    let only = args.reason.as_deref().map(reason).transpose()?;
    let filter = filters::filter(session, &args.filter)?;
    let mut lines = inbox::inbox(store, only, &now);
    lines.retain(|line| !(args.unread && line.read) && views::matches_line(store, &filter, line));
    if out.is_json {
        let list: Vec<Value> = lines.iter().map(|line| as_json(session, line)).collect();
        return Ok(out.json(&schema::object("inbox", json!(list)))?);
    }
    if lines.is_empty() && out.is_terminal {
        return Ok(out.say(&match filter.is_empty() {
            true => crate::shown!("No news."),
            false => crate::shown!("No match for \"{}\".", args.filter),
        })?);
    }
    let mut table = Table::cutting(if out.is_terminal { 3 } else { 5 });
    for line in &lines {
        let actor = line.actor.as_ref().map(|id| store.name_of(id));
        let sentence = actor.map_or_else(
            || line.text.clone(),
            |actor| format!("{actor} {}", line.text),
        );
        table.row(if out.is_terminal {
            let tone = if line.read { Tone::Dim } else { Tone::Plain };
            vec![
                cell(if line.read { " " } else { "•" }),
                cell(&dates::ago(line.at, &now)).tone(tone),
                cell(line.reason.word()).tone(tone),
                cell(&sentence).tone(tone),
                cell(&line.key).tone(Tone::Dim),
            ]
        } else {
            vec![
                cell(&line.key),
                cell(if line.read { "read" } else { "unread" }),
                cell(schema::moment(line.at, &now).as_str().unwrap_or_default()),
                cell(line.reason.word()),
                cell(line.account.as_str()),
                cell(&sentence),
            ]
        });
    }
    Ok(out.table(&table)?)
}

fn as_json(session: &Session, line: &Line) -> Value {
    let (store, now) = (session.store(), session.now());
    json!({
        "id": line.key,
        "at": schema::moment(line.at, &now),
        "reason": line.reason.word(),
        "actor": line.actor.as_ref().map(|id| store.name_of(id)),
        "goal": line.goal.as_ref().map(|id| id.as_str()),
        "checkin": line.check_in.as_ref().map(|id| id.as_str()),
        "account": line.account.as_str(),
        "text": line.text,
        "read": line.read,
    })
}

/// The lines that are meant.
fn chosen(session: &Session, args: &Lines) -> Result<Vec<Line>, Failure> {
    let lines = inbox::inbox(session.store(), None, &session.now());
    if args.all {
        return Ok(lines);
    }
    args.ids
        .iter()
        .map(|id| {
            let found = lines.iter().find(|line| &line.key == id);
            found.cloned().ok_or_else(|| {
                Failure::new(
                    "not_found",
                    2,
                    format!("no inbox line has the id \"{id}\""),
                    "it is gone or was never there",
                    "see goaldeck inbox list",
                )
            })
        })
        .collect()
}

/// Whether an account has no place for it that a line is done.
fn is_done_kept_here(session: &Session, account: &AccountName) -> bool {
    let known = session.store().account(account);
    known.is_some_and(|known| known.setup.abilities.done == Ability::KeptHere)
}

/// `inbox read` and `inbox done`: provider's lines through the outbox, those we
/// derived ourselves by a mark kept here.
fn change(out: &mut Out, session: &mut Session, args: &Lines, is_done: bool) -> Ended {
    let lines = chosen(session, args)?;
    let at = session.now().at;
    let mut told: Vec<(AccountName, Vec<NotificationId>)> = Vec::new();
    let (mut marks, mut kept_here) = (Vec::new(), 0);
    for line in lines.iter().filter(|line| is_done || !line.read) {
        match &line.id {
            Some(_) if is_done && is_done_kept_here(session, &line.account) => {
                kept_here += 1;
                let line = line.key.clone();
                marks.push(Mark::Done { line, at });
            }
            Some(id) => match told.iter_mut().find(|(known, _)| known == &line.account) {
                Some((_, ids)) => ids.push(id.clone()),
                None => told.push((line.account.clone(), vec![id.clone()])),
            },
            None => {
                let item = if is_done {
                    format!("done {}", line.key)
                } else {
                    line.key.clone()
                };
                marks.push(Mark::Answered { item, at });
            }
        }
    }
    let count = told.iter().map(|(_, ids)| ids.len()).sum::<usize>() + marks.len();
    let word = if is_done { "removed" } else { "read" };
    if !marks.is_empty() {
        session.wish("inbox", vec![Command::PutAll(marks)])?;
    }
    let mut entries = Vec::new();
    for (account, ids) in told {
        let change = if is_done {
            Change::MarkDone { ids, done: true }
        } else {
            Change::MarkRead { ids, read: true }
        };
        entries.push(session.post("inbox", &account, change, session.new_entry())?);
    }
    if out.is_json {
        return Ok(receipt::print(out, session, &entries, "")?);
    }
    let lines = if count == 1 { "line" } else { "lines" };
    let here = match kept_here {
        0 => "",
        all if all == count => ", kept here",
        _ => ", some of them only here",
    };
    Ok(out.note(&crate::shown!("{count} {lines} {word}{here}"))?)
}

/// `inbox read ID…`
pub fn read(out: &mut Out, session: &mut Session, args: &Lines) -> Ended {
    change(out, session, args, false)
}

/// `inbox done ID…`
pub fn done(out: &mut Out, session: &mut Session, args: &Lines) -> Ended {
    change(out, session, args, true)
}
