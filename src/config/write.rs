//! Text of configuration files: the commented example, and changes to accounts
//! that leave every other byte of a file alone. Every change is read back and
//! compared before anybody gets it.

use std::fmt::Write as _;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_edit::{DocumentMut, Item, Table, Value};

use crate::model::ids::AccountName;
use crate::model::sign_in::{SignIn, TokenSource};
use crate::model::system::{AuthScheme, BodyStyle, DueAfter, PercentScale, Special};

use super::account::{Account, ProviderKind};
use super::read;

/// Every setting with its default and a word about it. As it stands it changes
/// nothing: the values are the defaults, the account is commented out.
pub fn print_default() -> &'static str {
    include_str!("../../assets/config.toml")
}

pub(super) const BY_HAND: &str = "Do it by hand, goaldeck config edit opens the file.";

/// The text with one more account at its end.
///
/// # Errors
/// A sentence when the text is not a valid configuration, or cannot take the
/// account: then it is to be edited by hand.
pub fn add_account(text: &str, account: &Account) -> Result<String, String> {
    if !read::is_account_name(account.name.as_str()) {
        return Err(format!(
            "\"{}\" cannot name an account. Use letters, digits, - and _.",
            account.name
        ));
    }
    let mut wanted = accounts(text).map_err(|error| unmade("not added", &error))?;
    if wanted.iter().any(|known| known.name == account.name) {
        return Err(format!(
            "The account was not added: \"{}\" is there already, it cannot be there twice.",
            account.name
        ));
    }
    wanted.push(account.clone());
    let mut longer = text.to_owned();
    if !longer.is_empty() {
        longer.push_str(if longer.ends_with('\n') { "\n" } else { "\n\n" });
    }
    longer.push_str(&block(account));
    checked(longer, &wanted, "not added")
}

/// The text without an account; comments in its table go with it.
///
/// # Errors
/// A sentence when the text is not a valid configuration, has no such account, or
/// has it in a form that is to be edited by hand.
pub fn remove_account(text: &str, name: &AccountName) -> Result<String, String> {
    let mut wanted = accounts(text).map_err(|error| unmade("not removed", &error))?;
    wanted.retain(|known| known.name != *name);
    let place =
        place(text, name).ok_or_else(|| format!("The account was not removed. {BY_HAND}"))?;
    let shorter = without(text, &place);
    checked(shorter, &wanted, "not removed")
}

/// The text with an account before all others: new goals go there.
///
/// # Errors
/// As for [`remove_account`].
pub fn first_account(text: &str, name: &AccountName) -> Result<String, String> {
    let what = "not put first";
    let mut wanted = accounts(text).map_err(|error| unmade(what, &error))?;
    let failed = || format!("The account was {what}. {BY_HAND}");
    let at = wanted
        .iter()
        .position(|known| known.name == *name)
        .ok_or_else(failed)?;
    if at == 0 {
        return Ok(text.to_owned());
    }
    let account = wanted.remove(at);
    let first = wanted.first().map(|first| first.name.clone());
    wanted.insert(0, account);
    let from = place(text, name).ok_or_else(failed)?;
    let to = first
        .and_then(|first| place(text, &first))
        .filter(|to| to.start < from.start)
        .ok_or_else(failed)?
        .start;
    let mut moved = text.get(from.clone()).unwrap_or_default().to_owned();
    moved.push_str(if moved.ends_with('\n') { "\n" } else { "\n\n" });
    let mut sorted = without(text, &from);
    sorted.insert_str(to, &moved);
    checked(sorted, &wanted, what)
}

/// The text with another way to sign in for an account that is there, and with what
/// only accounts of its system say; what else its table says stays.
///
/// # Errors
/// As for [`remove_account`].
pub fn change_account(text: &str, account: &Account) -> Result<String, String> {
    let name = &account.name;
    let what = "not changed";
    let failed = || format!("The account was {what}. {BY_HAND}");
    let mut wanted = accounts(text).map_err(|error| unmade(what, &error))?;
    let known = wanted
        .iter_mut()
        .find(|known| known.name == *name)
        .ok_or_else(failed)?;
    known.sign_in.clone_from(&account.sign_in);
    known.special = account.special.clone();
    let account = known.clone();
    let mut document: DocumentMut = text.parse().map_err(|_| failed())?;
    let tables = document
        .get_mut("account")
        .and_then(Item::as_array_of_tables_mut)
        .ok_or_else(failed)?;
    let table = tables
        .iter_mut()
        .find(|table| table.get("name").and_then(Item::as_str) == Some(name.as_str()))
        .ok_or_else(failed)?;
    let mut values = account
        .sign_in
        .as_ref()
        .map_or_else(Vec::new, sign_in_values);
    values.extend(special_values(&account));
    for key in SIGN_IN.into_iter().chain(SPECIAL) {
        match values.iter().find(|(name, _)| *name == key) {
            Some((_, value)) => put(table, key, value.clone()),
            None => {
                table.remove(key);
            }
        }
    }
    checked(document.to_string(), &wanted, what)
}

/// Keys of how an account signs in, in the order they are written.
const SIGN_IN: [&str; 7] = [
    "url",
    "token_command",
    "token_env",
    "token_file",
    "token_keyring",
    "ca_file",
    "insecure",
];

/// Keys that only accounts of some systems have, in the order they are written.
const SPECIAL: [&str; 10] = [
    "workspace",
    "account_id",
    "me",
    "auth_scheme",
    "percent_scale",
    "body_style",
    "items_file",
    "completed",
    "plans",
    "due_after",
];

/// A value in place of the old one, with the blanks and comments around that.
pub(super) fn put(table: &mut Table, key: &str, mut value: Value) {
    if let Some(old) = table.get_mut(key).and_then(Item::as_value_mut) {
        *value.decor_mut() = old.decor().clone();
        *old = value;
    } else {
        table.insert(key, Item::Value(value));
    }
}

/// How an account signs in, as keys and values.
fn sign_in_values(sign_in: &SignIn) -> Vec<(&'static str, Value)> {
    let path = |path: &std::path::Path| Value::from(path.to_string_lossy().into_owned());
    let mut values = vec![("url", Value::from(sign_in.url.as_str()))];
    values.push(match &sign_in.token {
        TokenSource::Command(words) => ("token_command", words.iter().collect()),
        TokenSource::Env(name) => ("token_env", Value::from(name.as_str())),
        TokenSource::File(file) => ("token_file", path(file)),
        TokenSource::Keyring(_) => ("token_keyring", Value::from(true)),
    });
    if let Some(file) = &sign_in.ca_file {
        values.push(("ca_file", path(file)));
    }
    if sign_in.insecure {
        values.push(("insecure", Value::from(true)));
    }
    values
}

/// What only accounts of this system have to say, where it is not the usual.
fn special_values(account: &Account) -> Vec<(&'static str, Value)> {
    let Special {
        workspace,
        me,
        auth_scheme,
        percent_scale,
        completed,
        body_style,
        due_after,
        plans,
        items_file,
    } = &account.special;
    let mut values = Vec::new();
    let mut put = |key, value: Option<&str>| {
        values.extend(value.map(|value| (key, Value::from(value))));
    };
    let id = match account.provider {
        ProviderKind::Quantive => "account_id",
        _ => "workspace",
    };
    put(id, workspace.as_deref());
    put("me", me.as_deref());
    put(
        "auth_scheme",
        match auth_scheme {
            AuthScheme::Auto => None,
            AuthScheme::Bearer => Some("bearer"),
            AuthScheme::Raw => Some("raw"),
        },
    );
    put(
        "percent_scale",
        match percent_scale {
            PercentScale::Auto => None,
            PercentScale::Percent => Some("percent"),
            PercentScale::Fraction => Some("fraction"),
        },
    );
    let is_wrapped = *body_style == BodyStyle::Wrapped;
    put("body_style", is_wrapped.then_some("wrapped"));
    let file = items_file.as_ref().map(|file| file.to_string_lossy());
    put("items_file", file.as_deref());
    if *completed {
        values.push(("completed", Value::from(true)));
    }
    if *due_after != DueAfter::default() {
        values.push(("due_after", Value::from(i64::from(due_after.0))));
    }
    if !plans.is_empty() {
        values.push(("plans", plans.iter().collect()));
    }
    values
}

/// The table of one account.
fn block(account: &Account) -> String {
    let mut block = format!(
        "[[account]]\nname = {}\nprovider = \"{}\"\n",
        quoted(account.name.as_str()),
        account.provider.code()
    );
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(block, "{key} = {value}");
    };
    if let Some(name) = &account.acts_as {
        line("as", &quoted(name));
    }
    if let Some(sign_in) = &account.sign_in {
        for (key, value) in sign_in_values(sign_in) {
            line(key, value.to_string().trim());
        }
    }
    for (key, value) in special_values(account) {
        line(key, value.to_string().trim());
    }
    if account.cadence != account.provider.usual_cadence() {
        line("cadence", &quoted(&account.cadence.to_string()));
    }
    for (key, span) in [("hold", account.hold), ("refresh", account.refresh)] {
        if let Some(span) = span {
            line(key, &format!("\"{}s\"", span.num_seconds()));
        }
    }
    if !account.status_map.is_empty() {
        let pairs: Vec<String> = account
            .status_map
            .iter()
            .map(|(word, status)| format!("{} = \"{}\"", quoted(word), status.words().code))
            .collect();
        line("status_map", &format!("{{ {} }}", pairs.join(", ")));
    }
    block
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The accounts of a text.
fn accounts(text: &str) -> Result<Vec<Account>, String> {
    let loaded = read::config(text);
    match loaded.errors.first() {
        Some(error) => Err(error.to_string()),
        None => Ok(loaded.config.accounts),
    }
}

fn unmade(what: &str, error: &str) -> String {
    format!("The account was {what}: {error}. Mend the configuration file and try again.")
}

/// What was written must read back as what was meant, else nothing is written.
fn checked(text: String, wanted: &[Account], what: &str) -> Result<String, String> {
    match accounts(&text) {
        Ok(found) if found == wanted => Ok(text),
        Ok(_) => Err(format!(
            "The account was {what}: the file is written in a way that cannot be changed safely. {BY_HAND}"
        )),
        Err(error) => Err(unmade(what, &error)),
    }
}

/// Where the table of an account stands: whole lines from its header to its last
/// value. None if it is not written as `[[account]]`.
fn place(text: &str, name: &AccountName) -> Option<Range<usize>> {
    let document = DeTable::parse(text).ok()?;
    let list = document.get_ref().get("account")?.get_ref().as_array()?;
    let (table, spot) = list.iter().find_map(|item| {
        let table = item.get_ref().as_table()?;
        let is_it = table.get("name")?.get_ref().as_str() == Some(name.as_str());
        is_it.then_some((table, item.span()))
    })?;
    let start = line_start(text, spot.start);
    if !text.get(start..)?.trim_start().starts_with("[[") {
        return None;
    }
    let end = line_end(text, end_of(table).max(spot.end));
    Some(start..end)
}

/// The end of the last value in a table and the tables in it.
fn end_of(table: &DeTable<'_>) -> usize {
    let end = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::Table(inner) => end_of(inner).max(value.span().end),
        _ => value.span().end,
    };
    table.values().map(end).max().unwrap_or(0)
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(0, |end| end + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    let after = text.get(at..).unwrap_or_default();
    after.find('\n').map_or(text.len(), |end| at + end + 1)
}

/// A text without some of its lines, and without one of the blank lines around
/// them.
fn without(text: &str, place: &Range<usize>) -> String {
    let before = text.get(..place.start).unwrap_or_default();
    let after = text.get(place.end..).unwrap_or_default();
    if before.ends_with("\n\n") && (after.is_empty() || after.starts_with('\n')) {
        format!("{}{after}", before.strip_suffix('\n').unwrap_or(before))
    } else if before.is_empty() {
        after.strip_prefix('\n').unwrap_or(after).to_owned()
    } else {
        format!("{before}{after}")
    }
}

#[cfg(test)]
#[path = "account_tests.rs"]
mod tests;
