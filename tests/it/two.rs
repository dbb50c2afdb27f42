//! Several programs over one store: each writes, and each sees what the others
//! wrote, within a second and without a key.

use std::time::{Duration, Instant};

use crate::terminal::{Home, Terminal};

const CTRL_S: &str = "\u{13}";

#[test]
fn an_open_program_shows_what_another_process_wrote_within_a_second() {
    let home = Home::with_goals(&["Ship it"]);
    let mut terminal = home.open_with((120, 40), &[]);
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("[2 Goals");
    for (status, note) in [
        ("at_risk", "From the pane beside"),
        ("off_track", "And once more"),
    ] {
        home.done(&["checkin", "Ship it", "--status", status, "--note", note]);
        let written = Instant::now();
        terminal.see(note);
        let took = written.elapsed();
        assert!(took <= Duration::from_secs(1), "it took {took:?}");
    }
    terminal.see("Off track");
}

#[test]
fn what_is_being_typed_stays_when_another_process_writes() {
    let home = Home::with_goals(&["Ship it", "Sell it"]);
    let mut terminal = home.open();
    check_in_on_first(&mut terminal, "Half a thought");
    home.done(&["goals", "add", "A third one"]);
    home.done(&[
        "checkin", "Sell it", "--status", "on_track", "--note", "Sold.",
    ]);
    terminal.send(" and the other half");
    terminal.see("Half a thought and the other half");
    terminal.send(CTRL_S);
    terminal.see("A third one");
    let shown = home.done(&["goals", "list"]);
    assert_eq!(shown.lines().count(), 3, "{shown}");
}

/// Writes a note into the check-in form of the first goal, at risk, unposted.
#[track_caller]
fn check_in_on_first(terminal: &mut Terminal, note: &str) {
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("[2 Goals");
    terminal.send("gg");
    terminal.send("c");
    terminal.see("Check-in ·");
    terminal.send("2");
    terminal.send(note);
    terminal.see(note);
}

#[test]
fn two_open_programs_both_write_and_both_see_both() {
    let home = Home::with_goals(&["Ship it"]);
    let mut left = home.open_with((120, 40), &[]);
    let mut right = home.open_with((120, 40), &[]);
    check_in_on_first(&mut left, "Left hand");
    check_in_on_first(&mut right, "Right hand");
    left.send(CTRL_S);
    left.see("[2 Goals");
    right.send(CTRL_S);
    right.see("[2 Goals");
    for terminal in [&mut left, &mut right] {
        // Each has its own and, through the store, that of the other.
        terminal.see("2 check-ins");
        terminal.see("Right hand");
    }
    let exported = home.done(&["export"]);
    for note in ["Left hand", "Right hand"] {
        assert_eq!(exported.matches(note).count(), 1, "{exported}");
    }
    for terminal in [&mut left, &mut right] {
        terminal.send("q");
        assert_eq!(terminal.wait(), 0);
        assert!(terminal.is_restored());
    }
}

#[test]
fn a_write_that_was_under_way_when_the_program_died_arrives_at_the_next_start() {
    use goaldeck::disk::{Disk, Options};
    use goaldeck::model::check_in::CheckIn;
    use goaldeck::model::entry::{Entry, EntryState, Record};
    use goaldeck::model::exchange::{Change, Signature, Tell};
    use goaldeck::model::ids::{AccountName, CheckInId, EntryId, GoalId, PersonId};
    use goaldeck::model::status::Status;

    let home = Home::with_goals(&["Ship it"]);
    let shown = home.done(&["goals", "show", "Ship it", "--json"]);
    let goals: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    let goal = GoalId::new(goals["goals"][0]["id"].as_str().expect("an id"));
    let now = chrono::Utc::now();
    let me = PersonId::new("local:me");
    let mut check_in = CheckIn::new(CheckInId::new("local:c-1"), me.clone(), now);
    check_in.status = Some(Status::AtRisk);
    check_in.note = "Written before the end".to_owned();
    let entry = Entry {
        id: EntryId::new("abcdefghijkl"),
        seq: 1,
        signature: Signature {
            by: me,
            account: AccountName::new("local"),
            at: now,
        },
        change: Change::CheckIn {
            goal,
            check_in,
            tell: Tell::default(),
        },
        draft: None,
        state: EntryState::Sending { since: now },
        attempts: 1,
        undo: None,
        base: None,
        trail: None,
        origin: None,
        rev: 0,
    };
    let opened = Disk::open(&home.path().join("data"), &Options::new(now)).expect("the store");
    let record = Record::PutEntry(Box::new(entry));
    opened
        .disk
        .write(vec![record])
        .wait()
        .expect("it is written");
    opened.disk.close().wait().expect("it is closed");

    let mut terminal = home.open_with((120, 40), &[]);
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("Written before the end");
    // Nothing is left to wait for: leaving does not wait.
    let left = Instant::now();
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
    assert!(
        left.elapsed() < Duration::from_secs(5),
        "{:?}",
        left.elapsed()
    );
    let outbox = home.done(&["outbox", "list"]);
    assert!(outbox.contains("abcdef\tSENT"), "{outbox}");
}
