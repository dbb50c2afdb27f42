//! What a provider learned of its server, remembered over starts. A note that is
//! missing or cannot be read costs some more requests, nothing else.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{OnceCell, watch};

use crate::model::cache::Notes;
use crate::model::ids::AccountName;

/// One note of an account: read once, written when it is another.
pub struct Notebook<T> {
    notes: Arc<dyn Notes>,
    account: AccountName,
    key: &'static str,
    is_read: OnceCell<()>,
    /// What is written there now.
    written: watch::Sender<T>,
}

impl<T> std::fmt::Debug for Notebook<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notebook")
            .field("account", &self.account)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl<T: Clone + Default + PartialEq + Serialize + DeserializeOwned> Notebook<T> {
    /// The note of an account under this key; nothing is read yet.
    pub fn new(notes: Arc<dyn Notes>, account: AccountName, key: &'static str) -> Self {
        Self {
            notes,
            account,
            key,
            is_read: OnceCell::new(),
            written: watch::Sender::new(T::default()),
        }
    }

    /// Hands on what was noted before, once.
    pub async fn recall(&self, take: impl FnOnce(T)) {
        let read = || async {
            let note = self.notes.get(&self.account, self.key).await;
            let note = note.ok().flatten();
            if let Some(known) = note.and_then(|note| serde_json::from_str::<T>(&note).ok()) {
                self.written.send_replace(known.clone());
                take(known);
            }
        };
        self.is_read.get_or_init(read).await;
    }

    /// Notes what is known now, if that is another than what stands there.
    pub async fn remember(&self, now: T) {
        if *self.written.borrow() == now {
            return;
        }
        let Ok(note) = serde_json::to_string(&now) else {
            return;
        };
        match self.notes.put(&self.account, self.key, &note).await {
            Ok(()) => {
                self.written.send_replace(now);
            }
            Err(fault) => tracing::warn!(account = %self.account, %fault, "not remembered"),
        }
    }
}
