//! Plays tapes (`demo.tape`, `assets/features.tape`) on a terminal, so that what
//! they show is always true: waits must hold, sleeps are cut, unknown commands are
//! refused. Writes an asciicast of the play and, at each `Screenshot NAME.png`, the
//! screen beside it, as text (`NAME.txt`) and as a picture (`NAME.svg`), which is
//! what the README shows.
//!
//! A pattern is plain text with `.*` for anything within a line and `\` before a
//! sign that stands for itself: the tape needs no more of a regular expression,
//! and other signs with a meaning are refused.
//!
//! `GOALDECK_TAPE_CAST=demo.cast` keeps the cast there, and
//! `GOALDECK_TAPE_STILLS=1` writes the stills into the project.

mod svg;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;

use crate::terminal::{Home, Start, Terminal};

/// What a `Sleep` becomes.
const CUT: Duration = Duration::from_millis(5);
/// The screen a tape is played on.
const SIZE: (u16, u16) = (120, 40);
/// How long a `Wait` waits before it fails.
const PATIENCE: Duration = Duration::from_secs(15);

/// A tape that cannot be read, or a wait that does not hold: file, line, why.
#[derive(Debug, PartialEq, Eq)]
struct Snag(String);

/// One line of a tape.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// Settings for the camera.
    Ignored,
    /// What follows is not filmed.
    Hide,
    /// What follows is filmed again.
    Show,
    Sleep(Duration),
    /// Keys as a terminal sends them.
    Keys(String),
    /// What must come on screen.
    Wait(Pattern),
    /// Where the picture goes.
    Screenshot(PathBuf),
}

/// Pieces that follow each other within one line of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern(Vec<String>);

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = vec![String::new()];
        let mut signs = text.chars().peekable();
        while let Some(sign) = signs.next() {
            let last = pieces.last_mut().expect("never empty");
            match sign {
                '\\' => match signs.next() {
                    Some(next) if !next.is_alphanumeric() => last.push(next),
                    other => return Err(format!("\\{} is not understood", other.unwrap_or(' '))),
                },
                '.' if signs.peek() == Some(&'*') => {
                    signs.next();
                    pieces.push(String::new());
                }
                '.' | '*' | '+' | '?' | '[' | ']' | '(' | ')' | '{' | '}' | '|' | '^' | '$' => {
                    return Err(format!("write \\{sign}, or .* for anything"));
                }
                plain => last.push(plain),
            }
        }
        Ok(Self(pieces))
    }

    fn is_in_line(&self, line: &str) -> bool {
        let mut rest = line;
        self.0.iter().all(|piece| match rest.find(piece) {
            Some(place) => {
                rest = &rest[place + piece.len()..];
                true
            }
            None => false,
        })
    }

    /// Whether a row of the screen shows it; a no-break space is a space.
    fn is_in(&self, screen: &str) -> bool {
        screen
            .replace('\u{a0}', " ")
            .lines()
            .any(|line| self.is_in_line(line))
    }
}

/// `500ms`, `2s`, `1.5s`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let seconds = number.parse::<f64>().ok().map(|number| number * unit);
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| format!("{text:?} is no duration: write 500ms or 2s"))
}

/// A text in quotes or backticks.
fn quoted(text: &str) -> Result<&str, String> {
    ['"', '\'', '`']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .filter(|inside| !text.is_empty() && inside.len() + 2 == text.len())
        .ok_or_else(|| format!("{text} needs quotes around it"))
}

/// Bytes of a named key, pressed as often as the number after it says.
fn named(name: &str, rest: &str) -> Option<Result<Step, String>> {
    let key = match name {
        "Enter" => "\r",
        "Tab" => "\t",
        "Escape" => "\u{1b}",
        "Space" => " ",
        "Backspace" => "\u{7f}",
        "Up" => "\u{1b}[A",
        "Down" => "\u{1b}[B",
        "Right" => "\u{1b}[C",
        "Left" => "\u{1b}[D",
        _ => {
            let letter = name.strip_prefix("Ctrl+")?;
            return Some(control(letter).map(Step::Keys));
        }
    };
    let times = match rest {
        "" => Ok(1),
        number => number
            .parse::<usize>()
            .map_err(|_| format!("{number:?} is no number of presses")),
    };
    Some(times.map(|times| Step::Keys(key.repeat(times))))
}

fn control(letter: &str) -> Result<String, String> {
    match letter.as_bytes() {
        [byte] if byte.is_ascii_alphabetic() => Ok(char::from(byte & 0x1f).to_string()),
        _ => Err(format!("Ctrl+{letter} is no key")),
    }
}

/// One line of a tape.
fn step(line: &str) -> Result<Step, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(Step::Ignored);
    }
    let (command, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    if let Some(keys) = named(command, rest) {
        return keys;
    }
    match command {
        "Output" | "Set" | "Require" => Ok(Step::Ignored),
        "Hide" => Ok(Step::Hide),
        "Show" => Ok(Step::Show),
        "Sleep" => duration(rest).map(Step::Sleep),
        "Type" => quoted(rest).map(|text| Step::Keys(text.to_owned())),
        "Screenshot" if rest.ends_with(".png") => Ok(Step::Screenshot(rest.into())),
        "Screenshot" => Err("a screenshot ends in .png".to_owned()),
        "Wait+Screen" => rest
            .strip_prefix('/')
            .and_then(|rest| rest.strip_suffix('/'))
            .filter(|inside| !inside.is_empty())
            .ok_or_else(|| "write Wait+Screen /what is seen/".to_owned())
            .and_then(Pattern::parse)
            .map(Step::Wait),
        other => Err(format!("{other} is not known to the runner of the tests")),
    }
}

/// A tape with the numbers of its lines.
fn read(name: &str, text: &str) -> Result<Vec<(usize, Step)>, Snag> {
    text.lines()
        .enumerate()
        .map(|(place, line)| {
            let number = place + 1;
            step(line)
                .map(|step| (number, step))
                .map_err(|why| Snag(format!("{name}:{number}: {why}")))
        })
        .collect()
}

/// A play under way.
struct Play {
    terminal: Terminal,
    /// What the sleeps that were cut would have taken, and since when.
    slept: Vec<(Instant, Duration)>,
    /// Stretches of `raw` that are not filmed.
    hidden: Vec<(usize, usize)>,
    /// Files of pictures and what is in them.
    stills: Vec<(PathBuf, String)>,
}

impl Play {
    /// Opens a shell that finds this project's program by its name.
    fn open(home: &Home) -> Self {
        let mut shell = CommandBuilder::new("bash");
        shell.args(["--norc", "--noprofile", "-i"]);
        let program = Path::new(env!("CARGO_BIN_EXE_goaldeck"));
        let folder = program.parent().expect("a folder").to_string_lossy();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut terminal = Terminal::spawn(
            shell,
            &Start {
                args: &[],
                home: home.path(),
                size: SIZE,
                env: &[
                    ("PATH", &format!("{folder}:{path}")),
                    ("PS1", "$ "),
                    ("HISTFILE", ""),
                ],
            },
        );
        terminal.see("$");
        Self {
            terminal,
            slept: Vec::new(),
            hidden: Vec::new(),
            stills: Vec::new(),
        }
    }

    fn run(&mut self, name: &str, steps: &[(usize, Step)]) -> Result<(), Snag> {
        for (line, step) in steps {
            match step {
                Step::Ignored => {}
                Step::Hide => self.hidden.push((self.terminal.raw.len(), usize::MAX)),
                Step::Show => {
                    if let Some(last) = self.hidden.last_mut() {
                        last.1 = last.1.min(self.terminal.raw.len());
                    }
                }
                Step::Sleep(span) => {
                    self.slept.push((Instant::now(), *span));
                    self.terminal.bytes_until_quiet(CUT);
                }
                Step::Keys(keys) => self.terminal.send(keys),
                Step::Wait(pattern) => {
                    let seen = self
                        .terminal
                        .until_or(PATIENCE, |screen| pattern.is_in(&text(screen)));
                    if !seen {
                        let screen = text(self.terminal.screen());
                        return Err(Snag(format!(
                            "{name}:{line}: {:?} did not come; the screen is\n{screen}",
                            pattern.0.join(".*")
                        )));
                    }
                }
                Step::Screenshot(path) => {
                    // The picture is of a finished frame.
                    self.terminal.bytes_until_quiet(Duration::from_millis(150));
                    let still = at_one_second(text(self.terminal.screen()));
                    self.stills.push((path.with_extension("txt"), still));
                    let title = path.file_stem().unwrap_or_default().to_string_lossy();
                    let title = format!("goaldeck, {}", title.replace('-', " "));
                    let picture = at_one_second(svg::svg(self.terminal.screen(), &title));
                    self.stills.push((path.with_extension("svg"), picture));
                }
            }
        }
        Ok(())
    }

    /// The play as an asciicast of version 2, with its sleeps as long as the tape
    /// has them.
    fn cast(&self, since: Instant) -> String {
        let header = serde_json::json!({
            "version": 2, "width": SIZE.0, "height": SIZE.1, "title": "goaldeck demo"
        });
        let mut cast = format!("{header}\n");
        let mut from = 0;
        for (at, until) in &self.terminal.arrived {
            let piece = &self.terminal.raw[from..*until];
            // A character may come in two pieces: its head goes with its tail.
            let whole = match std::str::from_utf8(piece) {
                Ok(text) => text,
                Err(error) if error.error_len().is_none() => {
                    std::str::from_utf8(&piece[..error.valid_up_to()]).unwrap_or_default()
                }
                Err(error) => panic!("not UTF-8: {error}"),
            };
            let is_hidden = self
                .hidden
                .iter()
                .any(|(start, end)| (*start..*end).contains(&from));
            from += whole.len();
            if is_hidden || whole.is_empty() {
                continue;
            }
            let slept: Duration = self
                .slept
                .iter()
                .filter(|(when, _)| when < at)
                .map(|(_, span)| *span)
                .sum();
            let seconds = (at.duration_since(since) + slept).as_secs_f64();
            let event = serde_json::json!([(seconds * 1000.0).round() / 1000.0, "o", whole]);
            writeln!(cast, "{event}").expect("a String takes every text");
        }
        cast
    }
}

/// A still in which a draft was saved at one second, whenever that was.
fn at_one_second(still: String) -> String {
    const SAVED: &str = "draft saved ";
    const AT: &str = "10:42:07";
    let Some(place) = still.find(SAVED).map(|place| place + SAVED.len()) else {
        return still;
    };
    let mut still = still;
    if still.is_char_boundary(place + AT.len()) {
        still.replace_range(place..place + AT.len(), AT);
    }
    still
}

/// The screen as text, one line for each row, without trailing blanks.
fn text(screen: &vt100::Screen) -> String {
    let (_, columns) = screen.size();
    let mut text = String::new();
    for row in screen.rows(0, columns.get()) {
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_demo_tape_is_true_and_so_are_its_stills() {
    is_true("demo.tape");
}

#[test]
fn the_pictures_of_the_features_are_what_is_seen() {
    is_true("assets/features.tape");
}

/// Plays a tape and compares its stills with those kept.
fn is_true(name: &str) {
    let tape = std::fs::read_to_string(project().join(name)).unwrap();
    let steps = read(name, &tape).unwrap_or_else(|Snag(why)| panic!("{why}"));
    let home = Home::empty();
    let since = Instant::now();
    let mut play = Play::open(&home);
    let played = play.run(name, &steps);
    let cast = play.cast(since);
    let place = std::env::var_os("GOALDECK_TAPE_CAST")
        .map_or_else(|| home.path().join("demo.cast"), PathBuf::from);
    std::fs::write(&place, &cast).unwrap();
    if let Err(Snag(why)) = played {
        panic!("{why}");
    }
    assert_eq!(play.terminal.wait(), 0);
    assert!(play.terminal.is_restored());
    for line in cast.lines() {
        let _: serde_json::Value = serde_json::from_str(line).unwrap();
    }

    assert!(!play.stills.is_empty(), "the tape takes no picture");
    for (path, still) in &play.stills {
        let file = project().join(path);
        if std::env::var_os("GOALDECK_TAPE_STILLS").is_some() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, still).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            kept == *still,
            "{} is not what is seen (GOALDECK_TAPE_STILLS=1 writes it); it shows\n{kept}\nseen is\n{still}",
            path.display()
        );
    }
}

#[test]
fn every_step_of_the_tape_is_waited_for() {
    let tape = std::fs::read_to_string(project().join("demo.tape")).unwrap();
    let steps = read("demo.tape", &tape).unwrap();
    let steps: Vec<&Step> = steps
        .iter()
        .map(|(_, step)| step)
        .filter(|step| !matches!(step, Step::Ignored | Step::Sleep(_)))
        .collect();
    let waits = steps
        .iter()
        .filter(|step| matches!(step, Step::Wait(_)))
        .count();
    let keys = steps
        .iter()
        .filter(|step| matches!(step, Step::Keys(keys) if keys != "\r"))
        .count();
    assert!(waits + 3 >= keys, "{waits} waits for {keys} steps");
}

#[test]
fn an_unknown_command_is_refused_with_its_place() {
    let snag = |tape: &str| read("x.tape", tape).unwrap_err().0;
    assert_eq!(
        snag("Type \"a\"\nJump 3"),
        "x.tape:2: Jump is not known to the runner of the tests"
    );
    assert!(snag("Type a").starts_with("x.tape:1: a needs quotes"));
    assert!(snag("\n\nWait+Screen /a|b/").starts_with("x.tape:3: write \\|"));
    assert!(snag("Wait+Screen").starts_with("x.tape:1: write Wait+Screen"));
    assert!(snag("Sleep soon").starts_with("x.tape:1: \"soon\" is no duration"));
    assert!(snag("Ctrl+Home").starts_with("x.tape:1: Ctrl+Home is no key"));
    assert!(snag("Screenshot a.gif").starts_with("x.tape:1: a screenshot"));
    assert!(snag("Down many").starts_with("x.tape:1: \"many\""));
}

#[test]
fn keys_are_what_a_terminal_sends() {
    assert_eq!(step("Ctrl+S"), Ok(Step::Keys("\u{13}".into())));
    assert_eq!(step("Down 2"), Ok(Step::Keys("\u{1b}[B\u{1b}[B".into())));
    assert_eq!(
        step("Type `it's \"x\"`"),
        Ok(Step::Keys("it's \"x\"".into()))
    );
    assert_eq!(
        step("Sleep 1.5s"),
        Ok(Step::Sleep(Duration::from_millis(1500)))
    );
    assert_eq!(step("  # a word"), Ok(Step::Ignored));
}

#[test]
fn a_pattern_is_text_with_gaps_within_a_line() {
    let is_in = |pattern: &str, screen: &str| Pattern::parse(pattern).unwrap().is_in(screen);
    assert!(is_in(r"\[2 Goals\]", " 1 Queue [2 Goals]"));
    assert!(is_in("churn.*goal", "Reduce churn to 2 %   goal"));
    assert!(!is_in("churn.*goal", "Reduce churn\ngoal"));
    assert!(!is_in("goal.*churn", "churn, then goal"));
    assert!(Pattern::parse("a+").is_err() && Pattern::parse(r"\d").is_err());
}

#[test]
fn a_wait_that_does_not_hold_fails_with_its_place_and_the_screen() {
    let home = Home::empty();
    let mut play = Play::open(&home);
    let steps = read(
        "x.tape",
        "Type \"echo $((40+2)) sheep\"\nEnter\nWait+Screen /43 sheep/",
    )
    .unwrap();
    let seen = play.terminal.until_or(Duration::from_millis(1), |_| false);
    assert!(!seen);
    let last = steps.len() - 1;
    play.run("x.tape", &steps[..last]).unwrap();
    play.terminal.see("42 sheep");
    let Some((line, Step::Wait(pattern))) = steps.last() else {
        panic!("the last step waits");
    };
    assert_eq!(*line, 3);
    assert!(!pattern.is_in(&text(play.terminal.screen())));
    assert!(text(play.terminal.screen()).starts_with("$ echo"));
}

/// README shows what the tape saw, its empty rows left out.
#[test]
fn the_picture_in_the_readme_is_the_still() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("a file");
    let still = read("assets/screens/goals-120x40.txt");
    let rows: Vec<&str> = still
        .lines()
        .map(str::trim_end)
        .filter(|row| !matches!(row.trim(), "" | "│"))
        .collect();
    assert!(
        read("README.md").contains(&rows.join("\n")),
        "README shows another picture than assets/screens/goals-120x40.txt"
    );
}
