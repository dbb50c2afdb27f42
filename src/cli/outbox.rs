//! `outbox list`, `retry`, `drop`, `flush`.

use serde_json::{Value, json};

use crate::model::dates;
use crate::model::entry::{Draft, Entry, EntryState, Form};
use crate::model::exchange::Change;
use crate::model::ids::EntryId;
use crate::model::time::Now;
use crate::store::Store;
use crate::store::effect::Command;

use super::args::Global;
use super::failure::{self, Failure};
use super::print::{Out, Table, Tone, cell};
use super::session::Session;
use super::{Ended, ask, json as schema};

/// Sent entries that are listed.
const SENT: usize = 10;

/// What is to be said about an entry's state, half a sentence.
pub fn why(entry: &Entry, now: &Now) -> String {
    let clock = |at| now.zone.local(at).format("%H:%M:%S").to_string();
    match &entry.state {
        EntryState::Held { until } => format!("sends at {}", clock(*until)),
        EntryState::Queued { not_before, why } => {
            let why = if why.is_empty() {
                "waits for its turn"
            } else {
                why
            };
            not_before.map_or_else(
                || why.to_owned(),
                |at| format!("{why}, next try {}", clock(at)),
            )
        }
        EntryState::Sending { since } => format!("since {}", clock(*since)),
        EntryState::Unknown {
            next_look: Some(at),
            ..
        } => format!("may not have arrived, looking at {}", clock(*at)),
        EntryState::Unknown { .. } => "may not have arrived; retry or drop it".to_owned(),
        EntryState::Sent { at } => dates::ago(*at, now),
        EntryState::Refused { fault } => failure::of_fault(fault),
    }
}

/// What an entry is about, without the word for what it does.
fn named(store: &Store, entry: &Entry) -> String {
    if let Change::PutPerson { person } = &entry.change {
        return person.name.clone();
    }
    let whole = store.describe(entry);
    let name = whole.strip_prefix(entry.change.word()).unwrap_or(&whole);
    let quotes = |c: char| c.is_whitespace() || "\u{201c}\u{201d}".contains(c);
    name.trim_matches(quotes).to_owned()
}

fn draft_word(draft: &Draft) -> &'static str {
    match draft.key.form {
        Form::CheckIn => "check-in",
        Form::EditCheckIn(_) => "check-in edit",
        Form::Reply(_) => "reply",
        Form::Comment => "comment",
        Form::EditGoal => "edit",
        Form::NewGoal => "new goal",
        Form::Close => "close",
    }
}

/// `outbox list`
pub fn list(out: &mut Out, session: &Session) -> Ended {
    let (store, now) = (session.store(), session.now());
    let is_sent = |entry: &&Entry| matches!(entry.state, EntryState::Sent { .. });
    let open: Vec<&Entry> = store.entries().filter(|entry| !is_sent(entry)).collect();
    let sent: Vec<&Entry> = store.entries().rev().filter(is_sent).take(SENT).collect();
    let drafts = store.drafts();
    if out.is_json {
        let entries: Vec<Value> = open
            .iter()
            .chain(&sent)
            .map(|entry| schema::entry(entry, &now))
            .collect();
        let drafts: Vec<Value> = drafts
            .iter()
            .map(|draft| {
                json!({
                    "action": draft_word(draft).replace("check-in", "checkin").replace(' ', "_"),
                    "goal": draft.key.goal.as_ref().map(|id| id.as_str()),
                    "state": "draft",
                    "saved_at": schema::moment(draft.saved_at, &now),
                    "fields": draft.fields,
                })
            })
            .collect();
        let mut object = schema::object("outbox", json!(entries));
        if let Some(fields) = object.as_object_mut() {
            fields.insert("drafts".to_owned(), json!(drafts));
        }
        return Ok(out.json(&object)?);
    }
    let mut table = Table::cutting(3);
    for entry in open {
        table.row(vec![
            cell(entry.id.short()),
            cell(&entry.state.word().to_uppercase()).tone(tone(entry)),
            cell(entry.change.word()),
            cell(&named(store, entry)),
            cell(&why(entry, &now)),
        ]);
    }
    for draft in drafts {
        let goal = draft.key.goal.as_ref().and_then(|id| store.goal(id));
        let name = goal.map_or("", |goal| goal.name.as_str());
        table.row(vec![
            cell("–"),
            cell("DRAFT"),
            cell(draft_word(draft)),
            cell(name),
            cell(&format!("saved {}", dates::ago(draft.saved_at, &now))),
        ]);
    }
    for entry in sent {
        table.row(vec![
            cell(entry.id.short()),
            cell("SENT").tone(Tone::Dim),
            cell(entry.change.word()),
            cell(&named(store, entry)),
            cell(&why(entry, &now)),
        ]);
    }
    if table.is_empty() && out.is_terminal {
        return Ok(out.say(&crate::shown!("Nothing to send."))?);
    }
    Ok(out.table(&table)?)
}

fn tone(entry: &Entry) -> Tone {
    match &entry.state {
        EntryState::Refused { .. } => Tone::Bad,
        EntryState::Unknown { .. } => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// The entries that are meant: whole ids or how they begin.
fn chosen(session: &Session, ids: &[String]) -> Result<Vec<EntryId>, Failure> {
    ids.iter()
        .map(|wanted| {
            let found: Vec<&Entry> = session
                .store()
                .entries()
                .filter(|entry| entry.id.as_str() == wanted || entry.id.short() == wanted)
                .collect();
            match found.as_slice() {
                [only] => Ok(only.id.clone()),
                [] => Err(Failure::new(
                    "not_found",
                    2,
                    format!("no outbox entry has the id \"{wanted}\""),
                    "it is gone or was never there",
                    "see goaldeck outbox list",
                )),
                _ => Err(Failure::new(
                    "ambiguous",
                    2,
                    format!("\"{wanted}\" could be {} entries", found.len()),
                    "their ids begin alike",
                    "give the whole id",
                )
                .with_lines(found.iter().map(|entry| entry.id.to_string()).collect())),
            }
        })
        .collect()
}

fn report(out: &mut Out, session: &Session, ids: &[EntryId]) -> Ended {
    let now = session.now();
    let entries: Vec<&Entry> = ids
        .iter()
        .filter_map(|id| session.store().entry(id))
        .collect();
    if out.is_json {
        let list: Vec<Value> = entries
            .iter()
            .map(|entry| schema::entry(entry, &now))
            .collect();
        out.json(&schema::object("outbox", json!(list)))?;
    } else {
        for entry in &entries {
            let what = session.store().describe(entry);
            let (id, state) = (entry.id.short(), entry.state.word());
            out.note(&crate::shown!(
                "{what} ({id}): {state}, {}",
                why(entry, &now)
            ))?;
        }
    }
    let refused = entries.iter().find_map(|entry| match &entry.state {
        EntryState::Refused { fault } => Some((entry, fault)),
        _ => None,
    });
    match refused {
        Some((entry, fault)) => Err(Failure::of(session.store().describe(entry), fault).into()),
        None => Ok(()),
    }
}

/// `outbox retry ID…`
pub fn retry(out: &mut Out, session: &mut Session, ids: &[String]) -> Ended {
    let ids = chosen(session, ids)?;
    let commands = ids.iter().cloned().map(Command::Retry).collect();
    // What is refused again is told with its entry.
    session.carry_out(commands);
    report(out, session, &ids)
}

/// `outbox drop ID…`
pub fn drop_entries(
    out: &mut Out,
    session: &mut Session,
    global: &Global,
    ids: &[String],
) -> Ended {
    let ids = chosen(session, ids)?;
    let mut dropped = Vec::new();
    for id in ids {
        let Some(entry) = session.store().entry(&id).cloned() else {
            continue;
        };
        let what = session.store().describe(&entry);
        ask::is_sure(global, &crate::shown!("drop {what} ({})?", id.short()))?;
        let toasts = session.carry_out(vec![Command::Drop(id.clone())]);
        if session.store().entry(&id).is_some() {
            let why = toasts
                .into_iter()
                .next_back()
                .map_or_else(String::new, |toast| toast.text);
            return Err(Failure::failed(format!("{what} is not dropped"), why, "").into());
        }
        out.note(&crate::shown!(
            "dropped {what}; its text is kept for 30 days"
        ))?;
        dropped.push(schema::entry(&entry, &session.now()));
    }
    if out.is_json {
        out.json(&schema::object("dropped", json!(dropped)))?;
    }
    Ok(())
}

/// `outbox flush`
pub fn flush(out: &mut Out, session: &mut Session) -> Ended {
    let waiting: Vec<EntryId> = session
        .store()
        .entries()
        .filter(|entry| {
            matches!(
                entry.state,
                EntryState::Held { .. } | EntryState::Queued { .. }
            )
        })
        .map(|entry| entry.id.clone())
        .collect();
    if waiting.is_empty() {
        if out.is_json {
            return Ok(out.json(&schema::object("outbox", json!([])))?);
        }
        return Ok(out.note(&crate::shown!("nothing waits to be sent"))?);
    }
    let commands = waiting.iter().cloned().map(Command::Retry).collect();
    session.carry_out(commands);
    report(out, session, &waiting)
}
