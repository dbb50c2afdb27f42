//! Why a command did not do what was asked: one sentence for people, one object
//! for programs, one exit code.

use crate::model::exchange::{Fault, FaultKind};
use crate::model::text;

/// Exit code of success.
pub const DONE: u8 = 0;
/// Exit code of `--check` when something waits.
pub const WAITS: u8 = 10;

/// A command that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// For programs: `refused`, `ambiguous`, `not_found`, `usage`, …
    pub code: &'static str,
    /// The exit code.
    pub exit: u8,
    /// What failed: `check-in`. Foreign text, like the rest.
    pub what: Box<str>,
    /// Why, half a sentence.
    pub why: Box<str>,
    /// What to do, half a sentence.
    pub remedy: Box<str>,
    /// More lines: candidates, bad rows.
    pub lines: Vec<String>,
    /// What a person typed and would lose otherwise.
    pub text: Option<Box<str>>,
    /// The status a provider's server answered with.
    pub status: Option<u16>,
    /// Where in a text of an argument it is wrong.
    pub spot: Option<Box<Spot>>,
}

/// A place in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The text.
    pub text: String,
    /// The first wrong letter, from 0.
    pub from: usize,
    /// The letter after the last wrong one.
    pub to: usize,
}

impl Failure {
    /// Wrong usage: exit 2.
    pub fn usage(
        what: impl Into<String>,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new("usage", 2, what, why, remedy)
    }

    /// What a flag says cannot be read; the reader's sentence may bring its own
    /// advice after a semicolon, else `advice` is given.
    pub fn misread(flag: impl Into<String>, sentence: &str, advice: &str) -> Self {
        let (why, remedy) = sentence.split_once("; ").unwrap_or((sentence, advice));
        Self::usage(flag, why, remedy)
    }

    /// It did not work: exit 1.
    pub fn failed(
        what: impl Into<String>,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new("failed", 1, what, why, remedy)
    }

    /// The provider, or a rule of goals, says no: exit 4.
    pub fn refused(
        what: impl Into<String>,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new("refused", 4, what, why, remedy)
    }

    /// With everything given.
    pub fn new(
        code: &'static str,
        exit: u8,
        what: impl Into<String>,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            code,
            exit,
            what: what.into().into(),
            why: why.into().into(),
            remedy: remedy.into().into(),
            lines: Vec::new(),
            text: None,
            status: None,
            spot: None,
        }
    }

    /// What a fault of a port means here.
    pub fn of(what: impl Into<String>, fault: &Fault) -> Self {
        let (code, exit) = match fault.kind {
            FaultKind::SignedOut => ("signed_out", 3),
            FaultKind::Forbidden => ("forbidden", 4),
            FaultKind::Gone => ("gone", 4),
            FaultKind::Changed => ("changed", 4),
            FaultKind::Invalid => ("refused", 4),
            FaultKind::Unsupported => ("unsupported", 4),
            FaultKind::Offline => ("offline", 5),
            FaultKind::Disk => ("disk", 1),
            FaultKind::Unreadable => ("unreadable", 1),
        };
        Self::new(
            code,
            exit,
            what,
            fault.why.clone(),
            without_keys(&fault.remedy),
        )
    }

    /// With more lines below the sentence.
    pub fn with_lines(mut self, lines: Vec<String>) -> Self {
        self.lines = lines;
        self
    }

    /// With where in a text it is wrong; the lines below the sentence show it.
    pub fn at(mut self, spot: Spot) -> Self {
        self.spot = Some(Box::new(spot));
        self
    }

    /// With the status a server answered with.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// With what the person typed, so that it is not lost.
    pub fn with_text(mut self, text: &str) -> Self {
        if !text.trim().is_empty() {
            self.text = Some(text.into());
        }
        self
    }

    /// The sentence.
    pub fn sentence(&self) -> text::Shown {
        let mut sentence = self.what.to_string();
        if !self.why.is_empty() {
            if !sentence.is_empty() {
                sentence.push_str(": ");
            }
            sentence.push_str(&self.why);
        }
        if !self.remedy.is_empty() {
            sentence.push_str("; ");
            sentence.push_str(&self.remedy);
        }
        text::line(&sentence)
    }
}

/// A fault as a sentence for where there are no keys.
pub fn of_fault(fault: &Fault) -> String {
    without_keys(&fault.to_string())
}

/// A sentence of the store for where there are no keys.
pub fn plain(sentence: &str) -> String {
    without_keys(sentence)
}

/// Remedies name the keys of the screen, `reopen it (x)`; here they mean nothing.
fn without_keys(remedy: &str) -> String {
    let mut plain = String::with_capacity(remedy.len());
    let mut rest = remedy;
    while let Some(open) = rest.find(" (") {
        let Some(length) = rest.get(open..).and_then(|tail| tail.find(')')) else {
            break;
        };
        let inside = rest.get(open + 2..open + length).unwrap_or_default();
        let is_key = inside.chars().count() == 1 || inside.starts_with("Ctrl") || inside == "Esc x";
        let end = open + if is_key { 0 } else { length + 1 };
        plain.push_str(rest.get(..end).unwrap_or_default());
        rest = rest.get(open + length + 1..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_screen_are_left_out() {
        assert_eq!(
            without_keys("reopen it (x) or drop this entry (D)"),
            "reopen it or drop this entry"
        );
        assert_eq!(
            without_keys("use digits (0 to 9) only"),
            "use digits (0 to 9) only"
        );
    }

    #[test]
    fn a_failure_is_one_clean_sentence() {
        let failure = Failure::refused("check-in on \u{1b}[31mX\nY", "it is closed", "reopen it");
        let sentence = failure.sentence();
        assert!(sentence.as_str().ends_with("it is closed; reopen it"));
        assert!(!sentence.as_str().contains(['\u{1b}', '\n']));
    }
}
