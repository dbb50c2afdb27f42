//! The scripted week over five systems: the check-in that is due goes to
//! Operately, what waits comes from this machine, Operately, ClickUp and Quantive,
//! what is looked up lies at AchieveIt. Key by key on a terminal, with the presses
//! counted and what the servers received compared.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::Five;
use crate::operately::Jobs;
use crate::operately::world::doc;
use crate::quantive::world;
use crate::terminal::Terminal;

const NOTE: &str = "Sign-ups passed 160 after the new pricing page; setup lost a minute since the \
                    import fix.";

const REPLY: &str = "Take the rule finance proposed; I will tell Legal.";

/// What somebody of each system wrote and waits for an acknowledgement, and a plan
/// that waits for approval.
const UPDATES: usize = 10;

/// The five accounts with a check-in of mine due today and nothing else owed.
fn company() -> Five {
    let five = Five::with("cadence = \"none\"", "due_after = 90");
    let now = Utc::now();
    five.operately.world(|world| {
        world.now = now;
        world.jobs_mode = Jobs::AtOnce;
        let person = |name: &str| {
            let mut people = world.people.values();
            people
                .find(|one| one.name.starts_with(name))
                .expect(name)
                .id
        };
        let (ada, amina, ingrid) = (person("Ada"), person("Amina"), person("Ingrid"));
        for goal in world.goals.values_mut() {
            goal.next_update = Some(now + TimeDelta::days(20));
        }
        let space = world.company_space;
        let launch = world.add_goal("Launch self-serve", space, Some(ada), Some(ingrid));
        world.add_target(launch, "Sign-ups a week", 40.0, 200.0, 150.0, "");
        world.add_target(launch, "Setup time", 300.0, 100.0, 180.0, "s");
        world.add_target(launch, "Guides", 0.0, 900.0, 450.0, "");
        let before = now - TimeDelta::days(12);
        world.add_check_in(
            launch,
            ada,
            before,
            "on_track",
            doc("Pricing page out."),
            &[],
        );
        // Written before, so that the day counts as the server counts it.
        let midnight = now.date_naive().and_hms_opt(0, 0, 0).expect("a time");
        world.goals.get_mut(&launch).expect("made").next_update = Some(midnight.and_utc());
        let room = world.add_goal("Data room ready", space, Some(amina), Some(ada));
        world.add_target(room, "Documents", 0.0, 100.0, 60.0, "");
        let yesterday = now - TimeDelta::days(1);
        let words = doc("What would the refund rule cost us?");
        world.add_check_in(room, amina, yesterday, "caution", words, &[ada]);
        world.goals.get_mut(&room).expect("made").next_update = Some(now + TimeDelta::days(20));
    });
    let home = &five.home;
    home.done(&["people", "add", "Ana Silva"]);
    for name in [
        "Docs rewrite",
        "Referral pilot",
        "Security review",
        "New office",
    ] {
        home.done(&[
            "goals",
            "add",
            name,
            "--account",
            "home",
            "--champion",
            "Ana",
            "--reviewer",
            "me",
        ]);
        home.done(&[
            "checkin",
            name,
            "--as",
            "Ana Silva",
            "--status",
            "on_track",
            "--note",
            "Going well",
        ]);
    }
    // Who looks after these is kept here, for neither has a place for reviewers.
    for name in ["Cut churn", "Grow partner revenue"] {
        home.done(&["goals", "edit", name, "--reviewer", "me"]);
    }
    let after = Utc::now();
    five.clickup.world(|world| {
        world.now = after.timestamp_millis();
        let bo = world.people[1].0;
        world.moves(bo, "k-2", 14.0, "Two more calls");
    });
    five.quantive.world(|world| {
        world.now = after + TimeDelta::seconds(1);
        let told = json!({"actual": 120_000.0, "comment": "Two partners signed"});
        let bob = world.users[1]["id"].as_str().expect("an id").to_owned();
        world.check_in(world::REVENUE, &bob, &told);
        for mine in [world::NPS, world::SETUP] {
            world.metric_mut(mine)["lastCheckInDate"] = json!(after.to_rfc3339());
        }
    });
    five.home.done(&["sync"]);
    five
}

/// A person at the keys: presses are counted, Ctrl as a key of its own.
struct Person {
    screen: Terminal,
    keys: usize,
}

impl Person {
    fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            self.keys += if key < ' ' && key != '\r' { 2 } else { 1 };
        }
        self.screen.send(keys);
    }

    /// Words of notes and replies are no overhead.
    fn write(&mut self, words: &str) {
        self.screen.send(words);
    }
}

fn waiting(five: &Five) -> Vec<Value> {
    let queue = five.json(&["queue", "--offline"]);
    queue["queue"].as_array().expect("a list").clone()
}

fn play(five: &Five, size: (u16, u16), env: &[(&str, &str)]) -> usize {
    let rows = waiting(five);
    let owed: Vec<&Value> = rows.iter().filter(|row| row["group"] == "owe").collect();
    assert_eq!(owed.len(), 1, "{rows:?}");
    assert_eq!(owed[0]["name"], "Launch self-serve");
    let updates: Vec<&Value> = rows
        .iter()
        .filter(|row| row["group"] == "acknowledge")
        .collect();
    assert_eq!(updates.len(), UPDATES + 1, "{updates:?}");

    let mut me = Person {
        screen: five.home.open_with(size, env),
        keys: 0,
    };
    me.screen.see("Launch self-serve");
    me.screen.see("Queue 12");
    // Rows 1 to 5.
    me.press("c");
    me.screen.see("Check-in");
    me.press("162\r170\r500\r");
    me.screen.see("pace suggests");
    me.press("2");
    me.write(NOTE);
    me.screen.see("import fix");
    me.press("\u{13}");
    me.screen.see("u undoes");
    assert!(me.keys <= 16, "the check-in took {} keys", me.keys);
    // Rows 6 and 7.
    let before = me.keys;
    let (mut replied, mut approved) = (0, 0);
    for update in &updates {
        let name = update["name"].as_str().expect("a name");
        let first: String = name.chars().take(14).collect();
        me.screen.see(&first);
        if name == "Data room ready" {
            let start = me.keys;
            me.press("r");
            me.screen.see("Reply");
            me.write(REPLY);
            me.screen.see("tell Legal");
            me.press("\u{13}");
            me.screen.see_no("Ctrl-G");
            replied = me.keys - start;
        }
        if update["approve"] == true {
            // No update: it counts for everybody, so it is asked and takes words.
            let start = me.keys;
            me.press("a");
            me.screen.see("y/N");
            me.press("y");
            me.screen.see("Your words, or none");
            me.press("\u{13}");
            me.screen.see_no("Your words");
            approved = me.keys - start;
            continue;
        }
        me.press("a");
        me.screen.see_no("y/N");
    }
    assert!((1..=3).contains(&replied), "the reply took {replied} keys");
    assert_eq!(approved, 4);
    let keys = me.keys - before - replied - approved;
    assert!(
        keys as f64 <= 1.1 * UPDATES as f64,
        "{keys} keys for {UPDATES} updates"
    );
    me.screen.see("Nothing is waiting for you");
    // Row 8.
    let before = me.keys;
    me.press("f");
    me.screen.see("find:");
    me.press("cost");
    me.screen.see("Cut costs");
    me.press("\r");
    me.screen.see("Esc back");
    assert!(me.keys - before <= 7);
    // Row 9: the week over all five.
    let before = me.keys;
    me.press("5");
    me.screen.see("Moved (");
    me.press("y");
    me.screen.see("copied");
    assert_eq!(me.keys - before, 2);
    me.press("1");
    me.screen.send("q");
    // What is held is sent before the program ends.
    me.screen.wait();
    me.keys - 1
}

/// What the servers have at the end of the week.
fn compare(five: &Five) {
    five.home.done(&["outbox", "flush"]);
    five.operately.world(|world| {
        let goal = |name: &str| {
            world
                .goals
                .values()
                .find(|goal| goal.name == name)
                .expect(name)
        };
        let launch = goal("Launch self-serve");
        let values: Vec<f64> = launch.targets.iter().map(|target| target.value).collect();
        assert_eq!(values, [162.0, 170.0, 500.0]);
        assert_eq!(launch.check_ins.len(), 2, "posted once");
        let said = &world.check_ins[launch.check_ins.last().expect("one")];
        assert_eq!(said.status, "caution");
        assert!(
            said.message.to_string().contains("import fix"),
            "{}",
            said.message
        );
        for name in ["Data room ready", "Grow ARR"] {
            let last = goal(name).check_ins.last().expect("a check-in");
            assert!(world.check_ins[last].acknowledged.is_some(), "{name}");
        }
    });
    let room = five.goal("Data room ready");
    assert!(room.to_string().contains(REPLY), "{room}");
    // ClickUp and Quantive have no acknowledgement; nothing of it went there.
    assert!(
        five.clickup.wrote().is_empty(),
        "{:?}",
        five.clickup.wrote()
    );
    let wrote = five.quantive.writes();
    assert_eq!(wrote.len(), 1, "{wrote:?}");
    assert_eq!(five.quantive.of("approveGoal").len().max(1), 1);
    assert!(five.achieveit.imports().is_empty());
    assert!(waiting(five).is_empty(), "{:?}", waiting(five));
}

#[test]
fn the_week_takes_45_keys_at_most_over_five_systems() {
    let ascii: &[(&str, &str)] = &[("GOALDECK_GLYPHS", "ascii"), ("GOALDECK_THEME", "mono")];
    let mut counts = Vec::new();
    for size in [(80, 24), (120, 40)] {
        for env in [&[][..], ascii] {
            let five = company();
            counts.push(play(&five, size, env));
            compare(&five);
        }
    }
    assert!(counts[0] <= 45, "the week took {} keys", counts[0]);
    counts.dedup();
    assert_eq!(counts.len(), 1, "the same keys everywhere: {counts:?}");
}
