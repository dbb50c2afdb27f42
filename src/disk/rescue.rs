//! A damaged store: moves its files aside, makes a new one and carries over every
//! row that can still be read. Never deletes or changes the damaged files.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::fault::{of_file, of_sql};
use super::format::{STEPS, stamp};
use super::load::Section;
use super::open::{OpenFault, make};
use super::places::{Places, beside, free_name};
use super::{keep, load, past};
use crate::model::exchange::Fault;
use crate::model::time::Time;

/// Size of a page; SQLite's default, which we never change.
const PAGE: usize = 4096;
/// How every SQLite file begins.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";
/// Row numbers that are tried one by one at most.
const TRIED: i64 = 1_000_000;

/// Tables that are carried over row by row, most precious first.
const TABLES: [&str; 10] = [
    "drafts",
    "outbox",
    "kept_here",
    "marks",
    "bin",
    "outbox_log",
    "people",
    "applied",
    "past",
    "notifications",
];

/// What was saved.
#[derive(Debug, Default, PartialEq, Eq)]
struct Saved {
    rows: Vec<(&'static str, usize)>,
    goals: usize,
    in_part: usize,
}

impl Saved {
    fn of(&self, table: &str) -> usize {
        self.rows
            .iter()
            .find(|(name, _)| *name == table)
            .map_or(0, |(_, count)| *count)
    }
}

/// Moves the damaged store aside and returns a new one with what was readable.
pub(super) fn rescue(
    places: &Places,
    now: Time,
    notices: &mut Vec<String>,
) -> Result<Connection, OpenFault> {
    let aside = move_aside(places, now)?;
    let mut connection = make(places, now)?;
    let saved = from_copy(places, &aside, &mut connection);
    let _gone = std::fs::remove_file(&places.damaged);
    let told = match saved {
        Ok(saved) => {
            let part = match saved.in_part {
                0 => String::new(),
                part => format!(" ({part} of them without key results and check-ins)"),
            };
            format!(
                "saved from it: {} drafts, {} outbox entries, {} goals{part}",
                saved.of("drafts"),
                saved.of("outbox"),
                saved.goals,
            )
        }
        Err(fault) => format!("nothing could be read from it ({})", fault.why),
    };
    notices.push(format!(
        "The store was damaged. It was moved to {}; {told}.",
        aside.display()
    ));
    Ok(connection)
}

fn move_aside(places: &Places, now: Time) -> Result<PathBuf, Fault> {
    let name = places
        .file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let aside = free_name(&places.directory, &format!("{name}.damaged-{}", stamp(now)));
    let moved = |from: &Path, to: &Path| {
        std::fs::rename(from, to).map_err(|error| of_file("cannot move", from, &error))
    };
    // The log first: without its file it is harmless, the other way round the
    // next store would read it.
    for (from, to) in beside(&places.file).iter().zip(beside(&aside)) {
        if from.exists() {
            moved(from, &to)?;
        }
    }
    moved(&places.file, &aside)?;
    Ok(aside)
}

/// Reads from a second copy, because reading with a log changes files.
fn from_copy(places: &Places, aside: &Path, to: &mut Connection) -> Result<Saved, Fault> {
    let folder = free_name(&places.directory, "rescue");
    DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .map_err(|error| of_file("cannot make", &folder, &error))?;
    let copy = folder.join("copy.db");
    let saved = copy_files(aside, &copy)
        .and_then(|()| mend_head(&copy, &places.file, to))
        .map_err(|error| of_file("cannot copy", aside, &error))
        .and_then(|()| carry_over(&copy, to).map_err(|error| of_sql(&error)));
    let _left = std::fs::remove_dir_all(&folder);
    saved
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(from, to)?;
    let (from, to) = (beside(from), beside(to));
    if let ([log, _], [copy, _]) = (&from, &to)
        && log.exists()
    {
        std::fs::copy(log, copy)?;
    }
    Ok(())
}

/// Without the first hundred bytes SQLite reads nothing at all. They are nearly
/// the same in every store of a format, so those of the new one stand in; if the
/// whole first page is gone, so does that, for tables lie in the same places.
fn mend_head(copy: &Path, fresh: &Path, to: &Connection) -> std::io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(copy)?;
    let length = file.metadata()?.len();
    let mut page = vec![0; PAGE];
    if file.read_exact(&mut page).is_err() || page.starts_with(MAGIC) {
        return Ok(());
    }
    let checkpoint = to.pragma_query(None, "wal_checkpoint", |_| Ok(()));
    checkpoint.map_err(std::io::Error::other)?;
    let mut head = vec![0; PAGE];
    std::fs::File::open(fresh)?.read_exact(&mut head)?;
    let tree_stands = matches!(page.get(100), Some(0x05 | 0x0d));
    let mend = if tree_stands { 100 } else { PAGE };
    let pages = u32::try_from(length / PAGE as u64).unwrap_or(u32::MAX);
    for (at, value) in [(28, pages), (32, 0), (36, 0)] {
        if let Some(field) = head.get_mut(at..at + 4) {
            field.copy_from_slice(&value.to_be_bytes());
        }
    }
    file.seek(SeekFrom::Start(0))?;
    file.write_all(head.get(..mend).unwrap_or_default())
}

fn carry_over(copy: &Path, to: &mut Connection) -> rusqlite::Result<Saved> {
    let from = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Makes SQLite accept a file that is shorter than its head says.
    from.execute_batch("PRAGMA writable_schema = ON; PRAGMA cell_size_check = ON;")?;
    let mut saved = Saved::default();
    from.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    up_to_date(&from);
    let whole = to.transaction()?;
    for table in TABLES {
        saved.rows.push((table, rows(&from, &whole, table)?));
    }
    // What is only kept of remote accounts is read again from them.
    for table in ["people", "notifications"] {
        whole.execute(&format!("DELETE FROM {table} WHERE section <> 0"), [])?;
    }
    let rev = keep::next_revision(&whole)?;
    if let Ok(Some(began)) = past::since(&from) {
        past::began(&whole, began)?;
    }
    // Numbers of the old store; this one counts from the beginning.
    whole.execute("UPDATE kept_here SET rev = ?1", [rev])?;
    let here = |number: &i64| *number <= Section::HERE.last();
    for number in numbers(&from, "goals").into_iter().filter(here) {
        let complete = load::goal_by_number(&from, number).ok().flatten();
        let goal = match complete {
            Some((_, goal)) => Some(goal),
            None => {
                let bare = load::bare_goal(&from, number).ok().flatten();
                saved.in_part += usize::from(bare.is_some());
                bare
            }
        };
        if let Some(goal) = goal
            && load::number_of(&whole, Section::HERE, &goal.id)?.is_none()
        {
            keep::goal(&whole, Section::HERE, &goal, None, rev)?;
            saved.goals += 1;
        }
    }
    whole.commit()?;
    Ok(saved)
}

/// Brings the copy of an older store to the format that is read here. A step that
/// does not go through leaves tables that cannot be read, as damage does.
fn up_to_date(from: &Connection) {
    let version = from.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
    let version = version.map_or(STEPS.len(), |version| version as usize);
    for step in STEPS.iter().skip(version) {
        if let Err(error) = from.execute_batch(step) {
            tracing::warn!(%error, "a damaged store of an older format");
        }
    }
}

/// Row numbers of a table: as far as a walk from either end comes, and every
/// number in the gap between.
fn numbers(from: &Connection, table: &str) -> Vec<i64> {
    let walk = |order: &str| -> Vec<i64> {
        let mut found = Vec::new();
        // NOT INDEXED: the table itself, for an index may be what is broken.
        let sql = format!("SELECT rowid FROM {table} NOT INDEXED ORDER BY rowid {order}");
        if let Ok(mut statement) = from.prepare(&sql)
            && let Ok(mut rows) = statement.query([])
        {
            while let Ok(Some(row)) = rows.next() {
                found.extend(row.get::<_, i64>(0));
            }
        }
        found
    };
    let mut found = walk("ASC");
    let mut back = walk("DESC");
    back.reverse();
    if back.len() <= found.len() {
        return found;
    }
    let from_here = found.last().map_or(1, |last| last + 1);
    let to_there = back.first().copied().unwrap_or(from_here);
    found.extend(from_here..to_there.min(from_here.saturating_add(TRIED)));
    found.extend(back.into_iter().filter(|number| *number >= from_here));
    found
}

fn rows(from: &Connection, to: &Connection, table: &str) -> rusqlite::Result<usize> {
    let columns: Vec<String> = to
        .prepare(&format!("SELECT * FROM {table} LIMIT 0"))?
        .column_names()
        .map(ToOwned::to_owned)
        .collect();
    let marks = vec!["?"; columns.len()].join(", ");
    let list = columns.join(", ");
    let Ok(mut one) = from.prepare(&format!("SELECT {list} FROM {table} WHERE rowid = ?1")) else {
        return Ok(0);
    };
    let mut put = to.prepare(&format!(
        "INSERT OR IGNORE INTO {table} ({list}) VALUES ({marks})"
    ))?;
    let mut count = 0;
    for number in numbers(from, table) {
        let values: rusqlite::Result<Vec<Value>> = one.query_row([number], |row| {
            (0..columns.len()).map(|place| row.get(place)).collect()
        });
        // A row that does not fit (a check fails) is as unreadable as a lost one.
        if let Ok(values) = values {
            count += put.execute(params_from_iter(values)).unwrap_or(0);
        }
    }
    Ok(count)
}
