//! Check-ins: one call for each key result that moves, once.

use goaldeck::model::check_in::DueMoved;
use goaldeck::model::exchange::{Answer, Change, FaultKind, Letter};
use goaldeck::model::key_result::Reading;
use goaldeck::model::system::Special;
use serde_json::json;

use super::fake::{BO, Fault, Shape, World};
use super::rig::{Rig, done, refused};

const CHURN: &str = "work:g:g-1";

fn three(rig: &Rig) -> Letter {
    rig.check_in(
        CHURN,
        "Two more signed.",
        &[
            ("work:k:k-1", Reading::Number(86.5)),
            ("work:k:k-2", Reading::Number(14.0)),
            ("work:k:k-3", Reading::Number(4000.0)),
        ],
    )
}

fn puts(rig: &Rig) -> Vec<String> {
    let wrote = rig.fake.wrote().into_iter();
    wrote.map(|(call, _)| call).collect()
}

#[test]
fn each_value_that_moved_goes_out_with_the_note_one_after_the_other() {
    for shape in [Shape::Described, Shape::Live] {
        let rig = Rig::small(shape);
        let mut letter = three(&rig);
        rig.fake.forget();
        let batch = done(rig.carry(&mut letter));
        let note = "Two more signed.";
        assert_eq!(
            rig.fake.wrote(),
            [
                (
                    "PUT /key_result/k-1".to_owned(),
                    json!({"steps_current": 86.5, "note": note})
                ),
                (
                    "PUT /key_result/k-2".to_owned(),
                    json!({"steps_current": 14, "note": note})
                ),
                (
                    "PUT /key_result/k-3".to_owned(),
                    json!({"steps_current": 4000, "note": note})
                ),
            ]
        );
        assert_eq!(rig.fake.asked().last().unwrap(), "GET /goal/g-1");
        // All three are one check-in of mine.
        let made = batch.goals[0].check_ins.last().unwrap();
        assert_eq!((made.note.as_str(), made.values.len()), (note, 3));
        assert_eq!(made.author, letter.signature.by);
        assert_eq!(
            batch.goals[0].results[1].current,
            Some(Reading::Number(14.0))
        );
    }
}

#[test]
fn what_stands_there_already_is_not_written() {
    let rig = Rig::small(Shape::Live);
    let values = [
        ("work:k:k-1", Reading::Number(85.0)),
        ("work:k:k-2", Reading::Number(13.0)),
    ];
    let mut letter = rig.check_in(CHURN, "", &values);
    done(rig.carry(&mut letter));
    assert_eq!(
        rig.fake.wrote(),
        [(
            "PUT /key_result/k-2".to_owned(),
            json!({"steps_current": 13, "note": ""})
        )]
    );
}

#[test]
fn a_note_alone_goes_with_the_first_key_result_as_it_stands() {
    let rig = Rig::small(Shape::Live);
    let mut letter = rig.check_in(CHURN, "Nothing moved.", &[]);
    done(rig.carry(&mut letter));
    assert_eq!(
        rig.fake.wrote(),
        [(
            "PUT /key_result/k-1".to_owned(),
            json!({"steps_current": 85, "note": "Nothing moved."})
        )]
    );
    // Where all is reckoned at ClickUp, with one of those.
    rig.fake.world(|world| {
        world.goals[1].results.remove(0);
        world.log.clear();
    });
    let mut letter = rig.check_in("work:g:g-2", "Tasks go on.", &[]);
    let batch = done(rig.carry(&mut letter));
    assert_eq!(
        rig.fake.wrote(),
        [(
            "PUT /key_result/k-5".to_owned(),
            json!({"steps_current": 1, "note": "Tasks go on."})
        )]
    );
    let made = batch.goals[0].check_ins.last().unwrap();
    assert_eq!((made.note.as_str(), made.values.len()), ("Tasks go on.", 0));
    // Where there is none, nothing goes out.
    rig.fake.forget();
    let mut letter = rig.check_in("work:g:g-3", "Words.", &[]);
    done(rig.carry(&mut letter));
    assert!(rig.fake.wrote().is_empty());
}

#[test]
fn yes_is_sent_as_one_and_what_clickup_reckons_not_at_all() {
    let rig = Rig::small(Shape::Live);
    let values = [
        ("work:k:k-4", Reading::Yes(true)),
        ("work:k:k-5", Reading::Number(80.0)),
    ];
    let mut letter = rig.check_in("work:g:g-2", "Signed.", &values);
    let batch = done(rig.carry(&mut letter));
    assert_eq!(
        rig.fake.wrote(),
        [(
            "PUT /key_result/k-4".to_owned(),
            json!({"steps_current": 1, "note": "Signed."})
        )]
    );
    assert_eq!(batch.goals[0].results[0].current, Some(Reading::Yes(true)));
}

#[test]
fn one_refused_of_three_does_not_hold_up_the_others_and_only_it_is_sent_again() {
    let rig = Rig::small(Shape::Live);
    let mut letter = three(&rig);
    rig.fake.forget();
    rig.fake.world(|world| {
        let said = "{\"err\":\"Steps out of range\",\"ECODE\":\"GOAL_9\"}";
        world.order("PUT", "/key_result/k-2", Fault::Answer(400, said.into()));
    });
    let fault = refused(rig.carry(&mut letter));
    assert_eq!(fault.kind, FaultKind::Invalid);
    assert!(
        fault.why.starts_with("2 of 3 sent, 1 refused: Calls: ClickUp does not take it (ClickUp: Steps out of range GOAL_9)"),
        "{fault}"
    );
    assert_eq!(
        letter.trail.as_ref().unwrap().words,
        "2 of 3 sent, 1 refused"
    );
    assert_eq!(
        puts(&rig),
        [
            "PUT /key_result/k-1",
            "PUT /key_result/k-2",
            "PUT /key_result/k-3"
        ]
    );
    rig.fake.forget();
    done(rig.carry(&mut letter));
    assert_eq!(puts(&rig), ["PUT /key_result/k-2"]);
    assert_eq!(rig.fake.world(|world| world.result("k-2").current), 14.0);
}

#[test]
fn a_token_that_does_not_count_stops_the_rest() {
    let rig = Rig::small(Shape::Live);
    let mut letter = three(&rig);
    rig.fake.forget();
    rig.fake
        .world(|world| world.order("PUT", "/key_result/k-2", Fault::Answer(401, String::new())));
    let fault = refused(rig.carry(&mut letter));
    assert_eq!(fault.kind, FaultKind::SignedOut);
    assert!(!puts(&rig).contains(&"PUT /key_result/k-3".to_owned()));
    rig.fake.forget();
    done(rig.carry(&mut letter));
    assert_eq!(puts(&rig), ["PUT /key_result/k-2", "PUT /key_result/k-3"]);
}

/// What the outbox does with an answer that never came: it looks, twice, and then
/// sends again.
fn after_silence(rig: &Rig, letter: &mut Letter) -> Answer {
    for _ in 0..2 {
        if let Some(batch) = rig.look(letter).unwrap() {
            return Answer::Accepted { batch, undo: None };
        }
    }
    rig.carry(letter)
}

#[test]
fn a_lost_answer_is_looked_for_and_nothing_is_written_twice() {
    for (fault, is_lost) in [
        (Fault::Cut, true),
        (Fault::Done502, true),
        (Fault::CutBefore, true),
    ] {
        for result in ["k-1", "k-2", "k-3"] {
            let rig = Rig::small(Shape::Live);
            let mut letter = three(&rig);
            let path = format!("/key_result/{result}");
            rig.fake
                .world(|world| world.order("PUT", &path, fault.clone()));
            let answer = rig.carry(&mut letter);
            assert_eq!(
                matches!(answer, Answer::NoAnswer(_)),
                is_lost,
                "{fault:?} {result}: {answer:?}"
            );
            done(after_silence(&rig, &mut letter));
            let history = rig.fake.world(|world| world.goal("g-1").history.clone());
            let mine = history
                .iter()
                .filter(|entry| entry["note"] == "Two more signed.");
            let mut moved: Vec<&str> = mine
                .map(|entry| entry["key_result_id"].as_str().unwrap())
                .collect();
            moved.sort_unstable();
            assert_eq!(moved, ["k-1", "k-2", "k-3"], "{fault:?} {result}");
        }
    }
}

#[test]
fn last_weeks_equal_update_is_not_taken_for_this_one() {
    let rig = Rig::small(Shape::Live);
    // The same words and value stood there before, and were moved back.
    rig.fake.world(|world| {
        world.moves(super::fake::ADA, "k-2", 14.0, "Again.");
        world.moves(BO, "k-2", 12.0, "");
    });
    let mut letter = rig.check_in(CHURN, "Again.", &[("work:k:k-2", Reading::Number(14.0))]);
    rig.fake
        .world(|world| world.order("PUT", "/key_result/k-2", Fault::CutBefore));
    assert!(matches!(rig.carry(&mut letter), Answer::NoAnswer(_)));
    assert_eq!(rig.look(&letter), Ok(None));
    done(rig.carry(&mut letter));
    assert_eq!(rig.fake.world(|world| world.result("k-2").current), 14.0);
}

#[test]
fn without_a_history_the_value_tells_and_else_a_person() {
    let silent = |values: &[(&str, Reading)], fault: Fault| {
        let mut world = World::small(Shape::Live);
        world.keeps_history = false;
        world.goals[0].history.clear();
        let rig = Rig::of(world, "pk_ada_1", Special::default());
        let mut letter = rig.check_in(CHURN, "n", values);
        rig.fake
            .world(|world| world.order("PUT", "/key_result", fault));
        assert!(matches!(rig.carry(&mut letter), Answer::NoAnswer(_)));
        rig.look(&letter)
    };
    let moved = [("work:k:k-2", Reading::Number(14.0))];
    assert!(silent(&moved, Fault::Cut).unwrap().is_some());
    assert_eq!(silent(&moved, Fault::CutBefore), Ok(None));
    // A note alone leaves no trace there.
    let fault = silent(&[], Fault::Cut).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
    assert!(fault.why.contains("keeps no history"), "{fault}");
}

#[test]
fn somebody_faster_is_asked_about_before_anything_is_written() {
    let rig = Rig::small(Shape::Live);
    let mut letter = three(&rig);
    rig.fake.forget();
    rig.fake
        .world(|world| world.moves(BO, "k-2", 20.0, "Twenty"));
    let fault = refused(rig.carry(&mut letter));
    assert_eq!(fault.kind, FaultKind::Changed);
    assert_eq!(
        fault.why,
        "Calls reads 20 now; it read 12 when you wrote 14"
    );
    assert!(rig.fake.wrote().is_empty());
    // The person wants it all the same.
    letter.base = None;
    done(rig.carry(&mut letter));
    assert_eq!(rig.fake.world(|world| world.result("k-2").current), 14.0);
}

#[test]
fn a_due_date_moves_with_the_check_in() {
    let rig = Rig::small(Shape::Live);
    let mut letter = rig.check_in(CHURN, "Later.", &[("work:k:k-2", Reading::Number(13.0))]);
    let Change::CheckIn { check_in, .. } = &mut letter.change else {
        panic!()
    };
    let moved = DueMoved {
        from: Some("2026-12-31".parse().unwrap()),
        to: Some("2027-01-31".parse().unwrap()),
    };
    check_in.due_moved = Some(moved);
    let batch = done(rig.carry(&mut letter));
    assert_eq!(batch.goals[0].due, moved.to);
    let wrote = rig.fake.wrote();
    // Noon of the day.
    assert_eq!(
        wrote[0],
        (
            "PUT /goal/g-1".to_owned(),
            json!({"due_date": 1_801_396_800_000_i64})
        )
    );
    let mut letter = rig.check_in(CHURN, "Never.", &[]);
    let Change::CheckIn { check_in, .. } = &mut letter.change else {
        panic!()
    };
    check_in.due_moved = Some(DueMoved { to: None, ..moved });
    assert_eq!(refused(rig.carry(&mut letter)).kind, FaultKind::Unsupported);
}

#[test]
fn what_has_no_place_of_its_own_is_not_written_to() {
    let rig = Rig::small(Shape::Live);
    let mut letter = rig.check_in(CHURN, "n", &[]);
    for (goal, kind) in [
        ("work:f:f-1", FaultKind::Unsupported),
        ("work:g:string~2", FaultKind::Unsupported),
        ("work:g-made-here", FaultKind::Gone),
        ("work:g:g-9", FaultKind::Gone),
    ] {
        let Change::CheckIn { goal: of, .. } = &mut letter.change else {
            panic!()
        };
        *of = goal.into();
        assert_eq!(refused(rig.carry(&mut letter)).kind, kind, "{goal}");
    }
    let Change::CheckIn { goal, check_in, .. } = letter.change.clone() else {
        panic!()
    };
    for change in [
        Change::EditCheckIn {
            goal: goal.clone(),
            check_in: check_in.clone(),
        },
        Change::RetractCheckIn {
            goal: goal.clone(),
            check_in: check_in.id.clone(),
        },
        Change::CloseGoal {
            goal,
            closing: check_in,
        },
        Change::Acknowledge { items: Vec::new() },
    ] {
        let letter = rig.letter(change);
        assert_eq!(refused(rig.send(&letter)).kind, FaultKind::Unsupported);
    }
    assert!(rig.fake.wrote().is_empty());
}

#[test]
fn no_line_means_that_nothing_was_done() {
    let rig = Rig::small(Shape::Live);
    let mut letter = three(&rig);
    rig.fake
        .world(|world| world.order("GET", "/goal/g-1", Fault::Answer(500, String::new())));
    rig.fake
        .world(|world| world.order("GET", "/goal/g-1", Fault::Answer(500, String::new())));
    assert!(matches!(rig.carry(&mut letter), Answer::Offline(_)));
    assert_eq!(letter.trail, None);
    done(rig.carry(&mut letter));
}
