//! The only place that sees both sides: it carries the store's effects out to
//! providers, disk and terminal, and brings what they answer back in, through
//! one queue. It knows the time; nobody below does.

pub mod adding;
pub mod assemble;
pub mod clock;
pub mod conversation;
pub mod direct;
pub mod files;
pub mod front;
pub mod glance;
pub mod headless;
pub mod interactive;
pub mod looks;
pub mod program;
pub mod rehearse;
pub mod remote;
pub mod report;
pub mod rhythm;
mod systems;
pub mod view_file;
pub mod world;
