//! Chooses a front and sets the exit code.

use std::process::ExitCode;

use goaldeck::cli;
use goaldeck::run::assemble::Options;

fn main() -> ExitCode {
    ExitCode::from(cli::run(std::env::args_os(), &open_program))
}

/// Opens the screens on this terminal; returns the exit code.
fn open_program(_options: &Options) -> u8 {
    1
}
