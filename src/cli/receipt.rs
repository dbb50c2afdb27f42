//! What a write says when it is through: what happened, under which id, and how
//! far it is.

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
    if out.is_json {
        return out.json(&json::entries(entries, &now));
    }
    for entry in entries {
        out.note(&sentence(entry, done, session, &now))?;
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
