//! What we made gets its name from the server: a goal, its key results, a
//! check-in or a comment written here has an id of ours until then. What waits
//! behind it, and what is being written about it, must speak of it by the new one.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::model::check_in::{CheckIn, Comment};
use crate::model::entry::{Entry, EntryState, Record};
use crate::model::exchange::{Batch, Change};
use crate::model::goal::Goal;
use crate::model::ids::ResultId;
use crate::model::key_result::{KeyResult, Kind};

use super::Store;
use super::kept::Back;

/// An id of ours and the server's.
pub(super) type Names = Vec<(String, String)>;

/// What the server calls what this write made. `before` is its goal as it was
/// known until now.
pub(super) fn names(entry: &Entry, before: Option<&Goal>, batch: &Batch) -> Names {
    let mut names = Names::new();
    let mut put = |ours: &str, theirs: &str| {
        if ours != theirs {
            names.push((ours.to_owned(), theirs.to_owned()));
        }
    };
    let me = &entry.signature.by;
    match &entry.change {
        Change::CreateGoal { goal } if batch.gone.contains(&goal.id) => {
            let made = batch.goals.iter();
            let Some(made) = made.clone().find(|made| made.name == goal.name) else {
                return names;
            };
            put(goal.id.as_str(), made.id.as_str());
            for (ours, theirs) in results(&goal.results, &made.results, &[]) {
                put(ours.as_str(), theirs.as_str());
            }
        }
        Change::EditGoal { goal, edit } => {
            let now = batch.goals.iter().find(|now| &now.id == goal);
            let known = before.map_or(&[][..], |before| &before.results);
            let now = now.map_or(&[][..], |now| &now.results);
            for (ours, theirs) in results(&edit.put_results, now, known) {
                put(ours.as_str(), theirs.as_str());
            }
        }
        Change::CheckIn { goal, check_in, .. } => {
            let now = batch.goals.iter().find(|now| &now.id == goal);
            let is_new = |other: &&CheckIn| {
                &other.author == me
                    && before.is_none_or(|before| before.check_in(&other.id).is_none())
            };
            // A refresh may have brought it before the answer did: then its words tell.
            let is_same =
                |other: &&CheckIn| &other.author == me && other.note.trim() == check_in.note.trim();
            let newest = |is: &dyn Fn(&&CheckIn) -> bool| {
                now.and_then(|now| now.check_ins.iter().rev().find(is))
            };
            if let Some(made) = newest(&is_new).or_else(|| newest(&is_same)) {
                put(check_in.id.as_str(), made.id.as_str());
            }
        }
        Change::Comment {
            goal,
            check_in,
            id,
            text,
        } => {
            let thread = |goal: &Goal| -> Vec<Comment> {
                match check_in {
                    None => goal.comments.clone(),
                    Some(of) => goal
                        .check_in(of)
                        .map_or_else(Vec::new, |found| found.comments.clone()),
                }
            };
            let known = before.map(thread).unwrap_or_default();
            let now = batch.goals.iter().find(|now| &now.id == goal).map(thread);
            let is_new = |other: &&Comment| {
                &other.author == me && !known.iter().any(|known| known.id == other.id)
            };
            let is_same =
                |other: &&Comment| &other.author == me && other.text.trim() == text.trim();
            let newest =
                |is: &dyn Fn(&&Comment) -> bool| now.iter().flatten().rev().find(|one| is(one));
            if let Some(made) = newest(&is_new).or_else(|| newest(&is_same)) {
                put(id.as_str(), made.id.as_str());
            }
        }
        _ => {}
    }
    names
}

/// Key results of ours and which they are there: by id those that were there
/// before, by name the new ones, each once; a goal's checklist is called as the
/// server calls it.
fn results<'a>(
    ours: &'a [KeyResult],
    theirs: &'a [KeyResult],
    known: &[KeyResult],
) -> Vec<(&'a ResultId, &'a ResultId)> {
    let is_in = |list: &[KeyResult], id: &ResultId| list.iter().any(|one| &one.id == id);
    let is_list = |one: &KeyResult| matches!(one.kind, Kind::Checklist { .. });
    let mut free: Vec<&KeyResult> = theirs
        .iter()
        .filter(|one| !is_in(known, &one.id) && !is_in(ours, &one.id))
        .collect();
    let mut found = Vec::new();
    for one in ours.iter().filter(|one| !is_in(theirs, &one.id)) {
        let place = free.iter().position(|other| {
            is_list(one) == is_list(other) && (is_list(one) || one.name.trim() == other.name.trim())
        });
        if let Some(place) = place {
            found.push((&one.id, &free.remove(place).id));
        }
    }
    found
}

/// Puts new names in the place of old ones wherever they stand as a whole.
fn rename(value: &mut Value, names: &Names) -> bool {
    match value {
        Value::String(text) => match names.iter().find(|(ours, _)| ours == text) {
            Some((_, theirs)) => {
                theirs.clone_into(text);
                true
            }
            None => false,
        },
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |any, item| rename(item, names) | any),
        Value::Object(fields) => fields
            .values_mut()
            .fold(false, |any, field| rename(field, names) | any),
        _ => false,
    }
}

/// The same thing under new names; none if it bears none of the old ones.
fn renamed<T: Serialize + DeserializeOwned>(thing: &T, names: &Names) -> Option<T> {
    let mut value = serde_json::to_value(thing).ok()?;
    rename(&mut value, names).then_some(())?;
    serde_json::from_value(value).ok()
}

impl Store {
    /// Lets everything that waits, and everything that is being written, speak of
    /// things by their new names. Returns what of it is to be written.
    pub(super) fn take_names(&mut self, names: &Names) -> Vec<Record> {
        if names.is_empty() {
            return Vec::new();
        }
        let waiting: Vec<Entry> = self
            .outbox
            .iter()
            .filter(|entry| {
                matches!(
                    entry.state,
                    EntryState::Held { .. }
                        | EntryState::Queued { .. }
                        | EntryState::Refused { .. }
                )
            })
            .filter_map(|entry| renamed(entry, names))
            .collect();
        let mut records: Vec<Record> = waiting
            .into_iter()
            .filter_map(|entry| self.outbox.replace(entry))
            .map(|entry| Record::PutEntry(Box::new(entry)))
            .collect();
        let drafts: Vec<_> = self.drafts.iter().cloned().collect();
        for draft in drafts {
            let Some(mut new) = renamed(&draft, names) else {
                continue;
            };
            // Fields bear the ids of key results in their names.
            new.fields = new
                .fields
                .into_iter()
                .map(|(field, text)| {
                    let field = names
                        .iter()
                        .fold(field, |field, (ours, theirs)| field.replace(ours, theirs));
                    (field, text)
                })
                .collect();
            self.drafts.take(&draft.key);
            if new.key != draft.key {
                records.push(Record::DropDraft(draft.key));
            }
            records.push(self.drafts.restore(new));
        }
        // A goal that was put under another before it had a name, or had one put under it.
        for graft in self.marks.graft_marks() {
            if let Some(new) = renamed(&graft, names) {
                if new.key() != graft.key() {
                    records.push(self.keep_back(Back::Drop(graft.key())));
                }
                records.push(self.keep_back(Back::Put(new)));
            }
        }
        records
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::Mark;

    #[test]
    fn a_graft_is_told_by_the_names_of_the_server() {
        let rules = crate::model::progress::Rules::default();
        let mut store = Store::new(Vec::new(), rules);
        let graft = |goal: &str, under: &str| Mark::Grafted {
            goal: goal.into(),
            under: Some(under.into()),
        };
        store.marks.put(graft("side:ours", "work:1"));
        store.marks.put(graft("side:2", "side:ours"));
        store.marks.put(graft("side:3", "work:1"));
        let names = vec![("side:ours".to_owned(), "side:G".to_owned())];
        let records = store.take_names(&names);
        assert_eq!(records.len(), 3, "{records:?}");
        let under = |goal: &str| store.marks.graft(&goal.into()).flatten().cloned();
        assert_eq!(under("side:G"), Some("work:1".into()));
        assert_eq!(under("side:2"), Some("side:G".into()));
        assert_eq!(under("side:3"), Some("work:1".into()));
        assert_eq!(store.marks.graft(&"side:ours".into()), None);
    }

    #[test]
    fn a_name_is_found_also_when_a_refresh_was_faster_than_the_answer() {
        let at = chrono::DateTime::UNIX_EPOCH;
        let check_in = |id: &str| {
            let mut check_in = CheckIn::new(id.into(), "work:me".into(), at);
            check_in.note = "Going well.".to_owned();
            check_in
        };
        let mut goal = Goal::new("work:G".into(), "work".into(), "Grow", at);
        goal.check_ins.push(check_in("work:Update"));
        let entry = Entry {
            id: "e".into(),
            seq: 1,
            signature: crate::model::exchange::Signature {
                by: "work:me".into(),
                account: "work".into(),
                at,
            },
            change: Change::CheckIn {
                goal: "work:G".into(),
                check_in: check_in("work:c-ours"),
                tell: crate::model::exchange::Tell::default(),
            },
            draft: None,
            state: EntryState::Sending { since: at },
            attempts: 1,
            undo: None,
            base: None,
            trail: None,
            origin: None,
            rev: 0,
        };
        let batch = Batch {
            goals: vec![goal.clone()],
            ..Batch::default()
        };
        let found = names(&entry, Some(&goal), &batch);
        assert_eq!(
            found,
            [("work:c-ours".to_owned(), "work:Update".to_owned())]
        );
    }
}
