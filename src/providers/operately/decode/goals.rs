//! Goals with their targets and checks.

use chrono::{NaiveDate, Weekday};
use serde_json::Value;

use super::{
    Place, author, check_in, check_in_id, day, end_of, goal_id, is_true, last_check_in, moment,
    number, person_at, result_id, short, shown_status, text,
};
use crate::model::cadence::Cadence;
use crate::model::check_in::{CheckIn, Occasion, WaitsFor};
use crate::model::goal::{Closing, Goal, Nature};
use crate::model::ids::{AccountName, ResultId};
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::status::Status;
use crate::model::time::Time;
use crate::providers::operately::ids::ShortId;
use crate::providers::operately::rich_text;

/// Signs of currencies that stand as units.
const SIGNS: &str = "€$£¥₹₽₩₺₪₫₴₦฿₱₡₲₵₸₼₾₿¢";
/// Codes of currencies that stand as units.
const CURRENCIES: &str = "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF \
    IDR ILS INR ISK JPY KES KRW MAD MXN MYR NGN NOK NZD PEN PHP PLN RON RSD RUB SAR SEK SGD THB \
    TRY TWD UAH USD UYU VND ZAR";

/// A goal of `goals/get` or `goals/list`, asked for with the flags for champion,
/// reviewer, space, last check-in and (get only) retrospective: what is null then
/// counts as none. Never for a goal inside of something else.
pub fn goal(value: &Value, place: &Place) -> Option<Goal> {
    let account = &place.account;
    let id = short(value, "id")?;
    let updated = moment(value, "updated_at").or_else(|| moment(value, "inserted_at"));
    let created = moment(value, "inserted_at").or(updated);
    let mut goal = Goal::new(
        goal_id(id, account),
        account.clone(),
        text(value, "name"),
        created.unwrap_or_default(),
    );
    goal.nature = Nature::Goal;
    goal.updated_at = updated.unwrap_or(goal.created_at);
    goal.parent = short(value, "parent_goal_id")
        .or_else(|| short(value.get("parent_goal")?, "id"))
        .map(|parent| goal_id(parent, account));
    goal.description = value
        .get("description")
        .map(rich_text::to_markdown)
        .unwrap_or_default();
    goal.space = value
        .get("space")
        .map(|space| text(space, "name"))
        .unwrap_or_default();
    goal.champion = person_at(value, "champion", account);
    goal.reviewer = person_at(value, "reviewer", account);
    let timeframe = value.get("timeframe");
    goal.start = end_of(timeframe, "contextual_start_date");
    goal.due = end_of(timeframe, "contextual_end_date");
    // Goals are asked for monthly there, always.
    goal.cadence = Cadence::Monthly(1);
    goal.next_check_in = asked_on(day(value, "next_update_scheduled_at"), goal.start);
    goal.provider_progress = number(value, "progress_percentage").map(|percent| percent / 100.0);
    goal.link = place.page("goals", &text(value, "id"));
    goal.results = key_results(value, id, account);
    goal.check_ins = last_check_in(value)
        .and_then(|last| check_in(last, &goal))
        .into_iter()
        .collect();
    read_status(&mut goal, value);
    if let Some(closing) = value
        .get("retrospective")
        .and_then(|retrospective| self::retrospective(retrospective, &goal))
    {
        goal.check_ins.push(closing);
        goal.check_ins.sort_by_key(|check_in| check_in.at);
    }
    Some(goal)
}

/// A check-in is asked for from the first day on: the server lists no goal that
/// has not begun, whatever day it has planned.
pub(super) fn asked_on(planned: Option<NaiveDate>, start: Option<NaiveDate>) -> Option<NaiveDate> {
    let planned = planned?;
    Some(start.map_or(planned, |start| planned.max(start)))
}

fn read_status(goal: &mut Goal, value: &Value) {
    let own = text(value, "status");
    let last = last_check_in(value).map(|last| text(last, "status"));
    (goal.status, goal.status_word) = shown_status(&own, last.as_deref());
    let at = moment(value, "closed_at");
    if is_true(value, "is_closed") || at.is_some() || goal.status.is_closed() {
        goal.closed = Some(Closing {
            at: at.unwrap_or(goal.updated_at),
            score: None,
        });
        if !goal.status.is_closed() {
            goal.status = if is_true(value, "success") {
                Status::Achieved
            } else {
                Status::Missed
            };
        }
    }
}

/// How a goal was closed, as a check-in: status, text, author. None if there is no
/// text of it. It waits for nobody at servers that know no acknowledgement of it.
pub fn retrospective(value: &Value, goal: &Goal) -> Option<CheckIn> {
    let mut closing = closing(value, goal)?;
    if closing.acknowledged.is_none() && value.get("acknowledged_at").is_none() {
        closing.waits_for = Some(WaitsFor::Nobody);
    }
    Some(closing)
}

pub(super) fn closing(value: &Value, goal: &Goal) -> Option<CheckIn> {
    let account = &goal.account;
    let id = check_in_id(short(value, "id")?, account);
    let at = moment(value, "inserted_at")
        .or_else(|| moment(value, "closed_at"))
        .or_else(|| goal.closed.as_ref().map(|closed| closed.at))?;
    let mut closing = CheckIn::new(id, author(value, account), at);
    closing.occasion = Occasion::Closing;
    closing.status = Some(goal.status).filter(|status| status.is_closed());
    closing.note = value
        .get("content")
        .map(rich_text::to_markdown)
        .unwrap_or_default();
    closing.acknowledged = super::acknowledged(value, goal, &closing);
    Some(closing)
}

/// Targets in their order, and after them the checklist as one key result, if
/// there is at least one check.
pub fn key_results(value: &Value, goal: ShortId, account: &AccountName) -> Vec<KeyResult> {
    let mut results: Vec<KeyResult> = in_order(value, "targets")
        .into_iter()
        .filter_map(|target| key_result(target, account))
        .collect();
    results.extend(checklist(value, goal, account));
    results
}

/// Items by index; equal ones by age, since lists come in any order.
fn in_order<'a>(value: &'a Value, key: &str) -> Vec<&'a Value> {
    let list = value.get(key).and_then(Value::as_array);
    let mut items: Vec<&Value> = list.into_iter().flatten().collect();
    let place = |item: &Value| -> (f64, Option<Time>) {
        (
            number(item, "index").unwrap_or(f64::MAX),
            moment(item, "inserted_at"),
        )
    };
    items.sort_by(|one, other| {
        let (one, other) = (place(one), place(other));
        one.0.total_cmp(&other.0).then(one.1.cmp(&other.1))
    });
    let before = items.len();
    items.retain(|item| short(item, "id").is_some());
    if items.len() < before {
        tracing::warn!(
            key,
            unreadable = before - items.len(),
            "items that cannot be read"
        );
    }
    items
}

fn key_result(target: &Value, account: &AccountName) -> Option<KeyResult> {
    let (start, goal) = (number(target, "from"), number(target, "to"));
    let unit = text(target, "unit");
    Some(KeyResult {
        particulars: None,
        id: result_id(short(target, "id")?, account),
        name: text(target, "name"),
        kind: kind_of(&unit),
        unit,
        start: start.unwrap_or_default(),
        target: goal,
        current: number(target, "value").map(Reading::Number),
        weight: 1.0,
        falling: start.zip(goal).is_some_and(|(start, goal)| start > goal),
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    })
}

fn kind_of(unit: &str) -> Kind {
    let unit = unit.trim();
    let mut letters = unit.chars();
    let is_sign =
        matches!((letters.next(), letters.next()), (Some(sign), None) if SIGNS.contains(sign));
    if unit == "%" {
        Kind::Percent
    } else if is_sign || CURRENCIES.split_whitespace().any(|code| code == unit) {
        Kind::Currency
    } else {
        Kind::Number
    }
}

/// The id of the key result that stands for a goal's checklist.
pub fn checklist_id(goal: ShortId, account: &AccountName) -> ResultId {
    ResultId::new(format!("{account}:checks-{goal}"))
}

fn checklist(value: &Value, goal: ShortId, account: &AccountName) -> Option<KeyResult> {
    let checks = in_order(value, "checklist");
    if checks.is_empty() {
        return None;
    }
    let ids = checks.iter().filter_map(|check| short(check, "id"));
    Some(KeyResult {
        particulars: None,
        id: checklist_id(goal, account),
        name: "Checklist".to_owned(),
        kind: Kind::Checklist {
            items: checks.iter().map(|check| text(check, "name")).collect(),
            ids: ids.map(|id| id.to_string()).collect(),
        },
        unit: String::new(),
        start: 0.0,
        target: None,
        current: Some(Reading::Ticks(
            checks
                .iter()
                .map(|check| is_true(check, "completed"))
                .collect(),
        )),
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    })
}

/// Projects are asked for weekly there, always.
pub(super) const PROJECT_CADENCE: Cadence = Cadence::Weekly(Weekday::Fri);
