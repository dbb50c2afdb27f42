//! `checkin --due`: all check-ins that are due as one file, in the editor or from a
//! script; checked as a whole, and nothing is posted if anything is wrong.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::model::check_in::CheckIn;
use crate::model::entry::Entry;
use crate::model::exchange::Change;
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, GoalId};
use crate::model::text;
use crate::store::effect::Command;
use crate::store::queue::{self, What};

use super::args::{Checkin, Global};
use super::due_file::{self, Section, Wrong};
use super::failure::Failure;
use super::goal_show::changed;
use super::outlook::Outlook;
use super::print::Out;
use super::session::Session;
use super::sheet::{self, Sheet};
use super::{Ended, Stop, ask, json as schema, note, receipt};

/// A check-in that is ready.
struct Ready {
    goal: Goal,
    sheet: Sheet,
    check_in: CheckIn,
}

/// Goals whose check-in I owe today or owed before, in the order of the queue.
fn due_goals(session: &Session) -> Vec<Goal> {
    queue::queue(session.store(), &session.now())
        .into_iter()
        .filter_map(|item| match item.what {
            What::Owe { goal, late_days } if late_days >= 0 => session.store().goal(&goal).cloned(),
            _ => None,
        })
        .filter(|goal| sheet::refusal(session.store(), goal, &session.now()).is_none())
        .collect()
}

fn draft_of(session: &Session, goal: &GoalId) -> Option<Sheet> {
    let draft = session.store().draft(&sheet::key_of(goal))?;
    Some(Sheet::of_draft(draft))
}

/// The section a goal begins with.
fn section_of(session: &Session, goal: &Goal) -> String {
    let template = session.config.default_note();
    let draft = draft_of(session, &goal.id);
    due_file::section(goal, draft.as_ref(), template, &session.now())
}

/// `checkin --due`, `--from-file`, `--template`
pub fn due(out: &mut Out, session: &mut Session, global: &Global, args: &Checkin) -> Ended {
    if let Some(file) = &args.from_file {
        let text = read_file(file)?;
        return from_script(out, session, global, args, &text);
    }
    let goals = due_goals(session);
    if goals.is_empty() {
        if out.is_json && args.template {
            return Ok(out.json(&schema::object("template", json!("")))?);
        }
        if out.is_json {
            return Ok(out.json(&schema::object("outbox", json!([])))?);
        }
        return Ok(out.note(&crate::shown!("no check-in of yours is due"))?);
    }
    let sections: Vec<String> = goals.iter().map(|goal| section_of(session, goal)).collect();
    let file = due_file::file(&sections);
    if args.template {
        if out.is_json {
            return Ok(out.json(&schema::object("template", json!(file)))?);
        }
        return Ok(out.block(&text::block(file.trim_end()), 0)?);
    }
    if !args.note.edit {
        return Err(Failure::usage(
            "checkin --due",
            "it does not say where to write",
            "add --edit for your editor, --template to print the file, or --from-file FILE",
        )
        .into());
    }
    in_editor(out, session, global, args, &file)
}

fn read_file(file: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(file).map(|read| bytes = read)
    };
    read.map_err(|error| {
        let what = file.display();
        Failure::usage(
            "--from-file",
            format!("{what} cannot be read: {error}"),
            "check the file's name",
        )
    })?;
    Ok(text::utf8(&bytes).into_owned())
}

/// Keeps a file of check-ins that were not posted; where.
fn keep_file(session: &Session, text: &str) -> Result<PathBuf, Failure> {
    let kept = note::private_file("checkins-", text, &session.scratch)
        .and_then(|file| file.keep().map_err(|error| error.error));
    let (_, path) = kept.map_err(|error| {
        Failure::failed(
            "the file cannot be kept",
            error.to_string(),
            "free some space",
        )
        .with_text(text)
    })?;
    Ok(path)
}

/// What is wrong, with where the text is.
fn refused(wrong: &[Wrong], path: &Path) -> Failure {
    let lines = wrong
        .iter()
        .map(|wrong| format!("line {}: {}", wrong.line + 1, wrong.why));
    let count = match wrong.len() {
        1 => "1 thing is wrong".to_owned(),
        more => format!("{more} things are wrong"),
    };
    Failure::usage(
        "nothing was posted",
        count,
        format!(
            "correct {0} and run goaldeck checkin --from-file {0}",
            path.display()
        ),
    )
    .with_lines(lines.collect())
}

/// Why what the editor left cannot be read, and where what was in it before is kept.
fn unread(error: &std::io::Error, path: &Path, kept: Option<&Path>) -> Failure {
    let path = path.display();
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("the file is gone after the editor ended; it was expected at {path}")
        }
        _ => format!("{path} cannot be read after the editor ended: {error}"),
    };
    let remedy = "save under the same name, or run goaldeck checkin --from-file FILE";
    let kept = kept.map(|kept| format!("what was in it before is kept in {}", kept.display()));
    Failure::failed("nothing was posted", why, remedy).with_lines(kept.into_iter().collect())
}

fn from_script(
    out: &mut Out,
    session: &mut Session,
    global: &Global,
    args: &Checkin,
    text: &str,
) -> Ended {
    let text = due_file::without_errors(text);
    match check(session, &text) {
        Ok(ready) => {
            // What came through a pipe is nowhere else.
            let is_piped = args.from_file.as_deref() == Some(Path::new("-"));
            let piped = is_piped.then_some(text.as_str());
            finish(out, session, global, args, ready, piped)
        }
        Err(wrong) => {
            let path = keep_file(session, &due_file::with_errors(&text, &wrong))?;
            Err(refused(&wrong, &path).into())
        }
    }
}

fn in_editor(
    out: &mut Out,
    session: &mut Session,
    global: &Global,
    args: &Checkin,
    first: &str,
) -> Ended {
    let mut text = first.to_owned();
    loop {
        let broken = |error: std::io::Error| {
            Failure::failed(
                "editor",
                format!("no file to write in: {error}"),
                "free some space",
            )
        };
        let file = note::private_file("checkins-", &text, &session.scratch).map_err(broken)?;
        let ended = note::run_editor(&session.config, file.path());
        // Read by name: many editors replace the file instead of writing into it.
        let bytes = match std::fs::read(file.path()) {
            Ok(bytes) => bytes,
            Err(error) => {
                let kept = match text == first {
                    true => None,
                    false => Some(keep_file(session, &text)?),
                };
                return Err(unread(&error, file.path(), kept.as_deref()).into());
            }
        };
        let edited = text::utf8(&bytes).into_owned();
        if let Err(failure) = ended {
            if edited == first {
                return Err(failure.into());
            }
            let path = keep_file(session, &edited)?;
            return Err(Failure::failed(
                "nothing was posted",
                failure.why.to_string(),
                format!("what you wrote is kept in {}", path.display()),
            )
            .into());
        }
        let clean = due_file::without_errors(&edited);
        if clean.trim().is_empty() || clean == first {
            return Ok(out.note(&crate::shown!("nothing was filled in, nothing is posted"))?);
        }
        let wrong = match check(session, &clean) {
            Ok(ready) => {
                if ready.is_empty() && due_file::adds_to(&clean, first) {
                    let path = keep_file(session, &clean)?;
                    let path = path.display();
                    out.remark(&crate::shown!("what you wrote is kept in {path}"));
                }
                return finish(out, session, global, args, ready, Some(&clean));
            }
            Err(wrong) => wrong,
        };
        text = due_file::with_errors(&clean, &wrong);
        for wrong in &wrong {
            let why = &wrong.why;
            out.remark(&crate::shown!("goaldeck: line {}: {why}", wrong.line + 1));
        }
        let asks = std::io::stdin().is_terminal();
        if !asks || !ask::agrees(&crate::shown!("edit again?")) {
            let path = keep_file(session, &text)?;
            return Err(refused(&wrong, &path).into());
        }
    }
}

/// The check-ins of a file; sections nobody touched are none.
fn check(session: &Session, text: &str) -> Result<Vec<Ready>, Vec<Wrong>> {
    let (sections, mut wrong) = due_file::parse(text);
    let mut ready: Vec<Ready> = Vec::new();
    let mut seen: Vec<GoalId> = Vec::new();
    for section in &sections {
        match of_section(session, section, &mut seen) {
            Ok(None) => {}
            Ok(Some(one)) => ready.push(one),
            Err(more) => wrong.extend(more),
        }
    }
    if wrong.is_empty() {
        return Ok(ready);
    }
    wrong.sort_by_key(|wrong| wrong.line);
    Err(wrong)
}

fn of_section(
    session: &Session,
    section: &Section,
    seen: &mut Vec<GoalId>,
) -> Result<Option<Ready>, Vec<Wrong>> {
    let (store, now) = (session.store(), session.now());
    let at_heading = |why: String| {
        vec![Wrong {
            line: section.line,
            why,
        }]
    };
    let Some(id) = section.goal.clone() else {
        return Ok(None);
    };
    let Some(goal) = store.goal(&id) else {
        return Err(at_heading(format!("no goal has the id {id}")));
    };
    if seen.contains(&id) {
        let why = "this goal stands above already; make one section of both";
        return Err(at_heading(why.to_owned()));
    }
    seen.push(id);
    let template = session.config.default_note();
    let draft = draft_of(session, &goal.id);
    let first = section_of(session, goal);
    let (first, _) = due_file::parse(&first);
    let said = section.said(goal, template);
    if first.first().map(|first| first.said(goal, template)) == Some(said) {
        return Ok(None);
    }
    if let Some(why) = sheet::refusal(store, goal, &now) {
        return Err(at_heading(why));
    }
    let sheet = section.sheet(goal, draft.as_ref(), &now)?;
    let Some(account) = store.account(&goal.account) else {
        return Err(at_heading(format!("account {} is not there", goal.account)));
    };
    let abilities = &account.setup.abilities;
    let faults = sheet.faults(goal, abilities, &now);
    if let Some(why) = faults.first() {
        return Err(at_heading(why.clone()));
    }
    let Some(me) = store.me(&goal.account).cloned() else {
        let why = format!("{} has not said who you are", goal.account);
        return Err(at_heading(why));
    };
    let id = CheckInId::new(session.new_id(&goal.account, 'c'));
    let check_in = sheet.check_in(id, me, goal, abilities, template, &now);
    Ok(Some(Ready {
        goal: goal.clone(),
        sheet,
        check_in,
    }))
}

/// One line about what a check-in says and does.
fn summary(session: &Session, ready: &Ready) -> text::Shown {
    let (goal, check_in) = (&ready.goal, &ready.check_in);
    let mut parts = Vec::new();
    parts.extend(check_in.status.map(|status| status.words().word.to_owned()));
    for change in &check_in.values {
        let Some(result) = goal.result(&change.result) else {
            continue;
        };
        let reads = change.before.as_ref().map_or_else(
            || crate::model::values::show(result, &change.now),
            |before| changed(result, before, &change.now),
        );
        parts.push(format!("{} {reads}", result.name));
    }
    let words = check_in.note.split_whitespace().count();
    if words > 0 {
        parts.push(format!("note of {words} words"));
    }
    let outlook = Outlook::of(
        session.store(),
        goal,
        &check_in.values,
        check_in.due_moved,
        &session.now(),
    );
    parts.extend(outlook.sentence());
    crate::shown!("{}: {}", goal.name, parts.join(", "))
}

fn finish(
    out: &mut Out,
    session: &mut Session,
    global: &Global,
    args: &Checkin,
    ready: Vec<Ready>,
    edited: Option<&str>,
) -> Ended {
    if ready.is_empty() {
        if out.is_json {
            return Ok(out.json(&schema::object("outbox", json!([])))?);
        }
        return Ok(out.note(&crate::shown!("nothing was filled in, nothing is posted"))?);
    }
    if session.is_dry_run {
        return dry_run(out, session, &ready);
    }
    if args.draft {
        return keep_drafts(out, session, &ready);
    }
    for one in &ready {
        let line = summary(session, one);
        out.note(&line)?;
    }
    out.flush()?;
    let question = match ready.len() {
        1 => crate::shown!("post this check-in?"),
        more => crate::shown!("post these {more} check-ins?"),
    };
    if let Err(mut failure) = ask::is_sure(global, &question) {
        if let Some(text) = edited {
            let path = keep_file(session, text)?;
            failure
                .lines
                .push(format!("the file is kept: {}", path.display()));
        }
        return Err(failure.into());
    }
    post_all(out, session, &ready)
}

/// Posts one after the other; what one account refuses does not hold up the others.
fn post_all(out: &mut Out, session: &mut Session, ready: &[Ready]) -> Ended {
    let (mut entries, mut failures): (Vec<Entry>, Vec<Failure>) = Default::default();
    for one in ready {
        let what = format!("check-in on \"{}\"", one.goal.name);
        let change = Change::CheckIn {
            goal: one.goal.id.clone(),
            check_in: one.check_in.clone(),
            tell: one.sheet.tell(),
        };
        // What was typed is on disk before it is posted, and goes with the post.
        let at = session.now().at;
        let draft = one.sheet.draft(at);
        let kept = session.wish(&what, vec![Command::Keep(draft), Command::Flush]);
        let posted = kept.and_then(|()| {
            let id = session.new_entry();
            let key = Some(one.sheet.key.clone());
            session.post_from(&what, &one.goal.account, change, id, key)
        });
        match posted {
            Ok(entry) => {
                let status = one.check_in.status;
                let status = status.map_or("", |status| status.words().word);
                let done = format!("checked in on \"{}\": {status}", one.goal.name);
                if !out.is_json {
                    receipt::print(out, session, std::slice::from_ref(&entry), &done)?;
                }
                entries.push(entry);
            }
            Err(failure) => failures.push(failure),
        }
    }
    if out.is_json {
        receipt::print(out, session, &entries, "")?;
    }
    let mut failures = failures.into_iter();
    let Some(mut first) = failures.next() else {
        return Ok(());
    };
    let others = failures.map(|failure| failure.sentence().to_string());
    first.lines.extend(others);
    Err(first.into())
}

fn keep_drafts(out: &mut Out, session: &mut Session, ready: &[Ready]) -> Ended {
    let at = session.now().at;
    let mut commands: Vec<Command> = ready
        .iter()
        .map(|one| Command::Keep(one.sheet.draft(at)))
        .collect();
    commands.push(Command::Flush);
    session.wish("drafts", commands)?;
    let is_unwritten = |one: &&Ready| !session.store().is_draft_written(&one.sheet.key);
    if ready.iter().any(|one| is_unwritten(&one)) {
        let failure = Failure::new(
            "disk",
            1,
            "drafts",
            "they were not saved",
            "free some space",
        );
        return Err(Stop::from(failure));
    }
    if out.is_json {
        let drafts = ready
            .iter()
            .map(|one| json!({ "goal": one.goal.id.as_str(), "state": "draft" }));
        let drafts: Vec<_> = drafts.collect();
        return Ok(out.json(&schema::object("outbox", json!(drafts)))?);
    }
    for one in ready {
        out.note(&crate::shown!(
            "kept a draft of the check-in on \"{}\"",
            one.goal.name
        ))?;
    }
    Ok(())
}

/// What each would say, do and send; nothing is sent.
fn dry_run(out: &mut Out, session: &mut Session, ready: &[Ready]) -> Ended {
    let mut list = Vec::new();
    for one in ready {
        let what = format!("check-in on \"{}\"", one.goal.name);
        let change = Change::CheckIn {
            goal: one.goal.id.clone(),
            check_in: one.check_in.clone(),
            tell: one.sheet.tell(),
        };
        let id = session.new_entry();
        let entry = session.post(&what, &one.goal.account, change, id)?;
        let now = session.now();
        let mut value = json!({
            "goal": one.goal.id.as_str(),
            "checkin": schema::check_in(session.store(), &one.goal, &one.check_in, &now),
        });
        receipt::merge(&mut value, receipt::rehearsed_json(session, &entry));
        list.push(value);
        if !out.is_json {
            let line = summary(session, one);
            out.say(&line)?;
            receipt::requests(out, session, &entry)?;
        }
    }
    if out.is_json {
        return Ok(out.json(&schema::object("dry_run", json!(list)))?);
    }
    Ok(out.note(&crate::shown!("nothing was sent, nothing was written"))?)
}
