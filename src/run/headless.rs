//! The same store and the same ports without a screen: carries commands out and
//! waits until nothing is under way. For the command line and for tests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use chrono::TimeDelta;

use crate::disk::Disk;
use crate::disk::sender_lock::{self, SenderLock, Turn};
use crate::model::entry::Records;
use crate::model::ids::{AccountName, EntryId};
use crate::model::progress::Rules;
use crate::model::time::{Now, Time};
use crate::providers::Provider;
use crate::store::effect::{Command, Effect, Outcome, Toast};
use crate::store::{Setup, Store};

use super::clock::Clock;
use super::world::World;

/// The disk is waited for so long, whatever else is.
pub(super) const FOR_THE_DISK: Duration = Duration::from_secs(10);

/// A store that runs without a screen.
pub struct Headless {
    pub(super) store: Store,
    pub(super) world: World,
    pub(super) outcomes: UnboundedReceiver<Outcome>,
    pub(super) runtime: Runtime,
    pub(super) clock: Clock,
    pub(super) toasts: Vec<Toast>,
    pub(super) disk: Option<Disk>,
    pub(super) lock: Option<SenderLock>,
    /// Hears what is to be said while something is waited for.
    hears: Hears,
    /// Until when accounts wait, as far as it was said.
    said: BTreeMap<AccountName, Time>,
}

/// Who hears, while something long is waited for, why.
pub type Hears = Box<dyn Fn(&str)>;

/// What a program runs on.
pub struct Parts {
    /// Accounts as configured.
    pub setups: Vec<Setup>,
    /// Their providers.
    pub providers: BTreeMap<AccountName, Arc<dyn Provider>>,
    /// This machine's memory; none for the demo.
    pub disk: Option<Disk>,
    /// What it kept.
    pub records: Records,
    /// How figures are counted.
    pub rules: Rules,
    /// The clock.
    pub clock: Clock,
    /// Why nothing may be written, if so.
    pub read_only: Option<String>,
}

impl Headless {
    /// Starts and reads every account once. Nothing is held here: nobody sits in
    /// front of it to take it back.
    ///
    /// # Errors
    /// When the operating system gives no runtime.
    pub fn start(parts: Parts) -> std::io::Result<Self> {
        Self::heard(parts, Box::new(|_| {}))
    }

    /// The same, telling somebody when an account has to wait for its limit of
    /// requests.
    ///
    /// # Errors
    /// When the operating system gives no runtime.
    pub fn heard(mut parts: Parts, hears: Hears) -> std::io::Result<Self> {
        for setup in &mut parts.setups {
            setup.hold = TimeDelta::zero();
        }
        let mut headless = Self::open(parts, hears)?;
        headless.carry_out(vec![Command::Start], Duration::from_secs(60));
        Ok(headless)
    }

    /// Puts the parts together and asks nobody anything yet.
    pub(super) fn open(parts: Parts, hears: Hears) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (sender, outcomes) = unbounded_channel();
        let mut store = Store::new(parts.setups, parts.rules);
        if let Some(why) = parts.read_only {
            store.set_read_only(why);
        }
        let world = World::new(parts.disk.clone(), parts.providers, sender);
        let mut headless = Self {
            store,
            world,
            outcomes,
            runtime,
            clock: parts.clock,
            toasts: Vec::new(),
            disk: parts.disk,
            lock: None,
            hears,
            said: BTreeMap::new(),
        };
        headless.take(Outcome::Loaded(parts.records));
        Ok(headless)
    }

    /// The store, to read from.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The present moment.
    pub fn now(&self) -> Now {
        self.clock.now()
    }

    /// Carries commands out and waits until nothing is under way, at most so long;
    /// if they send something, until that is through or waiting longer brings it no
    /// further. Returns what there is to say.
    pub fn carry_out(&mut self, commands: Vec<Command>, at_most: Duration) -> Vec<Toast> {
        let wanted: Vec<EntryId> = commands.iter().filter_map(sends).cloned().collect();
        for command in commands {
            let now = self.clock.now();
            let effects = self.store.command(command, now);
            self.execute(effects);
        }
        let deadline = Instant::now() + at_most;
        if wanted.is_empty() {
            self.wait(deadline, Store::is_idle);
        } else {
            let until = self.clock.now().at + TimeDelta::from_std(at_most).unwrap_or_default();
            self.become_sender();
            self.wait(deadline, |store| is_through(store, &wanted, until));
            self.stop_sending();
            self.wait(deadline, Store::is_idle);
        }
        // However short the patience, what was posted is on disk.
        self.wait(
            deadline.max(Instant::now() + FOR_THE_DISK),
            Store::is_written,
        );
        std::mem::take(&mut self.toasts)
    }

    /// Takes in what comes until something is so, or the time is over.
    pub(super) fn wait(&mut self, deadline: Instant, is_so: impl Fn(&Store) -> bool) {
        while !is_so(&self.store) {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                break;
            };
            let wake = self.store.next_wake(self.clock.now());
            let wake = wake.map_or(left, |time| self.clock.until(time).min(left));
            let outcomes = &mut self.outcomes;
            let next = self
                .runtime
                .block_on(async { tokio::time::timeout(wake, outcomes.recv()).await });
            match next {
                Ok(Some(outcome)) => self.take(outcome),
                Ok(None) => break,
                Err(_) => self.take(Outcome::Woke),
            }
        }
    }

    /// Remote accounts take writes from one program at a time. If another holds the
    /// lock, it sends ours too.
    pub(super) fn become_sender(&mut self) {
        if !self.store.wants_sender() {
            return;
        }
        if self.lock.is_none()
            && let Some(disk) = &self.disk
        {
            match sender_lock::try_lock(disk.directory()) {
                Ok(Turn::Ours(lock)) => self.lock = Some(lock),
                Ok(Turn::Theirs(pid)) => return self.take(Outcome::Sender { mine: false, pid }),
                Err(fault) => {
                    let sentence = format!("nothing can be sent: {fault}");
                    return self.toasts.push(Toast::error(sentence));
                }
            }
        }
        self.take(Outcome::Sender {
            mine: true,
            pid: None,
        });
    }

    /// Nothing more leaves; what is under way is still waited for. The lock stays
    /// until the program ends, for a request may still be on the line.
    fn stop_sending(&mut self) {
        if self.store.other_sender().is_none() {
            self.take(Outcome::Sender {
                mine: false,
                pid: None,
            });
        }
    }

    pub(super) fn take(&mut self, outcome: Outcome) {
        let now = self.clock.now();
        let effects = self.store.outcome(outcome, now);
        self.execute(effects);
        self.tell_waits(now);
    }

    /// Says once of each wait for a limit of requests that it has begun.
    fn tell_waits(&mut self, now: Now) {
        for account in self.store.accounts() {
            let name = &account.setup.name;
            let Some(until) = self.store.waits_until(name, &now) else {
                continue;
            };
            if self.said.insert(name.clone(), until) != Some(until) {
                let seconds = (until - now.at).num_seconds().max(1);
                (self.hears)(&format!(
                    "{name} waits {seconds} s (its limit of requests), then it goes on"
                ));
            }
        }
    }

    /// Waits on while an account only waits for its limit of requests, for at most
    /// so long.
    pub fn wait_for_limits(&mut self, at_most: Duration) {
        let end = Instant::now() + at_most;
        while self.is_at_limit() && Instant::now() < end {
            let deadline = end.min(Instant::now() + Duration::from_secs(60));
            self.wait(deadline, Store::is_idle);
        }
    }

    /// Whether an account waits for its limit of requests.
    fn is_at_limit(&self) -> bool {
        let now = self.clock.now();
        let mut accounts = self.store.accounts();
        accounts.any(|one| self.store.waits_until(&one.setup.name, &now).is_some())
    }

    pub(super) fn execute(&mut self, effects: Vec<Effect>) {
        let _inside = self.runtime.enter();
        for effect in effects {
            if let Some(Effect::Say(toast)) = self.world.execute(effect) {
                self.toasts.push(toast);
            }
        }
    }
}

/// The write that a command sends, if it sends one.
fn sends(command: &Command) -> Option<&EntryId> {
    match command {
        Command::Post(post) | Command::PostLater { post, .. } => Some(&post.id),
        Command::Retry(id) => Some(id),
        _ => None,
    }
}

/// Whether waiting until then brings none of these further, and all is on disk.
fn is_through(store: &Store, wanted: &[EntryId], until: Time) -> bool {
    store.is_written() && !wanted.iter().any(|id| store.is_under_way(id, until))
}
