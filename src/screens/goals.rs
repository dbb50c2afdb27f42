//! The goal tree with the focused goal's detail beside it.

use std::cell::{Cell, RefCell};

use ratatui::layout::Rect;

use super::as_of;
use super::filter_line::{FilterLine, Turn};
use super::goal_actions;
use super::goal_detail::{self, Room};
use super::goal_views;
use super::measure;
use super::{Chosen, Goto, Heading, Hint, Painter, Place, Reply, Scene, Screen, Shape, Target};
use crate::actions::{Action, Scope};
use crate::model::dates;
use crate::model::entry::Mark;
use crate::model::filter::{Filter, Reading};
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::text::Shown;
use crate::model::view::{Sort, View};
use crate::shown;
use crate::store::effect::{Command, Effect, Toast};
use crate::store::tree::{Row, Tree};
use crate::store::views;
use crate::theme::Role;
use crate::widgets::edit::Edit;
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
    view: View,
    /// What the view lets through, and what is wrong with its filter if something is.
    view_reads: Reading,
    sort: Sort,
    /// Closed goals show whatever the filter says.
    with_closed: bool,
    /// Order of the tree, and whether closed goals are in it; none for a tree that is
    /// to be made anew.
    made_of: Option<(Sort, bool)>,
    line: FilterLine,
    /// What was looked for last in this tree, and the nodes that were found.
    found: Option<(Filter, Vec<u32>)>,
    /// A word that is there, where the one that was typed is not.
    near: Option<String>,
    detail_focused: bool,
    /// The provider's own numbers are shown in the detail.
    own: bool,
    scroll: Cell<usize>,
    /// Of which goal the details are that are on screen.
    detailed: RefCell<Option<GoalId>>,
    /// A key was pressed here: from then on the cursor stays with its goal.
    touched: bool,
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
            self.moved = moved;
            self.found = None;
            self.made_of = None;
            self.line.follow(scene);
            self.read_view(scene);
        }
        self.folds = folds;
        self.flatten(scene);
    }

    fn read_view(&mut self, scene: &Scene<'_>) {
        self.view_reads = views::read(scene.store, &self.view.filter, &scene.now);
    }

    /// What view and typed filter let through together.
    fn filter(&self) -> Filter {
        let view = &self.view_reads.filter;
        let view = match view.asks_for_open_only() {
            // Without other words it is what the tree of open goals shows anyway, and
            // a filter that asks for closed ones has them.
            true => Filter::default(),
            false => view.clone(),
        };
        match self.line.filter() {
            Some(typed) => view.and(typed.clone()),
            None => view,
        }
    }

    /// Shows a view; what was typed before is no part of it.
    pub fn show_view(&mut self, view: View, scene: &Scene<'_>) -> Reply {
        self.sort = view.sort;
        self.view = view;
        self.with_closed = false;
        self.line.clear();
        self.read_view(scene);
        self.moved = 0;
        self.rebuild(scene);
        // While accounts are read their own words are not known yet.
        let is_reading = scene
            .store
            .accounts()
            .any(|account| scene.store.is_reading(&account.setup.name));
        match &self.view_reads.trouble {
            Some(trouble) if !is_reading => {
                let said = format!("view \"{}\": {trouble}", self.view.name);
                Reply::done().saying(Toast::error(said))
            }
            _ => Reply::say(format!("view: {}", self.view.name)),
        }
    }

    /// The sheet with all views.
    pub fn choose_view(&self, scene: &Scene<'_>) -> Reply {
        goal_views::choose_view(&self.view, scene)
    }

    /// What a sheet or the palette says about what is shown here.
    pub fn told(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        let key = chosen.key.trim();
        match chosen.about.as_str() {
            goal_views::VIEW => match goal_views::named(key, scene) {
                Ok(view) => self.show_view(view, scene),
                Err(why) => Reply::done().saying(Toast::error(why)),
            },
            goal_views::SORT => match Sort::parse(key) {
                Some(sort) => self.sort_by(sort, scene),
                None => {
                    let words = Sort::ALL.map(Sort::word).join(", ");
                    let said = format!("no order is called \"{key}\"; there are {words}");
                    Reply::done().saying(Toast::error(said))
                }
            },
            goal_views::QUICK => {
                let text = goal_views::toggled(self.line.text(), key, scene);
                self.set_filter(&text, scene)
            }
            goal_views::FILTER => self.set_filter(key, scene),
            about @ (goal_views::SAVE | goal_views::OVER) => {
                let text = self.filter_text(scene);
                let view = View::new(key, text, self.sort);
                let reply = goal_views::save(view.clone(), about == goal_views::OVER, scene);
                if reply
                    .effects
                    .iter()
                    .any(|one| matches!(one, Effect::KeepView(_)))
                {
                    self.show_view(view, scene);
                }
                reply
            }
            _ => {
                let reply = goal_views::delete(chosen, scene);
                let gone = reply.effects.iter().find_map(|effect| match effect {
                    Effect::DropView(name) => Some(name.as_str()),
                    _ => None,
                });
                if gone.is_some_and(|name| self.view.is_called(name)) {
                    self.show_view(View::open(), scene);
                }
                reply
            }
        }
    }

    /// View and filter as one text.
    fn filter_text(&self, scene: &Scene<'_>) -> String {
        let typed = views::read(scene.store, self.line.text(), &scene.now).filter;
        let view = &self.view_reads.filter;
        // As it was written: that is what its writer will look for in the file.
        let (of_view, own) = (self.view.filter.trim(), self.line.text().trim());
        match own.is_empty() || !self.line.is_right() {
            true => of_view.to_owned(),
            false if view.asks_for_open_only() && typed.asks_for_closed() => own.to_owned(),
            false if typed.includes(view) => own.to_owned(),
            false => format!("{of_view} {own}").trim().to_owned(),
        }
    }

    fn set_filter(&mut self, text: &str, scene: &Scene<'_>) -> Reply {
        self.line.set(text, scene);
        self.flatten(scene);
        self.go_to_first_hit()
    }

    fn sort_by(&mut self, sort: Sort, scene: &Scene<'_>) -> Reply {
        self.sort = sort;
        self.flatten(scene);
        Reply::say(format!("sorted by {}", sort.word()))
    }

    /// The first goal that itself matches, not the parent that is dimmed above it.
    fn go_to_first_hit(&mut self) -> Reply {
        let hit = self.rows.iter().position(|row| !row.dim).unwrap_or(0);
        self.move_to(hit)
    }

    /// Makes the rows anew; the cursor stays on its goal, or on its row if that
    /// is gone, and the list does not jump under the person.
    fn flatten(&mut self, scene: &Scene<'_>) {
        let filter = self.filter();
        let made_of = (self.sort, self.with_closed || filter.asks_for_closed());
        if self.made_of != Some(made_of) {
            self.tree = Tree::build(scene.store, made_of.0, made_of.1);
            self.made_of = Some(made_of);
            self.found = None;
        }
        self.found = match self.found.take() {
            _ if filter.is_empty() => None,
            Some((before, hits)) if filter == before => Some((before, hits)),
            // Typing on only narrows: what was not found before is not found now.
            Some((before, hits)) if filter.narrows(&before) => {
                let hits = self.tree.hits(scene.store, &filter, Some(&hits));
                Some((filter, hits))
            }
            _ => {
                let hits = self.tree.hits(scene.store, &filter, None);
                Some((filter, hits))
            }
        };
        let hits = self.found.as_ref().map(|(_, hits)| hits.as_slice());
        self.rows = self.tree.rows_of(scene.store, hits);
        if self.rows.is_empty() && self.line.loosen() {
            return self.flatten(scene);
        }
        self.near = match self.rows.is_empty() {
            true => self.near(scene),
            false => None,
        };
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
        // Accounts are read one after the other: until a key is pressed the first row
        // is the one that counts, whichever came first.
        if self.touched {
            self.remember();
        }
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
            (None, Some(true), false) | (None, Some(false), true) if self.found.is_none() => {
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

    /// The word nearest to the one typed last, where that is nowhere.
    fn near(&self, scene: &Scene<'_>) -> Option<String> {
        let filter = self.line.filter().filter(|_| self.line.is_right());
        let word = filter?.last_word()?;
        views::near_word(scene.store, word)
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
        let text = self.line.text();
        match &self.near {
            Some(near) if self.line.is_typing() => {
                return shown!("No match for \"{text}\". Esc clears, Enter finds \"{near}\"");
            }
            _ if self.line.is_on() && self.found.is_some() => {
                return shown!("No match for \"{text}\". Esc clears the filter");
            }
            _ if self.found.is_some() && !scene.store.is_empty() => {
                return shown!(
                    "Nothing is in the view \"{}\". v shows others",
                    self.view.name
                );
            }
            _ => {}
        }
        let mut accounts = scene.store.accounts();
        let is_reading = accounts.any(|account| scene.store.is_reading(&account.setup.name));
        match is_reading && scene.store.is_empty() {
            _ if as_of::is_past(scene) => Shown::fixed("There were no goals that day."),
            true => Shown::fixed("reading…"),
            false => Shown::fixed("No goals yet. n makes one; goaldeck import reads a file"),
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
        match self.line.is_typing() {
            true => FilterLine::scopes(),
            false => vec![Scope::Goals],
        }
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        self.rebuild(scene);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if !std::mem::replace(&mut self.touched, true) {
            self.remember();
        }
        if self.line.is_typing() {
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
                self.line.begin();
                Reply::done()
            }
            Action::QuickFilter => goal_views::choose_piece(self.line.text(), scene),
            Action::Views => self.choose_view(scene),
            Action::SaveView => Reply::goto(Goto::Open(Place::Command(goal_views::SAVE.into()))),
            Action::DeleteView => {
                Reply::goto(Goto::Open(Place::Command(goal_views::DELETE.into())))
            }
            Action::SortNext => self.sort_by(self.sort.next(), scene),
            Action::ShowClosed => {
                self.with_closed = !self.with_closed;
                self.flatten(scene);
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
            Action::Back if self.line.is_on() => {
                self.line.clear();
                self.flatten(scene);
                Reply::done()
            }
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
        if !self.line.is_typing() {
            return Reply::pass();
        }
        if self.line.typed(edit, scene) {
            self.flatten(scene);
            return self.go_to_first_hit();
        }
        Reply::done()
    }

    fn answered(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        if chosen.about == goal_views::QUICK {
            return self.told(chosen, scene);
        }
        goal_actions::answered_for_goal(chosen, scene)
    }

    fn why_not(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        if self.line.is_typing() {
            return None;
        }
        goal_actions::why_not_on_goal(&self.goal(scene)?.id, action, scene)
    }

    fn is_kept_here(&self, action: Action, scene: &Scene<'_>) -> bool {
        let goal = self.goal(scene);
        goal.is_some_and(|goal| goal_actions::is_kept_here(&goal.id, action, scene))
    }

    fn pointed(&mut self, place: usize, scene: &Scene<'_>) -> Reply {
        if self.line.is_typing() {
            self.act(Action::Accept, scene);
        }
        self.detail_focused = false;
        self.move_to(place)
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let (goals, results) = (self.tree.goals(), self.tree.results());
        let hits = self.found.as_ref().map(|(_, hits)| hits.len());
        if self.line.is_typing() {
            let count = match hits {
                Some(hits) => shown!("{hits} of {}", measure::count(self.tree.len(), "goal")),
                None => Shown::default(),
            };
            let (left, right) = self.line.heading(count, scene.size.0);
            return Heading::Tabs(left, right);
        }
        let has_closed = self.made_of.is_some_and(|(_, closed)| closed);
        let view = match self.view_reads.filter.asks_for_open_only() && has_closed {
            true => "all",
            false => &self.view.name,
        };
        let is_wide = scene.size.0 >= 100;
        let of = match (hits, is_wide) {
            (Some(hits), true) => shown!("{hits} of {}", measure::count(self.tree.len(), "goal")),
            (Some(hits), false) => shown!("{hits} of {}", self.tree.len()),
            (None, true) => shown!(
                "{}, {}",
                measure::count(goals, "goal"),
                measure::count(results, "key result")
            ),
            (None, false) => shown!("{goals}"),
        };
        let sort = self.sort.word();
        let left = match (self.line.is_on(), is_wide) {
            (true, true) => shown!(
                " view: {view} · sort: {sort} · filter: {} · {of}, Esc clears",
                self.line.text()
            ),
            (true, false) => shown!(" {view} · by {sort} · {} · {of}", self.line.text()),
            (false, true) => shown!(" view: {view} · sort: {sort} · {of}"),
            (false, false) => shown!(" {view} · by {sort} · {of}"),
        };
        let since = scene
            .store
            .last_look()
            .map(|at| dates::day(scene.now.day_of(at), &scene.now));
        let right = match since {
            _ if self.line.is_on() => Shown::default(),
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
        match self.line.is_typing() {
            true => FilterLine::hints(),
            false => goal_actions::goal_hints(),
        }
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
        self.line.draw_cursor(area, painter);
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
        if let (Action::Accept, Some(near)) = (action, self.near.take()) {
            let text = self.line.text().trim_end();
            let start = text.rfind(char::is_whitespace).map_or(0, |place| place + 1);
            let text = format!("{}{near}", text.get(..start).unwrap_or_default());
            return self.set_filter(&text, scene);
        }
        match self.line.act(action, scene) {
            Turn::Pass => Reply::pass(),
            Turn::Stays => Reply::done(),
            Turn::Changed => {
                self.flatten(scene);
                self.go_to_first_hit()
            }
            Turn::Kept(remembered) => {
                self.flatten(scene);
                remembered.map_or_else(Reply::done, Reply::command)
            }
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
