//! What is kept of remote accounts: comes back as told, never mixes with what
//! this machine keeps for good, goes when it is somebody else's.

use std::path::Path;
use std::sync::mpsc;

use super::*;
use crate::disk::open::{self, Options};
use crate::disk::places::Places;
use crate::disk::{format, rescue};
use crate::model::cache::Synced;
use crate::model::cadence::Cadence;
use crate::model::check_in::{CheckIn, Comment};
use crate::model::exchange::{Change, Signature};
use crate::model::ids::PersonId;
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::notification::Reason;
use crate::model::time::Time;
use crate::model::workspace::Workspace;

fn day(day: u32) -> Time {
    format!("2026-11-{day:02}T09:12:00Z").parse().unwrap()
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn open(home: &Path) -> Disk {
    Disk::open(home, &Options::new(day(1))).unwrap().disk
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(work)
}

fn site(account: &str) -> Site {
    Site {
        account: account.into(),
        origin: "https://goals.example".into(),
    }
}

fn goal(id: &str, name: &str) -> Goal {
    let (account, _) = id.split_once(':').unwrap();
    let mut goal = Goal::new(id.into(), account.into(), name, day(1));
    goal.champion = Some(PersonId::new(format!("{account}:me")));
    goal.approval = Some(Box::default());
    goal.cadence = Cadence::Weekly(chrono::Weekday::Fri);
    let mut check_in = CheckIn::new(format!("{id}-c").as_str().into(), "work:ana".into(), day(2));
    check_in.note = "moved".into();
    goal.check_ins = vec![check_in];
    goal.comments = vec![Comment {
        id: format!("{id}-k").as_str().into(),
        author: "work:ana".into(),
        at: day(2),
        text: "why?".into(),
    }];
    goal.results = vec![KeyResult {
        particulars: Some(Box::new(crate::model::key_result::Particulars {
            aside: "1 list".into(),
            ..Default::default()
        })),
        id: format!("{id}-r").as_str().into(),
        name: "Steps".into(),
        kind: Kind::Checklist {
            items: vec!["a".into()],
            ids: vec!["1".into()],
        },
        unit: String::new(),
        start: 0.0,
        target: None,
        current: Some(Reading::Ticks(vec![true])),
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    }];
    goal
}

fn person(id: &str, name: &str) -> Person {
    let (account, _) = id.split_once(':').unwrap();
    Person {
        id: id.into(),
        account: account.into(),
        name: name.into(),
        handle: String::new(),
    }
}

fn line(id: &str, to: &str) -> Notification {
    let (account, _) = id.split_once(':').unwrap();
    Notification {
        id: id.into(),
        account: account.into(),
        to: to.into(),
        at: day(2),
        reason: Reason::CheckIn,
        actor: None,
        goal: None,
        check_in: None,
        comment: None,
        text: "checked in".into(),
        read: false,
        done: false,
    }
}

/// A whole answer of an account with these goals.
fn answer(account: &str, goals: Vec<Goal>, at: Time) -> Told {
    let me = PersonId::new(format!("{account}:me"));
    let lines = vec![line(&format!("{account}:n"), me.as_str())];
    Told {
        at,
        people: vec![person(me.as_str(), "Bo Berg")],
        me: Some(me),
        may_write: Some(true),
        synced: Some(Synced {
            cursor: Some(Cursor(format!("until {at}"))),
            all: Some((
                goals.iter().map(|goal| goal.id.clone()).collect(),
                lines.iter().map(|line| line.id.clone()).collect(),
            )),
        }),
        goals: goals.into_iter().map(|goal| (goal, Brief::No)).collect(),
        notifications: lines,
        ..Told::default()
    }
}

fn put(disk: &Disk, account: &str, told: Told) {
    run(disk.keep(site(account), told)).unwrap();
}

fn ask(disk: &Disk, site: Site, query: Query) -> Vec<Batch> {
    let (sender, batches) = mpsc::channel();
    let sink = Box::new(move |batch| sender.send(batch).unwrap());
    run(disk.recall(site, query, sink)).unwrap();
    batches.into_iter().collect()
}

fn kept(disk: &Disk, account: &str) -> Vec<Goal> {
    let batches = ask(disk, site(account), Query::All);
    batches.into_iter().flat_map(|batch| batch.goals).collect()
}

/// All that the local workspace shows, to anybody.
fn local(disk: &Disk) -> (Vec<Batch>, Vec<Person>, Vec<Batch>) {
    let mut told = Vec::new();
    for me in ["local:me", "work:me"] {
        for query in [
            Query::Glance,
            Query::All,
            Query::Goal("work:g1".into()),
            Query::Goal("local:g1".into()),
        ] {
            let (sender, batches) = mpsc::channel();
            let sink = Box::new(move |batch| sender.send(batch).unwrap());
            run(disk.read(query, me.into(), sink)).unwrap();
            told.extend(batches);
        }
    }
    let (sender, batches) = mpsc::channel();
    disk.export(Box::new(move |batch| sender.send(batch).unwrap()))
        .wait()
        .unwrap();
    (
        told,
        run(disk.people()).unwrap(),
        batches.into_iter().collect(),
    )
}

#[test]
fn what_an_account_told_comes_back_with_its_age() {
    let home = home();
    let disk = open(home.path());
    let mut closed = goal("work:g2", "Two");
    closed.closed = Some(crate::model::goal::Closing {
        at: day(3),
        score: Some(0.7),
    });
    let mut asked = goal("work:g3", "Three");
    asked.cadence = Cadence::None;
    asked.next_check_in = Some(day(6).date_naive());
    let goals = vec![goal("work:g1", "One"), closed, asked];
    put(&disk, "work", answer("work", goals.clone(), day(3)));
    drop(disk);
    let disk = open(home.path());
    assert_eq!(kept(&disk, "work"), goals);
    let batch = ask(&disk, site("work"), Query::All).pop().unwrap();
    assert_eq!(batch.as_of, Some(day(3)));
    assert!(!batch.full && !batch.more);
    assert_eq!(batch.me, Some("work:me".into()));
    assert_eq!(batch.may_write, Some(true));
    assert_eq!(batch.cursor, Some(Cursor(format!("until {}", day(3)))));
    assert_eq!(batch.people, [person("work:me", "Bo Berg")]);
    assert_eq!(batch.notifications, [line("work:n", "work:me")]);
    let glance = ask(&disk, site("work"), Query::Glance);
    let ids: Vec<_> = glance[0]
        .goals
        .iter()
        .map(|goal| goal.id.as_str())
        .collect();
    assert_eq!(
        ids,
        ["work:g1", "work:g3"],
        "what is closed waits for nobody"
    );
    assert_eq!(glance[0].as_of, Some(day(3)));
    assert_eq!(glance[0].notifications.len(), 1);
    assert_eq!(ask(&disk, site("work"), Query::Goal("work:g1".into())), []);
    assert_eq!(ask(&disk, site("home"), Query::All), []);
}

#[test]
fn the_local_workspace_and_its_export_see_nothing_of_it() {
    let home = home();
    let disk = open(home.path());
    let mine = goal("local:g1", "Mine");
    disk.import(
        vec![person("local:me", "Bo")],
        vec![mine],
        vec![line("local:n", "local:me")],
    )
    .wait()
    .unwrap();
    let before = local(&disk);
    assert_eq!(before.2[0].goals.len(), 1);
    let mut theirs = goal("work:g1", "Theirs");
    theirs.parent = Some("local:g1".into());
    put(&disk, "work", answer("work", vec![theirs], day(3)));
    assert_eq!(local(&disk), before);
    // Neither do its writes touch it.
    let change = Change::DeleteGoal {
        goal: "local:g1".into(),
    };
    let signature = Signature {
        by: "local:me".into(),
        account: "local".into(),
        at: day(3),
    };
    run(disk.carry_out(change, signature, "e".into())).unwrap();
    assert_eq!(kept(&disk, "work")[0].parent, Some("local:g1".into()));
    // What comes later is numbered as before.
    disk.import(vec![], vec![goal("local:g2", "Next")], vec![])
        .wait()
        .unwrap();
    assert_eq!(local(&disk).2[0].goals.len(), 1);
    assert_eq!(kept(&disk, "work").len(), 1);
}

#[test]
fn what_did_not_change_is_not_written() {
    let home = home();
    let disk = open(home.path());
    let goals = vec![goal("work:g1", "One"), goal("work:g2", "Two")];
    put(&disk, "work", answer("work", goals.clone(), day(3)));
    let other = open::connect(&home.path().join("goaldeck.db")).unwrap();
    let version = || -> i64 {
        other
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .unwrap()
    };
    let before = version();
    put(&disk, "work", answer("work", goals.clone(), day(3)));
    let mut brief = answer("work", goals.clone(), day(3));
    for (goal, brief) in &mut brief.goals {
        goal.check_ins.clear();
        goal.comments.clear();
        *brief = Brief::Yes;
    }
    put(&disk, "work", brief);
    assert_eq!(version(), before, "summaries and wholes that say the same");
    put(&disk, "work", answer("work", goals.clone(), day(4)));
    assert_ne!(version(), before, "only the moment is new");
    assert_eq!(kept(&disk, "work"), goals);
}

#[test]
fn summaries_are_joined_and_wholes_replace() {
    let home = home();
    let disk = open(home.path());
    put(
        &disk,
        "work",
        answer("work", vec![goal("work:g1", "One")], day(3)),
    );
    let mut summary = goal("work:g1", "One, renamed");
    summary.comments.clear();
    summary.check_ins[0].id = "work:c9".into();
    summary.check_ins[0].at = day(4);
    let brief = Told {
        at: day(4),
        goals: vec![(summary.clone(), Brief::Yes)],
        ..Told::default()
    };
    put(&disk, "work", brief);
    let goals = kept(&disk, "work");
    assert_eq!(goals[0].name, "One, renamed");
    assert_eq!(goals[0].check_ins.len(), 2);
    assert_eq!(goals[0].comments.len(), 1);
    let whole = Told {
        at: day(4),
        goals: vec![(summary.clone(), Brief::No)],
        ..Told::default()
    };
    put(&disk, "work", whole);
    assert_eq!(kept(&disk, "work"), [summary]);
    let batch = ask(&disk, site("work"), Query::All).pop().unwrap();
    assert_eq!(batch.as_of, Some(day(3)), "one goal is not the list");
}

#[test]
fn the_last_word_about_a_goal_that_is_told_twice_at_once_counts() {
    let home = home();
    let disk = open(home.path());
    // First what is mine, then everything, with what only the second answer knows.
    let first = goal("work:one", "Launch");
    let mut second = first.clone();
    second.provider_progress = Some(0.4);
    let mut check_in = CheckIn::new("work:later".into(), "work:ana".into(), day(3));
    check_in.note = "moved on".into();
    second.check_ins.push(check_in);
    for (home, known) in [
        (&disk, Vec::new()),
        (&disk, vec![goal("work:one", "Lunch")]),
    ] {
        home.forget(&AccountName::new("work")).wait().unwrap();
        put(home, "work", answer("work", known, day(4)));
        let mut told = answer("work", vec![first.clone()], day(5));
        told.goals.push((goal("work:two", "Other"), Brief::Yes));
        told.goals.push((second.clone(), Brief::Yes));
        told.synced = None;
        put(home, "work", told);
        let kept = kept(home, "work");
        let one = kept.iter().find(|goal| goal.id.as_str() == "work:one");
        assert_eq!(one, Some(&second));
        assert_eq!(kept.len(), 2);
    }
}

#[test]
fn what_is_gone_stays_as_a_copy_for_thirty_days() {
    let home = home();
    let disk = open(home.path());
    let (one, two) = (goal("work:g1", "One"), goal("work:g2", "Two"));
    put(
        &disk,
        "work",
        answer("work", vec![one.clone(), two.clone()], day(3)),
    );
    put(&disk, "work", answer("work", vec![one.clone()], day(4)));
    let gone = |disk: &Disk| -> Vec<(String, Option<Time>)> {
        let goals = kept(disk, "work").into_iter();
        goals.map(|goal| (goal.name, goal.gone)).collect()
    };
    let copy = ("Two".to_owned(), Some(day(3)));
    assert_eq!(gone(&disk), [("One".to_owned(), None), copy.clone()]);
    let glance = ask(&disk, site("work"), Query::Glance);
    assert_eq!(glance[0].goals.len(), 1, "a copy waits for nobody");
    // Not named again: the moment stays. Told of one: the same.
    let mut told = answer("work", vec![], day(5));
    told.synced = None;
    told.gone = vec!["work:g1".into(), "work:unknown".into()];
    put(&disk, "work", told);
    assert_eq!(gone(&disk), [("One".to_owned(), Some(day(4))), copy]);
    // Named again: it is back.
    put(&disk, "work", answer("work", vec![two.clone()], day(6)));
    assert_eq!(gone(&disk)[1], ("Two".to_owned(), None));
    let later = day(4) + COPIES_STAY;
    put(&disk, "work", answer("work", vec![two.clone()], later));
    assert_eq!(gone(&disk).len(), 2, "to the day");
    let later = later + chrono::TimeDelta::seconds(1);
    put(&disk, "work", answer("work", vec![two], later));
    assert_eq!(gone(&disk), [("Two".to_owned(), None)]);
    let told = Told {
        deleted: vec!["work:g2".into()],
        at: later,
        ..Told::default()
    };
    put(&disk, "work", told);
    assert_eq!(gone(&disk), [], "deleted on purpose");
}

#[test]
fn accounts_are_kept_apart_and_forgotten_one_by_one() {
    let home = home();
    let disk = open(home.path());
    for account in ["work", "side"] {
        let id = format!("{account}:g1");
        put(
            &disk,
            account,
            answer(account, vec![goal(&id, account)], day(3)),
        );
        run(Notes::put(&disk, &account.into(), "age", "flat")).unwrap();
    }
    assert_eq!(kept(&disk, "work")[0].name, "work");
    assert_eq!(kept(&disk, "side")[0].name, "side");
    disk.forget(&"work".into()).wait().unwrap();
    assert_eq!(kept(&disk, "work"), []);
    assert_eq!(run(disk.known(site("work"))), Ok(None));
    assert_eq!(run(disk.get(&"work".into(), "age")), Ok(None));
    assert_eq!(kept(&disk, "side")[0].name, "side");
    let note = run(disk.get(&"side".into(), "age"));
    assert_eq!(note, Ok(Some("flat".to_owned())));
    let rows = disk.source.connect().unwrap();
    for table in ["goals", "people", "notifications", "check_ins", "comments"] {
        let count: i64 = rows
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(count, 1, "{table}");
    }
}

#[test]
fn another_site_or_another_person_has_other_facts() {
    let home = home();
    let disk = open(home.path());
    let goals = || vec![goal("work:g1", "One")];
    put(&disk, "work", answer("work", goals(), day(3)));
    run(Notes::put(&disk, &"work".into(), "age", "flat")).unwrap();
    let mut other = answer("work", vec![goal("work:g2", "Two")], day(4));
    other.me = Some("work:ana".into());
    put(&disk, "work", other);
    let known = run(disk.known(site("work"))).unwrap().unwrap();
    assert_eq!(known.me, Some("work:ana".into()));
    let names: Vec<_> = kept(&disk, "work").into_iter().map(|g| g.name).collect();
    assert_eq!(names, ["Two"], "not even as a copy");
    let note = run(disk.get(&"work".into(), "age"));
    assert_eq!(note, Ok(Some("flat".to_owned())), "the server is the same");
    let moved = Site {
        origin: "https://other.example".into(),
        ..site("work")
    };
    assert_eq!(ask(&disk, moved.clone(), Query::All), []);
    run(disk.enroll(moved.clone())).unwrap();
    assert_eq!(run(disk.get(&"work".into(), "age")), Ok(None));
    assert_eq!(run(disk.known(moved)), Ok(Some(Known::default())));
    assert_eq!(kept(&disk, "work"), []);
}

#[test]
fn a_goal_that_does_not_fit_hides_no_other() {
    let home = home();
    let disk = open(home.path());
    disk.import(vec![], vec![goal("local:g1", "Mine")], vec![])
        .wait()
        .unwrap();
    let mut bad = goal("work:g1", "Bad");
    bad.results[0].current = Some(Reading::Number(f64::NAN));
    let mut strange = goal("work:g2", "Not theirs");
    strange.id = "local:g1".into();
    let goals = vec![bad, strange, goal("work:g3", "Good")];
    put(&disk, "work", answer("work", goals, day(3)));
    let names: Vec<_> = kept(&disk, "work").into_iter().map(|g| g.name).collect();
    assert_eq!(names, ["Good"]);
    // What this machine keeps for good takes the place of what it can read again.
    let mut mine = goal("work:g3", "Mine now");
    mine.account = "local".into();
    disk.import(vec![], vec![mine], vec![]).wait().unwrap();
    assert_eq!(kept(&disk, "work"), []);
    assert_eq!(local(&disk).2[0].goals.len(), 2);
}

#[test]
fn a_store_of_the_first_format_takes_it_in() {
    let home = home();
    let file = home.path().join("goaldeck.db");
    std::fs::File::create(&file).unwrap();
    let old = open::connect(&file).unwrap();
    old.execute_batch(include_str!("../../../assets/schema/0001.sql"))
        .unwrap();
    old.execute_batch(include_str!("../../../assets/schema/example-v1.sql"))
        .unwrap();
    old.execute_batch("PRAGMA user_version = 1").unwrap();
    drop(old);
    let disk = open(home.path());
    let before = local(&disk);
    assert_eq!(before.2[0].goals.len(), 2);
    put(
        &disk,
        "work",
        answer("work", vec![goal("work:g1", "One")], day(3)),
    );
    assert_eq!(kept(&disk, "work").len(), 1);
    assert_eq!(local(&disk), before);
}

#[test]
fn a_damaged_store_is_saved_without_what_can_be_read_again() {
    let home = home();
    let disk = open(home.path());
    disk.import(
        vec![person("local:me", "Bo")],
        vec![goal("local:g1", "Mine")],
        vec![],
    )
    .wait()
    .unwrap();
    put(
        &disk,
        "work",
        answer("work", vec![goal("work:g1", "One")], day(3)),
    );
    disk.close().wait().unwrap();
    drop(disk);
    let places = Places::new(home.path());
    let rescued = rescue::rescue(&places, day(4), &mut Vec::new()).unwrap();
    drop(rescued);
    let disk = open(home.path());
    let (_, people, export) = local(&disk);
    assert_eq!(people, [person("local:me", "Bo")]);
    assert_eq!(export[0].goals, [goal("local:g1", "Mine")]);
    assert_eq!(export[0].notifications, []);
    assert_eq!(kept(&disk, "work"), []);
}

#[test]
fn a_damaged_store_of_the_first_format_is_saved_too() {
    let home = home();
    let places = Places::new(home.path());
    std::fs::File::create(&places.file).unwrap();
    let old = open::connect(&places.file).unwrap();
    old.execute_batch(format::STEPS[0]).unwrap();
    old.execute_batch(include_str!("../../../assets/schema/example-v1.sql"))
        .unwrap();
    old.execute_batch("PRAGMA user_version = 1").unwrap();
    drop(old);
    let rescued = rescue::rescue(&places, day(4), &mut Vec::new()).unwrap();
    drop(rescued);
    let (_, people, export) = local(&open(home.path()));
    assert_eq!(people.len(), 1);
    assert_eq!(export[0].goals.len(), 2);
    assert_eq!(export[0].goals[0].check_ins.len(), 1);
}

/// Somebody else's goal of which nothing waits for me.
fn others(id: &str) -> Goal {
    let mut goal = goal(id, id);
    goal.champion = Some("work:ana".into());
    goal.approval = None;
    goal.cadence = Cadence::None;
    goal.comments.clear();
    goal.check_ins.clear();
    goal
}

#[test]
fn a_glance_names_what_waits_though_no_day_tells() {
    use crate::model::goal::{Approval, Stage};
    use crate::model::key_result::Particulars;
    let home = home();
    let disk = open(home.path());
    let me = PersonId::new("work:me");
    let mine = {
        let mut goal = others("work:undated");
        goal.champion = Some(me.clone());
        goal
    };
    let owned = {
        let mut goal = others("work:result");
        let particulars = Particulars {
            owner: Some(me.clone()),
            ..Particulars::default()
        };
        goal.results[0].particulars = Some(Box::new(particulars));
        goal
    };
    let in_review = |id: &str, reviewers: &[&str]| {
        let mut goal = others(id);
        goal.approval = Some(Box::new(Approval {
            stage: Stage::InReview,
            reviewers: reviewers.iter().map(|id| PersonId::new(*id)).collect(),
            since: None,
        }));
        goal
    };
    let said = |id: &str, author: &str, text: &str| {
        let mut goal = others(id);
        goal.comments = vec![Comment {
            id: format!("{id}-k").as_str().into(),
            author: author.into(),
            at: day(2),
            text: text.into(),
        }];
        goal
    };
    let reviewed = {
        let mut goal = said("work:reviewed", "work:ana", "Good?");
        goal.reviewer = Some(me.clone());
        goal
    };
    let silent = {
        let mut goal = others("work:reviewed-silent");
        goal.reviewer = Some(me.clone());
        goal
    };
    let closed = {
        let mut goal = in_review("work:closed", &["work:me"]);
        goal.closed = Some(crate::model::goal::Closing {
            at: day(3),
            score: None,
        });
        goal
    };
    let goals = vec![
        mine,
        owned,
        in_review("work:plan-mine", &["work:cy", "work:me"]),
        in_review("work:plan-anybody", &[]),
        said("work:named", "work:ana", "@Bo, what now"),
        said("work:thread", "work:me", "So it is"),
        reviewed,
        silent,
        closed,
        in_review("work:plan-others", &["work:cy"]),
        said("work:talk", "work:ana", "Fine?"),
        others("work:other"),
    ];
    put(&disk, "work", answer("work", goals, day(3)));
    // Another account's are not mixed in.
    put(
        &disk,
        "else",
        answer("else", vec![goal("else:g1", "One")], day(3)),
    );
    let glance = ask(&disk, site("work"), Query::Glance);
    let goals = glance.iter().flat_map(|batch| &batch.goals);
    let names: Vec<&str> = goals.map(|goal| goal.id.as_str()).collect();
    assert_eq!(
        names,
        [
            "work:undated",
            "work:result",
            "work:plan-mine",
            "work:plan-anybody",
            "work:named",
            "work:thread",
            "work:reviewed",
        ]
    );
}
