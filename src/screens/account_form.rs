//! A new account at a server: address, name, what only its system wants to know, and
//! where the token is. The server is met before anything is written; what is typed
//! here is kept nowhere until then.

use ratatui::layout::Rect;

use super::{Choice, Goto, Heading, Hint, Painter, Place, Reply, Scene, Screen, Target, form};
use crate::actions::{Action, Scope};
use crate::model::direct::Introduction;
use crate::model::exchange::Fault;
use crate::model::ids::AccountName;
use crate::model::sign_in::{
    NewAccount, SignIn, TokenSource, Typed, has_token_shape, looks_like_token,
};
use crate::model::system::{ProviderKind, Special};
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::{Effect, Toast};
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;

/// What the sheet of systems is about.
pub const SYSTEM: &str = "add-account";

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

    fn label(self, kind: ProviderKind) -> &'static str {
        match self {
            Way::Typed if kind == ProviderKind::AchieveIt => "API key",
            Way::Typed => "Token",
            Way::Env => "Variable",
            Way::Command => "Command",
            Way::File => "File",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    /// One of the places a system is at.
    Host,
    Url,
    Name,
    /// The Workspace of ClickUp, the account of Quantive.
    Workspace,
    Plans,
    Items,
    /// Who I am there.
    Me,
    Way,
    Token,
}

/// The fields of a system's form, in order.
fn order(kind: ProviderKind) -> &'static [Focus] {
    use Focus::{Host, Items, Me, Name, Plans, Token, Url, Way, Workspace};
    match kind {
        ProviderKind::Local | ProviderKind::Operately => &[Url, Name, Way, Token],
        ProviderKind::Quantive => &[Host, Url, Name, Workspace, Me, Way, Token],
        ProviderKind::ClickUp => &[Url, Name, Workspace, Me, Way, Token],
        ProviderKind::AchieveIt => &[Url, Name, Plans, Items, Me, Way, Token],
    }
}

/// Asks at which system the new account is.
pub fn choose_system() -> Reply {
    let remote = ProviderKind::ALL
        .into_iter()
        .filter(|kind| kind.is_remote());
    let row = |kind: ProviderKind| {
        let words = format!("{:<20} {}", kind.long_name(), kind.wants());
        (kind.code().to_owned(), words)
    };
    Reply::goto(Goto::Open(Place::Choose(Choice {
        title: "Where is the account?".to_owned(),
        about: SYSTEM.to_owned(),
        rows: remote.map(row).collect(),
        filters: false,
    })))
}

/// Whether this is the word of a system elsewhere.
pub fn is_remote(system: &str) -> bool {
    ProviderKind::parse(system).is_some_and(ProviderKind::is_remote)
}

/// The form of a system, by its word.
pub fn open(system: &str) -> Reply {
    match ProviderKind::parse(system) {
        Some(kind) => Reply::goto(Goto::Open(Place::AddAccount(kind))),
        None => Reply::done(),
    }
}

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
    kind: ProviderKind,
    url: Field,
    name: Field,
    workspace: Field,
    plans: Field,
    items: Field,
    me: Field,
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
    /// An empty form of a system.
    pub fn new(kind: ProviderKind, scene: &Scene<'_>) -> Self {
        let taken = |name: &str| scene.store.account(&AccountName::new(name)).is_some();
        let usual = match kind {
            ProviderKind::Local | ProviderKind::Operately => "work",
            kind => kind.code(),
        };
        let name = match taken(usual) {
            false => usual.to_owned(),
            true => (2..)
                .map(|n| format!("{usual}{n}"))
                .find(|name| !taken(name))
                .unwrap_or_default(),
        };
        Self {
            kind,
            url: Field::with(kind.usual_url().unwrap_or_default()),
            name: Field::with(&name),
            workspace: Field::new(),
            plans: Field::new(),
            items: Field::new(),
            me: Field::new(),
            way: Way::Typed,
            token: Field::new().masked(),
            focus: order(kind).first().copied().unwrap_or(Focus::Url),
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
            Focus::Workspace => Some(&mut self.workspace),
            Focus::Plans => Some(&mut self.plans),
            Focus::Items => Some(&mut self.items),
            Focus::Me => Some(&mut self.me),
            Focus::Token => Some(&mut self.token),
            Focus::Host | Focus::Way => None,
        }
    }

    /// The place among the hosts of its system that the address is.
    fn host(&self) -> Option<usize> {
        let url = self.url.text().trim().trim_end_matches('/');
        self.kind.hosts().iter().position(|(_, host)| *host == url)
    }

    fn next_host(&mut self) {
        let next = self.host().map_or(0, |here| here + 1);
        let hosts = self.kind.hosts();
        if let Some((_, url)) = hosts.get(next).or_else(|| hosts.first()) {
            self.url.set(url);
        }
        self.changed();
    }

    fn step(&mut self, forward: bool) {
        let order = order(self.kind);
        let here = order.iter().position(|focus| *focus == self.focus);
        let here = here.unwrap_or(0);
        let next = match forward {
            true => (here + 1) % order.len(),
            false => (here + order.len() - 1) % order.len(),
        };
        self.focus = order.get(next).copied().unwrap_or(Focus::Url);
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

    /// A token stands nowhere but in its own field, where it shows as stars.
    fn misplaced_token(&self) -> Option<Focus> {
        let is_token = |field: &Field| looks_like_token(field.text());
        let place = matches!(self.way, Way::Env | Way::File);
        [
            (Focus::Name, is_token(&self.name)),
            (Focus::Workspace, is_token(&self.workspace)),
            (Focus::Me, is_token(&self.me)),
            (Focus::Items, is_token(&self.items)),
            (Focus::Token, place && is_token(&self.token)),
            (
                Focus::Token,
                self.way == Way::Command && self.token.text().split(' ').any(has_token_shape),
            ),
        ]
        .into_iter()
        .find_map(|(focus, is_it)| is_it.then_some(focus))
    }

    /// What only accounts of this system say; a field that is not shown says nothing.
    fn special(&self) -> Special {
        let shown = order(self.kind);
        let text = |focus: Focus, field: &Field| {
            let text = field.text().trim();
            (shown.contains(&focus) && !text.is_empty()).then(|| text.to_owned())
        };
        let plans = text(Focus::Plans, &self.plans).unwrap_or_default();
        let plans = plans.split(',').map(str::trim).filter(|id| !id.is_empty());
        Special {
            workspace: text(Focus::Workspace, &self.workspace),
            me: text(Focus::Me, &self.me),
            plans: plans.map(str::to_owned).collect(),
            items_file: text(Focus::Items, &self.items).map(Into::into),
            ..Special::default()
        }
    }

    /// The account as it is described, or what is missing.
    fn described(&self, scene: &Scene<'_>) -> Result<NewAccount, (Focus, String)> {
        if let Some(focus) = self.misplaced_token() {
            let why = "that looks like a token; it goes into its own field, typed";
            return Err((focus, why.to_owned()));
        }
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
            let like = self.kind.usual_url().unwrap_or_default();
            return Err((Focus::Url, format!("an address, like {like}")));
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
            kind: self.kind,
            special: self.special(),
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
            x: area.x + 13,
            width: area.width.saturating_sub(14).min(60),
            height: 1,
            ..area
        };
        match focus {
            Focus::Url => form::draw_field(&self.url, inside, is_focused, painter),
            Focus::Name => form::draw_field(&self.name, inside, is_focused, painter),
            Focus::Workspace => form::draw_field(&self.workspace, inside, is_focused, painter),
            Focus::Plans => form::draw_field(&self.plans, inside, is_focused, painter),
            Focus::Items => form::draw_field(&self.items, inside, is_focused, painter),
            Focus::Me => form::draw_field(&self.me, inside, is_focused, painter),
            Focus::Host => {
                let host = self.host().and_then(|host| self.kind.hosts().get(host));
                let words = host.map_or("another, as the address says", |(name, _)| *name);
                form::draw_choice(&Shown::fixed(words), inside, is_focused, painter);
            }
            Focus::Token => form::draw_field(&self.token, inside, is_focused, painter),
            Focus::Way => {
                form::draw_choice(&Shown::fixed(self.way.words()), inside, is_focused, painter);
            }
        }
    }

    /// Where a token of this system is made.
    fn token_words(&self) -> Vec<Shown> {
        let url = self.url.text().trim().trim_end_matches('/');
        match self.kind {
            ProviderKind::Local | ProviderKind::Operately => vec![
                shown!("A token is made at {url}:"),
                Shown::fixed(
                    "Profile, Password & Security, API Tokens. Full access lets you check in.",
                ),
            ],
            ProviderKind::Quantive => vec![
                Shown::fixed("An administrator makes the token, in Quantive's own settings:"),
                Shown::fixed(
                    "Settings, Configuration, API tokens. The account id stands there too.",
                ),
            ],
            ProviderKind::ClickUp => vec![
                Shown::fixed("A personal token (pk_…) is made on ClickUp's own pages:"),
                Shown::fixed("Settings, Apps, API Token. It never expires."),
            ],
            ProviderKind::AchieveIt => vec![
                Shown::fixed("An administrator of your organisation gives out API keys."),
                Shown::fixed("Plans by their ids, or an items file, say what is read."),
            ],
        }
    }

    /// What there is to say under the fields.
    fn words(&self) -> Vec<Line> {
        match &self.meeting {
            Meeting::NotYet => {
                let about = about(self.focus, self.kind).into_iter();
                let about = about.map(|words| Line::new().fixed(Role::Text, words));
                let token = self.token_words().into_iter();
                about
                    .chain(token.map(|words| Line::of(Role::Dim, words)))
                    .collect()
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

/// What a field of some systems is about, while it is focused.
fn about(focus: Focus, kind: ProviderKind) -> Option<&'static str> {
    Some(match (focus, kind) {
        (Focus::Host, _) => "Where your company's data is: acme.us.quantive.com is in the US.",
        (Focus::Workspace, ProviderKind::Quantive) => {
            "The id beside the token. It may stay empty: most tokens tell it."
        }
        (Focus::Workspace, _) => {
            "The Workspace's id. It may stay empty where the token is for one Workspace."
        }
        (Focus::Plans, _) => "The plans to read: their ids, with commas between them.",
        (Focus::Items, _) => {
            "The CSV file of external ids, where plans cannot be read; from the settings' folder."
        }
        (Focus::Me, ProviderKind::AchieveIt) => {
            "Your name as it stands beside your plan items: the key does not tell it."
        }
        (Focus::Me, _) => "Your id, address or name there. It may stay empty: the token tells it.",
        _ => return None,
    })
}

/// `signed in as Ana Silva at Acme, 3 spaces, 41 goals`.
pub(super) fn signed_in(met: &Introduction) -> String {
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
            Focus::Host | Focus::Way => vec![Scope::ToggleField, Scope::Form],
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
            Action::Toggle | Action::Yes | Action::No if self.focus == Focus::Host => {
                self.next_host();
            }
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

    fn pointed(&mut self, place: usize, _scene: &Scene<'_>) -> Reply {
        if let Some(focus) = order(self.kind).get(place) {
            self.focus = *focus;
            self.is_commanding = false;
        }
        Reply::done()
    }

    fn heading(&self, _scene: &Scene<'_>) -> Heading {
        Heading::Title(
            Line::of(Role::Title, shown!(" New account at {}", self.kind.name())),
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
        if matches!(self.focus, Focus::Host | Focus::Way) {
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
        for focus in order(self.kind).iter().copied() {
            let label = match focus {
                Focus::Host => "Data is in",
                Focus::Url => "Address",
                Focus::Name => "Name",
                Focus::Workspace if self.kind == ProviderKind::Quantive => "Account id",
                Focus::Workspace => "Workspace",
                Focus::Plans => "Plans",
                Focus::Items => "Items file",
                Focus::Me => "You are",
                Focus::Way if self.kind == ProviderKind::AchieveIt => "Key is",
                Focus::Way => "Token is",
                Focus::Token => self.way.label(self.kind),
            };
            if y >= area.bottom() {
                return;
            }
            let row = Rect {
                y,
                height: 1,
                ..area
            };
            let places = order(self.kind).iter();
            if let Some(place) = places.copied().position(|one| one == focus) {
                painter.target(row, Target::Field(place));
            }
            self.row(focus, label, row, painter);
            y += 1;
            if let Some((_, why)) = self.error.as_ref().filter(|(of, _)| *of == focus)
                && y < area.bottom()
            {
                let row = Rect {
                    x: area.x + 13,
                    y,
                    width: area.width.saturating_sub(13),
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
