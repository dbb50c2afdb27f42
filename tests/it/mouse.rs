//! The mouse: what a click, two clicks and the wheel do, and that the terminal
//! has it again whenever it is not ours.

use chrono::TimeDelta;
use goaldeck::actions::Action;
use goaldeck::keys::chord::Deed;
use goaldeck::store::effect::Effect;
use rustix::process::Signal;

use crate::screens::{NARROW, WIDE, demo_at};
use crate::terminal::{Home, Terminal};

const SOON: TimeDelta = TimeDelta::milliseconds(300);
const LATE: TimeDelta = TimeDelta::milliseconds(500);

#[test]
fn a_click_focuses_and_two_open() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.click("2 Goals").sees("[2 Goals]");
        let (office, rust) = (rig.place_of("Office move"), rig.place_of("Learn Rust"));
        rig.mouse(Deed::Press, office).sees(">  ‖ Office move");
        // Too late for a double click, then soon but on another row.
        rig.tick(LATE).mouse(Deed::Press, office).sees("[2 Goals]");
        rig.tick(SOON).mouse(Deed::Press, rust).sees("[2 Goals]");
        rig.sees(">▸ ○ Learn Rust");
        rig.sees_no("Esc back");
        rig.tick(SOON).mouse(Deed::Press, rust).sees("Esc back");
        rig.keys("esc").sees(">▸ ○ Learn Rust");
    }
}

#[test]
fn the_second_click_opens_what_the_first_focused_though_the_list_scrolled() {
    let mut rig = demo_at(NARROW);
    rig.resize(80, 16);
    let screen = rig.screen();
    // The last row of the list; the cursor keeps rows below it in sight.
    let (y, row) = screen.lines().enumerate().nth(12).expect("a row");
    let name: String = row.chars().skip(3).take(12).collect();
    let place = (10, u16::try_from(y).expect("a row"));
    rig.mouse(Deed::Press, place).tick(SOON);
    assert_ne!(rig.place_of(name.trim()).1, place.1, "the list scrolled");
    rig.mouse(Deed::Press, place)
        .sees("q list")
        .sees(name.trim());
}

#[test]
fn the_wheel_moves_the_list_and_scrolls_the_details_under_it() {
    let mut rig = demo_at(WIDE);
    rig.resize(120, 24).keys("2");
    let list = rig.place_of("Profitable by summer");
    rig.mouse(Deed::WheelDown, list)
        .sees(">      ▲ Onboarding calls");
    rig.mouse(Deed::WheelUp, list).sees(">▾ ▲ Profitable");
    rig.keys("j").sees("Why it needs attention");
    let detail = rig.place_of("Why it needs attention");
    rig.mouse(Deed::WheelDown, detail);
    let after = rig.place_of("Why it needs attention");
    assert_eq!(after.1 + 3, detail.1, "three rows for one notch");
    // The list stands where it stood.
    rig.sees(">  ▾ ■ Reduce churn");
    rig.mouse(Deed::WheelUp, after);
    assert_eq!(rig.place_of("Why it needs attention"), detail);
}

#[test]
fn hints_statuses_and_fields_answer_to_a_click() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.keys("c").sees("Check-in · Launch self-serve");
        rig.click("2 ▲ At risk").sees("[2 ▲ At risk]");
        rig.click("Setup time").write("-1").sees("becomes 17");
        rig.click("Esc commands").sees("d keep draft");
        rig.click("d keep draft").sees("draft kept");
    }
    let mut rig = demo_at(WIDE);
    rig.keys("n")
        .sees("New goal")
        .click("Due")
        .write("31 Dec")
        .sees("31 Dec");
}

#[test]
fn a_sheet_takes_every_click() {
    let mut rig = demo_at(WIDE);
    let tab = rig.place_of("3 Inbox");
    rig.keys("s")
        .sees("1")
        .mouse(Deed::Press, tab)
        .sees("[1 Queue");
    rig.keys("esc :")
        .write("inbox")
        .click("Go to Inbox")
        .sees("[3 Inbox");
    rig.keys(".")
        .click("Mark read or unread")
        .sees_no("Actions");
    rig.keys("2 D").sees("y/N").click("n no").sees_no("y/N");
}

#[test]
fn every_place_answers_to_clicks_anywhere_without_a_panic() {
    for keys in crate::screens::places() {
        let mut rig = demo_at(NARROW);
        rig.keys(keys);
        for y in 0..NARROW.1 {
            for x in [0, 9, 30, 60, 79] {
                rig.mouse(Deed::Press, (x, y));
                rig.mouse(Deed::WheelDown, (x, y));
            }
        }
        rig.mouse(Deed::Press, (500, 500));
        rig.screen();
    }
}

#[test]
fn turning_it_on_is_for_the_terminal_to_do() {
    let mut rig = demo_at(WIDE);
    rig.act(Action::Mouse);
    assert!(rig.front.contains(&Effect::Mouse));
}

const ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";

fn count(terminal: &Terminal, bytes: &[u8]) -> usize {
    terminal
        .raw
        .windows(bytes.len())
        .filter(|window| *window == bytes)
        .count()
}

fn with_mouse(home: &Home) -> Terminal {
    let terminal = home.open_with((80, 24), &[("GOALDECK_MOUSE", "true")]);
    let mut terminal = terminal;
    terminal.see("[1 Queue");
    assert!(terminal.has_mouse());
    terminal
}

#[test]
fn not_a_byte_is_said_of_the_mouse_while_it_is_off() {
    let home = Home::with_goals(&["Ship it"]);
    let mut terminal = home.open();
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("[2 Goals");
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
    for word in [&b"?1000"[..], b"?1002", b"?1003", b"?1006", b"?1015"] {
        assert_eq!(count(&terminal, word), 0);
    }
}

#[test]
fn clicks_of_a_real_terminal_arrive_and_every_way_out_gives_it_back() {
    let home = Home::with_goals(&["Ship it"]);
    let mut terminal = with_mouse(&home);
    // "2 Goals" is in the first row; SGR counts from 1.
    terminal.send("\x1b[<0;14;1M\x1b[<0;14;1m");
    terminal.see("[2 Goals");
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
    assert!(terminal.is_restored());
    assert_eq!((count(&terminal, ON), count(&terminal, OFF)), (1, 1));

    let mut terminal = with_mouse(&home);
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.wait(), 143);
    assert!(terminal.is_restored());
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_gives_the_mouse_back_too() {
    let home = Home::with_goals(&["Ship it"]);
    let mut terminal = home.open_with(
        (80, 24),
        &[("GOALDECK_MOUSE", "true"), ("GOALDECK_TEST_PANIC", "1")],
    );
    terminal.see("[1 Queue");
    terminal.send("\x1b[24~");
    assert_eq!(terminal.wait(), 101);
    assert!(terminal.is_restored());
}

#[test]
fn an_editor_gets_the_mouse_and_gives_it_back() {
    let home = Home::with_goals(&["Ship it"]);
    let editor = home.script("editor.sh", "#!/bin/sh\necho in the editor\nread -r line\n");
    let mut terminal = home.open_with((80, 24), &[("GOALDECK_MOUSE", "true"), ("EDITOR", &editor)]);
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("[2 Goals");
    terminal.send("c");
    terminal.see("Check-in · Ship it");
    terminal.send("\x07");
    terminal.see("in the editor");
    assert!(!terminal.has_mouse());
    terminal.send("\r");
    terminal.see("Check-in · Ship it");
    assert!(terminal.has_mouse());
    terminal.send("\x03");
    terminal.send("\x03");
    assert_eq!(terminal.wait(), 0);
    assert!(terminal.is_restored());
}

#[test]
fn the_palette_turns_it_on_and_off_and_says_how_to_select_text() {
    let home = Home::with_goals(&["Ship it"]);
    let mut terminal = home.open();
    terminal.see("[1 Queue");
    terminal.send(":mouse");
    terminal.see("Mouse on or off");
    terminal.send("\r");
    terminal.see("mouse on: a click focuses, two open; Shift-drag still selects text");
    assert!(terminal.has_mouse());
    terminal.send(":mouse");
    terminal.see("Mouse on or off");
    terminal.send("\r");
    terminal.see("mouse off");
    assert!(!terminal.has_mouse());
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
    assert!(terminal.is_restored());
}
