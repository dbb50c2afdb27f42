//! A remote provider whose facts this machine keeps: shows what is kept first,
//! with its age, then what the provider says, and keeps that. Changes no fact and
//! asks nothing by itself.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use tokio::sync::OnceCell;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{Provider, Sink};
use crate::model::cache::{Brief, Cache, Site, Synced, Told};
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{
    Abilities, Answer, Batch, Change, Cursor, Fault, FaultKind, GoalEdit, Letter, Query,
};
use crate::model::ids::{GoalId, NotificationId};
use crate::model::time::Time;

/// What was read less long ago is not read again at start.
const FRESH: TimeDelta = TimeDelta::seconds(60);
/// Goals of a longer answer that are put away together.
const TOGETHER: usize = 2000;

/// Tells the present moment.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// A provider and what this machine keeps of it.
pub struct Cached<P> {
    inner: P,
    cache: Arc<dyn Cache>,
    site: Site,
    clock: Clock,
    is_offline: bool,
    /// The account has its place on the disk.
    enrolled: OnceCell<()>,
    /// What was kept at start has been shown.
    shown: AtomicBool,
}

impl<P> std::fmt::Debug for Cached<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cached")
            .field("site", &self.site)
            .field("is_offline", &self.is_offline)
            .finish_non_exhaustive()
    }
}

impl<P: Provider> Cached<P> {
    /// A provider whose facts are kept in `cache`; asks neither anything yet.
    pub fn new(inner: P, cache: Arc<dyn Cache>, site: Site, clock: Clock) -> Self {
        Self {
            inner,
            cache,
            site,
            clock,
            is_offline: false,
            enrolled: OnceCell::new(),
            shown: AtomicBool::new(false),
        }
    }

    /// The same, but the provider is never asked: `--offline`.
    #[must_use]
    pub fn offline(mut self) -> Self {
        self.is_offline = true;
        self
    }

    fn now(&self) -> Time {
        (self.clock)()
    }

    /// Makes room on the disk, once; without room facts are shown and not kept.
    async fn enroll(&self) {
        let made = self
            .enrolled
            .get_or_try_init(|| self.cache.enroll(self.site.clone()))
            .await;
        if let Err(fault) = made {
            tracing::warn!(account = %self.site.account, %fault, "facts are not kept");
        }
    }

    /// Hands on what is kept, every batch with `more` set; gives the last back.
    async fn recall(&self, query: Query, sink: &mut Sink) -> Option<Batch> {
        let (pieces, mut came) = unbounded_channel();
        let hand = Box::new(move |batch| {
            // Nobody listens any more: the question was cancelled.
            let _unheard = pieces.send(batch);
        });
        let mut recalled = self.cache.recall(self.site.clone(), query, hand);
        let mut last = None;
        let mut take = |batch: Batch| {
            if batch.more {
                sink(batch);
            } else {
                last = Some(batch);
            }
        };
        let end = loop {
            tokio::select! {
                biased;
                Some(batch) = came.recv() => take(batch),
                end = &mut recalled => break end,
            }
        };
        while let Ok(batch) = came.try_recv() {
            take(batch);
        }
        if let Err(fault) = end {
            tracing::warn!(account = %self.site.account, %fault, "what is kept cannot be read");
        }
        last
    }

    async fn glance(&self, mut sink: Sink) -> Result<(), Fault> {
        let kept = self.recall(Query::Glance, &mut sink).await;
        sink(kept.unwrap_or_default());
        Ok(())
    }

    async fn all(&self, mut sink: Sink) -> Result<(), Fault> {
        if !self.shown.swap(true, Ordering::Relaxed)
            && let Some(mut last) = self.recall(Query::All, &mut sink).await
        {
            let age = last.as_of.map(|as_of| self.now() - as_of);
            let is_fresh = age.is_some_and(|age| (TimeDelta::zero()..FRESH).contains(&age));
            last.more = !is_fresh;
            sink(last);
            if is_fresh {
                return Ok(());
            }
        }
        self.ask(Query::All, sink).await
    }

    /// Asks the provider, hands its batches on as they come and keeps them. The
    /// end is handed on when the disk has all of it (or will not have it), so that
    /// who stops after the end has lost nothing.
    async fn ask(&self, query: Query, mut sink: Sink) -> Result<(), Fault> {
        if self.is_offline {
            return Err(offline());
        }
        self.enroll().await;
        let (pieces, came) = unbounded_channel();
        let hand = Box::new(move |batch| {
            // The receiver lives until the answer is complete or not wanted.
            let _unheard = pieces.send(batch);
        });
        let mut under_way = UnderWay {
            cached: self,
            hearing: Some(Hearing::new(&query)),
            came,
        };
        let mut asked = self.inner.fetch(query, hand);
        let end = loop {
            tokio::select! {
                biased;
                Some(batch) = under_way.came.recv() => under_way.hear(batch, &mut sink),
                end = &mut asked => break end,
            }
        };
        while let Ok(batch) = under_way.came.try_recv() {
            under_way.hear(batch, &mut sink);
        }
        // From here on nothing is broken off.
        let hearing = under_way.hearing.take();
        // Half an answer may be no answer of the provider at all.
        end?;
        let Some(hearing) = hearing else {
            return Ok(());
        };
        let last = hearing.last();
        if let Some(told) = hearing.rest(self.now()) {
            self.keep(told).await;
        }
        sink(last);
        Ok(())
    }

    /// Takes note of a batch; what of it is handed on at once.
    fn hear(&self, hearing: &mut Hearing, batch: Batch) -> Batch {
        let batch = hearing.take(batch);
        if hearing.told.goals.len() >= TOGETHER || batch.pause.is_some() {
            let mut told = hearing.piece(self.now());
            // While the provider waits, what came until then is safe; where that is
            // the whole list, it is shown at the next start, whatever comes of the rest.
            if batch.pause.is_some() && batch.full && hearing.is_list {
                told.synced = Some(Synced::default());
            }
            // Queued in order before the rest, which is waited for.
            drop(self.cache.keep(self.site.clone(), told));
        }
        batch
    }

    async fn keep(&self, told: Told) {
        if let Err(fault) = self.cache.keep(self.site.clone(), told).await {
            tracing::warn!(account = %self.site.account, %fault, "facts are not kept");
        }
    }

    /// Keeps what a write brought; the store's own note of it follows on the same
    /// disk, so nobody has to wait for this one.
    fn keep_after_write(&self, batch: &Batch) {
        let mut told = told_by(batch);
        told.at = self.now();
        // Who deletes a goal wants no copy of it.
        told.deleted = std::mem::take(&mut told.gone);
        drop(self.cache.keep(self.site.clone(), told));
    }
}

fn offline() -> Fault {
    Fault::new(
        FaultKind::Offline,
        "started with --offline",
        "start without it to read and send",
    )
}

/// The facts of a batch.
fn told_by(batch: &Batch) -> Told {
    let brief = if batch.brief { Brief::Yes } else { Brief::No };
    Told {
        goals: batch
            .goals
            .iter()
            .map(|goal| (goal.clone(), brief))
            .collect(),
        gone: batch.gone.clone(),
        people: batch.people.clone(),
        notifications: batch.notifications.clone(),
        me: batch.me.clone(),
        may_write: batch.may_write,
        ..Told::default()
    }
}

/// An answer under way. Who does not want the rest of it loses nothing of what
/// came: it is put away when this is dropped, and the next answer goes on from it.
struct UnderWay<'a, P: Provider> {
    cached: &'a Cached<P>,
    /// None when the answer has ended.
    hearing: Option<Hearing>,
    came: UnboundedReceiver<Batch>,
}

impl<P: Provider> UnderWay<'_, P> {
    fn hear(&mut self, batch: Batch, sink: &mut Sink) {
        if let Some(hearing) = &mut self.hearing {
            sink(self.cached.hear(hearing, batch));
        }
    }
}

impl<P: Provider> Drop for UnderWay<'_, P> {
    fn drop(&mut self) {
        let Some(mut hearing) = self.hearing.take() else {
            return;
        };
        while let Ok(batch) = self.came.try_recv() {
            hearing.take(batch);
        }
        if let Some(told) = hearing.broken_off(self.cached.now()) {
            // Queued with the disk here and now; nobody waits for it.
            drop(self.cached.cache.keep(self.cached.site.clone(), told));
        }
    }
}

/// What was heard of one answer so far.
struct Hearing {
    is_list: bool,
    is_kept: bool,
    told: Told,
    goals: HashSet<GoalId>,
    lines: HashSet<NotificationId>,
    full: bool,
    /// The whole list was told, and only more about its goals follows.
    is_listed: bool,
    cursor: Option<Cursor>,
}

impl Hearing {
    fn new(query: &Query) -> Self {
        Self {
            is_list: matches!(query, Query::All | Query::Since(_)),
            is_kept: !matches!(query, Query::Search(_)),
            told: Told::default(),
            goals: HashSet::new(),
            lines: HashSet::new(),
            full: false,
            is_listed: false,
            cursor: None,
        }
    }

    /// Notes a batch; gives back what is handed on now, which is never the end.
    fn take(&mut self, mut batch: Batch) -> Batch {
        if self.is_kept {
            let told = told_by(&batch);
            self.told.goals.extend(told.goals);
            self.told.gone.extend(told.gone);
            self.told.people.extend(told.people);
            self.told.notifications.extend(told.notifications);
            self.told.me = told.me.or(self.told.me.take());
            self.told.may_write = told.may_write.or(self.told.may_write);
        }
        if self.is_list {
            let goals = batch.goals.iter().map(|goal| goal.id.clone());
            self.goals.extend(goals);
            let lines = batch.notifications.iter().map(|line| line.id.clone());
            self.lines.extend(lines);
        }
        self.is_listed |= self.is_list && batch.more && batch.full;
        if !batch.more {
            self.full = std::mem::take(&mut batch.full);
            self.cursor = batch.cursor.take();
            batch.more = true;
        }
        batch
    }

    /// The end of the answer.
    fn last(&self) -> Batch {
        Batch {
            full: self.full,
            cursor: self.cursor.clone(),
            ..Batch::default()
        }
    }

    /// What is to be kept of a long answer before its end.
    fn piece(&mut self, at: Time) -> Told {
        let me = self.told.me.clone();
        let mut told = std::mem::take(&mut self.told);
        self.told.me = me;
        told.at = at;
        told
    }

    /// What is still to be kept of an answer whose end nobody wanted.
    fn broken_off(mut self, at: Time) -> Option<Told> {
        let mut told = self.piece(at);
        if self.is_listed {
            told.synced = Some(Synced::default());
        }
        (!told.goals.is_empty() || told.synced.is_some()).then_some(told)
    }

    /// What is still to be kept at the end.
    fn rest(mut self, at: Time) -> Option<Told> {
        let mut told = self.piece(at);
        if self.is_list {
            let all = (self.goals, self.lines);
            told.synced = Some(Synced {
                cursor: self.cursor,
                all: self.full.then_some(all),
            });
        }
        self.is_kept.then_some(told)
    }
}

impl<P: Provider> Provider for Cached<P> {
    fn abilities(&self) -> Abilities {
        self.inner.abilities()
    }

    fn fetch(&self, query: Query, sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            match query {
                Query::Glance => self.glance(sink).await,
                Query::All => self.all(sink).await,
                Query::Since(_) | Query::Goal(_) | Query::Search(_) => self.ask(query, sink).await,
            }
        })
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            if self.is_offline {
                return Answer::Offline(offline().why);
            }
            let answer = self.inner.send(letter).await;
            if let Answer::Accepted { batch, .. } = &answer {
                self.keep_after_write(batch);
            }
            answer
        })
    }

    fn takes(&self, edit: &GoalEdit) -> GoalEdit {
        self.inner.takes(edit)
    }

    fn has_part_in(&self, change: &Change) -> bool {
        self.inner.has_part_in(change)
    }

    fn introduce(&self) -> BoxFuture<'_, Result<Introduction, Fault>> {
        if self.is_offline {
            return Box::pin(async { Err(offline()) });
        }
        self.inner.introduce()
    }

    fn call(&self, call: Call) -> BoxFuture<'_, Result<CallAnswer, Fault>> {
        if self.is_offline {
            return Box::pin(async { Err(offline()) });
        }
        self.inner.call(call)
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        Box::pin(async move {
            if self.is_offline {
                return Err(offline());
            }
            let found = self.inner.look_for(letter).await;
            if let Ok(Some(batch)) = &found {
                self.keep_after_write(batch);
            }
            found
        })
    }
}

#[cfg(test)]
mod tests;
