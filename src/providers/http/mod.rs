//! The one way over the network: every remote provider asks and writes through a
//! [`Client`], which knows its site, its token, limits, time-outs, repeats of
//! reads, certificates and proxies. It knows no provider's calls and keeps no
//! answer; nothing it says or prints ever holds a token.

mod client;
pub mod direct;
mod failure;
mod line;
mod obtain;
mod plain_file;
mod proxy;
mod rate;
mod rehearsal;
mod reply;
mod request;
mod site;
mod token;
mod wait;

pub use client::{Client, Options};
pub use failure::{Failure, fault_of};
pub use obtain::obtain;
pub use proxy::Proxies;
pub use rate::{Claim, Place, Rate};
pub use rehearsal::{Rehearsal, Sketch, is_rehearsed};
pub use reply::Reply;
pub use request::{Body, Request, TokenHeader};
pub use reqwest::Method;
pub use site::Site;
pub use token::{Token, redact};
pub use wait::{Clocked, Pace};

/// Bytes of an answer's body after unpacking, unless a request says otherwise.
pub const LARGEST_ANSWER: usize = 8 * 1024 * 1024;
/// Headers an answer may have.
pub const MOST_HEADERS: usize = 100;
/// Requests under way per account.
pub const IN_FLIGHT: usize = 4;
/// Of these, requests that write.
pub const SENDS_IN_FLIGHT: usize = 2;
