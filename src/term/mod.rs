//! The terminal: its modes, what is typed, frames, and handing it to a shell or
//! an editor. Asks the terminal nothing; knows no goal.

pub mod caps;
pub mod clipboard;
pub mod editor;
pub mod input;
pub mod notify;
pub mod paint;
pub mod pen;
mod scroll;
pub mod session;
pub mod suspend;
pub mod vanish;

use std::io;
use std::time::Duration;

use ratatui::buffer::Buffer;
use tokio::sync::mpsc::{Sender, UnboundedSender};

use crate::keys::chord::Input;

use input::Listener;
use paint::{Finish, Painted, Screen};
use session::Session;

/// What the terminal's threads tell the loop, besides input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The writer is free again.
    Painted,
    /// The terminal is gone: save and end, without writing to it.
    Vanished,
    /// Something panicked; it has been reported and the terminal given back:
    /// save and end.
    Panicked,
}

/// How long leaving waits for the last frame.
const LAST_FRAME: Duration = Duration::from_secs(1);

/// The terminal while the program has its screen up. Dropping it gives the
/// terminal back.
#[derive(Debug)]
pub struct Term {
    listener: Listener,
    screen: Screen,
    session: Session,
}

impl Term {
    /// Takes the terminal and is ready to draw; listening is a second step, so
    /// that the first frame need not wait for it. `inputs` gets what is typed,
    /// `told` what happens to the terminal.
    ///
    /// # Errors
    /// When this is no terminal, or the system gives no thread; the terminal is
    /// as it was then.
    pub fn open(inputs: Sender<Input>, told: UnboundedSender<Told>) -> io::Result<Self> {
        let loop_of = told.clone();
        session::restore_on_panic(move || {
            let _ = loop_of.send(Told::Panicked);
        });
        let session = Session::enter()?;
        let screen = Screen::new(caps::size(), session::put, told.clone())?;
        vanish::watch(told)?;
        Ok(Self {
            listener: Listener::new(inputs),
            screen,
            session,
        })
    }

    /// Starts to listen to keys; harmless if it does.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn listen(&mut self) -> io::Result<()> {
        self.listener.listen()
    }

    /// Columns and rows frames are drawn for.
    pub fn size(&self) -> (u16, u16) {
        let area = self.screen.area();
        (area.width, area.height)
    }

    /// Whether a frame would be taken now.
    pub fn is_idle(&self) -> bool {
        self.screen.is_idle()
    }

    /// Draws a frame: `draw` fills the empty buffer and says where the hardware
    /// cursor goes. Not called while the writer is busy.
    ///
    /// # Errors
    /// None that comes from the terminal: frames are made in memory.
    pub fn draw<F: Into<Finish>>(
        &mut self,
        draw: impl FnOnce(&mut Buffer) -> F,
    ) -> io::Result<Painted> {
        self.screen.draw(draw)
    }

    /// Sends bytes that are not part of the picture.
    pub fn also(&mut self, bytes: &[u8]) {
        self.screen.also(bytes);
    }

    /// Listens to the mouse, or leaves it to the terminal.
    pub fn set_mouse(&mut self, on: bool) {
        let bytes = self.session.set_mouse(on);
        if !bytes.is_empty() {
            self.screen.also(&bytes);
        }
    }

    /// The terminal has another size; the next frame repaints everything.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.screen.resize(columns, rows)
    }

    /// The next frame repaints everything.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub fn repaint(&mut self) -> io::Result<()> {
        self.screen.repaint()
    }

    /// Hands the terminal away, to an editor or the shell: no key is read and
    /// nothing is drawn until [`Self::take_back`].
    pub fn hand_away(&mut self) {
        self.listener.pause();
        self.screen.settle(LAST_FRAME);
        self.session.leave();
    }

    /// Takes the terminal again, in the size it has now, and repaints with the
    /// next frame. Returns the size.
    ///
    /// # Errors
    /// When the terminal cannot be switched any more.
    pub fn take_back(&mut self) -> io::Result<(u16, u16)> {
        self.session.resume()?;
        let (columns, rows) = caps::size();
        self.screen.resize(columns, rows)?;
        self.listener.listen()?;
        Ok((columns, rows))
    }

    /// Stops the program until the shell continues it, for Ctrl-Z and SIGTSTP.
    /// Returns the size after it, or `None` if no shell would continue us.
    ///
    /// # Errors
    /// As [`Self::take_back`].
    pub fn suspend(&mut self) -> io::Result<Option<(u16, u16)>> {
        if !suspend::under_job_control() {
            return Ok(None);
        }
        self.hand_away();
        suspend::stop();
        self.take_back().map(Some)
    }

    /// Gives the terminal back after the last frame has been written.
    pub fn close(mut self) {
        self.hand_away();
    }

    /// Gives the terminal back at once, for signals: a terminal that does not
    /// read delays the end by less than a tenth of a second.
    pub fn give_up(self) {
        session::restore();
    }

    /// Forgets the terminal without writing to it: it is gone.
    pub fn abandon(self) {
        session::abandon();
    }
}
