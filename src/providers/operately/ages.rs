//! The operations we use by their names at servers of both ages, and what a
//! server of a known build can do. Renamed group by group between March and
//! April 2026: a build in between has the old name of one operation and the new
//! name of another, so the age is a first guess and each operation may differ.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How an operation is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    /// At builds up to March 2026; none if they do not have it.
    pub flat: Option<&'static str>,
    /// Since release 1.5.0; none if it was taken away.
    pub namespaced: Option<&'static str>,
}

impl Names {
    /// The name at a server of this age.
    pub fn at(self, age: Age) -> Option<&'static str> {
        match age {
            Age::Flat => self.flat,
            Age::Namespaced => self.namespaced,
        }
    }
}

/// Which names a server speaks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    /// `get_goal`: builds of February and March 2026.
    Flat,
    /// `goals/get`: release 1.5.0 of April 2026 and everything since.
    Namespaced,
}

impl Age {
    /// The other one.
    pub fn other(self) -> Age {
        match self {
            Age::Flat => Age::Namespaced,
            Age::Namespaced => Age::Flat,
        }
    }

    /// In sentences about a server.
    pub fn words(self) -> &'static str {
        match self {
            Age::Flat => "flat names, March 2026",
            Age::Namespaced => "namespaced names, 1.5 or newer",
        }
    }
}

macro_rules! operations {
    ($($(#[$doc:meta])* $op:ident $flat:literal $namespaced:literal,)+) => {
        /// An operation of the server. Reads are `GET`, writes `POST`; see
        /// [`Op::is_write`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Op {
            $($(#[$doc])* $op,)+
        }

        impl Op {
            /// All of them.
            pub const ALL: &[Op] = &[$(Op::$op,)+];

            /// Its names; `-` stands for "not there".
            pub fn names(self) -> Names {
                let name = |name: &'static str| (name != "-").then_some(name);
                match self {
                    $(Op::$op => Names { flat: name($flat), namespaced: name($namespaced) },)+
                }
            }
        }
    };
}

operations! {
    /// Who is signed in.
    Me "get_me" "people/get_me",
    /// All companies of the login.
    Companies "get_companies" "companies/list",
    /// The company the token belongs to.
    Company "get_company" "companies/get",
    /// Everybody.
    People "get_people" "people/list",
    /// What I owe and must acknowledge.
    Assignments "get_assignments" "people/list_assignments",
    /// How much of it is pressing.
    AssignmentsCount "get_assignments_count" "people/get_assignments_count",
    /// All spaces.
    Spaces "get_spaces" "spaces/list",
    /// Goals and projects as a tree.
    WorkMap "get_work_map" "companies/get_work_map",
    /// What a word finds.
    Search "global_search" "companies/global_search",
    /// All goals.
    Goals "get_goals" "goals/list",
    /// One goal.
    Goal "get_goal" "goals/get",
    /// A goal's check-ins.
    CheckIns "goals/get_check_ins" "goals/list_check_ins",
    /// One check-in.
    CheckIn "get_goal_progress_update" "goals/get_check_in",
    /// All projects.
    Projects "get_projects" "projects/list",
    /// One project.
    Project "get_project" "projects/get",
    /// A project's check-ins.
    ProjectCheckIns "get_project_check_ins" "projects/list_check_ins",
    /// One check-in of a project.
    ProjectCheckIn "get_project_check_in" "projects/get_check_in",
    /// Comments under something.
    Comments "get_comments" "comments/list",
    /// The inbox.
    Notifications "get_notifications" "notifications/list",
    /// How many lines of it are unread.
    UnreadCount "get_unread_notification_count" "notifications/get_unread_count",
    /// One activity.
    Activity "get_activity" "companies/get_activity",

    /// Writes a check-in of a goal.
    CreateCheckIn "post_goal_progress_update" "goals/create_check_in",
    /// Changes one.
    UpdateCheckIn "edit_goal_progress_update" "goals/update_check_in",
    /// Acknowledges one.
    AcknowledgeCheckIn "acknowledge_goal_progress_update" "goals/acknowledge_check_in",
    /// Deletes one (since 1.7.0).
    DeleteCheckIn "-" "goals/delete_check_in",
    /// Acknowledges the closing of a goal (since 1.8.0).
    AcknowledgeRetrospective "-" "goals/acknowledge_retrospective",
    /// Writes a check-in of a project.
    CreateProjectCheckIn "post_project_check_in" "projects/create_check_in",
    /// Changes one.
    UpdateProjectCheckIn "edit_project_check_in" "projects/update_check_in",
    /// Acknowledges one.
    AcknowledgeProjectCheckIn "acknowledge_project_check_in" "projects/acknowledge_check_in",
    /// Deletes one (since 1.6.0).
    DeleteProjectCheckIn "-" "projects/delete_check_in",
    /// Acknowledges the closing of a project (since 1.8.0).
    AcknowledgeProjectRetrospective "-" "projects/acknowledge_retrospective",
    /// Writes a comment.
    CreateComment "create_comment" "comments/create",
    /// Changes one.
    UpdateComment "edit_comment" "comments/update",
    /// Deletes one.
    DeleteComment "delete_comment" "comments/delete",
    /// Puts a reaction.
    CreateReaction "add_reaction" "reactions/create",
    /// Takes one away.
    DeleteReaction "remove_reaction" "reactions/delete",
    /// Marks one inbox line read.
    MarkRead "mark_notification_as_read" "notifications/mark_as_read",
    /// Marks several read.
    MarkManyRead "mark_notifications_as_read" "notifications/mark_many_as_read",
    /// Marks all read.
    MarkAllRead "mark_all_notifications_as_read" "notifications/mark_all_as_read",
    /// Makes a goal.
    CreateGoal "create_goal" "goals/create",
    /// Closes one.
    CloseGoal "close_goal" "goals/close",
    /// Opens one again.
    ReopenGoal "reopen_goal" "goals/reopen",
    /// Deletes one.
    DeleteGoal "delete_goal" "goals/delete",
    /// A goal's name.
    UpdateGoalName "goals/update_name" "goals/update_name",
    /// A goal's description.
    UpdateGoalDescription "goals/update_description" "goals/update_description",
    /// A goal's last day.
    UpdateGoalDueDate "goals/update_due_date" "goals/update_due_date",
    /// A goal's first day.
    UpdateGoalStartDate "goals/update_start_date" "goals/update_start_date",
    /// The goal above a goal.
    UpdateGoalParent "goals/update_parent_goal" "goals/update_parent_goal",
    /// A goal's champion.
    UpdateGoalChampion "goals/update_champion" "goals/update_champion",
    /// A goal's reviewer.
    UpdateGoalReviewer "goals/update_reviewer" "goals/update_reviewer",
    /// Adds a target.
    CreateTarget "goals/add_target" "goals/create_target",
    /// Changes one.
    UpdateTarget "goals/update_target" "goals/update_target",
    /// Sets its value.
    UpdateTargetValue "goals/update_target_value" "goals/update_target_value",
    /// Moves it.
    UpdateTargetIndex "goals/update_target_index" "goals/update_target_index",
    /// Deletes it.
    DeleteTarget "goals/delete_target" "goals/delete_target",
    /// Adds a line to the checklist.
    CreateCheck "goals/add_check" "goals/create_check",
    /// Renames one.
    UpdateCheck "goals/update_check" "goals/update_check",
    /// Moves one.
    UpdateCheckIndex "goals/update_check_index" "goals/update_check_index",
    /// Ticks or unticks one.
    ToggleCheck "goals/toggle_check" "goals/toggle_check",
    /// Deletes one.
    DeleteCheck "goals/delete_check" "goals/delete_check",
    /// A project's name.
    UpdateProjectName "edit_project_name" "projects/update_name",
    /// A project's description.
    UpdateProjectDescription "update_project_description" "projects/update_description",
    /// A project's last day.
    UpdateProjectDueDate "projects/update_due_date" "projects/update_due_date",
    /// A project's first day.
    UpdateProjectStartDate "projects/update_start_date" "projects/update_start_date",
    /// A project's champion.
    UpdateProjectChampion "projects/update_champion" "projects/update_champion",
    /// A project's reviewer.
    UpdateProjectReviewer "projects/update_reviewer" "projects/update_reviewer",
    /// The goal above a project.
    UpdateProjectParent "projects/update_parent_goal" "projects/update_parent_goal",
}

impl Op {
    /// Whether it is a `POST`.
    pub fn is_write(self) -> bool {
        self >= Op::CreateCheckIn
    }
}

/// What is known of a server's build. A server that does not say when it was
/// built is taken for the oldest of its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Its names.
    pub age: Age,
    /// The date in `x-operately-version`, sent since 1.5.0.
    pub date: Option<NaiveDate>,
}

impl Build {
    /// A build from the header's text (`2026-07-16-5f3a9bc`).
    pub fn new(age: Age, version: Option<&str>) -> Self {
        let date = version
            .and_then(|text| text.get(..10))
            .and_then(|day| day.parse().ok());
        Self { age, date }
    }

    fn since(self, year: i32, month: u32, day: u32) -> bool {
        self.age == Age::Namespaced
            && self.date >= NaiveDate::from_ymd_opt(year, month, day)
            && self.date.is_some()
    }

    /// Check-ins can be drafts that only their author sees (1.7.0).
    pub fn has_drafts(self) -> bool {
        self.since(2026, 6, 12)
    }

    /// A check-in may leave its due date out, which keeps the timeframe (1.7.0).
    pub fn may_omit_due_date(self) -> bool {
        self.since(2026, 6, 27)
    }

    /// Goal check-ins can be deleted (1.7.0).
    pub fn deletes_check_ins(self) -> bool {
        self.since(2026, 6, 27)
    }

    /// Any editor but the author acknowledges (1.8.0).
    pub fn editors_acknowledge(self) -> bool {
        self.since(2026, 7, 11)
    }

    /// A second acknowledgement changes nothing (1.8.0).
    pub fn acknowledges_once(self) -> bool {
        self.since(2026, 7, 16)
    }

    /// Retrospectives are acknowledged (1.8.0).
    pub fn acknowledges_retrospectives(self) -> bool {
        self.since(2026, 7, 16)
    }

    /// A uuid is taken where an id is wanted.
    pub fn takes_uuids(self) -> bool {
        self.age == Age::Namespaced
    }

    /// In sentences: `Operately of 2026-07-16 (namespaced names, 1.5 or newer)`.
    pub fn words(self) -> String {
        match self.date {
            Some(date) => format!("Operately of {date} ({})", self.age.words()),
            None => format!("Operately ({})", self.age.words()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_name_at_some_age_and_none_twice() {
        for age in [Age::Flat, Age::Namespaced] {
            let names: Vec<&str> = Op::ALL.iter().filter_map(|op| op.names().at(age)).collect();
            let mut once = names.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), names.len(), "{age:?}");
        }
        for op in Op::ALL {
            let names = op.names();
            assert!(names.flat.is_some() || names.namespaced.is_some(), "{op:?}");
        }
    }

    #[test]
    fn reads_are_named_like_reads() {
        for op in Op::ALL {
            let name = op.names().namespaced.unwrap_or_default();
            let last = name.rsplit('/').next().unwrap_or_default();
            let reads =
                last.starts_with("get") || last.starts_with("list") || last.ends_with("search");
            assert_eq!(op.is_write(), !reads, "{op:?}");
        }
    }

    #[test]
    fn a_build_without_a_date_is_the_oldest_of_its_age() {
        for version in [None, Some("dev-version"), Some("2026"), Some("ä2026-07-16")] {
            let build = Build::new(Age::Namespaced, version);
            assert_eq!(build.date, None);
            assert!(!build.has_drafts() && !build.acknowledges_once());
        }
        let newest = Build::new(Age::Namespaced, Some("2026-08-21-b8b30f1"));
        assert!(newest.has_drafts() && newest.acknowledges_once());
        let first = Build::new(Age::Namespaced, Some("2026-04-01-abcdef0"));
        assert!(!first.has_drafts());
    }
}
