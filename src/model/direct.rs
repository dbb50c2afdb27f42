//! What is asked of a provider past the store: who is there, and any call of its
//! own. Plain data; everything in the answers is foreign.

use serde_json::Value;

/// What a provider says when it is met: for people, and for choosing whether to
/// keep an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Introduction {
    /// The full name of who is signed in.
    pub person: String,
    /// The company the token belongs to; empty where there is none.
    pub company: String,
    /// The system and which age it speaks: `Operately 2026-07-16 (namespaced names)`.
    pub server: String,
    /// Whether this login may write at all; none if that cannot be told.
    pub may_write: Option<bool>,
    /// Spaces it can see; none where there are none.
    pub spaces: Option<usize>,
    /// Goals it can see.
    pub goals: usize,
}

/// Any call of a provider's own interface.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Which sort.
    pub method: Method,
    /// Below the account's base address, as in the provider's reference.
    pub path: String,
    /// Parameters, not escaped.
    pub query: Vec<(String, String)>,
    /// What is sent along.
    pub body: Option<Body>,
}

/// What a call sends along.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A JSON document.
    Json(Value),
    /// Bytes as they are, said to be JSON.
    Bytes(Vec<u8>),
}

/// HTTP methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads the headers.
    Head,
    /// Writes.
    Post,
    /// Writes.
    Put,
    /// Writes.
    Patch,
    /// Writes.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 6] = [
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Put,
        Method::Patch,
        Method::Delete,
    ];

    /// `GET`
    pub fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// Reads a word in any case.
    pub fn parse(word: &str) -> Option<Self> {
        let is_it = |method: &Method| method.word().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(is_it)
    }

    /// Whether it may change something there.
    pub fn writes(self) -> bool {
        !matches!(self, Method::Get | Method::Head)
    }
}

/// What came back of a [`Call`], whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Headers in the order they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, unpacked.
    pub body: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_read_in_any_case_and_know_whether_they_write() {
        assert_eq!(Method::parse("get"), Some(Method::Get));
        assert_eq!(Method::parse("Patch"), Some(Method::Patch));
        assert_eq!(Method::parse("BREW"), None);
        for method in Method::ALL {
            assert_eq!(Method::parse(method.word()), Some(method));
        }
        assert!(Method::Post.writes() && Method::Delete.writes());
        assert!(!Method::Get.writes() && !Method::Head.writes());
    }
}
