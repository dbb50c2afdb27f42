//! Metrics as key results.

use serde_json::Value;

use super::decode::Lens;
use super::{ids, scale, wire};
use crate::model::ids::{PersonId, ResultId};
use crate::model::key_result::{Guardrail, KeyResult, Kind, Particulars, Reading};
use crate::model::status::Status;

/// What a reading is measured in, by the metric's `format`.
fn unit(metric: &Value) -> String {
    let Some(format) = metric.get("format") else {
        return String::new();
    };
    let (prefix, suffix) = (wire::text(format, "prefix"), wire::text(format, "suffix"));
    match suffix.trim() {
        "" => prefix.trim().to_owned(),
        suffix => suffix.to_owned(),
    }
}

/// Words for "yes or no" in `manualType`. The reference says that there is such a
/// type and not what it is called.
fn is_yes_no(metric: &Value) -> bool {
    let word = wire::bare(&wire::text(metric, "manualType"));
    matches!(
        word.as_str(),
        "bool" | "boolean" | "binary" | "yesno" | "donenotdone"
    )
}

fn is_money(metric: &Value) -> bool {
    let prefix = metric
        .get("format")
        .map(|format| wire::text(format, "prefix"));
    prefix.is_some_and(|prefix| {
        matches!(prefix.trim(), "$" | "€" | "£" | "¥" | "USD" | "EUR" | "GBP")
    })
}

/// How it counts. A limit to keep is broken by the limit itself.
fn kind(metric: &Value) -> Kind {
    let target = wire::number(metric, "target");
    let operator = wire::bare(&wire::text(metric, "targetOperator"));
    let is_limit = matches!(operator.as_str(), "shouldstayabove" | "shouldstaybelow");
    if let (true, Some(limit)) = (is_limit, target) {
        return Kind::Guardrail(Guardrail {
            limit,
            above: operator == "shouldstayabove",
            critical: wire::number(metric, "critical"),
            strict: true,
        });
    }
    match (is_yes_no(metric), target, unit(metric).as_str()) {
        (true, _, _) => Kind::YesNo,
        (_, None, _) => Kind::Baseline,
        (_, _, "%") => Kind::Percent,
        _ if is_money(metric) => Kind::Currency,
        _ => Kind::Number,
    }
}

/// A number as what is read off this metric.
pub fn reading(metric: &Value, value: f64) -> Reading {
    if is_yes_no(metric) {
        let target = wire::number(metric, "target").unwrap_or(1.0);
        return Reading::Yes((value - target).abs() < 1e-9);
    }
    Reading::Number(value)
}

/// A reading as the number that is sent for this metric; none for what no metric
/// reads.
pub fn number(metric: &Value, reading: &Reading) -> Option<f64> {
    match reading {
        Reading::Number(value) => value.is_finite().then_some(*value),
        Reading::Yes(true) => Some(wire::number(metric, "target").unwrap_or(1.0)),
        Reading::Yes(false) => Some(wire::number(metric, "initialValue").unwrap_or(0.0)),
        Reading::Ticks(_) => None,
    }
}

/// A colour hint of theirs as a status.
fn status(metric: &Value) -> Option<Status> {
    match wire::bare(&wire::text(metric, "progressStatus")).as_str() {
        "good" => Some(Status::OnTrack),
        "medium" => Some(Status::AtRisk),
        "bad" => Some(Status::OffTrack),
        _ => None,
    }
}

impl Lens<'_> {
    /// One key result; none without an id. `id`: the one it goes by here.
    pub fn result(&self, metric: &Value, id: &str) -> KeyResult {
        let hidden = wire::flag(metric, "obfuscated");
        let actual = wire::number(metric, "actual").filter(|_| !hidden);
        let start = wire::number(metric, "initialValue").unwrap_or(0.0);
        let target = wire::number(metric, "target");
        let operator = wire::bare(&wire::text(metric, "targetOperator"));
        let owner = self.owner(metric).map(|id| self.person(&id));
        let particulars = Particulars {
            provider_progress: wire::number(metric, "attainment").filter(|_| !hidden),
            // A value may be sent for it, so it is not the provider's alone.
            automatic: false,
            aside: self.aside(metric),
            owner,
            checked_at: wire::moment(metric, "lastCheckInDate"),
            hidden,
        };
        KeyResult {
            id: ResultId::new(ids::ours(self.account, 'k', id)),
            name: wire::text(metric, "name"),
            kind: kind(metric),
            unit: unit(metric).trim().to_owned(),
            start,
            target,
            current: actual.map(|actual| reading(metric, actual)),
            weight: 1.0,
            falling: operator == "atmost" && target == Some(start),
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: status(metric).filter(|_| !hidden),
            particulars: Some(Box::new(particulars)),
        }
    }

    /// What a person should know before a value is written: where it comes from,
    /// what it cascades from, how sure its owner is.
    fn aside(&self, metric: &Value) -> String {
        let mut words = Vec::new();
        if wire::flag(metric, "dynamic") {
            let source =
                wire::said(metric, "insightName").or_else(|| wire::said(metric, "fieldName"));
            words.push(match source {
                Some(source) => format!("fed by {source}, which may replace a value you send"),
                None => "fed by an insight, which may replace a value you send".to_owned(),
            });
        }
        if let Some(cascade) = wire::said(metric, "cascadeType")
            && !matches!(wire::bare(&cascade).as_str(), "none" | "manual")
        {
            words.push(format!("cascades ({cascade})"));
        }
        if self.values_alone {
            words.push("this server takes values alone, a note stays on this machine".to_owned());
        }
        if let Some(sure) = scale::value(metric, "confidence") {
            let mut said = format!("confidence {} of 10", self.scale.ours(sure));
            if let Some(name) = self.scale.name(sure) {
                said = format!("{said} ({name})");
            }
            words.push(said);
        }
        words.join("; ")
    }

    /// The user or team that answers for a goal or metric.
    pub fn owner(&self, thing: &Value) -> Option<String> {
        wire::said(thing, "ownerId")
            .or_else(|| {
                let first = wire::list(thing, "ownerIds").first()?.as_str()?;
                (!first.trim().is_empty()).then(|| first.to_owned())
            })
            .or_else(|| thing.get("assignee").and_then(wire::id))
            .or_else(|| wire::list(thing, "assignees").first().and_then(wire::id))
    }

    /// Our id of a user or team.
    pub fn person(&self, id: &str) -> PersonId {
        PersonId::new(ids::ours(self.account, 'u', id))
    }
}
