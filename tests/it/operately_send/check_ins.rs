//! Check-ins and acknowledgements.

use chrono::TimeDelta;
use goaldeck::model::check_in::DueMoved;
use goaldeck::model::exchange::{Answer, Change, FaultKind, Tell};
use goaldeck::model::ids::{CheckInId, GoalId};
use goaldeck::model::key_result::Reading;
use goaldeck::model::status::Status;

use super::rig::{CHECKLIST, Rig, check_in, set, written};
use crate::operately::ids::short;
use crate::operately::world::{About, ShownDate, doc};
use crate::operately::{Age, Fake, Fault, Gate, When, until};

const BOARD: &str = "Onboarding activation";
const CREATE: &str = "check_in";
const ALL_CREATES: [&str; 2] = ["post_goal_progress_update", "goals/create_check_in"];

/// The goal begins on another day than it was made: what a reset would show.
fn begun(fake: Fake) -> Fake {
    fake.world(|w| {
        let frame = w.goal_mut(BOARD).timeframe.as_mut().unwrap();
        frame.start = Some(ShownDate::day("2026-03-01".parse().unwrap()));
    });
    fake
}

fn ada(age: Age) -> Rig {
    Rig::at(begun(Fake::start(age)), "ada")
}

/// The name of the write in the path at an age.
fn creates(age: Age) -> &'static str {
    match age.namespaced() {
        true => "goals/create_check_in",
        false => "post_goal_progress_update",
    }
}

fn mine(rig: &Rig, note: &str) -> goaldeck::model::exchange::Letter {
    let mut new = written(rig, note, Status::AtRisk);
    set(&mut new, rig.result_id(BOARD, 0), Reading::Number(49.5));
    let ticks = Reading::Ticks(vec![true, true]);
    set(
        &mut new,
        goaldeck::model::ids::ResultId::new(CHECKLIST),
        ticks,
    );
    let mut letter = rig.letter(check_in(rig.goal_id(BOARD), new));
    letter.base = Some(rig.base(BOARD));
    letter
}

#[test]
fn a_check_in_arrives_at_every_age_with_all_it_has_and_keeps_the_timeframe() {
    for age in Age::ALL {
        let rig = ada(age);
        let before = rig.fake.world(|w| w.goal_named(BOARD).timeframe.clone());
        rig.carry(mine(&rig, "Gallery *delayed*.\n\n- two weeks"))
            .unwrap();
        rig.fake.world(|w| {
            let goal = w.goal_named(BOARD);
            assert_eq!(goal.timeframe, before, "{age:?}");
            assert_eq!(goal.targets[0].value, 49.5);
            assert_eq!(goal.targets[1].value, 28.0);
            assert!(goal.checks.iter().all(|check| check.completed));
            assert_eq!(w.goal_status(goal), "caution");
            let due = goal.next_update.unwrap().to_rfc3339();
            assert_eq!(
                due, "2026-12-01T00:00:00+00:00",
                "{age:?}: not outdated any more"
            );
            let new = &w.check_ins[goal.check_ins.last().unwrap()];
            assert_eq!(new.targets.len(), 2, "all targets are on record");
            // Said at every age: nobody but the reviewer, whatever the default.
            assert!(!new.subscription.everyone);
            assert!(new.subscription.people.contains(&w.who("ingrid")));
            assert!(!new.subscription.people.contains(&w.who("remi")));
        });
        assert_eq!(rig.posts(&ALL_CREATES), 1);
    }
}

#[test]
fn a_moved_date_ends_the_goal_and_leaves_its_beginning() {
    for age in Age::ALL {
        for to in [Some("2027-01-31"), None] {
            let rig = ada(age);
            let mut new = written(&rig, "Later.", Status::AtRisk);
            new.due_moved = Some(DueMoved {
                from: "2026-12-31".parse().ok(),
                to: to.map(|day| day.parse().unwrap()),
            });
            let mut letter = rig.letter(check_in(rig.goal_id(BOARD), new));
            letter.base = Some(rig.base(BOARD));
            rig.carry(letter).unwrap();
            let frame = rig
                .fake
                .world(|w| w.goal_named(BOARD).timeframe.clone())
                .unwrap();
            let end = to.map(|day| ShownDate::day(day.parse().unwrap()));
            assert_eq!(frame.end, end, "{age:?}");
            assert_eq!(frame.start.unwrap().label, "Mar 01, 2026", "{age:?} {to:?}");
        }
    }
}

#[test]
fn a_goal_without_timeframe_gets_none_from_a_check_in() {
    for age in Age::ALL {
        let rig = Rig::new(age, "ingrid");
        let name = "Nobody owns this";
        let new = written(&rig, "Who?", Status::OnTrack);
        rig.carry(rig.letter(check_in(rig.goal_id(name), new)))
            .unwrap();
        assert_eq!(
            rig.fake.world(|w| w.goal_named(name).timeframe.clone()),
            None,
            "{age:?}"
        );
    }
}

fn faults() -> Vec<Fault> {
    vec![
        Fault::ResetBefore,
        Fault::CloseBefore,
        Fault::ResetAfter,
        Fault::Truncate(0),
        Fault::Truncate(40),
        Fault::status(502),
        Fault::status(503),
        Fault::server_error(),
        Fault::busy(429, 2),
        Fault::login_page(),
        Fault::DoneBut {
            status: 500,
            headers: vec![("content-type".into(), "application/json".into())],
            body: r#"{"error":"Internal server error","message":"An unexpected error occurred"}"#
                .into(),
        },
        Fault::DoneBut {
            status: 504,
            headers: Vec::new(),
            body: "<html>504</html>".into(),
        },
        Fault::DoneBut {
            status: 200,
            headers: Vec::new(),
            body: "{}".into(),
        },
    ]
}

#[test]
fn a_check_in_whose_answer_is_lost_arrives_once() {
    for age in [Age::Flat, Age::V1_6, Age::Later] {
        for fault in faults() {
            let rig = ada(age);
            let before = rig.fake.world(|w| w.goal_named(BOARD).timeframe.clone());
            rig.fake
                .line
                .script(When::path(creates(age)).once(), fault.clone());
            rig.carry(mine(&rig, "Gallery delayed.")).unwrap();
            assert_eq!(rig.check_ins(BOARD).len(), 2, "{age:?} {fault:?}");
            let after = rig.fake.world(|w| w.goal_named(BOARD).timeframe.clone());
            assert_eq!(
                after, before,
                "{age:?} {fault:?}: also when it was found by a look"
            );
        }
    }
}

#[test]
fn we_may_die_after_any_step() {
    for age in [Age::Flat, Age::Later] {
        for dies in 0..4 {
            let rig = ada(age);
            let before = rig.fake.world(|w| w.goal_named(BOARD).timeframe.clone());
            rig.carry_from(mine(&rig, "Gallery delayed."), dies)
                .unwrap();
            assert_eq!(rig.check_ins(BOARD).len(), 2, "{age:?}, died after {dies}");
            let after = rig.fake.world(|w| w.goal_named(BOARD).timeframe.clone());
            assert_eq!(after, before, "{age:?}, died after {dies}");
        }
    }
}

#[test]
fn equal_words_are_told_apart_by_what_was_there_and_not_by_time() {
    for skew in [-TimeDelta::days(1), TimeDelta::days(1)] {
        let rig = ada(Age::Later);
        // Last month's check-in says the same.
        rig.fake.world(|w| {
            w.now += skew;
            let id = w.goal_named(BOARD).check_ins[0];
            let old = w.check_ins.get_mut(&id).unwrap();
            old.message = doc("As planned.");
            old.status = "caution".to_owned();
        });
        for arrived in [2, 3] {
            rig.fake
                .line
                .script(When::path(CREATE).once(), Fault::ResetBefore);
            let posts = When::path(creates(Age::Later)).once();
            rig.fake.line.script(posts, Fault::ResetAfter);
            let mut letter = mine(&rig, "As planned.");
            letter.base = None;
            rig.carry(letter).unwrap();
            assert_eq!(rig.check_ins(BOARD).len(), arrived);
        }
    }
}

#[test]
fn a_draft_of_the_same_words_is_not_taken_for_it() {
    let rig = ada(Age::Later);
    let mut letter = mine(&rig, "As planned.");
    let Answer::Onward(trail) = rig.send(&letter) else {
        panic!("onward")
    };
    letter.trail = Some(trail);
    // Written in the browser after we looked.
    rig.fake.world(|w| {
        let (goal, ada) = (w.goal_named(BOARD).id, w.who("ada"));
        let now = w.now;
        let id = w.add_check_in(goal, ada, now, "caution", doc("As planned."), &[]);
        let draft = w.check_ins.get_mut(&id).unwrap();
        draft.state = crate::operately::world::State::Draft;
    });
    assert_eq!(rig.look(&letter), Ok(None));
}

#[test]
fn what_arrives_late_is_found_by_the_second_look() {
    for age in [Age::Flat, Age::Later] {
        let rig = ada(age);
        let mut letter = mine(&rig, "Gallery delayed.");
        let Answer::Onward(trail) = rig.send(&letter) else {
            panic!("onward")
        };
        letter.trail = Some(trail);
        let gate = Gate::closed();
        let late = Fault::ApplyLate(gate.clone());
        rig.fake.line.script(When::path(creates(age)).once(), late);
        let Answer::NoAnswer(_) = rig.send(&letter) else {
            panic!("unknown")
        };
        assert_eq!(rig.look(&letter), Ok(None));
        gate.open();
        until("it arrives", || rig.check_ins(BOARD).len() == 2);
        assert!(rig.look(&letter).unwrap().is_some());
        // Sent again all the same, it is found and not posted.
        rig.carry(letter).unwrap();
        assert_eq!(rig.check_ins(BOARD).len(), 2);
    }
}

#[test]
fn a_server_may_be_upgraded_between_two_steps() {
    let rig = ada(Age::Flat);
    let mut letter = mine(&rig, "Gallery delayed.");
    let Answer::Onward(trail) = rig.send(&letter) else {
        panic!("onward")
    };
    letter.trail = Some(trail);
    rig.fake.world(|w| w.age = Age::V1_8);
    rig.carry(letter).unwrap();
    assert_eq!(rig.check_ins(BOARD).len(), 2);
}

#[test]
fn the_facts_after_it_have_author_and_words() {
    for age in Age::ALL {
        let rig = ada(age);
        let letter = mine(&rig, "Gallery *delayed*.");
        let batch = rig.carry_as_provider(letter.clone());
        let goal = batch
            .goals
            .iter()
            .find(|goal| goal.id == rig.goal_id(BOARD));
        let goal = goal.unwrap();
        let newest = goal.check_ins.last().unwrap();
        assert_eq!(newest.author, letter.signature.by, "{age:?}");
        assert_eq!(newest.note.trim(), "Gallery *delayed*.");
        assert_eq!(newest.status, Some(Status::AtRisk));
        assert_eq!(goal.results[0].current, Some(Reading::Number(49.5)));
        assert_eq!(goal.start, "2026-03-01".parse().ok());
        assert!(!batch.brief);
    }
}

#[test]
fn a_value_that_breaks_the_server_is_refused_and_not_sent_for_ever() {
    let rig = ada(Age::Later);
    rig.fake
        .line
        .script(When::path(creates(Age::Later)), Fault::server_error());
    let fault = rig.carry(mine(&rig, "Gallery delayed.")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Invalid);
    assert!(
        fault.why.starts_with("the server refused a value"),
        "{fault}"
    );
    assert_eq!(rig.check_ins(BOARD).len(), 1);
    let sent = rig.fake.line.sent();
    let posts = sent.iter().filter(|it| it.method == "POST").count();
    assert_eq!(posts, 2);
}

#[test]
fn who_was_slower_is_asked_with_both_values_before_anything_is_written() {
    let rig = ada(Age::V1_6);
    let mut letter = mine(&rig, "Gallery delayed.");
    rig.fake
        .world(|w| w.goal_mut(BOARD).targets[0].value = 47.0);
    let fault = rig.carry(letter.clone()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Changed);
    assert_eq!(
        fault.why,
        "Activated in week one reads 47 now; it read 46 when you wrote 49.5"
    );
    assert_eq!(rig.posts(&ALL_CREATES), 0);
    // The person says: send mine anyway.
    letter.base = None;
    rig.carry(letter).unwrap();
    assert_eq!(
        rig.fake.world(|w| w.goal_named(BOARD).targets[0].value),
        49.5
    );
}

#[test]
fn somebody_may_be_faster_between_looking_and_writing() {
    let rig = ada(Age::Flat);
    let mut letter = mine(&rig, "Gallery delayed.");
    let Answer::Onward(trail) = rig.send(&letter) else {
        panic!("onward")
    };
    letter.trail = Some(trail);
    rig.fake.world(|w| {
        let remi = w.who("remi");
        w.goal_mut(BOARD).champion = Some(remi);
    });
    let fault = rig.carry(letter).unwrap_err();
    assert!(
        fault.why.contains("its champion is Rémi Lefèvre"),
        "{fault}"
    );
    assert_eq!(rig.posts(&ALL_CREATES), 0);
}

#[test]
fn what_cannot_be_read_back_waits_for_a_person() {
    let rig = ada(Age::Later);
    let mut letter = mine(&rig, "Gallery delayed.");
    let Answer::Onward(trail) = rig.send(&letter) else {
        panic!("onward")
    };
    letter.trail = Some(trail);
    rig.fake.line.script(
        When::path("list_check_ins").once(),
        Fault::DoneBut {
            status: 200,
            headers: Vec::new(),
            body: r#"{"check_ins": null}"#.into(),
        },
    );
    let fault = rig.look(&letter).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreadable);
    rig.fake.world(|w| {
        let id = w.goal_named(BOARD).id;
        w.goals.remove(&id);
    });
    assert_eq!(rig.look(&letter).unwrap_err().kind, FaultKind::Gone);
}

#[test]
fn a_token_that_may_only_read_or_is_gone_is_told_in_our_words() {
    for age in [Age::Flat, Age::Later] {
        let fake = begun(Fake::start(age));
        let token = fake.read_only_token("ada");
        let rig = Rig::with(fake, "ada", &token);
        let fault = rig.carry(mine(&rig, "Gallery delayed.")).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Forbidden);
        assert_eq!(fault.why, "this token may only read");
        rig.fake
            .world(|w| w.tokens.iter_mut().for_each(|token| token.revoked = true));
        let fault = rig.carry(mine(&rig, "Gallery delayed.")).unwrap_err();
        assert_eq!(fault.kind, FaultKind::SignedOut);
    }
}

#[test]
fn a_text_of_more_than_32_kib_does_not_leave() {
    let rig = ada(Age::Later);
    rig.fake.forget();
    let fault = rig.carry(mine(&rig, &"x".repeat(33 * 1024))).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Invalid);
    assert_eq!(rig.fake.asked().len(), 0);
}

#[test]
fn another_person_at_the_same_account_does_not_post_for_the_writer() {
    let rig = ada(Age::Later);
    let mut letter = mine(&rig, "Gallery delayed.");
    letter.signature.by = rig.person("remi");
    let fault = rig.carry(letter).unwrap_err();
    assert!(fault.why.contains("somebody else"), "{fault}");
}

// --- projects

#[test]
fn a_project_is_checked_in_once_at_every_age() {
    for age in Age::ALL {
        for fault in [None, Some(Fault::ResetAfter), Some(Fault::ResetBefore)] {
            let rig = Rig::new(age, "amina");
            let id = rig.fake.world(|w| *w.projects.keys().next().unwrap());
            let goal = GoalId::new(format!("work:{}", short(id)));
            if let Some(fault) = &fault {
                let name = match age.namespaced() {
                    true => "projects/create_check_in",
                    false => "post_project_check_in",
                };
                rig.fake.line.script(When::path(name).once(), fault.clone());
            }
            let new = written(&rig, "Tax rules done.", Status::OnTrack);
            let letter = rig.letter(Change::CheckIn {
                goal,
                check_in: new,
                tell: Tell::Nobody,
            });
            rig.carry(letter).unwrap();
            rig.fake.world(|w| {
                let all: Vec<_> = w
                    .check_ins
                    .values()
                    .filter(|it| it.about == About::Project(id))
                    .collect();
                assert_eq!(all.len(), 2, "{age:?} {fault:?}");
                let new = all.iter().find(|it| it.status == "on_track").unwrap();
                assert!(!new.subscription.everyone, "{age:?}");
            });
        }
    }
}

#[test]
fn a_check_in_of_a_project_is_edited_and_deleted_where_that_goes() {
    for age in Age::ALL {
        let rig = Rig::new(age, "ingrid");
        let (project, theirs) = rig.fake.world(|w| {
            let project = w.projects.values().next().unwrap();
            (project.id, project.check_ins[0])
        });
        let goal = GoalId::new(format!("work:{}", short(project)));
        // Young enough for its status.
        rig.fake.world(|w| {
            let now = w.now;
            let check_in = w.check_ins.get_mut(&theirs).unwrap();
            check_in.inserted = now;
            check_in.published = Some(now);
        });
        let mut new = written(&rig, "Tax rules *done*.", Status::OnTrack);
        new.id = CheckInId::new(format!("work:{}", short(theirs)));
        rig.fake
            .line
            .script(When::posts().once(), Fault::ResetAfter);
        let change = Change::EditCheckIn {
            goal: goal.clone(),
            check_in: new.clone(),
        };
        rig.carry(rig.letter(change)).unwrap();
        let edited = rig.fake.world(|w| w.check_ins[&theirs].clone());
        assert_eq!(edited.status, "on_track", "{age:?}");
        assert!(edited.message.to_string().contains("italic"), "{age:?}");
        let change = Change::RetractCheckIn {
            goal,
            check_in: new.id,
        };
        let out = rig.carry(rig.letter(change));
        let is_there = rig.fake.world(|w| w.check_ins.contains_key(&theirs));
        assert_eq!(out.is_ok(), age >= Age::V1_6, "{age:?} {out:?}");
        assert_eq!(is_there, age < Age::V1_6);
    }
}

// --- edits

fn edited(rig: &Rig, goal: &str, note: &str, status: Status) -> goaldeck::model::check_in::CheckIn {
    let mut new = written(rig, note, status);
    new.id = rig.newest(goal);
    new
}

#[test]
fn a_young_check_in_is_edited_whole_and_nothing_else_changes() {
    let name = "Fewer incidents";
    for age in Age::ALL {
        for fault in [None, Some(Fault::ResetAfter), Some(Fault::ResetBefore)] {
            let rig = Rig::new(age, "ada");
            rig.fake.world(|w| {
                let frame = w.goal_mut(name).timeframe.as_mut().unwrap();
                frame.start = Some(ShownDate::day("2026-03-01".parse().unwrap()));
            });
            let before = rig.fake.world(|w| w.goal_named(name).timeframe.clone());
            if let Some(fault) = &fault {
                let posts = When::posts().once();
                rig.fake.line.script(posts, fault.clone());
            }
            let mut new = edited(&rig, name, "Halfway, *nearly*.", Status::OffTrack);
            set(&mut new, rig.result_id(name, 0), Reading::Number(5.0));
            let change = Change::EditCheckIn {
                goal: rig.goal_id(name),
                check_in: new,
            };
            rig.carry(rig.letter(change)).unwrap();
            rig.fake.world(|w| {
                let goal = w.goal_named(name);
                let edited = &w.check_ins[goal.check_ins.last().unwrap()];
                assert_eq!(edited.status, "off_track", "{age:?} {fault:?}");
                assert_eq!(edited.targets.len(), 1, "still on record");
                assert_eq!(goal.targets[0].value, 5.0);
                assert_eq!(goal.timeframe, before, "{age:?} {fault:?}");
            });
        }
    }
}

#[test]
fn an_old_check_in_takes_a_new_text_and_says_so_about_the_rest() {
    for age in Age::ALL {
        let rig = ada(age);
        let change = |status| Change::EditCheckIn {
            goal: rig.goal_id(BOARD),
            check_in: edited(&rig, BOARD, "Shipped the *long* list.", status),
        };
        let fault = rig.carry(rig.letter(change(Status::OffTrack))).unwrap_err();
        assert!(fault.why.contains("only the text"), "{fault}");
        assert_eq!(
            rig.posts(&["goals/update_check_in", "edit_goal_progress_update"]),
            0
        );
        rig.carry(rig.letter(change(Status::OnTrack))).unwrap();
        let after = rig.check_ins(BOARD);
        assert!(after[0].message.to_string().contains("long"), "{age:?}");
        assert_eq!(after[0].targets.len(), 2);
    }
}

#[test]
fn a_check_in_is_deleted_where_the_server_can() {
    for age in Age::ALL {
        let rig = Rig::new(age, "ada");
        let name = "Fewer incidents";
        let change = Change::RetractCheckIn {
            goal: rig.goal_id(name),
            check_in: rig.newest(name),
        };
        let posts = When::posts().once();
        rig.fake.line.script(posts, Fault::ResetAfter);
        let out = rig.carry(rig.letter(change.clone()));
        if age >= Age::V1_7 {
            assert_eq!(out, Ok(None));
            assert_eq!(rig.check_ins(name).len(), 0);
            // Again: it is gone, which is what was wanted.
            assert_eq!(rig.carry(rig.letter(change)), Ok(None));
        } else {
            let fault = out.unwrap_err();
            assert_eq!(fault.kind, FaultKind::Unsupported, "{age:?} {fault}");
            assert_eq!(rig.check_ins(name).len(), 1);
        }
    }
}

// --- acknowledgements

fn acknowledges(age: Age) -> &'static str {
    match age.namespaced() {
        true => "goals/acknowledge_check_in",
        false => "acknowledge_goal_progress_update",
    }
}

fn arr(rig: &Rig) -> Change {
    Change::Acknowledge {
        items: vec![(rig.goal_id("Grow ARR"), rig.newest("Grow ARR"))],
    }
}

#[test]
fn a_check_in_is_acknowledged_once_whatever_the_line_does() {
    for age in Age::ALL {
        for fault in faults() {
            let rig = Rig::new(age, "ada");
            rig.fake
                .line
                .script(When::path(acknowledges(age)).once(), fault.clone());
            rig.carry(rig.letter(arr(&rig))).unwrap();
            let done = rig.fake.asked();
            let done: Vec<_> = done
                .iter()
                .filter(|it| it.op() == acknowledges(age) && it.status == 200)
                .collect();
            assert_eq!(
                done.len(),
                1,
                "{age:?} {fault:?}: a second one tells the author again"
            );
            // And again, from another place.
            rig.carry(rig.letter(arr(&rig))).unwrap();
            assert_eq!(
                rig.fake
                    .asked()
                    .iter()
                    .filter(|it| it.op() == acknowledges(age))
                    .count(),
                done.len()
            );
        }
    }
}

#[test]
fn what_is_not_mine_to_acknowledge_is_said_and_not_sent() {
    for age in Age::ALL {
        let rig = Rig::new(age, "ada");
        let own = Change::Acknowledge {
            items: vec![(
                rig.goal_id("Fewer incidents"),
                rig.newest("Fewer incidents"),
            )],
        };
        let fault = rig.carry(rig.letter(own)).unwrap_err();
        assert_eq!(fault.why, "you wrote this check-in yourself", "{age:?}");
        let rig = Rig::new(age, "remi");
        let foreign = Change::Acknowledge {
            items: vec![(
                rig.goal_id("Fewer incidents"),
                rig.newest("Fewer incidents"),
            )],
        };
        let out = rig.carry(rig.letter(foreign));
        if age >= Age::V1_8 {
            assert_eq!(out, Ok(None), "{age:?}: any editor may");
        } else {
            assert_eq!(out.unwrap_err().kind, FaultKind::Forbidden, "{age:?}");
            assert_eq!(rig.posts(&[acknowledges(age)]), 0);
        }
    }
}

#[test]
fn of_several_the_possible_ones_are_acknowledged() {
    let rig = Rig::new(Age::Flat, "ada");
    let items = vec![
        (
            rig.goal_id("Fewer incidents"),
            rig.newest("Fewer incidents"),
        ),
        (rig.goal_id("Grow ARR"), rig.newest("Grow ARR")),
    ];
    let fault = rig
        .carry(rig.letter(Change::Acknowledge { items }))
        .unwrap_err();
    assert_eq!(
        fault.why,
        "1 of 2 are acknowledged; you wrote this check-in yourself"
    );
    let newest = rig.check_ins("Grow ARR").pop().unwrap();
    assert!(newest.acknowledged.is_some());
}

#[test]
fn closings_and_project_check_ins_are_acknowledged_too() {
    for age in Age::ALL {
        let rig = Rig::new(age, "ada");
        let (project, check_in) = rig.fake.world(|w| {
            let project = w.projects.values().next().unwrap();
            (short(project.id), short(project.check_ins[0]))
        });
        let items = vec![(
            GoalId::new(format!("work:{project}")),
            CheckInId::new(format!("work:{check_in}")),
        )];
        rig.carry(rig.letter(Change::Acknowledge { items }))
            .unwrap();
        let names = [
            "acknowledge_project_check_in",
            "projects/acknowledge_check_in",
        ];
        assert_eq!(rig.posts(&names), 1, "{age:?}");

        let closing = rig.fake.world(|w| {
            short(
                w.goal_named("Launch in Sweden")
                    .closed
                    .as_ref()
                    .unwrap()
                    .activity,
            )
        });
        let items = vec![(
            rig.goal_id("Launch in Sweden"),
            CheckInId::new(format!("work:{closing}")),
        )];
        let out = rig.carry(rig.letter(Change::Acknowledge {
            items: items.clone(),
        }));
        if age >= Age::V1_8 {
            assert_eq!(out, Ok(None));
            assert_eq!(
                rig.carry(rig.letter(Change::Acknowledge { items })),
                Ok(None)
            );
            assert_eq!(rig.posts(&["goals/acknowledge_retrospective"]), 1);
        } else {
            assert_eq!(out.unwrap_err().kind, FaultKind::Unsupported, "{age:?}");
        }
    }
}

#[test]
fn nothing_is_taken_back_that_the_server_cannot_take_back() {
    let rig = Rig::new(Age::Later, "ada");
    let Change::Acknowledge { items } = arr(&rig) else {
        panic!("acknowledge")
    };
    let fault = rig
        .carry(rig.letter(Change::Unacknowledge { items }))
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
}

// --- a bad line

#[test]
fn thirty_check_ins_over_a_bad_line_arrive_once_each() {
    for (age, seed) in [(Age::Flat, 7), (Age::Later, 11)] {
        let rig = ada(age);
        let menu = vec![
            Fault::ResetBefore,
            Fault::ResetAfter,
            Fault::Truncate(30),
            Fault::status(502),
            Fault::busy(429, 1),
            Fault::DoneBut {
                status: 503,
                headers: Vec::new(),
                body: "busy".into(),
            },
        ];
        rig.fake.line.at_random(seed, 35, menu);
        for round in 0..30 {
            // Every third one says the same as another.
            let note = format!("Round {}.", round / 3);
            let mut letter = mine(&rig, &note);
            letter.base = None;
            rig.carry(letter).unwrap();
            assert_eq!(
                rig.check_ins(BOARD).len(),
                round + 2,
                "{age:?} round {round}"
            );
        }
    }
}
