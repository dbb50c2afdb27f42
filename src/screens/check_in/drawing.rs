//! Draws the form in both layouts. What does not fit is scrolled so that the
//! focused field is seen.

use std::ops::Range;

use ratatui::layout::Rect;

use super::rows::FormRow;
use super::values::Entry;
use super::{CheckInForm, Focus, beside};
use crate::actions::Action;
use crate::model::goal::Goal;
use crate::model::key_result::KeyResult;
use crate::model::status::Status;
use crate::model::text::{self, Shown};
use crate::screens::{Painter, Scene, Shape, Target, form};
use crate::theme::Role;
use crate::widgets::line::Line;

/// The note has at least this many rows, its rule included.
const NOTE: usize = 5;

impl CheckInForm {
    /// Draws the body of the screen.
    pub(super) fn draw_body(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let area = area.intersection(painter.area());
        if area.is_empty() {
            return;
        }
        let goal = scene.store.goal(&self.goal);
        if let Some(why) = &self.refusal {
            form::draw_refusal(why, area, painter);
            return;
        }
        let Some(goal) = goal else { return };
        if Shape::of(scene.size) == Shape::Wide && area.width >= 90 {
            let left = (area.width * 57 / 100).max(58);
            let form = Rect {
                width: left,
                ..area
            };
            self.draw_form(goal, scene, form, true, painter);
            let rule = Rect {
                x: area.x + left,
                width: 1,
                ..area
            };
            painter.rule_down(rule);
            let pane = Rect {
                x: rule.x + 2,
                width: area.width.saturating_sub(left + 3),
                ..area
            };
            let width = usize::from(pane.width);
            let glyphs = painter.glyphs();
            let mut lines = beside::lines(goal, scene, glyphs, width);
            if let Some(result) = self.result_in_hand(goal) {
                let rows = usize::from(pane.height).saturating_sub(lines.len());
                lines.extend(beside::chart(goal, result, scene, glyphs, (width, rows)));
            }
            painter.lines(pane, &lines);
            return;
        }
        let last = beside::last_line(goal, scene, painter.glyphs()).filter(|_| area.height >= 16);
        let form = Rect {
            height: area.height - u16::from(last.is_some()),
            ..area
        };
        self.draw_form(goal, scene, form, false, painter);
        if let Some(last) = last {
            let row = Rect {
                y: form.bottom(),
                height: 1,
                ..area
            };
            let key = scene.keymap.key_for(Action::InsertLast, &self.key_scopes());
            let key = key.map_or_else(Line::new, |key| {
                Line::of(Role::Key, text::line(&key)).space(1)
            });
            painter.line_split(row, &last, &key);
        }
    }

    /// The key result whose value has the focus, else the first of the form.
    fn result_in_hand<'a>(&self, goal: &'a Goal) -> Option<&'a KeyResult> {
        let place = match self.focus {
            Focus::Value(place) | Focus::Tick(place, _) => place,
            Focus::Status | Focus::Confidence | Focus::Due | Focus::Note => 0,
        };
        goal.result(&self.values.get(place)?.result)
    }

    fn key_scopes(&self) -> Vec<crate::actions::Scope> {
        use crate::screens::Screen as _;
        self.scopes()
    }

    fn draw_form(
        &self,
        goal: &Goal,
        scene: &Scene<'_>,
        area: Rect,
        is_wide: bool,
        painter: &mut Painter<'_>,
    ) {
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        let rows = self.rows(goal, scene, painter.glyphs(), width, is_wide);
        let note_height = height.saturating_sub(rows.len()).max(NOTE.min(height));
        let total = rows.len() + note_height;
        let first = form::first_row(&self.focused_rows(&rows, total), total, height);
        for (place, row) in rows.iter().enumerate().skip(first).take(height) {
            let y = area.y + u16::try_from(place - first).unwrap_or(0);
            self.draw_row(
                row,
                Rect {
                    y,
                    height: 1,
                    ..area
                },
                painter,
            );
        }
        let above = rows.len().saturating_sub(first);
        if above < height {
            let above = u16::try_from(above).unwrap_or(0);
            let note = Rect {
                y: area.y + above,
                height: area.height - above,
                ..area
            };
            self.draw_note(note, is_wide, painter);
        }
    }

    fn focused_rows(&self, rows: &[FormRow], total: usize) -> Range<usize> {
        if self.focus == Focus::Note {
            return rows.len()..total;
        }
        let place = rows.iter().position(|row| row.of.contains(&self.focus));
        let place = place.unwrap_or(0);
        place..place + 1
    }

    fn draw_row(&self, row: &FormRow, area: Rect, painter: &mut Painter<'_>) {
        let is_focused = row.of.contains(&self.focus);
        self.aim(row.of.first(), area, painter);
        if row.is_rule {
            painter.rule_across(Rect {
                x: area.x + 1,
                width: area.width.saturating_sub(2),
                ..area
            });
            draw_over_rule(&row.line, area, painter);
            draw_at_end(&row.right, area, painter);
        } else {
            painter.line_split(area, &row.line, &row.right);
        }
        for (at, width, status) in &row.clicks {
            let action = match status {
                Status::AtRisk => Action::ChooseAtRisk,
                Status::OffTrack => Action::ChooseOffTrack,
                _ => Action::ChooseOnTrack,
            };
            painter.hit(part(area, *at, *width), action);
        }
        if is_focused {
            painter.fixed(area.x, area.y, 1, painter.glyphs().focus(), Role::Focus);
            painter.rest(area.x, area.y);
        }
        for (at, width, focus) in &row.boxes {
            self.aim(Some(focus), part(area, *at, *width), painter);
            self.draw_box(*focus, part(area, *at, *width), painter);
        }
    }

    /// A click in `area` goes into a field.
    fn aim(&self, focus: Option<&Focus>, area: Rect, painter: &mut Painter<'_>) {
        let place = focus.and_then(|focus| self.order().iter().position(|one| one == focus));
        if let Some(place) = place {
            painter.target(area, Target::Field(place));
        }
    }

    fn draw_box(&self, focus: Focus, area: Rect, painter: &mut Painter<'_>) {
        let is_focused = self.focus == focus && !self.is_commanding;
        match focus {
            Focus::Confidence => form::draw_field(&self.confidence, area, is_focused, painter),
            Focus::Due => form::draw_field(&self.due, area, is_focused, painter),
            Focus::Value(place) => {
                match self.values.get(place).map(|field| (field, &field.entry)) {
                    Some((_, Entry::Number(field))) => {
                        form::draw_field(field, area, is_focused, painter);
                    }
                    Some((value, Entry::YesNo(said))) => {
                        let words = match (said.is_some(), value.is_yes()) {
                            (true, true) => "yes",
                            (true, false) => "no",
                            (false, _) if is_focused => "y or n",
                            (false, _) => "",
                        };
                        form::draw_choice(&Shown::fixed(words), area, is_focused, painter);
                    }
                    _ => {}
                }
            }
            Focus::Tick(..) | Focus::Status | Focus::Note => {}
        }
    }

    fn draw_note(&self, area: Rect, is_wide: bool, painter: &mut Painter<'_>) {
        let is_focused = self.focus == Focus::Note;
        let title = match (self.note.preview, is_wide) {
            (Some(_), _) => " Note, as it will look ",
            (None, true) => " Note (Markdown) ",
            (None, false) => " Note ",
        };
        let counted = text::line(&self.note.counted(is_wide));
        let rule = FormRow {
            line: Line::of(Role::Border, Shown::spaces(2)).fixed(Role::Title, title),
            right: Line::new()
                .space(1)
                .put(Role::Dim, counted)
                .space(1)
                .fixed(Role::Border, painter.glyphs().frame().across)
                .space(1),
            is_rule: true,
            of: vec![Focus::Note],
            ..FormRow::default()
        };
        self.draw_row(&rule, Rect { height: 1, ..area }, painter);
        let inside = Rect {
            x: area.x + 3,
            y: area.y + 1,
            width: area.width.saturating_sub(4),
            height: area.height.saturating_sub(1),
        };
        self.aim(Some(&Focus::Note), inside, painter);
        match self.note.preview {
            None => self
                .note
                .area
                .draw(painter, inside, is_focused && !self.is_commanding),
            Some(scroll) => {
                let lines = self.note.previewed(usize::from(inside.width));
                let most = lines.len().saturating_sub(usize::from(inside.height));
                self.note.bottom.set(Some(most));
                let shown = lines.get(scroll.min(most)..).unwrap_or_default();
                painter.lines(inside, shown);
            }
        }
    }
}

/// The columns `at..at + width` of a row.
fn part(area: Rect, at: usize, width: usize) -> Rect {
    let at = u16::try_from(at).unwrap_or(u16::MAX).min(area.width);
    let width = u16::try_from(width).unwrap_or(u16::MAX);
    Rect {
        x: area.x + at,
        width: width.min(area.width - at),
        ..area
    }
}

/// Draws words over a rule; where the line has only blanks of the border the
/// rule stays.
fn draw_over_rule(line: &Line, area: Rect, painter: &mut Painter<'_>) {
    let mut at = 0;
    let line = line.clone().spoken(painter.glyphs());
    for (piece, role) in line.pieces() {
        let (width, role) = (piece.width(), *role);
        let is_gap = role == Role::Border && piece.as_str().trim().is_empty();
        if !is_gap {
            let place = part(area, at, width);
            painter.text(place.x, place.y, place.width, piece, role);
        }
        at += width;
    }
}

fn draw_at_end(line: &Line, area: Rect, painter: &mut Painter<'_>) {
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
    if width > 0 && width < area.width {
        let x = area.right() - width;
        painter.line(Rect { x, width, ..area }, line);
    }
}
