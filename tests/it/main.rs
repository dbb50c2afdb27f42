//! All tests that use the program from outside, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it did not expect fails, also in its helpers"
)]

mod achieveit;
mod authoring;
mod beside;
mod bytes;
mod cli;
mod cli_accounts;
mod cli_elsewhere;
mod cli_past;
mod cli_views;
mod clickup;
mod contract;
mod demo;
mod layers;
mod mock;
mod mouse;
mod operately;
mod operately_read;
mod operately_send;
mod outbox;
mod plain;
mod pty;
mod quantive;
mod remote;
mod report;
mod rig;
mod rows;
mod screens;
mod side_by_side;
mod slow_line;
mod store;
mod tape;
mod terminal;
mod two;
mod week;
mod whole;
