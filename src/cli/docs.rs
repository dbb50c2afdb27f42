//! `docs` and `man`: what the program says about itself.

use std::io::Write;
use std::path::Path;

use clap::CommandFactory;

use super::args::Cli;
use super::failure::Failure;
use super::print::Out;
use super::{Ended, json as schema};
use crate::model::handbook::HANDBOOK;

/// `docs`: the handbook, as it stands behind the keys in the program.
pub fn docs(out: &mut Out) -> Ended {
    if out.is_json {
        return Ok(out.json(&schema::object("docs", HANDBOOK.into()))?);
    }
    Ok(out.raw().write_all(HANDBOOK.as_bytes())?)
}

/// `man`: the page of the program or of one command; with a folder, all pages as
/// files (`goaldeck.1`, `goaldeck-queue.1`, …).
pub fn man(out: &mut Out, words: &[String], folder: Option<&Path>) -> Ended {
    let mut program = Cli::command();
    program.build();
    if let Some(folder) = folder {
        let written = std::fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(program, folder));
        return written.map_err(|error| {
            let why = format!("{} cannot be written: {error}", folder.display());
            Failure::failed("manual pages", why, "choose another folder").into()
        });
    }
    let mut command = &program;
    for word in words {
        let found = command.find_subcommand(word);
        command = found.ok_or_else(|| {
            let why = format!("there is no command \u{201c}{}\u{201d}", words.join(" "));
            Failure::usage("manual page", why, "goaldeck --help lists them")
        })?;
    }
    Ok(clap_mangen::Man::new(command.clone()).render(out.raw())?)
}
