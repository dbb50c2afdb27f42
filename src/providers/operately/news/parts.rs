//! What an activity is about: ids and the pieces sentences are made of. Every
//! piece may be missing.

use chrono::NaiveDate;
use serde_json::Value;

use crate::model::status::Status;
use crate::providers::operately::ids::ShortId;
use crate::providers::operately::rich_text;

/// One activity, looked at by somebody.
pub(super) struct Parts<'a> {
    activity: &'a Value,
    content: &'a Value,
    me: Option<ShortId>,
}

/// What became of a due date.
pub(super) enum Due {
    Moved,
    Removed,
    Unknown,
}

impl<'a> Parts<'a> {
    pub(super) fn new(activity: &'a Value, me: Option<ShortId>) -> Self {
        Self {
            activity,
            content: activity.get("content").unwrap_or(&Value::Null),
            me,
        }
    }

    /// The server's name for the kind.
    pub(super) fn action(&self) -> &'a str {
        str_at(self.activity, "action").unwrap_or_default()
    }

    /// The activity a comment was added to, if it was.
    pub(super) fn inner(&self) -> Option<Parts<'a>> {
        let inner = self.content.get("activity")?;
        (self.action() == "comment_added" && inner.is_object()).then(|| Parts::new(inner, self.me))
    }

    pub(super) fn author(&self) -> Option<ShortId> {
        id_at(self.activity.get("author")?, "id")
    }

    /// The goal, or the project, that it is about.
    pub(super) fn goal(&self) -> Option<ShortId> {
        if let Some(inner) = self.inner() {
            return inner.goal();
        }
        let of = |thing: &str| {
            self.content
                .get(thing)
                .and_then(|thing| id_at(thing, "id"))
                .or_else(|| id_at(self.content, &format!("{thing}_id")))
        };
        if self.action().starts_with("goal_") {
            of("goal").or_else(|| of("project"))
        } else {
            of("project").or_else(|| of("goal"))
        }
    }

    pub(super) fn check_in(&self) -> Option<ShortId> {
        if let Some(inner) = self.inner() {
            return inner.check_in();
        }
        if self.action() == "goal_closing" {
            return id_at(self.activity, "id");
        }
        ["update", "check_in", "retrospective"]
            .iter()
            .find_map(|name| id_at(self.content.get(name)?, "id"))
            .or_else(|| id_at(self.content, "check_in_id"))
            .or_else(|| id_at(self.content, "retrospective_id"))
    }

    pub(super) fn comment(&self) -> Option<ShortId> {
        id_at(self.content.get("comment")?, "id")
    }

    /// Whether the text this brought mentions whom it is told.
    pub(super) fn mentions_me(&self) -> bool {
        let Some(me) = self.me else {
            return false;
        };
        self.note()
            .is_some_and(|note| rich_text::mentioned(note).contains(&me))
    }

    /// The text this brought: a comment, else what was posted.
    fn note(&self) -> Option<&'a Value> {
        if let Some(comment) = self.content.get("comment").filter(|it| it.is_object()) {
            return comment.get("content");
        }
        let posted = [
            self.content.pointer("/update/message"),
            self.content.pointer("/check_in/description"),
            self.content.pointer("/discussion/body"),
            self.activity.pointer("/comment_thread/message"),
        ];
        // These carry the text they are about; it is not their author's.
        let is_new = !["acknowledge", "comment"]
            .iter()
            .any(|word| self.action().contains(word));
        posted
            .into_iter()
            .flatten()
            .find(|text| is_new && !text.is_null())
    }

    /// Whether any of these people is the one it is told.
    pub(super) fn is_me(&self, keys: &[&str]) -> bool {
        self.people(keys).iter().any(|(_, is_me)| *is_me)
    }

    /// People in the content under these keys (a person, a list of them, an id),
    /// with their names as far as known.
    fn people(&self, keys: &[&str]) -> Vec<(Option<&'a str>, bool)> {
        let mut found = Vec::new();
        for key in keys {
            let person = self.content.get(key).unwrap_or(&Value::Null);
            let id = id_at(self.content, &format!("{key}_id"));
            match person {
                Value::Array(list) => found.extend(list.iter().map(|one| self.person(one))),
                Value::Object(_) => found.push(self.person(person)),
                _ if id.is_some() => found.push((None, id == self.me)),
                _ => {}
            }
        }
        found
    }

    fn person(&self, person: &'a Value) -> (Option<&'a str>, bool) {
        let person = person
            .get("person")
            .filter(|it| it.is_object())
            .unwrap_or(person);
        let name = str_at(person, "full_name").or_else(|| str_at(person, "name"));
        let id = id_at(person, "id");
        (name, id.is_some() && id == self.me)
    }

    /// `you`, `Ana Silva`, `Ana Silva and 2 others`.
    fn names(&self, keys: &[&str]) -> Option<String> {
        let people = self.people(keys);
        let me = people.iter().any(|(_, is_me)| *is_me);
        let first = if me {
            "you"
        } else {
            people.iter().find_map(|(name, _)| *name)?
        };
        Some(match people.len() - 1 {
            0 => first.to_owned(),
            1 => format!("{first} and 1 other"),
            others => format!("{first} and {others} others"),
        })
    }

    pub(super) fn due(&self) -> Due {
        match self.content.get("new_due_date") {
            Some(Value::Null) => Due::Removed,
            _ if self.due_date().is_some() => Due::Moved,
            _ => Due::Unknown,
        }
    }

    /// `31 Dec`, or the words of the server (`Q4 2026`).
    fn due_date(&self) -> Option<String> {
        let new = self.content.get("new_due_date")?;
        let (text, date) = match new {
            Value::Object(_) => (str_at(new, "value")?, None),
            other => (other.as_str()?, other.as_str()?.get(..10)),
        };
        let date = date.and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok());
        Some(date.map_or_else(|| text.to_owned(), |date| date.format("%-d %b").to_string()))
    }

    /// A word of the content, to choose between sentences.
    pub(super) fn word(&self, key: &str) -> &'a str {
        str_at(self.content, key).unwrap_or_default()
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        self.content.get(key)?.as_bool()
    }

    /// The role the reader got in a new goal.
    pub(super) fn my_role(&self) -> &'a str {
        self.content
            .pointer("/goal/my_role")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A piece of a sentence by its name there; none if it is missing or blank.
    pub(super) fn piece(&self, name: &str) -> Option<String> {
        if let Some(inner) = self.inner().filter(|_| name != "quote") {
            return inner.piece(name);
        }
        let found = match name {
            "goal" => self.first(&["/goal/name", "/goal_name"]),
            "project" => self.first(&["/project/name", "/project_name"]),
            "parent" => self.first(&["/new_parent_goal/name"]),
            "milestone" => self.first(&["/milestone/title", "/milestone_name", "/milestone/name"]),
            "task" => self.first(&["/task/name", "/task_name", "/new_name", "/name"]),
            "space" => self.first(&["/space/name", "/space_name", "/name"]),
            "new_space" => self.first(&["/new_space/name", "/space/name"]),
            "company" => self.first(&["/company/name"]),
            "target" => self.first(&["/target_name"]),
            "kpi" => self.first(&["/kpi_name", "/kpi/name"]),
            "document" => self.first(&["/document/name", "/document/title", "/document_name"]),
            "file" => self.first(&["/file/name", "/files/0/name", "/file_name"]),
            "link" => self.first(&["/link/name", "/link_name"]),
            "thread" => str_at(
                self.activity.get("comment_thread").unwrap_or(&Value::Null),
                "title",
            )
            .map(str::to_owned)
            .or_else(|| self.first(&["/title", "/discussion/title", "/discussion/name"])),
            "subject" => return self.subject(),
            "status" => return self.status(),
            "outcome" => match self.word("success_status") {
                outcome @ ("achieved" | "missed") => Some(outcome.to_owned()),
                _ => None,
            },
            "value" => self.value(),
            "due" => self.due_date(),
            "champion" => self.names(&["new_champion"]),
            "reviewer" => self.names(&["new_reviewer"]),
            "people" => self.names(&["person", "people", "members", "contributors"]),
            "quote" => self.note().and_then(first_line),
            other => self.first(&[&format!("/{other}")]),
        };
        found.filter(|text| !text.trim().is_empty())
    }

    fn first(&self, paths: &[&str]) -> Option<String> {
        paths
            .iter()
            .filter_map(|path| self.content.pointer(path)?.as_str())
            .find(|text| !text.trim().is_empty())
            .map(str::to_owned)
    }

    /// `: Off track`, of the check-in.
    fn status(&self) -> Option<String> {
        let status = self.first(&["/update/status", "/check_in/status"])?;
        Status::parse(&status).map(|status| format!(": {}", status.words().word))
    }

    /// A new value with its unit, as the server wrote it.
    fn value(&self) -> Option<String> {
        let value = self.content.get("new_value")?;
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(match self.word("unit") {
            "" => value,
            unit => format!("{value} {unit}"),
        })
    }

    /// What a comment on this activity is about.
    fn subject(&self) -> Option<String> {
        if let Some(title) = self.piece("thread") {
            return Some(title);
        }
        let name = self.piece("goal").or_else(|| self.piece("project"));
        let deed = match self.action() {
            "goal_closing" => "the closing of",
            "goal_reopening" => "the reopening of",
            "goal_timeframe_editing" => "the timeframe change of",
            "project_pausing" => "the pausing of",
            "project_resuming" => "the resuming of",
            "project_closed" => "the closing of",
            _ => return name.or_else(|| self.piece("space")),
        };
        name.map(|name| format!("{deed} {name}"))
    }
}

/// The first line of a document that says something.
fn first_line(document: &Value) -> Option<String> {
    rich_text::words(document)
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .map(str::to_owned)
}

fn str_at<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value
        .get(key)?
        .as_str()
        .filter(|text| !text.trim().is_empty())
}

fn id_at(value: &Value, key: &str) -> Option<ShortId> {
    ShortId::parse(value.get(key)?.as_str()?)
}
