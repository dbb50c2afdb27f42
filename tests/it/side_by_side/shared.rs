//! What holds for every system alike, whatever it can do.

use std::path::Path;

use super::{CLICKUP_TOKEN, Five};
use crate::achieveit;

/// Accounts elsewhere, a goal of mine there, and a value of it.
const MINE: [(&str, &str, &[&str]); 4] = [
    ("work", "Onboarding activation", &[]),
    ("tasks", "Cut churn", &["--set", "Calls=14"]),
    (
        "okrs",
        "Make onboarding effortless",
        &["--set", "Cut set-up=21"],
    ),
    ("plans", "Raise renewals", &["--set", "Metric value=0.6"]),
];

#[test]
fn what_was_read_is_there_without_a_line() {
    let five = Five::new();
    five.home.done(&["sync"]);
    for (account, goal, _) in MINE {
        let list = |more: &[&str]| {
            let usual = ["goals", "list", "--account", account];
            five.home.done(&[&usual, more].concat())
        };
        let offline = list(&["--offline"]);
        assert!(offline.contains(goal), "{offline}");
        assert_eq!(list(&[]), offline);
    }
}

#[test]
fn what_was_written_without_a_line_is_sent_once_when_there_is_one() {
    let five = Five::new();
    five.home.done(&["sync"]);
    for (_, goal, values) in MINE {
        let usual = ["checkin", goal, "--status", "on_track", "--note", "Offline"];
        five.home.done(&[&usual, values, &["--offline"]].concat());
    }
    let states = || -> Vec<String> {
        let outbox = five.json(&["outbox", "list", "--offline"]);
        let entries = outbox["outbox"].as_array().expect("a list");
        let of = entries
            .iter()
            .filter(|entry| entry["action"] == "checkin" || entry["action"] == "check-in");
        of.map(|entry| entry["state"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(states(), ["queued"; 4]);
    assert!(five.clickup.wrote().is_empty() && five.quantive.writes().is_empty());
    assert!(five.achieveit.imports().is_empty());
    for _ in 0..2 {
        five.home.done(&["outbox", "flush"]);
        assert_eq!(states(), ["sent"; 4]);
        assert_eq!(five.clickup.wrote().len(), 1);
        assert_eq!(five.quantive.writes().len(), 1);
        assert_eq!(five.achieveit.imports().len(), 1);
    }
    for (_, goal, _) in MINE {
        let shown = five.goal(goal);
        let last = shown["check_ins"].as_array().and_then(|all| all.last());
        assert_eq!(last.map(|last| &last["note"]), Some(&"Offline".into()));
    }
}

#[test]
fn no_token_is_kept_or_said() {
    let five = Five::new();
    let mut said = five.home.done(&["sync"]);
    said += &five.home.done(&["goals", "list", "--json"]);
    said += &five.home.done(&["account", "list", "--json"]);
    said += &five.home.done(&["doctor"]);
    let tokens = [
        five.operately.token("ada"),
        CLICKUP_TOKEN.to_owned(),
        five.quantive.token(),
        achieveit::fake::KEY.to_owned(),
    ];
    for token in &tokens {
        assert!(!said.contains(token.as_str()), "a token was said");
    }
    let mut looked_at = 0;
    look(&five.home.path().join("data"), &mut |file, bytes| {
        looked_at += 1;
        for token in &tokens {
            let is_there = bytes
                .windows(token.len())
                .any(|piece| piece == token.as_bytes());
            assert!(!is_there, "a token lies in {}", file.display());
        }
    });
    assert!(looked_at > 0);
}

/// Every file below a folder.
fn look(folder: &Path, seen: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            look(&path, seen);
        } else {
            seen(&path, &std::fs::read(&path).expect("a file"));
        }
    }
}
