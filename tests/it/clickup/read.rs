//! Reading a Workspace in both of its shapes.

use goaldeck::model::exchange::{FaultKind, Query};
use goaldeck::model::goal::Nature;
use goaldeck::model::key_result::{Kind, Reading};
use goaldeck::model::system::Special;
use goaldeck::providers::Provider;

use super::fake::{ADA, BO, Fault, Shape, TEAM, World};
use super::rig::Rig;

#[test]
fn both_shapes_give_the_same_goals() {
    let [described, live] = [Shape::Described, Shape::Live].map(|shape| {
        let rig = Rig::small(shape);
        let told = rig.all();
        let mut goals = told.goals();
        for goal in &mut goals {
            // Only one of the lists tells when it changed.
            goal.updated_at = goal.created_at;
            // One of them rounds to whole per cent.
            let share = goal
                .provider_progress
                .map(|share| (share * 20.0).round() / 20.0);
            goal.provider_progress = share;
        }
        goals.sort_by_key(|goal| goal.position);
        let me = told.batches.iter().find_map(|batch| batch.me.clone());
        assert_eq!(me, Some(format!("work:u:{ADA}").as_str().into()));
        goals
    });
    assert_eq!(described, live);
    let names: Vec<&str> = described.iter().map(|goal| goal.name.as_str()).collect();
    assert_eq!(names, ["2027", "Launch", "Cut churn", "Empty"]);
    let [folder, launch, churn, empty] = described.as_slice() else {
        panic!("{described:?}");
    };
    assert_eq!(folder.nature, Nature::Folder);
    assert_eq!(launch.parent.as_ref(), Some(&folder.id));
    assert_eq!(churn.parent, None);
    assert_eq!(
        churn.due.map(|day| day.to_string()).as_deref(),
        Some("2026-12-31")
    );
    assert_eq!(churn.check_ins.len(), 1);
    assert_eq!(
        churn.check_ins[0].values[0].before,
        Some(Reading::Number(9.0))
    );
    let kinds: Vec<&Kind> = churn
        .results
        .iter()
        .chain(&launch.results)
        .map(|result| &result.kind)
        .collect();
    let percent = Kind::Percent;
    assert_eq!(
        kinds,
        [
            &percent,
            &Kind::Number,
            &Kind::Currency,
            &Kind::YesNo,
            &percent
        ]
    );
    let automatic = launch.results[1].particulars();
    assert!(automatic.automatic);
    assert_eq!(automatic.aside, "3 tasks");
    assert_eq!(launch.results[1].current, Some(Reading::Number(25.0)));
    // The mean of 50 %, 30 % and 50 %.
    let share = churn.provider_progress.unwrap();
    assert!((share - 0.45).abs() < 1e-9, "{share}");
    assert!(
        empty.results.is_empty() && empty.champion == Some(format!("work:u:{BO}").as_str().into())
    );
}

#[test]
fn a_list_that_says_all_costs_three_requests_and_a_bare_one_one_more_for_each_goal() {
    let rig = Rig::small(Shape::Described);
    rig.all();
    let list = format!("GET /team/{TEAM}/goal");
    assert_eq!(rig.fake.asked(), ["GET /user", "GET /team", list.as_str()]);
    let rig = Rig::small(Shape::Live);
    rig.all();
    // Not the one without key results, not the archived one.
    let mut more = rig.fake.asked().split_off(3);
    more.sort();
    assert_eq!(more, ["GET /goal/g-1", "GET /goal/g-2"]);
}

#[test]
fn only_what_changed_is_read_in_full_again_also_after_a_start() {
    let mut rig = Rig::small(Shape::Live);
    rig.all();
    for restarts in [false, true] {
        if restarts {
            rig.restart();
        }
        rig.fake.forget();
        let told = rig.all();
        let details = |rig: &Rig| {
            let asked = rig.fake.asked().into_iter();
            asked
                .filter(|asked| asked.starts_with("GET /goal/"))
                .collect::<Vec<_>>()
        };
        assert_eq!(details(&rig), Vec::<String>::new(), "restarts {restarts}");
        // What is not read again is not told to be gone.
        for batch in &told.batches {
            for goal in &batch.goals {
                let is_bare = goal.id.as_str() == "work:g:g-1" || goal.id.as_str() == "work:g:g-2";
                assert_eq!(batch.brief, is_bare, "{goal:?}");
            }
        }
        rig.fake
            .world(|world| world.moves(BO, "k-4", 1.0, "Signed"));
        let told = rig.all();
        assert_eq!(details(&rig), ["GET /goal/g-2"]);
        assert_eq!(
            told.goal("work:g:g-2").check_ins.last().unwrap().note,
            "Signed"
        );
        rig.fake
            .world(|world| world.moves(BO, "k-4", 0.0, "Not yet"));
        rig.all();
    }
    // After a week nothing is taken for granted.
    rig.fake.world(|world| world.now += 8 * 24 * 3_600_000);
    rig.fake.forget();
    rig.all();
    let asked = rig.fake.asked();
    assert_eq!(
        asked
            .iter()
            .filter(|asked| asked.starts_with("GET /goal/"))
            .count(),
        2
    );
}

#[test]
fn a_goal_that_cannot_be_read_stays_as_it_was_and_is_tried_again() {
    let rig = Rig::small(Shape::Live);
    rig.fake.world(|world| {
        world.order(
            "GET",
            "/goal/g-1",
            Fault::Answer(403, "{\"err\":\"No access\"}".into()),
        );
    });
    let told = rig.all();
    let stale = told
        .batches
        .iter()
        .find(|batch| batch.goals.iter().any(|goal| goal.name == "Cut churn"));
    assert!(stale.unwrap().brief, "unchanged, not gone");
    assert_eq!(told.goal("work:g:g-2").results.len(), 2);
    assert_eq!(rig.all().goal("work:g:g-1").results.len(), 3);
}

#[test]
fn one_goal_keeps_its_place_in_the_tree() {
    let mut rig = Rig::small(Shape::Live);
    // A list may have a goal in a folder that the goal itself does not name.
    rig.fake
        .world(|world| world.goals[1].folder = Some("f-1".into()));
    let listed = rig.all().goal("work:g:g-2");
    assert_eq!(rig.goal("work:g:g-2"), listed);
    rig.restart();
    assert_eq!(rig.goal("work:g:g-2").position, listed.position);
    assert_eq!(rig.goal("work:g:g-2").parent, listed.parent);
    // Folders and what is not there yet have nothing to ask for.
    rig.fake.forget();
    for id in ["work:f:f-1", "work:g-made-here", "work:g:string~2"] {
        let told = rig.fetch(Query::Goal(id.into()));
        assert_eq!(told.fault, None);
        assert!(told.goals().is_empty() && told.batches.last().unwrap().gone.is_empty());
    }
    assert!(rig.fake.asked().is_empty());
    let gone = rig.fetch(Query::Goal("work:g:g-9".into()));
    assert_eq!(gone.batches.last().unwrap().gone, ["work:g:g-9".into()]);
}

#[test]
fn people_are_known_by_name_and_others_by_number() {
    let rig = Rig::small(Shape::Live);
    rig.fake
        .world(|world| world.moves(77, "k-2", 13.0, "From outside"));
    let told = rig.all();
    let people = told.batches.iter().flat_map(|batch| &batch.people);
    let mut names: Vec<&str> = people.map(|person| person.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, ["Ada Moreno", "Bo Chen", "user 77"]);
}

#[test]
fn days_are_those_of_the_zone_the_user_chose() {
    for (zone, day) in [
        (Some("America/Los_Angeles"), "2026-12-30"),
        (Some("Asia/Tokyo"), "2026-12-31"),
        (Some("nowhere"), "2026-12-31"),
        (None, "2026-12-31"),
    ] {
        let mut world = World::small(Shape::Described);
        world.zone = zone;
        let rig = Rig::of(world, "pk_ada_1", Special::default());
        let due = rig.all().goal("work:g:g-1").due.unwrap();
        assert_eq!(due.to_string(), day, "{zone:?}");
    }
}

#[test]
fn completed_goals_are_asked_for_as_the_settings_say() {
    let world = || {
        let mut world = World::small(Shape::Described);
        world.goals[1].results.truncate(1);
        world.goals[1].results[0].current = 1.0;
        world
    };
    let rig = Rig::of(world(), "pk_ada_1", Special::default());
    assert!(!rig.all().names().contains(&"Launch".to_owned()));
    let special = Special {
        completed: true,
        ..Special::default()
    };
    let rig = Rig::of(world(), "pk_ada_1", special);
    assert_eq!(
        rig.all().goal("work:g:g-2").results[0].current,
        Some(Reading::Yes(true))
    );
}

#[test]
fn the_workspace_is_the_one_or_the_chosen_one() {
    let several = |workspace: Option<&str>| {
        let mut world = World::small(Shape::Described);
        world.teams.push((7, "Beta"));
        let special = Special {
            workspace: workspace.map(str::to_owned),
            ..Special::default()
        };
        Rig::of(world, "pk_ada_1", special)
    };
    let fault = several(None).fetch(Query::All).fault.unwrap();
    assert_eq!(
        fault.why,
        "this token sees 2 Workspaces: Acme (90161438581), Beta (7)"
    );
    assert!(
        fault.remedy.contains("workspace = \"90161438581\"")
            && fault.remedy.contains("--workspace")
    );
    let team = TEAM.to_string();
    assert_eq!(several(Some(&team)).all().names().len(), 4);
    let fault = several(Some("Acme")).fetch(Query::All).fault.unwrap();
    assert_eq!(
        (fault.kind, fault.why.as_str()),
        (FaultKind::Invalid, "the workspace Acme is not a number")
    );
}

#[test]
fn a_server_without_people_needs_the_number_and_no_more() {
    let rig = |special: Special| {
        let mut world = World::small(Shape::Described);
        world.knows_people = false;
        Rig::of(world, "pk_ada_1", special)
    };
    let fault = rig(Special::default()).fetch(Query::All).fault.unwrap();
    assert_eq!(
        fault.why,
        "ClickUp does not say which Workspace this token is for"
    );
    assert!(fault.remedy.contains("--workspace NUMBER"));
    for (me, id, name) in [
        (None, "work:me".to_owned(), "me"),
        (
            Some("ada@example.com"),
            format!("work:u:{ADA}"),
            "Ada Moreno",
        ),
        (Some("Bo Chen"), format!("work:u:{BO}"), "Bo Chen"),
        (Some("4021"), format!("work:u:{ADA}"), "4021"),
        (Some("Zoe"), "work:me".to_owned(), "Zoe"),
    ] {
        let special = Special {
            workspace: Some(TEAM.to_string()),
            me: me.map(str::to_owned),
            ..Special::default()
        };
        let mut rig = rig(special);
        let told = rig.all();
        let first = &told.batches[0];
        assert_eq!(first.me, Some(id.as_str().into()), "{me:?}");
        let mine = first
            .people
            .iter()
            .find(|person| Some(&person.id) == first.me.as_ref());
        assert_eq!(mine.unwrap().name, name);
        // The same person from the first word of the next start on.
        rig.restart();
        let glance = rig.fetch(Query::Glance);
        assert_eq!(glance.batches[0].me, Some(id.as_str().into()));
    }
}

#[test]
fn a_foreign_answer_is_no_empty_workspace() {
    for (status, body, kind) in [
        (200, "{}", FaultKind::Unreadable),
        (200, "[]", FaultKind::Unreadable),
        (200, "<html>Sign in</html>", FaultKind::Unreadable),
        (200, "", FaultKind::Unreadable),
        (403, "{\"err\":\"no\"}", FaultKind::Forbidden),
        (404, "", FaultKind::Invalid),
        (422, "{\"title\":\"Invalid request\"}", FaultKind::Invalid),
    ] {
        let rig = Rig::small(Shape::Described);
        rig.fake
            .world(|world| world.order("GET", "/goal", Fault::Answer(status, body.into())));
        let told = rig.fetch(Query::All);
        assert_eq!(
            told.fault.map(|fault| fault.kind),
            Some(kind),
            "{status} {body}"
        );
        assert!(told.batches.is_empty());
    }
}

#[test]
fn meeting_and_calling() {
    let rig = Rig::small(Shape::Live);
    let met = rig.run(rig.account.introduce()).unwrap();
    assert_eq!(
        (met.person.as_str(), met.company.as_str()),
        ("Ada Moreno", "Acme")
    );
    assert_eq!((met.server.as_str(), met.goals), ("ClickUp API v2", 3));
    use goaldeck::model::direct::{Call, Method};
    let call = |method, path: &str| {
        let call = Call {
            method,
            path: path.to_owned(),
            query: Vec::new(),
            body: None,
        };
        rig.run(rig.account.call(call)).unwrap()
    };
    for path in ["goal/g-1", "/goal/g-1", "/v2/goal/g-1", "/api/v2/goal/g-1"] {
        let answer = call(Method::Get, path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(String::from_utf8_lossy(&answer.body).contains("Cut churn"));
    }
    assert_eq!(call(Method::Get, "goal/none").status, 404);
    assert_eq!(call(Method::Delete, "goal/g-3").status, 200);
}

#[test]
fn an_account_that_is_tried_counts_the_goals_that_are_shown() {
    let rig = Rig::small(Shape::Live);
    let met = rig.run(rig.account.introduce()).unwrap();
    let shown = rig.all().goals();
    let shown = shown.iter().filter(|goal| goal.nature != Nature::Folder);
    assert_eq!(met.goals, shown.count());
}
