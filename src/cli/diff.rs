//! `diff --since DATE`: what changed between the ends of two days.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::model::dates;
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::store::Store;
use crate::store::diff::{self, Difference};

use super::args::Diff;
use super::failure::Failure;
use super::print::{Out, Table, Tone, cell};
use super::session::Session;
use super::{Ended, json as schema, pick};

/// `diff --since DATE [--until DATE] [GOAL…]`
pub fn diff(out: &mut Out, session: &mut Session, args: &Diff) -> Ended {
    let now = session.now();
    let day = |flag: &str, text: &str| {
        dates::parse_past_day(text, &now)
            .map_err(|why| Failure::misread(flag, &why, "write it as 2026-10-31"))
    };
    let since = day("--since", &args.since)?;
    let until = match &args.until {
        Some(text) => day("--until", text)?,
        None => now.today(),
    };
    if until < since {
        let why = format!("{until} lies before {since}");
        return Err(Failure::usage("--until", why, "swap the two days").into());
    }
    let (before, _) = session.at_end_of(since);
    let (after, _) = session.at_end_of(until);
    let limits = session.unknown_before(since);
    let wanted = wanted(&args.goals, &before, &after)?;
    let mut all = diff::diff(&before, &after);
    all.retain(|one| wanted.is_empty() || wanted.contains(&one.goal));
    if let Some(why) = limits {
        out.remark(&crate::shown!("goaldeck: {why}"));
    }
    let found = Found {
        since,
        until,
        before: &before,
        after: &after,
        all: &all,
    };
    if out.is_json {
        return Ok(out.json(&found.json())?);
    }
    found.print(out)
}

/// The goals that are named; some may be there at one of the two moments only.
fn wanted(named: &[String], before: &Store, after: &Store) -> Result<HashSet<GoalId>, Failure> {
    let mut wanted = HashSet::new();
    for text in named {
        let found = pick::goal(after, text, pick::Prefer::Open)
            .or_else(|failure| pick::goal(before, text, pick::Prefer::Open).map_err(|_| failure))?;
        wanted.insert(found.id.clone());
    }
    Ok(wanted)
}

/// What is to be told.
struct Found<'a> {
    since: NaiveDate,
    until: NaiveDate,
    before: &'a Store,
    after: &'a Store,
    all: &'a [Difference],
}

impl Found<'_> {
    fn goal(&self, id: &GoalId) -> Option<&Goal> {
        self.after.goal(id).or_else(|| self.before.goal(id))
    }

    fn words(&self, one: &Difference) -> Vec<String> {
        let changes = one.changes.iter();
        changes
            .map(|change| change.words(&one.goal, self.before, self.after))
            .collect()
    }

    fn json(&self) -> Value {
        let goals = self.all.iter().filter_map(|one| {
            let goal = self.goal(&one.goal)?;
            Some(json!({
                "id": goal.id,
                "name": goal.name,
                "account": goal.account,
                "changes": one.changes,
                "words": self.words(one),
            }))
        });
        let mut object = schema::object("goals", goals.collect());
        if let Some(fields) = object.as_object_mut() {
            fields.insert("since".to_owned(), json!(self.since));
            fields.insert("until".to_owned(), json!(self.until));
        }
        object
    }

    fn print(&self, out: &mut Out) -> Ended {
        if self.all.is_empty() && out.is_terminal {
            let (since, until) = (self.since.format("%-d %b"), self.until.format("%-d %b"));
            return Ok(out.say(&crate::shown!(
                "Nothing changed from the end of {since} to {until}."
            ))?);
        }
        let mut table = Table::cutting(0);
        for one in self.all {
            let Some(goal) = self.goal(&one.goal) else {
                continue;
            };
            if out.is_terminal {
                out.toned(&crate::shown!("{}", goal.name), Tone::Strong)?;
                for words in self.words(one) {
                    out.say(&crate::shown!("  {words}"))?;
                }
                continue;
            }
            for (change, words) in one.changes.iter().zip(self.words(one)) {
                let id = goal.id.as_str();
                let cells = [id, &goal.name, change.code(), &words];
                table.row(cells.map(cell).to_vec());
            }
        }
        Ok(out.table(&table)?)
    }
}
