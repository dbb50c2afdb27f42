//! A text in the person's own editor: a private file, no shell, and the old text
//! stays whatever goes wrong. Giving the terminal away and back is the caller's.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, kill_process, waitid};
use thiserror::Error;

use super::suspend;

/// Most bytes read back.
pub const LARGEST: u64 = 10 * 1024 * 1024;

/// Start and end of the name of every file that is edited.
const PREFIX: &str = "note-";
const SUFFIX: &str = ".md";

/// Why nothing was edited; the old text holds. Each is a sentence with a way out.
#[derive(Debug, Error)]
pub enum EditorError {
    /// The setting has an open quote or nothing in it.
    #[error("the editor setting {0:?} cannot be read: a quote is open; correct $VISUAL or $EDITOR")]
    Setting(String),
    /// The program cannot be started.
    #[error("the editor {name:?} does not start: {why}; set $VISUAL or $EDITOR to one that does")]
    Start {
        /// The program.
        name: String,
        /// What the system says.
        why: io::Error,
    },
    /// It ended with a failure, or by a signal.
    #[error("the editor {name:?} ended with {how}; the text is as it was before")]
    Failed {
        /// The program.
        name: String,
        /// `exit code 1`, `signal 11`
        how: String,
    },
    /// The file could not be written or read back.
    #[error("the file for the editor failed: {0}; the text is as it was before")]
    File(#[from] io::Error),
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The text, with `\n` line breaks; foreign, to be cleaned like any other.
    pub text: String,
    /// Whether there was more of it than [`LARGEST`] bytes.
    pub cut: bool,
}

/// The words of the editor's command line: as configured, else `$VISUAL`, else
/// `$EDITOR`, else `vi`. Split as a shell would, but never run by one.
///
/// # Errors
/// [`EditorError::Setting`] if a quote is open.
pub fn words(
    configured: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, EditorError> {
    let chosen = [
        Some(configured.to_owned()),
        variable("VISUAL"),
        variable("EDITOR"),
    ]
    .into_iter()
    .flatten()
    .find(|text| !text.trim().is_empty())
    .unwrap_or_else(|| "vi".to_owned());
    match shlex::split(&chosen) {
        Some(words) if !words.is_empty() => Ok(words),
        _ => Err(EditorError::Setting(chosen)),
    }
}

/// Lets the person edit `text` with the program in `words`. The file lies in
/// `folder` (private to this person), is new, readable by nobody else, and is
/// removed afterwards. The editor does not see the environment variables in
/// `hidden`. Waits for the editor: not for the thread of the loop.
///
/// # Errors
/// [`EditorError`]: the old text is to be kept.
pub fn edit(
    words: &[String],
    folder: &Path,
    text: &str,
    hidden: &[String],
) -> Result<Edited, EditorError> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(EditorError::Setting(String::new()));
    };
    // New (O_EXCL) and 0600 by tempfile; dropping it removes the file.
    let mut file = tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    let path = file.into_temp_path();
    let mut command = Command::new(program);
    command.args(arguments).arg(&path);
    for name in hidden {
        command.env_remove(name);
    }
    run(program, &mut command)?;
    read_back(&path, text).map_err(EditorError::from)
}

/// Removes what a crash left behind in `folder`: files for the editor that
/// nobody has written to since `before`.
///
/// # Errors
/// When the folder cannot be read.
pub fn sweep(folder: &Path, before: SystemTime) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = name
            .to_str()
            .is_some_and(|n| n.starts_with(PREFIX) && n.ends_with(SUFFIX));
        let old = entry
            .metadata()
            .and_then(|data| data.modified())
            .is_ok_and(|at| at < before);
        if ours && old {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn run(name: &str, command: &mut Command) -> Result<(), EditorError> {
    let start = |why| EditorError::Start {
        name: name.to_owned(),
        why,
    };
    let child = command.spawn().map_err(start)?;
    let status = wait(Pid::from_child(&child)).map_err(|error| start(error.into()))?;
    let how = match (status.exit_status(), status.terminating_signal()) {
        (Some(0), _) => return Ok(()),
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "no exit code".to_owned(),
    };
    Err(EditorError::Failed {
        name: name.to_owned(),
        how,
    })
}

/// Waits for the end of the child. If it stops (Ctrl-Z in the editor) we stop
/// with it, else the shell would not get the terminal.
fn wait(child: Pid) -> Result<WaitIdStatus, Errno> {
    let ended_or_stopped = WaitIdOptions::EXITED | WaitIdOptions::STOPPED;
    loop {
        let Some(status) = look(child, ended_or_stopped | WaitIdOptions::NOWAIT)? else {
            continue;
        };
        if !status.stopped() {
            return Ok(look(child, WaitIdOptions::EXITED)?.unwrap_or(status));
        }
        // Editors stop the whole group: we may have been stopped and continued
        // with it since. Only a child that still rests makes us stop.
        let at_once = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG;
        let rests = look(child, at_once | WaitIdOptions::NOWAIT)?.is_some();
        if rests && suspend::under_job_control() {
            suspend::stop();
        }
        // Harmless if the shell has continued it together with us.
        let _ = kill_process(child, Signal::CONT);
        look(child, at_once)?;
    }
}

fn look(child: Pid, options: WaitIdOptions) -> Result<Option<WaitIdStatus>, Errno> {
    loop {
        match waitid(WaitId::Pid(child), options) {
            Err(Errno::INTR) => {}
            answer => return answer,
        }
    }
}

fn read_back(path: &Path, before: &str) -> io::Result<Edited> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    let cut = bytes.len() as u64 > LARGEST;
    if cut {
        bytes.pop();
    }
    let mut text = String::from_utf8_lossy(&bytes)
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    // Editors end the last line; the text had its own way.
    if text.ends_with('\n') && !before.ends_with('\n') {
        text.pop();
    }
    Ok(Edited { text, cut })
}

/// The editor's name without its folder and arguments, for hints.
pub fn short_name(words: &[String]) -> Option<&str> {
    Path::new(words.first()?)
        .file_name()
        .and_then(OsStr::to_str)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn sh(script: &str) -> Vec<String> {
        ["sh", "-c", script, "editor"].map(str::to_owned).into()
    }

    fn edit_in_new_folder(script: &str, text: &str) -> Result<Edited, EditorError> {
        let folder = tempfile::tempdir().unwrap();
        let result = edit(&sh(script), folder.path(), text, &[]);
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 0, "nothing is left behind");
        result
    }

    #[test]
    fn setting_beats_visual_beats_editor_beats_vi() {
        let environment = |name: &str| match name {
            "VISUAL" => Some("code --wait".to_owned()),
            "EDITOR" => Some("nano".to_owned()),
            _ => None,
        };
        assert_eq!(
            words("hx -c 'a b'", environment).unwrap(),
            ["hx", "-c", "a b"]
        );
        assert_eq!(words("", environment).unwrap(), ["code", "--wait"]);
        assert_eq!(
            words(" ", |name| environment(name).filter(|v| v == "nano")).unwrap(),
            ["nano"]
        );
        assert_eq!(words("", |_| None).unwrap(), ["vi"]);
        assert!(matches!(
            words("vi 'open", |_| None),
            Err(EditorError::Setting(_))
        ));
        assert_eq!(short_name(&["/usr/bin/hx".to_owned()]), Some("hx"));
    }

    #[test]
    fn text_goes_out_and_comes_back() {
        let edited = edit_in_new_folder(
            "cat \"$1\" > \"$1.x\"; (tr a-z A-Z; echo; printf 'two\\r\\n') < \"$1.x\" > \"$1\"; rm \"$1.x\"",
            "one",
        );
        assert_eq!(
            edited.unwrap(),
            Edited {
                text: "ONE\ntwo".to_owned(),
                cut: false
            }
        );
        let same = edit_in_new_folder("true", "one\n").unwrap();
        assert_eq!(same.text, "one\n");
    }

    #[test]
    fn file_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("mode");
        let script = format!("stat -c %a \"$1\" > '{}'", copy.display());
        edit(&sh(&script), folder.path(), "text", &[]).unwrap();
        assert_eq!(std::fs::read_to_string(&copy).unwrap().trim(), "600");
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o7000, 0);
    }

    #[test]
    fn file_replaced_by_another_is_read_back_and_removed() {
        let edited =
            edit_in_new_folder("echo new > \"$1.new\"; mv \"$1.new\" \"$1\"", "old").unwrap();
        assert_eq!(edited.text, "new");
    }

    #[test]
    fn failures_are_sentences_and_keep_the_old_text() {
        for (script, words) in [
            (
                "echo lost > \"$1\"; exit 3",
                "ended with exit code 3; the text is as it was",
            ),
            ("kill -SEGV $$", "ended with signal 11"),
            ("rm \"$1\"", "the file for the editor failed"),
        ] {
            let told = edit_in_new_folder(script, "old").unwrap_err().to_string();
            assert!(told.contains(words), "{told}");
        }
        let folder = tempfile::tempdir().unwrap();
        let missing = ["no-such-editor-here".to_owned()];
        let told = edit(&missing, folder.path(), "old", &[])
            .unwrap_err()
            .to_string();
        assert!(told.contains("does not start"), "{told}");
        let told = edit(&sh("true"), &folder.path().join("gone"), "old", &[])
            .unwrap_err()
            .to_string();
        assert!(told.contains("the file for the editor failed"), "{told}");
    }

    #[test]
    fn huge_and_broken_files_come_back_cut_and_mended() {
        let edited =
            edit_in_new_folder("head -c 10485761 /dev/zero | tr '\\0' a > \"$1\"", "").unwrap();
        assert!(edited.cut);
        assert_eq!(edited.text.len() as u64, LARGEST);
        let edited = edit_in_new_folder("printf 'a\\377b' > \"$1\"", "").unwrap();
        assert_eq!(
            edited,
            Edited {
                text: "a\u{fffd}b".to_owned(),
                cut: false
            }
        );
    }

    #[test]
    fn editor_sees_no_variable_that_holds_a_token() {
        // PATH stands for a variable that is surely there.
        let folder = tempfile::tempdir().unwrap();
        let shell = ["/bin/sh", "-c", "/usr/bin/env > \"$1\"", "sh"].map(str::to_owned);
        let seen = edit(&shell, folder.path(), "", &[]).unwrap().text;
        assert!(seen.lines().any(|line| line.starts_with("PATH=")), "{seen}");
        let seen = edit(&shell, folder.path(), "", &["PATH".to_owned()])
            .unwrap()
            .text;
        let path = std::env::var("PATH").unwrap();
        assert!(!seen.contains(&format!("PATH={path}")), "{seen}");
    }

    #[test]
    fn stopped_editor_goes_on() {
        // Not under job control here, so it is continued at once.
        if !suspend::under_job_control() {
            let edited = edit_in_new_folder("kill -STOP $$; echo on > \"$1\"", "").unwrap();
            assert_eq!(edited.text, "on");
        }
    }

    #[test]
    fn sweep_removes_only_our_old_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["note-abc.md", "keep.md", "note-abc.txt"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let written = folder
            .path()
            .join("note-abc.md")
            .metadata()
            .unwrap()
            .modified()
            .unwrap();
        sweep(folder.path(), written).unwrap();
        assert!(folder.path().join("note-abc.md").exists());
        let later = written + std::time::Duration::from_secs(1);
        sweep(folder.path(), later).unwrap();
        assert!(!folder.path().join("note-abc.md").exists());
        assert!(folder.path().join("keep.md").exists());
        assert!(folder.path().join("note-abc.txt").exists());
    }
}
