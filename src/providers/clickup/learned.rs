//! What is remembered over starts: how the server speaks, and which goals were
//! read in full.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::decode::Place;
use super::scale::Scale;
use crate::model::time::Time;

/// The notes these lie under.
pub const LEARNED: &str = "learned";
pub const SEEN: &str = "seen";

/// How a server speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learned {
    /// It took the token bare after it had refused it behind `Bearer`.
    pub bare: bool,
    /// What its percentages count to, once a value showed it.
    pub scale: Option<Scale>,
    /// My number, where only a list of people told it.
    pub me: Option<String>,
}

/// The goals that were read in full, and where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// Whose: another person's facts are thrown away, and these with them.
    pub by: String,
    /// Since when this is noted.
    pub since: Option<Time>,
    /// By ClickUp's ids.
    pub goals: BTreeMap<String, Seat>,
}

/// What was seen of a goal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seat {
    /// Its stamp when it was read in full; none if it was not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
    /// The folder the list had it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Its place there.
    pub position: i64,
}

impl Seat {
    /// Where it stands.
    pub fn place(&self) -> Place {
        Place {
            folder: self.folder.clone(),
            position: self.position,
        }
    }
}
