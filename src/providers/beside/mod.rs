//! A remote provider and, beside it, what this machine keeps for good because the
//! provider has no place for it. Outermost of the wrappers, so that what is kept
//! here is there without a network and never gets into the cache, which may be
//! thrown away.
//!
//! - Every batch that passes is filled with what is kept (`memory`).
//! - A write whose ability is *kept here* is carried out here, once a key, and the
//!   provider never hears of it (`here`).
//! - Of other writes the provider does its part and the rest is kept here: what a
//!   check-in says besides, fields of a goal (`halves`).
//! - Where a provider has no inbox, lines are made of what differs between two
//!   reads (`news`).
//!
//! For a provider that keeps nothing here it does nothing at all.
//!
//! Notes are read from the disk at the first use, then before every question and
//! every write what changed since: one look at an index, so a program needs nobody
//! to tell it what another one wrote. What others wrote goes to the store with the
//! next batch, also for goals that batch does not name.

mod halves;
mod here;
mod memory;
mod news;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::mpsc::unbounded_channel;

use super::{Provider, Sink};
use crate::model::cadence::Cadence;
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{
    Abilities, Answer, Batch, Change, Fault, FaultKind, GoalEdit, Letter, Query,
};
use crate::model::ids::AccountName;
use crate::model::kept_here::{Keeper, Keeping, keeps_anything};
use crate::model::time::Now;

use memory::Memory;
use news::Reading;

/// Tells the present moment and the zone in which days begin.
pub type Clock = Arc<dyn Fn() -> Now + Send + Sync>;

/// A provider and what is kept beside it.
pub struct Beside<P> {
    inner: P,
    keeper: Arc<dyn Keeper>,
    account: AccountName,
    clock: Clock,
    memory: Mutex<Memory>,
}

impl<P> std::fmt::Debug for Beside<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Beside")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl<P: Provider> Beside<P> {
    /// A provider beside which `keeper` keeps what it has no place for; asks
    /// neither anything yet.
    pub fn new(inner: P, keeper: Arc<dyn Keeper>, account: AccountName, clock: Clock) -> Self {
        Self {
            inner,
            keeper,
            account,
            clock,
            memory: Mutex::default(),
        }
    }

    /// The same, where goals that bring no cadence have this one.
    #[must_use]
    pub fn with_cadence(self, cadence: Cadence) -> Self {
        self.memory().cadence = cadence;
        self
    }

    /// What is remembered. Never held over an await: what is filled and what is
    /// handed on stay in one order.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what this or another program wrote since the last time.
    async fn sync(&self) -> Result<(), Fault> {
        let after = self.memory().revision();
        let changed = self.keeper.changed(&self.account, after).await?;
        self.memory().take(changed);
        Ok(())
    }

    /// Writes notes and takes them in; false if it was done before.
    async fn keep(&self, mut keeping: Keeping) -> Result<bool, Fault> {
        keeping.at = (self.clock)().at;
        let done = self.keeper.keep(&self.account, keeping).await?;
        self.sync().await?;
        Ok(done)
    }

    async fn answer_question(&self, query: Query, mut sink: Sink) -> Result<(), Fault> {
        if let Err(fault) = self.sync().await {
            // What was read before counts until the disk is well again.
            tracing::warn!(account = %self.account, %fault, "what is kept here cannot be read");
        }
        let abilities = self.inner.abilities();
        let mut reading = Reading::new(&self.account, &query, &abilities, (self.clock)());
        let (pieces, mut came) = unbounded_channel();
        let hand = Box::new(move |batch| {
            // The receiver lives until the answer is complete or not wanted.
            let _unheard = pieces.send(batch);
        });
        let mut last = None;
        let mut pass = |batch: Batch| {
            let batch = self.memory().read(batch, &mut reading);
            if batch.more {
                sink(batch);
            } else {
                last = Some(batch);
            }
        };
        let mut asked = self.inner.fetch(query, hand);
        let end = loop {
            tokio::select! {
                biased;
                Some(batch) = came.recv() => pass(batch),
                end = &mut asked => break end,
            }
        };
        while let Ok(batch) = came.try_recv() {
            pass(batch);
        }
        end?;
        let Some(mut last) = last else {
            return Ok(());
        };
        let news = self.memory().news(&mut reading, &last);
        if !news.is_empty()
            && let Err(fault) = self.keep(news).await
        {
            tracing::warn!(account = %self.account, %fault, "news is not kept");
        }
        self.memory().end(&mut last, &reading);
        sink(last);
        Ok(())
    }
}

/// The disk does not take it: nothing is done, and it is tried again.
fn ill(fault: Fault) -> Answer {
    Answer::Refused(Fault {
        kind: FaultKind::Disk,
        ..fault
    })
}

impl<P: Provider> Provider for Beside<P> {
    fn abilities(&self) -> Abilities {
        self.inner.abilities()
    }

    fn fetch(&self, query: Query, sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        if !keeps_anything(&self.inner.abilities()) {
            return self.inner.fetch(query, sink);
        }
        Box::pin(self.answer_question(query, sink))
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        if !keeps_anything(&self.inner.abilities()) {
            return self.inner.send(letter);
        }
        Box::pin(async move {
            match self.sync().await {
                Ok(()) => self.write(letter).await,
                // Afterwards the rest could not be kept.
                Err(fault) => ill(fault),
            }
        })
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        if !keeps_anything(&self.inner.abilities()) {
            return self.inner.look_for(letter);
        }
        Box::pin(async move {
            self.sync().await?;
            self.look(letter).await
        })
    }

    /// All of it: what the provider does not take is kept here.
    fn takes(&self, edit: &GoalEdit) -> GoalEdit {
        edit.clone()
    }

    fn has_part_in(&self, change: &Change) -> bool {
        self.inner.has_part_in(change)
    }

    fn introduce(&self) -> BoxFuture<'_, Result<Introduction, Fault>> {
        self.inner.introduce()
    }

    fn call(&self, call: Call) -> BoxFuture<'_, Result<CallAnswer, Fault>> {
        self.inner.call(call)
    }
}
