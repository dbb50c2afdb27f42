//! Check-ins: one call for each key result with a value, in the order of the
//! screen; each is found again by the metric's history, or, where that is not
//! told, by its value and the day of its last check-in.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::check_in::CheckIn;
use crate::model::exchange::{Answer, Batch, Fault, FaultKind, Letter};
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::key_result::KeyResult;
use crate::providers::clash;
use crate::providers::http::Method;
use crate::providers::row_by_row::{Desk, Row, Written};

use super::super::account::Quantive;
use super::super::problem::Problem;
use super::super::{ids, metrics, scale, wire};
use super::{Stop, body, harmless, invalid, refused};

/// One check-in under way.
pub(super) struct CheckInDesk<'a> {
    pub quantive: &'a Quantive,
    pub goal: &'a GoalId,
    pub check_in: &'a CheckIn,
}

/// What stood at a metric before its row was written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Known {
    /// Entries of its history.
    entries: Vec<String>,
    /// When it was checked in last, as told.
    last: String,
}

impl Known {
    fn of(metric: &Value) -> Self {
        Self {
            entries: wire::list(metric, "metricHistory")
                .iter()
                .map(key)
                .collect(),
            last: wire::text(metric, "lastCheckInDate"),
        }
    }
}

/// By what an entry of a history is known again.
fn key(entry: &Value) -> String {
    wire::id(entry).unwrap_or_else(|| {
        format!(
            "{}|{}",
            wire::text(entry, "createdAt"),
            wire::text(entry, "value")
        )
    })
}

/// The letters and digits of a text: what a server keeps of it whatever it does
/// to its form.
fn letters(text: &str) -> String {
    wire::plain(text)
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// Whether a check-in of this value and comment stands at the metric now that did
/// not before. `me`: my id there, if it is known.
fn is_there(metric: &Value, known: &Known, value: f64, note: &str, me: Option<&str>) -> bool {
    let new: Vec<&Value> = wire::list(metric, "metricHistory")
        .iter()
        .filter(|entry| !known.entries.contains(&key(entry)))
        .collect();
    let is_value = |told: Option<f64>| told.is_some_and(|told| clash::near(told, value));
    if !new.is_empty() {
        return new.iter().any(|entry| {
            let told = wire::number(entry, "value").or_else(|| wire::number(entry, "actual"));
            let by = wire::said(entry, "changedBy").or_else(|| wire::said(entry, "userId"));
            let is_mine = me.is_none_or(|me| by.is_none_or(|by| by == me));
            is_value(told) && is_mine && letters(&wire::text(entry, "comment")) == letters(note)
        });
    }
    let last = wire::text(metric, "lastCheckInDate");
    let has_moved = wire::moment(metric, "lastCheckInDate").is_some() && last != known.last;
    has_moved && is_value(wire::number(metric, "actual"))
}

impl CheckInDesk<'_> {
    fn metric_id<'a>(&self, row: &'a Row) -> Result<&'a str, Fault> {
        ids::writable(&self.quantive.account, 'k', row.result.as_str())
    }

    async fn rows(&self, letter: &Letter) -> Result<Vec<Row>, Stop> {
        let goal_id = self.quantive.goal_id(self.goal)?;
        let batch = Box::pin(self.quantive.goal(self.goal))
            .await
            .map_err(harmless)?;
        let now = batch.goals.iter().find(|goal| goal.id == *self.goal);
        let Some(now) = now else {
            let why = format!("the goal {goal_id} is gone or hidden from you");
            return Err(refused(
                FaultKind::Gone,
                why,
                "drop this entry (D) or copy its text (y)",
            ));
        };
        if let Some(base) = &letter.base {
            clash::with_check_in(base, now, self.check_in).map_err(Stop::from)?;
        }
        if self.check_in.values.is_empty() {
            return Ok(self.bearer(now).await?.into_iter().collect());
        }
        let mut rows = Vec::new();
        for change in &self.check_in.values {
            let Some(result) = now.result(&change.result) else {
                return Err(refused(
                    FaultKind::Changed,
                    "a key result of it is gone",
                    "write it again (e) or drop it (D)",
                ));
            };
            if result.particulars().hidden {
                return Err(invalid(
                    format!(
                        "Quantive hides the values of {} from you",
                        said(&result.name)
                    ),
                    "leave it out (e) or drop this entry (D)",
                ));
            }
            let row = Row {
                result: result.id.clone(),
                name: result.name.clone(),
                value: change.now.clone(),
                known: String::new(),
            };
            let id = self.metric_id(&row).map_err(Stop::from)?;
            let metric = self.quantive.raw_metric(id).await.map_err(harmless)?;
            if metrics::number(&metric, &change.now).is_none() {
                return Err(invalid(
                    format!("{} takes a number", said(&result.name)),
                    "write it as digits (e) or drop this entry (D)",
                ));
            }
            rows.push(Row {
                known: serde_json::to_string(&Known::of(&metric)).unwrap_or_default(),
                ..row
            });
        }
        Ok(rows)
    }

    /// Words without a value go with a key result whose value stays: my first that
    /// no insight feeds, else anybody's. None where there is no such key result; the
    /// words then stay on this machine.
    async fn bearer(&self, now: &Goal) -> Result<Option<Row>, Stop> {
        let around = Box::pin(self.quantive.around(false))
            .await
            .map_err(harmless)?;
        let is_mine = |result: &&KeyResult| result.particulars().owner.as_ref() == Some(&around.me);
        let (mine, others): (Vec<_>, Vec<_>) = now.results.iter().partition(is_mine);
        for result in mine.into_iter().chain(others) {
            let Some(value) = result.current.clone() else {
                continue;
            };
            let mut row = Row {
                result: result.id.clone(),
                name: result.name.clone(),
                value,
                known: String::new(),
            };
            let Ok(id) = self.metric_id(&row) else {
                continue;
            };
            let metric = self.quantive.raw_metric(id).await.map_err(harmless)?;
            if wire::flag(&metric, "dynamic") {
                continue;
            }
            row.known = serde_json::to_string(&Known::of(&metric)).unwrap_or_default();
            return Ok(Some(row));
        }
        Ok(None)
    }

    async fn look(&self, row: &Row) -> Result<bool, Stop> {
        let id = self.metric_id(row).map_err(Stop::from)?;
        let metric = self.quantive.raw_metric(id).await.map_err(harmless)?;
        let known: Known = serde_json::from_str(&row.known).unwrap_or_default();
        let Some(value) = metrics::number(&metric, &row.value) else {
            return Ok(false);
        };
        let around = Box::pin(self.quantive.around(false))
            .await
            .map_err(harmless)?;
        let me = around.my_id.as_deref();
        Ok(is_there(&metric, &known, value, &self.check_in.note, me))
    }

    async fn post(&self, letter: &Letter, row: &Row) -> Written {
        let id = match self.metric_id(row) {
            Ok(id) => id,
            Err(fault) => return Written::Refused(fault),
        };
        let read = async {
            let around = Box::pin(self.quantive.around(false)).await?;
            // How a yes is written, and the scale where the account tells none.
            let metric = self.quantive.raw_metric(id).await?;
            Ok::<_, Problem>((around, metric))
        };
        let (around, metric) = match read.await {
            Ok(read) => read,
            Err(problem) => return stopped(harmless(problem).answer()),
        };
        let Some(value) = metrics::number(&metric, &row.value) else {
            return Written::Refused(Fault::new(
                FaultKind::Invalid,
                "it takes a number",
                "write it as digits (e)",
            ));
        };
        let mut sent = json!({
            "actual": body::number(value),
            "comment": self.check_in.note,
            "checkInDate": body::moment(letter.signature.at),
        });
        if let (Some(sure), Some(fields)) = (self.check_in.confidence, sent.as_object_mut()) {
            let seen = scale::value(&metric, "confidence");
            let sure = around.scale.theirs(sure, seen);
            fields.insert("confidence".to_owned(), body::number(sure));
        }
        let path = format!("/v1/metrics/{}/checkin", wire::escaped(id));
        let api = &self.quantive.api;
        match api.write(Method::POST, &path, Some(sent)).await {
            Ok(_) => {
                api.note_check_ins(true);
                Written::Done
            }
            Err(problem) if matches!(problem.status(), Some(404 | 405)) => {
                self.put(id, value, problem).await
            }
            Err(problem) => written(problem.after_sending()),
        }
    }

    /// A server without check-ins takes the value alone; the note and the rest stay
    /// on this machine.
    async fn put(&self, id: &str, value: f64, refused: Problem) -> Written {
        let path = format!("/v1/metrics/{}", wire::escaped(id));
        let sent = json!({ "actual": body::number(value) });
        let api = &self.quantive.api;
        match api.write(Method::PATCH, &path, Some(sent)).await {
            Ok(_) => {
                api.note_check_ins(false);
                Written::Done
            }
            // It is the metric that is not there.
            Err(problem) if matches!(problem.status(), Some(404 | 405)) => {
                Written::Refused(refused.fault())
            }
            Err(problem) => written(problem.after_sending()),
        }
    }
}

/// An answer to one row: what the server says of it is about this row alone.
fn written(answer: Answer) -> Written {
    match answer {
        Answer::Refused(fault) if fault.kind != FaultKind::SignedOut => Written::Refused(fault),
        answer => Written::Stop(answer),
    }
}

/// A read before the row failed: nothing was written.
fn stopped(answer: Answer) -> Written {
    match answer {
        Answer::Refused(fault) if fault.kind == FaultKind::Gone => Written::Refused(fault),
        answer => Written::Stop(answer),
    }
}

fn said(text: &str) -> String {
    crate::model::text::line(text)
        .truncate(60)
        .as_str()
        .to_owned()
}

impl Desk for CheckInDesk<'_> {
    fn prepare<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<Vec<Row>, Answer>> {
        async move { self.rows(letter).await.map_err(Stop::answer) }.boxed()
    }

    fn is_there<'a>(
        &'a self,
        _letter: &'a Letter,
        row: &'a Row,
    ) -> BoxFuture<'a, Result<bool, Answer>> {
        async move { self.look(row).await.map_err(Stop::answer) }.boxed()
    }

    fn write<'a>(&'a self, letter: &'a Letter, row: &'a Row) -> BoxFuture<'a, Written> {
        self.post(letter, row).boxed()
    }

    fn facts<'a>(&'a self, _letter: &'a Letter) -> BoxFuture<'a, Result<Batch, Answer>> {
        async move {
            let facts = self.quantive.facts(&[self.goal]).await;
            facts.map_err(Stop::answer)
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(metric: &Value, value: f64, note: &str) -> bool {
        let known = Known {
            entries: vec!["old".to_owned()],
            last: "2026-11-06T08:00:00Z".to_owned(),
        };
        is_there(metric, &known, value, note, Some("me"))
    }

    fn history(entries: Value) -> Value {
        json!({"actual": 22, "lastCheckInDate": "2026-11-20T08:00:00Z", "metricHistory": entries})
    }

    #[test]
    fn a_check_in_is_known_again_by_author_value_and_words() {
        let mine =
            json!({"id": "new", "value": 22, "comment": "**Step** removed", "changedBy": "me"});
        assert!(there(&history(json!([mine])), 22.0, "Step removed\n"));
        assert!(!there(&history(json!([mine])), 23.0, "Step removed"));
        assert!(!there(&history(json!([mine])), 22.0, "Other words"));
        let other = json!({"id": "new", "value": 22, "comment": "", "changedBy": "bob"});
        assert!(!there(&history(json!([other])), 22.0, ""));
        // The one of last week with the same words is none of ours.
        let old = json!({"id": "old", "value": 22, "comment": "", "changedBy": "me"});
        let mut metric = history(json!([old]));
        metric["lastCheckInDate"] = json!("2026-11-06T08:00:00Z");
        assert!(!there(&metric, 22.0, ""));
    }

    #[test]
    fn without_a_history_the_value_and_the_day_of_the_last_one_tell() {
        let mut metric = json!({"actual": 22, "lastCheckInDate": "2026-11-20T08:00:00Z"});
        assert!(there(&metric, 22.0, "x"));
        assert!(!there(&metric, 21.0, "x"));
        metric["lastCheckInDate"] = json!("2026-11-06T08:00:00Z");
        assert!(!there(&metric, 22.0, "x"));
        metric["lastCheckInDate"] = json!("0001-01-01T00:00:00Z");
        assert!(!there(&metric, 22.0, "x"));
    }
}
