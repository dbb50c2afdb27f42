//! The port between the local provider and the disk: a workspace of goals kept
//! on this machine, shared by several people and several programs.

use std::future::Future;
use std::pin::Pin;

use super::exchange::{Batch, Change, Fault, Query, Signature};
use super::ids::{EntryId, PersonId};
use super::person::Person;

/// A future that may be sent to another thread.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the local provider needs of the disk.
pub trait Workspace: Send + Sync {
    /// Everybody who keeps goals here.
    fn people(&self) -> Pending<'_, Result<Vec<Person>, Fault>>;

    /// Answers a question for one person, in batches.
    fn read(
        &self,
        query: Query,
        me: PersonId,
        sink: Box<dyn FnMut(Batch) + Send>,
    ) -> Pending<'_, Result<(), Fault>>;

    /// Carries a write out in one transaction, once per key however often it is
    /// asked; returns the facts after it and the write that takes it back.
    fn carry_out(
        &self,
        change: Change,
        signature: Signature,
        key: EntryId,
    ) -> Pending<'_, Result<(Batch, Option<Change>), Fault>>;
}
