//! The recordings of real servers, and the company they were made in, put
//! together from what the recorded reads say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::age::Age;
use super::ids::{Id, long, read, slug};
use super::view::shown_date;
use super::world::{
    About, Access, Activity, Check, CheckCopy, CheckIn, Closed, Comment, Contributor, Goal,
    Milestone, Notification, Person, Project, Reaction, Space, State, Subscription, Target,
    TargetCopy, Task, Thread, Time, Timeframe, World, copy_id,
};
use super::writes::reference;

/// One recorded exchange.
#[derive(Debug, Clone)]
pub struct Recording {
    /// `216-check-in-create.json`.
    pub file: String,
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    pub status: u16,
    pub content_type: Option<String>,
    /// The answer: JSON, or a string of plain text.
    pub answer: Value,
    pub is_json: bool,
    /// The `Date` of the answer.
    pub at: Time,
}

impl Recording {
    /// A write that did something.
    pub fn wrote(&self) -> bool {
        self.method == "POST" && self.status == 200
    }
}

/// The recordings of one vintage, in order; read once.
pub fn load(vintage: &str) -> &'static [Recording] {
    static FLAT: OnceLock<Vec<Recording>> = OnceLock::new();
    static NAMESPACED: OnceLock<Vec<Recording>> = OnceLock::new();
    let one = if vintage == "flat" {
        &FLAT
    } else {
        &NAMESPACED
    };
    one.get_or_init(|| read_all(vintage))
}

fn read_all(vintage: &str) -> Vec<Recording> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let folder = root.join(format!("operately-{vintage}"));
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the recordings are in the tree")
        .map(|e| e.expect("a file").path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).expect("a recording");
            let v: Value = serde_json::from_str(&text).expect("JSON");
            one(
                path.file_name().expect("a name").to_string_lossy().into(),
                &v,
            )
        })
        .collect()
}

/// The files the index of a vintage names, in its order.
pub fn index(vintage: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let path = root.join(format!("operately-{vintage}/INDEX.md"));
    let text = std::fs::read_to_string(path).expect("the index is in the tree");
    text.lines()
        .filter_map(|l| l.strip_prefix("| ")?.split(" | ").next())
        .filter(|name| name.ends_with(".json"))
        .map(str::to_owned)
        .collect()
}

fn one(file: String, v: &Value) -> Recording {
    let text = |v: &Value| v.as_str().unwrap_or("").to_owned();
    let request = &v["request"];
    let headers = request["headers"].as_object().cloned().unwrap_or_default();
    let body = match &request["body"] {
        Value::Null => None,
        // The recorder wrote raw bytes as Latin-1.
        Value::String(raw) => Some(raw.chars().map(|c| c as u32 as u8).collect()),
        json => Some(json.to_string().into_bytes()),
    };
    let response = &v["response"];
    let date = text(&response["headers"]["date"]);
    Recording {
        file,
        method: text(&request["method"]),
        path: text(&request["path"]),
        query: text(&request["query"]),
        headers: headers
            .iter()
            .map(|(n, v)| (n.clone(), text(v)))
            .filter(|(_, v)| !v.is_empty())
            .collect(),
        body,
        status: response["status"].as_u64().expect("a status") as u16,
        content_type: response["headers"]["content-type"]
            .as_str()
            .map(str::to_owned),
        answer: response["body"].clone(),
        is_json: response["body_is_json"] == true,
        at: DateTime::parse_from_rfc2822(&date)
            .expect("a date")
            .with_timezone(&Utc),
    }
}

fn time(v: &Value) -> Option<Time> {
    let text = v.as_str()?;
    Some(DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc))
}

fn id(v: &Value) -> Option<Id> {
    v.as_str().and_then(|t| read(t, true))
}

fn string(v: &Value) -> String {
    v.as_str().unwrap_or("").to_owned()
}

fn document(v: &Value) -> Value {
    match v.as_str() {
        Some(text) => serde_json::from_str(text).expect("a document in a string"),
        None => v.clone(),
    }
}

fn frame(v: &Value) -> Option<Timeframe> {
    v.is_object().then(|| Timeframe {
        start: shown_date(&v["contextual_start_date"]),
        end: shown_date(&v["contextual_end_date"]),
    })
}

fn levels(v: &Value) -> Option<Access> {
    Some(Access {
        public: v["public"].as_i64()?,
        company: v["company"].as_i64()?,
        space: v["space"].as_i64()?,
    })
}

fn plain(v: &Value) -> Value {
    let mut v = v.clone();
    if let Value::Object(map) = &mut v {
        map.remove("__typename");
    }
    v
}

/// Builds the company. Only reads before the first write count as they are;
/// of later ones only what is older than the first write.
struct Building<'a> {
    w: World,
    all: &'a [Recording],
    /// The first write.
    start: Time,
    /// Author by check-in, from the activities.
    authors: BTreeMap<Id, Id>,
    acknowledged_by: BTreeMap<Id, Id>,
}

/// The company of a vintage as it was before the first write.
pub fn company(vintage: &str, all: &[Recording]) -> World {
    let age = if vintage == "flat" {
        Age::Flat
    } else {
        Age::Later
    };
    let first = all.iter().position(Recording::wrote).expect("a write");
    let mut b = Building {
        w: World::empty(age),
        all,
        start: all[first].at,
        authors: BTreeMap::new(),
        acknowledged_by: BTreeMap::new(),
    };
    b.w.spaces.clear();
    b.w.shuffles = true;
    b.w.version = (age == Age::Later).then(|| Some("dev-version".to_owned()));
    b.people();
    b.spaces();
    b.goals();
    b.projects();
    b.who_did_what();
    b.check_ins();
    b.talk();
    b.news();
    b.tasks();
    b.order();
    b.w
}

impl Building<'_> {
    /// Answers before the first write that hold a key.
    fn before(&self, key: &str) -> Vec<Value> {
        self.all
            .iter()
            .filter(|r| r.at <= self.start && r.status == 200 && r.is_json)
            .take_while(|r| !r.wrote())
            .filter_map(|r| r.answer.get(key).cloned())
            .collect()
    }

    /// The richest list under a key: with the most text.
    fn richest(&self, key: &str) -> Vec<Value> {
        self.before(key)
            .into_iter()
            .max_by_key(|v| v.to_string().len())
            .and_then(|v| v.as_array().cloned())
            .unwrap_or_default()
    }

    fn people(&mut self) {
        let company = self.before("company").remove(0);
        self.w.company_sid = string(&company["id"]);
        self.w.company_name = string(&company["name"]);
        self.w.company_space = id(&company["company_space_id"]).expect("an id");
        for p in self.richest("people") {
            let pid = id(&p["id"]).expect("an id");
            let email = string(&p["email"]);
            let key = email.split('@').next().unwrap_or("").to_owned();
            for (value, read_only) in [
                (super::seeds::token(&key), false),
                (super::seeds::read_only_token(&key), true),
            ] {
                self.w.tokens.push(super::world::Token {
                    value,
                    person: pid,
                    read_only,
                    revoked: false,
                });
            }
            let person = Person {
                id: pid,
                key,
                name: string(&p["full_name"]),
                email,
                title: p["title"].as_str().map(str::to_owned),
                timezone: p["timezone"].as_str().map(str::to_owned),
                manager: id(&p["manager"]["id"]),
                company_access: p["access_level"].as_i64().unwrap_or(10),
                suspended: p["suspended"] == true,
                kind: string(&p["type"]),
                open_invitation: p["has_open_invitation"] == true,
            };
            self.w.people.insert(pid, person);
        }
        for list in self.before("companies") {
            for c in list.as_array().into_iter().flatten() {
                if c["id"] != self.w.company_sid && self.w.other_companies.is_empty() {
                    self.w.other_companies.push(("tomas".into(), plain(c)));
                }
            }
        }
    }

    fn spaces(&mut self) {
        let full: Vec<Value> = self.before("space");
        let level = |space: &Value, person: &Value| {
            let same = full.iter().filter(|s| s["id"] == space["id"]);
            let mut members = same.flat_map(|s| s["members"].as_array().into_iter().flatten());
            let known = members.find_map(|m| {
                let level = m["access_level"].as_i64()?;
                (m["id"] == person["id"]).then_some(level)
            });
            known.unwrap_or(70)
        };
        let all_access = full
            .iter()
            .filter(|s| s["permissions"]["has_full_access"] == true);
        let run_by_ada: BTreeSet<String> = all_access.map(|s| string(&s["id"])).collect();
        for s in self.richest("spaces") {
            let sid = id(&s["id"]).expect("an id");
            let members = s["members"].as_array().into_iter().flatten().map(|m| {
                let person = id(&m["id"]).expect("an id");
                let ada = self.w.people[&person].key == "ada";
                let manages = ada && run_by_ada.contains(&string(&s["id"]));
                (person, if manages { 100 } else { level(&s, m) })
            });
            let space = Space {
                id: sid,
                name: string(&s["name"]),
                mission: s["mission"].as_str().map(str::to_owned),
                of_company: s["is_company_space"] == true,
                private: s["private_space"] == true,
                members: members.collect(),
                access: levels(&s["access_levels"]).unwrap_or(Access::INTERNAL),
                statuses: s["task_statuses"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(plain)
                    .collect(),
            };
            self.w.spaces.insert(sid, space);
        }
    }

    fn goals(&mut self) {
        let singles = self.before("goal");
        for v in self.richest("goals") {
            let gid = id(&v["id"]).expect("an id");
            let own: Vec<&Value> = singles.iter().filter(|s| s["id"] == v["id"]).collect();
            let in_full = own.iter().find(|s| s["access_levels"].is_object());
            let empty = Value::Null;
            let full = in_full.copied().unwrap_or(&empty);
            let closed = time(&v["closed_at"]).map(|at| Closed {
                at,
                by: id(&full["closed_by"]["id"]),
                success: v["success"] == true,
                status: string(&v["status"]),
                retrospective: document(&full["retrospective"]["content"]),
                activity: full["retrospective"]["id"]
                    .as_str()
                    .and_then(long)
                    .unwrap_or(Id::nil()),
                acknowledged: None,
            });
            let list = |key: &str| v[key].as_array().cloned().unwrap_or_default();
            let mut targets: Vec<Target> = list("targets").iter().map(target).collect();
            targets.sort_by_key(|t| t.index);
            let mut checks: Vec<Check> = list("checklist").iter().map(check).collect();
            checks.sort_by_key(|c| c.index);
            let goal = Goal {
                id: gid,
                name: string(&v["name"]),
                space: id(&v["space"]["id"]).expect("a space"),
                champion: id(&v["champion"]["id"]),
                reviewer: id(&v["reviewer"]["id"]),
                parent: id(&v["parent_goal_id"]),
                description: (!v["description"].is_null()).then(|| document(&v["description"])),
                timeframe: frame(&v["timeframe"]),
                targets,
                checks,
                check_ins: vec![],
                next_update: time(&v["next_update_scheduled_at"]),
                inserted: time(&v["inserted_at"]).expect("a time"),
                updated: time(&v["updated_at"]).expect("a time"),
                closed,
                access: levels(&full["access_levels"]).unwrap_or(Access::INTERNAL),
                members: BTreeMap::new(),
                reviewer_since: None,
            };
            self.w.goals.insert(gid, goal);
        }
    }

    fn projects(&mut self) {
        for v in self.richest("projects") {
            let pid = id(&v["id"]).expect("an id");
            let contributors = v["contributors"].as_array().into_iter().flatten();
            let milestones = v["milestones"].as_array().into_iter().flatten();
            let list = self
                .before("project")
                .into_iter()
                .find(|p| p["id"] == v["id"] && p["subscription_list"].is_object());
            let subscription = match list {
                Some(p) => Subscription {
                    id: id(&p["subscription_list"]["id"]).expect("an id"),
                    everyone: p["subscription_list"]["send_to_everyone"] == true,
                    people: p["subscription_list"]["subscriptions"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(|s| id(&s["person"]["id"]))
                        .collect(),
                },
                None => Subscription {
                    id: self.w.new_id("subscription"),
                    everyone: false,
                    people: vec![],
                },
            };
            let project = Project {
                id: pid,
                name: string(&v["name"]),
                space: id(&v["space"]["id"]).expect("a space"),
                goal: id(&v["goal_id"]),
                contributors: contributors
                    .map(|c| Contributor {
                        id: id(&c["id"]).expect("an id"),
                        person: id(&c["person"]["id"]).expect("a person"),
                        role: string(&c["role"]),
                        responsibility: c["responsibility"].as_str().map(str::to_owned),
                    })
                    .collect(),
                state: string(&v["state"]),
                success: v["success_status"]
                    .as_str()
                    .filter(|s| *s != "nil")
                    .map(str::to_owned),
                timeframe: frame(&v["timeframe"]).unwrap_or_default(),
                next_check_in: time(&v["next_check_in_scheduled_at"]),
                description: (!v["description"].is_null()).then(|| document(&v["description"])),
                inserted: time(&v["inserted_at"]).expect("a time"),
                updated: time(&v["updated_at"]).expect("a time"),
                closed_at: time(&v["closed_at"]),
                check_ins: vec![],
                milestones: milestones
                    .map(|m| Milestone {
                        id: id(&m["id"]).expect("an id"),
                        title: string(&m["title"]),
                        done: m["status"] == "done",
                        completed_at: time(&m["completed_at"]),
                        timeframe: frame(&m["timeframe"]).unwrap_or_default(),
                        inserted: time(&m["inserted_at"]).expect("a time"),
                    })
                    .collect(),
                statuses: v["task_statuses"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(plain)
                    .collect(),
                access: levels(&v["access_levels"]).unwrap_or(Access::INTERNAL),
                subscription,
            };
            self.w.projects.insert(pid, project);
        }
    }

    /// Every activity in any answer, with those inside notifications.
    fn activities(&self) -> Vec<(Value, bool)> {
        let mut out = Vec::new();
        for r in self.all.iter().filter(|r| r.status == 200 && r.is_json) {
            let keys = ["activities", "notifications", "activity"];
            for v in keys.iter().filter_map(|k| r.answer.get(*k)) {
                match v {
                    Value::Array(list) => {
                        for item in list {
                            let inner = item.get("activity").unwrap_or(item);
                            out.push((inner.clone(), item.get("activity").is_some()));
                        }
                    }
                    one => out.push((one.clone(), false)),
                }
            }
        }
        out.retain(|(a, _)| time(&a["inserted_at"]).is_some_and(|at| at < self.start));
        out
    }

    fn who_did_what(&mut self) {
        for (a, _) in self.activities() {
            let (Some(author), action) = (id(&a["author"]["id"]), string(&a["action"])) else {
                continue;
            };
            let content = &a["content"];
            let update = id(&content["update"]["id"]);
            let project = id(&content["check_in"]["id"]);
            match (action.as_str(), update.or(project)) {
                ("goal_check_in" | "project_check_in_submitted", Some(c)) => {
                    self.authors.insert(c, author);
                }
                ("goal_check_in_acknowledgement" | "project_check_in_acknowledged", Some(c)) => {
                    self.acknowledged_by.insert(c, author);
                }
                _ => {}
            }
        }
    }

    /// Every check-in of a goal or project in any answer before the writes.
    fn check_ins(&mut self) {
        let mut found: Vec<(Value, About)> = Vec::new();
        for g in self.before("goals").iter().chain(&self.before("goal")) {
            let list = g.as_array().cloned().unwrap_or_else(|| vec![g.clone()]);
            for g in list {
                let gid = id(&g["id"]).expect("an id");
                if g["last_check_in"].is_object() && self.w.goals.contains_key(&gid) {
                    found.push((g["last_check_in"].clone(), About::Goal(gid)));
                }
            }
        }
        for r in self.all.iter().take_while(|r| !r.wrote()) {
            let of = r
                .query
                .split('&')
                .find_map(|p| p.strip_prefix("goal_id=").or(p.strip_prefix("project_id=")))
                .and_then(|t| read(t, true));
            for (key, goal) in [("check_ins", true), ("project_check_ins", false)] {
                for c in r.answer[key].as_array().into_iter().flatten() {
                    let of = of.expect("asked for one");
                    let about = if goal {
                        About::Goal(of)
                    } else {
                        About::Project(of)
                    };
                    found.push((c.clone(), about));
                }
            }
            for (key, inner) in [("update", "goal"), ("project_check_in", "project")] {
                let c = &r.answer[key];
                if let Some(of) = id(&c[inner]["id"]) {
                    let about = if inner == "goal" {
                        About::Goal(of)
                    } else {
                        About::Project(of)
                    };
                    found.push((c.clone(), about));
                }
            }
        }
        for p in self.richest("projects") {
            if p["last_check_in"].is_object() {
                let of = id(&p["id"]).expect("an id");
                found.push((p["last_check_in"].clone(), About::Project(of)));
            }
        }
        for (a, _) in self.activities() {
            let content = &a["content"];
            if let Some(of) = id(&content["goal"]["id"])
                && content["update"].is_object()
            {
                found.push((content["update"].clone(), About::Goal(of)));
            }
            if let Some(of) = id(&content["project"]["id"])
                && content["check_in"].is_object()
            {
                found.push((content["check_in"].clone(), About::Project(of)));
            }
        }
        for (v, about) in found {
            if time(&v["inserted_at"]).is_some_and(|at| at < self.start) {
                self.check_in(&v, about);
            }
        }
    }

    fn check_in(&mut self, v: &Value, about: About) {
        let cid = id(&v["id"]).expect("an id");
        let inserted = time(&v["inserted_at"]).expect("a time");
        let author = id(&v["author"]["id"]).or(self.authors.get(&cid).copied());
        let Some(author) = author.or(self.w.check_ins.get(&cid).map(|c| c.author)) else {
            return;
        };
        // An acknowledgement after the first write is not there yet.
        let acknowledged = time(&v["acknowledged_at"]).filter(|at| *at < self.start);
        let by = id(&v["acknowledging_person"]["id"])
            .or(id(&v["acknowledged_by"]["id"]))
            .or(self.acknowledged_by.get(&cid).copied());
        let list = self.w.new_id("subscription");
        let message = v.get("message").or(v.get("description"));
        let fresh = CheckIn {
            id: cid,
            about,
            author,
            status: string(&v["status"]),
            message: document(message.unwrap_or(&Value::Null)),
            inserted,
            updated: time(&v["updated_at"]).unwrap_or(inserted),
            state: match v["state"].as_str() {
                Some("draft") => State::Draft,
                Some("scheduled") => State::Scheduled,
                _ => State::Published,
            },
            published: match v.get("published_at") {
                Some(at) => time(at),
                None => Some(inserted),
            },
            scheduled: time(&v["scheduled_at"]),
            acknowledged: acknowledged.map(|at| (at, by)),
            targets: v["goal_target_updates"]
                .as_array()
                .into_iter()
                .flatten()
                .map(target_copy)
                .collect(),
            checks: v["checklist"]
                .as_array()
                .into_iter()
                .flatten()
                .map(check_copy)
                .collect(),
            timeframe: frame(&v["timeframe"]),
            due: None,
            subscription: Subscription {
                id: list,
                everyone: true,
                people: vec![author],
            },
        };
        let bare = v.get("updated_at").is_none() && v.get("author").is_none();
        let c = match self.w.check_ins.entry(cid) {
            std::collections::btree_map::Entry::Vacant(slot) => slot.insert(fresh),
            std::collections::btree_map::Entry::Occupied(slot) => {
                let c = slot.into_mut();
                if !bare {
                    c.acknowledged = c.acknowledged.or(fresh.acknowledged);
                    if let (Some((at, None)), Some(by)) = (c.acknowledged, by) {
                        c.acknowledged = Some((at, Some(by)));
                    }
                    c.updated = c.updated.max(fresh.updated).min(self.start);
                }
                c
            }
        };
        if v["subscription_list"].is_object() {
            c.subscription.id = id(&v["subscription_list"]["id"]).expect("an id");
            c.subscription.everyone = v["subscription_list"]["send_to_everyone"] == true;
        }
        if let Some(people) = v["potential_subscribers"].as_array() {
            c.subscription.people = people
                .iter()
                .filter(|p| p["is_subscribed"] == true)
                .filter_map(|p| id(&p["person"]["id"]))
                .collect();
        }
        for r in v["reactions"].as_array().into_iter().flatten() {
            self.reaction(cid, r);
        }
    }

    fn reaction(&mut self, on: Id, r: &Value) {
        let rid = id(&r["id"]).expect("an id");
        if self.w.reactions.iter().any(|x| x.id == rid) {
            return;
        }
        self.w.reactions.push(Reaction {
            id: rid,
            on,
            person: id(&r["person"]["id"]).expect("a person"),
            emoji: r["emoji"].as_str().map(str::to_owned),
        });
    }

    fn comment(&mut self, on: Id, c: &Value, author: Id) {
        let cid = id(&c["id"]).expect("an id");
        if self.w.comments.iter().any(|x| x.id == cid) {
            return;
        }
        let content = document(&c["content"]);
        // Old servers wrap the document.
        let content = match content.get("message") {
            Some(inner) if self.w.age.wraps_comments() => inner.clone(),
            _ => content,
        };
        let at = time(&c["inserted_at"]).expect("a time");
        if let Some(c) = self.w.check_ins.get_mut(&on) {
            let people = &mut c.subscription.people;
            people.push(author);
            super::world::mentioned(&content, people);
        }
        self.w.comments.push(Comment {
            id: cid,
            on,
            author,
            content,
            at,
        });
    }

    fn talk(&mut self) {
        for r in self.all.iter().take_while(|r| !r.wrote()) {
            let on = r
                .query
                .split('&')
                .find_map(|p| p.strip_prefix("entity_id="))
                .and_then(|t| read(t, true));
            for c in r.answer["comments"].as_array().into_iter().flatten() {
                let (on, author) = (on.expect("asked for one"), id(&c["author"]["id"]));
                self.comment(on, c, author.expect("an author"));
                for x in c["reactions"].as_array().into_iter().flatten() {
                    self.reaction(id(&c["id"]).expect("an id"), x);
                }
            }
            let goal = r
                .query
                .split('&')
                .find_map(|p| p.strip_prefix("goal_id="))
                .and_then(|t| read(t, true));
            for d in r.answer["discussions"].as_array().into_iter().flatten() {
                self.discussion(d, goal);
            }
        }
        for (a, _) in self.activities() {
            let content = &a["content"];
            let on = id(&content["update"]["id"]).or(id(&content["check_in"]["id"]));
            if let (Some(on), true, Some(author)) =
                (on, content["comment"].is_object(), id(&a["author"]["id"]))
            {
                self.comment(on, &content["comment"], author);
            }
        }
    }

    fn discussion(&mut self, d: &Value, goal: Option<Id>) {
        // The thread of a flat discussion is named by its activity only.
        let activity = id(d.get("activity_id").unwrap_or(&d["id"])).expect("an id");
        let thread = match d.get("activity_id") {
            Some(_) => id(&d["id"]),
            None => self.all.iter().find_map(|r| {
                let a = &r.answer["activity"];
                (id(&a["id"]) == Some(activity))
                    .then(|| id(&a["comment_thread"]["id"]))
                    .flatten()
            }),
        };
        let list = self.w.new_id("subscription");
        self.w.threads.push(Thread {
            id: thread.expect("a thread"),
            title: d["title"].as_str().map(str::to_owned),
            message: document(&d["content"]),
            goal,
            author: id(&d["author"]["id"]).expect("an author"),
            at: time(&d["inserted_at"]).expect("a time"),
            activity,
            discussion: true,
            subscription: Subscription {
                id: list,
                everyone: false,
                people: vec![],
            },
        });
    }

    fn news(&mut self) {
        let mut seen: BTreeSet<Id> = BTreeSet::new();
        for (a, _) in self.activities() {
            let aid = id(&a["id"]).expect("an id");
            if !seen.insert(aid) {
                continue;
            }
            let content = &a["content"];
            let sid = string(&a["id"]);
            let thread = id(&a["comment_thread"]["id"]);
            if let Some(thread) = thread
                && !self.w.threads.iter().any(|t| t.id == thread)
            {
                let t = &a["comment_thread"];
                let list = self.w.new_id("subscription");
                self.w.threads.push(Thread {
                    id: thread,
                    title: t["title"].as_str().map(str::to_owned),
                    message: document(&t["message"]),
                    goal: id(&content["goal"]["id"]),
                    author: id(&a["author"]["id"]).expect("an author"),
                    at: time(&a["inserted_at"]).expect("a time"),
                    activity: aid,
                    discussion: false,
                    subscription: Subscription {
                        id: list,
                        everyone: false,
                        people: vec![],
                    },
                });
            }
            let goal = id(&content["goal"]["id"]);
            let project = id(&content["project"]["id"]);
            let space = goal
                .and_then(|g| self.w.goals.get(&g))
                .map(|g| g.space)
                .or(id(&content["space"]["id"]));
            if let Some(company) = id(&content["company_id"]) {
                self.w.company = company;
            }
            if a["action"] == "goal_reviewer_updating"
                && let Some(g) = goal.and_then(|g| self.w.goals.get_mut(&g))
            {
                g.reviewer_since = time(&a["inserted_at"]);
            }
            let activity = Activity {
                id: aid,
                slug: sid.rsplit_once('-').map_or("", |(s, _)| s).to_owned(),
                action: string(&a["action"]),
                author: id(&a["author"]["id"]).expect("an author"),
                at: time(&a["inserted_at"]).expect("a time"),
                content: self.with_references(content),
                goal,
                project,
                space,
                thread,
            };
            self.w.activities.push(activity);
        }
        self.notifications();
    }

    /// Whose notifications an answer holds: the person of the token.
    fn owner(&self, r: &Recording) -> Option<Id> {
        let auth = r.headers.iter().find(|(n, _)| n == "Authorization")?;
        let key = auth.1.strip_prefix("Bearer <token:")?.strip_suffix('>')?;
        let person = self.w.people.values().find(|p| p.key == key)?;
        Some(person.id)
    }

    fn notifications(&mut self) {
        let mut list: Vec<Notification> = Vec::new();
        for r in self.all.iter().filter(|r| r.status == 200 && r.is_json) {
            let Some(person) = self.owner(r) else {
                continue;
            };
            for n in r.answer["notifications"].as_array().into_iter().flatten() {
                let nid = id(&n["id"]).expect("an id");
                let at = time(&n["inserted_at"]).expect("a time");
                if at >= self.start || list.iter().any(|x| x.id == nid) {
                    continue;
                }
                list.push(Notification {
                    id: nid,
                    person,
                    activity: id(&n["activity"]["id"]).expect("an activity"),
                    at,
                    read_at: time(&n["read_at"]).filter(|at| *at < self.start),
                    unlisted: false,
                });
            }
        }
        list.sort_by_key(|n| n.at);
        self.w.notifications = list;
        // People whose list was never read still have a count.
        for r in self.all {
            let Some(person) = self.owner(r) else {
                continue;
            };
            let Some(unread) = r.answer["unread"].as_u64() else {
                continue;
            };
            let key = self.w.people[&person].key.clone();
            let listed = ["ada", "zed", "amina"].contains(&key.as_str());
            // Some of them came from writes before the count.
            let unread = unread as usize - self.told_before(r, person);
            while !listed && self.w.unread(person) < unread {
                let activity = self.w.activities[0].id;
                let nid = self.w.new_id("notification");
                self.w.notifications.push(Notification {
                    id: nid,
                    person,
                    activity,
                    at: self.start - chrono::TimeDelta::days(30),
                    read_at: None,
                    unlisted: true,
                });
            }
            if !listed {
                // Only the first count of a person is from before the writes.
                break;
            }
        }
    }

    /// How many check-ins written before a request told a person.
    fn told_before(&self, r: &Recording, person: Id) -> usize {
        let earlier = self.all.iter().take_while(|e| e.file != r.file);
        let creates = earlier.filter(|e| {
            let op = e.path.rsplit('/').next().unwrap_or("");
            e.wrote() && ["create_check_in", "post_goal_progress_update"].contains(&op)
        });
        creates
            .filter(|e| {
                let body: Value = serde_json::from_slice(e.body.as_deref().unwrap_or(b"null"))
                    .unwrap_or(Value::Null);
                let everyone = match body["send_notifications_to_everyone"].as_bool() {
                    Some(said) => said,
                    None => self.w.age.tells_everyone_by_default(),
                };
                let quiet = body["post_as_draft"] == true || !body["scheduled_at"].is_null();
                let goal = id(&body["goal_id"]).and_then(|g| self.w.goals.get(&g));
                let hears = goal.is_some_and(|g| self.w.audience(g).contains(&person));
                everyone && !quiet && hears && self.owner(e) != Some(person)
            })
            .count()
    }

    /// Replaces what the fake knows by references, so that showing it is
    /// tested too. What it does not know stays as it was recorded.
    fn with_references(&self, content: &Value) -> Value {
        let Value::Object(map) = content else {
            return content.clone();
        };
        let mut out = Map::new();
        for (key, v) in map {
            let found = id(&v["id"]);
            let known =
                match key.as_str() {
                    "__typename" => continue,
                    "goal" => found.filter(|g| self.w.goals.contains_key(g)).map(|g| {
                        match v.get("my_role") {
                            Some(_) => reference("goal_role", g),
                            None => reference("goal", g),
                        }
                    }),
                    "goal_id" => id(v)
                        .filter(|g| {
                            self.w.goals.contains_key(g)
                                && !super::ids::looks_like_uuid(v.as_str().unwrap_or(""))
                        })
                        .map(|g| reference("goal_sid", g)),
                    "update" => found
                        .filter(|c| self.w.check_ins.contains_key(c))
                        .map(|c| reference("update", c)),
                    "check_in" => found.filter(|c| self.w.check_ins.contains_key(c)).map(|c| {
                        if v["description"].is_object() {
                            reference("project_check_in_open", c)
                        } else {
                            reference("project_check_in", c)
                        }
                    }),
                    "comment" => found
                        .filter(|c| self.w.comments.iter().any(|x| x.id == *c))
                        .map(|c| reference("comment", c)),
                    "author" | "creator" | "new_reviewer" | "old_reviewer" | "new_champion"
                    | "old_champion" => found.map(|p| reference("person", p)),
                    "space" => found
                        .filter(|s| self.w.spaces.contains_key(s))
                        .map(|s| reference("space", s)),
                    "company" => Some(json!({"$": "company"})),
                    "project" => found
                        .filter(|p| self.w.projects.contains_key(p))
                        .map(|p| reference("project", p)),
                    "milestone" => found
                        .filter(|m| {
                            let mut all = self.w.projects.values().flat_map(|p| &p.milestones);
                            all.any(|x| x.id == *m)
                        })
                        .map(|m| reference("milestone", m)),
                    _ => None,
                };
            out.insert(key.clone(), known.unwrap_or_else(|| v.clone()));
        }
        Value::Object(out)
    }

    fn tasks(&mut self) {
        for v in self.richest("work_map") {
            if v["type"] != "task" {
                continue;
            }
            let tid = id(&v["id"]).expect("an id");
            let task = Task {
                id: tid,
                name: string(&v["name"]),
                project: id(&v["project"]["id"]),
                space: id(&v["space"]["id"]).expect("a space"),
                milestone: id(&v["parent_id"]),
                due: shown_date(&v["timeframe"]["contextual_end_date"]),
                assignees: v["assignees"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|p| id(&p["id"]))
                    .collect(),
                assigned: time(&v["assigned_at"]),
                status: plain(&v["task_status"]),
            };
            self.w.tasks.insert(tid, task);
        }
    }

    /// Puts everything that has an order into it.
    fn order(&mut self) {
        let w = &mut self.w;
        let mut all: Vec<(Time, Id, About)> = w
            .check_ins
            .values()
            .map(|c| (c.inserted, c.id, c.about))
            .collect();
        all.sort_by_key(|c| c.0);
        for (_, cid, about) in all {
            match about {
                About::Goal(g) => w.goals.get_mut(&g).expect("known").check_ins.push(cid),
                About::Project(p) => w.projects.get_mut(&p).expect("known").check_ins.push(cid),
            }
        }
        // Copies of a target keep one id through all check-ins.
        for g in w.goals.values_mut() {
            for t in &mut g.targets {
                let copies = g
                    .check_ins
                    .iter()
                    .rev()
                    .filter_map(|c| w.check_ins.get(c))
                    .flat_map(|c| &c.targets);
                let known = copies.filter(|k| k.name == t.name).map(|k| k.id).next();
                t.copy = known.unwrap_or(copy_id(t.id));
            }
        }
        w.activities.sort_by_key(|a| a.at);
    }
}

fn target(v: &Value) -> Target {
    let tid = id(&v["id"]).expect("an id");
    let float = |key: &str| v[key].as_f64().expect("a number");
    Target {
        id: tid,
        copy: copy_id(tid),
        index: v["index"].as_i64().unwrap_or(0),
        name: string(&v["name"]),
        from: float("from"),
        to: float("to"),
        value: float("value"),
        unit: string(&v["unit"]),
        inserted: time(&v["inserted_at"]).expect("a time"),
        updated: time(&v["updated_at"]).expect("a time"),
    }
}

fn check(v: &Value) -> Check {
    Check {
        id: id(&v["id"]).expect("an id"),
        index: v["index"].as_i64().unwrap_or(0),
        name: string(&v["name"]),
        completed: v["completed"] == true,
        completed_at: time(&v["completed_at"]),
        inserted: time(&v["inserted_at"]).expect("a time"),
        updated: time(&v["updated_at"]).expect("a time"),
    }
}

fn target_copy(v: &Value) -> TargetCopy {
    let float = |key: &str| v[key].as_f64().expect("a number");
    TargetCopy {
        id: id(&v["id"]).expect("an id"),
        index: v["index"].as_i64().unwrap_or(0),
        name: string(&v["name"]),
        from: float("from"),
        to: float("to"),
        unit: string(&v["unit"]),
        value: float("value"),
        previous: float("previous_value"),
    }
}

fn check_copy(v: &Value) -> CheckCopy {
    CheckCopy {
        id: id(&v["id"]).expect("an id"),
        name: string(&v["name"]),
        completed: v["completed"] == true,
        index: v["index"].as_i64().unwrap_or(0),
    }
}

/// The ids that the things made by a recorded write got, by kind.
pub fn made_by(all: &[Recording], at: usize) -> Vec<(&'static str, Id)> {
    let r = &all[at];
    let mut out = Vec::new();
    if !r.wrote() {
        return out;
    }
    let op = r.path.trim_start_matches("/api/external/v1/");
    let creates = ["post_", "create", "add_"].iter().any(|w| op.contains(w));
    if !creates {
        return out;
    }
    let a = &r.answer;
    for (key, kind) in [
        ("update", "check_in"),
        ("check_in", "check_in"),
        ("comment", "comment"),
        ("reaction", "reaction"),
        ("goal", "goal"),
        ("milestone", "milestone"),
    ] {
        if let Some(found) = id(&a[key]["id"]) {
            out.push((kind, found));
        }
    }
    for (key, kind) in [("target_id", "target"), ("check_id", "check")] {
        if let Some(found) = id(&a[key]) {
            out.push((kind, found));
        }
    }
    // Targets of a new goal, and lists of a new check-in, show later only.
    for later in &all[at..] {
        let goal = &later.answer["goal"];
        if op.ends_with("create_goal") || op == "goals/create" {
            let same = id(&goal["id"]) == id(&a["goal"]["id"]);
            if same && let Some(list) = goal["targets"].as_array() {
                out.extend(list.iter().filter_map(|t| Some(("target", id(&t["id"])?))));
                break;
            }
        }
        let update = &later.answer["update"];
        if id(&update["id"]) == id(&a["update"]["id"])
            && let Some(list) = id(&update["subscription_list"]["id"])
        {
            out.push(("subscription", list));
            break;
        }
    }
    out
}

/// The slug an id came with.
pub fn slug_of(text: &str) -> &str {
    text.rsplit_once('-').map_or("", |(s, _)| s)
}

#[test]
fn recorded_names_give_the_recorded_slugs() {
    for vintage in ["flat", "namespaced"] {
        let all = load(vintage);
        let mut seen = 0;
        for g in all
            .iter()
            .filter_map(|r| r.answer["goals"].as_array())
            .flatten()
        {
            assert_eq!(
                slug(&string(&g["name"])),
                slug_of(g["id"].as_str().unwrap())
            );
            seen += 1;
        }
        assert!(seen > 40, "only {seen} goals recorded for {vintage}");
    }
}
