//! goaldeck.

pub mod disk;
pub mod model;
pub mod providers;
pub mod theme;
pub mod widgets;
