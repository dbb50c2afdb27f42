//! Charts as they are drawn.

use super::super::canvas::every_size;
use super::*;
use ratatui::layout::Rect;

fn churn() -> Chart {
    let values = [4.10, 4.02, 3.98, 3.90, 3.93, 3.84, 3.80, 3.66];
    let days = [1.0, 8.0, 15.0, 22.0, 29.0, 36.0, 43.0, 50.0];
    let number = |value: f64| text::line(&format!("{value:.2}"));
    Chart {
        values: days.into_iter().zip(values).collect(),
        expected: vec![(0.0, 4.10), (92.0, 2.00)],
        ahead: Some(Ahead {
            to: (92.0, 3.32),
            range: Some((3.26, 3.41)),
        }),
        today: Some(50.0),
        across: (0.0, 92.0),
        up: (2.0, 4.10),
        scale: vec![
            Tick::new(2.0, "target", number(2.0)),
            Tick::new(4.10, "start", number(4.10)),
            Tick::new(3.66, "now", number(3.66)),
        ],
        places: vec![
            (0.0, Shown::fixed("1 Oct")),
            (92.0, Shown::fixed("31 Dec")),
            (50.0, Shown::fixed("20 Nov")),
        ],
        ..Chart::default()
    }
}

fn drawn(chart: &Chart, width: usize, height: usize, glyphs: Glyphs) -> Vec<String> {
    let lines = chart.lines(width, height, glyphs);
    lines
        .iter()
        .map(|line| line.text().as_str().trim_end().to_owned())
        .collect()
}

#[test]
fn values_expected_and_foreseen_have_marks_of_their_own() {
    insta::assert_snapshot!(drawn(&churn(), 60, 12, Glyphs::Unicode).join("\n"));
    insta::assert_snapshot!(drawn(&churn(), 60, 12, Glyphs::Ascii).join("\n"));
    insta::assert_snapshot!(drawn(&churn(), 36, 6, Glyphs::Unicode).join("\n"));
}

#[test]
fn every_line_fits_and_ascii_is_ascii() {
    for width in 0..90 {
        for height in 0..20 {
            for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                let lines = churn().lines(width, height, glyphs);
                assert!(
                    lines.len() == height || lines.is_empty(),
                    "{width}x{height}"
                );
                for line in lines {
                    assert!(line.width() <= width, "{width}x{height}");
                    let text = line.text();
                    assert!(glyphs == Glyphs::Unicode || text.as_str().is_ascii());
                }
            }
        }
    }
}

#[test]
fn a_falling_value_is_never_drawn_rising() {
    let mut chart = Chart {
        values: (0..40).map(|at| (f64::from(at), -f64::from(at))).collect(),
        across: (0.0, 39.0),
        up: (-39.0, 0.0),
        ..Chart::default()
    };
    let heights = |chart: &Chart| -> Vec<usize> {
        let frame = Frame {
            across: chart.across,
            up: chart.up,
            columns: 30,
            rows: 8,
        };
        chart
            .values
            .iter()
            .map(|point| frame.dot(*point).1)
            .collect()
    };
    assert!(heights(&chart).is_sorted());
    let rows = drawn(&chart, 31, 8, Glyphs::Ascii);
    let (first, last) = (&rows[0], &rows[6]);
    assert!(first.starts_with("|8"), "{rows:#?}");
    assert!(last.ends_with('0') && last.len() == 31, "{rows:#?}");
    chart.values.reverse();
    for (place, point) in chart.values.iter_mut().enumerate() {
        point.0 = f64::from(u32::try_from(place).unwrap());
    }
    assert!(heights(&chart).iter().rev().is_sorted());
}

#[test]
fn one_value_is_a_point() {
    let chart = Chart {
        values: vec![(5.0, 1.0)],
        across: (0.0, 10.0),
        up: (1.0, 1.0),
        ..Chart::default()
    };
    assert_eq!(drawn(&chart, 12, 3, Glyphs::Unicode), ["│", "│     ●", "│"]);
    assert_eq!(drawn(&chart, 12, 3, Glyphs::Ascii), ["|", "|     5", "|"]);
}

#[test]
fn a_value_that_stays_is_a_flat_line() {
    let chart = Chart {
        values: vec![(0.0, 5.0), (10.0, 5.0)],
        across: (0.0, 10.0),
        up: (0.0, 10.0),
        ..Chart::default()
    };
    let rows = drawn(&chart, 12, 3, Glyphs::Unicode);
    assert_eq!(rows, ["│", "│⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒●", "│"]);
}

#[test]
fn yes_and_no_are_steps() {
    let chart = Chart {
        values: vec![(0.0, 0.0), (6.0, 1.0), (10.0, 1.0)],
        in_steps: true,
        across: (0.0, 10.0),
        up: (0.0, 1.0),
        ..Chart::default()
    };
    assert_eq!(
        drawn(&chart, 12, 2, Glyphs::Ascii),
        ["|      99999", "|0000000"]
    );
    let rows = drawn(&chart, 12, 2, Glyphs::Unicode);
    assert!(rows[0].ends_with("⠉⠉⠉●"), "{rows:?}");
    assert!(rows[1].starts_with("│⣀⣀⣀⣀⣀"), "{rows:?}");
}

#[test]
fn what_is_no_number_is_left_out() {
    let mut chart = churn();
    chart.values.push((f64::NAN, 3.0));
    chart.values.push((51.0, f64::INFINITY));
    chart.expected.push((93.0, f64::NAN));
    chart.levels.push(f64::NAN);
    chart
        .scale
        .push(Tick::new(f64::NAN, "odd", Shown::fixed("–")));
    chart.places.push((f64::NAN, Shown::fixed("never")));
    let rows = drawn(&chart, 60, 12, Glyphs::Unicode);
    assert_eq!(rows, drawn(&churn(), 60, 12, Glyphs::Unicode));
    chart.ahead = Some(Ahead {
        to: (92.0, f64::NAN),
        range: None,
    });
    assert!(
        !drawn(&chart, 60, 12, Glyphs::Unicode)
            .concat()
            .contains('╌')
    );
    chart.up = (f64::NAN, 1.0);
    assert!(drawn(&chart, 60, 12, Glyphs::Unicode).is_empty());
    chart.up = (-1e308, 1e308);
    assert_eq!(drawn(&chart, 60, 12, Glyphs::Unicode).len(), 12);
}

#[test]
fn no_rectangle_panics() {
    let chart = churn();
    every_size(|painter, area: Rect| {
        let lines = chart.lines(
            area.width.into(),
            area.height.min(300).into(),
            painter.glyphs(),
        );
        painter.lines(area, &lines);
    });
}
