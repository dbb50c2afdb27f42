//! `find`: goals, key results, check-ins and people by a few letters, and what the
//! accounts' own searches find beyond them.

use serde_json::{Value, json};

use crate::model::dates;
use crate::model::exchange;
use crate::model::ids::AccountName;
use crate::store::effect::Command;
use crate::store::find::{self, Found, Only, Thing};

use super::args::{Find, FindOnly};
use super::print::{Cell, Out, Table, Tone, cell};
use super::session::Session;
use super::{Ended, Stop, goal_show, goals, json as schema};

/// `find TEXT`; exit 1 when nothing is found, as grep does.
pub fn find(out: &mut Out, session: &mut Session, args: &Find, offline: bool) -> Ended {
    let only = match args.only {
        None => Only::All,
        Some(FindOnly::Goals) => Only::Goals,
        Some(FindOnly::Results) => Only::Results,
        Some(FindOnly::Checkins) => Only::CheckIns,
        Some(FindOnly::People) => Only::People,
    };
    let text = args.text.join(" ");
    // Everything else is known here.
    if only == Only::All && !offline {
        search(out, session, &text);
    }
    let session = &*session;
    let store = session.store();
    let found = find::find(store, &text, only, args.limit);
    let there = store.found();
    let is_empty = found.is_empty() && there.is_empty();
    if out.is_json {
        let known = found.iter().map(|one| as_json(session, one));
        let there = there
            .iter()
            .map(|(account, one)| there_as_json(account, one));
        let list: Vec<Value> = known.chain(there).collect();
        out.json(&schema::object("found", json!(list)))?;
    } else if is_empty {
        if out.is_terminal {
            out.say(&crate::shown!("No match for \"{text}\"."))?;
        }
    } else {
        let mut table = Table::cutting(1);
        for one in &found {
            table.row(row(session, one));
        }
        for (account, one) in there {
            table.row(row_there(session, account, one));
        }
        out.table(&table)?;
    }
    if is_empty {
        return Err(Stop::Code(1));
    }
    Ok(())
}

/// Asks every account once; says which did not search, and why.
fn search(out: &mut Out, session: &mut Session, text: &str) {
    session.carry_out(vec![Command::Search(text.to_owned())]);
    for (account, fault) in session.store().search_faults() {
        out.remark(&crate::shown!(
            "goaldeck: {account} did not search: {fault}"
        ));
    }
    if session.store().is_searching() {
        out.remark(&crate::shown!(
            "goaldeck: not every account has answered; --timeout waits longer"
        ));
    }
}

/// A thing that only the provider knows: its kind, where it was found, its link.
fn row_there(session: &Session, account: &AccountName, found: &exchange::Found) -> Vec<Cell> {
    let known = session.store().account(account);
    let provider = known.map_or("its account", |known| known.setup.abilities.provider);
    vec![
        cell(&found.kind),
        cell(&found.title),
        cell(&format!("at {provider}")),
        cell(account.as_str()),
        cell(&found.link).tone(Tone::Dim),
    ]
}

/// The same fields as for things known here, with the page instead of an id.
fn there_as_json(account: &AccountName, found: &exchange::Found) -> Value {
    json!({
        "what": found.kind,
        "id": null,
        "goal": found.goal.as_ref().map(|goal| goal.as_str()),
        "account": account.as_str(),
        "text": found.title,
        "link": Some(found.link.as_str()).filter(|link| !link.is_empty()),
        "at_provider": true,
    })
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

/// The page of the goal that a thing belongs to, where it has one.
fn goal_link<'a>(session: &'a Session, thing: &Thing) -> Option<&'a str> {
    let (Thing::Goal(goal) | Thing::Result(goal, _) | Thing::CheckIn(goal, _)) = thing else {
        return None;
    };
    let link = &session.store().goal(goal)?.link;
    Some(link.as_str()).filter(|link| !link.is_empty())
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
        "link": goal_link(session, &found.what),
        "at_provider": false,
    })
}
