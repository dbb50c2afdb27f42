//! What a key may do to a text, without naming keys.

/// One act of editing, the same for a field and a text area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Types one character.
    Insert(char),
    /// A new line; a field of one line refuses it.
    Newline,
    /// Removes the character before the cursor.
    Backspace,
    /// Removes the character at the cursor.
    Delete,
    /// To the start of this or the last word.
    WordBack,
    /// Past the end of this or the next word.
    WordForward,
    /// Removes to the end of the line.
    KillToEnd,
    /// Removes to the start of the line.
    KillToStart,
    /// Removes the word before the cursor.
    KillWord,
    /// Removes the word after the cursor.
    KillNextWord,
    /// One row up; a field of one line refuses it.
    Up,
    /// One row down; a field of one line refuses it.
    Down,
    /// One character left.
    Left,
    /// One character right.
    Right,
    /// To the start of the line.
    Home,
    /// To the end of the line.
    End,
    /// As many rows up as are shown; a field of one line refuses it.
    PageUp,
    /// As many rows down as are shown; a field of one line refuses it.
    PageDown,
    /// To the start of the text.
    Start,
    /// To the end of the text.
    Finish,
    /// Takes the last change back.
    Undo,
    /// Makes it again.
    Redo,
    /// Inserts pasted text, cleaned; a field of one line joins its lines.
    Paste(String),
}

/// Any edit, for tests; pasted texts match a pattern.
#[cfg(test)]
pub fn any(pasted: &'static str) -> impl proptest::strategy::Strategy<Value = Edit> {
    use proptest::prelude::*;

    prop_oneof![
        proptest::prelude::any::<char>().prop_map(Edit::Insert),
        proptest::char::range('a', 'c').prop_map(Edit::Insert),
        proptest::char::range('\u{300}', '\u{304}').prop_map(Edit::Insert),
        pasted.prop_map(Edit::Paste),
        proptest::sample::select(vec![
            Edit::Newline,
            Edit::Backspace,
            Edit::Delete,
            Edit::WordBack,
            Edit::WordForward,
            Edit::KillToEnd,
            Edit::KillToStart,
            Edit::KillWord,
            Edit::KillNextWord,
            Edit::Up,
            Edit::Down,
            Edit::Left,
            Edit::Right,
            Edit::Home,
            Edit::End,
            Edit::PageUp,
            Edit::PageDown,
            Edit::Start,
            Edit::Finish,
            Edit::Undo,
            Edit::Redo,
        ]),
    ]
}
