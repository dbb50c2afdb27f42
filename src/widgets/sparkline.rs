//! A row of small columns: how a value moved.

use crate::model::text::{self, Shown};
use crate::theme::Glyphs;

/// The last `columns` values, oldest first, one column each, between `low` and
/// `high` (either way round); what lies outside is drawn at the edge, a value
/// that is no number is a blank.
pub fn sparkline(values: &[f64], columns: usize, low: f64, high: f64, glyphs: Glyphs) -> Shown {
    let (low, high) = (low.min(high), low.max(high));
    let signs: String = values
        .iter()
        .skip(values.len().saturating_sub(columns))
        .map(|value| {
            if value.is_finite() {
                glyphs.spark(level(*value, low, high))
            } else {
                " "
            }
        })
        .collect();
    text::line(&signs)
}

/// Like [`sparkline`], between the smallest and the largest of the values drawn.
pub fn sparkline_own_range(values: &[f64], columns: usize, glyphs: Glyphs) -> Shown {
    let drawn = values
        .iter()
        .skip(values.len().saturating_sub(columns))
        .filter(|value| value.is_finite());
    let low = drawn.clone().copied().fold(f64::INFINITY, f64::min);
    let high = drawn.copied().fold(f64::NEG_INFINITY, f64::max);
    sparkline(values, columns, low, high, glyphs)
}

/// 0–7; a value that never moves is drawn in the middle.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0–7"
)]
fn level(value: f64, low: f64, high: f64) -> u8 {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return 3;
    }
    ((value - low) / span * 8.0 + 1e-9).floor().clamp(0.0, 7.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_columns_between_the_bounds() {
        let values = [0.0, 12.5, 25.0, 50.0, 75.0, 99.0, 100.0, 200.0, -5.0];
        let drawn = sparkline(&values, 20, 0.0, 100.0, Glyphs::Unicode);
        assert_eq!(drawn.as_str(), "▁▂▃▅▇███▁");
        let ascii = sparkline(&values, 20, 100.0, 0.0, Glyphs::Ascii);
        assert_eq!(ascii.as_str(), "013589990");
    }

    #[test]
    fn only_the_last_values_are_drawn() {
        let values = [100.0, 1.0, 2.0];
        assert_eq!(
            sparkline_own_range(&values, 2, Glyphs::Unicode).as_str(),
            "▁█"
        );
    }

    #[test]
    fn a_value_that_never_moves_is_drawn_in_the_middle() {
        assert_eq!(
            sparkline_own_range(&[5.0; 3], 8, Glyphs::Unicode).as_str(),
            "▄▄▄"
        );
        assert_eq!(
            sparkline_own_range(&[f64::NAN, 1.0], 8, Glyphs::Unicode).as_str(),
            " ▄"
        );
        assert_eq!(sparkline_own_range(&[], 8, Glyphs::Unicode).as_str(), "");
    }
}
