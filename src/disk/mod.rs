//! The disk: one SQLite file in a data directory, written by one thread, read by
//! as many as ask. Imports only `model`; decides nothing about goals or entries,
//! never blocks who asks, never replaces a file it cannot read.

mod answer;
mod cache;
mod columns;
mod fault;
mod format;
mod keep;
mod kept_here;
mod load;
mod open;
mod past;
mod places;
mod records;
mod rescue;
pub mod sender_lock;
mod shelf;
mod watch;
mod writer;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

pub use open::{OnLost, OpenFault, Options};
pub use records::Binned;
pub use watch::Watch;
pub use writer::{Health, Reply};

use fault::{Trouble, disk};
use load::Section;
use open::Source;
use past::Today;
use places::Places;
use writer::{Jobs, Writer};

use crate::model::entry::{Record, Records};
use crate::model::exchange::{Batch, Change, Fault, Query, Signature};
use crate::model::goal::Goal;
use crate::model::ids::{EntryId, PersonId};
use crate::model::notification::Notification;
use crate::model::past::How;
use crate::model::person::Person;
use crate::model::time::{Time, Zone};
use crate::model::workspace::{Pending, Workspace};

/// A store that is open. Clones share it; it closes with the last one.
#[derive(Clone, Debug)]
pub struct Disk {
    jobs: Jobs,
    source: Arc<Source>,
    places: Arc<Places>,
    /// In which the days of the person begin.
    zone: Zone,
    /// The moment of what has none of its own.
    opened_at: Time,
}

/// A store just opened, and what is to be said about it.
#[derive(Debug)]
pub struct Opened {
    /// The handle.
    pub disk: Disk,
    /// Whether it may be written.
    pub mode: Mode,
    /// Sentences for people: what was found and done.
    pub notices: Vec<String>,
}

/// Whether a store may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It may.
    ReadWrite,
    /// It may not; the sentence says why and what to do.
    ReadOnly(String),
}

impl Disk {
    /// Opens the store in a data directory, or makes one. Scans nothing.
    ///
    /// # Errors
    /// [`OpenFault::Lost`] if there was a store and it is gone, else why it
    /// cannot be opened.
    pub fn open(directory: &Path, options: &Options) -> Result<Opened, OpenFault> {
        let opening = open::open(directory, options)?;
        let refusal = opening
            .read_only
            .as_ref()
            .map(|sentence| disk(sentence.trim_end_matches('.'), ""));
        let name: String =
            opening
                .connection
                .query_row("SELECT lower(hex(randomblob(6)))", [], |row| row.get(0))?;
        let places = Arc::new(opening.places);
        let writes = refusal.is_none();
        let writer = Writer::new(opening.connection, name, places.clone(), refusal);
        let jobs = Jobs::start(writer)?;
        let now = options.now;
        if writes && !places.ballast.exists() {
            let places = places.clone();
            // Later and elsewhere: writing it may take as long as the disk likes.
            let _later = jobs.run(move |_| {
                places::keep_ballast(&places);
                Ok(())
            });
        }
        if writes {
            let _later = jobs.run(move |writer| {
                if past::is_old(writer.connection()?, now).map_err(Trouble::from)? {
                    writer.transact(|rows| Ok(past::drop_old(rows, now)?))?;
                }
                Ok(())
            });
        }
        Ok(Opened {
            disk: Disk {
                jobs,
                source: Arc::new(opening.source),
                places,
                zone: options.zone,
                opened_at: options.now,
            },
            mode: opening.read_only.map_or(Mode::ReadWrite, Mode::ReadOnly),
            notices: opening.notices,
        })
    }

    /// Reads outbox, drafts, marks; on a thread of its own.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn load_records(&self) -> Reply<Records> {
        self.look(|rows| Ok(records::load(rows)?))
    }

    /// Reads outbox, drafts, marks; on this thread.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn load_records_now(&self) -> Result<Records, Fault> {
        let loaded = self.source.connect().and_then(|rows| records::load(&rows));
        loaded.map_err(|error| weigh(&self.places, error.into()))
    }

    /// What was thrown away within thirty days, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn bin(&self) -> Reply<Vec<Binned>> {
        self.look(|rows| Ok(records::bin(rows)?))
    }

    /// Writes records, all or nothing, in the order of the calls. Queued at once,
    /// also if nobody waits for the reply; flushed to the disk when it comes. On
    /// a full disk the space kept for this is used: then [`Disk::health`] says so.
    ///
    /// # Errors
    /// Why the disk did not take it; then nothing of it is there.
    pub fn write(&self, records: Vec<Record>) -> Reply<()> {
        self.jobs.run(move |writer| {
            let name = writer.name.clone();
            writer.transact_in_need(|rows| records::write(rows, &records, &name))
        })
    }

    /// Calls `back` from a thread of its own within half a second after another
    /// program changed the store; its own writes do not call it. Ends when the
    /// answer or the last handle is dropped.
    ///
    /// # Errors
    /// No thread was left.
    pub fn watch(&self, back: impl Fn() + Send + 'static) -> Result<Watch, Fault> {
        watch::start(&self.jobs, self.places.file.clone(), back)
    }

    /// Checks the whole file, which takes a while: after the first frame. If it is
    /// damaged the next start moves it aside and saves what can be read.
    ///
    /// # Errors
    /// The file is damaged or cannot be read.
    pub fn check_health(&self) -> Reply<()> {
        let places = self.places.clone();
        self.look(move |rows| {
            let checked = open::check(rows);
            if checked.is_err() {
                places.mark_damaged();
            }
            Ok(checked?)
        })
    }

    /// How the disk is, as far as writes told.
    pub fn health(&self) -> Health {
        self.jobs.health()
    }

    /// Answers when everything written before is done.
    ///
    /// # Errors
    /// The store is closed.
    pub fn flush(&self) -> Reply<()> {
        self.jobs.run(|_| Ok(()))
    }

    /// Finishes what is queued and closes the file for all clones.
    ///
    /// # Errors
    /// The store is closed already.
    pub fn close(&self) -> Reply<()> {
        self.jobs.run(|writer| {
            writer.close();
            Ok(())
        })
    }

    /// Puts people, goals and inbox lines in, all or nothing. A goal that is
    /// there already is replaced, an inbox line that is there already stays.
    ///
    /// # Errors
    /// Why the disk did not take it; then nothing of it is there.
    pub fn import(
        &self,
        people: Vec<Person>,
        goals: Vec<Goal>,
        notifications: Vec<Notification>,
    ) -> Reply<()> {
        self.import_counted(people, goals, notifications, |_| {})
    }

    /// The same; `count` hears of each goal, on the disk's thread.
    pub fn import_counted(
        &self,
        people: Vec<Person>,
        goals: Vec<Goal>,
        notifications: Vec<Notification>,
        count: impl Fn(usize) + Send + 'static,
    ) -> Reply<()> {
        let today = Today::new(self.opened_at, self.zone);
        self.jobs.run(move |writer| {
            writer.transact(|rows| {
                let rev = keep::next_revision(rows)?;
                for person in &people {
                    keep::person(rows, person, rev)?;
                }
                for goal in &goals {
                    let before = load::goal_by_id(rows, Section::HERE, &goal.id)?;
                    let before = before.as_ref().map(|(n, before)| (*n, before));
                    let was = before.map(|(_, before)| before);
                    past::keep(rows, &today, was, Some(goal), How::Whole)?;
                    keep::goal(rows, Section::HERE, goal, before, rev)?;
                    count(1);
                }
                for line in &notifications {
                    keep::notification(rows, line, rev)?;
                }
                Ok(())
            })
        })
    }

    /// Hands on everything that stands in the workspace, other people's inboxes
    /// too, in batches; people come first, inbox lines last.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn export(&self, mut sink: Box<dyn FnMut(Batch) + Send>) -> Reply<()> {
        self.look(move |rows| {
            answer::everything(rows, &mut |batch| {
                sink(batch);
                true
            })
        })
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.places.directory
    }

    /// The file, for messages.
    pub fn file(&self) -> PathBuf {
        self.places.file.clone()
    }

    /// Reads on a thread of its own and hands on what comes piece by piece.
    fn in_pieces(
        &self,
        work: impl FnOnce(&Connection, answer::Hand<'_>) -> Result<(), Trouble> + Send + 'static,
        mut sink: Box<dyn FnMut(Batch) + Send>,
    ) -> Pending<'_, Result<(), Fault>> {
        // A piece is read while the one before is taken in; who reads waits for who
        // takes, so that no more than these are in memory twice. Dropping the future
        // closes the channel, which ends the reading.
        let (send, mut pieces) = tokio::sync::mpsc::channel(1);
        let reply =
            self.look(move |rows| work(rows, &mut |batch| send.blocking_send(batch).is_ok()));
        Box::pin(async move {
            while let Some(batch) = pieces.recv().await {
                sink(batch);
            }
            reply.await
        })
    }

    /// Reads on a thread and a connection of its own.
    fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Reply<T> {
        let (answer, reply) = Reply::pair();
        let (source, places) = (self.source.clone(), self.places.clone());
        let started = std::thread::Builder::new()
            .name("disk-read".to_owned())
            .spawn(move || {
                let done = source
                    .connect()
                    .map_err(Trouble::from)
                    .and_then(|rows| work(&rows));
                // Nobody waits any more: nothing is lost by it.
                let _unheard = answer.send(done.map_err(|trouble| weigh(&places, trouble)));
            });
        if let Err(error) = started {
            let (answer, reply) = Reply::pair();
            let fault = disk(format!("no thread to read the store: {error}"), "try again");
            let _unheard = answer.send(Err(fault));
            return reply;
        }
        reply
    }
}

/// A fault of reading; a damaged file is mended at the next start.
fn weigh(places: &Places, trouble: Trouble) -> Fault {
    if matches!(&trouble, Trouble::Sql(error) if fault::is_damage(error)) {
        places.mark_damaged();
    }
    trouble.into()
}

impl Workspace for Disk {
    fn people(&self) -> Pending<'_, Result<Vec<Person>, Fault>> {
        Box::pin(self.look(|rows| Ok(load::people(rows, Section::HERE, -1)?)))
    }

    fn read(
        &self,
        query: Query,
        me: PersonId,
        sink: Box<dyn FnMut(Batch) + Send>,
    ) -> Pending<'_, Result<(), Fault>> {
        self.in_pieces(
            move |rows, hand| answer::answer(rows, &query, &me, hand),
            sink,
        )
    }

    fn carry_out(
        &self,
        change: Change,
        signature: Signature,
        key: EntryId,
    ) -> Pending<'_, Result<(Batch, Option<Change>), Fault>> {
        let today = Today::new(signature.at, self.zone);
        Box::pin(self.jobs.run(move |writer| {
            writer.transact(|rows| shelf::carry_out(rows, &change, &signature, &key, &today))
        }))
    }
}
