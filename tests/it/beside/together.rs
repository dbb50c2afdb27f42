//! Where check-ins go out as one: all that are due leave in one turn, each on disk
//! as being sent first.

use goaldeck::model::entry::{EntryState, Record, Records};
use goaldeck::store::Store;
use goaldeck::store::effect::{Effect, Outcome};

use super::*;
use crate::rig::friday;

fn store(together: bool) -> Store {
    let setup = Setup {
        name: "work".into(),
        abilities: Abilities {
            together,
            ..fake::able()
        },
        hold: TimeDelta::seconds(10),
        refresh: None,
        settle: goaldeck::store::outbox::Settle::default(),
        cadence: Cadence::None,
        origin: None,
    };
    let mut store = Store::new(vec![setup], Rules::default());
    let now = friday();
    let sender = Outcome::Sender {
        mine: true,
        pid: None,
    };
    store.outcome(sender, now);
    store.outcome(Outcome::Loaded(Records::default()), now);
    let mut asked = store.command(Command::Start, now);
    while let Some(effect) = asked.pop() {
        let Effect::Fetch { ticket, query, .. } = effect else {
            continue;
        };
        let goals = (0..20).map(|place| {
            let id = format!("work:{place}");
            Goal::new(id.as_str().into(), "work".into(), "Grow", now.at)
        });
        let batch = Batch {
            goals: goals.collect(),
            me: Some("work:me".into()),
            full: query == Query::All,
            ..Batch::default()
        };
        asked.extend(store.outcome(Outcome::Fetched { ticket, batch }, now));
    }
    store
}

fn writes(effects: &[Effect]) -> Vec<(u64, usize)> {
    let sending = |record: &&Record| matches!(record, Record::PutEntry(entry) if matches!(entry.state, EntryState::Sending { .. }));
    let each = effects.iter().filter_map(|effect| match effect {
        Effect::Write { token, records } => Some((*token, records.iter().filter(sending).count())),
        _ => None,
    });
    each.filter(|(_, count)| *count > 0).collect()
}

fn sends(effects: &[Effect]) -> usize {
    let is_send = |effect: &&Effect| matches!(effect, Effect::Send(_));
    effects.iter().filter(is_send).count()
}

/// Posts so many check-ins, one a goal, and lets their hold end.
fn due(store: &mut Store, count: usize) -> Vec<Effect> {
    let now = friday();
    for place in 0..count {
        let change = report(
            &format!("work:c{place}"),
            &format!("work:{place}"),
            "Week 47.",
        );
        for effect in store.command(post(&format!("e{place:02}"), change), now) {
            if let Effect::Write { token, .. } = effect {
                store.outcome(Outcome::Written { token }, now);
            }
        }
    }
    let mut later = now;
    later.at += TimeDelta::seconds(10);
    store.outcome(Outcome::Woke, later)
}

#[test]
fn check_ins_that_are_due_leave_in_one_turn() {
    let mut store = store(true);
    let effects = due(&mut store, 12);
    let [(token, 12)] = writes(&effects)[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(sends(&effects), 0, "not before the disk has them");
    let now = friday();
    let effects = store.outcome(Outcome::Written { token }, now);
    assert_eq!(sends(&effects), 12);
    // Others of the account are not held up by them.
    let words = comment("work:k", "work:15", None, "Hm.");
    let mut effects = store.command(post("k", words), now);
    let mut later = now;
    later.at += TimeDelta::seconds(21);
    for effect in std::mem::take(&mut effects) {
        if let Effect::Write { token, .. } = effect {
            store.outcome(Outcome::Written { token }, now);
        }
    }
    let effects = store.outcome(Outcome::Woke, later);
    assert_eq!(writes(&effects).len(), 1);
}

#[test]
fn two_check_ins_of_one_goal_keep_their_order_also_then() {
    let mut store = store(true);
    let now = friday();
    for id in ["e1", "e2"] {
        let change = report(&format!("work:{id}"), "work:3", "Week 47.");
        for effect in store.command(post(id, change), now) {
            if let Effect::Write { token, .. } = effect {
                store.outcome(Outcome::Written { token }, now);
            }
        }
    }
    let mut later = now;
    later.at += TimeDelta::seconds(10);
    let effects = store.outcome(Outcome::Woke, later);
    assert_eq!(writes(&effects).len(), 1);
    assert_eq!(writes(&effects)[0].1, 1);
}

#[test]
fn of_a_write_that_another_program_was_faster_with_all_go_with_the_next_turn() {
    let mut store = store(true);
    let effects = due(&mut store, 3);
    let [(token, 3)] = writes(&effects)[..] else {
        panic!("{effects:?}");
    };
    let fault = Fault::new(
        FaultKind::Changed,
        "another program changed this entry first",
        "",
    );
    let now = friday();
    let effects = store.outcome(Outcome::NotWritten { token, fault }, now);
    assert!(effects.contains(&Effect::Reread), "{effects:?}");
    let mut entries: Vec<_> = store.entries().cloned().collect();
    // On disk they are as before; the first is gone, as the other program dropped it.
    entries.remove(0);
    for entry in &mut entries {
        entry.rev -= 1;
        entry.state = EntryState::Queued {
            not_before: None,
            why: String::new(),
        };
    }
    let records = Records {
        entries,
        ..Records::default()
    };
    let mut later = now;
    later.at += TimeDelta::seconds(11);
    let effects = store.outcome(Outcome::Reloaded(records), later);
    let [(_, 2)] = writes(&effects)[..] else {
        panic!("{effects:?}");
    };
}

#[test]
fn how_far_it_got_is_what_there_is_to_know() {
    use goaldeck::model::exchange::Trail;
    let mut store = store(true);
    let now = friday();
    let effects = due(&mut store, 1);
    let [(token, 1)] = writes(&effects)[..] else {
        panic!("{effects:?}");
    };
    store.outcome(Outcome::Written { token }, now);
    let answer = Answer::Onward(Trail {
        note: "81".to_owned(),
        risky: false,
        words: "job 81".to_owned(),
    });
    let entry = "e00".into();
    store.outcome(Outcome::Answered { entry, answer }, now);
    let entry = store.entry(&"e00".into()).unwrap();
    assert_eq!(entry.state.word(), "sending");
    assert_eq!(store.standing(entry, &now), "job 81");
}

#[test]
fn elsewhere_two_leave_at_once() {
    let mut store = store(false);
    let effects = due(&mut store, 12);
    assert_eq!(writes(&effects).len(), 2);
}
