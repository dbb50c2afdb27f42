//! Series of every kind of key result, from check-ins and from kept states.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::check_in::{CheckIn, ValueChange};
use crate::model::past::headline;
use crate::model::time::Zone;

fn time(text: &str) -> Time {
    format!("2026-{text}:00Z").parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    format!("2026-{text}").parse().unwrap()
}

fn now() -> Now {
    Now::new(time("11-20T10:42"), Zone::utc())
}

fn result(kind: serde_json::Value) -> KeyResult {
    let mut result: KeyResult = serde_json::from_value(json!({
        "id": "a:r", "name": "Monthly churn", "kind": kind, "start": 4.1, "target": 2.0
    }))
    .unwrap();
    result.current = Some(Reading::Number(3.66));
    result
}

fn goal(result: KeyResult) -> Goal {
    let mut goal = Goal::new("a:g".into(), "a".into(), "Churn", time("10-01T08:00"));
    goal.start = Some(day("10-01"));
    goal.due = Some(day("12-31"));
    goal.results.push(result);
    goal
}

fn says(goal: &mut Goal, at: &str, reading: Reading) {
    let id = format!("a:c{}", goal.check_ins.len());
    let mut check_in = CheckIn::new(id.as_str().into(), "a:ana".into(), time(at));
    check_in.values.push(ValueChange {
        result: "a:r".into(),
        before: None,
        now: reading.clone(),
    });
    goal.results[0].current = Some(reading);
    goal.check_ins.push(check_in);
}

/// The forecast of ux.md §7: eight weekly check-ins from 2 October on.
fn churn() -> Goal {
    let mut goal = goal(result(json!({"kind": "percent"})));
    let values = [4.10, 4.02, 3.98, 3.90, 3.93, 3.84, 3.80, 3.66];
    let days = [
        "10-02", "10-09", "10-16", "10-23", "10-30", "11-06", "11-13", "11-20",
    ];
    for (day, value) in days.into_iter().zip(values) {
        says(&mut goal, &format!("{day}T09:00"), Reading::Number(value));
    }
    goal
}

fn of(goal: &Goal, kept: &[Past]) -> Series {
    series(goal, &goal.results[0], kept, &now()).unwrap()
}

fn past(goal: &Goal, until: &str, value: Option<f64>) -> Past {
    let mut was = headline(goal);
    was.results[0].current = value.map(Reading::Number);
    was.updated_at = goal.created_at;
    Past {
        goal: goal.id.clone(),
        until: time(until),
        was: Some(Box::new(was)),
    }
}

fn read(series: &Series) -> Vec<(String, f64)> {
    let point = |point: &Point| (point.day.format("%m-%d").to_string(), point.value);
    series.points.iter().map(point).collect()
}

fn points_of(pairs: &[(&str, f64)]) -> Vec<(String, f64)> {
    let point = |(day, value): &(&str, f64)| ((*day).to_owned(), *value);
    pairs.iter().map(point).collect()
}

#[test]
fn check_ins_expected_and_foreseen_are_one_series() {
    let series = of(&churn(), &[]);
    assert_eq!(series.points.len(), 8);
    assert_eq!(series.days, (day("10-01"), day("12-31")));
    assert_eq!(series.values, (2.0, 4.1));
    let words: Vec<_> = series.levels.iter().map(|level| level.word).collect();
    assert_eq!(words, ["target", "start"]);
    assert_eq!(
        series.expected,
        [
            Point {
                day: day("10-01"),
                value: 4.1
            },
            Point {
                day: day("12-31"),
                value: 2.0
            }
        ]
    );
    let ahead = series.ahead.unwrap();
    assert_eq!(ahead.day, day("12-31"));
    let (low, high) = ahead.range.unwrap();
    assert!(low <= ahead.value && ahead.value <= high);
    assert_eq!(ahead.forecast.percent_words(), "37\u{a0}% (33–40\u{a0}%)");
}

#[test]
fn phases_bend_what_is_expected() {
    let mut goal = churn();
    goal.results[0].phases = vec![(day("11-15"), 3.0), (day("12-01"), 2.5)];
    let series = of(&goal, &[]);
    let expected: Vec<f64> = series.expected.iter().map(|point| point.value).collect();
    assert_eq!(expected, [4.1, 3.0, 2.5, 2.0]);
    assert_eq!(series.expected[1].day, day("11-15"));
}

#[test]
fn values_that_moved_without_a_check_in_come_from_what_was_kept() {
    let mut goal = goal(result(json!({"kind": "number"})));
    let kept = [
        past(&goal, "11-05T08:00", Some(4.0)),
        past(&goal, "11-12T08:00", Some(3.8)),
        past(&goal, "11-12T18:00", Some(3.9)),
        past(&goal, "11-18T08:00", Some(3.7)),
    ];
    goal.results[0].current = Some(Reading::Number(3.66));
    assert_eq!(
        read(&of(&goal, &kept)),
        points_of(&[
            ("10-01", 4.0),
            ("11-05", 3.8),
            ("11-12", 3.7),
            ("11-18", 3.66)
        ])
    );
}

#[test]
fn what_a_check_in_told_is_not_counted_twice() {
    let mut goal = goal(result(json!({"kind": "number"})));
    says(&mut goal, "11-05T09:00", Reading::Number(3.8));
    says(&mut goal, "11-12T09:00", Reading::Number(3.66));
    // Seen here a day later, with another change in between.
    let kept = [
        past(&goal, "11-06T08:00", None),
        past(&goal, "11-12T20:00", Some(3.8)),
        past(&goal, "11-13T08:00", Some(3.8)),
    ];
    let expected = points_of(&[("11-05", 3.8), ("11-12", 3.66)]);
    assert_eq!(read(&of(&goal, &kept)), expected);
    // Moved at the provider since: that is a reading of its own.
    goal.results[0].current = Some(Reading::Number(3.5));
    let moved = [past(&goal, "11-16T08:00", Some(3.66))];
    let expected = points_of(&[("11-05", 3.8), ("11-12", 3.66), ("11-16", 3.5)]);
    assert_eq!(read(&of(&goal, &moved)), expected);
}

#[test]
fn a_value_nobody_wrote_a_check_in_for_is_read_today() {
    let mut goal = goal(result(json!({"kind": "number"})));
    assert_eq!(read(&of(&goal, &[])), points_of(&[("11-20", 3.66)]));
    says(&mut goal, "11-05T09:00", Reading::Number(3.8));
    goal.results[0].current = Some(Reading::Number(3.66));
    let expected = points_of(&[("11-05", 3.8), ("11-20", 3.66)]);
    assert_eq!(read(&of(&goal, &[])), expected);
}

#[test]
fn of_one_day_the_latest_counts_and_the_future_does_not() {
    let mut goal = goal(result(json!({"kind": "number"})));
    says(&mut goal, "11-05T09:00", Reading::Number(3.8));
    says(&mut goal, "11-05T15:00", Reading::Number(3.7));
    says(&mut goal, "12-24T09:00", Reading::Number(2.0));
    goal.results[0].current = Some(Reading::Number(3.7));
    assert_eq!(read(&of(&goal, &[])), points_of(&[("11-05", 3.7)]));
}

#[test]
fn every_kind_has_the_lines_that_mean_something() {
    let levels = |kind: serde_json::Value, reading: Reading| {
        let mut goal = goal(result(kind));
        says(&mut goal, "11-05T09:00", reading);
        let series = of(&goal, &[]);
        let levels = series.levels.iter();
        let levels: Vec<_> = levels.map(|one| (one.word, one.value)).collect();
        (
            levels,
            series.expected.len(),
            series.ahead.is_some(),
            series.values,
        )
    };
    assert_eq!(
        levels(json!({"kind": "yes_no"}), Reading::Yes(true)),
        (vec![("done", 1.0), ("open", 0.0)], 0, false, (0.0, 1.0))
    );
    assert_eq!(
        levels(
            json!({"kind": "checklist", "items": ["a", "b", "c"]}),
            Reading::Ticks(vec![true, false, true])
        ),
        (vec![("all", 3.0), ("none", 0.0)], 2, false, (0.0, 3.0))
    );
    assert_eq!(
        levels(
            json!({"kind": "milestones", "steps": [{"name": "a"}, {"name": "b"}]}),
            Reading::Ticks(vec![true, false])
        ),
        (vec![("all", 2.0), ("none", 0.0)], 2, false, (0.0, 2.0))
    );
    let rail = json!({"kind": "guardrail", "limit": 25.0, "critical": 35.0});
    assert_eq!(
        levels(rail, Reading::Number(27.0)),
        (
            vec![("limit", 25.0), ("critical", 35.0)],
            0,
            false,
            (25.0, 35.0)
        )
    );
    let zones = json!({"kind": "zones", "commit": 10.0, "target": 20.0, "stretch": 30.0});
    let (zones, expected, ahead, span) = levels(zones, Reading::Number(5.0));
    assert_eq!(
        (zones.len(), expected, ahead, span),
        (3, 0, false, (5.0, 30.0))
    );
    let (none, expected, ahead, span) = levels(json!({"kind": "baseline"}), Reading::Number(7.0));
    assert_eq!(
        (none.len(), expected, ahead, span),
        (0, 0, false, (7.0, 7.0))
    );
}

#[test]
fn without_any_reading_there_is_what_is_expected_or_nothing() {
    let mut goal = goal(result(json!({"kind": "number"})));
    goal.results[0].current = None;
    let series = of(&goal, &[]);
    assert_eq!((series.points.len(), series.expected.len()), (0, 2));
    goal.due = None;
    assert_eq!(super::series(&goal, &goal.results[0], &[], &now()), None);
}

proptest! {
    #[test]
    fn days_rise_and_all_numbers_are_finite(
        values in prop::collection::vec((0..100_i64, -1e9..1e9_f64), 0..12),
        states in prop::collection::vec((0..100_i64, prop::option::of(-1e9..1e9_f64)), 0..12),
    ) {
        let mut goal = goal(result(json!({"kind": "number"})));
        let begun = goal.created_at;
        let mut values = values;
        values.sort_by_key(|(day, _)| *day);
        for (day, value) in values {
            says(&mut goal, "10-01T09:00", Reading::Number(value));
            let at = begun + TimeDelta::days(day);
            if let Some(last) = goal.check_ins.last_mut() {
                last.at = at;
            }
        }
        let mut states = states;
        states.sort_by_key(|(day, _)| *day);
        let kept: Vec<Past> = states.into_iter().map(|(day, value)| {
            let mut past = past(&goal, "10-01T09:00", value);
            past.until = begun + TimeDelta::days(day);
            past
        }).collect();
        let series = of(&goal, &kept);
        prop_assert!(series.points.is_sorted_by(|one, other| one.day < other.day));
        prop_assert!(series.points.iter().all(|point| point.value.is_finite()));
        let last = series.points.last().map(|point| point.value);
        prop_assert_eq!(last, goal.results[0].current.as_ref().map(Reading::number));
        for point in &series.points {
            prop_assert!((series.days.0..=series.days.1).contains(&point.day));
            prop_assert!((series.values.0..=series.values.1).contains(&point.value));
        }
    }
}
