//! What is asked of the store, what it wants done, and what came of it: three
//! enums of plain data, so that every turn can be logged, compared and replayed.

use crate::model::entry::{Draft, DraftKey, Mark, Record, Records};
use crate::model::exchange::{Answer, Batch, Change, Fault, Letter, Query};
use crate::model::ids::{AccountName, EntryId, GoalId, Ticket};
use crate::model::past::{Recall, Recollection};
use crate::model::sign_in::{NewAccount, Tending};
use crate::model::time::Time;
use crate::model::view::View;

/// A wish of a person, made by a screen or the command line.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "made one at a time by keys; a box would burden every maker"
)]
pub enum Command {
    /// Read every account; the first thing after start.
    Start,
    /// Carry out a write through an account.
    Post(Post),
    /// The same, held until this moment, over the end of this program too; until then
    /// it can be taken back.
    PostLater {
        /// What.
        post: Post,
        /// When it leaves.
        at: Time,
    },
    /// The same for what nobody chose to write, as marks of what was read: it is not
    /// held and not among what [`Command::Undo`] takes back.
    PostAtOnce(Post),
    /// Take the last write of this session back, as far as it can be.
    Undo,
    /// Remember an unfinished form; written within a second of the last key.
    Keep(Draft),
    /// Forget an unfinished form.
    Discard(DraftKey),
    /// Drop an outbox entry that was not sent; its text stays in the bin.
    Drop(EntryId),
    /// Send an entry that waits or was refused again, now.
    Retry(EntryId),
    /// A person found an entry of unknown fate at the provider: it is sent.
    Settle(EntryId),
    /// Take an unsent entry back into the form it was written in.
    Rewrite(EntryId),
    /// Keep a mark on this machine.
    Put(Mark),
    /// Keep many marks, in one write.
    PutAll(Vec<Mark>),
    /// Remove the mark with this key.
    Unmark(String),
    /// Show a goal under another one here, perhaps of another account, or at the top;
    /// nothing of it is sent.
    Graft {
        /// The goal.
        goal: GoalId,
        /// The goal it shows under; none for the top.
        under: Option<GoalId>,
    },
    /// Show a goal where its provider has it again.
    Ungraft(GoalId),
    /// This goal's details are on screen now, or none is. A goal of a remote
    /// account of which not all is known, or not since a while, is asked for.
    Looking(Option<GoalId>),
    /// Ask every account now: remote ones for everything, others what is new.
    Refresh,
    /// Stop long work: answers of many goals, and many writes after those under way.
    Stop,
    /// Ask remote accounts what they find by these words; none for nothing more.
    Search(String),
    /// Read one goal again, now.
    Reload(GoalId),
    /// Read how goals were; [`super::Store::past`] has it then. Asked once.
    Recall(Recall),
    /// Write everything that is only in memory, now.
    Flush,
    /// The program ends: held entries are released, drafts written.
    Leave,
}

/// A write and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    /// Made by who asks; idempotency key.
    pub id: EntryId,
    /// Through which account.
    pub account: AccountName,
    /// What.
    pub change: Change,
    /// The draft it was typed in, which it replaces.
    pub draft: Option<DraftKey>,
}

/// What the world shall do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask a provider.
    Fetch {
        /// Comes back with every answer.
        ticket: Ticket,
        /// Which account.
        account: AccountName,
        /// What.
        query: Query,
    },
    /// Send a write, or its next step. Only ever the answer to [`Outcome::Written`].
    Send(Box<Letter>),
    /// Look whether a write of unknown fate arrived.
    LookFor(Box<Letter>),
    /// Read this machine's memory again: another program wrote over what we knew.
    Reread,
    /// Write to this machine's memory, in one transaction.
    Write {
        /// Comes back with the outcome.
        token: u64,
        /// What.
        records: Vec<Record>,
    },
    /// Read how goals were from this machine's memory.
    Recall(Recall),
    /// Forget a question; no answer will come.
    Cancel(Ticket),
    /// Tell the person.
    Say(Toast),
    /// Put text on the clipboard.
    Copy(String),
    /// Write a text to a file of the person's; a file that is there is written over
    /// only if that was said.
    WriteFile {
        /// Its name as typed.
        path: String,
        /// What goes in.
        text: String,
        /// Write over what is there.
        over: bool,
    },
    /// Show or open a web address.
    OpenLink(String),
    /// Hand a text to the person's own editor.
    Edit(String),
    /// Stop the program for a while (job control).
    Suspend,
    /// Draw everything anew.
    Repaint,
    /// Listen to the mouse, or leave it to the terminal again.
    Mouse,
    /// Draw in the theme of this name until the program ends.
    Theme(String),
    /// Meet the server of an account that is not there yet; the screen on top hears
    /// what it said.
    Meet(Box<NewAccount>),
    /// Write an account down, then begin anew with it.
    AddAccount(Box<NewAccount>),
    /// Write a view down in the configuration, in place of one of its name.
    KeepView(View),
    /// Take the view of this name out of the configuration.
    DropView(String),
    /// Do something with an account that is there; the screens hear what came of it.
    Tend(Box<Tending>),
    /// Tell the person outside the picture that so much is new; one line of our own.
    Notify(String),
    /// End this and open the demo company.
    OpenDemo,
    /// End the program.
    Quit,
}

impl Effect {
    /// The kind of effect, for the log; never what a person wrote.
    pub fn word(&self) -> &'static str {
        match self {
            Effect::Fetch { .. } => "fetch",
            Effect::Send(_) => "send",
            Effect::LookFor(_) => "look for",
            Effect::Reread => "reread",
            Effect::Write { .. } => "write",
            Effect::Recall(_) => "recall",
            Effect::Cancel(_) => "cancel",
            Effect::Say(_) => "say",
            Effect::Copy(_) => "copy",
            Effect::WriteFile { .. } => "write file",
            Effect::OpenLink(_) => "open link",
            Effect::Edit(_) => "edit",
            Effect::Suspend => "suspend",
            Effect::Repaint => "repaint",
            Effect::Mouse => "mouse",
            Effect::Theme(_) => "theme",
            Effect::Meet(_) => "meet",
            Effect::AddAccount(_) => "add account",
            Effect::KeepView(_) => "keep view",
            Effect::DropView(_) => "drop view",
            Effect::Tend(_) => "tend account",
            Effect::Notify(_) => "notify",
            Effect::OpenDemo => "open demo",
            Effect::Quit => "quit",
        }
    }
}

/// A sentence for the status line and the log; may hold foreign text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Errors stay until a key, the rest for four seconds.
    pub is_error: bool,
    /// The sentence.
    pub text: String,
}

impl Toast {
    /// Something done.
    pub fn info(text: impl Into<String>) -> Self {
        Self {
            is_error: false,
            text: text.into(),
        }
    }

    /// Something failed: what, why, what to do.
    pub fn error(text: impl Into<String>) -> Self {
        Self {
            is_error: true,
            text: text.into(),
        }
    }
}

/// What the world answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// What this machine kept, read at start.
    Loaded(Records),
    /// Another program wrote to the same store; its records as they are now.
    Reloaded(Records),
    /// The disk has it.
    Written {
        /// Of which write.
        token: u64,
    },
    /// The disk does not have it.
    NotWritten {
        /// Of which write.
        token: u64,
        /// Why.
        fault: Fault,
    },
    /// A piece of an answer.
    Fetched {
        /// Of which question.
        ticket: Ticket,
        /// The piece; the last has `more` unset.
        batch: Batch,
    },
    /// A question failed.
    NotFetched {
        /// Which.
        ticket: Ticket,
        /// Why.
        fault: Fault,
    },
    /// What became of a write.
    Answered {
        /// Which.
        entry: EntryId,
        /// What.
        answer: Answer,
    },
    /// What a look for a write found.
    LookedFor {
        /// Which.
        entry: EntryId,
        /// Facts if it is there, none if it is not, or why the look failed.
        found: Result<Option<Batch>, Fault>,
    },
    /// Whether this process is the one that sends; the other's process id if not.
    Sender {
        /// True: we hold the lock.
        mine: bool,
        /// Who holds it instead.
        pid: Option<u32>,
    },
    /// How goals were.
    Recalled {
        /// What was asked.
        recall: Recall,
        /// What is kept; nothing if it cannot be read.
        past: Recollection,
    },
    /// A moment the store waited for has come.
    Woke,
}
