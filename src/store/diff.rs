//! What changed between two moments, goal by goal: a pure function of two stores.

use serde::Serialize;

use crate::model::goal::Goal;
use crate::model::ids::{GoalId, PersonId, ResultId};
use crate::model::key_result::{KeyResult, Reading};
use crate::model::progress;
use crate::model::status::Status;
use crate::model::{figures, values};

use super::Store;

/// What changed about one goal.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Which; of one that is not there any more its last state is in the earlier
    /// store.
    pub goal: GoalId,
    /// In the order of importance.
    pub changes: Vec<Changed>,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Changed {
    /// It was not there before.
    New,
    /// It is not there any more.
    Deleted,
    /// It was closed.
    Closed {
        /// With which status.
        status: Status,
    },
    /// It was opened again.
    Reopened,
    /// It has another name.
    Renamed {
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// It shows under another goal; none is the top.
    Moved {
        /// Before.
        from: Option<GoalId>,
        /// After.
        to: Option<GoalId>,
    },
    /// It has another status.
    Status {
        /// Before.
        from: Status,
        /// After.
        to: Status,
    },
    /// It has another progress, raw, where lists show it by whole percents.
    Progress {
        /// Before; none where nothing counted.
        from: Option<f64>,
        /// After.
        to: Option<f64>,
    },
    /// A key result reads otherwise.
    Value {
        /// Which.
        key_result: ResultId,
        /// Its name.
        name: String,
        /// Before; none where it read nothing.
        from: Option<Reading>,
        /// After.
        to: Option<Reading>,
    },
    /// A key result aims elsewhere.
    Target {
        /// Which.
        key_result: ResultId,
        /// Its name.
        name: String,
        /// Before.
        from: Option<f64>,
        /// After.
        to: Option<f64>,
    },
    /// It has a key result more.
    ResultAdded {
        /// Which.
        key_result: ResultId,
        /// Its name.
        name: String,
    },
    /// It has a key result less.
    ResultRemoved {
        /// Which.
        key_result: ResultId,
        /// Its name.
        name: String,
    },
    /// Its last day moved.
    Due {
        /// Before.
        from: Option<chrono::NaiveDate>,
        /// After.
        to: Option<chrono::NaiveDate>,
    },
    /// Somebody else answers for it.
    Champion {
        /// Before.
        from: Option<PersonId>,
        /// After.
        to: Option<PersonId>,
    },
    /// Somebody else acknowledges its check-ins.
    Reviewer {
        /// Before.
        from: Option<PersonId>,
        /// After.
        to: Option<PersonId>,
    },
}

/// What changed from one moment to another, by name of the goal; of goals that one
/// of the two has in an account that the other does not know, nothing.
pub fn diff(before: &Store, after: &Store) -> Vec<Difference> {
    let mut all = Vec::new();
    for goal in after.goals() {
        let changes = match before.goal(&goal.id) {
            Some(was) => changes(before, was, after, goal),
            None => vec![Changed::New],
        };
        all.push((goal, changes));
    }
    let deleted = before.goals();
    let deleted = deleted.filter(|goal| after.goal(&goal.id).is_none());
    all.extend(deleted.map(|goal| (goal, vec![Changed::Deleted])));
    all.retain(|(_, changes)| !changes.is_empty());
    all.sort_by(|(one, _), (other, _)| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    let differences = all.into_iter();
    let difference = |(goal, changes): (&Goal, Vec<Changed>)| Difference {
        goal: goal.id.clone(),
        changes,
    };
    differences.map(difference).collect()
}

fn changes(before: &Store, was: &Goal, after: &Store, is: &Goal) -> Vec<Changed> {
    let mut changes = Vec::new();
    // What its provider does not show any more is gone; its copy does not count.
    match (was.gone, is.gone) {
        (None, Some(_)) => return vec![Changed::Deleted],
        (Some(_), None) => return vec![Changed::New],
        (Some(_), Some(_)) => return Vec::new(),
        (None, None) => {}
    }
    match (&was.closed, &is.closed) {
        (None, Some(_)) => changes.push(Changed::Closed { status: is.status }),
        (Some(_), None) => changes.push(Changed::Reopened),
        _ if was.status != is.status => changes.push(Changed::Status {
            from: was.status,
            to: is.status,
        }),
        _ => {}
    }
    if was.name != is.name {
        changes.push(Changed::Renamed {
            from: was.name.clone(),
            to: is.name.clone(),
        });
    }
    let (from, to) = (before.above(was), after.above(is));
    if from != to {
        changes.push(Changed::Moved {
            from: from.cloned(),
            to: to.cloned(),
        });
    }
    let shown = |store: &Store, id| store.figures(id).and_then(|one| one.shown_progress());
    let (from, to) = (shown(before, &was.id), shown(after, &is.id));
    if from.and_then(progress::whole_percent) != to.and_then(progress::whole_percent) {
        changes.push(Changed::Progress { from, to });
    }
    of_results(&before.summed(was), &after.summed(is), &mut changes);
    if was.due != is.due {
        changes.push(Changed::Due {
            from: was.due,
            to: is.due,
        });
    }
    if was.champion != is.champion {
        changes.push(Changed::Champion {
            from: was.champion.clone(),
            to: is.champion.clone(),
        });
    }
    if was.reviewer != is.reviewer {
        changes.push(Changed::Reviewer {
            from: was.reviewer.clone(),
            to: is.reviewer.clone(),
        });
    }
    changes
}

fn of_results(was: &Goal, is: &Goal, changes: &mut Vec<Changed>) {
    for result in &is.results {
        let (key_result, name) = (result.id.clone(), result.name.clone());
        let Some(before) = was.result(&result.id) else {
            changes.push(Changed::ResultAdded { key_result, name });
            continue;
        };
        if before.current != result.current {
            changes.push(Changed::Value {
                key_result: key_result.clone(),
                name: name.clone(),
                from: before.current.clone(),
                to: result.current.clone(),
            });
        }
        if before.target != result.target {
            changes.push(Changed::Target {
                key_result,
                name,
                from: before.target,
                to: result.target,
            });
        }
    }
    let removed = was.results.iter();
    let removed = removed.filter(|result| is.result(&result.id).is_none());
    changes.extend(removed.map(|result| Changed::ResultRemoved {
        key_result: result.id.clone(),
        name: result.name.clone(),
    }));
}

impl Changed {
    /// The word for it, as in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Changed::New => "new",
            Changed::Deleted => "deleted",
            Changed::Closed { .. } => "closed",
            Changed::Reopened => "reopened",
            Changed::Renamed { .. } => "renamed",
            Changed::Moved { .. } => "moved",
            Changed::Status { .. } => "status",
            Changed::Progress { .. } => "progress",
            Changed::Value { .. } => "value",
            Changed::Target { .. } => "target",
            Changed::ResultAdded { .. } => "result_added",
            Changed::ResultRemoved { .. } => "result_removed",
            Changed::Due { .. } => "due",
            Changed::Champion { .. } => "champion",
            Changed::Reviewer { .. } => "reviewer",
        }
    }

    /// What changed about a goal, for people: `status On track → At risk`. Names are
    /// foreign text.
    pub fn words(&self, goal: &GoalId, before: &Store, after: &Store) -> String {
        let status = |status: &Status| status.words().word;
        match self {
            Changed::New => "new".to_owned(),
            Changed::Deleted => "deleted".to_owned(),
            Changed::Closed { status: as_what } => {
                format!("closed as {}", status(as_what).to_lowercase())
            }
            Changed::Reopened => "opened again".to_owned(),
            Changed::Renamed { from, .. } => format!("renamed, was \u{201c}{from}\u{201d}"),
            Changed::Moved { from, to } => {
                format!(
                    "moved from {} to {}",
                    place(from.as_ref(), before),
                    place(to.as_ref(), after)
                )
            }
            Changed::Status { from, to } => {
                format!("status {} → {}", status(from), status(to))
            }
            Changed::Progress { from, to } => figures::progress_words(*from, *to),
            Changed::Value {
                key_result,
                name,
                from,
                to,
            } => match after.goal(goal).and_then(|goal| goal.result(key_result)) {
                Some(result) => value(result, from.as_ref(), to.as_ref()),
                None => name.clone(),
            },
            Changed::Target {
                key_result,
                name,
                from,
                to,
            } => {
                let result = after.goal(goal).and_then(|goal| goal.result(key_result));
                let show = |target: &Option<f64>| match (target, result) {
                    (Some(target), Some(result)) => values::show(result, &Reading::Number(*target)),
                    _ => "none".to_owned(),
                };
                format!("{name} target {} → {}", show(from), show(to))
            }
            Changed::ResultAdded { name, .. } => format!("new key result: {name}"),
            Changed::ResultRemoved { name, .. } => format!("key result removed: {name}"),
            Changed::Due { from, to } => format!("due {} → {}", day(*from), day(*to)),
            Changed::Champion { from, to } => {
                let name = |person: &Option<PersonId>, store| name(person.as_ref(), store);
                format!("champion {} → {}", name(from, before), name(to, after))
            }
            Changed::Reviewer { from, to } => {
                let name = |person: &Option<PersonId>, store| name(person.as_ref(), store);
                format!("reviewer {} → {}", name(from, before), name(to, after))
            }
        }
    }
}

fn place(goal: Option<&GoalId>, store: &Store) -> String {
    match goal {
        None => "the top".to_owned(),
        Some(id) => match store.goal(id) {
            Some(goal) => format!("\u{201c}{}\u{201d}", goal.name),
            None => "a goal that is not known".to_owned(),
        },
    }
}

fn name(person: Option<&PersonId>, store: &Store) -> String {
    person.map_or_else(|| "nobody".to_owned(), |person| store.name_of(person))
}

fn day(day: Option<chrono::NaiveDate>) -> String {
    day.map_or_else(
        || "open".to_owned(),
        |day| day.format("%-d %b %Y").to_string(),
    )
}

fn value(result: &KeyResult, from: Option<&Reading>, to: Option<&Reading>) -> String {
    let name = &result.name;
    match (from, to) {
        (Some(from), Some(to)) => {
            let change = values::change(result, from, to);
            match figures::points_words(result, from, to) {
                Some(points) => format!("{name} {change} ({points})"),
                None => format!("{name} {change}"),
            }
        }
        (None, Some(to)) => format!("{name} now {}", values::show(result, to)),
        (_, None) => format!("{name} reads nothing any more"),
    }
}
