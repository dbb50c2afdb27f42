//! Reads goals: one pass per table in the order of goals, merged as it goes, so
//! that a hundred thousand goals cost seven statements and not a million.

use rusqlite::{CachedStatement, Connection, Row, Rows};

use super::columns::{
    Pool, get_id, get_json, get_time, get_word, maybe_day, maybe_id, maybe_json, maybe_reading,
    maybe_status, maybe_time, odd, parsed,
};
use crate::model::check_in::{
    Acknowledged, CheckIn, Comment, DueMoved, Reaction, ValueChange, WaitsFor,
};
use crate::model::goal::{Closing, Goal};
use crate::model::ids::{AccountName, GoalId, PersonId};
use crate::model::key_result::{KeyResult, Kind};
use crate::model::notification::Notification;
use crate::model::person::Person;

/// Whose rows: what this machine keeps for good, or what it keeps of one remote
/// account. Goals are numbered by section; people and inbox lines name theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section(pub i64);

impl Section {
    /// The workspaces of this machine.
    pub const HERE: Self = Self(0);

    /// Its first number (`goals.n`).
    pub fn first(self) -> i64 {
        self.0 << 32
    }

    /// Its last number.
    pub fn last(self) -> i64 {
        self.first() | 0xffff_ffff
    }
}

/// Which goals to read.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// All of a section.
    Section(Section),
    /// Those with these numbers (`goals.n`).
    Numbers(&'a [i64]),
}

impl Scope<'_> {
    /// The condition on a column and what to bind to it.
    fn condition(self, column: &str) -> (String, Option<String>) {
        match self {
            Scope::Section(section) => {
                let (first, last) = (section.first(), section.last());
                (format!(" WHERE {column} BETWEEN {first} AND {last}"), None)
            }
            Scope::Numbers(numbers) => {
                let list: Vec<String> = numbers.iter().map(i64::to_string).collect();
                (
                    format!(" WHERE {column} IN (SELECT value FROM json_each(?1))"),
                    Some(format!("[{}]", list.join(","))),
                )
            }
        }
    }
}

/// The rows of one table, of which the next is known: its goal and its value.
struct Stream<'s, T> {
    rows: Rows<'s>,
    next: Option<(i64, T)>,
    decode: fn(&Row<'_>, &mut Pools) -> rusqlite::Result<T>,
}

impl<'s, T> Stream<'s, T> {
    fn open(
        statement: &'s mut CachedStatement<'_>,
        numbers: Option<&String>,
        decode: fn(&Row<'_>, &mut Pools) -> rusqlite::Result<T>,
        pools: &mut Pools,
    ) -> rusqlite::Result<Self> {
        let rows = match numbers {
            Some(numbers) => statement.query([numbers])?,
            None => statement.query([])?,
        };
        let mut stream = Self {
            rows,
            next: None,
            decode,
        };
        stream.advance(pools)?;
        Ok(stream)
    }

    fn advance(&mut self, pools: &mut Pools) -> rusqlite::Result<()> {
        self.next = match self.rows.next()? {
            Some(row) => Some((row.get(0)?, (self.decode)(row, pools)?)),
            None => None,
        };
        Ok(())
    }

    /// The next row if it belongs to this goal or an earlier one.
    fn take(&mut self, goal: i64, pools: &mut Pools) -> rusqlite::Result<Option<(i64, T)>> {
        if self.next.as_ref().is_none_or(|(of, _)| *of > goal) {
            return Ok(None);
        }
        let taken = self.next.take();
        self.advance(pools)?;
        Ok(taken)
    }

    /// Hands every row of one goal on.
    fn each(
        &mut self,
        goal: i64,
        pools: &mut Pools,
        mut with: impl FnMut(T),
    ) -> rusqlite::Result<()> {
        while let Some((of, value)) = self.take(goal, pools)? {
            if of == goal {
                with(value);
            }
        }
        Ok(())
    }
}

/// Ids that come again and again.
#[derive(Default)]
struct Pools {
    people: Pool<PersonId>,
    accounts: Pool<AccountName>,
    parents: Pool<GoalId>,
}

const GOALS: &str = "SELECT n, id, account, parent, name, description, space, champion, \
     reviewer, reviewer_since, start, due, cadence, next_check_in, status, status_word, \
     closed_at, closed_score, aspirational, weight, provider_progress, link, tags, position, \
     created_at, updated_at, nature, gone, approval FROM goals";
const RESULTS: &str = "SELECT goal, id, name, kind, shape, unit, start, target, current, \
     weight, falling, phases, sum_of, status, particulars FROM key_results";
const CHECK_INS: &str = "SELECT goal, id, occasion, author, at, status, note, confidence, \
     score, due_moved, due_from, due_to, acknowledged_by, acknowledged_at, waits_told FROM check_ins";
const VALUES: &str = "SELECT goal, check_in, result, before, now FROM check_in_values";
const REACTIONS: &str = "SELECT goal, check_in, person, sign FROM reactions";
const COMMENTS: &str = "SELECT goal, check_in, id, author, at, text FROM comments";

fn goal(row: &Row<'_>, pools: &mut Pools) -> rusqlite::Result<Goal> {
    let closed = maybe_time(row, 16)?
        .map(|at| row.get(17).map(|score| Closing { at, score }))
        .transpose()?;
    Ok(Goal {
        id: get_id(row, 1)?,
        account: pools.accounts.get(row, 2)?,
        nature: get_word(row, 26)?,
        gone: maybe_time(row, 27)?,
        approval: maybe_json(row, 28)?,
        parent: pools.parents.maybe(row, 3)?,
        name: row.get(4)?,
        description: row.get(5)?,
        space: row.get(6)?,
        champion: pools.people.maybe(row, 7)?,
        reviewer: pools.people.maybe(row, 8)?,
        reviewer_since: maybe_time(row, 9)?,
        start: maybe_day(row, 10)?,
        due: maybe_day(row, 11)?,
        cadence: parsed(row, 12)?,
        next_check_in: maybe_day(row, 13)?,
        status: maybe_status(row, 14)?.ok_or_else(|| odd(14, "no status"))?,
        status_word: row.get(15)?,
        closed,
        aspirational: row.get(18)?,
        weight: row.get(19)?,
        provider_progress: row.get(20)?,
        link: row.get(21)?,
        results: Vec::new(),
        check_ins: Vec::new(),
        comments: Vec::new(),
        tags: maybe_json(row, 22)?.unwrap_or_default(),
        position: row.get(23)?,
        created_at: get_time(row, 24)?,
        updated_at: get_time(row, 25)?,
    })
}

fn result(row: &Row<'_>, _: &mut Pools) -> rusqlite::Result<KeyResult> {
    let kind = match row.get_ref(3)?.as_str().unwrap_or_default() {
        "number" => Kind::Number,
        "percent" => Kind::Percent,
        "currency" => Kind::Currency,
        "yes_no" => Kind::YesNo,
        "baseline" => Kind::Baseline,
        _ => get_json(row, 4)?,
    };
    Ok(KeyResult {
        particulars: maybe_json(row, 14)?,
        id: get_id(row, 1)?,
        name: row.get(2)?,
        kind,
        unit: row.get(5)?,
        start: row.get(6)?,
        target: row.get(7)?,
        current: maybe_reading(row, 8)?,
        weight: row.get(9)?,
        falling: row.get(10)?,
        phases: maybe_json(row, 11)?.unwrap_or_default(),
        sum_of: maybe_json(row, 12)?.unwrap_or_default(),
        status: maybe_status(row, 13)?,
    })
}

fn check_in(row: &Row<'_>, pools: &mut Pools) -> rusqlite::Result<CheckIn> {
    let moved: bool = row.get(9)?;
    let acknowledged = pools.people.maybe(row, 12)?.zip(maybe_time(row, 13)?);
    Ok(CheckIn {
        id: get_id(row, 1)?,
        occasion: get_word(row, 2)?,
        author: pools.people.get(row, 3)?,
        at: get_time(row, 4)?,
        status: maybe_status(row, 5)?,
        values: Vec::new(),
        note: row.get(6)?,
        confidence: row.get(7)?,
        score: row.get(8)?,
        due_moved: if moved {
            Some(DueMoved {
                from: maybe_day(row, 10)?,
                to: maybe_day(row, 11)?,
            })
        } else {
            None
        },
        acknowledged: acknowledged.map(|(by, at)| Acknowledged { by, at }),
        waits_for: waits_for(row, 14, pools)?,
        comments: Vec::new(),
        reactions: Vec::new(),
    })
}

fn waits_for(
    row: &Row<'_>,
    column: usize,
    pools: &mut Pools,
) -> rusqlite::Result<Option<WaitsFor>> {
    let told = pools.people.maybe(row, column)?;
    Ok(told.map(|person| match person.as_str() {
        "" => WaitsFor::Nobody,
        _ => WaitsFor::Person(person),
    }))
}

fn value(row: &Row<'_>, _: &mut Pools) -> rusqlite::Result<(u32, ValueChange)> {
    let change = ValueChange {
        result: get_id(row, 2)?,
        before: maybe_reading(row, 3)?,
        now: maybe_reading(row, 4)?.ok_or_else(|| odd(4, "no reading"))?,
    };
    Ok((row.get(1)?, change))
}

fn reaction(row: &Row<'_>, pools: &mut Pools) -> rusqlite::Result<(u32, Reaction)> {
    let reaction = Reaction {
        by: pools.people.get(row, 2)?,
        sign: row.get(3)?,
    };
    Ok((row.get(1)?, reaction))
}

fn comment(row: &Row<'_>, pools: &mut Pools) -> rusqlite::Result<(Option<u32>, Comment)> {
    let comment = Comment {
        id: get_id(row, 2)?,
        author: pools.people.get(row, 3)?,
        at: get_time(row, 4)?,
        text: row.get(5)?,
    };
    Ok((row.get(1)?, comment))
}

/// Reads goals in the order of their numbers and hands each on with its number;
/// stops early when `with` says false.
///
/// # Errors
/// What SQLite says, or a column that does not hold what it should.
pub fn goals(
    connection: &Connection,
    scope: Scope<'_>,
    mut with: impl FnMut(i64, Goal) -> bool,
) -> rusqlite::Result<()> {
    let (of_n, numbers) = scope.condition("n");
    let (of_goal, _) = scope.condition("goal");
    let numbers = numbers.as_ref();
    let prepare =
        |select: &str, order: &str| connection.prepare_cached(&format!("{select}{of_goal}{order}"));
    let pools = &mut Pools::default();
    let mut heads = connection.prepare_cached(&format!("{GOALS}{of_n} ORDER BY n"))?;
    let mut results = prepare(RESULTS, " ORDER BY goal, place")?;
    let mut check_ins = prepare(CHECK_INS, " ORDER BY goal, place")?;
    let mut values = prepare(VALUES, " ORDER BY goal, check_in, place")?;
    let mut reactions = prepare(REACTIONS, " ORDER BY goal, check_in, place")?;
    let mut comments = prepare(COMMENTS, " ORDER BY goal, check_in, place")?;
    let mut heads = Stream::open(&mut heads, numbers, goal, pools)?;
    let mut results = Stream::open(&mut results, numbers, result, pools)?;
    let mut check_ins = Stream::open(&mut check_ins, numbers, check_in, pools)?;
    let mut values = Stream::open(&mut values, numbers, value, pools)?;
    let mut reactions = Stream::open(&mut reactions, numbers, reaction, pools)?;
    let mut comments = Stream::open(&mut comments, numbers, comment, pools)?;
    while let Some((n, mut goal)) = heads.take(i64::MAX, pools)? {
        results.each(n, pools, |result| goal.results.push(result))?;
        check_ins.each(n, pools, |check_in| goal.check_ins.push(check_in))?;
        values.each(n, pools, |(place, mut value)| {
            if let Some(result) = goal.result(&value.result) {
                // One allocation for all mentions of a result.
                value.result.clone_from(&result.id);
            }
            if let Some(check_in) = goal.check_ins.get_mut(place as usize) {
                check_in.values.push(value);
            }
        })?;
        reactions.each(n, pools, |(place, reaction)| {
            if let Some(check_in) = goal.check_ins.get_mut(place as usize) {
                check_in.reactions.push(reaction);
            }
        })?;
        comments.each(n, pools, |(place, comment)| match place {
            None => goal.comments.push(comment),
            Some(place) => {
                if let Some(check_in) = goal.check_ins.get_mut(place as usize) {
                    check_in.comments.push(comment);
                }
            }
        })?;
        goal.results.shrink_to_fit();
        goal.check_ins.shrink_to_fit();
        goal.comments.shrink_to_fit();
        for check_in in &mut goal.check_ins {
            check_in.values.shrink_to_fit();
            check_in.comments.shrink_to_fit();
            check_in.reactions.shrink_to_fit();
        }
        if !with(n, goal) {
            break;
        }
    }
    Ok(())
}

/// One goal of a section by id, with its number.
///
/// # Errors
/// As [`goals`].
pub fn goal_by_id(
    connection: &Connection,
    section: Section,
    id: &GoalId,
) -> rusqlite::Result<Option<(i64, Goal)>> {
    let Some(number) = number_of(connection, section, id)? else {
        return Ok(None);
    };
    goal_by_number(connection, number)
}

/// One goal by number.
///
/// # Errors
/// As [`goals`].
pub fn goal_by_number(
    connection: &Connection,
    number: i64,
) -> rusqlite::Result<Option<(i64, Goal)>> {
    let mut found = None;
    goals(connection, Scope::Numbers(&[number]), |n, goal| {
        found = Some((n, goal));
        true
    })?;
    Ok(found)
}

/// A goal without its results and check-ins, for rescue.
///
/// # Errors
/// As [`goals`].
pub fn bare_goal(connection: &Connection, number: i64) -> rusqlite::Result<Option<Goal>> {
    let mut statement = connection.prepare_cached(&format!("{GOALS} WHERE n = ?1"))?;
    let mut rows = statement.query([number])?;
    match rows.next()? {
        Some(row) => goal(row, &mut Pools::default()).map(Some),
        None => Ok(None),
    }
}

/// The number of a goal of a section.
///
/// # Errors
/// What SQLite says.
pub fn number_of(
    connection: &Connection,
    section: Section,
    id: &GoalId,
) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT n FROM goals WHERE id = ?1")?;
    let mut rows = statement.query([id.as_str()])?;
    let number: Option<i64> = rows.next()?.map(|row| row.get(0)).transpose()?;
    Ok(number.filter(|number| (section.first()..=section.last()).contains(number)))
}

/// People of a section whose row changed after a revision, in the order they came.
///
/// # Errors
/// What SQLite says, or a column that does not hold what it should.
pub fn people(
    connection: &Connection,
    section: Section,
    after: i64,
) -> rusqlite::Result<Vec<Person>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, account, name, handle FROM people WHERE rev > ?2 AND section = ?1 \
         ORDER BY rowid",
    )?;
    let found = statement.query_map([section.0, after], |row| {
        Ok(Person {
            id: get_id(row, 0)?,
            account: get_id(row, 1)?,
            name: row.get(2)?,
            handle: row.get(3)?,
        })
    })?;
    found.collect()
}

/// Notifications that meet a condition (SQL after `WHERE`).
///
/// # Errors
/// What SQLite says, or a column that does not hold what it should.
pub fn notifications(
    connection: &Connection,
    condition: &str,
    with: impl rusqlite::Params,
) -> rusqlite::Result<Vec<Notification>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, account, person, at, reason, actor, goal, check_in, comment, text, read, \
         done FROM notifications WHERE {condition}"
    ))?;
    let found = statement.query_map(with, |row| {
        Ok(Notification {
            id: get_id(row, 0)?,
            account: get_id(row, 1)?,
            to: get_id(row, 2)?,
            at: get_time(row, 3)?,
            reason: get_word(row, 4)?,
            actor: maybe_id(row, 5)?,
            goal: maybe_id(row, 6)?,
            check_in: maybe_id(row, 7)?,
            comment: maybe_id(row, 8)?,
            text: row.get(9)?,
            read: row.get(10)?,
            done: row.get(11)?,
        })
    })?;
    found.collect()
}
