//! Quantive Results, formerly Gtmhub: objectives and key results of the running
//! sessions, check-ins one key result at a time, and approvals of objectives. Its
//! "objective" is our goal, its "metric" our key result, its "session" the period.
//!
//! Facts come as they are sent: reading is lenient about every field, and what is
//! missing stays missing. What Quantive has no documented call for (statuses,
//! acknowledgements, replies, closing) is kept on this machine and never gets here.

pub mod account;
pub mod around;
pub mod client;
pub mod decode;
pub mod fetch;
pub mod history;
pub mod ids;
pub mod meet;
pub mod metrics;
pub mod problem;
pub mod review;
pub mod scale;
pub mod send;
pub mod wire;

pub use account::Quantive;
