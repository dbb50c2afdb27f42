//! Asks before anything is destroyed: only a typed `y` means yes.

use std::io::{BufRead, IsTerminal, Write};

use crate::model::text::Shown;

use super::args::Global;
use super::failure::Failure;

/// Whether the person is sure; `--yes` is yes, no terminal is a failure.
pub fn is_sure(global: &Global, question: &Shown) -> Result<(), Failure> {
    if global.yes || global.dry_run {
        return Ok(());
    }
    if global.json || !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            question.as_str().trim_end_matches('?').to_owned(),
            "nobody can be asked here",
            "add --yes if you are sure",
        ));
    }
    let mut stderr = std::io::stderr();
    // If stderr is closed nobody sees the question, and no answer means no.
    let _unseen = write!(stderr, "{question} y/N ").and_then(|()| stderr.flush());
    let mut answer = String::new();
    let _read = std::io::stdin().lock().read_line(&mut answer);
    if answer.trim().eq_ignore_ascii_case("y") || answer.trim().eq_ignore_ascii_case("yes") {
        Ok(())
    } else {
        Err(Failure::failed(
            "nothing was changed",
            "you did not type y",
            "",
        ))
    }
}

/// Whether the person agrees to something harmless; Enter is yes. Only where
/// somebody is there to be asked.
pub fn agrees(question: &Shown) -> bool {
    let mut stderr = std::io::stderr();
    // If stderr is closed nobody sees the question, and no answer means no.
    let _unseen = write!(stderr, "{question} Y/n ").and_then(|()| stderr.flush());
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    let answer = answer.trim().to_ascii_lowercase();
    read.is_ok_and(|count| count > 0) && ["", "y", "yes"].contains(&answer.as_str())
}
