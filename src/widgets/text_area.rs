//! The multi-line editor of notes: soft wrap, undo, pasting, cursor and scroll.
//! The only user of the text area crate; takes acts of editing, never keys.

use std::cell::Cell;

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;
use tui_textarea::{CursorMove, TextArea as Inner, WrapMode};
use unicode_segmentation::UnicodeSegmentation;

use super::edit::Edit;
use super::painter::Painter;
use crate::model::text::{self, FIELD_CAP};

/// Lines a text may have. Together with [`FIELD_CAP`] it keeps the number of
/// wrapped rows below 2^16, beyond which the crate's arithmetic overflows.
const LINE_LIMIT: usize = 20_000;

/// Changes kept for undo.
const HISTORY: usize = 2_000;

/// The multi-line editor. Holds only text that may be shown.
#[derive(Clone, Debug)]
pub struct TextArea {
    inner: Inner<'static>,
    /// How many of the crate's changes one undo takes back, newest last.
    done: Vec<usize>,
    undone: Vec<usize>,
    /// The last change was typing: the next character joins it.
    typing: bool,
    /// Rows that were drawn last: how far a page is.
    height: Cell<u16>,
}

impl Default for TextArea {
    fn default() -> Self {
        Self::with("")
    }
}

impl TextArea {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// A text, cleaned and cut at [`FIELD_CAP`], with the cursor at its start
    /// and nothing to undo.
    pub fn with(text: &str) -> Self {
        let text = text::editable(text);
        let mut room = FIELD_CAP;
        let lines: Vec<String> = text
            .split('\n')
            .take(LINE_LIMIT)
            .map_while(|line| {
                let kept = fitting(line, room);
                let whole = room > 0 || line.is_empty();
                room = room.saturating_sub(kept.len() + 1);
                whole.then(|| kept.to_owned())
            })
            .collect();
        let mut inner = Inner::new(lines);
        inner.set_wrap_mode(WrapMode::WordOrGlyph);
        inner.set_max_histories(HISTORY);
        inner.set_cursor_line_style(Style::new());
        // The hardware cursor shows the place.
        inner.set_cursor_style(Style::new());
        Self {
            inner,
            done: Vec::new(),
            undone: Vec::new(),
            typing: false,
            height: Cell::new(10),
        }
    }

    /// A draft as it was left: text, cursor and first visible row.
    pub fn restored(text: &str, cursor: (usize, usize), scroll: u16) -> Self {
        let mut area = Self::with(text);
        let rows = i16::try_from(scroll).unwrap_or(i16::MAX);
        area.inner.scroll((rows, 0));
        area.jump(cursor.0, cursor.1);
        area.settle();
        area
    }

    /// Replaces the text and forgets what can be undone; the cursor goes to the
    /// start.
    pub fn set_text(&mut self, text: &str) {
        *self = Self::with(text);
    }

    /// Replaces the text by one act that undo takes back: a template, or what
    /// came from an editor.
    pub fn replace(&mut self, text: &str) -> bool {
        self.typing = false;
        let before = self.text();
        let text = Self::with(text).text();
        if before == text {
            return false;
        }
        self.jump(0, 0);
        let mut steps = usize::from(self.inner.delete_str(before.chars().count()));
        steps += usize::from(!text.is_empty() && self.inner.insert_str(&text));
        self.record(steps, false);
        true
    }

    /// The text, lines joined by LF.
    pub fn text(&self) -> String {
        self.inner.lines().join("\n")
    }

    /// Whether there is nothing but blanks.
    pub fn is_blank(&self) -> bool {
        self.inner.lines().iter().all(|line| line.trim().is_empty())
    }

    /// How many lines, before wrapping.
    pub fn line_count(&self) -> usize {
        self.inner.lines().len()
    }

    /// How many words.
    pub fn word_count(&self) -> usize {
        self.inner
            .lines()
            .iter()
            .map(|line| line.unicode_words().count())
            .sum()
    }

    /// Line and character of the cursor, both from 0.
    pub fn cursor(&self) -> (usize, usize) {
        let cursor = self.inner.cursor();
        (cursor.0, cursor.1)
    }

    /// Puts the cursor at a line and character, or the nearest there is.
    pub fn set_cursor(&mut self, line: usize, character: usize) {
        self.typing = false;
        self.jump(line, character);
        self.settle();
    }

    /// The first visible row, after wrapping, as last drawn.
    pub fn scroll(&self) -> u16 {
        self.inner.scroll_offset().0
    }

    /// Bytes that may still be added.
    pub fn room(&self) -> usize {
        let used: usize = self.inner.lines().iter().map(|line| line.len() + 1).sum();
        (FIELD_CAP + 1).saturating_sub(used)
    }

    /// Edits. False if nothing came of it: no room left, nothing to remove, to
    /// move over or to undo.
    pub fn edit(&mut self, edit: Edit) -> bool {
        let was_typing = std::mem::take(&mut self.typing);
        match edit {
            Edit::Insert('\n') | Edit::Newline => self.newline(),
            Edit::Insert(c) => {
                let done = self.insert(c, was_typing && c != ' ');
                self.typing = done;
                done
            }
            Edit::Paste(text) => self.paste(&text),
            Edit::Backspace => {
                let before = self.grapheme_before();
                if before > 1 {
                    let (line, character) = self.cursor();
                    self.jump(line, character - before);
                    self.change(|inner| inner.delete_str(before))
                } else {
                    self.change(Inner::delete_char)
                }
            }
            Edit::Delete => {
                let after = self.grapheme_after().max(1);
                if self.is_at_end() {
                    return false;
                }
                self.change(|inner| inner.delete_str(after))
            }
            Edit::KillToEnd => self.change(Inner::delete_line_by_end),
            Edit::KillToStart => self.change(Inner::delete_line_by_head),
            Edit::KillWord => self.change(Inner::delete_word),
            Edit::KillNextWord => self.change(Inner::delete_next_word),
            Edit::Undo => self.undo(),
            Edit::Redo => self.redo(),
            Edit::Left => self.left(),
            Edit::Right => self.right(),
            Edit::WordBack => self.go(CursorMove::WordBack),
            Edit::WordForward => self.go(CursorMove::WordForward),
            Edit::Up => self.go(CursorMove::Up),
            Edit::Down => self.go(CursorMove::Down),
            Edit::Home => self.go(CursorMove::Head),
            Edit::End => self.go(CursorMove::End),
            Edit::PageUp => self.page(CursorMove::Up),
            Edit::PageDown => self.page(CursorMove::Down),
            Edit::Start => self.jump_from_here(0, 0),
            Edit::Finish => self.jump_from_here(usize::MAX, usize::MAX),
        }
    }

    /// Draws the text, scrolled so that the cursor is seen, and puts the
    /// hardware cursor there if it has focus.
    pub fn draw<A: Copy>(&self, p: &mut Painter<'_, A>, area: Rect, focused: bool) {
        let area = area.intersection(p.area());
        // In one column wrapping would make a row of each character.
        if area.width < 2 || area.height == 0 {
            return;
        }
        self.height.set(area.height);
        p.clear(area);
        Widget::render(&self.inner, area, p.buffer());
        p.speak_cells(area);
        if focused {
            let place = self.inner.screen_cursor();
            let row = place.row.saturating_sub(usize::from(self.scroll()));
            let row = u16::try_from(row).unwrap_or(0).min(area.height - 1);
            let column = u16::try_from(place.col).unwrap_or(0).min(area.width - 1);
            p.cursor(area.x + column, area.y + row);
        }
    }

    fn newline(&mut self) -> bool {
        if self.room() == 0 || self.line_count() >= LINE_LIMIT {
            return false;
        }
        self.inner.insert_newline();
        self.record(1, false);
        true
    }

    fn insert(&mut self, c: char, joins: bool) -> bool {
        if c == '\t' {
            return self.paste("\t");
        }
        let clean = text::editable(c.encode_utf8(&mut [0; 4]));
        let Some(c) = clean.chars().next().filter(|c| c.len_utf8() <= self.room()) else {
            return false;
        };
        if text::columns(&clean) > 0 {
            self.inner.insert_char(c);
            self.record(1, joins);
            return true;
        }
        // A mark composes with the letter before it, so that one key removes
        // both; without a letter it has no place.
        let Some(before) = self.character_before() else {
            return false;
        };
        let steps = match unicode_normalization::char::compose(before, c) {
            Some(composed) => {
                self.inner.delete_char();
                self.inner.insert_char(composed);
                2
            }
            None => {
                self.inner.insert_char(c);
                1
            }
        };
        self.record(steps, joins);
        true
    }

    fn paste(&mut self, given: &str) -> bool {
        let given = text::editable(given);
        let kept = fitting(&given, self.room());
        let lines = LINE_LIMIT.saturating_sub(self.line_count());
        let kept = match kept.match_indices('\n').nth(lines) {
            Some((at, _)) => kept.get(..at).unwrap_or(""),
            None => kept,
        };
        if kept.is_empty() {
            return false;
        }
        self.change(|inner| inner.insert_str(kept))
    }

    fn change(&mut self, with: impl FnOnce(&mut Inner<'static>) -> bool) -> bool {
        let changed = with(&mut self.inner);
        if changed {
            self.record(1, false);
        }
        self.settle();
        changed
    }

    fn record(&mut self, steps: usize, joins: bool) {
        self.undone.clear();
        match self.done.last_mut().filter(|_| joins) {
            Some(last) => *last += steps,
            None => self.done.push(steps),
        }
        if self.done.len() > HISTORY {
            self.done.remove(0);
        }
    }

    fn undo(&mut self) -> bool {
        let Some(steps) = self.done.pop() else {
            return false;
        };
        let taken = (0..steps).take_while(|_| self.inner.undo()).count();
        self.undone.push(taken);
        taken > 0
    }

    fn redo(&mut self) -> bool {
        let Some(steps) = self.undone.pop() else {
            return false;
        };
        let made = (0..steps).take_while(|_| self.inner.redo()).count();
        self.done.push(made);
        made > 0
    }

    fn go(&mut self, to: CursorMove) -> bool {
        let before = self.cursor();
        self.inner.move_cursor(to);
        self.settle();
        self.cursor() != before
    }

    /// Wrapped rows, one less than are shown, so that one is seen again.
    fn page(&mut self, to: CursorMove) -> bool {
        let rows = self.height.get().saturating_sub(1).max(1);
        (0..rows).take_while(|_| self.go(to)).count() > 0
    }

    fn jump_from_here(&mut self, line: usize, character: usize) -> bool {
        let before = self.cursor();
        self.set_cursor(line, character);
        self.cursor() != before
    }

    fn left(&mut self) -> bool {
        let (line, character) = self.cursor();
        match (self.grapheme_before(), line.checked_sub(1)) {
            (0, None) => return false,
            (0, Some(above)) => self.jump(above, usize::MAX),
            (before, _) => self.jump(line, character - before),
        }
        true
    }

    fn right(&mut self) -> bool {
        let (line, character) = self.cursor();
        match self.grapheme_after() {
            0 if line + 1 >= self.line_count() => return false,
            0 => self.jump(line + 1, 0),
            after => self.jump(line, character + after),
        }
        true
    }

    fn jump(&mut self, line: usize, character: usize) {
        let line = u16::try_from(line).unwrap_or(u16::MAX);
        let character = u16::try_from(character).unwrap_or(u16::MAX);
        self.inner.move_cursor(CursorMove::Jump(line, character));
    }

    /// The crate moves by characters; the cursor belongs between graphemes.
    fn settle(&mut self) {
        let (line, character) = self.cursor();
        let mut at = 0;
        for grapheme in self.line().graphemes(true) {
            let next = at + grapheme.chars().count();
            if next > character {
                break;
            }
            at = next;
        }
        if at != character {
            self.jump(line, at);
        }
    }

    fn line(&self) -> &str {
        let (line, _) = self.cursor();
        self.inner.lines().get(line).map_or("", String::as_str)
    }

    fn is_at_end(&self) -> bool {
        self.cursor().0 + 1 >= self.line_count() && self.halves().1.is_empty()
    }

    /// The line left and right of the cursor.
    fn halves(&self) -> (&str, &str) {
        let line = self.line();
        let (_, character) = self.cursor();
        let at = line
            .char_indices()
            .nth(character)
            .map_or(line.len(), |(at, _)| at);
        line.split_at(at)
    }

    fn character_before(&self) -> Option<char> {
        self.halves().0.chars().next_back()
    }

    /// Characters of the grapheme before the cursor; 0 at the start of the line.
    fn grapheme_before(&self) -> usize {
        let (left, _) = self.halves();
        left.graphemes(true)
            .next_back()
            .map_or(0, |grapheme| grapheme.chars().count())
    }

    /// Characters of the grapheme at the cursor; 0 at the end of the line.
    fn grapheme_after(&self) -> usize {
        let (_, right) = self.halves();
        right
            .graphemes(true)
            .next()
            .map_or(0, |grapheme| grapheme.chars().count())
    }
}

/// The longest beginning of at most `bytes` bytes.
fn fitting(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{draw, drawn, every_size, rows};
    use super::super::painter::Cursor;
    use super::*;
    use crate::theme::{Glyphs, Theme};
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;

    fn typed(text: &str) -> TextArea {
        let mut area = TextArea::new();
        for c in text.chars() {
            area.edit(Edit::Insert(c));
        }
        area
    }

    fn screen(area: &TextArea, width: u16, height: u16) -> (Vec<String>, Option<Cursor>) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let theme = Theme::default();
        let mut p: Painter<'_, u8> = Painter::new(&mut buffer, &theme, Glyphs::Unicode);
        area.draw(&mut p, Rect::new(0, 0, width, height), true);
        let cursor = p.finish().cursor;
        (rows(&buffer), cursor)
    }

    #[test]
    fn text_wraps_by_words_and_the_cursor_follows() {
        let area = typed("Sign-ups passed 160 after\nnone");
        let (rows, cursor) = screen(&area, 14, 4);
        assert_eq!(rows, ["Sign-ups", "passed 160", "after", "none"]);
        let cursor = cursor.unwrap();
        assert_eq!((cursor.x, cursor.y, cursor.typing), (4, 3, true));
    }

    #[test]
    fn pages_and_both_ends_are_one_key_away() {
        let text: Vec<String> = (0..30).map(|line| format!("line {line}")).collect();
        let mut area = TextArea::with(&text.join("\n"));
        assert!(area.edit(Edit::Finish));
        assert_eq!(area.cursor(), (29, 7));
        assert!(!area.edit(Edit::Finish));
        assert!(area.edit(Edit::PageUp));
        assert_eq!(area.cursor().0, 20);
        assert!(area.edit(Edit::Start));
        assert_eq!(area.cursor(), (0, 0));
        assert!(!area.edit(Edit::PageUp));
        assert!(area.edit(Edit::PageDown));
        assert_eq!(area.cursor().0, 9);
    }

    #[test]
    fn up_and_down_go_by_wrapped_rows() {
        let mut area = typed("one two three four");
        screen(&area, 10, 4);
        assert!(area.edit(Edit::Up));
        assert_eq!(area.cursor().0, 0);
        assert!(area.cursor().1 < 9);
        assert!(area.edit(Edit::Down));
        assert!(!area.edit(Edit::Down));
    }

    #[test]
    fn the_window_scrolls_with_the_cursor_and_can_be_restored() {
        let mut area = typed("1\n2\n3\n4\n5\n6");
        assert_eq!(screen(&area, 5, 3).0, ["4", "5", "6"]);
        assert_eq!(area.scroll(), 3);
        area.edit(Edit::Up);
        let again = TextArea::restored(&area.text(), area.cursor(), area.scroll());
        assert_eq!(screen(&again, 5, 3), screen(&area, 5, 3));
        assert_eq!(again.cursor(), (4, 1));
    }

    #[test]
    fn undo_takes_back_words_and_redo_makes_them_again() {
        let mut area = typed("one two");
        area.edit(Edit::Newline);
        area.edit(Edit::Paste("three\nfour".to_owned()));
        assert_eq!(area.text(), "one two\nthree\nfour");
        assert!(area.edit(Edit::Undo));
        assert_eq!(area.text(), "one two\n");
        area.edit(Edit::Undo);
        area.edit(Edit::Undo);
        assert_eq!(area.text(), "one");
        area.edit(Edit::Redo);
        assert_eq!(area.text(), "one two");
        area.edit(Edit::Undo);
        area.edit(Edit::Undo);
        assert!(!area.edit(Edit::Undo));
        assert_eq!(area.text(), "");
    }

    #[test]
    fn a_template_is_one_act() {
        let mut area = typed("mine");
        assert!(area.replace("## What moved\n\n## Next\n- [ ] "));
        assert_eq!(area.line_count(), 4);
        area.edit(Edit::Undo);
        assert_eq!(area.text(), "mine");
        assert!(area.replace(""));
        assert!(area.is_blank());
    }

    #[test]
    fn readline_keys() {
        let mut area = typed("one two three");
        area.edit(Edit::KillWord);
        assert_eq!(area.text(), "one two ");
        area.edit(Edit::WordBack);
        area.edit(Edit::KillToEnd);
        assert_eq!(area.text(), "one ");
        area.edit(Edit::Home);
        area.edit(Edit::WordForward);
        area.edit(Edit::KillToStart);
        assert_eq!(area.text(), "");
        assert!(!area.edit(Edit::Backspace));
        assert!(!area.edit(Edit::Delete));
    }

    #[test]
    fn what_goes_in_is_clean_and_composed() {
        let mut area = typed("a\u{1b}\u{202e}b");
        assert_eq!(area.text(), "ab");
        area.edit(Edit::Paste("x\r\n\u{1b}[2Jy\tz".to_owned()));
        assert_eq!(area.text(), "abx\n[2Jy    z");
        let mut area = TextArea::new();
        assert!(!area.edit(Edit::Insert('\u{301}')));
        area.edit(Edit::Insert('e'));
        area.edit(Edit::Insert('\u{301}'));
        assert_eq!(area.text(), "é");
        area.edit(Edit::Backspace);
        assert_eq!(area.text(), "");
    }

    #[test]
    fn one_key_moves_over_or_removes_one_grapheme() {
        let mut area = TextArea::with("a🇩🇪b\nc");
        area.edit(Edit::Right);
        area.edit(Edit::Right);
        assert_eq!(area.cursor(), (0, 3));
        area.edit(Edit::Backspace);
        assert_eq!(area.text(), "ab\nc");
        area.edit(Edit::End);
        area.edit(Edit::Right);
        assert_eq!(area.cursor(), (1, 0));
        area.edit(Edit::Left);
        assert_eq!(area.cursor(), (0, 2));
        area.edit(Edit::Delete);
        assert_eq!(area.text(), "abc");
    }

    #[test]
    fn the_cap_holds_for_all_that_goes_in() {
        let mut area = TextArea::with(&"é".repeat(FIELD_CAP));
        assert_eq!(area.text().len(), FIELD_CAP);
        assert_eq!(area.room(), 0);
        assert!(!area.edit(Edit::Insert('a')));
        assert!(!area.edit(Edit::Newline));
        assert!(!area.edit(Edit::Paste("a".to_owned())));
        let mut area = TextArea::new();
        area.edit(Edit::Paste("\n".repeat(FIELD_CAP)));
        assert!(area.line_count() <= LINE_LIMIT);
        for width in 0..5 {
            screen(&area, width, 60);
        }
        let area = typed(&"a ".repeat(30));
        assert_eq!(area.word_count(), 30);
    }

    #[test]
    fn ascii_mode_keeps_the_columns() {
        let buffer = draw(12, 1, Glyphs::Ascii, |p| {
            TextArea::with("é 漢 → x").draw(p, p.area(), true);
        });
        assert_eq!(rows(&buffer), ["e ?? - x"]);
    }

    #[test]
    fn no_size_panics() {
        let area = TextArea::with("漢字 wide\n\nand a long line → on and on and on\n- [ ] x");
        every_size(|p, place| area.draw(p, place, true));
        assert_eq!(drawn(1, 1, |p| area.draw(p, p.area(), true)), [""]);
    }

    proptest! {
            #![proptest_config(ProptestConfig::with_cases(200))]

            #[test]
            fn no_order_of_keys_breaks_it(
                edits in proptest::collection::vec((crate::widgets::edit::any("[ a漢🇩\n]{0,30}"), 0u16..12, 0u16..5), 0..60),
            ) {
                let mut area = TextArea::new();
                for (edit, width, height) in edits {
                    area.edit(edit);
                    prop_assert!(area.text().split('\n').all(text::is_clean));
                    screen(&area, width, height);
                }
                let text = area.text();
                let mut undone = 0;
                while area.edit(Edit::Undo) {
                    undone += 1;
                }
                for _ in 0..undone {
                    area.edit(Edit::Redo);
                }
    prop_assert_eq!(area.text(), text);
            }
        }
}
