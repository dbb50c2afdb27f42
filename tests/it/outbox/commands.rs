//! `goaldeck outbox` on what needs a person: each of the three ways out.

use chrono::Utc;
use goaldeck::disk::{Disk, Options};

use super::*;
use crate::terminal::Home;

/// A home with an entry that may have been sent; from a form or not.
fn undecided(draft: Option<Draft>) -> Home {
    let home = Home::with_goals(&["Ship it"]);
    let shown = home.done(&["goals", "show", "Ship it", "--json"]);
    let goals: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    let goal = GoalId::new(goals["goals"][0]["id"].as_str().expect("an id"));
    let now = Utc::now();
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "May be there"));
    let mut entry = desk.entry("a").clone();
    entry.id = "abcdefghijkl".into();
    entry.signature.account = "local".into();
    entry.signature.by = "local:me".into();
    entry.rev = 1;
    entry.draft = draft.map(Box::new);
    if let Change::CheckIn { goal: of, .. } = &mut entry.change {
        *of = goal;
    }
    entry.state = EntryState::Unknown {
        since: now,
        why: "you may not see it".to_owned(),
        looks: 0,
        next_look: None,
    };
    let opened = Disk::open(&home.path().join("data"), &Options::new(now)).expect("the store");
    let record = Record::PutEntry(Box::new(entry));
    opened.disk.write(vec![record]).wait().expect("written");
    opened.disk.close().wait().expect("closed");
    home
}

fn failed(home: &Home, args: &[&str]) -> String {
    let output = home.run(args);
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_may_have_been_sent_is_listed_with_what_to_do() {
    let home = undecided(None);
    let list = home.done(&["outbox", "list"]);
    let expected = "may have been sent: you may not see it; settle it if it is there, \
                    else retry, draft or drop it";
    assert!(list.contains(expected), "{list}");
    let queue = home.done(&["queue"]);
    assert!(queue.contains("abcdef"), "{queue}");
}

#[test]
fn what_was_found_there_is_settled() {
    let home = undecided(None);
    home.done(&["outbox", "settle", "abcdef"]);
    assert!(home.done(&["outbox", "list"]).contains("abcdef\tSENT"));
    let why = failed(&home, &["outbox", "settle", "abcdef"]);
    assert!(why.contains("it is sent"), "{why}");
}

#[test]
fn what_was_typed_in_a_form_is_a_draft_again() {
    let home = undecided(Some(typed(1, friday())));
    let said = home.done(&["outbox", "draft", "abcdef"]);
    assert!(said.contains("is a draft again"), "{said}");
    let list = home.done(&["outbox", "list"]);
    assert!(list.contains("DRAFT") && !list.contains("abcdef"), "{list}");
    let home = undecided(None);
    let why = failed(&home, &["outbox", "draft", "abcdef"]);
    assert!(why.contains("it was not written in a form"), "{why}");
    assert!(home.done(&["outbox", "list"]).contains("abcdef\tUNKNOWN"));
}

#[test]
fn what_is_not_there_is_sent_again() {
    let home = undecided(None);
    home.done(&["outbox", "retry", "abcdef"]);
    assert!(home.done(&["outbox", "list"]).contains("abcdef\tSENT"));
    let shown = home.done(&["goals", "show", "Ship it"]);
    assert!(shown.contains("May be there"), "{shown}");
}
