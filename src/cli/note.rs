//! Where a note comes from: a flag, a file, stdin or the person's own editor.

use std::io::{IsTerminal, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::Command;

use crate::model::text;

use super::args;
use crate::config::file::Config;

use super::failure::Failure;
use super::session::Session;

/// Bytes a note may have.
const LONGEST: usize = text::FIELD_CAP;

/// Reads a note as the flags say; empty if no flag says anything.
pub fn read(note: &args::Note, template: &str, session: &Session) -> Result<String, Failure> {
    let mut text = match (&note.note, &note.note_file) {
        (Some(text), _) if text == "-" => from_stdin()?,
        (Some(text), _) => text.clone(),
        (None, Some(file)) if file == Path::new("-") => from_stdin()?,
        (None, Some(file)) => from_file(file)?,
        (None, None) => String::new(),
    };
    if note.edit {
        let start = if text.trim().is_empty() {
            template
        } else {
            &text
        };
        text = in_editor(start, &session.config, &session.scratch)?;
    }
    if text.len() > LONGEST {
        return Err(Failure::usage(
            "note",
            format!(
                "it has {}, a note may have {}",
                text::size(text.len()),
                text::size(LONGEST)
            ),
            "shorten it",
        )
        .with_text(&text));
    }
    Ok(text::editable(text.trim_end()))
}

fn from_stdin() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::failed("note", format!("stdin cannot be read: {error}"), ""))?;
    Ok(text::utf8(&bytes).into_owned())
}

fn from_file(file: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(file).map_err(|error| {
        Failure::usage(
            "note",
            format!("{} cannot be read: {error}", file.display()),
            "check the file's name",
        )
    })?;
    Ok(text::utf8(&bytes).into_owned())
}

/// The command of the person's editor, as words.
pub fn editor_command(configured: &str) -> Result<Vec<String>, Failure> {
    let named = [
        Some(configured.to_owned()),
        std::env::var("VISUAL").ok(),
        std::env::var("EDITOR").ok(),
    ];
    let line = named
        .into_iter()
        .flatten()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_else(|| "vi".to_owned());
    match shlex::split(&line) {
        Some(words) if !words.is_empty() => Ok(words),
        _ => Err(Failure::failed(
            "editor",
            format!("its command cannot be read: {line}"),
            "close its quotes in editor, $VISUAL or $EDITOR",
        )),
    }
}

/// Runs the editor on a file and waits for it. It does not see the variables that
/// hold tokens.
pub fn run_editor(config: &Config, file: &Path) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "editor",
            "stdin is not a terminal",
            "give the text with --note or --note-file",
        ));
    }
    let words = editor_command(&config.editor)?;
    let (program, arguments) = words
        .split_first()
        .map_or(("vi", &[][..]), |(first, rest)| (first.as_str(), rest));
    let mut command = Command::new(program);
    command.args(arguments).arg(file);
    for name in config.token_variables() {
        command.env_remove(name);
    }
    let ended = command.status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::failed(
            "editor",
            format!("{program} ended with {status}"),
            "nothing was changed",
        )),
        Err(error) => Err(Failure::failed(
            "editor",
            format!("{program} does not start: {error}"),
            "set editor in the configuration, $VISUAL or $EDITOR",
        )),
    }
}

/// Hands a text to the editor and takes back what it became. The file lies in
/// `scratch`, which is made if it is not there.
pub fn in_editor(text: &str, config: &Config, scratch: &Path) -> Result<String, Failure> {
    let broken = |error: std::io::Error| {
        Failure::failed(
            "editor",
            format!("no file to write in: {error}"),
            "free some space",
        )
        .with_text(text)
    };
    let mut file = private_file("note-", text, scratch).map_err(broken)?;
    file.flush().map_err(broken)?;
    run_editor(config, file.path()).map_err(|failure| failure.with_text(text))?;
    // Read by name: many editors replace the file instead of writing into it.
    let bytes = std::fs::read(file.path()).map_err(broken)?;
    Ok(text::utf8(&bytes).into_owned())
}

/// A new file with a text, readable by nobody else, that goes when it is dropped.
pub fn private_file(
    prefix: &str,
    text: &str,
    scratch: &Path,
) -> std::io::Result<tempfile::NamedTempFile> {
    // If it cannot be made, neither can the file in it, and that says why.
    let _made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(scratch);
    // The name is random, the file 0600.
    let mut file = tempfile::Builder::new()
        .prefix(prefix)
        .suffix(".md")
        .tempfile_in(scratch)?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}
