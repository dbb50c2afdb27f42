//! A desk over a server in memory that refuses, loses answers and asks to wait.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::*;
use crate::model::check_in::{CheckIn, ValueChange};
use crate::model::exchange::{Change, Signature, Tell};

/// What the server does with the next write of a key result.
#[derive(Clone, Debug)]
enum Mood {
    Refuse,
    TakeAndSayNothing,
    SayNothing,
    Wait,
    SignedOut,
}

#[derive(Default)]
struct Server {
    taken: Mutex<Vec<(String, f64)>>,
    moods: Mutex<BTreeMap<String, Vec<Mood>>>,
    looks: Mutex<usize>,
    /// How often facts cannot be read.
    unread: Mutex<usize>,
    /// Somebody else was faster.
    clash: Mutex<Option<Fault>>,
}

impl Server {
    fn will(&self, result: &str, moods: &[Mood]) {
        self.moods
            .lock()
            .unwrap()
            .insert(result.to_owned(), moods.to_vec());
    }

    fn taken(&self) -> Vec<(String, f64)> {
        self.taken.lock().unwrap().clone()
    }
}

impl Desk for Server {
    fn prepare<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<Vec<Row>, Answer>> {
        let Change::CheckIn { check_in, .. } = &letter.change else {
            panic!("{letter:?}");
        };
        if let Some(fault) = self.clash.lock().unwrap().clone() {
            return Box::pin(async { Err(Answer::Refused(fault)) });
        }
        let rows = check_in.values.iter().map(|value| Row {
            result: value.result.clone(),
            name: value.result.to_string(),
            value: value.now.clone(),
            known: self.taken().len().to_string(),
        });
        let rows = rows.collect();
        Box::pin(async move { Ok(rows) })
    }

    fn is_there<'a>(
        &'a self,
        _letter: &'a Letter,
        row: &'a Row,
    ) -> BoxFuture<'a, Result<bool, Answer>> {
        *self.looks.lock().unwrap() += 1;
        let known: usize = row.known.parse().unwrap();
        let taken = self.taken();
        let mut taken = taken.iter().skip(known);
        let is_there = taken
            .any(|(result, value)| row.result.as_str() == result && *value == row.value.number());
        Box::pin(async move { Ok(is_there) })
    }

    fn write<'a>(&'a self, _letter: &'a Letter, row: &'a Row) -> BoxFuture<'a, Written> {
        let mut moods = self.moods.lock().unwrap();
        let moods = moods.entry(row.result.to_string()).or_default();
        let mood = (!moods.is_empty()).then(|| moods.remove(0));
        let take = || {
            let entry = (row.result.to_string(), row.value.number());
            self.taken.lock().unwrap().push(entry);
        };
        let written = match mood {
            None => {
                take();
                Written::Done
            }
            Some(Mood::Refuse) => {
                Written::Refused(Fault::new(FaultKind::Invalid, "too large", "write less"))
            }
            Some(Mood::TakeAndSayNothing) => {
                take();
                Written::Stop(Answer::NoAnswer("no answer".into()))
            }
            Some(Mood::SayNothing) => Written::Stop(Answer::NoAnswer("no answer".into())),
            Some(Mood::Wait) => Written::Stop(Answer::Busy(7)),
            Some(Mood::SignedOut) => Written::Stop(Answer::Refused(Fault::new(
                FaultKind::SignedOut,
                "token refused",
                "",
            ))),
        };
        Box::pin(async move { written })
    }

    fn facts<'a>(&'a self, _letter: &'a Letter) -> BoxFuture<'a, Result<Batch, Answer>> {
        let mut unread = self.unread.lock().unwrap();
        let told = match unread.checked_sub(1) {
            Some(left) => {
                *unread = left;
                Err(Answer::Offline("no line".into()))
            }
            None => Ok(Batch::default()),
        };
        Box::pin(async move { told })
    }
}

fn letter(values: &[(&str, f64)]) -> Letter {
    let at = "2026-11-20T10:00:00Z".parse().unwrap();
    let mut check_in = CheckIn::new("a:c".into(), "a:me".into(), at);
    check_in.values = values
        .iter()
        .map(|(result, value)| ValueChange {
            result: (*result).into(),
            before: None,
            now: Reading::Number(*value),
        })
        .collect();
    let change = Change::CheckIn {
        goal: "a:g".into(),
        check_in,
        tell: Tell::default(),
    };
    let signature = Signature {
        by: "a:me".into(),
        account: "a".into(),
        at,
    };
    Letter::new("e1".into(), change, signature)
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(work)
}

/// Sends until it is no more onward; the words on the way.
fn sent(rows: &RowByRow, server: &Server, letter: &mut Letter) -> (Answer, Vec<String>) {
    let mut words = Vec::new();
    loop {
        match run(rows.send(server, letter)) {
            Answer::Onward(trail) => {
                words.push(trail.words.clone());
                letter.trail = Some(trail);
            }
            answer => return (answer, words),
        }
    }
}

const THREE: [(&str, f64); 3] = [("a", 1.0), ("b", 2.0), ("c", 3.0)];

fn names(taken: &[(String, f64)]) -> Vec<&str> {
    taken.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn rows_go_one_after_the_other_and_nothing_is_looked_for_in_between() {
    let (rows, server) = (RowByRow::default(), Server::default());
    let mut letter = letter(&THREE);
    let (answer, words) = sent(&rows, &server, &mut letter);
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    assert_eq!(names(&server.taken()), ["a", "b", "c"]);
    assert_eq!(
        words,
        ["0 of 3 sent", "1 of 3 sent", "2 of 3 sent", "3 of 3 sent"]
    );
    assert_eq!(*server.looks.lock().unwrap(), 0);
}

#[test]
fn a_refused_row_does_not_hold_up_the_others_and_alone_is_sent_again() {
    let (rows, server) = (RowByRow::default(), Server::default());
    server.will("b", &[Mood::Refuse, Mood::Refuse]);
    let mut letter = letter(&THREE);
    let (answer, words) = sent(&rows, &server, &mut letter);
    let Answer::Refused(fault) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(fault.why, "2 of 3 sent, 1 refused: b: too large");
    assert_eq!(words.last().unwrap(), "2 of 3 sent, 1 refused");
    assert!(!letter.trail.as_ref().unwrap().risky);
    // Again, and it is still too large; then it is not.
    let (answer, _) = sent(&rows, &server, &mut letter);
    assert!(matches!(answer, Answer::Refused(_)), "{answer:?}");
    let (answer, _) = sent(&rows, &server, &mut letter);
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    assert_eq!(names(&server.taken()), ["a", "c", "b"]);
}

#[test]
fn a_single_row_is_refused_in_its_own_words() {
    let (rows, server) = (RowByRow::default(), Server::default());
    server.will("a", &[Mood::Refuse]);
    let (answer, words) = sent(&rows, &server, &mut letter(&[("a", 1.0)]));
    let Answer::Refused(fault) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(
        (fault.why.as_str(), fault.remedy.as_str()),
        ("too large", "write less")
    );
    assert_eq!(words, [""]);
}

#[test]
fn a_lost_answer_is_looked_for_and_written_at_most_once() {
    for (mood, was_taken) in [(Mood::TakeAndSayNothing, true), (Mood::SayNothing, false)] {
        let server = Server::default();
        server.will("b", &[mood]);
        let mut letter = letter(&THREE);
        let (answer, _) = sent(&RowByRow::default(), &server, &mut letter);
        assert!(matches!(answer, Answer::NoAnswer(_)), "{answer:?}");
        assert!(letter.trail.as_ref().unwrap().risky);
        // Another program finds the entry: of three, one still waits, so it is not
        // there whole.
        let rows = RowByRow::default();
        assert_eq!(run(rows.look_for(&server, &letter)), Ok(None));
        let (answer, _) = sent(&rows, &server, &mut letter);
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        assert_eq!(names(&server.taken()), ["a", "b", "c"], "{was_taken}");
    }
}

#[test]
fn the_last_row_is_found_by_a_look_if_it_arrived() {
    let server = Server::default();
    server.will("c", &[Mood::TakeAndSayNothing]);
    let mut letter = letter(&THREE);
    let (answer, _) = sent(&RowByRow::default(), &server, &mut letter);
    assert!(matches!(answer, Answer::NoAnswer(_)), "{answer:?}");
    let found = run(RowByRow::default().look_for(&server, &letter)).unwrap();
    assert!(found.is_some());
}

#[test]
fn waits_and_refused_tokens_stop_where_they_are() {
    for mood in [Mood::Wait, Mood::SignedOut] {
        let (rows, server) = (RowByRow::default(), Server::default());
        server.will("b", &[mood]);
        let mut letter = letter(&THREE);
        let (answer, _) = sent(&rows, &server, &mut letter);
        assert!(
            matches!(answer, Answer::Busy(7) | Answer::Refused(_)),
            "{answer:?}"
        );
        assert_eq!(names(&server.taken()), ["a"]);
        let (answer, _) = sent(&rows, &server, &mut letter);
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        assert_eq!(names(&server.taken()), ["a", "b", "c"]);
    }
}

#[test]
fn equal_values_of_last_week_are_not_taken_for_these() {
    let server = Server::default();
    server.taken.lock().unwrap().push(("a".into(), 1.0));
    server.will("a", &[Mood::SayNothing]);
    let mut letter = letter(&[("a", 1.0)]);
    sent(&RowByRow::default(), &server, &mut letter);
    let rows = RowByRow::default();
    assert_eq!(run(rows.look_for(&server, &letter)), Ok(None));
    sent(&rows, &server, &mut letter);
    assert_eq!(names(&server.taken()), ["a", "a"]);
}

#[test]
fn nothing_to_write_is_done_at_once() {
    let (answer, words) = sent(&RowByRow::default(), &Server::default(), &mut letter(&[]));
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    assert!(words.is_empty());
}

#[test]
fn a_note_of_another_version_is_said_and_nothing_is_sent() {
    let server = Server::default();
    let mut letter = letter(&THREE);
    letter.trail = Some(Trail {
        note: "{}".into(),
        risky: true,
        words: String::new(),
    });
    let answer = run(RowByRow::default().send(&server, &letter));
    assert!(matches!(answer, Answer::Refused(_)), "{answer:?}");
    assert!(server.taken().is_empty());
}

#[test]
fn what_waited_before_its_first_row_is_compared_with_the_goal_anew() {
    let (rows, server) = (RowByRow::default(), Server::default());
    server.will("a", &[Mood::Wait]);
    let mut letter = letter(&THREE);
    let (answer, _) = sent(&rows, &server, &mut letter);
    assert_eq!(answer, Answer::Busy(7));
    // Hours later somebody else has set one of the values.
    let fault = Fault::new(FaultKind::Changed, "b reads 9 now", "");
    *server.clash.lock().unwrap() = Some(fault.clone());
    let (answer, _) = sent(&rows, &server, &mut letter);
    assert_eq!(answer, Answer::Refused(fault));
    assert_eq!(server.taken(), []);
    *server.clash.lock().unwrap() = None;
    let (answer, _) = sent(&rows, &server, &mut letter);
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    assert_eq!(names(&server.taken()), ["a", "b", "c"]);
}

#[test]
fn facts_that_cannot_be_read_leave_nothing_to_look_for() {
    let (rows, server) = (RowByRow::default(), Server::default());
    *server.unread.lock().unwrap() = 1;
    let mut letter = letter(&THREE);
    let (answer, _) = sent(&rows, &server, &mut letter);
    assert!(matches!(answer, Answer::Offline(_)), "{answer:?}");
    let trail = letter.trail.as_ref().unwrap();
    assert_eq!((trail.risky, trail.words.as_str()), (false, "3 of 3 sent"));
    let (answer, _) = sent(&RowByRow::default(), &server, &mut letter);
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    assert_eq!(names(&server.taken()), ["a", "b", "c"]);
    assert_eq!(*server.looks.lock().unwrap(), 0);
}
