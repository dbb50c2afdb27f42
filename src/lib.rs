//! goaldeck.

pub mod model;
