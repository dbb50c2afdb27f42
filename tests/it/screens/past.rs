//! Looking at a past day: the whole program shows it, nothing can be changed there,
//! and the present goes on meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use goaldeck::disk::{Disk, Options};
use goaldeck::keys::keymap::KeyStyle;
use goaldeck::model::entry::EntryState;
use goaldeck::model::exchange::{Change, GoalEdit, Signature};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{AccountName, EntryId};
use goaldeck::model::time::Time;
use goaldeck::model::values;
use goaldeck::model::workspace::Workspace;
use goaldeck::providers::Provider;
use goaldeck::providers::local::{Local, Who};
use goaldeck::screens::Tab;
use goaldeck::theme::{Glyphs, ThemeName};

use super::{Looks, NARROW, WIDE, demo, demo_at};
use crate::rig::{Parts, Rig, friday};

fn first_row(rig: &mut Rig) -> String {
    rig.screen().lines().next().unwrap_or_default().to_owned()
}

#[test]
fn every_place_says_which_day_it_shows() {
    let small = (60, 16);
    for size in [WIDE, NARROW, small] {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let mut rig = demo(Looks {
                size,
                glyphs,
                theme: ThemeName::Mono,
                ..Looks::default()
            });
            rig.keys("T").sees("As of a date").write("6 Nov\n");
            for keys in ["1", "2", "2 j enter", "esc 3", "f", "esc !", "esc 1"] {
                rig.keys(keys);
                let row = first_row(&mut rig);
                assert!(row.contains("AS OF 6 Nov 2026"), "{keys}: {row}");
            }
            rig.keys("esc").sees_no("AS OF");
        }
    }
}

#[test]
fn a_date_that_cannot_be_shown_is_told_at_the_field() {
    let mut rig = demo_at(NARROW);
    rig.keys("T")
        .sees("yesterday")
        .keys("enter")
        .sees("! no date");
    rig.write("soon\n")
        .sees("! not a date: \"soon\"; write 31 Oct");
    rig.keys("ctrl-u")
        .write("2027-01-01\n")
        .sees("! 1 Jan 2027 lies ahead");
    rig.keys("ctrl-u")
        .write("-2w")
        .sees("Friday 6 November 2026, 14 days ago")
        .keys("enter")
        .sees("AS OF 6 Nov 2026");
    // Another day is meant from today, not from the day that is shown.
    rig.keys("T").write("yesterday\n").sees("AS OF 19 Nov 2026");
    rig.keys("T esc").sees("AS OF 19 Nov 2026");
    rig.keys("T").write("today\n").sees_no("AS OF");
}

#[test]
fn values_statuses_and_news_are_those_of_the_day() {
    let mut rig = demo_at(WIDE);
    let is_told = |goal: &&Goal| {
        let last = goal.last_check_in();
        last.is_some_and(|last| last.values.iter().any(|value| value.before.is_some()))
            && goal.is_open()
    };
    let goals: Vec<Goal> = rig.store().goals().filter(is_told).cloned().collect();
    let goal = goals.iter().min_by_key(|goal| goal.id.clone()).unwrap();
    let last = goal.last_check_in().unwrap();
    let value = last.values.iter().find(|value| value.before.is_some());
    let value = value.unwrap();
    let result = goal.result(&value.result).unwrap();
    let day = rig.now().day_of(last.at).pred_opt().unwrap();
    let (before, now) = (value.before.as_ref().unwrap(), &value.now);
    assert_ne!(before, now);
    let name = goal.name.clone();
    let open = |rig: &mut Rig| {
        rig.keys("f").write(&name).keys("enter");
    };
    open(&mut rig);
    rig.sees(&values::show(result, now));
    rig.keys("esc 1 T").write(&format!("{day}\n"));
    open(&mut rig);
    rig.sees(&values::show(result, before)).sees(&name);
    rig.keys("esc 3");
    let then = day.succ_opt().unwrap();
    let lines = rig.program_store().notifications();
    let mut days = lines.map(|line| rig.now().day_of(line.at));
    assert!(days.all(|day| day < then));
    assert!(rig.program_store().notifications().count() < rig.store().notifications().count());
}

#[test]
fn nothing_is_changed_there_and_esc_leads_back() {
    for size in [WIDE, NARROW] {
        let mut rig = demo_at(size);
        rig.sees("For you: 11");
        rig.keys("T").write("-1w\n").sees("AS OF 13 Nov 2026");
        let entries = rig.store().entries().count();
        for key in ["n", "u"] {
            rig.keys(key)
                .sees("read-only: this is how it was on 13 Nov 2026");
        }
        rig.keys("2 j");
        for key in ["c", "e", "x", "D"] {
            rig.keys(key)
                .sees("read-only: this is how it was on 13 Nov 2026");
        }
        rig.keys("4").sees("the outbox is of today");
        rig.keys("@").sees("how accounts are is of today");
        assert_eq!(rig.store().entries().count(), entries);
        rig.keys("enter esc esc")
            .sees_no("AS OF")
            .sees("today again");
        rig.keys("1").sees("For you: 11").keys("c").sees("draft");
    }
}

#[test]
fn looking_at_a_past_day_counts_as_no_look() {
    let mut rig = demo_at(WIDE);
    let looked = |rig: &Rig| -> usize {
        let goals: Vec<_> = rig.store().goals().map(|goal| goal.id.clone()).collect();
        let marks = rig.store().marks();
        let seen = goals.iter().filter_map(|goal| marks.looked(goal));
        seen.filter(|(at, _)| *at >= friday().at).count()
    };
    let unread = |rig: &Rig| {
        let lines = rig.store().notifications();
        lines.filter(|line| !rig.store().is_read(line)).count()
    };
    rig.keys("2 T").write("yesterday\n");
    let before = (looked(&rig), unread(&rig));
    rig.keys("j enter");
    rig.pass(TimeDelta::seconds(5));
    rig.keys("esc 3 enter");
    rig.pass(TimeDelta::seconds(5));
    assert_eq!((looked(&rig), unread(&rig)), before);
}

#[test]
fn what_is_held_is_sent_meanwhile() {
    let mut rig = demo_at(WIDE);
    rig.keys("j j a").sees("held 10 s").keys("T").write("-1w\n");
    rig.pass(TimeDelta::seconds(14));
    let sent = rig.store().entries();
    let sent = sent.filter(|entry| matches!(entry.state, EntryState::Sent { .. }));
    assert_eq!(sent.count(), 1);
    rig.sees("AS OF 13 Nov 2026")
        .keys("esc")
        .sees("For you: 10");
}

struct Desk {
    rig: Rig,
    _dir: tempfile::TempDir,
}

fn time(text: &str) -> Time {
    format!("2026-{text}:00Z").parse().unwrap()
}

/// A workspace on disk in which two goals were made on 1 Nov; one was renamed on the
/// 10th and the other one deleted on the 12th. It keeps how goals were since `since`.
fn desk(since: &str) -> Desk {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        zone: friday().zone,
        ..Options::new(time(since))
    };
    let disk = Disk::open(dir.path(), &options).unwrap().disk;
    let account = AccountName::new("local");
    let who = Who::Owner("Ana Silva".into());
    let local = Local::new(Arc::new(disk.clone()), account.clone(), who);
    let goal = |id: &str, name: &str| {
        let mut goal = Goal::new(id.into(), "local".into(), name, time("11-01T09:00"));
        goal.champion = Some("local:me".into());
        Change::CreateGoal {
            goal: Box::new(goal),
        }
    };
    let renamed = Change::EditGoal {
        goal: "local:a".into(),
        edit: Box::new(GoalEdit {
            name: Some("Churn is low".into()),
            ..GoalEdit::default()
        }),
    };
    let deleted = Change::DeleteGoal {
        goal: "local:b".into(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for (number, (at, change)) in [
        ("11-01T09:00", goal("local:a", "Lower churn")),
        ("11-01T09:00", goal("local:b", "Hire two people")),
        ("11-10T09:00", renamed),
        ("11-12T09:00", deleted),
    ]
    .into_iter()
    .enumerate()
    {
        let signature = Signature {
            by: "local:me".into(),
            account: "local".into(),
            at: time(at),
        };
        let entry = EntryId::new(format!("e{number}"));
        runtime
            .block_on(disk.carry_out(change, signature, entry))
            .unwrap();
    }
    let setup = goaldeck::store::Setup {
        name: account.clone(),
        abilities: local.abilities(),
        hold: TimeDelta::zero(),
        refresh: None,
        settle: goaldeck::store::outbox::Settle::default(),
        cadence: goaldeck::model::cadence::Cadence::None,
        origin: None,
    };
    let local: Arc<dyn Provider> = Arc::new(local);
    let rig = Rig::start(Parts {
        setups: vec![setup],
        providers: BTreeMap::from([(account, local)]),
        disk: Some(disk),
        records: Default::default(),
        size: NARROW,
        glyphs: Glyphs::Unicode,
        theme: ThemeName::Auto,
        keys: KeyStyle::Plain,
        tab: Tab::Goals,
        now: friday(),
    });
    Desk { rig, _dir: dir }
}

#[test]
fn what_was_kept_is_shown_with_goals_that_are_gone() {
    let mut desk = desk("11-01T08:00");
    let rig = &mut desk.rig;
    rig.sees("Churn is low").sees_no("Hire two people");
    rig.keys("T").write("9 Nov\n");
    rig.sees("AS OF 9 Nov 2026")
        .sees("how it was at the end of Mon 9 Nov 2026; T another day, Esc today")
        .sees("Lower churn")
        .sees("Hire two people");
    rig.keys("T").write("11 Nov\n");
    rig.sees("Churn is low").sees("Hire two people");
    rig.keys("T").write("2026-11-12\n");
    rig.sees("Churn is low").sees_no("Hire two people");
    rig.keys("T").write("31 Oct\n").sees_no("Churn is low");
    rig.keys("esc").sees("Churn is low").sees_no("AS OF");
}

#[test]
fn what_changes_in_this_session_was_otherwise_before() {
    let mut desk = desk("11-01T08:00");
    let rig = &mut desk.rig;
    rig.keys("T").write("yesterday\n").sees("Churn is low");
    rig.keys("esc e").keys("ctrl-u").write("Churn is gone");
    rig.keys("ctrl-s").sees("Churn is gone");
    rig.keys("T").write("yesterday\n").sees("Churn is low");
    rig.sees_no("Churn is gone")
        .keys("esc")
        .sees("Churn is gone");
}

#[test]
fn a_day_before_anything_was_kept_says_so() {
    let mut desk = desk("11-08T08:00");
    let rig = &mut desk.rig;
    rig.keys("T")
        .write("5 Nov\n")
        .sees("nothing was kept before 8 Nov 2026; check-ins lead back further");
    rig.keys("T").write("9 Nov\n");
    rig.sees("Lower churn").sees_no("nothing was kept");
    let mut rig = demo_at(WIDE);
    rig.keys("T")
        .write("5 Nov\n")
        .sees("how goals were is not kept here; their check-ins lead back");
}

#[test]
fn folds_of_a_past_day_stay_there() {
    let mut rig = demo_at(WIDE);
    let folded = |rig: &Rig| {
        let goals = rig.store().goals();
        let folded = goals.filter(|goal| rig.store().marks().folded(&goal.id) == Some(true));
        folded.count()
    };
    let of_today = folded(&rig);
    rig.keys("2 T").write("yesterday\n");
    let rows = |rig: &mut Rig| rig.screen();
    let before = rows(&mut rig);
    rig.keys("Z");
    assert_ne!(rows(&mut rig), before);
    assert_eq!(folded(&rig), of_today);
}
