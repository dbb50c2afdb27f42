//! The keys that edit text, the same in every field and in both key styles:
//! those of readline, so that hands need not learn them.

use crate::actions::Typing;

use super::chord::{Key, Press};

/// What a key does to the text in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextEdit {
    /// One character left.
    Left,
    /// One character right.
    Right,
    /// One line up (several lines only).
    Up,
    /// One line down (several lines only).
    Down,
    /// One page up (several lines only).
    PageUp,
    /// One page down (several lines only).
    PageDown,
    /// One word left.
    WordLeft,
    /// One word right.
    WordRight,
    /// To the start of the line.
    LineStart,
    /// To the end of the line.
    LineEnd,
    /// To the start of the text (several lines only).
    TextStart,
    /// To the end of the text (several lines only).
    TextEnd,
    /// A line break (several lines only).
    NewLine,
    /// Deletes the character to the left.
    DeleteLeft,
    /// Deletes the character to the right.
    DeleteRight,
    /// Deletes the word to the left.
    DeleteWordLeft,
    /// Deletes the word to the right.
    DeleteWordRight,
    /// Deletes to the start of the line.
    DeleteToLineStart,
    /// Deletes to the end of the line.
    DeleteToLineEnd,
    /// Takes the last edit back.
    Undo,
    /// Makes it again.
    Redo,
}

impl TextEdit {
    /// What a folded press does in a field; nothing if it is a command there.
    pub fn of(press: Press, typing: Typing) -> Option<TextEdit> {
        let lines = match typing {
            Typing::Nothing | Typing::Digits => return None,
            Typing::Line => false,
            Typing::Lines => true,
        };
        let edit = match (press.ctrl, press.alt) {
            (false, false) => Self::plain(press.key)?,
            (true, false) => Self::with_ctrl(press.key)?,
            (false, true) => Self::with_alt(press.key)?,
            (true, true) => return None,
        };
        (lines || !edit.needs_lines()).then_some(edit)
    }

    fn plain(key: Key) -> Option<TextEdit> {
        Some(match key {
            Key::Left => Self::Left,
            Key::Right => Self::Right,
            Key::Up => Self::Up,
            Key::Down => Self::Down,
            Key::PageUp => Self::PageUp,
            Key::PageDown => Self::PageDown,
            Key::Home => Self::LineStart,
            Key::End => Self::LineEnd,
            Key::Enter => Self::NewLine,
            Key::Backspace => Self::DeleteLeft,
            Key::Delete => Self::DeleteRight,
            Key::Char(_) | Key::Esc | Key::Tab | Key::Insert | Key::F(_) => return None,
        })
    }

    fn with_ctrl(key: Key) -> Option<TextEdit> {
        Some(match key {
            Key::Char('a') => Self::LineStart,
            Key::Char('e') => Self::LineEnd,
            Key::Char('d') => Self::DeleteRight,
            Key::Char('k') => Self::DeleteToLineEnd,
            Key::Char('u') => Self::DeleteToLineStart,
            Key::Char('w') | Key::Backspace => Self::DeleteWordLeft,
            Key::Delete => Self::DeleteWordRight,
            Key::Char('_') => Self::Undo,
            Key::Left => Self::WordLeft,
            Key::Right => Self::WordRight,
            Key::Home => Self::TextStart,
            Key::End => Self::TextEnd,
            _ => return None,
        })
    }

    fn with_alt(key: Key) -> Option<TextEdit> {
        Some(match key {
            Key::Char('b') | Key::Left => Self::WordLeft,
            Key::Char('f') | Key::Right => Self::WordRight,
            Key::Backspace => Self::DeleteWordLeft,
            Key::Char('<') => Self::TextStart,
            Key::Char('>') => Self::TextEnd,
            Key::Char('_') => Self::Redo,
            _ => return None,
        })
    }

    const fn needs_lines(self) -> bool {
        matches!(
            self,
            Self::Up
                | Self::Down
                | Self::PageUp
                | Self::PageDown
                | Self::NewLine
                | Self::TextStart
                | Self::TextEnd
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(key: &str, typing: Typing) -> Option<TextEdit> {
        TextEdit::of(key.parse().unwrap(), typing)
    }

    #[test]
    fn one_line_leaves_enter_and_vertical_arrows_to_the_form() {
        for key in [
            "enter", "up", "down", "tab", "esc", "pageup", "ctrl-s", "ctrl-g",
        ] {
            assert_eq!(edit(key, Typing::Line), None, "{key}");
        }
        assert_eq!(edit("enter", Typing::Lines), Some(TextEdit::NewLine));
        assert_eq!(edit("down", Typing::Lines), Some(TextEdit::Down));
        assert_eq!(edit("tab", Typing::Lines), None);
    }

    #[test]
    fn readline_keys_edit() {
        for (key, expected) in [
            ("ctrl-a", TextEdit::LineStart),
            ("ctrl-e", TextEdit::LineEnd),
            ("ctrl-k", TextEdit::DeleteToLineEnd),
            ("ctrl-u", TextEdit::DeleteToLineStart),
            ("ctrl-w", TextEdit::DeleteWordLeft),
            ("alt-b", TextEdit::WordLeft),
            ("alt-f", TextEdit::WordRight),
            ("ctrl-_", TextEdit::Undo),
            ("alt-_", TextEdit::Redo),
            ("ctrl-h", TextEdit::DeleteLeft),
        ] {
            assert_eq!(edit(key, Typing::Line), Some(expected), "{key}");
            assert_eq!(edit(key, Typing::Nothing), None, "{key}");
        }
    }
}
