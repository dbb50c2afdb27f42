//! Carries effects out: asks providers, writes to the disk, and sends what came
//! of it into the one queue. Decides nothing.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;

use crate::disk::Disk;
use crate::model::entry::{Record, Records};
use crate::model::exchange::{Answer, Fault, FaultKind};
use crate::model::ids::{AccountName, Ticket};
use crate::model::past::{Recall, Recollection};
use crate::providers::Provider;
use crate::store::effect::{Effect, Outcome};

/// The ports of one running program.
pub struct World {
    disk: Option<Disk>,
    providers: BTreeMap<AccountName, Arc<dyn Provider>>,
    outcomes: UnboundedSender<Outcome>,
    questions: HashMap<Ticket, AbortHandle>,
    /// Wishes to read the disk again; many that come at once are one.
    rereads: Option<UnboundedSender<()>>,
}

/// How often the disk is asked to be read again before that is left to the next
/// write.
const REREADS: usize = 3;

impl World {
    /// Ports whose answers go to `outcomes`. Without a disk (the demo) writes
    /// to this machine's memory succeed and are forgotten.
    pub fn new(
        disk: Option<Disk>,
        providers: BTreeMap<AccountName, Arc<dyn Provider>>,
        outcomes: UnboundedSender<Outcome>,
    ) -> Self {
        Self {
            disk,
            providers,
            outcomes,
            questions: HashMap::new(),
            rereads: None,
        }
    }

    /// Carries out what belongs to providers and disk; gives back the rest, which
    /// belongs to the front.
    pub fn execute(&mut self, effect: Effect) -> Option<Effect> {
        tracing::debug!(effect = effect.word(), "effect");
        match effect {
            Effect::Fetch {
                ticket,
                account,
                query,
            } => {
                let outcomes = self.outcomes.clone();
                let Some(provider) = self.providers.get(&account).cloned() else {
                    let _ = outcomes.send(Outcome::NotFetched {
                        ticket,
                        fault: unknown(&account),
                    });
                    return None;
                };
                let task = tokio::spawn(async move {
                    let pieces = outcomes.clone();
                    let sink = Box::new(move |batch| {
                        let _ = pieces.send(Outcome::Fetched { ticket, batch });
                    });
                    if let Err(fault) = provider.fetch(query, sink).await {
                        let _ = outcomes.send(Outcome::NotFetched { ticket, fault });
                    }
                });
                self.questions.retain(|_, question| !question.is_finished());
                self.questions.insert(ticket, task.abort_handle());
            }
            Effect::Cancel(ticket) => {
                if let Some(question) = self.questions.remove(&ticket) {
                    question.abort();
                }
            }
            Effect::Send(letter) => {
                let outcomes = self.outcomes.clone();
                let entry = letter.key.clone();
                let account = &letter.signature.account;
                let Some(provider) = self.providers.get(account).cloned() else {
                    let answer = Answer::Refused(unknown(account));
                    let _ = outcomes.send(Outcome::Answered { entry, answer });
                    return None;
                };
                tokio::spawn(async move {
                    let answer = provider.send(*letter).await;
                    let _ = outcomes.send(Outcome::Answered { entry, answer });
                });
            }
            Effect::LookFor(letter) => {
                let outcomes = self.outcomes.clone();
                let entry = letter.key.clone();
                let account = &letter.signature.account;
                let Some(provider) = self.providers.get(account).cloned() else {
                    let found = Err(unknown(account));
                    let _ = outcomes.send(Outcome::LookedFor { entry, found });
                    return None;
                };
                tokio::spawn(async move {
                    let found = provider.look_for(*letter).await;
                    let _ = outcomes.send(Outcome::LookedFor { entry, found });
                });
            }
            Effect::Recall(recall) => self.recall(recall),
            Effect::Reread => self.reread(),
            Effect::Write { token, records } => self.write(token, records),
            front => return Some(front),
        }
        None
    }

    /// Reads the disk again, and once more if that is wanted meanwhile: what comes
    /// is never older than the wish.
    fn reread(&mut self) {
        let Some(disk) = self.disk.clone() else {
            return;
        };
        let outcomes = self.outcomes.clone();
        let wishes = self.rereads.get_or_insert_with(|| {
            let (wish, mut wishes) = unbounded_channel();
            tokio::spawn(async move {
                while wishes.recv().await.is_some() {
                    while wishes.try_recv().is_ok() {}
                    if let Some(records) = read(&disk).await {
                        let _ = outcomes.send(Outcome::Reloaded(records));
                    }
                }
            });
            wish
        });
        let _ = wishes.send(());
    }

    fn recall(&self, recall: Recall) {
        let outcomes = self.outcomes.clone();
        let Some(disk) = self.disk.clone() else {
            // Nothing is kept: check-ins lead back.
            let past = Recollection::default();
            let _ = outcomes.send(Outcome::Recalled { recall, past });
            return;
        };
        let asked = disk.past(recall.clone());
        tokio::spawn(async move {
            let past = asked.await.unwrap_or_else(|fault| {
                tracing::warn!(%fault, "how goals were is not read");
                Recollection::default()
            });
            let _ = outcomes.send(Outcome::Recalled { recall, past });
        });
    }

    fn write(&self, token: u64, records: Vec<Record>) {
        let outcomes = self.outcomes.clone();
        let Some(disk) = self.disk.clone() else {
            let _ = outcomes.send(Outcome::Written { token });
            return;
        };
        // Handed to the writer here and now, not when the task first runs: two
        // writes reach the disk in the order the store made them.
        let done = disk.write(records);
        tokio::spawn(async move {
            let outcome = match done.await {
                Ok(()) => Outcome::Written { token },
                Err(fault) => Outcome::NotWritten { token, fault },
            };
            let _ = outcomes.send(outcome);
        });
    }
}

async fn read(disk: &Disk) -> Option<Records> {
    for _ in 0..REREADS {
        match disk.load_records().await {
            Ok(records) => return Some(records),
            Err(fault) => tracing::warn!(%fault, "the store is not read"),
        }
    }
    None
}

fn unknown(account: &AccountName) -> Fault {
    Fault::new(
        FaultKind::Gone,
        format!("account {account} is not configured any more"),
        "add it again or drop the entry (D)",
    )
}
