//! Calls of ClickUp's API, within its limit of requests a minute, with the token
//! in whichever of its two dresses the server takes. Turns every answer that is no
//! success into a [`Problem`]; decides nothing about goals.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Mutex, watch};

use super::account::Clock;
use super::learned::Learned;
use crate::model::exchange::{Answer, Fault, FaultKind};
use crate::model::system::AuthScheme;
use crate::model::text;
use crate::providers::http::{self, Claim, Failure, Method, Rate, Reply, Request, TokenHeader};

/// Requests a minute until a server tells its limit: that of the smallest plans.
const LIMIT: u32 = 100;
/// With these letters personal tokens begin; ClickUp's own pages send them bare.
const PERSONAL: &str = "pk_";
/// Times a read waits for the limit before it gives up.
const WAITS: u32 = 5;
/// Most of a server's own words that are kept in a sentence.
const WORDS: usize = 200;

/// Hears how long a read waits for the server's limit, in seconds.
pub type Pauses<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// Why a call brought nothing.
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
    /// The limit is reached: nothing was done for so many seconds.
    Wait(u64),
    /// The token does not count; the server's words.
    SignedOut(String),
    /// No right to do this; the server's words.
    Forbidden(String),
    /// Not there, or hidden; the server's words.
    NotFound(String),
    /// The server does not take it as it is; its words.
    Refused(String),
    /// The server, or what stands before it, failed; its words.
    Failed(String),
}

impl Problem {
    /// The problem as an answer to a question.
    pub fn fault(&self) -> Fault {
        match self {
            Problem::NotSent(why) | Problem::NoAnswer(why) => {
                Fault::new(FaultKind::Offline, why.clone(), "")
            }
            Problem::Failed(words) => {
                Fault::new(FaultKind::Offline, tail("ClickUp failed", words), "")
            }
            Problem::Wait(seconds) => Fault::new(
                FaultKind::Offline,
                format!("ClickUp's limit of requests is reached for {seconds} s"),
                "",
            ),
            Problem::Unready(fault) | Problem::Unreadable(fault) => fault.clone(),
            Problem::SignedOut(words) => Fault::new(
                FaultKind::SignedOut,
                tail("token not accepted", words),
                "make a new one (ClickUp, Settings, Apps, API Token) and put it where the account's token comes from",
            ),
            Problem::Forbidden(words) => Fault::new(
                FaultKind::Forbidden,
                tail("no right to do this", words),
                "ask the goal's owner to share it with you, or drop this entry (D)",
            ),
            Problem::NotFound(words) => Fault::new(
                FaultKind::Gone,
                tail("it is gone or hidden from you", words),
                "drop this entry (D) or copy its text (y)",
            ),
            Problem::Refused(words) => Fault::new(
                FaultKind::Invalid,
                tail("ClickUp does not take it", words),
                "change it (e) or drop this entry (D)",
            ),
        }
    }

    /// The problem as an answer to a write of which nothing can have been done.
    pub fn harmless(&self) -> Answer {
        match self {
            Problem::Wait(seconds) => Answer::Busy(*seconds),
            Problem::NotSent(why) | Problem::NoAnswer(why) => Answer::Offline(why.clone()),
            Problem::Failed(_) => Answer::Offline(self.fault().why),
            Problem::Unreadable(fault) => Answer::Offline(fault.to_string()),
            other => Answer::Refused(other.fault()),
        }
    }

    /// The problem as an answer to a write that left.
    pub fn after_sending(&self) -> Answer {
        match self {
            Problem::NoAnswer(why) => Answer::NoAnswer(why.clone()),
            Problem::Failed(_) => Answer::NoAnswer(self.fault().why),
            Problem::Unreadable(fault) => Answer::NoAnswer(fault.to_string()),
            other => other.harmless(),
        }
    }
}

fn tail(ours: &str, theirs: &str) -> String {
    match theirs {
        "" => ours.to_owned(),
        theirs => format!("{ours} (ClickUp: {theirs})"),
    }
}

/// The API of one account.
pub struct Client {
    http: http::Client,
    scheme: AuthScheme,
    learned: watch::Sender<Learned>,
    rate: Rate,
    /// Of many reads that wait for the limit one rests, and tells it.
    resting: Mutex<()>,
    clock: Clock,
}

impl Client {
    /// An API over a way to its server.
    pub fn new(http: http::Client, scheme: AuthScheme, clock: Clock) -> Self {
        Self {
            http,
            scheme,
            learned: watch::Sender::new(Learned::default()),
            rate: Rate::new(LIMIT),
            resting: Mutex::default(),
            clock,
        }
    }

    /// The way to the server.
    pub fn http(&self) -> &http::Client {
        &self.http
    }

    /// The present moment, and this machine's zone.
    pub fn now(&self) -> crate::model::time::Now {
        (self.clock)()
    }

    /// What is known of the server.
    pub fn learned(&self) -> Learned {
        self.learned.borrow().clone()
    }

    /// Takes in what is new about the server.
    pub fn learn(&self, change: impl FnOnce(&mut Learned)) {
        self.learned.send_modify(change);
    }

    /// The mark of the token in use; none without one.
    pub async fn mark(&self) -> Option<String> {
        self.http.fingerprint().await.ok()
    }

    /// Reads what a screen shows. Waits where the limit is reached, as often as it
    /// takes, and says so.
    ///
    /// # Errors
    /// Any answer but a success.
    pub async fn get(
        &self,
        path: &str,
        claim: Claim,
        pauses: Pauses<'_>,
    ) -> Result<Value, Problem> {
        let request = Request::get(path).telling_limits();
        let mut waits = 0;
        let reply = loop {
            let place = self.place(claim, pauses).await;
            let reply = self.signed(request.clone()).await?;
            place.heard(&reply, self.now().at);
            waits += 1;
            if reply.status != 429 || waits >= WAITS {
                break reply;
            }
        };
        judge(reply)?.json().map_err(Problem::Unreadable)
    }

    /// A place among the requests of this minute, as soon as there is one.
    async fn place(&self, claim: Claim, pauses: Pauses<'_>) -> http::Place<'_> {
        // What a person looks at does not wait behind what is read ahead.
        let _first = match claim {
            Claim::Background => Some(self.resting.lock().await),
            Claim::Person | Claim::Write => None,
        };
        loop {
            match self.rate.take(claim, self.now().at) {
                Ok(place) => return place,
                Err(wait) => {
                    pauses(seconds(wait));
                    self.http.pace().rest(wait).await;
                }
            }
        }
    }

    /// Reads what a write needs to know. Waits for no limit.
    ///
    /// # Errors
    /// Any answer but a success.
    pub async fn look(&self, path: &str) -> Result<Value, Problem> {
        let reply = self.once(Request::get(path).telling_limits()).await?;
        judge(reply)?.json().map_err(Problem::Unreadable)
    }

    /// Writes, once. Gives back what came, null where that is nothing: some servers
    /// only say that it was done.
    ///
    /// # Errors
    /// Any answer but a success. [`Problem::NoAnswer`] and [`Problem::Failed`] leave
    /// open whether it was done.
    pub async fn write(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, Problem> {
        let mut request = Request::new(method, path);
        request = match body {
            Some(body) => request.json(body),
            // ClickUp asks for it although nothing follows.
            None => request.header("content-type", "application/json"),
        };
        let reply = self.once(request).await?;
        let done = judge(reply)?;
        Ok(done.json().unwrap_or_default())
    }

    /// Any call, whatever comes of it.
    ///
    /// # Errors
    /// There is no answer; every status is one.
    pub async fn call(&self, request: Request) -> Result<Reply, Problem> {
        self.once(request).await
    }

    async fn once(&self, request: Request) -> Result<Reply, Problem> {
        let place = self.rate.take(Claim::Write, self.now().at);
        let place = place.map_err(|wait| Problem::Wait(seconds(wait)))?;
        let reply = self.signed(request).await?;
        place.heard(&reply, self.now().at);
        Ok(reply)
    }

    /// Sends with the token as this server takes it. A refused token did nothing,
    /// so a personal one is tried in its other dress, for writes too.
    async fn signed(&self, request: Request) -> Result<Reply, Problem> {
        let is_personal = self.http.token_begins_with(PERSONAL).await;
        let is_personal = is_personal.map_err(Problem::Unready)?;
        let is_bare = match self.scheme {
            AuthScheme::Raw => true,
            AuthScheme::Bearer => false,
            AuthScheme::Auto => is_personal && self.learned().bare,
        };
        let reply = self.dressed(request.clone(), is_bare).await?;
        if reply.status != 401 || self.scheme != AuthScheme::Auto || !is_personal {
            return Ok(reply);
        }
        let other = self.dressed(request, !is_bare).await?;
        if other.status == 401 {
            // What the first one said: it is the way this server was known to go.
            return Ok(reply);
        }
        self.learn(|learned| learned.bare = !is_bare);
        Ok(other)
    }

    async fn dressed(&self, request: Request, is_bare: bool) -> Result<Reply, Problem> {
        let request = request.signed(match is_bare {
            true => TokenHeader::Bare,
            false => TokenHeader::Bearer,
        });
        // Only a GET is repeated by it, and only where that may help.
        self.http.read(request).await.map_err(of_failure)
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("http", &self.http).finish()
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

fn of_failure(failure: Failure) -> Problem {
    match failure {
        Failure::NotSent(why) => Problem::NotSent(why),
        Failure::NoAnswer(why) => Problem::NoAnswer(why),
        Failure::BadAnswer(why) | Failure::TooLarge(why) => {
            Problem::Unreadable(Fault::new(FaultKind::Unreadable, why, ""))
        }
        Failure::Unready(fault) => Problem::Unready(fault),
    }
}

/// Sorts an answer by its status alone.
fn judge(reply: Reply) -> Result<Reply, Problem> {
    let words = words(&reply);
    match reply.status {
        // What is in it counts, not what it is called.
        200..300 if reply.is_page() => match reply.json() {
            Ok(_) => Ok(reply),
            Err(fault) => Err(Problem::Unreadable(fault)),
        },
        200..300 => Ok(reply),
        401 => Err(Problem::SignedOut(words)),
        403 => Err(Problem::Forbidden(words)),
        404 | 410 => match reply.is_page() {
            // A page of something else than this API: the address is wrong.
            true => Err(reply
                .json()
                .err()
                .map_or(Problem::NotFound(words), Problem::Unreadable)),
            false => Err(Problem::NotFound(words)),
        },
        429 => Err(Problem::Wait(reply.retry_after.map_or(1, seconds))),
        500.. => Err(Problem::Failed(format!(
            "{words}{}HTTP {}",
            if words.is_empty() { "" } else { ", " },
            reply.status
        ))),
        _ => Err(Problem::Refused(words)),
    }
}

/// The server's own words out of one of the shapes of its errors, or of a
/// gateway's, cleaned and short.
fn words(reply: &Reply) -> String {
    if reply.is_success() || reply.is_page() {
        return String::new();
    }
    let Ok(value) = reply.json() else {
        return text::line(reply.text().trim()).truncate(WORDS).to_string();
    };
    let field = |key: &str| {
        let told = value.get(key)?;
        let told = told.as_str().or_else(|| told.get("message")?.as_str())?;
        Some(told.trim()).filter(|told| !told.is_empty())
    };
    let said = ["err", "error", "detail", "title"]
        .into_iter()
        .find_map(field)
        .unwrap_or_default();
    let said = match field("ECODE") {
        Some(code) => format!("{said} {code}"),
        None => said.to_owned(),
    };
    text::line(said.trim()).truncate(WORDS).to_string()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    fn reply(status: u16, kind: &'static str, body: &str) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static(kind));
        Reply::new("ClickUp", "a.example", status, headers, body.into())
    }

    #[test]
    fn what_the_server_says_is_told_in_its_words() {
        let said = |body: &str| words(&reply(400, "application/json", body));
        for (body, want) in [
            (
                r#"{"err":"Token invalid","ECODE":"OAUTH_025"}"#,
                "Token invalid OAUTH_025",
            ),
            (r#"{"error":"Goal not found"}"#, "Goal not found"),
            (r#"{"error":{"message":"no"}}"#, "no"),
            (r#"{"err":"","detail":"team_id","title":"Bad"}"#, "team_id"),
            (r#"{"title":"Unprocessable","status":422}"#, "Unprocessable"),
            (r#"{"ECODE":"X_1"}"#, "X_1"),
            ("", ""),
            ("no json", "no json"),
            ("[1]", ""),
        ] {
            assert_eq!(said(body), want, "{body}");
        }
        let long = format!("{{\"err\":\"{}\"}}", "a\\u001b[31mb".repeat(100));
        let said = said(&long);
        assert!(said.chars().count() <= WORDS && !said.contains('\u{1b}'));
    }

    #[test]
    fn the_status_alone_decides() {
        let of = |status, body: &str| judge(reply(status, "application/json", body)).err();
        assert_eq!(of(200, ""), None);
        assert_eq!(of(401, ""), Some(Problem::SignedOut(String::new())));
        assert_eq!(of(404, "{}"), Some(Problem::NotFound(String::new())));
        assert_eq!(of(422, ""), Some(Problem::Refused(String::new())));
        assert_eq!(of(429, ""), Some(Problem::Wait(1)));
        let failed = of(502, r#"{"err":"down"}"#).unwrap();
        assert_eq!(failed, Problem::Failed("down, HTTP 502".to_owned()));
        assert!(matches!(failed.harmless(), Answer::Offline(_)));
        assert!(matches!(failed.after_sending(), Answer::NoAnswer(_)));
        let page = judge(reply(200, "text/html", "<html>Sign in")).unwrap_err();
        assert!(matches!(page, Problem::Unreadable(_)));
        assert!(matches!(page.after_sending(), Answer::NoAnswer(_)));
    }
}
