//! A key held down on a line of 64 kbit/s with 200 ms round trip, reckoned and
//! not waited for: the loop's own decisions and its own bytes on a line of paper.
//! `benches/slow_line.rs` shows the same with the real program.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use goaldeck::keys::chord::{Input, Press};
use goaldeck::run::program::Program;
use goaldeck::run::rhythm::{Frame, Rhythm, Want};
use goaldeck::term::Told;
use goaldeck::term::paint::{Finish, Painted, Screen};
use ratatui::buffer::Buffer;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::rig::friday;
use crate::rows::program;
use crate::screens::{NARROW, WIDE, demo_at};

/// Bytes in a millisecond at 64 kbit/s.
const LINE: u64 = 8;
/// One way.
const AWAY: u64 = 100;
/// Between two keys of a repeat of thirty a second.
const REPEAT: u64 = 33;
/// Two seconds of them.
const KEYS: u64 = 60;
/// What two seconds of repeat may bring in all.
const BUDGET: usize = 20_000;

/// A program, its screen and a line to the person, with a clock of its own.
struct Remote<'a> {
    program: &'a mut Program,
    screen: Screen,
    written: Receiver<Vec<u8>>,
    told: UnboundedReceiver<Told>,
    emulator: vt100::Parser,
    rhythm: Rhythm,
    start: Instant,
    /// When the line has carried all, in milliseconds.
    carried: u64,
    frames: Vec<Frame>,
    bytes: usize,
}

impl<'a> Remote<'a> {
    fn over(program: &'a mut Program) -> Self {
        let (columns, rows) = program.size();
        let (bytes, written) = channel();
        let (tell, told) = unbounded_channel();
        let write = move |frame: &[u8]| bytes.send(frame.to_vec()).map_err(std::io::Error::other);
        let cells = |count: u16| count.try_into().unwrap();
        Self {
            program,
            screen: Screen::new((columns, rows), write, tell).unwrap(),
            written,
            told,
            emulator: vt100::Parser::new(cells(rows), cells(columns), 0),
            rhythm: Rhythm::default(),
            start: Instant::now(),
            carried: 0,
            frames: Vec::new(),
            bytes: 0,
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    /// What the loop does when it wakes at this millisecond.
    fn turn(&mut self, ms: u64, want: Want) {
        let Some(frame) = self.rhythm.frame(want, self.at(ms)) else {
            return;
        };
        let program = &mut *self.program;
        let painted = self.screen.draw(|buffer| {
            let drawn = match frame {
                Frame::Whole => program.draw(buffer, friday()),
                Frame::Hasty => program.draw_in_haste(buffer, friday()),
            };
            Finish {
                cursor: drawn.cursor.map(|cursor| (cursor.x, cursor.y)),
                kept: drawn.kept,
            }
        });
        let bytes = match painted.unwrap() {
            Painted::Sent(bytes) => {
                self.emulator.process(&self.written.recv().unwrap());
                assert_eq!(self.told.blocking_recv(), Some(Told::Painted));
                bytes
            }
            Painted::Same => 0,
            Painted::Busy => unreachable!("the writer was waited for"),
        };
        let free = self.carried.max(ms * LINE);
        self.carried = free + u64::try_from(bytes).unwrap();
        self.bytes += bytes;
        self.frames.push(frame);
        self.rhythm.drew(frame, bytes, self.at(ms));
    }

    /// Holds a key for two seconds; how many milliseconds after the last press
    /// the person sees everything.
    fn hold(&mut self, key: char, from: u64) -> u64 {
        self.frames.clear();
        self.bytes = 0;
        let key = Input::Press(Press::char(key));
        let last = from + (KEYS - 1) * REPEAT;
        for ms in from..last + AWAY + 1_000 {
            let since = ms.checked_sub(from + AWAY);
            if since.is_some_and(|since| since % REPEAT == 0 && since / REPEAT < KEYS) {
                self.rhythm.typed(&key, self.at(ms));
                self.program.input(key.clone(), friday());
                self.turn(ms, Want::AtOnce);
            } else if self.program.is_dirty() {
                self.turn(ms, Want::AtOnce);
            } else {
                self.turn(ms, Want::Nothing);
            }
        }
        (self.carried / LINE + AWAY).saturating_sub(last)
    }

    /// Fails unless the person sees what a whole frame shows.
    #[track_caller]
    fn sees_all(&mut self, what: &str) {
        let (columns, rows) = self.program.size();
        let mut buffer = Buffer::empty(ratatui::layout::Rect::new(0, 0, columns, rows));
        let drawn = self.program.draw(&mut buffer, friday());
        let cursor = drawn.cursor.map(|cursor| (cursor.y, cursor.x));
        assert_eq!(
            Some(self.emulator.screen().cursor_position()),
            cursor,
            "{what}"
        );
        for y in 0..rows {
            for x in 0..columns {
                let wanted = &buffer[(x, y)];
                let seen = self.emulator.screen().cell(y, x).unwrap();
                let text = match seen.contents() {
                    "" => " ",
                    text => text,
                };
                assert_eq!(text, wanted.symbol(), "{what}: {x}, {y}");
                let reversed = wanted.modifier.contains(ratatui::style::Modifier::REVERSED);
                assert_eq!(seen.inverse(), reversed, "{what}: {x}, {y}");
            }
        }
    }
}

/// Holds `j` and then `k` on a tab and checks what it brings.
#[track_caller]
fn holds(program: &mut Program, tab: char, what: &str) {
    let mut remote = Remote::over(program);
    let tab = Input::Press(Press::char(tab));
    remote.program.input(tab.clone(), friday());
    remote.rhythm.typed(&tab, remote.start);
    remote.turn(0, Want::AtOnce);
    for (key, from) in [('j', 3_000), ('k', 8_000)] {
        let what = format!("{what}, {key} held");
        let lag = remote.hold(key, from);
        let (bytes, frames) = (remote.bytes, remote.frames.len());
        println!("{what}: {lag} ms behind, {bytes} bytes in {frames} frames");
        assert!(lag <= 1_000, "{what}: {lag} ms behind, {bytes} bytes");
        assert!(bytes <= BUDGET, "{what}: {bytes} bytes in {frames} frames");
        assert_eq!(remote.frames.first(), Some(&Frame::Whole), "{what}");
        assert_eq!(remote.frames.last(), Some(&Frame::Whole), "{what}");
        remote.sees_all(&what);
    }
}

#[test]
fn a_held_key_in_the_demo_is_at_most_a_second_behind() {
    for size in [NARROW, WIDE] {
        for tab in ['1', '2', '3'] {
            let mut rig = demo_at(size);
            let what = format!("demo, tab {tab} at {}x{}", size.0, size.1);
            holds(rig.program(), tab, &what);
        }
    }
}

#[test]
fn a_held_key_in_a_long_list_is_at_most_a_second_behind() {
    for size in [NARROW, WIDE] {
        for tab in ['1', '2'] {
            let mut program = program(2_000);
            program.input(Input::Resize(size.0, size.1), friday());
            let what = format!("long list, tab {tab} at {}x{}", size.0, size.1);
            holds(&mut program, tab, &what);
        }
    }
}

#[test]
fn a_list_keeps_moving_while_a_key_is_held() {
    let mut program = program(2_000);
    let mut remote = Remote::over(&mut program);
    remote.turn(0, Want::AtOnce);
    remote.hold('j', 3_000);
    let hasty = |frame: &&Frame| **frame == Frame::Hasty;
    let hasty = remote.frames.iter().filter(hasty).count();
    assert!(hasty >= 12, "{hasty} frames in two seconds");
}
