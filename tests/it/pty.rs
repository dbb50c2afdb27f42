//! Terminal manners: whatever happens to the program or to its terminal, the
//! terminal is given back, what was typed is kept, and nothing is left running.
//! Every test waits for what is seen, never for time; the exceptions are the
//! promises about time themselves.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::terminal::{Home, Start, Terminal, surroundings};

const CTRL_C: &str = "\u{3}";
const CTRL_G: &str = "\u{7}";
const CTRL_L: &str = "\u{c}";
const CTRL_Z: &str = "\u{1a}";
const SHIFT_TAB: &str = "\u{1b}[Z";
const F12: &str = "\u{1b}[24~";

/// The goal of these tests.
const GOAL: &str = "Ship it";
/// What somebody was writing when it happened.
const THOUGHT: &str = "Half a thought";

/// Opens the check-in form of the first goal with the cursor in its note.
#[track_caller]
fn open_note(terminal: &mut Terminal) {
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("[2 Goals");
    terminal.send("c");
    terminal.see("Check-in · Ship it");
    // A goal without results starts at its status; the note is the field before.
    terminal.send(SHIFT_TAB);
}

/// A program with a thought in its note, typed but not kept yet.
#[track_caller]
fn writing(home: &Home, env: &[(&str, &str)]) -> Terminal {
    let mut terminal = home.open_with((80, 24), env);
    open_note(&mut terminal);
    terminal.send(THOUGHT);
    terminal.see(THOUGHT);
    terminal
}

/// Starts again and finds what was being written.
#[track_caller]
fn finds_the_draft(home: &Home) {
    let mut terminal = home.open();
    open_note(&mut terminal);
    terminal.see(THOUGHT);
    terminal.send(CTRL_C);
    terminal.send(CTRL_C);
    assert_eq!(terminal.wait(), 0);
}

/// The end of a program that still has its terminal.
#[track_caller]
fn ends_restored(terminal: &mut Terminal, code: u32) {
    assert_eq!(terminal.wait(), code, "{}", terminal.contents());
    assert!(terminal.is_restored(), "{:?}", terminal.screen());
    assert!(terminal.is_cooked());
}

/// The end of a program that may take at most so long.
#[track_caller]
fn ends_within(terminal: &mut Terminal, code: u32, at_most: Duration) {
    let since = Instant::now();
    assert_eq!(terminal.wait(), code);
    let took = since.elapsed();
    assert!(took <= at_most, "it took {took:?}");
}

#[test]
fn q_gives_the_terminal_back() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = home.open();
    terminal.see("[1 Queue");
    assert!(terminal.screen().alternate_screen());
    terminal.send("q");
    ends_restored(&mut terminal, 0);
}

#[test]
fn ctrl_c_twice_ends_it_from_inside_a_form_and_keeps_the_draft() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = writing(&home, &[]);
    terminal.send(CTRL_C);
    terminal.send(CTRL_C);
    ends_restored(&mut terminal, 0);
    finds_the_draft(&home);
}

#[test]
fn f49_sigterm_restores_and_keeps_the_draft() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = writing(&home, &[]);
    terminal.signal(Signal::TERM);
    ends_restored(&mut terminal, 143);
    finds_the_draft(&home);
}

#[test]
fn f49_sigint_from_outside_restores_and_keeps_the_draft() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = writing(&home, &[]);
    terminal.signal(Signal::INT);
    ends_restored(&mut terminal, 130);
    finds_the_draft(&home);
}

#[test]
fn f49_sighup_keeps_the_draft_and_writes_nothing_more() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = writing(&home, &[]);
    terminal.bytes_until_quiet(Duration::from_millis(300));
    let before = terminal.raw.len();
    terminal.signal(Signal::HUP);
    ends_within(&mut terminal, 129, Duration::from_secs(1));
    let after = String::from_utf8_lossy(&terminal.raw[before..]).into_owned();
    assert_eq!(after, "", "written after the line was lost");
    finds_the_draft(&home);
}

#[test]
fn f51_a_lost_line_ends_it_and_keeps_the_draft() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = writing(&home, &[]);
    terminal.vanish();
    ends_within(&mut terminal, 129, Duration::from_secs(2));
    finds_the_draft(&home);
}

/// Starts the program below a shell that takes the hang-up for itself, so that
/// only the dead line tells the program.
fn below_a_deaf_shell(home: &Home) -> Terminal {
    let mut command = CommandBuilder::new("sh");
    command.args([
        "-c",
        &format!("trap '' HUP; '{}'; exit $?", env!("CARGO_BIN_EXE_goaldeck")),
    ]);
    Terminal::spawn(
        command,
        &Start {
            args: &[],
            home: home.path(),
            size: (80, 24),
            env: &[],
        },
    )
}

#[test]
fn f51_a_lost_line_without_a_signal_ends_it_too() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = below_a_deaf_shell(&home);
    open_note(&mut terminal);
    terminal.send(THOUGHT);
    terminal.see(THOUGHT);
    terminal.vanish();
    ends_within(&mut terminal, 129, Duration::from_secs(2));
    finds_the_draft(&home);
}

/// Makes it paint until the stalled line takes no more.
fn stall(terminal: &mut Terminal) {
    terminal.stall();
    let deadline = Instant::now() + Duration::from_secs(5);
    while !is_stuck_in_a_write(terminal.pid()) && Instant::now() < deadline {
        terminal.send(CTRL_L);
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a thread of the process sleeps in `write` to its terminal. Where the
/// system does not tell, the caller goes on after its patience.
fn is_stuck_in_a_write(pid: i32) -> bool {
    // The number of the call and its first argument, the descriptor.
    let call = if cfg!(target_arch = "x86_64") {
        "1 0x1 "
    } else {
        "64 0x1 "
    };
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return false;
    };
    threads.flatten().any(|thread| {
        std::fs::read_to_string(thread.path().join("syscall"))
            .is_ok_and(|now| now.starts_with(call))
    })
}

#[test]
fn f49_signals_end_it_while_the_terminal_reads_nothing() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let home = Home::with_goals(&[GOAL]);
        let mut terminal = writing(&home, &[]);
        stall(&mut terminal);
        terminal.signal(signal);
        ends_within(&mut terminal, code, Duration::from_secs(2));
        finds_the_draft(&home);
    }
}

#[test]
fn f51_a_line_lost_while_it_is_stalled_ends_it() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = writing(&home, &[]);
    stall(&mut terminal);
    terminal.vanish();
    ends_within(&mut terminal, 129, Duration::from_secs(2));
    finds_the_draft(&home);
}

#[test]
fn f50_ctrl_z_gives_the_shell_and_fg_gives_the_screen() {
    let home = Home::with_goals(&[GOAL]);
    let mut command = CommandBuilder::new("bash");
    command.args(["--norc", "--noprofile", "-i"]);
    let mut shell = Terminal::spawn(
        command,
        &Start {
            args: &[],
            home: home.path(),
            size: (80, 24),
            env: &[("PS1", "the shell> ")],
        },
    );
    shell.see("the shell>");
    shell.send(&format!("{}\r", env!("CARGO_BIN_EXE_goaldeck")));
    open_note(&mut shell);
    shell.send(THOUGHT);
    shell.see(THOUGHT);
    for round in 0..2 {
        shell.send(CTRL_Z);
        shell.see("Stopped");
        assert!(!shell.screen().alternate_screen());
        // The shell edits and echoes: the sum is not in what is typed. It also
        // wipes what the next round looks for.
        shell.send(&format!("printf '\\033c'; echo $((40 + {round})) sheep\r"));
        shell.see(&format!("{} sheep", 40 + round));
        shell.see_no("Stopped");
        shell.send("fg\r");
        shell.see(THOUGHT);
        assert!(shell.screen().alternate_screen());
        shell.send("!");
        shell.see(&format!("{THOUGHT}{}", "!".repeat(round + 1)));
    }
    shell.send(CTRL_C);
    shell.send(CTRL_C);
    shell.until("the shell again", |screen| !screen.alternate_screen());
    shell.send("exit 7\r");
    ends_restored(&mut shell, 7);
}

/// An editor that says when it is there and how often it was, reads one line and
/// does what it says.
const EDITOR: &str = r#"#!/bin/sh
echo >> "$HOME/times"
echo "editor, time" $(wc -l < "$HOME/times")
read -r line
case "$line" in
    fail) printf 'not to be seen' > "$1"; exit 3 ;;
    add*) printf '\n%s' "$line" >> "$1" ;;
    *) printf '%s\n' "$line" > "$1" ;;
esac
"#;

#[test]
fn the_editor_has_the_terminal_and_its_text_comes_back() {
    let home = Home::with_goals(&[GOAL]);
    let editor = home.script("editor.sh", EDITOR);
    let mut terminal = writing(&home, &[("EDITOR", &editor)]);

    terminal.send(CTRL_G);
    terminal.see("editor, time 1");
    assert!(!terminal.screen().alternate_screen());
    assert!(terminal.is_cooked());
    // No key typed into the editor is taken by us, and none after it is lost.
    terminal.send("written outside\r");
    terminal.see("Check-in · Ship it");
    terminal.see("written outside");
    terminal.see_no(THOUGHT);
    terminal.send(" and inside");
    terminal.see("inside");

    terminal.send(CTRL_G);
    terminal.see("editor, time 2");
    terminal.send("fail\r");
    terminal.see("Check-in · Ship it");
    terminal.see("written outside");
    terminal.see_no("not to be seen");
    terminal.see("! the editor");

    terminal.send(CTRL_G);
    terminal.see("editor, time 3");
    terminal.send("add more words\r");
    terminal.see("Check-in · Ship it");
    terminal.see("add more words");

    terminal.send(CTRL_C);
    terminal.send(CTRL_C);
    ends_restored(&mut terminal, 0);
    assert_eq!(
        home.done(&["goals", "show", GOAL])
            .matches("written")
            .count(),
        0,
        "coming back from the editor posts nothing"
    );
}

#[cfg(debug_assertions)]
#[test]
fn f48_a_panic_restores_and_keeps_the_draft() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = writing(&home, &[("GOALDECK_TEST_PANIC", "1")]);
    terminal.send(F12);
    ends_restored(&mut terminal, 101);
    // One line on the terminal, the rest in a file for its owner only.
    let screen = terminal.contents();
    assert!(screen.contains("what was typed is saved"), "{screen}");
    assert!(!screen.contains("GOALDECK_TEST_PANIC"), "{screen}");
    let reports: Vec<std::path::PathBuf> = std::fs::read_dir(home.path().join("data"))
        .expect("the data folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains("panic-"))
        .collect();
    let [report] = &reports[..] else {
        panic!("one report: {reports:?}");
    };
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(report).expect("a report").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(report).expect("a report");
    assert!(text.contains("asked for by GOALDECK_TEST_PANIC"), "{text}");
    finds_the_draft(&home);
}

#[test]
fn a_paste_of_two_lines_is_text_and_posts_nothing() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = writing(&home, &[]);
    terminal.send("\u{1b}[200~ first line\rsecond \u{1b}[31mline\u{1b}[201~");
    terminal.see("first line");
    terminal.see("second ");
    terminal.see("Check-in · Ship it");
    // A key after it still reaches the note.
    terminal.send("!?");
    terminal.see("!?");
    terminal.send(CTRL_C);
    terminal.send(CTRL_C);
    ends_restored(&mut terminal, 0);
    let shown = home.done(&["goals", "show", GOAL]);
    assert!(!shown.contains("first line"), "it was posted:\n{shown}");
}

#[test]
fn a_paste_outside_a_field_does_nothing() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = home.open();
    terminal.see("[1 Queue");
    terminal.send("\u{1b}[200~3\rq\rqq\u{1b}[201~");
    terminal.see("pasted text goes into a field");
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("[2 Goals");
}

#[test]
fn f53_a_storm_of_sizes_ends_with_the_last_one_drawn() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = home.open_with((120, 40), &[]);
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("[2 Goals");
    terminal.resize(80, 24);
    hints_are_on_the_last_row(&mut terminal, 24);
    terminal.resize(40, 10);
    terminal.see("needs 60x16, is 40x10");
    terminal.resize(1, 1);
    terminal.resize(500, 200);
    hints_are_on_the_last_row(&mut terminal, 200);
    terminal.see(GOAL);
    for step in 0..150_u16 {
        terminal.resize(1 + step * 37 % 200, 1 + step * 23 % 70);
    }
    terminal.resize(120, 40);
    hints_are_on_the_last_row(&mut terminal, 40);
    terminal.see(GOAL);
    terminal.send("q");
    ends_restored(&mut terminal, 0);
}

#[test]
fn f53_a_new_size_that_comes_with_a_key_is_not_lost() {
    let home = Home::with_goals(&[GOAL, "Another one"]);
    let mut terminal = home.open();
    terminal.see("[1 Queue");
    for step in 0..10_u16 {
        let rows = 25 + step;
        terminal.send(if step % 2 == 0 { "2" } else { "1" });
        terminal.resize(100, rows);
        hints_are_on_the_last_row(&mut terminal, rows);
    }
    // Nor one that comes after half a sequence.
    terminal.send("\u{1b}[");
    terminal.resize(80, 24);
    hints_are_on_the_last_row(&mut terminal, 24);
}

#[track_caller]
fn hints_are_on_the_last_row(terminal: &mut Terminal, rows: u16) {
    terminal.until(&format!("hints on row {rows}"), |screen| {
        let (_, columns) = screen.size();
        screen
            .contents_between(rows - 1, 0, rows - 1, columns.get())
            .contains("? help")
    });
}

#[test]
fn f55_half_a_sequence_and_rubbish_stop_nothing() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = home.open();
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("[2 Goals");
    // Half a sequence; the program goes on drawing what happens meanwhile.
    terminal.send("\u{1b}[");
    home.done(&["goals", "add", "Meanwhile"]);
    terminal.see("Meanwhile");
    // Its end is nothing anybody knows, and the key after it counts.
    terminal.send("77z3");
    terminal.see("[3 Inbox");
    // Half a character, no character, NUL, an answer nobody asked for.
    terminal.send_bytes(b"\xe2\x82");
    terminal.send_bytes(b"\xff\xfe\0\x1b[?62;1;2c");
    // The first key may be what ends the half character.
    terminal.send("22");
    terminal.see("[2 Goals");
}

#[test]
fn no_color_shows_the_focus_without_colour() {
    let home = Home::with_goals(&[GOAL, "Another one"]);
    let mut terminal = home.open_with((80, 24), &[("NO_COLOR", "1")]);
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("[2 Goals");
    terminal.see("Another one");
    terminal.send("j");
    terminal.bytes_until_quiet(Duration::from_millis(200));
    let colours: BTreeSet<u32> = sgr(&terminal.raw)
        .into_iter()
        .filter(|code| matches!(code, 30..=38 | 40..=48 | 90..=107))
        .collect();
    assert_eq!(colours, BTreeSet::new(), "colours were set");
    assert!(sgr(&terminal.raw).contains(&7), "nothing is reversed");
    let (row, _) = terminal.screen().cursor_position();
    assert!(terminal.screen().cell(row, 1).unwrap().inverse());
}

/// All numbers of all style sequences.
fn sgr(bytes: &[u8]) -> Vec<u32> {
    let text = String::from_utf8_lossy(bytes);
    text.split("\u{1b}[")
        .skip(1)
        .filter_map(|rest| rest.split_once(|c: char| !c.is_ascii_digit() && c != ';'))
        .zip(text.split("\u{1b}[").skip(1))
        .filter(|((numbers, _), whole)| whole[numbers.len()..].starts_with('m'))
        .flat_map(|((numbers, _), _)| numbers.split(';').map(|n| n.parse().unwrap_or(0)))
        .collect()
}

#[test]
fn f52_a_dumb_terminal_gets_the_queue_as_plain_lines() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = home.open_with((80, 24), &[("TERM", "dumb")]);
    terminal.see("q quit");
    terminal.send("q\r");
    assert_eq!(terminal.wait(), 0, "{}", terminal.contents());
    assert!(
        !terminal.raw.contains(&0x1b),
        "{}",
        String::from_utf8_lossy(&terminal.raw)
    );
    assert!(terminal.is_cooked());
}

#[test]
fn f52_without_a_terminal_it_prints() {
    let home = Home::with_goals(&[GOAL]);
    home.done(&["goals", "edit", GOAL, "--cadence", "weekly:fri"]);
    // No terminal at all.
    let output = home.run(&[]);
    assert!(output.status.success(), "{output:?}");
    assert!(!output.stdout.contains(&0x1b), "{output:?}");
    assert_eq!(output.stdout, home.run(&["queue"]).stdout);
    // Input is a terminal, output a pipe; and the other way round.
    for redirect in ["| cat", "< /dev/null"] {
        let mut command = CommandBuilder::new("sh");
        command.args([
            "-c",
            &format!(
                "'{}' {redirect}; echo the end",
                env!("CARGO_BIN_EXE_goaldeck")
            ),
        ]);
        let mut terminal = Terminal::spawn(
            command,
            &Start {
                args: &[],
                home: home.path(),
                size: (80, 24),
                env: &[("NO_COLOR", "1")],
            },
        );
        terminal.see("the end");
        assert_eq!(terminal.wait(), 0);
        assert!(
            !terminal.raw.contains(&0x1b),
            "{redirect}: {}",
            String::from_utf8_lossy(&terminal.raw)
        );
    }
}

/// Names that would do something to a terminal if they reached it as they are.
const HOSTILE: &[&str] = &[
    "clears\u{1b}[2J\u{1b}[3Jit",
    "asks\u{1b}[6n\u{1b}[cit",
    "titles\u{1b}]0;owned\u{7}it",
    "copies\u{1b}]52;c;b3duZWQ=\u{1b}\\it",
    "c1\u{9b}31mcsi\u{9d}0;owned\u{9c}it",
    "bidi\u{202e}evil\u{2066}it\u{200f}",
    "rings\u{7}\u{8}\u{8}\u{8}\u{7f}it",
    "breaks\r\nthe\nline\u{2028}it",
    "dcs\u{1b}P$q\"p\u{1b}\\\u{1b}_apc\u{1b}\\it",
    "modes\u{1b}[?1049l\u{1b}[?25l\u{1b}cit",
];

/// What the program may send: text, line ends, and the sequences it needs.
/// Returns the first thing that is none of these.
fn foreign_control(bytes: &[u8]) -> Option<String> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Some("not UTF-8".to_owned());
    };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '\u{1b}' => {
                let Some(body) = rest.strip_prefix('[') else {
                    return Some(format!("ESC {:?}", rest.chars().next()));
                };
                let length = body.find(|c: char| ('@'..='~').contains(&c))?;
                let sequence = &body[..=length];
                rest = &body[length + 1..];
                if !is_ours(sequence) {
                    return Some(format!("CSI {sequence}"));
                }
            }
            '\r' | '\n' => {}
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => return Some(format!("{first:?}")),
            '\u{200e}'
            | '\u{200f}'
            | '\u{61c}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{206f}'
            | '\u{feff}' => return Some(format!("{first:?}")),
            _ => {}
        }
    }
    None
}

/// Place, style, erase the whole screen before a repaint, and our four modes.
fn is_ours(sequence: &str) -> bool {
    let (parameters, last) = sequence.split_at(sequence.len() - 1);
    let numbers = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == ';');
    match last {
        "H" | "m" | "G" | "r" | "L" | "M" => numbers(parameters),
        "J" | "K" => matches!(parameters, "" | "2"),
        "h" | "l" => matches!(parameters, "?1049" | "?2004" | "?2026" | "?25"),
        _ => false,
    }
}

#[test]
fn the_grammar_lets_our_own_sequences_pass_and_no_other() {
    let ours = "\u{1b}[?1049h\u{1b}[2J\u{1b}[3;4H\u{1b}[7mname – ●\u{1b}[0m\r\n";
    assert_eq!(foreign_control(ours.as_bytes()), None);
    for name in HOSTILE {
        let is_only_lines = name.starts_with("breaks");
        let found = foreign_control(name.replace('\u{2028}', "").as_bytes());
        assert_eq!(found.is_none(), is_only_lines, "{name:?}: {found:?}");
    }
}

#[test]
fn hostile_names_reach_the_terminal_as_text_only() {
    let home = Home::empty();
    home.done(&["goals", "add", "Good neighbour"]);
    let exported = home.done(&["export"]);
    // The same goal again and again, under hostile names and with a hostile note.
    let (goal, others): (Vec<&str>, Vec<&str>) = exported
        .lines()
        .partition(|line| line.contains("Good neighbour"));
    let [goal] = goal.as_slice() else {
        panic!("one line is the goal:\n{exported}");
    };
    let mut lines: Vec<String> = others.iter().map(|line| (*line).to_owned()).collect();
    for (place, name) in HOSTILE.iter().enumerate() {
        lines.push(renamed(goal, place, name));
    }
    let file = home.path().join("hostile.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let other = Home::empty();
    other.done(&["import", &file.to_string_lossy()]);

    let mut terminal = other.open_with((120, 40), &[]);
    terminal.see("[1 Queue");
    terminal.send("2");
    for word in [
        "clears", "asks", "titles", "copies", "bidi", "rings", "modes",
    ] {
        terminal.see(word);
    }
    for _ in HOSTILE {
        // Its details, its sheet of actions, its form, and back.
        terminal.send("\r");
        terminal.send("q");
        terminal.send(".");
        terminal.send("q");
        terminal.send("c");
        terminal.see("Check-in ·");
        terminal.send("\u{1b}");
        terminal.see("keep draft");
        terminal.send("d");
        terminal.see("[2 Goals");
        terminal.send("j");
    }
    terminal.bytes_until_quiet(Duration::from_millis(200));
    assert_eq!(foreign_control(&terminal.raw), None);
    terminal.send("q");
    ends_restored(&mut terminal, 0);
    assert_eq!(foreign_control(&terminal.raw), None);

    for args in [
        &["goals", "list"][..],
        &["goals", "tree"],
        &["queue"],
        &["find", "it"],
        &["goals", "show", "clears"],
        &["goals", "show", "it"],
    ] {
        let output = other.run(args);
        for stream in [&output.stdout, &output.stderr] {
            let found = foreign_control(
                &String::from_utf8_lossy(stream)
                    .replace('\t', " ")
                    .into_bytes(),
            );
            assert_eq!(found, None, "{args:?}: {}", String::from_utf8_lossy(stream));
        }
    }
    let listed = other.done(&["goals", "list"]);
    assert_eq!(listed.lines().count(), HOSTILE.len(), "{listed}");
}

/// An exported goal with another id, name and description.
fn renamed(line: &str, place: usize, name: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
    let id = find_id(&value).unwrap();
    rename(&mut value, &|text| match text {
        "Good neighbour" => Some(name.to_owned()),
        other if other == id => Some(format!("{id}{place}")),
        _ => None,
    });
    value.to_string()
}

/// The id beside the name.
fn find_id(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Object(fields) => {
            let own = (fields.get("name").and_then(|name| name.as_str()) == Some("Good neighbour"))
                .then(|| fields.get("id")?.as_str().map(str::to_owned))
                .flatten();
            own.or_else(|| fields.values().find_map(find_id))
        }
        serde_json::Value::Array(items) => items.iter().find_map(find_id),
        _ => None,
    }
}

fn rename(value: &mut serde_json::Value, to: &dyn Fn(&str) -> Option<String>) {
    match value {
        serde_json::Value::String(text) => {
            if let Some(other) = to(text) {
                *text = other;
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| rename(item, to)),
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(|field| rename(field, to));
        }
        _ => {}
    }
}

#[test]
fn nothing_is_sent_and_no_processor_used_when_nothing_happens() {
    let home = Home::with_goals(&[GOAL]);
    let mut terminal = home.open();
    terminal.see("[1 Queue");
    terminal.send("2");
    terminal.see("[2 Goals");
    terminal.bytes_until_quiet(Duration::from_secs(1));
    let before = ticks(terminal.pid());
    let bytes = terminal.bytes_until_quiet(Duration::from_secs(3));
    assert_eq!(bytes, 0, "{}", terminal.contents());
    // Looking at two files five times a second may complete a tick begun before.
    let used = ticks(terminal.pid()) - before;
    assert!(used <= 1, "it used {used} ticks of the processor");
}

/// Processor time used so far, in ticks of the system (10 ms as a rule).
fn ticks(pid: i32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    // utime and stime are fields 14 and 15 of the line, the state is field 3.
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn programs_of_these_tests_see_no_setting_of_this_machine() {
    let names: Vec<String> = surroundings(std::path::Path::new("/nowhere"))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert!(
        !names
            .iter()
            .any(|name| name == "EDITOR" || name == "NO_COLOR")
    );
}

#[test]
fn the_welcome_comes_again_until_it_is_answered_with_a_home() {
    let home = Home::empty();
    let mut first = home.open();
    first.see("Where are your goals?");
    first.send("2");
    first.see("For you: 11");
    first.send("q");
    ends_restored(&mut first, 0);
    let mut second = home.open();
    second.see("Where are your goals?");
    second.send("1");
    second.see("n makes the first one");
    second.send("q");
    ends_restored(&mut second, 0);
    let mut third = home.open();
    third.see("No goals yet");
    assert!(!third.contents().contains("Where are your goals?"));
}
