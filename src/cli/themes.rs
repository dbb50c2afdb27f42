//! `themes`: the themes there are and how they look on this terminal.

use std::io::Write;

use serde_json::{Value, json};

use crate::config::file::Loaded;
use crate::config::{Config, Environment};
use crate::model::text;
use crate::run::assemble;
use crate::run::looks::{RoleLine, ThemeLine, theme_lines};

use super::args::Global;
use super::failure::Failure;
use super::print::{Out, Table, Tone, cell};
use super::session;
use super::{Ended, json as schema};

/// Roles shown beside each theme of the list.
const SAMPLES: [&str; 6] = [
    "text",
    "dim",
    "on_track",
    "at_risk",
    "off_track",
    "outdated",
];

/// The configuration, or the defaults where it cannot be read; `config check` tells.
fn config(global: &Global, environment: &Environment) -> Config {
    assemble::paths(&session::options(global), environment)
        .map(|paths| Loaded::read(&paths.config_file, environment).config)
        .unwrap_or_default()
}

fn contrast(role: &RoleLine) -> String {
    role.contrast
        .map_or_else(String::new, |contrast| format!("{contrast:.1}"))
}

fn as_json(theme: &ThemeLine) -> Value {
    let roles = theme.roles.iter().map(|role| {
        let contrast = role
            .contrast
            .map(|contrast| (contrast * 100.0).round() / 100.0);
        let value = json!({ "look": role.look, "contrast": contrast });
        (role.code.to_owned(), value)
    });
    json!({
        "name": theme.name,
        "about": theme.about,
        "own": theme.is_own,
        "configured": theme.is_worn,
        "roles": Value::Object(roles.collect()),
    })
}

/// `themes [NAME]`
pub fn themes(out: &mut Out, global: &Global, name: Option<&str>) -> Ended {
    let environment = Environment::of_process();
    let config = config(global, &environment);
    let mut lines = theme_lines(&config, &environment, out.has_colour);
    if let Some(name) = name {
        if !lines.iter().any(|line| line.name == name) {
            let names: Vec<String> = lines.into_iter().map(|line| line.name).collect();
            let why = format!("there is no theme \"{name}\"");
            let remedy = format!("there are {}", names.join(", "));
            return Err(Failure::usage("theme", why, remedy).into());
        }
        lines.retain(|line| line.name == name);
    }
    if out.is_json {
        let list: Vec<Value> = lines.iter().map(as_json).collect();
        return Ok(out.json(&schema::object("themes", json!(list)))?);
    }
    if name.is_some() {
        return lines.first().map_or(Ok(()), |theme| roles(out, theme));
    }
    let mut table = Table::cutting(2);
    for theme in &lines {
        let worn = if theme.is_worn { "*" } else { "" };
        let faintest = theme.faintest().map(contrast).unwrap_or_default();
        table.row(vec![
            cell(worn).tone(Tone::Good),
            cell(&theme.name).tone(Tone::Strong),
            cell(&theme.about),
            cell(&faintest).tone(Tone::Dim),
        ]);
    }
    out.table(&table)?;
    if out.has_colour {
        for theme in &lines {
            let samples = SAMPLES.iter().filter_map(|code| theme.role(code));
            let samples: Vec<&str> = samples.map(|role| role.sample.as_str()).collect();
            let name = text::line(&theme.name).truncate(14).pad_right(14);
            writeln!(out.raw(), "{name} {}", samples.join(" "))?;
        }
    }
    Ok(())
}

fn roles(out: &mut Out, theme: &ThemeLine) -> Ended {
    for role in &theme.roles {
        let sample = match out.has_colour {
            // The codes take no room: the name is what is padded.
            true => {
                let room = 12_usize.saturating_sub(role.code.len());
                format!("{}{}", role.sample, " ".repeat(room))
            }
            false => format!("{:<12}", role.code),
        };
        let line = format!("{sample} {:>5}  {}", contrast(role), role.look);
        writeln!(out.raw(), "{line}")?;
    }
    Ok(())
}
