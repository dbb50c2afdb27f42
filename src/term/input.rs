//! Reads the terminal on a thread of its own and hands up [`Input`]. Stopping
//! lets go of the terminal, so that an editor gets every key. Knows no binding.

use std::io;
use std::sync::mpsc as thread_channel;
use std::thread;
use std::time::Duration;

use crossterm::event::{
    Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};
use futures_util::StreamExt;
use tokio::sync::{mpsc, oneshot};

use crate::keys::chord::{Deed, Input, Key, Mouse, Paste, Press};
use crate::model::text;

/// Most bytes taken of one paste.
pub const LARGEST_PASTE: usize = 64 * 1024;

/// How long stopping waits for the reader. It can be stuck in half an escape
/// sequence; the next byte frees it then.
const PATIENCE: Duration = Duration::from_millis(300);

/// The reader of the terminal.
#[derive(Debug)]
pub struct Listener {
    inputs: mpsc::Sender<Input>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    /// Dropping it ends the reader.
    _stop: oneshot::Sender<()>,
    /// Disconnected when the reader has let go.
    ended: thread_channel::Receiver<()>,
}

impl Listener {
    /// A reader that does not listen yet. What it reads goes to `inputs`; when
    /// that is full it waits, and the terminal keeps the rest.
    pub fn new(inputs: mpsc::Sender<Input>) -> Self {
        Self {
            inputs,
            running: None,
        }
    }

    /// Starts to listen; harmless if it does.
    ///
    /// crossterm reads a blocking descriptor: after half an escape sequence the
    /// read returns with the next byte only. So it gets a thread and never runs
    /// on that of the loop.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn listen(&mut self) -> io::Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let (stop, stopped) = oneshot::channel();
        let (ending, ended) = thread_channel::channel();
        let inputs = self.inputs.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        thread::Builder::new()
            .name("input".to_owned())
            .spawn(move || {
                runtime.block_on(read(inputs, stopped));
                drop(ending);
            })?;
        self.running = Some(Running { _stop: stop, ended });
        Ok(())
    }

    /// Lets go of the terminal and waits until that is so.
    pub fn pause(&mut self) {
        if let Some(Running { _stop: stop, ended }) = self.running.take() {
            drop(stop);
            // Nothing is ever sent: the wait ends when the thread does.
            let _ = ended.recv_timeout(PATIENCE);
        }
    }
}

async fn read(inputs: mpsc::Sender<Input>, mut stopped: oneshot::Receiver<()>) {
    let mut events = EventStream::new();
    loop {
        let input = tokio::select! {
            biased;
            _ = &mut stopped => return,
            event = events.next() => match event {
                Some(Ok(event)) => input_of(event),
                // The wake-up of an earlier stream that was let go.
                Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => None,
                // Reading a dead terminal again would only fail again.
                Some(Err(_)) | None => Some(Input::Eof),
            },
        };
        let Some(input) = input else { continue };
        let over = input == Input::Eof;
        tokio::select! {
            biased;
            _ = &mut stopped => return,
            sent = inputs.send(input) => if sent.is_err() || over { return },
        }
    }
}

/// What an event means to us; releases and focus mean nothing.
fn input_of(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => press_of(key).map(Input::Press),
        Event::Paste(text) => Some(Input::Paste(paste_of(&text))),
        Event::Mouse(mouse) => mouse_of(mouse).map(Input::Mouse),
        // The loop listens to the signal itself: crossterm loses it when a key
        // comes at the same moment, and sits on it after half a sequence.
        Event::Resize(..) | Event::Key(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

/// Presses of the first button and the wheel. With a key held it is for somebody
/// else: terminals select text with Shift, window managers move windows with Alt.
fn mouse_of(event: MouseEvent) -> Option<Mouse> {
    let deed = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Deed::Press,
        MouseEventKind::ScrollUp => Deed::WheelUp,
        MouseEventKind::ScrollDown => Deed::WheelDown,
        _ => return None,
    };
    event.modifiers.is_empty().then_some(Mouse {
        deed,
        x: event.column,
        y: event.row,
    })
}

fn press_of(event: KeyEvent) -> Option<Press> {
    let held = |modifier| event.modifiers.contains(modifier);
    if held(KeyModifiers::SUPER) || held(KeyModifiers::HYPER) {
        return None;
    }
    let mut press = Press {
        key: Key::Esc,
        ctrl: held(KeyModifiers::CONTROL),
        alt: held(KeyModifiers::ALT) || held(KeyModifiers::META),
        shift: held(KeyModifiers::SHIFT),
    };
    press.key = match event.code {
        KeyCode::Char(c) if press.ctrl => Key::Char(control(c)),
        // Some of these reorder or hide text on screen: no field takes them.
        KeyCode::Char(c) if !text::is_clean(c.encode_utf8(&mut [0; 4])) => return None,
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => {
            press.shift = true;
            Key::Tab
        }
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Insert => Key::Insert,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::F(number) => Key::F(number),
        KeyCode::Null => {
            press.ctrl = true;
            Key::Char(' ')
        }
        KeyCode::CapsLock
        | KeyCode::ScrollLock
        | KeyCode::NumLock
        | KeyCode::PrintScreen
        | KeyCode::Pause
        | KeyCode::Menu
        | KeyCode::KeypadBegin
        | KeyCode::Media(_)
        | KeyCode::Modifier(_) => return None,
    };
    Some(press.folded())
}

/// crossterm names the control codes 1C to 1F by the digits that also send
/// them; people know them as Ctrl-\, ], ^ and _.
fn control(c: char) -> char {
    match c {
        '4' => '\\',
        '5' => ']',
        '6' => '^',
        '7' => '_',
        c => c,
    }
}

/// Pasted text as a field may take it: line breaks are `\n`, controls and what
/// hides or reorders text are gone, no more than [`LARGEST_PASTE`] bytes.
fn paste_of(raw: &str) -> Paste {
    let taken = head(raw, LARGEST_PASTE);
    let clean = text::editable(taken);
    let kept = head(&clean, LARGEST_PASTE);
    Paste {
        cut: taken.len() < raw.len() || kept.len() < clean.len(),
        text: kept.to_owned(),
    }
}

/// The first bytes of a text, cut between characters.
fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Option<Press> {
        press_of(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn keys_arrive_folded() {
        let none = KeyModifiers::NONE;
        for (code, modifiers, expected) in [
            (KeyCode::Char('a'), none, "a"),
            (KeyCode::Char('G'), KeyModifiers::SHIFT, "G"),
            (KeyCode::Char('s'), KeyModifiers::CONTROL, "ctrl-s"),
            (KeyCode::Char('7'), KeyModifiers::CONTROL, "ctrl-_"),
            (KeyCode::Char('_'), KeyModifiers::ALT, "alt-_"),
            (KeyCode::Char('j'), KeyModifiers::CONTROL, "enter"),
            (KeyCode::BackTab, KeyModifiers::SHIFT, "shift-tab"),
            (KeyCode::Null, none, "ctrl-space"),
            (KeyCode::PageDown, none, "pagedown"),
            (KeyCode::F(5), none, "f5"),
        ] {
            assert_eq!(
                key(code, modifiers),
                Some(expected.parse().unwrap()),
                "{expected}"
            );
        }
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::SUPER), None);
        assert_eq!(key(KeyCode::Char('\u{202e}'), none), None);
        assert_eq!(key(KeyCode::Char('\u{9b}'), none), None);
        assert_eq!(key(KeyCode::CapsLock, none), None);
    }

    #[test]
    fn the_mouse_presses_and_turns_its_wheel() {
        let event = |kind, modifiers| {
            input_of(Event::Mouse(MouseEvent {
                kind,
                column: 7,
                row: 3,
                modifiers,
            }))
        };
        let left = MouseEventKind::Down(MouseButton::Left);
        let none = KeyModifiers::NONE;
        let pressed = Mouse {
            deed: Deed::Press,
            x: 7,
            y: 3,
        };
        assert_eq!(event(left, none), Some(Input::Mouse(pressed)));
        let wheel = event(MouseEventKind::ScrollDown, none);
        assert!(matches!(wheel, Some(Input::Mouse(mouse)) if mouse.deed == Deed::WheelDown));
        assert_eq!(event(left, KeyModifiers::SHIFT), None);
        assert_eq!(event(MouseEventKind::Up(MouseButton::Left), none), None);
        assert_eq!(event(MouseEventKind::Down(MouseButton::Right), none), None);
        assert_eq!(event(MouseEventKind::Moved, none), None);
    }

    #[test]
    fn releases_and_focus_are_dropped() {
        let event = KeyEvent::new(KeyCode::Char('a'), KeyModifiers::NONE);
        let of_kind = |kind| input_of(Event::Key(KeyEvent { kind, ..event }));
        assert_eq!(of_kind(KeyEventKind::Release), None);
        assert!(of_kind(KeyEventKind::Press).is_some());
        assert!(of_kind(KeyEventKind::Repeat).is_some());
        assert_eq!(input_of(Event::FocusGained), None);
        assert_eq!(input_of(Event::FocusLost), None);
    }

    #[test]
    fn sizes_are_clamped_on_the_way_in() {
        assert_eq!(input_of(Event::Resize(100, 30)), None);
    }

    #[test]
    fn paste_has_plain_line_breaks_and_no_controls() {
        let paste = paste_of("one\r\ntwo\rthree\nfour\u{1b}[31m\u{7}\u{202e}\tend");
        assert_eq!(paste.text, "one\ntwo\nthree\nfour[31m    end");
        assert!(!paste.cut);
    }

    #[test]
    fn large_paste_is_cut_between_characters_and_says_so() {
        for (bytes, cut) in [
            (LARGEST_PASTE - 1, false),
            (LARGEST_PASTE, false),
            (LARGEST_PASTE + 1, true),
        ] {
            let paste = paste_of(&"a".repeat(bytes));
            assert_eq!(paste.cut, cut, "{bytes}");
            assert_eq!(paste.text.len(), bytes.min(LARGEST_PASTE));
        }
        let paste = paste_of(&"ä".repeat(LARGEST_PASTE));
        assert!(paste.cut);
        assert_eq!(paste.text.len(), LARGEST_PASTE);
        // Tabs grow into spaces after the first cut.
        let paste = paste_of(&"\t".repeat(LARGEST_PASTE));
        assert!(paste.cut && paste.text.len() <= LARGEST_PASTE);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_paste_carries_a_control(raw in ".{0,200}") {
            let paste = paste_of(&raw);
            prop_assert!(paste.text.chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}
