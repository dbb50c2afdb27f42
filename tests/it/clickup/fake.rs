//! A fake ClickUp with state: a Workspace in either of the shapes its goals come
//! in, a limit of requests a minute, faults on order. Every request is held against
//! both descriptions; what is wrong with one fails the test when the fake ends.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use serde_json::{Value, json};

use crate::contract::{Contract, Demands};

/// The Workspace.
pub const TEAM: i64 = 90_161_438_581;
/// People: number and name.
pub const ADA: i64 = 4021;
pub const BO: i64 = 4022;

/// How goals come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As the description has it: all inline, whole per cent.
    Described,
    /// As the live service was seen: lists without key results, fractions, more
    /// fields.
    Live,
}

/// How the token must come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    Bearer,
    Bare,
}

/// A key result.
#[derive(Clone, Debug)]
pub struct Kr {
    pub id: String,
    pub name: String,
    pub kind: &'static str,
    pub unit: &'static str,
    pub start: f64,
    pub end: f64,
    pub current: f64,
    pub tasks: Vec<&'static str>,
}

impl Kr {
    fn share(&self) -> f64 {
        let span = self.end - self.start;
        if span == 0.0 {
            return 1.0;
        }
        ((self.current - self.start) / span).clamp(0.0, 1.0)
    }
}

/// A goal.
#[derive(Clone, Debug)]
pub struct Goal {
    pub id: String,
    pub name: String,
    pub description: String,
    pub due: i64,
    pub owners: Vec<i64>,
    pub creator: i64,
    pub folder: Option<String>,
    pub results: Vec<Kr>,
    pub history: Vec<Value>,
    pub updated: i64,
    pub archived: bool,
}

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is not carried out and answered so.
    Answer(u16, String),
    /// It is carried out, and the answer breaks off.
    Cut,
    /// It is not carried out, and the answer breaks off.
    CutBefore,
    /// It is carried out and answered with a proxy's failure.
    Done502,
}

/// A fault for the next request of a method whose path holds a text.
#[derive(Clone, Debug)]
pub struct Order {
    pub method: &'static str,
    pub path: String,
    pub fault: Fault,
}

/// What the fake knows.
#[derive(Debug)]
pub struct World {
    pub shape: Shape,
    pub wants: Wants,
    pub tokens: Vec<(String, i64)>,
    pub people: Vec<(i64, &'static str, &'static str)>,
    pub teams: Vec<(i64, &'static str)>,
    /// Whether it has `/user` and `/team`.
    pub knows_people: bool,
    pub zone: Option<&'static str>,
    pub folders: Vec<(String, &'static str)>,
    pub goals: Vec<Goal>,
    /// Keeps history entries.
    pub keeps_history: bool,
    /// Requests a minute.
    pub limit: Option<u32>,
    /// Tells the limit with every answer, not only with 429.
    pub tells_limit: bool,
    window: i64,
    used: u32,
    /// Its clock, in milliseconds.
    pub now: i64,
    next: u32,
    pub orders: Vec<Order>,
    pub log: Vec<Asked>,
    wrong: Vec<String>,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// Below `/api/v2`.
    pub path: String,
    pub token: String,
    pub body: Value,
    pub status: u16,
}

pub fn kr(id: &str, name: &str, kind: &'static str, steps: [f64; 3]) -> Kr {
    Kr {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        unit: match kind {
            "currency" => "EUR",
            "percentage" => "%",
            _ => "",
        },
        start: steps[0],
        end: steps[1],
        current: steps[2],
        tasks: match kind {
            "automatic" => vec!["t1", "t2", "t3"],
            _ => Vec::new(),
        },
    }
}

pub fn goal(id: &str, name: &str, results: Vec<Kr>) -> Goal {
    Goal {
        id: id.to_owned(),
        name: name.to_owned(),
        description: "Why".to_owned(),
        // 31 Dec 2026, 4 in the morning.
        due: 1_798_689_600_000,
        owners: vec![ADA],
        creator: ADA,
        folder: None,
        results,
        history: Vec::new(),
        updated: 1_795_000_000_000,
        archived: false,
    }
}

impl World {
    /// A small company: a folder, four goals, key results of all five kinds.
    pub fn small(shape: Shape) -> Self {
        let mut churn = goal(
            "g-1",
            "Cut churn",
            vec![
                kr("k-1", "Renewal rate", "percentage", [80.0, 90.0, 85.0]),
                kr("k-2", "Calls", "number", [0.0, 40.0, 12.0]),
                kr("k-3", "Lost money", "currency", [9000.0, 1000.0, 5000.0]),
            ],
        );
        churn.history = vec![json!({"id": "h-1", "key_result_id": "k-2", "userid": BO,
            "date_modified": "1794900000000", "note": "Twelve by now",
            "steps_before": 9, "steps_taken": 3, "steps_current": 12})];
        let mut launch = goal(
            "g-2",
            "Launch",
            vec![
                kr("k-4", "Signed off", "boolean", [0.0, 1.0, 0.0]),
                kr("k-5", "Tasks", "automatic", [0.0, 4.0, 1.0]),
            ],
        );
        launch.folder = Some("f-1".to_owned());
        let mut empty = goal("g-3", "Empty", Vec::new());
        empty.owners = vec![BO];
        let mut old = goal("g-4", "Old", Vec::new());
        old.archived = true;
        Self {
            shape,
            wants: Wants::Bearer,
            tokens: vec![("pk_ada_1".to_owned(), ADA), ("oauth_bo".to_owned(), BO)],
            people: vec![
                (ADA, "Ada Moreno", "ada@example.com"),
                (BO, "Bo Chen", "bo@example.com"),
            ],
            teams: vec![(TEAM, "Acme")],
            knows_people: true,
            zone: Some("UTC"),
            folders: vec![("f-1".to_owned(), "2027")],
            goals: vec![churn, launch, empty, old],
            keeps_history: true,
            limit: None,
            tells_limit: true,
            window: 0,
            used: 0,
            now: 1_795_273_200_000,
            next: 100,
            orders: Vec::new(),
            log: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// The next request of this sort goes wrong.
    pub fn order(&mut self, method: &'static str, path: &str, fault: Fault) {
        self.orders.push(Order {
            method,
            path: path.to_owned(),
            fault,
        });
    }

    pub fn goal(&self, id: &str) -> &Goal {
        self.goals
            .iter()
            .find(|goal| goal.id == id)
            .expect("a goal")
    }

    pub fn result(&self, id: &str) -> &Kr {
        let mut all = self.goals.iter().flat_map(|goal| &goal.results);
        all.find(|result| result.id == id).expect("a key result")
    }

    /// Somebody moves a key result on ClickUp's own page.
    pub fn moves(&mut self, user: i64, result: &str, value: f64, note: &str) {
        self.now += 1000;
        self.next += 1;
        let (now, entry) = (self.now, format!("h-{}", self.next));
        let goal = self.goals.iter_mut();
        let goal = goal
            .into_iter()
            .find(|goal| goal.results.iter().any(|one| one.id == result));
        let goal = goal.expect("its goal");
        let one = goal.results.iter_mut().find(|one| one.id == result);
        let one = one.expect("a key result");
        if self.keeps_history {
            goal.history
                .push(json!({"id": entry, "key_result_id": result, "userid": user,
                "date_modified": now.to_string(), "note": note, "steps_before": one.current,
                "steps_taken": value - one.current, "steps_current": value}));
        }
        one.current = value;
        goal.updated = now;
    }

    fn percent(&self, share: f64) -> Value {
        match self.shape {
            Shape::Described => json!((share * 100.0).round() as i64),
            Shape::Live => json!(share),
        }
    }

    fn person(&self, id: i64) -> Value {
        let known = self.people.iter().find(|(number, ..)| *number == id);
        let (_, name, email) = known.copied().unwrap_or((id, "", ""));
        json!({"id": id, "username": name, "email": email, "color": "#7b68ee"})
    }

    fn result_json(&self, goal: &Goal, result: &Kr) -> Value {
        let last = goal.history.iter().rev();
        let last = last
            .into_iter()
            .find(|entry| entry["key_result_id"] == result.id.as_str());
        let mut all = json!({
            "id": result.id, "goal_id": goal.id, "name": result.name, "creator": goal.creator,
            "type": result.kind, "date_created": "1790000100000", "goal_pretty_id": "12",
            "percent_completed": self.percent(result.share()),
            "completed": result.share() >= 1.0, "task_ids": result.tasks,
            "owners": [], "steps_start": result.start, "steps_end": result.end,
            "steps_current": result.current, "unit": result.unit,
            "last_action": last.cloned().unwrap_or(json!({})),
        });
        match self.shape {
            Shape::Described => all["list_ids"] = json!([]),
            Shape::Live => all["subcategory_ids"] = json!([]),
        }
        all
    }

    fn goal_json(&self, goal: &Goal, in_list: bool) -> Value {
        let shares = goal.results.iter().map(Kr::share);
        let mean = shares.fold(0.0, |sum, share| sum + share) / goal.results.len().max(1) as f64;
        let number: String = goal.id.chars().filter(char::is_ascii_digit).collect();
        let mut all = json!({
            "id": goal.id, "name": goal.name, "team_id": TEAM.to_string(),
            "date_created": "1790000000000", "start_date": null,
            "due_date": goal.due.to_string(), "description": goal.description,
            "private": false, "archived": goal.archived, "creator": goal.creator,
            "color": "#32a852", "pretty_id": number, "multiple_owners": goal.owners.len() > 1,
            "folder_id": goal.folder, "members": [],
            "owners": goal.owners.iter().map(|id| self.person(*id)).collect::<Vec<_>>(),
            "percent_completed": self.percent(mean),
        });
        let is_bare = in_list && self.shape == Shape::Live;
        if is_bare {
            all["key_result_count"] = json!(goal.results.len());
            all["last_update"] = json!(goal.updated.to_string());
            all["editor_token"] = json!("never to be seen");
        } else {
            let results = goal.results.iter();
            let results: Vec<Value> = results.map(|one| self.result_json(goal, one)).collect();
            all["key_results"] = json!(results);
            if self.keeps_history {
                all["history"] = json!(goal.history);
            }
            all["pretty_url"] = json!(format!("https://app.clickup.com/{TEAM}/goals/{number}"));
        }
        all
    }

    fn list(&self, completed: bool) -> Value {
        let is_listed = |goal: &&Goal| {
            let is_done =
                !goal.results.is_empty() && goal.results.iter().all(|one| one.share() >= 1.0);
            completed || !is_done
        };
        let of = |folder: Option<&str>| -> Vec<Value> {
            let goals = self.goals.iter().filter(is_listed);
            let goals = goals.filter(|goal| goal.folder.as_deref() == folder);
            goals.map(|goal| self.goal_json(goal, true)).collect()
        };
        let folders = self.folders.iter().map(|(id, name)| {
            let goals = of(Some(id.as_str()));
            json!({"id": id, "name": name, "team_id": TEAM.to_string(), "private": false,
                "date_created": "1789000000000", "creator": ADA, "goal_count": goals.len(),
                "goals": goals})
        });
        json!({"goals": of(None), "folders": folders.collect::<Vec<_>>()})
    }

    fn id(&mut self, letter: &str) -> String {
        self.next += 1;
        format!("{letter}-{}", self.next)
    }

    /// Carries a request out: status and body.
    fn answer(
        &mut self,
        me: i64,
        method: &str,
        path: &str,
        query: &str,
        body: &Value,
    ) -> (u16, Value) {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let gone = (404, json!({"err": "Goal not found", "ECODE": "GOAL_004"}));
        match (method, parts.as_slice()) {
            ("GET", ["user"]) => {
                let mut user = self.person(me);
                if let Some(zone) = self.zone {
                    user["timezone"] = json!(zone);
                }
                (200, json!({ "user": user }))
            }
            ("GET", ["team"]) => {
                let people = self.people.iter();
                let members: Vec<Value> = people
                    .map(|(id, ..)| json!({"user": self.person(*id)}))
                    .collect();
                let teams = self.teams.iter().map(
                    |(id, name)| json!({"id": id.to_string(), "name": name, "members": members}),
                );
                (200, json!({"teams": teams.collect::<Vec<_>>()}))
            }
            ("GET", ["team", _, "goal"]) => {
                (200, self.list(query.contains("include_completed=true")))
            }
            ("POST", ["team", _, "goal"]) => {
                let mut made = goal(&self.id("g"), body["name"].as_str().unwrap(), Vec::new());
                made.due = body["due_date"].as_i64().unwrap();
                made.description = body["description"].as_str().unwrap().to_owned();
                made.owners = numbers(&body["owners"]);
                made.creator = me;
                made.updated = self.now;
                self.goals.push(made);
                let made = self.goals.last().unwrap();
                (200, json!({"goal": self.goal_json(made, false)}))
            }
            ("GET", ["goal", id]) => match self.goals.iter().find(|goal| goal.id == *id) {
                Some(goal) => (200, json!({"goal": self.goal_json(goal, false)})),
                None => gone,
            },
            ("PUT", ["goal", id]) => {
                let now = self.now;
                let Some(goal) = self.goals.iter_mut().find(|goal| goal.id == *id) else {
                    return gone;
                };
                if let Some(name) = body["name"].as_str() {
                    name.clone_into(&mut goal.name);
                }
                if let Some(text) = body["description"].as_str() {
                    text.clone_into(&mut goal.description);
                }
                if let Some(due) = body["due_date"].as_i64() {
                    goal.due = due;
                }
                let rem = numbers(&body["rem_owners"]);
                goal.owners.retain(|owner| !rem.contains(owner));
                goal.owners.extend(numbers(&body["add_owners"]));
                goal.updated = now;
                let goal = self.goals.iter().find(|goal| goal.id == *id).unwrap();
                (200, json!({"goal": self.goal_json(goal, false)}))
            }
            ("DELETE", ["goal", id]) => {
                let before = self.goals.len();
                self.goals.retain(|goal| goal.id != *id);
                if self.goals.len() == before {
                    gone
                } else {
                    (200, json!({}))
                }
            }
            ("POST", ["goal", id, "key_result"]) => {
                let made = self.id("k");
                let Some(place) = self.goals.iter().position(|goal| goal.id == *id) else {
                    return gone;
                };
                let kinds = ["number", "currency", "boolean", "percentage", "automatic"];
                let kind = kinds
                    .into_iter()
                    .find(|kind| body["type"] == *kind)
                    .unwrap();
                let step = |key: &str| body[key].as_f64().unwrap();
                let steps = [step("steps_start"), step("steps_end"), step("steps_start")];
                let made = kr(&made, body["name"].as_str().unwrap(), kind, steps);
                self.goals[place].results.push(made.clone());
                self.goals[place].updated = self.now;
                let told = self.result_json(&self.goals[place], &made);
                (200, json!({ "key_result": told }))
            }
            ("PUT", ["key_result", id]) => {
                let mut all = self.goals.iter().flat_map(|goal| &goal.results);
                let Some(current) = all.find(|one| one.id == *id).map(|one| one.current) else {
                    return gone;
                };
                let value = body["steps_current"].as_f64().unwrap_or(current);
                self.moves(me, id, value, body["note"].as_str().unwrap_or_default());
                let goal = self.goals.iter();
                let (goal, result) = goal
                    .into_iter()
                    .find_map(|goal| Some((goal, goal.results.iter().find(|one| one.id == *id)?)))
                    .unwrap();
                (200, json!({"key_result": self.result_json(goal, result)}))
            }
            ("DELETE", ["key_result", id]) => {
                let count = |world: &World| {
                    world
                        .goals
                        .iter()
                        .map(|goal| goal.results.len())
                        .sum::<usize>()
                };
                let before = count(self);
                for goal in &mut self.goals {
                    goal.results.retain(|one| one.id != *id);
                }
                if count(self) == before {
                    gone
                } else {
                    (200, json!({}))
                }
            }
            _ => (404, json!({"err": "Route not found", "ECODE": "APP_001"})),
        }
    }

    /// Whether the limit is reached; the headers that say so.
    fn count(&mut self) -> (bool, Vec<(&'static str, String)>) {
        let Some(limit) = self.limit else {
            return (false, Vec::new());
        };
        if self.now >= self.window + 60_000 {
            self.window = self.now;
            self.used = 0;
        }
        let is_over = self.used >= limit;
        self.used += u32::from(!is_over);
        let headers = vec![
            ("x-ratelimit-limit", limit.to_string()),
            (
                "x-ratelimit-remaining",
                limit.saturating_sub(self.used).to_string(),
            ),
            (
                "x-ratelimit-reset",
                ((self.window + 60_000) / 1000).to_string(),
            ),
        ];
        let told = if self.tells_limit || is_over {
            headers
        } else {
            Vec::new()
        };
        (is_over, told)
    }
}

fn numbers(list: &Value) -> Vec<i64> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_i64).collect()
}

/// A running fake. What was wrong with a request fails the test at its end.
pub struct Fake {
    /// With the prefix of the real one.
    pub url: String,
    shared: Arc<Mutex<World>>,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Fake {
    pub fn start(world: World) -> Self {
        let shared = Arc::new(Mutex::new(world));
        let app = Router::new()
            .fallback(handle)
            .with_state(Arc::clone(&shared));
        let (address, end, thread) = serve(app);
        Self {
            url: format!("http://{address}/api/v2"),
            shared,
            end: Some(end),
            thread: Some(thread),
        }
    }

    /// Looks into the world, or changes it behind the client's back.
    pub fn world<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        look(&mut self.shared.lock().expect("the world"))
    }

    pub fn shared(&self) -> Arc<Mutex<World>> {
        Arc::clone(&self.shared)
    }

    /// What came, as `GET /goal/g-1`, oldest first.
    pub fn asked(&self) -> Vec<String> {
        self.world(|world| {
            let log = world.log.iter();
            log.map(|asked| format!("{} {}", asked.method, asked.path))
                .collect()
        })
    }

    /// The same of writes only, with what they carried.
    pub fn wrote(&self) -> Vec<(String, Value)> {
        self.world(|world| {
            let log = world.log.iter().filter(|asked| asked.method != "GET");
            log.map(|asked| {
                (
                    format!("{} {}", asked.method, asked.path),
                    asked.body.clone(),
                )
            })
            .collect()
        })
    }

    pub fn forget(&self) {
        self.world(|world| world.log.clear());
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if !std::thread::panicking() {
            let wrong = self.world(|world| std::mem::take(&mut world.wrong));
            assert!(wrong.is_empty(), "wrong requests:\n{}", wrong.join("\n"));
        }
    }
}

/// Serves on a port of loopback, on a thread of its own.
pub fn serve(
    app: Router,
) -> (
    std::net::SocketAddr,
    tokio::sync::oneshot::Sender<()>,
    std::thread::JoinHandle<()>,
) {
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let (ready, started) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
            let listener = listener.expect("a port of loopback");
            ready
                .send(listener.local_addr().expect("bound"))
                .expect("the test waits");
            let serving = async move { axum::serve(listener, app).await };
            tokio::select! {
                _ = serving => {}
                _ = ended => {}
            }
        });
    });
    (started.recv().expect("it starts"), end, thread)
}

/// Holds a request against the descriptions.
fn judge(
    world: &World,
    method: &str,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Vec<String> {
    let demands = Demands {
        only_declared_fields: true,
        bare_token: true,
    };
    let query: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    let by = |contract: &Contract| {
        let told = contract.check(demands, method, path, &query, &headers, body);
        told.err().unwrap_or_default()
    };
    let mut wrong = Vec::new();
    let is_about_people = path == "/user" || path == "/team";
    if !is_about_people {
        wrong.extend(by(Contract::clickup()));
    }
    // The other description wants all fields with every change of a goal, and
    // integers for steps; live programs send neither.
    let has_fraction = serde_json::from_slice::<Value>(body).is_ok_and(|body| {
        let steps = ["steps_current", "steps_start", "steps_end"];
        steps.iter().any(|key| body[*key].is_f64())
    });
    let is_subset = method == "PUT" && path.starts_with("/goal/");
    if world.knows_people && !has_fraction && !is_subset {
        wrong.extend(by(Contract::clickup_official()));
    }
    wrong
        .into_iter()
        .map(|wrong| format!("{method} {path}: {wrong}"))
        .collect()
}

async fn handle(
    State(shared): State<Arc<Mutex<World>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let (status, headers, text, is_cut) = {
        let mut world = shared.lock().expect("no handler panics with the world");
        answered(&mut world, method.as_str(), &uri, &headers, &body)
    };
    let content = if is_cut {
        // Some of it, then the connection goes.
        let half = text.get(..text.len() / 2).unwrap_or_default().to_owned();
        let parts = vec![Ok(half), Err(std::io::Error::other("gone"))];
        Body::from_stream(futures_util::stream::iter(parts))
    } else {
        Body::from(text)
    };
    let mut response = Response::new(content);
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    for (name, value) in headers {
        let value = HeaderValue::from_str(&value).expect("plain text");
        response.headers_mut().insert(name, value);
    }
    response
}

type Told = (u16, Vec<(&'static str, String)>, String, bool);

fn answered(world: &mut World, method: &str, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Told {
    let path = uri.path().strip_prefix("/api/v2").unwrap_or("outside");
    let query = uri.query().unwrap_or_default();
    let sent = headers.get("authorization");
    let sent = sent
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let date = chrono::DateTime::from_timestamp_millis(world.now).expect("a moment");
    let mut out = vec![
        ("date", date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()),
        ("content-type", "application/json".to_owned()),
    ];
    let (is_over, limit) = world.count();
    out.extend(limit);
    let token = match world.wants {
        Wants::Bearer => sent.strip_prefix("Bearer ").unwrap_or_default(),
        Wants::Bare => sent,
    };
    let known = world.tokens.iter().find(|(known, _)| known == token);
    let me = known.map(|(_, me)| *me);
    let order = world.orders.iter().position(|order| {
        me.is_some() && !is_over && order.method == method && path.contains(&order.path)
    });
    let fault = order.map(|place| world.orders.remove(place).fault);
    let is_known_path = world.knows_people || !(path == "/user" || path == "/team");
    let (status, value) = match (me, &fault) {
        _ if is_over => (
            429,
            json!({"err": "Rate limit reached", "ECODE": "APP_002"}),
        ),
        (None, _) => (401, json!({"err": "Token invalid", "ECODE": "OAUTH_025"})),
        _ if !is_known_path => (404, json!({"title": "Not Found", "status": 404})),
        (_, Some(Fault::Answer(status, text))) => {
            let value = serde_json::from_str(text).unwrap_or(Value::Null);
            (*status, value)
        }
        (_, Some(Fault::CutBefore)) => (200, json!({"goal": {"id": "half of an answer"}})),
        (Some(me), _) => {
            let wrong = judge(world, method, path, query, headers, body);
            if wrong.is_empty() {
                world.answer(me, method, path, query, &said)
            } else {
                world.wrong.extend(wrong);
                (400, json!({"err": "not by the description"}))
            }
        }
    };
    let status = match &fault {
        Some(Fault::Done502) => 502,
        _ => status,
    };
    let is_deletion = method == "DELETE" && status == 200;
    let text = match &fault {
        Some(Fault::Answer(_, text)) => text.clone(),
        // The description declares no content there, the live service `{}`.
        _ if is_deletion && world.shape == Shape::Described => String::new(),
        _ => value.to_string(),
    };
    if fault.is_none() && status == 200 && world.shape == Shape::Described && is_known_path {
        held_against_description(world, method, path, query, headers, body, &text);
    }
    world.log.push(Asked {
        method: method.to_owned(),
        path: path.to_owned(),
        token: sent.to_owned(),
        body: said,
        status,
    });
    let is_cut = matches!(fault, Some(Fault::Cut | Fault::CutBefore));
    (status, out, text, is_cut)
}

/// The fake's own answers keep to the description, too.
fn held_against_description(
    world: &mut World,
    method: &str,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
    text: &str,
) {
    if path == "/user" || path == "/team" {
        return;
    }
    let contract = Contract::clickup();
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    let query: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let demands = Demands {
        bare_token: true,
        ..Demands::default()
    };
    if let Ok(operation) = contract.check(demands, method, path, &query, &headers, body) {
        let kind = if text.is_empty() {
            ""
        } else {
            "application/json"
        };
        if let Err(wrong) = contract.check_answer(&operation, 200, kind, text.as_bytes()) {
            world
                .wrong
                .extend(wrong.into_iter().map(|wrong| format!("the fake: {wrong}")));
        }
    }
}
