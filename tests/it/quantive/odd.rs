//! Answers that are right by the file and as odd as it allows: nothing panics, and
//! a tree can still be drawn.

use goaldeck::model::exchange::{Answer, Change, GoalEdit, Query, ReviewStep};

use super::fake::Fake;
use super::rig::{Facts, Rig, check_in, edit, goal, special};
use super::world::*;
use crate::contract::How;

fn facts(rig: &Rig) -> Option<Facts> {
    let mut facts = Facts::default();
    for batch in rig.ask(Query::All).ok()? {
        facts.take(batch);
    }
    Some(facts)
}

/// What is asked and written against any server, for its lack of panics.
fn all_of_it(rig: &Rig, id: &str) {
    let _ = rig.ask(Query::Goal(goal(id)));
    let _ = rig.ask(Query::Search("x".to_owned()));
    let _ = rig.run(goaldeck::providers::Provider::introduce(&rig.provider));
    let name = GoalEdit {
        name: Some("New".to_owned()),
        description: Some("New".to_owned()),
        ..GoalEdit::default()
    };
    let approve = ReviewStep::Approve {
        comment: String::new(),
    };
    for change in [
        check_in(id, "x", &[(id, 1.0)]),
        edit(id, name),
        Change::DeleteGoal { goal: goal(id) },
        Change::Review {
            goal: goal(id),
            step: approve,
        },
    ] {
        let mut letter = rig.letter(change);
        if let Ok(batches) = rig.ask(Query::All)
            && let Some(me) = batches.into_iter().find_map(|batch| batch.me)
        {
            letter.signature.by = me;
        }
        for _ in 0..3 {
            match rig.send(&letter) {
                Answer::Onward(trail) => letter.trail = Some(trail),
                _ => break,
            }
        }
        let _ = rig.look(&letter);
    }
}

#[test]
fn random_but_valid_answers_never_panic_and_draw_a_tree() {
    // The file's examples of a list are a tree and an empty page.
    let tree = (0..20).find(|seed| {
        let rig = Rig::new();
        rig.fake.make_up(How::Example, *seed);
        facts(&rig).is_some_and(|facts| !facts.goals.is_empty())
    });
    let hows = [
        (How::AllNull, 7),
        (How::AllString, 7),
        (How::AllZero, 7),
        (How::Example, tree.expect("the tree")),
    ];
    for (how, seed) in hows {
        let rig = Rig::new();
        rig.fake.make_up(how, seed);
        let facts = facts(&rig).unwrap_or_else(|| panic!("{how:?} cannot be read"));
        assert!(!facts.goals.is_empty(), "{how:?}");
        let mut ids: Vec<&str> = facts.goals.iter().map(|goal| goal.id.as_str()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{how:?}");
        for goal in &facts.goals {
            let results = goal.results.iter().map(|result| result.id.as_str());
            let results: std::collections::HashSet<_> = results.collect();
            assert_eq!(results.len(), goal.results.len());
        }
        all_of_it(&rig, "string");
        all_of_it(&rig, GUIDE);
    }
    for seed in 0..60 {
        let rig = Rig::new();
        rig.fake.make_up(How::Random, seed);
        let _ = facts(&rig);
        all_of_it(&rig, GUIDE);
        // A made-up totalCount or identity may lead anywhere; the contract holds.
    }
}

#[test]
fn several_goals_with_one_id_are_all_shown_and_not_written_to() {
    let fake = Fake::start();
    let rig = Rig::with(fake, special());
    rig.fake.world(|w| {
        let mut twin = w.goal(EASY).clone();
        twin["name"] = serde_json::json!("Twin");
        w.goals.push(twin);
    });
    let facts = rig.all();
    assert_eq!(facts.goals.len(), 5);
    assert_eq!(facts.goal(&format!("{EASY}~2")).name, "Twin");
    let letter = rig.letter(check_in(&format!("{EASY}~2"), "x", &[(SETUP, 1.0)]));
    let Answer::Refused(fault) = rig.send(&letter) else {
        panic!("refused")
    };
    assert!(fault.why.contains("same id"), "{fault}");
}

#[test]
fn made_up_answers_are_read_in_a_bounded_number_of_requests() {
    let rig = Rig::new();
    rig.fake.make_up(How::AllString, 1);
    let _ = facts(&rig);
    let asked = rig.fake.asked().len();
    assert!(asked < 60, "{asked}");
}
