//! Answers questions: who I am, which Workspace, its list, and in full what the
//! list leaves out. Keeps no facts, only which goals it has read.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use futures_util::stream::{self, StreamExt};
use serde_json::Value;
use tokio::sync::Notify;

use super::client::{Client, Problem};
use super::decode::{self, Found, Look, Place};
use super::json;
use super::learned::{Seat, Seen};
use super::names::{self, Ids, People, escaped};
use super::scale::Percents;
use super::who::{Me, Team, no_such_team};
use super::zone::Zone;
use crate::model::exchange::{Batch, Fault, FaultKind, Query, SoFar};
use crate::model::ids::{AccountName, GoalId};
use crate::model::system::Special;
use crate::providers::Sink;
use crate::providers::http::{Claim, IN_FLIGHT};

/// After this long every goal is read in full again, whatever its stamp says:
/// what was noted and not kept mends itself.
const STALE: TimeDelta = TimeDelta::days(7);

/// Reads one account.
#[derive(Debug)]
pub struct Reader {
    pub(super) client: Arc<Client>,
    pub(super) account: AccountName,
    pub(super) special: Special,
    known: Mutex<Known>,
    /// What was seen so far is kept by now and may be noted.
    kept: Notify,
}

/// What was asked before and does not change while we run.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Who is signed in, and the mark of the token that says so.
    pub me: Option<(Me, String)>,
    /// The Workspaces of that token.
    pub teams: Option<Vec<Team>>,
    /// People of these Workspaces.
    pub people: People,
    seen: Seen,
}

/// For what something is read.
#[derive(Clone, Copy)]
pub enum Asker<'a> {
    /// A screen, which is told of waits.
    Screen(&'a Hearer),
    /// A write, which waits for no limit itself.
    Write,
}

/// Hands batches on from several reads at once.
pub struct Hearer {
    sink: Mutex<Sink>,
    /// How often it was said that the limit is reached.
    pauses: AtomicUsize,
    /// The whole list was told; what follows are its goals in full.
    is_listed: AtomicBool,
}

impl Hearer {
    /// One over a sink.
    pub fn new(sink: Sink) -> Self {
        Self {
            sink: Mutex::new(sink),
            pauses: AtomicUsize::new(0),
            is_listed: AtomicBool::new(false),
        }
    }

    /// Hands on what is not the end.
    fn tell(&self, batch: Batch) {
        self.end(Batch {
            more: true,
            ..batch
        });
    }

    /// Hands on the end.
    fn end(&self, batch: Batch) {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        sink(batch);
    }

    /// Says that the limit is reached.
    fn pause(&self, seconds: u64) {
        self.pauses.fetch_add(1, Ordering::Relaxed);
        self.tell(Batch {
            pause: Some(seconds),
            full: self.is_listed.load(Ordering::Relaxed),
            ..Batch::default()
        });
    }
}

/// Goals read in full of an answer under way; noted also when nobody wants the rest
/// of it, for then what was told is kept as well.
struct SeenNow<'a> {
    reader: &'a Reader,
    goals: Vec<(String, Option<String>)>,
}

impl SeenNow<'_> {
    fn note(&mut self) {
        self.reader.note_seen(&mut self.goals);
    }
}

impl Drop for SeenNow<'_> {
    fn drop(&mut self) {
        if !self.goals.is_empty() {
            self.note();
            self.reader.kept.notify_one();
        }
    }
}

impl Reader {
    /// Reads through a client as an account.
    pub fn new(client: Arc<Client>, account: AccountName, special: Special) -> Self {
        Self {
            client,
            account,
            special,
            known: Mutex::default(),
            kept: Notify::new(),
        }
    }

    /// Comes back when some of a long answer may be noted as seen.
    pub async fn kept(&self) {
        self.kept.notified().await;
    }

    /// Which goals were read in full.
    pub fn seen(&self) -> Seen {
        self.known().seen.clone()
    }

    /// Takes in which goals were read in full at an earlier start.
    pub fn recall(&self, seen: Seen) {
        let mut known = self.known();
        if known.seen == Seen::default() {
            known.seen = seen;
        }
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a question in batches.
    ///
    /// # Errors
    /// The server cannot be asked, or what it answers cannot be read at all.
    pub async fn fetch(&self, query: Query, sink: Sink) -> Result<(), Fault> {
        let hearer = Hearer::new(sink);
        match query {
            Query::Glance => {
                let me = self.me(Asker::Screen(&hearer)).await;
                let me = me.map_err(|problem| problem.fault())?;
                hearer.end(Batch {
                    me: Some(me.person.id.clone()),
                    people: vec![me.person],
                    ..Batch::default()
                });
                Ok(())
            }
            Query::All | Query::Since(_) => self.all(&hearer).await,
            Query::Goal(id) => {
                let batch = self.one(&id, &hearer).await;
                hearer.end(batch.map_err(|problem| problem.fault())?);
                Ok(())
            }
            // It finds nothing beyond goals and people.
            Query::Search(_) => {
                hearer.end(Batch::default());
                Ok(())
            }
        }
    }

    pub(super) async fn ask(&self, path: &str, asker: Asker<'_>) -> Result<Value, Problem> {
        match asker {
            Asker::Screen(hearer) => {
                let pauses = |seconds| hearer.pause(seconds);
                self.client.get(path, Claim::Person, &pauses).await
            }
            Asker::Write => self.client.look(path).await,
        }
    }

    fn look<'a>(&'a self, percents: &Percents, me: &Me, team: &'a str) -> Look<'a> {
        let known = self.client.learned().scale;
        let (scale, is_shown) = percents.scale(self.special.percent_scale, known);
        if is_shown && known != Some(scale) {
            self.client.learn(|learned| learned.scale = Some(scale));
        }
        Look {
            account: &self.account,
            zone: self.zone(me),
            scale,
            team,
        }
    }

    /// Where somebody's days begin.
    pub fn zone(&self, me: &Me) -> Zone {
        Zone::named(me.zone.as_deref(), self.client.now().zone)
    }

    /// The list of a Workspace as it came.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn list(&self, team: &Team, asker: Asker<'_>) -> Result<Value, Problem> {
        let completed = match asker {
            Asker::Screen(_) => self.special.completed,
            // What is looked for may be done already.
            Asker::Write => true,
        };
        let told = self.ask(&list_path(&team.id, completed), asker).await;
        told.map_err(|problem| match problem {
            Problem::NotFound(_) => Problem::Unready(no_such_team(&team.id)),
            other => other,
        })
    }

    async fn all(&self, hearer: &Hearer) -> Result<(), Fault> {
        let fault = |problem: Problem| problem.fault();
        let asker = Asker::Screen(hearer);
        let me = self.me(asker).await.map_err(fault)?;
        let team = self.team(asker).await.map_err(fault)?;
        let list = self.list(&team, asker).await.map_err(fault)?;
        let look = self.look(&decode::percents(decode::goals(&list)), &me, &team.id);
        let tree = decode::tree(&list, &look).ok_or_else(|| unreadable("the list of goals"))?;
        let mut people = tree.people;
        people.adopt(&self.known().people);
        let me = self.recognise(me, &people).await;

        let mut whole = Batch {
            me: Some(me.person.id.clone()),
            people: people.of(&self.account),
            goals: tree.folders,
            ..Batch::default()
        };
        whole.people.retain(|person| person.id != me.person.id);
        whole.people.push(me.person.clone());
        let mut brief = Batch {
            brief: true,
            ..Batch::default()
        };
        let due = self.due(&me, &tree.goals);
        for (found, _) in tree.goals {
            match found.is_whole && found.has_results {
                true => whole.goals.push(found.goal),
                false => brief.goals.push(found.goal),
            }
        }
        hearer.tell(whole);
        if !brief.goals.is_empty() {
            hearer.tell(brief);
        }
        hearer.is_listed.store(true, Ordering::Relaxed);
        self.details(due, &me, &team, hearer).await?;
        // Everything there is was named, whether or not all of it could be read.
        hearer.end(Batch {
            full: true,
            ..Batch::default()
        });
        Ok(())
    }

    /// Notes where goals stand, and says which of them are to be read in full.
    fn due(&self, me: &Me, goals: &[(Found, Place)]) -> Vec<(String, Option<String>)> {
        let now = self.client.now().at;
        let by = me.person.id.to_string();
        let mut known = self.known();
        let is_old = known.seen.since.is_none_or(|since| {
            let age = now - since;
            age >= STALE || age < TimeDelta::zero()
        });
        if known.seen.by != by || is_old {
            known.seen = Seen {
                by,
                since: Some(now),
                ..Seen::default()
            };
        }
        let mut before = std::mem::take(&mut known.seen.goals);
        let mut due = Vec::new();
        for (found, place) in goals {
            let stamp = before.remove(&found.id).and_then(|seat| seat.stamp);
            let is_seen = stamp.is_some() && stamp == found.stamp;
            if !found.has_results && !is_seen && !names::is_double(&found.id) {
                due.push((found.id.clone(), found.stamp.clone()));
            }
            let seat = Seat {
                stamp: stamp.filter(|_| is_seen),
                folder: place.folder.clone(),
                position: place.position,
            };
            known.seen.goals.insert(found.id.clone(), seat);
        }
        due
    }

    /// Reads in full what the list left out, a few at once. One that cannot be read
    /// stays as it was; without a line none of the rest is tried.
    async fn details(
        &self,
        due: Vec<(String, Option<String>)>,
        me: &Me,
        team: &Team,
        hearer: &Hearer,
    ) -> Result<(), Fault> {
        let read = |(id, stamp): (String, Option<String>)| async move {
            let told = self
                .detail(&id, Claim::Background, me, &team.id, hearer)
                .await;
            (id, stamp, told)
        };
        let mut seen = SeenNow {
            reader: self,
            goals: Vec::new(),
        };
        let mut pauses = hearer.pauses.load(Ordering::Relaxed);
        let mut so_far = SoFar {
            done: 0,
            of: Some(due.len()),
        };
        let mut answers = stream::iter(due).map(read).buffer_unordered(IN_FLIGHT);
        while let Some((id, stamp, told)) = answers.next().await {
            let paused = hearer.pauses.load(Ordering::Relaxed);
            if paused != pauses {
                // Whoever keeps what we tell has put it away in the pause.
                pauses = paused;
                seen.note();
                self.kept.notify_one();
            }
            so_far.done += 1;
            match told {
                Ok(batch) => {
                    hearer.tell(Batch {
                        full: true,
                        so_far: Some(so_far),
                        ..batch
                    });
                    seen.goals.push((id, stamp));
                }
                Err(problem @ Problem::SignedOut(_)) => {
                    // What was told of half an answer is not kept.
                    seen.goals.clear();
                    return Err(problem.fault());
                }
                Err(problem) => {
                    tracing::warn!(account = %self.account, fault = %problem.fault(), "a goal stays as it was");
                    if matches!(problem, Problem::NotSent(_) | Problem::Unready(_)) {
                        break;
                    }
                }
            }
        }
        seen.note();
        Ok(())
    }

    /// Notes goals as read in full.
    fn note_seen(&self, told: &mut Vec<(String, Option<String>)>) {
        let mut known = self.known();
        for (id, stamp) in told.drain(..) {
            if let Some(seat) = known.seen.goals.get_mut(&id) {
                seat.stamp = stamp;
            }
        }
    }

    /// One goal in full.
    async fn detail(
        &self,
        id: &str,
        claim: Claim,
        me: &Me,
        team: &str,
        hearer: &Hearer,
    ) -> Result<Batch, Problem> {
        let pauses = |seconds| hearer.pause(seconds);
        let path = goal_path(id);
        let told = self.client.get(&path, claim, &pauses).await?;
        self.told(id, &told, me, team)
    }

    async fn one(&self, goal: &GoalId, hearer: &Hearer) -> Result<Batch, Problem> {
        let Some(id) = names::theirs(&self.account, names::GOAL, goal.as_str()) else {
            // A folder has nothing of its own; what was made here is not there yet.
            return Ok(Batch::default());
        };
        if names::is_double(id) {
            return Ok(Batch::default());
        }
        let me = self.me(Asker::Screen(hearer)).await?;
        let team = self.special.workspace.clone().unwrap_or_default();
        match self.detail(id, Claim::Person, &me, &team, hearer).await {
            Err(Problem::NotFound(_)) => Ok(Batch {
                gone: vec![goal.clone()],
                ..Batch::default()
            }),
            told => told,
        }
    }

    /// An answer about one goal as a batch.
    ///
    /// # Errors
    /// It is another answer than one about a goal.
    pub fn told(&self, id: &str, told: &Value, me: &Me, team: &str) -> Result<Batch, Problem> {
        let item = item_of(told)?;
        let percents = decode::percents(std::iter::once(item));
        let look = self.look(&percents, me, team);
        let place = {
            let known = self.known();
            let seat = known.seen.goals.get(id);
            seat.map_or_else(Place::default, Seat::place)
        };
        let mut people = People::default();
        let found = decode::goal(item, &place, &look, &mut Ids::default(), &mut people);
        if found.id != id {
            return Err(Problem::Unreadable(unreadable("a goal")));
        }
        people.learn(&self.known().people);
        Ok(Batch {
            brief: !found.is_whole,
            goals: vec![found.goal],
            people: people.of(&self.account),
            ..Batch::default()
        })
    }

    /// How many goals of a list are shown: those that are archived are not.
    pub fn count(list: &Value) -> usize {
        let ids = decode::goals(list)
            .filter(|goal| !decode::is_archived(goal))
            .enumerate()
            .map(|(place, goal)| json::text_at(goal, "id").unwrap_or_else(|| format!("~{place}")));
        ids.collect::<HashSet<String>>().len()
    }
}

/// The path of a list.
pub fn list_path(team: &str, completed: bool) -> String {
    format!("/team/{}/goal?include_completed={completed}", escaped(team))
}

/// The path of a goal.
pub fn goal_path(id: &str) -> String {
    format!("/goal/{}", escaped(id))
}

/// The goal in an answer about one.
///
/// # Errors
/// There is none.
pub fn item_of(told: &Value) -> Result<&Value, Problem> {
    let item = told.get("goal").filter(|goal| goal.is_object());
    item.ok_or_else(|| Problem::Unreadable(unreadable("a goal")))
}

fn unreadable(what: &str) -> Fault {
    Fault::new(
        FaultKind::Unreadable,
        format!("the server's answer about {what} is not what was asked for"),
        "check the account's url: it ends in /api/v2 at ClickUp itself",
    )
}
