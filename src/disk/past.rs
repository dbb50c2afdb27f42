//! How goals were: before a stored goal changes, what it was until then is put
//! away in the same transaction, unless its check-ins tell it anyway.

use chrono::SecondsFormat;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{get_id, get_time, json, maybe_time};
use super::{Disk, Reply};
use crate::model::goal::Goal;
use crate::model::ids::AccountName;
use crate::model::past::{self, How, Past, Recall, Recollection, STAYS};
use crate::model::time::{Time, Zone};

/// The moment of a change, and where its day began.
#[derive(Clone, Debug)]
pub struct Today {
    at: String,
    since: String,
}

impl Today {
    /// A change at `at`, of a person whose days begin in this zone.
    pub fn new(at: Time, zone: Zone) -> Self {
        let since = zone.start_of(zone.local(at).date());
        Self {
            at: sortable(at),
            since: sortable(since),
        }
    }
}

/// A moment as text that sorts as time does.
fn sortable(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Keeps how a goal was before it changed, or that it was not there.
pub fn keep(
    to: &Connection,
    today: &Today,
    before: Option<&Goal>,
    now: Option<&Goal>,
    how: How,
) -> rusqlite::Result<()> {
    let Some(before) = before else {
        return now.map_or(Ok(()), |now| came_back(to, today, now));
    };
    let Some(kept) = past::to_keep(before, now, how) else {
        return Ok(());
    };
    // The first change of a day tells how it was at the end of the day before;
    // those after it tell of no end of a day.
    let sql = match kept.is_always_kept {
        true => "INSERT INTO past (goal, account, until, was) VALUES (?1, ?2, ?3, ?4)",
        false => {
            "INSERT INTO past (goal, account, until, was) SELECT ?1, ?2, ?3, ?4 \
             WHERE NOT EXISTS (SELECT 1 FROM past WHERE goal = ?1 AND until BETWEEN ?5 AND ?3)"
        }
    };
    let was = json(&kept.was)?;
    let (id, account) = (before.id.as_str(), before.account.as_str());
    let mut statement = to.prepare_cached(sql)?;
    match kept.is_always_kept {
        true => statement.execute(params![id, account, today.at, was])?,
        false => statement.execute(params![id, account, today.at, was, today.since])?,
    };
    Ok(())
}

/// A goal that was there before, went and came back was not there meanwhile. Of
/// any other new goal its own date says when it came.
fn came_back(to: &Connection, today: &Today, now: &Goal) -> rusqlite::Result<()> {
    to.prepare_cached(
        "INSERT INTO past (goal, account, until, was) SELECT ?1, ?2, ?3, NULL \
         WHERE EXISTS (SELECT 1 FROM past WHERE goal = ?1) \
         AND NOT EXISTS (SELECT 1 FROM past WHERE goal = ?1 AND until BETWEEN ?4 AND ?3)",
    )?
    .execute(params![
        now.id.as_str(),
        now.account.as_str(),
        today.at,
        today.since
    ])?;
    Ok(())
}

/// Throws away how goals of an account were.
pub fn forget(to: &Connection, account: &AccountName) -> rusqlite::Result<()> {
    to.execute("DELETE FROM past WHERE account = ?1", [account.as_str()])?;
    Ok(())
}

/// Notes since when it is kept; what was noted before stays if that is earlier.
pub fn began(to: &Connection, at: Time) -> rusqlite::Result<()> {
    to.execute(
        "UPDATE meta SET past_since = ?1 WHERE past_since IS NULL OR past_since > ?1",
        [sortable(at)],
    )?;
    Ok(())
}

/// Since when it is kept.
pub fn since(from: &Connection) -> rusqlite::Result<Option<Time>> {
    from.query_row("SELECT past_since FROM meta", [], |row| maybe_time(row, 0))
}

/// Whether something is kept that is older than it stays.
pub fn is_old(from: &Connection, now: Time) -> rusqlite::Result<bool> {
    let found = from
        .prepare_cached("SELECT 1 FROM past WHERE until < ?1 LIMIT 1")?
        .query_row([sortable(now - STAYS)], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// Drops what is older than it stays.
pub fn drop_old(to: &Connection, now: Time) -> rusqlite::Result<()> {
    let first = sortable(now - STAYS);
    to.execute("DELETE FROM past WHERE until < ?1", [&first])?;
    to.execute(
        "UPDATE meta SET past_since = ?1 WHERE past_since < ?1",
        [&first],
    )?;
    Ok(())
}

/// A kept state; none if a newer goaldeck wrote it so that we do not understand it.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<Past>> {
    let was: Option<String> = row.get(2)?;
    let was = match was.as_deref().map(serde_json::from_str::<Goal>) {
        None => None,
        Some(Ok(goal)) => Some(Box::new(goal)),
        Some(Err(error)) => {
            tracing::warn!(%error, "a kept state of a goal is not understood");
            return Ok(None);
        }
    };
    Ok(Some(Past {
        goal: get_id(row, 0)?,
        until: get_time(row, 1)?,
        was,
    }))
}

fn recall(from: &Connection, recall: &Recall) -> rusqlite::Result<Recollection> {
    // One transaction: both tell of the same moment.
    let rows = from.unchecked_transaction()?;
    let (which, with) = match recall {
        Recall::Goal(goal) => ("goal = ?1", goal.as_str().to_owned()),
        Recall::Since(moment) => ("until > ?1", sortable(*moment)),
    };
    let sql = format!("SELECT goal, until, was FROM past WHERE {which} ORDER BY until, n");
    let mut statement = rows.prepare_cached(&sql)?;
    let found = statement.query_map([with], read)?;
    let kept = found.filter_map(Result::transpose);
    Ok(Recollection {
        kept: kept.collect::<rusqlite::Result<_>>()?,
        since: since(&rows)?,
    })
}

impl Disk {
    /// How goals were, as far as that was kept: oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn past(&self, of: Recall) -> Reply<Recollection> {
        // After what is being written: an answer that changed goals may be among it.
        let written = self.flush();
        self.look(move |rows| {
            // A store that is closed is read as it is.
            let _closed = written.wait();
            Ok(recall(rows, &of)?)
        })
    }
}

#[cfg(test)]
mod tests;
