//! `export` and `import`: everything as JSON Lines and back without loss; goals
//! from CSV. An import is done whole or not at all.

use std::io::Write;
use std::path::Path;
use std::sync::mpsc::channel;

use serde_json::json;

use crate::disk::Disk;
use crate::model::exchange::Batch;
use crate::model::ids::AccountName;
use crate::model::portable::{self, Portable};
use crate::model::text;

use super::args::{Export, Format, Global, Import};
use super::failure::Failure;
use super::print::Out;
use super::progress::Progress;
use super::session::Session;
use super::{Ended, Stop, ask, json as schema};

/// Everything that stands in the workspace.
fn everything(disk: &Disk, progress: &Progress) -> Result<Portable, Failure> {
    let (pieces, batches) = channel();
    let count = progress.counter();
    let sink = Box::new(move |batch: Batch| {
        count(batch.goals.len());
        // The receiver lives until the export has ended.
        let _sent = pieces.send(batch);
    });
    progress
        .during(|| disk.export(sink).wait())
        .map_err(|fault| Failure::of("export", &fault))?;
    let mut all = Portable::default();
    for batch in batches.try_iter() {
        all.people.extend(batch.people);
        all.goals.extend(batch.goals);
        all.notifications.extend(batch.notifications);
    }
    Ok(all)
}

fn disk(session: &Session, what: &str) -> Result<Disk, Failure> {
    session
        .disk
        .clone()
        .ok_or_else(|| Failure::failed(what, "the demo keeps nothing", "leave the demo"))
}

/// `export [FILE]`
pub fn export(out: &mut Out, session: &Session, is_quiet: bool, args: &Export) -> Ended {
    let goals = session.store().len();
    let progress = Progress::of("exporting", Some(goals), out.is_json || is_quiet);
    let mut all = everything(&disk(session, "export")?, &progress)?;
    let names: Vec<AccountName> = session
        .store()
        .accounts()
        .map(|account| account.setup.name.clone())
        .collect();
    all.people.retain(|person| names.contains(&person.account));
    all.goals.retain(|goal| names.contains(&goal.account));
    all.notifications
        .retain(|line| names.contains(&line.account));
    let now = session.now();
    match &args.file {
        None => portable::write(out.raw(), &all, &now)?,
        Some(file) if file == Path::new("-") => portable::write(out.raw(), &all, &now)?,
        Some(file) => {
            let wrong = |error: std::io::Error| {
                Failure::failed(
                    "export",
                    format!("{} cannot be written: {error}", file.display()),
                    "choose another place",
                )
            };
            save(file, |to| portable::write(to, &all, &now)).map_err(wrong)?;
            let (goals, name) = (all.goals.len(), file.display());
            if out.is_json {
                let value = json!({ "goals": goals, "people": all.people.len(), "file": file.to_string_lossy() });
                out.json(&schema::object("exported", value))?;
            } else {
                let goals = some(goals, "goal", "goals");
                out.note(&crate::shown!("exported {goals} to {name}"))?;
            }
        }
    }
    Ok(())
}

/// A number of things: `1 goal`, `2 goals`.
pub fn some(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Writes a file whole or not at all, readable by its owner only.
pub fn save(
    file: &Path,
    write: impl FnOnce(&mut std::io::BufWriter<&mut tempfile::NamedTempFile>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    let mut buffered = std::io::BufWriter::new(&mut new);
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

fn read(file: &Path) -> Result<String, Failure> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    let wrong = |why: String| {
        Failure::usage(
            "import",
            format!("{} cannot be read: {why}", file.display()),
            "check the file's name",
        )
    };
    let bytes = bytes.map_err(|error| wrong(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..good).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        wrong(format!("line {line} is not UTF-8"))
    })
}

fn format(args: &Import, text: &str) -> Format {
    args.format.unwrap_or_else(|| {
        let ending = args.file.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_lowercase).as_deref() {
            Some("csv") => Format::Csv,
            Some("jsonl" | "json" | "ndjson") => Format::Jsonl,
            _ if text.trim_start().starts_with('{') => Format::Jsonl,
            _ => Format::Csv,
        }
    })
}

/// `import FILE`
pub fn import(out: &mut Out, session: &Session, global: &Global, args: &Import) -> Ended {
    let disk = disk(session, "import")?;
    if let Some(why) = session.store().read_only() {
        return Err(Failure::new("read_only", 1, "import", why.trim_end_matches('.'), "").into());
    }
    let text = read(&args.file)?;
    let read = match format(args, &text) {
        Format::Jsonl => portable::read(&text),
        Format::Csv => {
            let account = session.account_for_new()?;
            session.me(&account)?;
            let store = session.store();
            let known = portable::Known {
                account: &account,
                me: store.me(&account),
                people: store.people(&account),
                goals: store
                    .goals()
                    .filter(|goal| goal.account == account)
                    .collect(),
                cadence: store.account(&account).map(|known| known.setup.cadence),
            };
            portable::read_csv(&text, &known, &session.now(), &|letter| {
                session.new_id(&account, letter)
            })
        }
    };
    let all = read.map_err(|rows| {
        let count = rows.len();
        let bad = if count == 1 {
            "1 bad row".to_owned()
        } else {
            format!("{count} bad rows")
        };
        let lines = rows
            .iter()
            .map(|row| format!("line {}: {}", row.line, row.why))
            .collect();
        Failure::failed("nothing was imported", bad, "mend them and import again").with_lines(lines)
    })?;
    check_accounts(session, &all)?;
    let replaced = all
        .goals
        .iter()
        .filter(|goal| {
            session
                .store()
                .goal(&goal.id)
                .is_some_and(|known| known != *goal)
        })
        .count();
    let (goals, people) = (all.goals.len(), all.people.len());
    if !global.dry_run {
        if replaced > 0 {
            ask::is_sure(
                global,
                &crate::shown!("replace {replaced} goals that are here already?"),
            )?;
        }
        let progress = Progress::of("importing", Some(goals), out.is_json || global.quiet);
        let imported =
            disk.import_counted(all.people, all.goals, all.notifications, progress.counter());
        progress
            .during(|| imported.wait())
            .map_err(|fault| Failure::of("nothing was imported", &fault))?;
    }
    if out.is_json {
        let value = json!({
            "goals": goals,
            "people": people,
            "replaced": replaced,
            "dry_run": global.dry_run,
        });
        return Ok(out.json(&schema::object("imported", value))?);
    }
    let word = if global.dry_run {
        "would import"
    } else {
        "imported"
    };
    let goals = some(goals, "goal", "goals");
    let people = some(people, "person", "people");
    Ok(out.note(&crate::shown!("{word} {goals} and {people}"))?)
}

/// What belongs to an account that is not here would be there and never be seen.
fn check_accounts(session: &Session, all: &Portable) -> Result<(), Stop> {
    // Facts of a server are read from it; what was imported would lie beside them.
    let known = |account: &AccountName| {
        let known = session.store().account(account);
        known.is_some_and(|known| known.setup.abilities.immediate)
    };
    let mut strange: Vec<&AccountName> = all
        .goals
        .iter()
        .map(|goal| &goal.account)
        .chain(all.people.iter().map(|person| &person.account))
        .filter(|account| !known(account))
        .collect();
    strange.sort();
    strange.dedup();
    let Some(first) = strange.first() else {
        return Ok(());
    };
    let name = text::line(first.as_str());
    if let Some(account) = session.store().account(first) {
        let provider = account.setup.abilities.provider;
        return Err(Failure::failed(
            "nothing was imported",
            format!("the file belongs to account {name}, whose goals are kept by {provider}"),
            "export and import move goals between workspaces of this machine",
        )
        .into());
    }
    Err(Failure::failed(
        "nothing was imported",
        format!("the file belongs to account {name}, which is not configured"),
        format!(
            "add [[account]] with name = \"{name}\" and provider = \"local\" to the configuration"
        ),
    )
    .into())
}
