//! What keeping how goals were costs, and what looking back takes, on generated
//! workspaces of three sizes.
//!
//! ```text
//! cargo bench --bench past
//! ```

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashSet;

use chrono::{DateTime, FixedOffset, TimeDelta};
use divan::{Bencher, black_box};
use goaldeck::disk::{Disk, Options};
use goaldeck::model::cache::{Brief, Cache, Site, Synced, Told};
use goaldeck::model::cadence::Cadence;
use goaldeck::model::exchange::{Batch, Fault, Query};
use goaldeck::model::ids::{AccountName, PersonId};
use goaldeck::model::past::{self, Recall};
use goaldeck::model::progress::Rules;
use goaldeck::model::time::{Now, Time, Zone};
use goaldeck::providers::demo::generate::{Made, generate};
use goaldeck::providers::fake;
use goaldeck::store::effect::{Command, Effect, Outcome};
use goaldeck::store::{Setup, Store};

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

fn account() -> AccountName {
    AccountName::new("local")
}

fn now() -> Now {
    let at: DateTime<FixedOffset> = "2026-11-20T10:42:00+01:00".parse().expect("a moment");
    let zone = Zone::new(|_| FixedOffset::east_opt(3600).expect("an hour"));
    Now::new(at.to_utc(), zone)
}

fn wait<T>(work: impl Future<Output = Result<T, Fault>>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(work).expect("a store that works")
}

fn site() -> Site {
    Site {
        account: account(),
        origin: "https://goals.example".to_owned(),
    }
}

fn told(made: &Made, at: Time) -> Told {
    let ids = made.goals.iter().map(|goal| goal.id.clone()).collect();
    let goals = made.goals.iter().cloned();
    Told {
        at,
        goals: goals.map(|goal| (goal, Brief::No)).collect(),
        me: Some(PersonId::new("local:me")),
        synced: Some(Synced {
            cursor: None,
            all: Some((ids, HashSet::new())),
        }),
        ..Told::default()
    }
}

fn kept(goals: usize) -> (tempfile::TempDir, Disk, Made) {
    let folder = tempfile::tempdir().expect("a folder");
    let opened = Disk::open(folder.path(), &Options::new(now().at)).expect("a store");
    let made = generate(goals, 1, now(), &account());
    wait(opened.disk.keep(site(), told(&made, now().at)));
    (folder, opened.disk, made)
}

/// A refresh in which every goal changed, the first of the day (of each a state is
/// kept) or a later one (of none).
#[divan::bench(args = SIZES, consts = [true, false], sample_count = 3, sample_size = 1)]
fn keep_a_refresh_of_which_all_changed<const IS_FIRST: bool>(bencher: Bencher, goals: usize) {
    let (_folder, disk, mut made) = kept(goals);
    let mut turn = 0;
    let mut at = now().at + TimeDelta::days(1);
    let mut change = |at: Time| {
        turn += 1;
        for goal in &mut made.goals {
            goal.name = format!("changed {turn}");
        }
        wait(disk.keep(site(), told(&made, at)));
    };
    change(at);
    bencher.bench_local(|| {
        if IS_FIRST {
            at += TimeDelta::days(1);
        }
        change(at);
    });
}

/// Reading how all goals were.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn recall_all(bencher: Bencher, goals: usize) {
    let (_folder, disk, mut made) = kept(goals);
    for goal in &mut made.goals {
        goal.name.push('!');
    }
    wait(disk.keep(site(), told(&made, now().at + TimeDelta::days(1))));
    bencher.bench_local(|| wait(disk.past(Recall::Since(Time::default()))).kept.len());
}

/// Making the store of a past day, of which a screen waits.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn go_to_a_past_day(bencher: Bencher, goals: usize) {
    let store = full(goals);
    let day = now().today() - chrono::Days::new(30);
    let then = Now::new(past::end_of(day, now().zone), now().zone);
    bencher.bench_local(|| black_box(store.at_moment(then, now(), 1 << 40)));
}

fn full(goals: usize) -> Store {
    let setup = Setup {
        name: account(),
        abilities: fake::able(),
        hold: TimeDelta::zero(),
        refresh: None,
        settle: goaldeck::store::outbox::Settle::default(),
        cadence: Cadence::None,
        origin: None,
    };
    let mut store = Store::new(vec![setup], Rules::default());
    let effects = store.command(Command::Refresh, now());
    let ticket = effects.into_iter().find_map(|effect| match effect {
        Effect::Fetch { ticket, query, .. } if !matches!(query, Query::Goal(_)) => Some(ticket),
        _ => None,
    });
    let made = generate(goals, 1, now(), &account());
    let batch = Batch {
        goals: made.goals,
        people: made.people,
        me: Some(PersonId::new("local:me")),
        full: true,
        ..Batch::default()
    };
    let ticket = ticket.expect("a question");
    store.outcome(Outcome::Fetched { ticket, batch }, now());
    assert_eq!(store.len(), goals);
    store
}
