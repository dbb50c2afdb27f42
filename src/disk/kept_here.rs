//! What this machine keeps for good about things of remote accounts. Unlike the
//! cache it is the only copy: it stays when the account moves to another site or
//! somebody else signs in, whose ids are others, and when the account is removed,
//! so that adding it again finds everything in its place, as with drafts, outbox
//! and marks.

use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{json, time_text};
use super::fault::Trouble;
use super::{Disk, keep};
use crate::model::exchange::Fault;
use crate::model::ids::AccountName;
use crate::model::kept_here::{Changed, DEEDS_STAY, Keeper, Keeping, Note, Slot};
use crate::model::workspace::Pending;

/// The notes of an account that changed after a revision of the store.
fn changed(rows: &Connection, account: &AccountName, after: u64) -> rusqlite::Result<Changed> {
    // One transaction: the revision is that of the rows.
    let rows = rows.unchecked_transaction()?;
    let revision: i64 = rows.query_row("SELECT revision FROM meta", [], |row| row.get(0))?;
    let mut statement = rows.prepare_cached(
        "SELECT key, body FROM kept_here WHERE account = ?1 AND rev > ?2 ORDER BY rev, rowid",
    )?;
    let found = statement.query_map(params![account.as_str(), after.cast_signed()], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let mut notes = Vec::new();
    for row in found {
        let (key, body): (String, Option<String>) = row?;
        match note(&key, body.as_deref()) {
            Ok(note) => notes.push(note),
            // Written by a newer goaldeck; it stays for that one.
            Err(error) => tracing::warn!(%error, "a note kept here is not understood"),
        }
    }
    Ok(Changed {
        revision: revision.cast_unsigned(),
        notes,
    })
}

fn note(key: &str, body: Option<&str>) -> serde_json::Result<Note> {
    Ok(Note {
        slot: serde_json::from_str(key)?,
        thing: body.map(serde_json::from_str).transpose()?,
    })
}

/// Whether there is a note in this place, or was one that nobody has forgotten.
fn is_known(rows: &Connection, account: &AccountName, slot: &Slot) -> rusqlite::Result<bool> {
    let found = rows
        .prepare_cached("SELECT 1 FROM kept_here WHERE account = ?1 AND key = ?2")?
        .query_row([account.as_str(), &json(slot)?], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// Writes notes inside a transaction; false if it was done before.
fn put(rows: &Connection, account: &AccountName, keeping: &Keeping) -> Result<bool, Trouble> {
    if let Some(once) = &keeping.once
        && is_known(rows, account, &once.slot)?
    {
        return Ok(false);
    }
    let rev = keep::next_revision(rows)?;
    let write = |note: &Note| -> rusqlite::Result<()> {
        rows.prepare_cached("INSERT OR REPLACE INTO kept_here VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![
                account.as_str(),
                json(&note.slot)?,
                rev,
                time_text(keeping.at),
                note.thing.as_ref().map(json).transpose()?,
            ])?;
        Ok(())
    };
    for note in keeping.once.iter().chain(&keeping.put) {
        write(note)?;
    }
    for note in &keeping.add {
        if !is_known(rows, account, &note.slot)? {
            write(note)?;
        }
    }
    rows.prepare_cached(
        "DELETE FROM kept_here WHERE account = ?1 AND at < ?2 \
         AND (body IS NULL OR key LIKE '{\"deed\":%')",
    )?
    .execute(params![
        account.as_str(),
        time_text(keeping.at - DEEDS_STAY)
    ])?;
    Ok(true)
}

impl Keeper for Disk {
    fn changed(&self, account: &AccountName, after: u64) -> Pending<'_, Result<Changed, Fault>> {
        let account = account.clone();
        Box::pin(self.look(move |rows| Ok(changed(rows, &account, after)?)))
    }

    fn keep(&self, account: &AccountName, keeping: Keeping) -> Pending<'_, Result<bool, Fault>> {
        let account = account.clone();
        // As drafts: what a person typed may be in it.
        Box::pin(
            self.jobs
                .run(move |writer| writer.transact_in_need(|rows| put(rows, &account, &keeping))),
        )
    }
}
