//! One account as the file has it: which system, who signs in and how, and what
//! differs from the settings of all.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::model::cadence::Cadence;
use crate::model::ids::AccountName;
use crate::model::sign_in::SignIn;
use crate::model::status::Status;
use crate::model::system::Special;

pub use crate::model::system::{ProviderKind, USUAL_CADENCE};

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Unique; letters, digits, `-` and `_`.
    pub name: AccountName,
    /// Which system.
    pub provider: ProviderKind,
    /// Who I am in a workspace of several people.
    pub acts_as: Option<String>,
    /// The cadence of goals that bring none of their own.
    pub cadence: Cadence,
    /// How long its writes can be taken back before they leave; 0 s to 1 h.
    pub hold: Option<TimeDelta>,
    /// How often it is asked what is new; zero for never by itself.
    pub refresh: Option<TimeDelta>,
    /// How it signs in; none on this machine. Paths in it are as written: `~` and
    /// the folder they are relative to are put in when the account is used.
    pub sign_in: Option<SignIn>,
    /// What statuses of the provider mean here, by the provider's words.
    pub status_map: BTreeMap<String, Status>,
    /// What only accounts of this system have to say.
    pub special: Special,
}

impl Account {
    /// A workspace on this machine with the usual cadence.
    pub fn local(name: impl AsRef<str>) -> Self {
        Self {
            name: AccountName::new(name),
            provider: ProviderKind::Local,
            acts_as: None,
            cadence: USUAL_CADENCE,
            hold: None,
            refresh: None,
            sign_in: None,
            status_map: BTreeMap::new(),
            special: Special::default(),
        }
    }

    /// An account of a system elsewhere, which brings its own cadences.
    pub fn remote(provider: ProviderKind, sign_in: SignIn) -> Self {
        Self {
            provider,
            cadence: provider.usual_cadence(),
            sign_in: Some(sign_in.clone()),
            ..Self::local(sign_in.account.as_str())
        }
    }
}
