//! ClickUp's answers as our nouns, item by item: one bad item hides no other, and
//! whatever is missing, null or of another type is left out. Pure.

mod goal;
mod history;
mod result;
mod tree;

#[cfg(test)]
mod tests;

pub use goal::{Found, Place, goal, is_archived};
pub use history::{Entry, entries};
pub use result::{Steps, percents};
pub use tree::{goals, tree};

use super::scale::Scale;
use super::zone::Zone;
use crate::model::ids::AccountName;

/// What is needed besides the answer itself.
#[derive(Clone, Debug)]
pub struct Look<'a> {
    /// Whose answer it is.
    pub account: &'a AccountName,
    /// Where days begin.
    pub zone: Zone,
    /// What percentages count to.
    pub scale: Scale,
    /// The Workspace, for addresses of pages; may be empty.
    pub team: &'a str,
}
