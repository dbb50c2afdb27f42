//! A text field of one line: editing, horizontal scrolling, the cursor's column.

use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use super::edit::Edit;
use super::line::Line;
use super::painter::Painter;
use crate::model::text::{self, LINE_CAP, Shown};
use crate::theme::Role;

/// States kept for undo.
const HISTORY: usize = 100;

/// A text field of one line. Holds only text that may be shown.
#[derive(Clone, Default)]
pub struct Field {
    text: String,
    /// Byte at which the next character goes in; between graphemes.
    cursor: usize,
    masked: bool,
    past: Vec<(String, usize)>,
    undone: Vec<(String, usize)>,
    /// The last change was typing: the next character joins it in one undo.
    typing: bool,
}

impl std::fmt::Debug for Field {
    /// Of a masked field nothing but that it is one: a log must not have a token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: &dyn std::fmt::Debug = match self.masked {
            true => &"***",
            false => &self.text,
        };
        f.debug_struct("Field")
            .field("text", text)
            .finish_non_exhaustive()
    }
}

impl Field {
    /// An empty field.
    pub fn new() -> Self {
        Self::default()
    }

    /// A field that holds `text`, cleaned, with the cursor at its end.
    pub fn with(text: &str) -> Self {
        let mut field = Self::new();
        field.set(text);
        field
    }

    /// Shows a star for each character: for tokens.
    #[must_use]
    pub fn masked(mut self) -> Self {
        self.masked = true;
        self
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The cursor as a byte in [`Field::text`].
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Puts the cursor at a byte, or at the next grapheme before it.
    pub fn set_cursor(&mut self, byte: usize) {
        self.cursor = self
            .text
            .grapheme_indices(true)
            .map(|(at, _)| at)
            .chain([self.text.len()])
            .take_while(|at| *at <= byte)
            .last()
            .unwrap_or(0);
    }

    /// Replaces the text, cleaned, and forgets what can be undone; the cursor
    /// goes to the end.
    pub fn set(&mut self, text: &str) {
        self.text = cut(one_line(text));
        self.cursor = self.text.len();
        self.past.clear();
        self.undone.clear();
        self.typing = false;
    }

    /// Empties the field.
    pub fn clear(&mut self) {
        self.set("");
    }

    /// Edits. False if it does not apply here: a line break, up and down, or
    /// nothing left to remove, to move over or to undo.
    pub fn edit(&mut self, edit: Edit) -> bool {
        let was_typing = std::mem::take(&mut self.typing);
        match edit {
            Edit::Insert(c) => {
                let mut typed = [0; 4];
                let done = self.insert(c.encode_utf8(&mut typed), was_typing && c != ' ');
                self.typing = done;
                done
            }
            Edit::Paste(text) => self.insert(&text, false),
            Edit::Backspace => self.remove(self.before(), self.cursor),
            Edit::Delete => self.remove(self.cursor, self.after()),
            Edit::KillToEnd => self.remove(self.cursor, self.text.len()),
            Edit::KillToStart => self.remove(0, self.cursor),
            Edit::KillWord => self.remove(self.word_before(), self.cursor),
            Edit::KillNextWord => self.remove(self.cursor, self.word_after()),
            Edit::Left => self.go(self.before()),
            Edit::Right => self.go(self.after()),
            Edit::WordBack => self.go(self.word_before()),
            Edit::WordForward => self.go(self.word_after()),
            Edit::Home | Edit::Start => self.go(0),
            Edit::End | Edit::Finish => self.go(self.text.len()),
            Edit::Undo => self.step(true),
            Edit::Redo => self.step(false),
            Edit::Newline | Edit::Up | Edit::Down | Edit::PageUp | Edit::PageDown => false,
        }
    }

    /// Draws the field into the first row of `area`, scrolled so that the cursor
    /// is seen, and puts the hardware cursor there if it has focus.
    pub fn draw<A: Copy>(&self, p: &mut Painter<'_, A>, area: Rect, role: Role, focused: bool) {
        if area.is_empty() {
            return;
        }
        let width = usize::from(area.width);
        // The characters are converted before they are measured, so the cursor
        // is right in ASCII too.
        let shown = |part: &str| -> Shown {
            if self.masked {
                text::line(&"*".repeat(part.graphemes(true).count()))
            } else {
                Line::of(Role::Text, text::line(part))
                    .spoken(p.glyphs())
                    .text()
            }
        };
        let (left, right) = self.text.split_at(self.cursor);
        let (left, right) = (shown(left), shown(right));
        // One column stays free for the cursor behind the text.
        let column = left.width();
        let hidden = if focused {
            (column + 1).saturating_sub(width)
        } else {
            0
        };
        let left = drop_columns(&left, hidden);
        let cursor = left.width().min(width - 1);
        let whole = left.and(&right);
        let seen = if focused {
            whole.slice(0..whole.prefix(width).len())
        } else {
            whole
        };
        p.text(area.x, area.y, area.width, &seen, role);
        if focused {
            let cursor = u16::try_from(cursor).unwrap_or(0);
            p.cursor(area.x.saturating_add(cursor), area.y);
        }
    }

    fn insert(&mut self, given: &str, joins: bool) -> bool {
        let given = one_line(given);
        let room = LINE_CAP.saturating_sub(self.text.chars().count());
        let given: String = given.chars().take(room).collect();
        if given.is_empty() {
            return false;
        }
        self.remember(joins);
        self.text.insert_str(self.cursor, &given);
        let end = self.cursor + given.len();
        // A mark typed after a letter composes with it; the cursor stays between
        // graphemes.
        let behind = self.text.split_off(end);
        self.text = text::editable(&self.text);
        self.cursor = self.text.len();
        self.text.push_str(&behind);
        self.set_cursor(self.cursor);
        true
    }

    fn remove(&mut self, start: usize, end: usize) -> bool {
        if start >= end {
            return false;
        }
        self.remember(false);
        self.text.replace_range(start..end, "");
        self.cursor = start;
        true
    }

    fn go(&mut self, to: usize) -> bool {
        let moved = to != self.cursor;
        self.cursor = to;
        moved
    }

    fn remember(&mut self, joins: bool) {
        self.undone.clear();
        if !joins {
            if self.past.len() == HISTORY {
                self.past.remove(0);
            }
            self.past.push((self.text.clone(), self.cursor));
        }
    }

    fn step(&mut self, back: bool) -> bool {
        let (from, to) = if back {
            (&mut self.past, &mut self.undone)
        } else {
            (&mut self.undone, &mut self.past)
        };
        let Some((text, cursor)) = from.pop() else {
            return false;
        };
        to.push((
            std::mem::replace(&mut self.text, text),
            std::mem::replace(&mut self.cursor, cursor),
        ));
        true
    }

    fn before(&self) -> usize {
        let left = self.text.get(..self.cursor).unwrap_or("");
        left.grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let right = self.text.get(self.cursor..).unwrap_or("");
        self.cursor + right.graphemes(true).next().map_or(0, str::len)
    }

    fn word_before(&self) -> usize {
        let left = self.text.get(..self.cursor).unwrap_or("");
        left.unicode_word_indices()
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn word_after(&self) -> usize {
        let right = self.text.get(self.cursor..).unwrap_or("");
        right
            .unicode_word_indices()
            .next()
            .map_or(self.text.len(), |(at, word)| self.cursor + at + word.len())
    }
}

fn one_line(text: &str) -> String {
    text::editable(text).replace('\n', " ")
}

fn cut(text: String) -> String {
    match text.char_indices().nth(LINE_CAP) {
        Some((at, _)) => text.get(..at).unwrap_or("").to_owned(),
        None => text,
    }
}

/// Without the first `columns` columns; a wide character cut in half goes whole.
fn drop_columns(text: &Shown, columns: usize) -> Shown {
    let mut used = 0;
    for (at, grapheme) in text.as_str().grapheme_indices(true) {
        if used >= columns {
            return text.slice(at..text.as_str().len());
        }
        used += text::columns_of(grapheme);
    }
    if columns == 0 {
        text.clone()
    } else {
        Shown::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{draw, drawn, every_size, rows};
    use super::*;
    use crate::theme::Glyphs;
    use proptest::prelude::*;

    fn typed(text: &str) -> Field {
        let mut field = Field::new();
        for c in text.chars() {
            field.edit(Edit::Insert(c));
        }
        field
    }

    #[test]
    fn typing_goes_in_at_the_cursor() {
        let mut field = typed("chun");
        field.edit(Edit::Left);
        field.edit(Edit::Insert('r'));
        assert_eq!((field.text(), field.cursor()), ("churn", 4));
        field.edit(Edit::Home);
        assert!(!field.edit(Edit::Left));
        assert!(!field.edit(Edit::Backspace));
        field.edit(Edit::Delete);
        assert_eq!(field.text(), "hurn");
        assert!(field.edit(Edit::End));
        assert!(!field.edit(Edit::Delete));
    }

    #[test]
    fn readline_keys_move_and_remove_words() {
        let mut field = typed("one two, three");
        field.edit(Edit::WordBack);
        assert_eq!(field.cursor(), 9);
        field.edit(Edit::KillWord);
        assert_eq!(field.text(), "one three");
        field.edit(Edit::KillToEnd);
        assert_eq!(field.text(), "one ");
        field.edit(Edit::Home);
        field.edit(Edit::WordForward);
        assert_eq!(field.cursor(), 3);
        field.edit(Edit::KillToStart);
        assert_eq!(field.text(), " ");
        let mut field = typed("one two");
        field.edit(Edit::Home);
        field.edit(Edit::KillNextWord);
        assert_eq!(field.text(), " two");
    }

    #[test]
    fn a_line_break_is_not_for_a_field() {
        let mut field = typed("a");
        for edit in [Edit::Newline, Edit::Up, Edit::Down] {
            assert!(!field.edit(edit));
        }
        assert_eq!(field.text(), "a");
    }

    #[test]
    fn undo_takes_back_a_word_at_a_time() {
        let mut field = typed("one two");
        assert!(field.edit(Edit::Undo));
        assert_eq!(field.text(), "one");
        assert!(field.edit(Edit::Undo));
        assert_eq!(field.text(), "");
        assert!(!field.edit(Edit::Undo));
        field.edit(Edit::Redo);
        field.edit(Edit::Redo);
        assert_eq!(field.text(), "one two");
        field.edit(Edit::KillWord);
        field.edit(Edit::Undo);
        assert_eq!((field.text(), field.cursor()), ("one two", 7));
    }

    #[test]
    fn pasted_text_is_cleaned_and_on_one_line() {
        let mut field = Field::new();
        field.edit(Edit::Paste("a\r\nb\u{1b}[31m\u{202e}c".to_owned()));
        assert_eq!(field.text(), "a b[31mc");
        assert!(!field.edit(Edit::Paste("\u{1b}".to_owned())));
        field.edit(Edit::Paste("x".repeat(2_000)));
        assert_eq!(field.text().chars().count(), LINE_CAP);
    }

    #[test]
    fn one_key_moves_over_one_grapheme() {
        let mut field = Field::with("a🇩🇪b");
        field.edit(Edit::Left);
        field.edit(Edit::Left);
        assert_eq!(field.cursor(), 1);
        field.edit(Edit::Delete);
        assert_eq!(field.text(), "ab");
        let mut field = typed("e");
        field.edit(Edit::Insert('\u{301}'));
        assert_eq!(field.text(), "é");
    }

    fn screen(field: &Field, width: u16, focused: bool) -> (String, Option<u16>) {
        let mut buffer = ratatui::buffer::Buffer::empty(Rect::new(0, 0, width, 1));
        let theme = crate::theme::Theme::default();
        let mut p: Painter<'_, u8> = Painter::new(&mut buffer, &theme, Glyphs::Unicode);
        field.draw(&mut p, Rect::new(0, 0, width, 1), Role::Text, focused);
        let cursor = p.finish().cursor.map(|cursor| cursor.x);
        (rows(&buffer).remove(0), cursor)
    }

    #[test]
    fn a_long_text_scrolls_with_the_cursor() {
        let mut field = typed("0123456789");
        assert_eq!(screen(&field, 6, true), ("56789".to_owned(), Some(5)));
        field.edit(Edit::Home);
        assert_eq!(screen(&field, 6, true), ("012345".to_owned(), Some(0)));
        assert_eq!(screen(&field, 6, false), ("01234…".to_owned(), None));
        assert_eq!(screen(&field, 11, true).0, "0123456789");
    }

    #[test]
    fn a_masked_field_shows_stars() {
        let field = Field::with("secret").masked();
        assert_eq!(screen(&field, 20, true), ("******".to_owned(), Some(6)));
        assert_eq!(field.text(), "secret");
    }

    #[test]
    fn ascii_mode_counts_what_is_drawn() {
        let buffer = draw(12, 1, Glyphs::Ascii, |p| {
            Field::with("a → b").draw(p, p.area(), Role::Text, true);
        });
        assert_eq!(rows(&buffer), ["a -> b"]);
    }

    #[test]
    fn no_size_panics() {
        let field = Field::with("漢字 wide and é long text → on");
        every_size(|p, area| {
            field.draw(p, area, Role::Text, true);
            field.clone().masked().draw(p, area, Role::Text, false);
        });
        assert_eq!(drawn(4, 1, |_| {}), [""]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn no_order_of_keys_breaks_it(edits in proptest::collection::vec(crate::widgets::edit::any(".{0,20}"), 0..60)) {
            let mut field = Field::new();
            for edit in edits {
                field.edit(edit);
                prop_assert!(field.text().is_char_boundary(field.cursor()));
                prop_assert!(text::is_clean(field.text()));
                screen(&field, 7, true);
            }
        }
    }
}
