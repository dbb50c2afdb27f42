//! What an account may do while its login may only read. Decides nothing else
//! about accounts.

use crate::model::exchange::{Abilities, Ability, Change};

use super::Account;

/// Why a write of an account is refused whose login may only read.
const READS_ONLY: &str = "the token of this account may only read";

impl Account {
    /// Whether its login may only read; the frame says `read-only` then.
    pub fn is_read_only(&self) -> bool {
        self.may_write == Some(false)
    }

    /// Why something cannot be done in it, for who pressed the key; none if it can.
    pub fn why_not(&self, ability: Ability) -> Option<String> {
        let Ability::No(why) = ability else {
            return None;
        };
        match self.why_not_write() {
            Some(reason) if why == READS_ONLY => Some(reason),
            _ => Some(why.to_owned()),
        }
    }

    /// Why nothing can be written to it, if so.
    pub fn why_not_write(&self) -> Option<String> {
        let (name, provider) = (&self.setup.name, self.setup.abilities.provider);
        self.is_read_only().then(|| {
            format!(
                "read-only: the token of {name} may only read; make one with full access at \
                 {provider}"
            )
        })
    }

    /// Takes in whether its login may write; whether that is news.
    pub(super) fn set_may_write(&mut self, may_write: bool) -> bool {
        let is_news = self.is_read_only() == may_write;
        self.may_write = Some(may_write);
        if is_news {
            self.setup.abilities = if may_write {
                self.able.clone()
            } else {
                reading_only(&self.able)
            };
        }
        is_news
    }

    /// Why a write is not even tried, if so.
    pub(super) fn refusal(&self, change: &Change) -> Option<String> {
        let refused = self.is_read_only() && !self.setup.abilities.of(change).is_possible();
        refused.then(|| format!("{} is read-only: {READS_ONLY}", self.setup.name))
    }
}

/// The same account with a login that may only read: what is kept here stays
/// possible, what it cannot do anyway keeps its own reason.
fn reading_only(able: &Abilities) -> Abilities {
    let mut abilities = able.clone();
    for ability in [
        &mut abilities.check_in,
        &mut abilities.edit_check_in,
        &mut abilities.retract,
        &mut abilities.status,
        &mut abilities.confidence,
        &mut abilities.tell,
        &mut abilities.acknowledge,
        &mut abilities.unacknowledge,
        &mut abilities.comment,
        &mut abilities.remark,
        &mut abilities.react,
        &mut abilities.edit_goals,
        &mut abilities.pause,
        &mut abilities.projects,
        &mut abilities.close,
        &mut abilities.inbox,
        &mut abilities.unread,
        &mut abilities.done,
        &mut abilities.people,
    ] {
        if *ability == Ability::Native {
            *ability = Ability::No(READS_ONLY);
        }
    }
    abilities
}
