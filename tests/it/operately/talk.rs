//! Comments, reactions, subscriptions.

use serde_json::{Value, json};

use super::gate::{Call, No};
use super::ids::Id;
use super::reads::Done;
use super::view::View;
use super::world::{About, Comment, Goal, Project, Reaction, Subscription, World, mentioned};
use super::writes::{allowed, deed, reference};

/// Does a write about talk; none when it is another one.
pub fn answer(w: &mut World, call: &Call) -> Option<Done> {
    Some(match call.op.as_str() {
        "comments/create" => create(w, call),
        "comments/update" => update(w, call),
        "comments/delete" => delete(w, call),
        "reactions/create" => react(w, call),
        "reactions/delete" => unreact(w, call),
        "notifications/subscribe" => subscribe(w, call, true),
        "notifications/unsubscribe" => subscribe(w, call, false),
        "notifications/update_subscriptions_list" => replace_list(w, call),
        _ => return None,
    })
}

/// What a comment hangs on.
enum Place {
    GoalCheckIn(Id, Id),
    ProjectCheckIn(Id, Id),
    Thread(Id, Option<Id>),
    Milestone(Id),
}

fn goal_level(w: &World, me: Id, g: Option<&Goal>) -> i64 {
    g.map_or(0, |g| w.level_on_goal(me, g))
}

fn project_level(w: &World, me: Id, p: Option<&Project>) -> i64 {
    p.map_or(0, |p| w.level_on_project(me, p))
}

/// The thing of a type and id, with my level on it; hidden is not there.
fn place(w: &World, call: &Call, kind: &str, id: Id) -> Result<(Place, i64), No> {
    let (place, level) = match kind {
        "goal_update" | "project_check_in" => {
            let c = w.check_ins.get(&id).ok_or(No::NotFound)?;
            match c.about {
                About::Goal(g) if kind == "goal_update" => (
                    Place::GoalCheckIn(id, g),
                    goal_level(w, call.me, w.goals.get(&g)),
                ),
                About::Project(p) if kind == "project_check_in" => (
                    Place::ProjectCheckIn(id, p),
                    project_level(w, call.me, w.projects.get(&p)),
                ),
                _ => return Err(No::NotFound),
            }
        }
        "comment_thread" | "goal_discussion" => {
            let t = w.threads.iter().find(|t| t.id == id).ok_or(No::NotFound)?;
            let goal = t.goal.and_then(|g| w.goals.get(&g));
            (Place::Thread(id, t.goal), goal_level(w, call.me, goal))
        }
        "milestone" => {
            let p = w
                .projects
                .values()
                .find(|p| p.milestones.iter().any(|m| m.id == id))
                .ok_or(No::NotFound)?;
            (Place::Milestone(id), project_level(w, call.me, Some(p)))
        }
        _ => return Err(No::NotFound),
    };
    if level < 10 {
        return Err(No::NotFound);
    }
    Ok((place, level))
}

/// The text of a comment: JSON of any kind.
fn content(call: &Call) -> Result<Value, No> {
    let text = call.text("content").unwrap_or("");
    // Namespaced servers check it with the types, before this.
    serde_json::from_str(text).map_err(|_| No::malformed())
}

/// Everyone on the list of a thing: those who can see it when it says so.
fn listeners(w: &World, on: &Place) -> Vec<Id> {
    let (list, audience): (&Subscription, Vec<Id>) = match on {
        Place::GoalCheckIn(c, g) => (&w.check_ins[c].subscription, w.audience(&w.goals[g])),
        Place::ProjectCheckIn(c, p) => (
            &w.check_ins[c].subscription,
            w.project_audience(&w.projects[p]),
        ),
        Place::Thread(t, _) => {
            let t = w.threads.iter().find(|x| x.id == *t).expect("found before");
            (&t.subscription, vec![])
        }
        Place::Milestone(_) => return vec![],
    };
    let mut people = list.people.clone();
    if list.everyone {
        people.extend(audience);
    }
    people
}

fn create(w: &mut World, call: &Call) -> Done {
    let on = call.id("entity_id").unwrap_or(Id::nil());
    let text = content(call)?;
    let (place, level) = place(w, call, call.text("entity_type").unwrap_or(""), on)?;
    allowed(w, level, 40)?;
    let id = w.new_id("comment");
    let comment = Comment {
        id,
        on,
        author: call.me,
        content: text.clone(),
        at: w.now,
    };
    w.comments.push(comment);
    let mut people = listeners(w, &place);
    mentioned(&text, &mut people);
    // Who comments or is mentioned hears of what follows.
    if let Some(c) = w.check_ins.get_mut(&on) {
        c.subscription.people.push(call.me);
        mentioned(&text, &mut c.subscription.people);
    }
    let said = reference("comment", id);
    let activity = match place {
        Place::GoalCheckIn(c, g) => {
            let content = json!({"goal": reference("goal", g), "update": reference("update", c),
                "comment": said});
            let mut a = deed(
                w,
                call,
                "goal_check_in_commented",
                "check-in-commented",
                content,
            );
            a.goal = Some(g);
            a.space = Some(w.goals[&g].space);
            a
        }
        Place::ProjectCheckIn(c, p) => {
            let content = json!({"project": reference("project", p),
                "check_in": reference("project_check_in", c), "comment": said});
            let slug = "check-in-commented";
            let mut a = deed(w, call, "project_check_in_commented", slug, content);
            a.project = Some(p);
            a
        }
        Place::Thread(t, g) => {
            let about = w.threads.iter().find(|x| x.id == t).map(|x| x.activity);
            let content = json!({"activity": reference("activity", about.unwrap_or(Id::nil())),
                "comment": said});
            let mut a = deed(w, call, "comment_added", "comment-added", content);
            a.goal = g;
            a
        }
        Place::Milestone(m) => {
            let content = json!({"milestone": reference("milestone", m), "comment": said,
                "comment_action": "none"});
            deed(
                w,
                call,
                "project_milestone_commented",
                "milestone-commented",
                content,
            )
        }
    };
    w.happened(activity, people);
    let view = View { w, me: call.me };
    let comment = w.comments.iter().find(|c| c.id == id).expect("just made");
    Ok(json!({"comment": view.comment_bare(comment)}))
}

/// My comment; of somebody else: 403; gone: 404.
fn mine(w: &World, call: &Call) -> Result<usize, No> {
    let id = call.id("comment_id").unwrap_or(Id::nil());
    let at = w
        .comments
        .iter()
        .position(|c| c.id == id)
        .ok_or(No::NotFound)?;
    if w.comments[at].author != call.me {
        return Err(No::Forbidden);
    }
    Ok(at)
}

fn update(w: &mut World, call: &Call) -> Done {
    let text = content(call)?;
    let at = mine(w, call)?;
    w.comments[at].content = text;
    let view = View { w, me: call.me };
    Ok(json!({"comment": view.comment_bare(&w.comments[at])}))
}

fn delete(w: &mut World, call: &Call) -> Done {
    let at = mine(w, call)?;
    let view = View { w, me: call.me };
    let shown = view.comment_bare(&w.comments[at]);
    let gone = w.comments.remove(at);
    w.reactions.retain(|r| r.on != gone.id);
    Ok(json!({"comment": shown}))
}

fn react(w: &mut World, call: &Call) -> Done {
    let on = call.id("entity_id").unwrap_or(Id::nil());
    let kind = call.text("entity_type").unwrap_or("");
    let level = if kind == "comment" {
        let parent = call.text("parent_type").ok_or(No::Broke)?;
        let under = w
            .comments
            .iter()
            .find(|c| c.id == on)
            .map(|c| c.on)
            .ok_or(No::NotFound)?;
        place(w, call, parent, under)?.1
    } else {
        place(w, call, kind, on)?.1
    };
    allowed(w, level, 40)?;
    let emoji = call.text("emoji").filter(|e| !e.is_empty());
    let emoji = emoji.map(str::to_owned);
    let id = w.new_id("reaction");
    w.reactions.push(Reaction {
        id,
        on,
        person: call.me,
        emoji: emoji.clone(),
    });
    let view = View { w, me: call.me };
    let shown = view.typed(
        "reaction",
        json!({"id": super::ids::short(id), "emoji": emoji, "person": null}),
    );
    Ok(json!({"reaction": shown}))
}

fn unreact(w: &mut World, call: &Call) -> Done {
    let id = call.id("reaction_id").unwrap_or(Id::nil());
    let at = w
        .reactions
        .iter()
        .position(|r| r.id == id && r.person == call.me)
        .ok_or(No::Broke)?;
    w.reactions.remove(at);
    Ok(json!({"success": true}))
}

fn list<'a>(w: &'a mut World, call: &Call) -> Result<&'a mut Subscription, No> {
    let key = if call.given("subscription_list_id") {
        "subscription_list_id"
    } else {
        "id"
    };
    let id = call.id(key).unwrap_or(Id::nil());
    let check_ins = w.check_ins.values_mut().map(|c| &mut c.subscription);
    let projects = w.projects.values_mut().map(|p| &mut p.subscription);
    let threads = w.threads.iter_mut().map(|t| &mut t.subscription);
    check_ins
        .chain(projects)
        .chain(threads)
        .find(|s| s.id == id)
        .ok_or(No::NotFound)
}

fn subscribe(w: &mut World, call: &Call, on: bool) -> Done {
    let me = call.me;
    let list = list(w, call)?;
    list.people.retain(|p| *p != me);
    if on {
        list.people.push(me);
    }
    Ok(json!({}))
}

fn replace_list(w: &mut World, call: &Call) -> Done {
    let people = call.ids("subscriber_ids");
    let everyone = call.flag("send_notifications_to_everyone");
    let list = list(w, call)?;
    list.people = people;
    list.everyone = everyone;
    Ok(json!({}))
}
