//! `find`: goals, key results, check-ins and people by a few letters.

use serde_json::{Value, json};

use crate::model::dates;
use crate::store::find::{self, Found, Only, Thing};

use super::args::{Find, FindOnly};
use super::print::{Cell, Out, Table, Tone, cell};
use super::session::Session;
use super::{Ended, Stop, goal_show, goals, json as schema};

/// `find TEXT`; exit 1 when nothing is found, as grep does.
pub fn find(out: &mut Out, session: &Session, args: &Find) -> Ended {
    let store = session.store();
    let only = match args.only {
        None => Only::All,
        Some(FindOnly::Goals) => Only::Goals,
        Some(FindOnly::Results) => Only::Results,
        Some(FindOnly::Checkins) => Only::CheckIns,
        Some(FindOnly::People) => Only::People,
    };
    let text = args.text.join(" ");
    let found = find::find(store, &text, only, args.limit);
    if out.is_json {
        let list: Vec<Value> = found.iter().map(|one| as_json(session, one)).collect();
        out.json(&schema::object("found", json!(list)))?;
    } else if found.is_empty() {
        if out.is_terminal {
            out.say(&crate::shown!("No match for \"{text}\"."))?;
        }
    } else {
        let mut table = Table::cutting(1);
        for one in &found {
            table.row(row(session, one));
        }
        out.table(&table)?;
    }
    if found.is_empty() {
        return Err(Stop::Code(1));
    }
    Ok(())
}

/// Word, id and account of a thing.
fn identity(session: &Session, thing: &Thing) -> (&'static str, String, Option<String>) {
    let store = session.store();
    let account = |id| store.goal(id).map(|goal| goal.account.to_string());
    match thing {
        Thing::Goal(goal) => ("goal", goal.to_string(), account(goal)),
        Thing::Result(goal, result) => ("result", result.to_string(), account(goal)),
        Thing::CheckIn(goal, check_in) => ("check-in", check_in.to_string(), account(goal)),
        Thing::Person(person) => (
            "person",
            person.to_string(),
            store
                .person(person)
                .map(|person| person.account.to_string()),
        ),
    }
}

/// What is worth knowing of it: progress, day.
fn detail(session: &Session, thing: &Thing) -> String {
    let (store, now) = (session.store(), session.now());
    let of = |id| store.goal(id);
    match thing {
        Thing::Goal(id) => of(id).map(|goal| goals::percent(store, goal)),
        Thing::Result(id, result) => of(id)
            .and_then(|goal| goal.result(result))
            .map(goal_show::result_percent),
        Thing::CheckIn(id, check_in) => of(id)
            .and_then(|goal| goal.check_in(check_in))
            .map(|found| dates::day(now.day_of(found.at), &now)),
        Thing::Person(_) => None,
    }
    .unwrap_or_default()
}

fn row(session: &Session, found: &Found) -> Vec<Cell> {
    let (word, id, account) = identity(session, &found.what);
    vec![
        cell(word),
        cell(&found.text),
        cell(&detail(session, &found.what)),
        cell(&account.unwrap_or_default()),
        cell(&id).tone(Tone::Dim),
    ]
}

fn as_json(session: &Session, found: &Found) -> Value {
    let (word, id, account) = identity(session, &found.what);
    let goal = match &found.what {
        Thing::Goal(goal) | Thing::Result(goal, _) | Thing::CheckIn(goal, _) => Some(goal.as_str()),
        Thing::Person(_) => None,
    };
    json!({
        "what": word.replace('-', ""),
        "id": id,
        "goal": goal,
        "account": account,
        "text": found.text,
    })
}
