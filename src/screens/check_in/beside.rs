//! What was said last time, beside the form: the last check-in with its words,
//! the replies to it, and which question still waits.

use crate::model::check_in::CheckIn;
use crate::model::dates;
use crate::model::goal::Goal;
use crate::model::ids::CommentId;
use crate::model::key_result::KeyResult;
use crate::model::status::ShownStatus;
use crate::model::text;
use crate::model::why;
use crate::screens::goal_detail::who;
use crate::screens::{Scene, measure, trend};
use crate::shown;
use crate::theme::{Glyphs, Role};
use crate::widgets::line::Line;
use crate::widgets::markdown;

/// The pane beside the wide form.
pub fn lines(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs, width: usize) -> Vec<Line> {
    let Some(last) = goal.last_check_in() else {
        return vec![Line::new().fixed(Role::Dim, "The first check-in of this goal.")];
    };
    let mut lines = vec![head(last, "Last check-in · ", scene, glyphs)];
    if last.note.trim().is_empty() {
        lines.push(Line::new().fixed(Role::Dim, " no note"));
    }
    let note = markdown::render(&last.note, width.saturating_sub(1));
    lines.extend(note.into_iter().map(|line| Line::new().space(1).and(line)));
    let open = open_question(goal, scene);
    for comment in &last.comments {
        lines.push(Line::new());
        let by = who(Some(&comment.author), scene);
        let when = dates::day(scene.now.day_of(comment.at), &scene.now);
        let words = shown!("{by}, {when}: \u{201c}{}\u{201d}", comment.text);
        let mut rows: Vec<Line> = words
            .wrap(width)
            .into_iter()
            .map(|row| Line::of(Role::Quote, row))
            .collect();
        if open.as_ref() == Some(&comment.id) {
            rows.push(Line::new().space(2).fixed(Role::Warn, "! not answered yet"));
        }
        lines.extend(rows);
    }
    lines
}

/// A small chart has this many rows with its heading, or is not drawn.
const CHART: (usize, usize) = (7, 11);

/// How a key result went so far, for the rows that are left below.
pub fn chart(
    goal: &Goal,
    result: &KeyResult,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    (width, rows): (usize, usize),
) -> Vec<Line> {
    if rows < CHART.0 {
        return Vec::new();
    }
    let Some(series) = trend::series(goal, result, scene) else {
        return Vec::new();
    };
    let right = match series.expected.is_empty() {
        true => Line::new(),
        false => Line::of(Role::Dim, shown!("{} expected", glyphs.chart_expected())),
    };
    let name = Line::new()
        .fixed(Role::Title, "History")
        .space(3)
        .put(Role::Text, text::line(&result.name))
        .truncate(width.saturating_sub(right.width() + 2), glyphs);
    let heading = name.pad_right(width.saturating_sub(right.width()));
    let mut lines = vec![Line::new(), heading.and(right)];
    let room = rows.min(CHART.1).saturating_sub(lines.len());
    lines.extend(trend::chart(goal, result, &series, scene).lines(width, room, glyphs));
    lines
}

/// The same in one line, under the narrow form.
pub fn last_line(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs) -> Option<Line> {
    let last = goal.last_check_in()?;
    let first = last
        .note
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    let mut line = Line::new()
        .space(1)
        .and(head(last, "Last, ", scene, glyphs));
    if let Some(first) = first {
        line = line.put(
            Role::Dim,
            shown!(
                ": \u{201c}{}\u{201d}",
                text::line(first).cut(28, glyphs.ellipsis())
            ),
        );
    }
    if open_question(goal, scene).is_some() {
        line = line.fixed(Role::Warn, " · 1 question open");
    }
    Some(line)
}

/// `Last check-in · 13 Nov · ● On track`.
fn head(last: &CheckIn, word: &'static str, scene: &Scene<'_>, glyphs: Glyphs) -> Line {
    let day = dates::day(scene.now.day_of(last.at), &scene.now);
    let is_long = word.ends_with("· ");
    let mut line = Line::new()
        .fixed(Role::Title, word)
        .put(Role::Text, text::line(&day));
    if let Some(status) = last.status {
        let sign = ShownStatus::Said(status);
        let words = if is_long {
            shown!(" · {} {}", glyphs.status(sign), status.words().word)
        } else {
            shown!(" {}", glyphs.status(sign))
        };
        line = line.put(Role::from(sign), words);
    }
    if is_long && !scene.store.is_me(&last.author) {
        let by = measure::first_name(&last.author, scene.store);
        line = line.put(Role::Dim, shown!(" · by {by}"));
    }
    line
}

/// The comment under the goal that asks me something and has no answer.
fn open_question(goal: &Goal, scene: &Scene<'_>) -> Option<CommentId> {
    let me = scene.store.me(&goal.account)?;
    let question = why::open_question(goal, me, &|id| scene.store.name_of(id))?;
    Some(question.comment)
}
