//! What the import answers: how a batch was taken, how its job stands, and which
//! rows are to blame. Lenient, for the answers of other servers and of mocks.

use serde_json::Value;

use super::decode::{field, text_of};
use super::text::said;
use crate::model::exchange::{Fault, FaultKind};

/// What is wrong with one row of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RowError {
    position: Option<usize>,
    external_id: String,
    wrong: Vec<FieldError>,
}

/// What is wrong with one field of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct FieldError {
    field: String,
    value: String,
    message: String,
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Queued, processing, or a word nobody knows.
    Running,
    /// The updates are on the plan items.
    Completed,
    /// None of the batch was imported.
    Failed(Vec<RowError>),
}

/// The job of a batch that was taken. Counts that do not match are no reason to
/// doubt it.
pub(super) fn job(value: &Value, sent: usize) -> Option<String> {
    let count = |name| field(value, name).and_then(Value::as_u64);
    let total = count("totalRecords");
    if total.is_some_and(|total| usize::try_from(total) != Ok(sent))
        || count("errorRecords").is_some_and(|wrong| wrong > 0)
    {
        tracing::warn!(sent, ?total, "AchieveIt counts another number of updates");
    }
    let id = text_of(field(value, "jobId")?)?;
    (!id.trim().is_empty()).then_some(id)
}

/// How a job stands.
pub(super) fn standing(value: &Value) -> Standing {
    let word = field(value, "status").and_then(Value::as_str);
    let word = word.unwrap_or_default().trim();
    if word.eq_ignore_ascii_case("completed") {
        Standing::Completed
    } else if word.eq_ignore_ascii_case("failed") {
        Standing::Failed(row_errors(value))
    } else {
        Standing::Running
    }
}

/// The rows an answer complains about.
pub(super) fn row_errors(value: &Value) -> Vec<RowError> {
    let list = field(value, "errors").and_then(Value::as_array);
    let list = list.into_iter().flatten().filter(|row| row.is_object());
    list.map(|row| {
        let text = |value: &Value, name| {
            let text = field(value, name).and_then(text_of);
            text.unwrap_or_default().trim().to_owned()
        };
        let wrong = field(row, "errors").and_then(Value::as_array);
        let wrong = wrong.into_iter().flatten().map(|wrong| FieldError {
            field: text(wrong, "field"),
            value: text(wrong, "value"),
            message: match wrong {
                Value::String(message) => message.clone(),
                wrong => text(wrong, "message"),
            },
        });
        RowError {
            position: field(row, "position")
                .and_then(Value::as_u64)
                .and_then(|position| usize::try_from(position).ok()),
            external_id: text(row, "externalId"),
            wrong: wrong.collect(),
        }
    })
    .collect()
}

/// What each of the rows that were sent, by their ids, is blamed for; nothing at
/// all if no row can be told. The position counts, and the id is asked besides: of
/// one that names another row, that row is meant.
pub(super) fn blame(errors: &[RowError], rows: &[String]) -> Vec<Option<Fault>> {
    let mut blamed: Vec<Vec<&FieldError>> = vec![Vec::new(); rows.len()];
    let mut is_blamed = vec![false; rows.len()];
    for error in errors {
        let named = rows.iter().position(|id| {
            !error.external_id.is_empty() && id.eq_ignore_ascii_case(&error.external_id)
        });
        let counted = error.position.filter(|position| *position < rows.len());
        if named.is_some() && named != counted {
            tracing::warn!("AchieveIt's position and id of a refused row do not match");
        }
        let Some(row) = named.or(counted).or((rows.len() == 1).then_some(0)) else {
            continue;
        };
        if let (Some(fields), Some(mark)) = (blamed.get_mut(row), is_blamed.get_mut(row)) {
            fields.extend(&error.wrong);
            *mark = true;
        }
    }
    let each = blamed.into_iter().zip(is_blamed);
    each.map(|(fields, is_blamed)| is_blamed.then(|| refusal(&fields)))
        .collect()
}

/// What is wrong with a row, in our words and its own.
fn refusal(fields: &[&FieldError]) -> Fault {
    let mut parts = Vec::new();
    for wrong in fields {
        let message = said(wrong.message.trim_end_matches(['.', ' ']));
        let message = match message.as_str() {
            "" => "AchieveIt does not take it",
            message => message,
        };
        let value = match said(&wrong.value).as_str() {
            "" => String::new(),
            value => format!(" \"{value}\""),
        };
        let part = format!("{}{value}: {message}", ours(&wrong.field).0);
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let why = match parts.is_empty() {
        true => "AchieveIt does not take it and does not say why".to_owned(),
        false => parts.join("; "),
    };
    let remedy = fields
        .first()
        .map_or("change it (e) or drop this entry (D)", |wrong| {
            ours(&wrong.field).1
        });
    Fault::new(FaultKind::Invalid, why, remedy)
}

/// Our word for a field, whose name comes in mixed forms, and what helps.
fn ours(field: &str) -> (String, &'static str) {
    let kept = |c: &char| c.is_ascii_alphanumeric();
    let plain: String = field.to_ascii_lowercase().chars().filter(kept).collect();
    let (word, remedy) = match plain.as_str() {
        "externalid" => (
            "the item's id",
            "ask the plan's admin for the file of external ids and name it in items_file, or drop this entry (D)",
        ),
        "status" => (
            "status",
            "choose another status (e), or give it the organisation's word in status_map",
        ),
        "metricvalue" | "currentmetricvalue" => ("value", "change the value (e)"),
        "asofdate" => ("date", "write it again with another date (e)"),
        "comment" => ("note", "change the note (e)"),
        "" => ("update", "change it (e) or drop this entry (D)"),
        _ => return (said(field), "change it (e) or drop this entry (D)"),
    };
    (word.to_owned(), remedy)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn whys(errors: &Value, ids: &[&str]) -> Vec<Option<String>> {
        let blamed = blame(&row_errors(&json!({ "errors": errors })), &rows(ids));
        blamed
            .into_iter()
            .map(|fault| fault.map(|fault| fault.why))
            .collect()
    }

    #[test]
    fn every_error_of_a_row_is_told_in_our_words() {
        let refused = json!({"jobId": "7f", "totalRecords": 3, "errorRecords": 2, "errors": [
            {"position": 0, "externalId": "NOPE-1", "errors": [
                {"field": "ExternalId", "value": "NOPE-1", "message": "No live plan item has this external id."},
                {"field": "STATUS", "value": "Green", "message": "This status is not defined."}]},
            {"position": 2, "externalId": "PLAN-ITEM-7", "errors": [
                {"field": "asOfDate", "value": "", "message": "A date is needed."}]}]});
        let faults = blame(
            &row_errors(&refused),
            &rows(&["NOPE-1", "B", "PLAN-ITEM-7"]),
        );
        let [Some(first), None, Some(last)] = faults.as_slice() else {
            panic!("{faults:?}")
        };
        assert_eq!(
            first.why,
            "the item's id \"NOPE-1\": No live plan item has this external id; status \"Green\": This status is not defined"
        );
        assert!(first.remedy.contains("items_file"));
        assert_eq!(last.why, "date: A date is needed");
    }

    #[test]
    fn the_position_counts_unless_the_id_names_another_row() {
        let error = |position: Value, id: Value| json!([{"position": position, "externalId": id, "errors": [{"field": "x", "message": "m"}]}]);
        let hit = |errors: &Value| {
            let whys = whys(errors, &["a", "b", "c"]);
            let places = whys.iter().enumerate().filter(|(_, why)| why.is_some());
            places.map(|(place, _)| place).collect::<Vec<_>>()
        };
        assert_eq!(hit(&error(json!(1), json!("B"))), [1]);
        assert_eq!(hit(&error(json!(1), json!(null))), [1]);
        // Counted from 1 by another server: the id says which.
        assert_eq!(hit(&error(json!(1), json!("a"))), [0]);
        assert_eq!(hit(&error(json!(9), json!("c"))), [2]);
        // A mock's own id: the position is all there is.
        assert_eq!(hit(&error(json!(2), json!("NOPE-1"))), [2]);
        for nobody in [json!(9), json!(-1), json!(null), json!("1"), json!(1.5)] {
            assert_eq!(hit(&error(nobody, json!(""))), [0_usize; 0]);
        }
        assert_eq!(whys(&error(json!(9), json!("z")), &["a"]).len(), 1);
        assert!(whys(&error(json!(9), json!("z")), &["a"])[0].is_some());
    }

    #[test]
    fn odd_answers_blame_nobody_without_a_reason() {
        for odd in [
            json!(null),
            json!({}),
            json!([null, 3, "x"]),
            json!([]),
            json!("x"),
        ] {
            assert_eq!(whys(&odd, &["a", "b"]), [None, None]);
        }
        assert_eq!(
            whys(&json!([{"position": 0}]), &["a", "b"])[0].as_deref(),
            Some("AchieveIt does not take it and does not say why")
        );
        let odd = json!([{"position": 0, "errors": ["too old", {"field": null, "message": null}]}]);
        assert_eq!(
            whys(&odd, &["a", "b"])[0].as_deref(),
            Some("update: too old; update: AchieveIt does not take it")
        );
    }

    #[test]
    fn a_job_is_known_by_its_words_in_any_capitals() {
        let of = |status: Value| standing(&json!({"jobId": "j", "status": status}));
        assert_eq!(of(json!("COMPLETED")), Standing::Completed);
        assert_eq!(of(json!("failed")), Standing::Failed(Vec::new()));
        for running in [
            json!("Queued"),
            json!("Processing"),
            json!("Paused"),
            json!(null),
            json!(7),
        ] {
            assert_eq!(of(running), Standing::Running);
        }
        assert_eq!(
            job(&json!({"jobId": "j", "totalRecords": 9}), 1).as_deref(),
            Some("j")
        );
        assert_eq!(job(&json!({"JobID": 81}), 1).as_deref(), Some("81"));
        for none in [
            json!({}),
            json!({"jobId": ""}),
            json!({"jobId": null}),
            json!([]),
        ] {
            assert_eq!(job(&none, 1), None);
        }
    }
}
