//! What is around the goals: which sessions run, who everybody and who I am, how
//! the account counts confidence, and what the groups tell of owners and
//! reviewers.

use std::sync::Arc;

use serde_json::Value;

use super::account::Quantive;
use super::client::List;
use super::decode::{Groups, Session, Someone};
use super::problem::{Problem, optional};
use super::scale::Scale;
use super::{ids, review, wire};
use crate::model::ids::PersonId;

/// Sessions beside the running ones that are read in one answer.
const SESSIONS: usize = 20;

/// What is known around the goals.
#[derive(Clone, Debug)]
pub struct Around {
    /// The mark of the token that read it.
    mark: String,
    /// All sessions that are known.
    pub sessions: Vec<Session>,
    /// The running ones, the shortest first.
    pub current: Vec<String>,
    /// The account's confidence.
    pub scale: Scale,
    /// Users and teams.
    pub people: Vec<Someone>,
    /// Who I am.
    pub me: PersonId,
    /// My id there, if anybody said it.
    pub my_id: Option<String>,
    /// Foreign text.
    pub my_name: String,
    /// The account's name; foreign text, may be empty.
    pub domain: String,
    /// Owners and reviewers.
    pub groups: Groups,
}

impl Around {
    /// The same with other owners and reviewers.
    pub(super) fn with_groups(&self, groups: Groups) -> Self {
        Self {
            groups,
            ..self.clone()
        }
    }
}

impl Quantive {
    /// What is around the goals; read anew if asked, or if another token reads now.
    pub(super) async fn around(&self, anew: bool) -> Result<Arc<Around>, Problem> {
        let mark = self
            .api
            .http()
            .fingerprint()
            .await
            .map_err(Problem::Fault)?;
        if let Some(known) = self.known_around()
            && known.mark == mark
            && !anew
        {
            return Ok(known);
        }
        let (sessions, people, scale, who) =
            tokio::join!(self.sessions(), self.people(), self.scale(), self.api.who(),);
        let (sessions, current) = sessions?;
        let (mut people, who) = (people?, optional(who)?.unwrap_or_default());
        let (reviewers, owners) = tokio::join!(
            Box::pin(self.groups("/v1/goals/groupBy/reviewers")),
            Box::pin(self.groups("/v1/goals/groupBy/owners")),
        );
        let groups = self.grouped(&reviewers?, &owners?, &mut people);
        let my_id = self.my_id(who.user, &mut people).await?;
        let my_name = self.my_name(my_id.as_deref(), &mut people).await?;
        let me = match &my_id {
            Some(id) => PersonId::new(ids::ours(&self.account, 'u', id)),
            None => PersonId::new(format!("{}:me", self.account)),
        };
        let around = Arc::new(Around {
            mark,
            sessions,
            current,
            scale: scale?,
            people,
            me,
            my_id,
            my_name,
            domain: who.domain,
            groups,
        });
        self.keep_around(&around);
        Ok(around)
    }

    /// All sessions that are told, and which of them run: by the server's word,
    /// else by their dates.
    async fn sessions(&self) -> Result<(Vec<Session>, Vec<String>), Problem> {
        let query = [
            ("filter", "current".to_owned()),
            ("status", "open".to_owned()),
        ];
        let told = optional(self.api.get("/v1/sessions", &query).await)?;
        let read =
            |items: &[Value]| -> Vec<Session> { items.iter().filter_map(Session::read).collect() };
        let today = self.today();
        let running = |sessions: &[Session]| -> Vec<Session> {
            let open = sessions.iter().filter(|session| !session.is_closed);
            let now = open.clone().filter(|session| session.has(today));
            now.cloned().collect()
        };
        let mut sessions = read(wire::items(&told, &["items"]));
        let mut current = running(&sessions);
        if current.is_empty() {
            current = sessions
                .iter()
                .filter(|one| !one.is_closed)
                .cloned()
                .collect();
        }
        if current.is_empty() {
            let list = List {
                path: "/v2/sessions",
                query: vec![("sort", "start,title".to_owned())],
                fields: None,
                size: "limit",
            };
            let pages = optional(self.api.all(list, &["items"]).await)?;
            sessions = read(&pages.items);
            current = running(&sessions);
            if current.is_empty() {
                // Between two periods, or dates that say nothing.
                current = sessions
                    .iter()
                    .filter(|one| !one.is_closed)
                    .cloned()
                    .collect();
            }
        }
        current.sort_by_key(Session::days);
        let mut ids: Vec<String> = Vec::new();
        for session in current {
            if !ids.contains(&session.id) {
                ids.push(session.id);
            }
        }
        Ok((sessions, ids))
    }

    async fn people(&self) -> Result<Vec<Someone>, Problem> {
        let told = optional(self.api.get("/v1/assignees", &[]).await)?;
        let read =
            |items: &[Value]| -> Vec<Someone> { items.iter().filter_map(Someone::read).collect() };
        let people = read(wire::items(&told, &["items"]));
        if !people.is_empty() {
            return Ok(people);
        }
        let (users, teams) = tokio::join!(self.users(), self.named("/v2/teams", "name"));
        let mut people = users?;
        people.extend(teams?);
        Ok(people)
    }

    async fn users(&self) -> Result<Vec<Someone>, Problem> {
        self.named("/v2/users", "email").await
    }

    async fn named(&self, path: &str, sort: &str) -> Result<Vec<Someone>, Problem> {
        let list = List {
            path,
            query: vec![("sort", sort.to_owned())],
            fields: None,
            size: "limit",
        };
        let pages = optional(self.api.all(list, &["items"]).await)?;
        Ok(pages.items.iter().filter_map(Someone::read).collect())
    }

    async fn scale(&self) -> Result<Scale, Problem> {
        let path = match self.api.account_id().await {
            Ok(account) => format!("/v1/accounts/{}", wire::escaped(account)),
            Err(problem) => return Err(problem),
        };
        let told = optional(self.api.get(&path, &[]).await)?;
        Ok(Scale::of_account(&told))
    }

    async fn groups(&self, path: &str) -> Result<Vec<Value>, Problem> {
        let list = List {
            path,
            query: vec![("filter", "current".to_owned())],
            fields: None,
            size: "take",
        };
        Ok(optional(self.api.all(list, &["items"]).await)?.items)
    }

    /// What the groups tell: their shape is not public, so whatever is a person
    /// and whatever is a list of goals is taken.
    fn grouped(&self, reviewers: &[Value], owners: &[Value], people: &mut Vec<Someone>) -> Groups {
        let mut groups = Groups::default();
        for (list, is_review) in [(reviewers, true), (owners, false)] {
            for group in list {
                let person = ["assignee", "owner", "reviewer", "user", "team"]
                    .iter()
                    .find_map(|key| group.get(key).filter(|person| person.is_object()));
                let Some(someone) = Someone::read(person.unwrap_or(group)) else {
                    continue;
                };
                for goal in wire::items(group, &["goals", "items", "objectives"]) {
                    let id = wire::id(goal).or_else(|| goal.as_str().map(str::to_owned));
                    let Some(id) = id else { continue };
                    self.api.note_stages(review::fields_of(goal));
                    let told = review::told(goal);
                    if told != review::Told::Nothing {
                        groups.stages.insert(id.clone(), told);
                    }
                    let into = match is_review {
                        true => groups.reviewers.entry(id),
                        false => groups.owners.entry(id),
                    };
                    into.or_default().push(someone.id.clone());
                }
                if people.iter().all(|known| known.id != someone.id) {
                    people.push(someone);
                }
            }
        }
        groups
    }

    /// My id: as set, as the server says, or of the one with my address or name.
    async fn my_id(
        &self,
        told: Option<String>,
        people: &mut Vec<Someone>,
    ) -> Result<Option<String>, Problem> {
        let Some(set) = self.api.special().me.as_deref().map(str::trim) else {
            return Ok(told);
        };
        let find = |people: &[Someone]| {
            let same = |one: &&Someone| {
                one.id == set
                    || one.email.eq_ignore_ascii_case(set)
                    || one.name.eq_ignore_ascii_case(set)
            };
            people.iter().find(same).map(|one| one.id.clone())
        };
        if let Some(found) = find(people) {
            return Ok(Some(found));
        }
        let is_id = !set.contains(['@', ' ']) && set.len() >= 12;
        if is_id {
            return Ok(Some(set.to_owned()));
        }
        let users = self.users().await?;
        let found = find(&users);
        people.extend(users);
        Ok(found.or(told))
    }

    async fn my_name(
        &self,
        my_id: Option<&str>,
        people: &mut Vec<Someone>,
    ) -> Result<String, Problem> {
        let Some(id) = my_id else {
            let set = self.api.special().me.clone();
            return Ok(set.unwrap_or_else(|| "me".to_owned()));
        };
        if let Some(known) = people.iter().find(|one| one.id == id) {
            return Ok(known.name.clone());
        }
        let path = format!("/v1/users/{}", wire::escaped(id));
        let told = optional(self.api.get(&path, &[]).await)?;
        let me = Someone::read(&told).unwrap_or_else(|| Someone {
            id: id.to_owned(),
            name: id.to_owned(),
            email: String::new(),
        });
        let name = me.name.clone();
        people.push(Someone {
            id: id.to_owned(),
            ..me
        });
        Ok(name)
    }

    /// With the sessions that goals name and that are not known yet.
    pub(super) async fn with_sessions(
        &self,
        around: Arc<Around>,
        goals: &[Value],
    ) -> Result<Arc<Around>, Problem> {
        let mut missing: Vec<String> = Vec::new();
        for goal in goals {
            if let Some(id) = wire::said(goal, "sessionId")
                && around.sessions.iter().all(|session| session.id != id)
                && !missing.contains(&id)
            {
                missing.push(id);
            }
        }
        missing.truncate(SESSIONS);
        if missing.is_empty() {
            return Ok(around);
        }
        let mut sessions = around.sessions.clone();
        for id in missing {
            let path = format!("/v1/sessions/{}", wire::escaped(&id));
            let told = optional(self.api.get(&path, &[]).await)?;
            if let Some(session) = Session::read(&told) {
                // Under the id the goals have for it.
                sessions.push(Session { id, ..session });
            }
        }
        let around = Arc::new(Around {
            sessions,
            ..(*around).clone()
        });
        self.keep_around(&around);
        Ok(around)
    }
}
