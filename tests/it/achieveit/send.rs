//! Check-ins from being prepared to being taken: one batch for many, what is
//! refused, what is held back, and what may have been sent.

use std::sync::Arc;

use chrono::{FixedOffset, Offset, TimeDelta, Utc};
use goaldeck::model::check_in::Occasion;
use goaldeck::model::exchange::{Answer, Change, FaultKind, Query};
use goaldeck::model::key_result::Reading;
use goaldeck::model::status::Status;
use goaldeck::model::time::Zone;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fake::{Fake, Fault, Record};
use super::rig::{Rig, Shape, at, batch_of, check_in, fault_of, goal_id, letter, over, writes};

fn one(rig: &Rig) -> Record {
    let mut world = rig.fake.world();
    let mut updates = world
        .plans
        .values_mut()
        .flatten()
        .flat_map(|item| item.updates.drain(..));
    updates.next().unwrap()
}

#[test]
fn a_check_in_goes_out_and_comes_back_with_its_job() {
    let rig = Rig::new();
    let mut letter = writes(
        "key000000001",
        "i-2",
        Status::AtRisk,
        Some(0.42),
        " Pilot is live. \n",
    );
    let trail = rig.step(&mut letter);
    assert!(trail.risky && trail.words.is_empty());
    assert_eq!(rig.fake.count("POST "), 0);
    let trail = rig.step(&mut letter);
    assert!(!trail.risky);
    assert_eq!(trail.words, "job 0b9f6a3e");
    let (answer, _) = rig.carry(letter);
    assert_eq!(
        rig.fake.imports(),
        [
            r#"[{"externalId":"i-2","status":"At Risk","metricValue":0.42,"asOfDate":"2026-11-20","comment":"Pilot is live."}]"#
        ]
    );
    let [goal] = batch_of(&answer).goals.as_slice() else {
        panic!("{answer:?}")
    };
    assert_eq!((&goal.id, goal.status), (&goal_id("i-2"), Status::AtRisk));
    assert_eq!(goal.results[0].current, Some(Reading::Number(0.42)));
    // AchieveIt shows no updates: what was written here is kept.
    let [made] = goal.check_ins.as_slice() else {
        panic!("{goal:?}")
    };
    assert_eq!(
        (made.id.as_str(), made.note.as_str()),
        ("work:h:key000000001", " Pilot is live. \n")
    );
    assert_eq!(made.author.as_str(), "work:u:ada moreno");
    assert_eq!(rig.goal("i-2").check_ins, goal.check_ins);
    assert_eq!(
        rig.read(Query::Goal(goal_id("i-2"))).unwrap().goals[0]
            .check_ins
            .len(),
        1
    );
    // First after one second, then slower.
    let rests = rig.pace.rests.lock().unwrap().clone();
    assert_eq!(rests, [2, 1, 2, 3]);
}

#[test]
fn five_check_ins_are_one_import() {
    let rig = Rig::new();
    let ids = ["i-2", "i-3", "i-4", "i-5", "i-6"];
    let letters = ids.iter().enumerate();
    let letters = letters.map(|(n, id)| {
        writes(
            &format!("key{n:09}"),
            id,
            Status::OnTrack,
            Some(5.0),
            "Done",
        )
    });
    let answers = rig.carry_all(letters.collect());
    let imports = rig.fake.imports();
    assert_eq!(imports.len(), 1);
    let rows: Value = serde_json::from_str(&imports[0]).unwrap();
    let sent: Vec<&str> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["externalId"].as_str().unwrap())
        .collect();
    let mut sorted = sent.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ids);
    for (answer, _) in &answers {
        assert_eq!(batch_of(answer).goals.len(), 1);
    }
    // The plan once before and once after, the job once for all.
    assert_eq!(rig.fake.count("GET /exports"), 2);
    assert_eq!(rig.fake.count("GET /imports/status"), 3);
    assert!(
        rig.goals()
            .iter()
            .filter(|goal| goal.check_ins.len() == 1)
            .count()
            == 5
    );
}

#[test]
fn who_does_not_come_holds_nobody_up_for_long() {
    let rig = Rig::new();
    rig.gathers(0);
    let mut stays = writes("key000000001", "i-2", Status::OnTrack, Some(0.5), "");
    rig.step(&mut stays);
    let (answer, _) = rig.carry(writes(
        "key000000002",
        "i-3",
        Status::OnTrack,
        Some(130.0),
        "",
    ));
    batch_of(&answer);
    assert_eq!(rig.fake.count("POST "), 1);
    let (answer, _) = rig.carry(stays);
    batch_of(&answer);
    assert_eq!(rig.fake.count("POST "), 2);
}

#[test]
fn two_updates_of_one_item_are_two_imports() {
    let rig = Rig::new();
    rig.gathers(2);
    let first = writes("key000000001", "i-2", Status::OnTrack, Some(0.5), "first");
    let second = writes("key000000002", "i-2", Status::OnTrack, Some(0.6), "second");
    for (answer, _) in rig.carry_all(vec![first, second]) {
        batch_of(&answer);
    }
    let imports = rig.fake.imports();
    assert_eq!(imports.len(), 2);
    assert!(imports[0].contains("first") && imports[1].contains("second"));
    assert_eq!(rig.fake.item("i-2").updates.len(), 2);
}

#[test]
fn refused_rows_tell_why_and_the_others_go_out_without_them() {
    let rig = Rig::new();
    rig.gathers(2);
    let goals = rig.goals();
    // Two items that AchieveIt knows no more when the import comes.
    for gone in ["i-3", "i-5"] {
        rig.fake
            .change(gone, |item| item.external = "renamed".to_owned());
    }
    let ids = ["i-2", "i-3", "i-4", "i-5", "i-6"];
    let letters = ids.iter().enumerate().map(|(n, id)| {
        let goal = goals.iter().find(|goal| goal.id == goal_id(id)).unwrap();
        over(
            writes(
                &format!("key{n:09}"),
                id,
                Status::AtRisk,
                Some(5.0),
                "words",
            ),
            goal,
        )
    });
    let answers = rig.carry_all(letters.collect());
    for (id, (answer, _)) in ids.iter().zip(&answers) {
        match *id {
            "i-3" | "i-5" => {
                let fault = fault_of(answer);
                assert_eq!(fault.kind, FaultKind::Invalid);
                assert_eq!(
                    fault.why,
                    format!("the item's id \"{id}\": No live plan item has this external id")
                );
                assert!(fault.remedy.contains("items_file"), "{}", fault.remedy);
            }
            _ => assert_eq!(batch_of(answer).goals[0].status, Status::AtRisk),
        }
    }
    let imports = rig.fake.imports();
    assert_eq!(imports.len(), 2);
    let rows = |body: &str| {
        serde_json::from_str::<Value>(body)
            .unwrap()
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((rows(&imports[0]), rows(&imports[1])), (5, 3));
    // Nothing of the first one was imported.
    for id in ["i-2", "i-4", "i-6"] {
        assert_eq!(rig.fake.item(id).updates.len(), 1);
    }
    // A refused one that is right now goes out again when it is told to.
    rig.fake
        .change("i-3", |item| item.external = "i-3".to_owned());
    let mut again = writes("key000000001", "i-3", Status::AtRisk, Some(5.0), "words");
    again.trail.clone_from(&answers[1].1);
    batch_of(&rig.carry(again).0);
    assert_eq!(rig.fake.item("i-3").updates.len(), 1);
}

#[test]
fn those_that_are_held_back_say_so() {
    let rig = Rig::new();
    rig.gathers(2);
    rig.fake
        .change("i-3", |item| item.external = "renamed".to_owned());
    let mut good = writes("key000000001", "i-2", Status::OnTrack, Some(0.5), "");
    let mut bad = writes("key000000002", "i-3", Status::OnTrack, Some(5.0), "");
    rig.step(&mut good);
    rig.step(&mut bad);
    let (good_answer, bad_answer) = rig.wait(async {
        use goaldeck::providers::Provider;
        futures_util::future::join(
            rig.provider.send(good.clone()),
            rig.provider.send(bad.clone()),
        )
        .await
    });
    fault_of(&bad_answer);
    let Answer::Onward(trail) = good_answer else {
        panic!("{good_answer:?}")
    };
    assert!(trail.risky);
    assert_eq!(
        trail.words,
        "held back by 1 refused update; sent again without it"
    );
}

#[test]
fn where_nobody_is_blamed_each_goes_by_itself() {
    let rig = Rig::new();
    for body in [
        "{\"message\":\"not admin of a plan item\"}",
        "",
        "<html>no</html>",
    ] {
        rig.gathers(rig.fake.count("POST ") + 1);
        rig.fake
            .fault("POST ", Fault::Answer(403, Vec::new(), body.to_owned()));
        rig.fake
            .fault("POST ", Fault::Answer(403, Vec::new(), body.to_owned()));
        let before = rig.fake.count("POST ");
        let letters = vec![
            writes("key000000001", "i-2", Status::OnTrack, Some(0.5), ""),
            writes("key000000002", "i-3", Status::OnTrack, Some(130.0), ""),
        ];
        let answers = rig.carry_all(letters);
        assert_eq!(rig.fake.count("POST ") - before, 3);
        let refused: Vec<_> = answers
            .iter()
            .filter(|(answer, _)| matches!(answer, Answer::Refused(_)))
            .collect();
        let [(refused, _)] = refused.as_slice() else {
            panic!("{answers:?}")
        };
        let fault = fault_of(refused);
        assert_eq!(fault.kind, FaultKind::Forbidden);
        assert!(
            fault
                .why
                .starts_with("the key's user is not admin of this plan item"),
            "{}",
            fault.why
        );
        rig.later(TimeDelta::minutes(1));
    }
}

#[test]
fn answers_to_an_import_mean_what_they_say() {
    let told = |status, headers: Vec<(&'static str, String)>, body: &str| {
        let rig = Rig::new();
        rig.fake
            .fault("POST ", Fault::Answer(status, headers, body.to_owned()));
        let (answer, trail) = rig.carry(writes(
            "key000000001",
            "i-2",
            Status::OnTrack,
            Some(0.5),
            "",
        ));
        assert_eq!(rig.fake.count("POST "), 1);
        assert!(trail.unwrap().risky);
        answer
    };
    assert_eq!(
        fault_of(&told(401, Vec::new(), "")).kind,
        FaultKind::SignedOut
    );
    assert_eq!(
        told(429, vec![("retry-after", "17".to_owned())], ""),
        Answer::Busy(17)
    );
    assert_eq!(told(429, Vec::new(), ""), Answer::Busy(5));
    let fault = told(404, Vec::new(), "");
    assert_eq!(fault_of(&fault).kind, FaultKind::Unsupported);
    let fault = told(400, Vec::new(), "\u{1b}[31mtoo \u{202e}many");
    assert!(!fault_of(&fault).why.contains(['\u{1b}', '\u{202e}']));
    for status in [500, 502, 503, 504] {
        let Answer::NoAnswer(why) = told(status, Vec::new(), "") else {
            panic!()
        };
        assert_eq!(why, format!("AchieveIt failed (HTTP {status})"));
    }
    let away = told(
        307,
        vec![("location", "https://evil.example/x?key=1".to_owned())],
        "",
    );
    let Answer::NoAnswer(why) = away else {
        panic!("{away:?}")
    };
    assert!(
        why.contains("https://evil.example (HTTP 307)") && !why.contains("key=1"),
        "{why}"
    );
    for odd in [
        "",
        "<html>sign in</html>",
        "[]",
        "{\"jobId\": null}",
        "{\"jobId\":",
    ] {
        assert!(
            matches!(told(200, Vec::new(), odd), Answer::NoAnswer(_)),
            "{odd}"
        );
    }
}

#[test]
fn counts_that_do_not_match_stop_nothing() {
    let rig = Rig::new();
    rig.fake.world().miscounts = true;
    batch_of(
        &rig.carry(writes(
            "key000000001",
            "i-2",
            Status::OnTrack,
            Some(0.5),
            "",
        ))
        .0,
    );
}

#[test]
fn an_import_without_an_answer_is_never_repeated_by_itself() {
    let gateway = Fault::DoneThen(504, String::new());
    for fault in [Fault::CutAfter, gateway, Fault::CutBefore] {
        let rig = Rig::new();
        let is_done = !matches!(fault, Fault::CutBefore);
        rig.fake.fault("POST ", fault);
        let mut letter = writes("key000000001", "i-2", Status::AtRisk, Some(0.5), "");
        let (answer, trail) = rig.carry(letter.clone());
        let Answer::NoAnswer(why) = answer else {
            panic!("{answer:?}")
        };
        letter.trail = trail;
        // Its job has not even been begun yet, so nothing can be seen.
        let fault = rig.look(&letter).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unreadable);
        assert_eq!(
            fault.why,
            format!("{why}; it does not show on the item yet")
        );
        if is_done {
            rig.fake.change("i-2", |item| {
                item.status = Some("At Risk".to_owned());
                item.current = Some(0.5);
            });
            rig.later(TimeDelta::seconds(30));
            let batch = rig.look(&letter).unwrap().unwrap();
            assert_eq!(batch.goals[0].check_ins.len(), 1);
        } else {
            rig.later(TimeDelta::minutes(6));
            let fault = rig.look(&letter).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Unsupported);
            assert!(
                fault.why.ends_with("AchieveIt has no list of what it took"),
                "{}",
                fault.why
            );
            assert_eq!(rig.fake.count("POST "), 1);
            // A person said so.
            batch_of(&rig.carry(letter).0);
            assert_eq!(rig.fake.count("POST "), 2);
            assert_eq!(rig.fake.item("i-2").updates.len(), 1);
        }
        assert_eq!(rig.fake.count("POST "), if is_done { 1 } else { 2 });
    }
}

#[test]
fn what_somebody_else_did_is_no_proof() {
    let rig = Rig::new();
    rig.fake.fault("POST ", Fault::CutBefore);
    // Nothing that shows: the same status and value as before.
    let mut letter = writes(
        "key000000001",
        "i-2",
        Status::OnTrack,
        Some(0.4),
        "words alone",
    );
    letter.trail = rig.carry(letter.clone()).1;
    rig.fake.change("i-2", |_| {});
    rig.later(TimeDelta::minutes(6));
    assert_eq!(rig.look(&letter).unwrap_err().kind, FaultKind::Unsupported);
    // Another value than ours.
    rig.fake.change("i-2", |item| item.current = Some(0.7));
    rig.later(TimeDelta::minutes(1));
    assert_eq!(rig.look(&letter).unwrap_err().kind, FaultKind::Unsupported);
}

#[test]
fn a_person_who_sends_again_what_arrived_sends_nothing() {
    let rig = Rig::new();
    rig.fake.fault("POST ", Fault::CutBefore);
    let mut letter = writes("key000000001", "i-2", Status::AtRisk, Some(0.5), "");
    letter.trail = rig.carry(letter.clone()).1;
    rig.fake.change("i-2", |item| {
        item.status = Some("At Risk".to_owned());
        item.current = Some(0.5);
    });
    rig.later(TimeDelta::minutes(20));
    batch_of(&rig.carry(letter).0);
    assert_eq!(rig.fake.count("POST "), 1);
}

#[test]
fn without_a_line_nothing_left() {
    let rig = Rig::new();
    rig.goals();
    let mut letter = writes("key000000001", "i-2", Status::OnTrack, Some(0.5), "");
    rig.step(&mut letter);
    // The server goes away between the two steps.
    let elsewhere = Rig::at(
        Arc::new(Fake::start()),
        Shape {
            key: "aik_no",
            ..Shape::default()
        },
    );
    let (answer, _) = elsewhere.carry(writes("key000000002", "i-2", Status::OnTrack, None, ""));
    assert_eq!(fault_of(&answer).kind, FaultKind::SignedOut);
    assert_eq!(elsewhere.fake.count("POST "), 0);
    rig.fake.fault(
        "GET ",
        Fault::Answer(503, vec![("retry-after", "60".to_owned())], String::new()),
    );
    rig.later(TimeDelta::minutes(1));
    let (answer, _) = rig.carry(writes(
        "key000000003",
        "i-3",
        Status::OnTrack,
        Some(1.0),
        "",
    ));
    assert!(matches!(answer, Answer::Offline(_)), "{answer:?}");
    assert_eq!(rig.fake.count("POST "), 0);
}

#[test]
fn somebody_who_was_faster_is_asked_about() {
    let rig = Rig::new();
    let seen = rig.goal("i-3");
    rig.fake.change("i-3", |item| item.current = Some(150.0));
    rig.later(TimeDelta::minutes(1));
    let mine = writes("key000000001", "i-3", Status::OnTrack, Some(130.0), "");
    let (answer, _) = rig.carry(over(mine.clone(), &seen));
    assert_eq!(fault_of(&answer).kind, FaultKind::Changed);
    assert_eq!(
        fault_of(&answer).why,
        "Metric value reads 150 now; it read 120 when you wrote 130"
    );
    // Mine anyway.
    batch_of(&rig.carry(mine).0);
    let seen = rig.goal("i-4");
    rig.fake
        .change("i-4", |item| item.status = Some("Achieved".to_owned()));
    rig.later(TimeDelta::minutes(1));
    let (answer, _) = rig.carry(over(
        writes("key000000002", "i-4", Status::OnTrack, Some(44.0), ""),
        &seen,
    ));
    assert!(fault_of(&answer).why.contains("was closed since"));
    rig.fake.world().plans.clear();
    rig.fake
        .world()
        .plans
        .insert(super::fake::PLAN.to_owned(), Vec::new());
    rig.later(TimeDelta::minutes(1));
    let (answer, _) = rig.carry(writes("key000000003", "i-5", Status::OnTrack, None, ""));
    assert_eq!(fault_of(&answer).kind, FaultKind::Gone);
}

#[test]
fn a_status_alone_goes_out_with_the_present_value() {
    let rig = Rig::new();
    batch_of(
        &rig.carry(writes("key000000001", "i-3", Status::OffTrack, None, ""))
            .0,
    );
    let sent = one(&rig);
    assert_eq!(
        (sent.status.as_str(), sent.value.as_deref()),
        ("Off Track", Some("120"))
    );
    assert_eq!(sent.comment, None);
    batch_of(
        &rig.carry(writes("key000000002", "i-7", Status::AtRisk, None, "words"))
            .0,
    );
    let sent = one(&rig);
    assert_eq!((sent.status.as_str(), sent.value), ("At Risk", None));
}

#[test]
fn closing_and_reopening_are_updates() {
    let rig = Rig::new();
    let goal = goal_id("i-4");
    let closing = check_in("We did it", Some(Status::Missed));
    let close = Change::CloseGoal {
        goal: goal.clone(),
        closing,
    };
    let (answer, _) = rig.carry(letter("key000000001", close));
    let closed = &batch_of(&answer).goals[0];
    assert!(!closed.is_open());
    assert_eq!(closed.check_ins[0].occasion, Occasion::Closing);
    assert_eq!(one(&rig).status, "Not Achieved");
    let reopening = check_in("Not over", None);
    let reopen = Change::ReopenGoal { goal, reopening };
    let (answer, _) = rig.carry(letter("key000000002", reopen));
    let open = &batch_of(&answer).goals[0];
    assert_eq!((open.is_open(), open.status), (true, Status::OnTrack));
    assert_eq!(one(&rig).comment.as_deref(), Some("Not over"));
}

#[test]
fn words_of_the_organisation_are_sent_back() {
    let fake = Fake::start();
    {
        let mut world = fake.world();
        world.words = vec!["Green", "Amber"];
        world.unjudged = true;
    }
    fake.change("i-3", |item| item.status = Some("Green".to_owned()));
    let words = vec![("Green", Status::OnTrack), ("Amber", Status::AtRisk)];
    let rig = Rig::at(
        Arc::new(fake),
        Shape {
            words,
            ..Shape::default()
        },
    );
    for (key, status, word) in [
        ("key000000001", Status::OnTrack, "Green"),
        ("key000000002", Status::AtRisk, "Amber"),
        ("key000000003", Status::OffTrack, "Off Track"),
    ] {
        batch_of(&rig.carry(writes(key, "i-3", status, Some(1.0), "")).0);
        assert_eq!(one(&rig).status, word);
        rig.later(TimeDelta::minutes(1));
    }
}

#[test]
fn a_late_evening_stays_the_day_it_was() {
    let west = Zone::new(|_| FixedOffset::west_opt(6 * 3600).unwrap_or(Utc.fix()));
    let rig = Rig::at(
        Arc::new(Fake::start()),
        Shape {
            zone: west,
            ..Shape::default()
        },
    );
    let mut late = writes("key000000001", "i-3", Status::OnTrack, Some(1.0), "");
    if let Change::CheckIn { check_in, .. } = &mut late.change {
        check_in.at = at("2026-11-21T04:30:00Z");
    }
    batch_of(&rig.carry(late).0);
    assert_eq!(one(&rig).day, "2026-11-20");
}

#[test]
fn with_a_file_alone_what_was_sent_is_what_is_known() {
    const FILE: &str = "External ID,#,Item,Unit,Target\ni-2,1,Raise renewals,Percent,0.9\n";
    let shape = Shape {
        plans: Vec::new(),
        file: Some(FILE),
        ..Shape::default()
    };
    let rig = Rig::at(Arc::new(Fake::start()), shape);
    let (answer, _) = rig.carry(writes(
        "key000000001",
        "i-2",
        Status::AtRisk,
        Some(54.0),
        "Half",
    ));
    assert_eq!(one(&rig).value.as_deref(), Some("0.54"));
    let goal = &batch_of(&answer).goals[0];
    assert_eq!(
        (goal.status, &goal.results[0].current),
        (Status::AtRisk, &Some(Reading::Number(54.0)))
    );
    let read = rig.goal("i-2");
    assert_eq!(
        (read.status, &read.results[0].current),
        (Status::AtRisk, &Some(Reading::Number(54.0)))
    );
    assert_eq!(read.check_ins.len(), 1);
    // A status alone repeats the value that is known.
    batch_of(
        &rig.carry(writes("key000000002", "i-2", Status::OnTrack, None, ""))
            .0,
    );
    assert_eq!(one(&rig).value.as_deref(), Some("0.54"));
    // What is unsure can only be decided by a person.
    rig.fake.fault("POST ", Fault::CutBefore);
    let mut lost = writes("key000000003", "i-2", Status::OffTrack, Some(60.0), "");
    lost.trail = rig.carry(lost.clone()).1;
    assert_eq!(rig.look(&lost).unwrap_err().kind, FaultKind::Unsupported);
    assert_eq!(rig.fake.count("GET /exports"), 0);
}

#[test]
fn what_is_no_check_in_never_leaves() {
    let rig = Rig::new();
    for change in [
        Change::RetractCheckIn {
            goal: goal_id("i-2"),
            check_in: "work:h:x".into(),
        },
        Change::DeleteGoal {
            goal: goal_id("i-2"),
        },
        Change::EditGoal {
            goal: goal_id("i-2"),
            edit: Box::default(),
        },
    ] {
        let (answer, _) = rig.carry(letter("key000000001", change));
        assert_eq!(fault_of(&answer).kind, FaultKind::Unsupported);
    }
    assert_eq!(rig.fake.count(""), 0);
}

#[test]
fn an_item_that_shares_its_id_is_not_written() {
    let fake = Fake::start();
    fake.world().extra = json!({"id": "string"});
    let rig = Rig::at(Arc::new(fake), Shape::default());
    let (answer, _) = rig.carry(writes(
        "key000000001",
        "string~2",
        Status::OnTrack,
        None,
        "",
    ));
    assert_eq!(fault_of(&answer).kind, FaultKind::Unsupported);
    assert_eq!(rig.fake.count("POST "), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_value_and_any_words_arrive_as_they_were_typed(
        whole in 0_u32..1_000_000,
        part in "[0-9]{0,4}",
        note in "\\PC{0,40}",
    ) {
        const FILE: &str = "id,name,unit\ni-2,Raise renewals,percent\n";
        let rig = Rig::at(Arc::new(Fake::start()), Shape { file: Some(FILE), ..Shape::default() });
        let typed: f64 = format!("{whole}.{part}0").parse().unwrap();
        batch_of(&rig.carry(writes("key000000001", "i-2", Status::OnTrack, Some(typed), &note)).0);
        let sent = one(&rig);
        // In hundredths, by whole numbers.
        let digits = format!("{whole}{:0<4}", part);
        let expected: u64 = digits.parse().unwrap();
        let value = sent.value.unwrap();
        let (units, rest) = value.split_once('.').unwrap_or((&value, ""));
        let got: u64 = format!("{units}{rest:0<6}").parse().unwrap();
        prop_assert_eq!(got, expected);
        prop_assert!(rest.len() <= 6);
        prop_assert_eq!(sent.comment.unwrap_or_default(), note.trim());
    }
}
