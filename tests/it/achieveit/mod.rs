//! AchieveIt: a server of it that remembers, and everything goaldeck does with one.

mod cli;
pub mod fake;
mod jobs;
mod odd;
mod read;
mod rig;
mod send;
