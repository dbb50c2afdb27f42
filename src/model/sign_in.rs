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
