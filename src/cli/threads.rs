//! `ack`, `reply`, `react`: answers to check-ins of others.

use crate::model::exchange::Change;
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, CheckInId, CommentId, GoalId};
use crate::store::queue::{self, What};

use super::args;
use super::failure::Failure;
use super::pick::{self, Prefer, Thread};
use super::print::Out;
use super::session::Session;
use super::{Ended, filters, note, receipt};

type Item = (GoalId, CheckInId);

/// Check-ins that wait for my acknowledgement.
fn waiting(session: &Session) -> Vec<Item> {
    queue::queue(session.store(), &session.now())
        .into_iter()
        .filter_map(|item| match item.what {
            What::Acknowledge { goal, check_in } => Some((goal, check_in)),
            _ => None,
        })
        .collect()
}

/// The check-ins that are meant.
fn chosen(session: &Session, args: &args::Ack) -> Result<Vec<Item>, Failure> {
    let store = session.store();
    let waiting = waiting(session);
    if let Some(words) = &args.filter {
        let filter = filters::filter(session, words)?;
        let seen = |goal: &Goal, check_in: &CheckInId| {
            let at = goal.check_in(check_in).map(|found| found.at);
            let looked = store.marks().looked(&goal.id).map(|(looked, _)| looked);
            looked.zip(at).is_some_and(|(looked, at)| looked >= at)
        };
        return Ok(waiting
            .into_iter()
            .filter(|(goal, check_in)| {
                store.goal(goal).is_some_and(|goal| {
                    filter.matches(goal, store) && (!args.seen || seen(goal, check_in))
                })
            })
            .collect());
    }
    let mut items: Vec<Item> = Vec::new();
    for id in &args.ids {
        let found: Vec<Item> = match pick::thread(store, id)? {
            Thread::CheckIn(goal, check_in) => vec![(goal.id.clone(), check_in)],
            Thread::Goal(goal) => {
                let of_goal = waiting.iter().filter(|(waits, _)| waits == &goal.id);
                let found: Vec<Item> = of_goal.cloned().collect();
                if found.is_empty() {
                    return Err(Failure::failed(
                        format!("no check-in on \"{}\" waits for you", goal.name),
                        "all are acknowledged, or wait for somebody else",
                        "see goaldeck queue",
                    ));
                }
                found
            }
        };
        items.extend(
            found
                .into_iter()
                .filter(|item| !items.contains(item))
                .collect::<Vec<_>>(),
        );
    }
    Ok(items)
}

/// `ack ID…`
pub fn ack(out: &mut Out, session: &mut Session, args: &args::Ack) -> Ended {
    let items = chosen(session, args)?;
    if items.is_empty() {
        if out.is_json {
            return Ok(out.json(&super::json::entries(&[], &session.now()))?);
        }
        return Ok(out.note(&crate::shown!("nothing waits for you there"))?);
    }
    let mut fresh: Vec<(AccountName, Item, String)> = Vec::new();
    for (goal, check_in) in items {
        let Some(found) = session.store().goal(&goal) else {
            continue;
        };
        if session.store().is_acknowledged(found, &check_in) {
            out.note(&crate::shown!("\"{}\": acknowledged before", found.name))?;
            continue;
        }
        fresh.push((found.account.clone(), (goal, check_in), found.name.clone()));
    }
    // One entry each: what one account refuses does not hold up the others.
    let mut entries = Vec::new();
    for (account, item, name) in fresh {
        let what = format!("acknowledgement of \"{name}\"");
        let change = Change::Acknowledge { items: vec![item] };
        let entry = session.post(&what, &account, change, session.new_entry())?;
        if !out.is_json {
            receipt::print(
                out,
                session,
                std::slice::from_ref(&entry),
                &format!("acknowledged \"{name}\""),
            )?;
        }
        entries.push(entry);
    }
    if out.is_json {
        receipt::print(out, session, &entries, "")?;
    }
    Ok(())
}

/// The goal and check-in that are answered.
fn place(session: &Session, id: &str) -> Result<(Goal, Option<CheckInId>), Failure> {
    Ok(match pick::thread(session.store(), id)? {
        Thread::CheckIn(goal, check_in) => (goal.clone(), Some(check_in)),
        Thread::Goal(goal) => (
            goal.clone(),
            goal.last_check_in().map(|last| last.id.clone()),
        ),
    })
}

/// `reply ID --note TEXT`
pub fn reply(out: &mut Out, session: &mut Session, args: &args::Reply) -> Ended {
    let (goal, check_in) = if args.on_goal {
        (
            pick::goal(session.store(), &args.id, Prefer::Open)?.clone(),
            None,
        )
    } else {
        place(session, &args.id)?
    };
    let text = note::read(&args.note, "", session)?;
    let what = format!("reply on \"{}\"", goal.name);
    if text.trim().is_empty() {
        return Err(
            Failure::usage(what, "it is empty", "give --note, --note-file or --edit").into(),
        );
    }
    let change = Change::Comment {
        goal: goal.id.clone(),
        check_in: check_in.clone(),
        id: CommentId::new(session.new_id(&goal.account, 'm')),
        text: text.clone(),
    };
    let entry = session
        .post(&what, &goal.account, change, session.new_entry())
        .map_err(|failure| failure.with_text(&text))?;
    let done = if check_in.is_some() {
        format!("replied to the check-in on \"{}\"", goal.name)
    } else {
        format!("remarked on \"{}\"", goal.name)
    };
    Ok(receipt::print(out, session, &[entry], &done)?)
}

/// `react ID +1`
pub fn react(out: &mut Out, session: &mut Session, args: &args::React) -> Ended {
    let (goal, check_in) = place(session, &args.id)?;
    let what = format!("reaction on \"{}\"", goal.name);
    let Some(check_in) = check_in else {
        return Err(Failure::failed(what, "it has no check-in yet", "").into());
    };
    let sign = args.sign.trim();
    if sign.is_empty() || sign.chars().count() > 16 {
        return Err(
            Failure::usage(what, "a sign has 1 to 16 characters", "write +1, heart, …").into(),
        );
    }
    let change = Change::React {
        goal: goal.id.clone(),
        check_in,
        sign: sign.to_owned(),
        on: !args.remove,
    };
    let entry = session.post(&what, &goal.account, change, session.new_entry())?;
    let done = if args.remove {
        format!("took {sign} off the check-in on \"{}\"", goal.name)
    } else {
        format!("put {sign} under the check-in on \"{}\"", goal.name)
    };
    Ok(receipt::print(out, session, &[entry], &done)?)
}
