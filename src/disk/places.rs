//! The files of a data directory: their names, their modes, the ballast, the lock
//! under which a store is made. Knows no SQL.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::fault::{disk, of_file};
use super::open::Options;
use crate::model::exchange::Fault;

/// Set aside so that a draft still fits when the disk is full.
const BALLAST: usize = 256 * 1024;

/// Name of the store's file.
pub(super) const FILE: &str = "goaldeck.db";

/// The files of one data directory.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub directory: PathBuf,
    pub file: PathBuf,
    pub ballast: PathBuf,
    /// Says that there is, or was, a store.
    pub id: PathBuf,
    /// Held while a store is made, upgraded or moved aside.
    lock: PathBuf,
    /// Left by a failed check for the next start.
    pub damaged: PathBuf,
}

impl Places {
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            file: directory.join(FILE),
            ballast: directory.join("ballast"),
            id: directory.join("store.id"),
            lock: directory.join("store.lock"),
            damaged: directory.join("store.damaged"),
        }
    }

    /// Leaves word for the next start to check the file and mend it.
    pub(super) fn mark_damaged(&self) {
        // Without it the next start finds out as late as this one did.
        let _unmarked = write_new(&self.damaged, b"");
    }
}

/// The directory, 0700 if we make it; told if others can look into it.
pub(super) fn prepare(
    places: &Places,
    options: &Options,
    notices: &mut Vec<String>,
) -> Result<(), Fault> {
    let directory = &places.directory;
    if !options.read_only && !directory.exists() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(|error| of_file("cannot make the data directory", directory, &error))?;
    }
    let found = directory
        .metadata()
        .map_err(|error| of_file("cannot open the data directory", directory, &error))?;
    if !found.is_dir() {
        return Err(disk(
            format!("{} is not a directory", directory.display()),
            "move it away, or choose another with --data-dir",
        ));
    }
    if found.permissions().mode() & 0o077 != 0 {
        notices.push(format!(
            "Others can look into {}: chmod 700 closes it.",
            directory.display()
        ));
    }
    let readable = |mode: u32| mode & 0o077 != 0;
    if let Ok(file) = places.file.metadata()
        && readable(file.permissions().mode())
        && std::fs::set_permissions(&places.file, PermissionsExt::from_mode(0o600)).is_err()
    {
        notices.push(format!(
            "Others can read {}: chmod 600 closes it.",
            places.file.display()
        ));
    }
    Ok(())
}

/// Waits until nobody else makes, upgrades or mends this store; held while the
/// answer lives.
pub(super) fn exclusively(places: &Places) -> Result<File, Fault> {
    let failed = |error: std::io::Error| of_file("cannot lock", &places.lock, &error);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&places.lock)
        .map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

/// Puts the ballast down again if it was used; no room for it is no fault.
pub(super) fn keep_ballast(places: &Places) {
    if !places.ballast.exists() && write_new(&places.ballast, &vec![b'.'; BALLAST]).is_err() {
        let _none = std::fs::remove_file(&places.ballast);
    }
}

/// Writes a new file for its owner only and flushes it.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// An empty file only its owner may read, before SQLite makes it otherwise.
pub(super) fn new_file(path: &Path) -> Result<(), Fault> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|error| of_file("cannot make", path, &error))
}

/// Puts a copy in the store's place, whole or not at all.
pub(super) fn put_back(places: &Places, copy: &Path) -> Result<(), Fault> {
    for path in beside(&places.file) {
        let _absent = std::fs::remove_file(path);
    }
    let new = free_name(&places.directory, &format!("{FILE}.new"));
    std::fs::read(copy)
        .and_then(|bytes| write_new(&new, &bytes))
        .and_then(|()| std::fs::rename(&new, &places.file))
        .map_err(|error| of_file("cannot copy", copy, &error))
}

/// The two files SQLite keeps beside a database.
pub(super) fn beside(file: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|end| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

/// A name in a directory that nothing has yet.
pub(super) fn free_name(directory: &Path, name: &str) -> PathBuf {
    let mut path = directory.join(name);
    let mut number = 2;
    while path.exists() {
        path = directory.join(format!("{name}.{number}"));
        number += 1;
    }
    path
}
