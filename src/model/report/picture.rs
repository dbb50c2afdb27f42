//! Pictures of a report page, as inline SVG without script: gauges, and how a key
//! result went over time. Every mark also has a shape or a pattern of its own, and
//! every picture says in words what it shows: colour only repeats it.

use chrono::NaiveDate;

use super::ResultWeek;
use super::page::escape;
use crate::model::history::{Point, Series};
use crate::model::key_result::Kind;
use crate::model::{progress, values};

/// A gauge with the mark of what is expected; `label` says the same in words.
pub fn gauge(done: Option<f64>, expected: Option<f64>, label: &str) -> String {
    const WIDE: f64 = 200.0;
    let label = escape(label);
    let mut out = format!(
        "<svg class=\"gauge\" role=\"img\" viewBox=\"0 0 204 16\" width=\"204\" height=\"16\" \
         aria-label=\"{label}\"><title>{label}</title>\
         <rect class=\"rail\" x=\"2\" y=\"3\" width=\"200\" height=\"10\"/>"
    );
    if let Some(done) = done.filter(|done| done.is_finite()) {
        let filled = done.clamp(0.0, 1.0) * WIDE;
        out.push_str(&format!(
            "<rect class=\"fill\" x=\"2\" y=\"3\" width=\"{}\" height=\"10\"/>",
            number(filled)
        ));
        // Below nothing and above everything are shown as arrows.
        if done > 1.0 {
            out.push_str("<path class=\"over\" d=\"M194 3 L202 8 L194 13 Z\"/>");
        } else if done < 0.0 {
            out.push_str("<path class=\"over\" d=\"M10 3 L2 8 L10 13 Z\"/>");
        }
    }
    if let Some(expected) = expected.filter(|expected| expected.is_finite()) {
        let x = 2.0 + expected.clamp(0.0, 1.0) * WIDE;
        out.push_str(&format!(
            "<path class=\"mark\" d=\"M{0} 0 V16\"/>",
            number(x)
        ));
    }
    out.push_str("</svg>");
    out
}

/// Where a chart is drawn, in its own units.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 512.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 130.0;

/// Turns days and values into places.
struct Scale {
    days: (NaiveDate, f64),
    values: (f64, f64),
}

impl Scale {
    fn of(series: &Series) -> Self {
        let (first, last) = series.days;
        let span = f64::from(i32::try_from((last - first).num_days()).unwrap_or(i32::MAX));
        let (low, high) = series.values;
        // A line that never moves runs through the middle.
        let (low, high) = match high - low > f64::EPSILON * high.abs().max(1.0) {
            true => (low, high),
            false => (low - 1.0, high + 1.0),
        };
        Self {
            days: (first, span.max(1.0)),
            values: (low, high),
        }
    }

    fn x(&self, day: NaiveDate) -> f64 {
        let (first, span) = self.days;
        let days = f64::from(i32::try_from((day - first).num_days()).unwrap_or(i32::MAX));
        LEFT + (days / span).clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    fn y(&self, value: f64) -> f64 {
        let (low, high) = self.values;
        let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        let share = if share.is_finite() { share } else { 0.5 };
        BOTTOM - share.clamp(0.0, 1.0) * (BOTTOM - TOP)
    }

    fn place(&self, point: &Point) -> String {
        format!(
            "{},{}",
            number(self.x(point.day)),
            number(self.y(point.value))
        )
    }
}

/// How a key result went: what it read as a line with dots, what is expected of it
/// dashed, where it will end dotted with its range. None without a reading.
pub fn chart(row: &ResultWeek) -> Option<String> {
    let series = row.history.as_ref().filter(|one| !one.points.is_empty())?;
    let scale = Scale::of(series);
    let label = escape(&words(row, series));
    let mut out = format!(
        "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 520 156\" width=\"520\" height=\"156\" \
         aria-label=\"{label}\"><title>{label}</title>\
         <path class=\"axis\" d=\"M{LEFT} {TOP} V{BOTTOM} H{RIGHT}\"/>"
    );
    axis(&mut out, row, series, &scale);
    if let (Some(last), Some(ahead)) = (series.points.last(), &series.ahead) {
        let from = scale.place(last);
        let x = number(scale.x(ahead.day));
        if let Some((low, high)) = ahead.range {
            let (low, high) = (number(scale.y(low)), number(scale.y(high)));
            out.push_str(&format!(
                "<path class=\"range\" d=\"M{from} L{x},{low} V{high} Z\"/>"
            ));
        }
        let y = number(scale.y(ahead.value));
        out.push_str(&format!("<path class=\"ahead\" d=\"M{from} L{x},{y}\"/>"));
    }
    if series.expected.len() > 1 {
        let line = polyline(&series.expected, &scale);
        out.push_str(&format!("<polyline class=\"expected\" points=\"{line}\"/>"));
    }
    let line = polyline(&series.points, &scale);
    out.push_str(&format!("<polyline class=\"values\" points=\"{line}\"/>"));
    for point in &series.points {
        out.push_str(&format!(
            "<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"2.5\"/>",
            number(scale.x(point.day)),
            number(scale.y(point.value))
        ));
    }
    out.push_str("</svg>");
    Some(out)
}

fn polyline(points: &[Point], scale: &Scale) -> String {
    let places: Vec<String> = points.iter().map(|point| scale.place(point)).collect();
    places.join(" ")
}

/// The ends of both axes in words.
fn axis(out: &mut String, row: &ResultWeek, series: &Series, scale: &Scale) {
    let mut text = |x: f64, y: f64, anchor: &str, words: &str| {
        out.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            number(x),
            number(y),
            escape(words)
        ));
    };
    let (low, high) = series.values;
    text(LEFT - 6.0, TOP + 4.0, "end", &short(row, high));
    if high > low {
        text(LEFT - 6.0, BOTTOM, "end", &short(row, low));
    }
    let day = |day: NaiveDate| day.format("%-d %b %Y").to_string();
    let (first, last) = series.days;
    text(LEFT, BOTTOM + 18.0, "start", &day(first));
    if last > first {
        text(RIGHT, BOTTOM + 18.0, "end", &day(last));
    }
    debug_assert!(scale.x(first) <= scale.x(last));
}

/// A value as an axis shows it: eight letters at most.
fn short(row: &ResultWeek, value: f64) -> String {
    let words = match row.result.kind {
        Kind::YesNo if value >= 1.0 => "done".to_owned(),
        Kind::YesNo => "not done".to_owned(),
        _ => values::number(value),
    };
    match words.chars().count() > 9 {
        true => format!("{value:.1e}"),
        false => words,
    }
}

/// What a chart shows, in words.
fn words(row: &ResultWeek, series: &Series) -> String {
    let result = &row.result;
    let with_unit = |value: f64| match result.kind {
        Kind::YesNo => short(row, value),
        _ => values::with_unit(result, values::number(value)),
    };
    let mut words = result.name.clone();
    if let (Some(first), Some(last)) = (series.points.first(), series.points.last()) {
        let day = |day: NaiveDate| day.format("%-d %b %Y").to_string();
        words.push_str(&format!(
            ": {} on {}",
            with_unit(first.value),
            day(first.day)
        ));
        if last.day > first.day {
            words.push_str(&format!(", {} on {}", with_unit(last.value), day(last.day)));
        }
    }
    if let Some(target) = result.target {
        words.push_str(&format!("; target {}", with_unit(target)));
    }
    if let Some(ahead) = &series.ahead {
        let ends = with_unit(values::rounded(ahead.value, 2));
        let share = progress::percent(ahead.forecast.progress);
        words.push_str(&format!("; this trend ends at {ends} ({share})"));
    }
    words
}

/// A place to a tenth: more is not seen.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}
