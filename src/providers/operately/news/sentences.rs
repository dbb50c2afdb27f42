//! Chooses the sentence for an activity and fills it.

use super::kinds::{Sentences, kind};
use super::parts::Parts;
use crate::model::notification::Reason;

/// Why it concerns the reader, and the sentence after the author's name. Never
/// empty: an unknown kind, or one of which nothing is left, is told by its name.
pub(super) fn told(parts: &Parts<'_>) -> (Reason, String) {
    let (reason, sentences) = kind(parts);
    let quoted: Sentences = &[
        "in {goal}: \"{quote}\"",
        "in {project}: \"{quote}\"",
        "in {subject}: \"{quote}\"",
        "in a note: \"{quote}\"",
    ];
    if parts.mentions_me()
        && let Some(text) = first(quoted, parts)
    {
        return (Reason::Mention, text);
    }
    let text = first(sentences, parts).unwrap_or_else(|| plain(parts.action()));
    (reason, text)
}

/// The name of a kind as words.
fn plain(action: &str) -> String {
    let words = action.replace('_', " ");
    if words.trim().is_empty() {
        "did something the server does not name".to_owned()
    } else {
        words
    }
}

fn first(sentences: Sentences, parts: &Parts<'_>) -> Option<String> {
    sentences.iter().find_map(|one| filled(one, parts))
}

/// The sentence with its pieces, none if one is missing. Pieces are not looked
/// into for braces.
fn filled(sentence: &str, parts: &Parts<'_>) -> Option<String> {
    let mut text = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        text.push_str(before);
        match name.strip_prefix('?') {
            Some(name) => text.push_str(&parts.piece(name).unwrap_or_default()),
            None => text.push_str(&parts.piece(name)?),
        }
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}
