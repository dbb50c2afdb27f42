//! An account at the fake, and the outbox's part in a few lines.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use goaldeck::model::cache::Notes;
use goaldeck::model::check_in::{CheckIn, ValueChange};
use goaldeck::model::exchange::{
    Answer, Base, Batch, Change, Fault, GoalEdit, Letter, Query, Signature, Tell,
};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{AccountName, EntryId, GoalId, PersonId};
use goaldeck::model::key_result::Reading;
use goaldeck::model::sign_in::{SignIn, TokenSource};
use goaldeck::model::system::Special;
use goaldeck::model::time::{Now, Time, Zone};
use goaldeck::model::workspace::Pending;
use goaldeck::providers::Provider;
use goaldeck::providers::clickup::ClickUp;
use goaldeck::providers::http::{self, Options, Pace, Proxies, Token};

use super::fake::{ADA, Fake, Shape, World};

/// Waits by moving the fake's clock.
struct Hurry(Arc<Mutex<World>>);

impl Pace for Hurry {
    fn rest(&self, time: Duration) -> BoxFuture<'_, ()> {
        self.0.lock().unwrap().now += i64::try_from(time.as_millis()).unwrap();
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        0.0
    }
}

/// Notes in memory, as the disk keeps them.
#[derive(Default)]
pub struct Memory(Mutex<HashMap<String, String>>);

impl Notes for Memory {
    fn get(&self, _: &AccountName, key: &str) -> Pending<'_, Result<Option<String>, Fault>> {
        let note = self.0.lock().unwrap().get(key).cloned();
        Box::pin(std::future::ready(Ok(note)))
    }

    fn put(&self, _: &AccountName, key: &str, value: &str) -> Pending<'_, Result<(), Fault>> {
        self.0
            .lock()
            .unwrap()
            .insert(key.to_owned(), value.to_owned());
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A client for an address, with a clock that is moved instead of waited for.
pub fn client(url: &str, token: &str, world: &Arc<Mutex<World>>) -> http::Client {
    let sign_in = SignIn {
        account: AccountName::new("work"),
        url: url.to_owned(),
        token: TokenSource::Env("UNUSED".to_owned()),
        ca_file: None,
        insecure: false,
    };
    let options = Options {
        connect: Duration::from_secs(5),
        whole: Duration::from_secs(10),
        proxies: Proxies::default(),
        pace: Arc::new(Hurry(Arc::clone(world))),
        ..Options::default()
    };
    http::Client::with_token("ClickUp", &sign_in, Token::new(token).unwrap(), options).unwrap()
}

pub fn provider(url: &str, token: &str, special: Special, world: &Arc<Mutex<World>>) -> ClickUp {
    let clock = Arc::clone(world);
    let clock = Arc::new(move || {
        let now = clock.lock().unwrap().now;
        let at: Time = chrono::DateTime::from_timestamp_millis(now).unwrap();
        Now::new(at, Zone::utc())
    });
    ClickUp::new(
        client(url, token, world),
        AccountName::new("work"),
        special,
        clock,
    )
}

/// One account.
pub struct Rig {
    pub fake: Fake,
    pub account: ClickUp,
    pub notes: Arc<Memory>,
    pub special: Special,
    token: String,
    runtime: tokio::runtime::Runtime,
}

/// All that one question brought.
#[derive(Debug, Default)]
pub struct Told {
    pub batches: Vec<Batch>,
    pub fault: Option<Fault>,
}

impl Told {
    /// The goals as they stand after all of it.
    pub fn goals(&self) -> Vec<Goal> {
        let mut all: Vec<Goal> = Vec::new();
        for batch in &self.batches {
            for goal in &batch.goals {
                match all.iter_mut().find(|known| known.id == goal.id) {
                    Some(known) => *known = goal.clone(),
                    None => all.push(goal.clone()),
                }
            }
        }
        all
    }

    pub fn goal(&self, id: &str) -> Goal {
        let all = self.goals();
        let found = all.into_iter().find(|goal| goal.id.as_str() == id);
        found.unwrap_or_else(|| panic!("{id} is not in {self:?}"))
    }

    pub fn names(&self) -> Vec<String> {
        self.goals().into_iter().map(|goal| goal.name).collect()
    }

    pub fn pauses(&self) -> Vec<u64> {
        self.batches
            .iter()
            .filter_map(|batch| batch.pause)
            .collect()
    }
}

impl Rig {
    pub fn small(shape: Shape) -> Self {
        Self::of(World::small(shape), "pk_ada_1", Special::default())
    }

    pub fn of(world: World, token: &str, special: Special) -> Self {
        let fake = Fake::start(world);
        let notes = Arc::new(Memory::default());
        let account = provider(&fake.url, token, special.clone(), &fake.shared());
        Self {
            account: account.remembering(Arc::clone(&notes) as Arc<dyn Notes>),
            fake,
            notes,
            special,
            token: token.to_owned(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
        }
    }

    /// The program is started again.
    pub fn restart(&mut self) {
        let account = provider(
            &self.fake.url,
            &self.token,
            self.special.clone(),
            &self.fake.shared(),
        );
        self.account = account.remembering(Arc::clone(&self.notes) as Arc<dyn Notes>);
    }

    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn fetch(&self, query: Query) -> Told {
        let (pieces, mut came) = tokio::sync::mpsc::unbounded_channel();
        let sink = Box::new(move |batch| pieces.send(batch).unwrap());
        let end = self.run(self.account.fetch(query, sink));
        let mut told = Told {
            fault: end.err(),
            ..Told::default()
        };
        while let Ok(batch) = came.try_recv() {
            told.batches.push(batch);
        }
        told
    }

    #[track_caller]
    pub fn all(&self) -> Told {
        let told = self.fetch(Query::All);
        assert_eq!(told.fault, None);
        let last = told.batches.last().unwrap();
        assert!(last.full && !last.more);
        let (_, before) = told.batches.split_last().unwrap();
        assert!(
            before.iter().all(|batch| batch.more
                && (!batch.full || batch.pause.is_some() || batch.so_far.is_some()))
        );
        told
    }

    pub fn goal(&self, id: &str) -> Goal {
        self.fetch(Query::Goal(id.into())).goal(id)
    }

    // --- writing

    pub fn letter(&self, change: Change) -> Letter {
        let signature = Signature {
            by: PersonId::new(format!("work:u:{ADA}")),
            account: AccountName::new("work"),
            at: "2026-11-21T12:00:00Z".parse().unwrap(),
        };
        Letter::new(EntryId::new("entry1"), change, signature)
    }

    /// A check-in with what the writer saw of the goal.
    pub fn check_in(&self, goal: &str, note: &str, values: &[(&str, Reading)]) -> Letter {
        let seen = self.goal(goal);
        let author = PersonId::new(format!("work:u:{ADA}"));
        let mut check_in = CheckIn::new(
            "work:c-1".into(),
            author,
            "2026-11-21T12:00:00Z".parse().unwrap(),
        );
        check_in.note = note.to_owned();
        check_in.values = values
            .iter()
            .map(|(id, now)| ValueChange {
                result: (*id).into(),
                before: seen
                    .result(&(*id).into())
                    .and_then(|one| one.current.clone()),
                now: now.clone(),
            })
            .collect();
        let mut letter = self.letter(Change::CheckIn {
            goal: GoalId::new(goal),
            check_in,
            tell: Tell::Responsible,
        });
        letter.base = Some(Base::of(&seen));
        letter
    }

    pub fn edit(&self, goal: &str, edit: GoalEdit) -> Letter {
        self.letter(Change::EditGoal {
            goal: goal.into(),
            edit: Box::new(edit),
        })
    }

    pub fn send(&self, letter: &Letter) -> Answer {
        self.run(self.account.send(letter.clone()))
    }

    /// Sends until nothing goes on by itself; the trail stays in the letter.
    pub fn carry(&self, letter: &mut Letter) -> Answer {
        for _ in 0..40 {
            match self.send(letter) {
                Answer::Onward(trail) => letter.trail = Some(trail),
                answer => return answer,
            }
        }
        panic!("it comes to no end: {letter:?}");
    }

    pub fn look(&self, letter: &Letter) -> Result<Option<Batch>, Fault> {
        self.run(self.account.look_for(letter.clone()))
    }
}

/// The facts of a write that was done.
#[track_caller]
pub fn done(answer: Answer) -> Batch {
    match answer {
        Answer::Accepted { batch, .. } => batch,
        other => panic!("not done: {other:?}"),
    }
}

#[track_caller]
pub fn refused(answer: Answer) -> Fault {
    match answer {
        Answer::Refused(fault) => fault,
        other => panic!("not refused: {other:?}"),
    }
}
