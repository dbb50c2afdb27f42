//! Opens the store: directory and files with their modes, pragmas, format
//! upgrades, and what to do when the file is new, lost, damaged or too new.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::fault::{code, disk, is_damage, is_full, of_file, of_sql};
use super::format::{STEPS, copies, migrate};
use super::places::{
    FILE, Places, beside, exclusively, keep_ballast, new_file, prepare, put_back, write_new,
};
use super::rescue;
use crate::model::exchange::Fault;
use crate::model::time::{Time, Zone};

/// How to open.
#[derive(Clone, Debug)]
pub struct Options {
    /// The present moment, for the names of copies.
    pub now: Time,
    /// The zone in which the days of the person begin: how goals were is kept once
    /// a day.
    pub zone: Zone,
    /// Only look.
    pub read_only: bool,
    /// What to do if there was a store and it is gone.
    pub lost: OnLost,
    /// Largest size in pages of 4 KiB; for tests of a full disk.
    pub max_pages: Option<u32>,
}

impl Options {
    /// The usual: read and write, and ask when a store is lost.
    pub fn new(now: Time) -> Self {
        Self {
            now,
            zone: Zone::utc(),
            read_only: false,
            lost: OnLost::Ask,
            max_pages: None,
        }
    }
}

/// What to do if there was a store and it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnLost {
    /// Answer with [`OpenFault::Lost`].
    Ask,
    /// Begin with an empty one.
    StartAnew,
    /// Put this copy in its place.
    UseCopy(PathBuf),
}

/// Why there is no store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenFault {
    /// There was a store here and it is gone or empty: a person decides.
    Lost {
        /// What is known, for people.
        sentence: String,
        /// Copies that could take its place, newest first.
        copies: Vec<PathBuf>,
    },
    /// It cannot be opened.
    Fault(Fault),
}

impl From<Fault> for OpenFault {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<rusqlite::Error> for OpenFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(of_sql(&error))
    }
}

impl std::fmt::Display for OpenFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OpenFault::Lost { sentence, .. } => f.write_str(sentence),
            OpenFault::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for OpenFault {}

/// How to get a connection that only reads.
#[derive(Clone, Debug)]
pub(super) struct Source {
    file: PathBuf,
    /// Nobody can write, not even the files SQLite needs for reading along.
    immutable: bool,
}

impl Source {
    pub(super) fn connect(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = if self.immutable {
            let uri = format!("file:{}?immutable=1", escaped(&self.file));
            Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?
        } else {
            Connection::open_with_flags(&self.file, flags)?
        };
        guard(&connection)?;
        // Everything is read once and in order; more pages would only stay behind
        // in memory between the goals that were made of them.
        connection.execute_batch("PRAGMA cache_size = -256;")?;
        Ok(connection)
    }
}

fn escaped(path: &Path) -> String {
    let text = path.to_string_lossy();
    text.replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

/// An opened file.
pub(super) struct Opening {
    pub connection: Connection,
    pub source: Source,
    pub places: Places,
    /// Why it is only read, if so.
    pub read_only: Option<String>,
    pub notices: Vec<String>,
}

/// What stands in the data directory.
enum Found {
    Ready(Connection),
    Old(Connection),
    Empty,
    Damaged,
    ReadOnly(String),
}

/// Opens or makes the store.
pub(super) fn open(directory: &Path, options: &Options) -> Result<Opening, OpenFault> {
    let places = Places::new(directory);
    let mut notices = Vec::new();
    prepare(&places, options, &mut notices)?;
    let connection = match find(&places, options)? {
        Found::Ready(connection) => connection,
        Found::ReadOnly(sentence) => return only_read(places, sentence, notices),
        Found::Old(_) | Found::Empty | Found::Damaged => {
            let lock = exclusively(&places)?;
            let connection = settle(&places, options, &mut notices)?;
            drop(lock);
            connection
        }
    };
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        notices.push(format!(
            "This disk has no shared write-ahead log ({mode} is used): two programs at once \
             wait for each other."
        ));
    }
    if let Some(pages) = options.max_pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    let source = Source {
        file: places.file.clone(),
        immutable: false,
    };
    Ok(Opening {
        connection,
        source,
        places,
        read_only: None,
        notices,
    })
}

fn find(places: &Places, options: &Options) -> Result<Found, OpenFault> {
    if places.file.metadata().map_or(0, |file| file.len()) == 0 {
        return Ok(if options.read_only {
            return Err(disk(
                format!("there is no store in {}", places.directory.display()),
                "start without --read-only once",
            )
            .into());
        } else {
            Found::Empty
        });
    }
    if options.read_only {
        return Ok(Found::ReadOnly("The store is only read, as asked.".into()));
    }
    let writable = |path: &Path| rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok();
    if !writable(&places.file) || !writable(&places.directory) {
        return Ok(Found::ReadOnly(format!(
            "{} may not be written: nothing is saved. Check who owns it, or choose another with \
             --data-dir.",
            places.directory.display()
        )));
    }
    // A newer store is not even opened for writing: closing would tidy its files.
    if let Some(version) = version_in(&places.file).filter(|version| *version > STEPS.len()) {
        return Ok(Found::ReadOnly(newer(version)));
    }
    let seen = || connect(&places.file).and_then(|connection| Ok((look(&connection)?, connection)));
    let mut looked = seen();
    // Even reading needs a little room: what is kept for need is given up for it.
    if matches!(&looked, Err(error) if is_full(error))
        && std::fs::remove_file(&places.ballast).is_ok()
    {
        looked = seen();
    }
    match looked {
        Ok((Look::Here(version), connection)) if version == STEPS.len() => {
            if places.damaged.exists() {
                if check(&connection).is_err() {
                    return Ok(Found::Damaged);
                }
                // It was another fault, or somebody mended it.
                let _unmarked = std::fs::remove_file(&places.damaged);
            }
            Ok(Found::Ready(connection))
        }
        Ok((Look::Here(version), connection)) if version < STEPS.len() => {
            Ok(Found::Old(connection))
        }
        Ok((Look::Here(version), _)) => Ok(Found::ReadOnly(newer(version))),
        Ok((Look::Nothing, _)) => Ok(Found::Empty),
        Ok((Look::Foreign, _)) => Err(disk(
            format!("{} is a database of another program", places.file.display()),
            "move it away, or choose another directory with --data-dir",
        )
        .into()),
        Err(error) if is_damage(&error) => Ok(Found::Damaged),
        Err(error) => Err(of_sql(&error).into()),
    }
}

fn newer(version: usize) -> String {
    format!(
        "The store was written by a newer goaldeck (format {version}, this one knows {}): it is \
         only read. Update goaldeck to write again.",
        STEPS.len()
    )
}

/// The format number as the first page of the file has it.
fn version_in(file: &Path) -> Option<usize> {
    let mut head = [0; 64];
    File::open(file).ok()?.read_exact(&mut head).ok()?;
    let number = head.get(60..)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(number))
        .ok()
        .filter(|_| head.starts_with(rescue::MAGIC))
}

/// What a readable database file turns out to be.
enum Look {
    Here(usize),
    Nothing,
    Foreign,
}

fn look(connection: &Connection) -> rusqlite::Result<Look> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // Also reads the page the schema stands on, so a broken one is seen now.
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let ours = connection
        .query_row("SELECT store FROM meta", [], |row| row.get::<_, String>(0))
        .map(|_| true);
    Ok(match (ours, tables) {
        (Ok(_), _) => Look::Here(usize::try_from(version).unwrap_or(usize::MAX)),
        (Err(error), _) if is_damage(&error) => return Err(error),
        (Err(_), 0) => Look::Nothing,
        // Whatever newer versions did to the tables, the number is theirs.
        (Err(_), _) if version > 0 => Look::Here(usize::try_from(version).unwrap_or(usize::MAX)),
        (Err(_), _) => Look::Foreign,
    })
}

/// `PRAGMA quick_check(1)`: the first fault in the file, if there is one.
pub(super) fn check(connection: &Connection) -> Result<(), Fault> {
    let told: Result<String, _> =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    match told {
        Ok(told) if told == "ok" => Ok(()),
        Ok(told) => Err(disk(
            format!("the store is damaged ({told})"),
            "start goaldeck again: it moves the file aside and saves what can be read",
        )),
        Err(error) => Err(of_sql(&error)),
    }
}

/// Makes the store ready while nobody else can: somebody may have done it
/// before us, so everything is looked at again.
fn settle(
    places: &Places,
    options: &Options,
    notices: &mut Vec<String>,
) -> Result<Connection, OpenFault> {
    match find(places, options)? {
        Found::Ready(connection) => Ok(connection),
        Found::ReadOnly(sentence) => Err(disk(sentence, "start goaldeck again").into()),
        Found::Old(mut connection) => {
            migrate(&mut connection, places, options.now, STEPS)?;
            Ok(connection)
        }
        Found::Damaged => rescue::rescue(places, options.now, notices),
        Found::Empty => {
            if places.id.exists() {
                match &options.lost {
                    OnLost::Ask => return Err(lost(places)),
                    OnLost::StartAnew => {}
                    OnLost::UseCopy(copy) => {
                        put_back(places, copy)?;
                        let mut connection = connect(&places.file)?;
                        migrate(&mut connection, places, options.now, STEPS)?;
                        notices.push(format!("The store is the copy {}.", copy.display()));
                        return Ok(connection);
                    }
                }
            }
            make(places, options.now)
        }
    }
}

fn lost(places: &Places) -> OpenFault {
    let copies = copies(places);
    let way_out = if copies.is_empty() {
        "put a backup in its place, or begin with an empty store"
    } else {
        "use the newest copy, put a backup in its place, or begin with an empty store"
    };
    OpenFault::Lost {
        sentence: format!(
            "There was a store in {}, and {FILE} is missing or empty now; {way_out}.",
            places.directory.display()
        ),
        copies,
    }
}

/// Makes a new store with everything beside it.
pub(super) fn make(places: &Places, now: Time) -> Result<Connection, OpenFault> {
    // A log without its file belongs to nothing, and SQLite would read it.
    for path in beside(&places.file) {
        let _absent = std::fs::remove_file(path);
    }
    new_file(&places.file)?;
    let mut connection = connect(&places.file)?;
    migrate(&mut connection, places, now, STEPS)?;
    let id: String = connection.query_row("SELECT store FROM meta", [], |row| row.get(0))?;
    std::fs::remove_file(&places.id).ok();
    write_new(&places.id, id.as_bytes())
        .map_err(|error| of_file("cannot write", &places.id, &error))?;
    keep_ballast(places);
    if let Ok(directory) = File::open(&places.directory) {
        // Some file systems cannot flush a directory; they keep it by themselves.
        let _told = directory.sync_all();
    }
    Ok(connection)
}

/// A connection that may write, with every pragma set.
pub(super) fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    guard(&connection)?;
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA secure_delete = FAST;")?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode == "wal" {
        connection
            .execute_batch("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304;")?;
    } else {
        connection.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;")?;
    }
    Ok(connection)
}

/// What every connection needs, also one that only reads.
fn guard(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;",
    )
}

fn only_read(places: Places, sentence: String, notices: Vec<String>) -> Result<Opening, OpenFault> {
    let mut source = Source {
        file: places.file.clone(),
        immutable: false,
    };
    let tried = source.connect().and_then(|connection| {
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    });
    let connection = match tried {
        Ok(connection) => connection,
        // Reading along needs two files that cannot be made here.
        Err(error)
            if matches!(
                code(&error),
                Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
            ) =>
        {
            source.immutable = true;
            source.connect()?
        }
        Err(error) => return Err(of_sql(&error).into()),
    };
    Ok(Opening {
        connection,
        source,
        places,
        read_only: Some(sentence),
        notices,
    })
}
