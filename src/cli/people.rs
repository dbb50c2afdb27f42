//! `people`: who keeps goals here.

use serde_json::{Value, json};

use crate::model::exchange::Change;
use crate::model::ids::PersonId;
use crate::model::person::Person;
use crate::model::text;
use crate::store::Account;

use super::failure::Failure;
use super::print::{Out, Table, Tone, cell};
use super::session::Session;
use super::{Ended, json as schema, receipt};

/// `people list`
pub fn list(out: &mut Out, session: &Session) -> Ended {
    let store = session.store();
    let accounts: Vec<&Account> = store.accounts().collect();
    let people = accounts.iter().flat_map(|account| {
        let me = account.me.as_ref();
        let people = store.people(&account.setup.name).into_iter();
        people.map(move |person| (person, me == Some(&person.id)))
    });
    if out.is_json {
        let list: Vec<Value> = people
            .map(|(person, is_me)| {
                json!({
                    "id": person.id.as_str(),
                    "name": person.name,
                    "handle": person.handle,
                    "account": person.account.as_str(),
                    "me": is_me,
                })
            })
            .collect();
        return Ok(out.json(&schema::object("people", json!(list)))?);
    }
    let mut table = Table::default();
    for (person, is_me) in people {
        table.row(vec![
            cell(&person.name),
            cell(if is_me { "me" } else { "" }),
            cell(&person.handle),
            cell(person.account.as_str()),
            cell(person.id.as_str()).tone(Tone::Dim),
        ]);
    }
    Ok(out.table(&table)?)
}

/// `people add NAME`
pub fn add(out: &mut Out, session: &mut Session, name: &str, handle: Option<&str>) -> Ended {
    let name = text::editable(name).replace('\n', " ").trim().to_owned();
    let what = format!("person \"{name}\"");
    if name.is_empty() {
        return Err(Failure::usage("person", "the name is empty", "give a full name").into());
    }
    let handle = handle.unwrap_or_default().trim().trim_start_matches('@');
    if handle.contains(char::is_whitespace) {
        return Err(Failure::usage("--handle", "it holds a space", "give one word").into());
    }
    let store = session.store();
    let account = store
        .accounts()
        .find(|account| account.setup.abilities.people.is_possible())
        .map(|account| account.setup.name.clone())
        .ok_or_else(|| Failure::failed(&*what, "no account takes new people", ""))?;
    let people = store.people(&account);
    let same = |person: &&&Person| person.name.to_lowercase() == name.to_lowercase();
    if let Some(known) = people.iter().find(same) {
        return Err(Failure::refused(
            what,
            format!("{} is here already as {}", known.name, known.id),
            "give the new one another name",
        )
        .into());
    }
    let person = Person {
        id: PersonId::new(session.new_id(&account, 'p')),
        account: account.clone(),
        name: name.clone(),
        handle: handle.to_owned(),
    };
    let id = person.id.clone();
    let entry = session.post(
        &what,
        &account,
        Change::PutPerson { person },
        session.new_entry(),
    )?;
    let done = format!("added {name} as {id}; they act with --as \"{name}\"");
    Ok(receipt::print(out, session, &[entry], &done)?)
}
