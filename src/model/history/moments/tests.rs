//! What happened, from check-ins and from what was kept.

use serde_json::json;

use super::*;
use crate::model::check_in::{DueMoved, ValueChange};
use crate::model::past::headline;

fn time(text: &str) -> Time {
    format!("2026-{text}:00Z").parse().unwrap()
}

fn goal() -> Goal {
    let mut goal = Goal::new("a:g".into(), "a".into(), "Churn", time("10-01T08:00"));
    let mut result: KeyResult = serde_json::from_value(json!({
        "id": "a:r", "name": "Monthly churn", "kind": {"kind": "percent"},
        "start": 4.1, "target": 2.0
    }))
    .unwrap();
    result.current = Some(Reading::Number(3.66));
    goal.results.push(result);
    goal.status = Status::AtRisk;
    goal.due = "2026-12-31".parse().ok();
    goal.champion = Some("a:ana".into());
    goal
}

fn check_in(id: &str, at: &str, value: Option<f64>, status: Option<Status>) -> CheckIn {
    let mut check_in = CheckIn::new(id.into(), "a:ana".into(), time(at));
    check_in.status = status;
    check_in.values.extend(value.map(|value| ValueChange {
        result: "a:r".into(),
        before: None,
        now: Reading::Number(value),
    }));
    check_in
}

fn past(goal: &Goal, until: &str, make: impl FnOnce(&mut Goal)) -> Past {
    let mut was = headline(goal);
    make(&mut was);
    Past {
        goal: goal.id.clone(),
        until: time(until),
        was: Some(Box::new(was)),
    }
}

fn value(goal: &mut Goal, value: f64) {
    goal.results[0].current = Some(Reading::Number(value));
}

fn told(goal: &Goal, kept: &[Past]) -> Vec<String> {
    let names = |id: &PersonId| id.as_str().trim_start_matches("a:").to_owned();
    moments(goal, kept, time("11-20T10:42"))
        .iter()
        .map(|moment| match moment {
            Moment::CheckIn(check_in) => check_in.id.to_string(),
            Moment::Found { changes, .. } => {
                let words = changes.iter().map(|change| change.words(&names));
                words.collect::<Vec<_>>().join(", ")
            }
        })
        .collect()
}

#[test]
fn a_goal_without_check_ins_has_the_history_this_machine_saw() {
    let goal = goal();
    let kept = [
        past(&goal, "11-05T08:00", |was| {
            value(was, 3.8);
            was.status = Status::OnTrack;
            was.due = "2027-01-15".parse().ok();
            was.champion = None;
            was.name = "Old name".into();
        }),
        past(&goal, "11-14T08:00", |was| {
            value(was, 3.8);
            was.champion = None;
            was.name = "Old name".into();
        }),
    ];
    assert_eq!(
        told(&goal, &kept),
        [
            "Monthly churn 3.80 → 3.66 (+7 points), champion nobody → ana, \
             renamed from \u{201c}Old name\u{201d}",
            "status On track → At risk, due 15 Jan 2027 → 31 Dec 2026",
        ]
    );
}

#[test]
fn what_a_check_in_tells_is_told_once() {
    let mut goal = goal();
    let mut second = check_in("2", "11-12T09:00", Some(3.66), Some(Status::AtRisk));
    second.due_moved = Some(DueMoved {
        from: "2026-11-30".parse().ok(),
        to: goal.due,
    });
    goal.check_ins = vec![
        check_in("1", "11-05T09:00", Some(3.8), Some(Status::OnTrack)),
        second,
    ];
    // Its parts arrived here one after the other.
    let kept = [
        past(&goal, "11-12T09:01", |was| {
            value(was, 3.8);
            was.status = Status::OnTrack;
            was.due = "2026-11-30".parse().ok();
        }),
        past(&goal, "11-12T09:02", |was| {
            was.status = Status::OnTrack;
            was.due = "2026-11-30".parse().ok();
        }),
        past(&goal, "11-12T09:03", |was| {
            was.due = "2026-11-30".parse().ok();
        }),
    ];
    assert_eq!(told(&goal, &kept), ["2", "1"]);
}

#[test]
fn what_check_ins_did_since_is_not_taken_for_what_was_found() {
    let mut goal = goal();
    // Found at 3.9 on 5 Nov; the check-ins after that are not kept as states.
    goal.check_ins = vec![
        check_in("1", "11-08T09:00", Some(3.8), Some(Status::OnTrack)),
        check_in("2", "11-12T09:00", Some(3.66), Some(Status::AtRisk)),
    ];
    goal.check_ins[0].values[0].before = Some(Reading::Number(3.9));
    let kept = [past(&goal, "11-05T08:00", |was| {
        value(was, 4.0);
        was.status = Status::NotStarted;
        was.check_ins.clear();
    })];
    assert_eq!(
        told(&goal, &kept),
        ["2", "1", "Monthly churn 4.0 → 3.9 (+5 points)"]
    );
}

#[test]
fn a_value_that_came_back_without_a_word_is_told() {
    let mut goal = goal();
    goal.check_ins = vec![check_in("1", "11-05T09:00", Some(3.66), None)];
    let kept = [
        past(&goal, "11-08T08:00", |_| {}),
        past(&goal, "11-11T08:00", |was| value(was, 3.5)),
    ];
    assert_eq!(
        told(&goal, &kept),
        [
            "Monthly churn 3.50 → 3.66 (−8 points)",
            "Monthly churn 3.66 → 3.50 (+8 points)",
            "1",
        ]
    );
}

#[test]
fn key_results_that_came_and_went_are_told() {
    let goal = goal();
    let kept = [past(&goal, "11-08T08:00", |was| {
        was.results[0].id = "a:old".into();
        was.results[0].name = "Old churn".into();
    })];
    assert_eq!(
        told(&goal, &kept),
        ["new key result Monthly churn, key result Old churn removed"]
    );
}

#[test]
fn nothing_is_told_of_later_or_of_a_goal_that_was_not_there() {
    let mut goal = goal();
    goal.check_ins = vec![check_in("1", "12-05T09:00", Some(3.66), None)];
    let mut kept = vec![past(&goal, "11-08T08:00", |was| value(was, 3.5))];
    kept[0].was = None;
    assert_eq!(told(&goal, &kept), [""; 0]);
}

#[test]
fn the_progress_of_a_project_is_told() {
    let mut goal = goal();
    goal.results.clear();
    goal.provider_progress = Some(0.5);
    let kept = [past(&goal, "11-08T08:00", |was| {
        was.provider_progress = Some(0.25)
    })];
    assert_eq!(
        told(&goal, &kept),
        ["progress 25\u{a0}% → 50\u{a0}% (+25 points)"]
    );
}

#[test]
fn a_move_knows_what_stood_before_it() {
    let mut goal = goal();
    goal.check_ins = vec![
        check_in("1", "11-05T09:00", Some(3.8), None),
        check_in("2", "11-09T09:00", None, None),
        check_in("3", "11-12T09:00", Some(3.66), None),
    ];
    goal.check_ins[2].values.push(ValueChange {
        result: "a:gone".into(),
        before: None,
        now: Reading::Number(7.0),
    });
    let moves = moves(&goal, &goal.check_ins[2]);
    let words: Vec<String> = moves.iter().map(Move::words).collect();
    assert_eq!(words, ["3.80 → 3.66 %", "7"]);
    assert_eq!(moves[1].result, None);
    let first = super::moves(&goal, &goal.check_ins[0]);
    assert_eq!(first[0].words(), "3.8 %");
    assert_eq!(before(&goal, &"3".into()).unwrap().id.as_str(), "2");
    assert_eq!(before(&goal, &"1".into()), None);
}
