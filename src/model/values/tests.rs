//! What may be typed into a value field, and how values read.

use proptest::prelude::*;

use super::*;
use crate::model::key_result::Milestone;

fn result(kind: Kind, unit: &str) -> KeyResult {
    KeyResult {
        particulars: None,
        id: "a:r".into(),
        name: "Result".into(),
        kind,
        unit: unit.into(),
        start: 40.0,
        target: Some(200.0),
        current: None,
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    }
}

fn typed(unit: &str, text: &str) -> Result<Option<f64>, String> {
    let before = Reading::Number(150.0);
    parse(&result(Kind::Number, unit), Some(&before), text)
        .map(|reading| reading.map(|reading| reading.number()))
}

#[test]
fn a_value_field_understands_what_people_type() {
    for (text, value) in [
        ("162", 162.0),
        (" 162 ", 162.0),
        ("+3", 153.0),
        ("-1", 149.0),
        ("−1", 149.0),
        ("+ 3", 153.0),
        ("-0.5", 149.5),
        ("=-5", -5.0),
        ("= -5", -5.0),
        ("=−5", -5.0),
        ("=7", 7.0),
        ("1.5k", 1500.0),
        ("1,5k", 1500.0),
        ("1.5 K", 1500.0),
        ("2M", 2_000_000.0),
        ("+1k", 1150.0),
        ("3.66", 3.66),
        ("3,66", 3.66),
        ("0,500", 0.5),
        ("1.500", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1 500", 1500.0),
        ("1_500_000", 1_500_000.0),
        ("1\u{202f}500,25", 1500.25),
        ("12 345,678", 12345.678),
        ("0", 0.0),
        ("41%", 41.0),
    ] {
        assert_eq!(typed("", text), Ok(Some(value)), "{text}");
    }
    assert_eq!(typed("", ""), Ok(None));
    assert_eq!(typed("", "  "), Ok(None));
}

#[test]
fn the_unit_may_be_typed_too() {
    assert_eq!(typed("%", "3.66 %"), Ok(Some(3.66)));
    assert_eq!(typed("%", "41%"), Ok(Some(41.0)));
    assert_eq!(typed("minutes", "17 Minutes"), Ok(Some(17.0)));
    assert_eq!(typed("EUR", "1.5k EUR"), Ok(Some(1500.0)));
    assert_eq!(typed("M", "2M"), Ok(Some(2.0)), "the unit comes first");
    assert_eq!(
        typed("minutes", "41%").unwrap_err(),
        "counted in minutes, not in %: \"41%\"; write the value itself"
    );
    let money = result(Kind::Currency, "EUR");
    assert_eq!(parse(&money, None, "€12"), Ok(Some(Reading::Number(12.0))));
}

#[test]
fn what_is_no_number_is_said_so() {
    for text in [
        "16o", "o", "+", "-", "=", "--1", "+-3", "1 50", "16 0", "1 5000", "_5", "1e5", "inf",
        "nan", "NaN", "∞", "1.5kk", "k", ".", ",", "0x10", "١", "1. 5",
    ] {
        assert_eq!(
            typed("", text),
            Err(format!("not a number: \"{text}\"")),
            "{text}"
        );
    }
}

#[test]
fn a_comma_before_three_digits_is_asked_about() {
    for (text, advice) in [
        ("1,500", "1500 or 1.5"),
        ("+1,500", "1500 or 1.5"),
        ("12,345", "12345 or 12.345"),
        ("2,000", "2000 or 2"),
        ("1,500k", "1500 or 1.5"),
        ("1,500,000", "1500000"),
        ("1.500.000", "1500000"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
    ] {
        let error = typed("", text).unwrap_err();
        assert_eq!(
            error,
            format!("could be two numbers: \"{text}\"; write {advice}")
        );
    }
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    let long = "9".repeat(400);
    assert_eq!(typed("", &long), Err(format!("too large: \"{long}\"")));
    let huge = Reading::Number(f64::MAX);
    let text = format!("+{}", "9".repeat(308));
    let error = parse(&result(Kind::Number, ""), Some(&huge), &text).unwrap_err();
    assert!(error.starts_with("too large"), "{error}");
}

#[test]
fn the_first_relative_value_counts_from_the_start() {
    let number = result(Kind::Number, "");
    assert_eq!(parse(&number, None, "+3"), Ok(Some(Reading::Number(43.0))));
    let error = parse(&result(Kind::Baseline, ""), None, "-5").unwrap_err();
    assert_eq!(
        error,
        "nothing to add to yet: \"-5\"; write the value itself, =-5 if below 0"
    );
}

#[test]
fn relative_values_stay_round() {
    let before = Reading::Number(0.1);
    let sum = parse(&result(Kind::Number, ""), Some(&before), "+0.2");
    assert_eq!(sum, Ok(Some(Reading::Number(0.3))));
}

#[test]
fn yes_and_no_have_their_letters() {
    let result = result(Kind::YesNo, "");
    for text in ["y", "Y", "yes", "done", "1"] {
        assert_eq!(parse(&result, None, text), Ok(Some(Reading::Yes(true))));
    }
    for text in ["n", "No", "0"] {
        assert_eq!(parse(&result, None, text), Ok(Some(Reading::Yes(false))));
    }
    assert_eq!(
        parse(&result, None, "perhaps").unwrap_err(),
        "neither yes nor no: \"perhaps\"; write y or n"
    );
}

#[test]
fn ticks_are_counted_or_named() {
    let list = result(
        Kind::Checklist {
            items: vec!["item".into(); 4],
            ids: Vec::new(),
        },
        "",
    );
    let before = Reading::Ticks(vec![true, false, true, false]);
    let ticks = |text: &str| match parse(&list, Some(&before), text) {
        Ok(Some(Reading::Ticks(ticks))) => ticks_text(&ticks),
        other => format!("{other:?}"),
    };
    assert_eq!(ticks("2"), "#1,2");
    assert_eq!(ticks("=2"), "#1,2");
    assert_eq!(ticks("0"), "#");
    assert_eq!(ticks("+1"), "#1,2,3");
    assert_eq!(ticks("+9"), "#1,2,3,4");
    assert_eq!(ticks("-1"), "#1");
    assert_eq!(ticks("all"), "#1,2,3,4");
    assert_eq!(ticks("none"), "#");
    assert_eq!(ticks("1,4"), "#1,4");
    assert_eq!(ticks("#3"), "#3");
    assert_eq!(ticks("#"), "#");
    let error = |text: &str| parse(&list, Some(&before), text).unwrap_err();
    assert_eq!(error("5"), "only 4 to tick: \"5\"");
    for text in ["#5", "1,x", "#0", "two", "-", "1.5"] {
        let expected = format!("not a count: \"{text}\"; write 0–4, or #1,3 for these two");
        assert_eq!(error(text), expected);
    }
}

#[test]
fn values_read_with_their_unit() {
    let number = |value| Reading::Number(value);
    assert_eq!(show(&result(Kind::Number, "%"), &number(3.66)), "3.66 %");
    assert_eq!(show(&result(Kind::Percent, ""), &number(41.0)), "41 %");
    assert_eq!(show(&result(Kind::Number, ""), &number(150.0)), "150");
    assert_eq!(show(&result(Kind::YesNo, ""), &Reading::Yes(true)), "done");
    assert_eq!(
        show(&result(Kind::YesNo, ""), &Reading::Yes(false)),
        "not done"
    );
    let steps = Kind::Milestones {
        steps: vec![
            Milestone {
                name: "step".into(),
                weight: 1.0
            };
            5
        ],
    };
    let two = Reading::Ticks(vec![true, false, true]);
    assert_eq!(show(&result(steps, ""), &two), "2 of 5");
    assert_eq!(bare(&result(Kind::Number, "%"), &number(3.66)), "3.66");
}

#[test]
fn numbers_keep_two_decimals_or_four_below_a_tenth() {
    for (value, text) in [
        (150.0, "150"),
        (3.66, "3.66"),
        (3.666, "3.67"),
        (3.6, "3.6"),
        (0.05, "0.05"),
        (0.012_34, "0.0123"),
        (0.000_01, "0"),
        (-0.000_01, "0"),
        (-0.0, "0"),
        (-5.5, "-5.5"),
        (1e15, "1e15"),
        (-1e300, "-1e300"),
        (f64::NAN, "–"),
        (f64::INFINITY, "–"),
    ] {
        assert_eq!(number(value), text, "{value}");
    }
}

#[test]
fn pairs_share_their_decimals() {
    let churn = KeyResult {
        start: 4.1,
        target: Some(2.0),
        current: Some(Reading::Number(3.66)),
        ..result(Kind::Number, "%")
    };
    assert_eq!(range(&churn).unwrap(), "4.10 → 2.00 %");
    let (before, now) = (Reading::Number(3.8), Reading::Number(3.66));
    assert_eq!(change(&churn, &before, &now), "3.80 → 3.66");
    assert_eq!(in_scale(&churn, 2.949), "2.95");
    let sign_ups = result(Kind::Number, "");
    assert_eq!(range(&sign_ups).unwrap(), "40 → 200");
    assert_eq!(in_scale(&sign_ups, 127.7), "128");
    assert_eq!(range(&result(Kind::YesNo, "")), None);
}

#[test]
fn confidence_is_from_nothing_to_ten() {
    assert_eq!(parse_confidence(" 8 "), Ok(Some(8)));
    assert_eq!(parse_confidence(""), Ok(None));
    assert_eq!(
        parse_confidence("11").unwrap_err(),
        "not from 0 to 10: \"11\""
    );
    assert_eq!(parse_number("-5"), Ok(-5.0));
    assert_eq!(parse_number("4.10"), Ok(4.1));
    assert!(parse_number("x").is_err());
}

proptest! {
    #[test]
    fn whatever_is_typed_gives_a_finite_value_or_a_sentence(
        text in "\\PC{0,12}|[-+=0-9., _kM%]{0,12}",
        before in prop::option::of(-1e308..1e308_f64),
    ) {
        let before = before.map(Reading::Number);
        let kinds = [
            Kind::Number,
            Kind::YesNo,
            Kind::Currency,
            Kind::Checklist { items: vec!["item".into(); 3], ids: Vec::new() },
        ];
        for kind in kinds {
            match parse(&result(kind, "%"), before.as_ref(), &text) {
                Ok(Some(reading)) => prop_assert!(reading.number().is_finite()),
                Ok(None) => prop_assert!(text.trim().is_empty()),
                Err(sentence) => prop_assert!(!sentence.is_empty()),
            }
        }
    }

    #[test]
    fn a_shown_number_is_read_back(value in -1e6..1e6_f64) {
        let text = number(value);
        let read = parse_number(&text).unwrap();
        prop_assert!((read - value).abs() <= 0.005 + 1e-9);
    }

    #[test]
    fn ticks_are_read_back(ticks in prop::collection::vec(any::<bool>(), 0..8)) {
        let list = result(Kind::Checklist { items: vec!["item".into(); ticks.len()], ids: Vec::new() }, "");
        let read = parse(&list, None, &ticks_text(&ticks));
        prop_assert_eq!(read, Ok(Some(Reading::Ticks(ticks))));
    }
}
