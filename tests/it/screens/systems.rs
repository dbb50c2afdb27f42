//! Goals of several systems in one tree: grafts, folders, approvals, what is kept
//! here and what a provider counts by itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use goaldeck::keys::keymap::KeyStyle;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::check_in::{CheckIn, WaitsFor};
use goaldeck::model::entry::{Mark, Records};
use goaldeck::model::exchange::{Abilities, Ability, Batch, Change, Query, ReviewStep};
use goaldeck::model::goal::{Approval, Goal, Nature, Stage};
use goaldeck::model::ids::{AccountName, GoalId, PersonId};
use goaldeck::model::key_result::{KeyResult, Kind, Particulars, Reading};
use goaldeck::model::memory_shelf::MemoryShelf;
use goaldeck::model::person::Person;
use goaldeck::model::status::Status;
use goaldeck::providers::Provider;
use goaldeck::providers::fake::{self, Fake, Telling};
use goaldeck::run::headless::Headless;
use goaldeck::screens::Tab;
use goaldeck::store::Setup;
use goaldeck::store::effect::Command;
use goaldeck::theme::{Glyphs, ThemeName};

use super::{NARROW, WIDE};
use crate::rig::{Parts, Rig, friday};

/// A goal of an account, mine, due at the end of the year.
fn goal(account: &str, id: &str, name: &str) -> Goal {
    let made = friday().at - TimeDelta::days(50);
    let id = GoalId::new(format!("{account}:g:{id}"));
    let mut goal = Goal::new(id, account.into(), name, made);
    goal.champion = Some(PersonId::new(format!("{account}:me")));
    goal.start = Some("2026-10-01".parse().unwrap());
    goal.due = Some("2026-12-31".parse().unwrap());
    goal.next_check_in = Some(friday().today() + TimeDelta::days(10));
    goal.status = Status::OnTrack;
    goal
}

/// A key result from 0 to 100.
fn result(id: &str, name: &str, now: f64) -> KeyResult {
    KeyResult {
        id: id.into(),
        name: name.into(),
        kind: Kind::Number,
        unit: String::new(),
        start: 0.0,
        target: Some(100.0),
        current: Some(Reading::Number(now)),
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
        particulars: None,
    }
}

fn with_progress(mut goal: Goal, percent: f64) -> Goal {
    let id = format!("{}:k", goal.id);
    goal.results = vec![result(&id, "Share", percent)];
    goal
}

fn under(mut goal: Goal, parent: &str) -> Goal {
    goal.parent = Some(parent.into());
    goal
}

fn me(account: &str) -> Person {
    Person {
        id: PersonId::new(format!("{account}:me")),
        account: account.into(),
        name: "Ana Silva".into(),
        handle: String::new(),
    }
}

/// A system with everything.
fn operately() -> Abilities {
    Abilities {
        provider: "Operately",
        short: "operately",
        ..fake::able()
    }
}

/// A system like ClickUp: status, confidence and words are kept here.
fn clickup() -> Abilities {
    Abilities {
        status: Ability::KeptHere,
        confidence: Ability::KeptHere,
        acknowledge: Ability::KeptHere,
        comment: Ability::KeptHere,
        react: Ability::No("ClickUp has no reactions"),
        tell: Ability::No("ClickUp tells nobody of a check-in"),
        edit_check_in: Ability::No("ClickUp keeps a check-in as it was sent"),
        provider: "ClickUp",
        short: "clickup",
        ..fake::able()
    }
}

fn town(account: &str, abilities: Abilities, goals: Vec<Goal>) -> Fake {
    let fake = Fake::new(account, format!("{account}:me"), abilities);
    fake.with(goals, vec![me(account)], Vec::new())
}

fn setup(fake: &Fake) -> Setup {
    Setup {
        name: fake.account().clone(),
        abilities: fake.abilities(),
        hold: TimeDelta::seconds(10),
        refresh: Some(TimeDelta::minutes(5)),
        settle: goaldeck::store::outbox::Settle::default(),
        cadence: Cadence::None,
        origin: Some(format!("https://{}.example", fake.account())),
    }
}

fn rig_with(fakes: &[Fake], size: (u16, u16), records: Records) -> Rig {
    let providers: BTreeMap<AccountName, Arc<dyn Provider>> = fakes
        .iter()
        .map(|fake| (fake.account().clone(), Arc::new(fake.clone()) as _))
        .collect();
    Rig::start(Parts {
        setups: fakes.iter().map(setup).collect(),
        providers,
        disk: None,
        records,
        size,
        glyphs: Glyphs::Unicode,
        theme: ThemeName::Auto,
        keys: KeyStyle::Vim,
        tab: Tab::Goals,
        now: friday(),
    })
}

fn rig(fakes: &[Fake], size: (u16, u16)) -> Rig {
    rig_with(fakes, size, Records::default())
}

/// An Operately goal of which Operately counts 40 % from a child that is at 40 %,
/// and a ClickUp goal at 64 %.
fn two_systems() -> [Fake; 2] {
    let mut summit = goal("work", "1", "Profitable by summer");
    summit.provider_progress = Some(0.4);
    let churn = under(
        with_progress(goal("work", "2", "Reduce churn"), 40.0),
        "work:g:1",
    );
    let launch = with_progress(goal("side", "1", "Launch"), 64.0);
    [
        town("work", operately(), vec![summit, churn]),
        town("side", clickup(), vec![launch]),
    ]
}

fn graft(rig: &mut Rig, goal: &str, under: &str) {
    rig.command(Command::Graft {
        goal: goal.into(),
        under: Some(under.into()),
    });
    rig.settle();
}

#[test]
fn a_goal_is_grafted_by_the_palette_counts_there_and_u_takes_it_back() {
    for size in [WIDE, NARROW] {
        let mut rig = rig(&two_systems(), size);
        rig.keys("g g").sees_no("(side)");
        rig.keys("/").write("launch").keys("enter :");
        rig.write("graft").sees("Graft under…").keys("enter");
        rig.sees("Graft “Launch” under, kept here");
        rig.write("profit").keys("enter");
        rig.sees("now under “Profitable by summer”, kept here; u undoes");
        rig.keys("esc g g l");
        rig.sees("Launch  (side)");
        if size == WIDE {
            rig.sees("Operately counts 40\u{a0}%, we count 52\u{a0}% (with 1 grafted goal)");
            insta::assert_snapshot!("graft-120x40", rig.screen());
        } else {
            insta::assert_snapshot!("graft-80x24", rig.screen());
        }
        // Lists show what the provider says.
        let row = |rig: &mut Rig| {
            let screen = rig.screen();
            let row = screen.lines().find(|line| line.contains("Profitable"));
            row.unwrap().to_owned()
        };
        assert!(row(&mut rig).contains("40%"), "{}", row(&mut rig));
        rig.keys("u").sees("undone: the goal is where it was");
        rig.sees_no("(side)").sees_no("we count");
    }
}

#[test]
fn a_graft_leads_in_no_circle_and_falls_back_when_its_goal_is_gone() {
    let [work, side] = two_systems();
    let mut rig = rig(&[work.clone(), side], WIDE);
    graft(&mut rig, "work:g:1", "work:g:2");
    rig.sees("a goal cannot be under itself");
    graft(&mut rig, "work:g:1", "side:g:1");
    graft(&mut rig, "side:g:1", "work:g:2");
    rig.sees("“Reduce churn” is under “Launch”: a goal cannot be under itself");
    rig.keys("u");
    graft(&mut rig, "side:g:1", "work:g:2");
    assert_eq!(
        rig.store().children(&"work:g:2".into()),
        ["side:g:1".into()]
    );
    // The goal is deleted at its provider: the graft shows at the top again.
    work.behind_our_back(|shelf| {
        let goals = shelf.goals().filter(|goal| goal.id.as_str() != "work:g:2");
        *shelf = MemoryShelf::new(goals.cloned().collect(), vec![me("work")], Vec::new());
    });
    rig.keys("R");
    let launch = rig.store().goal(&"side:g:1".into()).unwrap().clone();
    assert_eq!(rig.store().graft(&launch), None);
    assert_eq!(rig.store().above(&launch), None);
}

#[test]
fn a_graft_that_a_provider_closes_to_a_circle_does_not_count() {
    let [work, side] = two_systems();
    let mut rig = rig(&[work.clone(), side], WIDE);
    graft(&mut rig, "side:g:1", "work:g:2");
    graft(&mut rig, "work:g:1", "side:g:1");
    // 2 is under 1 at its provider already: this would be a circle.
    rig.sees("cannot be under itself");
    work.behind_our_back(|shelf| {
        let mut churn = shelf.goal(&"work:g:2".into()).unwrap().clone();
        churn.parent = None;
        shelf.put_goal(churn);
    });
    rig.keys("R");
    graft(&mut rig, "work:g:1", "side:g:1");
    let names = |rig: &mut Rig| {
        let screen = rig.keys("Z").screen();
        ["Profitable", "Reduce churn", "Launch"].map(|name| screen.matches(name).count() > 0)
    };
    assert_eq!(
        rig.store().children(&"side:g:1".into()),
        ["work:g:1".into()]
    );
    // Moved back: the graft of 1 under what is under it counts no more.
    work.behind_our_back(|shelf| {
        let mut churn = shelf.goal(&"work:g:2".into()).unwrap().clone();
        churn.parent = Some("work:g:1".into());
        shelf.put_goal(churn);
    });
    rig.keys("R");
    assert_eq!(names(&mut rig), [true; 3]);
    let summit = rig.store().goal(&"work:g:1".into()).unwrap().clone();
    assert_eq!(rig.store().graft(&summit), None);
}

#[test]
fn a_graft_that_another_one_closes_to_a_circle_by_leading_nowhere_does_not_count() {
    let [work, side] = two_systems();
    let mut rig = rig(&[work, side.clone()], WIDE);
    graft(&mut rig, "work:g:2", "side:g:1");
    graft(&mut rig, "work:g:1", "work:g:2");
    assert_eq!(
        rig.store().children(&"work:g:2".into()),
        ["work:g:1".into()]
    );
    // Without it 2 is under 1 again, as its provider has it.
    side.behind_our_back(|shelf| {
        *shelf = MemoryShelf::new(Vec::new(), vec![me("side")], Vec::new());
    });
    rig.keys("R");
    let of = |id: &str| rig.store().goal(&id.into()).unwrap().clone();
    let (summit, churn) = (of("work:g:1"), of("work:g:2"));
    assert_eq!(rig.store().above(&churn), Some(&"work:g:1".into()));
    assert_eq!(rig.store().above(&summit), None);
    assert_eq!(rig.store().children(&"work:g:2".into()), []);
}

#[test]
fn grafts_are_there_again_after_a_start_and_count_at_once() {
    let mark = Mark::Grafted {
        goal: "side:g:1".into(),
        under: Some("work:g:1".into()),
    };
    let records = Records {
        marks: vec![mark],
        ..Records::default()
    };
    let mut rig = rig_with(&two_systems(), WIDE, records);
    let figures = *rig.store().figures(&"work:g:1".into()).unwrap();
    assert_eq!(figures.progress.map(|ours| ours.p), Some(0.52));
    assert_eq!((figures.provider, figures.grafted), (Some(0.4), 1));
    rig.keys("g g .").sees_no("Take the graft back");
    rig.keys("esc /").write("launch").keys("enter .");
    rig.sees("Take the graft back");
}

#[test]
fn the_menu_takes_a_graft_back_and_says_so_where_there_is_none() {
    let mut rig = rig(&two_systems(), WIDE);
    graft(&mut rig, "side:g:1", "work:g:1");
    rig.keys("/").write("launch").keys("enter .");
    rig.sees("Take the graft back");
    rig.keys("esc :").write("take the graft").keys("enter");
    rig.sees("back where its provider has it; u undoes");
    rig.keys(":").write("take the graft").keys("enter");
    rig.sees("it is where its provider has it");
}

/// A folder with two goals, at 20 % and 60 %, and a goal beside it.
fn foldered() -> Fake {
    let mut folder = goal("side", "x", "2027");
    folder.id = "side:f:1".into();
    folder.nature = Nature::Folder;
    folder.champion = None;
    folder.due = None;
    folder.status = Status::NotStarted;
    folder.next_check_in = None;
    let mut red = with_progress(goal("side", "1", "Cut churn"), 20.0);
    red.status = Status::OffTrack;
    let goals = vec![
        under(red, "side:f:1"),
        under(
            with_progress(goal("side", "2", "Win back"), 60.0),
            "side:f:1",
        ),
        with_progress(goal("side", "3", "Hire"), 50.0),
        folder,
    ];
    town("side", clickup(), goals)
}

#[test]
fn a_folder_holds_goals_and_is_none() {
    let mut wide = rig(&[foldered()], WIDE);
    wide.keys("g g").sees("3 goals, 3 key results");
    // It stands where the worst of its goals would, and has no worry of its own.
    wide.sees("2027 (folder)")
        .sees("40\u{a0}% is our own count of 2 goals in it");
    wide.sees_no("no champion");
    insta::assert_snapshot!("folder-120x40", wide.screen());
    for (keys, words) in [
        ("c", "a folder has no check-ins; choose a goal in it"),
        ("r", "nothing is said about a folder"),
        ("e", "folders are changed at ClickUp itself"),
        ("x", "folders are changed at ClickUp itself"),
        ("D", "folders are changed at ClickUp itself"),
    ] {
        wide.keys(keys).sees(words);
    }
    let mut narrow = rig(&[foldered()], NARROW);
    narrow.keys("g g");
    insta::assert_snapshot!("folder-80x24", narrow.screen());
}

/// A ClickUp goal with a number, a value ClickUp counts from tasks, and one that is
/// hidden.
fn counted() -> Fake {
    let mut launch = with_progress(goal("side", "1", "Launch"), 64.0);
    let counted = Particulars {
        provider_progress: Some(1.25),
        automatic: true,
        aside: "3 tasks, 1 list".into(),
        owner: Some("side:bo".into()),
        ..Particulars::default()
    };
    let hidden = Particulars {
        hidden: true,
        ..Particulars::default()
    };
    let mut tasks = result("side:k:2", "Tasks done", 0.0);
    (tasks.kind, tasks.target, tasks.current) = (Kind::Number, None, None);
    tasks.particulars = Some(Box::new(counted));
    let mut pay = result("side:k:3", "Pay", 0.0);
    pay.current = None;
    pay.particulars = Some(Box::new(hidden));
    let mut below = result("side:k:4", "Below", 0.0);
    (below.target, below.current) = (None, None);
    below.particulars = Some(Box::new(Particulars {
        provider_progress: Some(-0.1),
        ..Particulars::default()
    }));
    launch.results.extend([tasks, pay, below]);
    launch.status_word = Some("Amber".into());
    launch.status = Status::AtRisk;
    let mut check_in = CheckIn::new("side:c".into(), "side:bo".into(), friday().at);
    check_in.waits_for = Some(WaitsFor::Person("side:me".into()));
    check_in.status = Some(Status::AtRisk);
    launch.check_ins = vec![check_in];
    let bo = Person {
        id: "side:bo".into(),
        name: "Bo Berg".into(),
        ..me("side")
    };
    let fake = Fake::new("side", "side:me", clickup());
    fake.with(vec![launch], vec![me("side"), bo], Vec::new())
}

#[test]
fn the_check_in_form_says_what_is_kept_here_and_what_is_counted_there() {
    for (size, name) in [(WIDE, "120x40"), (NARROW, "80x24")] {
        let fake = counted();
        let mut rig = rig(std::slice::from_ref(&fake), size);
        rig.keys("c");
        rig.sees("Status kept here");
        rig.sees("counted at ClickUp, 3 tasks, 1 list");
        rig.sees("hidden from you at ClickUp");
        insta::assert_snapshot!(format!("check-in-kept-here-{name}"), rig.screen());
        // Words alone are a check-in.
        rig.keys("tab tab 1").write("Nothing moved.").keys("ctrl-s");
        rig.sees("posting in 10 s — u undoes; the status is kept here");
        rig.pass(TimeDelta::seconds(11));
        let received = fake.received();
        let [(_, Change::CheckIn { check_in, .. })] = received.as_slice() else {
            panic!("no check-in");
        };
        assert_eq!(check_in.values, []);
        assert!(check_in.note.contains("Nothing moved."));
    }
}

#[test]
fn what_is_kept_here_or_cannot_be_is_said_before_a_key_is_pressed() {
    let fake = counted();
    let mut wide = rig(std::slice::from_ref(&fake), WIDE);
    wide.sees("r reply (kept here)");
    wide.keys(".").sees("Acknowledge check-in      kept here");
    wide.sees("ClickUp has no reactions");
    insta::assert_snapshot!("menu-kept-here-120x40", wide.screen());
    wide.keys("esc :").write("ack").sees("kept here    a");
    wide.keys("ctrl-u").write("react");
    wide.sees("ClickUp has no reactions").keys("enter");
    wide.keys("esc +").sees("ClickUp has no reactions");
    wide.keys("a").sees("acknowledged, kept here; u undoes");
    assert_eq!(fake.received().len(), 1, "nothing is held back");
    wide.keys("u").sees("undone: ack");
    wide.keys("r").write("Why?").keys("ctrl-s");
    wide.sees("kept here, on this machine only — u undoes");
    let mut narrow = rig(&[counted()], NARROW);
    narrow
        .keys("@")
        .sees("kept here, on this machine only: status, confidence");
}

#[test]
fn a_providers_own_figure_fills_the_gauge_where_we_have_none() {
    let mut rig = rig(&[counted()], WIDE);
    rig.keys("l");
    let screen = rig.screen();
    let row = |name: &str| {
        let row = screen.lines().find(|line| line.contains(name));
        let row = row.unwrap_or_else(|| panic!("no {name} on\n{screen}"));
        row.split('│').next().unwrap_or_default().to_owned()
    };
    assert!(row("Tasks done").contains("▶ 125%"), "{screen}");
    assert!(row("Below").contains("◀"), "{screen}");
    assert!(row("Below").contains("-10%"), "{screen}");
    assert!(row("Pay").contains("no data"), "{screen}");
    rig.sees("▲ At risk [Amber]").sees("owner Bo Berg");
    insta::assert_snapshot!("provider-figures-120x40", rig.screen());
}

/// A system like Quantive: plans are approved there.
fn quantive() -> Abilities {
    Abilities {
        review: Ability::Native,
        provider: "Quantive",
        short: "quantive",
        ..fake::able()
    }
}

/// Two plans of Bo's that wait for me, one of mine that waits for Bo, and a draft of
/// mine.
fn plans() -> Fake {
    let in_review = |mut goal: Goal, reviewers: &[&str]| {
        goal.approval = Some(Box::new(Approval {
            stage: Stage::InReview,
            reviewers: reviewers.iter().map(|one| (*one).into()).collect(),
            since: Some(friday().at - TimeDelta::days(2)),
        }));
        goal
    };
    let bo = |mut goal: Goal| {
        goal.champion = Some("okr:bo".into());
        goal.status = Status::NotStarted;
        goal
    };
    let mut launch = with_progress(bo(goal("okr", "1", "Launch in Asia")), 0.0);
    launch.description = "Two countries **first**.".into();
    let mut draft = goal("okr", "4", "Hire ten");
    draft.approval = Some(Box::new(Approval::default()));
    let goals = vec![
        in_review(launch, &["okr:me"]),
        in_review(bo(goal("okr", "2", "Cut costs")), &[]),
        in_review(goal("okr", "3", "Open an office"), &["okr:bo"]),
        draft,
    ];
    let bo = Person {
        id: "okr:bo".into(),
        name: "Bo Berg".into(),
        ..me("okr")
    };
    let fake = Fake::new("okr", "okr:me", quantive());
    fake.with(goals, vec![me("okr"), bo], Vec::new())
}

fn steps(fake: &Fake) -> Vec<(String, ReviewStep)> {
    let steps = fake.received().into_iter().map(|(_, change)| match change {
        Change::Review { goal, step } => (goal.to_string(), step),
        other => panic!("{other:?}"),
    });
    steps.collect()
}

#[test]
fn a_plan_in_review_waits_in_the_queue_and_is_approved_after_asking() {
    for (size, name) in [(WIDE, "120x40"), (NARROW, "80x24")] {
        let fake = plans();
        let mut rig = rig(std::slice::from_ref(&fake), size);
        rig.keys("1").sees("TO ACKNOWLEDGE (2)");
        rig.sees("approve").sees_no("Open an office");
        rig.keys("g g");
        if size == NARROW {
            rig.keys("enter");
        }
        insta::assert_snapshot!(format!("approve-{name}"), rig.screen());
        rig.sees("plan of Bo Berg").sees("Key results");
        rig.keys("a")
            .sees("Approve “Launch in Asia”? It counts for everybody then. y/N");
        rig.keys("enter").sees("plan of Bo Berg").keys("a y");
        rig.sees("Approve · Launch in Asia")
            .sees("Your words, or none");
        insta::assert_snapshot!(format!("approve-words-{name}"), rig.screen());
        rig.keys("ctrl-s").sees("posting in 10 s — u undoes");
        assert_eq!(
            rig.store().goal(&"okr:g:1".into()).map(Goal::is_in_review),
            Some(false)
        );
        rig.pass(TimeDelta::seconds(11));
        let comment = String::new();
        let approved = ReviewStep::Approve { comment };
        assert_eq!(steps(&fake), [("okr:g:1".to_owned(), approved)]);
    }
}

#[test]
fn a_plan_is_declined_with_a_reason_only() {
    let fake = plans();
    let mut rig = rig(std::slice::from_ref(&fake), WIDE);
    rig.keys("1 g g .").sees("Decline plan");
    rig.keys("esc :").write("decline").keys("enter");
    rig.sees("Decline · Launch in Asia").keys("ctrl-s");
    rig.sees("Write first why it goes back");
    rig.write("Which countries?").keys("ctrl-s");
    rig.pass(TimeDelta::seconds(11));
    let comment = "Which countries?".to_owned();
    assert_eq!(
        steps(&fake),
        [("okr:g:1".to_owned(), ReviewStep::Decline { comment })]
    );
}

#[test]
fn several_plans_are_approved_together() {
    let fake = plans();
    let mut rig = rig(std::slice::from_ref(&fake), WIDE);
    rig.keys("1 V a");
    rig.sees("Approve 2 goals without a comment? They count for everybody then.");
    rig.keys("y").pass(TimeDelta::seconds(11));
    assert_eq!(steps(&fake).len(), 2);
    rig.sees("Nothing is waiting for you");
}

#[test]
fn an_owner_asks_for_review_and_withdraws() {
    let fake = plans();
    let mut rig = rig(std::slice::from_ref(&fake), WIDE);
    rig.keys("/")
        .write("hire")
        .keys("enter :")
        .write("send for rev")
        .keys("enter");
    rig.sees("Who looks through “Hire ten”?");
    rig.write("bo").keys("enter").sees("[x] Bo Berg");
    rig.write("send")
        .keys("enter")
        .sees("sent for review; posting in 10 s");
    rig.sees("plan in review since 20 Nov, waits for Bo Berg");
    rig.pass(TimeDelta::seconds(11));
    let reviewers = vec!["okr:bo".into()];
    assert_eq!(
        steps(&fake),
        [("okr:g:4".to_owned(), ReviewStep::Ask { reviewers })]
    );
    // Who checks in now is told what may come of it.
    rig.keys("c")
        .sees("In review, so it is locked: Quantive may refuse this");
    rig.keys("esc d .")
        .sees("Withdraw from review")
        .sees_no("Approve plan");
    rig.keys("esc :")
        .write("approve")
        .keys("enter")
        .sees("it waits for Bo Berg");
    rig.keys("esc :").write("withdraw").keys("enter");
    rig.sees("Withdraw “Hire ten” from review? It is a draft for everybody then. y/N");
    rig.keys("y")
        .sees("withdrawn; posting in 10 s")
        .pass(TimeDelta::seconds(11));
    assert_eq!(
        steps(&fake).last().map(|(_, step)| step.clone()),
        Some(ReviewStep::Withdraw)
    );
    rig.sees("plan draft");
}

#[test]
fn adding_an_account_asks_which_system_first() {
    for (size, name) in [(WIDE, "120x40"), (NARROW, "80x24")] {
        let mut rig = rig(&two_systems(), size);
        rig.keys(":").write("add account").keys("enter");
        rig.sees("Where is the account?").sees("Quantive (Gtmhub)");
        insta::assert_snapshot!(format!("add-account-{name}"), rig.screen());
        for (digit, system) in [("1", "Operately"), ("3", "ClickUp"), ("4", "AchieveIt")] {
            rig.keys(digit).sees(&format!("New account at {system}"));
            rig.keys("esc x :").write("add account").keys("enter");
        }
        rig.keys("2").sees("New account at Quantive");
        insta::assert_snapshot!(format!("new-account-quantive-{name}"), rig.screen());
        rig.keys("esc x @ G enter").sees("Where is the account?");
    }
}

#[test]
fn a_goal_whose_parent_is_not_here_stands_at_the_top_and_says_so() {
    let lone = under(goal("work", "1", "Grow partners"), "work:g:elsewhere");
    let under_it = under(goal("work", "2", "Call them"), "work:g:1");
    let fakes = [town("work", operately(), vec![lone, under_it])];
    let mut rig = rig(&fakes, NARROW);
    rig.keys("g g").sees("Grow partners  (parent outside)");
    rig.keys("enter")
        .sees("the goal above it is outside this view");
    rig.keys("esc g g l");
    rig.sees_no("Call them  (parent");
}

#[test]
fn a_limit_is_no_error_and_what_came_before_it_shows() {
    let [_, side] = two_systems();
    let told = side
        .shelf()
        .answer(&Query::All, side.account(), &"side:me".into());
    let part = Batch {
        more: true,
        full: false,
        ..told.clone()
    };
    let pause = Batch {
        pause: Some(40),
        more: true,
        ..Batch::default()
    };
    side.on_fetch([Telling::These(vec![part, pause, told])]);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    let parts = goaldeck::run::headless::Parts {
        setups: vec![setup(&side)],
        providers: [(
            side.account().clone(),
            Arc::new(side.clone()) as Arc<dyn Provider>,
        )]
        .into(),
        disk: None,
        records: Records::default(),
        rules: goaldeck::model::progress::Rules::default(),
        clock: goaldeck::run::clock::Clock::real(),
        read_only: None,
    };
    let program = Headless::heard(
        parts,
        Box::new(move |words| hears.lock().unwrap().push(words.to_owned())),
    )
    .unwrap();
    let said = heard.lock().unwrap().clone();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].starts_with("side waits 40 s (its limit of requests)")
            || said[0].starts_with("side waits 39 s"),
        "{said:?}"
    );
    assert!(program.store().goal(&"side:g:1".into()).is_some());
}

#[test]
fn a_key_result_of_mine_asks_me_and_says_whose_goal_it_is() {
    let owned = |mut goal: Goal, automatic: bool| {
        goal.champion = Some("okr:bo".into());
        goal.next_check_in = Some(friday().today());
        for result in &mut goal.results {
            result.particulars = Some(Box::new(Particulars {
                owner: Some("okr:me".into()),
                automatic,
                ..Particulars::default()
            }));
        }
        goal
    };
    let mine = owned(with_progress(goal("okr", "1", "Grow"), 10.0), false);
    let counted = owned(with_progress(goal("okr", "2", "Counted"), 10.0), true);
    let bo = Person {
        id: "okr:bo".into(),
        name: "Bo Berg".into(),
        ..me("okr")
    };
    let fake = Fake::new("okr", "okr:me", quantive());
    let fake = fake.with(vec![mine, counted], vec![me("okr"), bo], Vec::new());
    let mut rig = rig(&[fake], WIDE);
    rig.keys("1").sees("YOU OWE (1)").sees("Grow  (goal of Bo)");
    rig.sees("check-in today")
        .sees("owner you")
        .sees_no("Counted");
    rig.keys("3").sees("Grow: check-in due today");
}

#[test]
fn who_loses_a_goal_is_counted_anew() {
    let goals = vec![
        goal("work", "1", "One"),
        goal("work", "2", "Other"),
        under(with_progress(goal("work", "3", "Low"), 20.0), "work:g:1"),
        under(with_progress(goal("work", "4", "High"), 60.0), "work:g:1"),
    ];
    let work = town("work", operately(), goals);
    let mut rig = rig(std::slice::from_ref(&work), WIDE);
    let counted = |rig: &Rig, id: &str| {
        let figures = *rig.store().figures(&id.into()).unwrap();
        figures.progress.map(|ours| (ours.p * 100.0).round())
    };
    assert_eq!(counted(&rig, "work:g:1"), Some(40.0));
    // Moved there, then deleted there.
    work.behind_our_back(|shelf| {
        let mut high = shelf.goal(&"work:g:4".into()).unwrap().clone();
        high.parent = Some("work:g:2".into());
        shelf.put_goal(high);
    });
    rig.keys("R");
    assert_eq!(counted(&rig, "work:g:1"), Some(20.0));
    assert_eq!(counted(&rig, "work:g:2"), Some(60.0));
    // Moved here, not sent yet, and taken back.
    rig.keys("/")
        .write("low")
        .keys("enter :")
        .write("move under")
        .keys("enter");
    rig.write("other").keys("enter");
    assert_eq!(counted(&rig, "work:g:1"), None);
    assert_eq!(counted(&rig, "work:g:2"), Some(40.0));
    rig.keys("u");
    assert_eq!(counted(&rig, "work:g:1"), Some(20.0));
    assert_eq!(counted(&rig, "work:g:2"), Some(60.0));
}
