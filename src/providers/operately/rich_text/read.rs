//! From a document to the tree. Takes anything and never fails.

use std::rc::Rc;

use serde_json::Value;

use super::DEEPEST_READ;
use super::tree::{Block, Inline, Marks, normal, one_line};
use crate::providers::operately::ids::ShortId;

/// What came, without its wrappings.
enum Found {
    Nothing,
    Document(Value),
    /// A string that holds no document.
    Text(String),
}

fn unwrap(value: &Value) -> Found {
    let mut inner = value.clone();
    // A wrapped comment that was written back wrapped is wrapped once more.
    for _ in 0..8 {
        inner = match inner {
            Value::String(text) => match serde_json::from_str(&text) {
                Ok(parsed @ (Value::Object(_) | Value::Array(_) | Value::Null)) => parsed,
                Ok(_) => return Found::Text(text),
                Err(_) => return Found::Text(salvaged(&text).unwrap_or(text)),
            },
            Value::Object(mut map) if !map.contains_key("type") => match map.remove("message") {
                Some(message) => message,
                None => return Found::Document(Value::Object(map)),
            },
            Value::Null => return Found::Nothing,
            other => return Found::Document(other),
        };
    }
    Found::Nothing
}

/// The `"text"` of JSON that does not parse: cut off, or nested beyond reason.
/// None if it does not look like a document.
fn salvaged(json: &str) -> Option<String> {
    let looks = json.trim_start().starts_with(['{', '[']) && json.contains("\"type\"");
    if !looks {
        return None;
    }
    let mut lines = Vec::new();
    let mut rest = json;
    while let Some((_, after)) = rest.split_once("\"text\"") {
        rest = after;
        let Some(value) = after.trim_start().strip_prefix(':') else {
            continue;
        };
        let mut values = serde_json::Deserializer::from_str(value).into_iter::<String>();
        if let Some(Ok(text)) = values.next() {
            rest = value.get(values.byte_offset()..).unwrap_or_default();
            lines.push(text);
        }
    }
    Some(lines.join("\n"))
}

/// The blocks of whatever came.
pub(super) fn blocks(value: &Value) -> Vec<Block> {
    let mut into = Vec::new();
    match unwrap(value) {
        Found::Nothing => {}
        Found::Text(text) => {
            // A blank line is two breaks there and a new paragraph in Markdown.
            for part in text.replace("\r\n", "\n").split("\n\n") {
                paragraph(
                    vec![Inline::Text(part.to_owned(), Marks::default())],
                    &mut into,
                );
            }
        }
        Found::Document(Value::Array(nodes)) => many(&nodes, 0, &mut into),
        Found::Document(node) => many(std::slice::from_ref(&node), 0, &mut into),
    }
    into
}

/// The blocks of one node of a document.
pub(super) fn of_node(node: &Value) -> Vec<Block> {
    let mut into = Vec::new();
    many(std::slice::from_ref(node), 0, &mut into);
    into
}

/// The top nodes of a document, or none if it is not one.
pub(super) fn top_nodes(value: &Value) -> Vec<Value> {
    match unwrap(value) {
        Found::Document(Value::Object(mut map)) if kind_in(&map) == "doc" => {
            match map.remove("content") {
                Some(Value::Array(nodes)) => nodes,
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn kind_in(map: &serde_json::Map<String, Value>) -> &str {
    map.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn children(node: &Value) -> &[Value] {
    match node.get("content") {
        Some(Value::Array(nodes)) => nodes,
        // One node where a list belongs.
        Some(node @ Value::Object(_)) => std::slice::from_ref(node),
        _ => &[],
    }
}

fn attr<'a>(node: &'a Value, name: &str) -> Option<&'a Value> {
    node.get("attrs")?.get(name)
}

fn attr_text<'a>(node: &'a Value, name: &str) -> &'a str {
    attr(node, name).and_then(Value::as_str).unwrap_or_default()
}

fn paragraph(pieces: Vec<Inline>, into: &mut Vec<Block>) {
    let pieces = normal(&pieces);
    if !pieces.is_empty() {
        into.push(Block::Paragraph(pieces));
    }
}

/// Blocks of a list of nodes; pieces of lines that lie between blocks are
/// gathered to paragraphs.
fn many(nodes: &[Value], depth: usize, into: &mut Vec<Block>) {
    let mut loose: Vec<Inline> = Vec::new();
    for node in nodes {
        if is_piece(node) {
            piece(node, &Marks::default(), &mut loose);
        } else {
            paragraph(std::mem::take(&mut loose), into);
            one(node, depth, into);
        }
    }
    paragraph(loose, into);
}

fn is_piece(node: &Value) -> bool {
    match kind(node) {
        "text" | "hardBreak" | "mention" | "blob" => true,
        "doc" | "paragraph" | "heading" | "bulletList" | "orderedList" | "listItem"
        | "blockquote" | "codeBlock" | "horizontalRule" => false,
        _ => node.is_string() || children(node).is_empty(),
    }
}

fn one(node: &Value, depth: usize, into: &mut Vec<Block>) {
    if depth >= DEEPEST_READ {
        return paragraph(all_text(node), into);
    }
    match kind(node) {
        "paragraph" => paragraph(pieces(node), into),
        "heading" => {
            let level = attr(node, "level").and_then(Value::as_f64).unwrap_or(1.0);
            let level = if level < 1.5 {
                1
            } else {
                u8::from(level >= 2.5) + 2
            };
            into.push(Block::Heading(level, one_line(&pieces(node))));
        }
        "bulletList" => list(node, None, depth, into),
        "orderedList" => {
            let start = attr(node, "start").and_then(Value::as_u64).unwrap_or(1);
            list(node, Some(start.min(LARGEST_NUMBER)), depth, into);
        }
        "blockquote" => {
            let mut inner = Vec::new();
            many(children(node), depth + 1, &mut inner);
            into.push(Block::Quote(inner));
        }
        "codeBlock" => {
            let mut text = String::new();
            for piece in all_text(node) {
                match piece {
                    Inline::Text(words, _) => text.push_str(&words),
                    Inline::Break => text.push('\n'),
                }
            }
            into.push(code(attr_text(node, "language"), &text));
        }
        "horizontalRule" => into.push(Block::Rule),
        // Documents, loose items and what nobody has heard of.
        _ => many(children(node), depth + 1, into),
    }
}

/// The largest number an item of Markdown can have.
pub(super) const LARGEST_NUMBER: u64 = 999_999_999;

/// Code in its normal form.
pub(super) fn code(language: &str, text: &str) -> Block {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_+#.-".contains(letter);
    let known = !language.is_empty() && language.chars().all(fits);
    Block::Code {
        language: known.then(|| language.to_owned()),
        text: text
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace('\0', "\u{fffd}"),
    }
}

fn list(node: &Value, start: Option<u64>, depth: usize, into: &mut Vec<Block>) {
    let items: Vec<Vec<Block>> = children(node)
        .iter()
        .map(|item| {
            let mut inner = Vec::new();
            if kind(item) == "listItem" {
                many(children(item), depth + 1, &mut inner);
            } else {
                many(std::slice::from_ref(item), depth + 1, &mut inner);
            }
            inner
        })
        .collect();
    if !items.is_empty() {
        into.push(Block::List { start, items });
    }
}

fn pieces(node: &Value) -> Vec<Inline> {
    let mut found = Vec::new();
    for child in children(node) {
        piece(child, &Marks::default(), &mut found);
    }
    found
}

/// A node within a line; of what is not known, its text.
fn piece(node: &Value, outer: &Marks, into: &mut Vec<Inline>) {
    let marks = marks(node, outer);
    let mut put = |text: &str, marks: Marks| {
        if !text.is_empty() {
            into.push(Inline::Text(text.to_owned(), marks));
        }
    };
    match kind(node) {
        "text" => put(
            node.get("text").and_then(Value::as_str).unwrap_or_default(),
            marks,
        ),
        "hardBreak" => into.push(Inline::Break),
        "mention" => put(&format!("@{}", label(node)), marks),
        "blob" | "image" => {
            let source = attr_text(node, "src");
            let title = ["title", "alt"]
                .map(|name| attr_text(node, name))
                .into_iter()
                .find(|text| !text.trim().is_empty())
                .unwrap_or(source);
            let link = (!source.is_empty()).then(|| Rc::from(source));
            put(title, Marks { link, ..marks });
        }
        _ => {
            let text = node.as_str().or_else(|| node.get("text")?.as_str());
            if let Some(text) = text {
                put(text, marks.clone());
            } else if children(node).is_empty() {
                let named = ["label", "title", "alt", "text", "name", "src", "href"]
                    .map(|name| attr_text(node, name))
                    .into_iter()
                    .find(|text| !text.is_empty());
                put(named.unwrap_or_default(), marks.clone());
            }
            into.extend(all_text_below(node));
        }
    }
}

/// The name of a mention, on one line.
pub(super) fn label(node: &Value) -> String {
    attr_text(node, "label").replace(['\r', '\n'], " ")
}

fn marks(node: &Value, outer: &Marks) -> Marks {
    let mut marks = outer.clone();
    for mark in node
        .get("marks")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        match kind(mark) {
            "bold" => marks.bold = true,
            "italic" => marks.italic = true,
            "strike" => marks.strike = true,
            "code" => marks.code = true,
            "link" => {
                let address = attr_text(mark, "href");
                if !address.is_empty() {
                    marks.link = Some(Rc::from(address));
                }
            }
            _ => {}
        }
    }
    marks
}

fn all_text_below(node: &Value) -> Vec<Inline> {
    gathered(children(node).iter().rev().collect())
}

/// Every text in a node, however deep, without recursion.
fn all_text(node: &Value) -> Vec<Inline> {
    gathered(vec![node])
}

fn gathered(mut open: Vec<&Value>) -> Vec<Inline> {
    let mut found = Vec::new();
    while let Some(node) = open.pop() {
        let below = children(node);
        if is_piece(node) && below.is_empty() {
            piece(node, &Marks::default(), &mut found);
        } else {
            if !found.is_empty() && !is_piece(node) {
                found.push(Inline::Break);
            }
            open.extend(below.iter().rev());
        }
    }
    found
}

/// Calls `seen` with every node, however deep.
pub(super) fn each(nodes: &[Value], mut seen: impl FnMut(&Value)) {
    let mut open: Vec<&Value> = nodes.iter().rev().collect();
    while let Some(node) = open.pop() {
        seen(node);
        open.extend(children(node).iter().rev());
    }
}

/// Everybody mentioned, each once.
pub(super) fn mentioned(value: &Value) -> Vec<ShortId> {
    let mut found = Vec::new();
    let nodes = match unwrap(value) {
        Found::Document(Value::Array(nodes)) => nodes,
        Found::Document(node) => vec![node],
        Found::Nothing | Found::Text(_) => Vec::new(),
    };
    each(&nodes, |node| {
        if kind(node) == "mention"
            && let Some(id) = ShortId::parse(attr_text(node, "id"))
            && !found.contains(&id)
        {
            found.push(id);
        }
    });
    found
}

/// Whether a node is of this kind, for others who walk a document.
pub(super) fn is_kind(node: &Value, name: &str) -> bool {
    kind(node) == name
}
