//! What a person enters for each key result: a number, yes or no, or ticks; and
//! what it read when they began, so that a change by somebody else is noticed.

use crate::model::goal::Goal;
use crate::model::ids::ResultId;
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::values;
use crate::widgets::field::Field;

/// The entry of one key result.
#[derive(Clone, Debug)]
pub struct ValueField {
    /// Which key result.
    pub result: ResultId,
    /// What it read before anything was entered; relative numbers count from here.
    pub base: Option<Reading>,
    /// What is entered.
    pub entry: Entry,
}

/// What is entered for one key result; nothing means unchanged.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A number as typed.
    Number(Field),
    /// Done or not, once said.
    YesNo(Option<bool>),
    /// All ticks, once one was changed; as many as there are items.
    Ticks(Option<Vec<bool>>, usize),
    /// Added up from other results: nothing can be entered.
    Sum,
    /// Counted or hidden at the provider: nothing can be entered.
    Elsewhere,
}

impl ValueField {
    /// An empty entry.
    pub fn new(result: &KeyResult) -> Self {
        let entry = match &result.kind {
            _ if result.is_read_elsewhere() => Entry::Elsewhere,
            _ if !result.sum_of.is_empty() => Entry::Sum,
            Kind::YesNo => Entry::YesNo(None),
            Kind::Checklist { items, .. } => Entry::Ticks(None, items.len()),
            Kind::Milestones { steps } => Entry::Ticks(None, steps.len()),
            _ => Entry::Number(Field::new()),
        };
        Self {
            result: result.id.clone(),
            base: result.current.clone(),
            entry,
        }
    }

    /// Entries for all key results of a goal, ticks after the rest; what was
    /// entered before stays.
    pub fn of(goal: &Goal, before: Vec<ValueField>) -> Vec<ValueField> {
        let mut before = before;
        let (ticks, plain): (Vec<&KeyResult>, Vec<&KeyResult>) =
            goal.results.iter().partition(|result| is_ticked(result));
        plain
            .into_iter()
            .chain(ticks)
            .map(|result| {
                let fresh = ValueField::new(result);
                let known = before.iter().position(|field| field.result == result.id);
                let Some(known) = known.map(|place| before.swap_remove(place)) else {
                    return fresh;
                };
                if known.is_touched() && known.entry.fits(&fresh.entry) {
                    known
                } else {
                    fresh
                }
            })
            .collect()
    }

    /// Whether anything is entered.
    pub fn is_touched(&self) -> bool {
        match &self.entry {
            Entry::Number(field) => !field.text().trim().is_empty(),
            Entry::YesNo(yes) => yes.is_some(),
            Entry::Ticks(ticks, _) => ticks.is_some(),
            Entry::Sum | Entry::Elsewhere => false,
        }
    }

    /// Whether a number is entered as a difference to what it read before.
    pub fn is_relative(&self) -> bool {
        matches!(&self.entry, Entry::Number(field) if field.text().trim_start().starts_with(['+', '-', '−']))
    }

    /// What it would read after posting; none if unchanged.
    ///
    /// # Errors
    /// One sentence to show under the field.
    pub fn reading(&self, result: &KeyResult) -> Result<Option<Reading>, String> {
        match &self.entry {
            Entry::Number(field) => values::parse(result, self.base.as_ref(), field.text()),
            Entry::YesNo(yes) => Ok(yes.map(Reading::Yes)),
            Entry::Ticks(ticks, of) => Ok(ticks
                .as_ref()
                .filter(|ticks| **ticks != values::ticks_of(self.base.as_ref(), *of))
                .cloned()
                .map(Reading::Ticks)),
            Entry::Sum | Entry::Elsewhere => Ok(None),
        }
    }

    /// The ticks as they would be after posting.
    pub fn ticks(&self) -> Vec<bool> {
        match &self.entry {
            Entry::Ticks(Some(ticks), _) => ticks.clone(),
            Entry::Ticks(None, of) => values::ticks_of(self.base.as_ref(), *of),
            _ => Vec::new(),
        }
    }

    /// Ticks one item, or unticks it.
    pub fn toggle_tick(&mut self, item: usize) {
        let mut ticks = self.ticks();
        let Some(tick) = ticks.get_mut(item) else {
            return;
        };
        *tick = !*tick;
        self.set_ticks(ticks);
    }

    /// Sets one tick.
    pub fn set_tick(&mut self, item: usize, ticked: bool) {
        let mut ticks = self.ticks();
        if let Some(tick) = ticks.get_mut(item) {
            *tick = ticked;
            self.set_ticks(ticks);
        }
    }

    fn set_ticks(&mut self, now: Vec<bool>) {
        if let Entry::Ticks(ticks, of) = &mut self.entry {
            // Ticked and unticked again is unchanged.
            *ticks = (now != values::ticks_of(self.base.as_ref(), *of)).then_some(now);
        }
    }

    /// Done or not as it would be after posting.
    pub fn is_yes(&self) -> bool {
        let before = self
            .base
            .as_ref()
            .is_some_and(|reading| reading.number() >= 0.5);
        matches!(self.entry, Entry::YesNo(said) if said.unwrap_or(before))
    }

    /// Says done or not.
    pub fn say(&mut self, yes: bool) {
        if let Entry::YesNo(said) = &mut self.entry {
            *said = Some(yes);
        }
    }

    /// Forgets what is entered.
    pub fn clear(&mut self) {
        match &mut self.entry {
            Entry::Number(field) => field.clear(),
            Entry::YesNo(said) => *said = None,
            Entry::Ticks(ticks, _) => *ticks = None,
            Entry::Sum | Entry::Elsewhere => {}
        }
    }

    /// Enters a reading so that it does not depend on what was read before.
    pub fn set(&mut self, reading: &Reading) {
        match (&mut self.entry, reading) {
            (Entry::Number(field), reading) => field.set(&absolute(reading.number())),
            (Entry::YesNo(said), reading) => *said = Some(reading.number() >= 0.5),
            (Entry::Ticks(ticks, of), reading) => {
                *ticks = Some(values::ticks_of(Some(reading), *of));
            }
            (Entry::Sum | Entry::Elsewhere, _) => {}
        }
    }

    /// What is entered as a draft keeps it; empty if nothing is.
    pub fn to_text(&self) -> String {
        match &self.entry {
            Entry::Number(field) => field.text().to_owned(),
            Entry::YesNo(Some(true)) => "y".to_owned(),
            Entry::YesNo(Some(false)) => "n".to_owned(),
            Entry::Ticks(Some(ticks), _) => values::ticks_text(ticks),
            Entry::YesNo(None) | Entry::Ticks(None, _) | Entry::Sum | Entry::Elsewhere => {
                String::new()
            }
        }
    }

    /// Enters what a draft kept; what cannot be read any more is left out.
    pub fn take_text(&mut self, result: &KeyResult, text: &str) {
        if let Entry::Number(field) = &mut self.entry {
            field.set(text);
        } else if let Ok(Some(reading)) = values::parse(result, None, text) {
            self.set(&reading);
        }
    }
}

impl Entry {
    fn fits(&self, other: &Entry) -> bool {
        match (self, other) {
            (Entry::Ticks(_, one), Entry::Ticks(_, other)) => one == other,
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
    }
}

/// Whether a key result is entered by ticking its items.
pub fn is_ticked(result: &KeyResult) -> bool {
    result.sum_of.is_empty()
        && !result.is_read_elsewhere()
        && matches!(
            result.kind,
            Kind::Checklist { .. } | Kind::Milestones { .. }
        )
}

/// A number as a field takes it for itself, not as a difference.
fn absolute(value: f64) -> String {
    // The shortest text that reads back as the same number; `number` would round.
    if value < 0.0 {
        format!("={value}")
    } else {
        value.to_string()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::time::Time;

    pub(crate) fn result(id: &str, kind: Kind, current: Option<Reading>) -> KeyResult {
        KeyResult {
            particulars: None,
            id: id.into(),
            name: id.to_owned(),
            kind,
            unit: String::new(),
            start: 40.0,
            target: Some(200.0),
            current,
            weight: 1.0,
            falling: false,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
        }
    }

    pub(crate) fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    pub(crate) fn goal(results: Vec<KeyResult>) -> Goal {
        let mut goal = Goal::new(
            "local:g".into(),
            "local".into(),
            "Launch self-serve",
            at("2026-10-01T08:00:00Z"),
        );
        goal.results = results;
        goal
    }

    fn number(current: f64) -> KeyResult {
        result("kr", Kind::Number, Some(Reading::Number(current)))
    }

    fn typed(result: &KeyResult, text: &str) -> ValueField {
        let mut field = ValueField::new(result);
        field.take_text(result, text);
        field
    }

    fn list() -> KeyResult {
        let items = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let ticks = Reading::Ticks(vec![true, false, false]);
        result(
            "list",
            Kind::Checklist {
                items,
                ids: Vec::new(),
            },
            Some(ticks),
        )
    }

    #[test]
    fn an_empty_field_leaves_the_value_unchanged() {
        let kr = number(150.0);
        assert_eq!(ValueField::new(&kr).reading(&kr), Ok(None));
        assert!(!typed(&kr, "  ").is_touched());
    }

    #[test]
    fn a_difference_counts_from_what_was_read_when_typing_began() {
        let kr = number(18.0);
        let field = typed(&kr, "-1");
        assert!(field.is_relative());
        assert_eq!(
            field.reading(&number(30.0)),
            Ok(Some(Reading::Number(17.0)))
        );
    }

    #[test]
    fn a_value_set_as_it_is_reads_back_the_same() {
        let kr = number(3.0);
        for value in [0.0, -5.0, 0.123_456, 1500.0, 1e12] {
            let mut field = ValueField::new(&kr);
            field.set(&Reading::Number(value));
            assert_eq!(
                field.reading(&kr),
                Ok(Some(Reading::Number(value))),
                "{value}"
            );
        }
    }

    #[test]
    fn ticking_twice_is_unchanged() {
        let kr = list();
        let mut field = ValueField::new(&kr);
        field.toggle_tick(1);
        assert_eq!(
            field.reading(&kr),
            Ok(Some(Reading::Ticks(vec![true, true, false])))
        );
        assert_eq!(field.to_text(), "#1,2");
        field.toggle_tick(1);
        assert_eq!(field.reading(&kr), Ok(None));
        assert!(!field.is_touched());
        field.toggle_tick(99);
        assert!(!field.is_touched());
    }

    #[test]
    fn yes_can_be_confirmed_though_it_was_yes() {
        let kr = result("yes", Kind::YesNo, Some(Reading::Yes(true)));
        let mut field = ValueField::new(&kr);
        assert!(field.is_yes() && !field.is_touched());
        field.say(true);
        assert_eq!(field.reading(&kr), Ok(Some(Reading::Yes(true))));
    }

    #[test]
    fn what_a_draft_kept_is_entered_again() {
        for (kr, text) in [
            (number(1.0), "+3"),
            (number(1.0), "16o"),
            (list(), "#2,3"),
            (result("yes", Kind::YesNo, None), "n"),
        ] {
            assert_eq!(typed(&kr, text).to_text(), text);
        }
    }

    #[test]
    fn ticks_come_after_the_values_and_sums_are_not_entered() {
        let mut sum = number(1.0);
        sum.id = "sum".into();
        sum.sum_of = vec![("other".into(), 1.0)];
        let goal = goal(vec![list(), number(1.0), sum]);
        let fields = ValueField::of(&goal, Vec::new());
        let order: Vec<&str> = fields.iter().map(|field| field.result.as_str()).collect();
        assert_eq!(order, ["kr", "sum", "list"]);
        assert!(matches!(fields[1].entry, Entry::Sum));
    }

    #[test]
    fn news_from_elsewhere_moves_what_was_read_only_where_nothing_is_entered() {
        let mut goal = goal(vec![number(150.0), list()]);
        let mut fields = ValueField::of(&goal, Vec::new());
        fields[0].take_text(&goal.results[0], "162");
        goal.results[0].current = Some(Reading::Number(158.0));
        goal.results[1].current = Some(Reading::Ticks(vec![true, true, false]));
        let fields = ValueField::of(&goal, fields);
        assert_eq!(fields[0].base, Some(Reading::Number(150.0)));
        assert_eq!(fields[1].base, goal.results[1].current);
    }

    #[test]
    fn an_item_added_elsewhere_makes_the_ticks_fresh() {
        let mut goal = goal(vec![list()]);
        let mut fields = ValueField::of(&goal, Vec::new());
        fields[0].toggle_tick(1);
        if let Kind::Checklist { items, .. } = &mut goal.results[0].kind {
            items.push("d".to_owned());
        }
        let fields = ValueField::of(&goal, fields);
        assert_eq!(fields[0].ticks(), [true, false, false, false]);
    }
}
