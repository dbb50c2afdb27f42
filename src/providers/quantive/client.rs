//! Calls of Quantive's API: the account's header on every one, both versions of
//! paths below one base address, bodies bare or wrapped, pages to their end, and
//! every answer that is no success as a [`Problem`] in words. Decides nothing
//! about goals.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{OnceCell, watch};

use super::problem::Problem;
use super::wire;
use crate::model::exchange::{Fault, FaultKind};
use crate::model::system::{BodyStyle, Special};
use crate::model::text;
use crate::providers::http::{self, Method, Reply, Request};

/// The header that names the account.
const ACCOUNT: &str = "gtmhub-accountId";
/// Things on one page of a list.
pub const PAGE: usize = 100;
/// Pages of one list that are read at most.
const PAGES: usize = 1000;
/// Most of a server's own words that are kept in a sentence.
const WORDS: usize = 200;
/// Claims of tokens that hold the account they were made for.
const CLAIMS: [&str; 2] = [
    "https://gtmhub.com/app_metadata/accountId",
    "https://quantive.com/app_metadata/accountId",
];

/// A base address without the version at its end: each call brings its own.
pub fn base(url: &str) -> &str {
    let url = url.trim().trim_end_matches('/');
    let cut = url.strip_suffix("/v1").or_else(|| url.strip_suffix("/v2"));
    // A host may be called v1.
    cut.filter(|cut| !cut.ends_with('/'))
        .map_or(url, |cut| cut.trim_end_matches('/'))
}

/// What was learned about a server; remembered over starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learned {
    /// Whether it wants bodies wrapped; none before one was refused.
    pub wrapped: Option<bool>,
    /// Fields of objectives that say where their approval stands, as seen.
    pub stages: Vec<String>,
    /// It did not know check-ins when one was sent: it takes values alone.
    pub values_alone: bool,
}

/// Who the token is, by its own word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The user.
    pub user: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The account's name in web addresses; foreign text.
    pub domain: String,
}

/// All pages of a list.
#[derive(Debug, Default)]
pub struct Pages {
    /// The things, each page's new ones.
    pub items: Vec<Value>,
    /// Whether the end was reached.
    pub is_whole: bool,
    /// Whether `fields` was refused, so that whole objects came.
    pub unprojected: bool,
}

/// A list to be read to its end.
#[derive(Clone, Debug)]
pub struct List<'a> {
    /// `/v2/goals`
    pub path: &'a str,
    /// Its parameters without those of paging.
    pub query: Vec<(&'static str, String)>,
    /// The projection; left out for good once it is refused.
    pub fields: Option<String>,
    /// `limit` or `take`.
    pub size: &'static str,
}

/// The API of one account.
#[derive(Debug)]
pub struct Api {
    http: http::Client,
    special: Special,
    account: OnceCell<String>,
    learned: watch::Sender<Learned>,
}

impl Api {
    /// An API over a way to its server.
    pub fn new(http: http::Client, special: Special) -> Self {
        Self {
            http,
            special,
            account: OnceCell::new(),
            learned: watch::Sender::new(Learned::default()),
        }
    }

    /// The way to the server.
    pub fn http(&self) -> &http::Client {
        &self.http
    }

    /// What the settings say.
    pub fn special(&self) -> &Special {
        &self.special
    }

    /// What is known of the server now.
    pub fn learned(&self) -> Learned {
        self.learned.borrow().clone()
    }

    /// Takes in what was learned at an earlier start. What the settings say goes
    /// before it.
    pub fn recall(&self, mut learned: Learned) {
        if self.special.body_style == BodyStyle::Wrapped {
            learned.wrapped = None;
        }
        self.learned.send_replace(learned);
    }

    /// Takes note of which fields of an objective say where its approval stands:
    /// asking for one that does not exist may be refused.
    pub fn note_stages<'a>(&self, names: impl Iterator<Item = &'a str>) {
        let names: Vec<&str> = names.collect();
        self.learned.send_if_modified(|learned| {
            let before = learned.stages.len();
            for name in names {
                if !learned.stages.iter().any(|known| known == name) {
                    learned.stages.push(name.to_owned());
                }
            }
            learned.stages.len() != before
        });
    }

    /// Takes note of whether the server knows check-ins.
    pub fn note_check_ins(&self, does: bool) {
        self.learned.send_if_modified(|learned| {
            let before = std::mem::replace(&mut learned.values_alone, !does);
            before == does
        });
    }

    /// Which account the token was made for, by its own word.
    pub async fn claimed(&self) -> Option<String> {
        let claims = self.http.claims().await.ok().flatten()?;
        CLAIMS.iter().find_map(|claim| wire::said(&claims, claim))
    }

    /// A sentence if the token was made for another account than the settings name.
    pub async fn mismatch(&self) -> Option<String> {
        let set = self.special.workspace.as_deref()?;
        let claimed = self.claimed().await?;
        (claimed != set).then(|| {
            format!(
                "the token was made for account {}, the settings say account_id = \"{}\"",
                text::line(&claimed).truncate(40).as_str(),
                text::line(set).truncate(40).as_str()
            )
        })
    }

    /// The account's id: as set, else as the token says, else as the server says.
    ///
    /// # Errors
    /// Nobody says it.
    pub async fn account_id(&self) -> Result<&str, Problem> {
        if let Some(set) = &self.special.workspace {
            return Ok(set);
        }
        let find = || async {
            if let Some(claimed) = self.claimed().await {
                return Ok(claimed);
            }
            let who = self.who().await?;
            who.and_then(|who| who.account).ok_or_else(|| {
                Problem::Fault(Fault::new(
                    FaultKind::Invalid,
                    "the account's id is missing: Quantive wants it with every request",
                    "set account_id for this account; the page where tokens are made shows it (Settings, Configuration, API tokens)",
                ))
            })
        };
        self.account.get_or_try_init(find).await.map(String::as_str)
    }

    /// Asks who the token is; none where it does not tell its subject or the
    /// server does not know the question. Goes without the account's header.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn who(&self) -> Result<Option<Who>, Problem> {
        let claims = self.http.claims().await.map_err(Problem::Fault)?;
        let Some(subject) = claims.and_then(|claims| wire::said(&claims, "sub")) else {
            return Ok(None);
        };
        let path = format!("/v1/users/app/{}", wire::escaped(&subject));
        let reply = self.http.read(Request::get(path)).await?;
        let told = match self.judged(reply).await.and_then(json_of) {
            Ok(told) => told,
            Err(problem) if problem.is_general() => return Err(problem),
            Err(_) => return Ok(None),
        };
        let of = |key: &str| told.get(key).and_then(wire::id);
        Ok(Some(Who {
            user: of("user"),
            account: of("account"),
            domain: told
                .get("account")
                .map(|account| wire::text(account, "domain"))
                .unwrap_or_default(),
        }))
    }

    /// Asks.
    ///
    /// # Errors
    /// Any answer but a success with JSON in it.
    pub async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value, Problem> {
        let request = query
            .iter()
            .fold(Request::get(path), |request, (name, value)| {
                request.with(*name, value)
            });
        let request = request.header(ACCOUNT, self.account_id().await?);
        let reply = self.http.read(request).await?;
        self.judged(reply).await.and_then(json_of)
    }

    /// Makes a call as it is, with the account's header.
    ///
    /// # Errors
    /// No answer; every status is an answer.
    pub async fn raw(&self, request: Request) -> Result<Reply, Problem> {
        let request = request.header(ACCOUNT, self.account_id().await?);
        Ok(self.http.read(request).await?)
    }

    /// Reads a list to its end. The next page begins after as many things as came,
    /// and what brings nothing new is the end, so that servers which count in
    /// another way, or not at all, are read to the end as well.
    ///
    /// # Errors
    /// A page cannot be read.
    pub async fn all(&self, list: List<'_>, keys: &[&str]) -> Result<Pages, Problem> {
        let mut fields = list.fields.clone();
        let mut pages = Pages::default();
        let mut seen: HashSet<String> = HashSet::new();
        let mut received = 0;
        for _ in 0..PAGES {
            let mut query = list.query.clone();
            query.push(("skip", received.to_string()));
            query.push((list.size, PAGE.to_string()));
            if let Some(fields) = &fields {
                query.push(("fields", fields.clone()));
            }
            let page = match self.get(list.path, &query).await {
                Err(problem) if problem.status() == Some(400) && fields.is_some() => {
                    fields = None;
                    pages.unprojected = true;
                    query.pop();
                    self.get(list.path, &query).await?
                }
                page => page?,
            };
            let items = wire::items(&page, keys);
            received += items.len();
            let fresh: Vec<(String, &Value)> = items
                .iter()
                .map(|item| (wire::id(item).unwrap_or_else(|| item.to_string()), item))
                .filter(|(id, _)| !seen.contains(id))
                .collect();
            if fresh.is_empty() {
                pages.is_whole = true;
                return Ok(pages);
            }
            for (id, item) in fresh {
                seen.insert(id);
                pages.items.push(item.clone());
            }
            let total = wire::number(&page, "totalCount").filter(|total| *total >= 1.0);
            #[expect(clippy::cast_precision_loss, reason = "at most 100,000 things")]
            let is_last = match total {
                Some(total) => received as f64 >= total,
                None => items.len() < PAGE,
            };
            if is_last {
                pages.is_whole = true;
                return Ok(pages);
            }
        }
        Ok(pages)
    }

    /// Writes, once. What a success says is given back as JSON where it is some;
    /// most say nothing.
    ///
    /// # Errors
    /// Any answer but a success. Whether it was done is open after
    /// [`Problem::after_sending`] says that there was no answer.
    pub async fn write(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Option<Value>, Problem> {
        let mut request = Request::new(method, path).header(ACCOUNT, self.account_id().await?);
        if let Some(body) = body {
            request = request.json(body);
        }
        let reply = self.http.send(request).await?;
        let reply = self.judged(reply).await?;
        if reply.is_page() {
            // A page of the network in its place: nobody knows what was done.
            return json_of(reply).map(Some);
        }
        Ok(reply.json().ok())
    }

    /// Writes a body that servers want either bare or under `name`: in the form
    /// that is known to work, and on a 400 once in the other one.
    ///
    /// # Errors
    /// As [`Api::write`]; of two refusals the first.
    pub async fn write_either(
        &self,
        method: Method,
        path: &str,
        name: &str,
        body: Value,
    ) -> Result<Option<Value>, Problem> {
        let usual = self.special.body_style == BodyStyle::Wrapped;
        let is_wrapped = self.learned.borrow().wrapped.unwrap_or(usual);
        let form = |wrapped: bool| match wrapped {
            true => json!({ name: body.clone() }),
            false => body.clone(),
        };
        let first = self
            .write(method.clone(), path, Some(form(is_wrapped)))
            .await;
        let Err(refused) = first else { return first };
        if refused.status() != Some(400) {
            return Err(refused);
        }
        match self.write(method, path, Some(form(!is_wrapped))).await {
            Ok(told) => {
                self.learned
                    .send_modify(|learned| learned.wrapped = Some(!is_wrapped));
                Ok(told)
            }
            Err(other) if other.status() == Some(400) => Err(refused),
            Err(other) => Err(other),
        }
    }

    async fn judged(&self, reply: Reply) -> Result<Reply, Problem> {
        if reply.is_success() {
            return Ok(reply);
        }
        let hint = match reply.status {
            401 | 403 => self.mismatch().await.unwrap_or_default(),
            _ => String::new(),
        };
        Err(Problem::Status {
            status: reply.status,
            words: words_of(&reply),
            wait: reply.retry_after.map(|wait| wait.as_secs().max(1)),
            hint,
        })
    }
}

fn json_of(reply: Reply) -> Result<Value, Problem> {
    reply.json().map_err(Problem::Fault)
}

/// The server's own words out of one of many shapes of errors, cleaned and short.
fn words_of(reply: &Reply) -> String {
    if reply.is_page() {
        return String::new();
    }
    let said = match reply.json() {
        Ok(value) => message_of(&value),
        Err(_) => Some(reply.text().into_owned()),
    };
    let said = said.unwrap_or_default();
    text::line(said.trim()).truncate(WORDS).as_str().to_owned()
}

fn message_of(value: &Value) -> Option<String> {
    const NAMES: [&str; 5] = ["message", "error", "error_description", "detail", "title"];
    let text = |value: Option<&Value>| value?.as_str().map(str::to_owned);
    NAMES
        .iter()
        .find_map(|name| text(value.get(name)).filter(|said| !said.trim().is_empty()))
        .or_else(|| text(value.pointer("/errors/0/message")))
        .or_else(|| text(value.pointer("/errors/0")))
        .or_else(|| text(Some(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b18_the_version_at_the_end_of_an_address_is_cut() {
        for (url, cut) in [
            ("https://app.gtmhub.com/api", "https://app.gtmhub.com/api"),
            ("https://app.gtmhub.com/api/", "https://app.gtmhub.com/api"),
            (
                "https://app.gtmhub.com/api/v1",
                "https://app.gtmhub.com/api",
            ),
            (
                " https://x.example/results/api/v2/ ",
                "https://x.example/results/api",
            ),
            ("http://127.0.0.1:4010/v1", "http://127.0.0.1:4010"),
            ("https://v1", "https://v1"),
            ("https://x.example/apiv2", "https://x.example/apiv2"),
        ] {
            assert_eq!(base(url), cut);
        }
    }

    #[test]
    fn the_first_text_of_many_shapes_is_the_message() {
        for (body, message) in [
            (json!({"message": "m", "error": "e"}), Some("m")),
            (json!({"message": "", "error": "e"}), Some("e")),
            (
                json!({"message": {"x": 1}, "error_description": "d"}),
                Some("d"),
            ),
            (json!({"detail": "d", "title": "t"}), Some("d")),
            (json!({"title": "t"}), Some("t")),
            (
                json!({"errors": [{"message": "first"}, {"message": "x"}]}),
                Some("first"),
            ),
            (json!({"errors": ["first"]}), Some("first")),
            (json!("text"), Some("text")),
            (json!({"code": 7}), None),
            (json!([1]), None),
        ] {
            assert_eq!(message_of(&body).as_deref(), message, "{body}");
        }
    }
}
