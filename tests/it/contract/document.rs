//! Reads an OpenAPI file and puts what a `$ref` points at in its place.

use serde_json::{Map, Value};

/// How the file is written.
#[derive(Clone, Copy)]
pub enum Format {
    Yaml,
    Json,
}

/// The file as one value without any `$ref`.
///
/// Only references into the same file are followed. None of our files has a
/// schema that holds itself; one that did could not be written out and is
/// refused with its name.
pub fn read(name: &str, text: &str, format: Format) -> Value {
    let read: Value = match format {
        Format::Yaml => serde_saphyr::from_str(text).unwrap_or_else(|why| panic!("{name}: {why}")),
        Format::Json => serde_json::from_str(text).unwrap_or_else(|why| panic!("{name}: {why}")),
    };
    written_out(name, &read, &read, &mut Vec::new())
}

fn written_out(name: &str, root: &Value, value: &Value, above: &mut Vec<String>) -> Value {
    match value {
        Value::Array(entries) => {
            let entries = entries.iter();
            Value::Array(
                entries
                    .map(|entry| written_out(name, root, entry, above))
                    .collect(),
            )
        }
        Value::Object(fields) => match fields.get("$ref").and_then(Value::as_str) {
            Some(target) => {
                // 3.0 says what stands beside a reference is ignored, 3.1 says
                // it counts; no file of ours has any, so nothing is chosen.
                assert!(
                    fields.len() == 1,
                    "{name}: something stands beside {target}"
                );
                assert!(
                    !above.iter().any(|one| one == target),
                    "{name}: {target} holds itself"
                );
                let found = pointed_at(name, root, target);
                above.push(target.to_owned());
                let out = written_out(name, root, found, above);
                above.pop();
                out
            }
            None => {
                let mut out = Map::new();
                for (key, field) in fields {
                    out.insert(key.clone(), written_out(name, root, field, above));
                }
                Value::Object(out)
            }
        },
        plain => plain.clone(),
    }
}

fn pointed_at<'a>(name: &str, root: &'a Value, target: &str) -> &'a Value {
    let pointer = target.strip_prefix('#');
    let pointer = pointer.unwrap_or_else(|| panic!("{name}: {target} leads out of the file"));
    let pointer = percent_decoded(pointer);
    let pointer = pointer.unwrap_or_else(|| panic!("{name}: {target} is badly encoded"));
    let found = root.pointer(&pointer);
    found.unwrap_or_else(|| panic!("{name}: {target} leads nowhere"))
}

/// `%7B` as `{`. Nothing when what is left is no UTF-8, or a percent sign
/// stands alone.
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let high = char::from(bytes.next()?).to_digit(16)?;
        let low = char::from(bytes.next()?).to_digit(16)?;
        out.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(out).ok()
}
