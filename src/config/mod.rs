//! Where files lie, what the configuration file says, and what of it counts.
//! Never draws, never asks a provider; the environment comes in as a value.

pub mod account;
pub mod environment;
pub mod file;
mod keys;
pub mod paths;
pub mod private;
mod read;
pub mod read_account;
mod read_theme;
mod read_view;
mod save;
mod write;
mod write_view;

pub use environment::Environment;
pub use file::{Config, Loaded, Notice};
pub use paths::Paths;
pub use read::is_account_name;
pub use save::save;
pub use write::{add_account, change_account, first_account, print_default, remove_account};
pub use write_view::{keep_view, remove_view};
