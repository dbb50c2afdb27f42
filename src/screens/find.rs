//! Finding anything by a few letters, over all accounts, from what is known; and
//! after it what the providers' own searches find beyond that.

use ratatui::layout::Rect;

use super::measure;
use super::palette::draw_list_sheet;
use super::{Goto, Heading, Hint, Painter, Place, Reply, Scene, Screen};
use crate::actions::{Action, Scope};
use crate::model::dates;
use crate::model::exchange;
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, GoalId, PersonId};
use crate::model::progress;
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::{Command, Effect, Toast};
use crate::store::find::{self, Found, Only, Thing};
use crate::store::{Account, AccountState, Store};
use crate::theme::{Glyphs, Role};
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;
use crate::widgets::list_window::ListWindow;
use crate::widgets::picker;

/// More than this nobody reads; typing another letter is faster.
const MOST: usize = 200;
/// Rows of the list that the sheet wishes for.
const ROWS: u16 = 14;

/// The sheet with the search field and what it found.
#[derive(Default)]
pub struct Find {
    field: Field,
    only: Only,
    /// Only goals of this person: what opening a person does.
    of: Option<PersonId>,
    found: Vec<Row>,
    list: ListWindow<usize>,
}

/// A row.
enum Row {
    /// Something known here: what it opens, and its text; foreign text.
    Known(Thing, String),
    /// Something that an account's provider found.
    There(AccountName, exchange::Found),
}

impl From<Found> for Row {
    fn from(found: Found) -> Self {
        Self::Known(found.what, found.text)
    }
}

impl Find {
    fn search(&mut self, scene: &Scene<'_>) {
        self.found = match &self.of {
            Some(person) => goals_of(person, self.field.text(), scene),
            None => find::find(scene.store, self.field.text(), self.only, MOST)
                .into_iter()
                .map(Row::from)
                .chain(self.found_there(scene))
                .collect(),
        };
        self.list.follow((0..self.found.len()).collect());
    }

    /// What the providers found by the words in the field.
    fn found_there(&self, scene: &Scene<'_>) -> Vec<Row> {
        if !self.asks_providers() || scene.store.search_words() != self.field.text().trim() {
            return Vec::new();
        }
        let found = scene.store.found().iter().cloned();
        let rows = found.map(|(account, found)| Row::There(account, found));
        rows.take(MOST).collect()
    }

    /// Goals, results, check-ins and people are all known here.
    fn asks_providers(&self) -> bool {
        self.of.is_none() && self.only == Only::All
    }

    fn search_anew(&mut self, scene: &Scene<'_>) -> Reply {
        self.search(scene);
        self.list.first();
        let words = match self.asks_providers() {
            true => self.field.text().trim(),
            false => "",
        };
        if words == scene.store.search_words() {
            return Reply::done();
        }
        Reply::command(Command::Search(words.to_owned()))
    }

    fn open(&mut self, scene: &Scene<'_>) -> Reply {
        let Some(row) = self.list.key().and_then(|place| self.found.get(*place)) else {
            return Reply::done();
        };
        let what = match row {
            Row::Known(what, _) => what,
            Row::There(account, found) => return open_there(account, found, scene),
        };
        match what {
            Thing::Goal(goal) | Thing::Result(goal, _) | Thing::CheckIn(goal, _) => {
                Reply::goto(Goto::Open(Place::Goal(goal.clone())))
            }
            Thing::Person(person) => {
                self.of = Some(person.clone());
                self.field.clear();
                self.search_anew(scene)
            }
        }
    }

    fn prompt(&self, scene: &Scene<'_>) -> Line {
        let words = match (&self.of, self.only) {
            (Some(person), _) => shown!(" goals of {}: ", scene.store.name_of(person)),
            (None, Only::All) => Shown::fixed(" find: "),
            (None, only) => shown!(" find {}: ", only.word()),
        };
        Line::of(Role::Key, words)
    }

    /// How the providers' own searches are: under way, failed, or not possible.
    fn asked(&self, scene: &Scene<'_>) -> Option<Line> {
        if !self.asks_providers() || self.field.text().trim().is_empty() {
            return None;
        }
        let store = scene.store;
        if let Some((account, fault)) = store.search_faults().first() {
            let words = shown!(" ! {account} did not search: {fault}");
            return Some(Line::of(Role::Error, words));
        }
        let remote = || {
            store
                .accounts()
                .filter(|known| !known.setup.abilities.immediate)
        };
        let names = |is: fn(&Account) -> bool| {
            let names: Vec<&str> = remote()
                .filter(|account| is(account))
                .map(|account| account.setup.name.as_str())
                .collect();
            names.join(", ")
        };
        let searched = names(answers);
        if store.is_searching() && !searched.is_empty() {
            return Some(Line::of(Role::Accent, shown!(" searching {searched}…")));
        }
        let silent = names(|account| !answers(account));
        if silent.is_empty() {
            return None;
        }
        let words = shown!(" {silent} is not reached: of it only what is known here was searched");
        Some(Line::of(Role::Warn, words))
    }

    fn foot(&self, scene: &Scene<'_>) -> Line {
        if let Some(line) = self.asked(scene) {
            return line;
        }
        let scopes = self.scopes();
        let key = |action| scene.keymap.key_for(action, &scopes).unwrap_or_default();
        let (open, kind, close) = (
            key(Action::Accept),
            key(Action::NextKind),
            key(Action::Back),
        );
        let words = if !self.field.is_empty() && self.found.is_empty() {
            shown!(" nothing has \"{}\" · {close} close", self.field.text())
        } else if self.of.is_some() {
            shown!(" {open} open · {close} everything again")
        } else {
            shown!(" {open} open · {kind} only goals/results/check-ins/people · {close} close")
        };
        Line::of(Role::Dim, words)
    }
}

/// Whether an account can be asked now.
fn answers(account: &Account) -> bool {
    matches!(account.state, AccountState::Reading | AccountState::Synced)
}

/// Opens the goal of something a provider found; else gives its link.
fn open_there(account: &AccountName, found: &exchange::Found, scene: &Scene<'_>) -> Reply {
    let goal = found.goal.as_ref();
    if let Some(goal) = goal.filter(|goal| scene.store.goal(goal).is_some()) {
        return Reply::goto(Goto::Open(Place::Goal(goal.clone())));
    }
    if !found.link.is_empty() {
        return Reply::done()
            .with(Effect::Copy(found.link.clone()))
            .saying(Toast::info(format!("copied {}", found.link)));
    }
    let account = scene.store.account(account);
    let provider = account.map_or("its account", |known| known.setup.abilities.provider);
    Reply::say(format!(
        "its page is not known; look for the {} at {provider}",
        found.kind
    ))
}

/// The goals that somebody answers for or reviews, most urgent first.
fn goals_of(person: &PersonId, typed: &str, scene: &Scene<'_>) -> Vec<Row> {
    let is_theirs = |goal: &&Goal| {
        goal.champion.as_ref() == Some(person) || goal.reviewer.as_ref() == Some(person)
    };
    let mut goals: Vec<&Goal> = scene.store.goals().filter(is_theirs).collect();
    let attention = |id: &GoalId| {
        let figures = scene.store.figures(id);
        std::cmp::Reverse(figures.map_or(0, |figures| figures.attention))
    };
    goals.sort_by(|one, other| {
        (!one.is_open(), attention(&one.id), &one.name).cmp(&(
            !other.is_open(),
            attention(&other.id),
            &other.name,
        ))
    });
    picker::best(typed, goals.iter().map(|goal| goal.name.as_str()))
        .into_iter()
        .filter_map(|place| goals.get(place))
        .take(MOST)
        .map(|goal| Row::Known(Thing::Goal(goal.id.clone()), goal.name.clone()))
        .collect()
}

impl Screen for Find {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::TextField, Scope::Find, Scope::Picker]
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        self.search(scene);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        match action {
            Action::Accept => return self.open(scene),
            Action::NextKind | Action::Complete if self.of.is_none() => {
                self.only = self.only.next();
                return self.search_anew(scene);
            }
            Action::NextRow => self.list.step(1),
            Action::PreviousRow => self.list.step(-1),
            Action::PageDown => self.list.page(true, false),
            Action::PageUp => self.list.page(false, false),
            Action::Back if self.of.is_some() => {
                self.of = None;
                self.field.clear();
                return self.search_anew(scene);
            }
            // Nobody looks at what may still come.
            Action::Back => {
                return Reply::command(Command::Search(String::new())).going(Goto::Close);
            }
            _ => return Reply::pass(),
        };
        Reply::done()
    }

    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        let before = self.field.text().to_owned();
        self.field.edit(edit.clone());
        if self.field.text() == before {
            return Reply::done();
        }
        self.search_anew(scene)
    }

    fn pointed(&mut self, place: usize, _scene: &Scene<'_>) -> Reply {
        self.list.go_to(place);
        Reply::done()
    }

    fn heading(&self, _scene: &Scene<'_>) -> Heading {
        Heading::Title(Line::new(), Line::new())
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![
            Hint::One(Action::Accept, "open"),
            Hint::One(Action::NextKind, "only one kind"),
            Hint::Pair(Action::NextRow, Action::PreviousRow, "move"),
            Hint::One(Action::Back, "close"),
        ]
    }

    fn is_sheet(&self) -> bool {
        true
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let glyphs = painter.glyphs();
        draw_list_sheet(
            (self.prompt(scene), &self.field),
            self.foot(scene),
            ROWS,
            &self.list,
            |place, width| match self.found.get(*place) {
                Some(row) => columns(row, width, scene, glyphs),
                None => (Line::new(), Line::new()),
            },
            area,
            painter,
        );
    }
}

/// The left and right part of a row of `width` columns.
fn columns(row: &Row, width: u16, scene: &Scene<'_>, glyphs: Glyphs) -> (Line, Line) {
    let (what, words) = match row {
        Row::Known(what, words) => (what, words),
        Row::There(account, found) => return columns_there(account, found, width, scene),
    };
    let Some(facts) = facts(what, words, scene, glyphs) else {
        // It went away since the search; the next one leaves it out.
        return (Line::of(Role::Dim, text::line(words)), Line::new());
    };
    let left = facts.sign.space(1).put(Role::Text, facts.name);
    let mut right = Line::of(Role::Dim, Shown::fixed(facts.kind).pad_right(9))
        .put(Role::Text, facts.figure.pad_left(8));
    if width >= 60 {
        right = right
            .space(2)
            .put(facts.pace.1, facts.pace.0.truncate(12).pad_right(12));
    }
    if width >= 70 {
        right = right
            .space(1)
            .put(Role::Dim, facts.account.truncate(10).pad_left(10));
    }
    (left, right.space(1))
}

/// The same for something that a provider found.
fn columns_there(
    account: &AccountName,
    found: &exchange::Found,
    width: u16,
    scene: &Scene<'_>,
) -> (Line, Line) {
    let known = scene.store.account(account);
    let provider = known.map_or("", |known| known.setup.abilities.provider);
    let left = Line::of(Role::Dim, Shown::fixed("/"))
        .space(1)
        .put(Role::Text, text::line(&found.title));
    let kind = text::line(&found.kind).truncate(10).pad_right(11);
    let mut right = Line::of(Role::Dim, kind);
    if width >= 60 {
        let at = shown!("found at {provider}").truncate(20).pad_right(20);
        right = right.put(Role::Dim, at);
    }
    if width >= 70 {
        let account = shown!("{account}").truncate(10).pad_left(10);
        right = right.space(1).put(Role::Dim, account);
    }
    (left, right.space(1))
}

/// How many points a goal is ahead or behind, where that can be said.
fn pace(goal: &Goal, store: &Store) -> (Shown, Role) {
    let nothing = (Shown::default(), Role::Text);
    let Some(figures) = store.figures(&goal.id).filter(|_| goal.is_open()) else {
        return nothing;
    };
    let (Some(done), Some(expected)) = (figures.shown_progress(), figures.expected) else {
        return nothing;
    };
    let (rules, gap) = (store.rules(), done - expected);
    let points = progress::points(gap.abs());
    if expected < rules.early {
        nothing
    } else if gap <= -rules.far_behind {
        (shown!("behind {points}"), Role::Bad)
    } else if gap <= -rules.behind {
        (shown!("behind {points}"), Role::Warn)
    } else if gap >= rules.behind {
        (shown!("ahead {points}"), Role::Good)
    } else {
        (Shown::fixed("on pace"), Role::Text)
    }
}

struct Facts {
    sign: Line,
    name: Shown,
    kind: &'static str,
    /// Percent, or the day of a check-in.
    figure: Shown,
    pace: (Shown, Role),
    account: Shown,
}

fn facts(what: &Thing, words: &str, scene: &Scene<'_>, glyphs: Glyphs) -> Option<Facts> {
    let store = scene.store;
    let nothing = || (Shown::default(), Role::Text);
    let account = |goal: &Goal| {
        let known = store.account(&goal.account);
        Shown::fixed(known.map_or("", |account| account.setup.abilities.short))
    };
    Some(match what {
        Thing::Goal(id) => {
            let goal = store.goal(id)?;
            let figures = store.figures(id);
            let percent = figures.and_then(|figures| figures.shown_progress());
            Facts {
                sign: measure::status_sign(measure::shown_status(goal, store), glyphs),
                name: text::line(&goal.name),
                kind: goal.nature.word(),
                figure: percent
                    .map_or_else(Shown::default, |p| text::line(&progress::percent_spaced(p))),
                pace: pace(goal, store),
                account: account(goal),
            }
        }
        Thing::Result(id, result) => {
            let goal = store.goal(id)?;
            let result = goal.result(result)?;
            let percent = progress::of_result(result).map(|progress| progress.p);
            Facts {
                sign: measure::result_status(goal, result, scene, glyphs),
                name: text::line(&result.name),
                kind: "result",
                figure: percent
                    .map_or_else(Shown::default, |p| text::line(&progress::percent_spaced(p))),
                pace: nothing(),
                account: account(goal),
            }
        }
        Thing::CheckIn(id, check_in) => {
            let goal = store.goal(id)?;
            let at = goal.check_in(check_in)?.at;
            Facts {
                sign: Line::new().fixed(Role::Dim, "@"),
                name: shown!("\"{words}\""),
                kind: "check-in",
                figure: text::line(&dates::day(scene.now.day_of(at), &scene.now)),
                pace: nothing(),
                account: account(goal),
            }
        }
        Thing::Person(id) => {
            let person = store.person(id)?;
            let account = store.account(&person.account);
            Facts {
                sign: Line::new().fixed(Role::Dim, "@"),
                name: text::line(words),
                kind: "person",
                figure: Shown::default(),
                pace: nothing(),
                account: Shown::fixed(account.map_or("", |account| account.setup.abilities.short)),
            }
        }
    })
}
