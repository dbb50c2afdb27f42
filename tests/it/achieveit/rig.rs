//! A person at a fake AchieveIt, and the outbox's part in a few lines.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::{BoxFuture, join_all};
use goaldeck::model::check_in::{CheckIn, ValueChange};
use goaldeck::model::exchange::{
    Answer, Base, Batch, Change, Fault as Said, Letter, Query, Signature, Tell, Trail,
};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{CheckInId, EntryId, GoalId, PersonId};
use goaldeck::model::key_result::Reading;
use goaldeck::model::sign_in::{SignIn, TokenSource};
use goaldeck::model::status::Status;
use goaldeck::model::time::{Now, Time, Zone};
use goaldeck::providers::Provider;
use goaldeck::providers::achieveit::{AchieveIt, Setup, Words};
use goaldeck::providers::http::{self, Options, Pace, Proxies, Token, TokenHeader};

use super::fake::{Fake, KEY, PLAN};

/// How long a batch waits for those that are announced.
const GATHER: Duration = Duration::from_secs(2);

/// Nobody waits in a test, except a batch for those that come: until so many
/// imports have reached the server.
pub struct Quick {
    posts: Box<dyn Fn() -> usize + Send + Sync>,
    pub until: AtomicUsize,
    pub rests: Mutex<Vec<u64>>,
}

impl Pace for Quick {
    fn rest(&self, time: Duration) -> BoxFuture<'_, ()> {
        let waits = time == GATHER && (self.posts)() < self.until.load(Ordering::Relaxed);
        self.rests.lock().unwrap().push(time.as_secs());
        Box::pin(async move {
            if waits {
                std::future::pending::<()>().await;
            }
            tokio::task::yield_now().await;
        })
    }

    fn chance(&self) -> f64 {
        0.0
    }
}

/// One account.
pub struct Rig {
    pub fake: Arc<Fake>,
    pub provider: AchieveIt,
    pub pace: Arc<Quick>,
    /// Seconds that have gone by.
    clock: Arc<AtomicI64>,
    runtime: tokio::runtime::Runtime,
}

/// What an account has besides its server.
pub struct Shape {
    pub plans: Vec<&'static str>,
    pub file: Option<&'static str>,
    pub words: Vec<(&'static str, Status)>,
    pub me: Option<&'static str>,
    pub zone: Zone,
    pub key: &'static str,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            plans: vec![PLAN],
            file: None,
            words: Vec::new(),
            me: Some("Ada Moreno"),
            zone: Zone::utc(),
            key: KEY,
        }
    }
}

pub fn at(text: &str) -> Time {
    text.parse().unwrap()
}

impl Rig {
    pub fn new() -> Self {
        Self::at(Arc::new(Fake::start()), Shape::default())
    }

    /// Another program at the same server.
    pub fn again(&self) -> Self {
        Self::at(Arc::clone(&self.fake), Shape::default())
    }

    pub fn at(fake: Arc<Fake>, shape: Shape) -> Self {
        let counted = Arc::clone(&fake);
        let pace = Arc::new(Quick {
            posts: Box::new(move || counted.count("POST ")),
            until: AtomicUsize::new(1),
            rests: Mutex::default(),
        });
        let clock = Arc::new(AtomicI64::new(0));
        let ticks = Arc::clone(&clock);
        let words = shape.words.iter();
        let words = words.map(|(word, status)| ((*word).to_owned(), *status));
        let setup = Setup {
            account: "work".into(),
            words: Words::new(&words.collect()),
            me: shape.me.map(str::to_owned),
            plans: shape.plans.iter().map(|plan| (*plan).to_owned()).collect(),
            items_file: shape.file.map(|file| {
                let read: goaldeck::providers::achieveit::ItemsFile =
                    Arc::new(move || Ok(file.as_bytes().to_vec()));
                read
            }),
            clock: Arc::new(move || {
                // It never stands still, so what was read before is older.
                let gone = ticks.fetch_add(1, Ordering::Relaxed);
                let now = at("2026-11-20T16:00:00Z") + TimeDelta::milliseconds(gone);
                Now::new(now, shape.zone)
            }),
            pace: Arc::clone(&pace) as Arc<dyn Pace>,
            notes: None,
        };
        let provider = AchieveIt::new(line(&fake.url, shape.key, &pace), setup);
        let mut builder = tokio::runtime::Builder::new_current_thread();
        Self {
            provider,
            fake,
            pace,
            clock,
            runtime: builder.enable_all().build().unwrap(),
        }
    }

    /// Time goes by.
    pub fn later(&self, time: TimeDelta) {
        self.clock
            .fetch_add(time.num_milliseconds(), Ordering::Relaxed);
    }

    /// A batch waits until so many imports have come.
    pub fn gathers(&self, imports: usize) {
        self.pace.until.store(imports, Ordering::Relaxed);
    }

    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub fn read(&self, query: Query) -> Result<Batch, Said> {
        let (pieces, batches) = std::sync::mpsc::channel();
        let sink = Box::new(move |batch| pieces.send(batch).unwrap());
        self.wait(self.provider.fetch(query, sink))?;
        Ok(batches.try_iter().last().unwrap())
    }

    pub fn goals(&self) -> Vec<Goal> {
        self.read(Query::All).unwrap().goals
    }

    pub fn goal(&self, id: &str) -> Goal {
        let id = goal_id(id);
        let mut goals = self.goals().into_iter();
        goals.find(|goal| goal.id == id).unwrap()
    }

    pub fn send(&self, letter: &Letter) -> Answer {
        self.wait(self.provider.send(letter.clone()))
    }

    pub fn look(&self, letter: &Letter) -> Result<Option<Batch>, Said> {
        self.wait(self.provider.look_for(letter.clone()))
    }

    /// All steps of one write; the last answer and the trail it came with.
    pub fn carry(&self, letter: Letter) -> (Answer, Option<Trail>) {
        self.carry_all(vec![letter]).remove(0)
    }

    /// All steps of many writes that are due at the same time.
    pub fn carry_all(&self, letters: Vec<Letter>) -> Vec<(Answer, Option<Trail>)> {
        let each = letters.into_iter().map(|mut letter| async move {
            for _ in 0..20 {
                match self.provider.send(letter.clone()).await {
                    // The disk takes its time.
                    Answer::Onward(trail) => {
                        letter.trail = Some(trail);
                        tokio::task::yield_now().await;
                    }
                    answer => return (answer, letter.trail),
                }
            }
            panic!("no end: {letter:?}")
        });
        self.wait(join_all(each))
    }

    /// The next step only.
    pub fn step(&self, letter: &mut Letter) -> Trail {
        match self.send(letter) {
            Answer::Onward(trail) => {
                letter.trail = Some(trail.clone());
                trail
            }
            answer => panic!("{answer:?}"),
        }
    }
}

fn line(url: &str, key: &str, pace: &Arc<Quick>) -> http::Client {
    let sign_in = SignIn {
        account: "work".into(),
        url: url.to_owned(),
        token: TokenSource::Env("UNUSED".to_owned()),
        ca_file: None,
        insecure: false,
    };
    let options = Options {
        rehearsal: None,
        connect: Duration::from_secs(5),
        whole: Duration::from_secs(5),
        token_header: TokenHeader::Prefixed("API-KEY"),
        proxies: Proxies::default(),
        pace: Arc::clone(pace) as Arc<dyn Pace>,
    };
    let token = Token::new(key).unwrap();
    http::Client::with_token("AchieveIt", &sign_in, token, options).unwrap()
}

pub fn goal_id(id: &str) -> GoalId {
    GoalId::new(format!("work:g:{id}"))
}

pub fn letter(key: &str, change: Change) -> Letter {
    let signature = Signature {
        by: PersonId::new("work:u:ada moreno"),
        account: "work".into(),
        at: at("2026-11-20T15:00:00Z"),
    };
    Letter::new(EntryId::new(key), change, signature)
}

/// A check-in as the editor makes it.
pub fn check_in(note: &str, status: Option<Status>) -> CheckIn {
    let (id, by) = (
        CheckInId::new("work:c-0a1b2c"),
        PersonId::new("work:u:ada moreno"),
    );
    let mut new = CheckIn::new(id, by, at("2026-11-20T15:00:00Z"));
    new.note = note.to_owned();
    new.status = status;
    new
}

/// A letter with a check-in for one item.
pub fn writes(key: &str, id: &str, status: Status, value: Option<f64>, note: &str) -> Letter {
    let mut new = check_in(note, Some(status));
    new.values.extend(value.map(|value| ValueChange {
        result: format!("work:k:{id}").as_str().into(),
        before: None,
        now: Reading::Number(value),
    }));
    letter(
        key,
        Change::CheckIn {
            goal: goal_id(id),
            check_in: new,
            tell: Tell::default(),
        },
    )
}

/// The same by somebody who saw the goal so.
pub fn over(mut letter: Letter, seen: &Goal) -> Letter {
    letter.base = Some(Base::of(seen));
    letter
}

pub fn fault_of(answer: &Answer) -> &Said {
    match answer {
        Answer::Refused(fault) => fault,
        other => panic!("{other:?}"),
    }
}

pub fn batch_of(answer: &Answer) -> &Batch {
    match answer {
        Answer::Accepted { batch, .. } => batch,
        other => panic!("{other:?}"),
    }
}
