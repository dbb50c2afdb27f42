//! The demo as a store shows it: the rows, counts and reasons of the pictures.

use std::sync::mpsc::channel;

use chrono::{NaiveDateTime, TimeDelta};
use futures_util::FutureExt;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::dates;
use goaldeck::model::goal::Goal;
use goaldeck::model::progress::Rules;
use goaldeck::model::status::ShownStatus;
use goaldeck::model::time::{Now, Zone};
use goaldeck::providers::demo::{providers, records};
use goaldeck::store::effect::{Command, Effect, Outcome};
use goaldeck::store::queue::{self, What};
use goaldeck::store::tree::{Sort, Tree};
use goaldeck::store::{Setup, Store, inbox};

fn at(wall: &str) -> Now {
    let zone = Zone::new(|_| chrono::FixedOffset::east_opt(3600).unwrap());
    let wall = NaiveDateTime::parse_from_str(wall, "%Y-%m-%d %H:%M").unwrap();
    Now::new(zone.moment(wall), zone)
}

pub fn friday() -> Now {
    at("2026-11-20 10:42")
}

/// A store that has read the whole demo.
pub fn store(now: Now) -> Store {
    let providers = providers(now);
    let setups = providers
        .iter()
        .map(|(name, provider)| Setup {
            name: name.clone(),
            abilities: provider.abilities(),
            hold: TimeDelta::zero(),
            refresh: None,
            settle: goaldeck::store::outbox::Settle::default(),
            cadence: Cadence::None,
            origin: None,
        })
        .collect();
    let mut store = Store::new(setups, Rules::default());
    let mut effects = store.outcome(Outcome::Loaded(records(now)), now);
    effects.extend(store.command(Command::Start, now));
    while let Some(effect) = effects.pop() {
        let Effect::Fetch {
            ticket,
            account,
            query,
        } = effect
        else {
            continue;
        };
        let (_, provider) = providers.iter().find(|(name, _)| name == &account).unwrap();
        let (sender, batches) = channel();
        let sink = Box::new(move |batch| sender.send(batch).unwrap());
        provider.fetch(query, sink).now_or_never().unwrap().unwrap();
        for batch in batches {
            effects.extend(store.outcome(Outcome::Fetched { ticket, batch }, now));
        }
    }
    store
}

fn named<'a>(store: &'a Store, name: &str) -> &'a Goal {
    store.goals().find(|goal| goal.name == name).unwrap()
}

fn rows(store: &Store) -> Vec<(u8, String)> {
    let tree = Tree::build(store, Sort::Attention, false);
    let goals = tree.rows(store, None);
    let goals = goals.iter().filter(|row| row.result.is_none());
    goals
        .map(|row| {
            let id = &tree.node(row.node).unwrap().goal;
            (row.depth, store.goal(id).unwrap().name.clone())
        })
        .collect()
}

#[test]
fn the_queue_counts_2_7_1_1_at_any_moment() {
    for now in [friday(), at("2027-05-03 08:05"), at("2028-02-29 23:59")] {
        let store = store(now);
        let items = queue::queue(&store, &now);
        assert_eq!(queue::counts(&items), [2, 7, 1, 1], "{now:?}");
        assert_eq!(inbox::unread(&store, &now), 4);
        assert_eq!(store.unsent(), 1);
    }
}

#[test]
fn i_owe_one_today_and_one_seven_days_late() {
    let (now, store) = (friday(), store(friday()));
    let owed: Vec<(String, i64)> = queue::queue(&store, &now)
        .iter()
        .filter_map(|item| match &item.what {
            What::Owe { goal, late_days } => {
                Some((store.goal(goal).unwrap().name.clone(), *late_days))
            }
            _ => None,
        })
        .collect();
    let wanted = [("Launch self-serve", 0), ("Support answers in a day", 7)];
    assert_eq!(owed, wanted.map(|(name, days)| (name.to_owned(), days)));
    let support = named(&store, "Support answers in a day");
    let shown = store.figures(&support.id).unwrap().shown;
    assert!(matches!(shown, ShownStatus::Outdated(_)));
}

#[test]
fn bo_asks_about_the_due_date() {
    let (now, store) = (friday(), store(friday()));
    let items = queue::queue(&store, &now);
    let asked = items
        .iter()
        .find(|item| item.group() == queue::Group::Asked)
        .unwrap();
    assert_eq!(asked.goal(&store).unwrap().name, "Support answers in a day");
    assert_eq!(dates::waiting_days(asked.since, &now), "3 days");
}

#[test]
fn the_tree_has_the_rows_of_the_picture_first() {
    let store = store(friday());
    let wanted = [
        (0, "Profitable by summer"),
        (1, "Reduce churn to 2 %"),
        (1, "Launch self-serve"),
        (0, "Support answers in a day"),
        (0, "Learn Rust"),
        (0, "Office move"),
        (0, "Read \"Churn is a habit\""),
        (0, "Ready for the round"),
    ];
    assert_eq!(
        rows(&store),
        wanted.map(|(depth, name)| (depth, name.to_owned()))
    );
    let tree = Tree::build(&store, Sort::Attention, false);
    assert_eq!((tree.len(), tree.results()), (14, 31));
    let percent = |name: &str| {
        let figures = store.figures(&named(&store, name).id).unwrap();
        (figures.shown_progress().unwrap() * 100.0).round() as i64
    };
    for (name, shown) in [
        ("Profitable by summer", 47),
        ("Reduce churn to 2 %", 31),
        ("Launch self-serve", 64),
        ("Support answers in a day", 70),
        ("Learn Rust", 0),
        ("Office move", 10),
    ] {
        assert_eq!(percent(name), shown, "{name}");
    }
}

#[test]
fn churn_has_the_reasons_of_the_picture() {
    let (now, store) = (friday(), store(friday()));
    let why = store.why(named(&store, "Reduce churn to 2 %"), &now);
    let said: Vec<&str> = why.iter().map(|why| why.text.as_str()).collect();
    assert!(
        said[0].starts_with("Ana Silva set it Off track today"),
        "{said:#?}"
    );
    assert!(said[1].starts_with("behind pace by 24 points"), "{said:#?}");
    assert!(said[2].contains("Monthly churn"), "{said:#?}");
    assert!(said[2].contains("37"), "{said:#?}");
    assert!(
        said[2].contains("33") && said[2].contains("40"),
        "{said:#?}"
    );
    assert!(said[3].contains("fell twice in 3 weeks"), "{said:#?}");
}

#[test]
fn goals_that_are_well_have_no_reason() {
    let (now, store) = (friday(), store(friday()));
    for name in [
        "Referral pilot",
        "Docs rewrite",
        "Learn Rust",
        "Office move",
        "Ready for the round",
        "Data room ready",
        "Close the books in five days",
        "Security review",
        "Two reference customers",
    ] {
        let why = store.why(named(&store, name), &now);
        assert!(why.is_empty(), "{name}: {why:?}");
    }
}

#[test]
fn after_all_is_done_the_data_room_is_next() {
    let (now, store) = (friday(), store(friday()));
    let (goal, day) = queue::next_due(&store, &now).unwrap();
    assert_eq!(goal.name, "Data room ready");
    assert_eq!(day.to_string(), "2026-11-23");
}

#[test]
fn churn_is_what_changed_since_the_last_look() {
    let (now, store) = (friday(), store(friday()));
    let changed: Vec<&str> = store
        .goals()
        .filter(|goal| store.is_changed_since_look(goal))
        .map(|goal| goal.name.as_str())
        .collect();
    assert_eq!(changed, ["Reduce churn to 2 %"]);
    let looked = store.last_look().unwrap();
    assert_eq!(now.days_since(looked), 7);
    let (_, lines) = store
        .changes_since_look(named(&store, "Reduce churn to 2 %"))
        .unwrap();
    assert!(
        lines.iter().any(|line| line.contains("3.80 → 3.66")),
        "{lines:?}"
    );
}
