//! Writes: what stays here, what goes there, what is split; crashes in between.

use super::*;

fn comment(id: &str, text: &str) -> Change {
    Change::Comment {
        goal: "f:g1".into(),
        check_in: Some("f:a".into()),
        id: id.into(),
        text: text.into(),
    }
}

/// A check-in with a value, as the form makes it.
fn with_value(id: &str, note: &str) -> CheckIn {
    let mut check_in = check_in(id, "f:me", "2026-11-20T10:00:00Z", note);
    check_in.status = Some(Status::AtRisk);
    check_in.confidence = Some(6);
    check_in.values = vec![crate::model::check_in::ValueChange {
        result: "f:r".into(),
        before: None,
        now: Reading::Number(3.0),
    }];
    check_in
}

fn write(check_in: CheckIn) -> Change {
    Change::CheckIn {
        goal: "f:g1".into(),
        check_in,
        tell: Tell::default(),
    }
}

/// What the provider answers to a check-in: its own name for it, and neither status
/// nor confidence.
fn taken(note: &str) -> Answer {
    let mut goals = goals();
    let mut goal = goals.remove(0);
    goal.check_ins
        .push(check_in("f:server", "f:me", "2026-11-20T10:00:01Z", note));
    Answer::Accepted {
        batch: Batch {
            goals: vec![goal],
            ..Batch::default()
        },
        undo: None,
    }
}

fn put_there(fake: &Fake, note: &str) {
    let Answer::Accepted { mut batch, .. } = taken(note) else {
        unreachable!()
    };
    let goal = batch.goals.remove(0);
    fake.behind_our_back(|shelf| shelf.put_goal(goal));
}

#[test]
fn an_acknowledgement_stays_here_and_shows_in_another_program() {
    let desk = Desk::new();
    let other = desk.another();
    desk.ask(Query::All);
    other.ask(Query::All);
    let undo = desk.done("e1", acknowledge("f:a")).unwrap();
    assert_eq!(writes(&desk.fake), 0, "the provider heard nothing");
    let noted = desk.goal("f:g1").check_ins[0].acknowledged.clone().unwrap();
    assert_eq!((noted.by, noted.at), ("f:me".into(), at()));
    // Also for goals that the answer does not name.
    let told = other.ask(Query::Goal("f:g2".into())).remove(0);
    assert_eq!(told.kept.unwrap().notes.len(), 1);
    assert!(other.goal("f:g1").check_ins[0].acknowledged.is_some());
    // A third one that starts now.
    assert!(
        desk.another().goal("f:g1").check_ins[0]
            .acknowledged
            .is_some()
    );

    desk.done("e2", undo);
    assert_eq!(desk.goal("f:g1").check_ins[0].acknowledged, None);
    let told = other.ask(Query::Goal("f:g2".into())).remove(0);
    assert_eq!(told.kept.unwrap().notes[0].thing, None);
    assert_eq!(other.goal("f:g1").check_ins[0].acknowledged, None);
}

#[test]
fn a_write_is_done_once_a_key_whoever_sends_it() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let first = desk.send("e1", comment("f:k", "Why?"));
    let again = desk.send("e1", comment("f:k2", "Why?"));
    // The program died between the disk and the answer; the next one sends it again
    // before it has read anything.
    let other = desk.another();
    let Answer::Accepted { undo, .. } = other.send("e1", comment("f:k3", "Why?")) else {
        panic!("refused");
    };
    let comments = other.goal("f:g1").check_ins.remove(0).comments;
    let texts: Vec<_> = comments.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(texts, ["f:k"]);
    for answer in [first, again] {
        let Answer::Accepted { undo: same, .. } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(same, undo);
        assert!(matches!(
            undo.as_deref(),
            Some(Change::DeleteComment { .. })
        ));
    }
}

#[test]
fn a_write_can_be_done_before_anything_was_read() {
    let desk = Desk::new();
    desk.done("e1", acknowledge("f:a"));
    desk.done("e2", comment("f:k", "Why?"));
    let react = |on| Change::React {
        goal: "f:g1".into(),
        check_in: "f:a".into(),
        sign: "+1".into(),
        on,
    };
    desk.done("e3", react(true));
    let goal = desk.goal("f:g1");
    let told = &goal.check_ins[0];
    assert!(told.acknowledged.is_some());
    assert_eq!((told.comments.len(), told.reactions.len()), (1, 1));
    assert_eq!(told.author, "f:ana".into(), "the rest is the provider's");
    desk.done("e4", react(false));
    assert_eq!(desk.goal("f:g1").check_ins[0].reactions, []);
    // What was read tells: this is not there.
    let answer = desk.send("e5", comment_on("f:nowhere"));
    assert!(matches!(answer, Answer::Refused(fault) if fault.kind == FaultKind::Gone));
}

fn comment_on(check_in: &str) -> Change {
    Change::Comment {
        goal: "f:g1".into(),
        check_in: Some(check_in.into()),
        id: "f:k9".into(),
        text: "?".into(),
    }
}

#[test]
fn texts_are_changed_and_taken_back() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let remark = Change::Comment {
        goal: "f:g1".into(),
        check_in: None,
        id: "f:k".into(),
        text: "First.".into(),
    };
    let undo = desk.done("e1", remark).unwrap();
    let edit = Change::EditComment {
        goal: "f:g1".into(),
        check_in: None,
        id: "f:k".into(),
        text: "Second.".into(),
    };
    let back = desk.done("e2", edit).unwrap();
    assert_eq!(desk.goal("f:g1").comments[0].text, "Second.");
    desk.done("e3", back);
    assert_eq!(desk.goal("f:g1").comments[0].text, "First.");
    desk.done("e4", undo);
    assert_eq!(desk.goal("f:g1").comments, []);
    assert_eq!(writes(&desk.fake), 0);
}

#[test]
fn the_status_of_a_check_in_is_kept_for_the_one_the_provider_made() {
    let desk = Desk::new();
    desk.ask(Query::All);
    desk.fake.on_send([Doing::Says(Box::new(taken("Moved.")))]);
    let Answer::Accepted { batch, .. } = desk.send("e1", write(with_value("f:ours", "Moved.")))
    else {
        panic!("refused");
    };
    assert_eq!(writes(&desk.fake), 1);
    put_there(&desk.fake, "Moved.");
    for goal in [
        batch.goals[0].clone(),
        desk.goal("f:g1"),
        desk.another().goal("f:g1"),
    ] {
        let [_, made] = goal.check_ins.as_slice() else {
            panic!("{:?}", goal.check_ins);
        };
        assert_eq!(made.id, "f:server".into());
        assert_eq!(
            (made.status, made.confidence),
            (Some(Status::AtRisk), Some(6))
        );
        assert_eq!(goal.status, Status::AtRisk);
    }
}

#[test]
fn a_status_is_kept_also_when_a_look_finds_the_check_in() {
    let desk = Desk::new();
    desk.ask(Query::All);
    desk.fake.on_send([Doing::LostBefore]);
    let change = write(with_value("f:ours", "Moved."));
    assert!(matches!(
        desk.send("e1", change.clone()),
        Answer::NoAnswer(_)
    ));
    desk.fake.on_look([Looking::SeesNothing]);
    let look = |desk: &Desk| run(desk.beside.look_for(letter("e1", change.clone())));
    assert_eq!(look(&desk).unwrap(), None);
    // Done by the provider in its own way, and found the second time.
    let carried_out = letter(
        "e1",
        write(check_in("f:own", "f:me", "2026-11-20T10:00:00Z", "Moved.")),
    );
    run(desk.fake.send(carried_out));
    let batch = look(&desk).unwrap().unwrap();
    let made = batch.goals[0].check_ins.last().unwrap();
    assert_eq!(
        (made.id.as_str(), made.status),
        ("f:own", Some(Status::AtRisk))
    );
    assert_eq!(desk.another().goal("f:g1").status, Status::AtRisk);
}

#[test]
fn a_crash_after_the_provider_took_it_loses_and_doubles_nothing() {
    let desk = Desk::new();
    desk.ask(Query::All);
    // The provider took it, and this machine died before it was noted.
    put_there(&desk.fake, "Moved.");
    let other = desk.another();
    other.ask(Query::All);
    other.fake.on_send([Doing::Says(Box::new(taken("Moved.")))]);
    let change = write(with_value("f:ours", "Moved."));
    for _ in 0..2 {
        other.done("e1", change.clone());
        other.fake.on_send([Doing::Says(Box::new(taken("Moved.")))]);
    }
    let goal = other.goal("f:g1");
    assert_eq!(goal.check_ins.len(), 2, "{:?}", goal.check_ins);
    assert_eq!(goal.check_ins[1].status, Some(Status::AtRisk));
}

#[test]
fn a_check_in_that_does_not_show_yet_is_kept_whole_until_it_does() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let nothing = Answer::Accepted {
        batch: Batch::default(),
        undo: None,
    };
    desk.fake.on_send([Doing::Says(Box::new(nothing))]);
    desk.done("e1", write(with_value("f:ours", "Moved.")));
    let goal = desk.goal("f:g1");
    let [_, ours] = goal.check_ins.as_slice() else {
        panic!("{:?}", goal.check_ins);
    };
    assert_eq!((ours.id.as_str(), ours.values.len()), ("f:ours", 1));
    put_there(&desk.fake, "Moved.");
    let goal = desk.goal("f:g1");
    let [_, theirs] = goal.check_ins.as_slice() else {
        panic!("{:?}", goal.check_ins);
    };
    assert_eq!(theirs.id, "f:server".into());
    assert_eq!(
        (theirs.status, goal.status),
        (Some(Status::AtRisk), Status::AtRisk)
    );
}

#[test]
fn a_check_in_without_a_part_for_the_provider_is_kept_wholly() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let mut only_words = with_value("f:ours", "Hard week.");
    only_words.values.clear();
    let undo = desk.done("e1", write(only_words)).unwrap();
    assert_eq!(writes(&desk.fake), 0);
    let goal = desk.goal("f:g1");
    assert_eq!((goal.check_ins.len(), goal.status), (2, Status::AtRisk));
    // What is said about it stays here too, whatever the provider can do.
    desk.done("e2", comment_on("f:ours"));
    let goal = desk.goal("f:g1");
    assert_eq!(goal.check_ins[1].comments.len(), 1);
    let mut mended = goal.check_ins[1].clone();
    mended.note = "Harder week.".into();
    mended.status = Some(Status::OffTrack);
    let edit = Change::EditCheckIn {
        goal: "f:g1".into(),
        check_in: mended,
    };
    desk.done("e3", edit);
    let goal = desk.another().goal("f:g1");
    assert_eq!(goal.check_ins[1].note, "Harder week.");
    assert_eq!(
        (goal.check_ins[1].comments.len(), goal.status),
        (1, Status::OffTrack)
    );
    // Taken back, though check-ins cannot be taken back there.
    desk.done("e4", undo);
    let goal = desk.goal("f:g1");
    assert_eq!((goal.check_ins.len(), goal.status), (1, Status::NotStarted));
    assert_eq!(writes(&desk.fake), 0);
}

#[test]
fn a_goal_is_closed_and_opened_here() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let mut closing = check_in("f:end", "f:me", "2026-11-20T10:00:00Z", "Well done.");
    closing.status = Some(Status::Achieved);
    closing.score = Some(0.8);
    let close = Change::CloseGoal {
        goal: "f:g1".into(),
        closing,
    };
    desk.done("e1", close.clone());
    let goal = desk.goal("f:g1");
    assert_eq!(goal.status, Status::Achieved);
    assert_eq!(goal.closed.unwrap().score, Some(0.8));
    assert_eq!(goal.check_ins[1].occasion, Occasion::Closing);
    let answer = desk.send("e2", close_again());
    assert!(matches!(answer, Answer::Refused(fault) if fault.kind == FaultKind::Invalid));
    // The provider knows nothing of it: what it is asked is about an open goal.
    let mut base = letter("e3", rename("Grow more"));
    base.base = Some(Base {
        open: false,
        ..Base::of(&desk.goal("f:g1"))
    });
    run(desk.beside.send(base));
    assert!(matches!(desk.fake.calls().last(), Some(Call::Send { .. })));
    let reopen = Change::ReopenGoal {
        goal: "f:g1".into(),
        reopening: check_in("f:again", "f:me", "2026-11-20T10:00:02Z", "Not yet."),
    };
    let undo = desk.done("e4", reopen).unwrap();
    let goal = desk.goal("f:g1");
    assert!(goal.is_open());
    assert_eq!(goal.status, Status::NotStarted);
    desk.done("e5", undo);
    assert!(!desk.goal("f:g1").is_open());
}

fn close_again() -> Change {
    let mut closing = check_in("f:end2", "f:me", "2026-11-20T10:00:00Z", "");
    closing.status = Some(Status::Missed);
    Change::CloseGoal {
        goal: "f:g1".into(),
        closing,
    }
}

fn rename(name: &str) -> Change {
    edit(GoalEdit {
        name: Some(name.into()),
        ..GoalEdit::default()
    })
}

#[test]
fn an_edit_is_split_and_taken_back_as_one() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let both = edit(GoalEdit {
        name: Some("Grow faster".into()),
        reviewer: Some(Some("f:ana".into())),
        weight: Some(2.0),
        tags: Some(vec!["q4".into()]),
        ..GoalEdit::default()
    });
    desk.fake.on_send([Doing::Honest]);
    let undo = desk.done("e1", both).unwrap();
    let sent = desk.fake.received();
    let [(_, Change::EditGoal { edit: theirs, .. })] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(theirs.name.as_deref(), Some("Grow faster"));
    assert_eq!((&theirs.reviewer, theirs.weight), (&None, None));
    let goal = desk.another().goal("f:g1");
    assert_eq!(goal.name, "Grow faster");
    assert_eq!(goal.reviewer, Some("f:ana".into()));
    assert_eq!(goal.reviewer_since, Some(at()));
    assert_eq!((goal.weight, goal.tags.len()), (2.0, 1));
    let Change::EditGoal { edit: back, .. } = &undo else {
        panic!("{undo:?}");
    };
    assert_eq!(back.reviewer, Some(None));
    desk.done("e2", undo);
    let goal = desk.goal("f:g1");
    assert_eq!(
        (goal.reviewer, goal.weight, goal.tags.len()),
        (None, 1.0, 0)
    );
}

#[test]
fn an_edit_whose_half_is_lost_is_made_whole_by_sending_it_again() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let both = || {
        edit(GoalEdit {
            name: Some("Grow faster".into()),
            reviewer: Some(Some("f:ana".into())),
            ..GoalEdit::default()
        })
    };
    desk.fake.on_send([Doing::DoneButLost]);
    assert!(matches!(desk.send("e1", both()), Answer::NoAnswer(_)));
    assert_eq!(desk.goal("f:g1").reviewer, None, "not yet");
    let found = run(desk.beside.look_for(letter("e1", both()))).unwrap();
    assert_eq!(found.unwrap().goals[0].reviewer, Some("f:ana".into()));
    desk.done("e1", both());
    let goal = desk.goal("f:g1");
    assert_eq!(goal.name, "Grow faster");
    assert_eq!(goal.reviewer, Some("f:ana".into()));
}

#[test]
fn what_a_provider_does_not_take_of_key_results_is_refused_before_anything_is_done() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let change = edit(GoalEdit {
        name: Some("Grow faster".into()),
        drop_results: vec!["f:r".into()],
        ..GoalEdit::default()
    });
    let answer = desk.send("e1", change);
    assert!(matches!(answer, Answer::Refused(fault) if fault.kind == FaultKind::Unsupported));
    let upside_down = edit(GoalEdit {
        name: Some("Grow faster".into()),
        weight: Some(-1.0),
        ..GoalEdit::default()
    });
    let answer = desk.send("e2", upside_down);
    assert!(matches!(answer, Answer::Refused(fault) if fault.kind == FaultKind::Invalid));
    assert_eq!(writes(&desk.fake), 0);
}

#[test]
fn what_is_kept_here_is_no_change_of_somebody_elses() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let hand_over = edit(GoalEdit {
        champion: Some(Some("f:ana".into())),
        ..GoalEdit::default()
    });
    desk.done("e1", hand_over);
    let seen = desk.goal("f:g1");
    assert_eq!(seen.champion, Some("f:ana".into()));
    let base = Some(Base::of(&seen));
    let given = desk.beside.memory().as_there(
        Letter {
            base,
            ..letter("e2", rename("More"))
        },
        crate::model::kept_here::Places::default(),
    );
    assert_eq!(given.base.unwrap().champion, Some("f:me".into()));
}

#[test]
fn a_goal_rests_until_somebody_checks_in() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let rest = |paused| {
        edit(GoalEdit {
            paused: Some(paused),
            ..GoalEdit::default()
        })
    };
    desk.done("e1", rest(true));
    assert_eq!(desk.goal("f:g1").status, Status::Paused);
    desk.done("e2", acknowledge("f:a"));
    assert_eq!(desk.another().goal("f:g1").status, Status::Paused);
    let mut words = with_value("f:ours", "Again.");
    words.values.clear();
    desk.done("e3", write(words));
    assert_eq!(desk.goal("f:g1").status, Status::AtRisk);
    desk.done("e4", rest(true));
    desk.done("e5", rest(false));
    assert_eq!(desk.another().goal("f:g1").status, Status::AtRisk);
}

#[test]
fn the_provider_answers_as_it_does_to_everything_else() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let trail = Trail {
        note: "1".into(),
        risky: true,
        words: "1 of 2 sent".into(),
    };
    for answer in [
        Answer::Onward(trail),
        Answer::Busy(7),
        Answer::Offline("no line".into()),
        Answer::NoAnswer("reset".into()),
    ] {
        desk.fake.on_send([Doing::Says(Box::new(answer.clone()))]);
        assert_eq!(desk.send("e", write(with_value("f:ours", "?"))), answer);
    }
    let goal = desk.goal("f:g1");
    assert_eq!(goal.check_ins.len(), 1, "nothing is noted of it");
}

/// A disk that takes nothing.
struct Ill;

impl Keeper for Ill {
    fn changed(&self, _: &AccountName, _: u64) -> Pending<'_, Result<Changed, Fault>> {
        Box::pin(async { Ok(Changed::default()) })
    }

    fn keep(&self, _: &AccountName, _: Keeping) -> Pending<'_, Result<bool, Fault>> {
        let fault = Fault::new(FaultKind::Disk, "the disk is full", "make room");
        Box::pin(async move { Err(fault) })
    }
}

#[test]
fn what_the_disk_does_not_take_is_not_done() {
    let home = Arc::new(tempfile::tempdir().unwrap());
    let desk = Desk::keeping(home, fake(few()), Arc::new(Ill), at());
    desk.ask(Query::All);
    let answer = desk.send("e1", acknowledge("f:a"));
    assert!(matches!(answer, Answer::Refused(fault) if fault.kind == FaultKind::Disk));
    assert_eq!(desk.goal("f:g1").check_ins[0].acknowledged, None);
    // The provider took this; it is not done before it is noted.
    desk.fake.on_send([Doing::Says(Box::new(taken("Moved.")))]);
    let answer = desk.send("e2", write(with_value("f:ours", "Moved.")));
    assert!(matches!(answer, Answer::Refused(fault) if fault.kind == FaultKind::Disk));
}

#[test]
fn a_provider_that_keeps_nothing_here_is_not_touched() {
    let done_here = Abilities {
        done: Ability::KeptHere,
        ..able()
    };
    // A disk that answers nothing would show.
    struct Nobody;
    impl Keeper for Nobody {
        fn changed(&self, _: &AccountName, _: u64) -> Pending<'_, Result<Changed, Fault>> {
            panic!("asked")
        }
        fn keep(&self, _: &AccountName, _: Keeping) -> Pending<'_, Result<bool, Fault>> {
            panic!("asked")
        }
    }
    let home = Arc::new(tempfile::tempdir().unwrap());
    let desk = Desk::keeping(home, fake(done_here), Arc::new(Nobody), at());
    let (through, plain) = (desk.ask(Query::All), desk.fake.shelf());
    let honest = plain.answer(&Query::All, &"f".into(), &"f:me".into());
    assert_eq!(through, [honest]);
    desk.done("e1", acknowledge("f:a"));
    let change = edit(GoalEdit {
        reviewer: Some(Some("f:ana".into())),
        ..GoalEdit::default()
    });
    desk.done("e2", change);
    assert_eq!(writes(&desk.fake), 2);
    let found = run(desk.beside.look_for(letter("e1", acknowledge("f:a"))));
    assert!(found.unwrap().is_some());
}

#[test]
fn what_a_new_goal_says_besides_is_kept_under_the_name_it_gets() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let mut new = Goal::new("f:ours".into(), "f".into(), "Learn", at());
    new.reviewer = Some("f:ana".into());
    new.cadence = "weekly:mon".parse().unwrap();
    new.due = Some("2027-03-01".parse().unwrap());
    let theirs = Goal::new("f:theirs".into(), "f".into(), "Learn", at());
    let answer = Answer::Accepted {
        batch: Batch {
            goals: vec![theirs.clone()],
            gone: vec!["f:ours".into()],
            ..Batch::default()
        },
        undo: None,
    };
    desk.fake.on_send([Doing::Says(Box::new(answer))]);
    let goal = Box::new(new);
    let Answer::Accepted { batch, .. } = desk.send("e1", Change::CreateGoal { goal }) else {
        panic!("refused");
    };
    desk.fake.behind_our_back(|shelf| shelf.put_goal(theirs));
    for goal in [&batch.goals[0], &desk.another().goal("f:theirs")] {
        assert_eq!(goal.reviewer, Some("f:ana".into()));
        assert_eq!(goal.reviewer_since, Some(at()));
        assert_eq!(goal.cadence.to_string(), "weekly:mon");
        assert_eq!(goal.due, None, "the provider takes dates itself");
    }
}

#[test]
fn the_order_of_key_results_is_kept_where_it_cannot_be_sent() {
    let desk = Desk::new();
    desk.fake.behind_our_back(|shelf| {
        let mut goal = shelf.goal(&"f:g1".into()).unwrap().clone();
        goal.results = ["f:r1", "f:r2", "f:r3"].map(result).to_vec();
        shelf.put_goal(goal);
    });
    desk.ask(Query::All);
    let order = |ids: &[&str]| {
        edit(GoalEdit {
            order: Some(ids.iter().map(|id| (*id).into()).collect()),
            ..GoalEdit::default()
        })
    };
    let shown = || -> Vec<String> {
        let goal = desk.another().goal("f:g1");
        goal.results.iter().map(|one| one.id.to_string()).collect()
    };
    desk.done("e1", order(&["f:r3", "f:r1", "f:r2"]));
    assert_eq!(shown(), ["f:r3", "f:r1", "f:r2"]);
    let undo = desk.done("e2", order(&["f:r2", "f:r3", "f:r1"])).unwrap();
    assert_eq!(shown(), ["f:r2", "f:r3", "f:r1"]);
    desk.done("e3", undo);
    assert_eq!(shown(), ["f:r3", "f:r1", "f:r2"]);
    assert_eq!(writes(&desk.fake), 0);
}

fn result(id: &str) -> crate::model::key_result::KeyResult {
    crate::model::key_result::KeyResult {
        id: id.into(),
        name: id.into(),
        kind: crate::model::key_result::Kind::Number,
        unit: String::new(),
        start: 0.0,
        target: Some(1.0),
        current: None,
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
        particulars: None,
    }
}
