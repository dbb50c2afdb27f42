//! Asks one provider one thing, past the store, and waits for it: for meeting an
//! account and for calls of a provider's own.

use std::sync::Arc;

use crate::config::file::Account;
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{Fault, FaultKind};
use crate::providers::Provider;
use crate::providers::http::Token;

use super::assemble::{Ground, Options};
use super::remote;

fn wait<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::new(FaultKind::Disk, error.to_string(), "try again"))?;
    runtime.block_on(work)
}

/// Who is there, and what this login may do.
///
/// # Errors
/// As the provider says.
pub fn introduce(provider: &Arc<dyn Provider>) -> Result<Introduction, Fault> {
    wait(provider.introduce())
}

/// The same of an account that is not there yet.
///
/// # Errors
/// As the provider says.
pub fn introduce_new(
    options: &Options,
    ground: &Ground,
    account: &Account,
    token: Option<Token>,
) -> Result<Introduction, Fault> {
    wait(async {
        let provider = remote::tried(options, ground, account, token).await;
        provider.introduce().await
    })
}

/// Makes a call of the provider's own.
///
/// # Errors
/// There is no answer, or the provider has no calls of its own.
pub fn call(provider: &Arc<dyn Provider>, call: Call) -> Result<CallAnswer, Fault> {
    wait(provider.call(call))
}
