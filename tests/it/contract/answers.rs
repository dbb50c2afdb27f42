//! Which answers the judge lets pass, and that those it makes are among them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Contract, How};

const EVERY_HOW: [How; 5] = [
    How::Random,
    How::AllNull,
    How::AllString,
    How::AllZero,
    How::Example,
];

fn every_contract() -> [&'static Contract; 4] {
    [
        Contract::clickup(),
        Contract::clickup_official(),
        Contract::gtmhub(),
        Contract::achieveit(),
    ]
}

#[test]
fn every_operation_is_found_by_a_request_for_it() {
    let counts = every_contract().map(|contract| contract.operations().len());
    assert_eq!(counts, [8, 10, 36, 3]);
    for contract in every_contract() {
        for operation in contract.operations() {
            let path: Vec<&str> = operation.path.split('/').collect();
            let path: Vec<&str> = path
                .into_iter()
                .map(|one| if one.starts_with('{') { "77" } else { one })
                .collect();
            let path = path.join("/");
            let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let headers = [
                header("Authorization", "Bearer x"),
                header("gtmhub-accountId", "1"),
                header("Content-Type", "application/json"),
            ];
            let found = contract.check_request(&operation.method, &path, &[], &headers, b"{}");
            // A body that is wrong or too much is said with the name of the
            // operation it is wrong for.
            match found {
                Ok(found) => assert_eq!(found.id, operation.id),
                Err(wrong) => {
                    let name = format!("({}): body", operation.id);
                    assert!(wrong.iter().all(|one| one.contains(&name)), "{wrong:#?}");
                }
            }
            assert_eq!(contract.operation(&operation.id), operation);
        }
    }
}

#[test]
fn every_answer_made_is_right() {
    for contract in every_contract() {
        for operation in contract.operations() {
            for status in contract.statuses(&operation) {
                for how in EVERY_HOW {
                    for seed in 0..50 {
                        let (kind, body) = contract.random_answer(&operation, status, seed, how);
                        let checked = contract.check_answer(&operation, status, &kind, &body);
                        assert_eq!(checked, Ok(()), "{how:?} {seed}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_the_files_show_is_right_by_their_own_schemas() {
    let mut shown = 0;
    for contract in every_contract() {
        for declared in &contract.operations {
            let answers = declared.answers.iter().flat_map(|answer| &answer.contents);
            let bodies = declared.body.iter().flat_map(|body| &body.contents);
            let contents = answers.map(|content| (content, false));
            for (content, strict) in contents.chain(bodies.map(|content| (content, true))) {
                for example in &content.examples {
                    let wrong = content.schema.violations(example, strict, "body");
                    assert!(wrong.is_empty(), "{}: {wrong:#?}", declared.operation.id);
                    shown += 1;
                }
            }
        }
    }
    assert!(shown > 100, "{shown}");
}

fn made(contract: &Contract, id: &str, status: u16, seed: u64, how: How) -> Value {
    let (kind, body) = contract.random_answer(&contract.operation(id), status, seed, how);
    assert_eq!(kind, "application/json");
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn each_kind_of_made_answer_is_what_it_is_called() {
    let contract = Contract::clickup();
    let goal = |how| made(contract, "getGoal", 200, 3, how)["goal"].clone();
    let null = goal(How::AllNull);
    for field in ["start_date", "description", "folder_id"] {
        assert_eq!(null.get(field), Some(&Value::Null), "{field}");
    }
    assert!(null["name"].is_string());

    let string = goal(How::AllString);
    for field in ["id", "name", "due_date", "description", "team_id"] {
        assert_eq!(string[field], "string", "{field}");
    }
    let kinds = ["number", "currency", "boolean", "percentage", "automatic"];
    let kind = string["key_results"][0]["type"].as_str().unwrap();
    assert!(kinds.contains(&kind));

    let zero = goal(How::AllZero);
    assert_eq!(zero["percent_completed"], 0);
    assert_eq!(zero["key_results"][0]["steps_end"], 0);

    // This file shows no examples, so it is what a mock server makes up.
    let example = goal(How::Example);
    assert_eq!(
        (&example["id"], &example["creator"]),
        (&"string".into(), &0.into())
    );
    let official = made(
        Contract::clickup_official(),
        "GetAuthorizedUser",
        200,
        0,
        How::Example,
    );
    assert_eq!(official["user"]["username"], "John Doe");
    let names: BTreeSet<String> = (0..20)
        .map(|seed| made(Contract::gtmhub(), "listGoalsV2", 200, seed, How::Example))
        .map(|page| page["totalCount"].to_string())
        .collect();
    assert_eq!(
        names.len(),
        2,
        "the file shows a page with goals and an empty one: {names:?}"
    );
}

#[test]
fn random_answers_differ_by_seed_and_only_by_it() {
    let contract = Contract::clickup();
    let goals = |seed| made(contract, "getGoals", 200, seed, How::Random);
    assert_eq!(goals(7), goals(7));
    let several: BTreeSet<String> = (0..50).map(|seed| goals(seed).to_string()).collect();
    assert!(several.len() > 40, "{}", several.len());
}

#[test]
fn random_answers_leave_out_add_and_reach_the_bounds() {
    let contract = Contract::clickup();
    let goals: Vec<Value> = (0..200)
        .map(|seed| made(contract, "getGoal", 200, seed, How::Random)["goal"].clone())
        .filter(Value::is_object)
        .collect();
    assert!(goals.iter().any(|goal| goal.get("id").is_none()));
    assert!(goals.iter().any(|goal| goal.get("x_new").is_some()));
    let percent = |goal: &Value| goal["percent_completed"].as_f64();
    for bound in [0.0, 100.0] {
        assert!(
            goals.iter().any(|goal| percent(goal) == Some(bound)),
            "{bound}"
        );
    }
    assert!(
        goals
            .iter()
            .filter_map(percent)
            .all(|percent| (0.0..=100.0).contains(&percent))
    );
    let kinds = |field: &str| -> BTreeSet<bool> {
        goals
            .iter()
            .filter_map(|goal| goal.get(field).map(Value::is_null))
            .collect()
    };
    assert_eq!(
        kinds("folder_id").len(),
        2,
        "sometimes null and sometimes not"
    );
    assert_eq!(
        kinds("name"),
        BTreeSet::from([false]),
        "never null: it may not be"
    );
}

#[test]
fn wrong_answers_are_refused_by_the_name_of_their_field() {
    let contract = Contract::clickup();
    let goal = contract.operation("getGoal");
    let json = "application/json; charset=utf-8";
    let checked = |status, kind, body: &str| {
        let checked = contract.check_answer(&goal, status, kind, body.as_bytes());
        checked.err().unwrap_or_default().join("\n")
    };
    assert_eq!(
        checked(200, json, r#"{"goal":{"id":"a","start_date":null,"x":1}}"#),
        ""
    );
    assert_eq!(checked(404, "", ""), "");

    let said = checked(200, json, r#"{"goal":{"id":7}}"#);
    assert_eq!(
        said,
        "answer 200 to getGoal: body /goal/id: 7 is not of type \"string\""
    );
    let said = checked(200, json, r#"{"goal":{"due_date":null}}"#);
    assert!(
        said.contains("body /goal/due_date: null is not of type"),
        "{said}"
    );
    let said = checked(200, json, r#"{"goal":{"percent_completed":101}}"#);
    assert!(
        said.contains("body /goal/percent_completed: 101 is greater"),
        "{said}"
    );
    let said = checked(200, json, r#"{"goal":{"key_results":[{"type":"manual"}]}}"#);
    assert!(
        said.contains("body /goal/key_results/0/type: \"manual\" is not one of"),
        "{said}"
    );
    let said = checked(200, "text/html", "<p>");
    assert!(
        said.contains("Content-Type: it is `text/html` and not application/json"),
        "{said}"
    );
    assert!(checked(200, json, "").contains("body: it is missing"));
    assert!(checked(200, json, "{\"goal\":").contains("body: it is no JSON"));
    assert!(checked(500, "", "").contains("answer 500 to getGoal: this status is not declared"));
    assert!(checked(404, json, "{}").contains("body: none is declared"));

    let page = Contract::achieveit().operation("exportPlanItems");
    let checked = Contract::achieveit().check_answer(&page, 200, json, b"{\"totalCount\":0}");
    assert_eq!(
        checked.unwrap_err(),
        ["answer 200 to exportPlanItems: body: `items` is missing"]
    );
}

#[test]
fn the_deprecated_operations_are_marked() {
    let operations = Contract::gtmhub().operations();
    let marked = operations.iter().filter(|one| one.deprecated);
    let marked: Vec<&str> = marked.map(|one| one.id.as_str()).collect();
    assert_eq!(
        marked,
        ["replaceGoal", "setGoalConfidence", "listAccountUsers"]
    );
}
