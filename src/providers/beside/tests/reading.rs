//! Questions: batches are filled, and differences become inbox lines.

use super::*;

fn told(batches: &[Batch]) -> Vec<(usize, bool, usize)> {
    let shape = |batch: &Batch| (batch.goals.len(), batch.more, batch.notifications.len());
    batches.iter().map(shape).collect()
}

fn texts(lines: &[Notification]) -> Vec<String> {
    let mut texts: Vec<String> = lines.iter().map(|line| line.text.clone()).collect();
    texts.sort();
    texts
}

fn change(fake: &Fake, id: &str, with: impl FnOnce(&mut Goal)) {
    fake.behind_our_back(|shelf| {
        let mut goal = shelf.goal(&id.into()).unwrap().clone();
        with(&mut goal);
        shelf.put_goal(goal);
    });
}

#[test]
fn every_sort_of_batch_is_filled() {
    let desk = Desk::new();
    desk.done("e1", acknowledge("f:a"));
    let whole = goals().remove(0);
    let piece = |batch: Batch| Batch {
        goals: vec![whole.clone()],
        ..batch
    };
    let kept = piece(Batch {
        as_of: Some(at()),
        more: true,
        ..Batch::default()
    });
    let brief = piece(Batch {
        brief: true,
        more: true,
        ..Batch::default()
    });
    let pause = Batch {
        pause: Some(9),
        more: true,
        ..Batch::default()
    };
    let last = piece(Batch {
        full: true,
        cursor: Some(Cursor("c".into())),
        ..Batch::default()
    });
    let told = vec![kept, brief, pause.clone(), last];
    desk.fake.on_fetch([Telling::These(told.clone())]);
    let heard = desk.ask(Query::All);
    assert_eq!(heard.len(), 4);
    for (heard, told) in heard.iter().zip(&told) {
        let is_filled = |goal: &Goal| goal.check_ins[0].acknowledged.is_some();
        assert!(heard.goals.iter().all(is_filled));
        assert_eq!(heard.goals.len(), told.goals.len());
        let same = |batch: &Batch| {
            (
                batch.as_of,
                batch.brief,
                batch.more,
                batch.full,
                batch.cursor.clone(),
            )
        };
        assert_eq!(same(heard), same(told));
    }
    assert_eq!(heard[2], pause);
}

#[test]
fn a_goal_that_nothing_is_kept_of_passes_as_it_is() {
    let desk = Desk::new();
    desk.done("e1", acknowledge("f:a"));
    let mut odd = goals().remove(1);
    odd.approval = Some(Box::new(Approval::default()));
    odd.status_word = Some("Amber".into());
    change(&desk.fake, "f:g2", |goal| goal.clone_from(&odd));
    assert_eq!(desk.goal("f:g2"), odd);
}

#[test]
fn a_fault_of_the_provider_is_handed_on() {
    let desk = Desk::new();
    let fault = Fault::new(FaultKind::Offline, "no line", "");
    let batch = Batch {
        goals: goals(),
        more: true,
        ..Batch::default()
    };
    desk.fake
        .on_fetch([Telling::Breaks(vec![batch], fault.clone())]);
    let (sender, batches) = channel();
    let sink = Box::new(move |batch| sender.send(batch).unwrap());
    assert_eq!(run(desk.beside.fetch(Query::All, sink)), Err(fault));
    assert_eq!(batches.into_iter().count(), 1);
    // What came was not all: the next answer is the first.
    assert_eq!(desk.lines(), []);
    assert_eq!(told(&desk.ask(Query::All)), [(2, false, 0)]);
}

#[test]
fn differences_between_two_reads_are_lines_and_the_first_read_makes_none() {
    let desk = Desk::new();
    assert_eq!(desk.lines(), []);
    assert_eq!(desk.lines(), []);
    change(&desk.fake, "f:g1", |goal| {
        goal.check_ins.push(check_in(
            "f:b",
            "f:ana",
            "2026-11-20T09:00:00Z",
            "\nNearly there.\n",
        ));
        goal.check_ins
            .push(check_in("f:c", "f:me", "2026-11-20T09:30:00Z", "Mine."));
        goal.due = Some("2027-03-01".parse().unwrap());
    });
    change(&desk.fake, "f:g2", |goal| {
        goal.champion = Some("f:ana".into())
    });
    desk.fake.behind_our_back(|shelf| {
        let mut new = Goal::new("f:g3".into(), "f".into(), "Learn", at());
        new.champion = Some("f:me".into());
        shelf.put_goal(new);
        shelf.put_goal(Goal::new("f:g4".into(), "f".into(), "Rest", at()));
    });
    let lines = desk.lines();
    assert_eq!(
        texts(&lines),
        [
            "Learn is new, you are its champion",
            "Rest is new",
            "champion of Save is now Ana Silva",
            "checked in on Grow: \u{201c}Nearly there.\u{201d}",
            "due date of Grow moved to 1 Mar",
        ]
    );
    let line = lines
        .iter()
        .find(|line| line.reason == Reason::CheckIn)
        .unwrap();
    assert_eq!(line.actor, Some("f:ana".into()));
    assert_eq!(line.check_in, Some("f:b".into()));
    assert_eq!(line.at, time("2026-11-20T09:00:00Z"));
    assert!(
        lines
            .iter()
            .all(|line| line.to == "f:me".into() && !line.read)
    );
    // Nothing differs any more; the lines stay.
    assert_eq!(desk.lines(), lines);
}

#[test]
fn two_programs_make_one_line_of_one_difference() {
    let desk = Desk::new();
    let other = desk.another();
    desk.ask(Query::All);
    other.ask(Query::All);
    change(&desk.fake, "f:g1", |goal| {
        goal.due = Some("2027-03-01".parse().unwrap())
    });
    let first = desk.lines();
    assert_eq!(first.len(), 1);
    let read = Change::MarkRead {
        ids: vec![first[0].id.clone()],
        read: true,
    };
    let undo = desk.done("e1", read.clone()).unwrap();
    let second = other.lines();
    assert_eq!(second.len(), 1);
    assert!(second[0].read, "read in the other program");
    other.done("e2", undo);
    assert!(!desk.lines()[0].read);
    assert_eq!(writes(&desk.fake), 0);
    // Without a network they show, too; what is read is not asked for first.
    desk.fake.on_fetch([Telling::These(vec![Batch {
        as_of: Some(at()),
        ..Batch::default()
    }])]);
    let glance = desk.ask(Query::Glance);
    assert_eq!(glance[0].notifications.len(), 1);
    desk.done("e3", read);
    assert_eq!(desk.ask(Query::Glance)[0].notifications, []);
}

#[test]
fn what_a_complete_answer_leaves_out_is_gone_and_what_others_leave_out_is_not() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let only = |full| Batch {
        goals: vec![goals().remove(1)],
        full,
        ..Batch::default()
    };
    desk.fake.on_fetch([Telling::These(vec![only(false)])]);
    assert_eq!(desk.lines(), []);
    desk.fake.on_fetch([Telling::These(vec![only(true)])]);
    assert_eq!(texts(&desk.lines()), ["Grow is gone"]);
}

#[test]
fn what_is_completed_and_what_changed_its_status_is_told() {
    let desk = Desk::with(Abilities {
        status: Ability::Native,
        ..few()
    });
    desk.ask(Query::All);
    change(&desk.fake, "f:g1", |goal| goal.status = Status::OffTrack);
    change(&desk.fake, "f:g2", |goal| {
        goal.closed = Some(crate::model::goal::Closing {
            at: at(),
            score: None,
        });
        goal.status = Status::Achieved;
    });
    assert_eq!(
        texts(&desk.lines()),
        [
            "Grow was Not started, is now Off track",
            "Save is completed"
        ]
    );
}

#[test]
fn what_falls_due_is_told_in_time_and_once() {
    let desk = Desk::new();
    let day = |text: &str| Some(text.parse().unwrap());
    change(&desk.fake, "f:g1", |goal| goal.due = day("2026-11-22"));
    change(&desk.fake, "f:g2", |goal| {
        goal.due = day("2026-11-18");
        goal.next_check_in = day("2026-11-21");
    });
    desk.fake.behind_our_back(|shelf| {
        let mut others = Goal::new("f:g5".into(), "f".into(), "Others", at());
        others.champion = Some("f:ana".into());
        others.due = day("2026-11-21");
        shelf.put_goal(others);
    });
    assert_eq!(desk.lines(), [], "the first read");
    let lines = desk.lines();
    assert_eq!(
        texts(&lines),
        [
            "Grow is due on 22 Nov",
            "Save was due on 18 Nov",
            "Save: check-in due tomorrow",
        ]
    );
    assert!(lines.iter().all(|line| line.reason == Reason::Due));
    assert_eq!(desk.lines(), lines);
    // A cadence that is kept here counts as any other.
    let weekly = GoalEdit {
        cadence: Some("weekly:sat".parse().unwrap()),
        ..GoalEdit::default()
    };
    desk.done("e1", edit(weekly));
    assert!(texts(&desk.lines()).contains(&"Grow: check-in due tomorrow".to_owned()));
}

#[test]
fn a_flood_is_cut_and_old_lines_leave() {
    let desk = Desk::new();
    desk.ask(Query::All);
    change(&desk.fake, "f:g1", |goal| {
        for number in 0..300 {
            let moment = at() - chrono::TimeDelta::minutes(300 - number);
            let id = CheckInId::new(format!("f:n{number}"));
            goal.check_ins
                .push(CheckIn::new(id, "f:ana".into(), moment));
        }
    });
    let lines = desk.lines();
    assert_eq!(lines.len(), 200);
    let oldest = lines.iter().map(|line| line.at).min().unwrap();
    assert_eq!(oldest, at() - chrono::TimeDelta::minutes(200));
    let later = desk.at(at() + chrono::TimeDelta::days(91));
    later.ask(Query::All);
    assert_eq!(later.lines(), []);
    assert_eq!(desk.lines(), []);
}

#[test]
fn check_ins_that_a_summary_did_not_name_are_no_news() {
    let desk = Desk::new();
    let mut short = goals();
    for goal in &mut short {
        goal.check_ins.clear();
    }
    let summary = Batch {
        goals: short,
        brief: true,
        full: true,
        me: Some("f:me".into()),
        ..Batch::default()
    };
    desk.fake.on_fetch([
        Telling::These(vec![summary.clone()]),
        Telling::These(vec![summary]),
    ]);
    desk.ask(Query::All);
    // Read whole for the first time: an old check-in, and one of just now.
    change(&desk.fake, "f:g1", |goal| {
        goal.check_ins
            .push(check_in("f:b", "f:ana", "2026-11-20T10:00:30Z", ""));
    });
    desk.goal("f:g1");
    assert_eq!(texts(&desk.lines()), ["checked in on Grow"]);
}

#[test]
fn what_i_change_here_is_no_news() {
    let desk = Desk::new();
    desk.ask(Query::All);
    let later = GoalEdit {
        due: Some(Some("2027-03-01".parse().unwrap())),
        ..GoalEdit::default()
    };
    desk.done("e1", edit(later));
    assert_eq!(desk.goal("f:g1").due, Some("2027-03-01".parse().unwrap()));
    assert_eq!(desk.lines(), []);
}

#[test]
fn marks_and_notes_do_not_meet() {
    // The store's own marks of what was acknowledged live beside these.
    let desk = Desk::new();
    desk.done("e1", acknowledge("f:a"));
    let disk = Disk::open(desk._home.path(), &Options::new(at()))
        .unwrap()
        .disk;
    assert_eq!(disk.load_records_now().unwrap().marks, Vec::<Mark>::new());
    let notes: Vec<Note> = run(disk.changed(&"f".into(), 0)).unwrap().notes;
    assert_eq!(notes.len(), 2, "the note and the deed: {notes:?}");
    let key: EntryId = "e1".into();
    assert!(
        notes
            .iter()
            .any(|note| note.slot == crate::model::kept_here::Slot::Deed(key.clone()))
    );
}
