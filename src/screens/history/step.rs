//! One check-in against the one before it: status, values, due day, confidence, the
//! note line by line, and what was said to it.

use crate::model::check_in::{CheckIn, DueMoved};
use crate::model::dates;
use crate::model::figures;
use crate::model::goal::Goal;
use crate::model::history::moments::{self, Move};
use crate::model::history::notes::{self, Fate, NoteLine};
use crate::model::progress;
use crate::model::status::ShownStatus;
use crate::model::text::{self, Shown};
use crate::model::time::Time;
use crate::screens::goal_detail::{standing, who};
use crate::screens::{Scene, reading};
use crate::shown;
use crate::theme::{Glyphs, Role};
use crate::widgets::line::Line;
use crate::widgets::markdown;

/// The lines of a check-in, at most `width` columns wide.
pub fn lines(
    goal: &Goal,
    check_in: &CheckIn,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    width: usize,
) -> Vec<Line> {
    let before = moments::before(goal, &check_in.id);
    let mut lines = head(check_in, scene, glyphs, width);
    lines.extend(was(goal, check_in, scene, glyphs));
    for one in moments::moves(goal, check_in) {
        lines.extend(move_line(&one, width).wrap(width, 4));
    }
    if let Some(DueMoved { from, to }) = check_in.due_moved {
        let words = figures::due_words(from, to);
        lines.push(Line::of(Role::Text, shown!("  {words}")));
    }
    lines.extend(confidence(check_in, before));
    if let Some(score) = check_in.score {
        let words = progress::score_words(score, goal.aspirational);
        lines.push(Line::of(Role::Text, shown!("  score {score:.1}: {words}")));
    }
    lines.push(Line::new());
    lines.extend(note(check_in, before, scene, width));
    lines.push(Line::new());
    lines.extend(standing(goal, check_in, scene).wrap(width, 1));
    lines.extend(reading::thread(check_in, scene, width));
    lines
}

/// `■ Off track   today 09:12 by Ana Silva`
fn head(check_in: &CheckIn, scene: &Scene<'_>, glyphs: Glyphs, width: usize) -> Vec<Line> {
    let mut line = Line::new();
    if let Some(status) = check_in.status {
        let sign = ShownStatus::Said(status);
        line = line.put(
            Role::from(sign),
            shown!("{} {}   ", glyphs.status(sign), status.words().word),
        );
    }
    let by = who(Some(&check_in.author), scene);
    let word = moments::occasion_word(check_in);
    let when = dates::ago(check_in.at, &scene.now);
    line.put(Role::Strong, shown!("{word} by {by}, {when}"))
        .wrap(width, 2)
}

/// `was ▲ At risk on 13 Nov`; nothing where the status stayed.
fn was(goal: &Goal, check_in: &CheckIn, scene: &Scene<'_>, glyphs: Glyphs) -> Option<Line> {
    let now = check_in.status?;
    let mut earlier = goal.check_ins.iter().rev();
    earlier.by_ref().find(|one| one.id == check_in.id)?;
    let (at, status) = earlier.find_map(|one| Some((one.at, one.status?)))?;
    let when = dates::on_day(at, &scene.now);
    if status == now {
        return Some(Line::of(Role::Dim, shown!("  status as {when}, unchanged")));
    }
    let sign = glyphs.status(ShownStatus::Said(status));
    Some(Line::of(
        Role::Text,
        shown!("  was {sign} {} {when}", status.words().word),
    ))
}

/// `  Monthly churn       3.80 → 3.66 %   +7 points`
fn move_line(one: &Move<'_>, width: usize) -> Line {
    let name_width = (width / 3).clamp(10, 24);
    let name = match one.result {
        Some(result) => text::line(&result.name),
        None => Shown::fixed("(removed result)"),
    };
    let unchanged = one.before == Some(one.now);
    let points = match (one.result, one.before) {
        (Some(result), Some(before)) => figures::points_words(result, before, one.now),
        _ => None,
    };
    let points = match (points, unchanged) {
        (Some(words), false) => text::line(&words),
        (_, true) => Shown::fixed("unchanged"),
        (None, false) => Shown::default(),
    };
    let role = if unchanged { Role::Dim } else { Role::Text };
    Line::new()
        .space(2)
        .put(role, name.truncate(name_width).pad_right(name_width))
        .space(1)
        .put(role, text::line(&one.words()).pad_left(14))
        .space(2)
        .put(role, points)
}

/// `  confidence 6 → 4`
fn confidence(check_in: &CheckIn, before: Option<&CheckIn>) -> Option<Line> {
    let now = check_in.confidence?;
    let before = before.and_then(|before| before.confidence);
    Some(match before.filter(|before| *before != now) {
        Some(before) => Line::of(Role::Text, shown!("  confidence {before} → {now} of 10")),
        None => Line::of(Role::Dim, shown!("  confidence {now} of 10")),
    })
}

/// The note against the one before it; where there is none before it, as it is.
fn note(
    check_in: &CheckIn,
    before: Option<&CheckIn>,
    scene: &Scene<'_>,
    width: usize,
) -> Vec<Line> {
    let is_empty = check_in.note.trim().is_empty();
    let Some(before) = before.filter(|before| !before.note.trim().is_empty()) else {
        if is_empty {
            return vec![Line::new().fixed(Role::Dim, "no note")];
        }
        return markdown::render(&check_in.note, width);
    };
    let when = dates::on_day(before.at, &scene.now);
    let mut lines = vec![Line::of(
        Role::Dim,
        shown!("Note (+) against the one before it, {when} (-)"),
    )];
    if before.note.trim() == check_in.note.trim() {
        lines.push(Line::new().fixed(Role::Dim, "  the same note"));
        return lines;
    }
    for line in notes::compare(&before.note, &check_in.note) {
        lines.extend(note_line(&line).wrap(width, 2));
    }
    lines
}

fn note_line(line: &NoteLine) -> Line {
    let (role, other) = match line.fate {
        Fate::Kept => (Role::Text, Role::Text),
        Fate::Added => (Role::Good, Role::Strong),
        Fate::Removed => (Role::Dim, Role::Dim),
    };
    let sign = line.fate.sign();
    let start = Line::of(role, shown!("{sign} "));
    line.pieces.iter().fold(start, |out, (is_other, piece)| {
        let role = if *is_other { other } else { role };
        out.put(role, text::line(piece))
    })
}

/// What was found changed here without a check-in.
pub fn found_lines(at: Time, words: &[String], scene: &Scene<'_>, width: usize) -> Vec<Line> {
    let when = dates::ago(at, &scene.now);
    let mut lines = vec![Line::of(
        Role::Strong,
        shown!("Seen here, {when}: changed without a check-in"),
    )];
    for change in words {
        lines.extend(Line::of(Role::Text, shown!("  {change}")).wrap(width, 4));
    }
    lines
}
