//! Holds requests and answers against a description.

use serde_json::Value;

use super::document::percent_decoded;
use super::operation::{Body, Content, Declared, Parameter, Place, Scheme, Segment};
use super::{Contract, Operation};

/// What is asked of a request beside the description's own rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// A body holds only fields the schema names, also where the schema has
    /// room for others. Our own writes should.
    pub only_declared_fields: bool,
    /// Any token will do where the description asks for `Bearer`: a ClickUp
    /// token of one's own goes without the word.
    pub bare_token: bool,
}

impl Contract {
    /// Which operation a request is, or everything that is wrong with it, one
    /// sentence each.
    ///
    /// `path` is what follows the base address, still percent-encoded and
    /// without the query; the names and values of `query` are decoded.
    /// Fields of a body that the schema does not name are wrong only where it
    /// says so ([`Contract::check_strict`] refuses them always).
    pub fn check_request(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<Operation, Vec<String>> {
        self.check(Demands::default(), method, path, query, headers, body)
    }

    /// As [`Contract::check_request`], and a body holds only fields that the
    /// description names.
    pub fn check_strict(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<Operation, Vec<String>> {
        let demands = Demands {
            only_declared_fields: true,
            ..Demands::default()
        };
        self.check(demands, method, path, query, headers, body)
    }

    /// As [`Contract::check_request`], with demands to choose.
    pub fn check(
        &self,
        demands: Demands,
        method: &str,
        path: &str,
        query: &[(String, String)],
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<Operation, Vec<String>> {
        let declared = self.found(method, path).map_err(|why| vec![why])?;
        let mut operation = declared.operation.clone();
        let mut wrong = Vec::new();
        operation.path_parameters = in_path(declared, path, &mut wrong);
        in_query(declared, query, &mut wrong);
        in_headers(declared, headers, &mut wrong);
        signed_in(declared, headers, demands.bare_token, &mut wrong);
        let kind = header(headers, "content-type").unwrap_or_default();
        match &declared.body {
            Some(declared) => {
                wrong.extend(in_body(declared, kind, body, demands.only_declared_fields));
            }
            None if body.is_empty() => {}
            None => wrong.push("body: none is declared".to_owned()),
        }
        if wrong.is_empty() {
            return Ok(operation);
        }
        let named = |what| format!("{method} {path} ({}): {what}", operation.id);
        Err(wrong.into_iter().map(named).collect())
    }

    /// Whether an answer is one the description allows, or everything that is
    /// wrong with it. `content_type` is empty when the answer has none.
    pub fn check_answer(
        &self,
        operation: &Operation,
        status: u16,
        content_type: &str,
        body: &[u8],
    ) -> Result<(), Vec<String>> {
        let declared = self.declared(operation);
        let mut wrong = Vec::new();
        match declared.answer(status) {
            None => wrong.push("this status is not declared".to_owned()),
            Some(answer) if answer.contents.is_empty() => {
                if !body.is_empty() {
                    wrong.push("body: none is declared".to_owned());
                }
            }
            Some(answer) => {
                wrong.extend(in_contents(&answer.contents, content_type, body, false));
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let named = |what| format!("answer {status} to {}: {what}", operation.id);
        Err(wrong.into_iter().map(named).collect())
    }

    /// The path is chosen first, then the method, as the OpenAPI rules have
    /// it: `GET /goals/bulk` is not the goal called `bulk`.
    fn found(&self, method: &str, path: &str) -> Result<&Declared, String> {
        if path.contains(['?', '#']) {
            return Err(format!("{path} is more than a path"));
        }
        let Some(segments) = path.strip_prefix('/') else {
            return Err(format!("`{path}` does not begin with a slash"));
        };
        let segments: Vec<&str> = segments.split('/').collect();
        let fits = |declared: &&Declared| {
            let both = declared.segments.iter().zip(&segments);
            declared.segments.len() == segments.len()
                && both.into_iter().all(|(template, segment)| match template {
                    Segment::Literal(word) => word == segment,
                    Segment::Name(_) => !segment.is_empty(),
                })
        };
        let literals = |declared: &&Declared| -> Vec<bool> {
            let segments = declared.segments.iter();
            segments
                .map(|segment| matches!(segment, Segment::Literal(_)))
                .collect()
        };
        let best = self.operations.iter().filter(fits).max_by_key(literals);
        let Some(best) = best else {
            return Err(format!("{method} {path}: {} has no such path", self.name));
        };
        let here = || {
            self.operations
                .iter()
                .filter(|one| one.segments == best.segments)
        };
        if let Some(found) = here().find(|one| one.operation.method == method) {
            return Ok(found);
        }
        let others: Vec<&str> = here().map(|one| one.operation.method.as_str()).collect();
        Err(format!(
            "{method} is not declared for {}, only {} is",
            best.operation.path,
            others.join(" and ")
        ))
    }
}

fn in_path(declared: &Declared, path: &str, wrong: &mut Vec<String>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let segments = path.strip_prefix('/').unwrap_or(path).split('/');
    for (template, segment) in declared.segments.iter().zip(segments) {
        let Segment::Name(name) = template else {
            continue;
        };
        let place = format!("path parameter `{name}`");
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%".contains(c);
        let value = match percent_decoded(segment) {
            Some(value) if segment.chars().all(plain) => value,
            _ => {
                wrong.push(format!("{place}: `{segment}` is not percent-encoded"));
                continue;
            }
        };
        let parameter = declared.parameters.iter();
        let parameter = parameter.filter(|one| one.place == Place::Path);
        let mut parameter = parameter.filter(|one| one.name == *name);
        match parameter.next() {
            Some(parameter) => wrong.extend(misfits(parameter, &value, &place)),
            None => wrong.push(format!("{place}: the file says nothing about it")),
        }
        out.push((name.clone(), value));
    }
    out
}

fn in_query(declared: &Declared, query: &[(String, String)], wrong: &mut Vec<String>) {
    let known = || {
        declared
            .parameters
            .iter()
            .filter(|one| one.place == Place::Query)
    };
    for (name, _) in query {
        if !known().any(|one| one.name == *name) {
            wrong.push(format!("query parameter `{name}`: it is not declared"));
        }
    }
    for parameter in known() {
        let place = format!("query parameter `{}`", parameter.name);
        let mut values = query.iter().filter(|(name, _)| *name == parameter.name);
        match values.next() {
            Some((_, value)) => wrong.extend(misfits(parameter, value, &place)),
            None if parameter.required => wrong.push(format!("{place}: it is missing")),
            None => {}
        }
        if values.next().is_some() {
            wrong.push(format!("{place}: it is there more than once"));
        }
    }
}

fn in_headers(declared: &Declared, headers: &[(String, String)], wrong: &mut Vec<String>) {
    let known = declared
        .parameters
        .iter()
        .filter(|one| one.place == Place::Header);
    for parameter in known {
        let place = format!("header `{}`", parameter.name);
        match header(headers, &parameter.name) {
            Some(value) => wrong.extend(misfits(parameter, value, &place)),
            None if parameter.required => wrong.push(format!("{place}: it is missing")),
            None => {}
        }
    }
}

fn signed_in(
    declared: &Declared,
    headers: &[(String, String)],
    bare_token: bool,
    wrong: &mut Vec<String>,
) {
    let lacking = |scheme: &Scheme| -> Option<String> {
        let name = match scheme {
            Scheme::Bearer => "Authorization",
            Scheme::Header(name) => name,
        };
        let Some(value) = header(headers, name) else {
            return Some(format!("header `{name}`: it is missing"));
        };
        let token = match scheme {
            Scheme::Bearer if !bare_token => {
                let (word, token) = value.split_once(' ').unwrap_or_default();
                if !word.eq_ignore_ascii_case("bearer") {
                    return Some(format!("header `{name}`: it does not say Bearer"));
                }
                token
            }
            _ => value,
        };
        let empty = token.trim().is_empty();
        empty.then(|| format!("header `{name}`: there is no token in it"))
    };
    let mut sets = declared.security.iter();
    let sets: Vec<Vec<String>> = sets
        .by_ref()
        .map(|set| set.iter().filter_map(lacking).collect())
        .collect();
    if !sets.iter().any(Vec::is_empty) {
        wrong.extend(sets.into_iter().next().unwrap_or_default());
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers
        .iter()
        .find(|(have, _)| have.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// A parameter is text; what it says must be what its schema asks for.
fn misfits(parameter: &Parameter, text: &str, place: &str) -> Vec<String> {
    let read = match parameter.schema.form["type"].as_str() {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => serde_json::from_str(text).ok().filter(Value::is_number),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    let value = read.unwrap_or_else(|| text.into());
    parameter.schema.violations(&value, false, place)
}

fn in_body(declared: &Body, kind: &str, body: &[u8], only_declared: bool) -> Vec<String> {
    if body.is_empty() && !declared.required {
        return Vec::new();
    }
    in_contents(&declared.contents, kind, body, only_declared)
}

fn in_contents(contents: &[Content], kind: &str, body: &[u8], closed: bool) -> Vec<String> {
    if body.is_empty() {
        return vec!["body: it is missing".to_owned()];
    }
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let mut found = contents.iter();
    let found = found.find(|content| content.kind.eq_ignore_ascii_case(kind));
    let Some(content) = found else {
        let known: Vec<&str> = contents.iter().map(|one| one.kind.as_str()).collect();
        return vec![format!(
            "Content-Type: it is `{kind}` and not {}",
            known.join(" or ")
        )];
    };
    let value = if content.is_json() {
        match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(why) => return vec![format!("body: it is no JSON ({why})")],
        }
    } else if content.kind == "application/octet-stream" {
        Value::String(String::from_utf8_lossy(body).into_owned())
    } else {
        match std::str::from_utf8(body) {
            Ok(text) => text.into(),
            Err(why) => return vec![format!("body: it is no UTF-8 ({why})")],
        }
    };
    content.schema.violations(&value, closed, "body")
}

impl Content {
    /// Whether the body is JSON, or text as it is.
    pub fn is_json(&self) -> bool {
        self.kind == "application/json" || self.kind.ends_with("+json")
    }
}
