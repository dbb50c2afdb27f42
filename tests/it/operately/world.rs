//! What the fake server knows: people, spaces, goals, projects, check-ins,
//! talk, news. Plain data and the rules that need nothing but it.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use super::age::Age;
use super::ids::{Id, slug_id};

/// A moment in UTC, whole seconds.
pub type Time = DateTime<Utc>;

/// A person of the company.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: Id,
    /// The word tests use for the person, the first part of the address.
    pub key: String,
    pub name: String,
    pub email: String,
    pub title: Option<String>,
    pub timezone: Option<String>,
    pub manager: Option<Id>,
    /// 10 member, 100 owner.
    pub company_access: i64,
    pub suspended: bool,
    pub kind: String,
    pub open_invitation: bool,
}

/// A token of a person.
#[derive(Debug, Clone)]
pub struct Token {
    pub value: String,
    pub person: Id,
    pub read_only: bool,
    /// A revoked token answers 401.
    pub revoked: bool,
}

/// Who may do what by where they belong.
#[derive(Debug, Clone, Copy)]
pub struct Access {
    pub public: i64,
    pub company: i64,
    pub space: i64,
}

impl Access {
    /// The usual: the company comments, the space edits.
    pub const INTERNAL: Access = Access {
        public: 0,
        company: 40,
        space: 70,
    };
    /// Only the people named on the thing.
    pub const SECRET: Access = Access {
        public: 0,
        company: 0,
        space: 0,
    };

    pub fn privacy(self) -> &'static str {
        if self.public > 0 {
            "public"
        } else if self.company > 0 {
            "internal"
        } else if self.space > 0 {
            "confidential"
        } else {
            "secret"
        }
    }
}

#[derive(Debug, Clone)]
pub struct Space {
    pub id: Id,
    pub name: String,
    pub mission: Option<String>,
    pub of_company: bool,
    pub private: bool,
    /// Members with their level, 70 or 100.
    pub members: Vec<(Id, i64)>,
    pub access: Access,
    pub statuses: Vec<Value>,
}

/// `date_type`, label, day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownDate {
    pub kind: String,
    pub label: String,
    pub day: NaiveDate,
}

impl ShownDate {
    /// A day, labelled as the server does.
    pub fn day(day: NaiveDate) -> ShownDate {
        ShownDate {
            kind: "day".into(),
            label: day.format("%b %d, %Y").to_string(),
            day,
        }
    }

    /// The end of a quarter.
    pub fn quarter_end(year: i32, quarter: u32) -> ShownDate {
        let first = NaiveDate::from_ymd_opt(year, quarter * 3, 1).expect("a quarter");
        ShownDate {
            kind: "quarter".into(),
            label: format!("Q{quarter} {year}"),
            day: first_of_next_month(first) - Days::new(1),
        }
    }
}

/// The time of a goal; either side may be open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeframe {
    pub start: Option<ShownDate>,
    pub end: Option<ShownDate>,
}

#[derive(Debug, Clone)]
pub struct Target {
    pub id: Id,
    /// The id of its copies in check-ins.
    pub copy: Id,
    pub index: i64,
    pub name: String,
    pub from: f64,
    pub to: f64,
    pub value: f64,
    pub unit: String,
    pub inserted: Time,
    pub updated: Time,
}

impl Target {
    /// Share of the way, 0 to 100, clamped; 0 where there is no way.
    pub fn progress(&self) -> f64 {
        if self.from == self.to {
            return 0.0;
        }
        (((self.value - self.from) / (self.to - self.from)) * 100.0).clamp(0.0, 100.0)
    }
}

#[derive(Debug, Clone)]
pub struct Check {
    pub id: Id,
    pub index: i64,
    pub name: String,
    pub completed: bool,
    pub completed_at: Option<Time>,
    pub inserted: Time,
    pub updated: Time,
}

/// How a goal was closed.
#[derive(Debug, Clone)]
pub struct Closed {
    pub at: Time,
    pub by: Option<Id>,
    /// What the client said with `success`.
    pub success: bool,
    /// `achieved` or `missed`.
    pub status: String,
    pub retrospective: Value,
    pub activity: Id,
    pub acknowledged: Option<(Time, Id)>,
}

#[derive(Debug, Clone)]
pub struct Goal {
    pub id: Id,
    pub name: String,
    pub space: Id,
    pub champion: Option<Id>,
    pub reviewer: Option<Id>,
    pub parent: Option<Id>,
    pub description: Option<Value>,
    pub timeframe: Option<Timeframe>,
    pub targets: Vec<Target>,
    pub checks: Vec<Check>,
    /// Oldest first, drafts too.
    pub check_ins: Vec<Id>,
    pub next_update: Option<Time>,
    pub inserted: Time,
    pub updated: Time,
    pub closed: Option<Closed>,
    pub access: Access,
    pub members: BTreeMap<Id, i64>,
    /// Check-ins before the last change of reviewer are not asked for.
    pub reviewer_since: Option<Time>,
}

impl Goal {
    pub fn sid(&self) -> String {
        slug_id(&self.name, self.id)
    }

    /// Mean of the targets, the share of done checks being one more item.
    pub fn progress(&self) -> f64 {
        let mut items: Vec<f64> = self.targets.iter().map(Target::progress).collect();
        if !self.checks.is_empty() {
            let done = self.checks.iter().filter(|c| c.completed).count();
            items.push(done as f64 / self.checks.len() as f64 * 100.0);
        }
        if items.is_empty() {
            return 0.0;
        }
        items.iter().sum::<f64>() / items.len() as f64
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Published,
    Draft,
    Scheduled,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Published => "published",
            State::Draft => "draft",
            State::Scheduled => "scheduled",
        }
    }
}

/// What a check-in is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Goal(Id),
    Project(Id),
}

/// A target as it stood in a check-in.
#[derive(Debug, Clone)]
pub struct TargetCopy {
    pub id: Id,
    pub index: i64,
    pub name: String,
    pub from: f64,
    pub to: f64,
    pub unit: String,
    pub value: f64,
    pub previous: f64,
}

#[derive(Debug, Clone)]
pub struct CheckCopy {
    pub id: Id,
    pub name: String,
    pub completed: bool,
    pub index: i64,
}

/// Who hears of what happens on a thing.
#[derive(Debug, Clone)]
pub struct Subscription {
    pub id: Id,
    pub everyone: bool,
    pub people: Vec<Id>,
}

#[derive(Debug, Clone)]
pub struct CheckIn {
    pub id: Id,
    pub about: About,
    pub author: Id,
    pub status: String,
    pub message: Value,
    pub inserted: Time,
    pub updated: Time,
    pub state: State,
    pub published: Option<Time>,
    pub scheduled: Option<Time>,
    pub acknowledged: Option<(Time, Option<Id>)>,
    pub targets: Vec<TargetCopy>,
    pub checks: Vec<CheckCopy>,
    pub timeframe: Option<Timeframe>,
    /// What `due_date` said: nothing, null, a date.
    pub due: Option<Option<ShownDate>>,
    pub subscription: Subscription,
}

impl CheckIn {
    pub fn sid(&self) -> String {
        slug_id(&self.inserted.format("%Y-%m-%d").to_string(), self.id)
    }
}

#[derive(Debug, Clone)]
pub struct Milestone {
    pub id: Id,
    pub title: String,
    pub done: bool,
    pub completed_at: Option<Time>,
    pub timeframe: Timeframe,
    pub inserted: Time,
}

#[derive(Debug, Clone)]
pub struct Contributor {
    pub id: Id,
    pub person: Id,
    /// `champion`, `reviewer`, `contributor`.
    pub role: String,
    pub responsibility: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Project {
    pub id: Id,
    pub name: String,
    pub space: Id,
    pub goal: Option<Id>,
    pub contributors: Vec<Contributor>,
    /// `active`, `paused`, `closed`.
    pub state: String,
    /// `achieved`, `missed`, none shows as the text `nil`.
    pub success: Option<String>,
    pub timeframe: Timeframe,
    pub next_check_in: Option<Time>,
    pub description: Option<Value>,
    pub inserted: Time,
    pub updated: Time,
    pub closed_at: Option<Time>,
    pub check_ins: Vec<Id>,
    pub milestones: Vec<Milestone>,
    pub statuses: Vec<Value>,
    pub access: Access,
    pub subscription: Subscription,
}

impl Project {
    pub fn sid(&self) -> String {
        slug_id(&self.name, self.id)
    }

    pub fn role(&self, role: &str) -> Option<Id> {
        self.contributors
            .iter()
            .find(|c| c.role == role)
            .map(|c| c.person)
    }
}

#[derive(Debug, Clone)]
pub struct Task {
    pub id: Id,
    pub name: String,
    pub project: Option<Id>,
    pub space: Id,
    pub milestone: Option<Id>,
    pub due: Option<ShownDate>,
    pub assignees: Vec<Id>,
    pub assigned: Option<Time>,
    pub status: Value,
}

#[derive(Debug, Clone)]
pub struct Comment {
    pub id: Id,
    /// The check-in, thread or other thing commented on.
    pub on: Id,
    pub author: Id,
    pub content: Value,
    pub at: Time,
}

#[derive(Debug, Clone)]
pub struct Reaction {
    pub id: Id,
    pub on: Id,
    pub person: Id,
    pub emoji: Option<String>,
}

/// A place to talk: a discussion, a closing, a reopening.
#[derive(Debug, Clone)]
pub struct Thread {
    pub id: Id,
    pub title: Option<String>,
    pub message: Value,
    pub goal: Option<Id>,
    pub author: Id,
    pub at: Time,
    pub activity: Id,
    pub discussion: bool,
    pub subscription: Subscription,
}

/// Something that happened. `content` holds references
/// (`{"$": "goal", "id": uuid}`) that are looked up when it is shown.
#[derive(Debug, Clone)]
pub struct Activity {
    pub id: Id,
    pub slug: String,
    pub action: String,
    pub author: Id,
    pub at: Time,
    pub content: Value,
    pub goal: Option<Id>,
    pub project: Option<Id>,
    pub space: Option<Id>,
    pub thread: Option<Id>,
}

#[derive(Debug, Clone)]
pub struct Notification {
    pub id: Id,
    pub person: Id,
    pub activity: Id,
    pub at: Time,
    pub read_at: Option<Time>,
    /// Counted as unread, never listed.
    pub unlisted: bool,
}

/// Notifications that the background job has not made yet.
#[derive(Debug, Clone)]
pub struct Job {
    pub people: Vec<Id>,
    pub activity: Id,
    pub at: Time,
    /// How many more requests come before it is done.
    pub after: usize,
}

/// When notifications appear after the deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jobs {
    /// Before the deed is answered.
    AtOnce,
    /// Unseen by so many requests after the deed.
    After(usize),
    /// Only when the test says `run_jobs`.
    Held,
}

/// Which names an operation answers to, when not those of the age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    Flat,
    Namespaced,
}

/// All that the server knows.
#[derive(Debug, Clone)]
pub struct World {
    pub age: Age,
    /// The clock of the server. Nothing moves it but tests.
    pub now: Time,
    pub company: Id,
    pub company_sid: String,
    pub company_name: String,
    pub company_space: Id,
    pub other_companies: Vec<(String, Value)>,
    pub people: BTreeMap<Id, Person>,
    pub tokens: Vec<Token>,
    pub spaces: BTreeMap<Id, Space>,
    pub goals: BTreeMap<Id, Goal>,
    pub projects: BTreeMap<Id, Project>,
    pub check_ins: BTreeMap<Id, CheckIn>,
    pub tasks: BTreeMap<Id, Task>,
    pub comments: Vec<Comment>,
    pub reactions: Vec<Reaction>,
    pub threads: Vec<Thread>,
    /// Oldest first.
    pub activities: Vec<Activity>,
    pub notifications: Vec<Notification>,
    pub jobs: Vec<Job>,
    pub jobs_mode: Jobs,
    /// Operations that answer to the names of another age (mixed builds).
    pub names: HashMap<String, Names>,
    /// Instead of the version of the age; `Some(None)` sends no header.
    pub version: Option<Option<String>>,
    /// Billing mode in which nobody may change anything.
    pub billing_read_only: bool,
    /// Ids that things made next will get, by kind of thing.
    pub next_ids: HashMap<&'static str, VecDeque<Id>>,
    /// Shuffle keys and unordered lists.
    pub shuffles: bool,
    pub dice: Dice,
}

/// A small source of numbers that repeat with their seed.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % n.max(1) as u64) as usize
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

/// The first day of the month after a day.
pub fn first_of_next_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).expect("every month has a first") + Months::new(1)
}

/// The Friday after a day, seven days later on a Friday.
pub fn next_friday(day: NaiveDate) -> NaiveDate {
    let ahead = (11 - u64::from(day.weekday().num_days_from_monday())) % 7;
    day + Days::new(if ahead == 0 { 7 } else { ahead })
}

/// Midnight UTC of a day.
pub fn midnight(day: NaiveDate) -> Time {
    day.and_hms_opt(0, 0, 0).expect("midnight").and_utc()
}

/// The id that copies of a target get in check-ins.
pub fn copy_id(target: Id) -> Id {
    Id::from_u128(target.as_u128() ^ 0x00C0_FFEE_0000_0000_0000_0000_0000_0001)
}

/// A document of one paragraph.
pub fn doc(text: &str) -> Value {
    json!({"type": "doc", "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
}

/// The ids of the people mentioned in a document.
pub fn mentioned(doc: &Value, out: &mut Vec<Id>) {
    match doc {
        Value::Object(map) => {
            if map.get("type").and_then(Value::as_str) == Some("mention")
                && let Some(text) = map
                    .get("attrs")
                    .and_then(|a| a.get("id"))
                    .and_then(Value::as_str)
                && let Some(id) = super::ids::read(text, true)
            {
                out.push(id);
            }
            map.values().for_each(|v| mentioned(v, out));
        }
        Value::Array(list) => list.iter().for_each(|v| mentioned(v, out)),
        _ => {}
    }
}

impl World {
    /// A fresh id; the one a test asked for when there is one.
    pub fn new_id(&mut self, kind: &'static str) -> Id {
        if let Some(id) = self.next_ids.get_mut(kind).and_then(VecDeque::pop_front) {
            return id;
        }
        let high = u128::from(self.dice.roll());
        let low = u128::from(self.dice.roll());
        let bits = (high << 64) | low;
        // The bits of a random uuid of version 4.
        let bits = (bits & !(0xF << 76)) | (0x4 << 76);
        let bits = (bits & !(0x3 << 62)) | (0x2 << 62);
        uuid::Uuid::from_u128(bits)
    }

    /// The person behind a word like `ada`.
    pub fn who(&self, key: &str) -> Id {
        self.people
            .values()
            .find(|p| p.key == key)
            .unwrap_or_else(|| panic!("nobody called {key} in the fake company"))
            .id
    }

    /// The goal with this name.
    pub fn goal_named(&self, name: &str) -> &Goal {
        self.goals
            .values()
            .find(|g| g.name == name)
            .unwrap_or_else(|| panic!("no goal called {name} in the fake company"))
    }

    /// The goal with this name, to change it behind the client's back.
    pub fn goal_mut(&mut self, name: &str) -> &mut Goal {
        self.goals
            .values_mut()
            .find(|g| g.name == name)
            .unwrap_or_else(|| panic!("no goal called {name} in the fake company"))
    }

    /// A person's level on something of a space.
    fn level(&self, me: Id, space: Id, access: Access, named: bool, extra: Option<i64>) -> i64 {
        let Some(person) = self.people.get(&me) else {
            return 0;
        };
        if person.suspended {
            return 0;
        }
        if named || person.company_access >= 100 {
            return 100;
        }
        let mut level = access.company.max(extra.unwrap_or(0));
        if let Some((_, own)) = self
            .spaces
            .get(&space)
            .and_then(|s| s.members.iter().find(|(id, _)| *id == me))
        {
            level = level.max(access.space);
            if *own >= 100 {
                level = level.max(100);
            }
        }
        level
    }

    /// 0, 10, 40, 70 or 100.
    pub fn level_on_goal(&self, me: Id, goal: &Goal) -> i64 {
        let named = goal.champion == Some(me) || goal.reviewer == Some(me);
        self.level(
            me,
            goal.space,
            goal.access,
            named,
            goal.members.get(&me).copied(),
        )
    }

    pub fn level_on_project(&self, me: Id, project: &Project) -> i64 {
        let named = project.role("champion") == Some(me) || project.role("reviewer") == Some(me);
        let helps = project
            .contributors
            .iter()
            .any(|c| c.person == me)
            .then_some(70);
        self.level(me, project.space, project.access, named, helps)
    }

    pub fn level_on_space(&self, me: Id, space: &Space) -> i64 {
        let access = Access {
            space: 70,
            ..space.access
        };
        self.level(me, space.id, access, false, None)
    }

    /// The latest published check-in of a goal or project.
    pub fn latest(&self, check_ins: &[Id]) -> Option<&CheckIn> {
        check_ins
            .iter()
            .rev()
            .filter_map(|id| self.check_ins.get(id))
            .find(|c| c.state == State::Published)
    }

    /// More than three days past due, or no due day at all.
    pub fn late(&self, next: Option<Time>) -> bool {
        next.is_none_or(|next| (self.now.date_naive() - next.date_naive()) > TimeDelta::days(3))
    }

    pub fn goal_outdated(&self, goal: &Goal) -> bool {
        goal.closed.is_none() && self.late(goal.next_update)
    }

    /// The word of section 8.2.
    pub fn goal_status(&self, goal: &Goal) -> String {
        if let Some(closed) = &goal.closed {
            return closed.status.clone();
        }
        if self.late(goal.next_update) {
            return "outdated".into();
        }
        self.latest(&goal.check_ins)
            .map_or("pending".into(), |c| c.status.clone())
    }

    pub fn project_outdated(&self, project: &Project) -> bool {
        let started = project
            .timeframe
            .start
            .as_ref()
            .is_none_or(|s| s.day <= self.now.date_naive());
        project.state == "active" && started && self.late(project.next_check_in)
    }

    pub fn project_status(&self, project: &Project) -> String {
        match project.state.as_str() {
            "closed" => project.success.clone().unwrap_or_else(|| "achieved".into()),
            "paused" => "paused".into(),
            _ if self.project_outdated(project) => "outdated".into(),
            _ => self
                .latest(&project.check_ins)
                .map_or("pending".into(), |c| c.status.clone()),
        }
    }

    /// Milestones come in the order of their due days.
    pub fn next_milestone(project: &Project) -> Option<&Milestone> {
        project
            .milestones
            .iter()
            .filter(|m| !m.done)
            .min_by_key(|m| {
                m.timeframe
                    .end
                    .as_ref()
                    .map_or(NaiveDate::MAX, |end| end.day)
            })
    }

    /// Goals under a goal, itself left out.
    pub fn below(&self, top: Id) -> Vec<Id> {
        let mut found = Vec::new();
        let mut todo = vec![top];
        while let Some(one) = todo.pop() {
            for goal in self.goals.values().filter(|g| g.parent == Some(one)) {
                if goal.id != top && !found.contains(&goal.id) {
                    found.push(goal.id);
                    todo.push(goal.id);
                }
            }
        }
        found
    }

    /// Members of a space who can see a goal.
    pub fn audience(&self, goal: &Goal) -> Vec<Id> {
        self.spaces[&goal.space]
            .members
            .iter()
            .map(|(id, _)| *id)
            .filter(|id| self.level_on_goal(*id, goal) >= 10)
            .collect()
    }

    pub fn project_audience(&self, project: &Project) -> Vec<Id> {
        self.spaces[&project.space]
            .members
            .iter()
            .map(|(id, _)| *id)
            .filter(|id| self.level_on_project(*id, project) >= 10)
            .collect()
    }

    /// Writes down what happened and plans who is told, the doer never.
    pub fn happened(&mut self, mut activity: Activity, tell: Vec<Id>) -> Id {
        if activity.id.is_nil() {
            activity.id = self.new_id("activity");
        }
        let (id, at, author) = (activity.id, activity.at, activity.author);
        self.activities.push(activity);
        let mut people: Vec<Id> = Vec::new();
        for one in tell {
            let there = self.people.get(&one).is_some_and(|p| !p.suspended);
            if one != author && there && !people.contains(&one) {
                people.push(one);
            }
        }
        if !people.is_empty() {
            let after = match self.jobs_mode {
                Jobs::AtOnce => 0,
                Jobs::After(n) => n,
                Jobs::Held => usize::MAX,
            };
            self.jobs.push(Job {
                people,
                activity: id,
                at,
                after,
            });
            if self.jobs_mode == Jobs::AtOnce {
                self.run_jobs();
            }
        }
        id
    }

    /// Makes every notification that is planned.
    pub fn run_jobs(&mut self) {
        for job in std::mem::take(&mut self.jobs) {
            self.finish(job);
        }
    }

    fn finish(&mut self, job: Job) {
        for person in job.people {
            let id = self.new_id("notification");
            self.notifications.push(Notification {
                id,
                person,
                activity: job.activity,
                at: job.at,
                read_at: None,
                unlisted: false,
            });
        }
    }

    /// Counts one request for the jobs that wait for requests.
    pub fn request_passed(&mut self) {
        let jobs = std::mem::take(&mut self.jobs);
        for mut job in jobs {
            if job.after == 0 {
                self.finish(job);
            } else {
                if job.after != usize::MAX {
                    job.after -= 1;
                }
                self.jobs.push(job);
            }
        }
    }

    /// Unread notifications of a person, also those never listed.
    pub fn unread(&self, person: Id) -> usize {
        self.notifications
            .iter()
            .filter(|n| n.person == person && n.read_at.is_none())
            .count()
    }

    pub fn activity(&self, id: Id) -> Option<&Activity> {
        self.activities.iter().find(|a| a.id == id)
    }
}
