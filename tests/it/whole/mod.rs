//! The whole of it: the program as people start it, in front of servers of every
//! age, from signing in to the last word; offline, slow, killed.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::operately::Fake;
use crate::terminal::{Home, Terminal, surroundings};

mod accounts;
mod job;
mod killed;
mod line;
mod offline;
mod reader;
mod seen;
mod slow;
mod upgrade;

pub const WIDE: (u16, u16) = (120, 40);
pub const NARROW: (u16, u16) = (80, 24);

pub const ENTER: &str = "\r";
pub const TAB: &str = "\t";
pub const SHIFT_TAB: &str = "\u{1b}[Z";
pub const CTRL_C: &str = "\u{3}";
pub const CTRL_S: &str = "\u{13}";

/// The variable that holds the token of a machine.
const VARIABLE: &str = "WORK_TOKEN";

/// A person's machine: settings, what is kept, a token.
pub struct Machine {
    pub home: Home,
    token: String,
}

/// A command that ended.
pub struct Ran {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl Ran {
    /// Fails the test with what was said unless it ended so.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout: {}\nstderr: {}",
            self.out, self.err
        );
        self
    }

    /// Fails the test unless this was printed.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        let all = format!("{}{}", self.out, self.err);
        assert!(all.contains(text), "no \"{text}\" in {all}");
        self
    }
}

impl Machine {
    /// One whose token is this; nothing is configured.
    pub fn new(token: &str) -> Self {
        Self {
            home: Home::empty(),
            token: token.to_owned(),
        }
    }

    /// One that was signed in from the command line.
    #[track_caller]
    pub fn signed_in(fake: &Fake, who: &str) -> Self {
        Self::with_token(fake, &fake.token(who))
    }

    /// The same with a certain token.
    #[track_caller]
    pub fn with_token(fake: &Fake, token: &str) -> Self {
        let machine = Self::new(token);
        machine.add(&fake.url, "work").ends(0);
        machine
    }

    /// Adds an account as the README says.
    pub fn add(&self, url: &str, name: &str) -> Ran {
        self.run(&[
            "account",
            "add",
            "--provider",
            "operately",
            "--url",
            url,
            "--token-env",
            VARIABLE,
            "--name",
            name,
        ])
    }

    /// The settings file.
    pub fn settings(&self) -> PathBuf {
        self.home.path().join("config/config.toml")
    }

    /// Puts a line before what the settings say.
    pub fn set(&self, line: &str) {
        let text = std::fs::read_to_string(self.settings()).unwrap_or_default();
        std::fs::write(self.settings(), format!("{line}\n{text}")).expect("the settings");
    }

    /// A command as a person would type it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_goaldeck"));
        command
            .args(args)
            .env_clear()
            .envs(surroundings(self.home.path()))
            .env(VARIABLE, &self.token)
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().expect("the program starts");
        Ran {
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
            code: output.status.code().expect("a code"),
        }
    }

    /// Opens the program on a terminal.
    pub fn open(&self, size: (u16, u16)) -> Terminal {
        self.start(&[], size)
    }

    /// The same with arguments.
    pub fn start(&self, args: &[&str], size: (u16, u16)) -> Terminal {
        self.home.start(args, size, &[(VARIABLE, &self.token)])
    }
}

/// Leaves the program wherever it is, which must end well.
#[track_caller]
pub fn leave(mut terminal: Terminal) {
    terminal.send(CTRL_C);
    terminal.send(CTRL_C);
    assert_eq!(terminal.wait(), 0, "{}", terminal.contents());
}

/// The company as it would be today: its clock is that of this machine, and only
/// one goal of ada's waits for a check-in.
pub fn today(age: crate::operately::Age) -> Fake {
    let fake = Fake::start(age);
    fake.world(|w| {
        w.now = chrono::Utc::now();
        let far = w.now + chrono::TimeDelta::days(20);
        let late = w.now - chrono::TimeDelta::days(2);
        for goal in w.goals.values_mut() {
            goal.next_update = Some(far);
        }
        w.goal_mut(BOARD).next_update = Some(late);
    });
    fake
}

/// The goal that waits for ada's check-in.
pub const BOARD: &str = "Onboarding activation";

/// Presses a key until a line of the screen holds the cursor and this text.
#[track_caller]
pub fn go_to(terminal: &mut Terminal, key: &str, text: &str) {
    for _ in 0..60 {
        let before = cursor_line(&terminal.contents());
        if before.as_ref().is_some_and(|line| line.contains(text)) {
            return;
        }
        terminal.send(key);
        terminal.until("the cursor moves", |screen| {
            cursor_line(&screen.contents()) != before
        });
    }
    panic!("{text} is not in the list:\n{}", terminal.contents());
}

fn cursor_line(screen: &str) -> Option<String> {
    let line = screen
        .lines()
        .find(|line| line.trim_start().starts_with('>'));
    line.map(str::to_owned)
}

/// The line of the screen that holds a text.
pub fn line_with<'a>(screen: &'a str, text: &str) -> &'a str {
    screen
        .lines()
        .find(|line| line.contains(text))
        .unwrap_or_default()
}
