//! What posting would do: each key result afterwards, and the goal. Reckoned at
//! every key from this one goal and its children, never from all goals.

use super::values::ValueField;
use crate::model::figures::{self, Context, Figures};
use crate::model::goal::Goal;
use crate::model::key_result::{KeyResult, Reading};
use crate::model::pace;
use crate::model::progress::{self, Progress};
use crate::model::status::Status;
use crate::screens::Scene;

/// What the goal and its key results would read.
#[derive(Clone, Debug, Default)]
pub struct Outlook {
    /// One for each value field, in its order.
    pub rows: Vec<Row>,
    /// The goal's progress now, raw.
    pub was: Option<f64>,
    /// The goal's progress after posting, raw.
    pub then: Option<f64>,
    /// Where the goal should be by now, 0–1.
    pub expected: Option<f64>,
    /// Progress after posting minus expected, −1 to 1.
    pub gap: Option<f64>,
    /// The status pace would choose.
    pub suggested: Option<Status>,
}

/// What one key result would read.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The reading itself; none before the first.
    pub reading: Option<Reading>,
    /// Its progress, raw.
    pub then: Option<f64>,
    /// Points it would move; none if nothing is entered.
    pub gained: Option<i64>,
    /// Whether a guardrail would hold.
    pub held: Option<bool>,
    /// The status its pace would suggest.
    pub suggested: Option<Status>,
    /// The value it should read today.
    pub expected: Option<f64>,
}

impl Outlook {
    /// What posting these entries would do.
    pub fn of(goal: &Goal, fields: &[ValueField], scene: &Scene<'_>) -> Self {
        let children = scene.store.parts_below(goal);
        let context = Context {
            now: &scene.now,
            rules: scene.store.rules(),
        };
        let mut changed = stand_in(goal, scene);
        let before = figures::figures(&changed, &children, &context);
        let rows = fields
            .iter()
            .map(|field| {
                let place = changed
                    .results
                    .iter()
                    .position(|result| result.id == field.result);
                let result = place.and_then(|place| changed.results.get_mut(place));
                result.map_or_else(Row::default, |result| row(goal, result, field, &context))
            })
            .collect();
        let after = figures::figures(&changed, &children, &context);
        Self {
            rows,
            was: ours(&before),
            then: ours(&after),
            expected: after.expected,
            gap: after.gap,
            suggested: after.suggested(),
        }
    }
}

/// Our own count, which the entries move; the provider's where we have none.
fn ours(figures: &Figures) -> Option<f64> {
    let ours = figures.progress.map(|progress| progress.raw);
    ours.or(figures.provider)
}

/// Enters the field into `result` and says what it would read.
fn row(goal: &Goal, result: &mut KeyResult, field: &ValueField, context: &Context<'_>) -> Row {
    let before = progress::of_result(result);
    let entered = field.reading(result).ok().flatten();
    let is_entered = entered.is_some();
    if entered.is_some() {
        result.current = entered;
    }
    let then = progress::of_result(result);
    let held = result
        .current
        .as_ref()
        .and_then(|reading| progress::is_held(result, reading));
    let suggested = pace::result_status(goal, result, context.now, context.rules);
    let expected = result
        .kind
        .is_ranged()
        .then(|| pace::expected_value(goal, result, context.now.at, context.now))
        .flatten()
        .filter(|_| pace::has_own_pace(result));
    Row {
        reading: result.current.clone(),
        then: then.map(|progress| progress.raw),
        gained: is_entered.then(|| gained(before, then)).flatten(),
        held,
        suggested,
        expected,
    }
}

/// Points between two figures; the first reading counts from nothing.
fn gained(before: Option<Progress>, then: Option<Progress>) -> Option<i64> {
    let before = before.map_or(0.0, |before| before.raw);
    then.map(|then| progress::points(then.raw - before))
}

/// The goal with only what figures need: its notes may be long.
fn stand_in(goal: &Goal, scene: &Scene<'_>) -> Goal {
    let mut copy = Goal::new(
        goal.id.clone(),
        goal.account.clone(),
        String::new(),
        goal.created_at,
    );
    copy.start = goal.start;
    copy.due = goal.due;
    copy.cadence = goal.cadence;
    copy.status = goal.status;
    copy.provider_progress = goal.provider_progress;
    copy.results.clone_from(&goal.results);
    for result in &mut copy.results {
        if result.sum_of.is_empty() {
            continue;
        }
        let children = scene.store.own_children(&goal.id);
        let find = |id: &crate::model::ids::ResultId| {
            children
                .iter()
                .filter_map(|child| scene.store.goal(child)?.result(id)?.current.as_ref())
                .map(Reading::number)
                .next()
        };
        if let Some(sum) = progress::sum(result, &find) {
            result.current = Some(Reading::Number(sum));
        }
    }
    copy
}
