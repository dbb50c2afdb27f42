//! The queue as a talk: one item after the other, acting on one brings the next.

use crate::model::entry::Mark;
use crate::model::exchange::{Change, ReviewStep};
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, EntryId, GoalId};
use crate::model::text::{self, Shown};
use crate::store::effect::Command;
use crate::store::queue::{self, Group, Item, What};

use super::{Plain, Turn, items, words};

/// Where the talk stands in the queue.
#[derive(Default)]
struct Spot {
    /// Place of the item, from 0.
    place: usize,
    /// The item that was read last: it is not read again unasked.
    read: Option<String>,
    /// The group whose name was said last.
    group: Option<Group>,
    /// What waits was said to be nothing.
    said_empty: bool,
}

/// The choices of an item as its prompt has them.
fn choices(item: &Item) -> &'static str {
    match item.what {
        What::Owe { .. } => "c check in, g open goal, s later, n next, q quit: ",
        What::Acknowledge { .. } => "a acknowledge, r reply, s later, n next, q quit: ",
        What::Approve { .. } => "a approve, m remark, g open goal, s later, n next, q quit: ",
        What::Asked { .. } => "r reply, g open goal, s later, n next, q quit: ",
        What::CannotSend { .. } => "t try again, e make a draft, d drop, s later, n next, q quit: ",
    }
}

/// All choices there are, a statement each.
const ALL: [&str; 22] = [
    "a acknowledges the check-in, or approves the plan.",
    "r replies.",
    "+ puts a plus one under the check-in, or takes it away.",
    "c checks in on the goal.",
    "m remarks on the goal.",
    "g opens the goal.",
    "f reads a long note to its end; f and a word finds goals, results, check-ins and people.",
    "s puts the item off.",
    "n goes to the next item, b to the one before, a number to that item.",
    "v reads the item again.",
    "l lists all items.",
    "t tries to send again, of what could not be sent.",
    "k marks what may have been sent as sent.",
    "e makes a draft of what could not be sent.",
    "d drops what could not be sent.",
    "i opens the inbox.",
    "o opens the outbox.",
    "u takes the last write back.",
    "q quits; what is held is sent first.",
    "In a text, a line with a single full stop ends it.",
    "In a form, .b goes back, .c clears a field, .q keeps a draft, .x throws away.",
    "? says this.",
];

impl Plain<'_> {
    /// Talks about the queue until the person leaves.
    pub(super) fn run(&mut self) -> Turn {
        let mut spot = Spot::default();
        self.greet()?;
        loop {
            let items = queue::queue(self.store(), &self.now());
            let answer = if items.is_empty() {
                self.ask_empty(&mut spot)?
            } else {
                self.ask_item(&items, &mut spot)?
            };
            self.answer(&items, &mut spot, answer.trim())?;
        }
    }

    fn greet(&mut self) -> Turn {
        let items = queue::queue(self.store(), &self.now());
        if items.is_empty() {
            return Ok(());
        }
        let counts = queue::counts(&items);
        let names = [
            "you owe",
            "to acknowledge",
            "asked of you",
            "cannot be sent",
        ];
        let parts: Vec<String> = counts
            .iter()
            .zip(names)
            .filter(|(count, _)| **count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        self.say(&crate::shown!(
            "{} for you: {}. ? and Enter says all choices.",
            items.len(),
            parts.join(", ")
        ))
    }

    fn ask_empty(&mut self, spot: &mut Spot) -> Turn<String> {
        if !std::mem::replace(&mut spot.said_empty, true) {
            self.tell()?;
            let now = self.now();
            let next = queue::next_due(self.store(), &now);
            let words = match next {
                _ if self.store().is_empty() => {
                    "No goals yet. goaldeck goals add makes one.".to_owned()
                }
                None => "Nothing is waiting for you.".to_owned(),
                Some((goal, due)) => format!(
                    "Nothing is waiting for you. Next: {}, {}.",
                    goal.name,
                    due.format("%a %-d %b")
                ),
            };
            self.say(&text::line(&words))?;
        }
        self.ask(&Shown::fixed("f find, i inbox, o outbox, u undo, q quit: "))
    }

    fn ask_item(&mut self, items: &[Item], spot: &mut Spot) -> Turn<String> {
        spot.said_empty = false;
        spot.place = spot.place.min(items.len() - 1);
        let Some(item) = items.get(spot.place) else {
            return Ok(String::new());
        };
        if spot.read.as_ref() != Some(&item.key) {
            self.tell()?;
            if spot.group != Some(item.group()) {
                spot.group = Some(item.group());
                let count = items.iter().filter(|one| one.group() == item.group());
                let title = item.group().title().to_lowercase();
                let title = words::sentence(&format!("{title}: {}", count.count()));
                self.say(&text::line(&title))?;
            }
            self.read_item(item, spot.place, items.len())?;
            spot.read = Some(item.key.clone());
        }
        self.ask(&Shown::fixed(choices(item)))
    }

    /// Reads an item; what its account has not told of it yet is asked for first.
    fn read_item(&mut self, item: &Item, place: usize, of: usize) -> Turn {
        let goal = item.goal(self.store()).map(|goal| goal.id.clone());
        crate::run::conversation::Conversation::look(self.session.headless(), goal.as_ref());
        let now = self.now();
        let head = items::head(self.store(), item, &now);
        self.say(&crate::shown!("{} of {of}. {head}", place + 1))?;
        let body = items::body(self.store(), item, &now, words::NOTE_LINES);
        self.say_all(&body)
    }

    pub(super) fn say_all(&mut self, lines: &[Shown]) -> Turn {
        lines.iter().try_for_each(|line| self.say(line))
    }

    fn answer(&mut self, items: &[Item], spot: &mut Spot, answer: &str) -> Turn {
        let item = items.get(spot.place);
        if let Ok(number) = answer.parse::<usize>() {
            return match number.checked_sub(1).filter(|place| *place < items.len()) {
                Some(place) => {
                    spot.place = place;
                    spot.read = None;
                    Ok(())
                }
                None => self.say(&crate::shown!("There is no item {number}.")),
            };
        }
        let (letter, rest) = match answer.split_once(' ') {
            Some((letter, rest)) => (letter, rest.trim()),
            None => (answer, ""),
        };
        match letter.to_lowercase().as_str() {
            "" => self.say(&Shown::fixed("Type a letter and Enter; ? says all.")),
            "?" => ALL
                .iter()
                .try_for_each(|line| self.say(&Shown::fixed(line))),
            "q" => Err(super::Gone::Quit),
            "n" | "b" if items.is_empty() => self.say(&Shown::fixed("The queue is empty.")),
            "n" => self.step(spot, items.len(), true),
            "b" => self.step(spot, items.len(), false),
            "v" => {
                spot.read = None;
                Ok(())
            }
            "l" => self.list(items),
            "u" => self.undo(),
            "i" => self.inbox(),
            "o" => self.outbox(),
            "f" if rest.is_empty() && item.is_some_and(|item| self.has_long_note(item)) => {
                let now = self.now();
                let lines = item.map(|item| items::body(self.store(), item, &now, usize::MAX));
                self.say_all(&lines.unwrap_or_default())
            }
            "f" | "/" => self.find(rest),
            letter => match item {
                Some(item) => self.act(item, letter, rest),
                None => self.say(&crate::shown!("No action on {letter}; ? says all.")),
            },
        }
    }

    fn step(&mut self, spot: &mut Spot, count: usize, forward: bool) -> Turn {
        spot.read = None;
        match (forward, spot.place) {
            (true, place) if place + 1 >= count => {
                spot.place = 0;
                spot.group = None;
                self.say(&Shown::fixed("That was the last; from the first again."))
            }
            (true, place) => {
                spot.place = place + 1;
                Ok(())
            }
            (false, 0) => self.say(&Shown::fixed("This is the first.")),
            (false, place) => {
                spot.place = place - 1;
                Ok(())
            }
        }
    }

    fn has_long_note(&self, item: &Item) -> bool {
        let now = self.now();
        let short = items::body(self.store(), item, &now, words::NOTE_LINES);
        short != items::body(self.store(), item, &now, usize::MAX)
    }

    fn list(&mut self, items: &[Item]) -> Turn {
        let now = self.now();
        for (place, item) in items.iter().enumerate() {
            let head = items::head(self.store(), item, &now);
            self.say(&crate::shown!("{}. {head}", place + 1))?;
        }
        Ok(())
    }

    fn act(&mut self, item: &Item, letter: &str, rest: &str) -> Turn {
        if letter == "s" {
            return self.later(item, rest);
        }
        match (&item.what, letter) {
            (What::Acknowledge { goal, check_in }, "a") => self.acknowledge(goal, check_in),
            (What::Acknowledge { goal, check_in }, "r") => self.reply(goal, Some(check_in)),
            (What::Acknowledge { goal, check_in }, "+") => self.react(goal, check_in),
            (What::Approve { goal }, "a") => self.approve(goal),
            (What::Asked { goal, check_in, .. }, "r") => self.reply(goal, check_in.as_ref()),
            (What::CannotSend { entry }, "t" | "k" | "e" | "d") => self.settle(entry, letter),
            (What::CannotSend { .. }, "c") => self.say(&Shown::fixed(
                "This one is written: e makes a draft of it, d drops it.",
            )),
            (What::Owe { .. }, "a") => self.say(&Shown::fixed(
                "This is yours to write: c checks in, s puts it off.",
            )),
            (What::Asked { .. }, "a") => self.say(&Shown::fixed(
                "This waits for an answer: r replies, s puts it off.",
            )),
            (_, letter) => match item.goal(self.store()).map(|goal| goal.id.clone()) {
                Some(goal) => self.act_on_goal(&goal, letter),
                None => self.say(&crate::shown!("No action on {letter}; ? says all.")),
            },
        }
    }

    /// What can be done to any goal.
    pub(super) fn act_on_goal(&mut self, id: &GoalId, letter: &str) -> Turn {
        let Some(goal) = self.goal(id)? else {
            return Ok(());
        };
        let last = goal.last_check_in().map(|last| last.id.clone());
        match letter {
            "c" => self.check_in(id),
            "g" => self.open_goal(id),
            "m" => self.reply(id, None),
            "r" => self.reply(id, last.as_ref()),
            "+" => match last {
                Some(last) => self.react(id, &last),
                None => self.say(&Shown::fixed("Nothing to react to: no check-in yet.")),
            },
            "a" => self.acknowledge_last(&goal),
            _ => self.say(&crate::shown!("No action on {letter}; ? says all.")),
        }
    }

    fn acknowledge(&mut self, goal: &GoalId, check_in: &CheckInId) -> Turn {
        let Some(goal) = self.goal(goal)? else {
            return Ok(());
        };
        let change = Change::Acknowledge {
            items: vec![(goal.id.clone(), check_in.clone())],
        };
        self.post(&goal.account, change, None, "Acknowledged.")?;
        Ok(())
    }

    fn acknowledge_last(&mut self, goal: &Goal) -> Turn {
        let store = self.store();
        let waits = |check_in: &&crate::model::check_in::CheckIn| {
            check_in.waits()
                && !store.is_acknowledged(goal, &check_in.id)
                && goal
                    .acknowledger(check_in)
                    .is_some_and(|reader| store.is_me(reader))
        };
        let waiting: Vec<CheckInId> = goal
            .check_ins
            .iter()
            .filter(waits)
            .map(|check_in| check_in.id.clone())
            .collect();
        if waiting.is_empty() {
            return self.say(&Shown::fixed(
                "Nothing here waits for your acknowledgement.",
            ));
        }
        let items = waiting.into_iter().map(|id| (goal.id.clone(), id));
        let change = Change::Acknowledge {
            items: items.collect(),
        };
        self.post(&goal.account, change, None, "Acknowledged.")?;
        Ok(())
    }

    fn approve(&mut self, goal: &GoalId) -> Turn {
        let Some(goal) = self.goal(goal)? else {
            return Ok(());
        };
        if self.is_read_only()?
            || !self.agrees(&crate::shown!("Approve {} for everybody?", goal.name))?
        {
            return Ok(());
        }
        let change = Change::Review {
            goal: goal.id.clone(),
            step: ReviewStep::Approve {
                comment: String::new(),
            },
        };
        self.post(&goal.account, change, None, "Approved.")?;
        Ok(())
    }

    fn react(&mut self, goal: &GoalId, check_in: &CheckInId) -> Turn {
        let Some(goal) = self.goal(goal)? else {
            return Ok(());
        };
        let me = self.store().me(&goal.account).cloned();
        let found = goal.check_in(check_in);
        let is_there = found.is_some_and(|found| {
            let mut signs = found.reactions.iter();
            signs.any(|one| Some(&one.by) == me.as_ref() && one.sign == "+1")
        });
        let change = Change::React {
            goal: goal.id.clone(),
            check_in: check_in.clone(),
            sign: "+1".to_owned(),
            on: !is_there,
        };
        let done = match is_there {
            true => "Plus one taken back.",
            false => "Plus one given.",
        };
        self.post(&goal.account, change, None, done)?;
        Ok(())
    }

    fn later(&mut self, item: &Item, rest: &str) -> Turn {
        if self.is_read_only()? {
            return Ok(());
        }
        let now = self.now();
        let next = queue::next_cadence(self.store(), item, &now);
        let fourth = next.map_or_else(String::new, |day| {
            format!(", 4 next cadence {}", crate::model::dates::day(day, &now))
        });
        let answer = if rest.is_empty() {
            self.ask(&crate::shown!(
                "Later: 1 this afternoon, 2 tomorrow 9:00, 3 Monday 9:00{fourth}, Enter back: "
            ))?
        } else {
            rest.to_owned()
        };
        let key = match (answer.trim(), next) {
            ("1", _) => "afternoon".to_owned(),
            ("2", _) => "tomorrow".to_owned(),
            ("3", _) => "monday".to_owned(),
            ("4", Some(day)) => format!("on {day}"),
            ("", _) => return Ok(()),
            (other, _) => return self.say(&crate::shown!("No choice {other}; nothing changed.")),
        };
        let Some(until) = queue::later_until(&key, &now) else {
            return self.say(&Shown::fixed("That day does not exist; nothing changed."));
        };
        self.begin(vec![Command::Put(Mark::Later {
            item: item.key.clone(),
            until,
        })]);
        let when = crate::model::dates::ago(until, &now);
        self.say(&crate::shown!("Later, {when}. Kept here."))
    }

    /// What can be done with a write that needs its person.
    pub(super) fn settle(&mut self, entry: &EntryId, letter: &str) -> Turn {
        if self.is_read_only()? {
            return Ok(());
        }
        let Some(known) = self.store().entry(entry).cloned() else {
            return self.say(&Shown::fixed("It is gone."));
        };
        let what = self.store().describe(&known);
        match letter {
            "t" => {
                if matches!(known.state, crate::model::entry::EntryState::Unknown { .. })
                    && !self.agrees(&Shown::fixed("It may have arrived. Send it again?"))?
                {
                    return Ok(());
                }
                self.begin(vec![Command::Retry(entry.clone())]);
                self.say(&text::line(&words::sentence(&format!(
                    "sending again: {what}"
                ))))
            }
            "k" => {
                self.begin(vec![Command::Settle(entry.clone())]);
                self.tell()
            }
            "e" if known.draft.is_none() => self.say(&Shown::fixed(
                "It was not written in a form; d drops it, its text is kept for 30 days.",
            )),
            "e" => {
                self.begin(vec![Command::Rewrite(entry.clone())]);
                self.say(&text::line(&words::sentence(&format!(
                    "{what} is a draft again"
                ))))
            }
            _ => {
                if !self.agrees(&crate::shown!("Drop {what}?"))? {
                    return Ok(());
                }
                self.begin(vec![Command::Drop(entry.clone())]);
                self.tell()?;
                if self.store().entry(entry).is_none() {
                    self.say(&Shown::fixed("Dropped. Its text is kept for 30 days."))?;
                }
                Ok(())
            }
        }
    }
}
