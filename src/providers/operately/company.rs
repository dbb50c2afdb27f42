//! The company a token belongs to, and the list of its goals, however many there
//! are.

use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use super::ages::{Age, Op};
use super::client::{Client, Problem};
use super::decode::Listed;
use super::fetch::{AT_ONCE, flags, flags_and, unreadable};
use super::ids::ShortId;

/// Companies of a login that are tried for the one of the token.
const COMPANIES: usize = 20;

/// The token's company. Flat servers do not say which of several it is: the one
/// that answers to its id is it.
///
/// # Errors
/// The server does not say, or cannot be asked.
pub async fn mine(client: &Client) -> Result<Value, Problem> {
    let none = || Problem::NotFound("no company of this token".to_owned());
    let mut told = client.get(Op::Companies, &[]).await?;
    let all = told.get_mut("companies").map(Value::take);
    let Some(Value::Array(mut all)) = all else {
        return Err(none());
    };
    if all.len() == 1 {
        return all.pop().ok_or_else(none);
    }
    if client.build().age == Age::Namespaced {
        let mut told = client.get(Op::Company, &[]).await?;
        return told.get_mut("company").map(Value::take).ok_or_else(none);
    }
    for company in all.into_iter().take(COMPANIES) {
        let id = company
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let query = [("id", id.to_owned())];
        if client.get(Op::Company, &query).await.is_ok() {
            return Ok(company);
        }
    }
    Err(none())
}

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
