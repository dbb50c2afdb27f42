//! Plan items as the export has them, into our goals. Lenient: any field may be
//! missing, null, or of another type than expected, and names are compared without
//! capitals, for AchieveIt publishes few of them.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value;

use super::decimal::percent_of;
use super::text::decoded;
use super::words::Words;
use crate::model::exchange::{Fault, FaultKind};
use crate::model::goal::{Closing, Goal};
use crate::model::ids::{AccountName, GoalId, PersonId, ResultId};
use crate::model::key_result::{KeyResult, Kind, Particulars, Reading};
use crate::model::person::Person;
use crate::model::time::Time;

/// The name of an item's one number.
pub const METRIC: &str = "Metric value";
/// The unit of percentages, by which a value is known to be a fraction there.
pub const PERCENT: &str = "%";

/// One plan item, from the export or from the file of external ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// The id by which an import names it; empty if there is none.
    pub id: String,
    /// The dotted outline number: `1.2.10`.
    pub sequence: String,
    /// What the organisation calls this level of a plan.
    pub level: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// The word of its status.
    pub word: String,
    /// The full name of who answers for it.
    pub assigned: String,
    /// Their address.
    pub email: String,
    /// More people on it.
    pub members: Vec<String>,
    /// The metric as it comes: percentages are fractions.
    pub current: Option<f64>,
    /// Where it began.
    pub baseline: Option<f64>,
    /// Where it shall be.
    pub target: Option<f64>,
    /// `%`, `$` or any other; empty for a plain number.
    pub unit: String,
    /// First day.
    pub start: Option<NaiveDate>,
    /// Last day.
    pub due: Option<NaiveDate>,
    /// When it was made.
    pub created: Option<Time>,
    /// When anything of it changed last.
    pub updated: Option<Time>,
}

/// One page of an export.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The items in their order.
    pub items: Vec<Item>,
    /// Items in the whole plan, if it says.
    pub total: Option<usize>,
}

/// Reads a page; entries that are no objects are passed over.
///
/// # Errors
/// There is no list of items in it.
pub fn page(value: &Value) -> Result<Page, Fault> {
    let list = match value {
        Value::Array(list) => Some(list),
        value => field(value, "items").and_then(Value::as_array),
    };
    let Some(list) = list else {
        return Err(Fault::new(
            FaultKind::Unreadable,
            "the export of the plan has no list of items",
            "check the account's url; the server may be newer than this goaldeck",
        ));
    };
    let total = field(value, "totalCount").and_then(number);
    // Not a count: below nothing, or beyond what anybody plans.
    let total = total.filter(|total| (0.0..1e9).contains(total));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let total = total.map(|total| total as usize);
    Ok(Page {
        items: list
            .iter()
            .filter(|item| item.is_object())
            .map(item)
            .collect(),
        total,
    })
}

fn item(value: &Value) -> Item {
    let text = |names: &[&str]| decoded(&first(value, names, text_of).unwrap_or_default());
    let number = |names: &[&str]| first(value, names, number);
    let moment = |names: &[&str]| first(value, names, |value| moment(value.as_str()?));
    let day = |names: &[&str]| first(value, names, |value| day(value.as_str()?));
    let members = field(value, "members").and_then(Value::as_array);
    let members = members.into_iter().flatten().filter_map(|member| {
        let kind = field(member, "type").and_then(Value::as_str);
        let is_person = !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("group"));
        let name = text_of(field(member, "name")?)?;
        is_person.then(|| decoded(&name).trim().to_owned())
    });
    Item {
        id: first(value, &["id"], text_of).unwrap_or_default(),
        sequence: text(&["sequenceId"]).trim().trim_matches('.').to_owned(),
        level: text(&["level"]).trim().to_owned(),
        name: text(&["name"]).trim().to_owned(),
        description: text(&["description"]),
        word: text(&["statusName", "status"]).trim().to_owned(),
        assigned: text(&["assignedToFullName"]).trim().to_owned(),
        email: text(&["assignedToEmailAddress"]).trim().to_owned(),
        members: members.filter(|name| !name.is_empty()).collect(),
        current: number(&["currentValue"]),
        baseline: number(&["baseline"]),
        target: number(&["target"]),
        unit: String::new(),
        start: day(&["start", "startDate"]),
        due: day(&["due", "dueDate"]),
        created: moment(&["created"]),
        updated: moment(&["lastUpdated"]),
    }
}

/// A field by its name in any capitals.
pub(super) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| {
        let mut fields = object.iter();
        fields
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// The first of these fields that can be read so.
fn first<T>(value: &Value, names: &[&str], read: impl Fn(&Value) -> Option<T>) -> Option<T> {
    names.iter().find_map(|name| read(field(value, name)?))
}

/// Text, also of a number; nothing of anything else.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number, also as text.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// A moment, without a zone in UTC; seven digits after the point are usual.
pub(super) fn moment(text: &str) -> Option<Time> {
    let text = text.trim();
    if let Ok(moment) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(moment.to_utc());
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| day(text)?.and_hms_opt(0, 0, 0))
        .map(|moment| moment.and_utc())
}

/// The calendar day at the beginning of a date or a moment: `2026-11-20` or
/// `11/20/2026`.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let end = text.find(['T', ' ']).unwrap_or(text.len());
    let date = text.get(..end)?;
    ["%Y-%m-%d", "%m/%d/%Y"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(date, form).ok())
}

/// The goals of all plans of an account, with everybody who is on them.
#[derive(Debug)]
pub struct Forest<'a> {
    account: &'a AccountName,
    words: &'a Words,
    /// How often each id came.
    seen: HashMap<String, usize>,
    known: HashSet<PersonId>,
    /// The goals so far.
    pub goals: Vec<Goal>,
    /// The people so far.
    pub people: Vec<Person>,
    /// Addresses of people, as far as the items have them.
    addresses: HashMap<String, PersonId>,
}

impl<'a> Forest<'a> {
    /// An empty one.
    pub fn new(account: &'a AccountName, words: &'a Words) -> Self {
        Self {
            account,
            words,
            seen: HashMap::new(),
            known: HashSet::new(),
            goals: Vec::new(),
            people: Vec::new(),
            addresses: HashMap::new(),
        }
    }

    /// Plants the items of one plan: the parent of 1.2.10 is 1.2, in the order of
    /// the numbers; an item whose parent is not there is at the top.
    pub fn plant(&mut self, mut items: Vec<Item>) {
        items.sort_by(|one, other| outline(&one.sequence, &other.sequence));
        let mut places: HashMap<String, GoalId> = HashMap::new();
        let mut tops: HashMap<GoalId, String> = HashMap::new();
        for item in items {
            let id = self.id_of(&item);
            let above = item.sequence.rsplit_once('.');
            let above = above.and_then(|(above, _)| places.get(above)).cloned();
            let mut goal = self.goal(id, &item);
            let top = above.as_ref().and_then(|above| tops.get(above));
            goal.space = top.unwrap_or(&goal.name).clone();
            tops.insert(goal.id.clone(), goal.space.clone());
            goal.parent = above;
            goal.position = i64::try_from(self.goals.len()).unwrap_or(i64::MAX);
            if !item.sequence.is_empty() {
                places
                    .entry(item.sequence)
                    .or_insert_with(|| goal.id.clone());
            }
            self.goals.push(goal);
        }
    }

    /// The id of the person who is meant by a name or an address, if the items know
    /// them.
    pub fn meant(&self, who: &str) -> Option<PersonId> {
        let id = person_id(self.account, who);
        let is_known = self.known.contains(&id);
        is_known
            .then_some(id)
            .or_else(|| self.addresses.get(&who.trim().to_lowercase()).cloned())
    }

    /// The id of an item; of further ones with the same id `ID~2` and so on.
    fn id_of(&mut self, item: &Item) -> String {
        let id = match item.id.as_str() {
            // Shown, but there is no name for it in an import.
            "" => format!("~{}", item.sequence),
            id => id.to_owned(),
        };
        let count = self.seen.entry(id.clone()).or_default();
        *count += 1;
        match *count {
            1 => id,
            count => format!("{id}~{count}"),
        }
    }

    fn goal(&mut self, id: String, item: &Item) -> Goal {
        let account = self.account;
        let start = item.start.and_then(|day| day.and_hms_opt(0, 0, 0));
        let made = item.created.or(start.map(|start| start.and_utc()));
        let made = made.or(item.updated).unwrap_or_default();
        let name = if item.name.is_empty() {
            &item.id
        } else {
            &item.name
        };
        let goal_id = GoalId::new(format!("{account}:g:{id}"));
        let mut goal = Goal::new(goal_id, account.clone(), name.as_str(), made);
        goal.updated_at = item.updated.unwrap_or(made);
        goal.description.clone_from(&item.description);
        goal.start = item.start;
        goal.due = item.due;
        goal.champion = self.person(&item.assigned);
        if let (Some(champion), false) = (&goal.champion, item.email.is_empty()) {
            let address = item.email.to_lowercase();
            self.addresses.insert(address, champion.clone());
        }
        for member in &item.members {
            self.person(member);
        }
        if !item.level.is_empty() {
            goal.tags.push(item.level.clone());
        }
        let meaning = self.words.meaning(&item.word);
        goal.status = meaning.status;
        goal.status_word = meaning.word;
        restate(&mut goal);
        goal.results.extend(metric(account, &id, item));
        goal
    }

    fn person(&mut self, name: &str) -> Option<PersonId> {
        if name.is_empty() {
            return None;
        }
        let id = person_id(self.account, name);
        if self.known.insert(id.clone()) {
            self.people.push(Person {
                id: id.clone(),
                account: self.account.clone(),
                name: name.to_owned(),
                handle: String::new(),
            });
        }
        Some(id)
    }
}

/// Closed or open, as the status says.
pub(super) fn restate(goal: &mut Goal) {
    goal.closed = goal.status.is_closed().then_some(Closing {
        at: goal.updated_at,
        score: None,
    });
}

/// A person by name: nothing else tells people apart.
pub(super) fn person_id(account: &AccountName, name: &str) -> PersonId {
    let words: Vec<&str> = name.split_whitespace().collect();
    PersonId::new(format!("{account}:u:{}", words.join(" ").to_lowercase()))
}

/// The id that an import wants for a goal of this account; none for one that has
/// no id of its own there, or shares it with another.
pub fn external_id<'a>(account: &AccountName, goal: &'a GoalId) -> Option<&'a str> {
    let id = goal.as_str().strip_prefix(account.as_str())?;
    let id = id.strip_prefix(":g:")?;
    let is_double = id.rsplit_once('~').is_some_and(|(_, count)| {
        !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit())
    });
    (!id.is_empty() && !is_double && !id.starts_with('~')).then_some(id)
}

/// The one number of an item; none for an item without a metric.
fn metric(account: &AccountName, id: &str, item: &Item) -> Option<KeyResult> {
    if item.current.is_none() && item.target.is_none() {
        return None;
    }
    let shown = |value: f64| match item.unit.as_str() {
        PERCENT => percent_of(value),
        _ => value,
    };
    let start = item.baseline.map_or(0.0, shown);
    let target = item.target.map(shown);
    // Without a way to go there is nothing to fill.
    #[allow(clippy::float_cmp)]
    let target = target.filter(|target| *target != start);
    let kind = match (target, item.unit.as_str()) {
        (None, _) => Kind::Baseline,
        (_, PERCENT) => Kind::Percent,
        (_, "$") => Kind::Currency,
        _ => Kind::Number,
    };
    Some(KeyResult {
        id: ResultId::new(format!("{account}:k:{id}")),
        name: METRIC.to_owned(),
        kind,
        unit: item.unit.clone(),
        start,
        target,
        current: item.current.map(|value| Reading::Number(shown(value))),
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
        // Updates of others are not told, only when the last of them was.
        particulars: item.updated.map(|updated| {
            Box::new(Particulars {
                checked_at: Some(updated),
                ..Particulars::default()
            })
        }),
    })
}

/// The order of two outline numbers: 1.2 before 1.10, what has no number last.
fn outline(one: &str, other: &str) -> Ordering {
    match (one.is_empty(), other.is_empty()) {
        (false, false) => {
            let mut others = other.split('.');
            for part in one.split('.') {
                let Some(against) = others.next() else {
                    return Ordering::Greater;
                };
                let order = rank(part).cmp(&rank(against));
                if order != Ordering::Equal {
                    return order;
                }
            }
            match others.next() {
                Some(_) => Ordering::Less,
                None => Ordering::Equal,
            }
        }
        (one, other) => one.cmp(&other),
    }
}

fn rank(part: &str) -> (bool, u64, &str) {
    match part.trim().parse() {
        Ok(number) => (false, number, ""),
        Err(_) => (true, 0, part),
    }
}

#[cfg(test)]
mod tests;
