use std::sync::mpsc::{Receiver, Sender, channel};

use ratatui::style::{Modifier, Style};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;

/// A screen whose bytes end in a terminal emulator; the writer waits for leave.
struct Rig {
    screen: Screen,
    written: Receiver<Vec<u8>>,
    leave: Sender<io::Result<()>>,
    told: UnboundedReceiver<Told>,
    emulator: vt100::Parser,
}

fn cells(count: u16) -> std::num::NonZero<u16> {
    count.try_into().unwrap()
}

fn rig(columns: u16, rows: u16) -> Rig {
    let (bytes, written) = channel();
    let (leave, leaves) = channel::<io::Result<()>>();
    let (tell, told) = unbounded_channel();
    let write = move |frame: &[u8]| {
        bytes.send(frame.to_vec()).map_err(io::Error::other)?;
        leaves.recv().map_err(io::Error::other)?
    };
    let screen = Screen::new((columns, rows), write, tell).unwrap();
    let emulator = vt100::Parser::new(cells(rows), cells(columns), 0);
    Rig {
        screen,
        written,
        leave,
        told,
        emulator,
    }
}

impl Rig {
    /// Draws, lets it be written, and returns what was.
    fn show(&mut self, draw: impl FnOnce(&mut Buffer) -> Option<(u16, u16)>) -> Vec<u8> {
        assert!(matches!(self.screen.draw(draw).unwrap(), Painted::Sent(_)));
        self.take()
    }

    fn take(&mut self) -> Vec<u8> {
        let bytes = self.written.recv().unwrap();
        self.leave.send(Ok(())).unwrap();
        assert_eq!(self.told.blocking_recv(), Some(Told::Painted));
        self.emulator.process(&bytes);
        bytes
    }

    fn text(&self) -> String {
        self.emulator.screen().contents()
    }
}

fn rows(buffer: &mut Buffer, focus: u16) -> Option<(u16, u16)> {
    for y in 0..buffer.area.height {
        let style = match y == focus {
            true => Style::new().add_modifier(Modifier::REVERSED),
            false => Style::new(),
        };
        let width = usize::from(buffer.area.width);
        buffer.set_string(0, y, format!("{:<width$}", format!("row {y}")), style);
    }
    Some((0, focus))
}

#[test]
fn frame_is_one_synchronized_write() {
    let mut rig = rig(20, 3);
    let bytes = rig.show(|buffer| rows(buffer, 1));
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("\u{1b}[?2026h"), "{text:?}");
    assert!(text.ends_with("\u{1b}[?2026l"), "{text:?}");
    assert_eq!(rig.text(), "row 0\nrow 1               \nrow 2");
    assert_eq!(rig.emulator.screen().cursor_position(), (1, 0));
    assert!(!rig.emulator.screen().hide_cursor());
}

#[test]
fn terminal_is_asked_nothing() {
    let mut rig = rig(20, 3);
    let mut all = rig.show(|buffer| rows(buffer, 1));
    rig.screen.repaint().unwrap();
    all.extend(rig.show(|buffer| rows(buffer, 1)));
    rig.screen.resize(10, 2).unwrap();
    all.extend(rig.show(|buffer| rows(buffer, 0)));
    let text = String::from_utf8(all).unwrap();
    for question in ["[6n", "[c", "[>c", "[?u", "]11;?", "$p"] {
        assert!(!text.contains(question), "{question} in {text:?}");
    }
}

#[test]
fn same_frame_sends_nothing() {
    let mut rig = rig(20, 3);
    rig.show(|buffer| rows(buffer, 1));
    assert_eq!(
        rig.screen.draw(|buffer| rows(buffer, 1)).unwrap(),
        Painted::Same
    );
    assert!(rig.screen.is_idle());
}

#[test]
fn cursor_move_in_a_full_list_is_small() {
    let mut rig = rig(80, 24);
    rig.show(|buffer| rows(buffer, 1));
    let bytes = rig.show(|buffer| rows(buffer, 2));
    assert!(bytes.len() <= 300, "{}", bytes.len());
    assert_eq!(rig.emulator.screen().cursor_position(), (2, 0));
}

#[test]
fn cursor_alone_moves_without_a_cell() {
    let mut rig = rig(20, 3);
    let draw = |at| move |buffer: &mut Buffer| rows(buffer, 1).map(|_| at);
    rig.show(draw((0, 0)));
    let bytes = rig.show(draw((4, 2)));
    assert_eq!(bytes, b"\x1b[?2026h\x1b[3;5H\x1b[?2026l");
    rig.show(|buffer| rows(buffer, 1).and(None));
    assert!(rig.emulator.screen().hide_cursor());
}

#[test]
fn busy_writer_gets_the_newest_frame_only() {
    let mut rig = rig(20, 3);
    let first = rig.screen.draw(|buffer| rows(buffer, 0)).unwrap();
    assert!(matches!(first, Painted::Sent(_)));
    for focus in [1, 2, 1] {
        let draw = |buffer: &mut Buffer| -> Option<(u16, u16)> {
            unreachable!("not drawn while busy: {focus} {buffer:?}")
        };
        assert_eq!(rig.screen.draw(draw).unwrap(), Painted::Busy);
    }
    rig.take();
    rig.show(|buffer| rows(buffer, 2));
    assert_eq!(rig.emulator.screen().cursor_position(), (2, 0));
}

#[test]
fn repaint_heals_a_screen_that_was_written_on() {
    let mut rig = rig(20, 3);
    rig.show(|buffer| rows(buffer, 0));
    let before = rig.text();
    rig.emulator.process(b"\x1b[1;1Hgarbage\x1b[?25l");
    rig.screen.repaint().unwrap();
    rig.show(|buffer| rows(buffer, 0));
    assert_eq!(rig.text(), before);
    assert!(!rig.emulator.screen().hide_cursor());
}

#[test]
fn new_size_is_clamped_and_drawn() {
    let mut rig = rig(20, 3);
    rig.show(|buffer| rows(buffer, 0));
    for (told, drawn) in [
        ((30, 2), (30, 2)),
        ((0, 0), (80, 24)),
        ((65535, 65535), (500, 200)),
    ] {
        rig.screen.resize(told.0, told.1).unwrap();
        assert_eq!(rig.screen.area(), Rect::new(0, 0, drawn.0, drawn.1));
        rig.emulator
            .screen_mut()
            .set_size(cells(drawn.1), cells(drawn.0));
        rig.show(|buffer| {
            assert_eq!(buffer.area, Rect::new(0, 0, drawn.0, drawn.1));
            rows(buffer, 0)
        });
    }
}

#[test]
fn control_characters_in_a_cell_do_not_get_out() {
    let mut rig = rig(40, 1);
    let bytes = rig.show(|buffer| {
        for (x, symbol) in [(0, "\u{1b}]0;title\u{7}"), (20, "\u{202e}"), (25, "│")] {
            buffer.cell_mut((x, 0)).unwrap().set_symbol(symbol);
        }
        None
    });
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        !text.contains("title") && !text.contains('\u{202e}'),
        "{text:?}"
    );
    assert_eq!(text.matches('\u{fffd}').count(), 2, "{text:?}");
    assert_eq!(rig.text().trim_start(), "│");
}

#[test]
fn bytes_beside_the_picture_wait_for_the_writer() {
    let mut rig = rig(20, 3);
    rig.screen.also(b"\x07");
    assert_eq!(rig.take(), b"\x07");
    rig.screen.draw(|buffer| rows(buffer, 0)).unwrap();
    rig.screen.also(b"\x07");
    rig.take();
    let bytes = rig.show(|buffer| rows(buffer, 0));
    assert_eq!(bytes, b"\x07");
}

#[test]
fn failed_write_is_told_once_as_vanished() {
    let mut rig = rig(20, 3);
    rig.screen.draw(|buffer| rows(buffer, 0)).unwrap();
    rig.written.recv().unwrap();
    rig.leave
        .send(Err(io::ErrorKind::BrokenPipe.into()))
        .unwrap();
    assert_eq!(rig.told.blocking_recv(), Some(Told::Vanished));
    assert_eq!(rig.told.blocking_recv(), None);
}

#[test]
fn dropping_the_screen_is_no_vanished_terminal() {
    let Rig {
        screen, mut told, ..
    } = rig(20, 3);
    drop(screen);
    assert_eq!(told.blocking_recv(), None);
}
