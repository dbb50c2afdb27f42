//! Reading: sessions, people, goals, key results, check-ins.

use goaldeck::model::cadence;
use goaldeck::model::exchange::{FaultKind, Query};
use goaldeck::model::goal::Stage;
use goaldeck::model::key_result::{Kind, Reading};
use goaldeck::model::status::Status;
use goaldeck::model::system::{DueAfter, Special};
use goaldeck::model::time::{Now, Zone};
use goaldeck::providers::Provider;
use serde_json::json;

use super::fake::{Fake, token};
use super::rig::{Rig, at, goal, now, person, result, special};
use super::world::*;
use crate::operately::{Fault, When};

#[test]
fn a_goal_comes_with_everything_quantive_tells() {
    let rig = Rig::new();
    let facts = rig.all();
    assert_eq!(facts.goals.len(), 4);
    assert!(facts.full);
    assert_eq!(facts.me, Some(person(ALICE)));
    let loved = facts.goal(LOVED);
    assert_eq!(loved.name, "Customers love the first week");
    assert_eq!(loved.description, "Lead: @Bob Example");
    assert_eq!(loved.space, "Q4 2026");
    assert_eq!(loved.link, format!("https://acme.example/goals/{LOVED}"));
    assert_eq!(loved.champion, Some(person(PRODUCT)));
    assert_eq!(facts.name(&person(PRODUCT)), Some("Product"));
    assert_eq!(facts.name(&person(ALICE)), Some("Alice Example"));
    assert_eq!(loved.start.unwrap().to_string(), "2026-10-01");
    assert_eq!(loved.due.unwrap().to_string(), "2026-12-31");
    assert!(loved.is_open());
    let setup = facts.goal(EASY).result(&result(SETUP)).unwrap();
    assert_eq!((setup.start, setup.target), (40.0, Some(10.0)));
    assert_eq!(setup.current, Some(Reading::Number(22.0)));
    assert_eq!((&setup.kind, setup.unit.as_str()), (&Kind::Number, "min"));
    assert_eq!(setup.particulars().provider_progress, Some(0.6));
    assert_eq!(setup.particulars().owner, Some(person(ALICE)));
    assert_eq!(
        setup.particulars().checked_at,
        Some(at("2026-11-06T08:00:30Z"))
    );
    assert!(
        setup
            .particulars()
            .aside
            .contains("confidence 7 of 10 (On track)")
    );
    let churn = loved.result(&result(CHURN)).unwrap();
    let Kind::Guardrail(rail) = &churn.kind else {
        panic!("{:?}", churn.kind)
    };
    assert_eq!((rail.limit, rail.above, rail.strict), (2.0, false, true));
    assert!(!churn.particulars().automatic);
    assert!(
        churn
            .particulars()
            .aside
            .starts_with("fed by churn, which may replace a value you send")
    );
    assert_eq!(churn.status, Some(Status::OnTrack));
    let revenue = &facts.goal(PARTNERS).results[0];
    assert_eq!(
        (&revenue.kind, revenue.unit.as_str()),
        (&Kind::Currency, "$")
    );
}

#[test]
fn the_goals_of_a_year_and_a_quarter_that_run_at_once_come_in_one_request() {
    let rig = Rig::new();
    rig.fake
        .world(|w| w.goal_mut(LOVED)["sessionId"] = json!(YEAR));
    let facts = rig.all();
    assert_eq!(facts.goals.len(), 4);
    assert_eq!(facts.goal(LOVED).space, "FY 2026");
    let asked = rig.fake.of("listGoalsV2");
    assert_eq!(asked.len(), 1);
    // The shortest first; the closed one is not asked for.
    let filter = json!({"sessionId": {"$in": [QUARTER, YEAR]}}).to_string();
    assert_eq!(asked[0].param("filter"), Some(filter.as_str()));
    assert_eq!(asked[0].param("limit"), Some("100"));
    let sessions = rig.fake.of("listSessionsV1");
    assert_eq!(
        (sessions[0].param("filter"), sessions[0].param("status")),
        (Some("current"), Some("open"))
    );
}

#[test]
fn without_the_list_of_running_sessions_their_dates_tell() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        w.ways.has_named_sessions = false;
        w.sessions.push(json!({"id": "next", "accountId": ACCOUNT, "title": "Q1 2027", "status": "open", "start": "2027-01-01T00:00:00Z", "end": "2027-03-31T00:00:00Z", "parentId": ""}));
    });
    assert_eq!(rig.all().goals.len(), 4);
    let asked = rig.fake.of("listGoalsV2");
    let filter = json!({"sessionId": {"$in": [QUARTER, YEAR]}}).to_string();
    assert_eq!(asked[0].param("filter"), Some(filter.as_str()));
}

#[test]
fn between_two_periods_the_open_sessions_are_read() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        w.now = at("2027-02-01T00:00:00Z");
        for session in &mut w.sessions {
            session["end"] = json!("2026-10-31T00:00:00Z");
        }
    });
    assert_eq!(rig.all().goals.len(), 4);
}

#[test]
fn history_becomes_check_ins_and_sparklines_wherever_it_is_told() {
    for history in [History::Goals, History::Metrics] {
        let rig = Rig::new();
        rig.fake.world(|w| w.ways.history = history);
        let facts = rig.all();
        assert!(!facts.brief);
        let easy = facts.goal(EASY);
        let told: Vec<(&str, usize, Option<u8>)> = easy
            .check_ins
            .iter()
            .map(|one| (one.note.as_str(), one.values.len(), one.confidence))
            .collect();
        // The two of 6 November went out one after the other and were one check-in.
        assert_eq!(
            told,
            [
                ("First cut shipped", 1, Some(6)),
                ("", 2, Some(8)),
                ("Done", 1, Some(10))
            ]
        );
        let second = &easy.check_ins[1];
        assert_eq!(second.author, person(ALICE));
        assert_eq!(second.at, at("2026-11-06T08:00:00Z"));
        let setup = second
            .values
            .iter()
            .find(|value| value.result == result(SETUP))
            .unwrap();
        assert_eq!(
            (&setup.before, &setup.now),
            (&Some(Reading::Number(31.0)), &Reading::Number(22.0))
        );
        let lists = rig.fake.of("listMetricsV2").len();
        assert_eq!(lists, usize::from(history == History::Metrics));
    }
}

#[test]
fn without_a_history_nothing_is_invented_and_what_was_known_stays() {
    let rig = Rig::new();
    rig.fake.world(|w| w.ways.history = History::Nowhere);
    let facts = rig.all();
    assert!(facts.brief);
    assert!(facts.goals.iter().all(|goal| goal.check_ins.is_empty()));
    // When it is due follows the day of the last check-in in any case.
    assert_eq!(
        facts.goal(EASY).next_check_in.unwrap().to_string(),
        "2026-11-13"
    );
}

#[test]
fn one_goal_reads_the_histories_of_its_key_results_one_by_one() {
    let rig = Rig::new();
    rig.fake.world(|w| w.ways.history = History::Single);
    assert!(rig.all().brief);
    let facts = rig.one(EASY);
    assert_eq!(facts.goal(EASY).check_ins.len(), 3);
    assert!(!facts.brief);
    assert_eq!(rig.fake.of("getMetric").len(), 2);
}

#[test]
fn different_words_authors_and_hours_are_different_check_ins() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        let entry = |id: &str, by: &str, comment: &str, at: &str| {
            json!({"id": id, "value": 1, "comment": comment, "changedBy": by, "createdAt": at})
        };
        w.metric_mut(SETUP)["metricHistory"] = json!([
            entry("a", ALICE, "one", "2026-11-06T08:00:00Z"),
            entry("b", ALICE, "one", "2026-11-06T08:00:20Z"),
            entry("c", ALICE, "late", "2026-11-06T09:00:00Z"),
            {"id": "d", "comment": "no date"},
        ]);
        w.metric_mut(BUGS)["metricHistory"] = json!([
            entry("e", ALICE, "two", "2026-11-06T08:00:00Z"),
            entry("f", BOB, "one", "2026-11-06T08:00:01Z"),
            entry("g", ALICE, "late", "2026-11-06T09:02:01Z"),
            entry("h", ALICE, "one", "2026-11-06T08:01:00Z"),
        ]);
    });
    let facts = rig.all();
    let told: Vec<usize> = facts
        .goal(EASY)
        .check_ins
        .iter()
        .map(|one| one.values.len())
        .collect();
    // a; e; f; b with h; c; g
    assert_eq!(told, [1, 1, 1, 2, 1, 1]);
}

#[test]
fn fields_that_are_refused_are_left_out_once_and_metrics_come_by_their_own_list() {
    let rig = Rig::new();
    rig.fake.world(|w| w.ways.refuses_fields = true);
    let facts = rig.all();
    assert_eq!(facts.goals.len(), 4);
    assert_eq!(facts.goal(EASY).results.len(), 2);
    assert_eq!(facts.goal(EASY).check_ins.len(), 3);
    let asked = rig.fake.of("listGoalsV2");
    let fields: Vec<bool> = asked
        .iter()
        .map(|one| one.param("fields").is_some())
        .collect();
    assert_eq!(fields, [true, false]);
}

#[test]
fn only_fields_that_were_seen_are_asked_for() {
    for field in ["status", "workflowStatus", "workflow", "approvalStatus"] {
        let rig = Rig::new();
        rig.fake.world(|w| {
            w.ways.stage_field = Some(field);
            w.ways.refuses_unknown_fields = true;
        });
        let facts = rig.all();
        let stage = |id: &str| facts.goal(id).approval.as_ref().unwrap().stage;
        assert_eq!(
            (stage(GUIDE), stage(LOVED)),
            (Stage::InReview, Stage::Approved),
            "{field}"
        );
        assert_eq!(rig.fake.of("listGoalsV2").len(), 1, "{field}");
    }
}

#[test]
fn the_older_list_is_asked_only_where_there_is_no_newer_one() {
    let rig = Rig::new();
    rig.all();
    assert!(rig.fake.of("listGoalsV1").is_empty());
    rig.fake.world(|w| {
        w.ways.has_v2_goals = false;
        w.goal_mut(LOVED)["sessionId"] = json!(YEAR);
    });
    let facts = rig.all();
    assert_eq!(facts.goals.len(), 4);
    assert_eq!(facts.goal(EASY).results.len(), 2);
    let asked = rig.fake.of("listGoalsV1");
    let sessions: Vec<_> = asked.iter().map(|one| one.param("sessionId")).collect();
    assert_eq!(sessions, [Some(QUARTER), Some(YEAR)]);
    assert!(
        asked
            .iter()
            .all(|one| one.param("filter").is_none() && one.param("take") == Some("100"))
    );
}

#[test]
fn reviewers_and_owners_come_from_the_groups() {
    for bare in [false, true] {
        let rig = Rig::new();
        rig.fake.world(|w| w.ways.bare_groups = bare);
        let facts = rig.all();
        let approval = facts.goal(GUIDE).approval.clone().unwrap();
        assert_eq!(
            (approval.stage, approval.reviewers),
            (Stage::InReview, vec![person(ALICE)])
        );
        assert_eq!(approval.since, Some(now()));
        for op in ["groupGoalsByReviewers", "groupGoalsByOwners"] {
            let asked = rig.fake.of(op);
            assert_eq!(
                (asked[0].param("filter"), asked[0].param("take")),
                (Some("current"), Some("100"))
            );
        }
    }
}

#[test]
fn where_nothing_says_the_stage_the_reviewers_list_does() {
    let rig = Rig::new();
    rig.fake.world(|w| w.ways.stage_field = None);
    let facts = rig.all();
    let approval = facts.goal(GUIDE).approval.clone().unwrap();
    assert_eq!(
        (approval.stage, approval.reviewers),
        (Stage::InReview, vec![person(ALICE)])
    );
    assert_eq!(facts.goal(EASY).approval, None);
}

#[test]
fn an_owner_that_the_list_leaves_out_is_named_by_its_group() {
    let rig = Rig::new();
    rig.fake.script(
        When::path("/v2/goals"),
        Fault::Answer {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: json!({"items": [{"id": EASY, "accountId": ACCOUNT, "name": "Easy", "sessionId": QUARTER}], "totalCount": 1}).to_string(),
        },
    );
    let facts = rig.all();
    assert_eq!(facts.goal(EASY).champion, Some(person(ALICE)));
}

#[test]
fn a_goal_of_another_session_that_waits_for_my_approval_is_read_too() {
    let rig = Rig::new();
    let next = "64f0aa10c3d2e10001d00009";
    rig.fake.world(|w| {
        w.sessions.push(json!({"id": next, "accountId": ACCOUNT, "title": "Q1 2027", "status": "open", "start": "2027-01-01T00:00:00Z", "end": "2027-03-31T00:00:00Z", "parentId": ""}));
        w.goal_mut(GUIDE)["sessionId"] = json!(next);
    });
    let facts = rig.all();
    assert_eq!(facts.goals.len(), 4);
    assert_eq!(facts.goal(GUIDE).space, "Q1 2027");
    assert_eq!(
        facts.goal(GUIDE).approval.as_ref().unwrap().stage,
        Stage::InReview
    );
}

#[test]
fn who_i_am_is_set_or_told_by_the_server_or_found_by_my_address() {
    let set = |me: &str| Special {
        me: Some(me.to_owned()),
        ..special()
    };
    for me in [BOB, "bob@acme.example", "Bob@ACME.example", "bob example"] {
        let rig = Rig::with(Fake::start(), set(me));
        assert_eq!(rig.all().me, Some(person(BOB)), "{me}");
    }
    // By the token's subject.
    let rig = Rig::new();
    assert_eq!(rig.all().me, Some(person(ALICE)));
    let asked = rig.fake.of("resolveIdentity");
    assert!(asked[0].path.contains("auth0%7C"), "{}", asked[0].path);
    // By nobody.
    let rig = Rig::with(Fake::start(), set("Carol"));
    rig.fake.world(|w| w.ways.has_identity = false);
    let facts = rig.all();
    let me = facts.me.clone().unwrap();
    assert_eq!((me.as_str(), facts.name(&me)), ("work:me", Some("Carol")));
}

#[test]
fn names_come_from_users_and_teams_where_there_is_no_list_of_both() {
    let rig = Rig::new();
    rig.fake.world(|w| w.ways.has_assignees = false);
    let facts = rig.all();
    assert_eq!(facts.name(&person(PRODUCT)), Some("Product"));
    assert_eq!(facts.name(&person(BOB)), Some("Bob Example"));
}

#[test]
fn the_accounts_id_is_taken_from_the_token_where_it_is_not_set() {
    let rig = Rig::with(Fake::start(), Special::default());
    assert_eq!(rig.all().goals.len(), 4);
    let opaque = Fake::start();
    opaque.set_token("an-opaque-token");
    let rig = Rig::with(opaque, Special::default());
    let fault = rig.ask(Query::All).unwrap_err();
    assert!(fault.why.contains("account's id is missing"), "{fault}");
    assert!(fault.remedy.contains("account_id"), "{fault}");
}

#[test]
fn a_token_that_tells_nothing_of_itself_will_do() {
    let fake = Fake::start();
    fake.set_token("an-opaque-token");
    let rig = Rig::at(fake);
    let facts = rig.all();
    assert_eq!(facts.goals.len(), 4);
    assert_eq!(facts.me.unwrap().as_str(), "work:me");
    assert!(rig.fake.of("resolveIdentity").is_empty());
}

#[test]
fn a_token_of_another_account_is_told_when_met_and_when_refused() {
    let fake = Fake::start();
    fake.set_token(&token("another-account"));
    let rig = Rig::at(fake);
    let met = rig.run(rig.provider.introduce()).unwrap();
    assert!(
        met.server
            .contains("warning: the token was made for account another-account"),
        "{}",
        met.server
    );
    let wrong = Special {
        workspace: Some("64f0aa10c3d2e10001a000ff".to_owned()),
        ..Special::default()
    };
    let rig = Rig::with(Fake::start(), wrong);
    let fault = rig.ask(Query::All).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Forbidden);
    assert!(
        fault
            .why
            .contains(&format!("the token was made for account {ACCOUNT}")),
        "{fault}"
    );
}

#[test]
fn meeting_says_who_where_and_how_much_and_reads_no_goals() {
    let rig = Rig::new();
    let met = rig.run(rig.provider.introduce()).unwrap();
    assert_eq!(
        (met.person.as_str(), met.company.as_str(), met.goals),
        ("Alice Example", "acme", 4)
    );
    assert_eq!(met.server, "Quantive Results, Q4 2026 and FY 2026");
    assert_eq!(rig.fake.of("listGoalsV2")[0].param("limit"), Some("1"));
    assert!(rig.fake.writes().is_empty());
}

#[test]
fn a_key_result_is_due_a_week_after_its_last_check_in_or_as_set() {
    let facts = Rig::new().all();
    let day = |id: &str| facts.goal(id).next_check_in.map(|day| day.to_string());
    // SETUP was last on 6 November, BUGS on the 19th.
    assert_eq!(day(EASY).as_deref(), Some("2026-11-13"));
    assert_eq!(day(GUIDE), None);
    let ten = Special {
        due_after: DueAfter(10),
        ..special()
    };
    let rig = Rig::with(Fake::start(), ten);
    assert_eq!(
        rig.all().goal(EASY).next_check_in.unwrap().to_string(),
        "2026-11-16"
    );
    let today = Now::new(now(), Zone::utc());
    let due = cadence::next_due(facts.goal(EASY), &today);
    assert_eq!(due.unwrap().to_string(), "2026-11-13");
}

#[test]
fn hidden_values_are_no_values() {
    let rig = Rig::new();
    rig.fake
        .world(|w| w.metric_mut(SETUP)["obfuscated"] = json!(true));
    let facts = rig.all();
    let setup = facts.goal(EASY).result(&result(SETUP)).unwrap();
    assert!(setup.particulars().hidden);
    assert_eq!(
        (&setup.current, setup.particulars().provider_progress),
        (&None, None)
    );
    let values = facts
        .goal(EASY)
        .check_ins
        .iter()
        .flat_map(|one| &one.values);
    assert!(values.clone().all(|value| value.result != result(SETUP)) && values.count() > 0);
}

#[test]
fn a_closed_goal_and_a_yes_or_no_are_read_as_such() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        w.goal_mut(EASY)["closedStatus"] = json!({"status": "closed"});
        let nps = w.metric_mut(NPS);
        nps["manualType"] = json!("boolean");
        nps["initialValue"] = json!(0);
        nps["target"] = json!(1);
        nps["actual"] = json!(1);
    });
    let facts = rig.all();
    let easy = facts.goal(EASY);
    assert!(!easy.is_open());
    assert_eq!(
        (easy.status_word.as_deref(), easy.next_check_in),
        (Some("closed"), None)
    );
    let nps = facts.goal(LOVED).result(&result(NPS)).unwrap();
    assert_eq!(
        (&nps.kind, &nps.current),
        (&Kind::YesNo, &Some(Reading::Yes(true)))
    );
}

#[test]
fn what_the_account_does_not_give_is_left_out_and_the_rest_is_read() {
    let rig = Rig::new();
    for path in [
        "groupBy",
        "/v1/accounts/",
        "/v1/assignees",
        "/v2/users",
        "/v2/teams",
        "/v2/metrics",
    ] {
        rig.fake.script(When::path(path), Fault::status(403));
    }
    let facts = rig.all();
    assert_eq!(facts.goals.len(), 4);
    // Stages are not known, so they are not asked for and not shown.
    assert_eq!(facts.goal(GUIDE).approval, None);
}

#[test]
fn a_busy_server_says_how_long_and_is_not_asked_again_before() {
    let rig = Rig::new();
    rig.fake
        .script(When::path("/v2/goals"), Fault::busy(429, 40));
    let fault = rig.ask(Query::All).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Offline);
    assert_eq!(fault.why, "Quantive asks to wait 40 s");
}

#[test]
fn goals_and_key_results_of_all_sessions_are_found_by_name() {
    let rig = Rig::new();
    let batches = rig.ask(Query::Search("bugs FROM".to_owned())).unwrap();
    let found = &batches[0].found;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].kind.as_str(), &found[0].goal),
        ("key result", &Some(goal(EASY)))
    );
    assert_eq!(found[0].title, "Bring open bugs from 100 down to 60");
    let batches = rig.ask(Query::Search("onboarding".to_owned())).unwrap();
    assert_eq!(
        batches[0].found[0].link,
        format!("https://acme.example/goals/{EASY}")
    );
}

#[test]
fn a_goal_that_is_gone_is_said_to_be_gone() {
    let rig = Rig::new();
    let facts = rig.one("64f0aa10c3d2e10001e0dead");
    assert_eq!(facts.gone, [goal("64f0aa10c3d2e10001e0dead")]);
}

#[test]
fn an_answer_about_another_goal_is_not_taken_for_the_one_that_was_asked_for() {
    let rig = Rig::new();
    let other = rig.fake.world(|w| w.goal(GUIDE).clone());
    let answer = Fault::Answer {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: other.to_string(),
    };
    let path = format!("/v1/goals/{EASY}");
    rig.fake.script(When::path(&path).once(), answer);
    let fault = rig.ask(Query::Goal(goal(EASY))).expect_err("another goal");
    assert_eq!(fault.kind, FaultKind::Unreadable, "{fault}");
    assert!(fault.why.contains("another goal"), "{fault}");
    assert_eq!(rig.one(EASY).goal(EASY).name, "Make onboarding effortless");
}
