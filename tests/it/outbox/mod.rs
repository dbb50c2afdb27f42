//! Writes to accounts elsewhere, from being posted to being sent: every state, who
//! may send, several programs on one store, and a great many of them.

mod commands;
mod kill;
mod many;
mod programs;
mod race;
mod states;
mod who;
mod whole;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use chrono::TimeDelta;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::check_in::CheckIn;
use goaldeck::model::entry::{Draft, DraftKey, Entry, EntryState, Form, Record, Records};
use goaldeck::model::exchange::{
    Answer, Batch, Change, Fault, FaultKind, Letter, Query, Tell, Trail,
};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{AccountName, EntryId, GoalId, Ticket};
use goaldeck::model::person::Person;
use goaldeck::model::progress::Rules;
use goaldeck::model::status::Status;
use goaldeck::model::time::Now;
use goaldeck::providers::fake;
use goaldeck::store::effect::{Command, Effect, Outcome, Post};
use goaldeck::store::outbox::Settle;
use goaldeck::store::{Setup, Store};

use crate::rig::friday;

/// What programs on one store share: the disk, as the real one takes records.
#[derive(Clone, Default)]
struct Shelf(Rc<RefCell<Records>>);

impl Shelf {
    /// All or nothing, and nothing over a state that somebody else wrote.
    fn write(&self, records: &[Record]) -> bool {
        let mut next = self.0.borrow().clone();
        for record in records {
            match record {
                Record::PutEntry(entry) => {
                    let known = next.entries.iter().find(|known| known.id == entry.id);
                    if known.map_or(entry.rev > 1, |known| entry.rev != known.rev + 1) {
                        return false;
                    }
                    next.entries.retain(|known| known.id != entry.id);
                    next.entries.push((**entry).clone());
                }
                Record::DropEntry { id, rev } => {
                    let before = next.entries.len();
                    next.entries
                        .retain(|known| (&known.id, known.rev) != (id, *rev));
                    if next.entries.len() == before {
                        return false;
                    }
                }
                Record::PutDraft(draft) => {
                    next.drafts.retain(|known| known.key != draft.key);
                    next.drafts.push((**draft).clone());
                }
                Record::DropDraft(key) => next.drafts.retain(|known| &known.key != key),
                Record::PutMark(_) | Record::DropMark(_) => {}
            }
        }
        next.entries.sort_by_key(|entry| entry.seq);
        *self.0.borrow_mut() = next;
        true
    }

    fn records(&self) -> Records {
        self.0.borrow().clone()
    }

    fn entry(&self, id: &str) -> Option<Entry> {
        let records = self.0.borrow();
        let is_it = |entry: &&Entry| entry.id.as_str() == id;
        records.entries.iter().find(is_it).cloned()
    }
}

/// One program without a world: what it wants of the disk is done at once, what it
/// wants of providers is kept for the test to answer.
struct Desk {
    store: Store,
    shelf: Shelf,
    now: Now,
    /// Letters that left, and those that are looked for.
    sent: Vec<Letter>,
    looked: Vec<Letter>,
    said: Vec<String>,
    /// Writes wait here instead of being done, to come in between.
    slow: Option<Vec<(u64, Vec<Record>)>>,
    /// The next writes fail so.
    fault: Option<Fault>,
    /// Who the account says is signed in.
    me: &'static str,
    may_write: Option<bool>,
    /// How many goals the account has.
    goals: u32,
}

fn account() -> AccountName {
    AccountName::new("work")
}

fn setup(name: &str) -> Setup {
    Setup {
        name: AccountName::new(name),
        abilities: fake::able(),
        hold: TimeDelta::zero(),
        refresh: None,
        settle: Settle::default(),
        cadence: Cadence::None,
        origin: None,
    }
}

impl Desk {
    /// The program that sends.
    fn new() -> Self {
        let mut desk = Self::on(&Shelf::default(), vec![setup("work")], friday());
        desk.send();
        desk
    }

    /// A program that was started on a shelf and does not send.
    fn on(shelf: &Shelf, setups: Vec<Setup>, now: Now) -> Self {
        let mut desk = Self::unread(shelf, setups, now);
        desk.command(Command::Start);
        desk
    }

    /// The same, and no account has answered yet.
    fn unread(shelf: &Shelf, setups: Vec<Setup>, now: Now) -> Self {
        let mut desk = Self {
            store: Store::new(setups, Rules::default()),
            shelf: shelf.clone(),
            now,
            sent: Vec::new(),
            looked: Vec::new(),
            said: Vec::new(),
            slow: None,
            fault: None,
            me: "me",
            may_write: None,
            goals: 3,
        };
        desk.hear(Outcome::Loaded(shelf.records()));
        desk
    }

    /// It holds the lock now.
    fn send(&mut self) {
        self.hear(Outcome::Sender {
            mine: true,
            pid: None,
        });
    }

    fn command(&mut self, command: Command) {
        let effects = self.store.command(command, self.now);
        self.turn(effects);
    }

    fn hear(&mut self, outcome: Outcome) {
        let effects = self.store.outcome(outcome, self.now);
        self.turn(effects);
    }

    fn turn(&mut self, effects: Vec<Effect>) {
        let mut queue: VecDeque<Effect> = effects.into();
        while let Some(effect) = queue.pop_front() {
            let heard = match effect {
                Effect::Write { token, records } => match &mut self.slow {
                    Some(slow) => {
                        slow.push((token, records));
                        continue;
                    }
                    None => self.write(token, &records),
                },
                Effect::Reread => Outcome::Reloaded(self.shelf.records()),
                Effect::Fetch {
                    ticket,
                    query,
                    account,
                } => self.facts(ticket, &query, &account),
                Effect::Send(letter) => {
                    self.sent.push(*letter);
                    continue;
                }
                Effect::LookFor(letter) => {
                    self.looked.push(*letter);
                    continue;
                }
                Effect::Say(toast) => {
                    self.said.push(toast.text);
                    continue;
                }
                _ => continue,
            };
            queue.extend(self.store.outcome(heard, self.now));
        }
    }

    fn write(&self, token: u64, records: &[Record]) -> Outcome {
        let changed = || Fault::new(FaultKind::Changed, "another program was faster", "");
        match &self.fault {
            Some(fault) => Outcome::NotWritten {
                token,
                fault: fault.clone(),
            },
            None if self.shelf.write(records) => Outcome::Written { token },
            None => Outcome::NotWritten {
                token,
                fault: changed(),
            },
        }
    }

    /// The disk does what waited.
    fn catch_up(&mut self) {
        for (token, records) in self.slow.take().unwrap_or_default() {
            let heard = self.write(token, &records);
            self.hear(heard);
        }
    }

    /// Somebody else changed the store.
    fn reload(&mut self) {
        self.hear(Outcome::Reloaded(self.shelf.records()));
    }

    fn facts(&self, ticket: Ticket, query: &Query, account: &AccountName) -> Outcome {
        let id = |of: &str| format!("{account}:{of}");
        let goals = (1..=self.goals).map(|number| {
            let goal = GoalId::new(id(&format!("g-{number}")));
            Goal::new(goal, account.clone(), format!("Goal {number}"), self.now.at)
        });
        let people = [("me", "Ana Silva"), ("bo", "Bo Chen")].map(|(of, name)| Person {
            id: id(of).as_str().into(),
            account: account.clone(),
            name: name.to_owned(),
            handle: of.to_owned(),
        });
        let batch = Batch {
            goals: goals.collect(),
            people: people.to_vec(),
            me: Some(id(self.me).as_str().into()),
            full: *query == Query::All,
            may_write: self.may_write,
            ..Batch::default()
        };
        Outcome::Fetched { ticket, batch }
    }

    fn post(&mut self, id: &str, change: Change) {
        self.post_to("work", id, change);
    }

    fn post_to(&mut self, account: &str, id: &str, change: Change) {
        self.command(Command::Post(Post {
            id: id.into(),
            account: AccountName::new(account),
            change,
            draft: None,
        }));
    }

    /// Posts a check-in that was typed in the form of its goal.
    fn post_typed(&mut self, id: &str, goal: u32) {
        let draft = typed(goal, self.now);
        let key = draft.key.clone();
        self.command(Command::Keep(draft));
        self.command(Command::Post(Post {
            id: id.into(),
            account: account(),
            change: check_in(goal, id),
            draft: Some(key),
        }));
    }

    fn answer(&mut self, id: &str, answer: Answer) {
        self.sent.retain(|letter| letter.key.as_str() != id);
        let entry = EntryId::new(id);
        self.hear(Outcome::Answered { entry, answer });
    }

    /// Takes the step before the risky one.
    fn onward(&mut self, id: &str) {
        self.answer(id, Answer::Onward(risky()));
    }

    fn accept(&mut self, id: &str) {
        let batch = Batch::default();
        self.answer(id, Answer::Accepted { batch, undo: None });
    }

    fn found(&mut self, id: &str, found: Result<bool, Fault>) {
        self.looked.retain(|letter| letter.key.as_str() != id);
        let found = found.map(|found| found.then(Batch::default));
        let entry = EntryId::new(id);
        self.hear(Outcome::LookedFor { entry, found });
    }

    /// So much later, if that is a moment something waits for or before.
    fn pass(&mut self, seconds: i64) {
        self.now = Now::new(self.now.at + TimeDelta::seconds(seconds), self.now.zone);
        self.hear(Outcome::Woke);
    }

    fn entry(&self, id: &str) -> &Entry {
        self.store.entry(&id.into()).expect("the entry is there")
    }

    fn word(&self, id: &str) -> &'static str {
        let entry = self.store.entry(&id.into());
        entry.map_or("gone", |entry| entry.state.word())
    }

    fn standing(&self, id: &str) -> String {
        self.store.standing(self.entry(id), &self.now)
    }

    /// Keys of the letters on the line.
    fn on_line(&self) -> Vec<&str> {
        self.sent.iter().map(|letter| letter.key.as_str()).collect()
    }

    fn looked_for(&self) -> Vec<&str> {
        let keys = self.looked.iter().map(|letter| letter.key.as_str());
        keys.collect()
    }

    fn said(&self, words: &str) -> usize {
        let has = |text: &&String| text.contains(words);
        self.said.iter().filter(has).count()
    }

    /// The seconds until the store wants to be woken.
    fn wake_in(&self) -> Option<i64> {
        let next = self.store.next_wake(self.now)?;
        Some((next - self.now.at).num_seconds())
    }
}

fn risky() -> Trail {
    Trail {
        words: String::new(),
        note: "c-1 c-2".to_owned(),
        risky: true,
    }
}

fn check_in(goal: u32, text: &str) -> Change {
    let now = friday();
    let id = format!("work:c-{text}");
    let mut check_in = CheckIn::new(id.as_str().into(), "work:me".into(), now.at);
    check_in.status = Some(Status::AtRisk);
    check_in.note = text.to_owned();
    Change::CheckIn {
        goal: GoalId::new(format!("work:g-{goal}")),
        check_in,
        tell: Tell::default(),
    }
}

fn ack(goal: u32) -> Change {
    let goal = GoalId::new(format!("work:g-{goal}"));
    Change::Acknowledge {
        items: vec![(goal, "work:c-9".into())],
    }
}

fn typed(goal: u32, now: Now) -> Draft {
    Draft {
        key: DraftKey {
            goal: Some(GoalId::new(format!("work:g-{goal}"))),
            form: Form::CheckIn,
        },
        fields: [("note".to_owned(), "what was typed".to_owned())].into(),
        focus: "note".to_owned(),
        cursor: (0, 0),
        scroll: 0,
        saved_at: now.at,
    }
}

fn fault(kind: FaultKind, why: &str) -> Fault {
    Fault::new(kind, why, "")
}

fn looks_of(state: &EntryState) -> Option<u8> {
    match state {
        EntryState::Unknown { looks, .. } => Some(*looks),
        _ => None,
    }
}
