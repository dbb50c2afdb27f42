//! Text of configuration files: the commented example, and additions to a file
//! that leave every other byte of it alone.

use std::fmt::Write as _;

use super::file::{Account, USUAL_CADENCE};
use super::read;

/// Every setting with its default and a word about it. As it stands it changes
/// nothing: the values are the defaults, the account is commented out.
pub fn print_default() -> &'static str {
    include_str!("../../assets/config.toml")
}

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
    let mut longer = text.to_owned();
    if !longer.is_empty() {
        longer.push_str(if longer.ends_with('\n') { "\n" } else { "\n\n" });
    }
    let provider = account.provider.code();
    let _ = writeln!(
        longer,
        "[[account]]\nname = {}\nprovider = \"{provider}\"",
        quoted(account.name.as_str())
    );
    if let Some(name) = &account.acts_as {
        let _ = writeln!(longer, "as = {}", quoted(name));
    }
    if account.cadence != USUAL_CADENCE {
        let _ = writeln!(longer, "cadence = \"{}\"", account.cadence);
    }
    // What was written must read back as what was meant, else nothing is written.
    let loaded = read::config(&longer);
    if let Some(error) = loaded.errors.first() {
        return Err(format!(
            "The account was not added: {error}. Mend the configuration file and try again."
        ));
    }
    if loaded.config.accounts.last() != Some(account) {
        return Err(
            "The account was not added: the file takes no more at its end. Add it by hand."
                .to_owned(),
        );
    }
    Ok(longer)
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
