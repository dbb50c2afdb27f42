//! What the server's own search found beyond goals, projects and people, which
//! we have.

use serde_json::Value;

use super::{Place, goal_id, short, text};
use crate::model::exchange::Found;

/// The lists of an answer, our word for their items, and the kind of page; empty
/// where the address of the page is not known. People we have, as goals and projects.
const LISTS: [(&str, &str, &str); 8] = [
    ("milestones", "milestone", "milestones"),
    ("tasks", "task", "tasks"),
    ("spaces", "space", "spaces"),
    ("discussions", "discussion", "discussions"),
    ("folders", "folder", ""),
    ("documents", "document", ""),
    ("files", "file", ""),
    ("links", "link", ""),
];

/// What a search found, without goals, projects and people.
pub fn found(answer: &Value, place: &Place) -> Vec<Found> {
    let mut all = Vec::new();
    for (list, kind, page) in LISTS {
        let items = answer.get(list).and_then(Value::as_array);
        all.extend(
            items
                .into_iter()
                .flatten()
                .filter_map(|item| one(item, kind, page, place)),
        );
    }
    all
}

fn one(item: &Value, kind: &str, page: &str, place: &Place) -> Option<Found> {
    short(item, "id")?;
    let title = ["title", "name", "full_name"]
        .into_iter()
        .map(|key| text(item, key))
        .find(|title| !title.trim().is_empty())?;
    let project = item
        .get("project")
        .or_else(|| item.get("milestone")?.get("project"))
        .and_then(|project| short(project, "id"));
    Some(Found {
        kind: kind.to_owned(),
        title,
        goal: project.map(|id| goal_id(id, &place.account)),
        link: page_of(item, kind, page, place),
    })
}

fn page_of(item: &Value, kind: &str, page: &str, place: &Place) -> String {
    let id = text(item, "id");
    // A task of a space has no page of its own.
    if kind == "task" && text(item, "type") == "space" {
        return match item.get("space").map(|space| text(space, "id")) {
            Some(space) if !space.is_empty() => {
                let board = place.page("spaces", &space);
                match short(item, "id") {
                    Some(id) if !board.is_empty() => format!("{board}/kanban?taskId={id}"),
                    _ => board,
                }
            }
            _ => String::new(),
        };
    }
    if page.is_empty() {
        return String::new();
    }
    place.page(page, &id)
}
