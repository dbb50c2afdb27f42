//! A goal as a real server answered it, and what a writer saw of it.

use serde_json::{Value, json};

use super::super::ids::ShortId;
use super::now::GoalNow;
use crate::model::check_in::{CheckIn, ValueChange};
use crate::model::exchange::Base;
use crate::model::ids::{CheckInId, PersonId, ResultId};
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::time::Time;

pub(super) const PLANS: &str = "work:Bgfmm9CioNU3YfCApK3Gi1";
pub(super) const TICKETS: &str = "work:F3Xv1Xwq0UHjrHjlbSkNq1";
pub(super) const BILLING: &str = "work:checklist";

pub(super) fn id(text: &str) -> ShortId {
    ShortId::parse(text).unwrap()
}

pub(super) fn goal_answer() -> Value {
    let person = |id: &str, name: &str| json!({"id": id, "full_name": name, "email": "a@example.test", "title": null});
    json!({"goal": {
        "id": "new-pricing-three-tiers-GBfg0yH4sqwy1hq646BPEM",
        "name": "New pricing", "description": null, "is_closed": false, "status": "outdated",
        "inserted_at": "2026-02-19T08:05:00Z",
        "champion": person("ada-brandt-DfKZxzfwDcFxCELa6yDoN", "Ada Brandt"),
        "reviewer": person("amina-diallo-Hdfkv2eAmqFHpUd3BkyISG", "Amina Diallo"),
        "timeframe": {
            "contextual_start_date": {"date_type": "day", "value": "Mar 01, 2026", "date": "2026-03-01"},
            "contextual_end_date": {"date_type": "quarter", "value": "Q4 2026", "date": "2026-12-31"}},
        "parent_goal_id": null, "parent_goal": null, "space": {"id": "growth-DSPB2tm12CAZgjRylRXMhJ", "name": "Growth"},
        "last_check_in_id": "DltiW0OGMWtvkSPWH79qpY", "last_check_in": {"id": "x-DltiW0OGMWtvkSPWH79qpY", "status": "caution"},
        "retrospective": null,
        "targets": [
            {"id": "F3Xv1Xwq0UHjrHjlbSkNq1", "index": 1, "name": "Support tickets about billing", "from": 310.0, "to": 90.0, "value": 244.0, "unit": "tickets"},
            {"id": "Bgfmm9CioNU3YfCApK3Gi1", "index": 0, "name": "Plans migrated", "from": 0, "to": 1e2, "value": 30.0, "unit": "%"}],
        "checklist": [
            {"id": "E8eS2Sqcj3x28hvPCLL9s1", "index": 2, "name": "Grandfathering letter", "completed": false, "completed_at": null},
            {"id": "Hs8m5fzsIeZgjy3KqndvMT", "index": 1, "name": "Legal review", "completed": true, "completed_at": null},
            {"id": "CdKySlGhKPphnqsxn88jRO", "index": 3, "name": "Switch over", "completed": false, "completed_at": null}]}})
}

pub(super) fn goal_now() -> GoalNow {
    GoalNow::goal(&goal_answer()).unwrap()
}

fn result(
    id: &str,
    name: &str,
    kind: Kind,
    unit: &str,
    range: (f64, f64),
    current: Reading,
) -> KeyResult {
    KeyResult {
        particulars: None,
        id: ResultId::new(id),
        name: name.to_owned(),
        kind,
        unit: unit.to_owned(),
        start: range.0,
        target: Some(range.1),
        current: Some(current),
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    }
}

/// The same goal as its champion saw it.
pub(super) fn base() -> Base {
    let lines = ["Legal review", "Grandfathering letter", "Switch over"];
    let ids = [
        "Hs8m5fzsIeZgjy3KqndvMT",
        "E8eS2Sqcj3x28hvPCLL9s1",
        "CdKySlGhKPphnqsxn88jRO",
    ];
    Base {
        open: true,
        champion: Some(PersonId::new("work:DfKZxzfwDcFxCELa6yDoN")),
        due: "2026-12-31".parse().ok(),
        results: vec![
            result(
                PLANS,
                "Plans migrated",
                Kind::Percent,
                "%",
                (0.0, 100.0),
                Reading::Number(30.0),
            ),
            result(
                TICKETS,
                "Support tickets about billing",
                Kind::Number,
                "tickets",
                (310.0, 90.0),
                Reading::Number(244.0),
            ),
            result(
                BILLING,
                "Checklist",
                Kind::Checklist {
                    items: lines.map(str::to_owned).to_vec(),
                    ids: ids.map(str::to_owned).to_vec(),
                },
                "",
                (0.0, 0.0),
                Reading::Ticks(vec![true, false, false]),
            ),
        ],
    }
}

pub(super) fn at(text: &str) -> Time {
    text.parse().unwrap()
}

pub(super) fn check_in(note: &str) -> CheckIn {
    let mut new = CheckIn::new(
        CheckInId::new("work:ours"),
        PersonId::new("work:DfKZxzfwDcFxCELa6yDoN"),
        at("2026-11-21T10:00:00Z"),
    );
    new.note = note.to_owned();
    new
}

pub(super) fn set(check_in: &mut CheckIn, result: &str, now: Reading) {
    check_in.values.push(ValueChange {
        result: ResultId::new(result),
        before: None,
        now,
    });
}
