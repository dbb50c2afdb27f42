//! The command line: the same store and the same rules as the screens, for
//! scripts and for hands. Only this layer prints; it decides nothing about goals.

mod account;
mod account_add;
mod api;
pub mod args;
mod as_of;
mod ask;
mod check_in;
mod config;
mod demo;
mod diff;
mod docs;
mod doctor;
mod due;
mod due_file;
mod failure;
mod filters;
mod find;
mod goal_edit;
mod goal_show;
mod goals;
mod graft;
mod history;
mod inbox;
mod json;
mod keys;
mod link;
mod masked;
mod measure;
mod note;
mod outbox;
mod outbox_csv;
mod outlook;
mod people;
mod pick;
mod plain;
mod portable;
mod print;
mod progress;
mod queue;
mod receipt;
mod report;
mod results;
mod review;
mod session;
mod sheet;
mod themes;
mod threads;
mod views;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::config::Environment;
use crate::log;
use crate::model::text;
use crate::run::assemble::{self, Options};

use args::{Account, Cli, Command, Demo, Global, Goals, Inbox, Outbox, People, Results};
use failure::{DONE, Failure};
use print::Out;
use session::Session;

/// Why a command ended before its end.
#[derive(Debug)]
pub enum Stop {
    /// It failed.
    Failed(Box<Failure>),
    /// It is done, with a code that says something.
    Code(u8),
    /// Output cannot be written.
    Output(std::io::Error),
}

impl Stop {
    /// With what the person typed, so that it is not lost.
    fn with_text(self, text: &str) -> Self {
        match self {
            Stop::Failed(failure) => Stop::Failed(Box::new(failure.with_text(text))),
            other => other,
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(Box::new(failure))
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Stop::Output(error)
    }
}

/// How a command ends.
type Ended = Result<(), Stop>;

/// Opens the program on a terminal; returns the exit code.
pub type OpenProgram<'a> = &'a dyn Fn(&Options) -> u8;

/// Reads arguments, does what they say, returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, open: OpenProgram<'_>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match parse(&arguments) {
        Ok(cli) => cli,
        Err(error) => return misused(&error, &arguments),
    };
    let mut out = Out::new(&cli.global);
    start_log(&cli.global);
    let ended = dispatch(&mut out, &cli, open).and_then(|()| Ok(out.flush()?));
    // What was printed before a failure is not lost with it.
    let flushed = out.flush();
    match ended {
        Ok(()) => flushed.map_or_else(|error| unwritten(&mut out, &error), |()| DONE),
        Err(Stop::Code(code)) => code,
        Err(Stop::Output(error)) => unwritten(&mut out, &error),
        Err(Stop::Failed(failure)) => {
            tracing::info!(code = failure.code, "command failed");
            out.failure(&failure);
            failure.exit
        }
    }
}

/// Whoever reads has had enough: that is no failure. Anything else is.
fn unwritten(out: &mut Out, error: &std::io::Error) -> u8 {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return DONE;
    }
    let failure = Failure::failed("output", format!("it cannot be written: {error}"), "");
    out.failure(&failure);
    failure.exit
}

/// Reads arguments. What an error repeats of them is cleaned first.
fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(arguments).map_err(|error| {
        let clean = arguments
            .iter()
            .map(|argument| text::line(&argument.to_string_lossy()).as_str().to_owned());
        Cli::try_parse_from(clean).err().unwrap_or_else(|| {
            // Only the raw form is wrong: bytes that are no text.
            clap::Error::raw(error.kind(), "an argument is not UTF-8\n")
        })
    })
}

/// What is wrong with the arguments, half a sentence, with what is missing.
fn why(error: &clap::Error) -> String {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    let first = first.trim_start_matches("error: ");
    if !first.ends_with(':') {
        return first.to_owned();
    }
    let missing: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    format!("{first} {}", missing.join(", "))
}

/// Help and version go to stdout; wrong usage is told like every failure.
fn misused(error: &clap::Error, arguments: &[OsString]) -> u8 {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        // A closed pipe is no failure here either.
        let _unheard = error.print();
        return if error.use_stderr() { 2 } else { DONE };
    }
    if arguments.iter().any(|argument| argument == "--json") {
        let failure = Failure::usage("arguments", why(error), "see goaldeck --help");
        let global = Global {
            json: true,
            ..Global::default()
        };
        Out::new(&global).failure(&failure);
    } else {
        let _unheard = error.print();
    }
    2
}

/// The log of this process, at the level of the flag or of `GOALDECK_LOG`.
fn start_log(global: &Global) {
    let environment = Environment::of_process();
    let named = global
        .log
        .clone()
        .or_else(|| environment.text("GOALDECK_LOG"))
        .unwrap_or_else(|| "warn".to_owned());
    if let (Some(level), Ok(paths)) = (
        log::level(&named),
        assemble::paths(&session::options(global), &environment),
    ) {
        log::start(&paths.state, level);
    }
}

fn dispatch(out: &mut Out, cli: &Cli, open: OpenProgram<'_>) -> Ended {
    let global = &cli.global;
    if global.dry_run && !cli.command.as_ref().is_some_and(can_rehearse) {
        return Err(Failure::usage(
            "--dry-run",
            "this command has nothing to rehearse",
            "leave --dry-run out",
        )
        .into());
    }
    let Some(command) = &cli.command else {
        return program(out, global, &session::options(global), open);
    };
    as_of::check(global, command)?;
    match command {
        Command::Queue(args) => queue::queue(out, global, args),
        Command::Config(args) => config::config(out, global, args),
        Command::Keys => keys::keys(out, global),
        Command::Themes { name } => themes::themes(out, global, name.as_deref()),
        Command::Doctor => doctor::doctor(out, global),
        Command::Account(args) => of_accounts(out, global, args),
        Command::Sync => account::sync(out, global),
        Command::Api(args) => api::api(out, global, args),
        Command::Demo(args) => demo(out, global, args, open),
        Command::Completions { shell } => {
            // Into memory first: the generator panics where it cannot write.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "goaldeck", &mut script);
            Ok(out.raw().write_all(&script)?)
        }
        Command::Docs => docs::docs(out),
        Command::Man { command, dir } => docs::man(out, command, dir.as_deref()),
        command => in_session(out, global, command),
    }
}

/// Whether a command writes nothing, or can be shown without being done.
fn can_rehearse(command: &Command) -> bool {
    match command {
        Command::Account(command) => {
            matches!(
                command,
                Account::List | Account::Show { .. } | Account::Test { .. }
            )
        }
        Command::Outbox(command) => matches!(command, Outbox::List | Outbox::Export { .. }),
        Command::Config(command) => !matches!(command, args::Config::Edit),
        Command::Api(_) | Command::Demo(_) => false,
        _ => true,
    }
}

/// Opens the program, talks in plain words, or prints the queue where there is no
/// terminal to open it on.
fn program(out: &mut Out, global: &Global, options: &Options, open: OpenProgram<'_>) -> Ended {
    let is_on_terminal = out.is_terminal && std::io::stdin().is_terminal();
    let wants_words = out.is_plain || is_on_terminal && plain::is_wanted();
    if wants_words && !out.is_json {
        as_of::refuse_in_words(global)?;
        return plain::start(out, options);
    }
    if out.is_json || !is_on_terminal {
        let mut session = Session::with(options, out)?;
        as_of::go(out, &mut session, global)?;
        queue::list(out, &session, "", false)?;
        return Ok(());
    }
    let options = as_of::options(options, global)?;
    match open(&options) {
        DONE => Ok(()),
        code => Err(Stop::Code(code)),
    }
}

fn demo(out: &mut Out, global: &Global, args: &Demo, open: OpenProgram<'_>) -> Ended {
    if let (Some(goals), Some(directory)) = (args.goals, &args.dir) {
        return demo::generate(out, goals, directory);
    }
    program(out, global, &demo::options(global, args)?, open)
}

/// Everything that needs goals.
fn in_session(out: &mut Out, global: &Global, command: &Command) -> Ended {
    let mut session = Session::open(global, out)?;
    let session = &mut session;
    as_of::go(out, session, global)?;
    match command {
        Command::Goals(goals) => of_goals(out, session, global, goals),
        Command::Results(results) => of_results(out, session, global, results),
        Command::Checkin(args) if args.goal.is_none() => due::due(out, session, global, args),
        Command::Checkin(args) => check_in::check_in(out, session, args),
        Command::Ack(args) => threads::ack(out, session, args),
        Command::Reply(args) => threads::reply(out, session, args),
        Command::React(args) => threads::react(out, session, args),
        Command::Approve(args) => review::approve(out, session, global, args),
        Command::Decline(args) => review::decline(out, session, args),
        Command::Review(args) => review::review(out, session, args),
        Command::Withdraw { goal } => review::withdraw(out, session, global, goal),
        Command::Inbox(Inbox::List(args)) => inbox::list(out, session, args),
        Command::Views(args) => views::views(out, session, global, args),
        Command::Inbox(Inbox::Read(lines)) => inbox::read(out, session, lines),
        Command::Inbox(Inbox::Done(lines)) => inbox::done(out, session, lines),
        Command::Outbox(Outbox::List) => outbox::list(out, session),
        Command::Outbox(Outbox::Retry { ids }) => outbox::retry(out, session, ids),
        Command::Outbox(Outbox::Drop { ids }) => outbox::drop_entries(out, session, global, ids),
        Command::Outbox(Outbox::Settle { ids }) => outbox::settle(out, session, ids),
        Command::Outbox(Outbox::Draft { ids }) => outbox::draft(out, session, ids),
        Command::Outbox(Outbox::Flush) => outbox::flush(out, session),
        Command::Outbox(Outbox::Export { csv: _, file }) => {
            outbox_csv::export(out, session, global, file.as_deref())
        }
        Command::History(args) => history::history(out, session, args, global.offline),
        Command::Report(args) => report::report(out, session, global, args),
        Command::Find(args) => find::find(out, session, args, global.offline),
        Command::Diff(args) => diff::diff(out, session, args),
        Command::Open { id } => link::open(out, session, id),
        Command::Link { id } => link::link(out, session, id),
        Command::Templates(args) => link::templates(out, session, args),
        Command::People(People::List) => people::list(out, session),
        Command::People(People::Add { name, handle }) => {
            people::add(out, session, name, handle.as_deref())
        }
        Command::Export(args) => portable::export(out, session, global.quiet, args),
        Command::Import(args) => portable::import(out, session, global, args),
        Command::Queue(_)
        | Command::Account(_)
        | Command::Sync
        | Command::Api(_)
        | Command::Config(_)
        | Command::Keys
        | Command::Themes { .. }
        | Command::Doctor
        | Command::Demo(_)
        | Command::Completions { .. }
        | Command::Docs
        | Command::Man { .. } => Ok(()),
    }
}

fn of_accounts(out: &mut Out, global: &Global, command: &Account) -> Ended {
    match command {
        Account::List => account::list(out, global),
        Account::Add(args) => account_add::add(out, global, args),
        Account::Show { name } => account::show(out, global, name),
        Account::Test { name } => account::test(out, global, name.as_deref()),
        Account::Use { name } => account::put_first(out, global, name),
        Account::Remove { name } => account::remove(out, global, name),
    }
}

fn of_goals(out: &mut Out, session: &mut Session, global: &Global, goals: &Goals) -> Ended {
    match goals {
        Goals::List(args) => goals::list(out, session, args),
        Goals::Tree(args) => goals::tree(out, session, args),
        Goals::Show { goal } => goal_show::show(out, session, goal),
        Goals::Add(args) => goal_edit::add(out, session, args),
        Goals::Edit(args) => goal_edit::edit(out, session, args),
        Goals::Move { goal, under, .. } => {
            goal_edit::put_under(out, session, goal, under.as_deref())
        }
        Goals::Graft { goal, under, .. } => graft::graft(out, session, goal, under.as_deref()),
        Goals::Ungraft { goal } => graft::ungraft(out, session, goal),
        Goals::Close(args) => goal_edit::close(out, session, args),
        Goals::Reopen { goal, note } => goal_edit::reopen(out, session, goal, note),
        Goals::Delete { goal } => goal_edit::delete(out, session, global, goal),
    }
}

fn of_results(out: &mut Out, session: &mut Session, global: &Global, results: &Results) -> Ended {
    match results {
        Results::Add(args) => results::add(out, session, args),
        Results::Edit(args) => results::edit(out, session, args),
        Results::Set { goal, values } => results::set(out, session, goal, values),
        Results::Remove { goal, result } => results::remove(out, session, global, goal, result),
    }
}
