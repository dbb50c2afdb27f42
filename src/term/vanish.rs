//! Tells when the terminal is gone, without a timer. The event reader of
//! crossterm reads a dead terminal again and again and never says so; without
//! this the program would spin on a whole core after a lost connection.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc::UnboundedSender;

use super::Told;

/// Watches standard input on a thread of its own that sleeps in the kernel and
/// sends [`Told::Vanished`] once. The thread ends with the program.
///
/// # Errors
/// When the system gives no thread.
pub fn watch(told: UnboundedSender<Told>) -> io::Result<()> {
    thread::Builder::new()
        .name("vanish".to_owned())
        .stack_size(64 * 1024)
        .spawn(move || {
            if wait(rustix::stdio::stdin()) {
                let _ = told.send(Told::Vanished);
            }
        })?;
    Ok(())
}

/// Sleeps until the terminal behind `fd` hangs up. False, at once, where the
/// system cannot watch such a descriptor.
fn wait(fd: BorrowedFd<'_>) -> bool {
    // No events are asked for: hang-up and errors are told in any case, and
    // input alone never wakes the thread.
    let mut fds = [PollFd::from_borrowed_fd(fd.as_fd(), PollFlags::empty())];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    if poll(&mut fds, Some(&at_once)).is_err() || has(&fds, PollFlags::NVAL) {
        return false;
    }
    loop {
        match poll(&mut fds, None) {
            Err(Errno::INTR) => {}
            Err(_) => return false,
            Ok(_) if has(&fds, PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) => return true,
            Ok(_) => return false,
        }
    }
}

fn has(fds: &[PollFd<'_>], flags: PollFlags) -> bool {
    fds.iter().any(|fd| fd.revents().intersects(flags))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;
    use std::sync::mpsc;
    use std::time::Duration;

    use portable_pty::{PtySize, native_pty_system};

    use super::*;

    #[test]
    fn closing_the_other_end_is_told_and_typing_is_not() {
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let terminal = File::options()
            .read(true)
            .write(true)
            .open(pair.master.tty_name().unwrap())
            .unwrap();
        drop(pair.slave);
        let (ended, end) = mpsc::channel();
        let watched = terminal.try_clone().unwrap();
        thread::spawn(move || ended.send(wait(watched.as_fd())));

        let mut keyboard = pair.master.take_writer().unwrap();
        keyboard.write_all(b"typed\n").unwrap();
        let mut line = [0; 6];
        std::io::Read::read_exact(&mut &terminal, &mut line).unwrap();
        assert_eq!(end.try_recv(), Err(mpsc::TryRecvError::Empty));

        drop(keyboard);
        drop(pair.master);
        assert_eq!(end.recv_timeout(Duration::from_secs(5)), Ok(true));
    }

    #[test]
    fn files_are_not_watched_for_ever() {
        let (reader, writer) = std::io::pipe().unwrap();
        let (ended, end) = mpsc::channel();
        thread::spawn(move || ended.send(wait(reader.as_fd())));
        drop(writer);
        assert_eq!(end.recv_timeout(Duration::from_secs(5)), Ok(true));
    }
}
