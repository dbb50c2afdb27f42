//! What an account at AchieveIt can do, told before a key is pressed.

use crate::model::exchange::{Abilities, Ability};

/// The same for every account: only an import shows whether the key's user is
/// admin of an item.
pub fn abilities() -> Abilities {
    let kept = Ability::KeptHere;
    Abilities {
        check_in: Ability::Native,
        edit_check_in: Ability::No(
            "AchieveIt takes no update back; write a correction as a new check-in",
        ),
        edit_within: None,
        retract: Ability::No(
            "AchieveIt takes no update back; write a correction as a new check-in",
        ),
        status: Ability::Native,
        confidence: kept,
        tell: Ability::No("AchieveIt decides itself who hears of an update"),
        acknowledge: kept,
        unacknowledge: kept,
        comment: kept,
        remark: kept,
        react: kept,
        edit_goals: Ability::No("AchieveIt's plans are changed on its own pages"),
        pause: Ability::No("AchieveIt's plan items do not rest"),
        projects: Ability::No("AchieveIt's plans are changed on its own pages"),
        close: Ability::Native,
        review: Ability::No("AchieveIt has no approvals of goals"),
        together: true,
        inbox: kept,
        unread: kept,
        done: kept,
        people: Ability::No("people are invited on AchieveIt's own pages"),
        immediate: false,
        idempotent: false,
        provider: "AchieveIt",
        short: "achieveit",
    }
}
