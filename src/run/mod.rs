//! The loop.
pub mod clock;
pub mod headless;
pub mod program;
pub mod world;
