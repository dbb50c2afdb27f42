//! `goals add`, `edit`, `move`, `close`, `reopen`, `delete`.

use crate::model::cadence::Cadence;
use crate::model::check_in::{CheckIn, Occasion};
use crate::model::dates::{self, Lean};
use crate::model::exchange::{Change, GoalEdit};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, CheckInId, GoalId, PersonId};
use crate::model::progress;
use crate::model::status::Status;

use super::args::{self, Global, GoalFields};
use super::failure::Failure;
use super::measure;
use super::pick::{self, Prefer};
use super::print::Out;
use super::session::Session;
use super::{Ended, ask, note, receipt};

/// A field that may be cleared with `none`.
#[expect(clippy::option_option, reason = "unchanged and cleared are two things")]
fn field<T>(
    text: Option<&String>,
    read: impl FnOnce(&str) -> Result<T, Failure>,
) -> Result<Option<Option<T>>, Failure> {
    match text.map(|text| text.trim()) {
        None => Ok(None),
        Some("none" | "") => Ok(Some(None)),
        Some(text) => read(text).map(|value| Some(Some(value))),
    }
}

/// What the flags change, for new and old goals alike.
fn edit_of(
    session: &Session,
    account: &AccountName,
    fields: &GoalFields,
) -> Result<GoalEdit, Failure> {
    let (store, now) = (session.store(), session.now());
    let person = |text: &str| -> Result<PersonId, Failure> { pick::person(store, account, text) };
    let day = |flag: &'static str, lean: Lean| {
        move |text: &str| {
            dates::parse_day_leaning(text, &now, lean)
                .map_err(|why| Failure::misread(flag, &why, "write 2026-12-31, 31 Dec or +6w"))
        }
    };
    let parent = |text: &str| -> Result<GoalId, Failure> {
        let parent = pick::goal(store, text, Prefer::Open)?;
        if &parent.account != account {
            return Err(Failure::usage(
                "--parent",
                format!("it belongs to account {}, not {account}", parent.account),
                "choose a goal of the same account",
            ));
        }
        Ok(parent.id.clone())
    };
    let cadence = fields.cadence.as_ref().map(|text| {
        let read = text.parse::<Cadence>();
        read.map_err(|why| Failure::misread("--cadence", &why, "write weekly:fri or none"))
    });
    let mut tags: Vec<String> = fields
        .tags
        .iter()
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| !tag.is_empty())
        .collect();
    let names_tags = !fields.tags.is_empty();
    if tags == ["none"] {
        tags.clear();
    }
    Ok(GoalEdit {
        description: fields.description.clone(),
        parent: field(fields.parent.as_ref(), parent)?,
        champion: field(fields.champion.as_ref(), person)?,
        reviewer: field(fields.reviewer.as_ref(), person)?,
        start: field(fields.start.as_ref(), day("--start", Lean::Near))?,
        due: field(fields.due.as_ref(), day("--due", Lean::Ahead))?,
        cadence: cadence.transpose()?,
        weight: measure::weight(fields.weight.as_ref())?,
        tags: names_tags.then_some(tags),
        ..GoalEdit::default()
    })
}

fn check_period(goal: &Goal) -> Result<(), Failure> {
    if let (Some(start), Some(due)) = (goal.start, goal.due)
        && due < start
    {
        return Err(Failure::usage(
            "--due",
            format!("the goal would end on {due}, before it starts on {start}"),
            "change one of the two days",
        ));
    }
    Ok(())
}

/// `goals add NAME`
pub fn add(out: &mut Out, session: &mut Session, args: &args::GoalAdd) -> Ended {
    let now = session.now();
    let account = match args.fields.parent.as_deref() {
        Some(parent) if parent != "none" => pick::goal(session.store(), parent, Prefer::Open)?
            .account
            .clone(),
        _ => session.account_for_new()?,
    };
    let me = session.me(&account)?;
    let name = args.name.trim();
    if name.is_empty() {
        return Err(Failure::usage("goal", "its name is empty", "give it a name").into());
    }
    let edit = edit_of(session, &account, &args.fields)?;
    let mut goal = Goal::new(
        GoalId::new(session.new_id(&account, 'g')),
        account.clone(),
        name,
        now.at,
    );
    goal.description = edit.description.unwrap_or_default();
    goal.parent = edit.parent.flatten();
    // Who makes a goal answers for it and reads its check-ins, unless others are named.
    goal.champion = edit.champion.unwrap_or_else(|| Some(me.clone()));
    goal.reviewer = edit.reviewer.unwrap_or(Some(me));
    goal.start = edit.start.unwrap_or_else(|| {
        let today = now.today();
        // A due day in the past says when it began even less.
        Some(edit.due.flatten().map_or(today, |due| due.min(today)))
    });
    goal.due = edit.due.flatten();
    goal.cadence = edit.cadence.unwrap_or_else(|| {
        let setup = session.store().account(&account);
        setup.map_or(Cadence::None, |known| known.setup.cadence)
    });
    goal.weight = edit.weight.unwrap_or(1.0);
    goal.tags = edit.tags.unwrap_or_default();
    goal.aspirational = args.aspirational;
    check_period(&goal)?;
    let id = goal.id.clone();
    let change = Change::CreateGoal {
        goal: Box::new(goal),
    };
    let entry = session.post("goal", &account, change, session.new_entry())?;
    let done = format!("made goal \"{name}\" as {id}");
    Ok(receipt::print(out, session, &[entry], &done)?)
}

fn post_edit(
    out: &mut Out,
    session: &mut Session,
    goal: &Goal,
    edit: GoalEdit,
    done: &str,
) -> Ended {
    let change = Change::EditGoal {
        goal: goal.id.clone(),
        edit: Box::new(edit),
    };
    let what = format!("change of \"{}\"", goal.name);
    let entry = session.post(&what, &goal.account, change, session.new_entry())?;
    Ok(receipt::print(out, session, &[entry], done)?)
}

/// `goals edit GOAL`
pub fn edit(out: &mut Out, session: &mut Session, args: &args::GoalEdit) -> Ended {
    let goal = pick::goal(session.store(), &args.goal, Prefer::Open)?.clone();
    let mut edit = edit_of(session, &goal.account, &args.fields)?;
    if let Some(name) = &args.name {
        if name.trim().is_empty() {
            return Err(Failure::usage("--name", "it is empty", "give the goal a name").into());
        }
        edit.name = Some(name.trim().to_owned());
    }
    edit.aspirational = args.aspirational;
    edit.paused = (args.pause || args.resume).then_some(args.pause);
    if edit == GoalEdit::default() {
        return Err(Failure::usage(
            format!("\"{}\" stays as it is", goal.name),
            "no flag says what to change",
            "see goaldeck goals edit --help",
        )
        .into());
    }
    let mut after = goal.clone();
    after.start = edit.start.unwrap_or(after.start);
    after.due = edit.due.unwrap_or(after.due);
    check_period(&after)?;
    let done = format!("changed \"{}\"", goal.name);
    post_edit(out, session, &goal, edit, &done)
}

/// `goals move GOAL --under PARENT` or `--top`
pub fn put_under(out: &mut Out, session: &mut Session, goal: &str, under: Option<&str>) -> Ended {
    let goal = pick::goal(session.store(), goal, Prefer::Open)?.clone();
    let parent = under
        .map(|under| pick::goal(session.store(), under, Prefer::Open))
        .transpose()?;
    if let Some(parent) = parent
        && parent.account != goal.account
    {
        return Err(Failure::usage(
            "move",
            format!(
                "the two goals belong to {} and {}",
                goal.account, parent.account
            ),
            "choose a goal of the same account",
        )
        .into());
    }
    let done = parent.map_or_else(
        || format!("\"{}\" is at the top now", goal.name),
        |parent| format!("\"{}\" is under \"{}\" now", goal.name, parent.name),
    );
    let edit = GoalEdit {
        parent: Some(parent.map(|parent| parent.id.clone())),
        ..GoalEdit::default()
    };
    post_edit(out, session, &goal, edit, &done)
}

fn score(session: &Session, goal: &Goal, text: Option<&String>) -> Result<Option<f64>, Failure> {
    let Some(given) = measure::maybe("--score", text)? else {
        let progress = session
            .store()
            .figures(&goal.id)
            .and_then(|figures| figures.progress);
        return Ok(progress.map(|progress| progress::score(progress.p)));
    };
    if !(0.0..=1.0).contains(&given) {
        return Err(Failure::usage(
            "--score",
            "it is not between 0 and 1",
            "write it like 0.7",
        ));
    }
    Ok(Some(progress::score(given)))
}

/// `goals close GOAL --achieved` or `--missed`
pub fn close(out: &mut Out, session: &mut Session, args: &args::GoalClose) -> Ended {
    let goal = pick::goal(session.store(), &args.goal, Prefer::Open)?.clone();
    let what = format!("closing of \"{}\"", goal.name);
    if !goal.is_open() {
        return Err(Failure::refused(what, "the goal is closed already", "").into());
    }
    let score = score(session, &goal, args.score.as_ref())?;
    let note = note::read(&args.note, "", session)?;
    let me = session
        .me(&goal.account)
        .map_err(|failure| failure.with_text(&note))?;
    let status = if args.achieved {
        Status::Achieved
    } else {
        Status::Missed
    };
    let id = CheckInId::new(session.new_id(&goal.account, 'c'));
    let closing = CheckIn {
        occasion: Occasion::Closing,
        status: Some(status),
        score,
        note: note.clone(),
        ..CheckIn::new(id, me, session.now().at)
    };
    let change = Change::CloseGoal {
        goal: goal.id.clone(),
        closing,
    };
    let entry = session
        .post(&what, &goal.account, change, session.new_entry())
        .map_err(|failure| failure.with_text(&note))?;
    let score = score.map_or_else(String::new, |score| format!(", score {score:.1}"));
    let done = format!(
        "closed \"{}\" as {}{score}",
        goal.name,
        status.words().word.to_lowercase()
    );
    Ok(receipt::print(out, session, &[entry], &done)?)
}

/// `goals reopen GOAL`
pub fn reopen(out: &mut Out, session: &mut Session, goal: &str, note: &str) -> Ended {
    let goal = pick::goal(session.store(), goal, Prefer::Closed)?.clone();
    let what = format!("reopening of \"{}\"", goal.name);
    if goal.is_open() {
        return Err(Failure::refused(what, "the goal is open", "").into());
    }
    let me = session.me(&goal.account)?;
    let id = CheckInId::new(session.new_id(&goal.account, 'c'));
    let reopening = CheckIn {
        occasion: Occasion::Reopening,
        note: note.trim().to_owned(),
        ..CheckIn::new(id, me, session.now().at)
    };
    let change = Change::ReopenGoal {
        goal: goal.id.clone(),
        reopening,
    };
    let entry = session
        .post(&what, &goal.account, change, session.new_entry())
        .map_err(|failure| failure.with_text(note))?;
    let done = format!("\"{}\" is open again", goal.name);
    Ok(receipt::print(out, session, &[entry], &done)?)
}

/// `goals delete GOAL`
pub fn delete(out: &mut Out, session: &mut Session, global: &Global, goal: &str) -> Ended {
    let goal = pick::goal(session.store(), goal, Prefer::Open)?.clone();
    let children = session.store().own_children(&goal.id).len();
    let moves = match children {
        0 => String::new(),
        1 => "; the goal under it moves up".to_owned(),
        count => format!("; the {count} goals under it move up"),
    };
    let (results, check_ins) = (goal.results.len(), goal.check_ins.len());
    ask::is_sure(
        global,
        &crate::shown!(
            "delete \"{}\" with {results} results and {check_ins} check-ins{moves}?",
            goal.name
        ),
    )?;
    let change = Change::DeleteGoal {
        goal: goal.id.clone(),
    };
    let what = format!("deletion of \"{}\"", goal.name);
    let entry = session.post(&what, &goal.account, change, session.new_entry())?;
    let done = format!("deleted \"{}\"", goal.name);
    Ok(receipt::print(out, session, &[entry], &done)?)
}
