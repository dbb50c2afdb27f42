//! Frames: what changed since the last one, as one write inside a synchronized
//! update, handed to a writer thread. Draws only while the writer is free, so
//! that a slow terminal gets the newest frame and not all of them. Asks the
//! terminal nothing: size and cursor are what we were told and what we sent.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, EndSynchronizedUpdate};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use tokio::sync::mpsc::UnboundedSender;

use crate::model::text;

use super::{Told, caps, pen};

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Painted {
    /// So many bytes are on their way.
    Sent(usize),
    /// It looks like the last one; nothing was sent.
    Same,
    /// The writer is busy with the last one; draw again after [`Told::Painted`].
    Busy,
}

/// The screen that frames are drawn on.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<Ink>,
    frames: SyncSender<Vec<u8>>,
    busy: Arc<AtomicBool>,
    extra: Vec<u8>,
}

impl Screen {
    /// A screen of this size whose bytes `write` takes, on a thread of its own.
    /// After each frame `told` hears [`Told::Painted`]; if writing fails,
    /// [`Told::Vanished`], once.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(
        (columns, rows): (u16, u16),
        mut write: impl FnMut(&[u8]) -> io::Result<()> + Send + 'static,
        told: UnboundedSender<Told>,
    ) -> io::Result<Self> {
        let (frames, waiting) = sync_channel::<Vec<u8>>(1);
        let busy = Arc::new(AtomicBool::new(false));
        let is_busy = Arc::clone(&busy);
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                // Even a panic here must reach the loop: nothing would be drawn any more.
                let mut last_word = LastWord(Some(told));
                while let Ok(frame) = waiting.recv() {
                    let written = write(&frame);
                    is_busy.store(false, Ordering::SeqCst);
                    if written.is_err() {
                        return;
                    }
                    last_word.say(Told::Painted);
                }
                last_word.0 = None;
            })?;
        let terminal = Terminal::new(Ink::new(columns, rows))?;
        Ok(Self {
            terminal,
            frames,
            busy,
            extra: Vec::new(),
        })
    }

    /// Whether a frame would be taken now.
    pub fn is_idle(&self) -> bool {
        !self.busy.load(Ordering::SeqCst)
    }

    /// The area frames are drawn on.
    pub fn area(&self) -> Rect {
        Rect::from((Position::ORIGIN, self.terminal.backend().size))
    }

    /// Draws a frame. `draw` fills the empty buffer and says where the hardware
    /// cursor goes; it is not called while the writer is busy.
    ///
    /// # Errors
    /// None that comes from the terminal: frames are made in memory.
    pub fn draw(
        &mut self,
        draw: impl FnOnce(&mut Buffer) -> Option<(u16, u16)>,
    ) -> io::Result<Painted> {
        if !self.is_idle() {
            return Ok(Painted::Busy);
        }
        self.terminal.draw(|frame| {
            if let Some(cursor) = draw(frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        })?;
        let body = std::mem::take(&mut self.terminal.backend_mut().bytes);
        if body.is_empty() && self.extra.is_empty() {
            return Ok(Painted::Same);
        }
        let mut bytes = std::mem::take(&mut self.extra);
        if !body.is_empty() {
            queue!(bytes, BeginSynchronizedUpdate)?;
            bytes.extend_from_slice(&body);
            queue!(bytes, EndSynchronizedUpdate)?;
        }
        let sent = bytes.len();
        self.send(bytes);
        Ok(Painted::Sent(sent))
    }

    /// Sends bytes that are not part of the picture (clipboard, bell): now if
    /// the writer is free, else before the next frame.
    pub fn also(&mut self, bytes: &[u8]) {
        self.extra.extend_from_slice(bytes);
        if self.is_idle() {
            let bytes = std::mem::take(&mut self.extra);
            self.send(bytes);
        }
    }

    fn send(&mut self, bytes: Vec<u8>) {
        self.busy.store(true, Ordering::SeqCst);
        // The writer is gone only after it said so.
        let _ = self.frames.try_send(bytes);
    }

    /// The terminal has another size now, clamped to what can be drawn. The next
    /// frame repaints everything.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        let (columns, rows) = caps::clamp(columns, rows);
        self.terminal.backend_mut().size = Size::new(columns, rows);
        self.repaint()
    }

    /// The next frame repaints everything: somebody else wrote on the screen.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub fn repaint(&mut self) -> io::Result<()> {
        self.terminal.backend_mut().forget();
        // Not `Terminal::clear`: that one asks for the cursor's position.
        self.terminal.resize(self.area())
    }

    /// Waits until the writer is free, at most so long; says whether it is.
    pub fn settle(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while !self.is_idle() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        self.is_idle()
    }
}

/// Says that the terminal is gone when the writer ends by itself.
struct LastWord(Option<UnboundedSender<Told>>);

impl LastWord {
    fn say(&mut self, word: Told) {
        if let Some(told) = &self.0 {
            let _ = told.send(word);
        }
    }
}

impl Drop for LastWord {
    fn drop(&mut self) {
        self.say(Told::Vanished);
    }
}

/// Turns changed cells into bytes in memory and remembers what the terminal
/// knows about its cursor, so that nothing is said twice.
#[derive(Debug)]
struct Ink {
    bytes: Vec<u8>,
    size: Size,
    /// Where the cursor was put; unknown after cells were written.
    cursor: Option<Position>,
    shown: Option<bool>,
}

/// What stands for a cell whose text must not reach a terminal. Cleaning happens
/// long before; this is the second line.
static FOREIGN: Cell = Cell::new("\u{FFFD}");

impl Ink {
    fn new(columns: u16, rows: u16) -> Self {
        let (columns, rows) = caps::clamp(columns, rows);
        Self {
            bytes: Vec::new(),
            size: Size::new(columns, rows),
            cursor: None,
            shown: None,
        }
    }

    fn forget(&mut self) {
        self.cursor = None;
        self.shown = None;
    }

    fn show(&mut self, shown: bool) -> io::Result<()> {
        if self.shown == Some(shown) {
            return Ok(());
        }
        self.shown = Some(shown);
        if shown {
            queue!(self.bytes, Show)
        } else {
            queue!(self.bytes, Hide)
        }
    }
}

/// Printable ASCII is nearly all of a screen.
fn is_clean(symbol: &str) -> bool {
    matches!(symbol.as_bytes(), [0x20..=0x7e]) || text::is_clean(symbol)
}

impl Backend for Ink {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content
            .map(|(x, y, cell)| {
                (
                    x,
                    y,
                    if is_clean(cell.symbol()) {
                        cell
                    } else {
                        &FOREIGN
                    },
                )
            })
            .peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.cursor = None;
        pen::write(&mut self.bytes, content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.show(false)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.show(true)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.cursor == Some(position) {
            return Ok(());
        }
        self.cursor = Some(position);
        queue!(self.bytes, MoveTo(position.x, position.y))
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        let region = match region {
            ClearType::All => crossterm::terminal::ClearType::All,
            ClearType::AfterCursor => crossterm::terminal::ClearType::FromCursorDown,
            ClearType::BeforeCursor => crossterm::terminal::ClearType::FromCursorUp,
            ClearType::CurrentLine => crossterm::terminal::ClearType::CurrentLine,
            ClearType::UntilNewLine => crossterm::terminal::ClearType::UntilNewLine,
        };
        // Cleared cells take the colours that are on.
        queue!(self.bytes, SetAttribute(Attribute::Reset), Clear(region))
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::ZERO,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.bytes.flush()
    }
}

#[cfg(test)]
mod tests;
