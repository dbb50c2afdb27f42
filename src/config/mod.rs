//! Where files lie, what the configuration file says, and what of it counts.
//! Never draws, never asks a provider; the environment comes in as a value.

pub mod environment;
pub mod file;
mod keys;
pub mod paths;
mod read;
mod write;

pub use environment::Environment;
pub use file::{Config, Loaded, Notice};
pub use paths::Paths;
pub use write::{add_account, print_default};
