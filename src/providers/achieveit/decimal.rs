//! Numbers as AchieveIt wants them: plain decimals without exponent, thousands
//! separators or binary noise. 54 % is 0.54, never 0.5400000000000001.

use std::fmt;

/// An exact decimal number: an optional minus, digits, and perhaps a point with
/// more digits. No superfluous zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    is_negative: bool,
    /// Without leading zeros, except a single one.
    whole: String,
    /// Without zeros at its end.
    part: String,
}

impl Decimal {
    /// The shortest decimal that is this number and no other; none for what is not
    /// finite.
    pub fn of(value: f64) -> Option<Self> {
        // Display writes the shortest digits that lead back to the same number, and
        // no exponent.
        value.is_finite().then(|| Self::made(&value.to_string()))
    }

    /// From digits as [`Decimal`] writes them.
    fn made(text: &str) -> Self {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = match whole.trim_start_matches('0') {
            "" => "0",
            whole => whole,
        };
        let part = part.trim_end_matches('0');
        let is_zero = whole == "0" && part.is_empty();
        Self {
            is_negative: sign && !is_zero,
            whole: whole.to_owned(),
            part: part.to_owned(),
        }
    }

    /// A hundredth of it: the point two places to the left.
    #[must_use]
    pub fn hundredth(&self) -> Self {
        let padded = format!("{:0>3}", self.whole);
        let (whole, last) = padded.split_at(padded.len().saturating_sub(2));
        self.placed(&format!("{whole}.{last}{}", self.part))
    }

    /// A hundred times it: the point two places to the right.
    #[must_use]
    pub fn hundredfold(&self) -> Self {
        let padded = format!("{:0<2}", self.part);
        let (first, part) = padded.split_at(2);
        self.placed(&format!("{}{first}.{part}", self.whole))
    }

    fn placed(&self, digits: &str) -> Self {
        let sign = if self.is_negative { "-" } else { "" };
        Self::made(&format!("{sign}{digits}"))
    }

    /// The nearest number the machine can count with.
    pub fn number(&self) -> f64 {
        self.to_string().parse().unwrap_or_default()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_negative {
            f.write_str("-")?;
        }
        f.write_str(&self.whole)?;
        match self.part.as_str() {
            "" => Ok(()),
            part => write!(f, ".{part}"),
        }
    }
}

/// A hundred times a fraction, as people read percentages: 0.07 is 7, not
/// 7.000000000000001.
pub fn percent_of(fraction: f64) -> f64 {
    Decimal::of(fraction).map_or(fraction, |decimal| decimal.hundredfold().number())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hundredth(value: f64) -> String {
        Decimal::of(value).unwrap().hundredth().to_string()
    }

    #[test]
    fn a_percentage_becomes_its_fraction_digit_by_digit() {
        for (percent, fraction) in [
            (54.0, "0.54"),
            (7.0, "0.07"),
            (0.1, "0.001"),
            (100.0, "1"),
            (120.0, "1.2"),
            (57.99999999999999, "0.5799999999999999"),
            (0.30000000000000004, "0.0030000000000000004"),
            (-3.5, "-0.035"),
            (0.0, "0"),
            (-0.0, "0"),
            (12345.678, "123.45678"),
            (1e21, "10000000000000000000"),
        ] {
            assert_eq!(hundredth(percent), fraction);
        }
        assert_eq!(Decimal::of(f64::NAN), None);
        assert_eq!(Decimal::of(f64::INFINITY), None);
    }

    #[test]
    fn fractions_are_read_without_noise() {
        for (fraction, percent) in [(0.07, 7.0), (0.29, 29.0), (0.57, 57.0), (1.1, 110.0)] {
            assert_eq!(percent_of(fraction), percent);
        }
    }

    proptest! {
        #[test]
        fn the_digits_that_were_typed_are_the_digits_that_are_sent(
            whole in 0_u64..10_000_000,
            part in "[0-9]{0,6}",
            negative: bool,
        ) {
            let sign = if negative { "-" } else { "" };
            let typed = format!("{sign}{whole}.{part}0");
            let value: f64 = typed.parse().unwrap();
            let sent = Decimal::of(value).unwrap().hundredth().to_string();
            // The same by whole numbers alone: the typed digits, two places on.
            let digits = format!("{whole:0>3}");
            let (before, after) = digits.split_at(digits.len() - 2);
            let expected = format!("{before}.{after}{part}");
            let expected = expected.trim_end_matches('0').trim_end_matches('.');
            let expected = match expected.trim_start_matches('0') {
                "" => "0".to_owned(),
                rest if rest.starts_with('.') => format!("0{rest}"),
                rest => rest.to_owned(),
            };
            let expected = if negative && expected != "0" { format!("-{expected}") } else { expected };
            prop_assert_eq!(sent, expected);
        }

        #[test]
        fn there_and_back_is_the_same_number(value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO) {
            let decimal = Decimal::of(value).unwrap();
            prop_assert_eq!(decimal.hundredth().hundredfold(), decimal.clone());
            prop_assert_eq!(decimal.number(), value);
            let text = decimal.to_string();
            prop_assert!(text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-'));
            prop_assert!(!text.ends_with('.') && !text.starts_with('.'));
        }
    }
}
