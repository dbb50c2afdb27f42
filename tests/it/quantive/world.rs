//! What stands in the fake company, and how it changes.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

pub const ACCOUNT: &str = "64f0aa10c3d2e10001a00001";
pub const ALICE: &str = "64f0aa10c3d2e10001b00001";
pub const BOB: &str = "64f0aa10c3d2e10001b00002";
pub const PRODUCT: &str = "64f0aa10c3d2e10001c00001";
pub const YEAR: &str = "64f0aa10c3d2e10001d00002";
pub const QUARTER: &str = "64f0aa10c3d2e10001d00001";
pub const LOVED: &str = "64f0aa10c3d2e10001e00001";
pub const EASY: &str = "64f0aa10c3d2e10001e00002";
pub const GUIDE: &str = "64f0aa10c3d2e10001e00003";
pub const PARTNERS: &str = "64f0aa10c3d2e10001e00004";
pub const CHURN: &str = "64f0aa10c3d2e10001f00001";
pub const NPS: &str = "64f0aa10c3d2e10001f00002";
pub const SETUP: &str = "64f0aa10c3d2e10001f00003";
pub const BUGS: &str = "64f0aa10c3d2e10001f00004";
pub const REVENUE: &str = "64f0aa10c3d2e10001f00005";
/// The subject of Alice's token.
pub const SUBJECT: &str = "auth0|64f0aa10c3d2e10001b0aa01";

/// Where histories of metrics are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// In the goals' own answers too.
    Goals,
    /// In the list of metrics and in single metrics.
    Metrics,
    /// In single metrics alone.
    Single,
    /// Nowhere.
    Nowhere,
}

/// How this server differs from others.
#[derive(Clone, Debug)]
pub struct Ways {
    /// The field that says where an approval stands; none if none does.
    pub stage_field: Option<&'static str>,
    pub history: History,
    pub has_v2_goals: bool,
    pub has_v2_metrics: bool,
    pub has_named_sessions: bool,
    pub has_assignees: bool,
    pub has_check_ins: bool,
    pub has_identity: bool,
    /// `fields` is answered with 400.
    pub refuses_fields: bool,
    /// Names of fields it does not know are answered with 400.
    pub refuses_unknown_fields: bool,
    pub ignores_skip: bool,
    pub counts: bool,
    /// It takes bodies under the parameter's name alone.
    pub wants_wrapped: bool,
    /// Groups are the answer itself, not under `items`.
    pub bare_groups: bool,
}

impl Default for Ways {
    fn default() -> Self {
        Ways {
            stage_field: Some("status"),
            history: History::Metrics,
            has_v2_goals: true,
            has_v2_metrics: true,
            has_named_sessions: true,
            has_assignees: true,
            has_check_ins: true,
            has_identity: true,
            refuses_fields: false,
            refuses_unknown_fields: false,
            ignores_skip: false,
            counts: true,
            wants_wrapped: false,
            bare_groups: false,
        }
    }
}

pub struct World {
    pub now: DateTime<Utc>,
    pub ways: Ways,
    /// Whom the token acts as.
    pub me: &'static str,
    pub account: Value,
    pub sessions: Vec<Value>,
    pub users: Vec<Value>,
    pub teams: Vec<Value>,
    /// Without their metrics.
    pub goals: Vec<Value>,
    /// With their histories.
    pub metrics: Vec<Value>,
    /// Stage by goal: `draft`, `in_review`, `approved`.
    pub stages: BTreeMap<String, &'static str>,
    pub reviewers: BTreeMap<String, Vec<String>>,
    pub actions: BTreeMap<String, Vec<Value>>,
    next: u32,
}

fn goal(id: &str, name: &str, parent: &str, owner: &str, made: &str) -> Value {
    json!({
        "id": id, "accountId": ACCOUNT, "name": name, "description": "", "parentId": parent,
        "url": format!("https://acme.example/goals/{id}"), "sessionId": QUARTER,
        "ownerId": owner, "ownerIds": [owner], "attainment": 0, "attainmentTypeString": "average_kr",
        "dateCreated": made, "dateFrom": "2026-10-01T00:00:00Z", "dateTo": "2026-12-31T23:59:59.999Z",
        "closedStatus": {"status": "active"}, "tags": [], "customFields": {}, "links": {"expanded": {}},
    })
}

fn metric(
    id: &str,
    goal: &str,
    name: &str,
    owner: &str,
    numbers: [f64; 3],
    operator: &str,
) -> Value {
    let [start, actual, target] = numbers;
    json!({
        "id": id, "accountId": ACCOUNT, "goalId": goal, "name": name, "ownerId": owner,
        "ownerIds": [owner], "sessionId": QUARTER, "initialValue": start, "actual": actual,
        "target": target, "targetOperator": operator, "manualType": "double", "dynamic": false,
        "format": {"prefix": "", "suffix": "", "fractionSize": 0}, "attainment": 0,
        "dueDate": "0001-01-01T00:00:00Z", "metricHistory": [],
    })
}

fn entry(id: u32, value: f64, sure: f64, comment: &str, by: &str, at: &str) -> Value {
    json!({
        "id": format!("64f0aa10c3d2e100017{id:05x}"), "value": value, "confidence": sure,
        "comment": comment, "changedBy": by, "createdAt": at,
    })
}

impl World {
    /// The small company of the contract, on 20 November 2026.
    pub fn small() -> World {
        let mut goals = vec![
            goal(
                LOVED,
                "Customers love the first week",
                "",
                PRODUCT,
                "2026-09-28T09:00:00Z",
            ),
            goal(
                EASY,
                "Make onboarding effortless",
                LOVED,
                ALICE,
                "2026-09-29T10:30:00.250Z",
            ),
            goal(
                GUIDE,
                "Publish the starter guide",
                EASY,
                BOB,
                "2026-11-09T16:00:00Z",
            ),
            goal(
                PARTNERS,
                "Grow partner revenue",
                "64f0aa10c3d2e10001e000ff",
                BOB,
                "2026-10-02T12:00:00Z",
            ),
        ];
        goals[0]["description"] = json!(format!("Lead: @[Bob Example:bob@acme.example:{BOB}]"));
        goals[0]["attainment"] = json!(0.635);
        let mut churn = metric(
            CHURN,
            LOVED,
            "Keep churn under 2 percent",
            BOB,
            [3.1, 1.7, 2.0],
            "should_stay_below",
        );
        churn["dynamic"] = json!(true);
        churn["insightName"] = json!("churn");
        churn["format"] = json!({"prefix": "", "suffix": "%", "fractionSize": 1});
        churn["lastCheckInDate"] = json!("2026-11-18T08:00:00Z");
        churn["confidence"] = json!({"value": 0.9, "reason": "Stable for a month", "userId": BOB, "date": "2026-11-18T08:00:00Z"});
        churn["progressStatus"] = json!("good");
        let nps = metric(
            NPS,
            LOVED,
            "Raise NPS from 20 to 57",
            ALICE,
            [20.0, 30.0, 57.0],
            "at_least",
        );
        let mut setup = metric(
            SETUP,
            EASY,
            "Cut set-up time from 40 to 10 minutes",
            ALICE,
            [40.0, 22.0, 10.0],
            "at_most",
        );
        setup["format"]["suffix"] = json!(" min");
        setup["metricHistory"] = json!([
            entry(2, 22.0, 0.7, "", ALICE, "2026-11-06T08:00:30Z"),
            entry(
                1,
                31.0,
                0.6,
                "First cut shipped",
                ALICE,
                "2026-10-23T08:00:00Z"
            ),
        ]);
        setup["lastCheckInDate"] = json!("2026-11-06T08:00:30Z");
        setup["confidence"] =
            json!({"value": 0.7, "reason": "", "userId": ALICE, "date": "2026-11-06T08:00:30Z"});
        setup["dueDate"] = json!("2026-12-15T00:00:00Z");
        let mut bugs = metric(
            BUGS,
            EASY,
            "Bring open bugs from 100 down to 60",
            ALICE,
            [100.0, 50.0, 60.0],
            "at_most",
        );
        bugs["format"]["suffix"] = json!(" bugs");
        bugs["metricHistory"] = json!([
            entry(3, 70.0, 0.8, "", ALICE, "2026-11-06T08:00:00Z"),
            entry(4, 50.0, 1.0, "Done", ALICE, "2026-11-19T08:00:00Z"),
        ]);
        bugs["lastCheckInDate"] = json!("2026-11-19T08:00:00Z");
        let mut revenue = metric(
            REVENUE,
            PARTNERS,
            "Lift partner revenue from 100k to 200k",
            BOB,
            [100_000.0, 90_000.0, 200_000.0],
            "at_least",
        );
        revenue["format"]["prefix"] = json!("$");
        let mut world = World {
            now: "2026-11-20T10:00:00Z".parse().expect("a time"),
            ways: Ways::default(),
            me: ALICE,
            account: json!({
                "id": ACCOUNT, "domain": "acme",
                "confidenceSettings": {"confidenceType": "text", "confidenceMapping": [
                    {"name": "Off track", "color": "#ff5252", "range": {"from": 0, "to": 0.3}},
                    {"name": "At risk", "color": "#ffab40", "range": {"from": 0.4, "to": 0.6}},
                    {"name": "On track", "color": "#69f0ae", "range": {"from": 0.7, "to": 1}},
                ]},
            }),
            sessions: vec![
                json!({"id": YEAR, "accountId": ACCOUNT, "title": "FY 2026", "status": "open", "start": "2026-01-01T00:00:00Z", "end": "2026-12-31T23:59:59.999Z", "parentId": ""}),
                json!({"id": QUARTER, "accountId": ACCOUNT, "title": "Q4 2026", "status": "open", "start": "2026-10-01T00:00:00Z", "end": "2026-12-31T23:59:59.999Z", "parentId": YEAR}),
                json!({"id": "64f0aa10c3d2e10001d00003", "accountId": ACCOUNT, "title": "Q3 2026", "status": "closed", "start": "2026-07-01T00:00:00Z", "end": "2026-09-30T23:59:59.999Z", "parentId": YEAR}),
            ],
            users: vec![
                json!({"id": ALICE, "accountId": ACCOUNT, "firstName": "Alice", "lastName": "Example", "email": "alice@acme.example"}),
                json!({"id": BOB, "accountId": ACCOUNT, "firstName": "Bob", "lastName": "Example", "email": "bob@acme.example"}),
            ],
            teams: vec![
                json!({"id": PRODUCT, "accountId": ACCOUNT, "name": "Product", "description": "", "avatar": "", "parentId": "", "dateCreated": "2026-01-05T10:00:00Z"}),
            ],
            goals,
            metrics: vec![churn, nps, setup, bugs, revenue],
            stages: BTreeMap::new(),
            reviewers: BTreeMap::new(),
            actions: BTreeMap::new(),
            next: 0x21,
        };
        for (goal, stage) in [
            (LOVED, "approved"),
            (EASY, "approved"),
            (GUIDE, "in_review"),
            (PARTNERS, "draft"),
        ] {
            world.stages.insert(goal.to_owned(), stage);
        }
        world.stages.insert(EASY.to_owned(), "draft");
        world
            .reviewers
            .insert(GUIDE.to_owned(), vec![ALICE.to_owned()]);
        world.act(GUIDE, "review", BOB, "");
        world.reckon();
        world
    }

    /// A company with so many goals in the running quarter.
    pub fn with_goals(count: u32) -> World {
        let mut world = World::small();
        world.goals = (0..count)
            .map(|number| {
                let id = format!("64f0aa10c3d2e10002e{number:05x}");
                goal(
                    &id,
                    &format!("Goal {number:04}"),
                    "",
                    ALICE,
                    "2026-10-01T00:00:00Z",
                )
            })
            .collect();
        world.metrics.clear();
        world.stages.clear();
        world.reviewers.clear();
        world
    }

    pub fn new_id(&mut self, sort: char) -> String {
        self.next += 1;
        format!("64f0aa10c3d2e10001{sort}{:05x}", self.next)
    }

    pub fn time(&self) -> String {
        self.now.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    pub fn goal(&self, id: &str) -> &Value {
        self.goals
            .iter()
            .find(|goal| goal["id"] == id)
            .unwrap_or_else(|| panic!("no goal {id}"))
    }

    pub fn goal_mut(&mut self, id: &str) -> &mut Value {
        self.goals
            .iter_mut()
            .find(|goal| goal["id"] == id)
            .expect("a goal")
    }

    pub fn metric(&self, id: &str) -> &Value {
        self.metrics
            .iter()
            .find(|metric| metric["id"] == id)
            .unwrap_or_else(|| panic!("no metric {id}"))
    }

    pub fn metric_mut(&mut self, id: &str) -> &mut Value {
        self.metrics
            .iter_mut()
            .find(|metric| metric["id"] == id)
            .expect("a metric")
    }

    /// Entries of a metric's history with this comment.
    pub fn entries(&self, metric: &str, comment: &str) -> usize {
        let history = self.metric(metric)["metricHistory"]
            .as_array()
            .expect("a list");
        history
            .iter()
            .filter(|entry| entry["comment"] == comment)
            .count()
    }

    /// Somebody's check-in, as the server stores it.
    pub fn check_in(&mut self, id: &str, by: &str, told: &Value) -> Value {
        let (entry_id, now) = (self.new_id('7'), self.time());
        let at = told
            .get("checkInDate")
            .cloned()
            .unwrap_or_else(|| json!(now));
        let metric = self.metric_mut(id);
        metric["actual"] = told["actual"].clone();
        metric["lastCheckInDate"] = at.clone();
        let mut entry = json!({
            "id": entry_id, "value": told["actual"], "comment": told.get("comment").cloned().unwrap_or_else(|| json!("")),
            "changedBy": by, "createdAt": at,
        });
        if let Some(sure) = told.get("confidence").filter(|sure| !sure.is_null()) {
            entry["confidence"] = sure.clone();
            metric["confidence"] = json!({"value": sure, "reason": "", "userId": by, "date": at});
        }
        metric["metricHistory"]
            .as_array_mut()
            .expect("a list")
            .push(entry.clone());
        self.now += TimeDelta::milliseconds(100);
        self.reckon();
        entry
    }

    /// Notes what somebody did about an approval.
    pub fn act(&mut self, goal: &str, action: &str, by: &str, comment: &str) {
        let (id, now) = (self.new_id('9'), self.time());
        self.actions
            .entry(goal.to_owned())
            .or_default()
            .push(json!({
                "id": id, "action": action, "userId": by, "comment": comment, "dateCreated": now,
            }));
    }

    /// Attainment of metrics and goals, as the server reckons it.
    pub fn reckon(&mut self) {
        for metric in &mut self.metrics {
            let number = |key: &str| metric[key].as_f64().unwrap_or(0.0);
            let (start, now, target) = (number("initialValue"), number("actual"), number("target"));
            let share = match metric["targetOperator"].as_str() {
                Some("should_stay_below") => f64::from(u8::from(now < target)),
                Some("should_stay_above") => f64::from(u8::from(now > target)),
                _ if target == start => 0.0,
                _ => (now - start) / (target - start),
            };
            metric["attainment"] = json!((share * 1000.0).round() / 1000.0);
        }
        for goal in &mut self.goals {
            let own: Vec<f64> = self
                .metrics
                .iter()
                .filter(|metric| metric["goalId"] == goal["id"])
                .filter_map(|metric| metric["attainment"].as_f64())
                .collect();
            if !own.is_empty() {
                goal["attainment"] = json!(own.iter().sum::<f64>() / own.len() as f64);
            }
        }
    }
}
