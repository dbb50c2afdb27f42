//! From TOML to settings, with line and column for everything that is wrong.
//! One table of settings serves the file and the environment alike.

use std::ops::Range;

use chrono::TimeDelta;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::nearest::nearest;
use crate::model::progress::{Guardrails, Source};

use super::Environment;
use super::file::{Config, Glyphs, Loaded, MarkRead, Notice, Notify, Place, Start};
use super::keys::{Binding, Style};
use super::read_view;

/// A value of one setting, from the file or (as text only) from the environment.
pub(super) enum Scalar<'a> {
    Text(&'a str),
    Number(f64),
    Flag(bool),
    /// Text that may stand for a number or a flag as well.
    Loose(&'a str),
}

/// Puts a value into the settings, or says what it should have been.
type Setter = fn(&mut Config, &Scalar<'_>) -> Result<(), String>;

/// Every setting with one value: its key with its table, and where it goes.
const SETTINGS: [(&str, Setter); 17] = [
    ("start", |config, value| {
        config.start = match words(value)?.trim() {
            "queue" => Start::Queue,
            "goals" => Start::Goals,
            "inbox" => Start::Inbox,
            "outbox" => Start::Outbox,
            view => Start::View(view.to_owned()),
        };
        Ok(())
    }),
    ("theme", |config, value| {
        // Whether there is such a theme is looked up when all of them are read.
        config.theme = words(value)?;
        Ok(())
    }),
    ("mouse", |config, value| {
        config.mouse = flag(value)?;
        Ok(())
    }),
    ("notify", |config, value| {
        let choices = [
            ("none", Notify::None),
            ("bell", Notify::Bell),
            ("osc9", Notify::Osc9),
        ];
        config.notify = choice(value, &choices)?;
        Ok(())
    }),
    ("glyphs", |config, value| {
        let choices = [
            ("auto", Glyphs::Auto),
            ("unicode", Glyphs::Unicode),
            ("ascii", Glyphs::Ascii),
        ];
        config.glyphs = choice(value, &choices)?;
        Ok(())
    }),
    ("hold", |config, value| {
        config.hold = hold(value)?;
        Ok(())
    }),
    ("refresh", |config, value| {
        config.refresh = Some(refresh(value)?).filter(|every| !every.is_zero());
        Ok(())
    }),
    ("editor", |config, value| {
        config.editor = words(value)?;
        Ok(())
    }),
    ("mark_read", |config, value| {
        let choices = [("open", MarkRead::Open), ("manual", MarkRead::Manual)];
        config.mark_read = choice(value, &choices)?;
        Ok(())
    }),
    ("default_template", |config, value| {
        config.default_template = words(value)?;
        Ok(())
    }),
    ("rollup.source", |config, value| {
        let choices = [
            ("results", Source::Results),
            ("children", Source::Children),
            ("both", Source::Both),
        ];
        config.rules.source = choice(value, &choices)?;
        Ok(())
    }),
    ("rollup.guardrails", |config, value| {
        let choices = [("alarm", Guardrails::Alarm), ("count", Guardrails::Count)];
        config.rules.guardrails = choice(value, &choices)?;
        Ok(())
    }),
    ("pace.early", |config, value| {
        config.rules.early = share(value)?;
        Ok(())
    }),
    ("pace.behind", |config, value| {
        config.rules.behind = share(value)?;
        Ok(())
    }),
    ("pace.far_behind", |config, value| {
        config.rules.far_behind = share(value)?;
        Ok(())
    }),
    ("keys.style", |config, value| {
        config.keys.style = choice(value, &[("vim", Style::Vim), ("plain", Style::Plain)])?;
        Ok(())
    }),
    ("keys.layout_fallback", |config, value| {
        config.keys.layout_fallback = flag(value)?;
        Ok(())
    }),
];

/// Keys of the top that are tables.
const TABLES: [&str; 7] = [
    "rollup",
    "pace",
    "account",
    "view",
    "keys",
    "templates",
    "themes",
];

fn words(value: &Scalar<'_>) -> Result<String, String> {
    match value {
        Scalar::Text(text) | Scalar::Loose(text) => Ok((*text).to_owned()),
        _ => Err("should be text in quotes".to_owned()),
    }
}

fn choice<T: Copy>(value: &Scalar<'_>, choices: &[(&str, T)]) -> Result<T, String> {
    let found = words(value)
        .ok()
        .and_then(|word| choices.iter().find(|(name, _)| *name == word));
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let names: Vec<String> = choices
            .iter()
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        format!("should be one of {}", names.join(", "))
    })
}

fn number(value: &Scalar<'_>) -> Option<f64> {
    match value {
        Scalar::Number(number) => Some(*number),
        Scalar::Loose(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

fn share(value: &Scalar<'_>) -> Result<f64, String> {
    number(value)
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "should be a number from 0 to 1, like 0.10".to_owned())
}

pub(super) fn flag(value: &Scalar<'_>) -> Result<bool, String> {
    match value {
        Scalar::Flag(flag) => Ok(*flag),
        Scalar::Loose("true" | "1" | "yes") => Ok(true),
        Scalar::Loose("false" | "0" | "no") => Ok(false),
        _ => Err("should be true or false".to_owned()),
    }
}

/// `10s`, `5m`, `2h`, `1d`; a bare 0 too.
pub(super) fn span(value: &Scalar<'_>) -> Option<TimeDelta> {
    let text = match value {
        Scalar::Number(0.0) => return Some(TimeDelta::zero()),
        Scalar::Text(text) | Scalar::Loose(text) => text.trim(),
        _ => return None,
    };
    if text == "0" {
        return Some(TimeDelta::zero());
    }
    let unit = text.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let count: u32 = text.strip_suffix(unit)?.trim().parse().ok()?;
    TimeDelta::try_seconds(i64::from(count) * seconds)
}

/// How long writes can be taken back.
pub(super) fn hold(value: &Scalar<'_>) -> Result<TimeDelta, String> {
    span(value)
        .filter(|span| *span <= TimeDelta::hours(1))
        .ok_or_else(|| "should be a time from \"0s\" to \"1h\", like \"10s\"".to_owned())
}

/// How often accounts are asked; zero for never by itself.
pub(super) fn refresh(value: &Scalar<'_>) -> Result<TimeDelta, String> {
    span(value)
        .filter(|span| span.is_zero() || *span >= TimeDelta::seconds(10))
        .ok_or_else(|| {
            "should be a time of at least \"10s\", like \"5m\", or 0 for never by itself".to_owned()
        })
}

/// Line and column of a byte offset.
pub(super) fn place(text: &str, offset: usize) -> Place {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Place {
        line: before.matches('\n').count() + 1,
        column: before
            .get(line_start..)
            .map_or(0, |line| line.chars().count())
            + 1,
    }
}

/// The key that the line of this offset sets, with its table; empty if the line
/// sets none. For files that are no TOML, where only lines can be trusted.
fn key_on_line(text: &str, offset: usize) -> String {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(start..).and_then(|rest| rest.lines().next());
    let Some((key, _)) = line.and_then(|line| line.split_once('=')) else {
        return String::new();
    };
    let table = before.lines().rev().find_map(|line| {
        let line = line.trim().strip_prefix('[')?;
        Some(line.trim_matches(['[', ']', ' ']))
    });
    match table {
        Some(table) => format!("{table}.{}", key.trim()),
        None => key.trim().to_owned(),
    }
}

/// Reads the whole file.
pub(super) fn config(text: &str) -> Loaded {
    let mut reader = Reader {
        text,
        loaded: Loaded::default(),
    };
    match DeTable::parse(text) {
        Ok(table) => reader.top(table.get_ref()),
        Err(error) => {
            let at = error.span().unwrap_or(0..0);
            let key = key_on_line(text, at.start);
            reader.error(at, &key, error.message().to_owned());
        }
    }
    reader.loaded
}

/// Lets the environment beat the file.
pub(super) fn overrule(loaded: &mut Loaded, environment: &Environment) {
    let of_file = loaded.config.theme.clone();
    for (key, set) in SETTINGS {
        let name = format!("GOALDECK_{}", key.to_uppercase().replace('.', "_"));
        let Some(value) = environment.text(&name) else {
            continue;
        };
        if let Err(wanted) = set(&mut loaded.config, &Scalar::Loose(&value)) {
            loaded.warnings.push(Notice {
                place: None,
                key: name,
                nearest: None,
                text: format!("\"{value}\" does not count; it {wanted}"),
            });
        }
    }
    check_theme(loaded, of_file);
    read_view::check_start(loaded, None);
    check_template(loaded);
}

/// A theme named by the environment must be there; else that of the file counts.
fn check_theme(loaded: &mut Loaded, of_file: String) {
    let themes = loaded.config.all_themes();
    let name = loaded.config.theme.clone();
    if themes.has(&name) {
        return;
    }
    loaded.warnings.push(Notice {
        place: None,
        key: "GOALDECK_THEME".to_owned(),
        nearest: nearest(&name, themes.names()).map(str::to_owned),
        text: format!("there is no theme \"{name}\", it does not count"),
    });
    loaded.config.theme = of_file;
}

/// A template that is not there is none at all, and that is worth a word.
fn check_template(loaded: &mut Loaded) {
    let config = &mut loaded.config;
    let name = config.default_template.clone();
    if name.is_empty() || config.templates.contains_key(&name) {
        return;
    }
    let known = config.templates.keys().map(String::as_str);
    loaded.warnings.push(Notice {
        place: None,
        key: "default_template".to_owned(),
        nearest: nearest(&name, known).map(str::to_owned),
        text: format!("there is no template \"{name}\", \"moved\" is used"),
    });
    config.default_template = "moved".to_owned();
}

pub(super) type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

/// Walks the tables and collects what is wrong.
pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) loaded: Loaded,
}

impl Reader<'_> {
    pub(super) fn notice(&self, at: &Range<usize>, key: &str, text: String) -> Notice {
        Notice {
            place: Some(place(self.text, at.start)),
            key: key.to_owned(),
            nearest: None,
            text,
        }
    }

    pub(super) fn error(&mut self, at: Range<usize>, key: &str, text: String) {
        let notice = self.notice(&at, key, text);
        self.loaded.errors.push(notice);
    }

    pub(super) fn warn(&mut self, at: Range<usize>, key: &str, text: String) {
        let notice = self.notice(&at, key, text);
        self.loaded.warnings.push(notice);
    }

    pub(super) fn unknown(&mut self, key: &Key<'_>, path: &str, valid: &[&str]) {
        let near = nearest(key.get_ref(), valid.iter().copied()).map(str::to_owned);
        let mut notice = self.notice(&key.span(), path, "no such key, it is ignored".to_owned());
        notice.nearest = near;
        self.loaded.warnings.push(notice);
    }

    fn top(&mut self, table: &DeTable<'_>) {
        let names = SETTINGS.iter().map(|(key, _)| *key);
        let valid: Vec<&str> = names
            .filter(|key| !key.contains('.'))
            .chain(TABLES)
            .collect();
        let mut views = None;
        for (key, value) in in_order(table) {
            match key.get_ref().as_ref() {
                name @ ("rollup" | "pace") => self.section(name, value),
                "account" => self.accounts(value),
                "view" => views = Some(value),
                "keys" => self.keys(value),
                "templates" => self.templates(value),
                "themes" => self.themes(value),
                name if valid.contains(&name) => self.setting(name, value),
                name => self.unknown(key, name, &valid),
            }
        }
        self.check_themes(table);
        if let Some(value) = views {
            self.views(value);
        }
        let start = table.iter().find(|(key, _)| key.get_ref() == "start");
        let start = start.map(|(_, value)| place(self.text, value.span().start));
        read_view::check_start(&mut self.loaded, start);
        let rules = &self.loaded.config.rules;
        if rules.far_behind < rules.behind {
            let at = table
                .iter()
                .find(|(key, _)| key.get_ref() == "pace")
                .map_or(0..0, |(key, _)| key.span());
            let text = "should not be smaller than behind".to_owned();
            self.error(at, "pace.far_behind", text);
        }
    }

    fn setting(&mut self, path: &str, value: &Spanned<DeValue<'_>>) {
        let Some((_, set)) = SETTINGS.iter().find(|(key, _)| *key == path) else {
            return;
        };
        let outcome = match scalar(value.get_ref()) {
            Some(scalar) => set(&mut self.loaded.config, &scalar),
            None => set(&mut Config::default(), &Scalar::Number(f64::NAN)),
        };
        if let Err(wanted) = outcome {
            self.wrong(path, value, &wanted);
        }
    }

    /// A value that is not what it should be: a key of ours, so no other is meant,
    /// but the value may be a slip of the pen.
    pub(super) fn wrong(&mut self, path: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let written = self.text.get(value.span()).unwrap_or_default();
        let short: String = written.chars().take(40).collect();
        let mut notice = self.notice(&value.span(), path, format!("{short} {wanted}"));
        if let Some(word) = value.get_ref().as_str() {
            let offered = wanted.split('"').skip(1).step_by(2);
            notice.nearest = nearest(word, offered).map(str::to_owned);
        }
        self.loaded.errors.push(notice);
    }

    pub(super) fn table<'t, 'v>(
        &mut self,
        path: &str,
        value: &'t Spanned<DeValue<'v>>,
    ) -> Option<&'t DeTable<'v>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(path, value, &format!("should be a table: [{path}]"));
        }
        table
    }

    fn section(&mut self, name: &str, value: &Spanned<DeValue<'_>>) {
        let Some(table) = self.table(name, value) else {
            return;
        };
        let valid: Vec<&str> = SETTINGS
            .iter()
            .filter_map(|(key, _)| key.strip_prefix(name)?.strip_prefix('.'))
            .collect();
        for (key, value) in in_order(table) {
            let path = format!("{name}.{}", key.get_ref());
            if valid.contains(&key.get_ref().as_ref()) {
                self.setting(&path, value);
            } else {
                self.unknown(key, &path, &valid);
            }
        }
    }

    fn keys(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(table) = self.table("keys", value) else {
            return;
        };
        for (key, value) in in_order(table) {
            match (key.get_ref().as_ref(), value.get_ref()) {
                (name @ ("style" | "layout_fallback"), _) => {
                    self.setting(&format!("keys.{name}"), value);
                }
                (scope, DeValue::Table(inner)) => {
                    for (key, value) in in_order(inner) {
                        self.binding(scope, key, value);
                    }
                }
                _ => self.binding("", key, value),
            }
        }
    }

    fn binding(&mut self, scope: &str, key: &Key<'_>, value: &Spanned<DeValue<'_>>) {
        let command = key.get_ref().to_string();
        let keys: Option<Vec<String>> = match value.get_ref() {
            DeValue::String(one) => Some(vec![one.to_string()]),
            DeValue::Array(several) => several
                .iter()
                .map(|key| key.get_ref().as_str().map(str::to_owned))
                .collect(),
            _ => None,
        };
        let Some(keys) = keys else {
            let path = format!("keys.{command}");
            self.wrong(&path, value, "should be a list of keys like [\"a\"]");
            return;
        };
        self.loaded.config.keys.bindings.push(Binding {
            scope: scope.to_owned(),
            command,
            keys,
            line: place(self.text, key.span().start).line,
        });
    }

    fn templates(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(table) = self.table("templates", value) else {
            return;
        };
        for (key, value) in in_order(table) {
            let name = key.get_ref().to_string();
            match value.get_ref().as_str() {
                Some(text) => {
                    let templates = &mut self.loaded.config.templates;
                    templates.insert(name, text.to_owned());
                }
                None => {
                    let path = format!("templates.{name}");
                    self.wrong(&path, value, "should be text in quotes");
                }
            }
        }
    }
}

/// Whether a name can stand before the colon of an id.
pub fn is_account_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '-' || letter == '_')
}

pub(super) fn scalar<'a>(value: &'a DeValue<'_>) -> Option<Scalar<'a>> {
    match value {
        DeValue::String(text) => Some(Scalar::Text(text)),
        DeValue::Boolean(flag) => Some(Scalar::Flag(*flag)),
        DeValue::Integer(whole) => i64::from_str_radix(whole.as_str(), whole.radix())
            .ok()
            .map(|whole| Scalar::Number(whole as f64)),
        DeValue::Float(float) => float.as_str().parse().ok().map(Scalar::Number),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// Entries by their place in the file; the map itself is sorted by name.
pub(super) fn in_order<'t, 'v>(
    table: &'t DeTable<'v>,
) -> Vec<(&'t Key<'v>, &'t Spanned<DeValue<'v>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
