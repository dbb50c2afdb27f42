//! How the fake judges a request before an operation sees it: the body, the
//! path, names and types, the token, what is required. The order is that of
//! the real server.

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value, json};

use super::age::Age;
use super::declared::{self, Declared, Op, Param};
use super::ids::{self, Id};
use super::world::{Names, World};

/// A request as it reached the server.
#[derive(Debug, Clone)]
pub struct Raw {
    pub method: String,
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Raw {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// What the server answers.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Some errors have none.
    pub content_type: Option<&'static str>,
    pub body: Body,
}

/// Text as it is, or a value still to be written in the server's way.
#[derive(Debug, Clone)]
pub enum Body {
    Text(String),
    Json(Value),
}

const JSON: Option<&str> = Some("application/json; charset=utf-8");
const HTML: Option<&str> = Some("text/html; charset=utf-8");

/// Why a request was not done. The variants are the bodies of section 1.5.
#[derive(Debug, Clone, PartialEq)]
pub enum No {
    /// 400 with a text, before the operation: no content type.
    Refused(String),
    /// 400 with a text of the operation.
    Bad(String),
    /// 400, missing required fields.
    Missing(Vec<String>),
    /// 404 with the usual text.
    NotFound,
    /// 404 with another text.
    NotFoundCalled(&'static str),
    /// 404 of an id that cannot be read: no content type.
    UnreadableId,
    Forbidden,
    /// 500 of an operation.
    Broke,
    /// 500 before any operation: unknown names, wrong documents.
    Crashed,
    /// 500 of a number or date that cannot be read: no content type.
    Unreadable,
}

impl No {
    /// 400 when an operation has no better text.
    pub fn malformed() -> No {
        No::Bad("The request was malformed".into())
    }

    pub fn answer(self) -> Answer {
        let bad = |content_type, message: String| Answer {
            status: 400,
            content_type,
            body: Body::Json(json!({"error": "Bad request", "message": message})),
        };
        let not_found = |content_type, message: &str| Answer {
            status: 404,
            content_type,
            body: Body::Json(json!({"error": "Not found", "message": message})),
        };
        const USUAL: &str = "The requested resource was not found";
        match self {
            No::Refused(text) => bad(None, text),
            No::Bad(text) => bad(JSON, text),
            No::Missing(names) => bad(
                JSON,
                format!("Missing required fields: {}", names.join(", ")),
            ),
            No::NotFound => not_found(JSON, USUAL),
            No::NotFoundCalled(text) => not_found(JSON, text),
            No::UnreadableId => not_found(None, USUAL),
            No::Forbidden => Answer {
                status: 403,
                content_type: JSON,
                body: Body::Json(json!({"error": "Forbidden",
                    "message": "You don't have permission to perform this action"})),
            },
            No::Broke => Answer {
                status: 500,
                content_type: JSON,
                body: Body::Json(json!({"error": "Internal server error",
                    "message": "An unexpected error occurred"})),
            },
            No::Crashed => Answer {
                status: 500,
                content_type: JSON,
                body: Body::Json(json!({"errors": {"detail": "Internal Server Error"}})),
            },
            No::Unreadable => Answer {
                status: 500,
                content_type: None,
                body: Body::Json(json!({"error": "Internal server error"})),
            },
        }
    }
}

fn text(status: u16, content_type: Option<&'static str>, body: &str) -> Answer {
    Answer {
        status,
        content_type,
        body: Body::Text(body.to_owned()),
    }
}

/// A request an operation can work with.
#[derive(Debug, Clone)]
pub struct Call {
    /// The namespaced name of the operation, also on flat servers.
    pub op: String,
    pub me: Id,
    pub age: Age,
    pub post: bool,
    pub params: Map<String, Value>,
}

impl Call {
    pub fn flag(&self, name: &str) -> bool {
        self.params.get(name) == Some(&Value::Bool(true))
    }

    /// The key is there, null or not.
    pub fn given(&self, name: &str) -> bool {
        self.params.contains_key(name)
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        self.params.get(name).filter(|v| !v.is_null())
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(Value::as_str)
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        self.value(name).and_then(Value::as_f64)
    }

    /// The id in a parameter, none when it is absent or null. What cannot be
    /// read is the id of nothing.
    pub fn id(&self, name: &str) -> Option<Id> {
        self.text(name)
            .map(|t| ids::read(t, self.age.knows_uuids()).unwrap_or(Id::nil()))
    }

    pub fn ids(&self, name: &str) -> Vec<Id> {
        self.value(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|t| ids::read(t, self.age.knows_uuids()).unwrap_or(Id::nil()))
            .collect()
    }

    /// The document in a parameter that holds JSON in a string.
    pub fn doc(&self, name: &str) -> Option<Value> {
        self.text(name)
            .and_then(|t| serde_json::from_str::<Value>(t).ok())
    }
}

/// The names and types of a request, decoded.
struct Reading<'a> {
    declared: &'a Declared,
    age: Age,
    from_query: bool,
}

type Read<T> = Result<T, No>;

impl Reading<'_> {
    fn value(&self, kind: &str, value: &Value) -> Read<Value> {
        let wrong = |word: &str| No::Refused(format!("Unknown input type: {word}"));
        match kind {
            "string" => value
                .as_str()
                .map(|_| value.clone())
                .ok_or_else(|| wrong("string")),
            "id" | "company_id" => match value.as_str() {
                Some(text) if kind == "id" => match ids::read(text, self.age.knows_uuids()) {
                    Some(_) => Ok(value.clone()),
                    None => Err(No::UnreadableId),
                },
                Some(_) => Ok(value.clone()),
                None => Err(No::Crashed),
            },
            "boolean" if self.from_query => match value.as_str() {
                Some("true") => Ok(Value::Bool(true)),
                Some("false") => Ok(Value::Bool(false)),
                _ => Err(wrong("boolean")),
            },
            "boolean" => value
                .as_bool()
                .map(Value::Bool)
                .ok_or_else(|| wrong("boolean")),
            "integer" if self.from_query => value
                .as_str()
                .and_then(|t| t.parse::<i64>().ok())
                .map(Value::from)
                .ok_or(No::Unreadable),
            "integer" => value
                .as_i64()
                .map(Value::from)
                .ok_or_else(|| wrong("integer")),
            "float" => match value {
                Value::Number(_) => Ok(value.clone()),
                _ => Err(wrong("float")),
            },
            "json" => match value.as_str() {
                Some(text) if serde_json::from_str::<Value>(text).is_ok() => Ok(value.clone()),
                _ => Err(No::Crashed),
            },
            "date" => match value.as_str().map(|t| t.parse::<NaiveDate>()) {
                Some(Ok(_)) => Ok(value.clone()),
                _ => Err(No::Unreadable),
            },
            "datetime" => match value.as_str().map(DateTime::parse_from_rfc3339) {
                Some(Ok(_)) => Ok(value.clone()),
                _ => Err(No::Unreadable),
            },
            _ => self.named(kind, value),
        }
    }

    fn named(&self, kind: &str, value: &Value) -> Read<Value> {
        if let Some(item) = kind.strip_prefix("list:") {
            let Value::Array(items) = value else {
                return Err(No::Crashed);
            };
            let items: Read<Vec<Value>> = items.iter().map(|i| self.value(item, i)).collect();
            return items.map(Value::Array);
        }
        if let Some(allowed) = self.declared.enums.get(kind) {
            let Some(word) = value.as_str() else {
                return Err(No::Crashed);
            };
            if allowed.iter().any(|a| a == word) {
                return Ok(value.clone());
            }
            if !self.age.namespaced() && !self.declared.names.contains(word) {
                return Err(No::Crashed);
            }
            return Err(No::Refused(format!(
                "Invalid value for enum {kind}: {word}. Allowed values: {}",
                allowed.join(", ")
            )));
        }
        if let Some(allowed) = self.declared.ints.get(kind) {
            let Some(number) = value.as_i64() else {
                return Err(No::Refused("Unknown input type: integer".into()));
            };
            if allowed.contains(&number) {
                return Ok(value.clone());
            }
            let all: Vec<String> = allowed.iter().map(i64::to_string).collect();
            return Err(No::Refused(format!(
                "Invalid value for enum {kind}: {number}. Allowed values: {}",
                all.join(", ")
            )));
        }
        if let Some(fields) = self.declared.objects.get(kind) {
            let Value::Object(map) = value else {
                return Err(No::Crashed);
            };
            let mut out = Map::new();
            for (name, inner) in map {
                if name == "__typename" && self.age.namespaced() {
                    continue;
                }
                let Some(field) = fields.iter().find(|f| f.name == *name) else {
                    return Err(No::Crashed);
                };
                out.insert(name.clone(), self.param(field, inner)?);
            }
            if fields
                .iter()
                .any(|f| f.required && !out.contains_key(&f.name))
            {
                return Err(No::Crashed);
            }
            return Ok(Value::Object(out));
        }
        panic!("the fake has no type called {kind}")
    }

    fn param(&self, param: &Param, value: &Value) -> Read<Value> {
        if value.is_null() {
            return if param.nullable {
                Ok(Value::Null)
            } else {
                Err(No::Refused(format!(
                    "Field '{}' cannot be null",
                    param.name
                )))
            };
        }
        self.value(&param.kind, value)
    }

    fn all(&self, op: &Op, sent: Vec<(String, Value)>) -> Read<Map<String, Value>> {
        let mut out = Map::new();
        for (name, value) in sent {
            let known = op
                .params
                .iter()
                .find(|p| p.name == name && lives(p, self.age));
            let Some(param) = known else {
                if self.declared.names.contains(&name) && !later(&name, self.age) {
                    return Err(No::Refused(format!("Unknown input field: {name}")));
                }
                return Err(No::Crashed);
            };
            // An empty id in a query is the same as none.
            if self.from_query && value.as_str() == Some("") && is_id(op, param) {
                if param.required {
                    return Err(No::Refused(format!("Field '{name}' cannot be null")));
                }
                continue;
            }
            out.insert(name, self.param(param, &value)?);
        }
        Ok(out)
    }
}

/// Flat declarations call some ids strings.
fn is_id(op: &Op, param: &Param) -> bool {
    param.kind == "id" || (param.kind == "string" && param.name == "id" && !op.post)
}

/// A name no operation of this age knows, although a later one does.
fn later(name: &str, age: Age) -> bool {
    matches!((name, age < Age::V1_7), ("post_as_draft", true))
        || (name == "scheduled_at" && age < Age::V1_8)
}

fn lives(param: &Param, age: Age) -> bool {
    param.since.is_none_or(|s| s <= age) && param.known_before.is_none_or(|b| age < b)
}

fn is_required(param: &Param, age: Age) -> bool {
    match (param.required_before, param.known_before) {
        (Some(before), _) | (None, Some(before)) => age < before,
        _ => param.required,
    }
}

/// Percent-decoded bytes; `+` is a space.
fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes
            .get(i + 1..i + 3)
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match (bytes[i], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            (other, _) => out.push(other),
        }
        i += 1;
    }
    out
}

/// The parameters of a query string; none when it is not UTF-8.
fn query_params(query: &str, op: Option<&Op>) -> Option<Vec<(String, Value)>> {
    let mut out: Vec<(String, Value)> = Vec::new();
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = String::from_utf8(decode(name)).ok()?;
        let value = String::from_utf8(decode(value)).ok()?;
        if let Some(list) = name.strip_suffix("[]") {
            let found = out.iter_mut().find(|(n, _)| n == list);
            match found {
                Some((_, Value::Array(items))) => items.push(Value::String(value)),
                _ => out.push((list.to_owned(), json!([value]))),
            }
            continue;
        }
        let is_list = op.is_some_and(|op| {
            op.params
                .iter()
                .any(|p| p.name == name && p.kind.starts_with("list:"))
        });
        let value = if is_list && value.is_empty() {
            json!([])
        } else {
            Value::String(value)
        };
        match out.iter_mut().find(|(n, _)| *n == name) {
            Some(slot) => slot.1 = value,
            None => out.push((name, value)),
        }
    }
    Some(out)
}

/// What a body was read as.
enum Sent {
    /// No body, or one without a type: ignored.
    Nothing,
    Object(Map<String, Value>),
    /// JSON, but no object.
    Other,
    Form(String),
}

fn read_body(raw: &Raw) -> Result<Sent, Answer> {
    if raw.body.is_empty() {
        return Ok(Sent::Nothing);
    }
    let kind = raw.header("content-type").unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim();
    match kind {
        "" => Ok(Sent::Nothing),
        "application/json" => match serde_json::from_slice(&raw.body) {
            Ok(Value::Object(map)) => Ok(Sent::Object(map)),
            Ok(_) => Ok(Sent::Other),
            Err(_) => Err(text(400, HTML, "Bad Request")),
        },
        "application/x-www-form-urlencoded" => match String::from_utf8(raw.body.clone()) {
            Ok(form) => Ok(Sent::Form(form)),
            Err(_) => Err(text(400, HTML, "Bad Request")),
        },
        _ => Err(Answer {
            status: 415,
            content_type: JSON,
            body: Body::Json(json!({"errors": {"detail": "Unsupported Media Type"}})),
        }),
    }
}

/// The operation behind a name at this age, with the declarations that say
/// how its parameters are read.
fn find<'a>(world: &World, name: &str) -> Option<(&'a Op, &'a Declared)> {
    let of_age = if world.age.namespaced() {
        Names::Namespaced
    } else {
        Names::Flat
    };
    for (names, declared) in [
        (Names::Flat, declared::flat()),
        (Names::Namespaced, declared::namespaced()),
    ] {
        let Some(op) = declared.ops.get(name) else {
            continue;
        };
        let wanted = world.names.get(&op.canon).copied().unwrap_or(of_age);
        let born = op.since.is_none_or(|since| since <= world.age);
        if wanted == names && born {
            return Some((op, declared));
        }
    }
    None
}

fn bearer(raw: &Raw) -> Option<&str> {
    let header = raw.header("authorization")?;
    // The real server takes a bare token too.
    Some(header.strip_prefix("Bearer ").unwrap_or(header))
}

/// Everything before the operation. An answer when the request ends here.
pub fn judge(world: &World, raw: &Raw) -> Result<Call, Box<Answer>> {
    let end = |answer: Answer| Box::new(answer);
    if let Some(accept) = raw.header("accept") {
        let fits = ["*/*", "application/json", "application/*"];
        if !fits.iter().any(|f| accept.contains(f)) {
            return Err(end(text(406, None, "Not Acceptable")));
        }
    }
    let post = match raw.method.as_str() {
        "GET" | "HEAD" => false,
        "POST" => true,
        _ => return Err(end(text(405, None, "Method Not Allowed"))),
    };
    let sent = if post {
        read_body(raw).map_err(end)?
    } else {
        Sent::Nothing
    };
    let name = raw
        .path
        .strip_prefix("/api/external/v1")
        .unwrap_or("")
        .trim_matches('/');
    let kind = if post { "mutation" } else { "query" };
    if name.is_empty() {
        return Err(end(text(400, None, &format!("Missing {kind} name"))));
    }
    if name.split('/').count() > 2 {
        return Err(end(text(
            400,
            None,
            &format!("Invalid {kind} name: {name}"),
        )));
    }
    let found = find(world, name);
    let query = query_params(&raw.query, found.map(|(op, _)| op));
    let Some(query) = query else {
        return Err(end(text(400, HTML, "Bad Request")));
    };
    let Some((op, declared)) = found.filter(|(op, _)| op.post == post) else {
        let missing = if post { "Mutation" } else { "Query" };
        return Err(end(text(404, None, &format!("{missing} not found"))));
    };
    let (sent, from_query) = match sent {
        Sent::Other => return Err(end(No::Crashed.answer())),
        Sent::Object(map) => (map.into_iter().collect(), false),
        Sent::Form(form) => match query_params(&form, Some(op)) {
            Some(sent) => (sent, true),
            None => return Err(end(text(400, HTML, "Bad Request"))),
        },
        Sent::Nothing => (query, true),
    };
    let reading = Reading {
        declared,
        age: world.age,
        from_query,
    };
    let params = reading.all(op, sent).map_err(|no| end(no.answer()))?;
    let token = bearer(raw).and_then(|value| {
        world
            .tokens
            .iter()
            .find(|t| t.value == value && !t.revoked)
            .filter(|t| world.people.get(&t.person).is_some_and(|p| !p.suspended))
    });
    let Some(token) = token else {
        return Err(end(text(401, None, "Unauthorized")));
    };
    if post && token.read_only {
        return Err(end(text(
            403,
            None,
            "Read-only API tokens cannot execute mutations",
        )));
    }
    let missing: Vec<String> = op
        .params
        .iter()
        .filter(|p| lives(p, world.age) && is_required(p, world.age))
        .filter(|p| !params.contains_key(&p.name))
        .map(|p| p.name.clone())
        .collect();
    if !missing.is_empty() {
        return Err(end(No::Missing(missing).answer()));
    }
    Ok(Call {
        op: op.canon.clone(),
        me: token.person,
        age: world.age,
        post,
        params,
    })
}

/// A word for the whole request, outside the API.
pub fn outside(world: &World, raw: &Raw) -> Answer {
    if raw.path == "/health" {
        return text(200, Some("text/plain; charset=utf-8"), "HEALTHY");
    }
    if world.age.namespaced() && raw.path.starts_with("/api/") {
        return text(500, HTML, "Internal Server Error");
    }
    text(
        200,
        HTML,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Operately</title></head><body></body></html>",
    )
}
