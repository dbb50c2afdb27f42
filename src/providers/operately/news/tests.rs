//! Every kind of activity of both ages of the server, worded.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::providers::operately::tests::recordings;

const ME: &str = "CAVZfWwddDX7hHu1Lc2qqg";
const BO: &str = "Da5LcwFzVvEq7qOLdM7ieW";
const GOAL: &str = "DL7vdvm6ImbsIeCcieYSqr";
const PROJECT: &str = "DSTv9yLQjaMbd60aBZ7W7n";
const CHECK_IN: &str = "FdAD1OhHEyBBIQPlkBnHJh";
const ACTIVITY: &str = "DUTgXbLqmjS3NmKxVa8jYB";
const COMMENT: &str = "CqLH2l1QuwhHKYppm8acJ6";

fn account() -> AccountName {
    AccountName::new("work")
}

fn me() -> PersonId {
    PersonId::new(format!("work:{ME}"))
}

fn ours(short: &str) -> String {
    format!("work:{short}")
}

fn note(words: &str) -> Value {
    json!({"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}]})
}

fn note_to_me() -> Value {
    json!({"type": "doc", "content": [{"type": "paragraph", "content": [
        {"type": "mention", "attrs": {"id": format!("ada-brandt-{ME}"), "label": "Ada Brandt"}},
        {"type": "text", "text": " please look"}]}]})
}

/// All parts that any kind may have.
fn everything() -> Value {
    json!({
        "goal": {"id": format!("grow-arr-{GOAL}"), "name": "Grow ARR", "my_role": "champion"},
        "project": {"id": format!("billing-rewrite-{PROJECT}"), "name": "Billing rewrite"},
        "update": {"id": format!("2026-11-16-{CHECK_IN}"), "status": "off_track", "message": note("Bad.").to_string()},
        "check_in": {"id": format!("2026-11-16-{CHECK_IN}"), "status": "caution", "description": note("So so.")},
        "comment": {"id": COMMENT, "content": json!({"message": note("\nCan we *buy* this?\nmore")}).to_string()},
        "success_status": "achieved",
        "new_champion": {"id": format!("ada-{ME}"), "full_name": "Ada Brandt"},
        "new_reviewer": {"id": format!("bo-{BO}"), "full_name": "Bo Li"},
        "new_parent_goal": {"name": "Become calm"},
        "old_name": "Old", "new_name": "New", "old_title": "Alpha", "new_title": "Beta",
        "new_due_date": "2026-12-31",
        "new_space": {"name": "Growth"}, "space": {"name": "Platform"}, "company": {"name": "Fjord"},
        "target_name": "ARR", "new_value": "8.4", "unit": "M",
        "name": "Ship it", "completed": true, "has_description": true,
        "person": {"id": format!("ada-{ME}"), "full_name": "Ada Brandt"},
        "milestone": {"title": "Beta milestone"}, "task": {"name": "Draw"},
        "new_assignee": {"id": format!("ada-{ME}"), "full_name": "Ada Brandt"},
        "title": "Second region?", "document": {"name": "Plan"}, "file": {"name": "plan.pdf"}, "link": {"name": "Wiki"},
        "kpi_name": "Churn",
        "activity": {"action": "goal_closing", "id": format!("closing-{ACTIVITY}"),
            "content": {"goal": {"id": format!("grow-arr-{GOAL}"), "name": "Grow ARR"}}},
    })
}

fn activity(action: &str, content: Value) -> Value {
    json!({"id": format!("x-{ACTIVITY}"), "action": action, "content": content, "comment_thread": null,
        "author": {"id": format!("bo-{BO}"), "full_name": "Bo Li"}, "inserted_at": "2026-11-16T13:07:00Z"})
}

fn item(action: &str, content: Value) -> Value {
    json!({"id": "402701ea-ac60-495f-b84a-588a2bb5052f", "read": false, "read_at": null,
        "inserted_at": "2026-11-16T13:07:01Z", "activity": activity(action, content)})
}

/// Kind, why it concerns the reader, the sentence when nothing is missing.
const KINDS: &[(&str, Reason, &str)] = &[
    (
        "goal_check_in",
        Reason::CheckIn,
        "submitted a check-in for Grow ARR: Off track",
    ),
    (
        "goal_check_in_acknowledgement",
        Reason::Ack,
        "acknowledged the check-in for Grow ARR",
    ),
    (
        "goal_check_in_commented",
        Reason::Comment,
        "in Grow ARR: \"Can we *buy* this?\"",
    ),
    (
        "goal_created",
        Reason::Assigned,
        "added Grow ARR and made you its champion",
    ),
    (
        "goal_champion_updating",
        Reason::Assigned,
        "made you champion of Grow ARR",
    ),
    (
        "goal_reviewer_updating",
        Reason::Changed,
        "made Bo Li reviewer of Grow ARR",
    ),
    (
        "goal_closing",
        Reason::CheckIn,
        "closed Grow ARR as achieved",
    ),
    ("goal_reopening", Reason::Changed, "reopened Grow ARR"),
    (
        "goal_retrospective_acknowledged",
        Reason::Ack,
        "acknowledged the retrospective of Grow ARR",
    ),
    (
        "goal_discussion_creation",
        Reason::Comment,
        "posted in Grow ARR: Second region?",
    ),
    (
        "goal_reparent",
        Reason::Changed,
        "moved Grow ARR under Become calm",
    ),
    (
        "goal_description_changed",
        Reason::Changed,
        "updated the description of Grow ARR",
    ),
    ("goal_editing", Reason::Changed, "edited Grow ARR"),
    (
        "goal_timeframe_editing",
        Reason::Changed,
        "changed the timeframe of Grow ARR",
    ),
    ("goal_archived", Reason::Changed, "archived Grow ARR"),
    (
        "comment_added",
        Reason::Comment,
        "in the closing of Grow ARR: \"Can we *buy* this?\"",
    ),
    (
        "project_created",
        Reason::Changed,
        "added the project Billing rewrite",
    ),
    (
        "project_check_in_submitted",
        Reason::CheckIn,
        "submitted a check-in for Billing rewrite: Off track",
    ),
    (
        "project_check_in_acknowledged",
        Reason::Ack,
        "acknowledged the check-in for Billing rewrite",
    ),
    (
        "project_check_in_commented",
        Reason::Comment,
        "in Billing rewrite: \"Can we *buy* this?\"",
    ),
    (
        "project_closed",
        Reason::CheckIn,
        "closed Billing rewrite and submitted a retrospective",
    ),
    (
        "project_retrospective_commented",
        Reason::Comment,
        "in the retrospective of Billing rewrite: \"Can we *buy* this?\"",
    ),
    (
        "project_retrospective_acknowledged",
        Reason::Ack,
        "acknowledged the retrospective of Billing rewrite",
    ),
    ("project_pausing", Reason::Changed, "paused Billing rewrite"),
    (
        "project_resuming",
        Reason::Changed,
        "resumed Billing rewrite",
    ),
    (
        "project_archived",
        Reason::Changed,
        "archived Billing rewrite",
    ),
    (
        "project_moved",
        Reason::Changed,
        "moved Billing rewrite to Growth",
    ),
    (
        "project_champion_updating",
        Reason::Assigned,
        "made you champion of Billing rewrite",
    ),
    (
        "project_reviewer_updating",
        Reason::Changed,
        "made Bo Li reviewer of Billing rewrite",
    ),
    (
        "project_contributor_addition",
        Reason::Assigned,
        "added you as a contributor to Billing rewrite",
    ),
    (
        "project_contributors_addition",
        Reason::Assigned,
        "added you as a contributor to Billing rewrite",
    ),
    (
        "project_due_date_updating",
        Reason::Changed,
        "moved due date of Billing rewrite to 31 Dec",
    ),
    (
        "project_timeline_edited",
        Reason::Changed,
        "edited the timeline of Billing rewrite",
    ),
    (
        "project_description_changed",
        Reason::Changed,
        "updated the description of Billing rewrite",
    ),
    (
        "project_goal_connection",
        Reason::Changed,
        "connected Billing rewrite to Grow ARR",
    ),
    (
        "project_goal_disconnection",
        Reason::Changed,
        "disconnected Billing rewrite from Grow ARR",
    ),
    (
        "project_discussion_submitted",
        Reason::Comment,
        "posted in Billing rewrite: Second region?",
    ),
    (
        "project_milestone_creation",
        Reason::Changed,
        "added the milestone Beta milestone to Billing rewrite",
    ),
    (
        "project_milestone_commented",
        Reason::Comment,
        "in Beta milestone: \"Can we *buy* this?\"",
    ),
    (
        "milestone_due_date_updating",
        Reason::Changed,
        "moved due date of Beta milestone to 31 Dec",
    ),
    (
        "milestone_description_updating",
        Reason::Changed,
        "changed the description of Beta milestone",
    ),
    (
        "task_adding",
        Reason::Changed,
        "added the task Draw to Billing rewrite",
    ),
    (
        "task_assignee_updating",
        Reason::Assigned,
        "assigned you to Draw",
    ),
    (
        "task_due_date_updating",
        Reason::Changed,
        "moved due date of Draw to 31 Dec",
    ),
    (
        "task_description_change",
        Reason::Changed,
        "changed the description of Draw",
    ),
    ("task_moving", Reason::Changed, "moved Draw"),
    (
        "task_status_updating",
        Reason::Changed,
        "changed the status of Draw",
    ),
    (
        "project_task_commented",
        Reason::Comment,
        "in Draw: \"Can we *buy* this?\"",
    ),
    (
        "space_task_commented",
        Reason::Comment,
        "in Draw: \"Can we *buy* this?\"",
    ),
    (
        "discussion_posting",
        Reason::Comment,
        "posted in Platform: Second region?",
    ),
    (
        "discussion_comment_submitted",
        Reason::Comment,
        "in Second region?: \"Can we *buy* this?\"",
    ),
    (
        "space_members_added",
        Reason::Changed,
        "added you to Platform",
    ),
    (
        "company_member_added",
        Reason::Changed,
        "added you to Fjord",
    ),
    (
        "company_admin_added",
        Reason::Changed,
        "made you admin of Fjord",
    ),
    (
        "company_owners_adding",
        Reason::Changed,
        "made you owner of Fjord",
    ),
    (
        "company_owner_removing",
        Reason::Changed,
        "removed you as owner of Fjord",
    ),
    (
        "company_member_restoring",
        Reason::Changed,
        "brought you back to Fjord",
    ),
    (
        "company_member_converted_to_guest",
        Reason::Changed,
        "made you a guest of Fjord",
    ),
    (
        "company_members_permissions_edited",
        Reason::Changed,
        "changed what you may do",
    ),
    ("guest_invited", Reason::Changed, "invited you as a guest"),
    (
        "resource_hub_document_created",
        Reason::Changed,
        "posted Plan",
    ),
    (
        "resource_hub_document_edited",
        Reason::Changed,
        "edited Plan",
    ),
    (
        "resource_hub_document_deleted",
        Reason::Changed,
        "deleted Plan",
    ),
    (
        "resource_hub_document_commented",
        Reason::Comment,
        "in Plan: \"Can we *buy* this?\"",
    ),
    (
        "resource_hub_file_created",
        Reason::Changed,
        "posted plan.pdf",
    ),
    (
        "resource_hub_file_edited",
        Reason::Changed,
        "edited plan.pdf",
    ),
    (
        "resource_hub_file_deleted",
        Reason::Changed,
        "deleted plan.pdf",
    ),
    (
        "resource_hub_file_commented",
        Reason::Comment,
        "in plan.pdf: \"Can we *buy* this?\"",
    ),
    ("resource_hub_link_created", Reason::Changed, "posted Wiki"),
    ("resource_hub_link_edited", Reason::Changed, "edited Wiki"),
    ("resource_hub_link_deleted", Reason::Changed, "deleted Wiki"),
    (
        "resource_hub_link_commented",
        Reason::Comment,
        "in Wiki: \"Can we *buy* this?\"",
    ),
    ("kpi_created", Reason::Changed, "added the KPI Churn"),
    ("kpi_edited", Reason::Changed, "edited the KPI Churn"),
    ("kpi_deleted", Reason::Changed, "deleted the KPI Churn"),
    (
        "kpi_entry_logged",
        Reason::Changed,
        "logged a value of Churn",
    ),
    (
        "goal_check_in_edit",
        Reason::CheckIn,
        "edited a check-in for Grow ARR",
    ),
    (
        "project_check_in_edit",
        Reason::CheckIn,
        "edited a check-in for Billing rewrite",
    ),
    ("goal_name_updating", Reason::Changed, "renamed Old to New"),
    (
        "goal_due_date_updating",
        Reason::Changed,
        "moved due date of Grow ARR to 31 Dec",
    ),
    (
        "goal_start_date_updating",
        Reason::Changed,
        "changed the start date of Grow ARR",
    ),
    (
        "goal_space_updating",
        Reason::Changed,
        "moved Grow ARR to Growth",
    ),
    (
        "goal_target_adding",
        Reason::Changed,
        "added ARR to Grow ARR",
    ),
    (
        "goal_target_deleting",
        Reason::Changed,
        "removed ARR from Grow ARR",
    ),
    (
        "goal_target_updating",
        Reason::Changed,
        "set ARR of Grow ARR to 8.4 M",
    ),
    (
        "goal_check_adding",
        Reason::Changed,
        "added Ship it to the checklist of Grow ARR",
    ),
    (
        "goal_check_removing",
        Reason::Changed,
        "removed Ship it from the checklist of Grow ARR",
    ),
    (
        "goal_check_toggled",
        Reason::Changed,
        "ticked Ship it of Grow ARR",
    ),
    (
        "goal_discussion_editing",
        Reason::Changed,
        "edited in Grow ARR: Second region?",
    ),
    ("project_renamed", Reason::Changed, "renamed Old to New"),
    (
        "project_milestone_updating",
        Reason::Changed,
        "updated the milestone Beta milestone",
    ),
    ("space_added", Reason::Changed, "added the space Platform"),
    ("space_joining", Reason::Changed, "joined Platform"),
    ("group_edited", Reason::Changed, "edited the space Platform"),
    ("company_adding", Reason::Changed, "added the company Fjord"),
    ("company_editing", Reason::Changed, "edited Fjord"),
    ("task_name_updating", Reason::Changed, "renamed Old to New"),
    (
        "task_milestone_updating",
        Reason::Changed,
        "changed the milestone of Draw",
    ),
    ("task_deleting", Reason::Changed, "deleted the task Draw"),
    (
        "milestone_title_updating",
        Reason::Changed,
        "renamed Alpha to Beta",
    ),
    (
        "milestone_deleting",
        Reason::Changed,
        "deleted the milestone Beta milestone",
    ),
    (
        "message_archiving",
        Reason::Changed,
        "archived the discussion Second region?",
    ),
];

#[test]
fn every_kind_has_its_sentence() {
    for (action, reason, text) in KINDS {
        let told = sentence(&me(), &activity(action, everything()));
        assert_eq!(told, (*reason, (*text).to_owned()), "{action}");
    }
}

#[test]
fn what_is_missing_is_left_out_of_the_sentence() {
    let nulls: serde_json::Map<String, Value> = everything()
        .as_object()
        .unwrap()
        .keys()
        .map(|key| (key.clone(), Value::Null))
        .collect();
    for (action, ..) in KINDS {
        for content in [
            Value::Null,
            json!({}),
            json!([]),
            json!("x"),
            json!(nulls),
            json!({"goal": {"name": ""}, "update": 3, "comment": "x", "activity": []}),
        ] {
            let (_, text) = sentence(&me(), &activity(action, content));
            assert!(!text.contains(['{', '}']), "{action}: {text}");
            assert!(!text.contains("  ") && !text.is_empty(), "{action}: {text}");
            assert_ne!(text, action.replace('_', " "), "{action}");
        }
    }
    let named = json!({"goal": null, "goal_name": "Gone goal", "comment": {"content": null}});
    let (_, text) = sentence(&me(), &activity("goal_check_in_commented", named));
    assert_eq!(text, "commented on the check-in for Gone goal");
    // What was commented on is not what was said.
    let gone = json!({"goal": {"name": "G"}, "comment": null, "update": {"message": note("mine").to_string()}});
    let (_, text) = sentence(&me(), &activity("goal_check_in_commented", gone));
    assert_eq!(text, "commented on the check-in for G");
    let task = json!({"task": null, "task_name": "Gone task"});
    assert_eq!(
        sentence(&me(), &activity("task_moving", task)).1,
        "moved Gone task"
    );
}

#[test]
fn an_unknown_kind_is_told_by_its_name() {
    for (action, text) in [
        ("goal_sparkled_twice", "goal sparkled twice"),
        ("resource_hub_folder_copied", "resource hub folder copied"),
        ("resource_hub_", "resource hub "),
        ("", "did something the server does not name"),
        ("___", "did something the server does not name"),
    ] {
        let (reason, told) = sentence(&me(), &activity(action, everything()));
        assert_eq!((reason, told.as_str()), (Reason::Changed, text));
    }
    assert_eq!(
        sentence(&me(), &Value::Null).1,
        "did something the server does not name"
    );
}

#[test]
fn variants_of_a_kind() {
    let with = |action: &str, changes: Value| {
        let mut content = everything();
        for (key, value) in changes.as_object().unwrap() {
            content[key] = value.clone();
        }
        sentence(&me(), &activity(action, content))
    };
    let bo = json!({"id": format!("bo-{BO}"), "full_name": "Bo Li"});
    for (action, changes, reason, text) in [
        (
            "goal_created",
            json!({"goal": {"name": "G", "my_role": "reviewer"}}),
            Reason::Assigned,
            "added G and made you its reviewer",
        ),
        (
            "goal_created",
            json!({"goal": {"name": "G", "my_role": "contributor"}}),
            Reason::Assigned,
            "added G and made you a contributor",
        ),
        (
            "goal_created",
            json!({"goal": {"name": "G", "my_role": null}}),
            Reason::Changed,
            "added G",
        ),
        (
            "goal_champion_updating",
            json!({"new_champion": bo}),
            Reason::Changed,
            "made Bo Li champion of Grow ARR",
        ),
        (
            "goal_champion_updating",
            json!({"new_champion": null}),
            Reason::Changed,
            "changed the champion of Grow ARR",
        ),
        // Deleted since, but the id still says who: as a uuid.
        (
            "goal_champion_updating",
            json!({"new_champion": null, "new_champion_id": ShortId::parse(ME).unwrap().to_uuid()}),
            Reason::Assigned,
            "made you champion of Grow ARR",
        ),
        (
            "goal_closing",
            json!({"success_status": "nil"}),
            Reason::CheckIn,
            "closed Grow ARR",
        ),
        (
            "goal_description_changed",
            json!({"has_description": false}),
            Reason::Changed,
            "removed the description of Grow ARR",
        ),
        (
            "goal_due_date_updating",
            json!({"new_due_date": null}),
            Reason::Changed,
            "removed the due date of Grow ARR",
        ),
        (
            "goal_due_date_updating",
            json!({"new_due_date": {"date_type": "quarter", "value": "Q4 2026", "date": "2026-12-31"}}),
            Reason::Changed,
            "moved due date of Grow ARR to Q4 2026",
        ),
        (
            "goal_due_date_updating",
            json!({"new_due_date": "someday\u{1b}"}),
            Reason::Changed,
            "moved due date of Grow ARR to someday\u{1b}",
        ),
        (
            "goal_due_date_updating",
            json!({"new_due_date": 5}),
            Reason::Changed,
            "changed the due date of Grow ARR",
        ),
        (
            "goal_check_toggled",
            json!({"completed": false}),
            Reason::Changed,
            "unticked Ship it of Grow ARR",
        ),
        (
            "goal_target_updating",
            json!({"new_value": 8.5, "unit": null}),
            Reason::Changed,
            "set ARR of Grow ARR to 8.5",
        ),
        (
            "project_check_in_submitted",
            json!({"update": null}),
            Reason::CheckIn,
            "submitted a check-in for Billing rewrite: At risk",
        ),
        (
            "project_milestone_commented",
            json!({"comment_action": "complete"}),
            Reason::Changed,
            "completed the milestone Beta milestone",
        ),
        (
            "project_milestone_commented",
            json!({"comment_action": "reopen"}),
            Reason::Changed,
            "reopened the milestone Beta milestone",
        ),
        (
            "task_assignee_updating",
            json!({"new_assignee": null, "added_assignees": [null, bo]}),
            Reason::Changed,
            "changed the assignees of Draw",
        ),
        (
            "task_assignee_updating",
            json!({"new_assignee": bo, "added_assignees": [{"id": ME}]}),
            Reason::Assigned,
            "assigned you to Draw",
        ),
        (
            "space_members_added",
            json!({"person": null, "members": [bo, bo, {"id": null}]}),
            Reason::Changed,
            "added Bo Li and 2 others to Platform",
        ),
        (
            "project_contributors_addition",
            json!({"person": null, "contributors": [{"person": bo, "responsibility": "x"}]}),
            Reason::Changed,
            "added Bo Li as a contributor to Billing rewrite",
        ),
        (
            "comment_added",
            json!({"activity": {"action": "goal_discussion_creation", "comment_thread": {"title": "Region?"}, "content": {}}}),
            Reason::Comment,
            "in Region?: \"Can we *buy* this?\"",
        ),
        (
            "comment_added",
            json!({"activity": {"action": "project_pausing", "content": {"project": {"name": "P"}}}, "comment": null}),
            Reason::Comment,
            "commented on the pausing of P",
        ),
        (
            "comment_added",
            json!({"activity": null, "comment": {"content": note_to_me()}}),
            Reason::Mention,
            "in Grow ARR: \"@Ada Brandt please look\"",
        ),
        (
            "goal_check_in",
            json!({"comment": null, "update": {"status": "caution", "message": note_to_me().to_string()}}),
            Reason::Mention,
            "in Grow ARR: \"@Ada Brandt please look\"",
        ),
        (
            "project_check_in_submitted",
            json!({"comment": null, "update": null, "check_in": {"description": note_to_me()}, "goal": null}),
            Reason::Mention,
            "in Billing rewrite: \"@Ada Brandt please look\"",
        ),
        // The mention is in what was acknowledged or commented on, not in the comment.
        (
            "goal_check_in_acknowledgement",
            json!({"comment": null, "update": {"message": note_to_me().to_string()}}),
            Reason::Ack,
            "acknowledged the check-in for Grow ARR",
        ),
        (
            "goal_check_in_commented",
            json!({"update": {"message": note_to_me().to_string()}}),
            Reason::Comment,
            "in Grow ARR: \"Can we *buy* this?\"",
        ),
    ] {
        let told = with(action, changes);
        assert_eq!(told, (reason, text.to_owned()), "{action}");
    }
}

#[test]
fn a_line_knows_what_it_is_about() {
    let line = notification(
        &account(),
        &me(),
        &item("goal_check_in_commented", everything()),
    )
    .unwrap();
    assert_eq!(
        line.id.as_str(),
        "work:402701ea-ac60-495f-b84a-588a2bb5052f"
    );
    assert_eq!(line.to, me());
    assert_eq!(line.at.to_rfc3339(), "2026-11-16T13:07:01+00:00");
    assert_eq!(line.actor, Some(PersonId::new(ours(BO))));
    assert_eq!(line.goal, Some(GoalId::new(ours(GOAL))));
    assert_eq!(line.check_in, Some(CheckInId::new(ours(CHECK_IN))));
    assert_eq!(line.comment, Some(CommentId::new(ours(COMMENT))));
    assert!(!line.read && !line.done);

    let line = notification(
        &account(),
        &me(),
        &item("project_check_in_submitted", everything()),
    )
    .unwrap();
    assert_eq!(line.goal, Some(GoalId::new(ours(PROJECT))));
    assert_eq!(line.check_in, Some(CheckInId::new(ours(CHECK_IN))));

    let line = notification(&account(), &me(), &item("goal_closing", everything())).unwrap();
    assert_eq!(line.check_in, Some(CheckInId::new(ours(ACTIVITY))));

    // A comment on an activity is about what the activity is about.
    let mut content = everything();
    content["project"] = Value::Null;
    let line = notification(&account(), &me(), &item("comment_added", content)).unwrap();
    assert_eq!(line.goal, Some(GoalId::new(ours(GOAL))));
    assert_eq!(line.check_in, Some(CheckInId::new(ours(ACTIVITY))));
    assert_eq!(line.comment, Some(CommentId::new(ours(COMMENT))));

    // Only the uuid is left of the goal; it is the same goal.
    let uuid = ShortId::parse(GOAL).unwrap().to_uuid();
    let content = json!({"goal": null, "goal_id": uuid});
    let mut read = item("goal_check_adding", content);
    read["read"] = json!(true);
    let line = notification(&account(), &me(), &read).unwrap();
    assert_eq!(line.goal, Some(GoalId::new(ours(GOAL))));
    assert!(line.read);
}

#[test]
fn one_bad_notification_does_not_hide_the_others() {
    let mut no_author = item("goal_closing", everything());
    no_author["activity"]["author"] = Value::Null;
    let answer = json!({"notifications": [
        null, 3, [], {"id": ""}, {"id": 7, "inserted_at": "2026-11-16T13:07:00Z"},
        {"id": "a", "inserted_at": "yesterday"},
        item("goal_closing", everything()),
        {"id": "b", "inserted_at": "2026-11-16T13:07:00Z", "activity": null},
        no_author,
        item("goal_reopening", json!("content")),
    ]});
    let (lines, people, unreadable) = notifications(&account(), &me(), &answer);
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "closed Grow ARR as achieved",
            "did something the server does not name",
            "closed Grow ARR as achieved",
            "reopened a goal"
        ]
    );
    assert_eq!(lines[1].actor, None);
    assert_eq!(unreadable, 6);
    assert_eq!(people.len(), 1);
    assert_eq!(
        (people[0].id.as_str(), people[0].name.as_str()),
        (ours(BO).as_str(), "Bo Li")
    );
    for nothing in [
        json!(null),
        json!({}),
        json!({"notifications": "x"}),
        json!([]),
    ] {
        assert_eq!(
            notifications(&account(), &me(), &nothing),
            (Vec::new(), Vec::new(), 0)
        );
    }
}

/// Everything in the recordings that has an action.
fn recorded_activities() -> Vec<Value> {
    fn search(value: &Value, found: &mut Vec<Value>) {
        match value {
            Value::Object(map) => {
                if map.contains_key("action") && map.contains_key("content") {
                    found.push(value.clone());
                }
                map.values().for_each(|value| search(value, found));
            }
            Value::Array(all) => all.iter().for_each(|value| search(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for file in recordings() {
        search(&file["response"]["body"], &mut found);
    }
    found
}

#[test]
fn everything_recorded_has_a_sentence_of_its_own() {
    let known: BTreeSet<&str> = KINDS.iter().map(|(action, ..)| *action).collect();
    let all = recorded_activities();
    let mut seen = BTreeSet::new();
    for activity in &all {
        let action = activity["action"].as_str().unwrap();
        let (_, text) = sentence(&me(), activity);
        assert!(!text.trim().is_empty());
        assert!(known.contains(action), "{action} is new");
        assert_ne!(text, action.replace('_', " "));
        // Nothing was missing: the name of the thing is in the sentence, as it came.
        let name = [
            "/goal/name",
            "/project/name",
            "/space/name",
            "/company/name",
        ]
        .iter()
        .find_map(|path| activity["content"].pointer(path)?.as_str());
        if let Some(name) = name.filter(|_| !action.starts_with("comment_added")) {
            assert!(text.contains(name), "{action}: {text}");
        }
        seen.insert(action);
    }
    assert!(
        all.len() > 200 && seen.len() >= 16,
        "{} {seen:?}",
        all.len()
    );
    let hostile = |activity: &&Value| sentence(&me(), activity).1.contains('\u{1b}');
    assert!(all.iter().filter(hostile).count() > 0);
}

#[test]
fn every_recorded_notification_is_read() {
    let mut count = 0;
    for file in recordings() {
        let body = &file["response"]["body"];
        let Some(list) = body["notifications"].as_array() else {
            continue;
        };
        let (lines, people, unreadable) = notifications(&account(), &me(), body);
        assert_eq!((lines.len(), unreadable), (list.len(), 0));
        for (line, item) in lines.iter().zip(list) {
            count += 1;
            assert_eq!(
                line.id.as_str(),
                format!("work:{}", item["id"].as_str().unwrap())
            );
            assert_eq!(line.read, item["read"].as_bool().unwrap());
            assert!(
                people
                    .iter()
                    .any(|person| Some(&person.id) == line.actor.as_ref())
            );
            let action = item["activity"]["action"].as_str().unwrap();
            let about_space = action.starts_with("space_") || action.starts_with("company_");
            assert_eq!(line.goal.is_some(), !about_space, "{action}");
            // A check-in that was deleted since leaves its news behind.
            let content = &item["activity"]["content"];
            let is_deleted = content.get("update").is_some_and(Value::is_null);
            let has_check_in =
                (action.contains("_check_in") && !is_deleted) || action == "goal_closing";
            assert_eq!(line.check_in.is_some(), has_check_in, "{action}");
            assert_eq!(
                line.comment.is_some(),
                action.ends_with("_commented"),
                "{action}"
            );
        }
    }
    assert!(count > 100, "{count} notifications");
}

#[test]
fn a_recorded_mention_is_one() {
    // Rémi's comment names Ada, whose token it was; his name comes decomposed.
    let mut found = Vec::new();
    for file in recordings() {
        let body = &file["response"]["body"];
        let ada = body["notifications"]
            .as_array()
            .into_iter()
            .flatten()
            .find_map(|item| {
                let comment = item["activity"]["content"]["comment"]["content"].as_str()?;
                let at = comment.split("\"id\":\"ada-brandt-").nth(1)?;
                Some(PersonId::new(format!("work:{}", at.split('"').next()?)))
            });
        if let Some(ada) = ada {
            let (lines, ..) = notifications(&account(), &ada, body);
            found.extend(
                lines
                    .into_iter()
                    .filter(|line| line.reason == Reason::Mention)
                    .map(|line| line.text),
            );
        }
    }
    assert!(
        found.contains(&"in 99.95% uptime and a quiet pager: \"nice one @Ada Brandt\"".to_owned()),
        "{found:?}"
    );
}
