//! Comments, reactions and marks.

use goaldeck::model::exchange::{Change, FaultKind};
use goaldeck::model::ids::{CheckInId, CommentId, GoalId, NotificationId};

use super::rig::Rig;
use crate::operately::ids::short;
use crate::operately::{Age, Fault, When};

fn names(age: Age, flat: &'static str, namespaced: &'static str) -> &'static str {
    if age.namespaced() { namespaced } else { flat }
}

fn creates(age: Age) -> &'static str {
    names(age, "create_comment", "comments/create")
}

fn reply(rig: &Rig, text: &str) -> Change {
    Change::Comment {
        goal: rig.goal_id("Grow ARR"),
        check_in: Some(rig.newest("Grow ARR")),
        id: CommentId::new("work:0a1b2c3d4e5f"),
        text: text.to_owned(),
    }
}

fn texts(rig: &Rig, who: &str) -> Vec<String> {
    rig.fake.world(|w| {
        let who = w.who(who);
        let mine = w.comments.iter().filter(|it| it.author == who);
        mine.map(|it| it.content.to_string()).collect()
    })
}

fn lost() -> Vec<Fault> {
    vec![
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::Truncate(20),
        Fault::status(502),
        Fault::server_error(),
    ]
}

#[test]
fn a_reply_arrives_once_at_every_age_whatever_the_line_does() {
    for age in Age::ALL {
        for fault in lost() {
            let rig = Rig::new(age, "ada");
            rig.fake
                .line
                .script(When::path(creates(age)).once(), fault.clone());
            // Twice the same words, one after the other.
            for count in [1, 2] {
                rig.carry(rig.letter(reply(&rig, "Agreed, *mostly*.")))
                    .unwrap();
                let all = texts(&rig, "ada");
                assert_eq!(all.len(), count, "{age:?} {fault:?}");
                // The document itself, not one wrapped once more.
                assert!(all[0].contains("\"type\":\"doc\""), "{}", all[0]);
            }
        }
    }
}

#[test]
fn we_may_die_after_any_step_of_a_reply() {
    for dies in 0..3 {
        let rig = Rig::new(Age::Flat, "ada");
        rig.carry_from(rig.letter(reply(&rig, "Agreed.")), dies)
            .unwrap();
        assert_eq!(texts(&rig, "ada").len(), 1, "died after {dies}");
    }
}

#[test]
fn people_named_in_a_reply_are_mentioned() {
    let rig = Rig::new(Age::Later, "ada");
    rig.carry(rig.letter(reply(&rig, "@Lena O'Neil and @amina, see this")))
        .unwrap();
    let text = &texts(&rig, "ada")[0];
    assert_eq!(text.matches("\"mention\"").count(), 2, "{text}");
}

#[test]
fn a_reply_is_taken_back_and_changed_under_its_own_id() {
    for age in Age::ALL {
        let rig = Rig::new(age, "ada");
        let undo = rig
            .carry(rig.letter(reply(&rig, "Agreed.")))
            .unwrap()
            .unwrap();
        let Change::DeleteComment { goal, check_in, id } = undo.clone() else {
            panic!("{undo:?}")
        };
        let edit = Change::EditComment {
            goal,
            check_in,
            id,
            text: "Not **agreed**.".to_owned(),
        };
        rig.fake
            .line
            .script(When::posts().once(), Fault::ResetAfter);
        rig.carry(rig.letter(edit)).unwrap();
        assert!(texts(&rig, "ada")[0].contains("bold"), "{age:?}");
        rig.fake
            .line
            .script(When::posts().once(), Fault::ResetAfter);
        rig.carry(rig.letter(undo.clone())).unwrap();
        assert_eq!(texts(&rig, "ada").len(), 0, "{age:?}");
        // Once more changes nothing.
        assert!(rig.carry(rig.letter(undo)).is_ok());
    }
}

#[test]
fn somebody_elses_comment_stays_and_it_is_said_why() {
    let rig = Rig::new(Age::Flat, "ada");
    let theirs = rig.fake.world(|w| short(w.comments[0].id));
    let change = Change::DeleteComment {
        goal: rig.goal_id("Grow ARR"),
        check_in: Some(rig.newest("Grow ARR")),
        id: CommentId::new(format!("work:{theirs}")),
    };
    let fault = rig.carry(rig.letter(change)).unwrap_err();
    assert_eq!(fault.why, "only its author changes or deletes a comment");
    assert_eq!(texts(&rig, "ingrid").len(), 1);
}

#[test]
fn projects_and_closings_are_talked_about_too_but_not_goals() {
    for age in Age::ALL {
        let rig = Rig::new(age, "ada");
        let (project, check_in, closing) = rig.fake.world(|w| {
            let project = w.projects.values().next().unwrap();
            let closed = w.goal_named("Launch in Sweden").closed.as_ref().unwrap();
            (
                short(project.id),
                short(project.check_ins[0]),
                short(closed.activity),
            )
        });
        let on = |goal: GoalId, check_in: Option<String>| Change::Comment {
            goal,
            check_in: check_in.map(|id| CheckInId::new(format!("work:{id}"))),
            id: CommentId::new("work:0a1b2c3d4e5f"),
            text: "Well done.".to_owned(),
        };
        let project = GoalId::new(format!("work:{project}"));
        rig.carry(rig.letter(on(project, Some(check_in)))).unwrap();
        assert_eq!(texts(&rig, "ada").len(), 1, "{age:?}");
        let sweden = rig.goal_id("Launch in Sweden");
        let has_thread = rig.fake.world(|w| !w.threads.is_empty());
        let out = rig.carry(rig.letter(on(sweden.clone(), Some(closing))));
        assert_eq!(out.is_ok(), has_thread, "{age:?} {out:?}");
        let fault = rig.carry(rig.letter(on(sweden, None))).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unsupported);
    }
}

#[test]
fn a_reaction_is_given_once_and_taken_away() {
    for age in Age::ALL {
        for fault in lost() {
            let rig = Rig::new(age, "ada");
            let react = |on| Change::React {
                goal: rig.goal_id("Grow ARR"),
                check_in: rig.newest("Grow ARR"),
                sign: "+1".to_owned(),
                on,
            };
            let mine = || {
                rig.fake.world(|w| {
                    let ada = w.who("ada");
                    let mine = w.reactions.iter().filter(|it| it.person == ada);
                    mine.map(|it| it.emoji.clone().unwrap_or_default())
                        .collect::<Vec<_>>()
                })
            };
            let adds = names(age, "add_reaction", "reactions/create");
            rig.fake.line.script(When::path(adds).once(), fault.clone());
            rig.carry(rig.letter(react(true))).unwrap();
            assert_eq!(mine(), ["👍"], "{age:?} {fault:?}");
            rig.carry(rig.letter(react(true))).unwrap();
            assert_eq!(mine().len(), 1);
            let removes = names(age, "remove_reaction", "reactions/delete");
            if !matches!(fault, Fault::Answer { .. }) {
                rig.fake
                    .line
                    .script(When::path(removes).once(), fault.clone());
            }
            rig.carry(rig.letter(react(false))).unwrap();
            assert_eq!(mine().len(), 0, "{age:?} {fault:?}");
            rig.carry(rig.letter(react(false))).unwrap();
        }
    }
}

#[test]
fn lines_are_marked_read_by_the_uuids_they_came_with() {
    for age in Age::ALL {
        let rig = Rig::new(age, "ada");
        let (mine, theirs) = rig.fake.world(|w| {
            let ada = w.who("ada");
            let (mine, theirs): (Vec<_>, Vec<_>) =
                w.notifications.iter().partition(|it| it.person == ada);
            (
                mine.into_iter().map(|it| it.id).collect::<Vec<_>>(),
                theirs[0].id,
            )
        });
        assert!(mine.len() > 1);
        let id = |id: &uuid::Uuid| NotificationId::new(format!("work:{id}"));
        let mut ids: Vec<NotificationId> = mine.iter().map(id).collect();
        // One of somebody else makes the server refuse all of them.
        ids.push(id(&theirs));
        rig.fake
            .line
            .script(When::posts().once(), Fault::ResetAfter);
        rig.carry(rig.letter(Change::MarkRead {
            ids: ids.clone(),
            read: true,
        }))
        .unwrap();
        let unread = rig.fake.world(|w| w.unread(w.who("ada")));
        assert_eq!(unread, 0, "{age:?}");
        let fault = rig
            .carry(rig.letter(Change::MarkRead { ids, read: false }))
            .unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unsupported);
    }
}
