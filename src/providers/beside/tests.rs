//! A provider with few places and a real disk beside it.

use std::sync::mpsc::channel;

use super::*;
use crate::disk::{Disk, Options};
use crate::model::check_in::{CheckIn, Occasion};
use crate::model::entry::Mark;
use crate::model::exchange::{Ability, Base, Cursor, GoalEdit, Signature, Tell, Trail};
use crate::model::goal::{Approval, Goal};
use crate::model::ids::{CheckInId, EntryId};
use crate::model::kept_here::{Changed, Note};
use crate::model::key_result::Reading;
use crate::model::notification::{Notification, Reason};
use crate::model::person::Person;
use crate::model::status::Status;
use crate::model::time::{Time, Zone};
use crate::model::workspace::Pending;
use crate::providers::fake::{Call, Doing, Fake, Looking, Telling, able};

mod reading;
mod writing;

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

/// Friday, 20 November 2026.
fn at() -> Time {
    time("2026-11-20T10:00:00Z")
}

/// Abilities of a system that knows values and notes and nothing else.
fn few() -> Abilities {
    let here = Ability::KeptHere;
    Abilities {
        edit_check_in: Ability::No("as written"),
        retract: Ability::No("as written"),
        status: here,
        confidence: here,
        acknowledge: here,
        unacknowledge: here,
        comment: here,
        remark: here,
        react: here,
        pause: here,
        close: here,
        inbox: here,
        unread: here,
        ..able()
    }
}

/// A fake that takes only some of an edit, and only check-ins with values.
struct Narrow(Fake);

impl Provider for Narrow {
    fn abilities(&self) -> Abilities {
        self.0.abilities()
    }

    fn fetch(&self, query: Query, sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        self.0.fetch(query, sink)
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        self.0.send(letter)
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        self.0.look_for(letter)
    }

    fn takes(&self, edit: &GoalEdit) -> GoalEdit {
        GoalEdit {
            name: edit.name.clone(),
            due: edit.due,
            ..GoalEdit::default()
        }
    }

    fn has_part_in(&self, change: &Change) -> bool {
        !matches!(change, Change::CheckIn { check_in, .. } if check_in.values.is_empty())
    }
}

/// A program: its disk, the provider it shares with others, and what is between.
struct Desk {
    fake: Fake,
    beside: Beside<Narrow>,
    _home: Arc<tempfile::TempDir>,
}

fn check_in(id: &str, author: &str, moment: &str, note: &str) -> CheckIn {
    let mut check_in = CheckIn::new(id.into(), author.into(), time(moment));
    check_in.note = note.into();
    check_in
}

/// Two goals of mine; Ana has checked in on the first.
fn goals() -> Vec<Goal> {
    let made = time("2026-10-01T00:00:00Z");
    let mut first = Goal::new("f:g1".into(), "f".into(), "Grow", made);
    first.champion = Some("f:me".into());
    first.check_ins = vec![check_in("f:a", "f:ana", "2026-11-13T09:00:00Z", "Slowly.")];
    let mut second = Goal::new("f:g2".into(), "f".into(), "Save", made);
    second.champion = Some("f:me".into());
    vec![first, second]
}

fn people() -> Vec<Person> {
    [("f:me", "Bo Berg"), ("f:ana", "Ana Silva")]
        .map(|(id, name)| Person {
            id: id.into(),
            account: "f".into(),
            name: name.into(),
            handle: String::new(),
        })
        .to_vec()
}

fn fake(abilities: Abilities) -> Fake {
    Fake::new("f", "f:me", abilities).with(goals(), people(), Vec::new())
}

impl Desk {
    fn new() -> Self {
        Self::with(few())
    }

    fn with(abilities: Abilities) -> Self {
        let home = Arc::new(tempfile::tempdir().unwrap());
        Self::on(home, fake(abilities))
    }

    fn on(home: Arc<tempfile::TempDir>, fake: Fake) -> Self {
        let opened = Disk::open(home.path(), &Options::new(at())).unwrap();
        let disk = opened.disk;
        Self::keeping(home, fake, Arc::new(disk), at())
    }

    fn keeping(
        home: Arc<tempfile::TempDir>,
        fake: Fake,
        keeper: Arc<dyn Keeper>,
        at: Time,
    ) -> Self {
        let clock = Arc::new(move || Now::new(at, Zone::utc()));
        let beside = Beside::new(Narrow(fake.clone()), keeper, "f".into(), clock);
        Self {
            fake,
            beside,
            _home: home,
        }
    }

    /// The same store and server, as another program sees them.
    fn another(&self) -> Self {
        Self::on(self._home.clone(), self.fake.clone())
    }

    /// The same at another moment.
    fn at(&self, at: Time) -> Self {
        let opened = Disk::open(self._home.path(), &Options::new(at)).unwrap();
        let disk = Arc::new(opened.disk);
        Self::keeping(self._home.clone(), self.fake.clone(), disk, at)
    }

    fn ask(&self, query: Query) -> Vec<Batch> {
        let (sender, batches) = channel();
        let sink = Box::new(move |batch| sender.send(batch).unwrap());
        run(self.beside.fetch(query, sink)).unwrap();
        batches.into_iter().collect()
    }

    fn goal(&self, id: &str) -> Goal {
        let batches = self.ask(Query::Goal(id.into()));
        let mut goals = batches.into_iter().flat_map(|batch| batch.goals);
        goals.next().unwrap()
    }

    fn send(&self, key: &str, change: Change) -> Answer {
        run(self.beside.send(letter(key, change)))
    }

    /// What takes a write back that must go through.
    fn done(&self, key: &str, change: Change) -> Option<Change> {
        match self.send(key, change) {
            Answer::Accepted { undo, .. } => undo.map(|undo| *undo),
            answer => panic!("{answer:?}"),
        }
    }

    /// Inbox lines of an answer to a question for everything.
    fn lines(&self) -> Vec<Notification> {
        let mut lines = self.ask(Query::All).pop().unwrap().notifications;
        lines.sort_by(|one, other| one.id.cmp(&other.id));
        lines
    }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(work)
}

fn signed() -> Signature {
    Signature {
        by: "f:me".into(),
        account: "f".into(),
        at: at(),
    }
}

fn letter(key: &str, change: Change) -> Letter {
    Letter::new(key.into(), change, signed())
}

fn acknowledge(check_in: &str) -> Change {
    Change::Acknowledge {
        items: vec![("f:g1".into(), check_in.into())],
    }
}

fn edit(edit: GoalEdit) -> Change {
    Change::EditGoal {
        goal: "f:g1".into(),
        edit: Box::new(edit),
    }
}

fn writes(fake: &Fake) -> usize {
    fake.received().len()
}
