//! The note of a check-in: its template, the steps left over from last time,
//! and what of all that is worth posting.

use std::cell::Cell;

pub use crate::model::note::open_steps;
use crate::model::note::{with_steps, without_empty_headings};
use crate::model::text::Shown;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;
use crate::widgets::markdown;
use crate::widgets::text_area::TextArea;

/// Rows of a page of the preview.
const PAGE: usize = 10;

/// A note being written: the text, or how it will look.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// The text.
    pub area: TextArea,
    /// First row of the preview, while that is shown instead of the text.
    pub preview: Option<usize>,
    /// The last row it can begin with, as drawn.
    pub bottom: Cell<Option<usize>>,
    /// The headings that were put there and not typed.
    template: String,
}

impl Note {
    /// An empty note with a template and what was left to do last time.
    pub fn from_template(template: &str, left: &[String]) -> Self {
        let text = with_steps(template, left);
        let mut area = TextArea::with(&text);
        let (line, column) = first_gap(&text);
        area.set_cursor(line, column);
        Self {
            area,
            preview: None,
            bottom: Cell::new(None),
            template: template.to_owned(),
        }
    }

    /// A note as a draft kept it. Whatever template it began with, its empty
    /// headings are known by the default one.
    pub fn restored(text: &str, cursor: (usize, usize), scroll: usize, template: &str) -> Self {
        let scroll = u16::try_from(scroll).unwrap_or(u16::MAX);
        Self {
            area: TextArea::restored(text, cursor, scroll),
            preview: None,
            bottom: Cell::new(None),
            template: template.to_owned(),
        }
    }

    /// Edits the text. In the preview up and down scroll, anything else goes
    /// back to the text first.
    pub fn edit(&mut self, edit: &Edit) -> bool {
        match (&mut self.preview, edit) {
            (Some(row), Edit::Up) => *row = row.saturating_sub(1),
            (Some(row), Edit::Down) => {
                *row = (*row + 1).min(self.bottom.get().unwrap_or(usize::MAX))
            }
            (Some(row), Edit::PageUp) => *row = row.saturating_sub(PAGE),
            (Some(row), Edit::PageDown) => {
                *row = (*row + PAGE).min(self.bottom.get().unwrap_or(usize::MAX))
            }
            _ => {
                self.preview = None;
                return self.area.edit(edit.clone());
            }
        }
        true
    }

    /// Shows the preview, or the text again.
    pub fn swap_preview(&mut self) {
        self.preview = match self.preview {
            Some(_) => None,
            None => Some(0),
        };
    }

    /// Puts a template where the empty one was, or at the end of what is written.
    pub fn take_template(&mut self, template: &str, left: &[String]) {
        self.preview = None;
        if self.is_untouched(left) {
            let text = with_steps(template, left);
            self.area.replace(&text);
            let (line, column) = first_gap(&text);
            self.area.set_cursor(line, column);
        } else {
            let text = self.area.text();
            let joined = format!("{}\n\n{template}", text.trim_end());
            self.area.replace(&joined);
            self.area.set_cursor(usize::MAX, usize::MAX);
        }
        template.clone_into(&mut self.template);
    }

    /// Puts an older note at the cursor; instead of what nobody typed.
    pub fn insert(&mut self, older: &str, left: &[String]) {
        self.preview = None;
        if self.is_untouched(left) {
            self.area.replace(older);
            self.area.set_cursor(usize::MAX, usize::MAX);
        } else {
            self.area.edit(Edit::Paste(older.to_owned()));
        }
    }

    /// Whether nothing is there but what the form put there.
    pub fn is_untouched(&self, left: &[String]) -> bool {
        self.area.is_blank()
            || self.area.text() == TextArea::with(&with_steps(&self.template, left)).text()
    }

    /// The text as it is posted: without headings of the template that nothing
    /// was written under.
    pub fn for_posting(&self) -> String {
        without_empty_headings(&self.area.text(), &self.template)
    }

    /// The preview's lines.
    pub fn previewed(&self, width: usize) -> Vec<Line> {
        let text = self.for_posting();
        if text.is_empty() {
            return vec![Line::of(Role::Dim, Shown::fixed("an empty note"))];
        }
        markdown::render(&text, width)
    }

    /// `21 words, 6 lines`, or only the words.
    pub fn counted(&self, with_lines: bool) -> String {
        let count = |count: usize, word: &str| match count {
            1 => format!("1 {word}"),
            more => format!("{more} {word}s"),
        };
        let words = count(self.area.word_count(), "word");
        if with_lines {
            format!("{words}, {}", count(self.area.line_count(), "line"))
        } else {
            words
        }
    }
}

/// Where writing begins: the first empty line, else the end.
fn first_gap(text: &str) -> (usize, usize) {
    text.split('\n')
        .position(|line| line.trim().is_empty())
        .map_or((usize::MAX, usize::MAX), |line| (line, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "## What moved\n\n## Blockers\n\n## Next\n";

    fn left() -> Vec<String> {
        vec!["guided import".to_owned()]
    }

    #[test]
    fn a_new_note_begins_with_the_template_and_last_times_steps() {
        let note = Note::from_template(TEMPLATE, &left());
        assert_eq!(
            note.area.text(),
            "## What moved\n\n## Blockers\n\n## Next\n- [ ] guided import"
        );
        assert_eq!(note.area.cursor(), (1, 0));
        assert!(note.is_untouched(&left()));
        assert_eq!(note.for_posting(), "## Next\n- [ ] guided import");
    }

    #[test]
    fn a_template_without_next_gets_the_heading_for_open_steps() {
        let note = Note::from_template("", &left());
        assert_eq!(note.area.text(), "\n\n## Next\n- [ ] guided import");
        assert_eq!(note.area.cursor(), (0, 0));
    }

    #[test]
    fn headings_nothing_was_written_under_are_not_posted() {
        let mut note = Note::from_template(TEMPLATE, &[]);
        assert_eq!(note.for_posting(), "");
        for c in "Sign-ups passed 160.".chars() {
            note.edit(&Edit::Insert(c));
        }
        assert_eq!(note.for_posting(), "## What moved\nSign-ups passed 160.");
    }

    #[test]
    fn an_empty_box_of_the_template_is_filled_or_not_posted() {
        let template = "## What moved\n\n## Next\n- [ ] ";
        let note = Note::from_template(template, &left());
        assert_eq!(
            note.area.text(),
            "## What moved\n\n## Next\n- [ ] guided import"
        );
        assert_eq!(Note::from_template(template, &[]).for_posting(), "");
    }

    #[test]
    fn choosing_a_template_replaces_only_an_untouched_note() {
        let mut note = Note::from_template(TEMPLATE, &left());
        note.take_template("## Plans\n", &left());
        assert_eq!(note.area.text(), "## Plans\n- [ ] guided import");
        note.area.set_cursor(0, 0);
        note.edit(&Edit::Insert('x'));
        note.take_template(TEMPLATE, &left());
        assert!(
            note.area
                .text()
                .starts_with("x## Plans\n- [ ] guided import\n\n## What moved")
        );
        note.edit(&Edit::Undo);
        assert_eq!(note.area.text(), "x## Plans\n- [ ] guided import");
    }

    #[test]
    fn the_last_note_goes_in_at_the_cursor() {
        let mut note = Note::from_template(TEMPLATE, &[]);
        note.insert("Pricing page out.", &[]);
        assert_eq!(note.area.text(), "Pricing page out.");
        note.insert(" Again.", &[]);
        assert_eq!(note.area.text(), "Pricing page out. Again.");
    }

    #[test]
    fn typing_in_the_preview_goes_back_to_the_text() {
        let mut note = Note::default();
        note.swap_preview();
        note.edit(&Edit::Down);
        assert_eq!(note.preview, Some(1));
        note.edit(&Edit::Insert('a'));
        assert_eq!((note.preview, note.area.text().as_str()), (None, "a"));
    }
}
