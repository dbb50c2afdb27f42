//! `keys`: every action with its keys as configured.

use serde_json::{Value, json};

use crate::actions::ACTIONS;
use crate::config::Environment;
use crate::keys::Keymap;
use crate::keys::chord::Arrows;
use crate::run::assemble;

use super::args::Global;
use super::print::{Out, Table, Tone, cell};
use super::session;
use super::{Ended, json as schema};

/// The keymap of the configuration.
fn keymap(global: &Global) -> Keymap {
    let found = assemble::paths(&session::options(global), &Environment::of_process());
    let text = found
        .ok()
        .and_then(|paths| std::fs::read_to_string(paths.config_file).ok())
        .unwrap_or_default();
    // Errors in it are told by `config check`; the rest of the keys count.
    Keymap::from_config(&text).0
}

/// `keys`
pub fn keys(out: &mut Out, global: &Global) -> Ended {
    let keymap = keymap(global);
    let arrows = if out.is_ascii {
        Arrows::Words
    } else {
        Arrows::Signs
    };
    let keys = |action| -> Vec<String> {
        let chords = keymap.keys_of(action);
        chords.iter().map(|chord| chord.shown(arrows)).collect()
    };
    if out.is_json {
        let list: Vec<Value> = ACTIONS
            .iter()
            .map(|info| {
                json!({
                    "action": info.id,
                    "title": info.title,
                    "help": info.help,
                    "group": format!("{:?}", info.group).to_lowercase(),
                    "keys": keys(info.action),
                    "scopes": info.scopes.iter().map(|scope| scope.id()).collect::<Vec<_>>(),
                    "command": info.twin,
                })
            })
            .collect();
        return Ok(out.json(&schema::object("keys", json!(list)))?);
    }
    let mut table = Table::cutting(2);
    for info in ACTIONS {
        table.row(vec![
            cell(&keys(info.action).join(" ")),
            cell(info.title),
            cell(info.help).tone(Tone::Dim),
            cell(info.id).tone(Tone::Dim),
        ]);
    }
    Ok(out.table(&table)?)
}
