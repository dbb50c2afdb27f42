//! A new account at a server: address, name and where the token is. The server is
//! met before anything is written; what is typed here is kept nowhere until then.

use ratatui::layout::Rect;

use super::{Goto, Heading, Hint, Painter, Reply, Scene, Screen, form};
use crate::actions::{Action, Scope};
use crate::model::direct::Introduction;
use crate::model::exchange::Fault;
use crate::model::ids::AccountName;
use crate::model::sign_in::{NewAccount, SignIn, TokenSource, Typed};
use crate::model::system::{ProviderKind, Special};
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::{Effect, Toast};
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;

/// Where Operately's cloud is.
const CLOUD: &str = "https://app.operately.com";

/// Where the token comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Typed,
    Env,
    Command,
    File,
}

impl Way {
    const ALL: [Way; 4] = [Way::Typed, Way::Env, Way::Command, Way::File];

    fn words(self) -> &'static str {
        match self {
            Way::Typed => "typed here, kept in a file only you can read",
            Way::Env => "in an environment variable",
            Way::Command => "printed by a command",
            Way::File => "in a file",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Way::Typed => "Token",
            Way::Env => "Variable",
            Way::Command => "Command",
            Way::File => "File",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Url,
    Name,
    Way,
    Token,
}

const ORDER: [Focus; 4] = [Focus::Url, Focus::Name, Focus::Way, Focus::Token];

/// How far meeting the server got.
#[derive(Debug)]
enum Meeting {
    NotYet,
    Asking,
    Met(Box<Introduction>),
    Failed(Fault),
}

/// The form.
#[derive(Debug)]
pub struct AccountForm {
    url: Field,
    name: Field,
    way: Way,
    token: Field,
    focus: Focus,
    is_commanding: bool,
    meeting: Meeting,
    /// What was met: an answer to something else is not about this.
    asked: Option<NewAccount>,
    error: Option<(Focus, String)>,
}

impl AccountForm {
    /// An empty form.
    pub fn new(scene: &Scene<'_>) -> Self {
        let taken = |name: &str| scene.store.account(&AccountName::new(name)).is_some();
        let name = match taken("work") {
            false => "work".to_owned(),
            true => (2..)
                .map(|n| format!("work{n}"))
                .find(|name| !taken(name))
                .unwrap_or_default(),
        };
        Self {
            url: Field::with(CLOUD),
            name: Field::with(&name),
            way: Way::Typed,
            token: Field::new().masked(),
            focus: Focus::Url,
            is_commanding: false,
            meeting: Meeting::NotYet,
            asked: None,
            error: None,
        }
    }

    fn field(&mut self) -> Option<&mut Field> {
        match self.focus {
            Focus::Url => Some(&mut self.url),
            Focus::Name => Some(&mut self.name),
            Focus::Token => Some(&mut self.token),
            Focus::Way => None,
        }
    }

    fn step(&mut self, forward: bool) {
        let here = ORDER.iter().position(|focus| *focus == self.focus);
        let here = here.unwrap_or(0);
        let next = match forward {
            true => (here + 1) % ORDER.len(),
            false => (here + ORDER.len() - 1) % ORDER.len(),
        };
        self.focus = ORDER.get(next).copied().unwrap_or(Focus::Url);
    }

    /// Something is different now: what the server said was about something else.
    fn changed(&mut self) {
        self.error = None;
        self.meeting = Meeting::NotYet;
        self.asked = None;
    }

    fn next_way(&mut self) {
        let here = Way::ALL.iter().position(|way| *way == self.way);
        let next = (here.unwrap_or(0) + 1) % Way::ALL.len();
        self.way = Way::ALL.get(next).copied().unwrap_or(Way::Typed);
        // A token must not become a file name, nor the other way round.
        self.token = match self.way {
            Way::Typed => Field::new().masked(),
            _ => Field::new(),
        };
        self.changed();
    }

    /// The account as it is described, or what is missing.
    fn described(&self, scene: &Scene<'_>) -> Result<NewAccount, (Focus, String)> {
        let name = self.name.text().trim();
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !is_name {
            let why = "a word of letters, digits, - and _, like work";
            return Err((Focus::Name, why.to_owned()));
        }
        if scene.store.account(&AccountName::new(name)).is_some() {
            return Err((Focus::Name, format!("an account is called {name} already")));
        }
        let url = self.url.text().trim();
        if url.is_empty() {
            return Err((Focus::Url, format!("an address, like {CLOUD}")));
        }
        let said = self.token.text().trim();
        let (token, typed) = match self.way {
            _ if said.is_empty() => {
                return Err((Focus::Token, "it is missing".to_owned()));
            }
            Way::Typed => (
                TokenSource::File(format!("tokens/{name}").into()),
                Some(Typed::new(said)),
            ),
            Way::Env => (TokenSource::Env(said.to_owned()), None),
            Way::File => (TokenSource::File(said.into()), None),
            Way::Command => match shlex::split(said).filter(|words| !words.is_empty()) {
                Some(words) => (TokenSource::Command(words), None),
                None => {
                    return Err((Focus::Token, "a quote in it is not closed".to_owned()));
                }
            },
        };
        Ok(NewAccount {
            kind: ProviderKind::Operately,
            special: Special::default(),
            sign_in: SignIn {
                account: AccountName::new(name),
                url: url.to_owned(),
                token,
                ca_file: None,
                insecure: false,
            },
            typed,
        })
    }

    /// Meets the server; once it was met, adds the account.
    fn go_on(&mut self, scene: &Scene<'_>) -> Reply {
        self.is_commanding = false;
        let described = match self.described(scene) {
            Ok(described) => described,
            Err((focus, why)) => {
                self.focus = focus;
                self.error = Some((focus, why));
                return Reply::done().saying(form::need_you(1));
            }
        };
        let is_same = self.asked.as_ref() == Some(&described);
        let new = Box::new(described);
        match self.meeting {
            Meeting::Met(_) if is_same => Reply::done().with(Effect::AddAccount(new)),
            Meeting::Asking if is_same => Reply::say("still asking; an answer comes within 30 s"),
            _ => {
                self.meeting = Meeting::Asking;
                self.asked = Some((*new).clone());
                Reply::done().with(Effect::Meet(new))
            }
        }
    }

    /// From the last field on the server is met, once; adding the account is another
    /// step, which a key that only moves never takes.
    fn next(&mut self, scene: &Scene<'_>) -> Reply {
        let is_new = matches!(self.meeting, Meeting::NotYet | Meeting::Failed(_));
        if self.focus == Focus::Token && is_new && !self.token.text().trim().is_empty() {
            return self.go_on(scene);
        }
        self.step(true);
        Reply::done()
    }

    fn row(&self, focus: Focus, label: &'static str, area: Rect, painter: &mut Painter<'_>) {
        let is_focused = self.focus == focus && !self.is_commanding;
        if self.focus == focus {
            painter.fixed(area.x, area.y, 1, painter.glyphs().focus(), Role::Focus);
        }
        painter.fixed(area.x + 2, area.y, 10, label, Role::Text);
        let inside = Rect {
            x: area.x + 12,
            width: area.width.saturating_sub(13).min(60),
            height: 1,
            ..area
        };
        match focus {
            Focus::Url => form::draw_field(&self.url, inside, is_focused, painter),
            Focus::Name => form::draw_field(&self.name, inside, is_focused, painter),
            Focus::Token => form::draw_field(&self.token, inside, is_focused, painter),
            Focus::Way => {
                form::draw_choice(&Shown::fixed(self.way.words()), inside, is_focused, painter);
            }
        }
    }

    /// What there is to say under the fields.
    fn words(&self) -> Vec<Line> {
        match &self.meeting {
            Meeting::NotYet => {
                let url = self.url.text().trim().trim_end_matches('/').to_owned();
                vec![
                    Line::of(Role::Dim, shown!("A token is made at {url}:")),
                    Line::new().fixed(
                        Role::Dim,
                        "Profile, Password & Security, API Tokens. Full access lets you check in.",
                    ),
                ]
            }
            Meeting::Asking => vec![Line::of(
                Role::Accent,
                shown!("asking {} …", self.url.text().trim()),
            )],
            Meeting::Failed(fault) => vec![Line::of(Role::Error, shown!("{fault}"))],
            Meeting::Met(met) => {
                let mut lines = vec![
                    Line::of(Role::Good, shown!("{}", signed_in(met))),
                    Line::of(Role::Dim, text::line(&met.server)),
                ];
                if met.may_write == Some(false) {
                    lines.push(Line::new().fixed(
                        Role::Warn,
                        "This token may only read: nothing can be checked in with it.",
                    ));
                }
                lines
            }
        }
    }
}

/// `signed in as Ana Silva at Acme, 3 spaces, 41 goals`.
fn signed_in(met: &Introduction) -> String {
    let company = match met.company.as_str() {
        "" => String::new(),
        company => format!(" at {company}"),
    };
    let many = |count: usize, word: &str| match count {
        1 => format!(", 1 {word}"),
        more => format!(", {more} {word}s"),
    };
    let spaces = met.spaces.map(|count| many(count, "space"));
    let goals = many(met.goals, "goal");
    format!(
        "signed in as {}{company}{}{goals}",
        met.person,
        spaces.unwrap_or_default()
    )
}

impl Screen for AccountForm {
    fn scopes(&self) -> Vec<Scope> {
        if self.is_commanding {
            return vec![Scope::FormCommands];
        }
        match self.focus {
            Focus::Way => vec![Scope::ToggleField, Scope::Form],
            _ => vec![Scope::TextField, Scope::Form],
        }
    }

    fn follow(&mut self, _scene: &Scene<'_>) {}

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        match action {
            Action::Post => return self.go_on(scene),
            Action::KeepDraft | Action::Discard | Action::Back | Action::Leave => {
                // A token is no draft: nothing of it stays anywhere.
                return Reply::goto(Goto::Close).saying(Toast::info("no account was added"));
            }
            Action::NextField => return self.next(scene),
            Action::PreviousField => self.step(false),
            Action::FormCommands => self.is_commanding = true,
            Action::BackToField => self.is_commanding = false,
            Action::Toggle | Action::Yes | Action::No if self.focus == Focus::Way => {
                self.next_way();
            }
            _ => return Reply::pass(),
        }
        Reply::done()
    }

    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        if self.is_commanding {
            return Reply::pass();
        }
        match edit {
            Edit::Newline | Edit::Down => return self.next(scene),
            Edit::Up => self.step(false),
            edit => {
                let Some(field) = self.field() else {
                    return Reply::pass();
                };
                let before = field.text().to_owned();
                field.edit(edit.clone());
                if field.text() != before {
                    self.changed();
                }
            }
        }
        Reply::done()
    }

    fn met(&mut self, new: &NewAccount, met: &Result<Introduction, Fault>) {
        // An answer about what stood here before says nothing of what does now.
        if !matches!(self.meeting, Meeting::Asking) || self.asked.as_ref() != Some(new) {
            return;
        }
        self.meeting = match met {
            Ok(met) => Meeting::Met(Box::new(met.clone())),
            Err(fault) => Meeting::Failed(fault.clone()),
        };
    }

    fn heading(&self, _scene: &Scene<'_>) -> Heading {
        Heading::Title(
            Line::new().fixed(Role::Title, " New account at Operately"),
            Line::new(),
        )
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        let post = match self.meeting {
            Meeting::Met(_) => "add it",
            _ => "try it",
        };
        if self.is_commanding {
            return vec![
                Hint::One(Action::Post, post),
                Hint::One(Action::Discard, "leave"),
                Hint::One(Action::BackToField, "back"),
            ];
        }
        let mut hints = vec![Hint::One(Action::Post, post)];
        if self.focus == Focus::Way {
            hints.push(Hint::One(Action::Toggle, "change"));
        }
        hints.extend([
            Hint::One(Action::NextField, "next"),
            Hint::One(Action::FormCommands, "commands"),
        ]);
        hints
    }

    fn draw(&self, _scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let area = area.intersection(painter.area());
        let mut y = area.y.saturating_add(1);
        for focus in ORDER {
            let label = match focus {
                Focus::Url => "Address",
                Focus::Name => "Name",
                Focus::Way => "Token is",
                Focus::Token => self.way.label(),
            };
            if y >= area.bottom() {
                return;
            }
            let row = Rect {
                y,
                height: 1,
                ..area
            };
            self.row(focus, label, row, painter);
            y += 1;
            if let Some((_, why)) = self.error.as_ref().filter(|(of, _)| *of == focus)
                && y < area.bottom()
            {
                let row = Rect {
                    x: area.x + 12,
                    y,
                    width: area.width.saturating_sub(12),
                    height: 1,
                };
                painter.line(row, &Line::of(Role::Error, shown!("{why}")));
                y += 1;
            }
        }
        let below = Rect {
            x: area.x + 2,
            y: (y + 1).min(area.bottom()),
            width: area.width.saturating_sub(4),
            height: area.bottom().saturating_sub(y + 1),
        };
        let lines: Vec<Line> = self
            .words()
            .iter()
            .flat_map(|line| line.wrap(usize::from(below.width), 0))
            .collect();
        painter.lines(below, &lines);
    }
}

#[cfg(test)]
mod tests;
