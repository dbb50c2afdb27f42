use serde_json::{Value, json};

use super::*;
use crate::model::cadence;
use crate::model::check_in::{CheckIn, DueMoved, Occasion, WaitsFor};
use crate::model::goal::{Goal, Nature};
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::progress::{self, Rules};
use crate::model::time::{Now, Zone};

macro_rules! recorded {
    ($flat:literal, $namespaced:literal) => {
        [
            body(include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/recordings/operately-flat/",
                $flat
            ))),
            body(include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/recordings/operately-namespaced/",
                $namespaced
            ))),
        ]
    };
}

fn body(recording: &str) -> Value {
    let mut recording: Value = serde_json::from_str(recording).unwrap();
    recording["response"]["body"].take()
}

fn place() -> Place {
    Place {
        account: "work".into(),
        web: "https://goals.example/fjord-0bf3".to_owned(),
    }
}

fn all_goals() -> [Value; 2] {
    recorded!("044-goals-all-flags.json", "043-goals-all-flags.json")
}

fn goals(answer: &Value) -> Vec<Goal> {
    let read = Listed::of(answer, "goals", |value| goal(value, &place())).unwrap();
    assert_eq!(read.unreadable, 0);
    read.items
}

fn named<'a>(goals: &'a [Goal], name: &str) -> &'a Goal {
    goals
        .iter()
        .find(|goal| goal.name.starts_with(name))
        .unwrap()
}

fn moment_of(text: &str) -> Time {
    text.parse().unwrap()
}

fn children_free(goal: &Goal) -> Option<f64> {
    progress::roll_up(goal, &[], &Rules::default())
}

#[test]
fn every_recorded_goal_is_as_far_for_us_as_for_the_server() {
    for answer in all_goals() {
        let goals = goals(&answer);
        assert_eq!(goals.len(), 25);
        for goal in &goals {
            let theirs = goal.provider_progress.unwrap();
            let ours = children_free(goal).unwrap_or(0.0);
            if goal.results.iter().any(progress::has_zero_span) {
                // 5 of 5 to 5: the server counts nothing, we count what is reached.
                assert_eq!(goal.name, "Target with no distance");
                assert!((theirs, ours) == (0.0, 1.0 / 3.0), "{theirs} {ours}");
            } else {
                assert!(
                    (theirs - ours).abs() < 1e-9,
                    "{}: {theirs} {ours}",
                    goal.name
                );
            }
        }
    }
}

#[test]
fn a_goal_has_all_that_the_server_says_of_it() {
    for answer in all_goals() {
        let goals = goals(&answer);
        let goal = named(&goals, "Onboarding activation");
        assert_eq!(goal.nature, Nature::Goal);
        assert_eq!(goal.account.as_str(), "work");
        assert_eq!(goal.parent.as_ref(), Some(&named(&goals, "Reach 500").id));
        assert_eq!(goal.status, Status::AtRisk);
        assert_eq!(goal.status_word.as_deref(), Some("Caution"));
        assert_eq!(goal.due.unwrap().to_string(), "2026-12-31");
        assert_eq!(goal.start.unwrap().to_string(), "2026-02-13");
        assert_eq!(goal.next_check_in.unwrap().to_string(), "2026-12-02");
        assert_eq!(goal.cadence.to_string(), "monthly:1");
        assert_eq!(goal.space, "Product & Design");
        assert!(
            goal.link
                .starts_with("https://goals.example/fjord-0bf3/goals/onboarding-activation")
        );
        assert!(goal.is_open() && goal.champion.is_some() && goal.reviewer.is_some());
        let lines: Vec<(&str, &Kind, f64)> = goal
            .results
            .iter()
            .map(|result| (result.name.as_str(), &result.kind, result.start))
            .collect();
        assert_eq!(lines.len(), 3);
        assert!(matches!(lines[0].1, Kind::Percent) && lines[0].2 == 35.0);
        assert!(matches!(lines[1].1, Kind::Number) && goal.results[1].falling);
        let Kind::Checklist { items, ids } = lines[2].1 else {
            panic!("{:?}", lines[2]);
        };
        assert_eq!((items.len(), ids.len()), (3, 3));
        assert!(items.contains(&"Template gallery".to_owned()));
        let short = ShortId::of_ours(goal.id.as_str()).unwrap();
        assert_eq!(goal.results[2].id, checklist_id(short, &goal.account));
        assert_eq!(progress::of_result(&goal.results[2]).unwrap().p, 1.0 / 3.0);
        let money = named(&goals, "Grow ARR");
        assert_eq!(money.results[0].kind, Kind::Currency);
        assert_eq!(money.results[0].current, Some(Reading::Number(8.35e6)));
        let lonely = named(&goals, "Nobody owns");
        assert_eq!((&lonely.champion, &lonely.reviewer), (&None, &None));
        assert!(lonely.results.is_empty());
    }
}

#[test]
fn outdated_hides_neither_what_was_said_last_nor_that_nothing_was() {
    for answer in all_goals() {
        let goals = goals(&answer);
        let said = named(&goals, "New pricing");
        assert_eq!(said.status, Status::AtRisk);
        assert_eq!(said.status_word.as_deref(), Some("Caution"));
        let silent = named(&goals, "Write the manual");
        assert_eq!(silent.status, Status::NotStarted);
        assert_eq!(silent.status_word.as_deref(), Some("Pending"));
        assert!(silent.check_ins.is_empty());
    }
}

#[test]
fn lists_in_any_order_give_the_same_goal() {
    for answer in all_goals() {
        let list = answer["goals"].as_array().unwrap();
        for value in list {
            let mut turned = value.clone();
            for key in ["targets", "checklist"] {
                turned[key].as_array_mut().unwrap().reverse();
            }
            assert_eq!(goal(value, &place()), goal(&turned, &place()));
        }
    }
}

/// Ada's answers of both ages at one moment.
fn ada(goals: &[Goal]) -> PersonId {
    named(goals, "Onboarding activation")
        .champion
        .clone()
        .unwrap()
}

fn goals_and_projects() -> Vec<(Vec<Goal>, Value)> {
    let projects = recorded!("113-projects-all-flags.json", "115-projects-all-flags.json");
    let lists = recorded!("094-assignments.json", "096-assignments.json");
    all_goals()
        .iter()
        .zip(projects)
        .zip(lists)
        .map(|((answer, projects), list)| {
            let mut all = goals(answer);
            let read = Listed::of(&projects, "projects", |value| project(value, &place()));
            all.extend(read.unwrap().items);
            (all, list)
        })
        .collect()
}

#[test]
fn what_waits_for_me_is_what_the_review_list_says() {
    for (mut all, list) in goals_and_projects() {
        let me = ada(&all);
        let list = assignments(&list, &place().account).unwrap();
        let waiting = Waiting::new(me.clone(), &list, false);
        for goal in &mut all {
            settle(goal, &waiting);
        }
        let mut ours: Vec<ShortId> = all
            .iter()
            .flat_map(|goal| goal.check_ins.iter().map(move |check_in| (goal, check_in)))
            .filter(|(goal, one)| one.waits() && goal.acknowledger(one) == Some(&me))
            .filter_map(|(_, check_in)| ShortId::of_ours(check_in.id.as_str()))
            .collect();
        let mut theirs: Vec<ShortId> = list
            .iter()
            .filter(|one| one.duty == Duty::Acknowledge && one.subject != Subject::GoalClosing)
            .map(|one| one.thing)
            .collect();
        ours.sort();
        theirs.sort();
        assert_eq!(ours, theirs);
        assert_eq!(ours.len(), 6);
    }
}

#[test]
fn what_i_owe_is_what_the_review_list_says() {
    let now = Now::new(moment_of("2026-11-21T10:16:00Z"), Zone::utc());
    for (all, list) in goals_and_projects() {
        let me = ada(&all);
        let mut ours: Vec<ShortId> = all
            .iter()
            .filter(|goal| goal.champion.as_ref() == Some(&me))
            .filter(|goal| cadence::next_due(goal, &now).is_some_and(|due| due <= now.today()))
            .filter_map(|goal| ShortId::of_ours(goal.id.as_str()))
            .collect();
        let mut theirs: Vec<ShortId> = assignments(&list, &place().account)
            .unwrap()
            .iter()
            .filter(|one| one.duty == Duty::Write)
            .filter(|one| matches!(one.subject, Subject::GoalCheckIn | Subject::ProjectCheckIn))
            .map(|one| one.thing)
            .collect();
        ours.sort();
        theirs.sort();
        assert_eq!(ours, theirs);
        assert_eq!(ours.len(), 4);
    }
}

fn waiting_goal() -> (Goal, ShortId, PersonId) {
    let mut all = goals(&all_goals()[0]);
    let place = all
        .iter()
        .position(|goal| goal.name.starts_with("WCAG"))
        .unwrap();
    let goal = all.swap_remove(place);
    let id = ShortId::of_ours(goal.check_ins[0].id.as_str()).unwrap();
    let me = goal.reviewer.clone().unwrap();
    (goal, id, me)
}

fn review(id: ShortId) -> Assignment {
    Assignment {
        subject: Subject::GoalCheckIn,
        duty: Duty::Acknowledge,
        thing: id,
        origin: None,
        due: None,
        author: None,
    }
}

#[test]
fn a_check_in_the_server_does_not_list_does_not_wait_for_its_reviewer() {
    let (mut goal, _, me) = waiting_goal();
    assert_eq!(goal.acknowledger(&goal.check_ins[0]), Some(&me));
    settle(&mut goal, &Waiting::new(me, &[], false));
    assert_eq!(goal.check_ins[0].waits_for, Some(WaitsFor::Nobody));
    assert_eq!(goal.acknowledger(&goal.check_ins[0]), None);
}

#[test]
fn one_that_waits_for_somebody_else_is_left_to_the_roles() {
    let (mut goal, _, me) = waiting_goal();
    settle(&mut goal, &Waiting::new("work:other".into(), &[], false));
    assert_eq!(goal.check_ins[0].waits_for, None);
    assert_eq!(goal.acknowledger(&goal.check_ins[0]), Some(&me));
}

#[test]
fn a_champion_acknowledges_another_ones_check_in_only_where_the_server_lets_them() {
    let (mut goal, id, reviewer) = waiting_goal();
    let champion = goal.champion.clone().unwrap();
    goal.check_ins[0].author = "work:editor".into();
    let list = [review(id)];
    let mut older = Waiting::new(champion.clone(), &list, false);
    assert!(older.is_doubtful(id, &goal.check_ins[0], &goal));
    settle(&mut goal, &older);
    assert_eq!(goal.acknowledger(&goal.check_ins[0]), Some(&reviewer));
    older.allow(id, true);
    assert!(!older.is_doubtful(id, &goal.check_ins[0], &goal));
    settle(&mut goal, &older);
    assert_eq!(goal.acknowledger(&goal.check_ins[0]), Some(&champion));
    goal.check_ins[0].waits_for = None;
    settle(&mut goal, &Waiting::new(champion.clone(), &list, true));
    assert_eq!(goal.acknowledger(&goal.check_ins[0]), Some(&champion));
}

fn check_ins_of(goal_name: &str) -> Vec<(Goal, Vec<CheckIn>)> {
    let answers = recorded!("068-check-ins.json", "068-check-ins.json");
    all_goals()
        .iter()
        .zip(&answers)
        .map(|(list, answer)| {
            let goals = goals(list);
            let goal = named(&goals, goal_name).clone();
            let read = check_ins(answer, &goal).unwrap();
            (goal, read.items)
        })
        .collect()
}

#[test]
fn the_history_has_values_and_ticks_before_and_after() {
    for (goal, history) in check_ins_of("Grow ARR") {
        assert!(history.is_sorted_by_key(|check_in| check_in.at));
        assert_eq!(history.len(), 3);
        let last = &history[2];
        assert_eq!(last.status, Some(Status::OffTrack));
        assert_eq!(last.note.trim(), "Q4 forecast is €1.3M short.");
        assert_eq!(last.at, moment_of("2026-11-16T13:07:00Z"));
        assert_eq!(last.acknowledged, None);
        let arr = &last.values[0];
        assert_eq!(arr.result, goal.results[0].id);
        assert_eq!(arr.before, Some(Reading::Number(7_686_000.0)));
        assert_eq!(arr.now, Reading::Number(8_350_000.0));
        let ticks = last.values.last().unwrap();
        assert_eq!(ticks.now, Reading::Ticks(vec![true, true, false]));
        assert_eq!(ticks.before, Some(Reading::Ticks(vec![true, false, false])));
        // Who noted it is not in the list: whom the roles name.
        let noted = history[1].acknowledged.as_ref().unwrap();
        assert_eq!(Some(&noted.by), goal.reviewer.as_ref());
        assert_eq!(noted.at, moment_of("2026-09-29T16:05:00Z"));
    }
}

#[test]
fn copies_of_targets_are_found_by_id_then_by_name_and_place() {
    let (goal, _) = check_ins_of("Grow ARR").remove(0);
    let read = |copies: Value| -> Vec<(usize, f64)> {
        let value = json!({"id": "B1", "inserted_at": "2026-11-16T13:07:00Z", "goal_target_updates": copies});
        let check_in = check_in(&value, &goal).unwrap();
        check_in
            .values
            .iter()
            .map(|change| {
                let place = goal.results.iter().position(|one| one.id == change.result);
                (place.unwrap(), change.now.number())
            })
            .collect()
    };
    let uuid = ShortId::of_ours(goal.results[1].id.as_str())
        .unwrap()
        .to_uuid();
    assert_eq!(
        read(json!([{"id": uuid, "name": "renamed", "value": 7}])),
        [(1, 7.0)]
    );
    assert_eq!(
        read(json!([{"id": null, "name": "ARR", "index": 9, "value": 8.0e1}])),
        [(0, 80.0)]
    );
    assert_eq!(
        read(json!([{"name": "gone since", "index": 0, "value": 8}, 3, null])),
        []
    );
    let twins = [0, 1].map(|index| KeyResult {
        name: "Twin".into(),
        ..goal.results[index].clone()
    });
    let mut goal = goal.clone();
    goal.results = twins.to_vec();
    let value = json!({"id": "B1", "inserted_at": "2026-11-16T13:07:00Z",
        "goal_target_updates": [{"name": "Twin", "index": 1, "value": 5}]});
    assert_eq!(
        check_in(&value, &goal).unwrap().values[0].result,
        goal.results[1].id
    );
}

#[test]
fn drafts_and_planned_check_ins_are_no_check_ins() {
    let [_, drafts] = recorded!("068-check-ins.json", "071-check-ins-drafts-as-author.json");
    let goals = goals(&all_goals()[1]);
    let goal = named(&goals, "Design system");
    assert_eq!(drafts["check_ins"].as_array().unwrap().len(), 3);
    let read = check_ins(&drafts, goal).unwrap();
    assert!(
        read.items
            .iter()
            .all(|one| one.note.trim() == "Tokens took longer.")
    );
    assert_eq!(read.items.len(), 1);
}

#[test]
fn a_due_date_moved_where_the_timeframe_differs_from_the_one_before() {
    let (goal, _) = check_ins_of("Grow ARR").remove(0);
    let entry =
        |id: &str, at: &str, end: Value| json!({"id": id, "inserted_at": at, "timeframe": end});
    let until =
        |date: &str| json!({"contextual_start_date": null, "contextual_end_date": {"date": date}});
    let answer = json!({"check_ins": [
        entry("B4", "2026-04-01T00:00:00Z", until("2026-12-31")),
        entry("B3", "2026-03-01T00:00:00Z", Value::Null),
        entry("B2", "2026-02-01T00:00:00Z", until("2026-10-31")),
        entry("B1", "2026-01-01T00:00:00Z", until("2026-10-31")),
    ]});
    let read = check_ins(&answer, &goal).unwrap().items;
    let moved: Vec<Option<DueMoved>> = read.iter().map(|one| one.due_moved).collect();
    let day = |text: &str| Some(text.parse().unwrap());
    assert_eq!(
        moved,
        [
            None,
            None,
            None,
            Some(DueMoved {
                from: day("2026-10-31"),
                to: day("2026-12-31")
            })
        ]
    );
}

#[test]
fn who_acknowledged_and_who_reacted_stand_in_a_single_check_in() {
    let answers = recorded!(
        "076-check-in-acknowledged.json",
        "078-check-in-acknowledged.json"
    );
    for (list, answer) in all_goals().iter().zip(&answers) {
        let goals = goals(list);
        let found = check_in(&answer["update"], named(&goals, "Become the calmest")).unwrap();
        let noted = found.acknowledged.unwrap();
        assert_eq!(noted.by, ada(&goals));
        assert_eq!(noted.at, moment_of("2026-07-25T09:12:00Z"));
    }
    for list in all_goals() {
        let goals = goals(&list);
        let signs: Vec<&str> = named(&goals, "Grow ARR").check_ins[0]
            .reactions
            .iter()
            .map(|reaction| reaction.sign.as_str())
            .collect();
        assert_eq!(
            signs.iter().filter(|sign| **sign == "eyes").count(),
            2,
            "{signs:?}"
        );
        assert!(signs.contains(&"muscle"));
    }
}

#[test]
fn a_reaction_counts_once_and_not_without_sign_or_person() {
    let odd = json!({"reactions": [
        {"id": "A", "emoji": null, "person": {"id": "B"}},
        {"id": "A", "emoji": "👍", "person": null},
        {"id": "A", "emoji": "👍", "person": {"id": "B"}},
        {"id": "C", "emoji": "👍", "person": {"id": "B"}},
        "nonsense",
    ]});
    assert_eq!(reactions(&odd, &place().account).len(), 1);
}

#[test]
fn comments_of_both_wrappings_say_the_same_oldest_first() {
    let answers = recorded!("077-comments-check-in.json", "079-comments-check-in.json");
    let texts = answers.map(|answer| {
        let read = comments(&answer, &place().account).unwrap();
        assert_eq!(read.items.len(), 3);
        let mut texts: Vec<String> = read.items.iter().map(|one| one.text.clone()).collect();
        texts.sort();
        texts
    });
    assert_eq!(texts[0], texts[1]);
    assert!(texts[0].iter().any(|text| text.trim() == "What moves it?"));
    assert!(texts[0].iter().any(|text| text.contains("@Ada Brandt")));
    let twice = json!({"comments": [
        {"id": "D2", "inserted_at": "2026-01-01T00:00:00Z"},
        {"id": "B2", "inserted_at": "2026-01-01T00:00:00Z"},
        {"id": "C2", "inserted_at": "2025-01-01T00:00:00Z"},
    ]});
    let read = comments(&twice, &place().account).unwrap().items;
    let ids: Vec<&str> = read.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["work:C2", "work:B2", "work:D2"]);
    assert_eq!(read[0].author, nobody(&place().account).id);
}

#[test]
fn a_closed_goal_has_its_verdict_and_its_closing_words() {
    let achieved = recorded!(
        "059-goal-closed-achieved.json",
        "058-goal-closed-achieved.json"
    );
    let missed = recorded!("060-goal-closed-missed.json", "059-goal-closed-missed.json");
    for (index, answer) in achieved.iter().enumerate() {
        let goal = goal(&answer["goal"], &place()).unwrap();
        assert_eq!(goal.status, Status::Achieved);
        assert_eq!(
            goal.closed.as_ref().unwrap().at,
            moment_of("2026-07-14T11:01:00Z")
        );
        let closing = goal.check_ins.last().unwrap();
        assert_eq!(closing.occasion, Occasion::Closing);
        assert_eq!(closing.status, Some(Status::Achieved));
        assert_eq!(closing.note.trim(), "Sweden said yes 🇸🇪.");
        assert_eq!(Some(&closing.author), goal.champion.as_ref());
        // Only newer servers know of acknowledging it.
        let waits_for = [None, goal.reviewer.as_ref()][index];
        assert_eq!(goal.acknowledger(closing), waits_for);
    }
    for answer in missed {
        let goal = goal(&answer["goal"], &place()).unwrap();
        assert_eq!(goal.status, Status::Missed);
        assert!(!goal.is_open());
    }
}

#[test]
fn projects_stand_among_goals() {
    let answers = recorded!("113-projects-all-flags.json", "115-projects-all-flags.json");
    for (list, answer) in all_goals().iter().zip(&answers) {
        let goals = goals(list);
        let read = Listed::of(answer, "projects", |value| project(value, &place())).unwrap();
        assert_eq!((read.items.len(), read.unreadable), (3, 0));
        let billing = named(&read.items, "Billing");
        assert_eq!(billing.nature, Nature::Project);
        assert_eq!(
            billing.parent.as_ref(),
            Some(&named(&goals, "New pricing").id)
        );
        assert_eq!(billing.status, Status::OffTrack);
        assert_eq!(billing.cadence.to_string(), "weekly:fri");
        assert_eq!(billing.next_check_in.unwrap().to_string(), "2026-11-27");
        assert!(billing.results.is_empty() && billing.is_open());
        assert!(billing.link.contains("/projects/billing-rewrite-"));
        let last = &billing.check_ins[0];
        assert_eq!(last.note.trim(), "Tax rules of three countries.");
        assert_eq!(billing.acknowledger(last), Some(&ada(&goals)));
        let page = named(&read.items, "Public status page");
        assert!(page.check_ins[0].acknowledged.is_some());
    }
}

#[test]
fn a_project_is_paused_or_closed_whatever_its_status_says() {
    let read = |value: Value| {
        let goal = project(&value, &place()).unwrap();
        (goal.status, goal.is_open())
    };
    assert_eq!(
        read(json!({"id": "B1", "state": "paused", "status": "outdated"})),
        (Status::Paused, true)
    );
    assert_eq!(
        read(json!({"id": "B1", "state": "closed", "status": "on_track", "success_status": "nil"})),
        (Status::Achieved, false)
    );
    assert_eq!(
        read(json!({"id": "B1", "state": "closed", "status": "missed"})),
        (Status::Missed, false)
    );
}

#[test]
fn check_ins_of_projects_have_who_noted_them() {
    let answers = recorded!(
        "118-project-check-ins-all-flags.json",
        "120-project-check-ins-all-flags.json"
    );
    let projects = recorded!("113-projects-all-flags.json", "115-projects-all-flags.json");
    for (answer, projects) in answers.iter().zip(&projects) {
        let read = Listed::of(projects, "projects", |value| project(value, &place())).unwrap();
        let billing = named(&read.items, "Billing");
        let history = project_history(answer, billing).unwrap().items;
        assert_eq!(history.len(), 2);
        assert_eq!(
            history[0].acknowledged.as_ref().map(|noted| &noted.by),
            billing.reviewer.as_ref()
        );
        assert_eq!(history[1].acknowledged, None);
        assert_eq!(history[1].reactions[0].sign, "eyes");
    }
}

#[test]
fn the_work_map_says_how_far_projects_are_and_what_stands_where() {
    let answers = recorded!("031-work-map-all-flags.json", "030-work-map-all-flags.json");
    for (list, answer) in all_goals().iter().zip(&answers) {
        let goals = goals(list);
        let map = work_map(answer, &place().account).unwrap();
        assert_eq!(map.len(), 28);
        let projects = map
            .iter()
            .filter(|item| item.goal.nature == Nature::Project);
        assert_eq!(
            projects.map(|item| item.progress).collect::<Vec<_>>(),
            [Some(0.0); 3]
        );
        for item in map.iter().filter(|item| item.goal.nature == Nature::Goal) {
            let id = goal_id(item.id, &place().account);
            let goal = goals.iter().find(|goal| goal.id == id).unwrap();
            assert_eq!(goal.parent, item.goal.parent);
            assert_eq!(goal.is_open(), item.goal.is_open());
            assert_eq!(
                (&goal.name, &goal.space),
                (&item.goal.name, &item.goal.space)
            );
            assert_eq!(
                (&goal.champion, goal.due),
                (&item.goal.champion, item.goal.due)
            );
        }
    }
}

#[test]
fn everybody_is_known_by_name_also_who_is_in_no_list() {
    let lists = recorded!("011-people.json", "010-people.json");
    for (list, answer) in lists.iter().zip(&all_goals()) {
        let listed = Listed::of(list, "people", |value| person(value, &place().account)).unwrap();
        assert!(listed.items.len() >= 8);
        for one in people_in(answer, &place().account) {
            assert!(listed.items.contains(&one), "{one:?}");
        }
    }
    let unnamed = person(&json!({"id": "x-B", "full_name": " "}), &place().account).unwrap();
    assert_eq!(unnamed.name, "(no name)");
}

#[test]
fn words_nobody_knows_stay_words() {
    let read = |status: &str| {
        let goal = goal(&json!({"id": "B1", "status": status}), &place()).unwrap();
        (goal.status, goal.status_word)
    };
    assert_eq!(
        read("needs_love"),
        (Status::NotStarted, Some("Needs love".to_owned()))
    );
    assert_eq!(read("été"), (Status::NotStarted, Some("été".to_owned())));
    assert_eq!(read("on_track"), (Status::OnTrack, None));
    let last = json!({"id": "B1", "status": "needs_love",
        "last_check_in": {"id": "B2", "status": "off_track", "inserted_at": "2026-01-01T00:00:00Z"}});
    let goal = goal(&last, &place()).unwrap();
    assert_eq!(goal.status, Status::OffTrack);
    assert_eq!(goal.status_word.as_deref(), Some("Needs love"));
}

#[test]
fn one_bad_item_hides_no_other() {
    let answer = json!({"goals": [
        {"id": "good-B1", "name": "Good"}, null, 7, {"name": "no id"}, {"id": "é"},
        {"id": "B2", "name": {"a": 1}, "targets": "none", "timeframe": [], "champion": 3},
    ]});
    let read = Listed::of(&answer, "goals", |value| goal(value, &place())).unwrap();
    assert_eq!((read.items.len(), read.unreadable), (2, 4));
    for nothing in [
        json!({}),
        json!({"goals": null}),
        json!({"goals": [null, 3]}),
        json!([]),
    ] {
        assert_eq!(
            Listed::of(&nothing, "goals", |value| goal(value, &place())),
            None
        );
    }
}

/// Every value inside, one after the other, replaced by something else.
fn each_spoilt(value: &Value, by: &Value, seen: &mut dyn FnMut(&Value)) {
    fn paths(value: &Value, at: &str, into: &mut Vec<String>) {
        into.push(at.to_owned());
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    paths(item, &format!("{at}/{index}"), into);
                }
            }
            Value::Object(fields) => {
                for (key, item) in fields {
                    paths(item, &format!("{at}/{key}"), into);
                }
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    paths(value, "", &mut all);
    for path in all.iter().filter(|path| !path.is_empty() && *path != "/id") {
        let mut spoilt = value.clone();
        if let Some(place) = spoilt.pointer_mut(path) {
            *place = by.clone();
        }
        seen(&spoilt);
    }
}

#[test]
fn no_field_but_the_id_is_needed() {
    let answers = recorded!(
        "059-goal-closed-achieved.json",
        "058-goal-closed-achieved.json"
    );
    for answer in answers {
        for by in [
            json!(null),
            json!("\u{1b}[31m"),
            json!(-1e300),
            json!([{}]),
            json!({"id": 1}),
        ] {
            each_spoilt(&answer["goal"], &by, &mut |spoilt| {
                let goal = goal(spoilt, &place()).unwrap();
                assert!(children_free(&goal).is_none_or(f64::is_finite));
            });
        }
    }
    let answers = recorded!("113-projects-all-flags.json", "115-projects-all-flags.json");
    for answer in answers {
        for by in [json!(null), json!([3])] {
            each_spoilt(&answer["projects"][0], &by, &mut |spoilt| {
                assert!(project(spoilt, &place()).is_some());
            });
        }
    }
}

#[test]
fn numbers_come_whole_with_exponents_and_huge() {
    let value: Value = serde_json::from_str(
        r#"{"id":"B1","targets":[{"id":"B1","from":0,"to":1.25e7,"value":8.35E6,"unit":"EUR"},
            {"id":"B2","from":"1.5","to":null,"value":9007199254740993,"unit":null}]}"#,
    )
    .unwrap();
    let goal = goal(&value, &place()).unwrap();
    assert_eq!(goal.results[0].target, Some(12_500_000.0));
    assert_eq!(goal.results[0].current, Some(Reading::Number(8_350_000.0)));
    assert_eq!((goal.results[1].start, goal.results[1].target), (1.5, None));
}

#[test]
fn pages_stay_below_their_company() {
    let place = place();
    assert_eq!(
        place.page("goals", "a-b-B1"),
        "https://goals.example/fjord-0bf3/goals/a-b-B1"
    );
    assert_eq!(
        place.page("goals", "../../x?y=1#-B1"),
        "https://goals.example/fjord-0bf3/goals/B1"
    );
    assert_eq!(place.page("goals", "not an id!"), "");
    let unknown = Place {
        web: String::new(),
        ..place
    };
    assert_eq!(unknown.page("goals", "B1"), "");
}

#[test]
fn a_search_brings_what_we_do_not_have() {
    let answer = json!({
        "goals": [{"id": "B1", "name": "Ours"}], "projects": [], "people": [{"id": "B2", "full_name": "Ada"}],
        "tasks": [
            {"id": "fix-it-B3", "name": "Fix it", "type": "project", "project": {"id": "billing-B4"}},
            {"id": "plan-B5", "name": "Plan", "type": "space", "space": {"id": "growth-B6"}, "project": null},
            {"name": "no id"},
        ],
        "milestones": [{"id": "m-B7", "title": "Engine", "project": {"id": "billing-B4"}}],
        "documents": [{"id": "d-B8", "name": "Paper"}],
        "discussions": null,
    });
    let found = found(&answer, &place());
    let lines: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|one| (one.kind.as_str(), one.title.as_str(), one.link.as_str()))
        .collect();
    let at = |path: &str| format!("https://goals.example/fjord-0bf3/{path}");
    assert_eq!(
        lines,
        [
            ("milestone", "Engine", at("milestones/m-B7").as_str()),
            ("task", "Fix it", at("tasks/fix-it-B3").as_str()),
            (
                "task",
                "Plan",
                at("spaces/growth-B6/kanban?taskId=B5").as_str()
            ),
            ("document", "Paper", ""),
        ]
    );
    assert_eq!(
        found[0].goal.as_ref().map(|id| id.as_str()),
        Some("work:B4")
    );
}
