//! Calls a person makes of a provider's own interface: from the question as data
//! to a request, and back.

use super::{Body, Method, Reply, Request};
use crate::model::direct::{self, Call, CallAnswer};

/// A call as a request to this path. Bytes are said to be JSON; where they are not
/// and the provider takes something else, that.
pub fn request(call: Call, path: impl Into<String>, otherwise: Option<&str>) -> Request {
    let method = match call.method {
        direct::Method::Get => Method::GET,
        direct::Method::Head => Method::HEAD,
        direct::Method::Post => Method::POST,
        direct::Method::Put => Method::PUT,
        direct::Method::Patch => Method::PATCH,
        direct::Method::Delete => Method::DELETE,
    };
    let mut request = Request::new(method, path);
    request.query = call.query;
    request.body = call.body.map(|body| match body {
        direct::Body::Json(value) => Body::Json(value),
        direct::Body::Bytes(bytes) => {
            let is_json = || serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
            let other = otherwise.filter(|_| !is_json());
            Body::Bytes {
                content_type: other.unwrap_or("application/json").to_owned(),
                bytes,
            }
        }
    });
    request
}

/// What came back, whatever its status.
pub fn answer(reply: Reply) -> CallAnswer {
    let headers = reply.headers();
    let headers = headers.map(|(name, value)| (name.to_owned(), value.into_owned()));
    CallAnswer {
        status: reply.status,
        headers: headers.collect(),
        body: reply.body,
    }
}
