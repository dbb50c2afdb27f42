//! The list of a Workspace: folders with their goals, then loose goals.

use std::collections::HashSet;

use chrono::DateTime;
use serde_json::Value;

use super::super::json::{list_at, text_at, time_at};
use super::super::names::{self, FOLDER, Ids, People};
use super::Look;
use super::goal::{Found, Place, goal, is_archived};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::GoalId;

/// What a list has.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Folders, as nodes of the tree.
    pub folders: Vec<Goal>,
    /// Goals in the order of the list, and where each stands.
    pub goals: Vec<(Found, Place)>,
    /// Everybody it names.
    pub people: People,
}

/// All goals of a list as they came: those of folders first.
pub fn goals(list: &Value) -> impl Iterator<Item = &Value> {
    let folders = list_at(list, "folders").iter();
    let of_folders = folders.flat_map(|folder| list_at(folder, "goals"));
    of_folders.chain(list_at(list, "goals"))
}

/// A list; none if it is another answer than one of goals.
pub fn tree(list: &Value, look: &Look<'_>) -> Option<Tree> {
    if list.get("goals").is_none() && list.get("folders").is_none() {
        return None;
    }
    let mut tree = Tree::default();
    let mut ids = Ids::default();
    let mut position = 0;
    // A goal of a folder may stand among the loose ones, too.
    let mut placed: HashSet<String> = HashSet::new();
    for item in list_at(list, "folders")
        .iter()
        .filter(|item| item.is_object())
    {
        position += 1;
        let id = ids.of(FOLDER, item);
        tree.people.meet_all(list_at(item, "members"));
        let mut folder = folder(item, &id, look);
        folder.position = position;
        tree.folders.push(folder);
        for item in list_at(item, "goals") {
            position += 1;
            let place = Place {
                folder: Some(id.clone()),
                position,
            };
            placed.extend(text_at(item, "id"));
            tree.take(item, place, look, &mut ids);
        }
    }
    for item in list_at(list, "goals") {
        let id = text_at(item, "id");
        if id.is_some_and(|id| placed.contains(&id)) {
            continue;
        }
        position += 1;
        let place = Place {
            folder: None,
            position,
        };
        tree.take(item, place, look, &mut ids);
    }
    Some(tree)
}

impl Tree {
    fn take(&mut self, item: &Value, place: Place, look: &Look<'_>, ids: &mut Ids) {
        if item.is_object() && !is_archived(item) {
            let found = goal(item, &place, look, ids, &mut self.people);
            self.goals.push((found, place));
        }
    }
}

fn folder(item: &Value, id: &str, look: &Look<'_>) -> Goal {
    let at = time_at(item, &["date_created"]).unwrap_or(DateTime::UNIX_EPOCH);
    let name = text_at(item, "name").unwrap_or_else(|| "(no name)".to_owned());
    let id = GoalId::new(names::ours(look.account, FOLDER, id));
    let mut folder = Goal::new(id, look.account.clone(), name, at);
    folder.nature = Nature::Folder;
    folder
}
