//! What a write says when it is through: what happened, under which id, and how
//! far it is.

use serde_json::Value;

use crate::model::entry::{Entry, EntryState};
use crate::model::text::{self, Shown};
use crate::model::time::Now;

use super::failure;
use super::json;
use super::print::Out;
use super::session::Session;

/// Prints what became of these writes; `done` says it for one that went through.
pub fn print(
    out: &mut Out,
    session: &Session,
    entries: &[Entry],
    done: &str,
) -> std::io::Result<()> {
    let now = session.now();
    if session.is_dry_run {
        return rehearsed(out, session, entries, done);
    }
    if out.is_json {
        return out.json(&json::entries(entries, &now));
    }
    for entry in entries {
        out.note(&sentence(entry, done, session, &now))?;
    }
    Ok(())
}

/// What would have been sent for these writes.
fn rehearsed(
    out: &mut Out,
    session: &Session,
    entries: &[Entry],
    done: &str,
) -> std::io::Result<()> {
    if out.is_json {
        let list: Vec<Value> = entries
            .iter()
            .map(|entry| {
                let mut object = serde_json::json!({
                    "action": json::action(&entry.change),
                    "account": entry.signature.account.as_str(),
                    "goals": entry.change.goals(),
                });
                merge(&mut object, rehearsed_json(session, entry));
                object
            })
            .collect();
        return out.json(&json::object("dry_run", serde_json::json!(list)));
    }
    for entry in entries {
        if !done.is_empty() {
            out.say(&crate::shown!("dry run: {done}"))?;
        }
        requests(out, session, entry)?;
    }
    out.note(&crate::shown!("nothing was sent, nothing was written"))
}

/// Puts the fields of one object into another.
pub fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

/// The requests of a rehearsed entry as fields of an object.
pub fn rehearsed_json(session: &Session, entry: &Entry) -> Value {
    let Some(known) = session.rehearsed(&entry.id) else {
        return Value::Null;
    };
    let requests: Vec<Value> = known
        .requests
        .iter()
        .map(|sketch| {
            let headers = sketch.headers.iter();
            let headers: serde_json::Map<String, Value> = headers
                .map(|(name, value)| (name.clone(), Value::String(value.clone())))
                .collect();
            serde_json::json!({
                "method": sketch.method,
                "url": sketch.url,
                "headers": headers,
                "body": sketch.body,
            })
        })
        .collect();
    serde_json::json!({
        "kept_here": known.is_here,
        "requests": requests,
        "more_may_follow": known.goes_on,
    })
}

/// The requests of a rehearsed entry, line by line.
pub fn requests(out: &mut Out, session: &Session, entry: &Entry) -> std::io::Result<()> {
    let Some(known) = session.rehearsed(&entry.id) else {
        return Ok(());
    };
    if known.is_here {
        return out.say(&crate::shown!("  no request: it stays on this machine"));
    }
    if known.requests.is_empty() {
        return out.say(&crate::shown!("  no request: it stands there already"));
    }
    for sketch in &known.requests {
        out.say(&crate::shown!("  {} {}", sketch.method, sketch.url))?;
        for (name, value) in &sketch.headers {
            out.say(&crate::shown!("  {name}: {value}"))?;
        }
        if let Some(body) = &sketch.body {
            let body = match body {
                Value::String(text) => text.clone(),
                // It was JSON before it came here.
                body => serde_json::to_string_pretty(body).unwrap_or_default(),
            };
            out.block(&text::block(&body), 2)?;
        }
    }
    if known.goes_on {
        out.say(&crate::shown!(
            "  more requests may follow; they depend on what the server answers"
        ))?;
    }
    Ok(())
}

/// One entry as a sentence: `check-in on Reduce churn: written (c3k9wd)`.
fn sentence(entry: &Entry, done: &str, session: &Session, now: &Now) -> Shown {
    let id = entry.id.short();
    let standing = failure::plain(&session.store().standing(entry, now));
    text::line(&match &entry.state {
        EntryState::Sent { .. } if session.store().is_kept_here(entry) => {
            format!("{done} ({id}), kept here")
        }
        EntryState::Sent { .. } => format!("{done} ({id})"),
        EntryState::Held { .. } => format!("{done} ({id}): held, {standing}"),
        EntryState::Queued { .. } if session.store().other_sender().is_some() => {
            format!("{done} ({id}): queued; {standing}")
        }
        EntryState::Queued { .. } => format!("{done} ({id}): queued, not sent yet: {standing}"),
        EntryState::Sending { .. } => {
            format!("{done} ({id}): no answer yet, {standing}; the next goaldeck looks for it")
        }
        EntryState::Unknown { .. } => {
            format!("{done} ({id}): it may not have arrived: {standing}")
        }
        EntryState::Refused { .. } => format!("{done} ({id}): refused, {standing}"),
    })
}
