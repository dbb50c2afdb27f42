//! Reading foreign JSON leniently: what is missing, null, of another type or out
//! of range is none, never an error.

use chrono::DateTime;
use serde_json::Value;

use crate::model::time::Time;

/// Bytes of a text that are kept.
const LONGEST: usize = 64 * 1024;
/// Before this many milliseconds a number of at most ten digits means seconds.
const TEN_DIGITS: f64 = 1e10;
/// The year 10000, in milliseconds: no date of a goal.
const FARTHEST: f64 = 253_402_300_800_000.0;

/// A finite number: a JSON number, one in a string, or a boolean as 1 or 0.
pub fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        Value::Bool(yes) => f64::from(u8::from(*yes)),
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// The first of these fields that is a number.
pub fn number_at(item: &Value, keys: &[&str]) -> Option<f64> {
    keys.iter().find_map(|key| number(item.get(key)?))
}

/// A text that is not empty; a number as its digits.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => {
            let mut end = text.len().min(LONGEST);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            Some(text.get(..end).unwrap_or_default().to_owned())
        }
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The text of a field.
pub fn text_at(item: &Value, key: &str) -> Option<String> {
    text(item.get(key)?)
}

/// Whether a field says yes.
pub fn flag_at(item: &Value, key: &str) -> bool {
    match item.get(key) {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        Some(Value::Number(number)) => number.as_f64() == Some(1.0),
        _ => false,
    }
}

/// The items of a list; none where there is no list.
pub fn list_at<'a>(item: &'a Value, key: &str) -> &'a [Value] {
    let list = item.get(key).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// A moment: milliseconds since 1970, as a string or a number; seconds where they
/// have ten digits or fewer. A string that is no number is no date.
pub fn time(value: &Value) -> Option<Time> {
    let told = match value {
        Value::Bool(_) => return None,
        other => number(other)?,
    };
    let millis = if told < TEN_DIGITS {
        told * 1000.0
    } else {
        told
    };
    if !(1.0..FARTHEST).contains(&millis) {
        return None;
    }
    #[allow(clippy::cast_possible_truncation)]
    DateTime::from_timestamp_millis(millis as i64)
}

/// The moment of the first of these fields that has one.
pub fn time_at(item: &Value, keys: &[&str]) -> Option<Time> {
    keys.iter().find_map(|key| time(item.get(key)?))
}

/// A number as JSON, whole ones without a fraction: some servers count in
/// integers.
pub fn whole(value: f64) -> Value {
    /// From here on not every integer is a number.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < LARGEST {
        #[allow(clippy::cast_possible_truncation)]
        return Value::from(value as i64);
    }
    Value::from(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_come_in_every_dress() {
        for (value, want) in [
            (json!(7), Some(7.0)),
            (json!(-7.5), Some(-7.5)),
            (json!("7.5"), Some(7.5)),
            (json!(" 12 "), Some(12.0)),
            (json!(true), Some(1.0)),
            (json!(null), None),
            (json!("string"), None),
            (json!("NaN"), None),
            (json!("1e999"), None),
            (json!([1]), None),
            (json!({}), None),
        ] {
            assert_eq!(number(&value), want, "{value}");
        }
    }

    #[test]
    fn dates_are_milliseconds_or_seconds_or_nothing() {
        let day = "2026-12-31T00:00:00Z".parse::<Time>().unwrap();
        for value in [
            json!("1798675200000"),
            json!(1_798_675_200_000_u64),
            json!("1798675200"),
            json!(1_798_675_200),
        ] {
            assert_eq!(time(&value), Some(day), "{value}");
        }
        for value in [
            json!("string"),
            json!(""),
            json!(null),
            json!(0),
            json!("0"),
            json!(-5),
            json!(true),
            json!("99999999999999999999"),
            json!(1e300),
            json!({}),
        ] {
            assert_eq!(time(&value), None, "{value}");
        }
    }

    #[test]
    fn whole_values_go_without_a_fraction() {
        for (value, want) in [
            (12.0, "12"),
            (-3.0, "-3"),
            (7.5, "7.5"),
            (0.0, "0"),
            (-0.0, "0"),
            (1e16, "1e+16"),
        ] {
            assert_eq!(whole(value).to_string(), want);
        }
    }

    #[test]
    fn long_texts_are_cut_between_letters() {
        let long = "ü".repeat(LONGEST);
        let cut = text(&json!(long)).unwrap();
        assert_eq!(cut.len(), LONGEST);
        assert_eq!(text(&json!("  ")), None);
        assert_eq!(text(&json!(42)), Some("42".to_owned()));
    }
}
