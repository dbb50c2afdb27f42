use super::*;
use crate::model::check_in::Acknowledged;

fn at(text: &str) -> Time {
    format!("2026-11-{text}:00Z").parse().unwrap()
}

fn goal() -> Goal {
    let mut goal = Goal::new("a:g".into(), "a".into(), "Grow", at("01T00:00"));
    goal.champion = Some("a:ana".into());
    goal.reviewer = Some("a:me".into());
    goal
}

fn check_in(id: &str, written: &str, acknowledged: Option<(&str, &str)>) -> CheckIn {
    let mut check_in = CheckIn::new(id.into(), "a:ana".into(), at(written));
    check_in.acknowledged = acknowledged.map(|(by, when)| Acknowledged {
        by: by.into(),
        at: at(when),
    });
    check_in
}

fn comment(author: &str, when: &str, text: &str) -> Comment {
    Comment {
        id: when.into(),
        author: author.into(),
        at: at(when),
        text: text.into(),
    }
}

fn all(goal: &Goal, me: &str) -> Vec<Turn> {
    turns(goal, &me.into(), &|_| None, &|id| match id.as_str() {
        "a:me" => "Mei Tan".into(),
        other => other.into(),
    })
}

fn hours(count: i64) -> Option<TimeDelta> {
    Some(TimeDelta::hours(count))
}

#[test]
fn a_check_in_waits_for_its_reviewer_until_it_is_acknowledged() {
    let mut goal = goal();
    goal.check_ins = vec![
        check_in("1", "02T09:00", Some(("a:me", "02T12:00"))),
        check_in("2", "09T09:00", Some(("a:bo", "09T10:00"))),
        check_in("3", "16T09:00", None),
        check_in("4", "17T09:00", None),
    ];
    goal.check_ins[3].comments = vec![comment("a:me", "17T14:00", "why")];
    let mine = all(&goal, "a:me");
    assert!(
        mine.iter()
            .all(|turn| turn.on_me && turn.with == "a:ana".into())
    );
    let told: Vec<_> = mine
        .iter()
        .map(|turn| (turn.waits, turn.answered))
        .collect();
    assert_eq!(
        told,
        [
            (false, Some(at("02T12:00"))),
            // Somebody else read it: it waits no more, and it was not me.
            (false, None),
            (true, None),
            // I wrote back, which is an answer, and it still wants its sign.
            (true, Some(at("17T14:00"))),
        ]
    );
    // The same goal as Ana sees it.
    let hers = all(&goal, "a:ana");
    assert!(
        hers.iter()
            .all(|turn| !turn.on_me && turn.with == "a:me".into())
    );
    assert_eq!(hers.len(), 4);
    // Nobody else has anything to do with it.
    assert_eq!(all(&goal, "a:bo"), []);
}

#[test]
fn what_was_acknowledged_here_waits_no_more() {
    let mut goal = goal();
    goal.check_ins = vec![check_in("3", "16T09:00", None)];
    let here = |_: &CheckInId| Some(at("16T10:00"));
    let turns = turns(&goal, &"a:me".into(), &here, &|id| id.to_string());
    assert_eq!(turns[0].answered, Some(at("16T10:00")));
    assert!(!turns[0].waits);
}

#[test]
fn questions_wait_for_an_answer_of_whom_they_are_asked() {
    let mut goal = goal();
    goal.check_ins = vec![check_in("1", "02T09:00", Some(("a:me", "02T10:00")))];
    goal.check_ins[0].comments = vec![
        comment("a:me", "02T11:00", "what would it cost?"),
        comment("a:ana", "02T15:00", "a lot"),
    ];
    goal.comments = vec![
        comment("a:ana", "03T09:00", "shall we go on?"),
        comment("a:bo", "04T09:00", "@Mei Tan, have a look"),
        comment("a:bo", "05T09:00", "fine by me"),
    ];
    let questions: Vec<Turn> = all(&goal, "a:me")
        .into_iter()
        .filter(|turn| turn.is_question)
        .collect();
    let told: Vec<_> = questions
        .iter()
        .map(|turn| (turn.on_me, turn.with.as_str(), turn.waits, turn.answered))
        .collect();
    assert_eq!(
        told,
        [
            (false, "a:ana", false, Some(at("02T15:00"))),
            (true, "a:ana", true, None),
            (true, "a:bo", true, None),
        ]
    );
}

fn turn(on_me: bool, with: &str, since: &str, answered: Option<&str>) -> Turn {
    Turn {
        on_me,
        with: with.into(),
        is_question: false,
        since: at(since),
        answered: answered.map(at),
        waits: answered.is_none(),
    }
}

#[test]
fn medians_are_of_answers_given_in_the_time_asked_for() {
    let turns = [
        turn(true, "a:ana", "16T08:00", Some("16T10:00")),
        turn(true, "a:bo", "16T00:00", Some("17T00:00")),
        turn(true, "a:bo", "17T00:00", Some("17T04:00")),
        // The last moment before the week, and the first after it.
        turn(true, "a:bo", "15T00:00", Some("15T23:59")),
        turn(true, "a:bo", "22T00:00", Some("23T00:00")),
        turn(false, "a:ana", "10T00:00", Some("18T00:00")),
    ];
    let week = (at("16T00:00"), at("23T00:00"));
    let balance = balance(&turns, week, at("01T00:00"));
    assert_eq!(
        (balance.mine.week.count, balance.mine.week.span),
        (3, hours(4))
    );
    // Of four the mean of the two in the middle: 4 h and 23:59 h.
    let month = balance.mine.month;
    assert_eq!(
        (month.count, month.span),
        (4, Some(TimeDelta::seconds((240 + 1439) * 30)))
    );
    assert_eq!(
        (balance.theirs.week.count, balance.theirs.week.span),
        (1, hours(192))
    );
    let none = super::balance(&[], week, week.0);
    assert_eq!(none, Balance::default());
}

#[test]
fn who_waits_longest_comes_first() {
    let turns = [
        turn(true, "a:bo", "18T09:00", None),
        turn(true, "a:ana", "17T09:00", None),
        Turn {
            is_question: true,
            ..turn(true, "a:bo", "16T09:00", None)
        },
        turn(true, "a:ivo", "10T09:00", Some("11T09:00")),
        turn(false, "a:mei", "12T09:00", None),
    ];
    let balance = balance(&turns, (at("16T00:00"), at("23T00:00")), at("01T00:00"));
    let told: Vec<_> = balance
        .on_me
        .iter()
        .map(|one| (one.with.as_str(), one.check_ins, one.questions, one.since))
        .collect();
    assert_eq!(
        told,
        [
            ("a:bo", 1, 1, at("16T09:00")),
            ("a:ana", 1, 0, at("17T09:00")),
        ]
    );
    assert_eq!(balance.on_others.len(), 1);
}
