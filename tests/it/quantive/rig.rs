//! A person at a fake Quantive, and the outbox's part in a few lines.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use goaldeck::model::check_in::{CheckIn, ValueChange};
use goaldeck::model::exchange::{
    Answer, Base, Batch, Change, Fault, FaultKind, GoalEdit, Letter, Query, Signature, Tell,
};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{AccountName, CheckInId, EntryId, GoalId, PersonId, ResultId};
use goaldeck::model::key_result::Reading;
use goaldeck::model::person::Person;
use goaldeck::model::sign_in::{SignIn, TokenSource};
use goaldeck::model::system::Special;
use goaldeck::model::time::Time;
use goaldeck::providers::Provider;
use goaldeck::providers::http::{self, Options, Pace, Proxies, Token};
use goaldeck::providers::quantive::Quantive;

use super::fake::Fake;
use super::world::ACCOUNT;

/// Nobody waits in a test.
pub struct AtOnce;

impl Pace for AtOnce {
    fn rest(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        0.0
    }
}

/// What a whole answer told.
#[derive(Debug, Default)]
pub struct Facts {
    pub goals: Vec<Goal>,
    pub gone: Vec<GoalId>,
    pub people: Vec<Person>,
    pub me: Option<PersonId>,
    pub full: bool,
    pub brief: bool,
}

impl Facts {
    pub fn take(&mut self, batch: Batch) {
        self.goals.extend(batch.goals);
        self.gone.extend(batch.gone);
        self.people.extend(batch.people);
        self.me = batch.me.or(self.me.take());
        self.brief |= batch.brief;
        self.full = batch.full;
    }

    #[track_caller]
    pub fn goal(&self, id: &str) -> &Goal {
        let id = goal(id);
        let found = self.goals.iter().find(|goal| goal.id == id);
        found.unwrap_or_else(|| panic!("no {id} in {:?}", self.goals))
    }

    pub fn name(&self, id: &PersonId) -> Option<&str> {
        let found = self.people.iter().find(|person| person.id == *id);
        found.map(|person| person.name.as_str())
    }
}

pub fn goal(id: &str) -> GoalId {
    GoalId::new(format!("work:g:{id}"))
}

pub fn result(id: &str) -> ResultId {
    ResultId::new(format!("work:k:{id}"))
}

pub fn person(id: &str) -> PersonId {
    PersonId::new(format!("work:u:{id}"))
}

pub fn at(text: &str) -> Time {
    text.parse().expect("a time")
}

/// The moment of these tests.
pub fn now() -> Time {
    at("2026-11-20T10:00:00Z")
}

/// The settings of an account that names itself.
pub fn special() -> Special {
    Special {
        workspace: Some(ACCOUNT.to_owned()),
        ..Special::default()
    }
}

/// One person at a server.
pub struct Rig {
    pub fake: Fake,
    pub provider: Quantive,
    runtime: tokio::runtime::Runtime,
}

impl Rig {
    pub fn new() -> Rig {
        Rig::at(Fake::start())
    }

    pub fn at(fake: Fake) -> Rig {
        Rig::with(fake, special())
    }

    pub fn with(fake: Fake, special: Special) -> Rig {
        let token = fake.token();
        let provider = provider(&fake.url, &token, special);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        Rig {
            fake,
            provider,
            runtime,
        }
    }

    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn ask(&self, query: Query) -> Result<Vec<Batch>, Fault> {
        let batches = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&batches);
        let sink = Box::new(move |batch| into.lock().expect("no panic").push(batch));
        self.run(self.provider.fetch(query, sink))?;
        Ok(std::mem::take(&mut *batches.lock().expect("no panic")))
    }

    #[track_caller]
    pub fn all(&self) -> Facts {
        let mut facts = Facts::default();
        let batches = self.ask(Query::All).expect("an answer");
        let (last, rest) = batches.split_last().expect("an end");
        assert!(!last.more && rest.iter().all(|batch| batch.more));
        for batch in batches {
            facts.take(batch);
        }
        facts
    }

    #[track_caller]
    pub fn one(&self, id: &str) -> Facts {
        let mut facts = Facts::default();
        for batch in self.ask(Query::Goal(goal(id))).expect("an answer") {
            facts.take(batch);
        }
        facts
    }

    /// Who writes: whom the last full answer named, or Alice.
    pub fn letter(&self, change: Change) -> Letter {
        let signature = Signature {
            by: person(self.fake.world(|w| w.me)),
            account: AccountName::new("work"),
            at: now(),
        };
        Letter::new(EntryId::new("entry0000001"), change, signature)
    }

    /// As one who has seen the goal as it stands.
    pub fn informed(&self, change: Change, seen: &Goal) -> Letter {
        let mut letter = self.letter(change);
        letter.base = Some(Base::of(seen));
        letter
    }

    pub fn send(&self, letter: &Letter) -> Answer {
        self.run(self.provider.send(letter.clone()))
    }

    pub fn look(&self, letter: &Letter) -> Result<Option<Batch>, Fault> {
        self.run(self.provider.look_for(letter.clone()))
    }

    /// All steps, as the outbox takes them: notes are kept, what is unsure is
    /// looked for twice. The facts in the end.
    pub fn carry(&self, letter: Letter) -> Result<(Batch, Option<Change>), Fault> {
        self.carry_from(letter, usize::MAX)
    }

    /// The same, but we die after step number `dies` (from 0), before its answer is
    /// on disk, and another program goes on.
    pub fn carry_from(
        &self,
        mut letter: Letter,
        dies: usize,
    ) -> Result<(Batch, Option<Change>), Fault> {
        let second = provider(&self.fake.url, &self.fake.token(), special());
        for step in 0..60 {
            let risky = letter.trail.as_ref().is_some_and(|trail| trail.risky);
            let provider = if step > dies { &second } else { &self.provider };
            let answer = match self.run(provider.send(letter.clone())) {
                _ if step == dies && risky => Answer::NoAnswer("we died".to_owned()),
                _ if step == dies => continue,
                answer => answer,
            };
            match answer {
                Answer::Accepted { batch, undo } => return Ok((batch, undo.map(|undo| *undo))),
                Answer::Onward(trail) => letter.trail = Some(trail),
                Answer::Offline(_) | Answer::Busy(_) => {}
                Answer::NoAnswer(_) if !risky => {}
                Answer::Refused(fault) => return Err(fault),
                Answer::NoAnswer(_) => {
                    if let Some(batch) = self.find(provider, &letter)? {
                        return Ok((batch, None));
                    }
                }
            }
        }
        panic!("no end: {letter:?}")
    }

    fn find(&self, provider: &Quantive, letter: &Letter) -> Result<Option<Batch>, Fault> {
        let mut looks = 0;
        for _ in 0..60 {
            match self.run(provider.look_for(letter.clone())) {
                Ok(Some(batch)) => return Ok(Some(batch)),
                Ok(None) if looks == 1 => return Ok(None),
                Ok(None) => looks += 1,
                Err(fault) if fault.kind == FaultKind::Offline => {}
                Err(fault) => return Err(fault),
            }
        }
        panic!("no end of looking: {letter:?}")
    }
}

pub fn provider(url: &str, token: &str, special: Special) -> Quantive {
    let account = AccountName::new("work");
    let sign_in = SignIn {
        account: account.clone(),
        url: goaldeck::providers::quantive::client::base(url).to_owned(),
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
    let token = Token::new(token).expect("a token");
    let client = http::Client::with_token("Quantive", &sign_in, token, options);
    let client = client.expect("a client");
    Quantive::new(client, account, special, Arc::new(now))
}

/// A check-in as the form makes it.
pub fn check_in(goal_id: &str, note: &str, values: &[(&str, f64)]) -> Change {
    let mut new = CheckIn::new(
        CheckInId::new("work:0a1b2c3d4e5f"),
        person(super::world::ALICE),
        now(),
    );
    new.note = note.to_owned();
    new.values = values
        .iter()
        .map(|(id, value)| ValueChange {
            result: result(id),
            before: None,
            now: Reading::Number(*value),
        })
        .collect();
    Change::CheckIn {
        goal: goal(goal_id),
        check_in: new,
        tell: Tell::Responsible,
    }
}

pub fn sure(mut change: Change, sure: u8) -> Change {
    if let Change::CheckIn { check_in, .. } = &mut change {
        check_in.confidence = Some(sure);
    }
    change
}

pub fn edit(goal_id: &str, edit: GoalEdit) -> Change {
    Change::EditGoal {
        goal: goal(goal_id),
        edit: Box::new(edit),
    }
}
