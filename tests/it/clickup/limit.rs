//! The limit of requests a minute: waits that are told, never an error.

use std::path::Path;
use std::sync::Arc;

use goaldeck::disk::{Disk, Options as DiskOptions};
use goaldeck::model::cache::{Notes, Site};
use goaldeck::model::exchange::{Answer, Batch, Fault, FaultKind, Query};
use goaldeck::model::key_result::Reading;
use goaldeck::model::system::Special;
use goaldeck::providers::Provider;
use goaldeck::providers::cached::Cached;

use super::fake::{Fake, Shape, World, goal, kr};
use super::rig::{Rig, Told, done, provider};

fn large(goals: usize, tells: bool) -> World {
    let mut world = World::small(Shape::Live);
    world.limit = Some(100);
    world.tells_limit = tells;
    world.goals = (0..goals)
        .map(|place| {
            let id = format!("g-{place}");
            let result = kr(&format!("k-{place}"), "Sales", "number", [0.0, 10.0, 5.0]);
            goal(&id, &format!("Goal {place}"), vec![result])
        })
        .collect();
    world
}

fn refusals(rig: &Rig) -> usize {
    rig.fake
        .world(|world| world.log.iter().filter(|asked| asked.status == 429).count())
}

#[test]
fn five_hundred_goals_are_read_within_a_hundred_requests_a_minute() {
    for tells in [true, false] {
        let rig = Rig::of(large(500, tells), "pk_ada_1", Special::default());
        let told = rig.all();
        assert_eq!(told.goals().len(), 501);
        assert!(told.goals().iter().all(|goal| {
            goal.nature == goaldeck::model::goal::Nature::Folder || goal.results.len() == 1
        }));
        // 503 requests, 80 of 100 a minute for what is read ahead.
        let pauses = told.pauses();
        assert!((5..=7).contains(&pauses.len()), "{pauses:?}");
        assert!(
            pauses.iter().all(|seconds| (1..=60).contains(seconds)),
            "{pauses:?}"
        );
        assert_eq!(refusals(&rig), 0, "tells {tells}");
        // A batch that tells a wait has nothing else, and the tree is there first.
        let first = told
            .batches
            .iter()
            .position(|batch| batch.pause.is_some())
            .unwrap();
        let wait = &told.batches[first];
        assert!(wait.goals.is_empty() && wait.people.is_empty() && wait.more);
        let before = told.batches[..first].iter().flat_map(|batch| &batch.goals);
        let mut names: Vec<&str> = before.map(|goal| goal.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 501);
    }
}

#[test]
fn a_limit_that_others_use_up_is_waited_out() {
    // Another program on the same token leaves 30 a minute, and nothing says so.
    let mut world = large(60, false);
    world.limit = Some(30);
    let rig = Rig::of(world, "pk_ada_1", Special::default());
    let told = rig.all();
    assert_eq!(told.goals().len(), 61);
    assert!(refusals(&rig) > 0);
    assert!(!told.pauses().is_empty());
    assert!(
        told.goals()
            .iter()
            .all(|goal| goal.results.len() == 1 || goal.name == "2027")
    );
}

/// One start of the program with its disk: what one question brought, and how it
/// ended. The token is taken away with the `nth` wait, if any.
fn start(fake: &Fake, home: &Path, nth: Option<usize>) -> (Result<(), Fault>, Told) {
    let opened = Disk::open(home, &DiskOptions::new(at())).unwrap();
    let disk = Arc::new(opened.disk);
    let shared = fake.shared();
    let account = provider(&fake.url, "pk_ada_1", Special::default(), &shared);
    let account = account.remembering(Arc::clone(&disk) as Arc<dyn Notes>);
    let site = Site {
        account: "work".into(),
        origin: "http://127.0.0.1".into(),
    };
    let clock = Arc::clone(&shared);
    let clock = Arc::new(move || {
        let now = clock.lock().unwrap().now;
        chrono::DateTime::from_timestamp_millis(now).unwrap()
    });
    let cached = Cached::new(account, disk, site, clock);
    let (pieces, mut came) = tokio::sync::mpsc::unbounded_channel();
    let mut waits = 0;
    let sink = Box::new(move |batch: Batch| {
        waits += usize::from(batch.pause.is_some());
        if Some(waits) == nth {
            shared.lock().unwrap().tokens.clear();
        }
        pieces.send(batch).unwrap();
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let end = runtime.block_on(cached.fetch(Query::All, sink));
    let mut told = Told::default();
    while let Ok(batch) = came.try_recv() {
        told.batches.push(batch);
    }
    (end, told)
}

fn at() -> goaldeck::model::time::Time {
    "2026-11-21T15:00:00Z".parse().unwrap()
}

#[test]
fn a_long_first_reading_that_broke_off_is_gone_on_with_at_the_next_start() {
    let home = tempfile::tempdir().unwrap();
    let fake = Fake::start(large(200, true));
    let (end, told) = start(&fake, home.path(), Some(2));
    assert_eq!(end.unwrap_err().kind, FaultKind::SignedOut);
    assert_eq!(told.pauses().len(), 2);
    fake.world(|world| {
        world.tokens = World::small(Shape::Live).tokens;
        world.now += 120_000;
        world.log.clear();
    });
    let (end, told) = start(&fake, home.path(), None);
    assert_eq!(end, Ok(()));
    // Those that came before the second wait are not asked for again, and are
    // shown whole from what was kept.
    let asked = fake.asked();
    let details = asked.iter().filter(|asked| asked.starts_with("GET /goal/"));
    let details = details.count();
    assert!((40..=50).contains(&details), "{details}");
    let mut whole: Vec<String> = Vec::new();
    for goal in told.batches.iter().flat_map(|batch| &batch.goals) {
        if goal.results.len() == 1 && !whole.contains(&goal.name) {
            whole.push(goal.name.clone());
        }
    }
    assert_eq!(whole.len(), 200);
    // Then there is nothing left to read.
    fake.world(|world| {
        world.now += 120_000;
        world.log.clear();
    });
    start(&fake, home.path(), None).0.unwrap();
    assert_eq!(fake.asked().len(), 3);
}

#[test]
fn writes_have_room_where_reading_ahead_has_none_and_wait_at_the_end() {
    let rig = Rig::of(large(78, true), "pk_ada_1", Special::default());
    // 81 requests: reading ahead would have to wait now.
    assert_eq!(rig.all().pauses().len(), 1);
    let mut letter = rig.check_in("work:g:g-1", "n", &[("work:k:k-1", Reading::Number(6.0))]);
    done(rig.carry(&mut letter));
    // The whole minute is used up by somebody.
    rig.fake.world(|world| world.limit = Some(1));
    let mut letter = rig.check_in("work:g:g-1", "m", &[("work:k:k-1", Reading::Number(7.0))]);
    let answer = loop {
        match rig.send(&letter) {
            Answer::Onward(trail) => letter.trail = Some(trail),
            other => break other,
        }
    };
    let Answer::Busy(seconds) = answer else {
        panic!("{answer:?}");
    };
    assert!((1..=60).contains(&seconds), "{seconds}");
    rig.fake.world(|world| {
        world.limit = Some(100);
        world.now += 60_000;
    });
    done(rig.carry(&mut letter));
    assert_eq!(rig.fake.world(|world| world.result("k-1").current), 7.0);
    let notes = rig.fake.world(|world| world.goal("g-1").history.len());
    assert_eq!(notes, 2, "each of them once");
}
