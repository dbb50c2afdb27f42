//! A goal as a person types it: texts by field, read into values and compared
//! with what stood there when the form was opened. Pure; draws nothing.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use crate::model::cadence::Cadence;
use crate::model::dates::{self, Lean};
use crate::model::exchange::GoalEdit;
use crate::model::goal::Goal;
use crate::model::ids::{GoalId, PersonId, ResultId};
use crate::model::key_result::KeyResult;
use crate::model::time::Now;
use crate::model::values;

use super::result_text::{ResultText, Wrong, plain};

/// A field of the goal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldName {
    /// Where it is kept; only for a new goal where there is a choice.
    Account,
    /// Its name.
    Name,
    /// The goal above it; an id.
    Parent,
    /// Who answers for it; an id.
    Champion,
    /// Who acknowledges its check-ins; an id.
    Reviewer,
    /// First day.
    Start,
    /// Last day.
    Due,
    /// How often a check-in is asked for.
    Cadence,
    /// Share in the parent's progress.
    Weight,
    /// Whether it is meant to be hard.
    Aspirational,
    /// Words to find it by.
    Tags,
    /// What it is about.
    Description,
}

impl FieldName {
    /// Every field in the order of the form.
    pub const ALL: [FieldName; 12] = [
        FieldName::Account,
        FieldName::Name,
        FieldName::Parent,
        FieldName::Champion,
        FieldName::Reviewer,
        FieldName::Start,
        FieldName::Due,
        FieldName::Cadence,
        FieldName::Weight,
        FieldName::Aspirational,
        FieldName::Tags,
        FieldName::Description,
    ];

    /// Its name in drafts and answers.
    pub fn id(self) -> &'static str {
        match self {
            FieldName::Account => "account",
            FieldName::Name => "name",
            FieldName::Parent => "parent",
            FieldName::Champion => "champion",
            FieldName::Reviewer => "reviewer",
            FieldName::Start => "start",
            FieldName::Due => "due",
            FieldName::Cadence => "cadence",
            FieldName::Weight => "weight",
            FieldName::Aspirational => "aspirational",
            FieldName::Tags => "tags",
            FieldName::Description => "description",
        }
    }

    /// The field with this name.
    pub fn parse(id: &str) -> Option<FieldName> {
        FieldName::ALL.into_iter().find(|name| name.id() == id)
    }

    /// Its label.
    pub fn label(self) -> &'static str {
        match self {
            FieldName::Account => "Account",
            FieldName::Name => "Name",
            FieldName::Parent => "Parent",
            FieldName::Champion => "Champion",
            FieldName::Reviewer => "Reviewer",
            FieldName::Start => "Start",
            FieldName::Due => "Due",
            FieldName::Cadence => "Cadence",
            FieldName::Weight => "Weight",
            FieldName::Aspirational => "Aspirational",
            FieldName::Tags => "Tags",
            FieldName::Description => "Description",
        }
    }

    /// Whether it is chosen from a list.
    pub fn is_picked(self) -> bool {
        matches!(
            self,
            FieldName::Account | FieldName::Parent | FieldName::Champion | FieldName::Reviewer
        )
    }
}

/// The texts of a goal form, key results apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoalText(BTreeMap<FieldName, String>);

/// What the texts mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// The goal above it.
    pub parent: Option<GoalId>,
    /// Who answers for it.
    pub champion: Option<PersonId>,
    /// Who acknowledges.
    pub reviewer: Option<PersonId>,
    /// First day.
    pub start: Option<NaiveDate>,
    /// Last day.
    pub due: Option<NaiveDate>,
    /// Cadence of check-ins.
    pub cadence: Cadence,
    /// Weight, 0 or more.
    pub weight: f64,
    /// Meant to be hard.
    pub aspirational: bool,
    /// Tags.
    pub tags: Vec<String>,
}

impl GoalText {
    /// A goal as it is.
    pub fn of(goal: &Goal) -> Self {
        let mut text = Self::default();
        let id = |id: Option<&str>| id.unwrap_or_default().to_owned();
        text.put(FieldName::Account, goal.account.to_string());
        text.put(FieldName::Name, goal.name.clone());
        text.put(
            FieldName::Parent,
            id(goal.parent.as_ref().map(GoalId::as_str)),
        );
        text.put(
            FieldName::Champion,
            id(goal.champion.as_ref().map(PersonId::as_str)),
        );
        text.put(
            FieldName::Reviewer,
            id(goal.reviewer.as_ref().map(PersonId::as_str)),
        );
        text.put(
            FieldName::Start,
            goal.start.map(day_text).unwrap_or_default(),
        );
        text.put(FieldName::Due, goal.due.map(day_text).unwrap_or_default());
        text.put(FieldName::Cadence, goal.cadence.to_string());
        text.put(FieldName::Weight, plain(goal.weight));
        text.put(FieldName::Aspirational, yes_text(goal.aspirational));
        text.put(FieldName::Tags, goal.tags.join(", "));
        text.put(FieldName::Description, goal.description.clone());
        text
    }

    /// The text of a field.
    pub fn get(&self, name: FieldName) -> &str {
        self.0.get(&name).map_or("", String::as_str)
    }

    /// Puts a text.
    pub fn put(&mut self, name: FieldName, text: String) {
        // Nothing typed and nothing there are the same.
        if text.is_empty() {
            self.0.remove(&name);
        } else {
            self.0.insert(name, text);
        }
    }

    /// Whether a toggle says yes.
    pub fn is_yes(&self, name: FieldName) -> bool {
        self.get(name) == "yes"
    }

    /// The id a field holds, if any.
    pub fn picked(&self, name: FieldName) -> Option<&str> {
        Some(self.get(name)).filter(|id| !id.is_empty())
    }

    /// A field that holds a day.
    ///
    /// # Errors
    /// One sentence with the forms that can be read.
    pub fn day(&self, name: FieldName, now: &Now) -> Result<Option<NaiveDate>, String> {
        let typed = self.get(name).trim();
        if typed.is_empty() || typed.eq_ignore_ascii_case("none") {
            return Ok(None);
        }
        // A period may have begun long ago; it ends ahead.
        let lean = if name == FieldName::Start {
            Lean::Near
        } else {
            Lean::Ahead
        };
        dates::parse_day_leaning(typed, now, lean).map(Some)
    }

    /// Reads all fields.
    ///
    /// # Errors
    /// Each field that is wrong, with one sentence.
    pub fn read(&self, now: &Now) -> Result<Values, Vec<(FieldName, String)>> {
        let mut wrong = Vec::new();
        let name = self.get(FieldName::Name).trim().to_owned();
        if name.is_empty() {
            wrong.push((FieldName::Name, "a goal needs a name".to_owned()));
        }
        let mut day = |field| {
            self.day(field, now)
                .map_err(|why| wrong.push((field, why)))
                .unwrap_or_default()
        };
        let (start, due) = (day(FieldName::Start), day(FieldName::Due));
        if let (Some(start), Some(due)) = (start, due)
            && due < start
        {
            let why = format!("that is before it starts, {}", dates::day(start, now));
            wrong.push((FieldName::Due, why));
        }
        let cadence = match self.get(FieldName::Cadence).trim() {
            "" => Cadence::None,
            typed => typed.to_lowercase().parse().unwrap_or_else(|why| {
                wrong.push((FieldName::Cadence, why));
                Cadence::None
            }),
        };
        let weight = match self.get(FieldName::Weight).trim() {
            "" => 1.0,
            typed => values::parse_number(typed)
                .and_then(|weight| match weight {
                    0.0.. => Ok(weight),
                    _ => Err("a weight is 0 or more".to_owned()),
                })
                .unwrap_or_else(|why| {
                    wrong.push((FieldName::Weight, why));
                    1.0
                }),
        };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Values {
            name,
            description: self.get(FieldName::Description).trim_end().to_owned(),
            parent: self.picked(FieldName::Parent).map(GoalId::new),
            champion: self.picked(FieldName::Champion).map(PersonId::new),
            reviewer: self.picked(FieldName::Reviewer).map(PersonId::new),
            start,
            due,
            cadence,
            weight,
            aspirational: self.is_yes(FieldName::Aspirational),
            tags: tags(self.get(FieldName::Tags)),
        })
    }

    /// The edit that makes of the goal what was typed: only fields whose text is
    /// not the one the form was opened with, so that what somebody else changed
    /// meanwhile stays.
    pub fn edit(&self, opened: &GoalText, values: Values) -> GoalEdit {
        let is_new = |name| self.get(name) != opened.get(name);
        let mut edit = GoalEdit::default();
        if is_new(FieldName::Name) {
            edit.name = Some(values.name);
        }
        if is_new(FieldName::Description) {
            edit.description = Some(values.description);
        }
        if is_new(FieldName::Parent) {
            edit.parent = Some(values.parent);
        }
        if is_new(FieldName::Champion) {
            edit.champion = Some(values.champion);
        }
        if is_new(FieldName::Reviewer) {
            edit.reviewer = Some(values.reviewer);
        }
        if is_new(FieldName::Start) {
            edit.start = Some(values.start);
        }
        if is_new(FieldName::Due) {
            edit.due = Some(values.due);
        }
        if is_new(FieldName::Cadence) {
            edit.cadence = Some(values.cadence);
        }
        if is_new(FieldName::Weight) {
            edit.weight = Some(values.weight);
        }
        if is_new(FieldName::Aspirational) {
            edit.aspirational = Some(values.aspirational);
        }
        if is_new(FieldName::Tags) {
            edit.tags = Some(values.tags);
        }
        edit
    }
}

/// A key result of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The key result, or the one it will be.
    pub id: ResultId,
    /// What is typed.
    pub text: ResultText,
    /// What stood there when the form was opened; none for a new one.
    pub opened: Option<ResultText>,
}

impl Row {
    /// A key result as it is.
    pub fn of(result: &KeyResult) -> Self {
        let text = ResultText::of(result);
        Self {
            id: result.id.clone(),
            opened: Some(text.clone()),
            text,
        }
    }

    /// Whether it has to be written.
    pub fn is_changed(&self) -> bool {
        self.opened.as_ref() != Some(&self.text)
    }
}

/// Rows that are wrong, by place.
pub type WrongRows = Vec<(usize, Wrong)>;

/// Reads the rows that have to be written. What the form does not show comes
/// from `goal` as it is now.
///
/// # Errors
/// Each row that is wrong, by its place.
pub fn read_rows(rows: &[Row], goal: Option<&Goal>) -> Result<Vec<KeyResult>, WrongRows> {
    let (mut read, mut wrong) = (Vec::new(), Vec::new());
    for (place, row) in rows.iter().enumerate().filter(|(_, row)| row.is_changed()) {
        let old = goal.and_then(|goal| goal.result(&row.id));
        match row.text.read(row.id.clone(), old) {
            Ok(result) => read.push(result),
            Err(parts) => wrong.push((place, parts)),
        }
    }
    if wrong.is_empty() {
        Ok(read)
    } else {
        Err(wrong)
    }
}

/// Adds to an edit what changes among the key results: `opened` are those the
/// form began with, in their order, `put` those read by [`read_rows`].
pub fn edit_rows(edit: &mut GoalEdit, rows: &[Row], opened: &[ResultId], put: Vec<KeyResult>) {
    let now: Vec<&ResultId> = rows.iter().map(|row| &row.id).collect();
    edit.drop_results = opened
        .iter()
        .filter(|id| !now.contains(id))
        .cloned()
        .collect();
    // What is added goes to the end by itself.
    let kept = opened.iter().filter(|id| now.contains(id));
    let added = rows.iter().filter(|row| row.opened.is_none());
    let by_itself: Vec<&ResultId> = kept.chain(added.map(|row| &row.id)).collect();
    if by_itself != now {
        edit.order = Some(now.into_iter().cloned().collect());
    }
    edit.put_results = put;
}

/// A day as the form writes it; read back whatever today is.
pub fn day_text(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// A toggle as text.
pub fn yes_text(yes: bool) -> String {
    if yes { "yes" } else { "" }.to_owned()
}

/// The last day of the quarter that `day` is in.
pub fn end_of_quarter(day: NaiveDate) -> NaiveDate {
    let month = (day.month0() / 3) * 3 + 4;
    let (year, month) = if month > 12 {
        (day.year() + 1, 1)
    } else {
        (day.year(), month)
    };
    NaiveDate::from_ymd_opt(year, month, 1)
        .and_then(|first| first.checked_sub_days(Days::new(1)))
        .unwrap_or(day)
}

fn tags(typed: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in typed.split(',') {
        let tag = tag.trim().trim_start_matches('#').trim();
        if !tag.is_empty() && !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::super::result_text::Part;
    use super::*;
    use crate::model::key_result::{Kind, Reading};
    use crate::model::time::Zone;

    fn now() -> Now {
        Now::new("2026-11-20T10:42:00Z".parse().unwrap(), Zone::utc())
    }

    fn goal() -> Goal {
        let mut goal = Goal::new("local:g-1".into(), "local".into(), "Launch", now().at);
        goal.start = NaiveDate::from_ymd_opt(2025, 10, 1);
        goal.due = NaiveDate::from_ymd_opt(2026, 12, 31);
        goal.cadence = "weekly:fri".parse().unwrap();
        goal.champion = Some("local:p-1".into());
        goal.tags = vec!["growth".into(), "big bet".into()];
        for name in ["a", "b", "c"] {
            goal.results.push(result(name));
        }
        goal
    }

    fn result(name: &str) -> KeyResult {
        let mut text = ResultText::new();
        text.set(Part::Name, name);
        text.set(Part::Target, "10");
        text.read(name.into(), None).unwrap()
    }

    fn rows(goal: &Goal) -> (Vec<Row>, Vec<ResultId>) {
        let opened = goal
            .results
            .iter()
            .map(|result| result.id.clone())
            .collect();
        (goal.results.iter().map(Row::of).collect(), opened)
    }

    #[test]
    fn a_goal_comes_back_as_it_was() {
        let goal = goal();
        let text = GoalText::of(&goal);
        let values = text.read(&now()).unwrap();
        assert_eq!(values.start, goal.start);
        assert_eq!(values.due, goal.due);
        assert_eq!(values.cadence, goal.cadence);
        assert_eq!(values.champion, goal.champion);
        assert_eq!(values.tags, goal.tags);
        assert_eq!(text.edit(&text, values), GoalEdit::default());
    }

    #[test]
    fn an_edit_holds_only_what_was_typed() {
        let opened = GoalText::of(&goal());
        let mut text = opened.clone();
        text.put(FieldName::Due, "+6w".into());
        text.put(FieldName::Champion, String::new());
        let edit = text.edit(&opened, text.read(&now()).unwrap());
        let expected = GoalEdit {
            due: Some(NaiveDate::from_ymd_opt(2027, 1, 1)),
            champion: Some(None),
            ..GoalEdit::default()
        };
        assert_eq!(edit, expected);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let mut text = GoalText::of(&goal());
        text.put(FieldName::Name, "  ".into());
        text.put(FieldName::Due, "1 Oct 2024".into());
        text.put(FieldName::Cadence, "sometimes".into());
        text.put(FieldName::Weight, "-2".into());
        let wrong: Vec<FieldName> = text
            .read(&now())
            .unwrap_err()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(
            wrong,
            [
                FieldName::Name,
                FieldName::Due,
                FieldName::Cadence,
                FieldName::Weight
            ]
        );
        text.put(FieldName::Start, "someday".into());
        assert!(
            text.read(&now())
                .unwrap_err()
                .iter()
                .any(|(name, _)| *name == FieldName::Start)
        );
    }

    #[test]
    fn rows_that_nobody_touched_are_not_written() {
        let goal = goal();
        let (mut rows, opened) = rows(&goal);
        rows[1].text.set(Part::Target, "12");
        let put = read_rows(&rows, Some(&goal)).unwrap();
        assert_eq!(put.len(), 1);
        let mut edit = GoalEdit::default();
        edit_rows(&mut edit, &rows, &opened, put);
        assert_eq!(edit.put_results[0].target, Some(12.0));
        assert_eq!((edit.order, edit.drop_results.len()), (None, 0));
    }

    #[test]
    fn a_check_in_written_meanwhile_keeps_its_value() {
        let mut goal = goal();
        let (mut rows, _) = rows(&goal);
        rows[0].text.set(Part::Name, "renamed");
        goal.results[0].current = Some(Reading::Number(7.0));
        let put = read_rows(&rows, Some(&goal)).unwrap();
        assert_eq!(put[0].current, Some(Reading::Number(7.0)));
    }

    #[test]
    fn removing_adding_and_reordering_are_told() {
        let goal = goal();
        let (mut rows, opened) = rows(&goal);
        rows.remove(0);
        let mut new = ResultText::new();
        new.set(Part::Name, "d");
        new.set(Part::Kind, "yes_no");
        let new = Row {
            id: "d".into(),
            text: new,
            opened: None,
        };
        rows.push(new.clone());
        let mut edit = GoalEdit::default();
        let put = read_rows(&rows, Some(&goal)).unwrap();
        edit_rows(&mut edit, &rows, &opened, put);
        assert_eq!(edit.drop_results, ["a".into()]);
        assert_eq!(edit.put_results[0].kind, Kind::YesNo);
        assert_eq!(edit.order, None);
        rows.swap(0, 2);
        edit_rows(&mut edit, &rows, &opened, Vec::new());
        assert_eq!(edit.order, Some(vec!["d".into(), "c".into(), "b".into()]));
    }

    #[test]
    fn quarters_end_on_their_last_day() {
        for (day, end) in [
            ("2026-11-20", "2026-12-31"),
            ("2026-12-31", "2026-12-31"),
            ("2026-02-03", "2026-03-31"),
        ] {
            let day: NaiveDate = day.parse().unwrap();
            assert_eq!(end_of_quarter(day).to_string(), end);
        }
    }

    #[test]
    fn tags_are_apart_by_commas() {
        assert_eq!(tags("growth, #big bet,, growth ,"), ["growth", "big bet"]);
    }
}
