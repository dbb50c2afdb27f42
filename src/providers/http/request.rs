//! A request as data: what is asked, never where or by whom.

use std::fmt;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

/// One request to a site. The token, the user agent and the host are the
/// client's.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: Method,
    /// Below the site's base path, beginning with `/`. A part after `?` is taken
    /// as query.
    pub path: String,
    /// Parameters, escaped by the client.
    pub query: Vec<(String, String)>,
    /// What is sent along.
    pub body: Option<Body>,
    /// The media type wanted.
    pub accept: &'static str,
    /// More headers; those that carry tokens, cookies or the host are refused.
    pub headers: Vec<(String, String)>,
    /// Most bytes of the answer's body after unpacking.
    pub largest: usize,
    /// Time for the whole answer, if not the client's.
    pub within: Option<Duration>,
    /// How the token is sent, if not as the client does it.
    pub signed: Option<TokenHeader>,
    /// An answer 429 is given back at once instead of being waited out: the caller
    /// shows the wait.
    pub tells_limits: bool,
}

/// What a request sends along.
#[derive(Clone, PartialEq)]
pub enum Body {
    /// A JSON document.
    Json(Value),
    /// Bytes of some media type.
    Bytes {
        /// `text/csv`.
        content_type: String,
        /// As they are.
        bytes: Vec<u8>,
    },
}

/// How a provider wants its token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenHeader {
    /// `Authorization: Bearer TOKEN`.
    #[default]
    Bearer,
    /// `Authorization: TOKEN`.
    Bare,
    /// `Authorization: PREFIX TOKEN`: a word of the provider's own, written without
    /// the space after it (`API-KEY`).
    Prefixed(&'static str),
    /// A header of the provider's own, by its name in lower case.
    Named(&'static str),
}

impl Request {
    /// A request of any method, without a body.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            accept: "application/json",
            headers: Vec::new(),
            largest: super::LARGEST_ANSWER,
            within: None,
            signed: None,
            tells_limits: false,
        }
    }

    /// A `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A `POST` of a JSON document.
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    /// With one more query parameter.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// With a JSON document as its body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(Body::Json(body));
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With another limit on the bytes of the answer.
    #[must_use]
    pub fn at_most(mut self, bytes: usize) -> Self {
        self.largest = bytes;
        self
    }

    /// With the token sent in another way than the client's.
    #[must_use]
    pub fn signed(mut self, how: TokenHeader) -> Self {
        self.signed = Some(how);
        self
    }

    /// Gives an answer 429 back at once.
    #[must_use]
    pub fn telling_limits(mut self) -> Self {
        self.tells_limits = true;
        self
    }

    /// With another time for the whole answer.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }
}

/// The path without its query, which may hold what a person wrote.
pub(super) fn bare_path(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, bare_path(&self.path))?;
        match &self.body {
            Some(body) => write!(f, " with {body:?}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Body {
    /// Never what a person wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Json(_) => f.write_str("JSON"),
            Body::Bytes { bytes, .. } => write!(f, "{} bytes", bytes.len()),
        }
    }
}
