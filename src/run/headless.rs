//! The same store and the same ports without a screen: carries commands out and
//! waits until nothing is under way. For the command line and for tests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::disk::Disk;
use crate::model::entry::Records;
use crate::model::ids::AccountName;
use crate::model::progress::Rules;
use crate::model::time::Now;
use crate::providers::Provider;
use crate::store::effect::{Command, Effect, Outcome, Toast};
use crate::store::{Setup, Store};

use super::clock::Clock;
use super::world::World;

/// A store that runs without a screen.
pub struct Headless {
    store: Store,
    world: World,
    outcomes: UnboundedReceiver<Outcome>,
    runtime: Runtime,
    clock: Clock,
    toasts: Vec<Toast>,
}

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
    /// Starts and reads every account once.
    ///
    /// # Errors
    /// When the operating system gives no runtime.
    pub fn start(parts: Parts) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (sender, outcomes) = unbounded_channel();
        let mut store = Store::new(parts.setups, parts.rules);
        if let Some(why) = parts.read_only {
            store.set_read_only(why);
        }
        let world = World::new(parts.disk, parts.providers, sender);
        let mut headless = Self {
            store,
            world,
            outcomes,
            runtime,
            clock: parts.clock,
            toasts: Vec::new(),
        };
        headless.take(Outcome::Loaded(parts.records));
        headless.carry_out(vec![Command::Start], Duration::from_secs(60));
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

    /// Carries commands out and waits until nothing is under way, at most so long.
    /// Returns what there is to say.
    pub fn carry_out(&mut self, commands: Vec<Command>, at_most: Duration) -> Vec<Toast> {
        for command in commands {
            let now = self.clock.now();
            let effects = self.store.command(command, now);
            self.execute(effects);
        }
        let deadline = std::time::Instant::now() + at_most;
        while !self.store.is_idle() {
            let Some(left) = deadline.checked_duration_since(std::time::Instant::now()) else {
                break;
            };
            let outcomes = &mut self.outcomes;
            let next = self
                .runtime
                .block_on(async { tokio::time::timeout(left, outcomes.recv()).await });
            let Ok(Some(outcome)) = next else { break };
            self.take(outcome);
        }
        std::mem::take(&mut self.toasts)
    }

    fn take(&mut self, outcome: Outcome) {
        let now = self.clock.now();
        let effects = self.store.outcome(outcome, now);
        self.execute(effects);
    }

    fn execute(&mut self, effects: Vec<Effect>) {
        let _inside = self.runtime.enter();
        for effect in effects {
            if let Some(Effect::Say(toast)) = self.world.execute(effect) {
                self.toasts.push(toast);
            }
        }
    }
}
