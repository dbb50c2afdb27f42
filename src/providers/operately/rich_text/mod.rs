//! Operately's rich text (ProseMirror JSON, mostly inside a string) and our
//! Markdown, both ways. Between them stands one small tree, `tree`, so both
//! sides agree about what is the same text. Broken or hostile documents give the
//! text that is in them; nothing is cleaned here, the screen does that.
//!
//! What a document has and Markdown has not:
//!
//! | There | Here |
//! |---|---|
//! | mention | `@Full Name`; becomes a mention again if [`Mentions`] knows the name |
//! | blob (file, picture) | a link: its title and where it lies |
//! | underline, highlight, unknown marks | their words |
//! | unknown nodes | their words |
//! | empty paragraphs, spaces at line ends | nothing |
//! | hard break | a line end; a line end is a hard break again |
//!
//! And the other way round: `- [ ]` is an item that begins with `[ ] `, a picture
//! by address is a link, HTML is its own text, a heading below the third level is
//! one of the third, code is never bold too.

mod flat;
mod from_markdown;
mod keep;
mod pen;
mod read;
mod to_markdown;
mod tree;
mod write;

use serde_json::Value;

pub use keep::keep;
pub use write::Mentions;

use super::ids::ShortId;

/// Containers deeper than this are flattened to their text when read.
const DEEPEST_READ: usize = 64;

/// Containers deeper than this are flattened when written: two levels of JSON a
/// container, and other readers stop at 128.
const DEEPEST_WRITTEN: usize = 40;

/// A document as our Markdown, foreign text. Takes what the server calls a
/// doc-string, the document itself, either wrapped in `{"message": ..}`, or null.
/// A string that is no JSON is taken as plain text.
pub fn to_markdown(document: &Value) -> String {
    to_markdown::blocks(&read::blocks(document))
}

/// Markdown as a document, only with nodes that every version of the browser's
/// editor knows. Empty Markdown gives an empty document.
pub fn to_document(markdown: &str, mentions: &Mentions) -> Value {
    write::document(&from_markdown::blocks(markdown), mentions)
}

/// Markdown as the string in which a document travels.
pub fn to_doc_string(markdown: &str, mentions: &Mentions) -> String {
    to_document(markdown, mentions).to_string()
}

/// The words of a document to tell two notes apart, in a form that survives what
/// a server does to it (order of keys, escapes, wrapping, attributes): one line
/// a block or hard break, signs for headings, items, quotes and code, the address
/// of a link whose words are others; bold and the like leave no trace. NFC, CRLF
/// as LF, line ends and outer blank lines trimmed; nothing else is collapsed.
pub fn plain(document: &Value) -> String {
    flat::lines(&read::blocks(document), true)
}

/// As [`plain`], without signs and addresses: for quoting a line of it.
pub fn words(document: &Value) -> String {
    flat::lines(&read::blocks(document), false)
}

/// Whether what is stored is what was sent, by [`plain`]. Never compare the
/// strings: the server orders keys and escapes in its own way.
pub fn same_text(sent: &Value, stored: &Value) -> bool {
    plain(sent) == plain(stored)
}

/// Everybody a document mentions, in order, each once.
pub fn mentioned(document: &Value) -> Vec<ShortId> {
    read::mentioned(document)
}

#[cfg(test)]
mod tests;
