//! Flags into key results: kinds, numbers, items.

use crate::model::ids::ResultId;
use crate::model::key_result::{Guardrail, KeyResult, Kind, Milestone};
use crate::model::values;

use super::args::{KindName, Measure};
use super::failure::Failure;

/// A number from a flag; unlike in a check-in a sign is a sign.
pub fn number(flag: &str, text: &str) -> Result<f64, Failure> {
    values::parse_number(text)
        .map_err(|why| Failure::misread(flag, &why, "write it like 162, -5, 1.5k or 41"))
}

/// A number from a flag that may be missing.
pub fn maybe(flag: &str, text: Option<&String>) -> Result<Option<f64>, Failure> {
    text.map(|text| number(flag, text)).transpose()
}

/// A weight: 0 or more.
pub fn weight(text: Option<&String>) -> Result<Option<f64>, Failure> {
    let weight = maybe("--weight", text)?;
    if weight.is_some_and(|weight| weight < 0.0) {
        return Err(Failure::usage(
            "--weight",
            "it is below 0",
            "give 0 or more",
        ));
    }
    Ok(weight)
}

fn blank(kind: Kind) -> KeyResult {
    KeyResult {
        particulars: None,
        id: ResultId::new(""),
        name: String::new(),
        kind,
        unit: String::new(),
        start: 0.0,
        target: None,
        current: None,
        weight: 1.0,
        falling: false,
        phases: Vec::new(),
        sum_of: Vec::new(),
        status: None,
    }
}

/// The kind that is meant when none is named.
fn guess(measure: &Measure) -> KindName {
    if measure.limit.is_some() || measure.critical.is_some() {
        KindName::Guardrail
    } else if measure.items.is_some() {
        KindName::Checklist
    } else if measure.commit.is_some() || measure.stretch.is_some() {
        KindName::Zones
    } else if measure.unit.as_deref() == Some("%") {
        KindName::Percent
    } else {
        KindName::Number
    }
}

fn name_of(kind: &Kind) -> KindName {
    match kind {
        Kind::Number => KindName::Number,
        Kind::Percent => KindName::Percent,
        Kind::Currency => KindName::Currency,
        Kind::YesNo => KindName::YesNo,
        Kind::Checklist { .. } => KindName::Checklist,
        Kind::Milestones { .. } => KindName::Milestones,
        Kind::Zones { .. } => KindName::Zones,
        Kind::Baseline => KindName::Baseline,
        Kind::Guardrail(_) => KindName::Guardrail,
    }
}

/// A new key result.
pub fn create(id: ResultId, name: &str, measure: &Measure) -> Result<KeyResult, Failure> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Failure::usage(
            "key result",
            "its name is empty",
            "give it a name",
        ));
    }
    let mut result = blank(Kind::Number);
    result.id = id;
    name.clone_into(&mut result.name);
    let kind = measure.kind.unwrap_or_else(|| guess(measure));
    fill(&mut result, kind, measure, None)?;
    Ok(result)
}

/// Changes a key result as the flags say; what is not named stays.
pub fn change(
    result: &mut KeyResult,
    name: Option<&String>,
    measure: &Measure,
) -> Result<(), Failure> {
    if let Some(name) = name {
        name.trim().clone_into(&mut result.name);
    }
    let before = result.kind.clone();
    let kind = measure.kind.unwrap_or_else(|| name_of(&before));
    let same = kind == name_of(&before);
    fill(result, kind, measure, same.then_some(&before))?;
    if !same && measure.current.is_none() && !is_kept(&before, &result.kind) {
        result.current = None;
    }
    Ok(())
}

/// Whether a reading of one kind means something for another.
fn is_kept(before: &Kind, after: &Kind) -> bool {
    let is_plain = |kind: &Kind| {
        kind.is_ranged()
            || matches!(
                kind,
                Kind::Baseline | Kind::Zones { .. } | Kind::Guardrail(_)
            )
    };
    is_plain(before) && is_plain(after)
}

fn fill(
    result: &mut KeyResult,
    kind: KindName,
    measure: &Measure,
    before: Option<&Kind>,
) -> Result<(), Failure> {
    if let Some(start) = maybe("--start", measure.start.as_ref())? {
        result.start = start;
    }
    if let Some(target) = maybe("--target", measure.target.as_ref())? {
        result.target = Some(target);
    }
    if let Some(weight) = weight(measure.weight.as_ref())? {
        result.weight = weight;
    }
    if let Some(unit) = &measure.unit {
        unit.trim().clone_into(&mut result.unit);
    } else if kind == KindName::Percent && result.unit.is_empty() {
        "%".clone_into(&mut result.unit);
    }
    result.falling |= measure.lower;
    result.kind = match kind {
        KindName::Number => Kind::Number,
        KindName::Percent => Kind::Percent,
        KindName::Currency => Kind::Currency,
        KindName::YesNo => Kind::YesNo,
        KindName::Baseline => Kind::Baseline,
        KindName::Checklist => checklist(measure, before)?,
        KindName::Milestones => milestones(measure, before)?,
        KindName::Zones => zones(result, measure, before)?,
        KindName::Guardrail => guardrail(measure, before)?,
    };
    if result.kind.is_ranged() && result.target.is_none() {
        return Err(Failure::usage(
            format!("key result {}", result.name),
            "it needs a target",
            "add --target, or --kind baseline to watch it only",
        ));
    }
    if !result.kind.is_ranged() && !matches!(result.kind, Kind::Baseline) {
        result.target = None;
    }
    if let Some(current) = &measure.current {
        let read = values::parse(result, result.current.as_ref(), current);
        let read = read
            .map_err(|why| Failure::misread("--current", &why, "write 162, 1.5k, 41%, y or n"))?;
        result.current = read.or_else(|| result.current.clone());
    }
    Ok(())
}

fn items(measure: &Measure) -> Option<Vec<String>> {
    let items = measure.items.as_ref()?;
    let items = items
        .split(';')
        .map(str::trim)
        .filter(|item| !item.is_empty());
    Some(items.map(str::to_owned).collect())
}

fn no_items() -> Failure {
    Failure::usage(
        "--items",
        "there is nothing to tick",
        "write them with ; between, as in --items \"hire;train\"",
    )
}

fn checklist(measure: &Measure, before: Option<&Kind>) -> Result<Kind, Failure> {
    match (items(measure), before) {
        (None, Some(kept @ Kind::Checklist { .. })) => Ok(kept.clone()),
        (Some(items), _) if !items.is_empty() => Ok(Kind::Checklist {
            items,
            ids: Vec::new(),
        }),
        _ => Err(no_items()),
    }
}

fn milestones(measure: &Measure, before: Option<&Kind>) -> Result<Kind, Failure> {
    let items = match (items(measure), before) {
        (None, Some(kept @ Kind::Milestones { .. })) => return Ok(kept.clone()),
        (Some(items), _) if !items.is_empty() => items,
        _ => return Err(no_items()),
    };
    let mut steps = Vec::new();
    for item in items {
        let (name, weight) = match item.rsplit_once('*') {
            Some((name, weight)) if !weight.trim().is_empty() => {
                (name.trim().to_owned(), number("--items", weight)?)
            }
            _ => (item, 1.0),
        };
        if weight <= 0.0 {
            return Err(Failure::usage(
                "--items",
                format!("the weight of \"{name}\" is not above 0"),
                "give a number above 0 after the *",
            ));
        }
        steps.push(Milestone { name, weight });
    }
    Ok(Kind::Milestones { steps })
}

fn zones(result: &KeyResult, measure: &Measure, before: Option<&Kind>) -> Result<Kind, Failure> {
    let old = match before {
        Some(Kind::Zones {
            commit,
            target,
            stretch,
        }) => (Some(*commit), Some(*target), Some(*stretch)),
        _ => (None, None, None),
    };
    let commit = maybe("--commit", measure.commit.as_ref())?.or(old.0);
    let target = maybe("--target", measure.target.as_ref())?
        .or(old.1)
        .or(result.target);
    let stretch = maybe("--stretch", measure.stretch.as_ref())?.or(old.2);
    let (Some(commit), Some(target), Some(stretch)) = (commit, target, stretch) else {
        return Err(Failure::usage(
            "zones",
            "three values are needed",
            "give --commit, --target and --stretch",
        ));
    };
    let rising = commit <= target && target <= stretch;
    let falling = commit >= target && target >= stretch;
    if !rising && !falling {
        return Err(Failure::usage(
            "zones",
            "commit, target and stretch are not in order",
            "let them rise, or fall, from one to the next",
        ));
    }
    Ok(Kind::Zones {
        commit,
        target,
        stretch,
    })
}

fn guardrail(measure: &Measure, before: Option<&Kind>) -> Result<Kind, Failure> {
    let old = match before {
        Some(Kind::Guardrail(rail)) => Some(*rail),
        _ => None,
    };
    let limit = maybe("--limit", measure.limit.as_ref())?.or(old.map(|old| old.limit));
    let Some(limit) = limit else {
        return Err(Failure::usage(
            "guardrail",
            "it needs a limit",
            "give --limit, and --above to stay above it",
        ));
    };
    let above = measure.above || old.is_some_and(|old| old.above);
    let critical =
        maybe("--critical", measure.critical.as_ref())?.or(old.and_then(|old| old.critical));
    if let Some(critical) = critical
        && (if above {
            critical >= limit
        } else {
            critical <= limit
        })
    {
        let side = if above { "below" } else { "above" };
        return Err(Failure::usage(
            "--critical",
            format!(
                "it does not lie beyond the limit of {}",
                values::number(limit)
            ),
            format!("give a number {side} the limit"),
        ));
    }
    Ok(Kind::Guardrail(Guardrail {
        limit,
        above,
        critical,
        strict: old.is_some_and(|old| old.strict),
    }))
}

/// `Sign-ups=162` taken apart at the first `=` before which `is_known` knows a name.
pub fn assignment<'t>(
    flag: &str,
    text: &'t str,
    is_known: impl Fn(&str) -> bool,
) -> Result<(&'t str, &'t str), Failure> {
    let places: Vec<usize> = text.match_indices('=').map(|(place, _)| place).collect();
    let cut = |place: usize| {
        let (name, rest) = text.split_at_checked(place)?;
        Some((name.trim(), rest.strip_prefix('=')?.trim()))
    };
    let known = places
        .iter()
        .filter_map(|place| cut(*place))
        .find(|(name, _)| is_known(name));
    known
        .or_else(|| places.first().and_then(|place| cut(*place)))
        .ok_or_else(|| {
            Failure::usage(
                flag,
                format!("\"{text}\" has no ="),
                "write NAME=VALUE, as in \"Sign-ups=162\"",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(measure: &Measure) -> Result<KeyResult, Failure> {
        create(ResultId::new("local:r-1"), "Monthly churn", measure)
    }

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn the_kind_follows_from_the_flags() {
        let rail = made(&Measure {
            limit: text("25"),
            critical: text("35"),
            ..Measure::default()
        });
        assert!(matches!(rail.unwrap().kind, Kind::Guardrail(rail) if !rail.above));
        let list = made(&Measure {
            items: text("hire; train ;"),
            ..Measure::default()
        });
        assert_eq!(
            list.unwrap().kind,
            Kind::Checklist {
                items: vec!["hire".to_owned(), "train".to_owned()],
                ids: Vec::new(),
            }
        );
        let falling = made(&Measure {
            start: text("4,1"),
            target: text("-2"),
            unit: text("%"),
            ..Measure::default()
        })
        .unwrap();
        assert_eq!((falling.start, falling.target), (4.1, Some(-2.0)));
        assert_eq!(falling.kind, Kind::Percent);
    }

    #[test]
    fn what_cannot_be_measured_is_refused_with_a_reason() {
        let no_target = made(&Measure::default()).unwrap_err();
        assert_eq!(&*no_target.why, "it needs a target");
        let wrong = made(&Measure {
            target: text("16o"),
            ..Measure::default()
        });
        assert!(wrong.unwrap_err().why.contains("not a number"));
        let critical = made(&Measure {
            limit: text("25"),
            critical: text("20"),
            ..Measure::default()
        });
        assert!(critical.unwrap_err().why.contains("beyond"));
    }

    #[test]
    fn a_name_may_hold_an_equals_sign() {
        let known = |name: &str| name == "p=0.05";
        assert_eq!(
            assignment("--set", "p=0.05=0.04", known).unwrap(),
            ("p=0.05", "0.04")
        );
        assert_eq!(
            assignment("--set", "Setup==-5", |_| false).unwrap(),
            ("Setup", "=-5")
        );
        assert!(assignment("--set", "Setup", |_| false).is_err());
    }
}
