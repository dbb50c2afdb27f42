//! Where an objective's approval stands, and what was done about it.

use serde_json::Value;

use super::wire;
use crate::model::goal::Stage;
use crate::model::time::Time;

/// Fields that may say it, in the order in which they are looked at. The name is
/// not documented.
pub const FIELDS: [&str; 4] = ["workflowStatus", "workflow", "approvalStatus", "status"];

/// What an objective says of its approval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Told {
    /// No field says anything.
    #[default]
    Nothing,
    /// A word that is none of an approval's: it takes part in none.
    Other,
    /// Here it stands.
    Stage(Stage),
}

impl Told {
    /// The stage, if one is told.
    pub fn stage(self) -> Option<Stage> {
        match self {
            Told::Stage(stage) => Some(stage),
            Told::Nothing | Told::Other => None,
        }
    }
}

/// Reads it off an objective.
pub fn told(goal: &Value) -> Told {
    let word = FIELDS.iter().find_map(|field| match *field {
        "workflow" => wire::said(goal.get("workflow")?, "status"),
        field => wire::said(goal, field),
    });
    match word {
        None => Told::Nothing,
        Some(word) => stage(&word).map_or(Told::Other, Told::Stage),
    }
}

/// A word for a stage, without case, spaces, `-` and `_`. A declined goal is a
/// draft again.
fn stage(word: &str) -> Option<Stage> {
    match wire::bare(word).as_str() {
        "draft" | "declined" => Some(Stage::Draft),
        "inreview" | "pending" | "review" => Some(Stage::InReview),
        "needsreviewers" => Some(Stage::NeedsReviewers),
        "approved" => Some(Stage::Approved),
        _ => None,
    }
}

/// Which of the fields an objective has.
pub fn fields_of(goal: &Value) -> impl Iterator<Item = &'static str> + '_ {
    FIELDS
        .into_iter()
        .filter(|field| goal.get(field).is_some_and(|value| !value.is_null()))
}

/// One line of what was done about an approval. Its shape is not public: what is
/// there is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Theirs; empty where it has none.
    pub id: String,
    /// `approve`, `decline`, …: foreign text.
    pub word: String,
    /// Who; theirs.
    pub by: Option<String>,
    /// When.
    pub at: Option<Time>,
    /// What was said with it; foreign text.
    pub comment: String,
}

/// Reads the answer of `workflow-actions`.
pub fn actions(answer: &Value) -> Vec<Action> {
    let read = |item: &Value| {
        let first = |keys: &[&str]| keys.iter().find_map(|key| wire::said(item, key));
        let by = ["user", "actor", "createdBy"]
            .iter()
            .find_map(|key| item.get(key).and_then(wire::id));
        Action {
            id: wire::id(item).unwrap_or_default(),
            word: first(&["action", "type", "status"]).unwrap_or_default(),
            by: first(&["userId", "actorId", "createdById", "createdBy"]).or(by),
            at: ["dateCreated", "createdAt", "date"]
                .iter()
                .find_map(|key| wire::moment(item, key)),
            comment: wire::plain(&wire::text(item, "comment")),
        }
    };
    wire::items(answer, &["items", "actions"])
        .iter()
        .filter(|item| item.is_object())
        .map(read)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_stage_is_read_from_whichever_field_tells_it() {
        for (goal, wanted) in [
            (json!({"status": "In Review"}), Told::Stage(Stage::InReview)),
            (
                json!({"approvalStatus": "needs_reviewers"}),
                Told::Stage(Stage::NeedsReviewers),
            ),
            (
                json!({"workflow": {"status": "APPROVED"}, "status": "draft"}),
                Told::Stage(Stage::Approved),
            ),
            (
                json!({"workflowStatus": "pending", "workflow": {"status": "approved"}}),
                Told::Stage(Stage::InReview),
            ),
            (
                json!({"workflow": null, "status": "declined"}),
                Told::Stage(Stage::Draft),
            ),
            (json!({"status": "string"}), Told::Other),
            (json!({"status": "", "workflow": {}}), Told::Nothing),
            (json!({}), Told::Nothing),
        ] {
            assert_eq!(told(&goal), wanted, "{goal}");
        }
    }

    #[test]
    fn actions_are_read_from_a_list_or_under_either_name() {
        let one = json!({"type": "decline", "user": {"id": "u2"}, "comment": "too vague", "createdAt": "2026-11-10T08:12:00Z"});
        for answer in [
            json!([one]),
            json!({"items": [one]}),
            json!({"actions": [one, 7]}),
        ] {
            let read = actions(&answer);
            assert_eq!(read.len(), 1);
            assert_eq!(
                (read[0].word.as_str(), read[0].by.as_deref()),
                ("decline", Some("u2"))
            );
            assert_eq!(read[0].comment, "too vague");
            assert!(read[0].at.is_some());
        }
        assert!(actions(&json!("x")).is_empty());
    }
}
