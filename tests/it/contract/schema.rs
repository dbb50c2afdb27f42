//! An OpenAPI schema as a JSON Schema of 2020-12, and what is wrong with a
//! value in sentences.

use std::sync::OnceLock;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};

/// A schema ready to judge. Judges are built when first needed: most of a
/// file's are not, in one test.
pub struct Schema {
    /// As JSON Schema; a schema's examples are kept for making answers.
    pub form: Value,
    open: OnceLock<Validator>,
    closed: OnceLock<Validator>,
}

impl Schema {
    /// From the OpenAPI form, references written out. Panics at a keyword it
    /// does not know, because skipping it would judge less than it seems to.
    pub fn of(name: &str, openapi: &Value) -> Schema {
        Schema {
            form: converted(name, openapi),
            open: OnceLock::new(),
            closed: OnceLock::new(),
        }
    }

    /// What is wrong, one sentence each that begins with `place` and names the
    /// field. `closed` also refuses fields the schema does not name.
    pub fn violations(&self, value: &Value, closed: bool, place: &str) -> Vec<String> {
        let validator = if closed {
            let build = || built(&shut(&self.form));
            self.closed.get_or_init(build)
        } else {
            self.open.get_or_init(|| built(&self.form))
        };
        let errors = validator.iter_errors(value);
        errors.flat_map(|error| sentences(&error, place)).collect()
    }
}

fn built(form: &Value) -> Validator {
    let options = jsonschema::options();
    let options = options
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true);
    let built = options.build(form);
    built.unwrap_or_else(|why| panic!("{why} in the schema {form}"))
}

/// Say nothing about which values are right.
const REMARKS: &[&str] = &[
    "title",
    "description",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "xml",
    // An object is no text that could hold a media type; ClickUp has it so.
    "contentMediaType",
];

/// The same in both.
const SAME: &[&str] = &[
    "type",
    "enum",
    "const",
    "required",
    "examples",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "multipleOf",
];

/// Formats that are checked. Dates matter in what we write.
const FORMATS: &[&str] = &["date-time", "date", "uri", "uuid", "email"];

fn converted(name: &str, openapi: &Value) -> Value {
    let Value::Object(fields) = openapi else {
        // `additionalProperties: true`, and so on.
        assert!(openapi.is_boolean(), "{name}: {openapi} is no schema");
        return openapi.clone();
    };
    let mut out = Map::new();
    for (key, field) in fields {
        let under = |field: &Value| converted(name, field);
        match key.as_str() {
            key if SAME.contains(&key) => {
                out.insert(key.to_owned(), field.clone());
            }
            "properties" => {
                let fields = field.as_object().into_iter().flatten();
                let fields = fields.map(|(key, field)| (key.clone(), under(field)));
                out.insert(key.clone(), Value::Object(fields.collect()));
            }
            "items" | "additionalProperties" => {
                out.insert(key.clone(), under(field));
            }
            "anyOf" | "oneOf" => {
                let branches = field.as_array().into_iter().flatten();
                out.insert(key.clone(), branches.map(under).collect());
            }
            "example" => {
                out.insert("examples".to_owned(), json!([field]));
            }
            // In 3.0 they may be a yes or no about the inclusive ones.
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "nullable" => {}
            // ClickUp's own file has the widths of numbers in `contentEncoding`.
            "format" | "contentEncoding" => {
                let format = field.as_str().unwrap_or_default();
                match format {
                    "int32" => within(&mut out, i32::MIN.into(), i32::MAX.into()),
                    "int64" => within(&mut out, i64::MIN, i64::MAX),
                    // Every JSON number will do; any bytes will do.
                    "double" | "float" | "binary" => {}
                    known if FORMATS.contains(&known) => {
                        out.insert("format".to_owned(), field.clone());
                    }
                    other => panic!("{name}: the format {other} is not known here"),
                }
            }
            key if REMARKS.contains(&key) || key.starts_with("x-") => {}
            other => panic!("{name}: the keyword {other} is not known here"),
        }
    }
    bounds(fields, &mut out);
    // Also in a 3.1 file, which no longer has the word: the ClickUp file uses
    // it, and means it.
    if fields.get("nullable") == Some(&Value::Bool(true)) {
        or_null(name, &mut out);
    }
    Value::Object(out)
}

fn within(out: &mut Map<String, Value>, low: i64, high: i64) {
    out.insert("minimum".to_owned(), low.into());
    out.insert("maximum".to_owned(), high.into());
}

fn bounds(fields: &Map<String, Value>, out: &mut Map<String, Value>) {
    for (word, exclusive) in [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ] {
        let word_out = if fields.get(exclusive) == Some(&Value::Bool(true)) {
            exclusive
        } else {
            word
        };
        if let Some(bound) = fields.get(word) {
            out.insert(word_out.to_owned(), bound.clone());
        }
        if let Some(bound @ Value::Number(_)) = fields.get(exclusive) {
            out.insert(exclusive.to_owned(), bound.clone());
        }
    }
}

fn or_null(name: &str, out: &mut Map<String, Value>) {
    match out.get_mut("type") {
        Some(Value::String(one)) => {
            let both = json!([one, "null"]);
            out.insert("type".to_owned(), both);
        }
        Some(Value::Array(several)) => several.push("null".into()),
        _ => panic!("{name}: nullable without a type says nothing"),
    }
    if let Some(Value::Array(choices)) = out.get_mut("enum") {
        choices.push(Value::Null);
    }
}

/// The schema without room for fields it does not name, also where it says
/// that others may be there. Where it names none at all it stays open: such
/// an object is meant to hold anything.
fn shut(form: &Value) -> Value {
    let Value::Object(fields) = form else {
        return form.clone();
    };
    let mut out = Map::new();
    for (key, field) in fields {
        let field = match (key.as_str(), field) {
            ("properties", Value::Object(named)) => {
                let named = named.iter();
                let named = named.map(|(key, field)| (key.clone(), shut(field)));
                Value::Object(named.collect())
            }
            ("items", field) => shut(field),
            ("anyOf" | "oneOf", Value::Array(branches)) => branches.iter().map(shut).collect(),
            (_, field) => field.clone(),
        };
        out.insert(key.clone(), field);
    }
    if out.contains_key("properties") {
        out.insert("additionalProperties".to_owned(), false.into());
    }
    Value::Object(out)
}

fn sentences(error: &ValidationError<'_>, place: &str) -> Vec<String> {
    let at = match error.instance_path().as_str() {
        "" => place.to_owned(),
        inner => format!("{place} {inner}"),
    };
    match error.kind() {
        Kind::Required { property } => {
            let property = property.as_str().unwrap_or_default();
            vec![format!("{at}: `{property}` is missing")]
        }
        Kind::AdditionalProperties { unexpected } => {
            let each = unexpected.iter();
            each.map(|field| format!("{at}: `{field}` is not declared"))
                .collect()
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let nearest = context.iter().min_by_key(|branch| distance(error, branch));
            let nearest = nearest.into_iter().flatten();
            nearest.flat_map(|inner| sentences(inner, place)).collect()
        }
        _ => vec![format!("{at}: {}", shortened(&error.to_string()))],
    }
}

/// How far a value is from one of several shapes: least where the kind of
/// value is right and what is wrong lies deepest.
fn distance(
    error: &ValidationError<'_>,
    branch: &[ValidationError<'static>],
) -> (bool, std::cmp::Reverse<usize>, usize) {
    let depth = |inner: &ValidationError<'_>| inner.instance_path().as_str().matches('/').count();
    let other_kind = branch.iter().any(|inner| {
        matches!(inner.kind(), Kind::Type { .. })
            && inner.instance_path().as_str() == error.instance_path().as_str()
    });
    let shallowest = branch.iter().map(depth).min().unwrap_or_default();
    (other_kind, std::cmp::Reverse(shallowest), branch.len())
}

fn shortened(sentence: &str) -> String {
    if sentence.chars().count() <= 300 {
        return sentence.to_owned();
    }
    let end: Vec<char> = sentence.chars().rev().take(150).collect();
    let start: String = sentence.chars().take(145).collect();
    let end: String = end.into_iter().rev().collect();
    format!("{start} ... {end}")
}
