//! The client of one account: takes requests one by one to its site and to
//! nowhere else, with its token, within limits of number, size and time. Reads
//! are repeated where that may help; what writes goes out exactly once.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION,
};
use reqwest::{Method, StatusCode};
use tokio::sync::{Mutex, OnceCell, Semaphore};
use url::Url;

use super::failure::{Ends, Failure, Trouble};
use super::line::{self, Plan};
use super::request::{Body, Request, TokenHeader, bare_path};
use super::site::{Site, host_of};
use super::token::Token;
use super::wait::{self, Clocked, PATIENCE, Pace, REPEATS};
use super::{IN_FLIGHT, Proxies, Rehearsal, Reply, SENDS_IN_FLIGHT, obtain};
use crate::model::exchange::Fault;
use crate::model::ids::AccountName;
use crate::model::sign_in::{SignIn, TokenSource};

/// Redirects within the site that a read follows.
const HOPS: u32 = 3;

/// Headers a request may not set: they say who asks, or how the answer comes.
const RESERVED: [&str; 10] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "user-agent",
    "upgrade",
];

/// What may differ from account to account and in tests.
#[derive(Clone)]
pub struct Options {
    /// Time for a connection, the TLS handshake included.
    pub connect: Duration,
    /// Time for a whole answer, from the connection to its last byte.
    pub whole: Duration,
    /// How the token is sent.
    pub token_header: TokenHeader,
    /// The proxies that are set.
    pub proxies: Proxies,
    /// Time and chance between repeats.
    pub pace: Arc<dyn Pace>,
    /// Takes writes down instead of sending them.
    pub rehearsal: Option<Arc<Rehearsal>>,
}

impl Default for Options {
    /// 10 s, 30 s, a bearer token, proxies of the environment, real time.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(30),
            token_header: TokenHeader::default(),
            proxies: Proxies::from_environment(),
            pace: Arc::new(Clocked),
            rehearsal: None,
        }
    }
}

/// The way of one account to its server. Making one touches neither network nor
/// disk; the first request reads certificates and token.
pub struct Client {
    provider: &'static str,
    account: AccountName,
    site: Site,
    ca_file: Option<std::path::PathBuf>,
    options: Options,
    ends: Ends,
    source: Source,
    held: Mutex<Held>,
    line: OnceCell<reqwest::Client>,
    /// All requests under way, and those of them that write.
    requests: Semaphore,
    sends: Semaphore,
}

/// Where this client gets its token.
enum Source {
    Obtained(TokenSource),
    Given(Arc<Token>),
}

/// The token as it was last obtained.
#[derive(Default)]
struct Held {
    token: Option<Arc<Token>>,
    /// Grows with each time of obtaining, so that of many refused requests only
    /// the first asks anew.
    round: u64,
}

impl Client {
    /// A client for an account. `provider` is its name in sentences
    /// (`Operately`).
    ///
    /// # Errors
    /// The account's `url` cannot be used.
    pub fn new(provider: &'static str, sign_in: &SignIn, options: Options) -> Result<Self, Fault> {
        let source = Source::Obtained(sign_in.token.clone());
        Self::from_source(provider, sign_in, source, options)
    }

    /// A client that uses this token and no other: for trying one that was just
    /// typed.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_token(
        provider: &'static str,
        sign_in: &SignIn,
        token: Token,
        options: Options,
    ) -> Result<Self, Fault> {
        let source = Source::Given(Arc::new(token));
        Self::from_source(provider, sign_in, source, options)
    }

    fn from_source(
        provider: &'static str,
        sign_in: &SignIn,
        source: Source,
        options: Options,
    ) -> Result<Self, Fault> {
        let site = Site::parse(&sign_in.url, sign_in.insecure)?;
        let ends = Ends {
            host: site.host(),
            proxy: options.proxies.proxy_for(&site),
            connect: options.connect,
        };
        Ok(Self {
            provider,
            account: sign_in.account.clone(),
            site,
            ca_file: sign_in.ca_file.clone(),
            options,
            ends,
            source,
            held: Mutex::default(),
            line: OnceCell::new(),
            requests: Semaphore::new(IN_FLIGHT),
            sends: Semaphore::new(SENDS_IN_FLIGHT),
        })
    }

    /// Where it goes.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The proxy it goes through, as scheme, host and port.
    pub fn proxy(&self) -> Option<&str> {
        self.ends.proxy.as_deref()
    }

    /// Time and chance of this client, for who waits outside of a request.
    pub fn pace(&self) -> &dyn Pace {
        self.options.pace.as_ref()
    }

    /// Whether the token begins with these letters, by which some systems tell
    /// sorts of tokens apart. Obtains the token if that was not done yet.
    ///
    /// # Errors
    /// There is no token.
    pub async fn token_begins_with(&self, letters: &str) -> Result<bool, Fault> {
        let (token, _) = self.token().await?;
        Ok(token.begins_with(letters))
    }

    /// The mark by which a change of the token is noticed; see
    /// [`Token::fingerprint`]. Obtains the token if that was not done yet.
    ///
    /// # Errors
    /// There is no token.
    pub async fn fingerprint(&self) -> Result<String, Fault> {
        let (token, _) = self.token().await?;
        Ok(token.fingerprint(&self.account))
    }

    /// What the token says of itself, if it is one that does; see
    /// [`Token::claims`]. Obtains the token if that was not done yet.
    ///
    /// # Errors
    /// There is no token.
    pub async fn claims(&self) -> Result<Option<serde_json::Value>, Fault> {
        let (token, _) = self.token().await?;
        Ok(token.claims())
    }

    /// Asks. A `GET` is repeated up to three times with growing pauses if no
    /// connection came about, it broke off, or the server says 429, 502, 503 or
    /// 504; once if it says 500. Where the server asks for a wait longer than 10 s
    /// its answer is given back at once. A 401 obtains the token anew and, if it
    /// is another, asks once more. Other methods go out once, as with
    /// [`Client::send`], except that redirects and 401 are the same failures.
    ///
    /// # Errors
    /// There is no whole answer; any status is an answer.
    pub async fn read(&self, request: Request) -> Result<Reply, Failure> {
        if request.method != Method::GET {
            return self.send(request).await;
        }
        let mut round = 0;
        let mut was_500 = false;
        let mut was_401 = false;
        loop {
            let (token, of) = self.token().await.map_err(Failure::Unready)?;
            let outcome = self.follow(&request, &token).await;
            if let Ok(reply) = &outcome
                && reply.status == 401
                && !was_401
            {
                was_401 = true;
                if self.renewed(&token, of).await.map_err(Failure::Unready)? {
                    continue;
                }
            }
            let is_told =
                matches!(&outcome, Ok(reply) if reply.status == 429 && request.tells_limits);
            let pause = self.pause_after(&outcome, round, &mut was_500);
            let Some(pause) = pause.filter(|_| !is_told) else {
                return outcome.map_err(|trouble| trouble.failure);
            };
            tracing::debug!(
                account = %self.account,
                path = bare_path(&request.path),
                pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
                "asking again"
            );
            self.options.pace.rest(pause).await;
            round += 1;
        }
    }

    /// Sends a write: one attempt, never repeated, no redirect followed. A 401
    /// lets the next request obtain the token anew.
    ///
    /// # Errors
    /// There is no whole answer; any status is an answer.
    pub async fn send(&self, request: Request) -> Result<Reply, Failure> {
        let (token, of) = self.token().await.map_err(Failure::Unready)?;
        let address = self.address(&request).map_err(Failure::Unready)?;
        if let Some(rehearsal) = &self.options.rehearsal {
            return Err(rehearsal.take(&request, address.as_str(), self.options.token_header));
        }
        // A semaphore of ours is never closed.
        let _send = self.sends.acquire().await.ok();
        let outcome = self.attempt(&request, address, &token).await;
        let reply = outcome.map_err(|trouble| trouble.failure)?;
        if reply.status == 401 {
            self.forget(of).await;
        }
        if is_redirect(reply.status) {
            return Err(self.astray(&reply, "a write is not repeated elsewhere"));
        }
        Ok(reply)
    }

    /// How long to rest before the next attempt of a read; none if its outcome
    /// stands.
    fn pause_after(
        &self,
        outcome: &Result<Reply, Trouble>,
        round: u32,
        was_500: &mut bool,
    ) -> Option<Duration> {
        if round >= REPEATS {
            return None;
        }
        let own = wait::pause(round, self.options.pace.as_ref());
        match outcome {
            Err(trouble) => trouble.may_pass.then_some(own),
            Ok(reply) => match reply.status {
                429 | 502 | 503 | 504 => {
                    let asked = reply.retry_after.unwrap_or(own);
                    (asked <= PATIENCE).then_some(asked)
                }
                500 if !*was_500 => {
                    *was_500 = true;
                    Some(own)
                }
                _ => None,
            },
        }
    }

    /// One read with the redirects inside the site it is sent through.
    async fn follow(&self, request: &Request, token: &Token) -> Result<Reply, Trouble> {
        let unready = |fault| Trouble::lasting(Failure::Unready(fault));
        let mut address = self.address(request).map_err(unready)?;
        for _ in 0..=HOPS {
            let reply = self.attempt(request, address.clone(), token).await?;
            if !is_redirect(reply.status) {
                return Ok(reply);
            }
            let next = reply
                .header("location")
                .and_then(|to| address.join(to).ok());
            match next {
                Some(next) if reply.status != 303 && self.site.same_origin(&next) => address = next,
                _ => {
                    let remedy = "check the account's url, and whether the network wants a sign-in";
                    return Err(Trouble::lasting(self.astray(&reply, remedy)));
                }
            }
        }
        Err(Trouble::lasting(Failure::BadAnswer(format!(
            "{} sends us in circles; check the account's url",
            self.ends.host
        ))))
    }

    /// The failure of a redirect that is not followed.
    fn astray(&self, reply: &Reply, remedy: &str) -> Failure {
        let host = &self.ends.host;
        let to = reply
            .header(LOCATION.as_str())
            .and_then(|to| self.site.base().join(to).ok());
        Failure::BadAnswer(match to {
            Some(to) if self.site.same_origin(&to) => format!(
                "{host} sends us on to {} (HTTP {}), which is not followed: {remedy}",
                to.path(),
                reply.status
            ),
            Some(to) => format!(
                "{host} sends us on to {}://{} (HTTP {}), which gets neither request nor token; {remedy}",
                to.scheme(),
                host_of(&to),
                reply.status
            ),
            None => format!(
                "{host} sends us on without saying where (HTTP {})",
                reply.status
            ),
        })
    }

    fn address(&self, request: &Request) -> Result<Url, Fault> {
        self.site.address(&request.path, &request.query)
    }

    /// One request and its whole answer, within the number of requests under way
    /// and the time for it.
    async fn attempt(
        &self,
        request: &Request,
        address: Url,
        token: &Token,
    ) -> Result<Reply, Trouble> {
        let line = self
            .line()
            .await
            .map_err(|fault| Trouble::lasting(Failure::Unready(fault)))?;
        let headers = self
            .headers(request, token)
            .map_err(|why| Trouble::lasting(Failure::NotSent(why)))?;
        let body = match &request.body {
            None => None,
            Some(Body::Json(value)) => Some(value.to_string().into_bytes()),
            Some(Body::Bytes { bytes, .. }) => Some(bytes.clone()),
        };
        let _place = self.requests.acquire().await.ok();
        // Last of all checks: nothing above may ever lead elsewhere.
        if !self.site.same_origin(&address) {
            return Err(Trouble::lasting(Failure::NotSent(format!(
                "the token is for {} only",
                self.ends.host
            ))));
        }
        let mut asked = line
            .request(request.method.clone(), address)
            .headers(headers);
        if let Some(body) = body {
            asked = asked.body(body);
        }
        let limit = request.within.unwrap_or(self.options.whole);
        let outcome = match tokio::time::timeout(limit, self.answer(asked, request.largest)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(self.ends.too_slow(limit)),
        };
        self.note(request, &outcome);
        outcome
    }

    async fn answer(
        &self,
        asked: reqwest::RequestBuilder,
        largest: usize,
    ) -> Result<Reply, Trouble> {
        let failed = |error| self.ends.trouble(error);
        let mut response = asked.send().await.map_err(failed)?;
        let too_large = || {
            Trouble::lasting(Failure::TooLarge(format!(
                "the answer of {} is larger than {} and was cut off",
                self.ends.host,
                size(largest)
            )))
        };
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).unwrap_or(usize::MAX) > largest {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(failed)? {
            if body.len() + part.len() > largest {
                return Err(too_large());
            }
            body.extend_from_slice(&part);
        }
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        Ok(Reply::new(
            self.provider,
            self.ends.host.clone(),
            status,
            headers,
            body,
        ))
    }

    /// What the log keeps of an attempt: no parameter, nothing anybody wrote.
    fn note(&self, request: &Request, outcome: &Result<Reply, Trouble>) {
        let (account, method) = (&self.account, &request.method);
        let path = bare_path(&request.path);
        match outcome {
            Ok(reply) => tracing::debug!(
                %account, %method, path, status = reply.status, bytes = reply.body.len(), "answered"
            ),
            Err(trouble) => {
                tracing::info!(%account, %method, path, "no answer: {}", trouble.failure);
            }
        }
    }

    fn headers(&self, request: &Request, token: &Token) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let wrong = |_| format!("the header {name} cannot be sent");
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong(()))?;
            if RESERVED.contains(&key.as_str()) {
                return Err(format!("the header {name} is not for requests to set"));
            }
            let mut value = HeaderValue::from_str(value).map_err(|_| wrong(()))?;
            value.set_sensitive(true);
            headers.insert(key, value);
        }
        headers.insert(ACCEPT, HeaderValue::from_static(request.accept));
        match &request.body {
            None => {}
            Some(Body::Json(_)) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            Some(Body::Bytes { content_type, .. }) => {
                let value = HeaderValue::from_str(content_type)
                    .map_err(|_| "the content type cannot be sent".to_owned())?;
                headers.insert(CONTENT_TYPE, value);
            }
        }
        match request.signed.unwrap_or(self.options.token_header) {
            TokenHeader::Bearer => headers.insert(AUTHORIZATION, token.header()),
            TokenHeader::Bare => headers.insert(AUTHORIZATION, token.header_after("")),
            TokenHeader::Prefixed(word) => {
                headers.insert(AUTHORIZATION, token.header_after(&format!("{word} ")))
            }
            TokenHeader::Named(name) => {
                headers.insert(HeaderName::from_static(name), token.header_after(""))
            }
        };
        Ok(headers)
    }

    /// The library's client, made with the first request.
    async fn line(&self) -> Result<&reqwest::Client, Fault> {
        let make = || async {
            let ca_file = self.ca_file.clone();
            let proxy = self.options.proxies.intercept(&self.site);
            let connect = self.options.connect;
            // Reading the machine's certificates takes tens of milliseconds.
            let made = tokio::task::spawn_blocking(move || {
                line::build(Plan {
                    ca_file: ca_file.as_deref(),
                    proxy,
                    connect,
                })
            });
            made.await.unwrap_or_else(|_| Err(line::unusable()))
        };
        self.line.get_or_try_init(make).await
    }

    async fn token(&self) -> Result<(Arc<Token>, u64), Fault> {
        let source = match &self.source {
            Source::Given(token) => return Ok((Arc::clone(token), 0)),
            Source::Obtained(source) => source,
        };
        let mut held = self.held.lock().await;
        if let Some(token) = &held.token {
            return Ok((Arc::clone(token), held.round));
        }
        let token = Arc::new(obtain(source).await?);
        held.token = Some(Arc::clone(&token));
        held.round += 1;
        Ok((token, held.round))
    }

    /// After a 401: obtains the token anew, unless somebody else just did.
    /// Whether there is another one now.
    async fn renewed(&self, refused: &Token, of: u64) -> Result<bool, Fault> {
        self.forget(of).await;
        let (token, _) = self.token().await?;
        Ok(!token.is_same(refused))
    }

    /// Drops the token of a round, so that the next request obtains it anew.
    async fn forget(&self, of: u64) {
        let mut held = self.held.lock().await;
        if held.round == of {
            held.token = None;
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({} at {})", self.account, self.site)
    }
}

fn is_redirect(status: u16) -> bool {
    StatusCode::from_u16(status)
        .is_ok_and(|status| status.is_redirection() && status != StatusCode::NOT_MODIFIED)
}

/// Bytes in words: `8 MiB`.
fn size(bytes: usize) -> String {
    const KIB: usize = 1024;
    match bytes {
        whole if whole >= KIB * KIB && whole % (KIB * KIB) == 0 => {
            format!("{} MiB", whole / KIB / KIB)
        }
        whole if whole >= KIB => format!("{} KiB", whole / KIB),
        few => format!("{few} bytes"),
    }
}

#[cfg(test)]
mod tests;
