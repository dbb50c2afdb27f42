//! One account at ClickUp as a provider: questions go to the reader, writes to the
//! desk, both over one client.

use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::client::Client;
use super::learned::{LEARNED, Learned, SEEN, Seen};
use super::read::Reader;
use super::send::{Desk, Papers};
use super::{meet, send};
use crate::model::cache::Notes;
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{Abilities, Answer, Batch, Change, Fault, GoalEdit, Letter, Query};
use crate::model::ids::AccountName;
use crate::model::system::Special;
use crate::model::time::Now;
use crate::providers::notebook::Notebook;
use crate::providers::{Provider, Sink, http};

/// Tells the present moment and this machine's zone.
pub type Clock = Arc<dyn Fn() -> Now + Send + Sync>;

/// One account.
pub struct ClickUp {
    client: Arc<Client>,
    account: AccountName,
    reader: Reader,
    papers: Papers,
    memory: Option<(Notebook<Learned>, Notebook<Seen>)>,
}

impl std::fmt::Debug for ClickUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClickUp")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl ClickUp {
    /// An account that asks and writes this way. Asks nothing yet.
    pub fn new(http: http::Client, account: AccountName, special: Special, clock: Clock) -> Self {
        let client = Arc::new(Client::new(http, special.auth_scheme, clock));
        Self {
            reader: Reader::new(Arc::clone(&client), account.clone(), special),
            client,
            account,
            papers: Papers::default(),
            memory: None,
        }
    }

    /// The same, remembering what it learns over starts.
    #[must_use]
    pub fn remembering(mut self, notes: Arc<dyn Notes>) -> Self {
        let account = || self.account.clone();
        self.memory = Some((
            Notebook::new(Arc::clone(&notes), account(), LEARNED),
            Notebook::new(notes, account(), SEEN),
        ));
        self
    }

    /// Reads what was learned before, once. A note that is missing or cannot be
    /// read costs some more requests, nothing else.
    async fn recall(&self) {
        let Some((learned, seen)) = &self.memory else {
            return;
        };
        learned
            .recall(|learned| self.client.learn(|known| *known = learned))
            .await;
        seen.recall(|seen| self.reader.recall(seen)).await;
    }

    /// Notes what is new.
    async fn remember(&self) {
        if let Some((learned, seen)) = &self.memory {
            learned.remember(self.client.learned()).await;
            seen.remember(self.reader.seen()).await;
        }
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            client: &self.client,
            account: &self.account,
            reader: &self.reader,
            papers: &self.papers,
        }
    }
}

impl Provider for ClickUp {
    fn abilities(&self) -> Abilities {
        super::abilities()
    }

    fn fetch(&self, query: Query, sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        async move {
            self.recall().await;
            let mut fetched = pin!(self.reader.fetch(query, sink));
            let told = loop {
                tokio::select! {
                    biased;
                    told = &mut fetched => break told,
                    () = self.reader.kept() => self.remember().await,
                }
            };
            self.remember().await;
            told
        }
        .boxed()
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        async move {
            self.recall().await;
            let answer = send::send(&self.desk(), &letter).await;
            self.remember().await;
            answer
        }
        .boxed()
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        async move {
            self.recall().await;
            send::look_for(&self.desk(), &letter).await
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
            let met = meet::introduce(&self.reader, &self.client).await;
            self.remember().await;
            met
        }
        .boxed()
    }

    fn call(&self, call: Call) -> BoxFuture<'_, Result<CallAnswer, Fault>> {
        async move {
            self.recall().await;
            meet::call(&self.client, call).await
        }
        .boxed()
    }
}
