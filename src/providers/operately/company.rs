//! The list of a company's goals, however many there are.

use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use super::ages::Op;
use super::client::{Client, Problem};
use super::decode::Listed;
use super::fetch::{AT_ONCE, flags, flags_and, unreadable};
use super::ids::ShortId;

/// All goals with these flags in one answer, or in one for every space where that
/// is too large.
///
/// # Errors
/// One of the answers did not come.
pub async fn goals(client: &Client, with: &[&'static str]) -> Result<Vec<Value>, Problem> {
    match client.get(Op::Goals, &flags(with)).await {
        Ok(answer) => return Ok(vec![answer]),
        Err(Problem::TooLarge(_)) => {}
        Err(problem) => return Err(problem),
    }
    let spaces = client.get(Op::Spaces, &[]).await?;
    let id = |space: &Value| ShortId::parse(space.get("id")?.as_str()?);
    let spaces = Listed::of(&spaces, "spaces", id);
    let spaces = spaces.ok_or_else(|| Problem::Unreadable(unreadable(Op::Spaces)))?;
    let answers: Vec<Result<Value, Problem>> = stream::iter(spaces.items)
        .map(|space| async move {
            let query = flags_and(with, "space_id", space);
            client.get(Op::Goals, &query).await
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    answers.into_iter().collect()
}
