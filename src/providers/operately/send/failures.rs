//! How often a server failed over one write, in this run: so that a value which
//! breaks it is not sent for ever.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::model::ids::EntryId;

/// Writes over which the server answered 500 itself.
#[derive(Debug, Default)]
pub struct Failures(Mutex<HashMap<EntryId, u8>>);

impl Failures {
    /// Notes one more; true if it is not the first.
    pub(super) fn again(&self, key: &EntryId) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(key.clone()).or_default();
        *count = count.saturating_add(1);
        *count > 1
    }

    /// It came through after all.
    pub(super) fn forget(&self, key: &EntryId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(key);
    }
}
