//! Answers questions: what is around the goals first (sessions, people, who I am,
//! the scale, owners and reviewers), then the goals of the running sessions with
//! their key results, a hundred a request.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Map, Value, json};

use super::account::Quantive;
use super::around::Around;
use super::client::{List, Pages};
use super::decode::{Lens, Read, Someone};
use super::problem::{Problem, optional};
use super::{ids, review, wire};
use crate::model::check_in::Comment;
use crate::model::exchange::{Batch, Fault, FaultKind, Found, Query};
use crate::model::goal::{Goal, Stage};
use crate::model::ids::{CommentId, GoalId, PersonId};
use crate::model::person::Person;
use crate::providers::Sink;

/// What is asked of objectives besides what says where an approval stands.
const FIELDS: &str = "name,description,parentId,sessionId,ownerId,ownerIds,assignee,attainment,aggregatedAttainment,attainmentTypeString,dateCreated,dateFrom,dateTo,closedStatus,url,tags,metricsCount";
/// What is asked of metrics.
const METRIC_FIELDS: &str = "id,name,goalId,ownerId,assignee,actual,initialValue,target,critical,targetOperator,manualType,dynamic,insightName,fieldName,cascadeType,format,attainment,progressStatus,confidence,lastCheckInDate,dueDate,obfuscated,metricHistory";
/// Goals whose approval is looked at closely in one answer.
const LOOKED_AT: usize = 20;
/// Goals of one batch.
const TOGETHER: usize = 500;
/// Metrics of one goal whose history is read one by one.
const HISTORIES: usize = 60;

/// The goals of these sessions; all goals where there are no sessions.
pub fn sessions_filter(sessions: &[String]) -> Value {
    match sessions {
        [] => json!({}),
        sessions => json!({ "sessionId": { "$in": sessions } }),
    }
}

impl Quantive {
    pub(super) fn today(&self) -> chrono::NaiveDate {
        (self.clock)().date_naive()
    }

    fn lens<'a>(&'a self, around: &'a Around) -> Lens<'a> {
        Lens {
            account: &self.account,
            scale: &around.scale,
            sessions: &around.sessions,
            groups: &around.groups,
            today: self.today(),
            due_after: self.api.special().due_after.0,
            values_alone: self.api.learned().values_alone,
        }
    }

    /// Answers a question.
    pub(super) async fn ask(&self, query: Query, sink: Sink) -> Result<(), Problem> {
        match query {
            Query::Glance => {
                let mut sink = sink;
                sink(Batch::default());
                Ok(())
            }
            Query::All | Query::Since(_) => Box::pin(self.everything(sink)).await,
            Query::Goal(goal) => {
                let mut sink = sink;
                // The second goal with an id cannot be asked for: nothing is new.
                let batch = match ids::writable(&self.account, 'g', goal.as_str()) {
                    Ok(_) => match Box::pin(self.goal_itself(&goal)).await? {
                        Some(batch) => batch,
                        None => return Err(Problem::Fault(another())),
                    },
                    Err(_) => Batch::default(),
                };
                sink(batch);
                Ok(())
            }
            Query::Search(words) => {
                let mut sink = sink;
                let found = self.search(&words).await?;
                sink(Batch {
                    found,
                    ..Batch::default()
                });
                Ok(())
            }
        }
    }

    /// Everybody, with who I am and who did what nobody is named for.
    fn everybody(&self, around: &Around, more: &[Someone]) -> Vec<Person> {
        let mut people: Vec<Person> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for someone in around.people.iter().chain(more) {
            if seen.insert(&someone.id) {
                people.push(someone.person(&self.account));
            }
        }
        let one = |id: PersonId, name: &str| Person {
            id,
            account: self.account.clone(),
            name: name.to_owned(),
            handle: String::new(),
        };
        if around.my_id.is_none() {
            people.push(one(around.me.clone(), &around.my_name));
        }
        people.push(one(self.lens(around).somebody(), "somebody"));
        people
    }

    /// The projection of objectives: with the fields of approvals that are known
    /// to exist.
    fn fields(&self) -> String {
        let stages: String = self
            .api
            .learned()
            .stages
            .iter()
            .map(|field| format!(",{field}"))
            .collect();
        format!("{FIELDS}{stages},metrics{{{METRIC_FIELDS}}}")
    }

    async fn goals_by(&self, filter: &Value) -> Result<Pages, Problem> {
        let list = List {
            path: "/v2/goals",
            query: vec![
                ("filter", filter.to_string()),
                ("sort", "dateCreated,name".to_owned()),
                ("formatting", "plainText".to_owned()),
            ],
            fields: Some(self.fields()),
            size: "limit",
        };
        self.api.all(list, &["items"]).await
    }

    /// The objectives of the running sessions as they come.
    pub(super) async fn goals(&self, around: &Around) -> Result<Pages, Problem> {
        match self.goals_by(&sessions_filter(&around.current)).await {
            Err(problem) if problem.status() == Some(404) => self.goals_of_v1(around).await,
            pages => pages,
        }
    }

    /// The same from servers without the newer list, a session at a time.
    async fn goals_of_v1(&self, around: &Around) -> Result<Pages, Problem> {
        let mut all = Pages {
            is_whole: true,
            ..Pages::default()
        };
        let sessions = around.current.iter().map(Some);
        let sessions: Vec<Option<&String>> = match around.current.is_empty() {
            true => vec![None],
            false => sessions.collect(),
        };
        for session in sessions {
            let mut query = vec![
                ("includeMetrics", "true".to_owned()),
                ("sort", "dateCreated,name".to_owned()),
            ];
            query.extend(session.map(|session| ("sessionId", session.clone())));
            let list = List {
                path: "/v1/goals",
                query,
                fields: None,
                size: "take",
            };
            let pages = self.api.all(list, &["items"]).await?;
            all.is_whole &= pages.is_whole;
            let is_new = |item: &Value| {
                let id = wire::id(item);
                all.items.iter().all(|known| wire::id(known) != id)
            };
            let fresh: Vec<Value> = pages.items.into_iter().filter(is_new).collect();
            all.items.extend(fresh);
        }
        Ok(all)
    }

    /// Metrics that a goal's answer left out, and histories, from the list of
    /// metrics. Whether histories are known now.
    async fn complete(&self, goals: &mut [Value], filter: &Value) -> Result<bool, Problem> {
        let lacks = |goal: &Value| {
            !goal.get("metrics").is_some_and(Value::is_array)
                && wire::number(goal, "metricsCount") != Some(0.0)
        };
        let lacks_metrics = goals.iter().any(lacks);
        let mut metrics = goals.iter().flat_map(|goal| wire::list(goal, "metrics"));
        let has_metrics = metrics.clone().next().is_some();
        let has_history = metrics.any(|metric| metric.get("metricHistory").is_some());
        if !lacks_metrics && (has_history || !has_metrics) {
            return Ok(true);
        }
        let list = List {
            path: "/v2/metrics",
            query: vec![
                ("filter", filter.to_string()),
                ("sort", "goalId,name".to_owned()),
                ("formatting", "plainText".to_owned()),
            ],
            fields: Some(METRIC_FIELDS.to_owned()),
            size: "limit",
        };
        let told = optional(self.api.all(list, &["items"]).await)?.items;
        let mut by_goal: HashMap<String, Vec<Value>> = HashMap::new();
        let mut has_history = has_history;
        for metric in told {
            has_history |= metric.get("metricHistory").is_some();
            by_goal
                .entry(wire::text(&metric, "goalId"))
                .or_default()
                .push(metric);
        }
        for goal in goals {
            let Some(told) = wire::id(goal).and_then(|id| by_goal.remove(&id)) else {
                continue;
            };
            join_metrics(goal, told);
        }
        Ok(has_history)
    }

    async fn everything(&self, mut sink: Sink) -> Result<(), Problem> {
        let around = Box::pin(self.around(true)).await?;
        sink(Batch {
            people: self.everybody(&around, &[]),
            me: Some(around.me.clone()),
            more: true,
            ..Batch::default()
        });
        let mut pages = self.goals(&around).await?;
        let filter = sessions_filter(&around.current);
        let mut has_history = self.complete(&mut pages.items, &filter).await?;
        let mut waiting = self.waiting(&around, &pages.items).await?;
        if !waiting.is_empty() {
            let ids: Vec<String> = waiting.iter().filter_map(wire::id).collect();
            let filter = json!({ "goalId": { "$in": ids } });
            has_history &= self.complete(&mut waiting, &filter).await?;
            pages.items.append(&mut waiting);
        }
        let around = self.with_sessions(around, &pages.items).await?;
        let mut read = Read::default();
        let lens = self.lens(&around);
        for goal in &pages.items {
            lens.add(&mut read, goal);
        }
        self.look_closely(&around, &mut read.goals).await?;
        sink(Batch {
            people: self.everybody(&around, &read.people),
            more: true,
            ..Batch::default()
        });
        let mut goals = read.goals.into_iter().peekable();
        while goals.peek().is_some() {
            sink(Batch {
                goals: goals.by_ref().take(TOGETHER).collect(),
                brief: !has_history,
                more: true,
                ..Batch::default()
            });
        }
        sink(Batch {
            full: pages.is_whole,
            ..Batch::default()
        });
        Ok(())
    }

    /// Goals that wait for my approval and are none of the running sessions'.
    async fn waiting(&self, around: &Around, known: &[Value]) -> Result<Vec<Value>, Problem> {
        let Some(me) = &around.my_id else {
            return Ok(Vec::new());
        };
        let groups = &around.groups;
        let missing: Vec<&String> = groups
            .reviewers
            .iter()
            .filter(|(_, reviewers)| reviewers.contains(me))
            .map(|(id, _)| id)
            .filter(|id| match groups.stages.get(*id) {
                None => true,
                Some(told) => told.stage() == Some(Stage::InReview),
            })
            .filter(|id| known.iter().all(|goal| wire::id(goal).as_ref() != Some(id)))
            .collect();
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let filter = json!({ "_id": { "$in": missing } });
        let pages = optional(self.goals_by(&filter).await)?;
        // A server that ignores the filter sends others.
        let asked = |goal: &Value| wire::id(goal).is_some_and(|id| missing.contains(&&id));
        Ok(pages.items.into_iter().filter(asked).collect())
    }

    /// What was done about the approvals that concern me: since when they stand
    /// where they stand, and what was said.
    async fn look_closely(&self, around: &Around, goals: &mut [Goal]) -> Result<(), Problem> {
        let concerns_me = |goal: &Goal| {
            goal.approval.as_ref().is_some_and(|approval| {
                approval.stage != Stage::Approved
                    && (goal.champion.as_ref() == Some(&around.me)
                        || approval.reviewers.contains(&around.me))
            })
        };
        let looked_at: Vec<&mut Goal> = goals
            .iter_mut()
            .filter(|goal| concerns_me(goal))
            .take(LOOKED_AT)
            .collect();
        let told = join_all(looked_at.into_iter().map(|goal| async move {
            let actions = self.actions(&goal.id).await;
            actions.map(|actions| (goal, actions))
        }));
        for told in told.await {
            let (goal, actions) = told?;
            self.take_actions(goal, &actions);
        }
        Ok(())
    }

    fn take_actions(&self, goal: &mut Goal, actions: &[review::Action]) {
        if let Some(approval) = &mut goal.approval {
            approval.since = actions.iter().filter_map(|action| action.at).max();
        }
        let said = actions.iter().enumerate().filter_map(|(place, action)| {
            if action.comment.trim().is_empty() {
                return None;
            }
            let id = match action.id.as_str() {
                "" => format!("{}-{place}", goal.id),
                id => id.to_owned(),
            };
            Some(Comment {
                id: CommentId::new(ids::ours(&self.account, 'w', &id)),
                author: match &action.by {
                    Some(id) => PersonId::new(ids::ours(&self.account, 'u', id)),
                    None => PersonId::new(format!("{}:somebody", self.account)),
                },
                at: action.at?,
                text: match action.word.trim() {
                    "" => action.comment.clone(),
                    word => format!("{word}: {}", action.comment),
                },
            })
        });
        goal.comments = said.collect();
        goal.comments.sort_by_key(|comment| comment.at);
    }

    /// What was done about a goal's approval; nothing where that is not told.
    pub(super) async fn actions(&self, goal: &GoalId) -> Result<Vec<review::Action>, Problem> {
        let Some(id) = ids::theirs(&self.account, 'g', goal.as_str()) else {
            return Ok(Vec::new());
        };
        let path = format!("/v1/goals/{}/workflow-actions", wire::escaped(id));
        let told = optional(self.api.get(&path, &[]).await)?;
        Ok(review::actions(&told))
    }

    /// One objective as it is told, whole.
    pub(super) async fn raw_goal(&self, id: &str) -> Result<Value, Problem> {
        let path = format!("/v1/goals/{}", wire::escaped(id));
        let query = [("formatting", "plainText".to_owned())];
        let told = self.api.get(&path, &query).await?;
        self.api.note_stages(review::fields_of(&told));
        Ok(told)
    }

    /// One goal with all it has, to prepare a write; gone if it is. It is taken for
    /// the one that was asked for, whatever the answer calls it.
    pub(super) async fn goal(&self, goal: &GoalId) -> Result<Batch, Problem> {
        let batch = self.goal_told(goal, false).await?;
        Ok(batch.unwrap_or_default())
    }

    /// The same, to be shown and kept; none if the answer is about another goal, as
    /// of a mock that knows one answer only.
    pub(super) async fn goal_itself(&self, goal: &GoalId) -> Result<Option<Batch>, Problem> {
        self.goal_told(goal, true).await
    }

    async fn goal_told(&self, goal: &GoalId, itself: bool) -> Result<Option<Batch>, Problem> {
        let id = ids::writable(&self.account, 'g', goal.as_str()).map_err(Problem::Fault)?;
        let around = Box::pin(self.around(false)).await?;
        let told = match self.raw_goal(id).await {
            Ok(told) => told,
            Err(problem) if matches!(problem.status(), Some(404 | 410)) => {
                return Ok(Some(Batch {
                    gone: vec![goal.clone()],
                    ..Batch::default()
                }));
            }
            Err(problem) => return Err(problem),
        };
        if itself && wire::id(&told).is_some_and(|told| told != id) {
            return Ok(None);
        }
        Box::pin(self.whole(around, id, told)).await.map(Some)
    }

    /// A goal that was told, with what its own answer left out.
    async fn whole(
        &self,
        around: Arc<Around>,
        id: &str,
        mut told: Value,
    ) -> Result<Batch, Problem> {
        if let Some(fields) = told.as_object_mut() {
            // It is the one that was asked for, whatever it calls itself.
            fields.insert("id".to_owned(), json!(id));
        }
        let lacks_metrics = !told.get("metrics").is_some_and(Value::is_array);
        let has_history = match lacks_metrics {
            true => {
                let filter = json!({ "goalId": id });
                self.complete(std::slice::from_mut(&mut told), &filter)
                    .await?
            }
            false => self.histories(&mut told).await?,
        };
        let around = self
            .with_sessions(around, std::slice::from_ref(&told))
            .await?;
        let mut read = Read::default();
        let lens = self.lens(&around);
        lens.add(&mut read, &told);
        self.look_closely(&around, &mut read.goals).await?;
        Ok(Batch {
            goals: read.goals,
            people: self.everybody(&around, &read.people),
            me: Some(around.me.clone()),
            brief: !has_history,
            ..Batch::default()
        })
    }

    /// Histories of a goal's metrics that its own answer left out, one by one.
    async fn histories(&self, goal: &mut Value) -> Result<bool, Problem> {
        let metrics = wire::list(goal, "metrics");
        if metrics.is_empty() || metrics.iter().any(|one| one.get("metricHistory").is_some()) {
            return Ok(true);
        }
        let ids: Vec<String> = metrics
            .iter()
            .filter_map(wire::id)
            .take(HISTORIES)
            .collect();
        let told = join_all(ids.into_iter().map(|id| async move {
            let told = optional(self.raw_metric(&id).await)?;
            Ok::<_, Problem>((id, told))
        }));
        let mut all = Vec::new();
        for told in told.await {
            let (id, mut metric) = told?;
            if let Some(fields) = metric.as_object_mut() {
                fields.insert("id".to_owned(), json!(id));
                all.push(metric);
            }
        }
        let has_history = all
            .iter()
            .any(|metric| metric.get("metricHistory").is_some());
        join_metrics(goal, all);
        Ok(has_history)
    }

    /// One metric as it is told, with its history.
    pub(super) async fn raw_metric(&self, id: &str) -> Result<Value, Problem> {
        let path = format!("/v1/metrics/{}", wire::escaped(id));
        self.api.get(&path, &[]).await
    }

    /// Objectives and metrics of all sessions by their names.
    async fn search(&self, words: &str) -> Result<Vec<Found>, Problem> {
        let words = words.trim();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let ask = |path: &'static str, fields: &'static str| async move {
            let query = [
                (
                    "filter",
                    json!({ "name": { "$regex": pattern(words) } }).to_string(),
                ),
                ("fields", fields.to_owned()),
                ("sort", "name".to_owned()),
                ("skip", "0".to_owned()),
                ("limit", "100".to_owned()),
            ];
            self.api.get(path, &query).await
        };
        let (goals, metrics) = tokio::join!(
            ask("/v2/goals", "name,url"),
            ask("/v2/metrics", "name,goalId,url"),
        );
        let lists = [
            ("goal", "id", goals?),
            ("key result", "goalId", optional(metrics)?),
        ];
        let mut found = Vec::new();
        for (kind, key, told) in lists {
            for item in wire::items(&told, &["items"]) {
                let goal = match key {
                    "id" => wire::id(item),
                    key => wire::said(item, key),
                };
                found.push(Found {
                    kind: kind.to_owned(),
                    title: wire::text(item, "name"),
                    goal: goal.map(|id| GoalId::new(ids::ours(&self.account, 'g', &id))),
                    link: wire::text(item, "url"),
                });
            }
        }
        Ok(found)
    }
}

fn another() -> Fault {
    Fault::new(
        FaultKind::Unreadable,
        "the server's answer is about another goal than was asked for",
        "check the account's url",
    )
}

/// Puts what the list of metrics told into a goal: fields of those it has, and
/// all it does not have.
fn join_metrics(goal: &mut Value, told: Vec<Value>) {
    let Some(fields) = goal.as_object_mut() else {
        return;
    };
    let metrics = fields.entry("metrics").or_insert_with(|| json!([]));
    if !metrics.is_array() {
        *metrics = json!([]);
    }
    let Some(metrics) = metrics.as_array_mut() else {
        return;
    };
    let had_none = metrics.is_empty();
    for new in told {
        let id = wire::id(&new);
        match metrics.iter_mut().find(|known| wire::id(known) == id) {
            Some(known) if !had_none => fill(known, new),
            _ => metrics.push(new),
        }
    }
}

/// Adds the fields that are missing.
fn fill(known: &mut Value, more: Value) {
    if let (Some(known), Value::Object(more)) = (known.as_object_mut(), more) {
        let more: Map<String, Value> = more;
        for (key, value) in more {
            known.entry(key).or_insert(value);
        }
    }
}

/// A pattern that finds these words in any case, on servers whatever options they
/// know.
fn pattern(words: &str) -> String {
    words
        .chars()
        .map(|letter| match letter {
            letter if letter.is_alphabetic() => {
                let (low, high): (String, String) = (
                    letter.to_lowercase().collect(),
                    letter.to_uppercase().collect(),
                );
                match low == high || low.chars().count() > 1 || high.chars().count() > 1 {
                    true => letter.to_string(),
                    false => format!("[{high}{low}]"),
                }
            }
            letter if letter.is_alphanumeric() || letter == ' ' => letter.to_string(),
            letter => format!("\\{letter}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_taken_as_they_are() {
        assert_eq!(pattern("Nps 5"), "[Nn][Pp][Ss] 5");
        assert_eq!(pattern("a.*(b"), "[Aa]\\.\\*\\([Bb]");
        assert_eq!(pattern("ß"), "ß");
    }

    #[test]
    fn names_with_quotes_make_a_sound_filter() {
        let filter = json!({ "name": { "$regex": pattern("say \"hi\"") } }).to_string();
        let read: Value = serde_json::from_str(&filter).unwrap();
        assert_eq!(read["name"]["$regex"], "[Ss][Aa][Yy] \\\"[Hh][Ii]\\\"");
    }
}
