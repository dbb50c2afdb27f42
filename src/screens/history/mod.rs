//! How a goal went: a chart for every key result, the list of what happened to it,
//! newest first, and what one check-in changed against the one before it.

mod step;

use std::cell::Cell;

use ratatui::layout::Rect;

use super::goal_detail::draw_lines;
use super::{Chosen, Goto, Heading, Hint, Painter, Place, Reads, Reply, Scene, Screen, Shape};
use super::{goal_actions, goal_detail, measure, moves, trend};
use crate::actions::{Action, Scope};
use crate::model::check_in::{CheckIn, Occasion};
use crate::model::dates;
use crate::model::goal::{Goal, Nature};
use crate::model::history::Series;
use crate::model::history::markdown;
use crate::model::history::moments::{self, Moment};
use crate::model::ids::{CheckInId, GoalId};
use crate::model::past::Recall;
use crate::model::status::ShownStatus;
use crate::model::text::{self, Shown};
use crate::model::time::Time;
use crate::shown;
use crate::store::effect::{Command, Effect, Toast};
use crate::theme::{Glyphs, Role};
use crate::widgets::line::Line;
use crate::widgets::list_window::ListWindow;

/// A chart has at least this many rows, its heading included,
const CHART_ROWS: usize = 7;
/// and at most these.
const MOST_CHART_ROWS: usize = 18;
/// Columns of charts that stand beside each other.
const CHART_COLUMNS: usize = 34;
/// The most charts beside each other.
const MOST_BESIDE: usize = 4;

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    CheckIn(CheckInId),
    /// Found changed here at this moment.
    Found(Time),
}

/// What keys move in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Pane {
    #[default]
    List,
    Charts,
}

/// The page.
pub struct History {
    goal: GoalId,
    list: ListWindow<Key>,
    /// What was found changed, in words, for the lines that are no check-ins.
    found: Vec<(Time, Vec<String>)>,
    /// One for each key result of the goal, in its order.
    series: Vec<Option<Series>>,
    /// Of which state of the store, and of which day, all of that is.
    of: Option<(u64, usize, chrono::NaiveDate)>,
    /// The check-in to begin with.
    at: Option<CheckInId>,
    pane: Pane,
    scroll: Cell<usize>,
    charts: Cell<usize>,
}

/// Opens the page of a goal, at one of its check-ins or at the newest; asks for what
/// this machine kept of it.
pub fn open(goal: &GoalId, check_in: Option<&CheckInId>) -> Reply {
    let place = Place::History(goal.clone(), check_in.cloned());
    Reply::command(Command::Recall(Recall::Goal(goal.clone()))).going(Goto::Open(place))
}

impl History {
    /// The page of a goal, at one of its check-ins or at the newest.
    pub fn new(goal: GoalId, check_in: Option<CheckInId>) -> Self {
        Self {
            goal,
            list: ListWindow::new(),
            found: Vec::new(),
            series: Vec::new(),
            of: None,
            at: check_in,
            pane: Pane::default(),
            scroll: Cell::new(0),
            charts: Cell::new(0),
        }
    }

    fn goal<'a>(&self, scene: &Scene<'a>) -> Option<&'a Goal> {
        scene.store.goal(&self.goal)
    }

    /// The check-in under the cursor.
    fn check_in<'a>(&self, goal: &'a Goal) -> Option<&'a CheckIn> {
        match self.list.key()? {
            Key::CheckIn(id) => goal.check_in(id),
            Key::Found(_) => None,
        }
    }

    fn scroll_by(cell: &Cell<usize>, rows: isize) -> Reply {
        cell.set(cell.get().saturating_add_signed(rows));
        Reply::done()
    }

    /// To the next check-in up or down the list; what was only found is passed over.
    fn go_to_check_in(&mut self, by: isize) -> Reply {
        let start = self.list.cursor();
        while self.list.step(by) {
            if let Some(Key::CheckIn(_)) = self.list.key() {
                self.pane = Pane::List;
                self.scroll.set(0);
                return Reply::done();
            }
        }
        self.list.go_to(start);
        Reply::say(match by {
            1.. => "there is no older check-in",
            _ => "there is no newer check-in",
        })
    }

    fn act_on_selected(&self, action: Action, scene: &Scene<'_>) -> Option<Reply> {
        let goal = self.goal(scene)?;
        let check_in = self.check_in(goal)?;
        match action {
            Action::Reply => Some(Reply::goto(Goto::Open(Place::Remark(
                goal.id.clone(),
                Some(check_in.id.clone()),
            )))),
            Action::React => Some(goal_actions::react(goal, &check_in.id, scene)),
            Action::Acknowledge => {
                let reader = goal.acknowledger(check_in);
                let waits = check_in.waits()
                    && !scene.store.is_acknowledged(goal, &check_in.id)
                    && reader.is_some_and(|reader| scene.store.is_me(reader));
                let one = (goal.id.clone(), check_in.id.clone());
                waits.then(|| goal_actions::acknowledge(&[one], scene))
            }
            _ => None,
        }
    }

    fn copy(&self, scene: &Scene<'_>) -> Reply {
        let Some(goal) = self.goal(scene) else {
            return Reply::pass();
        };
        let names = |id: &_| goal_detail::who(Some(id), scene);
        let kept = scene.store.past(&goal.id);
        let text = markdown::history(goal, kept, &scene.now, &names);
        Reply::done()
            .with(Effect::Copy(text))
            .saying(Toast::info("history copied as Markdown"))
    }

    fn areas(&self, goal: &Goal, scene: &Scene<'_>, area: Rect) -> Areas {
        let has_charts = !goal.results.is_empty();
        let empty = Rect { width: 0, ..area };
        let rows = self.list.len();
        match Shape::of(scene.size) {
            Shape::Wide => {
                let share = if has_charts { 55 } else { 40 };
                let (left, right) = beside(area, area.width * share / 100);
                if !has_charts {
                    return Areas::of(empty, left, right);
                }
                let most = usize::from(right.height * 2 / 5).max(3);
                let (list, step) = above(right, u16::try_from(rows.min(most)).unwrap_or(3));
                Areas::of(left, list, step)
            }
            Shape::Stacked => {
                let (charts, below) = match has_charts {
                    true => above(area, area.height * 45 / 100),
                    false => (empty, area),
                };
                let (list, step) = beside(below, 28);
                Areas::of(charts, list, step)
            }
            Shape::Single | Shape::TooSmall if has_charts && self.pane == Pane::Charts => {
                Areas::of(area, empty, empty)
            }
            Shape::Single | Shape::TooSmall => {
                let most = usize::from(area.height / 3).max(2);
                let (list, step) = above(area, u16::try_from(rows.min(most)).unwrap_or(2));
                Areas::of(empty, list, step)
            }
        }
    }

    fn draw_charts(&self, goal: &Goal, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let glyphs = painter.glyphs();
        // One column stays free at the right.
        let width = usize::from(area.width.saturating_sub(2));
        let has_legend = area.height >= 12;
        let room = usize::from(area.height) - usize::from(has_legend);
        let (columns, rows) = grid(goal.results.len(), width, room);
        let cell = width / columns;
        let mut lines = Vec::new();
        for (band, results) in goal.results.chunks(columns).enumerate() {
            let mut band_lines = vec![Line::new(); rows];
            for (place, result) in results.iter().enumerate() {
                let series = self.series.get(band * columns + place);
                let series = series.and_then(Option::as_ref);
                let size = (cell.saturating_sub(2), rows);
                let block = trend::block(goal, result, series, scene, glyphs, size);
                for (line, part) in band_lines.iter_mut().zip(block) {
                    let before = std::mem::take(line);
                    *line = before.pad_right(place * cell).and(part);
                }
            }
            lines.extend(band_lines);
        }
        let (body, below) = match has_legend {
            true => split_below(area),
            false => (area, None),
        };
        draw_lines(&lines, &self.charts, body, painter);
        if let Some(below) = below {
            let more = lines.len() > usize::from(body.height);
            let mut legend = trend::legend(glyphs);
            if more {
                legend = legend.fixed(Role::Dim, "   Tab, then j/k scrolls");
            }
            painter.line(below, &legend);
        }
        if self.pane == Pane::Charts {
            painter.rest(area.x, area.y);
        }
    }

    fn draw_list(&self, goal: &Goal, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        for (row, place) in self.list.visible(usize::from(area.height)).enumerate() {
            let Some(key) = self.list.keys().get(place) else {
                break;
            };
            let line_area = Rect {
                y: area.y + u16::try_from(row).unwrap_or(u16::MAX),
                height: 1,
                ..area
            };
            let line = match key {
                Key::CheckIn(id) => goal
                    .check_in(id)
                    .map(|check_in| row_of(check_in, scene, painter.glyphs())),
                Key::Found(at) => self.found_at(*at).map(|words| {
                    let words = shown!("seen here: {}", words.join(", "));
                    when(*at, scene).put(Role::Dim, words)
                }),
            };
            painter.line(line_area, &line.unwrap_or_default());
            if place == self.list.cursor() {
                painter.highlight(line_area, Role::Focus);
                let sign = painter.glyphs().focus();
                painter.fixed(area.x, line_area.y, 1, sign, Role::Focus);
                if self.pane == Pane::List {
                    painter.rest(area.x, line_area.y);
                }
            }
        }
    }

    fn found_at(&self, at: Time) -> Option<&[String]> {
        let found = self.found.iter().find(|(moment, _)| *moment == at);
        found.map(|(_, words)| words.as_slice())
    }

    fn step_lines(
        &self,
        goal: &Goal,
        scene: &Scene<'_>,
        glyphs: Glyphs,
        width: usize,
    ) -> Vec<Line> {
        match self.list.key() {
            None => vec![Line::of(Role::Dim, no_history(goal, scene))],
            Some(Key::CheckIn(id)) => goal
                .check_in(id)
                .map_or_else(Vec::new, |one| step::lines(goal, one, scene, glyphs, width)),
            Some(Key::Found(at)) => {
                let words = self.found_at(*at).unwrap_or_default();
                step::found_lines(*at, words, scene, width)
            }
        }
    }
}

/// Where what is drawn; what is not has no width.
struct Areas {
    charts: Rect,
    list: Rect,
    step: Rect,
}

impl Areas {
    fn of(charts: Rect, list: Rect, step: Rect) -> Self {
        Self { charts, list, step }
    }
}

/// Two areas beside each other with a rule between them.
fn beside(area: Rect, left: u16) -> (Rect, Rect) {
    let left = left.min(area.width.saturating_sub(1));
    let first = Rect {
        width: left,
        ..area
    };
    let second = Rect {
        x: area.x + left + u16::from(area.width > 0),
        width: area.width.saturating_sub(left + 1),
        ..area
    };
    (first, second)
}

/// Two areas above each other with a rule between them.
fn above(area: Rect, top: u16) -> (Rect, Rect) {
    let top = top.min(area.height.saturating_sub(1));
    let first = Rect {
        height: top,
        ..area
    };
    let second = Rect {
        y: area.y + top + u16::from(area.height > 0),
        height: area.height.saturating_sub(top + 1),
        ..area
    };
    (first, second)
}

/// All but the last row, and the last row.
fn split_below(area: Rect) -> (Rect, Option<Rect>) {
    let rest = area.height.saturating_sub(1);
    let below = Rect {
        y: area.y + rest,
        height: 1,
        ..area
    };
    let area = Rect {
        height: rest,
        ..area
    };
    (area, Some(below))
}

/// How many charts stand beside each other, and how many rows each has: as few
/// beside each other as leave every one its rows; else as many as fit, to be
/// scrolled.
fn grid(charts: usize, width: usize, height: usize) -> (usize, usize) {
    let beside = (width / CHART_COLUMNS).clamp(1, MOST_BESIDE);
    for columns in 1..=beside {
        let bands = charts.div_ceil(columns).max(1);
        if height / bands >= CHART_ROWS {
            return (columns, (height / bands).min(MOST_CHART_ROWS));
        }
    }
    let bands = (height / CHART_ROWS).max(1);
    (beside, (height / bands).max(CHART_ROWS))
}

/// When, as a column.
fn when(at: Time, scene: &Scene<'_>) -> Line {
    let stamp = text::line(&dates::stamp(at, &scene.now));
    let line = Line::new().space(1).put(Role::Dim, stamp).pad_right(8);
    line.space(1)
}

/// One check-in in the list: when, status, who, and how its note begins.
fn row_of(check_in: &CheckIn, scene: &Scene<'_>, glyphs: Glyphs) -> Line {
    let sign = check_in.status.map_or_else(
        || Line::new().space(1),
        |status| measure::status_sign(ShownStatus::Said(status), glyphs),
    );
    let by = measure::first_name(&check_in.author, scene.store);
    let mut line = when(check_in.at, scene)
        .and(sign)
        .space(1)
        .put(Role::Text, by.pad_right(6))
        .space(1);
    if check_in.occasion != Occasion::Regular {
        line = line.put(
            Role::Strong,
            shown!("{} ", moments::occasion_word(check_in)),
        );
    }
    let first = check_in
        .note
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    line.put(Role::Dim, text::line(first.unwrap_or("no note")))
}

/// Why there is nothing in the list.
fn no_history(goal: &Goal, scene: &Scene<'_>) -> Shown {
    if goal.nature == Nature::Folder {
        return Shown::fixed("A folder has no history; choose a goal in it.");
    }
    if scene.store.is_reading_goal(&goal.id) || scene.store.is_recalling() {
        return Shown::fixed("reading…");
    }
    let due = scene
        .store
        .figures(&goal.id)
        .and_then(|figures| figures.check_in_due);
    match due {
        Some(due) => shown!(
            "No check-in yet, first is due {}.",
            dates::day(due, &scene.now)
        ),
        None => Shown::fixed("No check-in yet."),
    }
}

impl Screen for History {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::History, Scope::Detail]
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        let kept = scene.store.past(&self.goal).len();
        let of = (scene.store.moved(), kept, scene.now.today());
        if self.of == Some(of) {
            return;
        }
        self.of = Some(of);
        let Some(goal) = self.goal(scene) else {
            self.list.follow(Vec::new());
            return;
        };
        let kept = scene.store.past(&goal.id);
        let names = |id: &_| goal_detail::who(Some(id), scene);
        self.found.clear();
        let mut keys = Vec::new();
        for moment in moments::moments(goal, kept, scene.now.at) {
            match moment {
                Moment::CheckIn(check_in) => keys.push(Key::CheckIn(check_in.id.clone())),
                Moment::Found { at, changes } => {
                    let words = changes.iter().map(|change| change.words(&names));
                    self.found.push((at, words.collect()));
                    keys.push(Key::Found(at));
                }
            }
        }
        self.list.follow(keys);
        if let Some(at) = self.at.clone()
            && self.list.go_to_key(&Key::CheckIn(at))
        {
            self.at = None;
        }
        let goal = scene.store.summed(goal);
        let results = goal.results.iter();
        self.series = results
            .map(|result| trend::series(&goal, result, scene))
            .collect();
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        let page = isize::try_from(scene.size.1 / 2).unwrap_or(1).max(1);
        if self.pane == Pane::Charts {
            let rows = match action {
                Action::NextRow | Action::ScrollDown => Some(1),
                Action::PreviousRow | Action::ScrollUp => Some(-1),
                Action::HalfPageDown | Action::PageDown => Some(page),
                Action::HalfPageUp | Action::PageUp => Some(-page),
                Action::First => Some(isize::MIN),
                Action::Last => Some(isize::MAX / 2),
                _ => None,
            };
            if let Some(rows) = rows {
                return Self::scroll_by(&self.charts, rows);
            }
        }
        if moves::moved(&mut self.list, action) {
            self.scroll.set(0);
            return Reply::done();
        }
        match action {
            Action::NextRow
            | Action::PreviousRow
            | Action::First
            | Action::Last
            | Action::HalfPageDown
            | Action::HalfPageUp
            | Action::PageDown
            | Action::PageUp => Reply::done(),
            Action::ScrollDown => Self::scroll_by(&self.scroll, 1),
            Action::ScrollUp => Self::scroll_by(&self.scroll, -1),
            Action::Older => self.go_to_check_in(1),
            Action::Newer => self.go_to_check_in(-1),
            Action::NextPane | Action::PreviousPane => {
                let has_charts = self
                    .goal(scene)
                    .is_some_and(|goal| !goal.results.is_empty());
                self.pane = match self.pane {
                    Pane::List if has_charts => Pane::Charts,
                    Pane::List | Pane::Charts => Pane::List,
                };
                Reply::done()
            }
            Action::CopyMarkdown => self.copy(scene),
            Action::History => Reply::goto(Goto::Close),
            Action::Refresh => Reply::command(Command::Reload(self.goal.clone())),
            action => match self.act_on_selected(action, scene) {
                Some(reply) => reply,
                None => goal_actions::act_on_goal(&self.goal, action, scene),
            },
        }
    }

    fn answered(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        goal_actions::answered_for_goal(chosen, scene)
    }

    fn why_not(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        if action == Action::OwnNumbers {
            return Some("Enter opens the goal; i shows them there".to_owned());
        }
        goal_actions::why_not_on_goal(&self.goal, action, scene)
    }

    fn is_kept_here(&self, action: Action, scene: &Scene<'_>) -> bool {
        goal_actions::is_kept_here(&self.goal, action, scene)
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let goal = self.goal(scene);
        let name = goal.map_or_else(Shown::default, |goal| text::line(&goal.name));
        let left = Line::new()
            .space(1)
            .fixed(Role::Dim, "History of ")
            .put(Role::Strong, name);
        let place = self.list.cursor() + 1;
        let right = match self.list.len() {
            0 => Shown::default(),
            all => shown!("{place} of {all} "),
        };
        Heading::Tabs(left, Line::of(Role::Dim, right))
    }

    fn hints(&self, scene: &Scene<'_>) -> Vec<Hint> {
        let goal = scene.store.goal(&self.goal);
        let has_charts = goal.is_some_and(|goal| !goal.results.is_empty());
        let mut hints = vec![
            Hint::Pair(Action::Older, Action::Newer, "older, newer"),
            Hint::Pair(Action::NextRow, Action::PreviousRow, "move"),
            Hint::Pair(Action::ScrollDown, Action::ScrollUp, "scroll"),
            Hint::One(Action::NextPane, "charts"),
            Hint::One(Action::Reply, "reply"),
            Hint::One(Action::Acknowledge, "acknowledge"),
            Hint::One(Action::CheckIn, "check in"),
            Hint::One(Action::CopyMarkdown, "copy"),
            Hint::One(Action::Back, "back"),
        ];
        hints.retain(|hint| has_charts || !matches!(hint, Hint::One(Action::NextPane, _)));
        hints
    }

    fn looking(&self, _scene: &Scene<'_>) -> Option<GoalId> {
        Some(self.goal.clone())
    }

    fn reads(&self, _scene: &Scene<'_>) -> Option<Reads> {
        Some(Reads::Goal(self.goal.clone()))
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let area = area.intersection(painter.area());
        let Some(goal) = self.goal(scene) else {
            let words = Line::new().fixed(Role::Dim, " this goal is gone; Esc goes back");
            painter.line(area, &words);
            return;
        };
        let goal = &*scene.store.summed(goal);
        let Areas { charts, list, step } = self.areas(goal, scene, area);
        if charts.width > 0 && charts.height > 0 {
            self.draw_charts(goal, scene, charts, painter);
        }
        if list.width > 0 {
            self.draw_list(goal, scene, list, painter);
            let is_beside = step.x > list.x;
            let rule = match is_beside {
                true => Rect {
                    x: list.right(),
                    width: 1,
                    ..list
                },
                false => Rect {
                    y: list.bottom(),
                    height: 1,
                    ..list
                },
            };
            match is_beside {
                true => painter.rule_down(rule),
                false => painter.rule_across(rule),
            }
            let width = usize::from(step.width.saturating_sub(2));
            let lines = self.step_lines(goal, scene, painter.glyphs(), width);
            draw_lines(&lines, &self.scroll, step, painter);
        }
        if charts.width > 0 && list.width > 0 {
            if charts.y < list.y {
                painter.rule_across(Rect {
                    y: charts.bottom(),
                    height: 1,
                    ..area
                });
            } else {
                painter.rule_down(Rect {
                    x: charts.right(),
                    width: 1,
                    ..area
                });
            }
        }
    }
}
