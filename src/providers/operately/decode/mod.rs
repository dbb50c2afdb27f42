//! What a server answered, turned into our nouns, item by item: an item that
//! cannot be read is counted and hides no other. Every field may be missing, null
//! or of another type, but the id. Asks nobody and cleans nothing.

mod assignments;
mod check_ins;
mod comments;
mod goals;
mod projects;
mod search;
pub mod signs;
mod work_map;

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;

use super::ids::ShortId;
use crate::model::ids::{AccountName, CheckInId, CommentId, GoalId, PersonId, ResultId};
use crate::model::person::Person;
use crate::model::status::Status;
use crate::model::time::Time;

pub use assignments::{Assignment, Duty, Subject, Waiting, assignments, settle};
use check_ins::last_check_in;
pub use check_ins::{
    acknowledged, can_acknowledge, check_in, check_ins, comments_count, history, is_published,
};
pub use comments::{comment, comments, reactions};
pub use goals::{checklist_id, goal, key_results, retrospective};
pub use projects::{project, project_check_in, project_history, project_retrospective};
pub use search::found;
pub use work_map::{Mapped, work_map};

/// Which account what is read belongs to, and where its web pages are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The account, in front of every id.
    pub account: AccountName,
    /// Address of the company's pages without a slash at its end
    /// (`https://app.operately.com/fjord-0bf3`); empty if it is not known.
    pub web: String,
}

impl Place {
    /// The page of something by its kind and id, `goals` and a slug-id; empty if
    /// the company is not known. A slug that could leave the path is dropped.
    pub fn page(&self, kind: &str, id: &str) -> String {
        let Some(short) = ShortId::parse(id).filter(|_| !self.web.is_empty()) else {
            return String::new();
        };
        let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if id.chars().all(fits) {
            format!("{}/{kind}/{id}", self.web)
        } else {
            format!("{}/{kind}/{short}", self.web)
        }
    }
}

/// The items of a list that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<T> {
    /// In the order they came.
    pub items: Vec<T>,
    /// How many could not be read.
    pub unreadable: usize,
}

impl<T> Listed<T> {
    /// The items under `key` of an answer, each read by `one`. None if there is no
    /// such list, or there are items and not one of them can be read: then it is
    /// another answer than was asked for.
    pub fn of(answer: &Value, key: &str, one: impl Fn(&Value) -> Option<T>) -> Option<Self> {
        Self::from(answer.get(key)?.as_array()?, key, one)
    }

    fn from(list: &[Value], what: &str, one: impl Fn(&Value) -> Option<T>) -> Option<Self> {
        let items: Vec<T> = list.iter().filter_map(one).collect();
        let unreadable = list.len() - items.len();
        if unreadable > 0 {
            tracing::warn!(
                what,
                unreadable,
                read = items.len(),
                "items that cannot be read"
            );
        }
        (!items.is_empty() || list.is_empty()).then_some(Self { items, unreadable })
    }
}

/// A person, short or full.
pub fn person(value: &Value, account: &AccountName) -> Option<Person> {
    let id = person_id(value, account)?;
    let name = text(value, "full_name");
    Some(Person {
        id,
        account: account.clone(),
        name: if name.trim().is_empty() {
            "(no name)".to_owned()
        } else {
            name
        },
        handle: String::new(),
    })
}

/// Everybody who stands anywhere in an answer, each once: also those who left and
/// are in no list of people any more.
pub fn people_in(answer: &Value, account: &AccountName) -> Vec<Person> {
    let mut found = std::collections::BTreeMap::new();
    collect_people(answer, account, &mut found);
    found.into_values().collect()
}

fn collect_people(
    value: &Value,
    account: &AccountName,
    into: &mut std::collections::BTreeMap<PersonId, Person>,
) {
    match value {
        Value::Array(items) => {
            for item in items {
                collect_people(item, account, into);
            }
        }
        Value::Object(fields) => {
            if fields.get("full_name").is_some_and(Value::is_string)
                && let Some(person) = person(value, account)
            {
                into.insert(person.id.clone(), person);
            }
            for field in fields.values() {
                collect_people(field, account, into);
            }
        }
        _ => {}
    }
}

/// Who stands for an author the server does not name: deleted, or left out of
/// the answer.
pub fn nobody(account: &AccountName) -> Person {
    Person {
        id: PersonId::new(format!("{account}:nobody")),
        account: account.clone(),
        name: "somebody".to_owned(),
        handle: String::new(),
    }
}

fn person_id(value: &Value, account: &AccountName) -> Option<PersonId> {
    Some(PersonId::new(short(value, "id")?.within(account)))
}

/// The person under `key`; none if nobody or nothing is there.
fn person_at(value: &Value, key: &str, account: &AccountName) -> Option<PersonId> {
    person_id(value.get(key)?, account)
}

fn author(value: &Value, account: &AccountName) -> PersonId {
    person_at(value, "author", account).unwrap_or_else(|| nobody(account).id)
}

fn short(value: &Value, key: &str) -> Option<ShortId> {
    ShortId::parse(value.get(key)?.as_str()?)
}

fn goal_id(id: ShortId, account: &AccountName) -> GoalId {
    GoalId::new(id.within(account))
}

fn check_in_id(id: ShortId, account: &AccountName) -> CheckInId {
    CheckInId::new(id.within(account))
}

fn comment_id(id: ShortId, account: &AccountName) -> CommentId {
    CommentId::new(id.within(account))
}

fn result_id(id: ShortId, account: &AccountName) -> ResultId {
    ResultId::new(id.within(account))
}

/// Text under a key; empty if there is none.
fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn is_true(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}

/// A finite number: whole, with a fraction or an exponent, or as text.
fn number(value: &Value, key: &str) -> Option<f64> {
    let value = value.get(key)?;
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
        .filter(|number: &f64| number.is_finite())
}

/// A moment, or the first one of a day.
fn moment(value: &Value, key: &str) -> Option<Time> {
    let text = value.get(key)?.as_str()?;
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.with_timezone(&Utc))
        .ok()
        .or_else(|| {
            Some(
                text.parse::<NaiveDate>()
                    .ok()?
                    .and_time(NaiveTime::MIN)
                    .and_utc(),
            )
        })
}

/// The day of a date or of a moment, by UTC.
fn day(value: &Value, key: &str) -> Option<NaiveDate> {
    moment(value, key).map(|at| at.date_naive())
}

/// One end of a timeframe: `contextual_start_date` or `contextual_end_date`.
fn end_of(timeframe: Option<&Value>, end: &str) -> Option<NaiveDate> {
    day(timeframe?.get(end)?, "date")
}

/// Our status for a word of theirs; none for words we do not know and for
/// `outdated`, which says nothing about the goal.
fn status(word: &str) -> Option<Status> {
    match word {
        "on_track" => Some(Status::OnTrack),
        "caution" => Some(Status::AtRisk),
        "off_track" => Some(Status::OffTrack),
        "pending" => Some(Status::NotStarted),
        "paused" => Some(Status::Paused),
        "achieved" => Some(Status::Achieved),
        "missed" => Some(Status::Missed),
        _ => None,
    }
}

/// Their own word as people read it there, if it is not ours: `Caution`; words we
/// do not know stay as they are.
fn status_word(word: &str) -> Option<String> {
    match status(word) {
        None if word.is_empty() || word == "outdated" => None,
        Some(status) if status.words().code == word => None,
        _ => {
            let mut spaced = word.replace('_', " ");
            if let Some(first) = spaced.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            Some(spaced)
        }
    }
}

/// What it says of itself and what its last check-in said, as one status with
/// their word for it. `outdated` hides the last check-in, never the other way
/// round.
fn shown_status(own: &str, last: Option<&str>) -> (Status, Option<String>) {
    let said = match (own, last) {
        ("outdated" | "", Some(last)) => last,
        ("outdated" | "", None) => "pending",
        (own, _) => own,
    };
    let known = status(said).or_else(|| status(last?));
    (known.unwrap_or(Status::NotStarted), status_word(said))
}
