//! The demo shows what the pictures of the program show.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;

use chrono::FixedOffset;

use super::*;
use crate::model::check_in::CheckIn;
use crate::model::entry::{EntryState, Mark};
use crate::model::goal::Goal;
use crate::model::ids::{GoalId, PersonId};
use crate::model::key_result::Reading;
use crate::model::status::Status;
use crate::model::time::{Time, Zone};

fn now() -> Now {
    let zone = Zone::new(|_| FixedOffset::east_opt(3600).unwrap());
    Now::new(zone.moment(moment()), zone)
}

type Accounts = BTreeMap<String, Arc<dyn Provider>>;

fn accounts() -> Accounts {
    providers(now())
        .into_iter()
        .map(|(name, provider)| (name.to_string(), provider))
        .collect()
}

fn ask(provider: &Arc<dyn Provider>, query: Query) -> Batch {
    let (sender, batches) = channel();
    let sink = Box::new(move |batch| sender.send(batch).unwrap());
    provider.fetch(query, sink).now_or_never().unwrap().unwrap();
    batches.recv().unwrap()
}

fn send(provider: &Arc<dyn Provider>, account: &str, change: Change, key: &str) -> Answer {
    let signature = Signature {
        by: company::person(account, "me"),
        account: account.into(),
        at: now().at,
    };
    provider
        .send(crate::model::exchange::Letter::new(
            key.into(),
            change,
            signature,
        ))
        .now_or_never()
        .unwrap()
}

fn everything() -> Vec<Batch> {
    accounts()
        .values()
        .map(|provider| ask(provider, Query::All))
        .collect()
}

fn goals() -> BTreeMap<String, Goal> {
    everything()
        .into_iter()
        .flat_map(|batch| batch.goals)
        .map(|goal| (goal.name.clone(), goal))
        .collect()
}

fn is_me(id: Option<&PersonId>) -> bool {
    id.is_some_and(|id| id.as_str().ends_with(":me"))
}

fn percent(goal: &Goal) -> i64 {
    let share = progress::roll_up(goal, &[], &Rules::default()).unwrap();
    (share * 100.0).round() as i64
}

#[test]
fn there_are_14_open_goals_with_31_key_results() {
    let goals = goals();
    assert_eq!(goals.len(), 14);
    assert!(goals.values().all(Goal::is_open));
    let results: usize = goals.values().map(|goal| goal.results.len()).sum();
    assert_eq!(results, 31);
    for goal in goals.values() {
        let parent = goal.parent.as_ref();
        assert!(parent.is_none_or(|id| goals.values().any(|goal| &goal.id == id)));
        assert!(goal.id.as_str().starts_with(goal.account.as_str()));
        for check_in in &goal.check_ins {
            assert!(check_in.at < now().at, "{} is in the future", check_in.id);
        }
        assert!(goal.check_ins.is_sorted_by_key(|check_in| check_in.at));
    }
}

#[test]
fn seven_check_ins_wait_for_my_acknowledgement() {
    let goals = goals();
    let mut waiting: Vec<(&str, i64)> = Vec::new();
    for goal in goals.values() {
        for check_in in &goal.check_ins {
            if check_in.waits() && is_me(goal.acknowledger(check_in)) {
                waiting.push((&goal.name, now().days_since(check_in.at)));
            }
        }
    }
    waiting.sort_by_key(|(name, days)| (*days, *name));
    assert_eq!(
        waiting,
        [
            ("Reduce churn to 2 %", 0),
            ("Data room ready", 1),
            ("Docs rewrite", 2),
            ("Referral pilot", 2),
            ("Close the books in five days", 3),
            ("Security review", 3),
            ("Two reference customers", 4),
        ]
    );
}

#[test]
fn figures_are_those_of_the_pictures() {
    let goals = goals();
    assert_eq!(percent(&goals["Reduce churn to 2 %"]), 31);
    assert_eq!(percent(&goals["Launch self-serve"]), 64);
    assert_eq!(percent(&goals["Support answers in a day"]), 70);
    assert_eq!(percent(&goals["Learn Rust"]), 0);
    let children: Vec<(f64, Option<f64>)> = ["Reduce churn to 2 %", "Launch self-serve"]
        .map(|name| {
            let goal = &goals[name];
            (goal.weight, progress::roll_up(goal, &[], &Rules::default()))
        })
        .to_vec();
    let top = &goals["Profitable by summer"];
    let share = progress::roll_up(top, &children, &Rules::default()).unwrap();
    assert_eq!((share * 100.0).round() as i64, 47);
    let churn = &goals["Reduce churn to 2 %"];
    assert_eq!(churn.check_ins.len(), 9);
    let readings: Vec<f64> = churn
        .check_ins
        .iter()
        .filter_map(|check_in| check_in.value_of(&"work:t-91".into()))
        .map(Reading::number)
        .collect();
    assert_eq!(readings, [4.10, 4.02, 3.98, 3.90, 3.93, 3.84, 3.80, 3.66]);
    let last = churn.last_check_in().unwrap();
    assert_eq!(now().at - last.at, chrono::TimeDelta::minutes(90));
    assert_eq!((last.comments.len(), last.reactions.len()), (1, 1));
}

#[test]
fn the_inbox_has_three_unread_lines_beside_what_time_brings() {
    let lines: Vec<_> = everything()
        .into_iter()
        .flat_map(|batch| batch.notifications)
        .collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines.iter().filter(|line| !line.read).count(), 3);
    let goals = goals();
    for line in &lines {
        let goal = goals
            .values()
            .find(|goal| Some(&goal.id) == line.goal.as_ref())
            .unwrap();
        let check_in = goal.check_in(line.check_in.as_ref().unwrap()).unwrap();
        if let Some(comment) = &line.comment {
            assert!(check_in.comments.iter().any(|one| &one.id == comment));
        }
    }
}

#[test]
fn what_is_kept_here_names_things_that_exist() {
    let goals = goals();
    let exists = |id: &GoalId| goals.values().any(|goal| &goal.id == id);
    let records = records(now());
    assert!(records.drafts.iter().all(|draft| {
        let goal = draft.key.goal.as_ref();
        goal.is_some_and(exists)
    }));
    for mark in &records.marks {
        match mark {
            Mark::Looked { goal, .. } | Mark::Folded { goal, .. } => assert!(exists(goal)),
            Mark::Later { item, .. } => {
                let comment = item.trim_start_matches("asked ");
                let mut threads = goals.values().flat_map(|goal| &goal.check_ins);
                assert!(threads.any(|check_in| {
                    check_in
                        .comments
                        .iter()
                        .any(|one| one.id.as_str() == comment)
                }));
            }
            _ => {}
        }
    }
    let [entry] = records.entries.as_slice() else {
        panic!("one entry could not be sent");
    };
    assert!(entry.change.goals().into_iter().all(exists));
    assert!(matches!(&entry.state, EntryState::Refused { fault } if fault.why == "token expired"));
}

fn check_in(account: &str, result: &str, value: f64, at: Time) -> CheckIn {
    let mut check_in = CheckIn::new(
        format!("{account}:c-new").as_str().into(),
        company::person(account, "me"),
        at,
    );
    check_in.status = Some(Status::OnTrack);
    check_in.values = vec![crate::model::check_in::ValueChange {
        result: result.into(),
        before: None,
        now: Reading::Number(value),
    }];
    check_in
}

#[test]
fn writes_change_the_one_memory_and_are_told_of_since() {
    let accounts = accounts();
    let local = &accounts[LOCAL];
    let cursor = ask(local, Query::All).cursor.unwrap();
    let change = Change::CheckIn {
        goal: company::LAUNCH.into(),
        check_in: check_in(LOCAL, "local:r-21", 162.0, now().at),
        tell: crate::model::exchange::Tell::default(),
    };
    let Answer::Accepted { batch, undo } = send(local, LOCAL, change, "k1") else {
        panic!("accepted");
    };
    assert!(undo.is_some(), "the local workspace takes back");
    assert_eq!(
        batch.goals[0].results[0].current,
        Some(Reading::Number(162.0))
    );
    let news = ask(local, Query::Since(cursor));
    assert_eq!(news.goals.len(), 1);
    assert_eq!(news.goals[0].check_ins.len(), 8);
    // An acknowledgement at work has no undo, and the figure of the provider
    // follows the values of a check-in.
    let work = &accounts[WORK];
    let change = Change::CheckIn {
        goal: company::CHURN.into(),
        check_in: check_in(WORK, "work:t-91", 2.0, now().at),
        tell: crate::model::exchange::Tell::default(),
    };
    let Answer::Accepted { batch, undo } = send(work, WORK, change, "k2") else {
        panic!("accepted");
    };
    assert_eq!(undo, None);
    assert_eq!(batch.goals[0].provider_progress, Some(0.71));
}

#[test]
fn the_account_with_the_expired_token_refuses_every_write_but_can_be_read() {
    let accounts = accounts();
    let docs = &accounts[DOCS];
    assert_eq!(ask(docs, Query::All).goals.len(), 1);
    let change = records(now()).entries.remove(0).change;
    let answer = send(docs, DOCS, change, "k");
    assert_eq!(answer, Answer::Refused(signed_out()));
    assert_eq!(docs.abilities().acknowledge, Ability::KeptHere);
}

#[test]
fn a_glance_names_only_what_concerns_me() {
    let accounts = accounts();
    let glance = ask(&accounts[WORK], Query::Glance);
    assert!(!glance.full && glance.me.is_some());
    assert_eq!(glance.goals.len(), 7);
}

#[test]
fn every_pending_day_moves_with_the_moment() {
    let zone = Zone::utc();
    for wall in ["2026-11-20T00:00", "2027-02-28T23:59", "2031-07-07T10:42"] {
        let wall = chrono::NaiveDateTime::parse_from_str(wall, "%Y-%m-%dT%H:%M").unwrap();
        let now = Now::new(zone.moment(wall), zone);
        let goals: Vec<Goal> = providers(now)
            .iter()
            .flat_map(|(_, provider)| ask(provider, Query::All).goals)
            .collect();
        let launch = goals
            .iter()
            .find(|goal| goal.id.as_str() == company::LAUNCH)
            .unwrap();
        assert_eq!(now.days_since(launch.last_check_in().unwrap().at), 7);
        assert!(
            goals
                .iter()
                .flat_map(|goal| &goal.check_ins)
                .all(|one| one.at <= now.at)
        );
        let _ = records(now);
    }
}
