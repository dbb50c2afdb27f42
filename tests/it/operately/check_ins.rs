//! Writes about check-ins, of goals and of projects: their effect on values,
//! timeframe, due day and status, and who hears of them.

use chrono::{DateTime, Days, TimeDelta, Utc};
use serde_json::{Value, json};

use super::gate::{Call, No};
use super::ids::{Id, read};
use super::reads::{self, Done};
use super::view::{View, frame_ref};
use super::world::{
    About, CheckCopy, CheckIn, Contributor, Goal, Project, ShownDate, State, Subscription,
    TargetCopy, Time, Timeframe, World, first_of_next_month, midnight, next_friday,
};
use super::writes::{allowed, deed, reference, sent_date, to_tell};

/// Does a write about check-ins or projects; none when it is another one.
pub fn answer(w: &mut World, call: &Call) -> Option<Done> {
    Some(match call.op.as_str() {
        "goals/create_check_in" => create(w, call),
        "goals/update_check_in" => update(w, call),
        "goals/acknowledge_check_in" => acknowledge(w, call),
        "goals/delete_check_in" => delete(w, call),
        "projects/create_check_in" => project_create(w, call),
        "projects/update_check_in" => project_update(w, call),
        "projects/acknowledge_check_in" => project_acknowledge(w, call),
        "projects/delete_check_in" => project_delete(w, call),
        "projects/create" => create_project(w, call),
        "projects/create_milestone" => create_milestone(w, call),
        "projects/close" | "projects/pause" | "projects/resume" => project_state(w, call),
        _ => return None,
    })
}

/// The words of a check-in.
fn known_status(call: &Call) -> Result<String, No> {
    let status = call.text("status").unwrap_or("");
    if !["on_track", "caution", "off_track"].contains(&status) {
        return Err(No::Broke);
    }
    Ok(status.to_owned())
}

/// A document that must be an object.
fn object_doc(call: &Call, name: &str) -> Result<Value, No> {
    call.doc(name).filter(Value::is_object).ok_or(No::Broke)
}

/// `[{"id","value"}]` in a string: numbers, or numbers as text; every id
/// known, none twice.
fn target_values(call: &Call, g: &Goal) -> Result<Vec<(usize, f64)>, No> {
    let text = call.text("new_target_values").ok_or(No::Broke)?;
    let list: Value = serde_json::from_str(text).map_err(|_| No::Broke)?;
    let list = list.as_array().ok_or(No::Broke)?;
    let mut out: Vec<(usize, f64)> = Vec::new();
    for item in list {
        let id = item["id"]
            .as_str()
            .and_then(|t| read(t, call.age.knows_uuids()))
            .ok_or(No::Broke)?;
        let at = g.targets.iter().position(|t| t.id == id).ok_or(No::Broke)?;
        let value = match &item["value"] {
            Value::Number(n) => n.as_f64().ok_or(No::Broke)?,
            Value::String(text) => text.trim().parse().map_err(|_| No::Broke)?,
            _ => return Err(No::Broke),
        };
        if out.iter().any(|(other, _)| *other == at) {
            return Err(No::Broke);
        }
        out.push((at, value));
    }
    Ok(out)
}

/// The checks as sent: those of the goal by place, and all for the record.
fn sent_checks(call: &Call) -> Vec<CheckCopy> {
    let list = call.value("checklist").and_then(Value::as_array).cloned();
    list.unwrap_or_default()
        .iter()
        .map(|c| CheckCopy {
            id: read(c["id"].as_str().unwrap_or(""), call.age.knows_uuids()).unwrap_or(Id::nil()),
            name: c["name"].as_str().unwrap_or("").to_owned(),
            completed: c["completed"].as_bool().unwrap_or(false),
            index: c["index"].as_i64().unwrap_or(0),
        })
        .collect()
}

/// A scheduled moment, which must be ahead.
fn scheduled_at(w: &World, call: &Call) -> Result<Option<Time>, No> {
    let Some(text) = call.text("scheduled_at") else {
        return Ok(None);
    };
    let at = DateTime::parse_from_rfc3339(text)
        .map_err(|_| No::Unreadable)?
        .with_timezone(&Utc);
    if at <= w.now {
        return Err(No::Bad("Scheduled time must be in the future".into()));
    }
    Ok(Some(at))
}

/// What a check-in does to the goal when it is published.
fn apply(w: &mut World, id: Id) {
    let now = w.now;
    let c = w.check_ins[&id].clone();
    let About::Goal(goal) = c.about else { return };
    let g = w
        .goals
        .get_mut(&goal)
        .expect("a check-in of a goal there is");
    for copy in &c.targets {
        if let Some(t) = g.targets.iter_mut().find(|t| t.copy == copy.id) {
            t.value = copy.value;
            t.updated = now;
        }
    }
    for copy in &c.checks {
        if let Some(k) = g.checks.iter_mut().find(|k| k.id == copy.id) {
            if k.completed != copy.completed || k.index != copy.index {
                k.updated = now;
            }
            k.completed = copy.completed;
            k.index = copy.index;
        }
    }
    match &c.due {
        None => {}
        Some(None) => g.timeframe = None,
        // The start falls back to the day the goal was made.
        Some(Some(end)) => g.timeframe = Some(frame_until(g.inserted, end)),
    }
    g.updated = now;
}

fn frame_until(made: Time, end: &ShownDate) -> Timeframe {
    Timeframe {
        start: Some(ShownDate::day(made.date_naive())),
        end: Some(end.clone()),
    }
}

/// When the next one is due after one of now.
fn next_due(
    now: Time,
    due: Option<Time>,
    early: u64,
    after: impl Fn(chrono::NaiveDate) -> chrono::NaiveDate,
) -> Option<Time> {
    let today = now.date_naive();
    let Some(due) = due else {
        return Some(midnight(after(today)));
    };
    let due_day = due.date_naive();
    if today >= due_day {
        Some(midnight(after(today)))
    } else if today + Days::new(early) >= due_day {
        Some(midnight(after(due_day)))
    } else {
        Some(due)
    }
}

fn create(w: &mut World, call: &Call) -> Done {
    let age = call.age;
    let g = reads::goal(w, call, "goal_id")?;
    allowed(w, w.level_on_goal(call.me, g), 70)?;
    let status = known_status(call)?;
    let message = object_doc(call, "content")?;
    let values = match call.text("new_target_values") {
        None if !age.namespaced() => return Err(No::Broke),
        None => Vec::new(),
        Some(_) => target_values(call, g)?,
    };
    let due = match call.params.get("due_date") {
        None => None,
        Some(value) => Some(sent_date(Some(value))?),
    };
    let scheduled = scheduled_at(w, call)?;
    let state = match (call.flag("post_as_draft"), scheduled) {
        (true, _) => State::Draft,
        (_, Some(_)) => State::Scheduled,
        _ => State::Published,
    };
    let audience = w.audience(g);
    let by_default = age.tells_everyone_by_default();
    let (everyone, people) = to_tell(w, call, audience, by_default, &message)?;
    let mut targets: Vec<TargetCopy> = values
        .iter()
        .map(|(at, value)| {
            let t = &g.targets[*at];
            TargetCopy {
                id: t.copy,
                index: t.index,
                name: t.name.clone(),
                from: t.from,
                to: t.to,
                unit: t.unit.clone(),
                value: *value,
                previous: t.value,
            }
        })
        .collect();
    targets.sort_by_key(|t| t.index);
    let (goal, before) = (g.id, g.timeframe.clone());
    let timeframe = due
        .clone()
        .flatten()
        .map(|end| frame_until(g.inserted, &end));
    let checks = sent_checks(call);
    let id = w.new_id("check_in");
    let list = w.new_id("subscription");
    let now = w.now;
    let mut subscribed = if everyone { Vec::new() } else { people.clone() };
    subscribed.push(call.me);
    let published = (state == State::Published).then_some(now);
    w.check_ins.insert(
        id,
        CheckIn {
            id,
            about: About::Goal(goal),
            author: call.me,
            status,
            message,
            inserted: now,
            updated: now,
            state,
            published,
            scheduled,
            acknowledged: None,
            targets,
            checks,
            timeframe,
            due,
            subscription: Subscription {
                id: list,
                everyone,
                people: subscribed,
            },
        },
    );
    w.goals.get_mut(&goal).expect("found").check_ins.push(id);
    if state == State::Published {
        publish(w, call, id, before, people, true);
    }
    let view = View { w, me: call.me };
    Ok(json!({"update": view.check_in(&w.check_ins[&id])}))
}

/// Applies a check-in and tells of it.
fn publish(
    w: &mut World,
    call: &Call,
    id: Id,
    before: Option<Timeframe>,
    people: Vec<Id>,
    moves_due: bool,
) {
    apply(w, id);
    let now = w.now;
    let About::Goal(goal) = w.check_ins[&id].about else {
        return;
    };
    let g = w.goals.get_mut(&goal).expect("found");
    if moves_due {
        g.next_update = next_due(now, g.next_update, 7, first_of_next_month);
    }
    let (space, after) = (g.space, g.timeframe.clone());
    let content = json!({"goal": reference("goal", goal), "goal_id": reference("goal_sid", goal),
        "update": reference("update", id), "old_timeframe": frame_ref(before.as_ref()),
        "new_timeframe": frame_ref(after.as_ref())});
    let mut a = deed(w, call, "goal_check_in", "check-in", content);
    a.goal = Some(goal);
    a.space = Some(space);
    w.happened(a, people);
}

/// Publishes what is scheduled for now or before; the due day moves.
pub fn publish_scheduled(w: &mut World) {
    let due: Vec<(Id, Id, Id)> = w
        .check_ins
        .values()
        .filter(|c| c.state == State::Scheduled && c.scheduled.is_some_and(|at| at <= w.now))
        .filter_map(|c| match c.about {
            About::Goal(goal) => Some((c.id, goal, c.author)),
            About::Project(_) => None,
        })
        .collect();
    for (id, goal, author) in due {
        let now = w.now;
        let c = w.check_ins.get_mut(&id).expect("found");
        c.state = State::Published;
        c.published = Some(now);
        let (everyone, mut people) = (c.subscription.everyone, c.subscription.people.clone());
        let g = &w.goals[&goal];
        let before = g.timeframe.clone();
        if everyone {
            people = w.audience(g);
        }
        let call = Call {
            op: "goals/create_check_in".into(),
            me: author,
            age: w.age,
            post: true,
            params: Default::default(),
        };
        publish(w, &call, id, before, people, true);
    }
}

fn update(w: &mut World, call: &Call) -> Done {
    let (c, g) = reads::goal_check_in(w, call, "id")?;
    allowed(w, w.level_on_goal(call.me, g), 70)?;
    let (id, goal) = (c.id, g.id);
    let status = known_status(call)?;
    let message = object_doc(call, "content")?;
    if !call.given("checklist") {
        return Err(No::Broke);
    }
    let values = target_values(call, g)?;
    let due = sent_date(call.params.get("due_date"))?;
    let draft = c.state != State::Published;
    let publishes = match call.text("state") {
        Some("published") => draft,
        Some(_) if !draft => return Err(No::Broke),
        _ => false,
    };
    let scheduled = scheduled_at(w, call)?;
    let latest = w.latest(&g.check_ins).map(|c| c.id) == Some(id);
    let young = w.now - c.inserted < TimeDelta::hours(72);
    let full = draft || (latest && young);
    // Each value must be of a target that is in this check-in.
    let copies: Vec<Id> = c.targets.iter().map(|k| k.id).collect();
    if full
        && !draft
        && values
            .iter()
            .any(|(at, _)| !copies.contains(&g.targets[*at].copy))
    {
        return Err(No::Broke);
    }
    let answer = |w: &World, goal: Value| {
        let view = View { w, me: call.me };
        let mut v = view.check_in(&w.check_ins[&id]);
        v["goal"] = goal;
        json!({"update": v})
    };
    // The goal in the answer is that of before, in every age.
    let view = View { w, me: call.me };
    let mut goal_before = view.goal_reduced(g);
    goal_before["targets"] = view.targets_sorted(g);
    let stale = answer(w, goal_before.clone());
    let old_frame = g.timeframe.clone();
    let made = g.inserted;
    let kept: Vec<TargetCopy> = values
        .iter()
        .map(|(at, value)| {
            let t = &g.targets[*at];
            let known = c.targets.iter().find(|k| k.id == t.copy);
            TargetCopy {
                id: t.copy,
                index: t.index,
                name: t.name.clone(),
                from: t.from,
                to: t.to,
                unit: t.unit.clone(),
                value: *value,
                previous: known.map_or(t.value, |k| k.previous),
            }
        })
        .collect();
    let checks = sent_checks(call);
    let now = w.now;
    let c = w.check_ins.get_mut(&id).expect("found");
    c.message = message;
    c.updated = now;
    if full {
        c.status = status;
        c.targets = kept;
        c.targets.sort_by_key(|t| t.index);
        c.checks = checks;
        c.timeframe = due.clone().map(|end| frame_until(made, &end));
        c.due = Some(due);
        if scheduled.is_some() {
            c.scheduled = scheduled;
            c.state = State::Scheduled;
        }
    }
    if publishes {
        c.state = State::Published;
        c.published = Some(now);
        let (everyone, named) = (c.subscription.everyone, c.subscription.people.clone());
        let people = if everyone {
            w.audience(&w.goals[&goal])
        } else {
            named
        };
        publish(w, call, id, old_frame, people, false);
    } else if full && !draft {
        apply(w, id);
        let content = json!({"goal": reference("goal", goal), "goal_id": goal.to_string(),
            "update": reference("update", id)});
        let mut a = deed(w, call, "goal_check_in_edit", "check-in-edit", content);
        a.goal = Some(goal);
        w.happened(a, vec![]);
    }
    if call.age.drafts() {
        Ok(answer(w, goal_before))
    } else {
        Ok(stale)
    }
}

fn acknowledge(w: &mut World, call: &Call) -> Done {
    match call.params.get("id") {
        None => return Err(No::Broke),
        Some(Value::Null) => return Err(No::malformed()),
        _ => {}
    }
    let (c, g) = reads::goal_check_in(w, call, "id")?;
    let (id, goal) = (c.id, g.id);
    if c.state != State::Published {
        return Err(No::NotFound);
    }
    let view = View { w, me: call.me };
    let may = view.may_acknowledge(g, c);
    if call.age.editors_acknowledge() {
        allowed(w, w.level_on_goal(call.me, g), 70)?;
        if c.author == call.me {
            let text = "Authors cannot acknowledge their own check-ins";
            return Err(No::Bad(text.into()));
        }
    } else if !may || w.billing_read_only {
        return Err(No::Forbidden);
    }
    let again = c.acknowledged.is_some();
    if !(again && call.age.editors_acknowledge()) {
        let now = w.now;
        let c = w.check_ins.get_mut(&id).expect("found");
        c.acknowledged = Some((now, Some(call.me)));
        c.updated = now;
        let g = &w.goals[&goal];
        let people = g.champion.into_iter().chain(g.reviewer).collect();
        let content = json!({"goal": reference("goal", goal),
            "goal_id": reference("goal_sid", goal), "update": reference("update", id)});
        let slug = "check-in-acknowledgement";
        let mut a = deed(w, call, "goal_check_in_acknowledgement", slug, content);
        a.goal = Some(goal);
        a.space = Some(w.goals[&goal].space);
        w.happened(a, people);
    }
    let view = View { w, me: call.me };
    let mut v = view.check_in(&w.check_ins[&id]);
    v["goal"] = view.goal_reduced(&w.goals[&goal]);
    Ok(json!({"update": v}))
}

fn delete(w: &mut World, call: &Call) -> Done {
    let (c, g) = reads::goal_check_in(w, call, "id")?;
    allowed(w, w.level_on_goal(call.me, g), 70)?;
    let (id, goal) = (c.id, g.id);
    w.check_ins.remove(&id);
    w.comments.retain(|x| x.on != id);
    w.reactions.retain(|x| x.on != id);
    let g = w.goals.get_mut(&goal).expect("found");
    g.check_ins.retain(|c| *c != id);
    Ok(json!({"success": true}))
}

fn project_create(w: &mut World, call: &Call) -> Done {
    let p = reads::project(w, call, "project_id")?;
    allowed(w, w.level_on_project(call.me, p), 70)?;
    let status = known_status(call)?;
    let message = object_doc(call, "description")?;
    let scheduled = scheduled_at(w, call)?;
    let state = match (call.flag("post_as_draft"), scheduled) {
        (true, _) => State::Draft,
        (_, Some(_)) => State::Scheduled,
        _ => State::Published,
    };
    let by_default = call.age.tells_everyone_by_default();
    let (everyone, people) = to_tell(w, call, w.project_audience(p), by_default, &message)?;
    let (project, space) = (p.id, p.space);
    let id = w.new_id("check_in");
    let list = w.new_id("subscription");
    let now = w.now;
    let mut subscribed = if everyone { Vec::new() } else { people.clone() };
    subscribed.push(call.me);
    w.check_ins.insert(
        id,
        CheckIn {
            id,
            about: About::Project(project),
            author: call.me,
            status,
            message,
            inserted: now,
            updated: now,
            state,
            published: (state == State::Published).then_some(now),
            scheduled,
            acknowledged: None,
            targets: vec![],
            checks: vec![],
            timeframe: None,
            due: None,
            subscription: Subscription {
                id: list,
                everyone,
                people: subscribed,
            },
        },
    );
    let p = w.projects.get_mut(&project).expect("found");
    p.check_ins.push(id);
    if state == State::Published {
        p.next_check_in = next_due(now, p.next_check_in, 1, next_friday);
        p.updated = now;
        let content = json!({"project": reference("project", project),
            "check_in": reference("project_check_in_open", id)});
        let slug = "check-in-submitted";
        let mut a = deed(w, call, "project_check_in_submitted", slug, content);
        a.project = Some(project);
        a.space = Some(space);
        w.happened(a, people);
    }
    let view = View { w, me: call.me };
    Ok(json!({"check_in": view.project_check_in(&w.check_ins[&id])}))
}

fn project_update(w: &mut World, call: &Call) -> Done {
    let (c, p) = reads::project_check_in(w, call, "check_in_id")?;
    allowed(w, w.level_on_project(call.me, p), 70)?;
    let status = known_status(call)?;
    let message = object_doc(call, "description")?;
    let id = c.id;
    let draft = c.state != State::Published;
    let now = w.now;
    // Newer servers keep the status after 72 hours.
    let late = call.age.schedules() && now - c.inserted >= TimeDelta::hours(72) && !draft;
    let c = w.check_ins.get_mut(&id).expect("found");
    c.message = message;
    c.updated = now;
    if !late {
        c.status = status;
    }
    if draft && call.text("state") == Some("published") {
        c.state = State::Published;
        c.published = Some(now);
    }
    let view = View { w, me: call.me };
    Ok(json!({"check_in": view.project_check_in(&w.check_ins[&id])}))
}

fn project_acknowledge(w: &mut World, call: &Call) -> Done {
    let (c, p) = reads::project_check_in(w, call, "id")?;
    allowed(w, w.level_on_project(call.me, p), 70)?;
    if c.author == call.me {
        let text = "Authors cannot acknowledge their own check-ins";
        return Err(No::Bad(text.into()));
    }
    let (id, project, space) = (c.id, p.id, p.space);
    let people: Vec<Id> = [p.role("champion"), p.role("reviewer"), Some(c.author)]
        .into_iter()
        .flatten()
        .collect();
    if c.acknowledged.is_none() {
        let now = w.now;
        let c = w.check_ins.get_mut(&id).expect("found");
        c.acknowledged = Some((now, Some(call.me)));
        c.updated = now;
        let content = json!({"project": reference("project", project),
            "project_id": reference("project_sid", project),
            "check_in": reference("project_check_in_open", id),
            "check_in_id": reference("check_in_sid", id)});
        let slug = "check-in-acknowledged";
        let mut a = deed(w, call, "project_check_in_acknowledged", slug, content);
        a.project = Some(project);
        a.space = Some(space);
        w.happened(a, people);
    }
    let view = View { w, me: call.me };
    let p = &w.projects[&project];
    let mut v = view.project_check_in(&w.check_ins[&id]);
    v["project"] = view.project_plain(p);
    v["project"]["champion"] = view.person(p.role("champion"));
    v["project"]["reviewer"] = view.person(p.role("reviewer"));
    Ok(json!({"check_in": v}))
}

fn project_delete(w: &mut World, call: &Call) -> Done {
    let (c, p) = reads::project_check_in(w, call, "check_in_id")?;
    allowed(w, w.level_on_project(call.me, p), 100)?;
    let (id, project) = (c.id, p.id);
    w.check_ins.remove(&id);
    let p = w.projects.get_mut(&project).expect("found");
    p.check_ins.retain(|c| *c != id);
    Ok(json!({"success": true}))
}

fn create_project(w: &mut World, call: &Call) -> Done {
    let space = call
        .id("space_id")
        .and_then(|id| w.spaces.get(&id))
        .filter(|s| w.level_on_space(call.me, s) >= 10)
        .ok_or(No::NotFound)?;
    allowed(w, w.level_on_space(call.me, space), 70)?;
    let (space, statuses) = (space.id, space.statuses.clone());
    let id = w.new_id("project");
    let mut contributors = Vec::new();
    for (key, role) in [("champion_id", "champion"), ("reviewer_id", "reviewer")] {
        if let Some(person) = call.id(key) {
            contributors.push(Contributor {
                id: w.new_id("contributor"),
                person,
                role: role.into(),
                responsibility: None,
            });
        }
    }
    let list = w.new_id("subscription");
    let now = w.now;
    w.projects.insert(
        id,
        Project {
            id,
            name: call.text("name").unwrap_or("").to_owned(),
            space,
            goal: call.id("goal_id"),
            contributors,
            state: "active".into(),
            success: None,
            timeframe: Timeframe {
                start: Some(ShownDate::day(now.date_naive())),
                end: None,
            },
            next_check_in: Some(midnight(next_friday(now.date_naive()))),
            description: call.doc("description"),
            inserted: now,
            updated: now,
            closed_at: None,
            check_ins: vec![],
            milestones: vec![],
            statuses,
            access: super::world::Access::INTERNAL,
            subscription: Subscription {
                id: list,
                everyone: false,
                people: vec![call.me],
            },
        },
    );
    let view = View { w, me: call.me };
    Ok(json!({"project": view.project_plain(&w.projects[&id])}))
}

fn create_milestone(w: &mut World, call: &Call) -> Done {
    let p = reads::project(w, call, "project_id")?;
    allowed(w, w.level_on_project(call.me, p), 70)?;
    let project = p.id;
    let end = sent_date(call.params.get("due_date"))?;
    let id = w.new_id("milestone");
    let now = w.now;
    let m = super::world::Milestone {
        id,
        title: call.text("name").unwrap_or("").to_owned(),
        done: false,
        completed_at: None,
        timeframe: Timeframe { start: None, end },
        inserted: now,
    };
    let shown = View { w, me: call.me }.milestone(&m);
    let p = w.projects.get_mut(&project).expect("found");
    p.milestones.push(m);
    Ok(json!({"milestone": shown}))
}

fn project_state(w: &mut World, call: &Call) -> Done {
    let p = reads::project(w, call, "project_id")?;
    allowed(w, w.level_on_project(call.me, p), 70)?;
    let id = p.id;
    let now = w.now;
    let p = w.projects.get_mut(&id).expect("found");
    match call.op.as_str() {
        "projects/close" => {
            p.state = "closed".into();
            p.success = call.text("success_status").map(str::to_owned);
            p.closed_at = Some(now);
            let v = View { w, me: call.me }.typed(
                "project_retrospective",
                json!({"id": super::ids::short(id), "author": null, "project": null,
                    "content": call.text("retrospective"), "closed_at": super::view::time(now)}),
            );
            return Ok(json!({"retrospective": v}));
        }
        "projects/pause" => p.state = "paused".into(),
        _ => {
            p.state = "active".into();
            p.next_check_in = Some(midnight(next_friday(now.date_naive())));
        }
    }
    let view = View { w, me: call.me };
    Ok(json!({"project": view.project_plain(&w.projects[&id])}))
}
