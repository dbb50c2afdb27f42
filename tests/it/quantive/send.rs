//! Writing: check-ins row by row, goals and key results.

use goaldeck::model::exchange::{Answer, Change, FaultKind, GoalEdit};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::AccountName;
use goaldeck::model::key_result::{Guardrail, KeyResult, Kind, Reading};
use goaldeck::model::system::{BodyStyle, Special};
use goaldeck::providers::Provider;
use serde_json::json;

use super::fake::Fake;
use super::rig::{Facts, Rig, at, check_in, edit, goal, now, person, result, special, sure};
use super::world::*;
use crate::operately::{Fault, When};

fn refusal(status: u16, message: &str) -> Fault {
    Fault::Answer {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: json!({ "message": message }).to_string(),
    }
}

fn new_result(name: &str, kind: Kind, start: f64, target: Option<f64>) -> KeyResult {
    KeyResult {
        id: format!("work:r-{name}").as_str().into(),
        name: name.to_owned(),
        kind,
        unit: String::new(),
        start,
        target,
        current: None,
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
        particulars: None,
    }
}

fn new_goal(name: &str) -> Goal {
    let mut new = Goal::new(
        "work:g0a1b2c3d4e5".into(),
        AccountName::new("work"),
        name,
        now(),
    );
    new.champion = Some(person(ALICE));
    new.due = "2026-12-15".parse().ok();
    new
}

fn create(new: Goal) -> Change {
    Change::CreateGoal {
        goal: Box::new(new),
    }
}

#[test]
fn a_check_in_comes_back_as_one_with_its_values_note_and_confidence() {
    let rig = Rig::new();
    let seen = rig.all();
    let letter = rig.informed(
        sure(
            check_in(EASY, "Removed a step", &[(SETUP, 20.0), (BUGS, 45.0)]),
            7,
        ),
        seen.goal(EASY),
    );
    let (batch, undo) = rig.carry(letter).unwrap();
    assert_eq!(undo, None);
    let mut facts = Facts::default();
    facts.take(batch);
    let easy = facts.goal(EASY);
    let last = easy.check_ins.last().unwrap();
    assert_eq!(
        (last.note.as_str(), last.confidence, last.values.len()),
        ("Removed a step", Some(7), 2)
    );
    assert_eq!((last.author.clone(), last.at), (person(ALICE), now()));
    assert_eq!(
        easy.result(&result(SETUP)).unwrap().current,
        Some(Reading::Number(20.0))
    );
    // Attainment is the server's.
    assert_eq!(easy.provider_progress, Some((0.667 + 1.375) / 2.0));
    assert_eq!(easy.next_check_in.unwrap().to_string(), "2026-11-27");
}

#[test]
fn one_refused_row_does_not_hold_up_the_others_and_a_retry_sends_it_alone() {
    let rig = Rig::new();
    let path = format!("/v1/metrics/{SETUP}/checkin");
    rig.fake
        .script(When::path(&path).once(), refusal(403, "not yours"));
    let mut letter = rig.letter(check_in(EASY, "both", &[(SETUP, 20.0), (BUGS, 45.0)]));
    let mut words = Vec::new();
    let fault = loop {
        match rig.send(&letter) {
            Answer::Onward(trail) => {
                words.push(trail.words.clone());
                letter.trail = Some(trail);
            }
            Answer::Refused(fault) => break fault,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(words.last().unwrap(), "1 of 2 sent, 1 refused");
    assert!(fault.why.contains("not yours"), "{fault}");
    // R: the rest alone.
    rig.carry(letter).unwrap();
    let entries = rig
        .fake
        .world(|w| (w.entries(SETUP, "both"), w.entries(BUGS, "both")));
    assert_eq!(entries, (1, 1));
}

#[test]
fn a_server_without_check_ins_takes_the_value_and_says_that_notes_stay_here() {
    for status in [404, 405] {
        let rig = Rig::new();
        rig.fake
            .script(When::path("/checkin"), refusal(status, "no such page"));
        let (batch, _) = rig
            .carry(rig.letter(check_in(EASY, "kept here", &[(SETUP, 20.0)])))
            .unwrap();
        let patched = rig.fake.of("patchMetric");
        assert_eq!(patched.len(), 1);
        assert_eq!(patched[0].json(), json!({"actual": 20}));
        let mut facts = Facts::default();
        facts.take(batch);
        let easy = facts.goal(EASY);
        let setup = easy.result(&result(SETUP)).unwrap();
        assert_eq!(setup.current, Some(Reading::Number(20.0)));
        assert!(
            setup
                .particulars()
                .aside
                .contains("a note stays on this machine")
        );
        assert!(easy.check_ins.iter().all(|one| one.note != "kept here"));
    }
}

#[test]
fn somebody_who_was_faster_is_asked_about() {
    let rig = Rig::new();
    let seen = rig.all();
    rig.fake.world(|w| {
        w.check_in(SETUP, BOB, &json!({"actual": 15}));
    });
    let letter = rig.informed(check_in(EASY, "x", &[(SETUP, 20.0)]), seen.goal(EASY));
    let fault = rig.carry(letter).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Changed);
    assert!(fault.why.contains("reads 15 now; it read 22"), "{fault}");
    assert!(rig.fake.writes().is_empty());
}

#[test]
fn hidden_values_are_refused_with_a_reason() {
    let rig = Rig::new();
    rig.fake
        .world(|w| w.metric_mut(SETUP)["obfuscated"] = json!(true));
    let fault = rig
        .carry(rig.letter(check_in(EASY, "x", &[(SETUP, 20.0)])))
        .unwrap_err();
    assert!(fault.why.contains("hides the values"), "{fault}");
    assert!(rig.fake.writes().is_empty());
}

#[test]
fn words_without_a_value_go_with_a_key_result_whose_value_stays() {
    let rig = Rig::new();
    // The first of this goal is fed by an insight.
    rig.carry(rig.letter(check_in(LOVED, "All as planned", &[])))
        .unwrap();
    let sent = rig.fake.of("checkInMetric");
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (&sent[0].json()["actual"], &sent[0].json()["comment"]),
        (&json!(30), &json!("All as planned"))
    );
    assert!(sent[0].path.contains(NPS));
    assert!(
        rig.provider
            .has_part_in(&check_in(LOVED, "All as planned", &[]))
    );
    // A status alone is kept here and never gets to Quantive.
    assert!(!rig.provider.has_part_in(&check_in(LOVED, " ", &[])));
    // Where there is none they stay here: the goal comes back without them.
    let (batch, _) = rig
        .carry(rig.letter(check_in(GUIDE, "Not begun", &[])))
        .unwrap();
    assert!(batch.goals[0].check_ins.is_empty());
    assert_eq!(rig.fake.of("checkInMetric").len(), 1);
}

#[test]
fn a_yes_is_sent_as_the_target_and_a_fed_value_is_sent_too() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        let nps = w.metric_mut(NPS);
        nps["manualType"] = json!("boolean");
        nps["initialValue"] = json!(0);
        nps["target"] = json!(1);
        nps["actual"] = json!(0);
    });
    let mut change = check_in(LOVED, "done", &[(NPS, 0.0), (CHURN, 1.5)]);
    if let Change::CheckIn { check_in, .. } = &mut change {
        check_in.values[0].now = Reading::Yes(true);
    }
    rig.carry(rig.letter(change)).unwrap();
    let sent: Vec<_> = rig
        .fake
        .of("checkInMetric")
        .iter()
        .map(|one| one.json()["actual"].clone())
        .collect();
    assert_eq!(sent, [json!(1), json!(1.5)]);
}

#[test]
fn an_account_with_whole_numbers_gets_whole_numbers() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        w.account["confidenceSettings"] =
            json!({"confidenceMapping": [{"name": "All", "range": {"from": 0, "to": 10}}]});
    });
    rig.carry(rig.letter(sure(check_in(EASY, "x", &[(SETUP, 20.0)]), 7)))
        .unwrap();
    assert_eq!(
        rig.fake.of("checkInMetric")[0].json()["confidence"],
        json!(7)
    );
}

#[test]
fn a_server_that_asks_to_wait_is_given_its_time() {
    let rig = Rig::new();
    rig.fake
        .script(When::path("/checkin").once(), Fault::busy(429, 30));
    rig.fake.script(
        When::path("/checkin").once(),
        Fault::Answer {
            status: 429,
            headers: vec![],
            body: String::new(),
        },
    );
    let mut letter = rig.letter(check_in(EASY, "x", &[(SETUP, 20.0)]));
    let mut waits = Vec::new();
    for _ in 0..6 {
        match rig.send(&letter) {
            Answer::Onward(trail) => letter.trail = Some(trail),
            Answer::Busy(seconds) => waits.push(seconds),
            Answer::Accepted { .. } => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(waits, [30, 60]);
    assert_eq!(rig.fake.world(|w| w.entries(SETUP, "x")), 1);
}

#[test]
fn a_new_goal_goes_to_its_session_with_its_key_results() {
    let rig = Rig::new();
    rig.all();
    let mut new = new_goal("Answer within an hour");
    new.parent = Some(goal(LOVED));
    new.description = "Why".to_owned();
    new.tags = vec!["support".to_owned()];
    new.start = "2026-11-01".parse().ok();
    new.results = vec![
        new_result("Median minutes", Kind::Number, 90.0, Some(60.0)),
        new_result(
            "Stay above",
            Kind::Guardrail(Guardrail {
                limit: 4.0,
                above: true,
                critical: None,
                strict: true,
            }),
            0.0,
            None,
        ),
    ];
    let (batch, undo) = rig.carry(rig.letter(create(new.clone()))).unwrap();
    let sent = rig.fake.of("createGoal");
    assert_eq!(sent.len(), 1);
    assert_eq!(
        sent[0].json(),
        json!({
            "name": "Answer within an hour", "sessionId": QUARTER, "parentId": LOVED, "ownerId": ALICE, "ownerIds": [ALICE],
            "description": "Why", "dateFrom": "2026-11-01T00:00:00Z", "dateTo": "2026-12-15T23:59:59.999Z", "tags": [{"title": "support"}],
        })
    );
    assert_eq!(batch.gone, [new.id]);
    let made = &batch.goals[0];
    assert_eq!(
        (made.name.as_str(), made.results.len()),
        ("Answer within an hour", 2)
    );
    assert_eq!(made.parent, Some(goal(LOVED)));
    assert!(made.id.as_str().starts_with("work:g:64f0"));
    let metrics = rig.fake.of("createMetric");
    assert_eq!(metrics[0].json()["targetOperator"], "at_most");
    assert_eq!(metrics[1].json()["targetOperator"], "should_stay_above");
    assert_eq!(
        undo,
        Some(Change::DeleteGoal {
            goal: made.id.clone()
        })
    );
}

#[test]
fn a_new_goal_is_made_once_whatever_becomes_of_the_answers() {
    for path in ["/v1/goals", "/v1/metrics"] {
        for fault in [
            Fault::ResetAfter,
            Fault::ResetBefore,
            Fault::Truncate(0),
            Fault::DoneBut {
                status: 500,
                headers: vec![],
                body: String::new(),
            },
            Fault::DoneBut {
                status: 201,
                headers: vec![("content-type".into(), "application/json".into())],
                body: "{}".into(),
            },
        ] {
            let rig = Rig::new();
            let mut new = new_goal("Once");
            new.results = vec![
                new_result("One", Kind::Number, 0.0, Some(1.0)),
                new_result("One", Kind::Number, 0.0, Some(1.0)),
            ];
            rig.all();
            // Only what writes: reads of these paths go by GET.
            let when = When::posts();
            let when = match path {
                "/v1/goals" => when.once(),
                _ => when.after(1).once(),
            };
            rig.fake.script(when, fault.clone());
            rig.carry(rig.letter(create(new)))
                .unwrap_or_else(|refused| panic!("{path} {fault:?}: {refused}"));
            let counts = rig.fake.world(|w| {
                let goals: Vec<_> = w
                    .goals
                    .iter()
                    .filter(|goal| goal["name"] == "Once")
                    .collect();
                (
                    goals.len(),
                    w.metrics
                        .iter()
                        .filter(|one| one["goalId"] == goals[0]["id"])
                        .count(),
                )
            });
            assert_eq!(counts, (1, 2), "{path} {fault:?}");
        }
    }
    for dies in 0..6 {
        let rig = Rig::new();
        let mut new = new_goal("Once");
        new.results = vec![new_result("One", Kind::Number, 0.0, Some(1.0))];
        rig.carry_from(rig.letter(create(new)), dies).unwrap();
        let goals = rig
            .fake
            .world(|w| w.goals.iter().filter(|goal| goal["name"] == "Once").count());
        assert_eq!(goals, 1, "died at {dies}");
    }
}

#[test]
fn a_body_that_is_refused_bare_goes_wrapped_once_and_from_then_on() {
    let rig = Rig::new();
    rig.fake.world(|w| w.ways.wants_wrapped = true);
    rig.all();
    let renamed = |name: &str| GoalEdit {
        name: Some(name.to_owned()),
        ..GoalEdit::default()
    };
    rig.carry(rig.letter(edit(EASY, renamed("One")))).unwrap();
    rig.carry(rig.letter(edit(EASY, renamed("Two")))).unwrap();
    rig.carry(rig.letter(create(new_goal("Three")))).unwrap();
    let sent = rig.fake.of("patchGoal");
    let forms: Vec<_> = sent
        .iter()
        .map(|one| (one.json().get("goal").is_some(), one.status))
        .collect();
    assert_eq!(forms, [(false, 400), (true, 200), (true, 200)]);
    assert_eq!(rig.fake.of("createGoal").len(), 1);
    // As set.
    let wrapped = Special {
        body_style: BodyStyle::Wrapped,
        ..special()
    };
    let rig = Rig::with(Fake::start(), wrapped);
    rig.fake.world(|w| w.ways.wants_wrapped = true);
    rig.carry(rig.letter(edit(EASY, renamed("One")))).unwrap();
    assert_eq!(rig.fake.of("patchGoal").len(), 1);
}

#[test]
fn a_body_that_is_refused_in_both_forms_says_what_was_wrong_with_the_first() {
    let rig = Rig::new();
    rig.fake.script(
        When::path(&format!("/v1/goals/{EASY}")).after(3).once(),
        refusal(400, "name is too long"),
    );
    let renamed = GoalEdit {
        name: Some("x".repeat(9)),
        ..GoalEdit::default()
    };
    // The second form is refused by the fake itself.
    let fault = rig.carry(rig.letter(edit(EASY, renamed))).unwrap_err();
    assert!(fault.why.contains("name is too long"), "{fault}");
    // Other codes are not tried again.
    let rig = Rig::new();
    let renamed = GoalEdit {
        name: Some("x".to_owned()),
        ..GoalEdit::default()
    };
    let fault = rig.carry(rig.letter(edit(GUIDE, renamed))).unwrap_err();
    assert!(
        fault.why.contains("locked") && fault.remedy.contains("withdraw"),
        "{fault}"
    );
    assert_eq!(rig.fake.of("patchGoal").len(), 1);
}

#[test]
fn an_edit_sends_every_changed_field_in_its_own_form() {
    let rig = Rig::new();
    let seen = rig.all();
    let change = GoalEdit {
        parent: Some(None),
        champion: Some(Some(person(BOB))),
        start: Some("2026-10-05".parse().ok()),
        due: Some(None),
        tags: Some(vec!["a".to_owned(), "b".to_owned()]),
        // Unchanged: not sent.
        name: Some("Make onboarding effortless".to_owned()),
        ..GoalEdit::default()
    };
    let (_, undo) = rig
        .carry(rig.informed(edit(EASY, change), seen.goal(EASY)))
        .unwrap();
    let sent = rig.fake.of("patchGoal");
    assert_eq!(
        sent[0].json(),
        json!({
            "parentId": "", "ownerId": BOB, "ownerIds": [BOB], "dateFrom": "2026-10-05T00:00:00Z",
            "dateTo": "0001-01-01T00:00:00Z", "tags": [{"title": "a"}, {"title": "b"}],
        })
    );
    let Some(Change::EditGoal { edit: undo, .. }) = undo else {
        panic!("{undo:?}")
    };
    assert_eq!(undo.parent, Some(Some(goal(LOVED))));
    assert_eq!(undo.champion, Some(Some(person(ALICE))));
}

#[test]
fn an_edited_description_keeps_its_mentions() {
    let rig = Rig::new();
    let change = GoalEdit {
        description: Some("Lead: @Bob Example\n\nand the team".to_owned()),
        ..GoalEdit::default()
    };
    rig.carry(rig.letter(edit(LOVED, change))).unwrap();
    let sent = rig.fake.of("patchGoal");
    assert_eq!(
        sent[0].json(),
        json!({"description": format!("Lead: @[Bob Example:bob@acme.example:{BOB}]\n\nand the team")})
    );
}

#[test]
fn key_results_are_changed_added_and_set_each_with_its_own_call() {
    let rig = Rig::new();
    let seen = rig.all();
    let mut setup = seen.goal(EASY).result(&result(SETUP)).unwrap().clone();
    setup.target = Some(5.0);
    let change = GoalEdit {
        put_results: vec![
            setup,
            new_result("Calls a week", Kind::Number, 0.0, Some(8.0)),
        ],
        set_values: vec![(result(BUGS), Reading::Number(44.0))],
        ..GoalEdit::default()
    };
    let (batch, undo) = rig.carry(rig.letter(edit(EASY, change))).unwrap();
    assert_eq!(undo, None);
    let sent: Vec<_> = rig
        .fake
        .of("patchMetric")
        .iter()
        .map(|one| one.json())
        .collect();
    assert_eq!(sent, [json!({"target": 5}), json!({"actual": 44})]);
    assert_eq!(rig.fake.of("createMetric").len(), 1);
    assert!(rig.fake.of("patchGoal").is_empty());
    assert_eq!(batch.goals[0].results.len(), 3);
    let change = GoalEdit {
        drop_results: vec![result(BUGS)],
        ..GoalEdit::default()
    };
    let fault = rig.carry(rig.letter(edit(EASY, change))).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
    assert!(fault.why.contains("deletes no key result"), "{fault}");
}

#[test]
fn new_key_results_are_made_once() {
    for dies in 0..4 {
        let rig = Rig::new();
        let change = GoalEdit {
            put_results: vec![new_result("New", Kind::Number, 0.0, Some(8.0))],
            ..GoalEdit::default()
        };
        rig.carry_from(rig.letter(edit(EASY, change)), dies)
            .unwrap();
        let made = rig
            .fake
            .world(|w| w.metrics.iter().filter(|one| one["name"] == "New").count());
        assert_eq!(made, 1, "died at {dies}");
    }
}

#[test]
fn an_edit_that_crosses_another_asks() {
    let rig = Rig::new();
    let seen = rig.all();
    rig.fake
        .world(|w| w.goal_mut(EASY)["dateTo"] = json!("2027-01-31T00:00:00Z"));
    let change = GoalEdit {
        due: Some("2026-12-20".parse().ok()),
        ..GoalEdit::default()
    };
    let fault = rig
        .carry(rig.informed(edit(EASY, change), seen.goal(EASY)))
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Changed);
    assert!(fault.why.contains("2027-01-31"), "{fault}");
}

#[test]
fn deleting_a_goal_moves_what_is_under_it_up_and_may_be_repeated() {
    for dies in [usize::MAX, 0, 1] {
        let rig = Rig::new();
        rig.fake.world(|w| {
            w.stages.insert(GUIDE.to_owned(), "draft");
        });
        rig.fake.script(
            When::path(&format!("/v1/goals/{EASY}")).after(1).once(),
            Fault::ResetAfter,
        );
        let letter = rig.letter(Change::DeleteGoal { goal: goal(EASY) });
        let (batch, _) = rig.carry_from(letter, dies).unwrap();
        assert_eq!(batch.gone, [goal(EASY)]);
        let parents = rig
            .fake
            .world(|w| (w.goals.len(), w.goal(GUIDE)["parentId"].clone()));
        assert_eq!(parents, (3, json!(LOVED)));
    }
    // A locked goal under it stops the deletion before anything is lost.
    let rig = Rig::new();
    let fault = rig
        .carry(rig.letter(Change::DeleteGoal { goal: goal(EASY) }))
        .unwrap_err();
    assert!(
        fault
            .why
            .starts_with("a goal under it cannot move up: the goal is locked"),
        "{fault}"
    );
    assert_eq!(rig.fake.world(|w| w.goals.len()), 4);
}

#[test]
fn nobody_else_sends_what_i_wrote() {
    let rig = Rig::new();
    let mut letter = rig.letter(check_in(EASY, "x", &[(SETUP, 20.0)]));
    letter.signature.by = person(BOB);
    let fault = rig.carry(letter).unwrap_err();
    assert_eq!(fault.kind, FaultKind::SignedOut);
    assert!(rig.fake.writes().is_empty());
}

#[test]
fn the_same_words_as_last_week_are_written_again() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        w.check_in(
            SETUP,
            ALICE,
            &json!({"actual": 20, "comment": "as before", "checkInDate": "2026-11-13T10:00:00Z"}),
        );
    });
    rig.fake
        .script(When::path("/checkin").once(), Fault::ResetBefore);
    rig.carry(rig.letter(check_in(EASY, "as before", &[(SETUP, 20.0)])))
        .unwrap();
    assert_eq!(rig.fake.world(|w| w.entries(SETUP, "as before")), 2);
    assert_eq!(
        rig.one(EASY).goal(EASY).check_ins.last().unwrap().at,
        at("2026-11-20T10:00:00Z")
    );
}
