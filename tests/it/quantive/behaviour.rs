//! The behaviours that Quantive's contract asks for, by their numbers; those about
//! words alone (16, 18) also stand beside the code.

use goaldeck::model::exchange::Change;
use goaldeck::model::exchange::{Answer, FaultKind, GoalEdit, Query, ReviewStep};
use goaldeck::model::key_result::Reading;
use goaldeck::model::progress;
use serde_json::json;

use super::fake::Fake;
use super::rig::{Rig, at, check_in, edit, goal, result, special, sure};
use super::world::*;
use crate::operately::{Fault, When};

fn review(id: &str, step: ReviewStep) -> Change {
    Change::Review {
        goal: goal(id),
        step,
    }
}

fn refusal(status: u16, message: &str) -> Fault {
    Fault::Answer {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: json!({ "message": message }).to_string(),
    }
}

#[test]
fn b01_every_request_carries_the_token_and_the_account() {
    let rig = Rig::new();
    rig.all();
    rig.one(EASY);
    rig.carry(rig.letter(check_in(EASY, "x", &[(SETUP, 20.0)])))
        .unwrap();
    let token = format!("Bearer {}", rig.fake.token());
    for asked in rig.fake.asked() {
        assert_eq!(
            asked.header("authorization"),
            Some(token.as_str()),
            "{asked:?}"
        );
        let account = asked.header("gtmhub-accountid");
        match asked.op.as_str() {
            "resolveIdentity" => assert_eq!(account, None),
            _ => assert_eq!(account, Some(ACCOUNT), "{asked:?}"),
        }
        assert!(!asked.path.contains("CANARY"));
        assert!(
            asked
                .header("user-agent")
                .is_some_and(|agent| agent.starts_with("goaldeck/"))
        );
    }
}

#[test]
fn b02_lists_go_to_v2_with_limit_and_groups_to_v1_with_take_and_a_named_filter() {
    let rig = Rig::new();
    rig.all();
    for asked in rig.fake.asked() {
        if asked.path.starts_with("/v2/") {
            assert!(
                asked.param("limit").is_some() && asked.param("take").is_none(),
                "{asked:?}"
            );
        }
        if asked.path.contains("groupBy") {
            assert_eq!(
                (asked.param("take"), asked.param("limit")),
                (Some("100"), None)
            );
            assert_eq!(asked.param("filter"), Some("current"));
        }
    }
}

#[test]
fn b03_filters_arrive_as_they_were_meant() {
    let rig = Rig::new();
    rig.all();
    let sent = rig.fake.line.sent();
    let list = sent
        .iter()
        .find(|sent| sent.target.contains("/v2/goals?"))
        .unwrap();
    assert!(
        !list.target.contains(['{', '"', '[', '$']),
        "{}",
        list.target
    );
    rig.fake.forget();
    let words = "say \"hi\" & {more}";
    rig.ask(Query::Search(words.to_owned())).unwrap();
    let filter: serde_json::Value =
        serde_json::from_str(rig.fake.of("listGoalsV2")[0].param("filter").unwrap()).unwrap();
    assert_eq!(
        filter["name"]["$regex"],
        r#"[Ss][Aa][Yy] \"[Hh][Ii]\" \& \{[Mm][Oo][Rr][Ee]\}"#
    );
    // A call made by hand may say the comparison as it is.
    let call = goaldeck::model::direct::Call {
        method: goaldeck::model::direct::Method::Get,
        path: "v1/goals/groupBy/owners".to_owned(),
        query: vec![
            ("attainment".to_owned(), ">0.5".to_owned()),
            ("filter".to_owned(), "current".to_owned()),
        ],
        body: None,
    };
    use goaldeck::providers::Provider;
    assert_eq!(rig.run(rig.provider.call(call)).unwrap().status, 200);
    assert_eq!(
        rig.fake
            .of("groupGoalsByOwners")
            .last()
            .unwrap()
            .param("attainment"),
        Some(">0.5")
    );
    assert!(
        rig.fake
            .line
            .sent()
            .last()
            .unwrap()
            .target
            .contains("%3E0.5")
    );
}

#[test]
fn b04_all_pages_are_read_and_a_server_that_ignores_skip_comes_to_an_end() {
    for counts in [true, false] {
        let rig = Rig::at(Fake::with(World::with_goals(207)));
        rig.fake.world(|w| w.ways.counts = counts);
        let facts = rig.all();
        assert_eq!((facts.goals.len(), facts.full), (207, true));
        let skips: Vec<_> = rig
            .fake
            .of("listGoalsV2")
            .iter()
            .map(|one| one.param("skip").unwrap().to_owned())
            .collect();
        assert_eq!(skips, ["0", "100", "200"]);
        assert!(
            rig.fake
                .of("listGoalsV2")
                .iter()
                .all(|one| one.param("sort").is_some())
        );
        rig.fake.forget();
        rig.fake.world(|w| w.ways.ignores_skip = true);
        assert_eq!(rig.all().goals.len(), 100);
        assert_eq!(rig.fake.of("listGoalsV2").len(), 2, "counts: {counts}");
    }
}

#[test]
fn b05_no_parent_is_a_root_an_unknown_one_is_kept_and_circles_do_not_hang() {
    let rig = Rig::new();
    for none in [json!(""), json!(null)] {
        rig.fake
            .world(|w| w.goal_mut(EASY)["parentId"] = none.clone());
        assert_eq!(rig.all().goal(EASY).parent, None);
    }
    rig.fake
        .world(|w| w.goal_mut(EASY).as_object_mut().unwrap().remove("parentId"));
    let facts = rig.all();
    assert_eq!(facts.goal(EASY).parent, None);
    assert_eq!(
        facts.goal(PARTNERS).parent,
        Some(goal("64f0aa10c3d2e10001e000ff"))
    );
    rig.fake.world(|w| {
        w.goal_mut(EASY)["parentId"] = json!(GUIDE);
        w.goal_mut(LOVED)["parentId"] = json!(LOVED);
    });
    let facts = rig.all();
    assert_eq!(facts.goals.len(), 4);
    assert_eq!(facts.goal(EASY).parent, Some(goal(GUIDE)));
    assert_eq!(facts.goal(GUIDE).parent, Some(goal(EASY)));
}

#[test]
fn b06_attainment_is_told_as_it_is() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        w.goal_mut(EASY)["attainment"] = json!(1.25);
        w.goal_mut(GUIDE)
            .as_object_mut()
            .unwrap()
            .remove("attainment");
        w.goal_mut(LOVED)["aggregatedAttainment"] = json!(0.4);
    });
    let facts = rig.all();
    let told = |id: &str| facts.goal(id).provider_progress;
    assert_eq!(told(EASY), Some(1.25));
    assert_eq!(told(PARTNERS), Some(-0.1));
    assert_eq!(told(GUIDE), None);
    assert_eq!(told(LOVED), Some(0.4));
}

#[test]
fn b07_confidence_of_every_shape_is_read() {
    let rig = Rig::new();
    let shapes = [
        (
            json!({"value": 0.8, "reason": ""}),
            Some("confidence 8 of 10 (On track)"),
        ),
        (json!(null), None),
        (json!({}), None),
    ];
    for (shape, words) in shapes {
        rig.fake
            .world(|w| w.metric_mut(SETUP)["confidence"] = shape.clone());
        let facts = rig.all();
        let aside = &facts
            .goal(EASY)
            .result(&result(SETUP))
            .unwrap()
            .particulars()
            .aside;
        assert_eq!(aside, words.unwrap_or_default());
        // The check-ins have theirs as numbers.
        assert_eq!(facts.goal(EASY).check_ins[0].confidence, Some(6));
        // The contract's file does not name null; that it may come is the point.
        let _ = rig.fake.violations();
    }
    rig.fake.world(|w| {
        w.account["confidenceSettings"] =
            json!({"confidenceMapping": [{"name": "All", "range": {"from": 0, "to": 5}}]});
        w.metric_mut(SETUP)["confidence"] = json!({"value": 4});
    });
    let facts = rig.all();
    let aside = &facts
        .goal(EASY)
        .result(&result(SETUP))
        .unwrap()
        .particulars()
        .aside;
    assert_eq!(aside, "confidence 8 of 10 (All)");
}

#[test]
fn b08_the_year_one_is_no_date_and_never_checked_in_is_due() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        w.goal_mut(LOVED)["dateTo"] = json!("0001-01-01T00:00:00Z");
        w.metric_mut(NPS)["lastCheckInDate"] = json!("0001-01-01T00:00:00Z");
    });
    let facts = rig.all();
    let loved = facts.goal(LOVED);
    // The session's own end then.
    assert_eq!(loved.due.unwrap().to_string(), "2026-12-31");
    assert_eq!(
        loved.result(&result(NPS)).unwrap().particulars().checked_at,
        None
    );
    assert_eq!(loved.next_check_in.unwrap().to_string(), "2026-11-20");
    rig.fake.world(|w| {
        w.goal_mut(LOVED)["sessionId"] = json!("nowhere");
        let nowhere = json!({"id": "nowhere", "accountId": ACCOUNT, "title": "Ideas", "status": "open", "start": "0001-01-01T00:00:00Z", "end": "2099-01-01T00:00:00Z"});
        w.sessions.push(nowhere);
        w.goal_mut(LOVED)["dateFrom"] = json!("");
    });
    let facts = rig.all();
    assert_eq!(facts.goal(LOVED).start, None);
}

#[test]
fn b09_a_check_in_sends_numbers_and_any_refusal_keeps_it() {
    let rig = Rig::new();
    let letter = rig.letter(sure(
        check_in(EASY, "Removed a step", &[(SETUP, 20.0), (BUGS, 48.5)]),
        8,
    ));
    rig.carry(letter.clone()).unwrap();
    let sent = rig.fake.of("checkInMetric");
    assert_eq!(sent.len(), 2);
    assert_eq!(
        sent[0].json(),
        json!({"actual": 20, "comment": "Removed a step", "confidence": 0.8, "checkInDate": "2026-11-20T10:00:00Z"})
    );
    assert_eq!(sent[1].json()["actual"], json!(48.5));
    for status in [400, 402, 403, 404, 423] {
        let rig = Rig::new();
        rig.fake
            .script(When::path("/checkin"), refusal(status, "no"));
        rig.fake.script(
            When::path(&format!("/v1/metrics/{SETUP}")).after(3),
            refusal(status, "no"),
        );
        let fault = rig
            .carry(rig.letter(check_in(EASY, "x", &[(SETUP, 20.0)])))
            .unwrap_err();
        assert_ne!(fault.kind, FaultKind::SignedOut, "{status}: {fault}");
    }
}

#[test]
fn b10_a_check_in_is_written_once_whatever_becomes_of_its_answer() {
    let lost = [
        Fault::ResetAfter,
        Fault::Truncate(3),
        Fault::DoneBut {
            status: 500,
            headers: vec![],
            body: String::new(),
        },
        Fault::DoneBut {
            status: 504,
            headers: vec![],
            body: "gateway".into(),
        },
        Fault::DoneBut {
            status: 200,
            headers: vec![("content-type".into(), "text/html".into())],
            body: "<html>sign in</html>".into(),
        },
        Fault::ResetBefore,
        Fault::CloseBefore,
        Fault::status(502),
    ];
    for history in [History::Goals, History::Single, History::Nowhere] {
        for fault in lost.clone() {
            let rig = Rig::new();
            rig.fake.world(|w| w.ways.history = history);
            rig.fake
                .script(When::path("/checkin").once(), fault.clone());
            let letter = rig.letter(check_in(EASY, "once", &[(SETUP, 20.0), (BUGS, 45.0)]));
            rig.carry(letter)
                .unwrap_or_else(|refused| panic!("{fault:?}: {refused}"));
            let entries = rig
                .fake
                .world(|w| (w.entries(SETUP, "once"), w.entries(BUGS, "once")));
            assert_eq!(entries, (1, 1), "{history:?} {fault:?}");
        }
    }
}

#[test]
fn b10_dying_at_any_step_of_a_check_in_writes_it_once() {
    for dies in 0..8 {
        let rig = Rig::new();
        let letter = rig.letter(check_in(EASY, "once", &[(SETUP, 20.0), (BUGS, 45.0)]));
        rig.carry_from(letter, dies).unwrap();
        let entries = rig
            .fake
            .world(|w| (w.entries(SETUP, "once"), w.entries(BUGS, "once")));
        assert_eq!(entries, (1, 1), "died at {dies}");
    }
}

#[test]
fn b11_steps_of_an_approval_take_204_without_a_body_as_done() {
    let ask = ReviewStep::Ask {
        reviewers: vec![super::rig::person(BOB)],
    };
    let approve = ReviewStep::Approve {
        comment: "go".into(),
    };
    let decline = ReviewStep::Decline {
        comment: "too vague".into(),
    };
    for (goal_id, step, op) in [
        (GUIDE, approve, "approveGoal"),
        (GUIDE, decline, "declineGoal"),
        (EASY, ask, "requestReview"),
    ] {
        let rig = Rig::new();
        rig.carry(rig.letter(review(goal_id, step))).unwrap();
        let asked = rig.fake.of(op);
        assert_eq!((asked.len(), asked[0].status), (1, 204));
    }
    let rig = Rig::new();
    rig.carry(rig.letter(review(
        EASY,
        ReviewStep::Ask {
            reviewers: vec![super::rig::person(BOB)],
        },
    )))
    .unwrap();
    rig.carry(rig.letter(review(EASY, ReviewStep::Withdraw)))
        .unwrap();
    let withdrawn = rig.fake.of("withdrawGoal");
    assert_eq!((withdrawn[0].status, withdrawn[0].body.len()), (204, 0));
}

#[test]
fn b12_deleting_takes_200_without_a_body_as_done() {
    let rig = Rig::new();
    let (batch, _) = rig
        .carry(rig.letter(Change::DeleteGoal { goal: goal(GUIDE) }))
        .unwrap();
    assert_eq!(batch.gone, [goal(GUIDE)]);
    assert_eq!(rig.fake.of("deleteGoal")[0].status, 200);
    // Many at once go through a call made by hand, with their ids.
    use goaldeck::model::direct::{Body, Call, Method};
    use goaldeck::providers::Provider;
    let call = Call {
        method: Method::Delete,
        path: "v1/goals/bulk".to_owned(),
        query: Vec::new(),
        body: Some(Body::Json(json!([EASY, PARTNERS]))),
    };
    let told = rig.run(rig.provider.call(call)).unwrap();
    assert_eq!((told.status, told.body.len()), (200, 0));
    assert_eq!(
        rig.fake.of("deleteGoalsBulk")[0].json(),
        json!([EASY, PARTNERS])
    );
    assert_eq!(rig.fake.world(|w| w.goals.len()), 1);
    let call = Call {
        method: Method::Post,
        path: "v1/goals/bulk".to_owned(),
        query: Vec::new(),
        body: Some(Body::Json(json!([
            {"name": "One", "sessionId": QUARTER, "ownerId": ALICE},
            {"name": "Two", "sessionId": QUARTER, "ownerId": ALICE},
        ]))),
    };
    assert_eq!(rig.run(rig.provider.call(call)).unwrap().status, 201);
    assert_eq!(rig.all().goals.len(), 3);
}

#[test]
fn b13_an_edit_sends_what_changed_and_the_deprecated_calls_are_never_made() {
    let rig = Rig::new();
    let change = GoalEdit {
        name: Some("Make onboarding a joy".to_owned()),
        ..GoalEdit::default()
    };
    rig.carry(rig.letter(edit(EASY, change))).unwrap();
    let sent = rig.fake.of("patchGoal");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].json(), json!({"name": "Make onboarding a joy"}));
    rig.carry(rig.letter(sure(check_in(EASY, "x", &[(SETUP, 12.0)]), 7)))
        .unwrap();
    // The fake counts a deprecated call as a violation as well.
    let asked = rig.fake.asked();
    assert!(
        asked
            .iter()
            .all(|one| one.method != "PUT" && !one.path.ends_with("/confidence"))
    );
}

#[test]
fn b14_each_refusal_says_what_it_is_and_401_signs_out() {
    let mut said = Vec::new();
    for status in [402, 403, 409, 423] {
        let rig = Rig::new();
        rig.fake.script(
            When::path("/approve"),
            refusal(status, "words of the server"),
        );
        let approve = ReviewStep::Approve {
            comment: String::new(),
        };
        let fault = rig.carry(rig.letter(review(GUIDE, approve))).unwrap_err();
        assert!(fault.why.contains("words of the server"), "{fault}");
        said.push(fault.why);
    }
    said.dedup();
    assert_eq!(said.len(), 4);
    let rig = Rig::new();
    rig.fake.set_token("another");
    let fault = rig.ask(Query::All).unwrap_err();
    assert_eq!(fault.kind, FaultKind::SignedOut);
    let answer = rig.send(&rig.letter(check_in(EASY, "x", &[(SETUP, 1.0)])));
    assert!(matches!(answer, Answer::Refused(fault) if fault.kind == FaultKind::SignedOut));
    assert!(rig.fake.writes().is_empty());
}

#[test]
fn b15_a_web_page_in_the_place_of_an_answer_is_told_as_one() {
    let rig = Rig::new();
    rig.fake
        .script(When::path("/v2/goals"), Fault::login_page());
    let fault = rig.ask(Query::All).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreadable);
    assert!(fault.why.contains("login page"), "{fault}");
    let rig = Rig::new();
    rig.fake.script(When::any(), Fault::login_page());
    assert!(rig.ask(Query::All).is_err());
    assert!(
        rig.run(goaldeck::providers::Provider::introduce(&rig.provider))
            .is_err()
    );
}

#[test]
fn b16_mentions_are_names_in_descriptions_and_check_ins() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        w.goal_mut(EASY)["description"] = json!("Ask @[Carol Jones::64f0] \u{1b}[31mnow");
        w.metric_mut(SETUP)["metricHistory"][0]["comment"] =
            json!("Thanks @[Bob Example:bob@acme.example:1]!");
    });
    let facts = rig.all();
    assert_eq!(
        facts.goal(EASY).description,
        "Ask @Carol Jones \u{1b}[31mnow"
    );
    let shown = goaldeck::model::text::block(&facts.goal(EASY).description);
    assert!(!shown.as_str().contains('\u{1b}'));
    let notes: Vec<&str> = facts
        .goal(EASY)
        .check_ins
        .iter()
        .map(|one| one.note.as_str())
        .collect();
    assert!(notes.contains(&"Thanks @Bob Example!"), "{notes:?}");
}

#[test]
fn b17_previews_follow_quantives_own_formulas() {
    let rig = Rig::new();
    let facts = rig.all();
    let mut churn = facts.goal(LOVED).result(&result(CHURN)).unwrap().clone();
    churn.particulars = None;
    let of =
        |churn: &goaldeck::model::key_result::KeyResult| progress::of_result(churn).unwrap().raw;
    churn.current = Some(Reading::Number(2.0));
    assert_eq!(of(&churn), 0.0);
    churn.current = Some(Reading::Number(1.9));
    assert_eq!(of(&churn), 1.0);
    let mut bugs = facts.goal(EASY).result(&result(BUGS)).unwrap().clone();
    bugs.particulars = None;
    for (value, share) in [(80.0, 0.5), (70.0, 0.75), (50.0, 1.25)] {
        bugs.current = Some(Reading::Number(value));
        assert_eq!(of(&bugs), share);
    }
}

#[test]
fn b18_a_base_with_a_slash_or_a_version_at_its_end_works() {
    let rig = Rig::at(Fake::below(World::small(), "/results/api"));
    for end in ["", "/", "/v1", "/v2/"] {
        let url = format!("{}{end}", rig.fake.url);
        let provider = super::rig::provider(&url, &rig.fake.token(), special());
        let met = rig
            .run(goaldeck::providers::Provider::introduce(&provider))
            .unwrap();
        assert_eq!(met.goals, 4, "{end}");
    }
}

#[test]
fn where_it_stood_is_not_confused_with_where_it_stands() {
    // Guards the clock of these tests: check-ins carry the moment of their writing.
    let rig = Rig::new();
    rig.carry(rig.letter(check_in(EASY, "x", &[(SETUP, 20.0)])))
        .unwrap();
    let facts = rig.one(EASY);
    assert_eq!(
        facts.goal(EASY).check_ins.last().unwrap().at,
        at("2026-11-20T10:00:00Z")
    );
}
