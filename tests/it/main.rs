//! All tests that use the program from outside, in one binary.

mod bytes;
mod cli;
mod demo;
mod layers;
mod pty;
mod rig;
mod rows;
mod screens;
mod store;
mod tape;
mod terminal;
mod two;
mod week;
