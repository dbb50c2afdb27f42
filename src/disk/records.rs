//! What this machine itself keeps: outbox, drafts, marks, and the bin for what
//! was thrown away. Decides nothing about entries but what may not get lost.

use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{get_json, json, time_text, word};
use super::fault::Trouble;
use crate::model::entry::{Draft, DraftKey, Entry, EntryState, Form, Mark, Record, Records};
use crate::model::exchange::{Fault, FaultKind};
use crate::model::ids::EntryId;

/// Days that thrown-away text stays in the bin.
const BIN_DAYS: u32 = 30;

/// Something thrown away within the last thirty days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binned {
    /// When, RFC 3339.
    pub at: String,
    /// `entry` or `draft`.
    pub what: String,
    /// The goal it was about, if any.
    pub goal: Option<String>,
    /// What a person had typed: foreign text.
    pub text: String,
}

/// Reads everything.
///
/// # Errors
/// What SQLite says, or a row that cannot be understood.
pub fn load(from: &Connection) -> rusqlite::Result<Records> {
    let all = from.unchecked_transaction()?;
    Ok(Records {
        entries: column(&all, "SELECT entry FROM outbox ORDER BY seq, id")?,
        drafts: column(&all, "SELECT draft FROM drafts ORDER BY saved_at")?,
        marks: column(&all, "SELECT mark FROM marks")?,
    })
}

fn column<T: serde::de::DeserializeOwned>(
    from: &Connection,
    sql: &str,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = from.prepare(sql)?;
    let rows = statement.query_map([], |row| get_json(row, 0))?;
    rows.collect()
}

/// Reads the bin, newest first.
///
/// # Errors
/// What SQLite says.
pub fn bin(from: &Connection) -> rusqlite::Result<Vec<Binned>> {
    let mut statement = from.prepare("SELECT at, what, goal, text FROM bin ORDER BY n DESC")?;
    let rows = statement.query_map([], |row| {
        Ok(Binned {
            at: row.get(0)?,
            what: row.get(1)?,
            goal: row.get(2)?,
            text: row.get(3)?,
        })
    })?;
    rows.collect()
}

/// Carries records out inside a transaction.
///
/// # Errors
/// What SQLite says; [`FaultKind::Changed`] when another program changed an entry
/// first.
pub fn write(to: &Connection, records: &[Record], writer: &str) -> Result<(), Trouble> {
    for record in records {
        match record {
            Record::PutEntry(entry) => put_entry(to, entry)?,
            Record::DropEntry { id, rev } => drop_entry(to, id, *rev)?,
            Record::PutDraft(draft) => put_draft(to, draft, writer)?,
            Record::DropDraft(key) => drop_draft(to, key)?,
            Record::PutMark(mark) => put_mark(to, mark)?,
            Record::DropMark(key) => {
                to.prepare_cached("DELETE FROM marks WHERE key = ?1")?
                    .execute([key])?;
            }
        }
    }
    Ok(())
}

/// The state word and the revision of an entry as stored; rows of older programs
/// have none and count as 0.
fn stored(to: &Connection, id: &EntryId) -> rusqlite::Result<Option<(String, u64)>> {
    to.prepare_cached(
        "SELECT state, coalesce(json_extract(entry, '$.rev'), 0) FROM outbox WHERE id = ?1",
    )?
    .query_row([id.as_str()], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
    })
    .optional()
}

/// Of two programs that move the same entry exactly one wins.
fn too_late() -> Trouble {
    Trouble::Fault(Fault::new(
        FaultKind::Changed,
        "another program changed this entry first",
        "look at it again in the outbox",
    ))
}

/// Stores an entry. Only the first time its draft goes with it: later the same
/// form of the same goal may hold the next draft.
fn put_entry(to: &Connection, entry: &Entry) -> Result<(), Trouble> {
    let stored = stored(to, &entry.id)?;
    let follows = match &stored {
        None => entry.rev <= 1,
        Some((_, rev)) => entry.rev == rev + 1,
    };
    if !follows {
        return Err(too_late());
    }
    let known = stored.map(|(state, _)| state);
    to.prepare_cached(
        "INSERT INTO outbox VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE \
         SET seq = ?2, account = ?3, kind = ?4, goal = ?5, state = ?6, attempts = ?7, entry = ?8",
    )?
    .execute(params![
        entry.id.as_str(),
        entry.seq.cast_signed(),
        entry.signature.account.as_str(),
        entry.change.word(),
        entry.change.goals().first().map(|goal| goal.as_str()),
        entry.state.word(),
        entry.attempts,
        json(entry)?,
    ])?;
    if known.as_deref() != Some(entry.state.word()) {
        let why = match &entry.state {
            EntryState::Refused { fault } => fault.why.as_str(),
            EntryState::Queued { why, .. } | EntryState::Unknown { why, .. } => why.as_str(),
            _ => "",
        };
        log(to, &entry.id, known.as_deref(), entry.state.word(), why)?;
    }
    if known.is_none()
        && let Some(draft) = &entry.draft
    {
        to.prepare_cached("DELETE FROM drafts WHERE key = ?1")?
            .execute([json(&draft.key)?])?;
    }
    Ok(())
}

fn log(
    to: &Connection,
    entry: &EntryId,
    from: Option<&str>,
    state: &str,
    why: &str,
) -> rusqlite::Result<()> {
    to.prepare_cached(
        "INSERT INTO outbox_log (entry, from_state, to_state, why) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![entry.as_str(), from, state, why])?;
    Ok(())
}

fn drop_entry(to: &Connection, id: &EntryId, rev: u64) -> Result<(), Trouble> {
    if stored(to, id)?.is_none_or(|(_, known)| known != rev) {
        return Err(too_late());
    }
    let known: Option<(String, Entry)> = to
        .prepare_cached("DELETE FROM outbox WHERE id = ?1 RETURNING state, entry")?
        .query_row([id.as_str()], |row| Ok((row.get(0)?, get_json(row, 1)?)))
        .optional()?;
    let Some((state, entry)) = known else {
        return Ok(());
    };
    log(to, id, Some(&state), "dropped", "")?;
    let text = entry.change.text().unwrap_or_default();
    // What was sent stands at the provider.
    if state == "sent" || text.trim().is_empty() {
        return Ok(());
    }
    let goal = entry.change.goals().first().map(|goal| goal.to_string());
    Ok(discard(to, "entry", goal.as_deref(), text, &json(&entry)?)?)
}

fn discard(
    to: &Connection,
    what: &str,
    goal: Option<&str>,
    text: &str,
    body: &str,
) -> rusqlite::Result<()> {
    to.prepare_cached("INSERT INTO bin (what, goal, text, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute([Some(what), goal, Some(text), Some(body)])?;
    to.prepare_cached("DELETE FROM bin WHERE at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?1)")?
        .execute([format!("-{BIN_DAYS} days")])?;
    Ok(())
}

/// Stores a draft. If another program wrote the same one, the newer stays and
/// the other goes into the bin, so neither text is lost.
fn put_draft(to: &Connection, draft: &Draft, writer: &str) -> rusqlite::Result<()> {
    let key = json(&draft.key)?;
    let stored: Option<(String, Draft)> = to
        .prepare_cached("SELECT writer, draft FROM drafts WHERE key = ?1")?
        .query_row([&key], |row| Ok((row.get(0)?, get_json(row, 1)?)))
        .optional()?;
    if let Some((other, stored)) = &stored
        && other != writer
        && stored.fields != draft.fields
    {
        let stored_is_newer = stored.saved_at > draft.saved_at;
        discard_draft(to, if stored_is_newer { draft } else { stored })?;
        if stored_is_newer {
            return Ok(());
        }
    }
    let form = match &draft.key.form {
        Form::Reply(_) => "reply".to_owned(),
        form => word(form)?,
    };
    to.prepare_cached("INSERT OR REPLACE INTO drafts VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![
            key,
            draft.key.goal.as_ref().map(|goal| goal.as_str()),
            form,
            time_text(draft.saved_at),
            writer,
            json(draft)?,
        ])?;
    Ok(())
}

fn discard_draft(to: &Connection, draft: &Draft) -> rusqlite::Result<()> {
    let typed: Vec<&str> = draft
        .fields
        .values()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    if typed.is_empty() {
        return Ok(());
    }
    let goal = draft.key.goal.as_ref().map(|goal| goal.as_str());
    discard(to, "draft", goal, &typed.join("\n"), &json(draft)?)
}

fn drop_draft(to: &Connection, key: &DraftKey) -> rusqlite::Result<()> {
    let stored: Option<Draft> = to
        .prepare_cached("DELETE FROM drafts WHERE key = ?1 RETURNING draft")?
        .query_row([json(key)?], |row| get_json(row, 0))
        .optional()?;
    stored.map_or(Ok(()), |draft| discard_draft(to, &draft))
}

fn put_mark(to: &Connection, mark: &Mark) -> rusqlite::Result<()> {
    to.prepare_cached("INSERT OR REPLACE INTO marks VALUES (?1, ?2)")?
        .execute([mark.key(), json(mark)?])?;
    Ok(())
}
