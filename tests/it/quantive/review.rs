//! Approvals: asked for, given, refused, taken back, each once.

use goaldeck::model::exchange::{Change, FaultKind, ReviewStep};
use goaldeck::model::goal::Stage;

use super::rig::{Facts, Rig, goal, now, person};
use super::world::*;
use crate::operately::{Fault, When};

fn step(id: &str, step: ReviewStep) -> Change {
    Change::Review {
        goal: goal(id),
        step,
    }
}

fn approve() -> ReviewStep {
    ReviewStep::Approve {
        comment: "Looks good".to_owned(),
    }
}

fn decline() -> ReviewStep {
    ReviewStep::Decline {
        comment: "Too vague".to_owned(),
    }
}

fn ask() -> ReviewStep {
    ReviewStep::Ask {
        reviewers: vec![person(BOB)],
    }
}

fn stage(batch: goaldeck::model::exchange::Batch, id: &str) -> Option<Stage> {
    let mut facts = Facts::default();
    facts.take(batch);
    facts
        .goal(id)
        .approval
        .as_ref()
        .map(|approval| approval.stage)
}

#[test]
fn after_a_step_the_new_stage_shows_whether_the_server_tells_it_or_not() {
    for field in [Some("status"), None] {
        for (id, review, wanted) in [
            (GUIDE, approve(), Stage::Approved),
            (GUIDE, decline(), Stage::Draft),
            (EASY, ask(), Stage::InReview),
        ] {
            let rig = Rig::new();
            rig.fake.world(|w| w.ways.stage_field = field);
            let (batch, _) = rig.carry(rig.letter(step(id, review))).unwrap();
            assert_eq!(stage(batch, id), Some(wanted), "{field:?}");
            // And still after the next read of the goal.
            let facts = rig.one(id);
            assert_eq!(
                facts.goal(id).approval.as_ref().unwrap().stage,
                wanted,
                "{field:?}"
            );
        }
    }
}

#[test]
fn bodies_are_those_of_the_reference() {
    let rig = Rig::new();
    rig.carry(rig.letter(step(GUIDE, decline()))).unwrap();
    rig.carry(rig.letter(step(EASY, ask()))).unwrap();
    assert_eq!(rig.fake.of("declineGoal")[0].json()["comment"], "Too vague");
    assert_eq!(rig.fake.of("requestReview")[0].json()["reviewers"][0], BOB);
    let said = rig.one(GUIDE);
    let _ = said;
}

#[test]
fn what_was_said_with_a_decline_stands_as_a_remark_at_the_owners_goal() {
    let rig = Rig::new();
    rig.fake.world(|w| {
        w.act(EASY, "decline", BOB, "Which customers?");
        w.stages.insert(EASY.to_owned(), "declined");
    });
    for facts in [rig.all(), rig.one(EASY)] {
        let easy = facts.goal(EASY);
        assert_eq!(easy.approval.as_ref().unwrap().stage, Stage::Draft);
        assert_eq!(easy.comments.len(), 1);
        assert_eq!(easy.comments[0].text, "decline: Which customers?");
        assert_eq!(
            (easy.comments[0].author.clone(), easy.comments[0].at),
            (person(BOB), now())
        );
    }
}

#[test]
fn who_may_not_or_comes_too_late_is_told_in_words() {
    let rig = Rig::new();
    let fault = rig.carry(rig.letter(step(LOVED, approve()))).unwrap_err();
    assert_eq!(
        (fault.kind, fault.why.as_str()),
        (FaultKind::Changed, "it is approved already")
    );
    let fault = rig.carry(rig.letter(step(EASY, approve()))).unwrap_err();
    assert_eq!(fault.why, "it is a draft again");
    assert!(rig.fake.writes().is_empty());
    rig.fake.world(|w| {
        w.reviewers.insert(GUIDE.to_owned(), vec![BOB.to_owned()]);
    });
    let fault = rig.carry(rig.letter(step(GUIDE, approve()))).unwrap_err();
    assert!(
        fault.why.contains("current user is not a reviewer"),
        "{fault}"
    );
    let fault = rig
        .carry(rig.letter(step(GUIDE, ReviewStep::Withdraw)))
        .unwrap_err();
    assert!(fault.why.contains("not an owner"), "{fault}");
    let nobody = ReviewStep::Ask {
        reviewers: Vec::new(),
    };
    assert_eq!(
        rig.carry(rig.letter(step(EASY, nobody))).unwrap_err().kind,
        FaultKind::Invalid
    );
    let carol = ReviewStep::Ask {
        reviewers: vec![person("carol")],
    };
    let fault = rig.carry(rig.letter(step(EASY, carol))).unwrap_err();
    assert!(fault.why.contains("reviewer does not exist"), "{fault}");
}

#[test]
fn a_conflict_is_told_as_one() {
    let rig = Rig::new();
    let letter = rig.letter(step(EASY, ask()));
    let goaldeck::model::exchange::Answer::Onward(trail) = rig.send(&letter) else {
        panic!("onward")
    };
    // The stage cannot be read for a moment, and somebody was faster.
    rig.fake.world(|w| {
        w.ways.stage_field = None;
        w.stages.insert(EASY.to_owned(), "in_review");
    });
    let mut letter = letter;
    letter.trail = Some(trail);
    let fault = rig.carry(letter).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Changed);
    assert!(fault.why.contains("in another state"), "{fault}");
}

#[test]
fn a_step_whose_answer_was_lost_is_taken_once() {
    for field in [Some("status"), None] {
        for fault in [
            Fault::ResetAfter,
            Fault::ResetBefore,
            Fault::DoneBut {
                status: 500,
                headers: vec![],
                body: String::new(),
            },
        ] {
            let rig = Rig::new();
            rig.fake.world(|w| w.ways.stage_field = field);
            rig.fake
                .script(When::path("/approve").once(), fault.clone());
            let (batch, _) = rig.carry(rig.letter(step(GUIDE, approve()))).unwrap();
            assert_eq!(
                stage(batch, GUIDE),
                Some(Stage::Approved),
                "{field:?} {fault:?}"
            );
            let done = rig.fake.world(|w| {
                w.actions[GUIDE]
                    .iter()
                    .filter(|one| one["action"] == "approve")
                    .count()
            });
            assert_eq!(done, 1, "{field:?} {fault:?}");
        }
    }
}

#[test]
fn asking_is_taken_back_by_withdrawing() {
    let rig = Rig::new();
    let (_, undo) = rig.carry(rig.letter(step(EASY, ask()))).unwrap();
    let (batch, undo) = rig.carry(rig.letter(undo.unwrap())).unwrap();
    assert_eq!((stage(batch, EASY), undo), (Some(Stage::Draft), None));
}
