//! The real program with an account at AchieveIt: tried, called, written to,
//! stopped in between, and the file for who hands updates in by hand.

use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use serde_json::{Value, json};

use super::fake::{Fake, Fault, KEY};
use crate::terminal::Home;

struct Machine {
    home: Home,
    fake: Fake,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

impl Machine {
    fn new() -> Self {
        Self::with(KEY, "plans = [\"plan-1\"]\nitems_file = \"items.csv\"\n")
    }

    fn with(key: &str, more: &str) -> Self {
        let machine = Self {
            home: Home::empty(),
            fake: Fake::start(),
        };
        let token = machine.home.path().join("token");
        std::fs::write(&token, key).unwrap();
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).unwrap();
        let config = machine.home.done(&["config", "path"]);
        let config = std::path::Path::new(config.trim());
        let folder = config.parent().unwrap();
        std::fs::create_dir_all(folder).unwrap();
        // Percent for one of the items; the others are plain numbers.
        let items = "External ID;Name;Unit\ni-2;Raise renewals;Percent\n";
        std::fs::write(folder.join("items.csv"), items).unwrap();
        let (url, token) = (&machine.fake.url, token.display());
        let account = format!(
            "[[account]]\nname = \"plan\"\nprovider = \"achieveit\"\nurl = \"{url}\"\n\
             token_file = \"{token}\"\nme = \"Ada Moreno\"\n{more}"
        );
        std::fs::write(config, account).unwrap();
        std::fs::set_permissions(config, std::fs::Permissions::from_mode(0o600)).unwrap();
        machine
    }

    fn json(&self, args: &[&str]) -> Value {
        let text = self.home.done(&[args, &["--json"]].concat());
        serde_json::from_str(&text).unwrap()
    }

    /// Writes two check-ins that wait for a line.
    fn write_two(&self) {
        self.home.done(&["goals", "list"]);
        for args in [
            [
                "Raise renewals",
                "--set",
                "Metric value=54",
                "--status",
                "at_risk",
                "--note",
                "Pilot, \"live\"",
            ],
            [
                "Open two sites",
                "--status",
                "on_track",
                "--note",
                "On our way",
                "--confidence",
                "7",
            ],
        ] {
            let output = self
                .home
                .run(&[&["--offline", "checkin"][..], &args].concat());
            assert_eq!(code(&output), Some(0), "{}", text(&output.stderr));
        }
        assert_eq!(self.fake.count("POST "), 0);
    }

    fn states(&self) -> Vec<String> {
        let listed = self.json(&["--offline", "outbox", "list"]);
        let entries = listed["outbox"].as_array().unwrap();
        entries
            .iter()
            .map(|entry| entry["state"].as_str().unwrap().to_owned())
            .collect()
    }
}

const FILE: &str = "External ID,Status,Metric Value,As Of Date,Comment\n";

#[test]
fn an_account_is_tried_and_its_plan_listed() {
    let machine = Machine::new();
    let said = machine.home.done(&["account", "test", "plan"]);
    assert!(said.contains("AchieveIt") && said.contains('7'), "{said}");
    let tree = machine.home.done(&["goals", "tree"]);
    assert!(
        tree.contains("Grow & keep customers") && tree.contains("Open two sites"),
        "{tree}"
    );
    let goals = machine.json(&["goals", "list"]);
    let renewals = goals["goals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|goal| goal["name"] == "Raise renewals");
    assert_eq!(renewals.unwrap()["id"], "plan:g:i-2");
}

#[test]
fn a_wrong_key_is_told_without_showing_it() {
    let machine = Machine::with("aik_WRONGCANARY", "plans = [\"plan-1\"]\n");
    let tried = machine.home.run(&["account", "test", "plan"]);
    assert_eq!(code(&tried), Some(3), "{}", text(&tried.stderr));
    let said = format!("{}{}", text(&tried.stdout), text(&tried.stderr));
    assert!(
        said.contains("AchieveIt does not take the API key"),
        "{said}"
    );
    assert!(!said.contains("WRONGCANARY"));
}

#[test]
fn what_an_account_lacks_is_told() {
    let tried = |more: &str| {
        let machine = Machine::with(KEY, more);
        let tried = machine.home.run(&["account", "test", "plan"]);
        assert_ne!(code(&tried), Some(0));
        text(&tried.stderr) + &text(&tried.stdout)
    };
    let said = tried("");
    assert!(said.contains("Copy Plan ID"), "{said}");
    let said = tried("items_file = \"nowhere.csv\"\n");
    assert!(
        said.contains("nowhere.csv") && said.contains("check items_file"),
        "{said}"
    );
    let said = tried("plans = [\"plan-9\"]\n");
    assert!(said.contains("AchieveIt has no plan plan-9"), "{said}");
}

#[test]
fn any_call_of_the_interface_can_be_made() {
    let machine = Machine::new();
    let page = machine
        .home
        .done(&["api", "GET", "/exports/plans/plan-1", "-F", "take=2"]);
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(
        (
            page["totalCount"].as_u64(),
            page["items"].as_array().unwrap().len()
        ),
        (Some(7), 2)
    );
    let refused = machine
        .home
        .run(&["--read-only", "api", "POST", "imports/progress-updates"]);
    assert_ne!(code(&refused), Some(0));
    assert_eq!(machine.fake.count("POST "), 0);
}

#[test]
fn waiting_check_ins_become_a_file_that_the_import_takes() {
    let machine = Machine::new();
    let nothing = machine.home.run(&["outbox", "export", "--csv"]);
    assert_eq!(
        (code(&nothing), text(&nothing.stdout).as_str()),
        (Some(0), "no check-in waits for plan\n")
    );
    machine.write_two();
    let before = machine.states();
    let day = chrono::Utc::now()
        .with_timezone(&chrono_tz::Europe::Berlin)
        .date_naive();
    let expected = format!(
        "{FILE}i-2,At Risk,0.54,{day},\"Pilot, \"\"live\"\"\"\ni-7,On Track,,{day},On our way\n"
    );
    let printed = machine.home.run(&["outbox", "export", "--csv", "-"]);
    assert_eq!(text(&printed.stdout), expected);
    assert!(text(&printed.stderr).contains("nothing was sent, and these still wait"));
    machine
        .home
        .done(&["--account", "plan", "outbox", "export", "--csv", "week.csv"]);
    let file = machine.home.path().join("week.csv");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), expected);
    assert_eq!((machine.states(), machine.fake.count("POST ")), (before, 0));
    // Handed in as it is.
    let file = file.display().to_string();
    let answer = machine
        .home
        .done(&["api", "POST", "imports/progress-updates", "--input", &file]);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(
        (&answer["validRecords"], &answer["errorRecords"]),
        (&json!(2), &json!(0))
    );
    let world = machine.fake.world();
    let posted = world
        .asked
        .iter()
        .find(|asked| asked.method == "POST")
        .unwrap();
    assert!(
        posted
            .headers
            .contains(&("content-type".to_owned(), "text/csv".to_owned()))
    );
    assert_eq!(posted.body, expected);
}

#[test]
fn a_file_is_for_accounts_of_achieveit_alone() {
    let home = Home::empty();
    home.done(&["goals", "add", "Grow"]);
    for args in [
        &["outbox", "export", "--csv"][..],
        &["--account", "local", "outbox", "export", "--csv"],
    ] {
        assert_eq!(code(&home.run(args)), Some(2));
    }
    assert_eq!(code(&home.run(&["outbox", "export"])), Some(2));
}

#[test]
fn what_waits_is_one_import_and_then_shows_on_the_goals() {
    let machine = Machine::new();
    machine.write_two();
    machine.home.done(&["outbox", "flush"]);
    assert_eq!(machine.states(), ["sent", "sent"]);
    let imports = machine.fake.imports();
    let [body] = imports.as_slice() else {
        panic!("{imports:?}")
    };
    assert!(body.contains("\"metricValue\":0.54,"), "{body}");
    assert!(body.contains("\"externalId\":\"i-7\""), "{body}");
    // Its own updates stay, also for a program that reads the plan anew.
    machine.home.done(&["goals", "list"]);
    let shown = machine.json(&["goals", "show", "Raise renewals"]);
    let goal = &shown["goals"][0];
    assert_eq!(goal["status"], "at_risk");
    assert_eq!(goal["results"][0]["current"], 54.0);
    let page = machine.home.done(&["goals", "show", "Raise renewals"]);
    assert!(page.contains("Pilot"), "{page}");
}

#[test]
fn a_program_that_ended_while_the_job_ran_is_followed_by_one_that_waits() {
    let machine = Machine::new();
    machine.home.done(&["goals", "list"]);
    machine.fake.world().jobs_hang = true;
    let args = [
        "--timeout",
        "2",
        "checkin",
        "Energy",
        "--set",
        "Metric value=7",
        "--status",
        "on_track",
    ];
    let first = machine.home.run(&args);
    assert_eq!(machine.fake.count("POST "), 1, "{}", text(&first.stderr));
    assert_eq!(machine.states(), ["sending"]);
    machine.fake.finish_jobs();
    machine.home.done(&["outbox", "flush"]);
    assert_eq!(machine.states(), ["sent"]);
    assert_eq!(machine.fake.count("POST "), 1);
    assert_eq!(machine.fake.item("i-6").updates.len(), 1);
}

#[test]
fn what_was_handed_in_is_in_no_file_for_who_hands_in_by_hand() {
    let machine = Machine::new();
    machine.home.done(&["goals", "list"]);
    let busy = Fault::Answer(429, vec![("retry-after", "600".to_owned())], String::new());
    machine.fake.fault("GET /imports/status", busy);
    let args = [
        "--timeout",
        "5",
        "checkin",
        "Energy",
        "--set",
        "Metric value=7",
    ];
    let first = machine
        .home
        .run(&[&args[..], &["--status", "on_track"]].concat());
    assert_eq!(machine.fake.count("POST "), 1, "{}", text(&first.stderr));
    assert_eq!(machine.states(), ["queued"]);
    let file = machine
        .home
        .run(&["--offline", "outbox", "export", "--csv"]);
    assert_eq!(text(&file.stdout), "no check-in waits for plan\n");
    let said = text(&file.stderr);
    assert!(said.contains("it was handed in"), "{said}");
}

#[test]
fn a_refused_row_keeps_its_words_and_the_other_goes_out() {
    let machine = Machine::new();
    machine.write_two();
    machine
        .fake
        .change("i-7", |item| item.external = "renamed".to_owned());
    let flushed = machine.home.run(&["outbox", "flush"]);
    let said = text(&flushed.stderr);
    assert_eq!(code(&flushed), Some(4), "{said}");
    assert!(
        said.contains("No live plan item has this external id"),
        "{said}"
    );
    assert_eq!(machine.fake.count("POST "), 2);
    let listed = machine.json(&["--offline", "outbox", "list"]);
    let entries = listed["outbox"].as_array().unwrap();
    let state = |name: &str| {
        let is_it = |entry: &&Value| entry["goal"].as_str() == Some(name);
        entries.iter().find(is_it).unwrap()["state"]
            .as_str()
            .unwrap()
    };
    assert_eq!(
        (state("plan:g:i-2"), state("plan:g:i-7")),
        ("sent", "refused")
    );
    // Its words are still there to be handed in.
    let file = machine.home.run(&["outbox", "export", "--csv"]);
    assert!(
        text(&file.stdout).contains("i-7,On Track,,"),
        "{}",
        text(&file.stdout)
    );
    assert!(text(&file.stdout).contains("On our way"));
}

#[test]
fn a_dry_run_shows_the_import_as_it_then_leaves() {
    let machine = Machine::new();
    let mut args = vec!["checkin", "Raise renewals", "--set", "Metric value=54"];
    args.extend(["--status", "at_risk", "--note", "Pilot"]);
    let told = machine.json(&[&args[..], &["--dry-run"]].concat());
    assert_eq!(machine.fake.count("POST "), 0, "only reads reached it");
    let request = &told["dry_run"]["requests"][0];
    assert!(!told.to_string().contains(KEY), "no key: {told}");
    assert_eq!(request["headers"]["authorization"], "API-KEY ***");
    machine.home.done(&args);
    let sent: Value = serde_json::from_str(&machine.fake.imports()[0]).unwrap();
    let (mut shown, mut sent) = (request["body"].clone(), sent);
    // Each is of its own moment.
    for body in [&mut shown, &mut sent] {
        for record in body.as_array_mut().expect("records") {
            let fields = record.as_object_mut().expect("a record");
            fields.retain(|name, _| !name.to_lowercase().contains("date"));
        }
    }
    assert_eq!(shown, sent);
}
