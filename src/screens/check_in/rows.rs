//! The form's rows above the note, as text with places for fields: the wide
//! layout has two rows a value, the narrow one puts all in one.

use super::outlook::Row;
use super::posting;
use super::values::{Entry, ValueField};
use super::{CheckInForm, Focus, status};
use crate::model::dates;
use crate::model::goal::Goal;
use crate::model::key_result::{KeyResult, Kind};
use crate::model::progress;
use crate::model::status::{ShownStatus, Status};
use crate::model::text::{self, Shown};
use crate::model::values;
use crate::screens::{Scene, measure, review};
use crate::shown;
use crate::store::AccountState;
use crate::theme::{Glyphs, Role};
use crate::widgets::line::Line;

/// Columns of a value field, brackets included.
const BOX: usize = 12;
/// Columns of the confidence, room for the cursor behind `10` included.
const CONFIDENCE: usize = 5;
/// Columns of what posting would make of it: `100 %  (+12)`.
const THEN: usize = 12;
/// Columns of `expected 128`, where it fits beside.
const EXTRA: usize = 14;

/// One row of the form.
#[derive(Default)]
pub struct FormRow {
    /// Text from the first column on.
    pub line: Line,
    /// Text at the end of the row.
    pub right: Line,
    /// A rule runs through the row, under the text.
    pub is_rule: bool,
    /// Fields in it: first column, columns, which.
    pub boxes: Vec<(usize, usize, Focus)>,
    /// The fields that have the focus here.
    pub of: Vec<Focus>,
    /// What a click on these columns chooses.
    pub clicks: Vec<(usize, usize, Status)>,
}

impl FormRow {
    fn of(line: Line) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }

    fn rule(line: Line) -> Self {
        Self {
            line,
            is_rule: true,
            ..Self::default()
        }
    }
}

/// Where the columns of a value row begin.
#[derive(Clone, Copy)]
struct Columns {
    name: usize,
    /// First column of the value before, and how many it has.
    before: (usize, usize),
    field: usize,
    then: usize,
    sign: usize,
    extra: Option<usize>,
}

impl Columns {
    fn of(width: usize, is_wide: bool) -> Self {
        // Eight hold `not done`, the longest of the words.
        let (wide, gap) = if is_wide { (8, 4) } else { (8, 1) };
        let fixed = 3 + 1 + wide + gap + BOX + 2 + THEN + 1 + 1;
        let has_extra = !is_wide && width >= fixed + 14 + EXTRA;
        let extra = if has_extra { 1 + EXTRA } else { 0 };
        let name = width.saturating_sub(fixed + extra + 1).clamp(8, 32);
        let before = 3 + name + 1;
        let field = before + wide + gap;
        let then = field + BOX + 2;
        let sign = then + THEN + 1;
        Self {
            name,
            before: (before, wide),
            field,
            then,
            sign,
            extra: has_extra.then_some(sign + 2),
        }
    }
}

impl CheckInForm {
    /// The rows above the note, `width` columns wide.
    pub(super) fn rows(
        &self,
        goal: &Goal,
        scene: &Scene<'_>,
        glyphs: Glyphs,
        width: usize,
        is_wide: bool,
    ) -> Vec<FormRow> {
        let columns = Columns::of(width, is_wide);
        let account = scene.store.account(&goal.account);
        let provider = account.map_or("", |account| account.setup.abilities.provider);
        let mut rows = Vec::new();
        if let Some(words) = review::locked_words(goal, scene) {
            let pieces = words.wrap(width.saturating_sub(4)).into_iter();
            let line = |piece| Line::new().space(3).put(Role::Warn, piece);
            rows.extend(pieces.map(|piece| FormRow::of(line(piece))));
        }
        if !self.values.is_empty() {
            rows.push(values_rule(goal, scene, columns));
        }
        for (place, field) in self.values.iter().enumerate() {
            if let Some(result) = goal.result(&field.result) {
                let row = self.outlook.rows.get(place).cloned().unwrap_or_default();
                self.value_rows(
                    place, field, result, &row, columns, is_wide, provider, glyphs, &mut rows,
                );
                if let Some((_, mine)) = posting::conflicting(field, goal) {
                    let theirs = result.current.as_ref();
                    let theirs = theirs.map_or_else(String::new, |now| values::show(result, now));
                    let by = posting::last_reader(goal, &result.id, scene);
                    let mine = values::show(result, &mine);
                    rows.push(FormRow::of(Line::of(
                        Role::Warn,
                        shown!("     you: {mine}   {by}: {theirs}; asked when posting"),
                    )));
                }
                self.error_row(Focus::Value(place), &mut rows);
            }
        }
        if self.takes_status {
            self.status_rows(is_wide, width, glyphs, &mut rows);
        }
        if self.over.is_some() {
            self.earlier_row(width, &mut rows);
        } else {
            self.confidence_and_due(goal, scene, width, &mut rows);
        }
        rows
    }

    fn error_row(&self, focus: Focus, rows: &mut Vec<FormRow>) {
        let error = self.errors.iter().find(|(field, _)| *field == focus);
        // While a field is typed in, half a number is not an error yet; and
        // nobody is told to choose before they tried to post.
        let is_shown = self.is_strict || (self.focus != focus && focus != Focus::Status);
        if let Some((_, why)) = error.filter(|_| is_shown) {
            rows.push(FormRow::of(Line::of(Role::Error, shown!("     {why}"))));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one row and where it goes")]
    fn value_rows(
        &self,
        place: usize,
        field: &ValueField,
        result: &KeyResult,
        row: &Row,
        columns: Columns,
        is_wide: bool,
        provider: &str,
        glyphs: Glyphs,
        rows: &mut Vec<FormRow>,
    ) {
        let name = text::line(&result.name).cut(columns.name, glyphs.ellipsis());
        let before = field
            .base
            .as_ref()
            .map(|before| values::bare(result, before))
            .or_else(|| progress::shown_of_result(result).map(progress::percent))
            .unwrap_or_else(|| "–".to_owned());
        let before = text::line(&before).cut(columns.before.1, glyphs.ellipsis());
        let focus = Focus::Value(place);
        let mut line = Line::new()
            .space(3)
            .put(Role::Text, name)
            .pad_right(columns.before.0)
            .put(Role::Dim, before.pad_left(columns.before.1))
            .pad_right(columns.field);
        let mut entry = FormRow::default();
        match &field.entry {
            Entry::Number(_) | Entry::YesNo(_) => {
                entry.boxes.push((columns.field, BOX, focus));
                entry.of.push(focus);
            }
            Entry::Ticks(..) => {
                let now = row.reading.as_ref();
                let now = now.map_or_else(String::new, |now| values::bare(result, now));
                line = line.put(Role::Text, text::line(&now));
            }
            Entry::Sum => line = line.fixed(Role::Dim, "added up"),
            Entry::Elsewhere => {
                let words = Line::of(Role::Dim, measure::elsewhere_words(result, provider));
                if is_wide {
                    rows.push(FormRow::of(line));
                    rows.push(FormRow::of(Line::new().space(5).and(words)));
                } else {
                    rows.push(FormRow::of(line.and(words)));
                }
                return;
            }
        }
        line = line
            .pad_right(columns.then)
            .and(then_words(result, row))
            .pad_right(columns.sign)
            .and(sign(row, glyphs));
        let (becomes, plan) = today_words(field, result, row);
        if let Some(extra) = columns.extra {
            let words = match becomes.is_empty() {
                true if plan.width() > EXTRA => short_plan(result, row),
                true => plan.clone(),
                false => becomes.clone(),
            };
            line = line
                .pad_right(extra)
                .put(Role::Dim, words.cut(EXTRA, glyphs.ellipsis()));
        }
        entry.line = line;
        rows.push(entry);
        if is_wide {
            let range = range_words(result);
            let words = match (becomes.is_empty(), plan.is_empty()) {
                (true, false) => plan_today(result, row),
                (true, true) => Shown::default(),
                (false, true) => becomes,
                (false, false) => becomes.and(&Shown::fixed(", ")).and(&plan),
            };
            if !range.is_empty() || !words.is_empty() {
                let room = columns.field.saturating_sub(6);
                let line = Line::new()
                    .space(5)
                    .put(Role::Dim, range.cut(room, glyphs.ellipsis()))
                    .pad_right(columns.field)
                    .put(Role::Dim, words);
                rows.push(FormRow::of(line));
            }
        }
        tick_rows(place, field, result, glyphs, rows);
    }

    fn status_rows(&self, is_wide: bool, width: usize, glyphs: Glyphs, rows: &mut Vec<FormRow>) {
        let outlook = &self.outlook;
        let is_focused = self.focus == Focus::Status && !self.is_commanding;
        let title = Line::new().fixed(Role::Title, " Status ");
        let title = match self.is_status_here {
            true => title.fixed(Role::Dim, "kept here "),
            false => title,
        };
        let (choices, clicks) =
            status::choices(self.status, is_focused, if is_wide { 3 } else { 1 }, glyphs);
        if is_wide {
            rows.push(FormRow::rule(gap(2).and(title)));
            rows.push(status_row(Line::new().space(2), choices, &clicks));
            let words = status::suggestion(outlook.suggested, outlook.gap);
            rows.push(FormRow::of(Line::new().space(5).put(Role::Dim, words)));
        } else {
            let left = gap(2)
                .and(title)
                .fixed(Role::Border, glyphs.frame().across)
                .space(1);
            let mut row = status_row(left, choices, &clicks);
            row.is_rule = true;
            let words = status::short_suggestion(outlook.suggested);
            // A word that is cut says nothing.
            if row.line.width() + words.width() + 7 <= width && !words.is_empty() {
                let words = Line::new().space(2).put(Role::Dim, words).space(1);
                row.right = words.fixed(Role::Border, glyphs.frame().across).space(1);
            }
            row.line = row.line.space(1);
            rows.push(row);
        }
        if let Some(words) = status::contradiction(self.status, outlook.suggested, outlook.gap) {
            let pieces = words.wrap(width.saturating_sub(6)).into_iter();
            let line = |piece| Line::new().space(5).put(Role::Warn, piece);
            rows.extend(pieces.map(|piece| FormRow::of(line(piece))));
        }
        self.error_row(Focus::Status, rows);
    }

    /// Confidence and due day in one row, in two where they do not fit.
    fn confidence_and_due(
        &self,
        goal: &Goal,
        scene: &Scene<'_>,
        width: usize,
        rows: &mut Vec<FormRow>,
    ) {
        let mut row = FormRow::of(Line::new().space(3));
        if self.takes_confidence {
            let last = goal.check_ins.iter().rev().find_map(|last| last.confidence);
            row.line = row.line.fixed(Role::Text, "Confidence ");
            let at = row.line.width();
            row.boxes.push((at, CONFIDENCE, Focus::Confidence));
            row.of.push(Focus::Confidence);
            row.line = row
                .line
                .pad_right(at + CONFIDENCE)
                .fixed(Role::Text, " of 10");
            if let Some(last) = last {
                row.line = row.line.put(Role::Dim, shown!("   was {last}"));
            }
            if self.is_confidence_here {
                row.line = row.line.fixed(Role::Dim, "   kept here");
            }
            if width < 62 {
                rows.push(std::mem::take(&mut row));
                self.error_row(Focus::Confidence, rows);
                row.line = Line::new().space(3);
            } else {
                let at = row.line.width() + 4;
                row.line = row.line.pad_right(at.max(36));
            }
        }
        if !self.is_of_project {
            self.put_due(goal, scene, &mut row);
        }
        if self.takes_tell {
            let told = self.told(goal, scene);
            if row.line.width() + told.width() + 2 <= width {
                row.right = told;
            } else {
                rows.push(std::mem::take(&mut row));
                row.line = Line::new().space(3).and(told);
            }
        }
        if row.line.width() > 3 || row.right.width() > 0 {
            rows.push(row);
        }
        if self.takes_confidence && width >= 62 {
            self.error_row(Focus::Confidence, rows);
        }
        self.error_row(Focus::Due, rows);
    }

    /// The due day and what it becomes.
    fn put_due(&self, goal: &Goal, scene: &Scene<'_>, row: &mut FormRow) {
        let day = |day: Option<chrono::NaiveDate>| {
            day.map_or_else(|| "no day".to_owned(), |day| dates::day(day, &scene.now))
        };
        let is_entered = !self.due.is_empty() || self.focus == Focus::Due;
        let mut line = std::mem::take(&mut row.line).fixed(Role::Text, "Due ");
        if is_entered {
            let at = line.width();
            row.boxes.push((at, BOX, Focus::Due));
            line = line.pad_right(at + BOX);
        }
        let now = goal.due;
        let words = match posting::due(self.due.text(), &scene.now) {
            Ok(Some(to)) if to != now => shown!(" {} → {}", day(now), day(to)),
            _ => shown!(" {} (unchanged)", day(now)),
        };
        row.line = line.put(Role::Dim, words);
        row.of.push(Focus::Due);
    }
}

/// The rule over the values, with the names of their columns set into it.
fn values_rule(goal: &Goal, scene: &Scene<'_>, columns: Columns) -> FormRow {
    let account = scene.store.account(&goal.account);
    // What is shown may be old: the person who types numbers against it must know.
    let as_of = account
        .filter(|account| !matches!(account.state, AccountState::Synced))
        .and_then(|account| account.synced_at)
        .map_or_else(String::new, |at| {
            format!("as of {} ", scene.now.zone.local(at).format("%H:%M"))
        });
    let mut row = FormRow::rule(Line::new());
    row.line = gap(2)
        .fixed(Role::Title, " Values ")
        .put(Role::Dim, text::line(&as_of));
    row.line = on_rule(
        row.line,
        columns.before.0 + columns.before.1 - 7,
        " before ",
    );
    row.line = on_rule(row.line, columns.field, " now ");
    row.line = on_rule(row.line, columns.then - 1, " then ");
    row
}

/// Words at a column of a rule. The gap is left to the rule: [`gap`] marks it.
fn on_rule(line: Line, at: usize, words: &'static str) -> Line {
    let missing = at.saturating_sub(line.width());
    line.and(gap(missing)).fixed(Role::Dim, words)
}

/// Columns that a rule runs through.
fn gap(columns: usize) -> Line {
    Line::of(Role::Border, Shown::spaces(columns))
}

fn status_row(left: Line, choices: Line, clicks: &[(usize, usize, Status)]) -> FormRow {
    let shift = left.width();
    FormRow {
        line: left.and(choices),
        of: vec![Focus::Status],
        clicks: clicks
            .iter()
            .map(|(at, width, status)| (at + shift, *width, *status))
            .collect(),
        ..FormRow::default()
    }
}

/// The items of a checklist or milestones, each with its box.
fn tick_rows(
    place: usize,
    field: &ValueField,
    result: &KeyResult,
    glyphs: Glyphs,
    rows: &mut Vec<FormRow>,
) {
    let before = values::ticks_of(field.base.as_ref(), field.ticks().len());
    for (item, ticked) in field.ticks().into_iter().enumerate() {
        let words = match &result.kind {
            Kind::Checklist { items, .. } => items.get(item).map(|item| text::line(item)),
            Kind::Milestones { steps } => steps.get(item).map(|step| {
                if (step.weight - 1.0).abs() < 1e-9 {
                    text::line(&step.name)
                } else {
                    shown!("{} (weight {})", step.name, values::number(step.weight))
                }
            }),
            _ => None,
        };
        let is_new = before.get(item).is_some_and(|before| *before != ticked);
        let role = if is_new { Role::Strong } else { Role::Text };
        let line = Line::new()
            .space(5)
            .fixed(role, glyphs.check_box(ticked))
            .space(1)
            .put(role, words.unwrap_or_default());
        rows.push(FormRow {
            line,
            of: vec![Focus::Tick(place, item)],
            ..FormRow::default()
        });
    }
}

/// `76 %  (+8)`, `held`, or nothing.
fn then_words(result: &KeyResult, row: &Row) -> Line {
    if let Some(held) = row.held {
        return if held {
            Line::new().fixed(Role::Good, "held")
        } else {
            Line::new().fixed(Role::Bad, "broken")
        };
    }
    let Some(then) = row.then else {
        let words = if result.kind == Kind::Baseline {
            "not counted"
        } else {
            "–"
        };
        return Line::of(Role::Dim, Shown::fixed(words));
    };
    let line = Line::of(Role::Text, text::line(&progress::percent_spaced(then)));
    match row.gained {
        None => line,
        Some(0) => line.pad_right(7).fixed(Role::Dim, "(±0)"),
        Some(gained) => {
            let role = if gained > 0 { Role::Good } else { Role::Bad };
            line.pad_right(7).put(role, shown!("({gained:+})"))
        }
    }
}

/// The sign of the status that pace would choose for one key result.
fn sign(row: &Row, glyphs: Glyphs) -> Line {
    let status = match row.held {
        Some(true) => Some(Status::OnTrack),
        Some(false) => Some(Status::OffTrack),
        None => row.suggested,
    };
    status.map_or_else(Line::new, |status| {
        let shown = ShownStatus::Said(status);
        Line::of(Role::from(shown), Shown::fixed(glyphs.status(shown)))
    })
}

/// `becomes 17` for a difference, and `expected 19`.
fn today_words(field: &ValueField, result: &KeyResult, row: &Row) -> (Shown, Shown) {
    let becomes = row
        .reading
        .as_ref()
        .filter(|_| field.is_relative() && field.reading(result).is_ok())
        .map_or_else(Shown::default, |reading| {
            shown!("becomes {}", values::bare(result, reading))
        });
    let plan = row.expected.map_or_else(Shown::default, |expected| {
        shown!("expected {}", values::in_scale(result, expected))
    });
    (becomes, plan)
}

/// A long number, with a shorter word or none.
fn short_plan(result: &KeyResult, row: &Row) -> Shown {
    row.expected.map_or_else(Shown::default, |expected| {
        let number = values::in_scale(result, expected);
        let plan = shown!("plan {number}");
        match plan.width() <= EXTRA {
            true => plan,
            false => shown!("{number}"),
        }
    })
}

fn plan_today(result: &KeyResult, row: &Row) -> Shown {
    row.expected.map_or_else(Shown::default, |expected| {
        shown!("expected today {}", values::in_scale(result, expected))
    })
}

/// `30 → 10, lower is better`.
fn range_words(result: &KeyResult) -> Shown {
    match &result.kind {
        Kind::Guardrail(_) | Kind::Zones { .. } => {
            text::line(measure::range_words(result).as_str())
        }
        _ => {
            let falling = progress::is_falling(result) == Some(true);
            let rest = if falling { ", lower is better" } else { "" };
            values::range(result).map_or_else(Shown::default, |range| shown!("{range}{rest}"))
        }
    }
}
