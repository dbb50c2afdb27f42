//! The questions of the API: people, company, spaces, goals, check-ins,
//! projects, search.

use serde_json::{Value, json};

use super::age::Age;
use super::gate::{Call, No};
use super::ids::{Id, short, slug_id};
use super::view::{View, time};
use super::world::{About, CheckIn, Goal, Project, World};

pub type Done = Result<Value, No>;

/// The goal in a parameter, when I can see it.
pub fn goal<'a>(w: &'a World, call: &Call, name: &str) -> Result<&'a Goal, No> {
    call.id(name)
        .and_then(|id| w.goals.get(&id))
        .filter(|g| w.level_on_goal(call.me, g) >= 10)
        .ok_or(No::NotFound)
}

/// The project in a parameter, when I can see it.
pub fn project<'a>(w: &'a World, call: &Call, name: &str) -> Result<&'a Project, No> {
    call.id(name)
        .and_then(|id| w.projects.get(&id))
        .filter(|p| w.level_on_project(call.me, p) >= 10)
        .ok_or(No::NotFound)
}

/// A check-in of a goal, with the goal, when I can see both.
pub fn goal_check_in<'a>(
    w: &'a World,
    call: &Call,
    name: &str,
) -> Result<(&'a CheckIn, &'a Goal), No> {
    // Flat servers read a uuid in this one place.
    let text = call.text(name).unwrap_or("");
    let id = super::ids::read(text, true).ok_or(No::NotFound)?;
    let c = w.check_ins.get(&id).ok_or(No::NotFound)?;
    let About::Goal(goal) = c.about else {
        return Err(No::NotFound);
    };
    let goal = w.goals.get(&goal).ok_or(No::NotFound)?;
    let view = View { w, me: call.me };
    if w.level_on_goal(call.me, goal) < 10 || !view.sees_check_in(c) {
        return Err(No::NotFound);
    }
    Ok((c, goal))
}

/// A check-in of a project, with the project, when I can see both.
pub fn project_check_in<'a>(
    w: &'a World,
    call: &Call,
    name: &str,
) -> Result<(&'a CheckIn, &'a Project), No> {
    let c = call
        .id(name)
        .and_then(|id| w.check_ins.get(&id))
        .ok_or(No::NotFound)?;
    let About::Project(project) = c.about else {
        return Err(No::NotFound);
    };
    let project = w.projects.get(&project).ok_or(No::NotFound)?;
    let view = View { w, me: call.me };
    if w.level_on_project(call.me, project) < 10 || !view.sees_check_in(c) {
        return Err(No::NotFound);
    }
    Ok((c, project))
}

/// Answers a question; none when it is not one of these.
pub fn answer(w: &World, call: &Call) -> Option<Done> {
    let view = View { w, me: call.me };
    let flags = |name: &str| call.flag(name);
    let flags: &dyn Fn(&str) -> bool = &flags;
    Some(match call.op.as_str() {
        "people/get_me" => Ok(json!({"me": view.person_full(&w.people[&call.me], true, flags)})),
        "people/get_account" => Ok(json!({"account": {"full_name": w.people[&call.me].name,
            "site_admin": false}})),
        "companies/list" => companies(&view, flags),
        "companies/get" => company(&view, call, flags),
        "people/list" => Ok(people(&view, call, flags)),
        "people/get" => call
            .id("id")
            .and_then(|id| w.people.get(&id))
            .map(|p| json!({"person": view.person_full(p, false, flags)}))
            .ok_or(No::NotFound),
        "people/search" => people_search(&view, call),
        "spaces/list" => Ok(spaces(&view, call)),
        "spaces/get" => space(&view, call),
        "spaces/search" => Ok(space_search(&view, call)),
        "spaces/list_members" => space_members(&view, call),
        "goals/list" => Ok(goals(&view, call, flags)),
        "goals/get" => goal(w, call, "id").map(|g| {
            let mut v = json!({"goal": view.goal(g, true, flags)});
            if call.flag("include_markdown") {
                v["markdown"] = json!(markdown(&view, g));
            }
            v
        }),
        "goals/list_contributors" => goal(w, call, "goal_id").map(|g| contributors(&view, g)),
        "goals/search_parent_goal" => goal(w, call, "goal_id").map(|g| parents(&view, call, g)),
        "goals/list_access_members" => access_members(&view, call),
        "goals/count_children" => goal(w, call, "id").map(|g| {
            let talks = w
                .threads
                .iter()
                .filter(|t| t.goal == Some(g.id) && t.discussion);
            let published = g
                .check_ins
                .iter()
                .filter(|c| w.check_ins.get(c).is_some_and(|c| view.sees_check_in(c)));
            json!({"children_count": {"check_ins_count": published.count(),
                "discussions_count": talks.count(), "docs_and_files_count": 0}})
        }),
        "goals/list_check_ins" => check_ins(&view, call),
        "goals/get_check_in" => check_in(&view, call),
        "goals/list_discussions" => goal(w, call, "goal_id").map(|g| discussions(&view, g)),
        "comments/list" => Ok(comments(&view, call)),
        "projects/list" => Ok(projects(&view, call, flags)),
        "projects/get" => project(w, call, "id").map(|p| {
            let mut v = json!({"project": view.project(p, true, flags)});
            if call.flag("include_markdown") {
                v["markdown"] = json!(format!("# {}\n\nStatus: {}\n", p.name, w.project_status(p)));
            }
            v
        }),
        "projects/list_check_ins" => project_check_ins(&view, call),
        "projects/get_check_in" => one_project_check_in(&view, call),
        "projects/list_milestones" => project(w, call, "project_id").map(|p| {
            let list: Vec<Value> = p.milestones.iter().map(|m| view.milestone(m)).collect();
            json!({"milestones": list})
        }),
        "companies/global_search" | "companies/quick_search" => Ok(search(&view, call)),
        "companies/search" => Ok(full_search(&view, call)),
        "notifications/is_subscribed" => subscribed(&view, call),
        _ => return None,
    })
}

fn companies(view: &View, flags: &dyn Fn(&str) -> bool) -> Done {
    let me = &view.w.people[&view.me];
    let mine = view.company(&|f| f == "include_member_count" && flags(f));
    let others = view.w.other_companies.iter();
    let others = others.filter(|(key, _)| *key == me.key).map(|(_, v)| {
        let mut v = view.typed("company", v.clone());
        if !flags("include_member_count") {
            v["member_count"] = Value::Null;
        }
        v
    });
    let all: Vec<Value> = std::iter::once(mine).chain(others).collect();
    Ok(json!({"companies": all}))
}

fn company(view: &View, call: &Call, flags: &dyn Fn(&str) -> bool) -> Done {
    if !call.age.namespaced() {
        match call.text("id") {
            None => return Err(No::Broke),
            Some(id) if id != view.w.company_sid => return Err(No::NotFound),
            Some(_) => {}
        }
    }
    Ok(json!({"company": view.company(flags)}))
}

fn people(view: &View, call: &Call, flags: &dyn Fn(&str) -> bool) -> Value {
    let mut all: Vec<_> = view
        .w
        .people
        .values()
        .filter(|p| match (call.flag("only_suspended"), p.suspended) {
            (true, suspended) => suspended,
            (false, true) => call.flag("include_suspended"),
            (false, false) => true,
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let all: Vec<Value> = all
        .into_iter()
        .map(|p| view.person_full(p, false, flags))
        .collect();
    json!({"people": all})
}

fn people_search(view: &View, call: &Call) -> Done {
    let w = view.w;
    if !call.age.namespaced() && (!call.given("query") || !call.given("search_scope_type")) {
        return Err(No::Broke);
    }
    let query = call.text("query").unwrap_or("").to_lowercase();
    let ignored = call.ids("ignored_ids");
    let scope = call.id("search_scope_id");
    let within: Option<Vec<Id>> = match call.text("search_scope_type") {
        // Everyone who can see it, members or not.
        Some("space") => scope.and_then(|id| w.spaces.get(&id)).map(|s| {
            let all = w.people.keys().copied();
            all.filter(|p| w.level_on_space(*p, s) >= 10).collect()
        }),
        Some("goal") => scope.and_then(|id| w.goals.get(&id)).map(|g| {
            let all = w.people.keys().copied();
            all.filter(|p| w.level_on_goal(*p, g) >= 10).collect()
        }),
        _ => None,
    };
    let found: Vec<Value> = w
        .people
        .values()
        .filter(|p| !p.suspended && !ignored.contains(&p.id))
        .filter(|p| within.as_ref().is_none_or(|w| w.contains(&p.id)))
        .filter(|p| {
            let title = p.title.clone().unwrap_or_default().to_lowercase();
            p.name.to_lowercase().contains(&query) || title.contains(&query)
        })
        .take(10)
        .map(|p| view.person(Some(p.id)))
        .collect();
    Ok(json!({"people": found}))
}

fn seen_spaces<'a>(view: &View<'a>) -> Vec<&'a super::world::Space> {
    let mut all: Vec<_> = view
        .w
        .spaces
        .values()
        .filter(|s| view.w.level_on_space(view.me, s) >= 10)
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn spaces(view: &View, call: &Call) -> Value {
    let all: Vec<Value> = seen_spaces(view)
        .into_iter()
        .map(|s| {
            view.space_full(s, &|part| match part {
                "members" => true,
                "access" => call.flag("include_access_levels"),
                "permissions" => call.flag("include_permissions"),
                _ => false,
            })
        })
        .collect();
    json!({"spaces": all})
}

fn space(view: &View, call: &Call) -> Done {
    let s = call
        .id("id")
        .and_then(|id| view.w.spaces.get(&id))
        .filter(|s| view.w.level_on_space(view.me, s) >= 10)
        .ok_or(No::NotFound)?;
    // Recorded: a flat server fails when it is asked for everything at once.
    if !call.age.namespaced() && call.flag("include_potential_subscribers") {
        return Err(No::Broke);
    }
    let shown = view.space_full(s, &|part| match part {
        "members" => call.flag("include_members"),
        "member_levels" => call.flag("include_members_access_levels"),
        "access" => call.flag("include_access_levels"),
        "permissions" => call.flag("include_permissions"),
        "subscribers" => call.flag("include_potential_subscribers"),
        "is_member" => true,
        _ => false,
    });
    Ok(json!({"space": shown}))
}

fn space_search(view: &View, call: &Call) -> Value {
    let query = call.text("query").unwrap_or("").to_lowercase();
    let found: Vec<Value> = seen_spaces(view)
        .into_iter()
        .filter(|s| s.name.to_lowercase().contains(&query))
        .map(|s| view.space_ref(s.id))
        .collect();
    json!({"spaces": found})
}

fn space_members(view: &View, call: &Call) -> Done {
    let s = call
        .id("space_id")
        .and_then(|id| view.w.spaces.get(&id))
        .filter(|s| view.w.level_on_space(view.me, s) >= 10)
        .ok_or(No::NotFound)?;
    let query = call.text("query").unwrap_or("").to_lowercase();
    let people: Vec<Value> = s
        .members
        .iter()
        .filter(|(id, _)| view.w.people[id].name.to_lowercase().contains(&query))
        .map(|(id, _)| view.person(Some(*id)))
        .collect();
    Ok(json!({"people": people}))
}

fn goals(view: &View, call: &Call, flags: &dyn Fn(&str) -> bool) -> Value {
    let space = call.id("space_id");
    let all: Vec<Value> = view
        .w
        .goals
        .values()
        .filter(|g| view.w.level_on_goal(view.me, g) >= 10)
        .filter(|g| space.is_none_or(|s| g.space == s))
        .map(|g| view.goal(g, false, flags))
        .collect();
    json!({"goals": all})
}

fn markdown(view: &View, g: &Goal) -> String {
    let mut out = format!(
        "# {}\n\nStatus: {}\nProgress: {}%\n",
        g.name,
        view.w.goal_status(g),
        g.progress()
    );
    for t in &g.targets {
        out.push_str(&format!("\n- {}: {} {}", t.name, t.value, t.unit));
    }
    for c in &g.checks {
        out.push_str(&format!(
            "\n- [{}] {}",
            if c.completed { "x" } else { " " },
            c.name
        ));
    }
    out
}

fn contributors(view: &View, g: &Goal) -> Value {
    let w = view.w;
    let mut ids: Vec<Id> = Vec::new();
    let mut add = |id: Id| {
        if !ids.contains(&id) {
            ids.push(id);
        }
    };
    // The people of the projects in its sub-tree.
    let tree: Vec<Id> = w.below(g.id).into_iter().chain([g.id]).collect();
    let within = |p: &&Project| p.goal.is_some_and(|g| tree.contains(&g));
    for p in w.projects.values().filter(within) {
        p.contributors.iter().for_each(|c| add(c.person));
    }
    let list: Vec<Value> = ids
        .into_iter()
        .map(|id| view.person_full(&w.people[&id], false, &|_| false))
        .collect();
    json!({"contributors": list})
}

fn parents(view: &View, call: &Call, g: &Goal) -> Value {
    let query = call.text("query").unwrap_or("").to_lowercase();
    let under = view.w.below(g.id);
    let found: Vec<Value> = view
        .w
        .goals
        .values()
        .filter(|o| o.id != g.id && !under.contains(&o.id) && o.closed.is_none())
        .filter(|o| view.w.level_on_goal(view.me, o) >= 10)
        .filter(|o| o.name.to_lowercase().contains(&query))
        .take(10)
        .map(|o| view.goal_reduced(o))
        .collect();
    json!({"goals": found})
}

fn access_members(view: &View, call: &Call) -> Done {
    let g = goal(view.w, call, "goal_id")?;
    if view.w.level_on_goal(view.me, g) < 100 {
        return Err(No::Forbidden);
    }
    let mut people: Vec<Value> = Vec::new();
    for id in [g.champion, g.reviewer].into_iter().flatten() {
        people.push(view.person_with_level(id, 100));
    }
    for (id, level) in &g.members {
        people.push(view.person_with_level(*id, *level));
    }
    Ok(json!({"people": people}))
}

fn check_ins(view: &View, call: &Call) -> Done {
    let g = goal(view.w, call, "goal_id").map_err(|_| No::NotFoundCalled("Goal not found"))?;
    let list: Vec<Value> = g
        .check_ins
        .iter()
        .rev()
        .filter_map(|id| view.w.check_ins.get(id))
        .filter(|c| view.sees_check_in(c))
        .map(|c| {
            let mut v = view.check_in(c);
            v["author"] = view.person(Some(c.author));
            v["comments_count"] = json!(view.comments_count(c.id));
            v
        })
        .collect();
    Ok(json!({"check_ins": list}))
}

fn check_in(view: &View, call: &Call) -> Done {
    let w = view.w;
    let (c, g) = goal_check_in(w, call, "id")?;
    let mut v = view.check_in(c);
    if call.flag("include_author") {
        v["author"] = view.person(Some(c.author));
    }
    if call.flag("include_acknowledged_by") {
        v["acknowledging_person"] = view.person(c.acknowledged.and_then(|a| a.1));
    }
    if call.flag("include_reactions") {
        v["reactions"] = view.reactions(c.id);
    }
    let inside = [
        "include_goal",
        "include_goal_targets",
        "include_reviewer",
        "include_champion",
        "include_space",
        "include_space_members",
    ];
    if inside.iter().any(|f| call.flag(f)) {
        let mut goal = view.goal_reduced(g);
        if call.flag("include_champion") {
            goal["champion"] = view.person(g.champion);
        }
        if call.flag("include_reviewer") {
            goal["reviewer"] = view.person(g.reviewer);
        }
        if call.flag("include_goal_targets") {
            goal["targets"] = view.targets_sorted(g);
        }
        if call.flag("include_space_members") {
            goal["space"] = view.space_full(&w.spaces[&g.space], &|f| f == "members");
        } else if call.flag("include_space") {
            goal["space"] = view.space_ref(g.space);
        }
        v["goal"] = goal;
    }
    if call.flag("include_permissions") {
        v["permissions"] = view.check_in_permissions(g, c);
    }
    if call.flag("include_subscriptions_list") {
        v["subscription_list"] = view.subscription(&c.subscription, "goal_update", false);
    }
    if call.flag("include_potential_subscribers") {
        v["potential_subscribers"] = w
            .audience(g)
            .into_iter()
            .map(|id| {
                let subscribed = c.subscription.people.contains(&id);
                view.subscriber(id, g.champion, g.reviewer, subscribed)
            })
            .collect();
    }
    if call.flag("include_unread_notifications") {
        v["notifications"] = view.unread_where(&|a| {
            a.content["update"]["id"] == json!(c.id.to_string()) && a.action == "goal_check_in"
        });
    }
    Ok(json!({"update": v}))
}

fn discussions(view: &View, g: &Goal) -> Value {
    let mut talks: Vec<_> = view
        .w
        .threads
        .iter()
        .filter(|t| t.discussion && t.goal == Some(g.id))
        .collect();
    talks.sort_by_key(|t| std::cmp::Reverse(t.at));
    let list: Vec<Value> = talks
        .into_iter()
        .map(|t| {
            let title = t.title.clone().unwrap_or_default();
            let mut v = json!({"id": slug_id(&title, t.id), "title": title,
                "author": view.person(Some(t.author)), "inserted_at": time(t.at),
                "comment_count": view.comments_count(t.id),
                "content": super::view::doc_string(&t.message)});
            let activity = slug_id(&title, t.activity);
            if view.w.age.namespaced() {
                v["activity_id"] = json!(activity);
            } else {
                v["id"] = json!(activity);
            }
            view.typed("goal_discussion", v)
        })
        .collect();
    json!({"discussions": list})
}

fn comments(view: &View, call: &Call) -> Value {
    let Some(on) = call.id("entity_id") else {
        return json!({"comments": []});
    };
    let w = view.w;
    let hidden = w.check_ins.get(&on).is_some_and(|c| match c.about {
        About::Goal(id) => w
            .goals
            .get(&id)
            .is_none_or(|g| w.level_on_goal(view.me, g) < 10),
        About::Project(id) => w
            .projects
            .get(&id)
            .is_none_or(|p| w.level_on_project(view.me, p) < 10),
    });
    if hidden {
        return json!({"comments": []});
    }
    let mut found: Vec<_> = w.comments.iter().filter(|c| c.on == on).collect();
    found.sort_by_key(|c| c.at);
    let list: Vec<Value> = found.into_iter().map(|c| view.comment(c)).collect();
    json!({"comments": list})
}

fn projects(view: &View, call: &Call, flags: &dyn Fn(&str) -> bool) -> Value {
    let w = view.w;
    let (space, goal) = (call.id("space_id"), call.id("goal_id"));
    let list: Vec<Value> = w
        .projects
        .values()
        .filter(|p| w.level_on_project(view.me, p) >= 10)
        .filter(|p| space.is_none_or(|s| p.space == s))
        .filter(|p| goal.is_none_or(|g| p.goal == Some(g)))
        .filter(|p| {
            !call.flag("only_my_projects") || p.contributors.iter().any(|c| c.person == view.me)
        })
        .filter(|p| !call.flag("only_reviewed_by_me") || p.role("reviewer") == Some(view.me))
        .map(|p| view.project(p, false, flags))
        .collect();
    json!({"projects": list})
}

fn project_check_ins(view: &View, call: &Call) -> Done {
    let p = project(view.w, call, "project_id")?;
    let list: Vec<Value> = p
        .check_ins
        .iter()
        .rev()
        .filter_map(|id| view.w.check_ins.get(id))
        .filter(|c| view.sees_check_in(c))
        .map(|c| {
            let mut v = view.project_check_in(c);
            v["comments_count"] = json!(view.comments_count(c.id));
            v["acknowledged_by"] = view.person(c.acknowledged.and_then(|a| a.1));
            if call.flag("include_author") {
                v["author"] = view.person(Some(c.author));
            }
            if call.flag("include_project") {
                v["project"] = view.project_plain(p);
            }
            if call.flag("include_reactions") {
                v["reactions"] = view.reactions(c.id);
            }
            v
        })
        .collect();
    Ok(json!({"project_check_ins": list}))
}

fn one_project_check_in(view: &View, call: &Call) -> Done {
    let w = view.w;
    let (c, p) = project_check_in(w, call, "id")?;
    let mut v = view.project_check_in(c);
    if call.flag("include_author") {
        v["author"] = view.person(Some(c.author));
    }
    if call.flag("include_acknowledged_by") {
        v["acknowledged_by"] = view.person(c.acknowledged.and_then(|a| a.1));
    }
    if call.flag("include_project") {
        let mut inner = view.project(p, true, &|f| {
            matches!(
                f,
                "include_champion"
                    | "include_reviewer"
                    | "include_contributors"
                    | "include_space"
                    | "include_permissions"
            )
        });
        if call.age.namespaced() {
            inner["last_check_in"] = w
                .latest(&p.check_ins)
                .map_or(Value::Null, |c| view.project_check_in(c));
        }
        v["project"] = inner;
    }
    if call.flag("include_space") {
        v["space"] = view.space_ref(p.space);
    }
    if call.flag("include_reactions") {
        v["reactions"] = view.reactions(c.id);
    }
    if call.flag("include_subscriptions_list") {
        v["subscription_list"] = view.subscription(&c.subscription, "project_check_in", false);
    }
    if call.flag("include_potential_subscribers") {
        let mut people: Vec<Id> = p.contributors.iter().map(|x| x.person).collect();
        for id in &c.subscription.people {
            if !people.contains(id) {
                people.push(*id);
            }
        }
        v["potential_subscribers"] = people
            .into_iter()
            .map(|id| {
                let subscribed = c.subscription.people.contains(&id);
                let (champion, reviewer) = (p.role("champion"), p.role("reviewer"));
                let mut v = view.subscriber(id, champion, reviewer, subscribed);
                let own = p.contributors.iter().find(|x| x.person == id);
                if let Some(word) = own.and_then(|x| x.responsibility.as_ref()) {
                    v["role"] = json!(word);
                }
                v
            })
            .collect();
    }
    if call.flag("include_unread_notifications") {
        v["notifications"] = view.unread_where(&|a| {
            a.action == "project_check_in_submitted"
                && a.content["check_in"]["id"] == json!(c.id.to_string())
        });
    }
    Ok(json!({"project_check_in": v}))
}

/// What `%` and `_` do in the name searches of the server.
fn matches_name(name: &str, query: &str) -> bool {
    if query.contains('_') {
        return false;
    }
    let name = name.to_lowercase();
    let mut rest = name.as_str();
    for part in query.split('%').filter(|p| !p.is_empty()) {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

fn search(view: &View, call: &Call) -> Value {
    let w = view.w;
    let query = call.text("query").unwrap_or("").to_lowercase();
    let enough = query.chars().count() >= 2;
    let five = |list: Vec<Value>| Value::Array(list.into_iter().take(5).collect());
    let hit = |name: &str| enough && matches_name(name, &query);
    let goals = w
        .goals
        .values()
        .filter(|g| g.closed.is_none() && w.level_on_goal(view.me, g) >= 10 && hit(&g.name))
        .map(|g| view.goal_found(g))
        .collect();
    let projects = w
        .projects
        .values()
        .filter(|p| p.state != "closed" && w.level_on_project(view.me, p) >= 10 && hit(&p.name))
        .map(|p| {
            let mut v = view.project_plain(p);
            v["champion"] = view.person(p.role("champion"));
            v["reviewer"] = view.person(p.role("reviewer"));
            v["space"] = view.space_ref(p.space);
            v
        })
        .collect();
    let people = w
        .people
        .values()
        .filter(|p| !p.suspended && hit(&p.name))
        .map(|p| view.person(Some(p.id)))
        .collect();
    let milestones = w
        .projects
        .values()
        .flat_map(|p| p.milestones.iter().map(move |m| (p, m)))
        .filter(|(p, m)| !m.done && w.level_on_project(view.me, p) >= 10 && hit(&m.title))
        .map(|(_, m)| view.milestone(m))
        .collect();
    let tasks = w
        .tasks
        .values()
        .filter(|t| hit(&t.name))
        .map(|t| view.task_ref(t))
        .collect();
    let mut v = json!({"goals": five(goals), "projects": five(projects),
        "people": five(people), "milestones": five(milestones), "tasks": five(tasks)});
    if call.age >= Age::V1_7 {
        let spaces = seen_spaces(view)
            .into_iter()
            .filter(|s| hit(&s.name))
            .map(|s| view.space_ref(s.id))
            .collect();
        v["spaces"] = five(spaces);
    }
    if call.age >= Age::Later {
        for name in ["discussions", "folders", "documents", "files", "links"] {
            v[name] = json!([]);
        }
    }
    v
}

fn full_search(view: &View, call: &Call) -> Value {
    let query = call.text("query").unwrap_or("").to_lowercase();
    if query.chars().count() < 2 {
        return json!({"results": []});
    }
    let w = view.w;
    let space_name = |id: Id| w.spaces.get(&id).map(|s| s.name.clone());
    let result = |kind: &str, id: Id, title: String, context: Option<String>, field: &str, at| {
        let target: serde_json::Map<String, Value> = [
            "discussion_id",
            "document_id",
            "file_id",
            "folder_id",
            "goal_check_in_id",
            "goal_id",
            "link_id",
            "milestone_id",
            "person_id",
            "project_check_in_id",
            "project_id",
            "project_retrospective_id",
            "resource_hub_id",
            "task_id",
        ]
        .into_iter()
        .map(|key| {
            let own = key == format!("{kind}_id");
            (
                key.to_owned(),
                if own { json!(short(id)) } else { Value::Null },
            )
        })
        .collect();
        let at: super::world::Time = at;
        view.typed(
            "result",
            json!({"id": short(id), "type": kind, "title": title, "context": context,
                "matched_field": field, "snippet": "", "state": null,
                "inserted_at": at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
                "navigation_target": target}),
        )
    };
    let mut results = Vec::new();
    for g in w
        .goals
        .values()
        .filter(|g| w.level_on_goal(view.me, g) >= 10)
    {
        let text = g
            .description
            .as_ref()
            .map(Value::to_string)
            .unwrap_or_default();
        let context = space_name(g.space);
        if g.name.to_lowercase().contains(&query) {
            results.push(result(
                "goal",
                g.id,
                g.name.clone(),
                context,
                "name",
                g.inserted,
            ));
        } else if text.to_lowercase().contains(&query) {
            let field = "description";
            results.push(result(
                "goal",
                g.id,
                g.name.clone(),
                context,
                field,
                g.inserted,
            ));
        }
        for c in g.check_ins.iter().filter_map(|id| w.check_ins.get(id)) {
            if view.sees_check_in(c) && c.message.to_string().to_lowercase().contains(&query) {
                let title = format!("Check-in on {}", c.inserted.format("%Y-%m-%d"));
                let context = Some(g.name.clone());
                results.push(result(
                    "goal_check_in",
                    c.id,
                    title,
                    context,
                    "message",
                    c.inserted,
                ));
            }
        }
    }
    json!({"results": results})
}

fn subscribed(view: &View, call: &Call) -> Done {
    let w = view.w;
    let id = call.id("resource_id").ok_or(No::NotFound)?;
    let list = match w.check_ins.get(&id) {
        Some(c) => &c.subscription,
        None => match w.projects.get(&id) {
            Some(p) => &p.subscription,
            None => {
                &w.threads
                    .iter()
                    .find(|t| t.id == id)
                    .ok_or(No::NotFound)?
                    .subscription
            }
        },
    };
    Ok(json!({"subscribed": list.people.contains(&view.me)}))
}
