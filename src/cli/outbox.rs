//! `outbox list`, `retry`, `drop`, `settle`, `draft`, `flush`.

use serde_json::{Value, json};

use crate::model::dates;
use crate::model::entry::{Draft, Entry, EntryState, Form};
use crate::model::exchange::Change;
use crate::model::ids::EntryId;
use crate::model::time::Now;
use crate::store::effect::Command;
use crate::store::{AccountState, Store};

use super::args::Global;
use super::failure::{self, Failure};
use super::print::{Out, Table, Tone, cell};
use super::session::{self, Session};
use super::{Ended, ask, json as schema};

/// Sent entries that are listed.
const SENT: usize = 10;

/// What is to be said about an entry's state, half a sentence.
pub fn why(store: &Store, entry: &Entry, now: &Now) -> String {
    match &entry.state {
        EntryState::Sent { at } => dates::ago(*at, now),
        EntryState::Unknown {
            next_look: None, ..
        } => format!(
            "{}; settle it if it is there, else retry, draft or drop it",
            store.standing(entry, now)
        ),
        _ => failure::plain(&store.standing(entry, now)),
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

/// What an unfinished form is for.
pub fn draft_word(draft: &Draft) -> &'static str {
    match draft.key.form {
        Form::CheckIn => "check-in",
        Form::EditCheckIn(_) => "check-in edit",
        Form::Reply(_) => "reply",
        Form::Comment => "comment",
        Form::EditGoal => "edit",
        Form::NewGoal => "new goal",
        Form::Close => "close",
        Form::Approve => "approve",
        Form::Decline => "decline",
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
            cell(&why(store, entry, &now)),
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
            cell(state_word(store, entry)).tone(Tone::Dim),
            cell(entry.change.word()),
            cell(&named(store, entry)),
            cell(&why(store, entry, &now)),
        ]);
    }
    if table.is_empty() && out.is_terminal {
        return Ok(out.say(&crate::shown!("Nothing to send."))?);
    }
    Ok(out.table(&table)?)
}

/// What became of an entry that is done.
fn state_word(store: &Store, entry: &Entry) -> &'static str {
    if store.is_kept_here(entry) {
        "KEPT HERE"
    } else {
        "SENT"
    }
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
                why(session.store(), entry, &now)
            ))?;
        }
    }
    for entry in &entries {
        let what = session.store().describe(entry);
        if let EntryState::Refused { fault } = &entry.state {
            return Err(Failure::of(what, fault).into());
        }
    }
    Ok(())
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

/// `outbox settle ID…`
pub fn settle(out: &mut Out, session: &mut Session, ids: &[String]) -> Ended {
    let ids = chosen(session, ids)?;
    for id in &ids {
        let Some(entry) = session.store().entry(id).cloned() else {
            continue;
        };
        let is_open = matches!(
            entry.state,
            EntryState::Unknown {
                next_look: None,
                ..
            }
        );
        if !is_open {
            let what = session.store().describe(&entry);
            let state = entry.state.word();
            let why = format!("it is {state}, not one that may have been sent");
            return Err(Failure::failed(format!("{what} is not settled"), why, "").into());
        }
        session.wish("outbox", vec![Command::Settle(id.clone())])?;
    }
    report(out, session, &ids)
}

/// `outbox draft ID…`
pub fn draft(out: &mut Out, session: &mut Session, ids: &[String]) -> Ended {
    let ids = chosen(session, ids)?;
    let mut taken = Vec::new();
    for id in ids {
        let Some(entry) = session.store().entry(&id).cloned() else {
            continue;
        };
        let what = session.store().describe(&entry);
        if entry.draft.is_none() {
            return Err(Failure::failed(
                format!("{what} is no draft"),
                "it was not written in a form",
                "drop it: its text is kept for 30 days",
            )
            .into());
        }
        session.wish("outbox", vec![Command::Rewrite(id.clone())])?;
        if session.store().entry(&id).is_some() {
            let why = "it is on its way or done";
            return Err(Failure::failed(format!("{what} is no draft"), why, "").into());
        }
        out.note(&crate::shown!("{what} is a draft again"))?;
        taken.push(schema::entry(&entry, &session.now()));
    }
    if out.is_json {
        out.json(&schema::object("drafts", json!(taken)))?;
    }
    Ok(())
}

/// `outbox flush`: everything that may leave, now; what is looked for, when a look
/// can tell.
pub fn flush(out: &mut Out, session: &mut Session) -> Ended {
    // What somebody chose a moment for waits for it.
    let is_chosen = |entry: &Entry| matches!(entry.state, EntryState::Held { chosen: true, .. });
    let is_waiting = |entry: &&Entry| {
        entry.state.is_pending() && !entry.state.needs_person() && !is_chosen(entry)
    };
    let waiting: Vec<EntryId> = session
        .store()
        .entries()
        .filter(is_waiting)
        .map(|entry| entry.id.clone())
        .collect();
    if waiting.is_empty() {
        if out.is_json {
            return Ok(out.json(&schema::object("outbox", json!([])))?);
        }
        return Ok(out.note(&crate::shown!("nothing waits to be sent"))?);
    }
    let commands = waiting.iter().cloned().map(Command::Retry).collect();
    // What is refused or unsure is told with its entry.
    session.carry_out(commands);
    report(out, session, &waiting)?;
    unsent(session, &waiting)
}

/// What is not sent after a flush, as a failure; another program that sends is none.
fn unsent(session: &Session, ids: &[EntryId]) -> Ended {
    let store = session.store();
    let left: Vec<&Entry> = ids
        .iter()
        .filter_map(|id| store.entry(id))
        .filter(|entry| entry.state.is_pending())
        .collect();
    let Some(first) = left.first().filter(|_| store.other_sender().is_none()) else {
        return Ok(());
    };
    let state = store
        .account(&first.signature.account)
        .map(|known| &known.state);
    let is_signed_out = state.is_some_and(session::needs_token);
    let is_offline = matches!(state, Some(AccountState::Offline { .. }));
    let is_kept_here = !is_offline && (store.kept_back(first).is_some() || store.is_behind(first));
    let (code, exit) = if is_signed_out {
        ("signed_out", 3)
    } else if is_kept_here {
        ("waits", 1)
    } else {
        ("offline", 5)
    };
    let what = match left.len() {
        1 => format!("{} is not sent", store.describe(first)),
        count => format!("{count} entries are not sent"),
    };
    let why = failure::plain(&store.standing(first, &session.now()));
    Err(Failure::new(code, exit, what, why, "they stay in the outbox").into())
}
