//! Programs that are killed at any moment (kill -9) while they send to a server
//! that lies: on the real disk, with the real lock, until the outbox is empty.
//! Every text is the same, so nothing but the known ids tells them apart.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use goaldeck::disk::{Disk, Options};
use goaldeck::model::exchange::Abilities;
use goaldeck::providers::{Provider, Sink};
use goaldeck::run::clock::Clock;
use goaldeck::run::headless::{Headless, Parts};

use super::*;

/// Writes of one test, half of them on each goal; fewer than sent ones are kept.
const WRITES: u32 = 60;
/// The server applies at the latest so long after the line was cut.
const LATE: Duration = Duration::from_millis(150);
/// What tells the child what it is.
const ADDRESS: &str = "GOALDECK_TEST_TOWN";
const FOLDER: &str = "GOALDECK_TEST_FOLDER";

/// What the server has: goal and, unseen by anybody, whose it is.
type Board = Arc<Mutex<Vec<(String, String)>>>;

/// A number that looks like chance and is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Serves the board until the test ends.
fn serve(board: &Board, dice: Dice) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (board, dice) = (Arc::clone(board), Arc::new(Mutex::new(dice)));
    std::thread::spawn(move || {
        for line in listener.incoming().flatten() {
            let (board, dice) = (Arc::clone(&board), Arc::clone(&dice));
            std::thread::spawn(move || answer(line, &board, &dice));
        }
    });
    address
}

/// `read GOAL` gives how many stand there; `post GOAL KEY` adds one.
fn answer(line: TcpStream, board: &Board, dice: &Mutex<Dice>) {
    let mut asked = String::new();
    let mut reader = BufReader::new(&line);
    if reader.read_line(&mut asked).is_err() {
        return;
    }
    let mut words = asked.split_whitespace();
    let (verb, goal) = (words.next(), words.next().unwrap_or_default().to_owned());
    let said = match (verb, words.next()) {
        (Some("read"), _) => {
            let board = board.lock().expect("the board");
            let count = board.iter().filter(|(on, _)| *on == goal).count();
            count.to_string()
        }
        (Some("post"), Some(key)) => {
            let mood = dice.lock().expect("the dice").roll(10);
            let add = || {
                board
                    .lock()
                    .expect("the board")
                    .push((goal, key.to_owned()))
            };
            match mood {
                // Applied, and the answer is lost.
                0 => return add(),
                // Neither.
                1 => return,
                // The line is cut, and it is applied later.
                2 => {
                    drop(line);
                    std::thread::sleep(LATE);
                    return add();
                }
                _ => add(),
            }
            "done".to_owned()
        }
        _ => return,
    };
    let mut line = &line;
    let _gone = writeln!(line, "{said}");
}

/// The account on that server, as a provider with known ids.
struct Town(SocketAddr);

impl Town {
    fn ask(&self, question: &str) -> Option<String> {
        let mut line = TcpStream::connect(self.0).ok()?;
        writeln!(line, "{question}").ok()?;
        let mut said = String::new();
        BufReader::new(line).read_line(&mut said).ok()?;
        let said = said.trim().to_owned();
        (!said.is_empty()).then_some(said)
    }

    fn count(&self, letter: &Letter) -> Option<usize> {
        let goals = letter.change.goals();
        self.ask(&format!("read {}", goals[0]))
            .and_then(|said| said.parse().ok())
    }

    /// Whether more stand there than before.
    fn finds(&self, letter: &Letter) -> Result<bool, Fault> {
        let before = letter
            .trail
            .as_ref()
            .map_or(0, |trail| trail.note.parse().unwrap_or(0));
        let count = self.count(letter);
        count
            .map(|count| count > before)
            .ok_or_else(|| fault(FaultKind::Offline, "no line"))
    }

    fn step(&self, letter: &Letter) -> Answer {
        if letter.trail.is_none() {
            return self.count(letter).map_or_else(
                || Answer::Offline("no line".to_owned()),
                |count| {
                    Answer::Onward(Trail {
                        words: String::new(),
                        note: count.to_string(),
                        risky: true,
                    })
                },
            );
        }
        let accepted = Answer::Accepted {
            batch: Batch::default(),
            undo: None,
        };
        match self.finds(letter) {
            Err(fault) => Answer::Offline(fault.why),
            Ok(true) => accepted,
            Ok(false) => {
                let goals = letter.change.goals();
                let done = self.ask(&format!("post {} {}", goals[0], letter.key));
                done.map_or_else(|| Answer::NoAnswer("cut".to_owned()), |_| accepted)
            }
        }
    }
}

impl Provider for Town {
    fn abilities(&self) -> Abilities {
        fake::able()
    }

    fn fetch(&self, query: Query, mut sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        let goals = [1, 2].map(|number| {
            let id = GoalId::new(format!("work:g-{number}"));
            Goal::new(id, account(), format!("Goal {number}"), friday().at)
        });
        sink(Batch {
            goals: goals.to_vec(),
            me: Some("work:me".into()),
            full: query == Query::All,
            ..Batch::default()
        });
        async { Ok(()) }.boxed()
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        async move { self.step(&letter) }.boxed()
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        async move { Ok(self.finds(&letter)?.then(Batch::default)) }.boxed()
    }
}

/// One life of the program: posts what is not posted yet and sends until all is
/// sent. Does nothing unless it was started by the test below.
#[test]
fn child() {
    let (Ok(address), Ok(folder)) = (std::env::var(ADDRESS), std::env::var(FOLDER)) else {
        return;
    };
    let clock = Clock::real();
    let opened = Disk::open(Path::new(&folder), &Options::new(clock.now().at));
    let disk = opened.expect("a store").disk;
    let provider: Arc<dyn Provider> = Arc::new(Town(address.parse().expect("an address")));
    let settle = Settle {
        first: TimeDelta::milliseconds(250),
        second: TimeDelta::milliseconds(50),
        ..Settle::default()
    };
    let parts = Parts {
        setups: vec![Setup {
            settle,
            ..setup("work")
        }],
        providers: BTreeMap::from([(account(), provider)]),
        records: disk.load_records_now().expect("records"),
        disk: Some(disk),
        rules: Rules::default(),
        clock,
        read_only: None,
    };
    let mut program = Headless::start(parts).expect("it starts");
    for number in 0..WRITES {
        let id = EntryId::new(format!("e{number:03}"));
        let command = match program.store().entry(&id) {
            None => Command::Post(Post {
                id,
                account: account(),
                change: check_in(number % 2 + 1, "As last week."),
                draft: None,
            }),
            Some(_) => Command::Retry(id),
        };
        program.carry_out(vec![command], Duration::from_secs(20));
    }
    let is_sent = |entry: &Entry| matches!(entry.state, EntryState::Sent { .. });
    assert!(program.store().entries().all(is_sent), "not all is sent");
}

fn start(address: SocketAddr, folder: &Path) -> Child {
    Process::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "outbox::kill::child", "--nocapture"])
        .env(ADDRESS, address.to_string())
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts")
}

#[test]
fn f02_killed_again_and_again_each_arrives_once_and_in_order() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("data");
    let board: Board = Arc::default();
    let mut dice = Dice(20_261_121);
    let address = serve(&board, Dice(dice.roll(u64::MAX >> 33)));
    let mut kills = 0;
    let began = Instant::now();
    for life in 0.. {
        let mut child = start(address, &folder);
        // At last it may live; until then it is killed, mostly in the midst.
        let lives = match life {
            0..40 => Duration::from_millis(30 + dice.roll(250)),
            _ => Duration::from_secs(120),
        };
        let end = Instant::now() + lives;
        let ended = loop {
            if let Some(ended) = child.try_wait().expect("a child") {
                break Some(ended);
            }
            if Instant::now() > end {
                break None;
            }
            std::thread::yield_now();
            std::thread::sleep(Duration::from_millis(1));
        };
        match ended {
            Some(ended) => {
                assert!(ended.success(), "life {life} ended badly");
                break;
            }
            None => {
                child.kill().expect("it is killed");
                child.wait().expect("it ends");
                kills += 1;
                assert!(kills <= 40, "it does not come to an end");
            }
        }
    }
    println!("{kills} kills in {:?}", began.elapsed());
    assert!(kills >= 10, "only {kills} kills");
    let board = board.lock().expect("the board");
    for goal in 1..=2 {
        let of_goal = board
            .iter()
            .filter(|(on, _)| *on == format!("work:g-{goal}"));
        let keys: Vec<&str> = of_goal.map(|(_, key)| key.as_str()).collect();
        let expected: Vec<String> = (0..WRITES)
            .filter(|number| number % 2 + 1 == goal)
            .map(|number| format!("e{number:03}"))
            .collect();
        assert_eq!(keys, expected, "doubled, lost or out of order");
    }
}
