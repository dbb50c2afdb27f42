//! The recordings of real servers, replayed against the fake: each request in
//! order, its status, content type and body compared.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::Fake;
use super::ids::{Id, read};
use super::recorded::{self, Recording, made_by, slug_of};
use super::world::{Time, World};

/// What is not compared: file, end of the path in the answer, why.
const NOT_COMPARED: &[(&str, &str, &str)] = &[
    ("namespaced/127-search.json", ".inserted_at", BACKDATED),
    ("namespaced/127-search.json", ".title", BACKDATED),
    (
        "namespaced/128-search-unicode.json",
        ".inserted_at",
        BACKDATED,
    ),
    ("namespaced/128-search-unicode.json", ".title", BACKDATED),
];

const BACKDATED: &str = "the index of the search kept the moment of seeding; everything else \
    of the recorded company was backdated after that";

/// Lists whose order the server promises.
const ORDERED: &[&str] = &["check_ins", "comments", "notifications", "activities"];

/// Text that only has to be text.
const FREE_TEXT: &[&str] = &["markdown", "snippet"];

struct Got {
    status: u16,
    content_type: Option<String>,
    body: Vec<u8>,
}

fn send(fake: &Fake, r: &Recording) -> Got {
    let mut stream = TcpStream::connect(fake.line.address).unwrap();
    let query = if r.query.is_empty() {
        String::new()
    } else {
        format!("?{}", r.query)
    };
    let mut head = format!("{} {}{query} HTTP/1.1\r\nhost: fake\r\n", r.method, r.path);
    for (name, value) in &r.headers {
        if !name.eq_ignore_ascii_case("accept-encoding") {
            head.push_str(&format!("{name}: {}\r\n", with_token(value)));
        }
    }
    let body = r.body.clone().unwrap_or_default();
    head.push_str(&format!(
        "content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    ));
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body).unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let end = all
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8(all[..end].to_vec()).unwrap();
    let content_type = head
        .split("\r\n")
        .find_map(|l| l.strip_prefix("content-type: "))
        .map(str::to_owned);
    Got {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        content_type,
        body: all[end + 4..].to_vec(),
    }
}

/// `<token:ada>` is the token of ada, `<token:ada-ro>` her read-only one.
fn with_token(value: &str) -> String {
    let Some(start) = value.find("<token:") else {
        return value.to_owned();
    };
    let key = value[start + 7..].trim_end_matches('>');
    let token = match key.strip_suffix("-ro") {
        Some(key) => super::seeds::read_only_token(key),
        None => super::seeds::token(key),
    };
    format!("{}{token}", &value[..start])
}

/// How recorded and made answers are compared.
struct Comparison<'a> {
    /// The first write: later moments depend on the clock of the recorder.
    start: Time,
    /// Ids of the seeded company. Those of things made later by jobs differ.
    known: &'a BTreeSet<Id>,
    differences: Vec<String>,
}

fn moment(text: &str) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|t| t.to_utc())
}

fn looks_like_id(text: &str) -> Option<Id> {
    let short = text.rsplit('-').next()?;
    let plausible = super::ids::looks_like_uuid(text) || (19..=22).contains(&short.len());
    if plausible { read(text, true) } else { None }
}

impl Comparison<'_> {
    fn differ(&mut self, path: &str, what: String) {
        self.differences.push(format!("{path}: {what}"));
    }

    fn text(&mut self, path: &str, was: &str, is: &str) {
        if was == is || FREE_TEXT.iter().any(|f| path.ends_with(f)) {
            return;
        }
        if let (Some(was), Some(is)) = (moment(was), moment(is))
            && was >= self.start
            && (was - is).num_seconds().abs() <= 2
        {
            return;
        }
        let uuids = super::ids::looks_like_uuid(was) && super::ids::looks_like_uuid(is);
        if let (Some(old), Some(_)) = (looks_like_id(was), looks_like_id(is))
            && !self.known.contains(&old)
            && (uuids || slug_of(was) == slug_of(is))
        {
            return;
        }
        let document = |text: &str| {
            let starts = text.starts_with(['{', '[']);
            starts
                .then(|| serde_json::from_str::<Value>(text).ok())
                .flatten()
        };
        if let (Some(was), Some(is)) = (document(was), document(is)) {
            return self.value(path, &was, &is);
        }
        self.differ(path, format!("was {was:?}, is {is:?}"));
    }

    fn value(&mut self, path: &str, was: &Value, is: &Value) {
        match (was, is) {
            (Value::Object(was), Value::Object(is)) => {
                for (key, v) in was {
                    match is.get(key) {
                        Some(other) => self.value(&format!("{path}.{key}"), v, other),
                        None => self.differ(path, format!("has no {key}")),
                    }
                }
                for key in is.keys().filter(|k| !was.contains_key(*k)) {
                    self.differ(path, format!("has {key} too"));
                }
            }
            (Value::Array(was), Value::Array(is)) => self.list(path, was, is),
            (Value::Number(was), Value::Number(is)) => {
                let (was, is) = (was.as_f64().unwrap(), is.as_f64().unwrap());
                if (was - is).abs() > 1e-9 * was.abs().max(1.0) {
                    self.differ(path, format!("was {was}, is {is}"));
                }
            }
            (Value::String(was), Value::String(is)) => self.text(path, was, is),
            (was, is) if was == is => {}
            (was, is) => {
                let cut = |v: &Value| v.to_string().chars().take(90).collect::<String>();
                self.differ(path, format!("was {}, is {}", cut(was), cut(is)));
            }
        }
    }

    fn list(&mut self, path: &str, was: &[Value], is: &[Value]) {
        if was.len() != is.len() {
            let names = |l: &[Value]| -> Vec<String> {
                let name = |v: &Value| {
                    ["name", "resource_id", "full_name", "id", "action"]
                        .iter()
                        .find_map(|k| v[*k].as_str().map(str::to_owned))
                        .unwrap_or_default()
                };
                l.iter().map(name).collect()
            };
            let (a, b) = (names(was), names(is));
            let lost: Vec<_> = a.iter().filter(|n| !b.contains(n)).take(4).collect();
            let more: Vec<_> = b.iter().filter(|n| !a.contains(n)).take(4).collect();
            self.differ(
                path,
                format!(
                    "had {}, has {} (lost {lost:?}, more {more:?})",
                    was.len(),
                    is.len()
                ),
            );
            return;
        }
        let key = |v: &Value| -> String {
            let id = ["id", "resource_id"].iter().find_map(|k| v[*k].as_str());
            let id = id
                .or(v["person"]["id"].as_str())
                .or(v["origin"]["id"].as_str());
            match id {
                Some(id) => id.rsplit('-').next().unwrap_or(id).to_owned(),
                None => v.to_string(),
            }
        };
        let name = path.rsplit('.').next().unwrap_or("");
        let ordered = ORDERED.contains(&name);
        if ordered {
            for (n, (a, b)) in was.iter().zip(is).enumerate() {
                let inserted = |v: &Value| v["inserted_at"].as_str().unwrap_or("").to_owned();
                self.text(&format!("{path}[{n}]'s place"), &inserted(a), &inserted(b));
            }
        }
        // Same ids on both sides: pair by id. Else pair in order.
        let mut pairs: Vec<(&Value, &Value)> = Vec::new();
        let mut left: Vec<&Value> = is.iter().collect();
        let mut unpaired: Vec<&Value> = Vec::new();
        for a in was {
            match left.iter().position(|b| key(b) == key(a)) {
                Some(at) => pairs.push((a, left.remove(at))),
                None => unpaired.push(a),
            }
        }
        // What was made by a job has another id: pair it with what differs
        // least.
        for a in unpaired {
            let differences = |b: &Value| {
                let mut trial = Comparison {
                    start: self.start,
                    known: self.known,
                    differences: vec![],
                };
                trial.value("", a, b);
                trial.differences.len()
            };
            let nearest = (0..left.len()).min_by_key(|n| differences(left[*n]));
            pairs.push((a, left.remove(nearest.expect("as many on both sides"))));
        }
        for (a, b) in pairs {
            let label = a["name"].as_str().or(a["action"].as_str()).unwrap_or("");
            let label: String = label.chars().take(20).collect();
            self.value(&format!("{path}[{label}]"), a, b);
        }
    }
}

/// Every id the world knows.
fn ids_of(w: &World) -> BTreeSet<Id> {
    let mut all: BTreeSet<Id> = w.goals.keys().copied().collect();
    all.extend(w.people.keys());
    all.extend(w.spaces.keys());
    all.extend(w.projects.keys());
    all.extend(w.check_ins.keys());
    all.extend(w.tasks.keys());
    all.extend(w.comments.iter().map(|c| c.id));
    all.extend(w.reactions.iter().map(|r| r.id));
    all.extend(w.activities.iter().map(|a| a.id));
    all.extend(w.notifications.iter().map(|n| n.id));
    all.extend(
        w.goals
            .values()
            .flat_map(|g| g.targets.iter().map(|t| t.id)),
    );
    all.extend(w.goals.values().flat_map(|g| g.checks.iter().map(|c| c.id)));
    all
}

/// When the server did what was asked, to the second: the `Date` of an answer
/// is off by one now and then.
fn deed_moment(r: &Recording, start: Time) -> Time {
    fn moments(v: &Value, out: &mut Vec<Time>) {
        match v {
            Value::String(text) => out.extend(moment(text)),
            Value::Array(list) => list.iter().for_each(|v| moments(v, out)),
            Value::Object(map) => map.values().for_each(|v| moments(v, out)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    if r.wrote() {
        moments(&r.answer, &mut all);
    }
    let near = |t: &Time| *t >= start && (r.at - *t).num_seconds().abs() <= 1;
    all.into_iter().filter(near).max().unwrap_or(r.at)
}

/// Replays recordings of a vintage in a company that was changed before; what
/// differs, by file.
fn replay(
    vintage: &str,
    which: impl Fn(&Recording) -> bool,
    change: impl Fn(&mut World),
) -> Vec<(String, Vec<String>)> {
    let all = recorded::load(vintage);
    let mut world = recorded::company(vintage, all);
    change(&mut world);
    let known = ids_of(&world);
    let start = all.iter().find(|r| r.wrote()).unwrap().at;
    let fake = Fake::with(world);
    let mut wrong = Vec::new();
    for (n, r) in all.iter().enumerate().filter(|(_, r)| which(r)) {
        fake.world(|w| {
            w.now = deed_moment(r, start);
            // The recorder waited for the jobs, but for one request.
            if !r.file.contains("right-after") {
                w.run_jobs();
            }
            for (kind, id) in made_by(all, n) {
                w.next_ids.entry(kind).or_default().push_back(id);
            }
        });
        let got = send(&fake, r);
        fake.world(|w| w.next_ids.clear());
        let mut c = Comparison {
            start,
            known: &known,
            differences: vec![],
        };
        if got.status != r.status {
            c.differ("status", format!("was {}, is {}", r.status, got.status));
        }
        if got.content_type != r.content_type {
            let text = format!("was {:?}, is {:?}", r.content_type, got.content_type);
            c.differ("content type", text);
        }
        if r.is_json {
            match serde_json::from_slice(&got.body) {
                Ok(is) => c.value("", &r.answer, &is),
                Err(_) => c.differ("body", "is no JSON".into()),
            }
        } else if !r
            .content_type
            .as_deref()
            .unwrap_or("")
            .starts_with("text/html")
        {
            let is = String::from_utf8_lossy(&got.body).into_owned();
            c.text("body", r.answer.as_str().unwrap_or(""), &is);
        }
        let name = format!("{vintage}/{}", r.file);
        for (_, end, _) in NOT_COMPARED.iter().filter(|(file, _, _)| *file == name) {
            c.differences.retain(|d| {
                d.split_once(": ")
                    .is_none_or(|(path, _)| !path.ends_with(end))
            });
        }
        if !c.differences.is_empty() {
            wrong.push((r.file.clone(), c.differences));
        }
    }
    wrong
}

fn report(wrong: &[(String, Vec<String>)]) -> String {
    let mut out = String::new();
    for (file, differences) in wrong {
        out.push_str(&format!("\n{file}: {} differences", differences.len()));
        for d in differences.iter().take(6) {
            out.push_str(&format!("\n    {d}"));
        }
    }
    out
}

fn everything(_: &Recording) -> bool {
    true
}

#[test]
fn the_flat_recordings_are_answered_as_recorded() {
    let wrong = replay("flat", everything, |_| {});
    assert!(
        wrong.is_empty(),
        "{} differ:{}",
        wrong.len(),
        report(&wrong)
    );
}

#[test]
fn the_namespaced_recordings_are_answered_as_recorded() {
    let wrong = replay("namespaced", everything, |_| {});
    assert!(
        wrong.is_empty(),
        "{} differ:{}",
        wrong.len(),
        report(&wrong)
    );
}

/// The files that differ when only some are replayed in a changed world.
fn noticed(part: &str, change: impl Fn(&mut World)) -> Vec<String> {
    let wrong = replay("namespaced", |r| r.file.contains(part), change);
    wrong.into_iter().map(|(file, _)| file).collect()
}

#[test]
fn a_fake_that_drifts_is_noticed() {
    assert_eq!(noticed("-me.json", |_| {}), Vec::<String>::new());
    // Another age: `__typename` and later fields are gone.
    assert!(!noticed("001-me.json", |w| w.age = super::Age::V1_7).is_empty());
    // A number.
    let drift = noticed("046-goal.json", |w| {
        w.goal_mut("Grow ARR to €12.5M").targets[0].value += 1.0;
    });
    assert_eq!(drift, ["046-goal.json"]);
    // A status that follows from the clock.
    let drift = noticed("042-goals.json", |w| {
        w.goal_mut("Grow ARR to €12.5M").next_update = None;
    });
    assert_eq!(drift, ["042-goals.json"]);
    // Something less in a list.
    let drift = noticed("079-comments-check-in.json", |w| w.comments.clear());
    assert_eq!(drift, ["079-comments-check-in.json"]);
    // A right somebody lost, seen as another status of the answer.
    let drift = noticed("224-check-in-create.json", |w| {
        w.goal_mut("New pricing, three tiers, no asterisks")
            .champion = None;
        w.spaces.values_mut().for_each(|s| s.members.clear());
    });
    assert_eq!(drift, ["224-check-in-create.json"]);
    // No content type where there was one.
    let drift = noticed("166-err-missing-id.json", |w| w.tokens.clear());
    assert_eq!(drift, ["166-err-missing-id.json"]);
}

#[test]
fn every_recording_of_the_index_is_replayed() {
    for (vintage, many) in [("flat", 315), ("namespaced", 325)] {
        let all = recorded::load(vintage);
        let index = recorded::index(vintage);
        let files: Vec<String> = all.iter().map(|r| r.file.clone()).collect();
        assert_eq!(files, index);
        assert_eq!(files.len(), many);
    }
}
