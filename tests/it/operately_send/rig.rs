//! A person at a fake server, and the outbox's part in a few lines.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use goaldeck::model::check_in::{CheckIn, ValueChange};
use goaldeck::model::exchange::{
    Answer, Base, Batch, Change, Fault as Said, FaultKind, Letter, Signature, Tell,
};
use goaldeck::model::goal::Nature;
use goaldeck::model::ids::{AccountName, CheckInId, EntryId, GoalId, PersonId, ResultId};
use goaldeck::model::key_result::{KeyResult, Kind, Reading};
use goaldeck::model::sign_in::{SignIn, TokenSource};
use goaldeck::model::status::Status;
use goaldeck::model::time::Time;
use goaldeck::providers::Provider;
use goaldeck::providers::http::{self, Options, Pace, Proxies, Token};
use goaldeck::providers::operately::account::Operately;
use goaldeck::providers::operately::client::{Client, Learned, Problem};
use goaldeck::providers::operately::send::{Desk, Facts, Failures};

use crate::operately::ids::short;
use crate::operately::world::{About, CheckIn as Theirs, Goal};
use crate::operately::{Age, Fake};

/// Nobody waits in a test.
struct AtOnce;

impl Pace for AtOnce {
    fn rest(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        0.0
    }
}

/// The reading side, of which these tests need nothing: they look into the fake.
struct NoFacts;

impl Facts for NoFacts {
    fn me(&self) -> BoxFuture<'_, Option<PersonId>> {
        Box::pin(std::future::ready(None))
    }

    fn nature(&self, _: &GoalId) -> Option<Nature> {
        None
    }

    fn goal<'a>(&'a self, _: &'a GoalId) -> BoxFuture<'a, Result<Batch, Problem>> {
        Box::pin(std::future::ready(Ok(Batch::default())))
    }

    fn inbox(&self) -> BoxFuture<'_, Result<Batch, Problem>> {
        Box::pin(std::future::ready(Ok(Batch::default())))
    }
}

fn line(url: &str, token: &str) -> http::Client {
    let sign_in = SignIn {
        account: AccountName::new("work"),
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
    let token = Token::new(token).unwrap();
    http::Client::with_token("Operately", &sign_in, token, options).unwrap()
}

/// One person at a server.
pub struct Rig {
    pub fake: Fake,
    account: AccountName,
    token: String,
    me: String,
    client: Client,
    failures: Failures,
    runtime: tokio::runtime::Runtime,
}

impl Rig {
    pub fn new(age: Age, who: &str) -> Rig {
        Rig::at(Fake::start(age), who)
    }

    pub fn at(fake: Fake, who: &str) -> Rig {
        let token = fake.token(who);
        Rig::with(fake, who, &token)
    }

    pub fn with(fake: Fake, who: &str, token: &str) -> Rig {
        let me = fake.world(|w| short(w.who(who)));
        let rig = Rig {
            client: Client::new(line(&fake.url, token), Learned::default()),
            account: AccountName::new("work"),
            token: token.to_owned(),
            me: format!("work:{me}"),
            failures: Failures::default(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            fake,
        };
        // As after the first refresh: the age is known.
        rig.runtime
            .block_on(
                rig.client
                    .get(goaldeck::providers::operately::ages::Op::Me, &[]),
            )
            .unwrap();
        rig
    }

    fn desk<'a>(&'a self, facts: &'a NoFacts) -> Desk<'a> {
        Desk {
            client: &self.client,
            account: &self.account,
            facts,
            failures: &self.failures,
        }
    }

    pub fn letter(&self, change: Change) -> Letter {
        let by = PersonId::new(&self.me);
        let signature = Signature {
            by,
            account: self.account.clone(),
            at: at("2026-11-21T12:00:00Z"),
        };
        Letter::new(EntryId::new("entry0000001"), change, signature)
    }

    /// One step.
    pub fn send(&self, letter: &Letter) -> Answer {
        self.runtime.block_on(self.desk(&NoFacts).send(letter))
    }

    pub fn look(&self, letter: &Letter) -> Result<Option<Batch>, Said> {
        self.runtime.block_on(self.desk(&NoFacts).look_for(letter))
    }

    /// All steps, as the outbox takes them: notes are kept, what is unsure is
    /// looked for twice.
    pub fn carry(&self, letter: Letter) -> Result<Option<Change>, Said> {
        self.carry_from(letter, usize::MAX)
    }

    /// The same, but we die after step number `dies` (from 0) before its answer is
    /// on disk.
    pub fn carry_from(&self, mut letter: Letter, dies: usize) -> Result<Option<Change>, Said> {
        for step in 0..80 {
            let risky = letter.trail.as_ref().is_some_and(|trail| trail.risky);
            let answer = match self.send(&letter) {
                _ if step == dies && risky => Answer::NoAnswer("we died".to_owned()),
                _ if step == dies => continue,
                answer => answer,
            };
            match answer {
                Answer::Accepted { undo, .. } => return Ok(undo.map(|undo| *undo)),
                Answer::Onward(trail) => letter.trail = Some(trail),
                Answer::Offline(_) | Answer::Busy(_) => {}
                // Nothing that could be done twice.
                Answer::NoAnswer(_) if !risky => {}
                Answer::Refused(fault) => return Err(fault),
                Answer::NoAnswer(_) => {
                    if self.find(&letter)? {
                        return Ok(None);
                    }
                }
            }
        }
        panic!("no end: {letter:?}")
    }

    /// All steps through the whole provider; the facts it gives in the end.
    pub fn carry_as_provider(&self, mut letter: Letter) -> Batch {
        let client = Client::new(line(&self.fake.url, &self.token), Learned::default());
        let provider = Operately::new(client, self.account.clone());
        for _ in 0..10 {
            match self.runtime.block_on(provider.send(letter.clone())) {
                Answer::Accepted { batch, .. } => return batch,
                Answer::Onward(trail) => letter.trail = Some(trail),
                other => panic!("{other:?}"),
            }
        }
        panic!("no end: {letter:?}")
    }

    fn find(&self, letter: &Letter) -> Result<bool, Said> {
        let mut looks = 0;
        for _ in 0..80 {
            match self.look(letter) {
                Ok(Some(_)) => return Ok(true),
                Ok(None) if looks == 1 => return Ok(false),
                Ok(None) => looks += 1,
                Err(fault) if fault.kind == FaultKind::Offline => {}
                Err(fault) => return Err(fault),
            }
        }
        panic!("no end of looking: {letter:?}")
    }

    pub fn goal_id(&self, name: &str) -> GoalId {
        GoalId::new(
            self.fake
                .world(|w| format!("work:{}", short(w.goal_named(name).id))),
        )
    }

    pub fn person(&self, who: &str) -> PersonId {
        PersonId::new(self.fake.world(|w| format!("work:{}", short(w.who(who)))))
    }

    /// The key result of a goal's target by its place.
    pub fn result_id(&self, goal: &str, place: usize) -> ResultId {
        ResultId::new(
            self.fake
                .world(|w| format!("work:{}", short(w.goal_named(goal).targets[place].id))),
        )
    }

    /// What the writer of a check-in saw.
    pub fn base(&self, goal: &str) -> Base {
        self.fake.world(|w| {
            let goal = w.goal_named(goal);
            Base {
                open: goal.closed.is_none(),
                champion: goal
                    .champion
                    .map(|id| PersonId::new(format!("work:{}", short(id)))),
                due: goal
                    .timeframe
                    .as_ref()
                    .and_then(|frame| frame.end.as_ref())
                    .map(|end| end.day),
                results: results(goal),
            }
        })
    }

    /// Published check-ins of a goal, oldest first.
    pub fn check_ins(&self, goal: &str) -> Vec<Theirs> {
        self.fake.world(|w| {
            let goal = w.goal_named(goal).id;
            let mut all: Vec<Theirs> = w
                .check_ins
                .values()
                .filter(|it| it.about == About::Goal(goal))
                .cloned()
                .collect();
            all.sort_by_key(|it| it.inserted);
            all
        })
    }

    /// The newest check-in of a goal.
    pub fn newest(&self, goal: &str) -> CheckInId {
        let id = self
            .fake
            .world(|w| *w.goal_named(goal).check_ins.last().unwrap());
        CheckInId::new(format!("work:{}", short(id)))
    }

    /// How often a write reached the server, by the last part of its names.
    pub fn posts(&self, names: &[&str]) -> usize {
        names.iter().map(|name| self.fake.count(name)).sum()
    }
}

/// The key results of a goal as the reading side gives them.
pub fn results(goal: &Goal) -> Vec<KeyResult> {
    let one = |id: String, name: &str, kind, unit: &str, range: (f64, f64), current| KeyResult {
        particulars: None,
        id: ResultId::new(id),
        name: name.to_owned(),
        kind,
        unit: unit.to_owned(),
        start: range.0,
        target: Some(range.1),
        current: Some(current),
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    };
    let mut all: Vec<KeyResult> = goal
        .targets
        .iter()
        .map(|it| {
            one(
                format!("work:{}", short(it.id)),
                &it.name,
                Kind::Number,
                &it.unit,
                (it.from, it.to),
                Reading::Number(it.value),
            )
        })
        .collect();
    if !goal.checks.is_empty() {
        let kind = Kind::Checklist {
            items: goal.checks.iter().map(|it| it.name.clone()).collect(),
            ids: goal.checks.iter().map(|it| short(it.id)).collect(),
        };
        let ticks = goal.checks.iter().map(|it| it.completed).collect();
        all.push(one(
            CHECKLIST.to_owned(),
            "Checklist",
            kind,
            "",
            (0.0, 0.0),
            Reading::Ticks(ticks),
        ));
    }
    all
}

pub const CHECKLIST: &str = "work:checklist";

pub fn at(text: &str) -> Time {
    text.parse().unwrap()
}

/// A check-in as the editor makes it.
pub fn written(rig: &Rig, note: &str, status: Status) -> CheckIn {
    let mut new = CheckIn::new(
        CheckInId::new("work:0a1b2c3d4e5f"),
        rig.letter(Change::MarkRead {
            ids: Vec::new(),
            read: true,
        })
        .signature
        .by,
        at("2026-11-21T12:00:00Z"),
    );
    new.note = note.to_owned();
    new.status = Some(status);
    new
}

pub fn set(check_in: &mut CheckIn, result: ResultId, now: Reading) {
    check_in.values.push(ValueChange {
        result,
        before: None,
        now,
    });
}

pub fn check_in(goal: GoalId, check_in: CheckIn) -> Change {
    Change::CheckIn {
        goal,
        check_in,
        tell: Tell::Responsible,
    }
}
