//! Key results: what is measured, and what a check-in may say about one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ids::{PersonId, ResultId};
use super::status::Status;
use super::time::Time;

/// One key result of a goal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyResult {
    /// Unique over all accounts.
    pub id: ResultId,
    /// Foreign text.
    pub name: String,
    /// What is measured and how it counts.
    pub kind: Kind,
    /// Unit after the value: `%`, `EUR`, `minutes`; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// The value when the period began (s). Not used by guardrails, zones,
    /// yes/no, checklists and milestones.
    #[serde(default)]
    pub start: f64,
    /// The value to reach (t); none for a baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// The latest reading (c); none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Reading>,
    /// Share in the goal's progress; 0 is shown but not counted.
    #[serde(default = "one")]
    pub weight: f64,
    /// Direction when start equals target: true if lower is better.
    #[serde(default, skip_serializing_if = "is_false")]
    pub falling: bool,
    /// Expected values on the way (date, value); empty means linear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<(NaiveDate, f64)>,
    /// Sum mode: this result's value is the sum of these results' values, each
    /// times its factor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sum_of: Vec<(ResultId, f64)>,
    /// A status the provider itself gives this result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What only some providers tell; see [`KeyResult::particulars`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub particulars: Option<Box<Particulars>>,
}

/// What only some providers tell about a key result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Particulars {
    /// The provider's own progress figure, 0–1, not clamped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_progress: Option<f64>,
    /// Its value is reckoned at the provider (from tasks, another system): a
    /// check-in brings words for it, no value.
    #[serde(skip_serializing_if = "is_false")]
    pub automatic: bool,
    /// A word about where its value comes from, for the detail: `3 tasks, 1 list`.
    /// Foreign text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub aside: String,
    /// Who answers for it, where that may be another than the goal's champion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// When it was checked in last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Time>,
    /// The provider hides its values from this login.
    #[serde(skip_serializing_if = "is_false")]
    pub hidden: bool,
}

/// The particulars of a key result whose provider tells none.
static NO_PARTICULARS: Particulars = Particulars {
    provider_progress: None,
    automatic: false,
    aside: String::new(),
    owner: None,
    checked_at: None,
    hidden: false,
};

impl KeyResult {
    /// What only some providers tell.
    pub fn particulars(&self) -> &Particulars {
        self.particulars.as_deref().unwrap_or(&NO_PARTICULARS)
    }

    /// Whether its value is none of ours to write: the provider counts it, or hides
    /// it from this login.
    pub fn is_read_elsewhere(&self) -> bool {
        let particulars = self.particulars();
        particulars.automatic || particulars.hidden
    }
}

fn one() -> f64 {
    1.0
}

fn is_false(value: &bool) -> bool {
    !value
}

/// What kind of measure a key result is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// A count or measure from start to target; the sign of t−s is the direction.
    Number,
    /// The same with `%` as its unit.
    Percent,
    /// The same in money; `unit` names the currency.
    Currency,
    /// Done or not.
    YesNo,
    /// Done items of all items.
    Checklist {
        /// What is to be ticked, in order.
        items: Vec<String>,
        /// The provider's ids of the items in the same order; empty where it has none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ids: Vec<String>,
    },
    /// Weighted steps, each done or not.
    Milestones {
        /// The steps in order.
        steps: Vec<Milestone>,
    },
    /// Values that reach zones worth 0.3, 0.7 and 1.0.
    Zones {
        /// From here on 0.3.
        commit: f64,
        /// From here on 0.7.
        target: f64,
        /// From here on 1.0.
        stretch: f64,
    },
    /// Watched without a target; does not count.
    Baseline,
    /// Must stay on one side of a limit.
    Guardrail(Guardrail),
}

/// A limit to keep.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guardrail {
    /// The limit T.
    pub limit: f64,
    /// True: stay above; false: stay below.
    #[serde(default)]
    pub above: bool,
    /// Beyond the limit, where nothing is left (K); without it a broken one is 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<f64>,
    /// True where the limit itself already breaks it (Quantive).
    #[serde(default)]
    pub strict: bool,
}

/// One weighted step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Milestone {
    /// Foreign text.
    pub name: String,
    /// Share among the steps, above 0.
    #[serde(default = "one")]
    pub weight: f64,
}

/// What was read off a key result at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reading {
    /// Done or not.
    Yes(bool),
    /// A finite value.
    Number(f64),
    /// Ticks of a checklist or of milestones, in their order.
    Ticks(Vec<bool>),
}

impl Reading {
    /// The reading as a number: yes is 1, ticks count the done ones.
    pub fn number(&self) -> f64 {
        match self {
            Reading::Yes(yes) => f64::from(u8::from(*yes)),
            Reading::Number(value) => *value,
            Reading::Ticks(ticks) => ticks.iter().filter(|tick| **tick).map(|_| 1.0).sum(),
        }
    }
}

impl Kind {
    /// `number`, `percent`, … as in JSON, flags and the goal form.
    pub fn code(&self) -> &'static str {
        match self {
            Kind::Number => "number",
            Kind::Percent => "percent",
            Kind::Currency => "currency",
            Kind::YesNo => "yes_no",
            Kind::Checklist { .. } => "checklist",
            Kind::Milestones { .. } => "milestones",
            Kind::Zones { .. } => "zones",
            Kind::Baseline => "baseline",
            Kind::Guardrail(_) => "guardrail",
        }
    }

    /// Whether progress runs from start to target as (c−s)/(t−s).
    pub fn is_ranged(&self) -> bool {
        matches!(self, Kind::Number | Kind::Percent | Kind::Currency)
    }
}
