//! Goals made, changed, closed, opened and deleted.

use goaldeck::model::exchange::{Answer, Change, FaultKind, GoalEdit};
use goaldeck::model::goal::Goal;
use goaldeck::model::ids::{AccountName, GoalId, ResultId};
use goaldeck::model::key_result::{KeyResult, Kind, Reading};
use goaldeck::model::status::Status;

use super::rig::{CHECKLIST, Rig, at, results, set, written};
use crate::operately::ids::short;
use crate::operately::world::ShownDate;
use crate::operately::{Age, Fault, When};

const BOARD: &str = "Onboarding activation";

fn lost() -> Vec<Option<Fault>> {
    vec![
        None,
        Some(Fault::ResetBefore),
        Some(Fault::ResetAfter),
        Some(Fault::Truncate(10)),
        Some(Fault::status(502)),
    ]
}

fn new_goal(rig: &Rig) -> Goal {
    let mut goal = Goal::new(
        GoalId::new("work:0a1b2c3d4e5f"),
        AccountName::new("work"),
        "Answer within a day",
        at("2026-11-21T12:00:00Z"),
    );
    goal.parent = Some(rig.goal_id("Grow ARR"));
    goal.champion = Some(rig.person("ada"));
    goal.reviewer = Some(rig.person("ingrid"));
    goal.due = "2027-03-31".parse().ok();
    goal.description = "Why: *trust*.".to_owned();
    goal.results = rig.fake.world(|w| results(w.goal_named(BOARD)));
    for (place, result) in goal.results.iter_mut().enumerate() {
        result.id = ResultId::new(format!("work:made{place}"));
        if let Kind::Checklist { ids, .. } = &mut result.kind {
            ids.clear();
        }
    }
    goal
}

#[test]
fn a_goal_is_made_once_with_everything_it_has() {
    for age in Age::ALL {
        for fault in lost() {
            let rig = Rig::new(age, "ada");
            if let Some(fault) = &fault {
                // The first write and one in the middle of the rest.
                rig.fake.line.script(When::posts().once(), fault.clone());
                rig.fake
                    .line
                    .script(When::posts().after(1).once(), fault.clone());
            }
            let change = Change::CreateGoal {
                goal: Box::new(new_goal(&rig)),
            };
            let undo = rig.carry(rig.letter(change)).unwrap();
            rig.fake.world(|w| {
                let same =
                    |goal: &&crate::operately::world::Goal| goal.name == "Answer within a day";
                assert_eq!(
                    w.goals.values().filter(same).count(),
                    1,
                    "{age:?} {fault:?}"
                );
                let goal = w.goal_named("Answer within a day");
                let arr = w.goal_named("Grow ARR");
                assert_eq!((goal.parent, goal.space), (Some(arr.id), arr.space));
                let names: Vec<&str> = goal.targets.iter().map(|it| it.name.as_str()).collect();
                assert_eq!(names, ["Activated in week one", "Minutes to first goal"]);
                assert_eq!(
                    goal.targets[0].value, 46.0,
                    "not the start value: {age:?} {fault:?}"
                );
                let lines: Vec<(&str, bool)> = goal
                    .checks
                    .iter()
                    .map(|it| (it.name.as_str(), it.completed))
                    .collect();
                assert_eq!(
                    lines,
                    [
                        ("Checklist in the sidebar", true),
                        ("Template gallery", false)
                    ],
                    "{age:?} {fault:?}"
                );
                let frame = goal.timeframe.clone().unwrap();
                assert_eq!(
                    frame.end,
                    Some(ShownDate::day("2027-03-31".parse().unwrap()))
                );
                if fault.is_none() {
                    let theirs = GoalId::new(format!("work:{}", short(goal.id)));
                    assert_eq!(undo, Some(Change::DeleteGoal { goal: theirs }));
                }
            });
        }
    }
}

#[test]
fn a_goal_without_a_parent_goes_to_the_space_of_the_company() {
    let rig = Rig::new(Age::V1_6, "ada");
    let mut goal = new_goal(&rig);
    goal.parent = None;
    goal.results.clear();
    rig.carry(rig.letter(Change::CreateGoal {
        goal: Box::new(goal),
    }))
    .unwrap();
    rig.fake.world(|w| {
        assert_eq!(w.goal_named("Answer within a day").space, w.company_space);
    });
}

#[test]
fn a_goal_is_made_in_a_company_too_large_for_one_answer() {
    let rig = Rig::new(Age::Later, "ada");
    rig.fake
        .line
        .script(When::path("goals/list").once(), Fault::Pad(50 << 20));
    let mut goal = new_goal(&rig);
    goal.results.clear();
    let letter = rig.letter(Change::CreateGoal {
        goal: Box::new(goal),
    });
    assert!(matches!(rig.send(&letter), Answer::Onward(_)));
    rig.fake
        .line
        .script(When::path("goals/list").once(), Fault::Pad(50 << 20));
    rig.carry(letter).unwrap();
    rig.fake.world(|w| w.goal_named("Answer within a day").id);
}

fn edit(
    rig: &Rig,
    name: &str,
    edit: GoalEdit,
) -> Result<Option<Change>, goaldeck::model::exchange::Fault> {
    let mut letter = rig.letter(Change::EditGoal {
        goal: rig.goal_id(name),
        edit: Box::new(edit),
    });
    letter.base = Some(rig.base(name));
    rig.carry(letter)
}

#[test]
fn an_edit_of_everything_arrives_at_every_age_over_a_bad_line() {
    for age in Age::ALL {
        for fault in lost() {
            let rig = Rig::new(age, "ada");
            if let Some(fault) = &fault {
                for nth in [0, 2, 3] {
                    rig.fake
                        .line
                        .script(When::posts().after(nth).once(), fault.clone());
                }
            }
            let (mut first, mut list) = {
                let mut all = rig.fake.world(|w| results(w.goal_named(BOARD)));
                (all.remove(0), all.pop().unwrap())
            };
            first.name = "Active in week one".to_owned();
            first.target = Some(65.0);
            list.kind = Kind::Checklist {
                items: ["Template gallery", "Tour", "Checklist in the sidebar"]
                    .map(str::to_owned)
                    .to_vec(),
                ids: Vec::new(),
            };
            list.current = Some(Reading::Ticks(vec![true, true, true]));
            let new = KeyResult {
                id: ResultId::new("work:0a1b2c3d4e5f"),
                name: "Invited somebody".to_owned(),
                current: Some(Reading::Number(12.0)),
                ..first.clone()
            };
            let change = GoalEdit {
                name: Some("Onboarding works".to_owned()),
                description: Some("Activation = *invited* somebody.".to_owned()),
                champion: Some(Some(rig.person("remi"))),
                reviewer: Some(None),
                parent: Some(Some(rig.goal_id("Calm platform"))),
                start: Some("2026-03-01".parse().ok()),
                due: Some("2027-01-05".parse().ok()),
                put_results: vec![first, new.clone(), list],
                drop_results: vec![rig.result_id(BOARD, 1)],
                order: Some(vec![new.id.clone(), rig.result_id(BOARD, 0)]),
                ..GoalEdit::default()
            };
            edit(&rig, BOARD, change).unwrap();
            rig.fake.world(|w| {
                let goal = w.goal_named("Onboarding works");
                let mut targets = goal.targets.clone();
                targets.sort_by_key(|it| it.index);
                let said: Vec<(&str, f64, f64)> = targets
                    .iter()
                    .map(|it| (it.name.as_str(), it.to, it.value))
                    .collect();
                assert_eq!(
                    said,
                    [
                        ("Invited somebody", 65.0, 12.0),
                        ("Active in week one", 65.0, 46.0)
                    ],
                    "{age:?} {fault:?}"
                );
                let mut checks = goal.checks.clone();
                checks.sort_by_key(|it| it.index);
                let lines: Vec<(&str, bool)> = checks
                    .iter()
                    .map(|it| (it.name.as_str(), it.completed))
                    .collect();
                assert_eq!(
                    lines,
                    [
                        ("Template gallery", true),
                        ("Tour", true),
                        ("Checklist in the sidebar", true)
                    ],
                    "{age:?} {fault:?}"
                );
                let frame = goal.timeframe.clone().unwrap();
                assert_eq!(frame.start.unwrap().label, "Mar 01, 2026");
                assert_eq!(frame.end.unwrap().label, "Jan 05, 2027");
                assert_eq!(goal.champion, Some(w.who("remi")));
                assert_eq!(goal.reviewer, None);
                assert_eq!(goal.parent, Some(w.goal_named("Calm platform").id));
            });
        }
    }
}

#[test]
fn values_and_ticks_are_set_without_a_check_in() {
    for age in Age::ALL {
        for fault in lost() {
            let rig = Rig::new(age, "ada");
            if let Some(fault) = &fault {
                rig.fake.line.script(When::posts().once(), fault.clone());
                rig.fake
                    .line
                    .script(When::posts().after(1).once(), fault.clone());
            }
            let change = GoalEdit {
                set_values: vec![
                    (rig.result_id(BOARD, 1), Reading::Number(-3.5)),
                    (ResultId::new(CHECKLIST), Reading::Ticks(vec![false, true])),
                ],
                ..GoalEdit::default()
            };
            edit(&rig, BOARD, change).unwrap();
            rig.fake.world(|w| {
                let goal = w.goal_named(BOARD);
                assert_eq!(goal.targets[1].value, -3.5);
                let ticks: Vec<bool> = goal.checks.iter().map(|it| it.completed).collect();
                assert_eq!(ticks, [false, true], "{age:?} {fault:?}: a flip done twice");
            });
        }
    }
}

#[test]
fn a_goal_under_its_own_child_is_refused_in_our_words() {
    let rig = Rig::new(Age::Later, "ingrid");
    let change = GoalEdit {
        parent: Some(Some(rig.goal_id("Grow ARR"))),
        ..GoalEdit::default()
    };
    let fault = edit(&rig, "Calm platform", change).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Invalid);
    assert!(fault.why.contains("under itself"), "{fault}");
}

#[test]
fn what_was_moved_by_somebody_else_is_asked_about() {
    let rig = Rig::new(Age::Later, "ada");
    let base = rig.base(BOARD);
    rig.fake
        .world(|w| w.goal_mut(BOARD).targets[0].value = 50.0);
    let mut letter = rig.letter(Change::EditGoal {
        goal: rig.goal_id(BOARD),
        edit: Box::new(GoalEdit {
            set_values: vec![(rig.result_id(BOARD, 0), Reading::Number(47.0))],
            ..GoalEdit::default()
        }),
    });
    letter.base = Some(base);
    let fault = rig.carry(letter.clone()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Changed);
    letter.base = None;
    rig.carry(letter).unwrap();
    assert_eq!(
        rig.fake.world(|w| w.goal_named(BOARD).targets[0].value),
        47.0
    );
}

#[test]
fn a_goal_is_closed_and_reopened_once() {
    for age in Age::ALL {
        for fault in lost() {
            let rig = Rig::new(age, "ada");
            let closing = |note: &str| {
                let mut closing = written(&rig, note, Status::Missed);
                set(&mut closing, rig.result_id(BOARD, 0), Reading::Number(58.0));
                Change::CloseGoal {
                    goal: rig.goal_id(BOARD),
                    closing,
                }
            };
            let closes = if age.namespaced() {
                "goals/close"
            } else {
                "close_goal"
            };
            if let Some(fault) = &fault {
                rig.fake
                    .line
                    .script(When::path(closes).once(), fault.clone());
            }
            let mut letter = rig.letter(closing("Not *quite*."));
            letter.base = Some(rig.base(BOARD));
            rig.carry(letter.clone()).unwrap();
            rig.fake.world(|w| {
                let goal = w.goal_named(BOARD);
                let closed = goal.closed.as_ref().unwrap();
                assert_eq!((closed.success, closed.status.as_str()), (false, "missed"));
                assert_eq!(goal.targets[0].value, 58.0);
            });
            let done = rig.fake.asked();
            let done = done
                .iter()
                .filter(|it| it.op() == closes && it.status == 200);
            assert_eq!(
                done.count(),
                1,
                "{age:?} {fault:?}: a second one writes over it"
            );
            // Somebody else's closing is not written over.
            let late = rig.letter(closing("Mine."));
            let said = rig.carry(late).unwrap_err();
            assert_eq!(said.kind, FaultKind::Changed);
            assert!(said.why.contains("closed meanwhile"), "{said}");

            let reopen = Change::ReopenGoal {
                goal: rig.goal_id(BOARD),
                reopening: written(&rig, "Once more.", Status::OnTrack),
            };
            let opens = if age.namespaced() {
                "goals/reopen"
            } else {
                "reopen_goal"
            };
            if let Some(fault) = &fault {
                rig.fake
                    .line
                    .script(When::path(opens).once(), fault.clone());
            }
            rig.carry(rig.letter(reopen)).unwrap();
            assert!(rig.fake.world(|w| w.goal_named(BOARD).closed.is_none()));
            let done = rig.fake.asked();
            let done = done
                .iter()
                .filter(|it| it.op() == opens && it.status == 200);
            assert_eq!(done.count(), 1, "{age:?} {fault:?}");
        }
    }
}

#[test]
fn a_goal_is_deleted_and_being_gone_already_is_fine() {
    for age in Age::ALL {
        let rig = Rig::new(age, "ingrid");
        let change = Change::DeleteGoal {
            goal: rig.goal_id("Flat line"),
        };
        rig.fake
            .line
            .script(When::posts().once(), Fault::ResetAfter);
        rig.carry(rig.letter(change.clone())).unwrap();
        assert!(
            rig.fake
                .world(|w| w.goals.values().all(|goal| goal.name != "Flat line"))
        );
        rig.carry(rig.letter(change)).unwrap();
        // Without full access.
        let rig = Rig::new(age, "amina");
        let change = Change::DeleteGoal {
            goal: rig.goal_id("Flat line"),
        };
        let fault = rig.carry(rig.letter(change)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Forbidden);
        assert!(fault.why.contains("full access"), "{fault}");
    }
}

#[test]
fn a_project_is_not_closed_or_deleted_from_here() {
    for age in Age::ALL {
        let rig = Rig::new(age, "amina");
        let id = rig.fake.world(|w| *w.projects.keys().next().unwrap());
        let goal = GoalId::new(format!("work:{}", short(id)));
        let closing = written(&rig, "Done.", Status::Achieved);
        let closing = Change::CloseGoal {
            goal: goal.clone(),
            closing,
        };
        for change in [closing, Change::DeleteGoal { goal }] {
            let fault = rig.carry(rig.letter(change)).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Unsupported, "{age:?}");
        }
        assert_eq!(rig.fake.world(|w| w.projects[&id].state.clone()), "active");
    }
}
