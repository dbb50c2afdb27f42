//! Making, changing and deleting goals and key results.

use goaldeck::model::exchange::{Answer, Base, Change, FaultKind, GoalEdit};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::PersonId;
use goaldeck::model::key_result::{KeyResult, Kind, Reading};
use goaldeck::providers::Provider;
use serde_json::json;

use super::fake::{ADA, BO, Fault, Shape, TEAM};
use super::rig::{Rig, done, refused};

fn person(number: i64) -> PersonId {
    PersonId::new(format!("work:u:{number}"))
}

fn result(id: &str, name: &str, kind: Kind, current: Option<Reading>) -> KeyResult {
    KeyResult {
        id: id.into(),
        name: name.into(),
        kind,
        unit: "deals".into(),
        start: 0.0,
        target: Some(10.0),
        current,
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
        particulars: None,
    }
}

fn new_goal(results: Vec<KeyResult>) -> Goal {
    let at = "2026-11-21T12:00:00Z".parse().unwrap();
    let mut goal = Goal::new("work:g-new".into(), "work".into(), "Grow", at);
    goal.due = Some("2026-12-31".parse().unwrap());
    goal.champion = Some(person(ADA));
    goal.results = results;
    goal
}

fn create(goal: Goal) -> Change {
    Change::CreateGoal {
        goal: Box::new(goal),
    }
}

#[test]
fn a_goal_is_made_with_all_its_fields_and_its_key_results() {
    for shape in [Shape::Described, Shape::Live] {
        let rig = Rig::small(shape);
        let results = vec![
            result(
                "work:k-a",
                "Sales",
                Kind::Number,
                Some(Reading::Number(2.0)),
            ),
            result("work:k-b", "Signed", Kind::YesNo, None),
        ];
        let mut letter = rig.letter(create(new_goal(results)));
        let batch = done(rig.carry(&mut letter));
        let wrote = rig.fake.wrote();
        assert_eq!(
            wrote[0],
            (
                format!("POST /team/{TEAM}/goal"),
                json!({"name": "Grow", "due_date": 1_798_718_400_000_i64, "description": "",
                    "multiple_owners": false, "owners": [ADA], "color": "#32a852"})
            )
        );
        let calls: Vec<&str> = wrote.iter().map(|(call, _)| call.as_str()).collect();
        assert_eq!(
            calls[1..],
            [
                "POST /goal/g-101/key_result",
                "PUT /key_result/k-102",
                "POST /goal/g-101/key_result"
            ]
        );
        assert_eq!(wrote[1].1["type"], "number");
        assert_eq!(wrote[2].1, json!({"steps_current": 2, "note": ""}));
        // The server's name stands in the place of ours.
        assert_eq!(batch.gone, ["work:g-new".into()]);
        let made = &batch.goals[0];
        assert_eq!((made.id.as_str(), made.results.len()), ("work:g:g-101", 2));
        assert_eq!(made.due, new_goal(Vec::new()).due);
        assert_eq!(made.results[0].current, Some(Reading::Number(2.0)));
    }
}

#[test]
fn a_goal_whose_answer_was_lost_is_found_and_not_made_twice() {
    for fault in [Fault::Cut, Fault::CutBefore, Fault::Done502] {
        for path in ["/team", "/key_result"] {
            let mut rig = Rig::small(Shape::Live);
            // An older one of the same name is none of ours.
            rig.fake.world(|world| {
                let older = super::fake::goal("g-old", "Grow", Vec::new());
                world.goals.push(older);
                world.order("POST", path, fault.clone());
            });
            let results = vec![result("work:k-a", "Sales", Kind::Number, None)];
            let mut letter = rig.letter(create(new_goal(results)));
            assert!(
                matches!(rig.carry(&mut letter), Answer::NoAnswer(_)),
                "{fault:?} {path}"
            );
            rig.restart();
            let _arrived_or_not = rig.look(&letter).unwrap();
            let batch = done(rig.carry(&mut letter));
            assert_eq!(batch.gone, ["work:g-new".into()]);
            let made = rig.fake.world(|world| {
                let made = world
                    .goals
                    .iter()
                    .filter(|goal| goal.name == "Grow" && goal.id != "g-old");
                made.map(|goal| goal.results.len()).collect::<Vec<_>>()
            });
            assert_eq!(made, [1], "{fault:?} {path}");
        }
    }
}

#[test]
fn a_goal_that_clickup_cannot_hold_is_refused_before_anything_is_made() {
    let rig = Rig::small(Shape::Live);
    let mut no_day = new_goal(Vec::new());
    no_day.due = None;
    let mut below = new_goal(Vec::new());
    below.parent = Some("work:f:f-1".into());
    let mut nameless = new_goal(Vec::new());
    nameless.name = " ".into();
    let list = Kind::Checklist {
        items: vec!["a".into()],
        ids: Vec::new(),
    };
    let listed = new_goal(vec![result("work:k-a", "Steps", list, None)]);
    for goal in [no_day, below, nameless, listed] {
        let fault = refused(rig.carry(&mut rig.letter(create(goal))));
        assert!(
            matches!(fault.kind, FaultKind::Unsupported | FaultKind::Invalid),
            "{fault}"
        );
        assert!(!fault.why.is_empty() && !fault.remedy.is_empty());
    }
    // The server refuses it: nothing is tried below it.
    rig.fake.world(|world| {
        world.order(
            "POST",
            "/team",
            Fault::Answer(400, "{\"err\":\"Bad\"}".into()),
        )
    });
    let goal = new_goal(vec![result("work:k-a", "Sales", Kind::Number, None)]);
    let mut letter = rig.letter(create(goal));
    assert_eq!(refused(rig.carry(&mut letter)).kind, FaultKind::Invalid);
    assert_eq!(rig.fake.wrote().len(), 1);
    done(rig.carry(&mut letter));
}

#[test]
fn an_edit_sends_what_differs_and_can_be_taken_back() {
    let rig = Rig::small(Shape::Live);
    let edit = GoalEdit {
        name: Some("Cut churn in half".into()),
        description: Some("Why".into()),
        due: Some(Some("2027-01-31".parse().unwrap())),
        champion: Some(Some(person(BO))),
        ..GoalEdit::default()
    };
    let mut letter = rig.edit("work:g:g-1", edit);
    letter.base = Some(Base::of(&rig.goal("work:g:g-1")));
    let Answer::Accepted { batch, undo } = rig.carry(&mut letter) else {
        panic!("done");
    };
    assert_eq!(
        rig.fake.wrote(),
        [(
            "PUT /goal/g-1".to_owned(),
            json!({"name": "Cut churn in half", "due_date": 1_801_396_800_000_i64,
                "add_owners": [BO], "rem_owners": [ADA]})
        )]
    );
    assert_eq!(batch.goals[0].champion, Some(person(BO)));
    // Sent again it changes nothing.
    rig.fake.forget();
    letter.base = None;
    done(rig.carry(&mut letter));
    assert!(rig.fake.wrote().is_empty());
    let mut back = rig.letter(*undo.unwrap());
    let batch = done(rig.carry(&mut back));
    let goal = &batch.goals[0];
    assert_eq!(
        (goal.name.as_str(), goal.champion.clone()),
        ("Cut churn", Some(person(ADA)))
    );
    assert_eq!(
        goal.due.map(|day| day.to_string()).as_deref(),
        Some("2026-12-31")
    );
}

#[test]
fn owners_are_changed_only_where_the_first_one_becomes_who_was_meant() {
    let rig = Rig::small(Shape::Live);
    let owners = |owners: &[i64]| {
        rig.fake
            .world(|world| world.goals[0].owners = owners.to_vec())
    };
    let set = |wanted: Option<i64>| {
        let edit = GoalEdit {
            champion: Some(wanted.map(person)),
            ..GoalEdit::default()
        };
        rig.fake.forget();
        let answer = rig.carry(&mut rig.edit("work:g:g-1", edit));
        (
            matches!(answer, Answer::Accepted { .. }),
            rig.fake.world(|world| world.goals[0].owners.clone()),
        )
    };
    owners(&[ADA, BO]);
    assert_eq!(set(Some(BO)), (true, vec![BO]));
    owners(&[ADA, BO]);
    assert_eq!(set(Some(77)), (false, vec![ADA, BO]));
    assert_eq!(set(None), (false, vec![ADA, BO]));
    owners(&[ADA]);
    assert_eq!(set(None), (true, vec![]));
    assert_eq!(set(Some(BO)), (true, vec![BO]));
    let nobody = GoalEdit {
        champion: Some(Some("work:me".into())),
        ..GoalEdit::default()
    };
    assert_eq!(
        refused(rig.carry(&mut rig.edit("work:g:g-1", nobody))).kind,
        FaultKind::Invalid
    );
}

#[test]
fn somebody_else_who_moved_the_date_meanwhile_is_asked_about() {
    let rig = Rig::small(Shape::Live);
    let edit = GoalEdit {
        due: Some(Some("2027-01-31".parse().unwrap())),
        ..GoalEdit::default()
    };
    let mut letter = rig.edit("work:g:g-1", edit);
    letter.base = Some(Base::of(&rig.goal("work:g:g-1")));
    rig.fake.world(|world| world.goals[0].due += 86_400_000);
    let fault = refused(rig.carry(&mut letter));
    assert_eq!(fault.kind, FaultKind::Changed);
    assert!(
        fault.why.contains("2027-01-01 now; it was 2026-12-31"),
        "{fault}"
    );
    let none = GoalEdit {
        due: Some(None),
        ..GoalEdit::default()
    };
    assert_eq!(
        refused(rig.carry(&mut rig.edit("work:g:g-1", none))).kind,
        FaultKind::Unsupported
    );
    assert!(rig.fake.wrote().is_empty());
}

#[test]
fn key_results_are_made_set_and_deleted_and_not_renamed() {
    let rig = Rig::small(Shape::Live);
    let edit = GoalEdit {
        put_results: vec![result("work:k-new", "Referrals", Kind::Number, None)],
        drop_results: vec!["work:k:k-3".into()],
        set_values: vec![("work:k:k-2".into(), Reading::Number(15.0))],
        ..GoalEdit::default()
    };
    let batch = done(rig.carry(&mut rig.edit("work:g:g-1", edit)));
    let calls: Vec<String> = rig.fake.wrote().into_iter().map(|(call, _)| call).collect();
    assert_eq!(
        calls,
        [
            "DELETE /key_result/k-3",
            "POST /goal/g-1/key_result",
            "PUT /key_result/k-2"
        ]
    );
    let names: Vec<&str> = batch.goals[0]
        .results
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["Renewal rate", "Calls", "Referrals"]);
    assert_eq!(
        batch.goals[0].results[1].current,
        Some(Reading::Number(15.0))
    );

    let known = rig.goal("work:g:g-1").results[1].clone();
    rig.fake.forget();
    type Turn = fn(&mut KeyResult);
    let turns: [Turn; 3] = [
        |one| one.name = "Calls made".into(),
        |one| one.target = Some(50.0),
        |one| one.weight = 2.0,
    ];
    for turn in turns {
        let mut other = known.clone();
        turn(&mut other);
        let edit = GoalEdit {
            put_results: vec![other],
            ..GoalEdit::default()
        };
        let fault = refused(rig.carry(&mut rig.edit("work:g:g-1", edit)));
        assert_eq!(fault.kind, FaultKind::Unsupported);
        assert!(fault.why.contains("only on its own page"), "{fault}");
    }
    let automatic = GoalEdit {
        set_values: vec![("work:k:k-5".into(), Reading::Number(50.0))],
        ..GoalEdit::default()
    };
    assert_eq!(
        refused(rig.carry(&mut rig.edit("work:g:g-2", automatic))).kind,
        FaultKind::Unsupported
    );
    assert!(rig.fake.wrote().is_empty());
    // As it stands nothing is written.
    let same = GoalEdit {
        put_results: vec![known],
        ..GoalEdit::default()
    };
    done(rig.carry(&mut rig.edit("work:g:g-1", same)));
    assert!(rig.fake.wrote().is_empty());
}

#[test]
fn a_deleted_goal_is_gone_however_often_it_is_deleted() {
    for shape in [Shape::Described, Shape::Live] {
        let rig = Rig::small(shape);
        let letter = rig.letter(Change::DeleteGoal {
            goal: "work:g:g-1".into(),
        });
        for _ in 0..2 {
            let Answer::Accepted { batch, undo } = rig.send(&letter) else {
                panic!("done");
            };
            assert_eq!((batch.gone, undo), (vec!["work:g:g-1".into()], None));
        }
        let back = rig.letter(Change::RestoreGoal {
            goal: Box::new(new_goal(Vec::new())),
            children: Vec::new(),
        });
        assert_eq!(refused(rig.send(&back)).kind, FaultKind::Unsupported);
    }
}

#[test]
fn an_edit_is_divided_between_clickup_and_this_machine() {
    let rig = Rig::small(Shape::Live);
    let edit = GoalEdit {
        name: Some("A".into()),
        due: Some(Some("2027-01-31".parse().unwrap())),
        champion: Some(None),
        reviewer: Some(Some(person(BO))),
        weight: Some(2.0),
        tags: Some(vec!["x".into()]),
        aspirational: Some(true),
        drop_results: vec!["work:k:k-1".into()],
        ..GoalEdit::default()
    };
    let theirs = rig.account.takes(&edit);
    assert_eq!(
        theirs,
        GoalEdit {
            reviewer: None,
            weight: None,
            tags: None,
            aspirational: None,
            ..edit
        }
    );
}
