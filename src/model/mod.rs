//! Nouns and arithmetic. Nothing here does IO, reads a clock or knows a colour.

pub mod apply;
pub mod cadence;
pub mod check_in;
pub mod dates;
pub mod direct;
pub mod entry;
pub mod exchange;
pub mod figures;
pub mod filter;
pub mod forecast;
pub mod goal;
pub mod ids;
pub mod key_result;
pub mod memory_shelf;
pub mod notification;
pub mod pace;
pub mod person;
pub mod portable;
pub mod progress;
pub mod sign_in;
pub mod status;
pub mod text;
pub mod time;
pub mod values;
pub mod why;
pub mod workspace;
