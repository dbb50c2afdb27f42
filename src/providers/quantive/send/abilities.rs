//! What an account at Quantive can do, told before a key is pressed.

use crate::model::exchange::{Abilities, Ability, Change, GoalEdit};

pub(super) const NO_EDIT: &str =
    "Quantive's interface changes no check-in afterwards; write a new one";
pub(super) const NO_RETRACT: &str =
    "Quantive's interface takes no check-in back; write a new one with the old value";
pub(super) const NO_PEOPLE: &str = "people are invited on Quantive's own page";

/// The same for every server: nothing tells what a token may do.
pub fn abilities() -> Abilities {
    Abilities {
        check_in: Ability::Native,
        edit_check_in: Ability::No(NO_EDIT),
        edit_within: None,
        retract: Ability::No(NO_RETRACT),
        // Its progress colours are reckoned, not given.
        status: Ability::KeptHere,
        confidence: Ability::Native,
        tell: Ability::No("Quantive decides itself who is told of a check-in"),
        acknowledge: Ability::KeptHere,
        unacknowledge: Ability::KeptHere,
        comment: Ability::KeptHere,
        remark: Ability::KeptHere,
        react: Ability::KeptHere,
        edit_goals: Ability::Native,
        pause: Ability::No("Quantive's goals do not rest"),
        projects: Ability::No("Quantive has no projects among its goals"),
        close: Ability::KeptHere,
        review: Ability::Native,
        together: false,
        inbox: Ability::KeptHere,
        unread: Ability::KeptHere,
        done: Ability::KeptHere,
        people: Ability::No(NO_PEOPLE),
        immediate: false,
        idempotent: false,
        provider: "Quantive",
        short: "quantive",
    }
}

/// What of an edit Quantive has a place for; the rest is kept on this machine.
pub fn takes(edit: &GoalEdit) -> GoalEdit {
    GoalEdit {
        reviewer: None,
        cadence: None,
        weight: None,
        aspirational: None,
        ..edit.clone()
    }
}

/// A check-in reaches Quantive by its values, its note or its confidence: one that
/// says a status alone has no part there.
pub fn has_part_in(change: &Change) -> bool {
    match change {
        Change::CheckIn { check_in, .. } => {
            !check_in.values.is_empty()
                || !check_in.note.trim().is_empty()
                || check_in.confidence.is_some()
        }
        _ => true,
    }
}
