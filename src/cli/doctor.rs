//! `doctor`: terminal, files, store and accounts, one line each, with what to do
//! where something is wrong.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::config::file::Loaded;
use crate::config::{Environment, Paths};
use crate::run::assemble;
use crate::run::front::locale_is_utf8;
use crate::run::looks::colours_here;
use crate::store::AccountState;

use super::args::Global;
use super::failure;
use super::print::{Out, Table, Tone, cell};
use super::session::{self, Session};
use super::{Ended, Stop, json as schema, note};

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Fine,
    Note,
    Wrong,
}

impl Found {
    fn word(self) -> &'static str {
        match self {
            Found::Fine => "ok",
            Found::Note => "note",
            Found::Wrong => "wrong",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Found::Fine => Tone::Good,
            Found::Note => Tone::Warn,
            Found::Wrong => Tone::Bad,
        }
    }
}

struct Line {
    what: &'static str,
    found: Found,
    text: String,
}

#[derive(Default)]
struct Report(Vec<Line>);

impl Report {
    fn put(&mut self, what: &'static str, found: Found, text: impl Into<String>) {
        self.0.push(Line {
            what,
            found,
            text: text.into(),
        });
    }
}

/// `doctor`; exit 1 if something is wrong.
pub fn doctor(out: &mut Out, global: &Global) -> Ended {
    let environment = Environment::of_process();
    let mut report = Report::default();
    report.put(
        "program",
        Found::Fine,
        format!("goaldeck {}", env!("CARGO_PKG_VERSION")),
    );
    terminal(&mut report, out, &environment);
    let paths = assemble::paths(&session::options(global), &environment);
    match &paths {
        Ok(paths) => files(&mut report, paths, &environment),
        Err(fault) => report.put("files", Found::Wrong, fault.to_string()),
    }
    if paths.is_ok() {
        store(&mut report, out, global);
    }
    let is_wrong = report.0.iter().any(|line| line.found == Found::Wrong);
    print(out, &report)?;
    if is_wrong { Err(Stop::Code(1)) } else { Ok(()) }
}

fn print(out: &mut Out, report: &Report) -> Result<(), Stop> {
    if out.is_json {
        let list: Vec<Value> = report
            .0
            .iter()
            .map(|line| json!({ "what": line.what, "state": line.found.word(), "text": line.text }))
            .collect();
        return Ok(out.json(&schema::object("doctor", json!(list)))?);
    }
    let mut table = Table::cutting(2);
    for line in &report.0 {
        table.row(vec![
            cell(line.found.word()).tone(line.found.tone()),
            cell(line.what),
            cell(&line.text),
        ]);
    }
    Ok(out.table(&table)?)
}

fn terminal(report: &mut Report, out: &Out, environment: &Environment) {
    let variable = |name: &str| environment.text(name);
    let term = variable("TERM").unwrap_or_else(|| "not set".to_owned());
    let found = if term == "dumb" || term == "not set" {
        Found::Note
    } else {
        Found::Fine
    };
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).map_or_else(
        |_| "not a terminal".to_owned(),
        |size| format!("{}x{}", size.ws_col, size.ws_row),
    );
    report.put("terminal", found, format!("TERM={term}, {size}"));
    let colours = match (variable("NO_COLOR"), variable("COLORTERM")) {
        (Some(_), _) => "NO_COLOR is set: none are used".to_owned(),
        (None, Some(depth)) => format!("COLORTERM={depth}, {} are used", colours_here(environment)),
        (None, None) => format!("{} are used", colours_here(environment)),
    };
    report.put("colours", Found::Fine, colours);
    if locale_is_utf8(variable) {
        report.put("locale", Found::Fine, "UTF-8");
    } else {
        report.put(
            "locale",
            Found::Note,
            "not UTF-8, ASCII signs are used; set LANG to a UTF-8 locale, or glyphs = \"unicode\"",
        );
    }
    let clipboard = match (variable("TMUX"), variable("SSH_TTY")) {
        (Some(_), _) => "through tmux, which needs set-clipboard on",
        (None, Some(_)) => "by OSC 52 over SSH, if your terminal allows it",
        (None, None) => "by OSC 52, if your terminal allows it",
    };
    report.put("clipboard", Found::Fine, clipboard);
    if !out.is_terminal {
        report.put(
            "output",
            Found::Note,
            "stdout is not a terminal: the program would print the queue",
        );
    }
}

fn mode_of(path: &Path) -> Option<u32> {
    std::fs::metadata(path)
        .ok()
        .map(|found| found.permissions().mode() & 0o777)
}

/// Whether nobody else may read it.
fn privacy(report: &mut Report, what: &'static str, path: &Path) {
    let place = path.display();
    match mode_of(path) {
        None => report.put(what, Found::Note, format!("{place} is not there yet")),
        Some(mode) if mode & 0o077 != 0 => report.put(
            what,
            Found::Wrong,
            format!("{place} may be read by others; chmod go= {place}"),
        ),
        Some(_) => report.put(what, Found::Fine, place.to_string()),
    }
}

fn files(report: &mut Report, paths: &Paths, environment: &Environment) {
    privacy(report, "data", &paths.data);
    if paths.state != paths.data {
        privacy(report, "state", &paths.state);
    }
    let file = &paths.config_file;
    if file.exists() {
        privacy(report, "configuration", file);
    } else {
        let place = file.display();
        report.put(
            "configuration",
            Found::Fine,
            format!("{place} is not there; the defaults hold"),
        );
    }
    let loaded = Loaded::read(file, environment);
    for notice in &loaded.errors {
        report.put("configuration", Found::Wrong, notice.to_string());
    }
    for notice in &loaded.warnings {
        report.put("configuration", Found::Note, notice.to_string());
    }
    match note::editor_command(&loaded.config.editor) {
        Ok(words) => report.put("editor", Found::Fine, words.join(" ")),
        Err(failure) => report.put("editor", Found::Wrong, failure.sentence().to_string()),
    }
}

fn store(report: &mut Report, out: &Out, global: &Global) {
    let session = match Session::whatever_they_say(&session::options(global), out) {
        Ok(session) => session,
        Err(failure) => {
            report.put("store", Found::Wrong, failure.sentence().to_string());
            return;
        }
    };
    let store = session.store();
    if let Some(disk) = &session.disk {
        let file = disk.file();
        let bytes = std::fs::metadata(&file).map_or(0, |found| found.len());
        let size = crate::model::text::size(usize::try_from(bytes).unwrap_or(usize::MAX));
        match disk.check_health().wait() {
            Ok(()) => report.put(
                "store",
                Found::Fine,
                format!("{} goals, {size}, checked whole", store.len()),
            ),
            Err(fault) => report.put("store", Found::Wrong, fault.to_string()),
        }
    }
    if let Some(why) = store.read_only() {
        report.put("store", Found::Note, why);
    }
    match store.unsent() {
        0 => report.put("outbox", Found::Fine, "nothing waits to be sent"),
        count => report.put(
            "outbox",
            Found::Note,
            format!("{count} not sent; see goaldeck outbox list"),
        ),
    }
    for account in store.accounts() {
        let name = &account.setup.name;
        match &account.state {
            AccountState::Synced => {
                let me = account
                    .me
                    .as_ref()
                    .map(|me| store.name_of(me))
                    .unwrap_or_default();
                report.put("account", Found::Fine, format!("{name}: you are {me}"));
            }
            AccountState::Needs(fault) => report.put(
                "account",
                Found::Wrong,
                format!("{name}: {}", failure::of_fault(fault)),
            ),
            AccountState::Offline { why, .. } => {
                report.put("account", Found::Note, format!("{name}: offline, {why}"));
            }
            AccountState::Reading => {
                report.put("account", Found::Note, format!("{name}: no answer yet"))
            }
        }
    }
}
