//! The program on a terminal of its own: a pseudo terminal and a screen made
//! from its bytes. Waits for what is seen, never for time.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// The longest a test waits for anything; a failure shows the screen then.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running program and its screen.
pub struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    bytes: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    /// Every byte the program wrote.
    pub raw: Vec<u8>,
}

/// How to start the program.
pub struct Start<'a> {
    /// Arguments.
    pub args: &'a [&'a str],
    /// The folder for configuration and data.
    pub home: &'a Path,
    /// Columns and rows.
    pub size: (u16, u16),
    /// More environment.
    pub env: &'a [(&'a str, &'a str)],
}

impl Terminal {
    /// Starts goaldeck.
    pub fn start(start: &Start<'_>) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_goaldeck"));
        command.args(start.args);
        Self::spawn(command, start)
    }

    /// Starts any program with goaldeck's surroundings.
    pub fn spawn(mut command: CommandBuilder, start: &Start<'_>) -> Self {
        let (cols, rows) = start.size;
        let pair = native_pty_system()
            .openpty(PtySize {
                rows,
                cols,
                pixel_width: 0,
                pixel_height: 0,
            })
            .expect("a pty");
        command.env_clear();
        for (name, value) in surroundings(start.home) {
            command.env(name, value);
        }
        for (name, value) in start.env {
            command.env(name, value);
        }
        command.cwd(start.home);
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (sender, bytes) = channel();
        std::thread::spawn(move || {
            let mut piece = [0_u8; 8192];
            while let Ok(length) = reader.read(&mut piece) {
                if length == 0 || sender.send(piece[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let writer = pair.master.take_writer().expect("a writer");
        Self {
            master: Some(pair.master),
            writer: Some(writer),
            child,
            bytes,
            parser: vt100::Parser::new(cells(rows), cells(cols), 0),
            raw: Vec::new(),
        }
    }

    /// Types bytes as they are.
    pub fn send(&mut self, keys: &str) {
        let writer = self.writer.as_mut().expect("the terminal is open");
        writer
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
        writer.flush().expect("the terminal takes keys");
    }

    /// Reads what has come so far, waiting at most so long for the first piece.
    fn read(&mut self, at_most: Duration) -> bool {
        match self.bytes.recv_timeout(at_most) {
            Ok(piece) => {
                self.parser.process(&piece);
                self.raw.extend(piece);
                true
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }

    /// Waits until the screen satisfies a condition.
    #[track_caller]
    pub fn until(&mut self, what: &str, seen: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !seen(self.parser.screen()) {
            let open = self.read(Duration::from_millis(50));
            assert!(
                open && Instant::now() < deadline || seen(self.parser.screen()),
                "never saw {what}; the screen is\n{}",
                self.parser.screen().contents()
            );
        }
    }

    /// Waits until a text is on screen.
    #[track_caller]
    pub fn see(&mut self, text: &str) {
        self.until(&format!("\"{text}\""), |screen| {
            screen.contents().contains(text)
        });
    }

    /// Waits until a text is not on screen.
    #[track_caller]
    pub fn see_no(&mut self, text: &str) {
        self.until(&format!("no \"{text}\""), |screen| {
            !screen.contents().contains(text)
        });
    }

    /// The screen as text.
    pub fn contents(&self) -> String {
        self.parser.screen().contents()
    }

    /// The screen itself.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Bytes that come within a span of silence: reads until nothing came for
    /// that long, and returns how many bytes there were.
    pub fn bytes_until_quiet(&mut self, quiet: Duration) -> usize {
        let before = self.raw.len();
        loop {
            match self.bytes.recv_timeout(quiet) {
                Ok(piece) => {
                    self.parser.process(&piece);
                    self.raw.extend(piece);
                }
                Err(_) => return self.raw.len() - before,
            }
        }
    }

    /// Changes the size of the terminal.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        let master = self.master.as_ref().expect("the terminal is open");
        master
            .resize(PtySize {
                rows,
                cols,
                pixel_width: 0,
                pixel_height: 0,
            })
            .expect("a new size");
        self.parser.screen_mut().set_size(cells(rows), cells(cols));
    }

    /// The process id.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.process_id().expect("it runs")).expect("a process id")
    }

    /// Sends a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.pid()).expect("a process id");
        rustix::process::kill_process(pid, signal).expect("the signal arrives");
    }

    /// Closes the terminal as a lost connection does.
    pub fn vanish(&mut self) {
        self.writer = None;
        self.master = None;
    }

    /// Waits for the end of the program; returns its exit code (128 + signal if
    /// a signal ended it).
    #[track_caller]
    pub fn wait(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                while self
                    .bytes
                    .recv_timeout(Duration::from_millis(20))
                    .is_ok_and(|piece| {
                        self.parser.process(&piece);
                        self.raw.extend(piece);
                        true
                    })
                {}
                return status.exit_code();
            }
            self.read(Duration::from_millis(10));
            assert!(
                Instant::now() < deadline,
                "it does not end; the screen is\n{}",
                self.contents()
            );
        }
    }

    /// Whether the program left the terminal as it found it: alternate screen
    /// off, cursor shown, paste mode off.
    pub fn is_restored(&self) -> bool {
        let screen = self.parser.screen();
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The environment of every program that tests start: nothing of the machine's
/// but the path, and a home of its own.
pub fn surroundings(home: &Path) -> Vec<(String, String)> {
    let path = std::env::var("PATH").unwrap_or_default();
    let place = |name: &str| home.join(name).to_string_lossy().into_owned();
    [
        ("PATH", path),
        ("HOME", place("")),
        ("TERM", "xterm-256color".into()),
        ("LANG", "C.UTF-8".into()),
        ("TZ", "Europe/Berlin".into()),
        ("USER", "me".into()),
        ("GOALDECK_CONFIG_DIR", place("config")),
        ("GOALDECK_DATA_DIR", place("data")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

fn cells(count: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(count).expect("a screen has cells")
}
