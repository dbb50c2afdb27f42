//! Whether somebody was faster: compares what the writer of a check-in saw of a
//! goal with what stands there now. Pure; for providers whose goals are read as
//! ours before a write.

use crate::model::check_in::CheckIn;
use crate::model::exchange::{Base, Fault, FaultKind};
use crate::model::goal::Goal;
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::text;

const MINE_ANYWAY: &str = "send mine anyway (R), write it again (e) or drop it (D)";

/// Refuses if what matters of the goal changed since: it was closed or is
/// somebody else's, a key result we set is gone, runs over another range, or was
/// set by somebody else. What stands there as we want it is no clash.
///
/// # Errors
/// [`FaultKind::Changed`] with both values: the person decides.
pub fn with_check_in(base: &Base, now: &Goal, check_in: &CheckIn) -> Result<(), Fault> {
    if base.open && !now.is_open() {
        return Err(changed(
            format!("{} was closed since you wrote this", said(&now.name)),
            "send it anyway (R), reopen the goal (x) or drop it (D)",
        ));
    }
    if base.champion.is_some() && base.champion != now.champion {
        return Err(changed(
            "its champion is somebody else since you wrote this".to_owned(),
            MINE_ANYWAY,
        ));
    }
    for change in &check_in.values {
        let Some(before) = base.results.iter().find(|one| one.id == change.result) else {
            continue;
        };
        let Some(theirs) = now.result(&change.result) else {
            return Err(changed(
                format!("the key result {} is gone", said(&before.name)),
                "write it again (e) or drop it (D)",
            ));
        };
        value(before, theirs, &change.now)?;
    }
    Ok(())
}

/// One value we set.
fn value(before: &KeyResult, now: &KeyResult, mine: &Reading) -> Result<(), Fault> {
    if meaning(before) != meaning(now) {
        return Err(changed(
            format!(
                "{} means something else now than when you wrote {}: {}, it was {}",
                said(&now.name),
                mine.number(),
                range(now),
                range(before),
            ),
            MINE_ANYWAY,
        ));
    }
    let seen = before.current.as_ref().map(Reading::number);
    let Some(theirs) = now.current.as_ref().map(Reading::number) else {
        return Ok(());
    };
    if near(theirs, mine.number()) || near(theirs, seen.unwrap_or(before.start)) {
        return Ok(());
    }
    let read = seen.map_or("nothing".to_owned(), |seen| seen.to_string());
    Err(changed(
        format!(
            "{} reads {theirs} now; it read {read} when you wrote {}",
            said(&now.name),
            mine.number()
        ),
        MINE_ANYWAY,
    ))
}

/// What a number of this key result means.
fn meaning(result: &KeyResult) -> (&Kind, &str, u64, Option<u64>) {
    let bits = |value: f64| (value + 0.0).to_bits();
    (
        &result.kind,
        result.unit.trim(),
        bits(result.start),
        result.target.map(bits),
    )
}

fn range(result: &KeyResult) -> String {
    let unit = said(&result.unit);
    match result.target {
        Some(target) => format!("{} to {target} {unit}", result.start),
        None => format!("from {} {unit}", result.start),
    }
}

/// Whether two values are the same to anybody who reads them.
pub fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9 * one.abs().max(other.abs()).max(1.0)
}

/// Foreign words inside a sentence.
fn said(text: &str) -> String {
    text::line(text).to_string()
}

fn changed(why: String, remedy: &str) -> Fault {
    Fault::new(FaultKind::Changed, why, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::check_in::ValueChange;

    fn goal(current: f64) -> Goal {
        let at = "2026-11-20T10:00:00Z".parse().unwrap();
        let mut goal = Goal::new("a:g".into(), "a".into(), "Grow", at);
        goal.champion = Some("a:ana".into());
        goal.results.push(KeyResult {
            id: "a:k".into(),
            name: "Sales".into(),
            kind: Kind::Number,
            unit: "deals".into(),
            start: 0.0,
            target: Some(10.0),
            current: Some(Reading::Number(current)),
            weight: 1.0,
            falling: false,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
            particulars: None,
        });
        goal
    }

    fn told(now: &Goal, mine: f64) -> Result<(), String> {
        let mut check_in = CheckIn::new("a:c".into(), "a:ana".into(), now.created_at);
        check_in.values.push(ValueChange {
            result: "a:k".into(),
            before: None,
            now: Reading::Number(mine),
        });
        with_check_in(&Base::of(&goal(3.0)), now, &check_in).map_err(|fault| fault.why)
    }

    #[test]
    fn a_value_that_somebody_else_moved_asks_and_the_same_value_does_not() {
        assert_eq!(told(&goal(3.0), 4.0), Ok(()));
        assert_eq!(told(&goal(4.0), 4.0), Ok(()));
        assert_eq!(
            told(&goal(5.0), 4.0),
            Err("Sales reads 5 now; it read 3 when you wrote 4".to_owned())
        );
    }

    #[test]
    fn what_a_number_means_must_be_as_it_was() {
        let mut now = goal(3.0);
        now.results[0].target = Some(20.0);
        let said = told(&now, 4.0).unwrap_err();
        assert!(
            said.contains("0 to 20 deals, it was 0 to 10 deals"),
            "{said}"
        );
        now.results.clear();
        assert_eq!(
            told(&now, 4.0),
            Err("the key result Sales is gone".to_owned())
        );
    }

    #[test]
    fn a_closed_goal_or_one_of_somebody_else_asks() {
        let mut now = goal(3.0);
        now.champion = Some("a:bo".into());
        assert!(told(&now, 4.0).unwrap_err().contains("somebody else"));
        let mut now = goal(3.0);
        now.closed = Some(crate::model::goal::Closing {
            at: now.created_at,
            score: None,
        });
        assert_eq!(
            told(&now, 4.0),
            Err("Grow was closed since you wrote this".to_owned())
        );
    }
}
