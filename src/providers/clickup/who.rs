//! Who is signed in and which Workspace is read: told by the server where it can,
//! else by the settings.

use serde_json::Value;

use super::client::Problem;
use super::json;
use super::names::{self, PERSON, People};
use super::read::{Asker, Reader};
use crate::model::exchange::{Fault, FaultKind};
use crate::model::ids::PersonId;
use crate::model::person::Person;

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Me {
    /// Their number; none if nobody tells it.
    pub number: Option<String>,
    /// As we know them.
    pub person: Person,
    /// The zone they chose, by its IANA name.
    pub zone: Option<String>,
}

/// A Workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its number.
    pub id: String,
    /// Its name; may be empty.
    pub name: String,
}

impl Reader {
    /// Who is signed in: whom the server names, else whom the settings name.
    ///
    /// # Errors
    /// The token does not count, or there is no answer.
    pub async fn me(&self, asker: Asker<'_>) -> Result<Me, Problem> {
        if let Some(me) = self.known_me().await {
            return Ok(me);
        }
        let told = self.ask("/user", asker).await;
        self.met(told).await
    }

    /// Who is signed in, once that was told for the token in use.
    async fn known_me(&self) -> Option<Me> {
        let mark = self.client.mark().await?;
        let known = self.known();
        let (me, of) = known.me.as_ref()?;
        (*of == mark).then(|| me.clone())
    }

    async fn met(&self, told: Result<Value, Problem>) -> Result<Me, Problem> {
        let me = match told {
            Ok(value) => self.me_of(&value),
            // A server that is no ClickUp itself has no such page.
            Err(Problem::NotFound(_) | Problem::Forbidden(_) | Problem::Refused(_)) => {
                self.me_of(&Value::Null)
            }
            Err(other) => return Err(other),
        };
        if let Some(mark) = self.client.mark().await {
            let mut known = self.known();
            if known.me.as_ref().is_none_or(|(_, of)| *of != mark) {
                known.teams = None;
            }
            known.me = Some((me.clone(), mark));
        }
        Ok(me)
    }

    fn me_of(&self, value: &Value) -> Me {
        let user = value.get("user").unwrap_or(&Value::Null);
        let mut people = People::default();
        if let Some(number) = people.meet(user) {
            let zone = ["timezone", "timezeone"];
            return Me {
                person: self.person(&people, &number),
                zone: zone.iter().find_map(|key| json::text_at(user, key)),
                number: Some(number),
            };
        }
        self.me_by_name(self.special.me.as_deref())
    }

    /// Whom the settings name: a number, or an address or name that a list of
    /// people has told the number of.
    fn me_by_name(&self, name: Option<&str>) -> Me {
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        let is_number = |name: &&str| name.parse::<i64>().is_ok();
        let learned = self.client.learned().me.filter(|_| name.is_some());
        let number = name.filter(is_number).map(str::to_owned).or(learned);
        let mut me = Me {
            person: Person {
                id: PersonId::new(format!("{}:me", self.account)),
                account: self.account.clone(),
                name: name.unwrap_or("me").to_owned(),
                handle: String::new(),
            },
            zone: None,
            number: number.clone(),
        };
        if let Some(number) = number {
            me.person.id = PersonId::new(names::ours(&self.account, PERSON, &number));
        }
        me
    }

    fn person(&self, people: &People, number: &str) -> Person {
        let id = PersonId::new(names::ours(&self.account, PERSON, number));
        let all = people.of(&self.account);
        let found = all.into_iter().find(|person| person.id == id);
        found.unwrap_or(Person {
            id,
            account: self.account.clone(),
            name: format!("user {number}"),
            handle: String::new(),
        })
    }

    /// Learns my number from a list of people, where only the settings say who I am.
    pub async fn recognise(&self, me: Me, people: &People) -> Me {
        let wanted = self.special.me.as_deref();
        let found = wanted.and_then(|wanted| people.find(wanted));
        let Some(number) = found.filter(|_| me.number.is_none()) else {
            return me;
        };
        self.client
            .learn(|learned| learned.me = Some(number.to_owned()));
        let me = Me {
            number: Some(number.to_owned()),
            person: self.person(people, number),
            zone: me.zone,
        };
        if let Some(mark) = self.client.mark().await {
            self.known().me = Some((me.clone(), mark));
        }
        me
    }

    /// The Workspaces of the token with the people in them; none where the server
    /// does not tell.
    async fn teams(&self, asker: Asker<'_>) -> Result<Option<Vec<Team>>, Problem> {
        if let Some(teams) = self.known().teams.clone() {
            return Ok(Some(teams));
        }
        let told = match self.ask("/team", asker).await {
            Ok(told) => told,
            Err(Problem::NotFound(_) | Problem::Forbidden(_) | Problem::Refused(_)) => {
                return Ok(None);
            }
            Err(other) => return Err(other),
        };
        let mut known = self.known();
        let mut teams = Vec::new();
        for team in json::list_at(&told, "teams") {
            known.people.meet_all(json::list_at(team, "members"));
            if let Some(id) = team.get("id").and_then(names::number) {
                let name = json::text_at(team, "name").unwrap_or_default();
                teams.push(Team { id, name });
            }
        }
        known.teams = Some(teams.clone());
        Ok(Some(teams))
    }

    /// The Workspace whose goals are read.
    ///
    /// # Errors
    /// It must be chosen, or the server cannot be asked.
    pub async fn team(&self, asker: Asker<'_>) -> Result<Team, Problem> {
        let unready = |fault| Err(Problem::Unready(fault));
        if let Some(wanted) = &self.special.workspace {
            let wanted = wanted.trim();
            if wanted.parse::<i64>().is_err() {
                return unready(not_a_number(wanted));
            }
            // Only for its name and its people: the number is enough.
            let teams = match self.teams(asker).await {
                Err(Problem::SignedOut(words)) => return Err(Problem::SignedOut(words)),
                told => told.ok().flatten().unwrap_or_default(),
            };
            let found = teams.into_iter().find(|team| team.id == wanted);
            return Ok(found.unwrap_or_else(|| Team {
                id: wanted.to_owned(),
                name: String::new(),
            }));
        }
        let teams = self.teams(asker).await?.unwrap_or_default();
        match teams.as_slice() {
            [team] => Ok(team.clone()),
            [] => unready(no_team()),
            several => unready(which_team(several)),
        }
    }
}

fn not_a_number(wanted: &str) -> Fault {
    Fault::new(
        FaultKind::Invalid,
        format!(
            "the workspace {} is not a number",
            crate::model::text::line(wanted).truncate(40)
        ),
        SET,
    )
}

/// There is no Workspace of this number.
pub fn no_such_team(id: &str) -> Fault {
    Fault::new(
        FaultKind::Invalid,
        format!("there is no Workspace {id} that this token sees"),
        "set workspace to the number in ClickUp's address (app.clickup.com/NUMBER), and check that url ends in /api/v2",
    )
}

fn no_team() -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "ClickUp does not say which Workspace this token is for",
        SET,
    )
}

fn which_team(several: &[Team]) -> Fault {
    let list: Vec<String> = several
        .iter()
        .map(|team| format!("{} ({})", crate::model::text::line(&team.name), team.id))
        .collect();
    let first = several.first().map_or("", |team| team.id.as_str());
    Fault::new(
        FaultKind::Invalid,
        format!(
            "this token sees {} Workspaces: {}",
            several.len(),
            list.join(", ")
        ),
        format!("choose one: workspace = \"{first}\" in the settings, or --workspace {first}"),
    )
}

const SET: &str = "set workspace = \"NUMBER\" for this account (or --workspace NUMBER): the number in ClickUp's address, app.clickup.com/NUMBER";
