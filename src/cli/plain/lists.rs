//! Inbox and outbox as numbered lines.

use crate::model::dates;
use crate::model::entry::{EntryState, Mark};
use crate::model::exchange::{Ability, Change};
use crate::model::ids::EntryId;
use crate::model::text::{self, Shown};
use crate::store::effect::{Command, Post};
use crate::store::inbox::{self, Line};

use crate::cli::outbox;

use super::{Plain, Turn, words};

/// Lines that are read at once.
const PAGE: usize = 9;

impl Plain<'_> {
    /// The inbox, unread first; opening a line reads it.
    pub(super) fn inbox(&mut self) -> Turn {
        let mut first = 0;
        loop {
            let now = self.now();
            let lines = inbox::inbox(self.store(), None, &now);
            if lines.is_empty() {
                return self.say(&Shown::fixed("No news."));
            }
            let unread = lines.iter().filter(|line| !line.read).count();
            if first == 0 {
                self.say(&crate::shown!("Inbox: {unread} unread of {}.", lines.len()))?;
            }
            let page: Vec<Line> = lines.iter().skip(first).take(PAGE).cloned().collect();
            for (place, line) in page.iter().enumerate() {
                let read = if line.read { "" } else { "Unread. " };
                let by = line.actor.as_ref().map_or_else(String::new, |by| {
                    format!("{} ", words::who(self.store(), by))
                });
                let (word, ago) = (line.reason.word(), dates::ago(line.at, &now));
                let said = words::sentence(&format!("{by}{}", line.text));
                let word = words::sentence(word);
                self.say(&crate::shown!("{}. {read}{word} {said} {ago}.", place + 1))?;
            }
            let more = lines.len().saturating_sub(first + PAGE);
            let rest = match more {
                0 => String::new(),
                more => format!("n next, {more} more, "),
            };
            let question = crate::shown!(
                "A number opens it, m and a number marks read, d and a number removes, {rest}\
                 Enter back: "
            );
            let answer = self.ask(&question)?;
            let (letter, number) = split(answer.trim());
            let line = number.and_then(|number: usize| page.get(number.checked_sub(1)?));
            match (letter.as_str(), line) {
                ("", None) if number.is_none() => return Ok(()),
                ("q", _) => return Err(super::Gone::Quit),
                ("n", None) if more > 0 => first += PAGE,
                ("u", _) => self.undo()?,
                ("", Some(line)) => {
                    self.mark_read(line)?;
                    match line.goal.clone() {
                        Some(goal) => self.open_goal(&goal)?,
                        None => self.say(&Shown::fixed("It is about no goal."))?,
                    }
                    return Ok(());
                }
                ("m", Some(line)) => {
                    if !self.is_read_only()? {
                        self.mark_read(line)?;
                        self.say(&Shown::fixed("Read."))?;
                    }
                    first = 0;
                }
                ("d", Some(line)) => {
                    self.remove(line)?;
                    first = 0;
                }
                _ => self.say(&crate::shown!("No choice {}.", answer.trim()))?,
            }
        }
    }

    /// Marks a line read without a word: nobody chose to write that.
    fn mark_read(&mut self, line: &Line) -> Turn {
        if line.read || self.store().read_only().is_some() {
            return Ok(());
        }
        let command = match &line.id {
            Some(id) => Command::PostAtOnce(Post {
                id: self.session.new_entry(),
                account: line.account.clone(),
                change: Change::MarkRead {
                    ids: vec![id.clone()],
                    read: true,
                },
                draft: None,
            }),
            None => Command::Put(Mark::Answered {
                item: line.key.clone(),
                at: self.now().at,
            }),
        };
        self.begin(vec![command]);
        Ok(())
    }

    fn remove(&mut self, line: &Line) -> Turn {
        let known = self.store().account(&line.account);
        let is_here = known.is_some_and(|known| known.setup.abilities.done == Ability::KeptHere);
        match &line.id {
            Some(id) if !is_here => {
                let change = Change::MarkDone {
                    ids: vec![id.clone()],
                    done: true,
                };
                self.post(&line.account, change, None, "Removed.")?;
                Ok(())
            }
            id => {
                if self.is_read_only()? {
                    return Ok(());
                }
                let at = self.now().at;
                let mark = match id {
                    Some(_) => Mark::Done {
                        line: line.key.clone(),
                        at,
                    },
                    None => Mark::Answered {
                        item: format!("done {}", line.key),
                        at,
                    },
                };
                self.begin(vec![Command::Put(mark)]);
                self.say(&Shown::fixed("Removed, kept here."))
            }
        }
    }

    /// What is not sent, drafts, and what to do about them.
    pub(super) fn outbox(&mut self) -> Turn {
        loop {
            let now = self.now();
            let store = self.store();
            let is_open = |entry: &&crate::model::entry::Entry| {
                !matches!(entry.state, EntryState::Sent { .. })
            };
            let open: Vec<EntryId> = store
                .entries()
                .filter(is_open)
                .map(|entry| entry.id.clone())
                .collect();
            let mut lines = Vec::new();
            for (place, id) in open.iter().enumerate() {
                let Some(entry) = store.entry(id) else {
                    continue;
                };
                let state = words::sentence(entry.state.word());
                let what = words::sentence(&store.describe(entry));
                let why = words::sentence(&outbox::why(store, entry, &now));
                lines.push(crate::shown!("{}. {state} {what} {why}", place + 1));
            }
            for draft in store.drafts() {
                let goal = draft.key.goal.as_ref().and_then(|id| store.goal(id));
                let name = goal.map_or("new goal", |goal| goal.name.as_str());
                let word = outbox::draft_word(draft);
                let ago = dates::ago(draft.saved_at, &now);
                lines.push(crate::shown!("Draft. {word} {name}. Saved {ago}."));
            }
            if lines.is_empty() {
                return self.say(&Shown::fixed("Nothing to send."));
            }
            self.say_all(&lines)?;
            if open.is_empty() {
                return Ok(());
            }
            let question = "t and a number tries now, e makes a draft, d drops, u undo, \
                            Enter back: ";
            let answer = self.ask(&Shown::fixed(question))?;
            let (letter, number) = split(answer.trim());
            let entry = number.and_then(|number: usize| open.get(number.checked_sub(1)?));
            match (letter.as_str(), entry) {
                ("", _) => return Ok(()),
                ("q", _) => return Err(super::Gone::Quit),
                ("u", _) => self.undo()?,
                ("t" | "e" | "d" | "k", Some(entry)) => self.settle(entry, &letter)?,
                ("t" | "e" | "d" | "k", None) => {
                    self.say(&text::line(&format!("Say which: {letter} and a number.")))?;
                }
                _ => self.say(&crate::shown!("No choice {}.", answer.trim()))?,
            }
        }
    }
}

/// A letter and a number: `m 2`, `m2`, `2`.
fn split(answer: &str) -> (String, Option<usize>) {
    let letter: String = answer.chars().take_while(|c| !c.is_ascii_digit()).collect();
    let number = answer
        .get(letter.len()..)
        .and_then(|rest| rest.trim().parse().ok());
    (letter.trim().to_lowercase(), number)
}
