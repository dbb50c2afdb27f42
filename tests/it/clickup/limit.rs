//! The limit of requests a minute: waits that are told, never an error.

use goaldeck::model::exchange::Answer;
use goaldeck::model::key_result::Reading;
use goaldeck::model::system::Special;

use super::fake::{Shape, World, goal, kr};
use super::rig::{Rig, done};

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

#[test]
fn what_was_told_before_a_wait_is_noted_during_it() {
    let mut rig = Rig::of(large(200, true), "pk_ada_1", Special::default());
    // Somebody takes the token away after the first wait.
    let shared = rig.fake.shared();
    let (pieces, mut came) = tokio::sync::mpsc::unbounded_channel();
    let sink = Box::new(move |batch: goaldeck::model::exchange::Batch| {
        let mut world = shared.lock().unwrap();
        if batch.pause.is_some() && world.log.len() > 150 {
            world.tokens.clear();
        }
        pieces.send(batch).unwrap();
    });
    use goaldeck::providers::Provider;
    let end = rig.run(
        rig.account
            .fetch(goaldeck::model::exchange::Query::All, sink),
    );
    assert!(end.is_err());
    let mut pauses = 0;
    while let Ok(batch) = came.try_recv() {
        pauses += usize::from(batch.pause.is_some());
    }
    assert_eq!(pauses, 2);
    rig.fake
        .world(|world| world.tokens = World::small(Shape::Live).tokens);
    rig.restart();
    rig.fake.forget();
    rig.all();
    let asked = rig.fake.asked();
    let details = asked.iter().filter(|asked| asked.starts_with("GET /goal/"));
    let details = details.count();
    // Only those that came after the second wait, or would have.
    assert!((40..=50).contains(&details), "{details}");
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
