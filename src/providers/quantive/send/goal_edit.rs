//! Edits of goals and their key results: one call with the changed fields for the
//! goal, one for each key result. Values are absolute, so all but new key results
//! may be sent again.

use serde_json::{Map, Value, json};

use crate::model::exchange::{Base, Change, GoalEdit, Letter};
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::key_result::KeyResult;
use crate::providers::http::Method;

use super::super::account::Quantive;
use super::super::around::Around;
use super::super::{ids, metrics, wire};
use super::trail::{Note, astray};
use super::{
    Out, Stop, accepted, body, changed, harmless, invalid, not_there, repeatable, unsupported,
};

/// What Quantive has no call for.
fn impossible(edit: &GoalEdit) -> Option<&'static str> {
    if !edit.drop_results.is_empty() {
        return Some(
            "Quantive's interface deletes no key result; delete it on Quantive's own page",
        );
    }
    if edit.order.is_some() {
        return Some("Quantive's interface sorts no key results; move them on Quantive's own page");
    }
    edit.paused.map(|_| "Quantive's goals do not rest")
}

/// Refuses if what the edit is about was changed by somebody else since.
fn clash(base: &Base, now: &Goal, edit: &GoalEdit) -> Result<(), Stop> {
    const MINE_ANYWAY: &str = "send mine anyway (R), change it again (e) or drop it (D)";
    if base.open && !now.is_open() {
        return Err(changed("it was closed since you wrote this", MINE_ANYWAY));
    }
    if let Some(mine) = &edit.champion
        && now.champion != base.champion
        && now.champion != *mine
    {
        let why = "its champion is somebody else since you wrote this";
        return Err(changed(why, MINE_ANYWAY));
    }
    if let Some(mine) = edit.due
        && now.due != base.due
        && now.due != mine
    {
        let due = now.due.map_or("gone".to_owned(), |due| due.to_string());
        let why = format!("its due date is {due} since you wrote this");
        return Err(changed(why, MINE_ANYWAY));
    }
    Ok(())
}

impl Quantive {
    pub(super) async fn edit_goal(
        &self,
        goal: &GoalId,
        edit: &GoalEdit,
        letter: &Letter,
        looking: bool,
    ) -> Out {
        if let Some(why) = impossible(edit) {
            return Err(unsupported(why, "change it (e) or drop this entry (D)"));
        }
        let id = self.goal_id(goal)?;
        let around = Box::pin(self.around(false)).await.map_err(harmless)?;
        let mut raw = self.raw_goal(id).await.map_err(harmless)?;
        if let Some(fields) = raw.as_object_mut() {
            // It is the one that was asked for, whatever it calls itself.
            fields.insert("id".to_owned(), json!(id));
        }
        let read = Box::pin(self.goal(goal)).await.map_err(harmless)?;
        let Some(now) = read.goals.into_iter().find(|now| now.id == *goal) else {
            return Err(unsupported("the goal cannot be read", "send it again (R)"));
        };
        let note = Note::of(letter.trail.as_ref())?;
        if let (Some(base), None) = (&letter.base, &note) {
            clash(base, &now, edit)?;
        }
        let (old, new): (Vec<&KeyResult>, Vec<&KeyResult>) = edit
            .put_results
            .iter()
            .partition(|put| now.result(&put.id).is_some());
        for result in &new {
            if let Some(why) = body::unfit(result) {
                let name = crate::model::text::line(&result.name);
                return Err(unsupported(
                    format!("{name}: {why}"),
                    "change it (e) or drop this entry (D)",
                ));
            }
        }
        let there: Vec<String> = wire::list(&raw, "metrics")
            .iter()
            .filter_map(wire::id)
            .collect();
        let known = match note {
            None if !new.is_empty() => return Ok(Note::Lines { known: there }.onward()),
            None => there,
            Some(Note::Lines { known }) => known,
            Some(_) => return Err(astray()),
        };
        let changes = self.changes(&around, edit, &raw, &now).await?;
        if !changes.is_empty() {
            if looking {
                return Err(not_there());
            }
            let path = format!("/v1/goals/{}", wire::escaped(id));
            self.api
                .write_either(Method::PATCH, &path, "goal", Value::Object(changes))
                .await
                .map_err(repeatable)?;
        }
        for result in old {
            self.edit_result(result, &raw, &now, looking).await?;
        }
        self.set_values(edit, &raw, &now, looking).await?;
        self.new_results(&around, &new, &raw, &now, &known, looking)
            .await?;
        let undo = undo(edit, &now);
        let batch = self.facts(&[goal]).await?;
        Ok(accepted(
            batch,
            undo.map(|edit| Change::EditGoal {
                goal: goal.clone(),
                edit: Box::new(edit),
            }),
        ))
    }

    /// The fields of the goal that are to be sent: those that the edit changes and
    /// that do not stand there already.
    async fn changes(
        &self,
        around: &Around,
        edit: &GoalEdit,
        raw: &Value,
        now: &Goal,
    ) -> Result<Map<String, Value>, Stop> {
        let mut changes = Map::new();
        let mut put = |key: &str, value: Value| {
            changes.insert(key.to_owned(), value);
        };
        if let Some(name) = edit.name.as_ref().filter(|name| **name != now.name) {
            put("name", json!(name));
        }
        if let Some(parent) = edit.parent.as_ref().filter(|parent| **parent != now.parent) {
            let parent = match parent {
                Some(parent) => self.goal_id(parent)?,
                None => "",
            };
            put("parentId", json!(parent));
        }
        if let Some(champion) = &edit.champion
            && *champion != now.champion
        {
            let Some(champion) = champion else {
                return Err(invalid(
                    "a goal of Quantive has an owner",
                    "choose one (e) or drop this entry (D)",
                ));
            };
            if let Some(owner) = self.owner_of(around, Some(champion))? {
                put("ownerIds", json!(owners(raw, &owner)));
                put("ownerId", json!(owner));
            }
        }
        if let Some(start) = edit.start.filter(|start| *start != now.start) {
            put("dateFrom", json!(body::first_day(start)));
        }
        if let Some(due) = edit.due.filter(|due| *due != now.due) {
            put("dateTo", json!(body::last_day(due)));
        }
        if let Some(tags) = edit.tags.as_ref().filter(|tags| **tags != now.tags) {
            put("tags", body::tags(tags));
        }
        let described = edit.description.as_ref();
        if let Some(text) = described.filter(|text| **text != now.description) {
            let path = format!(
                "/v1/goals/{}",
                wire::escaped(&wire::id(raw).unwrap_or_default())
            );
            let query = [
                ("fields", "description".to_owned()),
                ("formatting", "mentionsMarkup".to_owned()),
            ];
            let before = self.api.get(&path, &query).await.map_err(harmless)?;
            let before = wire::text(&before, "description");
            changes.insert(
                "description".to_owned(),
                json!(wire::with_mentions(text, &before)),
            );
        }
        Ok(changes)
    }

    /// Changes one key result that is there.
    async fn edit_result(
        &self,
        result: &KeyResult,
        raw: &Value,
        now: &Goal,
        looking: bool,
    ) -> Result<(), Stop> {
        let id = ids::writable(&self.account, 'k', result.id.as_str()).map_err(Stop::from)?;
        let metric = wire::list(raw, "metrics")
            .iter()
            .find(|metric| wire::id(metric).as_deref() == Some(id));
        let (Some(metric), Some(ours)) = (metric, now.result(&result.id)) else {
            return Ok(());
        };
        if result.kind != ours.kind
            && let Some(why) = body::unfit(result)
        {
            return Err(unsupported(why, "change it (e) or drop this entry (D)"));
        }
        let changes = body::metric_edit(result, metric, ours);
        self.patch_metric(id, changes, looking).await
    }

    async fn patch_metric(
        &self,
        id: &str,
        changes: Map<String, Value>,
        looking: bool,
    ) -> Result<(), Stop> {
        if changes.is_empty() {
            return Ok(());
        }
        if looking {
            return Err(not_there());
        }
        let path = format!("/v1/metrics/{}", wire::escaped(id));
        let told = self
            .api
            .write(Method::PATCH, &path, Some(Value::Object(changes)))
            .await;
        told.map(|_| ()).map_err(repeatable)
    }

    /// Readings that are set without a check-in.
    async fn set_values(
        &self,
        edit: &GoalEdit,
        raw: &Value,
        now: &Goal,
        looking: bool,
    ) -> Result<(), Stop> {
        for (result, reading) in &edit.set_values {
            let id = ids::writable(&self.account, 'k', result.as_str()).map_err(Stop::from)?;
            if now.result(result).and_then(|now| now.current.as_ref()) == Some(reading) {
                continue;
            }
            let metric = wire::list(raw, "metrics")
                .iter()
                .find(|metric| wire::id(metric).as_deref() == Some(id));
            let actual = metric.and_then(|metric| metrics::number(metric, reading));
            let Some(actual) = actual else {
                return Err(invalid(
                    "a key result of it is gone or takes no such value",
                    "open it again (e) or drop this entry (D)",
                ));
            };
            let changes = Map::from_iter([("actual".to_owned(), body::number(actual))]);
            self.patch_metric(id, changes, looking).await?;
        }
        Ok(())
    }

    /// Makes the key results that are not there yet.
    async fn new_results(
        &self,
        around: &Around,
        new: &[&KeyResult],
        raw: &Value,
        now: &Goal,
        known: &[String],
        looking: bool,
    ) -> Result<(), Stop> {
        let mut made: Vec<String> = wire::list(raw, "metrics")
            .iter()
            .filter(|metric| wire::id(metric).is_some_and(|id| !known.contains(&id)))
            .map(|metric| wire::text(metric, "name"))
            .collect();
        let owner = self.owner_of(around, now.champion.as_ref())?;
        let goal = wire::id(raw).unwrap_or_default();
        for result in new {
            let place = made
                .iter()
                .position(|name| name.trim() == result.name.trim());
            if let Some(place) = place {
                made.swap_remove(place);
                continue;
            }
            if looking {
                return Err(not_there());
            }
            self.post_metric(result, &goal, owner.as_deref()).await?;
        }
        Ok(())
    }
}

/// The owners of a goal after its first one changed: the others stay.
fn owners(raw: &Value, new: &str) -> Vec<String> {
    let old = wire::said(raw, "ownerId");
    let others = wire::list(raw, "ownerIds")
        .iter()
        .filter_map(Value::as_str)
        .filter(|id| Some(*id) != old.as_deref() && *id != new);
    std::iter::once(new)
        .chain(others)
        .map(str::to_owned)
        .collect()
}

/// The edit that takes this one back; none where key results are new, which
/// cannot be deleted.
fn undo(edit: &GoalEdit, before: &Goal) -> Option<GoalEdit> {
    if edit
        .put_results
        .iter()
        .any(|put| before.result(&put.id).is_none())
    {
        return None;
    }
    let mut put_results: Vec<KeyResult> = edit
        .put_results
        .iter()
        .filter_map(|put| before.result(&put.id).cloned())
        .collect();
    let set = edit.set_values.iter();
    put_results.extend(set.filter_map(|(id, _)| before.result(id).cloned()));
    Some(GoalEdit {
        name: edit.name.is_some().then(|| before.name.clone()),
        description: edit
            .description
            .is_some()
            .then(|| before.description.clone()),
        parent: edit.parent.is_some().then(|| before.parent.clone()),
        champion: match (&edit.champion, &before.champion) {
            (Some(_), Some(before)) => Some(Some(before.clone())),
            _ => None,
        },
        start: edit.start.is_some().then_some(before.start),
        due: edit.due.is_some().then_some(before.due),
        tags: edit.tags.is_some().then(|| before.tags.clone()),
        put_results,
        ..GoalEdit::default()
    })
}
