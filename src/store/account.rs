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

    /// Whether something is done on this machine, because its provider has no place
    /// for it.
    pub fn keeps_here(&self, ability: Ability) -> bool {
        ability == Ability::KeptHere
    }

    /// What it does, what is kept here of it and what cannot be, a sentence each;
    /// that its login may only read is said elsewhere and not repeated.
    pub fn ability_sentences(&self) -> Vec<String> {
        let said = self.why_not_write();
        let is_said = |ability| said.is_some() && self.why_not(ability) == said;
        sentences(&self.setup.abilities, is_said)
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

/// What an account does and does not do, as two or three sentences; reasons that
/// were given already are not repeated. What exists at one system alone, as
/// approvals, is named where it is and missed nowhere; on this machine nobody misses
/// being told by mail.
fn sentences(abilities: &Abilities, is_said: impl Fn(Ability) -> bool) -> Vec<String> {
    let all = [
        ("check-ins", abilities.check_in),
        ("status", abilities.status),
        ("confidence", abilities.confidence),
        ("changing check-ins", abilities.edit_check_in),
        ("choosing who is told", abilities.tell),
        ("acknowledging", abilities.acknowledge),
        ("comments", abilities.comment),
        ("remarks on goals", abilities.remark),
        ("reactions", abilities.react),
        ("editing goals", abilities.edit_goals),
        ("pausing", abilities.pause),
        ("closing", abilities.close),
        ("approvals", abilities.review),
        ("inbox", abilities.inbox),
        ("marking unread", abilities.unread),
        ("removing inbox lines", abilities.done),
        ("people", abilities.people),
    ];
    let is_missed = |(name, ability): &(&str, Ability)| match *name {
        "approvals" => ability.is_possible(),
        "choosing who is told" => ability.is_possible() || !abilities.immediate,
        _ => true,
    };
    let all: Vec<(&str, Ability)> = all.into_iter().filter(is_missed).collect();
    let of = |wanted: Ability| {
        let names: Vec<&str> = all
            .iter()
            .filter(|(_, ability)| *ability == wanted)
            .map(|(name, _)| *name)
            .collect();
        names.join(", ")
    };
    let (native, here) = (of(Ability::Native), of(Ability::KeptHere));
    let mut lines = Vec::new();
    if here.is_empty() && all.iter().all(|(_, ability)| ability.is_possible()) {
        lines.push("does everything".to_owned());
    } else if !native.is_empty() {
        lines.push(format!("does {native}"));
    }
    if !here.is_empty() {
        lines.push(format!("kept here, on this machine only: {here}"));
    }
    let mut given: Vec<Ability> = Vec::new();
    for (name, ability) in &all {
        if let Ability::No(why) = *ability
            && !is_said(*ability)
            && !given.contains(ability)
        {
            given.push(*ability);
            // Most reasons name what is missing themselves.
            if why.contains(&format!("has no {name}")) {
                lines.push(why.to_owned());
            } else {
                lines.push(format!("no {name}: {why}"));
            }
        }
    }
    if abilities.together {
        lines.push("check-ins that are due at the same time go out as one".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abilities_say_what_is_kept_here_and_what_is_not_possible() {
        let mut all = Abilities {
            check_in: Ability::Native,
            edit_check_in: Ability::Native,
            edit_within: None,
            retract: Ability::Native,
            status: Ability::Native,
            confidence: Ability::Native,
            tell: Ability::Native,
            acknowledge: Ability::Native,
            unacknowledge: Ability::Native,
            comment: Ability::Native,
            remark: Ability::Native,
            react: Ability::Native,
            edit_goals: Ability::Native,
            pause: Ability::Native,
            projects: Ability::Native,
            close: Ability::Native,
            review: Ability::No("this workspace has no approvals of goals"),
            together: false,
            inbox: Ability::Native,
            unread: Ability::Native,
            done: Ability::Native,
            people: Ability::Native,
            immediate: true,
            idempotent: true,
            provider: "the local workspace",
            short: "local",
        };
        assert_eq!(sentences(&all, |_| false), ["does everything"]);
        all.acknowledge = Ability::KeptHere;
        all.people = Ability::No("people are managed at the provider");
        let words = sentences(&all, |_| false);
        assert!(words[0].starts_with("does check-ins, status"));
        assert_eq!(words[1], "kept here, on this machine only: acknowledging");
        assert_eq!(words[2], "no people: people are managed at the provider");
    }
}
