//! The file of external ids that a plan's admin takes out of AchieveIt. Its form
//! is not published, so any table with a header is read that has a column of ids;
//! workbooks must be saved as CSV first.

use std::collections::HashMap;

use super::decode::{Item, PERCENT, day};
use super::text::decoded;
use crate::model::exchange::{Fault, FaultKind};

/// Most bytes of a file.
pub const LARGEST: usize = 8 * 1024 * 1024;

/// What the columns may be called, without capitals, blanks, `_` and `-`.
const ID: [&str; 3] = ["externalid", "internalid", "id"];
const NAME: [&str; 5] = ["name", "item", "planitem", "title", "indentedname"];
const LEVEL: [&str; 1] = ["level"];
const SEQUENCE: [&str; 3] = ["#", "sequence", "sequenceid"];
const STATUS: [&str; 2] = ["status", "statusname"];
const UNIT: [&str; 1] = ["unit"];
const BASELINE: [&str; 1] = ["baseline"];
const TARGET: [&str; 1] = ["target"];
const CURRENT: [&str; 2] = ["currentvalue", "current"];
const ASSIGNED: [&str; 2] = ["assignedto", "assignedtofullname"];
const START: [&str; 2] = ["start", "startdate"];
const DUE: [&str; 2] = ["due", "duedate"];

/// Reads a file: UTF-8 or UTF-16 with its mark, else Latin-1; separated by commas,
/// semicolons or tabs. Rows without an id are passed over.
///
/// # Errors
/// It is a workbook, or has no row with an id.
pub fn read(bytes: &[u8]) -> Result<Vec<Item>, Fault> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Fault::new(
            FaultKind::Invalid,
            "items_file is a workbook of a spreadsheet program",
            "open it there and save it as CSV",
        ));
    }
    let text = text_of(bytes);
    let (separator, text) = separator(&text);
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    // The text is UTF-8 and rows may have any length: nothing is left that fails.
    let mut rows = rows.records().filter_map(Result::ok);
    let mut rows = rows
        .by_ref()
        .filter(|row| row.iter().any(|cell| !cell.is_empty()));
    let Some(first) = rows.next() else {
        return Err(empty());
    };
    let columns = Columns::of(&first, separator);
    let begin = if columns.is_header { None } else { Some(first) };
    let items: Vec<Item> = begin
        .into_iter()
        .chain(rows)
        .map(|row| columns.item(&row))
        .filter(|item| !item.id.is_empty())
        .collect();
    if items.is_empty() {
        return Err(empty());
    }
    Ok(items)
}

fn empty() -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "items_file has no row with an id",
        "export it again in AchieveIt: the plan's root item, Options, Export External IDs",
    )
}

fn text_of(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2);
        let units = units.map(|pair| {
            of([
                pair.first().copied().unwrap_or_default(),
                pair.last().copied().unwrap_or_default(),
            ])
        });
        String::from_utf16_lossy(&units.collect::<Vec<u16>>())
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        bytes => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}

/// What separates the columns, and the table itself: some programs say it in a
/// line of its own (`sep=;`).
fn separator(text: &str) -> (u8, &str) {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or_default();
    if let Some(said) = first.trim().strip_prefix("sep=")
        && let [separator] = said.as_bytes()
        && separator.is_ascii()
    {
        let at = text.find(first).unwrap_or_default() + first.len();
        return (*separator, text.get(at..).unwrap_or_default());
    }
    let mut is_quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in first.bytes() {
        if byte == b'"' {
            is_quoted = !is_quoted;
        }
        for (separator, count) in &mut counts {
            if byte == *separator && !is_quoted {
                *count += 1;
            }
        }
    }
    // Of equals the first counts.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    (most.map_or(b',', |(separator, _)| *separator), text)
}

/// Where things stand in a row.
struct Columns {
    places: HashMap<&'static str, usize>,
    is_header: bool,
    has_decimal_comma: bool,
}

impl Columns {
    fn of(first: &csv::StringRecord, separator: u8) -> Self {
        let plain = |cell: &str| {
            let kept = |c: &char| !c.is_whitespace() && !"_-".contains(*c);
            cell.to_lowercase().chars().filter(kept).collect::<String>()
        };
        let cells: Vec<String> = first.iter().map(plain).collect();
        let mut places = HashMap::new();
        for names in [
            &ID[..],
            &NAME,
            &LEVEL,
            &SEQUENCE,
            &STATUS,
            &UNIT,
            &BASELINE,
            &TARGET,
            &CURRENT,
            &ASSIGNED,
            &START,
            &DUE,
        ] {
            let place = cells.iter().position(|cell| names.contains(&cell.as_str()));
            if let (Some(place), Some(name)) = (place, names.first()) {
                places.insert(*name, place);
            }
        }
        let is_header = !places.is_empty();
        places.entry("externalid").or_insert(0);
        Self {
            places,
            is_header,
            has_decimal_comma: separator == b';',
        }
    }

    fn cell<'a>(&self, row: &'a csv::StringRecord, name: &str) -> &'a str {
        let place = self.places.get(name);
        place.and_then(|place| row.get(*place)).unwrap_or_default()
    }

    fn item(&self, row: &csv::StringRecord) -> Item {
        let text = |name| decoded(self.cell(row, name));
        let number = |name| number(self.cell(row, name), self.has_decimal_comma);
        let unit = match unit(self.cell(row, "unit")) {
            "" if self.cell(row, "target").ends_with('%') => PERCENT,
            unit => unit,
        };
        Item {
            id: self.cell(row, "externalid").to_owned(),
            sequence: text("#").trim_matches('.').to_owned(),
            level: text("level"),
            name: text("name"),
            word: text("status"),
            assigned: text("assignedto"),
            current: number("currentvalue"),
            baseline: number("baseline"),
            target: number("target"),
            unit: unit.to_owned(),
            start: day(self.cell(row, "start")),
            due: day(self.cell(row, "due")),
            ..Item::default()
        }
    }
}

/// A unit as we write it.
fn unit(text: &str) -> &str {
    match text.to_lowercase().as_str() {
        "percent" | "percentage" | "pct" | "%" => PERCENT,
        "dollar" | "dollars" | "usd" | "$" => "$",
        "number" | "numeric" | "count" | "#" => "",
        _ => text,
    }
}

/// A number as a person wrote it: `1,234.5`, `$500`, `90%`. Percentages are the
/// fractions they are in AchieveIt. Files that are separated by semicolons come
/// from places where `1.234,5` is written.
fn number(text: &str, has_decimal_comma: bool) -> Option<f64> {
    let (text, is_percent) = match text.strip_suffix('%') {
        Some(number) => (number, true),
        None => (text, false),
    };
    let is_comma = match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) => comma > point,
        (Some(_), None) => has_decimal_comma,
        _ => false,
    };
    let (point, dropped) = if is_comma { (',', ".$ ") } else { ('.', ",$ ") };
    let kept = text.chars().filter(|c| !dropped.contains(*c));
    let plain: String = kept.map(|c| if c == point { '.' } else { c }).collect();
    let number: f64 = plain.parse().ok()?;
    let decimal = super::decimal::Decimal::of(number)?;
    Some(match is_percent {
        true => decimal.hundredth().number(),
        false => number,
    })
}

/// Puts the file's ids and units on the items of an export: a row is an item's by
/// its id, else by number and name, else by a name that only one item has.
pub fn lay_over(items: &mut [&mut Item], rows: &[Item]) {
    let mut names: HashMap<String, usize> = HashMap::new();
    for item in items.iter() {
        *names.entry(plain(&item.name)).or_default() += 1;
    }
    let by_id: HashMap<&str, &Item> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let mut by_name: HashMap<String, Vec<&Item>> = HashMap::new();
    for row in rows {
        by_name.entry(plain(&row.name)).or_default().push(row);
    }
    for item in items.iter_mut() {
        let name = plain(&item.name);
        let named = by_name.get(&name).map_or(&[][..], Vec::as_slice);
        let numbered = named
            .iter()
            .find(|row| !row.sequence.is_empty() && row.sequence == item.sequence);
        let only = match named {
            [only] if names.get(&name) == Some(&1) && !name.is_empty() => Some(only),
            _ => None,
        };
        let row = by_id.get(item.id.as_str()).filter(|_| !item.id.is_empty());
        if let Some(row) = row.or(numbered).or(only) {
            item.id.clone_from(&row.id);
            item.unit.clone_from(&row.unit);
        }
    }
}

fn plain(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests;
