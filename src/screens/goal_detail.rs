//! What one goal says: status, people, time, why it needs attention, key
//! results, last check-in, what changed. As lines for the pane beside a list,
//! and as a page of its own.

use std::cell::Cell;

use chrono::TimeDelta;
use ratatui::layout::Rect;

use super::measure;
use super::own_numbers;
use super::{Goto, Heading, Hint, Painter, Place, Reads, Reply, Scene, Screen, Target};
use crate::actions::{Action, Scope};
use crate::model::check_in::{CheckIn, Occasion};
use crate::model::dates;
use crate::model::goal::{Goal, Nature};
use crate::model::ids::GoalId;
use crate::model::key_result::KeyResult;
use crate::model::progress;
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::Command;
use crate::theme::{Glyphs, Role};
use crate::widgets::line::Line;
use crate::widgets::markdown;

/// What was read so lately counts as what is there now.
const FRESH: TimeDelta = TimeDelta::minutes(2);

/// How much room the lines have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// A pane or page: everything.
    Full,
    /// A few rows under a list: the head, the reasons, the last word.
    Few,
}

/// The lines of a goal's detail, `width` columns wide; with `own` the provider's own
/// numbers after its head, which is all a pane of few rows has room for.
pub fn lines(
    goal: &Goal,
    scene: &Scene<'_>,
    glyphs: Glyphs,
    width: usize,
    room: Room,
    own: bool,
) -> Vec<Line> {
    let goal = &*scene.store.summed(goal);
    let mut lines = Vec::new();
    match room {
        Room::Few if own => {
            lines.push(short_head(goal, scene, glyphs));
            lines.extend(own_numbers::lines(goal, scene, width));
        }
        Room::Few => {
            lines.push(short_head(goal, scene, glyphs));
            lines.extend(trouble(goal, scene));
            let copy = scene.store.copy_words(goal, &scene.now);
            lines.extend(copy.map(|words| Line::of(Role::Warn, shown!(" {words}"))));
            let figures = scene.store.figures(&goal.id);
            if goal.nature != Nature::Folder && figures.is_some_and(|known| known.grafted > 0) {
                let counted = scene.store.counted_words(goal);
                lines.extend(counted.map(|words| Line::of(Role::Dim, shown!("  {words}"))));
            }
            if goal.is_in_review() {
                let stage = super::review::words(goal, scene);
                lines.extend(stage.map(|words| Line::of(Role::Accent, shown!("  {words}"))));
            }
            lines.extend(short_reasons(goal, scene));
            lines.extend(last_word(goal, scene));
            if goal.check_ins.is_empty() && goal.nature != Nature::Folder {
                lines.extend(no_check_in(goal, scene));
            }
        }
        Room::Full => {
            lines.extend(
                head(goal, scene, glyphs)
                    .into_iter()
                    .flat_map(|line| line.wrap(width, 2)),
            );
            lines.push(Line::new().put(Role::Border, rule(glyphs, width)));
            if own {
                lines.extend(own_numbers::lines(goal, scene, width));
            }
            if !goal.description.trim().is_empty() {
                let description = markdown::render(&goal.description, width.saturating_sub(2));
                lines.extend(description.into_iter().take(4).map(indent));
            }
            let why = reasons(goal, scene, width);
            if !why.is_empty() {
                lines.push(Line::new().fixed(Role::Title, "Why it needs attention"));
                lines.extend(why);
            }
            lines.extend(results(goal, scene, glyphs, width));
            if goal.nature != Nature::Folder {
                lines.extend(last_check_in(goal, scene, glyphs, width));
            }
            lines.extend(goal_comments(goal, scene, width, glyphs));
            lines.extend(since_look(goal, scene, width));
            lines.push(counts(goal, scene));
        }
    }
    lines
}

fn rule(glyphs: Glyphs, width: usize) -> Shown {
    text::line(&glyphs.frame().across.repeat(width))
}

fn indent(line: Line) -> Line {
    Line::new().fixed(Role::Text, "  ").and(line)
}

/// Status sign and word.
fn status(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs) -> Line {
    if goal.nature == Nature::Folder {
        return Line::new().fixed(Role::Dim, "Folder");
    }
    let shown = measure::shown_status(goal, scene.store);
    let role = measure::status_role(shown);
    let mut line = Line::new().put(
        role,
        shown!("{} {}", glyphs.status(shown), shown.words().word),
    );
    if let Some(word) = &goal.status_word {
        line = line.put(Role::Dim, shown!(" [{word}]"));
    }
    line
}

/// How old what is here of a goal is, where it is not fresh: being read, or read
/// a while ago.
fn age(goal: &Goal, scene: &Scene<'_>) -> Line {
    if scene.store.is_reading_goal(&goal.id) {
        return Line::new().fixed(Role::Dim, "   reading…");
    }
    let as_of = scene.store.as_of(&goal.id);
    match as_of.filter(|at| scene.now.at - *at >= FRESH) {
        Some(at) => Line::of(
            Role::Warn,
            shown!("   as of {}", dates::stamp(at, &scene.now)),
        ),
        None => Line::new(),
    }
}

/// Why not all of a goal could be read, in one line.
fn trouble(goal: &Goal, scene: &Scene<'_>) -> Option<Line> {
    let fault = scene.store.trouble(&goal.id)?;
    Some(Line::of(Role::Error, shown!("! not read again: {fault}")))
}

fn head(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs) -> Vec<Line> {
    let mut title = status(goal, scene, glyphs)
        .fixed(Role::Text, "   ")
        .put(Role::Strong, text::line(&goal.name));
    if goal.nature == Nature::Project {
        title = title.put(Role::Dim, shown!("   {}", goal.nature.word()));
    }
    if scene.store.is_pending(&goal.id) {
        title = title.fixed(Role::Accent, "   not sent yet");
    }
    title = title.and(age(goal, scene));
    let short = scene
        .store
        .account(&goal.account)
        .map_or("", |account| account.setup.abilities.short);
    let place = if goal.space.is_empty() {
        shown!("{short}")
    } else {
        shown!("{short} · {}", goal.space)
    };
    if goal.nature == Nature::Folder {
        let mut lines = vec![title, Line::of(Role::Dim, place)];
        lines.extend(asides(goal, scene));
        return lines;
    }
    let people = Line::new()
        .put(Role::Dim, place)
        .put(
            Role::Text,
            shown!("   champion {}", who(goal.champion.as_ref(), scene)),
        )
        .put(
            Role::Text,
            shown!("   reviewer {}", who(goal.reviewer.as_ref(), scene)),
        );
    let mut time = Vec::new();
    match (goal.start, goal.due) {
        (Some(start), Some(due)) => {
            time.push(format!(
                "{} – {}",
                dates::day(start, &scene.now),
                dates::day(due, &scene.now)
            ));
        }
        (None, Some(due)) => time.push(format!("due {}", dates::day(due, &scene.now))),
        (Some(start), None) => time.push(format!("since {}", dates::day(start, &scene.now))),
        (None, None) => time.push("no dates".to_owned()),
    }
    let mut figures_line = Line::new().put(Role::Text, text::line(&time.join(", ")));
    if let Some(figures) = scene.store.figures(&goal.id) {
        if let Some(elapsed) = figures.elapsed {
            figures_line = figures_line.put(
                Role::Text,
                shown!(", {} gone", progress::percent_spaced(elapsed)),
            );
        }
        if let Some(done) = figures.shown_progress() {
            figures_line = figures_line.put(
                Role::Text,
                shown!("   progress {}", progress::percent_spaced(done)),
            );
        }
        if let Some(expected) = figures.expected {
            figures_line = figures_line.put(
                Role::Dim,
                shown!("  expected {}", progress::percent_spaced(expected)),
            );
        }
    }
    let mut lines = vec![title, people, figures_line];
    lines.extend(asides(goal, scene));
    if let Some(said) = measure::outdated_was(goal, scene.store) {
        let words = said.words();
        let glyph = glyphs.status(crate::model::status::ShownStatus::Said(said));
        lines.push(Line::new().put(Role::Dim, shown!("was {glyph} {}", words.word)));
    }
    if let Some(closed) = &goal.closed {
        let score = closed.score.map_or_else(String::new, |score| {
            format!(
                ", score {score:.1}: {}",
                progress::score_words(score, goal.aspirational)
            )
        });
        lines.push(Line::new().put(
            Role::Text,
            shown!("closed {}{score}", dates::ago(closed.at, &scene.now)),
        ));
    }
    lines
}

/// What is odd about a goal: not read, gone, counted otherwise, put elsewhere.
fn asides(goal: &Goal, scene: &Scene<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = trouble(goal, scene).into_iter().collect();
    if let Some(words) = scene.store.copy_words(goal, &scene.now) {
        lines.push(Line::of(Role::Warn, shown!("{words}")));
    }
    let stage = super::review::words(goal, scene);
    lines.extend(stage.map(|words| Line::of(Role::Accent, words)));
    let counted = scene.store.counted_words(goal);
    lines.extend(counted.map(|words| Line::of(Role::Dim, text::line(&words))));
    lines.extend(graft_words(goal, scene).map(|words| Line::of(Role::Dim, words)));
    if scene.store.is_cut_off(goal) {
        let words = Shown::fixed("the goal above it is outside this view");
        lines.push(Line::of(Role::Dim, words));
    }
    lines
}

/// Where a goal was put here.
fn graft_words(goal: &Goal, scene: &Scene<'_>) -> Option<Shown> {
    let under = scene.store.graft(goal)?;
    Some(match under.and_then(|under| scene.store.goal(under)) {
        Some(above) => shown!(
            "grafted under \u{201c}{}\u{201d} ({}), kept here",
            above.name,
            above.account
        ),
        None => Shown::fixed("put at the top, kept here"),
    })
}

fn short_head(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs) -> Line {
    let mut facts = match goal.nature {
        Nature::Folder => scene.store.counted_words(goal).into_iter().collect(),
        Nature::Goal | Nature::Project => vec![who(goal.champion.as_ref(), scene)],
    };
    if goal.reviewer.is_some() {
        facts.push(format!("reviewer {}", who(goal.reviewer.as_ref(), scene)));
    }
    if let Some(elapsed) = scene
        .store
        .figures(&goal.id)
        .and_then(|figures| figures.elapsed)
    {
        facts.push(format!("{} gone", progress::percent_spaced(elapsed)));
    }
    status(goal, scene, glyphs)
        .fixed(Role::Text, "  ")
        .put(Role::Strong, text::line(&goal.name))
        .and(age(goal, scene))
        .put(Role::Dim, shown!("   {}", facts.join(" · ")))
}

/// A person's name, or "you", or "nobody".
pub fn who(person: Option<&crate::model::ids::PersonId>, scene: &Scene<'_>) -> String {
    match person {
        None => "nobody".to_owned(),
        Some(person) if scene.store.is_me(person) => "you".to_owned(),
        Some(person) => scene.store.name_of(person),
    }
}

fn reasons(goal: &Goal, scene: &Scene<'_>, width: usize) -> Vec<Line> {
    let why = scene.store.why(goal, &scene.now);
    let mut lines = Vec::new();
    for (place, reason) in why.iter().take(5).enumerate() {
        let words = text::line(&reason.text);
        for (row, piece) in words.wrap(width.saturating_sub(5)).into_iter().enumerate() {
            let lead = if row == 0 {
                shown!("  {} ", place + 1)
            } else {
                Shown::fixed("    ")
            };
            lines.push(Line::new().put(Role::Dim, lead).put(Role::Text, piece));
        }
    }
    lines
}

/// The reasons in one row each, for a pane of few rows.
fn short_reasons(goal: &Goal, scene: &Scene<'_>) -> Vec<Line> {
    let why = scene.store.why(goal, &scene.now);
    let rows = why.iter().take(4).enumerate();
    rows.map(|(place, reason)| {
        Line::of(Role::Dim, shown!(" {} ", place + 1)).put(Role::Text, text::line(&reason.short))
    })
    .collect()
}

fn results(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs, width: usize) -> Vec<Line> {
    match goal.nature {
        Nature::Goal => {}
        Nature::Project => {
            let words = "A project: its progress counts milestones.";
            return vec![Line::new().fixed(Role::Dim, words)];
        }
        Nature::Folder => return Vec::new(),
    }
    if goal.results.is_empty() {
        let children = scene.store.children(&goal.id).len();
        return match children {
            0 if super::goal_actions::why_not_on_goal(&goal.id, Action::Edit, scene).is_some() => {
                vec![Line::new().fixed(Role::Dim, "No key results.")]
            }
            0 => vec![Line::new().fixed(Role::Dim, "No key results. e adds one.")],
            _ => vec![Line::new().put(
                Role::Dim,
                shown!("No key results of its own, {children} goals under it."),
            )],
        };
    }
    let account = scene.store.account(&goal.account);
    let provider = account.map_or("", |account| account.setup.abilities.provider);
    let mut title = Line::new().fixed(Role::Title, "Key results");
    let pad = width.saturating_sub(title.width() + 8);
    title = title
        .put(Role::Text, Shown::spaces(pad))
        .fixed(Role::Dim, "last 8");
    let mut lines = vec![title];
    let name_width = width.saturating_sub(2 + 2 + 10 + 7 + 10 + 10).clamp(12, 30);
    for result in &goal.results {
        let spark = measure::sparkline(goal, result, scene, 8, glyphs);
        let value = result.current.as_ref().map_or_else(
            || "–".to_owned(),
            |value| crate::model::values::show(result, value),
        );
        lines.push(
            Line::new()
                .fixed(Role::Text, " ")
                .and(measure::result_status(goal, result, scene, glyphs))
                .fixed(Role::Text, " ")
                .put(
                    Role::Text,
                    text::line(&result.name)
                        .truncate(name_width)
                        .pad_right(name_width),
                )
                .fixed(Role::Text, " ")
                .and(measure::result_gauge(goal, result, scene, glyphs, 10))
                .put(Role::Text, shown!("  {value}").pad_right(10))
                .fixed(Role::Text, " ")
                .put(Role::Dim, spark),
        );
        lines.push(
            Line::new()
                .fixed(Role::Text, "     ")
                .put(Role::Dim, measure::range_words(result)),
        );
        let asides = [
            Some(measure::elsewhere_words(result, provider)).filter(|words| words.width() > 0),
            progress::result_disagreement(provider, result).map(|words| text::line(&words)),
            owner_words(goal, result, scene),
        ];
        for words in asides.into_iter().flatten() {
            lines.push(Line::new().fixed(Role::Text, "     ").put(Role::Dim, words));
        }
        if !result.phases.is_empty() {
            let words = measure::phase_words(result, &scene.now);
            lines.push(Line::new().fixed(Role::Text, "     ").put(Role::Dim, words));
        }
    }
    lines
}

/// Who answers for a key result, where that is not the goal's champion.
fn owner_words(goal: &Goal, result: &KeyResult, scene: &Scene<'_>) -> Option<Shown> {
    let owner = result.particulars().owner.as_ref();
    let owner = owner.filter(|owner| goal.champion.as_ref() != Some(*owner))?;
    Some(shown!("owner {}", who(Some(owner), scene)))
}

fn last_check_in(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs, width: usize) -> Vec<Line> {
    let Some(last) = goal.last_check_in() else {
        return no_check_in(goal, scene);
    };
    let word = match last.occasion {
        Occasion::Regular => "Last check-in",
        Occasion::Closing => "Closed",
        Occasion::Reopening => "Reopened",
    };
    let by = who(Some(&last.author), scene);
    let mut head = Line::new().fixed(Role::Title, word).put(
        Role::Text,
        shown!("   {}, {by}", dates::ago(last.at, &scene.now)),
    );
    if let Some(status) = last.status {
        let shown = crate::model::status::ShownStatus::Said(status);
        head = head.put(
            measure::status_role(shown),
            shown!("     {} {}", glyphs.status(shown), status.words().word),
        );
    }
    if let Some(confidence) = last.confidence {
        head = head.put(Role::Dim, shown!("   confidence {confidence}"));
    }
    let mut lines = vec![head];
    let note = markdown::render(&last.note, width.saturating_sub(1));
    let more = note.len().saturating_sub(6);
    lines.extend(
        note.into_iter()
            .take(6)
            .map(|line| Line::new().fixed(Role::Text, " ").and(line)),
    );
    if more > 0 {
        lines.push(Line::new().put(
            Role::Dim,
            match more {
                1 => Shown::fixed(" … 1 more line, Enter opens"),
                _ => shown!(" … {more} more lines, Enter opens"),
            },
        ));
    }
    lines.push(standing(goal, last, scene));
    for comment in &last.comments {
        let by = who(Some(&comment.author), scene);
        let quote = shown!(
            " {by}, {}: \u{201c}{}\u{201d}",
            dates::ago(comment.at, &scene.now),
            comment.text
        );
        lines.extend(
            quote
                .wrap(width)
                .into_iter()
                .take(3)
                .map(|piece| Line::new().put(Role::Quote, piece)),
        );
    }
    lines
}

fn no_check_in(goal: &Goal, scene: &Scene<'_>) -> Vec<Line> {
    // Nobody knows yet, or could find out.
    if scene.store.is_reading_goal(&goal.id) || scene.store.trouble(&goal.id).is_some() {
        return Vec::new();
    }
    let due = scene
        .store
        .figures(&goal.id)
        .and_then(|figures| figures.check_in_due);
    let words = match due {
        Some(due) => shown!(
            "No check-in yet, first is due {}.",
            dates::day(due, &scene.now)
        ),
        None => Shown::fixed("No check-in yet."),
    };
    vec![Line::new().put(Role::Dim, words)]
}

/// Who acknowledged it or who should, comments and reactions.
pub(super) fn standing(goal: &Goal, check_in: &CheckIn, scene: &Scene<'_>) -> Line {
    let waits = match (&check_in.acknowledged, goal.acknowledger(check_in)) {
        (Some(noted), _) => format!(
            "acknowledged by {} {}",
            who(Some(&noted.by), scene),
            dates::ago(noted.at, &scene.now)
        ),
        (None, _) if scene.store.marks().acknowledged(&check_in.id).is_some() => {
            "acknowledged, kept here".to_owned()
        }
        (None, Some(reader)) if scene.store.is_me(reader) => {
            "not acknowledged, waits for you".to_owned()
        }
        (None, Some(reader)) => format!("not acknowledged, waits for {}", who(Some(reader), scene)),
        (None, None) => "nobody has to acknowledge it".to_owned(),
    };
    let mut words = vec![waits];
    if !check_in.comments.is_empty() {
        words.push(measure::count(check_in.comments.len(), "comment"));
    }
    if !check_in.reactions.is_empty() {
        words.push(measure::count(check_in.reactions.len(), "reaction"));
    }
    Line::new().put(Role::Dim, shown!(" {}", words.join("   ")))
}

fn last_word(goal: &Goal, scene: &Scene<'_>) -> Vec<Line> {
    let Some(last) = goal.last_check_in() else {
        return Vec::new();
    };
    let first = last
        .note
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    let ago = dates::ago(last.at, &scene.now);
    let waits = last.waits()
        && !scene.store.is_acknowledged(goal, &last.id)
        && goal
            .acknowledger(last)
            .is_some_and(|reader| scene.store.is_me(reader));
    let rest = if waits { ", a to ack" } else { "" };
    let words = match first {
        Some(first) => shown!(
            "  last: \u{201c}{}\u{201d} {ago}{rest}",
            text::line(first).truncate(50)
        ),
        None => shown!("  last: {ago}, no note{rest}"),
    };
    vec![Line::new().put(Role::Text, words)]
}

fn goal_comments(goal: &Goal, scene: &Scene<'_>, width: usize, glyphs: Glyphs) -> Vec<Line> {
    let _ = glyphs;
    let Some(last) = goal.comments.last() else {
        return Vec::new();
    };
    let by = who(Some(&last.author), scene);
    let head = match goal.comments.len() {
        1 => Shown::fixed("Comment"),
        more => shown!("{more} comments, the last"),
    };
    let words = shown!(
        " {by}, {}: \u{201c}{}\u{201d}",
        dates::ago(last.at, &scene.now),
        last.text
    );
    let mut lines = vec![Line::new().put(Role::Title, head)];
    lines.extend(
        words
            .wrap(width)
            .into_iter()
            .take(3)
            .map(|piece| Line::new().put(Role::Quote, piece)),
    );
    lines
}

fn since_look(goal: &Goal, scene: &Scene<'_>, width: usize) -> Vec<Line> {
    let Some((at, changes)) = scene.store.changes_since_look(goal) else {
        return Vec::new();
    };
    let when = dates::day(scene.now.day_of(at), &scene.now);
    let words = shown!("Since you looked ({when}): {}", changes.join(", "));
    words
        .wrap(width)
        .into_iter()
        .map(|piece| Line::new().put(Role::Accent, piece))
        .collect()
}

fn counts(goal: &Goal, scene: &Scene<'_>) -> Line {
    let mut words = match goal.nature {
        Nature::Folder => Vec::new(),
        Nature::Goal | Nature::Project => vec![
            measure::count(goal.results.len(), "result"),
            measure::count(goal.check_ins.len(), "check-in"),
        ],
    };
    let children = scene.store.children(&goal.id).len();
    if children > 0 {
        words.push(format!("{} under it", measure::count(children, "goal")));
    }
    if let Some(key) = scene.keymap.key_for(Action::ActionMenu, &[Scope::Goals]) {
        words.push(format!("{key} actions"));
    }
    Line::new().put(Role::Dim, text::line(&words.join("   ")))
}

/// One goal as a page of its own.
pub struct GoalPage {
    goal: GoalId,
    scroll: Cell<usize>,
    /// The provider's own numbers are shown.
    own: bool,
}

impl GoalPage {
    /// The page of a goal.
    pub fn new(goal: GoalId) -> Self {
        Self {
            goal,
            scroll: Cell::new(0),
            own: false,
        }
    }
}

impl GoalPage {
    fn scroll_by(&mut self, rows: isize) {
        self.scroll
            .set(self.scroll.get().saturating_add_signed(rows));
    }
}

impl Screen for GoalPage {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Detail]
    }

    fn follow(&mut self, _scene: &Scene<'_>) {}

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        let page = isize::try_from(scene.size.1 / 2).unwrap_or(1).max(1);
        match action {
            Action::NextRow | Action::ScrollDown => self.scroll_by(1),
            Action::PreviousRow | Action::ScrollUp => self.scroll_by(-1),
            Action::HalfPageDown | Action::PageDown => self.scroll_by(page),
            Action::HalfPageUp | Action::PageUp => self.scroll_by(-page),
            Action::First => self.scroll.set(0),
            Action::Last => self.scroll.set(usize::MAX / 2),
            Action::OwnNumbers => {
                self.own = !self.own;
                self.scroll.set(0);
            }
            Action::Refresh => return Reply::command(Command::Reload(self.goal.clone())),
            other => return super::goal_actions::act_on_goal(&self.goal, other, scene),
        }
        Reply::done()
    }

    fn answered(&mut self, chosen: &super::Chosen, scene: &Scene<'_>) -> Reply {
        super::goal_actions::answered_for_goal(chosen, scene)
    }

    fn why_not(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        super::goal_actions::why_not_on_goal(&self.goal, action, scene)
    }

    fn is_kept_here(&self, action: Action, scene: &Scene<'_>) -> bool {
        super::goal_actions::is_kept_here(&self.goal, action, scene)
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let name = scene
            .store
            .goal(&self.goal)
            .map_or_else(Shown::default, |goal| text::line(&goal.name));
        Heading::Tabs(
            Line::new().fixed(Role::Text, " ").put(Role::Strong, name),
            Line::new().fixed(Role::Dim, "Esc back "),
        )
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        super::goal_actions::goal_hints()
    }

    fn looking(&self, _scene: &Scene<'_>) -> Option<GoalId> {
        Some(self.goal.clone())
    }

    fn reads(&self, _scene: &Scene<'_>) -> Option<Reads> {
        Some(Reads::Goal(self.goal.clone()))
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let Some(goal) = scene.store.goal(&self.goal) else {
            let words = Line::new().fixed(Role::Dim, " this goal is gone; Esc goes back");
            painter.line(area, &words);
            return;
        };
        draw_lines(
            &lines(
                goal,
                scene,
                painter.glyphs(),
                usize::from(area.width.saturating_sub(2)),
                Room::Full,
                self.own,
            ),
            &self.scroll,
            area,
            painter,
        );
    }
}

/// Draws lines from `from` on, one column in from the left. Where that is past
/// what there is to see it is put back, so that one key comes back from the end.
pub fn draw_lines(lines: &[Line], from: &Cell<usize>, area: Rect, painter: &mut Painter<'_>) {
    let height = usize::from(area.height);
    from.set(from.get().min(lines.len().saturating_sub(height)));
    let scroll = from.get();
    painter.target(area, Target::Detail);
    for (row, line) in lines.iter().skip(scroll).take(height).enumerate() {
        let y = area.y + u16::try_from(row).unwrap_or(u16::MAX);
        painter.line(
            Rect {
                x: area.x + 1,
                y,
                width: area.width.saturating_sub(1),
                height: 1,
            },
            line,
        );
    }
}

/// What `Enter` on a goal opens.
pub fn open(goal: &GoalId) -> Reply {
    Reply::goto(Goto::Open(Place::Goal(goal.clone())))
}
