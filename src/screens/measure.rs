//! Figures as pieces of lines: status signs, gauges, values before and after,
//! and the rows of the goal list. The one place where numbers become pictures.

use crate::model::dates;
use crate::model::figures;
use crate::model::goal::{Goal, Nature};
use crate::model::history;
use crate::model::ids::PersonId;
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::pace;
use crate::model::progress;
use crate::model::status::{ShownStatus, Status};
use crate::model::text::{self, Shown};
use crate::model::time::Now;
use crate::model::values;
use crate::shown;
use crate::store::Store;
use crate::store::tree::Row;
use crate::theme::{Glyphs, Role};
use crate::widgets::columns::{Column, Layout};
use crate::widgets::gauge::{self, Gauge};
use crate::widgets::line::Line;
use crate::widgets::sparkline;

use super::Scene;

/// Cells of a gauge in lists.
pub const CELLS: usize = 10;

/// The role of a status.
pub fn status_role(status: ShownStatus) -> Role {
    match status {
        ShownStatus::Outdated(_) => Role::Outdated,
        ShownStatus::Said(Status::OnTrack) => Role::OnTrack,
        ShownStatus::Said(Status::AtRisk) => Role::AtRisk,
        ShownStatus::Said(Status::OffTrack) => Role::OffTrack,
        ShownStatus::Said(Status::NotStarted) => Role::NotStarted,
        ShownStatus::Said(Status::Paused) => Role::Paused,
        ShownStatus::Said(Status::Achieved) => Role::Achieved,
        ShownStatus::Said(Status::Missed) => Role::Missed,
    }
}

/// The sign of a status.
pub fn status_sign(status: ShownStatus, glyphs: Glyphs) -> Line {
    Line::of(status_role(status), Shown::fixed(glyphs.status(status)))
}

/// The status a goal shows.
pub fn shown_status(goal: &Goal, store: &Store) -> ShownStatus {
    store
        .figures(&goal.id)
        .map_or(ShownStatus::Said(goal.status), |figures| figures.shown)
}

/// What an outdated goal said last.
pub fn outdated_was(goal: &Goal, store: &Store) -> Option<Status> {
    match shown_status(goal, store) {
        ShownStatus::Outdated(said) => Some(said),
        ShownStatus::Said(_) => None,
    }
}

/// The sign of a key result: the provider's status for it, ✔ when done, else
/// what its pace suggests.
pub fn result_status(goal: &Goal, result: &KeyResult, scene: &Scene<'_>, glyphs: Glyphs) -> Line {
    let status = result.status.or_else(|| result_pace(goal, result, scene));
    status_sign(
        ShownStatus::Said(status.unwrap_or(Status::NotStarted)),
        glyphs,
    )
}

/// The gauge of a key result and its number or word, `cells` + 5 columns wide.
pub fn result_gauge(
    goal: &Goal,
    result: &KeyResult,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    cells: usize,
) -> Line {
    if let Kind::Guardrail(_) = result.kind {
        let mut held: Vec<bool> = goal
            .check_ins
            .iter()
            .filter_map(|check_in| progress::is_held(result, check_in.value_of(&result.id)?))
            .collect();
        let now = result
            .current
            .as_ref()
            .and_then(|reading| progress::is_held(result, reading));
        if held.is_empty() {
            held.extend(now);
        }
        let word = match now {
            Some(true) => Line::of(Role::Good, Shown::fixed(" held")),
            Some(false) => Line::of(Role::Bad, Shown::fixed(" broken")),
            None => Line::of(Role::Dim, Shown::fixed("    –")),
        };
        return gauge::guardrail(cells, &held, glyphs).and(word);
    }
    let done = progress::shown_of_result(result);
    // Yes/no and the like have no pace of their own: nothing to mark.
    let expected = pace::has_own_pace(result)
        .then(|| pace::expected(goal, result, &scene.now))
        .flatten();
    let gauge = Gauge {
        progress: done,
        expected,
    };
    let number = number(done);
    gauge.line(cells, glyphs, result_role(goal, result, scene), &number)
}

/// The role of a key result's figures: how it keeps up.
pub fn result_role(goal: &Goal, result: &KeyResult, scene: &Scene<'_>) -> Role {
    gauge_role(result_pace(goal, result, scene))
}

fn result_pace(goal: &Goal, result: &KeyResult, scene: &Scene<'_>) -> Option<Status> {
    let rules = scene.store.rules();
    let ours = pace::result_status(goal, result, &scene.now, rules);
    ours.or_else(|| pace::status_by_provider(goal, result, &scene.now, rules))
}

fn gauge_role(status: Option<Status>) -> Role {
    match status {
        Some(Status::OnTrack | Status::Achieved) => Role::Good,
        Some(Status::AtRisk) => Role::Warn,
        Some(Status::OffTrack | Status::Missed) => Role::Bad,
        _ => Role::Text,
    }
}

fn number(progress: Option<f64>) -> Shown {
    progress.map_or(Shown::fixed("–"), |done| match done {
        done if done >= 1.0 && (done - 1.0).abs() < 1e-9 => Shown::fixed("done"),
        done => text::line(&progress::percent(done)),
    })
}

/// The gauge of a goal and its number.
pub fn goal_gauge(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs, cells: usize) -> Line {
    let Some(figures) = scene.store.figures(&goal.id) else {
        return Line::new();
    };
    let progress = figures.shown_progress();
    if progress.is_none() && goal.results.is_empty() {
        return Line::new()
            .space(cells)
            .and(Line::of(Role::Dim, Shown::fixed("–")).pad_left(5));
    }
    let gauge = Gauge {
        progress,
        expected: figures.expected,
    };
    let role = gauge_role(figures.suggested());
    let words = progress.map_or(Shown::fixed("–"), |done| {
        text::line(&progress::percent(done))
    });
    gauge.line(cells, glyphs, role, &words)
}

/// The last values of a key result as a row of small columns: of its check-ins, and
/// of what was kept of the goal, where that was read.
pub fn sparkline(
    goal: &Goal,
    result: &KeyResult,
    scene: &Scene<'_>,
    columns: usize,
    glyphs: Glyphs,
) -> Shown {
    let kept = scene.store.past(&goal.id);
    let values: Vec<f64> = if kept.is_empty() {
        let readings = goal.check_ins.iter().rev();
        let readings = readings.filter_map(|check_in| check_in.value_of(&result.id));
        let mut last: Vec<f64> = readings.take(columns).map(Reading::number).collect();
        last.reverse();
        last
    } else {
        let points = history::points(goal, result, kept, &scene.now);
        points.iter().map(|point| point.value).collect()
    };
    match (&result.kind, result.target) {
        (Kind::Number | Kind::Percent | Kind::Currency, Some(target)) => {
            sparkline::sparkline(&values, columns, result.start, target, glyphs)
        }
        _ => sparkline::sparkline_own_range(&values, columns, glyphs),
    }
}

/// How far a key result is, in a word: `21%`, `done`, `held`, `broken`, `–`.
pub fn progress_word(result: &KeyResult) -> Shown {
    let Kind::Guardrail(_) = result.kind else {
        return number(progress::shown_of_result(result));
    };
    let reading = result.current.as_ref();
    match reading.and_then(|reading| progress::is_held(result, reading)) {
        Some(true) => Shown::fixed("held"),
        Some(false) => Shown::fixed("broken"),
        None => Shown::fixed("–"),
    }
}

/// `4.10 → 2.00 %, lower is better, weight 1`
pub fn range_words(result: &KeyResult) -> Shown {
    let show = |value: f64| values::show(result, &Reading::Number(value));
    let mut words = match &result.kind {
        Kind::Number | Kind::Percent | Kind::Currency => {
            let range = values::range(result).unwrap_or_else(|| values::number(result.start));
            let lower = if progress::is_falling(result) == Some(true) {
                ", lower is better"
            } else {
                ""
            };
            let zero = if progress::has_zero_span(result) {
                ", start equals target: reached or not"
            } else {
                ""
            };
            format!("{range}{lower}{zero}")
        }
        Kind::YesNo => "done or not".to_owned(),
        Kind::Checklist { items, .. } => format!("checklist of {}", items.len()),
        Kind::Milestones { steps } => format!("{} milestones", steps.len()),
        Kind::Zones {
            commit,
            target,
            stretch,
        } => format!(
            "commit {}, target {}, stretch {}",
            values::number(*commit),
            values::number(*target),
            values::number(*stretch)
        ),
        Kind::Baseline => "watched, no target".to_owned(),
        Kind::Guardrail(rail) => {
            let side = if rail.above { "above" } else { "below" };
            let critical = rail.critical.map_or_else(String::new, |critical| {
                format!(", critical {}", show(critical))
            });
            format!("stay {side} {}{critical}", show(rail.limit))
        }
    };
    if matches!(result.kind, Kind::Baseline | Kind::Guardrail(_)) {
        words.push_str(", not counted");
    } else {
        words.push_str(&format!(", weight {}", values::number(result.weight)));
    }
    text::line(&words)
}

/// Where the value of a result comes from that nobody writes here: `counted at
/// ClickUp, 3 tasks, 1 list`, `hidden from you at Quantive`.
pub fn elsewhere_words(result: &KeyResult, provider: &str) -> Shown {
    let particulars = result.particulars();
    let aside = match particulars.aside.trim() {
        "" => String::new(),
        aside => format!(", {aside}"),
    };
    match (particulars.hidden, particulars.automatic) {
        (true, _) => shown!("hidden from you at {provider}"),
        (false, true) => shown!("counted at {provider}{aside}"),
        (false, false) => text::line(particulars.aside.trim()),
    }
}

/// The next expected value of a result that goes through phases.
pub fn phase_words(result: &KeyResult, now: &Now) -> Shown {
    let next = result.phases.iter().find(|(day, _)| *day >= now.today());
    match next {
        Some((day, value)) => shown!(
            "{} by {}",
            values::show(result, &Reading::Number(*value)),
            dates::day(*day, now)
        ),
        None => Shown::fixed("all phases are over"),
    }
}

/// `3.80 → 3.66 %`
pub fn moved(result: &KeyResult, before: Option<&Reading>, now: Option<&Reading>) -> Shown {
    match (before, now) {
        (_, None) => Shown::fixed("no value"),
        (Some(before), Some(now)) => text::line(&values::change(result, before, now)),
        (None, Some(now)) => text::line(&values::show(result, now)),
    }
}

/// `(+7 points)`; nothing where progress does not move or cannot.
pub fn points(result: &KeyResult, before: Option<&Reading>, now: &Reading) -> Shown {
    let words = before.and_then(|before| figures::points_words(result, before, now));
    words.map_or_else(Shown::default, |words| match result.kind {
        Kind::Guardrail(_) => text::line(&words),
        _ => shown!("({words})"),
    })
}

/// `1 goal`, `2 goals`.
pub fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// The first word of a person's name, or `you`.
pub fn first_name(person: &PersonId, store: &Store) -> Shown {
    if store.is_me(person) {
        return Shown::fixed("you");
    }
    store.person(person).map_or_else(
        || shown!("{person}"),
        |person| text::line(person.first_name()),
    )
}

fn initials(person: Option<&PersonId>, store: &Store) -> Shown {
    match person {
        None => Shown::default(),
        Some(person) if store.is_me(person) => Shown::fixed("ME"),
        Some(person) => store
            .person(person)
            .map_or_else(Shown::default, |person| text::line(&person.initials())),
    }
}

/// What identifies a goal to others: its page, or its id where it has none.
pub fn link(goal: &Goal) -> String {
    if goal.link.is_empty() {
        goal.id.to_string()
    } else {
        goal.link.clone()
    }
}

/// A goal as Markdown for mails and chats.
pub fn markdown(goal: &Goal, scene: &Scene<'_>) -> String {
    let status = shown_status(goal, scene.store).words().word;
    let done = scene
        .store
        .figures(&goal.id)
        .and_then(|figures| figures.shown_progress());
    let mut out = format!("**{}** — {status}", goal.name);
    if let Some(done) = done {
        out.push_str(&format!(", {}", progress::percent(done)));
    }
    out.push('\n');
    for result in &goal.results {
        let value = result.current.as_ref().map_or_else(
            || "no value".to_owned(),
            |value| values::show(result, value),
        );
        out.push_str(&format!(
            "- {}: {value} ({})\n",
            result.name,
            range_words(result)
        ));
    }
    if let Some(last) = goal.last_check_in() {
        let author = scene.store.name_of(&last.author);
        out.push_str(&format!(
            "\n{}, {author}:\n\n{}\n",
            scene.now.zone.fixed(last.at).to_rfc3339(),
            last.note
        ));
    }
    out
}

/// The columns of the goal list; owner, due, change mark and gauge go in that
/// order when it gets narrow, sign, name and percent never.
fn layout(width: usize) -> Layout {
    const COLUMNS: [Column; 6] = [
        Column::growing(16),
        Column::fixed(1).after(1).dropped(3),
        Column::fixed(CELLS).after(1).dropped(4),
        // Wide enough for "broken"; a percentage leaves room before the due date.
        Column::fixed(7),
        Column::fixed(6).dropped(2).to_the_right(),
        Column::fixed(2).after(1).dropped(1),
    ];
    Layout::new(&COLUMNS, width)
}

/// The row of a goal, `width` columns wide.
pub fn goal_row(
    goal: &Goal,
    row: &Row,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    indent: usize,
    width: usize,
) -> Line {
    let is_dim = row.dim || goal.gone.is_some();
    let text_role = if is_dim { Role::Dim } else { Role::Text };
    let fold = row
        .open
        .map_or(Shown::fixed(" "), |open| Shown::fixed(glyphs.fold(open)));
    let mut name = Line::new()
        .space(1 + indent)
        .put(Role::Text, fold)
        .space(1)
        .and(match goal.nature {
            Nature::Folder => Line::new().space(1),
            Nature::Goal | Nature::Project => status_sign(shown_status(goal, scene.store), glyphs),
        })
        .space(1)
        .put(text_role, text::line(&goal.name));
    if !goal.nature.is_goal() {
        name = name.put(Role::Dim, shown!(" ({})", goal.nature.word()));
    }
    if goal.gone.is_some() {
        name = name.fixed(Role::Warn, " (gone)");
    }
    if scene.store.is_pending(&goal.id) {
        name = name.put(Role::Accent, shown!(" {}", glyphs.outbox()));
    }
    if scene.store.marks().is_pinned(&goal.id) {
        name = name.fixed(Role::Accent, " (pinned)");
    }
    if let Some(words) = account_words(goal, row, scene) {
        name = name.put(Role::Dim, words);
    }
    let changed = if scene.store.is_changed_since_look(goal) {
        glyphs.changed()
    } else {
        " "
    };
    let gauge = goal_gauge(goal, scene, glyphs, CELLS);
    let (bar, number) = split_gauge(gauge);
    let due = goal.due.map_or(Shown::fixed("–"), |due| {
        text::line(&dates::month_day(due, &scene.now))
    });
    let cells = [
        name,
        Line::of(Role::Accent, Shown::fixed(changed)),
        bar,
        number,
        Line::of(Role::Dim, due),
        Line::of(Role::Dim, initials(goal.champion.as_ref(), scene.store)),
    ];
    layout(width).row(cells, glyphs)
}

/// The account of a goal, where its row tells: of a goal on this machine at the top,
/// and of one that was put elsewhere here. Or that the goal above it is not here.
fn account_words(goal: &Goal, row: &Row, scene: &Scene<'_>) -> Option<Shown> {
    if let Some(under) = scene.store.graft(goal) {
        let above = under.and_then(|under| scene.store.goal(under));
        let is_other = above.is_some_and(|above| above.account != goal.account);
        return Some(match is_other {
            true => shown!("  ({})", goal.account),
            false => Shown::fixed("  (grafted)"),
        });
    }
    if scene.store.is_cut_off(goal) {
        return Some(Shown::fixed("  (parent outside)"));
    }
    let several = scene.store.accounts().count() > 1;
    let account = scene.store.account(&goal.account);
    let is_here = account.is_some_and(|account| account.setup.abilities.immediate);
    (several && row.depth == 0 && is_here).then(|| shown!("  ({})", goal.account))
}

/// The row of a key result, `width` columns wide.
pub fn result_row(
    goal: &Goal,
    result: &KeyResult,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    indent: usize,
    width: usize,
) -> Line {
    let name = Line::new()
        .space(3 + indent)
        .and(result_status(goal, result, scene, glyphs))
        .space(1)
        .put(Role::Text, text::line(&result.name));
    let (bar, number) = split_gauge(result_gauge(goal, result, scene, glyphs, CELLS));
    let changed = if scene.store.is_result_changed_since_look(goal, result) {
        glyphs.changed()
    } else {
        " "
    };
    let cells = [
        name,
        Line::of(Role::Accent, Shown::fixed(changed)),
        bar,
        number,
        Line::new(),
        Line::new(),
    ];
    layout(width).row(cells, glyphs)
}

/// A gauge as its bar and the number behind it.
fn split_gauge(gauge: Line) -> (Line, Line) {
    let (mut bar, mut number) = (Line::new(), Line::new());
    let mut used = 0;
    for (text, role) in gauge.pieces() {
        let into = if used < CELLS { &mut bar } else { &mut number };
        used += text.width();
        into.push(*role, text.clone());
    }
    (bar, number)
}
