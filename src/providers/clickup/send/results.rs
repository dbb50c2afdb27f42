//! Key results as ClickUp takes them.

use serde_json::{Value, json};

use super::super::json::whole;
use super::invalid;
use crate::model::exchange::{Fault, FaultKind};
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::providers::row_by_row::Row;

/// A new key result, all fields there are: some servers want each of them.
///
/// # Errors
/// ClickUp has no such kind, or it has no target.
pub fn body(all: &[KeyResult], row: &Row) -> Result<Value, Fault> {
    let found = all.iter().find(|one| one.id == row.result);
    let result = found.ok_or_else(|| invalid("this key result was not noted", ""))?;
    let kind = kind(result)?;
    let (start, end) = range(result)?;
    let unit = match result.kind {
        Kind::Percent => "%",
        Kind::YesNo => "",
        _ => result.unit.trim(),
    };
    Ok(json!({
        "name": result.name.trim(),
        "owners": [],
        "type": kind,
        "steps_start": whole(start),
        "steps_end": whole(end),
        "unit": unit,
        "task_ids": [],
        "list_ids": [],
    }))
}

/// Whether ClickUp could make it.
///
/// # Errors
/// Says what it has no place for.
pub fn sound(result: &KeyResult) -> Result<(), Fault> {
    if result.name.trim().is_empty() {
        return Err(Fault::new(
            FaultKind::Invalid,
            "a key result has no name",
            "give it one (e)",
        ));
    }
    kind(result)?;
    range(result)?;
    if let Some(current) = &result.current {
        value(result, current)?;
    }
    Ok(())
}

fn kind(result: &KeyResult) -> Result<&'static str, Fault> {
    if result.particulars().automatic {
        return Err(no_place(result, "tasks are chosen on ClickUp's own page"));
    }
    match &result.kind {
        Kind::Number => Ok("number"),
        Kind::Percent => Ok("percentage"),
        Kind::Currency => Ok("currency"),
        Kind::YesNo => Ok("boolean"),
        Kind::Checklist { .. } => Err(no_place(result, "ClickUp has no checklists in goals")),
        Kind::Milestones { .. } => Err(no_place(result, "ClickUp has no milestones in goals")),
        Kind::Zones { .. } => Err(no_place(result, "ClickUp has one target, no zones")),
        Kind::Baseline => Err(no_place(result, "ClickUp's key results have a target")),
        Kind::Guardrail(_) => Err(no_place(result, "ClickUp has no guardrails")),
    }
}

fn no_place(result: &KeyResult, why: &str) -> Fault {
    let name = crate::model::text::line(&result.name).truncate(60);
    Fault::new(
        FaultKind::Unsupported,
        format!("{name}: {why}"),
        "make it a number, a percentage, an amount of money or yes/no (e)",
    )
}

fn range(result: &KeyResult) -> Result<(f64, f64), Fault> {
    if matches!(result.kind, Kind::YesNo) {
        return Ok((0.0, 1.0));
    }
    match result.target {
        Some(target) if target.is_finite() && result.start.is_finite() => {
            Ok((result.start, target))
        }
        _ => Err(no_place(result, "ClickUp's key results have a target")),
    }
}

/// A reading as the number that is sent: yes is 1.
///
/// # Errors
/// It is not one number.
pub fn value(result: &KeyResult, reading: &Reading) -> Result<f64, Fault> {
    let number = reading.number();
    match reading {
        Reading::Number(_) | Reading::Yes(_) if number.is_finite() => Ok(number),
        _ => Err(no_place(result, "its value is not a number")),
    }
}

/// Whether an edit of a key result that is there would change what ClickUp's
/// interface does not let us change.
pub fn means_other(now: &KeyResult, wanted: &KeyResult) -> bool {
    now.name.trim() != wanted.name.trim()
        || now.kind != wanted.kind
        || now.unit.trim() != wanted.unit.trim()
        || now.start.total_cmp(&wanted.start).is_ne()
        || now.target != wanted.target
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(kind: Kind) -> KeyResult {
        KeyResult {
            id: "w:k-1".into(),
            name: " Sales ".into(),
            kind,
            unit: "deals".into(),
            start: 2.5,
            target: Some(10.0),
            current: None,
            weight: 1.0,
            falling: false,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
            particulars: None,
        }
    }

    fn made(result: KeyResult) -> Result<Value, Fault> {
        let row = Row {
            result: result.id.clone(),
            name: result.name.clone(),
            value: Reading::Number(0.0),
            known: String::new(),
        };
        body(&[result], &row)
    }

    #[test]
    fn a_new_key_result_has_every_field_with_its_type() {
        assert_eq!(
            made(result(Kind::Number)).unwrap(),
            json!({"name": "Sales", "owners": [], "type": "number", "steps_start": 2.5,
                "steps_end": 10, "unit": "deals", "task_ids": [], "list_ids": []})
        );
        let yes = made(result(Kind::YesNo)).unwrap();
        assert_eq!(
            (&yes["type"], &yes["steps_end"]),
            (&json!("boolean"), &json!(1))
        );
        assert_eq!(made(result(Kind::Percent)).unwrap()["unit"], "%");
        assert_eq!(made(result(Kind::Currency)).unwrap()["type"], "currency");
    }

    #[test]
    fn what_clickup_does_not_have_is_said_before_anything_is_sent() {
        let mut bare = result(Kind::Number);
        bare.target = None;
        let list = Kind::Checklist {
            items: vec!["a".into()],
            ids: Vec::new(),
        };
        for wrong in [bare, result(list), result(Kind::Baseline)] {
            assert!(sound(&wrong).is_err(), "{wrong:?}");
            assert!(made(wrong).is_err());
        }
        let mut nameless = result(Kind::Number);
        nameless.name = "  ".into();
        assert!(sound(&nameless).is_err());
    }
}
