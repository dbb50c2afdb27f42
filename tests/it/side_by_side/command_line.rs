//! The five accounts from the command line.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ACCOUNTS, Five};

#[test]
fn one_tree_and_every_account_says_who_is_there() {
    let five = Five::new();
    let list = five.json(&["goals", "list"]);
    let goals = list["goals"].as_array().expect("a list");
    let accounts: BTreeSet<&str> = goals
        .iter()
        .filter_map(|goal| goal["account"].as_str())
        .collect();
    assert_eq!(accounts, ACCOUNTS.into_iter().collect());
    let tree = five.home.done(&["goals", "tree"]);
    for name in [
        "Learn Rust",
        "Cut churn",
        "Make onboarding effortless",
        "Raise renewals",
    ] {
        assert!(tree.contains(name), "{name} in {tree}");
    }
    for account in ACCOUNTS.into_iter().skip(1) {
        let said = five.home.done(&["account", "test", account]);
        assert!(said.starts_with(account), "{said}");
    }
}

#[test]
fn one_queue_spans_them_all() {
    let five = Five::new();
    // Nobody wrote about the plan for weeks, whatever day it is today.
    five.achieveit.world().extra = json!({"lastUpdated": "2026-10-02T08:00:00"});
    let queue = five.json(&["queue"]);
    let items = queue["queue"].as_array().expect("a list");
    let of = |account: &str| -> Vec<&Value> {
        let mine = |item: &&Value| {
            let goal = item["goal"].as_str().unwrap_or_default();
            goal.starts_with(&format!("{account}:"))
        };
        items.iter().filter(mine).collect()
    };
    for account in ["work", "tasks", "okrs", "plans"] {
        assert!(!of(account).is_empty(), "{account} in {queue}");
    }
    let approve = of("okrs");
    assert!(
        approve
            .iter()
            .any(|item| item.to_string().contains("approve")),
        "{approve:?}"
    );
}

#[test]
fn a_check_in_is_written_and_delivered_to_each() {
    let five = Five::new();
    let check_in = |goal: &str, more: &[&str]| {
        let usual = ["checkin", goal, "--status", "at_risk", "--note", "On it"];
        five.home.done(&[&usual, more].concat())
    };
    check_in("Learn Rust", &[]);
    let list = five.json(&["goals", "list", "--account", "work"]);
    let work = list["goals"].as_array().expect("a list").iter();
    let work = work
        .filter(|goal| goal["champion"] == "Ada Lovelace" || goal["champion"] == "me")
        .find(|goal| goal["nature"] != "project")
        .unwrap_or_else(|| panic!("a goal of mine in {list}"));
    let work = work["id"].as_str().expect("an id").to_owned();
    check_in(&work, &[]);
    check_in("Cut churn", &["--set", "Calls=13"]);
    check_in("Make onboarding effortless", &["--set", "Cut set-up=20"]);
    check_in("Raise renewals", &["--set", "Metric value=0.54"]);
    five.home.done(&["outbox", "flush"]);
    let outbox = five.json(&["outbox", "list"]);
    for entry in outbox["outbox"].as_array().expect("a list") {
        assert_eq!(entry["state"], "sent", "{entry}");
    }
    let wrote = five.clickup.wrote();
    assert_eq!(wrote.len(), 1, "{wrote:?}");
    assert_eq!(wrote[0].1["steps_current"], 13);
    assert_eq!(
        five.quantive
            .of("checkInMetric")
            .len()
            .max(five.quantive.writes().len()),
        1
    );
    let imports = five.achieveit.imports();
    assert_eq!(imports.len(), 1, "{imports:?}");
    assert!(imports[0].contains("\"metricValue\":0.54"), "{imports:?}");
    // What a system has no place for is kept here and shows.
    for goal in [
        "Learn Rust",
        &work,
        "Cut churn",
        "Make onboarding effortless",
        "Raise renewals",
    ] {
        let shown = five.goal(goal);
        assert_eq!(shown["status"], "at_risk", "{shown}");
    }
    // Nothing is sent a second time.
    five.home.done(&["sync"]);
    five.home.done(&["outbox", "flush"]);
    assert_eq!(five.clickup.wrote().len(), 1);
    assert_eq!(five.achieveit.imports().len(), 1);
}

#[test]
fn a_goal_of_one_account_counts_under_a_goal_of_another() {
    let five = Five::new();
    five.home
        .done(&["goals", "graft", "Cut churn", "--under", "Learn Rust"]);
    let shown = five.goal("Cut churn");
    let above = five.goal("Learn Rust");
    assert_eq!(shown["grafted_under"], above["id"]);
    let ours = above["progress"].as_f64();
    let theirs = shown["progress"].as_f64();
    assert_eq!(ours, theirs, "{above}");
    let tree = five.home.done(&["goals", "tree"]);
    let at = |name: &str| {
        let line = tree.lines().position(|line| line.contains(name));
        line.unwrap_or_else(|| panic!("{name} in {tree}"))
    };
    assert_eq!(at("Cut churn"), at("Learn Rust") + 1, "{tree}");
    five.home.done(&["goals", "ungraft", "Cut churn"]);
    assert_eq!(five.goal("Cut churn")["grafted_under"], Value::Null);
}

#[test]
fn words_without_values_reach_who_has_a_place_for_them_and_else_stay_here() {
    let five = Five::new();
    let write = |goal: &str| {
        five.home.done(&[
            "checkin",
            goal,
            "--status",
            "on_track",
            "--note",
            "Words alone",
        ])
    };
    write("Cut churn");
    let wrote = five.clickup.wrote();
    assert_eq!(wrote.len(), 1, "{wrote:?}");
    assert_eq!(wrote[0].1["note"], "Words alone");
    assert_eq!(wrote[0].1["steps_current"], 85, "as it stood");
    // A goal without key results has no place for words at ClickUp.
    write("Empty");
    assert_eq!(five.clickup.wrote().len(), 1);
    five.home.done(&["sync"]);
    for goal in ["Cut churn", "Empty"] {
        let shown = five.goal(goal);
        assert_eq!(shown["status"], "on_track", "{shown}");
        let last = shown["check_ins"].as_array().and_then(|all| all.last());
        assert_eq!(last.map(|last| &last["note"]), Some(&json!("Words alone")));
    }
}
