//! Roles, and the styles and characters that stand for them. The only module that
//! names a colour; which role has which is data, in `assets/themes.toml`.
//!
//! State is always a glyph, a word or a number; colour only repeats it, so the
//! theme without colours shows the same.

mod colour;
mod glyphs;
mod sketch;

use ratatui::style::{Color, Style};

use crate::model::status::{ShownStatus, Status};

pub use colour::Depth;
pub use glyphs::{Frame, Glyphs};
pub use sketch::{Sketch, Themes, Wrong};

/// What a piece of text is; never how it looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    #[default]
    Text,
    /// What may be lost without harm.
    Dim,
    /// What the eye should find first.
    Strong,
    /// A heading.
    Title,
    /// The row or field that keys act on.
    Focus,
    /// A marked row.
    Selected,
    /// The tab that is open.
    Tab,
    /// Good news.
    Good,
    /// Needs care.
    Warn,
    /// Bad news.
    Bad,
    /// Overdue.
    Late,
    /// Own interest: mentions, what changed since the last look.
    Accent,
    /// A key in a hint.
    Key,
    /// Frames and rules.
    Border,
    /// What failed, and why.
    Error,
    /// What cannot be done now.
    Disabled,
    /// Letters that a search matched.
    Match,
    /// *Emphasis* in a note.
    Emphasis,
    /// `code` in a note.
    Code,
    /// The address of a link.
    Link,
    /// Text of somebody else inside a note.
    Quote,
    /// Status: on track.
    OnTrack,
    /// Status: at risk.
    AtRisk,
    /// Status: off track.
    OffTrack,
    /// Status: not started.
    NotStarted,
    /// Status: paused.
    Paused,
    /// Status: achieved.
    Achieved,
    /// Status: missed.
    Missed,
    /// Derived status: outdated.
    Outdated,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 29] = [
        Role::Text,
        Role::Dim,
        Role::Strong,
        Role::Title,
        Role::Focus,
        Role::Selected,
        Role::Tab,
        Role::Good,
        Role::Warn,
        Role::Bad,
        Role::Late,
        Role::Accent,
        Role::Key,
        Role::Border,
        Role::Error,
        Role::Disabled,
        Role::Match,
        Role::Emphasis,
        Role::Code,
        Role::Link,
        Role::Quote,
        Role::OnTrack,
        Role::AtRisk,
        Role::OffTrack,
        Role::NotStarted,
        Role::Paused,
        Role::Achieved,
        Role::Missed,
        Role::Outdated,
    ];

    /// Its name in themes: `off_track`.
    pub fn code(self) -> &'static str {
        match self {
            Role::Text => "text",
            Role::Dim => "dim",
            Role::Strong => "strong",
            Role::Title => "title",
            Role::Focus => "focus",
            Role::Selected => "selected",
            Role::Tab => "tab",
            Role::Good => "good",
            Role::Warn => "warn",
            Role::Bad => "bad",
            Role::Late => "late",
            Role::Accent => "accent",
            Role::Key => "key",
            Role::Border => "border",
            Role::Error => "error",
            Role::Disabled => "disabled",
            Role::Match => "match",
            Role::Emphasis => "emphasis",
            Role::Code => "code",
            Role::Link => "link",
            Role::Quote => "quote",
            Role::OnTrack => "on_track",
            Role::AtRisk => "at_risk",
            Role::OffTrack => "off_track",
            Role::NotStarted => "not_started",
            Role::Paused => "paused",
            Role::Achieved => "achieved",
            Role::Missed => "missed",
            Role::Outdated => "outdated",
        }
    }

    /// The role with this name.
    pub fn parse(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }
}

impl From<Status> for Role {
    fn from(status: Status) -> Self {
        match status {
            Status::OnTrack => Role::OnTrack,
            Status::AtRisk => Role::AtRisk,
            Status::OffTrack => Role::OffTrack,
            Status::NotStarted => Role::NotStarted,
            Status::Paused => Role::Paused,
            Status::Achieved => Role::Achieved,
            Status::Missed => Role::Missed,
        }
    }
}

impl From<ShownStatus> for Role {
    fn from(status: ShownStatus) -> Self {
        match status {
            ShownStatus::Said(status) => status.into(),
            ShownStatus::Outdated(_) => Role::Outdated,
        }
    }
}

/// The themes that come with the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ThemeName {
    /// The terminal's own 16 colours on its own background.
    #[default]
    Auto,
    /// No colour at all: bold, underline, reverse, dim.
    Mono,
    /// 256 colours on dark grey.
    Dark,
    /// 256 colours on white.
    Light,
    /// Blue and orange instead of green and red.
    BlueOrange,
    /// The strongest colours on black.
    Contrast,
}

impl ThemeName {
    /// Every shipped theme, in the order of lists.
    pub const ALL: [ThemeName; 6] = [
        ThemeName::Auto,
        ThemeName::Mono,
        ThemeName::Dark,
        ThemeName::Light,
        ThemeName::BlueOrange,
        ThemeName::Contrast,
    ];

    /// `auto`, `blue-orange` as in the configuration.
    pub fn code(self) -> &'static str {
        match self {
            ThemeName::Auto => "auto",
            ThemeName::Mono => "mono",
            ThemeName::Dark => "dark",
            ThemeName::Light => "light",
            ThemeName::BlueOrange => "blue-orange",
            ThemeName::Contrast => "contrast",
        }
    }

    /// Reads a code.
    pub fn parse(text: &str) -> Option<ThemeName> {
        ThemeName::ALL
            .into_iter()
            .find(|name| name.code() == text.trim())
    }
}

/// From roles to styles.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    name: String,
    styles: [Style; Role::ALL.len()],
    background: Option<Color>,
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(ThemeName::default())
    }
}

impl Theme {
    /// A shipped theme with 256 colours.
    pub fn new(name: ThemeName) -> Self {
        let plain = || Self::drawn(name.code(), [Style::new(); Role::ALL.len()], None);
        Themes::shipped().theme(name.code()).unwrap_or_else(plain)
    }

    fn drawn(name: &str, styles: [Style; Role::ALL.len()], background: Option<Color>) -> Self {
        Self {
            name: name.to_owned(),
            styles,
            background,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        // Roles and styles are in one order.
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// How a role looks in the words of `assets/themes.toml`.
    pub fn words(&self, role: Role) -> String {
        sketch::words(self.style(role))
    }

    /// How well a role can be read, 1 to 21 (the contrast of WCAG 2.1); none where
    /// it depends on colours that are the terminal's own.
    pub fn contrast(&self, role: Role) -> Option<f64> {
        let (text, own) = (self.style(Role::Text), self.style(role));
        let front = own.fg.or(text.fg).and_then(colour::light)?;
        let back = own.bg.or(text.bg).or(self.background);
        // What is reversed has the same two colours.
        Some(colour::contrast(front, back.and_then(colour::light)?))
    }

    /// The role that is worst to read, with its contrast.
    pub fn faintest(&self) -> Option<(Role, f64)> {
        Role::ALL
            .into_iter()
            .filter_map(|role| Some((role, self.contrast(role)?)))
            .min_by(|(_, one), (_, other)| one.total_cmp(other))
    }
}

#[cfg(test)]
#[path = "theme/tests.rs"]
mod tests;
