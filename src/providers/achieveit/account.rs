//! One account at AchieveIt as a provider.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::abilities;
use super::diary::Diary;
use super::gather::Gathering;
use super::items_file;
use super::jobs::Jobs;
use super::plans::{self, Known, Plans};
use super::words::Words;
use crate::model::cache::Notes;
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{Abilities, Answer, Batch, Fault, FaultKind, GoalEdit, Letter, Query};
use crate::model::ids::{AccountName, EntryId};
use crate::model::time::{Now, Time};
use crate::providers::http::{self, Pace};
use crate::providers::{Provider, Sink};

/// Tells the present moment and where days begin.
pub type Clock = Arc<dyn Fn() -> Now + Send + Sync>;

/// Reads the file of external ids; may wait for a disk.
pub type ItemsFile = Arc<dyn Fn() -> Result<Vec<u8>, Fault> + Send + Sync>;

/// One item is not read again for so long, for that means the whole plan.
const FRESH: TimeDelta = TimeDelta::seconds(60);

/// What an account brings besides its way to the server.
pub struct Setup {
    /// Its name.
    pub account: AccountName,
    /// The organisation's status words.
    pub words: Words,
    /// Who I am there, by name or address.
    pub me: Option<String>,
    /// The plans to read, by id.
    pub plans: Vec<String>,
    /// The file of external ids.
    pub items_file: Option<ItemsFile>,
    /// The present moment.
    pub clock: Clock,
    /// Time between questions about a job.
    pub pace: Arc<dyn Pace>,
    /// Where updates that were written here outlive the program.
    pub notes: Option<Arc<dyn Notes>>,
}

/// One account.
pub struct AchieveIt {
    inner: Arc<Inner>,
}

/// What outlives one question or write.
pub(super) struct Inner {
    pub http: http::Client,
    pub setup: Setup,
    pub gathering: Gathering,
    pub jobs: Jobs,
    pub diary: Diary,
    plans: Plans,
    late: Mutex<HashSet<EntryId>>,
    unheard: Mutex<HashMap<EntryId, String>>,
}

impl fmt::Debug for AchieveIt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AchieveIt")
            .field("http", &self.inner.http)
            .field("plans", &self.inner.setup.plans)
            .finish_non_exhaustive()
    }
}

impl AchieveIt {
    /// An account that asks and writes through this client, which sends its key
    /// behind the word `API-KEY`. Asks nothing yet.
    pub fn new(http: http::Client, setup: Setup) -> Self {
        let diary = Diary::new(setup.account.clone(), setup.notes.clone());
        Self {
            inner: Arc::new(Inner {
                http,
                setup,
                gathering: Gathering::default(),
                jobs: Jobs::default(),
                diary,
                plans: Plans::default(),
                late: Mutex::default(),
                unheard: Mutex::default(),
            }),
        }
    }
}

impl Inner {
    pub fn now(&self) -> Now {
        (self.setup.clock)()
    }

    /// The plans as they stand at this moment or later.
    pub async fn known(&self, at_least: Time) -> Result<Arc<Known>, Fault> {
        self.plans.since(at_least, &self.http, &self.setup).await
    }

    /// The plans as they were read last.
    pub async fn last_known(&self) -> Option<Arc<Known>> {
        self.plans.recent(TimeDelta::MAX, self.now().at).await
    }

    /// Jobs that took too long, of which a person was not asked yet.
    pub fn late(&self) -> MutexGuard<'_, HashSet<EntryId>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was heard in the place of an answer.
    pub fn unheard(&self) -> MutexGuard<'_, HashMap<EntryId, String>> {
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self, query: Query, mut sink: Sink) -> Result<(), Fault> {
        let now = self.now().at;
        let (id, known) = match query {
            Query::Glance | Query::Search(_) => {
                sink(Batch::default());
                return Ok(());
            }
            Query::All | Query::Since(_) => (None, self.known(now).await?),
            Query::Goal(id) => match self.plans.recent(FRESH, now).await {
                Some(known) => (Some(id), known),
                None => (Some(id), self.known(now).await?),
            },
        };
        let (updates, words) = (self.diary.all().await, &self.setup.words);
        sink(match id {
            None => known.batch(&updates, words),
            Some(id) => {
                let goal = known.goal(&id, &updates, words);
                let is_gone = goal.is_none() && known.is_whole;
                let gone = if is_gone { vec![id] } else { Vec::new() };
                Batch {
                    goals: goal.into_iter().collect(),
                    gone,
                    people: known.people.clone(),
                    ..Batch::default()
                }
            }
        });
        Ok(())
    }

    /// A key says nothing of itself: it is tried by reading the first item of each
    /// plan, and without plans only by an import.
    async fn introduce(&self) -> Result<Introduction, Fault> {
        let setup = &self.setup;
        let mut found = Introduction {
            // It is the settings that say who that is.
            person: match setup.me.as_deref() {
                Some(me) => format!("{me} (by the account's me)"),
                None => "an unknown person (the key names nobody: set me)".to_owned(),
            },
            server: "AchieveIt".to_owned(),
            ..Introduction::default()
        };
        let rows = match &setup.items_file {
            None => 0,
            Some(_) if setup.plans.is_empty() => {
                let rows = self.known(self.now().at).await?;
                rows.goals.len()
            }
            Some(file) => {
                let file = Arc::clone(file);
                let read = move || items_file::read(&file()?);
                let read = tokio::task::spawn_blocking(read).await;
                read.map_or(Ok(0), |rows| rows.map(|rows| rows.len()))?
            }
        };
        let mut closed = None;
        for plan in &setup.plans {
            match plans::page(&self.http, plan, 0, 1).await? {
                Ok(page) => found.goals += page.total.unwrap_or(page.items.len()),
                Err(fault) if rows == 0 => return Err(fault),
                Err(fault) => closed = Some(fault),
            }
        }
        if setup.plans.is_empty() && rows == 0 {
            return Err(Fault::new(
                FaultKind::Invalid,
                "AchieveIt's key can be tried by reading a plan or by an import alone, and the account has no plans",
                "set plans = [\"…\"] (AchieveIt: the plan's root item, Options, Copy Plan ID), or items_file to the file of external ids",
            ));
        }
        if setup.plans.is_empty() {
            found.server =
                "AchieveIt (items_file alone: the key is tried by the first check-in)".to_owned();
            found.goals = rows;
        } else if let Some(fault) = closed {
            found.server = format!(
                "AchieveIt (items_file in the place of a plan: {})",
                fault.why
            );
            found.goals = found.goals.max(rows);
        }
        Ok(found)
    }

    /// Any call. Bytes that are no JSON are a CSV file: the import takes both.
    async fn call(&self, call: Call) -> Result<CallAnswer, Fault> {
        let path = format!("/{}", call.path.trim_start_matches('/'));
        let request = http::direct::request(call, path, Some("text/csv"));
        Ok(http::direct::answer(self.http.read(request).await?))
    }
}

impl Provider for AchieveIt {
    fn abilities(&self) -> Abilities {
        abilities()
    }

    fn fetch(&self, query: Query, sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        self.inner.fetch(query, sink).boxed()
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        async move { self.inner.carry_out(&letter).await }.boxed()
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        async move { self.inner.look(&letter).await }.boxed()
    }

    /// Nothing: plans are changed on AchieveIt's own pages.
    fn takes(&self, _: &GoalEdit) -> GoalEdit {
        GoalEdit::default()
    }

    fn introduce(&self) -> BoxFuture<'_, Result<Introduction, Fault>> {
        self.inner.introduce().boxed()
    }

    fn call(&self, call: Call) -> BoxFuture<'_, Result<CallAnswer, Fault>> {
        self.inner.call(call).boxed()
    }
}
