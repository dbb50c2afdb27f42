//! Everything a first screen and a tree need, in a handful of requests.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::future::{try_join, try_join4};
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use super::cursor::{Mark, print_of};
use super::{
    AT_ONCE, CHECK_IN_FLAGS, GOAL_FLAGS, LIST_FLAGS, PROJECT_CHECK_IN_FLAGS, PROJECT_FLAGS, Reader,
    flags, flags_and, unreadable,
};
use crate::model::check_in::CheckIn;
use crate::model::exchange::{Batch, Cursor, Fault};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{NotificationId, PersonId};
use crate::model::notification::Notification;
use crate::model::person::Person;
use crate::model::time::Time;
use crate::providers::Sink;
use crate::providers::operately::ages::Op;
use crate::providers::operately::company;
use crate::providers::operately::decode::{self, Listed, Mapped, Place, Subject, Waiting};
use crate::providers::operately::ids::ShortId;
use crate::providers::operately::news;

/// Lines of the inbox in one answer.
const LINES: usize = 200;
/// Answers with lines of the inbox at most.
const PAGES: usize = 5;
/// Check-ins that wait for me and are read one by one at most.
const SINGLES: usize = 50;

/// Goals, projects and what waits for me.
struct Lead {
    place: Place,
    goals: Goals,
    people: BTreeMap<PersonId, Person>,
    waits: u64,
    /// Something else than goals could not be read.
    is_partial: bool,
}

type Goals = HashMap<ShortId, Goal>;

/// What comes beside it.
struct Rest {
    map: Vec<Mapped>,
    inbox: Inbox,
    is_partial: bool,
}

/// Lines of the inbox and how many are unread, whether they are among them or not.
#[derive(Default)]
struct Inbox {
    lines: Vec<Notification>,
    people: Vec<Person>,
    unread: Option<u64>,
    is_partial: bool,
}

impl Reader {
    pub(super) async fn all(&self, sink: &mut Sink) -> Result<(), Fault> {
        let (me, person, at) = self.me().await?;
        let may_write = Some(self.client.may_try_writing().await);
        let first = async {
            let mut lead = self.lead(&me).await?;
            lead.people.entry(me.clone()).or_insert(person);
            sink(Batch {
                goals: mine_first(&lead, &me),
                people: lead.people.values().cloned().collect(),
                me: Some(me.clone()),
                may_write,
                brief: true,
                more: true,
                ..Batch::default()
            });
            Ok(lead)
        };
        let (mut lead, rest) = try_join(first, self.rest(&me)).await?;
        lead.take_in(&rest.map);
        let natures = |goal: &&Goal| goal.nature == Nature::Project;
        let projects = lead.goals.values().filter(natures);
        self.note_projects(projects.filter_map(|goal| ShortId::of_ours(goal.id.as_str())));
        let is_whole = !lead.is_partial && !rest.is_partial;
        let mark = mark(&me, at, rest.inbox.unread, lead.waits);
        sink(Batch {
            people: strangers(&lead, rest.inbox.people),
            goals: in_order(lead.goals.into_values()),
            notifications: rest.inbox.lines,
            me: Some(me),
            may_write,
            brief: true,
            // What could not be read is not gone, and is asked for again.
            full: is_whole,
            cursor: mark.filter(|_| is_whole),
            ..Batch::default()
        });
        Ok(())
    }

    /// The review list is read after goals and projects: what it does not name had
    /// no need of me when they were read.
    async fn lead(&self, me: &PersonId) -> Result<Lead, Fault> {
        let (goals, projects, people, place) = try_join4(
            async {
                let goals = company::goals(&self.client, LIST_FLAGS).await;
                goals.map_err(|problem| problem.fault())
            },
            self.bearable(Op::Projects, flags(PROJECT_FLAGS)),
            self.bearable(Op::People, Vec::new()),
            async { Ok(self.place().await) },
        )
        .await?;
        let waits = self.bearable(Op::Assignments, Vec::new()).await?;
        let mut lead = Lead {
            goals: Goals::new(),
            people: BTreeMap::new(),
            waits: 0,
            is_partial: projects.is_none() || people.is_none() || waits.is_none(),
            place,
        };
        let account = &self.account;
        for answer in goals.iter().chain(&projects).chain(&people) {
            for person in decode::people_in(answer, account) {
                lead.people.insert(person.id.clone(), person);
            }
        }
        for answer in &goals {
            let read = Listed::of(answer, "goals", |value| decode::goal(value, &lead.place));
            let read = read.ok_or_else(|| unreadable(Op::Goals))?;
            lead.put(read.items);
        }
        if let Some(answer) = &projects {
            let read = Listed::of(answer, "projects", |value| {
                decode::project(value, &lead.place)
            });
            let read = read.ok_or_else(|| unreadable(Op::Projects))?;
            lead.put(read.items);
        }
        if let Some(answer) = &waits {
            let list = decode::assignments(answer, account);
            let list = list.ok_or_else(|| unreadable(Op::Assignments))?;
            lead.waits = print_of(&list);
            let by_editors = self.client.build().editors_acknowledge();
            let waiting = Waiting::new(me.clone(), &list, by_editors);
            self.settle(&mut lead, waiting).await?;
        }
        Ok(lead)
    }

    /// Says of every check-in whether it waits for me; those that are no goal's
    /// last one, and those of which only a look tells, are read one by one.
    async fn settle(&self, lead: &mut Lead, mut waiting: Waiting) -> Result<(), Fault> {
        let singles: Vec<(ShortId, Subject, ShortId)> = waiting
            .iter()
            .filter_map(|(id, subject, origin)| Some((id, subject, origin?)))
            .filter(|(id, _, origin)| {
                lead.goals
                    .get(origin)
                    .is_some_and(|goal| match find(goal, *id) {
                        Some(check_in) => waiting.is_doubtful(*id, check_in, goal),
                        None => true,
                    })
            })
            .take(SINGLES)
            .collect();
        let answers: Vec<_> = stream::iter(singles)
            .map(|single| async move { (single, self.single(single).await) })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for ((id, _, origin), answer) in answers {
            let (Some(answer), Some(goal)) = (answer?, lead.goals.get_mut(&origin)) else {
                continue;
            };
            if let Some(allowed) = decode::can_acknowledge(inside(&answer)) {
                waiting.allow(id, allowed);
            }
            for person in decode::people_in(&answer, &self.account) {
                lead.people.entry(person.id.clone()).or_insert(person);
            }
            if let Some(check_in) = read_single(&answer, goal, &lead.place) {
                put_check_in(goal, check_in);
            }
        }
        for goal in lead.goals.values_mut() {
            decode::settle(goal, &waiting);
        }
        Ok(())
    }

    /// One thing that waits for me; none if it is gone since or hidden.
    async fn single(
        &self,
        (id, subject, origin): (ShortId, Subject, ShortId),
    ) -> Result<Option<Value>, Fault> {
        let (op, query) = match subject {
            Subject::GoalCheckIn => (Op::CheckIn, flags_and(CHECK_IN_FLAGS, "id", id)),
            Subject::ProjectCheckIn => (
                Op::ProjectCheckIn,
                flags_and(PROJECT_CHECK_IN_FLAGS, "id", id),
            ),
            Subject::GoalClosing => (Op::Goal, flags_and(GOAL_FLAGS, "id", origin)),
            Subject::ProjectClosing => (Op::Project, flags_and(PROJECT_FLAGS, "id", origin)),
            Subject::Other => return Ok(None),
        };
        self.bearable(op, query).await
    }

    async fn rest(&self, me: &PersonId) -> Result<Rest, Fault> {
        let (inbox, map) = try_join(
            self.inbox(me),
            self.bearable(
                Op::WorkMap,
                flags(&["include_assignees", "include_reviewer"]),
            ),
        )
        .await?;
        let map = map.map(|answer| {
            decode::work_map(&answer, &self.account).ok_or_else(|| unreadable(Op::WorkMap))
        });
        let map = map.transpose()?;
        Ok(Rest {
            is_partial: inbox.is_partial || map.is_none(),
            map: map.unwrap_or_default(),
            inbox,
        })
    }

    /// The inbox: one large answer, and more only while lines that are unread may
    /// be missing. Answers overlap, each line counts once.
    async fn inbox(&self, me: &PersonId) -> Result<Inbox, Fault> {
        let count = self.bearable(Op::UnreadCount, Vec::new()).await?;
        let mut inbox = Inbox {
            unread: count.and_then(|count| count.get("unread")?.as_u64()),
            ..Inbox::default()
        };
        let mut seen: HashSet<NotificationId> = HashSet::new();
        for page in 1..=PAGES {
            let query = vec![("page", page.to_string()), ("per_page", LINES.to_string())];
            let Some(answer) = self.bearable(Op::Notifications, query).await? else {
                inbox.is_partial = true;
                return Ok(inbox);
            };
            let came = answer.get("notifications").and_then(Value::as_array);
            let came = came.ok_or_else(|| unreadable(Op::Notifications))?.len();
            let (read, met, unreadable) = news::notifications(&self.account, me, &answer);
            if unreadable > 0 {
                tracing::warn!(unreadable, "notifications that cannot be read");
            }
            inbox.people.extend(met);
            let new = read.into_iter();
            inbox
                .lines
                .extend(new.filter(|line| seen.insert(line.id.clone())));
            let known = inbox.lines.iter().filter(|line| !line.read).count();
            let known = u64::try_from(known).unwrap_or(u64::MAX);
            if came < LINES || inbox.unread.is_none_or(|unread| known >= unread) {
                break;
            }
        }
        Ok(inbox)
    }
}

impl Lead {
    fn put(&mut self, goals: Vec<Goal>) {
        for goal in goals {
            if let Some(id) = ShortId::of_ours(goal.id.as_str()) {
                self.goals.insert(id, goal);
            }
        }
    }

    /// What only the work map says: how far projects are, and projects that stand
    /// in no list.
    fn take_in(&mut self, map: &[Mapped]) {
        for item in map {
            match self.goals.get_mut(&item.id) {
                Some(goal) if goal.nature == Nature::Project => {
                    goal.provider_progress = item.progress.or(goal.provider_progress);
                    if goal.parent.is_none() {
                        goal.parent.clone_from(&item.goal.parent);
                    }
                }
                Some(_) => {}
                None => {
                    let mut goal = item.goal.clone();
                    goal.link = self.place.page(item.page(), &item.slug);
                    self.goals.insert(item.id, goal);
                }
            }
        }
    }
}

/// What an answer about one check-in has under its name.
fn inside(answer: &Value) -> &Value {
    ["update", "project_check_in"]
        .into_iter()
        .find_map(|key| answer.get(key))
        .unwrap_or(&Value::Null)
}

fn read_single(answer: &Value, goal: &Goal, place: &Place) -> Option<CheckIn> {
    let check_in = inside(answer);
    if check_in.is_object() {
        return Some(check_in)
            .filter(|value| decode::is_published(value))
            .and_then(|value| match goal.nature {
                Nature::Goal | Nature::Folder => decode::check_in(value, goal),
                Nature::Project => decode::project_check_in(value, goal),
            });
    }
    let whole = match goal.nature {
        Nature::Goal | Nature::Folder => decode::goal(answer.get("goal")?, place)?,
        Nature::Project => decode::project(answer.get("project")?, place)?,
    };
    whole
        .check_ins
        .into_iter()
        .find(|check_in| !check_in.occasion.is_regular())
}

fn put_check_in(goal: &mut Goal, check_in: CheckIn) {
    goal.check_ins.retain(|known| known.id != check_in.id);
    goal.check_ins.push(check_in);
    goal.check_ins.sort_by_key(|check_in| check_in.at);
}

fn find(goal: &Goal, id: ShortId) -> Option<&CheckIn> {
    goal.check_ins
        .iter()
        .find(|check_in| ShortId::of_ours(check_in.id.as_str()) == Some(id))
}

/// Goals I answer for, and those with something that waits for me.
fn mine_first(lead: &Lead, me: &PersonId) -> Vec<Goal> {
    let waits = |goal: &Goal| {
        goal.check_ins
            .iter()
            .any(|check_in| check_in.waits() && goal.acknowledger(check_in) == Some(me))
    };
    let mine = |goal: &&Goal| goal.champion.as_ref() == Some(me) || waits(goal);
    in_order(lead.goals.values().filter(mine).cloned())
}

/// The server's lists have no order: by name, then by id.
fn in_order(goals: impl Iterator<Item = Goal>) -> Vec<Goal> {
    let mut goals: Vec<Goal> = goals.collect();
    goals.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    goals
}

/// Whom the first batch did not name: people of the inbox, and the one who stands
/// in for authors without a name, if there are any.
fn strangers(lead: &Lead, met: Vec<Person>) -> Vec<Person> {
    let nobody = decode::nobody(&lead.place.account);
    let goals = lead.goals.values();
    let is_nameless = goals
        .flat_map(|goal| &goal.check_ins)
        .any(|check_in| check_in.author == nobody.id);
    let met = met.into_iter();
    met.filter(|person| !lead.people.contains_key(&person.id))
        .chain(is_nameless.then_some(nobody))
        .collect()
}

fn mark(me: &PersonId, at: Option<Time>, unread: Option<u64>, waits: u64) -> Option<Cursor> {
    Mark {
        me: me.clone(),
        at: at?,
        unread,
        waits,
    }
    .cursor()
}
