//! Reading through the Operately provider from a server of every age.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use goaldeck::model::cadence;
use goaldeck::model::exchange::{Batch, Fault as Refusal, FaultKind, Query};
use goaldeck::model::goal::{Goal, Nature};
use goaldeck::model::ids::{AccountName, GoalId, PersonId};
use goaldeck::model::sign_in::{SignIn, TokenSource};
use goaldeck::model::status::Status;
use goaldeck::model::time::{Now, Zone};
use goaldeck::providers::http::{self, Options, Pace, Proxies, Token};
use goaldeck::providers::operately::client::{Client, Learned};
use goaldeck::providers::operately::fetch::Reader;

use crate::operately::{Age, Fake, Fault, When, World, ids};

/// No pause between repeats.
struct AtOnce;

impl Pace for AtOnce {
    fn rest(&self, _: std::time::Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

fn reader(fake: &Fake, who: &str) -> Reader {
    let account = AccountName::new("work");
    let sign_in = SignIn {
        account: account.clone(),
        url: fake.url.clone(),
        token: TokenSource::Env("UNUSED".to_owned()),
        ca_file: None,
        insecure: false,
    };
    let options = Options {
        proxies: Proxies::from_variables(|_| None),
        pace: Arc::new(AtOnce),
        ..Options::default()
    };
    let token = Token::new(&fake.token(who)).unwrap();
    let http = http::Client::with_token("Operately", &sign_in, token, options).unwrap();
    Reader::new(Arc::new(Client::new(http, Learned::default())), account)
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn asked(reader: &Reader, query: Query) -> (Vec<Batch>, Result<(), Refusal>) {
    let batches: Arc<Mutex<Vec<Batch>>> = Arc::default();
    let into = Arc::clone(&batches);
    let sink = Box::new(move |batch| into.lock().unwrap().push(batch));
    let said = run(reader.fetch(query, sink));
    let batches = std::mem::take(&mut *batches.lock().unwrap());
    (batches, said)
}

fn batches(reader: &Reader, query: Query) -> Vec<Batch> {
    let (batches, said) = asked(reader, query);
    said.unwrap();
    let (last, others) = batches.split_last().unwrap();
    assert!(!last.more && others.iter().all(|batch| batch.more));
    batches
}

fn all(reader: &Reader) -> Batch {
    batches(reader, Query::All).pop().unwrap()
}

fn named<'a>(batch: &'a Batch, name: &str) -> &'a Goal {
    batch
        .goals
        .iter()
        .find(|goal| goal.name.starts_with(name))
        .unwrap_or_else(|| panic!("no {name}"))
}

fn waiting(goals: &[Goal], me: &PersonId) -> BTreeSet<String> {
    goals
        .iter()
        .flat_map(|goal| goal.check_ins.iter().map(move |check_in| (goal, check_in)))
        .filter(|(goal, one)| one.waits() && goal.acknowledger(one) == Some(me))
        .map(|(_, check_in)| check_in.id.to_string())
        .collect()
}

fn ours(id: ids::Id) -> String {
    format!("work:{}", ids::short(id))
}

#[test]
fn everything_is_read_from_a_server_of_any_age() {
    for age in Age::ALL {
        let fake = Fake::start(age);
        let reader = reader(&fake, "ada");
        let answer = batches(&reader, Query::All);
        let batch = answer.last().unwrap();
        let me = batch.me.clone().unwrap();
        assert!(
            batch.full && batch.brief && batch.cursor.is_some(),
            "{age:?}"
        );
        // The first piece is what is mine.
        let first = &answer[0];
        assert!(first.people.len() >= 6 && first.me.as_ref() == Some(&me));
        assert!(
            first
                .goals
                .iter()
                .any(|goal| goal.champion.as_ref() == Some(&me))
        );
        assert!(first.goals.iter().all(|goal| {
            goal.champion.as_ref() == Some(&me)
                || !waiting(std::slice::from_ref(goal), &me).is_empty()
        }));
        let arr = named(batch, "Grow ARR");
        assert_eq!(arr.status, Status::OffTrack);
        assert_eq!(arr.results.len(), 3);
        assert_eq!(arr.parent.as_ref(), Some(&named(batch, "Calm platform").id));
        assert_eq!(arr.cadence.to_string(), "monthly:1");
        assert!(
            arr.link.starts_with(&format!("{}/", fake.url)),
            "{}",
            arr.link
        );
        assert!(arr.link.contains("/goals/grow-arr-"));
        let billing = named(batch, "Billing rewrite");
        assert_eq!(billing.nature, Nature::Project);
        assert_eq!(billing.parent.as_ref(), Some(&arr.id));
        assert_eq!(billing.provider_progress, Some(0.0));
        let closed = named(batch, "Launch in Sweden");
        assert!(!closed.is_open() && closed.status == Status::Achieved);
        // A parent that is hidden is still named, and not in the list.
        let child = named(batch, "Child of a secret");
        assert!(
            batch
                .goals
                .iter()
                .all(|goal| Some(&goal.id) != child.parent.as_ref())
        );
        assert!(batch.goals.iter().any(|goal| goal.name.contains('\u{1b}')));
        let names: Vec<&str> = batch.goals.iter().map(|goal| goal.name.as_str()).collect();
        assert!(names.is_sorted(), "{names:?}");
        let known: BTreeSet<&PersonId> = first
            .people
            .iter()
            .chain(&batch.people)
            .map(|person| &person.id)
            .collect();
        for goal in &batch.goals {
            for check_in in &goal.check_ins {
                assert!(known.contains(&check_in.author));
            }
        }
    }
}

#[test]
fn the_queue_is_the_servers_review_list() {
    for age in Age::ALL {
        let fake = Fake::start(age);
        for who in ["ada", "ingrid", "amina", "remi", "zed"] {
            let batch = all(&reader(&fake, who));
            let me = batch.me.clone().unwrap();
            let expected = fake.world(|world| {
                let me = world.who(who);
                let list = world.check_ins.values().filter(|check_in| {
                    let ours = match check_in.about {
                        crate::operately::world::About::Goal(id) => {
                            let goal = &world.goals[&id];
                            goal.closed.is_none()
                                && world.level_on_goal(me, goal) > 0
                                && [goal.reviewer, goal.champion].contains(&Some(me))
                                && (age >= Age::V1_8
                                    || goal.reviewer == Some(me)
                                    || goal.reviewer == Some(check_in.author))
                        }
                        crate::operately::world::About::Project(id) => {
                            let project = &world.projects[&id];
                            [project.role("reviewer"), project.role("champion")].contains(&Some(me))
                        }
                    };
                    ours && check_in.author != me && check_in.acknowledged.is_none()
                });
                list.map(|check_in| ours(check_in.id))
                    .collect::<BTreeSet<_>>()
            });
            let mut ours = waiting(&batch.goals, &me);
            // How goals were closed waits only at servers that know of it.
            let closings: BTreeSet<String> = batch
                .goals
                .iter()
                .flat_map(|goal| &goal.check_ins)
                .filter(|check_in| !check_in.occasion.is_regular())
                .map(|check_in| check_in.id.to_string())
                .collect();
            ours.retain(|id| !closings.contains(id));
            assert_eq!(ours, expected, "{who} at {age:?}");
            assert_eq!(!closings.is_empty(), age >= Age::V1_8 && who == "ada");
            let now = Now::new(fake.world(|world| world.now), Zone::utc());
            let owed: BTreeSet<&str> = batch
                .goals
                .iter()
                .filter(|goal| goal.champion.as_ref() == Some(&me))
                .filter(|goal| cadence::next_due(goal, &now).is_some_and(|due| due <= now.today()))
                .map(|goal| goal.name.as_str())
                .collect();
            let due = fake.world(|world| {
                let me = world.who(who);
                let goals = world.goals.values().filter(|goal| {
                    goal.champion == Some(me)
                        && goal.closed.is_none()
                        && goal
                            .next_update
                            .is_some_and(|next| next.date_naive() <= world.now.date_naive())
                });
                let projects = world.projects.values().filter(|project| {
                    project.role("champion") == Some(me)
                        && project.state == "active"
                        && project
                            .next_check_in
                            .is_some_and(|next| next.date_naive() <= world.now.date_naive())
                });
                let projects = projects.map(|project| project.name.clone());
                goals
                    .map(|goal| goal.name.clone())
                    .chain(projects)
                    .collect::<BTreeSet<_>>()
            });
            assert_eq!(
                owed,
                due.iter().map(String::as_str).collect(),
                "{who} at {age:?}"
            );
        }
    }
}

#[test]
fn a_thousand_goals_are_a_handful_of_requests() {
    for age in [Age::Flat, Age::Later] {
        let fake = Fake::with(World::big(age, 1_000));
        let reader = reader(&fake, "ada");
        let batch = all(&reader);
        assert!(batch.goals.len() >= 1_000, "{}", batch.goals.len());
        let first = fake.asked().len();
        assert!(first <= 12, "{first} requests at {age:?}");
        // Nothing happened: two small questions.
        fake.forget();
        let again = batches(&reader, Query::Since(batch.cursor.clone().unwrap()));
        assert_eq!(fake.asked().len(), 2, "{:?}", fake.asked());
        assert!(!again[0].full && again[0].goals.is_empty());
        assert_eq!(again[0].cursor, batch.cursor);
    }
}

#[test]
fn one_goal_comes_with_its_history_and_what_was_said() {
    for age in Age::ALL {
        let fake = Fake::start(age);
        let reader = reader(&fake, "ada");
        let all = all(&reader);
        let id = named(&all, "Grow ARR").id.clone();
        fake.forget();
        let batch = batches(&reader, Query::Goal(id.clone())).remove(0);
        assert!(fake.asked().len() <= 5, "{:?}", fake.asked());
        assert!(!batch.brief && !batch.full);
        let goal = &batch.goals[0];
        assert_eq!((&goal.id, goal.check_ins.len()), (&id, 2));
        let [older, last] = goal.check_ins.as_slice() else {
            panic!()
        };
        assert_eq!(older.note.trim(), "Pipeline is thin.");
        assert_eq!(
            older.acknowledged.as_ref().map(|noted| &noted.by),
            all.me.as_ref()
        );
        assert_eq!(last.comments.len(), 1);
        assert_eq!(last.comments[0].text.trim(), "What moves it?");
        assert_eq!(last.reactions[0].sign, "eyes");
        assert_eq!(goal.acknowledger(last), all.me.as_ref());
        assert_eq!(last.values.len(), goal.results.len(), "{:?}", last.values);
        assert!(
            batch
                .people
                .iter()
                .any(|person| person.name == "Ingrid Solheim")
        );
        // Who acknowledged the last one is asked for.
        let id = named(&all, "Onboarding").id.clone();
        let batch = batches(&reader, Query::Goal(id)).remove(0);
        let noted = batch.goals[0].check_ins[0].acknowledged.as_ref().unwrap();
        assert_eq!(
            noted.by.as_str(),
            fake.world(|world| ours(world.who("ingrid")))
        );
    }
}

#[test]
fn a_project_is_read_also_by_who_never_saw_it_in_a_list() {
    for age in [Age::Flat, Age::Later] {
        let fake = Fake::start(age);
        let id = fake.world(|world| ours(*world.projects.keys().next().unwrap()));
        let reader = reader(&fake, "ada");
        for round in 0..2 {
            fake.forget();
            let batch = batches(&reader, Query::Goal(id.as_str().into())).remove(0);
            let project = &batch.goals[0];
            assert_eq!(project.nature, Nature::Project);
            assert_eq!(project.check_ins[0].note.trim(), "Tax rules.");
            let op = if age == Age::Flat {
                "get_goal"
            } else {
                "goals/get"
            };
            assert_eq!(fake.count(op), 1 - round, "known for a project then");
        }
    }
}

#[test]
fn what_is_gone_or_hidden_is_told_apart_from_what_fails() {
    let fake = Fake::start(Age::Later);
    let reader = reader(&fake, "ada");
    let hidden: GoalId = fake
        .world(|world| ours(world.goal_named("秘密").id))
        .as_str()
        .into();
    let batch = batches(&reader, Query::Goal(hidden.clone())).remove(0);
    assert_eq!(batch.gone, [hidden]);
    let made_here = batches(&reader, Query::Goal("work:".into())).remove(0);
    assert!(made_here.gone.is_empty() && made_here.goals.is_empty());
    let seen = ours(fake.world(|world| world.goal_named("Grow ARR").id));
    let refusal = Fault::Answer {
        status: 403,
        headers: vec![],
        body: r#"{"error":"Forbidden","message":"You don't have permission"}"#.into(),
    };
    fake.line.script(When::path("goals/get?").once(), refusal);
    let (_, said) = asked(&reader, Query::Goal(seen.as_str().into()));
    assert_eq!(said.unwrap_err().kind, FaultKind::Forbidden);
    fake.line.down(true);
    let (answer, said) = asked(&reader, Query::All);
    assert_eq!(said.unwrap_err().kind, FaultKind::Offline);
    assert!(answer.is_empty());
}

#[test]
fn a_busy_server_that_fails_once_is_asked_again() {
    let fake = Fake::start(Age::Later);
    fake.line
        .script(When::path("goals/list").once(), Fault::server_error());
    fake.line
        .script(When::path("notifications/list").once(), Fault::status(502));
    let batch = all(&reader(&fake, "ada"));
    assert!(batch.full && batch.goals.len() > 8);
}

#[test]
fn one_operation_that_never_works_hides_no_goal_and_forgets_nothing() {
    for part in [
        "notifications/list",
        "get_work_map",
        "people/list?",
        "projects/list",
        "list_assignments",
    ] {
        let fake = Fake::start(Age::Later);
        fake.line.script(
            When::path(part.trim_end_matches('?')),
            Fault::server_error(),
        );
        let batch = all(&reader(&fake, "ada"));
        assert!(batch.goals.len() > 8, "{part}");
        // What was not read is not gone, and is asked for again.
        assert!(!batch.full && batch.cursor.is_none(), "{part}");
    }
    let fake = Fake::start(Age::Later);
    fake.line
        .script(When::path("goals/list"), Fault::server_error());
    let (_, said) = asked(&reader(&fake, "ada"), Query::All);
    assert!(said.is_err());
}

#[test]
fn a_login_page_is_no_empty_company() {
    let fake = Fake::start(Age::Later);
    fake.line.script(When::any(), Fault::login_page());
    let (answer, said) = asked(&reader(&fake, "ada"), Query::All);
    assert_eq!(said.unwrap_err().kind, FaultKind::Unreadable);
    assert!(answer.is_empty());
}

#[test]
fn a_token_that_does_not_count_is_told_as_that() {
    let fake = Fake::start(Age::Flat);
    fake.line.script(When::any(), Fault::unauthorized());
    let (_, said) = asked(&reader(&fake, "ada"), Query::Glance);
    assert_eq!(said.unwrap_err().kind, FaultKind::SignedOut);
}

#[test]
fn an_older_check_in_that_waits_is_read_by_itself() {
    for age in [Age::Flat, Age::Later] {
        let fake = Fake::start(age);
        let older = fake.world(|world| {
            let goal = world.goal_named("Grow ARR").check_ins[0];
            world.check_ins.get_mut(&goal).unwrap().acknowledged = None;
            goal
        });
        let batch = all(&reader(&fake, "ada"));
        let arr = named(&batch, "Grow ARR");
        assert_eq!(arr.check_ins.len(), 2);
        assert_eq!(arr.check_ins[0].id.as_str(), ours(older));
        assert!(
            arr.check_ins
                .iter()
                .all(|one| arr.acknowledger(one) == batch.me.as_ref())
        );
    }
}

#[test]
fn a_champion_is_not_asked_for_what_only_the_reviewer_may_acknowledge() {
    for age in Age::ALL {
        let fake = Fake::start(age);
        let written = fake.world(|world| {
            let (remi, at) = (world.who("remi"), world.now - chrono::TimeDelta::hours(1));
            let goal = world.goal_named("Fewer incidents").id;
            world.add_check_in(
                goal,
                remi,
                at,
                "caution",
                crate::operately::world::doc("By an editor."),
                &[],
            )
        });
        let batch = all(&reader(&fake, "ada"));
        let mine = waiting(&batch.goals, &batch.me.clone().unwrap());
        assert_eq!(mine.contains(&ours(written)), age >= Age::V1_8, "{age:?}");
        let batch = all(&reader(&fake, "ingrid"));
        let mine = waiting(&batch.goals, &batch.me.clone().unwrap());
        assert!(mine.contains(&ours(written)), "{age:?}");
    }
}

#[test]
fn what_happens_after_a_look_makes_the_next_one_whole() {
    let fake = Fake::start(Age::Later);
    let reader = reader(&fake, "ada");
    let cursor = all(&reader).cursor.unwrap();
    // Another check-in that I am to acknowledge.
    fake.world(|world| {
        let (amina, at) = (world.who("amina"), world.now);
        let goal = world.goal_named("Grow ARR").id;
        world.add_check_in(
            goal,
            amina,
            at,
            "caution",
            crate::operately::world::doc("More."),
            &[],
        );
    });
    let batch = batches(&reader, Query::Since(cursor)).pop().unwrap();
    assert!(batch.full);
    assert_eq!(
        named(&batch, "Grow ARR")
            .check_ins
            .last()
            .unwrap()
            .note
            .trim(),
        "More."
    );
    // A cursor of another time or kind is none.
    for cursor in [
        "",
        "17",
        r#"{"at":"2020-01-01T00:00:00Z","unread":0,"waits":0}"#,
    ] {
        let cursor = goaldeck::model::exchange::Cursor(cursor.to_owned());
        assert!(batches(&reader, Query::Since(cursor)).pop().unwrap().full);
    }
}

#[test]
fn a_long_inbox_is_read_until_nothing_unread_is_missing() {
    for (lines, pages) in [(150, 1), (450, 3), (5_000, 5)] {
        let fake = Fake::start(Age::Later);
        fake.world(|world| {
            let (ada, at) = (world.who("ada"), world.now);
            let activity = world.activities[0].id;
            for n in 0..lines {
                world.add_notification(ada, activity, at - chrono::TimeDelta::minutes(n));
            }
        });
        let batch = all(&reader(&fake, "ada"));
        assert_eq!(fake.count("notifications/list"), pages);
        let ids: BTreeSet<_> = batch
            .notifications
            .iter()
            .map(|line| line.id.to_string())
            .collect();
        assert_eq!(ids.len(), batch.notifications.len());
        assert!(batch.notifications.len() >= 150.min(usize::try_from(lines).unwrap()));
    }
}

#[test]
fn a_search_brings_pages_of_what_we_do_not_keep() {
    let fake = Fake::start(Age::Later);
    let reader = reader(&fake, "ada");
    let found = batches(&reader, Query::Search("Invoice".into()))
        .remove(0)
        .found;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].kind.as_str(), found[0].title.as_str()),
        ("milestone", "Invoice engine")
    );
    assert!(found[0].link.contains("/milestones/"));
    fake.forget();
    assert!(
        batches(&reader, Query::Search(" a ".into()))
            .remove(0)
            .found
            .is_empty()
    );
    assert!(fake.asked().is_empty());
}

#[test]
fn a_company_too_large_for_one_answer_is_read_space_by_space() {
    let fake = Fake::start(Age::Later);
    let whole = all(&reader(&fake, "ada"));
    fake.line
        .script(When::path("goals/list").once(), Fault::Pad(50 << 20));
    let pieces = all(&reader(&fake, "ada"));
    let names = |batch: &Batch| -> BTreeSet<String> {
        batch.goals.iter().map(|goal| goal.name.clone()).collect()
    };
    assert_eq!(names(&pieces), names(&whole));
    assert!(pieces.full);
    assert!(fake.count("spaces/list") >= 1);
}

#[test]
fn a_token_that_may_only_read_is_known_as_that_until_it_is_another() {
    let fake = Fake::start(Age::Later);
    let client = |token: &str| {
        let sign_in = SignIn {
            account: AccountName::new("work"),
            url: fake.url.clone(),
            token: TokenSource::Env("UNUSED".into()),
            ca_file: None,
            insecure: false,
        };
        let token = Token::new(token).unwrap();
        let line = http::Client::with_token("Operately", &sign_in, token, http::Options::default());
        Client::new(line.unwrap(), Learned::default())
    };
    let looker = client(&fake.read_only_token("ada"));
    assert!(run(looker.may_try_writing()), "nobody said no yet");
    assert_eq!(run(looker.may_write()), Ok(false));
    assert!(!run(looker.may_try_writing()));
    let writer = client(&fake.token("ada"));
    writer.recall(looker.learned());
    assert!(run(writer.may_try_writing()), "it is another token");
    assert_eq!(run(writer.may_write()), Ok(true));
    assert_eq!(
        fake.world(|world| world.activities.len()),
        Fake::start(Age::Later).world(|world| world.activities.len())
    );
}
