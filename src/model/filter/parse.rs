//! From what was typed to a filter, or to what is wrong with it and where.

use std::fmt;
use std::ops::Range;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{Amount, Compare, Due, Filter, KEYS, Name, STATES, Said, Term, Test, Who, Word};
use crate::model::dates::{self, Lean};
use crate::model::nearest::nearest;
use crate::model::status::Status;
use crate::model::time::Now;

/// What values may stand in a filter here and now.
pub struct Vocabulary<'a> {
    /// The present moment, for days and spans.
    pub now: Now,
    /// Names of accounts and of their systems; none where any may be meant.
    pub accounts: Option<Vec<String>>,
    /// Whether an organisation has a status word of its own.
    pub own_status: &'a dyn Fn(&str) -> Own,
}

/// Whether an organisation has a status of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// None is like it.
    No,
    /// One begins like this.
    Begins,
    /// One is called so.
    Yes,
    /// It is not known which there are.
    Unknown,
}

impl Vocabulary<'_> {
    /// For where no goals are at hand: accounts and statuses of an organisation's own
    /// may be called anything.
    pub fn unknown(now: Now) -> Self {
        Self {
            now,
            accounts: None,
            own_status: &|_| Own::Unknown,
        }
    }
}

impl fmt::Debug for Vocabulary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vocabulary")
            .field("now", &self.now)
            .field("accounts", &self.accounts)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where the wrong word or value stands, in bytes of the text.
    pub at: Range<usize>,
    /// What is wrong: `no key "stauts"`. Quotes what was typed.
    pub why: String,
    /// What to do: `status is one`.
    pub remedy: String,
    /// Whether it is the end of what was typed and may yet become right.
    pub is_unfinished: bool,
    /// Whether it is the key: before its colon came it was taken for a plain word.
    pub is_key: bool,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.why, self.remedy)
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    /// Columns before the wrong word, and how many it has.
    pub fn columns(&self, text: &str) -> (usize, usize) {
        let width = |range: Range<usize>| {
            let part = text.get(range).unwrap_or_default();
            crate::model::text::line(part).width()
        };
        (width(0..self.at.start), width(self.at.clone()).max(1))
    }
}

/// A filter that is being typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// What the words say that are right.
    pub filter: Filter,
    /// What is wrong with the first that is not.
    pub trouble: Option<Trouble>,
}

/// Reads everything there is to read.
pub(super) fn read(text: &str, vocabulary: &Vocabulary<'_>) -> Reading {
    let mut terms = Vec::new();
    let mut trouble = None;
    let mut at = 0;
    while let Some(word) = next_word(text, at) {
        at = word.end;
        let reader = Reader {
            text,
            vocabulary,
            is_last: word.end == text.len(),
        };
        match reader.term(word) {
            Ok(term) => terms.extend(term),
            Err(found) => trouble = trouble.or(Some(found)),
        }
    }
    Reading {
        filter: Filter::of(terms, vocabulary),
        trouble,
    }
}

/// Everything up to the next space that is not in quotes.
fn next_word(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let start = from + rest.find(|letter: char| !letter.is_whitespace())?;
    let mut in_quotes = false;
    let end = text.get(start..)?.char_indices().find(|(_, letter)| {
        in_quotes ^= *letter == '"';
        letter.is_whitespace() && !in_quotes
    });
    Some(start..end.map_or(text.len(), |(place, _)| start + place))
}

/// The key before a colon, as it was typed; none if it is a plain word.
pub(super) fn key_of(word: &str) -> Option<&str> {
    let (key, _) = word.split_once(':')?;
    let is_key = !key.is_empty()
        && key
            .chars()
            .all(|letter| letter.is_ascii_alphabetic() || letter == '_');
    is_key.then_some(key)
}

/// Whether a word is the beginning of a key, or all of it but its colon.
pub(super) fn begins_key(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let mut keys = KEYS.into_iter().chain(["champion"]);
    word.len() > 1 && keys.any(|key| key.starts_with(&word))
}

/// Without the quotes.
fn unquoted(text: &str) -> String {
    text.replace('"', "")
}

/// Reads one word.
struct Reader<'a> {
    text: &'a str,
    vocabulary: &'a Vocabulary<'a>,
    /// Whether nothing follows it: it may still grow.
    is_last: bool,
}

/// A value and where it stands.
struct Value {
    at: Range<usize>,
    text: String,
    is_quoted: bool,
    /// Whether it ends what was typed.
    is_last: bool,
}

impl Reader<'_> {
    /// One word; none for what says nothing yet.
    fn term(&self, at: Range<usize>) -> Result<Option<Term>, Trouble> {
        let typed = self.text.get(at.clone()).unwrap_or_default();
        let (not, body) = match typed.strip_prefix('-') {
            Some(body) => (true, body),
            None => (false, typed),
        };
        let start = at.end - body.len();
        let Some(key) = key_of(body) else {
            let word = unquoted(body);
            // A minus or a quote alone is the beginning of a word.
            if word.is_empty() {
                return Ok(None);
            }
            let test = Test::Word(Word::new(&word));
            return Ok(Some(Term { not, test }));
        };
        let key_at = start..start + key.len();
        let values = self.values(key_at.end + 1..at.end);
        let lower = key.to_ascii_lowercase();
        let Some(key) = known_key(&lower) else {
            let remedy = match nearest(&lower, KEYS) {
                Some(near) => format!("did you mean {near}:? Quotes make it a plain word"),
                None => format!("keys are {}; quotes make it a plain word", KEYS.join(", ")),
            };
            return Err(Trouble {
                at: key_at,
                why: format!("no key \"{key}\""),
                remedy,
                is_unfinished: false,
                is_key: true,
            });
        };
        if let Some(empty) = values.iter().find(|value| value.text.is_empty()) {
            let at = if values.len() == 1 {
                start..empty.at.end
            } else {
                empty.at.start.saturating_sub(1)..empty.at.end
            };
            return Err(Trouble {
                at,
                why: format!("{key}: needs a value"),
                remedy: offers(key),
                is_unfinished: empty.is_last,
                is_key: false,
            });
        }
        let test = self.test(key, &values)?;
        Ok(Some(Term { not, test }))
    }

    /// What stands between the commas that are not in quotes.
    fn values(&self, at: Range<usize>) -> Vec<Value> {
        let typed = self.text.get(at.clone()).unwrap_or_default();
        let mut in_quotes = false;
        let mut ends: Vec<usize> = typed
            .char_indices()
            .filter(|(_, letter)| {
                in_quotes ^= *letter == '"';
                *letter == ',' && !in_quotes
            })
            .map(|(place, _)| at.start + place)
            .collect();
        ends.push(at.end);
        let mut start = at.start;
        let mut values = Vec::with_capacity(ends.len());
        for end in ends {
            let typed = self.text.get(start..end).unwrap_or_default();
            values.push(Value {
                at: start..end,
                text: unquoted(typed),
                is_quoted: typed.starts_with('"'),
                is_last: self.is_last && end == at.end,
            });
            start = end + 1;
        }
        values
    }

    fn test(&self, key: &'static str, values: &[Value]) -> Result<Test, Trouble> {
        fn each<T>(
            values: &[Value],
            read: impl Fn(&Value) -> Result<T, Trouble>,
        ) -> Result<Vec<T>, Trouble> {
            values.iter().map(read).collect()
        }
        Ok(match key {
            "status" => Test::Status(each(values, |value| self.said(value))?),
            "owner" => Test::Owner(each(values, |value| Ok(who(value)))?),
            "reviewer" => Test::Reviewer(each(values, |value| Ok(who(value)))?),
            "account" => Test::Account(each(values, |value| self.account(value))?),
            "kind" => Test::Kind(each(values, kind)?),
            "due" => Test::Due(each(values, |value| self.due(value))?),
            "is" => Test::Is(each(values, |value| {
                let state = STATES.iter().find(|(word, _)| is_it(value, word));
                let words = || STATES.iter().map(|(word, _)| *word);
                state
                    .map(|(_, state)| *state)
                    .ok_or_else(|| wrong(key, value, words))
            })?),
            "progress" => Test::Progress(each(values, |value| amount(key, value))?),
            "behind" => Test::Behind(each(values, |value| amount(key, value))?),
            "parent" => Test::Parent(each(values, |value| Ok(name(value)))?),
            _ => Test::Tag(each(values, |value| Ok(name(value)))?),
        })
    }

    fn said(&self, value: &Value) -> Result<Said, Trouble> {
        if let Some(status) = Status::parse(&value.text) {
            return Ok(Said::Status(status));
        }
        if OUTDATED.iter().any(|word| is_it(value, word)) {
            return Ok(Said::Outdated);
        }
        let own = (self.vocabulary.own_status)(&value.text);
        if own == Own::Yes {
            return Ok(Said::Own(Word::new(&value.text)));
        }
        let mut trouble = wrong("status", value, || {
            STATUSES.iter().chain(&OUTDATED).copied()
        });
        let is_like_one = trouble.is_unfinished
            || nearest(&value.text.to_lowercase(), STATUSES.iter().copied()).is_some();
        if own == Own::Unknown && !is_like_one {
            return Ok(Said::Own(Word::new(&value.text)));
        }
        trouble.is_unfinished |= own == Own::Begins && value.is_last;
        Err(trouble)
    }

    fn account(&self, value: &Value) -> Result<Word, Trouble> {
        if let Some(names) = &self.vocabulary.accounts
            && !names.iter().any(|name| is_it(value, name))
        {
            return Err(wrong("account", value, || names.iter().map(String::as_str)));
        }
        Ok(Word::new(&value.text))
    }

    fn due(&self, value: &Value) -> Result<Due, Trouble> {
        if is_it(value, "none") {
            return Ok(Due::None);
        }
        if is_it(value, "overdue") {
            return Ok(Due::Overdue);
        }
        let text = value.text.to_lowercase();
        let (compare, day) = compared(&text);
        let Some((from, to)) = stretch(day, &self.vocabulary.now) else {
            let grows = |word: &&str| word.starts_with(day) && value.is_last;
            let is_date =
                day.starts_with(|letter: char| letter.is_ascii_digit() || "+-".contains(letter));
            return Err(Trouble {
                at: value.at.clone(),
                why: format!("due:{} is no day", value.text),
                remedy: offers("due"),
                is_key: false,
                is_unfinished: value.is_last && is_date || DAYS.iter().any(grows),
            });
        };
        let is_span = from != to && matches!(day.chars().last(), Some('d' | 'w' | 'm' | 'y'));
        // A span compares with its far end: `<30d` ends in thirty days.
        let (first, last) = match is_span {
            true if day.starts_with('-') => (from, from),
            true => (to, to),
            false => (from, to),
        };
        let (from, to) = match compare {
            Compare::Equal => (Some(from), Some(to)),
            Compare::Less => (None, first.pred_opt()),
            Compare::AtMost => (None, Some(last)),
            Compare::AtLeast => (Some(first), None),
            Compare::More => (last.succ_opt(), None),
        };
        Ok(Due::Between(from, to, text))
    }
}

const OUTDATED: [&str; 2] = ["late", "outdated"];

/// Statuses as they are offered, and what else is understood.
const STATUSES: [&str; 15] = [
    "on",
    "risk",
    "off",
    "new",
    "paused",
    "achieved",
    "missed",
    "on_track",
    "at_risk",
    "off_track",
    "not_started",
    "pending",
    "caution",
    "done",
    "miss",
];

/// Words that days begin with.
const DAYS: [&str; 23] = [
    "none",
    "overdue",
    "today",
    "tomorrow",
    "yesterday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "q1",
    "q2",
    "q3",
    "q4",
    "january",
    "february",
    "march",
    "april",
    "june",
    "september",
    "december",
];

const KINDS: [&str; 12] = [
    "goal",
    "project",
    "folder",
    "number",
    "percent",
    "currency",
    "yes_no",
    "checklist",
    "milestones",
    "zones",
    "baseline",
    "guardrail",
];

fn known_key(key: &str) -> Option<&'static str> {
    match key {
        "champion" => Some("owner"),
        key => KEYS.into_iter().find(|known| *known == key),
    }
}

/// What may be written after a key.
fn offers(key: &str) -> String {
    match key {
        "status" => "write on, risk, off, new, paused, achieved, missed or late".to_owned(),
        "owner" | "reviewer" => "write me, none or a part of a name".to_owned(),
        "account" => "write the name of an account".to_owned(),
        "kind" => format!("write {}", KINDS.join(", ")),
        "due" => "write <30d, >2026-12-31, 2026/q4, overdue or none".to_owned(),
        "is" => {
            let words: Vec<&str> = STATES.iter().map(|(word, _)| *word).collect();
            format!("write {}", words.join(", "))
        }
        "progress" => "write <40, >=70, 100 or none".to_owned(),
        "behind" => "write >10, <0 or none".to_owned(),
        "parent" => "write a part of a name, or none".to_owned(),
        _ => "write a tag, or none".to_owned(),
    }
}

fn is_it(value: &Value, word: &str) -> bool {
    value.text.to_lowercase() == word.to_lowercase()
}

/// A value that is none of those there are.
fn wrong<'w, I: Iterator<Item = &'w str>>(
    key: &str,
    value: &Value,
    known: impl Fn() -> I,
) -> Trouble {
    let text = value.text.to_lowercase();
    let grows = known().any(|word| word.to_lowercase().starts_with(&text));
    let is_unfinished = value.is_last && grows;
    let remedy = match nearest(&text, known()) {
        Some(near) => format!("did you mean {near}?"),
        None if key == "account" => {
            let names: Vec<&str> = known().collect();
            format!("there are {}", names.join(", "))
        }
        None => offers(key),
    };
    Trouble {
        at: value.at.clone(),
        why: format!("{key}: knows no \"{}\"", value.text),
        remedy,
        is_unfinished,
        is_key: false,
    }
}

fn who(value: &Value) -> Who {
    if !value.is_quoted && is_it(value, "me") {
        Who::Me
    } else if !value.is_quoted && is_it(value, "none") {
        Who::Nobody
    } else {
        Who::Named(Word::new(&value.text))
    }
}

fn name(value: &Value) -> Name {
    if !value.is_quoted && is_it(value, "none") {
        Name::None
    } else {
        Name::Named(Word::new(&value.text))
    }
}

fn kind(value: &Value) -> Result<&'static str, Trouble> {
    let found = KINDS.into_iter().find(|kind| is_it(value, kind));
    found.ok_or_else(|| wrong("kind", value, || KINDS.into_iter()))
}

/// The sign before a value, and what follows it.
fn compared(text: &str) -> (Compare, &str) {
    let signs = [
        ("<=", Compare::AtMost),
        (">=", Compare::AtLeast),
        ("<", Compare::Less),
        (">", Compare::More),
        ("=", Compare::Equal),
    ];
    let found = signs
        .iter()
        .find_map(|(sign, compare)| Some((*compare, text.strip_prefix(sign)?.trim_start())));
    found.unwrap_or((Compare::Equal, text))
}

fn amount(key: &str, value: &Value) -> Result<Amount, Trouble> {
    if is_it(value, "none") {
        return Ok(Amount::None);
    }
    let (compare, text) = compared(&value.text);
    let number = text.trim_end_matches(['%', ' ']);
    let is_plain = number
        .chars()
        .all(|letter| letter.is_ascii_digit() || ".-+".contains(letter));
    let read = number.parse::<f64>().ok();
    read.filter(|number| is_plain && number.is_finite())
        .map(|number| Amount::Is(compare, number))
        .ok_or_else(|| Trouble {
            at: value.at.clone(),
            why: format!("{key}:{} is no number", value.text),
            remedy: offers(key),
            is_key: false,
            is_unfinished: value.is_last
                && (matches!(text, "" | "-" | "+" | ".")
                    || "none".starts_with(&value.text.to_lowercase())),
        })
}

/// First and last day of what was written: a day, a month, a quarter, a year, or the
/// days between today and the end of a span.
fn stretch(text: &str, now: &Now) -> Option<(NaiveDate, NaiveDate)> {
    if let Some(end) = span(text, now) {
        let today = now.today();
        return Some((today.min(end), today.max(end)));
    }
    if text.len() == 4
        && let Ok(year) = text.parse::<i32>()
    {
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        return Some((first, NaiveDate::from_ymd_opt(year, 12, 31)?));
    }
    if text.is_empty() || text.starts_with(['+', '-', '−']) {
        return None;
    }
    let text = text.replace('_', " ");
    let last = dates::parse_day_leaning(&text, now, Lean::Ahead).ok()?;
    let other = dates::parse_day_leaning(&text, now, Lean::Near).ok()?;
    // A month or quarter is its last day seen from today, its first from anywhere.
    let is_last_of_month = last.succ_opt().is_some_and(|next| next.day() == 1);
    if is_last_of_month && other.day() == 1 {
        let is_quarter = text.contains('q');
        let months = if is_quarter { 2 } else { 0 };
        let first = last.with_day(1)?.checked_sub_months(Months::new(months))?;
        return Some((first, last));
    }
    Some((last, last))
}

/// The end of a span: `30d`, `6w`, `2m`, `1y`, before today with a minus.
fn span(text: &str, now: &Now) -> Option<NaiveDate> {
    let unit = text.chars().last()?;
    let count = text.strip_suffix(unit)?;
    let (is_back, count) = match count.strip_prefix(['-', '−']) {
        Some(count) => (true, count),
        None => (false, count.strip_prefix('+').unwrap_or(count)),
    };
    if count.is_empty() || !count.chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let count: u32 = count.parse().ok()?;
    let today = now.today();
    let months = |count: u32| match is_back {
        true => today.checked_sub_months(Months::new(count)),
        false => today.checked_add_months(Months::new(count)),
    };
    let days = |count: u32| match is_back {
        true => today.checked_sub_days(Days::new(u64::from(count))),
        false => today.checked_add_days(Days::new(u64::from(count))),
    };
    match unit {
        'd' => days(count),
        'w' => days(count.checked_mul(7)?),
        'm' => months(count),
        'y' => months(count.checked_mul(12)?),
        _ => None,
    }
}
