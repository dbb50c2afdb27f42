//! All tests that use the program from outside, in one binary.

mod cli;
mod layers;
mod rig;
mod rows;
mod screens;
mod store;
mod terminal;
