//! What happened that concerns me.

use ratatui::layout::Rect;

use super::filter_line::{FilterLine, Turn};
use super::moves;
use super::{Goto, Heading, Hint, Painter, Place, Reads, Reply, Scene, Screen, Target};
use super::{goal_actions, measure, menu};
use crate::actions::{Action, Scope};
use crate::model::dates;
use crate::model::entry::Mark;
use crate::model::exchange::Change;
use crate::model::ids::{GoalId, NotificationId};
use crate::model::notification::Reason;
use crate::model::status::ShownStatus;
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::{Command, Post, Toast};
use crate::store::inbox::{self, Line as News};
use crate::store::views;
use crate::theme::{Glyphs, Role};
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;
use crate::widgets::list_window::ListWindow;

/// The inbox screen.
#[derive(Default)]
pub struct Inbox {
    lines: Vec<News>,
    list: ListWindow<String>,
    moved: u64,
    only: Option<Reason>,
    filter: FilterLine,
    /// How many lines there are without the filter.
    all: usize,
    /// Lines that the filter hides and that are marked.
    hidden: Vec<News>,
}

impl Inbox {
    fn line(&self) -> Option<&News> {
        self.lines.get(self.list.cursor())
    }

    fn rebuild(&mut self, scene: &Scene<'_>) {
        self.moved = scene.store.moved();
        self.filter.follow(scene);
        self.flatten(scene);
    }

    /// Makes the rows anew; the filter hides lines, their marks stay.
    fn flatten(&mut self, scene: &Scene<'_>) {
        self.lines = inbox::inbox(scene.store, self.only, &scene.now);
        let keys: std::collections::HashSet<&String> =
            self.lines.iter().map(|line| &line.key).collect();
        self.list.retain_marks(|key| keys.contains(key));
        self.all = self.lines.len();
        self.hidden = Vec::new();
        if let Some(filter) = self.filter.filter() {
            let lines = std::mem::take(&mut self.lines).into_iter();
            (self.lines, self.hidden) =
                lines.partition(|line| views::matches_line(scene.store, filter, line));
            if self.lines.is_empty() && self.filter.loosen() {
                return self.flatten(scene);
            }
            self.hidden.retain(|line| self.list.is_marked(&line.key));
        }
        self.list
            .follow(self.lines.iter().map(|line| line.key.clone()).collect());
    }

    fn act_in_filter(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        match self.filter.act(action, scene) {
            Turn::Pass => return Reply::pass(),
            Turn::Stays => {}
            Turn::Changed => self.flatten(scene),
            Turn::Kept(remembered) => {
                self.flatten(scene);
                return remembered.map_or_else(Reply::done, Reply::command);
            }
        }
        Reply::done()
    }

    fn chosen(&self) -> Vec<&News> {
        let keys = self.list.chosen();
        self.lines
            .iter()
            .chain(&self.hidden)
            .filter(|line| keys.contains(&line.key))
            .collect()
    }

    /// Opens what a line is about; what is opened is read by that.
    fn open(&self, scene: &Scene<'_>) -> Reply {
        let Some(line) = self.line() else {
            return Reply::done();
        };
        if let Some(goal) = line
            .goal
            .as_ref()
            .filter(|goal| scene.store.goal(goal).is_some())
        {
            return super::goal_detail::open(goal);
        }
        let mut reply = match &line.goal {
            Some(_) => Reply::say("its goal is not here any more"),
            None => {
                let account = scene.store.account(&line.account);
                let provider =
                    account.map_or("its account", |known| known.setup.abilities.provider);
                Reply::say(format!(
                    "it is about nothing that shows here; see it at {provider}"
                ))
            }
        };
        if scene.prefs.read_on_open && !line.read {
            reply.commands = read_now(&[line], scene);
        }
        reply
    }
}

/// What becomes of lines: commands, and why not where an account does not take it.
#[derive(Default)]
struct Fate {
    commands: Vec<Command>,
    refused: Option<String>,
}

impl Fate {
    /// A write for the lines of each account that takes it; for lines that we
    /// derived ourselves `here`.
    fn of(
        lines: &[&News],
        scene: &Scene<'_>,
        change: impl Fn(Vec<NotificationId>) -> Change,
        post: impl Fn(Post) -> Command,
        here: impl Fn(String) -> Command,
    ) -> Self {
        let mut fate = Self::default();
        for account in scene.store.accounts() {
            let of_it = lines
                .iter()
                .filter(|line| line.account == account.setup.name);
            let ids: Vec<NotificationId> = of_it.filter_map(|line| line.id.clone()).collect();
            if ids.is_empty() {
                continue;
            }
            let change = change(ids);
            if let Some(why) = account.why_not(account.setup.abilities.of(&change)) {
                fate.refused = Some(why);
                continue;
            }
            fate.commands.push(post(Post {
                id: scene.ids.entry(),
                account: account.setup.name.clone(),
                change,
                draft: None,
            }));
        }
        let derived = lines.iter().filter(|line| line.id.is_none());
        fate.commands
            .extend(derived.map(|line| here(line.key.clone())));
        fate
    }

    fn reply(self, said: Option<String>) -> Reply {
        let words = match self.commands.is_empty() {
            true => self.refused,
            false => said,
        };
        let reply = Reply {
            commands: self.commands,
            ..Reply::done()
        };
        match words {
            Some(words) => reply.saying(Toast::info(words)),
            None => reply,
        }
    }
}

/// Marks lines read or unread: at their providers, derived ones here.
fn mark(lines: &[&News], read: bool, scene: &Scene<'_>) -> Fate {
    let change = |ids| Change::MarkRead { ids, read };
    Fate::of(lines, scene, change, Command::Post, |key| {
        derived(key, read, scene)
    })
}

/// Marks lines read that are opened: nobody waits for that to take it back.
fn read_now(lines: &[&News], scene: &Scene<'_>) -> Vec<Command> {
    let change = |ids| Change::MarkRead { ids, read: true };
    let fate = Fate::of(lines, scene, change, Command::PostAtOnce, |key| {
        derived(key, true, scene)
    });
    fate.commands
}

fn derived(key: String, read: bool, scene: &Scene<'_>) -> Command {
    let mark = Mark::Answered {
        item: key,
        at: scene.now.at,
    };
    match read {
        true => Command::Put(mark),
        false => Command::Unmark(mark.key()),
    }
}

/// What was opened is read: its unread lines, in one write for its account.
pub fn opened(reads: &Reads, scene: &Scene<'_>) -> Vec<Command> {
    if !scene.prefs.read_on_open || scene.store.read_only().is_some() {
        return Vec::new();
    }
    let is_it = |line: &News| match reads {
        Reads::Goal(goal) => line.goal.as_ref() == Some(goal),
        Reads::CheckIn(_, check_in) => line.check_in.as_ref() == Some(check_in),
    };
    let lines = inbox::inbox(scene.store, None, &scene.now);
    let unread: Vec<&News> = lines
        .iter()
        .filter(|line| !line.read && is_it(line))
        .collect();
    read_now(&unread, scene)
}

/// One row: read sign, when, why, the sentence.
fn row_of(line: &News, scene: &Scene<'_>, glyphs: Glyphs) -> (Line, Line) {
    let role = if line.read { Role::Text } else { Role::Strong };
    let sign = if line.read {
        Shown::fixed(" ")
    } else {
        Shown::fixed(glyphs.bullet())
    };
    let when = match line.reason {
        Reason::Due => "today".to_owned(),
        _ => dates::stamp(line.at, &scene.now),
    };
    let word = if line.reason == Reason::Mention {
        "@ mention"
    } else {
        line.reason.word()
    };
    let mut row = Line::of(Role::Accent, sign)
        .space(1)
        .put(Role::Dim, text::line(&when).truncate(7).pad_right(7))
        .space(1)
        .put(
            if line.reason == Reason::Mention {
                Role::Accent
            } else {
                Role::Dim
            },
            Shown::fixed(word).pad_right(10),
        );
    let goal = line.goal.as_ref().and_then(|goal| scene.store.goal(goal));
    let check_in = goal
        .zip(line.check_in.as_ref())
        .and_then(|(goal, id)| goal.check_in(id));
    let actor = line
        .actor
        .as_ref()
        .map(|actor| measure::first_name(actor, scene.store));
    if let (Reason::CheckIn, Some(goal), Some(check_in)) = (line.reason, goal, check_in) {
        let status = ShownStatus::Said(check_in.status.unwrap_or(goal.status));
        row = row
            .put(role, shown!("{}: ", actor.unwrap_or_default()))
            .and(measure::status_sign(status, glyphs))
            .put(role, shown!(" {}  {}", status.words().word, goal.name));
    } else {
        let sentence = match actor {
            Some(actor) => shown!("{actor} {}", line.text),
            None => text::line(&line.text),
        };
        row = row.put(role, sentence);
    }
    let account = scene.store.account(&line.account);
    let short = account.map_or("", |account| account.setup.abilities.short);
    (row, Line::of(Role::Dim, Shown::fixed(short)))
}

/// Whether an action takes only the line under the cursor.
fn is_for_one(action: Action) -> bool {
    matches!(
        action,
        Action::Acknowledge
            | Action::Reply
            | Action::React
            | Action::Mute
            | Action::CopyLink
            | Action::CopyMarkdown
            | Action::OpenBrowser
    )
}

impl Screen for Inbox {
    fn scopes(&self) -> Vec<Scope> {
        match self.filter.is_typing() {
            true => FilterLine::scopes(),
            false => vec![Scope::Inbox],
        }
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        if self.moved != scene.store.moved() {
            self.rebuild(scene);
        }
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if self.filter.is_typing() {
            return self.act_in_filter(action, scene);
        }
        if moves::moved(&mut self.list, action) {
            return Reply::done();
        }
        let marked = self.list.marked_count();
        if marked > 1 && is_for_one(action) {
            return Reply::say(format!("{marked} marked — m, d or Esc"));
        }
        match action {
            Action::Mark => {
                self.list.toggle_mark();
                self.list.step(1)
            }
            Action::MarkAll => {
                self.list.toggle_all();
                true
            }
            Action::Filter => {
                self.filter.begin();
                true
            }
            Action::Back if self.list.clear_marks() => true,
            Action::Back if self.filter.is_on() => {
                self.filter.clear();
                self.flatten(scene);
                true
            }
            Action::Open => return self.open(scene),
            Action::MarkRead => {
                let lines = self.chosen();
                let read = lines.iter().any(|line| !line.read);
                let lines: Vec<&News> =
                    lines.into_iter().filter(|line| line.read != read).collect();
                let fate = mark(&lines, read, scene);
                self.list.clear_marks();
                return fate.reply(None);
            }
            Action::MarkAllRead => {
                let unread: Vec<&News> = self.lines.iter().filter(|line| !line.read).collect();
                let count = unread.len();
                return mark(&unread, true, scene)
                    .reply(Some(format!("{count} marked read, u undoes")));
            }
            Action::Done => {
                let lines = self.chosen();
                let change = |ids| Change::MarkDone { ids, done: true };
                let fate = Fate::of(&lines, scene, change, Command::Post, |key| {
                    Command::Put(Mark::Answered {
                        item: format!("done {key}"),
                        at: scene.now.at,
                    })
                });
                self.list.clear_marks();
                return fate.reply(None);
            }
            Action::ReasonFilter | Action::QuickFilter => {
                let next = match self.only {
                    None => Reason::ALL.first().copied(),
                    Some(reason) => {
                        let place = Reason::ALL
                            .iter()
                            .position(|other| *other == reason)
                            .unwrap_or(0);
                        Reason::ALL.get(place + 1).copied()
                    }
                };
                self.only = next;
                self.rebuild(scene);
                return Reply::say(format!("reason: {}", next.map_or("all", Reason::word)));
            }
            Action::Reply => {
                let Some((goal, check_in)) = self
                    .line()
                    .and_then(|line| Some((line.goal.clone()?, line.check_in.clone())))
                else {
                    return Reply::say("nothing to reply to here");
                };
                return Reply::goto(Goto::Open(Place::Remark(goal, check_in)));
            }
            Action::History => {
                let line = self.line();
                let place = line.and_then(|line| Some((line.goal.as_ref()?, &line.check_in)));
                return match place {
                    Some((goal, check_in)) => super::history::open(goal, check_in.as_ref()),
                    None => Reply::say("this news is not about a goal"),
                };
            }
            other => {
                return match self.line().and_then(|line| line.goal.clone()) {
                    Some(goal) => goal_actions::act_on_goal(&goal, other, scene),
                    None => Reply::pass(),
                };
            }
        };
        Reply::done()
    }

    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        if !self.filter.is_typing() {
            return Reply::pass();
        }
        if self.filter.typed(edit, scene) {
            self.flatten(scene);
            self.list.first();
        }
        Reply::done()
    }

    fn why_not(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        if self.filter.is_typing() {
            return None;
        }
        goal_actions::why_not_on_goal(self.line()?.goal.as_ref()?, action, scene)
    }

    fn pointed(&mut self, place: usize, _scene: &Scene<'_>) -> Reply {
        self.list.go_to(place);
        Reply::done()
    }

    fn twin(&self, action: Action, _scene: &Scene<'_>) -> Option<String> {
        let line = self.line()?;
        match action {
            Action::Acknowledge | Action::Reply | Action::React => {
                let about = line.check_in.as_ref().map(|id| id.as_str());
                menu::about(action, about.or(line.goal.as_ref().map(|id| id.as_str())))
            }
            _ => {
                let chosen = self.chosen();
                let lines = chosen.into_iter().map(|line| line.key.as_str());
                menu::about(action, lines).or_else(|| menu::about_goal(action, line.goal.as_ref()))
            }
        }
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let reason = self.only.map_or("all", Reason::word);
        let shown = self.lines.len();
        if self.filter.is_typing() {
            let count = shown!("{shown} of {}", self.all);
            let (left, right) = self.filter.heading(count, scene.size.0);
            return Heading::Tabs(left, right);
        }
        let reason = match self.filter.is_on() {
            true => shown!(
                "{reason} · filter: {} · {shown} of {}",
                self.filter.text(),
                self.all
            ),
            false => Shown::fixed(reason),
        };
        let left = match self.list.marked_count() {
            0 => shown!(" unread first · reason: {reason}"),
            marked => shown!(" unread first · reason: {reason} · {marked} marked"),
        };
        let right = scene.store.last_look().map_or_else(Shown::default, |at| {
            shown!(
                "since you looked, {} ",
                dates::day(scene.now.day_of(at), &scene.now)
            )
        });
        Heading::Tabs(Line::of(Role::Text, left), Line::of(Role::Dim, right))
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.filter.is_typing() {
            return FilterLine::hints();
        }
        if self.list.marked_count() > 0 {
            return vec![
                Hint::One(Action::MarkRead, "read"),
                Hint::One(Action::Done, "done"),
                Hint::One(Action::Back, "clear"),
            ];
        }
        if self.lines.is_empty() {
            return vec![
                Hint::One(Action::QuickFilter, "reason"),
                Hint::One(Action::Undo, "undo"),
            ];
        }
        vec![
            Hint::One(Action::Open, "open"),
            Hint::One(Action::MarkRead, "read"),
            Hint::One(Action::Done, "done"),
            Hint::One(Action::MarkAllRead, "all read"),
            Hint::One(Action::Reply, "reply"),
            Hint::One(Action::Mute, "mute"),
            Hint::One(Action::QuickFilter, "reason"),
            Hint::One(Action::Undo, "undo"),
        ]
    }

    fn looking(&self, _scene: &Scene<'_>) -> Option<GoalId> {
        None
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        self.filter.draw_cursor(area, painter);
        if self.lines.is_empty() {
            let words = match scene.store.last_look() {
                _ if self.all > 0 => shown!(
                    "No match for \"{}\". Esc clears the filter",
                    self.filter.text()
                ),
                Some(at) => shown!(
                    "No news since {}.",
                    dates::day(scene.now.day_of(at), &scene.now)
                ),
                None => Shown::fixed("No news."),
            };
            painter.text(area.x + 1, area.y, area.width, &words, Role::Dim);
            return;
        }
        painter.target(area, Target::List);
        for (row, place) in self.list.visible(usize::from(area.height)).enumerate() {
            let (Some(line), Some(key)) = (self.lines.get(place), self.list.keys().get(place))
            else {
                break;
            };
            let line_area = Rect {
                y: area.y + u16::try_from(row).unwrap_or(u16::MAX),
                height: 1,
                ..area
            };
            painter.target(line_area, Target::Row(place));
            let (left, right) = row_of(line, scene, painter.glyphs());
            let mark = if self.list.is_marked(key) { "*" } else { " " };
            let left = Line::new().fixed(Role::Selected, mark).and(left);
            let room = usize::from(area.width).saturating_sub(right.width() + 2);
            painter.line_split(
                line_area,
                &left.truncate(room, painter.glyphs()),
                &right.space(1),
            );
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
