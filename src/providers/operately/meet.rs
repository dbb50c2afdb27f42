//! Meeting a server: who the token is, of which company, what it may do, and how
//! much there is; and calls of any kind. Keeps nothing.

use serde_json::Value;

use super::ages::Op;
use super::client::{BASE, Client, Problem};
use super::company;
use crate::model::direct::{Call, CallAnswer, Introduction};
use crate::model::exchange::{Fault, FaultKind};
use crate::providers::http;

/// Meets the server of an account.
///
/// # Errors
/// It is no Operately, the token does not count, or there is no answer.
pub async fn introduce(client: &Client) -> Result<Introduction, Fault> {
    let me = client
        .get(Op::Me, &[])
        .await
        .map_err(|problem| match problem {
            Problem::NoSuchOperation(_) => unknown_server(client),
            // Hidden from everybody: it is the address that is wrong.
            Problem::NotFound(_) => unknown_server(client),
            other => other.fault(),
        })?;
    let spaces = count(client, Op::Spaces, "/spaces").await?;
    let goals = company::goals(client, &[]).await;
    let goals = goals.map_err(|problem| problem.fault())?;
    Ok(Introduction {
        person: string(&me, "/me/full_name"),
        // A server that does not name it is no reason to refuse the account.
        company: company::mine(client)
            .await
            .map_or_else(|_| String::new(), |company| string(&company, "/name")),
        server: client.build().words(),
        // Nor is one that does not tell this.
        may_write: client.may_write().await.ok(),
        spaces: Some(spaces),
        goals: goals.iter().map(|answer| items(answer, "/goals")).sum(),
    })
}

fn unknown_server(client: &Client) -> Fault {
    let host = client.http().site().host();
    Fault::new(
        FaultKind::Unreadable,
        format!("what answers at {host} has no interface of Operately that goaldeck knows"),
        "check the account's url; a server older than March 2026 must be updated first",
    )
}

fn string(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

async fn count(client: &Client, op: Op, pointer: &str) -> Result<usize, Fault> {
    let list = client.get(op, &[]).await;
    let list = list.map_err(|problem| problem.fault())?;
    Ok(items(&list, pointer))
}

fn items(answer: &Value, pointer: &str) -> usize {
    let items = answer.pointer(pointer).and_then(Value::as_array);
    items.map_or(0, Vec::len)
}

/// Makes any call: a path that does not begin with `/api/` is one of the external
/// interface.
///
/// # Errors
/// No answer, or a path that leads elsewhere; every status is an answer.
pub async fn call(client: &Client, call: Call) -> Result<CallAnswer, Fault> {
    let path = call.path.trim_start_matches('/');
    let path = if path.starts_with("api/") {
        format!("/{path}")
    } else {
        format!("{BASE}/{path}")
    };
    let request = http::direct::request(call, path, None);
    Ok(http::direct::answer(client.http().read(request).await?))
}
