//! What can be done with the focused thing, and lists to choose one from.
//! Answers with what was chosen; carries nothing out.

use ratatui::layout::Rect;

use super::palette::{draw_picker, move_in, reached};
use super::{Choice, Chosen, Goto, Heading, Hint, Painter, Reply, Scene, Screen, Target};
use crate::actions::{ACTIONS, Action, ActionEffect, ActionInfo, Group, Scope};
use crate::model::ids::GoalId;
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::Effect;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;
use crate::widgets::list_window::ListWindow;
use crate::widgets::picker::{self, Picker};
use crate::widgets::sheet::Sheet;

/// A list to choose one from.
pub struct Menu {
    kind: Kind,
}

enum Kind {
    /// What can be done with the thing below.
    Actions(Actions),
    /// Rows found by typing.
    Filtered(Choice, Picker<String>),
    /// Rows with digits.
    Numbered(Choice, ListWindow<usize>),
}

struct Actions {
    below: Vec<Scope>,
    goal: Option<GoalId>,
    entries: Vec<Entry>,
    list: ListWindow<usize>,
}

struct Entry {
    info: &'static ActionInfo,
    /// Why it cannot be done now.
    why_not: Option<String>,
    /// What it writes stays on this machine.
    is_kept_here: bool,
    /// Its command line; none if only the screens do it.
    twin: Option<String>,
}

impl Menu {
    /// What can be done where `top` is, with the reason where something cannot.
    pub fn actions(top: &dyn Screen, scene: &Scene<'_>) -> Self {
        let below = top.scopes();
        let entries: Vec<Entry> = of_the_item(&below)
            .map(|info| Entry {
                info,
                why_not: why_not(info, top, scene),
                is_kept_here: top.is_kept_here(info.action, scene),
                twin: top
                    .twin(info.action, scene)
                    .or_else(|| twin(info, top.looking(scene).as_ref(), scene)),
            })
            .filter(|entry| entry.why_not.is_none() || !is_rare(entry.info.action))
            .collect();
        let mut list = ListWindow::new();
        list.follow((0..entries.len()).collect());
        Self {
            kind: Kind::Actions(Actions {
                below,
                goal: top.looking(scene),
                entries,
                list,
            }),
        }
    }

    /// A list of rows.
    pub fn choose(choice: Choice) -> Self {
        let kind = if choice.filters {
            let row = |(key, words): &(String, String)| {
                picker::Choice::new(key.clone(), text::line(words))
            };
            let rows = choice.rows.iter().map(row).collect();
            Kind::Filtered(choice, Picker::new(rows))
        } else {
            let mut list = ListWindow::new();
            list.follow((0..choice.rows.len()).collect());
            Kind::Numbered(choice, list)
        };
        Self { kind }
    }
}

/// Why an action cannot be done where `top` is.
pub(super) fn why_not(info: &ActionInfo, top: &dyn Screen, scene: &Scene<'_>) -> Option<String> {
    read_only(info, scene).or_else(|| top.why_not(info.action, scene))
}

fn read_only(info: &ActionInfo, scene: &Scene<'_>) -> Option<String> {
    let why = scene.store.read_only()?;
    (info.effect != ActionEffect::Reads).then(|| format!("read-only: {why}"))
}

/// What most goals never need: it is listed where it can be done. The palette finds
/// it everywhere and says why it cannot.
fn is_rare(action: Action) -> bool {
    action == Action::Ungraft || super::review::is_step(action)
}

/// Actions on the thing that has the focus; not those of the program.
fn of_the_item(scopes: &[Scope]) -> impl Iterator<Item = &'static ActionInfo> {
    let mut own = reached(scopes);
    own.retain(|scope| !matches!(scope, Scope::Program | Scope::Always));
    ACTIONS.iter().filter(move |info| {
        let fits = matches!(info.group, Group::Act | Group::Take)
            || matches!(
                info.action,
                Action::Pin | Action::Open | Action::History | Action::OwnNumbers
            );
        fits && info.scopes.iter().any(|scope| own.contains(scope))
    })
}

fn answer(about: &str, key: &str) -> Reply {
    Reply::goto(Goto::Answer(Chosen {
        about: about.to_owned(),
        key: key.to_owned(),
    }))
}

/// The command line of an action, with what is known filled in: the goal, and where
/// it is about a check-in the goal's last one.
fn twin(info: &ActionInfo, goal: Option<&GoalId>, scene: &Scene<'_>) -> Option<String> {
    let last = goal
        .and_then(|goal| scene.store.goal(goal)?.last_check_in())
        .map(|last| last.id.as_str());
    filled(info, goal, last)
}

fn filled(info: &ActionInfo, goal: Option<&GoalId>, id: Option<&str>) -> Option<String> {
    if info.twin.is_empty() {
        return None;
    }
    let mut twin = info.twin.to_owned();
    if let Some(goal) = goal {
        twin = twin.replace("{goal}", &quoted(goal.as_str()));
    }
    let is_about_check_in = matches!(
        info.action,
        Action::Acknowledge | Action::Reply | Action::React
    );
    if let Some(id) = id.filter(|_| is_about_check_in) {
        twin = twin.replace("{id}", &quoted(id));
    }
    Some(twin)
}

/// The command line of an action about a goal that is not on screen itself.
pub(super) fn about_goal(action: Action, goal: Option<&GoalId>) -> Option<String> {
    filled(action.info(), Some(goal?), None)
}

/// The command line of an action about these things, which stand for `{id}`.
pub(super) fn about<'i>(action: Action, ids: impl IntoIterator<Item = &'i str>) -> Option<String> {
    let ids: Vec<String> = ids.into_iter().map(quoted).collect();
    let twin = action.info().twin;
    (twin.contains("{id}") && !ids.is_empty()).then(|| twin.replace("{id}", &ids.join(" ")))
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let word = text::line(word);
    shlex::try_quote(word.as_str()).map_or_else(|_| String::new(), std::borrow::Cow::into_owned)
}

impl Actions {
    fn entry(&self) -> Option<&Entry> {
        self.list.key().and_then(|place| self.entries.get(*place))
    }

    fn act(&mut self, action: Action) -> Reply {
        match action {
            Action::NextRow => self.list.step(1),
            Action::PreviousRow => self.list.step(-1),
            Action::First => self.list.first(),
            Action::Last => self.list.last(),
            Action::Back | Action::Leave | Action::ActionMenu => return Reply::goto(Goto::Close),
            Action::Accept => {
                return match self.entry() {
                    Some(entry) => answer("action", entry.info.id),
                    None => Reply::goto(Goto::Close),
                };
            }
            Action::CopyTwin => return self.copy(),
            own if self.entries.iter().any(|entry| entry.info.action == own) => {
                return answer("action", own.id());
            }
            _ => return Reply::pass(),
        };
        Reply::done()
    }

    fn copy(&self) -> Reply {
        let Some(entry) = self.entry() else {
            return Reply::done();
        };
        match entry.twin.clone() {
            Some(twin) => {
                let more = if twin.contains('{') {
                    "; fill in what is in { }"
                } else {
                    ""
                };
                let said = format!("copied {twin}{more}");
                Reply::say(said).with(Effect::Copy(twin))
            }
            None => Reply::say("only the screens do this; there is no command line for it"),
        }
    }

    fn why_not(&self, action: Action) -> Option<String> {
        let entry = match action {
            Action::Accept => self.entry()?,
            own => self.entries.iter().find(|entry| entry.info.action == own)?,
        };
        entry.why_not.clone()
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let title = self
            .goal
            .as_ref()
            .and_then(|goal| scene.store.goal(goal))
            .map_or_else(
                || Shown::fixed("Actions"),
                |goal| text::line(&goal.name).truncate(60),
            );
        let rows = u16::try_from(self.entries.len().max(1)).unwrap_or(u16::MAX);
        let inside = Sheet::new(72, rows)
            .titled(Line::of(Role::Title, title))
            .draw(painter, area);
        if self.entries.is_empty() {
            painter.fixed(
                inside.x + 1,
                inside.y,
                inside.width,
                "nothing can be done here",
                Role::Dim,
            );
        }
        painter.target(inside, Target::List);
        for (y, place) in
            (inside.top()..inside.bottom()).zip(self.list.visible(usize::from(inside.height)))
        {
            let Some(entry) = self.entries.get(place) else {
                continue;
            };
            let key = scene
                .keymap
                .key_for(entry.info.action, &self.below)
                .unwrap_or_default();
            let (name, detail) = match &entry.why_not {
                None if entry.is_kept_here => {
                    (Role::Text, Line::new().fixed(Role::Dim, "kept here"))
                }
                None => (Role::Text, Line::new()),
                Some(why) => (Role::Disabled, Line::of(Role::Disabled, text::line(why))),
            };
            let left = Line::of(Role::Key, shown!("  {key}").pad_right(8))
                .put(name, Shown::fixed(entry.info.title).pad_right(26))
                .and(detail);
            draw_row(
                left,
                place == self.list.cursor(),
                Rect {
                    y,
                    height: 1,
                    ..inside
                },
                painter,
            );
            let row = Rect {
                y,
                height: 1,
                ..inside
            };
            painter.target(row, Target::Line(place));
        }
    }
}

/// Draws one row of a list, reversed under the cursor.
pub(super) fn draw_row(line: Line, focused: bool, row: Rect, painter: &mut Painter<'_>) {
    painter.line(row, &line);
    if focused {
        painter.highlight(row, Role::Focus);
        painter.fixed(row.x, row.y, 1, painter.glyphs().focus(), Role::Focus);
        painter.rest(row.x, row.y);
    }
}

fn act_numbered(choice: &Choice, list: &mut ListWindow<usize>, action: Action) -> Reply {
    match action {
        Action::NextRow => list.step(1),
        Action::PreviousRow => list.step(-1),
        Action::First => list.first(),
        Action::Last => list.last(),
        Action::Accept => {
            return match choice.rows.get(list.cursor()) {
                Some((key, _)) => answer(&choice.about, key),
                None => Reply::goto(Goto::Close),
            };
        }
        Action::Back | Action::Leave => return Reply::goto(Goto::Close),
        Action::Help => return Reply::say("a digit or Enter takes a line, Esc takes none"),
        _ => return Reply::pass(),
    };
    Reply::done()
}

fn draw_numbered(choice: &Choice, list: &ListWindow<usize>, area: Rect, painter: &mut Painter<'_>) {
    let rows: Vec<Shown> = choice
        .rows
        .iter()
        .map(|(_, words)| text::line(words))
        .collect();
    let title = text::line(&choice.title).truncate(60);
    let widest = rows
        .iter()
        .map(Shown::width)
        .max()
        .unwrap_or(0)
        .max(title.width());
    let wide = u16::try_from(widest + 8).unwrap_or(u16::MAX).clamp(30, 76);
    let tall = u16::try_from(rows.len().max(1)).unwrap_or(u16::MAX);
    let inside = Sheet::new(wide, tall)
        .titled(Line::of(Role::Title, title))
        .draw(painter, area);
    painter.target(inside, Target::List);
    for (y, place) in (inside.top()..inside.bottom()).zip(list.visible(usize::from(inside.height)))
    {
        let Some(words) = rows.get(place) else {
            continue;
        };
        let digit = match place {
            0..9 => shown!("  {}  ", place + 1),
            _ => Shown::spaces(5),
        };
        let line = Line::of(Role::Key, digit).put(Role::Text, words.clone());
        let row = Rect {
            y,
            height: 1,
            ..inside
        };
        painter.target(row, Target::Line(place));
        draw_row(
            line,
            place == list.cursor(),
            Rect {
                y,
                height: 1,
                ..inside
            },
            painter,
        );
    }
}

impl Screen for Menu {
    fn scopes(&self) -> Vec<Scope> {
        match &self.kind {
            // The items keep their own keys.
            Kind::Actions(menu) => {
                let mut scopes = vec![Scope::Menu];
                scopes.extend(menu.below.iter().copied());
                scopes
            }
            Kind::Filtered(..) => vec![Scope::TextField, Scope::Picker],
            Kind::Numbered(..) => vec![Scope::Choices],
        }
    }

    fn follow(&mut self, _scene: &Scene<'_>) {}

    fn act(&mut self, action: Action, _scene: &Scene<'_>) -> Reply {
        match &mut self.kind {
            Kind::Actions(menu) => menu.act(action),
            Kind::Filtered(choice, picker) => match action {
                Action::Accept => match picker.chosen() {
                    Some(key) => answer(&choice.about, key),
                    None => Reply::say(format!("nothing is called \"{}\"", picker.query())),
                },
                Action::Complete => {
                    if let Some(row) = picker.choice() {
                        let name = row.name.as_str().to_owned();
                        picker.set_query(&name);
                    }
                    Reply::done()
                }
                other => move_in(picker, other),
            },
            Kind::Numbered(choice, list) => act_numbered(choice, list, action),
        }
    }

    fn typed(&mut self, edit: &Edit, _scene: &Scene<'_>) -> Reply {
        match (&mut self.kind, edit) {
            (Kind::Filtered(_, picker), edit) => {
                picker.edit(edit.clone());
                Reply::done()
            }
            (Kind::Numbered(choice, _), Edit::Insert(digit)) => {
                let place = digit
                    .to_digit(10)
                    .and_then(|digit| (digit as usize).checked_sub(1));
                match place.and_then(|place| choice.rows.get(place)) {
                    Some((key, _)) => answer(&choice.about, key),
                    None => Reply::say(format!("there is no line {digit}")),
                }
            }
            _ => Reply::pass(),
        }
    }

    fn why_not(&self, action: Action, _scene: &Scene<'_>) -> Option<String> {
        match &self.kind {
            Kind::Actions(menu) => menu.why_not(action),
            Kind::Filtered(..) | Kind::Numbered(..) => None,
        }
    }

    fn pointed(&mut self, place: usize, _scene: &Scene<'_>) -> Reply {
        match &mut self.kind {
            Kind::Actions(menu) => menu.list.go_to(place),
            Kind::Filtered(_, picker) => picker.go_to(place),
            Kind::Numbered(_, list) => list.go_to(place),
        };
        Reply::done()
    }

    fn heading(&self, _scene: &Scene<'_>) -> Heading {
        Heading::Title(Line::new(), Line::new())
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        let mut hints = vec![
            Hint::One(Action::Accept, "choose"),
            Hint::Pair(Action::NextRow, Action::PreviousRow, "move"),
        ];
        if matches!(self.kind, Kind::Actions(_)) {
            hints.push(Hint::One(Action::CopyTwin, "copy the command line"));
        }
        hints.push(Hint::One(Action::Back, "close"));
        hints
    }

    fn is_sheet(&self) -> bool {
        true
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        match &self.kind {
            Kind::Actions(menu) => menu.draw(scene, area, painter),
            Kind::Numbered(choice, list) => draw_numbered(choice, list, area, painter),
            Kind::Filtered(choice, picker) => {
                let title = text::line(&choice.title).truncate(60);
                let rows = u16::try_from(choice.rows.len())
                    .unwrap_or(u16::MAX)
                    .clamp(1, 14);
                let inside = Sheet::new(70, rows + 3)
                    .titled(Line::of(Role::Title, title))
                    .draw(painter, area);
                let foot = shown!(" {} of {}", picker.found_count(), picker.count());
                let prompt = Line::new().space(1);
                draw_picker(picker, &prompt, Line::of(Role::Dim, foot), inside, painter);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(scopes: &[Scope]) -> Vec<Action> {
        of_the_item(scopes).map(|info| info.action).collect()
    }

    #[test]
    fn the_menu_holds_what_is_done_to_the_item_and_nothing_of_the_program() {
        let found = ids(&[Scope::Goals, Scope::Program]);
        for action in [
            Action::CheckIn,
            Action::Close,
            Action::Pin,
            Action::CopyLink,
        ] {
            assert!(found.contains(&action), "{action}");
        }
        for action in [
            Action::Undo,
            Action::GoQueue,
            Action::NextRow,
            Action::MarkAllRead,
        ] {
            assert!(!found.contains(&action), "{action}");
        }
    }

    #[test]
    fn a_twin_names_the_goal_as_a_shell_takes_it() {
        let info = Action::Close.info();
        let goal = GoalId::new("local:g-1");
        assert_eq!(
            filled(info, Some(&goal), None).unwrap(),
            "goaldeck goals close local:g-1 --achieved"
        );
        let odd = GoalId::new("work:a b\n");
        assert_eq!(
            filled(info, Some(&odd), None).unwrap(),
            "goaldeck goals close 'work:a b ' --achieved"
        );
        assert_eq!(
            filled(info, None, None).unwrap(),
            "goaldeck goals close {goal} --achieved"
        );
        assert_eq!(filled(Action::NextRow.info(), Some(&goal), None), None);
    }
}
