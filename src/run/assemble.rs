//! Configuration, places, store and providers put together: what every front of
//! the program runs on. Asks no provider anything yet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use crate::config::file::{Account, Config, Loaded};
use crate::config::paths::{Flags, Platform};
use crate::config::{Environment, Paths};
use crate::disk::{self, Disk, Mode, OpenFault};
use crate::model::ids::AccountName;
use crate::providers::Provider;
use crate::providers::http::Rehearsal;
use crate::providers::local::{Local, Who};
use crate::store::Setup;
use crate::store::outbox::Settle;

use super::clock::Clock;
use super::headless::Parts;
use super::remote;

/// What flags say about what the program runs on.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only this account.
    pub account: Option<String>,
    /// Who to be in local workspaces.
    pub as_name: Option<String>,
    /// Refuse every write.
    pub read_only: bool,
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// The folder that holds the store.
    pub data_dir: Option<PathBuf>,
    /// The made-up company in place of what is kept.
    pub demo: Option<Demo>,
    /// Whether colours are wanted; none to find out.
    pub wants_colour: Option<bool>,
    /// No network at all: accounts elsewhere show what is kept of them here.
    pub offline: bool,
    /// The past day the screens show first, if not the present.
    pub as_of: Option<NaiveDate>,
    /// Accounts elsewhere are read, and their writes taken down instead of sent.
    pub rehearsal: Option<Arc<Rehearsal>>,
}

/// The made-up company.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demo {
    /// The moment to pretend; its own if none.
    pub at: Option<NaiveDateTime>,
}

/// Everything put together.
pub struct Assembled {
    /// What a front runs on.
    pub parts: Parts,
    /// The configuration that counts.
    pub config: Config,
    /// The configuration file as it stands, for who reads keys from it.
    pub config_text: String,
    /// Where things lie; the demo has only its configuration there.
    pub paths: Paths,
    /// Sentences to be said once: warnings, what was moved aside.
    pub notices: Vec<String>,
    /// The configuration has errors and the defaults hold.
    pub is_config_broken: bool,
    /// Nothing was configured or kept before: the first start.
    pub is_first: bool,
}

/// Why nothing could be put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A flag or a setting is wrong, not the machine.
    pub is_usage: bool,
    /// What failed.
    pub what: String,
    /// Why, half a sentence.
    pub why: String,
    /// What to do.
    pub remedy: String,
    /// Copies that could take the place of a store that is gone.
    pub copies: Vec<PathBuf>,
}

impl Fault {
    fn new(what: impl Into<String>, why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            is_usage: false,
            what: what.into(),
            why: why.into(),
            remedy: remedy.into(),
            copies: Vec::new(),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.why)?;
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

/// Where things lie.
///
/// # Errors
/// When there is no place for the store.
pub fn paths(options: &Options, environment: &Environment) -> Result<Paths, Fault> {
    let flags = Flags {
        config_file: options.config.clone(),
        data_dir: options.data_dir.clone(),
    };
    Paths::find(&flags, environment, Platform::of_process().as_ref())
        .map_err(|why| Fault::new("no place for your goals", why.trim_end_matches('.'), ""))
}

/// The sentences about a configuration that was read.
fn config_notices(loaded: &Loaded, file: &Path) -> Vec<String> {
    let file = file.display();
    let errors = loaded
        .errors
        .iter()
        .map(|notice| format!("{file}: {notice}; the defaults hold"));
    let warnings = loaded
        .warnings
        .iter()
        .map(|notice| format!("{file}: {notice}"));
    errors.chain(warnings).collect()
}

/// Where things lie and what the configuration says, before anything is opened.
#[derive(Debug)]
pub struct Ground {
    /// The variables of this process.
    pub environment: Environment,
    /// Where things lie.
    pub paths: Paths,
    /// The configuration and what is wrong with it.
    pub loaded: Loaded,
}

impl Ground {
    /// Reads the configuration.
    ///
    /// # Errors
    /// When there is no place for the store.
    pub fn read(options: &Options) -> Result<Self, Fault> {
        let environment = Environment::of_process();
        let paths = paths(options, &environment)?;
        let loaded = Loaded::read(&paths.config_file, &environment);
        Ok(Self {
            environment,
            paths,
            loaded,
        })
    }
}

/// Puts everything together.
///
/// # Errors
/// No place for the store, a store that does not open, an unknown account.
pub fn assemble(options: &Options) -> Result<Assembled, Fault> {
    let ground = Ground::read(options)?;
    let (paths, loaded) = (&ground.paths, &ground.loaded);
    let mut notices = config_notices(loaded, &paths.config_file);
    if let Some(file) = options.config.as_ref().filter(|file| !file.exists()) {
        let file = file.display();
        notices.push(format!("{file} is not there; the defaults hold"));
    }
    let is_config_broken = !loaded.errors.is_empty();
    // What cannot be read was told above.
    let config_text = std::fs::read_to_string(&paths.config_file).unwrap_or_default();
    let (parts, is_first) = match &options.demo {
        Some(_) => (demo_parts(options, &loaded.config), false),
        None => kept_parts(options, &ground, &mut notices)?,
    };
    Ok(Assembled {
        parts,
        config: ground.loaded.config,
        config_text,
        paths: ground.paths,
        notices,
        is_config_broken,
        is_first,
    })
}

/// The store in the data directory; whether it is there tells a first start.
const STORE: &str = "goaldeck.db";

/// Whether anything was ever kept here.
pub fn has_store(paths: &Paths) -> bool {
    paths.data.join(STORE).exists()
}

/// The account there is when none is configured.
pub const ON_THIS_MACHINE: &str = "local";

const READ_ONLY: &str = "read-only: goaldeck was started with --read-only";

/// Accounts of the configuration; one workspace on this machine if it has none.
///
/// # Errors
/// The one that is asked for is not there.
pub fn accounts(options: &Options, config: &Config) -> Result<Vec<Account>, Fault> {
    let mut accounts = config.accounts.clone();
    if accounts.is_empty() {
        accounts.push(Account::local(ON_THIS_MACHINE));
    }
    let Some(wanted) = &options.account else {
        return Ok(accounts);
    };
    let names: Vec<String> = accounts.iter().map(|one| one.name.to_string()).collect();
    accounts.retain(|account| account.name.as_str() == wanted);
    if accounts.is_empty() {
        return Err(Fault {
            is_usage: true,
            ..Fault::new(
                format!("no account is called \"{wanted}\""),
                format!("there is {}", names.join(", ")),
                "see goaldeck account list",
            )
        });
    }
    Ok(accounts)
}

/// Opens the store in the data directory.
///
/// # Errors
/// Why it does not open; copies that could take its place.
pub fn open_store(paths: &Paths, read_only: bool, clock: &Clock) -> Result<disk::Opened, Fault> {
    let mut how = disk::Options::new(clock.now().at);
    how.zone = clock.now().zone;
    how.read_only = read_only;
    Disk::open(&paths.data, &how).map_err(|fault| match fault {
        OpenFault::Lost { sentence, copies } => Fault {
            copies,
            ..Fault::new(
                "the store is gone",
                sentence.trim_end_matches('.').to_owned(),
                "",
            )
        },
        OpenFault::Fault(fault) => Fault::new("the store does not open", fault.why, fault.remedy),
    })
}

fn kept_parts(
    options: &Options,
    ground: &Ground,
    notices: &mut Vec<String>,
) -> Result<(Parts, bool), Fault> {
    let clock = Clock::real();
    let (paths, config) = (&ground.paths, &ground.loaded.config);
    let accounts = accounts(options, config)?;
    let is_new = !has_store(paths);
    let opened = open_store(paths, options.read_only && !is_new, &clock)?;
    notices.extend(opened.notices);
    let read_only = match opened.mode {
        Mode::ReadOnly(sentence) if !options.read_only => Some(sentence),
        Mode::ReadOnly(_) | Mode::ReadWrite => options.read_only.then(|| READ_ONLY.to_owned()),
    };
    let records = opened
        .disk
        .load_records_now()
        .map_err(|fault| Fault::new("the store cannot be read", fault.why, fault.remedy))?;
    // Who only looked at the demo has not said yet where the goals shall be.
    let is_untouched =
        records.entries.is_empty() && records.drafts.is_empty() && records.marks.is_empty();
    let is_first = config.accounts.is_empty() && is_untouched && !options.read_only;
    let mut setups = Vec::new();
    let mut providers: BTreeMap<AccountName, Arc<dyn Provider>> = BTreeMap::new();
    for account in &accounts {
        let provider: Arc<dyn Provider> = match &account.sign_in {
            Some(_) => remote::kept(options, ground, account, &opened.disk),
            None => Arc::new(Local::new(
                Arc::new(opened.disk.clone()),
                account.name.clone(),
                who(options, account, &ground.environment),
            )),
        };
        let mut setup = setup(account, provider.as_ref(), config);
        setup.refresh = setup.refresh.filter(|_| !options.offline);
        setups.push(setup);
        providers.insert(account.name.clone(), provider);
    }
    let parts = Parts {
        setups,
        providers,
        disk: Some(opened.disk),
        records,
        rules: config.rules,
        clock,
        read_only,
    };
    Ok((parts, is_first))
}

/// Who uses a workspace: the flag beats the account, which beats the login name.
fn who(options: &Options, account: &Account, environment: &Environment) -> Who {
    let named = options.as_name.clone().or_else(|| account.acts_as.clone());
    named.map_or_else(
        || {
            let login = ["USER", "LOGNAME", "USERNAME"]
                .into_iter()
                .find_map(|name| environment.text(name));
            Who::Owner(login.unwrap_or_else(|| "me".to_owned()))
        },
        Who::Named,
    )
}

fn setup(account: &Account, provider: &dyn Provider, config: &Config) -> Setup {
    let abilities = provider.abilities();
    Setup {
        name: account.name.clone(),
        hold: if abilities.immediate {
            TimeDelta::zero()
        } else {
            account.hold.unwrap_or(config.hold)
        },
        // What this machine keeps tells by itself when it changes.
        refresh: account
            .refresh
            .or(config.refresh)
            .filter(|every| !abilities.immediate && !every.is_zero()),
        settle: settle(),
        cadence: account.cadence,
        abilities,
        origin: remote::origin(account),
    }
}

/// Tests of debug builds do not wait for minutes: `GOALDECK_TEST_SETTLE` has the
/// milliseconds to the first look and between the two.
#[cfg(debug_assertions)]
fn settle() -> Settle {
    let usual = Settle::default();
    let text = std::env::var("GOALDECK_TEST_SETTLE").unwrap_or_default();
    let times = text.split_once(',');
    let milliseconds = |text: &str| text.parse().map(TimeDelta::milliseconds).ok();
    times.map_or(usual, |(first, second)| Settle {
        first: milliseconds(first).unwrap_or(usual.first),
        second: milliseconds(second).unwrap_or(usual.second),
        ..usual
    })
}

#[cfg(not(debug_assertions))]
fn settle() -> Settle {
    Settle::default()
}

/// The clock that counts: that of the machine, or of the made-up company.
pub fn clock(options: &Options) -> Clock {
    let start = |demo: Demo| demo.at.unwrap_or_else(crate::providers::demo::moment);
    options
        .demo
        .map_or_else(Clock::real, |demo| Clock::starting_at(start(demo)))
}

fn demo_parts(options: &Options, config: &Config) -> Parts {
    let clock = clock(options);
    let now = clock.now();
    let mut setups = Vec::new();
    let mut providers: BTreeMap<AccountName, Arc<dyn Provider>> = BTreeMap::new();
    for (name, provider) in crate::providers::demo::providers(now) {
        if options
            .account
            .as_ref()
            .is_some_and(|wanted| name.as_str() != wanted)
        {
            continue;
        }
        let account = Account::local(name.as_str());
        setups.push(setup(&account, provider.as_ref(), config));
        providers.insert(name, provider);
    }
    Parts {
        setups,
        providers,
        disk: None,
        records: crate::providers::demo::records(now),
        rules: config.rules,
        clock,
        read_only: options.read_only.then(|| READ_ONLY.to_owned()),
    }
}
