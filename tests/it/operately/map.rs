//! The work map: all goals and projects as a tree or as one list.

use serde_json::{Value, json};

use super::shown::{merge, null, obj};

use super::age::Age;
use super::gate::Call;
use super::ids::{Id, slug_id};
use super::view::{View, time_or_null};
use super::world::{Goal, Project, World};

#[derive(Clone, Copy)]
enum Item<'a> {
    Goal(&'a Goal),
    Project(&'a Project),
}

impl Item<'_> {
    fn id(&self) -> Id {
        match self {
            Item::Goal(g) => g.id,
            Item::Project(p) => p.id,
        }
    }

    fn parent(&self) -> Option<Id> {
        match self {
            Item::Goal(g) => g.parent,
            Item::Project(p) => p.goal,
        }
    }
}

struct Map<'a> {
    view: View<'a>,
    call: &'a Call,
    kept: Vec<Item<'a>>,
}

/// The answer of both operations.
pub fn answer(w: &World, call: &Call) -> Value {
    let view = View { w, me: call.me };
    let goals = w.goals.values().map(Item::Goal);
    let all: Vec<Item> = w
        .projects
        .values()
        .map(Item::Project)
        .chain(goals)
        .filter(|item| match item {
            Item::Goal(g) => w.level_on_goal(call.me, g) >= 10,
            Item::Project(p) => w.level_on_project(call.me, p) >= 10,
        })
        .collect();
    let mut keep: std::collections::HashSet<Id> = all
        .iter()
        .filter(|item| wanted(w, call, item))
        .map(Item::id)
        .collect();
    // Ancestors of a match stay, so that the tree hangs together.
    // Below a goal that was asked for, it is the top.
    let top = call.id("parent_goal_id");
    let parents: std::collections::HashMap<Id, Option<Id>> =
        all.iter().map(|i| (i.id(), i.parent())).collect();
    for id in keep.clone() {
        let mut up = parents.get(&id).copied().flatten();
        while let Some(one) = up.filter(|one| parents.contains_key(one) && Some(*one) != top) {
            keep.insert(one);
            up = parents.get(&one).copied().flatten();
        }
    }
    let kept: Vec<Item> = all.into_iter().filter(|i| keep.contains(&i.id())).collect();
    let map = Map { view, call, kept };
    let list = if call.op == "companies/get_flat_work_map" {
        let mut list: Vec<Value> = map.kept.iter().map(|i| map.item(*i, json!([]))).collect();
        if call.flag("include_tasks") {
            list.extend(map.tasks());
        }
        list
    } else {
        map.tree()
    };
    obj!({"work_map": list})
}

fn wanted(w: &World, call: &Call, item: &Item) -> bool {
    let (space, champion, reviewer, people, closed) = match item {
        Item::Goal(g) => (
            g.space,
            g.champion,
            g.reviewer,
            Vec::new(),
            g.closed.is_some(),
        ),
        Item::Project(p) => (
            p.space,
            p.role("champion"),
            p.role("reviewer"),
            p.contributors
                .iter()
                .map(|c| (c.person, c.role.as_str()))
                .collect(),
            p.state == "closed",
        ),
    };
    if call.id("space_id").is_some_and(|id| id != space) {
        return false;
    }
    if call
        .id("champion_id")
        .is_some_and(|id| Some(id) != champion)
    {
        return false;
    }
    if call
        .id("reviewer_id")
        .is_some_and(|id| Some(id) != reviewer)
    {
        return false;
    }
    if let Some(id) = call.id("contributor_id")
        && !people
            .iter()
            .any(|(p, role)| *p == id && *role != "reviewer")
    {
        return false;
    }
    if call.flag("only_completed") && !closed {
        return false;
    }
    if let Some(top) = call.id("parent_goal_id") {
        let mut up = item.parent();
        let mut found = false;
        while let Some(one) = up {
            if one == top {
                found = true;
                break;
            }
            up = w.goals.get(&one).and_then(|g| g.parent);
        }
        if !found {
            return false;
        }
    }
    true
}

impl Map<'_> {
    fn tree(&self) -> Vec<Value> {
        let mut under: std::collections::HashMap<Option<Id>, Vec<Item>> = Default::default();
        let there: std::collections::HashSet<Id> = self.kept.iter().map(Item::id).collect();
        for item in &self.kept {
            let parent = item.parent().filter(|p| there.contains(p));
            under.entry(parent).or_default().push(*item);
        }
        self.level(None, &under)
    }

    fn level(
        &self,
        parent: Option<Id>,
        under: &std::collections::HashMap<Option<Id>, Vec<Item>>,
    ) -> Vec<Value> {
        let items = under.get(&parent).map_or(&[][..], Vec::as_slice);
        items
            .iter()
            .map(|item| {
                let children = self.level(Some(item.id()), under);
                self.item(*item, Value::Array(children))
            })
            .collect()
    }

    fn item(&self, item: Item, children: Value) -> Value {
        let mut v = match item {
            Item::Goal(g) => self.goal(g),
            Item::Project(p) => self.project(p),
        };
        v["children"] = children;
        self.view.typed("work_map_item", v)
    }

    fn path(&self, rest: &str) -> String {
        format!("/{}/{rest}", self.view.w.company_sid)
    }

    fn person_path(&self, id: Option<Id>) -> Value {
        id.map_or(Value::Null, |id| {
            json!(self.path(&format!("people/{}", self.view.person_sid(id))))
        })
    }

    fn shows_reviewer(&self) -> bool {
        self.call.flag("include_reviewer") || self.call.given("reviewer_id")
    }

    /// The keys that do not depend on the kind.
    fn common(&self, space: Id, champion: Option<Id>, reviewer: Option<Id>) -> Value {
        let view = &self.view;
        let s = &view.w.spaces[&space];
        let sees = view.w.level_on_space(view.me, s) >= 10;
        // A filter fills what it filters by.
        let reviews = self.shows_reviewer();
        obj!({
            "owner": view.person(champion), "owner_path": self.person_path(champion),
            "reviewer": if reviews { view.person(reviewer) } else { Value::Null },
            "reviewer_path": if reviews { self.person_path(reviewer) } else { Value::Null },
            "space": if sees { view.space_ref(space) } else { Value::Null },
            "space_path": if sees {
                json!(self.path(&format!("spaces/{}/work-map", slug_id(&s.name, s.id))))
            } else { Value::Null },
            "project": null, "project_path": null, "is_new": false, "task_status": null,
            "assigned_at": null, "assignees": null, "milestones": [], "targets": [],
            "checklist": [],
        })
    }

    fn assignees(&self, people: impl Iterator<Item = Id>) -> Value {
        if !self.call.flag("include_assignees") && !self.call.given("contributor_id") {
            return Value::Null;
        }
        people.map(|id| self.view.person(Some(id))).collect()
    }

    fn goal(&self, g: &Goal) -> Value {
        let w = self.view.w;
        let closed = g.closed.as_ref();
        let mut targets: Vec<_> = g.targets.iter().collect();
        targets.sort_by_key(|t| t.index);
        let mut checks: Vec<_> = g.checks.iter().collect();
        checks.sort_by_key(|c| c.index);
        let reached = |t: &super::world::Target| {
            if t.from < t.to {
                t.value >= t.to
            } else {
                t.value <= t.to
            }
        };
        let next = targets
            .iter()
            .find(|t| !reached(t))
            .map(|t| t.name.clone())
            .or_else(|| checks.iter().find(|c| !c.completed).map(|c| c.name.clone()))
            .filter(|_| closed.is_none() || w.age < Age::Later);
        let mut v = self.common(g.space, g.champion, g.reviewer);
        let progress = if closed.is_some() && w.age >= Age::Later {
            Value::Null
        } else if g.targets.is_empty() && g.checks.is_empty() {
            json!(0)
        } else {
            json!(g.progress())
        };
        merge(
            &mut v,
            obj!({
                "id": g.sid(), "parent_id": g.parent.map(|p| p.to_string()), "type": "goal",
                "name": &g.name, "status": w.goal_status(g), "progress": progress,
                "state": if closed.is_some() { "closed" } else { "active" },
                "timeframe": self.view.timeframe(g.timeframe.as_ref()),
                "next_step": next.unwrap_or_default(),
                "completed_on": time_or_null(closed.map(|c| c.at)),
                "privacy": g.access.privacy(),
                "item_path": self.path(&format!("goals/{}", g.sid())),
            }),
        );
        v["assignees"] = self.assignees([g.champion, g.reviewer].into_iter().flatten());
        // A reviewer that was not asked for is a null among them.
        if g.reviewer.is_some()
            && !self.shows_reviewer()
            && let Some(last) = v["assignees"].as_array_mut().and_then(|l| l.last_mut())
        {
            *last = Value::Null;
        }
        if closed.is_none() {
            v["targets"] = g.targets.iter().map(|t| self.view.target(t)).collect();
            v["checklist"] = g.checks.iter().map(|c| self.view.check(c)).collect();
        }
        v
    }

    fn project(&self, p: &Project) -> Value {
        let w = self.view.w;
        let done = p.milestones.iter().filter(|m| m.done).count();
        let progress = if p.state == "closed" && w.age >= Age::Later {
            Value::Null
        } else if p.milestones.is_empty() {
            json!(0)
        } else {
            json!(done as f64 / p.milestones.len() as f64 * 100.0)
        };
        let mut v = self.common(p.space, p.role("champion"), p.role("reviewer"));
        merge(
            &mut v,
            obj!({
                "id": p.sid(), "parent_id": p.goal.map(|g| g.to_string()), "type": "project",
                "name": &p.name, "status": w.project_status(p), "progress": progress,
                "state": &p.state, "timeframe": self.view.timeframe(Some(&p.timeframe)),
                "next_step": World::next_milestone(p).map_or("", |m| &m.title),
                "completed_on": time_or_null(p.closed_at), "privacy": p.access.privacy(),
                "item_path": self.path(&format!("projects/{}", p.sid())),
            }),
        );
        v["assignees"] = self.assignees(p.contributors.iter().map(|c| c.person));
        let open: Vec<Value> = p
            .milestones
            .iter()
            .map(|m| {
                self.view.typed(
                    "work_map_milestone",
                    obj!({"id": slug_id(&m.title, m.id), "title": &m.title,
                        "status": if m.done { "done" } else { "pending" },
                        "timeframe": self.view.timeframe(Some(&m.timeframe))}),
                )
            })
            .collect();
        v["milestones"] = json!(open);
        v
    }

    fn tasks(&self) -> Vec<Value> {
        let w = self.view.w;
        let mine = w
            .tasks
            .values()
            .filter(|t| t.assignees.contains(&self.view.me) && t.status["closed"] != json!(true));
        mine.map(|t| {
            let project = t.project.and_then(|id| w.projects.get(&id));
            let mut v = self.common(t.space, t.assignees.first().copied(), None);
            let due = super::world::Timeframe {
                start: None,
                end: t.due.clone(),
            };
            let within = project.map(|p| {
                let mut v = self.view.project_ref(p);
                if w.age.namespaced() {
                    v["space"] = self.view.space_ref(p.space);
                }
                v
            });
            merge(
                &mut v,
                obj!({
                    "id": slug_id(&t.name, t.id), "parent_id": t.project.map(|p| p.to_string()),
                    "type": "task", "name": &t.name, "status": null, "state": "active",
                    "progress": 0.0, "privacy": null, "next_step": "", "completed_on": null,
                    "timeframe": self.view.timeframe(Some(&due)),
                    "item_path": self.path(&format!("tasks/{}", slug_id(&t.name, t.id))),
                    "task_status": self.view.typed("task_status", t.status.clone()),
                    "project": within, "assigned_at": time_or_null(t.assigned),
                    "project_path": project.map(|p| self.path(&format!("projects/{}", p.sid()))),
                    "assignees": self.assignees(t.assignees.iter().copied()), "children": [],
                }),
            );
            self.view.typed("work_map_item", v)
        })
        .collect()
    }
}
