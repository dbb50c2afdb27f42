//! Themes as lists outside the screens show them: plain data and ready text.

use crate::config::{Config, Environment};
use crate::model::text::Shown;
use crate::term::pen;
use crate::theme::{Depth, Role, Theme, Themes};

/// One theme of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeLine {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// Whether it is the person's own.
    pub is_own: bool,
    /// Whether the settings name it.
    pub is_worn: bool,
    /// Its roles in the order of themes.
    pub roles: Vec<RoleLine>,
}

/// One role of a theme.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleLine {
    /// Its name: `off_track`.
    pub code: &'static str,
    /// How it looks, as themes write it.
    pub look: String,
    /// The contrast to what is behind it, 1 to 21, where both are known.
    pub contrast: Option<f64>,
    /// Its name in its own style, with the codes of the terminal in it.
    pub sample: String,
}

impl ThemeLine {
    /// The role that is worst to read.
    pub fn faintest(&self) -> Option<&RoleLine> {
        let known = self.roles.iter().filter(|role| role.contrast.is_some());
        known.min_by(|one, other| {
            let of = |role: &RoleLine| role.contrast.unwrap_or_default();
            of(one).total_cmp(&of(other))
        })
    }

    /// The role of this name.
    pub fn role(&self, code: &str) -> Option<&RoleLine> {
        self.roles.iter().find(|role| role.code == code)
    }
}

/// Every theme of a configuration within the colours of this terminal; 256 where
/// they are not shown anyway.
pub fn theme_lines(config: &Config, environment: &Environment, has_colour: bool) -> Vec<ThemeLine> {
    let depth = match has_colour {
        true => Depth::of(|name| environment.text(name)),
        false => Depth::Indexed,
    };
    let themes = config.all_themes().within(Some(depth));
    themes
        .names()
        .into_iter()
        .map(|name| theme_line(name, &themes, config))
        .collect()
}

fn theme_line(name: &str, themes: &Themes, config: &Config) -> ThemeLine {
    let theme = themes.theme(name).unwrap_or_default();
    ThemeLine {
        name: name.to_owned(),
        about: themes.about(name).to_owned(),
        is_own: themes.is_own(name),
        is_worn: config.theme == name,
        roles: Role::ALL
            .into_iter()
            .map(|role| role_line(role, &theme))
            .collect(),
    }
}

fn role_line(role: Role, theme: &Theme) -> RoleLine {
    // As on the screen: over the ground of the theme.
    let style = theme.style(Role::Text).patch(theme.style(role));
    RoleLine {
        code: role.code(),
        look: theme.words(role),
        contrast: theme.contrast(role),
        sample: pen::styled(&Shown::fixed(role.code()), style),
    }
}

/// How many colours the environment promises: `16 colours`.
pub fn colours_here(environment: &Environment) -> String {
    match Depth::of(|name| environment.text(name)) {
        Depth::Sixteen => "16 colours".to_owned(),
        Depth::Indexed => "256 colours".to_owned(),
        Depth::True => "all colours".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_wear_the_theme_within_the_colours_there_are() {
        let config = Config::default();
        let of = |term: &'static str, colour| {
            let lines = theme_lines(&config, &Environment::of([("TERM", term)]), colour);
            let dark = lines.into_iter().find(|line| line.name == "dark").unwrap();
            (dark.role("at_risk").unwrap().clone(), dark.is_worn)
        };
        let (many, is_worn) = of("xterm-256color", true);
        assert_eq!(many.sample, "\x1b[1;38;5;221;48;5;234mat_risk\x1b[m");
        assert_eq!(many.look, "221 bold");
        assert!(many.contrast.unwrap() > 4.5 && !is_worn);
        assert_eq!(of("linux", true).0.sample, "\x1b[1;33mat_risk\x1b[m");
        assert_eq!(of("linux", false).0.look, "221 bold");
    }
}
