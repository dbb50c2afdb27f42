//! Comments on check-ins and closings: written once, changed and deleted by
//! looking first. Operately has none on a goal itself.

use serde_json::json;

use crate::model::exchange::{Change, FaultKind};
use crate::model::ids::{CheckInId, CommentId, GoalId};

use super::super::ages::Op;
use super::super::ids::ShortId;
use super::super::rich_text::{Mentions, keep, plain, to_doc_string, to_document, to_markdown};
use super::now::{Listed, id_at, unreadable};
use super::spot::Spot;
use super::trail::{Note, astray, noted};
use super::{Out, Step, Stop, gone, invalid, unsupported};

impl Step<'_> {
    pub(super) async fn comment(
        &self,
        goal: &GoalId,
        check_in: Option<&CheckInId>,
        text: &str,
        note: Option<Note>,
    ) -> Out {
        let check_in = on_a_check_in(check_in)?;
        if text.trim().is_empty() {
            return Err(invalid(
                "the comment is empty",
                "write something (e) or drop it (D)",
            ));
        }
        let (spot, known) = match note {
            None => {
                let spot = self.spot(goal, check_in).await?;
                let known = noted(self.comments(&spot).await?.iter().map(|item| item.id));
                return Ok(Note::Comment { spot, known }.onward());
            }
            Some(Note::Comment { spot, known }) => (spot, known),
            Some(_) => return Err(astray()),
        };
        let wanted = plain(&to_document(text, &Mentions::default()));
        let found = |listed: &[Listed]| mine(listed, &known, self.me, &wanted);
        if let Some(id) = found(&self.comments(&spot).await?)? {
            return self.commented(goal, check_in, id).await;
        }
        if self.looking {
            return Err(super::not_there());
        }
        let mentions = self.mentions(text).await?;
        let body = json!({
            "entity_id": spot.id()?,
            "entity_type": spot.word(self.build()),
            // The plain document on every version: a wrapped one would be wrapped
            // once more.
            "content": to_doc_string(text, &mentions),
        });
        match self.once(Op::CreateComment, body).await {
            Ok(told) => match told.get("comment").and_then(|made| id_at(made, "id")) {
                Some(id) => self.commented(goal, check_in, id).await,
                None => Err(Stop::NoAnswer(unreadable("the new comment").to_string())),
            },
            Err(Stop::Refused(fault)) if fault.kind == FaultKind::Invalid => {
                match found(&self.comments(&spot).await?)? {
                    Some(id) => self.commented(goal, check_in, id).await,
                    None => Err(Stop::Refused(fault)),
                }
            }
            Err(other) => Err(other),
        }
    }

    async fn commented(&self, goal: &GoalId, check_in: &CheckInId, id: ShortId) -> Out {
        let undo = Change::DeleteComment {
            goal: goal.clone(),
            check_in: Some(check_in.clone()),
            id: CommentId::new(id.within(self.desk.account)),
        };
        self.done(&[goal], Some(undo)).await
    }

    /// All comments on something, oldest first; none also where it is hidden.
    async fn comments(&self, spot: &Spot) -> Result<Vec<Listed>, Stop> {
        let query = [
            ("entity_id", spot.id()?.to_owned()),
            ("entity_type", spot.word(self.build()).to_owned()),
        ];
        let told = self.read(Op::Comments, &query).await?;
        Listed::all(&told, "comments", "content").map_err(Stop::Refused)
    }

    pub(super) async fn edit_comment(
        &self,
        goal: &GoalId,
        check_in: Option<&CheckInId>,
        comment: &CommentId,
        text: &str,
    ) -> Out {
        let check_in = on_a_check_in(check_in)?;
        if text.trim().is_empty() {
            return Err(invalid(
                "the comment is empty",
                "delete it instead (d), or drop this (D)",
            ));
        }
        let id = ShortId::of_ours(comment.as_str()).ok_or_else(|| gone("the comment"))?;
        let spot = self.spot(goal, check_in).await?;
        let listed = self.comments(&spot).await?;
        let standing = listed.iter().find(|item| item.id == id);
        let standing = standing.ok_or_else(|| gone("the comment"))?;
        let document = document(standing)?;
        let mentions = self.mentions(text).await?;
        let after = keep(&document, &to_markdown(&document), text, &mentions);
        if after.get("content") != document.get("content") {
            let body = json!({
                "comment_id": id.to_string(),
                "parent_type": spot.word(self.build()),
                "content": after.to_string(),
            });
            let told = self.put(Op::UpdateComment, body).await;
            told.map_err(only_its_author)?;
        }
        self.done(&[goal], None).await
    }

    pub(super) async fn delete_comment(
        &self,
        goal: &GoalId,
        check_in: Option<&CheckInId>,
        comment: &CommentId,
    ) -> Out {
        let check_in = on_a_check_in(check_in)?;
        let Some(id) = ShortId::of_ours(comment.as_str()) else {
            return Err(gone("the comment"));
        };
        let spot = self.spot(goal, check_in).await?;
        let is_there = |listed: &[Listed]| listed.iter().any(|item| item.id == id);
        if is_there(&self.comments(&spot).await?) {
            let body = json!({
                "comment_id": id.to_string(),
                "parent_type": spot.word(self.build()),
            });
            match self.put(Op::DeleteComment, body).await {
                Ok(_) => {}
                // Somebody, or an earlier try of ours, was faster.
                Err(Stop::Refused(fault)) if fault.kind == FaultKind::Gone => {}
                Err(other) => return Err(only_its_author(other)),
            }
        }
        self.done(&[goal], None).await
    }
}

fn on_a_check_in(check_in: Option<&CheckInId>) -> Result<&CheckInId, Stop> {
    check_in.ok_or_else(|| {
        unsupported(
            "Operately has no comments on a goal itself",
            "reply to one of its check-ins, copy the text (y) or drop this entry (D)",
        )
    })
}

/// The document of a comment without the wrapping of older servers.
fn document(listed: &Listed) -> Result<serde_json::Value, Stop> {
    let parsed = match &listed.words {
        serde_json::Value::String(text) => serde_json::from_str(text).ok(),
        other => Some(other.clone()),
    };
    let parsed: serde_json::Value =
        parsed.ok_or_else(|| Stop::Refused(unreadable("the comment's text")))?;
    match parsed.get("message") {
        Some(inner) if parsed.get("type").is_none() => Ok(inner.clone()),
        _ => Ok(parsed),
    }
}

fn only_its_author(stop: Stop) -> Stop {
    match stop {
        Stop::Refused(fault)
            if fault.kind == FaultKind::Forbidden && fault.why.starts_with("no right") =>
        {
            super::fault(
                FaultKind::Forbidden,
                "only its author changes or deletes a comment",
                "drop this entry (D) or copy its text (y)",
            )
        }
        other => other,
    }
}

/// The comment that arrived: mine, not known before, with this text; of two the
/// oldest.
fn mine(
    listed: &[Listed],
    known: &[String],
    me: ShortId,
    wanted: &str,
) -> Result<Option<ShortId>, Stop> {
    for item in listed {
        if known.contains(&item.id.to_string()) || plain(&item.words) != wanted {
            continue;
        }
        match &item.author {
            None => return Err(Stop::Refused(unreadable("the author of a comment"))),
            Some(author) if author.id == me => return Ok(Some(item.id)),
            Some(_) => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::id;
    use super::*;

    const ME: &str = "DfKZxzfwDcFxCELa6yDoN";

    fn comments(wrapped: bool) -> Vec<Listed> {
        let comment = |short: &str, who: &str, text: &str| {
            let words = to_document(text, &Mentions::default());
            let words = if wrapped {
                json!({ "message": words })
            } else {
                words
            };
            json!({"id": short, "author": {"id": who, "full_name": "X"}, "content": words.to_string(), "reactions": []})
        };
        let all: Vec<Value> = vec![
            comment("HA", ME, "agreed"),
            comment("FO", "BeKqUHbZMIv4IcimJ7Gfsm", "agreed"),
            comment("IA", ME, "agreed"),
            comment("KA", ME, "agreed"),
        ];
        Listed::all(&json!({ "comments": all }), "comments", "content").unwrap()
    }

    #[test]
    fn ours_is_the_oldest_new_one_of_mine_in_either_wrapping() {
        for wrapped in [true, false] {
            let all = comments(wrapped);
            let known = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
            let found = |ids: &[&str]| mine(&all, &known(ids), id(ME), "agreed").unwrap();
            assert_eq!(found(&["HA"]), Some(id("IA")));
            assert_eq!(found(&["HA", "IA", "KA"]), None);
            assert_eq!(mine(&all, &[], id(ME), "else").unwrap(), None);
        }
    }

    #[test]
    fn an_edit_starts_from_the_document_inside_the_wrapping() {
        for wrapped in [true, false] {
            let first = document(&comments(wrapped)[0]).unwrap();
            assert_eq!(first["type"], "doc");
        }
    }

    #[test]
    fn a_goal_itself_takes_no_comment() {
        let Err(Stop::Refused(fault)) = on_a_check_in(None) else {
            panic!("refused")
        };
        assert_eq!(fault.kind, FaultKind::Unsupported);
    }
}
