//! Notifications, the review list, the feed of activities.

use serde_json::{Value, json};

use super::gate::{Call, No};
use super::ids::{Id, slug_id};
use super::reads::Done;
use super::view::{View, time};
use super::world::{Activity, Goal, Project, State, Time, World};

/// Answers a question about news; none when it is not one.
pub fn answer(w: &World, call: &Call) -> Option<Done> {
    let view = View { w, me: call.me };
    Some(match call.op.as_str() {
        "notifications/list" => list(&view, call),
        "notifications/get_unread_count" => Ok(json!({"unread": w.unread(call.me)})),
        "people/list_assignments" => Ok(assignments(&view, call)),
        "people/get_assignments_count" => Ok(count(&view)),
        "companies/list_activities" => activities(&view, call),
        "companies/get_activity" => activity(&view, call),
        _ => return None,
    })
}

fn list(view: &View, call: &Call) -> Done {
    let page = call.value("page").and_then(Value::as_i64).unwrap_or(1);
    let per_page = call
        .value("per_page")
        .and_then(Value::as_i64)
        .unwrap_or(100);
    if page < 1 || per_page < 0 {
        return Err(No::Broke);
    }
    let mut mine: Vec<_> = view
        .w
        .notifications
        .iter()
        .filter(|n| n.person == view.me && !n.unlisted)
        .collect();
    // Newest first; of the same second, in no order to rely on.
    mine.sort_by_key(|n| std::cmp::Reverse(n.at));
    let skip = (page - 1).saturating_mul(per_page) as usize;
    let shown: Vec<Value> = mine
        .into_iter()
        .skip(skip)
        .take(per_page as usize)
        .map(|n| view.notification(n))
        .collect();
    Ok(json!({"notifications": shown}))
}

/// Marks notifications; none when the operation is another one.
pub fn mark(w: &mut World, call: &Call) -> Option<Done> {
    let now = w.now;
    let read_id = |text: &str| {
        super::ids::read(text, call.age.namespaced()).or_else(|| {
            // Flat servers want the raw uuid here.
            Id::parse_str(text).ok()
        })
    };
    let raw = |text: &str| Id::parse_str(text).ok().or_else(|| read_id(text));
    Some(match call.op.as_str() {
        "notifications/mark_as_read" => {
            let found = call
                .text("id")
                .and_then(raw)
                .and_then(|id| w.notifications.iter_mut().find(|n| n.id == id));
            match found {
                None => Err(No::Broke),
                Some(n) if n.person != call.me => Err(No::NotFound),
                Some(n) => {
                    n.read_at.get_or_insert(now);
                    Ok(json!({}))
                }
            }
        }
        "notifications/mark_many_as_read" => {
            let ids: Vec<Id> = call
                .value("ids")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .filter_map(raw)
                .collect();
            let foreign = w
                .notifications
                .iter()
                .any(|n| ids.contains(&n.id) && n.person != call.me);
            if foreign {
                return Some(Err(No::NotFound));
            }
            for n in w.notifications.iter_mut().filter(|n| ids.contains(&n.id)) {
                n.read_at.get_or_insert(now);
            }
            Ok(json!({}))
        }
        "notifications/mark_all_as_read" => {
            for n in w.notifications.iter_mut().filter(|n| n.person == call.me) {
                n.read_at.get_or_insert(now);
            }
            Ok(json!({}))
        }
        _ => return None,
    })
}

/// One line of the review list before it is shown.
struct Due {
    value: Value,
    origin: Value,
    origin_id: String,
    owner: bool,
    day: Option<chrono::NaiveDate>,
}

struct Review<'a> {
    view: View<'a>,
    out: Vec<Due>,
}

impl<'a> Review<'a> {
    fn path(&self, rest: String) -> String {
        format!("/{}/{rest}", self.view.w.company_sid)
    }

    fn space_name(&self, id: Id) -> Value {
        json!(self.view.w.spaces.get(&id).map(|s| s.name.clone()))
    }

    fn end(&self, end: Option<&super::world::ShownDate>) -> Value {
        end.map_or(Value::Null, |end| {
            if self.view.w.age.namespaced() {
                json!(end.day.to_string())
            } else {
                json!(format!("{}T00:00:00Z", end.day))
            }
        })
    }

    fn goal_origin(&self, g: &Goal) -> Value {
        let end = g.timeframe.as_ref().and_then(|t| t.end.as_ref());
        self.view.typed(
            "review_assignment_origin",
            json!({"id": g.sid(), "name": g.name, "type": "goal",
                "path": self.path(format!("goals/{}", g.sid())),
                "space_name": self.space_name(g.space), "due_date": self.end(end)}),
        )
    }

    fn project_origin(&self, p: &Project) -> Value {
        self.view.typed(
            "review_assignment_origin",
            json!({"id": p.sid(), "name": p.name, "type": "project",
                "path": self.path(format!("projects/{}", p.sid())),
                "space_name": self.space_name(p.space),
                "due_date": self.end(p.timeframe.end.as_ref())}),
        )
    }

    /// `due` is a moment for check-ins and a day for the rest.
    fn add(
        &mut self,
        origin: &Value,
        owner: bool,
        line: Value,
        due: Result<Time, Option<chrono::NaiveDate>>,
    ) {
        let w = self.view.w;
        let day = match due {
            Ok(at) => Some(at.date_naive()),
            Err(day) => day,
        };
        let mut value = line;
        super::shown::merge(
            &mut value,
            json!({
                "role": if owner { "owner" } else { "reviewer" }, "origin": origin,
                "description": null,
                "due": match due {
                    Ok(at) => json!(time(at)),
                    Err(day) => json!(day.map(|d| d.to_string())),
                },
            }),
        );
        let (status, label) = due_words(day, w.now.date_naive());
        super::shown::merge(
            &mut value,
            json!({"due_date": day.map(|d| d.to_string()), "due_status": status,
                "due_status_label": label}),
        );
        for key in ["author_id", "author_name", "task_status"] {
            if value.get(key).is_none() {
                value[key] = Value::Null;
            }
        }
        let value = self.view.typed("review_assignment", value);
        self.out.push(Due {
            value,
            origin: origin.clone(),
            origin_id: origin["id"].as_str().unwrap_or_default().to_owned(),
            owner,
            day,
        });
    }

    fn goal(&mut self, g: &Goal) {
        let w = self.view.w;
        let me = self.view.me;
        let origin = self.goal_origin(g);
        if let Some(closed) = &g.closed {
            let mine = g.reviewer == Some(me) && closed.by != Some(me);
            if w.age.editors_acknowledge() && mine && closed.acknowledged.is_none() {
                let sid = w.activity(closed.activity).map_or_else(
                    || slug_id("closing", closed.activity),
                    |a| slug_id(&a.slug, a.id),
                );
                let by = closed.by;
                let line = json!({"type": "goal_retrospective", "resource_id": sid,
                    "name": format!("{} - Retrospective", g.name),
                    "action_label": "Review goal retrospective",
                    "path": self.path(format!("goal-activities/{sid}")),
                    "author_id": by.map(|b| self.view.person_sid(b)),
                    "author_name": by.and_then(|b| w.people.get(&b)).map(|p| p.name.clone())});
                self.add(&origin, false, line, Ok(closed.at));
            }
            return;
        }
        let today = w.now.date_naive();
        let started = g
            .timeframe
            .as_ref()
            .and_then(|t| t.start.as_ref())
            .is_none_or(|s| s.day <= today);
        if let Some(next) = g.next_update
            && g.champion == Some(me)
            && started
            && next.date_naive() <= today
        {
            let line = json!({"type": "goal_update", "resource_id": g.sid(),
                "name": format!("{} - Goal Update", g.name),
                "action_label": "Submit goal progress update",
                "path": self.path(format!("goals/{}/check-ins/new", g.sid()))});
            self.add(&origin, true, line, Ok(next));
        }
        if g.reviewer != Some(me) && g.champion != Some(me) {
            return;
        }
        for c in g.check_ins.iter().filter_map(|id| w.check_ins.get(id)) {
            let old = g.reviewer_since.is_some_and(|since| c.inserted < since);
            if c.state != State::Published || c.acknowledged.is_some() || c.author == me || old {
                continue;
            }
            let author = w.people.get(&c.author).map(|p| p.name.clone());
            let line = json!({"type": "goal_update", "resource_id": c.sid(),
                "name": format!("{} – Goal Update", g.name),
                "action_label": "Review goal progress update",
                "path": self.path(format!("goal-check-ins/{}", c.sid())),
                "author_id": self.view.person_sid(c.author), "author_name": author});
            self.add(&origin, false, line, Ok(c.published.unwrap_or(c.inserted)));
        }
    }

    fn project(&mut self, p: &Project) {
        let w = self.view.w;
        let me = self.view.me;
        if p.state != "active" {
            return;
        }
        let origin = self.project_origin(p);
        let (champion, reviewer) = (p.role("champion"), p.role("reviewer"));
        let today = w.now.date_naive();
        if let Some(next) = p.next_check_in
            && champion == Some(me)
            && next.date_naive() <= today
        {
            let line = json!({"type": "check_in", "resource_id": p.sid(),
                "name": format!("{} - Check-in", p.name),
                "action_label": "Submit weekly check-in",
                "path": self.path(format!("projects/{}/check-ins/new", p.sid()))});
            self.add(&origin, true, line, Ok(next));
        }
        if reviewer == Some(me) || champion == Some(me) {
            for c in p.check_ins.iter().filter_map(|id| w.check_ins.get(id)) {
                if c.state != State::Published || c.acknowledged.is_some() || c.author == me {
                    continue;
                }
                let author = w.people.get(&c.author).map(|p| p.name.clone());
                let line = json!({"type": "check_in", "resource_id": c.sid(),
                    "name": format!("{} - Check-in", p.name),
                    "action_label": "Review weekly check-in",
                    "path": self.path(format!("project-check-ins/{}", c.sid())),
                    "author_id": self.view.person_sid(c.author), "author_name": author});
                self.add(&origin, false, line, Ok(c.inserted));
            }
        }
        if champion == Some(me) {
            for m in p.milestones.iter().filter(|m| !m.done) {
                let sid = slug_id(&m.title, m.id);
                let line = json!({"type": "milestone", "resource_id": sid, "name": m.title,
                    "action_label": m.title, "path": self.path(format!("milestones/{sid}"))});
                let day = m.timeframe.end.as_ref().map(|e| e.day);
                self.add(&origin, true, line, Err(day));
            }
        }
        for t in w.tasks.values() {
            let mine = t.project == Some(p.id) && t.assignees.contains(&me);
            if !mine || t.status["closed"] == json!(true) {
                continue;
            }
            let sid = slug_id(&t.name, t.id);
            let line = json!({"type": "project_task", "resource_id": sid, "name": t.name,
                "action_label": t.name, "path": self.path(format!("tasks/{sid}")),
                "task_status": t.status["value"]});
            self.add(&origin, true, line, Err(t.due.as_ref().map(|d| d.day)));
        }
    }
}

fn due_words(day: Option<chrono::NaiveDate>, today: chrono::NaiveDate) -> (&'static str, String) {
    let Some(day) = day else {
        return ("none", "No due date".into());
    };
    match (day - today).num_days() {
        -1 => ("overdue", "Overdue by 1 day".into()),
        n if n < 0 => ("overdue", format!("Overdue by {} days", -n)),
        0 => ("due_today", "Due today".into()),
        1 => ("due_soon", "Due tomorrow".into()),
        n => ("upcoming", format!("Due in {n} days")),
    }
}

fn review<'a>(view: &View<'a>) -> Vec<Due> {
    let mut review = Review {
        view: *view,
        out: Vec::new(),
    };
    for g in view.w.goals.values() {
        review.goal(g);
    }
    for p in view.w.projects.values() {
        review.project(p);
    }
    review.out
}

fn soon(due: &Due, w: &World) -> bool {
    due.day
        .is_some_and(|d| (d - w.now.date_naive()).num_days() <= 1)
}

fn assignments(view: &View, call: &Call) -> Value {
    let mut all = review(view);
    if !call.age.groups_assignments() {
        let list: Vec<Value> = all.into_iter().map(|d| d.value).collect();
        return json!({"assignments": list});
    }
    all.sort_by_key(|d| d.day.unwrap_or(chrono::NaiveDate::MAX));
    let mut v = json!({});
    for (name, fits) in [
        (
            "due_soon",
            &(|d: &Due| d.owner && soon(d, view.w)) as &dyn Fn(&Due) -> bool,
        ),
        ("needs_review", &|d: &Due| !d.owner),
        ("upcoming", &|d: &Due| d.owner && !soon(d, view.w)),
    ] {
        let mut groups: Vec<(String, Value, Vec<Value>)> = Vec::new();
        for due in all.iter().filter(|d| fits(d)) {
            match groups.iter_mut().find(|g| g.0 == due.origin_id) {
                Some(group) => group.2.push(due.value.clone()),
                None => groups.push((
                    due.origin_id.clone(),
                    due.origin.clone(),
                    vec![due.value.clone()],
                )),
            }
        }
        v[name] = groups
            .into_iter()
            .map(|(_, origin, list)| {
                view.typed(
                    "review_assignment_group",
                    json!({"origin": origin, "assignments": list}),
                )
            })
            .collect();
    }
    v
}

fn count(view: &View) -> Value {
    let n = review(view)
        .iter()
        .filter(|d| !d.owner || soon(d, view.w))
        .count();
    json!({"count": n})
}

fn visible(view: &View, a: &Activity) -> bool {
    let w = view.w;
    let goal = a.goal.is_none_or(|id| {
        w.goals
            .get(&id)
            .is_some_and(|g| w.level_on_goal(view.me, g) >= 10)
    });
    let project = a.project.is_none_or(|id| {
        w.projects
            .get(&id)
            .is_some_and(|p| w.level_on_project(view.me, p) >= 10)
    });
    goal && project
}

fn activities(view: &View, call: &Call) -> Done {
    let w = view.w;
    let scope = call.text("scope_type").unwrap_or("");
    let raw = call.text("scope_id").unwrap_or("");
    let id = super::ids::read(raw, call.age.knows_uuids());
    let known = match scope {
        "company" if raw == w.company_sid => true,
        "company" => return Err(No::Broke),
        "space" => id.is_some_and(|id| w.spaces.contains_key(&id)),
        "goal" => id
            .and_then(|id| w.goals.get(&id))
            .is_some_and(|g| w.level_on_goal(view.me, g) >= 10),
        "project" => id
            .and_then(|id| w.projects.get(&id))
            .is_some_and(|p| w.level_on_project(view.me, p) >= 10),
        "person" => id.is_some_and(|id| w.people.contains_key(&id)),
        _ => id.is_some(),
    };
    if !known {
        return Err(No::NotFound);
    }
    let actions: Vec<&str> = call
        .value("actions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut found: Vec<&Activity> = w
        .activities
        .iter()
        .filter(|a| match scope {
            "company" => true,
            "space" => a.space == id,
            "goal" => a.goal == id,
            "project" => a.project == id,
            "person" => Some(a.author) == id,
            _ => false,
        })
        .filter(|a| actions.is_empty() || actions.contains(&a.action.as_str()))
        .filter(|a| visible(view, a))
        .collect();
    found.reverse();
    found.sort_by_key(|a| std::cmp::Reverse(a.at));
    let list: Vec<Value> = found
        .into_iter()
        .take(100)
        .map(|a| view.activity(a, false))
        .collect();
    Ok(json!({"activities": list}))
}

fn activity(view: &View, call: &Call) -> Done {
    let w = view.w;
    let a = call
        .id("id")
        .and_then(|id| w.activity(id))
        .filter(|a| visible(view, a))
        .ok_or(No::NotFound)?;
    let mut v = view.activity(a, false);
    let thread = a
        .thread
        .and_then(|id| w.threads.iter().find(|t| t.id == id));
    if let Some(t) = thread {
        let thread = &mut v["comment_thread"];
        thread["comments"] = json!(false);
        thread["reactions"] = view.reactions(t.id);
        thread["potential_subscribers"] = Value::Null;
        thread["subscription_list"] = if call.flag("include_subscriptions_list") {
            view.subscription(&t.subscription, "comment_thread", false)
        } else {
            Value::Null
        };
    }
    if call.flag("include_permissions") {
        let comments = thread.is_some()
            && a.goal
                .and_then(|id| w.goals.get(&id))
                .is_some_and(|g| w.level_on_goal(view.me, g) >= 40);
        v["permissions"] = view.typed(
            "activity_permissions",
            json!({"can_view": true, "can_comment_on_thread": comments,
                "can_acknowledge": false}),
        );
    }
    if call.flag("include_unread_goal_notifications") {
        v["notifications"] = view.unread_where(&|other| other.id == a.id);
    }
    Ok(json!({"activity": v}))
}
