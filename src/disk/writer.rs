//! The one thread that writes: takes jobs in order, keeps the only writing
//! connection, and stops writing for good once the disk has failed under it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::fault::{Trouble, code, disk, is_damage, is_full, of_sql};
use super::places::Places;
use crate::model::exchange::Fault;

/// Jobs that may wait; drafts come once a second, so more than this means that
/// the disk does not answer at all.
const WAITING_JOBS: usize = 1024;

/// Work for the writer thread.
pub type Job = Box<dyn FnOnce(&mut Writer) + Send>;

/// The answer to a job: a future, or [`Reply::wait`] where nothing else runs.
#[derive(Debug)]
pub struct Reply<T>(oneshot::Receiver<Result<T, Fault>>);

impl<T> Reply<T> {
    /// A reply and the end that answers it.
    pub(super) fn pair() -> (oneshot::Sender<Result<T, Fault>>, Self) {
        let (answer, reply) = oneshot::channel();
        (answer, Self(reply))
    }

    /// Blocks this thread until the answer is there. Not inside async code.
    ///
    /// # Errors
    /// The fault of the job.
    pub fn wait(self) -> Result<T, Fault> {
        self.0.blocking_recv().unwrap_or_else(|_| Err(ended()))
    }
}

impl<T> Future for Reply<T> {
    type Output = Result<T, Fault>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|answer| answer.unwrap_or_else(|_| Err(ended())))
    }
}

fn ended() -> Fault {
    disk(
        "the store was closed before it answered",
        "start goaldeck again",
    )
}

/// What the program should know about the disk without asking it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Health {
    /// All is well.
    Good = 0,
    /// The disk is full; the last write went into the space kept for this.
    Full = 1,
    /// The disk failed; nothing is written any more.
    Failed = 2,
}

/// The way to the writer thread.
#[derive(Clone, Debug)]
pub struct Jobs {
    queue: mpsc::Sender<Job>,
    health: Arc<AtomicU8>,
}

impl Jobs {
    /// Starts the thread.
    ///
    /// # Errors
    /// None was left to start.
    pub fn start(writer: Writer) -> Result<Self, Fault> {
        let (queue, mut jobs) = mpsc::channel::<Job>(WAITING_JOBS);
        let health = writer.health.clone();
        let mut writer = writer;
        std::thread::Builder::new()
            .name("disk".to_owned())
            .spawn(move || {
                while let Some(job) = jobs.blocking_recv() {
                    job(&mut writer);
                }
                writer.close();
            })
            .map_err(|error| disk(format!("no thread for the store: {error}"), "try again"))?;
        Ok(Self { queue, health })
    }

    /// Hands a job over at once, in order; the work happens on the thread.
    pub fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, Fault> + Send + 'static,
    ) -> Reply<T> {
        let (answer, reply) = Reply::pair();
        let job: Job = Box::new(move |writer| {
            let done = work(writer);
            // Nobody listens any more: the work is done all the same.
            let _unheard = answer.send(done);
        });
        if let Err(refused) = self.queue.try_send(job) {
            let (answer, reply) = Reply::pair();
            let fault = match refused {
                mpsc::error::TrySendError::Full(_) => disk(
                    "the disk does not keep up",
                    "wait a moment and try again; check the disk",
                ),
                mpsc::error::TrySendError::Closed(_) => ended(),
            };
            let _unheard = answer.send(Err(fault));
            return reply;
        }
        reply
    }

    /// A way to the thread that does not keep it running.
    pub fn weak(&self) -> mpsc::WeakSender<Job> {
        self.queue.downgrade()
    }

    /// How the disk is.
    pub fn health(&self) -> Health {
        match self.health.load(Ordering::Relaxed) {
            0 => Health::Good,
            1 => Health::Full,
            _ => Health::Failed,
        }
    }
}

/// The writing connection and what belongs to it.
#[derive(Debug)]
pub struct Writer {
    connection: Option<Connection>,
    /// Why nothing may be written, if so.
    refusal: Option<Fault>,
    /// The last `data_version` seen: differs once somebody else wrote.
    version: i64,
    /// Tells drafts of this program from those of another.
    pub name: String,
    places: Arc<Places>,
    health: Arc<AtomicU8>,
}

impl Writer {
    /// A writer on an open connection; with `refusal` it only looks.
    pub fn new(
        connection: Connection,
        name: String,
        places: Arc<Places>,
        refusal: Option<Fault>,
    ) -> Self {
        let version = data_version(&connection).unwrap_or_default();
        Self {
            connection: Some(connection),
            refusal,
            version,
            name,
            places,
            health: Arc::default(),
        }
    }

    /// The connection, to look at things.
    ///
    /// # Errors
    /// It is closed.
    pub fn connection(&self) -> Result<&Connection, Fault> {
        self.connection.as_ref().ok_or_else(ended)
    }

    /// Runs `work` in one transaction: all of it is on the disk when this
    /// returns, or nothing of it.
    ///
    /// # Errors
    /// What `work` said or why the disk did not take it.
    pub fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Fault> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        let connection = self.connection.as_mut().ok_or_else(ended)?;
        let done = transact_on(connection, work);
        done.map_err(|trouble| self.weigh(trouble))
    }

    /// As [`Writer::transact`], and on a full disk once more in the space kept
    /// for it: for what a person typed.
    ///
    /// # Errors
    /// As [`Writer::transact`].
    pub fn transact_in_need<T>(
        &mut self,
        work: impl Fn(&Transaction<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Fault> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        let connection = self.connection.as_mut().ok_or_else(ended)?;
        let mut done = transact_on(connection, &work);
        if let Err(Trouble::Sql(error)) = &done
            && is_full(error)
            && std::fs::remove_file(&self.places.ballast).is_ok()
        {
            done = transact_on(connection, &work);
            if done.is_ok() {
                self.health.store(Health::Full as u8, Ordering::Relaxed);
            }
        }
        done.map_err(|trouble| self.weigh(trouble))
    }

    /// After a failed write or flush nobody knows what is on the disk: no
    /// further write may pretend to know.
    fn weigh(&mut self, trouble: Trouble) -> Fault {
        let damaged = matches!(&trouble, Trouble::Sql(error) if is_damage(error));
        let failed = matches!(
            &trouble,
            Trouble::Sql(error)
                if code(error) == Some(ErrorCode::SystemIoFailure) && !is_full(error)
        );
        if damaged {
            self.places.mark_damaged();
        }
        let fault = Fault::from(trouble);
        if failed || damaged {
            self.health.store(Health::Failed as u8, Ordering::Relaxed);
            self.refusal = Some(fault.clone());
        }
        fault
    }

    /// Whether another connection changed the file since the last time.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn changed_by_others(&mut self) -> Result<bool, Fault> {
        let version = data_version(self.connection()?).map_err(|error| of_sql(&error))?;
        let changed = version != self.version;
        self.version = version;
        Ok(changed)
    }

    /// Puts the write-ahead log into the file and closes it.
    pub fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            if self.refusal.is_none() {
                // Not done: the log stays and the next opening reads it.
                let _left = connection.pragma_query(None, "wal_checkpoint", |_| Ok(()));
            }
            drop(connection);
        }
    }
}

fn transact_on<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "data_version", |row| row.get(0))
}
