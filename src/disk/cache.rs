//! What was read from remote accounts, one section of the store each: put away
//! as it was told, handed back at the next start. Nothing here is the only copy
//! of anything; all of it may be thrown away. How goals were before they changed is
//! kept elsewhere ([`super::past`]) and goes only with its account.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::answer::{self, Hand};
use super::columns::{get_id, maybe_id, maybe_time, time_text, word};
use super::fault::Trouble;
use super::load::{self, Scope, Section};
use super::past::Today;
use super::{Disk, keep, past};
use crate::model::cache::{Brief, COPIES_STAY, Cache, Known, Notes, Site, Told};
use crate::model::exchange::{Batch, Cursor, Fault, Query};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, GoalId, NotificationId};
use crate::model::notification::Notification;
use crate::model::past::How;
use crate::model::person::Person;
use crate::model::time::{Time, Zone};
use crate::model::workspace::Pending;

/// Goals that are compared with what is kept in one go.
const AT_ONCE: usize = 500;

fn find(rows: &Connection, site: &Site) -> rusqlite::Result<Option<(Section, Known)>> {
    rows.prepare_cached(
        "SELECT section, me, synced_at, cursor, may_write FROM accounts \
         WHERE account = ?1 AND origin = ?2",
    )?
    .query_row([site.account.as_str(), site.origin.as_str()], |row| {
        let known = Known {
            me: maybe_id(row, 1)?,
            synced_at: maybe_time(row, 2)?,
            cursor: row.get::<_, Option<String>>(3)?.map(Cursor),
            may_write: row.get(4)?,
        };
        Ok((Section(row.get(0)?), known))
    })
    .optional()
}

/// The section of an account, made if it has none; emptied if it was another
/// site's.
fn enroll(rows: &Connection, site: &Site) -> rusqlite::Result<(Section, Known)> {
    if let Some(found) = find(rows, site)? {
        return Ok(found);
    }
    forget(rows, &site.account)?;
    rows.execute(
        "INSERT INTO accounts (account, origin) VALUES (?1, ?2)",
        [site.account.as_str(), site.origin.as_str()],
    )?;
    Ok((Section(rows.last_insert_rowid()), Known::default()))
}

/// Throws away all that is kept of a remote account, and how its goals were.
fn forget(rows: &Connection, account: &AccountName) -> rusqlite::Result<()> {
    let section: Option<i64> = rows
        .prepare_cached("DELETE FROM accounts WHERE account = ?1 RETURNING section")?
        .query_row([account.as_str()], |row| row.get(0))
        .optional()?;
    rows.prepare_cached("DELETE FROM provider_notes WHERE account = ?1")?
        .execute([account.as_str()])?;
    past::forget(rows, account)?;
    section.map_or(Ok(()), |section| empty(rows, Section(section)))
}

fn empty(rows: &Connection, section: Section) -> rusqlite::Result<()> {
    rows.prepare_cached("DELETE FROM goals WHERE n BETWEEN ?1 AND ?2")?
        .execute([section.first(), section.last()])?;
    for table in ["people", "notifications"] {
        rows.prepare_cached(&format!("DELETE FROM {table} WHERE section = ?1"))?
            .execute([section.0])?;
    }
    Ok(())
}

/// Keeps what an account told, inside a transaction.
pub(super) fn put(rows: &Connection, site: &Site, told: &Told, zone: Zone) -> Result<(), Trouble> {
    let today = Today::new(told.at, zone);
    let (section, mut known) = enroll(rows, site)?;
    let is_other_person = told.me.is_some() && known.me.is_some() && told.me != known.me;
    if is_other_person {
        // How goals were is what somebody else was shown.
        past::forget(rows, &site.account)?;
        empty(rows, section)?;
        known = Known::default();
    }
    let seen = time_text(known.synced_at.unwrap_or(told.at));
    let is_first = known.synced_at.is_none();
    goals(rows, section, &told.goals, &today, is_first)?;
    for id in &told.gone {
        if let Some(number) = load::number_of(rows, section, id)? {
            leave_copy(rows, number, &seen)?;
        }
    }
    for id in &told.deleted {
        if let Some(number) = load::number_of(rows, section, id)? {
            delete(rows, number, &today)?;
        }
    }
    for one in &told.people {
        person(rows, section, one)?;
    }
    for line in &told.notifications {
        notification(rows, section, line)?;
    }
    let synced = told.synced.as_ref();
    if let Some((goals, lines)) = synced.and_then(|synced| synced.all.as_ref()) {
        keep_only(rows, section, goals, lines, &seen)?;
    }
    for number in long_gone(rows, section, told.at)? {
        delete(rows, number, &today)?;
    }
    let cursor = synced.and_then(|synced| synced.cursor.clone());
    let now = Known {
        me: told.me.clone().or_else(|| known.me.clone()),
        synced_at: synced.map(|_| told.at).or(known.synced_at),
        cursor: cursor.or_else(|| known.cursor.clone()),
        may_write: told.may_write.or(known.may_write),
    };
    if is_other_person || now != known {
        rows.prepare_cached(
            "UPDATE accounts SET me = ?2, synced_at = ?3, cursor = ?4, may_write = ?5 \
             WHERE section = ?1",
        )?
        .execute(params![
            section.0,
            now.me.as_ref().map(|me| me.as_str()),
            now.synced_at.map(time_text),
            now.cursor.map(|cursor| cursor.0),
            now.may_write
        ])?;
    }
    Ok(())
}

/// Copies of goals that were not shown for long enough.
fn long_gone(rows: &Connection, section: Section, now: Time) -> rusqlite::Result<Vec<i64>> {
    let mut statement =
        rows.prepare_cached("SELECT n FROM goals WHERE n BETWEEN ?1 AND ?2 AND gone < ?3")?;
    let with = params![
        section.first(),
        section.last(),
        time_text(now - COPIES_STAY)
    ];
    let found = statement.query_map(with, |row| row.get(0))?;
    found.collect()
}

/// Takes a goal away; how it was stays.
fn delete(rows: &Connection, number: i64, today: &Today) -> rusqlite::Result<()> {
    if let Some((_, goal)) = load::goal_by_number(rows, number)? {
        past::keep(rows, today, Some(&goal), None, How::Told)?;
    }
    rows.prepare_cached("DELETE FROM goals WHERE n = ?1")?
        .execute([number])?;
    Ok(())
}

/// The goals in pieces in which none is named twice: an answer names what is mine
/// first and then everything, and the later word builds on the first.
fn pieces(told: &[(Goal, Brief)]) -> Vec<&[(Goal, Brief)]> {
    let mut pieces = Vec::new();
    let mut rest = told;
    while !rest.is_empty() {
        let mut named = HashSet::new();
        let once = rest
            .iter()
            .take(AT_ONCE)
            .take_while(|(goal, _)| named.insert(&goal.id))
            .count();
        let (piece, after) = rest.split_at(once);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn goals(
    rows: &Connection,
    section: Section,
    told: &[(Goal, Brief)],
    today: &Today,
    is_first: bool,
) -> Result<(), Trouble> {
    // Of a goal nobody read before there is nothing to keep.
    let today_of = |before: Option<(i64, &Goal)>| match before {
        None if is_first => None,
        _ => Some(today),
    };
    for piece in pieces(told) {
        let mut numbers = Vec::with_capacity(piece.len());
        for (goal, _) in piece {
            numbers.extend(load::number_of(rows, section, &goal.id)?);
        }
        numbers.sort_unstable();
        let mut before = HashMap::with_capacity(numbers.len());
        load::goals(rows, Scope::Numbers(&numbers), |number, goal| {
            before.insert(goal.id.clone(), (number, goal));
            true
        })?;
        for (goal, brief) in piece {
            let before = before.get(&goal.id).map(|(number, goal)| (*number, goal));
            match (before, brief) {
                (Some((_, known)), _) if known == goal => {}
                (Some((_, known)), brief) => {
                    let mut joined = goal.clone();
                    match brief {
                        Brief::Yes => joined.absorb(known),
                        Brief::No => joined.keep_progress(known),
                    }
                    if known != &joined {
                        one(rows, section, &joined, before, today_of(before))?;
                    }
                }
                (None, _) => one(rows, section, goal, before, today_of(before))?,
            }
        }
    }
    Ok(())
}

/// Keeps one goal. One that the tables do not take (a figure that is no number,
/// an id that a workspace of this machine has) is left out, the others stay.
fn one(
    rows: &Connection,
    section: Section,
    goal: &Goal,
    before: Option<(i64, &Goal)>,
    today: Option<&Today>,
) -> Result<(), Trouble> {
    let run = |sql| rows.prepare_cached(sql)?.execute([]);
    run("SAVEPOINT one")?;
    let was = before.map(|(_, before)| before);
    let kept = today.map_or(Ok(()), |today| {
        past::keep(rows, today, was, Some(goal), How::Told)
    });
    match kept.and_then(|()| keep::goal(rows, section, goal, before, 0)) {
        Ok(_) => run("RELEASE one")?,
        Err(error) if is_odd(&error) => {
            tracing::warn!(%error, "a goal is not kept");
            run("ROLLBACK TO one")?;
            run("RELEASE one")?
        }
        Err(error) => return Err(error.into()),
    };
    Ok(())
}

fn is_odd(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::ToSqlConversionFailure(_))
        || error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
}

/// The provider shows it no more: what is kept stays as a copy for a while.
fn leave_copy(rows: &Connection, number: i64, seen: &str) -> rusqlite::Result<()> {
    rows.prepare_cached("UPDATE goals SET gone = ?2 WHERE n = ?1 AND gone IS NULL")?
        .execute(params![number, seen])?;
    Ok(())
}

/// What a complete answer did not name is gone.
fn keep_only(
    rows: &Connection,
    section: Section,
    goals: &HashSet<GoalId>,
    lines: &HashSet<NotificationId>,
    seen: &str,
) -> rusqlite::Result<()> {
    let mut statement =
        rows.prepare_cached("SELECT n, id FROM goals WHERE n BETWEEN ?1 AND ?2 AND gone IS NULL")?;
    let kept = statement.query_map([section.first(), section.last()], |row| {
        Ok((row.get(0)?, get_id::<GoalId>(row, 1)?))
    })?;
    let kept: Vec<(i64, GoalId)> = kept.collect::<rusqlite::Result<_>>()?;
    for (number, _) in kept.iter().filter(|(_, id)| !goals.contains(id)) {
        leave_copy(rows, *number, seen)?;
    }
    let mut statement =
        rows.prepare_cached("SELECT n, id FROM notifications WHERE section = ?1")?;
    let kept = statement.query_map([section.0], |row| {
        Ok((row.get(0)?, get_id::<NotificationId>(row, 1)?))
    })?;
    let kept: Vec<(i64, NotificationId)> = kept.collect::<rusqlite::Result<_>>()?;
    for (number, _) in kept.iter().filter(|(_, id)| !lines.contains(id)) {
        rows.prepare_cached("DELETE FROM notifications WHERE n = ?1")?
            .execute([number])?;
    }
    Ok(())
}

fn person(rows: &Connection, section: Section, person: &Person) -> rusqlite::Result<()> {
    rows.prepare_cached(
        "INSERT INTO people (id, account, name, handle, rev, section) \
         VALUES (?1, ?2, ?3, ?4, 0, ?5) \
         ON CONFLICT (id) DO UPDATE SET account = ?2, name = ?3, handle = ?4 \
         WHERE section = ?5 AND (account, name, handle) IS NOT (?2, ?3, ?4)",
    )?
    .execute(params![
        person.id.as_str(),
        person.account.as_str(),
        person.name,
        person.handle,
        section.0
    ])?;
    Ok(())
}

fn notification(
    rows: &Connection,
    section: Section,
    line: &Notification,
) -> Result<(), rusqlite::Error> {
    rows.prepare_cached(
        "INSERT INTO notifications (id, rev, account, person, at, reason, actor, goal, \
         check_in, comment, text, read, done, section) \
         VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
         ON CONFLICT (id) DO UPDATE SET account = ?2, person = ?3, at = ?4, reason = ?5, \
         actor = ?6, goal = ?7, check_in = ?8, comment = ?9, text = ?10, read = ?11, \
         done = ?12 WHERE section = ?13 AND (account, person, at, reason, actor, goal, \
         check_in, comment, text, read, done) IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
         ?11, ?12)",
    )?
    .execute(params![
        line.id.as_str(),
        line.account.as_str(),
        line.to.as_str(),
        time_text(line.at),
        word(&line.reason)?,
        line.actor.as_ref().map(|id| id.as_str()),
        line.goal.as_ref().map(|id| id.as_str()),
        line.check_in.as_ref().map(|id| id.as_str()),
        line.comment.as_ref().map(|id| id.as_str()),
        line.text,
        line.read,
        line.done,
        section.0,
    ])?;
    Ok(())
}

/// Hands on what is kept of an account, if it was ever read on this site.
fn recall(rows: &Connection, site: &Site, query: &Query, hand: Hand<'_>) -> Result<(), Trouble> {
    // One transaction: all batches tell of the same moment.
    let rows = rows.unchecked_transaction()?;
    let Some((section, known)) = find(&rows, site)? else {
        return Ok(());
    };
    let (Some(me), Some(as_of)) = (&known.me, known.synced_at) else {
        return Ok(());
    };
    let aged = |mut batch: Batch| {
        batch.as_of = Some(as_of);
        batch
    };
    let last = match query {
        Query::Glance => Some(answer::glance(&rows, section, me)?),
        Query::All => answer::whole(&rows, section, Some(me), &mut |batch| hand(aged(batch)))?,
        Query::Since(_) | Query::Goal(_) | Query::Search(_) => None,
    };
    if let Some(mut last) = last {
        last.cursor = known.cursor;
        last.may_write = known.may_write;
        hand(aged(last));
    }
    Ok(())
}

impl Disk {
    /// Throws away all that is kept of a remote account: facts, notes of its
    /// provider, how its goals were. Drafts, outbox and marks stay.
    ///
    /// # Errors
    /// Why the disk did not do it; then all of it is still there.
    pub fn forget(&self, account: &AccountName) -> super::Reply<()> {
        let account = account.clone();
        self.jobs
            .run(move |writer| writer.transact(|rows| Ok(forget(rows, &account)?)))
    }
}

impl Cache for Disk {
    fn enroll(&self, site: Site) -> Pending<'_, Result<(), Fault>> {
        Box::pin(self.jobs.run(move |writer| {
            writer.transact(|rows| {
                enroll(rows, &site)?;
                Ok(())
            })
        }))
    }

    fn known(&self, site: Site) -> Pending<'_, Result<Option<Known>, Fault>> {
        Box::pin(self.look(move |rows| Ok(find(rows, &site)?.map(|(_, known)| known))))
    }

    fn recall(
        &self,
        site: Site,
        query: Query,
        sink: Box<dyn FnMut(Batch) + Send>,
    ) -> Pending<'_, Result<(), Fault>> {
        self.in_pieces(move |rows, hand| recall(rows, &site, &query, hand), sink)
    }

    fn keep(&self, site: Site, told: Told) -> Pending<'_, Result<(), Fault>> {
        let zone = self.zone;
        Box::pin(
            self.jobs
                .run(move |writer| writer.transact(|rows| put(rows, &site, &told, zone))),
        )
    }
}

impl Notes for Disk {
    fn get(&self, account: &AccountName, key: &str) -> Pending<'_, Result<Option<String>, Fault>> {
        let (account, key) = (account.clone(), key.to_owned());
        Box::pin(self.look(move |rows| {
            let found = rows
                .prepare_cached("SELECT value FROM provider_notes WHERE account = ?1 AND key = ?2")?
                .query_row([account.as_str(), key.as_str()], |row| row.get(0))
                .optional()?;
            Ok(found)
        }))
    }

    fn put(&self, account: &AccountName, key: &str, value: &str) -> Pending<'_, Result<(), Fault>> {
        let (account, key, value) = (account.clone(), key.to_owned(), value.to_owned());
        Box::pin(self.jobs.run(move |writer| {
            writer.transact(|rows| {
                rows.prepare_cached("INSERT OR REPLACE INTO provider_notes VALUES (?1, ?2, ?3)")?
                    .execute([account.as_str(), key.as_str(), value.as_str()])?;
                Ok(())
            })
        }))
    }
}

#[cfg(test)]
mod tests;
