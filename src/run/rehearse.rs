//! What a write would send, without sending it: the account's own provider does all
//! it does, reads included, over a line that takes writes down and refuses them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use crate::disk::Disk;
use crate::model::exchange::{Answer, Change, Fault, FaultKind, Letter, Query};
use crate::model::ids::AccountName;
use crate::model::kept_here::{Changed, Keeper, Keeping};
use crate::model::workspace::Pending;
use crate::providers::Provider;
use crate::providers::beside::Beside;
use crate::providers::http::{Rehearsal, Sketch, is_rehearsed};

use super::assemble::{Ground, Options};
use super::headless::Headless;
use super::remote;

/// A write of so many steps is rehearsed to its end.
const STEPS: usize = 100;
/// The server's answers to reads are waited for so long.
const AT_MOST: Duration = Duration::from_secs(60);

/// What would have happened.
#[derive(Clone, Debug, Default)]
pub struct Rehearsed {
    /// The requests, in order.
    pub requests: Vec<Sketch>,
    /// More requests may follow that depend on the answers of these.
    pub goes_on: bool,
    /// It changes this machine alone: nothing is sent.
    pub is_here: bool,
}

/// Reads what is kept beside an account and writes nothing.
struct ReadsOnly(Arc<dyn Keeper>);

impl Keeper for ReadsOnly {
    fn changed(&self, account: &AccountName, after: u64) -> Pending<'_, Result<Changed, Fault>> {
        self.0.changed(account, after)
    }

    fn keep(&self, _: &AccountName, _: Keeping) -> Pending<'_, Result<bool, Fault>> {
        let fault = Fault::new(FaultKind::Disk, "nothing is kept in a rehearsal", "");
        async move { Err(fault) }.boxed()
    }
}

/// The provider of an account over a line that takes writes down.
fn provider(
    options: &Options,
    account: &AccountName,
    disk: &Disk,
    rehearsal: &Arc<Rehearsal>,
) -> Result<Arc<dyn Provider>, Fault> {
    let options = Options {
        rehearsal: Some(Arc::clone(rehearsal)),
        ..options.clone()
    };
    let ground = Ground::read(&options)
        .map_err(|fault| Fault::new(FaultKind::Invalid, fault.to_string(), ""))?;
    let accounts = ground.loaded.config.accounts.iter();
    let Some(known) = accounts.clone().find(|known| &known.name == account) else {
        let why = format!("account {account} is not configured");
        return Err(Fault::new(FaultKind::Gone, why, ""));
    };
    let bare = remote::bare(&options, &ground, known, None);
    let clock = super::clock::Clock::real();
    let keeper = Arc::new(ReadsOnly(Arc::new(disk.clone())));
    let beside = Beside::new(bare, keeper, account.clone(), Arc::new(move || clock.now()));
    Ok(Arc::new(beside.with_cadence(known.cadence)))
}

/// Whether a write is made of more requests than can be known before the first is
/// answered.
fn may_go_on(change: &Change) -> bool {
    matches!(
        change,
        Change::CreateGoal { .. }
            | Change::EditGoal { .. }
            | Change::CloseGoal { .. }
            | Change::RestoreGoal { .. }
    )
}

/// Carries a write out up to the line.
///
/// # Errors
/// Why the account would not take it, or that it cannot be asked now.
pub fn rehearse(
    headless: &mut Headless,
    options: &Options,
    disk: &Disk,
    letter: Letter,
) -> Result<Rehearsed, Fault> {
    let rehearsal = Arc::new(Rehearsal::default());
    let account = letter.signature.account.clone();
    let provider = provider(options, &account, disk, &rehearsal)?;
    let may_go_on = may_go_on(&letter.change);
    let answer = headless.runtime.block_on(async {
        let sent = tokio::time::timeout(AT_MOST, to_the_line(provider.as_ref(), letter));
        sent.await.unwrap_or_else(|_| {
            Answer::Offline(format!("no answer within {} s", AT_MOST.as_secs()))
        })
    });
    let requests = rehearsal.taken();
    if requests.is_empty() {
        return match answer {
            Answer::Refused(fault) if fault.why.contains("kept in a rehearsal") => Ok(Rehearsed {
                is_here: true,
                ..Rehearsed::default()
            }),
            Answer::Refused(fault) => Err(fault),
            Answer::Offline(why) | Answer::NoAnswer(why) => {
                Err(Fault::new(FaultKind::Offline, why, "try again later"))
            }
            Answer::Busy(seconds) => {
                let why = format!("the server asks to wait {seconds} s");
                Err(Fault::new(FaultKind::Offline, why, "try again later"))
            }
            Answer::Accepted { .. } | Answer::Onward(_) => Ok(Rehearsed::default()),
        };
    }
    let was_stopped = matches!(&answer, Answer::Refused(fault) if is_rehearsed(fault));
    Ok(Rehearsed {
        requests,
        goes_on: may_go_on || !was_stopped,
        is_here: false,
    })
}

/// Sends, step after step, until the line has refused what it would not do.
async fn to_the_line(provider: &dyn Provider, mut letter: Letter) -> Answer {
    // What the goal reads now, as before any write.
    for goal in letter.change.goals() {
        let read = provider.fetch(Query::Goal(goal.clone()), Box::new(|_| {}));
        if let Err(fault) = read.await {
            return Answer::Refused(fault);
        }
    }
    for _ in 0..STEPS {
        match provider.send(letter.clone()).await {
            Answer::Onward(trail) => letter.trail = Some(trail),
            answer => return answer,
        }
    }
    Answer::Offline("it takes too many steps".to_owned())
}
