//! One queue item in full: values first, then the words, then what was said
//! before. Lines only; the queue draws them.

use super::goal_detail::who;
use super::{Scene, measure};
use crate::model::check_in::{CheckIn, Comment, Occasion};
use crate::model::dates;
use crate::model::entry::EntryState;
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, EntryId};
use crate::model::key_result::Kind;
use crate::model::status::ShownStatus;
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::queue::{self, Item, What};
use crate::theme::{Glyphs, Role};
use crate::widgets::line::Line;
use crate::widgets::markdown;

/// The lines of an item, `width` columns wide.
pub fn lines(item: &Item, scene: &Scene<'_>, glyphs: Glyphs, width: usize) -> Vec<Line> {
    match &item.what {
        What::Owe { goal, .. } => scene
            .store
            .goal(goal)
            .map_or_else(Vec::new, |goal| owed(goal, scene, glyphs, width)),
        What::Acknowledge { goal, check_in } => {
            scene.store.goal(goal).map_or_else(Vec::new, |goal| {
                waiting(goal, check_in, scene, glyphs, width)
            })
        }
        What::Asked { goal, check_in, .. } => {
            scene.store.goal(goal).map_or_else(Vec::new, |goal| {
                asked(goal, check_in.as_ref(), scene, glyphs, width)
            })
        }
        What::Approve { goal } => scene
            .store
            .goal(goal)
            .map_or_else(Vec::new, |goal| to_approve(goal, scene, glyphs, width)),
        What::CannotSend { entry } => stuck(entry, scene, width),
    }
}

/// A check-in of mine that is due: where the goal stands and what I said last.
fn owed(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs, width: usize) -> Vec<Line> {
    let room = super::goal_detail::Room::Full;
    super::goal_detail::lines(goal, scene, glyphs, width, room, false)
}

fn waiting(
    goal: &Goal,
    id: &CheckInId,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    width: usize,
) -> Vec<Line> {
    let Some(check_in) = goal.check_in(id) else {
        return Vec::new();
    };
    let mut lines = vec![title(goal, check_in, scene, glyphs, width)];
    let before = queue::before(goal, id);
    let was = before
        .and_then(|before| Some((before, before.status?)))
        .map_or_else(Line::new, |(before, status)| {
            let sign = glyphs.status(ShownStatus::Said(status));
            let day = dates::day(scene.now.day_of(before.at), &scene.now);
            Line::of(
                Role::Dim,
                shown!("was {sign} {} on {day}", status.words().word),
            )
        });
    let waits = Line::of(
        Role::Dim,
        shown!(
            "waiting for you {}",
            dates::span(scene.now.at - check_in.at)
        ),
    );
    lines.push(split(was, waits, width));
    lines.push(rule(glyphs, width));
    lines.extend(values(goal, check_in, scene, glyphs, width));
    lines.push(Line::new());
    lines.extend(markdown::render(&check_in.note, width));
    if check_in.note.trim().is_empty() {
        lines.push(Line::new().fixed(Role::Dim, "no note"));
    }
    lines.push(Line::new());
    if let Some(reply) = queue::my_last_reply(scene.store, goal) {
        let day = dates::day(scene.now.day_of(reply.at), &scene.now);
        let words = shown!("Your last reply ({day}): \u{201c}{}\u{201d}", reply.text);
        lines.extend(
            words
                .wrap(width)
                .into_iter()
                .map(|piece| Line::of(Role::Quote, piece)),
        );
        lines.push(Line::new());
    }
    lines.extend(thread(check_in, scene, width));
    lines
}

/// A goal whose plan waits for me: since when, and the plan.
fn to_approve(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs, width: usize) -> Vec<Line> {
    let since = goal.approval.as_ref().and_then(|approval| approval.since);
    let waits = since.map_or_else(
        || "waits for your approval".to_owned(),
        |since| {
            format!(
                "waits for your approval {}",
                dates::span(scene.now.at - since)
            )
        },
    );
    let by = who(goal.champion.as_ref(), scene);
    let left = Line::of(Role::Strong, text::line(&goal.name));
    let right = Line::of(Role::Text, shown!("plan of {by}"));
    let mut lines = vec![
        split(
            left.truncate(width.saturating_sub(right.width() + 1), glyphs),
            right,
            width,
        ),
        Line::of(Role::Dim, text::line(&waits)),
        rule(glyphs, width),
    ];
    lines.extend(plan(goal, scene, glyphs, width).into_iter().skip(1));
    lines
}

/// What a goal is to be, for who approves it: name, period, description, key results
/// with their targets.
pub fn plan(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs, width: usize) -> Vec<Line> {
    let mut lines = vec![Line::of(Role::Strong, text::line(&goal.name))];
    let day = |day: chrono::NaiveDate| dates::day(day, &scene.now);
    let period = match (goal.start, goal.due) {
        (Some(start), Some(due)) => {
            format!("{} {} {}", day(start), glyphs.arrow(), day(due))
        }
        (None, Some(due)) => format!("due {}", day(due)),
        (Some(start), None) => format!("from {}, no due day", day(start)),
        (None, None) => "no dates".to_owned(),
    };
    lines.push(Line::of(Role::Dim, text::line(&period)));
    if !goal.description.trim().is_empty() {
        lines.push(Line::new());
        lines.extend(markdown::render(&goal.description, width));
    }
    lines.push(Line::new());
    if goal.results.is_empty() {
        lines.push(Line::new().fixed(Role::Dim, "No key results."));
        return lines;
    }
    lines.push(Line::new().fixed(Role::Title, "Key results"));
    for result in &goal.results {
        lines.push(Line::of(Role::Text, shown!(" {}", result.name)));
        let range = Line::new()
            .space(5)
            .put(Role::Dim, measure::range_words(result));
        lines.push(range);
    }
    lines
}

fn title(goal: &Goal, check_in: &CheckIn, scene: &Scene<'_>, glyphs: Glyphs, width: usize) -> Line {
    let status = check_in.status.unwrap_or(goal.status);
    let shown = ShownStatus::Said(status);
    let left = Line::of(
        measure::status_role(shown),
        shown!("{} {}", glyphs.status(shown), status.words().word),
    )
    .space(3)
    .put(Role::Strong, text::line(&goal.name));
    let word = match check_in.occasion {
        Occasion::Regular => "check-in",
        Occasion::Closing => "closed",
        Occasion::Reopening => "reopened",
    };
    let by = who(Some(&check_in.author), scene);
    let right = Line::of(
        Role::Text,
        shown!("{word} by {by}, {}", dates::ago(check_in.at, &scene.now)),
    );
    split(
        left.truncate(width.saturating_sub(right.width() + 1), glyphs),
        right,
        width,
    )
}

/// Left and right halves in one line of exactly `width` columns, if they fit.
fn split(left: Line, right: Line, width: usize) -> Line {
    let gap = width.saturating_sub(left.width() + right.width());
    left.space(gap.max(2)).and(right)
}

fn rule(glyphs: Glyphs, width: usize) -> Line {
    Line::of(
        Role::Border,
        text::line(&glyphs.frame().across.repeat(width)),
    )
}

/// Before → now of every key result, points moved and gauge; the due date.
fn values(
    goal: &Goal,
    check_in: &CheckIn,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    width: usize,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let name_width = (width / 3).clamp(10, 24);
    for result in &goal.results {
        let change = check_in
            .values
            .iter()
            .find(|change| change.result == result.id);
        let (now, before) = match change {
            Some(change) => (Some(&change.now), change.before.as_ref()),
            None => (result.current.as_ref(), result.current.as_ref()),
        };
        let name = text::line(&result.name)
            .truncate(name_width)
            .pad_right(name_width);
        let move_words = measure::moved(result, before, now);
        let points = match (&result.kind, now) {
            (Kind::Guardrail(_), _) => Shown::default(),
            (_, Some(now)) => measure::points(result, before, now),
            _ => Shown::default(),
        };
        let mut as_of = result.clone();
        as_of.current = now.cloned();
        lines.push(
            Line::new()
                .space(1)
                .put(Role::Text, name)
                .space(1)
                .put(
                    if change.is_some() {
                        Role::Text
                    } else {
                        Role::Dim
                    },
                    move_words.pad_left(14),
                )
                .space(3)
                .put(Role::Text, points.pad_right(13))
                .and(measure::result_gauge(goal, &as_of, scene, glyphs, 10)),
        );
    }
    let due = match (check_in.due_moved, goal.due) {
        (Some(moved), _) => {
            let words = |day: Option<chrono::NaiveDate>| {
                day.map_or_else(|| "none".to_owned(), |day| dates::day(day, &scene.now))
            };
            Some(shown!(
                " due {} {} {}",
                words(moved.from),
                glyphs.arrow(),
                words(moved.to)
            ))
        }
        (None, Some(due)) => Some(shown!(" due {}   unchanged", dates::day(due, &scene.now))),
        (None, None) => None,
    };
    lines.extend(due.map(|due| Line::of(Role::Dim, due)));
    if let Some(confidence) = check_in.confidence {
        lines.push(Line::of(
            Role::Dim,
            shown!(" confidence {confidence} of 10"),
        ));
    }
    lines
}

/// Reactions and comments under a check-in.
pub(super) fn thread(check_in: &CheckIn, scene: &Scene<'_>, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    if !check_in.reactions.is_empty() {
        let words: Vec<String> = check_in
            .reactions
            .iter()
            .map(|reaction| {
                format!(
                    "{} by {}",
                    reaction.sign,
                    measure::first_name(&reaction.by, scene.store)
                )
            })
            .collect();
        lines.push(Line::of(Role::Text, text::line(&words.join(", "))));
    }
    lines.extend(quoted(&check_in.comments, scene, width));
    lines
}

/// Comments with who wrote them and when.
fn quoted(comments: &[Comment], scene: &Scene<'_>, width: usize) -> Vec<Line> {
    let quote = |comment: &Comment| {
        let by = measure::first_name(&comment.author, scene.store);
        let ago = dates::ago(comment.at, &scene.now);
        shown!("{by}, {ago}: \u{201c}{}\u{201d}", comment.text).wrap(width)
    };
    comments
        .iter()
        .flat_map(quote)
        .map(|piece| Line::of(Role::Quote, piece))
        .collect()
}

fn asked(
    goal: &Goal,
    check_in: Option<&CheckInId>,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    width: usize,
) -> Vec<Line> {
    match check_in.and_then(|id| goal.check_in(id)) {
        Some(check_in) => {
            let mut lines = vec![
                title(goal, check_in, scene, glyphs, width),
                rule(glyphs, width),
            ];
            lines.extend(markdown::render(&check_in.note, width));
            lines.push(Line::new());
            lines.extend(thread(check_in, scene, width));
            lines
        }
        None => {
            let mut lines = vec![
                Line::of(Role::Strong, text::line(&goal.name)),
                rule(glyphs, width),
            ];
            lines.extend(quoted(&goal.comments, scene, width));
            lines
        }
    }
}

fn stuck(id: &EntryId, scene: &Scene<'_>, width: usize) -> Vec<Line> {
    let Some(entry) = scene.store.entry(id) else {
        return Vec::new();
    };
    let mut lines = vec![Line::of(
        Role::Strong,
        text::line(&scene.store.describe(entry)),
    )];
    let words = match &entry.state {
        EntryState::Refused { .. } if entry.state.is_conflict() => {
            let standing = scene.store.standing(entry, &scene.now);
            format!("{standing}. R sends yours anyway, e edits it, D drops it.")
        }
        EntryState::Refused { fault } => format!("Refused: {fault}"),
        EntryState::Unknown { why, .. } => format!(
            "It may have been sent ({why}); nobody can tell from here. Open the outbox (4): \
             Enter marks it as sent, R sends it again, e makes it a draft."
        ),
        other => other.word().to_owned(),
    };
    lines.extend(
        text::line(&words)
            .wrap(width)
            .into_iter()
            .map(|piece| Line::of(Role::Error, piece)),
    );
    lines.push(Line::new());
    if let Some(written) = entry.change.text() {
        lines.extend(
            text::block(written)
                .wrap(width)
                .into_iter()
                .map(|piece| Line::of(Role::Text, piece)),
        );
    }
    lines
}

/// Who asks and their words, for the row of a question.
pub fn question(item: &Item, scene: &Scene<'_>) -> (Shown, Shown) {
    let What::Asked {
        goal,
        check_in,
        comment,
    } = &item.what
    else {
        return (Shown::default(), Shown::default());
    };
    let Some(goal) = scene.store.goal(goal) else {
        return (Shown::default(), Shown::default());
    };
    let thread = match check_in.as_ref().and_then(|id| goal.check_in(id)) {
        Some(check_in) => &check_in.comments,
        None => &goal.comments,
    };
    thread
        .iter()
        .find(|other| &other.id == comment)
        .map_or_else(
            || (Shown::default(), Shown::default()),
            |asked| {
                (
                    measure::first_name(&asked.author, scene.store),
                    text::line(&asked.text),
                )
            },
        )
}

/// Why an entry could not be sent, for its row.
pub fn cannot_send(id: &EntryId, scene: &Scene<'_>) -> Shown {
    let Some(entry) = scene.store.entry(id) else {
        return Shown::default();
    };
    let why = match &entry.state {
        EntryState::Refused { fault } if entry.state.is_conflict() => {
            format!("needs you: changed meanwhile: {}", fault.why)
        }
        EntryState::Refused { fault } => fault.why.clone(),
        EntryState::Unknown { .. } => "may have been sent".to_owned(),
        other => other.word().to_owned(),
    };
    shown!("{}: {why}", scene.store.describe(entry))
}
