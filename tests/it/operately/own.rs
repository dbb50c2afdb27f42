//! The fake keeps its own promises.

use serde_json::{Value, json};

use super::line::{Fault, Gate, When};
use super::{Age, Fake, Jobs, World};

/// An answer as a client sees it.
struct Got {
    status: u16,
    content_type: Option<String>,
    text: String,
    version: Option<String>,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

async fn call(
    base: &str,
    token: &str,
    method: &str,
    rest: &str,
    body: Option<Value>,
) -> Result<Got, reqwest::Error> {
    // Plain HTTP needs no TLS, but the client asks for a provider of it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{base}/api/external/v1/{rest}");
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = client.request(method, url).bearer_auth(token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await?;
    let header = |name: &str| {
        answer
            .headers()
            .get(name)
            .map(|v| v.to_str().unwrap().to_owned())
    };
    let (content_type, version) = (header("content-type"), header("x-operately-version"));
    let status = answer.status().as_u16();
    Ok(Got {
        status,
        content_type,
        version,
        text: answer.text().await?,
    })
}

fn get(fake: &Fake, who: &str, rest: &str) -> Got {
    runtime()
        .block_on(call(&fake.url, &fake.token(who), "GET", rest, None))
        .unwrap()
}

fn post(fake: &Fake, who: &str, rest: &str, body: Value) -> Got {
    runtime()
        .block_on(call(&fake.url, &fake.token(who), "POST", rest, Some(body)))
        .unwrap()
}

fn sid(fake: &Fake, name: &str) -> String {
    fake.world(|w| w.goal_named(name).sid())
}

/// The eight parameters every age takes.
fn check_in_body(fake: &Fake, goal: &str) -> Value {
    let (id, targets) = fake.world(|w| {
        let g = w.goal_named(goal);
        let list: Vec<Value> = g
            .targets
            .iter()
            .map(|t| json!({"id": super::ids::short(t.id), "value": t.value + 1.0}))
            .collect();
        (g.sid(), Value::Array(list).to_string())
    });
    json!({"goal_id": id, "status": "caution", "new_target_values": targets, "checklist": [],
        "content": super::world::doc("Said.").to_string(),
        "due_date": {"date_type": "quarter", "value": "Q4 2026", "date": "2026-12-31"},
        "send_notifications_to_everyone": true, "subscriber_ids": []})
}

fn create_name(age: Age) -> &'static str {
    if age.namespaced() {
        "goals/create_check_in"
    } else {
        "post_goal_progress_update"
    }
}

#[test]
fn only_the_names_of_its_age_answer() {
    for age in Age::ALL {
        let fake = Fake::start(age);
        let (own, other) = if age.namespaced() {
            ("people/get_me", "get_me")
        } else {
            ("get_me", "people/get_me")
        };
        let me = get(&fake, "ada", own);
        assert_eq!(me.status, 200);
        assert_eq!(me.json()["me"]["full_name"], "Ada Brandt");
        assert_eq!(
            me.json()["me"].get("__typename").is_some(),
            age >= Age::V1_8
        );
        assert_eq!(me.version.is_some(), age.namespaced());
        let wrong = get(&fake, "ada", other);
        assert_eq!(
            (wrong.status, wrong.text.as_str()),
            (404, "Query not found")
        );
        assert_eq!(wrong.content_type, None);
    }
}

#[test]
fn one_body_checks_in_at_every_age() {
    for age in Age::ALL {
        let fake = Fake::start(age);
        let name = "Onboarding activation";
        let body = check_in_body(&fake, name);
        let got = post(&fake, "ada", create_name(age), body);
        assert_eq!(got.status, 200, "{age:?}: {}", got.text);
        let update = &got.json()["update"];
        assert_eq!(update["author"], Value::Null);
        assert_eq!(update.get("state").is_some(), age >= Age::V1_7);
        assert_eq!(
            update["goal_target_updates"][0]["previous_value"],
            json!(46.0)
        );
        fake.world(|w| {
            let g = w.goal_named(name);
            assert_eq!(g.targets[0].value, 47.0);
            assert_eq!(w.goal_status(g), "caution");
            assert_eq!(
                g.next_update.unwrap().to_rfc3339(),
                "2026-12-01T00:00:00+00:00"
            );
        });
    }
}

#[test]
fn a_null_due_date_erases_the_timeframe() {
    let fake = Fake::start(Age::Later);
    let mut body = check_in_body(&fake, "Grow ARR");
    body["due_date"] = Value::Null;
    assert_eq!(
        post(&fake, "amina", "goals/create_check_in", body).status,
        200
    );
    fake.world(|w| assert_eq!(w.goal_named("Grow ARR").timeframe, None));
}

#[test]
fn a_read_only_token_writes_nothing() {
    let fake = Fake::start(Age::Later);
    let token = fake.read_only_token("ada");
    let path = "notifications/mark_all_as_read";
    let got = runtime()
        .block_on(call(&fake.url, &token, "POST", path, Some(json!({}))))
        .unwrap();
    assert_eq!(got.status, 403);
    assert_eq!(got.content_type, None);
    assert_eq!(got.text, "Read-only API tokens cannot execute mutations");
}

#[test]
fn notifications_come_after_the_deed() {
    let fake = Fake::start(Age::Later);
    let before = get(&fake, "amina", "notifications/get_unread_count").json()["unread"].clone();
    let review = fake.world(|w| {
        let g = w.goal_named("Grow ARR");
        w.check_ins[g.check_ins.last().unwrap()].sid()
    });
    let got = post(
        &fake,
        "ada",
        "goals/acknowledge_check_in",
        json!({"id": review}),
    );
    assert_eq!(got.json()["update"]["acknowledged"], true);
    let count = || get(&fake, "amina", "notifications/get_unread_count").json()["unread"].clone();
    assert_eq!(count(), before, "the job has not run");
    assert_ne!(count(), before, "one request later it has");
    fake.world(|w| w.jobs_mode = Jobs::Held);
}

#[test]
fn a_second_acknowledgement_is_new_only_on_old_servers() {
    for age in Age::ALL {
        let fake = Fake::start(age);
        let review = fake.world(|w| {
            let g = w.goal_named("Grow ARR");
            w.check_ins[g.check_ins.last().unwrap()].sid()
        });
        let path = if age.namespaced() {
            "goals/acknowledge_check_in"
        } else {
            "acknowledge_goal_progress_update"
        };
        let first = post(&fake, "ada", path, json!({"id": review})).json();
        fake.world(|w| w.now += chrono::TimeDelta::hours(1));
        let second = post(&fake, "ada", path, json!({"id": review})).json();
        let same = first["update"]["acknowledged_at"] == second["update"]["acknowledged_at"];
        assert_eq!(same, age >= Age::V1_8, "{age:?}");
    }
}

#[test]
fn an_upgrade_changes_names_and_shapes_while_it_runs() {
    let fake = Fake::start(Age::Flat);
    assert!(get(&fake, "ada", "get_assignments").json()["assignments"].is_array());
    fake.world(|w| w.age = Age::Later);
    assert_eq!(get(&fake, "ada", "get_assignments").status, 404);
    let groups = get(&fake, "ada", "people/list_assignments").json();
    assert!(groups["needs_review"].is_array() && groups["due_soon"].is_array());
}

#[test]
fn a_mixed_build_renames_one_operation() {
    let fake = Fake::start(Age::Flat);
    fake.world(|w| {
        w.names.insert("goals/get".into(), super::Names::Namespaced);
    });
    let id = sid(&fake, "Grow ARR");
    assert_eq!(get(&fake, "ada", &format!("goals/get?id={id}")).status, 200);
    assert_eq!(get(&fake, "ada", &format!("get_goal?id={id}")).status, 404);
    assert_eq!(get(&fake, "ada", "get_goals").status, 200);
}

#[test]
fn a_hidden_parent_shows_its_name_only_in_the_list() {
    let fake = Fake::start(Age::Later);
    let list = get(&fake, "ada", "goals/list").json();
    let goals = list["goals"].as_array().unwrap();
    let child = goals
        .iter()
        .find(|g| g["name"] == "Child of a secret")
        .unwrap();
    assert_eq!(child["parent_goal"]["name"], "秘密");
    assert!(child["parent_goal_id"].as_str().unwrap().starts_with('-'));
    assert!(goals.iter().all(|g| g["name"] != "秘密"));
    let id = child["id"].as_str().unwrap();
    let one = get(&fake, "ada", &format!("goals/get?id={id}")).json();
    assert_eq!(one["goal"]["parent_goal"], Value::Null);
}

#[test]
fn the_line_can_fail_in_every_way() {
    let fake = Fake::start(Age::Later);
    let rt = runtime();
    let name = "Onboarding activation";
    let body = check_in_body(&fake, name);
    let count = || fake.world(|w| w.goal_named(name).check_ins.len());
    let send = |body: &Value| {
        let token = fake.token("ada");
        let body = Some(body.clone());
        rt.block_on(call(
            &fake.url,
            &token,
            "POST",
            "goals/create_check_in",
            body,
        ))
    };
    let once = || When::path("create_check_in").once();
    let start = count();
    fake.line.script(once(), Fault::ResetBefore);
    assert!(send(&body).is_err());
    assert_eq!(count(), start);
    fake.line.script(once(), Fault::ResetAfter);
    assert!(send(&body).is_err());
    assert_eq!(count(), start + 1);
    fake.line.script(once(), Fault::Truncate(20));
    assert!(send(&body).is_err());
    assert_eq!(count(), start + 2);
    fake.line.script(once(), Fault::Twice);
    assert_eq!(send(&body).unwrap().status, 200);
    assert_eq!(count(), start + 4);
    fake.line.script(once(), Fault::busy(503, 7));
    assert_eq!(send(&body).unwrap().status, 503);
    assert_eq!(count(), start + 4);
    let gate = Gate::closed();
    fake.line.script(once(), Fault::ApplyLate(gate.clone()));
    assert!(send(&body).is_err());
    gate.wait_for(1);
    assert_eq!(count(), start + 4);
    gate.open();
    super::until("the late request is applied", || count() == start + 5);
    fake.line.script(When::path("get_me").once(), Fault::Gzip);
    fake.line.script(When::path("get_me").once(), Fault::Drip);
    fake.line
        .script(When::path("get_me").once(), Fault::Pad(100_000));
    for _ in 0..3 {
        assert_eq!(get(&fake, "ada", "people/get_me").status, 200);
    }
    assert_eq!(fake.line.sent().len(), 9);
    assert_eq!(
        fake.asked().len(),
        8,
        "one was reset before, one answered by the line, one came twice"
    );
}

#[test]
fn a_request_is_held_until_the_gate_opens() {
    let fake = Fake::start(Age::Later);
    let gate = Gate::closed();
    fake.line
        .script(When::path("get_me").once(), Fault::Hold(gate.clone()));
    let (url, token) = (fake.url.clone(), fake.token("ada"));
    let client = std::thread::spawn(move || {
        runtime()
            .block_on(call(&url, &token, "GET", "people/get_me", None))
            .unwrap()
            .status
    });
    gate.wait_for(1);
    fake.line.wait_for("get_me", 1);
    assert_eq!(fake.count("people/get_me"), 0, "the server has not seen it");
    gate.open();
    assert_eq!(client.join().unwrap(), 200);
    assert_eq!(fake.count("people/get_me"), 1);
}

#[test]
fn a_line_that_is_down_comes_up_again() {
    let fake = Fake::start(Age::Flat);
    let ask = || runtime().block_on(call(&fake.url, &fake.token("ada"), "GET", "get_me", None));
    fake.line.down(true);
    assert!(ask().is_err());
    fake.line.down(false);
    assert_eq!(ask().unwrap().status, 200);
}

#[test]
fn a_late_edit_changes_only_the_text() {
    let fake = Fake::start(Age::Later);
    let (id, goal) = fake.world(|w| {
        let g = w.goal_named("Fewer incidents");
        (w.check_ins[g.check_ins.last().unwrap()].sid(), g.id)
    });
    let mut body = check_in_body(&fake, "Fewer incidents");
    let sent = body.as_object_mut().unwrap();
    for key in [
        "goal_id",
        "send_notifications_to_everyone",
        "subscriber_ids",
    ] {
        sent.remove(key);
    }
    sent.insert("id".into(), json!(id));
    fake.world(|w| w.now += chrono::TimeDelta::hours(80));
    let got = post(&fake, "ada", "goals/update_check_in", body.clone()).json();
    assert_eq!(got["update"]["status"], "on_track", "the word is kept");
    assert!(got["update"]["message"].as_str().unwrap().contains("Said."));
    fake.world(|w| {
        assert_eq!(w.goals[&goal].targets[0].value, 6.0);
        w.now -= chrono::TimeDelta::hours(60);
    });
    let got = post(&fake, "ada", "goals/update_check_in", body).json();
    assert_eq!(got["update"]["status"], "caution");
    fake.world(|w| assert_eq!(w.goals[&goal].targets[0].value, 7.0));
}

#[test]
fn a_draft_is_there_for_its_author_until_published() {
    let fake = Fake::start(Age::V1_7);
    let goal = sid(&fake, "Grow ARR");
    let mut body = check_in_body(&fake, "Grow ARR");
    body["post_as_draft"] = json!(true);
    let made = post(&fake, "amina", "goals/create_check_in", body).json();
    assert_eq!(made["update"]["state"], "draft");
    let path = format!("goals/list_check_ins?goal_id={goal}");
    let seen = |who: &str| {
        get(&fake, who, &path).json()["check_ins"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(seen("amina"), seen("ada") + 1);
    fake.world(|w| assert_eq!(w.goal_named("Grow ARR").targets[0].value, 8_350_000.0));
    let mut edit = check_in_body(&fake, "Grow ARR");
    let sent = edit.as_object_mut().unwrap();
    for key in [
        "goal_id",
        "send_notifications_to_everyone",
        "subscriber_ids",
    ] {
        sent.remove(key);
    }
    sent.insert("id".into(), made["update"]["id"].clone());
    sent.insert("state".into(), json!("published"));
    let got = post(&fake, "amina", "goals/update_check_in", edit);
    assert_eq!(got.json()["update"]["state"], "published", "{}", got.text);
    assert_eq!(seen("amina"), seen("ada"));
    fake.world(|w| assert_eq!(w.goal_named("Grow ARR").targets[0].value, 8_350_001.0));
    // An older server does not know the word.
    fake.world(|w| w.age = Age::V1_6);
    let mut body = check_in_body(&fake, "Grow ARR");
    body["post_as_draft"] = json!(true);
    assert_eq!(
        post(&fake, "amina", "goals/create_check_in", body).status,
        500
    );
}

#[test]
fn random_faults_repeat_with_their_seed() {
    let tries = |seed: u64| -> Vec<u16> {
        let fake = Fake::start(Age::Later);
        fake.line
            .at_random(seed, 50, vec![Fault::status(502), Fault::server_error()]);
        (0..12)
            .map(|_| get(&fake, "ada", "people/get_me").status)
            .collect()
    };
    assert_eq!(tries(7), tries(7));
    assert_ne!(tries(7), tries(8));
}

#[test]
fn a_thousand_goals_come_in_one_answer() {
    let fake = Fake::with(World::big(Age::Later, 1_000));
    let list = get(&fake, "ada", "goals/list?include_champion=true").json();
    assert!(list["goals"].as_array().unwrap().len() >= 1_000);
    let map = get(&fake, "ada", "companies/get_work_map").json();
    assert!(!map["work_map"].as_array().unwrap().is_empty());
}
