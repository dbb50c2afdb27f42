//! Plain mode: the queue as questions and answers, for screen readers, dumb
//! terminals and scripts. One statement a line, the most important word first;
//! nothing is drawn, moved or said twice, and no byte commands the terminal.

mod check_in;
mod compose;
mod find;
mod goal;
mod items;
mod lists;
mod queue;
mod words;

use std::io::{self, IsTerminal};
use std::path::Path;

use crate::model::entry::{Draft, DraftKey};
use crate::model::exchange::{Ability, Change};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, EntryId};
use crate::model::text::{self, Shown};
use crate::model::time::Now;
use crate::run::assemble::Options;
use crate::run::conversation::{Conversation, Heard};
use crate::store::Store;
use crate::store::effect::{Command, Post};

use super::failure;
use super::print::Out;
use super::session::Session;
use super::{Ended, Stop, note};

/// A talk with one person.
struct Plain<'a> {
    out: &'a mut Out,
    session: Session,
    talk: Conversation,
    /// Answers come from a pipe, which ends no line on the screen.
    is_piped: bool,
    /// Drafts that were there before.
    drafts: usize,
}

/// Why a talk ended.
enum Gone {
    /// The person left.
    Quit,
    /// There is nothing more to read.
    End,
    /// A signal with this number.
    Signal(u8),
    /// Output cannot be written.
    Output(io::Error),
}

impl From<io::Error> for Gone {
    fn from(error: io::Error) -> Self {
        Gone::Output(error)
    }
}

/// A part of the talk; it may end the whole.
type Turn<T = ()> = Result<T, Gone>;

/// Whether this terminal wants plain mode: it says that it can draw nothing, or its
/// person has asked for words.
pub fn is_wanted() -> bool {
    let set = |name: &str| std::env::var_os(name).unwrap_or_default();
    let accessible = set("ACCESSIBLE");
    let term = set("TERM");
    (!accessible.is_empty() && accessible != "0") || term.is_empty() || term == "dumb"
}

/// Talks until the person leaves.
pub fn start(out: &mut Out, options: &Options) -> Ended {
    out.is_terminal = false;
    let (session, talk) = Session::staying(options, out)?;
    let drafts = session.store().drafts().len();
    let mut plain = Plain {
        drafts,
        out,
        session,
        talk,
        is_piped: !io::stdin().is_terminal(),
    };
    let gone = match plain.run() {
        Ok(()) => Gone::Quit,
        Err(gone) => gone,
    };
    plain.finish(gone)
}

impl Plain<'_> {
    fn store(&self) -> &Store {
        self.session.store()
    }

    fn now(&self) -> Now {
        self.session.now()
    }

    /// One statement.
    fn say(&mut self, line: &Shown) -> Turn {
        Ok(self.out.say(line)?)
    }

    /// What became known since the last question, a statement each.
    fn tell(&mut self) -> Turn {
        for toast in Conversation::said(self.session.headless()) {
            let words = words::sentence(&failure::plain(&toast.text));
            self.say(&text::line(&words))?;
        }
        Ok(())
    }

    /// Says what became known, asks, and waits for a line.
    fn ask(&mut self, question: &Shown) -> Turn<String> {
        self.tell()?;
        self.read(question)
    }

    /// Waits for a line; says nothing but the question.
    fn read(&mut self, question: &Shown) -> Turn<String> {
        self.out.prompt(question)?;
        match self.talk.hear(self.session.headless()) {
            Heard::Line(line) => {
                if self.is_piped && !question.is_empty() {
                    self.out.say(&Shown::default())?;
                }
                Ok(line)
            }
            Heard::End => {
                if !question.is_empty() {
                    self.out.say(&Shown::default())?;
                }
                Err(Gone::End)
            }
            Heard::Signal(number) => Err(Gone::Signal(number)),
        }
    }

    /// Whether the answer is yes; Enter is no.
    fn agrees(&mut self, question: &Shown) -> Turn<bool> {
        let answer = self.ask(&crate::shown!("{question} y or N: "))?;
        let answer = answer.trim().to_lowercase();
        Ok(answer == "y" || answer == "yes")
    }

    /// Carries commands out; what there is to say is said with the next question.
    fn begin(&mut self, commands: Vec<Command>) {
        Conversation::begin(self.session.headless(), commands);
    }

    /// Keeps what was typed; it is on disk when this returns.
    fn keep(&mut self, draft: Draft) {
        self.begin(vec![Command::Keep(draft), Command::Flush]);
    }

    /// Why nothing may be written, said; whether that is so.
    fn is_read_only(&mut self) -> Turn<bool> {
        let Some(why) = self.store().read_only().map(str::to_owned) else {
            return Ok(false);
        };
        self.say(&text::line(&words::sentence(&why)))?;
        Ok(true)
    }

    /// Why an account does not do something, said; whether that is so.
    fn is_refused(&mut self, account: &AccountName, ability: Ability) -> Turn<bool> {
        if self.is_read_only()? {
            return Ok(true);
        }
        let known = self.store().account(account);
        let Some(why) = known.and_then(|known| known.why_not(ability)) else {
            return Ok(false);
        };
        self.say(&text::line(&words::sentence(&why)))?;
        Ok(true)
    }

    /// Posts a write and says what came of it; whether it is on its way.
    fn post(
        &mut self,
        account: &AccountName,
        change: Change,
        draft: Option<DraftKey>,
        done: &str,
    ) -> Turn<bool> {
        if self.is_read_only()? {
            return Ok(false);
        }
        let known = self.store().account(account);
        let why = known.and_then(|known| known.why_not(known.setup.abilities.of(&change)));
        if let Some(why) = why.or_else(|| self.store().why_not_folder(&change)) {
            self.say(&text::line(&words::sentence(&why)))?;
            return Ok(false);
        }
        let rest = words::how_it_goes(self.store(), account, &change);
        let id: EntryId = self.session.new_entry();
        let post = Post {
            id: id.clone(),
            account: account.clone(),
            change,
            draft,
        };
        self.begin(vec![Command::Post(post)]);
        let state = self.store().entry(&id).map(|entry| &entry.state);
        let is_fine = state.is_some_and(|state| !state.needs_person());
        self.tell()?;
        if is_fine {
            self.say(&text::line(&format!("{done} {rest}")))?;
        }
        Ok(is_fine)
    }

    /// Takes the last write back and says so.
    fn undo(&mut self) -> Turn {
        if self.is_read_only()? {
            return Ok(());
        }
        self.begin(vec![Command::Undo]);
        self.tell()
    }

    /// Hands a text to the person's editor; none if it did not come back, which is
    /// said.
    fn edit(&mut self, text: &str) -> Turn<Option<String>> {
        self.out.flush()?;
        let scratch = self.session.scratch.clone();
        let edited = note::in_editor(text, &self.session.config, Path::new(&scratch));
        self.talk.forget_signals(self.session.headless())?;
        match edited {
            Ok(text) => Ok(Some(text::editable(text.trim_end()))),
            Err(failure) => {
                let words = words::sentence(failure.sentence().as_str());
                self.say(&text::line(&words))?;
                Ok(None)
            }
        }
    }

    /// A goal that is still there, with a word where it is gone.
    fn goal(&mut self, id: &crate::model::ids::GoalId) -> Turn<Option<Goal>> {
        let goal = self.store().goal(id).cloned();
        if goal.is_none() {
            self.say(&Shown::fixed("This goal is gone."))?;
        }
        Ok(goal)
    }

    /// The end of the talk: what is held goes out, or stays in the outbox.
    fn finish(mut self, gone: Gone) -> Ended {
        match gone {
            Gone::Output(error) => {
                Conversation::save(self.session.headless());
                Err(Stop::Output(error))
            }
            Gone::Signal(number) => {
                Conversation::save(self.session.headless());
                // A lost line is not written to.
                if number != 1 {
                    self.out.say(&Shown::default())?;
                    self.out.flush()?;
                }
                Err(Stop::Code(128 + number))
            }
            Gone::Quit | Gone::End => {
                let out = &mut *self.out;
                let tell = |unsent: usize| {
                    let words = crate::shown!("Sending {unsent}. Control C leaves it queued.");
                    // If nobody reads any more, it is sent all the same.
                    let _unheard = out.say(&words).and_then(|()| out.flush());
                };
                self.talk.leave(self.session.headless(), tell);
                match self.tell().and_then(|()| self.say_what_is_left()) {
                    Err(Gone::Output(error)) => Err(Stop::Output(error)),
                    _ => Ok(()),
                }
            }
        }
    }

    fn say_what_is_left(&mut self) -> Turn {
        let entries = self.store().entries();
        let left = entries.filter(|entry| entry.state.is_pending()).count();
        let drafts = self.store().drafts().len().saturating_sub(self.drafts);
        if left > 0 {
            self.say(&crate::shown!("{left} not sent yet, kept in the outbox."))?;
        }
        if drafts > 0 {
            let noun = if drafts == 1 { "draft" } else { "drafts" };
            self.say(&crate::shown!("{drafts} {noun} kept."))?;
        }
        Ok(())
    }
}
