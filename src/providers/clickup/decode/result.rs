//! Key results: five kinds, and whatever else a server calls one.

use serde_json::Value;

use super::super::json::{flag_at, list_at, number_at, text_at};
use super::super::names::{self, Ids, People};
use super::super::scale::Percents;
use super::Look;
use crate::model::ids::{PersonId, ResultId};
use crate::model::key_result::{KeyResult, Kind, Particulars, Reading};

/// The steps of a key result as they came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    /// `steps_start`
    pub start: Option<f64>,
    /// `steps_end`
    pub end: Option<f64>,
    /// `steps_current`
    pub current: Option<f64>,
}

impl Steps {
    /// Reads them.
    pub fn of(item: &Value) -> Self {
        Self {
            start: number_at(item, &["steps_start"]),
            end: number_at(item, &["steps_end"]),
            current: number_at(item, &["steps_current"]),
        }
    }

    fn are_missing(self) -> bool {
        self.start.is_none() && self.end.is_none() && self.current.is_none()
    }

    /// How far it has come by its steps alone; none where they do not say.
    fn ratio(self, is_completed: bool) -> Option<f64> {
        let start = self.start.unwrap_or(0.0);
        let (end, current) = (self.end?, self.current.unwrap_or(start));
        if (end - start).abs() < f64::EPSILON {
            let is_full = is_completed || (current - end).abs() < f64::EPSILON;
            return Some(f64::from(u8::from(is_full)));
        }
        let ratio = (current - start) / (end - start);
        ratio.is_finite().then_some(ratio)
    }
}

/// Notes the percentages of goals and their key results.
pub fn percents<'a>(goals: impl Iterator<Item = &'a Value>) -> Percents {
    const KEY: &[&str] = &["percent_completed"];
    let mut percents = Percents::default();
    for goal in goals {
        if let Some(value) = number_at(goal, KEY) {
            percents.goal(value);
        }
        for result in list_at(goal, "key_results") {
            let is_completed = flag_at(result, "completed");
            if let Some(value) = number_at(result, KEY) {
                let ratio = Steps::of(result).ratio(is_completed);
                percents.result(value, ratio, is_completed);
            }
        }
    }
    percents
}

/// A key result.
pub fn result(item: &Value, look: &Look<'_>, ids: &mut Ids, people: &mut People) -> KeyResult {
    let id = ids.of(names::RESULT, item);
    let is_completed = flag_at(item, "completed");
    let steps = Steps::of(item);
    let share = number_at(item, &["percent_completed"]).map(|value| look.scale.share(value));
    let mut particulars = Particulars {
        provider_progress: share,
        owner: list_at(item, "owners")
            .iter()
            .find_map(|owner| people.meet(owner))
            .map(|id| PersonId::new(names::ours(look.account, names::PERSON, &id))),
        ..Particulars::default()
    };
    let start = steps.start.unwrap_or(0.0);
    let number = |value: f64| Some(Reading::Number(value));
    // A key result that was not moved yet stands at its start; without any steps
    // nobody knows where it stands.
    let current = match steps.are_missing() {
        true => None,
        false => number(steps.current.unwrap_or(start)),
    };
    let unit = text_at(item, "unit").unwrap_or_default();
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    let (kind, unit, start, target, current) = match kind {
        "percentage" => {
            let target = Some(steps.end.unwrap_or(100.0));
            (Kind::Percent, "%".to_owned(), start, target, current)
        }
        "currency" => (Kind::Currency, unit, start, steps.end, current),
        "boolean" => {
            let end = steps.end.unwrap_or(1.0);
            let is_done = is_completed || steps.current.is_some_and(|current| current >= end);
            let current = Some(Reading::Yes(is_done));
            (Kind::YesNo, String::new(), 0.0, Some(1.0), current)
        }
        "automatic" => {
            particulars.automatic = true;
            particulars.aside = aside(item);
            let done = is_completed.then_some(1.0);
            let share = share.or(steps.ratio(is_completed)).or(done);
            let current = share.and_then(|share| number(share * 100.0));
            (Kind::Percent, "%".to_owned(), 0.0, Some(100.0), current)
        }
        // Also what this version does not know yet.
        _ => (Kind::Number, unit, start, steps.end, current),
    };
    KeyResult {
        id: ResultId::new(names::ours(look.account, names::RESULT, &id)),
        name: text_at(item, "name").unwrap_or_else(|| "(no name)".to_owned()),
        kind,
        unit,
        start,
        target,
        current,
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
        particulars: (particulars != Particulars::default()).then(|| Box::new(particulars)),
    }
}

/// From what an automatic one is counted: `3 tasks, 1 list`.
fn aside(item: &Value) -> String {
    let lists = list_at(item, "list_ids").len();
    let lists = lists.max(list_at(item, "subcategory_ids").len());
    let counts = [(list_at(item, "task_ids").len(), "task"), (lists, "list")];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| match count {
            1 => format!("1 {word}"),
            count => format!("{count} {word}s"),
        })
        .collect();
    parts.join(", ")
}
