//! Finding, and what was found as numbered lines.

use std::time::Duration;

use crate::model::ids::{GoalId, PersonId};
use crate::model::text::Shown;
use crate::run::conversation::Conversation;
use crate::store::effect::Command;
use crate::store::find::{self, Only, Thing};

use crate::cli::goals;

use super::{Plain, Turn, words};

/// So many are listed: each has a number of one digit.
const MOST: usize = 9;

/// Accounts' own searches are waited for so long.
const FOR_SEARCHES: Duration = Duration::from_secs(3);

impl Plain<'_> {
    /// Asks for words, lists what has them, opens what is chosen.
    pub(super) fn find(&mut self, words: &str) -> Turn {
        let wanted = if words.is_empty() {
            self.ask(&Shown::fixed("Find: "))?.trim().to_owned()
        } else {
            words.to_owned()
        };
        if wanted.is_empty() {
            return Ok(());
        }
        self.begin(vec![Command::Search(wanted.clone())]);
        Conversation::wait_for_answers(self.session.headless(), FOR_SEARCHES);
        let store = self.session.store();
        let found = find::find(store, &wanted, Only::All, MOST);
        let there: Vec<Shown> = store
            .found()
            .iter()
            .map(|(account, one)| {
                let link = match one.link.is_empty() {
                    true => String::new(),
                    false => format!(" {}", one.link),
                };
                crate::shown!("At {account}: {}. {}.{link}", one.kind, one.title)
            })
            .collect();
        if found.is_empty() && there.is_empty() {
            return self.say(&crate::shown!("No match for {wanted}."));
        }
        for (place, one) in found.iter().enumerate() {
            let line = self.found_words(&one.what, &one.text);
            self.say(&crate::shown!("{}. {line}", place + 1))?;
        }
        self.say_all(&there)?;
        let answer = self.ask(&Shown::fixed("A number opens it, Enter goes back: "))?;
        let chosen = answer.trim().parse::<usize>().ok();
        let chosen = chosen.and_then(|number| found.get(number.checked_sub(1)?));
        match chosen.map(|one| &one.what) {
            Some(Thing::Goal(goal) | Thing::Result(goal, _) | Thing::CheckIn(goal, _)) => {
                self.open_goal(goal)
            }
            Some(Thing::Person(person)) => self.goals_of(person),
            None if answer.trim().is_empty() => Ok(()),
            None => self.say(&crate::shown!("No choice {}.", answer.trim())),
        }
    }

    fn found_words(&self, thing: &Thing, text: &str) -> Shown {
        let store = self.session.store();
        let goal = match thing {
            Thing::Goal(goal) | Thing::Result(goal, _) | Thing::CheckIn(goal, _) => {
                store.goal(goal)
            }
            Thing::Person(_) => None,
        };
        let of = goal.map_or("", |goal| goal.name.as_str());
        match thing {
            Thing::Goal(_) => {
                let status = goal.map_or("", |goal| goals::shown(store, goal).words().word);
                let account = goal.map_or("", |goal| goal.account.as_str());
                let done = goal
                    .and_then(|goal| store.figures(&goal.id)?.shown_progress())
                    .map_or_else(String::new, |done| format!(" {}.", words::percent(done)));
                crate::shown!("Goal. {text}. {status}.{done} {account}.")
            }
            Thing::Result(_, result) => {
                let now = self.session.now();
                let stands = goal
                    .and_then(|goal| Some((goal, goal.result(result)?)))
                    .map(|(goal, result)| words::standing(store, goal, result, &now))
                    .unwrap_or_default();
                crate::shown!("Result. {text}. {stands}, of {of}.")
            }
            Thing::CheckIn(..) => {
                let text = words::sentence(text);
                crate::shown!("Check-in. {text} Of {of}.")
            }
            Thing::Person(_) => crate::shown!("Person. {text}."),
        }
    }

    /// A person's goals, to open one.
    fn goals_of(&mut self, person: &PersonId) -> Turn {
        let store = self.session.store();
        let mut theirs: Vec<(String, GoalId)> = store
            .goals()
            .filter(|goal| goal.champion.as_ref() == Some(person) && goal.is_open())
            .map(|goal| (goal.name.clone(), goal.id.clone()))
            .collect();
        theirs.sort();
        theirs.truncate(MOST);
        if theirs.is_empty() {
            let name = words::sentence(&words::who(store, person));
            return self.say(&crate::shown!("{name} No open goals."));
        }
        for (place, (name, id)) in theirs.iter().enumerate() {
            let store = self.session.store();
            let status = store
                .goal(id)
                .map_or("", |goal| goals::shown(store, goal).words().word);
            self.say(&crate::shown!("{}. {status}. {name}.", place + 1))?;
        }
        let answer = self.ask(&Shown::fixed("A number opens it, Enter goes back: "))?;
        let chosen = answer.trim().parse::<usize>().ok();
        match chosen.and_then(|number| theirs.get(number.checked_sub(1)?)) {
            Some((_, goal)) => self.open_goal(&goal.clone()),
            None => Ok(()),
        }
    }
}
