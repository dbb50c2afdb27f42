//! Waiting for the jobs of imports: until they end, over restarts, for a quarter
//! of an hour and no longer.

use chrono::TimeDelta;
use goaldeck::model::exchange::{Answer, FaultKind, Letter};
use goaldeck::model::status::Status;
use serde_json::json;

use super::fake::Fault;
use super::rig::{Rig, batch_of, fault_of, writes};

/// A check-in whose job is under way.
fn queued(rig: &Rig, key: &str, id: &str) -> Letter {
    let mut letter = writes(key, id, Status::AtRisk, Some(5.0), "words");
    rig.step(&mut letter);
    let trail = rig.step(&mut letter);
    assert!(!trail.risky && trail.words.starts_with("job "));
    letter
}

#[test]
fn another_program_goes_on_waiting_for_the_same_job() {
    let rig = Rig::new();
    let letter = queued(&rig, "key000000001", "i-3");
    let second = rig.again();
    let (answer, _) = second.carry(letter);
    assert_eq!(batch_of(&answer).goals[0].status, Status::AtRisk);
    assert_eq!(rig.fake.count("POST "), 1);
    assert_eq!(rig.fake.jobs().len(), 1);
}

#[test]
fn trouble_on_the_way_is_no_failure_of_the_import() {
    let rig = Rig::new();
    let letter = queued(&rig, "key000000001", "i-3");
    for fault in [
        Fault::CutBefore,
        Fault::Answer(500, Vec::new(), String::new()),
        Fault::Answer(200, Vec::new(), "<html>sign in</html>".to_owned()),
        Fault::Answer(503, Vec::new(), String::new()),
        Fault::Answer(404, Vec::new(), String::new()),
        Fault::Answer(200, Vec::new(), "{\"status\":\"Resting\"}".to_owned()),
    ] {
        rig.fake.fault("GET /imports/status", fault);
    }
    batch_of(&rig.carry(letter).0);
    assert_eq!(rig.fake.item("i-3").updates.len(), 1);
}

#[test]
fn without_a_line_it_waits_and_goes_on_later() {
    let rig = Rig::new();
    let letter = queued(&rig, "key000000001", "i-3");
    for _ in 0..12 {
        rig.fake.fault("GET /imports/status", Fault::CutBefore);
    }
    let answer = rig.send(&letter);
    assert!(matches!(answer, Answer::Offline(_)), "{answer:?}");
    rig.fake.fault(
        "GET /imports/status",
        Fault::Answer(429, vec![("retry-after", "30".to_owned())], String::new()),
    );
    assert_eq!(rig.send(&letter), Answer::Busy(30));
    rig.fake.fault(
        "GET /imports/status",
        Fault::Answer(401, Vec::new(), String::new()),
    );
    assert_eq!(fault_of(&rig.send(&letter)).kind, FaultKind::SignedOut);
    batch_of(&rig.carry(letter).0);
    assert_eq!(rig.fake.count("POST "), 1);
}

#[test]
fn a_failed_job_refuses_its_rows_and_sends_the_others_again() {
    let rig = Rig::new();
    rig.gathers(1);
    let errors = json!([{"position": 1, "externalId": "i-3", "errors": [
        {"field": "ExternalId", "value": "i-3", "message": "No live plan item has this external id."}]}]);
    rig.fake.world().failing.push_back(errors);
    let letters = ["i-2", "i-3", "i-4"].iter().enumerate();
    let letters =
        letters.map(|(n, id)| writes(&format!("key{n:09}"), id, Status::OnTrack, Some(7.0), ""));
    let answers = rig.carry_all(letters.collect());
    batch_of(&answers[0].0);
    assert!(
        fault_of(&answers[1].0)
            .why
            .starts_with("the item's id \"i-3\": No live")
    );
    batch_of(&answers[2].0);
    let imports = rig.fake.imports();
    assert_eq!(imports.len(), 2);
    assert!(imports[0].contains("\"i-3\"") && !imports[1].contains("\"i-3\""));
    for (id, count) in [("i-2", 1), ("i-3", 0), ("i-4", 1)] {
        assert_eq!(rig.fake.item(id).updates.len(), count);
    }
}

#[test]
fn a_job_that_fails_without_a_word_sends_each_by_itself() {
    let rig = Rig::new();
    rig.gathers(1);
    rig.fake.world().failing.extend([json!([]), json!([])]);
    let letters = vec![
        writes("key000000001", "i-2", Status::OnTrack, Some(0.5), ""),
        writes("key000000002", "i-3", Status::OnTrack, Some(130.0), ""),
    ];
    let answers = rig.carry_all(letters);
    let refused = answers
        .iter()
        .filter(|(answer, _)| matches!(answer, Answer::Refused(_)));
    assert_eq!(refused.count(), 1);
    assert_eq!(rig.fake.count("POST "), 3);
}

#[test]
fn after_a_quarter_of_an_hour_a_person_decides() {
    let rig = Rig::new();
    rig.fake.world().jobs_hang = true;
    let mut letter = queued(&rig, "key000000001", "i-3");
    let trail = rig.step(&mut letter);
    // Asked after 1, 2, 3 and then every 5 seconds: 900 in all.
    let rested: u64 = rig.pace.rests.lock().unwrap().iter().skip(1).sum();
    assert!((900..906).contains(&rested), "{rested}");
    assert!(trail.risky);
    assert_eq!(trail.words, "job 0b9f6a3e");
    let Answer::NoAnswer(why) = rig.send(&letter) else {
        panic!()
    };
    assert_eq!(why, "job 0b9f6a3e still runs");
    let fault = rig.look(&letter).unwrap_err();
    assert_eq!(
        (fault.kind, fault.why.as_str()),
        (FaultKind::Unsupported, "job 0b9f6a3e still runs")
    );
    assert_eq!(rig.fake.count("POST "), 1);
    // It ended after all.
    rig.fake.finish_jobs();
    let batch = rig.look(&letter).unwrap().unwrap();
    assert_eq!(batch.goals[0].status, Status::AtRisk);
    assert_eq!(rig.fake.count("POST "), 1);
}

#[test]
fn a_person_may_have_a_hanging_job_handed_in_again() {
    let rig = Rig::new();
    rig.fake.world().jobs_hang = true;
    let mut letter = queued(&rig, "key000000001", "i-3");
    rig.step(&mut letter);
    assert!(matches!(rig.send(&letter), Answer::NoAnswer(_)));
    rig.later(TimeDelta::minutes(5));
    // Sent again, by somebody who knows.
    let trail = rig.step(&mut letter);
    assert!(trail.risky && trail.words.is_empty());
    rig.step(&mut letter);
    assert_eq!(rig.fake.count("POST "), 2);
    rig.fake.finish_jobs();
    batch_of(&rig.carry(letter).0);
}

#[test]
fn a_late_job_that_failed_is_refused_when_it_is_sent_again() {
    let rig = Rig::new();
    rig.fake.world().jobs_hang = true;
    let mut letter = queued(&rig, "key000000001", "i-3");
    rig.step(&mut letter);
    assert!(matches!(rig.send(&letter), Answer::NoAnswer(_)));
    rig.fake
        .world()
        .failing
        .push_back(json!([{"position": 0, "errors": [
        {"field": "asOfDate", "value": "", "message": "A date is needed."}]}]));
    rig.fake.finish_jobs();
    assert_eq!(rig.look(&letter), Ok(None));
    assert_eq!(rig.look(&letter), Ok(None));
    assert_eq!(fault_of(&rig.send(&letter)).why, "date: A date is needed");
    assert_eq!(rig.fake.count("POST "), 1);
}

#[test]
fn a_late_job_is_never_forgotten_by_a_restart() {
    let rig = Rig::new();
    rig.fake.world().jobs_hang = true;
    let mut letter = queued(&rig, "key000000001", "i-3");
    rig.step(&mut letter);
    let second = rig.again();
    assert_eq!(
        second.look(&letter).unwrap_err().kind,
        FaultKind::Unsupported
    );
    for _ in 0..4 {
        rig.fake.fault("GET /imports/status", Fault::CutBefore);
    }
    assert_eq!(second.look(&letter).unwrap_err().kind, FaultKind::Offline);
    rig.fake.finish_jobs();
    assert!(second.look(&letter).unwrap().is_some());
    assert_eq!(rig.fake.count("POST "), 1);
}

#[test]
fn a_job_that_nobody_knows_any_more_is_asked_about() {
    let rig = Rig::new();
    let mut letter = queued(&rig, "key000000001", "i-3");
    for _ in 0..3 {
        rig.fake.fault(
            "GET /imports/status",
            Fault::Answer(404, Vec::new(), String::new()),
        );
    }
    assert!(rig.step(&mut letter).risky);
    rig.fake.fault(
        "GET /imports/status",
        Fault::Answer(404, Vec::new(), String::new()),
    );
    let Answer::NoAnswer(why) = rig.send(&letter) else {
        panic!()
    };
    assert_eq!(why, "AchieveIt does not know job 0b9f6a3e (any more)");
    assert_eq!(rig.fake.count("POST "), 1);
}

#[test]
fn facts_that_cannot_be_read_do_not_undo_an_update() {
    let rig = Rig::new();
    let letter = queued(&rig, "key000000001", "i-3");
    rig.later(TimeDelta::minutes(1));
    rig.fake.fault(
        "GET /exports",
        Fault::Answer(403, Vec::new(), String::new()),
    );
    let (answer, _) = rig.carry(letter);
    let goal = &batch_of(&answer).goals[0];
    assert_eq!((goal.status, goal.check_ins.len()), (Status::AtRisk, 1));
}
