//! One account at Quantive as a provider: reading, writing and meeting over one
//! client.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::around::Around;
use super::client::{Api, Learned};
use super::send;
use crate::model::cache::Notes;
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{Abilities, Answer, Batch, Change, Fault, GoalEdit, Letter, Query};
use crate::model::ids::AccountName;
use crate::model::system::Special;
use crate::providers::cached::Clock;
use crate::providers::http::Client;
use crate::providers::notebook::Notebook;
use crate::providers::row_by_row::RowByRow;
use crate::providers::{Provider, Sink};

/// The note that holds what was learned of the server.
const LEARNED: &str = "learned";

/// One account.
pub struct Quantive {
    pub(super) api: Api,
    pub(super) account: AccountName,
    pub(super) clock: Clock,
    /// What was read last around the goals: sessions, people, reviewers.
    pub(super) around: Mutex<Option<Arc<Around>>>,
    pub(super) rows: RowByRow,
    memory: Option<Notebook<Learned>>,
}

impl std::fmt::Debug for Quantive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Quantive")
            .field("api", &self.api)
            .finish_non_exhaustive()
    }
}

impl Quantive {
    /// An account that asks and writes through this client, which must be for an
    /// address without a version at its end ([`super::client::base`]). Asks
    /// nothing yet.
    pub fn new(client: Client, account: AccountName, special: Special, clock: Clock) -> Self {
        Self {
            api: Api::new(client, special),
            account,
            clock,
            around: Mutex::new(None),
            rows: RowByRow::default(),
            memory: None,
        }
    }

    /// The same, remembering what it learns of the server over starts.
    #[must_use]
    pub fn remembering(mut self, notes: Arc<dyn Notes>) -> Self {
        self.memory = Some(Notebook::new(notes, self.account.clone(), LEARNED));
        self
    }

    /// Reads what was learned before, once.
    async fn recall(&self) {
        if let Some(memory) = &self.memory {
            memory.recall(|learned| self.api.recall(learned)).await;
        }
    }

    /// Notes what is new about the server.
    async fn remember(&self) {
        if let Some(memory) = &self.memory {
            memory.remember(self.api.learned()).await;
        }
    }

    pub(super) fn known_around(&self) -> Option<Arc<Around>> {
        let around = self.around.lock().unwrap_or_else(PoisonError::into_inner);
        around.clone()
    }

    pub(super) fn keep_around(&self, around: &Arc<Around>) {
        let mut kept = self.around.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Arc::clone(around));
    }
}

/// What accounts can do, told without asking one.
pub fn abilities() -> Abilities {
    send::abilities()
}

impl Provider for Quantive {
    fn abilities(&self) -> Abilities {
        send::abilities()
    }

    fn fetch(&self, query: Query, sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        async move {
            self.recall().await;
            let told = self.ask(query, sink).await;
            self.remember().await;
            told.map_err(|problem| problem.fault())
        }
        .boxed()
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        async move {
            self.recall().await;
            let answer = self.write(&letter, false).await;
            self.remember().await;
            answer
        }
        .boxed()
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        async move {
            self.recall().await;
            self.find(&letter).await
        }
        .boxed()
    }

    fn takes(&self, edit: &GoalEdit) -> GoalEdit {
        send::takes(edit)
    }

    fn has_part_in(&self, change: &Change) -> bool {
        send::has_part_in(change)
    }

    fn introduce(&self) -> BoxFuture<'_, Result<Introduction, Fault>> {
        async move {
            self.recall().await;
            let met = self.meet().await;
            self.remember().await;
            met.map_err(|problem| problem.fault())
        }
        .boxed()
    }

    fn call(&self, call: Call) -> BoxFuture<'_, Result<CallAnswer, Fault>> {
        async move { self.direct(call).await.map_err(|problem| problem.fault()) }.boxed()
    }
}
