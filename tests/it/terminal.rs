//! The program on a terminal of its own: a pseudo terminal and a screen made
//! from its bytes. Waits for what is seen, never for time.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::fs::OFlags;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

/// The longest a test waits for anything; a failure shows the screen then.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running program and its screen.
pub struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    bytes: Receiver<Vec<u8>>,
    tap: Arc<Tap>,
    reader: Option<JoinHandle<()>>,
    line: PathBuf,
    parser: vt100::Parser,
    /// Every byte the program wrote.
    pub raw: Vec<u8>,
    /// When bytes came: up to which length of `raw`.
    pub arrived: Vec<(Instant, usize)>,
}

/// Whether the terminal takes what the program writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Open,
    Shut,
    Gone,
}

/// The tap between the line and the screen.
struct Tap {
    flow: Mutex<Flow>,
    turned: Condvar,
}

impl Tap {
    fn turn(&self, flow: Flow) {
        *self.flow.lock().expect("no panic at the tap") = flow;
        self.turned.notify_all();
    }

    /// Waits while the tap is shut; false when the terminal is gone.
    fn is_open(&self) -> bool {
        let mut flow = self.flow.lock().expect("no panic at the tap");
        while *flow == Flow::Shut {
            flow = self.turned.wait(flow).expect("no panic at the tap");
        }
        *flow == Flow::Open
    }
}

/// A home with its own configuration and goals, gone with the test.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    /// An empty one: the program was never started here.
    pub fn empty() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("goaldeck-it-")
            .tempdir()
            .expect("a folder");
        Self { folder }
    }

    /// One with these goals, in this order, without due dates.
    #[track_caller]
    pub fn with_goals(names: &[&str]) -> Self {
        let home = Self::empty();
        for name in names {
            home.done(&["goals", "add", name]);
        }
        home
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command line to its end, with nothing to read.
    pub fn run(&self, args: &[&str]) -> Output {
        std::process::Command::new(env!("CARGO_BIN_EXE_goaldeck"))
            .args(args)
            .env_clear()
            .envs(surroundings(self.path()))
            .current_dir(self.path())
            .stdin(std::process::Stdio::null())
            .output()
            .expect("the program starts")
    }

    /// The same; fails the test if it fails. Returns what it printed.
    #[track_caller]
    pub fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "goaldeck {args:?}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Opens the program on a terminal of 80x24.
    pub fn open(&self) -> Terminal {
        self.open_with((80, 24), &[])
    }

    /// Opens it in a size, with more environment.
    pub fn open_with(&self, size: (u16, u16), env: &[(&str, &str)]) -> Terminal {
        self.start(&[], size, env)
    }

    /// Starts it with arguments.
    pub fn start(&self, args: &[&str], size: (u16, u16), env: &[(&str, &str)]) -> Terminal {
        Terminal::start(&Start {
            args,
            home: self.path(),
            size,
            env,
        })
    }

    /// Writes an executable script into the home; returns its path.
    pub fn script(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        let mut file = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o755)
            .open(&path)
            .expect("a script");
        file.write_all(text.as_bytes()).expect("a script");
        path.to_string_lossy().into_owned()
    }
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
        let tap = Arc::new(Tap {
            flow: Mutex::new(Flow::Open),
            turned: Condvar::new(),
        });
        let reads = Arc::clone(&tap);
        let reader = std::thread::spawn(move || {
            let mut piece = [0_u8; 8192];
            while reads.is_open() {
                let length = reader.read(&mut piece).unwrap_or(0);
                if length == 0 || sender.send(piece[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let line = pair.master.tty_name().expect("a name of the line");
        let writer = pair.master.take_writer().expect("a writer");
        Self {
            master: Some(pair.master),
            writer: Some(writer),
            child,
            bytes,
            tap,
            reader: Some(reader),
            line,
            parser: vt100::Parser::new(cells(rows), cells(cols), 0),
            raw: Vec::new(),
            arrived: Vec::new(),
        }
    }

    fn take(&mut self, piece: &[u8]) {
        self.parser.process(piece);
        self.raw.extend(piece);
        self.arrived.push((Instant::now(), self.raw.len()));
    }

    /// Types a text, or keys as a terminal sends them.
    pub fn send(&mut self, keys: &str) {
        self.send_bytes(keys.as_bytes());
    }

    /// Types bytes as they are.
    pub fn send_bytes(&mut self, keys: &[u8]) {
        let writer = self.writer.as_mut().expect("the terminal is open");
        writer.write_all(keys).expect("the terminal takes keys");
        writer.flush().expect("the terminal takes keys");
    }

    /// Reads what has come so far, waiting at most so long for the first piece.
    fn read(&mut self, at_most: Duration) -> bool {
        match self.bytes.recv_timeout(at_most) {
            Ok(piece) => {
                self.take(&piece);
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

    /// Waits at most so long until the screen satisfies a condition; whether it
    /// does.
    pub fn until_or(&mut self, at_most: Duration, seen: impl Fn(&vt100::Screen) -> bool) -> bool {
        let deadline = Instant::now() + at_most;
        while !seen(self.parser.screen()) {
            if !self.read(Duration::from_millis(20)) || Instant::now() >= deadline {
                return seen(self.parser.screen());
            }
        }
        true
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
                Ok(piece) => self.take(&piece),
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

    /// The program's end of the line, as another program on it would open it.
    fn own_end(&self) -> File {
        // Never the controlling terminal of the tests, and never waited for.
        let flags = OFlags::NOCTTY | OFlags::NONBLOCK;
        let flags = i32::try_from(flags.bits()).expect("flags");
        File::options()
            .read(true)
            .write(true)
            .custom_flags(flags)
            .open(&self.line)
            .expect("the line is there")
    }

    /// Takes nothing more of what the program writes, as a stalled connection.
    pub fn stall(&mut self) {
        self.tap.turn(Flow::Shut);
    }

    /// Closes the terminal as a lost connection does.
    pub fn vanish(&mut self) {
        self.tap.turn(Flow::Gone);
        {
            let mut line = self.own_end();
            // The writer would type Enter and the end-of-file key as it goes.
            let mut modes = tcgetattr(&line).expect("modes");
            modes.special_codes[SpecialCodeIndex::VEOF] = 0;
            tcsetattr(&line, OptionalActions::Now, &modes).expect("modes");
            // A byte wakes the reader, whose descriptor is one of the terminal's.
            // It fails if the line is full, and then the reader does not sleep.
            let _ = line.write(b" ");
        }
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader ends");
        }
        self.writer = None;
        self.master = None;
    }

    /// Whether lines are edited and echoed again, as a shell needs it.
    pub fn is_cooked(&self) -> bool {
        let modes = tcgetattr(self.own_end()).expect("modes");
        modes
            .local_modes
            .contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
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
                        self.take(&piece);
                        true
                    })
                {}
                return status.exit_code();
            }
            if !self.read(Duration::from_millis(10)) {
                std::thread::sleep(Duration::from_millis(5));
            }
            assert!(
                Instant::now() < deadline,
                "it does not end; the screen is\n{}",
                self.contents()
            );
        }
    }

    /// Whether the program left the terminal as it found it: alternate screen
    /// off, cursor shown, paste mode off, the mouse its own.
    pub fn is_restored(&self) -> bool {
        let screen = self.parser.screen();
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && !self.has_mouse()
    }

    /// Whether the program listens to the mouse.
    pub fn has_mouse(&self) -> bool {
        self.parser.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None
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
