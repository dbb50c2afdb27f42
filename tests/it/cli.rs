//! The command line from outside: the real program, its output, its errors and
//! its exit codes, on a store of its own.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A machine of its own: configuration and goals in a temporary folder.
struct Machine {
    home: TempDir,
}

/// What a command printed and how it ended.
struct Ran {
    out: String,
    err: String,
    code: i32,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            out: String::from_utf8(output.stdout.clone()).expect("UTF-8"),
            err: String::from_utf8(output.stderr.clone()).expect("UTF-8"),
            code: output.status.code().expect("a code, not a signal"),
        }
    }

    /// Succeeded; what it printed.
    #[track_caller]
    fn fine(self) -> String {
        assert_eq!(self.code, 0, "stdout: {}\nstderr: {}", self.out, self.err);
        self.out
    }

    /// Failed with this code; what it said.
    #[track_caller]
    fn fails(self, code: i32) -> String {
        assert_eq!(
            self.code, code,
            "stdout: {}\nstderr: {}",
            self.out, self.err
        );
        self.err
    }

    #[track_caller]
    fn json(self) -> Value {
        let value: Value = serde_json::from_str(&self.fine()).expect("JSON");
        assert_eq!(value["schema"], 1);
        value
    }
}

impl Machine {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().expect("a folder"),
        }
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_goaldeck"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("USER", "ana")
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("GOALDECK_CONFIG_DIR", self.folder("config"))
            .env("GOALDECK_DATA_DIR", self.folder("data"))
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(
            &self
                .command(arguments)
                .output()
                .expect("the program starts"),
        )
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("it reads");
        drop(stdin);
        Ran::of(&child.wait_with_output().expect("it ends"))
    }

    /// One goal with the three results of the story; its id.
    fn with_churn(&self) -> String {
        self.run(&[
            "goals",
            "add",
            "Reduce churn to 2 %",
            "--start",
            "2026-10-01",
            "--due",
            "2030-12-31",
            "--cadence",
            "none",
        ])
        .fine();
        for result in [
            &[
                "Monthly churn",
                "--start",
                "4.10",
                "--target",
                "2",
                "--unit",
                "%",
            ][..],
            &["New contract signed", "--kind", "yes_no"],
            &["NPS at least 40", "--limit", "40", "--above"],
        ] {
            let mut arguments = vec!["results", "add", "churn"];
            arguments.extend(result);
            self.run(&arguments).fine();
        }
        self.goal("churn")["id"].as_str().expect("an id").to_owned()
    }

    fn goal(&self, name: &str) -> Value {
        let mut shown = self.run(&["goals", "show", name, "--json"]).json();
        shown["goals"][0].take()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder(name);
        std::fs::write(&path, text).expect("a file");
        path.to_string_lossy().into_owned()
    }
}

#[track_caller]
fn is_clean(text: &str) {
    let odd = text
        .chars()
        .find(|c| (c.is_control() && *c != '\n' && *c != '\t') || "\u{202e}\u{2066}".contains(*c));
    assert_eq!(odd, None, "in {text:?}");
}

#[test]
fn the_story_of_one_person_runs_from_the_command_line() {
    let machine = Machine::new();
    let id = machine.with_churn();
    machine
        .run(&[
            "goals",
            "add",
            "Onboarding calls",
            "--parent",
            "churn",
            "--due",
            "+6w",
        ])
        .fine();
    let said = machine
        .run(&[
            "checkin",
            "Reduce churn",
            "--status",
            "off_track",
            "--set",
            "Monthly churn=3,66",
            "--set",
            "contract=n",
            "--set",
            "NPS=44",
            "--confidence",
            "4",
            "--note",
            "Two large accounts left.",
        ])
        .fine();
    assert!(said.contains("Off track"), "{said}");

    let goal = machine.goal("Reduce churn");
    assert_eq!(goal["id"], id.as_str());
    assert_eq!(goal["status"], "off_track");
    assert_eq!(goal["champion"], "me");
    assert_eq!(goal["due"], "2030-12-31");
    let results = goal["results"].as_array().expect("results");
    assert_eq!(results[0]["current"], 3.66);
    assert_eq!(results[0]["raw"], 0.2095);
    assert_eq!(results[1]["progress"], 0.0);
    assert_eq!(results[2]["held"], true);
    // The guardrail does not count: (0.2095 + 0) / 2.
    assert_eq!(goal["progress"], 0.1048);
    let check_in = &goal["check_ins"][0];
    assert_eq!(check_in["note"], "Two large accounts left.");
    assert_eq!(check_in["confidence"], 4);

    machine
        .run(&[
            "checkin",
            "Reduce churn",
            "--set",
            "Monthly=-0.06",
            "--set",
            "contract=yes",
        ])
        .fine();
    let goal = machine.goal("Reduce churn");
    assert_eq!(goal["status"], "off_track", "the last status stays");
    assert_eq!(goal["results"][0]["current"], 3.6);
    assert_eq!(goal["progress"], 0.619);
    assert_eq!(goal["check_ins"][1]["values"][0]["before"], 3.66);

    let tree = machine.run(&["goals", "tree"]).fine();
    let names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split('\t').nth(5))
        .collect();
    assert_eq!(names, ["Reduce churn to 2 %", "  Onboarding calls"]);
    let top = machine.run(&["goals", "tree", "--depth", "1"]).fine();
    assert_eq!(top.lines().count(), 1);
    let list = machine
        .run(&["goals", "list", "--filter", "onboarding"])
        .fine();
    assert_eq!(list.lines().count(), 1);
    let found = machine.run(&["find", "chur"]).fine();
    assert!(
        found
            .lines()
            .next()
            .is_some_and(|first| first.contains("churn")),
        "{found}"
    );
    machine.run(&["find", "zzzz"]).fails(1);
    assert!(
        machine
            .run(&["goals", "show", "Reduce churn"])
            .fine()
            .contains("Why it needs attention")
    );
}

#[test]
fn a_goal_shows_under_one_of_another_account() {
    let machine = Machine::new();
    machine.with_churn();
    machine
        .run(&["results", "set", "churn", "Monthly=3"])
        .fine();
    let added = ["account", "add", "--provider", "local", "--name", "side"];
    machine.run(&added).fine();
    let add = ["goals", "add", "Profitable", "--account", "side"];
    machine.run(&add).fine();
    let said = machine
        .run(&["goals", "graft", "churn", "--under", "Profitable"])
        .fine();
    assert!(
        said.contains("\"Reduce churn to 2 %\" shows under \"Profitable\" now, kept here"),
        "{said}"
    );
    let (goal, above) = (machine.goal("churn"), machine.goal("Profitable"));
    assert_eq!(goal["grafted_under"], above["id"]);
    assert_eq!(goal["parent"], Value::Null);
    assert_eq!(above["grafted_here"][0], goal["id"]);
    assert!(above["progress"].is_number(), "{above}");
    assert_eq!(above["progress"], goal["progress"]);
    let tree = machine.run(&["goals", "tree"]).fine();
    assert!(tree.contains("\t  Reduce churn to 2 %"), "{tree}");
    let shown = machine.run(&["goals", "show", "Profitable"]).fine();
    assert!(
        shown.contains("is our own count, with 1 grafted goal"),
        "{shown}"
    );
    let shown = machine.run(&["goals", "show", "churn"]).fine();
    assert!(shown.contains("grafted under \"Profitable\""), "{shown}");
    for (goal, under, words) in [
        ("Profitable", "churn", "a goal cannot be under itself"),
        ("churn", "Profitable", "it is there already"),
    ] {
        let why = machine
            .run(&["goals", "graft", goal, "--under", under])
            .fails(4);
        assert!(why.contains(words), "{why}");
    }
    let back = machine.run(&["goals", "ungraft", "churn", "--json"]).json();
    assert_eq!(back["graft"]["grafted"], false);
    let why = machine.run(&["goals", "ungraft", "churn"]).fails(4);
    assert!(why.contains("it is where its provider has it"), "{why}");
    machine.run(&["goals", "graft", "churn"]).fails(2);
}

#[test]
fn plans_are_approved_only_where_there_are_approvals() {
    let machine = Machine::new();
    machine.with_churn();
    machine.run(&["people", "add", "Bo Berg"]).fine();
    for arguments in [
        vec!["approve", "churn", "--yes"],
        vec!["decline", "churn", "--note", "why?"],
        vec!["withdraw", "churn", "--yes"],
    ] {
        let why = machine.run(&arguments).fails(4);
        assert!(why.contains("it is not in review"), "{why}");
    }
    let ask = ["review", "churn", "--reviewer", "Bo"];
    let why = machine.run(&ask).fails(4);
    assert!(why.contains("approvals"), "{why}");
    machine.run(&["review", "churn"]).fails(2);
}

#[test]
fn a_goal_is_changed_moved_closed_opened_and_deleted() {
    let machine = Machine::new();
    machine.with_churn();
    machine.run(&["goals", "add", "Profitable"]).fine();
    machine
        .run(&[
            "goals",
            "edit",
            "churn",
            "--name",
            "Less churn",
            "--due",
            "none",
            "--tag",
            "growth",
        ])
        .fine();
    machine
        .run(&["goals", "move", "Less churn", "--under", "Profitable"])
        .fine();
    let goal = machine.goal("Less churn");
    assert_eq!(goal["due"], Value::Null);
    assert_eq!(goal["tags"][0], "growth");
    assert_eq!(goal["parent"], machine.goal("Profitable")["id"]);
    let circle = machine
        .run(&["goals", "move", "Profitable", "--under", "Less churn"])
        .fails(4);
    assert!(circle.contains("under itself"), "{circle}");

    machine
        .run(&["results", "edit", "Less churn", "Monthly", "--target", "1"])
        .fine();
    machine
        .run(&["results", "set", "Less churn", "Monthly=3"])
        .fine();
    let goal = machine.goal("Less churn");
    assert_eq!(goal["results"][0]["target"], 1.0);
    assert_eq!(goal["results"][0]["current"], 3.0);
    machine
        .run(&["results", "remove", "Less churn", "NPS"])
        .fails(2);
    machine
        .run(&["results", "remove", "Less churn", "NPS", "--yes"])
        .fine();
    assert_eq!(
        machine.goal("Less churn")["results"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );

    machine
        .run(&[
            "goals",
            "close",
            "Less churn",
            "--missed",
            "--score",
            "0.4",
            "--note",
            "Too late.",
        ])
        .fine();
    let goal = machine.goal("Less churn");
    assert_eq!(
        (&goal["status"], &goal["closed"]["score"]),
        (&Value::from("missed"), &Value::from(0.4))
    );
    let refused = machine.run(&[
        "checkin",
        "Less churn",
        "--status",
        "on_track",
        "--note",
        "my words",
    ]);
    let said = refused.fails(4);
    assert!(
        said.contains("the goal is closed") && said.contains("goals reopen"),
        "{said}"
    );
    assert!(said.contains("my words"), "the note is given back: {said}");
    let outbox = machine.run(&["outbox", "list"]).fine();
    assert!(
        !outbox.contains("REFUSED"),
        "what was told at once is not in the way: {outbox}"
    );
    machine.run(&["goals", "reopen", "Less churn"]).fine();
    machine.run(&["goals", "delete", "Profitable"]).fails(2);
    machine
        .run(&["goals", "delete", "Profitable", "--yes"])
        .fine();
    assert_eq!(machine.goal("Less churn")["parent"], Value::Null);
}

#[test]
fn every_kind_of_result_is_made_and_read() {
    let machine = Machine::new();
    machine.run(&["goals", "add", "All kinds"]).fine();
    let add = |arguments: &[&str]| {
        let mut all = vec!["results", "add", "All kinds"];
        all.extend(arguments);
        machine.run(&all)
    };
    add(&["Sign-ups", "--start", "40", "--target", "200"]).fine();
    add(&[
        "Money", "--kind", "currency", "--unit", "EUR", "--target", "1.5M",
    ])
    .fine();
    add(&["List", "--items", "hire; train;rest"]).fine();
    add(&["Steps", "--kind", "milestones", "--items", "draft*1;ship*3"]).fine();
    add(&[
        "Zones",
        "--commit",
        "10",
        "--target",
        "20",
        "--stretch",
        "30",
    ])
    .fine();
    add(&["Watched", "--kind", "baseline"]).fine();
    add(&["Errors", "--limit", "25", "--critical", "35"]).fine();
    add(&["Without target"]).fails(2);
    add(&["Wrong", "--target", "16o"]).fails(2);
    machine
        .run(&[
            "checkin",
            "All kinds",
            "--status",
            "on_track",
            "--set",
            "Sign-ups=162",
            "--set",
            "List=2",
            "--set",
            "Steps=#2",
            "--set",
            "Zones=20",
            "--set",
            "Errors=27",
        ])
        .fine();
    let goal = machine.goal("All kinds");
    let progress = |place: usize| {
        goal["results"][place]["progress"]
            .as_f64()
            .expect("a number")
    };
    assert_eq!(progress(0), 0.7625);
    assert_eq!(progress(2), 0.6667);
    assert_eq!(progress(3), 0.75);
    assert_eq!(progress(4), 0.7);
    assert_eq!(progress(6), 0.8);
    assert_eq!(goal["results"][6]["held"], false);
    let broken = goal["why"].as_array().expect("reasons");
    assert!(broken.iter().any(|why| {
        why["text"]
            .as_str()
            .is_some_and(|text| text.contains("Errors"))
    }));
}

#[test]
fn wrong_words_get_one_sentence_and_the_right_code() {
    let machine = Machine::new();
    machine.with_churn();
    machine.run(&["goals", "add", "Churn in Spain"]).fine();
    let ambiguous = machine.run(&["goals", "show", "churn"]).fails(2);
    assert!(
        ambiguous.contains("Churn in Spain") && ambiguous.contains("Reduce churn"),
        "{ambiguous}"
    );
    let unknown = machine.run(&["goals", "show", "chrun"]).fails(2);
    assert_eq!(unknown.lines().count(), 1, "{unknown}");
    let number = machine
        .run(&[
            "checkin",
            "Reduce churn",
            "--set",
            "Monthly=16o",
            "--note",
            "x",
        ])
        .fails(2);
    assert!(number.contains("not a number"), "{number}");
    let number = machine
        .run(&["checkin", "Reduce churn", "--set", "Monthly=1,500"])
        .fails(2);
    assert!(number.contains("1500"), "{number}");
    let date = machine
        .run(&["goals", "add", "X", "--due", "32 Dec"])
        .fails(2);
    assert!(date.contains("32 Dec"), "{date}");
    let order = machine
        .run(&[
            "goals",
            "add",
            "X",
            "--start",
            "2026-12-01",
            "--due",
            "2026-11-01",
        ])
        .fails(2);
    assert!(order.contains("before it starts"), "{order}");
    machine
        .run(&["checkin", "Reduce churn", "--status", "great"])
        .fails(2);
    let first = machine
        .run(&["checkin", "Reduce churn", "--note", "hello"])
        .fails(2);
    assert!(first.contains("--status"), "{first}");
    machine
        .run(&[
            "checkin",
            "Reduce churn",
            "--at",
            "2999-01-01 10:00",
            "--status",
            "on",
        ])
        .fails(2);
    machine
        .run(&["checkin", "Reduce churn", "--set", "Nothing=1"])
        .fails(2);
    machine
        .run(&["goals", "list", "--account", "nowhere"])
        .fails(2);
    machine.run(&["--as", "Nobody", "goals", "list"]).fails(2);
    machine.run(&["frobnicate"]).fails(2);
    machine.run(&["goals", "edit", "Reduce churn"]).fails(2);

    let error = machine.run(&["goals", "show", "churn", "--json"]).fails(2);
    let error: Value = serde_json::from_str(&error).expect("JSON");
    assert_eq!(error["error"]["code"], "ambiguous");
    assert_eq!(error["schema"], 1);
    let usage = machine.run(&["--json", "frobnicate"]).fails(2);
    assert!(serde_json::from_str::<Value>(&usage).is_ok(), "{usage}");
}

#[test]
fn a_dry_run_and_a_draft_post_nothing() {
    let machine = Machine::new();
    machine.with_churn();
    let said = machine
        .run(&[
            "checkin",
            "churn",
            "--status",
            "on",
            "--set",
            "Monthly=3",
            "--dry-run",
        ])
        .fine();
    assert!(
        said.contains("would check in") && said.contains('%'),
        "{said}"
    );
    assert_eq!(machine.goal("churn")["checkins"], 0);
    machine
        .run(&[
            "checkin",
            "churn",
            "--set",
            "Monthly=3",
            "--note",
            "half a th",
            "--draft",
        ])
        .fine();
    assert_eq!(machine.goal("churn")["checkins"], 0);
    let outbox = machine.run(&["outbox", "list", "--json"]).json();
    assert_eq!(outbox["drafts"][0]["fields"]["note"], "half a th");
    let again = machine
        .run(&["checkin", "churn", "--note", "other", "--draft"])
        .fine();
    assert!(again.contains("added to the draft"), "{again}");
    let outbox = machine.run(&["outbox", "list", "--json"]).json();
    let note = &outbox["drafts"][0]["fields"]["note"];
    assert_eq!(note, "half a th\n\nother", "nothing typed is lost");
}

#[test]
fn a_key_writes_once_and_at_tells_when() {
    let machine = Machine::new();
    machine.with_churn();
    let write = || {
        machine
            .run(&[
                "checkin",
                "churn",
                "--status",
                "on",
                "--set",
                "Monthly=-0.1",
                "--key",
                "churn-2026-W40",
                "--at",
                "2026-10-02 17:00",
                "--json",
            ])
            .json()
    };
    machine
        .run(&["results", "set", "churn", "Monthly=4"])
        .fine();
    let (first, second) = (write(), write());
    assert_eq!(first["outbox"][0]["state"], "sent");
    assert_eq!(first["outbox"][0]["key"], second["outbox"][0]["key"]);
    assert_eq!(first["outbox"][0]["action"], "checkin");
    let goal = machine.goal("churn");
    assert_eq!(goal["checkins"], 1);
    assert_eq!(goal["results"][0]["current"], 3.9);
    assert_eq!(goal["check_ins"][0]["at"], "2026-10-02T17:00:00+00:00");
}

#[test]
fn notes_come_from_flags_files_stdin_and_the_editor() {
    let machine = Machine::new();
    machine.with_churn();
    let file = machine.write("note.md", "from a file\n");
    let note = |arguments: &[&str], input: &str| {
        let mut all = vec!["checkin", "churn", "--status", "on"];
        all.extend(arguments);
        machine.run_with(&all, input).fine();
        let goal = machine.goal("churn");
        let last = goal["check_ins"]
            .as_array()
            .and_then(|all| all.last().cloned());
        last.expect("a check-in")["note"]
            .as_str()
            .expect("a note")
            .to_owned()
    };
    assert_eq!(note(&["--note-file", &file], ""), "from a file");
    assert_eq!(
        note(&["--note-file", "-"], "line one\nline two\n"),
        "line one\nline two"
    );
    let by_name = machine
        .run_with(&["goals", "show", "-", "--json"], "churn\n")
        .json();
    assert_eq!(by_name["goals"][0]["name"], "Reduce churn to 2 %");
    let without = machine.run(&["checkin", "churn", "--edit"]).fails(2);
    assert!(without.contains("not a terminal"), "{without}");
}

#[test]
fn two_people_acknowledge_answer_and_ask() {
    let machine = Machine::new();
    machine.with_churn();
    machine
        .run(&["people", "add", "Mei Lin", "--handle", "mei"])
        .fine();
    let twice = machine.run(&["people", "add", "mei lin"]).fails(4);
    assert!(twice.contains("already"), "{twice}");
    machine
        .run(&["goals", "edit", "churn", "--reviewer", "Mei"])
        .fine();
    machine
        .run(&[
            "checkin",
            "churn",
            "--status",
            "at_risk",
            "--note",
            "Legal is slow.",
        ])
        .fine();

    let line = machine.run(&["--as", "mei", "queue", "--line"]).fine();
    assert_eq!(line, "0 due · 1 to ack · 0 asked · 0 unsent\n");
    assert_eq!(machine.run(&["queue", "--check"]).code, 0);
    assert_eq!(
        machine.run(&["--as", "Mei Lin", "queue", "--check"]).code,
        10
    );
    let queue = machine.run(&["--as", "Mei", "queue", "--json"]).json();
    assert_eq!(queue["counts"]["acknowledge"], 1);
    let id = queue["queue"][0]["checkin"]
        .as_str()
        .expect("an id")
        .to_owned();
    let inbox = machine.run(&["--as", "Mei", "inbox", "list"]).fine();
    assert!(
        inbox.contains("unread") && inbox.contains("check-in"),
        "{inbox}"
    );

    let own = machine.run(&["ack", &id]).fails(4);
    assert!(own.contains("yourself"), "{own}");
    machine
        .run(&[
            "--as",
            "Mei",
            "reply",
            &id,
            "--note",
            "What would speed it up?",
        ])
        .fine();
    machine.run(&["--as", "Mei", "react", &id, "+1"]).fine();
    machine.run(&["--as", "Mei", "ack", &id]).fine();
    machine.run(&["--as", "Mei", "ack", &id]).fine();
    let queue = machine.run(&["queue", "--json"]).json();
    assert_eq!(queue["counts"]["asked"], 1);
    assert_eq!(queue["queue"][0]["by"], "Mei Lin");
    let goal = machine.goal("churn");
    let check_in = &goal["check_ins"][0];
    assert_eq!(check_in["acknowledged"]["by"], "Mei Lin");
    assert_eq!(check_in["reactions"][0]["sign"], "+1");
    assert_eq!(check_in["comments"][0]["text"], "What would speed it up?");

    let inbox = machine.run(&["inbox", "list", "--unread", "--json"]).json();
    let lines = inbox["inbox"].as_array().expect("lines").len();
    assert!(lines >= 1);
    machine.run(&["inbox", "read", "--all"]).fine();
    let unread = machine.run(&["inbox", "list", "--unread"]).fine();
    assert_eq!(unread, "");
    machine.run(&["inbox", "done", "--all"]).fine();
    assert_eq!(machine.run(&["inbox", "list"]).fine(), "");
    machine.run(&["reply", &id, "--note", "A template."]).fine();
    let queue = machine.run(&["queue", "--check"]);
    assert_eq!((queue.code, queue.out.as_str()), (0, ""));
}

#[test]
fn what_goes_into_a_pipe_is_plain_and_hostile_names_are_harmless() {
    let machine = Machine::new();
    let hostile = "evil\u{1b}[31m\u{7}\u{202e}name\u{9b}2J\nsecond\tline";
    machine.run(&["goals", "add", hostile]).fine();
    machine
        .run(&[
            "results",
            "add",
            "evil",
            "\u{1b}]0;x\u{7}result",
            "--target",
            "1",
            "--unit",
            "\u{1b}[2J",
        ])
        .fine();
    machine
        .run(&[
            "checkin",
            "evil",
            "--status",
            "on",
            "--set",
            "result=1",
            "--note",
            "a\u{1b}[31mb\u{202e}",
        ])
        .fine();
    for arguments in [
        &["goals", "list"][..],
        &["goals", "tree"],
        &["goals", "show", "evil"],
        &["goals", "show", "evil", "--json"],
        &["queue"],
        &["outbox", "list"],
        &["outbox", "list", "--json"],
        &["find", "evil"],
        &["inbox", "list"],
        &["people", "list"],
    ] {
        let ran = machine.run(arguments);
        is_clean(&ran.out);
        is_clean(&ran.err);
    }
    let list = machine.run(&["goals", "list"]).fine();
    assert_eq!(list.lines().count(), 1);
    assert_eq!(list.matches('\t').count(), 5);
    is_clean(&machine.run(&["goals", "show", "\u{1b}[31mnope"]).fails(2));
    let coloured = machine.run(&["goals", "list", "--color", "always"]).fine();
    assert!(
        coloured.contains("\u{1b}["),
        "a flag may ask for colour: {coloured:?}"
    );
    // The raw name is kept for programs, escaped.
    let kept = machine.goal("evil");
    assert!(
        kept["name"]
            .as_str()
            .is_some_and(|name| name.contains('\u{1b}'))
    );
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let machine = Machine::new();
    machine.with_churn();
    let mut child = machine
        .command(&["man"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let ended = Ran::of(&child.wait_with_output().expect("it ends"));
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
}

#[test]
fn without_a_terminal_the_program_prints_the_queue() {
    let machine = Machine::new();
    assert_eq!(machine.run(&[]).fine(), "");
    machine.with_churn();
    let today = chrono::Utc::now()
        .format("weekly:%a")
        .to_string()
        .to_lowercase();
    machine
        .run(&["goals", "edit", "churn", "--cadence", &today])
        .fine();
    let queue = machine.run(&[]).fine();
    assert!(queue.starts_with("owe\t"), "{queue}");
    assert_eq!(queue, machine.run(&["queue"]).fine());
    let line = machine.run(&["queue", "--line"]).fine();
    assert_eq!(line, "1 due · 0 to ack · 0 asked · 0 unsent\n");
    let demo = machine.run(&["demo"]).fine();
    assert!(demo.lines().count() >= 10, "{demo}");
}

#[test]
fn reading_only_writes_nothing_and_gives_the_note_back() {
    let machine = Machine::new();
    machine.with_churn();
    let said = machine
        .run(&[
            "--read-only",
            "checkin",
            "churn",
            "--status",
            "on",
            "--note",
            "kept words",
        ])
        .fails(1);
    assert!(
        said.contains("read-only") && said.contains("kept words"),
        "{said}"
    );
    assert_eq!(machine.goal("churn")["checkins"], 0);
    let json = machine
        .run(&[
            "--read-only",
            "checkin",
            "churn",
            "--status",
            "on",
            "--note",
            "kept",
            "--json",
        ])
        .fails(1);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["error"]["text"], "kept");
}

#[test]
fn a_broken_configuration_is_told_and_does_not_stop_anybody() {
    let machine = Machine::new();
    std::fs::create_dir_all(machine.folder("config")).expect("a folder");
    machine.write("config/config.toml", "theme = \"auto\"\nhold = 10x\n");
    let ran = machine.run(&["goals", "list"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("line 2"), "{}", ran.err);
    let check = machine.run(&["config", "check"]);
    assert_eq!(check.code, 1);
    assert!(check.out.contains("line 2"), "{}", check.out);
    machine.write("config/config.toml", "thme = \"auto\"\n");
    let check = machine.run(&["config", "check"]).fine();
    assert!(check.contains("theme"), "{check}");
    let path = machine.run(&["config", "path"]).fine();
    assert_eq!(
        path.trim(),
        machine.folder("config/config.toml").to_string_lossy()
    );
}

#[test]
fn themes_are_listed_with_how_well_they_can_be_read() {
    let machine = Machine::new();
    std::fs::create_dir_all(machine.folder("config")).expect("a folder");
    machine.write(
        "config/config.toml",
        "theme = \"dusk\"\n[themes.dusk]\nbase = \"dark\"\nat_risk = \"214 bold\"\nof_track = \"1\"\n",
    );
    let list = machine.run(&["themes"]).fine();
    assert!(list.contains("blue-orange\tblue, yellow"), "{list}");
    assert!(
        list.lines().any(|line| line.starts_with("*\tdusk")),
        "{list}"
    );
    assert!(!list.contains('\u{1b}'), "{list}");
    let json: Value =
        serde_json::from_str(&machine.run(&["themes", "--json"]).fine()).expect("JSON");
    let dusk = json["themes"]
        .as_array()
        .expect("a list")
        .last()
        .expect("one");
    assert_eq!(
        (&dusk["name"], &dusk["own"]),
        (&"dusk".into(), &true.into())
    );
    assert_eq!(dusk["roles"]["at_risk"]["look"], "214 bold");
    assert!(dusk["roles"]["at_risk"]["contrast"].as_f64() > Some(4.5));
    let roles = machine.run(&["themes", "dusk", "--color", "always"]).fine();
    assert!(roles.contains("at_risk\u{1b}[m"), "{roles}");
    let wrong = machine.run(&["themes", "dsk"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("there is no theme \"dsk\""),
        "{}",
        wrong.err
    );
    let check = machine.run(&["config", "check"]).fine();
    assert!(
        check.contains("line 5, column 1: themes.dusk.of_track: no such role, it is ignored; did you mean \"off_track\"?"),
        "{check}"
    );
}

#[test]
fn everything_goes_out_and_comes_back_the_same() {
    let (one, two) = (Machine::new(), Machine::new());
    one.with_churn();
    one.run(&["people", "add", "Mei Lin"]).fine();
    one.run(&["goals", "edit", "churn", "--reviewer", "Mei"])
        .fine();
    one.run(&["goals", "add", "Below", "--parent", "churn", "--tag", "a"])
        .fine();
    one.run(&[
        "checkin",
        "churn",
        "--status",
        "on",
        "--set",
        "Monthly=3.9",
        "--note",
        "n\n\nm",
    ])
    .fine();
    one.run(&["--as", "Mei", "reply", "churn", "--note", "Why?"])
        .fine();
    one.run(&["--as", "Mei", "ack", "churn"]).fine();
    let file = one.folder("all.jsonl");
    let file = file.to_string_lossy();
    one.run(&["export", &file]).fine();
    let exported = std::fs::read_to_string(&*file).expect("the export");
    two.run(&["import", &file]).fine();
    let again = two.run(&["export"]).fine();
    assert_eq!(lines(&exported), lines(&again));
    assert_eq!(one.goal("churn"), two.goal("churn"));
    two.run(&["import", &file]).fine();
    assert_eq!(lines(&exported), lines(&two.run(&["export"]).fine()));
}

/// The lines of an export but for its first, which says when it was made.
fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn an_import_with_bad_rows_names_them_all_and_imports_nothing() {
    let machine = Machine::new();
    let one = Machine::new();
    one.with_churn();
    let mut text = one.run(&["export"]).fine();
    text.push_str("{\"not\": \"known\"}\n");
    text.push_str("half a line {\n");
    let count = text.lines().count();
    let file = machine.write("bad.jsonl", &text);
    let said = machine.run(&["import", &file]).fails(1);
    assert!(said.contains("nothing was imported"), "{said}");
    assert!(said.contains(&format!("line {}", count - 1)), "{said}");
    assert!(said.contains(&format!("line {count}")), "{said}");
    assert_eq!(machine.run(&["goals", "list"]).fine(), "");
    machine.run(&["import", "/nowhere/at/all.jsonl"]).fails(2);
}

#[test]
fn goals_come_from_a_table() {
    let machine = Machine::new();
    let header = "goal,parent,champion,reviewer,start,due,cadence,result,kind,result_start,target,unit,weight,current\n";
    let good = format!(
        "{header}Grow,,,,2026-10-01,2026-12-31,weekly:fri,Sign-ups,number,40,200,,1,162\n\
         ,,,,,,,Paid,yes_no,,,,1,n\nBelow,Grow,,,,,,,,,,,,\n"
    );
    let file = machine.write("good.csv", &good);
    machine.run(&["import", &file]).fine();
    let goal = machine.goal("Grow");
    assert_eq!(goal["results"][0]["current"], 162.0);
    assert_eq!(goal["results"].as_array().map(Vec::len), Some(2));
    assert_eq!(machine.goal("Below")["parent"], goal["id"]);

    let bad = format!("{header}X,,,,32 Dec,,,,,,,,,\nY,,,,,,,R,number,4o,1,,,\n");
    let file = machine.write("bad.csv", &bad);
    let said = machine.run(&["import", &file]).fails(1);
    assert!(said.contains("line 2") && said.contains("line 3"), "{said}");
    assert_eq!(machine.run(&["goals", "list"]).fine().lines().count(), 2);
}

#[test]
fn the_helpers_of_a_shell_user_are_there() {
    let machine = Machine::new();
    assert!(machine.run(&["--help"]).fine().contains("checkin"));
    assert!(machine.run(&["--version"]).fine().starts_with("goaldeck "));
    assert!(
        machine
            .run(&["completions", "bash"])
            .fine()
            .contains("goaldeck")
    );
    assert!(machine.run(&["man"]).fine().contains(".TH"));
    assert!(machine.run(&["keys"]).fine().contains("acknowledge"));
    let keys = machine.run(&["keys", "--json"]).json();
    assert!(keys["keys"].as_array().is_some_and(|keys| keys.len() > 40));
    machine.run(&["goals", "add", "X"]).fine();
    let doctor = machine.run(&["doctor", "--json"]).json();
    let lines = doctor["doctor"].as_array().expect("lines");
    assert!(
        lines.iter().all(|line| line["state"] != "wrong"),
        "{doctor}"
    );
    let account = machine.run(&["account", "list", "--json"]).json();
    assert_eq!(account["accounts"][0]["me"], "ana");
}

#[test]
fn completions_into_a_full_disk_or_a_closed_pipe_do_not_panic() {
    let machine = Machine::new();
    let full = std::fs::File::create("/dev/full").expect("every Linux has it");
    let output = machine
        .command(&["completions", "bash"])
        .stdout(full)
        .output()
        .expect("it runs");
    let ran = Ran::of(&output);
    let said = ran.fails(1);
    assert!(said.starts_with("goaldeck: output: it cannot be written"));
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_named_configuration_that_is_not_there_is_told() {
    let machine = Machine::new();
    let ran = machine.run(&["--config", "nowhere.toml", "goals", "list"]);
    assert!(
        ran.err
            .contains("nowhere.toml is not there; the defaults hold")
    );
    ran.fine();
    assert_eq!(machine.run(&["goals", "list"]).err, "");
}

#[test]
fn wrong_usage_is_told_in_clean_text() {
    let machine = Machine::new();
    let evil = "ev\u{1b}[31mil\u{202e}x\ny\u{9b}2J";
    let said = machine.run(&[evil]).fails(2);
    let is_bad = |sign: char| (sign.is_control() && sign != '\n') || sign == '\u{202e}';
    assert!(!said.contains(is_bad), "{said:?}");
    assert!(said.contains("ev␛[31mil\u{fffd}x y"), "{said:?}");
    let missing = machine.run(&["goals", "close", "X", "--json"]).fails(2);
    assert!(missing.contains("--achieved"), "{missing}");
    assert!(missing.contains("--missed"), "{missing}");
}

#[test]
fn a_workspace_to_measure_with_is_made_in_an_empty_folder() {
    let machine = Machine::new();
    let folder = machine.folder("many");
    let folder = folder.to_string_lossy();
    machine
        .run(&["demo", "--goals", "200", "--dir", &folder])
        .fine();
    let list = machine
        .run(&["--data-dir", &folder, "goals", "list", "--closed"])
        .fine();
    assert_eq!(list.lines().count(), 200);
    machine
        .run(&["demo", "--goals", "5", "--dir", &folder])
        .fails(2);
}

#[test]
fn after_a_reopening_the_last_status_still_counts() {
    let machine = Machine::new();
    machine.with_churn();
    machine
        .run(&["checkin", "churn", "--status", "risk", "--note", "x"])
        .fine();
    machine.run(&["goals", "close", "churn", "--missed"]).fine();
    machine.run(&["goals", "reopen", "churn"]).fine();
    machine
        .run(&["checkin", "churn", "--set", "Monthly=3"])
        .fine();
    assert_eq!(machine.goal("churn")["status"], "at_risk");
}

#[test]
fn the_editor_writes_the_note_and_an_untouched_template_is_none() {
    let machine = Machine::new();
    machine.with_churn();
    let script = machine.write("editor.sh", "#!/bin/sh\necho 'edited words' > \"$1\"\n");
    let home = machine.folder(".");
    let check_in = |editor: &str| {
        let mut terminal = crate::terminal::Terminal::start(&crate::terminal::Start {
            args: &["checkin", "churn", "--status", "on", "--edit"],
            home: &home,
            size: (80, 24),
            env: &[
                (
                    "GOALDECK_CONFIG_DIR",
                    &machine.folder("config").to_string_lossy(),
                ),
                (
                    "GOALDECK_DATA_DIR",
                    &machine.folder("data").to_string_lossy(),
                ),
                ("EDITOR", editor),
            ],
        });
        terminal.wait()
    };
    assert_eq!(check_in(&format!("sh {script}")), 0);
    let goal = machine.goal("churn");
    assert_eq!(goal["check_ins"][0]["note"], "edited words");
    assert_eq!(check_in("true"), 0);
    let goal = machine.goal("churn");
    assert_eq!(goal["check_ins"][1]["note"], "");
    assert_eq!(check_in("false"), 1);
    assert_eq!(machine.goal("churn")["checkins"], 2);
}

#[test]
fn the_history_of_a_goal_is_printed_newest_first() {
    let machine = Machine::new();
    machine.with_churn();
    for (value, status, note) in [
        ("3.9", "on_track", "First numbers."),
        ("3.66", "at_risk", "Two accounts left.\nMore next week."),
    ] {
        let set = format!("Monthly churn={value}");
        machine
            .run(&[
                "checkin", "churn", "--status", status, "--set", &set, "--note", note,
            ])
            .fine();
    }
    let printed = machine.run(&["history", "churn"]).fine();
    is_clean(&printed);
    let rows: Vec<Vec<&str>> = printed
        .lines()
        .map(|row| row.split('\t').collect())
        .collect();
    assert_eq!(rows.len(), 3, "{printed}");
    assert!(rows.iter().all(|row| row.len() == 7), "{printed}");
    assert_eq!(rows[0][1..3], ["check-in", "at_risk"]);
    assert_eq!(rows[0][4], "Monthly churn 3.90 → 3.66 % (+11 points)");
    assert!(rows[0][5].starts_with("Two accounts left."), "{printed}");
    assert_eq!(rows[1][2], "on_track");
    // The key results came after the goal, without a word.
    assert_eq!(rows[2][1], "seen here");

    let json = machine.run(&["history", "churn", "--json"]).json();
    assert_eq!(json["goal"]["name"], "Reduce churn to 2 %");
    let history = json["history"].as_array().expect("a list");
    assert_eq!(history.len(), 3);
    assert_eq!(history[0]["what"], "checkin");
    assert_eq!(history[0]["note"], "Two accounts left.\nMore next week.");
    assert_eq!(history[0]["values"][0]["before"], 3.9);
    let series = json["series"].as_array().expect("a list");
    assert_eq!(series.len(), 3);
    assert_eq!(series[0]["name"], "Monthly churn");
    assert_eq!(series[0]["points"][0]["value"], 3.66);
    assert_eq!(series[0]["expected"].as_array().map(Vec::len), Some(2));

    let later = machine.run(&["history", "churn", "--since", "+1d"]);
    assert_eq!(later.fine(), "");
    let json = machine
        .run(&["history", "churn", "--since", "+1d", "--json"])
        .json();
    assert_eq!(json["history"].as_array().map(Vec::len), Some(0));
    assert_eq!(
        json["series"][0]["points"].as_array().map(Vec::len),
        Some(0)
    );
    let why = machine
        .run(&["history", "churn", "--since", "soon"])
        .fails(2);
    assert!(why.contains("--since"), "{why}");
    machine.run(&["history", "nothing like it"]).fails(2);
}

#[test]
fn what_moved_without_a_check_in_is_in_the_history() {
    let machine = Machine::new();
    machine.with_churn();
    machine
        .run(&["results", "set", "churn", "Monthly churn=3.9"])
        .fine();
    machine
        .run(&["goals", "edit", "churn", "--due", "2030-11-30"])
        .fine();
    let printed = machine.run(&["history", "churn"]).fine();
    assert!(printed.contains("due 31 Dec → 30 Nov"), "{printed}");
    assert!(printed.contains("\tseen here\t"), "{printed}");
    let json = machine.run(&["history", "churn", "--json"]).json();
    let seen = json["history"].as_array().expect("a list");
    let seen = seen
        .iter()
        .find(|one| one["what"] == "seen")
        .expect("a change");
    let due = seen["details"].as_array().expect("a list");
    let due = due
        .iter()
        .find(|one| one["code"] == "due")
        .expect("the due day");
    assert_eq!(due["before"], "2030-12-31");
    assert_eq!(due["now"], "2030-11-30");
}

#[test]
fn every_twin_is_a_command_line_there_is() {
    use clap::Parser;
    let mut wrong = Vec::new();
    for info in goaldeck::actions::ACTIONS {
        if info.twin.is_empty() {
            continue;
        }
        let words = info
            .twin
            .replace("{status}", "on_track")
            .replace("{id}=", "x=");
        if let Err(error) = goaldeck::cli::args::Cli::try_parse_from(words.split(' '))
            && error.exit_code() != 0
        {
            let first = error
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned();
            wrong.push(format!("{}: {}: {first}", info.id, info.twin));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_manual_has_a_page_for_every_command_and_docs_are_the_handbook() {
    let machine = Machine::new();
    let page = machine.run(&["man", "goals", "add"]).fine();
    assert!(
        page.contains(".TH") && page.contains("goals\\-add"),
        "{page}"
    );
    let folder = machine.home.path().join("man");
    machine
        .run(&["man", "--dir", &folder.to_string_lossy()])
        .fine();
    for name in ["goaldeck.1", "goaldeck-queue.1", "goaldeck-goals-add.1"] {
        assert!(folder.join(name).exists(), "{name}");
    }
    let no = machine.run(&["man", "fly"]).fails(2);
    assert!(no.contains("there is no command"), "{no}");
    let docs = machine.run(&["docs"]).fine();
    assert!(docs.starts_with("# How goaldeck works"), "{docs}");
}

#[test]
fn the_week_is_told_in_every_format() {
    let machine = Machine::new();
    machine.with_churn();
    let check_in = [
        "checkin",
        "churn",
        "--status",
        "off_track",
        "--set",
        "Monthly=3.66",
    ];
    machine.run(&check_in).fine();
    let text = machine.run(&["report"]).fine();
    assert!(text.starts_with("# Week "), "{text}");
    assert!(text.contains("## New goals (1)"), "{text}");
    assert!(
        text.contains("■ Off track · **Reduce churn to 2 %**"),
        "{text}"
    );
    let plain = machine.run(&["report", "--format", "txt"]).fine();
    assert!(plain.contains("Off track. Reduce churn to 2 %."), "{plain}");
    let table = machine.run(&["report", "--format", "csv"]).fine();
    assert_eq!(table.lines().count(), 4, "{table}");
    let page = machine.run(&["report", "--format", "html"]).fine();
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    let json = machine.run(&["report", "--json"]).json();
    assert_eq!(json["report"]["goals"][0]["name"], "Reduce churn to 2 %");
    assert_eq!(json["report"]["goals"][0]["new"], true);
    let same = machine.run(&["report", "--format", "json"]).json();
    assert_eq!(same["report"]["week"], json["report"]["week"]);
    // A week long ago, and goals that are not meant.
    let none = machine.run(&["report", "--week", "2020-W53"]).fine();
    assert!(none.contains("Nothing happened in week 53."), "{none}");
    let none = machine.run(&["report", "--filter", "nowhere"]).fine();
    assert!(none.contains("All goals with “nowhere”: 0 goals"), "{none}");
    assert!(none.contains("Nothing happened"), "{none}");
    let mine = machine
        .run(&["report", "--view", "mine", "--offline"])
        .fine();
    assert!(mine.contains("View mine: 1 goal, 3 key results."), "{mine}");
    let why = machine.run(&["report", "--week", "2025-W53"]).fails(2);
    assert!(why.contains("2025 has the weeks 1 to 52"), "{why}");
    let why = machine.run(&["report", "--week", "2999-W01"]).fails(2);
    assert!(why.contains("week 1 has not begun"), "{why}");
    let why = machine.run(&["report", "--view", "yours"]).fails(2);
    assert!(why.contains("no view is called \"yours\""), "{why}");
}

#[test]
fn a_report_goes_to_a_file_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::new();
    machine.with_churn();
    let report = ["report", "--format", "html", "--output", "week.html"];
    let said = machine.run(&report).fine();
    assert!(said.contains("to week.html"), "{said}");
    let path = machine.folder("week.html");
    let mode = std::fs::metadata(&path)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let page = std::fs::read_to_string(&path).expect("a file");
    assert!(page.ends_with("</html>\n"));
    std::fs::write(&path, "mine").expect("a file");
    let why = machine.run(&report).fails(2);
    assert!(why.contains("week.html is there already"), "{why}");
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), "mine");
    let mut over = report.to_vec();
    over.push("--yes");
    machine.run(&over).fine();
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), page);
}
