//! The provider layer: one trait, one folder per system. A provider turns our
//! questions and writes into its own calls and its answers into our nouns. It
//! keeps no truth of its own, decides no retry and knows no screen.

pub mod demo;
pub mod fake;
pub mod local;
pub mod operately;

use futures_util::future::BoxFuture;

use crate::model::exchange::{Abilities, Answer, Batch, Change, Fault, Query, Signature};
use crate::model::ids::EntryId;

/// Takes the batches of one answer, in order.
pub type Sink = Box<dyn FnMut(Batch) + Send>;

/// One account at one system.
pub trait Provider: Send + Sync {
    /// What this account can do; told truthfully before anything is tried.
    fn abilities(&self) -> Abilities;

    /// Answers a question by handing batches to `sink`; all but the last have
    /// `more` set. Dropping the future cancels the question.
    fn fetch(&self, query: Query, sink: Sink) -> BoxFuture<'_, Result<(), Fault>>;

    /// Carries out a write once. `key` is the same whenever the same write is
    /// sent again.
    fn send(&self, change: Change, signature: Signature, key: EntryId) -> BoxFuture<'_, Answer>;

    /// Looks whether a write of unknown fate arrived: facts after it if it did,
    /// none if a complete look did not find it.
    fn look_for(
        &self,
        change: Change,
        signature: Signature,
        key: EntryId,
    ) -> BoxFuture<'_, Result<Option<Batch>, Fault>>;
}
