//! The operations of a file, taken apart once.

use serde_json::Value;

use super::Operation;
use super::schema::Schema;

/// An operation with everything a request or an answer is held against.
pub struct Declared {
    pub operation: Operation,
    pub segments: Vec<Segment>,
    pub parameters: Vec<Parameter>,
    /// One of these sets of schemes must be served; none at all: no sign-in.
    pub security: Vec<Vec<Scheme>>,
    pub body: Option<Body>,
    pub answers: Vec<Answer>,
}

/// Between two slashes of the template.
#[derive(PartialEq, Eq)]
pub enum Segment {
    Literal(String),
    Name(String),
}

pub struct Parameter {
    pub name: String,
    pub place: Place,
    pub required: bool,
    pub schema: Schema,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Header,
}

/// How a request says who asks.
pub enum Scheme {
    /// `Authorization: Bearer ...`
    Bearer,
    /// A header of its own, with whatever in it.
    Header(String),
}

pub struct Body {
    pub required: bool,
    pub contents: Vec<Content>,
}

/// One media type of a body.
pub struct Content {
    pub kind: String,
    pub schema: Schema,
    /// Whole bodies the file shows.
    pub examples: Vec<Value>,
}

pub struct Answer {
    /// `200`, `4XX` or `default`.
    pub status: String,
    /// Empty: an answer without a body.
    pub contents: Vec<Content>,
}

impl Declared {
    /// What is declared for a status: by itself, by its class, by default.
    pub fn answer(&self, status: u16) -> Option<&Answer> {
        let class = format!("{}XX", status / 100);
        let words = [status.to_string(), class, "default".to_owned()];
        let mut words = words.iter();
        words.find_map(|word| self.answers.iter().find(|answer| answer.status == *word))
    }
}

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch", "head", "options"];

/// Every operation of a file, in its order. `prefix` is cut from the paths.
pub fn all(name: &str, document: &Value, prefix: &str) -> Vec<Declared> {
    let mut out = Vec::new();
    for (path, item) in fields(&document["paths"]) {
        for (method, operation) in fields(item) {
            if !METHODS.contains(&method.as_str()) {
                assert!(method == "parameters", "{name}: {path} has {method}");
                continue;
            }
            let short = path.strip_prefix(prefix);
            let short = short.unwrap_or_else(|| panic!("{name}: {path} lacks {prefix}"));
            let id = text(operation, "operationId");
            let at = format!("{name}, {id}");
            assert!(!id.is_empty(), "{name}: {method} {path} has no operationId");
            out.push(Declared {
                operation: Operation {
                    id,
                    summary: text(operation, "summary"),
                    method: method.to_uppercase(),
                    path: short.to_owned(),
                    path_parameters: Vec::new(),
                    deprecated: operation["deprecated"].as_bool() == Some(true),
                    index: out.len(),
                },
                segments: segments(&at, short),
                parameters: parameters(&at, item, operation),
                security: security(&at, document, operation),
                body: body(&at, operation),
                answers: answers(&at, operation),
            });
        }
    }
    out
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn segments(at: &str, path: &str) -> Vec<Segment> {
    let path = path.strip_prefix('/');
    let path = path.unwrap_or_else(|| panic!("{at}: the path does not begin with a slash"));
    let each = path.split('/').map(|segment| {
        let inner = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match inner {
            Some(inner) => Segment::Name(inner.to_owned()),
            None => {
                assert!(!segment.contains('{'), "{at}: {segment} is half a template");
                Segment::Literal(segment.to_owned())
            }
        }
    });
    each.collect()
}

/// Those of the path and those of the operation, which count more.
fn parameters(at: &str, item: &Value, operation: &Value) -> Vec<Parameter> {
    let of = |value: &Value| value["parameters"].as_array().cloned().unwrap_or_default();
    let mut out: Vec<Parameter> = Vec::new();
    for declared in of(item).iter().chain(&of(operation)) {
        let name = text(declared, "name");
        let place = match declared["in"].as_str() {
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            Some("header") => Place::Header,
            other => panic!("{at}: {name} is in {other:?}"),
        };
        let schema = Schema::of(&format!("{at}, {name}"), &declared["schema"]);
        let kind = schema.form["type"].as_str();
        // A list in a query can be written in several ways; no file has one.
        let plain = matches!(kind, Some("string" | "integer" | "number" | "boolean"));
        assert!(plain, "{at}: {name} is of the type {kind:?}");
        out.retain(|have| have.name != name || have.place != place);
        out.push(Parameter {
            name,
            place,
            required: declared["required"].as_bool() == Some(true),
            schema,
        });
    }
    out
}

fn security(at: &str, document: &Value, operation: &Value) -> Vec<Vec<Scheme>> {
    let own = operation["security"].as_array();
    let sets = own
        .or(document["security"].as_array())
        .into_iter()
        .flatten();
    let scheme = |name: &String| {
        let declared = &document["components"]["securitySchemes"][name];
        match (
            declared["type"].as_str(),
            declared["scheme"].as_str(),
            declared["in"].as_str(),
        ) {
            (Some("http"), Some("bearer"), _) => Scheme::Bearer,
            (Some("apiKey"), _, Some("header")) => Scheme::Header(text(declared, "name")),
            _ => panic!("{at}: the scheme {name} is not known here"),
        }
    };
    sets.map(|set| fields(set).map(|(name, _)| scheme(name)).collect())
        .collect()
}

fn body(at: &str, operation: &Value) -> Option<Body> {
    let declared = operation.get("requestBody")?;
    Some(Body {
        required: declared["required"].as_bool() == Some(true),
        contents: contents(&format!("{at}, request"), declared),
    })
}

fn answers(at: &str, operation: &Value) -> Vec<Answer> {
    let each = fields(&operation["responses"]).map(|(status, declared)| Answer {
        status: status.clone(),
        contents: contents(&format!("{at}, {status}"), declared),
    });
    each.collect()
}

fn contents(at: &str, declared: &Value) -> Vec<Content> {
    let each = fields(&declared["content"]).map(|(kind, content)| {
        let one = content.get("example").cloned();
        let several = fields(&content["examples"]).map(|(_, each)| each["value"].clone());
        Content {
            kind: kind.to_lowercase(),
            schema: Schema::of(&format!("{at}, {kind}"), &content["schema"]),
            examples: one.into_iter().chain(several).collect(),
        }
    });
    each.collect()
}
