//! Quantive: a fake server with state, and the provider against it. Every request
//! the fake gets and every answer it gives is judged by its OpenAPI file.

#![allow(dead_code, reason = "what one test needs of the fake another does not")]

mod answers;
mod behaviour;
mod by_program;
pub mod fake;
mod odd;
mod read;
mod review;
mod rig;
mod send;
pub mod world;

#[allow(unused_imports, reason = "for the tests that use the fake")]
pub use fake::Fake;
