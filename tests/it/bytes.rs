//! How much a key costs on the line, measured on a terminal of 80x24: budgets
//! for slow connections.

use std::time::Duration;

use crate::terminal::{Home, Terminal};

/// A cursor move where only the list changes.
const LIST: usize = 300;
/// A cursor move where the details below change with it.
const DETAIL: usize = 2048;
/// Nothing came for so long: the frame is complete.
const QUIET: Duration = Duration::from_millis(150);

fn demo(home: &Home) -> Terminal {
    let args = ["demo", "--now", "2026-11-20T10:42"];
    let mut terminal = home.start(&args, (80, 24), &[]);
    terminal.see("[1 Queue");
    terminal.bytes_until_quiet(Duration::from_millis(500));
    terminal
}

/// Goes to a tab and waits until all of it is drawn.
fn go(terminal: &mut Terminal, key: &str, tab: &str) {
    terminal.send(key);
    terminal.see(tab);
    terminal.bytes_until_quiet(QUIET);
}

/// Bytes that a key brings.
fn cost(terminal: &mut Terminal, key: &str) -> usize {
    terminal.send(key);
    terminal.bytes_until_quiet(QUIET)
}

/// The row of key hints with its styles.
fn hints(terminal: &Terminal) -> String {
    let (_, columns) = terminal.screen().size();
    let rows = terminal.screen().rows_formatted(0, columns.get());
    rows.last().unwrap_or_default()
}

/// Presses keys; each must move something and cost what it may: `budget`, or
/// [`DETAIL`] where other hints belong to the new row.
#[track_caller]
fn moves_within(terminal: &mut Terminal, keys: &str, budget: usize) {
    let mut cheap = 0;
    for key in keys.chars() {
        let before = hints(terminal);
        let bytes = cost(terminal, &key.to_string());
        let is_list_only = hints(terminal) == before;
        cheap += usize::from(is_list_only);
        let budget = if is_list_only { budget } else { DETAIL };
        assert!(
            (1..=budget).contains(&bytes),
            "{key} cost {bytes} bytes of {budget}: {:?}\n{}",
            String::from_utf8_lossy(&terminal.raw[terminal.raw.len() - bytes..]),
            terminal.contents()
        );
    }
    assert!(2 * cheap >= keys.len(), "the hints changed at most moves");
}

#[test]
fn a_move_in_a_list_costs_300_bytes_at_most() {
    let home = Home::empty();
    let mut terminal = demo(&home);
    moves_within(&mut terminal, "jjjjjjjjkkkkkk", LIST);
    go(&mut terminal, "3", "[3 Inbox");
    moves_within(&mut terminal, "jjjkkj", LIST);
}

#[test]
fn a_move_with_details_costs_2_kib_at_most() {
    let home = Home::empty();
    let mut terminal = demo(&home);
    go(&mut terminal, "2", "[2 Goals");
    moves_within(&mut terminal, "jjjjjjjkkkkjjj", DETAIL);
}

#[test]
fn a_key_that_changes_nothing_costs_nothing() {
    let home = Home::empty();
    let mut terminal = demo(&home);
    for (key, tab) in [("1", "[1 Queue"), ("2", "[2 Goals"), ("3", "[3 Inbox")] {
        go(&mut terminal, key, tab);
        // Already at the top.
        cost(&mut terminal, "k");
        cost(&mut terminal, "k");
        assert_eq!(cost(&mut terminal, "k"), 0, "{}", terminal.contents());
        assert_eq!(cost(&mut terminal, key), 0, "{}", terminal.contents());
    }
}
