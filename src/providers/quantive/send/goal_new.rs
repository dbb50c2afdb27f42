//! New goals: the goal first, then its key results one by one. Each is looked for
//! by its name before it is made again.

use serde_json::{Value, json};

use crate::model::exchange::{Answer, Change, FaultKind, Letter};
use crate::model::goal::Goal;
use crate::model::ids::{GoalId, PersonId};
use crate::model::key_result::KeyResult;
use crate::providers::http::Method;

use super::super::account::Quantive;
use super::super::around::Around;
use super::super::client::List;
use super::super::{ids, wire};
use super::trail::{Note, astray};
use super::{
    Out, Stop, accepted, after_sending, body, harmless, invalid, not_there, refused, unsupported,
};

impl Quantive {
    pub(super) async fn create_goal(&self, goal: &Goal, letter: &Letter, looking: bool) -> Out {
        for result in &goal.results {
            if let Some(why) = body::unfit(result) {
                return Err(unsupported(
                    format!("{}: {why}", crate::model::text::line(&result.name)),
                    "change it (e) or drop this entry (D)",
                ));
            }
        }
        let around = Box::pin(self.around(false)).await.map_err(harmless)?;
        match Note::of(letter.trail.as_ref())? {
            None => {
                let sent = self.new_goal(&around, goal).await?;
                let known = self.named_so(&sent).await?;
                Ok(Note::NewGoal { known }.onward())
            }
            Some(Note::NewGoal { known }) => {
                let sent = self.new_goal(&around, goal).await?;
                let now = self.named_so(&sent).await?;
                let id = match now.into_iter().find(|id| !known.contains(id)) {
                    Some(id) => id,
                    None if looking => return Err(not_there()),
                    None => self.post_goal(sent).await?,
                };
                Ok(Note::Made { id }.onward())
            }
            Some(Note::Made { id }) => self.results_of_new(&around, goal, &id, looking).await,
            Some(_) => Err(astray()),
        }
    }

    async fn post_goal(&self, sent: Value) -> Result<String, Stop> {
        let told = self
            .api
            .write_either(Method::POST, "/v1/goals", "goal", sent)
            .await
            .map_err(after_sending)?;
        let told = told.unwrap_or_default();
        let id = wire::id(&told).or_else(|| told.get("goal").and_then(wire::id));
        // It was made, and under which name is found by looking.
        let unsaid = || Answer::NoAnswer("Quantive made it without saying its id".to_owned());
        id.ok_or_else(|| unsaid().into())
    }

    /// Ids of the goals in its session that have its name.
    async fn named_so(&self, sent: &Value) -> Result<Vec<String>, Stop> {
        let name = wire::text(sent, "name");
        let session = wire::text(sent, "sessionId");
        let list = List {
            path: "/v2/goals",
            query: vec![
                (
                    "filter",
                    json!({ "sessionId": session, "name": name }).to_string(),
                ),
                ("sort", "dateCreated,name".to_owned()),
            ],
            fields: Some("name,sessionId".to_owned()),
            size: "limit",
        };
        let pages = self.api.all(list, &["items"]).await.map_err(harmless)?;
        let is_so = |goal: &&Value| {
            wire::text(goal, "name").trim() == name.trim()
                && (wire::text(goal, "sessionId") == session || session.is_empty())
        };
        Ok(pages
            .items
            .iter()
            .filter(is_so)
            .filter_map(wire::id)
            .collect())
    }

    /// A goal as it is made.
    async fn new_goal(&self, around: &Around, goal: &Goal) -> Result<Value, Stop> {
        let parent = match &goal.parent {
            Some(parent) => Some(self.goal_id(parent)?),
            None => None,
        };
        let mut sent = json!({ "name": goal.name });
        let Some(fields) = sent.as_object_mut() else {
            return Ok(sent);
        };
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(key.to_owned(), value);
            }
        };
        let session = self.session_for(around, goal, parent).await?;
        put("sessionId", session.map(Value::from));
        put("parentId", parent.map(Value::from));
        let owner = self.owner_of(around, goal.champion.as_ref())?;
        put("ownerIds", owner.as_ref().map(|owner| json!([owner])));
        put("ownerId", owner.map(Value::from));
        let description = goal.description.trim();
        put(
            "description",
            (!description.is_empty()).then(|| json!(goal.description)),
        );
        put(
            "dateFrom",
            goal.start.map(|day| json!(body::first_day(Some(day)))),
        );
        put(
            "dateTo",
            goal.due.map(|day| json!(body::last_day(Some(day)))),
        );
        put(
            "tags",
            (!goal.tags.is_empty()).then(|| body::tags(&goal.tags)),
        );
        Ok(sent)
    }

    /// The session a new goal belongs to: its parent's, if that one runs, else the
    /// shortest running one that holds its days, else the shortest.
    async fn session_for(
        &self,
        around: &Around,
        goal: &Goal,
        parent: Option<&str>,
    ) -> Result<Option<String>, Stop> {
        if let Some(parent) = parent {
            let told = self.raw_goal(parent).await.map_err(harmless)?;
            if let Some(session) = wire::said(&told, "sessionId")
                && around.current.contains(&session)
            {
                return Ok(Some(session));
            }
        }
        let running = around
            .current
            .iter()
            .filter_map(|id| around.sessions.iter().find(|session| session.id == *id));
        let holds = |session: &&super::super::decode::Session| {
            let days = [goal.start, goal.due];
            days.into_iter().flatten().all(|day| session.has(day))
        };
        let fit = running.clone().find(holds);
        match fit.or_else(|| running.clone().next()) {
            Some(session) => Ok(Some(session.id.clone())),
            None => Err(refused(
                FaultKind::Invalid,
                "no session runs in Quantive, and a goal belongs to one",
                "open a session on Quantive's own page, then send it again (R)",
            )),
        }
    }

    /// The owner to send: who is named, else me.
    pub(super) fn owner_of(
        &self,
        around: &Around,
        champion: Option<&PersonId>,
    ) -> Result<Option<String>, Stop> {
        let Some(champion) = champion.filter(|champion| **champion != around.me) else {
            return Ok(around.my_id.clone());
        };
        if champion.as_str() == format!("{}:me", self.account) {
            return Ok(around.my_id.clone());
        }
        let id = ids::writable(&self.account, 'u', champion.as_str());
        id.map(|id| Some(id.to_owned())).map_err(|_| {
            invalid(
                "Quantive does not know its champion",
                "choose another one (e) or drop this entry (D)",
            )
        })
    }

    async fn results_of_new(&self, around: &Around, goal: &Goal, id: &str, looking: bool) -> Out {
        let now = self.raw_goal(id).await.map_err(harmless)?;
        let names = wire::list(&now, "metrics");
        let mut names: Vec<String> = names.iter().map(|one| wire::text(one, "name")).collect();
        let owner = self.owner_of(around, goal.champion.as_ref())?;
        for result in &goal.results {
            let place = names
                .iter()
                .position(|name| name.trim() == result.name.trim());
            if let Some(place) = place {
                names.swap_remove(place);
                continue;
            }
            if looking {
                return Err(not_there());
            }
            self.post_metric(result, id, owner.as_deref()).await?;
        }
        let made = GoalId::new(ids::ours(&self.account, 'g', id));
        let mut batch = self.facts(&[&made]).await?;
        batch.gone.push(goal.id.clone());
        Ok(accepted(batch, Some(Change::DeleteGoal { goal: made })))
    }

    /// Makes one key result.
    pub(super) async fn post_metric(
        &self,
        result: &KeyResult,
        goal: &str,
        owner: Option<&str>,
    ) -> Result<(), Stop> {
        let own = result.particulars().owner.as_ref();
        let own = own.and_then(|own| ids::theirs(&self.account, 'u', own.as_str()));
        let sent = body::new_metric(result, goal, own.or(owner));
        let told = self
            .api
            .write(Method::POST, "/v1/metrics", Some(sent))
            .await;
        told.map(|_| ()).map_err(after_sending)
    }
}
