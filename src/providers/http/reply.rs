//! An answer, read to its end and within its limits.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName};
use serde_json::Value;

use super::wait;
use crate::model::exchange::{Fault, FaultKind};
use crate::model::text;
use crate::model::time::Time;

/// Characters of a request id that are kept.
const REQUEST_ID: usize = 200;

/// A whole answer of a server. Everything in it is foreign.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status, 100 to 999.
    pub status: u16,
    /// The body, unpacked.
    pub body: Vec<u8>,
    /// The server's name for this request (`x-request-id`), for its logs.
    pub request_id: Option<String>,
    /// How long the server asks us to stay away: 1 s to 15 min. Of a 429 without
    /// `Retry-After` until its limit begins anew.
    pub retry_after: Option<Duration>,
    /// The body's media type as sent.
    pub content_type: Option<String>,
    /// The server's clock when it answered.
    pub date: Option<Time>,
    headers: HeaderMap,
    /// The provider and the host, for sentences.
    provider: &'static str,
    host: String,
}

impl Reply {
    /// An answer from its parts; the fields about headers are taken from
    /// `headers`.
    pub fn new(
        provider: &'static str,
        host: impl Into<String>,
        status: u16,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Self {
        let text = |name: HeaderName| Some(headers.get(name)?.to_str().ok()?.to_owned());
        Self {
            status,
            body,
            request_id: text(HeaderName::from_static("x-request-id"))
                .map(|id| id.chars().take(REQUEST_ID).collect()),
            retry_after: wait::asked(&headers)
                .or_else(|| wait::reset(&headers).filter(|_| status == 429)),
            content_type: text(CONTENT_TYPE),
            date: wait::date(&headers),
            headers,
            provider,
            host: host.into(),
        }
    }

    /// Whether the status says that it worked: 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of a name in any case; none if it is not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// When the server's limit of requests begins anew (`X-RateLimit-Reset`), from
    /// its own clock: 1 s to 1 min.
    pub fn limit_resets_in(&self) -> Option<Duration> {
        wait::reset(&self.headers)
    }

    /// All headers as they came; a value that is not text has U+FFFD in it.
    pub fn headers(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), text::utf8(value.as_bytes())))
    }

    /// The body as text; invalid parts become U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        text::utf8(&self.body)
    }

    /// Whether the body is a web page: what captive portals, sign-in pages and
    /// proxies answer in the place of an API.
    pub fn is_page(&self) -> bool {
        let says_html = self
            .content_type
            .as_deref()
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
        says_html || self.body.trim_ascii_start().first() == Some(&b'<')
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`FaultKind::Unreadable`]: it is a web page, empty or no JSON (also nested
    /// deeper than 127, numbers beyond 1e308, halves of surrogates).
    pub fn json(&self) -> Result<Value, Fault> {
        if let Ok(value) = serde_json::from_slice(&self.body) {
            return Ok(value);
        }
        Err(self.not_json())
    }

    fn not_json(&self) -> Fault {
        let (provider, host, status) = (self.provider, &self.host, self.status);
        if self.is_page() {
            return Fault::new(
                FaultKind::Unreadable,
                format!(
                    "this is not an answer of {provider} (host {host}, HTTP {status}): a login page of the network?"
                ),
                "open the network's page in a browser, or check the account's url",
            );
        }
        let place = match serde_json::from_slice::<Value>(&self.body) {
            _ if self.body.trim_ascii().is_empty() => "it is empty".to_owned(),
            Err(error) => error.to_string(),
            Ok(_) => String::new(),
        };
        Fault::new(
            FaultKind::Unreadable,
            format!("the server's answer could not be read ({host}, HTTP {status}: {place})"),
            "try again; if it stays so, the server may be newer than this goaldeck",
        )
    }
}

impl fmt::Debug for Reply {
    /// Without body and headers: they hold what people wrote, and cookies.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("bytes", &self.body.len())
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn reply(content_type: &'static str, body: &str) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert("X-Request-Id", HeaderValue::from_static("F-1"));
        Reply::new("Operately", "a.example", 200, headers, body.into())
    }

    fn refusal(content_type: &'static str, body: &str) -> String {
        let fault = reply(content_type, body).json().unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unreadable);
        fault.why
    }

    #[test]
    fn json_is_read_whatever_the_content_type_says() {
        let json = |kind, body| reply(kind, body).json().unwrap();
        assert_eq!(json("application/json", r#"{"a": 1}"#)["a"], 1);
        assert_eq!(json("text/plain", "[1]")[0], 1);
        assert_eq!(reply("text/plain", "x").header("x-request-id"), Some("F-1"));
        assert_eq!(reply("text/plain", "x").request_id.as_deref(), Some("F-1"));
    }

    #[test]
    fn f16_a_web_page_is_called_a_login_page_of_the_network() {
        for (kind, body) in [
            ("text/html; charset=utf-8", "Sign in"),
            (
                "application/json",
                "\n <!DOCTYPE html><title>Sign in</title>",
            ),
        ] {
            assert_eq!(
                refusal(kind, body),
                "this is not an answer of Operately (host a.example, HTTP 200): a login page of the network?"
            );
        }
    }

    #[test]
    fn f21_what_is_no_json_says_where_and_never_panics() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for body in [
            "{\"a\": tru}",
            "{\"a\": 1",
            "\"\\ud800\"",
            "[1e999]",
            "nothing here",
            "\u{0}",
            deep.as_str(),
        ] {
            let why = refusal("application/json", body);
            assert!(
                why.starts_with("the server's answer could not be read (a.example, HTTP 200: ")
            );
            assert!(why.contains("line 1 column"), "{why}");
        }
        assert!(refusal("application/json", " \n").contains("it is empty"));
    }

    #[test]
    fn printing_an_answer_shows_neither_body_nor_headers() {
        let mut reply = reply("text/plain", "what people wrote");
        reply
            .headers
            .insert("set-cookie", HeaderValue::from_static("CANARY"));
        let printed = format!("{reply:?}");
        assert!(!printed.contains("CANARY") && !printed.contains("wrote"));
    }
}
