//! The whole program, on the command line and open on terminals, at a server: who
//! sends, who takes over, what a command says and how it ends.

use std::process::Output;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::operately::{Age, Fake, Fault, Gate, When, until};
use crate::terminal::{Home, Start, Terminal, surroundings};

/// A goal of hers.
const GOAL: &str = "Fewer incidents";
const CREATE: &str = "goals/create_check_in";

/// Ada's home with her account at a server.
struct Ada {
    fake: Fake,
    home: Home,
    env: Vec<(&'static str, String)>,
}

impl Ada {
    fn new() -> Self {
        let fake = Fake::start(Age::Later);
        let env = vec![
            ("WORK_TOKEN", fake.token("ada")),
            ("GOALDECK_TEST_SETTLE", "900,100".to_owned()),
        ];
        let ada = Self {
            home: Home::empty(),
            fake,
            env,
        };
        let url = ada.fake.url.clone();
        let add = [
            "account",
            "add",
            "--provider",
            "operately",
            "--name",
            "work",
        ];
        ada.done(&[&add[..], &["--url", &url, "--token-env", "WORK_TOKEN"]].concat());
        ada
    }

    fn run(&self, args: &[&str]) -> Output {
        std::process::Command::new(env!("CARGO_BIN_EXE_goaldeck"))
            .args(args)
            .env_clear()
            .envs(surroundings(self.home.path()))
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(std::process::Stdio::null())
            .output()
            .expect("the program starts")
    }

    /// Runs it; how it ended and what it said on both streams.
    fn says(&self, args: &[&str]) -> (i32, String) {
        let output = self.run(args);
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        (output.status.code().expect("a code"), text)
    }

    #[track_caller]
    fn done(&self, args: &[&str]) -> String {
        let (code, text) = self.says(args);
        assert_eq!(code, 0, "goaldeck {args:?}: {text}");
        text
    }

    fn check_in(&self, note: &str, more: &[&str]) -> (i32, String) {
        let args = ["checkin", GOAL, "--status", "at_risk", "--note", note];
        self.says(&[&args[..], more].concat())
    }

    /// Opens the program on a terminal and waits for her goals.
    fn open(&self) -> Terminal {
        let env: Vec<(&str, &str)> = self
            .env
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mut terminal = Terminal::start(&Start {
            args: &[],
            home: self.home.path(),
            size: (120, 40),
            env: &env,
        });
        terminal.see("[1 Queue");
        terminal.send("2");
        terminal.see(GOAL);
        terminal
    }

    fn outbox(&self) -> String {
        self.done(&["outbox", "list", "--offline"])
    }
}

#[test]
fn a_check_in_of_the_command_line_is_sent_at_once() {
    let ada = Ada::new();
    let (code, text) = ada.check_in("Three this week.", &[]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(ada.fake.count(CREATE), 1, "{text}");
    assert!(ada.outbox().contains("SENT"), "{text}");
    assert_eq!(ada.done(&["outbox", "flush"]), "nothing waits to be sent\n");
}

#[test]
fn f29_while_a_program_is_open_it_sends_what_commands_write() {
    let ada = Ada::new();
    let mut terminal = ada.open();
    let (code, text) = ada.check_in("Three this week.", &[]);
    assert_eq!(code, 0, "{text}");
    let who = format!("queued; sent by pid {}", terminal.pid());
    assert!(text.contains(&who), "{text}");
    until("it is sent", || ada.fake.count(CREATE) == 1);
    terminal.send("4");
    terminal.see("SENT");
    terminal.send("q");
    assert_eq!(terminal.wait(), 0);
    assert_eq!(ada.fake.count(CREATE), 1);
}

#[test]
fn f30_a_stopped_sender_keeps_its_turn_and_a_killed_one_is_followed_within_three_seconds() {
    let ada = Ada::new();
    let first = ada.open();
    let mut second = ada.open();
    first.signal(Signal::STOP);
    let (code, text) = ada.check_in("Three this week.", &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains(&format!("pid {}", first.pid())), "{text}");
    second.send("4");
    second.see("QUEUED");
    second.see(&format!("sent by pid {}", first.pid()));
    assert_eq!(ada.fake.count(CREATE), 0, "nobody else may send");
    first.signal(Signal::KILL);
    let killed = Instant::now();
    until("the other sends", || ada.fake.count(CREATE) == 1);
    let took = killed.elapsed();
    assert!(took < Duration::from_secs(3), "it took {took:?}");
    second.see("SENT");
}

#[test]
fn f01_killed_while_its_write_was_on_the_line_it_is_looked_for_and_not_sent_again() {
    for arrives in [true, false] {
        let ada = Ada::new();
        let gate = Gate::closed();
        let fault = match arrives {
            true => Fault::HoldAnswer(gate.clone()),
            false => Fault::ResetBefore,
        };
        if arrives {
            ada.fake.line.script(When::path(CREATE).once(), fault);
            let mut terminal = ada.open();
            terminal.signal(Signal::STOP);
            let (_, text) = ada.check_in("Three this week.", &[]);
            assert!(text.contains("queued"), "{text}");
            terminal.signal(Signal::CONT);
            gate.wait_for(1);
            terminal.signal(Signal::KILL);
            terminal.wait();
            gate.open();
        } else {
            ada.fake.line.script(When::path(CREATE).once(), fault);
            let (code, text) = ada.check_in("Three this week.", &["--timeout", "0"]);
            assert_eq!(code, 0, "{text}");
        }
        let text = ada.done(&["outbox", "flush", "--timeout", "20"]);
        assert!(ada.outbox().contains("SENT"), "{text}");
        assert_eq!(ada.fake.count(CREATE), 1, "{text}");
    }
}

#[test]
fn f06_a_write_that_was_lost_is_sent_again_after_two_looks() {
    let ada = Ada::new();
    let lost = When::path(CREATE).once();
    ada.fake.line.script(lost, Fault::ResetBefore);
    let (code, text) = ada.check_in("Three this week.", &[]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(ada.fake.count(CREATE), 1, "{text}");
    let sent = ada.fake.line.sent();
    let tries = sent.iter().filter(|sent| sent.target.contains(CREATE));
    assert_eq!(tries.count(), 2, "{text}");
}

#[test]
fn f05_a_write_whose_answer_was_lost_is_found() {
    let ada = Ada::new();
    let lost = When::path(CREATE).once();
    ada.fake.line.script(lost, Fault::ResetAfter);
    let (code, text) = ada.check_in("Three this week.", &[]);
    assert_eq!(code, 0, "{text}");
    assert!(ada.outbox().contains("SENT"), "{text}");
    assert_eq!(ada.fake.count(CREATE), 1);
}

#[test]
fn f15_without_a_line_it_is_queued_or_fails_and_is_taken_back() {
    let ada = Ada::new();
    ada.done(&["goals", "list"]);
    ada.fake.line.down(true);
    let (code, text) = ada.check_in("Not to be kept.", &["--no-queue"]);
    assert_eq!(code, 5, "{text}");
    assert!(!ada.outbox().contains("check-in"), "{text}");
    let (code, text) = ada.check_in("To be kept.", &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("queued"), "{text}");
    let (code, text) = ada.says(&["outbox", "flush", "--timeout", "2"]);
    assert_eq!(code, 5, "{text}");
    ada.fake.line.down(false);
    ada.done(&["outbox", "flush"]);
    assert_eq!(ada.fake.count(CREATE), 1);
}

#[test]
fn f11_a_token_that_was_revoked_keeps_everything_here() {
    let ada = Ada::new();
    let writes = When::path(CREATE).once();
    ada.fake.line.script(writes, Fault::unauthorized());
    let (code, text) = ada.check_in("Three this week.", &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("queued"), "{text}");
    // The next run reads with success, so its token counts again.
    ada.done(&["outbox", "flush"]);
    assert_eq!(ada.fake.count(CREATE), 1);
    let (code, text) = ada.check_in("Four.", &["--timeout", "0"]);
    assert_eq!(code, 0, "{text}");
    ada.fake
        .line
        .script(When::path(CREATE), Fault::unauthorized());
    let (code, text) = ada.says(&["outbox", "flush", "--timeout", "5"]);
    assert_eq!(code, 3, "{text}");
}

#[test]
fn the_page_of_a_goal_is_printed_or_opened() {
    let mut ada = Ada::new();
    let link = ada.done(&["link", GOAL]);
    assert!(link.starts_with("http://127.0.0.1"), "{link}");
    // No desktop, no browser: it is printed.
    assert_eq!(ada.done(&["open", GOAL]), link);
    let script = "#!/bin/sh\nprintf %s \"$1\" > opened\n";
    let browser = ada.home.script("browser", script);
    ada.env.push(("BROWSER", format!("/nowhere:{browser}")));
    let (code, said) = {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_goaldeck"));
        command
            .args(["open", GOAL])
            .env_clear()
            .envs(surroundings(ada.home.path()))
            .envs(ada.env.iter().map(|(name, value)| (name, value)))
            .current_dir(ada.home.path());
        let output = command.output().expect("the program starts");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    assert_eq!(
        (code, said.trim()),
        (Some(0), format!("opened {}", link.trim()).as_str())
    );
    let opened = std::fs::read_to_string(ada.home.path().join("opened")).expect("it ran");
    assert_eq!(opened, link.trim());
}

#[test]
fn a_dry_run_reads_and_shows_and_sends_nothing() {
    let ada = Ada::new();
    let show = |args: &[&str]| -> serde_json::Value {
        let output = ada.run(&[args, &["--dry-run", "--json"]].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{args:?}: {text}{said}"))
    };
    let writes = || -> Vec<crate::operately::Asked> {
        let asked = ada.fake.asked().into_iter();
        // Reading asks with an empty list whether the token may write.
        let is_probe =
            |asked: &crate::operately::Asked| asked.json() == serde_json::json!({"ids": []});
        asked
            .filter(|asked| asked.method != "GET" && !is_probe(asked))
            .collect()
    };
    let check_in = [
        "checkin",
        GOAL,
        "--status",
        "at_risk",
        "--note",
        "Three this week.",
    ];
    let told = show(&check_in);
    let request = &told["dry_run"]["requests"][0];
    assert_eq!(request["method"], "POST", "{told}");
    assert!(request["url"].as_str().unwrap().ends_with(CREATE), "{told}");
    assert_eq!(request["headers"]["authorization"], "Bearer ***");
    assert!(!told.to_string().contains(&ada.fake.token("ada")));
    let others: [&[&str]; 4] = [
        &["reply", GOAL, "--note", "Which ones?"],
        &["goals", "edit", GOAL, "--name", "No incidents"],
        &["goals", "close", GOAL, "--achieved", "--note", "Done."],
        &["goals", "add", "A new one"],
    ];
    for args in others {
        let told = show(args);
        let requests = told["dry_run"][0]["requests"].as_array().expect("requests");
        assert!(!requests.is_empty(), "{args:?}: {told}");
    }
    assert!(
        writes().is_empty(),
        "only reads reached the server: {:?}",
        writes()
    );
    let (_, outbox) = ada.says(&["outbox", "list"]);
    assert_eq!(outbox.trim(), "", "nothing was written");
    // And then it leaves as it was shown.
    ada.done(&check_in);
    let sent = writes();
    let created = sent
        .iter()
        .find(|asked| asked.op() == CREATE)
        .expect("it was sent");
    assert_eq!(created.json(), request["body"]);
}
