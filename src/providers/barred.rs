//! An account that cannot be used for a reason known beforehand: its address or
//! token is wrong, or no network is wanted. It answers everything with that
//! reason, so the account stands in its place and the rest of the program works.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{Provider, Sink};
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{Abilities, Answer, Batch, Fault, FaultKind, Letter, Query};

/// One account that cannot be used.
#[derive(Clone, Debug)]
pub struct Barred {
    abilities: Abilities,
    fault: Fault,
}

impl Barred {
    /// An account of a provider with these abilities, and why it cannot be used.
    pub fn new(abilities: Abilities, fault: Fault) -> Self {
        Self { abilities, fault }
    }

    fn no<T: Send + 'static>(&self) -> BoxFuture<'_, Result<T, Fault>> {
        let fault = self.fault.clone();
        async move { Err(fault) }.boxed()
    }
}

impl Provider for Barred {
    fn abilities(&self) -> Abilities {
        self.abilities.clone()
    }

    fn fetch(&self, _query: Query, _sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        self.no()
    }

    /// Nothing leaves: without network it waits in the outbox, for any other
    /// reason a person must do something first.
    fn send(&self, _letter: Letter) -> BoxFuture<'_, Answer> {
        let fault = self.fault.clone();
        async move {
            match fault.kind {
                FaultKind::Offline => Answer::Offline(fault.why),
                _ => Answer::Refused(fault),
            }
        }
        .boxed()
    }

    fn look_for(&self, _letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        self.no()
    }

    fn introduce(&self) -> BoxFuture<'_, Result<Introduction, Fault>> {
        self.no()
    }

    fn call(&self, _call: Call) -> BoxFuture<'_, Result<CallAnswer, Fault>> {
        self.no()
    }
}
