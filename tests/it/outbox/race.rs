//! Several programs on one store: of two that move the same entry exactly one
//! wins, nothing is lost, and whoever came too late hears it.

use super::*;

/// Two programs on one store with an entry that is held; the first sends.
fn two_with_one_held() -> (Desk, Desk) {
    let held = || Setup {
        hold: TimeDelta::seconds(10),
        ..setup("work")
    };
    let shelf = Shelf::default();
    let mut one = Desk::on(&shelf, vec![held()], friday());
    one.send();
    let mut two = Desk::on(&shelf, vec![held()], friday());
    two.hear(Outcome::Sender {
        mine: false,
        pid: Some(4123),
    });
    two.post_typed("a", 1);
    one.reload();
    (one, two)
}

#[test]
fn undone_in_one_program_while_the_other_sends() {
    let (mut one, mut two) = two_with_one_held();
    // At the end of the hold both move it, and neither knows of the other.
    two.now = Now::new(two.now.at + TimeDelta::seconds(9), two.now.zone);
    two.slow = Some(Vec::new());
    two.command(Command::Undo);
    assert_eq!(two.word("a"), "gone", "shown as undone at once");
    one.pass(10);
    assert_eq!(one.on_line(), ["a"], "the sender was faster");
    two.catch_up();
    assert_eq!(two.word("a"), "sending", "it is on its way after all");
    let sentence = "too late, check-in “Goal 1” is not undone: another program is sending it";
    assert_eq!(two.said(sentence), 1, "{:?}", two.said);
    let key = typed(1, two.now).key;
    assert!(
        two.store.draft(&key).is_none(),
        "its text is not there twice"
    );
    assert!(one.shelf.records().drafts.is_empty());
    one.accept("a");
    two.reload();
    assert_eq!(two.word("a"), "sent");
}

#[test]
fn undone_in_one_program_before_the_other_sends() {
    let (mut one, mut two) = two_with_one_held();
    one.slow = Some(Vec::new());
    one.pass(10);
    two.command(Command::Undo);
    one.catch_up();
    assert!(one.on_line().is_empty(), "what was undone does not leave");
    assert_eq!(one.word("a"), "gone");
    assert!(one.said.is_empty(), "nobody did anything there");
    let draft = one.shelf.records().drafts;
    assert_eq!(draft[0].fields["note"], "what was typed");
}

#[test]
fn dropped_in_two_programs_at_once() {
    let (mut one, mut two) = two_with_one_held();
    two.slow = Some(Vec::new());
    two.command(Command::Drop("a".into()));
    one.command(Command::Rewrite("a".into()));
    two.catch_up();
    assert_eq!((one.word("a"), two.word("a")), ("gone", "gone"));
    assert_eq!(
        two.said("is not dropped: another program dropped it first"),
        1,
        "{:?}",
        two.said
    );
    assert_eq!(one.said("too late"), 0);
    assert_eq!(one.shelf.records().drafts.len(), 1);
}

#[test]
fn sent_again_in_one_program_and_dropped_in_the_other() {
    let (mut one, mut two) = two_with_one_held();
    one.pass(10);
    one.answer("a", Answer::Refused(fault(FaultKind::Invalid, "too long")));
    two.reload();
    two.slow = Some(Vec::new());
    two.command(Command::Retry("a".into()));
    one.command(Command::Drop("a".into()));
    two.catch_up();
    assert_eq!(two.word("a"), "gone");
    assert_eq!(two.said("is not sent again: another program dropped it"), 1);
    assert_eq!(one.shelf.entry("a"), None);
}

#[test]
fn a_sent_one_that_two_programs_undo_is_undone_once() {
    let (mut one, mut two) = two_with_one_held();
    one.post("b", check_in(2, "b"));
    one.pass(10);
    // Both have it in their session's past: the first posted it, the second too.
    let reverse = Change::RetractCheckIn {
        goal: "work:g-1".into(),
        check_in: "work:c-a".into(),
    };
    one.answer(
        "a",
        Answer::Accepted {
            batch: Batch::default(),
            undo: Some(Box::new(reverse.clone())),
        },
    );
    two.pass(10);
    two.reload();
    two.command(Command::Undo);
    assert_eq!(two.word("au"), "held");
    // The first program does the same by hand, without having heard of it.
    one.command(Command::Post(Post {
        id: "au".into(),
        account: account(),
        change: reverse,
        draft: None,
    }));
    let entries = one.shelf.records().entries;
    let undoing = entries.iter().filter(|entry| entry.id.as_str() == "au");
    assert_eq!(undoing.count(), 1);
    assert_eq!(one.word("au"), "held", "it is the other's");
}

#[test]
fn only_one_of_two_senders_of_a_harmless_account_sends() {
    let local = || {
        let mut local = setup("work");
        local.abilities.idempotent = true;
        local
    };
    let shelf = Shelf::default();
    let mut writer = Desk::on(&shelf, vec![setup("work")], friday());
    writer.post("a", check_in(1, "a"));
    let mut one = Desk::unread(&shelf, vec![local()], friday());
    let mut two = Desk::unread(&shelf, vec![local()], friday());
    two.slow = Some(Vec::new());
    two.command(Command::Start);
    one.command(Command::Start);
    assert_eq!(one.on_line(), ["a"]);
    two.catch_up();
    assert!(two.on_line().is_empty());
    assert_eq!(two.word("a"), "sending");
    // The first dies. Sending again is harmless, so nobody has to be the sender.
    two.pass(29);
    assert!(two.on_line().is_empty(), "it may still come");
    two.pass(1);
    assert_eq!(two.on_line(), ["a"]);
}

#[test]
fn f29_the_next_sender_takes_over_what_the_last_one_left() {
    let (mut one, mut two) = two_with_one_held();
    one.pass(10);
    one.onward("a");
    drop(one);
    two.reload();
    assert_eq!(two.word("a"), "sending");
    assert_eq!(two.standing("a"), "sending in pid 4123");
    assert!(two.store.wants_sender(), "it tries to become the sender");
    two.send();
    assert_eq!(two.word("a"), "unknown");
    two.post("b", check_in(2, "b"));
    assert_eq!(two.standing("b").split(' ').next(), Some("sends"));
    two.pass(100);
    assert_eq!(two.looked_for(), ["a"]);
    assert_eq!(two.on_line(), ["b"]);
}

#[test]
fn a_program_that_may_not_send_says_who_does() {
    let (_one, mut two) = two_with_one_held();
    two.pass(13);
    assert_eq!(two.word("a"), "queued");
    assert_eq!(two.standing("a"), "sent by pid 4123");
    assert_eq!(two.store.other_sender(), Some(4123));
    assert!(two.on_line().is_empty());
}

#[test]
fn a_hold_belongs_to_the_program_it_was_posted_in() {
    let (mut one, two) = two_with_one_held();
    one.command(Command::Leave);
    assert_eq!(one.word("a"), "held", "the other may still undo it");
    assert_eq!(two.word("a"), "held");
    assert!(one.on_line().is_empty());
}

#[test]
fn what_was_read_before_our_write_does_not_take_it_back() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.onward("a");
    let before = desk.shelf.records();
    desk.accept("a");
    desk.post("b", check_in(2, "b"));
    desk.command(Command::Post(Post {
        id: "c".into(),
        account: account(),
        change: check_in(1, "c"),
        draft: None,
    }));
    desk.hear(Outcome::Reloaded(before));
    assert_eq!(desk.word("a"), "sent");
    assert_eq!((desk.word("b"), desk.word("c")), ("sending", "sending"));
    desk.accept("b");
    assert_eq!(desk.word("b"), "sent");
}

#[test]
fn two_entries_of_the_same_moment_are_two() {
    let shelf = Shelf::default();
    let mut one = Desk::on(&shelf, vec![setup("work")], friday());
    let mut two = Desk::on(&shelf, vec![setup("work")], friday());
    one.post("a", check_in(1, "a"));
    two.post("b", check_in(1, "b"));
    assert_eq!(one.entry("a").seq, two.entry("b").seq);
    one.reload();
    let ids: Vec<&str> = one.store.entries().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
}

#[test]
fn a_new_one_that_leaves_with_one_that_another_program_dropped_is_not_lost() {
    let together = |hold: i64| {
        let mut setup = setup("work");
        setup.abilities.together = true;
        setup.hold = TimeDelta::seconds(hold);
        setup
    };
    let shelf = Shelf::default();
    let mut one = Desk::on(&shelf, vec![together(0)], friday());
    one.send();
    let mut two = Desk::on(&shelf, vec![together(10)], friday());
    two.post_typed("a", 1);
    one.reload();
    // The one that sends has not heard of it yet.
    two.command(Command::Undo);
    one.now = Now::new(one.now.at + TimeDelta::seconds(10), one.now.zone);
    one.post("b", check_in(2, "What was typed"));
    assert_eq!(one.word("a"), "gone");
    assert_eq!(one.word("b"), "sending");
    assert_eq!(one.on_line(), ["b"]);
}
