//! Reads small plain files: a pipe, a device or a huge file does not hold us up.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, Stat};
use secrecy::zeroize::Zeroizing;

/// An open plain file and what was found of it, so that nobody can put another
/// in its place between looking and reading.
pub(super) struct PlainFile {
    file: OwnedFd,
    pub found: Stat,
}

impl PlainFile {
    /// Opens a file without waiting for anything.
    ///
    /// # Errors
    /// It cannot be opened, or is no plain file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = rustix::fs::open(path, flags, Mode::empty())?;
        let found = rustix::fs::fstat(&file)?;
        if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
            return Err(io::Error::other("it is not a plain file"));
        }
        Ok(Self { file, found })
    }

    /// Adds all of it to `into`.
    ///
    /// # Errors
    /// It cannot be read, or has more than `limit` bytes.
    pub fn read(&self, limit: usize, into: &mut Vec<u8>) -> io::Result<()> {
        // Cleared after use: it may have held a token.
        let mut part = Zeroizing::new([0_u8; 4096]);
        loop {
            match rustix::io::read(&self.file, part.as_mut_slice()) {
                Ok(0) => return Ok(()),
                Ok(read) => into.extend_from_slice(part.get(..read).unwrap_or_default()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            if into.len() > limit {
                return Err(io::Error::other(format!(
                    "it is larger than {} KiB",
                    limit / 1024
                )));
            }
        }
    }
}

/// An error of the system without its number.
pub(super) fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}
