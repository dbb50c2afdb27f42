//! What the command line does with an account at a server besides writing: its
//! own search, and inbox lines that are done here alone.

use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use serde_json::{Value, json};

use super::operately::{Age, Fake};
use super::terminal::Home;

struct Machine {
    home: Home,
    fake: Fake,
}

impl Machine {
    /// Signed in at the small company as Ada.
    fn new() -> Self {
        let fake = Fake::start(Age::Later);
        let home = Home::empty();
        let token = home.path().join("token");
        std::fs::write(&token, fake.token("ada")).expect("a file");
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&token, private).expect("a mode");
        let token = token.display().to_string();
        let mut args = vec!["account", "add", "--provider", "operately"];
        args.extend(["--url", &fake.url, "--name", "work"]);
        args.extend(["--token-file", &token]);
        home.done(&args);
        Self { home, fake }
    }

    fn json(&self, args: &[&str]) -> Value {
        let text = self.home.done(&[args, &["--json"]].concat());
        serde_json::from_str(&text).expect("JSON")
    }

    fn searches(&self) -> usize {
        self.fake.count("companies/global_search")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

#[test]
fn find_asks_each_account_once_and_lists_what_only_it_knows() {
    let machine = Machine::new();
    let found = machine.json(&["find", "growth"]);
    assert_eq!(machine.searches(), 1);
    let space = &found["found"][0];
    assert_eq!(space["what"], "space");
    assert_eq!(space["text"], "Growth");
    assert_eq!(space["account"], "work");
    assert_eq!(space["at_provider"], true);
    assert_eq!((&space["id"], &space["goal"]), (&Value::Null, &Value::Null));
    let link = space["link"].as_str().expect("a link");
    assert!(
        link.starts_with(&machine.fake.url) && link.contains("/spaces/"),
        "{link}"
    );
    // What is known here comes first, with its page.
    let found = machine.json(&["find", "grow"]);
    let kinds: Vec<&Value> = found["found"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["what"])
        .collect();
    assert_eq!(kinds, [&json!("goal"), &json!("space")]);
    assert_eq!(found["found"][0]["at_provider"], false);
    assert!(
        found["found"][0]["link"]
            .as_str()
            .is_some_and(|link| link.contains("/goals/"))
    );
    let lines = machine.home.done(&["find", "growth"]);
    assert!(
        lines.contains("space\tGrowth\tat Operately\twork\thttp"),
        "{lines}"
    );
}

#[test]
fn find_asks_nobody_where_that_is_not_wanted_or_not_needed() {
    let machine = Machine::new();
    machine.home.done(&["find", "grow", "--only", "goals"]);
    machine.home.done(&["find", "grow", "--offline"]);
    let offline = machine.home.run(&["find", "growth", "--offline"]);
    assert_eq!(
        (code(&offline), text(&offline.stdout)),
        (Some(1), String::new())
    );
    assert_eq!(machine.searches(), 0);
}

#[test]
fn a_search_that_fails_is_told_beside_what_is_known() {
    use super::operately::{Fault, When};
    let machine = Machine::new();
    let refused = Fault::Answer {
        status: 403,
        headers: vec![("content-type".into(), "application/json".into())],
        body: "{\"error\":\"Forbidden\"}".into(),
    };
    machine
        .fake
        .line
        .script(When::path("companies/global_search"), refused);
    let found = machine.home.run(&["find", "grow"]);
    assert_eq!(code(&found), Some(0));
    assert!(text(&found.stdout).contains("Grow ARR"));
    let said = text(&found.stderr);
    assert!(said.contains("goaldeck: work did not search: "), "{said}");
}

#[test]
fn done_lines_are_kept_here_and_never_sent() {
    let machine = Machine::new();
    let lines = |machine: &Machine| {
        let listed = machine.json(&["inbox", "list"]);
        listed["inbox"].as_array().expect("a list").clone()
    };
    let before = lines(&machine);
    assert_eq!(before.len(), 3);
    assert!(before.iter().all(|line| line["account"] == "work"));
    let id = before[0]["id"].as_str().expect("an id");
    machine.fake.forget();
    let said = machine.home.done(&["inbox", "done", id]);
    assert_eq!(said.trim(), "1 line removed, kept here");
    let wrote = machine
        .fake
        .asked()
        .into_iter()
        .filter(|asked| asked.method != "GET");
    assert_eq!(wrote.count(), 0);
    let after = lines(&machine);
    assert_eq!(after.len(), 2);
    assert!(after.iter().all(|line| line["id"] != id));
    let outbox = machine.json(&["outbox", "list"]);
    assert_eq!(outbox["outbox"], json!([]));
}
