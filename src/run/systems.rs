//! The provider of each system, made from an account and a way to its server. Asks
//! nothing yet.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::config::file::{Account, ProviderKind};
use crate::disk::Disk;
use crate::model::cache::Notes;
use crate::model::exchange::{Abilities, Fault, FaultKind};
use crate::providers::Provider;
use crate::providers::achieveit::{self, AchieveIt};
use crate::providers::clickup::{self, ClickUp};
use crate::providers::http::{self, Client, TokenHeader};
use crate::providers::operately::client::Learned;
use crate::providers::operately::{self, Operately};
use crate::providers::quantive::{self, Quantive};

use super::assemble::Ground;
use super::clock::Clock;
use super::remote;

/// The provider of an account over this way to its server; what it learns of the
/// server it remembers on `disk`, if there is one.
///
/// # Errors
/// The account has no server.
pub fn made(
    ground: &Ground,
    account: &Account,
    client: Client,
    disk: Option<&Disk>,
) -> Result<Arc<dyn Provider>, Fault> {
    let name = account.name.clone();
    let special = account.special.clone();
    let clock = Clock::real();
    let notes = disk.map(|disk| Arc::new(disk.clone()) as Arc<dyn Notes>);
    Ok(match account.provider {
        ProviderKind::Local => return Err(remote::no_server(account)),
        ProviderKind::Operately => {
            let client = operately::client::Client::new(client, Learned::default());
            let provider = Operately::new(client, name);
            match notes {
                Some(notes) => Arc::new(provider.remembering(notes)),
                None => Arc::new(provider),
            }
        }
        ProviderKind::Quantive => {
            let clock = Arc::new(move || clock.now().at);
            let provider = Quantive::new(client, name, special, clock);
            match notes {
                Some(notes) => Arc::new(provider.remembering(notes)),
                None => Arc::new(provider),
            }
        }
        ProviderKind::ClickUp => {
            let clock = Arc::new(move || clock.now());
            let provider = ClickUp::new(client, name, special, clock);
            match notes {
                Some(notes) => Arc::new(provider.remembering(notes)),
                None => Arc::new(provider),
            }
        }
        ProviderKind::AchieveIt => Arc::new(achieveit(ground, account, client, notes)),
    })
}

/// What accounts of a system can do, told without asking one.
pub fn abilities(kind: ProviderKind) -> Abilities {
    match kind {
        // A local account is never asked this way.
        ProviderKind::Local | ProviderKind::Operately => operately::account::abilities(),
        ProviderKind::Quantive => quantive::account::abilities(),
        ProviderKind::ClickUp => clickup::abilities(),
        ProviderKind::AchieveIt => achieveit::abilities(),
    }
}

/// How a system wants its token.
pub fn token_header(kind: ProviderKind) -> TokenHeader {
    match kind {
        ProviderKind::AchieveIt => TokenHeader::Prefixed("API-KEY"),
        _ => TokenHeader::Bearer,
    }
}

/// An address as the providers want it: it may be written to where the interface
/// begins.
pub fn base(kind: ProviderKind, url: &str) -> &str {
    let url = url.trim_end_matches('/');
    match kind {
        ProviderKind::Operately => url.strip_suffix(operately::client::BASE).unwrap_or(url),
        ProviderKind::Quantive => quantive::client::base(url),
        _ => url,
    }
}

fn achieveit(
    ground: &Ground,
    account: &Account,
    client: Client,
    notes: Option<Arc<dyn Notes>>,
) -> AchieveIt {
    let clock = Clock::real();
    let special = &account.special;
    let setup = achieveit::Setup {
        account: account.name.clone(),
        words: achieveit::Words::new(&account.status_map),
        me: special.me.clone(),
        plans: special.plans.clone(),
        items_file: special.items_file.as_deref().map(|file| {
            let file = remote::put_in_place(file, ground);
            let read: achieveit::ItemsFile = Arc::new(move || items_file(&file));
            read
        }),
        clock: Arc::new(move || clock.now()),
        pace: Arc::new(http::Clocked),
        notes,
    };
    AchieveIt::new(client, setup)
}

/// The file of external ids, within its limit.
fn items_file(path: &Path) -> Result<Vec<u8>, Fault> {
    const LARGEST: u64 = achieveit::items_file::LARGEST as u64;
    let unread = |why: String| {
        let why = format!("items_file {} cannot be read: {why}", path.display());
        Fault::new(FaultKind::Invalid, why, "check items_file of the account")
    };
    let wrong = |error: std::io::Error| unread(error.to_string());
    let found = std::fs::metadata(path).map_err(wrong)?;
    if !found.is_file() {
        return Err(unread("it is no plain file".to_owned()));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(wrong)?;
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
    if u64::try_from(read.map_err(wrong)?).is_ok_and(|read| read > LARGEST) {
        return Err(unread("it is larger than 8 MiB".to_owned()));
    }
    Ok(bytes)
}
