//! Accounts of servers from the command line: added, tried, ordered, removed,
//! called; and the token, which is nowhere but where it was put.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::{Value, json};

use super::operately;
use super::terminal::{Home, PATIENCE};

/// The token of these tests: no other text looks like it.
const TOKEN: &str = "opk_CANARYxB3-_qLwT0kEnThatMustNotLeakAnywhere1";
/// One that may only read.
const READER: &str = "opk_READERxB3-_qLwT0kEnThatMustNotLeakAnywhere1";

/// One request as it came.
#[derive(Clone, Debug)]
struct Asked {
    method: String,
    path: String,
    token: String,
    body: String,
}

/// Which names a server speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    Flat,
    Namespaced,
}

/// A tiny server with the answers an account needs to be met.
struct Server {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    fn start(age: Age) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        // It ends with the test program; each test has one of its own.
        std::thread::spawn(move || {
            for line in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                std::thread::spawn(move || serve(line, age, &log));
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }

    fn count(&self, path: &str) -> usize {
        let is_it = |asked: &&Asked| asked.path.contains(path);
        self.asked().iter().filter(is_it).count()
    }
}

/// Reads one request, answers it, closes the line.
fn serve(line: TcpStream, age: Age, log: &Mutex<Vec<Asked>>) {
    let mut reader = BufReader::new(line.try_clone().expect("a line"));
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let mut words = first.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let path = words.next().unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).expect("a header");
        let Some((name, value)) = header.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).expect("a body");
    let token = headers.get("authorization").cloned().unwrap_or_default();
    let asked = Asked {
        method,
        path,
        token: token.trim_start_matches("Bearer ").to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    log.lock().expect("no panic").push(asked.clone());
    let (status, kind, body) = answer(&asked, age);
    let version = match age {
        Age::Namespaced => "x-operately-version: 2026-07-16-abc1234\r\n",
        Age::Flat => "",
    };
    let kind = if kind.is_empty() {
        String::new()
    } else {
        format!("content-type: {kind}\r\n")
    };
    let mut line = line;
    let _closed = write!(
        line,
        "HTTP/1.1 {status} X\r\n{kind}{version}set-cookie: s=SECRETCOOKIE\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
}

type Answer = (u16, &'static str, String);

fn answer(asked: &Asked, age: Age) -> Answer {
    let Some(path) = asked.path.strip_prefix("/api/external/v1/") else {
        return (200, "text/html", "<html>Sign in</html>".to_owned());
    };
    let name = path.split('?').next().unwrap_or_default();
    let names = match age {
        Age::Flat => [
            "get_me",
            "get_companies",
            "get_spaces",
            "get_goals",
            "mark_notifications_as_read",
            "post_goal_progress_update",
        ],
        Age::Namespaced => [
            "people/get_me",
            "companies/list",
            "spaces/list",
            "goals/list",
            "notifications/mark_many_as_read",
            "goals/create_check_in",
        ],
    };
    let is_read = asked.method == "GET";
    let Some(which) = names
        .iter()
        .position(|known| *known == name)
        .or(match name {
            "echo" => Some(10),
            "odd" => Some(11),
            "broken" => Some(12),
            _ => None,
        })
    else {
        let what = if is_read {
            "Query not found"
        } else {
            "Mutation not found"
        };
        return (404, "", what.to_owned());
    };
    if ![TOKEN, READER].contains(&asked.token.as_str()) {
        return (401, "", "Unauthorized".to_owned());
    }
    if asked.token == READER && !is_read {
        let text = "Read-only API tokens cannot execute mutations";
        return (403, "", text.to_owned());
    }
    let value = match which {
        0 => json!({ "me": { "id": "ada-x", "full_name": "Ada \u{1b}[31mBrandt" } }),
        1 => json!({ "companies": [{ "id": "fjord-0bf3", "name": "Fjord & Söhne" }] }),
        2 => json!({ "spaces": [{ "id": "a" }, { "id": "b" }] }),
        3 => json!({ "goals": [{ "id": "g" }] }),
        10 => json!({ "method": asked.method, "path": asked.path, "body": asked.body }),
        11 => {
            return (
                200,
                "text/plain",
                "a\u{1b}]0;title\u{7}\u{9b}31m\u{202e}b\n".to_owned(),
            );
        }
        12 => {
            let error = json!({ "error": "Bad request", "message": "no\u{1b}[2J" });
            return (400, "application/json", error.to_string());
        }
        _ => json!({}),
    };
    (200, "application/json", value.to_string())
}

/// A home, and how to run the program there.
struct Machine {
    home: Home,
}

struct Ran {
    out: String,
    err: String,
    code: i32,
}

impl Ran {
    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout: {}\nstderr: {}",
            self.out, self.err
        );
        self
    }

    #[track_caller]
    fn json(self) -> Value {
        let ran = self.ends(0);
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out))
    }
}

impl Machine {
    fn new() -> Self {
        Self {
            home: Home::empty(),
        }
    }

    fn config_file(&self) -> PathBuf {
        let path = self.home.done(&["config", "path"]);
        PathBuf::from(path.trim())
    }

    fn config(&self) -> String {
        std::fs::read_to_string(self.config_file()).unwrap_or_default()
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[("WORK_TOKEN", TOKEN)], "")
    }

    /// Runs the program; the token must show nowhere in what it prints.
    fn run_with(&self, args: &[&str], env: &[(&str, &str)], input: &str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_goaldeck"));
        let mut child = command
            .args(args)
            .env_clear()
            .envs(super::terminal::surroundings(self.home.path()))
            .envs(env.iter().copied())
            .env("GOALDECK_LOG", "trace")
            .current_dir(self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A program that needs no input may be gone already.
        let _unread = stdin.write_all(input.as_bytes());
        drop(stdin);
        let Output {
            status,
            stdout,
            stderr,
        } = child.wait_with_output().expect("it ends");
        let ran = Ran {
            out: String::from_utf8(stdout).expect("UTF-8"),
            err: String::from_utf8(stderr).expect("UTF-8"),
            code: status.code().expect("a code"),
        };
        for token in [TOKEN, READER] {
            assert!(
                !ran.out.contains(token),
                "{args:?} printed the token: {}",
                ran.out
            );
            assert!(
                !ran.err.contains(token),
                "{args:?} printed the token: {}",
                ran.err
            );
        }
        ran
    }

    fn add(&self, server: &Server, more: &[&str]) -> Ran {
        let mut args = vec!["account", "add", "--provider", "operately"];
        args.extend(["--url", &server.url, "--name", "work"]);
        args.extend(more);
        self.run(&args)
    }

    /// Files of the home that hold a token.
    fn leaks(&self) -> Vec<PathBuf> {
        let mut leaks = Vec::new();
        search(self.home.path(), &mut leaks);
        leaks
    }
}

fn search(folder: &Path, leaks: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            search(&path, leaks);
        } else if let Ok(bytes) = std::fs::read(&path) {
            let holds = |token: &str| {
                bytes
                    .windows(token.len())
                    .any(|piece| piece == token.as_bytes())
            };
            if holds(TOKEN) || holds(READER) {
                leaks.push(path);
            }
        }
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path)
        .expect("a file")
        .permissions()
        .mode()
        & 0o777
}

#[track_caller]
fn has(text: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(text.contains(piece), "no \"{piece}\" in: {text}");
    }
}

#[test]
fn adding_an_account_says_who_where_which_age_how_much_and_whether_it_may_write() {
    for (age, words) in [
        (Age::Namespaced, "Operately of 2026-07-16 (namespaced names"),
        (Age::Flat, "Operately (flat names"),
    ] {
        let (machine, server) = (Machine::new(), Server::start(age));
        let ran = machine.add(&server, &["--token-env", "WORK_TOKEN"]).ends(0);
        has(
            &ran.out,
            &[
                "work: signed in as Ada ",
                "Brandt at Fjord & Söhne",
                words,
                "1 goal in 2 spaces",
                "may read and write",
                "config.toml",
            ],
        );
        assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
        let file = machine.config_file();
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        has(
            &machine.config(),
            &["provider = \"operately\"", "token_env = \"WORK_TOKEN\""],
        );
        assert_eq!(machine.leaks(), Vec::<PathBuf>::new());
        let reads = server
            .asked()
            .iter()
            .filter(|asked| asked.method == "GET")
            .count();
        let writes: Vec<Asked> = server
            .asked()
            .into_iter()
            .filter(|asked| asked.method != "GET")
            .collect();
        assert!(reads <= 6, "{reads}");
        assert!(
            writes.iter().all(|write| write.body == "{\"ids\":[]}"),
            "{writes:?}"
        );
    }
}

#[test]
fn servers_of_every_age_are_met_and_left_as_they_were() {
    for age in operately::Age::ALL {
        let fake = operately::Fake::start(age);
        let machine = Machine::new();
        let met = |name: &str, token: &str| {
            let args = [
                "account",
                "add",
                "--provider",
                "operately",
                "--url",
                &fake.url,
                "--name",
                name,
                "--token-env",
                "T",
                "--json",
            ];
            machine.run_with(&args, &[("T", token)], "").json()["account"].take()
        };
        let full = met("full", &fake.token("ada"));
        assert_eq!(
            (&full["person"], &full["company"]),
            (&json!("Ada Brandt"), &json!("Fjord")),
            "{age:?}"
        );
        assert_eq!(full["may_write"], true, "{age:?}");
        assert!(
            full["goals"].as_u64() > Some(0) && full["spaces"].as_u64() > Some(0),
            "{full}"
        );
        let words = full["server"].as_str().unwrap();
        let date = age
            .version()
            .and_then(|version| version.get(..10))
            .unwrap_or("flat");
        assert!(words.contains(date), "{age:?}: {words}");
        assert_eq!(
            met("reader", &fake.read_only_token("ada"))["may_write"],
            false,
            "{age:?}"
        );
        let unread = || {
            let name = if age.namespaced() {
                "notifications/get_unread_count"
            } else {
                "get_unread_notification_count"
            };
            machine
                .run_with(
                    &["api", "GET", name, "--account", "full"],
                    &[("T", &fake.token("ada"))],
                    "",
                )
                .json()
        };
        let before = unread();
        machine
            .run_with(
                &["account", "test", "full"],
                &[("T", &fake.token("ada"))],
                "",
            )
            .ends(0);
        assert_eq!(unread(), before, "{age:?}");
    }
}

#[test]
fn a_token_that_may_only_read_is_called_so() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    let args = [
        "account",
        "add",
        "--provider",
        "operately",
        "--url",
        &server.url,
        "--name",
        "work",
        "--token-env",
        "R",
        "--json",
    ];
    let said = machine.run_with(&args, &[("R", READER)], "").json();
    assert_eq!(said["account"]["may_write"], false);
    assert_eq!(said["account"]["company"], "Fjord & Söhne");
    assert_eq!(
        (&said["account"]["goals"], &said["account"]["spaces"]),
        (&json!(1), &json!(2))
    );
    let tried = machine
        .run_with(&["account", "test", "work"], &[("R", READER)], "")
        .ends(0);
    has(&tried.out, &["may only read"]);
}

#[test]
fn nothing_is_written_when_the_account_cannot_be_met() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    let add = |url: &str, more: &[&str]| {
        let mut args = vec![
            "account",
            "add",
            "--provider",
            "operately",
            "--url",
            url,
            "--name",
            "work",
        ];
        args.extend(more);
        machine.run(&args)
    };
    let env = ["--token-env", "WORK_TOKEN"];
    let wrong = machine.run_with(
        &[
            "account",
            "add",
            "--provider",
            "operately",
            "--url",
            &server.url,
            "--name",
            "work",
            "--token-env",
            "W",
        ],
        &[("W", "opk_wrong_one_of_forty_three_letters_or_so")],
        "",
    );
    has(
        &wrong.ends(3).err,
        &["work", "token not accepted", "nothing was written"],
    );
    has(
        &add(&server.url, &["--token-env", "NOT_SET"]).ends(3).err,
        &["NOT_SET is not set"],
    );
    has(
        &add("http://127.0.0.1:9", &env).ends(5).err,
        &["127.0.0.1:9"],
    );
    has(
        &add(&format!("{}/x", server.url), &env).ends(1).err,
        &["not an answer of Operately"],
    );
    has(
        &add("http://operately.example", &env).ends(2).err,
        &["in the clear", "insecure"],
    );
    has(
        &add("https://me:hunter2@a.example", &env).ends(2).err,
        &["user name or password"],
    );
    has(
        &add(&server.url, &["--token-env", TOKEN]).ends(2).err,
        &["--token-env", "name of an environment"],
    );
    has(
        &add(&server.url, &["--token-file", TOKEN]).ends(2).err,
        &["--token-file"],
    );
    has(
        &add(&server.url, &["--token-command", &format!("echo {TOKEN}")])
            .ends(2)
            .err,
        &["--token-command"],
    );
    has(
        &add(&server.url, &[]).ends(2).err,
        &["nothing says where it is", "--token-env NAME"],
    );
    has(
        &add(&server.url, &["--token-env", "A", "--token-keyring"])
            .ends(2)
            .err,
        &["cannot be used with"],
    );
    has(
        &machine
            .run(&["account", "add", "--provider", "jira", "--name", "q"])
            .ends(2)
            .err,
        &["local", "operately", "quantive", "clickup", "achieveit"],
    );
    let offline = add(&server.url, &["--token-env", "WORK_TOKEN", "--offline"]).ends(5);
    has(&offline.err, &["--offline", "--no-test"]);
    assert!(!machine.config_file().exists());
    assert_eq!(machine.leaks(), Vec::<PathBuf>::new());
    add(
        "http://127.0.0.1:9",
        &["--token-env", "WORK_TOKEN", "--no-test"],
    )
    .ends(0);
    has(&machine.config(), &["url = \"http://127.0.0.1:9\""]);
}

#[test]
fn a_try_of_another_server_costs_an_account_nothing_of_what_is_kept_of_it() {
    let machine = Machine::new();
    let fake = operately::Fake::start(operately::Age::Later);
    let token = fake.token("ada");
    let run = |args: &[&str]| machine.run_with(args, &[("ADA", &token)], "");
    let add = [
        "account",
        "add",
        "--provider",
        "operately",
        "--name",
        "work",
    ];
    let at = |url| [&add[..], &["--token-env", "ADA", "--yes", "--url", url]].concat();
    run(&at(&fake.url)).ends(0);
    run(&["sync"]).ends(0);
    has(
        &run(&["--offline", "goals", "list"]).ends(0).out,
        &["Grow ARR"],
    );
    run(&at("http://127.0.0.1:9")).ends(5);
    assert!(machine.config().contains(&fake.url));
    has(
        &run(&["--offline", "goals", "list"]).ends(0).out,
        &["Grow ARR"],
    );
}

#[test]
fn a_company_too_large_for_one_answer_is_added_like_any_other() {
    let machine = Machine::new();
    let fake = operately::Fake::start(operately::Age::Later);
    let large = operately::When::path("goals/list").once();
    fake.line.script(large, operately::Fault::Pad(50 << 20));
    let add = [
        "account",
        "add",
        "--provider",
        "operately",
        "--name",
        "work",
    ];
    let args = [&add[..], &["--token-env", "ADA", "--url", &fake.url]].concat();
    let token = fake.token("ada");
    let ran = machine.run_with(&args, &[("ADA", &token)], "").ends(0);
    has(&ran.out, &["9 goals in 3 spaces"]);
}

#[test]
fn tokens_come_from_a_command_a_file_and_stdin_and_lie_nowhere_else() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    let secret = machine.home.path().join("secret");
    std::fs::write(&secret, format!("{TOKEN}\n")).unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    let secret = secret.to_string_lossy().into_owned();
    let open = machine.add(&server, &["--token-file", &secret]).ends(3);
    has(&open.err, &["read or changed by others", "chmod 600"]);
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    machine.add(&server, &["--token-file", &secret]).ends(0);
    assert_eq!(machine.leaks(), [PathBuf::from(&secret)]);

    // The same account signs in another way; it has to be confirmed.
    let command = format!("cat '{secret}'");
    machine.add(&server, &["--token-command", &command]).ends(2);
    machine
        .add(&server, &["--token-command", &command, "--yes"])
        .ends(0);
    has(&machine.config(), &["token_command = [\"cat\", "]);
    assert!(!machine.config().contains("token_file"));
    machine.run(&["account", "test", "work"]).ends(0);

    let args = [
        "account",
        "add",
        "--provider",
        "operately",
        "--url",
        &server.url,
        "--name",
        "two",
        "--token-file",
        "-",
    ];
    machine
        .run_with(&args, &[], &format!("  {TOKEN}\n"))
        .ends(0);
    let kept = machine.config_file().with_file_name("tokens").join("two");
    assert_eq!((mode(&kept), mode(kept.parent().unwrap())), (0o600, 0o700));
    has(&machine.config(), &["token_file = \"tokens/two\""]);
    assert_eq!(
        server
            .asked()
            .last()
            .map(|asked| asked.token.clone())
            .as_deref(),
        Some(TOKEN)
    );
    machine.run(&["account", "test", "two"]).ends(0);
    let mut leaks = machine.leaks();
    leaks.sort();
    let mut wanted = [PathBuf::from(&secret), kept.clone()];
    wanted.sort();
    assert_eq!(leaks, wanted);

    machine.run(&["account", "remove", "two", "--yes"]).ends(0);
    assert!(!kept.exists());
    assert!(Path::new(&secret).exists());
}

#[test]
fn a_settings_file_that_others_may_change_runs_no_command_of_ours() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    let ran = machine.home.path().join("ran");
    let script = machine.home.script(
        "give",
        &format!(
            "#!/bin/sh\ntouch '{}'\nprintf '%s\\n' \"$WORK_TOKEN\"\n",
            ran.display()
        ),
    );
    machine.add(&server, &["--token-command", &script]).ends(0);
    std::fs::remove_file(&ran).unwrap();
    let file = machine.config_file();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    let refused = machine.run(&["account", "test", "work"]).ends(3);
    has(&refused.err, &["token_command is not run", "chmod 600"]);
    assert!(!ran.exists());
    let checked = machine.run(&["config", "check"]).ends(0);
    has(&checked.out, &["account.token_command: is not run"]);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    machine.run(&["account", "test", "work"]).ends(0);
    assert!(ran.exists());
}

#[test]
fn variables_of_the_providers_own_program_are_offered_and_never_taken_in_silence() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    let base = [
        "account",
        "add",
        "--provider",
        "operately",
        "--name",
        "work",
    ];
    let env = [
        ("OPERATELY_API_TOKEN", TOKEN),
        ("OPERATELY_BASE_URL", server.url.as_str()),
    ];
    let told = machine.run_with(&base, &env, "").ends(2);
    has(&told.err, &["--token-env OPERATELY_API_TOKEN"]);
    assert_eq!(server.asked().len(), 0);
    let other = Server::start(Age::Namespaced);
    let mut elsewhere = base.to_vec();
    elsewhere.extend(["--url", &other.url, "--yes"]);
    let told = machine.run_with(&elsewhere, &env, "").ends(2);
    assert!(!told.err.contains("OPERATELY_API_TOKEN"), "{}", told.err);
    assert_eq!(other.asked().len(), 0);
    let mut agreed = base.to_vec();
    agreed.push("--yes");
    machine.run_with(&agreed, &env, "").ends(0);
    has(
        &machine.config(),
        &["token_env = \"OPERATELY_API_TOKEN\"", &server.url],
    );
}

#[test]
fn goals_of_this_machine_stay_when_the_first_account_is_written_down() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    machine.run(&["goals", "add", "Learn to sail"]).ends(0);
    machine.add(&server, &["--token-env", "WORK_TOKEN"]).ends(0);
    let config = machine.config();
    assert!(
        config.find("name = \"local\"") < config.find("name = \"work\""),
        "{config}"
    );
    has(
        &machine.run(&["goals", "list"]).ends(0).out,
        &["Learn to sail"],
    );
    let empty = Machine::new();
    empty.add(&server, &["--token-env", "WORK_TOKEN"]).ends(0);
    assert!(!empty.config().contains("local"));
}

#[test]
fn accounts_are_ordered_and_removed_and_the_rest_of_the_file_stays() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    let file = machine.config_file();
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let before = "# mine\nhold = \"5s\"   # short\n\n[[account]]\nname = \"home\" # here\nprovider = \"local\"\n\n[keys]\n# none\n";
    std::fs::write(&file, before).unwrap();
    machine.add(&server, &["--token-env", "WORK_TOKEN"]).ends(0);
    assert!(machine.config().starts_with(before));
    machine.run(&["account", "use", "work"]).ends(0);
    let config = machine.config();
    assert!(
        config.find("\"work\"") < config.find("\"home\" # here"),
        "{config}"
    );
    machine.run(&["account", "use", "nobody"]).ends(2);
    machine.run(&["account", "remove", "work"]).ends(2);
    has(&machine.config(), &["\"work\""]);
    let gone = machine
        .run(&["account", "remove", "work", "--yes", "--json"])
        .json();
    assert_eq!(gone["removed"]["name"], "work");
    assert_eq!(machine.config(), before);
    let read_only = machine
        .run(&["account", "remove", "home", "--yes", "--read-only"])
        .ends(1);
    has(&read_only.err, &["--read-only"]);
    std::fs::write(&file, "theme = \n").unwrap();
    has(
        &machine
            .add(&server, &["--token-env", "WORK_TOKEN"])
            .ends(1)
            .err,
        &["line 1", "mend it first"],
    );
    assert_eq!(machine.config(), "theme = \n");
}

#[test]
fn an_account_that_cannot_be_used_stands_there_and_the_rest_works() {
    let machine = Machine::new();
    let file = machine.config_file();
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let account = |name: &str, url: &str| {
        format!(
            "[[account]]\nname = \"{name}\"\nprovider = \"operately\"\nurl = \"{url}\"\ntoken_env = \"T\"\n\n"
        )
    };
    let text = format!(
        "[[account]]\nname = \"home\"\nprovider = \"local\"\n\n{}{}",
        account("bad", "gopher://x"),
        account("dead", "http://127.0.0.1:9")
    );
    std::fs::write(&file, text).unwrap();
    machine.run(&["goals", "add", "Learn to sail"]).ends(0);
    let goals = machine.run(&["goals", "list"]).ends(0);
    has(&goals.out, &["Learn to sail"]);
    has(&goals.err, &["bad", "gopher://"]);
    let listed = machine.run(&["account", "list", "--json"]).json();
    let state = |at: usize| listed["accounts"][at]["state"].as_str().unwrap().to_owned();
    assert_eq!((state(0), state(1)), ("fine".into(), "needs_you".into()));
    assert_eq!(listed["accounts"][1]["url"], "gopher://x");
    has(
        &machine.run(&["account", "list"]).ends(0).out,
        &["home", "fine", "1 goals", "bad", "gopher"],
    );
    // A status line asks nobody.
    machine.run(&["queue", "--line"]).ends(0);
    let one = machine.run(&["--account", "bad", "goals", "list"]).ends(2);
    has(&one.err, &["gopher"]);
}

#[test]
fn sync_tells_what_came_of_each_account_and_which_one_needs_somebody() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    machine.run(&["goals", "add", "Learn to sail"]).ends(0);
    let synced = machine.run(&["sync"]).ends(0);
    assert_eq!(synced.out, "local: 1 goals, 1 people, 0 unread\n");
    let listed = machine.run(&["sync", "--json"]).json();
    assert_eq!(listed["accounts"][0]["goals"], 1);
    assert!(listed["accounts"][0]["read_at"].is_string());
    machine.add(&server, &["--token-env", "WORK_TOKEN"]).ends(0);
    let before = server.asked().len();
    let offline = machine.run(&["sync", "--offline"]).ends(5);
    has(&offline.out, &["local: 1 goals"]);
    has(&offline.err, &["work", "--offline"]);
    assert_eq!(server.asked().len(), before, "--offline asks nobody");
    let missing = machine.run_with(&["sync", "--account", "work"], &[], "");
    assert_ne!(missing.code, 0);
}

#[test]
fn api_calls_anything_with_the_accounts_token_and_says_how_it_ended() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    has(
        &machine.run(&["api", "GET", "echo"]).ends(2).err,
        &["account add"],
    );
    machine.add(&server, &["--token-env", "WORK_TOKEN"]).ends(0);
    let got = machine.run(&[
        "api",
        "get",
        "echo",
        "-f",
        "q=a b",
        "-f",
        "ids[]=1",
        "-F",
        "flag=true",
    ]);
    let got: Value = serde_json::from_str(&got.ends(0).out).unwrap();
    assert_eq!(got["method"], "GET");
    assert_eq!(
        got["path"],
        "/api/external/v1/echo?q=a+b&ids%5B%5D=1&flag=true"
    );

    let posted = machine
        .run(&[
            "api",
            "POST",
            "/api/external/v1/echo",
            "-f",
            "name=Ana",
            "-F",
            "n=[1]",
        ])
        .ends(0);
    has(&posted.err, &["past the outbox"]);
    let posted: Value = serde_json::from_str(&posted.out).unwrap();
    let body: Value = serde_json::from_str(posted["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, json!({ "name": "Ana", "n": [1] }));
    let input = machine.run_with(
        &["api", "POST", "echo", "--input", "-"],
        &[("WORK_TOKEN", TOKEN)],
        "{\"raw\": 1.50}",
    );
    let input: Value = serde_json::from_str(&input.ends(0).out).unwrap();
    assert_eq!(input["body"], "{\"raw\": 1.50}");

    let before = server.count("echo");
    let refused = machine.run(&["api", "POST", "echo", "--read-only"]).ends(1);
    has(&refused.err, &["--read-only"]);
    has(
        &machine
            .run(&["api", "GET", "echo", "--offline"])
            .ends(5)
            .err,
        &["--offline"],
    );
    assert_eq!(server.count("echo"), before);

    let bad = machine.run(&["api", "GET", "broken"]).ends(4);
    has(&bad.out, &["Bad request"]);
    has(&bad.err, &["HTTP 400"]);
    let bad = machine.run(&["api", "GET", "broken", "--json"]).ends(4);
    let error: Value = serde_json::from_str(&bad.err).unwrap();
    assert_eq!(error["error"]["provider_status"], 400);
    let answer: Value = serde_json::from_str(&bad.out).unwrap();
    assert_eq!(answer["answer"]["body"]["error"], "Bad request");
    machine.run(&["api", "GET", "no/such"]).ends(4);
    machine.run(&["api", "GET", "../../x"]).ends(4);
    machine.run(&["api", "BREW", "echo"]).ends(2);
    let wrong = [("WORK_TOKEN", "opk_wrong_one_of_forty_three_letters_or_so")];
    machine
        .run_with(&["api", "GET", "echo"], &wrong, "")
        .ends(3);

    let with_headers = machine.run(&["api", "GET", "echo", "-i"]).ends(0);
    assert!(
        with_headers.out.starts_with("HTTP 200\n"),
        "{}",
        with_headers.out
    );
    has(
        &with_headers.out,
        &["content-type: application/json", "set-cookie: ***"],
    );
    assert!(!with_headers.out.contains("SECRETCOOKIE"));
    assert_eq!(machine.leaks(), Vec::<PathBuf>::new());
}

#[test]
fn api_into_a_pipe_is_raw_and_on_a_terminal_clean() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    machine.add(&server, &["--token-env", "WORK_TOKEN"]).ends(0);
    let raw = machine.run(&["api", "GET", "odd"]).ends(0);
    assert_eq!(raw.out, "a\u{1b}]0;title\u{7}\u{9b}31m\u{202e}b\n");
    let mut terminal =
        machine
            .home
            .start(&["api", "GET", "odd"], (80, 24), &[("WORK_TOKEN", TOKEN)]);
    assert_eq!(terminal.wait(), 0);
    let shown = String::from_utf8_lossy(&terminal.raw).into_owned();
    assert!(
        !shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']),
        "{shown:?}"
    );
    let mut terminal =
        machine
            .home
            .start(&["api", "GET", "echo"], (80, 24), &[("WORK_TOKEN", TOKEN)]);
    assert_eq!(terminal.wait(), 0);
    has(&terminal.contents(), &["{\n  \"method\": \"GET\","]);
}

#[test]
fn a_token_is_typed_behind_stars_and_kept_in_a_private_file() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    let args = [
        "account",
        "add",
        "--provider",
        "operately",
        "--url",
        &server.url,
        "--name",
        "work",
    ];
    let mut terminal = machine.home.start(&args, (100, 24), &[]);
    terminal.see("Token for ");
    terminal.send("wrong");
    terminal.see("*****");
    terminal.send("\u{15}");
    terminal.send(TOKEN);
    terminal.see(&"*".repeat(TOKEN.len()));
    terminal.send("\r");
    terminal.see("work: signed in as Ada");
    assert_eq!(terminal.wait(), 0);
    let shown = String::from_utf8_lossy(&terminal.raw).into_owned();
    assert!(
        !shown.contains("CANARY") && !shown.contains("wrong"),
        "{shown}"
    );
    let kept = machine.config_file().with_file_name("tokens").join("work");
    assert_eq!(machine.leaks(), std::slice::from_ref(&kept));
    assert_eq!(mode(&kept), 0o600);
    machine.run(&["account", "test"]).ends(0);
}

#[test]
fn no_token_is_taken_after_ctrl_c_and_the_terminal_is_as_before() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    let args = [
        "account",
        "add",
        "--provider",
        "operately",
        "--url",
        &server.url,
        "--name",
        "work",
    ];
    let mut terminal = machine.home.start(&args, (100, 24), &[]);
    terminal.see("Token for ");
    terminal.send("abc");
    terminal.see("***");
    assert!(!terminal.is_cooked());
    terminal.send("\u{3}");
    assert_eq!(terminal.wait(), 1);
    assert!(terminal.is_cooked());
    assert!(!machine.config_file().exists());
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn the_token_is_in_no_list_of_processes() {
    let (machine, server) = (Machine::new(), Server::start(Age::Namespaced));
    let gate = machine.home.path().join("gate");
    let started = machine.home.path().join("started");
    let script = machine.home.script(
        "slow",
        &format!(
            "#!/bin/sh\ntouch '{}'\nwhile [ ! -e '{}' ]; do sleep 0.02; done\nprintf '%s\\n' \"$WORK_TOKEN\"\n",
            started.display(),
            gate.display()
        ),
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_goaldeck"))
        .args([
            "account",
            "add",
            "--provider",
            "operately",
            "--url",
            &server.url,
            "--name",
            "work",
            "--token-command",
            &script,
        ])
        .env_clear()
        .envs(super::terminal::surroundings(machine.home.path()))
        .env("WORK_TOKEN", TOKEN)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    // The command runs, so the program that runs it has its arguments.
    let deadline = Instant::now() + PATIENCE;
    while !started.exists() {
        assert!(Instant::now() < deadline, "the token command never ran");
        std::thread::yield_now();
    }
    let argv = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    let argv = String::from_utf8_lossy(&argv).into_owned();
    std::fs::write(&gate, "").unwrap();
    let status = child.wait().expect("it ends");
    assert!(status.success(), "{status}");
    assert!(
        argv.contains("--token-command") && !argv.contains(TOKEN),
        "{argv}"
    );
    assert_eq!(
        server
            .asked()
            .first()
            .map(|asked| asked.token.clone())
            .as_deref(),
        Some(TOKEN)
    );
    assert_eq!(machine.leaks(), Vec::<PathBuf>::new());
}

/// `account add` of a system without trying it.
fn untried(machine: &Machine, provider: &str, name: &str, more: &[&str]) -> Ran {
    let mut args = vec!["account", "add", "--no-test", "--token-env", "WORK_TOKEN"];
    args.extend(["--provider", provider, "--name", name]);
    args.extend(more);
    machine.run(&args)
}

#[test]
fn each_system_is_added_with_what_only_it_says() {
    let machine = Machine::new();
    untried(
        &machine,
        "clickup",
        "space",
        &["--workspace", "90161438581"],
    )
    .ends(0);
    let more = ["--account-id", "5f3d", "--me", "ana@acme.example"];
    untried(&machine, "gtmhub", "okr", &more).ends(0);
    let more = [
        "--plan",
        "p-1",
        "--plan",
        "p-2",
        "--items-file",
        "items.csv",
    ];
    untried(&machine, "achieveit", "plans", &more).ends(0);
    let config = machine.config();
    has(
        &config,
        &[
            "provider = \"clickup\"\nurl = \"https://api.clickup.com/api/v2\"",
            "workspace = \"90161438581\"",
            "provider = \"quantive\"\nurl = \"https://app.gtmhub.com/api\"",
            "account_id = \"5f3d\"\nme = \"ana@acme.example\"",
            "provider = \"achieveit\"\nurl = \"https://api.achieveit.com\"",
            "plans = [\"p-1\", \"p-2\"]",
            "items.csv\"",
        ],
    );
    // The same account with another Workspace: the rest of what it says stays.
    let more = ["--auth-scheme", "raw", "--completed", "--yes"];
    untried(&machine, "clickup", "space", &more).ends(0);
    let more = ["--workspace", "2", "--yes"];
    untried(&machine, "clickup", "space", &more).ends(0);
    let config = machine.config();
    has(
        &config,
        &[
            "workspace = \"2\"",
            "auth_scheme = \"raw\"",
            "completed = true",
        ],
    );
    assert_eq!(config.matches("provider = \"clickup\"").count(), 1);
    let listed = machine
        .run(&["account", "list", "--offline", "--json"])
        .json();
    assert_eq!(listed["accounts"][0]["provider"], "clickup");
    assert_eq!(listed["accounts"][0]["settings"]["workspace"], "2");
    let shown = machine.run(&["account", "show", "plans", "--offline"]);
    has(
        &shown.ends(0).out,
        &[
            "AchieveIt",
            "plans = p-1, p-2",
            "kept here, on this machine only:",
        ],
    );
}

#[test]
fn what_a_system_does_not_have_is_refused_and_so_is_a_token_for_a_name() {
    let machine = Machine::new();
    for (provider, more, words) in [
        ("clickup", ["--plan", "p"], "ClickUp has no such setting"),
        (
            "achieveit",
            ["--workspace", "1"],
            "AchieveIt has no such setting",
        ),
        (
            "local",
            ["--me", "Ana"],
            "a local account has no such setting",
        ),
        (
            "clickup",
            ["--workspace", "pk_40_SECRET"],
            "looks like a token",
        ),
        (
            "quantive",
            ["--account-id", "eyJSECRET.b.c"],
            "looks like a token",
        ),
    ] {
        let ran = untried(&machine, provider, "x", &more).ends(2);
        assert!(ran.err.contains(words), "{}", ran.err);
        assert!(!ran.err.contains("SECRET"), "{}", ran.err);
    }
    let ran = untried(&machine, "clickup", "pk_40_SECRET", &[]).ends(2);
    assert!(!ran.err.contains("SECRET"), "{}", ran.err);
    assert_eq!(machine.config(), "");
}

#[test]
fn the_variables_of_operatelys_program_are_for_operately_alone() {
    let machine = Machine::new();
    let env = [
        ("OPERATELY_API_TOKEN", TOKEN),
        ("OPERATELY_BASE_URL", "https://op.example"),
    ];
    let args = [
        "account",
        "add",
        "--provider",
        "clickup",
        "--name",
        "space",
        "--yes",
    ];
    let ran = machine.run_with(&args, &env, "").ends(2);
    has(&ran.err, &["nothing says where it is", "--token-env NAME"]);
    assert!(!ran.err.contains("OPERATELY"), "{}", ran.err);
    assert_eq!(machine.config(), "");
}
