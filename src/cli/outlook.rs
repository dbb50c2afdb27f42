//! What a check-in would do to its goal's figures, for who has not posted it yet.

use crate::model::check_in::{DueMoved, ValueChange};
use crate::model::figures::{self, Context};
use crate::model::goal::Goal;
use crate::model::progress;
use crate::model::status::Status;
use crate::model::time::Now;
use crate::store::Store;

/// A goal's figures before and after.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The goal with the new values and due day.
    pub after: Goal,
    /// Its progress now, raw; the provider's where we count none.
    pub was: Option<f64>,
    /// Its progress afterwards, raw.
    pub then: Option<f64>,
    /// Where it should be by now, 0–1.
    pub expected: Option<f64>,
    /// Afterwards, done − expected, −1 to 1.
    pub gap: Option<f64>,
    /// The status that pace would choose.
    pub suggested: Option<Status>,
}

impl Outlook {
    /// What these values and this due day would do.
    pub fn of(
        store: &Store,
        goal: &Goal,
        values: &[ValueChange],
        due: Option<DueMoved>,
        now: &Now,
    ) -> Self {
        let mut after = goal.clone();
        for change in values {
            if let Some(result) = after.results.iter_mut().find(|one| one.id == change.result) {
                result.current = Some(change.now.clone());
            }
        }
        if let Some(moved) = due {
            after.due = moved.to;
        }
        let context = Context {
            now,
            rules: store.rules(),
        };
        let children = store.parts_below(goal);
        let before = figures::figures(&store.summed(goal), &children, &context);
        let then = figures::figures(&store.summed(&after), &children, &context);
        let ours = |figures: &figures::Figures| {
            let ours = figures.progress.map(|progress| progress.raw);
            ours.or(figures.provider)
        };
        Self {
            was: ours(&before),
            then: ours(&then),
            expected: then.expected,
            gap: then.gap,
            suggested: then.suggested(),
            after,
        }
    }

    /// `the goal will read 71 % (was 64 %)`; none where nothing counts.
    pub fn sentence(&self) -> Option<String> {
        let percent = |p: Option<f64>| p.map_or_else(|| "–".to_owned(), progress::percent_spaced);
        let (was, then) = (percent(self.was), percent(self.then));
        self.then.or(self.was)?;
        Some(if was == then {
            format!("the goal stays at {then}")
        } else {
            format!("the goal will read {then} (was {was})")
        })
    }
}
