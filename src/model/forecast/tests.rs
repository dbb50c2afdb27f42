//! The table of checks for forecasts.

use chrono::{TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

use super::*;
use crate::model::check_in::{CheckIn, ValueChange};
use crate::model::key_result::{Kind, Reading};
use crate::model::time::{Time, Zone};

const CHURN: [f64; 8] = [4.10, 4.02, 3.98, 3.90, 3.93, 3.84, 3.80, 3.66];

/// Noon of a day of the period, 0 being 1 October 2026.
fn noon(day: i64) -> Time {
    Utc.with_ymd_and_hms(2026, 10, 1, 12, 0, 0).unwrap() + TimeDelta::days(day)
}

fn now(day: i64) -> Now {
    Now::new(noon(day) + TimeDelta::hours(6), Zone::utc())
}

/// A goal of the last quarter of 2026 with one key result that read these values.
fn goal(start: f64, target: f64, values: &[(i64, f64)]) -> Goal {
    let mut goal = Goal::new("a:g".into(), "a".into(), "Goal", noon(0));
    goal.start = NaiveDate::from_ymd_opt(2026, 10, 1);
    goal.due = NaiveDate::from_ymd_opt(2026, 12, 31);
    goal.results = vec![KeyResult {
        particulars: None,
        id: "a:r".into(),
        name: "Monthly churn".into(),
        kind: Kind::Number,
        unit: "%".into(),
        start,
        target: Some(target),
        current: values.last().map(|(_, value)| Reading::Number(*value)),
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    }];
    for (number, (day, value)) in values.iter().enumerate() {
        let id = format!("a:c{number}");
        let at = noon(*day) + TimeDelta::seconds(i64::try_from(number).unwrap());
        let mut check_in = CheckIn::new(id.as_str().into(), "a:p".into(), at);
        check_in.values = vec![ValueChange {
            result: "a:r".into(),
            before: None,
            now: Reading::Number(*value),
        }];
        goal.check_ins.push(check_in);
    }
    goal
}

fn weekly(values: &[f64]) -> Vec<(i64, f64)> {
    (0..)
        .step_by(7)
        .map(|day| day + 1)
        .zip(values.iter().copied())
        .collect()
}

fn of(goal: &Goal, day: i64) -> Option<Forecast> {
    forecast(goal, &goal.results[0], &now(day))
}

#[test]
fn churn_ends_where_its_trend_leads() {
    let churn = goal(4.10, 2.00, &weekly(&CHURN));
    let forecast = of(&churn, 50).unwrap();
    assert!((forecast.per_week - -0.056).abs() < 1e-9, "{forecast:?}");
    assert!((forecast.needed_per_week.unwrap() - -0.277).abs() < 0.001);
    assert_eq!(forecast.percent_words(), "37\u{a0}% (33–40\u{a0}%)");
    assert!(!forecast.rough);
    assert!((forecast.value - 3.324).abs() < 1e-9);
    // 1.66 at 0.008 a day: 207.5 days after 20 November.
    assert_eq!(forecast.eta, NaiveDate::from_ymd_opt(2027, 6, 16));
}

#[test]
fn one_odd_value_does_not_turn_the_trend() {
    let mut values = weekly(&[10.0, 20.0, 30.0, 40.0, 50.0]);
    values[2].1 = 90.0;
    let odd = of(&goal(0.0, 100.0, &values), 29).unwrap();
    assert!((odd.per_week - 10.0).abs() < 1.0, "{odd:?}");
}

#[test]
fn of_each_day_the_latest_counts_and_only_the_last_eight_days() {
    let mut values = weekly(&CHURN);
    values.insert(0, (0, 99.0));
    values.insert(3, (8, 4.02));
    values[2] = (8, 77.0);
    let forecast = of(&goal(4.10, 2.00, &values), 50).unwrap();
    assert!((forecast.per_week - -0.056).abs() < 1e-9, "{forecast:?}");
}

#[test]
fn few_check_ins_give_a_rough_forecast() {
    for values in [
        vec![(10, 4.0), (20, 3.9)],
        // three on one day, three within less than a fortnight
        vec![(5, 4.0), (20, 4.0), (20, 3.9)],
        vec![(8, 4.1), (15, 4.0), (20, 3.9)],
    ] {
        let forecast = of(&goal(4.10, 2.00, &values), 20).unwrap();
        assert!(forecast.rough);
        assert!((forecast.per_week - -0.07).abs() < 1e-9);
        assert_eq!((forecast.low, forecast.high), (None, None));
        assert_eq!(forecast.percent_words(), "about 44\u{a0}%");
    }
    let enough = vec![(6, 4.0), (15, 4.0), (20, 3.9)];
    assert!(!of(&goal(4.10, 2.00, &enough), 20).unwrap().rough);
}

#[test]
fn without_check_ins_the_value_of_today_counts() {
    let mut bare = goal(0.0, 100.0, &[]);
    bare.results[0].current = Some(Reading::Number(20.0));
    let forecast = of(&bare, 20).unwrap();
    assert!(forecast.rough);
    assert!((forecast.per_week - 7.0).abs() < 1e-9);
    assert_eq!(of(&bare, 0), None, "nothing to go by on the first day");
}

#[test]
fn what_does_not_run_from_start_to_target_has_no_forecast() {
    let churn = goal(4.10, 2.00, &weekly(&CHURN));
    let with = |change: fn(&mut Goal)| {
        let mut goal = churn.clone();
        change(&mut goal);
        of(&goal, 50)
    };
    assert_eq!(with(|goal| goal.due = None), None);
    assert_eq!(with(|goal| goal.results[0].target = None), None);
    assert_eq!(with(|goal| goal.results[0].target = Some(4.10)), None);
    assert_eq!(with(|goal| goal.results[0].current = None), None);
    assert_eq!(with(|goal| goal.results[0].kind = Kind::YesNo), None);
    assert_eq!(with(|goal| goal.results[0].kind = Kind::Baseline), None);
    assert_eq!(of(&churn, 92), None, "the due day is past");
    assert!(of(&churn, 91).is_some());
}

#[test]
fn a_target_that_is_not_approached_has_no_day() {
    let away = goal(0.0, 100.0, &weekly(&[10.0, 8.0, 6.0, 4.0]));
    assert_eq!(of(&away, 22).unwrap().eta, None);
    let still = goal(0.0, 100.0, &weekly(&[10.0, 10.0, 10.0]));
    let still = of(&still, 15).unwrap();
    assert_eq!(still.eta, None);
    assert_eq!(still.percent_words(), "10\u{a0}%");
    let reached = goal(0.0, 100.0, &weekly(&[80.0, 100.0, 120.0]));
    assert_eq!(of(&reached, 15).unwrap().eta, None);
}

#[test]
fn percentiles_lie_between_the_nearest_values() {
    let sorted = [1.0, 2.0, 3.0, 4.0];
    assert_eq!(percentile(&sorted, 0.5), Some(2.5));
    assert_eq!(percentile(&sorted, 0.25), Some(1.75));
    assert_eq!(percentile(&sorted, 1.0), Some(4.0));
    assert_eq!(percentile(&[7.0], 0.25), Some(7.0));
    assert_eq!(percentile(&[], 0.5), None);
}

proptest! {
    #[test]
    fn a_forecast_is_finite_and_in_order(
        start in prop_oneof![-1e3..1e3_f64, -1e308..1e308_f64],
        target in prop_oneof![-1e3..1e3_f64, -1e308..1e308_f64],
        values in prop::collection::vec(
            (0..80_i64, prop_oneof![-1e3..1e3_f64, -1e308..1e308_f64]),
            0..12,
        ),
        today in 0..92_i64,
    ) {
        let mut values = values;
        values.sort_by_key(|(day, _)| *day);
        if let Some(forecast) = of(&goal(start, target, &values), today) {
            prop_assert!(forecast.value.is_finite());
            prop_assert!(forecast.progress.is_finite());
            prop_assert!(forecast.per_week.is_finite());
            prop_assert!(forecast.needed_per_week.is_none_or(f64::is_finite));
            if let (Some(low), Some(high)) = (forecast.low, forecast.high) {
                prop_assert!(low <= forecast.progress + 1e-6 && forecast.progress <= high + 1e-6);
            }
            prop_assert!(!forecast.percent_words().is_empty());
        }
    }

    #[test]
    fn a_straight_line_is_foreseen_as_it_is(start in -1e3..1e3_f64, step in -10.0..10.0_f64) {
        prop_assume!(step.abs() > 0.01);
        let values: Vec<f64> = (0..6).map(|week| start + step * f64::from(week)).collect();
        let goal = goal(start, start + step * 13.0, &weekly(&values));
        let forecast = of(&goal, 36).unwrap();
        prop_assert!((forecast.per_week - step).abs() < 1e-6);
        prop_assert!((forecast.value - (start + step * 13.0)).abs() < 1e-6);
        prop_assert!((forecast.progress - 1.0).abs() < 1e-6);
    }
}
