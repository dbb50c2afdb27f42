//! Who sends: of all programs on one store the one that holds `sender.lock`. The
//! kernel lets go of it with the process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::fault::of_file;
use crate::model::exchange::Fault;

const NAME: &str = "sender.lock";

/// Held as long as it lives.
#[derive(Debug)]
pub struct SenderLock {
    _file: File,
}

/// Whether we may send.
#[derive(Debug)]
pub enum Turn {
    /// It is us, until this is dropped.
    Ours(SenderLock),
    /// Somebody else; their process id if the file tells.
    Theirs(Option<u32>),
}

/// Takes the lock in a data directory if it is free; never waits.
///
/// # Errors
/// The file cannot be opened, or the file system has no locks.
pub fn try_lock(directory: &Path) -> Result<Turn, Fault> {
    let path = directory.join(NAME);
    let failed = |error: &std::io::Error| of_file("cannot lock", &path, error);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| failed(&error))?;
    match file.try_lock() {
        Ok(()) => {
            let told = file
                .set_len(0)
                .and_then(|()| writeln!(file, "{}", std::process::id()));
            told.map_err(|error| failed(&error))?;
            Ok(Turn::Ours(SenderLock { _file: file }))
        }
        Err(TryLockError::WouldBlock) => Ok(Turn::Theirs(holder(directory))),
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}

/// The process that took the lock last, as the file tells.
pub fn holder(directory: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(directory.join(NAME)).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f29_only_one_sends_and_the_other_learns_who() {
        let home = tempfile::tempdir().unwrap();
        let first = try_lock(home.path()).unwrap();
        assert!(matches!(first, Turn::Ours(_)));
        let Turn::Theirs(pid) = try_lock(home.path()).unwrap() else {
            panic!("two senders");
        };
        assert_eq!(pid, Some(std::process::id()));
        drop(first);
        assert!(matches!(try_lock(home.path()).unwrap(), Turn::Ours(_)));
    }
}
