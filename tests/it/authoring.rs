//! Check-ins written many at once, by cron, for later, or only to see what they
//! would do: the real program, in a home of its own.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use chrono::{TimeDelta, Utc};
use serde_json::Value;

use crate::terminal::{Home, surroundings};

fn run_with(home: &Home, args: &[&str], input: &str) -> Output {
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
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[track_caller]
fn json(home: &Home, args: &[&str]) -> Value {
    serde_json::from_str(&home.done(&[args, &["--json"]].concat())).expect("JSON")
}

fn goal(home: &Home, name: &str) -> Value {
    json(home, &["goals", "show", name])["goals"][0].take()
}

fn check_ins(home: &Home, name: &str) -> usize {
    goal(home, name)["check_ins"]
        .as_array()
        .expect("a list")
        .len()
}

/// Two goals whose check-ins are late, each with a number.
fn with_due() -> Home {
    let home = Home::empty();
    for (name, result, days) in [("Grow", "Sign-ups", 34), ("Shrink", "Churn", 20)] {
        let long_ago = Utc::now() - TimeDelta::days(days);
        let long_ago = long_ago.format("%Y-%m-%d 09:00").to_string();
        home.done(&[
            "goals",
            "add",
            name,
            "--cadence",
            "weekly:fri",
            "--start",
            "2026-01-01",
        ]);
        let scale = ["--start", "40", "--target", "200", "--current", "150"];
        home.done(&[&["results", "add", name, result][..], &scale].concat());
        let note = "All well.\n\n## Next\n- [ ] write it down";
        let said = ["--status", "on", "--note", note, "--at", &long_ago];
        home.done(&[&["checkin", name][..], &said].concat());
    }
    home
}

/// The file of all due check-ins with these replacements made in it.
fn filled(home: &Home, replace: &[(&str, &str)]) -> String {
    let mut text = home.done(&["checkin", "--due", "--template"]);
    for (from, to) in replace {
        assert!(text.contains(from), "{from}: {text}");
        text = text.replacen(from, to, 1);
    }
    text
}

#[test]
fn all_due_check_ins_are_one_file_that_a_script_can_fill_in() {
    let home = with_due();
    let untouched = filled(&home, &[]);
    assert!(untouched.contains("# Grow <!-- goal:local:"), "{untouched}");
    assert!(
        untouched.contains("- Sign-ups (now 150): \n"),
        "{untouched}"
    );
    assert!(untouched.contains("- [ ] write it down"), "{untouched}");
    let ran = run_with(&home, &["checkin", "--from-file", "-", "--yes"], &untouched);
    assert!(ran.status.success());
    assert!(String::from_utf8_lossy(&ran.stdout).contains("nothing is posted"));

    let text = filled(
        &home,
        &[
            ("- Sign-ups (now 150): ", "- Sign-ups (now 150): +12"),
            ("\nStatus: \n", "\nStatus: at risk\n"),
        ],
    );
    let ran = run_with(&home, &["checkin", "--from-file", "-", "--yes"], &text);
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{said}");
    assert!(
        said.contains("the goal will read 76\u{a0}% (was 69\u{a0}%)"),
        "{said}"
    );
    let grow = goal(&home, "Grow");
    assert_eq!(grow["results"][0]["current"], 162.0);
    assert_eq!(grow["status"], "at_risk");
    assert_eq!(grow["check_ins"][1]["note"], "## Next\n- [ ] write it down");
    assert_eq!(
        check_ins(&home, "Shrink"),
        1,
        "a section left as it was is skipped"
    );
}

#[test]
fn one_mistake_keeps_everything_back_and_is_marked_in_the_file() {
    let home = with_due();
    let text = filled(
        &home,
        &[
            ("- Sign-ups (now 150): ", "- Sign-ups (now 150): 162"),
            ("- Churn (now 150): ", "- Churn (now 150): 16o"),
        ],
    );
    let ran = run_with(&home, &["checkin", "--from-file", "-", "--yes"], &text);
    assert_eq!(ran.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(errors.contains("not a number: \"16o\""), "{errors}");
    assert_eq!(check_ins(&home, "Grow"), 1, "nothing was posted");
    let path = errors
        .split("correct ")
        .nth(1)
        .and_then(|rest| rest.split(" and run").next());
    let kept = std::fs::read_to_string(path.expect("a path")).expect("the file");
    let mut lines = kept.lines().skip_while(|line| !line.contains("16o"));
    lines.next();
    assert!(
        lines
            .next()
            .expect("a line")
            .starts_with("> error: not a number"),
        "{kept}"
    );

    let mended = kept.replace("16o", "160");
    let ran = run_with(&home, &["checkin", "--from-file", "-", "--yes"], &mended);
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert_eq!(goal(&home, "Grow")["results"][0]["current"], 162.0);
    assert_eq!(goal(&home, "Shrink")["results"][0]["current"], 160.0);
}

#[test]
fn nothing_is_posted_without_a_yes_and_drafts_are_kept_instead_if_asked() {
    let home = with_due();
    let text = filled(
        &home,
        &[("- Sign-ups (now 150): ", "- Sign-ups (now 150): 162")],
    );
    let ran = run_with(&home, &["checkin", "--from-file", "-"], &text);
    assert_eq!(ran.status.code(), Some(2), "nobody can be asked");
    assert_eq!(check_ins(&home, "Grow"), 1);
    let ran = run_with(&home, &["checkin", "--from-file", "-", "--draft"], &text);
    assert!(ran.status.success());
    let drafts = json(&home, &["outbox", "list"])["drafts"].take();
    assert_eq!(drafts.as_array().expect("a list").len(), 1);
    // The draft stands in the next file, and only what is added is new.
    let again = filled(&home, &[]);
    assert!(again.contains("- Sign-ups (now 150): 162"), "{again}");
    let done = again.replacen("\nStatus: \n", "\nStatus: off\n", 1);
    let ran = run_with(&home, &["checkin", "--from-file", "-", "--yes"], &done);
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert_eq!(goal(&home, "Grow")["results"][0]["current"], 162.0);
    let drafts = json(&home, &["outbox", "list"])["drafts"].take();
    assert!(
        drafts.as_array().expect("a list").is_empty(),
        "it went with the post"
    );
}

#[test]
fn the_editor_gets_the_file_and_mistakes_bring_it_back() {
    let home = with_due();
    // The first time it types a mistake, the second time it mends it.
    let editor = home.script(
        "editor",
        "#!/bin/sh\nif grep -q 16o \"$1\"; then cp \"$1\" marked; sed -i s/16o/160/ \"$1\"\n\
         else ls -l \"$1\" > rights; sed -i 's/^- Churn (now 150): /&16o/' \"$1\"; fi\n",
    );
    let mut terminal = home.start(
        &["checkin", "--due", "--edit"],
        (100, 40),
        &[("EDITOR", &editor)],
    );
    terminal.see("edit again? Y/n");
    terminal.send("\n");
    terminal.see("post this check-in? y/N");
    terminal.send("y\n");
    assert_eq!(terminal.wait(), 0, "{}", terminal.contents());
    assert_eq!(goal(&home, "Shrink")["results"][0]["current"], 160.0);
    assert_eq!(check_ins(&home, "Grow"), 1);
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).expect("a file");
    assert!(
        read("rights").starts_with("-rw-------"),
        "{}",
        read("rights")
    );
    assert!(
        read("marked").contains("\n> error: not a number"),
        "{}",
        read("marked")
    );
}

#[test]
fn an_editor_that_fails_posts_nothing_and_keeps_the_words() {
    let home = with_due();
    let editor = home.script(
        "editor",
        "#!/bin/sh\necho 'Half a thought.' >> \"$1\"\nexit 3\n",
    );
    let mut terminal = home.start(
        &["checkin", "--due", "--edit"],
        (200, 40),
        &[("EDITOR", &editor)],
    );
    terminal.see("what you wrote is kept in");
    assert_eq!(terminal.wait(), 1);
    let contents = terminal.contents();
    let path = contents.split("is kept in ").nth(1).expect("a path");
    let kept = std::fs::read_to_string(path.trim().replace('\n', "")).expect("the file");
    assert!(kept.contains("Half a thought."), "{kept}");
    assert_eq!(check_ins(&home, "Grow"), 1);
}

/// What a file holds whose path a message says after these words.
#[track_caller]
fn kept_at(said: &str, after: &str) -> String {
    let path = said.split(after).nth(1).expect("a path");
    let path = path.split(".md").next().expect("a name").replace('\n', "");
    std::fs::read_to_string(format!("{path}.md").trim()).expect("the file")
}

#[test]
fn a_section_whose_goal_is_lost_is_posted_nowhere() {
    let home = with_due();
    let text = filled(
        &home,
        &[("- Sign-ups (now 150): ", "- Sign-ups (now 150): 162")],
    );
    let (above, below) = text.split_once("# Shrink ").expect("a heading");
    let (_, below) = below.split_once('\n').expect("a line");
    let text = format!("{above}# Shrink\n{below}");
    let ran = run_with(&home, &["checkin", "--from-file", "-", "--yes"], &text);
    let errors = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(2), "{errors}");
    assert!(errors.contains("this heading names no goal"), "{errors}");
    assert_eq!(check_ins(&home, "Grow"), 1);
}

#[test]
fn what_came_through_a_pipe_is_kept_where_nobody_says_yes() {
    let home = with_due();
    let quoted = "> error: the build says so";
    let text = filled(&home, &[("- [ ] write it down", quoted)]);
    let ran = run_with(&home, &["checkin", "--from-file", "-"], &text);
    assert_eq!(ran.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&ran.stderr).into_owned();
    let kept = kept_at(&errors, "the file is kept: ");
    assert!(kept.contains(quoted), "{kept}");
    let ran = run_with(&home, &["checkin", "--from-file", "-", "--yes"], &kept);
    assert!(ran.status.success());
    let note = goal(&home, "Grow")["check_ins"][1]["note"].take();
    assert!(note.as_str().expect("a note").contains(quoted), "{note}");
}

#[test]
fn words_in_the_file_that_fill_nothing_in_are_kept() {
    let home = with_due();
    let editor = home.script(
        "editor",
        "#!/bin/sh\nsed -i 's/^Check-ins that are due.*/Half a thought./' \"$1\"\n",
    );
    let args = ["checkin", "--due", "--edit"];
    let mut terminal = home.start(&args, (200, 40), &[("EDITOR", &editor)]);
    terminal.see("nothing is posted");
    assert_eq!(terminal.wait(), 0);
    let kept = kept_at(&terminal.contents(), "what you wrote is kept in ");
    assert!(kept.contains("Half a thought."), "{kept}");
}

#[test]
fn a_comment_left_open_posts_nothing_and_says_so() {
    let home = with_due();
    let text = "<!-- half\n- Sign-ups: 162\n";
    let ran = run_with(&home, &["checkin", "--from-file", "-", "--yes"], text);
    let errors = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(2), "{errors}");
    assert!(
        errors.contains("line 1: this comment is not closed"),
        "{errors}"
    );
}

#[test]
fn a_file_the_editor_moved_away_is_said_to_be_gone() {
    let home = with_due();
    let editor = home.script("editor", "#!/bin/sh\nmv \"$1\" elsewhere\n");
    let args = ["checkin", "--due", "--edit"];
    let mut terminal = home.start(&args, (200, 40), &[("EDITOR", &editor)]);
    terminal.see("the file is gone after the editor ended");
    assert_eq!(terminal.wait(), 1);
    assert_eq!(check_ins(&home, "Grow"), 1);
}

#[test]
fn the_template_is_told_as_json_too() {
    let home = with_due();
    let told = json(&home, &["checkin", "--due", "--template"]);
    assert_eq!(told["schema"], 1);
    let text = told["template"].as_str().expect("text");
    assert!(text.contains("# Grow <!-- goal:local:"), "{text}");
}

#[test]
fn an_emptied_file_posts_nothing() {
    let home = with_due();
    let editor = home.script("editor", "#!/bin/sh\n: > \"$1\"\n");
    let args = ["checkin", "--due", "--edit"];
    let mut terminal = home.start(&args, (100, 40), &[("EDITOR", &editor)]);
    terminal.see("nothing is posted");
    assert_eq!(terminal.wait(), 0);
    assert_eq!(check_ins(&home, "Grow"), 1);
}

#[test]
fn cron_adds_to_a_draft_and_loses_no_word_of_it() {
    let home = with_due();
    home.done(&[
        "checkin", "Grow", "--note", "By hand.", "--status", "off", "--draft",
    ]);
    for _ in 0..2 {
        let said = ["--set", "Sign-ups=170", "--note", "From cron.", "--draft"];
        home.done(&[&["checkin", "Grow"][..], &said].concat());
    }
    let drafts = json(&home, &["outbox", "list"])["drafts"].take();
    let fields = &drafts[0]["fields"];
    assert_eq!(fields["note"], "By hand.\n\nFrom cron.");
    assert_eq!(fields["status"], "off_track");
    assert_eq!(drafts.as_array().expect("a list").len(), 1);
}

#[test]
fn an_open_form_keeps_its_words_and_takes_what_cron_fills_in() {
    let home = with_due();
    let mut terminal = home.start(&[], (120, 40), &[]);
    terminal.see("YOU OWE");
    terminal.send("c");
    terminal.see("Sign-ups");
    terminal.send("\t\t\t\tMine.");
    terminal.see("draft saved");
    home.done(&["checkin", "Grow", "--set", "Sign-ups=170", "--draft"]);
    terminal.see("filled in by another program: Sign-ups");
    terminal.see("170");
    terminal.see("Mine.");
    terminal.send("\u{13}");
    terminal.see("posted");
    terminal.send("q");
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
    let grow = goal(&home, "Grow");
    assert_eq!(grow["results"][0]["current"], 170.0);
    assert!(
        grow["check_ins"][1]["note"]
            .as_str()
            .expect("a note")
            .contains("Mine.")
    );
}

#[test]
fn a_check_in_for_later_waits_for_its_moment_over_restarts() {
    let home = with_due();
    let args = [
        "checkin",
        "Grow",
        "--status",
        "off",
        "--set",
        "Sign-ups=170",
        "--at",
        "+2h",
    ];
    let said = home.done(&args);
    assert!(said.contains("will check in on \"Grow\""), "{said}");
    let entry = |home: &Home| {
        let listed = json(home, &["outbox", "list"])["outbox"].take();
        let entries = listed.as_array().expect("a list");
        entries
            .iter()
            .find(|entry| entry["state"] == "held")
            .cloned()
    };
    let held = entry(&home).expect("it is held");
    let before = Utc::now() + TimeDelta::minutes(110);
    let sends: chrono::DateTime<Utc> = held["sends_at"].as_str().expect("when").parse().unwrap();
    assert!(sends > before, "{sends}");
    // Neither the end of another program nor a flush sends it.
    home.done(&["outbox", "flush"]);
    let mut terminal = home.start(&[], (120, 40), &[]);
    terminal.see("goaldeck");
    terminal.send("4");
    terminal.see("HELD");
    terminal.send("q");
    assert_eq!(terminal.wait(), 0, "{}", terminal.contents());
    let held = entry(&home).expect("it is still held");
    // What comes after it is not held up.
    home.done(&["checkin", "Grow", "--status", "on", "--note", "Now."]);
    assert_eq!(
        goal(&home, "Grow")["check_ins"].as_array().unwrap().len(),
        3
    );
    home.done(&[
        "outbox",
        "drop",
        held["id"].as_str().expect("an id"),
        "--yes",
    ]);
    assert!(entry(&home).is_none());
    assert_eq!(check_ins(&home, "Grow"), 2);
}

#[test]
fn templates_are_listed_and_told() {
    let home = Home::empty();
    let listed = json(&home, &["templates"]);
    let list = listed["templates"].as_array().expect("a list");
    let default = list.iter().find(|one| one["default"] == true).expect("one");
    let name = default["name"].as_str().expect("a name");
    assert!(home.done(&["templates"]).contains(name));
    let text = home.done(&["templates", name]);
    assert_eq!(
        text.trim_end(),
        default["text"].as_str().expect("text").trim_end()
    );
    assert_eq!(home.run(&["templates", "nothing"]).status.code(), Some(2));
    home.done(&["goals", "add", "Here"]);
    assert!(home.done(&["link", "Here"]).starts_with("local:g-"));
    assert_eq!(home.run(&["open", "Here"]).status.code(), Some(1));
}

#[test]
fn a_dry_run_of_any_local_write_says_what_and_writes_nothing() {
    let home = with_due();
    let before = goal(&home, "Grow");
    let said = home.done(&[
        "checkin",
        "Grow",
        "--status",
        "off",
        "--set",
        "Sign-ups=+20",
        "--dry-run",
    ]);
    assert!(said.contains("Sign-ups: 150 → 170"), "{said}");
    assert!(
        said.contains("the goal will read 81\u{a0}% (was 69\u{a0}%)"),
        "{said}"
    );
    assert!(
        said.contains("no request: it stays on this machine"),
        "{said}"
    );
    let wishes: [&[&str]; 5] = [
        &["goals", "edit", "Grow", "--name", "Other"],
        &["goals", "delete", "Grow"],
        &["goals", "add", "New"],
        &["results", "set", "Grow", "Sign-ups=1"],
        &["reply", "Grow", "--note", "Hm."],
    ];
    for args in wishes {
        let said = home.done(&[args, &["--dry-run"]].concat());
        assert!(
            said.contains("nothing was sent, nothing was written"),
            "{args:?}: {said}"
        );
        json(&home, &[args, &["--dry-run"]].concat());
    }
    let drafted = home.run(&["checkin", "Grow", "--note", "Hm.", "--draft", "--dry-run"]);
    assert_eq!(
        drafted.status.code(),
        Some(2),
        "a draft is nothing to rehearse"
    );
    let dropped = home.run(&["outbox", "drop", "x", "--dry-run"]);
    assert_eq!(dropped.status.code(), Some(2));
    assert_eq!(goal(&home, "Grow"), before);
    assert_eq!(
        json(&home, &["outbox", "list"])["drafts"],
        serde_json::json!([])
    );
    let text = filled(
        &home,
        &[("- Sign-ups (now 150): ", "- Sign-ups (now 150): 162")],
    );
    let ran = run_with(&home, &["checkin", "--from-file", "-", "--dry-run"], &text);
    assert!(String::from_utf8_lossy(&ran.stdout).contains("will read 76"));
    assert_eq!(goal(&home, "Grow"), before);
}
