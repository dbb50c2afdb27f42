//! An account is looked after without leaving the program: another token, a test,
//! its removal; what is new is told; what was put off is there after a restart.

use std::os::unix::fs::PermissionsExt;

use super::{BOARD, ENTER, Machine, NARROW, go_to, leave, today};
use crate::operately::{Age, Fake};
use crate::terminal::Terminal;

/// A machine whose account has its token in a file of goaldeck's own.
fn with_file(fake: &Fake, token: &str) -> Machine {
    let machine = Machine::new("unused");
    let folder = machine.home.path().join("config/tokens");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = format!(
        "[[account]]\nname = \"work\"\nprovider = \"operately\"\nurl = \"{}\"\n\
         token_file = \"tokens/work\"\n",
        fake.url
    );
    std::fs::write(machine.settings(), text).expect("the settings");
    let file = folder.join("work");
    std::fs::write(&file, format!("{token}\n")).expect("the token");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("its rights");
    machine
}

fn token_of(machine: &Machine) -> String {
    std::fs::read_to_string(machine.home.path().join("config/tokens/work")).expect("the token")
}

fn holds(terminal: &Terminal, bytes: &[u8]) -> bool {
    terminal
        .raw
        .windows(bytes.len())
        .any(|window| window == bytes)
}

#[test]
fn a_token_that_expired_is_replaced_without_leaving_the_program() {
    let fake = today(Age::Later);
    let (good, bad) = (fake.token("ada"), "opk_expired_long_ago");
    let machine = with_file(&fake, bad);
    let mut terminal = machine.open(NARROW);
    terminal.see("! work");
    terminal.send("@");
    terminal.see("its token lies in the file tokens/work");
    // Enter on what needs a token asks for one.
    terminal.send(ENTER);
    terminal.see("new token:");
    terminal.send("opk_wrong_again");
    terminal.see("***");
    terminal.send(ENTER);
    terminal.see_no("new token:");
    terminal.see("! work:");
    assert_eq!(
        token_of(&machine),
        format!("{bad}\n"),
        "what is wrong is not kept"
    );
    terminal.send("e");
    terminal.see("new token:");
    terminal.send(&good);
    terminal.send(ENTER);
    terminal.see("synced");
    assert_eq!(token_of(&machine), format!("{good}\n"));
    let file = machine.home.path().join("config/tokens/work");
    let mode = std::fs::metadata(file)
        .expect("the token")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    terminal.send("1");
    terminal.send("q");
    terminal.see("YOU OWE (1)");
    for secret in [good.as_str(), "opk_wrong_again"] {
        assert!(!holds(&terminal, secret.as_bytes()), "a token was drawn");
    }
    leave(terminal);
}

#[test]
fn a_token_that_lies_elsewhere_is_said_to_and_what_to_do() {
    let fake = today(Age::Later);
    let machine = Machine::signed_in(&fake, "ada");
    let mut terminal = machine.open(NARROW);
    terminal.see("YOU OWE (1)");
    terminal.send("@");
    terminal.see("its token lies in the variable WORK_TOKEN");
    terminal.send("e");
    terminal.see("which goaldeck does not write");
    leave(terminal);
}

#[test]
fn an_account_is_tested_and_removed_from_its_page() {
    let fake = today(Age::Later);
    let machine = with_file(&fake, &fake.token("ada"));
    let mut terminal = machine.open(NARROW);
    terminal.see("YOU OWE (1)");
    terminal.send("@");
    terminal.see("its token lies");
    terminal.send(ENTER);
    terminal.see("Account work");
    terminal.send("1");
    terminal.see("signed in as Ada");
    terminal.send("D");
    terminal.see("Remove account work");
    terminal.send("n");
    terminal.see_no("Remove account work");
    terminal.send("D");
    terminal.see("Remove account work");
    terminal.send("y");
    terminal.see("does everything");
    let text = std::fs::read_to_string(machine.settings()).expect("the settings");
    assert!(!text.contains("work"), "{text}");
    assert!(!machine.home.path().join("config/tokens/work").exists());
    leave(terminal);
}

/// When ada's goal asks for its check-in.
fn asks_after(fake: &Fake, days: i64) {
    fake.world(|w| w.goal_mut(BOARD).next_update = Some(w.now + chrono::TimeDelta::days(days)));
}

#[test]
fn what_is_new_rings_once_and_not_at_the_first_reading() {
    for (setting, told) in [
        ("bell", &b"\x07"[..]),
        ("osc9", b"\x1b]9;goaldeck: new, 1 due\x1b\\"),
    ] {
        let fake = today(Age::Later);
        asks_after(&fake, 20);
        let machine = Machine::signed_in(&fake, "ada");
        machine.set(&format!("notify = \"{setting}\""));
        let mut terminal = machine.open(NARROW);
        terminal.see("TO ACKNOWLEDGE");
        terminal.see("synced");
        terminal.see_no("YOU OWE");
        assert!(!holds(&terminal, told), "nothing is new yet");
        asks_after(&fake, -2);
        terminal.send("R");
        terminal.see("YOU OWE (1)");
        assert!(holds(&terminal, told), "{setting}");
        leave(terminal);
    }
}

#[test]
fn what_was_put_off_is_kept_shown_and_taken_back() {
    let fake = today(Age::Later);
    let machine = Machine::signed_in(&fake, "ada");
    let mut terminal = machine.open(NARROW);
    terminal.see("YOU OWE (1)");
    go_to(&mut terminal, "j", BOARD);
    terminal.send("s");
    terminal.see("tomorrow 9:00");
    terminal.send("2");
    terminal.see("1 later");
    terminal.see_no("YOU OWE");
    leave(terminal);
    machine
        .run(&["queue", "--later"])
        .ends(0)
        .says(BOARD)
        .says("back ");
    let mut terminal = machine.open(NARROW);
    terminal.see("1 later");
    terminal.send(":put off\r");
    terminal.see("LATER (1)");
    go_to(&mut terminal, "j", BOARD);
    terminal.send("s");
    terminal.see("take it back now");
    terminal.send("1");
    terminal.see("YOU OWE (1)");
    terminal.see_no("LATER");
    leave(terminal);
}
