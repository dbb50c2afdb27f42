//! goaldeck.

pub mod actions;
pub mod disk;
pub mod keys;
pub mod model;
pub mod providers;
pub mod term;
pub mod theme;
pub mod widgets;
