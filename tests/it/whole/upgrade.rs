//! A server that is upgraded from the oldest names to the newest: nobody has to
//! do anything for it.

use super::job::write_check_in;
use super::{BOARD, CTRL_S, Machine, NARROW, leave, today};
use crate::operately::{Age, Fake, until};

fn upgrade(fake: &Fake) {
    fake.world(|w| {
        w.age = Age::Later;
        w.goal_mut("Grow ARR").name = "Grow it all".to_owned();
    });
    fake.forget();
}

/// One check-in more, by the new name and by no other.
fn arrived(fake: &Fake) {
    until("it is there", || fake.count("goals/create_check_in") == 1);
    let wrote = |w: &mut crate::operately::World| {
        let goal = w.goal_named(BOARD);
        (goal.check_ins.len(), goal.targets[0].value)
    };
    assert_eq!(fake.world(wrote), (2, 49.5));
}

#[test]
fn while_the_program_runs_the_next_refresh_and_the_next_check_in_work() {
    let fake = today(Age::Flat);
    let ada = Machine::signed_in(&fake, "ada");
    ada.set("hold = \"0s\"");
    let mut terminal = ada.open(NARROW);
    terminal.see(BOARD);
    terminal.send("2");
    terminal.see("Grow ARR");
    upgrade(&fake);
    terminal.send("R");
    terminal.see("Grow it all");
    terminal.send("1");
    terminal.see("YOU OWE (1)");
    write_check_in(&mut terminal);
    terminal.send(CTRL_S);
    arrived(&fake);
    terminal.send("4");
    terminal.see("SENT");
    leave(terminal);
}

#[test]
fn a_check_in_is_sent_to_a_server_that_was_upgraded_a_moment_ago() {
    let fake = today(Age::Flat);
    let ada = Machine::signed_in(&fake, "ada");
    ada.set("hold = \"0s\"");
    let mut terminal = ada.open(NARROW);
    terminal.see("YOU OWE (1)");
    write_check_in(&mut terminal);
    upgrade(&fake);
    terminal.send(CTRL_S);
    arrived(&fake);
    terminal.send("4");
    terminal.see("SENT");
    leave(terminal);
}

#[test]
fn between_two_starts_all_goes_on() {
    let fake = today(Age::Flat);
    let ada = Machine::signed_in(&fake, "ada");
    ada.set("hold = \"0s\"");
    let mut terminal = ada.open(NARROW);
    terminal.see("YOU OWE (1)");
    terminal.see("synced now");
    leave(terminal);
    upgrade(&fake);
    // What was kept a moment ago counts as read: the refresh is asked for.
    let mut terminal = ada.open(NARROW);
    terminal.see("YOU OWE (1)");
    terminal.send("R");
    terminal.send("2");
    terminal.see("Grow it all");
    terminal.send("1");
    write_check_in(&mut terminal);
    terminal.send(CTRL_S);
    arrived(&fake);
    leave(terminal);
    // And the other way round, which nobody does on purpose.
    fake.world(|w| w.age = Age::Flat);
    ada.run(&["sync"]).ends(0).says("work: ");
}
