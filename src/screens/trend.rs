//! A key result over time: its chart and the words above it. The one place where a
//! series becomes a picture.

use chrono::{Datelike, NaiveDate};

use super::{Scene, measure};
use crate::model::dates;
use crate::model::goal::Goal;
use crate::model::history::{self, Series};
use crate::model::key_result::{KeyResult, Kind};
use crate::model::pace;
use crate::model::text::{self, Shown};
use crate::model::values;
use crate::model::why;
use crate::shown;
use crate::theme::{Glyphs, Role};
use crate::widgets::chart::{Ahead, Chart, Tick};
use crate::widgets::line::Line;

/// Rows from which on words stand between name and chart, and two rows of them.
const WITH_WORDS: usize = 9;
const WITH_ALL_WORDS: usize = 12;

/// A key result over time, from check-ins and from what is kept of its goal, as far
/// as that was read.
pub fn series(goal: &Goal, result: &KeyResult, scene: &Scene<'_>) -> Option<Series> {
    let kept = scene.store.past(&goal.id);
    history::series(goal, result, kept, &scene.now)
}

/// Name, value, progress, words and chart of a key result in exactly `height` lines.
pub fn block(
    goal: &Goal,
    result: &KeyResult,
    series: Option<&Series>,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    (width, height): (usize, usize),
) -> Vec<Line> {
    let mut lines = vec![heading(goal, result, scene, glyphs, width)];
    if height >= WITH_WORDS {
        lines.push(aim(goal, result, scene).truncate(width, glyphs));
    }
    if height >= WITH_ALL_WORDS {
        let outlook = series.and_then(|series| series.ahead);
        let words = outlook.map(|ahead| why::outlook_words(&ahead.forecast));
        let words = words.map_or_else(Shown::default, |words| text::line(&words));
        let line = Line::new().space(3).put(Role::Dim, words);
        lines.push(line.truncate(width, glyphs));
    }
    // One row stays free below, between this chart and the next.
    let room = height.saturating_sub(lines.len() + 1);
    match series {
        Some(series) => lines.extend(chart(goal, result, series, scene).lines(width, room, glyphs)),
        None => lines.push(Line::new().space(3).fixed(Role::Dim, "no value yet")),
    }
    lines.truncate(height);
    lines.resize(height, Line::new());
    lines
}

/// `■ Monthly churn            3.66 %   21%`
fn heading(
    goal: &Goal,
    result: &KeyResult,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    width: usize,
) -> Line {
    let value = match &result.current {
        Some(reading) => text::line(&values::show(result, reading)),
        None => Shown::fixed("no value"),
    };
    let role = measure::result_role(goal, result, scene);
    let right = Line::of(Role::Text, value)
        .space(3)
        .put(role, measure::progress_word(result).pad_left(4));
    let left = Line::new()
        .space(1)
        .and(measure::result_status(goal, result, scene, glyphs))
        .space(1)
        .put(Role::Strong, text::line(&result.name))
        .truncate(width.saturating_sub(right.width() + 2), glyphs);
    let left = left.pad_right(width.saturating_sub(right.width()));
    left.and(right).truncate(width, glyphs)
}

/// `expected today 2.95; 4.10 → 2.00 %, lower is better, weight 1`
fn aim(goal: &Goal, result: &KeyResult, scene: &Scene<'_>) -> Line {
    let range = measure::range_words(result);
    let expected = pace::expected_value(goal, result, scene.now.at, &scene.now);
    let words = match expected.filter(|_| goal.is_open()) {
        Some(expected) => shown!(
            "expected today {}; {range}",
            values::in_scale(result, expected)
        ),
        None => range,
    };
    Line::new().space(3).put(Role::Dim, words)
}

/// What the marks of a chart mean.
pub fn legend(glyphs: Glyphs) -> Line {
    let read = match glyphs {
        Glyphs::Unicode => Shown::fixed("⠒⠒● read"),
        Glyphs::Ascii => Shown::fixed("0-9 read (how high in its row)"),
    };
    let (expected, ahead) = (glyphs.chart_expected(), glyphs.chart_ahead());
    Line::new()
        .space(3)
        .put(Role::Dim, read)
        .put(Role::Dim, shown!("   {expected}{expected} expected"))
        .put(Role::Dim, shown!("   {ahead} {ahead} foreseen"))
}

/// Day numbers are small enough to be exact.
fn place(day: NaiveDate) -> f64 {
    f64::from(day.num_days_from_ce())
}

/// The chart of a series.
pub fn chart(goal: &Goal, result: &KeyResult, series: &Series, scene: &Scene<'_>) -> Chart {
    let today = scene.now.today();
    let (first, last) = series.days;
    let is_within = (first..=last).contains(&today);
    let number = |value: f64| match &result.kind {
        Kind::Checklist { .. } | Kind::Milestones { .. } => text::line(&values::number(value)),
        Kind::YesNo => Shown::default(),
        _ => text::line(&values::in_scale(result, value)),
    };
    let mut scale: Vec<Tick> = series
        .levels
        .iter()
        .map(|level| match result.kind {
            Kind::YesNo => Tick::new(level.value, "", Shown::fixed(level.word)),
            _ => Tick::new(level.value, level.word, number(level.value)),
        })
        .collect();
    let now = series.points.last().map(|point| point.value);
    if let Some(now) = now.filter(|_| result.kind != Kind::YesNo) {
        scale.push(Tick::new(now, "now", number(now)));
    }
    if result.kind == Kind::Baseline {
        let (low, high) = series.values;
        scale.push(Tick::new(low, "lowest", number(low)));
        scale.push(Tick::new(high, "highest", number(high)));
    }
    let day = |day: NaiveDate| (place(day), text::line(&dates::day(day, &scene.now)));
    let mut places = vec![day(first), day(last)];
    places.extend(is_within.then(|| day(today)));
    let is_line = matches!(result.kind, Kind::Guardrail(_) | Kind::Zones { .. });
    Chart {
        values: series
            .points
            .iter()
            .map(|point| (place(point.day), point.value))
            .collect(),
        in_steps: result.kind == Kind::YesNo,
        expected: series
            .expected
            .iter()
            .map(|point| (place(point.day), point.value))
            .collect(),
        ahead: series.ahead.map(|ahead| Ahead {
            to: (place(ahead.day), ahead.value),
            range: ahead.range,
        }),
        levels: match is_line {
            true => series.levels.iter().map(|level| level.value).collect(),
            false => Vec::new(),
        },
        today: is_within.then(|| place(today)),
        across: (place(first), place(last)),
        up: series.values,
        scale,
        places,
        role: measure::result_role(goal, result, scene),
    }
}
