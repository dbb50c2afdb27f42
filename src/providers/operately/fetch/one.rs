//! One goal or project with all it has.

use futures_util::future::{try_join, try_join3};
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use super::{
    AT_ONCE, CHECK_IN_FLAGS, GOAL_FLAGS, PROJECT_FLAGS, Reader, flags, flags_and, unreadable,
};
use crate::model::check_in::{Acknowledged, CheckIn, Comment};
use crate::model::exchange::{Batch, Fault};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{CheckInId, GoalId, PersonId};
use crate::model::person::Person;
use crate::providers::Sink;
use crate::providers::operately::ages::Op;
use crate::providers::operately::client::Problem;
use crate::providers::operately::decode::{self, Waiting};
use crate::providers::operately::ids::ShortId;

/// Check-ins whose comments are read, counted from the newest.
const THREADS: usize = 30;

/// A goal as it was read, before what others said to it.
struct Found {
    goal: Goal,
    /// Check-ins with comments, newest first.
    threads: Vec<ShortId>,
    /// Whether I may acknowledge its last check-in, where that is told.
    allowed: Option<(ShortId, bool)>,
    people: Vec<Person>,
}

impl Reader {
    pub(super) async fn one(&self, id: &GoalId, sink: &mut Sink) -> Result<(), Fault> {
        let Some(short) = ShortId::of_ours(id.as_str()) else {
            // Made here and not sent yet: the server knows nothing of it.
            sink(Batch::default());
            return Ok(());
        };
        let first = if self.is_project(short) {
            Nature::Project
        } else {
            Nature::Goal
        };
        let second = match first {
            Nature::Project => Nature::Goal,
            Nature::Goal | Nature::Folder => Nature::Project,
        };
        for nature in [first, second] {
            match self.read_one(short, nature).await {
                Ok(found) => return self.tell(found, short, sink).await,
                Err(Problem::NotFound(_)) => {}
                Err(problem) => return Err(problem.fault()),
            }
        }
        sink(Batch {
            gone: vec![id.clone()],
            ..Batch::default()
        });
        Ok(())
    }

    async fn read_one(&self, id: ShortId, nature: Nature) -> Result<Found, Problem> {
        let place = self.place().await;
        let (ask, list, key, with) = match nature {
            Nature::Goal | Nature::Folder => (Op::Goal, Op::CheckIns, "goal_id", GOAL_FLAGS),
            Nature::Project => (
                Op::Project,
                Op::ProjectCheckIns,
                "project_id",
                PROJECT_FLAGS,
            ),
        };
        let mut history = vec![(key, id.to_string())];
        if nature == Nature::Project {
            history.extend(flags(&["include_author", "include_reactions"]));
        }
        let query = flags_and(with, "id", id);
        let (answer, history) = try_join(
            self.client.get(ask, &query),
            self.client.get(list, &history),
        )
        .await?;
        let goal = match nature {
            Nature::Goal | Nature::Folder => answer
                .get("goal")
                .and_then(|value| decode::goal(value, &place)),
            Nature::Project => answer
                .get("project")
                .and_then(|value| decode::project(value, &place)),
        };
        let mut goal = goal.ok_or_else(|| Problem::Unreadable(unreadable(ask)))?;
        let read = match nature {
            Nature::Goal | Nature::Folder => decode::check_ins(&history, &goal),
            Nature::Project => decode::project_history(&history, &goal),
        };
        let read = read.ok_or_else(|| Problem::Unreadable(unreadable(list)))?;
        for check_in in read.items {
            join(&mut goal, check_in);
        }
        let mut people = decode::people_in(&answer, &self.account);
        people.extend(decode::people_in(&history, &self.account));
        Ok(Found {
            threads: threads(&history),
            allowed: answer.pointer("/goal/last_check_in").and_then(|last| {
                let id = ShortId::parse(last.get("id")?.as_str()?)?;
                Some((id, decode::can_acknowledge(last)?))
            }),
            goal,
            people,
        })
    }

    /// What others said to it, and whether anything of it waits for me.
    async fn tell(&self, found: Found, id: ShortId, sink: &mut Sink) -> Result<(), Fault> {
        let Found {
            mut goal,
            threads,
            allowed,
            mut people,
        } = found;
        let (waiting, noted, comments) = try_join3(
            self.waiting(),
            self.who_noted(&goal),
            self.comments(&goal, &threads),
        )
        .await?;
        if let Some((check_in, noted)) = noted {
            people.extend(noted.1);
            let known = goal.check_ins.iter_mut();
            for known in known.filter(|known| known.id == check_in) {
                known.acknowledged = Some(noted.0.clone());
            }
        }
        let is_cut = comments.len() < threads.len();
        for (thread, said, met) in comments {
            people.extend(met);
            let name = thread.within(&self.account);
            let check_in = goal
                .check_ins
                .iter_mut()
                .find(|check_in| check_in.id.as_str() == name);
            if let Some(check_in) = check_in {
                check_in.comments = said;
            }
        }
        if let Some(mut waiting) = waiting {
            if let Some((check_in, allowed)) = allowed {
                waiting.allow(check_in, allowed);
            }
            decode::settle(&mut goal, &waiting);
        }
        if goal.nature == Nature::Project {
            self.note_projects(std::iter::once(id));
        }
        if is_nameless(&goal, &decode::nobody(&self.account).id) {
            people.push(decode::nobody(&self.account));
        }
        sink(Batch {
            goals: vec![goal],
            people,
            may_write: Some(self.client.may_try_writing().await),
            // Comments under old check-ins that were not read are not gone.
            brief: is_cut,
            ..Batch::default()
        });
        Ok(())
    }

    /// What waits for me by the server's list; none where it has none.
    async fn waiting(&self) -> Result<Option<Waiting>, Fault> {
        let me = self.signed_in().await?;
        let Some(answer) = self.bearable(Op::Assignments, Vec::new()).await? else {
            return Ok(None);
        };
        let list = decode::assignments(&answer, &self.account)
            .ok_or_else(|| unreadable(Op::Assignments))?;
        let by_editors = self.client.build().editors_acknowledge();
        Ok(Some(Waiting::new(me, &list, by_editors)))
    }

    /// Who acknowledged the last check-in of a goal: lists only say that somebody
    /// did. Lists of projects say who.
    async fn who_noted(&self, goal: &Goal) -> Result<Option<Noted>, Fault> {
        let last = goal
            .check_ins
            .iter()
            .rfind(|check_in| check_in.occasion.is_regular())
            .filter(|last| last.acknowledged.is_some() && goal.nature == Nature::Goal);
        let Some((last, id)) = last.and_then(|last| {
            let id = ShortId::of_ours(last.id.as_str())?;
            Some((last, id))
        }) else {
            return Ok(None);
        };
        let query = flags_and(CHECK_IN_FLAGS, "id", id);
        let answer = self.bearable(Op::CheckIn, query).await?;
        Ok(answer.and_then(|answer| {
            let read = decode::check_in(answer.get("update")?, goal)?;
            let people = decode::people_in(&answer, &self.account);
            Some((last.id.clone(), (read.acknowledged?, people)))
        }))
    }

    /// Comments under the newest check-ins that have any.
    async fn comments(&self, goal: &Goal, threads: &[ShortId]) -> Result<Vec<Thread>, Fault> {
        let kind = match goal.nature {
            Nature::Goal | Nature::Folder => "goal_update",
            Nature::Project => "project_check_in",
        };
        let answers: Vec<Result<Option<Thread>, Fault>> =
            stream::iter(threads.iter().take(THREADS).copied())
                .map(|thread| async move {
                    let query = vec![
                        ("entity_id", thread.to_string()),
                        ("entity_type", kind.to_owned()),
                    ];
                    let answer = self.bearable(Op::Comments, query).await?;
                    Ok(answer.and_then(|answer| {
                        let said = decode::comments(&answer, &self.account)?;
                        let people = decode::people_in(&answer, &self.account);
                        Some((thread, said.items, people))
                    }))
                })
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
        answers.into_iter().filter_map(Result::transpose).collect()
    }
}

/// A check-in, who acknowledged it and whom its answer names.
type Noted = (CheckInId, (Acknowledged, Vec<Person>));

/// A check-in, its comments and whom they name.
type Thread = (ShortId, Vec<Comment>, Vec<Person>);

/// The list of check-ins knows what moved; what came with the goal knows who
/// reacted.
fn join(goal: &mut Goal, mut check_in: CheckIn) {
    let known = goal
        .check_ins
        .iter()
        .position(|known| known.id == check_in.id);
    if let Some(place) = known {
        let known = goal.check_ins.remove(place);
        if check_in.reactions.is_empty() {
            check_in.reactions = known.reactions;
        }
    }
    goal.check_ins.push(check_in);
    goal.check_ins.sort_by_key(|check_in| check_in.at);
}

/// Check-ins that others commented on, newest first as the server lists them.
fn threads(history: &Value) -> Vec<ShortId> {
    let lists = ["check_ins", "project_check_ins"];
    let list = lists
        .into_iter()
        .find_map(|key| history.get(key)?.as_array());
    list.into_iter()
        .flatten()
        .filter(|check_in| decode::is_published(check_in))
        .filter(|check_in| decode::comments_count(check_in) > 0)
        .filter_map(|check_in| ShortId::parse(check_in.get("id")?.as_str()?))
        .collect()
}

/// Whether somebody wrote on it whom the server does not name.
fn is_nameless(goal: &Goal, nobody: &PersonId) -> bool {
    goal.check_ins.iter().any(|check_in| {
        let mut comments = check_in.comments.iter();
        check_in.author == *nobody || comments.any(|comment| comment.author == *nobody)
    })
}
