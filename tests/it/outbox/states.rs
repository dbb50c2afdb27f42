//! Each state an entry can be in and what leads out of it.

use goaldeck::model::check_in::ValueChange;
use goaldeck::model::exchange::GoalEdit;
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::PersonId;
use goaldeck::model::key_result::{KeyResult, Kind, Reading};

use super::*;

#[test]
fn a_step_is_on_disk_before_the_next_one_leaves() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    assert_eq!(desk.sent[0].trail, None);
    desk.slow = Some(Vec::new());
    desk.onward("a");
    assert!(
        desk.on_line().is_empty(),
        "not before the disk has the note"
    );
    assert_eq!(desk.shelf.entry("a").unwrap().trail, None);
    desk.catch_up();
    assert_eq!(desk.shelf.entry("a").unwrap().trail, Some(risky()));
    assert_eq!(desk.sent[0].trail, Some(risky()), "the note goes with it");
    desk.accept("a");
    assert_eq!(desk.word("a"), "sent");
    assert_eq!(desk.shelf.entry("a").unwrap().state.word(), "sent");
    assert_eq!(desk.entry("a").attempts, 1, "it was one send of two steps");
}

/// A program with one entry in this state of sending, killed there; the next one,
/// which may send.
fn killed_while_sending(trail: Option<Trail>) -> Desk {
    let mut first = Desk::new();
    first.post("a", check_in(1, "a"));
    if let Some(trail) = trail {
        first.answer("a", Answer::Onward(trail));
    }
    assert_eq!(first.shelf.entry("a").unwrap().state.word(), "sending");
    Desk::on(&first.shelf, vec![setup("work")], first.now)
}

#[test]
fn f01_what_was_being_sent_is_looked_for_by_the_one_that_sends() {
    let mut desk = killed_while_sending(Some(risky()));
    assert_eq!(desk.word("a"), "sending", "perhaps somebody is sending it");
    desk.pass(3600);
    assert_eq!(desk.word("a"), "sending");
    desk.send();
    assert_eq!(desk.word("a"), "unknown");
    // An hour is longer than any request lives.
    desk.pass(0);
    assert_eq!(desk.looked_for(), ["a"]);
    assert_eq!(desk.looked[0].trail, Some(risky()));
    desk.found("a", Ok(true));
    assert_eq!(desk.word("a"), "sent");
    assert_eq!(desk.said("confirmed by reading back"), 1);
}

#[test]
fn f01_a_request_that_may_still_live_is_given_its_time() {
    let mut desk = killed_while_sending(Some(risky()));
    desk.pass(10);
    desk.send();
    desk.pass(89);
    assert!(desk.looked_for().is_empty());
    desk.pass(1);
    assert_eq!(desk.looked_for(), ["a"]);
}

#[test]
fn f01_a_harmless_step_is_taken_again_with_what_was_noted() {
    let draft = Trail {
        words: String::new(),
        note: "draft 81".to_owned(),
        risky: false,
    };
    for trail in [None, Some(draft)] {
        let mut desk = killed_while_sending(trail.clone());
        desk.send();
        assert_eq!(desk.on_line(), ["a"]);
        assert_eq!(desk.sent[0].trail, trail);
        assert!(desk.looked_for().is_empty());
    }
}

#[test]
fn no_answer_to_a_harmless_step_is_only_waited_out() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.answer("a", Answer::NoAnswer("no answer after 20 s".to_owned()));
    assert_eq!(desk.word("a"), "queued");
    assert!(
        desk.standing("a")
            .starts_with("no answer after 20 s, next try"),
        "{}",
        desk.standing("a")
    );
    assert_eq!(desk.wake_in(), Some(5));
    desk.pass(5);
    assert_eq!(desk.on_line(), ["a"]);
}

#[test]
fn f06_two_complete_looks_without_a_find_send_it_again_with_its_note() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.onward("a");
    desk.answer("a", Answer::NoAnswer("no answer after 20 s".to_owned()));
    assert_eq!(desk.word("a"), "unknown");
    let words = desk.standing("a");
    assert!(
        words.starts_with("no answer after 20 s; looks at"),
        "{words}"
    );
    desk.pass(89);
    assert!(desk.looked_for().is_empty());
    desk.pass(1);
    assert_eq!(desk.looked_for(), ["a"]);
    assert_eq!(desk.standing("a"), "no answer after 20 s; looking…");
    // An incomplete look counts for nothing.
    desk.found("a", Err(fault(FaultKind::Unreadable, "page 2 is missing")));
    assert_eq!(looks_of(&desk.entry("a").state), Some(0));
    desk.pass(30);
    desk.found("a", Ok(false));
    assert_eq!(looks_of(&desk.entry("a").state), Some(1));
    desk.pass(29);
    assert!(desk.looked_for().is_empty());
    desk.pass(1);
    desk.found("a", Ok(false));
    assert_eq!(desk.on_line(), ["a"]);
    assert_eq!(desk.sent[0].trail, Some(risky()));
}

#[test]
fn the_settle_times_are_those_of_the_account() {
    let settle = Settle {
        first: TimeDelta::seconds(7),
        second: TimeDelta::seconds(3),
        give_up: TimeDelta::seconds(20),
    };
    let setup = Setup {
        settle,
        ..setup("work")
    };
    let mut desk = Desk::on(&Shelf::default(), vec![setup], friday());
    desk.send();
    desk.post("a", check_in(1, "a"));
    desk.onward("a");
    desk.answer("a", Answer::NoAnswer("cut".to_owned()));
    desk.pass(6);
    assert!(desk.looked_for().is_empty());
    desk.pass(1);
    desk.found("a", Ok(false));
    desk.pass(3);
    assert_eq!(desk.looked_for(), ["a"]);
    desk.pass(11);
    let broken = || Err(fault(FaultKind::Unreadable, "not the API"));
    desk.found("a", broken());
    assert!(desk.entry("a").state.needs_person(), "it was given up");
}

#[test]
fn a_day_without_a_line_is_not_a_day_of_looking() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.onward("a");
    desk.answer("a", Answer::NoAnswer("cut".to_owned()));
    desk.pass(90);
    desk.pass(3 * 86_400);
    desk.found("a", Err(fault(FaultKind::Offline, "no route")));
    assert!(!desk.entry("a").state.needs_person());
    desk.pass(30);
    desk.found("a", Ok(true));
    assert_eq!(desk.word("a"), "sent");
}

/// A program with an entry that may have been sent and cannot be looked for.
fn undecided() -> Desk {
    let mut desk = Desk::new();
    desk.post_typed("a", 1);
    desk.onward("a");
    desk.answer("a", Answer::NoAnswer("cut".to_owned()));
    desk.pass(90);
    desk.found("a", Err(fault(FaultKind::Forbidden, "you may not see it")));
    assert!(desk.entry("a").state.needs_person());
    let words = desk.standing("a");
    assert_eq!(words, "may have been sent: you may not see it");
    desk
}

#[test]
fn f10_what_may_have_been_sent_is_there_or_sent_again_or_a_draft() {
    let mut desk = undecided();
    desk.command(Command::Settle("a".into()));
    assert_eq!(desk.word("a"), "sent");
    assert_eq!(desk.shelf.entry("a").unwrap().state.word(), "sent");

    let mut desk = undecided();
    desk.command(Command::Retry("a".into()));
    assert_eq!(desk.on_line(), ["a"]);
    assert_eq!(desk.sent[0].trail, Some(risky()), "it is looked for first");

    let mut desk = undecided();
    desk.command(Command::Rewrite("a".into()));
    assert_eq!(desk.word("a"), "gone");
    let draft = desk.store.draft(&typed(1, desk.now).key);
    assert_eq!(draft.unwrap().fields["note"], "what was typed");
    assert_eq!(desk.shelf.records().drafts.len(), 1);
    assert_eq!(desk.shelf.entry("a"), None);
}

#[test]
fn only_what_a_person_has_to_decide_is_settled_by_one() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.post("b", check_in(1, "b"));
    for id in ["a", "b"] {
        desk.command(Command::Settle(id.into()));
    }
    assert_eq!((desk.word("a"), desk.word("b")), ("sending", "queued"));
    desk.answer("a", Answer::Refused(fault(FaultKind::Invalid, "no")));
    desk.command(Command::Settle("a".into()));
    assert_eq!(desk.word("a"), "refused", "it was not sent");
}

#[test]
fn f24_somebody_was_faster_and_the_person_decides() {
    let mut desk = Desk::new();
    desk.post_typed("a", 1);
    desk.post("b", check_in(1, "b"));
    desk.post("c", check_in(2, "c"));
    desk.post("k", ack(1));
    assert!(desk.sent[0].base.is_some(), "the goal as the writer saw it");
    let clash = fault(FaultKind::Changed, "Churn is 3.4 % now, you saw 3.8 %");
    desk.answer("a", Answer::Refused(clash));
    let words = desk.standing("a");
    assert!(words.starts_with("needs you: changed meanwhile: Churn is 3.4 %"));
    assert_eq!(desk.on_line(), ["c", "k"], "the next one of its goal waits");
    assert_eq!(
        desk.standing("b"),
        "behind an older one of its goal that needs you"
    );
    desk.command(Command::Retry("a".into()));
    desk.accept("c");
    let mine = desk.sent.iter().find(|letter| letter.key.as_str() == "a");
    assert_eq!(mine.unwrap().base, None, "sent whatever happened since");
    desk.accept("a");
    assert!(desk.on_line().contains(&"b"));
}

#[test]
fn a_clash_may_also_be_edited_or_dropped() {
    for drops in [true, false] {
        let mut desk = Desk::new();
        desk.post_typed("a", 1);
        desk.post("b", check_in(1, "b"));
        desk.answer("a", Answer::Refused(fault(FaultKind::Changed, "closed")));
        desk.command(match drops {
            true => Command::Drop("a".into()),
            false => Command::Rewrite("a".into()),
        });
        assert_eq!(desk.word("a"), "gone");
        assert_eq!(desk.on_line(), ["b"], "what waited behind it goes on");
        let draft = desk.store.draft(&typed(1, desk.now).key);
        assert_eq!(draft.is_some(), !drops);
    }
}

#[test]
fn f12_what_is_refused_does_not_hold_up_its_goal() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.post("b", check_in(1, "b"));
    desk.answer("a", Answer::Refused(fault(FaultKind::Invalid, "too long")));
    assert_eq!(desk.on_line(), ["b"]);
    desk.command(Command::Retry("a".into()));
    assert!(desk.entry("a").base.is_some(), "only a clash drops it");
}

#[test]
fn f13_an_account_that_asks_to_wait_is_left_alone_so_long() {
    let mut desk = Desk::on(
        &Shelf::default(),
        vec![setup("work"), setup("home")],
        friday(),
    );
    desk.send();
    desk.post("a", check_in(1, "a"));
    desk.answer("a", Answer::Busy(40));
    let words = desk.standing("a");
    assert!(words.starts_with("asked to wait, next try"), "{words}");
    desk.post("b", check_in(2, "b"));
    assert_eq!(desk.word("b"), "queued", "it was asked of the account");
    let at_home = Change::Comment {
        goal: "home:g-1".into(),
        check_in: None,
        id: "home:n-1".into(),
        text: "Hm.".to_owned(),
    };
    desk.post_to("home", "h", at_home);
    assert_eq!(desk.on_line(), ["h"], "the other account does not care");
    // Reading works, but sending was asked to wait.
    desk.pass(10);
    desk.command(Command::Refresh);
    desk.pass(29);
    assert_eq!(desk.word("b"), "queued");
    desk.pass(1);
    assert_eq!(desk.on_line(), ["h", "a", "b"]);
}

#[test]
fn f14_an_account_that_is_away_is_tried_less_and_less_and_not_for_each_entry() {
    let mut desk = Desk::new();
    for goal in 1..=3 {
        desk.post(&format!("e{goal}"), check_in(goal, "x"));
    }
    let mut waits = Vec::new();
    for _ in 0..5 {
        assert_eq!(desk.on_line(), ["e1", "e2"], "two at once, in order");
        desk.answer("e1", Answer::Offline("no route".to_owned()));
        desk.answer("e2", Answer::Offline("no route".to_owned()));
        assert!(desk.on_line().is_empty(), "the third would fare no better");
        let wait = desk.wake_in().unwrap();
        waits.push(wait);
        desk.pass(wait);
    }
    assert_eq!(waits, [5, 15, 60, 300, 300]);
    desk.answer("e1", Answer::Offline("no route".to_owned()));
    desk.answer("e2", Answer::Offline("no route".to_owned()));
    // An answer to a question shows that it is there again.
    desk.pass(1);
    desk.command(Command::Refresh);
    desk.pass(0);
    assert_eq!(desk.on_line(), ["e1", "e2"]);
    desk.accept("e1");
    assert_eq!(desk.on_line(), ["e2", "e3"]);
}

#[test]
fn a_full_disk_never_makes_a_doubtful_write_a_waiting_one() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.onward("a");
    desk.fault = Some(fault(FaultKind::Disk, "the disk is full"));
    desk.answer("a", Answer::NoAnswer("cut".to_owned()));
    assert_eq!(desk.word("a"), "unknown", "it may have been sent");
    assert_eq!(desk.shelf.entry("a").unwrap().state.word(), "sending");
    desk.pass(60);
    assert!(desk.on_line().is_empty());
    desk.fault = None;
    desk.pass(30);
    assert_eq!(desk.shelf.entry("a").unwrap().state.word(), "unknown");
    assert_eq!(desk.looked_for(), ["a"]);
}

#[test]
fn what_was_sent_is_known_to_be_sent_once_the_disk_works_again() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.onward("a");
    desk.fault = Some(fault(FaultKind::Disk, "the disk is full"));
    desk.accept("a");
    assert_eq!(desk.word("a"), "sent");
    desk.fault = None;
    desk.pass(desk.wake_in().unwrap());
    assert_eq!(desk.shelf.entry("a").unwrap().state.word(), "sent");
    assert!(desk.on_line().is_empty());
}

#[test]
fn f28_a_clock_that_is_set_back_does_not_stop_the_queue() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.post("b", check_in(2, "b"));
    desk.onward("b");
    desk.answer("b", Answer::NoAnswer("cut".to_owned()));
    desk.answer("a", Answer::Busy(30));
    desk.pass(-86_400);
    assert!(desk.wake_in().unwrap() <= 15 * 60);
    desk.pass(90);
    assert_eq!(desk.looked_for(), ["b"]);
    desk.pass(15 * 60);
    assert_eq!(desk.on_line(), ["a"]);
}

#[test]
fn what_came_due_while_the_machine_slept_is_due_at_once() {
    let mut desk = Desk::new();
    desk.post("a", check_in(1, "a"));
    desk.onward("a");
    desk.answer("a", Answer::NoAnswer("cut".to_owned()));
    desk.now = Now::new(desk.now.at + TimeDelta::hours(8), desk.now.zone);
    assert!(desk.wake_in().unwrap() <= 0);
    desk.hear(Outcome::Woke);
    assert_eq!(desk.looked_for(), ["a"]);
    assert!(desk.wake_in().is_none_or(|wait| wait > 0), "and not again");
}

#[test]
fn what_waits_behind_a_new_goal_speaks_of_it_as_the_server_does() {
    let mut desk = Desk::new();
    let mut ours = Goal::new("work:g-ours".into(), account(), "Grow", desk.now.at);
    let mut result = measured();
    result.id = "work:r-ours".into();
    ours.results.push(result.clone());
    desk.post(
        "a",
        Change::CreateGoal {
            goal: Box::new(ours.clone()),
        },
    );
    let mut check_in = CheckIn::new("work:c-ours".into(), me(), desk.now.at);
    check_in.values.push(ValueChange {
        result: "work:r-ours".into(),
        before: None,
        now: Reading::Number(5.0),
    });
    let change = Change::CheckIn {
        goal: "work:g-ours".into(),
        check_in,
        tell: Tell::default(),
    };
    desk.post("b", change);
    assert_eq!(desk.word("b"), "queued");
    let mut theirs = ours;
    theirs.id = "work:Theirs".into();
    theirs.results[0].id = "work:Result".into();
    let batch = Batch {
        goals: vec![theirs],
        gone: vec!["work:g-ours".into()],
        ..Batch::default()
    };
    desk.answer("a", Answer::Accepted { batch, undo: None });
    for entry in [desk.entry("b").clone(), desk.shelf.entry("b").unwrap()] {
        let Change::CheckIn { goal, check_in, .. } = &entry.change else {
            panic!("{entry:?}");
        };
        assert_eq!(goal.as_str(), "work:Theirs");
        assert_eq!(check_in.values[0].result.as_str(), "work:Result");
    }
    assert_eq!(desk.on_line(), ["b"], "and goes on its way");
    // The check-in itself is called otherwise too: a reply that waits follows.
    desk.post(
        "c",
        Change::Comment {
            goal: "work:Theirs".into(),
            check_in: Some("work:c-ours".into()),
            id: "work:k".into(),
            text: "and one more thing".to_owned(),
        },
    );
    let mut goal = desk.store.goal(&"work:Theirs".into()).unwrap().clone();
    goal.check_ins = vec![CheckIn::new("work:Update".into(), me(), desk.now.at)];
    let batch = Batch {
        goals: vec![goal],
        ..Batch::default()
    };
    desk.answer("b", Answer::Accepted { batch, undo: None });
    let Change::Comment { check_in, .. } = &desk.entry("c").change else {
        panic!("a comment");
    };
    assert_eq!(check_in.as_ref().unwrap().as_str(), "work:Update");
}

#[test]
fn a_goal_under_one_that_is_not_made_yet_waits_for_it() {
    let mut desk = Desk::new();
    let new = |id: &str, under: &str| {
        let mut goal = Goal::new(id.into(), account(), id, friday().at);
        goal.parent = (!under.is_empty()).then(|| under.into());
        let goal = Box::new(goal);
        Change::CreateGoal { goal }
    };
    desk.post("a", new("work:g-above", ""));
    desk.post("b", new("work:g-below", "work:g-above"));
    let move_there = GoalEdit {
        parent: Some(Some("work:g-above".into())),
        ..GoalEdit::default()
    };
    let moved = Change::EditGoal {
        goal: "work:g-1".into(),
        edit: Box::new(move_there),
    };
    desk.post("c", moved);
    assert_eq!(desk.on_line(), ["a"]);
    // What is refused needs somebody, and so does what waits for it.
    let no = Fault::new(FaultKind::Invalid, "no name", "write one");
    desk.answer("a", Answer::Refused(no));
    assert_eq!(desk.on_line(), Vec::<String>::new());
    assert!(
        desk.standing("b").contains("needs you"),
        "{}",
        desk.standing("b")
    );
    desk.command(Command::Retry("a".into()));
    let mut theirs = Goal::new("work:Above".into(), account(), "work:g-above", desk.now.at);
    theirs.champion = None;
    let batch = Batch {
        goals: vec![theirs],
        gone: vec!["work:g-above".into()],
        ..Batch::default()
    };
    desk.answer("a", Answer::Accepted { batch, undo: None });
    assert_eq!(desk.on_line(), ["b", "c"]);
    let Change::CreateGoal { goal } = &desk.entry("b").change else {
        panic!("a goal");
    };
    assert_eq!(goal.parent, Some("work:Above".into()));
}

#[test]
fn what_waits_behind_a_new_key_result_speaks_of_it_as_the_server_does() {
    let mut desk = Desk::new();
    let mut list = measured();
    list.id = "work:r-list".into();
    list.name = "Steps".to_owned();
    list.kind = Kind::Checklist {
        items: vec!["a".to_owned()],
        ids: Vec::new(),
    };
    let edit = GoalEdit {
        put_results: vec![measured(), list],
        ..GoalEdit::default()
    };
    let goal = GoalId::new("work:g-1");
    let added = Change::EditGoal {
        goal: goal.clone(),
        edit: Box::new(edit),
    };
    desk.post("a", added);
    let mut check_in = CheckIn::new("work:c-ours".into(), me(), desk.now.at);
    for (id, now) in [
        ("r", Reading::Number(5.0)),
        ("work:r-list", Reading::Ticks(vec![true])),
    ] {
        check_in.values.push(ValueChange {
            result: id.into(),
            before: None,
            now,
        });
    }
    let tell = Tell::default();
    let change = Change::CheckIn {
        goal: goal.clone(),
        check_in,
        tell,
    };
    desk.post("b", change);
    let mut theirs = desk.store.goal(&goal).unwrap().clone();
    assert_eq!(theirs.results.len(), 2);
    theirs.results[0].id = "work:Target".into();
    theirs.results[1].id = "work:checks".into();
    theirs.results[1].name = "Checklist".to_owned();
    let batch = Batch {
        goals: vec![theirs],
        ..Batch::default()
    };
    desk.answer("a", Answer::Accepted { batch, undo: None });
    let entry = desk.entry("b");
    let Change::CheckIn { check_in, .. } = &entry.change else {
        panic!("{entry:?}");
    };
    let named: Vec<&str> = check_in
        .values
        .iter()
        .map(|one| one.result.as_str())
        .collect();
    assert_eq!(named, ["work:Target", "work:checks"]);
    let base = entry.base.as_ref().unwrap();
    let seen: Vec<&str> = base.results.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(seen, ["work:Target", "work:checks"]);
}

fn me() -> PersonId {
    "work:me".into()
}

fn measured() -> KeyResult {
    serde_json::from_value(serde_json::json!({
        "id": "r", "name": "Sign-ups", "kind": {"kind": "number"}, "start": 0.0, "target": 10.0
    }))
    .unwrap()
}

#[test]
fn undoing_what_was_sent_in_part_says_how_far_it_got() {
    let refused = Answer::Refused(fault(FaultKind::Invalid, "too large"));
    for (answer, words) in [
        (refused, "2 of 3 sent, 1 refused"),
        (Answer::Offline("no line".to_owned()), "job 81"),
    ] {
        let mut desk = Desk::new();
        desk.post_typed("a", 1);
        let trail = Trail {
            words: words.to_owned(),
            note: "rows".to_owned(),
            risky: false,
        };
        desk.answer("a", Answer::Onward(trail));
        desk.answer("a", answer);
        desk.command(Command::Undo);
        assert_eq!(desk.word("a"), "gone");
        assert_eq!(desk.said("nothing was sent"), 0, "{:?}", desk.said);
        assert_eq!(desk.said(words), 1, "{:?}", desk.said);
    }
    let mut desk = Desk::new();
    desk.post_typed("a", 1);
    desk.answer("a", Answer::Busy(60));
    desk.command(Command::Undo);
    assert_eq!(desk.said("nothing was sent"), 1, "{:?}", desk.said);
}
