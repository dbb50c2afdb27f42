//! The modes of the terminal: switched on by one owner, undone in reverse
//! exactly once, whoever asks first: the owner, a signal, a panic. Also the only
//! place that writes to the terminal, so that no frame lands on the shell's
//! screen. Never asks the terminal anything.

use std::fmt;
use std::io;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::style::{Attribute, SetAttribute, force_color_output};
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{Command, queue};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Raw mode is on.
const RAW: u8 = 1;
/// The alternate screen and bracketed paste are on.
const SCREEN: u8 = 2;
/// The mouse was listened to at least once since the screen is on.
const MOUSE: u8 = 4;

/// Which modes are on. A process has one terminal and a panic may come from any
/// thread, hence a static; taking it is what makes restoring happen once.
static MODES: AtomicU8 = AtomicU8::new(0);

/// A frame is being written at this moment.
static WRITING: AtomicBool = AtomicBool::new(false);

/// How long a restore in an emergency waits for a terminal that does not read.
const EMERGENCY: Duration = Duration::from_millis(80);

/// How long an orderly leave waits for it.
const ORDERLY: Duration = Duration::from_secs(1);

/// The owner of the terminal's modes. Dropping it restores the terminal.
#[derive(Debug)]
pub struct Session {
    /// Whether the mouse is listened to while the terminal is ours.
    mouse: bool,
}

/// Presses and the wheel, as numbers of any size (SGR). Not its movements: each
/// would be a packet on a slow line and means nothing here.
struct Clicks(bool);

impl Command for Clicks {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        f.write_str(match self.0 {
            true => "\x1b[?1000h\x1b[?1006h",
            false => "\x1b[?1006l\x1b[?1000l",
        })
    }
}

impl Session {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste.
    ///
    /// # Errors
    /// When standard input is no terminal or cannot be switched; nothing is on
    /// then.
    pub fn enter() -> io::Result<Self> {
        // Else crossterm answers NO_COLOR with an empty colour sequence, which
        // resets bold and reverse too. Themes honour NO_COLOR instead.
        force_color_output(true);
        let session = Self { mouse: false };
        session.resume()?;
        Ok(session)
    }

    /// Takes the terminal again after [`Self::leave`]; harmless if it has it.
    ///
    /// # Errors
    /// As [`Self::enter`].
    pub fn resume(&self) -> io::Result<()> {
        if MODES.load(Ordering::SeqCst) != 0 {
            return Ok(());
        }
        enable_raw_mode()?;
        MODES.store(RAW, Ordering::SeqCst);
        let mut bytes = Vec::new();
        queue!(bytes, EnterAlternateScreen, EnableBracketedPaste)?;
        let mut modes = RAW | SCREEN;
        if self.mouse {
            queue!(bytes, Clicks(true))?;
            modes |= MOUSE;
        }
        MODES.store(modes, Ordering::SeqCst);
        put(&bytes).inspect_err(|_| restore())
    }

    /// Whether the mouse is listened to from now on. Gives the bytes that tell the
    /// terminal; they go with the frames, so that they fall into none of them.
    pub fn set_mouse(&mut self, on: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.mouse == on {
            return bytes;
        }
        self.mouse = on;
        if on {
            // Before the bytes leave; once set it stays: to turn off what is off
            // does no harm.
            let noted = MODES.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |modes| {
                (modes & SCREEN != 0).then_some(modes | MOUSE)
            });
            if noted.is_err() {
                // The terminal is somebody else's now; resuming tells it.
                return bytes;
            }
        }
        let queued = queue!(bytes, Clicks(on));
        debug_assert!(queued.is_ok(), "a Vec takes every byte");
        bytes
    }

    /// Gives the terminal back and keeps the right to take it again.
    pub fn leave(&self) {
        restore_within(ORDERLY);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Gives the terminal back, from wherever: signal path, panic, twice. Waits a
/// fraction of a second at most for a terminal that does not read.
pub fn restore() {
    restore_within(EMERGENCY);
}

/// Forgets the terminal without writing to it: it is gone. Frames that are
/// still under way are dropped.
pub fn abandon() {
    MODES.store(0, Ordering::SeqCst);
}

/// Makes every panic, in whichever thread, give the terminal back before it is
/// reported, and then calls `after`: a program without its screen must end. Only
/// the first call counts.
pub fn restore_on_panic(after: impl Fn() + Send + Sync + 'static) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            report(panic);
            after();
        }));
    });
}

fn restore_within(patience: Duration) {
    let modes = MODES.swap(0, Ordering::SeqCst);
    if modes & SCREEN != 0 {
        let deadline = Instant::now() + patience;
        // The rest of a frame would land on the shell's screen.
        while WRITING.load(Ordering::SeqCst) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        if is_writable(deadline.saturating_duration_since(Instant::now())) {
            let _ = write_all(&farewell(modes), || true);
        }
    }
    if modes & RAW != 0 {
        let _ = disable_raw_mode();
    }
}

/// What undoes the screen, in reverse order of what was switched on.
fn farewell(modes: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A frame may have been cut in the middle: end it first.
    let mut queued = queue!(bytes, EndSynchronizedUpdate, SetAttribute(Attribute::Reset));
    if modes & MOUSE != 0 {
        queued = queued.and_then(|()| queue!(bytes, Clicks(false)));
    }
    let queued =
        queued.and_then(|()| queue!(bytes, DisableBracketedPaste, Show, LeaveAlternateScreen));
    debug_assert!(queued.is_ok(), "a Vec takes every byte");
    bytes
}

/// Writes to the terminal while the screen is on; afterwards bytes are dropped.
///
/// # Errors
/// What the system says: the terminal is gone.
pub(super) fn put(bytes: &[u8]) -> io::Result<()> {
    WRITING.store(true, Ordering::SeqCst);
    let result = write_all(bytes, || MODES.load(Ordering::SeqCst) & SCREEN != 0);
    WRITING.store(false, Ordering::SeqCst);
    result
}

/// Straight to the descriptor: the lock of `io::stdout` may be held by a writer
/// that waits for a terminal which does not read.
fn write_all(mut bytes: &[u8], goes_on: impl Fn() -> bool) -> io::Result<()> {
    while !bytes.is_empty() && goes_on() {
        match rustix::io::write(rustix::stdio::stdout(), bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            // Another program on this terminal may have made it non-blocking.
            Err(Errno::AGAIN) => {
                is_writable(Duration::from_millis(100));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn is_writable(patience: Duration) -> bool {
    let stdout = rustix::stdio::stdout();
    let mut fds = [PollFd::new(&stdout, PollFlags::OUT)];
    let timeout = Timespec::try_from(patience).ok();
    let ready = poll(&mut fds, timeout.as_ref()).unwrap_or_default() > 0;
    ready
        && fds
            .iter()
            .all(|fd| !fd.revents().intersects(PollFlags::HUP | PollFlags::ERR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_and_restored_without_a_session() {
        restore();
        restore();
        abandon();
        assert_eq!(MODES.load(Ordering::SeqCst), 0);
        put(b"not for the terminal").unwrap();
        assert!(!WRITING.load(Ordering::SeqCst));
    }

    #[test]
    fn farewell_lets_go_of_a_mouse_that_was_used() {
        let text = String::from_utf8(farewell(RAW | SCREEN | MOUSE)).unwrap();
        let mouse = text.find("\u{1b}[?1006l\u{1b}[?1000l").unwrap();
        assert!(mouse < text.find("\u{1b}[?2004l").unwrap(), "{text:?}");
    }

    #[test]
    fn farewell_undoes_in_reverse_and_asks_nothing() {
        let text = String::from_utf8(farewell(RAW | SCREEN)).unwrap();
        assert!(
            !text.contains("1000"),
            "no word of a mouse nobody used: {text:?}"
        );
        let paste = text.find("\u{1b}[?2004l").unwrap();
        let screen = text.find("\u{1b}[?1049l").unwrap();
        assert!(paste < screen, "{text:?}");
        assert!(text.find("\u{1b}[?25h").unwrap() < screen, "{text:?}");
        assert!(!text.contains("[6n") && !text.contains("[c"), "{text:?}");
    }
}
