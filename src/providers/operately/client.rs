//! Calls operations of an Operately server by whichever name its age has, and
//! turns every answer that is not 200 into a [`Problem`]. Remembers what it
//! learned about the server; decides nothing about goals.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use super::ages::{Age, Build, Op};
use crate::model::exchange::{Answer, Fault, FaultKind};
use crate::model::text;
use crate::model::time::Time;
use crate::providers::http::{self, Failure, Reply, Request};

/// Where the interface lies below a server's address.
pub const BASE: &str = "/api/external/v1";
/// Most of a server's own words that are kept in a sentence.
const WORDS: usize = 200;
/// How long to wait when a busy server does not say.
const BUSY: u64 = 5;

/// What was learned about a server and a token; remembered over starts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learned {
    /// Its names and its build.
    pub build: Option<Build>,
    /// Operations that answer to the name of the other age: builds in between.
    pub odd: Vec<String>,
    /// The mark of the token that was told that it may only read.
    pub read_only: Option<String>,
    /// The mark of the token that was seen writing.
    pub writes: Option<String>,
}

/// An answer of an operation.
#[derive(Clone, Debug)]
pub struct Told {
    /// The JSON.
    pub value: Value,
    /// The server's clock when it answered.
    pub date: Option<Time>,
}

/// Why an operation brought nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// Nothing left this machine.
    NotSent(String),
    /// It left; done or not, nobody knows.
    NoAnswer(String),
    /// It cannot be tried: no token, wrong address.
    Unready(Fault),
    /// What came is no answer of this API.
    Unreadable(Fault),
    /// More than we take in one answer.
    TooLarge(String),
    /// The server asks us to stay away for so many seconds.
    Wait(u64),
    /// The token does not count (any more).
    SignedOut,
    /// The token may only read.
    ReadOnly,
    /// No right to do this; the server's words.
    Forbidden(String),
    /// Not there, or hidden; the server's words.
    NotFound(String),
    /// The server has no such operation under any name.
    NoSuchOperation(Op),
    /// The server does not take the request as it is; its words.
    Refused(String),
    /// The server failed (HTTP 500), mostly over a value; its words and the name
    /// it gave the request in its logs.
    Failed(String),
}

impl Problem {
    /// The problem as an answer to a question.
    pub fn fault(&self) -> Fault {
        match self {
            Problem::NotSent(why) | Problem::NoAnswer(why) => {
                Fault::new(FaultKind::Offline, why.clone(), "")
            }
            Problem::Unready(fault) | Problem::Unreadable(fault) => fault.clone(),
            Problem::TooLarge(why) => Fault::new(FaultKind::Unreadable, why.clone(), ""),
            Problem::Wait(seconds) => Fault::new(
                FaultKind::Offline,
                format!("the server asks to wait {seconds} s"),
                "",
            ),
            Problem::SignedOut => Fault::new(
                FaultKind::SignedOut,
                "token not accepted: expired, deleted, or of another server",
                "make a new one (Profile, Password & Security, API Tokens) and put it where the account's token comes from",
            ),
            Problem::ReadOnly => Fault::new(
                FaultKind::Forbidden,
                "this token may only read",
                "make one with full access (Profile, Password & Security, API Tokens)",
            ),
            Problem::Forbidden(words) => Fault::new(
                FaultKind::Forbidden,
                tail("no right to do this", words),
                "ask the goal's champion for access, or drop this entry (D)",
            ),
            Problem::NotFound(words) => Fault::new(
                FaultKind::Gone,
                tail("it is gone or hidden from you", words),
                "drop this entry (D) or copy its text (y)",
            ),
            Problem::NoSuchOperation(op) => Fault::new(
                FaultKind::Unsupported,
                format!("this server cannot do it ({})", name_of(*op)),
                "do it on Operately's own page, or drop this entry (D)",
            ),
            Problem::Refused(words) => Fault::new(
                FaultKind::Invalid,
                tail("the server does not take it", words),
                "change it (e) or drop this entry (D)",
            ),
            Problem::Failed(words) => Fault::new(
                FaultKind::Invalid,
                tail("the server refused a value", words),
                "change it (e), send it again (R) or drop this entry (D)",
            ),
        }
    }

    /// The problem as an answer to a write of which nothing can have been done:
    /// it failed before the risky step, or the step only read.
    pub fn harmless(&self) -> Answer {
        match self {
            Problem::NotSent(why) | Problem::NoAnswer(why) | Problem::TooLarge(why) => {
                Answer::Offline(why.clone())
            }
            Problem::Unreadable(fault) => Answer::Offline(fault.to_string()),
            Problem::Wait(seconds) => Answer::Busy(*seconds),
            Problem::Failed(words) => Answer::Offline(tail("the server failed", words)),
            other => Answer::Refused(other.fault()),
        }
    }

    /// The problem as an answer to a write that left.
    pub fn after_sending(&self) -> Answer {
        match self {
            Problem::NotSent(why) => Answer::Offline(why.clone()),
            Problem::NoAnswer(why) | Problem::TooLarge(why) => Answer::NoAnswer(why.clone()),
            Problem::Unreadable(fault) => Answer::NoAnswer(fault.to_string()),
            Problem::Wait(seconds) => Answer::Busy(*seconds),
            // The operation is rolled back, but a proxy in between says 500 too.
            Problem::Failed(words) => Answer::NoAnswer(tail("the server failed", words)),
            other => Answer::Refused(other.fault()),
        }
    }
}

fn tail(ours: &str, theirs: &str) -> String {
    if theirs.is_empty() {
        ours.to_owned()
    } else {
        format!("{ours} (Operately: {theirs})")
    }
}

fn name_of(op: Op) -> &'static str {
    let names = op.names();
    names.namespaced.or(names.flat).unwrap_or_default()
}

/// The API of one account.
#[derive(Debug)]
pub struct Client {
    http: http::Client,
    learned: watch::Sender<Learned>,
}

impl Client {
    /// An API over a way to its server, with what was learned before.
    pub fn new(http: http::Client, learned: Learned) -> Self {
        Self {
            http,
            learned: watch::Sender::new(learned),
        }
    }

    /// The way to the server.
    pub fn http(&self) -> &http::Client {
        &self.http
    }

    /// Takes in what was learned at an earlier start, unless the server itself has
    /// told meanwhile.
    pub fn recall(&self, learned: Learned) {
        self.learned.send_if_modified(|known| {
            let is_new = known.build.is_none();
            if is_new {
                *known = learned;
            }
            is_new
        });
    }

    /// What is known of the server now.
    pub fn learned(&self) -> Learned {
        self.learned.borrow().clone()
    }

    /// What the server can do, as far as is known: the oldest of the newer age
    /// before the first answer.
    pub fn build(&self) -> Build {
        let known = self.learned.borrow().build;
        known.unwrap_or(Build::new(Age::Namespaced, None))
    }

    /// Asks. Lists among the parameters have names that end in `[]`.
    ///
    /// # Errors
    /// Any answer but 200.
    pub async fn get(&self, op: Op, query: &[(&str, String)]) -> Result<Value, Problem> {
        self.told(op, query).await.map(|told| told.value)
    }

    /// As [`Client::get`], with the server's clock.
    ///
    /// # Errors
    /// Any answer but 200.
    pub async fn told(&self, op: Op, query: &[(&str, String)]) -> Result<Told, Problem> {
        let reply = self
            .call(op, |path| {
                let asked = Request::get(path);
                query
                    .iter()
                    .fold(asked, |asked, (name, value)| asked.with(*name, value))
            })
            .await?;
        let date = reply.date;
        let value = reply.json().map_err(Problem::Unreadable)?;
        Ok(Told { value, date })
    }

    /// Writes, once.
    ///
    /// # Errors
    /// Any answer but 200. [`Problem::NoAnswer`] and [`Problem::Failed`] leave open
    /// whether it was done.
    pub async fn post(&self, op: Op, body: Value) -> Result<Value, Problem> {
        let reply = self
            .call(op, |path| Request::post(path, body.clone()))
            .await?;
        self.note_writing(false).await;
        // A body that is cut or no JSON: it was done, but we cannot say what.
        reply.json().map_err(Problem::Unreadable)
    }

    /// Asks whether the token may write, by a write that does nothing: marking no
    /// notification as read. For the test of an account only.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn may_write(&self) -> Result<bool, Problem> {
        match self
            .post(Op::MarkManyRead, serde_json::json!({ "ids": [] }))
            .await
        {
            Ok(_) => Ok(true),
            Err(Problem::ReadOnly) => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    /// One operation, by the name it has here. A server that does not know a name
    /// has done nothing, so the other name may be tried, for writes too.
    async fn call(&self, op: Op, make: impl Fn(String) -> Request) -> Result<Reply, Problem> {
        let names = op.names();
        let first = self.age_of(op);
        for age in [first, first.other()] {
            let Some(name) = names.at(age) else { continue };
            let request = make(format!("{BASE}/{name}"));
            let asked = if op.is_write() {
                self.http.send(request).await
            } else {
                self.http.read(request).await
            };
            let reply = asked.map_err(problem_of_failure)?;
            if is_unknown_name(&reply) {
                continue;
            }
            self.learn(op, age, &reply);
            return self.judge(op, reply).await;
        }
        Err(Problem::NoSuchOperation(op))
    }

    fn age_of(&self, op: Op) -> Age {
        let learned = self.learned.borrow();
        let age = learned.build.map_or(Age::Namespaced, |build| build.age);
        if learned.odd.iter().any(|odd| odd == name_of(op)) {
            age.other()
        } else {
            age
        }
    }

    /// Takes in what an answer tells of its server. An upgrade shows by a new date
    /// or by names that are unknown suddenly: nothing has to be done for it.
    fn learn(&self, op: Op, age: Age, reply: &Reply) {
        let version = reply.header("x-operately-version");
        let names = op.names();
        let tells_age = names.flat != names.namespaced;
        self.learned.send_if_modified(|learned| {
            let before = learned.clone();
            match learned.build {
                // Who is signed in is asked first of all and decides for the rest.
                None => learned.build = tells_age.then(|| Build::new(age, version)),
                Some(known) if op == Op::Me => {
                    let build = Build::new(age, version);
                    if build != known {
                        learned.odd.clear();
                    }
                    learned.build = Some(build);
                }
                Some(known) if tells_age => {
                    let name = name_of(op).to_owned();
                    learned.odd.retain(|odd| *odd != name);
                    if known.age != age {
                        learned.odd.push(name);
                    }
                    let date = Build::new(age, version).date;
                    if date.is_some() && date != known.date {
                        learned.build = Some(Build { date, ..known });
                    }
                }
                Some(_) => {}
            }
            *learned != before
        });
    }

    async fn judge(&self, op: Op, reply: Reply) -> Result<Reply, Problem> {
        let words = words_of(&reply);
        match reply.status {
            // What is in it counts, not what it is called.
            200 if reply.is_page() => match reply.json() {
                Ok(_) => Ok(reply),
                Err(fault) => Err(Problem::Unreadable(fault)),
            },
            200 => Ok(reply),
            401 => Err(Problem::SignedOut),
            403 if words.starts_with("Read-only API tokens") => {
                self.note_writing(true).await;
                Err(Problem::ReadOnly)
            }
            403 => Err(Problem::Forbidden(words)),
            404 if reply.is_page() => Err(reply
                .json()
                .err()
                .map_or(Problem::NotFound(words), Problem::Unreadable)),
            404 | 410 => Err(Problem::NotFound(words)),
            // A write that a proxy answered with 503 may have come through.
            status if status == 429 || (status == 503 && !op.is_write()) => Err(Problem::Wait(
                reply.retry_after.map_or(BUSY, |wait| wait.as_secs().max(1)),
            )),
            500.. => Err(Problem::Failed(with_request(words, &reply))),
            _ => Err(Problem::Refused(words)),
        }
    }

    /// Remembers by the token's mark whether it was seen to write.
    async fn note_writing(&self, read_only: bool) {
        let Ok(mark) = self.http.fingerprint().await else {
            return;
        };
        self.learned.send_if_modified(|learned| {
            let before = learned.clone();
            if read_only {
                learned.read_only = Some(mark);
                learned.writes = None;
            } else {
                learned.writes = Some(mark);
                learned.read_only = None;
            }
            *learned != before
        });
    }

    /// Whether the token in use may write: yes unless it was told that it may only
    /// read. Another token than that one gets its chance.
    pub async fn may_try_writing(&self) -> bool {
        self.writing().await != Some(false)
    }

    /// The mark of the token in use; none without one. Another token may be
    /// another person's.
    pub async fn mark(&self) -> Option<String> {
        self.http.fingerprint().await.ok()
    }

    /// Whether the token in use may write, if that was seen.
    pub async fn writing(&self) -> Option<bool> {
        let mark = self.mark().await?;
        let learned = self.learned.borrow();
        if learned.read_only.as_ref() == Some(&mark) {
            return Some(false);
        }
        (learned.writes.as_ref() == Some(&mark)).then_some(true)
    }
}

fn problem_of_failure(failure: Failure) -> Problem {
    match failure {
        Failure::NotSent(why) => Problem::NotSent(why),
        Failure::NoAnswer(why) => Problem::NoAnswer(why),
        Failure::BadAnswer(why) => Problem::Unreadable(Fault::new(FaultKind::Unreadable, why, "")),
        Failure::TooLarge(why) => Problem::TooLarge(why),
        Failure::Unready(fault) => Problem::Unready(fault),
    }
}

/// `Query not found` and `Mutation not found`, as plain text: the name is of the
/// other age.
fn is_unknown_name(reply: &Reply) -> bool {
    reply.status == 404
        && matches!(
            reply.text().trim(),
            "Query not found" | "Mutation not found"
        )
}

/// The server's own words out of one of its shapes of errors, cleaned and short.
fn words_of(reply: &Reply) -> String {
    if reply.is_success() || reply.is_page() {
        return String::new();
    }
    let said = match reply.json() {
        Ok(value) => ["message", "error"]
            .into_iter()
            .find_map(|key| value.get(key)?.as_str())
            .or_else(|| value.pointer("/errors/detail")?.as_str())
            .unwrap_or_default()
            .to_owned(),
        Err(_) => reply.text().into_owned(),
    };
    text::line(said.trim()).truncate(WORDS).as_str().to_owned()
}

fn with_request(words: String, reply: &Reply) -> String {
    match &reply.request_id {
        Some(id) => format!(
            "{words}, HTTP {}, request {}",
            reply.status,
            text::line(id).as_str()
        ),
        None => format!("{words}, HTTP {}", reply.status),
    }
}
