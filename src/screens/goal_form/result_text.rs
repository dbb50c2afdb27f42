//! A key result as a person types it: kind and texts, read into a key result
//! and written from one. Pure; draws nothing.

use std::collections::BTreeMap;

use crate::model::ids::ResultId;
use crate::model::key_result::{Guardrail, KeyResult, Kind, Milestone, Reading};
use crate::model::values;

/// What is typed of a key result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Its name.
    Name,
    /// Its kind, chosen from a list.
    Kind,
    /// The value when the period began.
    Start,
    /// The value to reach.
    Target,
    /// Whether lower is better, where start and target do not tell.
    Falling,
    /// The limit of a guardrail.
    Limit,
    /// Whether a guardrail's value must stay above.
    Above,
    /// Where nothing is left of a guardrail.
    Critical,
    /// Where the zone worth 0.3 begins.
    Commit,
    /// Where the zone worth 0.7 begins.
    Aim,
    /// Where the zone worth 1 begins.
    Stretch,
    /// What is to be ticked, one on each line.
    Items,
    /// Unit after the value.
    Unit,
    /// Share in the goal's progress.
    Weight,
}

impl Part {
    /// Every part in the order of the form.
    pub const ALL: [Part; 14] = [
        Part::Name,
        Part::Kind,
        Part::Start,
        Part::Target,
        Part::Falling,
        Part::Limit,
        Part::Above,
        Part::Critical,
        Part::Commit,
        Part::Aim,
        Part::Stretch,
        Part::Items,
        Part::Unit,
        Part::Weight,
    ];

    /// Its name in drafts.
    pub fn id(self) -> &'static str {
        match self {
            Part::Name => "name",
            Part::Kind => "kind",
            Part::Start => "start",
            Part::Target => "target",
            Part::Falling => "falling",
            Part::Limit => "limit",
            Part::Above => "above",
            Part::Critical => "critical",
            Part::Commit => "commit",
            Part::Aim => "aim",
            Part::Stretch => "stretch",
            Part::Items => "items",
            Part::Unit => "unit",
            Part::Weight => "weight",
        }
    }

    /// The part with this name.
    pub fn parse(id: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.id() == id)
    }

    /// Its label.
    pub fn label(self) -> &'static str {
        match self {
            Part::Name => "Name",
            Part::Kind => "Kind",
            Part::Start => "Start",
            Part::Target | Part::Aim => "Target",
            Part::Falling => "Lower is better",
            Part::Limit => "Limit",
            Part::Above => "Stay above",
            Part::Critical => "Critical",
            Part::Commit => "Commit",
            Part::Stretch => "Stretch",
            Part::Items => "Items",
            Part::Unit => "Unit",
            Part::Weight => "Weight",
        }
    }

    /// Whether it is yes or no.
    pub fn is_toggle(self) -> bool {
        matches!(self, Part::Falling | Part::Above)
    }
}

/// The code, name and explanation of every kind, in the order of the list.
pub const KINDS: [(&str, &str, &str); 9] = [
    (
        "number",
        "number",
        "a count or measure from start to target",
    ),
    ("percent", "percent", "the same in %"),
    ("currency", "currency", "the same in money"),
    ("yes_no", "yes/no", "done or not"),
    ("checklist", "checklist", "items to tick"),
    ("milestones", "milestones", "weighted steps to tick"),
    ("zones", "zones", "commit, target and stretch values"),
    ("guardrail", "guardrail", "must stay below or above a limit"),
    ("baseline", "baseline", "watched without a target"),
];

/// A key result in texts. Booleans are `yes` or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultText(BTreeMap<Part, String>);

/// Parts that are wrong, each with one sentence.
pub type Wrong = Vec<(Part, String)>;

impl ResultText {
    /// A new key result: a number from 0.
    pub fn new() -> Self {
        let mut text = Self::default();
        text.set(Part::Kind, "number");
        text.set(Part::Start, "0");
        text.set(Part::Weight, "1");
        text
    }

    /// A key result as it is.
    pub fn of(result: &KeyResult) -> Self {
        let mut text = Self::default();
        let number = |value: f64| plain(value);
        text.set(Part::Name, &result.name);
        text.set(Part::Kind, result.kind.code());
        text.set(Part::Start, &number(result.start));
        text.set(Part::Target, &result.target.map(number).unwrap_or_default());
        text.set_yes(Part::Falling, result.falling);
        text.set(Part::Unit, &result.unit);
        text.set(Part::Weight, &number(result.weight));
        match &result.kind {
            Kind::Guardrail(rail) => {
                text.set(Part::Limit, &number(rail.limit));
                text.set_yes(Part::Above, rail.above);
                let critical = rail.critical.map(number).unwrap_or_default();
                text.set(Part::Critical, &critical);
            }
            Kind::Zones {
                commit,
                target,
                stretch,
            } => {
                text.set(Part::Commit, &number(*commit));
                text.set(Part::Aim, &number(*target));
                text.set(Part::Stretch, &number(*stretch));
            }
            Kind::Checklist { items, .. } => text.set(Part::Items, &items.join("\n")),
            Kind::Milestones { steps } => {
                let lines: Vec<String> = steps.iter().map(step_line).collect();
                text.set(Part::Items, &lines.join("\n"));
            }
            Kind::Number | Kind::Percent | Kind::Currency | Kind::YesNo | Kind::Baseline => {}
        }
        text
    }

    /// The text of a part.
    pub fn get(&self, part: Part) -> &str {
        self.0.get(&part).map_or("", String::as_str)
    }

    /// Puts a text.
    pub fn set(&mut self, part: Part, text: &str) {
        // Nothing typed and nothing there are the same.
        if text.is_empty() {
            self.0.remove(&part);
        } else {
            self.0.insert(part, text.to_owned());
        }
    }

    /// Whether a toggle says yes.
    pub fn is_yes(&self, part: Part) -> bool {
        self.get(part) == "yes"
    }

    /// Sets a toggle.
    pub fn set_yes(&mut self, part: Part, yes: bool) {
        self.set(part, if yes { "yes" } else { "" });
    }

    /// The parts that its kind asks for, in the order of the form.
    pub fn parts(&self) -> Vec<Part> {
        let own: &[Part] = match self.get(Part::Kind) {
            "yes_no" => &[],
            "checklist" | "milestones" => &[Part::Items],
            "zones" => &[Part::Commit, Part::Aim, Part::Stretch, Part::Unit],
            "guardrail" => &[Part::Limit, Part::Above, Part::Critical, Part::Unit],
            "baseline" => &[Part::Unit],
            _ if self.has_no_way() => &[Part::Start, Part::Target, Part::Falling, Part::Unit],
            _ => &[Part::Start, Part::Target, Part::Unit],
        };
        let mut parts = vec![Part::Name, Part::Kind];
        parts.extend(own);
        if self.get(Part::Kind) != "baseline" {
            parts.push(Part::Weight);
        }
        parts
    }

    /// Whether start and target are the same number.
    fn has_no_way(&self) -> bool {
        let start = values::parse_number(self.get(Part::Start));
        let target = values::parse_number(self.get(Part::Target));
        matches!((start, target), (Ok(start), Ok(target)) if start == target)
    }

    /// What start and target, or the limit, mean for the direction.
    pub fn direction(&self) -> Option<&'static str> {
        if !self.parts().contains(&Part::Target) {
            return None;
        }
        let start = values::parse_number(self.get(Part::Start)).ok()?;
        let target = values::parse_number(self.get(Part::Target)).ok()?;
        Some(if target < start {
            "lower is better"
        } else if target > start {
            "higher is better"
        } else {
            "to keep where it is"
        })
    }

    /// Reads a key result. What the form does not show comes from `old`, the
    /// same key result as it is now; its reading stays if the kind can hold it.
    ///
    /// # Errors
    /// Each part that is wrong, with one sentence.
    pub fn read(&self, id: ResultId, old: Option<&KeyResult>) -> Result<KeyResult, Wrong> {
        let mut wrong = Wrong::new();
        let asked = self.parts();
        let name = self.get(Part::Name).trim().to_owned();
        if name.is_empty() {
            wrong.push((Part::Name, "a key result needs a name".to_owned()));
        }
        let mut number = |part: Part, needed: bool| {
            if !asked.contains(&part) {
                return None;
            }
            let typed = self.get(part).trim();
            if typed.is_empty() {
                if needed {
                    wrong.push((part, format!("{} is missing", part.label().to_lowercase())));
                }
                return None;
            }
            values::parse_number(typed)
                .map_err(|why| wrong.push((part, why)))
                .ok()
        };
        let start = number(Part::Start, true);
        let target = number(Part::Target, true);
        let weight = number(Part::Weight, false);
        let limit = number(Part::Limit, true);
        let critical = number(Part::Critical, false);
        let commit = number(Part::Commit, true);
        let aim = number(Part::Aim, true);
        let stretch = number(Part::Stretch, true);
        if weight.is_some_and(|weight| weight < 0.0) {
            wrong.push((Part::Weight, "a weight is 0 or more".to_owned()));
        }
        let above = self.is_yes(Part::Above);
        if let (Some(limit), Some(critical)) = (limit, critical)
            && (critical - limit) * if above { -1.0 } else { 1.0 } <= 0.0
        {
            let side = if above { "below" } else { "above" };
            wrong.push((
                Part::Critical,
                format!("the critical value lies {side} the limit"),
            ));
        }
        if let (Some(commit), Some(aim), Some(stretch)) = (commit, aim, stretch) {
            let rising = commit < aim && aim < stretch;
            let falling = commit > aim && aim > stretch;
            if !rising && !falling {
                let why = "the three go one way: 10, 20, 30 or 30, 20, 10";
                wrong.push((Part::Aim, why.to_owned()));
            }
        }
        let kind = self.kind(old, limit, critical, [commit, aim, stretch], &mut wrong);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let ranged = kind.is_ranged();
        let same_kind = old.filter(|old| old.kind.code() == kind.code());
        let hidden_weight = old
            .filter(|_| !asked.contains(&Part::Weight))
            .map(|old| old.weight);
        Ok(KeyResult {
            particulars: None,
            name,
            unit: self.get(Part::Unit).trim().to_owned(),
            start: start.or(old.map(|old| old.start)).unwrap_or(0.0),
            target: if ranged {
                target
            } else {
                same_kind.and_then(|old| old.target)
            },
            current: old.and_then(|old| kept_reading(old, &kind)),
            weight: weight.or(hidden_weight).unwrap_or(1.0),
            falling: self.is_yes(Part::Falling),
            phases: old.map(|old| old.phases.clone()).unwrap_or_default(),
            sum_of: old.map(|old| old.sum_of.clone()).unwrap_or_default(),
            status: old.and_then(|old| old.status),
            id,
            kind,
        })
    }

    fn kind(
        &self,
        old: Option<&KeyResult>,
        limit: Option<f64>,
        critical: Option<f64>,
        zones: [Option<f64>; 3],
        wrong: &mut Wrong,
    ) -> Kind {
        match self.get(Part::Kind) {
            "percent" => Kind::Percent,
            "currency" => Kind::Currency,
            "yes_no" => Kind::YesNo,
            "baseline" => Kind::Baseline,
            "guardrail" => Kind::Guardrail(Guardrail {
                limit: limit.unwrap_or(0.0),
                above: self.is_yes(Part::Above),
                critical,
                strict: matches!(old.map(|old| &old.kind), Some(Kind::Guardrail(rail)) if rail.strict),
            }),
            "zones" => {
                let [commit, target, stretch] = zones.map(|zone| zone.unwrap_or(0.0));
                Kind::Zones {
                    commit,
                    target,
                    stretch,
                }
            }
            "checklist" => Kind::Checklist {
                items: self.items(wrong).into_iter().map(str::to_owned).collect(),
                ids: Vec::new(),
            },
            "milestones" => {
                let lines = self.items(wrong);
                let steps = lines.into_iter().map(|line| {
                    read_step(line).unwrap_or_else(|why| {
                        wrong.push((Part::Items, why));
                        Milestone {
                            name: line.to_owned(),
                            weight: 1.0,
                        }
                    })
                });
                Kind::Milestones {
                    steps: steps.collect(),
                }
            }
            _ => Kind::Number,
        }
    }

    fn items(&self, wrong: &mut Wrong) -> Vec<&str> {
        let items: Vec<&str> = self
            .get(Part::Items)
            .lines()
            .map(|line| {
                let line = line.trim();
                line.strip_prefix("- ").map_or(line, str::trim)
            })
            .filter(|line| !line.is_empty())
            .collect();
        if items.is_empty() {
            let why = "nothing to tick yet; write one item on each line";
            wrong.push((Part::Items, why.to_owned()));
        }
        items
    }
}

/// A number as it is typed: no thousands, no unit, as many digits as it has.
pub fn plain(value: f64) -> String {
    format!("{value}")
}

/// A step as one line: its name, and its weight where it is not 1.
fn step_line(step: &Milestone) -> String {
    if step.weight == 1.0 {
        step.name.clone()
    } else {
        format!("{} *{}", step.name, plain(step.weight))
    }
}

/// `Beta with ten teams *3` is a step of weight 3.
fn read_step(line: &str) -> Result<Milestone, String> {
    let Some((name, weight)) = line.rsplit_once([' ', '\t']).and_then(|(name, last)| {
        let weight = last.strip_prefix('*').or_else(|| last.strip_prefix('×'))?;
        Some((name.trim(), weight))
    }) else {
        return Ok(Milestone {
            name: line.to_owned(),
            weight: 1.0,
        });
    };
    let read = values::parse_number(weight)
        .ok()
        .filter(|weight| *weight > 0.0)
        .ok_or_else(|| format!("no weight: \"*{weight}\"; write *3 for three shares"))?;
    Ok(Milestone {
        name: name.to_owned(),
        weight: read,
    })
}

/// The names that are ticked, of a kind with ticks.
fn names(kind: &Kind) -> Option<Vec<&str>> {
    match kind {
        Kind::Checklist { items, .. } => Some(items.iter().map(String::as_str).collect()),
        Kind::Milestones { steps } => Some(steps.iter().map(|step| step.name.as_str()).collect()),
        _ => None,
    }
}

/// The latest reading under a new kind. Ticks stay with the names of their
/// items; a reading that the new kind cannot hold is given up.
fn kept_reading(old: &KeyResult, kind: &Kind) -> Option<Reading> {
    let reading = old.current.as_ref()?;
    match (names(&old.kind), names(kind)) {
        (Some(before), Some(after)) => {
            let ticks = values::ticks_of(Some(reading), before.len());
            let ticked = |name: &&str| {
                let place = before.iter().position(|other| other == name);
                place
                    .and_then(|place| ticks.get(place).copied())
                    .unwrap_or(false)
            };
            Some(Reading::Ticks(after.iter().map(ticked).collect()))
        }
        (None, None) if (old.kind == Kind::YesNo) == (*kind == Kind::YesNo) => {
            Some(reading.clone())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(parts: &[(Part, &str)]) -> ResultText {
        let mut text = ResultText::new();
        text.set(Part::Name, "Sign-ups");
        for (part, typed) in parts {
            text.set(*part, typed);
        }
        text
    }

    fn read(parts: &[(Part, &str)]) -> Result<KeyResult, Wrong> {
        text(parts).read(ResultId::new("r-1"), None)
    }

    #[test]
    fn a_number_runs_from_start_to_target() {
        let result = read(&[
            (Part::Start, "40"),
            (Part::Target, "1.5k"),
            (Part::Unit, " a week "),
        ])
        .unwrap();
        assert_eq!((result.start, result.target), (40.0, Some(1500.0)));
        assert_eq!(
            (result.kind, result.unit.as_str(), result.weight),
            (Kind::Number, "a week", 1.0)
        );
    }

    #[test]
    fn what_is_missing_or_no_number_is_said_at_its_part() {
        let wrong = read(&[(Part::Name, " "), (Part::Start, "16o")]).unwrap_err();
        let parts: Vec<Part> = wrong.iter().map(|(part, _)| *part).collect();
        assert_eq!(parts, [Part::Name, Part::Start, Part::Target]);
        assert_eq!(wrong[1].1, "not a number: \"16o\"");
        let wrong = read(&[(Part::Target, "5"), (Part::Weight, "-1")]).unwrap_err();
        assert_eq!(wrong[0].0, Part::Weight);
    }

    #[test]
    fn the_direction_comes_from_start_and_target() {
        let direction =
            |start, target| text(&[(Part::Start, start), (Part::Target, target)]).direction();
        assert_eq!(direction("30", "10"), Some("lower is better"));
        assert_eq!(direction("-5", "10"), Some("higher is better"));
        assert_eq!(direction("", "10"), None);
        let same = text(&[(Part::Start, "3"), (Part::Target, "3")]);
        assert!(same.parts().contains(&Part::Falling));
    }

    #[test]
    fn a_guardrail_needs_its_critical_value_beyond_the_limit() {
        let rail = |limit, critical, above| {
            read(&[
                (Part::Kind, "guardrail"),
                (Part::Limit, limit),
                (Part::Critical, critical),
                (Part::Above, above),
            ])
        };
        assert!(rail("1", "2", "").is_ok());
        assert!(rail("1", "", "yes").is_ok());
        assert_eq!(rail("1", "0.5", "").unwrap_err()[0].0, Part::Critical);
        assert_eq!(rail("1", "2", "yes").unwrap_err()[0].0, Part::Critical);
    }

    #[test]
    fn zones_go_one_way() {
        let zones = |commit, aim, stretch| {
            read(&[
                (Part::Kind, "zones"),
                (Part::Commit, commit),
                (Part::Aim, aim),
                (Part::Stretch, stretch),
            ])
        };
        assert!(zones("10", "20", "30").is_ok());
        assert!(zones("30", "20", "10").is_ok());
        assert!(zones("10", "30", "20").is_err());
        assert_eq!(zones("10", "", "20").unwrap_err()[0].0, Part::Aim);
    }

    #[test]
    fn milestones_take_weights_and_ignore_bullets() {
        let result = read(&[
            (Part::Kind, "milestones"),
            (Part::Items, "- Design\n\nBeta *3\n  Launch × 2"),
        ])
        .unwrap();
        let Kind::Milestones { steps } = &result.kind else {
            unreachable!("asked for milestones");
        };
        let steps: Vec<_> = steps
            .iter()
            .map(|step| (step.name.as_str(), step.weight))
            .collect();
        assert_eq!(steps, [("Design", 1.0), ("Beta", 3.0), ("Launch × 2", 1.0)]);
        let wrong = read(&[(Part::Kind, "milestones"), (Part::Items, "Beta *x")]).unwrap_err();
        assert_eq!(wrong[0].0, Part::Items);
        assert!(read(&[(Part::Kind, "checklist")]).is_err());
    }

    #[test]
    fn every_kind_comes_back_as_it_was() {
        let old = |kind: Kind| KeyResult {
            particulars: None,
            id: ResultId::new("r-1"),
            name: "x".into(),
            kind,
            unit: "%".into(),
            start: 4.1,
            target: None,
            current: None,
            weight: 0.5,
            falling: false,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
        };
        let kinds = [
            Kind::Number,
            Kind::Percent,
            Kind::Currency,
            Kind::YesNo,
            Kind::Baseline,
            Kind::Checklist {
                items: vec!["a".into(), "b".into()],
                ids: Vec::new(),
            },
            Kind::Milestones {
                steps: vec![Milestone {
                    name: "a".into(),
                    weight: 2.5,
                }],
            },
            Kind::Zones {
                commit: 1.0,
                target: 2.0,
                stretch: 3.0,
            },
            Kind::Guardrail(Guardrail {
                limit: 0.1,
                above: true,
                critical: Some(0.05),
                strict: true,
            }),
        ];
        for kind in kinds {
            let mut before = old(kind);
            if before.kind.is_ranged() {
                before.target = Some(-2.0);
            }
            let read = ResultText::of(&before).read(before.id.clone(), Some(&before));
            assert_eq!(read, Ok(before));
        }
    }

    #[test]
    fn ticks_stay_with_the_names_of_their_items() {
        let mut before = read(&[(Part::Kind, "checklist"), (Part::Items, "a\nb\nc")]).unwrap();
        before.current = Some(Reading::Ticks(vec![true, false, true]));
        let mut text = ResultText::of(&before);
        text.set(Part::Items, "c\nnew\na");
        let after = text.read(before.id.clone(), Some(&before)).unwrap();
        assert_eq!(after.current, Some(Reading::Ticks(vec![true, false, true])));
        text.set(Part::Kind, "yes_no");
        let after = text.read(before.id.clone(), Some(&before)).unwrap();
        assert_eq!(after.current, None);
    }
}
