//! The table of checks for progress, and what holds for all values.

use proptest::prelude::*;

use super::*;
use crate::model::ids::{AccountName, GoalId};
use crate::model::time::Time;

fn result(kind: Kind) -> KeyResult {
    KeyResult {
        particulars: None,
        id: "a:r".into(),
        name: "Result".into(),
        kind,
        unit: String::new(),
        start: 0.0,
        target: None,
        current: None,
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    }
}

fn ranged(start: f64, target: f64, current: f64) -> KeyResult {
    KeyResult {
        start,
        target: Some(target),
        current: Some(Reading::Number(current)),
        ..result(Kind::Number)
    }
}

fn rail(limit: f64, critical: Option<f64>, strict: bool, above: bool, current: f64) -> KeyResult {
    KeyResult {
        current: Some(Reading::Number(current)),
        ..result(Kind::Guardrail(Guardrail {
            limit,
            above,
            critical,
            strict,
        }))
    }
}

fn goal(results: Vec<KeyResult>) -> Goal {
    let mut goal = Goal::new(
        GoalId::new("a:g"),
        AccountName::new("a"),
        "Goal",
        Time::default(),
    );
    goal.results = results;
    goal
}

fn of(result: &KeyResult) -> (f64, f64) {
    let progress = of_result(result).unwrap();
    (progress.raw, progress.p)
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

#[test]
fn numbers_run_from_start_to_target() {
    let table = [
        (4.10, 2.00, 3.66, 0.209_523_809_5, "21%"),
        (10.0, 0.0, 12.0, -0.2, "-20%"),
        (100.0, 60.0, 50.0, 1.25, "125%"),
        (0.0, 10.0, 5.9, 0.59, "59%"),
        (-5.0, 5.0, 0.0, 0.5, "50%"),
    ];
    for (start, target, current, raw, text) in table {
        for kind in [Kind::Number, Kind::Percent, Kind::Currency] {
            let result = KeyResult {
                kind,
                ..ranged(start, target, current)
            };
            let (got, p) = of(&result);
            assert!(close(got, raw), "{start}→{target}, {current}: {got}");
            assert!(close(p, raw.clamp(0.0, 1.0)));
            assert_eq!(percent(got), text);
        }
    }
}

#[test]
fn a_start_that_equals_the_target_is_reached_or_not() {
    assert_eq!(of(&ranged(50.0, 50.0, 50.0)), (1.0, 1.0));
    assert_eq!(of(&ranged(50.0, 50.0, 49.0)), (0.0, 0.0));
    let down = |current| KeyResult {
        falling: true,
        ..ranged(50.0, 50.0, current)
    };
    assert_eq!(of(&down(51.0)), (0.0, 0.0));
    assert_eq!(of(&down(50.0)), (1.0, 1.0));
    assert!(has_zero_span(&down(1.0)));
    assert!(!has_zero_span(&ranged(0.0, 1.0, 0.0)));
}

#[test]
fn yes_or_no_is_all_or_nothing() {
    let result = result(Kind::YesNo);
    let p = |reading| of_reading(&result, &reading).unwrap().p;
    assert_eq!(p(Reading::Yes(true)), 1.0);
    assert_eq!(p(Reading::Yes(false)), 0.0);
    assert_eq!(p(Reading::Number(1.0)), 1.0);
}

#[test]
fn a_checklist_counts_its_ticks() {
    let list = result(Kind::Checklist {
        items: ["a", "b", "c", "d", "e"].map(String::from).to_vec(),
        ids: Vec::new(),
    });
    let p = |reading| of_reading(&list, &reading).unwrap().p;
    assert_eq!(p(Reading::Ticks(vec![true, false, true])), 0.4);
    assert_eq!(p(Reading::Ticks(vec![true; 9])), 1.0);
    assert_eq!(p(Reading::Number(3.0)), 0.6);
    assert_eq!(p(Reading::Number(-3.0)), 0.0);
    let empty = result(Kind::Checklist {
        items: Vec::new(),
        ids: Vec::new(),
    });
    assert_eq!(of_reading(&empty, &Reading::Ticks(vec![true])), None);
}

#[test]
fn milestones_count_by_weight() {
    let steps = |weights: &[f64]| {
        result(Kind::Milestones {
            steps: weights
                .iter()
                .map(|weight| Milestone {
                    name: "step".into(),
                    weight: *weight,
                })
                .collect(),
        })
    };
    let p = |weights: &[f64], ticks: &[bool]| {
        of_reading(&steps(weights), &Reading::Ticks(ticks.to_vec()))
            .unwrap()
            .p
    };
    assert_eq!(p(&[1.0, 3.0], &[false, true]), 0.75);
    assert_eq!(p(&[1.0, 0.0, 1.0], &[true, true, false]), 0.5);
    assert_eq!(p(&[0.0, -1.0], &[true, false]), 0.5);
    assert_eq!(p(&[1e308, 1e308, 1e308], &[true, false, false]), 1.0 / 3.0);
}

#[test]
fn zones_are_worth_what_they_reach() {
    let up = result(Kind::Zones {
        commit: 10.0,
        target: 20.0,
        stretch: 30.0,
    });
    let down = result(Kind::Zones {
        commit: 30.0,
        target: 20.0,
        stretch: 10.0,
    });
    for (value, rising, falling) in [
        (9.0, 0.0, 1.0),
        (10.0, 0.3, 1.0),
        (20.0, 0.7, 0.7),
        (29.9, 0.7, 0.3),
        (30.0, 1.0, 0.3),
        (31.0, 1.0, 0.0),
    ] {
        let p = |result: &KeyResult| of_reading(result, &Reading::Number(value)).unwrap().p;
        assert_eq!(p(&up), rising, "{value}");
        assert_eq!(p(&down), falling, "{value}");
    }
}

#[test]
fn a_baseline_and_a_missing_target_have_no_progress() {
    let seven = Reading::Number(7.0);
    assert_eq!(of_reading(&result(Kind::Baseline), &seven), None);
    assert_eq!(of_reading(&result(Kind::Number), &seven), None);
    assert_eq!(of_result(&result(Kind::YesNo)), None);
}

#[test]
fn guardrails_hold_up_to_their_limit() {
    let table = [
        // limit, critical, strict, above, value: held, p
        (25.0, None, false, false, 25.0, true, 1.0),
        (25.0, None, true, false, 25.0, false, 0.0),
        (25.0, None, false, false, 27.0, false, 0.0),
        (25.0, Some(35.0), false, false, 25.0, true, 1.0),
        (25.0, Some(35.0), false, false, 27.0, false, 0.8),
        (25.0, Some(35.0), false, false, 36.0, false, 0.0),
        // the mirror
        (40.0, None, false, true, 40.0, true, 1.0),
        (40.0, None, true, true, 40.0, false, 0.0),
        (40.0, None, false, true, 39.0, false, 0.0),
        (40.0, Some(30.0), false, true, 38.0, false, 0.8),
        (40.0, Some(30.0), false, true, 44.0, true, 1.0),
        (40.0, Some(30.0), false, true, 29.0, false, 0.0),
        // a critical value on the wrong side is none
        (25.0, Some(20.0), false, false, 22.0, true, 1.0),
        (25.0, Some(25.0), false, false, 26.0, false, 0.0),
    ];
    for (limit, critical, strict, above, value, held, p) in table {
        let result = rail(limit, critical, strict, above, value);
        let reading = Reading::Number(value);
        assert_eq!(
            is_held(&result, &reading),
            Some(held),
            "{limit} {critical:?} {value}"
        );
        assert!(
            close(of(&result).1, p),
            "{limit} {critical:?} {value}: {:?}",
            of(&result)
        );
    }
    assert_eq!(is_held(&ranged(0.0, 1.0, 0.0), &Reading::Number(1.0)), None);
}

#[test]
fn a_goal_is_the_mean_of_its_parts() {
    let half = |p: f64| ranged(0.0, 1.0, p);
    let parts = goal(vec![
        half(0.2095),
        half(0.41),
        rail(40.0, None, false, true, 44.0),
    ]);
    let alarm = Rules::default();
    let count = Rules {
        guardrails: Guardrails::Count,
        ..alarm
    };
    assert_eq!(percent(roll_up(&parts, &[], &alarm).unwrap()), "31%");
    assert_eq!(percent(roll_up(&parts, &[], &count).unwrap()), "54%");
    let churn = ranged(4.10, 2.00, 3.66);
    let onboarding = ranged(0.0, 100.0, 41.0);
    let p = roll_up(&goal(vec![churn, onboarding]), &[], &alarm).unwrap();
    assert!((p - 0.3098).abs() < 0.0001);
}

#[test]
fn weights_count_and_weight_nothing_does_not() {
    let weighted = |p: f64, weight: f64| KeyResult {
        weight,
        ..ranged(0.0, 1.0, p)
    };
    let rules = Rules::default();
    let p = |results| roll_up(&goal(results), &[], &rules);
    assert_eq!(p(vec![weighted(1.0, 3.0), weighted(0.0, 1.0)]), Some(0.75));
    assert_eq!(p(vec![weighted(1.0, 1.0), weighted(0.0, 0.0)]), Some(1.0));
    assert_eq!(p(vec![weighted(1.0, 0.0)]), None);
    assert_eq!(
        p(vec![weighted(1.0, -1.0), weighted(0.5, f64::INFINITY)]),
        None
    );
    assert_eq!(
        p(vec![weighted(5.0, 1.0), weighted(-5.0, 1.0)]),
        Some(0.5),
        "each part is capped"
    );
    assert_eq!(p(vec![result(Kind::Baseline), result(Kind::YesNo)]), None);
    assert_eq!(p(Vec::new()), None);
}

#[test]
fn the_source_says_whether_results_or_children_count() {
    let own = goal(vec![ranged(0.0, 1.0, 0.2)]);
    let none = goal(Vec::new());
    let below = [(1.0, Some(0.8)), (1.0, None), (3.0, Some(0.4))];
    let rules = |source| Rules {
        source,
        ..Rules::default()
    };
    assert_eq!(roll_up(&own, &below, &rules(Source::Results)), Some(0.2));
    assert_eq!(roll_up(&own, &below, &rules(Source::Children)), Some(0.5));
    assert!(close(
        roll_up(&own, &below, &rules(Source::Both)).unwrap(),
        (0.2 + 0.8 + 1.2) / 5.0
    ));
    assert_eq!(roll_up(&none, &below, &rules(Source::Results)), Some(0.5));
    assert_eq!(roll_up(&own, &[], &rules(Source::Children)), Some(0.2));
    assert_eq!(roll_up(&none, &[], &rules(Source::Both)), None);
}

#[test]
fn a_cascaded_result_adds_up_what_is_below_it() {
    let mut parent = ranged(0.0, 100.0, 0.0);
    let find = |id: &ResultId| match id.as_str() {
        "a:one" => Some(10.0),
        "a:two" => Some(30.0),
        _ => None,
    };
    assert_eq!(sum(&parent, &find), None);
    parent.sum_of = vec![
        ("a:one".into(), 1.0),
        ("a:two".into(), 0.5),
        ("a:gone".into(), 1.0),
    ];
    assert_eq!(sum(&parent, &find), Some(25.0));
    parent.sum_of = vec![("a:gone".into(), 1.0)];
    assert_eq!(sum(&parent, &find), None);
    parent.sum_of = vec![("a:one".into(), f64::MAX)];
    assert_eq!(sum(&parent, &find), None);
}

#[test]
fn per_cent_keeps_100_for_what_is_done_and_0_for_what_is_not_begun() {
    for (p, text) in [
        (0.0, "0%"),
        (0.0001, "1%"),
        (0.145, "15%"),
        (0.5, "50%"),
        (0.996, "99%"),
        (0.999_999, "99%"),
        (1.0, "100%"),
        (1.12, "112%"),
        (-0.08, "-8%"),
        (-0.001, "0%"),
        (1e300, ">9999%"),
        (-1e300, "<-9999%"),
        (f64::NAN, "–"),
    ] {
        assert_eq!(percent(p), text, "{p}");
    }
    assert_eq!(percent_spaced(0.31), "31\u{a0}%");
    assert_eq!(points(0.3098 - 0.548), -24);
    assert_eq!(points(0.2095 - 0.1429), 7);
}

#[test]
fn a_closed_goal_is_scored_to_one_decimal() {
    for (p, mark, words, hoped) in [
        (0.3098, 0.3, "missed", "missed"),
        (0.35, 0.4, "progress", "progress"),
        (0.62, 0.6, "progress", "as hoped"),
        (0.65, 0.7, "delivered", "as hoped"),
        (0.76, 0.8, "delivered", "delivered"),
        (1.4, 1.0, "delivered", "delivered"),
        (-1.0, 0.0, "missed", "missed"),
    ] {
        assert!(close(score(p), mark), "{p}: {}", score(p));
        assert_eq!(score_words(score(p), false), words, "{p}");
        assert_eq!(score_words(score(p), true), hoped, "{p}");
    }
}

#[test]
fn confidence_is_whole_and_out_of_ten() {
    assert_eq!(confidence_of_share(0.75), Some(8));
    assert_eq!(confidence_of_share(1.0), Some(10));
    assert_eq!(confidence_of_share(1.1), None);
    assert_eq!(confidence_of_share(f64::NAN), None);
}

#[test]
fn a_provider_that_counts_otherwise_is_named() {
    let same = goal(vec![ranged(50.0, 50.0, 50.0)]);
    assert_eq!(
        disagreement("Operately", Some(0.0), Some(1.0), &same, 0).unwrap(),
        "Operately counts 0\u{a0}%, we count 100\u{a0}% (start equals target)"
    );
    assert_eq!(
        disagreement("Operately", Some(0.31), Some(0.3098), &same, 0),
        None
    );
    assert_eq!(disagreement("Operately", None, Some(0.3), &same, 0), None);
}

fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        -1e3..1e3_f64,
        -1e308..1e308_f64,
        -1e-9..1e-9_f64,
        Just(1e308),
        Just(-1e308),
        Just(f64::MAX),
        Just(f64::MIN_POSITIVE),
        Just(0.0),
    ]
}

fn any_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Number),
        Just(Kind::Percent),
        Just(Kind::YesNo),
        Just(Kind::Baseline),
        (0..5_usize).prop_map(|count| Kind::Checklist {
            items: vec!["item".into(); count],
            ids: Vec::new(),
        }),
        prop::collection::vec(any_value(), 0..5).prop_map(|weights| Kind::Milestones {
            steps: weights
                .into_iter()
                .map(|weight| Milestone {
                    name: "step".into(),
                    weight
                })
                .collect()
        }),
        (any_value(), any_value(), any_value()).prop_map(|(commit, target, stretch)| Kind::Zones {
            commit,
            target,
            stretch
        }),
        (
            any_value(),
            prop::option::of(any_value()),
            any::<bool>(),
            any::<bool>()
        )
            .prop_map(
                |(limit, critical, above, strict)| Kind::Guardrail(Guardrail {
                    limit,
                    above,
                    critical,
                    strict
                })
            ),
    ]
}

fn any_reading() -> impl Strategy<Value = Reading> {
    prop_oneof![
        any_value().prop_map(Reading::Number),
        any::<bool>().prop_map(Reading::Yes),
        prop::collection::vec(any::<bool>(), 0..6).prop_map(Reading::Ticks),
        Just(Reading::Number(f64::NAN)),
        Just(Reading::Number(f64::INFINITY)),
    ]
}

proptest! {
    #[test]
    fn progress_is_finite_and_p_between_0_and_1(
        kind in any_kind(),
        start in any_value(),
        target in prop::option::of(any_value()),
        falling in any::<bool>(),
        reading in any_reading(),
    ) {
        let result = KeyResult { start, target, falling, ..result(kind) };
        if let Some(progress) = of_reading(&result, &reading) {
            prop_assert!(progress.raw.is_finite());
            prop_assert!((0.0..=1.0).contains(&progress.p));
            prop_assert!(percent(progress.raw).chars().count() <= 8);
        }
    }

    #[test]
    fn progress_grows_towards_the_target(
        start in any_value(),
        target in any_value(),
        falling in any::<bool>(),
        one in any_value(),
        other in any_value(),
    ) {
        let result = KeyResult { start, target: Some(target), falling, ..result(Kind::Number) };
        let (low, high) = (one.min(other), one.max(other));
        let (low, high) = (of_value(&result, low).unwrap(), of_value(&result, high).unwrap());
        if is_falling(&result).unwrap() {
            prop_assert!(low.raw >= high.raw && low.p >= high.p);
        } else {
            prop_assert!(low.raw <= high.raw && low.p <= high.p);
        }
    }

    #[test]
    fn zones_and_guardrails_never_turn_back(
        kind in any_kind(),
        one in any_value(),
        other in any_value(),
    ) {
        let rising = match &kind {
            Kind::Zones { commit, stretch, .. } => stretch >= commit,
            Kind::Guardrail(rail) => rail.above,
            _ => return Ok(()),
        };
        let result = result(kind);
        let p = |value| of_reading(&result, &Reading::Number(value)).unwrap().p;
        let (low, high) = (p(one.min(other)), p(one.max(other)));
        if rising {
            prop_assert!(low <= high);
        } else {
            prop_assert!(low >= high);
        }
    }

    #[test]
    fn the_unit_does_not_matter(
        start in -1e6..1e6_f64,
        span in prop_oneof![1.0..1e6_f64, -1e6..-1.0_f64],
        done in -2.0..3.0_f64,
        scale in prop_oneof![0.01..100.0_f64, -100.0..-0.01_f64],
    ) {
        let raw = |scale: f64| {
            of_result(&ranged(start * scale, (start + span) * scale, (start + span * done) * scale))
                .unwrap()
                .raw
        };
        prop_assert!((raw(1.0) - raw(scale)).abs() < 1e-6);
    }

    #[test]
    fn a_goal_lies_between_its_parts(
        own in prop::collection::vec((0.0..1.0_f64, any_value()), 0..6),
        below in prop::collection::vec((any_value(), prop::option::of(-1.0..2.0_f64)), 0..6),
        source in prop::sample::select(vec![Source::Results, Source::Children, Source::Both]),
    ) {
        let results: Vec<KeyResult> = own
            .iter()
            .map(|(p, weight)| KeyResult { weight: *weight, ..ranged(0.0, 1.0, *p) })
            .collect();
        let rules = Rules { source, ..Rules::default() };
        if let Some(p) = roll_up(&goal(results), &below, &rules) {
            let parts: Vec<f64> = own
                .iter()
                .map(|(p, _)| *p)
                .chain(below.iter().filter_map(|(_, p)| *p).map(|p| p.clamp(0.0, 1.0)))
                .collect();
            let least = parts.iter().copied().fold(1.0, f64::min);
            let most = parts.iter().copied().fold(0.0, f64::max);
            prop_assert!((least - 1e-12..=most + 1e-12).contains(&p));
        }
    }

    #[test]
    fn per_cent_never_says_done_before_it_is(p in 0.0..1.0_f64) {
        let text = percent(p);
        prop_assert!(text != "100%");
        prop_assert_eq!(text == "0%", p <= 0.0);
    }
}
