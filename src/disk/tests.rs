//! The disk as a whole: what comes back, what survives, who sees what.

use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::mpsc;

use super::sender_lock;
use super::*;
use crate::model::cadence::Cadence;
use crate::model::check_in::{CheckIn, Comment, DueMoved, Reaction, ValueChange, WaitsFor};
use crate::model::entry::{Draft, DraftKey, Entry, EntryState, Form, Mark};
use crate::model::exchange::{FaultKind, Tell};
use crate::model::goal::{Approval, Closing, Stage};
use crate::model::ids::GoalId;
use crate::model::kept_here::{Keeper, Keeping, Note, Slot, Thing};
use crate::model::key_result::{Guardrail, KeyResult, Kind, Milestone, Particulars, Reading};
use crate::model::notification::Reason;
use crate::model::status::Status;
use crate::model::time::Time;

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

fn at() -> Time {
    time("2026-11-21T09:12:00Z")
}

fn home() -> tempfile::TempDir {
    tempfile::Builder::new()
        .permissions(PermissionsExt::from_mode(0o700))
        .tempdir()
        .unwrap()
}

fn open(home: &Path) -> Opened {
    Disk::open(home, &Options::new(at())).unwrap()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(work)
}

fn ask(disk: &Disk, query: Query, me: &str) -> Vec<Batch> {
    let (sender, receiver) = mpsc::channel();
    let sink = Box::new(move |batch| sender.send(batch).unwrap());
    run(disk.read(query, me.into(), sink)).unwrap();
    receiver.into_iter().collect()
}

fn goals(disk: &Disk) -> Vec<Goal> {
    let batches = ask(disk, Query::All, "local:me");
    batches.into_iter().flat_map(|batch| batch.goals).collect()
}

fn signed(by: &str) -> Signature {
    Signature {
        by: by.into(),
        account: "local".into(),
        at: at(),
    }
}

fn result(id: &str, kind: Kind, current: Option<Reading>) -> KeyResult {
    KeyResult {
        particulars: Some(Box::new(Particulars {
            provider_progress: Some(0.25),
            automatic: true,
            aside: "3 tasks, 1 list".into(),
            owner: Some("local:ana".into()),
            checked_at: Some(at()),
            hidden: true,
        })),
        id: id.into(),
        name: format!("Result {id}"),
        kind,
        unit: "EUR".into(),
        start: 0.1,
        target: Some(1e300),
        current,
        weight: 2.0,
        falling: true,
        phases: vec![("2026-12-01".parse().unwrap(), 0.5)],
        sum_of: vec![("local:r9".into(), 0.25)],
        status: Some(Status::AtRisk),
    }
}

fn check_in(id: &str, author: &str, moment: &str) -> CheckIn {
    let mut check_in = CheckIn::new(id.into(), author.into(), time(moment));
    check_in.status = Some(Status::OnTrack);
    check_in.note = "Käse 🧀\nsecond line \u{1b}[31m".into();
    check_in
}

/// A goal in which every field says something.
fn rich(id: &str) -> Goal {
    let mut goal = Goal::new(id.into(), "local".into(), "Reduce churn to 2 %", at());
    goal.parent = Some("local:above".into());
    goal.description = "Why: **because**".into();
    goal.space = "Growth".into();
    goal.champion = Some("local:me".into());
    goal.reviewer = Some("local:ana".into());
    goal.reviewer_since = Some(time("2026-01-01T00:00:00.123456789Z"));
    goal.start = Some("2026-01-01".parse().unwrap());
    goal.due = Some("2026-12-31".parse().unwrap());
    goal.cadence = Cadence::Weekly(chrono::Weekday::Fri);
    goal.next_check_in = Some("2026-11-27".parse().unwrap());
    goal.status = Status::Achieved;
    goal.status_word = Some("Erreicht".into());
    goal.closed = Some(Closing {
        at: at(),
        score: Some(0.7),
    });
    goal.approval = Some(Box::new(Approval {
        stage: Stage::InReview,
        reviewers: vec!["local:ana".into()],
        since: Some(at()),
    }));
    goal.aspirational = true;
    goal.weight = 0.5;
    goal.provider_progress = Some(1.25);
    goal.link = "https://example.com/?a=1".into();
    goal.tags = vec!["q4".into(), "ärger".into()];
    goal.position = -3;
    goal.updated_at = time("2026-11-21T10:00:00.5Z");
    let guard = Guardrail {
        limit: 5.0,
        above: true,
        critical: Some(2.5),
        strict: true,
    };
    let steps = vec![Milestone {
        name: "One".into(),
        weight: 3.0,
    }];
    let zones = Kind::Zones {
        commit: 1.0,
        target: 2.0,
        stretch: 3.0,
    };
    let items = vec!["a".into(), "b".into()];
    let number = |value| Some(Reading::Number(value));
    goal.results = vec![
        result("local:r1", Kind::Number, number(3.66)),
        result("local:r2", Kind::Percent, number(5.0)),
        result("local:r3", Kind::Currency, number(-0.1)),
        result("local:r4", Kind::YesNo, Some(Reading::Yes(true))),
        result(
            "local:r5",
            Kind::Checklist {
                items,
                ids: Vec::new(),
            },
            Some(Reading::Ticks(vec![true, false])),
        ),
        result(
            "local:r6",
            Kind::Milestones { steps },
            Some(Reading::Ticks(vec![])),
        ),
        result("local:r7", zones, number(1.5)),
        result("local:r8", Kind::Baseline, None),
        result("local:r9", Kind::Guardrail(guard), number(6.0)),
    ];
    let mut first = check_in("local:c1", "local:me", "2026-11-13T09:00:00Z");
    first.values = vec![
        ValueChange {
            result: "local:r1".into(),
            before: None,
            now: Reading::Number(3.8),
        },
        ValueChange {
            result: "local:r4".into(),
            before: Some(Reading::Yes(false)),
            now: Reading::Yes(true),
        },
    ];
    first.confidence = Some(7);
    first.due_moved = Some(DueMoved {
        from: None,
        to: goal.due,
    });
    first.acknowledged = Some(crate::model::check_in::Acknowledged {
        by: "local:ana".into(),
        at: at(),
    });
    first.comments = vec![comment("local:k1"), comment("local:k2")];
    first.reactions = vec![Reaction {
        by: "local:ana".into(),
        sign: "+1".into(),
    }];
    let mut closing = check_in("local:c2", "local:me", "2026-11-20T09:00:00.000000001Z");
    closing.occasion = crate::model::check_in::Occasion::Closing;
    closing.score = Some(0.7);
    closing.waits_for = Some(WaitsFor::Person("local:ana".into()));
    first.waits_for = Some(WaitsFor::Nobody);
    goal.check_ins = vec![first, closing];
    goal.comments = vec![comment("local:k3")];
    goal
}

fn comment(id: &str) -> Comment {
    Comment {
        id: id.into(),
        author: "local:ana".into(),
        at: at(),
        text: "agreed".into(),
    }
}

fn person(id: &str, name: &str) -> Person {
    Person {
        id: id.into(),
        account: "local".into(),
        name: name.into(),
        handle: String::new(),
    }
}

fn line(id: &str, to: &str, goal: &str) -> Notification {
    Notification {
        id: id.into(),
        account: "local".into(),
        to: to.into(),
        at: at(),
        reason: Reason::CheckIn,
        actor: Some("local:ana".into()),
        goal: Some(goal.into()),
        check_in: Some("local:c1".into()),
        comment: None,
        text: "checked in".into(),
        read: false,
        done: false,
    }
}

fn draft(goal: &str, note: &str, moment: &str) -> Draft {
    Draft {
        key: DraftKey {
            goal: Some(goal.into()),
            form: Form::CheckIn,
        },
        fields: [("note".to_owned(), note.to_owned())].into(),
        focus: "note".into(),
        cursor: (1, 2),
        scroll: 0,
        saved_at: time(moment),
    }
}

fn entry(id: &str, state: EntryState) -> Entry {
    Entry {
        id: id.into(),
        seq: 1,
        signature: signed("local:me"),
        change: Change::Comment {
            goal: "local:g1".into(),
            check_in: None,
            id: "local:k".into(),
            text: "what I typed".into(),
        },
        draft: Some(Box::new(draft("local:g1", "hm", "2026-11-21T09:00:00Z"))),
        state,
        attempts: 0,
        undo: None,
        base: None,
        trail: None,
        origin: None,
        rev: 0,
    }
}

fn held() -> EntryState {
    EntryState::Held {
        until: at(),
        chosen: false,
    }
}

fn fill(disk: &Disk) {
    let people = vec![
        person("local:me", "Bo Berg"),
        person("local:ana", "Ana Silva"),
    ];
    let lines = vec![
        line("n1", "local:me", "local:g1"),
        line("n2", "local:ana", "local:g1"),
    ];
    disk.import(people, vec![rich("local:g1")], lines)
        .wait()
        .unwrap();
}

#[test]
fn a_goal_comes_back_with_every_field() {
    let home = home();
    let disk = open(home.path()).disk;
    fill(&disk);
    assert_eq!(goals(&disk), [rich("local:g1")]);
    let batch = ask(&disk, Query::All, "local:me").pop().unwrap();
    assert!(batch.full && !batch.more && batch.cursor.is_some());
    assert_eq!(batch.notifications, [line("n1", "local:me", "local:g1")]);
    let one = ask(&disk, Query::Goal("local:g1".into()), "local:me");
    assert_eq!(one[0].goals, [rich("local:g1")]);
    let none = ask(&disk, Query::Goal("local:g2".into()), "local:me");
    assert_eq!(none[0].gone, [GoalId::new("local:g2")]);
}

#[test]
fn only_what_differs_is_written_and_reads_back_the_same() {
    let home = home();
    let disk = open(home.path()).disk;
    fill(&disk);
    let mut goal = rich("local:g1");
    goal.results.remove(2);
    goal.results[3].particulars = None;
    goal.approval = None;
    goal.results[0].current = Some(Reading::Number(4.0));
    goal.check_ins
        .insert(1, check_in("local:c3", "local:ana", "2026-11-15T09:00:00Z"));
    goal.check_ins[0].comments.pop();
    goal.comments.push(comment("local:k4"));
    goal.reviewer = None;
    disk.import(vec![], vec![goal.clone()], vec![])
        .wait()
        .unwrap();
    assert_eq!(goals(&disk), [goal]);
    let mut small = Goal::new("local:g1".into(), "local".into(), "Small", at());
    small.check_ins = vec![check_in("local:c9", "local:me", "2026-11-15T09:00:00Z")];
    disk.import(vec![], vec![small.clone()], vec![])
        .wait()
        .unwrap();
    assert_eq!(goals(&disk), [small]);
}

#[test]
fn export_and_import_lose_nothing() {
    let (one, two) = (home(), home());
    let disk = open(one.path()).disk;
    fill(&disk);
    let (sender, receiver) = mpsc::channel();
    disk.export(Box::new(move |batch| sender.send(batch).unwrap()))
        .wait()
        .unwrap();
    let other = open(two.path()).disk;
    for batch in receiver {
        assert_eq!(batch.notifications.len(), 2);
        other
            .import(batch.people, batch.goals, batch.notifications)
            .wait()
            .unwrap();
    }
    assert_eq!(goals(&other), goals(&disk));
    assert_eq!(run(other.people()).unwrap(), run(disk.people()).unwrap());
}

#[test]
fn an_import_with_one_bad_number_changes_nothing() {
    let home = home();
    let disk = open(home.path()).disk;
    let mut bad = rich("local:g2");
    bad.results[0].current = Some(Reading::Number(f64::NAN));
    let asked = disk.import(vec![], vec![rich("local:g1"), bad], vec![]);
    asked.wait().unwrap_err();
    let mut bad = rich("local:g2");
    bad.weight = f64::NAN;
    let asked = disk.import(vec![], vec![rich("local:g1"), bad], vec![]);
    assert_eq!(asked.wait().unwrap_err().kind, FaultKind::Invalid);
    assert_eq!(goals(&disk), []);
}

#[test]
fn records_survive_and_a_posted_draft_goes_with_its_entry() {
    let home = home();
    let disk = open(home.path()).disk;
    let mark = Mark::Pinned {
        goal: "local:g1".into(),
    };
    let typed = draft("local:g1", "hm", "2026-11-21T09:00:00Z");
    let records = vec![
        Record::PutDraft(Box::new(typed.clone())),
        Record::PutMark(mark.clone()),
    ];
    disk.write(records).wait().unwrap();
    assert_eq!(disk.load_records_now().unwrap().drafts, [typed]);
    let mut posted = entry("e1", held());
    posted.rev = 1;
    disk.write(vec![Record::PutEntry(Box::new(posted.clone()))])
        .wait()
        .unwrap();
    drop(disk);
    let disk = open(home.path()).disk;
    let records = disk.load_records().wait().unwrap();
    assert_eq!(records.entries, std::slice::from_ref(&posted));
    assert_eq!(records.drafts, []);
    assert_eq!(records.marks, std::slice::from_ref(&mark));

    // The next draft of the same form stays while the entry goes on its way.
    let next = draft("local:g1", "next", "2026-11-21T09:30:00Z");
    let mut sent = posted;
    sent.state = EntryState::Sending { since: at() };
    sent.rev += 1;
    disk.write(vec![
        Record::PutDraft(Box::new(next.clone())),
        Record::PutEntry(Box::new(sent)),
        Record::DropMark(mark.key()),
    ])
    .wait()
    .unwrap();
    let records = disk.load_records_now().unwrap();
    assert_eq!(records.drafts, std::slice::from_ref(&next));
    assert_eq!(records.entries[0].state.word(), "sending");
    assert_eq!(records.marks, []);

    disk.write(vec![
        Record::DropEntry {
            id: "e1".into(),
            rev: 2,
        },
        Record::DropDraft(next.key),
    ])
    .wait()
    .unwrap();
    let bin = disk.bin().wait().unwrap();
    let texts: Vec<_> = bin.iter().map(|thrown| thrown.text.as_str()).collect();
    assert_eq!(texts, ["next", "what I typed"]);
    assert_eq!(disk.load_records_now().unwrap(), Records::default());
}

#[test]
fn of_two_programs_that_move_one_entry_exactly_one_wins() {
    let home = home();
    let (one, two) = (open(home.path()).disk, open(home.path()).disk);
    let put = |disk: &Disk, rev: u64, state: EntryState| {
        let mut entry = entry("e1", state);
        entry.rev = rev;
        disk.write(vec![Record::PutEntry(Box::new(entry))]).wait()
    };
    let drop = |disk: &Disk, rev: u64| {
        let id = "e1".into();
        let typed = draft("local:g1", "what I typed", "2026-11-21T09:00:00Z");
        // The draft comes back with it or not at all.
        let records = vec![
            Record::PutDraft(Box::new(typed)),
            Record::DropEntry { id, rev },
        ];
        disk.write(records).wait()
    };
    let is_late =
        |written: Result<(), Fault>| written.is_err_and(|fault| fault.kind == FaultKind::Changed);
    put(&one, 1, held()).unwrap();
    assert!(is_late(put(&two, 1, held())), "it is no new one");
    let sending = EntryState::Sending { since: at() };
    put(&two, 2, sending.clone()).unwrap();
    assert!(is_late(put(&one, 2, sending)), "the other sends");
    assert!(is_late(drop(&one, 1)), "it is being sent");
    let records = one.load_records_now().unwrap();
    assert_eq!((records.entries.len(), records.drafts.len()), (1, 0));
    assert_eq!(records.entries[0].rev, 2);
    drop(&two, 2).unwrap();
    assert!(is_late(drop(&one, 2)), "it is gone already");
    assert!(is_late(put(&one, 3, held())), "what is gone stays gone");
    let records = one.load_records_now().unwrap();
    assert_eq!((records.entries.len(), records.drafts.len()), (0, 1));
}

#[test]
fn entries_of_older_programs_have_no_number_and_count_as_the_first() {
    let home = home();
    let disk = open(home.path()).disk;
    disk.write(vec![Record::PutEntry(Box::new(entry("e1", held())))])
        .wait()
        .unwrap();
    disk.close().wait().unwrap();
    let changed = raw(home.path())
        .execute("UPDATE outbox SET entry = json_remove(entry, '$.rev')", [])
        .unwrap();
    assert_eq!(changed, 1);
    let disk = open(home.path()).disk;
    let mut known = disk.load_records_now().unwrap().entries.remove(0);
    assert_eq!(known.rev, 0);
    known.rev = 1;
    disk.write(vec![Record::PutEntry(Box::new(known))])
        .wait()
        .unwrap();
}

#[test]
fn f31_two_programs_on_one_draft_lose_neither_text() {
    let home = home();
    let (one, two) = (open(home.path()).disk, open(home.path()).disk);
    let older = draft("local:g1", "older", "2026-11-21T09:00:00Z");
    let newer = draft("local:g1", "newer", "2026-11-21T09:01:00Z");
    let put = |disk: &Disk, draft: &Draft| {
        disk.write(vec![Record::PutDraft(Box::new(draft.clone()))])
            .wait()
            .unwrap();
    };
    put(&one, &newer);
    put(&two, &older);
    assert_eq!(one.load_records_now().unwrap().drafts, [newer]);
    assert_eq!(two.bin().wait().unwrap()[0].text, "older");
}

#[test]
fn a_write_is_carried_out_once_per_key() {
    let home = home();
    let disk = open(home.path()).disk;
    let mut goal = rich("local:g1");
    goal.parent = None;
    goal.closed = None;
    goal.check_ins.clear();
    let people = vec![
        person("local:me", "Bo Berg"),
        person("local:ana", "Ana Silva"),
    ];
    disk.import(people, vec![goal], vec![]).wait().unwrap();
    let change = Change::CheckIn {
        goal: "local:g1".into(),
        check_in: check_in("local:c7", "local:me", "2026-11-21T09:00:00Z"),
        tell: Tell::default(),
    };
    let send =
        |key: &str| run(disk.carry_out(change.clone(), signed("local:me"), key.into())).unwrap();
    let (first, undo) = send("e1");
    assert_eq!(first.goals[0].check_ins.len(), 1);
    assert!(matches!(undo, Some(Change::RetractCheckIn { .. })));
    assert_eq!(send("e1"), (first.clone(), undo));
    let inbox = ask(&disk, Query::Glance, "local:ana").pop().unwrap();
    assert_eq!(inbox.notifications.len(), 1);
    assert_eq!(inbox.goals, first.goals, "waits for the reviewer");

    let read = Change::MarkRead {
        ids: vec![inbox.notifications[0].id.clone()],
        read: true,
    };
    let (facts, _) = run(disk.carry_out(read, signed("local:ana"), "e2".into())).unwrap();
    assert!(facts.notifications[0].read);

    let acknowledge = Change::Acknowledge {
        items: vec![("local:g1".into(), "local:c7".into())],
    };
    run(disk.carry_out(acknowledge, signed("local:ana"), "e3".into())).unwrap();
    let after = ask(&disk, Query::Glance, "local:ana").pop().unwrap();
    assert_eq!((after.goals.len(), after.notifications.len()), (0, 0));
    let mine = ask(&disk, Query::Glance, "local:me").pop().unwrap();
    assert_eq!(mine.goals.len(), 1, "champion, open, with a cadence");
    assert_eq!(mine.people.len(), 2);
}

#[test]
fn a_refused_write_leaves_nothing_behind() {
    let home = home();
    let disk = open(home.path()).disk;
    fill(&disk);
    let before = ask(&disk, Query::All, "local:me");
    let change = Change::CheckIn {
        goal: "local:g1".into(),
        check_in: check_in("local:c7", "local:me", "2026-11-21T09:00:00Z"),
        tell: Tell::default(),
    };
    let asked = disk.carry_out(change, signed("local:me"), "e1".into());
    assert_eq!(run(asked).unwrap_err().kind, FaultKind::Invalid);
    assert_eq!(ask(&disk, Query::All, "local:me"), before);
}

#[test]
fn deleting_moves_children_up_and_undo_puts_all_back() {
    let home = home();
    let disk = open(home.path()).disk;
    let mut above = rich("local:above");
    above.parent = None;
    let mut child = rich("local:child");
    child.parent = Some("local:g1".into());
    let all = vec![above, rich("local:g1"), child];
    disk.import(vec![], all.clone(), vec![]).wait().unwrap();
    let cursor = ask(&disk, Query::All, "local:me")
        .pop()
        .unwrap()
        .cursor
        .unwrap();
    let delete = Change::DeleteGoal {
        goal: "local:g1".into(),
    };
    let (facts, undo) = run(disk.carry_out(delete, signed("local:me"), "e1".into())).unwrap();
    assert_eq!(facts.gone, [GoalId::new("local:g1")]);
    assert_eq!(facts.goals[0].parent, Some("local:above".into()));
    let since = ask(&disk, Query::Since(cursor.clone()), "local:me")
        .pop()
        .unwrap();
    assert_eq!(since.gone, facts.gone);
    assert_eq!(since.goals, facts.goals);
    assert!(!since.full);
    run(disk.carry_out(undo.unwrap(), signed("local:me"), "e2".into())).unwrap();
    let mut back = goals(&disk);
    back.sort_by(|one, two| one.id.cmp(&two.id));
    let mut wanted = all;
    wanted.sort_by(|one, two| one.id.cmp(&two.id));
    assert_eq!(back, wanted);
    let since = ask(&disk, Query::Since(cursor), "local:me").pop().unwrap();
    assert_eq!((since.gone.len(), since.goals.len()), (0, 2));
}

#[test]
fn a_cursor_of_another_store_gets_everything() {
    let home = home();
    let disk = open(home.path()).disk;
    fill(&disk);
    for strange in ["", "x:1", "0:99", "a"] {
        let cursor = crate::model::exchange::Cursor(strange.into());
        assert!(ask(&disk, Query::Since(cursor), "local:me")[0].full);
    }
}

#[test]
fn many_goals_come_in_batches_of_which_the_last_says_so() {
    let home = home();
    let disk = open(home.path()).disk;
    let many = (0..1_000)
        .map(|number| {
            let id = format!("local:g{number}");
            Goal::new(id.as_str().into(), "local".into(), "G", at())
        })
        .collect();
    disk.import(vec![], many, vec![]).wait().unwrap();
    let batches = ask(&disk, Query::All, "local:me");
    let shape: Vec<_> = batches
        .iter()
        .map(|batch| (batch.goals.len(), batch.more, batch.full))
        .collect();
    assert_eq!(
        shape,
        [(200, true, false), (500, true, false), (300, false, true)]
    );
}

#[test]
fn two_programs_see_each_other() {
    let home = home();
    let (one, two) = (open(home.path()).disk, open(home.path()).disk);
    fill(&one);
    let (woken, wakes) = mpsc::channel();
    let cursor = ask(&two, Query::All, "local:me")
        .pop()
        .unwrap()
        .cursor
        .unwrap();
    let _watch = two.watch(move || woken.send(()).unwrap()).unwrap();
    // What one wrote before two first looked may wake it once.
    while wakes
        .recv_timeout(std::time::Duration::from_millis(700))
        .is_ok()
    {}
    two.write(vec![Record::PutMark(Mark::Once { what: "own".into() })])
        .wait()
        .unwrap();
    let own = wakes.recv_timeout(std::time::Duration::from_millis(700));
    assert!(own.is_err(), "its own write woke it");
    let rename = Change::PutPerson {
        person: person("local:ana", "Ana Costa"),
    };
    run(one.carry_out(rename, signed("local:me"), "e1".into())).unwrap();
    wakes
        .recv_timeout(std::time::Duration::from_secs(5))
        .unwrap();
    let since = ask(&two, Query::Since(cursor), "local:me").pop().unwrap();
    assert_eq!(since.people[0].name, "Ana Costa");
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn files_are_for_their_owner_only() {
    let home = home();
    let directory = home.path().join("new/data");
    let opened = open(&directory);
    fill(&opened.disk);
    let _lock = sender_lock::try_lock(&directory).unwrap();
    assert_eq!(mode(&directory), 0o700);
    let mut seen = 0;
    for file in std::fs::read_dir(&directory).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 6, "{seen} files");
    assert_eq!(opened.notices, Vec::<String>::new());
    std::fs::set_permissions(&directory, PermissionsExt::from_mode(0o755)).unwrap();
    drop(opened);
    assert!(open(&directory).notices[0].contains("chmod 700"));
}

#[test]
fn f38_a_directory_that_cannot_be_one_gives_one_sentence() {
    let home = home();
    let file = home.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let link = home.path().join("link");
    std::os::unix::fs::symlink(home.path().join("nowhere/at/all"), &link).unwrap();
    for bad in [&file, &link] {
        let fault = Disk::open(bad, &Options::new(at())).unwrap_err();
        assert!(fault.to_string().contains("--data-dir"), "{fault}");
    }
}

#[test]
fn read_only_reads_and_writes_nothing() {
    let home = home();
    let disk = open(home.path()).disk;
    fill(&disk);
    disk.close().wait().unwrap();
    let mut options = Options::new(at());
    options.read_only = true;
    let opened = Disk::open(home.path(), &options).unwrap();
    assert!(matches!(opened.mode, Mode::ReadOnly(_)));
    assert_eq!(goals(&opened.disk), [rich("local:g1")]);
    let asked = opened.disk.write(vec![Record::DropEntry {
        id: "e".into(),
        rev: 0,
    }]);
    assert_eq!(asked.wait().unwrap_err().kind, FaultKind::Disk);
}

#[test]
fn f38_a_directory_that_may_not_be_written_is_read() {
    let home = home();
    let disk = open(home.path()).disk;
    fill(&disk);
    disk.close().wait().unwrap();
    std::fs::set_permissions(home.path(), PermissionsExt::from_mode(0o500)).unwrap();
    // The superuser may write everywhere, so there is nothing to see then.
    let bound = std::fs::write(home.path().join("probe"), "").is_err();
    if bound {
        let opened = open(home.path());
        assert!(matches!(opened.mode, Mode::ReadOnly(_)));
        assert_eq!(goals(&opened.disk), [rich("local:g1")]);
    }
    std::fs::set_permissions(home.path(), PermissionsExt::from_mode(0o700)).unwrap();
}

fn raw(home: &Path) -> Connection {
    Connection::open(home.join("goaldeck.db")).unwrap()
}

#[test]
fn f36_a_newer_store_is_only_read() {
    let home = home();
    let disk = open(home.path()).disk;
    fill(&disk);
    disk.close().wait().unwrap();
    raw(home.path())
        .execute_batch("PRAGMA user_version = 9")
        .unwrap();
    let opened = open(home.path());
    let Mode::ReadOnly(sentence) = &opened.mode else {
        panic!("written");
    };
    assert!(sentence.contains("format 9"), "{sentence}");
    assert_eq!(goals(&opened.disk).len(), 1);
    opened.disk.write(vec![]).wait().unwrap_err();
}

#[test]
fn an_old_store_is_copied_and_brought_up_to_date() {
    let home = home();
    let places = Places::new(home.path());
    let old = raw(home.path());
    old.execute_batch(include_str!("../../assets/schema/0001.sql"))
        .unwrap();
    old.execute_batch(include_str!("../../assets/schema/example-v1.sql"))
        .unwrap();
    old.execute_batch("PRAGMA user_version = 1").unwrap();
    drop(old);
    let disk = open(home.path()).disk;
    let stored = goals(&disk);
    assert_eq!(stored.len(), 2);
    assert_eq!(stored[0].check_ins[0].values[0].now, Reading::Number(3.66));
    assert_eq!(disk.load_records_now().unwrap().drafts.len(), 1);
    disk.close().wait().unwrap();

    let mut steps = format::STEPS.to_vec();
    steps.push("ALTER TABLE goals ADD COLUMN colour TEXT;");
    for day in 1..=5 {
        let mut connection = open::connect(&places.file).unwrap();
        let now = time(&format!("2026-11-0{day}T00:00:00Z"));
        format::migrate(&mut connection, &places, now, &steps).unwrap();
        let version: i64 = connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        assert_eq!(version, i64::try_from(steps.len()).unwrap());
        steps.push("CREATE TABLE IF NOT EXISTS more (n INTEGER) STRICT;");
    }
    let copies: Vec<_> = std::fs::read_dir(home.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".copy-"))
        .collect();
    assert_eq!(copies.len(), 3);
    for copy in &copies {
        assert_eq!(mode(copy), 0o600);
        let kept: i64 = Connection::open(copy)
            .unwrap()
            .query_row("SELECT count(*) FROM goals", [], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, 2);
    }
}

fn ack(check_in: &str) -> Note {
    Note {
        slot: Slot::Acknowledged("work:g".into(), check_in.into()),
        thing: Some(Thing::Acknowledged(crate::model::check_in::Acknowledged {
            by: "work:me".into(),
            at: at(),
        })),
    }
}

fn keep(disk: &Disk, keeping: Keeping) -> bool {
    let keeping = Keeping {
        at: at(),
        ..keeping
    };
    run(disk.keep(&"work".into(), keeping)).unwrap()
}

fn kept(disk: &Disk, after: u64) -> Vec<Note> {
    run(disk.changed(&"work".into(), after)).unwrap().notes
}

#[test]
fn a_store_of_format_2_is_copied_and_keeps_what_it_had() {
    let home = home();
    let old = raw(home.path());
    let example = include_str!("../../assets/schema/example-v1.sql");
    for step in [format::STEPS[0], example, format::STEPS[1]] {
        old.execute_batch(step).unwrap();
    }
    old.execute_batch(
        "INSERT INTO accounts VALUES (1, 'work', 'https://a.example', 'work:me', \
         '2026-11-01T00:00:00Z', NULL, 1);
         INSERT INTO provider_notes VALUES ('work', 'age', 'new');
         PRAGMA user_version = 2;",
    )
    .unwrap();
    drop(old);
    let opened = open(home.path());
    assert_eq!(opened.mode, Mode::ReadWrite);
    let disk = opened.disk;
    assert_eq!(goals(&disk).len(), 2);
    assert!(goals(&disk).iter().all(|goal| goal.approval.is_none()));
    assert_eq!(disk.load_records_now().unwrap().drafts.len(), 1);
    fill(&disk);
    assert!(goals(&disk).contains(&rich("local:g1")));
    let put = vec![ack("work:c")];
    keep(
        &disk,
        Keeping {
            put: put.clone(),
            ..Keeping::default()
        },
    );
    assert_eq!(kept(&disk, 0), put);
    let copies = format::copies(&Places::new(home.path()));
    let [copy] = copies.as_slice() else {
        panic!("{copies:?}");
    };
    assert!(copy.to_string_lossy().ends_with("-v2"), "{copy:?}");
    let kept: (i64, i64) = Connection::open(copy)
        .unwrap()
        .query_row(
            "SELECT (SELECT count(*) FROM goals), (SELECT count(*) FROM accounts)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(kept, (2, 1));
}

#[test]
fn what_is_kept_here_is_written_once_and_told_to_other_programs() {
    let home = home();
    let (one, two) = (open(home.path()).disk, open(home.path()).disk);
    let before = run(two.changed(&"work".into(), 0)).unwrap();
    assert_eq!(before.notes, []);
    let once = |entry: &str, check_in: &str| Keeping {
        once: Some(Note {
            slot: Slot::Deed(entry.into()),
            thing: Some(Thing::Deed { undo: None }),
        }),
        put: vec![ack(check_in)],
        ..Keeping::default()
    };
    assert!(keep(&one, once("e1", "work:c1")));
    assert!(!keep(&two, once("e1", "work:c2")), "the same key");
    let told = run(two.changed(&"work".into(), before.revision)).unwrap();
    assert_eq!(told.notes.len(), 2);
    assert_eq!(told.notes[1], ack("work:c1"));
    assert_eq!(kept(&two, told.revision), []);
    assert_eq!(run(two.changed(&"home".into(), 0)).unwrap().notes, []);

    // Taken back: who knew it hears of it.
    let gone = Note {
        thing: None,
        ..ack("work:c1")
    };
    let put = vec![gone.clone()];
    keep(
        &one,
        Keeping {
            put,
            ..Keeping::default()
        },
    );
    assert_eq!(kept(&two, told.revision), std::slice::from_ref(&gone));
    // What is there, or was, is not added again.
    let add = vec![ack("work:c1"), ack("work:c3")];
    keep(
        &two,
        Keeping {
            add,
            ..Keeping::default()
        },
    );
    let notes = kept(&one, 0);
    assert!(notes.contains(&gone) && notes.contains(&ack("work:c3")));
}

#[test]
fn deeds_are_forgotten_when_nobody_can_ask_any_more_and_notes_are_not() {
    let home = home();
    let disk = open(home.path()).disk;
    let deed = Note {
        slot: Slot::Deed("e1".into()),
        thing: Some(Thing::Deed { undo: None }),
    };
    let gone = Note {
        thing: None,
        ..ack("work:c1")
    };
    let old = Keeping {
        once: Some(deed),
        put: vec![gone, ack("work:c2")],
        ..Keeping::default()
    };
    keep(&disk, old);
    let later = Keeping {
        put: vec![ack("work:c3")],
        at: at() + chrono::TimeDelta::days(91),
        ..Keeping::default()
    };
    run(disk.keep(&"work".into(), later)).unwrap();
    assert_eq!(kept(&disk, 0), [ack("work:c2"), ack("work:c3")]);
}

#[test]
fn what_is_kept_here_stays_when_the_rest_of_an_account_is_forgotten() {
    let home = home();
    let disk = open(home.path()).disk;
    let put = vec![ack("work:c1")];
    keep(
        &disk,
        Keeping {
            put: put.clone(),
            ..Keeping::default()
        },
    );
    disk.forget(&"work".into()).wait().unwrap();
    assert_eq!(kept(&disk, 0), put);
    drop(disk);
    assert_eq!(kept(&open(home.path()).disk, 0), put);
}

#[test]
fn a_note_of_a_newer_program_is_passed_over_and_stays() {
    let home = home();
    let disk = open(home.path()).disk;
    let put = vec![ack("work:c1")];
    keep(
        &disk,
        Keeping {
            put: put.clone(),
            ..Keeping::default()
        },
    );
    raw(home.path())
        .execute(
            "INSERT INTO kept_here VALUES ('work', '{\"mood\":\"work:g\"}', 99, 'x', '{}')",
            [],
        )
        .unwrap();
    assert_eq!(kept(&disk, 0), put);
}

#[test]
fn f37_a_step_that_fails_leaves_the_old_format() {
    let home = home();
    let disk = open(home.path()).disk;
    fill(&disk);
    disk.close().wait().unwrap();
    let places = Places::new(home.path());
    let mut steps = format::STEPS.to_vec();
    steps.push("CREATE TABLE half (n INTEGER) STRICT; SELECT broken;");
    let mut connection = open::connect(&places.file).unwrap();
    format::migrate(&mut connection, &places, at(), &steps).unwrap_err();
    drop(connection);
    let opened = open(home.path());
    assert_eq!(opened.mode, Mode::ReadWrite);
    assert_eq!(goals(&opened.disk), [rich("local:g1")]);
}

#[test]
fn f35_an_empty_or_missing_store_is_a_question() {
    let home = home();
    let file = home.path().join("goaldeck.db");
    let disk = open(home.path()).disk;
    fill(&disk);
    disk.close().wait().unwrap();
    let copy = home.path().join("goaldeck.db.copy-20261101-000000-v1");
    std::fs::copy(&file, &copy).unwrap();
    let emptied = || std::fs::write(&file, b"").unwrap();
    let removed = || std::fs::remove_file(&file).unwrap();
    for lose in [&emptied as &dyn Fn(), &removed] {
        lose();
        let OpenFault::Lost { copies, .. } =
            Disk::open(home.path(), &Options::new(at())).unwrap_err()
        else {
            panic!("not asked");
        };
        assert_eq!(copies, std::slice::from_ref(&copy));
        let mut options = Options::new(at());
        options.lost = OnLost::UseCopy(copy.clone());
        let disk = Disk::open(home.path(), &options).unwrap().disk;
        assert_eq!(goals(&disk), [rich("local:g1")]);
        disk.close().wait().unwrap();
    }
    emptied();
    let mut options = Options::new(at());
    options.lost = OnLost::StartAnew;
    assert_eq!(goals(&Disk::open(home.path(), &options).unwrap().disk), []);
}

/// A store with something of everything, closed; then damaged.
fn damaged(home: &Path, damage: impl Fn(&Path)) -> Opened {
    let disk = open(home).disk;
    let people = vec![person("local:me", "Bo Berg")];
    let many = (0..400)
        .map(|number| rich(&format!("local:g{number}")))
        .collect();
    disk.write(vec![
        Record::PutEntry(Box::new(entry("e1", held()))),
        Record::PutDraft(Box::new(draft(
            "local:g7",
            "my text",
            "2026-11-21T09:00:00Z",
        ))),
        Record::PutMark(Mark::Once {
            what: "welcome".into(),
        }),
    ])
    .wait()
    .unwrap();
    let put = vec![ack("work:c1")];
    keep(
        &disk,
        Keeping {
            put,
            ..Keeping::default()
        },
    );
    disk.import(people, many, vec![]).wait().unwrap();
    disk.close().wait().unwrap();
    damage(&home.join("goaldeck.db"));
    open(home)
}

fn overwrite(path: &Path, from: u64, bytes: &[u8]) {
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn f34_a_zeroed_header_loses_nothing() {
    for zeroed in [100, 4096] {
        let home = home();
        let opened = damaged(home.path(), |file| overwrite(file, 0, &vec![0; zeroed]));
        assert!(
            opened.notices[0].contains(".damaged-2026"),
            "{:?}",
            opened.notices
        );
        let records = opened.disk.load_records_now().unwrap();
        assert_eq!(records.drafts[0].fields["note"], "my text");
        assert_eq!((records.entries.len(), records.marks.len()), (1, 1));
        assert_eq!(kept(&opened.disk, 0), [ack("work:c1")]);
        // The new store counts from the beginning, and nothing new is passed over.
        let known = run(opened.disk.changed(&"work".into(), 0))
            .unwrap()
            .revision;
        let put = vec![ack("work:c2")];
        keep(
            &opened.disk,
            Keeping {
                put: put.clone(),
                ..Keeping::default()
            },
        );
        assert_eq!(kept(&opened.disk, known), put);
        assert_eq!(goals(&opened.disk).len(), 400, "{:?}", opened.notices);
    }
}

#[test]
fn f34_a_truncated_file_keeps_what_stands_before_the_cut() {
    let home = home();
    let opened = damaged(home.path(), |file| {
        let length = file.metadata().unwrap().len();
        let open = std::fs::OpenOptions::new().write(true).open(file).unwrap();
        open.set_len(length / 2).unwrap();
    });
    assert_eq!(opened.notices.len(), 1);
    assert_eq!(opened.disk.load_records_now().unwrap().drafts.len(), 1);
    let left = goals(&opened.disk).len();
    assert!((1..=400).contains(&left), "{left}");
}

#[test]
fn f34_garbage_is_moved_aside_and_kept() {
    let home = home();
    let opened = damaged(home.path(), |file| {
        let length = usize::try_from(file.metadata().unwrap().len()).unwrap();
        std::fs::write(file, vec![b'#'; length]).unwrap();
    });
    assert_eq!(goals(&opened.disk), []);
    assert_eq!(opened.mode, Mode::ReadWrite);
    let aside = std::fs::read_dir(home.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.to_string_lossy().contains(".damaged-"))
        .unwrap();
    assert!(
        std::fs::read(aside)
            .unwrap()
            .iter()
            .all(|byte| *byte == b'#')
    );
}

#[test]
fn f34_a_flipped_byte_is_found_by_the_check_and_mended_at_the_next_start() {
    let home = home();
    let opened = damaged(home.path(), |file| {
        let table: i64 = Connection::open(file)
            .unwrap()
            .query_row(
                "SELECT rootpage FROM sqlite_schema WHERE name = 'drafts'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        let page = u64::try_from(table - 1).unwrap() * 4096;
        overwrite(file, page, &[0x7f]);
    });
    assert_eq!(opened.notices, Vec::<String>::new(), "not seen at once");
    let fault = opened.disk.check_health().wait().unwrap_err();
    assert!(fault.why.contains("damaged"), "{fault}");
    opened.disk.close().wait().unwrap();
    let opened = open(home.path());
    assert_eq!(opened.notices.len(), 1);
    assert_eq!(goals(&opened.disk).len(), 400);
    assert_eq!(opened.disk.load_records_now().unwrap().entries.len(), 1);
    opened.disk.check_health().wait().unwrap();
    drop(opened);
    assert_eq!(open(home.path()).notices, Vec::<String>::new());
}

#[test]
fn f32_a_full_disk_refuses_whole_writes_and_goes_on_reading() {
    let home = home();
    let mut options = Options::new(at());
    options.max_pages = Some(60);
    let disk = Disk::open(home.path(), &options).unwrap().disk;
    fill(&disk);
    let many = (0..400)
        .map(|number| rich(&format!("local:g{number}")))
        .collect();
    let fault = disk.import(vec![], many, vec![]).wait().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Disk);
    assert!(fault.why.contains("full"), "{fault}");
    assert_eq!(goals(&disk), [rich("local:g1")]);
    let mut long = draft("local:g1", "", "2026-11-21T09:00:00Z");
    long.fields.insert("note".into(), "x".repeat(400_000));
    let fault = disk.write(vec![Record::PutDraft(Box::new(long))]).wait();
    assert!(fault.unwrap_err().why.contains("full"));
    assert_eq!(disk.load_records_now().unwrap().drafts, []);
}

fn failing(code: i32) -> fault::Trouble {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None).into()
}

#[test]
fn f32_the_ballast_makes_room_for_what_was_typed() {
    let home = home();
    let disk = open(home.path()).disk;
    let ballast = home.path().join("ballast");
    assert_eq!(ballast.metadata().unwrap().len(), 256 * 1024);
    assert_eq!(disk.health(), Health::Good);
    let full = {
        let ballast = ballast.clone();
        disk.jobs.run(move |writer| {
            writer.transact_in_need(|_| {
                if ballast.exists() {
                    return Err(failing(rusqlite::ffi::SQLITE_FULL));
                }
                Ok(())
            })
        })
    };
    full.wait().unwrap();
    assert_eq!(disk.health(), Health::Full);
    assert!(!ballast.exists());
    disk.close().wait().unwrap();
    open(home.path()).disk.flush().wait().unwrap();
    assert!(ballast.exists(), "put down again");
}

#[test]
fn f33_after_a_failed_flush_nothing_is_written_any_more() {
    let home = home();
    let disk = open(home.path()).disk;
    fill(&disk);
    let failed = disk.jobs.run(|writer| {
        writer.transact(|_| Err::<(), _>(failing(rusqlite::ffi::SQLITE_IOERR_FSYNC)))
    });
    assert!(failed.wait().unwrap_err().why.contains("the disk failed"));
    assert_eq!(disk.health(), Health::Failed);
    let mark = Record::PutMark(Mark::Once { what: "x".into() });
    let fault = disk.write(vec![mark]).wait().unwrap_err();
    assert!(fault.why.contains("the disk failed"), "{fault}");
    assert_eq!(disk.load_records_now().unwrap().marks, []);
    assert_eq!(goals(&disk).len(), 1, "reading goes on");
}

#[test]
fn many_programs_may_make_one_store_at_once() {
    for _ in 0..5 {
        let home = home();
        std::thread::scope(|scope| {
            for number in 0..6 {
                let home = home.path();
                scope.spawn(move || {
                    let opened = open(home);
                    assert_eq!(opened.mode, Mode::ReadWrite);
                    let what = format!("{number}");
                    let mark = Record::PutMark(Mark::Once { what });
                    opened.disk.write(vec![mark]).wait().unwrap();
                });
            }
        });
        let records = open(home.path()).disk.load_records_now().unwrap();
        assert_eq!(records.marks.len(), 6);
    }
}

#[test]
fn dropping_a_read_ends_it() {
    let home = home();
    let disk = open(home.path()).disk;
    fill(&disk);
    drop(disk.read(Query::All, "local:me".into(), Box::new(|_| {})));
    assert_eq!(goals(&disk).len(), 1);
}

/// Not a check: prints how long the big workspace takes
/// (`cargo test --lib measure -- --ignored --nocapture`).
#[test]
#[ignore = "takes seconds and prints"]
fn measure_a_hundred_thousand_goals() {
    let home = home();
    let disk = open(home.path()).disk;
    let mut all = Vec::new();
    for number in 0..100_000 {
        let id = format!("local:g{number}");
        let mut goal = Goal::new(id.as_str().into(), "local".into(), "Grow by a tenth", at());
        goal.champion = Some(format!("local:p{}", number % 300).as_str().into());
        goal.reviewer = Some(format!("local:p{}", number % 299).as_str().into());
        goal.due = Some("2026-12-31".parse().unwrap());
        goal.cadence = Cadence::Weekly(chrono::Weekday::Fri);
        let results = if number % 10 == 0 { 5 } else { 1 };
        for place in 0..results {
            let mut new = result(&format!("{id}r{place}"), Kind::Number, None);
            new.current = Some(Reading::Number(1.0));
            new.phases.clear();
            new.sum_of.clear();
            goal.results.push(new);
        }
        for place in 0..if number % 100 == 0 { 20 } else { 0 } {
            let mut new = check_in(&format!("{id}c{place}"), "local:p1", "2026-11-20T09:00:00Z");
            new.values = vec![ValueChange {
                result: goal.results[0].id.clone(),
                before: None,
                now: Reading::Number(1.0),
            }];
            goal.check_ins.push(new);
        }
        all.push(goal);
    }
    let me = person("local:p7", "Bo Berg");
    let clock = std::time::Instant::now;
    let start = clock();
    disk.import(vec![me], all, vec![]).wait().unwrap();
    eprintln!("import {:?}", start.elapsed());
    disk.close().wait().unwrap();
    let start = clock();
    let disk = open(home.path()).disk;
    eprintln!("open {:?}", start.elapsed());
    let start = clock();
    disk.load_records_now().unwrap();
    eprintln!("records {:?}", start.elapsed());
    let start = clock();
    let glance = ask(&disk, Query::Glance, "local:p7").pop().unwrap();
    eprintln!("glance {:?}, {} goals", start.elapsed(), glance.goals.len());
    let start = clock();
    let mut loaded = 0;
    let (sender, receiver) = mpsc::channel();
    let sink = Box::new(move |batch: Batch| {
        loaded += batch.goals.len();
        if loaded < 300 || !batch.more {
            eprintln!("{loaded} goals after {:?}", start.elapsed());
        }
        sender.send(batch).unwrap();
    });
    run(disk.read(Query::All, "local:p7".into(), sink)).unwrap();
    drop(receiver);
    let start = clock();
    disk.check_health().wait().unwrap();
    eprintln!("check {:?}", start.elapsed());
    let change = Change::EditGoal {
        goal: "local:g500".into(),
        edit: Box::default(),
    };
    let start = clock();
    run(disk.carry_out(change, signed("local:p7"), "e1".into())).unwrap();
    eprintln!("carry out {:?}", start.elapsed());
}
