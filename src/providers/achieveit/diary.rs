//! The updates that were written here and went through: AchieveIt takes them and
//! has no way to read them back, so a note of the account keeps the newest.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::model::cache::Notes;
use crate::model::check_in::CheckIn;
use crate::model::ids::{AccountName, GoalId};

/// The note they are kept in.
const KEY: &str = "updates";
/// The newest that are kept, of all items together.
const MOST: usize = 2_000;

/// Updates by goal, oldest first.
pub(super) type Updates = BTreeMap<GoalId, Vec<CheckIn>>;

/// Where the updates of one account are kept.
pub(super) struct Diary {
    account: AccountName,
    notes: Option<Arc<dyn Notes>>,
    /// Without notes: of this run. Also keeps two from writing at once.
    here: Mutex<Updates>,
}

impl Diary {
    /// A diary in these notes, or of this run alone.
    pub fn new(account: AccountName, notes: Option<Arc<dyn Notes>>) -> Self {
        Self {
            account,
            notes,
            here: Mutex::default(),
        }
    }

    /// All that is kept, read anew: another program may have written.
    pub async fn all(&self) -> Updates {
        let mut here = self.here.lock().await;
        let _is_read = self.reread(&mut here).await;
        here.clone()
    }

    /// Keeps one more; the same one again changes nothing.
    pub async fn add(&self, goal: &GoalId, check_in: CheckIn) {
        let mut here = self.here.lock().await;
        let is_read = self.reread(&mut here).await;
        let of_goal = here.entry(goal.clone()).or_default();
        if of_goal.iter().any(|known| known.id == check_in.id) {
            return;
        }
        of_goal.push(check_in);
        of_goal.sort_by_key(|known| known.at);
        prune(&mut here, MOST);
        // What cannot be read is not written over.
        if let Some(notes) = self.notes.as_ref().filter(|_| is_read) {
            let text = serde_json::to_string(&*here).unwrap_or_default();
            if let Err(fault) = notes.put(&self.account, KEY, &text).await {
                tracing::warn!(account = %self.account, %fault, "an update is not kept");
            }
        }
    }

    async fn reread(&self, here: &mut Updates) -> bool {
        let Some(notes) = &self.notes else {
            return true;
        };
        match notes.get(&self.account, KEY).await {
            // A note that cannot be read is one of another version: begun anew.
            Ok(Some(text)) => *here = serde_json::from_str(&text).unwrap_or_default(),
            Ok(None) => here.clear(),
            Err(fault) => {
                tracing::warn!(account = %self.account, %fault, "updates are not read");
                return false;
            }
        }
        true
    }
}

/// Keeps the newest of all.
fn prune(all: &mut Updates, most: usize) {
    let mut moments: Vec<_> = all.values().flatten().map(|one| one.at).collect();
    let Some(over) = moments.len().checked_sub(most).filter(|over| *over > 0) else {
        return;
    };
    moments.sort_unstable();
    let oldest = moments.get(over).copied().unwrap_or_default();
    all.retain(|_, updates| {
        updates.retain(|one| one.at >= oldest);
        !updates.is_empty()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(id: &str, day: u32) -> CheckIn {
        let at = format!("2026-11-{day:02}T09:00:00Z").parse().unwrap();
        CheckIn::new(id.into(), "a:me".into(), at)
    }

    #[tokio::test]
    async fn updates_are_kept_once_and_in_order() {
        let diary = Diary::new("a".into(), None);
        for (id, day) in [("b", 9), ("a", 2), ("b", 9)] {
            diary.add(&"a:g:1".into(), update(id, day)).await;
        }
        let all = diary.all().await;
        let ids: Vec<&str> = all[&GoalId::new("a:g:1")]
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        assert_eq!(ids, ["a", "b"]);
    }

    #[test]
    fn the_oldest_of_all_go_first() {
        let mut all = Updates::new();
        for day in 1..=9 {
            let goal = GoalId::new(format!("a:g:{}", day % 2));
            all.entry(goal)
                .or_default()
                .push(update(&day.to_string(), day));
        }
        prune(&mut all, 9);
        assert_eq!(all.values().flatten().count(), 9);
        prune(&mut all, 3);
        let mut left: Vec<&str> = all.values().flatten().map(|one| one.id.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, ["7", "8", "9"]);
    }
}
