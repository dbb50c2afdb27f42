//! Without a line: what is kept is shown, what is written waits and goes once;
//! what commands say and how they end.

use super::job::{posts, write_check_in};
use super::{BOARD, CTRL_S, Machine, NARROW, leave, today};
use crate::operately::world::{Closed, doc};
use crate::operately::{Age, Fake};

/// A check-in from the command line.
const CHECK_IN: [&str; 6] = [
    "checkin",
    BOARD,
    "--status",
    "on_track",
    "--note",
    "As planned.",
];

/// A company that was read, then the line broke.
fn cut_off(age: Age) -> (Fake, Machine) {
    let fake = today(age);
    let ada = Machine::signed_in(&fake, "ada");
    ada.set("hold = \"0s\"");
    ada.run(&["sync"]).ends(0).says("10 goals");
    fake.line.down(true);
    fake.forget();
    (fake, ada)
}

#[test]
fn what_is_kept_shows_and_what_is_written_goes_once_when_the_line_is_back() {
    for age in [Age::Flat, Age::Later] {
        let (fake, ada) = cut_off(age);
        let mut terminal = ada.open(NARROW);
        terminal.see(BOARD);
        terminal.see("YOU OWE (1)");
        terminal.send("R");
        terminal.see("offline since");
        terminal.send("2");
        terminal.see("Grow ARR");
        terminal.send("1");
        write_check_in(&mut terminal);
        terminal.send(CTRL_S);
        terminal.send("4");
        terminal.see("[4 Outbox");
        terminal.see("not sent yet");
        assert_eq!(posts(&fake), 0);
        fake.line.down(false);
        terminal.see("everything is sent");
        terminal.see("SENT");
        leave(terminal);
        assert_eq!(posts(&fake), 1, "{age:?}");
        let there = fake.world(|w| w.goal_named(BOARD).check_ins.len());
        assert_eq!(there, 2);
    }
}

#[test]
fn commands_say_what_is_kept_what_waits_and_why() {
    let (fake, ada) = cut_off(Age::Later);
    ada.run(&["sync"]).ends(5).says("kept here: 10 goals");
    ada.run(&["goals", "list"]).ends(0).says("Grow ARR");
    ada.run(&CHECK_IN)
        .ends(0)
        .says("queued, not sent yet: no line to work: ");
    ada.run(&["outbox", "flush"])
        .ends(5)
        .says("no line to work: ");
    ada.run(&["outbox", "list"])
        .ends(0)
        .says("QUEUED\tcheck-in")
        .says("waits for its turn");
    let not_queued = [&["--no-queue"], &CHECK_IN[..]].concat();
    ada.run(&not_queued)
        .ends(5)
        .says("no line to work: ")
        .says("nothing was queued")
        .says("As planned.");
    assert_eq!(posts(&fake), 0);
    fake.line.down(false);
    ada.run(&["sync"]).ends(0);
    ada.run(&["outbox", "flush"]).ends(0).says(": sent, today");
    ada.run(&["outbox", "flush"])
        .ends(0)
        .says("nothing waits to be sent");
    assert_eq!(posts(&fake), 1);
}

#[test]
fn a_network_that_is_not_wanted_is_not_used() {
    let (fake, ada) = cut_off(Age::Flat);
    fake.line.down(false);
    let sent = fake.line.sent().len();
    ada.run(&["--offline", "sync"]).ends(0).says("10 goals");
    ada.run(&["--offline", "goals", "list"])
        .ends(0)
        .says("Grow ARR");
    ada.run(&["--offline", "queue", "--check"])
        .ends(10)
        .says(BOARD);
    let check_in = [&["--offline"], &CHECK_IN[..]].concat();
    ada.run(&check_in)
        .ends(0)
        .says("no line to work: started with --offline");
    ada.run(&["--offline", "outbox", "flush"])
        .ends(5)
        .says("started with --offline");
    let mut terminal = ada.start(&["--offline"], NARROW);
    terminal.see("Grow ARR");
    terminal.see("Outbox 1");
    leave(terminal);
    assert_eq!(fake.line.sent().len(), sent, "not one request");
    ada.run(&["outbox", "flush"]).ends(0).says(": sent, today");
    assert_eq!(posts(&fake), 1);
}

#[test]
fn commands_end_as_the_trouble_is() {
    let fake = today(Age::Later);
    let ada = Machine::signed_in(&fake, "ada");
    ada.run(&["sync"]).ends(0);
    ada.run(&[&["--offline"], &CHECK_IN[..]].concat()).ends(0);
    // Signed out: 3.
    let revoke = |revoked| fake.world(|w| w.tokens.iter_mut().for_each(|it| it.revoked = revoked));
    revoke(true);
    ada.run(&["sync"])
        .ends(3)
        .says("token not accepted")
        .says("kept here: 10 goals");
    ada.run(&["outbox", "flush"])
        .ends(3)
        .says("token not accepted");
    ada.run(&[&["--no-queue"], &CHECK_IN[..]].concat()).ends(3);
    revoke(false);
    // Refused: 4.
    fake.world(|w| {
        let (at, by) = (w.now, w.who("ingrid"));
        let activity = w.add_activity("goal_closing", "closing", by, at, serde_json::json!({}));
        w.goal_mut(BOARD).closed = Some(Closed {
            at,
            by: Some(by),
            success: true,
            status: "achieved".into(),
            retrospective: doc("Done."),
            activity,
            acknowledged: None,
        });
    });
    ada.run(&["outbox", "flush"])
        .ends(4)
        .says("was closed since you wrote this");
    ada.run(&CHECK_IN).ends(4).says("the goal is closed");
    // Wrong: 2.
    ada.run(&["checkin", "No such goal", "--status", "on_track"])
        .ends(2);
    ada.run(&["sync", "--what"]).ends(2);
    assert_eq!(posts(&fake), 0);
}
