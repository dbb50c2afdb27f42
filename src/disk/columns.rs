//! How single values stand in columns: moments, days, readings, words. Both
//! directions in one place; nothing here runs SQL.

use std::collections::HashMap;

use chrono::{NaiveDate, SecondsFormat};
use rusqlite::Row;
use rusqlite::types::{FromSqlError, ToSqlOutput, Type, Value, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::key_result::Reading;
use crate::model::status::Status;
use crate::model::time::Time;

/// A moment as text, to the digit.
pub fn time_text(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A day as text.
pub fn day_text(day: NaiveDate) -> String {
    day.to_string()
}

/// Reads `YYYY-MM-DD` without the general parser, which would take a third of
/// the time of loading many goals; anything else goes to that parser.
fn day(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    if let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes {
        let year = two(*y1, *y2)? * 100 + two(*y3, *y4)?;
        let year = i32::try_from(year).ok()?;
        return NaiveDate::from_ymd_opt(year, two(*m1, *m2)?, two(*d1, *d2)?);
    }
    text.parse().ok()
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let digit = |byte: u8| char::from(byte).to_digit(10);
    Some(digit(tens)? * 10 + digit(ones)?)
}

fn time(text: &str) -> Option<Time> {
    if let (Some(date), Some([b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'])) =
        (text.get(..10), text.as_bytes().get(10..))
    {
        let clock = day(date)?.and_hms_opt(two(*h1, *h2)?, two(*m1, *m2)?, two(*s1, *s2)?)?;
        return Some(clock.and_utc());
    }
    chrono::DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|time| time.to_utc())
}

/// A column that does not hold what it should.
pub fn odd(column: usize, what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, what.to_owned().into())
}

fn text<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<Option<&'a str>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        value => Ok(Some(
            value
                .as_str()
                .map_err(|_: FromSqlError| odd(column, "text expected"))?,
        )),
    }
}

/// A moment that must be there.
pub fn get_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Time> {
    maybe_time(row, column)?.ok_or_else(|| odd(column, "no moment"))
}

/// A moment, if there is one.
pub fn maybe_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Time>> {
    text(row, column)?
        .map(|text| time(text).ok_or_else(|| odd(column, "not a moment")))
        .transpose()
}

/// A day, if there is one.
pub fn maybe_day(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<NaiveDate>> {
    text(row, column)?
        .map(|text| day(text).ok_or_else(|| odd(column, "not a day")))
        .transpose()
}

/// A status by its code, if there is one.
pub fn maybe_status(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Status>> {
    text(row, column)?
        .map(|code| {
            Status::ALL
                .into_iter()
                .find(|status| status.words().code == code)
                .ok_or_else(|| odd(column, "not a status"))
        })
        .transpose()
}

/// A value written by `FromStr`, such as a cadence.
pub fn parsed<T: std::str::FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    text(row, column)?
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| odd(column, "not understood"))
}

/// Something kept as JSON; nothing if the column is empty.
pub fn maybe_json<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    text(row, column)?
        .map(|text| serde_json::from_str(text).map_err(|fault| odd(column, &fault.to_string())))
        .transpose()
}

/// Something kept as JSON that must be there.
pub fn get_json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    maybe_json(row, column)?.ok_or_else(|| odd(column, "no JSON"))
}

/// As JSON for a column.
pub fn json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|fault| rusqlite::Error::ToSqlConversionFailure(Box::new(fault)))
}

/// A serde word (`check_in`, `mention`) as plain text for a column.
pub fn word<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    Ok(json(value)?.trim_matches('"').to_owned())
}

/// Reads what [`word`] wrote.
pub fn get_word<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = text(row, column)?.unwrap_or_default();
    serde_json::from_value(serde_json::Value::from(text))
        .map_err(|fault| odd(column, &fault.to_string()))
}

/// A reading for a column of any type: REAL a number, INTEGER yes or no, TEXT ticks.
pub struct Read<'a>(pub Option<&'a Reading>);

impl rusqlite::ToSql for Read<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(match self.0 {
            None => Value::Null,
            Some(Reading::Number(value)) if value.is_finite() => Value::Real(*value),
            Some(Reading::Number(_)) => {
                return Err(rusqlite::Error::ToSqlConversionFailure(
                    "a reading is not a finite number".into(),
                ));
            }
            Some(Reading::Yes(yes)) => Value::Integer(i64::from(*yes)),
            Some(Reading::Ticks(ticks)) => Value::Text(
                ticks
                    .iter()
                    .map(|tick| if *tick { '1' } else { '0' })
                    .collect(),
            ),
        }))
    }
}

/// Reads what [`Read`] wrote.
pub fn maybe_reading(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Reading>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => None,
        ValueRef::Real(value) => Some(Reading::Number(value)),
        ValueRef::Integer(value) => Some(Reading::Yes(value != 0)),
        ValueRef::Text(ticks) => Some(Reading::Ticks(
            ticks.iter().map(|tick| *tick == b'1').collect(),
        )),
        ValueRef::Blob(_) => return Err(odd(column, "not a reading")),
    })
}

/// Gives equal ids one allocation: a few hundred people stand in a hundred
/// thousand goals.
#[derive(Debug)]
pub struct Pool<T>(HashMap<String, T>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Clone + for<'a> From<&'a str>> Pool<T> {
    /// The id in a column, if there is one.
    pub fn maybe(&mut self, row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
        let Some(text) = text(row, column)? else {
            return Ok(None);
        };
        if let Some(known) = self.0.get(text) {
            return Ok(Some(known.clone()));
        }
        let new = T::from(text);
        self.0.insert(text.to_owned(), new.clone());
        Ok(Some(new))
    }

    /// The id in a column that must be there.
    pub fn get(&mut self, row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
        self.maybe(row, column)?.ok_or_else(|| odd(column, "no id"))
    }
}

/// An id that hardly ever comes twice.
pub fn get_id<T: for<'a> From<&'a str>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    maybe_id(row, column)?.ok_or_else(|| odd(column, "no id"))
}

/// An id that hardly ever comes twice, if there is one.
pub fn maybe_id<T: for<'a> From<&'a str>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    Ok(text(row, column)?.map(T::from))
}
