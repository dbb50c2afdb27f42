//! Waits for the jobs of imports, once for all who wait for the same one. What
//! fails on the way there says nothing about the import itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use super::account::Inner;
use super::answers::{RowError, Standing, standing};
use super::plans::signed_out;
use super::text::segment;
use crate::model::exchange::Fault;
use crate::model::time::Time;
use crate::providers::http::{Failure, Request};

/// Rests before the questions; the last one again and again.
const RESTS: [u64; 5] = [1, 2, 3, 5, 5];
/// A person decides about a job that takes longer.
pub(super) const PATIENCE: TimeDelta = TimeDelta::minutes(15);
/// Questions in a row without an answer before the line is given up for a while.
const FAILURES: u32 = 3;
/// Times in a row that a job is not known before it is believed.
const UNKNOWN: u32 = 3;
/// How long to wait when a busy server does not say, in seconds.
const BUSY: u64 = 5;

/// How waiting for a job ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// The updates are on the plan items; seen at this moment.
    Completed(Time),
    /// None of the batch was imported.
    Failed(Vec<RowError>),
    /// It takes too long, or AchieveIt does not know it: why.
    Unsure(String),
    /// No line for the moment; the job goes on by itself.
    Offline(String),
    /// The server asks to stay away for so many seconds.
    Busy(u64),
    /// The key does not count, or cannot be read.
    Unready(Fault),
}

type Waiting = Shared<BoxFuture<'static, Arc<End>>>;

/// Jobs that are waited for.
#[derive(Default)]
pub(super) struct Jobs(Mutex<HashMap<String, Waiting>>);

/// One question about a job.
enum Poll {
    Ended(End),
    Running,
    NotKnown(String),
    Failed(String),
}

impl Jobs {
    /// Waits until the job that was begun at `since` ends.
    pub async fn wait(&self, inner: &Arc<Inner>, id: &str, since: Time) -> Arc<End> {
        let waiting = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || {
                let (inner, id) = (Arc::clone(inner), id.to_owned());
                async move { Arc::new(wait(&inner, &id, since).await) }
                    .boxed()
                    .shared()
            };
            all.entry(id.to_owned()).or_insert_with(new).clone()
        };
        let end = waiting.clone().await;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Another wait for it may have begun meanwhile.
        if all.get(id).is_some_and(|known| known.ptr_eq(&waiting)) {
            all.remove(id);
        }
        end
    }
}

async fn wait(inner: &Inner, id: &str, since: Time) -> End {
    let (mut rested, mut failures, mut unknown) = (TimeDelta::zero(), 0, 0);
    let is_new = inner.now().at - since < TimeDelta::seconds(30);
    // Of one that was begun before this program the end may be known already.
    let rests = RESTS.into_iter().skip(usize::from(!is_new));
    let mut rests = rests.chain(std::iter::repeat(5));
    let mut rest = if is_new { rests.next() } else { Some(0) };
    loop {
        let seconds = rest.unwrap_or(5);
        inner.setup.pace.rest(Duration::from_secs(seconds)).await;
        rested += TimeDelta::seconds(i64::try_from(seconds).unwrap_or(5));
        rest = rests.next();
        match poll(inner, id).await {
            Poll::Ended(end) => return end,
            Poll::Running => (failures, unknown) = (0, 0),
            Poll::NotKnown(why) => {
                (failures, unknown) = (0, unknown + 1);
                if unknown >= UNKNOWN {
                    return End::Unsure(why);
                }
                continue;
            }
            Poll::Failed(why) => {
                failures += 1;
                if failures >= FAILURES {
                    return End::Offline(why);
                }
                continue;
            }
        }
        // Only a job that was just seen running is told to take too long.
        if (inner.now().at - since).max(rested) >= PATIENCE {
            return End::Unsure(format!("{} still runs", super::trail::job_words(id)));
        }
    }
}

/// Asks once, for who decides by the answer alone.
pub(super) async fn ask(inner: &Inner, id: &str) -> End {
    match poll(inner, id).await {
        Poll::Ended(end) => end,
        Poll::Running => End::Unsure(format!("{} still runs", super::trail::job_words(id))),
        Poll::NotKnown(why) => End::Unsure(why),
        Poll::Failed(why) => End::Offline(why),
    }
}

async fn poll(inner: &Inner, id: &str) -> Poll {
    let path = format!("/imports/status/{}", segment(id));
    let reply = match inner.http.read(Request::get(path)).await {
        Ok(reply) => reply,
        Err(Failure::Unready(fault)) => return Poll::Ended(End::Unready(fault)),
        Err(failure) => return Poll::Failed(failure.to_string()),
    };
    match reply.status {
        200..=299 => match reply.json().as_ref().map(standing) {
            Ok(Standing::Running) => Poll::Running,
            Ok(Standing::Completed) => Poll::Ended(End::Completed(inner.now().at)),
            Ok(Standing::Failed(errors)) => Poll::Ended(End::Failed(errors)),
            Err(fault) => Poll::Failed(fault.to_string()),
        },
        401 => Poll::Ended(End::Unready(signed_out())),
        403 | 404 | 410 => Poll::NotKnown(format!(
            "AchieveIt does not know {} (any more)",
            super::trail::job_words(id)
        )),
        429 => Poll::Ended(End::Busy(
            reply.retry_after.map_or(BUSY, |wait| wait.as_secs().max(1)),
        )),
        status => Poll::Failed(format!("AchieveIt failed (HTTP {status})")),
    }
}
