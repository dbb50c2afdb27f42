//! The goal tree with the focused goal's detail beside it.

use std::cell::{Cell, RefCell};

use ratatui::layout::Rect;

use super::goal_actions;
use super::goal_detail::{self, Room};
use super::measure;
use super::{Chosen, Heading, Hint, Painter, Reply, Scene, Screen, Shape, Target};
use crate::actions::{Action, Scope};
use crate::model::dates;
use crate::model::entry::Mark;
use crate::model::filter::Filter;
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::text::Shown;
use crate::shown;
use crate::store::effect::Command;
use crate::store::tree::{Row, Sort, Tree};
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;

/// The tree screen.
#[derive(Default)]
pub struct Goals {
    tree: Tree,
    /// Of which moves the tree is; 0 for a tree to be made anew.
    moved: u64,
    folds: u64,
    rows: Vec<Row>,
    cursor: usize,
    /// What the cursor is on, to find it again when rows move.
    on: Option<(GoalId, Option<u16>)>,
    offset: Cell<usize>,
    sort: Sort,
    with_closed: bool,
    filter: Option<Filtering>,
    recalled: Vec<String>,
    detail_focused: bool,
    /// The provider's own numbers are shown in the detail.
    own: bool,
    scroll: Cell<usize>,
    /// Of which goal the details are that are on screen.
    detailed: RefCell<Option<GoalId>>,
}

struct Filtering {
    field: Field,
    /// Still typing; otherwise the filter stays and keys act on rows.
    typing: bool,
}

impl Goals {
    /// The goal under the cursor.
    fn goal<'a>(&self, scene: &Scene<'a>) -> Option<&'a Goal> {
        let row = self.rows.get(self.cursor)?;
        scene.store.goal(&self.tree.node(row.node)?.goal)
    }

    fn rebuild(&mut self, scene: &Scene<'_>) {
        let (moved, folds) = (scene.store.moved(), scene.store.marks().folds());
        if self.moved == moved && self.folds == folds {
            return;
        }
        if self.moved != moved {
            self.tree = Tree::build(scene.store, self.sort, self.with_closed);
            self.moved = moved;
        }
        self.folds = folds;
        self.flatten(scene);
    }

    /// Makes the rows anew; the cursor stays on its goal, or on its row if that
    /// is gone, and the list does not jump under the person.
    fn flatten(&mut self, scene: &Scene<'_>) {
        let filter = self
            .filter
            .as_ref()
            .map(|filter| Filter::parse(filter.field.text()));
        let filter = filter.as_ref().filter(|filter| !filter.is_empty());
        self.rows = self.tree.rows(scene.store, filter);
        if let Some((goal, result)) = &self.on {
            let tree = &self.tree;
            let is_it = |row: &Row| tree.node(row.node).is_some_and(|node| &node.goal == goal);
            let exact = self
                .rows
                .iter()
                .position(|row| row.result == *result && is_it(row));
            if let Some(place) = exact.or_else(|| self.rows.iter().position(is_it)) {
                let moved = place as isize - self.cursor as isize;
                self.offset
                    .set(self.offset.get().saturating_add_signed(moved));
                self.cursor = place;
            }
        }
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
        self.remember();
    }

    fn remember(&mut self) {
        self.on = self.rows.get(self.cursor).and_then(|row| {
            self.tree
                .node(row.node)
                .map(|node| (node.goal.clone(), row.result))
        });
    }

    fn move_to(&mut self, place: usize) -> Reply {
        self.cursor = place.min(self.rows.len().saturating_sub(1));
        self.scroll.set(0);
        self.remember();
        Reply::done()
    }

    fn fold(&mut self, open: bool, scene: &Scene<'_>) -> Reply {
        let Some(row) = self.rows.get(self.cursor).copied() else {
            return Reply::done();
        };
        let Some(node) = self.tree.node(row.node) else {
            return Reply::done();
        };
        match (row.result, row.open, open) {
            // Folding what is folded, or a result, goes to what is above it.
            (Some(_), _, false) => {
                let place = self
                    .rows
                    .iter()
                    .position(|other| other.node == row.node && other.result.is_none());
                place.map_or_else(Reply::done, |place| self.move_to(place))
            }
            (None, Some(true), false) | (None, Some(false), true) if self.filter.is_none() => {
                let mark = Mark::Folded {
                    goal: node.goal.clone(),
                    folded: !open,
                };
                let _ = scene;
                Reply::command(Command::Put(mark))
            }
            (None, _, false) => {
                let above = node.parent;
                let place = self
                    .rows
                    .iter()
                    .position(|other| Some(other.node) == above && other.result.is_none());
                place.map_or_else(Reply::done, |place| self.move_to(place))
            }
            (None, Some(true), true) => self.move_to(self.cursor + 1),
            _ => Reply::done(),
        }
    }

    fn fold_all(&mut self, scene: &Scene<'_>) -> Reply {
        let any_open = self.rows.iter().any(|row| row.open == Some(true));
        let marks = scene.store.marks();
        let parents = self.tree.parents();
        let others = parents.filter(|node| marks.folded(&node.goal) != Some(any_open));
        let folds = others.map(|node| Mark::Folded {
            goal: node.goal.clone(),
            folded: any_open,
        });
        Reply::command(Command::PutAll(folds.collect()))
    }

    fn page(&self, scene: &Scene<'_>) -> usize {
        usize::from(scene.size.1.saturating_sub(6) / 2).max(1)
    }

    fn stop_filtering(&mut self, scene: &Scene<'_>) -> Reply {
        self.filter = None;
        self.flatten(scene);
        Reply::done()
    }

    fn body(scene: &Scene<'_>, area: Rect) -> (Rect, Option<Rect>) {
        match Shape::of(scene.size) {
            Shape::Wide => {
                let list = (area.width / 2).clamp(40, 70);
                let detail = Rect {
                    x: area.x + list + 1,
                    width: area.width - list - 1,
                    ..area
                };
                (
                    Rect {
                        width: list,
                        ..area
                    },
                    Some(detail),
                )
            }
            Shape::Stacked => {
                let below = area.height * 35 / 100;
                let list = Rect {
                    height: area.height - below - 1,
                    ..area
                };
                (
                    list,
                    Some(Rect {
                        y: list.bottom() + 1,
                        height: below,
                        ..area
                    }),
                )
            }
            Shape::Single | Shape::TooSmall => (area, None),
        }
    }

    fn draw_list(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let height = usize::from(area.height).max(1);
        let mut offset = self
            .offset
            .get()
            .min(self.rows.len().saturating_sub(height));
        if self.cursor < offset {
            offset = self.cursor;
        } else if self.cursor >= offset + height {
            offset = self.cursor + 1 - height;
        }
        self.offset.set(offset);
        if self.rows.is_empty() {
            let words = self.empty_words(scene);
            painter.line(
                Rect {
                    x: area.x + 1,
                    height: 1,
                    ..area
                },
                &Line::new().put(Role::Dim, words),
            );
            return;
        }
        painter.target(area, Target::List);
        for (index, row) in self.rows.iter().enumerate().skip(offset).take(height) {
            let y = area.y + u16::try_from(index - offset).unwrap_or(u16::MAX);
            let line_area = Rect {
                y,
                height: 1,
                ..area
            };
            painter.target(line_area, Target::Row(index));
            self.draw_row(row, scene, line_area, painter);
            if index == self.cursor {
                painter.highlight(line_area, Role::Focus);
                painter.text(
                    area.x,
                    y,
                    1,
                    &Shown::fixed(painter.glyphs().focus()),
                    Role::Focus,
                );
                painter.rest(area.x, y);
            }
        }
    }

    fn empty_words(&self, scene: &Scene<'_>) -> Shown {
        match &self.filter {
            Some(filter) if !filter.field.text().is_empty() => {
                shown!(
                    "No match for \"{}\". Esc clears the filter",
                    filter.field.text()
                )
            }
            _ if scene
                .store
                .accounts()
                .any(|account| scene.store.is_reading(&account.setup.name))
                && scene.store.is_empty() =>
            {
                Shown::fixed("reading…")
            }
            _ => Shown::fixed("No goals yet. n makes one; goaldeck import reads a file"),
        }
    }

    fn draw_row(&self, row: &Row, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let Some(node) = self.tree.node(row.node) else {
            return;
        };
        let Some(goal) = scene.store.goal(&node.goal) else {
            return;
        };
        let goal = &*scene.store.summed(goal);
        let indent = usize::from(row.depth.min(16)) * 2;
        let cells = match row
            .result
            .and_then(|index| goal.results.get(usize::from(index)))
        {
            Some(result) => measure::result_row(
                goal,
                result,
                scene,
                painter.glyphs(),
                indent,
                usize::from(area.width),
            ),
            None => measure::goal_row(
                goal,
                row,
                scene,
                painter.glyphs(),
                indent,
                usize::from(area.width),
            ),
        };
        painter.line(area, &cells);
    }
}

impl Screen for Goals {
    fn scopes(&self) -> Vec<Scope> {
        match &self.filter {
            Some(filter) if filter.typing => vec![Scope::TextField, Scope::FilterLine],
            _ => vec![Scope::Goals],
        }
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        self.rebuild(scene);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if self.filter.as_ref().is_some_and(|filter| filter.typing) {
            return self.act_in_filter(action, scene);
        }
        if self.detail_focused
            && let Some(reply) = self.scroll_detail(action, scene)
        {
            return reply;
        }
        let page = self.page(scene);
        match action {
            Action::NextRow => self.move_to(self.cursor + 1),
            Action::PreviousRow => self.move_to(self.cursor.saturating_sub(1)),
            Action::First => self.move_to(0),
            Action::Last => self.move_to(usize::MAX),
            Action::HalfPageDown => self.move_to(self.cursor + page),
            Action::HalfPageUp => self.move_to(self.cursor.saturating_sub(page)),
            Action::PageDown => self.move_to(self.cursor + page * 2),
            Action::PageUp => self.move_to(self.cursor.saturating_sub(page * 2)),
            Action::ScrollDown => self.scroll_by(1),
            Action::ScrollUp => self.scroll_by(-1),
            Action::Fold => self.fold(false, scene),
            Action::Unfold => self.fold(true, scene),
            Action::FoldAll => self.fold_all(scene),
            Action::NextPane | Action::PreviousPane => {
                self.detail_focused =
                    !self.detail_focused && Shape::of(scene.size) != Shape::Single;
                Reply::done()
            }
            Action::OwnNumbers if Shape::of(scene.size) == Shape::Single => {
                Reply::say("Enter opens the goal; i shows them there")
            }
            Action::OwnNumbers => {
                self.own = !self.own;
                self.scroll.set(0);
                Reply::done()
            }
            Action::Filter => {
                let before = self
                    .filter
                    .take()
                    .map(|filter| filter.field.text().to_owned());
                let mut field = Field::default();
                field.set(&before.unwrap_or_default());
                self.filter = Some(Filtering {
                    field,
                    typing: true,
                });
                Reply::done()
            }
            Action::SortNext => {
                self.sort = self.sort.next();
                self.moved = 0;
                self.rebuild(scene);
                Reply::say(format!("sorted by {}", self.sort.word()))
            }
            Action::ShowClosed => {
                self.with_closed = !self.with_closed;
                self.moved = 0;
                self.rebuild(scene);
                Reply::say(if self.with_closed {
                    "closed goals are shown"
                } else {
                    "closed goals are hidden"
                })
            }
            Action::Back if self.detail_focused => {
                self.detail_focused = false;
                Reply::done()
            }
            Action::Back if self.filter.is_some() => self.stop_filtering(scene),
            Action::New => {
                let parent = self.goal(scene).and_then(|goal| goal.parent.clone());
                goal_actions::new_goal(parent, scene)
            }
            other => match self.goal(scene).map(|goal| goal.id.clone()) {
                Some(goal) => goal_actions::act_on_goal(&goal, other, scene),
                None => Reply::pass(),
            },
        }
    }

    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        let Some(filter) = self.filter.as_mut().filter(|filter| filter.typing) else {
            return Reply::pass();
        };
        filter.field.edit(edit.clone());
        self.flatten(scene);
        // The first goal that itself matches, not the parent that is dimmed above it.
        let hit = self.rows.iter().position(|row| !row.dim).unwrap_or(0);
        self.move_to(hit)
    }

    fn answered(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        goal_actions::answered_for_goal(chosen, scene)
    }

    fn why_not(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        if self.filter.as_ref().is_some_and(|filter| filter.typing) {
            return None;
        }
        goal_actions::why_not_on_goal(&self.goal(scene)?.id, action, scene)
    }

    fn is_kept_here(&self, action: Action, scene: &Scene<'_>) -> bool {
        let goal = self.goal(scene);
        goal.is_some_and(|goal| goal_actions::is_kept_here(&goal.id, action, scene))
    }

    fn pointed(&mut self, place: usize, scene: &Scene<'_>) -> Reply {
        if self.filter.as_ref().is_some_and(|filter| filter.typing) {
            self.act_in_filter(Action::Accept, scene);
        }
        self.detail_focused = false;
        self.move_to(place)
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let view = if self.with_closed { "all" } else { "open" };
        let (goals, results) = (self.tree.goals(), self.tree.results());
        let left = match &self.filter {
            Some(filter) if filter.typing => shown!(" filter: {}_", filter.field.text()),
            Some(filter) => shown!(
                " filter: {} · {} rows, Esc clears",
                filter.field.text(),
                self.rows.len()
            ),
            None if scene.size.0 >= 100 => {
                shown!(
                    " view: {view} · sort: {} · {}, {}",
                    self.sort.word(),
                    measure::count(goals, "goal"),
                    measure::count(results, "key result")
                )
            }
            None => shown!(" {view} · by {} · {goals}", self.sort.word()),
        };
        let since = scene
            .store
            .last_look()
            .map(|at| dates::day(scene.now.day_of(at), &scene.now));
        let right = match since {
            Some(day) if scene.size.0 >= 100 => shown!("* changed since you looked, {day} "),
            Some(day) => shown!("* changed since {day} "),
            None => Shown::default(),
        };
        Heading::Tabs(
            Line::new().put(Role::Text, left),
            Line::new().put(Role::Dim, right),
        )
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.filter.as_ref().is_some_and(|filter| filter.typing) {
            return vec![
                Hint::One(Action::Accept, "keep"),
                Hint::One(Action::Back, "clear"),
            ];
        }
        goal_actions::goal_hints()
    }

    fn looking(&self, scene: &Scene<'_>) -> Option<GoalId> {
        if Shape::of(scene.size) == Shape::Single {
            return None;
        }
        self.goal(scene).map(|goal| goal.id.clone())
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let (list, detail) = Self::body(scene, area);
        self.draw_list(scene, list, painter);
        let Some(detail) = detail else { return };
        let room = if detail.y > list.y {
            painter.rule_across(Rect {
                y: list.bottom(),
                height: 1,
                ..area
            });
            Room::Few
        } else {
            painter.rule_down(Rect {
                x: list.right(),
                width: 1,
                ..area
            });
            Room::Full
        };
        if let Some(goal) = self.goal(scene) {
            let is_other = self.detailed.borrow().as_ref() != Some(&goal.id);
            self.detailed.replace(None);
            if painter.is_hasty() && is_other {
                return;
            }
            self.detailed.replace(Some(goal.id.clone()));
            let width = usize::from(detail.width.saturating_sub(1));
            let lines = goal_detail::lines(goal, scene, painter.glyphs(), width, room, self.own);
            goal_detail::draw_lines(&lines, &self.scroll, detail, painter);
            if self.detail_focused {
                painter.rest(detail.x, detail.y);
            }
        }
    }
}

impl Goals {
    fn act_in_filter(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        match action {
            Action::Accept | Action::Open => {
                if let Some(filter) = &mut self.filter {
                    filter.typing = false;
                    let text = filter.field.text().to_owned();
                    if text.is_empty() {
                        return self.stop_filtering(scene);
                    }
                    self.recalled.retain(|other| other != &text);
                    self.recalled.push(text);
                }
                Reply::done()
            }
            Action::Back => self.stop_filtering(scene),
            Action::PreviousRow => {
                if let (Some(filter), Some(text)) = (&mut self.filter, self.recalled.last()) {
                    filter.field.set(text);
                }
                self.flatten(scene);
                Reply::done()
            }
            Action::NextRow => self.move_to(self.cursor + 1),
            _ => Reply::pass(),
        }
    }

    fn scroll_by(&mut self, rows: isize) -> Reply {
        self.scroll
            .set(self.scroll.get().saturating_add_signed(rows));
        Reply::done()
    }

    fn scroll_detail(&mut self, action: Action, scene: &Scene<'_>) -> Option<Reply> {
        let page = isize::try_from(self.page(scene)).unwrap_or(1);
        Some(match action {
            Action::NextRow => self.scroll_by(1),
            Action::PreviousRow => self.scroll_by(-1),
            Action::HalfPageDown | Action::PageDown => self.scroll_by(page),
            Action::HalfPageUp | Action::PageUp => self.scroll_by(-page),
            _ => return None,
        })
    }
}
