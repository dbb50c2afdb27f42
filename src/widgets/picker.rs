//! A filter field over a list of choices: palette, find, choosers. Ranks and
//! draws; what a choice does is its screen's business.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use super::edit::Edit;
use super::field::Field;
use super::line::Line;
use super::list_window::ListWindow;
use super::painter::{Painter, Target};
use crate::model::text::{self, Shown};
use crate::theme::Role;

/// One row to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<K> {
    /// What it stands for.
    pub key: K,
    /// Before the name: a status, a number.
    pub lead: Line,
    /// What is searched and shown.
    pub name: Shown,
    /// Searched but not shown: synonyms.
    pub also: Shown,
    /// At the right edge: a key, an account.
    pub detail: Line,
    /// Cannot be chosen now; `detail` should say why.
    pub disabled: bool,
}

impl<K> Choice<K> {
    /// A choice with a name.
    pub fn new(key: K, name: Shown) -> Self {
        Self {
            key,
            lead: Line::new(),
            name,
            also: Shown::default(),
            detail: Line::new(),
            disabled: false,
        }
    }

    /// With something before its name.
    #[must_use]
    pub fn lead(self, lead: Line) -> Self {
        Self { lead, ..self }
    }

    /// With other words that find it.
    #[must_use]
    pub fn also(self, also: Shown) -> Self {
        Self { also, ..self }
    }

    /// With something at the right edge.
    #[must_use]
    pub fn detail(self, detail: Line) -> Self {
        Self { detail, ..self }
    }

    /// Shown, but not to be chosen.
    #[must_use]
    pub fn disabled(self) -> Self {
        Self {
            disabled: true,
            ..self
        }
    }
}

/// The filter, what it found and the cursor on it.
#[derive(Clone, Debug)]
pub struct Picker<K> {
    field: Field,
    choices: Vec<Choice<K>>,
    /// Places in `choices` of what matches, best first.
    found: ListWindow<usize>,
}

impl<K: Clone + PartialEq> Picker<K> {
    /// A picker over choices in the order of their worth: ties keep it.
    pub fn new(choices: Vec<Choice<K>>) -> Self {
        let mut picker = Self {
            field: Field::new(),
            choices,
            found: ListWindow::new(),
        };
        picker.search();
        picker
    }

    /// Other choices under the same filter. The cursor stays with its key.
    pub fn set_choices(&mut self, choices: Vec<Choice<K>>) {
        let key = self.chosen().cloned();
        let row = self.found.cursor();
        self.choices = choices;
        self.search();
        let place = key.and_then(|key| {
            let is_it = |place: &usize| self.choices.get(*place).map(|c| &c.key) == Some(&key);
            self.found.keys().iter().position(is_it)
        });
        self.found.go_to(place.unwrap_or(row));
    }

    /// Puts the cursor on the choice that is found and of which this is true.
    pub fn point(&mut self, is_it: impl Fn(&K) -> bool) {
        let is_found = |place: &usize| self.choices.get(*place).is_some_and(|c| is_it(&c.key));
        if let Some(row) = self.found.keys().iter().position(is_found) {
            self.found.go_to(row);
        }
    }

    /// What was typed.
    pub fn query(&self) -> &str {
        self.field.text()
    }

    /// Replaces what was typed.
    pub fn set_query(&mut self, query: &str) {
        self.field.set(query);
        self.search();
    }

    /// Edits the filter; up and down move among what was found. False if nothing
    /// came of it.
    pub fn edit(&mut self, edit: Edit) -> bool {
        match edit {
            Edit::Up => self.found.step(-1),
            Edit::Down => self.found.step(1),
            other => {
                let before = self.field.text().to_owned();
                let done = self.field.edit(other);
                if self.field.text() != before {
                    self.search();
                }
                done
            }
        }
    }

    /// Moves by windows.
    pub fn page(&mut self, down: bool) -> bool {
        self.found.page(down, false)
    }

    /// Moves to a row of what was found, for the mouse.
    pub fn go_to(&mut self, row: usize) -> bool {
        self.found.go_to(row)
    }

    /// The choice under the cursor.
    pub fn choice(&self) -> Option<&Choice<K>> {
        self.found.key().and_then(|place| self.choices.get(*place))
    }

    /// The key of the choice under the cursor, if it can be chosen.
    pub fn chosen(&self) -> Option<&K> {
        self.choice()
            .filter(|choice| !choice.disabled)
            .map(|choice| &choice.key)
    }

    /// How many match.
    pub fn found_count(&self) -> usize {
        self.found.len()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.choices.len()
    }

    /// Draws the prompt with the field in the first row and what was found below.
    pub fn draw<A: Copy>(&self, p: &mut Painter<'_, A>, area: Rect, prompt: &Line) {
        let area = area.intersection(p.area());
        if area.is_empty() {
            return;
        }
        let written = p.line(area, prompt);
        let field = Rect::new(area.x + written, area.y, area.width - written, 1);
        let list = Rect::new(area.x, area.y + 1, area.width, area.height - 1);
        self.draw_list(p, list);
        self.field.draw(p, field, Role::Text, true);
    }

    /// Draws only what was found.
    pub fn draw_list<A: Copy>(&self, p: &mut Painter<'_, A>, area: Rect) {
        let area = area.intersection(p.area());
        p.target(area, Target::List);
        let mut finder = Finder::new(self.query());
        let rows = self.found.visible(usize::from(area.height));
        for (y, row) in (area.top()..area.bottom()).zip(rows) {
            let place = self.found.keys().get(row);
            let Some(choice) = place.and_then(|place| self.choices.get(*place)) else {
                continue;
            };
            let focused = row == self.found.cursor();
            let sign = if focused { p.glyphs().focus() } else { " " };
            let mut left = Line::new()
                .fixed(Role::Text, sign)
                .space(1)
                .and(choice.lead.clone())
                .and(finder.marked(&choice.name));
            if choice.disabled {
                left = left.in_role(Role::Disabled);
            }
            let place = Rect::new(area.x, y, area.width, 1);
            p.target(place, Target::Line(row));
            p.line_split(place, &left, &choice.detail);
            if focused {
                p.highlight(place, Role::Focus);
                p.rest(area.x, y);
            }
        }
    }

    fn search(&mut self) {
        let mut finder = Finder::new(self.field.text());
        let mut ranked: Vec<(Rank, usize)> = self
            .choices
            .iter()
            .enumerate()
            .filter_map(|(place, choice)| Some((finder.rank(&choice.name, &choice.also)?, place)))
            .collect();
        // Ties keep the given order, because the place is compared last.
        ranked.sort_unstable();
        self.found = ListWindow::new();
        self.found
            .follow(ranked.into_iter().map(|(_, place)| place).collect());
    }
}

/// How well something matches, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The name begins with what was typed.
    Prefix,
    /// Each typed word begins a word of the name.
    Words,
    /// Each typed word begins a word of the synonyms.
    OtherWords,
    /// The letters occur in this order in the name.
    Letters,
    /// The letters occur in this order in the synonyms.
    OtherLetters,
}

/// A query made ready to try on many names. Case and accents do not count.
pub struct Finder {
    lower: String,
    words: Vec<String>,
    pattern: Pattern,
    matcher: Matcher,
    buffer: Vec<char>,
    positions: Vec<u32>,
}

impl Finder {
    /// Makes a query ready.
    pub fn new(query: &str) -> Self {
        let lower = query.trim().to_lowercase();
        let pattern = Pattern::new(
            query.trim(),
            CaseMatching::Ignore,
            Normalization::Smart,
            nucleo_matcher::pattern::AtomKind::Fuzzy,
        );
        Self {
            words: lower.split_whitespace().map(str::to_owned).collect(),
            lower,
            pattern,
            matcher: Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
            positions: Vec::new(),
        }
    }

    /// How well a name or its synonyms match; none if not at all. Everything
    /// matches an empty query.
    pub fn rank(&mut self, name: &Shown, also: &Shown) -> Option<Rank> {
        if self.lower.is_empty() {
            return Some(Rank::Prefix);
        }
        // The letters come first: few names have them, and the test is fast.
        let in_name = self.has_letters(name);
        if !in_name && !self.has_letters(also) {
            return None;
        }
        let lower = name.as_str().to_lowercase();
        if in_name && lower.starts_with(&self.lower) {
            Some(Rank::Prefix)
        } else if in_name && self.begins_words(&lower) {
            Some(Rank::Words)
        } else if self.begins_words(&also.as_str().to_lowercase()) {
            Some(Rank::OtherWords)
        } else if in_name {
            Some(Rank::Letters)
        } else {
            Some(Rank::OtherLetters)
        }
    }

    /// The name with the letters that match marked.
    pub fn marked(&mut self, name: &Shown) -> Line {
        self.positions.clear();
        if !self.lower.is_empty() {
            let haystack = Utf32Str::new(name.as_str(), &mut self.buffer);
            self.pattern
                .indices(haystack, &mut self.matcher, &mut self.positions);
        }
        self.positions.sort_unstable();
        let mut line = Line::new();
        let mut start = 0;
        let mut role = Role::Text;
        for (place, (at, _)) in name.as_str().grapheme_indices(true).enumerate() {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            let here = if self.positions.binary_search(&place).is_ok() {
                Role::Match
            } else {
                Role::Text
            };
            if here != role {
                line.push(role, name.slice(start..at));
                start = at;
                role = here;
            }
        }
        line.push(role, name.slice(start..name.as_str().len()));
        line
    }

    fn has_letters(&mut self, name: &Shown) -> bool {
        let haystack = Utf32Str::new(name.as_str(), &mut self.buffer);
        self.pattern.score(haystack, &mut self.matcher).is_some()
    }

    fn begins_words(&self, lower: &str) -> bool {
        self.words
            .iter()
            .all(|typed| lower.unicode_words().any(|word| word.starts_with(typed)))
    }
}

/// The names that match a query, best first, by their place; ties keep the
/// order given. For lists too long to make a [`Choice`] of each entry.
pub fn best<'a>(query: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    let mut finder = Finder::new(query);
    let mut ranked: Vec<(Rank, usize)> = names
        .into_iter()
        .enumerate()
        .filter_map(|(place, name)| {
            Some((finder.rank(&text::line(name), &Shown::default())?, place))
        })
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{drawn, every_size};
    use super::*;
    use crate::model::text::line as clean;

    fn palette() -> Picker<&'static str> {
        let choice = |key: &'static str, also: &'static str, hint: &'static str| {
            Choice::new(key, Shown::fixed(key))
                .also(Shown::fixed(also))
                .detail(Line::new().fixed(Role::Key, hint).space(1))
        };
        Picker::new(vec![
            choice("Take back", "undo", "u"),
            choice("Go to Queue, to acknowledge", "", "1"),
            choice("Acknowledge check-in", "ack", "a"),
            choice("Post check-in", "send submit", "ctrl-s"),
            choice("Acknowledge all marked", "ack", "a").disabled(),
        ])
    }

    fn found(picker: &Picker<&'static str>) -> Vec<&'static str> {
        picker
            .found
            .keys()
            .iter()
            .map(|place| picker.choices[*place].key)
            .collect()
    }

    #[test]
    fn prefix_then_words_then_letters_ties_in_given_order() {
        let mut picker = palette();
        assert_eq!(picker.found_count(), 5);
        picker.set_query("ack");
        assert_eq!(
            found(&picker),
            [
                "Acknowledge check-in",
                "Acknowledge all marked",
                "Go to Queue, to acknowledge",
                "Take back"
            ]
        );
        picker.set_query("che ack");
        assert_eq!(found(&picker), ["Acknowledge check-in"]);
    }

    #[test]
    fn synonyms_find_and_case_and_accents_do_not_count() {
        let mut picker = palette();
        picker.set_query("SEND");
        assert_eq!(found(&picker), ["Post check-in"]);
        assert_eq!(best("nun", ["Núñez", "x"]), [0]);
        assert_eq!(best("", ["b", "a"]), [0, 1]);
    }

    #[test]
    fn typing_goes_to_the_filter_and_arrows_to_the_list() {
        let mut picker = palette();
        for c in "ack".chars() {
            picker.edit(Edit::Insert(c));
        }
        assert_eq!(picker.chosen(), Some(&"Acknowledge check-in"));
        picker.edit(Edit::Down);
        assert_eq!(picker.choice().unwrap().key, "Acknowledge all marked");
        assert_eq!(picker.chosen(), None);
        assert!(picker.edit(Edit::Up));
        assert!(!picker.edit(Edit::Up));
        picker.edit(Edit::KillToStart);
        assert_eq!(picker.found_count(), 5);
    }

    #[test]
    fn new_choices_keep_the_cursor_on_its_key() {
        let mut picker = palette();
        picker.go_to(3);
        let mut choices = picker.choices.clone();
        choices.remove(0);
        picker.set_choices(choices);
        assert_eq!(picker.chosen(), Some(&"Post check-in"));
    }

    #[test]
    fn it_looks_as_drawn() {
        let mut picker = palette();
        picker.set_query("ack");
        let prompt = Line::new().fixed(Role::Key, " : ");
        assert_eq!(
            drawn(32, 4, |p| picker.draw(p, p.area(), &prompt)),
            [
                " : ack",
                "> Acknowledge check-in        a",
                "  Acknowledge all marked      a",
                "  Go to Queue, to acknowledge 1",
            ]
        );
    }

    #[test]
    fn matched_letters_are_marked() {
        let line = Finder::new("rc").marked(&clean("Reduce churn"));
        let marked: String = line
            .pieces()
            .iter()
            .filter(|(_, role)| *role == Role::Match)
            .map(|(text, _)| text.as_str())
            .collect();
        assert_eq!(marked, "Rc");
        assert_eq!(line.text().as_str(), "Reduce churn");
        assert_eq!(Finder::new("").marked(&clean("漢字")).pieces().len(), 1);
    }

    #[test]
    fn ten_thousand_names_are_ranked() {
        let names: Vec<String> = (0..10_000).map(|n| format!("Goal {n} churn")).collect();
        let found = best("goal 77", names.iter().map(String::as_str));
        assert_eq!(found.first(), Some(&77));
        assert!(found.len() > 100);
    }

    #[test]
    fn no_size_panics() {
        let mut picker = palette();
        picker.set_query("a");
        let prompt = Line::new().fixed(Role::Key, " find: ");
        every_size(|p, area| picker.draw(p, area, &prompt));
    }
}
