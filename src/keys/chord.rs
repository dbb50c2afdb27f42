//! What the terminal hands up, and one or several key presses as a binding:
//! parsed from settings, printed for hints, compared after folding.

use std::fmt;
use std::str::FromStr;

/// What comes from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key went down, or repeats.
    Press(Press),
    /// Text from the clipboard, as one piece; never a key.
    Paste(Paste),
    /// The mouse, where it is listened to.
    Mouse(Mouse),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// Nothing will come any more: the terminal is gone.
    Eof,
}

/// Something done with the mouse, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What.
    pub deed: Deed,
    /// Column, from 0.
    pub x: u16,
    /// Row, from 0.
    pub y: u16,
}

/// What a mouse can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The first button went down.
    Press,
    /// The wheel was turned away.
    WheelUp,
    /// The wheel was turned near.
    WheelDown,
}

/// Pasted text: line breaks are `\n`, control characters are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paste {
    /// The text.
    pub text: String,
    /// Whether there was more of it than is taken.
    pub cut: bool,
}

/// A key of the keyboard, without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A character as the layout gives it.
    Char(char),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Tabulator.
    Tab,
    /// Deletes to the left.
    Backspace,
    /// Deletes to the right.
    Delete,
    /// Insert.
    Insert,
    /// Start of line or list.
    Home,
    /// End of line or list.
    End,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// A function key, 1–24.
    F(u8),
}

/// One key with the modifiers that were held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Press {
    /// The key.
    pub key: Key,
    /// Ctrl was held.
    pub ctrl: bool,
    /// Alt (Option, Meta) was held.
    pub alt: bool,
    /// Shift was held; characters carry it in their case instead.
    pub shift: bool,
}

/// How arrow keys are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrows {
    /// `↑ ↓ ← →`
    #[default]
    Signs,
    /// `Up Down Left Right`, for terminals without Unicode.
    Words,
}

impl Press {
    /// A key without modifiers.
    pub const fn new(key: Key) -> Self {
        Self {
            key,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// A character without modifiers.
    pub const fn char(c: char) -> Self {
        Self::new(Key::Char(c))
    }

    /// A character with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Self {
            key: Key::Char(c),
            ctrl: true,
            alt: false,
            shift: false,
        }
    }

    /// A character with Alt.
    pub const fn alt(c: char) -> Self {
        Self {
            key: Key::Char(c),
            ctrl: false,
            alt: true,
            shift: false,
        }
    }

    /// The character it types: none with Ctrl or Alt.
    pub const fn typed(self) -> Option<char> {
        match self.key {
            Key::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// The one form in which presses are compared. Shift goes into the case of
    /// a character; Ctrl ignores case; what terminals without a key protocol
    /// cannot tell apart (`Ctrl-I` and Tab, `Ctrl-/` and `Ctrl-_`) is the same
    /// everywhere, so that a binding works on every line.
    pub fn folded(self) -> Self {
        let Key::Char(c) = self.key else { return self };
        let mut press = Press {
            shift: false,
            ..self
        };
        if self.ctrl {
            let c = single(c.to_lowercase()).unwrap_or(c);
            let plain = |key| Press {
                key,
                ctrl: false,
                ..press
            };
            match c {
                'i' => return plain(Key::Tab),
                'j' | 'm' => return plain(Key::Enter),
                'h' => return plain(Key::Backspace),
                '[' => return plain(Key::Esc),
                '/' | '-' => press.key = Key::Char('_'),
                '@' => press.key = Key::Char(' '),
                _ => press.key = Key::Char(c),
            }
        } else if self.shift {
            press.key = Key::Char(single(c.to_uppercase()).unwrap_or(c));
        }
        press
    }

    /// As hints show it: `Ctrl-S`, `Shift-Tab`, `g`, `→`.
    pub fn shown(self, arrows: Arrows) -> String {
        let mut text = String::new();
        if self.ctrl {
            text.push_str("Ctrl-");
        }
        if self.alt {
            text.push_str("Alt-");
        }
        if self.shift {
            text.push_str("Shift-");
        }
        match self.key {
            Key::Char(' ') => text.push_str("Space"),
            // Upper case is how people read Ctrl-S; alone, case is the key.
            Key::Char(c) if self.ctrl => text.extend(c.to_uppercase()),
            Key::Char(c) => text.push(c),
            Key::F(number) => text.push_str(&format!("F{number}")),
            key => text.push_str(match (key, arrows) {
                (Key::Up, Arrows::Signs) => "↑",
                (Key::Down, Arrows::Signs) => "↓",
                (Key::Left, Arrows::Signs) => "←",
                (Key::Right, Arrows::Signs) => "→",
                _ => NAMED
                    .iter()
                    .find(|named| named.0 == key)
                    .map_or("", |named| named.2),
            }),
        }
        text
    }
}

/// Keys with a name: as written in settings, as shown.
const NAMED: &[(Key, &str, &str)] = &[
    (Key::Char(' '), "space", "Space"),
    (Key::Enter, "enter", "Enter"),
    (Key::Esc, "esc", "Esc"),
    (Key::Tab, "tab", "Tab"),
    (Key::Backspace, "backspace", "Backspace"),
    (Key::Delete, "delete", "Del"),
    (Key::Insert, "insert", "Ins"),
    (Key::Home, "home", "Home"),
    (Key::End, "end", "End"),
    (Key::PageUp, "pageup", "PgUp"),
    (Key::PageDown, "pagedown", "PgDn"),
    (Key::Up, "up", "Up"),
    (Key::Down, "down", "Down"),
    (Key::Left, "left", "Left"),
    (Key::Right, "right", "Right"),
];

/// Other names people write.
const ALIASES: &[(&str, Key)] = &[
    ("escape", Key::Esc),
    ("return", Key::Enter),
    ("spc", Key::Char(' ')),
    ("del", Key::Delete),
    ("ins", Key::Insert),
    ("pgup", Key::PageUp),
    ("pgdn", Key::PageDown),
    ("pgdown", Key::PageDown),
    ("plus", Key::Char('+')),
    ("minus", Key::Char('-')),
];

/// As written in settings; `parse` reads it back.
impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        if self.shift {
            f.write_str("shift-")?;
        }
        match self.key {
            Key::F(number) => write!(f, "f{number}"),
            key => match NAMED.iter().find(|named| named.0 == key) {
                Some(named) => f.write_str(named.1),
                None => match key {
                    Key::Char(c) => write!(f, "{c}"),
                    _ => Ok(()),
                },
            },
        }
    }
}

/// Why a text is not a key; a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no key {0:?}; write for example \"a\", \"ctrl-s\", \"alt-b\", \"enter\" or \"g g\""
)]
pub struct NoSuchKey(pub String);

impl FromStr for Press {
    type Err = NoSuchKey;

    /// Reads `ctrl-s`, `alt-b`, `shift-tab`, `enter`, `f5`, `G`; folded.
    fn from_str(text: &str) -> Result<Self, NoSuchKey> {
        let wrong = || NoSuchKey(text.to_owned());
        let mut press = Press::new(Key::Esc);
        let mut rest = text;
        while let Some((modifier, after)) = split_modifier(rest) {
            match modifier {
                'c' => press.ctrl = true,
                'a' => press.alt = true,
                _ => press.shift = true,
            }
            rest = after;
        }
        press.key = key_named(rest).ok_or_else(wrong)?;
        Ok(press.folded())
    }
}

/// Splits `ctrl-`, `alt-` or `shift-` off, if something follows.
fn split_modifier(text: &str) -> Option<(char, &str)> {
    const MODIFIERS: [(&str, char); 6] = [
        ("ctrl", 'c'),
        ("control", 'c'),
        ("alt", 'a'),
        ("meta", 'a'),
        ("option", 'a'),
        ("shift", 's'),
    ];
    MODIFIERS.into_iter().find_map(|(name, modifier)| {
        let head = text.get(..name.len())?;
        let tail = text.get(name.len()..)?;
        let rest = tail.strip_prefix('-').or_else(|| tail.strip_prefix('+'))?;
        (head.eq_ignore_ascii_case(name) && !rest.is_empty()).then_some((modifier, rest))
    })
}

fn key_named(name: &str) -> Option<Key> {
    if let Some(c) = single(name.chars()) {
        return (!c.is_control()).then_some(Key::Char(c));
    }
    let lower = name.to_ascii_lowercase();
    let named = NAMED
        .iter()
        .find(|named| named.1 == lower)
        .map(|named| named.0);
    let alias = || {
        ALIASES
            .iter()
            .find(|alias| alias.0 == lower)
            .map(|alias| alias.1)
    };
    let function = || {
        let number = lower.strip_prefix('f')?.parse().ok()?;
        (1..=24).contains(&number).then_some(Key::F(number))
    };
    named.or_else(alias).or_else(function)
}

/// The only item, if there is exactly one.
fn single(mut items: impl Iterator<Item = char>) -> Option<char> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

/// Presses in a row that together mean something: `g g`, `esc p`, or just `a`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord(Vec<Press>);

impl Chord {
    /// A chord of these presses, folded.
    pub fn new(presses: impl IntoIterator<Item = Press>) -> Self {
        Self(presses.into_iter().map(Press::folded).collect())
    }

    /// Its presses; at least one if it was parsed.
    pub fn presses(&self) -> &[Press] {
        &self.0
    }

    /// As hints show it: `Ctrl-S`, `g g`.
    pub fn shown(&self, arrows: Arrows) -> String {
        let presses: Vec<String> = self.0.iter().map(|press| press.shown(arrows)).collect();
        presses.join(" ")
    }
}

impl From<Press> for Chord {
    fn from(press: Press) -> Self {
        Self::new([press])
    }
}

/// As written in settings; `parse` reads it back.
impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, press) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            press.fmt(f)?;
        }
        Ok(())
    }
}

impl FromStr for Chord {
    type Err = NoSuchKey;

    /// Reads presses with spaces between them.
    fn from_str(text: &str) -> Result<Self, NoSuchKey> {
        let presses = text
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<Vec<_>, _>>()?;
        if presses.is_empty() {
            return Err(NoSuchKey(text.to_owned()));
        }
        Ok(Self(presses))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn press(text: &str) -> Press {
        text.parse().unwrap()
    }

    #[test]
    fn keys_are_read_as_people_write_them() {
        assert_eq!(press("a"), Press::char('a'));
        assert_eq!(press("ctrl-s"), Press::ctrl('s'));
        assert_eq!(press("Ctrl+S"), Press::ctrl('s'));
        assert_eq!(press("ctrl-_"), Press::ctrl('_'));
        assert_eq!(press("ctrl--"), Press::ctrl('_'));
        assert_eq!(press("alt-b"), Press::alt('b'));
        assert_eq!(press("alt-shift-b"), Press::alt('B'));
        assert_eq!(press("shift-a"), Press::char('A'));
        assert_eq!(press("+"), Press::char('+'));
        assert_eq!(press("-"), Press::char('-'));
        assert_eq!(press("plus"), Press::char('+'));
        assert_eq!(press("space"), Press::char(' '));
        assert_eq!(press("PgDn"), Press::new(Key::PageDown));
        assert_eq!(press("F12"), Press::new(Key::F(12)));
        assert_eq!(press("f"), Press::char('f'));
        assert_eq!(
            press("shift-tab"),
            Press {
                shift: true,
                ..Press::new(Key::Tab)
            }
        );
    }

    #[test]
    fn what_is_no_key_is_named_in_the_error() {
        for wrong in ["", " ", "ctrl-", "hyper-x", "enterr", "f0", "f25", "\u{7}"] {
            let error = wrong.parse::<Chord>().unwrap_err();
            assert!(error.to_string().contains("there is no key"), "{error}");
        }
    }

    #[test]
    fn keys_that_terminals_confuse_are_one_key() {
        assert_eq!(press("ctrl-i"), press("tab"));
        assert_eq!(press("ctrl-m"), press("enter"));
        assert_eq!(press("ctrl-["), press("esc"));
        assert_eq!(press("ctrl-/"), press("ctrl-_"));
        let kitty = Press {
            key: Key::Char('s'),
            ctrl: true,
            alt: false,
            shift: true,
        };
        assert_eq!(kitty.folded(), press("ctrl-s"));
        let kitty = Press {
            key: Key::Char('g'),
            ctrl: false,
            alt: false,
            shift: true,
        };
        assert_eq!(kitty.folded(), press("G"));
        let legacy = Press {
            key: Key::Char('G'),
            ctrl: false,
            alt: false,
            shift: true,
        };
        assert_eq!(legacy.folded(), press("G"));
        let question = Press {
            key: Key::Char('?'),
            ctrl: false,
            alt: false,
            shift: true,
        };
        assert_eq!(question.folded(), press("?"));
    }

    #[test]
    fn hints_read_well() {
        let shown = |text: &str| text.parse::<Chord>().unwrap().shown(Arrows::Signs);
        assert_eq!(shown("ctrl-s"), "Ctrl-S");
        assert_eq!(shown("g g"), "g g");
        assert_eq!(shown("esc p"), "Esc p");
        assert_eq!(shown("alt-b"), "Alt-b");
        assert_eq!(shown("right"), "→");
        assert_eq!(shown("space"), "Space");
        assert_eq!(
            "left".parse::<Chord>().unwrap().shown(Arrows::Words),
            "Left"
        );
    }

    fn any_key() -> impl Strategy<Value = Key> {
        prop_oneof![
            prop::char::range('!', '~').prop_map(Key::Char),
            prop::char::range('а', 'я').prop_map(Key::Char),
            (1u8..=24).prop_map(Key::F),
            prop::sample::select(NAMED).prop_map(|named| named.0),
        ]
    }

    proptest! {
        #[test]
        fn printing_and_parsing_are_inverse(
            key in any_key(), ctrl: bool, alt: bool, shift: bool
        ) {
            let press = Press { key, ctrl, alt, shift }.folded();
            prop_assert_eq!(press.to_string().parse::<Press>().unwrap(), press);
            prop_assert_eq!(press.folded(), press);
            prop_assert!(!press.shown(Arrows::Words).is_empty());
        }

        #[test]
        fn no_text_makes_the_parser_fall_over(text in "\\PC{0,24}") {
            let _ = text.parse::<Chord>();
        }
    }
}
