//! The accounts: how they are, who I am there, what each can do, where files
//! lie; and the people of a workspace on this machine.

use ratatui::layout::Rect;

use super::accounts_line;
use super::{
    AccountPlace, Choice, Chosen, Goto, Heading, Hint, Painter, Place, Question, Reply, Scene,
    Screen, Target,
};
use crate::actions::{Action, Scope};
use crate::model::cadence::Cadence;
use crate::model::dates;
use crate::model::direct::Introduction;
use crate::model::exchange::{Change, Fault, FaultKind};
use crate::model::goal::Nature;
use crate::model::ids::{AccountName, PersonId};
use crate::model::person::Person;
use crate::model::sign_in::{Deed, Tending, Typed};
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::{Command, Effect, Post, Toast};
use crate::store::{Account, AccountState};
use crate::theme::{Glyphs, Role};
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;
use crate::widgets::list_window::ListWindow;

/// A row the cursor may be on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Account(AccountName),
    Person(AccountName, PersonId),
    AddPerson(AccountName),
    AddAccount,
}

/// The page with the accounts.
#[derive(Default)]
pub struct Accounts {
    list: ListWindow<Key>,
    /// The name of a new person, while it is typed.
    adding: Option<(AccountName, Field)>,
    /// Another token for an account, while it is typed.
    renewing: Option<(AccountName, Field)>,
    /// What its server said last when it was asked from here; none while it is asked.
    asked: Option<(AccountName, Option<Result<Introduction, Fault>>)>,
}

/// What the sheets of an account are about.
const ACCOUNT: &str = "account";

/// A drawn row: a stop for the cursor, or text that belongs to the stop above.
struct Drawn {
    key: Option<Key>,
    left: Line,
    right: Line,
}

impl Drawn {
    fn text(left: Line) -> Self {
        Self {
            key: None,
            left,
            right: Line::new(),
        }
    }
}

fn keys(scene: &Scene<'_>) -> Vec<Key> {
    let mut keys = Vec::new();
    for account in scene.store.accounts() {
        let name = &account.setup.name;
        keys.push(Key::Account(name.clone()));
        if may_add_people(account) {
            for person in scene.store.people(name) {
                keys.push(Key::Person(name.clone(), person.id.clone()));
            }
            keys.push(Key::AddPerson(name.clone()));
        }
    }
    keys.push(Key::AddAccount);
    keys
}

fn may_add_people(account: &Account) -> bool {
    account.setup.abilities.people.is_possible()
}

/// How an account is, in words, with the sign of the status line.
fn state(account: &Account, scene: &Scene<'_>, glyphs: Glyphs) -> Line {
    let line = how_it_is(account, scene, glyphs);
    match account.is_read_only() {
        true => line.fixed(Role::Warn, ", read-only"),
        false => line,
    }
}

fn how_it_is(account: &Account, scene: &Scene<'_>, glyphs: Glyphs) -> Line {
    if let Some(until) = accounts_line::waits(account, scene) {
        let words = accounts_line::wait_words(until, scene);
        return Line::new().fixed(Role::Dim, glyphs.reading()).put(
            Role::Text,
            shown!(" {words}: its limit of requests is reached, it goes on by itself"),
        );
    }
    match &account.state {
        AccountState::Reading => {
            let words = match account.synced_at {
                Some(at) => shown!(" reading; what shows is of {}", dates::ago(at, &scene.now)),
                None => Shown::fixed(" reading…"),
            };
            Line::new()
                .fixed(Role::Dim, glyphs.reading())
                .put(Role::Text, words)
        }
        AccountState::Synced => {
            let words = match account.synced_at {
                Some(at) if !account.setup.abilities.immediate => {
                    shown!(" synced {}", dates::ago(at, &scene.now))
                }
                _ => Shown::fixed(" all is well"),
            };
            Line::new()
                .fixed(Role::Good, glyphs.synced())
                .put(Role::Text, words)
        }
        AccountState::Offline { since, why, next } => {
            let since = dates::clock(*since, &scene.now);
            let next = next.map_or_else(String::new, |next| accounts_line::next_try(next, scene));
            Line::new()
                .fixed(Role::Warn, glyphs.offline())
                .put(Role::Text, shown!(" offline since {since}{next}: {why}"))
        }
        AccountState::Needs(fault) => Line::new()
            .fixed(Role::Bad, "!")
            .put(Role::Error, shown!(" {fault}")),
    }
}

impl Accounts {
    fn rows(&self, scene: &Scene<'_>, glyphs: Glyphs) -> Vec<Drawn> {
        let mut rows = Vec::new();
        for account in scene.store.accounts() {
            if !rows.is_empty() {
                rows.push(Drawn::text(Line::new()));
            }
            account_rows(account, scene, glyphs, &mut rows);
            self.place_rows(&account.setup.name, scene, &mut rows);
            if may_add_people(account) {
                self.people_rows(account, scene, &mut rows);
            }
        }
        rows.push(Drawn::text(Line::new()));
        rows.push(Drawn {
            key: Some(Key::AddAccount),
            left: Line::new().fixed(Role::Text, " Add an account…"),
            right: Line::new().fixed(Role::Dim, "Operately, Quantive, ClickUp, AchieveIt "),
        });
        rows.push(Drawn::text(Line::new()));
        for (what, place) in [
            ("settings", &scene.prefs.config_path),
            ("data", &scene.prefs.data_path),
        ] {
            rows.push(Drawn::text(
                Line::of(Role::Dim, shown!(" {what}").pad_right(11))
                    .put(Role::Text, text::line(place)),
            ));
        }
        if let Some(why) = scene.store.read_only() {
            rows.push(Drawn::text(Line::of(
                Role::Warn,
                shown!(" read-only: {why}"),
            )));
        }
        rows
    }

    fn people_rows(&self, account: &Account, scene: &Scene<'_>, rows: &mut Vec<Drawn>) {
        let name = &account.setup.name;
        for person in scene.store.people(name) {
            let me = account.me.as_ref() == Some(&person.id);
            let goals = scene
                .store
                .goals()
                .filter(|goal| goal.is_open() && goal.champion.as_ref() == Some(&person.id))
                .count();
            let right = match goals {
                0 => Shown::default(),
                1 => Shown::fixed("champion of 1 goal "),
                more => shown!("champion of {more} goals "),
            };
            let you = if me { "  this is you" } else { "" };
            rows.push(Drawn {
                key: Some(Key::Person(name.clone(), person.id.clone())),
                left: Line::of(Role::Text, shown!("     {}", person.name)).fixed(Role::Good, you),
                right: Line::of(Role::Dim, right),
            });
        }
        let adding = self.adding.as_ref().filter(|(to, _)| to == name);
        rows.push(Drawn {
            key: Some(Key::AddPerson(name.clone())),
            left: match adding {
                Some(_) => Line::new().fixed(Role::Key, "     name: "),
                None => Line::new().fixed(Role::Text, "     + add a person"),
            },
            right: match adding {
                Some(_) => Line::new().fixed(Role::Dim, "Enter adds, Esc does not "),
                None => Line::new(),
            },
        });
        let hint =
            shown!("     as = \"NAME\" in the settings of {name}, or --as NAME, says who you are");
        rows.push(Drawn::text(Line::of(Role::Dim, hint)));
    }

    /// Where the token lies, the proxy, and what the server said when asked.
    fn place_rows(&self, name: &AccountName, scene: &Scene<'_>, rows: &mut Vec<Drawn>) {
        let width = usize::from(scene.size.0.saturating_sub(6)).max(20);
        let mut put = |role: Role, words: &Shown| {
            for row in words.wrap(width) {
                rows.push(Drawn::text(Line::new().space(3).put(role, row)));
            }
        };
        if let Some(place) = place(name, scene) {
            let proxy = place
                .proxy
                .as_ref()
                .map_or_else(String::new, |proxy| format!(", through the proxy {proxy}"));
            put(Role::Dim, &shown!("its token lies {}{proxy}", place.token));
        }
        match self.asked.as_ref().filter(|(asked, _)| asked == name) {
            Some((_, None)) => put(Role::Accent, &shown!("asking {name} …")),
            Some((_, Some(Ok(met)))) => {
                put(
                    Role::Good,
                    &text::line(&super::account_form::signed_in(met)),
                );
                put(Role::Dim, &text::line(&met.server));
                if met.may_write == Some(false) {
                    put(Role::Warn, &Shown::fixed("this token may only read"));
                }
            }
            Some((_, Some(Err(fault)))) => put(Role::Error, &shown!("{fault}")),
            None => {}
        }
        if self.renewing.as_ref().is_some_and(|(of, _)| of == name) {
            rows.push(Drawn {
                key: None,
                left: Line::new().fixed(Role::Key, "   new token: "),
                right: Line::new().fixed(Role::Dim, "Enter tries it, Esc does not "),
            });
        }
    }

    /// Asks for another token, or says why that is not done here.
    fn renew(&mut self, name: &AccountName, scene: &Scene<'_>) -> Reply {
        if let Some(why) = scene.store.read_only() {
            return Reply::say(format!("read-only: {why}"));
        }
        match place(name, scene) {
            None => Reply::say(format!(
                "{name} has no token, its goals lie on this machine"
            )),
            Some(place) => match &place.instead {
                // Longer than the status line: under the account there is room.
                Some(instead) => {
                    let why = format!(
                        "its token lies {}, which goaldeck does not write",
                        place.token
                    );
                    let fault = Fault::new(FaultKind::Unsupported, why, instead.clone());
                    self.asked = Some((name.clone(), Some(Err(fault))));
                    Reply::done()
                }
                None => {
                    self.asked = None;
                    self.renewing = Some((name.clone(), Field::new().masked()));
                    Reply::done()
                }
            },
        }
    }

    fn try_token(&mut self) -> Reply {
        let Some((name, field)) = &self.renewing else {
            return Reply::pass();
        };
        if field.text().trim().is_empty() {
            return Reply::say("type or paste the token, or Esc");
        }
        let (name, typed) = (name.clone(), Typed::new(field.text()));
        self.renewing = None;
        self.tend(&name, Deed::Renew(typed))
    }

    fn tend(&mut self, name: &AccountName, deed: Deed) -> Reply {
        if matches!(deed, Deed::Test | Deed::Renew(_)) {
            self.asked = Some((name.clone(), None));
        }
        Reply::done().with(Effect::Tend(Box::new(Tending {
            account: name.clone(),
            deed,
        })))
    }

    /// What can be done with an account at a server.
    fn choices(name: &AccountName, scene: &Scene<'_>) -> Reply {
        let renew = match place(name, scene).and_then(|place| place.instead.as_ref()) {
            Some(_) => "another token (its place is not ours to write)",
            None => "another token…",
        };
        let rows = [
            ("test", "test it: ask its server now"),
            ("renew", renew),
            ("first", "put it first: new goals go there"),
            ("remove", "remove it from the settings…"),
        ];
        let rows = rows.map(|(deed, words)| (format!("{deed} {name}"), words.to_owned()));
        Reply::goto(Goto::Open(Place::Choose(Choice {
            title: format!("Account {name}"),
            about: ACCOUNT.to_owned(),
            rows: rows.into(),
            filters: false,
        })))
    }

    fn ask_to_remove(name: &AccountName, scene: &Scene<'_>) -> Reply {
        if let Some(why) = scene.store.read_only() {
            return Reply::say(format!("read-only: {why}"));
        }
        let unsent = scene
            .store
            .entries()
            .filter(|entry| entry.signature.account == *name && entry.state.is_pending())
            .count();
        if unsent > 0 {
            let words = match unsent {
                1 => "1 write".to_owned(),
                more => format!("{more} writes"),
            };
            return Reply::done().saying(Toast::error(format!(
                "{words} of {name} not sent yet; send or drop what the outbox (4) holds first"
            )));
        }
        let mut question = Question::new(
            format!(
                "Remove account {name} and what was read of it? At its server nothing changes."
            ),
            Vec::new(),
        );
        question.goto = Some(Box::new(Goto::Answer(Chosen {
            about: ACCOUNT.to_owned(),
            key: format!("removed {name}"),
        })));
        Reply::goto(Goto::Open(Place::Confirm(question)))
    }

    fn add(&mut self, scene: &Scene<'_>) -> Reply {
        let Some((account, field)) = &self.adding else {
            return Reply::pass();
        };
        let person = match new_person(account, field.text(), scene) {
            Ok(person) => person,
            Err(why) => return Reply::done().saying(Toast::error(why)),
        };
        let said = format!("added {}", person.name);
        let post = Post {
            id: scene.ids.entry(),
            account: account.clone(),
            change: Change::PutPerson { person },
            draft: None,
        };
        self.adding = None;
        Reply::command(Command::Post(post)).saying(Toast::info(said))
    }

    fn open(&mut self, scene: &Scene<'_>) -> Reply {
        match self.list.key() {
            Some(Key::AddAccount) => match scene.store.read_only() {
                Some(why) => Reply::say(format!("read-only: {why}")),
                None => super::account_form::choose_system(),
            },
            Some(Key::AddPerson(account)) => match scene.store.read_only() {
                Some(why) => Reply::say(format!("read-only: {why}")),
                None => {
                    self.adding = Some((account.clone(), Field::new()));
                    Reply::done()
                }
            },
            Some(Key::Person(account, person)) => {
                let name = scene.store.name_of(person);
                Reply::say(if scene.store.me(account) == Some(person) {
                    format!("{name} is you")
                } else {
                    format!("to be {name}: goaldeck --as \"{name}\"")
                })
            }
            Some(Key::Account(account)) => {
                match scene.store.account(account).map(|known| &known.state) {
                    // Without a token nothing else is worth doing.
                    Some(AccountState::Needs(fault)) if fault.kind == FaultKind::SignedOut => {
                        let account = account.clone();
                        self.renew(&account, scene)
                    }
                    Some(_) if place(account, scene).is_some() => Self::choices(account, scene),
                    Some(AccountState::Needs(fault)) => {
                        Reply::done().saying(Toast::error(fault.to_string()))
                    }
                    Some(AccountState::Offline { .. }) => {
                        Reply::say(format!("R tries to reach {account} again"))
                    }
                    _ => Reply::say(format!(
                        "nothing to do for {account}: it is on this machine"
                    )),
                }
            }
            None => Reply::done(),
        }
    }
}

/// What the settings say of an account at a server.
fn place<'a>(name: &AccountName, scene: &Scene<'a>) -> Option<&'a AccountPlace> {
    scene
        .prefs
        .accounts
        .iter()
        .find(|place| place.name == *name)
}

/// A person with this name, if nobody is called so yet.
fn new_person(account: &AccountName, typed: &str, scene: &Scene<'_>) -> Result<Person, String> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err("a person needs a name; type one, or Esc".to_owned());
    }
    let known = scene.store.people(account);
    if let Some(same) = known
        .iter()
        .find(|person| person.name.to_lowercase() == name.to_lowercase())
    {
        return Err(format!(
            "{} is there already; add the last name to tell them apart",
            same.name
        ));
    }
    Ok(Person {
        id: PersonId::new(format!("{account}:p-{}", scene.ids.next())),
        account: account.clone(),
        name,
        handle: String::new(),
    })
}

fn account_rows(account: &Account, scene: &Scene<'_>, glyphs: Glyphs, rows: &mut Vec<Drawn>) {
    let setup = &account.setup;
    let provider = setup.abilities.provider;
    rows.push(Drawn {
        key: Some(Key::Account(setup.name.clone())),
        left: Line::new()
            .space(1)
            .put(Role::Strong, text::line(setup.name.as_str()).pad_right(12))
            .space(1)
            .and(state(account, scene, glyphs)),
        right: Line::of(Role::Dim, shown!("{provider} ")),
    });
    let who = match &account.me {
        Some(me) => shown!("you are {}", scene.store.name_of(me)),
        None => Shown::fixed("it has not said yet who you are"),
    };
    let goals = scene
        .store
        .goals()
        .filter(|goal| goal.account == setup.name && goal.nature != Nature::Folder)
        .count();
    let hold = match setup.hold.num_seconds() {
        0 => String::new(),
        _ if setup.abilities.immediate => String::new(),
        seconds => format!(", writes are held {seconds} s"),
    };
    let cadence = match setup.cadence {
        Cadence::None => String::new(),
        cadence => format!(", check-ins {cadence}"),
    };
    let mut words = Vec::new();
    if let Some(origin) = &setup.origin {
        let next = scene.store.next_reading(&setup.name);
        // When it is tried again is said above.
        let next = next.filter(|_| account.state == AccountState::Synced);
        let next = next.map_or_else(String::new, |next| {
            format!(", read again {}", dates::clock(next, &scene.now))
        });
        words.push(shown!("at {origin}{next}"));
    }
    words.push(shown!(
        "{who}, {}{cadence}{hold}",
        super::measure::count(goals, "goal")
    ));
    if let Some(why) = account.why_not_write() {
        words.push(shown!("{why}"));
    }
    let sentences = account.ability_sentences().into_iter();
    words.extend(sentences.map(|sentence| text::line(&sentence)));
    let width = usize::from(scene.size.0.saturating_sub(6)).max(20);
    for sentence in words {
        for row in sentence.wrap(width) {
            rows.push(Drawn::text(Line::new().space(3).put(Role::Text, row)));
        }
    }
}

impl Screen for Accounts {
    fn scopes(&self) -> Vec<Scope> {
        match self.adding.is_some() || self.renewing.is_some() {
            true => vec![Scope::TextField, Scope::FilterLine],
            false => vec![Scope::Accounts],
        }
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        self.list.follow(keys(scene));
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if self.renewing.is_some() {
            match action {
                Action::Accept => return self.try_token(),
                // Nothing of a token stays anywhere.
                Action::Back => self.renewing = None,
                _ => return Reply::pass(),
            }
            return Reply::done();
        }
        if self.adding.is_some() {
            match action {
                Action::Accept => return self.add(scene),
                Action::Back => self.adding = None,
                _ => return Reply::pass(),
            }
            return Reply::done();
        }
        match action {
            Action::NextRow => self.list.step(1),
            Action::PreviousRow => self.list.step(-1),
            Action::First => self.list.first(),
            Action::Last => self.list.last(),
            Action::PageDown => self.list.page(true, false),
            Action::PageUp => self.list.page(false, false),
            Action::Open | Action::Accept => return self.open(scene),
            Action::Edit => {
                return match self.list.key().cloned() {
                    Some(Key::Account(name)) => self.renew(&name, scene),
                    _ => Reply::say("e is for accounts: it takes another token"),
                };
            }
            Action::Delete => {
                return match self.list.key().cloned() {
                    Some(Key::Account(name)) if place(&name, scene).is_some() => {
                        Self::ask_to_remove(&name, scene)
                    }
                    _ => Reply::say("D removes an account at a server; none is under the cursor"),
                };
            }
            Action::Refresh => {
                return Reply::command(Command::Refresh)
                    .saying(Toast::info("reading every account again"));
            }
            Action::Back | Action::Leave => return Reply::goto(Goto::Close),
            _ => return Reply::pass(),
        };
        Reply::done()
    }

    fn typed(&mut self, edit: &Edit, _scene: &Scene<'_>) -> Reply {
        match self.renewing.as_mut().or(self.adding.as_mut()) {
            Some((_, field)) => {
                field.edit(edit.clone());
                Reply::done()
            }
            None => Reply::pass(),
        }
    }

    fn pointed(&mut self, place: usize, _scene: &Scene<'_>) -> Reply {
        self.list.go_to(place);
        Reply::done()
    }

    fn answered(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        let Some((deed, name)) = chosen
            .key
            .split_once(' ')
            .filter(|_| chosen.about == ACCOUNT)
        else {
            return Reply::pass();
        };
        let name = AccountName::new(name);
        match deed {
            "test" => self.tend(&name, Deed::Test),
            "renew" => self.renew(&name, scene),
            "first" => self.tend(&name, Deed::First),
            "remove" => Self::ask_to_remove(&name, scene),
            "removed" => self.tend(&name, Deed::Remove),
            _ => Reply::pass(),
        }
    }

    fn tended(&mut self, tending: &Tending, result: &Result<Option<Introduction>, Fault>) {
        let is_asked = self
            .asked
            .as_ref()
            .is_some_and(|(name, _)| *name == tending.account);
        if !is_asked {
            return;
        }
        let said = match result {
            Ok(Some(met)) => Some(Ok(met.clone())),
            Ok(None) => return,
            Err(fault) => Some(Err(fault.clone())),
        };
        self.asked = Some((tending.account.clone(), said));
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let count = scene.store.accounts().count();
        let right = if count == 1 {
            shown!("1 account ")
        } else {
            shown!("{count} accounts ")
        };
        Heading::Title(
            Line::new().fixed(Role::Title, " Accounts"),
            Line::of(Role::Dim, right),
        )
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.renewing.is_some() {
            return vec![
                Hint::One(Action::Accept, "try it"),
                Hint::One(Action::Back, "keep the old one"),
            ];
        }
        if self.adding.is_some() {
            return vec![
                Hint::One(Action::Accept, "add"),
                Hint::One(Action::Back, "do not"),
            ];
        }
        vec![
            Hint::Pair(Action::NextRow, Action::PreviousRow, "move"),
            Hint::One(Action::Open, "choose"),
            Hint::One(Action::Refresh, "read again"),
            Hint::One(Action::Edit, "another token"),
            Hint::One(Action::Delete, "remove"),
            Hint::One(Action::Back, "back"),
        ]
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let rows = self.rows(scene, painter.glyphs());
        let focus = self.list.key();
        let at = rows
            .iter()
            .position(|row| row.key.is_some() && row.key.as_ref() == focus);
        painter.target(area, Target::List);
        let height = usize::from(area.height);
        // A stop is shown with what belongs to it, as far as there is room.
        let end = at.map_or(0, |at| {
            let next = rows.iter().skip(at + 1).position(|row| row.key.is_some());
            next.map_or(rows.len(), |next| at + 1 + next)
        });
        let first = end.saturating_sub(height).min(at.unwrap_or(0));
        for (y, place) in (area.top()..area.bottom()).zip(first..rows.len()) {
            let Some(row) = rows.get(place) else { break };
            let line = Rect {
                y,
                height: 1,
                ..area
            };
            painter.line_split(line, &row.left, &row.right);
            let is_typing = self.adding.is_some() || self.renewing.is_some();
            let stop = row.key.as_ref().filter(|_| !is_typing);
            if let Some(stop) = stop
                && let Some(place) = self.list.keys().iter().position(|key| key == stop)
            {
                painter.target(line, Target::Row(place));
            }
            if row.key.is_none()
                && let Some((_, field)) = &self.renewing
                && row.left.text().as_str().starts_with("   new token: ")
            {
                let used = u16::try_from(row.left.width()).unwrap_or(u16::MAX);
                let field_area = Rect {
                    x: area.x.saturating_add(used),
                    width: area.width.saturating_sub(used).min(40),
                    ..line
                };
                field.draw(painter, field_area, Role::Text, true);
            }
            if at != Some(place) {
                continue;
            }
            match &self.adding {
                Some((_, field)) => {
                    let used = u16::try_from(row.left.width())
                        .unwrap_or(u16::MAX)
                        .min(area.width);
                    let width = area.width.saturating_sub(used).min(40);
                    field.draw(
                        painter,
                        Rect {
                            x: area.x + used,
                            width,
                            ..line
                        },
                        Role::Text,
                        true,
                    );
                }
                None => {
                    painter.highlight(line, Role::Focus);
                    painter.fixed(area.x, y, 1, painter.glyphs().focus(), Role::Focus);
                    painter.rest(area.x, y);
                }
            }
        }
    }
}
