//! One account as the file has it: which system, who signs in and how, and what
//! differs from the settings of all.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::model::cadence::Cadence;
use crate::model::ids::AccountName;
use crate::model::sign_in::SignIn;
use crate::model::status::Status;

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

/// Check-ins of goals on this machine are asked for on Fridays unless the account
/// says otherwise.
pub const USUAL_CADENCE: Cadence = Cadence::Weekly(chrono::Weekday::Fri);

/// The systems there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// One file on this machine.
    Local,
    /// A server of Operately.
    Operately,
}

impl ProviderKind {
    /// All of them.
    pub const ALL: [ProviderKind; 2] = [ProviderKind::Local, ProviderKind::Operately];

    /// The word in the file.
    pub fn code(self) -> &'static str {
        match self {
            ProviderKind::Local => "local",
            ProviderKind::Operately => "operately",
        }
    }

    /// The name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            ProviderKind::Local => "the local workspace",
            ProviderKind::Operately => "Operately",
        }
    }

    /// Reads the word in the file.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == word)
    }

    /// Whether it lives on a server and needs an address and a token.
    pub fn is_remote(self) -> bool {
        self != ProviderKind::Local
    }

    /// The cadence of goals that bring none, unless the account says otherwise.
    pub fn usual_cadence(self) -> Cadence {
        if self.is_remote() {
            Cadence::None
        } else {
            USUAL_CADENCE
        }
    }
}
