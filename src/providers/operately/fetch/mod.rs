//! Answers questions by asking an Operately server. Keeps no facts: only which
//! company the token belongs to and which ids are projects.

mod all;
mod cursor;
mod one;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::ages::Op;
use super::client::{Client, Problem};
use super::company;
use super::decode::{self, Place};
use super::ids::{CompanyId, ShortId};
use crate::model::exchange::{Batch, Cursor, Fault, FaultKind, Query};
use crate::model::ids::{AccountName, PersonId};
use crate::model::person::Person;
use crate::model::time::Time;
use crate::providers::Sink;

use cursor::Mark;

/// After this long everything is read again, whatever the counts say: what others
/// do to goals that are not mine changes no count.
const STALE: TimeDelta = TimeDelta::minutes(15);
/// Single reads under way at once. The client has a limit of its own for all.
pub(super) const AT_ONCE: usize = 4;
/// Letters a search needs; the server finds nothing by fewer.
const SHORTEST_SEARCH: usize = 2;

/// What goals are asked for with in lists.
pub const LIST_FLAGS: &[&str] = &[
    "include_space",
    "include_last_check_in",
    "include_champion",
    "include_reviewer",
];
/// What one goal is asked for with, so that [`decode::goal`] may read it.
pub const GOAL_FLAGS: &[&str] = &[
    "include_space",
    "include_last_check_in",
    "include_champion",
    "include_reviewer",
    "include_permissions",
    "include_retrospective",
];
/// What projects are asked for with, one or all, so that [`decode::project`] may
/// read them.
pub const PROJECT_FLAGS: &[&str] = &[
    "include_space",
    "include_last_check_in",
    "include_champion",
    "include_reviewer",
    "include_goal",
    "include_retrospective",
];
/// What one check-in of a goal is asked for with.
pub const CHECK_IN_FLAGS: &[&str] = &[
    "include_author",
    "include_acknowledged_by",
    "include_reactions",
    "include_permissions",
];
/// What one check-in of a project is asked for with.
pub const PROJECT_CHECK_IN_FLAGS: &[&str] = &[
    "include_author",
    "include_acknowledged_by",
    "include_reactions",
];

/// Flags as parameters.
pub fn flags(names: &[&'static str]) -> Vec<(&'static str, String)> {
    names
        .iter()
        .map(|name| (*name, "true".to_owned()))
        .collect()
}

/// Flags and an id as parameters.
pub fn flags_and(
    names: &[&'static str],
    key: &'static str,
    id: ShortId,
) -> Vec<(&'static str, String)> {
    let mut query = flags(names);
    query.push((key, id.to_string()));
    query
}

/// Reads one account of one server.
#[derive(Debug)]
pub struct Reader {
    client: Arc<Client>,
    account: AccountName,
    /// Address of the company's pages, once it is known.
    web: OnceCell<String>,
    known: Mutex<Known>,
}

/// What was seen before and saves a request.
#[derive(Debug, Default)]
struct Known {
    /// Who is signed in, and the mark of the token that says so.
    me: Option<(PersonId, String)>,
    /// Ids that were projects: an id alone does not tell.
    projects: HashSet<ShortId>,
}

impl Reader {
    /// Reads through a client as an account.
    pub fn new(client: Arc<Client>, account: AccountName) -> Self {
        Self {
            client,
            account,
            web: OnceCell::new(),
            known: Mutex::default(),
        }
    }

    /// Answers a question in batches.
    ///
    /// # Errors
    /// The server cannot be asked, or what it answers cannot be read at all.
    pub async fn fetch(&self, query: Query, mut sink: Sink) -> Result<(), Fault> {
        match query {
            Query::Glance => {
                let (me, person, _) = self.me().await?;
                sink(Batch {
                    me: Some(me),
                    people: vec![person],
                    ..Batch::default()
                });
                Ok(())
            }
            Query::All => self.all(&mut sink).await,
            Query::Since(cursor) => match self.unchanged(&cursor).await? {
                true => {
                    sink(Batch {
                        me: self.known_me().await,
                        cursor: Some(cursor),
                        may_write: Some(self.client.may_try_writing().await),
                        ..Batch::default()
                    });
                    Ok(())
                }
                false => self.all(&mut sink).await,
            },
            Query::Goal(id) => self.one(&id, &mut sink).await,
            Query::Search(words) => self.search(&words, &mut sink).await,
        }
    }

    /// Whether nothing that concerns me happened since, and not long ago.
    async fn unchanged(&self, cursor: &Cursor) -> Result<bool, Fault> {
        let Some(before) = Mark::read(cursor) else {
            return Ok(false);
        };
        // The token may be another person's since.
        if self.signed_in().await? != before.me {
            return Ok(false);
        }
        let told = self.client.told(Op::UnreadCount, &[]).await;
        let told = told.map_err(|problem| problem.fault())?;
        let is_fresh = told.date.is_some_and(|now| before.is_fresh(now, STALE));
        if !is_fresh || told.value.get("unread").and_then(Value::as_u64) != before.unread {
            return Ok(false);
        }
        let waits = self.ask(Op::Assignments, &[]).await?;
        let waits = decode::assignments(&waits, &self.account);
        let waits = waits.ok_or_else(|| unreadable(Op::Assignments))?;
        // A token that was refused just now has another in its place.
        let is_still = self.known_me().await.is_some_and(|me| me == before.me);
        Ok(is_still && cursor::print_of(&waits) == before.waits)
    }

    /// Who is signed in, and the server's clock.
    async fn me(&self) -> Result<(PersonId, Person, Option<Time>), Fault> {
        let told = self.client.told(Op::Me, &[]).await;
        let told = told.map_err(|problem| problem.fault())?;
        let me = told
            .value
            .get("me")
            .and_then(|me| decode::person(me, &self.account))
            .ok_or_else(|| unreadable(Op::Me))?;
        let mark = self.client.mark().await;
        self.known().me = mark.map(|mark| (me.id.clone(), mark));
        Ok((me.id.clone(), me, told.date))
    }

    async fn ask(&self, op: Op, query: &[(&str, String)]) -> Result<Value, Fault> {
        let answer = self.client.get(op, query).await;
        answer.map_err(|problem| problem.fault())
    }

    /// The account with the address of its pages; asked for once. Without an
    /// answer things have no page, and it is asked again next time.
    pub async fn place(&self) -> Place {
        let web = self.web.get_or_try_init(|| async {
            let company = self.company().await?;
            let base = self.client.http().site().base().as_str();
            Ok::<String, ()>(format!("{}/{company}", base.trim_end_matches('/')))
        });
        Place {
            account: self.account.clone(),
            web: web.await.cloned().unwrap_or_default(),
        }
    }

    /// The token's company, for addresses of its pages.
    async fn company(&self) -> Result<CompanyId, ()> {
        let company = company::mine(&self.client).await.map_err(|_| ())?;
        let id = company.get("id").and_then(Value::as_str);
        id.and_then(CompanyId::parse).ok_or(())
    }

    async fn search(&self, words: &str, sink: &mut Sink) -> Result<(), Fault> {
        let words = words.trim();
        let mut batch = Batch::default();
        if words.chars().count() >= SHORTEST_SEARCH {
            let answer = self.ask(Op::Search, &[("query", words.to_owned())]).await?;
            batch.found = decode::found(&answer, &self.place().await);
        }
        sink(batch);
        Ok(())
    }

    /// An answer that the others can do without; none if the server has none.
    async fn bearable(
        &self,
        op: Op,
        query: Vec<(&'static str, String)>,
    ) -> Result<Option<Value>, Fault> {
        match self.client.get(op, &query).await {
            Ok(answer) => Ok(Some(answer)),
            Err(problem) if is_bearable(&problem) => {
                tracing::warn!(?op, fault = %problem.fault(), "left out");
                Ok(None)
            }
            Err(problem) => Err(problem.fault()),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is signed in, once that was told for the token in use.
    pub async fn known_me(&self) -> Option<PersonId> {
        let mark = self.client.mark().await?;
        let known = self.known();
        let (me, of) = known.me.as_ref()?;
        (*of == mark).then(|| me.clone())
    }

    /// The same, asked for if need be.
    async fn signed_in(&self) -> Result<PersonId, Fault> {
        match self.known_me().await {
            Some(me) => Ok(me),
            None => Ok(self.me().await?.0),
        }
    }

    fn note_projects(&self, ids: impl Iterator<Item = ShortId>) {
        self.known().projects.extend(ids);
    }

    /// Whether an id was seen to be a project's.
    pub fn is_project(&self, id: ShortId) -> bool {
        self.known().projects.contains(&id)
    }
}

/// What came is another answer than was asked for.
pub(super) fn unreadable(op: Op) -> Fault {
    let names = op.names();
    let name = names.namespaced.or(names.flat).unwrap_or_default();
    Fault::new(
        FaultKind::Unreadable,
        format!("the server's answer to {name} is not what was asked for"),
        "try again; if it stays so, the server may be newer than this goaldeck",
    )
}

/// Whether the rest of an answer can do without: the server was reached and the
/// token counts, but this one operation brings nothing.
fn is_bearable(problem: &Problem) -> bool {
    match problem {
        Problem::NotSent(_)
        | Problem::NoAnswer(_)
        | Problem::Unready(_)
        | Problem::Wait(_)
        | Problem::SignedOut => false,
        Problem::Unreadable(_)
        | Problem::TooLarge(_)
        | Problem::ReadOnly
        | Problem::Forbidden(_)
        | Problem::NotFound(_)
        | Problem::NoSuchOperation(_)
        | Problem::Refused(_)
        | Problem::Failed(_) => true,
    }
}
