//! The HTTP side of the fake: axum on loopback, and the way the server
//! writes JSON (keys in any order, floats in the short form).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use serde_json::Value;

use super::gate::{Answer, Body, Call, Raw, judge, outside};
use super::world::{Dice, World};
use super::{check_ins, map, news, reads, talk, writes};

/// A request that reached the server, and what came of it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// The whole path.
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub status: u16,
}

impl Asked {
    /// The path after `/api/external/v1/`.
    pub fn op(&self) -> &str {
        self.path
            .strip_prefix("/api/external/v1/")
            .unwrap_or(&self.path)
            .trim_end_matches('/')
    }

    /// The body as JSON, null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// What handlers share.
#[derive(Clone)]
pub struct Shared {
    pub world: Arc<Mutex<World>>,
    pub log: Arc<Mutex<Vec<Asked>>>,
}

/// A float in the shortest of the forms `1.5` and `1.5e7`, as Erlang does.
pub fn float(value: f64) -> String {
    let plain = format!("{value:?}");
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", plain.as_str()),
    };
    let (mantissa, exp) = match digits.split_once('e') {
        Some((m, e)) => (m, e.parse::<i32>().unwrap_or(0)),
        None => (digits, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let all = format!("{whole}{}", if part == "0" { "" } else { part });
    let zeros = all.len() - all.trim_start_matches('0').len();
    let figures = all.trim_matches('0');
    if figures.is_empty() {
        return format!("{sign}0.0");
    }
    // The place of the first figure: 0 for 1.0, 1 for 10.0, -1 for 0.1.
    let place = whole.len() as i32 - 1 - zeros as i32 + exp;
    let (first, rest) = figures.split_at(1);
    let rest = if rest.is_empty() { "0" } else { rest };
    let scientific = format!("{first}.{rest}e{place}");
    let decimal = if place >= 0 {
        let place = place as usize;
        if figures.len() <= place + 1 {
            format!("{figures}{}.0", "0".repeat(place + 1 - figures.len()))
        } else {
            format!("{}.{}", &figures[..=place], &figures[place + 1..])
        }
    } else if place > -20 {
        format!("0.{}{figures}", "0".repeat((-place - 1) as usize))
    } else {
        String::new()
    };
    // From 2^53 on, whole numbers are not exact and never shown as such.
    if decimal.is_empty()
        || scientific.len() < decimal.len()
        || value.abs() >= 9_007_199_254_740_992.0
    {
        format!("{sign}{scientific}")
    } else {
        format!("{sign}{decimal}")
    }
}

fn write_text(text: &str, out: &mut String) {
    if text.bytes().any(|b| b < 0x20 || b == b'"' || b == b'\\') {
        out.push_str(&Value::String(text.to_owned()).to_string());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

/// Writes a value; `dice` gives the order of keys.
pub fn write(value: &Value, dice: &mut Option<Dice>, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            if let Some(dice) = dice {
                dice.shuffle(&mut entries);
            }
            out.push('{');
            for (n, (key, value)) in entries.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_text(key, out);
                out.push(':');
                write(value, dice, out);
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            for (n, value) in list.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write(value, dice, out);
            }
            out.push(']');
        }
        Value::String(text) => write_text(text, out),
        Value::Null => out.push_str("null"),
        Value::Number(n) if n.is_f64() => out.push_str(&float(n.as_f64().unwrap_or(0.0))),
        other => out.push_str(&other.to_string()),
    }
}

/// Lists that come in another order each time.
fn stir(value: &mut Value, op: &str, dice: &mut Dice) {
    fn lists(value: &mut Value, keys: &[&str], dice: &mut Dice) {
        match value {
            Value::Object(map) => {
                for (key, inner) in map.iter_mut() {
                    if let Value::Array(list) = inner
                        && keys.contains(&key.as_str())
                    {
                        dice.shuffle(list);
                    }
                    lists(inner, keys, dice);
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|v| lists(v, keys, dice)),
            _ => {}
        }
    }
    match op {
        "goals/list" => {
            lists(value, &["goals", "targets"], dice);
            // The copies inside a check-in are in order, the goal's own not.
            if let Some(goals) = value["goals"].as_array_mut() {
                for g in goals {
                    if let Some(list) = g["checklist"].as_array_mut() {
                        dice.shuffle(list);
                    }
                }
            }
        }
        "companies/get_flat_work_map" => lists(value, &["work_map", "targets", "checklist"], dice),
        "companies/get_work_map" => {
            lists(value, &["targets", "checklist"], dice);
            stir_children(&mut value["work_map"], dice);
        }
        "people/list_assignments" => lists(value, &["assignments"], dice),
        "projects/list" => lists(value, &["projects"], dice),
        _ => {}
    }
}

/// Children come projects first, then goals, each in any order.
fn stir_children(list: &mut Value, dice: &mut Dice) {
    let Some(list) = list.as_array_mut() else {
        return;
    };
    dice.shuffle(list);
    list.sort_by_key(|v| v["type"] != "project");
    for item in list {
        stir_children(&mut item["children"], dice);
    }
}

/// None when the fake does not have the operation, although servers do.
fn done(w: &mut World, call: &Call) -> Option<reads::Done> {
    if call.post {
        return writes::answer(w, call)
            .or_else(|| check_ins::answer(w, call))
            .or_else(|| talk::answer(w, call))
            .or_else(|| news::mark(w, call));
    }
    if call.op.ends_with("work_map") {
        return Some(Ok(map::answer(w, call)));
    }
    reads::answer(w, call).or_else(|| news::answer(w, call))
}

/// Answers one request of the API.
pub fn answer(w: &mut World, raw: &Raw) -> Answer {
    if !raw.path.starts_with("/api/external/v1") {
        return outside(w, raw);
    }
    let call = match judge(w, raw) {
        Ok(call) => call,
        Err(answer) => return *answer,
    };
    check_ins::publish_scheduled(w);
    w.request_passed();
    let mut result = match done(w, &call) {
        Some(Ok(value)) => value,
        Some(Err(no)) => return no.answer(),
        None => {
            return Answer {
                status: 501,
                content_type: Some("text/plain"),
                body: Body::Text(format!("the fake of the tests has no {}", call.op)),
            };
        }
    };
    let grouped = call.age.groups_assignments() && call.op == "people/list_assignments";
    if w.shuffles && !grouped {
        let mut dice = w.dice.clone();
        stir(&mut result, &call.op, &mut dice);
        w.dice = dice;
    }
    Answer {
        status: 200,
        content_type: Some("application/json; charset=utf-8"),
        body: Body::Json(result),
    }
}

async fn handle(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<HttpBody> {
    let raw = Raw {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or("").to_owned(),
        headers: headers
            .iter()
            .map(|(n, v)| {
                let text = String::from_utf8_lossy(v.as_bytes()).into_owned();
                (n.as_str().to_owned(), text)
            })
            .collect(),
        body: body.to_vec(),
    };
    let mut w = shared
        .world
        .lock()
        .expect("no handler panics with the world");
    let answer = answer(&mut w, &raw);
    let text = match answer.body {
        Body::Text(text) => text,
        Body::Json(value) => {
            let mut dice = w.shuffles.then(|| Dice(w.dice.roll()));
            let mut out = String::new();
            write(&value, &mut dice, &mut out);
            out
        }
    };
    let version = match &w.version {
        Some(own) => own.clone(),
        None => w.age.version().map(str::to_owned),
    };
    let request_id = format!("GOoH{:016X}", w.dice.roll());
    let date = w.now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    drop(w);
    let asked = Asked {
        method: raw.method,
        path: raw.path,
        query: raw.query,
        headers: raw.headers,
        body: raw.body,
        status: answer.status,
    };
    shared.log.lock().expect("the log").push(asked);
    let mut response = Response::new(HttpBody::from(text));
    *response.status_mut() = StatusCode::from_u16(answer.status).expect("a status");
    let out = response.headers_mut();
    if let Some(kind) = answer.content_type {
        out.insert("content-type", HeaderValue::from_static(kind));
    }
    out.insert(
        "cache-control",
        HeaderValue::from_static("max-age=0, private, must-revalidate"),
    );
    out.insert("server", HeaderValue::from_static("Cowboy"));
    let mut set = |name: &'static str, value: &str| {
        out.insert(name, HeaderValue::from_str(value).expect("plain text"));
    };
    set("x-request-id", &request_id);
    set("date", &date);
    if let Some(version) = version {
        set("x-operately-version", &version);
    }
    response
}

/// Serves on a port of loopback inside the running tokio runtime.
pub async fn start(shared: Shared) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port of loopback");
    let address = listener.local_addr().expect("bound");
    let app = Router::new().fallback(handle).with_state(shared);
    tokio::spawn(async move {
        axum::serve(listener, app)
            .await
            .expect("serves until the end");
    });
    address
}

#[test]
fn floats_come_in_the_short_form() {
    for (value, wanted) in [
        (4_200_000.0, "4.2e6"),
        (46.0, "46.0"),
        (310.0, "310.0"),
        (100.0, "100.0"),
        (0.1, "0.1"),
        (0.300_000_000_000_000_04, "0.30000000000000004"),
        (9_007_199_254_740_992.0, "9.007199254740992e15"),
        (7_686_000.0, "7.686e6"),
        (12_500_000.0, "1.25e7"),
        (-3.0, "-3.0"),
        (0.0, "0.0"),
        (1e300, "1.0e300"),
        (200.5, "200.5"),
    ] {
        assert_eq!(float(value), wanted);
        assert_eq!(float(value).parse::<f64>().unwrap(), value);
    }
}
