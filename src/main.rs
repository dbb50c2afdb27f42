//! Chooses a front and sets the exit code.
fn main() {}
