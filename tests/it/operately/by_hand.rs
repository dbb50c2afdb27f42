//! The fake as a server to try the program against by hand:
//! `AGE=flat cargo test --test it operately::by_hand -- --ignored --nocapture`

use super::age::Age;
use super::{Fake, Jobs, World};

#[test]
#[ignore = "serves until its input ends"]
fn serve() {
    let age = match std::env::var("AGE").as_deref() {
        Ok("flat") => Age::Flat,
        _ => Age::Later,
    };
    let goals = std::env::var("GOALS").ok().and_then(|n| n.parse().ok());
    let mut world = goals.map_or_else(|| World::small(age), |goals| World::big(age, goals));
    world.now = chrono::Utc::now();
    world.jobs_mode = Jobs::AtOnce;
    let fake = Fake::with(world);
    println!("{} ({age:?})", fake.url);
    let people: Vec<String> = fake.world(|world| {
        let people = world.people.values();
        people
            .map(|person| format!("{}: {}", person.name, person.key))
            .collect()
    });
    for person in people {
        let key = person.rsplit(' ').next().unwrap_or_default();
        println!("{person} {} {}", fake.token(key), fake.read_only_token(key));
    }
    let mut line = String::new();
    while std::io::stdin()
        .read_line(&mut line)
        .is_ok_and(|read| read > 0)
    {
        fake.world(|world| world.now = chrono::Utc::now());
        println!("{} requests", fake.asked().len());
        line.clear();
    }
}
