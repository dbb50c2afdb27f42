//! Frames: what changed since the last one, as one write inside a synchronized
//! update, handed to a writer thread. Draws only while the writer is free, so
//! that a slow terminal gets the newest frame and not all of them. Asks the
//! terminal nothing: size and cursor are what we were told and what we sent.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use tokio::sync::mpsc::UnboundedSender;

use crate::model::text;

use super::{Told, caps, pen, scroll};

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

/// What a frame says besides its cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finish {
    /// Where the hardware cursor goes; hidden if nowhere.
    pub cursor: Option<(u16, u16)>,
    /// What stays as it is on the screen, whatever was drawn there.
    pub kept: Vec<Rect>,
}

impl From<Option<(u16, u16)>> for Finish {
    fn from(cursor: Option<(u16, u16)>) -> Self {
        Self {
            cursor,
            kept: Vec::new(),
        }
    }
}

/// The screen that frames are drawn on.
#[derive(Debug)]
pub struct Screen {
    /// What the terminal shows, once all bytes are there.
    shown: Buffer,
    /// What it shall show.
    next: Buffer,
    /// Somebody else wrote on the screen: the next frame clears it first, and
    /// relies on nothing that is there.
    unsure: bool,
    cursor: Cursor,
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
        let (columns, rows) = caps::clamp(columns, rows);
        let area = Rect::new(0, 0, columns, rows);
        Ok(Self {
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            unsure: false,
            cursor: Cursor::default(),
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
        self.next.area
    }

    /// Draws a frame. `draw` fills the empty buffer and says where the hardware
    /// cursor goes; it is not called while the writer is busy.
    ///
    /// # Errors
    /// None that comes from the terminal: frames are made in memory.
    pub fn draw<F: Into<Finish>>(
        &mut self,
        draw: impl FnOnce(&mut Buffer) -> F,
    ) -> io::Result<Painted> {
        if !self.is_idle() {
            return Ok(Painted::Busy);
        }
        self.next.reset();
        let Finish { cursor, kept } = draw(&mut self.next).into();
        let mut body = Vec::new();
        if std::mem::take(&mut self.unsure) {
            self.cursor = Cursor::default();
            self.shown.reset();
            self.shown.resize(self.next.area);
            body.extend_from_slice(ANEW);
        }
        for area in kept {
            keep(area, &self.shown, &mut self.next);
        }
        let cells = self.changes()?;
        if !cells.is_empty() {
            self.cursor.at = None;
            body.extend_from_slice(&cells);
        }
        self.cursor.go(&mut body, cursor)?;
        std::mem::swap(&mut self.shown, &mut self.next);
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

    /// The fewest bytes that make the next picture of the one that is shown:
    /// cells alone, or rows moved by the terminal and then cells.
    fn changes(&self) -> io::Result<Vec<u8>> {
        let mut best = cells(&self.shown, &self.next)?;
        if best.len() < WORTH_A_LOOK {
            return Ok(best);
        }
        for shift in scroll::ways(&self.shown, &self.next) {
            let mut moved = self.shown.clone();
            shift.apply(&mut moved);
            let mut bytes = Vec::new();
            shift.write(&mut bytes)?;
            bytes.extend(cells(&moved, &self.next)?);
            if bytes.len() < best.len() {
                best = bytes;
            }
        }
        Ok(best)
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
        self.next.resize(Rect::new(0, 0, columns, rows));
        self.repaint()
    }

    /// The next frame repaints everything: somebody else wrote on the screen.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub fn repaint(&mut self) -> io::Result<()> {
        self.unsure = true;
        Ok(())
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

/// Default style, no region that scrolls, nothing on the screen.
const ANEW: &[u8] = b"\x1b[m\x1b[r\x1b[2J";

/// A frame of fewer bytes is not made shorter by moving rows.
const WORTH_A_LOOK: usize = 300;

/// What stands for a cell whose text must not reach a terminal. Cleaning happens
/// long before; this is the second line.
static FOREIGN: Cell = Cell::new("\u{FFFD}");

/// The bytes that turn one picture into another, cell by cell.
fn cells(from: &Buffer, to: &Buffer) -> io::Result<Vec<u8>> {
    let mut changed = from.diff(to);
    for (_, _, cell) in &mut changed {
        if !is_clean(cell.symbol()) {
            *cell = &FOREIGN;
        }
    }
    let mut bytes = Vec::new();
    pen::write(&mut bytes, &changed, &pen::blank_from(to))?;
    Ok(bytes)
}

/// Copies what is shown in an area into the next picture.
fn keep(area: Rect, shown: &Buffer, next: &mut Buffer) {
    for place in area.intersection(next.area).positions() {
        if let (Some(old), Some(new)) = (shown.cell(place), next.cell_mut(place)) {
            new.clone_from(old);
        }
    }
}

/// Printable ASCII is nearly all of a screen.
fn is_clean(symbol: &str) -> bool {
    matches!(symbol.as_bytes(), [0x20..=0x7e]) || text::is_clean(symbol)
}

/// What the terminal knows about its cursor, so that nothing is said twice.
#[derive(Debug, Default)]
struct Cursor {
    /// Where it was put; unknown after cells were written.
    at: Option<(u16, u16)>,
    shown: Option<bool>,
}

impl Cursor {
    fn go(&mut self, to: &mut Vec<u8>, place: Option<(u16, u16)>) -> io::Result<()> {
        if self.shown != Some(place.is_some()) {
            self.shown = Some(place.is_some());
            match place {
                Some(_) => queue!(to, Show)?,
                None => queue!(to, Hide)?,
            }
        }
        let Some((x, y)) = place.filter(|place| self.at != Some(*place)) else {
            return Ok(());
        };
        self.at = Some((x, y));
        queue!(to, MoveTo(x, y))
    }
}

#[cfg(test)]
mod tests;
