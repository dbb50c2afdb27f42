//! The settings as typed values, each with a default, and what was wrong with
//! the file they came from. A damaged file never stops the program: defaults
//! hold then, and the notices say where it is damaged.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use chrono::TimeDelta;

use crate::model::progress::Rules;
use crate::model::sign_in::TokenSource;
use crate::model::text::{self, Shown};
use crate::model::view::View;
use crate::theme::{Sketch, Themes};

use super::Environment;
use super::keys::Keys;
use super::private;
use super::read;

pub use super::account::{Account, ProviderKind, USUAL_CADENCE};
pub use super::keys::{Binding, Style};

/// All settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The screen shown first.
    pub start: Start,
    /// Colours.
    pub theme: String,
    /// Themes of the person (`[themes.NAME]`), in the order of the file.
    pub themes: Vec<Sketch>,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// How new items for me are told.
    pub notify: Notify,
    /// Characters of frames and bars.
    pub glyphs: Glyphs,
    /// How long a write can be taken back before it leaves; 0 s to 1 h.
    pub hold: TimeDelta,
    /// How often accounts are asked what is new; none for never by itself.
    pub refresh: Option<TimeDelta>,
    /// The editor's command line; empty for `$VISUAL`, `$EDITOR`, `vi`.
    pub editor: String,
    /// When an inbox line counts as read.
    pub mark_read: MarkRead,
    /// The template put into an empty note; empty for none.
    pub default_template: String,
    /// How our own figures are counted (`rollup` and `pace`).
    pub rules: Rules,
    /// Accounts in the order of the file.
    pub accounts: Vec<Account>,
    /// Keys as written.
    pub keys: Keys,
    /// Views in the order of the file.
    pub views: Vec<View>,
    /// Note templates by name; those of the file beat those shipped.
    pub templates: BTreeMap<String, String>,
}

impl Default for Config {
    fn default() -> Self {
        let shipped = SHIPPED.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Self {
            start: Start::Queue,
            theme: "auto".to_owned(),
            themes: Vec::new(),
            mouse: false,
            notify: Notify::None,
            glyphs: Glyphs::Auto,
            hold: TimeDelta::seconds(10),
            refresh: Some(TimeDelta::minutes(5)),
            editor: String::new(),
            mark_read: MarkRead::Open,
            default_template: "moved".to_owned(),
            rules: Rules::default(),
            accounts: Vec::new(),
            keys: Keys::default(),
            views: Vec::new(),
            templates: BTreeMap::from(shipped),
        }
    }
}

/// The templates that come with the program.
const SHIPPED: [(&str, &str); 3] = [
    ("moved", include_str!("../../assets/templates/moved.md")),
    ("plans", include_str!("../../assets/templates/plans.md")),
    (
        "one-line",
        include_str!("../../assets/templates/one-line.md"),
    ),
];

impl Config {
    /// The environment variables that hold tokens: nothing we start needs them.
    pub fn token_variables(&self) -> Vec<&str> {
        let sign_ins = self.accounts.iter().filter_map(|one| one.sign_in.as_ref());
        sign_ins
            .filter_map(|sign_in| match &sign_in.token {
                TokenSource::Env(name) => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Every theme that can be chosen: those shipped and the person's own.
    pub fn all_themes(&self) -> Themes {
        Themes::shipped().with(self.themes.iter().cloned())
    }

    /// The text put into an empty note; empty if no template is wanted.
    pub fn default_note(&self) -> &str {
        self.templates
            .get(&self.default_template)
            .map_or("", String::as_str)
    }
}

/// The screen shown first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// What waits for me.
    #[default]
    Queue,
    /// The tree.
    Goals,
    /// The inbox.
    Inbox,
    /// The outbox.
    Outbox,
    /// The tree under a view of this name.
    View(String),
}

/// How a new item for me is told while the program is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notify {
    /// Not at all: it is on screen.
    #[default]
    None,
    /// The terminal's bell.
    Bell,
    /// The terminal's own notification (OSC 9), with one line of text.
    Osc9,
}

/// Characters of frames and bars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// ASCII when the locale is not UTF-8.
    #[default]
    Auto,
    /// Always Unicode.
    Unicode,
    /// Always ASCII.
    Ascii,
}

/// When an inbox line counts as read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarkRead {
    /// When it is opened.
    #[default]
    Open,
    /// When the person says so.
    Manual,
}

/// One thing wrong with the file or the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// From 1; none for what the environment says.
    pub place: Option<Place>,
    /// The key with its tables: `pace.early`; empty where the file cannot be read at all.
    pub key: String,
    /// The valid key most like it, if one is.
    pub nearest: Option<String>,
    /// What is wrong and what to write.
    pub text: String,
}

/// A place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Place { line, column }) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.text)?;
        match &self.nearest {
            Some(nearest) => write!(f, "; did you mean \"{nearest}\"?"),
            None => Ok(()),
        }
    }
}

impl Notice {
    /// The sentence, safe to show: it quotes the file.
    pub fn shown(&self) -> Shown {
        text::line(&self.to_string())
    }
}

/// The settings and what was wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// What counts: the file under the environment; the defaults under the
    /// environment if the file has errors.
    pub config: Config,
    /// Unknown keys and the like; everything else of the file counts.
    pub warnings: Vec<Notice>,
    /// What makes the file unusable; the status line says `! config` then.
    pub errors: Vec<Notice>,
}

impl Loaded {
    /// Reads a file; one that is not there is empty.
    pub fn read(path: &Path, environment: &Environment) -> Self {
        match std::fs::read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => {
                    let mut loaded = Self::parse(&text, environment);
                    loaded.warn_of_others(path);
                    loaded
                }
                Err(error) => {
                    let good = error.utf8_error().valid_up_to();
                    let before = error.as_bytes().get(..good).unwrap_or_default();
                    let text = String::from_utf8_lossy(before);
                    Self::unusable(
                        Some(read::place(&text, text.len())),
                        "the file is not UTF-8 here; save it as UTF-8".to_owned(),
                        environment,
                    )
                }
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Self::parse("", environment)
            }
            Err(error) => Self::unusable(
                None,
                format!("{} cannot be read: {error}", path.display()),
                environment,
            ),
        }
    }

    /// Reads settings from text. The environment (`GOALDECK_THEME`,
    /// `GOALDECK_PACE_EARLY`, …) beats it.
    pub fn parse(text: &str, environment: &Environment) -> Self {
        let mut loaded = read::config(text);
        if !loaded.errors.is_empty() {
            loaded.config = Config::default();
        }
        read::overrule(&mut loaded, environment);
        loaded
    }

    /// A file that others may read or change could make us run their programs.
    fn warn_of_others(&mut self, path: &Path) {
        let runs = |account: &Account| {
            let source = account.sign_in.as_ref().map(|sign_in| &sign_in.token);
            matches!(source, Some(TokenSource::Command(_)))
        };
        if !self.config.accounts.iter().any(runs) {
            return;
        }
        if let Err((why, remedy)) = private::check(path) {
            self.warnings.push(Notice {
                place: None,
                key: "account.token_command".to_owned(),
                nearest: None,
                text: format!("is not run: {why}; {remedy}"),
            });
        }
    }

    fn unusable(place: Option<Place>, text: String, environment: &Environment) -> Self {
        let mut loaded = Self::default();
        loaded.errors.push(Notice {
            place,
            key: String::new(),
            nearest: None,
            text,
        });
        read::overrule(&mut loaded, environment);
        loaded
    }
}
