//! The systems goals can live in, and what accounts of some of them have to say
//! besides how they sign in. Plain data; the settings file fills it, the
//! providers read it.

use std::path::PathBuf;

use super::cadence::Cadence;

/// The systems there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// One file on this machine.
    Local,
    /// A server of Operately.
    Operately,
    /// Quantive Results, formerly Gtmhub.
    Quantive,
    /// ClickUp's goals.
    ClickUp,
    /// AchieveIt.
    AchieveIt,
}

/// Check-ins of goals on this machine are asked for on Fridays unless the account
/// says otherwise.
pub const USUAL_CADENCE: Cadence = Cadence::Weekly(chrono::Weekday::Fri);

impl ProviderKind {
    /// All of them.
    pub const ALL: [ProviderKind; 5] = [
        ProviderKind::Local,
        ProviderKind::Operately,
        ProviderKind::Quantive,
        ProviderKind::ClickUp,
        ProviderKind::AchieveIt,
    ];

    /// The word in the settings file.
    pub fn code(self) -> &'static str {
        match self {
            ProviderKind::Local => "local",
            ProviderKind::Operately => "operately",
            ProviderKind::Quantive => "quantive",
            ProviderKind::ClickUp => "clickup",
            ProviderKind::AchieveIt => "achieveit",
        }
    }

    /// The name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            ProviderKind::Local => "the local workspace",
            ProviderKind::Operately => "Operately",
            ProviderKind::Quantive => "Quantive",
            ProviderKind::ClickUp => "ClickUp",
            ProviderKind::AchieveIt => "AchieveIt",
        }
    }

    /// Reads the word in the settings file; Quantive also by its old name.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "gtmhub" => Some(ProviderKind::Quantive),
            word => Self::ALL.into_iter().find(|kind| kind.code() == word),
        }
    }

    /// Whether it lives on a server and needs an address and a token.
    pub fn is_remote(self) -> bool {
        self != ProviderKind::Local
    }

    /// Where it is if the account does not say: none where every company has a
    /// server of its own.
    pub fn usual_url(self) -> Option<&'static str> {
        match self {
            ProviderKind::Local => None,
            ProviderKind::Operately => Some("https://app.operately.com"),
            ProviderKind::Quantive => Some("https://app.gtmhub.com/api"),
            ProviderKind::ClickUp => Some("https://api.clickup.com/api/v2"),
            ProviderKind::AchieveIt => Some("https://api.achieveit.com"),
        }
    }

    /// The name where one of several is chosen: with an older one, if people know that.
    pub fn long_name(self) -> &'static str {
        match self {
            ProviderKind::Quantive => "Quantive (Gtmhub)",
            ProviderKind::ClickUp => "ClickUp Goals",
            kind => kind.name(),
        }
    }

    /// What signs in there, for who chooses one.
    pub fn wants(self) -> &'static str {
        match self {
            ProviderKind::Local => "one file on this machine, no account",
            ProviderKind::Operately => "address and API token",
            ProviderKind::Quantive => "account and API token",
            ProviderKind::ClickUp => "API token",
            ProviderKind::AchieveIt => "address and API key",
        }
    }

    /// Where a system with several places is, by the names of its data centres, the
    /// usual one first: Quantive's hosts of before and after it was renamed.
    pub fn hosts(self) -> &'static [(&'static str, &'static str)] {
        match self {
            ProviderKind::Quantive => &[
                ("Europe, older host", "https://app.gtmhub.com/api"),
                ("Europe", "https://app.quantive.com/results/api"),
                ("United States, older host", "https://app.us.gtmhub.com/api"),
                ("United States", "https://app.us.quantive.com/results/api"),
                ("Asia", "https://app.as.quantive.com/results/api"),
                ("South America", "https://app.sa.quantive.com/results/api"),
                ("Australia", "https://app.au.quantive.com/results/api"),
            ],
            _ => &[],
        }
    }

    /// The cadence of goals that bring none, unless the account says otherwise.
    /// Operately's goals and Quantive's key results bring theirs; the others ask for
    /// no check-ins themselves.
    pub fn usual_cadence(self) -> Cadence {
        match self {
            ProviderKind::Operately | ProviderKind::Quantive => Cadence::None,
            _ => USUAL_CADENCE,
        }
    }
}

/// What only accounts of some systems have to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Special {
    /// ClickUp: the Workspace (`team_id`). Quantive: the account (`accountId`).
    pub workspace: Option<String>,
    /// Who I am there, where the token does not say: a user id, an e-mail address
    /// or a name.
    pub me: Option<String>,
    /// ClickUp: how the token is sent.
    pub auth_scheme: AuthScheme,
    /// ClickUp: how percentages come.
    pub percent_scale: PercentScale,
    /// ClickUp: completed goals are read too.
    pub completed: bool,
    /// Quantive: how bodies are wrapped.
    pub body_style: BodyStyle,
    /// Quantive: days after its last check-in at which a key result is due again.
    pub due_after: DueAfter,
    /// AchieveIt: the plans to read, by id.
    pub plans: Vec<String>,
    /// AchieveIt: the file of external ids, as written.
    pub items_file: Option<PathBuf>,
}

/// How a ClickUp token is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthScheme {
    /// `Bearer` first; bare once if that is refused and the token begins with `pk_`.
    #[default]
    Auto,
    /// `Authorization: Bearer TOKEN`
    Bearer,
    /// `Authorization: TOKEN`
    Raw,
}

/// How ClickUp's percentages come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PercentScale {
    /// Told by the answers themselves.
    #[default]
    Auto,
    /// 0–100
    Percent,
    /// 0–1
    Fraction,
}

/// How Quantive wants its bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodyStyle {
    /// As they are; wrapped once if that is refused.
    #[default]
    Bare,
    /// Under the parameter's name.
    Wrapped,
}

/// Days after its last check-in at which a key result is due again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueAfter(pub u32);

impl Default for DueAfter {
    /// A week, as Quantive's own tool has it.
    fn default() -> Self {
        Self(7)
    }
}
