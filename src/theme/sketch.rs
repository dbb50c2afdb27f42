//! Themes as people write them, in `assets/themes.toml` and in their settings: for
//! each role some words, and another theme for what is not said.

use ratatui::style::{Color, Modifier, Style};

use super::colour::{self, Depth};
use super::{Role, Theme};

/// The themes that come with the program.
const SHIPPED: &str = include_str!("../../assets/themes.toml");

/// Longest way from a theme to what it stands on.
const STEPS: usize = 8;

/// The theme that stands under all others.
const GROUND: &str = "auto";

/// The theme where no colour may be sent.
const COLOURLESS: &str = "mono";

const MODIFIERS: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
];

/// Keys of a theme that are no role.
const KEYS: [&str; 4] = ["about", "base", "background", "sixteen"];

/// One theme as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    name: String,
    about: String,
    base: Option<String>,
    sixteen: Option<String>,
    background: Option<Color>,
    looks: [Option<Style>; Role::ALL.len()],
}

/// What is wrong with one line of a theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No role and none of the other keys.
    Key,
    /// A word of the value that is no colour and no modifier.
    Word(String),
    /// `on` without a colour after it, or two colours where one has room.
    Colours,
}

impl Sketch {
    /// A theme of which nothing is said yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The theme it says it stands on.
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// Takes in one line.
    ///
    /// # Errors
    /// What is wrong with it; the line counts for nothing then.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Wrong> {
        match key {
            "about" => self.about = value.to_owned(),
            "base" => self.base = Some(value.to_owned()),
            "sixteen" => self.sixteen = Some(value.to_owned()),
            "background" => {
                let colour = colour::parse(value.trim());
                self.background = Some(colour.ok_or_else(|| Wrong::Word(value.trim().to_owned()))?);
            }
            role => {
                let role = Role::parse(role).ok_or(Wrong::Key)?;
                let look = look(value)?;
                if let Some(place) = self.looks.get_mut(role as usize) {
                    *place = Some(look);
                }
            }
        }
        Ok(())
    }

    /// Every key a theme may have.
    pub fn keys() -> Vec<&'static str> {
        let roles = Role::ALL.into_iter().map(Role::code);
        KEYS.into_iter().chain(roles).collect()
    }

    /// Every word a look may have that is no number.
    pub fn words() -> Vec<&'static str> {
        let modifiers = MODIFIERS.iter().map(|(name, _)| *name);
        modifiers
            .chain(["on", "plain"])
            .chain(colour::names())
            .collect()
    }
}

/// A style as themes write it; `plain` for none.
pub(super) fn words(style: Style) -> String {
    let front = style.fg.map(colour::word);
    let back = style.bg.map(|back| format!("on {}", colour::word(back)));
    let modifiers = MODIFIERS
        .iter()
        .filter(|(_, modifier)| style.add_modifier.contains(*modifier))
        .map(|(name, _)| (*name).to_owned());
    let words: Vec<String> = front.into_iter().chain(back).chain(modifiers).collect();
    match words.is_empty() {
        true => "plain".to_owned(),
        false => words.join(" "),
    }
}

/// `208 on black bold`: the words of a look in any order.
fn look(value: &str) -> Result<Style, Wrong> {
    let mut style = Style::new();
    let mut words = value.split_whitespace();
    while let Some(word) = words.next() {
        if word == "plain" {
            continue;
        }
        if let Some((_, modifier)) = MODIFIERS.iter().find(|(name, _)| *name == word) {
            style = style.add_modifier(*modifier);
            continue;
        }
        let is_background = word == "on";
        let word = match is_background {
            true => words.next().ok_or(Wrong::Colours)?,
            false => word,
        };
        let colour = colour::parse(word).ok_or_else(|| Wrong::Word(word.to_owned()))?;
        let place = match is_background {
            true => &mut style.bg,
            false => &mut style.fg,
        };
        if place.replace(colour).is_some() {
            return Err(Wrong::Colours);
        }
    }
    Ok(style)
}

/// All themes there are, and how many colours may be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Themes {
    sketches: Vec<Sketch>,
    /// How many of them came with the program.
    shipped: usize,
    /// None: no colour at all.
    depth: Option<Depth>,
}

impl Default for Themes {
    fn default() -> Self {
        Self::shipped()
    }
}

impl Themes {
    /// Those that come with the program, with 256 colours.
    pub fn shipped() -> Self {
        let table: toml::Table = SHIPPED.parse().unwrap_or_default();
        let mut sketches = Vec::new();
        for (name, lines) in &table {
            let mut sketch = Sketch::new(name);
            for (key, value) in lines.as_table().into_iter().flatten() {
                let taken = sketch.set(key, value.as_str().unwrap_or_default());
                debug_assert_eq!(taken, Ok(()), "{name}.{key}");
            }
            sketches.push(sketch);
        }
        // As they stand in the file; the table knows names only.
        let place = |sketch: &Sketch| SHIPPED.find(&format!("\n[{}]\n", sketch.name));
        sketches.sort_by_key(place);
        Self {
            shipped: sketches.len(),
            sketches,
            depth: Some(Depth::Indexed),
        }
    }

    /// With those of a person; one of the same name as a shipped one counts instead.
    #[must_use]
    pub fn with(mut self, own: impl IntoIterator<Item = Sketch>) -> Self {
        self.sketches.extend(own);
        self
    }

    /// Within so many colours; none for no colour.
    #[must_use]
    pub fn within(self, depth: Option<Depth>) -> Self {
        Self { depth, ..self }
    }

    /// How many colours may be used; none for no colour.
    pub fn depth(&self) -> Option<Depth> {
        self.depth
    }

    /// Names for lists, shipped ones first; not those that only stand in for others.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for sketch in &self.sketches {
            if !self.stands_in(sketch) && !names.contains(&sketch.name()) {
                names.push(sketch.name());
            }
        }
        names
    }

    fn stands_in(&self, sketch: &Sketch) -> bool {
        let name = sketch.name();
        name != GROUND
            && self
                .sketches
                .iter()
                .any(|other| other.sixteen.as_deref() == Some(name))
    }

    /// The line about a theme.
    pub fn about(&self, name: &str) -> &str {
        match self.place(name) {
            Some(place) => self
                .sketches
                .get(place)
                .map_or("", |sketch| sketch.about.as_str()),
            None => "",
        }
    }

    /// Whether a theme is the person's own.
    pub fn is_own(&self, name: &str) -> bool {
        self.place(name).is_some_and(|place| place >= self.shipped)
    }

    /// Whether there is a theme of this name.
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.sketches
            .iter()
            .rposition(|sketch| sketch.name() == name)
    }

    /// A theme as this terminal can show it.
    pub fn theme(&self, name: &str) -> Option<Theme> {
        self.place(name)?;
        match self.depth {
            None => self.drawn(COLOURLESS, name, Depth::Sixteen),
            Some(Depth::Sixteen) => {
                let way = self.way(name);
                let instead = way.iter().find_map(|sketch| sketch.sixteen.as_deref());
                let drawn = instead.filter(|instead| self.has(instead)).unwrap_or(name);
                self.drawn(drawn, name, Depth::Sixteen)
            }
            Some(depth) => self.drawn(name, name, depth),
        }
    }

    fn drawn(&self, drawn: &str, name: &str, depth: Depth) -> Option<Theme> {
        self.place(drawn)?;
        let way = self.way(drawn);
        let styles = Role::ALL.map(|role| {
            let said = way
                .iter()
                .find_map(|sketch| sketch.looks.get(role as usize).copied().flatten());
            let style = said.unwrap_or_default();
            Style {
                fg: style.fg.map(|colour| colour::within(colour, depth)),
                bg: style.bg.map(|colour| colour::within(colour, depth)),
                ..style
            }
        });
        let background = way.iter().find_map(|sketch| sketch.background);
        Some(Theme::drawn(name, styles, background))
    }

    /// A theme and what it stands on, nearest first.
    fn way(&self, name: &str) -> Vec<&Sketch> {
        let mut way = Vec::new();
        let mut place = self.place(name);
        while let Some(sketch) = place.and_then(|place| self.sketches.get(place))
            && way.len() < STEPS
        {
            way.push(sketch);
            let own = place;
            // A theme of one's own may stand on the shipped one of its name.
            let below = |name: &str| {
                self.sketches.iter().enumerate().rposition(|(place, one)| {
                    one.name() == name
                        && Some(place) != own
                        && (name != sketch.name() || place < self.shipped)
                })
            };
            place = match &sketch.base {
                Some(base) => below(base),
                None => below(sketch.name()),
            };
            if place.is_none() && sketch.name() != GROUND {
                place = self
                    .sketches
                    .iter()
                    .take(self.shipped)
                    .position(|one| one.name() == GROUND);
            }
        }
        way
    }
}
