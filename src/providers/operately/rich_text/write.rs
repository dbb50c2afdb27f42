//! From the tree to a document: only nodes that every version knows, no empty
//! text, a paragraph first in every item.

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::tree::{Block, Inline, Marks};

/// Who is meant by `@Full Name`. Two people of one name: the later one counts,
/// so whoever fills this decides.
#[derive(Clone, Debug, Default)]
pub struct Mentions {
    /// Longest name first; a name may stand here in several spellings.
    names: Vec<(String, Value)>,
    /// Files and pictures by the title and address under which a link shows them.
    blobs: Vec<(String, String, Value)>,
}

impl Mentions {
    /// Knows `person` (an id as the server takes it: slug-id or short-id) by
    /// their full name, in composed or decomposed letters. An empty name is not
    /// taken.
    pub fn insert(&mut self, name: &str, person: &str) {
        let attrs = json!({"id": person, "label": name});
        self.put(name, json!({"type": "mention", "attrs": attrs}));
    }

    /// Puts in the node itself, with all its attributes.
    pub(super) fn put(&mut self, name: &str, node: Value) {
        let name = name.replace(['\r', '\n'], " ");
        let spellings = [name.nfc().collect(), name.nfd().collect(), name];
        for spelling in spellings {
            if spelling.trim().is_empty() {
                continue;
            }
            self.names.retain(|(known, _)| *known != spelling);
            let place = self
                .names
                .partition_point(|(known, _)| known.len() > spelling.len());
            self.names.insert(place, (spelling, node.clone()));
        }
    }

    /// Puts in a file or picture that is already on the server.
    pub(super) fn put_blob(&mut self, title: String, address: String, node: Value) {
        self.blobs.push((title, address, node));
    }

    /// The mention at the start of `text` (at its `@`), and its length.
    fn at_start(&self, text: &str) -> Option<(&Value, usize)> {
        let after = text.strip_prefix('@')?;
        self.names.iter().find_map(|(name, node)| {
            let next = after.strip_prefix(name.as_str())?.chars().next();
            let ends = next.is_none_or(|next| !next.is_alphanumeric() && !is_combining_mark(next));
            ends.then_some((node, name.len() + 1))
        })
    }
}

impl<N: AsRef<str>, P: AsRef<str>> FromIterator<(N, P)> for Mentions {
    fn from_iter<T: IntoIterator<Item = (N, P)>>(people: T) -> Self {
        let mut all = Self::default();
        for (name, person) in people {
            all.insert(name.as_ref(), person.as_ref());
        }
        all
    }
}

/// A whole document.
pub(super) fn document(blocks: &[Block], mentions: &Mentions) -> Value {
    json!({"type": "doc", "content": nodes(blocks, mentions)})
}

/// The nodes of some blocks.
pub(super) fn nodes(blocks: &[Block], mentions: &Mentions) -> Vec<Value> {
    blocks.iter().map(|block| node(block, mentions)).collect()
}

fn node(block: &Block, mentions: &Mentions) -> Value {
    match block {
        Block::Paragraph(pieces) => with(json!({"type": "paragraph"}), line(pieces, mentions)),
        Block::Heading(level, pieces) => with(
            json!({"type": "heading", "attrs": {"level": level}}),
            line(pieces, mentions),
        ),
        Block::Quote(inner) => {
            let mut inner = nodes(inner, mentions);
            if inner.is_empty() {
                inner.push(json!({"type": "paragraph"}));
            }
            with(json!({"type": "blockquote"}), inner)
        }
        Block::Code { language, text } => {
            let words = (!text.is_empty()).then(|| json!({"type": "text", "text": text}));
            with(
                json!({"type": "codeBlock", "attrs": {"language": language}}),
                words.into_iter().collect(),
            )
        }
        Block::Rule => json!({"type": "horizontalRule"}),
        Block::List { start, items } => {
            let items = items
                .iter()
                .map(|item| self::item(item, mentions))
                .collect();
            with(
                match start {
                    Some(start) => json!({"type": "orderedList", "attrs": {"start": start}}),
                    None => json!({"type": "bulletList"}),
                },
                items,
            )
        }
    }
}

fn item(blocks: &[Block], mentions: &Mentions) -> Value {
    let mut inner = nodes(blocks, mentions);
    if !matches!(blocks.first(), Some(Block::Paragraph(_))) {
        inner.insert(0, json!({"type": "paragraph"}));
    }
    with(json!({"type": "listItem"}), inner)
}

/// Adds the content; the key is absent if there is none.
fn with(mut node: Value, content: Vec<Value>) -> Value {
    if !content.is_empty()
        && let Value::Object(map) = &mut node
    {
        map.insert("content".to_owned(), Value::Array(content));
    }
    node
}

fn line(pieces: &[Inline], mentions: &Mentions) -> Vec<Value> {
    let mut found = Vec::new();
    for piece in pieces {
        match piece {
            Inline::Break => found.push(json!({"type": "hardBreak"})),
            Inline::Text(words, marks) => {
                let blob = mentions.blobs.iter().find(|(title, address, _)| {
                    title == words && marks.link.as_deref() == Some(address)
                });
                match blob {
                    Some((_, _, node)) => found.push(node.clone()),
                    None if marks.code || marks.link.is_some() => found.push(text(words, marks)),
                    None => mention(words, marks, mentions, &mut found),
                }
            }
        }
    }
    found
}

/// Text with `@Full Name` of known people made mentions.
fn mention(words: &str, marks: &Marks, mentions: &Mentions, into: &mut Vec<Value>) {
    let mut written = 0;
    let mut from = 0;
    while let Some(found) = words.get(from..).and_then(|rest| rest.find('@')) {
        let at = from + found;
        let before = words.get(..at).unwrap_or_default();
        // `ana@Bo` is an address; `@Ana@Bo` are two people.
        let apart = at == written || !before.ends_with(char::is_alphanumeric);
        let known = words
            .get(at..)
            .filter(|_| apart)
            .and_then(|rest| mentions.at_start(rest));
        match known {
            Some((node, length)) => {
                let between = words.get(written..at).unwrap_or_default();
                into.extend((!between.is_empty()).then(|| text(between, marks)));
                into.push(node.clone());
                written = at + length;
                from = written;
            }
            None => from = at + 1,
        }
    }
    let rest = words.get(written..).unwrap_or_default();
    into.extend((!rest.is_empty()).then(|| text(rest, marks)));
}

fn text(words: &str, marks: &Marks) -> Value {
    let mut set = Vec::new();
    if let Some(address) = &marks.link {
        set.push(json!({"type": "link", "attrs": {"href": &**address}}));
    }
    for (name, is_set) in [
        ("bold", marks.bold),
        ("code", marks.code),
        ("italic", marks.italic),
        ("strike", marks.strike),
    ] {
        if is_set {
            set.push(json!({"type": name}));
        }
    }
    let mut node = json!({"type": "text", "text": words});
    if !set.is_empty()
        && let Value::Object(map) = &mut node
    {
        map.insert("marks".to_owned(), Value::Array(set));
    }
    node
}
