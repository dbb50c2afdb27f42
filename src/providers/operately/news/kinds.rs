//! The kinds of activity and their sentences, in the words of our own inbox.
//!
//! A kind has several sentences, the best first; the first whose `{pieces}` are
//! all there is taken. `{?piece}` may be missing. The pieces are in `parts`.

use super::parts::{Due, Parts};
use crate::model::notification::Reason;

/// The sentences of one kind, the best first.
pub(super) type Sentences = &'static [&'static str];

/// Why a kind concerns the reader, and its sentences; none for unknown kinds.
pub(super) fn kind(parts: &Parts<'_>) -> (Reason, Sentences) {
    let action = parts.action();
    goals(action, parts)
        .or_else(|| projects(action, parts))
        .or_else(|| work(action, parts))
        .or_else(|| places(action))
        .unwrap_or((Reason::Changed, &[]))
}

fn goals(action: &str, parts: &Parts<'_>) -> Option<(Reason, Sentences)> {
    use Reason::{Ack, Assigned, Changed, CheckIn, Comment};
    Some(match action {
        "goal_check_in" => (
            CheckIn,
            &[
                "submitted a check-in for {goal}{?status}",
                "submitted a check-in",
            ],
        ),
        "goal_check_in_edit" => (
            CheckIn,
            &["edited a check-in for {goal}", "edited a check-in"],
        ),
        "goal_check_in_acknowledgement" => (
            Ack,
            &[
                "acknowledged the check-in for {goal}",
                "acknowledged a check-in",
            ],
        ),
        "goal_check_in_commented" => (
            Comment,
            &[
                "in {goal}: \"{quote}\"",
                "commented on the check-in for {goal}",
                "commented on a check-in: \"{quote}\"",
                "commented on a check-in",
            ],
        ),
        "goal_created" => match parts.my_role() {
            "champion" => (
                Assigned,
                &[
                    "added {goal} and made you its champion",
                    "added a goal and made you its champion",
                ],
            ),
            "reviewer" => (
                Assigned,
                &[
                    "added {goal} and made you its reviewer",
                    "added a goal and made you its reviewer",
                ],
            ),
            "contributor" => (
                Assigned,
                &[
                    "added {goal} and made you a contributor",
                    "added a goal and made you a contributor",
                ],
            ),
            _ => (Changed, &["added {goal}", "added a goal"]),
        },
        "goal_champion_updating" => (
            assigned(parts, "new_champion"),
            &[
                "made {champion} champion of {goal}",
                "changed the champion of {goal}",
                "changed the champion of a goal",
            ],
        ),
        "goal_reviewer_updating" => (
            assigned(parts, "new_reviewer"),
            &[
                "made {reviewer} reviewer of {goal}",
                "changed the reviewer of {goal}",
                "changed the reviewer of a goal",
            ],
        ),
        "goal_closing" => (
            CheckIn,
            &[
                "closed {goal} as {outcome}",
                "closed {goal}",
                "closed a goal",
            ],
        ),
        "goal_reopening" => (Changed, &["reopened {goal}", "reopened a goal"]),
        "goal_retrospective_acknowledged" => (
            Ack,
            &[
                "acknowledged the retrospective of {goal}",
                "acknowledged a retrospective",
            ],
        ),
        "goal_discussion_creation" => (
            Comment,
            &[
                "posted in {goal}: {thread}",
                "posted: {thread}",
                "started a discussion in {goal}",
                "started a discussion",
            ],
        ),
        "goal_discussion_editing" => (
            Changed,
            &[
                "edited in {goal}: {thread}",
                "edited a discussion in {goal}",
                "edited a discussion",
            ],
        ),
        "goal_reparent" => (
            Changed,
            &[
                "moved {goal} under {parent}",
                "changed the parent goal of {goal}",
                "changed the parent of a goal",
            ],
        ),
        "goal_description_changed" if parts.flag("has_description") == Some(false) => (
            Changed,
            &[
                "removed the description of {goal}",
                "removed the description of a goal",
            ],
        ),
        "goal_description_changed" => (
            Changed,
            &[
                "updated the description of {goal}",
                "updated the description of a goal",
            ],
        ),
        "goal_editing" => (Changed, &["edited {goal}", "edited a goal"]),
        "goal_timeframe_editing" => (
            Changed,
            &["changed the timeframe of {goal}", "changed a timeframe"],
        ),
        "goal_archived" => (Changed, &["archived {goal}", "archived a goal"]),
        "goal_name_updating" => (
            Changed,
            &[
                "renamed {old_name} to {new_name}",
                "renamed {goal}",
                "renamed a goal",
            ],
        ),
        "goal_due_date_updating" => (
            Changed,
            match parts.due() {
                Due::Moved => &[
                    "moved due date of {goal} to {due}",
                    "moved a due date to {due}",
                ],
                Due::Removed => &["removed the due date of {goal}", "removed a due date"],
                Due::Unknown => &["changed the due date of {goal}", "changed a due date"],
            },
        ),
        "goal_start_date_updating" => (
            Changed,
            &["changed the start date of {goal}", "changed a start date"],
        ),
        "goal_space_updating" => (
            Changed,
            &[
                "moved {goal} to {new_space}",
                "moved {goal} to another space",
                "moved a goal",
            ],
        ),
        "goal_target_adding" => (
            Changed,
            &[
                "added {target} to {goal}",
                "added a key result to {goal}",
                "added a key result",
            ],
        ),
        "goal_target_deleting" => (
            Changed,
            &[
                "removed {target} from {goal}",
                "removed a key result from {goal}",
                "removed a key result",
            ],
        ),
        "goal_target_updating" => (
            Changed,
            &[
                "set {target} of {goal} to {value}",
                "updated {target} of {goal}",
                "updated a key result of {goal}",
                "updated a key result",
            ],
        ),
        "goal_check_adding" => (
            Changed,
            &[
                "added {name} to the checklist of {goal}",
                "added to the checklist of {goal}",
                "added to a checklist",
            ],
        ),
        "goal_check_removing" => (
            Changed,
            &[
                "removed {name} from the checklist of {goal}",
                "removed from the checklist of {goal}",
                "removed from a checklist",
            ],
        ),
        "goal_check_toggled" if parts.flag("completed") == Some(false) => (
            Changed,
            &[
                "unticked {name} of {goal}",
                "unticked a check of {goal}",
                "unticked a check",
            ],
        ),
        "goal_check_toggled" => (
            Changed,
            &[
                "ticked {name} of {goal}",
                "ticked a check of {goal}",
                "ticked a check",
            ],
        ),
        "comment_added" => (
            Comment,
            &[
                "in {subject}: \"{quote}\"",
                "commented on {subject}",
                "commented: \"{quote}\"",
                "commented",
            ],
        ),
        _ => return None,
    })
}

/// Given to the reader, or only changed.
fn assigned(parts: &Parts<'_>, key: &str) -> Reason {
    if parts.is_me(&[key]) {
        Reason::Assigned
    } else {
        Reason::Changed
    }
}

fn projects(action: &str, parts: &Parts<'_>) -> Option<(Reason, Sentences)> {
    use Reason::{Ack, Assigned, Changed, CheckIn, Comment};
    Some(match action {
        "project_created" => (Changed, &["added the project {project}", "added a project"]),
        "project_check_in_submitted" => (
            CheckIn,
            &[
                "submitted a check-in for {project}{?status}",
                "submitted a check-in",
            ],
        ),
        "project_check_in_edit" => (
            CheckIn,
            &["edited a check-in for {project}", "edited a check-in"],
        ),
        "project_check_in_acknowledged" => (
            Ack,
            &[
                "acknowledged the check-in for {project}",
                "acknowledged a check-in",
            ],
        ),
        "project_check_in_commented" => (
            Comment,
            &[
                "in {project}: \"{quote}\"",
                "commented on the check-in for {project}",
                "commented on a check-in: \"{quote}\"",
                "commented on a check-in",
            ],
        ),
        "project_closed" => (
            CheckIn,
            &[
                "closed {project} and submitted a retrospective",
                "closed a project and submitted a retrospective",
            ],
        ),
        "project_retrospective_commented" => (
            Comment,
            &[
                "in the retrospective of {project}: \"{quote}\"",
                "commented on the retrospective of {project}",
                "commented on a retrospective",
            ],
        ),
        "project_retrospective_acknowledged" => (
            Ack,
            &[
                "acknowledged the retrospective of {project}",
                "acknowledged a retrospective",
            ],
        ),
        "project_pausing" => (Changed, &["paused {project}", "paused a project"]),
        "project_resuming" => (Changed, &["resumed {project}", "resumed a project"]),
        "project_archived" => (Changed, &["archived {project}", "archived a project"]),
        "project_renamed" => (
            Changed,
            &[
                "renamed {old_name} to {new_name}",
                "renamed {project}",
                "renamed a project",
            ],
        ),
        "project_moved" => (
            Changed,
            &[
                "moved {project} to {new_space}",
                "moved {project} to another space",
                "moved a project",
            ],
        ),
        "project_champion_updating" => (
            assigned(parts, "new_champion"),
            &[
                "made {champion} champion of {project}",
                "changed the champion of {project}",
                "changed the champion of a project",
            ],
        ),
        "project_reviewer_updating" => (
            assigned(parts, "new_reviewer"),
            &[
                "made {reviewer} reviewer of {project}",
                "changed the reviewer of {project}",
                "changed the reviewer of a project",
            ],
        ),
        "project_contributor_addition" | "project_contributors_addition" => (
            if parts.is_me(&["person", "contributors"]) {
                Assigned
            } else {
                Changed
            },
            &[
                "added {people} as a contributor to {project}",
                "added a contributor to {project}",
                "added a contributor",
            ],
        ),
        "project_due_date_updating" => (
            Changed,
            match parts.due() {
                Due::Moved => &[
                    "moved due date of {project} to {due}",
                    "moved a due date to {due}",
                ],
                Due::Removed => &["removed the due date of {project}", "removed a due date"],
                Due::Unknown => &["changed the due date of {project}", "changed a due date"],
            },
        ),
        "project_timeline_edited" => (
            Changed,
            &["edited the timeline of {project}", "edited a timeline"],
        ),
        "project_description_changed" if parts.flag("has_description") == Some(false) => (
            Changed,
            &[
                "removed the description of {project}",
                "removed the description of a project",
            ],
        ),
        "project_description_changed" => (
            Changed,
            &[
                "updated the description of {project}",
                "updated the description of a project",
            ],
        ),
        "project_goal_connection" => (
            Changed,
            &[
                "connected {project} to {goal}",
                "connected {project} to a goal",
                "connected a project to a goal",
            ],
        ),
        "project_goal_disconnection" => (
            Changed,
            &[
                "disconnected {project} from {goal}",
                "disconnected {project} from its goal",
                "disconnected a project from its goal",
            ],
        ),
        "project_discussion_submitted" => (
            Comment,
            &[
                "posted in {project}: {thread}",
                "posted: {thread}",
                "started a discussion in {project}",
                "started a discussion",
            ],
        ),
        _ => return None,
    })
}

fn work(action: &str, parts: &Parts<'_>) -> Option<(Reason, Sentences)> {
    use Reason::{Assigned, Changed, Comment};
    Some(match action {
        "project_milestone_creation" => (
            Changed,
            &[
                "added the milestone {milestone} to {project}",
                "added the milestone {milestone}",
                "added a milestone",
            ],
        ),
        "project_milestone_commented" => match parts.word("comment_action") {
            "complete" => (
                Changed,
                &[
                    "completed the milestone {milestone}",
                    "completed a milestone",
                ],
            ),
            "reopen" => (
                Changed,
                &["reopened the milestone {milestone}", "reopened a milestone"],
            ),
            _ => (
                Comment,
                &[
                    "in {milestone}: \"{quote}\"",
                    "commented on the milestone {milestone}",
                    "commented on a milestone",
                ],
            ),
        },
        "project_milestone_updating" => (
            Changed,
            &["updated the milestone {milestone}", "updated a milestone"],
        ),
        "milestone_due_date_updating" => (
            Changed,
            match parts.due() {
                Due::Moved => &[
                    "moved due date of {milestone} to {due}",
                    "moved a due date to {due}",
                ],
                Due::Removed => &["removed the due date of {milestone}", "removed a due date"],
                Due::Unknown => &["changed the due date of {milestone}", "changed a due date"],
            },
        ),
        "milestone_description_updating" => (
            Changed,
            &[
                "changed the description of {milestone}",
                "changed the description of a milestone",
            ],
        ),
        "milestone_title_updating" => (
            Changed,
            &[
                "renamed {old_title} to {new_title}",
                "renamed the milestone {milestone}",
                "renamed a milestone",
            ],
        ),
        "milestone_deleting" => (
            Changed,
            &["deleted the milestone {milestone}", "deleted a milestone"],
        ),
        "task_adding" => (
            Changed,
            &[
                "added the task {task} to {project}",
                "added the task {task}",
                "added a task",
            ],
        ),
        "task_assignee_updating" if parts.is_me(&["new_assignee", "added_assignees"]) => (
            Assigned,
            &["assigned you to {task}", "assigned you to a task"],
        ),
        "task_assignee_updating" => (
            Changed,
            &[
                "changed the assignees of {task}",
                "changed the assignees of a task",
            ],
        ),
        "task_due_date_updating" => (
            Changed,
            match parts.due() {
                Due::Moved => &[
                    "moved due date of {task} to {due}",
                    "moved a due date to {due}",
                ],
                Due::Removed => &["removed the due date of {task}", "removed a due date"],
                Due::Unknown => &["changed the due date of {task}", "changed a due date"],
            },
        ),
        "task_description_change" => (
            Changed,
            &[
                "changed the description of {task}",
                "changed the description of a task",
            ],
        ),
        "task_moving" => (Changed, &["moved {task}", "moved a task"]),
        "task_status_updating" => (
            Changed,
            &[
                "changed the status of {task}",
                "changed the status of a task",
            ],
        ),
        "task_name_updating" => (
            Changed,
            &[
                "renamed {old_name} to {new_name}",
                "renamed the task {task}",
                "renamed a task",
            ],
        ),
        "task_milestone_updating" => (
            Changed,
            &[
                "changed the milestone of {task}",
                "changed the milestone of a task",
            ],
        ),
        "task_deleting" => (Changed, &["deleted the task {task}", "deleted a task"]),
        "project_task_commented" | "space_task_commented" => (
            Comment,
            &[
                "in {task}: \"{quote}\"",
                "commented on {task}",
                "commented on a task",
            ],
        ),
        _ => return None,
    })
}

fn places(action: &str) -> Option<(Reason, Sentences)> {
    use Reason::{Changed, Comment};
    if let Some(deed) = action.strip_prefix("resource_hub_") {
        return papers(deed);
    }
    Some(match action {
        "discussion_posting" => (
            Comment,
            &[
                "posted in {space}: {thread}",
                "posted: {thread}",
                "started a discussion in {space}",
                "started a discussion",
            ],
        ),
        "discussion_editing" => (
            Changed,
            &["edited the discussion {thread}", "edited a discussion"],
        ),
        "discussion_comment_submitted" => (
            Comment,
            &[
                "in {thread}: \"{quote}\"",
                "commented on {thread}",
                "commented on a discussion",
            ],
        ),
        "message_archiving" => (
            Changed,
            &["archived the discussion {thread}", "archived a discussion"],
        ),
        "space_members_added" => (
            Changed,
            &[
                "added {people} to {space}",
                "added people to {space}",
                "added people to a space",
            ],
        ),
        "space_added" => (Changed, &["added the space {space}", "added a space"]),
        "space_joining" => (Changed, &["joined {space}", "joined a space"]),
        "group_edited" => (Changed, &["edited the space {space}", "edited a space"]),
        "company_adding" => (Changed, &["added the company {company}", "added a company"]),
        "company_editing" => (Changed, &["edited {company}", "edited the company"]),
        "company_member_added" => (
            Changed,
            &[
                "added {people} to {company}",
                "added {people} to the company",
                "added a member to the company",
            ],
        ),
        "company_admin_added" => (
            Changed,
            &[
                "made {people} admin of {company}",
                "made {people} admin",
                "added an admin",
            ],
        ),
        "company_owners_adding" => (
            Changed,
            &[
                "made {people} owner of {company}",
                "made {people} owner",
                "added an owner",
            ],
        ),
        "company_owner_removing" => (
            Changed,
            &[
                "removed {people} as owner of {company}",
                "removed {people} as owner",
                "removed an owner",
            ],
        ),
        "company_member_restoring" => (
            Changed,
            &[
                "brought {people} back to {company}",
                "brought {people} back",
                "brought a member back",
            ],
        ),
        "company_member_converted_to_guest" => (
            Changed,
            &[
                "made {people} a guest of {company}",
                "made {people} a guest",
                "made a member a guest",
            ],
        ),
        "company_members_permissions_edited" => (
            Changed,
            &[
                "changed what {people} may do",
                "changed permissions in {company}",
                "changed permissions of members",
            ],
        ),
        "guest_invited" => (Changed, &["invited {people} as a guest", "invited a guest"]),
        "kpi_created" => (Changed, &["added the KPI {kpi}", "added a KPI"]),
        "kpi_edited" => (Changed, &["edited the KPI {kpi}", "edited a KPI"]),
        "kpi_deleted" => (Changed, &["deleted the KPI {kpi}", "deleted a KPI"]),
        "kpi_entry_logged" => (
            Changed,
            &["logged a value of {kpi}", "logged a value of a KPI"],
        ),
        _ => return None,
    })
}

/// Documents, files and links: what is left of the kind after `resource_hub_`.
fn papers(deed: &str) -> Option<(Reason, Sentences)> {
    use Reason::{Changed, Comment};
    let (paper, deed) = deed.split_once('_')?;
    Some(match (paper, deed) {
        ("document", "created") => (Changed, &["posted {document}", "posted a document"]),
        ("document", "edited") => (Changed, &["edited {document}", "edited a document"]),
        ("document", "deleted") => (Changed, &["deleted {document}", "deleted a document"]),
        ("document", "commented") => (
            Comment,
            &[
                "in {document}: \"{quote}\"",
                "commented on {document}",
                "commented on a document",
            ],
        ),
        ("file", "created") => (Changed, &["posted {file}", "posted a file"]),
        ("file", "edited") => (Changed, &["edited {file}", "edited a file"]),
        ("file", "deleted") => (Changed, &["deleted {file}", "deleted a file"]),
        ("file", "commented") => (
            Comment,
            &[
                "in {file}: \"{quote}\"",
                "commented on {file}",
                "commented on a file",
            ],
        ),
        ("link", "created") => (Changed, &["posted {link}", "posted a link"]),
        ("link", "edited") => (Changed, &["edited {link}", "edited a link"]),
        ("link", "deleted") => (Changed, &["deleted {link}", "deleted a link"]),
        ("link", "commented") => (
            Comment,
            &[
                "in {link}: \"{quote}\"",
                "commented on {link}",
                "commented on a link",
            ],
        ),
        _ => return None,
    })
}
