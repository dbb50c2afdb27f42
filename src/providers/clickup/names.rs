//! Ids and people: ours from theirs and back.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::json;
use crate::model::exchange::{Fault, FaultKind};
use crate::model::ids::{AccountName, GoalId, PersonId, ResultId};
use crate::model::person::Person;

/// Letters of our ids.
pub const GOAL: &str = "g";
pub const FOLDER: &str = "f";
pub const RESULT: &str = "k";
pub const PERSON: &str = "u";
pub const ENTRY: &str = "h";

/// Our id of a thing: `work:g:1c2d`.
pub fn ours(account: &AccountName, letter: &str, theirs: &str) -> String {
    format!("{account}:{letter}:{theirs}")
}

/// Their id of a thing of ours, also of one that cannot be written to.
pub fn theirs<'a>(account: &AccountName, letter: &str, ours: &'a str) -> Option<&'a str> {
    let rest = ours.strip_prefix(account.as_str())?.strip_prefix(':')?;
    rest.strip_prefix(letter)?.strip_prefix(':')
}

/// Their id of a goal that is to be written to.
///
/// # Errors
/// It is a folder, is not there yet, or shares its id with another.
pub fn goal<'a>(account: &AccountName, goal: &'a GoalId) -> Result<&'a str, Fault> {
    if theirs(account, FOLDER, goal.as_str()).is_some() {
        return Err(Fault::new(
            FaultKind::Unsupported,
            "folders are made, named and filled on ClickUp's own page",
            "drop this entry (D)",
        ));
    }
    let id = theirs(account, GOAL, goal.as_str());
    writable(id.ok_or_else(|| unknown("this goal"))?)
}

/// Their id of a key result that is to be written to.
///
/// # Errors
/// It is not there yet, or shares its id with another.
pub fn result<'a>(account: &AccountName, result: &'a ResultId) -> Result<&'a str, Fault> {
    let id = theirs(account, RESULT, result.as_str());
    writable(id.ok_or_else(|| unknown("this key result"))?)
}

/// The number of a person, for lists of owners.
///
/// # Errors
/// ClickUp knows them by no number.
pub fn person(account: &AccountName, person: &PersonId) -> Result<i64, Fault> {
    let id = theirs(account, PERSON, person.as_str());
    id.and_then(|id| id.parse().ok()).ok_or_else(|| {
        Fault::new(
            FaultKind::Invalid,
            "ClickUp knows this person by no number, so no goal can be theirs",
            "choose somebody of the Workspace (e)",
        )
    })
}

fn unknown(what: &str) -> Fault {
    Fault::new(
        FaultKind::Gone,
        format!("{what} is not at ClickUp (yet)"),
        "wait for what is queued before it, or drop this entry (D)",
    )
}

fn writable(id: &str) -> Result<&str, Fault> {
    if is_double(id) {
        return Err(Fault::new(
            FaultKind::Unsupported,
            "ClickUp gave several things the same id, so this one cannot be told from the others",
            "change it on ClickUp's own page, or drop this entry (D)",
        ));
    }
    Ok(id)
}

/// Whether we gave this id to a thing that has none of its own.
pub fn is_double(id: &str) -> bool {
    id.rsplit_once('~')
        .is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit()))
}

/// An id as a part of a path.
pub fn escaped(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Gives every thing of one answer an id of its own: mocks call everything
/// `string`.
#[derive(Debug, Default)]
pub struct Ids(HashMap<(&'static str, String), u32>);

impl Ids {
    /// The id of a thing: its own, `ID~2` for the second with it, `~1` for one
    /// without any.
    pub fn of(&mut self, letter: &'static str, item: &Value) -> String {
        let own = json::text_at(item, "id").unwrap_or_default();
        let count = self.0.entry((letter, own.clone())).or_default();
        *count += 1;
        match *count {
            1 if !own.is_empty() => own,
            count => format!("{own}~{count}"),
        }
    }
}

/// The people an account knows by their numbers.
#[derive(Clone, Debug, Default)]
pub struct People(BTreeMap<String, User>);

/// One of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct User {
    /// Their name; empty if nobody told it.
    pub name: String,
    /// Their address; may be empty.
    pub email: String,
}

impl People {
    /// Takes in one item of a list of people, in any of its dresses, and gives back
    /// its number: an object, one inside of `user`, a bare number.
    pub fn meet(&mut self, item: &Value) -> Option<String> {
        let user = item.get("user").filter(|user| user.is_object());
        let user = user.unwrap_or(item);
        let id = match user {
            Value::Object(_) => user.get("id").or_else(|| user.get("userid"))?,
            other => other,
        };
        let id = number(id)?;
        let known = self.0.entry(id.clone()).or_default();
        let told = |key: &str| json::text_at(user, key).unwrap_or_default();
        let name = [told("username"), told("name"), told("email")];
        if let Some(name) = name.into_iter().find(|name| !name.is_empty()) {
            known.name = name;
        }
        let email = told("email");
        if !email.is_empty() {
            known.email = email;
        }
        Some(id)
    }

    /// Takes in all of a list.
    pub fn meet_all(&mut self, items: &[Value]) {
        for item in items {
            self.meet(item);
        }
    }

    /// Notes that somebody is spoken of by this number.
    pub fn mention(&mut self, id: &str) {
        self.0.entry(id.to_owned()).or_default();
    }

    /// Takes the names of those who are here and have none from others.
    pub fn learn(&mut self, others: &People) {
        for (id, user) in &mut self.0 {
            if let Some(known) = others.0.get(id).filter(|_| user.name.is_empty()) {
                user.clone_from(known);
            }
        }
    }

    /// Takes in everybody whom others know, too.
    pub fn adopt(&mut self, others: &People) {
        for id in others.0.keys() {
            self.mention(id);
        }
        self.learn(others);
    }

    /// The number of whoever has this number, address or name.
    pub fn find(&self, word: &str) -> Option<&str> {
        let word = word.trim();
        let is = |text: &str| !text.is_empty() && text.to_lowercase() == word.to_lowercase();
        let mut all = self.0.iter();
        all.find(|(id, user)| *id == word || is(&user.email) || is(&user.name))
            .map(|(id, _)| id.as_str())
    }

    /// All of them as people of an account; `user 4021` where nobody told a name.
    pub fn of(&self, account: &AccountName) -> Vec<Person> {
        let all = self.0.iter();
        all.map(|(id, user)| Person {
            id: PersonId::new(ours(account, PERSON, id)),
            account: account.clone(),
            name: match user.name.as_str() {
                "" => format!("user {id}"),
                name => name.to_owned(),
            },
            handle: String::new(),
        })
        .collect()
    }
}

/// The number of a person, as text: whole and of any sign.
pub fn number(value: &Value) -> Option<String> {
    let text = json::text(value)?;
    let number: i64 = text.trim().parse().ok()?;
    Some(number.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_go_out_and_come_back() {
        let account = AccountName::new("work");
        assert_eq!(goal(&account, &"work:g:e5".into()), Ok("e5"));
        assert_eq!(result(&account, &"work:k:a:b".into()), Ok("a:b"));
        assert_eq!(person(&account, &"work:u:-7".into()), Ok(-7));
        for wrong in [
            "work:g-new",
            "other:g:e5",
            "work:f:2",
            "work:g:e5~2",
            "work:g:~1",
        ] {
            assert!(goal(&account, &wrong.into()).is_err(), "{wrong}");
        }
        assert!(person(&account, &"work:me".into()).is_err());
        assert_eq!(escaped("a b/ü..?#%"), "a%20b%2F%C3%BC..%3F%23%25");
    }

    #[test]
    fn things_with_one_id_are_told_apart() {
        let mut ids = Ids::default();
        let item = json!({"id": "string"});
        assert_eq!(ids.of(GOAL, &item), "string");
        assert_eq!(ids.of(GOAL, &item), "string~2");
        assert_eq!(ids.of(RESULT, &item), "string");
        assert_eq!(ids.of(GOAL, &json!({"id": null})), "~1");
        assert_eq!(ids.of(GOAL, &json!({})), "~2");
        assert_eq!(ids.of(GOAL, &json!({"id": 12})), "12");
        assert!(is_double("string~2") && is_double("~1"));
        assert!(!is_double("string") && !is_double("a~b") && !is_double("a~"));
    }

    #[test]
    fn people_come_as_objects_numbers_and_strings() {
        let mut people = People::default();
        let ada = json!({"id": 4021, "username": "Ada Moreno", "email": "ada@example.com"});
        assert_eq!(people.meet(&ada), Some("4021".to_owned()));
        assert_eq!(
            people.meet(&json!({"user": {"id": "7", "email": "bo@x.example"}})),
            Some("7".to_owned())
        );
        assert_eq!(people.meet(&json!(-9)), Some("-9".to_owned()));
        assert_eq!(people.meet(&json!("4021")), Some("4021".to_owned()));
        for odd in [
            json!("string"),
            json!({}),
            json!(null),
            json!({"id": {}}),
            json!(1.5),
        ] {
            assert_eq!(people.meet(&odd), None, "{odd}");
        }
        let all = people.of(&"work".into());
        let names: Vec<&str> = all.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(names, ["user -9", "Ada Moreno", "bo@x.example"]);
        assert_eq!(people.find("ADA@example.com"), Some("4021"));
        assert_eq!(people.find("ada moreno"), Some("4021"));
        assert_eq!(people.find("7"), Some("7"));
        assert_eq!(people.find(""), None);
    }
}
