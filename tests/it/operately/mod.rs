//! A fake Operately server with state, of any age, for tests: in this process,
//! on loopback, behind a line that can go wrong.
//!
//! ```ignore
//! let fake = Fake::start(Age::Later);            // the small company
//! let fake = Fake::with(World::big(Age::Flat, 1_000));
//! client(&fake.url, &fake.token("ada"));
//! fake.world(|w| w.age = Age::V1_8);             // an upgrade while it runs
//! fake.world(|w| w.now += TimeDelta::days(1));   // its clock
//! fake.world(|w| w.jobs_mode = Jobs::Held);      // notifications wait for
//! fake.world(World::run_jobs);                   // this
//! fake.line.script(When::path("create_check_in").once(), Fault::ResetAfter);
//! fake.count("goals/create_check_in");           // what reached the server
//! fake.line.sent();                              // what the client sent
//! ```

#![allow(dead_code, reason = "what one test needs of the fake another does not")]

pub mod age;
mod by_hand;
mod check_ins;
mod declared;
mod gate;
pub mod ids;
pub mod line;
mod map;
mod news;
mod reads;
pub mod recorded;
mod replay;
pub mod seeds;
mod serve;
mod shown;
mod talk;
mod view;
pub mod world;
mod writes;

mod own;

use std::sync::{Arc, Mutex};

pub use age::Age;
#[allow(unused_imports, reason = "for the tests that use the fake")]
pub use line::{Fault, Gate, Line, When, until};
pub use serve::Asked;
#[allow(unused_imports, reason = "for the tests that use the fake")]
pub use world::{Jobs, Names, World};

/// A running fake server. It ends when this is dropped.
pub struct Fake {
    /// The base of the addresses, `http://127.0.0.1:port`, through the line.
    pub url: String,
    /// The same past the line.
    pub direct: String,
    /// What can go wrong on the way.
    pub line: Line,
    shared: serve::Shared,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Fake {
    /// Serves the small company at an age.
    pub fn start(age: Age) -> Fake {
        Fake::with(World::small(age))
    }

    /// Serves a world.
    pub fn with(world: World) -> Fake {
        let shared = serve::Shared {
            world: Arc::new(Mutex::new(world)),
            log: Arc::default(),
        };
        let (end, ended) = tokio::sync::oneshot::channel();
        let (ready, started) = std::sync::mpsc::channel();
        let inside = shared.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let server = serve::start(inside).await;
                let line = Line::to(server).await;
                ready.send((server, line)).expect("the test waits");
                let _ = ended.await;
            });
        });
        let (server, line) = started.recv().expect("the fake starts");
        Fake {
            url: format!("http://{}", line.address),
            direct: format!("http://{server}"),
            line,
            shared,
            end: Some(end),
            thread: Some(thread),
        }
    }

    /// Looks into the world, or changes it behind the client's back.
    pub fn world<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        look(&mut self.shared.world.lock().expect("the world"))
    }

    /// The full token of a person (`ada`, `ingrid`, ..).
    pub fn token(&self, key: &str) -> String {
        seeds::token(key)
    }

    /// The read-only token of a person.
    pub fn read_only_token(&self, key: &str) -> String {
        seeds::read_only_token(key)
    }

    /// Every request that reached the server, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.log.lock().expect("the log").clone()
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        self.shared.log.lock().expect("the log").clear();
    }

    /// How often an operation reached the server, by the name in its path.
    pub fn count(&self, op: &str) -> usize {
        let log = self.shared.log.lock().expect("the log");
        log.iter().filter(|a| a.op() == op).count()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
