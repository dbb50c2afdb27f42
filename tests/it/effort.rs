//! Long work shows itself, is stopped with Esc and goes on with R: nothing is
//! there twice, nothing is sent twice, nothing is lost.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use goaldeck::keys::chord::{Input, Key, Press};
use goaldeck::keys::keymap::{KeyStyle, Keymap};
use goaldeck::keys::resolve::Resolver;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::entry::EntryState;
use goaldeck::model::exchange::{Answer, Batch, Change, Letter, Query, SoFar};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{AccountName, IdSource, Ticket};
use goaldeck::model::past::{self, Recall, Recollection};
use goaldeck::model::progress::Rules;
use goaldeck::model::time::Now;
use goaldeck::providers::fake;
use goaldeck::run::program::{Look, Program};
use goaldeck::screens::Tab;
use goaldeck::store::effect::{Command, Effect, Outcome, Post};
use goaldeck::store::{Setup, Store};
use goaldeck::theme::{Glyphs, Theme, ThemeName};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::rig::{friday, prefs};

/// A program over one remote account whose answers are given by hand; its disk
/// takes everything at once.
struct Desk {
    program: Program,
    now: Now,
    asked: Vec<(Ticket, Query)>,
    cancelled: Vec<Ticket>,
    letters: Vec<Letter>,
}

impl Desk {
    fn new(size: (u16, u16), glyphs: Glyphs) -> Self {
        let setup = Setup {
            name: AccountName::new("work"),
            abilities: fake::able(),
            hold: TimeDelta::zero(),
            refresh: None,
            settle: goaldeck::store::outbox::Settle::default(),
            cadence: Cadence::None,
            origin: None,
        };
        let look = Look {
            tab: Tab::Goals,
            resolver: Resolver::new(Keymap::built_in(KeyStyle::Vim)),
            prefs: prefs(),
            ids: IdSource::new(1),
            theme: Theme::new(ThemeName::Auto),
            glyphs,
            size,
        };
        let mut desk = Self {
            program: Program::new(Store::new(vec![setup], Rules::default()), look),
            now: friday(),
            asked: Vec::new(),
            cancelled: Vec::new(),
            letters: Vec::new(),
        };
        desk.outcome(Outcome::Sender {
            mine: true,
            pid: None,
        });
        desk.command(Command::Start);
        // The first look is answered with who I am; then the list is asked for.
        let (glance, query) = desk.asked.remove(0);
        assert_eq!(query, Query::Glance);
        desk.told(
            glance,
            Batch {
                me: Some("work:me".into()),
                ..Batch::default()
            },
        );
        desk
    }

    fn execute(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Fetch { ticket, query, .. } => self.asked.push((ticket, query)),
                Effect::Cancel(ticket) => self.cancelled.push(ticket),
                Effect::Send(letter) => self.letters.push(*letter),
                Effect::Write { token, .. } => self.outcome(Outcome::Written { token }),
                _ => {}
            }
        }
    }

    fn command(&mut self, command: Command) {
        let effects = self.program.command(command, self.now);
        self.execute(effects);
    }

    fn outcome(&mut self, outcome: Outcome) {
        let effects = self.program.outcome(outcome, self.now);
        self.execute(effects);
    }

    fn press(&mut self, press: Press) {
        let effects = self.program.input(Input::Press(press), self.now);
        self.execute(effects);
    }

    fn told(&mut self, ticket: Ticket, batch: Batch) {
        self.outcome(Outcome::Fetched { ticket, batch });
    }

    /// The list that was asked for last.
    fn list(&self) -> Ticket {
        let (ticket, query) = self.asked.last().expect("a question");
        assert_eq!(*query, Query::All);
        *ticket
    }

    /// A second later a hundred goals of it come.
    fn hundred(&mut self, ticket: Ticket, from: usize, so_far: Option<SoFar>) {
        self.now.at += TimeDelta::seconds(1);
        let goals = (from..from + 100).map(|place| goal(place, self.now));
        let batch = Batch {
            goals: goals.collect(),
            more: true,
            so_far,
            ..Batch::default()
        };
        self.told(ticket, batch);
        self.wake();
    }

    /// Sends a remark on each of so many goals.
    fn campaign(&mut self, goals: usize) {
        for place in 0..goals {
            self.command(Command::Post(Post {
                id: format!("e-{place:03}").as_str().into(),
                account: "work".into(),
                change: Change::Comment {
                    goal: format!("work:g-{place:05}").as_str().into(),
                    check_in: None,
                    id: format!("work:k-{place:03}").as_str().into(),
                    text: "Well done".into(),
                },
                draft: None,
            }));
        }
    }

    /// The server says yes to what it was sent so far, a second later.
    fn accept(&mut self) -> usize {
        self.now.at += TimeDelta::seconds(1);
        let letters = std::mem::take(&mut self.letters);
        for letter in &letters {
            let answer = Answer::Accepted {
                batch: Batch::default(),
                undo: None,
            };
            self.outcome(Outcome::Answered {
                entry: letter.key.clone(),
                answer,
            });
        }
        letters.len()
    }

    /// Something is due by now: toasts go.
    fn wake(&mut self) {
        let effects = self.program.woke(self.now);
        self.execute(effects);
    }

    fn sent(&self) -> usize {
        let entries = self.program.store().entries();
        entries
            .filter(|entry| matches!(entry.state, EntryState::Sent { .. }))
            .count()
    }

    fn screen(&mut self) -> String {
        let (columns, rows) = self.program.size();
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        self.program.draw(&mut buffer, self.now);
        let rows = buffer.content.chunks(usize::from(columns));
        let text = rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
        text.collect::<Vec<String>>().join("\n")
    }

    #[track_caller]
    fn sees(&mut self, words: &str) {
        let screen = self.screen();
        assert!(screen.contains(words), "no \"{words}\" on\n{screen}");
    }

    #[track_caller]
    fn sees_no(&mut self, words: &str) {
        let screen = self.screen();
        assert!(!screen.contains(words), "\"{words}\" on\n{screen}");
    }
}

fn goal(place: usize, now: Now) -> Goal {
    let id = format!("work:g-{place:05}");
    Goal::new(
        id.as_str().into(),
        "work".into(),
        format!("Goal {place:05}"),
        now.at,
    )
}

const ESC: Press = Press::new(Key::Esc);

#[test]
fn a_long_answer_counts_stops_with_esc_and_goes_on_with_r() {
    for (glyphs, first, second) in [
        (
            Glyphs::Unicode,
            "↻ work 200 Esc stops",
            "↻ work 300/1000 ▓░░░░ Esc stops",
        ),
        (
            Glyphs::Ascii,
            "~ work 200 Esc stops",
            "~ work 300/1000 #.... Esc stops",
        ),
    ] {
        for size in [(120, 40), (80, 24)] {
            let mut desk = Desk::new(size, glyphs);
            let list = desk.list();
            desk.hundred(list, 0, None);
            desk.sees_no("Esc stops");
            desk.hundred(list, 100, None);
            desk.sees(first);
            // The words stand still for a second, however fast goals come.
            desk.now.at -= TimeDelta::milliseconds(600);
            desk.hundred(list, 200, None);
            desk.now.at -= TimeDelta::milliseconds(600);
            desk.sees(first);
            let so_far = SoFar {
                done: 300,
                of: Some(1000),
            };
            desk.now.at += TimeDelta::seconds(1);
            desk.hundred(list, 200, Some(so_far));
            desk.sees(second);

            desk.press(ESC);
            assert_eq!(desk.cancelled, [list]);
            desk.sees("stopped reading work; what came is here. R goes on");
            desk.now.at += TimeDelta::seconds(10);
            desk.wake();
            desk.sees("work stopped at 300/1000 (R)");
            assert_eq!(desk.program.store().len(), 300);
            // What was under way comes too late.
            desk.hundred(list, 300, None);
            assert_eq!(desk.program.store().len(), 300);

            desk.press(Press::char('R'));
            let list = desk.list();
            for from in (0..1000).step_by(100) {
                desk.hundred(list, from, None);
            }
            // As many as came, though fewer were known.
            desk.sees(
                "work 1000/1000 ▓▓▓▓▓"
                    .replace('▓', glyphs.bar(1, 1, 1).as_str())
                    .as_str(),
            );
            let end = Batch {
                full: true,
                ..Batch::default()
            };
            desk.told(list, end);
            desk.now.at += TimeDelta::seconds(10);
            desk.wake();
            desk.sees("work synced now");
            desk.sees_no("stopped");
            assert_eq!(desk.program.store().len(), 1000);
        }
    }
}

#[test]
fn a_refresh_is_reckoned_to_be_as_long_as_the_list_was() {
    let mut desk = Desk::new((80, 24), Glyphs::Unicode);
    let list = desk.list();
    for from in (0..400).step_by(100) {
        desk.hundred(list, from, None);
    }
    let end = Batch {
        full: true,
        ..Batch::default()
    };
    desk.told(list, end);
    desk.press(Press::char('R'));
    let list = desk.list();
    // What R said has been read.
    desk.now.at += TimeDelta::seconds(10);
    desk.hundred(list, 0, None);
    desk.sees("work 100/400 ▓░░░░");
    // Esc first closes what lies above, then stops.
    desk.press(Press::char('?'));
    desk.press(ESC);
    assert_eq!(desk.cancelled, []);
    desk.press(ESC);
    assert_eq!(desk.cancelled, [list]);
    assert_eq!(desk.program.store().len(), 400, "nothing counts as gone");
}

#[test]
fn many_writes_count_stop_after_those_under_way_and_go_on() {
    let mut desk = Desk::new((80, 24), Glyphs::Unicode);
    let list = desk.list();
    desk.hundred(list, 0, None);
    let end = Batch {
        full: true,
        ..Batch::default()
    };
    desk.told(list, end);
    desk.campaign(60);
    let mut accepted = 0;
    while accepted < 12 {
        accepted += desk.accept();
    }
    desk.now.at += TimeDelta::seconds(1);
    desk.wake();
    desk.sees("sends 12 of 60 ▓░░░░, Esc stops");
    let under_way = desk.letters.len();
    assert!(under_way > 0);

    desk.press(ESC);
    desk.sees("stopped sending; 48 stay queued. R goes on");
    // Those under way are waited for, and no other leaves.
    assert_eq!(desk.accept(), under_way);
    assert_eq!(desk.letters.len(), 0);
    assert_eq!(desk.sent(), 12 + under_way);
    desk.sees(&format!("stopped at {} of 60, R goes on", 12 + under_way));
    // Pressed again it does nothing more.
    desk.press(ESC);
    desk.press(Press::char('4'));
    desk.sees("stopped with Esc; R sends it");

    desk.press(Press::char('2'));
    desk.press(Press::char('R'));
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    while desk.sent() < 60 {
        for letter in &desk.letters {
            *seen.entry(letter.key.to_string()).or_default() += 1;
        }
        assert!(desk.accept() > 0, "nothing leaves: {} sent", desk.sent());
    }
    assert_eq!(seen.len(), 60 - 12 - under_way);
    assert!(seen.values().all(|times| *times == 1), "{seen:?}");
    desk.sees_no("stopped");
    desk.sees_no("sends");
}

/// A form that is opened while the past is still being read is of today: it must
/// not be carried away into a day on which nothing can be kept.
#[test]
fn a_form_opened_on_the_way_into_the_past_stays_here() {
    let mut desk = Desk::new((80, 24), Glyphs::Unicode);
    let list = desk.list();
    desk.hundred(list, 0, None);
    for letter in "T2026-11-19".chars() {
        desk.press(Press::char(letter));
    }
    desk.press(Press::new(Key::Enter));
    desk.press(Press::char('c'));
    let recall = Recall::Since(past::end_of(
        "2026-11-19".parse().expect("a day"),
        desk.now.zone,
    ));
    desk.outcome(Outcome::Recalled {
        recall,
        past: Recollection::default(),
    });
    let screen = desk.screen();
    assert!(!screen.contains("AS OF"), "{screen}");
    assert!(screen.contains("Check-in"), "{screen}");
    assert!(screen.contains("today stays"), "{screen}");
}
