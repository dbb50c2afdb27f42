//! Chooses a front and sets the exit code.

use std::io::Write;
use std::process::ExitCode;

use goaldeck::cli;
use goaldeck::model::text;
use goaldeck::run::assemble::Options;
use goaldeck::run::{front, report};

fn main() -> ExitCode {
    report::on_panic();
    ExitCode::from(cli::run(std::env::args_os(), &open_program))
}

/// Opens the screens on this terminal; returns the exit code.
fn open_program(options: &Options) -> u8 {
    match front::open(options) {
        Ok(end) => end.code(),
        Err(error) => {
            let sentence = text::line(&error.to_string());
            // Nobody left to tell if this fails too.
            let _unheard = writeln!(std::io::stderr(), "goaldeck: {sentence}");
            1
        }
    }
}
