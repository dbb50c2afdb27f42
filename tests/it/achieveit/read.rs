//! Plans as goals: pages, the tree, people, the file of external ids, and what is
//! said where something cannot be read.

use std::sync::Arc;

use chrono::TimeDelta;
use goaldeck::model::exchange::{FaultKind, Query};
use goaldeck::model::goal::Goal;
use goaldeck::model::key_result::{Kind, Reading};
use goaldeck::model::status::Status;

use super::fake::{Fake, Fault, PLAN, item};
use super::rig::{Rig, Shape, goal_id};

fn named<'a>(goals: &'a [Goal], name: &str) -> &'a Goal {
    goals.iter().find(|goal| goal.name == name).unwrap()
}

fn shaped(fake: Fake, shape: Shape) -> Rig {
    Rig::at(Arc::new(fake), shape)
}

#[test]
fn a_plan_is_a_tree_of_goals_with_their_numbers() {
    let rig = Rig::new();
    let batch = rig.read(Query::All).unwrap();
    assert!(batch.full && !batch.more);
    let names: Vec<&str> = batch.goals.iter().map(|goal| goal.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Grow & keep customers",
            "Raise renewals",
            "Sign-ups",
            "Open two sites",
            "Cut costs",
            "Travel",
            "Energy"
        ]
    );
    let top = named(&batch.goals, "Grow & keep customers");
    assert!(top.parent.is_none() && top.results.is_empty());
    assert_eq!(
        (top.status, top.tags.as_slice()),
        (Status::OnTrack, &["Goal".to_owned()][..])
    );
    let sites = named(&batch.goals, "Open two sites");
    assert_eq!(sites.parent.as_ref(), Some(&top.id));
    assert_eq!((sites.status, &sites.champion), (Status::NotStarted, &None));
    let renewals = named(&batch.goals, "Raise renewals");
    assert_eq!(renewals.id, goal_id("i-2"));
    assert_eq!(renewals.space, "Grow & keep customers");
    let [result] = renewals.results.as_slice() else {
        panic!("{renewals:?}")
    };
    assert_eq!((result.start, result.target), (0.0, Some(0.9)));
    assert_eq!(result.current, Some(Reading::Number(0.4)));
    assert_eq!(renewals.due.unwrap().to_string(), "2026-12-31");
    // The key says nothing, so my name is looked for among the people.
    let me = batch.me.unwrap();
    assert_eq!(renewals.champion.as_ref(), Some(&me));
    assert_eq!(
        batch.people.iter().filter(|person| person.id == me).count(),
        1
    );
}

#[test]
fn who_i_am_is_found_by_name_or_address_or_is_nobody_else() {
    let me = |me| {
        let fake = Fake::start();
        fake.world().extra = serde_json::json!({"assignedToEmailAddress": "ada@x.example"});
        let batch = shaped(
            fake,
            Shape {
                me,
                ..Shape::default()
            },
        )
        .read(Query::All)
        .unwrap();
        let id = batch.me.unwrap();
        let person = batch
            .people
            .into_iter()
            .find(|person| person.id == id)
            .unwrap();
        (id.to_string(), person.name)
    };
    assert_eq!(me(Some(" ada MORENO ")).0, "work:u:ada moreno");
    assert_eq!(me(Some("ADA@x.example")).0, "work:u:ada moreno");
    assert_eq!(me(Some("Eve")), ("work:u:eve".to_owned(), "Eve".to_owned()));
    assert_eq!(me(Some("eve@x.example")).0, "work:me");
    assert_eq!(me(None), ("work:me".to_owned(), "me".to_owned()));
}

#[test]
fn a_large_plan_is_read_page_by_page() {
    let items =
        (0..3_700).map(|n| item(&format!("i-{n}"), &format!("1.{n}"), &format!("Item {n}")));
    let rig = shaped(Fake::with(items.collect()), Shape::default());
    assert_eq!(rig.goals().len(), 3_700);
    assert_eq!(rig.fake.count("GET /exports/plans/plan-1"), 3);
    let world = rig.fake.world();
    let skips: Vec<&str> = world
        .asked
        .iter()
        .map(|asked| {
            asked
                .query
                .iter()
                .find(|(name, _)| name == "skip")
                .unwrap()
                .1
                .as_str()
        })
        .collect();
    assert_eq!(skips, ["0", "1500", "3000"]);
}

#[test]
fn a_server_of_shorter_pages_loses_nothing_and_one_of_equal_pages_ends() {
    let items = (0..25).map(|n| item(&format!("i-{n}"), &format!("{n}"), &format!("Item {n}")));
    let fake = Fake::with(items.collect());
    fake.world().longest_page = 10;
    let rig = shaped(fake, Shape::default());
    assert_eq!(rig.goals().len(), 25);
    assert_eq!(rig.fake.count("GET "), 3);
    // One that does not know skip gives the first page for ever.
    let page =
        serde_json::json!({"totalCount": 99, "items": [{"id": "a", "name": "A"}]}).to_string();
    for _ in 0..3 {
        rig.fake
            .fault("GET ", Fault::Answer(200, Vec::new(), page.clone()));
    }
    rig.later(TimeDelta::minutes(5));
    assert_eq!(rig.goals().len(), 1);
    assert_eq!(rig.fake.count("GET "), 5);
}

#[test]
fn several_plans_are_trees_of_their_own() {
    let fake = Fake::start();
    let other = vec![item("j-1", "1", "Other"), item("i-1", "1.2", "Same id")];
    fake.world().plans.insert("plan/2".to_owned(), other);
    let rig = shaped(
        fake,
        Shape {
            plans: vec![PLAN, "plan/2"],
            ..Shape::default()
        },
    );
    let goals = rig.goals();
    assert_eq!(goals.len(), 9);
    let double = named(&goals, "Same id");
    assert_eq!(double.id, goal_id("i-1~2"));
    assert_eq!(double.parent, Some(goal_id("j-1")));
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    let told = |fault: Fault, plans: Vec<&'static str>| {
        let rig = shaped(
            Fake::start(),
            Shape {
                plans,
                ..Shape::default()
            },
        );
        rig.fake.fault("GET ", fault);
        rig.read(Query::All).unwrap_err()
    };
    let answer = |status| Fault::Answer(status, Vec::new(), String::new());
    let fault = told(answer(403), vec![PLAN]);
    assert_eq!(fault.kind, FaultKind::Forbidden);
    assert_eq!(fault.why, "the key's user may not see the plan plan-1");
    let fault = told(answer(404), vec![PLAN]);
    assert_eq!(
        (fault.kind, fault.why.as_str()),
        (FaultKind::Gone, "AchieveIt has no plan plan-1")
    );
    assert_eq!(told(answer(401), vec![PLAN]).kind, FaultKind::SignedOut);
    let page = Fault::Answer(200, Vec::new(), "<html>sign in</html>".to_owned());
    assert!(
        told(page, vec![PLAN])
            .why
            .contains("a login page of the network?")
    );
    let fault = told(answer(418), vec![PLAN]);
    assert_eq!(fault.why, "AchieveIt does not take the request (HTTP 418)");
    let fault = told(answer(200), Vec::new());
    assert_eq!(
        fault.why,
        "the account has neither plans nor items_file, so there is nothing to read"
    );
    assert!(fault.remedy.contains("Copy Plan ID"));
    let away = Fault::Answer(
        302,
        vec![("location", "https://evil.example/x".to_owned())],
        String::new(),
    );
    let fault = told(away, vec![PLAN]);
    assert!(
        fault.why.contains("https://evil.example (HTTP 302)"),
        "{}",
        fault.why
    );
}

#[test]
fn a_wrong_key_is_told_and_never_sent_elsewhere() {
    let rig = shaped(
        Fake::start(),
        Shape {
            key: "aik_other",
            ..Shape::default()
        },
    );
    let fault = rig.read(Query::All).unwrap_err();
    assert_eq!(fault.kind, FaultKind::SignedOut);
    assert!(!fault.to_string().contains("aik_other"));
    let world = rig.fake.world();
    for asked in &world.asked {
        let keys: Vec<_> = asked
            .headers
            .iter()
            .filter(|(_, value)| value.contains("aik_other"))
            .collect();
        let expected = ("authorization".to_owned(), "API-KEY aik_other".to_owned());
        assert_eq!(keys, [&expected]);
    }
}

#[test]
fn one_goal_is_read_with_its_plan_but_not_again_and_again() {
    let rig = Rig::new();
    let batch = rig.read(Query::Goal(goal_id("i-3"))).unwrap();
    assert_eq!((batch.goals.len(), batch.full), (1, false));
    rig.read(Query::Goal(goal_id("i-4"))).unwrap();
    assert_eq!(rig.fake.count("GET "), 1);
    rig.later(TimeDelta::minutes(2));
    let batch = rig.read(Query::Goal(goal_id("nobody"))).unwrap();
    assert_eq!(
        (batch.goals.len(), batch.gone),
        (0, vec![goal_id("nobody")])
    );
    assert_eq!(rig.fake.count("GET "), 2);
}

#[test]
fn words_of_the_organisation_are_read_and_others_are_shown_as_they_are() {
    let fake = Fake::start();
    fake.world().words = vec!["Green", "Deferred"];
    fake.change("i-2", |item| item.status = Some("GREEN".to_owned()));
    fake.change("i-3", |item| item.status = Some("Deferred".to_owned()));
    fake.change("i-5", |item| item.status = Some("Canceled".to_owned()));
    let words = vec![("Green", Status::OnTrack)];
    let goals = shaped(
        fake,
        Shape {
            words,
            ..Shape::default()
        },
    )
    .goals();
    let is = |name: &str| {
        let goal = named(&goals, name);
        (goal.status, goal.status_word.clone(), goal.is_open())
    };
    assert_eq!(
        is("Raise renewals"),
        (Status::OnTrack, Some("GREEN".to_owned()), true)
    );
    assert_eq!(
        is("Sign-ups"),
        (Status::NotStarted, Some("Deferred".to_owned()), true)
    );
    assert_eq!(
        is("Travel"),
        (Status::Missed, Some("Canceled".to_owned()), false)
    );
}

const FILE: &str = "External ID;#;Item;Level;Status;Unit;Baseline;Target;Assigned To\n\
    EXT-1;1;Grow & keep customers;Goal;On Track;;;;Ada Moreno\n\
    EXT-2;1.2;Raise renewals;Milestone;At Risk;Percent;0,1;0.9;Ada Moreno\n";

#[test]
fn the_file_of_external_ids_gives_ids_and_units() {
    let rig = shaped(
        Fake::start(),
        Shape {
            file: Some(FILE),
            ..Shape::default()
        },
    );
    let goals = rig.goals();
    assert_eq!(goals.len(), 7);
    let renewals = named(&goals, "Raise renewals");
    assert_eq!(renewals.id, goal_id("EXT-2"));
    let result = &renewals.results[0];
    assert_eq!((&result.kind, result.unit.as_str()), (&Kind::Percent, "%"));
    assert_eq!(
        (result.target, &result.current),
        (Some(90.0), &Some(Reading::Number(40.0)))
    );
    // Status and value are the export's; items that are not in the file stay.
    assert_eq!(renewals.status, Status::OnTrack);
    assert_eq!(named(&goals, "Sign-ups").id, goal_id("i-3"));
}

#[test]
fn the_file_stands_in_where_nothing_is_exported() {
    let closed = Fake::start();
    closed.world().import_only = true;
    for (fake, plans) in [(closed, vec![PLAN]), (Fake::start(), Vec::new())] {
        let rig = shaped(
            fake,
            Shape {
                plans,
                file: Some(FILE),
                ..Shape::default()
            },
        );
        let goals = rig.goals();
        assert_eq!(goals.len(), 2);
        let renewals = named(&goals, "Raise renewals");
        assert_eq!(
            (renewals.id.as_str(), renewals.status),
            ("work:g:EXT-2", Status::AtRisk)
        );
        assert_eq!(renewals.parent, Some(goal_id("EXT-1")));
        let result = &renewals.results[0];
        assert_eq!((result.target, &result.current), (Some(90.0), &None));
    }
}

#[test]
fn an_account_is_met_by_the_first_item_of_each_plan() {
    let rig = Rig::new();
    let met = rig
        .wait(goaldeck::providers::Provider::introduce(&rig.provider))
        .unwrap();
    assert_eq!(
        (met.goals, met.person.as_str()),
        (7, "Ada Moreno (by the account's me)")
    );
    assert_eq!(met.server, "AchieveIt");
    assert_eq!(rig.fake.count("GET "), 1);
    let shape = |plans, file| Shape {
        plans,
        file,
        ..Shape::default()
    };
    let meet = |rig: &Rig| rig.wait(goaldeck::providers::Provider::introduce(&rig.provider));
    let file = shaped(Fake::start(), shape(Vec::new(), Some(FILE)));
    let met = meet(&file).unwrap();
    assert_eq!(met.goals, 2);
    assert!(
        met.server
            .contains("the key is tried by the first check-in"),
        "{}",
        met.server
    );
    assert_eq!(file.fake.count(""), 0);
    let none = shaped(Fake::start(), shape(Vec::new(), None));
    let fault = meet(&none).unwrap_err();
    assert!(
        fault
            .why
            .contains("by reading a plan or by an import alone"),
        "{}",
        fault.why
    );
    let wrong = shaped(Fake::start(), shape(vec!["nobody"], None));
    assert_eq!(
        meet(&wrong).unwrap_err().why,
        "AchieveIt has no plan nobody"
    );
    let closed = shaped(Fake::start(), shape(vec![PLAN], Some(FILE)));
    closed.fake.world().import_only = true;
    assert!(
        meet(&closed)
            .unwrap()
            .server
            .contains("items_file in the place of a plan")
    );
}

#[test]
fn items_that_an_export_counts_and_does_not_give_are_not_gone() {
    let rig = Rig::new();
    let before = rig.read(Query::All).unwrap();
    assert!(before.full);
    for _ in 0..3 {
        let page = r#"{"totalCount": 7, "items": []}"#.to_owned();
        rig.fake.fault("GET ", Fault::Answer(200, Vec::new(), page));
    }
    rig.later(TimeDelta::minutes(5));
    let cut = rig.read(Query::All).unwrap();
    assert!(cut.goals.is_empty() && !cut.full, "{cut:?}");
    let one = rig.read(Query::Goal(goal_id("i-2"))).unwrap();
    assert!(one.gone.is_empty(), "{one:?}");
}
