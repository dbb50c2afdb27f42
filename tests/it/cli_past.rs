//! The command line on a past day, and what changed between two days, on a real
//! store whose goals changed on days of their own.

use chrono::{Days, TimeDelta, Utc};
use goaldeck::disk::{Disk, Options};
use goaldeck::model::check_in::{CheckIn, ValueChange};
use goaldeck::model::exchange::{Change, GoalEdit, Signature, Tell};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::EntryId;
use goaldeck::model::key_result::{KeyResult, Reading};
use goaldeck::model::status::Status;
use goaldeck::model::time::Time;
use goaldeck::model::workspace::Workspace;
use serde_json::{Value, json};

use super::terminal::{Home, surroundings};

/// Noon so many days ago.
fn ago(days: i64) -> Time {
    let noon = Utc::now().date_naive().and_hms_opt(12, 0, 0);
    noon.expect("noon").and_utc() - TimeDelta::days(days)
}

fn day(days: u64) -> String {
    let today = Utc::now().date_naive();
    (today - Days::new(days)).to_string()
}

struct Story {
    disk: Disk,
    count: usize,
}

impl Story {
    fn then(&mut self, days: i64, change: Change) {
        let signature = Signature {
            by: "local:me".into(),
            account: "local".into(),
            at: ago(days),
        };
        self.count += 1;
        let entry = EntryId::new(format!("e{}", self.count));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        runtime
            .block_on(self.disk.carry_out(change, signature, entry))
            .expect("it is possible");
    }

    fn edit(&mut self, days: i64, goal: &str, edit: GoalEdit) {
        let change = Change::EditGoal {
            goal: goal.into(),
            edit: Box::new(edit),
        };
        self.then(days, change);
    }
}

fn goal(id: &str, name: &str, made: i64) -> Goal {
    let mut goal = Goal::new(id.into(), "local".into(), name, ago(made));
    goal.champion = Some("local:me".into());
    goal
}

/// A home in which days begin as those of the story do.
struct Place(Home);

impl Place {
    /// What was printed, what was said, and the exit code.
    fn run(&self, args: &[&str]) -> (String, String, i32) {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_goaldeck"))
            .args(args)
            .env_clear()
            .envs(surroundings(self.0.path()))
            .env("TZ", "UTC")
            .stdin(std::process::Stdio::null())
            .output()
            .expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let code = output.status.code().expect("a code");
        (text(output.stdout), text(output.stderr), code)
    }

    #[track_caller]
    fn done(&self, args: &[&str]) -> String {
        let (out, said, code) = self.run(args);
        assert_eq!(code, 0, "{args:?}: {out}{said}");
        out
    }

    #[track_caller]
    fn fails(&self, args: &[&str]) -> (String, i32) {
        let (out, said, code) = self.run(args);
        assert_ne!(code, 0, "{args:?}: {out}");
        (said, code)
    }
}

/// Churn (renamed 10 days ago, checked in 5 days ago), hiring (deleted 3 days ago),
/// sales (made 2 days ago, under churn).
fn story() -> Place {
    let home = Home::empty();
    let data = home.path().join("data");
    let disk = Disk::open(&data, &Options::new(ago(40))).expect("it opens");
    let mut story = Story {
        disk: disk.disk,
        count: 0,
    };
    let mut churn = goal("local:churn", "Lower churn", 30);
    let result: KeyResult = serde_json::from_value(json!({
        "id": "local:r", "name": "Monthly churn", "kind": {"kind": "percent"},
        "unit": "%", "start": 4.0, "target": 2.0, "current": 4.0
    }))
    .expect("a result");
    churn.results.push(result);
    let make = |goal: Goal| Change::CreateGoal {
        goal: Box::new(goal),
    };
    story.then(30, make(churn));
    story.then(30, make(goal("local:hire", "Hire two people", 30)));
    story.edit(
        10,
        "local:churn",
        GoalEdit {
            name: Some("Churn is low".into()),
            ..GoalEdit::default()
        },
    );
    let mut check_in = CheckIn::new("local:c".into(), "local:me".into(), ago(5));
    check_in.status = Some(Status::AtRisk);
    check_in.values.push(ValueChange {
        result: "local:r".into(),
        before: None,
        now: Reading::Number(3.0),
    });
    story.then(
        5,
        Change::CheckIn {
            goal: "local:churn".into(),
            check_in,
            tell: Tell::default(),
        },
    );
    story.then(
        3,
        Change::DeleteGoal {
            goal: "local:hire".into(),
        },
    );
    let mut sales = goal("local:sales", "More sales", 2);
    sales.parent = Some("local:churn".into());
    story.then(2, make(sales));
    story.disk.close().wait().expect("it closes");
    Place(home)
}

fn json_of(home: &Place, args: &[&str]) -> Value {
    let text = home.done(&[args, &["--json"]].concat());
    serde_json::from_str(&text).expect("JSON")
}

fn names(found: &Value) -> Vec<&str> {
    let goals = found["goals"].as_array().expect("goals").iter();
    let mut names: Vec<&str> = goals.filter_map(|goal| goal["name"].as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn commands_that_look_show_a_past_day() {
    let home = story();
    let list = |date: &str| json_of(&home, &["goals", "list", "--as-of", date]);
    let (first, later) = (list(&day(20)), list(&day(7)));
    assert_eq!(first["as_of"], day(20));
    assert_eq!(names(&first), ["Hire two people", "Lower churn"]);
    assert_eq!(names(&later), ["Churn is low", "Hire two people"]);
    assert_eq!(names(&list("-2d")), ["Churn is low", "More sales"]);
    assert_eq!(names(&list("-6w")), Vec::<&str>::new());
    let (_, said, _) = home.run(&["goals", "list", "--as-of", "-6w"]);
    assert!(said.contains("nothing was kept before"), "{said}");
    let (_, said, _) = home.run(&["goals", "list", "--as-of", "-2d"]);
    assert!(!said.contains("nothing was kept before"), "{said}");
    let show = |date: &str| json_of(&home, &["goals", "show", "churn", "--as-of", date]);
    let current = |shown: &Value| shown["goals"][0]["results"][0]["current"].clone();
    assert_eq!(current(&show("-6d")), json!(4.0));
    assert_eq!(current(&show("yesterday")), json!(3.0));
    assert_eq!(show("-6d")["goals"][0]["status"], "not_started");
    let tree = home.done(&["--as-of", "-7d", "goals", "tree"]);
    assert!(tree.contains("Hire two people"), "{tree}");
    let found = home.done(&["find", "hire", "--as-of", "-7d"]);
    assert!(found.contains("Hire two people"), "{found}");
    let queue = json_of(&home, &["queue", "--as-of", "-7d"]);
    assert_eq!(queue["as_of"], day(7));
}

#[test]
fn nothing_is_written_on_a_past_day() {
    let home = story();
    for args in [
        &["goals", "add", "Another", "--as-of", "-7d"][..],
        &["goals", "delete", "churn", "--yes", "--as-of", "-7d"],
        &["checkin", "churn", "--status", "on_track", "--as-of", "-7d"],
        &["export", "--as-of", "-7d"],
    ] {
        let (said, code) = home.fails(args);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("--as-of"), "{said}");
        assert!(said.contains("what was cannot be changed"), "{said}");
    }
    for (date, why) in [
        ("soon", "not a date"),
        ("2999-01-01", "lies ahead"),
        ("2026-02-30", "no such day"),
    ] {
        let (said, code) = home.fails(&["goals", "list", "--as-of", date]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(why), "{said}");
    }
    let (said, code) = home.fails(&["queue", "--line", "--as-of", "-7d"]);
    assert_eq!(code, 2, "{said}");
}

#[test]
fn diff_tells_what_changed_between_two_days() {
    let home = story();
    let diff = |args: &[&str]| json_of(&home, &[&["diff"], args].concat());
    let all = diff(&["--since", "-20d"]);
    assert_eq!(all["since"], day(20));
    assert_eq!(all["until"], day(0));
    assert_eq!(
        names(&all),
        ["Churn is low", "Hire two people", "More sales"]
    );
    let of = |all: &Value, name: &str| -> Vec<String> {
        let mut goals = all["goals"].as_array().expect("goals").iter();
        let goal = goals.find(|goal| goal["name"] == name);
        let changes = goal.expect("the goal")["changes"].as_array().cloned();
        let what = changes.expect("changes").into_iter();
        what.map(|change| change["what"].as_str().expect("a word").to_owned())
            .collect()
    };
    assert_eq!(
        of(&all, "Churn is low"),
        ["status", "renamed", "progress", "value"]
    );
    assert_eq!(of(&all, "Hire two people"), ["deleted"]);
    assert_eq!(of(&all, "More sales"), ["new"]);
    let value = &all["goals"][0]["changes"][3];
    assert_eq!((&value["from"], &value["to"]), (&json!(4.0), &json!(3.0)));
    let week = diff(&["--since", "-20d", "--until", "-7d"]);
    assert_eq!(of(&week, "Churn is low"), ["renamed"]);
    let one = diff(&["hire", "--since", "-20d"]);
    assert_eq!(names(&one), ["Hire two people"]);
    let text = home.done(&["diff", "--since", "-20d"]);
    assert!(
        text.contains("renamed, was \u{201c}Lower churn\u{201d}"),
        "{text}"
    );
    assert!(text.contains("Monthly churn 4"), "{text}");
    let (said, code) = home.fails(&["diff", "--since", "-2d", "--until", "-9d"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("lies before"), "{said}");
}
