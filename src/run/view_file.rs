//! Views written down in the configuration, and taken out of it again.

use std::path::Path;

use crate::config::{keep_view, remove_view, save};
use crate::model::exchange::{Fault, FaultKind};
use crate::model::view::View;

use super::assemble::Ground;

/// Writes a view into the configuration, in place of one of its name.
///
/// # Errors
/// The file cannot be read, changed safely or written; it stays as it is then.
pub fn keep(ground: &Ground, view: &View) -> Result<(), Fault> {
    change(ground, |text| keep_view(text, view))
}

/// Takes a view out of the configuration.
///
/// # Errors
/// As for [`keep`].
pub fn drop(ground: &Ground, name: &str) -> Result<(), Fault> {
    change(ground, |text| remove_view(text, name))
}

fn change(ground: &Ground, change: impl Fn(&str) -> Result<String, String>) -> Result<(), Fault> {
    let file = &ground.paths.config_file;
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            let why = format!("{} cannot be read ({error})", file.display());
            return Err(Fault::new(FaultKind::Disk, why, "check the file"));
        }
    };
    let changed =
        change(&text).map_err(|why| Fault::new(FaultKind::Disk, why.trim_end_matches('.'), ""))?;
    save(file, changed.as_bytes()).map_err(|error| unwritten(file, &error))
}

fn unwritten(file: &Path, error: &std::io::Error) -> Fault {
    let why = format!("{} cannot be written ({error})", file.display());
    Fault::new(FaultKind::Disk, why, "check the folder's rights and space")
}
