//! One write of several: what is noted about it, looking for it, carrying it out.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::super::client::Problem;
use super::super::decode::{Entry, entries};
use super::super::json::{flag_at, list_at, number, text_at, whole};
use super::super::names::{self, escaped};
use super::super::read::Asker;
use super::{Desk, Now, invalid, refused, results};
use crate::model::exchange::{Answer, Change, Fault, FaultKind, Letter};
use crate::providers::clash::near;
use crate::providers::http::Method;
use crate::providers::row_by_row::Row;

/// What is noted about a row: what stood there before, by which it is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum Note {
    /// A key result gets a value and a note.
    Update {
        /// History entries of it that were there.
        entries: Vec<String>,
        /// Its value, if that was told.
        before: Option<f64>,
    },
    /// A goal is made.
    Goal {
        /// Goals of this name that were there.
        like: Vec<String>,
    },
    /// A key result is made.
    Result {
        /// Goals of the new goal's name that were there; none for a goal that was
        /// there itself.
        like: Option<Vec<String>>,
        /// Key results that were there.
        there: Vec<String>,
    },
    /// A key result that was made a moment ago gets its first value.
    First {
        /// As in the row that makes it.
        like: Option<Vec<String>>,
        /// As in the row that makes it.
        there: Vec<String>,
    },
}

impl Note {
    /// As it is noted in a row.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn of(row: &Row) -> Result<Self, Fault> {
        serde_json::from_str(&row.known).map_err(|_| {
            Fault::new(
                FaultKind::Unreadable,
                "what was noted about this write is of another version of goaldeck",
                "look on ClickUp's own page whether it arrived, then drop it (D) or write it anew",
            )
        })
    }
}

/// Whether others may still go through when this one is refused: not without a
/// token that counts, and nothing goes below a goal that is not there.
pub fn is_of_row_alone(row: &Row, fault: &Fault) -> bool {
    let is_goal = matches!(Note::of(row), Ok(Note::Goal { .. }));
    fault.kind != FaultKind::SignedOut && !is_goal
}

impl Desk<'_> {
    /// The goal a letter is about, by ClickUp's id; none if it is not made yet.
    async fn goal_of(
        &self,
        letter: &Letter,
        like: Option<&[String]>,
    ) -> Result<Option<String>, Answer> {
        match &letter.change {
            Change::CreateGoal { goal } => {
                if let Some(id) = self.papers.made(&letter.key) {
                    return Ok(Some(id));
                }
                let found = self.named_like(&goal.name).await?;
                let known = like.unwrap_or_default();
                let new = found.into_iter().find(|id| !known.contains(id));
                if let Some(id) = &new {
                    self.papers.note_made(&letter.key, id.clone());
                }
                Ok(new)
            }
            Change::CheckIn { goal, .. } | Change::EditGoal { goal, .. } => Ok(Some(
                self.goal_id(goal).map_err(Answer::Refused)?.to_owned(),
            )),
            _ => Ok(None),
        }
    }

    async fn now_of(&self, letter: &Letter, like: Option<&[String]>) -> Result<Now, Answer> {
        match self.goal_of(letter, like).await? {
            Some(id) => self.now(&id).await,
            None => Err(Answer::Refused(Fault::new(
                FaultKind::Gone,
                "the goal that was just made cannot be found",
                "look on ClickUp's own page, then drop this entry (D)",
            ))),
        }
    }

    /// Reads whether a row's write arrived.
    pub(super) async fn row_is_there(&self, letter: &Letter, row: &Row) -> Result<bool, Answer> {
        match Note::of(row).map_err(Answer::Refused)? {
            Note::Goal { like } => Ok(self.goal_of(letter, Some(&like)).await?.is_some()),
            Note::Result { like, there } => {
                let now = self.now_of(letter, like.as_deref()).await?;
                Ok(made_result(&now.item, &row.name, &there).is_some())
            }
            Note::First { like, there } => {
                let now = self.now_of(letter, like.as_deref()).await?;
                let made = made_result(&now.item, &row.name, &there);
                let value = made.and_then(|made| number(made.get("steps_current")?));
                Ok(value.is_some_and(|value| near(value, row.value.number())))
            }
            Note::Update {
                entries: known,
                before,
            } => {
                let now = self.now_of(letter, None).await?;
                let id = names::result(self.account, &row.result).map_err(Answer::Refused)?;
                let me = self.reader.me(Asker::Write).await;
                let me = me.map_err(|problem| problem.harmless())?;
                let wanted = Wanted {
                    result: id,
                    known: &known,
                    before,
                    by: me.number.as_deref(),
                    value: row.value.number(),
                    note: words(letter),
                };
                wanted.is_in(&now.item).map_err(Answer::Refused)
            }
        }
    }

    /// Carries a row out, once.
    pub(super) async fn write_row(&self, letter: &Letter, row: &Row) -> Result<(), Answer> {
        let written = match Note::of(row).map_err(Answer::Refused)? {
            Note::Update { .. } => {
                let id = names::result(self.account, &row.result).map_err(Answer::Refused)?;
                self.set_value(id, row, words(letter)).await
            }
            Note::First { like, there } => {
                let now = self.now_of(letter, like.as_deref()).await?;
                let made = made_result(&now.item, &row.name, &there);
                let made = made.and_then(|made| text_at(made, "id"));
                let Some(id) = made else {
                    return Err(refused(invalid(
                        "the key result that was just made cannot be found",
                        "set its value with a check-in (c), and drop this entry (D)",
                    )));
                };
                self.set_value(&id, row, "").await
            }
            Note::Result { like, .. } => {
                let goal = self.goal_of(letter, like.as_deref()).await?;
                let goal =
                    goal.ok_or_else(|| Answer::Refused(invalid("its goal is not there", "")))?;
                let body =
                    results::body(results_of(&letter.change), row).map_err(Answer::Refused)?;
                let path = format!("/goal/{}/key_result", escaped(&goal));
                self.client.write(Method::POST, &path, Some(body)).await
            }
            Note::Goal { .. } => {
                let Change::CreateGoal { goal } = &letter.change else {
                    return Err(refused(invalid("this write is another than was noted", "")));
                };
                self.make_goal(letter, goal).await?
            }
        };
        written
            .map(|_| ())
            .map_err(|problem: Problem| problem.after_sending())
    }

    async fn set_value(&self, id: &str, row: &Row, note: &str) -> Result<Value, Problem> {
        let path = format!("/key_result/{}", escaped(id));
        let body = json!({"steps_current": whole(row.value.number()), "note": note});
        self.client.write(Method::PUT, &path, Some(body)).await
    }
}

/// The key results that a write makes.
fn results_of(change: &Change) -> &[crate::model::key_result::KeyResult] {
    match change {
        Change::CreateGoal { goal } => &goal.results,
        Change::EditGoal { edit, .. } => &edit.put_results,
        _ => &[],
    }
}

/// The note that goes with the values of a write.
fn words(letter: &Letter) -> &str {
    match &letter.change {
        Change::CheckIn { check_in, .. } => &check_in.note,
        _ => "",
    }
}

/// A key result of this name that was not there before.
fn made_result<'a>(goal: &'a Value, name: &str, there: &[String]) -> Option<&'a Value> {
    list_at(goal, "key_results").iter().find(|result| {
        let is_new = text_at(result, "id").is_some_and(|id| !there.contains(&id));
        is_new && text_at(result, "name").is_some_and(|told| told.trim() == name.trim())
    })
}

/// What tells an update of ours from others.
struct Wanted<'a> {
    result: &'a str,
    known: &'a [String],
    before: Option<f64>,
    /// My number; none if nobody told it.
    by: Option<&'a str>,
    value: f64,
    note: &'a str,
}

impl Wanted<'_> {
    /// Whether it arrived: an entry of mine, not known before, with this value and
    /// note. When it was written does not matter: clocks differ.
    ///
    /// # Errors
    /// The server keeps no history that would tell.
    fn is_in(&self, goal: &Value) -> Result<bool, Fault> {
        let all = entries(goal);
        let mine: Vec<&Entry> = all
            .iter()
            .filter(|entry| entry.result == self.result && !entry.is_making())
            .collect();
        let fits = |entry: &&&Entry| {
            let is_by_me = match (self.by, &entry.user) {
                (Some(me), Some(user)) => me == user,
                // Nobody says who it was, so value and note must do.
                _ => true,
            };
            is_by_me
                && !self.known.contains(&entry.id)
                && plain(&entry.note) == plain(self.note)
                && entry.now.is_none_or(|now| near(now, self.value))
        };
        if mine.iter().any(|entry| fits(&entry)) {
            return Ok(true);
        }
        let has_history = goal.get("history").is_some_and(Value::is_array) || !mine.is_empty();
        if has_history {
            return Ok(false);
        }
        // Without any history the value itself tells, if it was another before.
        let item = list_at(goal, "key_results").iter();
        let mut item = item.filter(|item| text_at(item, "id").as_deref() == Some(self.result));
        let now = item.next().and_then(|item| {
            let done = flag_at(item, "completed");
            number(item.get("steps_current")?).or(done.then_some(1.0))
        });
        match (now, self.before) {
            (Some(now), Some(before)) if !near(before, self.value) => Ok(near(now, self.value)),
            _ => Err(Fault::new(
                FaultKind::Unsupported,
                "this server keeps no history by which it could be told whether it arrived",
                "look on its own page; R sends it again, D drops it",
            )),
        }
    }
}

/// A text as servers may store it: composed letters, one sort of line ends, no
/// blanks at the ends of lines, no blank lines around.
fn plain(text: &str) -> String {
    let text: String = text.nfc().collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(entries: Value) -> Value {
        json!({"id": "g", "key_results": [{"id": "k", "steps_current": 7}], "history": entries})
    }

    fn entry(id: &str, user: i64, now: f64, note: &str) -> Value {
        json!({"id": id, "key_result_id": "k", "userid": user, "date_modified": "1795000000000",
            "note": note, "steps_current": now})
    }

    fn wanted<'a>(known: &'a [String], note: &'a str) -> Wanted<'a> {
        Wanted {
            result: "k",
            known,
            before: Some(5.0),
            by: Some("1"),
            value: 7.0,
            note,
        }
    }

    #[test]
    fn ours_is_told_by_author_note_and_value_among_what_is_new() {
        let known = vec!["old".to_owned()];
        let is_in = |entries| wanted(&known, "All *good*\r\n").is_in(&goal(entries));
        let good = "All *good*";
        for (entries, want) in [
            (json!([entry("a", 1, 7.0, good)]), true),
            (json!([entry("a", 1, 7.0, "All *good*  \n")]), true),
            // Last week's equal words, somebody else's, another value, another note.
            (json!([entry("old", 1, 7.0, good)]), false),
            (json!([entry("a", 2, 7.0, good)]), false),
            (json!([entry("a", 1, 6.0, good)]), false),
            (json!([entry("a", 1, 7.0, "bad")]), false),
            (json!([]), false),
        ] {
            assert_eq!(is_in(entries.clone()), Ok(want), "{entries}");
        }
    }

    #[test]
    fn without_a_history_the_value_tells_or_nothing_does() {
        let bare = |value: f64| json!({"key_results": [{"id": "k", "steps_current": value}]});
        assert_eq!(wanted(&[], "x").is_in(&bare(7.0)), Ok(true));
        assert_eq!(wanted(&[], "x").is_in(&bare(5.0)), Ok(false));
        let mut same = wanted(&[], "x");
        same.before = Some(7.0);
        assert!(same.is_in(&bare(7.0)).is_err());
        same.before = None;
        assert!(same.is_in(&bare(7.0)).is_err());
    }

    #[test]
    fn notes_survive_the_disk() {
        let note = Note::Update {
            entries: vec!["a".to_owned()],
            before: Some(0.1),
        };
        let row = Row {
            result: "w:k:1".into(),
            name: String::new(),
            value: crate::model::key_result::Reading::Number(1.0),
            known: note.text(),
        };
        assert_eq!(Note::of(&row), Ok(note));
    }
}
