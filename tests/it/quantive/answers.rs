//! What the fake answers to each operation.

use serde_json::{Map, Value, json};

use super::fake::Asked;
use super::world::{ACCOUNT, BOB, History, SUBJECT, World};
use crate::contract::Operation;

pub struct Told {
    pub status: u16,
    pub kind: String,
    pub body: Vec<u8>,
}

pub fn yes(status: u16, value: &Value) -> Told {
    Told {
        status,
        kind: "application/json".to_owned(),
        body: value.to_string().into_bytes(),
    }
}

pub fn no(status: u16, message: &str) -> Told {
    yes(status, &json!({ "message": message }))
}

fn done(status: u16) -> Told {
    Told {
        status,
        kind: String::new(),
        body: Vec::new(),
    }
}

/// Answers a request that keeps to the contract.
pub fn answer(w: &mut World, op: &Operation, asked: &Asked, is_signed: bool) -> Told {
    if !is_signed {
        return no(401, "unauthorized");
    }
    if op.id == "resolveIdentity" {
        return identity(w, op);
    }
    if asked.header("gtmhub-accountid") != Some(ACCOUNT) {
        return no(403, "unknown account");
    }
    let parameter = |name: &str| op.parameter(name).unwrap_or_default().to_owned();
    match op.id.as_str() {
        "listGoalsV2" if !w.ways.has_v2_goals => no(404, "not found"),
        "listMetricsV2" if !w.ways.has_v2_metrics => no(404, "not found"),
        "listSessionsV1" if !w.ways.has_named_sessions => no(404, "not found"),
        "listAssignees" if !w.ways.has_assignees => no(404, "not found"),
        "checkInMetric" if !w.ways.has_check_ins => no(404, "page not found"),
        "listGoalsV2" => goals(w, asked),
        "listGoalsV1" => goals_v1(w, asked),
        "listMetricsV2" => metrics(w, asked),
        "getGoal" => one_goal(w, &parameter("goalId"), asked),
        "getMetric" => match find(&w.metrics, &parameter("metricId")) {
            Some(metric) => yes(200, &shown(w, metric, History::Single)),
            None => no(404, "not found"),
        },
        "groupGoalsByOwners" | "groupGoalsByReviewers" => groups(w, op, asked),
        "getWorkflowActions" => {
            let actions = w
                .actions
                .get(&parameter("goalId"))
                .cloned()
                .unwrap_or_default();
            yes(
                200,
                &json!({ "items": actions, "totalCount": actions.len() }),
            )
        }
        "listSessionsV1" => {
            let open = w.sessions.iter().filter(|one| one["status"] == "open");
            let now = w.time();
            let is_now = |one: &&Value| {
                one["start"].as_str() <= Some(&now) && one["end"].as_str() >= Some(&now)
            };
            let open: Vec<&Value> = open.filter(is_now).collect();
            yes(200, &json!({ "items": open, "totalCount": open.len() }))
        }
        "listSessionsV2" => page(w, asked, w.sessions.clone()),
        "getSession" => match find(&w.sessions, &parameter("sessionId")) {
            Some(session) => yes(200, session),
            None => no(404, "not found"),
        },
        "listUsersV2" => page(w, asked, w.users.clone()),
        "listTeamsV2" => page(w, asked, w.teams.clone()),
        "getUser" => match find(&w.users, &parameter("userId")) {
            Some(user) => yes(200, user),
            None => no(404, "not found"),
        },
        "listAssignees" => {
            let items: Vec<Value> = [w.users.as_slice(), w.teams.as_slice()]
                .concat()
                .iter()
                .map(|one| assignee(w, one["id"].as_str().unwrap_or_default()))
                .collect();
            yes(200, &json!({ "items": items, "totalCount": items.len() }))
        }
        "getAccount" => yes(200, &w.account),
        _ => write(w, op, asked),
    }
}

fn identity(w: &World, op: &Operation) -> Told {
    if !w.ways.has_identity || op.parameter("clientId") != Some(SUBJECT) {
        return no(404, "not found");
    }
    yes(
        200,
        &json!({"user": {"id": w.me, "clientId": SUBJECT}, "account": {"id": ACCOUNT, "domain": "acme"}}),
    )
}

fn find<'a>(all: &'a [Value], id: &str) -> Option<&'a Value> {
    all.iter().find(|one| one["id"] == id)
}

fn assignee(w: &World, id: &str) -> Value {
    if let Some(team) = find(&w.teams, id) {
        return json!({"id": id, "accountId": ACCOUNT, "name": team["name"], "email": "", "type": "team"});
    }
    match find(&w.users, id) {
        Some(user) => {
            let name = format!(
                "{} {}",
                user["firstName"].as_str().unwrap_or(""),
                user["lastName"].as_str().unwrap_or("")
            );
            json!({"id": id, "accountId": ACCOUNT, "name": name, "email": user["email"], "type": "user"})
        }
        None => json!({"id": id, "accountId": ACCOUNT, "name": id, "email": "", "type": "user"}),
    }
}

/// A metric as a place of the API tells it.
fn shown(w: &World, metric: &Value, place: History) -> Value {
    let mut metric = metric.clone();
    let tells = match w.ways.history {
        History::Goals => true,
        History::Metrics => place != History::Goals,
        History::Single => place == History::Single,
        History::Nowhere => false,
    };
    if !tells && let Some(fields) = metric.as_object_mut() {
        fields.remove("metricHistory");
    }
    metric
}

/// A goal with everything in it.
fn whole(w: &World, goal: &Value, with_metrics: bool) -> Value {
    let mut goal = goal.clone();
    let id = goal["id"].as_str().unwrap_or_default().to_owned();
    goal["assignee"] = assignee(w, goal["ownerId"].as_str().unwrap_or_default());
    let own: Vec<Value> = w
        .metrics
        .iter()
        .filter(|metric| metric["goalId"] == id.as_str())
        .map(|metric| shown(w, metric, History::Goals))
        .collect();
    goal["metricsCount"] = json!(own.len());
    if with_metrics {
        goal["metrics"] = json!(own);
    }
    match (w.ways.stage_field, w.stages.get(&id)) {
        (Some("workflow"), Some(stage)) => goal["workflow"] = json!({ "status": stage }),
        (Some(field), Some(stage)) => goal[field] = json!(stage),
        _ => {}
    }
    goal
}

fn in_words(w: &World, asked: &Asked, goals: &mut [Value]) {
    if asked.param("formatting") != Some("plainText") {
        return;
    }
    let _ = w;
    for goal in goals {
        let text = goal["description"].as_str().unwrap_or_default();
        goal["description"] = json!(text.replace(
            &format!("@[Bob Example:bob@acme.example:{BOB}]"),
            "@Bob Example"
        ));
    }
}

/// Names and sub-names of `a,b{c,d}`.
fn projection(fields: &str) -> Vec<(String, Option<Vec<String>>)> {
    let mut all = Vec::new();
    let mut rest = fields;
    while !rest.is_empty() {
        let end = rest.find([',', '{']).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let mut inner = None;
        if let Some(inside) = rest.strip_prefix('{') {
            let close = inside.find('}').expect("a closing brace");
            inner = Some(inside[..close].split(',').map(str::to_owned).collect());
            rest = &inside[close + 1..];
        }
        all.push((name, inner));
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    all
}

fn projected(value: &Value, fields: &[(String, Option<Vec<String>>)]) -> Value {
    let mut out = Map::new();
    for always in ["id", "accountId"] {
        out.extend(
            value
                .get(always)
                .map(|told| (always.to_owned(), told.clone())),
        );
    }
    for (name, inner) in fields {
        let Some(told) = value.get(name) else {
            continue;
        };
        let told = match (inner, told) {
            (Some(inner), Value::Array(items)) => {
                let inner: Vec<_> = inner.iter().map(|name| (name.clone(), None)).collect();
                items.iter().map(|item| projected(item, &inner)).collect()
            }
            _ => told.clone(),
        };
        out.insert(name.clone(), told);
    }
    Value::Object(out)
}

/// Fields that a goal can have.
const GOAL_FIELDS: [&str; 20] = [
    "name",
    "description",
    "parentId",
    "sessionId",
    "ownerId",
    "ownerIds",
    "assignee",
    "assignees",
    "attainment",
    "aggregatedAttainment",
    "attainmentTypeString",
    "dateCreated",
    "dateFrom",
    "dateTo",
    "closedStatus",
    "url",
    "tags",
    "metrics",
    "metricsCount",
    "links",
];

fn goals(w: &World, asked: &Asked) -> Told {
    let fields = asked.param("fields").map(projection);
    if fields.is_some() && w.ways.refuses_fields {
        return no(400, "fields is not valid");
    }
    if w.ways.refuses_unknown_fields
        && let Some((name, _)) = fields.iter().flatten().find(|(name, _)| {
            !GOAL_FIELDS.contains(&name.as_str()) && w.ways.stage_field != Some(name.as_str())
        })
    {
        return no(400, &format!("unknown field {name}"));
    }
    let filter = filter_of(asked);
    let mut found: Vec<Value> = w
        .goals
        .iter()
        .filter(|goal| fits(goal, &filter))
        .map(|goal| whole(w, goal, fields.is_some()))
        .collect();
    in_words(w, asked, &mut found);
    if let Some(fields) = fields {
        found = found.iter().map(|goal| projected(goal, &fields)).collect();
    }
    page(w, asked, found)
}

fn goals_v1(w: &World, asked: &Asked) -> Told {
    let with_metrics = asked.param("includeMetrics") == Some("true");
    let session = asked.param("sessionId");
    let found = w
        .goals
        .iter()
        .filter(|goal| session.is_none_or(|session| goal["sessionId"] == session));
    let found = found.map(|goal| whole(w, goal, with_metrics)).collect();
    page(w, asked, found)
}

fn metrics(w: &World, asked: &Asked) -> Told {
    let filter = filter_of(asked);
    let found = w.metrics.iter().filter(|metric| fits(metric, &filter));
    let mut found: Vec<Value> = found
        .map(|metric| shown(w, metric, History::Metrics))
        .collect();
    if let Some(fields) = asked.param("fields").map(projection) {
        found = found
            .iter()
            .map(|metric| projected(metric, &fields))
            .collect();
    }
    page(w, asked, found)
}

fn one_goal(w: &World, id: &str, asked: &Asked) -> Told {
    let Some(goal) = find(&w.goals, id) else {
        return no(404, "not found");
    };
    let mut told = whole(w, goal, true);
    in_words(w, asked, std::slice::from_mut(&mut told));
    match asked.param("fields").map(projection) {
        Some(fields) => yes(200, &projected(&told, &fields)),
        None => yes(200, &told),
    }
}

fn filter_of(asked: &Asked) -> Value {
    let text = asked.param("filter").unwrap_or("{}");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("filter {text}: {error}"))
}

/// Whether a thing is what a Mongo-like filter means.
fn fits(thing: &Value, filter: &Value) -> bool {
    filter
        .as_object()
        .expect("an object")
        .iter()
        .all(|(key, wanted)| {
            let key = if key == "_id" { "id" } else { key.as_str() };
            let told = &thing[key];
            match wanted {
                Value::Object(rule) => rule.iter().all(|(rule, value)| match rule.as_str() {
                    "$in" => value.as_array().expect("a list").contains(told),
                    "$regex" => matches_pattern(
                        told.as_str().unwrap_or_default(),
                        value.as_str().expect("a pattern"),
                    ),
                    rule => panic!("the fake knows no {rule}"),
                }),
                wanted => told == wanted,
            }
        })
}

/// Letters and classes of letters, anywhere in the text.
fn matches_pattern(text: &str, pattern: &str) -> bool {
    let mut sets: Vec<Vec<char>> = Vec::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        sets.push(match letter {
            '[' => letters
                .by_ref()
                .take_while(|letter| *letter != ']')
                .collect(),
            '\\' => vec![letters.next().expect("a letter")],
            letter => vec![letter],
        });
    }
    let text: Vec<char> = text.chars().collect();
    text.windows(sets.len().max(1)).any(|window| {
        window
            .iter()
            .zip(&sets)
            .all(|(letter, set)| set.contains(letter))
    })
}

fn page(w: &World, asked: &Asked, all: Vec<Value>) -> Told {
    let number = |name: &str| {
        asked
            .param(name)
            .and_then(|text| text.parse::<usize>().ok())
    };
    let skip = if w.ways.ignores_skip {
        0
    } else {
        number("skip").unwrap_or(0)
    };
    let take = number("limit")
        .or_else(|| number("take"))
        .unwrap_or(100)
        .min(100);
    let items: Vec<&Value> = all.iter().skip(skip).take(take).collect();
    let mut told = json!({ "items": items });
    if w.ways.counts {
        told["totalCount"] = json!(all.len());
    }
    yes(200, &told)
}

fn groups(w: &World, op: &Operation, asked: &Asked) -> Told {
    assert_eq!(asked.param("filter"), Some("current"), "a named filter");
    let mut people: Vec<String> = Vec::new();
    let who = |goal: &Value| -> Vec<String> {
        let id = goal["id"].as_str().unwrap_or_default();
        match op.id.as_str() {
            "groupGoalsByReviewers" => w.reviewers.get(id).cloned().unwrap_or_default(),
            _ => vec![goal["ownerId"].as_str().unwrap_or_default().to_owned()],
        }
    };
    for goal in &w.goals {
        people.extend(who(goal));
    }
    people.sort();
    people.dedup();
    let groups: Vec<Value> = people
        .iter()
        .map(|person| {
            let own = w.goals.iter().filter(|goal| who(goal).contains(person));
            let own: Vec<Value> = own.map(|goal| whole(w, goal, false)).collect();
            json!({ "assignee": assignee(w, person), "goals": own })
        })
        .collect();
    if w.ways.bare_groups {
        return yes(200, &json!(groups));
    }
    yes(200, &json!({ "items": groups, "totalCount": groups.len() }))
}

// ------------------------------------------------------------------ writes

fn write(w: &mut World, op: &Operation, asked: &Asked) -> Told {
    let goal = op.parameter("goalId").unwrap_or_default().to_owned();
    let metric = op.parameter("metricId").unwrap_or_default().to_owned();
    if !goal.is_empty() && find(&w.goals, &goal).is_none() {
        return no(404, "not found");
    }
    if !metric.is_empty() && find(&w.metrics, &metric).is_none() {
        return no(404, "not found");
    }
    match op.id.as_str() {
        "checkInMetric" => {
            let me = w.me;
            yes(201, &w.check_in(&metric, me, &asked.json()))
        }
        "patchMetric" => {
            let told = asked.json();
            merge(w.metric_mut(&metric), &told);
            w.reckon();
            yes(200, &shown(w, w.metric(&metric), History::Single))
        }
        "createMetric" => {
            let mut new = asked.json();
            if find(&w.goals, new["goalId"].as_str().unwrap_or_default()).is_none() {
                return no(400, "no such goal");
            }
            new["id"] = json!(w.new_id('f'));
            new["accountId"] = json!(ACCOUNT);
            new["sessionId"] = json!(super::world::QUARTER);
            new["metricHistory"] = json!([]);
            if new.get("actual").is_none() {
                new["actual"] = new["initialValue"].clone();
            }
            w.metrics.push(new.clone());
            w.reckon();
            yes(201, &new)
        }
        "createGoal" => match unwrapped(w, asked, "goal") {
            Ok(told) => {
                let made = make_goal(w, &told);
                yes(201, &made)
            }
            Err(refused) => refused,
        },
        "createGoalsBulk" => match unwrapped(w, asked, "goals") {
            Ok(told) => {
                let all = told.as_array().cloned().unwrap_or_default();
                let made: Vec<Value> = all.iter().map(|one| make_goal(w, one)).collect();
                yes(201, &json!({ "items": made, "totalCount": made.len() }))
            }
            Err(refused) => refused,
        },
        "deleteGoalsBulk" => match unwrapped(w, asked, "goalsIds") {
            Ok(told) => {
                for id in told.as_array().into_iter().flatten() {
                    delete(w, id.as_str().unwrap_or_default());
                }
                done(200)
            }
            Err(refused) => refused,
        },
        "patchGoal" => {
            if w.stages.get(&goal) == Some(&"in_review") {
                return no(423, "item is locked");
            }
            match unwrapped(w, asked, "goal") {
                Ok(told) => {
                    merge(w.goal_mut(&goal), &told);
                    yes(200, &whole(w, w.goal(&goal), true))
                }
                Err(refused) => refused,
            }
        }
        "deleteGoal" => {
            delete(w, &goal);
            done(200)
        }
        "approveGoal" | "declineGoal" => decide(w, op, &goal, asked),
        "requestReview" => {
            let told = asked.json();
            let reviewers: Vec<String> = told["reviewers"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|one| one.as_str().map(str::to_owned))
                .collect();
            if reviewers.iter().any(|one| find(&w.users, one).is_none()) {
                return no(400, "reviewer does not exist");
            }
            if w.stages.get(&goal) == Some(&"in_review") {
                return no(409, "objective is in review");
            }
            let me = w.me;
            w.stages.insert(goal.clone(), "in_review");
            w.reviewers.insert(goal.clone(), reviewers);
            w.act(&goal, "review", me, "");
            done(204)
        }
        "withdrawGoal" => {
            if w.goal(&goal)["ownerId"] != w.me {
                return no(400, "current user is not an owner");
            }
            let me = w.me;
            w.stages.insert(goal.clone(), "draft");
            w.reviewers.remove(&goal);
            w.act(&goal, "withdraw", me, "");
            done(204)
        }
        other => panic!("the fake of the tests has no {other}"),
    }
}

fn decide(w: &mut World, op: &Operation, goal: &str, asked: &Asked) -> Told {
    let is_mine = w
        .reviewers
        .get(goal)
        .is_some_and(|all| all.iter().any(|one| one == w.me));
    if !is_mine {
        return no(400, "current user is not a reviewer");
    }
    if w.stages.get(goal) != Some(&"in_review") {
        return no(400, "objective is not in review");
    }
    let told = asked.json();
    let comment = told["comment"].as_str().unwrap_or_default().to_owned();
    let (stage, word) = match op.id.as_str() {
        "approveGoal" => ("approved", "approve"),
        _ => ("draft", "decline"),
    };
    let me = w.me;
    w.stages.insert(goal.to_owned(), stage);
    w.reviewers.remove(goal);
    w.act(goal, word, me, &comment);
    done(204)
}

fn unwrapped(w: &World, asked: &Asked, name: &str) -> Result<Value, Told> {
    let told = asked.json();
    match (w.ways.wants_wrapped, told.get(name)) {
        (true, Some(inner)) => Ok(inner.clone()),
        (true, None) => Err(no(400, &format!("{name} is missing"))),
        (false, Some(_)) => Err(no(400, &format!("unknown field {name}"))),
        (false, None) => Ok(told),
    }
}

fn make_goal(w: &mut World, told: &Value) -> Value {
    let mut new = json!({
        "id": w.new_id('e'), "accountId": ACCOUNT, "description": "", "parentId": "",
        "closedStatus": {"status": "active"}, "dateCreated": w.time(), "attainment": 0, "tags": [],
    });
    merge(&mut new, told);
    let id = new["id"].as_str().expect("an id").to_owned();
    new["url"] = json!(format!("https://acme.example/goals/{id}"));
    w.goals.push(new.clone());
    w.stages.insert(id, "draft");
    new
}

fn merge(thing: &mut Value, told: &Value) {
    let fields = thing.as_object_mut().expect("an object");
    for (key, value) in told.as_object().into_iter().flatten() {
        fields.insert(key.clone(), value.clone());
    }
}

fn delete(w: &mut World, id: &str) {
    w.goals.retain(|goal| goal["id"] != id);
    w.metrics.retain(|metric| metric["goalId"] != id);
}
