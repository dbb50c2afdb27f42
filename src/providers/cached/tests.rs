//! Kept facts and a provider behind them, over a real disk.

use std::path::Path;
use std::sync::atomic::AtomicI64;
use std::sync::mpsc;

use super::*;
use crate::disk::{Disk, Options};
use crate::model::exchange::{Change, Signature};
use crate::model::goal::Goal;
use crate::providers::fake::{self, Call, Doing, Fake, Telling};

fn start() -> Time {
    "2026-11-20T09:42:00Z".parse().unwrap()
}

/// A clock that a test moves.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicI64>);

impl Hands {
    fn on(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }

    fn now(&self) -> Time {
        start() + TimeDelta::seconds(self.0.load(Ordering::Relaxed))
    }

    fn clock(&self) -> Clock {
        let hands = self.clone();
        Arc::new(move || hands.now())
    }
}

struct Rig {
    home: tempfile::TempDir,
    fake: Fake,
    hands: Hands,
}

fn goal(id: &str) -> Goal {
    let mut goal = Goal::new(id.into(), "work".into(), id, start());
    goal.champion = Some("work:me".into());
    goal
}

impl Rig {
    fn new() -> Self {
        let fake = Fake::new("work", "work:me", fake::able());
        Self {
            home: tempfile::tempdir().unwrap(),
            fake: fake.with(vec![goal("work:1"), goal("work:2")], vec![], vec![]),
            hands: Hands::default(),
        }
    }

    fn disk(&self) -> Disk {
        disk(self.home.path())
    }

    /// The account as a program that starts now has it.
    fn begin(&self) -> Cached<Fake> {
        let site = Site {
            account: "work".into(),
            origin: "https://goals.example".into(),
        };
        Cached::new(
            self.fake.clone(),
            Arc::new(self.disk()),
            site,
            self.hands.clock(),
        )
    }

    fn asked(&self) -> Vec<Call> {
        self.fake.calls()
    }
}

fn disk(home: &Path) -> Disk {
    Disk::open(home, &Options::new(start())).unwrap().disk
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(work)
}

fn fetch<P: Provider>(from: &P, query: Query) -> (Result<(), Fault>, Vec<Batch>) {
    let (sender, batches) = mpsc::channel();
    let sink: Sink = Box::new(move |batch| sender.send(batch).unwrap());
    let end = run(from.fetch(query, sink));
    (end, batches.into_iter().collect())
}

fn names(batches: &[Batch]) -> Vec<&str> {
    let goals = batches.iter().flat_map(|batch| &batch.goals);
    goals.map(|goal| goal.name.as_str()).collect()
}

fn no() -> Fault {
    Fault::new(FaultKind::Unreadable, "not the API's answer", "")
}

#[test]
fn what_was_kept_is_shown_first_with_its_age() {
    let rig = Rig::new();
    let (end, batches) = fetch(&rig.begin(), Query::All);
    assert_eq!(end, Ok(()));
    assert!(batches.iter().all(|batch| batch.as_of.is_none()));
    let ends: Vec<_> = batches.iter().map(|one| (one.more, one.full)).collect();
    assert_eq!(ends, [(true, false), (false, true)]);
    assert_eq!(names(&batches), ["work:1", "work:2"]);

    rig.hands.on(600);
    rig.fake.behind_our_back(|there| {
        let mut goal = there.goal(&"work:1".into()).unwrap().clone();
        goal.name = "renamed".into();
        there.put_goal(goal);
    });
    let again = rig.begin();
    let (_, batches) = fetch(&again, Query::All);
    assert_eq!(batches[0].as_of, Some(start()));
    assert_eq!(batches[0].me, Some("work:me".into()));
    assert!(batches[0].more);
    assert_eq!(names(&batches[..1]), ["work:1", "work:2"]);
    assert_eq!(names(&batches[1..]), ["renamed", "work:2"]);
    assert_eq!(rig.asked().len(), 2);
    // Once is enough: whoever asks again has seen it.
    let (_, batches) = fetch(&again, Query::All);
    assert!(batches.iter().all(|batch| batch.as_of.is_none()));
}

#[test]
fn what_was_read_just_now_is_not_read_again_at_start() {
    let rig = Rig::new();
    fetch(&rig.begin(), Query::All).0.unwrap();
    rig.hands.on(59);
    let again = rig.begin();
    let (end, batches) = fetch(&again, Query::All);
    assert_eq!(end, Ok(()));
    assert_eq!(batches.len(), 1);
    assert_eq!((batches[0].more, batches[0].full), (false, false));
    assert_eq!(rig.asked().len(), 1);
    fetch(&again, Query::All).0.unwrap();
    assert_eq!(rig.asked().len(), 2, "asked for by a person");
    rig.hands.on(-3600);
    fetch(&rig.begin(), Query::All).0.unwrap();
    assert_eq!(rig.asked().len(), 3, "a clock set back makes nothing fresh");
}

#[test]
fn f16_of_half_an_answer_nothing_is_kept() {
    let rig = Rig::new();
    let half = Batch {
        goals: vec![goal("work:9")],
        me: Some("work:me".into()),
        more: true,
        ..Batch::default()
    };
    rig.fake.on_fetch([
        Telling::Breaks(vec![half.clone()], no()),
        Telling::Honest,
        Telling::Breaks(vec![half], no()),
    ]);
    let (end, batches) = fetch(&rig.begin(), Query::All);
    assert_eq!(end, Err(no()));
    assert_eq!(names(&batches), ["work:9"], "shown as it came");
    let (_, batches) = fetch(&rig.begin(), Query::All);
    assert_eq!(names(&batches), ["work:1", "work:2"]);
    rig.hands.on(600);
    assert_eq!(fetch(&rig.begin(), Query::All).0, Err(no()));
    let (_, batches) = fetch(&rig.begin(), Query::Glance);
    assert_eq!(batches[0].as_of, Some(start()));
}

#[test]
fn what_was_told_before_a_wait_is_kept_and_a_whole_list_is_shown_again() {
    for (full, shown) in [(true, vec!["work:9"]), (false, vec![])] {
        let rig = Rig::new();
        let told = Batch {
            goals: vec![goal("work:9")],
            me: Some("work:me".into()),
            more: true,
            ..Batch::default()
        };
        let wait = Batch {
            pause: Some(40),
            more: true,
            full,
            ..Batch::default()
        };
        let lost = Batch {
            goals: vec![goal("work:10")],
            more: true,
            ..Batch::default()
        };
        rig.fake
            .on_fetch([Telling::Breaks(vec![told, wait, lost], no())]);
        let account = rig.begin();
        assert_eq!(fetch(&account, Query::All).0, Err(no()));
        // The disk writes in order: after this it has what came before.
        let site = account.site.clone();
        run(account.cache.keep(site, Told::default())).unwrap();
        let (_, batches) = fetch(&rig.begin().offline(), Query::All);
        assert_eq!(names(&batches), shown, "full {full}");
    }
}

#[test]
fn f15_offline_shows_what_is_kept_and_asks_nobody() {
    let rig = Rig::new();
    let nothing = rig.begin().offline();
    assert_eq!(fetch(&nothing, Query::Glance).1, [Batch::default()]);
    assert_eq!(fetch(&nothing, Query::All), (Err(offline()), vec![]));
    fetch(&rig.begin(), Query::All).0.unwrap();
    rig.hands.on(86_400);
    let account = rig.begin().offline();
    let (end, batches) = fetch(&account, Query::All);
    assert_eq!(end, Err(offline()));
    assert_eq!(names(&batches), ["work:1", "work:2"]);
    assert_eq!(batches[0].as_of, Some(start()));
    for query in [
        Query::Since(Cursor::default()),
        Query::Goal("work:1".into()),
        Query::Search("x".into()),
    ] {
        assert_eq!(fetch(&account, query), (Err(offline()), vec![]));
    }
    let answer = run(account.send(letter("e")));
    assert_eq!(answer, Answer::Offline("started with --offline".into()));
    assert_eq!(run(account.look_for(letter("e"))), Err(offline()));
    assert_eq!(rig.asked().len(), 1);
}

fn letter(key: &str) -> Letter {
    let change = Change::Comment {
        goal: "work:1".into(),
        check_in: None,
        id: "work:k".into(),
        text: "well".into(),
    };
    signed(key, change)
}

fn signed(key: &str, change: Change) -> Letter {
    let signature = Signature {
        by: "work:me".into(),
        account: "work".into(),
        at: start(),
    };
    Letter::new(key.into(), change, signature)
}

/// What an account without a network shows of it.
fn kept(rig: &Rig) -> Vec<Goal> {
    // The writer has done what was queued before.
    rig.disk().flush().wait().unwrap();
    let (_, batches) = fetch(&rig.begin().offline(), Query::All);
    batches.into_iter().flat_map(|batch| batch.goals).collect()
}

#[test]
fn what_a_write_brought_is_kept_and_a_deleted_goal_leaves_no_copy() {
    let rig = Rig::new();
    let account = rig.begin();
    fetch(&account, Query::All).0.unwrap();
    let answer = run(account.send(letter("e1")));
    assert!(matches!(answer, Answer::Accepted { .. }));
    // The same disk: what was queued is done when this is.
    run(account.cache.enroll(account.site.clone())).unwrap();
    assert_eq!(kept(&rig)[0].comments.len(), 1);
    rig.fake.on_send([Doing::DoneButLost]);
    let gone = Change::DeleteGoal {
        goal: "work:2".into(),
    };
    let letter = signed("e2", gone);
    assert!(matches!(
        run(account.send(letter.clone())),
        Answer::NoAnswer(_)
    ));
    assert!(run(account.look_for(letter)).unwrap().is_some());
    run(account.cache.enroll(account.site.clone())).unwrap();
    let ids: Vec<_> = kept(&rig).into_iter().map(|goal| goal.id).collect();
    assert_eq!(ids, ["work:1".into()]);
}

#[test]
fn one_goal_is_kept_and_leaves_the_age_of_the_list() {
    let rig = Rig::new();
    let account = rig.begin();
    fetch(&account, Query::All).0.unwrap();
    rig.hands.on(600);
    rig.fake.behind_our_back(|there| {
        let mut goal = there.goal(&"work:1".into()).unwrap().clone();
        goal.name = "renamed".into();
        there.put_goal(goal);
    });
    let (_, batches) = fetch(&account, Query::Goal("work:1".into()));
    assert_eq!(names(&batches), ["renamed"]);
    let gone = Batch {
        gone: vec!["work:2".into()],
        ..Batch::default()
    };
    rig.fake.on_fetch([Telling::These(vec![gone])]);
    fetch(&account, Query::Goal("work:2".into())).0.unwrap();
    let (_, batches) = fetch(&rig.begin().offline(), Query::All);
    assert_eq!(names(&batches), ["renamed", "work:2"]);
    assert_eq!(batches[0].as_of, Some(start()));
    assert_eq!(batches[0].goals[1].gone, Some(start()));
}

#[test]
fn a_long_answer_is_kept_in_pieces_and_whole_at_its_end() {
    let rig = Rig::new();
    let many: Vec<Goal> = (0..TOGETHER + 100)
        .map(|number| goal(&format!("work:{number:05}")))
        .collect();
    let fake = Fake::new("work", "work:me", fake::able()).with(many, vec![], vec![]);
    let rig = Rig { fake, ..rig };
    rig.fake.on_fetch([Telling::InPieces(500)]);
    let (end, batches) = fetch(&rig.begin(), Query::All);
    assert_eq!(end, Ok(()));
    let last = batches.last().unwrap();
    assert!(last.full && !last.more && last.goals.is_empty());
    let goals = kept(&rig);
    assert_eq!(goals.len(), TOGETHER + 100);
    assert!(goals.iter().all(|goal| goal.gone.is_none()));
}

#[test]
fn a_search_is_handed_on_and_not_kept() {
    let rig = Rig::new();
    let account = rig.begin();
    fetch(&account, Query::All).0.unwrap();
    let found = Batch {
        goals: vec![goal("work:7")],
        found: vec![crate::model::exchange::Found {
            kind: "task".into(),
            title: "Call".into(),
            goal: None,
            link: String::new(),
        }],
        ..Batch::default()
    };
    rig.fake.on_fetch([Telling::These(vec![found.clone()])]);
    let (_, batches) = fetch(&account, Query::Search("call".into()));
    assert_eq!(batches[0].found, found.found);
    assert_eq!(kept(&rig).len(), 2);
}
