//! Remote accounts as the store sees them: what was kept is shown with its age,
//! what is gone stays as a copy, one goal's trouble is not the account's. Then the
//! whole of it over a disk, with a network and without.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use goaldeck::disk::{Disk, Options};
use goaldeck::model::cache::Site;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::check_in::CheckIn;
use goaldeck::model::entry::{EntryState, Mark, Record, Records};
use goaldeck::model::exchange::{Ability, Batch, Change, Cursor, Fault, FaultKind, Found, Query};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{AccountName, GoalId, PersonId, Ticket};
use goaldeck::model::progress::Rules;
use goaldeck::model::status::Status;
use goaldeck::model::time::{Now, Time};
use goaldeck::providers::Provider;
use goaldeck::providers::cached::Cached;
use goaldeck::providers::fake::{self, Call, Fake, Telling};
use goaldeck::providers::local::{Local, Who};
use goaldeck::run::clock::Clock;
use goaldeck::run::glance::glance;
use goaldeck::run::headless::{Headless, Parts};
use goaldeck::store::effect::{Command, Effect, Outcome, Post, Toast};
use goaldeck::store::outbox::Settle;
use goaldeck::store::queue::queue;
use goaldeck::store::{AccountState, Setup, Store};

use crate::rig::friday;

fn work() -> AccountName {
    AccountName::new("work")
}

fn me() -> PersonId {
    PersonId::new("work:me")
}

fn later(now: Now, seconds: i64) -> Now {
    Now::new(now.at + TimeDelta::seconds(seconds), now.zone)
}

/// A goal of mine whose check-in was due yesterday.
fn goal(id: &str, now: Now) -> Goal {
    let mut goal = Goal::new(GoalId::new(id), work(), id, now.at - TimeDelta::days(30));
    goal.champion = Some(me());
    goal.next_check_in = now.today().pred_opt();
    goal
}

fn setup(name: &str, is_remote: bool) -> Setup {
    let mut abilities = fake::able();
    abilities.immediate = !is_remote;
    abilities.idempotent = true;
    Setup {
        name: AccountName::new(name),
        abilities,
        hold: TimeDelta::zero(),
        refresh: is_remote.then(|| TimeDelta::minutes(5)),
        cadence: Cadence::None,
        settle: Settle::default(),
        origin: is_remote.then(|| "https://goals.example".to_owned()),
    }
}

fn batch(goals: Vec<Goal>) -> Batch {
    Batch {
        goals,
        me: Some(me()),
        ..Batch::default()
    }
}

fn full(goals: Vec<Goal>) -> Batch {
    Batch {
        full: true,
        cursor: Some(Cursor("c".into())),
        ..batch(goals)
    }
}

fn kept(goals: Vec<Goal>, as_of: Time) -> Batch {
    Batch {
        as_of: Some(as_of),
        more: true,
        ..batch(goals)
    }
}

fn asked(effects: &[Effect]) -> Vec<(Ticket, Query)> {
    let asked = effects.iter().filter_map(|effect| match effect {
        Effect::Fetch { ticket, query, .. } => Some((*ticket, query.clone())),
        _ => None,
    });
    asked.collect()
}

fn cancelled(effects: &[Effect]) -> Vec<Ticket> {
    let cancelled = effects.iter().filter_map(|effect| match effect {
        Effect::Cancel(ticket) => Some(*ticket),
        _ => None,
    });
    cancelled.collect()
}

fn said(effects: &[Effect]) -> Vec<&Toast> {
    let said = effects.iter().filter_map(|effect| match effect {
        Effect::Say(toast) => Some(toast),
        _ => None,
    });
    said.collect()
}

fn tell(store: &mut Store, ticket: Ticket, batch: Batch, now: Now) -> Vec<Effect> {
    store.outcome(Outcome::Fetched { ticket, batch }, now)
}

fn fail(store: &mut Store, ticket: Ticket, kind: FaultKind, now: Now) -> Vec<Effect> {
    let fault = Fault::new(kind, "no right to see it", "ask its champion");
    store.outcome(Outcome::NotFetched { ticket, fault }, now)
}

/// A store that has just started; the question for everything is open.
fn started(glance: Batch, now: Now) -> (Store, Ticket) {
    let mut store = Store::new(vec![setup("work", true)], Rules::default());
    store.outcome(Outcome::Loaded(Records::default()), now);
    let effects = store.command(Command::Start, now);
    let [(ticket, Query::Glance)] = asked(&effects)[..] else {
        panic!("{effects:?}");
    };
    let effects = tell(&mut store, ticket, glance, now);
    let [(ticket, Query::All)] = asked(&effects)[..] else {
        panic!("{effects:?}");
    };
    (store, ticket)
}

/// A store that has read these goals.
fn read(goals: Vec<Goal>, now: Now) -> Store {
    let (mut store, ticket) = started(Batch::default(), now);
    tell(&mut store, ticket, full(goals), now);
    store
}

fn state(store: &Store) -> (AccountState, Option<Time>) {
    let account = store.account(&work()).unwrap();
    (account.state.clone(), account.synced_at)
}

fn names(store: &Store) -> Vec<String> {
    let mut names: Vec<String> = store.goals().map(|goal| goal.name.clone()).collect();
    names.sort();
    names
}

fn one<T: Clone>(of: &[T]) -> T {
    let [one] = of else {
        panic!("{} of them", of.len());
    };
    one.clone()
}

fn post(change: Change) -> Command {
    Command::Post(Post {
        id: "e".into(),
        account: work(),
        change,
        draft: None,
    })
}

fn remark(goal: &str) -> Change {
    Change::Comment {
        goal: goal.into(),
        check_in: None,
        id: "work:k".into(),
        text: "why?".into(),
    }
}

#[test]
fn what_was_kept_shows_with_its_age_until_the_account_answers() {
    let now = friday();
    let as_of = now.at - TimeDelta::hours(3);
    let goals = || vec![goal("work:1", now), goal("work:2", now)];
    let mut glance = kept(goals(), as_of);
    glance.more = false;
    let (mut store, ticket) = started(glance, now);
    assert_eq!(state(&store), (AccountState::Reading, Some(as_of)));
    assert_eq!(queue(&store, &now).len(), 2);
    assert_eq!(store.as_of(&"work:1".into()), Some(as_of));
    tell(&mut store, ticket, kept(goals(), as_of), now);
    assert_eq!(state(&store), (AccountState::Reading, Some(as_of)));

    let mut renamed = goal("work:1", now);
    renamed.name = "renamed".into();
    let mut piece = batch(vec![renamed]);
    piece.more = true;
    tell(&mut store, ticket, piece, now);
    assert_eq!(store.as_of(&"work:1".into()), None);
    // What was kept counts as named by nobody, and never again.
    tell(&mut store, ticket, kept(goals(), as_of), now);
    tell(&mut store, ticket, full(vec![]), now);
    assert_eq!(state(&store), (AccountState::Synced, Some(now.at)));
    assert_eq!(names(&store), ["renamed", "work:2"]);
    let copy = store.goal(&"work:2".into()).unwrap();
    assert_eq!(copy.gone, Some(as_of), "seen last when it was kept");
}

#[test]
fn what_was_read_just_now_counts_as_read() {
    let now = friday();
    let as_of = now.at - TimeDelta::seconds(40);
    let (mut store, ticket) = started(Batch::default(), now);
    let mut fresh = kept(vec![goal("work:1", now)], as_of);
    fresh.more = false;
    fresh.cursor = Some(Cursor("kept".into()));
    let effects = tell(&mut store, ticket, fresh, now);
    assert_eq!(asked(&effects), []);
    assert_eq!(state(&store), (AccountState::Synced, Some(as_of)));
    let next = Now::new(as_of + TimeDelta::minutes(5), now.zone);
    assert_eq!(store.next_wake(now), Some(next.at));
    let effects = store.outcome(Outcome::Woke, next);
    let (_, query) = one(&asked(&effects));
    assert_eq!(query, Query::Since(Cursor("kept".into())));
}

#[test]
fn f15_without_a_line_what_was_kept_stays_and_writes_queue() {
    let now = friday();
    let as_of = now.at - TimeDelta::days(2);
    let (mut store, ticket) = started(Batch::default(), now);
    tell(
        &mut store,
        ticket,
        kept(vec![goal("work:1", now)], as_of),
        now,
    );
    fail(&mut store, ticket, FaultKind::Offline, now);
    let (account, synced_at) = state(&store);
    assert!(matches!(account, AccountState::Offline { .. }));
    assert_eq!(synced_at, Some(as_of));
    assert_eq!(store.as_of(&"work:1".into()), Some(as_of));
    store.command(post(remark("work:1")), now);
    assert_eq!(store.goal(&"work:1".into()).unwrap().comments.len(), 1);
    assert_eq!(store.unsent(), 1);
    // 5 s, 15 s, 60 s, then every 5 minutes.
    let mut moment = now;
    for pause in [5, 15, 60, 300, 300] {
        let (AccountState::Offline { next, .. }, _) = state(&store) else {
            panic!("offline");
        };
        assert_eq!(next, Some(moment.at + TimeDelta::seconds(pause)));
        moment = later(moment, pause);
        let effects = store.outcome(Outcome::Woke, moment);
        let (ticket, _) = one(&asked(&effects));
        fail(&mut store, ticket, FaultKind::Offline, moment);
    }
}

#[test]
fn here_what_is_not_named_is_gone_there_it_stays_as_a_copy() {
    let now = friday();
    for is_remote in [false, true] {
        let mut store = Store::new(vec![setup("work", is_remote)], Rules::default());
        let goals = |ids: &[&str]| ids.iter().map(|id| goal(id, now)).collect();
        for (answer, moment) in [
            (full(goals(&["work:1", "work:2", "work:3"])), now),
            (full(goals(&["work:1", "work:3"])), later(now, 60)),
        ] {
            let effects = store.command(Command::Refresh, moment);
            let (ticket, _) = one(&asked(&effects));
            tell(&mut store, ticket, answer, moment);
        }
        let effects = store.command(Command::Reload("work:3".into()), now);
        let (ticket, _) = one(&asked(&effects));
        let told = Batch {
            gone: vec!["work:3".into()],
            ..Batch::default()
        };
        tell(&mut store, ticket, told, later(now, 90));
        if !is_remote {
            assert_eq!(names(&store), ["work:1"]);
            continue;
        }
        let gone = |id: &str| store.goal(&id.into()).unwrap().gone;
        assert_eq!(gone("work:1"), None);
        assert_eq!(gone("work:2"), Some(now.at));
        assert_eq!(gone("work:3"), Some(now.at + TimeDelta::seconds(60)));
        let waiting = queue(&store, &now);
        assert_eq!(waiting.len(), 1, "a copy waits for nobody");
        let copy = store.goal(&"work:2".into()).unwrap();
        assert!(store.why(copy, &now).is_empty());
        let late = later(now, 30 * 86_400);
        store.outcome(Outcome::Woke, late);
        let figures = store.figures(&"work:2".into()).unwrap();
        assert_eq!((figures.late_days, figures.attention), (0, 0));
        let copy = store.goal(&"work:2".into()).unwrap();
        assert_eq!(
            store.copy_words(copy, &now).unwrap(),
            "gone at the provider; kept copy of 20 Nov"
        );
        let effects = store.command(Command::Refresh, now);
        let (ticket, _) = one(&asked(&effects));
        tell(&mut store, ticket, full(goals(&["work:2"])), now);
        assert_eq!(
            store.goal(&"work:2".into()).unwrap().gone,
            None,
            "it is back"
        );
    }
}

#[test]
fn a_copy_counts_nowhere() {
    let now = friday();
    let mut above = goal("work:1", now);
    above.champion = None;
    let under = |id: &str, progress: f64| {
        let mut goal = goal(id, now);
        goal.parent = Some("work:1".into());
        goal.provider_progress = Some(progress);
        goal
    };
    let (half, done) = (under("work:2", 0.5), under("work:3", 1.0));
    let mut store = read(vec![above.clone(), half.clone(), done], now);
    let progress = |store: &Store| store.figures(&"work:1".into()).unwrap().shown_progress();
    assert_eq!(progress(&store), Some(0.75));
    let effects = store.command(Command::Refresh, now);
    let (ticket, _) = one(&asked(&effects));
    tell(&mut store, ticket, full(vec![above, half]), now);
    assert_eq!(progress(&store), Some(0.5));
    assert_eq!(store.children(&"work:1".into()).len(), 2, "it is shown");
}

/// A store with a copy of `work:2`, seen last on Friday.
fn with_copy(now: Now) -> Store {
    let mut store = read(vec![goal("work:1", now), goal("work:2", now)], now);
    let effects = store.command(Command::Refresh, later(now, 60));
    let (ticket, _) = one(&asked(&effects));
    let answer = full(vec![goal("work:1", now)]);
    tell(&mut store, ticket, answer, later(now, 60));
    store
}

#[test]
fn nothing_is_sent_to_a_copy_and_deleting_forgets_it() {
    let now = friday();
    let mut store = with_copy(now);
    let effects = store.command(post(remark("work:2")), now);
    let toast = one(&said(&effects));
    assert!(
        toast.is_error && toast.text.contains("nothing was sent"),
        "{toast:?}"
    );
    assert_eq!(store.unsent(), 0);
    let delete = post(Change::DeleteGoal {
        goal: "work:2".into(),
    });
    let effects = store.command(delete, later(now, 120));
    assert!(!one(&said(&effects)).is_error);
    let records: Vec<&Record> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Write { records, .. } => Some(records),
            _ => None,
        })
        .flatten()
        .collect();
    let [Record::PutMark(mark)] = records[..] else {
        panic!("{records:?}");
    };
    assert!(matches!(mark, Mark::Forgotten { .. }));
    assert_eq!((names(&store).len(), store.unsent()), (1, 0));

    // The disk still has it: the mark says no, until it is another copy.
    let records = Records {
        marks: vec![mark.clone()],
        ..Records::default()
    };
    for (seen, here) in [(0, false), (121, true)] {
        let mut copy = goal("work:2", now);
        copy.gone = Some(later(now, seen).at);
        let (mut store, ticket) = started(Batch::default(), now);
        store.outcome(Outcome::Reloaded(records.clone()), now);
        tell(
            &mut store,
            ticket,
            kept(vec![copy], now.at),
            later(now, 300),
        );
        assert_eq!(store.goal(&"work:2".into()).is_some(), here);
    }
}

#[test]
fn copies_leave_after_thirty_days() {
    let now = friday();
    let mut store = with_copy(now);
    let last = Now::new(now.at + TimeDelta::days(30), now.zone);
    store.outcome(Outcome::Woke, last);
    assert_eq!(names(&store), ["work:1", "work:2"]);
    store.outcome(
        Outcome::Woke,
        Now::new(last.at + TimeDelta::days(1), now.zone),
    );
    assert_eq!(names(&store), ["work:1"]);
}

#[test]
fn on_another_day_other_things_are_late() {
    let now = friday();
    let mut store = read(vec![goal("work:1", now)], now);
    let late = |store: &Store| store.figures(&"work:1".into()).unwrap().late_days;
    assert_eq!(late(&store), 1);
    for day in 1..=2 {
        let then = Now::new(now.at + TimeDelta::days(day), now.zone);
        store.outcome(Outcome::Woke, then);
        assert_eq!(late(&store), 1 + day);
    }
}

#[test]
fn a_list_of_summaries_keeps_what_is_known_of_each() {
    let now = friday();
    let mut whole = goal("work:1", now);
    let mut check_in = CheckIn::new("work:c1".into(), me(), now.at - TimeDelta::days(7));
    check_in.note = "moved".into();
    whole.check_ins = vec![check_in];
    whole.description = "Why".into();
    let mut store = read(vec![whole.clone()], now);
    let mut summary = goal("work:1", now);
    summary.status = Status::OffTrack;
    summary.check_ins = vec![CheckIn::new("work:c2".into(), me(), now.at)];
    let effects = store.command(Command::Refresh, now);
    let (ticket, _) = one(&asked(&effects));
    let answer = Batch {
        brief: true,
        ..full(vec![summary])
    };
    tell(&mut store, ticket, answer, now);
    let joined = store.goal(&"work:1".into()).unwrap();
    assert_eq!(joined.status, Status::OffTrack);
    assert_eq!(joined.check_ins.len(), 2);
    assert_eq!(joined.description, "Why");
}

#[test]
fn a_goal_that_moved_hangs_under_its_new_parent() {
    let now = friday();
    let ids = ["work:1", "work:2", "work:3"];
    let goals = |parent: Option<&str>| -> Vec<Goal> {
        let mut goals: Vec<Goal> = ids.iter().map(|id| goal(id, now)).collect();
        goals[2].parent = parent.map(GoalId::from);
        goals
    };
    let mut store = read(goals(Some("work:1")), now);
    let children = |store: &Store| {
        let of = |id: &str| store.children(&id.into()).len();
        (of("work:1"), of("work:2"))
    };
    assert_eq!(children(&store), (1, 0));
    for (parent, expected) in [(Some("work:2"), (0, 1)), (None, (0, 0))] {
        let effects = store.command(Command::Refresh, now);
        let (ticket, _) = one(&asked(&effects));
        let answer = Batch {
            brief: true,
            ..full(goals(parent))
        };
        tell(&mut store, ticket, answer, now);
        assert_eq!(children(&store), expected);
        assert_eq!(store.goal(&"work:3".into()).unwrap().id, "work:3".into());
    }
}

#[test]
fn a_login_that_may_only_read_is_told_before_a_key() {
    let now = friday();
    let mut store = read(vec![goal("work:1", now)], now);
    let refresh = |store: &mut Store, may_write: Option<bool>| {
        let effects = store.command(Command::Refresh, now);
        let (ticket, _) = one(&asked(&effects));
        let answer = Batch {
            may_write,
            ..full(vec![goal("work:1", now)])
        };
        tell(store, ticket, answer, now)
    };
    let may = |store: &Store| {
        let account = store.account(&work()).unwrap();
        (account.setup.abilities.check_in, account.is_read_only())
    };
    let no = Ability::No("the token of this account may only read");
    assert_eq!(may(&store), (Ability::Native, false));
    refresh(&mut store, Some(false));
    assert_eq!(may(&store), (no, true));
    let effects = store.command(post(remark("work:1")), now);
    let toast = one(&said(&effects));
    assert_eq!(
        toast.text,
        "work is read-only: the token of this account may only read"
    );
    assert_eq!(store.unsent(), 0);
    refresh(&mut store, None);
    assert!(may(&store).1, "an answer that does not say changes nothing");
    refresh(&mut store, Some(true));
    assert_eq!(may(&store), (Ability::Native, false));
    store.command(post(remark("work:1")), now);
    assert_eq!(store.unsent(), 1);
}

#[test]
fn what_was_queued_waits_while_the_login_may_only_read() {
    let now = friday();
    let (mut store, ticket) = started(Batch::default(), now);
    let goals = || vec![goal("work:1", now)];
    tell(&mut store, ticket, kept(goals(), now.at), now);
    store.command(post(remark("work:1")), now);
    // Its state is written before it is sent: the disk is slow.
    let answer = Batch {
        may_write: Some(false),
        ..full(goals())
    };
    tell(&mut store, ticket, answer, now);
    let mut next = post(remark("work:1"));
    if let Command::Post(post) = &mut next {
        post.id = "f".into();
    }
    let effects = store.command(next, now);
    assert!(one(&said(&effects)).text.contains("read-only"));
    let kept_away = Batch {
        as_of: Some(now.at),
        may_write: Some(true),
        ..Batch::default()
    };
    let effects = store.command(Command::Refresh, now);
    let (ticket, _) = one(&asked(&effects));
    tell(&mut store, ticket, kept_away, now);
    assert!(
        store.account(&work()).unwrap().is_read_only(),
        "what was kept does not overrule the account"
    );
}

#[test]
fn r_reads_everything_and_the_clock_only_what_is_new() {
    let now = friday();
    let mut store = read(vec![goal("work:1", now)], now);
    let then = later(now, 300);
    let effects = store.outcome(Outcome::Woke, then);
    let (since, query) = one(&asked(&effects));
    assert_eq!(query, Query::Since(Cursor("c".into())));
    let effects = store.command(Command::Refresh, then);
    assert_eq!(cancelled(&effects), [since]);
    let (all, query) = one(&asked(&effects));
    assert_eq!(query, Query::All);
    assert_eq!(asked(&store.command(Command::Refresh, then)), []);
    tell(&mut store, all, full(vec![goal("work:1", now)]), then);
    assert_eq!(state(&store), (AccountState::Synced, Some(then.at)));
}

#[test]
fn a_look_reads_a_goal_once_and_leaving_takes_the_question_back() {
    let now = friday();
    let (mut store, ticket) = started(Batch::default(), now);
    let goals = || vec![goal("work:1", now), goal("work:2", now)];
    let answer = Batch {
        brief: true,
        ..full(goals())
    };
    tell(&mut store, ticket, answer, now);
    let look = |store: &mut Store, id: Option<&str>, now: Now| {
        store.command(Command::Looking(id.map(GoalId::from)), now)
    };
    let effects = look(&mut store, Some("work:1"), now);
    let (first, query) = one(&asked(&effects));
    assert_eq!(query, Query::Goal("work:1".into()));
    assert!(store.is_reading_goal(&"work:1".into()));
    assert!(!store.is_reading(&work()), "the list is not being read");
    // On to the next at once: it is only passed by.
    let soon = later(now, 0);
    let effects = look(&mut store, Some("work:2"), soon);
    assert_eq!(
        (asked(&effects), cancelled(&effects)),
        (vec![], vec![first])
    );
    tell(&mut store, first, batch(vec![]), soon);
    let wake = store.next_wake(soon).unwrap();
    assert!(wake < soon.at + TimeDelta::seconds(1));
    let stays = Now::new(wake, now.zone);
    let effects = store.outcome(Outcome::Woke, stays);
    let (second, query) = one(&asked(&effects));
    assert_eq!(query, Query::Goal("work:2".into()));
    tell(&mut store, second, batch(vec![goal("work:2", now)]), stays);
    let (_, synced_at) = state(&store);
    assert_eq!(synced_at, Some(now.at), "one goal is not the list");
    // All of it is known for five minutes.
    let then = later(stays, 10);
    assert_eq!(asked(&look(&mut store, None, then)), []);
    let then = later(then, 10);
    assert_eq!(asked(&look(&mut store, Some("work:2"), then)), []);
    let effects = look(&mut store, None, later(then, 10));
    assert_eq!(cancelled(&effects), []);
    let then = later(then, 300);
    let effects = look(&mut store, Some("work:2"), then);
    assert_eq!(asked(&effects).len(), 1);
}

#[test]
fn what_is_looked_at_is_read_when_the_line_returns() {
    let now = friday();
    let mut store = read(vec![goal("work:1", now)], now);
    let then = later(now, 600);
    let effects = store.command(Command::Refresh, then);
    fail(
        &mut store,
        one(&asked(&effects)).0,
        FaultKind::Offline,
        then,
    );
    let look = Command::Looking(Some("work:1".into()));
    assert_eq!(asked(&store.command(look, then)), []);
    let effects = store.command(Command::Refresh, then);
    let (ticket, _) = one(&asked(&effects));
    let answer = Batch {
        brief: true,
        ..full(vec![goal("work:1", now)])
    };
    let effects = tell(&mut store, ticket, answer, then);
    assert_eq!(one(&asked(&effects)).1, Query::Goal("work:1".into()));
}

#[test]
fn looking_around_puts_the_next_refresh_off_for_nobody() {
    let now = friday();
    let mut store = read(vec![goal("work:1", now)], now);
    let due = store.next_wake(now);
    let then = later(now, 200);
    let effects = store.command(Command::Reload("work:1".into()), then);
    let (ticket, _) = one(&asked(&effects));
    tell(&mut store, ticket, batch(vec![goal("work:1", now)]), then);
    assert_eq!(store.next_wake(then), due);
    // And one that answers while the account was thought away brings it back.
    let effects = store.command(Command::Refresh, then);
    let (ticket, _) = one(&asked(&effects));
    fail(&mut store, ticket, FaultKind::Offline, then);
    let effects = store.command(Command::Reload("work:1".into()), then);
    let (ticket, _) = one(&asked(&effects));
    tell(&mut store, ticket, batch(vec![goal("work:1", now)]), then);
    assert_eq!(store.next_wake(then), Some(then.at));
}

#[test]
fn f25_one_goal_without_a_right_is_not_the_account() {
    let now = friday();
    for kind in [
        FaultKind::Forbidden,
        FaultKind::SignedOut,
        FaultKind::Invalid,
    ] {
        let mut store = read(vec![goal("work:1", now)], now);
        let effects = store.command(Command::Reload("work:1".into()), now);
        let (ticket, _) = one(&asked(&effects));
        fail(&mut store, ticket, kind, now);
        assert_eq!(state(&store).0, AccountState::Synced);
        let trouble = store.trouble(&"work:1".into()).unwrap();
        assert_eq!(trouble.to_string(), "no right to see it; ask its champion");
        assert!(store.goal(&"work:1".into()).is_some());
        let effects = store.command(Command::Reload("work:1".into()), now);
        let (ticket, _) = one(&asked(&effects));
        tell(&mut store, ticket, batch(vec![goal("work:1", now)]), now);
        assert_eq!(store.trouble(&"work:1".into()), None);
    }
    let mut store = read(vec![goal("work:1", now)], now);
    let effects = store.command(Command::Reload("work:1".into()), now);
    let (ticket, _) = one(&asked(&effects));
    fail(&mut store, ticket, FaultKind::Gone, now);
    assert!(store.goal(&"work:1".into()).unwrap().gone.is_some());
    // The list itself is another matter.
    let effects = store.command(Command::Refresh, now);
    let (ticket, _) = one(&asked(&effects));
    fail(&mut store, ticket, FaultKind::SignedOut, now);
    assert!(matches!(state(&store).0, AccountState::Needs(_)));
}

#[test]
fn f26_somebody_else_sees_nothing_of_what_was_kept() {
    let now = friday();
    let (mut store, ticket) = started(Batch::default(), now);
    tell(
        &mut store,
        ticket,
        kept(vec![goal("work:1", now)], now.at),
        now,
    );
    let mut answer = full(vec![goal("work:2", now)]);
    answer.me = Some("work:ana".into());
    tell(&mut store, ticket, answer, now);
    assert_eq!(names(&store), ["work:2"]);
    assert_eq!(store.me(&work()), Some(&"work:ana".into()));
}

#[test]
fn the_newest_search_counts() {
    let now = friday();
    let mut store = read(vec![goal("work:1", now)], now);
    let search =
        |store: &mut Store, text: &str, now| store.command(Command::Search(text.into()), now);
    let found = |title: &str| Batch {
        goals: vec![goal("work:77", now)],
        found: vec![Found {
            kind: "task".into(),
            title: title.into(),
            goal: None,
            link: String::new(),
        }],
        ..Batch::default()
    };
    let effects = search(&mut store, "ch", now);
    let (old, query) = one(&asked(&effects));
    assert_eq!(query, Query::Search("ch".into()));
    // While somebody types, the words are not sent letter by letter.
    let effects = search(&mut store, "churn", now);
    assert_eq!((asked(&effects), cancelled(&effects)), (vec![], vec![old]));
    assert!(store.is_searching());
    tell(&mut store, old, found("old"), now);
    assert_eq!(store.found(), []);
    let then = Now::new(store.next_wake(now).unwrap(), now.zone);
    let effects = store.outcome(Outcome::Woke, then);
    let (new, _) = one(&asked(&effects));
    tell(&mut store, new, found("new"), then);
    assert!(!store.is_searching());
    assert_eq!(store.found().len(), 1);
    assert_eq!(store.found()[0].1.title, "new");
    assert_eq!(names(&store), ["work:1"], "what was found is no fact yet");
    assert_eq!(state(&store).0, AccountState::Synced);
    let then = later(then, 10);
    let effects = search(&mut store, "other", then);
    assert_eq!(store.found(), []);
    fail(
        &mut store,
        one(&asked(&effects)).0,
        FaultKind::Offline,
        then,
    );
    assert_eq!(store.search_faults().len(), 1);
    assert_eq!(state(&store).0, AccountState::Synced);
    search(&mut store, " ", then);
    assert!(store.search_faults().is_empty() && !store.is_searching());
}

#[test]
fn the_silence_of_one_account_delays_only_itself() {
    let now = friday();
    let setups = vec![setup("work", true), setup("side", true)];
    let mut store = Store::new(setups, Rules::default());
    let effects = store.command(Command::Refresh, now);
    let [(_, Query::All), (side, Query::All)] = asked(&effects)[..] else {
        panic!("{effects:?}");
    };
    tell(&mut store, side, full(vec![]), now);
    let account = |name: &str| store.account(&name.into()).unwrap().state.clone();
    assert_eq!(account("side"), AccountState::Synced);
    assert_eq!(account("work"), AccountState::Reading);
    assert_eq!(store.next_wake(now), Some(now.at + TimeDelta::minutes(5)));
}

// ── over a disk ─────────────────────────────────────────────────────────────

struct Machine {
    home: tempfile::TempDir,
    fake: Fake,
}

impl Machine {
    fn new() -> Self {
        let now = Clock::real().now();
        let goals = vec![goal("work:1", now), goal("work:2", now)];
        Self {
            home: tempfile::tempdir().unwrap(),
            fake: Fake::new("work", "work:me", fake::able()).with(goals, vec![], vec![]),
        }
    }

    fn disk(&self) -> Disk {
        let options = Options::new(Clock::real().now().at);
        Disk::open(self.home.path(), &options).unwrap().disk
    }

    fn parts(&self, is_offline: bool) -> Parts {
        let disk = self.disk();
        let clock = Clock::real();
        let site = Site {
            account: work(),
            origin: "https://goals.example".into(),
        };
        let now: goaldeck::providers::cached::Clock = Arc::new(move || clock.now().at);
        let cached = Cached::new(self.fake.clone(), Arc::new(disk.clone()), site, now);
        let cached = if is_offline { cached.offline() } else { cached };
        let who = Who::Owner("Bo".into());
        let local = Local::new(Arc::new(disk.clone()), "local".into(), who);
        let providers: BTreeMap<AccountName, Arc<dyn Provider>> = BTreeMap::from([
            (work(), Arc::new(cached) as Arc<dyn Provider>),
            ("local".into(), Arc::new(local)),
        ]);
        Parts {
            setups: vec![setup("work", true), setup("local", false)],
            providers,
            records: disk.load_records_now().unwrap(),
            disk: Some(disk),
            rules: Rules::default(),
            clock,
            read_only: None,
        }
    }

    fn asked(&self) -> usize {
        let calls = self.fake.calls().into_iter();
        calls.filter(|call| matches!(call, Call::Fetch(_))).count()
    }
}

#[test]
fn a_start_without_a_network_shows_what_the_last_one_read() {
    let machine = Machine::new();
    let headless = Headless::start(machine.parts(false)).unwrap();
    assert_eq!(names(headless.store()), ["work:1", "work:2"]);
    let read_at = state(headless.store()).1.unwrap();
    drop(headless);

    let mut headless = Headless::start(machine.parts(true)).unwrap();
    assert_eq!(machine.asked(), 1);
    assert_eq!(names(headless.store()), ["work:1", "work:2"]);
    // Until it is asked again it counts as just read; asked for, it cannot be.
    headless.carry_out(vec![Command::Refresh], Duration::from_secs(20));
    let store = headless.store();
    let (account, as_of) = state(store);
    let AccountState::Offline { why, .. } = account else {
        panic!("{account:?}");
    };
    assert_eq!(why, "started with --offline");
    let as_of = as_of.unwrap();
    assert!((read_at - as_of).abs() < TimeDelta::seconds(5), "{as_of}");
    assert_eq!(store.as_of(&"work:1".into()), Some(as_of));
    assert_eq!(store.me(&work()), Some(&me()));
    assert_eq!(queue(store, &headless.now()).len(), 2);

    // A write waits for the line.
    headless.carry_out(vec![post(remark("work:1"))], Duration::from_secs(20));
    let entry = headless.store().entries().next().unwrap();
    assert!(
        matches!(entry.state, EntryState::Queued { .. }),
        "{entry:?}"
    );
    assert_eq!(machine.fake.received(), []);
    drop(headless);
    let mut headless = Headless::start(machine.parts(false)).unwrap();
    headless.carry_out(vec![Command::Refresh], Duration::from_secs(20));
    assert_eq!(machine.fake.received().len(), 1);

    // What is kept of it is no part of what this machine keeps for good.
    let (sender, batches) = std::sync::mpsc::channel();
    let sink = Box::new(move |batch: Batch| sender.send(batch).unwrap());
    machine.disk().export(sink).wait().unwrap();
    let exported: Vec<Batch> = batches.into_iter().collect();
    assert!(exported.iter().all(|batch| batch.goals.is_empty()));
    let people: Vec<_> = exported.iter().flat_map(|batch| &batch.people).collect();
    assert!(people.iter().all(|person| person.account == "local".into()));
}

#[test]
fn the_line_of_what_waits_is_read_from_the_disk_alone() {
    let machine = Machine::new();
    let (store, now) = glance(machine.parts(false)).unwrap();
    assert_eq!(queue(&store, &now).len(), 0, "nothing was read yet");
    drop(Headless::start(machine.parts(false)).unwrap());
    machine.fake.on_fetch([Telling::Hangs]);
    let (store, now) = glance(machine.parts(false)).unwrap();
    assert_eq!(queue(&store, &now).len(), 2);
    assert_eq!(machine.asked(), 1);
    let disk = machine.disk();
    disk.forget(&work()).wait().unwrap();
    let (store, now) = glance(machine.parts(false)).unwrap();
    assert_eq!(queue(&store, &now).len(), 0);
}

#[test]
fn what_a_write_brought_is_there_at_the_next_start() {
    let machine = Machine::new();
    let mut headless = Headless::start(machine.parts(false)).unwrap();
    headless.carry_out(vec![post(remark("work:1"))], Duration::from_secs(20));
    let entry = headless.store().entries().next().unwrap();
    assert!(matches!(entry.state, EntryState::Sent { .. }), "{entry:?}");
    drop(headless);
    let headless = Headless::start(machine.parts(true)).unwrap();
    let goal = headless.store().goal(&"work:1".into()).unwrap();
    assert_eq!(goal.comments.len(), 1);
}
