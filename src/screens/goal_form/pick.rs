//! The lists that the goal form opens: parents, people, kinds and what can be
//! done with a key result.

use crate::model::goal::Nature;
use crate::model::ids::{AccountName, GoalId};
use crate::screens::{Choice, Scene};

use super::goal_text::FieldName;
use super::may_edit;
use super::result_text::KINDS;

/// A field was chosen for.
pub const FIELD: &str = "goal field";
/// A kind of key result was chosen.
pub const KIND: &str = "result kind";
/// Something was chosen for a key result.
pub const ROW: &str = "result row";
/// A key result is to be removed; the key is its id.
pub const REMOVE: &str = "result remove";
/// Up among the key results.
pub const UP: &str = "up";
/// Down among them.
pub const DOWN: &str = "down";

/// Where a new goal may be kept.
pub fn accounts(scene: &Scene<'_>) -> Choice {
    let rows = scene
        .store
        .accounts()
        .filter(|account| may_edit(account))
        .map(|account| {
            let name = account.setup.name.to_string();
            let words = format!("{name}, {}", account.setup.abilities.provider);
            (name, words)
        })
        .collect();
    Choice {
        title: "Keep it in".to_owned(),
        about: FIELD.to_owned(),
        rows,
        filters: false,
    }
}

/// Every open goal of an account that may be above `goal`.
pub fn parents(account: &AccountName, goal: Option<&GoalId>, scene: &Scene<'_>) -> Choice {
    let mut below: Vec<GoalId> = goal.into_iter().cloned().collect();
    let mut place = 0;
    while let Some(next) = below.get(place).cloned() {
        let children = scene.store.own_children(&next);
        let new: Vec<GoalId> = children
            .into_iter()
            .filter(|child| !below.contains(child))
            .collect();
        below.extend(new);
        place += 1;
    }
    let mut rows: Vec<(String, String)> = scene
        .store
        .goals()
        .filter(|other| &other.account == account && other.is_open())
        .filter(|other| other.nature != Nature::Folder)
        .filter(|other| !below.contains(&other.id))
        .map(|other| (other.id.to_string(), other.name.clone()))
        .collect();
    rows.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    rows.insert(0, (String::new(), "(none: at the top)".to_owned()));
    Choice {
        title: "Parent".to_owned(),
        about: FIELD.to_owned(),
        rows,
        filters: true,
    }
}

/// Everybody of an account, me first.
pub fn people(name: FieldName, account: &AccountName, scene: &Scene<'_>) -> Choice {
    let me = scene.store.me(account);
    let mut people = scene.store.people(account);
    people.sort_by_key(|person| me != Some(&person.id));
    let mut rows: Vec<(String, String)> = people
        .into_iter()
        .map(|person| {
            let you = if me == Some(&person.id) { " (you)" } else { "" };
            (person.id.to_string(), format!("{}{you}", person.name))
        })
        .collect();
    rows.push((String::new(), "(nobody)".to_owned()));
    Choice {
        title: name.label().to_owned(),
        about: FIELD.to_owned(),
        rows,
        filters: true,
    }
}

/// The kinds of key results.
pub fn kinds() -> Choice {
    let row = |(code, name, words): &(&str, &str, &str)| {
        ((*code).to_owned(), format!("{name:<12} {words}"))
    };
    Choice {
        title: "Kind of key result".to_owned(),
        about: KIND.to_owned(),
        rows: KINDS.iter().map(row).collect(),
        filters: false,
    }
}

/// What can be done with the key result at `place` of `count`.
pub fn row_actions(name: &str, place: usize, count: usize) -> Choice {
    let mut rows = Vec::new();
    if place > 0 {
        rows.push((UP.to_owned(), "move up".to_owned()));
    }
    if place + 1 < count {
        rows.push((DOWN.to_owned(), "move down".to_owned()));
    }
    rows.push(("remove".to_owned(), "remove it".to_owned()));
    let title = if name.trim().is_empty() {
        "Key result"
    } else {
        name
    };
    Choice {
        title: title.to_owned(),
        about: ROW.to_owned(),
        rows,
        filters: false,
    }
}
