//! `.` then `!`: the command line of what can be done with the focused thing, with
//! its own ids, on every screen that has things.

use clap::Parser;
use goaldeck::actions::ACTIONS;
use goaldeck::cli::args::Cli;
use goaldeck::store::effect::Effect;
use goaldeck::store::queue::{self, What};

use super::{WIDE, demo_at};
use crate::rig::Rig;

/// What was copied since, each as the words a shell makes of it.
fn copied(rig: &mut Rig, rows: usize) -> Vec<Vec<String>> {
    rig.front.clear();
    rig.keys(".");
    for _ in 0..rows {
        rig.keys("! j");
    }
    rig.keys("esc");
    let copied = rig.front.iter().filter_map(|effect| match effect {
        Effect::Copy(line) => Some(shlex::split(line).expect("a shell reads it")),
        _ => None,
    });
    copied.collect()
}

#[track_caller]
fn each_parses(lines: &[Vec<String>], wheres: &str) {
    assert!(!lines.is_empty(), "{wheres}");
    for words in lines {
        let read = Cli::try_parse_from(words);
        assert!(read.is_ok(), "{wheres}: {words:?}: {read:?}");
        let open = words.iter().any(|word| word == "{goal}");
        assert!(!open, "{wheres}: {words:?}");
    }
}

#[test]
fn every_line_copied_is_a_command_about_the_focused_thing() {
    let mut rig = demo_at(WIDE);
    let items = queue::queue(rig.store(), &rig.now());
    for item in &items {
        let lines = copied(&mut rig, ACTIONS.len().min(20));
        each_parses(&lines, &item.key);
        let is_there = |words: &[&str]| lines.iter().any(|line| line == words);
        match &item.what {
            What::Acknowledge { check_in, .. } => {
                assert!(
                    is_there(&["goaldeck", "ack", check_in.as_str()]),
                    "{lines:?}"
                );
                assert!(
                    is_there(&["goaldeck", "react", check_in.as_str(), "+1"]),
                    "{lines:?}"
                );
            }
            What::CannotSend { entry } => {
                assert!(
                    is_there(&["goaldeck", "outbox", "drop", entry.as_str()]),
                    "{lines:?}"
                );
            }
            What::Owe { goal, .. } => {
                let check_in = ["goaldeck", "checkin", goal.as_str(), "--edit"];
                assert!(is_there(&check_in), "{lines:?}");
            }
            What::Asked { .. } | What::Approve { .. } => {}
        }
        rig.keys("j");
    }
    for (tab, wheres) in [("2", "goals"), ("3", "inbox"), ("4", "outbox")] {
        rig.keys(tab);
        let lines = copied(&mut rig, 20);
        each_parses(&lines, wheres);
    }
}
