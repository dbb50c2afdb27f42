//! `--as-of DATE`: every command that only looks shows how it was at the end of a
//! past day.

use crate::model::dates;
use crate::run::assemble::{self, Options};

use super::args::{Command, Global, Goals, Inbox, People};
use super::failure::Failure;
use super::print::Out;
use super::session::Session;

const FLAG: &str = "--as-of";

/// Whether a command shows what could have been otherwise on another day.
fn looks(command: &Command) -> bool {
    matches!(
        command,
        Command::Queue(_)
            | Command::Goals(Goals::List(_) | Goals::Tree(_) | Goals::Show { .. })
            | Command::Find(_)
            | Command::History(_)
            | Command::Report(_)
            | Command::Inbox(Inbox::List { .. })
            | Command::People(People::List)
            | Command::Demo(_)
    )
}

/// Refuses the flag where nothing of a past day could be shown.
pub fn check(global: &Global, command: &Command) -> Result<(), Failure> {
    if global.as_of.is_none() {
        return Ok(());
    }
    if let Command::Queue(args) = command
        && args.line
    {
        let why = "queue --line is about today";
        return Err(Failure::usage(FLAG, why, "leave one of the two out"));
    }
    if let Command::Diff(_) = command {
        let why = "diff takes two days of its own";
        return Err(Failure::usage(FLAG, why, "write --since and --until"));
    }
    if looks(command) {
        return Ok(());
    }
    Err(Failure::usage(
        FLAG,
        "it only goes with commands that show goals, for what was cannot be changed",
        "leave it out, or use it with queue, goals list, goals tree, goals show, history, report, find or inbox list",
    ))
}

/// Talking in plain words is about today: most of it is answering what waits.
pub fn refuse_in_words(global: &Global) -> Result<(), Failure> {
    if global.as_of.is_none() {
        return Ok(());
    }
    Err(Failure::usage(
        FLAG,
        "talking in plain words is about today",
        "use it with queue, goals list, goals show, history, report, find or inbox list",
    ))
}

/// Goes back to the day that is asked for, if one is.
pub fn go(out: &mut Out, session: &mut Session, global: &Global) -> Result<(), Failure> {
    let Some(text) = &global.as_of else {
        return Ok(());
    };
    let day = dates::parse_past_day(text, &session.now()).map_err(misread)?;
    session.go_back(day);
    out.as_of = Some(day);
    if !out.is_json {
        out.remark(&crate::shown!("as of {}", day.format("%a %-d %b %Y")));
    }
    if let Some(why) = session.unknown_before(day) {
        out.remark(&crate::shown!("goaldeck: {why}"));
    }
    Ok(())
}

fn misread(why: String) -> Failure {
    Failure::misread(FLAG, &why, "write it as 2026-10-31")
}

/// How the screens open: on the day that is asked for, if one is.
pub fn options(options: &Options, global: &Global) -> Result<Options, Failure> {
    let mut options = options.clone();
    if let Some(text) = &global.as_of {
        let now = assemble::clock(&options).now();
        let day = dates::parse_past_day(text, &now).map_err(misread)?;
        options.as_of = (day < now.today()).then_some(day);
    }
    Ok(options)
}
