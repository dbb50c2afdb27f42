//! `goals list` and `goals tree`.

use serde_json::{Value, json};

use crate::model::dates;
use crate::model::filter::Filter;
use crate::model::goal::{Goal, Nature};
use crate::model::progress;
use crate::model::status::ShownStatus;
use crate::store::Store;
use crate::store::tree::{Sort, Tree};

use super::args::{GoalList, GoalTree, SortBy};
use super::failure::Failure;
use super::print::{Cell, Out, Table, Tone, cell};
use super::session::Session;
use super::{Ended, filters, json as schema};

impl SortBy {
    /// The order it means.
    pub(super) fn sort(self) -> Sort {
        match self {
            SortBy::Attention => Sort::Attention,
            SortBy::Due => Sort::Due,
            SortBy::Name => Sort::Name,
            SortBy::Progress => Sort::Progress,
            SortBy::Provider => Sort::Provider,
        }
    }
}

/// A goal and its depth in the tree.
type Row<'a> = (&'a Goal, u8);

/// What a list lets through, and its order.
struct Asked {
    filter: Filter,
    sort: Sort,
    closed: bool,
}

fn asked(session: &Session, list: &GoalList) -> Result<Asked, Failure> {
    let view = list.view.as_deref();
    let view = view.map(|name| filters::named(session, name)).transpose()?;
    let filter = filters::both(session, view.as_ref(), &list.filter)?;
    let of_view = view.map_or_else(Sort::default, |view| view.sort);
    Ok(Asked {
        closed: list.closed || filter.asks_for_closed(),
        sort: list.sort.map_or(of_view, SortBy::sort),
        filter,
    })
}

/// The goals that are asked for, in tree order.
fn rows<'a>(store: &'a Store, asked: &Asked, with_parents: bool) -> Vec<Row<'a>> {
    let tree = Tree::build(store, asked.sort, asked.closed);
    let rows = tree.rows(store, Some(&asked.filter));
    rows.into_iter()
        .filter(|row| row.result.is_none() && (with_parents || !row.dim))
        .filter_map(|row| {
            let node = tree.node(row.node)?;
            Some((store.goal(&node.goal)?, row.depth))
        })
        .collect()
}

/// `goals list`
pub fn list(out: &mut Out, session: &Session, args: &GoalList) -> Ended {
    let asked = asked(session, args)?;
    let mut rows = rows(session.store(), &asked, false);
    rows.iter_mut().for_each(|(_, depth)| *depth = 0);
    order(session.store(), asked.sort, &mut rows);
    print(out, session, &rows, &asked.filter)
}

/// A list has no siblings: everything is ordered against everything.
fn order(store: &Store, by: Sort, rows: &mut [Row<'_>]) {
    let attention = |goal: &Goal| {
        std::cmp::Reverse(
            store
                .figures(&goal.id)
                .map_or(0, |figures| figures.attention),
        )
    };
    let due = |goal: &Goal| (goal.due.is_none(), goal.due);
    let done = |goal: &Goal| {
        let shown = store
            .figures(&goal.id)
            .and_then(|figures| figures.shown_progress());
        shown.unwrap_or(f64::INFINITY)
    };
    rows.sort_by(|(one, _), (other, _)| {
        let by_name = || (&one.name, &one.id).cmp(&(&other.name, &other.id));
        let by_due = || due(one).cmp(&due(other));
        match by {
            Sort::Attention => attention(one)
                .cmp(&attention(other))
                .then_with(by_due)
                .then_with(by_name),
            Sort::Due => by_due().then_with(by_name),
            Sort::Name => by_name(),
            Sort::Progress => done(one).total_cmp(&done(other)).then_with(by_name),
            Sort::Provider => one.position.cmp(&other.position).then_with(by_name),
        }
    });
}

/// `goals tree`
pub fn tree(out: &mut Out, session: &Session, args: &GoalTree) -> Ended {
    let asked = asked(session, &args.list)?;
    let mut rows = rows(session.store(), &asked, true);
    if let Some(depth) = args.depth {
        rows.retain(|(_, at)| *at < depth);
    }
    print(out, session, &rows, &asked.filter)
}

fn print(out: &mut Out, session: &Session, rows: &[Row<'_>], filter: &Filter) -> Ended {
    let (store, now) = (session.store(), session.now());
    if out.is_json {
        let goals: Vec<Value> = rows
            .iter()
            .map(|(goal, depth)| {
                let mut value = schema::goal(store, goal, &now);
                if let Some(fields) = value.as_object_mut() {
                    fields.insert("depth".to_owned(), json!(depth));
                }
                value
            })
            .collect();
        return Ok(out.json(&schema::object("goals", json!(goals)))?);
    }
    if rows.is_empty() && out.is_terminal {
        let line = if filter.is_empty() {
            crate::shown!("No goals yet. goaldeck goals add \"NAME\" makes one.")
        } else {
            crate::shown!("No match for \"{filter}\".")
        };
        return Ok(out.say(&line)?);
    }
    let mut table = Table::cutting(usize::from(out.is_terminal));
    for (goal, depth) in rows {
        table.row(if out.is_terminal {
            wide(session, goal, *depth)
        } else {
            piped(session, goal, *depth)
        });
    }
    Ok(out.table(&table)?)
}

/// The status as lists show it.
pub fn shown(store: &Store, goal: &Goal) -> ShownStatus {
    store
        .figures(&goal.id)
        .map_or(ShownStatus::Said(goal.status), |figures| figures.shown)
}

/// `31%`, or a dash where there is no progress.
pub fn percent(store: &Store, goal: &Goal) -> String {
    store
        .figures(&goal.id)
        .and_then(|figures| figures.shown_progress())
        .map_or_else(|| "–".to_owned(), progress::percent)
}

fn champion(store: &Store, goal: &Goal) -> String {
    match &goal.champion {
        None => String::new(),
        Some(id) if store.is_me(id) => "me".to_owned(),
        Some(id) => store.name_of(id),
    }
}

fn indented(name: &str, depth: u8) -> String {
    format!("{}{name}", "  ".repeat(usize::from(depth)))
}

fn wide(session: &Session, goal: &Goal, depth: u8) -> Vec<Cell> {
    let (store, now) = (session.store(), session.now());
    let status = shown(store, goal);
    let due = goal
        .due
        .map_or_else(|| "–".to_owned(), |due| dates::day(due, &now));
    let glyph = match goal.nature {
        Nature::Folder => "",
        Nature::Goal | Nature::Project => status.words().glyph,
    };
    vec![
        cell(glyph).tone(Tone::of(status)),
        cell(&indented(&goal.name, depth)),
        cell(&percent(store, goal)).right(),
        cell(&due),
        cell(&champion(store, goal)),
        cell(goal.id.as_str()).tone(Tone::Dim),
    ]
}

/// id, status, progress, due, champion, name.
fn piped(session: &Session, goal: &Goal, depth: u8) -> Vec<Cell> {
    let store = session.store();
    let status = shown(store, goal);
    let progress = store
        .figures(&goal.id)
        .and_then(|figures| figures.shown_progress())
        .map_or_else(String::new, progress::percent);
    vec![
        cell(goal.id.as_str()),
        match goal.nature {
            Nature::Folder => cell(goal.nature.word()),
            Nature::Goal | Nature::Project => cell(status.words().code).tone(Tone::of(status)),
        },
        cell(&progress),
        cell(&goal.due.map_or_else(String::new, |due| due.to_string())),
        cell(&champion(store, goal)),
        cell(&indented(&goal.name, depth)),
    ]
}
