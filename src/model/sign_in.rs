//! How an account of a remote provider signs in: where its server is and where
//! its token lies. Never the token itself.

use std::path::PathBuf;

use super::ids::AccountName;

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
