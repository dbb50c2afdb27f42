//! Writes goals, people and notifications: only rows that differ from what stood
//! before. Runs inside a transaction that somebody else opened and commits.

use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{Read, day_text, json, time_text, word};
use super::load::Section;
use crate::model::check_in::{CheckIn, Comment, WaitsFor};
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::key_result::{KeyResult, Kind};
use crate::model::notification::Notification;
use crate::model::person::Person;

/// The next revision of the store; every row of this transaction carries it.
pub fn next_revision(to: &Connection) -> rusqlite::Result<i64> {
    to.query_row(
        "UPDATE meta SET revision = revision + 1 RETURNING revision",
        [],
        |row| row.get(0),
    )
}

/// A length as SQLite counts.
fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// The day its next check-in falls due, kept beside the goal so that the first
/// screen asks an index and not every goal.
fn next_due(goal: &Goal) -> Option<chrono::NaiveDate> {
    // Depends on the goal alone, not on the moment it is asked; the zone shifts
    // it by a day at most, and the first screen looks a few days ahead anyway.
    let zone = crate::model::time::Zone::utc();
    crate::model::cadence::next_due(goal, &crate::model::time::Now::new(goal.updated_at, zone))
}

/// Stores a goal in a section: new if `before` is none, else what differs from
/// it. Returns its number.
pub fn goal(
    to: &Connection,
    section: Section,
    goal: &Goal,
    before: Option<(i64, &Goal)>,
    rev: i64,
) -> rusqlite::Result<i64> {
    let number = match before {
        Some((number, _)) => number,
        None => make_room(to, section, &goal.id)?,
    };
    head(to, goal, number, before.is_none(), rev)?;
    let before = before.map(|(_, before)| before);
    results(
        to,
        number,
        &goal.results,
        before.map_or(&[], |before| &before.results),
    )?;
    check_ins(to, number, goal, before)?;
    if before.map_or(&[][..], |before| &before.comments) != goal.comments {
        if before.is_some() {
            to.prepare_cached("DELETE FROM comments WHERE goal = ?1 AND check_in IS NULL")?
                .execute([number])?;
        }
        comments(to, number, None, &goal.comments)?;
    }
    Ok(number)
}

/// The number of a new goal. What was known of it before gives way: that it was
/// gone, and here also what is only kept of a remote account.
fn make_room(to: &Connection, section: Section, id: &GoalId) -> rusqlite::Result<i64> {
    if section == Section::HERE {
        to.prepare_cached("DELETE FROM gone WHERE id = ?1")?
            .execute([id.as_str()])?;
        to.prepare_cached("DELETE FROM goals WHERE id = ?1 AND n > ?2")?
            .execute(params![id.as_str(), section.last()])?;
    }
    let last: Option<i64> = to
        .prepare_cached("SELECT n FROM goals WHERE n BETWEEN ?1 AND ?2 ORDER BY n DESC LIMIT 1")?
        .query_row([section.first(), section.last()], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(section.first()) + 1)
}

fn head(to: &Connection, goal: &Goal, number: i64, is_new: bool, rev: i64) -> rusqlite::Result<()> {
    let sql = if !is_new {
        "UPDATE goals SET id = ?2, rev = ?3, account = ?4, parent = ?5, name = ?6, \
         description = ?7, space = ?8, champion = ?9, reviewer = ?10, reviewer_since = ?11, \
         start = ?12, due = ?13, cadence = ?14, next_check_in = ?15, next_due = ?16, \
         status = ?17, status_word = ?18, closed_at = ?19, closed_score = ?20, \
         aspirational = ?21, weight = ?22, provider_progress = ?23, link = ?24, tags = ?25, \
         position = ?26, created_at = ?27, updated_at = ?28, nature = ?29, gone = ?30, \
         approval = ?31 \
         WHERE n = ?1"
    } else {
        "INSERT INTO goals VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, \
         ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, \
         ?31)"
    };
    let tags = if goal.tags.is_empty() {
        None
    } else {
        Some(json(&goal.tags)?)
    };
    let closed = goal.closed.as_ref();
    to.prepare_cached(sql)?.execute(params![
        number,
        goal.id.as_str(),
        rev,
        goal.account.as_str(),
        goal.parent.as_ref().map(GoalId::as_str),
        goal.name,
        goal.description,
        goal.space,
        goal.champion.as_ref().map(|id| id.as_str()),
        goal.reviewer.as_ref().map(|id| id.as_str()),
        goal.reviewer_since.map(time_text),
        goal.start.map(day_text),
        goal.due.map(day_text),
        goal.cadence.to_string(),
        goal.next_check_in.map(day_text),
        next_due(goal).map(day_text),
        goal.status.words().code,
        goal.status_word,
        closed.map(|closed| time_text(closed.at)),
        closed.and_then(|closed| closed.score),
        goal.aspirational,
        goal.weight,
        goal.provider_progress,
        goal.link,
        tags,
        goal.position,
        time_text(goal.created_at),
        time_text(goal.updated_at),
        word(&goal.nature)?,
        goal.gone.map(time_text),
        goal.approval.as_ref().map(json).transpose()?,
    ])?;
    Ok(())
}

fn results(
    to: &Connection,
    number: i64,
    now: &[KeyResult],
    before: &[KeyResult],
) -> rusqlite::Result<()> {
    for (place, result) in (0_u32..).zip(now) {
        if before.get(place as usize) == Some(result) {
            continue;
        }
        let shape = match &result.kind {
            Kind::Number | Kind::Percent | Kind::Currency | Kind::YesNo | Kind::Baseline => None,
            kind => Some(json(kind)?),
        };
        let phases = (!result.phases.is_empty()).then(|| json(&result.phases));
        let sum_of = (!result.sum_of.is_empty()).then(|| json(&result.sum_of));
        to.prepare_cached(
            "INSERT OR REPLACE INTO key_results VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \
             ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            number,
            place,
            result.id.as_str(),
            result.name,
            result.kind.code(),
            shape,
            result.unit,
            result.start,
            result.target,
            Read(result.current.as_ref()),
            result.weight,
            result.falling,
            phases.transpose()?,
            sum_of.transpose()?,
            result.status.map(|status| status.words().code),
            result.particulars.as_ref().map(json).transpose()?,
        ])?;
    }
    if before.len() > now.len() {
        to.prepare_cached("DELETE FROM key_results WHERE goal = ?1 AND place >= ?2")?
            .execute(params![number, count(now.len())])?;
    }
    Ok(())
}

fn check_ins(
    to: &Connection,
    number: i64,
    goal: &Goal,
    before: Option<&Goal>,
) -> rusqlite::Result<()> {
    let known = before.map_or(&[][..], |before| &before.check_ins);
    let waits_for = |goal: &Goal, check_in: &CheckIn| {
        goal.acknowledger(check_in)
            .filter(|_| check_in.waits())
            .cloned()
    };
    for (place, check_in) in (0_u32..).zip(&goal.check_ins) {
        let waits = waits_for(goal, check_in);
        if let (Some(goal), Some(known)) = (before, known.get(place as usize)) {
            if known == check_in && waits_for(goal, known) == waits {
                continue;
            }
            // Values, reactions and comments of it go with it.
            to.prepare_cached("DELETE FROM check_ins WHERE goal = ?1 AND place = ?2")?
                .execute(params![number, place])?;
        }
        let moved = check_in.due_moved;
        let acknowledged = check_in.acknowledged.as_ref();
        to.prepare_cached(
            "INSERT INTO check_ins VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, \
             ?13, ?14, ?15, ?16, ?17)",
        )?
        .execute(params![
            number,
            place,
            check_in.id.as_str(),
            word(&check_in.occasion)?,
            check_in.author.as_str(),
            time_text(check_in.at),
            check_in.status.map(|status| status.words().code),
            check_in.note,
            check_in.confidence,
            check_in.score,
            moved.is_some(),
            moved.and_then(|moved| moved.from).map(day_text),
            moved.and_then(|moved| moved.to).map(day_text),
            acknowledged.map(|acknowledged| acknowledged.by.as_str()),
            acknowledged.map(|acknowledged| time_text(acknowledged.at)),
            waits.as_ref().map(|person| person.as_str()),
            check_in.waits_for.as_ref().map(|told| match told {
                WaitsFor::Nobody => "",
                WaitsFor::Person(person) => person.as_str(),
            }),
        ])?;
        parts_of(to, number, place, check_in)?;
    }
    if known.len() > goal.check_ins.len() {
        to.prepare_cached("DELETE FROM check_ins WHERE goal = ?1 AND place >= ?2")?
            .execute(params![number, count(goal.check_ins.len())])?;
    }
    Ok(())
}

fn parts_of(to: &Connection, number: i64, place: u32, check_in: &CheckIn) -> rusqlite::Result<()> {
    for (at, value) in (0_u32..).zip(&check_in.values) {
        to.prepare_cached("INSERT INTO check_in_values VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                number,
                place,
                at,
                value.result.as_str(),
                Read(value.before.as_ref()),
                Read(Some(&value.now)),
            ])?;
    }
    for (at, reaction) in (0_u32..).zip(&check_in.reactions) {
        to.prepare_cached("INSERT INTO reactions VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![
                number,
                place,
                at,
                reaction.by.as_str(),
                reaction.sign
            ])?;
    }
    comments(to, number, Some(place), &check_in.comments)
}

fn comments(
    to: &Connection,
    number: i64,
    check_in: Option<u32>,
    comments: &[Comment],
) -> rusqlite::Result<()> {
    for (at, comment) in (0_u32..).zip(comments) {
        to.prepare_cached(
            "INSERT INTO comments (goal, check_in, place, id, author, at, text) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            number,
            check_in,
            at,
            comment.id.as_str(),
            comment.author.as_str(),
            time_text(comment.at),
            comment.text,
        ])?;
    }
    Ok(())
}

/// Takes a goal away with all it has and remembers that it is gone.
pub fn remove(to: &Connection, number: i64, id: &GoalId, rev: i64) -> rusqlite::Result<()> {
    to.prepare_cached("DELETE FROM goals WHERE n = ?1")?
        .execute([number])?;
    to.prepare_cached("INSERT OR REPLACE INTO gone VALUES (?1, ?2)")?
        .execute(params![id.as_str(), rev])?;
    Ok(())
}

/// Stores a person of this machine, new or renamed.
pub fn person(to: &Connection, person: &Person, rev: i64) -> rusqlite::Result<()> {
    to.prepare_cached(
        "INSERT INTO people (id, account, name, handle, rev) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (id) DO UPDATE SET account = ?2, name = ?3, handle = ?4, rev = ?5, \
         section = 0",
    )?
    .execute(params![
        person.id.as_str(),
        person.account.as_str(),
        person.name,
        person.handle,
        rev
    ])?;
    Ok(())
}

/// Stores an inbox line of this machine; one that is there already stays as it is.
pub fn notification(to: &Connection, line: &Notification, rev: i64) -> rusqlite::Result<()> {
    to.prepare_cached(
        "INSERT INTO notifications (id, rev, account, person, at, reason, actor, goal, \
         check_in, comment, text, read, done) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
         ?11, ?12, ?13) ON CONFLICT (id) DO NOTHING",
    )?
    .execute(params![
        line.id.as_str(),
        rev,
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
    ])?;
    Ok(())
}
