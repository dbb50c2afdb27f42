//! Updates that are due at the same time go out as one batch: who has announced
//! itself is waited for, for a moment, and one POST hands all in. It is never
//! repeated here.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::Notify;

use super::account::Inner;
use super::answers::{blame, job, row_errors};
use super::plans::signed_out;
use super::record::{Record, json};
use super::text::words_of;
use super::trail::Seen;
use crate::model::exchange::{Answer, Fault, FaultKind};
use crate::model::ids::EntryId;
use crate::model::time::Time;
use crate::providers::http::{Body, Method, Reply, Request};

/// How long one batch waits for those that were announced.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait when a busy server does not say, in seconds.
const BUSY: u64 = 5;

/// An update that is ready to go.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// What goes out.
    pub record: Record,
    /// The item before it.
    pub seen: Option<Seen>,
}

/// What became of one row of a batch.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    /// Taken, under this job.
    Taken {
        job: String,
        position: usize,
        rows: Arc<Vec<String>>,
        since: Time,
    },
    /// Nothing of the batch was taken, and this row is none of those to blame: it
    /// goes out again.
    Again { words: String, alone: bool },
    /// The same for it as for the batch.
    Answered(Answer),
}

type Run = Shared<BoxFuture<'static, Arc<HashMap<EntryId, Fate>>>>;

/// An update that was announced and has not come yet.
struct Announced {
    prepared: Option<Prepared>,
    is_awaited: bool,
}

#[derive(Default)]
struct State {
    announced: HashMap<EntryId, Announced>,
    rows: Vec<(EntryId, Prepared)>,
    run: Option<Run>,
}

/// Where updates come together.
#[derive(Default)]
pub(super) struct Gathering {
    state: Mutex<State>,
    changed: Notify,
}

impl Gathering {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This update will come; batches wait for it from now on, if it does not go
    /// by itself.
    pub fn announce(&self, key: &EntryId, prepared: Option<Prepared>, is_awaited: bool) {
        let coming = Announced {
            prepared,
            is_awaited,
        };
        self.state().announced.insert(key.clone(), coming);
    }

    /// This update will not come.
    pub fn withdraw(&self, key: &EntryId) {
        self.state().announced.remove(key);
        self.changed.notify_waiters();
    }

    /// What was prepared of an announced update.
    pub fn prepared(&self, key: &EntryId) -> Option<Prepared> {
        self.state().announced.get(key)?.prepared.clone()
    }

    /// Goes out with all that come at the same time, or by itself.
    pub async fn join(
        &self,
        inner: &Arc<Inner>,
        key: &EntryId,
        prepared: Prepared,
        alone: bool,
    ) -> Fate {
        let fates = if alone {
            self.withdraw(key);
            post(inner, vec![(key.clone(), prepared)]).await
        } else {
            let run = self.enter(inner, key, prepared);
            Arc::unwrap_or_clone(run.await)
        };
        // Every row has its fate.
        let nothing = || Fate::Answered(Answer::NoAnswer("the batch was lost".to_owned()));
        fates.get(key).cloned().unwrap_or_else(nothing)
    }

    fn enter(&self, inner: &Arc<Inner>, key: &EntryId, prepared: Prepared) -> Run {
        let mut state = self.state();
        // In one go: a batch never sees it neither coming nor there.
        state.announced.remove(key);
        state.rows.retain(|(known, _)| known != key);
        state.rows.push((key.clone(), prepared));
        self.changed.notify_waiters();
        let run = state.run.get_or_insert_with(|| {
            let inner = Arc::clone(inner);
            async move { Arc::new(inner.gathering.run(&inner).await) }
                .boxed()
                .shared()
        });
        run.clone()
    }

    async fn run(&self, inner: &Arc<Inner>) -> HashMap<EntryId, Fate> {
        let mut patience = inner.setup.pace.rest(PATIENCE);
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if !self.state().announced.values().any(|one| one.is_awaited) {
                break;
            }
            tokio::select! {
                biased;
                () = changed => {}
                () = &mut patience => {
                    // Who has not come by now is nobody's delay any more.
                    let mut state = self.state();
                    state.announced.values_mut().for_each(|one| one.is_awaited = false);
                    break;
                }
            }
        }
        let rows = {
            let mut state = self.state();
            state.run = None;
            std::mem::take(&mut state.rows)
        };
        // What becomes of two updates of one item in a batch is not documented.
        let mut items = HashSet::new();
        let (rows, doubles): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .partition(|(_, prepared)| items.insert(prepared.record.external_id.clone()));
        let mut fates = post(inner, rows).await;
        for (key, _) in doubles {
            let words = "waits for an older update of the same item".to_owned();
            fates.insert(
                key,
                Fate::Again {
                    words,
                    alone: false,
                },
            );
        }
        fates
    }
}

/// Hands a batch in, once.
async fn post(inner: &Inner, rows: Vec<(EntryId, Prepared)>) -> HashMap<EntryId, Fate> {
    let body = json(rows.iter().map(|(_, prepared)| &prepared.record));
    let mut request = Request::new(Method::POST, "/imports/progress-updates");
    request.body = Some(Body::Bytes {
        content_type: "application/json".to_owned(),
        bytes: body.into_bytes(),
    });
    let since = inner.now().at;
    let ids = rows.iter();
    let ids: Vec<String> = ids
        .map(|(_, prepared)| prepared.record.external_id.clone())
        .collect();
    let fates = match inner.http.send(request).await {
        Ok(reply) => judged(&reply, ids, since),
        Err(failure) => vec![Fate::Answered(failure.into()); ids.len()],
    };
    rows.into_iter().map(|(key, _)| key).zip(fates).collect()
}

/// What an answer means for each row.
fn judged(reply: &Reply, ids: Vec<String>, since: Time) -> Vec<Fate> {
    let count = ids.len();
    let all = |answer: Answer| vec![Fate::Answered(answer); count];
    match reply.status {
        200..=299 => {
            let id = reply.json().ok().and_then(|value| job(&value, count));
            let Some(id) = id else {
                // It may have been taken, and cannot be asked about.
                return all(Answer::NoAnswer(
                    "AchieveIt answered without the number of a job".to_owned(),
                ));
            };
            let rows = Arc::new(ids);
            let taken = |position| Fate::Taken {
                job: id.clone(),
                position,
                rows: Arc::clone(&rows),
                since,
            };
            (0..count).map(taken).collect()
        }
        401 => all(Answer::Refused(signed_out())),
        429 => {
            let wait = reply.retry_after.map(|wait| wait.as_secs().max(1));
            all(Answer::Busy(wait.unwrap_or(BUSY)))
        }
        500.. => all(Answer::NoAnswer(format!(
            "AchieveIt failed (HTTP {})",
            reply.status
        ))),
        // Nothing is imported when anything is refused.
        400 | 403 | 409 | 413 | 422 => {
            let errors = reply.json().map(|value| row_errors(&value));
            let errors = errors.unwrap_or_default();
            sorted_out(blame(&errors, &ids), || refused(reply))
        }
        _ => all(Answer::Refused(refused(reply))),
    }
}

/// Who is to blame is refused, the others go out again: together if it is known
/// who was to blame, else each by itself.
pub(super) fn sorted_out(blamed: Vec<Option<Fault>>, whole: impl Fn() -> Fault) -> Vec<Fate> {
    let count = blamed.iter().flatten().count();
    if count == 0 && blamed.len() <= 1 {
        return vec![Fate::Answered(Answer::Refused(whole())); blamed.len()];
    }
    let words = match count {
        0 => "AchieveIt did not say which update it refuses; sent again by itself".to_owned(),
        1 => "held back by 1 refused update; sent again without it".to_owned(),
        _ => format!("held back by {count} refused updates; sent again without them"),
    };
    let fate = |fault: Option<Fault>| match fault {
        Some(fault) => Fate::Answered(Answer::Refused(fault)),
        None => Fate::Again {
            words: words.clone(),
            alone: count == 0,
        },
    };
    blamed.into_iter().map(fate).collect()
}

/// Why a whole batch is not taken.
fn refused(reply: &Reply) -> Fault {
    let words = match words_of(reply).as_str() {
        "" => format!("HTTP {}", reply.status),
        words => format!("HTTP {}: {words}", reply.status),
    };
    match reply.status {
        403 => Fault::new(
            FaultKind::Forbidden,
            format!("the key's user is not admin of this plan item ({words})"),
            "ask an admin of the plan to make them one, or drop this entry (D)",
        ),
        404 | 405 | 410 | 415 => Fault::new(
            FaultKind::Unsupported,
            format!("there is no import of progress updates at this address ({words})"),
            "check the account's url, then send it again (R)",
        ),
        _ => Fault::new(
            FaultKind::Invalid,
            format!("AchieveIt does not take it ({words})"),
            "change it (e) or drop this entry (D)",
        ),
    }
}
