//! goaldeck.

pub mod model;
pub mod providers;
