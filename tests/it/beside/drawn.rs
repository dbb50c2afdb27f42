//! What the screens say of it: the toast, the row, how far a write got.

use goaldeck::keys::keymap::KeyStyle;
use goaldeck::model::exchange::Trail;
use goaldeck::providers::fake::Doing;
use goaldeck::screens::Tab;
use goaldeck::theme::{Glyphs, ThemeName};

use super::*;
use crate::rig::{self, Rig};

fn rig(machine: &Machine) -> Rig {
    let disk = machine.disk();
    let provider = machine.provider(&disk);
    let setup = Setup {
        name: "work".into(),
        abilities: provider.abilities(),
        hold: TimeDelta::seconds(10),
        refresh: None,
        settle: goaldeck::store::outbox::Settle::default(),
        cadence: Cadence::None,
        origin: Some("https://goals.example".into()),
    };
    let mut now = rig::friday();
    now.at = Clock::real().now().at;
    Rig::start(rig::Parts {
        setups: vec![setup],
        providers: [("work".into(), provider)].into(),
        records: disk.load_records_now().unwrap(),
        disk: Some(disk),
        size: (80, 24),
        glyphs: Glyphs::Unicode,
        theme: ThemeName::Auto,
        keys: KeyStyle::Vim,
        tab: Tab::Queue,
        now,
    })
}

#[test]
fn the_toast_and_the_row_say_that_it_is_kept_here() {
    let machine = Machine::new(town());
    let mut rig = rig(&machine);
    rig.sees("Reduce churn").sees("(kept here)");
    rig.keys("enter a").sees("kept here; u undoes");
    rig.keys("1").sees("Nothing is waiting for you");
    rig.keys("4")
        .sees("KEPT HERE ack")
        .sees("everything is sent");
    rig.keys("u").sees("undone: ack");
    rig.keys("1").sees("Reduce churn");
    assert_eq!(machine.fake.received(), []);
}

#[test]
fn how_far_a_write_got_stands_in_its_row() {
    let machine = Machine::new(town());
    let mut rig = rig(&machine);
    let onward = |words: &str| {
        let trail = Trail {
            note: "x".to_owned(),
            risky: false,
            words: words.to_owned(),
        };
        Doing::Says(Box::new(Answer::Onward(trail)))
    };
    machine.fake.on_send([onward("job 81"), Doing::Busy(60)]);
    rig.command(post("e1", report("work:ours", "work:2", "On it.")));
    rig.settle();
    rig.pass(TimeDelta::seconds(11));
    rig.keys("4").sees("QUEUED").sees("job 81; asked to wait");
    let no = Fault::new(FaultKind::Invalid, "row 3 is locked", "unlock it");
    machine
        .fake
        .on_send([onward("2 of 3 sent, 1 refused"), Doing::Refused(no)]);
    rig.pass(TimeDelta::seconds(60));
    rig.sees("REFUSED").sees("2 of 3 sent, 1 refused");
}
