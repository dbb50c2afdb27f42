//! Whether ClickUp's percentages of an answer count to 1 or to 100: its
//! description says whole per cent, its live service was seen sending fractions.

use serde::{Deserialize, Serialize};

use crate::model::system::PercentScale;

/// How much a 1 is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// 1 %
    Percent,
    /// All of it.
    Fraction,
}

/// A ratio from here on is as good as done.
const DONE: f64 = 0.995;

/// The percentages of one answer.
#[derive(Clone, Debug, Default)]
pub struct Percents {
    values: Vec<f64>,
    /// A 1 stands on something that is done by its own steps.
    one_is_done: bool,
}

impl Percents {
    /// Notes the percentage of a goal.
    pub fn goal(&mut self, value: f64) {
        self.values.push(value);
    }

    /// Notes the percentage of a key result whose own steps say `ratio`.
    pub fn result(&mut self, value: f64, ratio: Option<f64>, is_completed: bool) {
        self.values.push(value);
        let is_done = is_completed || ratio.is_some_and(|ratio| ratio >= DONE);
        self.one_is_done |= is_one(value) && is_done;
    }

    /// The scale, and whether these values themselves show it. `known` was shown by
    /// an earlier answer.
    pub fn scale(&self, wanted: PercentScale, known: Option<Scale>) -> (Scale, bool) {
        match wanted {
            PercentScale::Percent => return (Scale::Percent, false),
            PercentScale::Fraction => return (Scale::Fraction, false),
            PercentScale::Auto => {}
        }
        if self.values.iter().any(|value| *value > 2.0) {
            return (Scale::Percent, true);
        }
        if let Some(known) = known {
            return (known, false);
        }
        if self.values.iter().any(|value| value.fract() != 0.0) {
            return (Scale::Fraction, true);
        }
        if self.values.iter().any(|value| *value >= 2.0) {
            return (Scale::Percent, true);
        }
        if self.one_is_done {
            return (Scale::Fraction, true);
        }
        // A 1 that stands on nothing done is 1 %, as the description has it.
        (Scale::Percent, false)
    }
}

fn is_one(value: f64) -> bool {
    (value - 1.0).abs() < f64::EPSILON
}

impl Scale {
    /// A percentage as a share, 0–1.
    pub fn share(self, value: f64) -> f64 {
        let share = match self {
            Scale::Percent => value / 100.0,
            Scale::Fraction => value,
        };
        // Also the other zero is 0.
        share.clamp(0.0, 1.0) + 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goals(values: &[f64]) -> Percents {
        let mut percents = Percents::default();
        for value in values {
            percents.goal(*value);
        }
        percents
    }

    fn auto(percents: &Percents, known: Option<Scale>) -> (Scale, bool) {
        percents.scale(PercentScale::Auto, known)
    }

    #[test]
    fn the_values_of_an_answer_show_their_scale() {
        use Scale::{Fraction, Percent};
        for (values, want) in [
            (&[0.0, 37.0, 100.0][..], (Percent, true)),
            (&[0.0, 0.5, 1.0], (Fraction, true)),
            (&[0.5, 37.0], (Percent, true)),
            (&[37.5], (Percent, true)),
            (&[2.0, 1.0], (Percent, true)),
            (&[1.5], (Fraction, true)),
            // The description wins where nothing shows it.
            (&[1.0, 0.0], (Percent, false)),
            (&[0.0], (Percent, false)),
            (&[], (Percent, false)),
        ] {
            assert_eq!(auto(&goals(values), None), want, "{values:?}");
        }
    }

    #[test]
    fn a_one_on_something_done_is_all_of_it() {
        for (ratio, completed, want) in [
            (Some(1.0), false, Scale::Fraction),
            (Some(0.995), false, Scale::Fraction),
            (None, true, Scale::Fraction),
            (Some(0.01), false, Scale::Percent),
            (None, false, Scale::Percent),
        ] {
            let mut percents = goals(&[0.0]);
            percents.result(1.0, ratio, completed);
            assert_eq!(auto(&percents, None).0, want, "{ratio:?} {completed}");
        }
        let mut percents = goals(&[1.0]);
        percents.result(0.0, Some(1.0), true);
        assert_eq!(auto(&percents, None).0, Scale::Percent);
    }

    #[test]
    fn what_was_shown_before_stays_until_a_value_says_otherwise() {
        let undecided = goals(&[0.0, 1.0]);
        assert_eq!(
            auto(&undecided, Some(Scale::Fraction)),
            (Scale::Fraction, false)
        );
        assert_eq!(
            auto(&goals(&[0.5]), Some(Scale::Percent)),
            (Scale::Percent, false)
        );
        assert_eq!(
            auto(&goals(&[62.0]), Some(Scale::Fraction)),
            (Scale::Percent, true)
        );
    }

    #[test]
    fn a_setting_beats_all() {
        let percents = goals(&[0.5]);
        assert_eq!(
            percents
                .scale(PercentScale::Percent, Some(Scale::Fraction))
                .0,
            Scale::Percent
        );
        let percents = goals(&[37.0]);
        assert_eq!(
            percents.scale(PercentScale::Fraction, None).0,
            Scale::Fraction
        );
        assert_eq!(Scale::Percent.share(37.0), 0.37);
        assert_eq!(Scale::Fraction.share(7.0), 1.0);
        assert_eq!(Scale::Percent.share(-3.0), 0.0);
    }
}
