//! The terminal: modes, input, frames, and handing it away.
