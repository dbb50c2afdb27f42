//! Measures the real program as a person has it: the release build in a terminal
//! of its own, on generated workspaces. Prints a table; nothing here is a test.
//!
//! ```text
//! cargo build --release
//! cargo run --release --example measure
//! cargo run --release --example measure -- --goals 10000 --runs 20 --binary target/release/goaldeck
//! ```

use std::error::Error;
use std::fs;
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

type Res<T> = Result<T, Box<dyn Error>>;

/// Nothing came for so long: the frame is complete.
const QUIET: Duration = Duration::from_millis(12);
/// A key that changes nothing on screen is given up after this.
const ANSWER: Duration = Duration::from_secs(1);
/// The same key after so long is pressed anew and not held down.
const NOT_HELD: Duration = Duration::from_millis(150);
/// How long nobody touches a key when silence is measured.
const IDLE: Duration = Duration::from_secs(10);
/// A goal that was on screen this long counts as looked at.
const A_LOOK: Duration = Duration::from_millis(2100);

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (120, 40);

fn main() -> Res<()> {
    let wanted = Wanted::from_arguments()?;
    let mut columns = Vec::new();
    for goals in &wanted.goals {
        eprintln!("{goals} goals …");
        columns.push(Column::measure(&wanted, *goals)?);
    }
    print_table(&wanted.goals, &columns);
    Ok(())
}

/// What the arguments ask for.
struct Wanted {
    binary: PathBuf,
    goals: Vec<usize>,
    runs: usize,
}

impl Wanted {
    fn from_arguments() -> Res<Self> {
        let mut wanted = Self {
            binary: PathBuf::from("target/release/goaldeck"),
            goals: vec![1_000, 10_000, 100_000],
            runs: 15,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or(format!("{name} needs a value"))?;
            match name.as_str() {
                "--binary" => wanted.binary = value.into(),
                "--runs" => wanted.runs = value.parse()?,
                "--goals" => {
                    let sizes = value.split(',').map(str::parse);
                    wanted.goals = sizes.collect::<Result<_, _>>()?;
                }
                _ => return Err(format!("{name} is not known").into()),
            }
        }
        wanted.binary = fs::canonicalize(&wanted.binary)
            .map_err(|why| format!("{}: {why}; build it first", wanted.binary.display()))?;
        Ok(wanted)
    }
}

/// One piece of output and when it came.
struct Piece {
    at: Instant,
    bytes: Vec<u8>,
}

/// The program in a terminal.
struct Running {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    pieces: Receiver<Piece>,
    parser: vt100::Parser,
    /// Only keeps the terminal open.
    _master: Box<dyn MasterPty + Send>,
    started: Instant,
}

impl Running {
    fn start(binary: &Path, home: &Path, (cols, rows): (u16, u16)) -> Res<Self> {
        let size = PtySize {
            rows,
            cols,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size)?;
        let mut command = CommandBuilder::new(binary);
        command.env_clear();
        for (name, value) in [
            ("HOME", home),
            ("GOALDECK_DATA_DIR", &home.join("data")),
            ("GOALDECK_CONFIG_DIR", &home.join("config")),
            ("TERM", Path::new("xterm-256color")),
            ("LANG", Path::new("C.UTF-8")),
            ("USER", Path::new("mara")),
        ] {
            command.env(name, value);
        }
        command.cwd(home);
        let (send, pieces) = channel();
        let mut reader = pair.master.try_clone_reader()?;
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while let Ok(length) = reader.read(&mut buffer) {
                let at = Instant::now();
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                if length == 0 || send.send(Piece { at, bytes }).is_err() {
                    break;
                }
            }
        });
        let writer = pair.master.take_writer()?;
        let started = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        let (rows, cols) = (
            NonZero::new(rows).ok_or("no rows")?,
            NonZero::new(cols).ok_or("no columns")?,
        );
        Ok(Self {
            child,
            writer,
            pieces,
            parser: vt100::Parser::new(rows, cols, 0),
            _master: pair.master,
            started,
        })
    }

    /// Waits until the screen holds all of these; how long after the start the
    /// piece came that completed it.
    fn until(&mut self, texts: &[&str], at_most: Duration) -> Res<Duration> {
        let deadline = Instant::now() + at_most;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let piece = match self.pieces.recv_timeout(left) {
                Ok(piece) => piece,
                Err(_) => {
                    let screen = self.parser.screen().contents();
                    return Err(format!("never saw {texts:?}; the screen is\n{screen}").into());
                }
            };
            self.parser.process(&piece.bytes);
            let screen = self.parser.screen().contents();
            if texts.iter().all(|text| screen.contains(text)) {
                return Ok(piece.at - self.started);
            }
        }
    }

    /// Reads until nothing came for a while: the bytes and when the last came.
    fn until_quiet(&mut self, quiet: Duration) -> (usize, Option<Instant>) {
        let (mut bytes, mut last) = (0, None);
        loop {
            match self.pieces.recv_timeout(quiet) {
                Ok(piece) => {
                    bytes += piece.bytes.len();
                    last = Some(piece.at);
                    self.parser.process(&piece.bytes);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return (bytes, last);
                }
            }
        }
    }

    /// Presses a key: how long until the last byte of the answer, and how many
    /// bytes; none if nothing came.
    fn press(&mut self, key: &str) -> Res<Option<(Duration, usize)>> {
        let pressed = Instant::now();
        self.writer.write_all(key.as_bytes())?;
        let Ok(first) = self.pieces.recv_timeout(ANSWER) else {
            return Ok(None);
        };
        self.parser.process(&first.bytes);
        let (bytes, last) = self.until_quiet(QUIET);
        let last = last.unwrap_or(first.at);
        Ok(Some((last - pressed, first.bytes.len() + bytes)))
    }

    /// Eight moves down and eight up, as often as asked.
    fn moves(&mut self, rounds: usize) -> Res<Moves> {
        let mut moves = Moves::default();
        for round in 0..rounds * 2 {
            for _ in 0..8 {
                let key = if round % 2 == 0 { "j" } else { "k" };
                // Sooner it would be a key that is held down, which is paced.
                self.until_quiet(NOT_HELD);
                if let Some((took, bytes)) = self.press(key)? {
                    moves.took.push(took);
                    moves.bytes.push(bytes);
                }
            }
        }
        Ok(moves)
    }

    fn pid(&self) -> Res<u32> {
        Ok(self.child.process_id().ok_or("it has ended")?)
    }

    /// Waits until it uses no processor any more.
    fn until_idle(&mut self) -> Res<Duration> {
        let mut before = self.cpu()?;
        let mut busy_until = Instant::now();
        while busy_until.elapsed() < Duration::from_millis(300) {
            self.until_quiet(Duration::from_millis(10));
            let now = self.cpu()?;
            if now.saturating_sub(before) > Duration::from_micros(500) {
                busy_until = Instant::now();
            }
            before = now;
        }
        Ok(busy_until - self.started)
    }

    /// Processor time of all threads so far, to the microsecond.
    fn cpu(&self) -> Res<Duration> {
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.pid()?))? {
            let stat = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
            let spent = stat.split_whitespace().next().unwrap_or("0");
            sum += spent.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(sum))
    }

    /// Clock ticks (10 ms) of user and system time as `ps` counts them.
    fn ticks(&self) -> Res<u64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid()?))?;
        let after = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = after.split_whitespace().collect();
        let field = |place: usize| fields.get(place).and_then(|text| text.parse::<u64>().ok());
        Ok(field(11).unwrap_or(0) + field(12).unwrap_or(0))
    }

    /// Resident memory in KiB: all of it, and what is not the program's own file.
    fn memory(&self) -> Res<(u64, u64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        };
        Ok((of("VmRSS:").unwrap_or(0), of("RssAnon:").unwrap_or(0)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

#[derive(Default)]
struct Moves {
    took: Vec<Duration>,
    bytes: Vec<usize>,
}

/// Middle and nearly worst of some spans.
fn spread(spans: &[Duration]) -> String {
    let mut spans = spans.to_vec();
    spans.sort();
    let at = |percent: usize| spans.get(spans.len() * percent / 100).copied();
    let (Some(middle), Some(worst)) = (at(50), at(95)) else {
        return "–".to_owned();
    };
    let ms = |span: Duration| span.as_secs_f64() * 1000.0;
    if ms(middle) < 10.0 {
        format!("{:.2} ms (95 %: {:.2})", ms(middle), ms(worst))
    } else {
        format!("{:.0} ms (95 %: {:.0})", ms(middle), ms(worst))
    }
}

fn most(bytes: &[usize]) -> String {
    let mut bytes = bytes.to_vec();
    bytes.sort_unstable();
    let middle = bytes.get(bytes.len() / 2).copied().unwrap_or(0);
    format!("{middle}, at most {}", bytes.last().copied().unwrap_or(0))
}

/// Everything measured on one workspace.
struct Column(Vec<(&'static str, String)>);

const FIRST_SCREEN: [&str; 2] = ["TO ACKNOWLEDGE", "help"];
const PATIENCE: Duration = Duration::from_secs(30);

impl Column {
    fn measure(wanted: &Wanted, goals: usize) -> Res<Self> {
        let folder = tempfile::tempdir()?;
        let home = folder.path();
        let made = Command::new(&wanted.binary)
            .args(["demo", "--goals", &goals.to_string(), "--dir"])
            .arg(home.join("data"))
            .env("HOME", home)
            .env("GOALDECK_CONFIG_DIR", home.join("config"))
            .output()?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into());
        }
        let mut column = Self(Vec::new());
        column.starts(wanted, home)?;
        column.small(wanted, home)?;
        column.large(wanted, home)?;
        Ok(column)
    }

    fn put(&mut self, name: &'static str, value: String) {
        self.0.push((name, value));
    }

    fn starts(&mut self, wanted: &Wanted, home: &Path) -> Res<()> {
        let (mut starts, mut all) = (Vec::new(), Vec::new());
        for run in 0..wanted.runs {
            let mut running = Running::start(&wanted.binary, home, SMALL)?;
            let took = running.until(&FIRST_SCREEN, PATIENCE)?;
            if run > 0 {
                // The first fills the caches of the machine.
                starts.push(took);
            }
            if run < 3 {
                all.push(running.until_idle()?);
            }
        }
        self.put("start to the full first screen", spread(&starts));
        self.put("everything read behind it", spread(&all));
        Ok(())
    }

    fn small(&mut self, wanted: &Wanted, home: &Path) -> Res<()> {
        let mut running = Running::start(&wanted.binary, home, SMALL)?;
        running.until(&FIRST_SCREEN, PATIENCE)?;
        running.until_idle()?;
        let (memory, data) = running.memory()?;
        self.put(
            "resident memory, all read",
            format!("{:.1} MB (data {:.1})", megabytes(memory), megabytes(data)),
        );
        let moves = running.moves(5)?;
        self.put("key to last byte, list only", spread(&moves.took));
        self.put("bytes a move, list only", most(&moves.bytes));
        running.press("2")?;
        running.until_idle()?;
        let moves = running.moves(5)?;
        self.put("key to last byte, list and detail", spread(&moves.took));
        self.put("bytes a move, list and detail", most(&moves.bytes));
        let mut folds = Vec::new();
        for _ in 0..10 {
            for key in ["h", "l"] {
                folds.extend(running.press(key)?.map(|(took, _)| took));
            }
        }
        self.put("fold and unfold", spread(&folds));
        let mut looks = Vec::new();
        for _ in 0..5 {
            running.until_quiet(A_LOOK);
            looks.extend(running.press("j")?.map(|(took, _)| took));
        }
        self.put("move on after a look of 2 s", spread(&looks));
        running.press("/")?;
        let mut letters = Vec::new();
        for key in ["c", "h", "u", "r", "n"] {
            letters.extend(running.press(key)?.map(|(took, _)| took));
        }
        self.put("filter, a letter", spread(&letters));
        running.press("\u{1b}")?;
        running.until_quiet(Duration::from_millis(700));
        running.press("\u{1b}")?;
        running.until_quiet(Duration::from_millis(700));
        running.press("1")?;
        running.until_idle()?;
        let (cpu, ticks) = (running.cpu()?, running.ticks()?);
        let until = Instant::now() + IDLE;
        let mut bytes = 0;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            bytes += running.until_quiet(left).0;
        }
        self.put(
            "10 s without a key",
            format!(
                "{bytes} bytes, {:.1} ms CPU ({} ticks)",
                running.cpu()?.saturating_sub(cpu).as_secs_f64() * 1000.0,
                running.ticks()? - ticks
            ),
        );
        Ok(())
    }

    fn large(&mut self, wanted: &Wanted, home: &Path) -> Res<()> {
        let mut running = Running::start(&wanted.binary, home, LARGE)?;
        running.until(&FIRST_SCREEN, PATIENCE)?;
        running.until_idle()?;
        running.press("2")?;
        running.until_idle()?;
        let moves = running.moves(5)?;
        self.put("the same at 120x40, list and detail", spread(&moves.took));
        self.put("bytes a move at 120x40", most(&moves.bytes));
        Ok(())
    }
}

fn megabytes(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

fn print_table(sizes: &[usize], columns: &[Column]) {
    let head: Vec<String> = sizes.iter().map(|size| format!("{size} goals")).collect();
    println!("| 80x24 | {} |", head.join(" | "));
    println!("|---|{}", "---:|".repeat(sizes.len()));
    let Some(first) = columns.first() else { return };
    for (place, (name, _)) in first.0.iter().enumerate() {
        let cells: Vec<&str> = columns
            .iter()
            .filter_map(|column| column.0.get(place).map(|(_, value)| value.as_str()))
            .collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
}
