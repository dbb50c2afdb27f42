//! Each place a token may lie in, good and bad.

use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown, symlink};
use std::path::PathBuf;

use super::*;

const CANARY: &str = "opt_CANARY-7f3a9c";

fn same(token: &Token) -> bool {
    token.is_same(&Token::new(CANARY).unwrap())
}

/// The refusal in words; it never holds the token.
fn refusal(outcome: Result<Token, Fault>) -> String {
    let fault = outcome.unwrap_err();
    assert_eq!(fault.kind, FaultKind::SignedOut);
    assert!(!fault.remedy.is_empty());
    let said = fault.to_string();
    assert!(!said.contains(CANARY), "{said}");
    said
}

// --- variable

#[tokio::test]
async fn a_variable_holds_the_token_or_is_named() {
    let value = |text: &str| from_value("WORK_TOKEN", Some(OsString::from(text)));
    assert!(same(&value(&format!("{CANARY}\n")).unwrap()));
    assert!(refusal(from_value("WORK_TOKEN", None)).contains("WORK_TOKEN is not set"));
    assert!(refusal(value("")).contains("WORK_TOKEN: the token is empty"));
    assert!(refusal(value(&format!("{CANARY} {CANARY}"))).contains("a space"));
    let source = TokenSource::Env("GOALDECK_NO_SUCH_VARIABLE".into());
    assert!(refusal(obtain(&source).await).contains("GOALDECK_NO_SUCH_VARIABLE"));
}

// --- file

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, mode: u32, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        path
    }
}

#[tokio::test]
async fn a_file_of_ours_alone_is_read() {
    let home = Home::new();
    let line = format!("{CANARY}\r\n");
    for mode in [0o600, 0o400, 0o700] {
        let path = home.file("token", mode, line.as_bytes());
        assert!(same(
            &obtain(&TokenSource::File(path.clone())).await.unwrap()
        ));
        std::fs::remove_file(path).unwrap();
    }
    let link = home.0.path().join("link");
    symlink(home.file("token", 0o600, line.as_bytes()), &link).unwrap();
    assert!(same(&from_file(&link).unwrap()));
}

#[test]
fn f42_a_file_that_others_can_read_is_refused_with_the_fix() {
    let home = Home::new();
    for mode in [0o644, 0o640, 0o604, 0o620, 0o601] {
        let path = home.file("my token", mode, CANARY.as_bytes());
        let said = refusal(from_file(&path));
        let fix = format!("run `chmod 600 '{}'`", path.display());
        assert!(said.contains("others") && said.contains(&fix), "{said}");
    }
}

#[test]
fn f42_a_file_of_somebody_else_is_refused() {
    let home = Home::new();
    let path = if rustix::process::geteuid().is_root() {
        let path = home.file("token", 0o600, CANARY.as_bytes());
        chown(&path, Some(1), None).unwrap();
        path
    } else {
        PathBuf::from("/etc/passwd")
    };
    assert!(refusal(from_file(&path)).contains("belongs to somebody else"));
}

#[test]
fn what_is_no_small_plain_text_file_is_refused() {
    let home = Home::new();
    let long = vec![b'x'; FILE_LIMIT + 1];
    for (name, bytes, word) in [
        ("empty", &b""[..], "the token is empty"),
        ("two", b"opt_CANARY-7f3a9c\nsecond", "more than one line"),
        ("binary", b"\xff\xfe\x00", "is not text"),
        ("long", &long, "larger than 64 KiB"),
        ("longer token", &long[..9000], "longer than 8 KiB"),
    ] {
        let said = refusal(from_file(&home.file(name, 0o600, bytes)));
        assert!(said.contains(word) && said.contains(name), "{said}");
    }
    let missing = home.0.path().join("missing");
    assert!(refusal(from_file(&missing)).contains("there is no such file"));
    assert!(refusal(from_file(home.0.path())).contains("not a plain file"));
    // A pipe nobody writes to must not hold us up.
    let pipe = home.0.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    assert!(refusal(from_file(&pipe)).contains("not a plain file"));
}

// --- command

fn shell(script: &str) -> Vec<String> {
    ["sh", "-c", script].map(str::to_owned).to_vec()
}

/// With time enough for a busy machine.
async fn told(script: &str) -> Result<Token, Fault> {
    from_command(&shell(script), Duration::from_secs(60)).await
}

#[tokio::test]
async fn the_first_line_a_command_prints_is_the_token() {
    let home = Home::new();
    let path = home.0.path().join("pass");
    let mut file = std::fs::OpenOptions::new();
    let file = file.write(true).create_new(true).mode(0o700).open(&path);
    io::Write::write_all(
        &mut file.unwrap(),
        format!("#!/bin/sh\necho \"{CANARY}\"\necho login: \"$1\"\n").as_bytes(),
    )
    .unwrap();
    // No shell in between: this argument stays one.
    let argv = vec![path.display().to_string(), "a b; exit 1".to_owned()];
    assert!(same(&obtain(&TokenSource::Command(argv)).await.unwrap()));
    assert!(same(
        &told(&format!("printf ' {CANARY} \\r\\nmore'"))
            .await
            .unwrap()
    ));
}

#[tokio::test]
async fn f42_a_command_may_print_a_megabyte_after_its_first_line() {
    let script = format!("echo {CANARY}; head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2");
    assert!(same(&told(&script).await.unwrap()));
    let said = refusal(told("head -c 1000000 /dev/zero | tr '\\0' x").await);
    assert!(said.contains("longer than 8 KiB"), "{said}");
}

#[tokio::test]
async fn f42_a_command_that_fails_is_quoted_without_the_token() {
    let said = refusal(told("echo 'gpg: \x1b[31mno secret key' >&2; exit 3").await);
    assert!(
        said.contains("`sh` failed with exit code 3: gpg: "),
        "{said}"
    );
    assert!(said.contains("no secret key") && !said.contains('\x1b'));
    let script = format!("echo {CANARY}; echo 'not {CANARY}, token=hunter2' >&2; exit 1");
    let said = refusal(told(&script).await);
    assert!(said.contains("not ***, token=***"), "{said}");
    assert!(refusal(told("kill -9 $$").await).contains("was killed"));
    let long = refusal(told("head -c 5000 /dev/zero | tr '\\0' y >&2; exit 1").await);
    assert!(long.len() < 400, "{long}");
}

#[tokio::test]
async fn f42_a_command_that_prints_no_token_is_refused() {
    assert!(refusal(told("true").await).contains("printed no token"));
    let said = refusal(told("echo; echo CANARY-second; echo locked >&2").await);
    assert!(
        said.contains("printed no token on its first line: locked"),
        "{said}"
    );
    assert!(!said.contains("CANARY"));
    // It gets nothing to read, so it does not wait for us.
    assert!(refusal(told("cat").await).contains("printed no token"));
    assert!(refusal(from_command(&[], COMMAND_LIMIT).await).contains("is empty"));
}

#[tokio::test]
async fn f42_a_command_that_is_not_there_is_named_without_its_arguments() {
    let argv = ["goaldeck-no-such-program", CANARY].map(str::to_owned);
    let said = refusal(from_command(&argv, COMMAND_LIMIT).await);
    assert!(
        said.contains("`goaldeck-no-such-program` could not be started"),
        "{said}"
    );
}

#[tokio::test]
async fn f42_a_command_that_hangs_is_stopped() {
    let script = format!("echo {CANARY}; sleep 1000");
    let said = refusal(from_command(&shell(&script), Duration::from_millis(50)).await);
    assert!(said.contains("did not end within"), "{said}");
}

#[tokio::test]
async fn a_program_left_running_does_not_hold_up_the_token() {
    let home = Home::new();
    let note = home.0.path().join("pid");
    let script = format!("sleep 1000 & echo $! > '{}'; echo {CANARY}", note.display());
    assert!(same(&told(&script).await.unwrap()));
    let pid = std::fs::read_to_string(&note).unwrap();
    let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    // It held the output open all the while.
    rustix::process::kill_process(pid, Signal::KILL).unwrap();
}

/// Whether a process runs; one that nobody has buried does not.
fn runs(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.contains(") Z ") && !stat.contains(") X "))
}

#[tokio::test]
async fn giving_up_ends_a_command_and_what_it_started() {
    let home = Home::new();
    let note = home.0.path().join("pid");
    let script = format!("sleep 1000 & echo $! > '{}'; wait", note.display());
    let argv = shell(&script);
    let mut pid = String::new();
    let noted = async {
        while !pid.ends_with('\n') {
            tokio::time::sleep(Duration::from_millis(1)).await;
            pid = std::fs::read_to_string(&note).unwrap_or_default();
        }
    };
    tokio::select! {
        outcome = from_command(&argv, Duration::from_secs(60)) => panic!("{outcome:?}"),
        () = noted => {}
    }
    let gone = async {
        while runs(pid.trim()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), gone).await;
    assert!(waited.is_ok(), "{} still runs", pid.trim());
}

// --- keyring

#[cfg(not(feature = "keyring"))]
#[tokio::test]
async fn a_build_without_keyring_says_how_to_get_one() {
    let source = TokenSource::Keyring(AccountName::new("work"));
    assert!(refusal(obtain(&source).await).contains("--features keyring"));
}
