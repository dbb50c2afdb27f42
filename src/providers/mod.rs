//! The provider layer: one trait, one folder per system. A provider turns our
//! questions and writes into its own calls and its answers into our nouns. It
//! keeps no truth of its own, decides no retry and knows no screen.

pub mod achieveit;
pub mod barred;
pub mod beside;
pub mod cached;
pub mod clash;
pub mod clickup;
pub mod demo;
pub mod fake;
pub mod http;
pub mod local;
pub mod notebook;
pub mod operately;
pub mod quantive;
pub mod row_by_row;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc::unbounded_channel;

use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{
    Abilities, Answer, Batch, Change, Fault, FaultKind, GoalEdit, Letter, Query,
};

/// Takes the batches of one answer, in order.
pub type Sink = Box<dyn FnMut(Batch) + Send>;

/// One account at one system.
pub trait Provider: Send + Sync {
    /// What this account can do; told truthfully before anything is tried.
    fn abilities(&self) -> Abilities;

    /// Answers a question by handing batches to `sink`; all but the last have
    /// `more` set. Dropping the future cancels the question.
    fn fetch(&self, query: Query, sink: Sink) -> BoxFuture<'_, Result<(), Fault>>;

    /// Carries out a write, or its next step. The letter has the same key whenever
    /// the same write is sent again. A write of several steps, or one that must be
    /// prepared by reading, answers [`Answer::Onward`] and is sent again with that
    /// trail, which then is on disk. A letter without a trail, or whose trail is not
    /// risky, may be sent again whenever nothing was heard of it; one with a risky
    /// trail is looked for first, by the outbox and once more here.
    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer>;

    /// Looks whether a write of unknown fate arrived: facts after it if it did,
    /// none if a complete look did not find it.
    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>>;

    /// The part of an edit that this provider itself can take; the rest is kept on
    /// this machine. As it stands all of it.
    fn takes(&self, edit: &GoalEdit) -> GoalEdit {
        edit.clone()
    }

    /// Whether a write has anything in it for the provider: a check-in of which it
    /// has no place for any part is kept on this machine alone. As it stands, all
    /// have. Asked only where some things are kept here.
    fn has_part_in(&self, _change: &Change) -> bool {
        true
    }

    /// Says who is there and what this login may do, without keeping anything. As
    /// it stands it reads everything and counts.
    fn introduce(&self) -> BoxFuture<'_, Result<Introduction, Fault>> {
        async move {
            let (pieces, mut batches) = unbounded_channel();
            let sink = Box::new(move |batch| {
                // The receiver lives until the answer is whole.
                let _sent = pieces.send(batch);
            });
            self.fetch(Query::All, sink).await?;
            let mut found = Introduction {
                server: self.abilities().provider.to_owned(),
                ..Introduction::default()
            };
            let (mut me, mut people) = (None, Vec::new());
            while let Ok(batch) = batches.try_recv() {
                me = batch.me.or(me);
                found.may_write = batch.may_write.or(found.may_write);
                found.goals += batch.goals.len();
                people.extend(batch.people);
            }
            let named = people
                .into_iter()
                .find(|person| me.as_ref() == Some(&person.id));
            found.person = named.map(|person| person.name).unwrap_or_default();
            Ok(found)
        }
        .boxed()
    }

    /// Makes any call of the provider's own interface, with this account's token,
    /// address and limits. What it writes goes past the outbox.
    fn call(&self, _call: Call) -> BoxFuture<'_, Result<CallAnswer, Fault>> {
        let why = format!("{} has no calls of its own", self.abilities().provider);
        let fault = Fault::new(FaultKind::Unsupported, why, "choose an account of a server");
        async move { Err(fault) }.boxed()
    }
}

/// A provider that is shared: what wraps one takes either.
impl<P: Provider + ?Sized> Provider for Arc<P> {
    fn abilities(&self) -> Abilities {
        (**self).abilities()
    }

    fn fetch(&self, query: Query, sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        (**self).fetch(query, sink)
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        (**self).send(letter)
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        (**self).look_for(letter)
    }

    fn takes(&self, edit: &GoalEdit) -> GoalEdit {
        (**self).takes(edit)
    }

    fn has_part_in(&self, change: &Change) -> bool {
        (**self).has_part_in(change)
    }

    fn introduce(&self) -> BoxFuture<'_, Result<Introduction, Fault>> {
        (**self).introduce()
    }

    fn call(&self, call: Call) -> BoxFuture<'_, Result<CallAnswer, Fault>> {
        (**self).call(call)
    }
}
