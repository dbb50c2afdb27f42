//! One account at an Operately server as a provider: questions go to the reader,
//! writes to the desk, both over one client.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc::unbounded_channel;

use super::ages::{Age, Build, Op};
use super::client::{Client, Learned, Problem};
use super::fetch::Reader;
use super::ids::ShortId;
use super::send::{Desk, Facts, Failures};
use super::{meet, news, send};
use crate::model::cache::Notes;
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{Abilities, Answer, Batch, Fault, FaultKind, Letter, Query};
use crate::model::goal::Nature;
use crate::model::ids::{AccountName, GoalId, PersonId};
use crate::providers::notebook::Notebook;
use crate::providers::{Provider, Sink};

/// Inbox lines read again after some were marked.
const NEWEST: usize = 200;

/// One account.
#[derive(Debug)]
pub struct Operately {
    client: Arc<Client>,
    account: AccountName,
    reader: Reader,
    failures: Failures,
    memory: Option<Notebook<Learned>>,
}

/// The note that holds what was learned.
const LEARNED: &str = "learned";

impl Operately {
    /// An account that asks and writes through this client. Asks nothing yet.
    pub fn new(client: Client, account: AccountName) -> Self {
        let client = Arc::new(client);
        Self {
            reader: Reader::new(Arc::clone(&client), account.clone()),
            client,
            account,
            failures: Failures::default(),
            memory: None,
        }
    }

    /// The same, remembering what it learns of the server over starts.
    #[must_use]
    pub fn remembering(mut self, notes: Arc<dyn Notes>) -> Self {
        self.memory = Some(Notebook::new(notes, self.account.clone(), LEARNED));
        self
    }

    /// Reads what was learned before, once. A note that is missing or cannot be
    /// read costs one more request, nothing else.
    async fn recall(&self) {
        if let Some(memory) = &self.memory {
            memory.recall(|learned| self.client.recall(learned)).await;
        }
    }

    /// Notes what is new about the server.
    async fn remember(&self) {
        if let Some(memory) = &self.memory {
            memory.remember(self.client.learned()).await;
        }
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            client: &self.client,
            account: &self.account,
            facts: self,
            failures: &self.failures,
        }
    }
}

/// What accounts can do at a server that was not asked yet.
pub fn abilities() -> Abilities {
    send::abilities(Build::new(Age::Namespaced, None), None)
}

impl Provider for Operately {
    fn abilities(&self) -> Abilities {
        // Whether the token may write is told by the answers, not once for all.
        send::abilities(self.client.build(), None)
    }

    fn fetch(&self, query: Query, sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        async move {
            self.recall().await;
            let told = self.reader.fetch(query, sink).await;
            self.remember().await;
            told
        }
        .boxed()
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        async move {
            self.recall().await;
            let answer = self.desk().send(&letter).await;
            self.remember().await;
            answer
        }
        .boxed()
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        async move {
            self.recall().await;
            self.desk().look_for(&letter).await
        }
        .boxed()
    }

    fn introduce(&self) -> BoxFuture<'_, Result<Introduction, Fault>> {
        async move {
            self.recall().await;
            let met = meet::introduce(&self.client).await;
            self.remember().await;
            met
        }
        .boxed()
    }

    fn call(&self, call: Call) -> BoxFuture<'_, Result<CallAnswer, Fault>> {
        meet::call(&self.client, call).boxed()
    }
}

/// A fault of the reader as the desk takes it: what may pass is tried again.
fn problem_of(fault: Fault) -> Problem {
    match fault.kind {
        FaultKind::Offline => Problem::NotSent(fault.to_string()),
        _ => Problem::Unready(fault),
    }
}

impl Facts for Operately {
    fn me(&self) -> BoxFuture<'_, Option<PersonId>> {
        self.reader.known_me().boxed()
    }

    fn nature(&self, goal: &GoalId) -> Option<Nature> {
        let id = ShortId::of_ours(goal.as_str())?;
        self.reader.is_project(id).then_some(Nature::Project)
    }

    fn goal<'a>(&'a self, goal: &'a GoalId) -> BoxFuture<'a, Result<Batch, Problem>> {
        async move {
            let (pieces, mut came) = unbounded_channel();
            let sink: Sink = Box::new(move |batch| {
                // The receiver lives until the answer is whole.
                let _sent = pieces.send(batch);
            });
            let told = self.reader.fetch(Query::Goal(goal.clone()), sink).await;
            told.map_err(problem_of)?;
            let mut all = Batch::default();
            while let Ok(batch) = came.try_recv() {
                all.goals.extend(batch.goals);
                all.gone.extend(batch.gone);
                all.people.extend(batch.people);
            }
            Ok(all)
        }
        .boxed()
    }

    fn inbox(&self) -> BoxFuture<'_, Result<Batch, Problem>> {
        async move {
            let me = self.reader.known_me().await;
            let me = me.ok_or_else(|| Problem::Refused(String::new()))?;
            let query = [("page", "1".to_owned()), ("per_page", NEWEST.to_string())];
            let answer = self.client.get(Op::Notifications, &query).await?;
            let (notifications, people, _) = news::notifications(&self.account, &me, &answer);
            Ok(Batch {
                notifications,
                people,
                ..Batch::default()
            })
        }
        .boxed()
    }
}
