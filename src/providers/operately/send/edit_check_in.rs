//! Changes to check-ins that stand there. A `Put`: read, compare, send, read
//! back. The server answers 200 and takes only the text when a check-in is not
//! the newest or older than three days; that is refused here before it happens.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::model::check_in::CheckIn;
use crate::model::exchange::Base;
use crate::model::goal::Nature;
use crate::model::ids::{CheckInId, GoalId};
use crate::model::key_result::{Kind, Reading};

use super::super::ages::Op;
use super::super::ids::ShortId;
use super::super::rich_text::{keep, to_markdown};
use super::check_in::{value_string, word};
use super::clash::{self, any_id, near};
use super::now::{Day, GoalNow, age, id_at, list, said, text_at, unreadable};
use super::spot::Spot;
use super::trail::{Note, astray};
use super::{Out, Step, Stop, changed, id_of_goal, invalid, unsupported};

/// How long all of a check-in can be changed.
const WINDOW: TimeDelta = TimeDelta::hours(72);

const SET_BACK: &str = "send it anyway (R), check in anew (c), or drop this entry (D)";

/// A check-in as it stands.
#[derive(Clone, Debug)]
struct Standing {
    status: String,
    /// The parsed document.
    words: Value,
    values: Vec<Recorded>,
    lines: Vec<Line>,
    age: Option<TimeDelta>,
    is_draft: bool,
}

/// The copy of a target in a check-in.
#[derive(Clone, Debug, PartialEq)]
struct Recorded {
    name: String,
    index: f64,
    value: f64,
}

/// The copy of a line of the checklist in a check-in.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    id: ShortId,
    name: String,
    index: i64,
    completed: bool,
}

impl Step<'_> {
    pub(super) async fn edit_check_in(
        &self,
        goal: &GoalId,
        check_in: &CheckIn,
        note: Option<Note>,
    ) -> Out {
        let start = match note {
            None => None,
            Some(Note::Edit { start }) => Some(start),
            Some(_) => return Err(astray()),
        };
        let (nature, op) = match self.spot(goal, &check_in.id).await? {
            Spot::CheckIn { .. } => (Nature::Goal, Op::CheckIn),
            Spot::ProjectCheckIn { .. } => (Nature::Project, Op::ProjectCheckIn),
            Spot::Thread { .. } | Spot::ProjectClosing { .. } => {
                return Err(unsupported(
                    "the text of a closing or reopening is changed on Operately's own page",
                    "drop this entry (D) or copy its text (y)",
                ));
            }
        };
        let now = self.thing_now(id_of_goal(goal)?, nature).await?;
        let standing = self.standing(op, nature, &check_in.id).await?;
        let mentions = self.mentions(&check_in.note).await?;
        let words = keep(
            &standing.words,
            &to_markdown(&standing.words),
            &check_in.note,
            &mentions,
        );
        let edit = Edit::plan(&now, &standing, check_in, self.letter.base.as_ref(), words)?;
        match start {
            None if edit.is_needed(&standing) => Ok(Note::Edit { start: now.start }.onward()),
            None => self.done(&[goal], None).await,
            Some(start) => {
                if edit.is_needed(&standing) {
                    self.overwrite(nature, &now, &check_in.id, &edit).await?;
                    self.verify(op, nature, &check_in.id, &edit).await?;
                }
                self.finish(goal, nature, start).await
            }
        }
    }

    async fn standing(&self, op: Op, nature: Nature, id: &CheckInId) -> Result<Standing, Stop> {
        let id = ShortId::of_ours(id.as_str()).ok_or_else(|| super::gone("the check-in"))?;
        let told = self.client().told(op, &[("id", id.to_string())]).await;
        let told = told.map_err(|problem| Stop::harmless(&problem))?;
        let key = match nature {
            Nature::Goal | Nature::Folder => "update",
            Nature::Project => "project_check_in",
        };
        told.value
            .get(key)
            .and_then(|value| Standing::read(value, nature, age(value, told.date)))
            .ok_or_else(|| Stop::Refused(unreadable("the check-in")))
    }

    async fn overwrite(
        &self,
        nature: Nature,
        now: &GoalNow,
        id: &CheckInId,
        edit: &Edit,
    ) -> Result<(), Stop> {
        let id = ShortId::of_ours(id.as_str()).ok_or_else(|| super::gone("the check-in"))?;
        let op = match nature {
            Nature::Goal | Nature::Folder => Op::UpdateCheckIn,
            Nature::Project => Op::UpdateProjectCheckIn,
        };
        self.put(op, edit.body(nature, now, id)).await.map(|_| ())
    }

    /// Answers of edits show the state before them at older servers, and 200 does
    /// not say that all of it was taken.
    async fn verify(
        &self,
        op: Op,
        nature: Nature,
        id: &CheckInId,
        edit: &Edit,
    ) -> Result<(), Stop> {
        let after = self.standing(op, nature, id).await?;
        if edit.more_differs(&after) {
            return Err(changed(
                "the server took only the text: the check-in is not the newest any more, or older than 3 days",
                "check in anew (c) to change values or status, and drop this entry (D)",
            ));
        }
        Ok(())
    }
}

impl Standing {
    fn read(value: &Value, nature: Nature, age: Option<TimeDelta>) -> Option<Self> {
        let (words, of_goal) = match nature {
            Nature::Goal | Nature::Folder => ("message", true),
            Nature::Project => ("description", false),
        };
        let lists = |key| match of_goal {
            true => list(value, key).ok(),
            false => Some(&[] as &[Value]),
        };
        let values = lists("goal_target_updates")?.iter().map(|target| {
            Some(Recorded {
                name: text_at(target, "name")?.to_owned(),
                index: target
                    .get("index")
                    .and_then(Value::as_f64)
                    .unwrap_or_default(),
                value: target.get("value")?.as_f64()?,
            })
        });
        let lines = lists("checklist")?.iter().map(|line| {
            Some(Line {
                id: id_at(line, "id")?,
                name: text_at(line, "name")?.to_owned(),
                index: line
                    .get("index")
                    .and_then(Value::as_i64)
                    .unwrap_or_default(),
                completed: line.get("completed")?.as_bool()?,
            })
        });
        let mut lines: Vec<Line> = lines.collect::<Option<_>>()?;
        lines.sort_by_key(|line| line.index);
        Some(Self {
            status: text_at(value, "status")?.to_owned(),
            words: match value.get(words)? {
                Value::String(text) => serde_json::from_str(text).ok()?,
                other => other.clone(),
            },
            values: values.collect::<Option<_>>()?,
            lines,
            age,
            is_draft: text_at(value, "state").is_some_and(|state| state != "published"),
        })
    }
}

/// A check-in as it shall stand.
#[derive(Clone, Debug)]
struct Edit {
    status: String,
    words: Value,
    /// Of the goal's targets that are in this check-in.
    values: Vec<(ShortId, f64)>,
    /// The same without their ids, to compare.
    recorded: Vec<Recorded>,
    lines: Vec<Line>,
}

impl Edit {
    /// What goes to the server, or why it cannot.
    fn plan(
        now: &GoalNow,
        standing: &Standing,
        check_in: &CheckIn,
        base: Option<&Base>,
        words: Value,
    ) -> Result<Self, Stop> {
        let status = match check_in.status {
            None => standing.status.clone(),
            Some(status) => word(status)
                .ok_or_else(|| {
                    invalid(
                        format!("a check-in cannot say {}", status.words().word),
                        "choose on track, at risk or off track (e)",
                    )
                })?
                .to_owned(),
        };
        let mut edit = Self {
            status,
            words,
            values: Vec::new(),
            recorded: Vec::new(),
            lines: lines(standing, check_in, base),
        };
        let is_whole = standing.is_whole(now, check_in);
        for recorded in &standing.values {
            let Some(id) = target_of(now, recorded) else {
                if is_whole {
                    return Err(invalid(
                        format!(
                            "the key result {} of it is not the goal's any more; an edit from here would take it out of the record",
                            said(&recorded.name)
                        ),
                        "edit it on Operately's own page, or drop this entry (D)",
                    ));
                }
                edit.recorded.push(recorded.clone());
                continue;
            };
            let mut after = recorded.clone();
            let mine = check_in.values.iter().find(|change| {
                ShortId::of_ours(change.result.as_str()) == Some(id)
                    && !matches!(change.now, Reading::Ticks(_))
            });
            if let Some(mine) = mine {
                after.value = mine.now.number();
            }
            if !after.value.is_finite() {
                return Err(invalid(
                    "a value is not a finite number",
                    "write it as digits (e)",
                ));
            }
            edit.values.push((id, after.value));
            edit.recorded.push(after);
        }
        // Goal check-ins: all of it only while it is the newest and young. Projects
        // have no more than a status, which newer servers lock the same way.
        if edit.more_differs(standing) && !is_whole {
            return Err(invalid(
                "Operately changes only the text of a check-in that is older than 3 days or not the newest",
                "leave its values and status as they were (e), or check in anew (c)",
            ));
        }
        if let Some(base) = base
            && is_whole
            && edit.is_needed(standing)
        {
            for change in &check_in.values {
                clash::value(base, now, &change.result, &change.now)?;
            }
            edit.sets_nothing_back(now, standing)?;
        }
        Ok(edit)
    }

    /// Values and ticks go along with every edit of the newest check-in, and the
    /// server sets the goal's to them. What somebody set on the goal since would be
    /// set back; the writer is asked first.
    fn sets_nothing_back(&self, now: &GoalNow, standing: &Standing) -> Result<(), Stop> {
        for ((id, value), mine) in self.values.iter().zip(&self.recorded) {
            let is_theirs = standing.values.contains(mine);
            let target = now.targets.iter().find(|target| target.id == *id);
            if let Some(target) = target.filter(|target| !near(target.value, *value))
                && is_theirs
            {
                let (name, theirs) = (said(&target.name), target.value);
                return Err(changed(
                    format!(
                        "{name} reads {theirs} now; an edit of this check-in sets it back to {value}"
                    ),
                    SET_BACK,
                ));
            }
        }
        for line in &self.lines {
            let check = now.checks.iter().find(|check| check.id == line.id);
            if let Some(check) = check.filter(|check| check.completed != line.completed)
                && standing.lines.contains(line)
            {
                let is = if check.completed { "" } else { "not " };
                return Err(changed(
                    format!(
                        "{} is {is}ticked now; an edit of this check-in sets it back",
                        said(&check.name)
                    ),
                    SET_BACK,
                ));
            }
        }
        Ok(())
    }

    fn is_needed(&self, standing: &Standing) -> bool {
        self.words.get("content") != standing.words.get("content") || self.more_differs(standing)
    }

    /// Whether more than the text is another.
    fn more_differs(&self, standing: &Standing) -> bool {
        let same = |mine: &Recorded| {
            standing
                .values
                .iter()
                .any(|theirs| theirs.name == mine.name && near(theirs.value, mine.value))
        };
        let ticked = |mine: &Line| {
            standing
                .lines
                .iter()
                .any(|theirs| theirs.id == mine.id && theirs.completed == mine.completed)
        };
        self.status != standing.status
            || !self.recorded.iter().all(same)
            || !self.lines.iter().all(ticked)
    }

    /// The date goes along always: without it the server refuses, null erases the
    /// timeframe.
    fn body(&self, nature: Nature, now: &GoalNow, id: ShortId) -> Value {
        let words = self.words.to_string();
        if nature == Nature::Project {
            return json!({
                "check_in_id": id.to_string(),
                "status": self.status,
                "description": words,
            });
        }
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                json!({
                    "id": line.id.to_string(),
                    "name": line.name,
                    "completed": line.completed,
                    "index": line.index,
                })
            })
            .collect();
        json!({
            "id": id.to_string(),
            "status": self.status,
            "content": words,
            "new_target_values": value_string(&self.values),
            "checklist": lines,
            "due_date": now.end.as_ref().map(Day::json),
        })
    }
}

impl Standing {
    /// Whether all of it can be changed. A server that does not tell the time is
    /// tried; what it took is read back.
    fn is_whole(&self, now: &GoalNow, check_in: &CheckIn) -> bool {
        let young = self.age.is_none_or(|age| age < WINDOW);
        let newest = now.nature == Nature::Project
            || ShortId::of_ours(check_in.id.as_str()) == now.last_check_in;
        self.is_draft || (young && newest)
    }
}

/// The goal's target a copy was made of: by name and place, or by name alone.
fn target_of(now: &GoalNow, recorded: &Recorded) -> Option<ShortId> {
    let mut named = now
        .targets
        .iter()
        .filter(|target| target.name == recorded.name);
    let first = named.next()?;
    if named.next().is_none() {
        return Some(first.id);
    }
    now.targets
        .iter()
        .find(|target| target.name == recorded.name && near(target.index, recorded.index))
        .map(|target| target.id)
}

/// The lines as they shall be ticked.
fn lines(standing: &Standing, check_in: &CheckIn, base: Option<&Base>) -> Vec<Line> {
    let mut after = standing.lines.clone();
    let mine = check_in.values.iter().find_map(|change| match &change.now {
        Reading::Ticks(ticks) => Some((&change.result, ticks)),
        _ => None,
    });
    let Some((result, ticks)) = mine else {
        return after;
    };
    let seen = base.and_then(|base| base.results.iter().find(|other| &other.id == result));
    if let Some(Kind::Checklist { ids, .. }) = seen.map(|seen| &seen.kind)
        && ids.len() == ticks.len()
    {
        for (id, tick) in ids.iter().zip(ticks) {
            if let Some(line) = after.iter_mut().find(|line| Some(line.id) == any_id(id)) {
                line.completed = *tick;
            }
        }
    } else if ticks.len() == after.len() {
        for (line, tick) in after.iter_mut().zip(ticks) {
            line.completed = *tick;
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::super::super::rich_text::{Mentions, to_document};
    use super::super::tests::{BILLING, PLANS, base, check_in, goal_now, set};
    use super::*;
    use crate::model::exchange::FaultKind;
    use crate::model::status::Status;

    fn update() -> Value {
        json!({"id": "2026-11-16-DltiW0OGMWtvkSPWH79qpY", "status": "caution",
            "message": to_document("Slow.", &Mentions::default()).to_string(),
            "inserted_at": "2026-11-16T13:07:00Z",
            "goal_target_updates": [
                {"id": "3215e57c-4db5-4106-8f24-6dcda7969f51", "index": 0, "name": "Plans migrated", "from": 0.0, "to": 100.0, "unit": "%", "value": 30.0, "previous_value": 20.0},
                {"id": "c1a27a79-7756-45f9-9a08-553290e49ef5", "index": 1, "name": "Support tickets about billing", "from": 310.0, "to": 90.0, "unit": "tickets", "value": 244.0, "previous_value": 250.0}],
            "checklist": [
                {"id": "fdd57fa4-e7d6-4cd3-a04d-98403c23a2ff", "index": 1, "name": "Legal review", "completed": true},
                {"id": "a37bc0b2-1a12-433a-8c52-23f37cb3a529", "index": 2, "name": "Grandfathering letter", "completed": false},
                {"id": "512cb5ea-44b2-4941-9b30-fe44c11e3cf8", "index": 3, "name": "Switch over", "completed": false}]})
    }

    fn standing(hours: i64) -> Standing {
        Standing::read(&update(), Nature::Goal, Some(TimeDelta::hours(hours))).unwrap()
    }

    fn edited(note: &str) -> CheckIn {
        let mut edited = check_in(note);
        edited.id = CheckInId::new("work:DltiW0OGMWtvkSPWH79qpY");
        edited
    }

    fn plan(standing: &Standing, edited: &CheckIn) -> Result<Edit, Stop> {
        let words = keep(
            &standing.words,
            &to_markdown(&standing.words),
            &edited.note,
            &Mentions::default(),
        );
        Edit::plan(&goal_now(), standing, edited, Some(&base()), words)
    }

    #[test]
    fn an_edit_lists_every_target_and_line_that_stands_in_it() {
        let mut mine = edited("Slower.");
        set(&mut mine, PLANS, Reading::Number(33.0));
        set(&mut mine, BILLING, Reading::Ticks(vec![true, true, false]));
        mine.status = Some(Status::OffTrack);
        let edit = plan(&standing(71), &mine).unwrap();
        let id = ShortId::of_ours(mine.id.as_str()).unwrap();
        let body = edit.body(Nature::Goal, &goal_now(), id);
        assert_eq!(
            body["new_target_values"],
            "[{\"id\":\"Bgfmm9CioNU3YfCApK3Gi1\",\"value\":33.0},{\"id\":\"F3Xv1Xwq0UHjrHjlbSkNq1\",\"value\":244.0}]"
        );
        assert_eq!(body["checklist"].as_array().unwrap().len(), 3);
        assert_eq!(body["checklist"][1]["completed"], true);
        assert_eq!(body["due_date"]["value"], "Q4 2026");
        assert_eq!(body["status"], "off_track");
    }

    #[test]
    fn an_old_check_in_takes_a_text_and_refuses_the_rest_before_it_is_sent() {
        let mut mine = edited("Slower.");
        let old = standing(73);
        let edit = plan(&old, &mine).unwrap();
        assert!(edit.is_needed(&old) && !edit.more_differs(&old));
        mine.status = Some(Status::OffTrack);
        assert!(plan(&standing(71), &mine).is_ok());
        let Err(Stop::Refused(fault)) = plan(&old, &mine) else {
            panic!("refused")
        };
        assert!(fault.why.contains("only the text"), "{fault}");
        mine.status = None;
        set(&mut mine, PLANS, Reading::Number(33.0));
        assert!(plan(&old, &mine).is_err());
        // The value that stands there is no change.
        mine.values[0].now = Reading::Number(30.0);
        assert!(plan(&old, &mine).is_ok());
        // Young, but another one came after it.
        mine.id = CheckInId::new("work:FdAD1OhHEyBBIQPlkBnHJh");
        mine.status = Some(Status::OnTrack);
        assert!(plan(&standing(1), &mine).is_err());
    }

    #[test]
    fn a_target_that_is_gone_is_never_taken_out_of_the_record() {
        let mut now = goal_now();
        now.targets.remove(0);
        let young = standing(1);
        let words = young.words.clone();
        assert!(Edit::plan(&now, &young, &edited("Slower."), None, words.clone()).is_err());
        // On an old one only the text counts.
        assert!(Edit::plan(&now, &standing(99), &edited("Slower."), None, words).is_ok());
    }

    #[test]
    fn what_somebody_set_after_it_is_not_set_back_in_silence() {
        let young = standing(1);
        let plan = |now: &GoalNow, base: Option<&Base>, mine: &CheckIn| {
            Edit::plan(
                now,
                &young,
                mine,
                base,
                to_document(&mine.note, &Mentions::default()),
            )
        };
        let mine = edited("Slower.");
        let mut later = goal_now();
        later.targets[0].value = 41.5;
        let Err(Stop::Refused(fault)) = plan(&later, Some(&base()), &mine) else {
            panic!("a question")
        };
        assert_eq!(fault.kind, FaultKind::Changed);
        assert!(
            fault.why.starts_with("Plans migrated reads 41.5 now"),
            "{fault}"
        );
        // The person said so, or sets it anyway to what it reads.
        assert!(plan(&later, None, &mine).is_ok());
        let mut same = mine.clone();
        set(&mut same, PLANS, Reading::Number(41.5));
        assert!(plan(&later, Some(&base()), &same).is_ok());
        let mut ticked = goal_now();
        ticked.checks[2].completed = true;
        let Err(Stop::Refused(fault)) = plan(&ticked, Some(&base()), &mine) else {
            panic!("a question")
        };
        assert!(
            fault.why.starts_with("Switch over is ticked now"),
            "{fault}"
        );
        // An old one takes the text only, and nothing that is there is an edit.
        let old = standing(99);
        let words = to_document("Slower.", &Mentions::default());
        assert!(Edit::plan(&later, &old, &mine, Some(&base()), words).is_ok());
        assert!(plan(&later, Some(&base()), &edited("Slow.")).is_ok());
    }

    #[test]
    fn what_stands_there_already_is_not_sent() {
        let there = standing(1);
        assert!(!plan(&there, &edited("Slow.")).unwrap().is_needed(&there));
        assert!(
            plan(&there, &edited("Slow. *Very.*"))
                .unwrap()
                .is_needed(&there)
        );
    }
}
