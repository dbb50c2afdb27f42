//! From the configuration to how the screens look and behave, and the screens
//! opened with it.

use std::fmt;

use crate::config::file::{Account, Config, Glyphs as GlyphSet, MarkRead, Notify, Start};
use crate::config::{Environment, Paths};
use crate::keys::Keymap;
use crate::keys::resolve::Resolver;
use crate::model::sign_in::TokenSource;
use crate::model::view;
use crate::providers::http::{Proxies, Site};
use crate::screens::{AccountPlace, Place, Prefs, Tab};
use crate::store::effect::Toast;
use crate::theme::{Depth, Glyphs, Theme, Themes};

use super::adding::{self, Adding};
use super::assemble::{self, Assembled, Demo, Options};
use super::interactive::{End, Front, interactive};

/// Whether the locale writes UTF-8: the first of `LC_ALL`, `LC_CTYPE`, `LANG`
/// that is set decides.
pub fn locale_is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .is_some_and(|value| {
            let value = value.to_lowercase();
            value.contains("utf-8") || value.contains("utf8")
        })
}

/// The characters to draw with.
pub fn glyphs(config: &Config, environment: &Environment) -> Glyphs {
    match config.glyphs {
        GlyphSet::Unicode => Glyphs::Unicode,
        GlyphSet::Ascii => Glyphs::Ascii,
        GlyphSet::Auto if locale_is_utf8(|name| environment.text(name)) => Glyphs::Unicode,
        GlyphSet::Auto => Glyphs::Ascii,
    }
}

/// The themes to draw with, within what this terminal shows. A flag beats
/// `NO_COLOR`, which beats the file: it is about this terminal.
pub fn themes(config: &Config, environment: &Environment, wants_colour: Option<bool>) -> Themes {
    let has_colour = wants_colour.unwrap_or(environment.get("NO_COLOR").is_none());
    let depth = has_colour.then(|| Depth::of(|name| environment.text(name)));
    config.all_themes().within(depth)
}

/// The theme that the configuration names.
pub fn theme(config: &Config, themes: &Themes) -> Theme {
    themes.theme(&config.theme).unwrap_or_default()
}

fn prefs(config: &Config, paths: &Paths) -> Prefs {
    let templates = config.templates.iter();
    Prefs {
        read_on_open: config.mark_read == MarkRead::Open,
        default_template: config.default_template.clone(),
        templates: templates
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect(),
        views: config.views.clone(),
        config_path: paths.config_file.display().to_string(),
        data_path: paths.data.display().to_string(),
        notifies: config.notify != Notify::None,
        accounts: account_places(config),
    }
}

/// What the accounts page says of accounts at servers.
fn account_places(config: &Config) -> Vec<AccountPlace> {
    let proxies = Proxies::from_environment();
    let place = |account: &Account| {
        let sign_in = account.sign_in.as_ref()?;
        let is_ours = matches!(sign_in.token, TokenSource::File(_));
        let site = Site::parse(&sign_in.url, sign_in.insecure).ok();
        Some(AccountPlace {
            name: account.name.clone(),
            token: adding::token_place(&sign_in.token),
            instead: (!is_ours).then(|| adding::instead(Some(&sign_in.token))),
            proxy: site.and_then(|site| proxies.proxy_for(&site)),
        })
    };
    config.accounts.iter().filter_map(place).collect()
}

/// How the screens look and behave.
pub fn front(assembled: &Assembled, options: &Options) -> Front {
    let environment = Environment::of_process();
    let (config, paths) = (&assembled.config, &assembled.paths);
    let (keymap, key_errors) = Keymap::from_config(&assembled.config_text);
    let notices = assembled.notices.iter().cloned();
    // A file that is no TOML was told about already.
    let keys = key_errors
        .iter()
        .filter(|error| !(assembled.is_config_broken && error.key.is_empty()))
        .map(|error| format!("config: {error}"));
    let themes = themes(config, &environment, options.wants_colour);
    Front {
        theme: theme(config, &themes),
        themes,
        glyphs: glyphs(config, &environment),
        resolver: Resolver::new(keymap),
        prefs: prefs(config, paths),
        view: match &config.start {
            Start::View(name) => view::named(&config.views, name),
            _ => None,
        },
        tab: match config.start {
            Start::Queue => Tab::Queue,
            Start::Goals | Start::View(_) => Tab::Goals,
            Start::Inbox => Tab::Inbox,
            Start::Outbox => Tab::Outbox,
        },
        as_of: options.as_of,
        place: assembled.is_first.then_some(Place::FirstRun),
        editor: config.editor.clone(),
        scratch: paths.state.join("scratch"),
        hidden: config
            .token_variables()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        mouse: config.mouse,
        notify: config.notify,
        in_tmux: environment.get("TMUX").is_some(),
        notices: notices.chain(keys).map(Toast::error).collect(),
        adding: options.demo.is_none().then(|| Adding {
            options: options.clone(),
        }),
    }
}

/// Why the screens did not open.
#[derive(Debug)]
pub enum NotOpened {
    /// Nothing to run on.
    Assembly(assemble::Fault),
    /// No terminal to run on.
    Terminal(std::io::Error),
}

impl fmt::Display for NotOpened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotOpened::Assembly(fault) => fault.fmt(f),
            NotOpened::Terminal(error) => write!(
                f,
                "the terminal cannot be used: {error}; goaldeck queue prints what waits"
            ),
        }
    }
}

impl std::error::Error for NotOpened {}

/// Opens the screens and returns how they ended; who wants to see the demo from
/// the welcome sees it.
///
/// # Errors
/// Nothing to run on, or no terminal.
pub fn open(options: &Options) -> Result<End, NotOpened> {
    open_at(options, None)
}

/// As [`open`], at a page.
fn open_at(options: &Options, place: Option<Place>) -> Result<End, NotOpened> {
    let assembled = assemble::assemble(options).map_err(NotOpened::Assembly)?;
    let mut front = front(&assembled, options);
    front.place = place.or(front.place);
    let end = interactive(assembled.parts, front).map_err(NotOpened::Terminal)?;
    if end == End::Tended {
        return open_at(options, Some(Place::Accounts));
    }
    if end == End::Again {
        return open(options);
    }
    if end == End::Demo && options.demo.is_none() {
        let demo = Options {
            demo: Some(Demo::default()),
            ..options.clone()
        };
        return open(&demo);
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Role;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let of = |all: &'static str, lang: &'static str| {
            locale_is_utf8(|name| match name {
                "LC_ALL" => Some(all.to_owned()),
                "LANG" => Some(lang.to_owned()),
                _ => None,
            })
        };
        assert!(of("", "en_GB.UTF-8"));
        assert!(!of("C", "en_GB.UTF-8"));
        assert!(of("C.utf8", ""));
    }

    #[test]
    fn a_flag_beats_no_color_which_beats_the_file() {
        let config = Config {
            theme: "light".to_owned(),
            ..Config::default()
        };
        let no_color = Environment::of([("NO_COLOR", "1"), ("COLORTERM", "truecolor")]);
        let depth = |wants| themes(&config, &no_color, wants).depth();
        assert_eq!(depth(None), None);
        assert_eq!(depth(Some(true)), Some(Depth::True));
        let plain = themes(&config, &Environment::default(), None);
        assert_eq!(plain.depth(), Some(Depth::Sixteen));
        assert_eq!(theme(&config, &plain).name(), "light");
        // Without colour every theme looks alike.
        let styles = |name: &str| {
            let config = Config {
                theme: name.to_owned(),
                ..Config::default()
            };
            let theme = theme(&config, &themes(&config, &no_color, None));
            Role::ALL.map(|role| theme.style(role))
        };
        assert_eq!(styles("light"), styles("mono"));
    }
}
