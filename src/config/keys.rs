//! The `keys` table as it was written: the keymap gives it its meaning.

/// What the file says about keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The set that is the base.
    pub style: Style,
    /// Letters of other alphabets are read as the Latin ones on the same key.
    pub layout_fallback: bool,
    /// Commands with their keys, in the order of their lines.
    pub bindings: Vec<Binding>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            style: Style::Vim,
            layout_fallback: true,
            bindings: Vec::new(),
        }
    }
}

/// The two sets of keys that are shipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Letters move, and so do arrows.
    #[default]
    Vim,
    /// No letter moves.
    Plain,
}

impl Style {
    /// The word in the file.
    pub fn code(self) -> &'static str {
        match self {
            Style::Vim => "vim",
            Style::Plain => "plain",
        }
    }
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The table it stands in below `keys`; empty for `keys` itself.
    pub scope: String,
    /// The command, valid or not.
    pub command: String,
    /// Its keys; none takes the command's keys away.
    pub keys: Vec<String>,
    /// The line in the file, from 1.
    pub line: usize,
}
