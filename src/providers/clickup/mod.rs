//! ClickUp's goals: folders, goals and key results of one Workspace over its API
//! v2. Turns our questions and writes into its calls; keeps nothing but what it
//! learned of the server and which goals it has read in full.
//!
//! # What ClickUp has no place for
//!
//! A check-in there is a value and a note of one key result. There is no status,
//! no acknowledging, no comment, no inbox, no rhythm, and nothing of a posted
//! update can be changed: [`abilities`] says so, and those that make sense here
//! are kept on this machine by whoever wraps this provider.

pub mod account;
pub mod client;
mod decode;
mod json;
mod learned;
mod meet;
mod names;
mod read;
mod scale;
mod send;
mod who;
mod zone;

pub use account::{ClickUp, Clock};

use crate::model::exchange::{Abilities, Ability};

/// What accounts at ClickUp can do.
pub fn abilities() -> Abilities {
    Abilities {
        check_in: Ability::Native,
        edit_check_in: Ability::No("ClickUp keeps every update; write another check-in"),
        edit_within: None,
        retract: Ability::No("ClickUp keeps every update; write another check-in"),
        status: Ability::KeptHere,
        confidence: Ability::KeptHere,
        tell: Ability::No("ClickUp decides itself who hears of an update"),
        acknowledge: Ability::KeptHere,
        unacknowledge: Ability::KeptHere,
        comment: Ability::KeptHere,
        remark: Ability::KeptHere,
        react: Ability::KeptHere,
        edit_goals: Ability::Native,
        pause: Ability::No("ClickUp's goals do not rest"),
        projects: Ability::No("ClickUp's goals have no projects"),
        close: Ability::KeptHere,
        review: Ability::No("ClickUp has no approvals of goals"),
        together: false,
        inbox: Ability::KeptHere,
        unread: Ability::KeptHere,
        done: Ability::KeptHere,
        people: Ability::No("people are invited on ClickUp's own page"),
        immediate: false,
        idempotent: false,
        provider: "ClickUp",
        short: "clickup",
    }
}
