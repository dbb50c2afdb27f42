//! A key held down for two seconds on a line of 64 kbit/s with 200 ms round trip:
//! the real program on a terminal of its own that is read no faster than the line
//! carries, and keys and bytes that arrive as late as the line is long.
//!
//! ```text
//! cargo bench --bench slow_line
//! cargo bench --bench slow_line -- --goals 100000 --binary target/release/goaldeck
//! ```

use std::error::Error;
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

type Res<T> = Result<T, Box<dyn Error>>;

/// Bytes in a second: 64 kbit/s.
const LINE: f64 = 8_000.0;
/// One way; keys and answers each take it.
const AWAY: Duration = Duration::from_millis(100);
/// Thirty keys a second, for two seconds.
const REPEAT: Duration = Duration::from_millis(33);
const KEYS: u32 = 60;
/// Nothing came for so long: that was the last frame.
const QUIET: Duration = Duration::from_millis(1500);
/// The line is read in pieces of this many bytes.
const PIECE: usize = 80;
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Res<()> {
    let wanted = Wanted::from_arguments()?;
    println!("64 kbit/s, 200 ms round trip, 30 keys a second for 2 s");
    println!("| goals | size | screen | key | lag | bytes |");
    println!("|---:|---|---|---|---:|---:|");
    for goals in &wanted.goals {
        let folder = tempfile::tempdir()?;
        if *goals > 0 {
            make(&wanted.binary, folder.path(), *goals)?;
        }
        for size in [(80, 24), (120, 40)] {
            hold_on_all_tabs(&wanted.binary, folder.path(), *goals, size)?;
        }
    }
    Ok(())
}

struct Wanted {
    binary: PathBuf,
    /// 0 stands for the demo company.
    goals: Vec<usize>,
}

impl Wanted {
    fn from_arguments() -> Res<Self> {
        let mut wanted = Self {
            binary: PathBuf::from(env!("CARGO_BIN_EXE_goaldeck")),
            goals: vec![0, 1_000],
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            match name.as_str() {
                "--binary" => wanted.binary = arguments.next().ok_or("which?")?.into(),
                "--goals" => {
                    let list = arguments.next().ok_or("how many?")?;
                    let list = list.split(',').map(str::parse);
                    wanted.goals = list.collect::<Result<_, _>>()?;
                }
                // What cargo itself hands over.
                _ => {}
            }
        }
        wanted.binary = std::fs::canonicalize(&wanted.binary)?;
        Ok(wanted)
    }
}

fn make(binary: &Path, home: &Path, goals: usize) -> Res<()> {
    let made = Command::new(binary)
        .args(["demo", "--goals", &goals.to_string(), "--dir"])
        .arg(home.join("data"))
        .env("HOME", home)
        .env("GOALDECK_CONFIG_DIR", home.join("config"))
        .output()?;
    match made.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&made.stderr).into()),
    }
}

fn hold_on_all_tabs(binary: &Path, home: &Path, goals: usize, size: (u16, u16)) -> Res<()> {
    for (tab, name) in [("1", "Queue"), ("2", "Goals"), ("3", "Inbox")] {
        let mut line = Line::start(binary, home, goals, size)?;
        line.until("[1 Queue")?;
        line.until_quiet();
        line.press(tab)?;
        line.until_quiet();
        for key in ["j", "k"] {
            let (lag, bytes) = line.hold(key)?;
            let what = match goals {
                0 => "demo".to_owned(),
                goals => goals.to_string(),
            };
            println!(
                "| {what} | {}x{} | {name} | {key} | {} ms | {bytes} |",
                size.0,
                size.1,
                lag.as_millis()
            );
        }
    }
    Ok(())
}

/// The program at the far end of a line.
struct Line {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    pieces: Receiver<(Instant, Vec<u8>)>,
    parser: vt100::Parser,
    last: Instant,
    bytes: usize,
    _master: Box<dyn MasterPty + Send>,
}

impl Line {
    fn start(binary: &Path, home: &Path, goals: usize, (cols, rows): (u16, u16)) -> Res<Self> {
        let size = PtySize {
            rows,
            cols,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size)?;
        let mut command = CommandBuilder::new(binary);
        if goals == 0 {
            command.args(["demo", "--now", "2026-11-20T10:42"]);
        }
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
            let mut piece = [0; PIECE];
            let mut free = Instant::now();
            while let Ok(length) = reader.read(&mut piece) {
                // The line carries one piece after the other, each in its time.
                let takes = Duration::from_secs_f64(length as f64 / LINE);
                free = free.max(Instant::now()) + takes;
                std::thread::sleep(free.saturating_duration_since(Instant::now()));
                let piece = piece.get(..length).unwrap_or_default().to_vec();
                if length == 0 || send.send((free + AWAY, piece)).is_err() {
                    break;
                }
            }
        });
        let cells = |count: u16| NonZero::new(count).ok_or("no size");
        Ok(Self {
            child: pair.slave.spawn_command(command)?,
            writer: pair.master.take_writer()?,
            pieces,
            parser: vt100::Parser::new(cells(rows)?, cells(cols)?, 0),
            last: Instant::now(),
            bytes: 0,
            _master: pair.master,
        })
    }

    /// Takes in what arrives, until nothing did for a while.
    fn read(&mut self, at_most: Duration) -> bool {
        match self.pieces.recv_timeout(at_most) {
            Ok((at, piece)) => {
                self.parser.process(&piece);
                self.bytes += piece.len();
                self.last = at;
                true
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => false,
        }
    }

    fn until_quiet(&mut self) {
        while self.read(QUIET) {}
    }

    fn until(&mut self, text: &str) -> Res<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.parser.screen().contents().contains(text) {
            if Instant::now() > deadline {
                return Err(format!("no {text} on\n{}", self.parser.screen().contents()).into());
            }
            self.read(Duration::from_millis(50));
        }
        Ok(())
    }

    fn press(&mut self, key: &str) -> Res<()> {
        self.writer.write_all(key.as_bytes())?;
        self.writer.flush()?;
        Ok(())
    }

    /// Holds a key; how long after it was let go everything was there, and how many
    /// bytes that took.
    fn hold(&mut self, key: &str) -> Res<(Duration, usize)> {
        self.bytes = 0;
        let start = Instant::now();
        for count in 0..KEYS {
            // Pressed now, there later: so all of them are that much later.
            std::thread::sleep((start + count * REPEAT + AWAY) - Instant::now());
            self.press(key)?;
            while self.read(Duration::ZERO) {}
        }
        let let_go = start + (KEYS - 1) * REPEAT;
        self.until_quiet();
        Ok((self.last.saturating_duration_since(let_go), self.bytes))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}
