//! `demo`: a made-up company to look at, or a generated workspace to measure with.

use std::path::Path;

use chrono::NaiveDateTime;

use crate::config::Paths;
use crate::model::dates;
use crate::model::ids::AccountName;
use crate::model::time::Now;
use crate::providers::demo::generate;
use crate::run::assemble::{self, Demo, Options};
use crate::run::clock::Clock;

use super::args::{self, Global};
use super::failure::Failure;
use super::print::Out;
use super::session;
use super::{Ended, Stop};

/// What the demo runs on.
pub fn options(global: &Global, args: &args::Demo) -> Result<Options, Failure> {
    let at = args
        .now
        .as_deref()
        .map(|text| moment(text, &Clock::real().now()))
        .transpose()?;
    Ok(Options {
        demo: Some(Demo { at }),
        ..session::options(global)
    })
}

fn moment(text: &str, now: &Now) -> Result<NaiveDateTime, Failure> {
    let at = dates::parse_moment(text, now)
        .map_err(|why| Failure::misread("--now", &why, "write it like 2026-11-20 10:42"))?;
    Ok(now.zone.local(at))
}

/// Makes a workspace with so many goals.
pub fn generate(out: &mut Out, goals: usize, directory: &Path) -> Ended {
    const MOST: usize = 1_000_000;
    if goals > MOST {
        return Err(Failure::usage(
            "--goals",
            format!("{goals} is too many"),
            format!("give at most {MOST}"),
        )
        .into());
    }
    let is_empty = match std::fs::read_dir(directory) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if !is_empty {
        return Err(Failure::usage(
            "--dir",
            format!("{} is not an empty folder", directory.display()),
            "name a new one",
        )
        .into());
    }
    let clock = Clock::real();
    let paths = Paths {
        config_file: directory.join("config.toml"),
        data: directory.to_owned(),
        state: directory.to_owned(),
    };
    let opened = assemble::open_store(&paths, false, &clock)
        .map_err(|fault| session::of_assembly(&fault))?;
    let account = AccountName::new("local");
    let made = generate::generate(goals, 1, clock.now(), &account);
    let count = made.goals.len();
    let wrong = |fault| Stop::from(Failure::of("workspace", &fault));
    opened
        .disk
        .import(made.people, made.goals, Vec::new())
        .wait()
        .map_err(wrong)?;
    opened.disk.close().wait().map_err(wrong)?;
    let place = directory.display();
    Ok(out.note(&crate::shown!(
        "made {count} goals; goaldeck --data-dir {place} opens them"
    ))?)
}
