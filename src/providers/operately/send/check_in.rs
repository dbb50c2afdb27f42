//! New check-ins of goals and projects, once.

use serde_json::{Value, json};

use crate::model::check_in::CheckIn;
use crate::model::exchange::{Base, FaultKind, Tell};
use crate::model::goal::Nature;
use crate::model::ids::{CheckInId, GoalId};
use crate::model::status::Status;

use super::super::ages::{Build, Op};
use super::super::ids::ShortId;
use super::super::rich_text::{Mentions, plain, to_doc_string, to_document};
use super::clash;
use super::now::{Day, GoalNow, Listed, id_at, unreadable};
use super::people::told;
use super::trail::{Note, astray, noted};
use super::{Out, Step, Stop, accepted, id_of_goal, invalid, unsupported};
use crate::model::exchange::Batch;

/// Where the answers of both kinds keep what we need.
struct Shape {
    list: Op,
    id: &'static str,
    items: &'static str,
    words: &'static str,
}

fn shape(nature: Nature) -> Shape {
    match nature {
        Nature::Goal | Nature::Folder => Shape {
            list: Op::CheckIns,
            id: "goal_id",
            items: "check_ins",
            words: "message",
        },
        Nature::Project => Shape {
            list: Op::ProjectCheckIns,
            id: "project_id",
            items: "project_check_ins",
            words: "description",
        },
    }
}

impl Step<'_> {
    pub(super) async fn check_in(
        &self,
        goal: &GoalId,
        check_in: &CheckIn,
        tell: &Tell,
        note: Option<Note>,
    ) -> Out {
        match note {
            None => self.prepare(goal, check_in, tell).await,
            Some(Note::CheckIn {
                nature,
                known,
                status,
                start,
            }) => {
                let wanted = Wanted {
                    known: &known,
                    me: self.me,
                    text: plain(&to_document(&check_in.note, &Mentions::default())),
                    status: &status,
                };
                self.write(goal, check_in, tell, nature, &wanted, start)
                    .await
            }
            Some(Note::Written { nature, start, .. }) => self.finish(goal, nature, start).await,
            Some(_) => Err(astray()),
        }
    }

    /// Reads what stands there before anything is written.
    async fn prepare(&self, goal: &GoalId, check_in: &CheckIn, tell: &Tell) -> Out {
        let now = self.goal_now(goal).await?;
        let base = self.letter.base.as_ref();
        let status = status(check_in, &now)?;
        // What would be refused is refused before anything is noted.
        body(
            &now,
            base,
            check_in,
            status,
            tell,
            self.me,
            "",
            self.build(),
        )?;
        if let Some(base) = base {
            clash::with_check_in(base, &now, check_in)?;
        }
        let listed = self.listed(&now.id, now.nature).await?;
        Ok(Note::CheckIn {
            nature: now.nature,
            known: noted(listed.iter().map(|item| item.id)),
            status: status.to_owned(),
            start: now.start,
        }
        .onward())
    }

    /// Writes it, unless it is there already.
    async fn write(
        &self,
        goal: &GoalId,
        check_in: &CheckIn,
        tell: &Tell,
        nature: Nature,
        wanted: &Wanted<'_>,
        start: Option<Day>,
    ) -> Out {
        let id = id_of_goal(goal)?;
        let written = |id: ShortId, start| Note::Written {
            nature,
            id: id.to_string(),
            start,
        };
        if let Some(found) = wanted.among(&self.listed(&id, nature).await?)? {
            return Ok(written(found, start).onward());
        }
        if self.looking {
            return Err(super::not_there());
        }
        let now = self.thing_now(id, nature).await?;
        let base = self.letter.base.as_ref();
        if let Some(base) = base {
            clash::with_check_in(base, &now, check_in)?;
        }
        let mentions = self.mentions(&check_in.note).await?;
        let content = to_doc_string(&check_in.note, &mentions);
        let (status, build) = (wanted.status, self.build());
        let body = body(&now, base, check_in, status, tell, self.me, &content, build)?;
        let (op, at) = match nature {
            Nature::Goal | Nature::Folder => (Op::CreateCheckIn, "update"),
            Nature::Project => (Op::CreateProjectCheckIn, "check_in"),
        };
        match self.once(op, body).await {
            Ok(told) => match told.get(at).and_then(|made| id_at(made, "id")) {
                Some(id) => Ok(written(id, now.start).onward()),
                // It was done, but under which id is not said: look for it.
                None => Err(Stop::NoAnswer(unreadable("the new check-in").to_string())),
            },
            // A server that fails may have done it all the same.
            Err(Stop::Refused(fault)) if fault.kind == FaultKind::Invalid => {
                match wanted.among(&self.listed(&id, nature).await?)? {
                    Some(found) => Ok(written(found, now.start).onward()),
                    None => Err(Stop::Refused(fault)),
                }
            }
            Err(other) => Err(other),
        }
    }

    /// It stands there: puts the first day back if the server moved it, and reads
    /// the facts.
    pub(super) async fn finish(&self, goal: &GoalId, nature: Nature, start: Option<Day>) -> Out {
        if nature == Nature::Goal {
            match self.put_start_back(goal, start.as_ref()).await {
                Ok(()) => {}
                Err(Stop::Refused(fault)) => {
                    // It was written; nobody shall be asked to write it again.
                    tracing::warn!("the first day after a check-in: {fault}");
                    if matches!(fault.kind, FaultKind::Gone | FaultKind::Forbidden) {
                        return Ok(accepted(Batch::default(), None));
                    }
                }
                Err(other) => return Err(other),
            }
        }
        self.done(&[goal], None).await
    }

    /// A date in a check-in resets the goal's first day to the day the goal was
    /// made; null erases it. Nobody meant that. A first day that somebody set
    /// meanwhile stays.
    async fn put_start_back(&self, goal: &GoalId, start: Option<&Day>) -> Result<(), Stop> {
        let now = self.thing_now(id_of_goal(goal)?, Nature::Goal).await?;
        if now.start.as_ref() == start || !now.start_was_reset() {
            return Ok(());
        }
        let body = json!({
            "goal_id": now.id.to_string(),
            "start_date": start.map(Day::json),
        });
        // Not a part of what is looked for: done in a look too.
        let told = self.post(Op::UpdateGoalStartDate, body).await?;
        told.map(|_| ())
            .map_err(|problem| super::repeatable(&problem))
    }

    /// All check-ins of a goal or project. No paging at any server.
    async fn listed(&self, id: &ShortId, nature: Nature) -> Result<Vec<Listed>, Stop> {
        let shape = shape(nature);
        let mut query = vec![(shape.id, id.to_string())];
        if nature == Nature::Project {
            query.push(("include_author", "true".to_owned()));
        }
        let told = self.read(shape.list, &query).await?;
        Listed::all(&told, shape.items, shape.words).map_err(Stop::Refused)
    }

    /// Deletes a check-in, where the server can.
    pub(super) async fn retract(&self, goal: &GoalId, check_in: &CheckInId) -> Out {
        use super::spot::Spot;
        let spot = match self.spot(goal, check_in).await {
            // Gone already.
            Err(Stop::Refused(fault)) if fault.kind == FaultKind::Gone => {
                return self.done(&[goal], None).await;
            }
            spot => spot?,
        };
        let (op, body) = match &spot {
            Spot::CheckIn { id } => (Op::DeleteCheckIn, json!({ "id": id })),
            Spot::ProjectCheckIn { id } => (Op::DeleteProjectCheckIn, json!({ "check_in_id": id })),
            Spot::Thread { .. } | Spot::ProjectClosing { .. } => {
                return Err(unsupported(
                    "Operately takes no closing or reopening back",
                    "reopen or close the goal (x), or drop this entry (D)",
                ));
            }
        };
        match self.put(op, body).await {
            Ok(_) => {}
            Err(Stop::Refused(fault)) if fault.kind == FaultKind::Gone => {}
            Err(Stop::Refused(fault)) if fault.kind == FaultKind::Unsupported => {
                return Err(unsupported(
                    "this server deletes no check-ins (goals: since release 1.7, projects: since 1.6)",
                    "edit its text instead (e), or drop this entry (D)",
                ));
            }
            Err(other) => return Err(other),
        }
        self.done(&[goal], None).await
    }
}

/// What tells a check-in of ours from others.
pub(super) struct Wanted<'a> {
    pub known: &'a [String],
    pub me: ShortId,
    pub text: String,
    pub status: &'a str,
}

impl Wanted<'_> {
    /// The check-in that arrived: mine, not known before, with this text and
    /// status. When it was written does not matter: clocks differ. Of two the
    /// oldest. Drafts of mine are not posted, so none of them is it.
    ///
    /// # Errors
    /// One could be it and does not say who wrote it.
    pub fn among(&self, listed: &[Listed]) -> Result<Option<ShortId>, Stop> {
        let mut found = None;
        for item in listed {
            let is_new = !self.known.contains(&item.id.to_string());
            let fits = is_new
                && item.is_published
                && item.status == self.status
                && plain(&item.words) == self.text;
            match &item.author {
                _ if !fits => {}
                None => return Err(Stop::Refused(unreadable("the author of a check-in"))),
                // Newest first, so the last one is the oldest.
                Some(author) if author.id == self.me => found = Some(item.id),
                Some(_) => {}
            }
        }
        Ok(found)
    }
}

/// The server's word for a status a check-in may give; without one the goal's
/// last status stays.
pub(super) fn status<'a>(check_in: &CheckIn, now: &'a GoalNow) -> Result<&'a str, Stop> {
    match check_in.status {
        Some(status) => word(status).ok_or_else(|| {
            invalid(
                format!("a check-in cannot say {}", status.words().word),
                "choose on track, at risk or off track (e)",
            )
        }),
        None => now.last_status.as_deref().ok_or_else(|| {
            invalid(
                "Operately wants a status with the first check-in",
                "choose one (e)",
            )
        }),
    }
}

/// `on_track`, `caution`, `off_track`: all that either age takes.
pub(super) fn word(status: Status) -> Option<&'static str> {
    match status {
        Status::OnTrack => Some("on_track"),
        Status::AtRisk => Some("caution"),
        Status::OffTrack => Some("off_track"),
        Status::NotStarted | Status::Paused | Status::Achieved | Status::Missed => None,
    }
}

/// One body that every version of the server takes.
#[allow(clippy::too_many_arguments)]
fn body(
    now: &GoalNow,
    base: Option<&Base>,
    check_in: &CheckIn,
    status: &str,
    tell: &Tell,
    me: ShortId,
    content: &str,
    build: Build,
) -> Result<Value, Stop> {
    let (everyone, people) = told(tell, now, me)?;
    if now.nature == Nature::Project {
        if !check_in.values.is_empty() || check_in.due_moved.is_some() {
            return Err(invalid(
                "a check-in of a project has a status and a text, no values and no date",
                "take them out (e); the date is changed by editing the project",
            ));
        }
        return Ok(json!({
            "project_id": now.id.to_string(),
            "status": status,
            "description": content,
            "send_notifications_to_everyone": everyone,
            "subscriber_ids": people,
        }));
    }
    let mut body = json!({
        "goal_id": now.id.to_string(),
        "status": status,
        "content": content,
        "new_target_values": value_string(&clash::values(now, check_in)?),
        "checklist": check_list(now, &clash::ticks(base, now, check_in)?),
        "due_date": due(now, check_in),
        "send_notifications_to_everyone": everyone,
        "subscriber_ids": people,
    });
    let keeps = check_in
        .due_moved
        .is_none_or(|moved| moved.to == now.end.as_ref().and_then(Day::date));
    if keeps
        && build.may_omit_due_date()
        && let Some(body) = body.as_object_mut()
    {
        // The only way that touches neither first nor last day.
        body.remove("due_date");
    }
    Ok(body)
}

/// Values as the server wants them: a list inside a string.
pub(super) fn value_string(values: &[(ShortId, f64)]) -> String {
    let all: Vec<Value> = values
        .iter()
        .map(|(id, value)| json!({"id": id.to_string(), "value": value}))
        .collect();
    Value::Array(all).to_string()
}

/// All lines of the checklist with their four keys.
pub(super) fn check_list(now: &GoalNow, ticks: &[bool]) -> Value {
    now.checks
        .iter()
        .zip(ticks)
        .map(|(check, tick)| {
            json!({
                "id": check.id.to_string(),
                "name": check.name,
                "completed": tick,
                "index": whole(check.index),
            })
        })
        .collect()
}

#[allow(clippy::cast_possible_truncation)]
fn whole(index: f64) -> i64 {
    index as i64
}

/// The date that goes along: the goal's own, exactly as it came, unless this
/// check-in moves it. Null only where the writer cleared it or there is none: it
/// erases the timeframe.
fn due(now: &GoalNow, check_in: &CheckIn) -> Value {
    let is = now.end.as_ref().map(Day::json);
    let after = match check_in.due_moved {
        None => is,
        Some(moved) if moved.to == now.end.as_ref().and_then(Day::date) => is,
        Some(moved) => moved.to.map(|day| Day::on(day).json()),
    };
    after.unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::super::super::ages::Age;
    use super::super::tests::{BILLING, PLANS, base, check_in, goal_now, id, set};
    use super::*;
    use crate::model::check_in::DueMoved;
    use crate::model::key_result::Reading;

    fn build(version: Option<&str>) -> Build {
        match version {
            None => Build::new(Age::Flat, None),
            some => Build::new(Age::Namespaced, some),
        }
    }

    fn sent(check_in: &CheckIn, build: Build) -> Value {
        let now = goal_now();
        let (me, tell) = (now.champion.as_ref().unwrap().id, Tell::Responsible);
        body(
            &now,
            Some(&base()),
            check_in,
            "caution",
            &tell,
            me,
            "{}",
            build,
        )
        .unwrap()
    }

    #[test]
    fn all_eight_parameters_go_to_every_server_but_a_date_that_stays() {
        let mut mine = check_in("Gallery delayed.");
        set(&mut mine, PLANS, Reading::Number(46.5));
        set(&mut mine, BILLING, Reading::Ticks(vec![true, true, false]));
        for version in [
            None,
            Some("2026-04-01-a"),
            Some("2026-05-18-a"),
            Some("dev-version"),
        ] {
            assert_eq!(
                sent(&mine, build(version)),
                json!({
                    "goal_id": "GBfg0yH4sqwy1hq646BPEM",
                    "status": "caution",
                    "content": "{}",
                    "new_target_values": "[{\"id\":\"Bgfmm9CioNU3YfCApK3Gi1\",\"value\":46.5},{\"id\":\"F3Xv1Xwq0UHjrHjlbSkNq1\",\"value\":244.0}]",
                    "checklist": [
                        {"id": "Hs8m5fzsIeZgjy3KqndvMT", "name": "Legal review", "completed": true, "index": 1},
                        {"id": "E8eS2Sqcj3x28hvPCLL9s1", "name": "Grandfathering letter", "completed": true, "index": 2},
                        {"id": "CdKySlGhKPphnqsxn88jRO", "name": "Switch over", "completed": false, "index": 3}],
                    "due_date": {"date_type": "quarter", "value": "Q4 2026", "date": "2026-12-31"},
                    "send_notifications_to_everyone": false,
                    "subscriber_ids": ["Hdfkv2eAmqFHpUd3BkyISG"],
                })
            );
        }
        let newer = sent(&mine, build(Some("2026-07-08-a")));
        assert!(newer.get("due_date").is_none(), "it resets the first day");
        assert_eq!(newer.as_object().unwrap().len(), 7);
    }

    #[test]
    fn a_date_is_null_only_when_somebody_cleared_it() {
        let mut mine = check_in("");
        let moved = |to: Option<&str>| {
            Some(DueMoved {
                from: base().due,
                to: to.map(|day| day.parse().unwrap()),
            })
        };
        for version in [None, Some("2026-08-21-a")] {
            mine.due_moved = moved(Some("2027-01-05"));
            assert_eq!(
                sent(&mine, build(version))["due_date"],
                json!({"date_type": "day", "value": "Jan 05, 2027", "date": "2027-01-05"})
            );
            mine.due_moved = moved(None);
            let cleared = sent(&mine, build(version));
            assert!(cleared.as_object().unwrap().contains_key("due_date"));
            assert_eq!(cleared["due_date"], Value::Null);
        }
        // Moved to where it is: the server's own label goes back.
        mine.due_moved = moved(Some("2026-12-31"));
        assert_eq!(sent(&mine, build(None))["due_date"]["value"], "Q4 2026");
    }

    #[test]
    fn a_first_check_in_wants_a_status_and_later_ones_keep_the_last() {
        let mut now = goal_now();
        assert_eq!(status(&check_in(""), &now), Ok("caution"));
        now.last_status = None;
        assert!(status(&check_in(""), &now).is_err());
        let mut mine = check_in("");
        mine.status = Some(Status::AtRisk);
        assert_eq!(status(&mine, &now), Ok("caution"));
        mine.status = Some(Status::Achieved);
        assert!(status(&mine, &now).is_err());
    }

    const ME: &str = "DfKZxzfwDcFxCELa6yDoN";

    fn listed(short: &str, who: Option<&str>, status: &str, text: &str, state: &str) -> Value {
        let words = to_doc_string(text, &Mentions::default());
        let author = who.map(|id| json!({"id": format!("ada-{id}"), "full_name": "Ada"}));
        json!({"id": format!("2026-11-21-{short}"), "author": author, "status": status,
            "message": words, "state": state, "inserted_at": "1999-01-01T00:00:00Z"})
    }

    fn among(known: &[&str], items: Vec<Value>) -> Result<Option<ShortId>, Stop> {
        let all = Listed::all(&json!({ "check_ins": items }), "check_ins", "message").unwrap();
        let known: Vec<String> = known.iter().map(|id| (*id).to_owned()).collect();
        Wanted {
            known: &known,
            me: id(ME),
            text: plain(&to_document("All *good*\r\n\n- a", &Mentions::default())),
            status: "on_track",
        }
        .among(&all)
    }

    #[test]
    fn ours_is_found_by_author_text_status_and_never_by_time() {
        let text = "All *good*\n\n- a\n";
        let other = "BeKqUHbZMIv4IcimJ7Gfsm";
        let items = || {
            vec![
                listed("GB", Some(ME), "on_track", text, "draft"),
                listed("FO", Some(other), "on_track", text, "published"),
                listed("DA", Some(ME), "caution", text, "published"),
                listed("CA", Some(ME), "on_track", "All bad", "published"),
                // Last week's equal words.
                listed("HA", Some(ME), "on_track", text, "published"),
            ]
        };
        assert_eq!(among(&["HA"], items()), Ok(None));
        let mut arrived = items();
        arrived.insert(0, listed("IA", Some(ME), "on_track", text, "published"));
        assert_eq!(among(&["HA"], arrived.clone()), Ok(Some(id("IA"))));
        // Two: the older one.
        arrived.insert(0, listed("KA", Some(ME), "on_track", text, "published"));
        assert_eq!(among(&["HA"], arrived), Ok(Some(id("IA"))));
    }

    #[test]
    fn a_list_that_cannot_be_judged_says_nothing() {
        let nobody = vec![listed(
            "IA",
            None,
            "on_track",
            "All *good*\n\n- a",
            "published",
        )];
        assert!(among(&[], nobody).is_err());
        for broken in [
            json!({}),
            json!({"check_ins": null}),
            json!({"check_ins": [{"id": "x-IA"}]}),
        ] {
            assert!(
                Listed::all(&broken, "check_ins", "message").is_err(),
                "{broken}"
            );
        }
    }
}
