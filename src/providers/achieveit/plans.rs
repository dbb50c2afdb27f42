//! Reads the plans of an account: by the export, page by page, and from the file
//! of external ids where an organisation has only the import.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::Mutex;

use super::account::Setup;
use super::decode::{self, Forest, Item, Page, person_id};
use super::diary::Updates;
use super::items_file;
use super::record::wanted_of;
use super::text::{segment, words_of};
use super::words::Words;
use crate::model::check_in::CheckIn;
use crate::model::exchange::{Batch, Fault, FaultKind};
use crate::model::goal::Goal;
use crate::model::ids::{GoalId, PersonId};
use crate::model::key_result::Reading;
use crate::model::person::Person;
use crate::model::time::Time;
use crate::providers::http::{self, Reply, Request};

/// Items asked for at once: the most the export gives.
const TAKE: usize = 1_500;
/// Pages of one plan.
const PAGES: usize = 100;
/// Most bytes of a page: 1,500 items with long descriptions.
const LARGEST: usize = 32 * 1024 * 1024;

/// What is known of the plans of an account.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// When reading began.
    pub at: Time,
    /// All items, in their order, as they were read.
    pub goals: Vec<Goal>,
    places: HashMap<GoalId, usize>,
    /// Everybody on them, and who is signed in.
    pub people: Vec<Person>,
    /// Who is signed in.
    pub me: PersonId,
    /// Items the export does not show: of them only what was sent from here is
    /// known.
    unseen: HashSet<GoalId>,
    /// No export gave fewer items than it counts, so what is not here is gone.
    pub is_whole: bool,
}

impl Known {
    /// One item, with the updates that were written here.
    pub fn goal(&self, id: &GoalId, updates: &Updates, words: &Words) -> Option<Goal> {
        let goal = self.goals.get(*self.places.get(id)?)?;
        Some(self.updated(goal, updates, words))
    }

    /// The export says what an item is; of one that no export shows, our own
    /// updates are the newest that is known.
    fn updated(&self, goal: &Goal, updates: &Updates, words: &Words) -> Goal {
        let mut goal = goal.clone();
        if let Some(updates) = updates.get(&goal.id) {
            if let Some(newest) = updates.last().filter(|_| self.unseen.contains(&goal.id)) {
                take(&mut goal, newest, words);
            }
            goal.check_ins.clone_from(updates);
        }
        goal
    }

    /// Whether what AchieveIt makes of an update can be seen.
    pub fn shows(&self, id: &GoalId) -> bool {
        self.places.contains_key(id) && !self.unseen.contains(id)
    }

    /// All of it as an answer.
    pub fn batch(&self, updates: &Updates, words: &Words) -> Batch {
        let goals = self.goals.iter();
        let goals = goals.map(|goal| self.updated(goal, updates, words));
        Batch {
            goals: goals.collect(),
            people: self.people.clone(),
            me: Some(self.me.clone()),
            full: self.is_whole,
            ..Batch::default()
        }
    }
}

/// The reader of one account.
#[derive(Default)]
pub(super) struct Plans {
    known: Mutex<Option<Arc<Known>>>,
}

/// A plan that this key cannot read, where the file may stand in.
enum Export {
    /// And whether these are all that the plan counts.
    Items(Vec<Item>, bool),
    Closed(Fault),
}

impl Plans {
    /// What was read no earlier than this, or is read now: of many who ask at the
    /// same time one reads.
    pub async fn since(
        &self,
        at_least: Time,
        http: &http::Client,
        setup: &Setup,
    ) -> Result<Arc<Known>, Fault> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.at >= at_least) {
            return Ok(Arc::clone(known));
        }
        let at = (setup.clock)().at;
        let read = read(http, setup).await?;
        let read = Arc::new(finished(read, at, setup));
        *known = Some(Arc::clone(&read));
        Ok(read)
    }

    /// What was read last, if that was no longer ago than this.
    pub async fn recent(&self, age: TimeDelta, now: Time) -> Option<Arc<Known>> {
        let known = self.known.lock().await;
        let known = known.as_ref().filter(|known| now - known.at <= age);
        known.cloned()
    }
}

/// What was read.
struct Read {
    plans: Vec<Vec<Item>>,
    /// Items of the file that no export shows.
    filed: Vec<Item>,
    /// No export gave fewer items than it counts.
    has_all: bool,
}

async fn read(http: &http::Client, setup: &Setup) -> Result<Read, Fault> {
    let rows = match &setup.items_file {
        Some(file) => Some(rows(file).await?),
        None => None,
    };
    if setup.plans.is_empty() && rows.is_none() {
        return Err(nothing_to_read());
    }
    let (mut plans, mut is_whole) = (Vec::new(), !setup.plans.is_empty());
    let mut has_all = true;
    for plan in &setup.plans {
        match export(http, plan).await? {
            Export::Items(items, is_all) => {
                has_all &= is_all;
                plans.push(items);
            }
            Export::Closed(fault) if rows.is_none() => return Err(fault),
            Export::Closed(fault) => {
                is_whole = false;
                tracing::warn!(account = %setup.account, %fault, "items_file is read instead");
            }
        }
    }
    let mut filed = rows.unwrap_or_default();
    let mut items: Vec<&mut Item> = plans.iter_mut().flatten().collect();
    items_file::lay_over(&mut items, &filed);
    let there: HashSet<String> = items.iter().map(|item| item.id.clone()).collect();
    filed.retain(|row| !is_whole && !there.contains(&row.id));
    Ok(Read {
        plans,
        filed,
        has_all,
    })
}

fn nothing_to_read() -> Fault {
    Fault::new(
        FaultKind::Invalid,
        "the account has neither plans nor items_file, so there is nothing to read",
        "set plans = [\"…\"] (AchieveIt: the plan's root item, Options, Copy Plan ID), or items_file to the file of external ids",
    )
}

/// The file, read off the threads that must not wait.
async fn rows(file: &super::account::ItemsFile) -> Result<Vec<Item>, Fault> {
    let file = Arc::clone(file);
    let read = tokio::task::spawn_blocking(move || items_file::read(&file()?));
    read.await.unwrap_or_else(|_| {
        Err(Fault::new(
            FaultKind::Disk,
            "items_file could not be read",
            "try again",
        ))
    })
}

fn finished(read: Read, at: Time, setup: &Setup) -> Known {
    let is_whole = read.has_all;
    let mut forest = Forest::new(&setup.account, &setup.words);
    for plan in read.plans {
        forest.plant(plan);
    }
    let seen = forest.goals.len();
    forest.plant(read.filed);
    let me = me(setup, &forest);
    let Forest {
        goals, mut people, ..
    } = forest;
    let unseen: HashSet<GoalId> = goals
        .iter()
        .skip(seen)
        .map(|goal| goal.id.clone())
        .collect();
    let places = goals.iter().enumerate();
    let places = places
        .map(|(place, goal)| (goal.id.clone(), place))
        .collect();
    if people.iter().all(|person| person.id != me.id) {
        people.push(me.clone());
    }
    Known {
        at,
        goals,
        places,
        people,
        me: me.id,
        unseen,
        is_whole,
    }
}

/// Who is signed in: the key does not say, so the account's `me` is looked for
/// among the people, by name or address.
fn me(setup: &Setup, forest: &Forest<'_>) -> Person {
    let account = &setup.account;
    let who = setup.me.as_deref().map(str::trim);
    let who = who.filter(|who| !who.is_empty());
    let id = match who {
        None => None,
        Some(who) => forest.meant(who).or_else(|| {
            // A name that comes up later shall be the same person then.
            (!who.contains('@')).then(|| person_id(account, who))
        }),
    };
    Person {
        id: id.unwrap_or_else(|| PersonId::new(format!("{account}:me"))),
        account: account.clone(),
        name: who.unwrap_or("me").to_owned(),
        handle: String::new(),
    }
}

/// What an update of ours makes of an item that cannot be seen: the import says
/// that it is on the item, and nothing newer is known.
pub(super) fn take(goal: &mut Goal, check_in: &CheckIn, words: &Words) {
    if let Some(status) = wanted_of(check_in)
        && status != goal.status
    {
        let meaning = words.meaning(words.of(status).unwrap_or_default());
        goal.status = status;
        goal.status_word = meaning.word.filter(|_| meaning.status == status);
    }
    for result in &mut goal.results {
        if let Some(now) = check_in.value_of(&result.id) {
            result.current = Some(Reading::Number(now.number()));
        }
    }
    goal.updated_at = goal.updated_at.max(check_in.at);
    decode::restate(goal);
}

/// All items of a plan.
async fn export(http: &http::Client, plan: &str) -> Result<Export, Fault> {
    let mut items: Vec<Item> = Vec::new();
    let mut is_all = false;
    for _ in 0..PAGES {
        let page = match page(http, plan, items.len(), TAKE).await? {
            Ok(page) => page,
            Err(fault) => return Ok(Export::Closed(fault)),
        };
        let count = page.items.len();
        let is_same = !items.is_empty() && items.first() == page.items.first();
        if is_same {
            tracing::warn!("the export gives the same page again");
            break;
        }
        items.extend(page.items);
        let is_last = match page.total {
            Some(total) => items.len() >= total,
            None => count < TAKE,
        };
        is_all = is_last;
        if is_last || count == 0 {
            break;
        }
    }
    if !is_all {
        tracing::warn!(
            plan,
            items = items.len(),
            "the export counts more than it gives"
        );
    }
    Ok(Export::Items(items, is_all))
}

/// One page; a plan that the key cannot read is the inner fault.
pub(super) async fn page(
    http: &http::Client,
    plan: &str,
    skip: usize,
    take: usize,
) -> Result<Result<Page, Fault>, Fault> {
    let request = Request::get(format!("/exports/plans/{}", segment(plan)))
        .with("skip", skip.to_string())
        .with("take", take.to_string())
        .with("sortKey", "sequenceId")
        .with("sortDirection", "asc")
        .at_most(LARGEST);
    let reply = http.read(request).await?;
    let named = crate::model::text::line(plan);
    match reply.status {
        200..=299 => Ok(Ok(decode::page(&reply.json()?)?)),
        403 => Ok(Err(Fault::new(
            FaultKind::Forbidden,
            format!("the key's user may not see the plan {named}"),
            "ask an admin of the plan for access, or take it out of plans",
        ))),
        404 | 410 => Ok(Err(Fault::new(
            FaultKind::Gone,
            format!("AchieveIt has no plan {named}"),
            "check plans (the plan's root item, Options, Copy Plan ID) and the account's url",
        ))),
        _ => Err(fault_of(&reply)),
    }
}

/// What an answer to a question means that is neither what was asked for nor about
/// a plan.
pub(super) fn fault_of(reply: &Reply) -> Fault {
    let words = match words_of(reply).as_str() {
        "" => String::new(),
        words => format!(": {words}"),
    };
    match reply.status {
        401 => signed_out(),
        429 => {
            let seconds = reply.retry_after.map_or(5, |wait| wait.as_secs());
            let why = format!("AchieveIt asks to wait {seconds} s");
            Fault::new(FaultKind::Offline, why, "")
        }
        500.. => {
            let why = format!("AchieveIt failed (HTTP {}{words})", reply.status);
            Fault::new(FaultKind::Offline, why, "")
        }
        status => Fault::new(
            FaultKind::Unreadable,
            format!("AchieveIt does not take the request (HTTP {status}{words})"),
            "check the account's url",
        ),
    }
}

/// The key does not count.
pub(super) fn signed_out() -> Fault {
    Fault::new(
        FaultKind::SignedOut,
        "AchieveIt does not take the API key",
        "ask AchieveIt for a new one and put it where the account's token comes from",
    )
}
