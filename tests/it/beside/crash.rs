//! A program that dies between any two steps of a write: the next one loses
//! nothing and does nothing twice.

use goaldeck::model::entry::{Entry, EntryState, Record};
use goaldeck::model::exchange::Signature;

use super::*;

fn entry(id: &str, change: Change, state: EntryState) -> Entry {
    Entry {
        id: id.into(),
        seq: 1,
        signature: Signature {
            by: "work:me".into(),
            account: "work".into(),
            at: Clock::real().now().at,
        },
        change,
        draft: None,
        state,
        attempts: 1,
        undo: None,
        base: None,
        trail: None,
        origin: Some("https://goals.example".to_owned()),
        rev: 1,
    }
}

fn comments(program: &Headless) -> usize {
    let goal = program.store().goal(&"work:1".into()).unwrap();
    goal.check_ins[0].comments.len()
}

#[test]
fn a_write_here_survives_a_crash_at_every_point() {
    let change = || comment("work:k1", "work:1", Some("work:c1"), "Which ones?");
    let queued = || EntryState::Queued {
        not_before: None,
        why: String::new(),
    };
    let sending = || EntryState::Sending {
        since: Clock::real().now().at,
    };
    // As it is on disk when the program dies, and whether it was noted by then.
    for (state, is_noted) in [(queued(), false), (sending(), false), (sending(), true)] {
        let machine = Machine::new(town());
        drop(machine.start());
        let disk = machine.disk();
        let posted = entry("e1", change(), state);
        let record = Record::PutEntry(Box::new(posted.clone()));
        disk.write(vec![record]).wait().unwrap();
        if is_noted {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            let answer = runtime.block_on(machine.provider(&disk).send(posted.letter()));
            assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        }
        drop(disk);
        for _ in 0..2 {
            let program = machine.start();
            assert_eq!(state_of(&program), "sent");
            assert_eq!(comments(&program), 1);
        }
        assert_eq!(machine.fake.received(), []);
    }
}

fn state_of(program: &Headless) -> &'static str {
    state(program, "e1")
}

#[test]
fn what_a_check_in_says_besides_is_noted_by_whoever_finds_it() {
    let machine = Machine::new(town());
    drop(machine.start());
    let disk = machine.disk();
    let change = report("work:ours", "work:2", "On it.");
    let posted = entry(
        "e1",
        change,
        EntryState::Sending {
            since: Clock::real().now().at,
        },
    );
    let record = Record::PutEntry(Box::new(posted.clone()));
    disk.write(vec![record]).wait().unwrap();
    // The server has it; the program died before it noted the status.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(machine.fake.send(posted.letter()));
    let taken = |fake: &Fake| fake.shelf().goal(&"work:2".into()).unwrap().check_ins.len();
    assert_eq!(taken(&machine.fake), 1);
    // The server shows no statuses.
    machine.fake.behind_our_back(|shelf| {
        let mut goal = shelf.goal(&"work:2".into()).unwrap().clone();
        goal.check_ins[0].status = None;
        goal.status = goaldeck::model::status::Status::NotStarted;
        shelf.put_goal(goal);
    });
    drop(disk);
    let mut program = machine.start();
    // The next one becomes the sender and sends it again, which this server knows.
    say(&mut program, vec![Command::Retry("e1".into())]);
    assert_eq!(state(&program, "e1"), "sent");
    assert_eq!(taken(&machine.fake), 1);
    for program in [program, machine.start()] {
        let goal = program.store().goal(&"work:2".into()).unwrap();
        assert_eq!(goal.check_ins.len(), 1);
        assert_eq!(goal.status, goaldeck::model::status::Status::AtRisk);
    }
}
