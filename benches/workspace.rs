//! What a person waits for, on generated workspaces of three sizes: reading,
//! the first frame, keys, a check-in, a refresh. Store and screens run without a
//! world: answers are handed in by the bench, frames are drawn into a buffer.
//!
//! ```text
//! cargo bench --bench workspace
//! cargo bench --bench workspace -- cursor
//! ```

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::cell::RefCell;
use std::collections::HashSet;

use chrono::{DateTime, FixedOffset, TimeDelta};
use divan::{Bencher, black_box};
use goaldeck::actions::Action;
use goaldeck::disk::{Disk, Options};
use goaldeck::keys::chord::{Input, Key, Press};
use goaldeck::keys::keymap::{KeyStyle, Keymap};
use goaldeck::keys::resolve::Resolver;
use goaldeck::model::cache::{Brief, Cache, Site, Synced, Told};
use goaldeck::model::cadence::Cadence;
use goaldeck::model::check_in::{CheckIn, ValueChange};
use goaldeck::model::exchange::{Answer, Batch, Change, Fault, Query, Tell};
use goaldeck::model::ids::{AccountName, CheckInId, EntryId, GoalId, IdSource, PersonId, Ticket};
use goaldeck::model::key_result::{KeyResult, Reading};
use goaldeck::model::progress::Rules;
use goaldeck::model::report::{Format, Report, write};
use goaldeck::model::time::{Now, Time, Zone};
use goaldeck::model::week::Week;
use goaldeck::model::workspace::Workspace;
use goaldeck::providers::demo::generate::{Made, generate};
use goaldeck::providers::fake;
use goaldeck::run::program::{Look, Program};
use goaldeck::screens::{Prefs, Tab};
use goaldeck::store::effect::{Command, Effect, Outcome, Post};
use goaldeck::store::report::{Wish, report};
use goaldeck::store::{Setup, Store};
use goaldeck::theme::{Glyphs, Theme, ThemeName};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (120, 40);
/// Goals that one batch of the local workspace brings.
const BATCH: usize = 500;

fn main() {
    divan::main();
}

fn account() -> AccountName {
    AccountName::new("local")
}

fn me() -> PersonId {
    PersonId::new("local:me")
}

fn now() -> Now {
    let at: DateTime<FixedOffset> = "2026-11-20T10:42:00+01:00".parse().expect("a moment");
    let zone = Zone::new(|_| FixedOffset::east_opt(3600).expect("an hour"));
    Now::new(at.to_utc(), zone)
}

fn made(goals: usize) -> Made {
    generate(goals, 1, now(), &account())
}

/// Everything as the local workspace answers it.
fn batches(made: &Made) -> Vec<Batch> {
    let mut batches: Vec<Batch> = made
        .goals
        .chunks(BATCH)
        .map(|goals| Batch {
            goals: goals.to_vec(),
            more: true,
            ..Batch::default()
        })
        .collect();
    if let Some(first) = batches.first_mut() {
        first.people.clone_from(&made.people);
        first.me = Some(me());
    }
    if let Some(last) = batches.last_mut() {
        last.more = false;
        last.full = true;
    }
    batches
}

/// A program whose world is the bench.
struct Deck {
    program: Program,
    buffer: Buffer,
    now: Now,
    tickets: Vec<Ticket>,
}

impl Deck {
    fn empty(size: (u16, u16), tab: Tab) -> Self {
        let setup = Setup {
            name: account(),
            abilities: fake::able(),
            hold: TimeDelta::zero(),
            refresh: None,
            settle: goaldeck::store::outbox::Settle::default(),
            cadence: Cadence::None,
            origin: None,
        };
        let look = Look {
            tab,
            resolver: Resolver::new(Keymap::built_in(KeyStyle::Vim)),
            prefs: Prefs {
                read_on_open: true,
                default_template: String::new(),
                templates: Vec::new(),
                views: Vec::new(),
                config_path: String::new(),
                data_path: String::new(),
                notifies: false,
                accounts: Vec::new(),
            },
            ids: IdSource::new(1),
            theme: Theme::new(ThemeName::Auto),
            glyphs: Glyphs::Unicode,
            size,
        };
        let mut deck = Self {
            program: Program::new(Store::new(vec![setup], Rules::default()), look),
            buffer: Buffer::empty(Rect::new(0, 0, size.0, size.1)),
            now: now(),
            tickets: Vec::new(),
        };
        let effects = deck.program.command(Command::Start, deck.now);
        deck.note(&effects);
        let glance = Batch {
            me: Some(me()),
            ..Batch::default()
        };
        deck.answer(glance);
        deck
    }

    /// Everything is read and drawn.
    fn full(goals: usize, size: (u16, u16), tab: Tab) -> Self {
        let mut deck = Self::empty(size, tab);
        deck.refresh(batches(&made(goals)));
        deck.draw();
        deck
    }

    fn note(&mut self, effects: &[Effect]) {
        self.tickets.extend(effects.iter().filter_map(|effect| {
            if let Effect::Fetch { ticket, query, .. } = effect {
                assert!(!matches!(query, Query::Goal(_)));
                return Some(*ticket);
            }
            None
        }));
    }

    fn answer(&mut self, batch: Batch) {
        let more = batch.more;
        let ticket = *self.tickets.last().expect("a question");
        if !more {
            self.tickets.pop();
        }
        let outcome = Outcome::Fetched { ticket, batch };
        let effects = self.program.outcome(outcome, self.now);
        self.note(&effects);
    }

    fn refresh(&mut self, batches: Vec<Batch>) {
        for batch in batches {
            self.answer(batch);
        }
    }

    fn press(&mut self, press: Press) {
        let effects = self.program.input(Input::Press(press), self.now);
        black_box(effects);
    }

    fn key(&mut self, letter: char) {
        self.press(Press::char(letter));
        self.draw();
    }

    fn draw(&mut self) {
        self.buffer.reset();
        black_box(self.program.draw(&mut self.buffer, self.now));
    }
}

/// Presses one of two keys in turn, so that nothing comes to an end.
fn in_turn(bencher: Bencher, mut deck: Deck, keys: [char; 2]) {
    let mut turn = 0_usize;
    deck.key(keys[0]);
    bencher.bench_local(|| {
        turn += 1;
        deck.key(keys[turn % 2]);
    });
}

#[divan::bench(args = SIZES)]
fn cursor_move_in_the_queue(bencher: Bencher, goals: usize) {
    in_turn(bencher, Deck::full(goals, SMALL, Tab::Queue), ['j', 'k']);
}

#[divan::bench(args = SIZES)]
fn cursor_move_in_goals_with_detail(bencher: Bencher, goals: usize) {
    in_turn(bencher, Deck::full(goals, LARGE, Tab::Goals), ['j', 'k']);
}

#[divan::bench(args = SIZES)]
fn draw(bencher: Bencher, goals: usize) {
    let mut deck = Deck::full(goals, LARGE, Tab::Goals);
    bencher.bench_local(|| deck.draw());
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn fold(bencher: Bencher, goals: usize) {
    in_turn(bencher, Deck::full(goals, SMALL, Tab::Goals), ['h', 'l']);
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn filter_letter(bencher: Bencher, goals: usize) {
    let mut deck = Deck::full(goals, SMALL, Tab::Goals);
    for letter in "/chur".chars() {
        deck.key(letter);
    }
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        deck.press(if turn % 2 == 1 {
            Press::char('n')
        } else {
            Press::new(Key::Backspace)
        });
        deck.draw();
    });
}

/// A goal with so many check-ins, each with three values and a note; its history
/// opens, is drawn, and one older check-in is shown against the one before it.
#[divan::bench(args = [50, 500], sample_count = 20)]
fn history_of_a_goal(bencher: Bencher, check_ins: usize) {
    let mut made = made(1);
    let goal = made.goals.first_mut().expect("a goal");
    let result: KeyResult = serde_json::from_value(serde_json::json!({
        "id": "local:r", "name": "Result", "kind": {"kind": "number"}, "target": 100.0
    }))
    .expect("a key result");
    goal.results = (0..3_u32)
        .map(|place| KeyResult {
            id: format!("local:r{place}").as_str().into(),
            ..result.clone()
        })
        .collect();
    goal.check_ins = (0..check_ins)
        .map(|place| {
            let at = now().at - TimeDelta::hours(i64::try_from(check_ins - place).expect("few"));
            let id = CheckInId::new(format!("local:c-{place}"));
            let mut check_in = CheckIn::new(id, me(), at);
            check_in.note = format!("## What moved\nThe {place}th of them.\n## Next\n- [ ] more");
            let value = f64::from(u32::try_from(place).expect("few"));
            check_in.values = goal
                .results
                .iter()
                .map(|result| ValueChange {
                    result: result.id.clone(),
                    before: None,
                    now: Reading::Number(value),
                })
                .collect();
            check_in
        })
        .collect();
    let mut deck = Deck::empty(LARGE, Tab::Goals);
    deck.refresh(batches(&made));
    deck.draw();
    bencher.bench_local(|| {
        for letter in ['t', 'H', 't'] {
            deck.key(letter);
        }
    });
}

/// The first letters of a filter: nothing was found before that could be narrowed.
#[divan::bench(args = SIZES, sample_count = 20)]
fn filter_from_nothing(bencher: Bencher, goals: usize) {
    let mut deck = Deck::full(goals, SMALL, Tab::Goals);
    deck.key('/');
    bencher.bench_local(|| {
        deck.key('c');
        deck.press(Press::new(Key::Backspace));
    });
}

/// A filter of keys is typed to its last letter.
#[divan::bench(args = SIZES, sample_count = 20)]
fn filter_by_keys(bencher: Bencher, goals: usize) {
    let mut deck = Deck::full(goals, SMALL, Tab::Goals);
    for letter in "/status:off,risk due:<30d -owner:none progress:<4".chars() {
        deck.key(letter);
    }
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        deck.press(if turn % 2 == 1 {
            Press::char('0')
        } else {
            Press::new(Key::Backspace)
        });
        deck.draw();
    });
}

/// A word that is nowhere: what is like it is looked for at each key.
#[divan::bench(args = SIZES, sample_count = 20)]
fn filter_without_a_match(bencher: Bencher, goals: usize) {
    let mut deck = Deck::full(goals, SMALL, Tab::Goals);
    for letter in "/qqzzx".chars() {
        deck.key(letter);
    }
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        deck.press(if turn % 2 == 1 {
            Press::char('y')
        } else {
            Press::new(Key::Backspace)
        });
        deck.draw();
    });
}

/// Another view than before.
#[divan::bench(args = SIZES, sample_count = 20)]
fn view(bencher: Bencher, goals: usize) {
    let mut deck = Deck::full(goals, SMALL, Tab::Goals);
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        deck.press(Press::char('v'));
        deck.key(if turn % 2 == 1 { '4' } else { '6' });
    });
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn find_letter(bencher: Bencher, goals: usize) {
    let mut deck = Deck::full(goals, SMALL, Tab::Goals);
    let effects = deck.program.act(Action::Find, deck.now);
    black_box(effects);
    for letter in "chur".chars() {
        deck.key(letter);
    }
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        deck.press(if turn % 2 == 1 {
            Press::char('n')
        } else {
            Press::new(Key::Backspace)
        });
        deck.draw();
    });
}

/// The week's report made and written as Markdown, and as the table that has all.
#[divan::bench(args = SIZES, sample_count = 10)]
fn report_made(bencher: Bencher, goals: usize) {
    let deck = Deck::full(goals, SMALL, Tab::Queue);
    bencher.bench_local(|| black_box(write(&week(&deck, 0), Format::Markdown)));
}

/// The same of the week before, whose two ends both lie in the past.
#[divan::bench(args = SIZES, sample_count = 10)]
fn report_of_last_week(bencher: Bencher, goals: usize) {
    let deck = Deck::full(goals, SMALL, Tab::Queue);
    bencher.bench_local(|| black_box(write(&week(&deck, 1), Format::Markdown)));
}

/// A key in a report that is there must not make it anew.
#[divan::bench(args = SIZES)]
fn scroll_in_the_report(bencher: Bencher, goals: usize) {
    in_turn(bencher, Deck::full(goals, SMALL, Tab::Report), ['j', 'k']);
}

fn week(deck: &Deck, ago: usize) -> Report {
    let present = Week::of(deck.now.today());
    let wish = Wish {
        week: (0..ago).fold(present, |week, _| week.previous()),
        view: String::new(),
        includes: &|_| true,
        charts: false,
    };
    report(deck.program.store(), &wish, &deck.now)
}

/// Posted, laid over, drawn; then written, sent, confirmed, drawn again.
fn check_in(bencher: Bencher, goals: usize, tab: Tab) {
    let made = made(goals);
    let mut deck = Deck::full(goals, SMALL, tab);
    let mut turn = 0_usize;
    bencher.bench_local(|| {
        turn += 1;
        let mut goal = made.goals[turn * 37 % made.goals.len()].clone();
        let id = CheckInId::new(format!("local:c-new-{turn}"));
        let check_in = CheckIn::new(id, me(), deck.now.at);
        let entry = EntryId::new(format!("e{turn}"));
        let post = Post {
            id: entry.clone(),
            account: account(),
            change: Change::CheckIn {
                goal: goal.id.clone(),
                check_in: check_in.clone(),
                tell: Tell::default(),
            },
            draft: None,
        };
        let mut effects = deck.program.command(Command::Post(post), deck.now);
        deck.draw();
        goal.check_ins.push(check_in);
        let batch = Batch {
            goals: vec![goal],
            ..Batch::default()
        };
        let mut answer = Some(Outcome::Answered {
            entry,
            answer: Answer::Accepted { batch, undo: None },
        });
        while let Some(effect) = effects.pop() {
            let outcome = match effect {
                Effect::Write { token, .. } => Outcome::Written { token },
                Effect::Send { .. } => answer.take().expect("sent once"),
                _ => continue,
            };
            effects.extend(deck.program.outcome(outcome, deck.now));
        }
        deck.draw();
    });
}

#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn check_in_seen_in_the_queue(bencher: Bencher, goals: usize) {
    check_in(bencher, goals, Tab::Queue);
}

#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn check_in_seen_in_goals(bencher: Bencher, goals: usize) {
    check_in(bencher, goals, Tab::Goals);
}

#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn first_full_read_merge(bencher: Bencher, goals: usize) {
    let made = made(goals);
    bencher
        .with_inputs(|| (Deck::empty(SMALL, Tab::Queue), batches(&made)))
        .bench_local_values(|(mut deck, batches)| {
            deck.refresh(batches);
            deck.draw();
            deck
        });
}

#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn full_refresh_merge(bencher: Bencher, goals: usize) {
    let made = made(goals);
    let deck = RefCell::new(Deck::full(goals, SMALL, Tab::Goals));
    bencher
        .with_inputs(|| {
            let deck = &mut *deck.borrow_mut();
            let effects = deck.program.command(Command::Refresh, deck.now);
            deck.note(&effects);
            batches(&made)
        })
        .bench_local_values(|batches| {
            let deck = &mut *deck.borrow_mut();
            deck.refresh(batches);
            deck.draw();
        });
}

/// A store on the disk with a generated workspace in it.
fn on_disk(goals: usize) -> (tempfile::TempDir, Disk) {
    let folder = tempfile::tempdir().expect("a folder");
    let opened = Disk::open(folder.path(), &Options::new(now().at)).expect("a store");
    let Made { people, goals } = made(goals);
    let imported = opened.disk.import(people, goals, Vec::new());
    imported.wait().expect("room on the disk");
    (folder, opened.disk)
}

fn read(disk: &Disk, query: Query) -> Vec<Batch> {
    let (send, receive) = std::sync::mpsc::channel();
    let sink = Box::new(move |batch| {
        let _sent = send.send(batch);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime
        .block_on(disk.read(query, me(), sink))
        .expect("a readable store");
    receive.into_iter().collect()
}

#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn load_from_disk(bencher: Bencher, goals: usize) {
    let (_folder, disk) = on_disk(goals);
    bencher.bench_local(|| read(&disk, Query::All));
}

/// Opening the store, what waits for me, and the frame that shows it.
#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn first_frame(bencher: Bencher, goals: usize) {
    let (folder, disk) = on_disk(goals);
    drop(disk);
    bencher.bench_local(|| {
        let opened = Disk::open(folder.path(), &Options::new(now().at)).expect("a store");
        let records = opened.disk.load_records_now().expect("records");
        let mut deck = Deck::empty(SMALL, Tab::Queue);
        deck.program.outcome(Outcome::Loaded(records), deck.now);
        for mut batch in read(&opened.disk, Query::Glance) {
            batch.more = true;
            deck.answer(batch);
        }
        deck.draw();
        (deck, opened.disk)
    });
}

fn site() -> Site {
    Site {
        account: account(),
        origin: "https://goals.example".to_owned(),
    }
}

/// A whole answer of a remote account, as the disk keeps it.
fn told(made: &Made, at: Time) -> Told {
    let ids = made.goals.iter().map(|goal| goal.id.clone()).collect();
    let goals = made.goals.iter().cloned();
    Told {
        at,
        people: made.people.clone(),
        goals: goals.map(|goal| (goal, Brief::No)).collect(),
        me: Some(me()),
        synced: Some(Synced {
            cursor: None,
            all: Some((ids, HashSet::new())),
        }),
        ..Told::default()
    }
}

fn kept(goals: usize) -> (tempfile::TempDir, Disk, Made) {
    let folder = tempfile::tempdir().expect("a folder");
    let opened = Disk::open(folder.path(), &Options::new(now().at)).expect("a store");
    let made = made(goals);
    wait(opened.disk.keep(site(), told(&made, now().at)));
    (folder, opened.disk, made)
}

fn wait<T>(work: impl Future<Output = Result<T, Fault>>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(work).expect("a store that works")
}

/// The whole list of a remote account again, of which one goal in a hundred
/// changed: how long drafts and outbox wait for the disk.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn keep_a_refresh(bencher: Bencher, goals: usize) {
    let (_folder, disk, mut made) = kept(goals);
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        for goal in made.goals.iter_mut().step_by(100) {
            goal.name = format!("changed {turn}");
        }
        wait(disk.keep(site(), told(&made, now().at)));
    });
}

/// What waits at a remote account, from the disk alone.
#[divan::bench(args = SIZES, sample_count = 20, sample_size = 1)]
fn glance_at_what_is_kept(bencher: Bencher, goals: usize) {
    let (_folder, disk, _) = kept(goals);
    bencher.bench_local(|| {
        let (send, receive) = std::sync::mpsc::channel();
        let sink = Box::new(move |batch| {
            let _sent = send.send(batch);
        });
        wait(disk.recall(site(), Query::Glance, sink));
        receive.into_iter().collect::<Vec<Batch>>()
    });
}

/// The screens' own rows of a goal that is on screen, for comparison.
#[divan::bench(args = SIZES)]
fn look_up_a_goal(bencher: Bencher, goals: usize) {
    let deck = Deck::full(goals, SMALL, Tab::Goals);
    let mut turn = 0_usize;
    bencher.bench_local(|| {
        turn = (turn + 7919) % goals;
        let id = GoalId::new(format!("local:g-{turn}"));
        black_box(deck.program.store().goal(&id).is_some())
    });
}
