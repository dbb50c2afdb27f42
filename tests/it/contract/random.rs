//! Answers a system may give by its description, however odd.

use serde_json::{Map, Value, json};

use super::operation::Content;
use super::samples::{BROKEN, TEXTS, UNDECLARED, WHOLE};
use super::{Contract, Operation};

/// Which kind of right answer is made. All of them follow the schema: a choice
/// among words stays one, a date stays a date, bounds are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Anything: optional fields left out, fields nobody declared added,
    /// text of every kind, numbers at their bounds.
    Random,
    /// Every field there, and null wherever it may be.
    AllNull,
    /// Every field there, and every text is `string`; several things then
    /// have the same id.
    AllString,
    /// Every field there, and every number 0 (or the bound next to it).
    AllZero,
    /// What the file shows: a whole example if it has one, else each field's
    /// own; where there is neither `string` and 0, as a mock server answers.
    Example,
}

impl Contract {
    /// A right answer for an operation and a declared status: its content type
    /// (empty when there is no body) and its body. The same seed makes the
    /// same answer.
    pub fn random_answer(
        &self,
        operation: &Operation,
        status: u16,
        seed: u64,
        how: How,
    ) -> (String, Vec<u8>) {
        let declared = self.declared(operation);
        let Some(answer) = declared.answer(status) else {
            panic!("{} declares no {status} for {}", self.name, operation.id);
        };
        let mut dice = Dice(seed ^ u64::from(status) << 48);
        let content = match how {
            How::Random if !answer.contents.is_empty() => dice.one_of(&answer.contents),
            _ => match answer.contents.first() {
                Some(content) => content,
                None => return (String::new(), Vec::new()),
            },
        };
        let value = made(content, how, &mut dice);
        let body = match &value {
            Value::String(text) if !content.is_json() => text.clone().into_bytes(),
            value => value.to_string().into_bytes(),
        };
        (content.kind.clone(), body)
    }
}

/// A value of the content's schema. It is judged before it is given out: made
/// for one of several shapes that exclude each other it may fit two of them by
/// accident. Then the next is made.
fn made(content: &Content, how: How, dice: &mut Dice) -> Value {
    if how == How::Example && !content.examples.is_empty() {
        return dice.one_of(&content.examples).clone();
    }
    let right = |value: &Value| content.schema.violations(value, false, "").is_empty();
    for _ in 0..50 {
        let mut maker = Maker { dice, how };
        let value = maker.value(&content.schema.form);
        // An empty text is no body at all.
        if right(&value) && (content.is_json() || value != "") {
            return value;
        }
    }
    panic!("no value could be made for {}", content.schema.form);
}

struct Maker<'a> {
    dice: &'a mut Dice,
    how: How,
}

impl Maker<'_> {
    fn value(&mut self, form: &Value) -> Value {
        for word in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = form.get(word) {
                let branch = match self.how {
                    How::Example => branches.first().unwrap_or(&Value::Null),
                    _ => self.dice.one_of(branches),
                };
                return self.value(branch);
            }
        }
        if let Some(only) = form.get("const") {
            return only.clone();
        }
        if let (How::Example, Some(Value::Array(shown))) = (self.how, form.get("examples"))
            && !shown.is_empty()
        {
            return self.dice.one_of(shown).clone();
        }
        if let Some(Value::Array(choices)) = form.get("enum") {
            return match self.how {
                How::Example => choices.first().cloned().unwrap_or_default(),
                _ => self.dice.one_of(choices).clone(),
            };
        }
        match self.kind(form) {
            "null" => Value::Null,
            "boolean" => (self.how == How::Example || self.dice.chance(50)).into(),
            "integer" => self.number(form, true),
            "number" => self.number(form, false),
            "string" => self.text(form).into(),
            "array" => self.list(form),
            "object" => self.object(form),
            _ => self.anything(2),
        }
    }

    /// The type to make, of those the schema has.
    fn kind<'f>(&mut self, form: &'f Value) -> &'f str {
        let several = match form.get("type") {
            Some(Value::String(one)) => return one,
            Some(Value::Array(several)) => several,
            _ => return "",
        };
        let kinds: Vec<&str> = several.iter().filter_map(Value::as_str).collect();
        let nullable = kinds.contains(&"null");
        let null = match self.how {
            How::AllNull => nullable,
            How::Random => nullable && self.dice.chance(25),
            _ => false,
        };
        let others: Vec<&str> = kinds.into_iter().filter(|kind| *kind != "null").collect();
        if null || others.is_empty() {
            return "null";
        }
        self.dice.one_of::<&str>(&others)
    }

    fn object(&mut self, form: &Value) -> Value {
        let random = self.how == How::Random;
        let required = form["required"].as_array().cloned().unwrap_or_default();
        let mut out = Map::new();
        for (name, field) in form["properties"].as_object().into_iter().flatten() {
            let needed = required.iter().any(|one| one == name);
            if needed || !random || self.dice.chance(75) {
                out.insert(name.clone(), self.value(field));
            }
        }
        if random && form["additionalProperties"] != json!(false) {
            for _ in 0..self.dice.below(3) {
                // Some are names our readers know from elsewhere: in such an
                // object the description does not say what they hold.
                let name = *self.dice.one_of(UNDECLARED);
                if form["properties"].get(name).is_none() {
                    let value = self.anything(2);
                    out.insert(name.to_owned(), value);
                }
            }
        }
        Value::Object(out)
    }

    fn list(&mut self, form: &Value) -> Value {
        let least = form["minItems"].as_u64().unwrap_or(0);
        let count = match self.how {
            How::Example => least.max(1),
            How::Random => least + self.dice.below(4),
            _ => least.max(1) + self.dice.below(3),
        };
        let most = form["maxItems"].as_u64().unwrap_or(u64::MAX);
        (0..count.min(most))
            .map(|_| self.value(&form["items"]))
            .collect()
    }

    fn number(&mut self, form: &Value, whole: bool) -> Value {
        let bound = |word: &str| form[word].as_f64();
        let low = bound("minimum").or(bound("exclusiveMinimum").map(|low| low + 1.0));
        let high = bound("maximum").or(bound("exclusiveMaximum").map(|high| high - 1.0));
        let fits = |number: f64| {
            low.is_none_or(|low| number >= low) && high.is_none_or(|high| number <= high)
        };
        if matches!(self.how, How::AllZero | How::Example) {
            // The bound next to zero when zero itself is outside.
            return match (low, high) {
                (Some(low), _) if low > 0.0 => form["minimum"].clone(),
                (_, Some(high)) if high < 0.0 => form["maximum"].clone(),
                _ => json!(0),
            };
        }
        let numbers = if whole { WHOLE } else { BROKEN };
        let mut choices: Vec<Value> = vec![form["minimum"].clone(), form["maximum"].clone()];
        choices.extend(numbers.iter().map(|text| read(text)));
        choices.push(self.dice.below(100).into());
        choices.push(self.dice.below(100).into());
        choices.push(self.dice.below(1_000_000_000_000).into());
        choices.retain(|number| number.as_f64().is_some_and(fits));
        // A bound need not be whole, nor be one of the numbers above.
        choices.retain(|number| !whole || number.as_f64().is_some_and(|n| n.fract() == 0.0));
        match choices.is_empty() {
            true => json!(0),
            false => self.dice.one_of(&choices).clone(),
        }
    }

    fn text(&mut self, form: &Value) -> String {
        let dull = matches!(self.how, How::AllString | How::Example);
        let (usual, others): (&str, &[&str]) = match form["format"].as_str() {
            Some("date-time") => (
                "2019-08-24T14:15:22Z",
                &[
                    "0001-01-01T00:00:00Z",
                    "2026-12-31T23:59:59.999999999+14:00",
                ],
            ),
            Some("date") => ("2019-08-24", &["0001-01-01", "2028-02-29", "9999-12-31"]),
            Some("uri") => (
                "http://example.com",
                &[
                    "https://app.example/1/goals/6?a=b#c",
                    "mailto:a@b.example",
                    "urn:x:y",
                ],
            ),
            Some("uuid") => (
                "497f6eca-6276-4993-bfeb-53cbbbba6f08",
                &["00000000-0000-0000-0000-000000000000"],
            ),
            Some("email") => ("user@example.com", &["a+b@c.example"]),
            Some(other) => panic!("no text of the format {other} can be made"),
            None => ("string", TEXTS),
        };
        if dull || self.dice.chance(10) {
            return self.long_enough(form, usual.to_owned());
        }
        if form["format"].is_null() && self.dice.chance(40) {
            // As an id, an amount or a time in a text.
            let number = self.dice.below(2_000_000_000_000);
            return self.long_enough(form, number.to_string());
        }
        let text = (*self.dice.one_of(others)).to_owned();
        self.long_enough(form, text)
    }

    fn long_enough(&mut self, form: &Value, text: String) -> String {
        let least = form["minLength"].as_u64().unwrap_or(0);
        let most = form["maxLength"].as_u64().unwrap_or(u64::MAX);
        let mut text: Vec<char> = text.chars().collect();
        while (text.len() as u64) < least {
            text.push('x');
        }
        text.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        text.into_iter().collect()
    }

    /// Any JSON at all, where the schema does not say.
    fn anything(&mut self, depth: u32) -> Value {
        let free = json!({});
        match self.dice.below(if depth == 0 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => self.dice.chance(50).into(),
            2 => self.number(&free, true),
            3 => self.number(&free, false),
            4 => self.text(&free).into(),
            5 => (0..self.dice.below(3))
                .map(|_| self.anything(depth - 1))
                .collect(),
            _ => {
                let mut out = Map::new();
                for _ in 0..self.dice.below(4) {
                    let name = *self.dice.one_of(UNDECLARED);
                    let value = self.anything(depth - 1);
                    out.insert(name.to_owned(), value);
                }
                Value::Object(out)
            }
        }
    }
}

fn read(number: &str) -> Value {
    serde_json::from_str(number).unwrap_or_default()
}

/// Splitmix64: small, and the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From nought up to, not including, `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn one_of<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        let index = self.below(several.len() as u64);
        &several[usize::try_from(index).unwrap_or_default()]
    }
}
