//! Figures as a whole, and what changed since somebody looked.

use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;

use super::*;
use crate::model::goal::Closing;
use crate::model::key_result::Guardrail;
use crate::model::time::Zone;

fn now() -> Now {
    let wall: NaiveDateTime = "2026-11-20T10:42:00".parse().unwrap();
    Now::new(wall.and_utc(), Zone::utc())
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
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

fn goal() -> Goal {
    let made: NaiveDateTime = "2026-10-01T09:00:00".parse().unwrap();
    let mut goal = Goal::new("a:g".into(), "a".into(), "Goal", made.and_utc());
    goal.start = Some(date("2026-10-01"));
    goal.due = Some(date("2026-12-31"));
    goal.status = Status::AtRisk;
    goal.champion = Some("a:ana".into());
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
            ..result("a:nps", "NPS", 0.0, 0.0, 44.0)
        },
    ];
    goal
}

fn of(goal: &Goal, children: &[(f64, Option<f64>)]) -> Figures {
    let (now, rules) = (now(), Rules::default());
    let context = Context {
        now: &now,
        rules: &rules,
    };
    figures(goal, children, &context)
}

#[test]
fn a_goal_is_reckoned_as_a_whole() {
    let figures = of(&goal(), &[]);
    let near = |one: Option<f64>, other: f64| (one.unwrap() - other).abs() < 0.0005;
    assert!(near(figures.shown_progress(), 0.3098));
    assert!(near(figures.expected, 0.5483));
    assert!(near(figures.gap, -0.2385));
    assert_eq!(figures.pace, Some(Pace::Behind));
    assert_eq!(figures.suggested(), Some(Status::AtRisk));
    assert_eq!(figures.shown, ShownStatus::Said(Status::AtRisk));
    assert_eq!(figures.check_in_due, None);
    // Behind, and churn will not reach its target this way.
    assert_eq!(figures.attention, 128 + 32);
}

#[test]
fn a_provider_figure_is_shown_and_ours_is_reckoned_with() {
    let mut told = goal();
    told.provider_progress = Some(1.2);
    let figures = of(&told, &[]);
    assert_eq!(figures.shown_progress(), Some(1.2));
    assert_eq!(figures.pace, Some(Pace::Behind));
    told.results.clear();
    let figures = of(&told, &[]);
    assert_eq!(figures.done(), Some(1.0));
    assert_eq!(figures.pace, Some(Pace::Ahead));
    told.provider_progress = Some(f64::NAN);
    assert_eq!(of(&told, &[]).shown_progress(), None);
    assert_eq!(of(&told, &[(1.0, Some(0.5))]).shown_progress(), Some(0.5));
}

#[test]
fn a_goal_long_overdue_shows_as_outdated_while_it_is_open() {
    let mut late = goal();
    late.cadence = "weekly:fri".parse().unwrap();
    let figures = of(&late, &[]);
    assert_eq!(figures.check_in_due, Some(date("2026-10-02")));
    assert_eq!(figures.late_days, 49);
    assert_eq!(figures.shown, ShownStatus::Outdated(Status::AtRisk));
    late.closed = Some(Closing {
        at: now().at,
        score: None,
    });
    late.status = Status::Missed;
    let figures = of(&late, &[]);
    assert_eq!(figures.shown, ShownStatus::Said(Status::Missed));
    assert_eq!((figures.pace, figures.attention), (None, 0));
}

#[test]
fn a_form_sees_what_its_readings_would_do() {
    let (now, rules) = (now(), Rules::default());
    let context = Context {
        now: &now,
        rules: &rules,
    };
    let readings = [("a:churn".into(), Reading::Number(2.0))];
    let figures = figures_if(&goal(), &readings, &[], &context);
    assert!((figures.shown_progress().unwrap() - 0.705).abs() < 1e-9);
}

fn names(id: &PersonId) -> String {
    id.as_str().trim_start_matches("a:").to_uppercase()
}

#[test]
fn what_changed_since_the_last_look_is_told() {
    let mut before = goal();
    before.results[0].current = Some(Reading::Number(3.80));
    before.results[1].current = None;
    before.results[2].current = Some(Reading::Number(38.0));
    before.status = Status::OnTrack;
    before.due = Some(date("2026-12-15"));
    before.champion = None;
    before.reviewer = Some("a:bo".into());
    let mut seen = seen(&before, &of(&before, &[]));
    let now = goal();
    let figures = of(&now, &[]);
    assert!(is_changed(&seen, &now, &figures));
    assert_eq!(
        changes(&seen, &now, &figures, &names),
        [
            "status On track → At risk",
            "Monthly churn 3.80 → 3.66 (+7 points)",
            "Onboarding calls now 41",
            "NPS 38 → 44 (held again)",
            "due 15 Dec → 31 Dec",
            "champion nobody → ANA",
            "reviewer BO → nobody",
        ]
    );
    // A look of before reviewers were remembered says nothing about them.
    seen.reviewer = None;
    assert_eq!(changes(&seen, &now, &figures, &names).len(), 6);
}

#[test]
fn progress_is_told_where_no_value_explains_it() {
    let mut parent = goal();
    parent.results.clear();
    let seen = seen(&parent, &of(&parent, &[(1.0, Some(0.31))]));
    let now = of(&parent, &[(1.0, Some(0.40))]);
    assert_eq!(
        changes(&seen, &parent, &now, &names),
        ["progress 31\u{a0}% → 40\u{a0}% (+9 points)"]
    );
    let same = of(&parent, &[(1.0, Some(0.3101))]);
    assert!(!is_changed(&seen, &parent, &same));
    assert_eq!(changes(&seen, &parent, &same, &names), [""; 0]);
}

#[test]
fn what_is_owed_is_said_by_its_day() {
    assert_eq!(owed_words(date("2026-11-20"), &now()), "check-in today");
    assert_eq!(owed_words(date("2026-11-21"), &now()), "check-in tomorrow");
    assert_eq!(owed_words(date("2026-11-13"), &now()), "7 days late");
}

#[test]
fn figures_are_small() {
    assert!(size_of::<Figures>() <= 160, "{}", size_of::<Figures>());
}

proptest! {
    #[test]
    fn changed_means_that_there_is_something_to_tell(
        values in prop::collection::vec(prop::option::of(-5.0..5.0_f64), 6),
        same in any::<bool>(),
        due in any::<bool>(),
        provider in prop::option::of(0.0..1.0_f64),
    ) {
        let with = |values: &[Option<f64>]| {
            let mut goal = goal();
            for (result, value) in goal.results.iter_mut().zip(values) {
                result.current = value.map(Reading::Number);
            }
            goal
        };
        let before = with(&values[..3]);
        let mut now = if same { before.clone() } else { with(&values[3..]) };
        if due {
            now.due = None;
        }
        now.provider_progress = provider;
        let seen = seen(&before, &of(&before, &[]));
        let figures = of(&now, &[]);
        prop_assert_eq!(
            is_changed(&seen, &now, &figures),
            !changes(&seen, &now, &figures, &names).is_empty()
        );
    }

    #[test]
    fn any_goal_has_finite_figures(
        start in -1e308..1e308_f64,
        target in -1e308..1e308_f64,
        current in -1e308..1e308_f64,
        weight in -1e308..1e308_f64,
        provider in prop::option::of(-1e308..1e308_f64),
    ) {
        let mut goal = goal();
        goal.results[0] = KeyResult { weight, ..result("a:r", "Result", start, target, current) };
        goal.provider_progress = provider;
        let (now, rules) = (now(), Rules::default());
        let context = Context { now: &now, rules: &rules };
        let figures = figures(&goal, &[], &context);
        for figure in [figures.shown_progress(), figures.done(), figures.expected, figures.gap] {
            prop_assert!(figure.is_none_or(f64::is_finite));
        }
        for reason in why::why(&goal, &figures, &context, None, &names) {
            prop_assert!(!reason.text.contains("inf") && !reason.text.contains("NaN"));
        }
    }
}
