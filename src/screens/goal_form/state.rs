//! What the goal form holds: texts, key results, which of them is unfolded, and
//! where one types. Knows its drafts; draws and posts nothing.

use std::collections::BTreeMap;

use crate::model::entry::Draft;
use crate::model::goal::Goal;
use crate::model::ids::ResultId;
use crate::model::time::{Now, Time};
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::text_area::TextArea;

use super::goal_text::{FieldName, GoalText, Row, Values, WrongRows, read_rows, yes_text};
use super::result_text::{Part, ResultText};
use crate::model::entry::DraftKey;
use crate::model::key_result::KeyResult;

/// A place that can have the focus. Key results are named by their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// A field of the goal.
    Field(FieldName),
    /// A key result as one line.
    Row(usize),
    /// A part of the unfolded key result.
    Part(usize, Part),
    /// Moving or removing the unfolded key result.
    More(usize),
    /// The line that adds a key result.
    Add,
}

/// Spots that are wrong, each with one sentence.
pub type Wrongs = Vec<(Spot, String)>;

/// What a spot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// One line of text.
    Line,
    /// Several lines of text.
    Lines,
    /// Yes or no.
    Toggle,
    /// Enter, which opens a list or folds.
    Enter,
}

impl Spot {
    /// What it takes.
    pub fn takes(self) -> Takes {
        match self {
            Spot::Field(FieldName::Description) | Spot::Part(_, Part::Items) => Takes::Lines,
            Spot::Field(FieldName::Aspirational) => Takes::Toggle,
            Spot::Part(_, part) if part.is_toggle() => Takes::Toggle,
            Spot::Field(name) if name.is_picked() => Takes::Enter,
            Spot::Part(_, Part::Kind) | Spot::Row(_) | Spot::More(_) | Spot::Add => Takes::Enter,
            Spot::Field(_) | Spot::Part(..) => Takes::Line,
        }
    }
}

/// The widget under the cursor; the other texts need none.
#[derive(Clone, Debug)]
enum Writing {
    Nothing,
    Line(Field),
    Lines(Box<TextArea>),
}

/// The texts of the form and where one types.
#[derive(Clone, Debug)]
pub struct State {
    /// The fields of the goal.
    pub text: GoalText,
    /// The key results.
    pub rows: Vec<Row>,
    /// Whether the account may be chosen.
    pub with_account: bool,
    opened: GoalText,
    opened_rows: Vec<ResultId>,
    unfolded: Option<ResultId>,
    focus: Spot,
    writing: Writing,
}

impl State {
    /// A form over these texts, with the cursor in the name.
    pub fn new(text: GoalText, results: &[KeyResult], with_account: bool) -> Self {
        let mut state = Self {
            opened: text.clone(),
            opened_rows: results.iter().map(|result| result.id.clone()).collect(),
            rows: results.iter().map(Row::of).collect(),
            text,
            with_account,
            unfolded: None,
            focus: Spot::Field(FieldName::Name),
            writing: Writing::Nothing,
        };
        state.go_to(Spot::Field(FieldName::Name));
        state
    }

    /// The texts the form began with.
    pub fn opened(&self) -> &GoalText {
        &self.opened
    }

    /// The key results the form began with, in their order.
    pub fn opened_rows(&self) -> &[ResultId] {
        &self.opened_rows
    }

    /// Whether something is not as it was when the form was opened.
    pub fn is_typed(&self) -> bool {
        self.text != self.opened || self.are_rows_typed()
    }

    /// Whether something is not as it was among the key results.
    pub fn are_rows_typed(&self) -> bool {
        let same = self.rows.iter().map(|row| &row.id).eq(&self.opened_rows);
        !same || self.rows.iter().any(Row::is_changed)
    }

    // ── where one types ───────────────────────────────────────────────────

    /// Where the cursor is.
    pub fn focus(&self) -> Spot {
        self.focus
    }

    /// The place of the unfolded key result.
    pub fn unfolded(&self) -> Option<usize> {
        let id = self.unfolded.as_ref()?;
        self.rows.iter().position(|row| &row.id == id)
    }

    /// Every spot in the order of Tab.
    pub fn spots(&self) -> Vec<Spot> {
        let mut spots: Vec<Spot> = FieldName::ALL
            .into_iter()
            .filter(|name| *name != FieldName::Account || self.with_account)
            .map(Spot::Field)
            .collect();
        let unfolded = self.unfolded();
        for (place, row) in self.rows.iter().enumerate() {
            spots.push(Spot::Row(place));
            if unfolded == Some(place) {
                spots.extend(
                    row.text
                        .parts()
                        .into_iter()
                        .map(|part| Spot::Part(place, part)),
                );
                spots.push(Spot::More(place));
            }
        }
        spots.push(Spot::Add);
        spots
    }

    /// Puts the cursor on a spot, behind its text.
    pub fn go_to(&mut self, spot: Spot) {
        self.focus = spot;
        self.writing = match spot.takes() {
            Takes::Line => Writing::Line(Field::with(self.get(spot))),
            Takes::Lines => {
                let mut area = TextArea::with(self.get(spot));
                area.set_cursor(usize::MAX, usize::MAX);
                Writing::Lines(Box::new(area))
            }
            Takes::Toggle | Takes::Enter => Writing::Nothing,
        };
    }

    /// Goes on by spots, and round at the ends: one step back from the name is
    /// the line that adds a key result.
    pub fn step(&mut self, on: bool) {
        let spots = self.spots();
        let count = spots.len().max(1);
        let at = spots
            .iter()
            .position(|spot| *spot == self.focus)
            .unwrap_or(0);
        let to = if on { at + 1 } else { at + count - 1 } % count;
        if let Some(spot) = spots.get(to) {
            self.go_to(*spot);
        }
    }

    /// The focus goes to where it can be, if its spot is gone.
    fn settle(&mut self) {
        if !self.spots().contains(&self.focus) {
            let spot = match self.focus {
                Spot::Part(place, _) | Spot::More(place) | Spot::Row(place)
                    if place < self.rows.len() =>
                {
                    Spot::Row(place)
                }
                _ => Spot::Add,
            };
            self.go_to(spot);
        }
    }

    /// The field under the cursor, if it is one of one line.
    pub fn line(&self) -> Option<&Field> {
        match &self.writing {
            Writing::Line(field) => Some(field),
            Writing::Lines(_) | Writing::Nothing => None,
        }
    }

    /// The text area under the cursor.
    pub fn lines(&self) -> Option<&TextArea> {
        match &self.writing {
            Writing::Lines(area) => Some(area),
            Writing::Line(_) | Writing::Nothing => None,
        }
    }

    // ── what is typed ─────────────────────────────────────────────────────

    /// The text of a spot.
    pub fn get(&self, spot: Spot) -> &str {
        match spot {
            Spot::Field(name) => self.text.get(name),
            Spot::Part(place, part) => self.rows.get(place).map_or("", |row| row.text.get(part)),
            Spot::Row(_) | Spot::More(_) | Spot::Add => "",
        }
    }

    /// Puts a text, and into the widget if it is the one under the cursor.
    pub fn put(&mut self, spot: Spot, text: &str) {
        self.write(spot, text.to_owned());
        if spot == self.focus {
            match &mut self.writing {
                Writing::Line(field) => field.set(text),
                Writing::Lines(area) => {
                    area.replace(text);
                }
                Writing::Nothing => {}
            }
        }
        self.settle();
    }

    fn write(&mut self, spot: Spot, text: String) {
        match spot {
            Spot::Field(name) => self.text.put(name, text),
            Spot::Part(place, part) => {
                if let Some(row) = self.rows.get_mut(place) {
                    row.text.set(part, &text);
                }
            }
            Spot::Row(_) | Spot::More(_) | Spot::Add => {}
        }
    }

    /// Edits the text under the cursor. False if the text stays as it was.
    pub fn edit(&mut self, edit: &Edit) -> bool {
        let (spot, before) = (self.focus, self.get(self.focus).to_owned());
        let text = match &mut self.writing {
            Writing::Nothing => return false,
            Writing::Line(field) => {
                field.edit(edit.clone());
                field.text().to_owned()
            }
            Writing::Lines(area) => {
                area.edit(edit.clone());
                area.text()
            }
        };
        let changed = text != before;
        self.write(spot, text);
        changed
    }

    /// Turns the toggle under the cursor; `to` sets it.
    pub fn toggle(&mut self, to: Option<bool>) {
        let spot = self.focus;
        if spot.takes() == Takes::Toggle {
            let yes = to.unwrap_or(self.get(spot) != "yes");
            self.write(spot, yes_text(yes));
        }
    }

    // ── key results ───────────────────────────────────────────────────────

    /// Adds a key result, unfolded, with the cursor in its name.
    pub fn add_row(&mut self, id: ResultId) {
        self.unfolded = Some(id.clone());
        self.rows.push(Row {
            id,
            text: ResultText::new(),
            opened: None,
        });
        self.go_to(Spot::Part(self.rows.len() - 1, Part::Name));
    }

    /// Unfolds a key result, or folds it again.
    pub fn turn_row(&mut self, place: usize) {
        let Some(row) = self.rows.get(place) else {
            return;
        };
        if self.unfolded.as_ref() == Some(&row.id) {
            self.unfolded = None;
            self.go_to(Spot::Row(place));
        } else {
            self.unfolded = Some(row.id.clone());
            self.go_to(Spot::Part(place, Part::Name));
        }
    }

    /// Unfolds a key result and goes to one of its parts.
    pub fn show_part(&mut self, place: usize, part: Part) {
        self.unfolded = self.rows.get(place).map(|row| row.id.clone());
        self.go_to(Spot::Part(place, part));
    }

    /// Takes a key result out.
    pub fn remove_row(&mut self, place: usize) {
        if place < self.rows.len() {
            self.rows.remove(place);
            let last = self.rows.len().checked_sub(1);
            self.go_to(last.map_or(Spot::Add, |last| Spot::Row(place.min(last))));
        }
    }

    /// Moves a key result up or down among the others.
    pub fn move_row(&mut self, place: usize, down: bool) {
        let to = if down {
            place.checked_add(1)
        } else {
            place.checked_sub(1)
        };
        if let Some(to) = to.filter(|to| *to < self.rows.len() && place < self.rows.len()) {
            self.rows.swap(place, to);
            self.go_to(match self.focus {
                Spot::More(_) => Spot::More(to),
                _ => Spot::Row(to),
            });
        }
    }

    // ── reading ───────────────────────────────────────────────────────────

    /// Reads everything that is typed.
    ///
    /// # Errors
    /// Each spot that is wrong, with one sentence, in the order of the form.
    pub fn read(&self, goal: Option<&Goal>, now: &Now) -> Result<(Values, Vec<KeyResult>), Wrongs> {
        match (self.text.read(now), read_rows(&self.rows, goal)) {
            (Ok(values), Ok(rows)) => Ok((values, rows)),
            (values, rows) => Err(spots_of(values.err(), rows.err())),
        }
    }

    // ── drafts ────────────────────────────────────────────────────────────

    /// What is typed as a draft: only what is not as it was.
    pub fn draft(&self, key: DraftKey, at: Time) -> Draft {
        let mut fields = BTreeMap::new();
        for name in FieldName::ALL {
            if self.text.get(name) != self.opened.get(name) {
                fields.insert(name.id().to_owned(), self.text.get(name).to_owned());
            }
        }
        if self.are_rows_typed() {
            let ids: Vec<&str> = self.rows.iter().map(|row| row.id.as_str()).collect();
            fields.insert("results".to_owned(), ids.join("\n"));
            for row in self.rows.iter().filter(|row| row.is_changed()) {
                for part in Part::ALL {
                    let text = row.text.get(part);
                    if row
                        .opened
                        .as_ref()
                        .is_none_or(|opened| opened.get(part) != text)
                    {
                        fields.insert(format!("r {} {}", row.id, part.id()), text.to_owned());
                    }
                }
            }
        }
        let cursor = match &self.writing {
            Writing::Line(field) => (0, field.cursor()),
            Writing::Lines(area) => area.cursor(),
            Writing::Nothing => (0, 0),
        };
        Draft {
            key,
            fields,
            focus: self.focus_id(),
            cursor,
            scroll: self.lines().map_or(0, |area| usize::from(area.scroll())),
            saved_at: at,
        }
    }

    /// Puts a draft over the texts the form began with.
    pub fn restore(&mut self, draft: &Draft) {
        for (id, text) in &draft.fields {
            if let Some(name) = FieldName::parse(id) {
                self.text.put(name, text.clone());
            }
        }
        if let Some(ids) = draft.fields.get("results") {
            let before = std::mem::take(&mut self.rows);
            let ids = ids.lines().filter(|id| !id.is_empty());
            self.rows = ids.map(|id| restored_row(id, &before, draft)).collect();
        }
        let focus = self.spot_of(&draft.focus).unwrap_or(self.focus);
        if let Spot::Part(place, _) | Spot::More(place) = focus {
            self.unfolded = self.rows.get(place).map(|row| row.id.clone());
        }
        self.go_to(focus);
        self.settle();
        let (line, column) = draft.cursor;
        match &mut self.writing {
            Writing::Line(field) => field.set_cursor(column),
            Writing::Lines(area) => {
                let scroll = u16::try_from(draft.scroll).unwrap_or(u16::MAX);
                **area = TextArea::restored(&area.text(), (line, column), scroll);
            }
            Writing::Nothing => {}
        }
    }

    fn focus_id(&self) -> String {
        let id = |place: usize| self.rows.get(place).map_or("", |row| row.id.as_str());
        match self.focus {
            Spot::Field(name) => name.id().to_owned(),
            Spot::Row(place) => format!("row {}", id(place)),
            Spot::Part(place, part) => format!("r {} {}", id(place), part.id()),
            Spot::More(place) => format!("more {}", id(place)),
            Spot::Add => "add".to_owned(),
        }
    }

    fn spot_of(&self, id: &str) -> Option<Spot> {
        let place = |id: &str| self.rows.iter().position(|row| row.id.as_str() == id);
        if let Some(name) = FieldName::parse(id) {
            Some(Spot::Field(name))
        } else if let Some(row) = id.strip_prefix("row ") {
            place(row).map(Spot::Row)
        } else if let Some(row) = id.strip_prefix("more ") {
            place(row).map(Spot::More)
        } else if let Some((row, part)) =
            id.strip_prefix("r ").and_then(|rest| rest.rsplit_once(' '))
        {
            Some(Spot::Part(place(row)?, Part::parse(part)?))
        } else {
            (id == "add").then_some(Spot::Add)
        }
    }
}

fn restored_row(id: &str, before: &[Row], draft: &Draft) -> Row {
    let known = before.iter().find(|row| row.id.as_str() == id);
    let mut row = known.cloned().unwrap_or_else(|| Row {
        id: ResultId::new(id),
        text: ResultText::new(),
        opened: None,
    });
    for part in Part::ALL {
        if let Some(text) = draft.fields.get(&format!("r {id} {}", part.id())) {
            row.text.set(part, text);
        }
    }
    row
}

fn spots_of(fields: Option<Vec<(FieldName, String)>>, rows: Option<WrongRows>) -> Wrongs {
    let fields = fields.into_iter().flatten();
    let rows = rows.into_iter().flatten().flat_map(|(place, parts)| {
        let of_row = move |(part, why)| (Spot::Part(place, part), why);
        parts.into_iter().map(of_row)
    });
    fields
        .map(|(name, why)| (Spot::Field(name), why))
        .chain(rows)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::Form;
    use crate::model::ids::GoalId;
    use crate::model::time::Zone;

    fn now() -> Now {
        Now::new("2026-11-20T10:42:00Z".parse().unwrap(), Zone::utc())
    }

    fn goal() -> Goal {
        let mut goal = Goal::new("local:g-1".into(), "local".into(), "Launch", now().at);
        for name in ["a", "b"] {
            let mut text = ResultText::new();
            text.set(Part::Name, name);
            text.set(Part::Target, "10");
            goal.results.push(text.read(name.into(), None).unwrap());
        }
        goal
    }

    fn state() -> State {
        let goal = goal();
        State::new(GoalText::of(&goal), &goal.results, false)
    }

    fn key() -> DraftKey {
        DraftKey {
            goal: Some(GoalId::new("local:g-1")),
            form: Form::EditGoal,
        }
    }

    fn type_in(state: &mut State, text: &str) {
        for letter in text.chars() {
            state.edit(&Edit::Insert(letter));
        }
    }

    #[test]
    fn tab_goes_through_everything_that_is_unfolded() {
        let mut state = state();
        assert_eq!(state.spots().last(), Some(&Spot::Add));
        let folded = state.spots().len();
        state.turn_row(1);
        assert_eq!(state.focus(), Spot::Part(1, Part::Name));
        assert!(state.spots().len() > folded);
        state.step(false);
        assert_eq!(state.focus(), Spot::Row(1));
        state.turn_row(1);
        assert_eq!(state.spots().len(), folded);
    }

    #[test]
    fn a_draft_holds_what_was_typed_and_gives_it_back() {
        let mut typed = state();
        assert!(!typed.is_typed());
        type_in(&mut typed, " it");
        typed.add_row("new".into());
        type_in(&mut typed, "Sign-ups");
        typed.put(Spot::Part(2, Part::Kind), "checklist");
        typed.go_to(Spot::Part(2, Part::Items));
        type_in(&mut typed, "x");
        typed.edit(&Edit::Newline);
        type_in(&mut typed, "yz");
        typed.edit(&Edit::Left);
        let draft = typed.draft(key(), now().at);
        assert_eq!(
            draft.fields.get("name").map(String::as_str),
            Some("Launch it")
        );
        assert!(!draft.fields.contains_key("due"));
        let mut again = state();
        again.restore(&draft);
        assert_eq!((&again.text, &again.rows), (&typed.text, &typed.rows));
        assert_eq!(again.focus(), Spot::Part(2, Part::Items));
        assert_eq!(again.lines().unwrap().cursor(), (1, 1));
        assert_eq!(again.draft(key(), now().at), draft);
    }

    #[test]
    fn a_removed_row_stays_removed_in_the_draft() {
        let mut typed = state();
        typed.remove_row(0);
        let mut again = state();
        again.restore(&typed.draft(key(), now().at));
        assert_eq!(again.rows, typed.rows);
        assert!(again.is_typed());
    }

    #[test]
    fn a_draft_of_an_older_goal_does_not_break_the_form() {
        let mut typed = state();
        typed.turn_row(1);
        type_in(&mut typed, "bb");
        let draft = typed.draft(key(), now().at);
        let mut goal = goal();
        goal.results.clear();
        let mut again = State::new(GoalText::of(&goal), &goal.results, false);
        again.restore(&draft);
        assert_eq!(again.rows.len(), 2);
        assert!(again.spots().contains(&again.focus()));
    }

    #[test]
    fn the_focus_never_stays_on_what_is_gone() {
        let mut state = state();
        state.turn_row(0);
        state.go_to(Spot::Part(0, Part::Target));
        state.put(Spot::Part(0, Part::Kind), "yes_no");
        assert_eq!(state.focus(), Spot::Row(0));
        state.remove_row(0);
        state.remove_row(0);
        assert_eq!(state.focus(), Spot::Add);
    }

    #[test]
    fn errors_come_in_the_order_of_the_form() {
        let mut state = state();
        state.put(Spot::Field(FieldName::Name), "");
        state.put(Spot::Part(1, Part::Target), "x");
        let goal = goal();
        let wrong = state.read(Some(&goal), &now()).unwrap_err();
        let spots: Vec<Spot> = wrong.into_iter().map(|(spot, _)| spot).collect();
        assert_eq!(
            spots,
            [Spot::Field(FieldName::Name), Spot::Part(1, Part::Target)]
        );
    }
}
