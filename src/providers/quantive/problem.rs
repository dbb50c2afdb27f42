//! Why a call brought nothing, in words, and what that means for a question and
//! for a write.

use crate::model::exchange::{Answer, Fault, FaultKind};
use crate::providers::http::{self, Failure};

/// How long to wait when a server asks to and does not say how long.
const BUSY: u64 = 60;

/// Why a call brought nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// No usable answer.
    Failed(Failure),
    /// It cannot be tried, or what came cannot be read.
    Fault(Fault),
    /// The server said no.
    Status {
        /// HTTP.
        status: u16,
        /// Its own words, cleaned; may be empty.
        words: String,
        /// How long it asks us to stay away, in seconds.
        wait: Option<u64>,
        /// What may be wrong with the settings; may be empty.
        hint: String,
    },
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Problem::Failed(failure)
    }
}

impl Problem {
    /// The status, if the server said no.
    pub fn status(&self) -> Option<u16> {
        match self {
            Problem::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether everything else will fail in the same way: not signed in, nobody
    /// there, asked to wait.
    pub fn is_general(&self) -> bool {
        match self {
            Problem::Failed(failure) => {
                matches!(failure, Failure::NotSent(_) | Failure::Unready(_))
            }
            Problem::Fault(fault) => fault.kind != FaultKind::Unreadable,
            Problem::Status { status, .. } => matches!(status, 401 | 429),
        }
    }

    /// The problem as an answer to a question.
    pub fn fault(&self) -> Fault {
        let (status, words, hint) = match self {
            Problem::Failed(failure) => return http::fault_of(failure.clone()),
            Problem::Fault(fault) => return fault.clone(),
            Problem::Status {
                status,
                words,
                hint,
                ..
            } => (*status, words.as_str(), hint.as_str()),
        };
        let (kind, why, remedy) = match status {
            401 => (
                FaultKind::SignedOut,
                "token not accepted: expired, deleted, or of another server",
                "make a new one (Settings, Configuration, API tokens) and put it where the account's token comes from",
            ),
            402 => (
                FaultKind::Forbidden,
                "the account's plan or trial has run out or does not include this, so Quantive is read-only here",
                "ask the account's administrator about the plan, or drop this entry (D)",
            ),
            403 => (
                FaultKind::Forbidden,
                "the token's user has no right to do this",
                "ask an administrator for the right, or drop this entry (D)",
            ),
            404 | 410 => (
                FaultKind::Gone,
                "it is gone or hidden from you",
                "drop this entry (D) or copy its text (y)",
            ),
            405 => (
                FaultKind::Unsupported,
                "this server does not know the call",
                "do it on Quantive's own page, or drop this entry (D)",
            ),
            409 => (
                FaultKind::Changed,
                "it is in another state than you saw",
                "read it again (r), then send it again (R) or drop it (D)",
            ),
            423 => (
                FaultKind::Invalid,
                "the goal is locked: it is in review or approved",
                "its owner can withdraw it from approval and send this again (R), or drop it (D)",
            ),
            429 => {
                let wait = self.wait();
                let why = format!("Quantive asks to wait {wait} s");
                return Fault::new(FaultKind::Offline, why, "");
            }
            500.. => (FaultKind::Offline, "Quantive failed", ""),
            _ => (
                FaultKind::Invalid,
                "Quantive does not take it as it is",
                "change it (e) or drop this entry (D)",
            ),
        };
        let why = match (words.is_empty(), status) {
            (true, 500..) => format!("{why} (HTTP {status})"),
            (true, _) => why.to_owned(),
            (false, 500..) => format!("{why} (HTTP {status}: {words})"),
            (false, _) => format!("{why} (Quantive: {words})"),
        };
        let why = match hint {
            "" => why,
            hint => format!("{why}; {hint}"),
        };
        Fault::new(kind, why, remedy)
    }

    fn wait(&self) -> u64 {
        match self {
            Problem::Status { wait, .. } => wait.unwrap_or(BUSY),
            _ => BUSY,
        }
    }

    /// The problem as an answer to a write of which nothing can have been done: it
    /// came before the writing.
    pub fn harmless(&self) -> Answer {
        match self {
            Problem::Failed(Failure::Unready(fault)) => Answer::Refused(fault.clone()),
            Problem::Failed(failure) => Answer::Offline(failure.to_string()),
            Problem::Fault(fault) if fault.kind == FaultKind::Unreadable => {
                Answer::Offline(fault.to_string())
            }
            Problem::Status { status: 429, .. } => Answer::Busy(self.wait()),
            Problem::Status { status: 500.., .. } => Answer::Offline(self.fault().why),
            _ => Answer::Refused(self.fault()),
        }
    }

    /// The problem as an answer to a write that left.
    pub fn after_sending(&self) -> Answer {
        match self {
            Problem::Failed(failure) => failure.clone().into(),
            Problem::Fault(fault) if fault.kind == FaultKind::Unreadable => {
                Answer::NoAnswer(fault.to_string())
            }
            Problem::Status { status: 500.., .. } => Answer::NoAnswer(self.fault().why),
            _ => self.harmless(),
        }
    }
}

/// What something that may be missing told: nothing where the server does not
/// have it or does not give it.
///
/// # Errors
/// Everything else would fail too.
pub fn optional<T: Default>(told: Result<T, Problem>) -> Result<T, Problem> {
    match told {
        Err(problem) if !problem.is_general() => {
            tracing::debug!("left out: {}", problem.fault());
            Ok(T::default())
        }
        told => told,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn said(status: u16) -> Fault {
        Problem::Status {
            status,
            words: "its words".to_owned(),
            wait: None,
            hint: String::new(),
        }
        .fault()
    }

    #[test]
    fn b14_every_refusal_has_words_of_its_own() {
        let all = [400, 401, 402, 403, 404, 405, 409, 423, 500];
        let sentences: HashSet<String> = all.iter().map(|status| said(*status).why).collect();
        assert_eq!(sentences.len(), all.len());
        assert_eq!(said(401).kind, FaultKind::SignedOut);
        assert!(said(402).why.contains("plan") && said(402).why.contains("read-only"));
        assert!(said(423).remedy.contains("withdraw"));
        assert_eq!(said(409).kind, FaultKind::Changed);
        assert!(said(400).why.ends_with("(Quantive: its words)"));
    }

    #[test]
    fn what_is_unsure_after_sending_is_never_called_refused() {
        let status = |status| Problem::Status {
            status,
            words: String::new(),
            wait: None,
            hint: String::new(),
        };
        for unsure in [500, 502, 503, 504] {
            assert!(matches!(
                status(unsure).after_sending(),
                Answer::NoAnswer(_)
            ));
            assert!(matches!(status(unsure).harmless(), Answer::Offline(_)));
        }
        assert_eq!(status(429).after_sending(), Answer::Busy(60));
        assert!(matches!(status(400).after_sending(), Answer::Refused(_)));
    }
}
