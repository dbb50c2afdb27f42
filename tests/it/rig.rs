//! The program without a terminal: keys as text go in, the drawn buffer comes
//! out. Providers are real ones in memory or on a temporary disk; the clock is
//! set by the test and moves only when told to.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{FixedOffset, TimeDelta, TimeZone};
use goaldeck::actions::Action;
use goaldeck::disk::Disk;
use goaldeck::keys::chord::{Chord, Deed, Input, Mouse, Paste};
use goaldeck::keys::keymap::{KeyStyle, Keymap};
use goaldeck::keys::resolve::Resolver;
use goaldeck::model::entry::Records;
use goaldeck::model::ids::{AccountName, IdSource};
use goaldeck::model::progress::Rules;
use goaldeck::model::time::{Now, Zone};
use goaldeck::providers::Provider;
use goaldeck::run::program::{Look, Program};
use goaldeck::run::world::World;
use goaldeck::screens::{Prefs, Tab};
use goaldeck::store::effect::{Command, Effect, Outcome};
use goaldeck::store::{Setup, Store};
use goaldeck::theme::{Glyphs, Theme, ThemeName};
use goaldeck::widgets::painter::Drawn;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A program under test.
pub struct Rig {
    program: Program,
    world: World,
    outcomes: UnboundedReceiver<Outcome>,
    runtime: Runtime,
    now: Now,
    /// What went to the front: copies, editor, links, quitting.
    pub front: Vec<Effect>,
    /// Keys pressed so far.
    pub presses: usize,
}

/// How a rig is made.
pub struct Parts {
    pub setups: Vec<Setup>,
    pub providers: BTreeMap<AccountName, Arc<dyn Provider>>,
    pub disk: Option<Disk>,
    pub records: Records,
    pub size: (u16, u16),
    pub glyphs: Glyphs,
    pub theme: ThemeName,
    pub keys: KeyStyle,
    pub tab: Tab,
    pub now: Now,
}

/// The moment of the mock-ups: Friday, 20 November 2026, 10:42 in Berlin.
pub fn friday() -> Now {
    let zone = Zone::new(|_| FixedOffset::east_opt(3600).expect("an hour"));
    let wall =
        chrono::NaiveDate::from_ymd_opt(2026, 11, 20).and_then(|day| day.and_hms_opt(10, 42, 0));
    let at = zone.moment(wall.expect("a moment"));
    let _ = FixedOffset::east_opt(0).map(|utc| utc.from_utc_datetime(&at.naive_utc()));
    Now::new(at, zone)
}

/// Settings as a fresh configuration has them.
pub fn prefs() -> Prefs {
    Prefs {
        read_on_open: true,
        default_template: "moved".into(),
        templates: vec![
            (
                "moved".into(),
                "## What moved\n\n## Blockers\n\n## Next\n- [ ] ".into(),
            ),
            ("one line".into(), String::new()),
        ],
        views: Vec::new(),
        config_path: "/home/me/.config/goaldeck".into(),
        data_path: "/home/me/.local/share/goaldeck".into(),
        notifies: true,
        accounts: Vec::new(),
    }
}

impl Rig {
    /// Starts and waits until everything was read.
    pub fn start(parts: Parts) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let (sender, outcomes) = unbounded_channel();
        let store = Store::new(parts.setups, Rules::default());
        let look = Look {
            tab: parts.tab,
            resolver: Resolver::new(Keymap::built_in(parts.keys)),
            prefs: prefs(),
            ids: IdSource::new(1),
            theme: Theme::new(parts.theme),
            glyphs: parts.glyphs,
            size: parts.size,
        };
        let world = World::new(parts.disk, parts.providers, sender);
        let program = Program::new(store, look);
        let mut rig = Self {
            program,
            world,
            outcomes,
            runtime,
            now: parts.now,
            front: Vec::new(),
            presses: 0,
        };
        rig.outcome(Outcome::Sender {
            mine: true,
            pid: None,
        });
        rig.outcome(Outcome::Loaded(parts.records));
        rig.command(Command::Start);
        rig.settle();
        rig
    }

    /// The store, to read.
    pub fn store(&self) -> &Store {
        self.program.store()
    }

    /// The program itself, for tests that drive it like a loop.
    pub fn program(&mut self) -> &mut Program {
        &mut self.program
    }

    /// The store that is shown: another one while a past day is.
    pub fn program_store(&self) -> &Store {
        self.program.shown()
    }

    /// The moment of the rig.
    pub fn now(&self) -> Now {
        self.now
    }

    /// Carries out a command that no key makes.
    pub fn command(&mut self, command: Command) {
        let effects = self.program.command(command, self.now);
        self.execute(effects);
    }

    /// Takes an outcome in.
    pub fn outcome(&mut self, outcome: Outcome) {
        let effects = self.program.outcome(outcome, self.now);
        self.execute(effects);
    }

    fn execute(&mut self, effects: Vec<Effect>) {
        let _inside = self.runtime.enter();
        for effect in effects {
            self.front.extend(self.world.execute(effect));
        }
    }

    /// Waits until nothing is under way.
    pub fn settle(&mut self) {
        while !self.store().is_idle() {
            let outcomes = &mut self.outcomes;
            let next = self.runtime.block_on(async {
                tokio::time::timeout(Duration::from_secs(20), outcomes.recv()).await
            });
            let outcome = next.expect("an answer comes").expect("the queue is open");
            self.outcome(outcome);
        }
    }

    /// Lets time pass; what is due happens.
    pub fn pass(&mut self, span: TimeDelta) {
        let end = self.now.at + span;
        while let Some(next) = self.program.next_wake(self.now).filter(|next| *next <= end) {
            self.now.at = next.max(self.now.at + TimeDelta::milliseconds(1));
            let effects = self.program.woke(self.now);
            self.execute(effects);
            self.settle();
        }
        self.now.at = end;
        let effects = self.program.woke(self.now);
        self.execute(effects);
        self.settle();
    }

    /// Presses keys, separated by blanks: `c 1 6 2 enter ctrl-s`.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            let chord: Chord = key.parse().unwrap_or_else(|error| panic!("{key}: {error}"));
            for press in chord.presses() {
                self.presses += 1;
                let effects = self.program.input(Input::Press(*press), self.now);
                self.execute(effects);
            }
        }
        self.settle();
        self
    }

    /// Types a text letter by letter; not counted as keys.
    pub fn write(&mut self, text: &str) -> &mut Self {
        let before = self.presses;
        for letter in text.chars() {
            let press = match letter {
                '\n' => goaldeck::keys::chord::Press::new(goaldeck::keys::chord::Key::Enter),
                letter => goaldeck::keys::chord::Press::char(letter),
            };
            let effects = self.program.input(Input::Press(press), self.now);
            self.execute(effects);
        }
        self.presses = before;
        self.settle();
        self
    }

    /// Does something with the mouse at a place of the screen as it is drawn now.
    pub fn mouse(&mut self, deed: Deed, (x, y): (u16, u16)) -> &mut Self {
        self.draw();
        let effects = self
            .program
            .input(Input::Mouse(Mouse { deed, x, y }), self.now);
        self.execute(effects);
        self.settle();
        self
    }

    /// Column and row of a text on the screen.
    #[track_caller]
    pub fn place_of(&mut self, text: &str) -> (u16, u16) {
        let screen = self.screen();
        for (y, row) in screen.lines().enumerate() {
            if let Some(at) = row.find(text) {
                let x = unicode_width::UnicodeWidthStr::width(&row[..at]);
                return (
                    u16::try_from(x).expect("a column"),
                    u16::try_from(y).expect("a row"),
                );
            }
        }
        panic!("no \"{text}\" to point at on\n{screen}");
    }

    /// Clicks on a text.
    #[track_caller]
    pub fn click(&mut self, text: &str) -> &mut Self {
        let place = self.place_of(text);
        self.mouse(Deed::Press, place)
    }

    /// Moves the clock without anything happening.
    pub fn tick(&mut self, span: TimeDelta) -> &mut Self {
        self.now.at += span;
        self
    }

    /// Pastes a text.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        let effects = self.program.input(
            Input::Paste(Paste {
                text: text.into(),
                cut: false,
            }),
            self.now,
        );
        self.execute(effects);
        self.settle();
        self
    }

    /// Means an action, as the palette does.
    pub fn act(&mut self, action: Action) -> &mut Self {
        let effects = self.program.act(action, self.now);
        self.execute(effects);
        self.settle();
        self
    }

    /// A file that was to be written is there.
    pub fn is_there(&mut self, path: &str) -> &mut Self {
        let effects = self.program.is_there(path, self.now);
        self.execute(effects);
        self.settle();
        self
    }

    /// The editor comes back.
    pub fn edited(&mut self, text: &str) -> &mut Self {
        let effects = self.program.edited(text, self.now);
        self.execute(effects);
        self.settle();
        self
    }

    /// Changes the size.
    pub fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        let effects = self.program.input(Input::Resize(columns, rows), self.now);
        self.execute(effects);
        self
    }

    /// Draws a frame.
    pub fn draw(&mut self) -> (Buffer, Drawn<Action>) {
        let (columns, rows) = self.program.size();
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        let drawn = self.program.draw(&mut buffer, self.now);
        (buffer, drawn)
    }

    /// The screen as text, rows without trailing blanks.
    pub fn screen(&mut self) -> String {
        let (buffer, _) = self.draw();
        let mut out = String::new();
        for y in 0..buffer.area.height {
            let mut row = String::new();
            let mut x = 0;
            while x < buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                row.push_str(symbol);
                x += u16::try_from(unicode_width::UnicodeWidthStr::width(symbol))
                    .unwrap_or(1)
                    .max(1);
            }
            out.push_str(row.trim_end());
            out.push('\n');
        }
        out
    }

    /// Fails with the screen if a text is not on it.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(screen.contains(text), "no \"{text}\" on\n{screen}");
        self
    }

    /// Fails with the screen if a text is on it.
    #[track_caller]
    pub fn sees_no(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(!screen.contains(text), "\"{text}\" is on\n{screen}");
        self
    }
}
