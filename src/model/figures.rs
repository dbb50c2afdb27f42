//! A goal in figures: everything lists sort and show, reckoned once when the goal
//! or the day changes; and what differs from when somebody last looked. Makes no
//! sentence that nobody asked for.

use chrono::{Datelike, NaiveDate};

use super::cadence;
use super::entry::Seen;
use super::goal::{Goal, Nature};
use super::ids::{PersonId, ResultId};
use super::key_result::{KeyResult, Kind, Reading};
use super::pace::{self, Pace};
use super::progress::{self, Progress, Rules};
use super::status::{ShownStatus, Status};
use super::time::Now;
use super::values;
use super::{dates, why};

/// What figures depend on besides the goal.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The moment they are of.
    pub now: &'a Now,
    /// How they are counted.
    pub rules: &'a Rules,
}

/// One goal in figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Our own count; none if nothing counts.
    pub progress: Option<Progress>,
    /// The provider's count, not clamped.
    pub provider: Option<f64>,
    /// Share of the time gone, 0–1; none without a due day and for closed goals.
    pub elapsed: Option<f64>,
    /// Progress expected now, 0–1; as `elapsed` unless the goal has phased points.
    pub expected: Option<f64>,
    /// Done − expected, −1 to 1. Done is our count, or the provider's where we
    /// have none.
    pub gap: Option<f64>,
    /// The class of the gap.
    pub pace: Option<Pace>,
    /// The due day that waits for a check-in, past or coming.
    pub check_in_due: Option<NaiveDate>,
    /// Whole days after that day; 0 if it is not past.
    pub late_days: i64,
    /// The status as lists show it.
    pub shown: ShownStatus,
    /// How much it needs attention: Σ 2^(13−rank) of the reasons that are true.
    pub attention: u32,
    /// How many goals that were put under it here our own count counts, at any
    /// depth; filled in by who knows what is under it.
    pub grafted: usize,
}

impl Figures {
    /// The progress lists show: the provider's own, else ours. Raw: below 0 and
    /// above 1 show.
    pub fn shown_progress(&self) -> Option<f64> {
        self.provider.or(self.progress.map(|progress| progress.raw))
    }

    /// The progress as a part of a goal above: as lists show it, but our own count
    /// where that counts goals its provider knows nothing of.
    pub fn as_part(&self) -> Option<f64> {
        match self.grafted {
            0 => self.shown_progress(),
            _ => self.progress.map(|progress| progress.raw).or(self.provider),
        }
    }

    /// The progress pace is reckoned from, 0–1: ours, else the provider's.
    pub fn done(&self) -> Option<f64> {
        self.progress
            .map(|progress| progress.p)
            .or(self.provider.map(|theirs| theirs.clamp(0.0, 1.0)))
    }

    /// The status the pace suggests; people decide.
    pub fn suggested(&self) -> Option<Status> {
        pace::suggest(self.pace?, self.elapsed?, self.done()?)
    }
}

/// Reckons one goal. `children` are (weight, progress) of the goals under it.
pub fn figures(goal: &Goal, children: &[(f64, Option<f64>)], context: &Context<'_>) -> Figures {
    let Context { now, rules } = *context;
    let check_in_due = match goal.nature {
        Nature::Folder => None,
        Nature::Goal | Nature::Project => cadence::next_due(goal, now),
    };
    // The zone is asked once for the wall clock: with many goals that is what costs.
    let wall = now.wall();
    let late_days = check_in_due.map_or(0, |due| cadence::late_days(due, wall.date()));
    let mut figures = Figures {
        progress: progress::roll_up(goal, children, rules).map(Progress::new),
        provider: goal.provider_progress.filter(|theirs| theirs.is_finite()),
        elapsed: None,
        expected: None,
        gap: None,
        pace: None,
        check_in_due,
        late_days,
        shown: if goal.is_open() && cadence::is_outdated(late_days) {
            ShownStatus::Outdated(goal.status)
        } else {
            ShownStatus::Said(goal.status)
        },
        attention: 0,
        grafted: 0,
    };
    if !goal.is_open() || goal.nature == Nature::Folder {
        return figures;
    }
    if let Some(elapsed) = pace::elapsed_at(goal, wall, now) {
        let expected = pace::goal_expected(goal, children, elapsed, now, rules);
        figures.elapsed = Some(elapsed);
        figures.expected = Some(expected);
        if let Some(done) = figures.done() {
            let gap = done - expected;
            figures.gap = Some(gap);
            figures.pace = Some(pace::classify(gap, elapsed, rules));
        }
    }
    figures.attention = why::attention(goal, &figures, context);
    figures
}

/// The figures a goal would have with these readings, for a form that shows what
/// a check-in will do.
pub fn figures_if(
    goal: &Goal,
    readings: &[(ResultId, Reading)],
    children: &[(f64, Option<f64>)],
    context: &Context<'_>,
) -> Figures {
    let mut goal = goal.clone();
    for (id, reading) in readings {
        if let Some(result) = goal.results.iter_mut().find(|result| &result.id == id) {
            result.current = Some(reading.clone());
        }
    }
    figures(&goal, children, context)
}

/// What somebody who looks at the goal now sees.
pub fn seen(goal: &Goal, figures: &Figures) -> Seen {
    Seen {
        status: goal.status.words().code.to_owned(),
        progress: figures.shown_progress(),
        due: goal.due,
        champion: goal.champion.clone(),
        reviewer: Some(goal.reviewer.clone()),
        values: goal
            .results
            .iter()
            .filter_map(|result| Some((result.id.clone(), result.current.as_ref()?.number())))
            .collect(),
    }
}

/// Whether anything of [`changes`] is there to tell; cheap.
pub fn is_changed(seen: &Seen, goal: &Goal, figures: &Figures) -> bool {
    is_status_changed(seen, goal)
        || seen.due != goal.due
        || seen.champion != goal.champion
        || is_reviewer_changed(seen, goal)
        || goal
            .results
            .iter()
            .any(|result| moved(seen, result).is_some())
        || is_progress_changed(seen, figures)
}

fn is_status_changed(seen: &Seen, goal: &Goal) -> bool {
    !seen.status.is_empty() && seen.status != goal.status.words().code
}

/// Looks of before reviewers were remembered say nothing about them.
fn is_reviewer_changed(seen: &Seen, goal: &Goal) -> bool {
    let before = seen.reviewer.as_ref();
    before.is_some_and(|before| *before != goal.reviewer)
}

/// The reading of a result if it is not the one that was seen.
fn moved<'a>(seen: &Seen, result: &'a KeyResult) -> Option<&'a Reading> {
    let now = result.current.as_ref()?;
    let before = seen.values.get(&result.id);
    (before != Some(&now.number())).then_some(now)
}

fn is_progress_changed(seen: &Seen, figures: &Figures) -> bool {
    let whole = |p: Option<f64>| p.and_then(progress::whole_percent);
    let now = whole(figures.shown_progress());
    now.is_some() && now != whole(seen.progress)
}

/// What differs from what was seen, one piece each: `Monthly churn 3.80 → 3.66
/// (+7 points)`, `status On track → At risk`, `due 31 Dec → 15 Jan`, `champion Ana
/// Silva → nobody`, `reviewer …`; progress only where no value explains it. Names are foreign
/// text.
pub fn changes(
    seen: &Seen,
    goal: &Goal,
    figures: &Figures,
    names: &dyn Fn(&PersonId) -> String,
) -> Vec<String> {
    let mut changes = Vec::new();
    if is_status_changed(seen, goal) {
        let before = Status::parse(&seen.status);
        changes.push(status_words(before, goal.status));
    }
    let moves = goal
        .results
        .iter()
        .filter_map(|result| Some(move_words(seen, result, moved(seen, result)?)));
    let unmoved = changes.len();
    changes.extend(moves);
    if changes.len() == unmoved && is_progress_changed(seen, figures) {
        changes.push(progress_words(seen.progress, figures.shown_progress()));
    }
    if seen.due != goal.due {
        changes.push(due_words(seen.due, goal.due));
    }
    if seen.champion != goal.champion {
        let (before, now) = (seen.champion.as_ref(), goal.champion.as_ref());
        changes.push(role_words("champion", before, now, names));
    }
    if is_reviewer_changed(seen, goal) {
        let before = seen.reviewer.as_ref().and_then(Option::as_ref);
        changes.push(role_words(
            "reviewer",
            before,
            goal.reviewer.as_ref(),
            names,
        ));
    }
    changes
}

fn move_words(seen: &Seen, result: &KeyResult, now: &Reading) -> String {
    let before = seen.values.get(&result.id).map(|it| Reading::Number(*it));
    moved_words(result, before.as_ref(), now)
}

/// `Monthly churn 3.80 → 3.66 (+7 points)`; a first value `Monthly churn now 3.66 %`.
pub fn moved_words(result: &KeyResult, before: Option<&Reading>, now: &Reading) -> String {
    let name = &result.name;
    let Some(before) = before else {
        return format!("{name} now {}", values::show(result, now));
    };
    let change = values::change(result, before, now);
    match points_words(result, before, now) {
        Some(points) => format!("{name} {change} ({points})"),
        None => format!("{name} {change}"),
    }
}

/// `status On track → At risk`.
pub fn status_words(before: Option<Status>, now: Status) -> String {
    let before = before.map_or("unknown", |status| status.words().word);
    format!("status {before} → {}", now.words().word)
}

/// `due 31 Dec → 15 Jan`, with the years where they differ.
pub fn due_words(before: Option<NaiveDate>, now: Option<NaiveDate>) -> String {
    let year = |due: Option<NaiveDate>| due.map(|due| due.year());
    let form = if year(before) == year(now) {
        "%-d %b"
    } else {
        "%-d %b %Y"
    };
    let words = |due: Option<NaiveDate>| {
        due.map_or_else(|| "open".to_owned(), |due| due.format(form).to_string())
    };
    format!("due {} → {}", words(before), words(now))
}

/// `champion Ana Silva → nobody`.
pub fn role_words(
    role: &str,
    before: Option<&PersonId>,
    now: Option<&PersonId>,
    names: &dyn Fn(&PersonId) -> String,
) -> String {
    let name = |person: Option<&PersonId>| person.map_or_else(|| "nobody".to_owned(), names);
    format!("{role} {} → {}", name(before), name(now))
}

/// What a move did: `+7 points`, of a guardrail `broken`, `held` or `held again`.
/// None where points say nothing: yes/no, baselines, and milestones, of which
/// only the number done is known from before.
pub fn points_words(result: &KeyResult, before: &Reading, now: &Reading) -> Option<String> {
    match &result.kind {
        Kind::YesNo | Kind::Baseline | Kind::Milestones { .. } => None,
        Kind::Guardrail(_) => {
            let was = progress::is_held(result, before)?;
            let word = match (was, progress::is_held(result, now)?) {
                (_, false) => "broken",
                (true, true) => "held",
                (false, true) => "held again",
            };
            Some(word.to_owned())
        }
        _ => {
            let from = progress::of_reading(result, before)?.raw;
            let to = progress::of_reading(result, now)?.raw;
            Some(moved_points(to - from))
        }
    }
}

/// `+7 points`, `−1 point`, `±0 points`.
fn moved_points(by: f64) -> String {
    let points = progress::points(by);
    let sign = match points {
        0 => "±",
        1.. => "+",
        _ => "−",
    };
    let unit = if points.abs() == 1 { "point" } else { "points" };
    format!("{sign}{} {unit}", points.abs())
}

/// `progress 31 % → 40 % (+9 points)`.
pub fn progress_words(before: Option<f64>, now: Option<f64>) -> String {
    let text = |p: f64| progress::percent_spaced(p);
    match (before, now) {
        (Some(before), Some(now)) => format!(
            "progress {} → {} ({})",
            text(before),
            text(now),
            moved_points(now - before)
        ),
        (_, now) => format!("progress now {}", now.map_or_else(|| "–".to_owned(), text)),
    }
}

/// The word under a due check-in, for queue rows: `check-in today`, `check-in
/// tomorrow`, `7 days late`.
pub fn owed_words(due: NaiveDate, now: &Now) -> String {
    let words = dates::due(due, now);
    if due < now.today() {
        words
    } else {
        format!("check-in {words}")
    }
}

#[cfg(test)]
mod tests;
