//! What an account at an Operately server can do, told before a key is pressed.

use crate::model::exchange::{Abilities, Ability};

use super::super::ages::Build;

const READ_ONLY: &str = "this token may only read; make one with full access (Profile, Password & Security, API Tokens)";

/// What a server of this build lets an account do. `may_write`: none if it is not
/// known whether the token may.
pub fn abilities(build: Build, may_write: Option<bool>) -> Abilities {
    let writes = |ability: Ability| match may_write {
        Some(false) => Ability::No(READ_ONLY),
        _ => ability,
    };
    let native = writes(Ability::Native);
    Abilities {
        check_in: native,
        edit_check_in: native,
        // The server keeps values and status after that, without a word.
        edit_within: Some(72),
        retract: writes(match build.deletes_check_ins() {
            true => Ability::Native,
            false => Ability::No("this server deletes no check-ins (since release 1.7)"),
        }),
        status: native,
        tell: native,
        confidence: Ability::No("Operately asks for no confidence"),
        acknowledge: native,
        unacknowledge: Ability::No("Operately takes no acknowledgement back"),
        comment: native,
        remark: Ability::No("Operately has no remarks on a goal; reply to a check-in"),
        react: native,
        edit_goals: native,
        pause: Ability::No("Operately's goals do not rest"),
        projects: Ability::No(
            "projects are changed on Operately's own pages; here they are read and checked in",
        ),
        close: native,
        review: Ability::No("Operately has no approvals of goals"),
        together: false,
        inbox: native,
        unread: Ability::No("Operately cannot mark as unread"),
        // There is no such thing there: a mark of this machine's.
        done: Ability::KeptHere,
        people: Ability::No("people are invited on Operately's own page"),
        immediate: false,
        idempotent: false,
        provider: "Operately",
        short: "operately",
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::ages::Age;
    use super::*;

    #[test]
    fn a_token_that_may_only_read_can_do_nothing_and_says_why() {
        let build = Build::new(Age::Namespaced, Some("2026-08-21-a"));
        let all = abilities(build, Some(false));
        for ability in [
            all.check_in,
            all.acknowledge,
            all.comment,
            all.retract,
            all.inbox,
        ] {
            assert_eq!(ability, Ability::No(READ_ONLY));
        }
        assert_eq!(abilities(build, None).check_in, Ability::Native);
    }

    #[test]
    fn check_ins_are_deleted_where_the_server_can() {
        let retract = |build| abilities(build, Some(true)).retract;
        assert_eq!(
            retract(Build::new(Age::Namespaced, Some("2026-07-08-a"))),
            Ability::Native
        );
        for old in [
            Build::new(Age::Flat, None),
            Build::new(Age::Namespaced, Some("2026-05-18-a")),
        ] {
            assert!(!retract(old).is_possible());
        }
    }
}
