//! goaldeck.

pub mod actions;
pub mod disk;
pub mod keys;
pub mod model;
pub mod providers;
pub mod run;
pub mod screens;
pub mod store;
pub mod theme;
pub mod widgets;
