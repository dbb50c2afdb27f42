//! An account of Operately that can be met and called, and neither read nor
//! written through the store.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::client::Client;
use super::meet;
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{Abilities, Ability, Answer, Batch, Fault, FaultKind, Letter, Query};
use crate::providers::{Provider, Sink};

/// One account.
pub struct Direct {
    client: Client,
}

impl Direct {
    /// An account that asks through this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

/// Why goals cannot be read or written this way.
const NOT_YET: &str = "this goaldeck does not show goals of Operately";

fn fault() -> Fault {
    Fault::new(FaultKind::Unsupported, NOT_YET, "use goaldeck api")
}

/// What can be done through the store: nothing.
pub fn abilities() -> Abilities {
    let no = Ability::No(NOT_YET);
    Abilities {
        check_in: no,
        edit_check_in: no,
        edit_within: None,
        remark: no,
        pause: no,
        projects: no,
        retract: no,
        status: no,
        confidence: no,
        acknowledge: no,
        unacknowledge: no,
        comment: no,
        react: no,
        edit_goals: no,
        close: no,
        inbox: no,
        done: no,
        people: no,
        tell: no,
        immediate: false,
        idempotent: false,
        provider: "Operately",
        short: "operately",
    }
}

impl Provider for Direct {
    fn abilities(&self) -> Abilities {
        abilities()
    }

    fn fetch(&self, _query: Query, _sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        async { Err(fault()) }.boxed()
    }

    fn send(&self, _letter: Letter) -> BoxFuture<'_, Answer> {
        async { Answer::Refused(fault()) }.boxed()
    }

    fn look_for(&self, _letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        async { Err(fault()) }.boxed()
    }

    fn introduce(&self) -> BoxFuture<'_, Result<Introduction, Fault>> {
        meet::introduce(&self.client).boxed()
    }

    fn call(&self, call: Call) -> BoxFuture<'_, Result<CallAnswer, Fault>> {
        meet::call(&self.client, call).boxed()
    }
}
