//! Lines to scroll and to search, for help and log. Knows nothing of what they
//! say.

use std::cell::Cell;

use ratatui::layout::Rect;

use super::{Painter, Reply, Target};
use crate::actions::{Action, Scope};
use crate::shown;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;

/// Lines, which of them is at the top, and what is searched in them.
#[derive(Default)]
pub struct Pager {
    lines: Vec<Line>,
    top: usize,
    /// Known only when it is drawn.
    height: Cell<usize>,
    search: Option<Search>,
}

#[derive(Default)]
struct Search {
    field: Field,
    typing: bool,
    /// The line found last.
    at: Option<usize>,
}

impl Pager {
    /// Other lines; the place stays. At the end it stays at the end.
    pub fn set_lines(&mut self, lines: Vec<Line>) {
        let at_end = !self.lines.is_empty() && self.top >= self.last_top();
        self.lines = lines;
        if at_end {
            self.top = usize::MAX;
        }
    }

    /// To the end, as soon as it is known where that is.
    pub fn to_end(&mut self) {
        self.top = usize::MAX;
    }

    /// To the start.
    pub fn to_start(&mut self) {
        self.top = 0;
    }

    fn last_top(&self) -> usize {
        self.lines.len().saturating_sub(self.height.get().max(1))
    }

    /// The scopes while these lines have the focus.
    pub fn scopes(&self, own: Scope) -> Vec<Scope> {
        match &self.search {
            Some(search) if search.typing => vec![Scope::TextField, Scope::FilterLine],
            _ => vec![own],
        }
    }

    /// Whether a search is being typed.
    pub fn is_typing(&self) -> bool {
        self.search.as_ref().is_some_and(|search| search.typing)
    }

    /// Scrolls and searches; none if the action is not for lines.
    pub fn act(&mut self, action: Action) -> Option<Reply> {
        let half = self.height.get() / 2;
        let page = self.height.get().saturating_sub(1);
        match action {
            Action::NextRow if self.is_typing() => return Some(self.find_next(true, 1)),
            Action::PreviousRow if self.is_typing() => return Some(self.find_next(false, 1)),
            Action::NextRow => self.scroll(1, true),
            Action::PreviousRow => self.scroll(1, false),
            Action::HalfPageDown => self.scroll(half.max(1), true),
            Action::HalfPageUp => self.scroll(half.max(1), false),
            Action::PageDown => self.scroll(page.max(1), true),
            Action::PageUp => self.scroll(page.max(1), false),
            Action::First => self.top = 0,
            Action::Last => self.top = self.last_top(),
            Action::Filter => {
                self.search = Some(Search {
                    typing: true,
                    ..Search::default()
                });
            }
            Action::NextMatch => return Some(self.find_next(true, 1)),
            Action::PreviousMatch => return Some(self.find_next(false, 1)),
            Action::Accept => {
                if let Some(search) = &mut self.search {
                    search.typing = false;
                }
                if self
                    .search
                    .as_ref()
                    .is_some_and(|search| search.field.is_empty())
                {
                    self.search = None;
                }
            }
            Action::Back if self.search.is_some() => self.search = None,
            _ => return None,
        }
        Some(Reply::done())
    }

    /// Text for the search; it goes to the first line that has it.
    pub fn typed(&mut self, edit: &Edit) -> Reply {
        let Some(search) = self.search.as_mut().filter(|search| search.typing) else {
            return Reply::pass();
        };
        search.field.edit(edit.clone());
        if search.field.is_empty() {
            search.at = None;
            return Reply::done();
        }
        let from = search.at.unwrap_or(self.top.min(self.lines.len()));
        search.at = None;
        if let Some(found) = self.find(from, true, 0) {
            self.go_to(found);
        }
        Reply::done()
    }

    /// The line that was found last.
    pub fn found(&self) -> Option<usize> {
        self.search.as_ref()?.at
    }

    fn scroll(&mut self, rows: usize, down: bool) {
        let top = self.top.min(self.last_top());
        self.top = if down {
            top.saturating_add(rows).min(self.last_top())
        } else {
            top.saturating_sub(rows)
        };
    }

    fn find_next(&mut self, down: bool, step: usize) -> Reply {
        let Some(search) = &self.search else {
            return Reply::say("nothing was searched for yet");
        };
        let from = search.at.unwrap_or(self.top.min(self.lines.len()));
        let step = if search.at.is_some() { step } else { 0 };
        match self.find(from, down, step) {
            Some(found) => {
                self.go_to(found);
                Reply::done()
            }
            None => Reply::say(format!("nothing has \"{}\"", search.field.text())),
        }
    }

    /// The next line with what was typed, `step` lines on from `from`; goes on
    /// at the other end.
    fn find(&self, from: usize, down: bool, step: usize) -> Option<usize> {
        let typed = self.search.as_ref()?.field.text().to_lowercase();
        let count = self.lines.len();
        if typed.is_empty() || count == 0 {
            return None;
        }
        (step..step + count)
            .map(|away| if down { from + away } else { from + count * 2 - away } % count)
            .find(|place| {
                let line = self.lines.get(*place);
                line.is_some_and(|line| line.text().as_str().to_lowercase().contains(&typed))
            })
    }

    fn go_to(&mut self, line: usize) {
        if let Some(search) = &mut self.search {
            search.at = Some(line);
        }
        let height = self.height.get().max(1);
        let top = self.top.min(self.last_top());
        if line < top || line >= top + height {
            // A little above the middle: what follows matters more.
            self.top = line.saturating_sub(height / 3).min(self.last_top());
        }
    }

    /// Draws the lines that are seen, and the search below them while there is one.
    pub fn draw(&self, area: Rect, painter: &mut Painter<'_>) {
        let searching = u16::from(self.search.is_some() && area.height > 1);
        let body = Rect {
            height: area.height - searching,
            ..area
        };
        self.height.set(usize::from(body.height));
        painter.target(body, Target::List);
        let top = self.top.min(self.last_top());
        let found = self.search.as_ref().and_then(|search| search.at);
        for (y, place) in (body.top()..body.bottom()).zip(top..self.lines.len()) {
            let Some(line) = self.lines.get(place) else {
                break;
            };
            let row = Rect {
                y,
                height: 1,
                ..body
            };
            painter.line(row, line);
            if found == Some(place) {
                painter.highlight(row, Role::Focus);
                painter.rest(body.x, y);
            }
        }
        if found.is_none() && !body.is_empty() {
            painter.rest(body.x, body.y);
        }
        if let Some(search) = &self.search {
            self.draw_search(search, area, painter);
        }
    }

    fn draw_search(&self, search: &Search, area: Rect, painter: &mut Painter<'_>) {
        let below = Rect {
            y: area.y + area.height.saturating_sub(1),
            height: area.height.min(1),
            ..area
        };
        let written = painter.line(below, &Line::new().fixed(Role::Key, " /"));
        let field = Rect {
            x: below.x + written,
            width: below.width.saturating_sub(written),
            ..below
        };
        search.field.draw(painter, field, Role::Text, search.typing);
        if search.at.is_none() && !search.field.is_empty() {
            let none = Line::of(Role::Warn, shown!("not found "));
            painter.line_split(
                Rect {
                    x: below.x + below.width.saturating_sub(11),
                    width: below.width.min(11),
                    ..below
                },
                &Line::new(),
                &none,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text;

    fn pager(lines: usize, height: usize) -> Pager {
        let mut pager = Pager::default();
        let line = |n: usize| Line::of(Role::Text, text::line(&format!("line {n}")));
        pager.set_lines((0..lines).map(line).collect());
        pager.height.set(height);
        pager
    }

    fn search(pager: &mut Pager, words: &str) {
        pager.act(Action::Filter);
        for letter in words.chars() {
            pager.typed(&Edit::Insert(letter));
        }
        pager.act(Action::Accept);
    }

    #[test]
    fn it_scrolls_between_its_ends() {
        let mut pager = pager(30, 10);
        pager.act(Action::PreviousRow);
        assert_eq!(pager.top, 0);
        pager.act(Action::PageDown);
        assert_eq!(pager.top, 9);
        pager.act(Action::Last);
        assert_eq!(pager.top, 20);
        pager.act(Action::NextRow);
        assert_eq!(pager.top, 20);
    }

    #[test]
    fn a_search_goes_round() {
        let mut pager = pager(30, 10);
        search(&mut pager, "LINE 2");
        assert_eq!(pager.search.as_ref().unwrap().at, Some(2));
        for expected in [20, 21, 22] {
            pager.act(Action::NextMatch);
            assert_eq!(pager.search.as_ref().unwrap().at, Some(expected));
        }
        pager.act(Action::PreviousMatch);
        pager.act(Action::PreviousMatch);
        pager.act(Action::PreviousMatch);
        assert_eq!(pager.search.as_ref().unwrap().at, Some(2));
        pager.act(Action::PreviousMatch);
        assert_eq!(pager.search.as_ref().unwrap().at, Some(29));
        assert_eq!(pager.top, 20);
    }

    #[test]
    fn an_empty_search_is_none() {
        let mut pager = pager(3, 10);
        search(&mut pager, "");
        assert!(pager.search.is_none());
        assert!(pager.act(Action::Back).is_none());
    }

    #[test]
    fn new_lines_at_the_end_are_seen() {
        let mut pager = pager(30, 10);
        pager.to_end();
        let lines = (0..31)
            .map(|_| Line::new().fixed(Role::Text, "x"))
            .collect();
        pager.set_lines(lines);
        pager.act(Action::PreviousRow);
        assert_eq!(pager.top, 20);
    }
}
