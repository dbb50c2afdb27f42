//! The store as far as the first screen needs it, read on this thread without a
//! runtime: for a status line that is asked every few seconds.

use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use crate::model::exchange::{Fault, FaultKind};
use crate::model::time::Now;
use crate::store::Store;
use crate::store::effect::{Command, Effect, Outcome};

use super::headless::Parts;

/// Wakes the thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread; it must need no runtime.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Reads what waits for me, and nothing else.
///
/// # Errors
/// The fault of the first account that cannot be read, unless only the network is
/// missing.
pub fn glance(parts: Parts) -> Result<(Store, Now), Fault> {
    let now = parts.clock.now();
    let mut store = Store::new(parts.setups, parts.rules);
    store.outcome(Outcome::Loaded(parts.records), now);
    for effect in store.command(Command::Start, now) {
        let Effect::Fetch {
            ticket,
            account,
            query,
        } = effect
        else {
            continue;
        };
        let Some(provider) = parts.providers.get(&account) else {
            continue;
        };
        let (pieces, batches) = channel();
        let sink = Box::new(move |batch| {
            // The receiver lives until the end of this turn.
            let _sent = pieces.send(batch);
        });
        let ended = wait(provider.fetch(query, sink));
        for batch in batches.try_iter() {
            // What the store wants next, everything, is not for us.
            let _all = store.outcome(Outcome::Fetched { ticket, batch }, now);
        }
        // What is kept of an account elsewhere came before this.
        match ended {
            Err(fault) if fault.kind != FaultKind::Offline => return Err(fault),
            _ => {}
        }
    }
    Ok((store, now))
}
