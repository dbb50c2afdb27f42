//! Operately's notifications as lines of our inbox: whose, about what, and a
//! sentence for every kind of activity, also for kinds nobody has heard of.
//! Words come raw from the server; the screen cleans them.

mod kinds;
mod parts;
mod sentences;

use serde_json::Value;

use super::ids::ShortId;
use crate::model::ids::{AccountName, CheckInId, CommentId, GoalId, NotificationId, PersonId};
use crate::model::notification::{Notification, Reason};
use crate::model::person::Person;
use crate::model::time::Time;
use parts::Parts;

/// All notifications of an answer (`{"notifications": [..]}` or the list itself)
/// in its order, everybody who did something in them once, and how many could not
/// be read. One that cannot be read does not hide the others; it lacks an id or a
/// time, everything else may be missing.
pub fn notifications(
    account: &AccountName,
    me: &PersonId,
    answer: &Value,
) -> (Vec<Notification>, Vec<Person>, usize) {
    let list = answer.get("notifications").unwrap_or(answer);
    let Some(list) = list.as_array() else {
        return (Vec::new(), Vec::new(), 0);
    };
    let mut lines = Vec::new();
    let mut people: Vec<Person> = Vec::new();
    for item in list {
        lines.extend(notification(account, me, item));
        if let Some(person) = author(account, activity_of(item))
            && !people.iter().any(|known| known.id == person.id)
        {
            people.push(person);
        }
    }
    let unreadable = list.len() - lines.len();
    (lines, people, unreadable)
}

/// One notification. Its id keeps the uuid as it came (`account:uuid`): older
/// servers take no other form when it is marked read. What it is about has ids of
/// ours (`account:short`). None without id or time.
///
/// About a project it has the project as its goal. About the closing of a goal it
/// has the closing activity as its check-in, which is the id of the retrospective.
pub fn notification(account: &AccountName, me: &PersonId, item: &Value) -> Option<Notification> {
    let uuid = item.get("id")?.as_str().filter(|id| !id.is_empty())?;
    let activity = activity_of(item);
    let at = time(item).or_else(|| time(activity))?;
    let parts = Parts::new(activity, ShortId::of_ours(me.as_str()));
    let (reason, text) = sentences::told(&parts);
    let ours = |id: ShortId| id.within(account);
    Some(Notification {
        id: NotificationId::new(format!("{account}:{uuid}")),
        account: account.clone(),
        to: me.clone(),
        at,
        reason,
        actor: parts.author().map(|id| PersonId::new(ours(id))),
        goal: parts.goal().map(|id| GoalId::new(ours(id))),
        check_in: parts.check_in().map(|id| CheckInId::new(ours(id))),
        comment: parts.comment().map(|id| CommentId::new(ours(id))),
        text,
        read: item.get("read").and_then(Value::as_bool).unwrap_or(false)
            || item.get("read_at").is_some_and(Value::is_string),
        done: false,
    })
}

/// An activity of the feed as a sentence after its author's name, and why it
/// would concern `me`. Never empty.
pub fn sentence(me: &PersonId, activity: &Value) -> (Reason, String) {
    sentences::told(&Parts::new(activity, ShortId::of_ours(me.as_str())))
}

fn activity_of(item: &Value) -> &Value {
    item.get("activity").unwrap_or(&Value::Null)
}

/// Who did it, if the name is known.
fn author(account: &AccountName, activity: &Value) -> Option<Person> {
    let author = activity.get("author")?;
    let id = ShortId::parse(author.get("id")?.as_str()?)?;
    let name = author.get("full_name")?.as_str()?;
    Some(Person {
        id: PersonId::new(id.within(account)),
        account: account.clone(),
        name: name.to_owned(),
        handle: String::new(),
    })
}

fn time(value: &Value) -> Option<Time> {
    let text = value.get("inserted_at")?.as_str()?;
    chrono::DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|at| at.to_utc())
}

#[cfg(test)]
mod tests;
