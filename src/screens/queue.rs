//! What waits for me, and one item of it in full. Acting on a row opens the next.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use ratatui::layout::Rect;

use super::filter_line::{FilterLine, Turn};
use super::goal_detail::draw_lines;
use super::goal_views;
use super::reading;
use super::{
    Choice, Chosen, Goto, Heading, Hint, Painter, Place, Question, Reads, Reply, Scene, Screen,
    Shape, Target,
};
use super::{goal_actions, measure, menu, review};
use crate::actions::{Action, Scope};
use crate::model::dates;
use crate::model::entry::Mark;
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::status::ShownStatus;
use crate::model::text::{self, Shown};
use crate::model::time::Time;
use crate::shown;
use crate::store::effect::{Command, Toast};
use crate::store::queue::{self, Group, Item, What};
use crate::store::views;
use crate::theme::{Glyphs, Role};
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;
use crate::widgets::list_window::ListWindow;

/// Rows of the list: headings and items.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Heading(Group),
    /// Above what was put off.
    Later,
    Item(String),
}

/// The queue screen.
#[derive(Default)]
pub struct Queue {
    /// What waits, and after it what was put off, while that is shown.
    items: Vec<Item>,
    /// When what was put off comes back, by item.
    back: HashMap<String, Time>,
    shows_later: bool,
    list: ListWindow<Key>,
    moved: u64,
    /// On a narrow terminal: the item fills the body instead of the list.
    reading: bool,
    /// Items that were on screen in full.
    displayed: HashSet<String>,
    /// Items that "later" was asked for.
    put_off: Vec<String>,
    done: usize,
    scroll: Cell<usize>,
    /// A key was pressed here: from then on the cursor stays with its row.
    touched: bool,
    /// What the item is that is shown in full beside the list.
    detailed: RefCell<Option<What>>,
    line: FilterLine,
    /// Items that the filter hides; marks of them stay.
    hidden: HashSet<String>,
}

impl Queue {
    /// Something was posted: the next item opens.
    pub fn go_on(&mut self) {
        self.done += 1;
        self.scroll.set(0);
        self.reading = true;
    }

    /// Makes the rows anew from the items that the filter lets through.
    fn flatten(&mut self, scene: &Scene<'_>) {
        let filter = self.line.filter();
        let is_hidden = |item: &&Item| {
            filter.is_some_and(|filter| !views::matches_item(scene.store, filter, item))
        };
        let hidden = self.items.iter().filter(is_hidden);
        self.hidden = hidden.map(|item| item.key.clone()).collect();
        let mut rows = Vec::with_capacity(self.items.len() + 4);
        let mut last = None;
        for item in &self.items {
            if self.hidden.contains(&item.key) {
                continue;
            }
            if self.back.contains_key(&item.key) {
                if !rows.contains(&Key::Later) {
                    rows.push(Key::Later);
                }
                rows.push(Key::Item(item.key.clone()));
                continue;
            }
            if last != Some(item.group()) {
                last = Some(item.group());
                rows.push(Key::Heading(item.group()));
            }
            rows.push(Key::Item(item.key.clone()));
        }
        if rows.is_empty() && self.line.loosen() {
            return self.flatten(scene);
        }
        self.list.follow(rows);
        // Accounts are read one after the other: what comes first is not what is
        // most urgent.
        if !self.touched {
            self.list.first();
        }
        self.off_heading();
    }

    fn filtered(&mut self, scene: &Scene<'_>) -> Reply {
        self.flatten(scene);
        self.arrived(scene)
    }

    fn act_in_filter(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        match self.line.act(action, scene) {
            Turn::Pass => Reply::pass(),
            Turn::Stays => Reply::done(),
            Turn::Changed => self.filtered(scene),
            Turn::Kept(remembered) => {
                self.filtered(scene);
                remembered.map_or_else(Reply::done, Reply::command)
            }
        }
    }

    fn item(&self) -> Option<&Item> {
        let Key::Item(key) = self.list.key()? else {
            return None;
        };
        self.items.iter().find(|item| &item.key == key)
    }

    fn shows_item(&self, scene: &Scene<'_>) -> bool {
        Shape::of(scene.size) == Shape::Wide || self.reading
    }

    fn note_displayed(&mut self, scene: &Scene<'_>) {
        if self.shows_item(scene)
            && let Some(key) = self.item().map(|item| item.key.clone())
        {
            self.displayed.insert(key);
        }
    }

    /// Moves on and passes over headings.
    fn step(&mut self, by: isize, scene: &Scene<'_>) -> Reply {
        self.list.step(by);
        let way = if by < 0 { -1 } else { 1 };
        if self.is_on_heading() && !self.list.step(way) {
            self.list.step(-way);
        }
        self.off_heading();
        self.arrived(scene)
    }

    fn arrived(&mut self, scene: &Scene<'_>) -> Reply {
        self.scroll.set(0);
        self.note_displayed(scene);
        Reply::done()
    }

    fn off_heading(&mut self) {
        if self.is_on_heading() {
            self.list.step(1);
        }
    }

    fn is_on_heading(&self) -> bool {
        matches!(self.list.key(), Some(Key::Heading(_) | Key::Later))
    }

    /// How many of the items wait; the rest was put off.
    fn waiting(&self) -> usize {
        self.items.len().saturating_sub(match self.shows_later {
            true => self.back.len(),
            false => 0,
        })
    }

    fn show_later(&mut self, scene: &Scene<'_>) -> Reply {
        if self.back.is_empty() {
            return Reply::say("nothing was put off; s puts the item under the cursor away");
        }
        self.shows_later = !self.shows_later;
        self.make_rows(scene);
        self.flatten(scene);
        match self.shows_later {
            true => Reply::say("what was put off stands below; s takes it back"),
            false => Reply::done(),
        }
    }

    /// What waits, and what was put off while that is shown.
    fn make_rows(&mut self, scene: &Scene<'_>) {
        self.items = queue::queue(scene.store, &scene.now);
        let later = queue::put_off(scene.store, &scene.now);
        self.back = later
            .iter()
            .map(|(item, until)| (item.key.clone(), *until))
            .collect();
        self.shows_later &= !later.is_empty();
        if self.shows_later {
            self.items.extend(later.into_iter().map(|(item, _)| item));
        }
    }

    /// The marked items, or the one under the cursor.
    fn chosen(&self) -> Vec<&Item> {
        let chosen: Vec<Key> = self.list.chosen();
        self.items
            .iter()
            .filter(|item| chosen.contains(&Key::Item(item.key.clone())))
            .collect()
    }

    fn acknowledge(&mut self, scene: &Scene<'_>) -> Reply {
        let chosen = self.chosen();
        let items: Vec<_> = chosen
            .iter()
            .filter_map(|item| match &item.what {
                What::Acknowledge { goal, check_in } => Some((goal.clone(), check_in.clone())),
                _ => None,
            })
            .collect();
        let approvals: Vec<&Item> = chosen
            .iter()
            .copied()
            .filter(|item| matches!(item.what, What::Approve { .. }))
            .collect();
        if !approvals.is_empty() {
            return self.approve(&approvals, &items, scene);
        }
        if items.is_empty() {
            return Reply::say(match self.item().map(|item| &item.what) {
                Some(What::Owe { .. }) => "this is yours to write: c checks in, s puts it off",
                Some(What::Asked { .. }) => "this waits for an answer: r replies, s puts it off",
                Some(What::CannotSend { .. }) => "this could not be sent: Enter shows why",
                _ => "nothing to acknowledge",
            });
        }
        let unseen = chosen
            .iter()
            .filter(|item| {
                matches!(item.what, What::Acknowledge { .. }) && !self.displayed.contains(&item.key)
            })
            .count();
        let reply = goal_actions::acknowledge(&items, scene);
        if reply.commands.is_empty() {
            return reply;
        }
        if unseen > 0 {
            let mut question = Question::new(
                format!("not opened yet — acknowledge {unseen} unread?"),
                reply.commands,
            );
            question.said = "acknowledged, u undoes".to_owned();
            return Reply::goto(Goto::Open(Place::Confirm(question)));
        }
        self.done += items.len();
        self.list.clear_marks();
        self.scroll.set(0);
        reply
    }

    /// Approves plans, after asking; check-ins marked beside them are acknowledged.
    fn approve(
        &self,
        approvals: &[&Item],
        items: &[(GoalId, crate::model::ids::CheckInId)],
        scene: &Scene<'_>,
    ) -> Reply {
        let goals: Vec<&Goal> = approvals
            .iter()
            .filter_map(|item| item.goal(scene.store))
            .collect();
        let why = goals
            .iter()
            .find_map(|goal| goal_actions::why_not_on_goal(&goal.id, Action::Approve, scene));
        if let Some(why) = why {
            return Reply::say(why);
        }
        match goals.as_slice() {
            [goal] if items.is_empty() => {
                let is_seen = approvals
                    .iter()
                    .all(|item| self.displayed.contains(&item.key));
                let lead = if is_seen { "" } else { "not opened yet. " };
                review::approve(goal, lead, scene)
            }
            goals => {
                let more = goal_actions::acknowledge(items, scene).commands;
                review::approve_all(goals, more, scene)
            }
        }
    }

    fn later(&mut self, scene: &Scene<'_>) -> Reply {
        self.put_off = self
            .chosen()
            .into_iter()
            .map(|item| item.key.clone())
            .collect();
        let Some(item) = self.item() else {
            return Reply::done();
        };
        let rows = [
            ("afternoon", "this afternoon"),
            ("tomorrow", "tomorrow 9:00"),
            ("monday", "Monday 9:00"),
        ];
        let mut rows: Vec<(String, String)> = rows
            .iter()
            .map(|(key, words)| ((*key).to_owned(), (*words).to_owned()))
            .collect();
        let is_away = self.put_off.iter().any(|item| self.back.contains_key(item));
        if let Some(due) = queue::next_cadence(scene.store, item, &scene.now) {
            rows.push((
                format!("on {due}"),
                format!("next cadence, {}", dates::day(due, &scene.now)),
            ));
        }
        if is_away {
            rows.insert(0, ("back".to_owned(), "take it back now".to_owned()));
        }
        let choice = Choice {
            title: "Later, kept here".into(),
            about: "later".into(),
            rows,
            filters: false,
        };
        Reply::goto(Goto::Open(Place::Choose(choice)))
    }

    fn open(&mut self, scene: &Scene<'_>) -> Reply {
        if !self.shows_item(scene) {
            self.reading = true;
            return self.arrived(scene);
        }
        match self.item().map(|item| &item.what) {
            Some(What::CannotSend { .. }) => Reply::goto(Goto::Tab(super::Tab::Outbox)),
            Some(
                What::Owe { goal, .. }
                | What::Acknowledge { goal, .. }
                | What::Approve { goal }
                | What::Asked { goal, .. },
            ) => super::goal_detail::open(goal),
            None => Reply::done(),
        }
    }

    fn act_on_item(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        let marked = self.list.marked_count();
        if marked > 1
            && !matches!(action, Action::Acknowledge | Action::Later | Action::Undo)
            && action.info().effect != crate::actions::ActionEffect::Reads
        {
            return Reply::say(format!("{marked} marked — a, s or Esc"));
        }
        let Some(item) = self.item() else {
            return Reply::pass();
        };
        match (&item.what, action) {
            (What::Acknowledge { goal, check_in }, Action::Reply) => Reply::goto(Goto::Open(
                Place::Remark(goal.clone(), Some(check_in.clone())),
            )),
            (What::Asked { goal, check_in, .. }, Action::Reply) => {
                Reply::goto(Goto::Open(Place::Remark(goal.clone(), check_in.clone())))
            }
            (What::Acknowledge { goal, check_in }, Action::React) => match scene.store.goal(goal) {
                Some(goal) => goal_actions::react(goal, check_in, scene),
                None => Reply::done(),
            },
            (What::Acknowledge { goal, check_in }, Action::History) => {
                super::history::open(goal, Some(check_in))
            }
            (What::CannotSend { entry }, Action::Edit) => super::outbox::rewrite(entry, scene),
            (What::CannotSend { entry }, Action::Delete) => {
                super::outbox::confirm_drop(entry, scene)
            }
            (What::CannotSend { entry }, Action::CopyLink | Action::CopyMarkdown) => {
                super::outbox::copy(entry, scene)
            }
            (What::CannotSend { .. }, Action::CheckIn) => {
                Reply::say("this one is written: e edits it, D drops it")
            }
            (
                What::Owe { goal, .. }
                | What::Acknowledge { goal, .. }
                | What::Approve { goal }
                | What::Asked { goal, .. },
                action,
            ) => goal_actions::act_on_goal(goal, action, scene),
            (What::CannotSend { .. }, _) => Reply::pass(),
        }
    }

    fn draw_list(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        if self.list.is_empty() {
            let line = Line::of(Role::Text, self.empty_words(scene));
            let lines = line.wrap(usize::from(area.width.saturating_sub(2)), 0);
            painter.lines(
                Rect {
                    x: area.x + 1,
                    width: area.width.saturating_sub(2),
                    ..area
                },
                &lines,
            );
            return;
        }
        painter.target(area, Target::List);
        let window = self.list.visible(usize::from(area.height));
        for (row, place) in window.enumerate() {
            let Some(key) = self.list.keys().get(place) else {
                break;
            };
            let line_area = Rect {
                y: area.y + u16::try_from(row).unwrap_or(u16::MAX),
                height: 1,
                ..area
            };
            match key {
                Key::Heading(group) => {
                    let count = self
                        .items
                        .iter()
                        .take(self.waiting())
                        .filter(|item| item.group() == *group && !self.hidden.contains(&item.key))
                        .count();
                    painter.line(
                        line_area,
                        &Line::of(Role::Title, shown!(" {} ({count})", group.title())),
                    );
                }
                Key::Later => {
                    let count = self.back.len();
                    painter.line(
                        line_area,
                        &Line::of(Role::Title, shown!(" LATER ({count})")),
                    );
                }
                Key::Item(name) => {
                    let Some(item) = self.items.iter().find(|item| &item.key == name) else {
                        continue;
                    };
                    painter.target(line_area, Target::Row(place));
                    let (left, mut right) = row_of(item, scene, painter.glyphs());
                    if let Some(until) = self.back.get(name) {
                        let until = dates::ago(*until, &scene.now);
                        right = Line::of(Role::Dim, shown!("back {until}"));
                    }
                    let mark = if self.list.is_marked(key) {
                        Line::new().fixed(Role::Selected, "*")
                    } else {
                        Line::new().space(1)
                    };
                    let right = right.space(1);
                    let room = usize::from(area.width).saturating_sub(right.width() + 2);
                    let left = left.truncate(room, painter.glyphs());
                    painter.line_split(line_area, &mark.and(left), &right);
                    if place == self.list.cursor() {
                        painter.highlight(line_area, Role::Focus);
                        painter.fixed(
                            area.x,
                            line_area.y,
                            1,
                            painter.glyphs().focus(),
                            Role::Focus,
                        );
                        painter.rest(area.x, line_area.y);
                    }
                }
            }
        }
    }

    fn empty_words(&self, scene: &Scene<'_>) -> Shown {
        if !self.items.is_empty() {
            return shown!(
                "No match for \"{}\". Esc clears the filter",
                self.line.text()
            );
        }
        let reading: Vec<String> = scene
            .store
            .accounts()
            .filter(|account| account.state == crate::store::AccountState::Reading)
            .map(|account| account.setup.name.to_string())
            .collect();
        if !reading.is_empty() && scene.store.is_empty() {
            return shown!("Reading {}…", reading.join(", "));
        }
        if scene.store.is_empty() {
            return Shown::fixed("No goals yet. n makes one; goaldeck import reads a file.");
        }
        match queue::next_due(scene.store, &scene.now) {
            Some((goal, due)) => {
                shown!(
                    "Nothing is waiting for you. Next: {}, {}.",
                    goal.name,
                    due.format("%a %-d %b")
                )
            }
            None => Shown::fixed("Nothing is waiting for you."),
        }
    }
}

/// One row: sign and name, then who and since when.
fn row_of(item: &Item, scene: &Scene<'_>, glyphs: Glyphs) -> (Line, Line) {
    let goal = item.goal(scene.store);
    let name = goal.map_or_else(Shown::default, |goal| text::line(&goal.name));
    match &item.what {
        What::Owe { late_days, .. } => {
            let sign = goal.map_or_else(Line::new, |goal| {
                measure::status_sign(measure::shown_status(goal, scene.store), glyphs)
            });
            let (role, words) = match late_days {
                ..=-1 => (Role::Dim, "tomorrow".to_owned()),
                0 => (Role::Text, "check-in today".to_owned()),
                1 => (Role::Late, "1 day late".to_owned()),
                days => (Role::Late, format!("{days} days late")),
            };
            let whose = goal.and_then(|goal| whose(goal, scene));
            let whose = whose.map_or_else(Shown::default, |whose| shown!("  ({whose})"));
            (
                sign.space(1).put(Role::Text, name).put(Role::Dim, whose),
                Line::of(role, text::line(&words)),
            )
        }
        What::Acknowledge { check_in, .. } => {
            let check_in = goal.and_then(|goal| goal.check_in(check_in));
            let sign = check_in
                .and_then(|check_in| check_in.status)
                .map_or_else(Line::new, |status| {
                    measure::status_sign(ShownStatus::Said(status), glyphs)
                });
            let by = check_in
                .map(|check_in| measure::first_name(&check_in.author, scene.store))
                .unwrap_or_default();
            let kept_here = goal
                .and_then(|goal| scene.store.account(&goal.account))
                .is_some_and(|account| {
                    account.setup.abilities.acknowledge == crate::model::exchange::Ability::KeptHere
                });
            let by = if kept_here {
                Shown::fixed("(kept here)")
            } else {
                by
            };
            let since = text::line(&dates::waiting_days(item.since, &scene.now)).pad_right(7);
            (
                sign.space(1).put(Role::Text, name),
                Line::of(Role::Dim, by).space(2).put(Role::Text, since),
            )
        }
        What::Approve { .. } => {
            let sign = goal.map_or_else(Line::new, |goal| {
                measure::status_sign(measure::shown_status(goal, scene.store), glyphs)
            });
            let since = text::line(&dates::waiting_days(item.since, &scene.now)).pad_right(7);
            (
                sign.space(1).put(Role::Text, name),
                Line::new()
                    .fixed(Role::Accent, "approve")
                    .space(2)
                    .put(Role::Text, since),
            )
        }
        What::Asked { .. } => {
            let (who, words) = reading::question(item, scene);
            let line = Line::of(Role::Accent, Shown::fixed("@ "))
                .put(Role::Text, shown!("{who}: \u{201c}{words}\u{201d}"));
            (
                line,
                Line::of(
                    Role::Text,
                    text::line(&dates::waiting_days(item.since, &scene.now)),
                ),
            )
        }
        What::CannotSend { entry } => {
            let words = reading::cannot_send(entry, scene);
            (
                Line::of(Role::Bad, Shown::fixed("! ")).put(Role::Text, words),
                Line::new(),
            )
        }
    }
}

/// Whose goal it is, where only a key result of it is mine: `goal of Bo`.
fn whose(goal: &Goal, scene: &Scene<'_>) -> Option<Shown> {
    let me = scene.store.me(&goal.account)?;
    if goal.champion.as_ref() == Some(me) {
        return None;
    }
    Some(match &goal.champion {
        Some(champion) => shown!("goal of {}", measure::first_name(champion, scene.store)),
        None => Shown::fixed("nobody's goal"),
    })
}

impl Screen for Queue {
    fn scopes(&self) -> Vec<Scope> {
        if self.line.is_typing() {
            FilterLine::scopes()
        } else if self.reading {
            vec![Scope::Reading, Scope::Queue]
        } else {
            vec![Scope::Queue]
        }
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        if self.moved != scene.store.moved() {
            self.moved = scene.store.moved();
            self.make_rows(scene);
            self.line.follow(scene);
            self.flatten(scene);
            let there: HashSet<&String> = self.items.iter().map(|item| &item.key).collect();
            self.list
                .retain_marks(|key| matches!(key, Key::Item(key) if there.contains(key)));
        }
        self.note_displayed(scene);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        self.touched = true;
        let page = isize::try_from(scene.size.1.saturating_sub(4) / 2)
            .unwrap_or(1)
            .max(1);
        if self.line.is_typing() {
            return self.act_in_filter(action, scene);
        }
        match action {
            Action::Filter => {
                self.reading = false;
                self.line.begin();
                Reply::done()
            }
            Action::QuickFilter => goal_views::choose_piece(self.line.text(), scene),
            Action::NextRow => self.step(1, scene),
            Action::PreviousRow => self.step(-1, scene),
            Action::First => {
                self.list.first();
                self.off_heading();
                self.arrived(scene)
            }
            Action::Last => {
                self.list.last();
                self.arrived(scene)
            }
            Action::HalfPageDown => self.step(page, scene),
            Action::HalfPageUp => self.step(-page, scene),
            Action::PageDown => self.step(page * 2, scene),
            Action::PageUp => self.step(-page * 2, scene),
            Action::ScrollDown => {
                self.scroll.set(self.scroll.get() + 1);
                Reply::done()
            }
            Action::ScrollUp => {
                self.scroll.set(self.scroll.get().saturating_sub(1));
                Reply::done()
            }
            Action::NextPane | Action::PreviousPane if Shape::of(scene.size) != Shape::Wide => {
                self.reading = !self.reading;
                self.arrived(scene)
            }
            Action::Mark => {
                self.list.toggle_mark();
                self.step(1, scene)
            }
            Action::MarkAll => {
                self.list.toggle_all();
                Reply::done()
            }
            Action::Open => self.open(scene),
            Action::Back if self.list.clear_marks() => Reply::done(),
            Action::Back | Action::Leave
                if self.reading
                    && Shape::of(scene.size) != Shape::Wide
                    && !self.items.is_empty() =>
            {
                self.reading = false;
                Reply::done()
            }
            Action::Back if self.line.is_on() => {
                self.line.clear();
                self.filtered(scene)
            }
            Action::Acknowledge => self.acknowledge(scene),
            Action::Later => self.later(scene),
            Action::ShowLater => self.show_later(scene),
            other => self.act_on_item(other, scene),
        }
    }

    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        if !self.line.is_typing() {
            return Reply::pass();
        }
        match self.line.typed(edit, scene) {
            true => self.filtered(scene),
            false => Reply::done(),
        }
    }

    fn answered(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        if chosen.about == goal_views::QUICK {
            let text = goal_views::toggled(self.line.text(), &chosen.key, scene);
            self.line.set(&text, scene);
            return self.filtered(scene);
        }
        if chosen.about != "later" {
            return goal_actions::answered_for_goal(chosen, scene);
        }
        if chosen.key == "back" {
            let mut reply = Reply::say("back in the queue");
            for item in std::mem::take(&mut self.put_off) {
                let until = scene.now.at;
                reply = reply.and(Command::Unmark(Mark::Later { item, until }.key()));
            }
            self.list.clear_marks();
            return reply;
        }
        let Some(until) = queue::later_until(&chosen.key, &scene.now) else {
            return Reply::done();
        };
        let mut reply = Reply::done();
        for item in std::mem::take(&mut self.put_off) {
            reply = reply.and(Command::Put(Mark::Later { item, until }));
        }
        self.list.clear_marks();
        let when = dates::ago(until, &scene.now);
        let words = format!("back {when}, kept here; Show what was put off (:) lists it");
        reply.saying(Toast::info(words))
    }

    fn why_not(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        if self.line.is_typing() {
            return None;
        }
        let item = self.item()?;
        if matches!(item.what, What::CannotSend { .. }) || matches!(action, Action::Acknowledge) {
            return None;
        }
        goal_actions::why_not_on_goal(&item.goal(scene.store)?.id, action, scene)
    }

    fn is_kept_here(&self, action: Action, scene: &Scene<'_>) -> bool {
        let item = self.item();
        let item = item.filter(|item| !matches!(item.what, What::CannotSend { .. }));
        let goal = item.and_then(|item| item.goal(scene.store));
        goal.is_some_and(|goal| goal_actions::is_kept_here(&goal.id, action, scene))
    }

    fn pointed(&mut self, place: usize, scene: &Scene<'_>) -> Reply {
        self.list.go_to(place);
        self.off_heading();
        self.arrived(scene)
    }

    fn twin(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        let check_in = |item: &Item| match &item.what {
            What::Acknowledge { check_in, .. } => Some(check_in.to_string()),
            _ => None,
        };
        match (&self.item()?.what, action) {
            (What::Acknowledge { .. }, Action::Acknowledge) => {
                let chosen = self.chosen();
                let ids: Vec<String> = chosen.into_iter().filter_map(check_in).collect();
                menu::about(action, ids.iter().map(String::as_str))
            }
            (What::Acknowledge { check_in, .. }, Action::Reply | Action::React) => {
                menu::about(action, [check_in.as_str()])
            }
            (What::Asked { goal, check_in, .. }, Action::Reply) => match check_in {
                Some(check_in) => menu::about(action, [check_in.as_str()]),
                None => {
                    let goal = menu::quoted(goal.as_str());
                    Some(format!("goaldeck reply {goal} --on-goal --note {{text}}"))
                }
            },
            (What::CannotSend { entry }, action) => {
                let goal = self.item()?.goal(scene.store).map(|goal| &goal.id);
                super::outbox::twin(entry, action).or_else(|| menu::about_goal(action, goal))
            }
            _ => None,
        }
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let all = self.waiting();
        let later = match self.back.len() {
            0 => String::new(),
            count => format!(" · {count} later"),
        };
        let waiting = self.items.iter().take(all);
        let shown = waiting
            .filter(|item| !self.hidden.contains(&item.key))
            .count();
        if self.line.is_typing() {
            let count = shown!("{shown} of {all}");
            let (left, right) = self.line.heading(count, scene.size.0);
            return Heading::Tabs(left, right);
        }
        if self.reading && Shape::of(scene.size) != Shape::Wide && all > 0 {
            let place = self
                .item()
                .and_then(|item| self.items.iter().position(|other| other.key == item.key));
            let group = self.item().map_or("", |item| item.group().title());
            let left = shown!(
                " {} of {all} · {}",
                place.unwrap_or(0) + 1,
                group.to_lowercase()
            );
            let right = Line::new().fixed(Role::Dim, "k before   j next   q list ");
            return Heading::Tabs(Line::of(Role::Text, left), right);
        }
        let mut left = shown!(" For you: {all}{later}");
        if self.line.is_on() {
            left = shown!("{left} · filter: {} · {shown} of {all}", self.line.text());
        }
        left = match self.list.marked_count() {
            0 => left,
            marked => shown!("{left} · {marked} marked"),
        };
        let mut right = Line::new();
        if scene.size.0 >= 100 {
            right = right.fixed(Role::Dim, "acting on a row opens the next one");
        }
        if self.done > 0 {
            right = right.put(Role::Dim, shown!("     done this session {}", self.done));
        }
        Heading::Tabs(Line::of(Role::Text, left), right.space(1))
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.line.is_typing() {
            return FilterLine::hints();
        }
        if self.list.marked_count() > 0 {
            return vec![
                Hint::One(Action::Acknowledge, "acknowledge marked"),
                Hint::One(Action::Later, "later"),
                Hint::One(Action::Back, "clear"),
            ];
        }
        let mut hints = match self.item().map(|item| &item.what) {
            Some(What::Owe { .. }) => vec![
                Hint::One(Action::CheckIn, "check in"),
                Hint::One(Action::Open, "open goal"),
            ],
            Some(What::Acknowledge { .. }) => vec![
                Hint::One(Action::Acknowledge, "acknowledge"),
                Hint::One(Action::Reply, "reply"),
                Hint::One(Action::React, "react"),
                Hint::One(Action::CheckIn, "check in"),
                Hint::One(Action::Open, "open goal"),
            ],
            Some(What::Approve { .. }) => vec![
                Hint::One(Action::Acknowledge, "approve"),
                Hint::One(Action::Comment, "comment"),
                Hint::One(Action::ActionMenu, "decline"),
                Hint::One(Action::Open, "open goal"),
            ],
            Some(What::Asked { .. }) => vec![
                Hint::One(Action::Reply, "reply"),
                Hint::One(Action::Open, "open goal"),
            ],
            Some(What::CannotSend { .. }) => vec![
                Hint::One(Action::Open, "outbox"),
                Hint::One(Action::Edit, "edit"),
                Hint::One(Action::Delete, "drop"),
            ],
            None => {
                return vec![
                    Hint::One(Action::New, "new goal"),
                    Hint::One(Action::GoGoals, "goals"),
                    Hint::One(Action::Undo, "undo"),
                ];
            }
        };
        hints.extend([
            Hint::One(Action::Later, "later"),
            Hint::One(Action::Mark, "mark"),
            Hint::One(Action::MarkAll, "mark all"),
            Hint::One(Action::Undo, "undo"),
        ]);
        hints
    }

    fn looking(&self, scene: &Scene<'_>) -> Option<GoalId> {
        if !self.shows_item(scene) {
            return None;
        }
        self.item()?.goal(scene.store).map(|goal| goal.id.clone())
    }

    fn reads(&self, scene: &Scene<'_>) -> Option<Reads> {
        // Beside a list nobody opened it.
        if !self.reading || Shape::of(scene.size) == Shape::Wide {
            return None;
        }
        match &self.item()?.what {
            What::Owe { goal, .. }
            | What::Approve { goal }
            | What::Asked {
                goal,
                check_in: None,
                ..
            } => Some(Reads::Goal(goal.clone())),
            What::Acknowledge { goal, check_in }
            | What::Asked {
                goal,
                check_in: Some(check_in),
                ..
            } => Some(Reads::CheckIn(goal.clone(), check_in.clone())),
            What::CannotSend { .. } => None,
        }
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let wide = Shape::of(scene.size) == Shape::Wide;
        let (list, detail) = if wide {
            let width = (area.width * 38 / 100).clamp(40, 60);
            let right = Rect {
                x: area.x + width + 1,
                width: area.width - width - 1,
                ..area
            };
            painter.rule_down(Rect {
                x: area.x + width,
                width: 1,
                ..area
            });
            (Some(Rect { width, ..area }), Some(right))
        } else if self.reading && !self.items.is_empty() {
            (None, Some(area))
        } else {
            (Some(area), None)
        };
        if let Some(list) = list {
            self.draw_list(scene, list, painter);
        }
        self.line.draw_cursor(area, painter);
        if let (Some(detail), Some(item)) = (detail, self.item()) {
            let is_other = self.detailed.borrow().as_ref() != Some(&item.what);
            self.detailed.replace(None);
            if wide && painter.is_hasty() && is_other {
                return;
            }
            self.detailed.replace(Some(item.what.clone()));
            let width = usize::from(detail.width.saturating_sub(2));
            let lines = reading::lines(item, scene, painter.glyphs(), width);
            draw_lines(&lines, &self.scroll, detail, painter);
        }
    }
}
