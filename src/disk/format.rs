//! Formats of the store: the steps from each to the next, and the copies made
//! before a step. Only forward.

use std::path::PathBuf;

use rusqlite::Connection;

use super::open::OpenFault;
use super::past;
use super::places::{FILE, Places, free_name, new_file};
use crate::model::time::Time;

/// Every format from the first on: step n leads from format n to n+1. Steps that
/// were released never change.
pub(super) const STEPS: &[&str] = &[
    include_str!("../../assets/schema/0001.sql"),
    include_str!("../../assets/schema/0002.sql"),
    include_str!("../../assets/schema/0003.sql"),
    include_str!("../../assets/schema/0004.sql"),
];

/// The format that has how goals were.
const WITH_PAST: u32 = 4;

/// Copies made before a change of format that are kept.
const COPIES: usize = 3;

/// Brings a store to the format of the last step, one transaction a step; a
/// store that holds something is copied first.
pub(super) fn migrate(
    connection: &mut Connection,
    places: &Places,
    now: Time,
    steps: &[&str],
) -> Result<(), OpenFault> {
    let version = |connection: &Connection| {
        connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))
    };
    let from = version(connection)?;
    if from as usize >= steps.len() {
        return Ok(());
    }
    if from > 0 {
        copy_before(connection, places, now, from)?;
    }
    // A step may rebuild a table that others point to.
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    for (number, step) in (0_u32..).zip(steps).skip(from as usize) {
        let whole =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive)?;
        if version(&whole)? != number {
            continue;
        }
        whole.execute_batch(step)?;
        if number + 1 == WITH_PAST {
            past::began(&whole, now)?;
        }
        whole.pragma_update(None, "user_version", number + 1)?;
        whole.commit()?;
    }
    connection.pragma_update(None, "foreign_keys", "ON")?;
    Ok(())
}

/// `20261121-091500`, which sorts by time.
pub(super) fn stamp(now: Time) -> String {
    now.format("%Y%m%d-%H%M%S").to_string()
}

pub(super) fn copy_before(
    connection: &Connection,
    places: &Places,
    now: Time,
    version: u32,
) -> Result<(), OpenFault> {
    let path = free_name(
        &places.directory,
        &format!("{FILE}.copy-{}-v{version}", stamp(now)),
    );
    new_file(&path)?;
    connection.execute("VACUUM INTO ?1", [path.to_string_lossy().as_ref()])?;
    for old in copies(places).into_iter().skip(COPIES) {
        // One that cannot be removed only takes room.
        let _left = std::fs::remove_file(old);
    }
    Ok(())
}

/// Copies made before changes of format, newest first.
pub(super) fn copies(places: &Places) -> Vec<PathBuf> {
    let start = format!("{FILE}.copy-");
    let mut found: Vec<PathBuf> = std::fs::read_dir(&places.directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(&start))
        })
        .collect();
    found.sort();
    found.reverse();
    found
}
