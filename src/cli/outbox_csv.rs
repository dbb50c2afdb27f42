//! `outbox export --csv`: the check-ins that wait for AchieveIt as the file its
//! import takes, for who hands them in by hand. Sends nothing and changes nothing.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;

use serde_json::json;

use crate::config::file::{Account, ProviderKind};
use crate::model::entry::{Entry, EntryState};
use crate::providers::achieveit::{Record, Words, csv, record, was_taken};

use super::args::Global;
use super::failure::Failure;
use super::portable::{save, some};
use super::print::Out;
use super::session::Session;
use super::{Ended, json as schema};

const WHAT: &str = "outbox export";

/// `outbox export --csv [FILE]`
pub fn export(out: &mut Out, session: &Session, global: &Global, file: Option<&Path>) -> Ended {
    let account = account(session, global)?;
    let (records, left) = records(session, account);
    for why in &left {
        out.remark(&crate::shown!("goaldeck: left out: {why}"));
    }
    let file = file.filter(|file| *file != Path::new("-"));
    if records.is_empty() {
        if out.is_json {
            let value = json!({ "updates": 0, "file": null });
            return Ok(out.json(&schema::object("exported", value))?);
        }
        let name = &account.name;
        return Ok(out.note(&crate::shown!("no check-in waits for {name}"))?);
    }
    let mut items = HashSet::new();
    let doubles = records.iter();
    let doubles = doubles.filter(|record| !items.insert((&record.external_id, record.day)));
    let doubles = doubles.count();
    if doubles > 0 {
        let rows = some(doubles, "row is", "rows are");
        out.remark(&crate::shown!(
            "goaldeck: {rows} of an item that has one of the same day already; AchieveIt does not say which counts"
        ));
    }
    let text = csv(&records);
    let updates = some(records.len(), "update", "updates");
    match file {
        None => out.raw().write_all(text.as_bytes())?,
        Some(file) => {
            save(file, |to| to.write_all(text.as_bytes())).map_err(|error| {
                let why = format!("{} cannot be written: {error}", file.display());
                Failure::failed(WHAT, why, "choose another place")
            })?;
            if out.is_json {
                let file = file.to_string_lossy();
                let value = json!({ "updates": records.len(), "file": file });
                out.json(&schema::object("exported", value))?;
            } else {
                let name = file.display();
                out.note(&crate::shown!("wrote {updates} to {name}"))?;
            }
        }
    }
    out.remark(&crate::shown!(
        "goaldeck: nothing was sent, and these still wait; drop those that you hand in by hand (goaldeck outbox drop ID)"
    ));
    Ok(())
}

/// The account that is asked for, else the only one of AchieveIt.
fn account<'a>(session: &'a Session, global: &Global) -> Result<&'a Account, Failure> {
    let wanted = global.account.as_deref().filter(|name| *name != "all");
    let is_meant = |account: &&Account| match wanted {
        Some(name) => account.name.as_str() == name,
        None => account.provider == ProviderKind::AchieveIt,
    };
    let meant: Vec<&Account> = session.config.accounts.iter().filter(is_meant).collect();
    match meant.as_slice() {
        [one] if one.provider == ProviderKind::AchieveIt => Ok(one),
        [one] => Err(Failure::usage(
            "--account",
            format!("{} is no account of AchieveIt", one.name),
            "other systems take no file",
        )),
        [] => Err(Failure::usage(
            WHAT,
            "there is no such account of AchieveIt",
            "see goaldeck account list",
        )),
        several => {
            let names: Vec<&str> = several.iter().map(|one| one.name.as_str()).collect();
            Err(Failure::usage(
                "--account",
                format!("there are several: {}", names.join(", ")),
                "say which",
            ))
        }
    }
}

/// The updates that were not sent, in the order they were written, and why some
/// of them are none. What is on its way or may have arrived is left to that.
fn records(session: &Session, account: &Account) -> (Vec<Record>, Vec<String>) {
    let store = session.store();
    let words = Words::new(&account.status_map);
    let maker = record::Maker {
        account: &account.name,
        words: &words,
        zone: session.now().zone,
    };
    let waits = |entry: &&Entry| {
        matches!(
            entry.state,
            EntryState::Held { .. } | EntryState::Queued { .. } | EntryState::Refused { .. }
        ) && entry.signature.account == account.name
    };
    let (mut records, mut left) = (Vec::new(), Vec::new());
    for entry in store.entries().filter(waits) {
        let Some((goal, _)) = record::check_in_of(&entry.change) else {
            continue;
        };
        // A refused one has heard how its job ended.
        let is_refused = matches!(entry.state, EntryState::Refused { .. });
        let made = match store.goal(goal) {
            _ if !is_refused && was_taken(entry.trail.as_ref()) => {
                Err("it was handed in, and how that ended is asked later".to_owned())
            }
            Some(goal) => maker.record(&entry.change, goal).map_err(|fault| fault.why),
            None => Err("its plan item is not known here".to_owned()),
        };
        match made {
            Ok(record) => records.push(record),
            Err(why) => {
                let (what, id) = (store.describe(entry), entry.id.short());
                left.push(format!("{what} ({id}): {why}"));
            }
        }
    }
    (records, left)
}
