//! ClickUp's goals against a server of our own that keeps to their description.

mod auth;
pub mod fake;
mod goals;
mod limit;
mod odd;
mod program;
mod read;
pub mod rig;
mod send;
