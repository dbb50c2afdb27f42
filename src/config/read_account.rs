//! The `[[account]]` tables: one account each, with what is wrong in it. Never
//! repeats a value that could be a token.

use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::ids::AccountName;
use crate::model::sign_in::{SignIn, TokenSource, has_token_shape, looks_like_token};
use crate::model::status::Status;
use crate::model::system::{AuthScheme, BodyStyle, DueAfter, PercentScale, Special};

use super::account::{Account, ProviderKind};
use super::read::{self, Key, Reader, in_order, is_account_name, scalar};

/// Keys of one account.
const ACCOUNT: [&str; 24] = [
    "name",
    "provider",
    "as",
    "cadence",
    "hold",
    "refresh",
    "url",
    "token_command",
    "token_env",
    "token_file",
    "token_keyring",
    "ca_file",
    "insecure",
    "status_map",
    "workspace",
    "account_id",
    "me",
    "auth_scheme",
    "percent_scale",
    "completed",
    "body_style",
    "due_after",
    "plans",
    "items_file",
];

/// Keys that mean something only for accounts of some systems.
const SPECIAL: [(&str, &[ProviderKind]); 10] = [
    ("workspace", &[ProviderKind::ClickUp]),
    ("account_id", &[ProviderKind::Quantive]),
    (
        "me",
        &[
            ProviderKind::ClickUp,
            ProviderKind::Quantive,
            ProviderKind::AchieveIt,
        ],
    ),
    ("auth_scheme", &[ProviderKind::ClickUp]),
    ("percent_scale", &[ProviderKind::ClickUp]),
    ("completed", &[ProviderKind::ClickUp]),
    ("body_style", &[ProviderKind::Quantive]),
    ("due_after", &[ProviderKind::Quantive]),
    ("plans", &[ProviderKind::AchieveIt]),
    ("items_file", &[ProviderKind::AchieveIt]),
];

/// Keys that only a local account has, and keys that it has not.
const LOCAL_ONLY: [&str; 1] = ["as"];
const REMOTE_ONLY: [&str; 8] = [
    "url",
    "token_command",
    "token_env",
    "token_file",
    "token_keyring",
    "ca_file",
    "insecure",
    "status_map",
];

/// How to say where a token lies.
const SOURCES: &str = "token_command = \"pass show work\", token_env = \"WORK_TOKEN\", \
                       token_file = \"~/.work-token\" or token_keyring = true";

/// What a command line as text or list should look like.
const COMMAND: &str = "should be a command like \"pass show work\", or a list of its words";

type Spot<'v> = Spanned<DeValue<'v>>;

/// An account while its keys are read.
struct Pending {
    account: Account,
    is_named: bool,
    provider: Option<ProviderKind>,
    url: Option<String>,
    /// The key it was given by, and what it says.
    token: Option<(String, TokenSource)>,
    ca_file: Option<PathBuf>,
    insecure: bool,
    has_cadence: bool,
}

/// A value was wrong, and that has been noted.
struct Wrong;

impl Reader<'_> {
    pub(super) fn accounts(&mut self, value: &Spot<'_>) {
        let Some(list) = value.get_ref().as_array() else {
            self.wrong("account", value, "should be written as [[account]]");
            return;
        };
        for item in list.iter() {
            let Some(table) = item.get_ref().as_table() else {
                self.wrong("account", item, "should be written as [[account]]");
                continue;
            };
            // What is wrong with it is in the list of errors.
            let _noted = self.account(item.span(), table);
        }
    }

    fn account(&mut self, at: Range<usize>, table: &DeTable<'_>) -> Result<(), Wrong> {
        let mut pending = Pending {
            account: Account::local(""),
            is_named: false,
            provider: None,
            url: None,
            token: None,
            ca_file: None,
            insecure: false,
            has_cadence: false,
        };
        for (key, value) in in_order(table) {
            self.account_key(&mut pending, key, value)?;
        }
        let name = pending.account.name.clone();
        if !pending.is_named {
            return self.lacks(at, "name", "name = \"work\"");
        }
        let Some(provider) = pending.provider else {
            let wanted = format!("for \"{name}\": provider = {}", providers());
            return self.lacks(at, "provider", &wanted);
        };
        self.out_of_place(table, provider);
        let mut account = pending.account;
        account.provider = provider;
        if !pending.has_cadence {
            account.cadence = provider.usual_cadence();
        }
        if provider.is_remote() {
            let usual = provider.usual_url().map(str::to_owned);
            let usual = usual.filter(|_| provider != ProviderKind::Operately);
            let Some(url) = pending.url.or(usual) else {
                let wanted = format!("for \"{name}\": url = \"https://app.operately.com\"");
                return self.lacks(at, "url", &wanted);
            };
            let Some((_, token)) = pending.token else {
                return self.lacks(at, "token_command", &format!("for \"{name}\": {SOURCES}"));
            };
            account.acts_as = None;
            account.sign_in = Some(SignIn {
                account: name.clone(),
                url,
                token: with_name(token, &name),
                ca_file: pending.ca_file,
                insecure: pending.insecure,
            });
        } else {
            account.status_map.clear();
        }
        let accounts = &self.loaded.config.accounts;
        if accounts.iter().any(|other| other.name == name) {
            let text = format!("\"{name}\" is there twice; every account needs its own name");
            self.error(at, "account.name", text);
            return Err(Wrong);
        }
        self.loaded.config.accounts.push(account);
        Ok(())
    }

    /// A key is missing in the table that begins at this place.
    fn lacks(&mut self, at: Range<usize>, key: &str, wanted: &str) -> Result<(), Wrong> {
        let between = if wanted.starts_with("for ") {
            " "
        } else {
            ": "
        };
        let text = format!("is missing{between}{wanted}");
        self.error(at, &format!("account.{key}"), text);
        Err(Wrong)
    }

    fn not_as_wanted(&mut self, path: &str, value: &Spot<'_>, wanted: &str) -> Result<(), Wrong> {
        self.wrong(path, value, wanted);
        Err(Wrong)
    }

    fn account_key(
        &mut self,
        pending: &mut Pending,
        key: &Key<'_>,
        value: &Spot<'_>,
    ) -> Result<(), Wrong> {
        let name = key.get_ref().as_ref();
        let path = format!("account.{name}");
        let account = &mut pending.account;
        let text = value.get_ref().as_str();
        let is_named = ["name", "as", "me", "workspace", "account_id"].contains(&name);
        if is_named && text.is_some_and(looks_like_token) {
            let text =
                format!("looks like a token, which does not stand in this file; write {SOURCES}");
            return self.hides(value, &path, &text);
        }
        match (name, text) {
            ("name", Some(text)) if is_account_name(text) => {
                pending.is_named = true;
                account.name = AccountName::new(text);
            }
            ("name", _) => {
                let wanted = "should be a word of letters, digits, - and _, like \"work\"";
                return self.not_as_wanted(&path, value, wanted);
            }
            ("provider", text) => {
                pending.provider = text.and_then(ProviderKind::parse);
                if pending.provider.is_none() {
                    let wanted = format!("should be one of {}", providers());
                    return self.not_as_wanted(&path, value, &wanted);
                }
            }
            ("as", Some(text)) if !text.trim().is_empty() => {
                account.acts_as = Some(text.trim().to_owned());
            }
            ("as", _) => return self.not_as_wanted(&path, value, "should be a person's name"),
            ("cadence", text) => match text.map(str::parse) {
                Some(Ok(cadence)) => {
                    account.cadence = cadence;
                    pending.has_cadence = true;
                }
                _ => {
                    let wanted = "should be like \"weekly:fri\", \"biweekly:mon\", \
                                  \"monthly:1\", \"quarterly:1\" or \"none\"";
                    return self.not_as_wanted(&path, value, wanted);
                }
            },
            ("hold", _) => account.hold = Some(self.setting_of(&path, value, read::hold)?),
            ("refresh", _) => {
                account.refresh = Some(self.setting_of(&path, value, read::refresh)?)
            }
            ("status_map", _) => self.status_map(account, value)?,
            ("url", Some(text)) if !text.trim().is_empty() => {
                pending.url = Some(text.trim().to_owned());
            }
            // An address may hold a password: it is not repeated.
            ("url", _) => {
                return self.hides(
                    value,
                    &path,
                    "should be text like \"https://app.operately.com\"",
                );
            }
            ("ca_file", Some(text)) if !text.is_empty() => {
                pending.ca_file = Some(PathBuf::from(text));
            }
            ("ca_file", _) => {
                return self.not_as_wanted(&path, value, "should be a file's name");
            }
            ("insecure", _) => {
                pending.insecure = self.setting_of(&path, value, read::flag)?;
            }
            ("token", _) => {
                let text = format!("a token does not stand in this file; write {SOURCES}");
                return self.hides(value, &path, &text);
            }
            (key, _) if SPECIAL.iter().any(|(name, _)| *name == key) => {
                self.special(&mut account.special, key, value)?;
            }
            ("token_command" | "token_env" | "token_file" | "token_keyring", _) => {
                self.token(pending, name, value)?;
            }
            _ => self.unknown(key, &path, &ACCOUNT),
        }
        Ok(())
    }

    /// One of the keys that only some systems have.
    fn special(&mut self, special: &mut Special, key: &str, value: &Spot<'_>) -> Result<(), Wrong> {
        let path = format!("account.{key}");
        let text = value.get_ref().as_str().map(str::trim);
        let text = text.filter(|text| !text.is_empty());
        let wanted = match (key, text) {
            // Ids of digits are easily written without quotes.
            ("workspace" | "account_id", text) => {
                let id = match value.get_ref() {
                    DeValue::Integer(number) => Some(number.to_string()),
                    _ => text.map(str::to_owned),
                };
                special.workspace = id;
                match special.workspace {
                    Some(_) => return Ok(()),
                    None => "should be an id like \"90161438581\"",
                }
            }
            ("me", Some(text)) => {
                special.me = Some(text.to_owned());
                return Ok(());
            }
            ("me", None) => "should be a user id, an e-mail address or a name",
            ("auth_scheme", text) => {
                let known = [
                    ("auto", AuthScheme::Auto),
                    ("bearer", AuthScheme::Bearer),
                    ("raw", AuthScheme::Raw),
                ];
                match known.iter().find(|(word, _)| Some(*word) == text) {
                    Some((_, scheme)) => {
                        special.auth_scheme = *scheme;
                        return Ok(());
                    }
                    None => "should be \"auto\", \"bearer\" or \"raw\"",
                }
            }
            ("percent_scale", text) => {
                let known = [
                    ("auto", PercentScale::Auto),
                    ("percent", PercentScale::Percent),
                    ("fraction", PercentScale::Fraction),
                ];
                match known.iter().find(|(word, _)| Some(*word) == text) {
                    Some((_, scale)) => {
                        special.percent_scale = *scale;
                        return Ok(());
                    }
                    None => "should be \"auto\", \"percent\" or \"fraction\"",
                }
            }
            ("body_style", text) => {
                let known = [("bare", BodyStyle::Bare), ("wrapped", BodyStyle::Wrapped)];
                match known.iter().find(|(word, _)| Some(*word) == text) {
                    Some((_, style)) => {
                        special.body_style = *style;
                        return Ok(());
                    }
                    None => "should be \"bare\" or \"wrapped\"",
                }
            }
            ("due_after", _) => {
                let days = match value.get_ref() {
                    DeValue::Integer(number) => number.to_string().parse::<u32>().ok(),
                    _ => None,
                };
                match days.filter(|days| (1..=366).contains(days)) {
                    Some(days) => {
                        special.due_after = DueAfter(days);
                        return Ok(());
                    }
                    None => "should be a number of days between 1 and 366",
                }
            }
            ("completed", _) => {
                special.completed = self.setting_of(&path, value, read::flag)?;
                return Ok(());
            }
            ("plans", _) => {
                let words = value.get_ref().as_array().map(|words| {
                    let words = words.iter().map(|word| word.get_ref().as_str());
                    words
                        .map(|word| word.map(|word| word.trim().to_owned()))
                        .collect::<Option<Vec<String>>>()
                });
                match words.flatten() {
                    Some(plans) if plans.iter().all(|plan| !plan.is_empty()) => {
                        special.plans = plans;
                        return Ok(());
                    }
                    _ => "should be a list of plan ids like [\"5d0c8a52-77a1\"]",
                }
            }
            (_, Some(text)) => {
                special.items_file = Some(PathBuf::from(text));
                return Ok(());
            }
            (_, None) => "should be the name of a CSV file",
        };
        self.not_as_wanted(&path, value, wanted)
    }

    /// An error at a value that is not repeated.
    fn hides(&mut self, value: &Spot<'_>, path: &str, text: &str) -> Result<(), Wrong> {
        self.error(value.span(), path, text.to_owned());
        Err(Wrong)
    }

    fn setting_of<T>(
        &mut self,
        path: &str,
        value: &Spot<'_>,
        read: fn(&read::Scalar<'_>) -> Result<T, String>,
    ) -> Result<T, Wrong> {
        let nothing = read::Scalar::Number(f64::NAN);
        let scalar = scalar(value.get_ref()).unwrap_or(nothing);
        read(&scalar).map_err(|wanted| {
            self.wrong(path, value, &wanted);
            Wrong
        })
    }

    /// One of the keys that say where the token lies.
    fn token(&mut self, pending: &mut Pending, key: &str, value: &Spot<'_>) -> Result<(), Wrong> {
        let path = format!("account.{key}");
        let source = match source(key, value.get_ref()) {
            Ok(Some(source)) => source,
            Ok(None) => return Ok(()),
            Err(wanted) => return self.hides(value, &path, &wanted),
        };
        if let Some((other, _)) = &pending.token {
            let text = format!("there is {other} too; keep the one that counts");
            return self.hides(value, &path, &text);
        }
        pending.token = Some((key.to_owned(), source));
        Ok(())
    }

    fn status_map(&mut self, account: &mut Account, value: &Spot<'_>) -> Result<(), Wrong> {
        let path = "account.status_map";
        let Some(table) = value.get_ref().as_table() else {
            let wanted = "should be a table like { \"Amber\" = \"at_risk\" }";
            return self.not_as_wanted(path, value, wanted);
        };
        for (word, value) in in_order(table) {
            let word = word.get_ref().to_string();
            let Some(status) = value.get_ref().as_str().and_then(Status::parse) else {
                let codes = Status::ALL.map(|status| format!("\"{}\"", status.words().code));
                let wanted = format!("should be one of {}", codes.join(", "));
                return self.not_as_wanted(&format!("{path}.{word}"), value, &wanted);
            };
            account.status_map.insert(word, status);
        }
        Ok(())
    }

    /// Keys that mean nothing for this provider are named, and nothing else.
    fn out_of_place(&mut self, table: &DeTable<'_>, provider: ProviderKind) {
        let (keys, why): (&[&str], &str) = if provider.is_remote() {
            (&LOCAL_ONLY, "the token says who you are there")
        } else {
            (&REMOTE_ONLY, "a local account has no server")
        };
        for (key, _) in in_order(table) {
            if keys.contains(&key.get_ref().as_ref()) {
                let path = format!("account.{}", key.get_ref());
                self.warn(key.span(), &path, format!("is ignored: {why}"));
            }
            let special = SPECIAL.iter().find(|(name, _)| name == key.get_ref());
            if let Some((_, kinds)) = special
                && !kinds.contains(&provider)
            {
                let path = format!("account.{}", key.get_ref());
                let why = format!("{} has no such setting", provider.name());
                self.warn(key.span(), &path, format!("is ignored: {why}"));
            }
        }
    }
}

/// The words for `provider`, as a choice.
fn providers() -> String {
    ProviderKind::ALL
        .map(|kind| format!("\"{}\"", kind.code()))
        .join(", ")
}

/// A keyring is asked under the account's name.
fn with_name(token: TokenSource, name: &AccountName) -> TokenSource {
    match token {
        TokenSource::Keyring(_) => TokenSource::Keyring(name.clone()),
        other => other,
    }
}

/// Where the token lies by what one key says; none for a keyring that is not
/// wanted. An error says what the value should be.
fn source(key: &str, value: &DeValue<'_>) -> Result<Option<TokenSource>, String> {
    let text = value
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    Ok(Some(match (key, value, text) {
        ("token_command", DeValue::Array(words), _) => {
            let words: Option<Vec<String>> = words
                .iter()
                .map(|word| word.get_ref().as_str().map(str::to_owned))
                .collect();
            TokenSource::Command(words.filter(|words| is_command(words)).ok_or(COMMAND)?)
        }
        ("token_command", _, Some(line)) => TokenSource::Command(command(line)?),
        ("token_command", ..) => return Err(COMMAND.to_owned()),
        ("token_env", _, Some(name)) => TokenSource::Env(variable(name)?),
        ("token_env", ..) => return Err(VARIABLE.to_owned()),
        ("token_file", _, Some(file)) if !looks_like_token(file) => {
            TokenSource::File(PathBuf::from(file))
        }
        ("token_file", ..) => {
            return Err("should be the name of a file that holds the token".to_owned());
        }
        (_, DeValue::Boolean(true), _) => TokenSource::Keyring(AccountName::new("")),
        (_, DeValue::Boolean(false), _) => return Ok(None),
        _ => return Err("should be true or false".to_owned()),
    }))
}

/// What the name of a variable should look like.
const VARIABLE: &str = "should be the name of an environment variable, like \"WORK_TOKEN\"";

/// A command line as its words; it is run without a shell.
///
/// # Errors
/// What it should look like.
pub fn command(line: &str) -> Result<Vec<String>, String> {
    match shlex::split(line) {
        Some(words) if is_command(&words) => Ok(words),
        Some(_) => Err(COMMAND.to_owned()),
        None => Err("has a quote that is not closed".to_owned()),
    }
}

/// Words that can be run. A token among them would stand in the list of processes.
fn is_command(words: &[String]) -> bool {
    words.first().is_some_and(|word| !word.is_empty())
        && !words.iter().any(|word| has_token_shape(word))
}

/// The name of a variable.
///
/// # Errors
/// What it should look like; a token given in its place is not repeated.
pub fn variable(name: &str) -> Result<String, String> {
    let mut letters = name.chars();
    let first = letters.next();
    let is_name = first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name && !looks_like_token(name) {
        Ok(name.to_owned())
    } else {
        Err(VARIABLE.to_owned())
    }
}
