//! Confidence: an account's own scale and ours of 0 to 10.

use serde_json::Value;

use super::wire;

/// How an account counts confidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// The greatest value.
    top: f64,
    /// Whether values are whole numbers.
    whole: bool,
    /// Names of ranges of values: from, to, name.
    names: Vec<(f64, f64, String)>,
    /// Whether the account said so; else it is what is usual.
    told: bool,
}

impl Default for Scale {
    /// 0 to 1 by tenths.
    fn default() -> Self {
        Self {
            top: 1.0,
            whole: false,
            names: Vec::new(),
            told: false,
        }
    }
}

impl Scale {
    /// The scale in an account's `confidenceSettings`; the usual one where they
    /// say nothing.
    pub fn of_account(account: &Value) -> Self {
        let Some(settings) = account.get("confidenceSettings") else {
            return Self::default();
        };
        let mut names = Vec::new();
        for step in wire::list(settings, "confidenceMapping") {
            let Some(range) = step.get("range") else {
                continue;
            };
            let Some(to) = wire::number(range, "to") else {
                continue;
            };
            let from = wire::number(range, "from").unwrap_or(to);
            names.push((from, to, wire::text(step, "name")));
        }
        let top = names.iter().map(|(_, to, _)| *to).fold(0.0, f64::max);
        if top <= 0.0 {
            return Self::default();
        }
        let is_whole = |number: f64| number.fract() == 0.0;
        let whole = top > 1.0
            && names
                .iter()
                .all(|(from, to, _)| is_whole(*from) && is_whole(*to));
        Self {
            top,
            whole,
            names,
            told: true,
        }
    }

    /// Their value on ours of 0 to 10. Where the account does not say its scale, a
    /// value above 1 is one of 0 to 10, and one above 10 of 0 to 100.
    pub fn ours(&self, theirs: f64) -> u8 {
        let top = match (self.told, theirs) {
            (false, theirs) if theirs > 10.0 => 100.0,
            (false, theirs) if theirs > 1.0 => 10.0,
            _ => self.top,
        };
        let tenths = (theirs / top * 10.0).round().clamp(0.0, 10.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 10"
        )]
        let tenths = tenths as u8;
        tenths
    }

    /// Ours of 0 to 10 as a value of theirs. `seen`: a value this key result had,
    /// which tells the scale where the account does not.
    pub fn theirs(&self, ours: u8, seen: Option<f64>) -> f64 {
        let share = f64::from(ours.min(10)) / 10.0;
        let (top, whole) = match seen {
            Some(seen) if !self.told && seen > 10.0 => (100.0, true),
            Some(seen) if !self.told && seen > 1.0 => (10.0, true),
            _ => (self.top, self.whole),
        };
        let value = share * top;
        if whole {
            value.round()
        } else {
            // 0.7 of 1 is not 0.7000000000000001.
            (value * 1e6).round() / 1e6
        }
    }

    /// The account's word for a value of theirs; foreign text.
    pub fn name(&self, theirs: f64) -> Option<&str> {
        let (_, _, name) = self
            .names
            .iter()
            .find(|(from, to, _)| (*from..=*to).contains(&theirs))?;
        (!name.trim().is_empty()).then_some(name.as_str())
    }
}

/// A confidence of any of the shapes it comes in: a number, an object with
/// `value`, or nothing.
pub fn value(thing: &Value, key: &str) -> Option<f64> {
    let told = thing.get(key)?;
    wire::number_of(told).or_else(|| wire::number(told, "value"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scale(tops: &[(f64, f64)]) -> Scale {
        let steps: Vec<Value> = tops
            .iter()
            .map(|(from, to)| json!({"name": "x", "range": {"from": from, "to": to}}))
            .collect();
        Scale::of_account(&json!({"confidenceSettings": {"confidenceMapping": steps}}))
    }

    #[test]
    fn b07_confidence_is_read_as_object_number_and_nothing() {
        let thing = json!({"object": {"value": 0.8, "reason": "x"}, "number": 0.7, "text": "0.6", "null": null, "empty": {}});
        let read = |key| value(&thing, key);
        assert_eq!(
            (read("object"), read("number"), read("text")),
            (Some(0.8), Some(0.7), Some(0.6))
        );
        for key in ["null", "empty", "missing"] {
            assert_eq!(read(key), None, "{key}");
        }
    }

    #[test]
    fn every_value_comes_back_as_it_went_on_every_scale() {
        for scale in [
            Scale::default(),
            scale(&[(0.0, 0.3), (0.4, 1.0)]),
            scale(&[(0.0, 10.0)]),
        ] {
            for ours in 0..=10 {
                assert_eq!(scale.ours(scale.theirs(ours, None)), ours, "{scale:?}");
            }
        }
        assert_eq!(Scale::default().theirs(7, None), 0.7);
        let five = scale(&[(1.0, 2.0), (3.0, 5.0)]);
        assert_eq!((five.theirs(8, None), five.ours(4.0)), (4.0, 8));
        assert_eq!(five.theirs(7, None).fract(), 0.0);
    }

    #[test]
    fn without_the_accounts_word_a_whole_number_is_of_ten_or_a_hundred() {
        let usual = Scale::default();
        assert_eq!(
            (usual.ours(0.8), usual.ours(8.0), usual.ours(80.0)),
            (8, 8, 8)
        );
        assert_eq!(usual.theirs(7, Some(6.0)), 7.0);
        assert_eq!(usual.theirs(7, Some(0.6)), 0.7);
        assert_eq!((usual.ours(-3.0), usual.ours(1e9)), (0, 10));
        for odd in [
            json!({}),
            json!({"confidenceSettings": null}),
            json!({"confidenceSettings": {"confidenceMapping": [{"range": {"to": 0}}, 7]}}),
        ] {
            assert_eq!(Scale::of_account(&odd), Scale::default());
        }
    }
}
