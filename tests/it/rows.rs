//! Drawing costs what is visible and nothing else: the lines handed to the
//! painter are counted, with a hundred goals and with a hundred thousand. No
//! clock is asked.

use chrono::TimeDelta;
use goaldeck::keys::chord::{Input, Press};
use goaldeck::keys::keymap::{KeyStyle, Keymap};
use goaldeck::keys::resolve::Resolver;
use goaldeck::model::cadence::Cadence;
use goaldeck::model::exchange::Batch;
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{AccountName, GoalId, IdSource, PersonId};
use goaldeck::model::progress::Rules;
use goaldeck::providers::fake;
use goaldeck::run::program::{Look, Program};
use goaldeck::screens::Tab;
use goaldeck::store::effect::{Command, Effect, Outcome};
use goaldeck::store::{Setup, Store};
use goaldeck::theme::{Glyphs, Theme, ThemeName};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::rig::{friday, prefs};

/// A program that has read so many goals; a hundred are mine and late.
pub fn program(goals: usize) -> Program {
    let now = friday();
    let account = AccountName::new("local");
    let me = PersonId::new("local:me");
    let setup = Setup {
        name: account.clone(),
        abilities: fake::able(),
        hold: TimeDelta::zero(),
        refresh: None,
        settle: goaldeck::store::outbox::Settle::default(),
        cadence: Cadence::None,
        origin: None,
    };
    let look = Look {
        tab: Tab::Queue,
        resolver: Resolver::new(Keymap::built_in(KeyStyle::Vim)),
        prefs: prefs(),
        ids: IdSource::new(1),
        theme: Theme::new(ThemeName::Auto),
        glyphs: Glyphs::Unicode,
        size: (80, 24),
    };
    let mut program = Program::new(Store::new(vec![setup], Rules::default()), look);
    let mut effects = program.command(Command::Start, now);
    while let Some(effect) = effects.pop() {
        let Effect::Fetch { ticket, query, .. } = effect else {
            continue;
        };
        let made = (0..goals).map(|place| {
            let id = GoalId::new(format!("local:g-{place:06}"));
            let at = now.at - TimeDelta::days(30);
            let mut goal = Goal::new(id, account.clone(), format!("Goal {place:06}"), at);
            goal.champion = (place < 100).then(|| me.clone());
            goal.cadence = "weekly:fri".parse().unwrap();
            goal
        });
        let is_all = query == goaldeck::model::exchange::Query::All;
        let batch = Batch {
            goals: if is_all { made.collect() } else { Vec::new() },
            me: Some(me.clone()),
            full: is_all,
            ..Batch::default()
        };
        effects.extend(program.outcome(Outcome::Fetched { ticket, batch }, now));
    }
    assert_eq!(program.store().len(), goals);
    program
}

fn press(program: &mut Program, keys: &str) {
    for key in keys.chars() {
        program.input(Input::Press(Press::char(key)), friday());
    }
}

fn lines_drawn(program: &mut Program, (columns, rows): (u16, u16)) -> usize {
    program.input(Input::Resize(columns, rows), friday());
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    program.draw(&mut buffer, friday()).lines
}

#[test]
fn a_frame_costs_the_same_with_a_hundred_goals_and_a_hundred_thousand() {
    let (mut few, mut many) = (program(100), program(100_000));
    for tab in ["1", "2", "3"] {
        press(&mut few, tab);
        press(&mut many, tab);
        for size in [(60, 16), (80, 24), (120, 40)] {
            for keys in ["", "jjj", "G"] {
                press(&mut few, keys);
                press(&mut many, keys);
                let (few, many) = (lines_drawn(&mut few, size), lines_drawn(&mut many, size));
                assert!(few > 4, "tab {tab} at {size:?} after {keys:?}: {few} lines");
                // Which goal is focused differs, and so do the lines of its detail.
                assert!(
                    few.abs_diff(many) <= 12,
                    "tab {tab} at {size:?} after {keys:?}: {few} and {many}"
                );
            }
            press(&mut few, "gg");
            press(&mut many, "gg");
        }
    }
}
