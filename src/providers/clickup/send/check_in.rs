//! Check-ins: one call for each key result that moves, the note with each.

use super::super::decode::{Steps, entries};
use super::super::json::{list_at, text_at};
use super::super::names;
use super::row::Note;
use super::{Desk, Now, goal, results};
use crate::model::check_in::CheckIn;
use crate::model::exchange::{Answer, Base, Batch, Fault, FaultKind, Letter};
use crate::model::ids::{GoalId, ResultId};
use crate::model::key_result::{KeyResult, Reading};
use crate::providers::clash::{self, near};
use crate::providers::row_by_row::Row;

impl Desk<'_> {
    /// The rows of a check-in, in the order of the screen. The date it moves, which
    /// may be written again and again, is written here.
    pub(super) async fn prepare_check_in(
        &self,
        letter: &Letter,
        goal: &GoalId,
        check_in: &CheckIn,
    ) -> Result<Vec<Row>, Answer> {
        let id = self.goal_id(goal).map_err(Answer::Refused)?;
        let now = self.now(id).await?;
        if let Some(base) = &letter.base {
            faster(base, &now, check_in).map_err(Answer::Refused)?;
        }
        let mut rows = Vec::new();
        for change in &check_in.values {
            let result = now.goal.result(&change.result).ok_or_else(|| {
                Answer::Refused(Fault::new(
                    FaultKind::Gone,
                    "a key result of this check-in is gone",
                    "write it again (e) or drop it (D)",
                ))
            })?;
            if result.particulars().automatic {
                // Reckoned at ClickUp from tasks.
                continue;
            }
            let value = results::value(result, &change.now).map_err(Answer::Refused)?;
            let seen = result.current.as_ref().map(Reading::number);
            if seen.is_none_or(|seen| !near(seen, value)) {
                rows.push(self.row(&now, result, value).map_err(Answer::Refused)?);
            }
        }
        if rows.is_empty() && !check_in.note.trim().is_empty() {
            rows.extend(self.carrier(&now).map_err(Answer::Refused)?);
        }
        if let Some(moved) = check_in.due_moved {
            self.move_due(id, &now, moved.to).await?;
        }
        Ok(rows)
    }

    /// One row, with the entries by which it is told from older equal ones.
    pub(super) fn row(&self, now: &Now, result: &KeyResult, value: f64) -> Result<Row, Fault> {
        let id = names::result(self.account, &result.id)?;
        let known = entries(&now.item)
            .into_iter()
            .filter(|entry| entry.result == id)
            .map(|entry| entry.id)
            .collect();
        let note = Note::Update {
            entries: known,
            before: raw(now, id).and_then(|steps| steps.current),
        };
        Ok(Row {
            result: result.id.clone(),
            name: result.name.clone(),
            value: Reading::Number(value),
            known: note.text(),
        })
    }

    /// Where a note goes that comes without a changed value: with the first key
    /// result whose value is known, which stays as it is; one that is reckoned at
    /// ClickUp only if there is no other.
    fn carrier(&self, now: &Now) -> Result<Option<Row>, Fault> {
        let (own, reckoned): (Vec<&KeyResult>, Vec<&KeyResult>) = now
            .goal
            .results
            .iter()
            .partition(|result| !result.particulars().automatic);
        for result in own.into_iter().chain(reckoned) {
            let Ok(id) = names::result(self.account, &result.id) else {
                continue;
            };
            let steps = raw(now, id).and_then(|steps| {
                let is_reckoned = result.particulars().automatic;
                let start = steps.start.filter(|_| !is_reckoned);
                steps.current.or(start)
            });
            if let Some(value) = steps {
                return self.row(now, result, value).map(Some);
            }
        }
        Ok(None)
    }

    async fn move_due(
        &self,
        id: &str,
        now: &Now,
        to: Option<chrono::NaiveDate>,
    ) -> Result<(), Answer> {
        if now.goal.due == to {
            return Ok(());
        }
        let body = goal::due(to, &self.zone().await?).map_err(Answer::Refused)?;
        self.put_goal(id, serde_json::json!({ "due_date": body }))
            .await
    }
}

/// The steps of a key result as they came.
fn raw(now: &Now, id: &str) -> Option<Steps> {
    let mut all = list_at(&now.item, "key_results").iter();
    all.find(|item| text_at(item, "id").as_deref() == Some(id))
        .map(Steps::of)
}

/// Refuses if somebody changed meanwhile what the writer sets. Who answers for a
/// goal without owners is known here alone.
fn faster(base: &Base, now: &Now, check_in: &CheckIn) -> Result<(), Fault> {
    let mut base = base.clone();
    if now.goal.champion.is_none() {
        base.champion = None;
    }
    let is_reckoned = |id: &ResultId| {
        let result = now.goal.result(id);
        result.is_some_and(|result| result.particulars().automatic)
    };
    base.results.retain(|result| !is_reckoned(&result.id));
    clash::with_check_in(&base, &now.goal, check_in)
}

/// Facts after a check-in: where the server's answer has no values, those that were
/// sent stand.
pub fn with_sent_values(mut batch: Batch, check_in: &CheckIn) -> Batch {
    for result in batch.goals.iter_mut().flat_map(|goal| &mut goal.results) {
        let sent = check_in.value_of(&result.id);
        if let (None, Some(sent)) = (&result.current, sent) {
            result.current = Some(sent.clone());
        }
    }
    batch
}
