//! Bodies of writes: goals and key results as Quantive takes them, strictly typed
//! and with the changed fields only. Pure.

use chrono::{NaiveDate, SecondsFormat};
use serde_json::{Map, Value, json};

use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::time::Time;

use super::super::metrics;
use super::super::wire::{self, NO_DATE};

/// A moment as it is sent.
pub(super) fn moment(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A first day as it is sent.
pub(super) fn first_day(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| NO_DATE.to_owned(), |day| format!("{day}T00:00:00Z"))
}

/// A last day as it is sent: to its end.
pub(super) fn last_day(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| NO_DATE.to_owned(), |day| format!("{day}T23:59:59.999Z"))
}

/// Tags as they are sent.
pub(super) fn tags(tags: &[String]) -> Value {
    tags.iter().map(|tag| json!({ "title": tag })).collect()
}

/// A number as JSON: whole ones without a point.
pub(super) fn number(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    match value.fract() == 0.0 && value.abs() < 9e15 {
        true => json!(value as i64),
        false => json!(value),
    }
}

/// How a key result counts at Quantive; none where it has no such thing.
fn operator(result: &KeyResult) -> Option<&'static str> {
    match &result.kind {
        Kind::Number | Kind::Percent | Kind::Currency => {
            let falls = match result.target {
                Some(target) if target == result.start => result.falling,
                target => target? < result.start,
            };
            Some(if falls { "at_most" } else { "at_least" })
        }
        Kind::YesNo => Some("at_least"),
        Kind::Guardrail(rail) => Some(match rail.above {
            true => "should_stay_above",
            false => "should_stay_below",
        }),
        Kind::Checklist { .. } | Kind::Milestones { .. } | Kind::Zones { .. } | Kind::Baseline => {
            None
        }
    }
}

/// Start and target of a key result.
fn range(result: &KeyResult) -> (f64, Option<f64>) {
    match &result.kind {
        // It has none of its own there that is known by name: from 0 to 1.
        Kind::YesNo => (0.0, Some(1.0)),
        Kind::Guardrail(rail) => (result.start, Some(rail.limit)),
        _ => (result.start, result.target),
    }
}

/// What can be said against a key result before anything is sent.
pub(super) fn unfit(result: &KeyResult) -> Option<&'static str> {
    match (&result.kind, operator(result)) {
        (Kind::Baseline, _) => Some("a key result of Quantive needs a target"),
        (_, None) => Some("a key result of Quantive is one number from a start to a target"),
        _ => None,
    }
}

fn unit_of(result: &KeyResult) -> &str {
    match (&result.kind, result.unit.trim()) {
        (Kind::Percent, "") => "%",
        (_, unit) => unit,
    }
}

fn format_of(result: &KeyResult) -> Value {
    let unit = unit_of(result);
    let (prefix, suffix) = match (&result.kind, unit) {
        (Kind::Currency, "$" | "€" | "£" | "¥") => (unit.to_owned(), String::new()),
        (_, "" | "%") => (String::new(), unit.to_owned()),
        (_, unit) => (String::new(), format!(" {unit}")),
    };
    let (start, target) = range(result);
    let current = result.current.as_ref().map(Reading::number);
    let decimals = [Some(start), target, current]
        .into_iter()
        .flatten()
        .map(decimals)
        .max();
    json!({ "prefix": prefix, "suffix": suffix, "fractionSize": decimals.unwrap_or(0) })
}

/// Digits behind the point, 2 at most.
fn decimals(value: f64) -> u8 {
    let is_whole = |value: f64| (value - value.round()).abs() < 1e-9;
    match value {
        value if is_whole(value) => 0,
        value if is_whole(value * 10.0) => 1,
        _ => 2,
    }
}

/// A new key result of a goal.
pub(super) fn new_metric(result: &KeyResult, goal: &str, owner: Option<&str>) -> Value {
    let (start, target) = range(result);
    let mut body = json!({
        "goalId": goal,
        "name": result.name,
        "manualType": "double",
        "targetOperator": operator(result).unwrap_or("at_least"),
        "initialValue": number(start),
        "format": format_of(result),
        "dueDate": NO_DATE,
        "softDueDate": NO_DATE,
    });
    let mut put = |key: &str, value: Option<Value>| {
        if let (Some(fields), Some(value)) = (body.as_object_mut(), value) {
            fields.insert(key.to_owned(), value);
        }
    };
    put("target", target.map(number));
    put("ownerId", owner.map(|owner| json!(owner)));
    put("ownerIds", owner.map(|owner| json!([owner])));
    let actual = result.current.as_ref().map(Reading::number);
    put(
        "actual",
        actual.filter(|actual| *actual != start).map(number),
    );
    if let Kind::Guardrail(rail) = &result.kind {
        put("critical", rail.critical.map(number));
    }
    body
}

/// What of a key result differs from the metric as it stands (`now`, and what we
/// read of it); empty if nothing does.
pub(super) fn metric_edit(result: &KeyResult, now: &Value, ours: &KeyResult) -> Map<String, Value> {
    let mut body = Map::new();
    if result.name != ours.name {
        body.insert("name".to_owned(), json!(result.name));
    }
    let (start, target) = range(result);
    let is_yes_no = ours.kind == Kind::YesNo && result.kind == Kind::YesNo;
    if !is_yes_no {
        if Some(start) != wire::number(now, "initialValue") && start != ours.start {
            body.insert("initialValue".to_owned(), number(start));
        }
        if let Some(target) = target
            && Some(target) != wire::number(now, "target")
        {
            body.insert("target".to_owned(), number(target));
        }
        let wanted = operator(result);
        if wanted != operator(ours)
            && let Some(operator) = wanted
        {
            body.insert("targetOperator".to_owned(), json!(operator));
        }
        if unit_of(result) != unit_of(ours) {
            body.insert("format".to_owned(), format_of(result));
        }
    }
    if result.current != ours.current
        && let Some(actual) = result
            .current
            .as_ref()
            .and_then(|reading| metrics::number(now, reading))
    {
        body.insert("actual".to_owned(), number(actual));
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::key_result::Guardrail;

    fn result(kind: Kind, start: f64, target: Option<f64>, unit: &str) -> KeyResult {
        KeyResult {
            id: "work:k:1".into(),
            name: "Cut set-up time".to_owned(),
            kind,
            unit: unit.to_owned(),
            start,
            target,
            current: None,
            weight: 1.0,
            falling: false,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
            particulars: None,
        }
    }

    #[test]
    fn a_new_key_result_says_where_it_goes_and_how() {
        let body = new_metric(
            &result(Kind::Number, 40.0, Some(10.0), "min"),
            "g",
            Some("u"),
        );
        assert_eq!(body["targetOperator"], "at_most");
        assert_eq!(body["target"].to_string(), "10");
        assert_eq!(
            body["format"],
            json!({"prefix": "", "suffix": " min", "fractionSize": 0})
        );
        assert_eq!(
            (&body["dueDate"], &body["ownerIds"]),
            (&json!(NO_DATE), &json!(["u"]))
        );
        assert!(body.get("actual").is_none());
        let rail = Guardrail {
            limit: 2.0,
            above: false,
            critical: Some(5.0),
            strict: true,
        };
        let body = new_metric(&result(Kind::Guardrail(rail), 3.1, None, "%"), "g", None);
        assert_eq!(
            (&body["targetOperator"], &body["critical"]),
            (&json!("should_stay_below"), &json!(5))
        );
        assert_eq!(
            body["format"],
            json!({"prefix": "", "suffix": "%", "fractionSize": 1})
        );
        let body = new_metric(&result(Kind::Currency, 0.0, Some(9.5), "$"), "g", None);
        assert_eq!(body["format"]["prefix"], "$");
    }

    #[test]
    fn an_edit_of_a_key_result_has_what_changed_and_nothing_else() {
        let ours = result(Kind::Number, 40.0, Some(10.0), "min");
        let now = json!({"initialValue": 40, "target": 10});
        assert!(metric_edit(&ours, &now, &ours).is_empty());
        let mut other = ours.clone();
        other.target = Some(5.0);
        assert_eq!(
            Value::from(metric_edit(&other, &now, &ours)),
            json!({"target": 5})
        );
        other.unit = "s".to_owned();
        other.current = Some(Reading::Number(12.5));
        let body = metric_edit(&other, &now, &ours);
        assert_eq!(body.len(), 3);
        assert_eq!(
            (&body["actual"], &body["format"]["suffix"]),
            (&json!(12.5), &json!(" s"))
        );
    }

    #[test]
    fn what_no_metric_can_be_is_told_before() {
        let steps = Kind::Milestones { steps: Vec::new() };
        assert!(unfit(&result(steps, 0.0, None, "")).is_some());
        assert!(
            unfit(&result(Kind::Baseline, 0.0, None, ""))
                .unwrap()
                .contains("target")
        );
        assert_eq!(unfit(&result(Kind::YesNo, 0.0, None, "")), None);
    }
}
