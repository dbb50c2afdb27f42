//! An AchieveIt in this process: plan items, imports that are checked as a whole
//! and carried out later by a job, and a judge over every request and answer. It
//! can be told to fail.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::contract::{Contract, Operation};

/// The only key that counts.
pub const KEY: &str = "aik_CANARY0123456789abcdef";

/// The plan there is.
pub const PLAN: &str = "plan-1";

const STATUSES: [&str; 7] = [
    "On Track",
    "Off Track",
    "At Risk",
    "Achieved",
    "Not Achieved",
    "Canceled",
    "Not Started",
];

/// One plan item.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: String,
    /// What imports call it.
    pub external: String,
    pub sequence: String,
    pub level: &'static str,
    pub name: String,
    pub status: Option<String>,
    pub assigned: Option<String>,
    pub current: Option<f64>,
    pub baseline: Option<f64>,
    pub target: Option<f64>,
    /// Changes so far: the clock of this server.
    pub changed: u32,
    /// Comments of updates, oldest first: nobody can read them back.
    pub updates: Vec<Record>,
}

/// One record of an import, as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub external_id: String,
    pub status: String,
    /// The digits as they came.
    pub value: Option<String>,
    pub day: String,
    pub comment: Option<String>,
}

/// How a job stands.
#[derive(Clone, Debug)]
struct Job {
    records: Vec<Record>,
    polls: usize,
    /// It ended: with these errors if it failed.
    end: Option<Result<(), Value>>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// Something that goes wrong once.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This answer in the place of the right one; nothing is done.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// It is done, and the answer breaks off.
    CutAfter,
    /// Nothing is done, and the answer breaks off.
    CutBefore,
    /// It is done, and this is answered.
    DoneThen(u16, String),
}

/// Everything there is at this server.
pub struct World {
    pub plans: BTreeMap<String, Vec<Item>>,
    /// Words of the organisation besides the seven.
    pub words: Vec<&'static str>,
    /// The organisation may not export.
    pub import_only: bool,
    /// The export gives pages no longer than this.
    pub longest_page: usize,
    /// Fields that the export adds to every item.
    pub extra: Value,
    /// Jobs do not end by themselves.
    pub jobs_hang: bool,
    /// The next jobs fail with these errors.
    pub failing: VecDeque<Value>,
    /// Counts in answers are those of somebody else.
    pub miscounts: bool,
    /// Requests are not held against the description: for words of one's own.
    pub unjudged: bool,
    faults: Vec<(&'static str, Fault)>,
    jobs: BTreeMap<String, Job>,
    pub asked: Vec<Asked>,
    violations: Vec<String>,
}

/// A server; it stops with the test and complains then.
pub struct Fake {
    pub url: String,
    world: Arc<Mutex<World>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

pub fn item(id: &str, sequence: &str, name: &str) -> Item {
    Item {
        id: id.to_owned(),
        external: id.to_owned(),
        sequence: sequence.to_owned(),
        level: "Milestone",
        name: name.to_owned(),
        status: Some("On Track".to_owned()),
        assigned: Some("Ada Moreno".to_owned()),
        current: None,
        baseline: None,
        target: None,
        changed: 1,
        updates: Vec::new(),
    }
}

/// The same with a number.
pub fn measured(id: &str, sequence: &str, name: &str, numbers: (f64, f64, f64)) -> Item {
    Item {
        baseline: Some(numbers.0),
        current: Some(numbers.1),
        target: Some(numbers.2),
        ..item(id, sequence, name)
    }
}

impl Fake {
    /// A small plan: two branches, five items with a number, one without.
    pub fn start() -> Self {
        let mut grow = item("i-1", "1", "Grow &amp; keep customers");
        grow.level = "Goal";
        let mut sites = item("i-7", "1.10", "Open two sites");
        (sites.status, sites.assigned) = (None, None);
        let items = vec![
            grow,
            measured("i-2", "1.2", "Raise renewals", (0.0, 0.4, 0.9)),
            measured("i-3", "1.3", "Sign-ups", (100.0, 120.0, 200.0)),
            sites,
            measured("i-4", "2", "Cut costs", (50.0, 45.0, 40.0)),
            measured("i-5", "2.1", "Travel", (10.0, 9.5, 5.0)),
            measured("i-6", "2.2", "Energy", (8.0, 8.0, 6.0)),
        ];
        Self::with(items)
    }

    pub fn with(items: Vec<Item>) -> Self {
        let world = Arc::new(Mutex::new(World {
            plans: BTreeMap::from([(PLAN.to_owned(), items)]),
            words: Vec::new(),
            import_only: false,
            longest_page: usize::MAX,
            extra: json!({}),
            jobs_hang: false,
            failing: VecDeque::new(),
            miscounts: false,
            unjudged: false,
            faults: Vec::new(),
            jobs: BTreeMap::new(),
            asked: Vec::new(),
            violations: Vec::new(),
        }));
        let (stop, stopped) = oneshot::channel();
        let (told, url) = std::sync::mpsc::channel();
        let router = Router::new().fallback(serve).with_state(Arc::clone(&world));
        let thread = std::thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                told.send(format!("http://{}", listener.local_addr().unwrap()))
                    .unwrap();
                tokio::select! {
                    served = axum::serve(listener, router) => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        Self {
            url: url.recv().unwrap(),
            world,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// The next request whose method and path begin so goes wrong.
    pub fn fault(&self, what: &'static str, fault: Fault) {
        self.world().faults.push((what, fault));
    }

    pub fn item(&self, id: &str) -> Item {
        let world = self.world();
        let mut items = world.plans.values().flatten();
        items.find(|item| item.id == id).unwrap().clone()
    }

    pub fn change(&self, id: &str, change: impl FnOnce(&mut Item)) {
        let mut world = self.world();
        let mut items = world.plans.values_mut().flatten();
        let item = items.find(|item| item.id == id).unwrap();
        change(item);
        item.changed += 1;
    }

    /// How often this was asked.
    pub fn count(&self, what: &str) -> usize {
        let world = self.world();
        let is_it = |asked: &&Asked| format!("{} {}", asked.method, asked.path).starts_with(what);
        world.asked.iter().filter(is_it).count()
    }

    /// The bodies of all imports, in order.
    pub fn imports(&self) -> Vec<String> {
        let world = self.world();
        let posts = world.asked.iter().filter(|asked| asked.method == "POST");
        posts.map(|asked| asked.body.clone()).collect()
    }

    /// Lets all jobs end.
    pub fn finish_jobs(&self) {
        self.world().jobs_hang = false;
    }

    /// The jobs there are.
    pub fn jobs(&self) -> Vec<String> {
        self.world().jobs.keys().cloned().collect()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _gone = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
        if !std::thread::panicking() {
            let violations = std::mem::take(&mut self.world().violations);
            assert!(
                violations.is_empty(),
                "against the contract:\n{}",
                violations.join("\n")
            );
        }
    }
}

impl World {
    fn judge(
        &mut self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        headers: &[(String, String)],
        body: &[u8],
    ) -> Option<Operation> {
        match Contract::achieveit().check_strict(method, path, query, headers, body) {
            Ok(operation) => Some(operation),
            Err(wrong) => {
                // Who is not signed in is told so; the rest must be right.
                let is_ours = !self.unjudged && !path.starts_with("/elsewhere");
                let wrong = wrong
                    .into_iter()
                    .map(|why| format!("{method} {path}: {why}"));
                if is_ours {
                    self.violations.extend(wrong);
                }
                None
            }
        }
    }

    /// An answer that goes by the description.
    fn answer(
        &mut self,
        operation: Option<&Operation>,
        status: u16,
        value: Option<Value>,
    ) -> Response<Body> {
        let body = value.map(|value| value.to_string()).unwrap_or_default();
        let kind = if body.is_empty() {
            ""
        } else {
            "application/json"
        };
        if let Some(operation) = operation {
            let checked =
                Contract::achieveit().check_answer(operation, status, kind, body.as_bytes());
            if let Err(wrong) = checked {
                self.violations.extend(wrong);
            }
        }
        respond(status, kind, body)
    }

    fn export(&self, plan: &str, query: &[(String, String)]) -> Result<Value, u16> {
        let number = |name: &str, usual: usize| {
            let given = query.iter().find(|(key, _)| key == name);
            given.map_or(usual, |(_, value)| value.parse().unwrap())
        };
        if self.import_only {
            return Err(403);
        }
        let items = self.plans.get(plan).ok_or(404_u16)?;
        let (skip, take) = (number("skip", 0), number("take", 100));
        let take = take.min(self.longest_page);
        let page: Vec<Value> = items
            .iter()
            .skip(skip)
            .take(take)
            .map(|item| self.shown(item))
            .collect();
        Ok(json!({ "items": page, "totalCount": items.len() }))
    }

    fn shown(&self, item: &Item) -> Value {
        let mut shown = json!({
            "id": item.id,
            "sequenceId": item.sequence,
            "level": item.level,
            "name": item.name,
            "description": null,
            "statusName": item.status,
            "assignedToFullName": item.assigned,
            "members": [],
            "start": "2026-10-01T00:00:00",
            "due": "2026-12-31T00:00:00",
            "lastUpdated": format!("2026-11-20T08:{:02}:{:02}.1234567", item.changed / 60, item.changed % 60),
        });
        let fields = shown.as_object_mut().unwrap();
        for (name, value) in [
            ("currentValue", item.current),
            ("baseline", item.baseline),
            ("target", item.target),
        ] {
            if let Some(value) = value {
                fields.insert(name.to_owned(), json!(value));
            }
        }
        fields.extend(self.extra.as_object().unwrap().clone());
        shown
    }

    /// What is wrong with the records of an import, in the shape of the answer.
    fn wrong(&self, records: &[Record]) -> Vec<Value> {
        let mut all = Vec::new();
        for (position, record) in records.iter().enumerate() {
            let mut wrong = Vec::new();
            let mut say = |field: &str, value: &str, message: &str| {
                wrong.push(json!({"field": field, "value": value, "message": message}));
            };
            let mut items = self.plans.values().flatten();
            let item = items.find(|item| item.external == record.external_id);
            if item.is_none() {
                say(
                    "ExternalId",
                    &record.external_id,
                    "No live plan item has this external id.",
                );
            }
            let mut words = STATUSES.iter().chain(&self.words);
            if !words.any(|word| word.eq_ignore_ascii_case(&record.status)) {
                say("Status", &record.status, "This status is not defined.");
            }
            if item.is_some_and(|item| item.target.is_some()) && record.value.is_none() {
                say("metricValue", "", "A metric value is needed.");
            }
            if record.day.is_empty() {
                say("asOfDate", "", "A date is needed.");
            }
            if !wrong.is_empty() {
                all.push(json!({"position": position, "externalId": record.external_id, "errors": wrong}));
            }
        }
        all
    }

    fn import(&mut self, records: Vec<Record>) -> (u16, Value) {
        let wrong = self.wrong(&records);
        let id = format!(
            "{:08x}-3f0c-4c55-8d54-6f3d8d1b7a10",
            0x0b9f_6a3e + self.jobs.len()
        );
        let (count, errors) = (records.len() + usize::from(self.miscounts), wrong.len());
        let mut answer = json!({
            "jobId": id,
            "totalRecords": count,
            "errorRecords": errors,
            "validRecords": count - errors,
        });
        if !wrong.is_empty() {
            answer
                .as_object_mut()
                .unwrap()
                .insert("errors".to_owned(), json!(wrong));
            return (400, answer);
        }
        self.jobs.insert(
            id,
            Job {
                records,
                polls: 0,
                end: None,
            },
        );
        (200, answer)
    }

    fn poll(&mut self, id: &str) -> Option<Value> {
        let hangs = self.jobs_hang;
        let job = self.jobs.get_mut(id)?;
        job.polls += 1;
        let polls = job.polls;
        if job.end.is_none() && polls > 2 && !hangs {
            let records = job.records.clone();
            let end = match self.failing.pop_front() {
                Some(errors) => Err(errors),
                None => Ok(()),
            };
            if end.is_ok() {
                self.carry_out(&records);
            }
            if let Some(job) = self.jobs.get_mut(id) {
                job.end = Some(end);
            }
        }
        let job = self.jobs.get(id)?;
        let (status, errors) = match (&job.end, polls) {
            (None, 1) => ("Queued", None),
            (None, _) => ("Processing", Some(json!([]))),
            (Some(Ok(())), _) => ("Completed", Some(json!([]))),
            (Some(Err(errors)), _) => ("Failed", Some(errors.clone())),
        };
        let mut answer =
            json!({"jobId": id, "created": "2026-11-20T08:15:03.1234567", "status": status});
        if let Some(errors) = errors {
            answer
                .as_object_mut()
                .unwrap()
                .insert("errors".to_owned(), errors);
        }
        Some(answer)
    }

    fn carry_out(&mut self, records: &[Record]) {
        for record in records {
            let mut items = self.plans.values_mut().flatten();
            let Some(item) = items.find(|item| item.external == record.external_id) else {
                continue;
            };
            item.status = Some(record.status.clone());
            if let Some(value) = &record.value {
                item.current = value.parse().ok();
            }
            item.changed += 1;
            item.updates.push(record.clone());
        }
    }
}

fn respond(status: u16, kind: &str, body: String) -> Response<Body> {
    let mut response = Response::builder().status(status);
    if !kind.is_empty() {
        response = response.header("content-type", kind);
    }
    response.body(Body::from(body)).unwrap()
}

/// Headers of a whole answer, and half of it.
fn cut() -> Response<Body> {
    let pieces = [
        Ok(Bytes::from_static(b"{\"jobId\":")),
        Err(io::Error::other("cut")),
    ];
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    Response::builder()
        .header("content-type", "application/json")
        .body(body)
        .unwrap()
}

fn records(kind: &str, body: &[u8]) -> Vec<Record> {
    if kind.starts_with("text/csv") {
        let mut table = csv::ReaderBuilder::new().from_reader(body);
        let header = table.headers().unwrap().clone();
        assert_eq!(
            header,
            vec![
                "External ID",
                "Status",
                "Metric Value",
                "As Of Date",
                "Comment"
            ]
        );
        let text = |row: &csv::StringRecord, place: usize| row.get(place).unwrap().to_owned();
        let given = |text: String| (!text.is_empty()).then_some(text);
        return table
            .records()
            .map(|row| row.unwrap())
            .map(|row| Record {
                external_id: text(&row, 0),
                status: text(&row, 1),
                value: given(text(&row, 2)),
                day: text(&row, 3),
                comment: given(text(&row, 4)),
            })
            .collect();
    }
    let Ok(Value::Array(list)) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    let raw = String::from_utf8_lossy(body);
    let mut digits = raw.split("\"metricValue\":").skip(1);
    list.iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let value = row.get("metricValue").is_some().then(|| {
                let rest = digits.next().unwrap();
                rest.split([',', '}']).next().unwrap().to_owned()
            });
            Record {
                external_id: text("externalId"),
                status: text("status"),
                value,
                day: text("asOfDate"),
                comment: row
                    .get("comment")
                    .map(|text| text.as_str().unwrap().to_owned()),
            }
        })
        .collect()
}

async fn serve(
    State(world): State<Arc<Mutex<World>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mut world = world.lock().unwrap();
    let (method, path) = (method.to_string(), uri.path().to_owned());
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                value.to_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let header = |wanted: &str| {
        let found = headers.iter().find(|(name, _)| name == wanted);
        found.map_or(String::new(), |(_, value)| value.clone())
    };
    let (kind, authorization) = (header("content-type"), header("authorization"));
    let operation = world.judge(&method, &path, &query, &headers, &body);
    let what = format!("{method} {path}");
    let place = world
        .faults
        .iter()
        .position(|(begins, _)| what.starts_with(begins));
    let fault = place.map(|place| world.faults.remove(place).1);
    let answer = |world: &mut World| -> Response<Body> {
        if authorization != format!("API-KEY {KEY}") {
            // Of the export it is not declared, and what else would it say.
            return respond(401, "", String::new());
        }
        let named = |name: &str, raw: &str| {
            let decoded = operation.as_ref().and_then(|found| found.parameter(name));
            decoded.unwrap_or(raw).to_owned()
        };
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (method.as_str(), parts.as_slice()) {
            ("GET", ["exports", "plans", plan]) => {
                match world.export(&named("planId", plan), &query) {
                    Ok(page) => world.answer(operation.as_ref(), 200, Some(page)),
                    // Not declared, but what a server says of no plan at all.
                    Err(404) => respond(404, "", String::new()),
                    Err(status) => world.answer(operation.as_ref(), status, None),
                }
            }
            ("POST", ["imports", "progress-updates"]) => {
                let (status, answer) = world.import(records(&kind, &body));
                world.answer(operation.as_ref(), status, Some(answer))
            }
            ("GET", ["imports", "status", id]) => match world.poll(&named("jobId", id)) {
                Some(answer) => world.answer(operation.as_ref(), 200, Some(answer)),
                None => {
                    world
                        .violations
                        .push(format!("asked for the job {id}, which was never begun"));
                    world.answer(operation.as_ref(), 404, None)
                }
            },
            _ => respond(404, "text/html", "<html>not here</html>".to_owned()),
        }
    };
    let response = match fault {
        None => answer(&mut world),
        Some(Fault::Answer(status, more, body)) => {
            let mut response = respond(status, "", body);
            for (name, value) in more {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        Some(Fault::CutBefore) => cut(),
        Some(Fault::CutAfter) => {
            answer(&mut world);
            cut()
        }
        Some(Fault::DoneThen(status, body)) => {
            answer(&mut world);
            respond(status, "application/json", body)
        }
    };
    world.asked.push(Asked {
        method,
        path,
        query,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    response
}
