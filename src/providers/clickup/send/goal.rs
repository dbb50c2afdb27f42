//! Making, changing and deleting goals.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::super::client::Problem;
use super::super::decode;
use super::super::json::{list_at, text_at};
use super::super::names::{self, escaped};
use super::super::read::{self, Asker};
use super::super::zone::Zone;
use super::row::Note;
use super::{Desk, Now, accepted, invalid, refused, results, unsupported};
use crate::model::exchange::{Answer, Base, Batch, Change, Fault, FaultKind, GoalEdit, Letter};
use crate::model::goal::Goal;
use crate::model::ids::{GoalId, PersonId};
use crate::model::key_result::{KeyResult, Reading};
use crate::providers::clash::near;
use crate::providers::http::Method;
use crate::providers::row_by_row::Row;

/// The colour of goals that are made here: ClickUp's description wants one.
const COLOUR: &str = "#32a852";

/// Whether an edit has nothing that must not be done twice.
pub fn is_simple(edit: &GoalEdit) -> bool {
    edit.put_results.is_empty() && edit.set_values.is_empty()
}

/// A due date as it is sent: noon of that day, in milliseconds.
///
/// # Errors
/// There is none: ClickUp's interface takes no date away.
pub fn due(day: Option<NaiveDate>, zone: &Zone) -> Result<Value, Fault> {
    match day {
        Some(day) => Ok(json!(zone.noon(day).timestamp_millis())),
        None => Err(unsupported(
            "a goal at ClickUp has a due date, and it can be moved but not taken away",
            "choose a day (e)",
        )),
    }
}

impl Desk<'_> {
    // --- making

    /// A row for the goal, then rows for its key results.
    pub(super) async fn prepare_goal(&self, goal: &Goal) -> Result<Vec<Row>, Answer> {
        if goal.name.trim().is_empty() {
            return Err(refused(invalid("the goal has no name", "give it one (e)")));
        }
        if goal.parent.is_some() {
            return Err(refused(unsupported(
                "ClickUp's interface makes goals only outside of folders and other goals",
                "make it without a parent (e), then move it on ClickUp's own page or graft it here",
            )));
        }
        due(goal.due, &self.zone().await?).map_err(Answer::Refused)?;
        for result in &goal.results {
            results::sound(result).map_err(Answer::Refused)?;
        }
        let like = self.named_like(&goal.name).await?;
        let note = Note::Goal { like: like.clone() };
        let mut rows = vec![Row {
            result: goal.id.as_str().into(),
            name: goal.name.clone(),
            value: Reading::Number(0.0),
            known: note.text(),
        }];
        for result in &goal.results {
            rows.extend(rows_of_new(result, Some(&like), &[]).map_err(Answer::Refused)?);
        }
        Ok(rows)
    }

    /// Goals of this name that I made, or of which nobody says who did.
    pub(super) async fn named_like(&self, name: &str) -> Result<Vec<String>, Answer> {
        let harmless = |problem: Problem| problem.harmless();
        let me = self.reader.me(Asker::Write).await.map_err(harmless)?;
        let team = self.reader.team(Asker::Write).await.map_err(harmless)?;
        let list = self.reader.list(&team, Asker::Write).await;
        let list = list.map_err(harmless)?;
        let is_mine = |goal: &Value| {
            let creator = goal.get("creator").and_then(names::number);
            creator.is_none() || me.number.is_none() || creator == me.number
        };
        let is_named = |goal: &&Value| {
            text_at(goal, "name").is_some_and(|told| told.trim() == name.trim()) && is_mine(goal)
        };
        let found = decode::goals(&list).filter(is_named);
        Ok(found.filter_map(|goal| text_at(goal, "id")).collect())
    }

    /// Makes the goal, once.
    ///
    /// # Errors
    /// It cannot be sent; the inner one is what came of sending it.
    pub(super) async fn make_goal(
        &self,
        letter: &Letter,
        goal: &Goal,
    ) -> Result<Result<Value, Problem>, Answer> {
        let team = self.reader.team(Asker::Write).await;
        let team = team.map_err(|problem| problem.harmless())?;
        let is_nobody =
            |id: &&PersonId| names::theirs(self.account, names::PERSON, id.as_str()).is_some();
        // Who signs in without a number owns what they make anyway.
        let owner = goal.champion.as_ref().filter(is_nobody);
        let owner = owner.map(|id| names::person(self.account, id)).transpose();
        let owners: Vec<i64> = owner.map_err(Answer::Refused)?.into_iter().collect();
        let body = json!({
            "name": goal.name.trim(),
            "due_date": due(goal.due, &self.zone().await?).map_err(Answer::Refused)?,
            "description": goal.description,
            "multiple_owners": false,
            "owners": owners,
            "color": COLOUR,
        });
        let path = format!("/team/{}/goal", escaped(&team.id));
        let told = self.client.write(Method::POST, &path, Some(body)).await;
        if let Ok(told) = &told
            && let Some(id) = told.get("goal").and_then(|goal| text_at(goal, "id"))
        {
            self.papers.note_made(&letter.key, id);
        }
        Ok(told)
    }

    /// The new goal under the server's id, in the place of ours.
    pub(super) async fn facts_of_new(&self, letter: &Letter, goal: &Goal) -> Result<Batch, Answer> {
        // Whoever wrote or found its rows noted it.
        let Some(id) = self.papers.made(&letter.key) else {
            return Ok(Batch::default());
        };
        let mut batch = self.facts_of(&id).await?;
        batch.gone.push(goal.id.clone());
        Ok(batch)
    }

    // --- changing

    /// Where the writer's days begin.
    pub(super) async fn zone(&self) -> Result<Zone, Answer> {
        let me = self.reader.me(Asker::Write).await;
        let me = me.map_err(|problem| problem.harmless())?;
        Ok(self.reader.zone(&me))
    }

    /// Writes what a goal says of itself: absolute, as often as it takes.
    pub(super) async fn put_goal(&self, id: &str, body: Value) -> Result<(), Answer> {
        let path = read::goal_path(id);
        let told = self.client.write(Method::PUT, &path, Some(body)).await;
        told.map(|_| ()).map_err(|problem| problem.harmless())
    }

    /// Changes what may be written again and again.
    pub(super) async fn edit(
        &self,
        goal: &GoalId,
        edit: &GoalEdit,
        letter: &Letter,
    ) -> Result<Answer, Answer> {
        let id = self.goal_id(goal).map_err(Answer::Refused)?;
        let undo = self.put_edit(id, edit, letter.base.as_ref()).await?;
        let batch = self.facts_of(id).await?;
        let undo = undo.map(|edit| Change::EditGoal {
            goal: goal.clone(),
            edit: Box::new(edit),
        });
        Ok(accepted(batch, undo))
    }

    /// What may be repeated, then a row for each thing that may not.
    pub(super) async fn prepare_edit(
        &self,
        letter: &Letter,
        goal: &GoalId,
        edit: &GoalEdit,
    ) -> Result<Vec<Row>, Answer> {
        let id = self.goal_id(goal).map_err(Answer::Refused)?;
        let now = self.now(id).await?;
        let there: Vec<String> = list_at(&now.item, "key_results")
            .iter()
            .filter_map(|result| text_at(result, "id"))
            .collect();
        let mut rows = Vec::new();
        for wanted in &edit.put_results {
            match now.goal.result(&wanted.id) {
                None => {
                    results::sound(wanted).map_err(Answer::Refused)?;
                    rows.extend(rows_of_new(wanted, None, &there).map_err(Answer::Refused)?);
                }
                Some(known) => {
                    if results::means_other(known, wanted) || wanted.weight != known.weight {
                        return Err(refused(unsupported(
                            "ClickUp changes a key result's name, kind and target only on its own page, and has no weights",
                            "change it there, or delete it and make another (e)",
                        )));
                    }
                    if let Some(reading) = &wanted.current {
                        rows.extend(
                            self.value_row(&now, known, reading)
                                .map_err(Answer::Refused)?,
                        );
                    }
                }
            }
        }
        for (result, reading) in &edit.set_values {
            let known = now.goal.result(result).ok_or_else(|| {
                Answer::Refused(Fault::new(
                    FaultKind::Gone,
                    "the key result is gone",
                    "drop this entry (D)",
                ))
            })?;
            if known.particulars().automatic {
                return Err(refused(unsupported(
                    "ClickUp reckons this key result itself, from tasks",
                    "close the tasks, or write a note with a check-in (c)",
                )));
            }
            rows.extend(
                self.value_row(&now, known, reading)
                    .map_err(Answer::Refused)?,
            );
        }
        self.put_edit(id, edit, letter.base.as_ref()).await?;
        Ok(rows)
    }

    fn value_row(
        &self,
        now: &Now,
        result: &KeyResult,
        reading: &Reading,
    ) -> Result<Option<Row>, Fault> {
        let value = results::value(result, reading)?;
        let seen = result.current.as_ref().map(Reading::number);
        match seen.is_some_and(|seen| near(seen, value)) {
            true => Ok(None),
            false => self.row(now, result, value).map(Some),
        }
    }

    /// Writes what differs, and deletes key results; the edit that takes it back, if
    /// one can.
    async fn put_edit(
        &self,
        id: &str,
        edit: &GoalEdit,
        base: Option<&Base>,
    ) -> Result<Option<GoalEdit>, Answer> {
        let now = self.now(id).await?;
        let zone = self.zone().await?;
        let (body, undo) = self
            .plan(edit, base, &now, &zone)
            .map_err(Answer::Refused)?;
        let drops = edit.drop_results.iter();
        let drops = drops.map(|result| names::result(self.account, result));
        let drops: Vec<&str> = drops
            .collect::<Result<_, Fault>>()
            .map_err(Answer::Refused)?;
        if !body.is_empty() {
            self.put_goal(id, Value::Object(body)).await?;
        }
        for result in &drops {
            let path = format!("/key_result/{}", escaped(result));
            match self.client.write(Method::DELETE, &path, None).await {
                // Gone already.
                Ok(_) | Err(Problem::NotFound(_)) => {}
                Err(problem) => return Err(problem.harmless()),
            }
        }
        let is_lasting = !drops.is_empty() || !is_simple(edit) || undo == GoalEdit::default();
        Ok((!is_lasting).then_some(undo))
    }

    /// The fields that differ, and what they were.
    fn plan(
        &self,
        edit: &GoalEdit,
        base: Option<&Base>,
        now: &Now,
        zone: &Zone,
    ) -> Result<(Map<String, Value>, GoalEdit), Fault> {
        let goal = &now.goal;
        let (mut body, mut undo) = (Map::new(), GoalEdit::default());
        let mut put = |key: &str, value: Value| body.insert(key.to_owned(), value);
        if let Some(name) = &edit.name
            && name.trim() != goal.name.trim()
        {
            if name.trim().is_empty() {
                return Err(invalid("the goal has no name", "give it one (e)"));
            }
            put("name", json!(name.trim()));
            undo.name = Some(goal.name.clone());
        }
        if let Some(text) = &edit.description
            && text.trim() != goal.description.trim()
        {
            if text.len() > super::LONGEST_TEXT {
                return Err(invalid(
                    "the description is longer than 32 KiB",
                    "shorten it (e)",
                ));
            }
            put("description", json!(text));
            undo.description = Some(goal.description.clone());
        }
        if let Some(day) = edit.due
            && day != goal.due
        {
            if let Some(base) = base.filter(|base| base.due != goal.due) {
                return Err(faster("its due date", base.due, goal.due));
            }
            put("due_date", due(day, zone)?);
            undo.due = goal.due.map(Some);
        }
        if let Some(wanted) = &edit.champion
            && *wanted != goal.champion
        {
            let is_other = |base: &&Base| base.champion != goal.champion && goal.champion.is_some();
            if base.filter(is_other).is_some() {
                return Err(Fault::new(
                    FaultKind::Changed,
                    "its owner is somebody else since you wrote this",
                    "send it anyway (R) or drop it (D)",
                ));
            }
            let (add, rem) = self.owners(&now.item, wanted.as_ref())?;
            put("add_owners", json!(add));
            put("rem_owners", json!(rem));
            undo.champion = Some(goal.champion.clone());
        }
        Ok((body, undo))
    }

    /// Whom to add and whom to take out, so that this one is the first owner.
    fn owners(
        &self,
        item: &Value,
        wanted: Option<&PersonId>,
    ) -> Result<(Vec<i64>, Vec<i64>), Fault> {
        let wanted = wanted.map(|id| names::person(self.account, id)).transpose();
        let wanted = wanted?;
        let mut people = names::People::default();
        let owners: Vec<i64> = list_at(item, "owners")
            .iter()
            .chain(item.get("owner"))
            .filter_map(|owner| people.meet(owner)?.parse().ok())
            .collect();
        let rem: Vec<i64> = owners.first().copied().into_iter().collect();
        let rest = owners.get(1..).unwrap_or_default();
        match (wanted, rest.first()) {
            (None, None) => Ok((Vec::new(), rem)),
            (Some(new), None) => Ok((vec![new], rem)),
            (Some(new), Some(next)) if new == *next => Ok((Vec::new(), rem)),
            _ => Err(unsupported(
                "this goal has several owners at ClickUp, so nobody of them can be made the first from here",
                "change its owners on ClickUp's own page, or drop this entry (D)",
            )),
        }
    }

    // --- deleting

    /// Deletes a goal with its key results, for good.
    pub(super) async fn delete(&self, goal: &GoalId) -> Result<Answer, Answer> {
        let id = self.goal_id(goal).map_err(Answer::Refused)?;
        match self
            .client
            .write(Method::DELETE, &read::goal_path(id), None)
            .await
        {
            Ok(_) | Err(Problem::NotFound(_)) => {}
            Err(problem) => return Err(problem.harmless()),
        }
        let batch = Batch {
            gone: vec![goal.clone()],
            ..Batch::default()
        };
        Ok(accepted(batch, None))
    }
}

/// A key result is made, then it gets its first value if that is not its start.
fn rows_of_new(
    result: &KeyResult,
    like: Option<&[String]>,
    there: &[String],
) -> Result<Vec<Row>, Fault> {
    let (like, there) = (like.map(<[String]>::to_vec), there.to_vec());
    let row = |value: f64, note: Note| Row {
        result: result.id.clone(),
        name: result.name.trim().to_owned(),
        value: Reading::Number(value),
        known: note.text(),
    };
    let made = Note::Result {
        like: like.clone(),
        there: there.clone(),
    };
    let mut rows = vec![row(0.0, made)];
    if let Some(current) = &result.current {
        let value = results::value(result, current)?;
        let start = match current {
            Reading::Yes(_) => 0.0,
            _ => result.start,
        };
        if !near(value, start) {
            rows.push(row(value, Note::First { like, there }));
        }
    }
    Ok(rows)
}

fn faster(what: &str, was: Option<NaiveDate>, is: Option<NaiveDate>) -> Fault {
    let day = |day: Option<NaiveDate>| day.map_or("none".to_owned(), |day| day.to_string());
    Fault::new(
        FaultKind::Changed,
        format!(
            "{what} is {} now; it was {} when you wrote this",
            day(is),
            day(was)
        ),
        "send mine anyway (R) or drop it (D)",
    )
}
