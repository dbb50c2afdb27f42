//! Each reason alone, the goal of the picture in the guide, and whose question it is.

use chrono::{NaiveDateTime, TimeDelta};

use super::*;
use crate::model::check_in::{Acknowledged, ValueChange};
use crate::model::figures::figures;
use crate::model::goal::Closing;
use crate::model::progress::Rules;
use crate::model::time::Zone;

/// Friday 20 November 2026, 10:42.
const NOW: &str = "2026-11-20T10:42:00";

fn at(wall: &str) -> Time {
    wall.parse::<NaiveDateTime>().unwrap().and_utc()
}

fn now() -> Now {
    Now::new(at(NOW), Zone::utc())
}

fn names(id: &PersonId) -> String {
    match id.as_str() {
        "a:ana" => "Ana Silva",
        "a:mei" => "Mei Chen",
        _ => "Bo Li",
    }
    .to_owned()
}

fn result(id: &str, name: &str, start: f64, target: f64, current: f64) -> KeyResult {
    KeyResult {
        particulars: None,
        id: id.into(),
        name: name.into(),
        kind: Kind::Number,
        unit: String::new(),
        start,
        target: Some(target),
        current: Some(Reading::Number(current)),
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    }
}

/// On pace, nothing due, champion Ana, reviewer Mei: no reason at all.
fn calm() -> Goal {
    let mut goal = Goal::new("a:g".into(), "a".into(), "Goal", at("2026-10-01T09:00:00"));
    goal.start = "2026-10-01".parse().ok();
    goal.due = "2026-12-31".parse().ok();
    goal.status = Status::OnTrack;
    goal.champion = Some("a:ana".into());
    goal.reviewer = Some("a:mei".into());
    goal.results = vec![result("a:r", "Sign-ups", 0.0, 100.0, 55.0)];
    goal
}

/// An acknowledged check-in so many days ago.
fn check_in(days: i64, status: Status, values: &[(&str, f64)]) -> CheckIn {
    let moment = at("2026-11-20T09:12:00") - TimeDelta::days(days);
    let id = format!("a:c{days}");
    let mut check_in = CheckIn::new(id.as_str().into(), "a:ana".into(), moment);
    check_in.status = Some(status);
    check_in.acknowledged = Some(Acknowledged {
        by: "a:mei".into(),
        at: moment,
    });
    check_in.values = values
        .iter()
        .map(|(id, value)| ValueChange {
            result: (*id).into(),
            before: None,
            now: Reading::Number(*value),
        })
        .collect();
    check_in
}

fn comment(days: i64, author: &str, text: &str) -> Comment {
    Comment {
        id: format!("a:k{days}{author}").as_str().into(),
        author: author.into(),
        at: at("2026-11-20T09:30:00") - TimeDelta::days(days),
        text: text.into(),
    }
}

fn why_for(goal: &Goal, me: Option<&str>) -> Vec<Why> {
    let (now, rules) = (now(), Rules::default());
    let context = Context {
        now: &now,
        rules: &rules,
    };
    let figures = figures(goal, &[], &context);
    let me = me.map(PersonId::from);
    why(goal, &figures, &context, me.as_ref(), &names)
}

/// The sentences, with no-break spaces as spaces.
fn told(goal: &Goal) -> Vec<String> {
    why_for(goal, None)
        .into_iter()
        .map(|why| why.text.replace('\u{a0}', " "))
        .collect()
}

fn score(goal: &Goal) -> u32 {
    let (now, rules) = (now(), Rules::default());
    let context = Context {
        now: &now,
        rules: &rules,
    };
    figures(goal, &[], &context).attention
}

fn churn() -> Goal {
    let mut goal = calm();
    goal.status = Status::OffTrack;
    let churn = [4.10, 4.02, 3.98, 3.90, 3.93, 3.84, 3.80, 3.66];
    let calls = [2.0, 6.0, 12.0, 18.0, 24.0, 31.0, 38.0, 41.0];
    goal.results = vec![
        result("a:churn", "Monthly churn", 4.10, 2.00, 3.66),
        result("a:calls", "Onboarding calls", 0.0, 100.0, 41.0),
        KeyResult {
            kind: Kind::Guardrail(Guardrail {
                limit: 40.0,
                above: true,
                critical: None,
                strict: false,
            }),
            ..result("a:nps", "NPS at least 40", 0.0, 0.0, 44.0)
        },
    ];
    for (week, (churn, calls)) in churn.into_iter().zip(calls).enumerate() {
        let status = match week {
            7 => Status::OffTrack,
            6 => Status::AtRisk,
            _ => Status::OnTrack,
        };
        let days = 49 - 7 * i64::try_from(week).unwrap();
        let values = [("a:churn", churn), ("a:calls", calls), ("a:nps", 44.0)];
        goal.check_ins.push(check_in(days, status, &values));
    }
    goal.check_ins[7].acknowledged = None;
    goal
}

#[test]
fn a_goal_in_trouble_says_why_in_order() {
    let why = why_for(&churn(), Some("a:mei"));
    let text: Vec<String> = why
        .iter()
        .map(|why| why.text.replace('\u{a0}', " "))
        .collect();
    assert_eq!(
        text,
        [
            "Ana Silva set it Off track today",
            "behind pace by 24 points (31 % done, 55 % expected)",
            "Monthly churn: this trend ends at 37 % (33–40 %); needs −0.28 a week, trend −0.06 a week",
            "status fell twice in 3 weeks (was On track, At risk)",
        ]
    );
    let short: Vec<&str> = why.iter().map(|why| why.short.as_str()).collect();
    assert_eq!(
        short[1..],
        [
            "behind pace by 24 points",
            "Monthly churn: this trend ends at 37\u{a0}% (33–40\u{a0}%)",
            "status fell twice in 3 weeks",
        ]
    );
    assert_eq!(why[1].code, "behind");
    assert_eq!(why[1].points, Some(24));
    assert_eq!(score(&churn()), 256 + 128 + 32 + 16);
    assert_eq!(
        why_for(&churn(), Some("a:ana"))[0].text,
        "you set it Off track today"
    );
}

#[test]
fn a_calm_goal_has_nothing_to_say() {
    assert_eq!(told(&calm()), [""; 0]);
    assert_eq!(score(&calm()), 0);
}

#[test]
fn closed_goals_need_no_attention_and_paused_ones_little() {
    let mut closed = churn();
    closed.closed = Some(Closing {
        at: at(NOW),
        score: None,
    });
    assert_eq!(score(&closed), 0);
    assert_eq!(told(&closed), [""; 0]);
    let mut paused = churn();
    paused.status = Status::Paused;
    paused.due = "2026-11-01".parse().ok();
    paused.champion = None;
    assert_eq!(told(&paused), ["no champion"]);
}

#[test]
fn a_broken_guardrail_comes_first() {
    let mut goal = calm();
    let rail = |name: &str, above, strict, current| KeyResult {
        kind: Kind::Guardrail(Guardrail {
            limit: 40.0,
            above,
            critical: None,
            strict,
        }),
        unit: "points".into(),
        ..result("a:rail", name, 0.0, 0.0, current)
    };
    goal.results.push(rail("NPS", true, false, 38.0));
    assert_eq!(
        told(&goal),
        ["NPS: broken at 38 points (must be at least 40 points)"]
    );
    goal.results.push(rail("Errors", false, true, 40.0));
    assert_eq!(
        told(&goal),
        ["NPS: broken at 38 points (must be at least 40 points), and 1 more"]
    );
    assert_eq!(score(&goal), 4096, "each reason counts once");
}

#[test]
fn days_past_due_and_late_are_counted() {
    let mut goal = calm();
    goal.results.clear();
    goal.due = "2026-11-19".parse().ok();
    assert_eq!(told(&goal), ["1 day past its due date, 19 Nov"]);
    goal.due = "2026-11-20".parse().ok();
    assert_eq!(told(&goal), [""; 0], "the due day itself is in time");
    goal.cadence = "weekly:fri".parse().unwrap();
    goal.check_ins = vec![check_in(8, Status::OnTrack, &[])];
    assert_eq!(told(&goal), [""; 0], "due today");
    goal.check_ins = vec![check_in(15, Status::OnTrack, &[])];
    assert_eq!(told(&goal), ["check-in 7 days late"]);
}

#[test]
fn off_track_names_who_said_it_first() {
    let mut goal = calm();
    goal.status = Status::OffTrack;
    assert_eq!(told(&goal), ["it is Off track"]);
    goal.check_ins = vec![
        check_in(30, Status::OnTrack, &[]),
        check_in(28, Status::OffTrack, &[]),
        check_in(3, Status::OffTrack, &[]),
    ];
    assert_eq!(told(&goal), ["Ana Silva set it Off track on 23 Oct"]);
}

#[test]
fn behind_begins_at_ten_points_and_not_too_early() {
    let mut goal = calm();
    goal.results = vec![KeyResult {
        kind: Kind::YesNo,
        ..result("a:r", "Contract", 0.0, 0.0, 0.0)
    }];
    assert_eq!(
        told(&goal),
        ["behind pace by 55 points (0 % done, 55 % expected)"]
    );
    goal.start = "2026-11-18".parse().ok();
    assert_eq!(told(&goal), [""; 0]);
}

#[test]
fn two_moves_the_wrong_way_are_told() {
    let mut goal = calm();
    goal.check_ins = vec![
        check_in(19, Status::OnTrack, &[("a:r", 59.0)]),
        check_in(12, Status::OnTrack, &[("a:r", 57.5)]),
        check_in(5, Status::OnTrack, &[("a:r", 55.0)]),
    ];
    assert_eq!(
        told(&goal),
        ["Sign-ups: moved the wrong way twice, 59.0 → 57.5 → 55.0"]
    );
    goal.check_ins[1].values[0].now = Reading::Number(55.0);
    assert_eq!(told(&goal), [""; 0], "one of the two was no move");
}

#[test]
fn a_rough_forecast_is_called_so() {
    let mut goal = calm();
    goal.results = vec![result("a:r", "Sign-ups", 0.0, 100.0, 25.0)];
    let why = told(&goal);
    assert_eq!(
        why[1],
        "Sign-ups: the mean pace so far ends at about 46 %; needs +12.5 a week, so far +3.5 a week"
    );
    goal.results[0].current = Some(Reading::Number(0.0));
    assert!(told(&goal)[1].ends_with("ends at about 0 %; needs +16.67 a week, so far 0 a week"));
}

#[test]
fn a_fall_of_the_status_is_forgotten_when_it_is_back() {
    let mut goal = calm();
    goal.check_ins = vec![
        check_in(30, Status::OnTrack, &[]),
        check_in(20, Status::AtRisk, &[]),
    ];
    goal.status = Status::AtRisk;
    assert_eq!(told(&goal), ["status fell once in 3 weeks (was On track)"]);
    goal.check_ins.push(check_in(10, Status::OnTrack, &[]));
    goal.status = Status::OnTrack;
    assert_eq!(told(&goal), [""; 0]);
    goal.check_ins = vec![
        check_in(40, Status::OnTrack, &[]),
        check_in(22, Status::AtRisk, &[]),
        check_in(1, Status::AtRisk, &[]),
    ];
    goal.status = Status::AtRisk;
    assert_eq!(told(&goal), [""; 0], "longer than three weeks ago");
}

#[test]
fn confidence_that_fell_by_two_is_told() {
    let mut goal = calm();
    goal.check_ins = vec![
        check_in(20, Status::OnTrack, &[]),
        check_in(10, Status::OnTrack, &[]),
    ];
    goal.check_ins[0].confidence = Some(7);
    goal.check_ins[1].confidence = Some(6);
    assert_eq!(told(&goal), [""; 0]);
    goal.check_ins[1].confidence = Some(5);
    assert_eq!(told(&goal), ["confidence fell from 7 to 5"]);
}

#[test]
fn a_value_that_rests_for_three_check_ins_is_told() {
    let mut goal = calm();
    goal.check_ins = vec![
        check_in(28, Status::OnTrack, &[("a:r", 55.0)]),
        check_in(21, Status::OnTrack, &[("a:r", 55.0)]),
        check_in(14, Status::OnTrack, &[]),
        check_in(7, Status::OnTrack, &[]),
    ];
    assert_eq!(told(&goal), ["Sign-ups: unchanged for 3 check-ins"]);
    goal.check_ins.pop();
    assert_eq!(told(&goal), [""; 0]);
    goal.check_ins = vec![
        check_in(21, Status::OnTrack, &[]),
        check_in(14, Status::OnTrack, &[]),
        check_in(7, Status::OnTrack, &[]),
    ];
    assert_eq!(told(&goal), [""; 0], "it may be newer than they are");
    goal.check_ins
        .insert(0, check_in(28, Status::OnTrack, &[("a:r", 100.0)]));
    goal.results[0].current = Some(Reading::Number(100.0));
    assert_eq!(told(&goal), [""; 0], "what is reached may rest");
}

#[test]
fn a_question_without_an_answer_is_told() {
    let mut goal = calm();
    goal.check_ins = vec![check_in(7, Status::OnTrack, &[])];
    goal.check_ins[0].comments = vec![comment(6, "a:mei", "what do people do after\nthe import?")];
    assert_eq!(
        told(&goal),
        ["Mei Chen asked 6 days ago, no answer yet: \"what do people do after\""]
    );
    assert_eq!(
        why_for(&goal, Some("a:ana"))[0].short,
        "Mei Chen asked 6 days ago, you have not answered"
    );
    let mut answered = goal.clone();
    answered.comments = vec![comment(5, "a:bo", "they call us")];
    assert_eq!(told(&answered), [""; 0]);
    let mut repeated = goal.clone();
    repeated.comments = vec![comment(5, "a:mei", "anyone?")];
    assert_eq!(told(&repeated).len(), 1, "asking again is no answer");
    goal.check_ins[0].comments[0].at = at("2026-11-17T09:00:00");
    assert_eq!(told(&goal), [""; 0], "three days are not more than three");
}

#[test]
fn a_check_in_nobody_acknowledged_is_told() {
    let mut goal = calm();
    goal.check_ins = vec![
        check_in(9, Status::OnTrack, &[]),
        check_in(8, Status::OnTrack, &[]),
    ];
    goal.check_ins[1].acknowledged = None;
    assert_eq!(
        told(&goal),
        ["not acknowledged for 8 days, waits for Mei Chen"]
    );
    assert_eq!(
        why_for(&goal, Some("a:mei"))[0].text,
        "not acknowledged for 8 days, waits for you"
    );
    goal.reviewer = None;
    assert_eq!(told(&goal), [""; 0], "nobody has to");
    goal.reviewer = Some("a:mei".into());
    goal.check_ins[1].at = at("2026-11-13T09:00:00");
    assert_eq!(told(&goal), [""; 0]);
}

fn open(goal: &Goal, me: &str) -> Option<String> {
    open_question(goal, &me.into(), &names).map(|question| question.comment.to_string())
}

#[test]
fn a_question_waits_for_whom_it_is_meant() {
    let mut goal = calm();
    goal.check_ins = vec![check_in(7, Status::OnTrack, &[])];
    assert_eq!(open(&goal, "a:ana"), None);
    goal.check_ins[0].comments = vec![
        comment(6, "a:mei", "why so slow?"),
        comment(5, "a:mei", "really, why?"),
    ];
    assert_eq!(open(&goal, "a:ana").unwrap(), "a:k6a:mei", "the oldest");
    assert_eq!(open(&goal, "a:mei"), None, "her own");
    assert_eq!(open(&goal, "a:bo"), None, "not meant for him");
    goal.check_ins[0]
        .comments
        .push(comment(4, "a:ana", "it rains"));
    assert_eq!(open(&goal, "a:ana"), None, "answered");
    goal.check_ins[0]
        .comments
        .push(comment(3, "a:ana", "is that enough?"));
    assert_eq!(
        open(&goal, "a:mei").unwrap(),
        "a:k3a:ana",
        "the reader is asked back"
    );
    goal.comments = vec![comment(2, "a:bo", "can we move the **due date?** ")];
    assert_eq!(
        open(&goal, "a:ana").unwrap(),
        "a:k2a:bo",
        "champion of the goal"
    );
    goal.check_ins.push(check_in(1, Status::OnTrack, &[]));
    assert_eq!(open(&goal, "a:ana"), None, "a check-in answers too");
}

#[test]
fn a_mention_waits_for_whom_it_names() {
    let mut goal = calm();
    goal.comments = vec![comment(3, "a:ana", "@bo please look")];
    assert_eq!(open(&goal, "a:bo").unwrap(), "a:k3a:ana");
    assert_eq!(open(&goal, "a:mei"), None);
    let question = open_question(&goal, &"a:bo".into(), &names).unwrap();
    assert_eq!(question.check_in, None);
    assert_eq!(question.by, "a:ana".into());
}
