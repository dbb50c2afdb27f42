//! `config path`, `check`, `edit`.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use serde_json::{Value, json};

use crate::config::file::{Loaded, Notice};
use crate::config::{Environment, print_default};
use crate::keys::Keymap;
use crate::run::assemble;

use super::args::{Config, Global};
use super::failure::Failure;
use super::print::Out;
use super::session;
use super::{Ended, Stop, json as schema, note};

/// `config …`
pub fn config(out: &mut Out, global: &Global, args: &Config) -> Ended {
    let environment = Environment::of_process();
    let paths = assemble::paths(&session::options(global), &environment)
        .map_err(|fault| session::of_assembly(&fault))?;
    let file = &paths.config_file;
    match args {
        Config::Path => {
            if out.is_json {
                let value = json!({
                    "config": file.to_string_lossy(),
                    "data": paths.data.to_string_lossy(),
                    "state": paths.state.to_string_lossy(),
                });
                return Ok(out.json(&schema::object("paths", value))?);
            }
            Ok(out.say(&crate::shown!("{}", file.display()))?)
        }
        Config::Check => check(out, file, &environment),
        Config::Edit => {
            let loaded = Loaded::read(file, &environment);
            make(file)?;
            note::run_editor(&loaded.config, file)?;
            check(out, file, &environment)
        }
    }
}

/// A file with every setting as a comment, if there is none.
fn make(file: &Path) -> Result<(), Failure> {
    if file.exists() {
        return Ok(());
    }
    let wrong = |error: std::io::Error| {
        Failure::failed(
            "configuration",
            format!("{} cannot be made: {error}", file.display()),
            "check the folder's rights, or give --config",
        )
    };
    if let Some(folder) = file.parent() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(wrong)?;
    }
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut file| file.write_all(print_default().as_bytes()))
        .map_err(wrong)
}

/// What is wrong with keys; they have a reader of their own.
fn key_errors(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let (_, errors) = Keymap::from_config(&text);
    errors.iter().map(ToString::to_string).collect()
}

/// Reads the file and says what is wrong; exit 1 if the defaults hold instead.
fn check(out: &mut Out, file: &Path, environment: &Environment) -> Ended {
    let loaded = Loaded::read(file, environment);
    let keys = if loaded.errors.is_empty() {
        key_errors(file)
    } else {
        Vec::new()
    };
    let is_fine = loaded.errors.is_empty() && keys.is_empty();
    if out.is_json {
        let list = |notices: &[Notice]| -> Vec<Value> {
            notices
                .iter()
                .map(|notice| {
                    json!({
                        "line": notice.place.map(|place| place.line),
                        "column": notice.place.map(|place| place.column),
                        "key": notice.key,
                        "nearest": notice.nearest,
                        "text": notice.text,
                    })
                })
                .collect()
        };
        let value = json!({
            "file": file.to_string_lossy(),
            "exists": file.exists(),
            "errors": list(&loaded.errors),
            "warnings": list(&loaded.warnings),
            "keys": keys,
        });
        out.json(&schema::object("config", value))?;
    } else {
        let name = file.display();
        for notice in &loaded.errors {
            out.say(&crate::shown!("error: {notice}"))?;
        }
        for error in &keys {
            out.say(&crate::shown!("error: {error}"))?;
        }
        for notice in &loaded.warnings {
            out.say(&crate::shown!("warning: {notice}"))?;
        }
        if !file.exists() {
            out.note(&crate::shown!("{name} is not there; the defaults hold"))?;
        } else if is_fine && loaded.warnings.is_empty() {
            out.note(&crate::shown!("{name} is fine"))?;
        } else if is_fine {
            out.note(&crate::shown!("{name} is used, but for the keys above"))?;
        } else {
            out.note(&crate::shown!("{name} has errors; the defaults hold"))?;
        }
    }
    if is_fine { Ok(()) } else { Err(Stop::Code(1)) }
}
