//! Comments and reactions.

use serde_json::Value;

use super::signs;
use super::{Listed, author, comment_id, moment, person_at, short, text};
use crate::model::check_in::{Comment, Reaction};
use crate::model::ids::AccountName;
use crate::providers::operately::rich_text;

/// A comment in either wrapping of its text.
pub fn comment(value: &Value, account: &AccountName) -> Option<Comment> {
    Some(Comment {
        id: comment_id(short(value, "id")?, account),
        author: author(value, account),
        at: moment(value, "inserted_at")?,
        text: value
            .get("content")
            .map(rich_text::to_markdown)
            .unwrap_or_default(),
    })
}

/// The list of comments, oldest first; those of one second in the order of their
/// ids, since they come in any.
pub fn comments(answer: &Value, account: &AccountName) -> Option<Listed<Comment>> {
    let mut listed = Listed::of(answer, "comments", |value| comment(value, account))?;
    listed
        .items
        .sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    Some(listed)
}

/// The reactions under a thing; the same sign of the same person counts once,
/// those without a sign or a person not at all.
pub fn reactions(value: &Value, account: &AccountName) -> Vec<Reaction> {
    let list = value.get("reactions").and_then(Value::as_array);
    let mut found: Vec<Reaction> = Vec::new();
    for item in list.into_iter().flatten() {
        let sign = text(item, "emoji");
        let Some(by) = person_at(item, "person", account) else {
            continue;
        };
        let reaction = Reaction {
            by,
            sign: signs::sign(sign.trim()).to_owned(),
        };
        if !reaction.sign.is_empty() && !found.contains(&reaction) {
            found.push(reaction);
        }
    }
    found
}
