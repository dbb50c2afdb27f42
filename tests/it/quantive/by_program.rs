//! A Quantive account through the program itself.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::fake::Fake;
use super::world::*;
use crate::terminal::Home;

struct Machine {
    home: Home,
    fake: Fake,
}

impl Machine {
    fn new() -> Self {
        Self::with_url(Fake::start(), "")
    }

    /// Signed in as Alice; `end` is put behind the address.
    fn with_url(fake: Fake, end: &str) -> Self {
        let home = Home::empty();
        let token = home.path().join("token");
        std::fs::write(&token, fake.token()).expect("a file");
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&token, private).expect("a mode");
        let path = home.done(&["config", "path"]);
        let config = std::path::PathBuf::from(path.trim());
        std::fs::create_dir_all(config.parent().expect("a folder")).expect("a folder");
        let text = format!(
            "[[account]]\nname = \"work\"\nprovider = \"gtmhub\"\nurl = \"{}{end}\"\ntoken_file = \"{}\"\naccount_id = \"{ACCOUNT}\"\ndue_after = 10\nhold = \"0s\"\n",
            fake.url,
            token.display()
        );
        std::fs::write(&config, text).expect("a file");
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o600)).expect("a mode");
        Self { home, fake }
    }

    fn json(&self, args: &[&str]) -> Value {
        let text = self.home.done(&[args, &["--json"]].concat());
        serde_json::from_str(&text).expect("JSON")
    }
}

#[test]
fn an_account_is_tested_and_tells_nothing_of_its_token() {
    for end in ["", "/", "/v1", "/v2"] {
        let machine = Machine::with_url(Fake::start(), end);
        let said = machine.home.done(&["account", "test", "work"]);
        assert!(
            said.contains("work: signed in as Alice Example at acme"),
            "{said}"
        );
        assert!(
            said.contains("server: Quantive Results, Q4 2026 and FY 2026, 4 goals"),
            "{said}"
        );
        assert!(!said.contains("CANARY"));
        assert!(machine.fake.writes().is_empty());
    }
}

#[test]
fn any_call_goes_with_the_accounts_header_and_the_versions_path() {
    let machine = Machine::new();
    let told = machine.home.done(&["api", "GET", "v2/goals?limit=2"]);
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(told["items"].as_array().map(Vec::len), Some(2));
    let asked = machine.fake.of("listGoalsV2");
    assert_eq!(asked[0].param("limit"), Some("2"));
    assert_eq!(asked[0].header("gtmhub-accountid"), Some(ACCOUNT));
}

#[test]
fn goals_show_and_a_check_in_is_delivered() {
    let machine = Machine::new();
    let goals = machine.json(&["goals", "list"]);
    let goals = goals["goals"].as_array().expect("a list");
    assert_eq!(goals.len(), 4);
    let partners = goals
        .iter()
        .find(|goal| goal["name"] == "Grow partner revenue")
        .expect("it");
    let shown = machine
        .home
        .done(&["goals", "show", partners["id"].as_str().expect("an id")]);
    assert!(
        shown.contains("the goal above it is outside this view"),
        "{shown}"
    );
    let easy = goals
        .iter()
        .find(|goal| goal["name"] == "Make onboarding effortless")
        .expect("it");
    assert_eq!(easy["account"], "work");
    machine.home.done(&[
        "checkin",
        easy["id"].as_str().expect("an id"),
        "--set",
        "Cut set-up time from 40 to 10 minutes=20",
        "--status",
        "on_track",
        "--note",
        "Removed a step",
    ]);
    let sent = machine.fake.of("checkInMetric");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].json()["actual"], json!(20));
    assert_eq!(sent[0].json()["comment"], "Removed a step");
    assert_eq!(
        machine.fake.world(|w| w.entries(SETUP, "Removed a step")),
        1
    );
    let outbox = machine.json(&["outbox", "list"]);
    assert_eq!(outbox["outbox"][0]["state"], "sent");
}

#[test]
fn what_quantive_has_no_place_for_is_kept_here_beside_its_facts() {
    for has_check_ins in [true, false] {
        let machine = Machine::new();
        machine.fake.world(|w| w.ways.has_check_ins = has_check_ins);
        let goal = format!("work:g:{EASY}");
        let set = "Cut set-up time from 40 to 10 minutes=20";
        let mut args = vec!["checkin", &goal, "--set", set, "--status", "at_risk"];
        args.extend(["--confidence", "4", "--note", "Stuck at the step"]);
        machine.home.done(&args);
        machine.home.done(&["sync"]);
        let shown = machine.json(&["goals", "show", &goal]);
        let shown = &shown["goals"][0];
        assert_eq!(shown["status"], "at_risk", "{has_check_ins}: {shown}");
        let said = shown["check_ins"].as_array().expect("a list");
        let said: Vec<&Value> = said
            .iter()
            .filter(|one| one["note"] == "Stuck at the step")
            .collect();
        assert_eq!(said.len(), 1, "{has_check_ins}: {shown}");
        assert_eq!(said[0]["status"], "at_risk");
        assert_eq!(said[0]["confidence"], 4);
        let actual = machine.fake.world(|w| w.metric(SETUP)["actual"].clone());
        assert_eq!(actual, json!(20));
    }
}

#[test]
fn a_dry_run_shows_the_check_in_as_it_then_leaves() {
    let machine = Machine::new();
    let goal = format!("work:g:{EASY}");
    let set = "Cut set-up time from 40 to 10 minutes=20";
    let args = ["checkin", &goal, "--set", set, "--status", "on_track"];
    let args = [&args[..], &["--note", "Removed a step"]].concat();
    let told = machine.json(&[&args[..], &["--dry-run"]].concat());
    assert!(machine.fake.writes().is_empty(), "only reads reached it");
    let requests = told["dry_run"]["requests"].as_array().expect("requests");
    assert_eq!(requests.len(), 1, "{told}");
    assert!(!told.to_string().contains("CANARY"), "no token: {told}");
    let outbox = machine.json(&["outbox", "list"]);
    assert_eq!(outbox["outbox"], json!([]));
    machine.home.done(&args);
    let sent = machine.fake.writes();
    assert_eq!(requests[0]["method"], sent[0].method);
    let url = requests[0]["url"].as_str().expect("a url");
    assert!(url.ends_with(&sent[0].path), "{url}: {}", sent[0].path);
    let mut shown = requests[0]["body"].clone();
    let mut real = sent[0].json();
    // Each is of its own moment.
    for body in [&mut shown, &mut real] {
        let fields = body.as_object_mut().expect("an object");
        fields.retain(|name, _| !name.to_lowercase().contains("date"));
    }
    assert_eq!(shown, real);
}
