//! Filters over this store: what words mean here, and what they let through. For
//! lists of every kind: screens, command line, reports.

use crate::model::figures::Figures;
use crate::model::filter::{Around, Filter, Own, Reading, Subject, Trouble, Vocabulary};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, CheckInId, GoalId, PersonId};
use crate::model::nearest::distance;
use crate::model::person::Person;
use crate::model::time::Now;

use super::{Store, inbox, queue};

/// Reads a filter of which every word must be right here.
///
/// # Errors
/// What is wrong with the first word that is, and where it stands.
pub fn parse(store: &Store, text: &str, now: &Now) -> Result<Filter, Trouble> {
    Filter::parse(
        text,
        &vocabulary(store, *now, &|word| own_status(store, word)),
    )
}

/// Reads a filter that is being typed.
pub fn read(store: &Store, text: &str, now: &Now) -> Reading {
    Filter::read(
        text,
        &vocabulary(store, *now, &|word| own_status(store, word)),
    )
}

/// Whether a filter lets a goal through.
pub fn matches(store: &Store, filter: &Filter, goal: &Goal) -> bool {
    filter.matches(goal, store)
}

/// Whether a filter lets something of the queue through: by the goal it is about,
/// plain words also by who wrote what waits, and by what they wrote.
pub fn matches_item(store: &Store, filter: &Filter, item: &queue::Item) -> bool {
    let goal = item.goal(store);
    let mut texts: Vec<&str> = Vec::new();
    let about = match &item.what {
        queue::What::Acknowledge { check_in, .. } => {
            let check_in = goal.and_then(|goal| goal.check_in(check_in));
            check_in.map(|found| (&found.author, found.note.as_str()))
        }
        queue::What::Asked {
            check_in, comment, ..
        } => goal.and_then(|goal| {
            let comments = match check_in {
                Some(check_in) => &goal.check_in(check_in)?.comments,
                None => &goal.comments,
            };
            let found = comments.iter().find(|other| &other.id == comment)?;
            Some((&found.author, found.text.as_str()))
        }),
        queue::What::Owe { .. } | queue::What::Approve { .. } => None,
        queue::What::CannotSend { entry } => {
            texts.extend(store.entry(entry).map(|entry| entry.change.word()));
            None
        }
    };
    if let Some((author, text)) = about {
        texts.push(text);
        texts.extend(store.person(author).map(|person| person.name.as_str()));
    }
    filter.lets_through(
        &Subject {
            goal,
            texts: &texts,
        },
        store,
    )
}

/// Whether a filter lets an inbox line through: by the goal it is about, plain words
/// also by its own sentence and by who did it.
pub fn matches_line(store: &Store, filter: &Filter, line: &inbox::Line) -> bool {
    let actor = line.actor.as_ref().and_then(|actor| store.person(actor));
    let actor = actor.map_or("", |person| person.name.as_str());
    let subject = Subject {
        goal: line.goal.as_ref().and_then(|goal| store.goal(goal)),
        texts: &[line.text.as_str(), actor],
    };
    filter.lets_through(&subject, store)
}

/// The word of some goal's name that is most like one that stands in none, if one is
/// like it at all.
pub fn near_word(store: &Store, wrong: &str) -> Option<String> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    let allowed = match length {
        0..=2 => return None,
        3..=5 => 1,
        _ => 2,
    };
    let letters = letters_of(&wrong);
    let mut best: Option<(usize, String)> = None;
    for goal in store.goals() {
        let words = goal.name.split(|letter: char| !letter.is_alphanumeric());
        for word in words {
            // Cheap looks first: of all words of all names few come further.
            let is_near = word.len().abs_diff(wrong.len()) <= allowed * 4
                && (letters_of(word) ^ letters).count_ones() as usize <= allowed * 2;
            if !is_near {
                continue;
            }
            let distance = distance(word, &wrong);
            let is_better = best
                .as_ref()
                .is_none_or(|(least, known)| (distance, word) < (*least, known.as_str()));
            if distance <= allowed && is_better {
                best = Some((distance, word.to_lowercase()));
            }
        }
    }
    best.map(|(_, word)| word)
}

/// Which ASCII letters a word has, whatever their case: a bit each.
fn letters_of(word: &str) -> u32 {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic);
    letters.fold(0, |letters, letter| letters | 1 << (letter & 31))
}

fn vocabulary<'a>(store: &Store, now: Now, own_status: &'a dyn Fn(&str) -> Own) -> Vocabulary<'a> {
    let mut accounts: Vec<String> = Vec::new();
    for account in store.accounts() {
        let system = account.setup.abilities.provider;
        for name in [account.setup.name.as_str(), system] {
            if !accounts.iter().any(|known| known == name) {
                accounts.push(name.to_owned());
            }
        }
    }
    Vocabulary {
        now,
        accounts: Some(accounts),
        own_status,
    }
}

/// Looked up only for words that are no status of ours.
fn own_status(store: &Store, word: &str) -> Own {
    let word = word.to_lowercase();
    let mut found = Own::No;
    for own in store.goals().filter_map(|goal| goal.status_word.as_deref()) {
        let own = own.to_lowercase();
        if own == word {
            return Own::Yes;
        }
        if own.starts_with(&word) {
            found = Own::Begins;
        }
    }
    found
}

impl Around for Store {
    fn person(&self, id: &PersonId) -> Option<&Person> {
        Store::person(self, id)
    }

    fn me(&self, account: &AccountName) -> Option<&PersonId> {
        Store::me(self, account)
    }

    fn system(&self, account: &AccountName) -> &str {
        let known = self.account(account);
        known.map_or("", |known| known.setup.abilities.provider)
    }

    fn figures(&self, goal: &GoalId) -> Option<&Figures> {
        Store::figures(self, goal)
    }

    fn above(&self, goal: &Goal) -> Option<&Goal> {
        let id = match self.graft(goal) {
            Some(under) => under?.clone(),
            None => goal.parent.clone()?,
        };
        self.goal(&id)
    }

    fn is_changed(&self, goal: &Goal) -> bool {
        self.is_changed_since_look(goal)
    }

    fn is_pinned(&self, goal: &GoalId) -> bool {
        self.marks().is_pinned(goal)
    }

    fn is_pending(&self, goal: &GoalId) -> bool {
        Store::is_pending(self, goal)
    }

    fn is_grafted(&self, goal: &Goal) -> bool {
        self.graft(goal).is_some()
    }

    fn is_acknowledged(&self, goal: &Goal, check_in: &CheckInId) -> bool {
        Store::is_acknowledged(self, goal, check_in)
    }

    fn waits_for_my_approval(&self, goal: &Goal) -> bool {
        let me = Store::me(self, &goal.account);
        me.is_some_and(|me| queue::waits_for_approval(self, goal, me))
    }
}
