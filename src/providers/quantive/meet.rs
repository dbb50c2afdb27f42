//! Meeting a server: who the token is, which account it sees and how much there
//! is; and calls of any kind. Keeps nothing.

use super::account::Quantive;
use super::fetch::sessions_filter;
use super::problem::Problem;
use super::wire;
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::providers::http;

impl Quantive {
    /// Says who is there. A token that was made for another account than the
    /// settings name is told with the server.
    pub(super) async fn meet(&self) -> Result<Introduction, Problem> {
        let around = Box::pin(self.around(true)).await?;
        let query = [
            ("filter", sessions_filter(&around.current).to_string()),
            ("fields", "name".to_owned()),
            ("limit", "1".to_owned()),
        ];
        let page = self.api.get("/v2/goals", &query).await;
        let goals = match page {
            Ok(page) => wire::number(&page, "totalCount"),
            Err(problem) if problem.status() == Some(404) => None,
            Err(problem) => return Err(problem),
        };
        let goals = match goals {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a count"
            )]
            Some(count) => count.clamp(0.0, 1e6) as usize,
            // It does not count: all of them are read.
            None => self.goals(&around).await?.items.len(),
        };
        let titles: Vec<&str> = around
            .current
            .iter()
            .filter_map(|id| around.sessions.iter().find(|session| session.id == *id))
            .map(|session| session.title.as_str())
            .collect();
        let mut server = match titles.as_slice() {
            [] => "Quantive Results, no session runs".to_owned(),
            titles => format!("Quantive Results, {}", titles.join(" and ")),
        };
        if let Some(mismatch) = self.api.mismatch().await {
            server = format!("{server} (warning: {mismatch})");
        }
        Ok(Introduction {
            person: around.my_name.clone(),
            company: around.domain.clone(),
            server,
            may_write: None,
            spaces: None,
            goals,
        })
    }

    /// Makes any call; paths are those of the reference, with their version.
    pub(super) async fn direct(&self, call: Call) -> Result<CallAnswer, Problem> {
        let path = format!("/{}", call.path.trim_start_matches('/'));
        let request = http::direct::request(call, path, None);
        Ok(http::direct::answer(self.api.raw(request).await?))
    }
}
