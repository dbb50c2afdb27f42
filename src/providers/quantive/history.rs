//! Check-ins out of the histories of a goal's metrics: what one person said of
//! several of them at one time with the same words was one check-in.

use chrono::TimeDelta;
use serde_json::Value;

use super::decode::Lens;
use super::{ids, metrics, scale, wire};
use crate::model::check_in::{CheckIn, ValueChange};
use crate::model::ids::{CheckInId, ResultId};
use crate::model::key_result::Reading;
use crate::model::time::Time;

/// Entries this far apart may still be one check-in: they are sent one by one.
const TOGETHER: TimeDelta = TimeDelta::minutes(2);

/// One entry of one metric's history.
struct Entry {
    id: String,
    at: Time,
    author: String,
    comment: String,
    result: ResultId,
    value: Option<Reading>,
    before: Option<Reading>,
    confidence: Option<u8>,
}

impl Lens<'_> {
    /// The check-ins of a goal, oldest first. `metrics`: each with the id it goes
    /// by here. Entries without a date cannot be placed and are left out.
    pub fn check_ins(&self, metrics: &[(&Value, String)]) -> Vec<CheckIn> {
        let mut entries: Vec<Entry> = metrics
            .iter()
            .flat_map(|(metric, id)| self.entries(metric, id))
            .collect();
        entries.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let mut groups: Vec<Vec<Entry>> = Vec::new();
        for entry in entries {
            // Newest first: an older group is out of reach when a newer one is.
            let place = groups.iter().rposition(|group| fits(group, &entry));
            match place.and_then(|place| groups.get_mut(place)) {
                Some(group) => group.push(entry),
                None => groups.push(vec![entry]),
            }
        }
        groups
            .into_iter()
            .filter_map(|group| self.check_in(group))
            .collect()
    }

    fn entries(&self, metric: &Value, id: &str) -> Vec<Entry> {
        if wire::flag(metric, "obfuscated") {
            return Vec::new();
        }
        let result = ResultId::new(ids::ours(self.account, 'k', id));
        let mut entries: Vec<Entry> = wire::list(metric, "metricHistory")
            .iter()
            .filter_map(|told| {
                let at = wire::moment(told, "createdAt")
                    .or_else(|| wire::moment(told, "checkInDate"))
                    .or_else(|| wire::moment(told, "date"))?;
                let value = wire::number(told, "value").or_else(|| wire::number(told, "actual"));
                Some(Entry {
                    id: wire::id(told).unwrap_or_else(|| format!("{id}@{}", at.timestamp_millis())),
                    at,
                    author: wire::said(told, "changedBy")
                        .or_else(|| wire::said(told, "userId"))
                        .unwrap_or_default(),
                    comment: wire::plain(wire::text(told, "comment").trim()),
                    result: result.clone(),
                    value: value.map(|value| metrics::reading(metric, value)),
                    before: None,
                    confidence: scale::value(told, "confidence").map(|sure| self.scale.ours(sure)),
                })
            })
            .collect();
        entries.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let mut last = None;
        for entry in &mut entries {
            entry.before.clone_from(&last);
            if entry.value.is_some() {
                last.clone_from(&entry.value);
            }
        }
        entries
    }

    fn check_in(&self, group: Vec<Entry>) -> Option<CheckIn> {
        let first = group.first()?;
        let author = match first.author.as_str() {
            "" => self.somebody(),
            author => self.person(author),
        };
        let id = CheckInId::new(ids::ours(self.account, 'h', &first.id));
        let mut check_in = CheckIn::new(id, author, first.at);
        check_in.note.clone_from(&first.comment);
        check_in.confidence = group.iter().find_map(|entry| entry.confidence);
        check_in.values = group
            .into_iter()
            .filter_map(|entry| {
                Some(ValueChange {
                    result: entry.result,
                    before: entry.before,
                    now: entry.value?,
                })
            })
            .collect();
        Some(check_in)
    }
}

/// Whether an entry belongs to a check-in: each metric is in it once.
fn fits(group: &[Entry], entry: &Entry) -> bool {
    let Some(first) = group.first() else {
        return false;
    };
    entry.at - first.at <= TOGETHER
        && first.author == entry.author
        && first.comment == entry.comment
        && group.iter().all(|other| other.result != entry.result)
}
