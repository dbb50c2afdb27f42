//! What is seen: every screen of the demo company at both sizes, as text and
//! with its styles, and at every size without a panic.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::TimeDelta;
use goaldeck::actions::Action;
use goaldeck::keys::keymap::KeyStyle;
use goaldeck::model::cadence::Cadence;
use goaldeck::providers::demo;
use goaldeck::screens::Tab;
use goaldeck::store::Setup;
use goaldeck::theme::{Glyphs, ThemeName};

use crate::rig::{Parts, Rig, friday};

mod behaviour;
mod filters;
mod history;
mod twins;

/// How a demo is looked at.
#[derive(Clone, Copy)]
pub struct Looks {
    pub size: (u16, u16),
    pub glyphs: Glyphs,
    pub theme: ThemeName,
    pub keys: KeyStyle,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            size: (120, 40),
            glyphs: Glyphs::Unicode,
            theme: ThemeName::Auto,
            keys: KeyStyle::Vim,
        }
    }
}

pub const WIDE: (u16, u16) = (120, 40);
pub const NARROW: (u16, u16) = (80, 24);

/// The demo company on the Friday of the mock-ups.
pub fn demo(looks: Looks) -> Rig {
    let now = friday();
    let providers = demo::providers(now);
    let setups = providers
        .iter()
        .map(|(name, provider)| Setup {
            name: name.clone(),
            abilities: provider.abilities(),
            hold: TimeDelta::seconds(10),
            refresh: None,
            settle: goaldeck::store::outbox::Settle::default(),
            cadence: Cadence::None,
            origin: None,
        })
        .collect();
    Rig::start(Parts {
        setups,
        providers: providers.into_iter().collect::<BTreeMap<_, _>>(),
        disk: None,
        records: demo::records(now),
        size: looks.size,
        glyphs: looks.glyphs,
        theme: looks.theme,
        keys: looks.keys,
        tab: Tab::Queue,
        now,
    })
}

pub fn demo_at(size: (u16, u16)) -> Rig {
    demo(Looks {
        size,
        ..Looks::default()
    })
}

/// Every place with the keys that lead there from the start.
const PLACES: [(&str, &str); 32] = [
    ("queue", ""),
    ("queue-reading", "j j j j j j j j enter"),
    ("queue-marked", "j j space space"),
    ("queue-later", "s"),
    ("goals", "2"),
    ("goals-second", "2 j"),
    ("goal-page", "2 j enter"),
    ("inbox", "3"),
    ("outbox", "4"),
    ("report", "5"),
    ("report-plain", "5 F 2"),
    ("report-write", "5 w"),
    ("check-in", "c"),
    ("check-in-commands", "c esc"),
    ("reply", "j j j r"),
    ("new-goal", "n"),
    ("edit-goal", "2 j e"),
    ("close-goal", "2 j x"),
    ("delete", "2 j D"),
    ("palette", ":"),
    ("find", "f"),
    ("help", "?"),
    ("help-all", "? ?"),
    ("actions", "2 j ."),
    ("accounts", "@"),
    ("log", "!"),
    ("closed", "2 l"),
    ("history", "2 j t"),
    ("history-older", "2 j t H H"),
    ("history-charts", "2 j t tab j"),
    ("own-numbers", "2 j i"),
    ("themes", ": t h e m e enter"),
];

/// The keys that lead to every place.
pub fn places() -> impl Iterator<Item = &'static str> {
    PLACES.into_iter().map(|(_, keys)| keys)
}

#[test]
fn every_place_looks_as_drawn() {
    for (size, name) in [(WIDE, "120x40"), (NARROW, "80x24")] {
        for (place, keys) in PLACES {
            let mut rig = demo_at(size);
            rig.keys(keys);
            insta::assert_snapshot!(format!("{place}-{name}"), rig.screen());
        }
    }
}

#[test]
fn ascii_and_mono_look_as_drawn() {
    for (place, keys) in [
        ("queue", ""),
        ("goals", "2"),
        ("check-in", "c"),
        ("palette", ":"),
        ("report", "5"),
    ] {
        let looks = Looks {
            size: NARROW,
            glyphs: Glyphs::Ascii,
            theme: ThemeName::Mono,
            ..Looks::default()
        };
        let mut rig = demo(looks);
        rig.keys(keys);
        let screen = rig.screen();
        assert!(screen.is_ascii(), "{place} in ASCII mode:\n{screen}");
        insta::assert_snapshot!(format!("{place}-80x24-ascii"), screen);
    }
}

#[test]
fn styles_are_as_drawn() {
    for (theme, name) in [(ThemeName::Auto, "auto"), (ThemeName::Mono, "mono")] {
        for (place, keys) in [("queue", ""), ("goals", "2 j"), ("check-in", "c 1")] {
            let mut rig = demo(Looks {
                size: NARROW,
                theme,
                ..Looks::default()
            });
            rig.keys(keys);
            insta::assert_snapshot!(format!("{place}-styles-{name}"), styles(&mut rig));
        }
    }
}

#[test]
fn every_other_theme_looks_as_drawn() {
    for theme in ThemeName::ALL {
        if matches!(theme, ThemeName::Auto | ThemeName::Mono) {
            continue;
        }
        let mut rig = demo(Looks {
            size: NARROW,
            theme,
            ..Looks::default()
        });
        rig.keys("2 j");
        let name = format!("goals-styles-{}", theme.code());
        insta::assert_snapshot!(name, styles(&mut rig));
    }
}

#[test]
fn a_theme_with_a_ground_paints_every_cell() {
    for (_, keys) in PLACES {
        let mut rig = demo(Looks {
            size: WIDE,
            theme: ThemeName::Light,
            ..Looks::default()
        });
        rig.keys(keys);
        let (buffer, _) = rig.draw();
        for cell in &buffer.content {
            assert_ne!(cell.bg, ratatui::style::Color::Reset, "{keys}");
            assert_ne!(cell.fg, ratatui::style::Color::Reset, "{keys}");
        }
    }
}

/// Runs of cells of one style: row, columns, text, style.
fn styles(rig: &mut Rig) -> String {
    let (buffer, drawn) = rig.draw();
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut x = 0;
        while x < buffer.area.width {
            let style = buffer[(x, y)].style();
            let start = x;
            let mut text = String::new();
            while x < buffer.area.width && buffer[(x, y)].style() == style {
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            let plain = style == ratatui::style::Style::reset()
                || style == ratatui::buffer::Cell::EMPTY.style();
            if !plain && !text.trim().is_empty() {
                let mut color = style.fg.map(|color| format!("{color}")).unwrap_or_default();
                if let Some(back) = style
                    .bg
                    .filter(|back| *back != ratatui::style::Color::Reset)
                {
                    let _ = write!(color, " on {back}");
                }
                let _ = writeln!(
                    out,
                    "{y:2} {start:3} {:?} {color} {:?}",
                    text.trim_end(),
                    style.add_modifier
                );
            }
        }
    }
    let _ = writeln!(out, "cursor {:?}", drawn.cursor);
    out
}

#[test]
fn mono_uses_no_colour() {
    for (_, keys) in PLACES {
        let mut rig = demo(Looks {
            size: WIDE,
            theme: ThemeName::Mono,
            ..Looks::default()
        });
        rig.keys(keys);
        let (buffer, _) = rig.draw();
        for cell in &buffer.content {
            assert_eq!(cell.fg, ratatui::style::Color::Reset, "{keys}");
            assert_eq!(cell.bg, ratatui::style::Color::Reset, "{keys}");
        }
    }
}

#[test]
fn no_size_panics() {
    for (place, keys) in PLACES {
        let mut rig = demo_at(WIDE);
        rig.keys(keys);
        for width in [1, 2, 30, 59, 60, 79, 80, 99, 100, 120, 500] {
            for height in [1, 2, 15, 16, 20, 23, 24, 40, 200] {
                rig.resize(width, height);
                let screen = rig.screen();
                let small = width < 60 || height < 16;
                assert!(
                    !small || width < 40 || height < 2 || screen.contains("needs 60x16"),
                    "{place} {width}x{height}\n{screen}"
                );
            }
        }
        rig.resize(120, 40);
        rig.screen();
    }
}

#[test]
fn keys_on_every_place_at_every_shape_never_panic() {
    let keys = "j k h l g g G ctrl-d ctrl-u J K space esc tab shift-tab enter esc S b Z pgdn pgup home end left right";
    for size in [(60, 16), NARROW, WIDE, (100, 20)] {
        for (_, path) in PLACES {
            let mut rig = demo_at(size);
            rig.keys(path);
            for key in keys.split_whitespace() {
                rig.keys(key);
                rig.screen();
            }
        }
    }
}

#[test]
fn every_action_can_be_meant_everywhere() {
    for (place, keys) in PLACES {
        let mut rig = demo_at(NARROW);
        rig.keys(keys);
        for info in goaldeck::actions::ACTIONS {
            if matches!(info.action, Action::Quit | Action::Suspend) {
                continue;
            }
            rig.act(info.action);
            assert!(!rig.screen().trim().is_empty(), "{place}, {}", info.id);
            rig.act(Action::Back);
        }
    }
}
mod past;
mod remote;
mod report;
mod sheets;
mod systems;
