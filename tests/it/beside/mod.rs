//! What is kept beside a provider that has few places, seen through the whole
//! program: store, disk, cache and provider. Restarts, other programs, no network,
//! crashes, undo.

mod crash;
mod drawn;
mod seen;
mod together;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use goaldeck::disk::{Disk, Options};
use goaldeck::model::cache::Site;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::check_in::CheckIn;
use goaldeck::model::exchange::{
    Abilities, Ability, Answer, Batch, Change, Fault, FaultKind, GoalEdit, Letter, Query, Tell,
};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{AccountName, EntryId};
use goaldeck::model::person::Person;
use goaldeck::model::progress::Rules;
use goaldeck::providers::beside::Beside;
use goaldeck::providers::cached::Cached;
use goaldeck::providers::fake::{self, Fake, Telling};
use goaldeck::providers::{Provider, Sink};
use goaldeck::run::clock::Clock;
use goaldeck::run::headless::{Headless, Parts};
use goaldeck::store::Setup;
use goaldeck::store::effect::{Command, Post};

type Waiting<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A system that knows goals, values and notes, and nothing that people say to
/// each other.
fn few() -> Abilities {
    let here = Ability::KeptHere;
    Abilities {
        edit_check_in: Ability::No("as written"),
        retract: Ability::No("as written"),
        status: here,
        acknowledge: here,
        unacknowledge: here,
        comment: here,
        remark: here,
        react: here,
        inbox: here,
        unread: here,
        done: here,
        ..fake::able()
    }
}

/// A fake that takes names and dates of goals alone.
struct Narrow(Fake);

impl Provider for Narrow {
    fn abilities(&self) -> Abilities {
        self.0.abilities()
    }

    fn fetch(&self, query: Query, sink: Sink) -> Waiting<'_, Result<(), Fault>> {
        self.0.fetch(query, sink)
    }

    fn send(&self, letter: Letter) -> Waiting<'_, Answer> {
        self.0.send(letter)
    }

    fn look_for(&self, letter: Letter) -> Waiting<'_, Result<Option<Batch>, Fault>> {
        self.0.look_for(letter)
    }

    fn takes(&self, edit: &GoalEdit) -> GoalEdit {
        GoalEdit {
            name: edit.name.clone(),
            due: edit.due,
            ..GoalEdit::default()
        }
    }
}

fn person(id: &str, name: &str) -> Person {
    Person {
        id: id.into(),
        account: "work".into(),
        name: name.into(),
        handle: String::new(),
    }
}

fn check_in(id: &str, author: &str, note: &str) -> CheckIn {
    let at = Clock::real().now().at - TimeDelta::hours(3);
    let mut check_in = CheckIn::new(id.into(), author.into(), at);
    check_in.note = note.to_owned();
    check_in
}

/// Two goals; on the first Ana checked in, and I review it.
fn town() -> Fake {
    let made = Clock::real().now().at - TimeDelta::days(40);
    let mut churn = Goal::new("work:1".into(), "work".into(), "Reduce churn", made);
    churn.champion = Some("work:ana".into());
    churn.reviewer = Some("work:me".into());
    churn.check_ins = vec![check_in("work:c1", "work:ana", "Two large accounts left.")];
    let mut launch = Goal::new("work:2".into(), "work".into(), "Launch", made);
    launch.champion = Some("work:me".into());
    let people = vec![
        person("work:me", "Bo Berg"),
        person("work:ana", "Ana Silva"),
    ];
    Fake::new("work", "work:me", few()).with(vec![churn, launch], people, Vec::new())
}

/// One machine: its folder and the server beyond.
struct Machine {
    home: tempfile::TempDir,
    fake: Fake,
}

impl Machine {
    fn new(fake: Fake) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self { home, fake }
    }

    fn disk(&self) -> Disk {
        disk(self.home.path())
    }

    fn provider(&self, disk: &Disk) -> Arc<dyn Provider> {
        let site = Site {
            account: "work".into(),
            origin: "https://goals.example".into(),
        };
        let now = || Clock::real().now();
        let cached = Cached::new(
            Narrow(self.fake.clone()),
            Arc::new(disk.clone()),
            site,
            Arc::new(move || now().at),
        );
        let keeper = Arc::new(disk.clone());
        Arc::new(Beside::new(cached, keeper, "work".into(), Arc::new(now)))
    }

    /// A program that starts now and has read everything it can.
    fn start(&self) -> Headless {
        let disk = self.disk();
        let provider = self.provider(&disk);
        let setup = Setup {
            name: "work".into(),
            abilities: provider.abilities(),
            hold: TimeDelta::seconds(10),
            refresh: None,
            settle: goaldeck::store::outbox::Settle::default(),
            cadence: Cadence::None,
            origin: Some("https://goals.example".into()),
        };
        let providers: BTreeMap<AccountName, Arc<dyn Provider>> =
            [("work".into(), provider)].into();
        let parts = Parts {
            setups: vec![setup],
            providers,
            records: disk.load_records_now().unwrap(),
            disk: Some(disk),
            rules: Rules::default(),
            clock: Clock::real(),
            read_only: None,
        };
        Headless::start(parts).unwrap()
    }

    /// The next so many questions find no line.
    fn cut_off(&self, questions: usize) {
        let fault = Fault::new(FaultKind::Offline, "no line", "");
        self.fake.on_fetch(vec![Telling::Fails(fault); questions]);
    }
}

fn disk(home: &Path) -> Disk {
    let now = Clock::real().now().at;
    Disk::open(home, &Options::new(now)).unwrap().disk
}

fn post(id: &str, change: Change) -> Command {
    Command::Post(Post {
        id: EntryId::new(id),
        account: "work".into(),
        change,
        draft: None,
    })
}

/// Carries commands out; what was said.
fn say(program: &mut Headless, commands: Vec<Command>) -> Vec<String> {
    let toasts = program.carry_out(commands, Duration::from_secs(20));
    toasts.into_iter().map(|toast| toast.text).collect()
}

fn acknowledge() -> Change {
    Change::Acknowledge {
        items: vec![("work:1".into(), "work:c1".into())],
    }
}

fn comment(id: &str, goal: &str, check_in: Option<&str>, text: &str) -> Change {
    Change::Comment {
        goal: goal.into(),
        check_in: check_in.map(Into::into),
        id: id.into(),
        text: text.to_owned(),
    }
}

fn report(id: &str, goal: &str, note: &str) -> Change {
    Change::CheckIn {
        goal: goal.into(),
        check_in: CheckIn {
            status: Some(goaldeck::model::status::Status::AtRisk),
            ..check_in(id, "work:me", note)
        },
        tell: Tell::default(),
    }
}

fn state(program: &Headless, id: &str) -> &'static str {
    let entry = program.store().entry(&id.into()).unwrap();
    entry.state.word()
}

fn is_acknowledged(program: &Headless) -> bool {
    let goal = program.store().goal(&"work:1".into()).unwrap();
    goal.check_ins[0].acknowledged.is_some()
}
