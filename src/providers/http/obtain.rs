//! Where tokens come from: a program's first line, a variable, a private file,
//! the system's keyring. Every refusal says the way out and never the token.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal};
use secrecy::zeroize::Zeroizing;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::plain_file::{PlainFile, words};
use super::token::{self, Token};
use crate::model::exchange::{Fault, FaultKind};
use crate::model::ids::AccountName;
use crate::model::sign_in::TokenSource;
use crate::model::text;

/// How long a token command may take.
const COMMAND_LIMIT: Duration = Duration::from_secs(10);
/// How long we go on reading after the command ended, when something it left
/// running still holds its output.
const OUTPUT_GRACE: Duration = Duration::from_millis(250);
/// Bytes of a token file.
const FILE_LIMIT: usize = 64 * 1024;
/// Bytes kept of what a command prints; the rest is read and dropped.
const OUTPUT_LIMIT: usize = 64 * 1024;
/// Characters quoted of what a command said on its standard error.
const QUOTE: usize = 200;

/// Gets the token of an account.
///
/// # Errors
/// [`FaultKind::SignedOut`] with what failed and what to do.
pub async fn obtain(source: &TokenSource) -> Result<Token, Fault> {
    match source {
        TokenSource::Command(argv) => from_command(argv, COMMAND_LIMIT).await,
        TokenSource::Env(name) => from_value(name, std::env::var_os(name)),
        TokenSource::File(path) => from_file(path),
        TokenSource::Keyring(account) => from_keyring(account).await,
    }
}

fn no_token(why: impl Into<String>, remedy: impl Into<String>) -> Fault {
    Fault::new(FaultKind::SignedOut, why, remedy)
}

/// A fault of the token itself, with the place it came from in front.
fn in_place(place: String) -> impl Fn(Fault) -> Fault {
    move |fault| no_token(format!("{place}: {}", fault.why), fault.remedy)
}

// --- variable

fn from_value(name: &str, value: Option<OsString>) -> Result<Token, Fault> {
    let Some(value) = value else {
        return Err(no_token(
            format!("the environment variable {name} is not set"),
            "set it before you start goaldeck, or give the account a token_command or token_file",
        ));
    };
    let value = Zeroizing::new(value.into_encoded_bytes());
    let value = std::str::from_utf8(&value).map_err(|_| {
        no_token(
            format!("the environment variable {name} is not text"),
            "set it to the token",
        )
    })?;
    Token::new(value).map_err(in_place(format!("the environment variable {name}")))
}

// --- file

fn from_file(path: &Path) -> Result<Token, Fault> {
    let shown = path.display();
    let quoted = quoted(path);
    let failed = |what: &str, error: io::Error| {
        no_token(
            format!("the token file {shown} {what} ({})", words(&error)),
            "put the token into it, or change token_file of this account",
        )
    };
    let file = PlainFile::open(path).map_err(|error| failed("could not be opened", error))?;
    // Asked of the open file, so nobody can put another in its place meanwhile.
    let found = &file.found;
    if found.st_uid != rustix::process::geteuid().as_raw() {
        return Err(no_token(
            format!("the token file {shown} belongs to somebody else"),
            format!(
                "copy it to a file of your own and run `chmod 600` on that, or run `chown $USER {quoted}`"
            ),
        ));
    }
    if found.st_mode & 0o077 != 0 {
        return Err(no_token(
            format!("the token file {shown} can be read or changed by others"),
            format!("run `chmod 600 {quoted}`"),
        ));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.read(FILE_LIMIT, &mut bytes)
        .map_err(|error| failed("could not be read", error))?;
    let place = format!("the token file {shown}");
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        no_token(
            format!("{place} is not text"),
            "name a file that holds the token and nothing else",
        )
    })?;
    Token::new(text).map_err(in_place(place))
}

/// A path as it is typed into a shell.
fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    match shlex::try_quote(&path) {
        Ok(quoted) => quoted.into_owned(),
        Err(_) => path.into_owned(),
    }
}

// --- command

/// What a command left behind when it ended.
struct Ended {
    status: ExitStatus,
    stdout: Zeroizing<Vec<u8>>,
    stderr: Zeroizing<Vec<u8>>,
}

async fn from_command(argv: &[String], limit: Duration) -> Result<Token, Fault> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(no_token(
            "token_command is empty",
            "write it as a list: [\"pass\", \"show\", \"operately\"]",
        ));
    };
    // The arguments stay out of every sentence: somebody may have put a token there.
    let name = text::line(program);
    let name = name.as_str();
    let ended = match tokio::time::timeout(limit, run(program, arguments)).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(error)) => {
            return Err(no_token(
                format!(
                    "token_command `{name}` could not be started ({})",
                    words(&error)
                ),
                "give its full path, or check that it is installed and may be run",
            ));
        }
        Err(_) => {
            return Err(no_token(
                format!(
                    "token_command `{name}` did not end within {} seconds and was stopped",
                    limit.as_secs().max(1)
                ),
                "run it in a shell: it must print the token without asking anything",
            ));
        }
    };
    let first: &[u8] = ended
        .stdout
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    let first = Zeroizing::new(first.trim().to_owned());
    if !ended.status.success() {
        return Err(no_token(
            format!(
                "token_command `{name}` {}{}",
                how(ended.status),
                said(&ended.stderr, &first)
            ),
            "run it in a shell to see what is wrong",
        ));
    }
    if first.is_empty() {
        return Err(no_token(
            format!(
                "token_command `{name}` printed no token on its first line{}",
                said(&ended.stderr, &first)
            ),
            "run it in a shell: its first line must be the token",
        ));
    }
    Token::new(&first).map_err(in_place(format!("token_command `{name}`")))
}

fn how(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("failed with exit code {code}"),
        None => "was killed".into(),
    }
}

/// What a command complained about, quoted, cleaned and without what it printed
/// as its token.
fn said(stderr: &[u8], first: &str) -> String {
    let complaint = token::without(&text::utf8(stderr), first);
    let complaint = token::redact(&complaint, &[]);
    let complaint: String = text::line(complaint.trim())
        .as_str()
        .chars()
        .take(QUOTE)
        .collect();
    if complaint.is_empty() {
        String::new()
    } else {
        format!(": {complaint}")
    }
}

/// Kills a command and what it started, unless it has ended.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended just now; then there is nobody to kill.
            let _gone = rustix::process::kill_process_group(group, Signal::KILL);
        }
    }
}

async fn run(program: &str, arguments: &[String]) -> io::Result<Ended> {
    // A group of its own: it can be stopped with all it started, and it cannot
    // take the terminal we draw on.
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let pid = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    let mut group = Group(pid);
    let (mut stdout, mut stderr) = (Zeroizing::new(Vec::new()), Zeroizing::new(Vec::new()));
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let status = {
        let reading = async {
            tokio::join!(drain(out, &mut stdout), drain(err, &mut stderr));
        };
        tokio::pin!(reading);
        let mut is_read = false;
        let status = loop {
            tokio::select! {
                status = child.wait() => break status?,
                () = &mut reading, if !is_read => is_read = true,
            }
        };
        // From here its number may be somebody else's.
        group.0 = None;
        if !is_read {
            // All it printed is in the pipe already; only an end may be missing,
            // when a program it left running keeps the pipe open.
            let _end = tokio::time::timeout(OUTPUT_GRACE, reading).await;
        }
        status
    };
    Ok(Ended {
        status,
        stdout,
        stderr,
    })
}

/// Reads to the end, keeps the beginning.
async fn drain(from: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) {
    let Some(mut from) = from else { return };
    let mut part = Zeroizing::new([0_u8; 4096]);
    while let Ok(read @ 1..) = from.read(part.as_mut_slice()).await {
        let room = OUTPUT_LIMIT.saturating_sub(into.len());
        into.extend_from_slice(part.get(..read.min(room)).unwrap_or_default());
    }
}

// --- keyring

#[cfg(feature = "keyring")]
async fn from_keyring(account: &AccountName) -> Result<Token, Fault> {
    use crate::model::sign_in::KEYRING_SERVICE;

    let user = account.as_str().to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        keyring::Entry::new(KEYRING_SERVICE, &user)?
            .get_password()
            .map(Zeroizing::new)
    });
    let store = format!(
        "run `secret-tool store --label=goaldeck service {KEYRING_SERVICE} username {account}`"
    );
    match asked.await {
        Ok(Ok(secret)) => Token::new(&secret).map_err(in_place("the keyring".into())),
        Ok(Err(keyring::Error::NoEntry)) => Err(no_token(
            format!("the keyring has no token for the account {account}"),
            store,
        )),
        Ok(Err(error)) => Err(no_token(
            format!(
                "the keyring did not answer ({})",
                text::line(&error.to_string()).as_str()
            ),
            "unlock it, or use token_command or token_file (over SSH there is often no keyring)",
        )),
        Err(_) => Err(no_token("the keyring did not answer", store)),
    }
}

#[cfg(not(feature = "keyring"))]
async fn from_keyring(_account: &AccountName) -> Result<Token, Fault> {
    Err(no_token(
        "this goaldeck was built without the system's keyring",
        "build it with `cargo install --locked --features keyring goaldeck`, or use token_command or token_file",
    ))
}

#[cfg(test)]
mod tests;
