//! The table of checks for time and pace.

use chrono::{FixedOffset, NaiveDateTime, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::model::key_result::Guardrail;
use crate::model::time::Zone;

fn zone() -> Zone {
    // Summer time in Central Europe, 2026: until 25 October 01:00 UTC.
    Zone::new(|utc| {
        let summer = "2026-10-25T01:00:00".parse::<NaiveDateTime>().unwrap();
        FixedOffset::east_opt(if utc < summer { 7200 } else { 3600 }).unwrap()
    })
}

fn now(wall: &str) -> Now {
    Now::new(zone().moment(wall.parse().unwrap()), zone())
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn goal(start: &str, due: &str) -> Goal {
    let made = now("2026-09-01T12:00:00").at;
    let mut goal = Goal::new("a:g".into(), "a".into(), "Goal", made);
    goal.start = start.parse().ok();
    goal.due = due.parse().ok();
    goal
}

fn quarter() -> Goal {
    goal("2026-10-01", "2026-12-31")
}

fn ranged(start: f64, target: f64, current: f64) -> KeyResult {
    KeyResult {
        particulars: None,
        id: "a:r".into(),
        name: "Result".into(),
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

fn rail(limit: f64, critical: Option<f64>, current: f64) -> KeyResult {
    KeyResult {
        kind: Kind::Guardrail(Guardrail {
            limit,
            above: false,
            critical,
            strict: false,
        }),
        ..ranged(0.0, 0.0, current)
    }
}

const FRIDAY: &str = "2026-11-20T10:42:00";

#[test]
fn time_goes_from_the_first_midnight_to_the_last() {
    let at = |wall: &str| elapsed(&quarter(), &now(wall)).unwrap();
    assert!((at(FRIDAY) - 0.548).abs() < 0.0005, "{}", at(FRIDAY));
    assert_eq!(at("2026-09-30T23:59:59"), 0.0);
    assert_eq!(at("2026-10-01T00:00:00"), 0.0);
    assert!(at("2026-12-31T23:59:00") < 1.0);
    assert_eq!(at("2027-01-01T00:00:00"), 1.0);
    assert_eq!(at("2030-01-01T00:00:00"), 1.0);
}

#[test]
fn days_begin_in_the_readers_zone() {
    let goal = goal("2026-11-20", "2026-11-20");
    let noon = now("2026-11-20T12:00:00");
    assert_eq!(elapsed(&goal, &noon), Some(0.5));
    let east = Zone::new(|_| FixedOffset::east_opt(13 * 3600).unwrap());
    assert_eq!(elapsed(&goal, &Now::new(noon.at, east)), Some(1.0));
    // One day of the quarter has 25 hours, and weighs no more than the others.
    let half = now("2026-11-16T00:00:00");
    assert!((elapsed(&quarter(), &half).unwrap() - 0.5).abs() < 1e-9);
}

#[test]
fn a_period_that_ends_before_it_begins_is_over_at_its_end() {
    let odd = goal("2026-12-31", "2026-10-01");
    assert_eq!(elapsed(&odd, &now("2026-10-01T23:59:59")), Some(0.0));
    assert_eq!(elapsed(&odd, &now("2026-10-02T00:00:00")), Some(1.0));
    let day = goal("2026-10-01", "2026-09-30");
    assert_eq!(elapsed(&day, &now("2026-10-01T00:00:00")), Some(1.0));
}

#[test]
fn without_a_due_day_there_is_no_pace() {
    let now = now(FRIDAY);
    assert_eq!(elapsed(&goal("2026-10-01", ""), &now), None);
    // Without a first day the goal begins when it was made: 1 September.
    let made = elapsed(&goal("", "2026-12-31"), &now).unwrap();
    assert!((made - 80.446 / 122.0).abs() < 0.001, "{made}");
}

#[test]
fn edges_belong_to_the_better_class() {
    let rules = Rules::default();
    for (gap, class, status) in [
        (0.31, Pace::Ahead, Some(Status::OnTrack)),
        (0.1, Pace::Ahead, Some(Status::OnTrack)),
        (0.3 - 0.2, Pace::Ahead, Some(Status::OnTrack)),
        (0.099_999, Pace::OnPace, Some(Status::OnTrack)),
        (-0.1, Pace::OnPace, Some(Status::OnTrack)),
        (0.7 - 0.8, Pace::OnPace, Some(Status::OnTrack)),
        (-0.100_001, Pace::Behind, Some(Status::AtRisk)),
        (0.3098 - 0.548, Pace::Behind, Some(Status::AtRisk)),
        (-0.25, Pace::Behind, Some(Status::AtRisk)),
        (0.3 - 0.55, Pace::Behind, Some(Status::AtRisk)),
        (-0.250_001, Pace::FarBehind, Some(Status::OffTrack)),
    ] {
        let found = classify(gap, 0.548, &rules);
        assert_eq!(found, class, "{gap}");
        assert_eq!(suggest(found, 0.548, 0.5), status, "{gap}");
    }
    assert_eq!(classify(-1.0, 0.0999, &rules), Pace::TooEarly);
    assert_eq!(classify(-0.05, 0.1, &rules), Pace::OnPace);
    assert_eq!(suggest(Pace::TooEarly, 0.05, 0.0), None);
    assert_eq!(suggest(Pace::OnPace, 1.0, 0.95), Some(Status::OffTrack));
    assert_eq!(suggest(Pace::OnPace, 1.0, 1.0), Some(Status::OnTrack));
}

#[test]
fn gaps_are_said_in_points() {
    assert_eq!(gap_words(0.3098 - 0.548), "behind by 24 points");
    assert_eq!(gap_words(0.16), "ahead by 16 points");
    assert_eq!(gap_words(0.01), "ahead by 1 point");
    assert_eq!(gap_words(-0.001), "as expected");
}

#[test]
fn a_value_is_expected_along_the_line() {
    let now = now(FRIDAY);
    let value = |start, target| {
        expected_value(&quarter(), &ranged(start, target, 0.0), now.at, &now).unwrap()
    };
    assert_eq!(value(40.0, 200.0).round(), 128.0);
    assert_eq!(value(30.0, 10.0).round(), 19.0);
    assert!(value(-1e308, 1e308).is_finite());
    let list = KeyResult {
        kind: Kind::Checklist {
            items: vec!["item".into(); 10],
            ids: Vec::new(),
        },
        ..ranged(0.0, 0.0, 0.0)
    };
    let done = expected_value(&quarter(), &list, now.at, &now).unwrap();
    assert!((done - 5.48).abs() < 0.01);
    let yes = KeyResult {
        kind: Kind::YesNo,
        ..list
    };
    assert_eq!(expected_value(&quarter(), &yes, now.at, &now), None);
    assert!((expected(&quarter(), &yes, &now).unwrap() - 0.548).abs() < 0.001);
}

#[test]
fn phased_points_bend_the_line() {
    let mut result = ranged(0.0, 100.0, 50.0);
    result.phases = vec![(date("2026-11-30"), 20.0), (date("2026-10-31"), 10.0)];
    let goal = quarter();
    let value = |wall: &str| {
        let now = now(wall);
        expected_value(&goal, &result, now.at, &now).unwrap()
    };
    assert_eq!(value("2026-10-01T00:00:00"), 0.0);
    assert_eq!(value("2026-11-01T00:00:00"), 10.0);
    assert_eq!(value("2026-11-16T00:00:00"), 15.0);
    assert_eq!(value("2026-12-01T00:00:00"), 20.0);
    assert_eq!(value("2026-12-16T12:00:00"), 60.0);
    assert_eq!(value("2027-02-01T00:00:00"), 100.0);
    let now = now("2026-11-16T00:00:00");
    let pace = of_result(&goal, &result, &now, &Rules::default()).unwrap();
    assert!((pace.expected - 0.15).abs() < 1e-9);
    assert_eq!(pace.pace, Pace::Ahead);

    let mut with_two = goal.clone();
    with_two.results = vec![result, ranged(0.0, 100.0, 50.0)];
    let rules = Rules::default();
    let gone = elapsed(&with_two, &now).unwrap();
    let expected = goal_expected(&with_two, &[], gone, &now, &rules);
    assert!((expected - f64::midpoint(0.15, gone)).abs() < 1e-9);
}

#[test]
fn a_last_phased_point_may_replace_the_target() {
    let mut result = ranged(0.0, 100.0, 50.0);
    result.phases = vec![(date("2026-12-31"), 80.0)];
    let now = now("2027-01-02T00:00:00");
    assert_eq!(
        expected_value(&quarter(), &result, now.at, &now),
        Some(80.0)
    );
}

#[test]
fn guardrails_are_expected_to_hold_at_any_time() {
    let early = now("2026-10-02T00:00:00");
    let rules = Rules::default();
    let of = |result: &KeyResult| of_result(&goal("", ""), result, &early, &rules).unwrap();
    let held = of(&rail(25.0, None, 25.0));
    assert_eq!(
        (held.pace, held.suggested),
        (Pace::OnPace, Some(Status::OnTrack))
    );
    assert_eq!(
        of(&rail(25.0, None, 27.0)).suggested,
        Some(Status::OffTrack)
    );
    assert_eq!(
        of(&rail(25.0, Some(35.0), 27.0)).suggested,
        Some(Status::AtRisk)
    );
    let hardly = of(&rail(25.0, Some(35.0), 25.5));
    assert_eq!(
        hardly.suggested,
        Some(Status::AtRisk),
        "broken is never fine"
    );

    let mut counted = quarter();
    counted.results = vec![ranged(0.0, 1.0, 0.5), rail(25.0, None, 25.0)];
    let count = Rules {
        guardrails: Guardrails::Count,
        ..rules
    };
    assert_eq!(goal_expected(&counted, &[], 0.5, &early, &rules), 0.5);
    assert_eq!(goal_expected(&counted, &[], 0.5, &early, &count), 0.75);
}

#[test]
fn results_show_the_status_their_pace_suggests() {
    let now = now(FRIDAY);
    let status = |result: &KeyResult| result_status(&quarter(), result, &now, &Rules::default());
    assert_eq!(status(&ranged(4.10, 2.00, 3.66)), Some(Status::OffTrack));
    assert_eq!(status(&ranged(0.0, 100.0, 41.0)), Some(Status::AtRisk));
    assert_eq!(status(&ranged(0.0, 100.0, 100.0)), Some(Status::Achieved));
    assert_eq!(status(&rail(50.0, None, 44.0)), Some(Status::OnTrack));
    let said = KeyResult {
        status: Some(Status::OnTrack),
        ..ranged(4.10, 2.00, 3.66)
    };
    assert_eq!(status(&said), Some(Status::OnTrack));
    let yes = KeyResult {
        kind: Kind::YesNo,
        ..ranged(0.0, 0.0, 0.0)
    };
    assert_eq!(status(&yes), None);
    let over = Now::new(now.at + TimeDelta::days(60), now.zone);
    let late = result_status(&quarter(), &yes, &over, &Rules::default());
    assert_eq!(late, Some(Status::OffTrack));
}

proptest! {
    #[test]
    fn expectations_stay_between_0_and_1_and_never_fall(
        phases in prop::collection::vec((0..120_i64, -1e308..1e308_f64), 0..4),
        start in prop_oneof![-1e3..1e3_f64, -1e308..1e308_f64],
        target in prop_oneof![-1e3..1e3_f64, -1e308..1e308_f64],
        one in -10..110_i64,
        other in -10..110_i64,
    ) {
        let goal = quarter();
        let begin = date("2026-10-01");
        let at = |days| now("2026-10-01T06:00:00").at + TimeDelta::days(days);
        let mut result = ranged(start, target, 0.0);
        result.phases = phases
            .into_iter()
            .map(|(days, value)| (begin + TimeDelta::days(days), value))
            .collect();
        for days in [one, other] {
            let now = Now::new(at(days), zone());
            let x = expected(&goal, &result, &now).unwrap();
            prop_assert!((0.0..=1.0).contains(&x));
            prop_assert!(expected_value(&goal, &result, now.at, &now).unwrap().is_finite());
        }
        let gone = |days| elapsed(&goal, &Now::new(at(days), zone())).unwrap();
        prop_assert!(gone(one.min(other)) <= gone(one.max(other)));
    }

    #[test]
    fn a_better_gap_never_has_a_worse_class(one in -1.0..1.0_f64, other in -1.0..1.0_f64) {
        let rank = |pace| match pace {
            Pace::TooEarly => 9,
            Pace::Ahead => 3,
            Pace::OnPace => 2,
            Pace::Behind => 1,
            Pace::FarBehind => 0,
        };
        let class = |gap| rank(classify(gap, 0.5, &Rules::default()));
        prop_assert!(class(one.min(other)) <= class(one.max(other)));
    }
}
