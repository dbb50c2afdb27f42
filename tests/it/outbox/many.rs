//! Two weeks of writes without a line: ten thousand entries, and the program is as
//! quick as with one.

use std::time::{Duration, Instant};

use super::*;

/// A program with so many queued check-ins on a thousand goals, that may not send
/// yet.
fn waiting(count: u64) -> Desk {
    let mut first = Desk::on(&Shelf::default(), vec![setup("work")], friday());
    first.post("model", check_in(1, "model"));
    let model = first.entry("model").clone();
    let entries = (0..count).map(|number| {
        let mut entry = model.clone();
        entry.id = EntryId::new(format!("e{number:05}"));
        entry.seq = number + 1;
        let goal = GoalId::new(format!("work:g-{}", number % 1000));
        if let Change::CheckIn {
            goal: of, check_in, ..
        } = &mut entry.change
        {
            *of = goal;
            check_in.id = format!("work:c-{number}").as_str().into();
        }
        entry
    });
    let shelf = Shelf::default();
    shelf.0.borrow_mut().entries = entries.collect();
    let mut desk = Desk::unread(&shelf, vec![setup("work")], friday());
    desk.goals = 1000;
    desk.command(Command::Start);
    desk
}

/// What the program itself needs for so many answers: the disk is taken at its word.
fn time_of(desk: &mut Desk, answers: usize) -> Duration {
    let mut took = Duration::ZERO;
    for _ in 0..answers {
        let entry = desk.sent.remove(0).key;
        let (batch, undo) = (Batch::default(), None);
        let answer = Answer::Accepted { batch, undo };
        let mut heard = vec![Outcome::Answered { entry, answer }];
        while let Some(outcome) = heard.pop() {
            let began = Instant::now();
            let effects = desk.store.outcome(outcome, desk.now);
            took += began.elapsed();
            for effect in effects {
                match effect {
                    Effect::Write { token, .. } => heard.push(Outcome::Written { token }),
                    Effect::Send(letter) => desk.sent.push(*letter),
                    _ => {}
                }
            }
        }
    }
    took
}

#[test]
fn f61_ten_thousand_waiting_entries_slow_nothing_down() {
    let mut desk = waiting(10_000);
    desk.send();
    assert_eq!(desk.on_line(), ["e00000", "e00001"]);
    // The best of many: other tests run beside this one.
    let took = (0..10).map(|_| time_of(&mut desk, 1)).min();
    let took = took.expect("there were some");
    assert!(took < Duration::from_millis(200), "an answer took {took:?}");
    let now = desk.now;
    let began = Instant::now();
    for entry in desk.store.entries() {
        assert!(!desk.store.standing(entry, &now).is_empty() || entry.state.word() == "sent");
    }
    let took = began.elapsed();
    assert!(
        took < Duration::from_secs(5),
        "looking at all took {took:?}"
    );
}

#[test]
fn f61_all_are_sent_in_the_order_they_were_written() {
    let mut desk = waiting(1500);
    desk.send();
    let mut order = Vec::new();
    while let Some(letter) = desk.sent.first() {
        order.push(letter.key.clone());
        assert!(desk.sent.len() <= 2, "two at once");
        time_of(&mut desk, 1);
    }
    let all: Vec<EntryId> = desk.store.entries().map(|entry| entry.id.clone()).collect();
    assert_eq!(order, all);
    assert_eq!(desk.store.unsent(), 0);
}
