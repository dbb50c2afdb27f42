//! AchieveIt: plans read by its export, progress updates written by its import,
//! many at once and all or nothing. Turns our questions and writes into its calls;
//! keeps nothing but the updates that were written here, which AchieveIt has no
//! way to read back.
//!
//! Only a few facts of this interface are published; the reading is lenient for
//! that reason and the writing strict.

mod abilities;
pub mod account;
mod answers;
pub mod decimal;
pub mod decode;
mod diary;
mod gather;
pub mod items_file;
mod jobs;
mod plans;
pub mod record;
mod send;
mod text;
mod trail;
pub mod words;

pub use abilities::abilities;
pub use account::{AchieveIt, Clock, ItemsFile, Setup};
pub use record::{Record, csv};
pub use trail::was_taken;
pub use words::Words;
