//! Which requests the judge lets pass, and what it says of the others.

use super::{Contract, Demands, Operation};

/// A request, taken apart.
struct Sent {
    method: &'static str,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

fn sent(method: &'static str, path: &str) -> Sent {
    Sent {
        method,
        path: path.to_owned(),
        query: Vec::new(),
        headers: vec![("authorization".to_owned(), "Bearer t0ken".to_owned())],
        body: Vec::new(),
    }
}

impl Sent {
    fn asking(mut self, name: &str, value: &str) -> Sent {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    fn header(mut self, name: &str, value: &str) -> Sent {
        self.headers
            .retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Sent {
        self.headers
            .retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self
    }

    fn json(self, body: &str) -> Sent {
        self.body("application/json; charset=utf-8", body)
    }

    fn body(self, kind: &str, body: &str) -> Sent {
        let mut sent = self.header("Content-Type", kind);
        sent.body = body.as_bytes().to_vec();
        sent
    }

    fn to(&self, contract: &Contract) -> Result<Operation, Vec<String>> {
        self.held(contract, Demands::default())
    }

    fn held(&self, contract: &Contract, demands: Demands) -> Result<Operation, Vec<String>> {
        let Sent {
            method,
            path,
            query,
            headers,
            body,
        } = self;
        contract.check(demands, method, path, query, headers, body)
    }
}

#[track_caller]
fn passes(contract: &Contract, sent: Sent) -> Operation {
    sent.to(contract)
        .unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

/// Exactly one thing is wrong, and the sentence says this.
#[track_caller]
fn refused(contract: &Contract, sent: Sent, sentence: &str) {
    says(sent.to(contract), sentence);
}

#[track_caller]
fn says(outcome: Result<Operation, Vec<String>>, sentence: &str) {
    let wrong = outcome.expect_err("it passed");
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert!(
        wrong[0].contains(sentence),
        "{}\nlacks: {sentence}",
        wrong[0]
    );
}

fn goal() -> Sent {
    sent("POST", "/team/90161438581/goal").json(r#"{"name":"Cut churn","due_date":1798675200000}"#)
}

#[test]
fn right_requests_pass_and_say_which_operation_they_are() {
    let operation = passes(
        Contract::clickup(),
        sent("GET", "/team/90161438581/goal").asking("include_completed", "true"),
    );
    assert_eq!(operation.id, "getGoals");
    assert_eq!(operation.summary, "Get goals");
    assert_eq!(operation.method, "GET");
    assert_eq!(operation.path, "/team/{team_id}/goal");
    assert_eq!(operation.parameter("team_id"), Some("90161438581"));
    assert_eq!(operation.parameter("goal_id"), None);

    assert_eq!(passes(Contract::clickup(), goal()).id, "createGoal");
    let account = |sent: Sent| sent.header("gtmhub-accountId", "64f0");
    let listed = account(sent("GET", "/v2/goals"))
        .asking("limit", "50")
        .asking("skip", "0");
    assert_eq!(passes(Contract::gtmhub(), listed).id, "listGoalsV2");
    let batch = r#"[{"externalId":"a","status":"on TRACK","asOfDate":"2026-11-20"}]"#;
    let batch = sent("POST", "/imports/progress-updates").json(batch);
    assert_eq!(
        passes(Contract::achieveit(), batch).id,
        "submitProgressUpdates"
    );
}

#[test]
fn what_stands_in_the_path_is_decoded() {
    let who = sent("GET", "/v1/users/app/auth0%7C64f0%2F1");
    let operation = passes(Contract::gtmhub(), who);
    assert_eq!(operation.parameter("clientId"), Some("auth0|64f0/1"));
}

#[test]
fn a_segment_that_is_there_literally_counts_before_a_template() {
    let account = |sent: Sent| sent.header("GTMHUB-ACCOUNTID", "64f0");
    let found = |path: &str| passes(Contract::gtmhub(), account(sent("GET", path))).id;
    assert_eq!(found("/v1/accounts/users"), "listAccountUsers");
    assert_eq!(found("/v1/accounts/64f0"), "getAccount");
    assert_eq!(found("/v1/goals/groupBy/owners"), "groupGoalsByOwners");
    assert_eq!(found("/v1/goals/64f0"), "getGoal");
    // And the path counts before the method: this is not the goal "bulk".
    let bulk = account(sent("GET", "/v1/goals/bulk"));
    let sentence = "GET is not declared for /v1/goals/bulk, only POST and DELETE is";
    refused(Contract::gtmhub(), bulk, sentence);
}

#[test]
fn a_wrong_path_or_method_is_refused() {
    let contract = Contract::clickup();
    refused(
        contract,
        sent("GET", "/goals/1"),
        "GET /goals/1: clickup-goals-openapi.yml has no such path",
    );
    refused(contract, sent("GET", "/goal/"), "no such path");
    refused(contract, sent("GET", "/goal/1/"), "no such path");
    refused(
        contract,
        sent("GET", "goal/1"),
        "does not begin with a slash",
    );
    refused(contract, sent("GET", "/goal/1?x=y"), "more than a path");
    refused(
        contract,
        sent("PATCH", "/goal/1"),
        "PATCH is not declared for /goal/{goal_id}, only GET",
    );
    let odd = "path parameter `goal_id`: `a b` is not percent-encoded";
    refused(contract, sent("GET", "/goal/a b"), odd);
    refused(
        contract,
        sent("GET", "/goal/a%2"),
        "`a%2` is not percent-encoded",
    );
    let word = "path parameter `team_id`: \"acme\" is not of type \"integer\"";
    refused(contract, sent("GET", "/team/acme/goal"), word);
}

#[test]
fn a_wrong_query_is_refused() {
    let goals = || sent("GET", "/team/1/goal");
    let contract = Contract::clickup();
    let unknown = "query parameter `page`: it is not declared";
    refused(contract, goals().asking("page", "0"), unknown);
    let word = "query parameter `include_completed`: \"1\" is not of type \"boolean\"";
    refused(contract, goals().asking("include_completed", "1"), word);
    let twice = goals()
        .asking("include_completed", "true")
        .asking("include_completed", "true");
    refused(
        contract,
        twice,
        "query parameter `include_completed`: it is there more than once",
    );

    let plan = || sent("GET", "/exports/plans/7");
    let contract = Contract::achieveit();
    passes(
        contract,
        plan().asking("take", "1500").asking("sortKey", "name"),
    );
    refused(
        contract,
        plan().asking("take", "1501"),
        "query parameter `take`: 1501 is greater",
    );
    refused(
        contract,
        plan().asking("skip", "-1"),
        "query parameter `skip`: -1 is less",
    );
    refused(
        contract,
        plan().asking("take", "5.0"),
        "query parameter `take`: \"5.0\" is not of type",
    );
    let order = "query parameter `sortDirection`: \"down\" is not one of";
    refused(contract, plan().asking("sortDirection", "down"), order);
}

#[test]
fn a_missing_or_wrong_header_is_refused() {
    let list = || sent("GET", "/v2/goals");
    let missing = "header `gtmhub-accountId`: it is missing";
    refused(Contract::gtmhub(), list(), missing);
    let delete = || sent("DELETE", "/goal/1");
    passes(
        Contract::clickup_official(),
        delete().header("content-type", "application/json"),
    );
    let missing = "header `Content-Type`: it is missing";
    refused(Contract::clickup_official(), delete(), missing);
    let wrong = "header `Content-Type`: \"application/json\" was expected";
    let text = delete().header("Content-Type", "text/plain");
    refused(Contract::clickup_official(), text, wrong);
    // The other description asks for none; one more than asked is no harm.
    passes(Contract::clickup(), delete());
    passes(
        Contract::clickup(),
        delete().header("content-type", "application/json"),
    );
}

#[test]
fn a_request_without_its_token_is_refused() {
    let contract = Contract::clickup();
    let goals = || sent("GET", "/goal/1");
    refused(
        contract,
        goals().without("Authorization"),
        "header `Authorization`: it is missing",
    );
    let bare = || goals().header("Authorization", "pk_1_ABC");
    refused(
        contract,
        bare(),
        "header `Authorization`: it does not say Bearer",
    );
    let empty = "header `Authorization`: there is no token in it";
    refused(contract, goals().header("Authorization", "Bearer "), empty);
    passes(contract, goals().header("Authorization", "bearer pk_1_ABC"));

    let either = Demands {
        bare_token: true,
        ..Demands::default()
    };
    assert!(bare().held(contract, either).is_ok());
    assert!(goals().held(contract, either).is_ok());
    let without = goals().without("authorization").held(contract, either);
    says(without, "header `Authorization`: it is missing");

    let job = || sent("GET", "/imports/status/1");
    passes(
        Contract::achieveit(),
        job().header("authorization", "API-KEY 0123"),
    );
    refused(
        Contract::achieveit(),
        job().header("Authorization", " "),
        empty,
    );
    passes(Contract::clickup_official(), bare());
}

#[test]
fn a_wrong_body_is_refused_by_the_name_of_its_field() {
    let contract = Contract::clickup();
    let create = |body: &str| sent("POST", "/team/1/goal").json(body);
    let nameless = create(r#"{"due_date":1}"#);
    refused(
        contract,
        nameless,
        "POST /team/1/goal (createGoal): body: `name` is missing",
    );
    let text = create(r#"{"name":"a","due_date":"1"}"#);
    refused(
        contract,
        text,
        "body /due_date: \"1\" is not of type \"integer\"",
    );
    let owner = create(r#"{"name":"a","due_date":1,"owners":[1,"2"]}"#);
    refused(
        contract,
        owner,
        "body /owners/1: \"2\" is not of type \"integer\"",
    );
    let wide = create(r#"{"name":"a","due_date":1e20}"#);
    refused(contract, wide, "body /due_date: ");
    let kind = sent("POST", "/goal/1/key_result").json(r#"{"name":"a","type":"percent"}"#);
    refused(contract, kind, "body /type: \"percent\" is not one of");
    refused(contract, create("{"), "body: it is no JSON");
    refused(contract, create(""), "body: it is missing");
    refused(contract, create("[]"), "body: [] is not of type \"object\"");
    let given = sent("GET", "/goal/1").json("{}");
    refused(contract, given, "body: none is declared");

    let two = create(r#"{"name":5,"due_date":null}"#);
    let wrong = two.to(contract).unwrap_err();
    assert_eq!(
        wrong.len(),
        2,
        "everything that is wrong is said: {wrong:#?}"
    );
}

#[test]
fn a_wrong_content_type_is_refused() {
    let bodied = |kind: &str| goal().header("Content-Type", kind);
    let wrong = "Content-Type: it is `text/plain` and not application/json";
    refused(
        Contract::clickup(),
        bodied("text/plain; charset=utf-8"),
        wrong,
    );
    let none = goal().without("content-type");
    refused(
        Contract::clickup(),
        none,
        "Content-Type: it is `` and not application/json",
    );
    let import =
        |kind: &str, body: &str| sent("POST", "/imports/progress-updates").body(kind, body);
    passes(Contract::achieveit(), import("text/csv", "External ID\n"));
    passes(
        Contract::achieveit(),
        import("application/octet-stream", "PK"),
    );
    let xml = "not application/json or text/csv or application/octet-stream";
    refused(Contract::achieveit(), import("text/xml", "<a/>"), xml);
}

#[test]
fn undeclared_fields_pass_unless_the_schema_or_the_asker_refuses_them() {
    let only_declared = Demands {
        only_declared_fields: true,
        ..Demands::default()
    };
    let contract = Contract::clickup();
    let value = || sent("PUT", "/key_result/1").json(r#"{"steps_current":1,"status":"x"}"#);
    passes(contract, value());
    says(
        value().held(contract, only_declared),
        "body: `status` is not declared",
    );
    assert!(goal().held(contract, only_declared).is_ok());
    let Sent {
        method,
        path,
        query,
        headers,
        body,
    } = value();
    says(
        contract.check_strict(method, &path, &query, &headers, &body),
        "(editKeyResult): body: `status` is not declared",
    );
    assert!(
        contract
            .check_request(method, &path, &query, &headers, &body)
            .is_ok()
    );

    // Also inside, and where the file says that others may be there.
    let contract = Contract::gtmhub();
    let patch = |body: &str| {
        let sent = sent("PATCH", "/v1/metrics/1").header("gtmhub-accountId", "1");
        sent.json(body)
    };
    let inner = || patch(r#"{"format":{"prefix":"$","praefix":""}}"#);
    passes(contract, inner());
    says(
        inner().held(contract, only_declared),
        "body /format: `praefix` is not declared",
    );
    let free = patch(r#"{"customFields":{"anything":[1]},"links":{}}"#);
    assert!(
        free.held(contract, only_declared).is_ok(),
        "an open object stays open"
    );

    // Where the file itself has no room for them.
    let batch = r#"[{"externalId":"a","status":"At Risk","asOfDate":"2026-11-20","note":""}]"#;
    let batch = sent("POST", "/imports/progress-updates").json(batch);
    refused(
        Contract::achieveit(),
        batch,
        "body /0: `note` is not declared",
    );
}

#[test]
fn of_several_shapes_the_nearest_one_is_explained() {
    let contract = Contract::gtmhub();
    let only_declared = Demands {
        only_declared_fields: true,
        ..Demands::default()
    };
    let create = |body: &str| {
        let sent = sent("POST", "/v1/goals").header("gtmhub-accountId", "1");
        sent.json(body).held(contract, only_declared)
    };
    assert!(create(r#"{"name":"a"}"#).is_ok());
    assert!(create(r#"{"goal":{"name":"a"}}"#).is_ok());
    says(
        create(r#"{"name":5}"#),
        "body /name: 5 is not of type \"string\"",
    );
    says(create(r#"{"nam":"a"}"#), "body: `nam` is not declared");
    says(
        create(r#"{"goal":{"nam":"a"}}"#),
        "body /goal: `nam` is not declared",
    );
    let day = create(r#"{"dateTo":"2026-12-31"}"#);
    says(day, "body /dateTo: \"2026-12-31\" is not a \"date-time\"");
    let bulk = |body: &str| {
        let sent = sent("DELETE", "/v1/goals/bulk").header("gtmhub-accountId", "1");
        sent.json(body).held(contract, only_declared)
    };
    assert!(bulk(r#"["a","b"]"#).is_ok());
    says(bulk(r#"["a",1]"#), "body /1: 1 is not of type \"string\"");
    says(
        bulk(r#"{"ids":["a"],"goalsIds":[]}"#),
        "body: `ids` is not declared",
    );
}
