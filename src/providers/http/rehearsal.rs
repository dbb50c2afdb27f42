//! Requests that write, taken down instead of being sent: who asks for a rehearsal
//! sees what would leave. Reads go through, writes never do.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::failure::Failure;
use super::request::{Body, Request, TokenHeader};
use crate::model::exchange::{Fault, FaultKind};

/// A request that would have been sent. It holds no token.
#[derive(Clone, Debug, PartialEq)]
pub struct Sketch {
    /// `POST`, `PUT`, …
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Headers of the request with their names in lower case; in place of the token
    /// stands `***`.
    pub headers: Vec<(String, String)>,
    /// What it sends along: JSON, or text as it is; none if nothing.
    pub body: Option<Value>,
}

/// Takes down what would be sent.
#[derive(Debug, Default)]
pub struct Rehearsal {
    taken: Mutex<Vec<Sketch>>,
}

/// What stands in place of a token.
const MASK: &str = "***";

/// The reason a rehearsed write comes back with.
const WHY: &str = "rehearsed, not sent";

impl Rehearsal {
    /// Takes a request down; what its sender hears.
    pub(super) fn take(&self, request: &Request, url: &str, usual: TokenHeader) -> Failure {
        let mut headers = request.headers.clone();
        headers.push(match request.signed.unwrap_or(usual) {
            TokenHeader::Bearer => header("authorization", format!("Bearer {MASK}")),
            TokenHeader::Bare => header("authorization", MASK.to_owned()),
            TokenHeader::Prefixed(word) => header("authorization", format!("{word} {MASK}")),
            TokenHeader::Named(name) => header(name, MASK.to_owned()),
        });
        let body = request.body.as_ref().map(|body| match body {
            Body::Json(value) => {
                headers.push(header("content-type", "application/json".to_owned()));
                value.clone()
            }
            Body::Bytes {
                content_type,
                bytes,
            } => {
                headers.push(header("content-type", content_type.clone()));
                serde_json::from_slice(bytes)
                    .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
            }
        });
        let sketch = Sketch {
            method: request.method.to_string(),
            url: url.to_owned(),
            headers,
            body,
        };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.push(sketch);
        Failure::Unready(Fault::new(FaultKind::Invalid, WHY, ""))
    }

    /// What was taken down so far, in order.
    pub fn taken(&self) -> Vec<Sketch> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.clone()
    }
}

/// Whether a write came back because it was rehearsed.
pub fn is_rehearsed(fault: &Fault) -> bool {
    fault.why.contains(WHY)
}

fn header(name: &str, value: String) -> (String, String) {
    (name.to_owned(), value)
}
