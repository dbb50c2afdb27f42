//! `results add`, `edit`, `set`, `remove`.

use crate::model::exchange::{Change, GoalEdit};
use crate::model::goal::Goal;
use crate::model::ids::ResultId;
use crate::model::key_result::Reading;
use crate::model::values;

use super::args::{self, Global};
use super::failure::Failure;
use super::pick::{self, Prefer};
use super::print::Out;
use super::session::Session;
use super::{Ended, ask, goal_show, measure, receipt};

fn post(out: &mut Out, session: &mut Session, goal: &Goal, edit: GoalEdit, done: &str) -> Ended {
    let change = Change::EditGoal {
        goal: goal.id.clone(),
        edit: Box::new(edit),
    };
    let what = format!("change of \"{}\"", goal.name);
    let entry = session.post(&what, &goal.account, change, session.new_entry())?;
    Ok(receipt::print(out, session, &[entry], done)?)
}

/// `results add GOAL NAME`
pub fn add(out: &mut Out, session: &mut Session, args: &args::ResultAdd) -> Ended {
    let goal = pick::goal(session.store(), &args.goal, Prefer::Open)?.clone();
    let id = ResultId::new(session.new_id(&goal.account, 'r'));
    let result = measure::create(id.clone(), &args.name, &args.measure)?;
    let done = format!(
        "added \"{}\" to \"{}\" as {id}: {}",
        result.name,
        goal.name,
        goal_show::aim(&result)
    );
    let edit = GoalEdit {
        put_results: vec![result],
        ..GoalEdit::default()
    };
    post(out, session, &goal, edit, &done)
}

/// `results edit GOAL RESULT`
pub fn edit(out: &mut Out, session: &mut Session, args: &args::ResultEdit) -> Ended {
    let goal = pick::goal(session.store(), &args.goal, Prefer::Open)?.clone();
    let before = pick::result(&goal, &args.result)?;
    let mut result = before.clone();
    measure::change(&mut result, args.name.as_ref(), &args.measure)?;
    if &result == before {
        return Err(Failure::usage(
            format!("\"{}\" stays as it is", before.name),
            "no flag says what to change",
            "see goaldeck results edit --help",
        )
        .into());
    }
    let done = format!("changed \"{}\": {}", result.name, goal_show::aim(&result));
    let edit = GoalEdit {
        put_results: vec![result],
        ..GoalEdit::default()
    };
    post(out, session, &goal, edit, &done)
}

/// What `NAME=VALUE` sets, in the order given.
pub fn readings(
    goal: &Goal,
    flag: &str,
    assignments: &[String],
) -> Result<Vec<(ResultId, Reading)>, Failure> {
    let mut set: Vec<(ResultId, Reading)> = Vec::new();
    for assignment in assignments {
        let (name, value) =
            measure::assignment(flag, assignment, |name| pick::result(goal, name).is_ok())?;
        let result = pick::result(goal, name)?;
        if set.iter().any(|(id, _)| id == &result.id) {
            return Err(Failure::usage(
                flag,
                format!("\"{}\" is set twice", result.name),
                "give one value",
            ));
        }
        if result.is_read_elsewhere() {
            let why = match result.particulars().hidden {
                true => "its provider hides it from you",
                false => "its provider counts it by itself",
            };
            let what = format!("value of \"{}\"", result.name);
            return Err(Failure::refused(what, why, "leave it out"));
        }
        let read = values::parse(result, result.current.as_ref(), value).map_err(|why| {
            Failure::misread(
                format!("value of \"{}\"", result.name),
                &why,
                "write 162, +3, -1, =-5, 1.5k or 41%",
            )
        })?;
        if let Some(reading) = read {
            set.push((result.id.clone(), reading));
        }
    }
    Ok(set)
}

/// `results set GOAL NAME=VALUE…`
pub fn set(out: &mut Out, session: &mut Session, goal: &str, assignments: &[String]) -> Ended {
    let goal = pick::goal(session.store(), goal, Prefer::Open)?.clone();
    let set_values = readings(&goal, "results set", assignments)?;
    let said: Vec<String> = set_values
        .iter()
        .filter_map(|(id, reading)| {
            let result = goal.result(id)?;
            Some(format!(
                "{} = {}",
                result.name,
                values::show(result, reading)
            ))
        })
        .collect();
    if said.is_empty() {
        return Err(Failure::usage(
            format!("\"{}\" stays as it is", goal.name),
            "no value was given",
            "write NAME=VALUE",
        )
        .into());
    }
    let done = format!("set on \"{}\": {}", goal.name, said.join(", "));
    let edit = GoalEdit {
        set_values,
        ..GoalEdit::default()
    };
    post(out, session, &goal, edit, &done)
}

/// `results remove GOAL RESULT`
pub fn remove(
    out: &mut Out,
    session: &mut Session,
    global: &Global,
    goal: &str,
    result: &str,
) -> Ended {
    let goal = pick::goal(session.store(), goal, Prefer::Open)?.clone();
    let result = pick::result(&goal, result)?;
    ask::is_sure(
        global,
        &crate::shown!("remove \"{}\" from \"{}\"?", result.name, goal.name),
    )?;
    let done = format!("removed \"{}\" from \"{}\"", result.name, goal.name);
    let edit = GoalEdit {
        drop_results: vec![result.id.clone()],
        ..GoalEdit::default()
    };
    post(out, session, &goal, edit, &done)
}
