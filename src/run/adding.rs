//! Writing a new account down: the settings, and the token if it was typed. For
//! the command line and for the screens.

use std::sync::Arc;

use secrecy::zeroize::Zeroizing;

use crate::config::file::Account;
use crate::config::{add_account, change_account, first_account, remove_account, save};
use crate::model::direct::Introduction;
use crate::model::exchange::{Fault, FaultKind};
use crate::model::ids::AccountName;
use crate::model::sign_in::{Deed, NewAccount, Tending, TokenSource, Typed};
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

    /// Asks the server of an account who is signed in: with the token it has, or
    /// with one that was typed, which is then kept where the old one is.
    ///
    /// # Errors
    /// As the server says; then the old token stays. Or the token lies where this
    /// program does not write.
    pub async fn try_token(
        &self,
        account: &AccountName,
        typed: Option<&Typed>,
    ) -> Result<Introduction, Fault> {
        let ground = self.ground()?;
        let account = known(&ground, account)?;
        let Some(typed) = typed else {
            let provider = remote::bare(&self.options, &ground, &account, None);
            return provider.introduce().await;
        };
        let source = account.sign_in.as_ref().map(|sign_in| &sign_in.token);
        let Some(TokenSource::File(file)) = source else {
            let why = format!("the token of {} is not kept by goaldeck", account.name);
            return Err(Fault::new(FaultKind::Unsupported, why, instead(source)));
        };
        let token = Token::new(typed.expose())?;
        let provider = remote::tried(&self.options, &ground, &account, Some(token)).await;
        let met = provider.introduce().await?;
        let file = remote::put_in_place(file, &ground);
        let text = Zeroizing::new(format!("{}\n", typed.expose().trim()));
        save(&file, text.as_bytes()).map_err(|error| unwritten(&file, &error))?;
        Ok(met)
    }

    /// Changes the settings about an account that is there. Waits for the disk: not
    /// for the thread of the loop.
    ///
    /// # Errors
    /// The settings cannot be read, changed or written; then they stay as they are.
    pub fn change(&self, tending: &Tending) -> Result<(), Fault> {
        let ground = self.ground()?;
        let account = known(&ground, &tending.account)?;
        let file = &ground.paths.config_file;
        let text = std::fs::read_to_string(file).map_err(|error| {
            let why = format!("{} cannot be read ({error})", file.display());
            Fault::new(FaultKind::Disk, why, "check the file")
        })?;
        let changed = match tending.deed {
            Deed::First => first_account(&text, &account.name),
            Deed::Remove => remove_account(&text, &account.name),
            Deed::Test | Deed::Renew(_) => return Ok(()),
        };
        let changed =
            changed.map_err(|why| Fault::new(FaultKind::Disk, why.trim_end_matches('.'), ""))?;
        save(file, changed.as_bytes()).map_err(|error| unwritten(file, &error))?;
        if tending.deed == Deed::Remove && account.sign_in.is_some() {
            self.forget(&ground, &account)?;
        }
        Ok(())
    }

    /// What was read of an account elsewhere goes with it, and the file that we made
    /// for its token.
    fn forget(&self, ground: &Ground, account: &Account) -> Result<(), Fault> {
        let clock = super::clock::Clock::real();
        if let Ok(opened) = assemble::open_store(&ground.paths, false, &clock) {
            remote::forget(&opened.disk, &account.name)?;
        }
        let ours = token_file(account.name.as_str());
        let source = account.sign_in.as_ref().map(|sign_in| &sign_in.token);
        if source == Some(&TokenSource::File(ours.clone())) {
            let file = ground.paths.config_dir().join(ours);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Fault::new(
                        FaultKind::Disk,
                        format!("{} with the token is still there ({error})", file.display()),
                        "remove it",
                    ));
                }
                _ => {}
            }
        }
        Ok(())
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

/// An account of the settings.
fn known(ground: &Ground, name: &AccountName) -> Result<Account, Fault> {
    let mut accounts = ground.loaded.config.accounts.iter();
    let account = accounts.find(|account| account.name == *name);
    account.cloned().ok_or_else(|| {
        let why = format!("the settings have no account {name} any more");
        Fault::new(FaultKind::Unsupported, why, "look into them")
    })
}

/// Where a token lies, in words that hold nothing of it.
pub fn token_place(source: &TokenSource) -> String {
    match source {
        TokenSource::File(file) => format!("in the file {}", file.display()),
        TokenSource::Env(name) => format!("in the variable {name}"),
        // Its arguments may say more than its name should.
        TokenSource::Command(words) => {
            let program = words.first().map_or("a command", String::as_str);
            format!("printed by {program} (token_command)")
        }
        TokenSource::Keyring(_) => "in the system's keyring".to_owned(),
    }
}

/// What to do for another token where this program does not write it.
pub fn instead(source: Option<&TokenSource>) -> String {
    match source {
        Some(TokenSource::Env(name)) => {
            format!("set {name} to the new one and start goaldeck again")
        }
        Some(TokenSource::Command(_)) => {
            "put the new one where token_command finds it, then R".to_owned()
        }
        Some(TokenSource::Keyring(account)) => {
            format!("put the new one into the keyring, service goaldeck, user {account}, then R")
        }
        Some(TokenSource::File(_)) => "type the new one".to_owned(),
        None => "it has no token".to_owned(),
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
