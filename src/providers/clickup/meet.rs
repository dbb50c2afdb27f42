//! Meeting a server: who the token is, which Workspace, how many goals; and calls
//! of any kind. Keeps nothing.

use super::client::Client;
use super::read::{Asker, Hearer, Reader};
use crate::model::direct::{Call, CallAnswer, Introduction, Method};
use crate::model::exchange::Fault;
use crate::providers::http;

/// Meets the server of an account.
///
/// # Errors
/// The token does not count, the Workspace must be chosen, or there is no answer.
pub async fn introduce(reader: &Reader, client: &Client) -> Result<Introduction, Fault> {
    let hearer = Hearer::new(Box::new(|_| {}));
    let fault = |problem: super::client::Problem| problem.fault();
    let asker = Asker::Screen(&hearer);
    let me = reader.me(asker).await.map_err(fault)?;
    let team = reader.team(asker).await.map_err(fault)?;
    let list = reader.list(&team, asker).await.map_err(fault)?;
    let company = match team.name.as_str() {
        "" => format!("Workspace {}", team.id),
        name => name.to_owned(),
    };
    let dress = match client.learned().bare {
        true => ", token sent bare",
        false => "",
    };
    Ok(Introduction {
        person: me.person.name,
        company,
        server: format!("ClickUp API v2{dress}"),
        may_write: None,
        spaces: None,
        goals: Reader::count(&list),
    })
}

/// Makes any call, with the path as in ClickUp's reference: with or without what
/// the account's address ends in.
///
/// # Errors
/// No answer, or a path that leads elsewhere; every status is an answer.
pub async fn call(client: &Client, call: Call) -> Result<CallAnswer, Fault> {
    let path = below(client.http().site().base().path(), &call.path);
    let has_no_body = call.body.is_none() && call.method == Method::Delete;
    let mut request = http::direct::request(call, path, None);
    if has_no_body {
        request = request.header("content-type", "application/json");
    }
    let reply = client.call(request).await;
    Ok(http::direct::answer(
        reply.map_err(|problem| problem.fault())?,
    ))
}

/// A path below a base path, whichever of the base's last parts it repeats.
fn below(base: &str, path: &str) -> String {
    let path = format!("/{}", path.trim_start_matches('/'));
    let base = base.trim_end_matches('/');
    let starts = base.match_indices('/').map(|(at, _)| at);
    for at in starts {
        let end = base.get(at..).unwrap_or_default();
        if let Some(rest) = path.strip_prefix(end)
            && rest.starts_with('/')
        {
            return rest.to_owned();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_may_repeat_the_end_of_the_address() {
        for (base, path, want) in [
            ("/api/v2", "goal/1", "/goal/1"),
            ("/api/v2", "/goal/1", "/goal/1"),
            ("/api/v2", "/v2/goal/1", "/goal/1"),
            ("/api/v2", "/api/v2/goal/1", "/goal/1"),
            ("/api/v2/", "/v22/goal/1", "/v22/goal/1"),
            ("/mock/api/v2", "/api/v2/team", "/team"),
            ("", "/v2/team", "/v2/team"),
            ("/", "team", "/team"),
        ] {
            assert_eq!(below(base, path), want, "{base} {path}");
        }
    }
}
