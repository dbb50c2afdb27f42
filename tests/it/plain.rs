//! Plain mode: the real program, answered through a pipe and on a terminal.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use goaldeck::store::queue;
use serde_json::Value;

use crate::demo;
use crate::terminal::{Home, surroundings};

const DEMO: [&str; 4] = ["demo", "--plain", "--now", "2026-11-20T10:42"];

/// Answers the program through a pipe.
fn talk(home: &Home, args: &[&str], answers: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_goaldeck"))
        .args(args)
        .env_clear()
        .envs(surroundings(home.path()))
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(answers.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

/// The same; what it said, which is plain in every byte.
#[track_caller]
fn said(home: &Home, args: &[&str], answers: &str) -> String {
    let output = talk(home, args, answers);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}\n{errors}");
    let is_plain = |c: char| c == '\n' || !c.is_control();
    assert!(text.chars().all(is_plain), "{text:?}");
    let draws = |c: char| ('\u{2500}'..='\u{25ff}').contains(&c) || "✔✘‖▾▸→│".contains(c);
    assert!(!text.contains(draws), "{text}");
    text
}

fn goal(home: &Home, name: &str) -> Value {
    let shown = home.done(&["goals", "show", name, "--json"]);
    let mut shown: Value = serde_json::from_str(&shown).expect("JSON");
    shown["goals"][0].take()
}

/// A goal with a number and a guardrail, both of which can be typed.
fn with_results() -> Home {
    let home = Home::empty();
    let add = [
        "goals",
        "add",
        "Grow",
        "--cadence",
        "weekly:fri",
        "--start",
        "2026-01-01",
    ];
    home.done(&[&add[..], &["--due", "2030-12-31"]].concat());
    let number = [
        "results", "add", "Grow", "Sign-ups", "--start", "40", "--target", "200",
    ];
    home.done(&[&number[..], &["--current", "150"]].concat());
    home.done(&[
        "results",
        "add",
        "Grow",
        "Errors",
        "--limit",
        "1",
        "--current",
        "0.4",
    ]);
    home
}

#[test]
fn the_words_and_their_order_are_those_of_the_queue() {
    let store = demo::store(demo::friday());
    let items = queue::queue(&store, &demo::friday());
    let text = said(&Home::empty(), &DEMO, &"n\n".repeat(items.len()));
    let counted = format!(" of {}. ", items.len());
    let heads: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(&counted))
        .collect();
    for (place, item) in items.iter().enumerate() {
        let name = &item.goal(&store).expect("a goal").name;
        let head = heads[place];
        assert!(
            head.starts_with(&format!("{}{counted}", place + 1)),
            "{head}"
        );
        assert!(head.contains(name.as_str()), "{head}");
    }
    let titles = [
        "You owe: 2.",
        "To acknowledge: 7.",
        "Asked of you: 1.",
        "Cannot send: 1.",
    ];
    let places: Vec<usize> = titles
        .iter()
        .map(|title| text.lines().position(|line| line == *title).expect(title))
        .collect();
    assert!(places.is_sorted());
}

#[test]
fn an_item_reads_as_the_contract_has_it() {
    let text = said(&Home::empty(), &DEMO, "9\nq\n");
    let item = text.split("9 of 11. ").nth(1).expect("the item");
    let lines: Vec<&str> = item.lines().collect();
    assert_eq!(
        lines[0],
        "Off track. Reduce churn to 2 %. From Ana Silva, today 09:12."
    );
    assert_eq!(
        lines[1],
        "Monthly churn 3.80 to 3.66 %, 21 percent, behind by 34 points."
    );
    assert!(item.contains("Note: Two large accounts left because of the old contract."));
    assert!(item.contains("\na acknowledge, r reply, s later, n next, q quit: \n"));
}

#[test]
fn what_is_held_is_taken_back_and_nothing_is_said_twice() {
    let text = said(&Home::empty(), &DEMO, "9\na\nu\nq\n");
    assert!(
        text.contains("Acknowledged. Leaves in 10 seconds, u undoes.\n"),
        "{text}"
    );
    assert!(text.contains("nothing was sent"), "{text}");
    let head = "Off track. Reduce churn to 2 %. From Ana Silva";
    assert_eq!(
        text.matches(head).count(),
        2,
        "before and after it was undone: {text}"
    );
    // A word that is no choice does not read the item again.
    let text = said(&Home::empty(), &DEMO, "9\nz\nz\nq\n");
    assert_eq!(text.matches(head).count(), 1, "{text}");
}

#[test]
fn a_check_in_is_asked_for_value_by_value_and_posted() {
    let home = with_results();
    let answers = "f grow\n1\nc\n16o\n+12\n\n1\n8\n\nMore came.\nAnd stay.\n.\np\n\nq\n";
    let text = said(&home, &["--plain"], answers);
    assert!(text.contains("Not a number: \"16o\"."), "{text}");
    assert!(text.contains("Sign-ups 150 to 162, 76 percent"), "{text}");
    assert!(
        text.contains("The goal will read 76 percent, was 69 percent"),
        "{text}"
    );
    assert!(text.contains("Posted. u undoes."), "{text}");
    let goal = goal(&home, "Grow");
    assert_eq!(goal["results"][0]["current"], 162.0);
    assert_eq!(goal["status"], "on_track");
    let check_in = &goal["check_ins"][0];
    assert_eq!(check_in["note"], "More came.\nAnd stay.");
    assert_eq!(check_in["confidence"], 8);
}

#[test]
fn undo_gives_the_values_back_and_keeps_the_words() {
    let home = with_results();
    let answers = "f grow\n1\nc\n162\n\n1\n\n\nMore.\n.\np\nu\n\nq\n";
    let text = said(&home, &["--plain"], answers);
    assert!(text.contains("Undone: check-in"), "{text}");
    let goal = goal(&home, "Grow");
    assert_eq!(goal["results"][0]["current"], 150.0);
    let again = said(&home, &["--plain"], "f grow\n1\nc\n\n\n\n\n\n.\np\n\nq\n");
    assert!(again.contains("restored"), "{again}");
    assert!(again.contains("Typed 162."), "{again}");
    assert!(again.contains("Note so far: More."), "{again}");
    assert!(again.contains("Posted."), "{again}");
}

#[test]
fn the_end_of_input_keeps_every_line_that_was_typed() {
    let home = with_results();
    let text = said(
        &home,
        &["--plain"],
        "f grow\n1\nc\n162\n\n2\n\n\nHalf a\nthou",
    );
    assert!(text.contains("1 draft kept."), "{text}");
    let listed = home.done(&["outbox", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    let fields = &listed["drafts"][0]["fields"];
    assert_eq!(fields["status"], "at_risk");
    assert_eq!(fields["note"], "Half a\nthou");
    let values = fields.as_object().expect("fields");
    let value = values.iter().find(|(name, _)| name.starts_with("value:"));
    assert_eq!(value.expect("the value").1, "162");
    assert!(
        goal(&home, "Grow")["check_ins"]
            .as_array()
            .expect("a list")
            .is_empty()
    );
}

#[test]
fn a_form_that_was_cleared_again_leaves_no_draft() {
    let home = with_results();
    let drafts = |home: &Home| {
        let listed = home.done(&["outbox", "list", "--json"]);
        let listed: Value = serde_json::from_str(&listed).expect("JSON");
        listed["drafts"].as_array().expect("a list").len()
    };
    let typed = said(&home, &["--plain"], "f grow\n1\nc\n165\n");
    assert!(typed.contains("1 draft kept."), "{typed}");
    assert_eq!(drafts(&home), 1);
    let cleared = said(&home, &["--plain"], "f grow\n1\nc\n.c\n");
    assert!(cleared.contains("Sign-ups unchanged."), "{cleared}");
    assert_eq!(drafts(&home), 0, "{cleared}");
    said(&home, &["--plain"], "f grow\n1\nc\n165\n.b\n.c\n");
    assert_eq!(drafts(&home), 0);
}

#[test]
fn a_goal_says_all_its_choices() {
    let text = said(&with_results(), &["--plain"], "f grow\n1\n?\nq\n");
    assert!(text.contains("h reads the last check-ins."), "{text}");
    assert!(!text.contains("No action"), "{text}");
}

#[test]
fn a_reply_is_kept_discarded_or_posted() {
    let home = Home::empty();
    let kept = said(&home, &DEMO, "9\nr\nOne.\n..two\n.\nd\nr\n.\np\nq\n");
    assert!(kept.contains("Kept as a draft."), "{kept}");
    assert!(kept.contains("Your draft: One.\n.two\n"), "{kept}");
    assert!(kept.contains("Posted. Leaves in 10 seconds"), "{kept}");
    let gone = said(&home, &DEMO, "9\nr\nOne.\n.\nx\n\nx\ny\nr\n.\np\nd\nq\n");
    assert!(gone.contains("Thrown away."), "{gone}");
    assert!(gone.contains("Nothing is written yet."), "{gone}");
}

#[test]
fn reading_only_refuses_every_write_and_reads() {
    let args = [&DEMO[..], &["--read-only"]].concat();
    let text = said(&Home::empty(), &args, "c\n9\na\nr\n+\ns\nu\nq\n");
    assert_eq!(text.matches("Read-only: ").count(), 6, "{text}");
    assert!(!text.contains("Acknowledged"), "{text}");
}

#[test]
fn one_acts_as_somebody_else_of_the_workspace() {
    let home = with_results();
    home.done(&["people", "add", "Mei Ito"]);
    home.done(&["goals", "edit", "Grow", "--reviewer", "Mei Ito"]);
    home.done(&["checkin", "Grow", "--status", "off", "--note", "It broke."]);
    let text = said(&home, &["--plain", "--as", "Mei Ito"], "a\nq\n");
    assert!(
        text.contains("To acknowledge: 1.\n1 of 1. Off track. Grow."),
        "{text}"
    );
    assert!(text.contains("Acknowledged. u undoes."), "{text}");
    assert!(text.contains("Nothing is waiting for you."), "{text}");
}

#[test]
fn later_inbox_outbox_and_find_answer_in_words() {
    let text = said(
        &Home::empty(),
        &DEMO,
        "s\n2\ni\nm 1\nd 1\n\no\nd 1\nn\n\nf ana silva\n\nl\nq\n",
    );
    assert!(text.contains("Later, tomorrow 09:00. Kept here."), "{text}");
    assert!(text.contains("Inbox: 4 unread of 6."), "{text}");
    assert!(text.contains("1. Refused. Check-in"), "{text}");
    assert!(text.contains("Drop check-in"), "{text}");
    assert!(text.contains("Person. Ana Silva."), "{text}");
    assert!(
        text.contains("\n1. Outdated. Support answers in a day."),
        "{text}"
    );
}

/// What a terminal got: no byte that commands it but the end of a line.
#[track_caller]
fn is_plain(raw: &[u8]) {
    let text = String::from_utf8_lossy(raw);
    let text = text.replace("\r\n", "\n");
    let plain = text.chars().all(|c| c == '\n' || !c.is_control());
    assert!(plain, "{text:?}");
}

#[test]
fn a_dumb_terminal_and_an_accessible_one_are_talked_to() {
    let home = with_results();
    for (name, value) in [("TERM", "dumb"), ("ACCESSIBLE", "1")] {
        let mut terminal = home.start(&[], (80, 24), &[(name, value)]);
        terminal.see("q quit: ");
        terminal.send("f grow\n");
        terminal.see("Enter goes back: ");
        terminal.send("1\n");
        terminal.see("Enter back: ");
        terminal.send("q\n");
        assert_eq!(terminal.wait(), 0);
        is_plain(&terminal.raw);
        assert!(terminal.is_cooked());
    }
}

#[test]
fn ctrl_c_and_a_hang_up_keep_the_lines_typed() {
    let home = with_results();
    for (place, code) in [(1, 130), (2, 129)] {
        let mut terminal = home.start(&["--plain"], (80, 24), &[]);
        terminal.see("q quit: ");
        terminal.send("f grow\n");
        terminal.see("Enter goes back: ");
        terminal.send("1\n");
        terminal.see("Enter back: ");
        terminal.send("m\n");
        terminal.see("opens your editor.");
        terminal.send(&format!("Words {place}.\nnext"));
        terminal.see("next");
        // The echo is the terminal's: what counts is that the program has the line.
        let deadline = std::time::Instant::now() + crate::terminal::PATIENCE;
        while !home
            .done(&["outbox", "list", "--json"])
            .contains(&format!("Words {place}."))
        {
            assert!(std::time::Instant::now() < deadline, "the line is not kept");
        }
        if code == 130 {
            terminal.send("\u{3}");
        } else {
            terminal.signal(rustix::process::Signal::HUP);
        }
        assert_eq!(terminal.wait(), code);
        let listed = home.done(&["outbox", "list", "--json"]);
        let listed: Value = serde_json::from_str(&listed).expect("JSON");
        let text = listed["drafts"][0]["fields"]["text"]
            .as_str()
            .expect("words");
        assert!(text.contains(&format!("Words {place}.")), "{text}");
    }
}

#[test]
fn the_editor_writes_the_note_in_plain_mode_too() {
    let home = with_results();
    let editor = home.script("editor", "#!/bin/sh\nprintf 'From the editor.' > \"$1\"\n");
    let mut terminal = home.start(&["--plain"], (80, 24), &[("EDITOR", &editor)]);
    for (seen, typed) in [
        ("q quit: ", "f grow"),
        ("Enter goes back: ", "1"),
        ("Enter back: ", "m"),
        ("opens your editor.", "e"),
        ("x discard: ", "p"),
        ("Posted.", ""),
        ("q quit: ", "q"),
    ] {
        terminal.see(seen);
        terminal.send(&format!("{typed}\n"));
    }
    assert_eq!(terminal.wait(), 0);
    is_plain(&terminal.raw);
    assert_eq!(
        goal(&home, "Grow")["comments"][0]["text"],
        "From the editor."
    );
}

#[test]
fn lists_on_a_terminal_say_words_in_place_of_signs() {
    let home = with_results();
    home.done(&["checkin", "Grow", "--status", "off", "--note", "It broke."]);
    let mut terminal = home.start(&["goals", "list", "--plain"], (80, 24), &[]);
    assert_eq!(terminal.wait(), 0);
    is_plain(&terminal.raw);
    let text = terminal.contents();
    assert!(text.starts_with("Off track. Grow. 69%"), "{text}");
}
