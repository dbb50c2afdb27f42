use serde_json::json;

use super::*;
use crate::model::status::Status;

fn forest<'a>(account: &'a AccountName, words: &'a Words, plan: &Value) -> Forest<'a> {
    let mut forest = Forest::new(account, words);
    forest.plant(page(plan).unwrap().items);
    forest
}

fn goals(plan: &Value) -> Vec<Goal> {
    let (account, words) = ("a".into(), Words::default());
    forest(&account, &words, plan).goals
}

fn one(item: Value) -> Goal {
    goals(&json!({ "items": [item] })).pop().unwrap()
}

fn items(sequences: &[&str]) -> Value {
    let list = sequences.iter().enumerate();
    let list: Vec<Value> = list
        .map(|(id, sequence)| json!({"id": id.to_string(), "sequenceId": sequence, "name": sequence}))
        .collect();
    json!({ "items": list })
}

#[test]
fn the_tree_follows_the_numbers_in_their_natural_order() {
    let all = goals(&items(&["1.10", "1.2.1", "1", "2", "1.2", "10", "9.9.9"]));
    let names: Vec<&str> = all.iter().map(|goal| goal.name.as_str()).collect();
    assert_eq!(names, ["1", "1.2", "1.2.1", "1.10", "2", "9.9.9", "10"]);
    let parent = |name: &str| {
        let goal = all.iter().find(|goal| goal.name == name).unwrap();
        let parent = goal.parent.as_ref();
        parent.and_then(|id| all.iter().find(|goal| &goal.id == id))
    };
    assert_eq!(parent("1.2.1").unwrap().name, "1.2");
    assert_eq!(parent("1.10").unwrap().name, "1");
    assert!(parent("9.9.9").is_none() && parent("1").is_none());
    let positions: Vec<i64> = all.iter().map(|goal| goal.position).collect();
    assert_eq!(positions, [0, 1, 2, 3, 4, 5, 6]);
    // Each is filed under the top of its branch.
    assert_eq!(all[2].space, "1");
    assert_eq!(all[5].space, "9.9.9");
}

#[test]
fn numbers_that_are_none_come_last_and_make_no_circle() {
    let all = goals(&items(&[
        "b", "", "1.x", "1", "1.", "string", "..", "1.2.1",
    ]));
    assert_eq!(all.len(), 8);
    for goal in &all {
        assert_ne!(goal.parent.as_ref(), Some(&goal.id));
    }
    assert_eq!(all[0].name, "1");
}

#[test]
fn equal_and_missing_ids_are_shown_and_have_no_name_in_an_import() {
    let item = json!({"id": "string", "sequenceId": "string", "name": "string"});
    let all = goals(&json!({"items": [item, item, item, {"name": "x", "sequenceId": "7"}]}));
    let ids: Vec<&str> = all.iter().map(|goal| goal.id.as_str()).collect();
    assert_eq!(
        ids,
        ["a:g:~7", "a:g:string", "a:g:string~2", "a:g:string~3"]
    );
    let account = "a".into();
    let external: Vec<_> = all
        .iter()
        .map(|goal| external_id(&account, &goal.id))
        .collect();
    assert_eq!(external, [None, Some("string"), None, None]);
    assert_eq!(external_id(&account, &"a:g:PLAN~x".into()), Some("PLAN~x"));
    assert_eq!(external_id(&account, &"b:g:1".into()), None);
    assert_eq!(external_id(&account, &"a:f:1".into()), None);
}

#[test]
fn an_item_with_a_number_has_a_gauge_and_one_without_has_none() {
    let goal = one(json!({"id": "1", "currentValue": "12.5", "baseline": 10, "target": 20}));
    let [result] = goal.results.as_slice() else {
        panic!("{goal:?}")
    };
    assert_eq!(result.id.as_str(), "a:k:1");
    assert_eq!(
        (&result.kind, result.start, result.target),
        (&Kind::Number, 10.0, Some(20.0))
    );
    assert_eq!(result.current, Some(Reading::Number(12.5)));
    // Nothing to fill: the value alone.
    for item in [
        json!({"id": "1", "currentValue": 3}),
        json!({"id": "1", "currentValue": 3, "target": 5, "baseline": 5}),
    ] {
        let goal = one(item);
        assert_eq!(
            (&goal.results[0].kind, goal.results[0].target),
            (&Kind::Baseline, None)
        );
    }
    let unread = one(json!({"id": "1", "target": 5}));
    assert_eq!(unread.results[0].current, None);
    for item in [
        json!({"id": "1", "currentValue": null, "target": null, "baseline": 4}),
        json!({"id": "1", "currentValue": "n/a", "target": {}, "unknown": [1]}),
        json!({"id": "1"}),
    ] {
        assert!(one(item).results.is_empty());
    }
}

#[test]
fn percentages_are_shown_as_percentages_where_the_unit_is_known() {
    let (account, words) = ("a".into(), Words::default());
    let mut items =
        page(&json!([{"id": "1", "currentValue": 0.29, "baseline": 0.07, "target": 0.9}]))
            .unwrap()
            .items;
    items[0].unit = PERCENT.to_owned();
    let mut forest = Forest::new(&account, &words);
    forest.plant(items);
    let result = &forest.goals[0].results[0];
    assert_eq!((&result.kind, result.unit.as_str()), (&Kind::Percent, "%"));
    assert_eq!((result.start, result.target), (7.0, Some(90.0)));
    assert_eq!(result.current, Some(Reading::Number(29.0)));
}

#[test]
fn names_people_words_and_days_are_read() {
    let plan = json!({"totalCount": 1, "items": [{
        "id": 17, "sequenceId": "1", "level": "Goal", "name": "Grow &amp; keep",
        "description": null, "statusName": "At Risk", "assignedToFullName": "Ada  Moreno",
        "assignedToEmailAddress": "Ada@x.example", "start": "2026-10-01T00:00:00",
        "due": "12/31/2026", "LASTUPDATED": "2026-11-20T08:15:03.1234567",
        "created": "2026-09-01",
        "members": [{"id": "u", "name": "Bo Chen", "type": "User"},
                    {"id": "t", "name": "Field team", "type": "Group"}, {"name": null}, 3],
    }]});
    assert_eq!(page(&plan).unwrap().total, Some(1));
    let (account, words) = ("a".into(), Words::default());
    let forest = forest(&account, &words, &plan);
    let goal = &forest.goals[0];
    assert_eq!(
        (goal.id.as_str(), goal.name.as_str()),
        ("a:g:17", "Grow & keep")
    );
    assert_eq!((goal.status, &goal.status_word), (Status::AtRisk, &None));
    assert_eq!(goal.champion.as_ref().unwrap().as_str(), "a:u:ada moreno");
    assert_eq!(goal.tags, ["Goal"]);
    assert_eq!(goal.start.unwrap().to_string(), "2026-10-01");
    assert_eq!(goal.due.unwrap().to_string(), "2026-12-31");
    assert_eq!(
        goal.updated_at.to_rfc3339(),
        "2026-11-20T08:15:03.123456700+00:00"
    );
    assert_eq!(goal.created_at.to_rfc3339(), "2026-09-01T00:00:00+00:00");
    let names: Vec<&str> = forest
        .people
        .iter()
        .map(|person| person.name.as_str())
        .collect();
    assert_eq!(names, ["Ada  Moreno", "Bo Chen"]);
    let ada = goal.champion.clone();
    assert_eq!(forest.meant("ADA MORENO"), ada);
    assert_eq!(forest.meant(" ada@X.example"), ada);
    assert_eq!(forest.meant("Eve"), None);
}

#[test]
fn a_status_that_is_over_closes_the_goal() {
    for (word, status) in [
        ("Achieved", Status::Achieved),
        ("Not Achieved", Status::Missed),
        ("Canceled", Status::Missed),
    ] {
        let goal = one(json!({"id": "1", "statusName": word, "lastUpdated": "2026-11-20"}));
        assert_eq!(goal.status, status);
        assert_eq!(goal.closed.unwrap().at, goal.updated_at);
    }
    assert!(one(json!({"id": "1", "statusName": null})).is_open());
    assert!(one(json!({"id": "1", "statusName": "Not Started"})).is_open());
}

#[test]
fn what_is_no_page_is_a_fault_and_what_is_odd_in_one_is_passed_over() {
    for wrong in [
        json!({}),
        json!(null),
        json!("x"),
        json!({"items": null}),
        json!(3),
    ] {
        assert_eq!(page(&wrong).unwrap_err().kind, FaultKind::Unreadable);
    }
    let odd = json!({"items": [null, 3, [], "x", {}], "totalCount": -5});
    let odd = page(&odd).unwrap();
    assert_eq!((odd.items.len(), odd.total), (1, None));
    assert_eq!(
        page(&json!({"items": [], "totalCount": "3"}))
            .unwrap()
            .total,
        Some(3)
    );
}

#[test]
fn moments_without_a_zone_and_with_seven_digits_are_utc() {
    let read = |text: &str| moment(text).map(|moment| moment.to_rfc3339());
    assert_eq!(
        read("2026-11-20T08:15:03.1234567").as_deref(),
        Some("2026-11-20T08:15:03.123456700+00:00")
    );
    assert_eq!(
        read("2026-11-20T08:15:03+02:00").as_deref(),
        Some("2026-11-20T06:15:03+00:00")
    );
    assert_eq!(
        read("2026-11-20").as_deref(),
        Some("2026-11-20T00:00:00+00:00")
    );
    for wrong in [
        "",
        "string",
        "2026-13-40",
        "yesterday",
        "2026-11-20T99:00:00",
    ] {
        let day_only = wrong.starts_with("2026-11-20");
        assert_eq!(read(wrong).is_some(), day_only, "{wrong}");
    }
}
