//! What is kept here is there: after a restart, in other programs, without a
//! network, without the sender's lock; and it can be taken back.

use goaldeck::disk::sender_lock::{self, Turn};
use goaldeck::model::entry::EntryState;
use goaldeck::model::status::Status;
use goaldeck::providers::fake::Doing;
use goaldeck::store::effect::Command;
use goaldeck::store::queue::{self, What};

use super::*;

fn waits_for_me(program: &Headless) -> usize {
    let items = queue::queue(program.store(), &program.now());
    let is_it = |what: &What| matches!(what, What::Acknowledge { .. });
    items.iter().filter(|item| is_it(&item.what)).count()
}

#[test]
fn an_acknowledgement_survives_a_restart_and_shows_in_another_program() {
    let machine = Machine::new(town());
    let mut one = machine.start();
    let mut two = machine.start();
    assert_eq!(waits_for_me(&one), 1);
    say(&mut one, vec![post("e1", acknowledge())]);
    assert_eq!(state(&one, "e1"), "sent");
    assert_eq!(waits_for_me(&one), 0);
    assert_eq!(machine.fake.received(), [], "nothing left this machine");
    let entry = one.store().entry(&"e1".into()).unwrap();
    assert!(one.store().is_kept_here(entry));

    assert!(!is_acknowledged(&two), "it has not looked yet");
    say(&mut two, vec![Command::Refresh]);
    assert!(is_acknowledged(&two));
    assert_eq!(waits_for_me(&two), 0);

    drop((one, two));
    let mut again = machine.start();
    assert!(is_acknowledged(&again));
    // A remark on it, a sign, a reviewer: all of it here.
    let react = Change::React {
        goal: "work:1".into(),
        check_in: "work:c1".into(),
        sign: "+1".to_owned(),
        on: true,
    };
    say(&mut again, vec![post("e2", react)]);
    let words = comment("work:k1", "work:1", Some("work:c1"), "Which ones?");
    say(&mut again, vec![post("e3", words)]);
    let again = machine.start();
    let told = &again.store().goal(&"work:1".into()).unwrap().check_ins[0];
    assert_eq!((told.reactions.len(), told.comments.len()), (1, 1));
    assert_eq!(machine.fake.received(), []);
}

#[test]
fn undo_takes_back_what_is_kept_here() {
    let machine = Machine::new(town());
    let mut program = machine.start();
    say(&mut program, vec![post("e1", acknowledge())]);
    let said = say(&mut program, vec![Command::Undo]);
    assert!(
        said.contains(&"undone: ack \u{201c}Reduce churn\u{201d}".to_owned()),
        "{said:?}"
    );
    assert!(!is_acknowledged(&program));
    let words = comment("work:k1", "work:1", None, "Which ones?");
    say(&mut program, vec![post("e2", words)]);
    assert_eq!(
        program
            .store()
            .goal(&"work:1".into())
            .unwrap()
            .comments
            .len(),
        1
    );
    say(&mut program, vec![Command::Undo]);
    let again = machine.start();
    assert!(!is_acknowledged(&again));
    assert_eq!(
        again.store().goal(&"work:1".into()).unwrap().comments.len(),
        0
    );
    assert_eq!(machine.fake.received(), []);
}

#[test]
fn without_a_network_it_is_done_at_once_and_the_rest_waits() {
    let machine = Machine::new(town());
    drop(machine.start());
    machine.cut_off(9);
    let mut program = machine.start();
    // The list was read a moment ago; now it is asked for, and nobody answers.
    say(&mut program, vec![Command::Refresh]);
    machine.fake.on_send(vec![Doing::Offline; 9]);
    say(
        &mut program,
        vec![post("e1", report("work:ours", "work:2", "On it."))],
    );
    assert_eq!(state(&program, "e1"), "queued");
    say(&mut program, vec![post("e2", acknowledge())]);
    assert_eq!(state(&program, "e2"), "sent");
    assert!(is_acknowledged(&program));
    let elsewhere = comment("work:k1", "work:1", Some("work:c1"), "Which ones?");
    say(&mut program, vec![post("e3", elsewhere)]);
    assert_eq!(state(&program, "e3"), "sent");
    // What is said about a check-in that is not there yet waits for it.
    let about_it = comment("work:k2", "work:2", Some("work:ours"), "More on Monday.");
    say(&mut program, vec![post("e4", about_it)]);
    let sign = Change::React {
        goal: "work:2".into(),
        check_in: "work:ours".into(),
        sign: "+1".to_owned(),
        on: true,
    };
    say(&mut program, vec![post("e5", sign)]);
    assert_eq!(
        (state(&program, "e4"), state(&program, "e5")),
        ("queued", "queued")
    );
    drop(program);

    // The network is back.
    let machine = Machine {
        fake: town_of(&machine.fake),
        ..machine
    };
    let mut program = machine.start();
    say(&mut program, vec![Command::Refresh]);
    say(&mut program, vec![Command::Retry("e1".into())]);
    say(&mut program, Vec::new());
    for entry in ["e1", "e4", "e5"] {
        assert_eq!(state(&program, entry), "sent", "{entry}");
    }
    let goal = machine.start();
    let goal = goal.store().goal(&"work:2".into()).unwrap().clone();
    let [made] = goal.check_ins.as_slice() else {
        panic!("{:?}", goal.check_ins);
    };
    assert_eq!(
        (made.status, goal.status),
        (Some(Status::AtRisk), Status::AtRisk)
    );
    assert_eq!((made.comments.len(), made.reactions.len()), (1, 1));
}

/// The same server with nothing that goes wrong.
fn town_of(fake: &Fake) -> Fake {
    let shelf = fake.shelf();
    Fake::new("work", "work:me", few()).with(
        shelf.goals().cloned().collect(),
        shelf.people().cloned().collect(),
        Vec::new(),
    )
}

#[test]
fn nobodys_lock_is_needed() {
    let machine = Machine::new(town());
    let mut program = machine.start();
    let Ok(Turn::Ours(_lock)) = sender_lock::try_lock(machine.home.path()) else {
        panic!("nobody else is here");
    };
    say(&mut program, vec![post("e1", acknowledge())]);
    assert_eq!(state(&program, "e1"), "sent");
    say(
        &mut program,
        vec![post("e2", report("work:ours", "work:2", "On it."))],
    );
    assert_eq!(
        state(&program, "e2"),
        "queued",
        "this one is for the server"
    );
}

#[test]
fn an_edit_is_split_between_here_and_there() {
    let machine = Machine::new(town());
    let mut program = machine.start();
    let edit = GoalEdit {
        name: Some("Launch in May".to_owned()),
        reviewer: Some(Some("work:ana".into())),
        ..GoalEdit::default()
    };
    let change = |edit: GoalEdit| Change::EditGoal {
        goal: "work:2".into(),
        edit: Box::new(edit),
    };
    say(&mut program, vec![post("e1", change(edit))]);
    assert_eq!(state(&program, "e1"), "sent");
    let only_here = GoalEdit {
        cadence: Some("weekly:mon".parse().unwrap()),
        ..GoalEdit::default()
    };
    let said = say(&mut program, vec![post("e2", change(only_here))]);
    assert_eq!(
        said,
        ["edit \u{201c}Launch in May\u{201d}: kept here; u undoes"]
    );
    assert_eq!(machine.fake.received().len(), 1);
    let entry = program.store().entry(&"e2".into()).unwrap();
    assert!(program.store().is_kept_here(entry));
    let again = machine.start();
    let goal = again.store().goal(&"work:2".into()).unwrap();
    assert_eq!(goal.name, "Launch in May");
    assert_eq!(goal.reviewer, Some("work:ana".into()));
    assert_eq!(goal.cadence.to_string(), "weekly:mon");
    let entry = again.store().entry(&"e2".into()).unwrap();
    assert!(again.store().is_kept_here(entry), "known after a restart");
}

#[test]
fn news_is_made_once_whichever_program_reads_first() {
    let machine = Machine::new(town());
    let mut one = machine.start();
    let mut two = machine.start();
    assert_eq!(one.store().notifications().count(), 0);
    machine.fake.behind_our_back(|shelf| {
        let mut goal = shelf.goal(&"work:1".into()).unwrap().clone();
        goal.check_ins
            .push(check_in("work:c2", "work:ana", "Better."));
        shelf.put_goal(goal);
    });
    say(&mut one, vec![Command::Refresh]);
    say(&mut two, vec![Command::Refresh]);
    let lines = |program: &Headless| {
        let mut lines: Vec<_> = program.store().notifications().cloned().collect();
        lines.sort_by(|one, other| one.id.cmp(&other.id));
        lines
    };
    assert_eq!(lines(&one).len(), 1);
    assert_eq!(lines(&one), lines(&two));
    let ids = vec![lines(&one)[0].id.clone()];
    say(
        &mut one,
        vec![post("e1", Change::MarkRead { ids, read: true })],
    );
    let line = lines(&one).remove(0);
    assert!(one.store().is_read(&line));
    say(&mut two, vec![Command::Refresh]);
    assert!(two.store().is_read(&lines(&two)[0]));
    let three = machine.start();
    assert!(three.store().is_read(&lines(&three)[0]));
}

#[test]
fn a_refusal_with_words_is_shown_and_the_goal_is_read_again() {
    use goaldeck::model::exchange::Trail;
    let machine = Machine::new(town());
    let mut program = machine.start();
    let no = Fault::new(FaultKind::Invalid, "row 3 is locked", "unlock it");
    let onward = Answer::Onward(Trail {
        note: "x".to_owned(),
        risky: false,
        words: "2 of 3 sent, 1 refused".to_owned(),
    });
    machine
        .fake
        .on_send([Doing::Says(Box::new(onward)), Doing::Refused(no)]);
    let asked = |machine: &Machine| {
        let calls = machine.fake.calls().into_iter();
        let is_goal = |call: &fake::Call| matches!(call, fake::Call::Fetch(Query::Goal(goal)) if goal.as_str() == "work:2");
        calls.filter(is_goal).count()
    };
    assert_eq!(asked(&machine), 0);
    say(
        &mut program,
        vec![post("e1", report("work:ours", "work:2", "On it."))],
    );
    let entry = program.store().entry(&"e1".into()).unwrap();
    assert!(matches!(entry.state, EntryState::Refused { .. }));
    let standing = program.store().standing(entry, &program.now());
    assert_eq!(
        standing,
        "2 of 3 sent, 1 refused: row 3 is locked; unlock it"
    );
    assert_eq!(asked(&machine), 1);
}
