//! Keys as data: presses and chords, the keymaps, and what a press means where.
//! Knows no terminal library and carries nothing out.

pub mod chord;
pub mod edit;
pub mod keymap;
mod keymap_file;
mod layouts;
pub mod resolve;

pub use chord::{Chord, Input, Key, Press};
pub use edit::TextEdit;
pub use keymap::{KeyError, KeyStyle, Keymap};
pub use resolve::{Resolved, Resolver};
