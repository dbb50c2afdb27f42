//! Finds the goal, key result, check-in or person that a word on the command
//! line means: an id, a whole name, or a part of a name that only one has.

use std::io::BufRead;

use crate::model::goal::Goal;
use crate::model::ids::{AccountName, CheckInId, GoalId, PersonId};
use crate::model::key_result::KeyResult;
use crate::model::person::Person;
use crate::store::Store;
use crate::store::find::{self, Only};

use super::failure::Failure;

/// Which goals are meant when a name fits several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefer {
    /// Open ones.
    Open,
    /// Closed ones.
    Closed,
}

/// The word itself, or the first line of stdin for `-`.
pub fn word(text: &str) -> Result<String, Failure> {
    if text != "-" {
        return Ok(text.trim().to_owned());
    }
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Failure::failed("stdin", error.to_string(), "give the goal by name"))?;
    Ok(line.trim().to_owned())
}

/// How well a name fits: whole before beginning before part.
fn fit(name: &str, wanted: &str) -> Option<u8> {
    let name = name.to_lowercase();
    if name == wanted {
        Some(0)
    } else if name.starts_with(wanted) {
        Some(1)
    } else if name.contains(wanted) {
        Some(2)
    } else {
        None
    }
}

/// Whether an id is meant, with or without the account's name before it.
fn is_id(id: &str, wanted: &str) -> bool {
    id == wanted || id.split_once(':').is_some_and(|(_, rest)| rest == wanted)
}

/// The best fits of several; a whole name beats a part of one.
fn best<T>(things: impl Iterator<Item = (T, Option<u8>)>) -> Vec<T> {
    let fits: Vec<(T, u8)> = things
        .filter_map(|(thing, fit)| Some((thing, fit?)))
        .collect();
    let whole = fits.iter().any(|(_, fit)| *fit == 0);
    fits.into_iter()
        .filter(|(_, fit)| !whole || *fit == 0)
        .map(|(thing, _)| thing)
        .collect()
}

/// The goal that is meant.
pub fn goal<'a>(store: &'a Store, text: &str, prefer: Prefer) -> Result<&'a Goal, Failure> {
    let wanted = word(text)?;
    if wanted.is_empty() {
        return Err(Failure::usage(
            "no goal is named",
            "the name is empty",
            "give an id or a part of its name",
        ));
    }
    if let Some(goal) = store.goal(&GoalId::new(&wanted)) {
        return Ok(goal);
    }
    let by_id: Vec<&Goal> = store
        .goals()
        .filter(|goal| is_id(goal.id.as_str(), &wanted))
        .collect();
    if let [only] = by_id.as_slice() {
        return Ok(only);
    }
    let lower = wanted.to_lowercase();
    let mut found = best(store.goals().map(|goal| (goal, fit(&goal.name, &lower))));
    if found.len() > 1 {
        let preferred: Vec<&Goal> = found
            .iter()
            .copied()
            .filter(|goal| goal.is_open() == (prefer == Prefer::Open))
            .collect();
        if !preferred.is_empty() {
            found = preferred;
        }
    }
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(unknown_goal(store, &wanted)),
        _ => Err(ambiguous_goal(&wanted, found)),
    }
}

fn unknown_goal(store: &Store, wanted: &str) -> Failure {
    let near = find::find(store, wanted, Only::Goals, 3);
    let remedy = if near.is_empty() {
        "see goaldeck goals list".to_owned()
    } else {
        let names: Vec<String> = near
            .iter()
            .map(|found| format!("\"{}\"", found.text))
            .collect();
        format!("did you mean {}?", names.join(" or "))
    };
    Failure::new(
        "not_found",
        2,
        format!("no goal is called \"{wanted}\""),
        "no id or name fits",
        remedy,
    )
}

fn ambiguous_goal(wanted: &str, mut found: Vec<&Goal>) -> Failure {
    found.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    let count = found.len();
    let mut lines: Vec<String> = found
        .iter()
        .take(20)
        .map(|goal| format!("{}  {}", goal.id, goal.name))
        .collect();
    if count > lines.len() {
        lines.push(format!("… and {} more", count - lines.len()));
    }
    Failure::new(
        "ambiguous",
        2,
        format!("\"{wanted}\" could be {count} goals"),
        "more than one name has it",
        "give more of the name, or the id",
    )
    .with_lines(lines)
}

/// The key result of a goal that is meant: id, name, part of a name, or its
/// number from 1.
pub fn result<'a>(goal: &'a Goal, text: &str) -> Result<&'a KeyResult, Failure> {
    let wanted = text.trim();
    let by_id = |result: &&KeyResult| is_id(result.id.as_str(), wanted);
    if let Some(found) = goal.results.iter().find(by_id) {
        return Ok(found);
    }
    let lower = wanted.to_lowercase();
    let found = if lower.is_empty() {
        Vec::new()
    } else {
        best(
            goal.results
                .iter()
                .map(|result| (result, fit(&result.name, &lower))),
        )
    };
    if let [only] = found.as_slice() {
        return Ok(only);
    }
    if found.is_empty()
        && let Some(result) = wanted
            .parse::<usize>()
            .ok()
            .and_then(|number| goal.results.get(number.checked_sub(1)?))
    {
        return Ok(result);
    }
    let list = |results: &mut dyn Iterator<Item = &KeyResult>| -> Vec<String> {
        results
            .map(|result| format!("{}  {}", result.id, result.name))
            .collect()
    };
    if found.is_empty() {
        let why = if goal.results.is_empty() {
            "it has no key results"
        } else {
            "no id or name fits"
        };
        return Err(Failure::new(
            "not_found",
            2,
            format!("\"{}\" has no key result \"{wanted}\"", goal.name),
            why,
            if goal.results.is_empty() {
                "goaldeck results add makes one"
            } else {
                "it has these"
            },
        )
        .with_lines(list(&mut goal.results.iter())));
    }
    Err(Failure::new(
        "ambiguous",
        2,
        format!("\"{wanted}\" could be {} key results", found.len()),
        "more than one name has it",
        "give more of the name, or the id",
    )
    .with_lines(list(&mut found.iter().copied())))
}

/// What an id of a check-in or a goal's name means.
pub enum Thread<'a> {
    /// One check-in.
    CheckIn(&'a Goal, CheckInId),
    /// A goal as a whole.
    Goal(&'a Goal),
}

/// The check-in or goal that is meant.
pub fn thread<'a>(store: &'a Store, text: &str) -> Result<Thread<'a>, Failure> {
    let wanted = word(text)?;
    for goal in store.goals() {
        let by_id = |id: &CheckInId| is_id(id.as_str(), &wanted);
        if let Some(found) = goal.check_ins.iter().find(|found| by_id(&found.id)) {
            return Ok(Thread::CheckIn(goal, found.id.clone()));
        }
    }
    goal(store, &wanted, Prefer::Open).map(Thread::Goal)
}

/// The person of an account that is meant: full name, first name, handle, a part
/// of the name that only one has, or `me`.
pub fn person(store: &Store, account: &AccountName, text: &str) -> Result<PersonId, Failure> {
    let wanted = text.trim().trim_start_matches('@').to_lowercase();
    if wanted == "me"
        && let Some(me) = store.me(account)
    {
        return Ok(me.clone());
    }
    let people = store.people(account);
    if let Some(known) = people
        .iter()
        .find(|person| is_id(person.id.as_str(), text.trim()))
    {
        return Ok(known.id.clone());
    }
    let rank = |person: &Person| -> Option<u8> {
        let is_handle = !person.handle.is_empty() && person.handle.to_lowercase() == wanted;
        if is_handle || person.first_name().to_lowercase() == wanted {
            return Some(0);
        }
        fit(&person.name, &wanted)
    };
    let found = if wanted.is_empty() {
        Vec::new()
    } else {
        best(people.iter().map(|person| (*person, rank(person))))
    };
    if let [only] = found.as_slice() {
        return Ok(only.id.clone());
    }
    let among: &[&Person] = if found.is_empty() { &people } else { &found };
    let lines = among.iter().map(|person| person.name.clone()).collect();
    Err(if found.is_empty() {
        Failure::new(
            "not_found",
            2,
            format!("nobody here is called \"{}\"", text.trim()),
            format!("{account} knows these people"),
            "goaldeck people add makes one",
        )
    } else {
        Failure::new(
            "ambiguous",
            2,
            format!("\"{}\" could be {} people", text.trim(), found.len()),
            "more than one name has it",
            "give the full name",
        )
    }
    .with_lines(lines))
}
