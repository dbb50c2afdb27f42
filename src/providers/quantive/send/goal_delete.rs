//! Deleting goals. What is under one moves up first: Quantive does not say what
//! becomes of it otherwise.

use serde_json::{Value, json};

use crate::model::exchange::Answer;
use crate::model::ids::GoalId;
use crate::providers::http::Method;

use super::super::account::Quantive;
use super::super::client::List;
use super::super::problem::optional;
use super::super::{ids, wire};
use super::{Out, Stop, accepted, harmless, not_there, repeatable};

impl Quantive {
    pub(super) async fn delete_goal(&self, goal: &GoalId, looking: bool) -> Out {
        let id = self.goal_id(goal)?;
        let path = format!("/v1/goals/{}", wire::escaped(id));
        let mut moved = Vec::new();
        match self.raw_goal(id).await {
            // Gone already.
            Err(problem) if matches!(problem.status(), Some(404 | 410)) => {}
            Err(problem) => return Err(harmless(problem)),
            Ok(_) if looking => return Err(not_there()),
            Ok(now) => {
                moved = self.move_up(id, &wire::text(&now, "parentId")).await?;
                match self.api.write(Method::DELETE, &path, None).await {
                    Ok(_) => {}
                    Err(problem) if matches!(problem.status(), Some(404 | 410)) => {}
                    Err(problem) => return Err(repeatable(problem)),
                }
            }
        }
        let moved: Vec<&GoalId> = moved.iter().collect();
        let mut batch = self.facts(&moved).await?;
        batch.gone.push(goal.clone());
        Ok(accepted(batch, None))
    }

    /// Puts the goals under one under its own parent; which they are.
    async fn move_up(&self, id: &str, parent: &str) -> Result<Vec<GoalId>, Stop> {
        let list = List {
            path: "/v2/goals",
            query: vec![
                ("filter", json!({ "parentId": id }).to_string()),
                ("sort", "dateCreated,name".to_owned()),
            ],
            fields: Some("name,parentId".to_owned()),
            size: "limit",
        };
        let told = optional(self.api.all(list, &["items"]).await).map_err(harmless)?;
        let is_under = |goal: &&Value| wire::text(goal, "parentId") == id;
        let mut moved = Vec::new();
        for child in told.items.iter().filter(is_under) {
            let Some(child) = wire::id(child).filter(|child| child != id) else {
                continue;
            };
            let path = format!("/v1/goals/{}", wire::escaped(&child));
            let body = json!({ "parentId": parent });
            match self
                .api
                .write_either(Method::PATCH, &path, "goal", body)
                .await
            {
                Ok(_) => {}
                Err(problem) if problem.status() == Some(404) => continue,
                Err(problem) => {
                    return Err(match repeatable(problem).answer() {
                        Answer::Refused(mut fault) => {
                            fault.why = format!("a goal under it cannot move up: {}", fault.why);
                            fault.into()
                        }
                        answer => answer.into(),
                    });
                }
            }
            moved.push(GoalId::new(ids::ours(&self.account, 'g', &child)));
        }
        Ok(moved)
    }
}
