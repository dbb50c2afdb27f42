//! Writes about goals: small edits, targets, checks, creating, closing.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::gate::{Call, No};
use super::ids::{Id, short};
use super::reads::{self, Done};
use super::view::{View, shown_date};
use super::world::{
    Access, Activity, Check, Closed, Goal, ShownDate, Subscription, Target, Thread, Timeframe,
    World, copy_id, first_of_next_month, mentioned, midnight,
};

/// A reference in the content of an activity.
pub fn reference(kind: &str, id: Id) -> Value {
    json!({"$": kind, "id": id.to_string()})
}

pub fn person_ref(id: Option<Id>) -> Value {
    id.map_or(Value::Null, |id| reference("person", id))
}

/// Text of an id that may be absent.
pub fn uuid_text(id: Option<Id>) -> Value {
    json!(id.map(|id| id.to_string()))
}

/// An activity of now, without a thread.
pub fn deed(w: &World, call: &Call, action: &str, slug: &str, content: Value) -> Activity {
    Activity {
        id: Id::nil(),
        slug: slug.to_owned(),
        action: action.to_owned(),
        author: call.me,
        at: w.now,
        content,
        goal: None,
        project: None,
        space: None,
        thread: None,
    }
}

/// The content most activities of a goal share: ids are raw uuids there.
fn goal_content(w: &World, g: &Goal, more: Value) -> Value {
    let mut v = json!({
        "goal": reference("goal", g.id), "goal_id": g.id.to_string(),
        "space": reference("space", g.space), "space_id": g.space.to_string(),
        "company": {"$": "company"}, "company_id": w.company.to_string(),
    });
    super::shown::merge(&mut v, more);
    v
}

/// The goal in a parameter, when I may do what needs a level.
fn may(w: &World, call: &Call, name: &str, level: i64) -> Result<Id, No> {
    let g = reads::goal(w, call, name)?;
    allowed(w, w.level_on_goal(call.me, g), level)?;
    Ok(g.id)
}

pub fn allowed(w: &World, have: i64, need: i64) -> Result<(), No> {
    if have < need || w.billing_read_only {
        return Err(No::Forbidden);
    }
    Ok(())
}

/// A date as it was sent; the label must agree with the day.
pub fn sent_date(value: Option<&Value>) -> Result<Option<ShownDate>, No> {
    let Some(value) = value.filter(|v| !v.is_null()) else {
        return Ok(None);
    };
    let date = shown_date(value).ok_or(No::Broke)?;
    let agrees = match date.kind.as_str() {
        "day" => true,
        "month" => date.label == date.day.format("%b %Y").to_string(),
        "quarter" => {
            use chrono::Datelike;
            let quarter = date.day.month0() / 3 + 1;
            date.label == format!("Q{quarter} {}", date.day.year())
        }
        "year" => date.label == date.day.format("%Y").to_string(),
        _ => false,
    };
    if agrees {
        Ok(Some(date))
    } else {
        Err(No::Broke)
    }
}

fn name_fits(name: &str) -> Result<(), No> {
    if name.is_empty() || name.chars().count() > 255 {
        return Err(No::Broke);
    }
    Ok(())
}

fn success() -> Done {
    Ok(json!({"success": true}))
}

/// People to tell: everyone who can see it, or those named; those mentioned
/// in every case. An unknown person is a 500.
pub fn to_tell(
    w: &World,
    call: &Call,
    audience: Vec<Id>,
    everyone_by_default: bool,
    text: &Value,
) -> Result<(bool, Vec<Id>), No> {
    let everyone = match call.value("send_notifications_to_everyone") {
        Some(said) => said == &json!(true),
        None => everyone_by_default,
    };
    let named = call.ids("subscriber_ids");
    if named.iter().any(|id| !w.people.contains_key(id)) {
        return Err(No::Broke);
    }
    let mut people = if everyone { audience } else { Vec::new() };
    people.extend(named);
    mentioned(text, &mut people);
    Ok((everyone, people))
}

/// Does a write about goals; none when it is another one.
pub fn answer(w: &mut World, call: &Call) -> Option<Done> {
    Some(match call.op.as_str() {
        "goals/update_name" => update_name(w, call),
        "goals/update_description" => update_description(w, call),
        "goals/update_due_date" => update_date(w, call, false),
        "goals/update_start_date" => update_date(w, call, true),
        "goals/update_parent_goal" => update_parent(w, call, 70).map(|_| json!({"success": true})),
        "goals/change_parent" => update_parent(w, call, 100).map(|id| {
            let view = View { w, me: call.me };
            json!({"goal": view.goal_reduced(&w.goals[&id])})
        }),
        "goals/update_champion" => update_person(w, call, true),
        "goals/update_reviewer" => update_person(w, call, false),
        "goals/update_space" => update_space(w, call),
        "goals/update_access_levels" => update_access(w, call),
        "goals/create_target" => create_target(w, call),
        "goals/update_target" => update_target(w, call),
        "goals/update_target_value" => update_target_value(w, call),
        "goals/update_target_index" => update_target_index(w, call),
        "goals/delete_target" => delete_target(w, call),
        "goals/create_check" => create_check(w, call),
        "goals/update_check"
        | "goals/toggle_check"
        | "goals/update_check_index"
        | "goals/delete_check" => edit_check(w, call),
        "goals/create" => create(w, call),
        "goals/close" => close(w, call),
        "goals/reopen" => reopen(w, call),
        "goals/delete" => delete(w, call),
        "goals/acknowledge_retrospective" => acknowledge_retrospective(w, call),
        "goals/create_discussion" => create_discussion(w, call),
        "goals/update_discussion" => update_discussion(w, call),
        _ => return None,
    })
}

fn touch(w: &mut World, id: Id) -> &mut Goal {
    let now = w.now;
    let goal = w.goals.get_mut(&id).expect("found before");
    goal.updated = now;
    goal
}

/// An activity of a goal, told to the people given.
fn tell(
    w: &mut World,
    call: &Call,
    id: Id,
    action: &str,
    slug: &str,
    more: Value,
    people: Vec<Id>,
) -> Id {
    let g = &w.goals[&id];
    let mut a = deed(w, call, action, slug, goal_content(w, g, more));
    a.goal = Some(id);
    a.space = Some(g.space);
    w.happened(a, people)
}

fn update_name(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "goal_id", 70)?;
    let name = call.text("name").unwrap_or("").to_owned();
    name_fits(&name)?;
    let old = std::mem::replace(&mut touch(w, id).name, name.clone());
    let more = json!({"old_name": old, "new_name": name});
    tell(
        w,
        call,
        id,
        "goal_name_updating",
        "name-updating",
        more,
        vec![],
    );
    success()
}

fn update_description(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "goal_id", 70)?;
    let text = call.doc("description").ok_or(No::Broke)?;
    let mut people = Vec::new();
    mentioned(&text, &mut people);
    let g = touch(w, id);
    let old = g.description.replace(text.clone());
    let more = json!({"goal_name": g.name, "has_description": true,
        "old_description": old, "new_description": text});
    tell(
        w,
        call,
        id,
        "goal_description_changed",
        "description-changed",
        more,
        people,
    );
    success()
}

fn update_date(w: &mut World, call: &Call, start: bool) -> Done {
    let id = may(w, call, "goal_id", 70)?;
    let key = if start { "start_date" } else { "due_date" };
    let date = sent_date(call.params.get(key))?;
    let g = touch(w, id);
    let mut frame = g.timeframe.take().unwrap_or_default();
    let side = if start {
        &mut frame.start
    } else {
        &mut frame.end
    };
    let day = |d: &Option<ShownDate>| json!(d.as_ref().map(|d| d.day.to_string()));
    let (new, old) = (day(&date), day(side));
    *side = date;
    g.timeframe = (frame.start.is_some() || frame.end.is_some()).then_some(frame);
    let (action, slug, more) = if start {
        (
            "goal_start_date_updating",
            "start-date-updating",
            json!({"old_start_date": old, "new_start_date": new}),
        )
    } else {
        (
            "goal_due_date_updating",
            "due-date-updating",
            json!({"old_due_date": old, "new_due_date": new}),
        )
    };
    tell(w, call, id, action, slug, more, vec![]);
    success()
}

fn update_parent(w: &mut World, call: &Call, level: i64) -> Result<Id, No> {
    let id = may(w, call, "goal_id", level)?;
    let parent = match call.value("parent_goal_id") {
        None => None,
        Some(_) => Some(reads::goal(w, call, "parent_goal_id")?.id),
    };
    if parent.is_some_and(|p| p == id || w.below(id).contains(&p)) {
        return Err(No::Broke);
    }
    let old = std::mem::replace(&mut touch(w, id).parent, parent);
    let goal = |id: Option<Id>| id.map_or(Value::Null, |id| reference("goal", id));
    let more = json!({"old_parent_goal": goal(old), "new_parent_goal": goal(parent)});
    tell(w, call, id, "goal_reparent", "reparent", more, vec![]);
    Ok(id)
}

fn update_person(w: &mut World, call: &Call, champion: bool) -> Done {
    let id = may(w, call, "goal_id", 100)?;
    let key = if champion {
        "champion_id"
    } else {
        "reviewer_id"
    };
    let person = call.id(key);
    if person.is_some_and(|p| !w.people.contains_key(&p)) {
        return Err(No::NotFound);
    }
    let now = w.now;
    let g = touch(w, id);
    let old = if champion {
        std::mem::replace(&mut g.champion, person)
    } else {
        g.reviewer_since = Some(now);
        std::mem::replace(&mut g.reviewer, person)
    };
    let word = if champion { "champion" } else { "reviewer" };
    let more = json!({
        format!("old_{word}"): person_ref(old), format!("new_{word}"): person_ref(person),
        format!("old_{word}_id"): uuid_text(old), format!("new_{word}_id"): uuid_text(person),
    });
    let (action, slug) = if champion {
        ("goal_champion_updating", "champion-updating")
    } else {
        ("goal_reviewer_updating", "reviewer-updating")
    };
    let people = person.into_iter().collect();
    tell(w, call, id, action, slug, more, people);
    success()
}

fn update_space(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "goal_id", 100)?;
    let space = call
        .id("space_id")
        .filter(|s| w.spaces.contains_key(s))
        .ok_or(No::NotFound)?;
    let old = std::mem::replace(&mut touch(w, id).space, space);
    let more =
        json!({"old_space": reference("space", old), "new_space": reference("space", space)});
    tell(
        w,
        call,
        id,
        "goal_space_updating",
        "space-updating",
        more,
        vec![],
    );
    success()
}

fn update_access(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "goal_id", 100)?;
    let levels = call.value("access_levels").ok_or(No::Broke)?;
    let level = |key: &str| levels[key].as_i64().ok_or(No::Broke);
    let access = Access {
        public: level("public")?,
        company: level("company")?,
        space: level("space")?,
    };
    touch(w, id).access = access;
    success()
}

/// The server does not check that the target belongs to the goal named.
fn find_target(w: &World, call: &Call) -> Result<(Id, usize), No> {
    let wanted = call.id("target_id").unwrap_or(Id::nil());
    w.goals
        .values()
        .find_map(|g| {
            let at = g.targets.iter().position(|t| t.id == wanted)?;
            Some((g.id, at))
        })
        .ok_or(No::NotFoundCalled("Target not found"))
}

fn create_target(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "goal_id", 70)?;
    let (name, unit) = (
        call.text("name").unwrap_or(""),
        call.text("unit").unwrap_or(""),
    );
    if unit.is_empty() || name.is_empty() {
        return Err(No::Broke);
    }
    let from = call.number("start_value").ok_or(No::Broke)?;
    let to = call.number("target_value").ok_or(No::Broke)?;
    let target = w.new_id("target");
    let now = w.now;
    let g = w.goals.get_mut(&id).expect("found before");
    let index = g.targets.len() as i64 + 1;
    g.targets.push(Target {
        id: target,
        copy: copy_id(target),
        index,
        name: name.to_owned(),
        from,
        to,
        value: from,
        unit: unit.to_owned(),
        inserted: now,
        updated: now,
    });
    let more = json!({"target_name": name});
    tell(
        w,
        call,
        id,
        "goal_target_adding",
        "target-adding",
        more,
        vec![],
    );
    Ok(json!({"success": true, "target_id": target.to_string()}))
}

fn update_target(w: &mut World, call: &Call) -> Done {
    may(w, call, "goal_id", 70)?;
    let (owner, at) = find_target(w, call)?;
    let now = w.now;
    let t = &mut w.goals.get_mut(&owner).expect("found").targets[at];
    if let Some(name) = call.text("name") {
        t.name = name.to_owned();
    }
    if let Some(unit) = call.text("unit") {
        t.unit = unit.to_owned();
    }
    if let Some(from) = call.number("start_value") {
        t.from = from;
    }
    if let Some(to) = call.number("target_value") {
        t.to = to;
    }
    t.updated = now;
    success()
}

fn update_target_value(w: &mut World, call: &Call) -> Done {
    may(w, call, "goal_id", 70)?;
    let (owner, at) = find_target(w, call)?;
    let now = w.now;
    let value = call.number("value").ok_or(No::Broke)?;
    let t = &mut w.goals.get_mut(&owner).expect("found").targets[at];
    let old = std::mem::replace(&mut t.value, value);
    t.updated = now;
    let more = json!({"target_name": t.name, "unit": t.unit,
        "old_value": float_text(old), "new_value": float_text(value)});
    tell(
        w,
        call,
        owner,
        "goal_target_updating",
        "target-updating",
        more,
        vec![],
    );
    success()
}

fn float_text(value: f64) -> String {
    super::serve::float(value)
}

/// Puts an item of a sorted list at a position from 0; afterwards the indexes
/// run from 1.
fn reorder<T>(list: &mut Vec<T>, index: impl Fn(&mut T) -> &mut i64, at: usize, to: i64) {
    let moved = list.remove(at);
    let mut rest: Vec<T> = std::mem::take(list);
    let to = usize::try_from(to).unwrap_or(0).min(rest.len());
    rest.insert(to, moved);
    for (n, item) in rest.iter_mut().enumerate() {
        *index(item) = n as i64 + 1;
    }
    *list = rest;
}

fn update_target_index(w: &mut World, call: &Call) -> Done {
    may(w, call, "goal_id", 70)?;
    let (owner, at) = find_target(w, call)?;
    let to = call
        .value("index")
        .and_then(Value::as_i64)
        .ok_or(No::Broke)?;
    let now = w.now;
    let targets = &mut w.goals.get_mut(&owner).expect("found").targets;
    let moved = targets[at].id;
    targets.sort_by_key(|t| t.index);
    let at = targets
        .iter()
        .position(|t| t.id == moved)
        .expect("still there");
    reorder(targets, |t| &mut t.index, at, to);
    targets.iter_mut().for_each(|t| t.updated = now);
    success()
}

fn delete_target(w: &mut World, call: &Call) -> Done {
    may(w, call, "goal_id", 70)?;
    let (owner, at) = find_target(w, call)?;
    let gone = w.goals.get_mut(&owner).expect("found").targets.remove(at);
    let more = json!({"target_name": gone.name});
    tell(
        w,
        call,
        owner,
        "goal_target_deleting",
        "target-deleting",
        more,
        vec![],
    );
    success()
}

fn create_check(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "goal_id", 70)?;
    let name = call.text("name").unwrap_or("").to_owned();
    if name.is_empty() {
        return Err(No::Broke);
    }
    let check = w.new_id("check");
    let now = w.now;
    let g = w.goals.get_mut(&id).expect("found before");
    let index = g.checks.len() as i64 + 1;
    g.checks.push(Check {
        id: check,
        index,
        name: name.clone(),
        completed: false,
        completed_at: None,
        inserted: now,
        updated: now,
    });
    tell(
        w,
        call,
        id,
        "goal_check_adding",
        "check-adding",
        json!({"name": name}),
        vec![],
    );
    Ok(json!({"success": true, "check_id": short(check)}))
}

fn edit_check(w: &mut World, call: &Call) -> Done {
    may(w, call, "goal_id", 70)?;
    let wanted = call.id("check_id").unwrap_or(Id::nil());
    let now = w.now;
    let g = w
        .goals
        .values_mut()
        .find(|g| g.checks.iter().any(|c| c.id == wanted))
        .ok_or(No::NotFoundCalled("Check not found"))?;
    let owner = g.id;
    g.checks.sort_by_key(|c| c.index);
    let at = g.checks.iter().position(|c| c.id == wanted).expect("found");
    match call.op.as_str() {
        "goals/update_check" => {
            g.checks[at].name = call.text("name").unwrap_or("").to_owned();
            g.checks[at].updated = now;
        }
        "goals/toggle_check" => {
            let c = &mut g.checks[at];
            c.completed = !c.completed;
            c.completed_at = c.completed.then_some(now);
            c.updated = now;
            let more = json!({"name": c.name, "completed": c.completed});
            tell(
                w,
                call,
                owner,
                "goal_check_toggled",
                "check-toggled",
                more,
                vec![],
            );
        }
        "goals/update_check_index" => {
            let to = call
                .value("index")
                .and_then(Value::as_i64)
                .ok_or(No::Broke)?;
            reorder(&mut g.checks, |c| &mut c.index, at, to);
            g.checks.iter_mut().for_each(|c| c.updated = now);
        }
        _ => {
            let gone = g.checks.remove(at);
            let more = json!({"name": gone.name});
            tell(
                w,
                call,
                owner,
                "goal_check_removing",
                "check-removing",
                more,
                vec![],
            );
        }
    }
    success()
}

fn create(w: &mut World, call: &Call) -> Done {
    let space = call
        .id("space_id")
        .and_then(|id| w.spaces.get(&id))
        .filter(|s| w.level_on_space(call.me, s) >= 10)
        .ok_or(No::NotFound)?;
    allowed(w, w.level_on_space(call.me, space), 70)?;
    let (space, members) = (space.id, space.members.clone());
    let name = call.text("name").unwrap_or("").to_owned();
    name_fits(&name)?;
    let level = |key: &str| {
        call.value(key)
            .and_then(Value::as_i64)
            .filter(|l| [0, 10, 40, 70, 100].contains(l))
            .ok_or(No::Broke)
    };
    let access = Access {
        public: level("anonymous_access_level")?,
        company: level("company_access_level")?,
        space: level("space_access_level")?,
    };
    let champion = call.id("champion_id");
    if champion.is_some_and(|c| !members.iter().any(|(id, _)| *id == c)) {
        let text = "The selected champion doesn't have access to the selected space";
        return Err(No::Bad(text.into()));
    }
    let parent = match call.value("parent_goal_id") {
        None => None,
        Some(_) => Some(reads::goal(w, call, "parent_goal_id")?.id),
    };
    let today = w.now.date_naive();
    let timeframe = match call.value("timeframe") {
        None => Timeframe {
            start: Some(ShownDate::day(today)),
            end: None,
        },
        Some(frame) => Timeframe {
            start: sent_date(frame.get("contextual_start_date"))?,
            end: sent_date(frame.get("contextual_end_date"))?,
        },
    };
    let id = w.new_id("goal");
    let now = w.now;
    let mut targets = Vec::new();
    let sent = call.value("targets").and_then(Value::as_array).cloned();
    for (n, t) in sent.unwrap_or_default().iter().enumerate() {
        let float = |key: &str| t[key].as_f64().ok_or(No::Broke);
        let target = w.new_id("target");
        targets.push(Target {
            id: target,
            copy: copy_id(target),
            index: t["index"].as_i64().unwrap_or(n as i64),
            name: t["name"].as_str().ok_or(No::Broke)?.to_owned(),
            from: float("from")?,
            to: float("to")?,
            value: float("from")?,
            unit: t["unit"].as_str().ok_or(No::Broke)?.to_owned(),
            inserted: now,
            updated: now,
        });
    }
    let reviewer = call.id("reviewer_id");
    w.goals.insert(
        id,
        Goal {
            id,
            name,
            space,
            champion,
            reviewer,
            parent,
            description: call.doc("description"),
            timeframe: Some(timeframe),
            targets,
            checks: vec![],
            check_ins: vec![],
            next_update: Some(midnight(first_of_next_month(today))),
            inserted: now,
            updated: now,
            closed: None,
            access,
            members: [(call.me, 100)].into(),
            reviewer_since: None,
        },
    );
    let mut a = deed(
        w,
        call,
        "goal_created",
        "goal-created",
        json!({"goal": reference("goal_role", id)}),
    );
    a.goal = Some(id);
    a.space = Some(space);
    let people = champion.into_iter().chain(reviewer).collect();
    w.happened(a, people);
    let view = View { w, me: call.me };
    Ok(json!({"goal": view.goal_reduced(&w.goals[&id])}))
}

/// A thread under an activity of a goal.
fn thread(
    w: &mut World,
    call: &Call,
    goal: Id,
    title: Option<String>,
    message: Value,
    people: &[Id],
) -> Id {
    let id = w.new_id("thread");
    let list = w.new_id("subscription");
    let mut people = people.to_vec();
    people.push(call.me);
    let one = Thread {
        id,
        discussion: title.is_some(),
        title,
        message,
        goal: Some(goal),
        author: call.me,
        at: w.now,
        activity: Id::nil(),
        subscription: Subscription {
            id: list,
            everyone: false,
            people,
        },
    };
    w.threads.push(one);
    id
}

/// An activity with a thread; the thread learns its activity.
fn talk(w: &mut World, goal: Id, thread: Id, mut a: Activity, people: Vec<Id>) -> Id {
    a.goal = Some(goal);
    a.space = Some(w.goals[&goal].space);
    a.thread = Some(thread);
    let id = w.happened(a, people);
    if let Some(t) = w.threads.iter_mut().find(|t| t.id == thread) {
        t.activity = id;
    }
    id
}

fn close(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "goal_id", 70)?;
    let text = call.doc("retrospective").ok_or(No::Broke)?;
    let status = call.text("success_status").unwrap_or("");
    let success = call.text("success").unwrap_or("");
    if !["achieved", "missed"].contains(&status) || !["yes", "no"].contains(&success) {
        return Err(No::Broke);
    }
    let audience = w.audience(&w.goals[&id]);
    let (_, people) = to_tell(w, call, audience, false, &text)?;
    let under = thread(w, call, id, None, text.clone(), &people);
    let content = json!({"goal": reference("goal", id), "success_status": status});
    let a = deed(w, call, "goal_closing", "closing", content);
    let activity = talk(w, id, under, a, people);
    let now = w.now;
    let (success, status) = (success == "yes", status.to_owned());
    let g = touch(w, id);
    // Closing a closed goal overwrites how, and keeps the first text.
    let (activity, retrospective) = match g.closed.take() {
        Some(before) => (before.activity, before.retrospective),
        None => (activity, text),
    };
    g.closed = Some(Closed {
        at: now,
        by: Some(call.me),
        success,
        status,
        retrospective,
        activity,
        acknowledged: None,
    });
    let view = View { w, me: call.me };
    Ok(json!({"goal": view.goal_reduced(&w.goals[&id])}))
}

fn reopen(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "id", 70)?;
    let text = call.doc("message").ok_or(No::Broke)?;
    let audience = w.audience(&w.goals[&id]);
    let (_, people) = to_tell(w, call, audience, false, &text)?;
    let under = thread(w, call, id, None, text, &people);
    let a = deed(
        w,
        call,
        "goal_reopening",
        "reopening",
        json!({"goal": reference("goal", id)}),
    );
    talk(w, id, under, a, people);
    touch(w, id).closed = None;
    let view = View { w, me: call.me };
    Ok(json!({"goal": view.goal_reduced(&w.goals[&id])}))
}

fn delete(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "goal_id", 100)?;
    let view = View { w, me: call.me };
    let shown = view.goal_reduced(&w.goals[&id]);
    let gone = w.goals.remove(&id).expect("found before");
    for c in gone.check_ins {
        w.check_ins.remove(&c);
        w.comments.retain(|x| x.on != c);
        w.reactions.retain(|x| x.on != c);
    }
    for g in w.goals.values_mut().filter(|g| g.parent == Some(id)) {
        g.parent = None;
    }
    for p in w.projects.values_mut().filter(|p| p.goal == Some(id)) {
        p.goal = None;
    }
    let lost: Vec<Id> = w
        .activities
        .iter()
        .filter(|a| a.goal == Some(id))
        .map(|a| a.id)
        .collect();
    w.activities.retain(|a| a.goal != Some(id));
    w.notifications.retain(|n| !lost.contains(&n.activity));
    w.jobs.retain(|j| !lost.contains(&j.activity));
    w.threads.retain(|t| t.goal != Some(id));
    Ok(json!({"goal": shown}))
}

fn acknowledge_retrospective(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "goal_id", 70)?;
    let now = w.now;
    let closed = w.goals.get_mut(&id).expect("found").closed.as_mut();
    let closed = closed.ok_or(No::NotFound)?;
    if closed.by == Some(call.me) {
        let text = "Authors cannot acknowledge their own retrospectives";
        return Err(No::Bad(text.into()));
    }
    let first = closed.acknowledged.is_none();
    closed.acknowledged.get_or_insert((now, call.me));
    let (activity, by) = (closed.activity, closed.by);
    if first {
        let g = &w.goals[&id];
        let content = json!({"goal": reference("goal", id), "retrospective_id": short(activity)});
        let people = [g.champion, g.reviewer, by].into_iter().flatten().collect();
        let mut a = deed(
            w,
            call,
            "goal_retrospective_acknowledged",
            "retrospective-acknowledged",
            content,
        );
        a.goal = Some(id);
        w.happened(a, people);
    }
    let view = View { w, me: call.me };
    let shown = w
        .activity(activity)
        .map_or(Value::Null, |a| view.activity(a, false));
    Ok(json!({"activity": shown}))
}

fn create_discussion(w: &mut World, call: &Call) -> Done {
    let id = may(w, call, "goal_id", 40)?;
    let text = call.doc("message").ok_or(No::Broke)?;
    let title = call.text("title").unwrap_or("").to_owned();
    let audience = w.audience(&w.goals[&id]);
    let (_, people) = to_tell(
        w,
        call,
        audience,
        call.age.tells_everyone_by_default(),
        &text,
    )?;
    let under = thread(w, call, id, Some(title.clone()), text, &people);
    let content = json!({"goal": reference("goal_role", id)});
    let a = deed(w, call, "goal_discussion_creation", &title, content);
    let activity = talk(w, id, under, a, people);
    let sid = super::ids::slug_id(&title, activity);
    if !call.age.namespaced() {
        return Ok(json!({"id": sid}));
    }
    let view = View { w, me: call.me };
    let t = w.threads.iter().find(|t| t.id == under).expect("just made");
    Ok(json!({"discussion": view.thread_ref(t), "activity_id": sid}))
}

fn update_discussion(w: &mut World, call: &Call) -> Done {
    let id = call.id("activity_id").unwrap_or(Id::nil());
    let text = call.doc("message").ok_or(No::Broke)?;
    let me = call.me;
    let t = w
        .threads
        .iter_mut()
        .find(|t| t.activity == id)
        .ok_or(No::NotFound)?;
    if t.author != me {
        return Err(No::Forbidden);
    }
    t.title = call.text("title").map(str::to_owned);
    t.message = text;
    Ok(json!({}))
}

/// The label a day gets from the server itself.
#[test]
fn labels_must_agree_with_their_day() {
    let date = |kind: &str, label: &str, day: &str| {
        let v = json!({"date_type": kind, "value": label, "date": day});
        sent_date(Some(&v)).is_ok()
    };
    assert!(date("quarter", "Q4 2026", "2026-12-31"));
    assert!(!date("quarter", "Q3 2026", "2026-12-31"));
    assert!(date("month", "Jul 2025", "2025-07-31"));
    assert!(!date("month", "July 2025", "2025-07-31"));
    assert!(date("day", "whatever", "2026-01-01"));
    let day = NaiveDate::from_ymd_opt(2026, 2, 7).unwrap();
    assert_eq!(ShownDate::day(day).label, "Feb 07, 2026");
}
