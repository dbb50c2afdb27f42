//! The one line of an import that a check-in becomes, as JSON and as CSV. Strict:
//! no empty comment, no binary noise, the calendar day of the author.

use chrono::NaiveDate;

use super::decimal::Decimal;
use super::decode::{PERCENT, external_id};
use super::words::Words;
use crate::model::check_in::{CheckIn, Occasion};
use crate::model::exchange::{Change, Fault, FaultKind};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, GoalId};
use crate::model::key_result::Reading;
use crate::model::status::Status;
use crate::model::time::Zone;

/// The header of the CSV form, in the order that needs none.
const HEADER: [&str; 5] = [
    "External ID",
    "Status",
    "Metric Value",
    "As Of Date",
    "Comment",
];

/// One progress update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The item, by the id an import knows it by.
    pub external_id: String,
    /// A word of the organisation.
    pub status: String,
    /// The item's number, percentages as fractions; none for items without one.
    pub value: Option<Decimal>,
    /// The author's calendar day.
    pub day: NaiveDate,
    /// Empty for none.
    pub comment: String,
}

/// What makes records out of check-ins.
#[derive(Clone, Copy, Debug)]
pub struct Maker<'a> {
    /// Whose goals they are of.
    pub account: &'a AccountName,
    /// The organisation's words.
    pub words: &'a Words,
    /// Where the author's days begin.
    pub zone: Zone,
}

/// The check-in in a change that goes out as a progress update.
pub fn check_in_of(change: &Change) -> Option<(&GoalId, &CheckIn)> {
    match change {
        Change::CheckIn { goal, check_in, .. } => Some((goal, check_in)),
        Change::CloseGoal { goal, closing } => Some((goal, closing)),
        Change::ReopenGoal { goal, reopening } => Some((goal, reopening)),
        _ => None,
    }
}

/// The status a check-in asks for: whoever reopens a goal works on it again.
pub(super) fn wanted_of(check_in: &CheckIn) -> Option<Status> {
    match check_in.occasion {
        Occasion::Reopening => Some(check_in.status.unwrap_or(Status::OnTrack)),
        Occasion::Regular | Occasion::Closing => check_in.status,
    }
}

/// As [`check_in_of`], the check-in with the occasion of its change.
pub(super) fn update_of(change: &Change) -> Option<(&GoalId, CheckIn)> {
    let (goal, check_in) = check_in_of(change)?;
    let occasion = match change {
        Change::CloseGoal { .. } => Occasion::Closing,
        Change::ReopenGoal { .. } => Occasion::Reopening,
        _ => Occasion::Regular,
    };
    let check_in = check_in.clone();
    Some((
        goal,
        CheckIn {
            occasion,
            ..check_in
        },
    ))
}

impl Maker<'_> {
    /// The record of a change for a goal as it stands now. An item with a number
    /// gets one with every update: the present one where the check-in has none.
    ///
    /// # Errors
    /// It is no check-in, the item cannot be named in an import, or there is no
    /// word for the status.
    pub fn record(&self, change: &Change, goal: &Goal) -> Result<Record, Fault> {
        let Some((_, check_in)) = update_of(change) else {
            return Err(unsupported(change));
        };
        let Some(id) = external_id(self.account, &goal.id) else {
            return Err(Fault::new(
                FaultKind::Unsupported,
                "this plan item has no id of its own, so AchieveIt cannot tell which one is meant",
                "give it one in items_file, or drop this entry (D)",
            ));
        };
        Ok(Record {
            external_id: id.to_owned(),
            status: self.words.to_send(wanted_of(&check_in), Some(goal))?,
            value: value(&check_in, goal)?,
            day: self.zone.local(check_in.at).date(),
            comment: check_in.note.trim().to_owned(),
        })
    }
}

/// Why a change that is no check-in does not go out.
pub fn unsupported(change: &Change) -> Fault {
    let why = match change {
        Change::EditCheckIn { .. } | Change::RetractCheckIn { .. } => {
            "AchieveIt takes no update back; write a correction as a new check-in"
        }
        Change::CreateGoal { .. }
        | Change::EditGoal { .. }
        | Change::DeleteGoal { .. }
        | Change::RestoreGoal { .. } => "AchieveIt's plans are changed on its own pages",
        Change::Review { .. } => "AchieveIt has no approvals of goals",
        Change::PutPerson { .. } => "people are invited on AchieveIt's own pages",
        _ => "AchieveIt has no place for it",
    };
    Fault::new(FaultKind::Unsupported, why, "drop this entry (D)")
}

fn value(check_in: &CheckIn, goal: &Goal) -> Result<Option<Decimal>, Fault> {
    let Some(result) = goal.results.first() else {
        return match check_in.values.first() {
            None => Ok(None),
            Some(_) => Err(Fault::new(
                FaultKind::Changed,
                "this plan item has no number any more",
                "write it again (e) or drop it (D)",
            )),
        };
    };
    let given = check_in.value_of(&result.id).map(Reading::number);
    let Some(number) = given.or(result.current.as_ref().map(Reading::number)) else {
        return Ok(None);
    };
    let Some(decimal) = Decimal::of(number) else {
        return Err(Fault::new(
            FaultKind::Invalid,
            "the value is no number",
            "change it (e)",
        ));
    };
    Ok(Some(match result.unit.as_str() {
        PERCENT => decimal.hundredth(),
        _ => decimal,
    }))
}

/// The body of an import: an array, also for one. Written by hand, for a number
/// shall have the digits that were typed.
pub fn json<'a>(records: impl IntoIterator<Item = &'a Record>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let lines = records.into_iter().map(|record| {
        let mut line = format!(
            "{{\"externalId\":{},\"status\":{}",
            quoted(&record.external_id),
            quoted(&record.status)
        );
        if let Some(value) = &record.value {
            line.push_str(&format!(",\"metricValue\":{value}"));
        }
        line.push_str(&format!(",\"asOfDate\":{}", quoted(&day(record.day))));
        if !record.comment.is_empty() {
            line.push_str(&format!(",\"comment\":{}", quoted(&record.comment)));
        }
        line.push('}');
        line
    });
    format!("[{}]", lines.collect::<Vec<_>>().join(","))
}

/// The same as a CSV file with a header: for who hands updates in by hand.
pub fn csv<'a>(records: impl IntoIterator<Item = &'a Record>) -> String {
    let mut table = ::csv::WriterBuilder::new().from_writer(Vec::new());
    let rows = records.into_iter().map(|record| {
        let value = record.value.as_ref().map(Decimal::to_string);
        [
            record.external_id.clone(),
            record.status.clone(),
            value.unwrap_or_default(),
            day(record.day),
            record.comment.clone(),
        ]
    });
    for row in std::iter::once(HEADER.map(str::to_owned)).chain(rows) {
        // Memory takes everything, and all rows have as many cells.
        let _written = table.write_record(&row);
    }
    let bytes = table.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn day(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, Offset, Utc};
    use serde_json::{Value, json};

    use super::*;
    use crate::model::check_in::ValueChange;
    use crate::model::exchange::Tell;
    use crate::model::key_result::{KeyResult, Kind};

    fn account() -> AccountName {
        "a".into()
    }

    fn goal(unit: &str) -> Goal {
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        let mut goal = Goal::new("a:g:PLAN-7".into(), account(), "Grow", at);
        goal.status = Status::AtRisk;
        goal.results.push(KeyResult {
            id: "a:k:PLAN-7".into(),
            name: "Metric value".into(),
            kind: Kind::Number,
            unit: unit.into(),
            start: 0.0,
            target: Some(90.0),
            current: Some(Reading::Number(42.0)),
            weight: 1.0,
            falling: false,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
            particulars: None,
        });
        goal
    }

    fn check_in(at: &str) -> CheckIn {
        CheckIn::new("a:c".into(), "a:me".into(), at.parse().unwrap())
    }

    fn write(check_in: CheckIn) -> Change {
        Change::CheckIn {
            goal: "a:g:PLAN-7".into(),
            check_in,
            tell: Tell::default(),
        }
    }

    fn made(change: &Change, goal: &Goal, zone: Zone) -> Result<Record, Fault> {
        let (account, words) = (account(), Words::default());
        let maker = Maker {
            account: &account,
            words: &words,
            zone,
        };
        maker.record(change, goal)
    }

    fn sent(check_in: CheckIn, goal: &Goal) -> String {
        let record = made(&write(check_in), goal, Zone::utc()).unwrap();
        json([&record])
    }

    fn with_value(value: f64) -> CheckIn {
        let mut check_in = check_in("2026-11-20T10:00:00Z");
        check_in.values.push(ValueChange {
            result: "a:k:PLAN-7".into(),
            before: None,
            now: Reading::Number(value),
        });
        check_in
    }

    #[test]
    fn a_value_keeps_its_digits_and_an_empty_comment_is_left_out() {
        let mut full = with_value(54.0);
        full.status = Some(Status::OnTrack);
        full.note = " Pilot \"is\" live.\n".into();
        assert_eq!(
            sent(full, &goal("%")),
            r#"[{"externalId":"PLAN-7","status":"On Track","metricValue":0.54,"asOfDate":"2026-11-20","comment":"Pilot \"is\" live."}]"#
        );
        assert_eq!(
            sent(with_value(1e21), &goal("")),
            r#"[{"externalId":"PLAN-7","status":"At Risk","metricValue":1000000000000000000000,"asOfDate":"2026-11-20"}]"#
        );
    }

    #[test]
    fn an_item_with_a_number_gets_the_present_one_and_one_without_gets_none() {
        let plain = || check_in("2026-11-20T10:00:00Z");
        assert!(sent(plain(), &goal("")).contains("\"metricValue\":42,"));
        assert!(sent(plain(), &goal("%")).contains("\"metricValue\":0.42,"));
        let mut none = goal("");
        none.results.clear();
        assert!(!sent(plain(), &none).contains("metricValue"));
        let fault = made(&write(with_value(3.0)), &none, Zone::utc()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Changed);
        let mut unread = goal("");
        unread.results[0].current = None;
        assert!(!sent(plain(), &unread).contains("metricValue"));
    }

    #[test]
    fn the_day_is_the_authors() {
        let west = Zone::new(|_| FixedOffset::west_opt(5 * 3600).unwrap_or(Utc.fix()));
        let late = write(check_in("2026-11-21T03:30:00Z"));
        let day = |zone| made(&late, &goal(""), zone).unwrap().day.to_string();
        assert_eq!(day(Zone::utc()), "2026-11-21");
        assert_eq!(day(west), "2026-11-20");
    }

    #[test]
    fn closing_and_reopening_are_updates_with_their_status() {
        let goal = goal("");
        let status = |change: &Change| made(change, &goal, Zone::utc()).unwrap().status;
        let mut closing = check_in("2026-11-20T10:00:00Z");
        for (given, word) in [
            (Status::Achieved, "Achieved"),
            (Status::Missed, "Not Achieved"),
        ] {
            closing.status = Some(given);
            let change = Change::CloseGoal {
                goal: goal.id.clone(),
                closing: closing.clone(),
            };
            assert_eq!(status(&change), word);
        }
        let reopening = check_in("2026-11-20T10:00:00Z");
        let change = Change::ReopenGoal {
            goal: goal.id.clone(),
            reopening,
        };
        assert_eq!(status(&change), "On Track");
    }

    #[test]
    fn what_is_no_check_in_or_has_no_id_is_refused() {
        let mut double = goal("");
        double.id = "a:g:string~2".into();
        let fault = made(
            &write(check_in("2026-11-20T10:00:00Z")),
            &double,
            Zone::utc(),
        );
        assert_eq!(fault.unwrap_err().kind, FaultKind::Unsupported);
        let delete = Change::DeleteGoal {
            goal: "a:g:PLAN-7".into(),
        };
        let fault = made(&delete, &goal(""), Zone::utc()).unwrap_err();
        assert_eq!(fault.why, "AchieveIt's plans are changed on its own pages");
    }

    #[test]
    fn the_file_has_a_header_no_empty_rows_and_quotes_where_they_are_needed() {
        let mut noted = with_value(54.0);
        noted.note = "live, \"two\" sites\nleft".into();
        let mut none = goal("%");
        none.results.clear();
        none.status = Status::NotStarted;
        let plain = check_in("2026-11-20T10:00:00Z");
        let records = [
            made(&write(noted), &goal("%"), Zone::utc()).unwrap(),
            made(&write(plain), &none, Zone::utc()).unwrap(),
        ];
        assert_eq!(
            csv(&records),
            "External ID,Status,Metric Value,As Of Date,Comment\n\
             PLAN-7,At Risk,0.54,2026-11-20,\"live, \"\"two\"\" sites\nleft\"\n\
             PLAN-7,Not Started,,2026-11-20,\n"
        );
    }

    #[test]
    fn a_body_is_json_whatever_was_typed() {
        let mut odd = with_value(-0.5);
        odd.note = "\u{0}\u{2028}\\\"\u{1f600}".into();
        let text = sent(odd, &goal(""));
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value[0]["comment"], json!("\u{0}\u{2028}\\\"\u{1f600}"));
        assert_eq!(value[0]["metricValue"], json!(-0.5));
    }
}
