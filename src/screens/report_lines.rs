//! A report as rows: its sections with statuses in their colours, or the raw text
//! of another format.

use super::measure;
use crate::model::report::sections::{Item, Section, sections};
use crate::model::report::{Report, words};
use crate::model::text;
use crate::shown;
use crate::theme::Role;
use crate::widgets::line::Line;

/// Rows of raw text that are shown; files and the clipboard get all of it.
const RAW: usize = 3000;

/// A report in rows of at most `width` columns.
pub fn told(report: &Report, width: usize) -> Vec<Line> {
    let mut rows = Vec::new();
    put(&mut rows, Role::Title, &words::title(report), 1, width);
    put(&mut rows, Role::Dim, &words::scope(report), 1, width);
    if let Some(missing) = words::missing(report) {
        rows.push(Line::new());
        put(&mut rows, Role::Warn, &format!("{missing}."), 1, width);
    }
    if report.is_empty() {
        rows.push(Line::new());
        put(&mut rows, Role::Strong, &words::nothing(report), 1, width);
    }
    for section in sections(report) {
        rows.push(Line::new());
        write(&mut rows, &section, width);
    }
    rows
}

fn write(rows: &mut Vec<Line>, section: &Section<'_>, width: usize) {
    put(rows, Role::Title, &section.title, 1, width);
    if let Some(intro) = &section.intro {
        put(rows, Role::Dim, intro, 1, width);
    }
    for item in &section.items {
        rows.extend(line(item).wrap(width, 3));
        for (place, words) in item.below.iter().enumerate() {
            let sign = match item.is_numbered {
                true => shown!("{}. ", place + 1),
                false => shown!("- "),
            };
            let hang = 3 + sign.width();
            let line = Line::new().space(3).put(Role::Dim, sign);
            rows.extend(line.put(Role::Text, text::line(words)).wrap(width, hang));
        }
    }
    if let Some(more) = &section.more {
        put(rows, Role::Dim, more, 1, width);
    }
}

/// `■ Off track  Reduce churn to 2 %  31 %, expected 55 %`
fn line(item: &Item<'_>) -> Line {
    let mut line = Line::new().space(1);
    if let Some(goal) = item.goal {
        if item.has_status {
            let role = measure::status_role(goal.status);
            line = line.put(role, text::line(&words::status(goal))).space(2);
        }
        line = line.put(Role::Strong, text::line(&goal.name)).space(2);
    }
    for (place, words) in item.words.iter().enumerate() {
        if place > 0 {
            line = line.fixed(Role::Dim, " · ");
        }
        line = line.put(Role::Text, text::line(words));
    }
    line
}

fn put(rows: &mut Vec<Line>, role: Role, words: &str, indent: usize, width: usize) {
    let line = Line::new().space(indent).put(role, text::line(words));
    rows.extend(line.wrap(width, indent));
}

/// A text as it is written, a row a line.
pub fn raw(written: &str) -> Vec<Line> {
    let count = written.lines().count();
    let mut rows: Vec<Line> = written
        .lines()
        .take(RAW)
        .map(|line| Line::new().space(1).put(Role::Text, text::line(line)))
        .collect();
    if count > RAW {
        let more = shown!(" … {} more lines; files have all", count - RAW);
        rows.push(Line::of(Role::Dim, more));
    }
    rows
}
