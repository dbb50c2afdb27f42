//! The store without a screen that stays: lines are typed, and while nobody types
//! what is held leaves when its time comes, answers come in, and other programs
//! are seen. What happened meanwhile is said with the next question, never between.

use std::io::BufRead;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::disk::Watch;
use crate::model::entry::EntryState;
use crate::model::ids::GoalId;
use crate::model::text;
use crate::store::Store;
use crate::store::effect::{Command, Effect, Outcome, Toast};

use super::headless::{FOR_THE_DISK, Headless, Hears, Parts};

/// Accounts are waited for so long before the first words; what comes later is
/// there with the next question.
const FIRST_LOOK: Duration = Duration::from_secs(5);
/// A goal that is asked for when it is opened is waited for so long.
const FOR_A_GOAL: Duration = Duration::from_secs(3);
/// How often a waiting process tries to become the sender.
const TRY_SENDER: Duration = Duration::from_secs(2);
/// A signal ends the program within this time, whatever is under way.
const IN_A_HURRY: Duration = Duration::from_millis(200);
/// Leaving waits so long for entries that are released from their hold.
const IN_PEACE: Duration = Duration::from_secs(10);
/// What is on the line when that is over is waited for so much longer.
const FOR_ANSWERS: Duration = Duration::from_secs(20);

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A line, without its end; foreign text like any other.
    Line(String),
    /// There is nothing more to read.
    End,
    /// A signal with this number.
    Signal(u8),
}

/// Where lines, signals and changes by other programs come from.
pub struct Ears {
    /// Asks for one line: nothing reads the input while an editor has it.
    ask: mpsc::Sender<()>,
    lines: UnboundedReceiver<Option<String>>,
    changed: UnboundedReceiver<()>,
    _watch: Option<Watch>,
    signals: Signals,
    tried_lock: Option<Instant>,
}

struct Signals {
    hang_up: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            hang_up: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> u8 {
        tokio::select! {
            biased;
            _ = self.hang_up.recv() => 1,
            _ = self.terminate.recv() => 15,
            _ = self.interrupt.recv() => 2,
        }
    }
}

/// What happened while a line was waited for.
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time; a box would burden every outcome"
)]
enum Event {
    Heard(Heard),
    Outcome(Outcome),
    Changed,
    Time,
}

impl Ears {
    fn open(headless: &Headless) -> std::io::Result<Self> {
        let (ask, asked) = mpsc::channel::<()>();
        let (say, lines) = unbounded_channel();
        std::thread::Builder::new()
            .name("lines".to_owned())
            .spawn(move || {
                while asked.recv().is_ok() {
                    if say.send(read_line()).is_err() {
                        return;
                    }
                }
            })?;
        let (touch, changed) = unbounded_channel();
        let watch = headless.disk.as_ref().and_then(|disk| {
            let told = move || {
                // Nobody listens any more: the program ends.
                let _unheard = touch.send(());
            };
            disk.watch(told)
                .map_err(|fault| tracing::warn!(%fault, "the store is not watched"))
                .ok()
        });
        let _inside = headless.runtime.enter();
        Ok(Self {
            ask,
            lines,
            changed,
            _watch: watch,
            signals: Signals::listen()?,
            tried_lock: None,
        })
    }
}

/// The next line of standard input; none at its end.
fn read_line() -> Option<String> {
    let mut bytes = Vec::new();
    match std::io::stdin().lock().read_until(b'\n', &mut bytes) {
        Ok(1..) => {
            let line = text::utf8(&bytes);
            Some(line.trim_end_matches(['\n', '\r']).to_owned())
        }
        _ => None,
    }
}

/// What makes a store without a screen stay until its person leaves.
pub struct Conversation {
    ears: Ears,
}

impl Conversation {
    /// Starts and reads every account once; what is held stays held as configured.
    ///
    /// # Errors
    /// When the operating system gives no runtime, thread or signal.
    pub fn start(parts: Parts, hears: Hears) -> std::io::Result<(Self, Headless)> {
        let mut headless = Headless::open(parts, hears)?;
        let ears = Ears::open(&headless)?;
        let now = headless.now();
        let effects = headless.store.command(Command::Start, now);
        headless.execute(effects);
        headless.wait(Instant::now() + FIRST_LOOK, Store::is_idle);
        Ok((Self { ears }, headless))
    }

    /// Carries commands out and waits until this machine has them: what goes to a
    /// server goes while the next line is waited for.
    pub fn begin(headless: &mut Headless, commands: Vec<Command>) {
        for command in commands {
            let now = headless.clock.now();
            let effects = headless.store.command(command, now);
            headless.execute(effects);
        }
        let until = headless.clock.now().at;
        headless.wait(Instant::now() + FOR_THE_DISK, |store| {
            let moves_here = store.entries().any(|entry| {
                let state = &entry.state;
                let is_moving = matches!(
                    state,
                    EntryState::Queued { .. } | EntryState::Sending { .. }
                );
                let account = store.account(&entry.signature.account);
                let is_immediate = account.is_some_and(|account| account.setup.abilities.immediate);
                let is_here = is_immediate || store.is_kept_here(entry);
                is_moving && is_here && store.is_under_way(&entry.id, until)
            });
            store.is_written() && !moves_here
        });
    }

    /// A goal is opened: what its account has not told of it yet is waited for.
    pub fn look(headless: &mut Headless, goal: Option<&GoalId>) {
        Self::begin(headless, vec![Command::Looking(goal.cloned())]);
        let Some(goal) = goal.cloned() else { return };
        let deadline = Instant::now() + FOR_A_GOAL;
        headless.wait(deadline, |store| !store.is_reading_goal(&goal));
    }

    /// Waits until nothing is asked any more, at most so long.
    pub fn wait_for_answers(headless: &mut Headless, at_most: Duration) {
        headless.wait(Instant::now() + at_most, Store::is_idle);
    }

    /// What there is to say since it was asked last.
    pub fn said(headless: &mut Headless) -> Vec<Toast> {
        std::mem::take(&mut headless.toasts)
    }

    /// The next line, the end of all lines, or a signal; meanwhile everything goes
    /// on that goes on by itself.
    pub fn hear(&mut self, headless: &mut Headless) -> Heard {
        // A reader that is gone shows as the end of all lines.
        let _asked = self.ears.ask.send(());
        loop {
            self.become_sender(headless);
            match self.next(headless) {
                Event::Heard(heard) => return heard,
                Event::Outcome(outcome) => headless.take(outcome),
                Event::Changed => {
                    while self.ears.changed.try_recv().is_ok() {}
                    headless.execute(vec![Effect::Reread]);
                }
                Event::Time => headless.take(Outcome::Woke),
            }
        }
    }

    fn next(&mut self, headless: &mut Headless) -> Event {
        let ears = &mut self.ears;
        let now = headless.clock.now();
        let mut wake = headless
            .store
            .next_wake(now)
            .map(|time| headless.clock.until(time));
        if let Some(tried) = ears.tried_lock.filter(|_| headless.store.wants_sender()) {
            let again = TRY_SENDER.saturating_sub(tried.elapsed());
            wake = Some(wake.map_or(again, |wake| wake.min(again)));
        }
        let outcomes = &mut headless.outcomes;
        headless.runtime.block_on(async {
            tokio::select! {
                biased;
                // A line that was read is kept before a signal ends the program.
                line = ears.lines.recv() => {
                    Event::Heard(line.flatten().map_or(Heard::End, Heard::Line))
                }
                number = ears.signals.next() => Event::Heard(Heard::Signal(number)),
                Some(outcome) = outcomes.recv() => Event::Outcome(outcome),
                Some(()) = ears.changed.recv() => Event::Changed,
                () = sleep(wake) => Event::Time,
            }
        })
    }

    /// Tries to become the one that sends, if something is to leave.
    fn become_sender(&mut self, headless: &mut Headless) {
        let tried = &mut self.ears.tried_lock;
        let waits = tried.is_some_and(|tried| tried.elapsed() < TRY_SENDER);
        if !waits && headless.store.wants_sender() {
            *tried = Some(Instant::now());
            headless.become_sender();
        }
    }

    /// Something else had the terminal: signals of that time were meant for it.
    ///
    /// # Errors
    /// When the system takes no signal handler.
    pub fn forget_signals(&mut self, headless: &Headless) -> std::io::Result<()> {
        let _inside = headless.runtime.enter();
        self.ears.signals = Signals::listen()?;
        Ok(())
    }

    /// Writes what is only in memory; a signal ends the program and nothing is
    /// waited for.
    pub fn save(headless: &mut Headless) {
        let now = headless.clock.now();
        let effects = headless.store.command(Command::Flush, now);
        headless.execute(effects);
        headless.wait(Instant::now() + IN_A_HURRY, Store::is_written);
    }

    /// The person leaves: what is held goes out first, and `tell` hears how many
    /// writes that are. A signal leaves them queued.
    pub fn leave(&mut self, headless: &mut Headless, tell: impl FnOnce(usize)) {
        let now = headless.clock.now();
        let effects = headless.store.command(Command::Leave, now);
        headless.execute(effects);
        headless.become_sender();
        let entries = headless.store.entries();
        let unsent = entries.filter(|entry| entry.state.is_pending()).count();
        if unsent > 0 {
            tell(unsent);
        }
        if self.wait_to_leave(headless, IN_PEACE) {
            return;
        }
        headless.take(Outcome::Sender {
            mine: false,
            pid: None,
        });
        self.wait_to_leave(headless, FOR_ANSWERS);
    }

    /// Whether there is nothing to wait for any more, or whoever sits there has had
    /// enough.
    fn wait_to_leave(&mut self, headless: &mut Headless, at_most: Duration) -> bool {
        let deadline = Instant::now() + at_most;
        loop {
            if headless.store.is_written() && headless.store.is_quiet() {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let (outcomes, signals) = (&mut headless.outcomes, &mut self.ears.signals);
            let event = headless.runtime.block_on(async {
                tokio::select! {
                    biased;
                    number = signals.next() => Event::Heard(Heard::Signal(number)),
                    Some(outcome) = outcomes.recv() => Event::Outcome(outcome),
                    () = tokio::time::sleep(left) => Event::Time,
                }
            });
            match event {
                Event::Heard(_) => return true,
                Event::Outcome(outcome) => headless.take(outcome),
                Event::Changed | Event::Time => {}
            }
        }
    }
}

async fn sleep(span: Option<Duration>) {
    match span {
        Some(span) => tokio::time::sleep(span).await,
        None => std::future::pending().await,
    }
}
