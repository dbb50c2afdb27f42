//! How an account of a remote provider signs in: where its server is and where
//! its token lies. Never the token itself.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::ids::AccountName;
use super::system::{ProviderKind, Special};

/// Where the token of an account comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// The first line a program prints: its name and arguments, run without a
    /// shell.
    Command(Vec<String>),
    /// An environment variable, by name.
    Env(String),
    /// A file only we may read.
    File(PathBuf),
    /// The system's keyring, service [`KEYRING_SERVICE`], user the account's
    /// name. Only in builds with the cargo feature `keyring`.
    Keyring(AccountName),
}

/// The service under which tokens lie in the system's keyring.
pub const KEYRING_SERVICE: &str = "goaldeck";

/// Whether somebody wrote a token where its place, or a name, was asked for: a token
/// of a known shape, or a long row of letters and digits that nobody types as a name.
pub fn looks_like_token(text: &str) -> bool {
    let text = text.trim();
    let is_row = text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let has = |is: fn(&u8) -> bool| text.bytes().any(|byte| is(&byte));
    has_token_shape(text) || is_row && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

/// Whether a text begins as tokens do: of Operately (`opk_`), personal ones of ClickUp
/// (`pk_`), a JWT as Quantive's, or with the word that goes before one.
pub fn has_token_shape(text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    lower.starts_with("opk_")
        || lower.starts_with("bearer ")
        || lower.starts_with("api-key ")
        || text.starts_with("pk_")
        || text.starts_with("eyJ") && text.contains('.')
}

/// One account's way to its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The account's name in the settings.
    pub account: AccountName,
    /// The server's address as the person wrote it, unchecked.
    pub url: String,
    /// Where the token comes from.
    pub token: TokenSource,
    /// More certificate authorities to trust, as a PEM file.
    pub ca_file: Option<PathBuf>,
    /// Whether `http://` may be used to a host that is not this machine. Nothing
    /// turns certificate checks off.
    pub insecure: bool,
}

/// A token as a person typed it. Printed it is `***`; wiped when it goes.
#[derive(Clone)]
pub struct Typed(SecretString);

impl Typed {
    /// What was typed, without white space around it.
    pub fn new(text: &str) -> Self {
        Self(SecretString::from(text.trim().to_owned()))
    }

    /// The token itself, for the one who signs in with it or puts it away.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl PartialEq for Typed {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

/// What a person wants done with an account that is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Tending {
    /// Which account.
    pub account: AccountName,
    /// What.
    pub deed: Deed,
}

/// What can be done with an account while the program runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Ask its server who is signed in.
    Test,
    /// Try another token, and keep it where the old one is.
    Renew(Typed),
    /// Put it before all others: new goals go there.
    First,
    /// Take it out of the settings.
    Remove,
}

/// An account at a server as a form describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAccount {
    /// Which system.
    pub kind: ProviderKind,
    /// What only accounts of this system have to say.
    pub special: Special,
    /// The way in.
    pub sign_in: SignIn,
    /// The token, if it was typed: it goes into the file that `sign_in` names.
    pub typed: Option<Typed>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_from_names_and_files() {
        for token in [
            "opk_7Qw3rtyU1op",
            " pk_4021_ABC",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x-y_z",
            "Bearer abc",
            "API-KEY abc",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert!(looks_like_token(token), "{token}");
        }
        for name in [
            "work",
            "PK_CLICKUP",
            "tokens/work",
            "/home/ana/.config/eyJ",
            "90161438581",
            "a_very_long_name_of_a_variable_of_mine",
            "thisisaverylongwordwithoutanydigit",
        ] {
            assert!(!looks_like_token(name), "{name}");
        }
        // An item's id in a password store may be long.
        assert!(!has_token_shape("0123456789abcdef0123456789abcdef"));
    }
}
