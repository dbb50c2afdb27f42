//! What goes out comes back, and what is wrong is told row by row.

use std::cell::Cell;

use chrono::{DateTime, NaiveDate, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::model::check_in::{
    Acknowledged, CheckIn, Comment, DueMoved, Occasion, Reaction, ValueChange,
};
use crate::model::goal::Closing;
use crate::model::key_result::{Guardrail, KeyResult, Kind, Milestone, Reading};
use crate::model::notification::Reason;
use crate::model::status::Status;
use crate::model::time::{Time, Zone};

fn now() -> Now {
    let at = DateTime::parse_from_rfc3339("2026-11-20T09:42:00Z").unwrap();
    Now::new(at.to_utc(), Zone::utc())
}

fn written(all: &Portable) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes, all, &now()).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn said(result: Result<Portable, Vec<BadRow>>) -> Vec<String> {
    result
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect()
}

// ── JSON Lines ────────────────────────────────────────────────────────────

#[test]
fn the_first_line_says_what_it_is() {
    let text = written(&Portable::default());
    assert_eq!(
        text,
        "{\"goaldeck\":1,\"exported_at\":\"2026-11-20T09:42:00Z\"}\n"
    );
    assert_eq!(read(&text), Ok(Portable::default()));
}

const GOAL: &str = r#"{"goal":{"id":"a:1","account":"a","name":"One","status":"on_track","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","mood":"new","cadence":"weekly:fri"},"later":[1]}"#;

#[test]
fn unknown_fields_blank_lines_and_other_line_ends_are_passed_over() {
    let text = format!("\u{feff}{{\"goaldeck\":1,\"by\":\"me\"}}\r\n\r\n{GOAL}\r\n  \r\n");
    let all = read(&text).unwrap();
    assert_eq!(all.goals.len(), 1);
    assert_eq!(all.goals[0].name, "One");
}

#[test]
fn all_bad_rows_are_listed_and_nothing_is_read() {
    let text = format!(
        "{{\"goaldeck\":1}}\n{GOAL}\n{{\"goal\":{{\"id\":\"a:2\"}}}}\n\nnonsense\n{GOAL}\n{{\"goat\":1}}\n{}\n",
        "{\"person\":{\"id\":\"p\",\"account\":\"a\",\"name\":\"Bo\"},\"goal\":null,\"notification\":3}",
    );
    let said = said(read(&text));
    assert_eq!(said.len(), 5, "{said:#?}");
    assert!(said[0].starts_with("line 3: missing field `account` (column"));
    assert_eq!(said[1], "line 5: no JSON object");
    assert_eq!(said[2], "line 6: goal a:1 is there already, on line 2");
    assert_eq!(
        said[3],
        "line 7: should hold one person, goal or notification"
    );
    assert!(said[4].starts_with("line 8: invalid type: integer `3`"));
}

#[test]
fn newer_versions_and_other_files_are_refused_at_their_first_line() {
    for (text, wanted) in [
        ("{\"goaldeck\":2,\"goal\":{}}", "version 2"),
        ("{\"goaldeck\":0}", "version 0"),
        ("{\"goaldeck\":\"one\"}", "no goaldeck export"),
        ("[1]", "no goaldeck export"),
        ("goal,due", "no goaldeck export"),
        ("", "empty"),
        ("\n \n", "empty"),
    ] {
        let said = said(read(text));
        assert_eq!(said.len(), 1);
        assert!(said[0].contains(wanted), "{said:?}");
    }
}

#[test]
fn impossible_numbers_are_errors_not_infinities() {
    let text = format!(
        "{{\"goaldeck\":1}}\n{}",
        GOAL.replace("\"mood\":\"new\"", "\"weight\":1e999")
    );
    assert!(said(read(&text))[0].contains("number out of range"));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{0,8}",
        "\\PC{0,12}",
        "[\u{0}-\u{ff}\u{202e}\u{2028}]{0,6}"
    ]
}

fn id() -> impl Strategy<Value = String> {
    "[a-z0-9]{6,10}"
}

fn finite() -> impl Strategy<Value = f64> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
}

fn moment() -> impl Strategy<Value = Time> {
    (0..4_000_000_000_i64, 0..1_000_000_000_u32)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0..60_000_i64)
        .prop_map(|days| NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + TimeDelta::days(days))
}

fn status() -> impl Strategy<Value = Status> {
    prop::sample::select(Status::ALL.to_vec())
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        prop::sample::select(vec![
            Kind::Number,
            Kind::Percent,
            Kind::Currency,
            Kind::YesNo,
            Kind::Baseline
        ]),
        prop::collection::vec(text(), 0..3).prop_map(|items| Kind::Checklist {
            items,
            ids: Vec::new()
        }),
        prop::collection::vec((text(), finite()), 0..3).prop_map(|steps| Kind::Milestones {
            steps: steps
                .into_iter()
                .map(|(name, weight)| Milestone { name, weight })
                .collect()
        }),
        (finite(), finite(), finite()).prop_map(|(commit, target, stretch)| Kind::Zones {
            commit,
            target,
            stretch
        }),
        (
            finite(),
            any::<bool>(),
            prop::option::of(finite()),
            any::<bool>()
        )
            .prop_map(|(limit, above, critical, strict)| {
                Kind::Guardrail(Guardrail {
                    limit,
                    above,
                    critical,
                    strict,
                })
            }),
    ]
}

fn reading() -> impl Strategy<Value = Reading> {
    prop_oneof![
        any::<bool>().prop_map(Reading::Yes),
        finite().prop_map(Reading::Number),
        prop::collection::vec(any::<bool>(), 0..4).prop_map(Reading::Ticks),
    ]
}

prop_compose! {
    fn key_result()(
        (id, name, unit) in (id(), text(), text()),
        kind in kind(),
        (start, target, weight) in (finite(), prop::option::of(finite()), finite()),
        current in prop::option::of(reading()),
        falling in any::<bool>(),
        phases in prop::collection::vec((day(), finite()), 0..2),
        sum_of in prop::collection::vec((id(), finite()), 0..2),
        status in prop::option::of(status()),
    ) -> KeyResult {
        KeyResult { particulars: None,
            id: id.as_str().into(),
            name,
            kind,
            unit,
            start,
            target,
            current,
            weight,
            falling,
            phases,
            sum_of: sum_of.iter().map(|(id, factor)| (id.as_str().into(), *factor)).collect(),
            status,
        }
    }
}

prop_compose! {
    fn comment()(id in id(), author in id(), at in moment(), text in text()) -> Comment {
        Comment { id: id.as_str().into(), author: author.as_str().into(), at, text }
    }
}

prop_compose! {
    fn check_in()(
        (id, author, at, note) in (id(), id(), moment(), text()),
        occasion in prop::sample::select(vec![Occasion::Regular, Occasion::Closing, Occasion::Reopening]),
        status in prop::option::of(status()),
        values in prop::collection::vec((id(), prop::option::of(reading()), reading()), 0..3),
        (confidence, score) in (prop::option::of(0..11_u8), prop::option::of(finite())),
        due in prop::option::of((prop::option::of(day()), prop::option::of(day()))),
        acknowledged in prop::option::of((id(), moment())),
        comments in prop::collection::vec(comment(), 0..3),
        reactions in prop::collection::vec((id(), text()), 0..2),
    ) -> CheckIn {
        CheckIn {
            id: id.as_str().into(),
            occasion,
            author: author.as_str().into(),
            at,
            status,
            values: values
                .into_iter()
                .map(|(id, before, now)| ValueChange { result: id.as_str().into(), before, now })
                .collect(),
            note,
            confidence,
            score,
            due_moved: due.map(|(from, to)| DueMoved { from, to }),
            waits_for: None,
            acknowledged: acknowledged.map(|(by, at)| Acknowledged { by: by.as_str().into(), at }),
            comments,
            reactions: reactions
                .into_iter()
                .map(|(by, sign)| Reaction { by: by.as_str().into(), sign })
                .collect(),
        }
    }
}

prop_compose! {
    fn goal()(
        (id, account, name, description) in (id(), id(), text(), text()),
        (space, link, word) in (text(), text(), prop::option::of(text())),
        (parent, champion, reviewer) in (prop::option::of(id()), prop::option::of(id()), prop::option::of(id())),
        (since, start, due, next) in (prop::option::of(moment()), prop::option::of(day()), prop::option::of(day()), prop::option::of(day())),
        cadence in prop::sample::select(vec!["none", "weekly:fri", "biweekly:mon", "monthly:31", "quarterly:1"]),
        (status, closed) in (status(), prop::option::of((moment(), prop::option::of(finite())))),
        (aspirational, weight, figure, position) in (any::<bool>(), finite(), prop::option::of(finite()), any::<i64>()),
        results in prop::collection::vec(key_result(), 0..3),
        check_ins in prop::collection::vec(check_in(), 0..3),
        (comments, tags) in (prop::collection::vec(comment(), 0..2), prop::collection::vec(text(), 0..2)),
        (created, updated) in (moment(), moment()),
    ) -> Goal {
        let mut goal = Goal::new(id.as_str().into(), account.as_str().into(), name, created);
        goal.parent = parent.map(|id| id.as_str().into());
        goal.champion = champion.map(|id| id.as_str().into());
        goal.reviewer = reviewer.map(|id| id.as_str().into());
        goal.reviewer_since = since;
        (goal.description, goal.space, goal.link) = (description, space, link);
        (goal.start, goal.due, goal.next_check_in) = (start, due, next);
        goal.cadence = cadence.parse().unwrap();
        (goal.status, goal.status_word) = (status, word);
        goal.closed = closed.map(|(at, score)| Closing { at, score });
        (goal.aspirational, goal.weight, goal.position) = (aspirational, weight, position);
        goal.provider_progress = figure;
        (goal.results, goal.check_ins) = (results, check_ins);
        (goal.comments, goal.tags) = (comments, tags);
        goal.updated_at = updated;
        goal
    }
}

prop_compose! {
    fn person()(id in id(), account in id(), name in text(), handle in text()) -> Person {
        Person { id: id.as_str().into(), account: account.as_str().into(), name, handle }
    }
}

prop_compose! {
    fn notification()(
        (id, account, to, at, text) in (id(), id(), id(), moment(), text()),
        reason in prop::sample::select(Reason::ALL.to_vec()),
        (actor, goal) in (prop::option::of(id()), prop::option::of(id())),
        (check_in, comment) in (prop::option::of(id()), prop::option::of(id())),
        (read, done) in (any::<bool>(), any::<bool>()),
    ) -> Notification {
        Notification {
            id: id.as_str().into(),
            account: account.as_str().into(),
            to: to.as_str().into(),
            at,
            reason,
            actor: actor.map(|id| id.as_str().into()),
            goal: goal.map(|id| id.as_str().into()),
            check_in: check_in.map(|id| id.as_str().into()),
            comment: comment.map(|id| id.as_str().into()),
            text,
            read,
            done,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_goes_out_comes_back_the_same(
        people in prop::collection::vec(person(), 0..3),
        goals in prop::collection::vec(goal(), 0..3),
        notifications in prop::collection::vec(notification(), 0..3),
    ) {
        let mut all = Portable { people, goals, notifications };
        all.people.dedup_by(|one, other| one.id == other.id);
        let text = written(&all);
        prop_assert_eq!(text.lines().count(), 1 + all.people.len() + all.goals.len() + all.notifications.len());
        prop_assert_eq!(&read(&text).unwrap(), &all);
        prop_assert_eq!(written(&read(&text).unwrap()), text);
    }

    #[test]
    fn no_text_breaks_the_readers(text in "[goal,;\"\n{}:1a<=/ -]{0,80}") {
        let _ = read(&format!("{{\"goaldeck\":1}}\n{text}"));
        let _ = csv(&format!("goal,due,result,kind,target,current\n{text}"));
        let _ = csv(&text);
    }
}

// ── CSV ───────────────────────────────────────────────────────────────────

fn csv(text: &str) -> Result<Portable, Vec<BadRow>> {
    let made = Cell::new(0);
    let new_id = |letter: char| {
        made.set(made.get() + 1);
        format!("local:{letter}-{}", made.get())
    };
    let account = "local".into();
    let person = |id: &str, name: &str| Person {
        id: id.into(),
        account: "local".into(),
        name: name.into(),
        handle: String::new(),
    };
    let (me, ana) = (
        person("local:me", "Mo Berg"),
        person("local:ana", "Ana Silva"),
    );
    let there = Goal::new("local:g-0".into(), "local".into(), "Company", now().at);
    let known = Known {
        account: &account,
        me: Some(&me.id),
        people: vec![&me, &ana],
        goals: vec![&there],
        cadence: Some("weekly:fri".parse().unwrap()),
    };
    read_csv(text, &known, &now(), &new_id)
}

#[test]
fn a_table_becomes_goals_with_key_results() {
    let all = csv("\
goal,parent,champion,reviewer,start,due,cadence,result,kind,result_start,target,unit,weight,current
Reduce churn,Company,Ana,me,2026-10-01,2026-12-31,monthly:1,Monthly churn,number,4.10,2.00,%,2,3.66
,,,,,,,Onboarding calls,,,100,,,41
reduce churn,,ana,,,2026-12-31,,NPS,guardrail,,>= 40,,,44
,,,,,,,Guides,milestones,,\"scope; test=2; report\",,,2
,,,,,,,Topics,checklist,,a; b,,0,none
,,,,,,,Hired,yes/no,,,,,y
,,,,,,,Matched,zones,,60/75/90,%,,-3
Smaller,reduce churn,Jo Park,none,,,none,,,,,,,
")
    .unwrap();
    assert_eq!(all.people.len(), 1);
    assert_eq!(all.people[0].name, "Jo Park");
    let [churn, smaller] = all.goals.as_slice() else {
        panic!("two goals");
    };
    assert_eq!(churn.parent, Some("local:g-0".into()));
    assert_eq!(smaller.parent, Some(churn.id.clone()));
    assert_eq!(churn.champion, Some("local:ana".into()));
    assert_eq!(churn.reviewer, Some("local:me".into()));
    assert_eq!(smaller.champion.as_ref(), Some(&all.people[0].id));
    assert_eq!(smaller.reviewer, None);
    assert_eq!(smaller.start, Some(now().today()));
    assert_eq!(churn.due.unwrap().to_string(), "2026-12-31");
    assert_eq!(churn.cadence.to_string(), "monthly:1");
    assert_eq!(churn.results.len(), 7);
    let rate = &churn.results[0];
    assert_eq!(
        (rate.start, rate.target, rate.weight),
        (4.1, Some(2.0), 2.0)
    );
    assert!(rate.falling && rate.unit == "%");
    assert_eq!(rate.current, Some(Reading::Number(3.66)));
    let Kind::Guardrail(rail) = &churn.results[2].kind else {
        panic!("a guardrail");
    };
    assert!(rail.above && !rail.strict && rail.limit == 40.0);
    assert_eq!(
        churn.results[3].current,
        Some(Reading::Ticks(vec![true, true, false]))
    );
    assert_eq!(
        churn.results[4].current,
        Some(Reading::Ticks(vec![false, false]))
    );
    assert_eq!(churn.results[5].current, Some(Reading::Yes(true)));
    assert_eq!(churn.results[6].current, Some(Reading::Number(-3.0)));
}

#[test]
fn nobody_named_is_me_and_the_account_gives_the_cadence() {
    let all = csv("Goal;Due\nOne;+6w\n\n").unwrap();
    let goal = &all.goals[0];
    assert_eq!(goal.champion, Some("local:me".into()));
    assert_eq!(goal.reviewer, goal.champion);
    assert_eq!(goal.cadence.to_string(), "weekly:fri");
    assert_eq!(goal.due.unwrap().to_string(), "2027-01-01");
}

#[test]
fn every_bad_field_is_told_with_line_and_column() {
    let said = said(csv("\
goal,parent,start,due,cadence,result,kind,target,weight,current
,,,,,x,,1,,
One,Nowhere,someday,2026-13-01,weakly,R,number,many,-1,16o
One,Company,,,,R,,5,,
Two,,2026-12-01,2026-11-01,,S,guess,1,,
,,,,,T,zones,3/2/1,,
,,,,,U,number,,,
,,,,,,number,,,
,,,,,V,guardrail,25,,
,,,,,W,yes_no,1,,
Company,,,,,,,,,
Three,Four,,,,,,,,
Four,Three,,,,,,,,
Five,,,,,,,,,,6
"));
    let wanted = [
        "line 2: goal: should name",
        "line 3: parent: there is no goal \"Nowhere\"",
        "line 3: start: not a date",
        "line 3: due: ",
        "line 3: cadence: no cadence",
        "line 3: target: not a number",
        "line 3: weight: should be 0 or more",
        "line 3: current: not a number",
        "line 4: parent: \"Company\" here and \"Nowhere\"",
        "line 4: result: \"R\" is there twice",
        "line 5: due: 2026-11-01 is before the start",
        "line 5: kind: there is no kind \"guess\"",
        "line 6: target: should be three rising",
        "line 7: target: is missing",
        "line 8: kind: is of a key result, and the row names none",
        "line 9: target: should be a limit",
        "line 10: target: yes_no has no target",
        "line 11: goal: \"Company\" is in the workspace already",
        "line 12: parent: the goal would be under itself",
        "line 13: parent: the goal would be under itself",
        "line 14: it has 11 fields",
    ];
    for wanted in wanted {
        assert!(
            said.iter().any(|said| said.starts_with(wanted)),
            "{wanted} in {said:#?}"
        );
    }
    assert_eq!(said.len(), wanted.len(), "{said:#?}");
    assert!(said.is_sorted_by_key(|said| {
        let digits = said.trim_start_matches("line ").split(':').next();
        digits.and_then(|digits| digits.parse::<usize>().ok())
    }));
}

#[test]
fn unknown_columns_are_told_with_the_known_ones() {
    let said = said(csv("goal,color,due,due\nOne,red,,\n"));
    assert!(said[0].starts_with("line 1: there is no column \"color\"; there are goal, parent"));
    assert_eq!(said[1], "line 1: column due is there twice");
    assert_eq!(
        super::tests::said(csv("name\nOne\n")).len(),
        1,
        "and a table without goals is none"
    );
}
