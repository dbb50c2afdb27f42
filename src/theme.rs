//! Roles, and the styles and characters that stand for them. The only file
//! that names a colour.
//!
//! State is always a glyph, a word or a number; colour only repeats it, so the
//! theme without colours shows the same.

use ratatui::style::{Color, Modifier, Style};

use crate::model::status::{ShownStatus, Status};

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

/// The themes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ThemeName {
    /// The terminal's own 16 colours on its own background.
    #[default]
    Auto,
    /// No colour at all: bold, underline, reverse, dim.
    Mono,
}

impl ThemeName {
    /// Every theme, in the order of lists.
    pub const ALL: [ThemeName; 2] = [ThemeName::Auto, ThemeName::Mono];

    /// `auto`, `mono` as in the configuration.
    pub fn code(self) -> &'static str {
        match self {
            ThemeName::Auto => "auto",
            ThemeName::Mono => "mono",
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    name: ThemeName,
}

impl Theme {
    /// A theme by name.
    pub fn new(name: ThemeName) -> Self {
        Self { name }
    }

    /// Its name.
    pub fn name(&self) -> ThemeName {
        self.name
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        let shape = Style::new().add_modifier(shape(role));
        match (self.name, colour(role)) {
            (ThemeName::Auto, Some(colour)) => shape.fg(colour),
            (ThemeName::Auto, None) | (ThemeName::Mono, _) => shape,
        }
    }
}

/// Weight and the like, the same in every theme.
fn shape(role: Role) -> Modifier {
    match role {
        Role::Text
        | Role::Good
        | Role::Late
        | Role::Accent
        | Role::Code
        | Role::OnTrack
        | Role::Achieved
        | Role::Missed
        | Role::Outdated => Modifier::empty(),
        Role::Dim
        | Role::Border
        | Role::Disabled
        | Role::Quote
        | Role::NotStarted
        | Role::Paused => Modifier::DIM,
        Role::Strong
        | Role::Title
        | Role::Selected
        | Role::Key
        | Role::Warn
        | Role::Bad
        | Role::Error
        | Role::AtRisk
        | Role::OffTrack => Modifier::BOLD,
        Role::Focus => Modifier::REVERSED,
        Role::Tab => Modifier::REVERSED.union(Modifier::BOLD),
        Role::Match => Modifier::BOLD.union(Modifier::UNDERLINED),
        Role::Emphasis | Role::Link => Modifier::UNDERLINED,
    }
}

/// The terminal's own colours. Text keeps the default foreground: white and
/// black vanish on one half of all terminals.
fn colour(role: Role) -> Option<Color> {
    match role {
        Role::Good | Role::OnTrack | Role::Achieved => Some(Color::Green),
        Role::Warn | Role::AtRisk => Some(Color::Yellow),
        Role::Bad | Role::Error | Role::OffTrack | Role::Missed => Some(Color::Red),
        Role::Late | Role::Outdated => Some(Color::Magenta),
        Role::Accent | Role::Selected | Role::Match | Role::Code | Role::Link => Some(Color::Cyan),
        Role::Text
        | Role::Dim
        | Role::Strong
        | Role::Title
        | Role::Focus
        | Role::Tab
        | Role::Key
        | Role::Border
        | Role::Disabled
        | Role::Emphasis
        | Role::Quote
        | Role::NotStarted
        | Role::Paused => None,
    }
}

/// The characters of the frame, the bars and the marks: two sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Glyphs {
    /// Box drawing, blocks, arrows; no private use.
    #[default]
    Unicode,
    /// ASCII only, for locales that are not UTF-8.
    Ascii,
}

/// The six characters of a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// `┌`
    pub top_left: &'static str,
    /// `┐`
    pub top_right: &'static str,
    /// `└`
    pub bottom_left: &'static str,
    /// `┘`
    pub bottom_right: &'static str,
    /// `─`
    pub across: &'static str,
    /// `│`
    pub down: &'static str,
}

impl Glyphs {
    fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self {
            Glyphs::Unicode => unicode,
            Glyphs::Ascii => ascii,
        }
    }

    /// The one-column sign of a status.
    pub fn status(self, status: ShownStatus) -> &'static str {
        let words = status.words();
        self.pick(words.glyph, words.ascii)
    }

    /// Before a row: children hidden, shown.
    pub fn fold(self, open: bool) -> &'static str {
        if open {
            self.pick("▾", "v")
        } else {
            self.pick("▸", ">")
        }
    }

    /// The sign of the focused row in column 1.
    pub fn focus(self) -> &'static str {
        ">"
    }

    /// Changed since the last look.
    pub fn changed(self) -> &'static str {
        "*"
    }

    /// Unread, and the points of a list.
    pub fn bullet(self) -> &'static str {
        self.pick("•", "*")
    }

    /// From before to now.
    pub fn arrow(self) -> &'static str {
        self.pick("→", "->")
    }

    /// At the end of what was cut.
    pub fn ellipsis(self) -> &'static str {
        self.pick("…", "~")
    }

    /// Between facts of one line.
    pub fn dot(self) -> &'static str {
        self.pick("·", ".")
    }

    /// An account in step, being read, offline, in trouble.
    pub fn synced(self) -> &'static str {
        self.pick("●", "+")
    }

    /// An account being read.
    pub fn reading(self) -> &'static str {
        self.pick("↻", "~")
    }

    /// An account offline.
    pub fn offline(self) -> &'static str {
        self.pick("○", "o")
    }

    /// The outbox.
    pub fn outbox(self) -> &'static str {
        self.pick("⇪", "^")
    }

    /// Before and after an item.
    pub fn before(self) -> &'static str {
        self.pick("◀", "<")
    }

    /// After an item.
    pub fn after(self) -> &'static str {
        self.pick("▶", ">")
    }

    /// A check box.
    pub fn check_box(self, ticked: bool) -> &'static str {
        if ticked { "[x]" } else { "[ ]" }
    }

    /// A full cell of a gauge.
    pub fn full(self) -> &'static str {
        self.pick("█", "#")
    }

    /// An empty cell of a gauge.
    pub fn empty(self) -> &'static str {
        self.pick("·", ".")
    }

    /// A cell of a gauge filled to `eighths` of 8; ASCII knows full and empty.
    pub fn part(self, eighths: u8) -> &'static str {
        let part = match eighths {
            0 => return self.empty(),
            1 => "▏",
            2 => "▎",
            3 => "▍",
            4 => "▌",
            5 => "▋",
            6 => "▊",
            7 => "▉",
            8.. => return self.full(),
        };
        self.pick(part, self.empty())
    }

    /// Where the gauge should stand by now.
    pub fn expected(self) -> &'static str {
        self.pick("│", "|")
    }

    /// The gauge is past its end.
    pub fn beyond(self) -> &'static str {
        self.pick("▶", ">")
    }

    /// The gauge is before its start.
    pub fn below(self) -> &'static str {
        self.pick("◀", "<")
    }

    /// A guardrail that held, or broke, at one check-in.
    pub fn guardrail(self, held: bool) -> &'static str {
        if held {
            self.pick("●", "+")
        } else {
            self.pick("✘", "x")
        }
    }

    /// Left of a row of a chart, with a number beside it or without.
    pub fn chart_axis(self, has_number: bool) -> &'static str {
        match has_number {
            true => self.pick("┤", "+"),
            false => self.pick("│", "|"),
        }
    }

    /// Below a chart: the corner, the line, and today on it.
    pub fn chart_floor(self) -> (char, char, char) {
        match self {
            Glyphs::Unicode => ('└', '─', '┴'),
            Glyphs::Ascii => ('+', '-', '+'),
        }
    }

    /// Up through a chart: today.
    pub fn chart_today(self) -> char {
        match self {
            Glyphs::Unicode => '┊',
            Glyphs::Ascii => ':',
        }
    }

    /// Across a chart: a limit, a zone.
    pub fn chart_level(self) -> char {
        match self {
            Glyphs::Unicode => '─',
            Glyphs::Ascii => '_',
        }
    }

    /// In a chart: what is expected.
    pub fn chart_expected(self) -> char {
        match self {
            Glyphs::Unicode => '·',
            Glyphs::Ascii => '.',
        }
    }

    /// In a chart: what is foreseen.
    pub fn chart_ahead(self) -> char {
        match self {
            Glyphs::Unicode => '╌',
            Glyphs::Ascii => '-',
        }
    }

    /// In a chart: a row of the range of what is foreseen; whether it is the uppermost,
    /// the lowest, and the one foreseen.
    pub fn chart_range(self, top: bool, bottom: bool, middle: bool) -> char {
        let (unicode, ascii) = match (top, bottom, middle) {
            (true, true, _) => ('◇', '='),
            (_, _, true) => ('┤', '='),
            (true, false, false) => ('┐', '+'),
            (false, true, false) => ('┘', '+'),
            (false, false, false) => ('│', '|'),
        };
        match self {
            Glyphs::Unicode => unicode,
            Glyphs::Ascii => ascii,
        }
    }

    /// One column of a sparkline, `level` of 0–7.
    pub fn spark(self, level: u8) -> &'static str {
        match level {
            0 => self.pick("▁", "0"),
            1 => self.pick("▂", "1"),
            2 => self.pick("▃", "3"),
            3 => self.pick("▄", "4"),
            4 => self.pick("▅", "5"),
            5 => self.pick("▆", "6"),
            6 => self.pick("▇", "8"),
            7.. => self.pick("█", "9"),
        }
    }

    /// The characters of a border.
    pub fn frame(self) -> Frame {
        match self {
            Glyphs::Unicode => Frame {
                top_left: "┌",
                top_right: "┐",
                bottom_left: "└",
                bottom_right: "┘",
                across: "─",
                down: "│",
            },
            Glyphs::Ascii => Frame {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                across: "-",
                down: "|",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text;

    #[test]
    fn mono_names_no_colour() {
        let theme = Theme::new(ThemeName::Mono);
        for role in Role::ALL {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
    }

    #[test]
    fn auto_keeps_the_terminals_background_and_text_colour() {
        let theme = Theme::new(ThemeName::Auto);
        assert_eq!(theme.style(Role::Text), Style::new());
        for role in Role::ALL {
            let style = theme.style(role);
            assert_eq!(style.bg, None, "{role:?}");
            assert!(
                !matches!(style.fg, Some(Color::White | Color::Black | Color::Gray)),
                "{role:?}"
            );
        }
    }

    #[test]
    fn statuses_have_the_colours_people_expect() {
        let style =
            |status| Theme::new(ThemeName::Auto).style(Role::from(ShownStatus::Said(status)));
        assert_eq!(style(Status::OnTrack).fg, Some(Color::Green));
        assert_eq!(style(Status::AtRisk).fg, Some(Color::Yellow));
        assert!(style(Status::AtRisk).add_modifier.contains(Modifier::BOLD));
        assert_eq!(style(Status::OffTrack).fg, Some(Color::Red));
        assert!(style(Status::Paused).add_modifier.contains(Modifier::DIM));
        let late = Role::from(ShownStatus::Outdated(Status::OnTrack));
        assert_eq!(Theme::default().style(late).fg, Some(Color::Magenta));
    }

    #[test]
    fn themes_are_found_by_name() {
        for name in ThemeName::ALL {
            assert_eq!(ThemeName::parse(name.code()), Some(name));
        }
        assert_eq!(ThemeName::parse("neon"), None);
    }

    #[test]
    fn every_glyph_is_one_column_and_ascii_is_ascii() {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let mut all = vec![
                glyphs.fold(true),
                glyphs.fold(false),
                glyphs.focus(),
                glyphs.changed(),
                glyphs.bullet(),
                glyphs.ellipsis(),
                glyphs.dot(),
                glyphs.synced(),
                glyphs.reading(),
                glyphs.offline(),
                glyphs.outbox(),
                glyphs.before(),
                glyphs.after(),
                glyphs.full(),
                glyphs.empty(),
                glyphs.expected(),
                glyphs.beyond(),
                glyphs.below(),
                glyphs.guardrail(true),
                glyphs.guardrail(false),
                glyphs.frame().top_left,
                glyphs.frame().across,
                glyphs.frame().down,
            ];
            all.extend((0..=9).map(|eighths| glyphs.part(eighths)));
            all.extend((0..=9).map(|level| glyphs.spark(level)));
            all.extend(Status::ALL.map(|status| glyphs.status(ShownStatus::Said(status))));
            for glyph in all {
                assert_eq!(text::columns(glyph), 1, "{glyph}");
                assert!(glyphs == Glyphs::Unicode || glyph.is_ascii(), "{glyph}");
            }
        }
    }
}
