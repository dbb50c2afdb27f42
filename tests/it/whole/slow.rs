//! Many goals and slow servers: how little is asked, and that nothing waits for
//! what does not come.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use goaldeck::disk::{Disk, Options as DiskOptions};
use goaldeck::model::cache::{Notes, Site};
use goaldeck::model::time::{Now, Time, Zone};
use goaldeck::providers::Provider;
use goaldeck::providers::cached::Cached;

use super::job::{posts, write_check_in};
use super::seen::{account, bare, rig};
use super::{BOARD, CTRL_S, Machine, NARROW, leave, today};
use crate::operately::{Age, Fake, Fault, Gate, When, World, until};
use crate::rig::Rig;
use crate::terminal::Terminal;

/// The account with what a folder keeps of it, by a clock of the test.
fn kept(fake: &Fake, folder: &std::path::Path, clock: &Arc<Mutex<Time>>) -> Arc<dyn Provider> {
    let at = *clock.lock().expect("the clock");
    let disk = Disk::open(folder, &DiskOptions::new(at))
        .expect("a store")
        .disk;
    let notes: Arc<dyn Notes> = Arc::new(disk.clone());
    let site = Site {
        account: account(),
        origin: fake.url.clone(),
    };
    let clock = Arc::clone(clock);
    let now = move || *clock.lock().expect("the clock");
    let inner = bare(&fake.url, &fake.token("ada"), Some(notes));
    Arc::new(Cached::new(inner, Arc::new(disk), site, Arc::new(now)))
}

#[test]
fn a_thousand_goals_are_twelve_requests_and_none_at_the_next_start() {
    for age in [Age::Flat, Age::Later] {
        let fake = Fake::with(World::big(age, 1_000));
        let home = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(Mutex::new(fake.world(|w| w.now)));
        let start = || {
            let provider = kept(&fake, &home.path().join("data"), &clock);
            let at = *clock.lock().expect("the clock");
            rig(provider, NARROW, Now::new(at, Zone::utc()))
        };
        let seen = |rig: &Rig| rig.store().goals().count();
        let first = start();
        assert!(seen(&first) >= 1_000, "{age:?}: {}", seen(&first));
        let asked = fake.asked().len();
        assert!(asked <= 12, "{age:?}: {asked} requests");
        let goals = seen(&first);
        drop(first);

        fake.forget();
        *clock.lock().expect("the clock") += TimeDelta::seconds(30);
        let mut second = start();
        assert_eq!(seen(&second), goals);
        second.keys("2 j j j 3 1").sees("For you");
        for _ in 0..60 {
            *clock.lock().expect("the clock") += TimeDelta::seconds(1);
            second.pass(TimeDelta::seconds(1));
        }
        let ops: Vec<String> = fake
            .asked()
            .iter()
            .map(|asked| asked.op().to_owned())
            .collect();
        assert_eq!(ops, Vec::<String>::new(), "{age:?}");
    }
}

/// What a key does shows at once, whatever else is under way.
#[track_caller]
fn at_once(terminal: &mut Terminal, key: &str, text: &str) {
    terminal.send(key);
    let seen = terminal.until_or(Duration::from_secs(2), |screen| {
        screen.contents().contains(text)
    });
    assert!(
        seen,
        "{key:?} brought no \"{text}\":\n{}",
        terminal.contents()
    );
}

#[test]
fn a_server_that_does_not_answer_delays_only_itself() {
    let (slow, quick) = (today(Age::Flat), today(Age::Later));
    slow.world(|w| w.goal_mut("Grow ARR").name = "Slow growth".to_owned());
    let ada = Machine::signed_in(&slow, "ada");
    ada.add(&quick.url, "side").ends(0);
    ada.set("hold = \"0s\"");
    let gate = Gate::closed();
    slow.line.script(When::any(), Fault::Hold(gate.clone()));
    let mut terminal = ada.open(NARROW);
    terminal.see("YOU OWE (1)");
    gate.wait_for(1);
    terminal.see("work reading");
    at_once(&mut terminal, "2", "[2 Goals");
    at_once(&mut terminal, "?", "Esc");
    at_once(&mut terminal, "\u{1b}", "[2 Goals");
    terminal.see("Grow ARR");
    at_once(&mut terminal, "3", "[3 Inbox");
    at_once(&mut terminal, "1", "[1 Queue");
    write_check_in(&mut terminal);
    terminal.send(CTRL_S);
    until("the other account has it", || posts(&quick) == 1);
    at_once(&mut terminal, "4", "SENT");
    assert!(terminal.contents().contains(BOARD));
    assert!(!terminal.contents().contains("work offline"));
    assert_eq!(posts(&slow), 0);
    // What comes late comes.
    gate.open();
    at_once(&mut terminal, "2", "[2 Goals");
    terminal.see("Slow growth");
    leave(terminal);
}

#[test]
fn leaving_does_not_wait_for_a_server_that_does_not_answer() {
    let fake = today(Age::Later);
    let ada = Machine::signed_in(&fake, "ada");
    let gate = Gate::closed();
    fake.line.script(When::any(), Fault::Hold(gate.clone()));
    let mut terminal = ada.open(NARROW);
    terminal.see("work reading");
    gate.wait_for(1);
    let began = std::time::Instant::now();
    leave(terminal);
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
}
