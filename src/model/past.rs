//! How goals were. Before a goal changes, the way it was until then is kept
//! ([`Past`]); where nothing was kept, its check-ins lead back. One function tells
//! how a goal was at a moment, for time travel, reports and comparisons.

use super::check_in::{CheckIn, Occasion};
use super::goal::{Closing, Goal};
use super::ids::GoalId;
use super::status::Status;
use super::time::Time;

/// How a goal was until a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Which goal.
    pub goal: GoalId,
    /// When it was found changed: until then it was so.
    pub until: Time,
    /// The goal without its words (see [`headline`]); none where it was not there.
    pub was: Option<Box<Goal>>,
}

/// Which of the kept states are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Recall {
    /// All of one goal.
    Goal(GoalId),
    /// Those of all goals that ended after this moment: enough to tell how every
    /// goal was at any moment from then on.
    Since(Time),
}

/// What is kept of a goal that changes: everything but its words and all check-ins
/// but the last, of which only moment and status stay, to know which ones it counts.
pub fn headline(goal: &Goal) -> Goal {
    let mut kept = Goal {
        description: String::new(),
        comments: Vec::new(),
        check_ins: Vec::new(),
        ..goal.clone()
    };
    if let Some(last) = goal.last_check_in() {
        let mut mark = CheckIn::new(last.id.clone(), last.author.clone(), last.at);
        mark.status = last.status;
        kept.check_ins.push(mark);
    }
    kept
}

/// How a goal was at a moment; none where it was not there yet or not any more.
/// `now` is the goal as it is, if it still is; `kept` are its states, oldest first.
///
/// The state kept first after the moment counts, with the check-ins written since
/// it was true added and those written after the moment taken back. Comments,
/// acknowledgements and check-ins later than the moment are left out.
pub fn at(now: Option<&Goal>, kept: &[Past], moment: Time) -> Option<Goal> {
    let then = kept.iter().find(|past| past.until > moment);
    let mut goal = match then {
        Some(past) => past.was.as_deref()?.clone(),
        None => now?.clone(),
    };
    if goal.created_at > moment {
        return None;
    }
    let counted = goal.last_check_in().map(|last| last.at);
    let all: &[CheckIn] = now.map_or(&[], |now| &now.check_ins);
    if let (Some(_), Some(now)) = (then, now) {
        goal.description.clone_from(&now.description);
        goal.comments.clone_from(&now.comments);
    }
    if now.is_some() {
        goal.check_ins = all.to_vec();
    }
    let is_counted = |check_in: &&CheckIn| counted.is_some_and(|counted| check_in.at <= counted);
    let mut moved = false;
    for check_in in all.iter().filter(is_counted).rev() {
        if check_in.at > moment {
            take_back(&mut goal, check_in, all);
            moved = true;
        }
    }
    for check_in in all.iter().filter(|check_in| !is_counted(check_in)) {
        if check_in.at <= moment {
            add(&mut goal, check_in);
            moved = true;
        }
    }
    if moved {
        // It was of another moment.
        goal.provider_progress = None;
    }
    goal.check_ins.retain(|check_in| check_in.at <= moment);
    goal.comments.retain(|comment| comment.at <= moment);
    for check_in in &mut goal.check_ins {
        check_in.comments.retain(|comment| comment.at <= moment);
        let was_known = |acknowledged: &super::check_in::Acknowledged| acknowledged.at <= moment;
        check_in.acknowledged = check_in.acknowledged.take().filter(was_known);
    }
    goal.updated_at = goal.updated_at.min(moment);
    Some(goal)
}

fn take_back(goal: &mut Goal, check_in: &CheckIn, all: &[CheckIn]) {
    let earlier = || all.iter().rev().filter(|other| other.at < check_in.at);
    for change in &check_in.values {
        if let Some(result) = goal.results.iter_mut().find(|one| one.id == change.result) {
            result.current = change.before.clone().or_else(|| {
                let mut earlier = earlier();
                earlier.find_map(|other| other.value_of(&change.result).cloned())
            });
        }
    }
    if check_in.status.is_some() {
        let before = earlier().find_map(|other| other.status);
        goal.status = before.unwrap_or(Status::NotStarted);
        goal.status_word = None;
    }
    if let Some(moved) = check_in.due_moved {
        goal.due = moved.from;
    }
    match check_in.occasion {
        Occasion::Regular => {}
        Occasion::Closing => goal.closed = None,
        Occasion::Reopening => {
            let closing = earlier().find(|other| other.occasion == Occasion::Closing);
            goal.closed = Some(Closing {
                at: closing.map_or(check_in.at, |closing| closing.at),
                score: closing.and_then(|closing| closing.score),
            });
        }
    }
}

fn add(goal: &mut Goal, check_in: &CheckIn) {
    for change in &check_in.values {
        if let Some(result) = goal.results.iter_mut().find(|one| one.id == change.result) {
            result.current = Some(change.now.clone());
        }
    }
    if let Some(status) = check_in.status {
        goal.status = status;
        goal.status_word = None;
    }
    if let Some(moved) = check_in.due_moved {
        goal.due = moved.to;
    }
    match check_in.occasion {
        Occasion::Regular => {}
        Occasion::Closing => {
            goal.closed = Some(Closing {
                at: check_in.at,
                score: check_in.score,
            });
        }
        Occasion::Reopening => goal.closed = None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::check_in::{Acknowledged, DueMoved, ValueChange};
    use super::super::key_result::{KeyResult, Reading};
    use super::*;

    fn time(text: &str) -> Time {
        format!("2026-{text}:00Z").parse().unwrap()
    }

    fn check_in(id: &str, at: &str, before: Option<f64>, now: f64, status: Status) -> CheckIn {
        let mut check_in = CheckIn::new(id.into(), "a:ana".into(), time(at));
        check_in.status = Some(status);
        check_in.values.push(ValueChange {
            result: "a:r".into(),
            before: before.map(Reading::Number),
            now: Reading::Number(now),
        });
        check_in
    }

    /// Made on 1 Oct; 4.1, then 3.8 (5 Nov), then 3.6 (12 Nov, due moved).
    fn goal() -> Goal {
        let mut goal = Goal::new("a:g".into(), "a".into(), "Churn", time("10-01T08:00"));
        let mut result: KeyResult = serde_json::from_value(serde_json::json!({
            "id": "a:r", "name": "Monthly churn", "kind": {"kind": "percent"}
        }))
        .unwrap();
        result.current = Some(Reading::Number(3.6));
        goal.results.push(result);
        goal.due = "2026-12-31".parse().ok();
        goal.status = Status::OffTrack;
        goal.check_ins = vec![
            check_in("1", "11-05T09:00", None, 3.8, Status::OnTrack),
            check_in("2", "11-12T09:00", Some(3.8), 3.6, Status::OffTrack),
        ];
        goal.check_ins[0].acknowledged = Some(Acknowledged {
            by: "a:bo".into(),
            at: time("11-13T09:00"),
        });
        goal.check_ins[1].due_moved = Some(DueMoved {
            from: "2026-11-30".parse().ok(),
            to: goal.due,
        });
        goal
    }

    fn value(goal: &Goal) -> Option<f64> {
        goal.results[0].current.as_ref().map(Reading::number)
    }

    #[test]
    fn check_ins_lead_back_where_nothing_was_kept() {
        let now = goal();
        let was = at(Some(&now), &[], time("11-08T00:00")).unwrap();
        assert_eq!((value(&was), was.status), (Some(3.8), Status::OnTrack));
        assert_eq!(was.due, "2026-11-30".parse().ok());
        assert_eq!(was.check_ins.len(), 1);
        assert_eq!(was.check_ins[0].acknowledged, None);
        let was = at(Some(&now), &[], time("11-01T00:00")).unwrap();
        assert_eq!((value(&was), was.status), (None, Status::NotStarted));
        assert_eq!(at(Some(&now), &[], time("09-01T00:00")), None);
        assert_eq!(at(Some(&now), &[], time("11-20T00:00")), Some(now));
    }

    #[test]
    fn the_state_kept_first_after_the_moment_counts() {
        let mut before = goal();
        before.name = "Old name".into();
        before.check_ins.pop();
        before.results[0].current = Some(Reading::Number(3.7));
        before.status = Status::OnTrack;
        let kept = [Past {
            goal: before.id.clone(),
            until: time("11-14T08:00"),
            was: Some(Box::new(headline(&before))),
        }];
        let now = goal();
        let was = at(Some(&now), &kept, time("11-08T00:00")).unwrap();
        assert_eq!((was.name.as_str(), value(&was)), ("Old name", Some(3.7)));
        // Written at 9:00 on the 12th, seen here on the 14th.
        let was = at(Some(&now), &kept, time("11-13T00:00")).unwrap();
        assert_eq!((value(&was), was.status), (Some(3.6), Status::OffTrack));
        assert_eq!(was.name, "Old name");
        let was = at(Some(&now), &kept, time("11-15T00:00")).unwrap();
        assert_eq!(was.name, "Churn");
    }

    #[test]
    fn what_was_deleted_was_there_before_and_what_was_not_there_was_not() {
        let kept = |was: Option<Goal>| {
            [Past {
                goal: "a:g".into(),
                until: time("11-14T08:00"),
                was: was.map(Box::new),
            }]
        };
        let deleted = kept(Some(headline(&goal())));
        let was = at(None, &deleted, time("11-13T00:00")).unwrap();
        assert_eq!(value(&was), Some(3.6));
        assert_eq!(at(None, &deleted, time("11-15T00:00")), None);
        assert_eq!(at(Some(&goal()), &kept(None), time("11-13T00:00")), None);
    }

    #[test]
    fn a_closing_is_taken_back() {
        let mut now = goal();
        let mut closing = check_in("3", "11-18T09:00", Some(3.6), 2.0, Status::Achieved);
        closing.occasion = Occasion::Closing;
        now.closed = Some(Closing {
            at: closing.at,
            score: None,
        });
        now.status = Status::Achieved;
        now.check_ins.push(closing);
        let was = at(Some(&now), &[], time("11-17T00:00")).unwrap();
        assert!(was.is_open());
        assert_eq!(was.status, Status::OffTrack);
    }
}
