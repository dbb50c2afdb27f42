//! The loop: signal, terminal, input, outcome, deadline, in this order of
//! preference; then a frame if something changed. Owns every handle and gives
//! the terminal back on every way out.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, channel, unbounded_channel};

use crate::config::file::Notify;
use crate::disk::sender_lock::{self, SenderLock, Turn};
use crate::disk::{Disk, Watch};
use crate::keys::chord::Input;
use crate::keys::resolve::Resolver;
use crate::model::direct::Introduction;
use crate::model::exchange::{Fault, FaultKind};
use crate::model::sign_in::{Deed, NewAccount, Tending};
use crate::model::text;
use crate::model::time::Time;
use crate::model::view::View;
use crate::screens::{Place, Prefs, Tab};
use crate::store::Store;
use crate::store::effect::{Command, Effect, Outcome, Toast};
use crate::term::paint::{Finish, Painted};
use crate::term::{Term, Told, caps, clipboard, editor, notify};
use crate::theme::{Glyphs, Theme, Themes};

use super::adding::Adding;
use super::assemble::Ground;
use super::clock::{Clock, fresh_ids};
use super::files::{self, Written};
use super::headless::Parts;
use super::program::{Look, Program};
use super::rhythm::{Frame, Rhythm, Want};
use super::view_file;
use super::world::World;

/// How the program looks and behaves, as configured.
pub struct Front {
    /// Styles.
    pub theme: Theme,
    /// Styles that can be chosen instead.
    pub themes: Themes,
    /// Characters.
    pub glyphs: Glyphs,
    /// Keys.
    pub resolver: Resolver,
    /// Settings of screens.
    pub prefs: Prefs,
    /// The view that the tree shows first, if one was asked for.
    pub view: Option<View>,
    /// The tab in front.
    pub tab: Tab,
    /// The page opened first, if not the tab.
    pub place: Option<Place>,
    /// The past day shown first, if not the present.
    pub as_of: Option<chrono::NaiveDate>,
    /// The person's editor as configured; empty for `$VISUAL`, `$EDITOR`, `vi`.
    pub editor: String,
    /// The folder for the editor's files, 0700.
    pub scratch: PathBuf,
    /// Environment variables that programs we start shall not see.
    pub hidden: Vec<String>,
    /// Whether tmux shall get copies too.
    pub in_tmux: bool,
    /// Whether the mouse is listened to from the start.
    pub mouse: bool,
    /// How news are told outside the picture.
    pub notify: Notify,
    /// Said once after the first frame.
    pub notices: Vec<Toast>,
    /// How accounts are added; none where that makes no sense.
    pub adding: Option<Adding>,
}

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The person left.
    Quit,
    /// The person wants to see the demo.
    Demo,
    /// An account was added: begin anew with it.
    Again,
    /// An account that was there has changed: begin anew at the accounts.
    Tended,
    /// A signal with this number.
    Signal(u8),
    /// The terminal is gone.
    Vanished,
    /// Something of ours broke; drafts are saved.
    Panicked,
}

impl End {
    /// The exit code: 128 + signal, as shells have it; a lost terminal counts as
    /// a hang-up.
    pub fn code(self) -> u8 {
        match self {
            End::Quit | End::Demo | End::Again | End::Tended => 0,
            End::Signal(number) => 128 + number,
            End::Vanished => 129,
            End::Panicked => 101,
        }
    }
}

/// The first frame waits so long at the most for what it shows.
const FIRST_LOOK: Duration = Duration::from_millis(60);
/// Keys that mean something by themselves wait so long for a continuation.
const CHORD: Duration = Duration::from_millis(500);
/// Outcomes are taken in for so long before the next key is looked at.
const AT_A_TIME: Duration = Duration::from_millis(4);
/// A signal ends the program within this time, whatever is under way.
const IN_A_HURRY: Duration = Duration::from_millis(200);
/// Leaving waits so long for entries that are released from their hold.
const IN_PEACE: Duration = Duration::from_secs(10);
/// What is on the line when that is over is waited for so much longer: a write
/// that is cut off has to be looked for.
const FOR_ANSWERS: Duration = Duration::from_secs(20);
/// How often a waiting process tries to become the sender.
const TRY_SENDER: Duration = Duration::from_secs(2);

/// Runs the program on the terminal until it ends.
///
/// # Errors
/// When the terminal cannot be taken or the system gives no thread.
pub fn interactive(parts: Parts, front: Front) -> std::io::Result<End> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let end = runtime.block_on(async { Running::start(parts, front)?.run().await });
    // Threads that read the terminal cannot be joined; nothing is owed to them.
    runtime.shutdown_background();
    end
}

struct Running {
    program: Program,
    world: World,
    term: Term,
    inputs: tokio::sync::mpsc::Receiver<Input>,
    told: UnboundedReceiver<Told>,
    outcomes: UnboundedReceiver<Outcome>,
    changed: UnboundedReceiver<()>,
    /// Servers of new accounts answer here.
    meet: UnboundedSender<Met>,
    met: UnboundedReceiver<Met>,
    /// What came of what was done with accounts.
    tend: UnboundedSender<Tended>,
    tended: UnboundedReceiver<Tended>,
    _watch: Option<Watch>,
    disk: Option<Disk>,
    lock: Option<SenderLock>,
    needs_lock: bool,
    tried_lock: Instant,
    said_unlocked: bool,
    signals: Signals,
    clock: Clock,
    front: FrontEnd,
    keyed_at: Option<Instant>,
    /// What the loop sleeps for: asked anew it would be the one after.
    deadline: Option<Time>,
    urgent: bool,
    rhythm: Rhythm,
    listens_to_mouse: bool,
    end: Option<End>,
}

/// What the loop itself needs of the front.
struct FrontEnd {
    editor: String,
    scratch: PathBuf,
    hidden: Vec<String>,
    in_tmux: bool,
    notify: Notify,
    place: Option<Place>,
    view: Option<View>,
    as_of: Option<chrono::NaiveDate>,
    notices: Vec<Toast>,
    adding: Option<Adding>,
}

struct Signals {
    hang_up: Signal,
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
    stop: Signal,
    resume: Signal,
    window: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            hang_up: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            stop: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            resume: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            window: signal(SignalKind::window_change())?,
        })
    }
}

/// What the server of a new account said.
type Met = (NewAccount, Result<Introduction, Fault>);

/// What came of what was done with an account; who is signed in, where the server
/// was asked.
type Tended = (Tending, Result<Option<Introduction>, Fault>);

/// What happened next.
#[allow(
    clippy::large_enum_variant,
    reason = "one at a time; a box would burden every outcome"
)]
enum Event {
    Signal(u8),
    Stop,
    Resume,
    Told(Told),
    Input(Input),
    Outcome(Outcome),
    Changed,
    Met(Box<Met>),
    Tended(Box<Tended>),
    ChordExpired,
    Deadline,
}

impl Running {
    fn start(parts: Parts, front: Front) -> std::io::Result<Self> {
        let signals = Signals::listen()?;
        let (tell, told) = unbounded_channel();
        let (send, inputs) = channel(256);
        let (answer, outcomes) = unbounded_channel();
        let (touch, changed) = unbounded_channel();
        let (meet, met) = unbounded_channel();
        let (tend, tended) = unbounded_channel();
        let mut term = Term::open(send, tell)?;
        term.set_mouse(front.mouse);
        let size = term.size();
        let watch = parts.disk.as_ref().and_then(|disk| watch(disk, touch));
        let mut store = Store::new(parts.setups, parts.rules);
        if let Some(why) = parts.read_only {
            store.set_read_only(why);
        }
        let needs_lock = store
            .accounts()
            .any(|account| !account.setup.abilities.idempotent);
        let look = Look {
            tab: front.tab,
            resolver: front.resolver,
            prefs: front.prefs,
            ids: fresh_ids(),
            theme: front.theme,
            glyphs: front.glyphs,
            size,
        };
        let mut running = Self {
            program: Program::new(store, look).with_themes(front.themes),
            world: World::new(parts.disk.clone(), parts.providers, answer),
            term,
            inputs,
            told,
            outcomes,
            changed,
            _watch: watch,
            disk: parts.disk,
            lock: None,
            needs_lock,
            tried_lock: Instant::now(),
            said_unlocked: false,
            signals,
            clock: parts.clock,
            front: FrontEnd {
                editor: front.editor,
                scratch: front.scratch,
                hidden: front.hidden,
                in_tmux: front.in_tmux,
                notify: front.notify,
                place: front.place,
                view: front.view,
                as_of: front.as_of,
                notices: front.notices,
                adding: front.adding,
            },
            meet,
            met,
            tend,
            tended,
            keyed_at: None,
            deadline: None,
            urgent: true,
            rhythm: Rhythm::default(),
            listens_to_mouse: front.mouse,
            end: None,
        };
        for effect in running.take_outcome(Outcome::Loaded(parts.records)) {
            running.world.execute(effect);
        }
        Ok(running)
    }

    async fn run(mut self) -> std::io::Result<End> {
        let now = self.clock.now();
        let effects = self.program.command(Command::Start, now);
        self.execute(effects).await;
        self.first_look().await;
        // Goals that were imported are welcome enough.
        let is_welcome = |place: &Place| *place == Place::FirstRun;
        let has_goals = !self.program.store().is_empty();
        if let Some(view) = self.front.view.take() {
            let effects = self.program.show_view(view, self.clock.now());
            self.execute(effects).await;
        }
        let place = self.front.place.take();
        if let Some(place) = place.filter(|place| !(has_goals && is_welcome(place))) {
            let effects = self.program.open(place, self.clock.now());
            self.execute(effects).await;
        }
        if let Some(day) = self.front.as_of.take() {
            let effects = self.program.travel(Some(day), self.clock.now());
            self.execute(effects).await;
        }
        for notice in std::mem::take(&mut self.front.notices) {
            self.program.say(notice, self.clock.now());
        }
        self.draw()?;
        self.term.listen()?;
        self.become_sender();
        while self.end.is_none() {
            let event = self.next().await;
            self.take(event).await;
            let since = Instant::now();
            while since.elapsed() < AT_A_TIME {
                let Ok(outcome) = self.outcomes.try_recv() else {
                    break;
                };
                self.take_outcome_now(outcome).await;
            }
            self.draw()?;
        }
        let end = self.end.unwrap_or(End::Quit);
        self.leave(end).await;
        Ok(end)
    }

    /// Takes in what comes at once, so that the first frame is not an empty one.
    async fn first_look(&mut self) {
        let deadline = tokio::time::Instant::now() + FIRST_LOOK;
        let waits = |program: &Program| {
            program
                .store()
                .accounts()
                .any(|account| account.setup.abilities.immediate && account.me.is_none())
        };
        while waits(&self.program) {
            match tokio::time::timeout_at(deadline, self.outcomes.recv()).await {
                Ok(Some(outcome)) => self.take_outcome_now(outcome).await,
                _ => break,
            }
        }
    }

    async fn next(&mut self) -> Event {
        let now = self.clock.now();
        self.deadline = self.program.next_wake(now);
        let mut wait = self.deadline.map(|time| self.clock.until(time));
        if let Some(frame) = self.next_frame() {
            wait = Some(wait.map_or(frame, |wait| wait.min(frame)));
        }
        if self.waits_for_lock() {
            let again = TRY_SENDER.saturating_sub(self.tried_lock.elapsed());
            wait = Some(wait.map_or(again, |wait| wait.min(again)));
        }
        let chord = self
            .keyed_at
            .filter(|_| self.program.keys_wait())
            .map(|at| CHORD.saturating_sub(at.elapsed()));
        tokio::select! {
            biased;
            _ = self.signals.hang_up.recv() => Event::Signal(1),
            _ = self.signals.terminate.recv() => Event::Signal(15),
            _ = self.signals.interrupt.recv() => Event::Signal(2),
            _ = self.signals.quit.recv() => Event::Signal(3),
            _ = self.signals.stop.recv() => Event::Stop,
            _ = self.signals.resume.recv() => Event::Resume,
            _ = self.signals.window.recv() => {
                let (columns, rows) = caps::size();
                Event::Input(Input::Resize(columns, rows))
            }
            told = self.told.recv() => Event::Told(told.unwrap_or(Told::Vanished)),
            input = self.inputs.recv() => Event::Input(input.unwrap_or(Input::Eof)),
            Some(outcome) = self.outcomes.recv() => Event::Outcome(outcome),
            Some(()) = self.changed.recv() => Event::Changed,
            Some(met) = self.met.recv() => Event::Met(Box::new(met)),
            Some(tended) = self.tended.recv() => Event::Tended(Box::new(tended)),
            () = sleep(chord) => Event::ChordExpired,
            () = sleep(wait) => Event::Deadline,
        }
    }

    /// How long until a frame is due, unless the terminal is still busy: it tells
    /// when it is not.
    fn next_frame(&self) -> Option<Duration> {
        if !self.term.is_idle() {
            return None;
        }
        self.rhythm.wait(self.want(), Instant::now())
    }

    fn want(&self) -> Want {
        match (self.urgent, self.program.is_dirty()) {
            (true, _) => Want::AtOnce,
            (false, true) => Want::Calmly,
            (false, false) => Want::Nothing,
        }
    }

    async fn take(&mut self, event: Event) {
        match event {
            Event::Signal(number) => self.end = Some(End::Signal(number)),
            Event::Stop => self.suspend().await,
            Event::Resume => {
                let _ = self.term.repaint();
                self.urgent = true;
            }
            Event::Told(Told::Vanished) | Event::Input(Input::Eof) => {
                self.end = Some(End::Vanished)
            }
            Event::Told(Told::Painted) => {}
            Event::Told(Told::Panicked) => self.end = Some(End::Panicked),
            Event::Input(input) => self.take_input(input).await,
            Event::Outcome(outcome) => self.take_outcome_now(outcome).await,
            Event::Changed => self.reload(),
            Event::Met(met) => {
                self.urgent = true;
                let (new, met) = *met;
                self.program.met(&new, &met);
            }
            Event::Tended(tended) => {
                self.urgent = true;
                let (tending, result) = *tended;
                let changed = result.is_ok() && tending.deed != Deed::Test;
                self.program.tended(&tending, &result, self.clock.now());
                if changed {
                    self.end = Some(End::Tended);
                }
            }
            Event::ChordExpired => {
                self.urgent = true;
                self.keyed_at = None;
                let now = self.clock.now();
                self.guarded(|program| program.keys_expired(now)).await;
            }
            Event::Deadline => {
                let now = self.clock.now();
                if self.deadline.is_some_and(|time| time <= now.at) {
                    self.guarded(|program| program.woke(now)).await;
                }
                if self.waits_for_lock() && self.tried_lock.elapsed() >= TRY_SENDER {
                    self.become_sender();
                }
            }
        }
    }

    async fn take_input(&mut self, input: Input) {
        if let Input::Resize(columns, rows) = input {
            let _ = self.term.resize(columns, rows);
            let (columns, rows) = self.term.size();
            self.urgent = true;
            let now = self.clock.now();
            return self
                .guarded(|program| program.input(Input::Resize(columns, rows), now))
                .await;
        }
        self.urgent = true;
        let at = Instant::now();
        self.rhythm.typed(&input, at);
        self.keyed_at = Some(at);
        #[cfg(debug_assertions)]
        if is_asked_to_panic(&input) {
            return self.guarded(|_| break_down()).await;
        }
        let now = self.clock.now();
        self.guarded(|program| program.input(input, now)).await;
    }

    fn take_outcome(&mut self, outcome: Outcome) -> Vec<Effect> {
        let now = self.clock.now();
        self.program.outcome(outcome, now)
    }

    async fn take_outcome_now(&mut self, outcome: Outcome) {
        let now = self.clock.now();
        self.guarded(|program| program.outcome(outcome, now)).await;
    }

    /// One turn of store and screens. If it panics, the hook has given the
    /// terminal back; what was typed is still here and is saved on the way out.
    async fn guarded(&mut self, turn: impl FnOnce(&mut Program) -> Vec<Effect>) {
        let program = &mut self.program;
        match catch_unwind(AssertUnwindSafe(|| turn(program))) {
            Ok(effects) => self.execute(effects).await,
            Err(_) => self.end = Some(End::Panicked),
        }
    }

    async fn execute(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Some(effect) = self.world.execute(effect) else {
                continue;
            };
            match effect {
                Effect::Copy(words) => self.copy(&words),
                Effect::OpenLink(link) => self
                    .program
                    .say(Toast::info(format!("link: {link}")), self.clock.now()),
                Effect::WriteFile { path, text, over } => {
                    Box::pin(self.write_file(path, text, over)).await;
                }
                Effect::Edit(words) => Box::pin(self.edit(words)).await,
                Effect::Suspend => self.suspend().await,
                Effect::Repaint => {
                    let _ = self.term.repaint();
                    self.urgent = true;
                }
                Effect::Tend(tending) => self.tend(*tending),
                Effect::Notify(words) => self.notify(&words),
                Effect::Mouse => self.swap_mouse(),
                Effect::Quit => self.end = Some(End::Quit),
                Effect::OpenDemo => self.end = Some(End::Demo),
                Effect::Meet(new) => self.meet(*new),
                Effect::AddAccount(new) => self.add_account(&new),
                Effect::KeepView(view) => {
                    self.change_views(|ground| view_file::keep(ground, &view));
                }
                Effect::DropView(name) => {
                    self.change_views(|ground| view_file::drop(ground, &name));
                }
                other => tracing::error!(effect = other.word(), "an effect nobody carries out"),
            }
        }
    }

    /// Asks the server of an account that is not there yet.
    fn meet(&self, new: NewAccount) {
        let (answer, adding) = (self.meet.clone(), self.front.adding.clone());
        tokio::spawn(async move {
            let met = match adding {
                Some(adding) => adding.meet(&new).await,
                None => Err(no_accounts()),
            };
            // Nobody listens any more: the program ends.
            let _unheard = answer.send((new, met));
        });
    }

    /// Does something with an account that is there, beside the loop.
    fn tend(&self, tending: Tending) {
        let (answer, adding) = (self.tend.clone(), self.front.adding.clone());
        tokio::spawn(async move {
            let result = match (adding, &tending.deed) {
                (None, _) => Err(no_accounts()),
                (Some(adding), Deed::Test) => {
                    adding.try_token(&tending.account, None).await.map(Some)
                }
                (Some(adding), Deed::Renew(typed)) => adding
                    .try_token(&tending.account, Some(typed))
                    .await
                    .map(Some),
                (Some(adding), Deed::First | Deed::Remove) => {
                    let wish = tending.clone();
                    let changed = tokio::task::spawn_blocking(move || adding.change(&wish));
                    changed
                        .await
                        .unwrap_or_else(|_| Err(no_accounts()))
                        .map(|()| None)
                }
            };
            // Nobody listens any more: the program ends.
            let _unheard = answer.send((tending, result));
        });
    }

    fn notify(&mut self, words: &str) {
        let bytes = match self.front.notify {
            Notify::None => return,
            // tmux drops what it does not know, but it has bells of its own.
            Notify::Osc9 if !self.front.in_tmux => notify::osc9(&text::line(words)),
            Notify::Bell | Notify::Osc9 => notify::BELL.to_vec(),
        };
        self.term.also(&bytes);
    }

    fn add_account(&mut self, new: &NewAccount) {
        let written = match &self.front.adding {
            // It may look whether goals are kept here, which waits for an answer: on
            // a thread of its own, for this one must not wait inside the loop's runtime.
            Some(adding) => {
                std::thread::scope(|threads| threads.spawn(|| adding.write(new)).join())
                    .unwrap_or_else(|_| Err(no_accounts()))
            }
            None => Err(no_accounts()),
        };
        match written {
            Ok(()) => self.end = Some(End::Again),
            Err(fault) => {
                let text = format!("the account was not added: {fault}");
                self.program.say(Toast::error(text), self.clock.now());
            }
        }
    }

    /// The demo's views are as made up as the rest: they end with it.
    fn change_views(&mut self, change: impl Fn(&Ground) -> Result<(), Fault>) {
        let Some(adding) = &self.front.adding else {
            return;
        };
        if let Err(fault) = adding.ground().and_then(|ground| change(&ground)) {
            let text = format!("the view counts for this session only: {fault}");
            self.program.say(Toast::error(text), self.clock.now());
        }
    }

    fn swap_mouse(&mut self) {
        self.listens_to_mouse = !self.listens_to_mouse;
        self.term.set_mouse(self.listens_to_mouse);
        let words = match self.listens_to_mouse {
            true => "mouse on: a click focuses, two open; Shift-drag still selects text",
            false => "mouse off: it is the terminal's again",
        };
        self.program.say(Toast::info(words), self.clock.now());
    }

    async fn write_file(&mut self, path: String, text: String, over: bool) {
        let name = path.clone();
        let written = tokio::task::spawn_blocking(move || files::write(&name, &text, over)).await;
        let written = written.unwrap_or_else(|_| Written::Failed("it broke on the way".into()));
        let now = self.clock.now();
        match written {
            Written::Done => {
                let words = format!("wrote {path}, readable by you alone");
                self.program.say(Toast::info(words), now);
            }
            Written::IsThere => {
                let effects = self.program.is_there(&path, now);
                self.execute(effects).await;
            }
            Written::Failed(why) => {
                let words = format!("{path} was not written: {why}; choose another place (w)");
                self.program.say(Toast::error(words), now);
            }
        }
    }

    fn copy(&mut self, words: &str) {
        let words = text::block(words);
        match clipboard::osc52(&words) {
            Ok(bytes) if self.front.in_tmux => {
                // tmux hands it on to the terminal outside; asking it takes time
                // that the loop does not have.
                tokio::task::spawn_blocking(move || clipboard::through_tmux(&words));
                self.term.also(&bytes);
            }
            Ok(bytes) => self.term.also(&bytes),
            Err(why) => self
                .program
                .say(Toast::error(why.to_string()), self.clock.now()),
        }
    }

    /// Draws if a frame is due, and only while the terminal takes what it was sent
    /// before.
    fn draw(&mut self) -> std::io::Result<()> {
        let at = Instant::now();
        if self.end.is_some() || !self.term.is_idle() {
            return Ok(());
        }
        let Some(frame) = self.rhythm.frame(self.want(), at) else {
            return Ok(());
        };
        let now = self.clock.now();
        let program = &mut self.program;
        let term = &mut self.term;
        let drawn = catch_unwind(AssertUnwindSafe(|| {
            term.draw(|buffer| {
                let drawn = match frame {
                    Frame::Hasty => program.draw_in_haste(buffer, now),
                    Frame::Whole => program.draw(buffer, now),
                };
                Finish {
                    cursor: drawn.cursor.map(|cursor| (cursor.x, cursor.y)),
                    kept: drawn.kept,
                }
            })
        }));
        match drawn {
            Ok(painted) => {
                let bytes = match painted? {
                    Painted::Busy => return Ok(()),
                    Painted::Same => 0,
                    Painted::Sent(bytes) => bytes,
                };
                self.rhythm.drew(frame, bytes, at);
                self.urgent = false;
            }
            Err(_) => self.end = Some(End::Panicked),
        }
        Ok(())
    }

    /// Somebody else wrote to the store.
    fn reload(&mut self) {
        while self.changed.try_recv().is_ok() {}
        self.world.execute(Effect::Reread);
    }

    /// Remote accounts take writes from one program at a time: takes the lock if it
    /// is free, or learns who has it.
    fn become_sender(&mut self) {
        self.tried_lock = Instant::now();
        let mine = Outcome::Sender {
            mine: true,
            pid: None,
        };
        let outcome = match &self.disk {
            // Nothing is shared: the demo lives in this process.
            None => mine,
            Some(_) if !self.may_send() => return,
            Some(disk) => match sender_lock::try_lock(disk.directory()) {
                Ok(Turn::Ours(lock)) => {
                    self.lock = Some(lock);
                    mine
                }
                Ok(Turn::Theirs(pid)) => Outcome::Sender { mine: false, pid },
                Err(fault) => return self.cannot_lock(&fault),
            },
        };
        self.tell_sender(outcome);
    }

    fn may_send(&self) -> bool {
        self.needs_lock && self.program.store().read_only().is_none()
    }

    fn waits_for_lock(&self) -> bool {
        self.lock.is_none() && self.may_send() && self.program.store().wants_sender()
    }

    fn tell_sender(&mut self, outcome: Outcome) {
        for effect in self.take_outcome(outcome) {
            self.world.execute(effect);
        }
    }

    /// Said once: trying again every two seconds must not fill the log page.
    fn cannot_lock(&mut self, fault: &Fault) {
        if !std::mem::replace(&mut self.said_unlocked, true) {
            let sentence = format!("nothing can be sent: {fault}");
            self.program.say(Toast::error(sentence), self.clock.now());
        }
    }

    /// Another program may send while this one is stopped, if nothing of ours is on
    /// the line: what is would otherwise go out when nobody reckons with it.
    fn hand_sending_on(&mut self) {
        if self.lock.is_some() && self.program.store().is_quiet() {
            self.tell_sender(Outcome::Sender {
                mine: false,
                pid: None,
            });
            self.lock = None;
        }
    }

    /// Gives the terminal to the person's editor and takes it back.
    async fn edit(&mut self, words: String) {
        self.save(IN_A_HURRY).await;
        let variable = |name: &str| std::env::var(name).ok();
        let command = match editor::words(&self.front.editor, variable) {
            Ok(command) => command,
            Err(why) => {
                return self
                    .program
                    .say(Toast::error(why.to_string()), self.clock.now());
            }
        };
        let (scratch, hidden) = (self.front.scratch.clone(), self.front.hidden.clone());
        self.term.hand_away();
        let edited = tokio::task::spawn_blocking(move || {
            // If it cannot be made, neither can the file in it, and that says why.
            let _made = DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&scratch);
            editor::edit(&command, &scratch, &words, &hidden)
        });
        let mut edited = edited;
        let edited = loop {
            tokio::select! {
                edited = &mut edited => break edited,
                _ = self.signals.hang_up.recv() => return self.end = Some(End::Signal(1)),
                _ = self.signals.terminate.recv() => return self.end = Some(End::Signal(15)),
                told = self.told.recv() => match told {
                    Some(Told::Painted) => {}
                    Some(Told::Panicked) => return self.end = Some(End::Panicked),
                    Some(Told::Vanished) | None => return self.end = Some(End::Vanished),
                },
                // The editor shares our process group: these were meant for it.
                _ = self.signals.interrupt.recv() => {}
                _ = self.signals.quit.recv() => {}
                _ = self.signals.stop.recv() => {}
                _ = self.signals.resume.recv() => {}
            }
        };
        let size = self.term.take_back();
        self.taken_back(size);
        let now = self.clock.now();
        match edited {
            Ok(Ok(edited)) => {
                if edited.cut {
                    self.program.say(
                        Toast::error(
                            "the editor's file was larger than 10 MB; the rest was left out",
                        ),
                        now,
                    );
                }
                let effects = self.program.edited(&edited.text, now);
                Box::pin(self.execute(effects)).await;
            }
            Ok(Err(why)) => self.program.say(Toast::error(why.to_string()), now),
            Err(_) => self.program.say(
                Toast::error("the editor could not be run; your text is as it was"),
                now,
            ),
        }
    }

    fn taken_back(&mut self, size: std::io::Result<(u16, u16)>) {
        self.urgent = true;
        match size {
            Ok((columns, rows)) => {
                let effects = self
                    .program
                    .input(Input::Resize(columns, rows), self.clock.now());
                for effect in effects {
                    self.world.execute(effect);
                }
            }
            Err(_) => self.end = Some(End::Vanished),
        }
    }

    /// Job control: gives the terminal back, stops, and goes on when continued.
    async fn suspend(&mut self) {
        self.save(IN_A_HURRY).await;
        self.hand_sending_on();
        match self.term.suspend() {
            Ok(None) => self.program.say(
                Toast::info("no shell would continue it; not suspended"),
                self.clock.now(),
            ),
            Ok(Some(size)) => self.taken_back(Ok(size)),
            Err(why) => self.taken_back(Err(why)),
        }
        if self.lock.is_none() {
            self.become_sender();
        }
    }

    /// Writes what is only in memory and waits for the disk, at most so long.
    async fn save(&mut self, at_most: Duration) {
        let now = self.clock.now();
        let effects = self.program.command(Command::Flush, now);
        for effect in effects {
            self.world.execute(effect);
        }
        self.wait_for_disk(at_most, Store::is_written).await;
    }

    async fn wait_for_disk(&mut self, at_most: Duration, done: impl Fn(&Store) -> bool) {
        let deadline = tokio::time::Instant::now() + at_most;
        while !done(self.program.store()) {
            match tokio::time::timeout_at(deadline, self.outcomes.recv()).await {
                Ok(Some(outcome)) => {
                    let effects = self.take_outcome(outcome);
                    for effect in effects {
                        self.world.execute(effect);
                    }
                }
                _ => break,
            }
        }
    }

    /// Every way out: text is saved, held entries go out if there is time, the
    /// terminal is given back unless it is gone.
    async fn leave(mut self, end: End) {
        match end {
            End::Quit | End::Demo | End::Again | End::Tended => {
                let now = self.clock.now();
                let effects = self.program.command(Command::Leave, now);
                self.execute(effects).await;
                self.say_farewell();
                self.send_the_rest().await;
            }
            End::Signal(_) | End::Vanished | End::Panicked => self.save(IN_A_HURRY).await,
        }
        match end {
            // A lost line is not written to: the write could block for ever.
            End::Vanished | End::Signal(1) => self.term.abandon(),
            End::Signal(_) | End::Panicked => self.term.give_up(),
            End::Quit | End::Demo | End::Again | End::Tended => self.term.close(),
        }
    }

    fn say_farewell(&mut self) {
        let unsent = self
            .program
            .store()
            .entries()
            .filter(|entry| entry.state.is_pending())
            .count();
        if unsent > 0 {
            let words = format!("sending {unsent}… Ctrl-C leaves it queued");
            self.program.say(Toast::info(words), self.clock.now());
            self.urgent = true;
            self.end = None;
            let _ = self.draw();
        }
    }

    /// Sends what is left, for a while; then waits for the answers that are owed.
    async fn send_the_rest(&mut self) {
        if self.wait_to_leave(IN_PEACE).await {
            return;
        }
        self.tell_sender(Outcome::Sender {
            mine: false,
            pid: None,
        });
        self.wait_to_leave(FOR_ANSWERS).await;
    }

    /// Whether there is nothing to wait for any more: all is done, or whoever sits
    /// there has had enough.
    async fn wait_to_leave(&mut self, at_most: Duration) -> bool {
        let deadline = tokio::time::Instant::now() + at_most;
        while !(self.program.store().is_written() && self.program.store().is_quiet()) {
            tokio::select! {
                biased;
                _ = self.signals.hang_up.recv() => return true,
                _ = self.signals.terminate.recv() => return true,
                _ = self.signals.interrupt.recv() => return true,
                Some(input) = self.inputs.recv() => {
                    if is_interrupt(&input) {
                        return true;
                    }
                }
                Some(outcome) = self.outcomes.recv() => {
                    let effects = self.take_outcome(outcome);
                    for effect in effects {
                        self.world.execute(effect);
                    }
                }
                () = tokio::time::sleep_until(deadline) => return false,
            }
        }
        true
    }
}

fn is_interrupt(input: &Input) -> bool {
    matches!(input, Input::Press(press) if *press == crate::keys::chord::Press::ctrl('c'))
}

/// Breaks on purpose, so that tests see what is left then.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "it is what is asked for")]
fn break_down() -> Vec<Effect> {
    panic!("asked for by GOALDECK_TEST_PANIC")
}

/// Tests of debug builds break the loop with F12 to see what is left then.
#[cfg(debug_assertions)]
fn is_asked_to_panic(input: &Input) -> bool {
    use crate::keys::chord::{Key, Press};
    matches!(input, Input::Press(press) if *press == Press::new(Key::F(12)))
        && std::env::var_os("GOALDECK_TEST_PANIC").is_some()
}

/// Watches the store for other programs; without it theirs are seen on refresh.
fn watch(disk: &Disk, touch: UnboundedSender<()>) -> Option<Watch> {
    let told = move || {
        let _ = touch.send(());
    };
    disk.watch(told)
        .map_err(|fault| tracing::warn!(%fault, "the store is not watched"))
        .ok()
}

async fn sleep(span: Option<Duration>) {
    match span {
        Some(span) => tokio::time::sleep(span).await,
        None => std::future::pending().await,
    }
}

/// The demo has its accounts and gets no others.
fn no_accounts() -> Fault {
    Fault::new(
        FaultKind::Unsupported,
        "the demo takes no accounts",
        "start goaldeck without demo",
    )
}
