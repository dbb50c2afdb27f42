//! The real program with a ClickUp account.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::fake::{Fake, Fault, Shape, TEAM, Wants, World};
use crate::terminal::Home;

const TOKEN: &str = "pk_4021_CANARYxB3qLwT0k";

struct Machine {
    home: Home,
    fake: Fake,
}

impl Machine {
    fn new(world: World, settings: &str) -> Self {
        let mut world = world;
        world.tokens[0].0 = TOKEN.to_owned();
        let fake = Fake::start(world);
        let home = Home::empty();
        let config = home.path().join("config");
        std::fs::create_dir_all(&config).unwrap();
        let put = |name: &str, text: &str| {
            let path = config.join(name);
            std::fs::write(&path, text).unwrap();
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(&path, private).unwrap();
        };
        put("token", &format!("{TOKEN}\n"));
        put(
            "config.toml",
            &format!(
                "[[account]]\nname = \"work\"\nprovider = \"clickup\"\nurl = \"{}\"\ntoken_file = \"token\"\n{settings}\n",
                fake.url
            ),
        );
        Self { home, fake }
    }

    fn json(&self, args: &[&str]) -> Value {
        let text = self.home.done(&[args, &["--json"]].concat());
        serde_json::from_str(&text).expect("JSON")
    }

    fn said(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = self.home.run(args);
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    }
}

#[test]
fn the_tree_of_a_workspace_is_printed_and_kept() {
    let machine = Machine::new(World::small(Shape::Live), "");
    let tree = machine.home.done(&["goals", "tree"]);
    for words in ["2027", "Launch", "Cut churn", "Empty"] {
        assert!(tree.contains(words), "{tree}");
    }
    assert!(!tree.contains("Old"), "archived: {tree}");
    let shown = machine.json(&["goals", "show", "Cut churn"]);
    let results = &shown["goals"][0]["results"];
    assert_eq!(results[1]["name"], "Calls");
    assert_eq!(results[1]["current"], 12.0);
    // The next start knows it, and reads in full only what changed.
    machine.fake.forget();
    let offline = machine.home.done(&["goals", "tree", "--offline"]);
    assert_eq!(offline, tree);
    assert!(machine.fake.asked().is_empty());
    machine.fake.world(|world| {
        world.now += 120_000;
        world.moves(super::fake::BO, "k-2", 20.0, "Twenty");
    });
    machine.home.done(&["sync"]);
    let details = machine.fake.asked().into_iter();
    let details: Vec<String> = details
        .filter(|asked| asked.starts_with("GET /goal/"))
        .collect();
    assert_eq!(details, ["GET /goal/g-1"]);
}

#[test]
fn a_check_in_goes_out_row_by_row_and_what_was_refused_is_sent_again() {
    let machine = Machine::new(World::small(Shape::Live), "");
    machine.fake.world(|world| {
        let said = "{\"err\":\"Steps out of range\",\"ECODE\":\"GOAL_9\"}";
        world.order("PUT", "/key_result/k-2", Fault::Answer(400, said.into()));
    });
    let mut args = vec!["checkin", "Cut churn", "--status", "on_track"];
    args.extend(["--set", "Renewal rate=86", "--set", "Calls=14"]);
    args.extend(["--set", "Lost money=4000", "--note", "Two more signed."]);
    let (code, said) = machine.said(&args);
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("2 of 3 sent, 1 refused: Calls: "), "{said}");
    let outbox = machine.json(&["outbox", "list"]);
    let id = outbox["outbox"][0]["id"].as_str().unwrap().to_owned();
    machine.fake.forget();
    machine.home.done(&["outbox", "retry", &id]);
    assert_eq!(
        machine.fake.wrote(),
        [(
            "PUT /key_result/k-2".to_owned(),
            json!({"steps_current": 14, "note": "Two more signed."})
        )]
    );
    let shown = machine.json(&["goals", "show", "Cut churn"]);
    assert_eq!(shown["goals"][0]["results"][1]["current"], 14.0);
}

#[test]
fn an_account_is_tried_and_called_and_its_token_is_nowhere() {
    let mut world = World::small(Shape::Live);
    world.wants = Wants::Bare;
    let machine = Machine::new(world, "");
    let met = machine.json(&["account", "test", "work"]);
    let text = met.to_string();
    for words in ["Ada Moreno", "Acme", "ClickUp API v2"] {
        assert!(text.contains(words), "{text}");
    }
    let called = machine
        .home
        .done(&["api", "GET", "goal/g-1", "--account", "work"]);
    assert!(called.contains("Cut churn"), "{called}");
    machine.home.done(&["goals", "tree"]);
    let folder = machine.home.path().to_owned();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("token") {
                let bytes = std::fs::read(&path).unwrap();
                let found = bytes
                    .windows(TOKEN.len())
                    .any(|part| part == TOKEN.as_bytes());
                assert!(!found, "{}", path.display());
            }
        }
    }
}

#[test]
fn several_workspaces_ask_for_a_choice() {
    let several = || {
        let mut world = World::small(Shape::Live);
        world.teams.push((7, "Beta"));
        world
    };
    let machine = Machine::new(several(), "");
    let (code, said) = machine.said(&["goals", "tree"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("this token sees 2 Workspaces: Acme (90161438581), Beta (7)"),
        "{said}"
    );
    assert!(said.contains("workspace = \"90161438581\""), "{said}");
    let machine = Machine::new(several(), &format!("workspace = \"{TEAM}\""));
    assert!(machine.home.done(&["goals", "tree"]).contains("Cut churn"));
}

#[test]
fn an_account_is_added_by_command() {
    let mut world = World::small(Shape::Live);
    world.teams.push((7, "Beta"));
    let machine = Machine::new(world, "");
    let add = |more: &[&str]| {
        let url = format!("{}/", machine.fake.url);
        let mut args = vec![
            "account",
            "add",
            "--provider",
            "clickup",
            "--name",
            "second",
        ];
        args.extend(["--url", &url, "--token-file", "config/token"]);
        args.extend(more);
        machine.said(&args)
    };
    let (code, said) = add(&[]);
    assert_ne!(code, Some(0));
    assert!(
        said.contains("this token sees 2 Workspaces") && said.contains("--workspace 90161438581"),
        "{said}"
    );
    let (code, said) = add(&["--workspace", "90161438581"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("Ada Moreno") && said.contains("Acme"),
        "{said}"
    );
    let tree = machine.home.done(&["goals", "tree", "--account", "second"]);
    assert!(tree.contains("Cut churn"), "{tree}");
}

#[test]
fn what_clickup_does_not_do_is_said_before_anything_is_sent() {
    let machine = Machine::new(World::small(Shape::Live), "");
    machine.home.done(&["goals", "tree"]);
    machine.fake.forget();
    let mut args = vec![
        "checkin",
        "Cut churn",
        "--status",
        "on_track",
        "--note",
        "n",
    ];
    args.extend(["--tell", "everyone"]);
    let (code, said) = machine.said(&args);
    assert_ne!(code, Some(0), "{said}");
    assert!(
        said.contains("ClickUp decides itself who hears of an update"),
        "{said}"
    );
    assert!(machine.fake.wrote().is_empty());
}

#[test]
fn a_dry_run_shows_each_row_as_it_then_leaves_and_writes_nothing() {
    let machine = Machine::new(World::small(Shape::Live), "");
    let mut args = vec!["checkin", "Cut churn", "--status", "on_track"];
    args.extend(["--set", "Renewal rate=86", "--set", "Calls=14"]);
    args.extend(["--note", "Two more signed."]);
    let told = machine.json(&[&args[..], &["--dry-run"]].concat());
    let told = &told["dry_run"];
    assert!(machine.fake.wrote().is_empty(), "only reads reached it");
    assert!(told["progress"].is_number(), "{told}");
    let requests = told["requests"].as_array().expect("requests");
    let seen: Vec<(String, Value)> = requests
        .iter()
        .map(|request| {
            let url = request["url"].as_str().unwrap();
            let path = &url[url.find("/key_result").unwrap()..];
            let line = format!("{} {path}", request["method"].as_str().unwrap());
            (line, request["body"].clone())
        })
        .collect();
    assert_eq!(seen.len(), 2, "a request a row: {told}");
    assert!(!told.to_string().contains("CANARY"), "no token: {told}");
    let signed = requests[0]["headers"]["authorization"].as_str();
    assert!(signed.unwrap().ends_with("***"), "{told}");
    let outbox = machine.json(&["outbox", "list"]);
    assert_eq!(outbox["outbox"], json!([]));
    machine.home.done(&args);
    assert_eq!(machine.fake.wrote(), seen, "what was shown is what is sent");
}
