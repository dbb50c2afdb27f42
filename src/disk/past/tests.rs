//! How goals were: for every day it is told as it was at its end, whatever came
//! after, of goals of this machine and of accounts that are read now and then.

use std::path::Path;

use chrono::{FixedOffset, NaiveDate, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::disk::Options;
use crate::disk::load::{self, Section};
use crate::disk::places::Places;
use crate::disk::{cache, format, open, rescue, shelf};
use crate::model::cache::{Brief, Cache, Site, Synced, Told};
use crate::model::check_in::{CheckIn, ValueChange};
use crate::model::exchange::{Change, GoalEdit, Signature, Tell};
use crate::model::ids::{EntryId, GoalId};
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::past::{at, end_of};
use crate::model::status::Status;

const ID: &str = "local:g";

/// Two hours ahead of UTC: days do not begin where those of UTC do.
fn zone() -> Zone {
    Zone::new(|_| FixedOffset::east_opt(2 * 3600).unwrap())
}

fn first_day() -> NaiveDate {
    "2026-10-01".parse().unwrap()
}

fn rows() -> Connection {
    let rows = Connection::open_in_memory().unwrap();
    for step in format::STEPS {
        rows.execute_batch(step).unwrap();
    }
    rows
}

fn result(value: f64) -> KeyResult {
    KeyResult {
        particulars: None,
        id: "local:r".into(),
        name: "Churn".into(),
        kind: Kind::Percent,
        unit: String::new(),
        start: 5.0,
        target: Some(1.0),
        current: Some(Reading::Number(value)),
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    }
}

fn goal(made: Time) -> Goal {
    let mut goal = Goal::new(ID.into(), "local".into(), "Churn", made);
    goal.results = vec![result(5.0)];
    goal
}

fn check_in(id: usize, now: Time, value: f64, status: Status) -> CheckIn {
    let mut check_in = CheckIn::new(
        format!("local:c{id}").as_str().into(),
        "local:me".into(),
        now,
    );
    check_in.status = Some(status);
    check_in.note = "words".into();
    check_in.values.push(ValueChange {
        result: "local:r".into(),
        before: None,
        now: Reading::Number(value),
    });
    check_in
}

/// What a person does, and after how many minutes.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Rename,
    Move,
    Due(u32),
    SetValue(u32),
    CheckIn(u32, bool),
    EditLast(u32),
    Retract(usize),
    Close,
    Reopen,
    Pause(bool),
    Delete,
    Restore,
}

fn deeds() -> impl Strategy<Value = Vec<(Deed, i64)>> {
    let deed = prop_oneof![
        2 => Just(Deed::Rename),
        1 => Just(Deed::Move),
        1 => (1_u32..28).prop_map(Deed::Due),
        2 => (0_u32..50).prop_map(Deed::SetValue),
        6 => (0_u32..50, any::<bool>()).prop_map(|(value, well)| Deed::CheckIn(value, well)),
        2 => (0_u32..50).prop_map(Deed::EditLast),
        2 => (0_usize..4).prop_map(Deed::Retract),
        1 => Just(Deed::Close),
        2 => Just(Deed::Reopen),
        1 => any::<bool>().prop_map(Deed::Pause),
        1 => Just(Deed::Delete),
        3 => Just(Deed::Restore),
    ];
    let minutes = prop_oneof![Just(1_i64), 30_i64..400, 800_i64..4000];
    prop::collection::vec((deed, minutes), 1..30)
}

/// What a deed asks of the store, as far as it is possible.
fn change(deed: Deed, number: usize, now: Time, is: Option<&Goal>, was: &Goal) -> Option<Change> {
    let id = GoalId::new(ID);
    let edit = |edit: GoalEdit| Change::EditGoal {
        goal: ID.into(),
        edit: Box::new(edit),
    };
    let Some(is) = is else {
        let restored = Change::RestoreGoal {
            goal: Box::new(was.clone()),
            children: Vec::new(),
        };
        return matches!(deed, Deed::Restore).then_some(restored);
    };
    let status = |well| {
        if well {
            Status::OnTrack
        } else {
            Status::AtRisk
        }
    };
    Some(match deed {
        Deed::Rename => edit(GoalEdit {
            name: Some(format!("Name {number}")),
            ..GoalEdit::default()
        }),
        Deed::Move => edit(GoalEdit {
            champion: Some(Some(format!("local:p{number}").as_str().into())),
            ..GoalEdit::default()
        }),
        Deed::Due(day) => edit(GoalEdit {
            due: Some(NaiveDate::from_ymd_opt(2026, 12, day)),
            ..GoalEdit::default()
        }),
        Deed::SetValue(value) => edit(GoalEdit {
            set_values: vec![("local:r".into(), Reading::Number(f64::from(value)))],
            ..GoalEdit::default()
        }),
        Deed::Pause(paused) => edit(GoalEdit {
            paused: Some(paused),
            ..GoalEdit::default()
        }),
        Deed::CheckIn(value, well) => Change::CheckIn {
            goal: id,
            check_in: check_in(number, now, f64::from(value), status(well)),
            tell: Tell::default(),
        },
        Deed::EditLast(value) => {
            let mut check_in = is.check_ins.last()?.clone();
            check_in.values.first_mut()?.now = Reading::Number(f64::from(value));
            Change::EditCheckIn { goal: id, check_in }
        }
        Deed::Retract(back) => {
            let place = is.check_ins.len().checked_sub(back + 1)?;
            let check_in = is.check_ins.get(place)?.id.clone();
            Change::RetractCheckIn { goal: id, check_in }
        }
        Deed::Close => Change::CloseGoal {
            goal: id,
            closing: check_in(number, now, 1.0, Status::Achieved),
        },
        Deed::Reopen => Change::ReopenGoal {
            goal: id,
            reopening: CheckIn::new(
                format!("local:c{number}").as_str().into(),
                "local:me".into(),
                now,
            ),
        },
        Deed::Delete => Change::DeleteGoal { goal: id },
        Deed::Restore => return None,
    })
}

/// What is promised about a moment: all of a goal but its words, what others said
/// of it and what nobody asks about.
fn promised(goal: Option<Goal>) -> Option<Goal> {
    goal.map(|mut goal| {
        goal.updated_at = goal.created_at;
        goal.check_ins = goal.check_ins.iter().map(words_off).collect();
        goal
    })
}

fn words_off(check_in: &CheckIn) -> CheckIn {
    let mut bare = check_in.clone();
    bare.note.clear();
    for value in &mut bare.values {
        value.before = None;
    }
    bare
}

fn kept(rows: &Connection) -> Vec<Past> {
    recall(rows, &Recall::Goal(ID.into())).unwrap().kept
}

fn stored(rows: &Connection, section: Section) -> Option<Goal> {
    let found = load::goal_by_id(rows, section, &ID.into()).unwrap();
    found.map(|(_, goal)| goal)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_day_is_told_as_it_ended(deeds in deeds()) {
        let rows = rows();
        let mut now = zone().start_of(first_day()) + TimeDelta::hours(9);
        let made = goal(now);
        let sign = |now| Signature { by: "local:me".into(), account: "local".into(), at: now };
        let make = Change::CreateGoal { goal: Box::new(made.clone()) };
        let today = Today::new(now, zone());
        shelf::carry_out(&rows, &make, &sign(now), &"e".into(), &today).unwrap();
        let mut truth = vec![(now, stored(&rows, Section::HERE))];
        let mut last = stored(&rows, Section::HERE).unwrap();
        for (number, (deed, minutes)) in deeds.into_iter().enumerate() {
            now += TimeDelta::minutes(minutes);
            let is = stored(&rows, Section::HERE);
            if let Some(change) = change(deed, number, now, is.as_ref(), &last) {
                let entry = EntryId::new(format!("e{number}"));
                let today = Today::new(now, zone());
                // What is not possible (reopening what is open) changes nothing.
                let _refused = shelf::carry_out(&rows, &change, &sign(now), &entry, &today);
            }
            let is = stored(&rows, Section::HERE);
            last = is.clone().unwrap_or(last);
            truth.push((now, is));
        }
        let (is, kept) = (stored(&rows, Section::HERE), kept(&rows));
        let mut day = first_day();
        while zone().start_of(day) <= now {
            let moment = end_of(day, zone());
            let true_then = truth.iter().rev().find(|(since, _)| *since <= moment);
            let true_then = true_then.and_then(|(_, goal)| goal.clone());
            prop_assert_eq!(
                promised(at(is.as_ref(), &kept, moment)),
                promised(true_then),
                "at the end of {}, of {:?}", day, kept
            );
            day = day.succ_opt().unwrap();
        }
    }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(work)
}

fn time(text: &str) -> Time {
    format!("2026-{text}:00Z").parse().unwrap()
}

fn open(home: &Path, now: &str) -> Disk {
    let options = Options {
        zone: zone(),
        ..Options::new(time(now))
    };
    Disk::open(home, &options).unwrap().disk
}

fn site() -> Site {
    Site {
        account: "work".into(),
        origin: "https://goals.example".into(),
    }
}

fn remote(name: &str) -> Goal {
    let mut goal = goal(time("10-01T09:00"));
    goal.id = "work:g".into();
    goal.account = "work".into();
    goal.name = name.into();
    goal
}

/// A complete answer of an account.
fn answer(goals: &[Goal], at: Time) -> Told {
    Told {
        at,
        goals: goals.iter().map(|goal| (goal.clone(), Brief::No)).collect(),
        me: Some("work:me".into()),
        synced: Some(Synced {
            cursor: None,
            all: Some((
                goals.iter().map(|goal| goal.id.clone()).collect(),
                std::collections::HashSet::default(),
            )),
        }),
        ..Told::default()
    }
}

fn tell(disk: &Disk, told: Told) {
    run(disk.keep(site(), told)).unwrap();
}

fn all(disk: &Disk) -> Vec<Past> {
    let of = Recall::Since(Time::default());
    disk.past(of).wait().unwrap().kept
}

fn names(kept: &[Past]) -> Vec<Option<&str>> {
    let names = kept.iter().map(|past| past.was.as_ref());
    names.map(|was| was.map(|was| was.name.as_str())).collect()
}

fn edit(disk: &Disk, id: &str, name: &str, at: &str) {
    let change = Change::EditGoal {
        goal: id.into(),
        edit: Box::new(GoalEdit {
            name: Some(name.into()),
            ..GoalEdit::default()
        }),
    };
    carry_out(disk, change, at);
}

fn carry_out(disk: &Disk, change: Change, at: &str) {
    use crate::model::workspace::Workspace;
    let signature = Signature {
        by: "local:me".into(),
        account: "local".into(),
        at: time(at),
    };
    let entry = EntryId::new(format!("{at} {}", change.goals()[0]));
    run(disk.carry_out(change, signature, entry)).unwrap();
}

#[test]
fn one_state_a_day_is_kept_and_none_that_check_ins_tell() {
    let home = tempfile::tempdir().unwrap();
    let disk = open(home.path(), "10-01T08:00");
    let mut made = goal(time("10-01T08:00"));
    made.results[0].current = None;
    let make = Change::CreateGoal {
        goal: Box::new(made),
    };
    carry_out(&disk, make, "10-01T08:00");
    assert_eq!(all(&disk), []);
    for (day, value) in [(5, 4.5), (12, 4.0)] {
        let moment = format!("10-{day:02}T09:00");
        let check_in = check_in(day, time(&moment), value, Status::OnTrack);
        let change = Change::CheckIn {
            goal: ID.into(),
            check_in,
            tell: Tell::default(),
        };
        carry_out(&disk, change, &moment);
    }
    assert_eq!(all(&disk), [], "the check-ins say all of it");
    edit(&disk, ID, "Churn A", "10-13T09:00");
    edit(&disk, ID, "Churn B", "10-13T11:00");
    // Past midnight of the person's zone, still the same day of UTC.
    edit(&disk, ID, "Churn C", "10-13T22:30");
    let kept = all(&disk);
    assert_eq!(names(&kept), [Some("Churn"), Some("Churn B")]);
    assert_eq!(kept[0].until, time("10-13T09:00"));
    let was = kept[0].was.as_ref().unwrap();
    assert_eq!(was.check_ins.len(), 1, "a mark of the last");
    let since = disk
        .past(Recall::Since(time("10-13T12:00")))
        .wait()
        .unwrap();
    assert_eq!(names(&since.kept), [Some("Churn B")]);
    assert_eq!(since.since, Some(time("10-01T08:00")));
    let change = Change::EditGoal {
        goal: ID.into(),
        edit: Box::new(GoalEdit {
            description: Some("more words".into()),
            ..GoalEdit::default()
        }),
    };
    carry_out(&disk, change, "10-20T09:00");
    assert_eq!(all(&disk).len(), 2, "of words nothing is kept");
}

#[test]
fn two_programs_keep_one_state_a_day_between_them() {
    let home = tempfile::tempdir().unwrap();
    let (one, two) = (
        open(home.path(), "10-01T08:00"),
        open(home.path(), "10-01T08:00"),
    );
    one.import(vec![], vec![goal(time("10-01T08:00"))], vec![])
        .wait()
        .unwrap();
    edit(&one, ID, "A", "10-02T09:00");
    edit(&two, ID, "B", "10-02T10:00");
    edit(&two, ID, "C", "10-03T09:00");
    edit(&one, ID, "D", "10-03T10:00");
    assert_eq!(names(&all(&one)), [Some("Churn"), Some("B")]);
    assert_eq!(all(&one), all(&two));
}

#[test]
fn refreshes_keep_what_they_change_and_the_first_nothing() {
    let home = tempfile::tempdir().unwrap();
    let disk = open(home.path(), "10-01T08:00");
    tell(&disk, answer(&[remote("One")], time("10-02T09:00")));
    tell(&disk, answer(&[remote("One")], time("10-03T09:00")));
    assert_eq!(all(&disk), []);
    let mut two = remote("Two");
    two.provider_progress = Some(0.420);
    tell(&disk, answer(&[two.clone()], time("10-04T09:00")));
    assert_eq!(names(&all(&disk)), [Some("One")]);
    // Less than a percent, other words and another place in the list are no news.
    two.provider_progress = Some(0.424);
    two.link = "https://goals.example/g".into();
    two.position = 7;
    two.updated_at = time("10-05T08:00");
    tell(&disk, answer(&[two.clone()], time("10-05T09:00")));
    assert_eq!(all(&disk).len(), 1);
    two.provider_progress = Some(0.46);
    tell(&disk, answer(&[two.clone()], time("10-06T09:00")));
    assert_eq!(names(&all(&disk)), [Some("One"), Some("Two")]);
    // A list may leave out what it does not tell.
    let mut brief = two.clone();
    brief.results.clear();
    let mut told = answer(&[], time("10-07T09:00"));
    told.synced = None;
    told.goals = vec![(brief, Brief::Yes)];
    tell(&disk, told);
    assert_eq!(all(&disk).len(), 2);
    // Gone from the list, then deleted for good after a month.
    tell(&disk, answer(&[], time("10-08T09:00")));
    assert_eq!(all(&disk).len(), 2);
    tell(&disk, answer(&[], time("11-20T09:00")));
    let kept = all(&disk);
    assert_eq!(names(&kept), [Some("One"), Some("Two"), Some("Two")]);
    let then = at(None, &kept, time("10-06T12:00")).unwrap();
    assert_eq!(then.provider_progress, Some(0.46));
    // Seen last in the list of that morning.
    assert_eq!(then.gone, Some(time("10-06T09:00")));
    let then = at(None, &kept, time("10-06T08:00")).unwrap();
    assert_eq!(then.gone, None);
    assert_eq!(at(None, &kept, time("11-21T12:00")), None);
    // Back again: in between it was not there.
    tell(&disk, answer(&[two.clone()], time("12-01T09:00")));
    let kept = all(&disk);
    assert_eq!(names(&kept)[3], None);
    assert_eq!(at(Some(&two), &kept, time("11-25T12:00")), None);
    assert!(at(Some(&two), &kept, time("12-02T12:00")).is_some());
}

#[test]
fn what_came_to_be_told_was_not_absent_before() {
    let home = tempfile::tempdir().unwrap();
    let disk = open(home.path(), "10-01T08:00");
    let mut list = remote("One");
    list.results.clear();
    let mut told = answer(&[], time("10-02T09:00"));
    told.synced = Some(Synced::default());
    told.goals = vec![(list, Brief::Yes)];
    tell(&disk, told);
    let mut whole = answer(&[], time("10-03T09:00"));
    whole.synced = None;
    whole.goals = vec![(remote("One"), Brief::No)];
    tell(&disk, whole.clone());
    assert_eq!(all(&disk), []);
    whole.at = time("10-04T09:00");
    whole.goals[0].0.name = "Two".into();
    tell(&disk, whole);
    let kept = all(&disk);
    assert_eq!(kept[0].was.as_ref().unwrap().results.len(), 1);
}

#[test]
fn it_goes_with_its_account_and_with_who_was_signed_in() {
    let home = tempfile::tempdir().unwrap();
    let disk = open(home.path(), "10-01T08:00");
    let change_twice = |name: &str, day: u32| {
        for (name, day) in [(name.to_owned(), day), (format!("{name} 2"), day + 1)] {
            tell(
                &disk,
                answer(&[remote(&name)], time(&format!("10-{day:02}T09:00"))),
            );
        }
    };
    disk.import(vec![], vec![goal(time("10-01T08:00"))], vec![])
        .wait()
        .unwrap();
    edit(&disk, ID, "Mine", "10-02T09:00");
    change_twice("One", 2);
    assert_eq!(names(&all(&disk)), [Some("Churn"), Some("One")]);
    disk.forget(&"work".into()).wait().unwrap();
    assert_eq!(names(&all(&disk)), [Some("Churn")]);
    change_twice("One", 5);
    let mut other = answer(&[remote("Three")], time("10-08T09:00"));
    other.me = Some("work:ana".into());
    tell(&disk, other);
    assert_eq!(names(&all(&disk)), [Some("Churn")]);
}

#[test]
fn a_damaged_store_keeps_how_goals_were() {
    let home = tempfile::tempdir().unwrap();
    let disk = open(home.path(), "10-01T08:00");
    disk.import(vec![], vec![goal(time("10-01T08:00"))], vec![])
        .wait()
        .unwrap();
    edit(&disk, ID, "Mine", "10-02T09:00");
    tell(&disk, answer(&[remote("One")], time("10-02T09:00")));
    tell(&disk, answer(&[remote("Two")], time("10-03T09:00")));
    let before = disk.past(Recall::Since(Time::default())).wait().unwrap();
    disk.close().wait().unwrap();
    drop(disk);
    let places = Places::new(home.path());
    drop(rescue::rescue(&places, time("10-05T09:00"), &mut Vec::new()).unwrap());
    let disk = open(home.path(), "10-06T08:00");
    let after = disk.past(Recall::Since(Time::default())).wait().unwrap();
    assert_eq!(after, before);
    assert_eq!(names(&after.kept), [Some("Churn"), Some("One")]);
    assert_eq!(after.since, Some(time("10-01T08:00")));
}

#[test]
fn stores_of_every_older_format_begin_to_keep() {
    let example = include_str!("../../../assets/schema/example-v1.sql");
    for version in 1..=3 {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("goaldeck.db");
        std::fs::File::create(&file).unwrap();
        let old = open::connect(&file).unwrap();
        for (number, step) in format::STEPS.iter().take(version).enumerate() {
            old.execute_batch(step).unwrap();
            if number == 0 {
                old.execute_batch(example).unwrap();
            }
        }
        old.pragma_update(None, "user_version", u32::try_from(version).unwrap())
            .unwrap();
        let id: String = old
            .query_row("SELECT id FROM goals ORDER BY n LIMIT 1", [], |row| {
                row.get(0)
            })
            .unwrap();
        drop(old);
        let disk = open(home.path(), "10-01T08:00");
        let begun = disk.past(Recall::Since(Time::default())).wait().unwrap();
        assert_eq!(
            (begun.kept.len(), begun.since),
            (0, Some(time("10-01T08:00")))
        );
        edit(&disk, &id, "Other", "12-02T09:00");
        assert_eq!(all(&disk).len(), 1, "from format {version}");
        disk.close().wait().unwrap();
        let again = open(home.path(), "12-03T08:00");
        let begun = again.past(Recall::Goal(id.as_str().into())).wait().unwrap();
        assert_eq!(
            (begun.kept.len(), begun.since),
            (1, Some(time("10-01T08:00")))
        );
    }
}

#[test]
fn what_is_older_than_two_years_goes_at_the_next_start() {
    let home = tempfile::tempdir().unwrap();
    let disk = open(home.path(), "10-01T08:00");
    disk.import(vec![], vec![goal(time("10-01T08:00"))], vec![])
        .wait()
        .unwrap();
    edit(&disk, ID, "A", "10-02T09:00");
    edit(&disk, ID, "B", "10-09T09:00");
    disk.close().wait().unwrap();
    let options = Options::new(time("10-05T09:00") + STAYS);
    let disk = Disk::open(home.path(), &options).unwrap().disk;
    disk.flush().wait().unwrap();
    let left = disk.past(Recall::Goal(ID.into())).wait().unwrap();
    assert_eq!(names(&left.kept), [Some("A")]);
    assert_eq!(left.since, Some(time("10-05T09:00")));
}

#[test]
fn a_state_of_a_newer_program_is_passed_over() {
    let home = tempfile::tempdir().unwrap();
    let disk = open(home.path(), "10-01T08:00");
    disk.import(vec![], vec![goal(time("10-01T08:00"))], vec![])
        .wait()
        .unwrap();
    edit(&disk, ID, "A", "10-02T09:00");
    let other = open::connect(&home.path().join("goaldeck.db")).unwrap();
    other
        .execute_batch(
            "INSERT INTO past (goal, account, until, was) VALUES \
             ('local:g', 'local', '2026-10-03T09:00:00.000Z', '{\"of\": \"tomorrow\"}')",
        )
        .unwrap();
    assert_eq!(names(&all(&disk)), [Some("Churn")]);
}

/// What a provider shows of a goal may change in any way between two answers.
#[derive(Clone, Copy, Debug)]
enum News {
    Nothing,
    Name,
    Value(u32),
    Progress(u32),
    CheckIn(u32),
    DropLast,
    Due(u32),
    Brief,
    Deleted,
}

fn news() -> impl Strategy<Value = Vec<(News, i64)>> {
    let news = prop_oneof![
        1 => Just(News::Nothing),
        2 => Just(News::Name),
        2 => (0_u32..9).prop_map(News::Value),
        2 => (0_u32..100).prop_map(News::Progress),
        5 => (0_u32..9).prop_map(News::CheckIn),
        1 => Just(News::DropLast),
        1 => (1_u32..28).prop_map(News::Due),
        1 => Just(News::Brief),
        1 => Just(News::Deleted),
    ];
    let minutes = prop_oneof![5_i64..90, 800_i64..4000];
    prop::collection::vec((news, minutes), 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_day_of_an_account_is_told_as_it_was_shown_at_its_end(news in news()) {
        let rows = rows();
        let mut now = zone().start_of(first_day()) + TimeDelta::hours(9);
        let mut shown = Some(Goal { created_at: now - TimeDelta::hours(1), ..remote("One") });
        let kept_goal = |rows: &Connection| {
            let sections = rows.query_row("SELECT section FROM accounts", [], |row| row.get(0));
            let found = load::goal_by_id(rows, Section(sections.unwrap()), &"work:g".into());
            found.unwrap().map(|(_, goal)| goal)
        };
        let one = shown.clone().unwrap();
        cache::put(&rows, &site(), &answer(std::slice::from_ref(&one), now), zone()).unwrap();
        let mut truth = vec![(now, shown.clone())];
        for (number, (news, minutes)) in news.into_iter().enumerate() {
            now += TimeDelta::minutes(minutes);
            let mut told = answer(&[], now);
            told.synced = None;
            let mut brief = Brief::No;
            let was_shown = shown.is_some();
            let mut goal = shown.take().unwrap_or_else(|| one.clone());
            let value = |value: u32| Some(Reading::Number(f64::from(value)));
            match news {
                News::Nothing => {}
                News::Name => goal.name = format!("Name {number}"),
                News::Value(read) => goal.results[0].current = value(read),
                News::Progress(part) => goal.provider_progress = Some(f64::from(part) / 250.0),
                News::CheckIn(read) => {
                    goal.results[0].current = value(read);
                    goal.status = Status::AtRisk;
                    let new = check_in(number, now, f64::from(read), Status::AtRisk);
                    goal.check_ins.push(new);
                }
                News::DropLast => drop(goal.check_ins.pop()),
                News::Due(day) => goal.due = NaiveDate::from_ymd_opt(2026, 12, day),
                News::Brief if was_shown => brief = Brief::Yes,
                News::Brief => {}
                News::Deleted => told.deleted.push(goal.id.clone()),
            }
            if told.deleted.is_empty() {
                let mut sent = goal.clone();
                if brief == Brief::Yes {
                    sent.results.clear();
                    sent.check_ins.clear();
                }
                told.goals = vec![(sent, brief)];
                shown = Some(goal);
            }
            cache::put(&rows, &site(), &told, zone()).unwrap();
            truth.push((now, kept_goal(&rows)));
        }
        let is = kept_goal(&rows);
        let kept = recall(&rows, &Recall::Since(Time::default())).unwrap().kept;
        // The provider's own figure is not led back by check-ins.
        let promised = |goal: Option<Goal>| promised(goal).map(|goal| Goal { provider_progress: None, ..goal });
        let mut day = first_day();
        while zone().start_of(day) <= now {
            let moment = end_of(day, zone());
            let true_then = truth.iter().rev().find(|(since, _)| *since <= moment);
            let true_then = true_then.and_then(|(_, goal)| goal.clone());
            prop_assert_eq!(
                promised(at(is.as_ref(), &kept, moment)),
                promised(true_then),
                "at the end of {}, of {:?}", day, kept
            );
            day = day.succ_opt().unwrap();
        }
    }
}
