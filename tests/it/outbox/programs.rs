//! Whole programs without a screen on one store and one account: who sends, what
//! the others do, what waiting is worth.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use goaldeck::disk::sender_lock::{self, Turn};
use goaldeck::disk::{Disk, Options};
use goaldeck::providers::Provider;
use goaldeck::providers::fake::{Call, Doing, Fake, Looking, Steps};
use goaldeck::run::clock::Clock;
use goaldeck::run::headless::{Headless, Parts};

use super::*;

const SOON: Duration = Duration::from_secs(20);

fn town() -> Fake {
    let goals = [1, 2].map(|number| {
        let id = GoalId::new(format!("work:g-{number}"));
        Goal::new(id, account(), format!("Goal {number}"), friday().at)
    });
    Fake::new("work", "work:me", fake::able())
        .with(goals.to_vec(), Vec::new(), Vec::new())
        .in_steps(Steps::ReadFirst)
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A program on the store in this folder.
fn program(home: &Path, town: &Fake, settle: Settle) -> Headless {
    let clock = Clock::real();
    let options = Options::new(clock.now().at);
    let disk = Disk::open(&home.join("data"), &options)
        .expect("a store")
        .disk;
    let provider: Arc<dyn Provider> = Arc::new(town.clone());
    let parts = Parts {
        setups: vec![Setup {
            hold: TimeDelta::seconds(10),
            settle,
            ..setup("work")
        }],
        providers: BTreeMap::from([(account(), provider)]),
        records: disk.load_records_now().expect("records"),
        disk: Some(disk),
        rules: Rules::default(),
        clock,
        read_only: None,
    };
    Headless::start(parts).expect("it starts")
}

fn post(id: &str, goal: u32) -> Command {
    Command::Post(Post {
        id: id.into(),
        account: account(),
        change: check_in(goal, id),
        draft: None,
    })
}

fn word(program: &Headless, id: &str) -> &'static str {
    let entry = program.store().entry(&id.into());
    entry.map_or("gone", |entry| entry.state.word())
}

fn notes(town: &Fake, goal: u32) -> Vec<String> {
    let id = GoalId::new(format!("work:g-{goal}"));
    let shelf = town.shelf();
    let check_ins = &shelf.goal(&id).expect("the goal").check_ins;
    check_ins.iter().map(|it| it.note.clone()).collect()
}

#[test]
fn one_that_sends_does_so_at_once_and_waits_for_the_answer() {
    let (home, town) = (home(), town());
    let mut program = program(home.path(), &town, Settle::default());
    let began = Instant::now();
    program.carry_out(vec![post("a", 1)], SOON);
    assert_eq!(word(&program, "a"), "sent");
    assert!(began.elapsed() < Duration::from_secs(5), "nothing is held");
    assert_eq!(notes(&town, 1), ["a"]);
    let trails = town.calls().into_iter().filter_map(|call| match call {
        Call::Send { trail, .. } => Some(trail.is_some()),
        _ => None,
    });
    assert_eq!(trails.collect::<Vec<_>>(), [false, true]);
}

#[test]
fn f29_one_that_may_not_send_queues_and_says_who_sends() {
    let (home, town) = (home(), town());
    let mut reader = program(home.path(), &town, Settle::default());
    let lock = sender_lock::try_lock(&home.path().join("data")).unwrap();
    assert!(matches!(lock, Turn::Ours(_)));
    let began = Instant::now();
    reader.carry_out(vec![post("a", 1)], SOON);
    assert!(began.elapsed() < Duration::from_secs(5), "it does not wait");
    assert_eq!(word(&reader, "a"), "queued");
    let entry = reader.store().entry(&"a".into()).unwrap();
    let words = reader.store().standing(entry, &reader.now());
    assert_eq!(words, format!("sent by pid {}", std::process::id()));
    assert!(town.received().is_empty());
    drop((reader, lock));
    // The next one that sends anything sends this too.
    let mut next = program(home.path(), &town, Settle::default());
    next.carry_out(vec![post("b", 1)], SOON);
    assert_eq!((word(&next, "a"), word(&next, "b")), ("sent", "sent"));
    assert_eq!(notes(&town, 1), ["a", "b"]);
}

#[test]
fn one_that_only_looks_sends_nothing() {
    let (home, town) = (home(), town());
    let mut first = program(home.path(), &town, Settle::default());
    town.on_send([Doing::Offline]);
    first.carry_out(vec![post("a", 1)], SOON);
    assert_eq!(word(&first, "a"), "queued");
    drop(first);
    let sends = town.received().len();
    let mut reader = program(home.path(), &town, Settle::default());
    reader.carry_out(vec![Command::Refresh], SOON);
    assert_eq!(town.received().len(), sends);
    assert_eq!(word(&reader, "a"), "queued");
}

#[test]
fn a_short_wait_that_was_asked_for_is_waited_and_a_missing_line_is_not() {
    let (home, town) = (home(), town());
    let mut program = program(home.path(), &town, Settle::default());
    town.on_send([Doing::Busy(1)]);
    program.carry_out(vec![post("a", 1)], SOON);
    assert_eq!(word(&program, "a"), "sent");
    town.on_send([Doing::Offline]);
    let began = Instant::now();
    program.carry_out(vec![post("b", 1)], SOON);
    assert_eq!(word(&program, "b"), "queued");
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "five until it is tried"
    );
    town.on_send([Doing::Busy(600)]);
    program.carry_out(vec![Command::Retry("b".into())], SOON);
    assert_eq!(word(&program, "b"), "queued");
    assert_eq!(notes(&town, 1), ["a"]);
}

#[test]
fn an_answer_that_does_not_come_is_waited_for_as_long_as_was_said() {
    let (home, town) = (home(), town());
    let settle = Settle {
        first: TimeDelta::milliseconds(200),
        second: TimeDelta::milliseconds(100),
        ..Settle::default()
    };
    let mut first = program(home.path(), &town, settle);
    town.on_send([Doing::DoneAndHangs]);
    first.carry_out(vec![post("a", 1)], Duration::from_millis(300));
    assert_eq!(word(&first, "a"), "sending");
    let mut second = program(home.path(), &town, settle);
    second.carry_out(vec![Command::Retry("a".into())], Duration::from_millis(50));
    assert_eq!(
        word(&second, "a"),
        "sending",
        "the first still holds the lock"
    );
    drop((first, second));
    let mut third = program(home.path(), &town, settle);
    town.on_look([Looking::SeesNothing]);
    // It becomes the sender for this one, and finds what the first left.
    third.carry_out(vec![post("b", 1)], SOON);
    assert_eq!((word(&third, "a"), word(&third, "b")), ("sent", "sent"));
    assert_eq!(notes(&town, 1), ["a", "b"]);
}

#[test]
fn a_draft_whose_answer_was_lost_is_published_once() {
    let (home, town) = (home(), town().in_steps(Steps::Drafts));
    let settle = Settle {
        first: TimeDelta::milliseconds(50),
        second: TimeDelta::milliseconds(50),
        ..Settle::default()
    };
    let mut program = program(home.path(), &town, settle);
    town.on_send([Doing::DoneButLost]);
    program.carry_out(vec![post("a", 1)], SOON);
    assert_eq!(word(&program, "a"), "sent");
    assert_eq!(town.drafts().len(), 2, "nobody sees the first one");
    assert_eq!(notes(&town, 1), ["a"]);
    // Publishing by its name may be repeated, so nothing is looked for.
    let looks = |town: &Fake| {
        let is_look = |call: &Call| matches!(call, Call::LookFor { .. });
        town.calls().iter().filter(|call| is_look(call)).count()
    };
    let before = looks(&town);
    town.on_send([Doing::Says(Box::new(Answer::Onward(Trail {
        words: String::new(),
        note: "draft 3".to_owned(),
        risky: false,
    })))]);
    program.carry_out(vec![post("b", 1)], SOON);
    assert_eq!(word(&program, "b"), "sent");
    assert_eq!(looks(&town), before);
}

#[test]
fn two_programs_that_write_at_once_send_each_once_and_in_order() {
    let (home, town) = (home(), town());
    let threads: Vec<_> = ["x", "y", "z"]
        .into_iter()
        .map(|name| {
            let (home, town) = (home.path().to_owned(), town.clone());
            std::thread::spawn(move || {
                let mut program = program(&home, &town, Settle::default());
                for number in 0..8 {
                    program.carry_out(vec![post(&format!("{name}{number}"), 1)], SOON);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no panic");
    }
    // What was queued while another sent is sent by the next one.
    let mut last = program(home.path(), &town, Settle::default());
    last.carry_out(vec![post("last", 1)], SOON);
    let mut notes = notes(&town, 1);
    for name in ["x", "y", "z"] {
        let mine: Vec<&String> = notes.iter().filter(|it| it.starts_with(name)).collect();
        assert!(mine.is_sorted(), "{notes:?}");
        assert_eq!(mine.len(), 8, "{notes:?}");
    }
    notes.sort();
    notes.dedup();
    assert_eq!(notes.len(), 25);
}
