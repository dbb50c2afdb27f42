//! The three other systems as mock servers made from their descriptions, such as
//! Prism. Nobody starts one here: `tests/contracts/README.md` says how, and
//! `cargo test --test it mock:: -- --ignored --nocapture` runs these.
//!
//! A mock remembers nothing and answers what its file says, so no value is looked
//! at: the program reads all there is, draws it, and a check-in ends somewhere.
//! What goes over the line is written down in between.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use goaldeck::model::check_in::{CheckIn, ValueChange};
use goaldeck::model::exchange::{Answer, Change, Letter, Signature, Tell};
use goaldeck::model::ids::{EntryId, PersonId};
use goaldeck::model::key_result::Reading;
use goaldeck::model::system::Special;
use goaldeck::providers::Provider;
use serde_json::Value;

use crate::clickup;
use crate::terminal::Home;

/// One of the systems: where its mock is told, and what an account there needs.
struct System {
    provider: &'static str,
    variable: &'static str,
    settings: &'static str,
    /// It follows a job after its one write, and a mock's job may never end.
    has_jobs: bool,
}

const CLICKUP: System = System {
    provider: "clickup",
    variable: "GOALDECK_MOCK_CLICKUP",
    settings: "workspace = \"1\"",
    has_jobs: false,
};
const QUANTIVE: System = System {
    provider: "quantive",
    variable: "GOALDECK_MOCK_QUANTIVE",
    settings: "account_id = \"acme\"",
    has_jobs: false,
};
const ACHIEVEIT: System = System {
    provider: "achieveit",
    variable: "GOALDECK_MOCK_ACHIEVEIT",
    settings: "plans = [\"plan-1\"]\nme = \"Ada Moreno\"",
    has_jobs: true,
};

/// As request lines begin.
const METHODS: [&str; 5] = ["GET /", "POST /", "PUT /", "PATCH /", "DELETE /"];

/// What went over each connection: there, and back.
type Talk = Arc<Mutex<Vec<(Vec<u8>, Vec<u8>)>>>;

/// A line to the mock that writes down what goes over it.
struct Line {
    url: String,
    talk: Talk,
}

impl Line {
    fn to(mock: &str) -> Self {
        let place = mock.trim_end_matches('/');
        let place = place.strip_prefix("http://").unwrap_or_else(|| {
            panic!("{mock} is not of the kind http://127.0.0.1:4010");
        });
        let (server, path) = match place.split_once('/') {
            Some((server, path)) => (server.to_owned(), format!("/{path}")),
            None => (place.to_owned(), String::new()),
        };
        TcpStream::connect(&server).unwrap_or_else(|error| panic!("{mock}: {error}"));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}{path}", listener.local_addr().unwrap());
        let talk = Talk::default();
        let notes = Arc::clone(&talk);
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(&server) else {
                    continue;
                };
                let number = {
                    let mut talk = notes.lock().unwrap();
                    talk.push(Default::default());
                    talk.len() - 1
                };
                let (back, forth) = (far.try_clone().unwrap(), near.try_clone().unwrap());
                carry(near, far, &notes, move |talk| &mut talk[number].0);
                carry(back, forth, &notes, move |talk| &mut talk[number].1);
            }
        });
        Self { url, talk }
    }

    /// All requests as `POST /path`, without their query.
    fn asked(&self) -> Vec<String> {
        let talk = self.talk.lock().unwrap();
        let mut asked = Vec::new();
        for (there, _) in talk.iter() {
            let text = String::from_utf8_lossy(there);
            let mut pieces: Vec<&str> = text.split(" HTTP/1.1\r\n").collect();
            // Behind the last there is no request line.
            pieces.pop();
            for piece in pieces {
                // It follows at once on the body before it, which has no end of line.
                let start = METHODS
                    .iter()
                    .filter_map(|method| piece.rfind(method))
                    .max();
                let line = &piece[start.expect("a request line")..];
                asked.push(line.split('?').next().unwrap_or(line).to_owned());
            }
        }
        asked
    }

    fn writes(&self) -> Vec<String> {
        let asked = self.asked().into_iter();
        asked.filter(|line| !line.starts_with("GET ")).collect()
    }

    /// What Prism found wrong with requests.
    fn violations(&self) -> Vec<String> {
        let talk = self.talk.lock().unwrap();
        let mut found = Vec::new();
        for (_, back) in talk.iter() {
            let text = String::from_utf8_lossy(back);
            let lines = text.lines();
            let lines = lines.filter(|line| line.to_lowercase().starts_with("sl-violations:"));
            found.extend(
                lines
                    .filter(|line| line.contains("\"request\""))
                    .map(str::to_owned),
            );
        }
        found
    }
}

/// Carries one direction of a connection until it ends.
fn carry(
    mut from: TcpStream,
    mut to: TcpStream,
    talk: &Talk,
    side: impl Fn(&mut Vec<(Vec<u8>, Vec<u8>)>) -> &mut Vec<u8> + Send + 'static,
) {
    let talk = Arc::clone(talk);
    thread::spawn(move || {
        let mut piece = [0; 16 * 1024];
        while let Ok(count) = from.read(&mut piece) {
            // Noted before it goes on, so what was answered was also noted.
            side(&mut talk.lock().unwrap()).extend_from_slice(&piece[..count]);
            if count == 0 || to.write_all(&piece[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}

struct Machine {
    home: Home,
    line: Line,
}

impl Machine {
    /// A machine with one account at the mock; none if there is no mock.
    fn at(system: &System) -> Option<Self> {
        let Some(mock) = std::env::var(system.variable)
            .ok()
            .filter(|url| !url.is_empty())
        else {
            println!("skipped: {} is not set", system.variable);
            return None;
        };
        let line = Line::to(&mock);
        let home = Home::empty();
        let put = |path: &std::path::Path, text: &str| {
            std::fs::write(path, text).unwrap();
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(path, private).unwrap();
        };
        let token = home.path().join("token");
        put(&token, "any");
        let config = home.done(&["config", "path"]);
        let config = std::path::Path::new(config.trim());
        std::fs::create_dir_all(config.parent().unwrap()).unwrap();
        let (provider, url, token) = (system.provider, &line.url, token.display());
        let text = format!(
            "[[account]]\nname = \"mock\"\nprovider = \"{provider}\"\nurl = \"{url}\"\n\
             token_file = \"{token}\"\nhold = \"0s\"\n{}\n",
            system.settings
        );
        put(config, &text);
        Some(Self { home, line })
    }

    /// Runs a command that may be refused, but must end as one that was thought of.
    #[track_caller]
    fn runs(&self, args: &[&str]) -> (i32, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.home.run(args);
        let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        assert!(!said.contains("panicked"), "{args:?}: {said}");
        let code = status.code().unwrap_or_else(|| panic!("{args:?}: {said}"));
        assert!(
            (0..=5).contains(&code),
            "{args:?} ended with {code}: {said}"
        );
        (code, said)
    }

    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        let text = self.home.done(&[args, &["--json"]].concat());
        serde_json::from_str(&text).unwrap()
    }

    #[track_caller]
    fn judged(&self) {
        assert_eq!(self.line.violations(), [""; 0], "{:?}", self.line.asked());
    }
}

/// All that reads: who is there, all goals as a tree, each of them, the screen.
fn reads(system: &System) {
    let Some(machine) = Machine::at(system) else {
        return;
    };
    let said = machine.home.done(&["account", "test", "mock"]);
    println!("{said}");
    assert!(said.starts_with("mock: "), "{said}");
    let tree = machine.home.done(&["goals", "tree"]);
    println!("{tree}");
    let offline = machine.home.done(&["goals", "tree", "--offline"]);
    assert_eq!(offline, tree, "what was read is kept");
    let list = machine.json(&["goals", "list", "--offline"]);
    for goal in list["goals"].as_array().unwrap().iter().take(8) {
        // Of a mock that makes answers up it may be gone by now.
        machine.runs(&["goals", "show", goal["id"].as_str().unwrap()]);
    }
    machine.runs(&["queue"]);
    machine.runs(&["sync"]);

    let mut screen = machine.home.open();
    screen.see("[1 Queue");
    screen.bytes_until_quiet(Duration::from_millis(500));
    screen.send("2");
    screen.see("[2 Goals");
    screen.bytes_until_quiet(Duration::from_millis(500));
    println!("{}", screen.contents());
    for keys in ["Z", "G", "\r", "\u{1b}", "R"] {
        screen.send(keys);
        screen.bytes_until_quiet(Duration::from_millis(300));
    }
    assert!(!screen.contents().contains("panicked"));
    screen.send("\u{1b}q");
    screen.signal(rustix::process::Signal::TERM);
    assert!([0, 143].contains(&screen.wait()), "{}", screen.contents());
    assert!(screen.is_restored());
    assert_eq!(machine.line.writes(), [""; 0], "reading writes nothing");
    machine.judged();
}

/// A goal to write about, and a value that differs from the one it has. One, as a
/// mock's list and its single goal seldom have the same key results.
fn chosen(list: &Value) -> Option<(String, Vec<String>)> {
    let goals = list["goals"].as_array()?.iter();
    let mut goals: Vec<_> = goals
        .filter(|goal| goal["nature"] != "folder")
        .map(|goal| {
            let results = goal["results"].as_array();
            let results = results.map(Vec::as_slice).unwrap_or_default();
            let by_hand = results.iter().filter(|result| result["automatic"] != true);
            let values = by_hand.filter_map(|result| {
                let (name, value) = (result["name"].as_str()?, result["current"].as_f64()?);
                Some(format!("{name}={}", value.round() + 1.0))
            });
            let values: Vec<String> = values.take(1).collect();
            (goal["id"].as_str().unwrap_or_default().to_owned(), values)
        })
        .collect();
    goals.sort_by_key(|(_, values)| std::cmp::Reverse(values.len()));
    goals.into_iter().next()
}

/// One check-in, and all that goes on by itself after it.
fn a_check_in_ends(system: &System) {
    let Some(machine) = Machine::at(system) else {
        return;
    };
    let list = machine.json(&["goals", "list"]);
    let Some((goal, values)) = chosen(&list) else {
        println!("this answer has no goal to write about: {list}");
        return;
    };
    let mut args = vec!["--timeout", "10", "checkin", &goal];
    args.extend(["--status", "on_track", "--note", "Words for a mock"]);
    for value in &values {
        args.extend(["--set", value]);
    }
    let (code, said) = machine.runs(&args);
    println!("{args:?} ended with {code}: {said}");
    let states = || -> Vec<String> {
        let listed = machine.json(&["--offline", "outbox", "list"]);
        let entries = listed["outbox"].as_array().unwrap().iter();
        entries
            .map(|entry| entry["state"].as_str().unwrap().to_owned())
            .collect()
    };
    let after = states();
    let wrote = machine.line.writes();
    println!("{after:?} by {wrote:?}");
    if after.is_empty() {
        // Not taken in, as with a value that its scale does not have.
        assert_ne!(code, 0, "{said}");
        assert!(wrote.is_empty(), "{wrote:?}");
    }
    for state in &after {
        let is_end = ["sent", "refused", "unknown"].contains(&state.as_str())
            || (system.has_jobs && state == "sending" && wrote.len() == 1)
            // What a mock made up cannot be prepared from: it waits, and says why.
            || (state == "queued" && wrote.is_empty() && said.contains("not sent yet"));
        assert!(is_end, "{state}: {said}");
    }
    // Whoever comes later does not write it again.
    machine.runs(&["sync"]);
    machine.runs(&["--timeout", "10", "outbox", "flush"]);
    let wrote = machine.line.writes();
    let mut once = wrote.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), wrote.len(), "each only once: {wrote:?}");
    if system.has_jobs {
        assert!(wrote.len() <= 1, "one import: {wrote:?}");
    }
    machine.judged();
}

#[test]
#[ignore = "needs a mock server, see tests/contracts/README.md"]
fn clickup_is_read_and_drawn() {
    reads(&CLICKUP);
}

#[test]
#[ignore = "needs a mock server, see tests/contracts/README.md"]
fn quantive_is_read_and_drawn() {
    reads(&QUANTIVE);
}

#[test]
#[ignore = "needs a mock server, see tests/contracts/README.md"]
fn achieveit_is_read_and_drawn() {
    reads(&ACHIEVEIT);
}

#[test]
#[ignore = "needs a mock server, see tests/contracts/README.md"]
fn a_check_in_at_clickup_ends() {
    a_check_in_ends(&CLICKUP);
}

#[test]
#[ignore = "needs a mock server, see tests/contracts/README.md"]
fn a_check_in_at_quantive_ends() {
    a_check_in_ends(&QUANTIVE);
}

#[test]
#[ignore = "needs a mock server, see tests/contracts/README.md"]
fn a_check_in_at_achieveit_ends() {
    a_check_in_ends(&ACHIEVEIT);
}

/// A static mock calls its one goal archived, so the program shows none; the
/// provider is asked to write about it all the same.
#[test]
#[ignore = "needs a mock server, see tests/contracts/README.md"]
fn clickup_writes_a_key_result_once() {
    let Some(machine) = Machine::at(&CLICKUP) else {
        return;
    };
    let world = Arc::new(Mutex::new(clickup::fake::World::small(
        clickup::fake::Shape::Described,
    )));
    let special = Special {
        workspace: Some("1".to_owned()),
        ..Special::default()
    };
    let account = clickup::rig::provider(&machine.line.url, "any", special, &world);
    let at = "2026-11-21T12:00:00Z".parse().unwrap();
    let author = PersonId::new("work:me");
    let mut check_in = CheckIn::new("work:c-1".into(), author.clone(), at);
    check_in.note = "Words for a mock".to_owned();
    check_in.values.push(ValueChange {
        result: "work:k:string".into(),
        before: None,
        now: Reading::Number(7.0),
    });
    let change = Change::CheckIn {
        goal: "work:g:string".into(),
        check_in,
        tell: Tell::Responsible,
    };
    let signature = Signature {
        by: author,
        account: "work".into(),
        at,
    };
    let mut letter = Letter::new(EntryId::new("entry1"), change, signature);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut steps = 0;
    let end = loop {
        match runtime.block_on(account.send(letter.clone())) {
            Answer::Onward(trail) if steps < 40 => letter.trail = Some(trail),
            answer => break answer,
        }
        steps += 1;
    };
    let wrote = machine.line.writes();
    println!("{end:?} by {wrote:?}");
    match end {
        Answer::Accepted { .. } => assert_eq!(wrote, ["PUT /key_result/string"]),
        // A mock that makes answers up has no goal of this name.
        Answer::Refused(_) | Answer::NoAnswer(_) => assert!(wrote.len() <= 1, "{wrote:?}"),
        Answer::Offline(_) => assert!(wrote.is_empty(), "{wrote:?}"),
        other => panic!("no end: {other:?}"),
    }
    machine.judged();
}
