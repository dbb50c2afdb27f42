//! Writing a new account down: the settings, and the token if it was typed. For
//! the command line and for the screens.

use std::sync::Arc;

use secrecy::zeroize::Zeroizing;

use crate::config::file::Account;
use crate::config::{add_account, change_account, save};
use crate::model::direct::Introduction;
use crate::model::exchange::{Fault, FaultKind};
use crate::model::sign_in::NewAccount;
use crate::providers::Provider;
use crate::providers::http::Token;

use super::assemble::{self, Ground, Options};
use super::{direct, remote};

/// What is needed to add accounts while the program runs.
#[derive(Clone, Debug)]
pub struct Adding {
    /// The flags of this run.
    pub options: Options,
}

impl Adding {
    /// Meets the server of an account that is not there yet.
    ///
    /// # Errors
    /// As the provider says, or the settings cannot be read.
    pub async fn meet(&self, new: &NewAccount) -> Result<Introduction, Fault> {
        let ground = self.ground()?;
        let account = account_of(new);
        let token = new.typed.as_ref().map(|typed| Token::new(typed.expose()));
        let provider: Arc<dyn Provider> =
            remote::tried(&self.options, &ground, &account, token.transpose()?).await;
        provider.introduce().await
    }

    /// Writes an account down.
    ///
    /// # Errors
    /// The settings or the token's file cannot be read or written; then neither is
    /// changed.
    pub fn write(&self, new: &NewAccount) -> Result<(), Fault> {
        let ground = self.ground()?;
        let account = account_of(new);
        let file = &ground.paths.config_file;
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                let why = format!("{} cannot be read ({error})", file.display());
                return Err(Fault::new(FaultKind::Disk, why, "check the file"));
            }
        };
        let longer = with_account(&self.options, &ground, &text, &account)
            .map_err(|why| Fault::new(FaultKind::Disk, why.trim_end_matches('.'), ""))?;
        if let Some(typed) = &new.typed {
            keep_token(&ground, new.sign_in.account.as_str(), typed.expose())?;
        }
        save(file, longer.as_bytes()).map_err(|error| unwritten(file, &error))
    }

    /// The settings as they stand.
    ///
    /// # Errors
    /// They cannot be read, or are wrong.
    pub fn ground(&self) -> Result<Ground, Fault> {
        let ground = Ground::read(&self.options)
            .map_err(|fault| Fault::new(FaultKind::Disk, fault.to_string(), ""))?;
        match ground.loaded.errors.first() {
            Some(error) => Err(Fault::new(
                FaultKind::Disk,
                format!("{}: {error}", ground.paths.config_file.display()),
                "mend it first, goaldeck config edit opens it",
            )),
            None => Ok(ground),
        }
    }
}

/// The account as the settings shall have it.
fn account_of(new: &NewAccount) -> Account {
    Account {
        special: new.special.clone(),
        ..Account::remote(new.kind, new.sign_in.clone())
    }
}

/// The settings with the account in them. What was kept on this machine without
/// an account must not disappear when the first one is written down.
///
/// # Errors
/// A sentence: the settings cannot take it.
pub fn with_account(
    options: &Options,
    ground: &Ground,
    text: &str,
    account: &Account,
) -> Result<String, String> {
    let known = &ground.loaded.config.accounts;
    if known.iter().any(|one| one.name == account.name) && account.sign_in.is_some() {
        return change_account(text, account);
    }
    let here = assemble::ON_THIS_MACHINE;
    if known.is_empty() && account.name.as_str() != here && has_goals_here(options, ground) {
        let text = add_account(text, &Account::local(here))?;
        return add_account(&text, account);
    }
    add_account(text, account)
}

/// Whether goals lie in the workspace there is without any account. One that
/// cannot be looked into counts.
fn has_goals_here(options: &Options, ground: &Ground) -> bool {
    if !assemble::has_store(&ground.paths) {
        return false;
    }
    // Not read-only: a workspace nobody used yet has to be able to say that.
    let options = Options {
        account: None,
        ..options.clone()
    };
    let Ok(assembled) = assemble::assemble(&options) else {
        return true;
    };
    assembled
        .parts
        .providers
        .values()
        .any(|provider| direct::introduce(provider).map_or(true, |met| met.goals > 0))
}

/// The file for a token that was typed, from the folder of the settings.
pub fn token_file(name: &str) -> std::path::PathBuf {
    std::path::PathBuf::from("tokens").join(name)
}

/// Puts a token that was typed into a file only we can read.
///
/// # Errors
/// The file cannot be written.
pub fn keep_token(ground: &Ground, name: &str, token: &str) -> Result<(), Fault> {
    let file = ground.paths.config_dir().join(token_file(name));
    let text = Zeroizing::new(format!("{}\n", token.trim()));
    save(&file, text.as_bytes()).map_err(|error| unwritten(&file, &error))
}

fn unwritten(file: &std::path::Path, error: &std::io::Error) -> Fault {
    let why = format!("{} cannot be written ({error})", file.display());
    Fault::new(FaultKind::Disk, why, "check the folder's rights and space")
}
