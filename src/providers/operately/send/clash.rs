//! Whether somebody was faster, and what of a goal goes out again unchanged.
//! Pure: compares what the writer saw with what stands there now.

use crate::model::check_in::{CheckIn, DueMoved};
use crate::model::exchange::Base;
use crate::model::ids::{PersonId, ResultId};
use crate::model::key_result::{KeyResult, Kind, Reading};

use super::super::ids::ShortId;
use super::now::{CheckNow, GoalNow, Someone, TargetNow, said};
use super::{Stop, changed, gone, invalid};

const MINE_ANYWAY: &str = "send mine anyway (R), write it again (e) or drop it (D)";

/// Refuses if what matters of the goal changed since the writer saw it: closed,
/// another champion, a value we set or a date we move was moved by somebody
/// else, a key result we set means something else now. What the server has
/// already as we want it is no clash.
pub(super) fn with_check_in(base: &Base, now: &GoalNow, check_in: &CheckIn) -> Result<(), Stop> {
    with_goal(base, now, false)?;
    for change in &check_in.values {
        value(base, now, &change.result, &change.now)?;
    }
    due(base, now, check_in.due_moved)
}

/// Closed or given to somebody else since. `any_champion`: the write itself is
/// about who that is.
pub(super) fn with_goal(base: &Base, now: &GoalNow, any_champion: bool) -> Result<(), Stop> {
    if base.open && now.is_closed {
        return Err(changed(
            format!("{} was closed since you wrote this", now.shown()),
            "send it anyway (R), reopen the goal (x) or drop it (D)",
        ));
    }
    if !any_champion {
        champion(base.champion.as_ref(), now.champion.as_ref())?;
    }
    Ok(())
}

fn champion(before: Option<&PersonId>, now: Option<&Someone>) -> Result<(), Stop> {
    person(before, now, before)
}

/// Somebody who was made champion by somebody else since, and is not who we want.
pub(super) fn person(
    before: Option<&PersonId>,
    now: Option<&Someone>,
    wanted: Option<&PersonId>,
) -> Result<(), Stop> {
    let is = |person: Option<&PersonId>| match person {
        None => now.is_none(),
        // An id that is not one of Operately's says nothing.
        Some(person) => {
            ShortId::of_ours(person.as_str()).is_none_or(|id| now.is_some_and(|now| now.id == id))
        }
    };
    if is(before) || is(wanted) {
        return Ok(());
    }
    let who = now.map_or("nobody".to_owned(), |now| now.name.clone());
    Err(changed(
        format!("its champion is {who} since you wrote this"),
        MINE_ANYWAY,
    ))
}

/// One value we set.
pub(super) fn value(
    base: &Base,
    now: &GoalNow,
    result: &ResultId,
    mine: &Reading,
) -> Result<(), Stop> {
    let Some(before) = base.results.iter().find(|other| &other.id == result) else {
        return Ok(());
    };
    if let Kind::Checklist { ids, .. } = &before.kind {
        return lines(before, ids, &now.checks, mine);
    }
    let Some(target) = target(now, result) else {
        return Err(changed(
            format!("the key result {} is gone", said(&before.name)),
            "write it again (e) or drop it (D)",
        ));
    };
    let unit = match (&before.kind, before.unit.trim()) {
        (Kind::Percent, "") => "%",
        (_, unit) => unit,
    };
    if unit != target.unit.trim()
        || !near(before.start, target.from)
        || before.target.is_some_and(|to| !near(to, target.to))
    {
        return Err(changed(
            format!(
                "{} runs from {} to {} {} now, it was {} to {} {} when you wrote {}",
                said(&target.name),
                target.from,
                target.to,
                said(&target.unit),
                before.start,
                before.target.unwrap_or(target.to),
                said(unit),
                mine.number(),
            ),
            MINE_ANYWAY,
        ));
    }
    // A key result that was made here reads nothing; the server begins at its start.
    let seen = before.current.as_ref().map(Reading::number);
    let seen = seen.unwrap_or(before.start);
    let theirs = target.value;
    if near(theirs, mine.number()) || near(theirs, seen) {
        return Ok(());
    }
    Err(changed(
        format!(
            "{} reads {theirs} now; it read {seen} when you wrote {}",
            said(&target.name),
            mine.number()
        ),
        MINE_ANYWAY,
    ))
}

/// A line we tick must still be there. That somebody ticked another one, or the
/// same one, is none of our business.
fn lines(before: &KeyResult, ids: &[String], now: &[CheckNow], mine: &Reading) -> Result<(), Stop> {
    let Reading::Ticks(ticks) = mine else {
        return Ok(());
    };
    let Kind::Checklist { items, .. } = &before.kind else {
        return Ok(());
    };
    if ids.len() != ticks.len() {
        // Made here: its lines had no names at the server yet.
        return Ok(());
    }
    let was = ticks_of(before);
    for (place, tick) in ticks.iter().enumerate() {
        if was.get(place).copied().unwrap_or_default() == *tick {
            continue;
        }
        let id = ids.get(place).and_then(|id| any_id(id));
        if !now.iter().any(|check| Some(check.id) == id) {
            let name = items.get(place).map_or("", String::as_str);
            return Err(changed(
                format!("the line {} is gone from the checklist", said(name)),
                "write it again (e) or drop it (D)",
            ));
        }
    }
    Ok(())
}

/// A date we move.
pub(super) fn due(base: &Base, now: &GoalNow, moved: Option<DueMoved>) -> Result<(), Stop> {
    let Some(moved) = moved else { return Ok(()) };
    let theirs = now.end.as_ref().and_then(|end| end.date());
    if theirs == base.due || theirs == moved.to {
        return Ok(());
    }
    let say = |day: Option<chrono::NaiveDate>| match day {
        Some(day) => day.to_string(),
        None => "no day".to_owned(),
    };
    Err(changed(
        format!(
            "it ends on {} now; it was {} when you moved it to {}",
            say(theirs),
            say(base.due),
            say(moved.to)
        ),
        MINE_ANYWAY,
    ))
}

/// The value of every target after the check-in, in their order: what is left out
/// would be missing from its record for good.
pub(super) fn values(now: &GoalNow, check_in: &CheckIn) -> Result<Vec<(ShortId, f64)>, Stop> {
    let mut all: Vec<(ShortId, f64)> = now
        .targets
        .iter()
        .map(|target| (target.id, target.value))
        .collect();
    for change in &check_in.values {
        if matches!(change.now, Reading::Ticks(_)) {
            continue;
        }
        let number = change.now.number();
        if !number.is_finite() {
            return Err(invalid(
                "a value is not a finite number",
                "write it as digits (e)",
            ));
        }
        let id = ShortId::of_ours(change.result.as_str());
        let place = all.iter_mut().find(|(known, _)| Some(*known) == id);
        match place {
            Some((_, value)) => *value = number,
            None => return Err(gone("a key result of it")),
        }
    }
    Ok(all)
}

/// Which lines of the checklist are ticked after the check-in, in their order:
/// those we changed as we say, the others as they are.
pub(super) fn ticks(
    base: Option<&Base>,
    now: &GoalNow,
    check_in: &CheckIn,
) -> Result<Vec<bool>, Stop> {
    let is: Vec<bool> = now.checks.iter().map(|check| check.completed).collect();
    let mine = check_in.values.iter().find_map(|change| match &change.now {
        Reading::Ticks(ticks) => Some((&change.result, ticks)),
        _ => None,
    });
    let Some((result, ticks)) = mine else {
        return Ok(is);
    };
    let seen = base.and_then(|base| base.results.iter().find(|other| &other.id == result));
    let seen = seen.and_then(|seen| match &seen.kind {
        Kind::Checklist { ids, .. } if ids.len() == ticks.len() => Some((seen, ids)),
        _ => None,
    });
    let Some((seen, ids)) = seen else {
        // Without what the writer saw, or the server's names of its lines, only the
        // same number of lines can be meant.
        return match ticks.len() == is.len() {
            true => Ok(ticks.clone()),
            false => Err(changed(
                format!(
                    "the checklist has {} lines now, {} when you wrote this",
                    is.len(),
                    ticks.len()
                ),
                "write it again (e) or drop it (D)",
            )),
        };
    };
    let was = ticks_of(seen);
    let after = now.checks.iter().map(|check| {
        let place = ids.iter().position(|id| any_id(id) == Some(check.id));
        let mine = place.and_then(|place| {
            let tick = *ticks.get(place)?;
            (was.get(place).copied().unwrap_or_default() != tick).then_some(tick)
        });
        mine.unwrap_or(check.completed)
    });
    Ok(after.collect())
}

fn ticks_of(result: &KeyResult) -> Vec<bool> {
    match &result.current {
        Some(Reading::Ticks(ticks)) => ticks.clone(),
        _ => Vec::new(),
    }
}

fn target<'a>(now: &'a GoalNow, result: &ResultId) -> Option<&'a TargetNow> {
    let id = ShortId::of_ours(result.as_str())?;
    now.targets.iter().find(|target| target.id == id)
}

/// An id with or without the account in front.
pub(super) fn any_id(id: &str) -> Option<ShortId> {
    ShortId::of_ours(id).or_else(|| ShortId::parse(id))
}

/// Equal but for what a journey through a server's decimals does.
pub(super) fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{BILLING, PLANS, TICKETS, base, check_in, goal_now, set};
    use super::*;
    use crate::model::exchange::{Fault, FaultKind};

    fn refusal(out: Result<(), Stop>) -> Fault {
        match out {
            Err(Stop::Refused(fault)) => fault,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_changed_is_no_clash() {
        let (base, now) = (base(), goal_now());
        let mut mine = check_in("Gallery delayed.");
        set(&mut mine, PLANS, Reading::Number(55.0));
        set(&mut mine, BILLING, Reading::Ticks(vec![true, true, false]));
        assert_eq!(with_check_in(&base, &now, &mine), Ok(()));
    }

    #[test]
    fn a_value_set_by_somebody_else_is_asked_about_with_both_values() {
        let (base, mut now) = (base(), goal_now());
        now.targets[0].value = 41.5;
        let mut mine = check_in("");
        set(&mut mine, PLANS, Reading::Number(55.0));
        let fault = refusal(with_check_in(&base, &now, &mine));
        assert_eq!(fault.kind, FaultKind::Changed);
        assert_eq!(
            fault.why,
            "Plans migrated reads 41.5 now; it read 30 when you wrote 55"
        );
        // Another target's value is theirs to set, and so is the one I want.
        let mut other = check_in("");
        set(&mut other, TICKETS, Reading::Number(200.0));
        assert_eq!(with_check_in(&base, &now, &other), Ok(()));
        now.targets[0].value = 55.0;
        assert_eq!(with_check_in(&base, &now, &mine), Ok(()));
    }

    #[test]
    fn a_closed_goal_another_champion_or_range_is_asked_about() {
        let base = base();
        let mut mine = check_in("");
        set(&mut mine, PLANS, Reading::Number(55.0));
        type Spoil = fn(&mut GoalNow);
        let spoil: [(&str, Spoil); 5] = [
            ("was closed", |now| now.is_closed = true),
            ("champion is nobody", |now| now.champion = None),
            ("runs from 0 to 200", |now| now.targets[0].to = 200.0),
            ("plans now", |now| now.targets[0].unit = "plans".to_owned()),
            ("is gone", |now| {
                now.targets.remove(0);
            }),
        ];
        for (words, spoil) in spoil {
            let mut now = goal_now();
            spoil(&mut now);
            let fault = refusal(with_check_in(&base, &now, &mine));
            assert_eq!(fault.kind, FaultKind::Changed, "{words}");
            assert!(fault.why.contains(words), "{}", fault.why);
        }
    }

    #[test]
    fn a_date_we_move_is_asked_about_only_if_somebody_else_moved_it() {
        let (base, mut now) = (base(), goal_now());
        let day = |text: &str| Some(text.parse().unwrap());
        let mut mine = check_in("");
        mine.due_moved = Some(DueMoved {
            from: base.due,
            to: day("2027-01-31"),
        });
        assert_eq!(with_check_in(&base, &now, &mine), Ok(()));
        now.end = Some(super::super::now::Day::on("2027-03-31".parse().unwrap()));
        let fault = refusal(with_check_in(&base, &now, &mine));
        assert!(fault.why.contains("ends on 2027-03-31 now"), "{fault}");
        mine.due_moved = None;
        assert_eq!(with_check_in(&base, &now, &mine), Ok(()));
    }

    #[test]
    fn a_line_we_tick_must_be_there_and_the_others_keep_their_ticks() {
        let (base, mut now) = (base(), goal_now());
        let mut mine = check_in("");
        // The second one is ticked; the first was and stays.
        set(&mut mine, BILLING, Reading::Ticks(vec![true, true, false]));
        // Somebody unticked the first and ticked the third meanwhile.
        now.checks[0].completed = false;
        now.checks[2].completed = true;
        assert_eq!(with_check_in(&base, &now, &mine), Ok(()));
        assert_eq!(ticks(Some(&base), &now, &mine), Ok(vec![false, true, true]));
        now.checks.remove(1);
        let fault = refusal(with_check_in(&base, &now, &mine));
        assert!(
            fault.why.contains("Grandfathering letter is gone"),
            "{fault}"
        );
        // Sent anyway, without what was seen: only as many lines as there are.
        assert!(ticks(None, &now, &mine).is_err());
        assert_eq!(ticks(None, &goal_now(), &mine), Ok(vec![true, true, false]));
    }

    #[test]
    fn a_checklist_made_here_is_ticked_by_the_places_of_its_lines() {
        let (mut base, now) = (base(), goal_now());
        for result in &mut base.results {
            if let Kind::Checklist { ids, .. } = &mut result.kind {
                // The writer saw it before the server had named its lines.
                ids.clear();
            }
        }
        let mut mine = check_in("");
        set(&mut mine, BILLING, Reading::Ticks(vec![true, true, false]));
        assert_eq!(with_check_in(&base, &now, &mine), Ok(()));
        assert_eq!(ticks(Some(&base), &now, &mine), Ok(vec![true, true, false]));
        let mut fewer = now;
        fewer.checks.remove(1);
        assert!(ticks(Some(&base), &fewer, &mine).is_err());
    }

    #[test]
    fn a_key_result_nobody_has_set_yet_reads_its_start() {
        let (mut base, mut now) = (base(), goal_now());
        base.results[0].current = None;
        now.targets[0].value = base.results[0].start;
        let mut mine = check_in("");
        set(&mut mine, PLANS, Reading::Number(55.0));
        assert_eq!(with_check_in(&base, &now, &mine), Ok(()));
        now.targets[0].value = 41.5;
        let fault = refusal(with_check_in(&base, &now, &mine));
        assert!(fault.why.contains("it read 0 when"), "{fault}");
    }

    #[test]
    fn every_target_is_listed_with_its_value() {
        let now = goal_now();
        let mut mine = check_in("");
        set(&mut mine, TICKETS, Reading::Number(200.5));
        let values: Vec<f64> = values(&now, &mine)
            .unwrap()
            .iter()
            .map(|pair| pair.1)
            .collect();
        assert_eq!(values, [30.0, 200.5]);
        set(&mut mine, PLANS, Reading::Number(f64::NAN));
        assert!(super::values(&now, &mine).is_err());
    }
}
