//! What a write says when it is through: what happened, under which id, and how
//! far it is.

use crate::model::dates;
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
        out.note(&sentence(entry, done, &now))?;
    }
    Ok(())
}

/// One entry as a sentence: `check-in on Reduce churn: written (c3k9wd)`.
fn sentence(entry: &Entry, done: &str, now: &Now) -> Shown {
    let id = entry.id.short();
    text::line(&match &entry.state {
        EntryState::Sent { .. } => format!("{done} ({id})"),
        EntryState::Held { until } => {
            let wall = now.zone.local(*until).format("%H:%M:%S");
            format!("{done} ({id}): held, goes out at {wall}")
        }
        EntryState::Queued { not_before, why } => {
            let why = if why.is_empty() {
                "it waits for its turn"
            } else {
                why
            };
            let next = not_before.map_or_else(String::new, |at| {
                format!(", next try {}", now.zone.local(at).format("%H:%M:%S"))
            });
            format!("{done} ({id}): queued, not sent yet: {why}{next}")
        }
        EntryState::Sending { .. } => format!("{done} ({id}): being sent"),
        EntryState::Unknown { since, .. } => format!(
            "{done} ({id}): it may not have arrived, no answer since {}",
            dates::ago(*since, now)
        ),
        EntryState::Refused { fault } => {
            format!("{done} ({id}): refused, {}", failure::of_fault(fault))
        }
    })
}
