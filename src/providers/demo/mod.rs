//! The demo: three accounts of a made-up company over one memory. Every write
//! works and is forgotten with the program; nothing leaves the machine.

mod calendar;
mod company;
pub mod generate;
mod kept;

use std::sync::Arc;

use chrono::NaiveDateTime;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::{Provider, Sink};
use crate::model::exchange::{
    Abilities, Ability, Answer, Batch, Change, Fault, FaultKind, Letter, Query, Signature,
};
use crate::model::ids::{AccountName, EntryId};
use crate::model::memory_shelf::MemoryShelf;
use crate::model::progress::{self, Rules};
use crate::model::time::Now;

pub use kept::records;

/// The account that behaves like Operately.
pub const WORK: &str = "work";
/// The account that behaves like the local workspace.
pub const LOCAL: &str = "local";
/// The account that behaves like ClickUp and whose token has expired.
pub const DOCS: &str = "docs";

/// The moment the demo shows unless another is asked for: 2026-11-20, 10:42.
pub fn moment() -> NaiveDateTime {
    calendar::STORY_DAY.and_time(calendar::STORY_TIME)
}

/// The accounts of the demo as of `now`, in the order of lists, over one memory.
pub fn providers(now: Now) -> Vec<(AccountName, Arc<dyn Provider>)> {
    let memory = Arc::new(watch::Sender::new(company::shelf(now)));
    let accounts = [
        (WORK, like_operately()),
        (LOCAL, like_local()),
        (DOCS, like_clickup()),
    ];
    accounts
        .into_iter()
        .map(|(name, abilities)| {
            let account = AccountName::new(name);
            let demo = Demo {
                account: account.clone(),
                abilities,
                memory: Arc::clone(&memory),
            };
            (account, Arc::new(demo) as Arc<dyn Provider>)
        })
        .collect()
}

/// What a write to the account with the expired token is answered.
fn signed_out() -> Fault {
    Fault::new(
        FaultKind::SignedOut,
        "token expired",
        "sign in again (@), then send it again (R)",
    )
}

/// One account of the demo.
struct Demo {
    account: AccountName,
    abilities: Abilities,
    // All accounts share it; a watch channel lets each change it in one closure.
    memory: Arc<watch::Sender<MemoryShelf>>,
}

impl Demo {
    fn carry_out(&self, change: &Change, signature: &Signature, key: &EntryId) -> Answer {
        // What is kept on this machine needs no token. Here it lies in the same memory.
        let is_here = self.abilities.keeps_here(change);
        if self.account.as_str() == DOCS && !is_here {
            return Answer::Refused(signed_out());
        }
        if let Ability::No(why) = self.abilities.of(change) {
            let fault = Fault::new(FaultKind::Unsupported, why, "drop this entry (D)");
            return Answer::Refused(fault);
        }
        let mut answer = Answer::Offline(String::new());
        self.memory.send_modify(|memory| {
            answer = match memory.carry_out(change, signature, key) {
                Ok(done) => {
                    count_again(memory, &done.goals);
                    Answer::Accepted {
                        batch: memory.after(&done, &signature.by),
                        undo: done
                            .undo
                            .filter(|_| self.abilities.immediate || is_here)
                            .map(Box::new),
                    }
                }
                Err(fault) => Answer::Refused(fault),
            };
        });
        answer
    }
}

/// The figures that a provider sends with its goals follow their values.
fn count_again(memory: &mut MemoryShelf, goals: &[crate::model::ids::GoalId]) {
    for id in goals {
        let Some(mut goal) = memory.goal(id).cloned() else {
            continue;
        };
        if goal.provider_progress.is_none() || goal.results.is_empty() {
            continue;
        }
        let counted = progress::roll_up(&goal, &[], &Rules::default());
        goal.provider_progress = counted.map(|share| (share * 100.0).round() / 100.0);
        memory.put_goal(goal);
    }
}

impl Provider for Demo {
    fn abilities(&self) -> Abilities {
        self.abilities.clone()
    }

    fn fetch(&self, query: Query, mut sink: Sink) -> BoxFuture<'_, Result<(), Fault>> {
        async move {
            let me = company::person(self.account.as_str(), "me");
            let batch = self.memory.borrow().answer(&query, &self.account, &me);
            sink(batch);
            Ok(())
        }
        .boxed()
    }

    fn send(&self, letter: Letter) -> BoxFuture<'_, Answer> {
        async move { self.carry_out(&letter.change, &letter.signature, &letter.key) }.boxed()
    }

    fn look_for(&self, letter: Letter) -> BoxFuture<'_, Result<Option<Batch>, Fault>> {
        async move {
            let memory = self.memory.borrow();
            Ok(memory
                .done(&letter.key)
                .map(|done| memory.after(done, &letter.signature.by)))
        }
        .boxed()
    }
}

fn like_operately() -> Abilities {
    Abilities {
        check_in: Ability::Native,
        edit_check_in: Ability::Native,
        edit_within: None,
        retract: Ability::No("a check-in that was sent stays at Operately"),
        status: Ability::Native,
        confidence: Ability::No("Operately has no confidence"),
        tell: Ability::Native,
        acknowledge: Ability::Native,
        unacknowledge: Ability::No("Operately cannot take an acknowledgement back"),
        comment: Ability::Native,
        remark: Ability::Native,
        react: Ability::Native,
        edit_goals: Ability::Native,
        pause: Ability::Native,
        projects: Ability::Native,
        close: Ability::Native,
        review: Ability::No("this workspace has no approvals of goals"),
        together: false,
        inbox: Ability::Native,
        unread: Ability::Native,
        done: Ability::Native,
        people: Ability::No("people are invited on Operately's own pages"),
        immediate: false,
        idempotent: true,
        provider: "Operately",
        short: "operately",
    }
}

fn like_local() -> Abilities {
    Abilities {
        confidence: Ability::Native,
        tell: Ability::No("this workspace tells the reviewer and who is named in the note"),
        retract: Ability::Native,
        unacknowledge: Ability::Native,
        people: Ability::Native,
        immediate: true,
        provider: "the local workspace",
        short: "local",
        ..like_operately()
    }
}

fn like_clickup() -> Abilities {
    Abilities {
        status: Ability::KeptHere,
        edit_check_in: Ability::No("ClickUp's check-ins stay as they were written"),
        retract: Ability::No("ClickUp's check-ins stay as they were written"),
        confidence: Ability::No("ClickUp has no confidence"),
        tell: Ability::No("ClickUp tells nobody of a new value"),
        acknowledge: Ability::KeptHere,
        unacknowledge: Ability::KeptHere,
        react: Ability::No("ClickUp has no reactions"),
        review: Ability::No("this workspace has no approvals of goals"),
        together: false,
        inbox: Ability::No("ClickUp's goals have no inbox"),
        unread: Ability::No("ClickUp's goals have no inbox"),
        done: Ability::No("ClickUp's goals have no inbox"),
        people: Ability::No("people are invited on ClickUp's own pages"),
        provider: "ClickUp",
        short: "clickup",
        ..like_operately()
    }
}

#[cfg(test)]
mod tests;
