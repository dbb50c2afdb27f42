//! Turns what SQLite and the file system say into sentences for people.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::model::exchange::{Fault, FaultKind};

/// Why work on the store stopped: SQLite, or a reason of our own.
#[derive(Debug)]
pub enum Trouble {
    /// What SQLite said.
    Sql(rusqlite::Error),
    /// A refusal that has its sentence already.
    Fault(Fault),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Sql(error) => of_sql(&error),
            Trouble::Fault(fault) => fault,
        }
    }
}

/// A fault of the disk.
pub fn disk(why: impl Into<String>, remedy: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Disk, why, remedy)
}

/// The code SQLite gave, if it was SQLite that failed.
pub fn code(error: &rusqlite::Error) -> Option<ErrorCode> {
    error.sqlite_error_code()
}

/// Whether there is no room: SQLite says so in its own words where it is the
/// file shared by programs that does not fit.
pub fn is_full(error: &rusqlite::Error) -> bool {
    let extended = error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
    extended || code(error) == Some(ErrorCode::DiskFull)
}

/// Whether the file itself is not what it should be.
pub fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        code(error),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

/// Why SQLite did not do it, and what helps.
pub fn of_sql(error: &rusqlite::Error) -> Fault {
    match code(error) {
        _ if is_full(error) => disk(
            "the disk is full",
            "free some space and try again; what you typed stays where it is",
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => disk(
            "the store may not be written",
            "check who owns the data directory, or choose another with --data-dir",
        ),
        Some(ErrorCode::CannotOpen) => disk(
            "the store cannot be opened",
            "check the data directory, or choose another with --data-dir",
        ),
        Some(ErrorCode::SystemIoFailure) => disk(
            format!("the disk failed ({error})"),
            "check the disk, then start goaldeck again; nothing is written until then",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => disk(
            "another program has held the store for more than five seconds",
            "try again, or end the other program",
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => disk(
            "the store is damaged",
            "start goaldeck again: it moves the file aside and saves what can be read",
        ),
        Some(ErrorCode::ConstraintViolation) => Fault::new(
            FaultKind::Invalid,
            format!("the store does not take it ({error})"),
            "check the numbers and names in it",
        ),
        _ => disk(
            format!("the store did not do it ({error})"),
            "try again; if it happens again, look at the log",
        ),
    }
}

/// A fault about a file or directory.
pub fn of_file(what: &str, path: &Path, error: &std::io::Error) -> Fault {
    disk(
        format!("{what} {}: {error}", path.display()),
        "check the directory, or choose another with --data-dir",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_room_for_the_shared_file_is_a_full_disk() {
        let of = |code| {
            let error = rusqlite::ffi::Error::new(code);
            of_sql(&rusqlite::Error::SqliteFailure(error, None)).why
        };
        assert_eq!(of(rusqlite::ffi::SQLITE_IOERR_SHMSIZE), "the disk is full");
        assert_eq!(of(rusqlite::ffi::SQLITE_FULL), "the disk is full");
        assert!(of(rusqlite::ffi::SQLITE_IOERR_WRITE).starts_with("the disk failed"));
    }
}
