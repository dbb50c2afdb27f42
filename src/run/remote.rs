//! From an account of the configuration to a provider on a server elsewhere:
//! address, token and certificates in their places. Asks nothing yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::file::{Account, ProviderKind};
use crate::config::private;
use crate::disk::Disk;
use crate::model::cache;
use crate::model::exchange::{Fault, FaultKind};
use crate::model::ids::AccountName;
use crate::model::sign_in::{SignIn, TokenSource};
use crate::providers::Provider;
use crate::providers::barred::Barred;
use crate::providers::beside::Beside;
use crate::providers::cached::Cached;
use crate::providers::http::{self, Client, Site, Token};

use super::assemble::{Ground, Options};
use super::systems;

/// The provider of an account elsewhere, with what this machine keeps of it.
pub fn kept(
    options: &Options,
    ground: &Ground,
    account: &Account,
    disk: &Disk,
) -> Arc<dyn Provider> {
    let bare = made(options, ground, account, None, Some(disk));
    let Some(origin) = origin(account) else {
        // Its address cannot be read, so nothing that is there is kept of it.
        return beside(bare, account, disk);
    };
    let site = cache::Site {
        account: account.name.clone(),
        origin,
    };
    let clock = super::clock::Clock::real();
    let cached = Cached::new(
        bare,
        Arc::new(disk.clone()),
        site,
        Arc::new(move || clock.now().at),
    );
    match options.offline {
        true => beside(cached.offline(), account, disk),
        false => beside(cached, account, disk),
    }
}

/// What has no place at the provider lies beside it.
fn beside<P: Provider + 'static>(provider: P, account: &Account, disk: &Disk) -> Arc<dyn Provider> {
    let clock = super::clock::Clock::real();
    let beside = Beside::new(
        provider,
        Arc::new(disk.clone()),
        account.name.clone(),
        Arc::new(move || clock.now()),
    );
    Arc::new(beside.with_cadence(account.cadence))
}

/// The provider of an account elsewhere, without what is kept of it here; with
/// this token instead of the account's own, if one is given. One that cannot be
/// used stands there and says why.
pub fn bare(
    options: &Options,
    ground: &Ground,
    account: &Account,
    token: Option<Token>,
) -> Arc<dyn Provider> {
    made(options, ground, account, token, None)
}

/// As [`bare`], for an account that is tried before it is added: what is learned
/// of its server and token is remembered here, so that a token that may only read
/// is known as that from the first screen on.
pub async fn tried(
    options: &Options,
    ground: &Ground,
    account: &Account,
    token: Option<Token>,
) -> Arc<dyn Provider> {
    let clock = super::clock::Clock::real();
    let opened = super::assemble::open_store(&ground.paths, options.read_only, &clock).ok();
    let (Some(opened), Some(origin)) = (opened, origin(account)) else {
        return bare(options, ground, account, token);
    };
    let known = ground.loaded.config.accounts.iter();
    let mut known = known.filter(|known| known.name == account.name);
    if known.any(|known| self::origin(known).as_ref() != Some(&origin)) {
        // Its place here is still that of the other server.
        return bare(options, ground, account, token);
    }
    let site = cache::Site {
        account: account.name.clone(),
        origin,
    };
    // Without a place for it, it is learned anew.
    let _unplaced = cache::Cache::enroll(&opened.disk, site).await;
    made(options, ground, account, token, Some(&opened.disk))
}

fn made(
    options: &Options,
    ground: &Ground,
    account: &Account,
    token: Option<Token>,
    disk: Option<&Disk>,
) -> Arc<dyn Provider> {
    let kind = account.provider;
    let client = client(options, ground, account, token);
    let made = client.and_then(|client| systems::made(ground, account, client, disk));
    made.unwrap_or_else(|fault| Arc::new(Barred::new(systems::abilities(kind), fault)))
}

/// Forgets what this machine keeps of an account elsewhere.
///
/// # Errors
/// The disk does not take it.
pub fn forget(disk: &Disk, account: &AccountName) -> Result<(), Fault> {
    disk.forget(account).wait()
}

pub(super) fn no_server(account: &Account) -> Fault {
    let why = format!(
        "{} has no server, its goals lie on this machine",
        account.name
    );
    Fault::new(FaultKind::Unsupported, why, "choose an account of a server")
}

/// The way to an account's server.
fn client(
    options: &Options,
    ground: &Ground,
    account: &Account,
    token: Option<Token>,
) -> Result<Client, Fault> {
    let sign_in = account.sign_in.as_ref().ok_or_else(|| no_server(account))?;
    if options.offline {
        return Err(Fault::new(
            FaultKind::Offline,
            "goaldeck was started with --offline",
            "start it without",
        ));
    }
    let sign_in = in_place(sign_in, account.provider, ground);
    if token.is_none() && matches!(sign_in.token, TokenSource::Command(_)) {
        private::check(&ground.paths.config_file).map_err(|(why, remedy)| {
            let why = format!("token_command is not run: {why}");
            Fault::new(FaultKind::SignedOut, why, remedy)
        })?;
    }
    let name = account.provider.name();
    let how = http::Options {
        token_header: systems::token_header(account.provider),
        rehearsal: options.rehearsal.clone(),
        ..http::Options::default()
    };
    match token {
        Some(token) => Client::with_token(name, &sign_in, token, how),
        None => Client::new(name, &sign_in, how),
    }
}

/// The site an account lives on, if its address can be read.
pub fn origin(account: &Account) -> Option<String> {
    let sign_in = account.sign_in.as_ref()?;
    let site = Site::parse(&sign_in.url, sign_in.insecure).ok()?;
    Some(site.origin())
}

/// With paths as they are meant: `~` is the home folder, others are relative to
/// the folder of the configuration file. An address may end where the interface
/// begins.
fn in_place(sign_in: &SignIn, kind: ProviderKind, ground: &Ground) -> SignIn {
    let here = |path: &Path| put_in_place(path, ground);
    SignIn {
        url: systems::base(kind, &sign_in.url).to_owned(),
        token: match &sign_in.token {
            TokenSource::File(file) => TokenSource::File(here(file)),
            other => other.clone(),
        },
        ca_file: sign_in.ca_file.as_deref().map(here),
        ..sign_in.clone()
    }
}

pub(super) fn put_in_place(path: &Path, ground: &Ground) -> PathBuf {
    let home = ground.environment.get("HOME").map(PathBuf::from);
    match (path.strip_prefix("~"), &home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => ground.paths.config_dir().join(path),
    }
}
