//! What happened, for looking into later: one clean line per event, in a file
//! of our own that nobody else may read. Opened with the first event, so a quiet
//! run leaves none. Never holds what a person wrote.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use crate::model::text;

/// Bytes after which a new file is begun.
const FULL: u64 = 1024 * 1024;
/// Files that are kept: `goaldeck.log` and four older ones.
const FILES: usize = 5;
/// Name of the file in the state directory.
pub const NAME: &str = "goaldeck.log";

/// Reads a level by name: `off`, `error`, `warn`, `info`, `debug`, `trace`.
pub fn level(name: &str) -> Option<LevelFilter> {
    name.trim().parse().ok()
}

/// Writes events of this level and above to the log in `directory` from now on.
/// Only the first call of a process counts.
pub fn start(directory: &Path, level: LevelFilter) {
    let log = Log(Arc::new(Mutex::new(Files {
        directory: directory.to_owned(),
        file: None,
        size: 0,
        is_broken: false,
    })));
    // Of our own code only: what libraries tell of requests is not for a file.
    let ours = Targets::new().with_target(env!("CARGO_PKG_NAME"), level);
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(log)
        .with_filter(ours);
    let subscriber = tracing_subscriber::registry().with(lines);
    // A second call, in tests, leaves the first log in place.
    let _first = tracing::subscriber::set_global_default(subscriber);
}

/// The log as something to write to.
#[derive(Clone, Debug)]
struct Log(Arc<Mutex<Files>>);

#[derive(Debug)]
struct Files {
    directory: PathBuf,
    file: Option<File>,
    size: u64,
    /// The disk does not take it: the program goes on without a log.
    is_broken: bool,
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}

impl Write for Log {
    /// Takes one whole event: the formatter writes each at once.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A panic while writing leaves at worst a torn line behind.
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.write_event(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Files {
    fn write_event(&mut self, bytes: &[u8]) {
        if self.is_broken {
            return;
        }
        let event = text::utf8(bytes);
        let line = format!("{}\n", text::line(event.trim_end()));
        if self.put(line.as_bytes()).is_err() {
            self.is_broken = true;
        }
    }

    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if self.file.is_none() {
            self.open()?;
        }
        if self.size > 0 && self.size + length > FULL {
            self.file = None;
            self.make_room()?;
            self.open()?;
        }
        if let Some(file) = &mut self.file {
            file.write_all(line)?;
            self.size += length;
        }
        Ok(())
    }

    fn path(&self, age: usize) -> PathBuf {
        match age {
            0 => self.directory.join(NAME),
            age => self.directory.join(format!("{NAME}.{age}")),
        }
    }

    fn open(&mut self) -> io::Result<()> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.directory)?;
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(self.path(0))?;
        self.size = file.metadata()?.len();
        self.file = Some(file);
        Ok(())
    }

    /// Each file becomes one older; the oldest goes.
    fn make_room(&self) -> io::Result<()> {
        for age in (1..FILES).rev() {
            match std::fs::rename(self.path(age - 1), self.path(age)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn files(directory: &Path) -> Files {
        Files {
            directory: directory.to_owned(),
            file: None,
            size: 0,
            is_broken: false,
        }
    }

    #[test]
    fn events_are_single_clean_lines_in_a_private_file() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("state");
        let mut files = files(&directory);
        files.write_event(b"INFO one\x1b[31m\nforged line\n");
        let path = directory.join(NAME);
        let written = std::fs::read_to_string(&path).unwrap();
        assert_eq!(written.lines().count(), 1);
        assert!(!written.contains('\u{1b}'));
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&directory)), (0o600, 0o700));
    }

    #[test]
    fn five_files_of_one_mebibyte_are_kept() {
        let home = tempfile::tempdir().unwrap();
        let mut files = files(home.path());
        let line = vec![b'x'; 900];
        for _ in 0..7 * 1200 {
            files.write_event(&line);
        }
        let sizes: Vec<u64> = std::fs::read_dir(home.path())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect();
        assert_eq!(sizes.len(), FILES);
        assert!(sizes.iter().all(|size| *size <= FULL));
    }

    #[test]
    fn a_disk_that_takes_nothing_does_not_stop_the_program() {
        let home = tempfile::tempdir().unwrap();
        let blocked = home.path().join("file");
        std::fs::write(&blocked, b"").unwrap();
        let mut files = files(&blocked.join("below"));
        files.write_event(b"INFO one\n");
        assert!(files.is_broken);
    }
}
