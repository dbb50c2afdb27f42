//! Answers of both shapes, and of servers that send anything.

use serde_json::{Value, json};

use super::super::names::{Ids, People};
use super::super::scale::Scale;
use super::super::zone::Zone;
use super::tree::Tree;
use super::*;
use crate::model::goal::{Goal, Nature};
use crate::model::ids::AccountName;
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::{progress, time};

fn look<'a>(account: &'a AccountName, scale: Scale) -> Look<'a> {
    Look {
        account,
        zone: Zone::Here(time::Zone::utc()),
        scale,
        team: "90161438581",
    }
}

fn read(list: &Value) -> Tree {
    let account = AccountName::new("work");
    tree(list, &look(&account, Scale::Percent)).expect("a list of goals")
}

fn one(item: Value, scale: Scale) -> Found {
    let account = AccountName::new("work");
    let look = look(&account, scale);
    let (mut ids, mut people) = (Ids::default(), People::default());
    goal(&item, &Place::default(), &look, &mut ids, &mut people)
}

fn result(item: Value) -> KeyResult {
    let goal = json!({"id": "g", "key_results": [item]});
    one(goal, Scale::Percent).goal.results.remove(0)
}

fn gauge(item: Value) -> Option<f64> {
    progress::of_result(&result(item)).map(|done| (done.p * 1000.0).round() / 1000.0)
}

fn names(goals: &[Goal]) -> Vec<&str> {
    goals.iter().map(|goal| goal.name.as_str()).collect()
}

#[test]
fn a_list_in_the_shape_of_the_description() {
    let list = json!({
        "goals": [{
            "id": "g-1", "name": "Cut churn", "team_id": "90161438581",
            "date_created": "1790000000000", "start_date": null, "due_date": "1798675200000",
            "description": null, "archived": false, "creator": 4021, "pretty_id": "12",
            "folder_id": null, "members": [],
            "owners": [{"id": 4021, "username": "Ada Moreno", "email": "ada@example.com"}],
            "key_results": [{
                "id": "k-1", "goal_id": "g-1", "name": "Renewal rate", "type": "percentage",
                "percent_completed": 50, "completed": false, "task_ids": [], "list_ids": [],
                "owners": [], "steps_start": 80, "steps_end": 90, "steps_current": 85, "unit": "%",
                "last_action": {"id": "a-9", "key_result_id": "k-1", "userid": 4021,
                    "date_modified": "1795000000000", "note": "On plan",
                    "steps_before": 84, "steps_taken": 1},
            }],
            "percent_completed": 50, "history": [],
        }],
        "folders": [{"id": "f-1", "name": "2027", "goal_count": 0, "goals": []}],
    });
    let tree = read(&list);
    assert_eq!(names(&tree.folders), ["2027"]);
    assert_eq!(tree.folders[0].nature, Nature::Folder);
    assert_eq!(tree.folders[0].id.as_str(), "work:f:f-1");
    let (found, _) = &tree.goals[0];
    assert!(
        found.has_results && !found.is_whole,
        "its history is not all there"
    );
    let goal = &found.goal;
    assert_eq!(goal.id.as_str(), "work:g:g-1");
    assert_eq!(
        goal.due.map(|day| day.to_string()).as_deref(),
        Some("2026-12-31")
    );
    assert_eq!(goal.provider_progress, Some(0.5));
    assert_eq!(goal.champion, Some("work:u:4021".into()));
    assert_eq!(goal.link, "https://app.clickup.com/90161438581/goals/12");
    assert_eq!((goal.start, goal.description.as_str()), (None, ""));
    let renewal = &goal.results[0];
    assert_eq!(renewal.kind, Kind::Percent);
    assert_eq!((renewal.start, renewal.target), (80.0, Some(90.0)));
    assert_eq!(renewal.current, Some(Reading::Number(85.0)));
    assert_eq!(renewal.particulars().provider_progress, Some(0.5));
    let [check_in] = goal.check_ins.as_slice() else {
        panic!("{:?}", goal.check_ins);
    };
    assert_eq!(check_in.note, "On plan");
    assert_eq!(check_in.author, "work:u:4021".into());
    assert_eq!(check_in.id.as_str(), "work:h:a-9");
    assert_eq!(check_in.values[0].before, Some(Reading::Number(84.0)));
    assert_eq!(check_in.values[0].now, Reading::Number(85.0));
}

#[test]
fn a_goal_in_the_shape_of_the_live_list_says_what_it_leaves_out() {
    let live = |count: i64, at: &str| {
        json!({"id": "g-1", "name": "Cut churn", "owner": {"id": 7, "username": "Bo"}, "owners": [],
            "due_date": "1798675200000", "last_update": at, "key_result_count": count,
            "percent_completed": 0.5, "editor_token": "secret"})
    };
    let found = one(live(1, "1795000000000"), Scale::Fraction);
    assert!(!found.has_results && !found.is_whole);
    assert_eq!(found.goal.provider_progress, Some(0.5));
    assert_eq!(found.goal.champion, Some("work:u:7".into()));
    assert_eq!(
        found.stamp,
        one(live(1, "1795000000000"), Scale::Fraction).stamp
    );
    assert_ne!(
        found.stamp,
        one(live(1, "1795000000001"), Scale::Fraction).stamp
    );
    let none = one(live(0, "1795000000000"), Scale::Fraction);
    assert!(none.has_results && none.is_whole);
    // Without a time of change all that the list says is the stamp, but no secret.
    let bare = |token: &str, name: &str| {
        one(
            json!({"id": "g", "name": name, "editor_token": token}),
            Scale::Percent,
        )
        .stamp
    };
    assert_eq!(bare("a", "x"), bare("b", "x"));
    assert_ne!(bare("a", "x"), bare("a", "y"));
}

#[test]
fn goals_stand_in_their_folders_once_and_archived_ones_nowhere() {
    let list = json!({
        "folders": [
            {"id": "f", "name": "2027", "goals": [{"id": "a", "name": "A"}, {"id": "b", "name": "B", "folder_id": "f"}]},
            {"id": "f", "name": "again", "goals": null},
            7,
        ],
        "goals": [
            {"id": "a", "name": "A again"},
            {"id": "c", "name": "C", "folder_id": "f"},
            {"id": "d", "name": "D", "archived": true},
            {"id": "e", "name": "E", "folder_id": "elsewhere"},
            null, "odd",
        ],
    });
    let tree = read(&list);
    assert_eq!(names(&tree.folders), ["2027", "again"]);
    assert_eq!(tree.folders[1].id.as_str(), "work:f:f~2");
    let goals: Vec<Goal> = tree
        .goals
        .iter()
        .map(|(found, _)| found.goal.clone())
        .collect();
    assert_eq!(names(&goals), ["A", "B", "C", "E"]);
    let above: Vec<Option<&str>> = goals
        .iter()
        .map(|goal| goal.parent.as_ref().map(crate::model::ids::GoalId::as_str))
        .collect();
    let in_f = Some("work:f:f");
    assert_eq!(above, [in_f, in_f, in_f, Some("work:f:elsewhere")]);
    assert!(goals.is_sorted_by_key(|goal| goal.position));
}

#[test]
fn every_kind_has_its_gauge() {
    let steps = |kind: &str, s: Value, e: Value, c: Value| json!({"id": "k", "type": kind, "steps_start": s, "steps_end": e, "steps_current": c});
    let null = Value::Null;
    for (item, want) in [
        (steps("number", json!(0), json!(10), json!(5)), Some(0.5)),
        (
            steps("number", json!("0"), json!("10"), json!("5")),
            Some(0.5),
        ),
        // Falling targets.
        (steps("number", json!(10), json!(2), json!(4)), Some(0.75)),
        (steps("number", json!(10), json!(2), json!(12)), Some(0.0)),
        // Not moved yet.
        (steps("number", json!(4), json!(8), null.clone()), Some(0.0)),
        (
            steps("number", null.clone(), json!(8), json!(2)),
            Some(0.25),
        ),
        // Nothing is divided by zero.
        (steps("number", json!(5), json!(5), json!(5)), Some(1.0)),
        (steps("number", json!(5), json!(5), json!(4)), Some(0.0)),
        (
            steps("currency", json!(0), json!(1000), json!(250)),
            Some(0.25),
        ),
        (
            steps("percentage", null.clone(), null.clone(), json!(40)),
            Some(0.4),
        ),
        (steps("boolean", json!(0), json!(1), json!(1)), Some(1.0)),
        (
            steps("boolean", json!(0), null.clone(), json!(true)),
            Some(1.0),
        ),
        (steps("boolean", json!(0), json!(1), json!(0)), Some(0.0)),
        (json!({"type": "boolean", "completed": true}), Some(1.0)),
        (json!({"type": "boolean"}), Some(0.0)),
        (
            json!({"type": "automatic", "percent_completed": "30"}),
            Some(0.3),
        ),
        (steps("automatic", json!(0), json!(4), json!(1)), Some(0.25)),
        (json!({"type": "automatic", "completed": true}), Some(1.0)),
        (json!({"type": "automatic"}), None),
        (json!({"type": "number", "percent_completed": 30}), None),
        // What a later ClickUp may bring.
        (steps("fractal", json!(0), json!(10), json!(5)), Some(0.5)),
        (steps("number", json!(0), json!("1e999"), json!(5)), None),
        (json!({}), None),
    ] {
        assert_eq!(gauge(item.clone()), want, "{item}");
    }
}

#[test]
fn kinds_units_and_owners_are_kept() {
    let money = result(
        json!({"id": "k", "type": "currency", "unit": "EUR", "name": "ARR",
        "steps_start": 0, "steps_end": 10, "owners": [{"id": 7}]}),
    );
    assert_eq!((money.kind, money.unit.as_str()), (Kind::Currency, "EUR"));
    assert_eq!(money.particulars.unwrap().owner, Some("work:u:7".into()));
    let tasks = |tasks: Value, key: &str, lists: Value| {
        let mut item =
            json!({"id": "k", "type": "automatic", "percent_completed": 25, "task_ids": tasks});
        item[key] = lists;
        result(item)
    };
    let automatic = tasks(json!(["a", "b", "c"]), "list_ids", json!(["l"]));
    assert!(automatic.particulars().automatic);
    assert_eq!(automatic.particulars().aside, "3 tasks, 1 list");
    assert_eq!((automatic.start, automatic.target), (0.0, Some(100.0)));
    assert_eq!(automatic.current, Some(Reading::Number(25.0)));
    let live = tasks(Value::Null, "subcategory_ids", json!(["l", "m"]));
    assert_eq!(live.particulars().aside, "2 lists");
    assert_eq!(result(json!({"id": "k", "name": null})).name, "(no name)");
}

fn with_history(history: Value) -> Goal {
    let steps = |id: &str, kind: &str| json!({"id": id, "name": id, "type": kind, "steps_start": 0, "steps_end": 10, "steps_current": 3});
    let results = [
        steps("a", "number"),
        steps("b", "number"),
        steps("c", "boolean"),
        steps("t", "automatic"),
    ];
    let goal = json!({"id": "g", "key_results": results, "history": history});
    one(goal, Scale::Percent).goal
}

fn entry(id: &str, result: &str, user: i64, second: i64, note: &str, now: Value) -> Value {
    json!({"id": id, "key_result_id": result, "userid": user, "note": note,
        "date_modified": (1_795_000_000_000_i64 + second * 1000).to_string(), "steps_current": now})
}

#[test]
fn entries_of_one_moment_are_one_check_in() {
    let goal = with_history(json!([
        // In no order.
        entry("e3", "a", 1, 4000, "later", json!(5)),
        entry("e1", "a", 1, 0, "good", json!(3)),
        entry("e2", "b", 1, 90, "good", json!("2.5")),
        // Somebody else, at the same moment.
        entry("e4", "b", 2, 30, "good", json!(1)),
        // Too late for the first one.
        entry("e5", "c", 1, 300, "good", json!(1)),
        entry("e6", "t", 1, 4010, "later", json!(1)),
        {"id": "e0", "key_result_id": "a", "userid": 1, "date_modified": "1794000000000", "note": "Created Key Result"},
    ]));
    let told: Vec<(&str, &str, usize)> = goal
        .check_ins
        .iter()
        .map(|one| (one.id.as_str(), one.note.as_str(), one.values.len()))
        .collect();
    assert_eq!(
        told,
        [
            ("work:h:e1", "good", 2),
            ("work:h:e4", "good", 1),
            ("work:h:e5", "good", 1),
            // What is reckoned at ClickUp has a note and no value.
            ("work:h:e3", "later", 1),
        ]
    );
    assert_eq!(goal.check_ins[2].values[0].now, Reading::Yes(true));
    assert_eq!(goal.check_ins[0].values[1].now, Reading::Number(2.5));
}

#[test]
fn two_moves_of_one_key_result_are_two_check_ins() {
    let goal = with_history(json!([
        entry("e1", "a", 1, 0, "", json!(1)),
        entry("e2", "a", 1, 10, "", json!(2)),
        entry("e3", "b", 1, 20, "", json!(2)),
    ]));
    let values: Vec<usize> = goal.check_ins.iter().map(|one| one.values.len()).collect();
    assert_eq!(values, [1, 2]);
}

#[test]
fn values_of_entries_come_in_every_dress() {
    let value = |extra: Value| {
        let mut item = entry("e", "a", 1, 0, "n", Value::Null);
        item.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        let goal = with_history(json!([item]));
        goal.check_ins[0]
            .values
            .first()
            .map(|one| (one.before.clone(), one.now.clone()))
    };
    let number = Reading::Number;
    assert_eq!(
        value(json!({"steps_before": 2, "steps_taken": 1})),
        Some((Some(number(2.0)), number(3.0)))
    );
    assert_eq!(
        value(
            json!({"steps_before": null, "steps_before_float": "1.5", "steps_current_float": 4.5})
        ),
        Some((Some(number(1.5)), number(4.5)))
    );
    assert_eq!(
        value(json!({"steps_current": 7, "steps_taken": 2})),
        Some((Some(number(5.0)), number(7.0)))
    );
    assert_eq!(
        value(json!({"steps_current": 7})),
        Some((None, number(7.0)))
    );
    assert_eq!(value(json!({"steps_current": "many"})), None);
}

#[test]
fn a_mock_that_calls_everything_string_still_draws_a_tree() {
    let result = json!({"id": "string", "goal_id": "string", "name": "string", "creator": 0,
        "type": "number", "date_created": "string", "percent_completed": 0, "completed": true,
        "task_ids": ["string"], "owners": [{}], "steps_start": 0, "steps_end": 0,
        "steps_current": 0, "unit": "string", "last_action": {}});
    let goal = json!({"id": "string", "name": "string", "team_id": "string", "date_created": "string",
        "start_date": null, "due_date": "string", "description": null, "private": true,
        "archived": false, "creator": 0, "color": "string", "pretty_id": "string",
        "folder_id": null, "members": [{}], "owners": [{}, "string", null, 1.5],
        "key_results": [result, result], "percent_completed": 0, "history": [{}],
        "pretty_url": "string"});
    let list = json!({"goals": [goal, goal],
        "folders": [{"id": "string", "name": "string", "goals": [goal, goal]}, {"goals": null}]});
    let tree = read(&list);
    assert_eq!(tree.folders.len(), 2);
    // Those of the list are taken for the ones of the folder.
    let ids: Vec<&str> = tree
        .goals
        .iter()
        .map(|(found, _)| found.id.as_str())
        .collect();
    assert_eq!(ids, ["string", "string~2"]);
    let results: Vec<&str> = tree
        .goals
        .iter()
        .flat_map(|(found, _)| &found.goal.results)
        .map(|result| result.id.as_str())
        .collect();
    assert_eq!(
        results,
        [
            "work:k:string",
            "work:k:string~2",
            "work:k:string~3",
            "work:k:string~4"
        ]
    );
    let goal = &tree.goals[0].0.goal;
    assert_eq!(
        (goal.due, goal.link.as_str(), goal.champion.as_ref()),
        (None, "", None)
    );
    assert!(goal.check_ins.is_empty());
}

#[test]
fn another_answer_than_a_list_is_not_taken_for_an_empty_one() {
    let account = AccountName::new("work");
    let look = look(&account, Scale::Percent);
    for odd in [json!({}), json!([]), json!("x"), json!({"ok": true})] {
        assert!(tree(&odd, &look).is_none(), "{odd}");
    }
    for empty in [
        json!({"goals": null}),
        json!({"folders": []}),
        json!({"goals": {}}),
    ] {
        assert!(tree(&empty, &look).is_some_and(|tree| tree.goals.is_empty()));
    }
}
