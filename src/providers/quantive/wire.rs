//! Reading answers whose every field may be missing, null or of another type:
//! small lenient readers over JSON, and foreign text made plain.

use chrono::{Datelike, NaiveDate};
use serde_json::Value;

use crate::model::time::Time;

/// Most bytes of a mention: a name, an address and an id.
const LONGEST_MENTION: usize = 1024;

/// What stands for "no date" where one must be sent.
pub const NO_DATE: &str = "0001-01-01T00:00:00Z";

/// A text, empty where there is none; numbers count as their digits.
pub fn text(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A text that says something.
pub fn said(value: &Value, key: &str) -> Option<String> {
    let text = text(value, key);
    (!text.trim().is_empty()).then_some(text)
}

/// A finite number, also one written as text.
pub fn number(value: &Value, key: &str) -> Option<f64> {
    number_of(value.get(key)?)
}

/// As [`number`], of the value itself.
pub fn number_of(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// Whether something is said to be so.
pub fn flag(value: &Value, key: &str) -> bool {
    match value.get(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// A moment; none for null, an empty text, the year 1 and what is no date. A day
/// alone is its first moment.
pub fn moment(value: &Value, key: &str) -> Option<Time> {
    let text = value.get(key)?.as_str()?.trim();
    let moment = match text.parse::<Time>() {
        Ok(moment) => moment,
        Err(_) => text
            .parse::<NaiveDate>()
            .ok()?
            .and_time(chrono::NaiveTime::MIN)
            .and_utc(),
    };
    (moment.year() > 1).then_some(moment)
}

/// The day of a moment.
pub fn day(value: &Value, key: &str) -> Option<NaiveDate> {
    moment(value, key).map(|moment| moment.date_naive())
}

/// The id of a thing: `id`, else `_id`.
pub fn id(value: &Value) -> Option<String> {
    said(value, "id").or_else(|| said(value, "_id"))
}

/// A list under a key; nothing where there is none.
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The things of an answer: itself if it is a list, else what is under the first
/// of these keys that has one.
pub fn items<'a>(answer: &'a Value, keys: &[&str]) -> &'a [Value] {
    if let Some(items) = answer.as_array() {
        return items;
    }
    keys.iter()
        .find_map(|key| answer.get(key)?.as_array())
        .map_or(&[], Vec::as_slice)
}

/// Text with every mention `@[Name:email:userId]` as `@Name`.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(mention) = next_mention(rest) {
        out.push_str(mention.before);
        out.push('@');
        out.push_str(mention.name);
        rest = mention.after;
    }
    out.push_str(rest);
    out
}

/// Edited text with the mentions of the text before it in their markup again: an
/// `@Name` that was one stays one, so that nobody is lost by an edit.
pub fn with_mentions(edited: &str, before: &str) -> String {
    let mut known: Vec<(&str, &str)> = Vec::new();
    let mut rest = before;
    while let Some(mention) = next_mention(rest) {
        known.push((mention.name, mention.whole));
        rest = mention.after;
    }
    // `@Ann Marie` before `@Ann`.
    known.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut out = String::with_capacity(edited.len());
    let mut rest = edited;
    while let Some((before, after)) = rest.split_once('@') {
        out.push_str(before);
        let found = known
            .iter()
            .find(|(name, _)| !name.is_empty() && after.starts_with(name));
        rest = after;
        match found {
            Some((name, whole)) => {
                out.push_str(whole);
                rest = after.get(name.len()..).unwrap_or_default();
            }
            None => out.push('@'),
        }
    }
    out.push_str(rest);
    out
}

struct Mention<'a> {
    before: &'a str,
    /// `@[Name:email:userId]`
    whole: &'a str,
    name: &'a str,
    after: &'a str,
}

/// The first mention. A name may have colons, an e-mail address may be missing.
fn next_mention(text: &str) -> Option<Mention<'_>> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("@[")?;
        let inside = text.get(start + 2..)?;
        // Nobody is called so long, and a text of `@[` alone would take for ever.
        let close = inside
            .bytes()
            .take(LONGEST_MENTION)
            .position(|byte| byte == b']');
        let Some(close) = close else {
            from = start + 2;
            continue;
        };
        let mut parts = inside.get(..close)?.rsplitn(3, ':');
        let (id, mail, name) = (parts.next(), parts.next(), parts.next());
        if let (Some(_), Some(_), Some(name)) = (id, mail, name)
            && !name.contains(['[', '\n'])
        {
            let end = start + 2 + close + 1;
            return Some(Mention {
                before: text.get(..start)?,
                whole: text.get(start..end)?,
                name,
                after: text.get(end..)?,
            });
        }
        from = start + 2;
    }
}

/// A word without case, spaces, `-` and `_`, for comparing.
pub fn bare(word: &str) -> String {
    word.chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// An id as a part of a path.
pub fn escaped(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn b08_the_year_one_null_and_nothing_are_no_date() {
        let value = json!({
            "one": NO_DATE, "null": null, "empty": "", "word": "string", "number": 0,
            "day": "2026-11-20", "full": "2022-04-12T18:19:21.156Z", "zone": "2026-11-20T01:00:00+02:00",
        });
        for key in ["one", "null", "empty", "word", "number", "missing"] {
            assert_eq!(moment(&value, key), None, "{key}");
        }
        assert_eq!(day(&value, "day").unwrap().to_string(), "2026-11-20");
        assert_eq!(day(&value, "zone").unwrap().to_string(), "2026-11-19");
        assert!(moment(&value, "full").is_some());
    }

    #[test]
    fn b16_mentions_print_as_names() {
        for (markup, shown) in [
            (
                "Lead: @[Bob Example:bob@acme.example:64f0]!",
                "Lead: @Bob Example!",
            ),
            (
                "@[Ann::7] and @[Bo: the 2nd:b@x:8]",
                "@Ann and @Bo: the 2nd",
            ),
            ("@[no mention] a@[b", "@[no mention] a@[b"),
            ("@[x] @[Eve:e@x:9]", "@[x] @Eve"),
            ("me@example.org", "me@example.org"),
            ("@[", "@["),
        ] {
            assert_eq!(plain(markup), shown);
        }
    }

    #[test]
    fn a_mention_ends_soon_or_is_none() {
        let long = format!("@[{}:e@x:9] @[Eve:e@x:9]", "x".repeat(LONGEST_MENTION));
        let shown = plain(&long);
        assert!(shown.ends_with(":e@x:9] @Eve"), "{shown}");
        assert_eq!(plain("@[@[@[ @[Eve:e@x:9]"), "@[@[@[ @Eve");
    }

    #[test]
    fn an_edit_keeps_the_mentions_that_stay() {
        let before = "@[Ann:a@x:1] and @[Ann Marie:m@x:2] lead";
        assert_eq!(
            with_mentions("@Ann Marie leads, @Ann helps, @Bob too, ü@", before),
            "@[Ann Marie:m@x:2] leads, @[Ann:a@x:1] helps, @Bob too, ü@"
        );
        assert_eq!(with_mentions("nobody", before), "nobody");
        assert_eq!(with_mentions(&plain(before), before), before);
    }

    #[test]
    fn numbers_are_read_also_as_text_and_never_infinite() {
        let value = json!({"a": 1, "b": "2.5", "c": "1e999", "d": null, "e": "x", "f": "NaN"});
        let read = |key| number(&value, key);
        assert_eq!((read("a"), read("b")), (Some(1.0), Some(2.5)));
        for key in ["c", "d", "e", "f", "g"] {
            assert_eq!(read(key), None, "{key}");
        }
    }

    #[test]
    fn ids_are_escaped_in_paths() {
        assert_eq!(escaped("auth0|64 f0/ü"), "auth0%7C64%20f0%2F%C3%BC");
        assert_eq!(id(&json!({"_id": "x"})).as_deref(), Some("x"));
        assert_eq!(id(&json!({"id": 7, "_id": "x"})).as_deref(), Some("7"));
        assert_eq!(id(&json!({"id": " "})), None);
    }
}
