use super::super::tests::{BILLING, PLANS, TICKETS, base, goal_now};
use super::*;
use crate::model::exchange::{Fault, FaultKind};
use crate::model::ids::ResultId;

fn known(now: &GoalNow) -> Vec<String> {
    now.targets
        .iter()
        .map(|target| target.id.to_string())
        .collect()
}

fn plan(edit: &GoalEdit, now: &GoalNow, base: Option<&Base>) -> Vec<(Op, Value)> {
    // What was there when the person wrote.
    let known = known(&goal_now());
    let mentions = Mentions::default();
    let ground = Ground {
        now,
        base,
        known: &known,
        mentions: &mentions,
    };
    let calls = calls(edit, ground).unwrap();
    calls.into_iter().map(|call| (call.op, call.body)).collect()
}

fn refusal(edit: &GoalEdit, nature: Nature) -> Fault {
    match storable(edit, nature) {
        Err(Stop::Refused(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

fn result(id: &str) -> KeyResult {
    base()
        .results
        .into_iter()
        .find(|result| result.id.as_str() == id)
        .unwrap()
}

#[test]
fn only_what_differs_is_sent() {
    let now = goal_now();
    let edit = GoalEdit {
        name: Some("New pricing".to_owned()),
        due: Some("2026-12-31".parse().ok()),
        champion: Some(Some(PersonId::new("work:DfKZxzfwDcFxCELa6yDoN"))),
        parent: Some(None),
        put_results: vec![result(PLANS)],
        ..GoalEdit::default()
    };
    assert_eq!(plan(&edit, &now, Some(&base())), []);
    let edit = GoalEdit {
        name: Some(" Newer pricing ".to_owned()),
        due: Some("2027-01-05".parse().ok()),
        start: Some(None),
        reviewer: Some(None),
        description: Some("Why: *because*".to_owned()),
        ..GoalEdit::default()
    };
    let goal = json!("GBfg0yH4sqwy1hq646BPEM");
    let calls = plan(&edit, &now, Some(&base()));
    let ops: Vec<Op> = calls.iter().map(|call| call.0).collect();
    assert_eq!(
        ops,
        [
            Op::UpdateGoalName,
            Op::UpdateGoalDescription,
            Op::UpdateGoalReviewer,
            Op::UpdateGoalStartDate,
            Op::UpdateGoalDueDate
        ]
    );
    assert_eq!(
        calls[0].1,
        json!({"goal_id": goal, "name": "Newer pricing"})
    );
    assert_eq!(calls[2].1, json!({"goal_id": goal, "reviewer_id": null}));
    assert_eq!(calls[4].1["due_date"]["value"], "Jan 05, 2027");
}

#[test]
fn a_new_key_result_is_made_once_and_then_found_by_its_name() {
    let mut new = result(PLANS);
    new.id = ResultId::new("work:0a1b2c3d4e5f");
    new.name = "Self-serve share".to_owned();
    new.current = Some(Reading::Number(12.0));
    let edit = GoalEdit {
        put_results: vec![new],
        ..GoalEdit::default()
    };
    let mut now = goal_now();
    let calls = plan(&edit, &now, Some(&base()));
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].0, Op::CreateTarget);
    assert_eq!(
        calls[0].1,
        json!({"goal_id": "GBfg0yH4sqwy1hq646BPEM", "name": "Self-serve share", "start_value": 0.0, "target_value": 100.0, "unit": "%"})
    );
    // It arrived: its value is left, and then nothing.
    let mut made = now.targets[0].clone();
    made.id = ShortId::parse("DqpZyuDTaGy4bvWEwD0SS2").unwrap();
    made.name = "Self-serve share".to_owned();
    made.value = 0.0;
    now.targets.push(made);
    let calls = plan(&edit, &now, Some(&base()));
    assert_eq!(
        calls,
        [(
            Op::UpdateTargetValue,
            json!({"target_id": "DqpZyuDTaGy4bvWEwD0SS2", "value": 12.0, "goal_id": "GBfg0yH4sqwy1hq646BPEM"})
        )]
    );
    now.targets[2].value = 12.0;
    assert_eq!(plan(&edit, &now, Some(&base())), []);
}

#[test]
fn renaming_a_key_result_does_not_set_the_value_somebody_else_moved() {
    let mut renamed = result(PLANS);
    renamed.name = "Plans moved".to_owned();
    let edit = GoalEdit {
        put_results: vec![renamed.clone()],
        ..GoalEdit::default()
    };
    let mut now = goal_now();
    now.targets[0].value = 71.0;
    let calls = plan(&edit, &now, Some(&base()));
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].0, Op::UpdateTarget);
    assert_eq!(calls[0].1["start_value"], 0.0, "flat servers want all four");
    // Gone: asked about, and made anew if the person says so.
    now.targets.remove(0);
    let known = known(&goal_now());
    let mentions = Mentions::default();
    let (with, without) = (base(), None);
    let ground = |base| Ground {
        now: &now,
        base,
        known: &known,
        mentions: &mentions,
    };
    assert!(calls_fail(&edit, ground(Some(&with))));
    assert!(!calls_fail(&edit, ground(without)));
}

fn calls_fail(edit: &GoalEdit, ground: Ground<'_>) -> bool {
    calls(edit, ground).is_err()
}

#[test]
fn a_line_is_toggled_only_where_its_state_differs() {
    let set = |ticks: &[bool]| GoalEdit {
        set_values: vec![(ResultId::new(BILLING), Reading::Ticks(ticks.to_vec()))],
        ..GoalEdit::default()
    };
    let mut now = goal_now();
    let mine = set(&[true, true, false]);
    let calls = plan(&mine, &now, Some(&base()));
    assert_eq!(
        calls,
        [(
            Op::ToggleCheck,
            json!({"check_id": "E8eS2Sqcj3x28hvPCLL9s1", "goal_id": "GBfg0yH4sqwy1hq646BPEM"})
        )]
    );
    // Somebody ticked it meanwhile: a flip would untick it.
    now.checks[1].completed = true;
    assert_eq!(plan(&mine, &now, Some(&base())), []);
    // Somebody ticked another one: not ours.
    now.checks[2].completed = true;
    assert_eq!(plan(&mine, &now, Some(&base())), []);
}

#[test]
fn a_checklist_is_changed_line_by_line_and_then_put_in_order() {
    let mut list = result(BILLING);
    list.kind = Kind::Checklist {
        items: ["Switch over", "Legal review", "Tell everybody"]
            .map(str::to_owned)
            .to_vec(),
        ids: Vec::new(),
    };
    list.current = Some(Reading::Ticks(vec![false, true, false]));
    let edit = GoalEdit {
        put_results: vec![list],
        ..GoalEdit::default()
    };
    let mut now = goal_now();
    // The one that is left on both sides was renamed.
    let calls = plan(&edit, &now, Some(&base()));
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].0, Op::UpdateCheck);
    assert_eq!(calls[0].1["name"], "Tell everybody");
    now.checks[1].name = "Tell everybody".to_owned();
    assert_eq!(
        plan(&edit, &now, Some(&base())),
        [(
            Op::UpdateCheckIndex,
            json!({"check_id": "CdKySlGhKPphnqsxn88jRO", "index": 0, "goal_id": "GBfg0yH4sqwy1hq646BPEM"})
        )]
    );
}

#[test]
fn a_project_is_changed_by_its_own_calls() {
    let mut now = goal_now();
    now.nature = Nature::Project;
    let edit = GoalEdit {
        name: Some("Billing, once and for all".to_owned()),
        parent: Some(Some(GoalId::new("work:D9kWfdQEWZPneUGc0LX9Eq"))),
        due: Some("2027-01-05".parse().ok()),
        ..GoalEdit::default()
    };
    let id = json!("GBfg0yH4sqwy1hq646BPEM");
    let calls = plan(&edit, &now, None);
    assert_eq!(
        calls[..2],
        [
            (
                Op::UpdateProjectName,
                json!({"project_id": id, "name": "Billing, once and for all"})
            ),
            (
                Op::UpdateProjectParent,
                json!({"project_id": id, "goal_id": "D9kWfdQEWZPneUGc0LX9Eq"})
            ),
        ]
    );
    assert_eq!(calls[2].0, Op::UpdateProjectDueDate);
    assert_eq!(calls.len(), 3);
}

#[test]
fn dropping_and_ordering_key_results() {
    let now = goal_now();
    let edit = GoalEdit {
        order: Some(vec![ResultId::new(TICKETS), ResultId::new(PLANS)]),
        ..GoalEdit::default()
    };
    let calls = plan(&edit, &now, Some(&base()));
    assert_eq!(calls.len(), 1);
    assert_eq!(
        (calls[0].0, &calls[0].1["index"]),
        (Op::UpdateTargetIndex, &json!(0))
    );
    let edit = GoalEdit {
        drop_results: vec![ResultId::new(TICKETS), ResultId::new(BILLING)],
        ..GoalEdit::default()
    };
    let ops: Vec<Op> = plan(&edit, &now, Some(&base()))
        .iter()
        .map(|call| call.0)
        .collect();
    assert_eq!(
        ops,
        [
            Op::DeleteTarget,
            Op::DeleteCheck,
            Op::DeleteCheck,
            Op::DeleteCheck
        ]
    );
}

#[test]
fn what_operately_has_no_place_for_is_refused_before_it_is_sent() {
    let none = GoalEdit::default;
    let mut unitless = result(TICKETS);
    unitless.unit = " ".to_owned();
    let mut yes_no = result(PLANS);
    yes_no.kind = Kind::YesNo;
    let mut endless = result(PLANS);
    endless.target = Some(f64::INFINITY);
    let put = |result: KeyResult| GoalEdit {
        put_results: vec![result],
        ..none()
    };
    for (edit, words) in [
        (
            GoalEdit {
                weight: Some(2.0),
                ..none()
            },
            "no weights",
        ),
        (
            GoalEdit {
                tags: Some(Vec::new()),
                ..none()
            },
            "no tags",
        ),
        (
            GoalEdit {
                paused: Some(true),
                ..none()
            },
            "no paused goals",
        ),
        (
            GoalEdit {
                name: Some(" ".to_owned()),
                ..none()
            },
            "needs a name",
        ),
        (
            GoalEdit {
                name: Some("x".repeat(256)),
                ..none()
            },
            "longer than 255",
        ),
        (put(unitless), "needs a unit"),
        (put(yes_no), "no yes_no key results"),
        (put(endless), "impossible number"),
    ] {
        let fault = refusal(&edit, Nature::Goal);
        assert!(fault.why.contains(words), "{fault}");
        assert!(matches!(
            fault.kind,
            FaultKind::Invalid | FaultKind::Unsupported
        ));
    }
    assert!(
        refusal(&put(result(PLANS)), Nature::Project)
            .why
            .contains("projects")
    );
    assert_eq!(storable(&put(result(PLANS)), Nature::Goal), Ok(()));
    // 255 characters, not bytes.
    let edit = GoalEdit {
        name: Some("ä".repeat(255)),
        ..none()
    };
    assert_eq!(storable(&edit, Nature::Goal), Ok(()));
}
