//! Values as people type and read them: the rules of a value field, and numbers
//! with their units. Foreign text (units) goes through uncleaned.

use super::key_result::{KeyResult, Kind, Reading};

/// Reads what was typed for a key result. `before` is its latest reading.
///
/// - Nothing is *unchanged*: `Ok(None)`.
/// - Numbers: `162` is the value itself; `+3` and `-1` are added to the one before
///   (to the start before the first reading); a negative value is typed `=-5`.
///   Decimals by point or comma, thousands by space or `_`, `1.5k`, `2M`, and the
///   unit itself, `41%` or `17 minutes`.
/// - Yes/no: `y`, `yes`, `done`, `1` and `n`, `no`, `open`, `0`.
/// - Checklists and milestones: `3` means the first three are done, `+1` ticks the
///   next open one, `-1` unticks the last done one, `all`, `none`; `1,3` or `#3`
///   means exactly these.
///
/// # Errors
/// One sentence to show under the field: `not a number: "16o"`.
pub fn parse(
    result: &KeyResult,
    before: Option<&Reading>,
    text: &str,
) -> Result<Option<Reading>, String> {
    let typed = text.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    match &result.kind {
        Kind::YesNo => yes_no(typed).map(|yes| Some(Reading::Yes(yes))),
        Kind::Checklist { items, .. } => ticks(typed, before, items.len()).map(Some),
        Kind::Milestones { steps } => ticks(typed, before, steps.len()).map(Some),
        Kind::Number
        | Kind::Percent
        | Kind::Currency
        | Kind::Zones { .. }
        | Kind::Baseline
        | Kind::Guardrail(_) => value(result, before, typed).map(Some),
    }
}

fn yes_no(typed: &str) -> Result<bool, String> {
    match typed.to_lowercase().as_str() {
        "y" | "yes" | "done" | "true" | "x" | "1" => Ok(true),
        "n" | "no" | "open" | "false" | "not done" | "0" => Ok(false),
        _ => Err(format!("neither yes nor no: \"{typed}\"; write y or n")),
    }
}

fn ticks(typed: &str, before: Option<&Reading>, of: usize) -> Result<Reading, String> {
    let mut ticks = ticks_of(before, of);
    let refused = || format!("not a count: \"{typed}\"; write 0–{of}, or #1,3 for these two");
    match typed.to_lowercase().as_str() {
        "all" => return Ok(Reading::Ticks(vec![true; of])),
        "none" => return Ok(Reading::Ticks(vec![false; of])),
        _ => {}
    }
    if typed.starts_with('#') || typed.contains(',') {
        return exactly(typed, of).ok_or_else(refused);
    }
    let sign = typed.chars().next().filter(|sign| "+-−".contains(*sign));
    let digits = typed.trim_start_matches(['+', '-', '−', '=']).trim();
    let amount: usize = digits.parse().map_err(|_| refused())?;
    match sign {
        None if amount > of => return Err(format!("only {of} to tick: \"{typed}\"")),
        None => ticks = (0..of).map(|index| index < amount).collect(),
        Some(sign) => {
            let tick = sign == '+';
            let mut order: Vec<usize> = (0..of).collect();
            if !tick {
                order.reverse();
            }
            order.retain(|index| ticks.get(*index).is_some_and(|ticked| *ticked != tick));
            for index in order.into_iter().take(amount) {
                if let Some(place) = ticks.get_mut(index) {
                    *place = tick;
                }
            }
        }
    }
    Ok(Reading::Ticks(ticks))
}

fn exactly(typed: &str, of: usize) -> Option<Reading> {
    let mut ticks = vec![false; of];
    for piece in typed.trim_start_matches('#').split([',', ' ']) {
        if piece.is_empty() {
            continue;
        }
        let index: usize = piece.trim_start_matches('#').parse().ok()?;
        *ticks.get_mut(index.checked_sub(1)?)? = true;
    }
    Some(Reading::Ticks(ticks))
}

/// A reading as one tick for each of `of` items; what is missing is open.
pub fn ticks_of(reading: Option<&Reading>, of: usize) -> Vec<bool> {
    match reading {
        Some(Reading::Ticks(ticks)) => {
            let mut ticks = ticks.clone();
            ticks.resize(of, false);
            ticks
        }
        Some(Reading::Yes(true)) => vec![true; of],
        Some(Reading::Number(done)) => {
            let mut left = *done;
            (0..of)
                .map(|_| {
                    let ticked = left >= 1.0;
                    left -= 1.0;
                    ticked
                })
                .collect()
        }
        Some(Reading::Yes(false)) | None => vec![false; of],
    }
}

/// Ticks as a value field holds them, read back by [`parse`]: `#1,3`; `#` is none.
pub fn ticks_text(ticks: &[bool]) -> String {
    let done: Vec<String> = ticks
        .iter()
        .enumerate()
        .filter(|(_, ticked)| **ticked)
        .map(|(index, _)| (index + 1).to_string())
        .collect();
    format!("#{}", done.join(","))
}

/// How a typed number is meant.
#[derive(Clone, Copy)]
enum Meant {
    Itself,
    Added,
    Subtracted,
}

fn value(result: &KeyResult, before: Option<&Reading>, typed: &str) -> Result<Reading, String> {
    let no_number = || format!("not a number: \"{typed}\"");
    let (meant, rest) = if let Some(rest) = typed.strip_prefix('=') {
        (Meant::Itself, rest)
    } else if let Some(rest) = typed.strip_prefix('+') {
        (Meant::Added, rest)
    } else if let Some(rest) = typed.strip_prefix(['-', '−']) {
        (Meant::Subtracted, rest)
    } else {
        (Meant::Itself, typed)
    };
    let rest = rest.trim();
    let (negative, rest) = match meant {
        Meant::Itself if typed.starts_with('=') => match rest.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest.trim()),
            None => (false, rest),
        },
        _ => (false, rest),
    };
    let amount = amount(result, rest, typed)?;
    let amount = if negative { -amount } else { amount };
    let base = || {
        before
            .map(Reading::number)
            .or_else(|| result.kind.is_ranged().then_some(result.start))
            .ok_or_else(|| {
                format!(
                    "nothing to add to yet: \"{typed}\"; write the value itself, =-5 if below 0"
                )
            })
    };
    let value = match meant {
        Meant::Itself => amount,
        Meant::Added => tidy(base()? + amount),
        Meant::Subtracted => tidy(base()? - amount),
    };
    if value.is_nan() {
        return Err(no_number());
    }
    if value.is_infinite() {
        return Err(format!("too large: \"{typed}\""));
    }
    Ok(Reading::Number(value))
}

/// 0.1 + 0.2 is 0.3 to people: nine decimals are kept where the size allows it.
fn tidy(value: f64) -> f64 {
    let tidied = (value * 1e9).round() / 1e9;
    if tidied.is_finite() && value.abs() < 1e6 {
        tidied
    } else {
        value
    }
}

/// A number without sign, with its unit or a `k` or `M` after it.
fn amount(result: &KeyResult, text: &str, typed: &str) -> Result<f64, String> {
    let no_number = || format!("not a number: \"{typed}\"");
    let (digits, times) = without_unit(result, text, typed)?;
    if digits.is_empty() {
        return Err(no_number());
    }
    let digits = decimal(digits).map_err(|wrong| match wrong {
        Wrong::NoNumber => no_number(),
        Wrong::Ambiguous(advice) => format!("could be two numbers: \"{typed}\"; write {advice}"),
    })?;
    // 15 decimals of a float times 1000 are not exact; shifting the point is.
    let value: f64 = format!("{digits}e{times}")
        .parse()
        .map_err(|_| no_number())?;
    if value.is_infinite() {
        return Err(format!("too large: \"{typed}\""));
    }
    Ok(value)
}

/// The digits before a unit, and the power of ten that `k` or `M` stands for.
fn without_unit<'a>(
    result: &KeyResult,
    text: &'a str,
    typed: &str,
) -> Result<(&'a str, u8), String> {
    let mut rest = text;
    let unit = result.unit.trim();
    let own = |text: &str| {
        let cut = text.len().checked_sub(unit.len())?;
        let tail = text.get(cut..)?;
        let same = tail == unit || (unit.len() > 1 && tail.eq_ignore_ascii_case(unit));
        (same && !unit.is_empty()).then_some(cut)
    };
    if let Some(cut) = own(text) {
        rest = text.get(..cut).unwrap_or(text).trim_end();
    } else if let Some(digits) = text.strip_suffix('%') {
        if !(unit.is_empty() || unit == "%") {
            return Err(format!(
                "counted in {unit}, not in %: \"{typed}\"; write the value itself"
            ));
        }
        rest = digits.trim_end();
    } else if result.kind == Kind::Currency {
        rest = text.trim_matches(['€', '$', '£', '¥']).trim();
    }
    for (suffix, times) in [("k", 3), ("K", 3), ("M", 6)] {
        if let Some(digits) = rest.strip_suffix(suffix) {
            return Ok((digits.trim_end(), times));
        }
    }
    Ok((rest, 0))
}

enum Wrong {
    NoNumber,
    Ambiguous(String),
}

/// Digits with at most one point or comma and thousands by space or `_`, as
/// digits with at most one point.
fn decimal(text: &str) -> Result<String, Wrong> {
    let is_gap = |letter: char| matches!(letter, ' ' | '_' | '\u{a0}' | '\u{202f}' | '\u{2009}');
    let known = |letter: char| letter.is_ascii_digit() || is_gap(letter) || ",.".contains(letter);
    if !text.chars().all(known) || !text.contains(|letter: char| letter.is_ascii_digit()) {
        return Err(Wrong::NoNumber);
    }
    let marks: Vec<char> = text
        .chars()
        .filter(|letter| ",.".contains(*letter))
        .collect();
    match marks.as_slice() {
        [] | [_] => {}
        // 1,500,000 or 1.234,5: groups that only the writer can tell from decimals.
        [first, rest @ ..] => {
            let last = text.rfind([',', '.']).unwrap_or(0);
            let (whole, part) = text.split_at(last);
            let plain =
                |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
            let advice = if rest.iter().all(|mark| mark == first) {
                plain(text)
            } else {
                format!("{}.{}", plain(whole), plain(part))
            };
            return Err(Wrong::Ambiguous(advice));
        }
    }
    let (whole, part) = text.split_once([',', '.']).unwrap_or((text, ""));
    if part.contains(is_gap) {
        return Err(Wrong::NoNumber);
    }
    let groups: Vec<&str> = whole.split(is_gap).collect();
    let grouped = match groups.as_slice() {
        [_] => true,
        [first, rest @ ..] => {
            (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3)
        }
        [] => false,
    };
    if !grouped {
        return Err(Wrong::NoNumber);
    }
    let whole = groups.concat();
    let is_thousand = marks == [',']
        && part.len() == 3
        && groups.len() == 1
        && (1..=3).contains(&whole.len())
        && whole != "0";
    if is_thousand {
        let short = part.trim_end_matches('0');
        let advice = if short.is_empty() {
            format!("{whole}{part} or {whole}")
        } else {
            format!("{whole}{part} or {whole}.{short}")
        };
        return Err(Wrong::Ambiguous(advice));
    }
    Ok(match (whole.is_empty(), part.is_empty()) {
        (true, _) => format!("0.{part}"),
        (false, true) => whole,
        (false, false) => format!("{whole}.{part}"),
    })
}

/// A number typed where any number may stand: start, target, limit, weight.
/// As [`parse`] reads values, but a sign is a sign.
///
/// # Errors
/// One sentence to show under the field.
pub fn parse_number(text: &str) -> Result<f64, String> {
    let typed = text.trim();
    let plain = KeyResult {
        particulars: None,
        id: "".into(),
        name: String::new(),
        kind: Kind::Number,
        unit: String::new(),
        start: 0.0,
        target: None,
        current: None,
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    };
    // From a start of 0 a relative number is the number itself.
    match value(&plain, None, typed)? {
        Reading::Number(value) => Ok(value),
        Reading::Yes(_) | Reading::Ticks(_) => Err(format!("not a number: \"{typed}\"")),
    }
}

/// Confidence as typed, 0–10 whole; nothing is `Ok(None)`.
///
/// # Errors
/// One sentence to show under the field.
pub fn parse_confidence(text: &str) -> Result<Option<u8>, String> {
    let typed = text.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    match typed.parse::<u8>() {
        Ok(confidence @ 0..=10) => Ok(Some(confidence)),
        _ => Err(format!("not from 0 to 10: \"{typed}\"")),
    }
}

/// A reading with its unit: `3.66 %`, `done`, `2 of 5`.
pub fn show(result: &KeyResult, reading: &Reading) -> String {
    match (&result.kind, reading) {
        (Kind::YesNo, reading) => {
            let word = if reading.number() >= 0.5 {
                "done"
            } else {
                "not done"
            };
            word.to_owned()
        }
        (Kind::Checklist { items, .. }, reading) => of_ticks(reading, items.len()),
        (Kind::Milestones { steps }, reading) => of_ticks(reading, steps.len()),
        (_, reading) => with_unit(result, number(reading.number())),
    }
}

/// A reading without its unit, for narrow columns: `3.66`, `done`, `2 of 5`.
pub fn bare(result: &KeyResult, reading: &Reading) -> String {
    match &result.kind {
        Kind::YesNo | Kind::Checklist { .. } | Kind::Milestones { .. } => show(result, reading),
        _ => number(reading.number()),
    }
}

/// Two readings alike: `3.80 → 3.66`, with as many decimals as either needs.
pub fn change(result: &KeyResult, before: &Reading, now: &Reading) -> String {
    match &result.kind {
        Kind::YesNo | Kind::Checklist { .. } | Kind::Milestones { .. } => {
            format!("{} → {}", show(result, before), show(result, now))
        }
        _ => between(before.number(), now.number(), 0),
    }
}

/// From where to where a key result runs: `4.10 → 2.00 %`, in the decimals its
/// values are kept in; none for kinds without start and target.
pub fn range(result: &KeyResult) -> Option<String> {
    let target = result.target.filter(|_| result.kind.is_ranged())?;
    let text = between(result.start, target, scale(result));
    Some(with_unit(result, text))
}

fn between(from: f64, to: f64, at_least: usize) -> String {
    let places = decimals(from).max(decimals(to)).max(at_least);
    format!("{} → {}", fixed(from, places), fixed(to, places))
}

/// How many decimals a key result's values are kept in: the most that start,
/// target or the latest value needs. Expected values are shown with as many.
pub fn scale(result: &KeyResult) -> usize {
    let current = result.current.as_ref().map(Reading::number);
    [Some(result.start), result.target, current]
        .into_iter()
        .flatten()
        .map(decimals)
        .max()
        .unwrap_or(0)
}

/// An expected or foreseen value in the decimals of its key result, without unit.
pub fn in_scale(result: &KeyResult, value: f64) -> String {
    match &result.kind {
        Kind::YesNo | Kind::Checklist { .. } | Kind::Milestones { .. } => number(value),
        _ => fixed(value, scale(result)),
    }
}

fn of_ticks(reading: &Reading, of: usize) -> String {
    let done = ticks_of(Some(reading), of)
        .iter()
        .filter(|ticked| **ticked)
        .count();
    format!("{done} of {of}")
}

/// A number already in words, with the key result's unit after a space.
pub fn with_unit(result: &KeyResult, text: String) -> String {
    match unit(result) {
        "" => text,
        unit => format!("{text} {unit}"),
    }
}

/// The unit of a key result; `%` for per cent that names none.
pub fn unit(result: &KeyResult) -> &str {
    match result.unit.trim() {
        "" if result.kind == Kind::Percent => "%",
        unit => unit,
    }
}

/// A number for people: at most 2 decimals (4 below 0.1), without zeros at the
/// end; from 1e15 on with an exponent.
pub fn number(value: f64) -> String {
    fixed(value, decimals(value))
}

/// A value to so many decimals.
pub fn rounded(value: f64, places: u8) -> f64 {
    let factor = 10_f64.powi(i32::from(places));
    let rounded = (value * factor).round() / factor;
    if rounded.is_finite() { rounded } else { value }
}

/// How many decimals [`number`] shows.
pub fn decimals(value: f64) -> usize {
    let most = if value.abs() < 0.1 { 4 } else { 2 };
    let text = format!("{value:.most$}");
    text.split_once('.')
        .map_or(0, |(_, part)| part.trim_end_matches('0').len())
}

/// A number with exactly so many decimals.
pub fn fixed(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value.abs() >= 1e15 {
        return format!("{value:e}");
    }
    let text = format!("{value:.places$}");
    match text.strip_prefix('-') {
        Some(rest) if !rest.contains(|digit: char| ('1'..='9').contains(&digit)) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests;
