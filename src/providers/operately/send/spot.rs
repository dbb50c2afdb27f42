//! Where comments, reactions and acknowledgements go: one check-in of ours is one
//! of four things at the server.

use serde::{Deserialize, Serialize};

use crate::model::exchange::FaultKind;
use crate::model::goal::Nature;
use crate::model::ids::{CheckInId, GoalId};

use super::super::ages::{Age, Build, Op};
use super::super::ids::ShortId;
use super::now::{flags, id_at};
use super::{Step, Stop, gone};

/// A thing people talk about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(super) enum Spot {
    /// A check-in of a goal.
    CheckIn { id: String },
    /// A check-in of a project.
    ProjectCheckIn { id: String },
    /// The closing or reopening of a goal.
    Thread {
        activity: String,
        /// Where it is talked about; none if nobody can.
        thread: Option<String>,
    },
    /// The retrospective of a project.
    ProjectClosing { id: String },
}

impl Spot {
    /// The id that goes with [`Spot::word`].
    pub fn id(&self) -> Result<&str, Stop> {
        match self {
            Spot::CheckIn { id } | Spot::ProjectCheckIn { id } | Spot::ProjectClosing { id } => {
                Ok(id)
            }
            Spot::Thread { thread, .. } => thread
                .as_deref()
                .ok_or_else(|| gone("the check-in's thread")),
        }
    }

    /// `entity_type` of its comments and reactions.
    pub fn word(&self, build: Build) -> &'static str {
        match (self, build.age) {
            (Spot::CheckIn { .. }, _) => "goal_update",
            (Spot::ProjectCheckIn { .. }, _) => "project_check_in",
            (Spot::Thread { .. }, Age::Flat) => "comment_thread",
            (Spot::Thread { .. }, Age::Namespaced) => "goal_discussion",
            (Spot::ProjectClosing { .. }, _) => "project_retrospective",
        }
    }
}

impl Step<'_> {
    /// Finds out what a check-in is. Costs one request for the usual one.
    pub(super) async fn spot(&self, goal: &GoalId, check_in: &CheckInId) -> Result<Spot, Stop> {
        let id = ShortId::of_ours(check_in.as_str()).ok_or_else(|| gone("the check-in"))?;
        let (of_goal, of_project) = (
            Spot::CheckIn { id: id.to_string() },
            Spot::ProjectCheckIn { id: id.to_string() },
        );
        let is_project = self.desk.facts.nature(goal) == Some(Nature::Project);
        let order = match is_project {
            false => [(Op::CheckIn, of_goal), (Op::ProjectCheckIn, of_project)],
            true => [(Op::ProjectCheckIn, of_project), (Op::CheckIn, of_goal)],
        };
        for (op, spot) in order {
            match self.read(op, &[("id", id.to_string())]).await {
                Ok(_) => return Ok(spot),
                Err(Stop::Refused(fault)) if fault.kind == FaultKind::Gone => {}
                Err(other) => return Err(other),
            }
        }
        self.closing(goal, id).await
    }

    async fn closing(&self, goal: &GoalId, id: ShortId) -> Result<Spot, Stop> {
        match self.read(Op::Activity, &[("id", id.to_string())]).await {
            Ok(told) => {
                let thread = told
                    .pointer("/activity/comment_thread")
                    .and_then(|thread| id_at(thread, "id"));
                return Ok(Spot::Thread {
                    activity: id.to_string(),
                    thread: thread.map(|id| id.to_string()),
                });
            }
            Err(Stop::Refused(fault)) if fault.kind == FaultKind::Gone => {}
            Err(other) => return Err(other),
        }
        let project = super::id_of_goal(goal)?;
        let told = self.read(Op::Project, &flags(project)).await;
        let told = told.map_err(|answer| match answer {
            Stop::Refused(fault) if fault.kind == FaultKind::Gone => gone("the check-in"),
            other => other,
        })?;
        let found = told
            .pointer("/project/retrospective")
            .and_then(|closing| id_at(closing, "id"));
        match found {
            Some(found) if found == id => Ok(Spot::ProjectClosing { id: id.to_string() }),
            _ => Err(gone("the check-in")),
        }
    }
}
