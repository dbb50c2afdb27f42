//! The weekly work against a server of every age: signed in, written, sent,
//! acknowledged, seen; taken back; and a token that may only read.

use serde_json::{Value, json};

use super::{
    BOARD, CTRL_S, ENTER, Machine, NARROW, SHIFT_TAB, TAB, WIDE, go_to, leave, line_with, today,
};
use crate::operately::ids::{read, short};
use crate::operately::until;
use crate::operately::world::{ShownDate, World};
use crate::operately::{Age, Fake};
use crate::terminal::Terminal;

/// What is typed below the first heading of the note.
const NOTE: &str = "Gallery is late.\n\n- two weeks\n- ask @Ingrid Solheim";

/// A machine that does not hold what it posts.
#[track_caller]
fn hasty(fake: &Fake, who: &str) -> Machine {
    let machine = Machine::signed_in(fake, who);
    machine.set("hold = \"0s\"");
    machine
}

/// The goal begins on another day than it was made: what a reset would show.
fn begun(fake: Fake) -> Fake {
    fake.world(|w| {
        let frame = w.goal_mut(BOARD).timeframe.as_mut().expect("a timeframe");
        frame.start = Some(ShownDate::day("2026-03-01".parse().expect("a day")));
    });
    fake
}

/// Fills the editor in as far as it is posted: a value, a tick, a status, a day,
/// a note.
#[track_caller]
pub(super) fn write_check_in(terminal: &mut Terminal) {
    terminal.see("YOU OWE (1)");
    terminal.send("gg");
    go_to(terminal, "j", BOARD);
    terminal.send("c");
    terminal.see("Check-in · Onboarding");
    terminal.send("49.5");
    terminal.see("[49.5 ");
    for key in [TAB, TAB, TAB, " "] {
        terminal.send(key);
    }
    terminal.see("2 of 2");
    for key in [TAB, TAB, "2027-01-31"] {
        terminal.send(key);
    }
    terminal.see("31 Jan 2027");
    // Whoever chooses a status writes about it next.
    for key in [SHIFT_TAB, "2"] {
        terminal.send(key);
    }
    terminal.see("[2 ▲ At risk]");
    terminal.send(NOTE);
    terminal.see("@Ingrid Solheim");
}

/// The newest check-in of the goal, with what the goal is now.
fn arrived(fake: &Fake) {
    fake.world(|w| {
        let goal = w.goal_named(BOARD);
        assert_eq!(goal.check_ins.len(), 2, "one more than before");
        let new = &w.check_ins[goal.check_ins.last().expect("one")];
        assert_eq!(new.status, "caution");
        assert_eq!((goal.targets[0].value, goal.targets[1].value), (49.5, 28.0));
        assert_eq!((new.targets[0].value, new.targets[1].value), (49.5, 28.0));
        assert!(goal.checks.iter().all(|check| check.completed));
        let frame = goal.timeframe.clone().expect("it stays");
        let day = |shown: Option<ShownDate>| shown.expect("a day").day.to_string();
        assert_eq!(day(frame.start), "2026-03-01", "not reset");
        assert_eq!(day(frame.end), "2027-01-31");
        assert!(!w.goal_outdated(goal));
        assert!(
            !new.subscription.everyone,
            "only who answers for it is told"
        );
        assert_eq!(texts(&new.message), said(w));
    });
}

/// The blocks of a note, with mentions by id.
fn texts(note: &Value) -> Value {
    fn plain(node: &Value) -> Value {
        let kind = node["type"].as_str().unwrap_or_default();
        match kind {
            "text" => node["text"].clone(),
            "mention" => {
                let id = node["attrs"]["id"].as_str().and_then(|id| read(id, true));
                json!({ "mention": id.map(short) })
            }
            _ => {
                let inner = node["content"].as_array().cloned().unwrap_or_default();
                json!({ kind: inner.iter().map(plain).collect::<Vec<_>>() })
            }
        }
    }
    plain(note)
}

fn said(w: &World) -> Value {
    let item = |content: Value| json!({"listItem": [{"paragraph": content}]});
    json!({"doc": [
        {"heading": ["What moved"]},
        {"paragraph": ["Gallery is late."]},
        {"bulletList": [
            item(json!(["two weeks"])),
            item(json!(["ask ", {"mention": short(w.who("ingrid"))}])),
        ]},
    ]})
}

fn the_weekly_work(age: Age, size: (u16, u16)) {
    let fake = begun(today(age));
    let ada = Machine::new(&fake.token("ada"));
    ada.add(&fake.url, "work")
        .ends(0)
        .says("signed in as Ada Brandt at Fjord")
        .says("may read and write");
    ada.set("hold = \"0s\"");

    // Within one refresh, and nobody pressed R.
    let mut terminal = ada.open(size);
    terminal.see(BOARD);
    terminal.send("2");
    terminal.see("Calm platform");
    terminal.see("Grow ARR");
    terminal.send("1");
    terminal.see("YOU OWE (1)");
    write_check_in(&mut terminal);
    terminal.send(CTRL_S);
    terminal.see("posted");
    until("it is there", || {
        fake.world(|w| w.goal_named(BOARD).check_ins.len() == 2)
    });
    terminal.send("4");
    terminal.see("SENT");
    assert!(line_with(&terminal.contents(), "SENT").contains(BOARD));
    arrived(&fake);

    // The figures are the server's.
    let progress = fake.world(|w| w.goal_named(BOARD).progress());
    terminal.send("2");
    let words = format!("{progress:.0}%");
    terminal.until("the server's progress", |screen| {
        line_with(&screen.contents(), BOARD).contains(&words)
    });
    assert_eq!(words, "69%");

    the_reviewer_acknowledges(&fake, size);

    // The author hears of it.
    terminal.send("3");
    terminal.see("[3 Inbox");
    terminal.send("R");
    terminal.until("Ingrid's acknowledgement in the inbox", |screen| {
        let screen = screen.contents();
        screen
            .lines()
            .any(|line| line.contains("Ingrid") && line.contains("acknowledged"))
    });
    leave(terminal);
    assert_eq!(fake.world(|w| w.goal_named(BOARD).check_ins.len()), 2);
}

fn the_reviewer_acknowledges(fake: &Fake, size: (u16, u16)) {
    let ingrid = hasty(fake, "ingrid");
    let mut terminal = ingrid.open(size);
    terminal.see("TO ACKNOWLEDGE");
    terminal.see(BOARD);
    go_to(&mut terminal, "j", BOARD);
    // What was not read is not acknowledged by mistake.
    terminal.send(ENTER);
    terminal.see("Gallery is late.");
    terminal.see("@Ingrid Solheim");
    terminal.send("a");
    terminal.see("acknowledged");
    let is_noted = || {
        fake.world(|w| {
            let last = w.goal_named(BOARD).check_ins.last().expect("one");
            let (_, by) = w.check_ins[last].acknowledged?;
            (by == Some(w.who("ingrid"))).then_some(())
        })
        .is_some()
    };
    until("it is acknowledged by Ingrid", is_noted);
    leave(terminal);
}

#[test]
fn the_weekly_work_at_a_flat_server() {
    the_weekly_work(Age::Flat, NARROW);
}

#[test]
fn the_weekly_work_at_the_first_with_new_names() {
    the_weekly_work(Age::V1_5, NARROW);
}

#[test]
fn the_weekly_work_at_the_first_with_drafts() {
    the_weekly_work(Age::V1_7, NARROW);
}

#[test]
fn the_weekly_work_at_the_newest() {
    the_weekly_work(Age::Later, NARROW);
}

#[test]
fn the_weekly_work_on_a_large_screen() {
    the_weekly_work(Age::Later, WIDE);
}

/// How often the write of a check-in came, by the names of every age.
pub(super) fn posts(fake: &Fake) -> usize {
    ["post_goal_progress_update", "goals/create_check_in"]
        .iter()
        .map(|op| fake.count(op))
        .sum()
}

#[test]
fn what_is_held_is_taken_back_before_anything_left() {
    for age in [Age::Flat, Age::Later] {
        let fake = today(age);
        let ada = Machine::signed_in(&fake, "ada");
        let mut terminal = ada.open(NARROW);
        write_check_in(&mut terminal);
        terminal.send(CTRL_S);
        terminal.see("u undoes");
        terminal.see("held");
        terminal.send("u");
        terminal.see("nothing was sent");
        terminal.send("4");
        terminal.see("everything is sent");
        terminal.see("DRAFT");
        leave(terminal);
        assert_eq!(posts(&fake), 0, "{age:?}");
        // What was written is there to be posted after all.
        ada.set("hold = \"0s\"");
        let mut terminal = ada.open(NARROW);
        terminal.see("YOU OWE (1)");
        go_to(&mut terminal, "j", BOARD);
        terminal.send("c");
        terminal.see("@Ingrid Solheim");
        terminal.send(CTRL_S);
        until("it is there", || posts(&fake) == 1);
        leave(terminal);
    }
}
