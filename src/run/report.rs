//! What is left behind when something of ours breaks: a report in a file for its
//! owner only, and one line on the terminal. The message of a panic may quote
//! what a person typed, so it never goes to the terminal.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use color_eyre::config::{HookBuilder, Theme};

use crate::config::Paths;
use crate::config::environment::Environment;
use crate::config::paths::{Flags, Platform};
use crate::model::text;
use crate::shown;

/// Makes every panic leave a report. Call it first of all: what gives the
/// terminal back hooks in later and so runs before it.
pub fn on_panic() {
    let (report, _) = HookBuilder::new()
        .theme(Theme::new())
        .display_env_section(false)
        .into_hooks();
    std::panic::set_hook(Box::new(move |panic| {
        let words = text::block(&report.panic_report(panic).to_string());
        let line = match folder().and_then(|folder| write(&folder, words.as_str())) {
            Some(path) => shown!(
                "goaldeck: something of ours broke; what was typed is saved, a report is in {}",
                path.display()
            ),
            None => shown!("goaldeck: something of ours broke; what was typed is saved"),
        };
        let _unheard = writeln!(std::io::stderr(), "{line}");
    }));
}

/// Where logs lie; nowhere if no home is known.
fn folder() -> Option<PathBuf> {
    let environment = Environment::of_process();
    let platform = Platform::of_process();
    let paths = Paths::find(&Flags::default(), &environment, platform.as_ref()).ok()?;
    Some(paths.state)
}

/// Writes a report into a file of its own, 0600.
fn write(folder: &Path, words: &str) -> Option<PathBuf> {
    std::fs::create_dir_all(folder).ok()?;
    let path = folder.join(format!("panic-{}.txt", std::process::id()));
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&path)
        .ok()?;
    writeln!(file, "{words}").ok()?;
    Some(path)
}
