//! Programs that are killed at any moment (kill -9) while they post check-ins and
//! comments to servers of three ages over a line that does all that lines do;
//! now and then two of them on one store. At the end each write arrived once or
//! is shown as unsure.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use futures_util::future::BoxFuture;
use goaldeck::disk::{Disk, Options as DiskOptions};
use goaldeck::model::cache::Site;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::check_in::{CheckIn, ValueChange};
use goaldeck::model::entry::{Entry, EntryState};
use goaldeck::model::exchange::{Change, Tell};
use goaldeck::model::ids::{AccountName, CheckInId, CommentId, EntryId};
use goaldeck::model::key_result::Reading;
use goaldeck::model::progress::Rules;
use goaldeck::model::sign_in::{SignIn, TokenSource};
use goaldeck::model::status::Status;
use goaldeck::providers::Provider;
use goaldeck::providers::cached::Cached;
use goaldeck::providers::http::{self, Options, Pace, Proxies, Token};
use goaldeck::providers::operately::account::{Operately, abilities};
use goaldeck::providers::operately::client::{Client, Learned};
use goaldeck::run::clock::Clock;
use goaldeck::run::headless::{Headless, Parts};
use goaldeck::store::effect::{Command, Post};
use goaldeck::store::outbox::Settle;
use goaldeck::store::{AccountState, Setup, Store};

use crate::operately::world::{About, Dice, State, doc};
use crate::operately::{Age, Fake, Fault, Gate, When, World};

/// Goals that are written to.
const GOALS: u32 = 6;
/// Posts that a program queues before it waits for them.
const AT_ONCE: usize = 12;
/// Requests that are applied late are so at the latest after so long; looks wait
/// many times longer.
const LATE: Duration = Duration::from_millis(40);
const SETTLE: TimeDelta = TimeDelta::milliseconds(700);

/// What is said of a write over which the server failed, looked for in vain and
/// failed again.
const FAILED_TWICE: &str = "the server refused a value";

/// What tells a child what it is.
const URL: &str = "GOALDECK_TEST_SITE";
const FOLDER: &str = "GOALDECK_TEST_FOLDER";
const WRITES: &str = "GOALDECK_TEST_WRITES";
const ROLE: &str = "GOALDECK_TEST_ROLE";

/// Who sees a goal that another program writes to posts against what stood there
/// before, and is asked whether that shall count: each has goals of its own.
const THEIRS: u32 = 4;

fn goal_of(number: u32) -> u32 {
    number / 3 % GOALS
}

/// Which writes a program posts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Those on the first goals.
    First,
    /// Those on the others.
    Second,
    /// Every one that is missing, and sees all of them through.
    Last,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Role::First => "first",
            Role::Second => "second",
            Role::Last => "last",
        }
    }

    fn of(word: &str) -> Self {
        *[Role::First, Role::Second, Role::Last]
            .iter()
            .find(|role| role.word() == word)
            .expect("a role")
    }

    fn posts(self, number: u32) -> bool {
        match self {
            Role::First => goal_of(number) < THEIRS,
            Role::Second => goal_of(number) >= THEIRS,
            Role::Last => true,
        }
    }
}

/// What the line does with some of the requests.
fn menu(late: &Gate, slow: &Gate) -> Vec<Fault> {
    let lost = |status: u16| Fault::DoneBut {
        status,
        headers: vec![("content-type".into(), "text/html".into())],
        body: "<html>bad gateway</html>".into(),
    };
    vec![
        Fault::ResetBefore,
        Fault::ResetBefore,
        Fault::CloseBefore,
        Fault::ResetAfter,
        Fault::ResetAfter,
        Fault::ResetAfter,
        Fault::Truncate(0),
        Fault::Truncate(60),
        Fault::status(502),
        Fault::server_error(),
        lost(502),
        lost(504),
        Fault::DoneBut {
            status: 500,
            headers: vec![("content-type".into(), "application/json".into())],
            body: r#"{"error":"Internal server error","message":"An unexpected error occurred"}"#
                .into(),
        },
        Fault::busy(429, 1),
        Fault::login_page(),
        Fault::ContentType(Some("text/html".into())),
        Fault::ContentType(None),
        Fault::ApplyLate(late.clone()),
        Fault::ApplyLate(late.clone()),
        Fault::HoldAnswer(slow.clone()),
        Fault::Hold(slow.clone()),
        Fault::Gzip,
        Fault::Gzip,
        Fault::Drip,
    ]
}

/// Changes the line's mood until told to stop: what was held back before is let
/// go, so nothing is later than two rounds.
fn trouble(fake: &Fake, seed: u64, percent: usize, over: &AtomicBool) {
    let mut round = seed;
    while !over.load(Ordering::Relaxed) {
        // Its clock runs, and away from ours.
        fake.world(|w| w.now += TimeDelta::seconds(1));
        let (late, slow) = (Gate::closed(), Gate::closed());
        round = round.wrapping_add(1);
        fake.line.at_random(round, percent, menu(&late, &slow));
        std::thread::sleep(LATE / 2);
        late.open();
        slow.open();
    }
    fake.line.mend();
}

/// Six goals of ada's with one target and one check-in each.
fn town(age: Age) -> World {
    let mut world = World::empty(age);
    world.now = Utc::now();
    let ada = world.add_person("ada", "Ada Brandt", None);
    let ingrid = world.add_person("ingrid", "Ingrid Solheim", None);
    let space = world.add_space("Product", &[ada, ingrid]);
    for number in 0..GOALS {
        let goal = world.add_goal(&format!("Goal {number}"), space, Some(ada), Some(ingrid));
        world.add_target(goal, "Sign-ups", 0.0, 1_000.0, 1_000.0, "");
        let at = world.now - TimeDelta::days(30);
        world.add_check_in(goal, ada, at, "on_track", doc("As last week."), &[]);
    }
    world
}

/// Nobody waits between repeats of a read.
struct AtOnce;

impl Pace for AtOnce {
    fn rest(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        0.0
    }
}

fn account() -> AccountName {
    AccountName::new("work")
}

/// The account as the program makes it, but for pauses and time-outs.
fn provider(url: &str, disk: &Disk, clock: &Clock) -> Arc<dyn Provider> {
    let sign_in = SignIn {
        account: account(),
        url: url.to_owned(),
        token: TokenSource::Env("UNUSED".to_owned()),
        ca_file: None,
        insecure: false,
    };
    let options = Options {
        connect: Duration::from_secs(5),
        whole: Duration::from_secs(5),
        proxies: Proxies::default(),
        pace: Arc::new(AtOnce),
        ..Options::default()
    };
    let token = Token::new(&crate::operately::seeds::token("ada")).expect("a token");
    let http = http::Client::with_token("Operately", &sign_in, token, options).expect("a client");
    let bare = Operately::new(Client::new(http, Learned::default()), account())
        .remembering(Arc::new(disk.clone()));
    let site = Site {
        account: account(),
        origin: url.to_owned(),
    };
    let clock = *clock;
    let cached = Cached::new(
        Arc::new(bare),
        Arc::new(disk.clone()),
        site,
        Arc::new(move || clock.now().at),
    );
    Arc::new(cached)
}

fn program(url: &str, folder: &Path) -> Headless {
    let clock = Clock::real();
    let opened = Disk::open(folder, &DiskOptions::new(clock.now().at));
    let disk = opened.expect("a store").disk;
    let setup = Setup {
        name: account(),
        abilities: abilities(),
        hold: TimeDelta::zero(),
        refresh: None,
        cadence: Cadence::None,
        settle: Settle {
            first: SETTLE,
            second: TimeDelta::milliseconds(100),
            ..Settle::default()
        },
        origin: Some(url.to_owned()),
    };
    let parts = Parts {
        setups: vec![setup],
        providers: BTreeMap::from([(account(), provider(url, &disk, &clock))]),
        records: disk.load_records_now().expect("records"),
        disk: Some(disk),
        rules: Rules::default(),
        clock,
        read_only: None,
    };
    Headless::start(parts).expect("it starts")
}

fn id(number: u32) -> EntryId {
    EntryId::new(format!("e{number:04}"))
}

/// Two check-ins with the same words, then a comment; goal after goal.
fn write(number: u32, store: &Store, program: &Headless) -> Option<Change> {
    let name = format!("Goal {}", goal_of(number));
    let goal = store.goals().find(|goal| goal.name == name)?;
    let me = store.me(&account())?.clone();
    if number % 3 == 2 {
        let on = goal.check_ins.first()?.id.clone();
        return Some(Change::Comment {
            goal: goal.id.clone(),
            check_in: Some(on),
            id: CommentId::new(format!("work:k{number}")),
            text: format!("Comment {number}"),
        });
    }
    let now = program.now().at;
    let mut new = CheckIn::new(CheckInId::new(format!("work:n{number}")), me, now);
    new.note = "As last week.".to_owned();
    new.status = Some(Status::OnTrack);
    new.values.push(ValueChange {
        result: goal.results.first()?.id.clone(),
        before: None,
        now: Reading::Number(f64::from(number)),
    });
    Some(Change::CheckIn {
        goal: goal.id.clone(),
        check_in: new,
        tell: Tell::Responsible,
    })
}

/// One life of the program: posts what is not posted yet and sends. Does nothing
/// unless it was started by a test below.
#[test]
fn child() {
    let variable = |name| std::env::var(name).ok();
    let (Some(url), Some(folder), Some(writes), Some(role)) = (
        variable(URL),
        variable(FOLDER),
        variable(WRITES),
        variable(ROLE),
    ) else {
        return;
    };
    let writes: u32 = writes.parse().expect("a number");
    let role = Role::of(&role);
    let mut program = program(&url, Path::new(&folder));
    let patience = Duration::from_secs(30);
    // Who writes against figures that were kept is asked whether they shall count.
    let is_read = |program: &Headless| {
        let account = program.store().account(&account());
        account.is_some_and(|account| account.state == AccountState::Synced)
    };
    // The one that started this ends it if that never comes to an end.
    while !is_read(&program) {
        program.carry_out(vec![Command::Refresh], patience);
    }
    let numbers: Vec<u32> = (0..writes).filter(|number| role.posts(*number)).collect();
    for numbers in numbers.chunks(AT_ONCE) {
        let commands: Vec<Command> = numbers
            .iter()
            .filter_map(|number| command(*number, &program))
            .collect();
        program.carry_out(commands, patience);
    }
    if role != Role::Last {
        return;
    }
    loop {
        let waiting: Vec<Command> = program
            .store()
            .entries()
            .filter(|entry| entry.state.is_pending() && !entry.state.needs_person())
            .map(|entry| Command::Retry(entry.id.clone()))
            .collect();
        if waiting.is_empty() {
            return;
        }
        program.carry_out(waiting, patience);
        if !is_read(&program) {
            program.carry_out(vec![Command::Refresh], patience);
        }
    }
}

/// Posts a write; if that was done in an earlier life, sees it through.
fn command(number: u32, program: &Headless) -> Option<Command> {
    let store = program.store();
    match store.entry(&id(number)) {
        Some(entry) if entry.state.is_pending() && !entry.state.needs_person() => {
            Some(Command::Retry(entry.id.clone()))
        }
        Some(_) => None,
        None => Some(Command::Post(Post {
            id: id(number),
            account: account(),
            change: write(number, store, program)?,
            draft: None,
        })),
    }
}

fn start(url: &str, folder: &Path, writes: u32, role: Role) -> Child {
    let log = std::fs::File::create(folder.with_extension(role.word())).expect("a file");
    Process::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "whole::killed::child", "--nocapture"])
        .env(URL, url)
        .env(FOLDER, folder)
        .env(WRITES, writes.to_string())
        .env(ROLE, role.word())
        .stdout(Stdio::null())
        .stderr(Stdio::from(log))
        .spawn()
        .expect("it starts")
}

/// Waits for the end of a child, at most so long; how it ended.
fn ends(child: &mut Child, at_most: Duration) -> Option<bool> {
    let end = Instant::now() + at_most;
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return Some(status.success());
        }
        if Instant::now() > end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn kill(child: &mut Child) {
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
}

struct Campaign {
    age: Age,
    seed: u64,
    writes: u32,
    /// Of a hundred requests so many go wrong.
    percent: usize,
    /// Programs that are killed.
    kills: u32,
}

impl Campaign {
    fn run(&self) {
        let fake = Fake::with(town(self.age));
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("data");
        println!("{:?}: seed {}", self.age, self.seed);
        let mut dice = Dice(self.seed);
        // Reads that come twice; a write that does is two to a server without keys.
        let when = When::path("check_ins").after(5).times(40);
        fake.line.script(when, Fault::Twice);
        let (over, began) = (AtomicBool::new(false), Instant::now());
        let chaos = dice.roll();
        let ended = std::thread::scope(|scope| {
            scope.spawn(|| trouble(&fake, chaos, self.percent, &over));
            // Also when this panics the trouble must come to its end.
            let lived = catch_unwind(AssertUnwindSafe(|| {
                let kills = self.kill_some(&fake, &folder, &mut dice);
                println!("{:?}: {kills} kills in {:?}", self.age, began.elapsed());
                assert!(kills >= self.kills / 4, "only {kills} in the midst");
                // At last it may live. The line is as bad as before.
                let mut last = start(&fake.url, &folder, self.writes, Role::Last);
                let ended = ends(&mut last, Duration::from_secs(120));
                if ended.is_none() {
                    kill(&mut last);
                }
                ended
            }));
            over.store(true, Ordering::Relaxed);
            lived.unwrap_or_else(|panic| resume_unwind(panic))
        });
        println!("{:?}: {:?} in all", self.age, began.elapsed());
        assert_eq!(ended, Some(true), "{}", log(&folder, Role::Last));
        self.judge(&fake, &folder);
    }

    /// Kills until so many were killed in the midst, or nothing is left to do.
    fn kill_some(&self, fake: &Fake, folder: &Path, dice: &mut Dice) -> u32 {
        let mut in_the_midst = 0;
        for _ in 0..self.kills {
            let mut first = start(&fake.url, folder, self.writes, Role::First);
            let lives = Duration::from_millis(100 + dice.below(500) as u64);
            let mut second =
                (dice.below(4) == 0).then(|| start(&fake.url, folder, self.writes, Role::Second));
            let ended = ends(&mut first, lives);
            assert_ne!(ended, Some(false), "{}", log(folder, Role::First));
            in_the_midst += u32::from(ended.is_none());
            kill(&mut first);
            if let Some(second) = &mut second {
                let ended = ends(second, Duration::from_millis(dice.below(500) as u64));
                assert_ne!(ended, Some(false), "{}", log(folder, Role::Second));
                kill(second);
            }
        }
        in_the_midst
    }

    fn judge(&self, fake: &Fake, folder: &Path) {
        let opened = Disk::open(folder, &DiskOptions::new(Utc::now())).expect("a store");
        let mut entries = opened.disk.load_records_now().expect("records").entries;
        entries.sort_by_key(|entry| entry.seq);
        assert_eq!(
            entries.len(),
            self.writes as usize,
            "written down once each"
        );
        let (check_ins, comments) = arrived(fake);
        let mut unsure = 0;
        let mut expected: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for entry in &entries {
            let number: u32 = entry.id.as_str()[1..].parse().expect("a number");
            let all = if number % 3 == 2 {
                &comments
            } else {
                &check_ins
            };
            let times = all.iter().filter(|one| **one == number).count();
            match &entry.state {
                EntryState::Sent { .. } => {
                    assert_eq!(times, 1, "{} as {:?}", entry.id, entry.state);
                }
                state if is_unsure(entry) => {
                    assert!(times <= 1, "{} as {state:?}", entry.id);
                    unsure += 1;
                }
                // The server itself failed over it twice: a person decides.
                EntryState::Refused { fault } if fault.why.starts_with(FAILED_TWICE) => {
                    assert_eq!(times, 0, "{} as {fault:?}", entry.id);
                    unsure += 1;
                }
                state => panic!("{} ended as {state:?}, arrived {times}x", entry.id),
            }
            if number % 3 != 2 && times > 0 {
                expected.entry(goal_of(number)).or_default().push(number);
            }
        }
        let attempts: u32 = entries.iter().map(|entry| entry.attempts).sum();
        let sent = fake.line.sent().len();
        println!(
            "{:?}: {unsure} unsure, {attempts} attempts, {sent} requests",
            self.age
        );
        assert!(unsure <= self.writes / 20, "{unsure} are left to a person");
        for (goal, expected) in expected {
            let of_goal = |number: &&u32| goal_of(**number) == goal;
            let seen: Vec<u32> = check_ins.iter().filter(of_goal).copied().collect();
            assert_eq!(seen, expected, "goal {goal}: out of the order of writing");
        }
    }
}

fn is_unsure(entry: &Entry) -> bool {
    matches!(entry.state, EntryState::Unknown { .. }) && entry.state.needs_person()
}

/// Numbers of the published check-ins in their order on each goal, and of the
/// comments.
fn arrived(fake: &Fake) -> (Vec<u32>, Vec<u32>) {
    fake.world(|w| {
        let numbers = |goal: &crate::operately::world::Goal| {
            let new = goal.check_ins.iter().skip(1).map(|id| &w.check_ins[id]);
            let published = new.filter(|one| one.state == State::Published);
            let mut ones: Vec<_> = published
                .map(|one| {
                    assert_eq!(one.about, About::Goal(goal.id));
                    (one.published, one.targets[0].value as u32)
                })
                .collect();
            ones.sort_by_key(|(published, _)| *published);
            ones.into_iter().map(|(_, number)| number)
        };
        let check_ins = w.goals.values().flat_map(numbers).collect();
        let comment = |text: &str| text.rsplit(' ').next().and_then(|word| word.parse().ok());
        let comments = w
            .comments
            .iter()
            .map(|one| one.content.pointer("/content/0/content/0/text"))
            .map(|text| comment(text.and_then(|text| text.as_str()).expect("a text")))
            .map(|number| number.expect("a number"))
            .collect();
        (check_ins, comments)
    })
}

fn log(folder: &Path, role: Role) -> String {
    std::fs::read_to_string(folder.with_extension(role.word())).unwrap_or_default()
}

#[test]
fn killed_at_a_flat_server_each_arrives_once() {
    Campaign {
        age: Age::Flat,
        seed: 20_260_312,
        writes: 168,
        percent: 12,
        kills: 20,
    }
    .run();
}

#[test]
fn killed_at_the_first_with_new_names_each_arrives_once() {
    Campaign {
        age: Age::V1_5,
        seed: 20_260_401,
        writes: 168,
        percent: 12,
        kills: 20,
    }
    .run();
}

#[test]
fn killed_at_the_newest_each_arrives_once() {
    Campaign {
        age: Age::Later,
        seed: 20_260_821,
        writes: 168,
        percent: 12,
        kills: 20,
    }
    .run();
}

/// A long one, to be started by hand: as many as `GOALDECK_TEST_ROUNDS` says, with
/// seeds from `GOALDECK_TEST_SEED` on.
#[test]
#[ignore = "it takes as long as it is told to"]
fn killed_again_and_again() {
    let number = |name: &str, usual: u64| {
        let said = std::env::var(name).ok();
        said.and_then(|said| said.parse().ok()).unwrap_or(usual)
    };
    let (rounds, seed) = (
        number("GOALDECK_TEST_ROUNDS", 20),
        number("GOALDECK_TEST_SEED", 1),
    );
    for round in 0..rounds {
        let age = Age::ALL[(round % 6) as usize];
        let (percent, kills) = (5 + (round % 4) as usize * 8, 20);
        Campaign {
            age,
            seed: seed + round,
            writes: 180,
            percent,
            kills,
        }
        .run();
    }
}
