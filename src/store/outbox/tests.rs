//! Every order of events, searched: two equal check-ins on a goal that shows an
//! older equal one, a provider that is late, loses answers and asks to wait, and
//! programs that are killed, stopped and started at any point. The store is the
//! real one; provider, disk and lock are small models whose guards can be taken
//! away, to see that each is needed.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{NaiveDate, TimeDelta};

use super::Settle;
use crate::model::cadence::Cadence;
use crate::model::check_in::CheckIn;
use crate::model::entry::{Entry, EntryState, Record, Records};
use crate::model::exchange::{
    Ability, Answer, Batch, Change, Fault, FaultKind, Letter, Tell, Trail,
};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, EntryId};
use crate::model::progress::Rules as Figures;
use crate::model::time::{Now, Time, Zone};
use crate::providers::fake::able;
use crate::store::effect::{Command, Effect, Outcome, Post};
use crate::store::{Setup, Store};

/// What holds in a search.
#[derive(Clone, Copy)]
struct Rules {
    settle: Settle,
    /// A request is applied at the latest so long after nobody waits for it.
    late: TimeDelta,
    /// The provider notes which check-ins were there before it sends one.
    notes_known: bool,
    /// The provider really looks, before it sends again and when it is asked to.
    looks: bool,
    /// The writes keep their order on a goal.
    ordered: bool,
    /// Only one program sends.
    locks: bool,
    /// The writes are kept on this machine, by programs that never have the lock.
    kept_here: bool,
    /// What is kept here is done once a key.
    once: bool,
    /// Programs on the store.
    programs: usize,
    /// Writes posted.
    writes: usize,
    /// How often each thing may go wrong.
    budget: Budget,
}

#[derive(Clone, Copy, Hash)]
struct Budget {
    crashes: u8,
    losses: u8,
    waits: u8,
    blind: u8,
    stops: u8,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            settle: Settle::default(),
            late: TimeDelta::seconds(89),
            notes_known: true,
            looks: true,
            ordered: true,
            locks: true,
            kept_here: false,
            once: true,
            programs: 1,
            writes: 2,
            budget: Budget {
                crashes: 3,
                losses: 3,
                waits: 1,
                blind: 1,
                stops: 0,
            },
        }
    }
}

/// What a program has before it.
#[derive(Clone)]
enum Item {
    Do(Effect),
    Hear(Outcome),
}

#[derive(Clone)]
struct Program {
    /// None: it is dead.
    store: Option<Store>,
    queue: VecDeque<Item>,
    has_lock: bool,
    is_stopped: bool,
    /// The changes of the disk it has seen.
    seen: u32,
}

/// A request that left.
#[derive(Clone, Hash)]
struct Flight {
    entry: EntryId,
    program: usize,
    is_applied: bool,
    /// Nobody waits for it any more: seconds in which it may still be applied.
    ends: Option<Time>,
}

#[derive(Clone)]
struct World {
    now: Time,
    programs: Vec<Program>,
    disk: BTreeMap<EntryId, Entry>,
    changes: u32,
    /// Whose check-ins stand at the goal, oldest first; the first is last week's.
    server: Vec<Option<EntryId>>,
    flights: Vec<Flight>,
    budget: Budget,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Start(usize),
    Step(usize),
    Crash(usize),
    Stop(usize),
    Continue(usize),
    Reload(usize),
    TakeLock(usize),
    /// A read does not work.
    Blind(usize),
    Apply(usize),
    Answer(usize),
    Lose(usize),
    Wait(usize),
    Tick,
}

fn account() -> AccountName {
    AccountName::new("work")
}

fn new_store(rules: &Rules) -> Store {
    let mut abilities = able();
    if rules.kept_here {
        abilities.remark = Ability::KeptHere;
        abilities.react = Ability::KeptHere;
    }
    let setup = Setup {
        name: account(),
        abilities,
        hold: TimeDelta::zero(),
        refresh: None,
        settle: rules.settle,
        cadence: Cadence::None,
        origin: None,
    };
    Store::new(vec![setup], Figures::default())
}

fn start() -> Time {
    NaiveDate::from_ymd_opt(2026, 11, 20)
        .and_then(|day| day.and_hms_opt(10, 0, 0))
        .unwrap()
        .and_utc()
}

fn change(rules: &Rules) -> Change {
    let goal = "work:g".into();
    if rules.kept_here && rules.ordered {
        Change::Comment {
            goal,
            check_in: None,
            id: "work:k".into(),
            text: "As last week.".to_owned(),
        }
    } else if rules.ordered {
        let mut check_in = CheckIn::new("work:c".into(), "work:me".into(), start());
        check_in.note = "As last week.".to_owned();
        let tell = Tell::default();
        Change::CheckIn {
            goal,
            check_in,
            tell,
        }
    } else {
        Change::React {
            goal,
            check_in: "work:c".into(),
            sign: "+1".to_owned(),
            on: true,
        }
    }
}

impl World {
    fn new(rules: &Rules) -> Self {
        let dead = Program {
            store: None,
            queue: VecDeque::new(),
            has_lock: false,
            is_stopped: false,
            seen: 0,
        };
        let mut world = Self {
            now: start(),
            programs: vec![dead; rules.programs],
            disk: BTreeMap::new(),
            changes: 0,
            server: vec![None],
            flights: Vec::new(),
            budget: rules.budget,
        };
        for place in 0..rules.programs {
            world.act(Act::Start(place), rules);
            while !world.programs[place].queue.is_empty() {
                world.act(Act::Step(place), rules);
            }
        }
        for id in ["a", "b"].into_iter().take(rules.writes) {
            let post = Command::Post(Post {
                id: id.into(),
                account: account(),
                change: change(rules),
                draft: None,
            });
            let now = world.moment();
            let program = &mut world.programs[0];
            let effects = program.store.as_mut().unwrap().command(post, now);
            program.queue.extend(effects.into_iter().map(Item::Do));
        }
        // Before that nobody was told that they are posted.
        while world.disk.len() < rules.writes {
            world.act(Act::Step(0), rules);
        }
        world
    }

    fn moment(&self) -> Now {
        Now::new(self.now, Zone::utc())
    }

    fn records(&self) -> Records {
        let mut entries: Vec<Entry> = self.disk.values().cloned().collect();
        entries.sort_by_key(|entry| entry.seq);
        Records {
            entries,
            ..Records::default()
        }
    }

    fn hear(&mut self, place: usize, outcome: Outcome) {
        let now = self.moment();
        let program = &mut self.programs[place];
        if let Some(store) = &mut program.store {
            let effects = store.outcome(outcome, now);
            program.queue.extend(effects.into_iter().map(Item::Do));
        }
    }

    /// What may happen next. Programs run one after the other; only what comes from
    /// outside can come in between.
    fn choices(&self, rules: &Rules) -> Vec<Act> {
        let mut acts = Vec::new();
        for (place, program) in self.programs.iter().enumerate() {
            let Some(store) = &program.store else {
                acts.push(Act::Start(place));
                continue;
            };
            if program.is_stopped {
                acts.push(Act::Continue(place));
                continue;
            }
            if let Some(item) = program.queue.front() {
                acts.push(Act::Step(place));
                if let Item::Do(Effect::LookFor(_)) = item
                    && self.budget.blind > 0
                {
                    acts.push(Act::Blind(place));
                }
            } else {
                if program.seen != self.changes && rules.programs > 1 {
                    acts.push(Act::Reload(place));
                }
                let is_free = !self.programs.iter().any(|other| other.has_lock);
                if !program.has_lock && (is_free || !rules.locks) && store.wants_sender() {
                    acts.push(Act::TakeLock(place));
                }
            }
            if self.budget.crashes > 0 {
                acts.push(Act::Crash(place));
            }
            if self.budget.stops > 0 {
                acts.push(Act::Stop(place));
            }
        }
        for (place, flight) in self.flights.iter().enumerate() {
            if !flight.is_applied {
                acts.push(Act::Apply(place));
            }
            let is_heard = flight.ends.is_none() && !self.programs[flight.program].is_stopped;
            if is_heard && flight.is_applied {
                acts.push(Act::Answer(place));
            }
            if is_heard && self.budget.losses > 0 {
                acts.push(Act::Lose(place));
            }
            if is_heard && !flight.is_applied && self.budget.waits > 0 {
                acts.push(Act::Wait(place));
            }
        }
        if self.next_wake().is_some() {
            acts.push(Act::Tick);
        }
        acts
    }

    /// Time passes when nobody has anything to do at once.
    fn next_wake(&self) -> Option<Time> {
        let is_at_rest = |program: &Program| {
            program.is_stopped || program.store.is_none() || program.queue.is_empty()
        };
        let waits =
            |flight: &Flight| flight.ends.is_none() && !self.programs[flight.program].is_stopped;
        if !self.programs.iter().all(is_at_rest) || self.flights.iter().any(waits) {
            return None;
        }
        let running = self.programs.iter().filter(|program| !program.is_stopped);
        running
            .filter_map(|program| program.store.as_ref())
            .filter_map(|store| store.outbox.next(&store.lines()))
            .min()
            .map(|time| time.max(self.now))
    }

    fn act(&mut self, act: Act, rules: &Rules) {
        match act {
            Act::Start(place) => self.start(place, rules),
            Act::Step(place) => self.step(place, rules),
            Act::Crash(place) => {
                self.budget.crashes -= 1;
                self.programs[place].store = None;
                self.programs[place].queue.clear();
                self.programs[place].has_lock = false;
                for flight in &mut self.flights {
                    if flight.program == place && flight.ends.is_none() {
                        flight.ends = Some(self.now + rules.late);
                    }
                }
            }
            Act::Stop(place) => {
                self.budget.stops -= 1;
                self.programs[place].is_stopped = true;
            }
            Act::Continue(place) => self.programs[place].is_stopped = false,
            Act::Reload(place) => {
                self.programs[place].seen = self.changes;
                self.hear(place, Outcome::Reloaded(self.records()));
            }
            Act::TakeLock(place) => self.take_lock(place),
            Act::Blind(place) => {
                self.budget.blind -= 1;
                let Some(Item::Do(Effect::LookFor(letter))) =
                    self.programs[place].queue.pop_front()
                else {
                    panic!("a look");
                };
                let fault = Fault::new(FaultKind::Unreadable, "page 2 is missing", "");
                let (entry, found) = (letter.key, Err(fault));
                self.hear(place, Outcome::LookedFor { entry, found });
            }
            Act::Apply(place) => {
                let flight = &mut self.flights[place];
                flight.is_applied = true;
                self.server.push(Some(flight.entry.clone()));
            }
            Act::Answer(place) => {
                let flight = self.flights.remove(place);
                self.answer(flight.program, flight.entry, accepted());
            }
            Act::Lose(place) => {
                self.budget.losses -= 1;
                let flight = &mut self.flights[place];
                flight.ends = Some(self.now + rules.late);
                let (program, entry) = (flight.program, flight.entry.clone());
                self.answer(program, entry, Answer::NoAnswer("cut".to_owned()));
            }
            Act::Wait(place) => {
                self.budget.waits -= 1;
                let flight = self.flights.remove(place);
                self.answer(flight.program, flight.entry, Answer::Busy(5));
            }
            Act::Tick => {
                self.now = self.next_wake().unwrap();
                for place in 0..self.programs.len() {
                    if !self.programs[place].is_stopped {
                        self.hear(place, Outcome::Woke);
                    }
                }
            }
        }
        // What was applied and is waited for by nobody is history, and so is what
        // can come no more.
        let now = self.now;
        self.flights.retain(|flight| {
            flight
                .ends
                .is_none_or(|ends| ends >= now && !flight.is_applied)
        });
    }

    fn answer(&mut self, place: usize, entry: EntryId, answer: Answer) {
        self.programs[place]
            .queue
            .push_back(Item::Hear(Outcome::Answered { entry, answer }));
    }

    fn take_lock(&mut self, place: usize) {
        self.programs[place].has_lock = true;
        let mine = Outcome::Sender {
            mine: true,
            pid: None,
        };
        self.hear(place, mine);
    }

    fn start(&mut self, place: usize, rules: &Rules) {
        let program = &mut self.programs[place];
        program.store = Some(new_store(rules));
        program.seen = self.changes;
        self.hear(place, Outcome::Loaded(self.records()));
        let now = self.moment();
        let program = &mut self.programs[place];
        let effects = program.store.as_mut().unwrap().command(Command::Start, now);
        program.queue.extend(effects.into_iter().map(Item::Do));
        let is_free = !self.programs.iter().any(|other| other.has_lock);
        if is_free && !rules.kept_here {
            self.take_lock(place);
        }
    }

    fn step(&mut self, place: usize, rules: &Rules) {
        let item = self.programs[place].queue.pop_front().unwrap();
        let effect = match item {
            Item::Hear(outcome) => return self.hear(place, outcome),
            Item::Do(effect) => effect,
        };
        let heard = match effect {
            Effect::Write { token, records } => match self.write(&records) {
                true => Outcome::Written { token },
                false => Outcome::NotWritten {
                    token,
                    fault: Fault::new(FaultKind::Changed, "changed", ""),
                },
            },
            Effect::Reread => {
                self.programs[place].seen = self.changes;
                Outcome::Reloaded(self.records())
            }
            Effect::Fetch { ticket, .. } => {
                let mut batch = facts();
                batch.full = true;
                Outcome::Fetched { ticket, batch }
            }
            Effect::Send(letter) => return self.send(place, &letter, rules),
            Effect::LookFor(letter) => {
                let found = Ok(self.finds(&letter, rules).then(Batch::default));
                let entry = letter.key;
                Outcome::LookedFor { entry, found }
            }
            _ => return,
        };
        self.programs[place].queue.push_back(Item::Hear(heard));
    }

    fn write(&mut self, records: &[Record]) -> bool {
        for record in records {
            let Record::PutEntry(entry) = record else {
                continue;
            };
            let known = self.disk.get(&entry.id).map(|known| known.rev);
            if known.map_or(entry.rev > 1, |known| entry.rev != known + 1) {
                return false;
            }
            self.disk.insert(entry.id.clone(), (**entry).clone());
            self.changes += 1;
        }
        true
    }

    fn send(&mut self, place: usize, letter: &Letter, rules: &Rules) {
        if rules.kept_here {
            // One transaction; who dies before the answer has done it all the same.
            if !rules.once || self.times(&letter.key) == 0 {
                self.server.push(Some(letter.key.clone()));
            }
            return self.answer(place, letter.key.clone(), accepted());
        }
        let answer = if letter.trail.as_ref().is_none_or(|trail| !trail.risky) {
            let known = if rules.notes_known {
                self.server.len()
            } else {
                0
            };
            Answer::Onward(Trail {
                words: String::new(),
                note: known.to_string(),
                risky: true,
            })
        } else if self.finds(letter, rules) {
            accepted()
        } else {
            self.flights.push(Flight {
                entry: letter.key.clone(),
                program: place,
                is_applied: false,
                ends: None,
            });
            return;
        };
        self.answer(place, letter.key.clone(), answer);
    }

    /// Whether an equal check-in stands there that was not there before. The
    /// provider cannot see whose it is.
    fn finds(&self, letter: &Letter, rules: &Rules) -> bool {
        let known: usize = letter
            .trail
            .as_ref()
            .map_or(0, |trail| trail.note.parse().unwrap());
        rules.looks && self.server.len() > known
    }

    fn times(&self, entry: &EntryId) -> usize {
        let of_it = |item: &&Option<EntryId>| item.as_ref() == Some(entry);
        self.server.iter().filter(of_it).count()
    }

    /// What went wrong for good.
    fn violation(&self, rules: &Rules) -> Option<String> {
        for (id, entry) in &self.disk {
            let times = self.times(id);
            if times > 1 {
                return Some(format!("{id} doubled"));
            }
            if times == 0 && matches!(entry.state, EntryState::Sent { .. }) {
                return Some(format!("{id} lost"));
            }
        }
        let place = |id: &str| {
            let is_it = |item: &Option<EntryId>| item.as_ref().is_some_and(|it| it.as_str() == id);
            self.server.iter().position(is_it)
        };
        let second = place("b").filter(|_| rules.ordered)?;
        let in_order = place("a").is_some_and(|first| first < second);
        (!in_order).then(|| "out of order".to_owned())
    }

    fn is_done(&self, rules: &Rules) -> bool {
        self.disk.len() == rules.writes
            && self.disk.iter().all(|(id, entry)| {
                matches!(entry.state, EntryState::Sent { .. }) && self.times(id) == 1
            })
    }

    /// Two worlds with the same key have the same future: moments count from now,
    /// numbers of states from what the disk has.
    fn key(&self) -> u64 {
        let mut text = String::new();
        let since = |time: Time| (time - self.now).num_milliseconds();
        let rev = |entry: &Entry| {
            let known = self.disk.get(&entry.id).map_or(0, |known| known.rev);
            i128::from(entry.rev) - i128::from(known)
        };
        let state = |state: &EntryState| match state {
            EntryState::Queued { not_before, .. } => {
                let wait = not_before.filter(|time| *time > self.now).map(since);
                format!("q{wait:?}")
            }
            EntryState::Sending { since: time } => format!("s{}", since(*time)),
            EntryState::Unknown {
                looks, next_look, ..
            } => format!("u{looks}{:?}", next_look.map(since)),
            state => state.word().to_owned(),
        };
        let entry = |entry: &Entry| {
            let note = entry.trail.as_ref().map(|trail| &trail.note);
            format!("{}{}{note:?}{}", entry.id, state(&entry.state), rev(entry))
        };
        for program in &self.programs {
            let Some(store) = &program.store else {
                text.push_str("dead;");
                continue;
            };
            let outbox = &store.outbox;
            for known in outbox.iter() {
                text.push_str(&entry(known));
            }
            let sets = (
                (&outbox.untold, &outbox.fresh, &outbox.unsent, &outbox.ours),
                (&outbox.looking, &outbox.lost, &outbox.missed),
            );
            let is_due = outbox
                .next(&store.lines())
                .is_some_and(|due| due <= self.now);
            let _ = write!(text, "{sets:?}{is_due}{:?}", store.me(&account()));
            for pause in outbox.pauses.values() {
                let left = since(pause.until).max(0);
                let _ = write!(text, "p{left}{}{}", pause.is_asked, pause.failures);
            }
            for item in &program.queue {
                match item {
                    Item::Do(Effect::Write { records, .. }) => {
                        for record in records {
                            if let Record::PutEntry(put) = record {
                                let _ = write!(text, "w{}", entry(put));
                            }
                        }
                    }
                    Item::Do(Effect::Send(letter)) => {
                        let _ = write!(text, "send{}{:?}", letter.key, letter.trail);
                    }
                    Item::Do(Effect::LookFor(letter)) => {
                        let _ = write!(text, "look{}{:?}", letter.key, letter.trail);
                    }
                    Item::Do(effect) => text.push_str(effect.word()),
                    Item::Hear(Outcome::Reloaded(records)) => {
                        for known in &records.entries {
                            let _ = write!(text, "r{}", entry(known));
                        }
                    }
                    Item::Hear(Outcome::Written { .. }) => text.push_str("written"),
                    Item::Hear(Outcome::NotWritten { .. }) => text.push_str("not written"),
                    Item::Hear(Outcome::Answered { entry, answer }) => {
                        let _ = write!(text, "a{entry}{answer:?}");
                    }
                    Item::Hear(Outcome::LookedFor { entry, found }) => {
                        let _ = write!(text, "l{entry}{}", found.is_ok());
                        let _ = write!(text, "{}", matches!(found, Ok(Some(_))));
                    }
                    Item::Hear(outcome) => {
                        let _ = write!(text, "{outcome:?}");
                    }
                }
            }
            let is_fresh = program.seen == self.changes;
            let _ = write!(
                text,
                "{}{}{is_fresh};",
                program.has_lock, program.is_stopped
            );
        }
        for known in self.disk.values() {
            text.push_str(&entry(known));
        }
        for flight in &self.flights {
            let _ = write!(
                text,
                "f{}{}{}{:?}",
                flight.entry,
                flight.program,
                flight.is_applied,
                flight.ends.map(since)
            );
        }
        let mut hash = DefaultHasher::new();
        (text, &self.server, self.budget).hash(&mut hash);
        hash.finish()
    }
}

fn accepted() -> Answer {
    Answer::Accepted {
        batch: Batch::default(),
        undo: None,
    }
}

fn facts() -> Batch {
    let goal = Goal::new("work:g".into(), account(), "Reduce churn", start());
    Batch {
        goals: vec![goal],
        me: Some("work:me".into()),
        ..Batch::default()
    }
}

/// What a search saw.
struct Searched {
    states: usize,
    /// The first thing that went wrong, and how it came to that.
    violation: Option<(String, Vec<Act>)>,
    /// How it came to a state from which not everything can be sent any more.
    dead_end: Option<Vec<Act>>,
}

/// Goes through everything that can happen, nearest first.
fn search(rules: Rules) -> Searched {
    struct Node {
        from: usize,
        act: Option<Act>,
        done: bool,
        before: Vec<usize>,
    }
    fn path(nodes: &[Node], mut place: usize) -> Vec<Act> {
        let mut acts = Vec::new();
        while let Some(act) = nodes[place].act {
            acts.push(act);
            place = nodes[place].from;
        }
        acts.reverse();
        acts
    }
    let first = World::new(&rules);
    let mut places = HashMap::from([(first.key(), 0)]);
    let mut nodes = vec![Node {
        from: 0,
        act: None,
        done: first.is_done(&rules),
        before: Vec::new(),
    }];
    let mut open = VecDeque::from([(0, first)]);
    while let Some((place, world)) = open.pop_front() {
        for act in world.choices(&rules) {
            let mut next = world.clone();
            next.act(act, &rules);
            let key = next.key();
            if let Some(known) = places.get(&key) {
                nodes[*known].before.push(place);
                continue;
            }
            let new = nodes.len();
            places.insert(key, new);
            nodes.push(Node {
                from: place,
                act: Some(act),
                done: next.is_done(&rules),
                before: vec![place],
            });
            if let Some(violation) = next.violation(&rules) {
                return Searched {
                    states: nodes.len(),
                    violation: Some((violation, path(&nodes, new))),
                    dead_end: None,
                };
            }
            open.push_back((new, next));
        }
    }
    let mut reaches: Vec<bool> = nodes.iter().map(|node| node.done).collect();
    let mut back: Vec<usize> = (0..nodes.len()).filter(|place| reaches[*place]).collect();
    while let Some(place) = back.pop() {
        for before in &nodes[place].before {
            if !std::mem::replace(&mut reaches[*before], true) {
                back.push(*before);
            }
        }
    }
    let stuck = reaches.iter().position(|reaches| !reaches);
    Searched {
        states: nodes.len(),
        violation: None,
        dead_end: stuck.map(|place| path(&nodes, place)),
    }
}

#[track_caller]
fn holds(rules: Rules, at_least: usize) {
    let searched = search(rules);
    assert_eq!(searched.violation, None);
    assert_eq!(searched.dead_end, None, "it ends nowhere");
    let states = searched.states;
    println!("{states} states");
    assert!(states >= at_least, "only {states} states were looked at");
}

#[track_caller]
fn breaks(rules: Rules, expected: &str) {
    let searched = search(rules);
    let Some((violation, path)) = searched.violation else {
        panic!("nothing broke in {} states", searched.states);
    };
    assert!(violation.ends_with(expected), "{violation}: {path:?}");
}

#[test]
fn whatever_happens_each_is_sent_once_and_in_order() {
    holds(Rules::default(), 10_000);
}

#[test]
fn without_the_settle_time_a_late_request_doubles() {
    let second = TimeDelta::seconds(1);
    let settle = Settle {
        first: second,
        second,
        ..Settle::default()
    };
    let rules = Rules {
        settle,
        ..Rules::default()
    };
    breaks(rules, "doubled");
}

#[test]
fn without_the_known_ones_last_weeks_is_taken_for_this_weeks() {
    let rules = Rules {
        notes_known: false,
        ..Rules::default()
    };
    breaks(rules, "lost");
}

#[test]
fn without_looking_what_arrived_is_sent_again() {
    let rules = Rules {
        looks: false,
        ..Rules::default()
    };
    breaks(rules, "doubled");
}

#[test]
fn without_order_on_a_goal_one_is_taken_for_the_other() {
    let rules = Rules {
        ordered: false,
        ..Rules::default()
    };
    breaks(rules, "lost");
}

/// Two programs of which one may be stopped and go on much later.
fn two_programs() -> Rules {
    Rules {
        programs: 2,
        writes: 1,
        budget: Budget {
            crashes: 1,
            losses: 1,
            waits: 0,
            blind: 0,
            stops: 1,
        },
        ..Rules::default()
    }
}

#[test]
fn f29_f30_two_programs_send_each_once_whichever_stops_or_dies() {
    holds(two_programs(), 1_000);
}

#[test]
fn without_the_lock_a_program_that_was_stopped_doubles() {
    let mut rules = Rules {
        locks: false,
        ..two_programs()
    };
    // Nothing else has to go wrong.
    (rules.budget.crashes, rules.budget.losses) = (0, 0);
    breaks(rules, "doubled");
}

/// Two programs, neither of which may send, and writes that stay on this machine.
fn kept_here() -> Rules {
    Rules {
        kept_here: true,
        programs: 2,
        writes: 2,
        budget: Budget {
            crashes: 1,
            losses: 0,
            waits: 0,
            blind: 0,
            stops: 0,
        },
        ..Rules::default()
    }
}

#[test]
fn what_is_kept_here_is_done_once_and_in_order_without_the_lock() {
    holds(kept_here(), 1_000);
    let mut one = Rules {
        writes: 1,
        ..kept_here()
    };
    one.budget.stops = 1;
    holds(one, 1_000);
}

#[test]
fn without_doing_a_key_once_what_is_kept_here_doubles() {
    let mut rules = Rules {
        once: false,
        ..kept_here()
    };
    rules.budget.stops = 1;
    breaks(rules, "doubled");
}
